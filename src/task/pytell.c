/* pytell.c -- how a run is told (pyrun.h).
 *
 * An expression is told as a chain of rewritings. It is written with the values of its names put in, then, after each
 * operation that is worked out, once more with that operation replaced by its value. Rewritings of integer sums and
 * products are joined by "=", so that each is an equation that can be checked; all others by "->". Containers keep
 * their names: the line that changed them last says what they hold. What does not fit into the line (columns, calls,
 * the elements of a comprehension) ends it, and the chain starts again below with what is left to do. */
#include <stdlib.h>
#include <string.h>
#include "task/pyrun_parts.h"

bool pytell_full(const pymachine *m) { return m->tell == PYRUN_FULL; }

bool pytell_slip(pymachine *m) { return pytell_full(m) && trace_slips(m->t); }

static bool scalar(pyval v) { return v.t <= PV_INT || (v.t == PV_STR && v.u.o->n <= 24); }

static bool put_value(pymachine *m, str *out, pyval v, int prec) {
    bool negative = v.t == PV_INT && v.u.i < 0 && prec > PYAST_SUM;
    if (v.t == PV_VIEW) v.t = PV_LIST; /* what zip(), items() and values() give: told as a list of that */
    if (negative) str_addc(out, '(');
    pyval_repr(out, v, &m->res->odd);
    if (negative) str_addc(out, ')');
    return true;
}

static bool hook(void *ctx, str *out, int node, int prec) {
    pymachine    *m = ctx;
    const pynode *n = &m->p->n[node];
    for (int i = m->marks - 1; i >= m->chain->base; i--)
        if (m->mark[i].node == node)
            return put_value(m, out, m->mark[i].v, prec > PYAST_SUM || n->kind != PY_NEG ? prec : 0);
    if (n->kind == PY_FSTR) {
        pyast_put_expr(out, m->p, node);
        return true;
    }
    if (n->kind != PY_NAME) return false;
    const pyframe *f = m->frame->set[n->id] ? m->frame : m->global;
    return f->set[n->id] && scalar(f->v[n->id]) && put_value(m, out, f->v[n->id], prec);
}

static void render(pymachine *m, str *out, int root) {
    pyast_pen w = {m->p, hook, m};
    pyast_render(&w, out, root, PYAST_LOWEST);
}

/* ---- lines */
void pytell_end(pymachine *m) {
    if (m->tell == PYRUN_SILENT) return;
    str *o = m->t->out;
    if (m->tell == PYRUN_SHORT && !m->begun && m->head && m->head >= m->start) { /* a turn that changed nothing */
        o->len       = m->head - 1;
        o->p[o->len] = 0;
    }
    m->head = 0;
    if (o->len > m->start && o->p[o->len - 1] == ' ') o->p[--o->len] = 0;
    if (o->len > m->start && o->p[o->len - 1] != '\n') str_addc(o, '\n');
    if (o->len - m->start > m->letters) pyrun_odd(m);
    m->begun = false;
    for (pychain *c = m->chain; c; c = c->up) c->open = false;
}

void pytell_pause(pymachine *m) {
    if (pytell_full(m)) pytell_end(m);
}

static bool sums_only(const char *s, size_t n) {
    bool op = false;
    for (size_t i = 0; i < n; i++) {
        if (!strchr("0123456789+-*() ", s[i])) return false;
        if (s[i] == '*' && i + 1 < n && s[i + 1] == '*') return false;
        op |= s[i] == '+' || s[i] == '*' || (s[i] == '-' && i && s[i - 1] == ' ');
    }
    return op;
}

static void write_on(pymachine *m) { /* the chain as it stands now */
    str     *o = m->t->out, now = {0};
    pychain *c = m->chain;
    render(m, &now, c->root);
    if (c->open && o->len - c->from == now.len && !memcmp(o->p + c->from, now.p, now.len)) {
        str_free(&now);
        return;
    }
    if (c->open) {
        bool digit = now.len && strspn(now.p, "0123456789+-*() ") == now.len;
        str_add(o, digit && sums_only(o->p + c->from, o->len - c->from) ? " = " : " -> ");
    } else {
        str_add(o, c->head);
    }
    c->open = true;
    c->from = o->len;
    str_addn(o, now.p, now.len);
    str_free(&now);
}

void pytell_open(pymachine *m, pychain *c, const char *head, int root) {
    *c       = (pychain){m->chain, head, root, m->marks, 0, false};
    m->chain = c;
    if (pytell_full(m)) write_on(m);
}

void pytell_target(pymachine *m, str *head, int target) {
    pychain c = {m->chain, "", target, m->marks, 0, false};
    m->chain  = &c;
    if (m->p->n[target].kind == PY_INDEX) render(m, head, target);
    else pyast_put_expr(head, m->p, target);
    m->chain = c.up;
}

void pytell_forget(pymachine *m, size_t from) {
    pychain *c     = m->chain;
    str      plain = {0};
    if (pytell_full(m) && c->open && c->from - strlen(c->head) == from) {
        pyast_put_expr(&plain, m->p, c->root);
        if (m->t->out->len == c->from + plain.len && !memcmp(m->t->out->p + c->from, plain.p, plain.len)) {
            m->t->out->len     = from;
            m->t->out->p[from] = 0;
        }
    }
    str_free(&plain);
}

void pytell_mark(pymachine *m, int node, pyval v) {
    if (!pytell_full(m) || !m->chain) return;
    if (m->marks == PYRUN_MARKS) {
        pyrun_odd(m);
        return;
    }
    m->mark[m->marks].node = node;
    m->mark[m->marks++].v  = v;
    write_on(m);
}

void pytell_close(pymachine *m, pychain *c, int node, pyval v) {
    const pynode *n    = &m->p->n[node];
    bool          bare = n->kind == PY_TUPLE && n->op == 'b'; /* a, b: its parts stand there already */
    if (pytell_full(m) && node && !m->sig && !bare) pytell_mark(m, node, v);
    pytell_drop(m, c);
}

void pytell_drop(pymachine *m, pychain *c) {
    m->marks = c->base;
    m->chain = c->up;
}

void pytell_head(pymachine *m, const char *name, pyval v) {
    if (m->tell == PYRUN_SILENT) return;
    pytell_end(m);
    str *o  = m->t->out;
    m->head = o->len + 1;
    str_add(o, name);
    str_add(o, " = ");
    pyval_repr(o, v, &m->res->odd);
    str_add(o, ": ");
}

void pytell_short(pymachine *m, const char *what, pyval v) {
    if (m->tell != PYRUN_SHORT) return;
    str *o = m->t->out;
    if (m->begun) str_add(o, ", ");
    m->begun = true;
    str_add(o, what);
    pyval_repr(o, v, &m->res->odd);
    if (o->len - m->start > m->letters) pyrun_odd(m);
}

void pytell_state(pymachine *m, int target) {
    const pynode *n = &m->p->n[target];
    while (n->kind == PY_INDEX || n->kind == PY_METHOD) n = &m->p->n[n->a];
    if (m->tell == PYRUN_SILENT || n->kind != PY_NAME) return;
    const pyframe *f = m->frame->set[n->id] ? m->frame : m->global;
    str           *o = m->t->out;
    if (m->tell == PYRUN_FULL) str_add(o, ", ");
    else if (m->begun) str_add(o, ", ");
    m->begun = true;
    str_add(o, m->p->name[n->id]);
    str_add(o, " = ");
    pyval_repr(o, f->v[n->id], &m->res->odd);
}

/* ---- integers */
static bool table(long a, long b) { return b >= 1 && b <= DIGITS_DIVISOR && a >= 0 && a < 10 * b; }

/* One glance: what may stand at the end of a line without columns. */
static bool fact(long a, char op, long b) {
    long u = labs(a), v = labs(b);
    switch (op) {
    case '+':
    case '-': return !a || !b || (u < 10 && v < 10) || (a >= 0 && b >= 0 && a < 20 && b < 10 && op == '-');
    case '*': return (u < 10 && v < 10) || u < 2 || v < 2 || u == 10 || v == 10;
    case 'f': return table(a, b) || b == 10 || b == 1 || (u < 10 && v < 10);
    case '%': return table(a, b) || (b == 10 && a >= 0) || (b == 2 && a >= 0) || b == 1 || (u < 10 && v < 10);
    default: return u <= 3 || v <= 1 || (u <= 5 && v <= 2); /* a power */
    }
}

static void divide(trace *t, long a, long b) {
    long rest;
    if (a >= 0 && b > 0 && b <= DIGITS_DIVISOR) {
        digits_div(t, NULL, a, b, &rest);
    } else if (a >= 0 && b > 0 && a >= b && a / b < 10) { /* the largest multiple below, and what is missing */
        digits_op(t, a / b, '*', b);
        digits_op(t, a, '-', a / b * b);
    } else if (a < 0 && b > 0 && b <= DIGITS_DIVISOR) {
        digits_div(t, NULL, -a, b, &rest);
    } else if (labs(a) >= labs(b)) {
        t->bad = true;
    }
}

static long power(trace *t, long a, long b) {
    long v = a;
    for (long i = 1; i < b; i++) v = digits_op(t, v, '*', a);
    return v;
}

long pytell_calc(pymachine *m, int node, long a, char op, long b, long c) {
    trace *t = m->t;
    if (!pytell_full(m) || !m->chain) return c;
    if (fact(a, op, b)) {
        static const int off[] = {1, -1, 1, -1, 2, 10};
        if (!trace_slips(t)) return c;
        long w = c + off[rng_below(t->r, c >= 10 ? 6 : 4)];
        return w < 0 && c >= 0 ? c + 1 : w;
    }
    str          *o     = t->out;
    pychain      *k     = m->chain;
    const pynode *n     = &m->p->n[node];
    bool          alone = k->open && k->root == node && n->kind == PY_BIN;
    long          v     = c;
    if (labs(a) > 99999999L || labs(b) > 99999999L || labs(c) > 99999999L) {
        t->bad = true;
        return c;
    }
    (void)o;
    pytell_end(m);
    if (op == 'f' || op == '%') divide(t, a, b);
    else if (op == '^') v = power(t, a, b);
    else v = alone ? digits_on(t, a, op, b) : digits_op(t, a, op, b);
    return v;
}
