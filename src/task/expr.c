/* expr.c -- see expr.h. Precedence decides the brackets: + and - bind 1, * and / bind 2, a number 3. A negative number
 * gets brackets unless it comes first in the line or in a bracket: -7 + 12, but 12 + (-7). */
#include <stdlib.h>
#include "task/expr.h"

static int node_new(expr *e) {
    if (e->n == EXPR_MAX) abort();
    return e->n++;
}

int expr_num(expr *e, long v) {
    int i          = node_new(e);
    e->node[i].op  = 'n';
    e->node[i].v   = v;
    return e->root = i;
}

int expr_op(expr *e, char op, int l, int r) {
    int i          = node_new(e);
    e->node[i].op  = op;
    e->node[i].l   = l;
    e->node[i].r   = r;
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
    int  l = e->node[i].l, r = e->node[i].r;
    bool bl = binds(e->node[l].op) < binds(op);
    bool br =
        binds(e->node[r].op) < binds(op) || (e->node[r].op != 'n' && binds(e->node[r].op) == binds(op) && op != '+');
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

typedef struct job {
    trace      *t;
    expr       *e;
    const char *head;
    bool        headed;
    expr_log   *log;
    int         left; /* operators that remain */
} job;

static void work(job *j, int i) {
    expr *e  = j->e;
    char  op = e->node[i].op;
    if (op == 'n') return;
    int l = e->node[i].l, r = e->node[i].r;
    work(j, l);
    work(j, r);
    if (j->t->bad) return;
    expr_step st = {e->node[l].v, e->node[r].v, 0, op};
    if (j->left == 1 && j->head) st.c = digits_into(j->t, j->head, st.a, op, st.b);
    else st.c = j->headed ? digits_on(j->t, st.a, op, st.b) : digits_op(j->t, st.a, op, st.b);
    e->node[i].op = 'n';
    e->node[i].v  = st.c;
    if (j->log) j->log->s[j->log->n++] = st;
    if (--j->left >= 2) {
        str_add(j->t->out, "so ");
        expr_put(j->t->out, e);
        str_addc(j->t->out, '\n');
    }
}

long expr_work(trace *t, const expr *e, const char *head, bool headed, expr_log *log) {
    expr c   = *e;
    int  ops = expr_ops(e);
    job  j   = {t, &c, head, headed && ops == 1, log, ops};
    if (log) log->n = 0;
    work(&j, c.root);
    return t->bad ? 0 : c.node[c.root].v;
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
