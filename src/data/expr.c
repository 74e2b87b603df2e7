/* expr.c -- see expr.h. Precedence decides the brackets: + and - bind 1, * and / bind 2, a number 3. A negative number
 * gets brackets unless it comes first in the line or in a bracket: -7 + 12, but 12 + (-7). */
#include <stdlib.h>
#include "data/expr.h"

static int node_new(expr *e) {
    if (e->n == EXPR_MAX) abort();
    return e->n++;
}

int expr_num(expr *e, long v) {
    int i = node_new(e);
    e->node[i].op = 'n';
    e->node[i].v = v;
    return e->root = i;
}

int expr_op(expr *e, char op, int l, int r) {
    int i = node_new(e);
    e->node[i].op = op;
    e->node[i].l = l;
    e->node[i].r = r;
    return e->root = i;
}

static int binds(char op) { return op == 'n' ? 3 : op == '*' || op == '/' ? 2 : 1; }

static void put(str *s, const expr *e, int i, bool first) {
    char op = e->node[i].op;
    if (op == 'n') {
        if (first) digits_num(s, e->node[i].v);
        else digits_arg(s, e->node[i].v);
        return;
    }
    int l = e->node[i].l, r = e->node[i].r;
    bool bl = binds(e->node[l].op) < binds(op);
    bool br = binds(e->node[r].op) < binds(op) || (e->node[r].op != 'n' && binds(e->node[r].op) == binds(op) && op != '+');
    if (bl) str_addc(s, '(');
    put(s, e, l, bl || first);
    if (bl) str_addc(s, ')');
    char mid[3] = {' ', op, ' '};
    str_addn(s, mid, 3);
    if (br) str_addc(s, '(');
    put(s, e, r, br);
    if (br) str_addc(s, ')');
}

void expr_put(str *s, const expr *e) { put(s, e, e->root, true); }

static int count(const expr *e, int i) {
    return e->node[i].op == 'n' ? 0 : 1 + count(e, e->node[i].l) + count(e, e->node[i].r);
}

int expr_ops(const expr *e) { return count(e, e->root); }

static void work(trace *t, expr *e, int i, expr_log *log, int *left) {
    char op = e->node[i].op;
    if (op == 'n' || t->bad) return;
    int l = e->node[i].l, r = e->node[i].r;
    work(t, e, l, log, left);
    work(t, e, r, log, left);
    if (t->bad) return;
    expr_step st = {e->node[l].v, e->node[r].v, 0, op};
    st.c = digits_op(t, st.a, op, st.b);
    e->node[i].op = 'n';
    e->node[i].v = st.c;
    if (log) log->s[log->n++] = st;
    if (--*left >= 2) {
        str_add(t->out, "so ");
        expr_put(t->out, e);
        str_addc(t->out, '\n');
    }
}

long expr_work(trace *t, const expr *e, expr_log *log) {
    expr c = *e;
    int left = expr_ops(e), ops = left;
    if (log) log->n = 0;
    work(t, &c, c.root, log, &left);
    long v = c.node[c.root].v;
    if (ops >= 2 && !t->bad) {
        expr_put(t->out, e);
        str_add(t->out, " = ");
        digits_num(t->out, v);
        str_addc(t->out, '\n');
    }
    return t->bad ? 0 : v;
}

static bool value(const expr *e, int i, long *v) {
    if (e->node[i].op == 'n') {
        *v = e->node[i].v;
        return true;
    }
    long a, b;
    if (!value(e, e->node[i].l, &a) || !value(e, e->node[i].r, &b)) return false;
    switch (e->node[i].op) {
    case '+': *v = a + b; break;
    case '-': *v = a - b; break;
    case '*': *v = a * b; break;
    default:
        if (!b || a % b) return false;
        *v = a / b;
    }
    return labs(*v) < 100000000L;
}

bool expr_value(const expr *e, long *v) { return value(e, e->root, v); }
