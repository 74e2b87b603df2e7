/* pylib.c -- builtins and methods of the Python that pyrun.h knows, with CPython 3.11's messages. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "task/pyrun_parts.h"

static const pyval none = {PV_NONE, {.i = 0}};

typedef enum {
    B_PRINT,
    B_LEN,
    B_SUM,
    B_MIN,
    B_MAX,
    B_SORTED,
    B_RANGE,
    B_ABS,
    B_STR,
    B_INT,
    B_LIST,
    B_SET,
    B_DICT,
    B_TUPLE,
    B_BOOL,
    B_REVERSED,
    B_ENUMERATE,
    B_ZIP,
    B_ANY,
    B_ALL,
    B_ORD,
    B_CHR,
    B_DIVMOD,
    B_REPR,
    B_ALL_OF_THEM
} builtin;
static const char *const builtins[] = {"print",     "len", "sum",  "min", "max",  "sorted", "range",  "abs",
                                       "str",       "int", "list", "set", "dict", "tuple",  "bool",   "reversed",
                                       "enumerate", "zip", "any",  "all", "ord",  "chr",    "divmod", "repr"};

int pylib_builtin(const char *name) {
    for (int i = 0; i < B_ALL_OF_THEM; i++)
        if (!strcmp(builtins[i], name)) return i;
    return -1;
}

bool pylib_is_print(int b) { return b == B_PRINT; }

int pylib_keyword(const char *name) {
    static const char *const all[] = {"key", "reverse", "sep", "end", "start", "default"};
    for (int i = 0; i < PYLIB_KEYWORDS; i++)
        if (!strcmp(all[i], name)) return i;
    return -1;
}

static bool given(const pyval *kw, int i) { return kw && !(kw[i].t == PV_BUILTIN && kw[i].u.i < 0); }

static bool number(pyval v) { return v.t == PV_INT || v.t == PV_BOOL; }

static bool iterable(pymachine *m, pyval v) {
    if (pyval_len(v) >= 0) {
        if (v.t == PV_SET && v.u.o->n > 1) pyrun_odd(m); /* callers that do not mind the order ask before */
        return !m->sig;
    }
    pyrun_raise(m, "TypeError", "'%s' object is not iterable", pyval_type(v));
    return false;
}

/* ---- printing and conversions */
static void put_sep(str *out, const pyval *kw, int which, const char *usual) {
    if (given(kw, which) && kw[which].t == PV_STR) str_addn(out, kw[which].u.o->s, (size_t)kw[which].u.o->n);
    else str_add(out, usual);
}

static pyval print(pymachine *m, const pyval *arg, int n, const pyval *kw) {
    str *o = &m->res->out;
    for (int i = 0; i < n; i++) {
        if (i) put_sep(o, kw, PYLIB_SEP, " ");
        pyval_text(o, arg[i], &m->res->odd);
    }
    put_sep(o, kw, PYLIB_END, "\n");
    if (o->len > 20000) pyrun_odd(m);
    return none;
}

static pyval to_int(pymachine *m, pyval v) {
    if (number(v)) return pyval_int(v.u.i);
    if (v.t != PV_STR)
        return pyrun_raise(m, "TypeError",
                           "int() argument must be a string, a bytes-like object or a real number, not '%s'",
                           pyval_type(v));
    char *end;
    long  x  = strtol(v.u.o->s, &end, 10);
    bool  ok = end != v.u.o->s;
    while (isspace((unsigned char)*end)) end++;
    if (ok && end == v.u.o->s + v.u.o->n) return pyval_int(x);
    if (strchr(v.u.o->s, '_')) return pyrun_odd(m);
    str s = {0};
    pyval_repr(&s, v, &m->res->odd);
    pyrun_raise(m, "ValueError", "invalid literal for int() with base 10: %s", s.p);
    str_free(&s);
    return none;
}

static pyval text_of(pymachine *m, pyval v, bool repr) {
    str s = {0};
    str_clear(&s);
    if (repr) pyval_repr(&s, v, &m->res->odd);
    else pyval_text(&s, v, &m->res->odd);
    pyval r = pyval_str(&m->heap, s.p, s.len);
    str_free(&s);
    return r;
}

static pyval range(pymachine *m, const pyval *a, int n) {
    long v[3] = {0, 0, 1};
    if (n < 1 || n > 3) return pyrun_odd(m);
    for (int i = 0; i < n; i++) {
        if (!number(a[i]))
            return pyrun_raise(m, "TypeError", "'%s' object cannot be interpreted as an integer", pyval_type(a[i]));
        v[n == 1 ? 1 : i] = a[i].u.i;
    }
    if (!v[2]) return pyrun_raise(m, "ValueError", "range() arg 3 must not be zero");
    pyval r     = pyval_list(&m->heap, PV_RANGE);
    r.u.o->from = v[0];
    r.u.o->step = v[2];
    long k      = v[2] > 0 ? (v[1] - v[0] + v[2] - 1) / v[2] : (v[0] - v[1] - v[2] - 1) / -v[2];
    if ((v[2] > 0 && v[1] <= v[0]) || (v[2] < 0 && v[1] >= v[0])) k = 0;
    if (k > 1000000) return pyrun_odd(m);
    r.u.o->n = (int)k;
    return r;
}

/* ---- over all items */
static pyval sum(pymachine *m, pyval v, pyval start) {
    if (pyval_len(v) < 0) iterable(m, v);
    if (m->sig) return none;
    int n = v.u.o->n;
    if (start.t == PV_STR) return pyrun_odd(m);
    bool tell = n > 1 && pytell_full(m);
    if (tell) pytell_pause(m);
    pyval s = start;
    for (int i = 0; i < n && !m->sig; i++) {
        pyval x = pyval_item(&m->heap, v, i);
        if (tell && number(s) && number(x)) {
            if (i) s = pyval_int(digits_op(m->t, s.u.i, '+', x.u.i));
            else s = pyval_int(s.u.i + x.u.i);
            continue;
        }
        pychain *c = m->chain;
        m->chain   = NULL;
        s          = pyrun_add(m, s, x);
        m->chain   = c;
    }
    return s;
}

static pyval best(pymachine *m, const pyval *arg, int n, const pyval *kw, bool max) {
    pyval list = arg[0];
    if (n > 1) {
        list = pyval_list(&m->heap, PV_LIST);
        for (int i = 0; i < n; i++) pyval_push(&m->heap, list.u.o, arg[i]);
    }
    if (pyval_len(list) < 0) iterable(m, list);
    if (list.t == PV_SET && given(kw, PYLIB_KEY)) return pyrun_odd(m);
    if (m->sig) return none;
    if (!list.u.o->n) {
        if (given(kw, PYLIB_DEFAULT)) return kw[PYLIB_DEFAULT];
        return pyrun_raise(m, "ValueError", "%s() arg is an empty sequence", max ? "max" : "min");
    }
    pyval b = none, bk = none;
    bool  bad = false;
    for (int i = 0; i < list.u.o->n && !m->sig; i++) {
        pyval x = pyval_item(&m->heap, list, i), k = given(kw, PYLIB_KEY) ? pyrun_apply(m, kw[PYLIB_KEY], x) : x;
        if (m->sig) return none;
        int c = i ? pyval_cmp(k, bk, &bad) : 0;
        if (bad)
            return pyrun_raise(m, "TypeError", "'%s' not supported between instances of '%s' and '%s'", max ? ">" : "<",
                               pyval_type(k), pyval_type(bk));
        if (!i || (max ? c > 0 : c < 0)) b = x, bk = k;
    }
    return b;
}

static void sort(pymachine *m, pyobj *o, const pyval *kw) {
    pyval *key = o->v;
    bool   bad = false, down = given(kw, PYLIB_REVERSE) && pyval_truth(kw[PYLIB_REVERSE]);
    if (given(kw, PYLIB_KEY) && kw[PYLIB_KEY].t != PV_NONE) {
        key = pyval_mem(&m->heap, (size_t)(o->n + 1) * sizeof *key);
        for (int i = 0; i < o->n && !m->sig; i++) key[i] = pyrun_apply(m, kw[PYLIB_KEY], o->v[i]);
        if (m->sig) return;
    }
    for (int i = 1; i < o->n; i++) { /* insertion: stable, also downwards */
        pyval v = o->v[i], k = key[i];
        int   j = i;
        for (; j > 0; j--) {
            int c = pyval_cmp(k, key[j - 1], &bad);
            if (bad) {
                pyrun_raise(m, "TypeError", "'<' not supported between instances of '%s' and '%s'", pyval_type(k),
                            pyval_type(key[j - 1]));
                return;
            }
            if (down ? c <= 0 : c >= 0) break;
            o->v[j] = o->v[j - 1];
            if (key != o->v) key[j] = key[j - 1];
        }
        o->v[j] = v;
        if (key != o->v) key[j] = k;
    }
}

static pyval pairs(pymachine *m, const pyval *arg, int n, bool numbered, long start) {
    pyval r   = pyval_list(&m->heap, PV_VIEW);
    int   len = 1 << 30;
    for (int i = 0; i < n; i++) {
        if (!iterable(m, arg[i])) return none;
        if (pyval_len(arg[i]) < len) len = pyval_len(arg[i]);
    }
    for (int i = 0; i < len; i++) {
        pyval t = pyval_list(&m->heap, PV_TUPLE);
        if (numbered) pyval_push(&m->heap, t.u.o, pyval_int(start + i));
        for (int k = 0; k < n; k++) pyval_push(&m->heap, t.u.o, pyval_item(&m->heap, arg[k], i));
        pyval_push(&m->heap, r.u.o, t);
    }
    return r;
}

static pyval any_all(pymachine *m, pyval v, bool any) {
    if (pyval_len(v) < 0) iterable(m, v);
    if (m->sig) return none;
    for (int i = 0; i < v.u.o->n; i++)
        if (pyval_truth(pyval_item(&m->heap, v, i)) == any) return pyval_bool(any);
    return pyval_bool(!any);
}

static pyval as_list(pymachine *m, pyval v, pytype t) {
    if (t == PV_SET || (t == PV_LIST && false)) {
        if (pyval_len(v) < 0) iterable(m, v);
        for (int i = 0; !m->sig && i < v.u.o->n; i++)
            if (!pyval_hashable(pyval_item(&m->heap, v, i))) return pyrun_odd(m);
        return m->sig ? none : pyval_copy(&m->heap, v, PV_SET);
    }
    return iterable(m, v) ? pyval_copy(&m->heap, v, t) : none;
}

static pyval sorted(pymachine *m, pyval v, const pyval *kw) {
    if (pyval_len(v) < 0) iterable(m, v);
    if (m->sig) return none;
    pyval r = pyval_copy(&m->heap, v, PV_LIST);
    sort(m, r.u.o, kw);
    return r;
}

static pyval make_dict(pymachine *m, const pyval *a, int n) {
    pyval d = pyval_list(&m->heap, PV_DICT);
    if (!n) return d;
    if (a[0].t == PV_DICT) return pyval_copy(&m->heap, a[0], PV_DICT);
    if (!iterable(m, a[0])) return none;
    for (int i = 0; i < a[0].u.o->n; i++) {
        pyval t = pyval_item(&m->heap, a[0], i);
        if (pyval_len(t) != 2 || t.t == PV_STR || !pyval_hashable(pyval_item(&m->heap, t, 0))) return pyrun_odd(m);
        pyval_put(&m->heap, d.u.o, pyval_item(&m->heap, t, 0), pyval_item(&m->heap, t, 1));
    }
    return d;
}

static pyval scalar_call(pymachine *m, int b, const pyval *a, int n) {
    pyval t;
    switch (b) {
    case B_LEN:
        if (pyval_len(a[0]) < 0)
            return pyrun_raise(m, "TypeError", "object of type '%s' has no len()", pyval_type(a[0]));
        return pyval_int(pyval_len(a[0]));
    case B_ABS:
        if (!number(a[0])) return pyrun_raise(m, "TypeError", "bad operand type for abs(): '%s'", pyval_type(a[0]));
        return pyval_int(labs(a[0].u.i));
    case B_ORD:
        if (a[0].t != PV_STR)
            return pyrun_raise(m, "TypeError", "ord() expected string of length 1, but %s found", pyval_type(a[0]));
        if (a[0].u.o->n != 1)
            return pyrun_raise(m, "TypeError", "ord() expected a character, but string of length %d found",
                               a[0].u.o->n);
        return pyval_int((unsigned char)a[0].u.o->s[0]);
    case B_CHR:
        if (!number(a[0]) || a[0].u.i < 1 || a[0].u.i > 126) return pyrun_odd(m);
        return pyval_str(&m->heap, (const char[]){(char)a[0].u.i}, 1);
    default: /* divmod */
        if (n != 2 || !number(a[0]) || !number(a[1]) || !a[1].u.i) return pyrun_odd(m);
        t      = pyval_list(&m->heap, PV_TUPLE);
        long q = a[0].u.i / a[1].u.i - (a[0].u.i % a[1].u.i != 0 && (a[0].u.i < 0) != (a[1].u.i < 0));
        pyval_push(&m->heap, t.u.o, pyval_int(q));
        pyval_push(&m->heap, t.u.o, pyval_int(a[0].u.i - q * a[1].u.i));
        return t;
    }
}

pyval pylib_call(pymachine *m, int b, int node, const pyval *a, int n, const pyval *kw) {
    pyval r;
    (void)node;
    if (!n && b != B_PRINT && b != B_STR && b != B_LIST && b != B_SET && b != B_DICT && b != B_TUPLE && b != B_INT &&
        b != B_BOOL)
        return pyrun_odd(m);
    switch (b) {
    case B_PRINT: return print(m, a, n, kw);
    case B_SUM: return sum(m, a[0], n > 1 ? a[1] : given(kw, PYLIB_START) ? kw[PYLIB_START] : pyval_int(0));
    case B_MIN:
    case B_MAX: return best(m, a, n, kw, b == B_MAX);
    case B_SORTED: return sorted(m, a[0], kw);
    case B_RANGE: return range(m, a, n);
    case B_STR: return n ? text_of(m, a[0], false) : pyval_str(&m->heap, "", 0);
    case B_REPR: return text_of(m, a[0], true);
    case B_INT: return n > 1 ? pyrun_odd(m) : n ? to_int(m, a[0]) : pyval_int(0);
    case B_BOOL: return pyval_bool(n && pyval_truth(a[0]));
    case B_LIST: return n ? as_list(m, a[0], PV_LIST) : pyval_list(&m->heap, PV_LIST);
    case B_TUPLE: return n ? as_list(m, a[0], PV_TUPLE) : pyval_list(&m->heap, PV_TUPLE);
    case B_SET: return n ? as_list(m, a[0], PV_SET) : pyval_list(&m->heap, PV_SET);
    case B_DICT: return make_dict(m, a, n);
    case B_REVERSED:
        if (!iterable(m, a[0])) return none;
        r = pyval_copy(&m->heap, a[0], PV_LIST);
        for (int i = 0, j = r.u.o->n - 1; i < j; i++, j--) {
            pyval t     = r.u.o->v[i];
            r.u.o->v[i] = r.u.o->v[j];
            r.u.o->v[j] = t;
        }
        r.t = PV_VIEW;
        return r;
    case B_ENUMERATE: return pairs(m, a, 1, true, n > 1 ? a[1].u.i : given(kw, PYLIB_START) ? kw[PYLIB_START].u.i : 0);
    case B_ZIP: return pairs(m, a, n, false, 0);
    case B_ANY:
    case B_ALL: return any_all(m, a[0], b == B_ANY);
    default: return scalar_call(m, b, a, n);
    }
}

/* ---- methods */
bool pylib_changes(const char *s) {
    static const char *const all[] = {"append", "pop", "insert",  "remove", "sort",       "reverse", "extend",
                                      "clear",  "add", "discard", "update", "setdefault", NULL};
    for (int i = 0; all[i]; i++)
        if (!strcmp(all[i], s)) return true;
    return false;
}

static bool is(const char *a, const char *b) { return !strcmp(a, b); }

static pyval no_attribute(pymachine *m, pyval self, const char *name) {
    return pyrun_raise(m, "AttributeError", "'%s' object has no attribute '%s'", pyval_type(self), name);
}

static int where(const pyobj *s, const pyobj *x, int from) {
    const char *p = from > s->n ? NULL : memmem(s->s + from, (size_t)(s->n - from), x->s, (size_t)x->n);
    return p ? (int)(p - s->s) : -1;
}

static pyval cased(pymachine *m, const pyobj *s, const char *name) {
    pyval r    = pyval_str(&m->heap, s->s, (size_t)s->n);
    bool  word = false;
    for (int i = 0; i < s->n; i++) {
        int  c      = (unsigned char)s->s[i];
        bool up     = *name == 'u' || (*name == 's' && islower(c)) || (*name == 't' && !word) || (*name == 'c' && !i);
        r.u.o->s[i] = (char)(up ? toupper(c) : tolower(c));
        word        = isalpha(c) != 0;
    }
    return r;
}

static pyval asked(const pyobj *s, const char *name) { /* isdigit and its like */
    bool all = s->n > 0, upper = false, lower = false;
    for (int i = 0; i < s->n; i++) {
        int c = (unsigned char)s->s[i];
        upper |= isupper(c) != 0;
        lower |= islower(c) != 0;
        all &= (is(name, "isdigit")   ? isdigit(c)
                : is(name, "isalpha") ? isalpha(c)
                : is(name, "isalnum") ? isalnum(c)
                                      : isspace(c)) != 0;
    }
    if (is(name, "isupper")) return pyval_bool(upper && !lower);
    if (is(name, "islower")) return pyval_bool(lower && !upper);
    return pyval_bool(all);
}

static pyval split(pymachine *m, const pyobj *s, const pyval *a, int n) {
    pyval r = pyval_list(&m->heap, PV_LIST);
    if (!n) {
        for (int i = 0; i < s->n;) {
            while (i < s->n && isspace((unsigned char)s->s[i])) i++;
            int from = i;
            while (i < s->n && !isspace((unsigned char)s->s[i])) i++;
            if (i > from) pyval_push(&m->heap, r.u.o, pyval_str(&m->heap, s->s + from, (size_t)(i - from)));
        }
        return r;
    }
    if (n > 1 || a[0].t != PV_STR || !a[0].u.o->n) return pyrun_odd(m);
    for (int i = 0;;) {
        int at = where(s, a[0].u.o, i), to = at < 0 ? s->n : at;
        pyval_push(&m->heap, r.u.o, pyval_str(&m->heap, s->s + i, (size_t)(to - i)));
        if (at < 0) return r;
        i = at + a[0].u.o->n;
    }
}

static pyval join(pymachine *m, const pyobj *s, const pyval *a, int n) {
    if (n != 1) return pyrun_odd(m);
    if (!iterable(m, a[0])) return none;
    str o = {0};
    str_clear(&o);
    for (int i = 0; i < a[0].u.o->n && !m->sig; i++) {
        pyval x = pyval_item(&m->heap, a[0], i);
        if (x.t != PV_STR)
            pyrun_raise(m, "TypeError", "sequence item %d: expected str instance, %s found", i, pyval_type(x));
        else {
            if (i) str_addn(&o, s->s, (size_t)s->n);
            str_addn(&o, x.u.o->s, (size_t)x.u.o->n);
        }
    }
    pyval r = pyval_str(&m->heap, o.p, o.len);
    str_free(&o);
    return r;
}

static pyval replace(pymachine *m, const pyobj *s, const pyval *a, int n) {
    if (n != 2 || a[0].t != PV_STR || a[1].t != PV_STR || !a[0].u.o->n) return pyrun_odd(m);
    str o = {0};
    str_clear(&o);
    for (int i = 0;;) {
        int at = where(s, a[0].u.o, i), to = at < 0 ? s->n : at;
        str_addn(&o, s->s + i, (size_t)(to - i));
        if (at < 0) break;
        str_addn(&o, a[1].u.o->s, (size_t)a[1].u.o->n);
        i = at + a[0].u.o->n;
    }
    pyval r = pyval_str(&m->heap, o.p, o.len);
    str_free(&o);
    return r;
}

static pyval strip(pymachine *m, const pyobj *s, const char *name, const pyval *a, int n) {
    const char *set = n && a[0].t == PV_STR ? a[0].u.o->s : " \t\n";
    int         i = 0, j = s->n;
    if (*name != 'r')
        while (i < j && strchr(set, s->s[i])) i++;
    if (*name != 'l')
        while (j > i && strchr(set, s->s[j - 1])) j--;
    return pyval_str(&m->heap, s->s + i, (size_t)(j - i));
}

static pyval str_method(pymachine *m, pyval self, const char *name, const pyval *a, int n) {
    const pyobj *s = self.u.o;
    if (is(name, "upper") || is(name, "lower") || is(name, "swapcase") || is(name, "title") || is(name, "capitalize"))
        return cased(m, s, name);
    if (str_starts(name, "is") && (is(name, "isdigit") || is(name, "isalpha") || is(name, "isalnum") ||
                                   is(name, "isupper") || is(name, "islower") || is(name, "isspace")))
        return asked(s, name);
    if (is(name, "split")) return split(m, s, a, n);
    if (is(name, "join")) return join(m, s, a, n);
    if (is(name, "replace")) return replace(m, s, a, n);
    if (is(name, "strip") || is(name, "lstrip") || is(name, "rstrip")) return strip(m, s, name, a, n);
    bool find = is(name, "find") || is(name, "index"), count = is(name, "count"), starts = is(name, "startswith"),
         ends = is(name, "endswith");
    if (!find && !count && !starts && !ends) return no_attribute(m, self, name);
    if (n != 1 || a[0].t != PV_STR) return pyrun_odd(m);
    const pyobj *x = a[0].u.o;
    if (find) {
        int at = where(s, x, 0);
        if (at < 0 && is(name, "index")) return pyrun_raise(m, "ValueError", "substring not found");
        return pyval_int(at);
    }
    if (starts) return pyval_bool(s->n >= x->n && !memcmp(s->s, x->s, (size_t)x->n));
    if (ends) return pyval_bool(s->n >= x->n && !memcmp(s->s + s->n - x->n, x->s, (size_t)x->n));
    if (!x->n) return pyval_int(s->n + 1);
    int k = 0;
    for (int i = where(s, x, 0); i >= 0; i = where(s, x, i + x->n)) k++;
    return pyval_int(k);
}

static pyval arity(pymachine *m, pyval self, const char *name, int n) {
    if (n == 0)
        return pyrun_raise(m, "TypeError", "%s.%s() takes exactly one argument (0 given)", pyval_type(self), name);
    return pyrun_raise(m, "TypeError", "%s.%s() takes exactly one argument (%d given)", pyval_type(self), name, n);
}

static pyval pop(pymachine *m, pyobj *o, const pyval *a, int n) {
    if (!o->n) return pyrun_raise(m, "IndexError", "pop from empty list");
    long at = n ? a[0].u.i : -1;
    if (n && !number(a[0]))
        return pyrun_raise(m, "TypeError", "'%s' object cannot be interpreted as an integer", pyval_type(a[0]));
    if (at < 0) at += o->n;
    if (at < 0 || at >= o->n) return pyrun_raise(m, "IndexError", "pop index out of range");
    pyval v = o->v[at];
    pyval_remove(o, (int)at, false);
    return v;
}

static pyval find_in(pymachine *m, pyval self, const char *name, pyval x) {
    int at = pyval_find(self.u.o, self.u.o->v, x);
    if (at >= 0) return pyval_int(at);
    if (is(name, "remove")) return pyrun_raise(m, "ValueError", "list.remove(x): x not in list");
    str s = {0};
    pyval_repr(&s, x, &m->res->odd);
    if (self.t == PV_TUPLE) pyrun_raise(m, "ValueError", "tuple.index(x): x not in tuple");
    else pyrun_raise(m, "ValueError", "%s is not in list", s.p);
    str_free(&s);
    return none;
}

static pyval list_method(pymachine *m, pyval self, const char *name, const pyval *a, int n, const pyval *kw) {
    pyobj *o    = self.u.o;
    bool   list = self.t == PV_LIST;
    if (is(name, "count") && n == 1) {
        int k = 0;
        for (int i = 0; i < o->n; i++) k += pyval_eq(o->v[i], a[0]);
        return pyval_int(k);
    }
    if (is(name, "index") && n == 1) return find_in(m, self, name, a[0]);
    if (!list) return is(name, "count") || is(name, "index") ? pyrun_odd(m) : no_attribute(m, self, name);
    if (is(name, "append")) {
        if (n != 1) return arity(m, self, name, n);
        pyval_push(&m->heap, o, a[0]);
    } else if (is(name, "pop")) return n < 2 ? pop(m, o, a, n) : pyrun_odd(m);
    else if (is(name, "insert")) {
        if (n != 2 || !number(a[0])) return pyrun_odd(m);
        long at = a[0].u.i < 0 ? a[0].u.i + o->n : a[0].u.i;
        at      = at < 0 ? 0 : at > o->n ? o->n : at;
        pyval_push(&m->heap, o, a[1]);
        memmove(o->v + at + 1, o->v + at, (size_t)(o->n - 1 - at) * sizeof *o->v);
        o->v[at] = a[1];
    } else if (is(name, "remove")) {
        if (n != 1) return arity(m, self, name, n);
        pyval at = find_in(m, self, name, a[0]);
        if (!m->sig) pyval_remove(o, (int)at.u.i, false);
    } else if (is(name, "sort")) sort(m, o, kw);
    else if (is(name, "reverse"))
        for (int i = 0, j = o->n - 1; i < j; i++, j--) {
            pyval t = o->v[i];
            o->v[i] = o->v[j];
            o->v[j] = t;
        }
    else if (is(name, "extend")) {
        if (n != 1) return arity(m, self, name, n);
        if (!iterable(m, a[0])) return none;
        int len = pyval_len(a[0]);
        for (int i = 0; i < len; i++) pyval_push(&m->heap, o, pyval_item(&m->heap, a[0], i));
    } else if (is(name, "clear")) o->n = 0;
    else if (is(name, "copy")) return pyval_copy(&m->heap, self, PV_LIST);
    else return no_attribute(m, self, name);
    return none;
}

static pyval key_error(pymachine *m, pyval k) {
    str s = {0};
    pyval_repr(&s, k, &m->res->odd);
    pyrun_raise(m, "KeyError", "%s", s.p);
    str_free(&s);
    return none;
}

static pyval dict_method(pymachine *m, pyval self, const char *name, const pyval *a, int n) {
    pyobj *o = self.u.o;
    pyval  r = pyval_list(&m->heap, PV_VIEW);
    if (is(name, "keys") || is(name, "values")) {
        for (int i = 0; i < o->n; i++) pyval_push(&m->heap, r.u.o, *name == 'k' ? o->k[i] : o->v[i]);
        return r;
    }
    if (is(name, "items")) {
        for (int i = 0; i < o->n; i++) {
            pyval t = pyval_list(&m->heap, PV_TUPLE);
            pyval_push(&m->heap, t.u.o, o->k[i]);
            pyval_push(&m->heap, t.u.o, o->v[i]);
            pyval_push(&m->heap, r.u.o, t);
        }
        return r;
    }
    if (is(name, "copy")) return pyval_copy(&m->heap, self, PV_DICT);
    if (is(name, "clear")) return o->n = 0, none;
    if (is(name, "update") && n == 1 && a[0].t == PV_DICT) {
        for (int i = 0; i < a[0].u.o->n; i++) pyval_put(&m->heap, o, a[0].u.o->k[i], a[0].u.o->v[i]);
        return none;
    }
    bool get = is(name, "get"), pops = is(name, "pop"), set = is(name, "setdefault");
    if (!get && !pops && !set) return is(name, "update") ? pyrun_odd(m) : no_attribute(m, self, name);
    if (n < 1 || n > 2) return pyrun_odd(m);
    if (!pyval_hashable(a[0])) return pyrun_raise(m, "TypeError", "unhashable type: '%s'", pyval_type(a[0]));
    int   at = pyval_find(o, o->k, a[0]);
    pyval v  = at >= 0 ? o->v[at] : n > 1 ? a[1] : none;
    if (pops && at < 0 && n < 2) return key_error(m, a[0]);
    if (pops && at >= 0) pyval_remove(o, at, true);
    if (set && at < 0) pyval_put(&m->heap, o, a[0], v);
    return v;
}

static pyval set_method(pymachine *m, pyval self, const char *name, const pyval *a, int n) {
    pyobj *o = self.u.o;
    if (is(name, "add") && n == 1) {
        if (!pyval_hashable(a[0])) return pyrun_raise(m, "TypeError", "unhashable type: '%s'", pyval_type(a[0]));
        pyval_add(&m->heap, o, a[0]);
        return none;
    }
    if ((is(name, "discard") || is(name, "remove")) && n == 1) {
        int at = pyval_find(o, o->v, a[0]);
        if (at >= 0) pyval_remove(o, at, false);
        else if (*name == 'r') return key_error(m, a[0]);
        return none;
    }
    return is(name, "append") || is(name, "push") || is(name, "insert") ? no_attribute(m, self, name) : pyrun_odd(m);
}

pyval pylib_method(pymachine *m, int node, pyval self, const char *name, const pyval *a, int n, const pyval *kw) {
    (void)node;
    switch (self.t) {
    case PV_STR: return str_method(m, self, name, a, n);
    case PV_LIST:
    case PV_TUPLE: return list_method(m, self, name, a, n, kw);
    case PV_DICT: return dict_method(m, self, name, a, n);
    case PV_SET: return set_method(m, self, name, a, n);
    case PV_VIEW: return pyrun_odd(m);
    default: return no_attribute(m, self, name);
    }
}
