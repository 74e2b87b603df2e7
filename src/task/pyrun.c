/* pyrun.c -- see pyrun.h: a tree-walking evaluator. What is told on the way is in pytell.c, builtins are in pylib.c. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "task/pyrun_parts.h"

static const pyval none = {PV_NONE, {.i = 0}};

static pyval call_def(pymachine *m, int def, const pyval *arg, int n);

pyval pyrun_odd(pymachine *m) {
    m->res->odd = true;
    m->sig      = SIG_RAISE;
    return none;
}

pyval pyrun_raise(pymachine *m, const char *type, const char *fmt, ...) {
    pyrun_result *r = m->res;
    if (m->sig == SIG_RAISE) return none;
    m->sig = SIG_RAISE;
    snprintf(r->error, sizeof r->error, "%s", type);
    va_list ap;
    char    buf[256];
    va_start(ap, fmt);
    vsnprintf(buf, sizeof buf, fmt, ap);
    va_end(ap);
    str_clear(&r->message);
    str_add(&r->message, buf);
    r->line   = m->frame->line;
    int depth = 0;
    for (pyframe *f = m->frame; f; f = f->up) depth++;
    r->frames = depth;
    for (pyframe *f = m->frame; f; f = f->up)
        if (--depth < PYRUN_FRAMES) {
            r->frame[depth].line = f->line;
            r->frame[depth].id   = f->def ? m->p->n[f->def].id : -1;
        }
    return none;
}

bool pyrun_step(pymachine *m) {
    if (++m->steps <= m->limit) return true;
    pyrun_odd(m);
    return false;
}

/* ---- names */
void pyrun_bind(pymachine *m, int id, pyval v) {
    m->frame->set[id] = 1;
    m->frame->v[id]   = v;
}

static bool is_local(const pyframe *f, int id) { return f->local[id >> 6] >> (id & 63) & 1; }

static pyval look_up(pymachine *m, int id) {
    const char *name = m->p->name[id];
    if (m->frame->set[id]) return m->frame->v[id];
    if (m->frame->def && is_local(m->frame, id))
        return pyrun_raise(m, "UnboundLocalError",
                           "cannot access local variable '%s' where it is not associated with a value", name);
    if (m->global->set[id]) return m->global->v[id];
    int b = pylib_builtin(name);
    if (b >= 0) return (pyval){PV_BUILTIN, {.i = b}};
    return pyrun_raise(m, "NameError", "name '%s' is not defined", name);
}

static void note(uint64_t mask[2], const pyast *p, int target) {
    const pynode *n = &p->n[target];
    if (n->kind == PY_NAME) mask[n->id >> 6] |= 1ull << (n->id & 63);
    if (n->kind == PY_TUPLE || n->kind == PY_LIST)
        for (int k = n->a; k; k = p->n[k].next) note(mask, p, k);
}

static void find_locals(uint64_t mask[2], const pyast *p, int first) {
    for (int k = first; k; k = p->n[k].next) {
        const pynode *n = &p->n[k];
        if (n->kind == PY_ASSIGN || n->kind == PY_AUG || n->kind == PY_FOR) note(mask, p, n->a);
        if (n->kind == PY_DEF) mask[n->id >> 6] |= 1ull << (n->id & 63);
        if (n->kind == PY_IF) find_locals(mask, p, n->b), find_locals(mask, p, n->c);
        if (n->kind == PY_WHILE) find_locals(mask, p, n->b);
        if (n->kind == PY_FOR) find_locals(mask, p, n->c);
    }
}

static void set_locals(pymachine *m, pyframe *f, int def) {
    for (int i = 0; i < m->locals; i++)
        if (m->local[i].def == def) {
            memcpy(f->local, m->local[i].mask, sizeof f->local);
            return;
        }
    find_locals(f->local, m->p, m->p->n[def].b);
    if (m->locals == 16) return;
    m->local[m->locals].def = def;
    memcpy(m->local[m->locals++].mask, f->local, sizeof f->local);
}

/* ---- operators */
static long floor_div(long a, long b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

static pyval int_op(pymachine *m, int node, long a, char op, long b) {
    long c   = 0;
    bool big = false;
    switch (op) {
    case '+': big = __builtin_add_overflow(a, b, &c); break;
    case '-': big = __builtin_sub_overflow(a, b, &c); break;
    case '*': big = __builtin_mul_overflow(a, b, &c); break;
    case '/':
        if (!b) return pyrun_raise(m, "ZeroDivisionError", "division by zero");
        return pyrun_odd(m);
    case 'f':
    case '%':
        if (!b)
            return pyrun_raise(m, "ZeroDivisionError",
                               op == 'f' ? "integer division or modulo by zero" : "integer modulo by zero");
        c = floor_div(a, b);
        if (op == '%') c = a - c * b;
        break;
    default:
        if (b < 0 || b > 62) return pyrun_odd(m);
        for (c = 1; b > 0 && !big; b--) big = __builtin_mul_overflow(c, a, &c);
    }
    if (big || c > (1l << 60) || c < -(1l << 60)) return pyrun_odd(m);
    return pyval_int(pytell_calc(m, node, a, op, b, c));
}

static bool number(pyval v) { return v.t == PV_INT || v.t == PV_BOOL; }

static pyval repeat(pymachine *m, pyval s, long n) {
    pyval r   = s.t == PV_STR ? pyval_str(&m->heap, "", 0) : pyval_list(&m->heap, s.t);
    long  len = pyval_len(s);
    if (n < 0) n = 0;
    if (n * len > 5000) return pyrun_odd(m);
    if (s.t == PV_STR) {
        r        = pyval_str(&m->heap, NULL, 0);
        r.u.o->s = pyval_mem(&m->heap, (size_t)(n * len + 1));
        for (long i = 0; i < n; i++) memcpy(r.u.o->s + i * len, s.u.o->s, (size_t)len);
        r.u.o->n          = (int)(n * len);
        r.u.o->s[n * len] = 0;
        return r;
    }
    for (long i = 0; i < n; i++)
        for (int k = 0; k < len; k++) pyval_push(&m->heap, r.u.o, s.u.o->v[k]);
    return r;
}

static pyval concat(pymachine *m, pyval a, pyval b) {
    if (a.t == PV_STR) {
        int   n = a.u.o->n + b.u.o->n;
        pyval r = pyval_list(&m->heap, PV_STR);
        if (n > 20000) return pyrun_odd(m);
        r.u.o->s = pyval_mem(&m->heap, (size_t)n + 1);
        memcpy(r.u.o->s, a.u.o->s, (size_t)a.u.o->n);
        memcpy(r.u.o->s + a.u.o->n, b.u.o->s, (size_t)b.u.o->n + 1);
        r.u.o->n = n;
        return r;
    }
    pyval r = pyval_copy(&m->heap, a, a.t);
    for (int i = 0; i < b.u.o->n; i++) pyval_push(&m->heap, r.u.o, b.u.o->v[i]);
    return r;
}

static bool sequence(pyval v) { return v.t == PV_STR || v.t == PV_LIST || v.t == PV_TUPLE; }

static pyval other_op(pymachine *m, pyval a, char op, pyval b, const char *sign) {
    if (op == '+' && sequence(a) && a.t == b.t) return concat(m, a, b);
    if (op == '+' && sequence(a))
        return pyrun_raise(m, "TypeError", "can only concatenate %s (not \"%s\") to %s", pyval_type(a), pyval_type(b),
                           pyval_type(a));
    if (op == '*' && sequence(a) && number(b)) return repeat(m, a, b.u.i);
    if (op == '*' && sequence(b) && number(a)) return repeat(m, b, a.u.i);
    if (op == '*' && (sequence(a) || sequence(b)))
        return pyrun_raise(m, "TypeError", "can't multiply sequence by non-int of type '%s'",
                           pyval_type(sequence(a) ? b : a));
    if (op == '%' && a.t == PV_STR) return pyrun_odd(m);
    if (a.t == PV_SET && b.t == PV_SET) return pyrun_odd(m);
    return pyrun_raise(m, "TypeError", "unsupported operand type(s) for %s%s: '%s' and '%s'",
                       op == '^' ? "** or pow()" : sign, m->aug ? "=" : "", pyval_type(a), pyval_type(b));
}

pyval pyrun_add(pymachine *m, pyval a, pyval b) {
    if (number(a) && number(b)) return int_op(m, 0, a.u.i, '+', b.u.i);
    return other_op(m, a, '+', b, "+");
}

static pyval binary(pymachine *m, int node) {
    const pynode *n   = &m->p->n[node];
    bool          aug = m->aug;
    m->aug            = false;
    pyval a           = pyrun_eval(m, n->a);
    if (m->sig) return none;
    pyval b = pyrun_eval(m, n->b);
    if (m->sig) return none;
    m->aug  = aug;
    pyval v = number(a) && number(b) ? int_op(m, node, a.u.i, (char)n->op, b.u.i)
                                     : other_op(m, a, (char)n->op, b, pyast_op(n));
    m->aug  = false;
    if (!m->sig) pytell_mark(m, node, v);
    return v;
}

static pyval inside(pymachine *m, pyval x, pyval in, bool want) {
    if (in.t == PV_STR) {
        if (x.t != PV_STR)
            return pyrun_raise(m, "TypeError", "'in <string>' requires string as left operand, not %s", pyval_type(x));
        return pyval_bool((memmem(in.u.o->s, (size_t)in.u.o->n, x.u.o->s, (size_t)x.u.o->n) != NULL) == want);
    }
    if (pyval_len(in) < 0) return pyrun_raise(m, "TypeError", "argument of type '%s' is not iterable", pyval_type(in));
    if ((in.t == PV_SET || in.t == PV_DICT) && !pyval_hashable(x))
        return pyrun_raise(m, "TypeError", "unhashable type: '%s'", pyval_type(x));
    bool found = false;
    for (int i = 0; i < in.u.o->n && !found; i++) found = pyval_eq(pyval_item(&m->heap, in, i), x);
    return pyval_bool(found == want);
}

static pyval compare(pymachine *m, int node) {
    const pynode *n = &m->p->n[node];
    pyval         a = pyrun_eval(m, n->a);
    if (m->sig) return none;
    pyval b = pyrun_eval(m, n->b), v;
    if (m->sig) return none;
    char op  = (char)n->op;
    bool bad = false;
    int  c   = 0;
    if (strchr("<>lg", op)) c = pyval_cmp(a, b, &bad);
    if (bad)
        return pyrun_raise(m, "TypeError", "'%s' not supported between instances of '%s' and '%s'", pyast_op(n),
                           pyval_type(a), pyval_type(b));
    switch (op) {
    case '<': v = pyval_bool(c < 0); break;
    case '>': v = pyval_bool(c > 0); break;
    case 'l': v = pyval_bool(c <= 0); break;
    case 'g': v = pyval_bool(c >= 0); break;
    case '=': v = pyval_bool(pyval_eq(a, b)); break;
    case '!': v = pyval_bool(!pyval_eq(a, b)); break;
    case 'i':
    case 'n': v = inside(m, a, b, op == 'i'); break;
    default: /* is: only with None, True, False */
        v = pyval_bool((a.t == b.t && a.t <= PV_BOOL && pyval_eq(a, b)) == (op == 's'));
    }
    if (m->sig) return none;
    if (pytell_slip(m)) v.u.i = !v.u.i;
    pytell_mark(m, node, v);
    return v;
}

static pyval logic(pymachine *m, int node) {
    const pynode *n = &m->p->n[node];
    pyval         a = pyrun_eval(m, n->a);
    if (m->sig) return none;
    bool  is_and = n->kind == PY_AND;
    pyval v      = pyval_truth(a) == is_and ? pyrun_eval(m, n->b) : a;
    if (!m->sig) pytell_mark(m, node, v);
    return v;
}

/* ---- containers */
static pyval display(pymachine *m, int node) {
    const pynode *n = &m->p->n[node];
    pyval         v = pyval_list(&m->heap, n->kind == PY_LIST    ? PV_LIST
                                           : n->kind == PY_TUPLE ? PV_TUPLE
                                           : n->kind == PY_SET   ? PV_SET
                                                                 : PV_DICT);
    for (int k = n->a; k; k = m->p->n[k].next) {
        pyval x = pyrun_eval(m, k);
        if (m->sig) return none;
        if ((v.t == PV_DICT || v.t == PV_SET) && !pyval_hashable(x))
            return pyrun_raise(m, "TypeError", "unhashable type: '%s'", pyval_type(x));
        if (v.t == PV_DICT) {
            k       = m->p->n[k].next;
            pyval y = pyrun_eval(m, k);
            if (m->sig) return none;
            pyval_put(&m->heap, v.u.o, x, y);
        } else if (v.t == PV_SET) pyval_add(&m->heap, v.u.o, x);
        else pyval_push(&m->heap, v.u.o, x);
    }
    return v;
}

/* The place of an index in a sequence, or -1 with an exception. */
static long place(pymachine *m, pyval a, pyval i, const char *what) {
    if (!number(i)) {
        if (a.t == PV_STR) pyrun_raise(m, "TypeError", "string indices must be integers, not '%s'", pyval_type(i));
        else pyrun_raise(m, "TypeError", "%s indices must be integers or slices, not %s", pyval_type(a), pyval_type(i));
        return -1;
    }
    long at = i.u.i < 0 ? i.u.i + a.u.o->n : i.u.i;
    if (at >= 0 && at < a.u.o->n) return at;
    pyrun_raise(m, "IndexError", "%s %sindex out of range",
                a.t == PV_STR     ? "string"
                : a.t == PV_RANGE ? "range object"
                                  : pyval_type(a),
                what);
    return -1;
}

static pyval get_item(pymachine *m, pyval a, pyval i) {
    if (a.t == PV_DICT) {
        if (!pyval_hashable(i)) return pyrun_raise(m, "TypeError", "unhashable type: '%s'", pyval_type(i));
        int at = pyval_find(a.u.o, a.u.o->k, i);
        if (at >= 0) return a.u.o->v[at];
        str s = {0};
        pyval_repr(&s, i, &m->res->odd);
        pyrun_raise(m, "KeyError", "%s", s.p);
        str_free(&s);
        return none;
    }
    if (a.t != PV_STR && a.t != PV_LIST && a.t != PV_TUPLE && a.t != PV_RANGE)
        return pyrun_raise(m, "TypeError", "'%s' object is not subscriptable", pyval_type(a));
    long at = place(m, a, i, "");
    return at < 0 ? none : pyval_item(&m->heap, a, (int)at);
}

static bool bound(pymachine *m, int node, long *v) {
    pyval x = pyrun_eval(m, node);
    if (m->sig) return false;
    if (x.t == PV_NONE) return false;
    if (!number(x)) {
        pyrun_raise(m, "TypeError", "slice indices must be integers or None or have an __index__ method");
        return false;
    }
    *v = x.u.i;
    return true;
}

static long clamp(long v, long lo, long hi) { return v < lo ? lo : v > hi ? hi : v; }

static pyval slice(pymachine *m, int node) {
    const pynode *n = &m->p->n[node];
    pyval         a = pyrun_eval(m, n->a);
    if (m->sig) return none;
    if (!sequence(a))
        return a.t == PV_RANGE ? pyrun_odd(m)
                               : pyrun_raise(m, "TypeError", "'%s' object is not subscriptable", pyval_type(a));
    long len = a.u.o->n, from = 0, to = 0, step = 1;
    bool has_from = n->b && bound(m, n->b, &from), has_to = !m->sig && n->c && bound(m, n->c, &to);
    if (!m->sig && n->d) bound(m, n->d, &step);
    if (m->sig) return none;
    if (!step) return pyrun_raise(m, "ValueError", "slice step cannot be zero");
    if (from < 0) from += len;
    if (to < 0) to += len;
    long lo = step < 0 ? -1 : 0, hi = step < 0 ? len - 1 : len;
    from    = has_from ? clamp(from, lo, hi) : step < 0 ? len - 1 : 0;
    to      = has_to ? clamp(to, lo, hi) : step < 0 ? -1 : len;
    pyval v = a.t == PV_STR ? pyval_str(&m->heap, a.u.o->s, (size_t)len) : pyval_list(&m->heap, a.t);
    if (a.t == PV_STR) v.u.o->n = 0;
    for (long i = from; step > 0 ? i < to : i > to; i += step) {
        if (a.t == PV_STR) v.u.o->s[v.u.o->n++] = a.u.o->s[i];
        else pyval_push(&m->heap, v.u.o, a.u.o->v[i]);
    }
    if (a.t == PV_STR) v.u.o->s[v.u.o->n] = 0;
    pytell_mark(m, node, v);
    return v;
}

void pyrun_assign(pymachine *m, int target, pyval v) {
    const pynode *n = &m->p->n[target];
    if (n->kind == PY_NAME) {
        pyrun_bind(m, n->id, v);
        return;
    }
    if (n->kind == PY_TUPLE || n->kind == PY_LIST) {
        int want = 0, have = pyval_len(v), i = 0;
        for (int k = n->a; k; k = m->p->n[k].next) want++;
        if (have < 0) pyrun_raise(m, "TypeError", "cannot unpack non-iterable %s object", pyval_type(v));
        else if (have < want)
            pyrun_raise(m, "ValueError", "not enough values to unpack (expected %d, got %d)", want, have);
        else if (have > want) pyrun_raise(m, "ValueError", "too many values to unpack (expected %d)", want);
        for (int k = n->a; k && !m->sig; k = m->p->n[k].next) pyrun_assign(m, k, pyval_item(&m->heap, v, i++));
        return;
    }
    pyval a = pyrun_eval(m, n->a), i = none;
    if (!m->sig) i = pyrun_eval(m, n->b);
    if (m->sig) return;
    if (n->kind != PY_INDEX) pyrun_odd(m);
    else if (a.t == PV_DICT && pyval_hashable(i)) pyval_put(&m->heap, a.u.o, i, v);
    else if (a.t == PV_DICT) pyrun_raise(m, "TypeError", "unhashable type: '%s'", pyval_type(i));
    else if (a.t != PV_LIST) pyrun_raise(m, "TypeError", "'%s' object does not support item assignment", pyval_type(a));
    else {
        long at = place(m, a, i, "assignment ");
        if (at >= 0) a.u.o->v[at] = v;
    }
}

/* ---- comprehensions */
typedef struct gather {
    const pynode *n;
    pyval         into;
} gather;

static void take(pymachine *m, gather *g) {
    pychain c;
    pyval   k = none, v;
    pytell_open(m, &c, "", g->n->a);
    v = pyrun_eval(m, g->n->a);
    pytell_close(m, &c, g->n->a, v);
    if (m->sig) return;
    if (g->n->op == ':') {
        k = v;
        if (pytell_full(m)) str_add(m->t->out, ": ");
        pytell_open(m, &c, "", g->n->d);
        v = pyrun_eval(m, g->n->d);
        pytell_close(m, &c, g->n->d, v);
        if (m->sig) return;
    }
    if (g->n->op != '[' && g->n->op != '(' && !pyval_hashable(g->n->op == ':' ? k : v)) {
        pyrun_odd(m);
        return;
    }
    if (g->n->op == ':') pyval_put(&m->heap, g->into.u.o, k, v);
    else if (g->n->op == '{') pyval_add(&m->heap, g->into.u.o, v);
    else pyval_push(&m->heap, g->into.u.o, v);
}

void pyrun_tell_target(pymachine *m, int target, pyval x) {
    str s = {0};
    if (m->tell == PYRUN_SILENT) return;
    pyast_put_expr(&s, m->p, target);
    pytell_head(m, s.p, x);
    str_free(&s);
}

static void clause(pymachine *m, gather *g, int k) {
    const pynode *c  = &m->p->n[k];
    pychain      *up = m->chain;
    m->chain         = NULL; /* where the elements come from needs no telling */
    pyval in         = pyrun_eval(m, c->b);
    m->chain         = up;
    if (m->sig) return;
    int n = pyval_len(in);
    if (n < 0) {
        pyrun_raise(m, "TypeError", "'%s' object is not iterable", pyval_type(in));
        return;
    }
    if (in.t == PV_SET && n > 1) {
        pyrun_odd(m);
        return;
    }
    for (int i = 0; i < n && !m->sig && pyrun_step(m); i++) {
        pyval x = pyval_item(&m->heap, in, i);
        m->res->lines++;
        pyrun_assign(m, c->a, x);
        if (m->sig) return;
        if (pytell_full(m)) pyrun_tell_target(m, c->a, x);
        bool yes = true;
        if (c->c) {
            pychain ch;
            pytell_open(m, &ch, "if ", c->c);
            pyval v = pyrun_eval(m, c->c);
            pytell_close(m, &ch, c->c, v);
            if (m->sig) return;
            yes = pyval_truth(v);
            if (yes && pytell_full(m) && !c->next) str_add(m->t->out, ", take ");
        }
        if (!yes) continue;
        if (c->next) clause(m, g, c->next);
        else take(m, g);
    }
}

typedef struct shadow { /* a name of the frame while a comprehension has one like it */
    unsigned char set;
    pyval         v;
} shadow;

static pyval comprehension(pymachine *m, int node) {
    const pynode *n       = &m->p->n[node];
    gather        g       = {n, pyval_list(&m->heap, n->op == ':' ? PV_DICT : n->op == '{' ? PV_SET : PV_LIST)};
    uint64_t      mask[2] = {0, 0};
    shadow        was[PYAST_NAMES];
    for (int k = n->b; k; k = m->p->n[k].next) note(mask, m->p, m->p->n[k].a);
    for (int id = 0; id < m->p->names; id++) was[id] = (shadow){m->frame->set[id], m->frame->v[id]};
    pytell_pause(m);
    pychain *up    = m->chain;
    bool     quiet = m->tell == PYRUN_SHORT;
    if (quiet) m->tell = PYRUN_SILENT;
    m->res->lines++;
    clause(m, &g, n->b);
    if (quiet) m->tell = PYRUN_SHORT;
    m->chain = up;
    pytell_pause(m);
    for (int id = 0; id < m->p->names; id++)
        if (mask[id >> 6] >> (id & 63) & 1) m->frame->set[id] = was[id].set, m->frame->v[id] = was[id].v;
    if (!m->sig) pytell_mark(m, node, g.into);
    return g.into;
}

/* ---- calls */
pyval pyrun_apply(pymachine *m, pyval f, pyval x) {
    if (f.t == PV_DEF) return call_def(m, (int)f.u.i, &x, 1);
    if (f.t == PV_BUILTIN) return pylib_call(m, (int)f.u.i, 0, &x, 1, NULL);
    if (f.t != PV_LAMBDA) return pyrun_raise(m, "TypeError", "'%s' object is not callable", pyval_type(f));
    const pynode *n    = &m->p->n[f.u.i];
    int           id   = n->id;
    unsigned char set  = m->frame->set[id];
    pyval         was  = m->frame->v[id];
    pyrun_tell    tell = m->tell;
    m->tell            = PYRUN_SILENT;
    pyrun_bind(m, id, x);
    pyval v           = pyrun_eval(m, n->a);
    m->tell           = tell;
    m->frame->set[id] = set;
    m->frame->v[id]   = was;
    return v;
}

static void missing(pymachine *m, const pynode *d, const pyframe *f) {
    const char *name[8];
    int         n         = 0;
    char        list[160] = "";
    for (int k = d->a; k; k = m->p->n[k].next)
        if (!f->set[m->p->n[k].id] && n < 8) name[n++] = m->p->name[m->p->n[k].id];
    for (int i = 0; i < n; i++) {
        size_t len = strlen(list);
        snprintf(list + len, sizeof list - len, "%s'%s'",
                 !i          ? ""
                 : i < n - 1 ? ", "
                 : n > 2     ? ", and "
                             : " and ",
                 name[i]);
    }
    pyrun_raise(m, "TypeError", "%s() missing %d required positional argument%s: %s", m->p->name[d->id], n,
                n > 1 ? "s" : "", list);
}

static void tell_call(pymachine *m, const pynode *d) {
    if (m->tell == PYRUN_SILENT) return;
    pytell_end(m);
    str *o = m->t->out;
    str_add(o, m->tell == PYRUN_FULL ? "call " : "");
    str_add(o, m->p->name[d->id]);
    str_add(o, m->tell == PYRUN_FULL ? ": " : "(");
    for (int k = d->a; k; k = m->p->n[k].next) {
        if (k != d->a) str_add(o, ", ");
        if (m->tell == PYRUN_FULL) str_add(o, m->p->name[m->p->n[k].id]), str_add(o, " = ");
        pyval_repr(o, m->frame->v[m->p->n[k].id], &m->res->odd);
    }
    str_add(o, m->tell == PYRUN_FULL ? "\n" : "): ");
}

static pyval call_def(pymachine *m, int def, const pyval *arg, int n) {
    const pynode *d = &m->p->n[def];
    pyframe      *f = pyval_mem(&m->heap, offsetof(pyframe, v) + (size_t)m->p->names * sizeof(pyval)), *up = m->frame;
    int           params = 0, defaults = 0;
    memset(f, 0, offsetof(pyframe, v));
    for (int k = d->a; k; k = m->p->n[k].next) {
        if (params < n) f->set[m->p->n[k].id] = 1, f->v[m->p->n[k].id] = arg[params];
        else if (m->p->n[k].a) {
            f->set[m->p->n[k].id] = 1;
            f->v[m->p->n[k].id]   = pyrun_eval(m, m->p->n[k].a);
            if (f->v[m->p->n[k].id].t >= PV_LIST) return pyrun_odd(m); /* a default that is kept from call to call */
        } else {
            defaults--;
        }
        params++;
    }
    if (n > params)
        return pyrun_raise(m, "TypeError", "%s() takes %d positional argument%s but %d %s given", m->p->name[d->id],
                           params, params == 1 ? "" : "s", n, n == 1 ? "was" : "were");
    if (defaults < 0) {
        missing(m, d, f);
        return none;
    }
    if (m->depth >= PYRUN_DEPTH) return pyrun_raise(m, "RecursionError", "maximum recursion depth exceeded");
    set_locals(m, f, def);
    f->def         = def;
    f->up          = up;
    f->line        = d->line;
    pychain *chain = m->chain;
    m->frame       = f;
    m->depth++;
    tell_call(m, d);
    pyrun_exec(m, d->b);
    pyval v = m->sig == SIG_RETURN ? m->ret : none;
    if (m->sig != SIG_RAISE) m->sig = SIG_NONE;
    m->depth--;
    m->frame = up;
    m->chain = chain;
    pytell_end(m);
    return v;
}

enum { ARGS = 12 };

static int arguments(pymachine *m, int first, pyval arg[ARGS], pyval kw[PYLIB_KEYWORDS]) {
    int n = 0;
    for (int i = 0; kw && i < PYLIB_KEYWORDS; i++) kw[i] = (pyval){PV_BUILTIN, {.i = -1}}; /* not given */
    for (int k = first; k; k = m->p->n[k].next) {
        const pynode *a = &m->p->n[k];
        if (a->kind == PY_KEYWORD) {
            int id = pylib_keyword(m->p->name[a->id]);
            if (id < 0) pyrun_odd(m);
            else kw[id] = pyrun_eval(m, a->a);
        } else if (n < ARGS) {
            arg[n++] = pyrun_eval(m, k);
        } else {
            pyrun_odd(m);
        }
        if (m->sig) return 0;
    }
    return n;
}

static pyval call(pymachine *m, int node) {
    const pynode *n = &m->p->n[node];
    pyval         arg[ARGS], kw[PYLIB_KEYWORDS], f = look_up(m, n->id), v;
    if (m->sig) return none;
    int k = arguments(m, n->a, arg, kw);
    if (m->sig) return none;
    if (f.t == PV_DEF) {
        v = call_def(m, (int)f.u.i, arg, k);
    } else if (f.t == PV_BUILTIN) {
        v = pylib_call(m, (int)f.u.i, node, arg, k, kw);
        if (pylib_is_print((int)f.u.i)) return v;
    } else if (f.t == PV_LAMBDA && k == 1) {
        v = pyrun_apply(m, f, arg[0]);
    } else {
        return pyrun_raise(m, "TypeError", "'%s' object is not callable", pyval_type(f));
    }
    if (!m->sig && v.t != PV_RANGE) pytell_mark(m, node, v); /* a range is told by its turns */
    return v;
}

static pyval method(pymachine *m, int node) {
    const pynode *n = &m->p->n[node];
    pyval         arg[ARGS], kw[PYLIB_KEYWORDS], self = pyrun_eval(m, n->a);
    if (m->sig) return none;
    int k = arguments(m, n->b, arg, kw);
    if (m->sig) return none;
    pyval v = pylib_method(m, node, self, m->p->name[n->id], arg, k, kw);
    if (!m->sig && v.t != PV_NONE) pytell_mark(m, node, v);
    return v;
}

static pyval format(pymachine *m, int node) {
    str s = {0};
    str_clear(&s);
    for (int k = m->p->n[node].a; k && !m->sig; k = m->p->n[k].next) pyval_text(&s, pyrun_eval(m, k), &m->res->odd);
    pyval v = pyval_str(&m->heap, s.p, s.len);
    str_free(&s);
    if (!m->sig) pytell_mark(m, node, v);
    return v;
}

pyval pyrun_eval(pymachine *m, int node) {
    const pynode *n = &m->p->n[node];
    pyval         v;
    if (!pyrun_step(m)) return none;
    switch (n->kind) {
    case PY_INT: return pyval_int(n->v);
    case PY_STR: return pyval_str(&m->heap, m->p->pool.p + n->s, (size_t)n->v);
    case PY_CONST: return n->v ? pyval_bool(n->v == 1) : none;
    case PY_NAME: return look_up(m, n->id);
    case PY_LIST:
    case PY_TUPLE:
    case PY_SET:
    case PY_DICT: return display(m, node);
    case PY_NEG:
        v = pyrun_eval(m, n->a);
        if (m->sig) return none;
        if (!number(v)) return pyrun_raise(m, "TypeError", "bad operand type for unary -: '%s'", pyval_type(v));
        v = pyval_int(-v.u.i);
        pytell_mark(m, node, v);
        return v;
    case PY_NOT:
        v = pyrun_eval(m, n->a);
        if (m->sig) return none;
        v = pyval_bool(!pyval_truth(v));
        pytell_mark(m, node, v);
        return v;
    case PY_BIN: return binary(m, node);
    case PY_CMP: return compare(m, node);
    case PY_AND:
    case PY_OR: return logic(m, node);
    case PY_COND:
        v = pyrun_eval(m, n->a);
        if (m->sig) return none;
        v = pyrun_eval(m, pyval_truth(v) ? n->b : n->c);
        if (!m->sig) pytell_mark(m, node, v);
        return v;
    case PY_CALL: return call(m, node);
    case PY_METHOD: return method(m, node);
    case PY_INDEX: {
        pyval a = pyrun_eval(m, n->a);
        if (m->sig) return none;
        pyval i = pyrun_eval(m, n->b);
        if (m->sig) return none;
        v = get_item(m, a, i);
        if (!m->sig) pytell_mark(m, node, v);
        return v;
    }
    case PY_SLICE: return slice(m, node);
    case PY_COMP: return comprehension(m, node);
    case PY_FSTR: return format(m, node);
    case PY_LAMBDA: return (pyval){PV_LAMBDA, {.i = node}};
    default: return pyrun_odd(m);
    }
}
