/* pyval.c -- see pyval.h. */
#include <string.h>
#include "base/mem.h"
#include "task/pyast.h"
#include "task/pyval.h"

enum { CHUNK = 32 << 10 };
struct pychunk {
    struct pychunk *next;
    size_t          size;
    char            mem[];
};

void *pyval_mem(pyheap *h, size_t n) {
    n = (n + 15) & ~(size_t)15;
    if (!h->chunk || h->used + n > h->chunk->size) {
        size_t          size = n > CHUNK ? n : CHUNK;
        struct pychunk *c    = mem_alloc(sizeof *c + size);
        c->next              = h->chunk;
        c->size              = size;
        h->chunk             = c;
        h->used              = 0;
    }
    void *p = h->chunk->mem + h->used;
    h->used += n;
    return p;
}

void pyval_drop(pyheap *h) {
    while (h->chunk) {
        struct pychunk *c = h->chunk;
        h->chunk          = c->next;
        mem_free(c);
    }
}

pyval pyval_int(long v) { return (pyval){PV_INT, {.i = v}}; }
pyval pyval_bool(bool b) { return (pyval){PV_BOOL, {.i = b}}; }

pyval pyval_list(pyheap *h, pytype t) {
    pyobj *o = pyval_mem(h, sizeof *o);
    *o       = (pyobj){0};
    return (pyval){t, {.o = o}};
}

pyval pyval_str(pyheap *h, const char *s, size_t n) {
    pyval v  = pyval_list(h, PV_STR);
    v.u.o->s = pyval_mem(h, n + 1);
    if (n) memcpy(v.u.o->s, s, n);
    v.u.o->s[n] = 0;
    v.u.o->n    = (int)n;
    return v;
}

static void grow(pyheap *h, pyobj *o, bool dict) {
    if (o->n < o->cap) return;
    int    cap = o->cap ? 2 * o->cap : 8;
    pyval *v   = pyval_mem(h, (size_t)cap * sizeof *v);
    if (o->n) memcpy(v, o->v, (size_t)o->n * sizeof *v);
    o->v = v;
    if (dict) {
        pyval *k = pyval_mem(h, (size_t)cap * sizeof *k);
        if (o->n) memcpy(k, o->k, (size_t)o->n * sizeof *k);
        o->k = k;
    }
    o->cap = cap;
}

void pyval_push(pyheap *h, pyobj *o, pyval v) {
    grow(h, o, false);
    o->v[o->n++] = v;
}

int pyval_find(const pyobj *o, const pyval *items, pyval x) {
    for (int i = 0; i < o->n; i++)
        if (pyval_eq(items[i], x)) return i;
    return -1;
}

void pyval_put(pyheap *h, pyobj *d, pyval k, pyval v) {
    int i = pyval_find(d, d->k, k);
    if (i < 0) {
        grow(h, d, true);
        i       = d->n++;
        d->k[i] = k;
    }
    d->v[i] = v;
}

void pyval_add(pyheap *h, pyobj *s, pyval v) {
    if (pyval_find(s, s->v, v) < 0) pyval_push(h, s, v);
}

void pyval_remove(pyobj *o, int at, bool dict) {
    size_t rest = (size_t)(o->n - at - 1);
    memmove(o->v + at, o->v + at + 1, rest * sizeof *o->v);
    if (dict) memmove(o->k + at, o->k + at + 1, rest * sizeof *o->k);
    o->n--;
}

int pyval_len(pyval v) {
    return v.t == PV_STR || v.t == PV_LIST || v.t == PV_TUPLE || v.t == PV_DICT || v.t == PV_SET || v.t == PV_RANGE ||
                   v.t == PV_VIEW
               ? v.u.o->n
               : -1;
}

pyval pyval_item(pyheap *h, pyval v, int i) {
    const pyobj *o = v.u.o;
    if (v.t == PV_STR) return pyval_str(h, o->s + i, 1);
    if (v.t == PV_DICT) return o->k[i];
    if (v.t == PV_RANGE) return pyval_int(o->from + o->step * i);
    return o->v[i];
}

pyval pyval_copy(pyheap *h, pyval v, pytype as) {
    pyval c = pyval_list(h, as);
    int   n = pyval_len(v);
    for (int i = 0; i < n; i++) {
        pyval x = pyval_item(h, v, i);
        if (as == PV_DICT) pyval_put(h, c.u.o, x, v.u.o->v[i]);
        else if (as == PV_SET) pyval_add(h, c.u.o, x);
        else pyval_push(h, c.u.o, x);
    }
    return c;
}

bool pyval_truth(pyval v) {
    if (v.t == PV_NONE) return false;
    if (v.t == PV_INT || v.t == PV_BOOL) return v.u.i != 0;
    return pyval_len(v) != 0;
}

static bool number(pyval v) { return v.t == PV_INT || v.t == PV_BOOL; }

bool pyval_eq(pyval a, pyval b) {
    if (number(a) && number(b)) return a.u.i == b.u.i;
    if (a.t != b.t) return false;
    switch (a.t) {
    case PV_NONE: return true;
    case PV_STR: return a.u.o->n == b.u.o->n && !memcmp(a.u.o->s, b.u.o->s, (size_t)a.u.o->n);
    case PV_LIST:
    case PV_TUPLE:
        if (a.u.o->n != b.u.o->n) return false;
        for (int i = 0; i < a.u.o->n; i++)
            if (!pyval_eq(a.u.o->v[i], b.u.o->v[i])) return false;
        return true;
    case PV_SET:
        if (a.u.o->n != b.u.o->n) return false;
        for (int i = 0; i < a.u.o->n; i++)
            if (pyval_find(b.u.o, b.u.o->v, a.u.o->v[i]) < 0) return false;
        return true;
    case PV_DICT:
        if (a.u.o->n != b.u.o->n) return false;
        for (int i = 0; i < a.u.o->n; i++) {
            int j = pyval_find(b.u.o, b.u.o->k, a.u.o->k[i]);
            if (j < 0 || !pyval_eq(a.u.o->v[i], b.u.o->v[j])) return false;
        }
        return true;
    default: return a.u.o == b.u.o;
    }
}

int pyval_cmp(pyval a, pyval b, bool *bad) {
    if (number(a) && number(b)) return a.u.i < b.u.i ? -1 : a.u.i > b.u.i;
    if (a.t == PV_STR && b.t == PV_STR) {
        int n = a.u.o->n < b.u.o->n ? a.u.o->n : b.u.o->n, c = memcmp(a.u.o->s, b.u.o->s, (size_t)n);
        return c ? c : a.u.o->n - b.u.o->n;
    }
    if (a.t != b.t || (a.t != PV_LIST && a.t != PV_TUPLE)) {
        *bad = true;
        return 0;
    }
    for (int i = 0; i < a.u.o->n && i < b.u.o->n; i++)
        if (!pyval_eq(a.u.o->v[i], b.u.o->v[i])) return pyval_cmp(a.u.o->v[i], b.u.o->v[i], bad);
    return a.u.o->n - b.u.o->n;
}

bool pyval_hashable(pyval v) {
    if (v.t == PV_LIST || v.t == PV_DICT || v.t == PV_SET) return false;
    if (v.t != PV_TUPLE) return true;
    for (int i = 0; i < v.u.o->n; i++)
        if (!pyval_hashable(v.u.o->v[i])) return false;
    return true;
}

const char *pyval_type(pyval v) {
    static const char *const name[] = {"NoneType",
                                       "bool",
                                       "int",
                                       "str",
                                       "list",
                                       "tuple",
                                       "dict",
                                       "set",
                                       "range",
                                       "dict_keys",
                                       "function",
                                       "function",
                                       "builtin_function_or_method"};
    return name[v.t];
}

static void items(str *out, pyval v, bool *odd) {
    for (int i = 0; i < v.u.o->n; i++) {
        if (i) str_add(out, ", ");
        if (v.t == PV_DICT) pyval_repr(out, v.u.o->k[i], odd), str_add(out, ": ");
        pyval_repr(out, v.u.o->v[i], odd);
    }
}

void pyval_repr(str *out, pyval v, bool *odd) {
    switch (v.t) {
    case PV_NONE: str_add(out, "None"); break;
    case PV_BOOL: str_add(out, v.u.i ? "True" : "False"); break;
    case PV_INT: str_addf(out, "%ld", v.u.i); break;
    case PV_STR: pyast_quote(out, v.u.o->s, (size_t)v.u.o->n); break;
    case PV_LIST:
        str_addc(out, '[');
        items(out, v, odd);
        str_addc(out, ']');
        break;
    case PV_TUPLE:
        str_addc(out, '(');
        items(out, v, odd);
        str_add(out, v.u.o->n == 1 ? ",)" : ")");
        break;
    case PV_DICT:
        str_addc(out, '{');
        items(out, v, odd);
        str_addc(out, '}');
        break;
    case PV_RANGE:
        str_addf(out, "range(%ld, %ld", v.u.o->from, v.u.o->from + v.u.o->step * v.u.o->n);
        if (v.u.o->step != 1 || v.u.o->n == 0) *odd = true;
        str_addc(out, ')');
        break;
    case PV_SET:
        if (v.u.o->n > 1) *odd = true; /* in which order? */
        str_add(out, v.u.o->n ? "{" : "set(");
        items(out, v, odd);
        str_add(out, v.u.o->n ? "}" : ")");
        break;
    default: *odd = true; str_addf(out, "<%s>", pyval_type(v));
    }
}

void pyval_text(str *out, pyval v, bool *odd) {
    if (v.t == PV_STR) str_addn(out, v.u.o->s, (size_t)v.u.o->n);
    else pyval_repr(out, v, odd);
}
