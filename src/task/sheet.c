/* sheet.c -- see sheet.h. Work runs through the cells in order; what it writes down, mistakes included, stays in the
 * cells, and the check reads it from there: it does not know better, it only calculates by another road. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/listwork.h"
#include "task/sheet.h"

static const long limit = 99999999L; /* eight digits, as in digits.c */

/* ---- building */
static int cell(sheet *s, sheet_kind kind, const char *label) {
    if (s->n == SHEET_STEPS) abort();
    sheet_cell *c = &s->of[s->n];
    *c            = (sheet_cell){.kind = kind};
    if (label) {
        if (strlen(label) >= SHEET_LABEL) abort();
        strcpy(c->label, label);
    }
    return s->n++;
}

static void list(sheet *s, sheet_cell *c, const int *of, int n) {
    if (s->lists + n > SHEET_LIST || n < 1) abort();
    c->from = s->lists;
    c->n    = n;
    for (int i = 0; i < n; i++) s->list[s->lists++] = of[i];
}

int sheet_given(sheet *s, long v, int places) {
    int i      = cell(s, SHEET_GIVEN, NULL);
    s->of[i].v = decimal_norm((decimal){v, places});
    return i;
}

int sheet_op(sheet *s, const char *label, int a, char op, int b) {
    int i       = cell(s, SHEET_OP, label);
    s->of[i].op = op;
    s->of[i].a  = a;
    s->of[i].b  = b;
    return i;
}

int sheet_sum(sheet *s, const char *label, const int *of, int n) {
    int i = cell(s, SHEET_SUM, label);
    list(s, &s->of[i], of, n);
    return i;
}

int sheet_div(sheet *s, const char *label, int a, int b, int places) {
    int i           = cell(s, SHEET_DIV, label);
    s->of[i].a      = a;
    s->of[i].b      = b;
    s->of[i].places = places;
    return i;
}

int sheet_percent(sheet *s, const char *label, int a, int b, int places) {
    int i            = sheet_div(s, label, a, b, places);
    s->of[i].percent = true;
    return i;
}

int sheet_up(sheet *s, const char *label, int a, int b) {
    int i      = cell(s, SHEET_UP, label);
    s->of[i].a = a;
    s->of[i].b = b;
    return i;
}

int sheet_best(sheet *s, const char *label, const int *of, const char *const *name, int n, char op) {
    int i         = cell(s, SHEET_BEST, label);
    s->of[i].op   = op;
    s->of[i].name = name;
    list(s, &s->of[i], of, n);
    return i;
}

decimal sheet_last(const sheet *s) { return s->of[s->n - 1].v; }

/* ---- values without a word */
static long ten(int n) {
    long v = 1;
    while (n-- > 0) v *= 10;
    return v;
}

static bool align(decimal *a, decimal *b) { /* to as many places */
    int p = a->places > b->places ? a->places : b->places;
    if (labs(a->v) > limit * 100 || labs(b->v) > limit * 100) return false;
    *a = (decimal){a->v * ten(p - a->places), p};
    *b = (decimal){b->v * ten(p - b->places), p};
    return true;
}

static int order(decimal a, decimal b) {
    if (!align(&a, &b)) return 0;
    return a.v < b.v ? -1 : a.v > b.v;
}

static bool silent_op(decimal a, char op, decimal b, decimal *c) {
    if (op == '*') {
        if (a.v && labs(b.v) > limit * 100 / labs(a.v)) return false;
        *c = (decimal){a.v * b.v, a.places + b.places};
    } else {
        if (!align(&a, &b)) return false;
        *c = (decimal){op == '+' ? a.v + b.v : a.v - b.v, a.places};
    }
    if (labs(c->v) > limit) return false; /* the trace works with all these digits */
    *c = decimal_norm(*c);
    return c->places <= 6 && labs(c->v) <= limit;
}

static bool silent_div(const sheet *s, const sheet_cell *c, decimal *v) {
    decimal a = s->of[c->a].v, b = s->of[c->b].v;
    if (!align(&a, &b) || !b.v) return false;
    bool up = c->kind == SHEET_UP;
    long n = labs(a.v) * (c->percent ? 100 : 1), d = labs(b.v);
    if (labs(n) > limit * 100 || decimal_norm(b).places > 2 || d > ten(b.places) * DIGITS_LONG) return false;
    n *= up ? 1 : ten(c->places);
    long q = up ? (n + d - 1) / d : (2 * n + d) / (2 * d);
    if (up && (a.v <= 0 || b.v <= 0)) return false;
    *v = decimal_norm((decimal){(a.v < 0) != (b.v < 0) ? -q : q, up ? 0 : c->places});
    return q <= limit;
}

static bool silent_best(const sheet *s, sheet_cell *c) {
    const int *of = s->list + c->from;
    c->pick       = 0;
    for (int i = 1; i < c->n; i++) {
        int o = order(s->of[of[i]].v, s->of[of[c->pick]].v);
        if (c->op == '>' ? o > 0 : o < 0) c->pick = i;
    }
    c->v = s->of[of[c->pick]].v;
    for (int i = 0; i < c->n; i++)
        if (i != c->pick && !order(s->of[of[i]].v, c->v)) return false;
    return true;
}

bool sheet_values(sheet *s) {
    for (int i = 0; i < s->n; i++) {
        sheet_cell *c  = &s->of[i];
        bool        ok = true;
        switch (c->kind) {
        case SHEET_GIVEN: break;
        case SHEET_OP: ok = silent_op(s->of[c->a].v, c->op, s->of[c->b].v, &c->v); break;
        case SHEET_SUM:
            c->v = (decimal){0, 0};
            for (int k = 0; k < c->n && ok; k++) ok = silent_op(c->v, '+', s->of[s->list[c->from + k]].v, &c->v);
            break;
        case SHEET_BEST: ok = silent_best(s, c); break;
        default: ok = silent_div(s, c, &c->v); break;
        }
        if (!ok) return false;
    }
    return true;
}

/* ---- Work */
static decimal op_traced(trace *t, decimal a, char op, decimal b) {
    a = decimal_norm(a);
    b = decimal_norm(b);
    if (!a.places && !b.places) return (decimal){digits_op(t, a.v, op, b.v), 0};
    return decimal_norm(decimal_op(t, a, op, b));
}

static void say2(trace *t, decimal a, const char *mid, decimal b, const char *end) {
    decimal_put(t->out, a);
    str_add(t->out, mid);
    decimal_put(t->out, b);
    str_add(t->out, end);
}

/* The listed cells' values with as many places each, at will from the last to the first. */
static void values(const sheet *s, const sheet_cell *c, bool backwards, numlist *l, const char *names[LIST_MAX]) {
    *l = (numlist){.n = c->n};
    for (int i = 0; i < c->n; i++) {
        int p = s->of[s->list[c->from + i]].v.places;
        if (p > l->places) l->places = p;
    }
    for (int i = 0; i < c->n; i++) {
        int     k = backwards ? c->n - 1 - i : i;
        decimal v = s->of[s->list[c->from + k]].v;
        l->v[i]   = v.v * ten(l->places - v.places);
        if (c->name) names[i] = c->name[k];
    }
}

static void add_up(trace *t, const sheet *s, sheet_cell *c, bool backwards) {
    const int *of = s->list + c->from;
    c->v          = s->of[of[backwards ? c->n - 1 : 0]].v;
    for (int i = 1; i < c->n; i++)
        if (backwards || c->n < 3 || !trace_slips(t)) /* else forgets this one */
            c->v = op_traced(t, c->v, '+', s->of[of[backwards ? c->n - 1 - i : i]].v);
}

static void look(trace *t, const sheet *s, sheet_cell *c, bool backwards) {
    numlist     l;
    const char *names[LIST_MAX];
    values(s, c, backwards, &l, names);
    int i   = listwork_best(t, &l, names, c->op == '>');
    c->pick = backwards ? c->n - 1 - i : i;
    c->v    = s->of[s->list[c->from + c->pick]].v;
}

/* Noughts at the end of the divisor go: "64800 / 900 = 648 / 9"; with `point` also "1365 / 40 = 136.5 / 4". */
static bool shorten(trace *t, decimal *a, long *b, bool point) {
    decimal from = *a;
    long    by   = *b;
    while (*b % 10 == 0 && *b && (point || (!a->places && a->v % 10 == 0))) {
        *b /= 10;
        if (!a->places && a->v % 10 == 0) a->v /= 10;
        else a->places++;
    }
    if (*b == by) return true;
    say2(t, from, " / ", (decimal){by, 0}, " = ");
    if (*b != 1) say2(t, *a, " / ", (decimal){*b, 0}, "\n");
    else decimal_put(t->out, *a), str_addc(t->out, '\n');
    return a->places <= DECIMAL_PLACES;
}

static void divide(trace *t, const sheet *s, sheet_cell *c) {
    decimal a = decimal_norm(s->of[c->a].v), b = s->of[c->b].v;
    if (c->percent) {
        decimal_put(t->out, a);
        a = (decimal){a.v * 100, a.places};
        a = decimal_norm(a);
        str_add(t->out, " * 100 = ");
        decimal_put(t->out, a);
        str_addc(t->out, '\n');
    }
    b = decimal_norm(b);
    if (!b.v || labs(b.v) > DIGITS_LONG || labs(a.v) > limit) {
        t->bad = true;
        return;
    }
    bool point = c->kind == SHEET_DIV && !b.places;
    if (!b.places && !shorten(t, &a, &b.v, point)) {
        t->bad = true;
        return;
    }
    if (c->kind == SHEET_DIV) {
        if (b.v == 1 && !b.places) c->v = decimal_round(t, a, c->places);
        else c->v = decimal_norm(decimal_over(t, NULL, a, b, c->places));
        return;
    }
    if (b.places) { /* 900 / 7.5 = 9000 / 75 */
        say2(t, a, " / ", b, " = ");
        a        = (decimal){a.v * ten(b.places > a.places ? b.places - a.places : 0),
                      a.places > b.places ? a.places - b.places : 0};
        b.places = 0;
        say2(t, a, " / ", b, "\n");
    }
    if (a.places || a.v <= 0 || b.v <= 0) { /* a rest of less than 1 would need a line of its own */
        t->bad = true;
        return;
    }
    long rest, q = digits_div(t, NULL, a.v, b.v, &rest);
    if (rest && trace_slips(t)) {
        str_addf(t->out, "so %ld\n", q); /* drops it */
    } else if (rest) {
        str_addf(t->out, "a rest, so one more: %ld + 1 = %ld\n", q, q + 1);
        q++;
    }
    c->v = (decimal){q, 0};
}

static void work(trace *t, void *ctx, fam_value *found) {
    sheet *s = ctx;
    for (int i = 0; i < s->n && !t->bad; i++) {
        sheet_cell *c = &s->of[i];
        if (c->kind == SHEET_GIVEN) continue;
        if (c->label[0]) str_addf(t->out, "%s\n", c->label);
        switch (c->kind) {
        case SHEET_OP: {
            char op = c->op;
            if (op != '*' && c->label[0] && trace_slips(t)) op = op == '+' ? '-' : '+'; /* takes the wrong operation */
            c->v = op_traced(t, s->of[c->a].v, op, s->of[c->b].v);
            break;
        }
        case SHEET_SUM:
            add_up(t, s, c, false);
            str_add(t->out, "sum "); /* so that a number forgotten at the end leaves a trace */
            decimal_put(t->out, c->v);
            str_addc(t->out, '\n');
            break;
        case SHEET_BEST:
            look(t, s, c, false);
            str_addf(t->out, "so %s\n", c->name[c->pick]);
            break;
        default: divide(t, s, c); break;
        }
        if (labs(c->v.v) > limit) t->bad = true;
    }
    decimal v = sheet_last(s);
    *found    = (fam_value){v.v, v.places};
}

/* ---- Check */
static bool same(trace *t, decimal a, decimal b) {
    bool eq = !order(a, b);
    say2(t, a, eq ? " = " : " is not ", b, eq ? ", right\n" : ", wrong\n");
    return eq;
}

static void must_be(trace *t, decimal a, char op, decimal b, decimal want, const char *end) {
    char mid[4] = {' ', op, ' ', 0};
    decimal_put(t->out, a);
    str_add(t->out, mid);
    if (b.v < 0) str_addc(t->out, '(');
    decimal_put(t->out, b);
    str_add(t->out, b.v < 0 ? ") must be " : " must be ");
    decimal_put(t->out, want);
    str_add(t->out, end);
}

static long root(trace *t, long v) { return v ? digits_root(t, v) : 0; }

/* Casting out nines: the digit sums must multiply to the digit sum of the product. */
static bool nines(trace *t, decimal a, decimal b, decimal c) {
    say2(t, a, " * ", b, " and ");
    decimal_put(t->out, c);
    str_add(t->out, " must have the same digit sum\n");
    long x = root(t, labs(a.v)), y = root(t, labs(b.v)), p = digits_op(t, x, '*', y);
    if (p >= 10) p = digits_root(t, p);
    return fam_compare(t, p, root(t, labs(c.v)));
}

static bool undo_op(trace *t, decimal a, char op, decimal b, decimal c) {
    if (op != '*') {
        char back = op == '+' ? '-' : '+';
        must_be(t, c, back, b, a, "\n");
        return same(t, op_traced(t, c, back, b), a);
    }
    bool whole = !a.places && !b.places && !c.places;
    if (!whole || a.v < 0 || b.v < 0 || (a.v >= 10 && b.v >= 10)) return nines(t, a, b, c);
    if (!a.v || !b.v) return same(t, c, (decimal){0, 0});
    decimal one = b.v < 10 ? b : a, other = b.v < 10 ? a : b;
    must_be(t, c, '/', one, other, "\n");
    if (c.v < 0) return t->bad = true, false;
    long rest, q = digits_div(t, NULL, c.v, one.v, &rest);
    if (!rest) return fam_compare(t, q, other.v);
    str_addf(t->out, "%ld rest %ld is not %ld, wrong\n", q, rest, other.v);
    return false;
}

/* A division by 100 moves the point: done again, and rounded again. */
static bool point_again(trace *t, decimal a, decimal b, int shift, const sheet_cell *c) {
    decimal m = {a.v, a.places + shift};
    m         = decimal_norm(m);
    say2(t, a, " / ", b, " = ");
    decimal_put(t->out, m);
    str_add(t->out, ", the point moved\n");
    if (m.places > DECIMAL_PLACES) t->bad = true;
    return !t->bad && same(t, decimal_round(t, m, c->places), c->v);
}

/* q * b must be a, or nearer to it than half a unit of the last place: twice what is missing is at most b units. */
static bool undo_div(trace *t, const sheet *s, const sheet_cell *c) {
    decimal a = s->of[c->a].v, b = s->of[c->b].v, q = c->v, off = b;
    if (c->percent) a = decimal_norm((decimal){a.v * 100, a.places});
    off.v = labs(off.v);
    off.places += c->places;
    off = decimal_norm(off);
    decimal m;
    int     shift = 0;
    while (!b.places && b.v != ten(shift) && shift < 4) shift++;
    if (shift && b.v == ten(shift)) return point_again(t, a, b, shift, c);
    if (!silent_op(q, '*', b, &m) || off.places > 6) return t->bad = true, false;
    bool exact = !order(m, a);
    must_be(t, q, '*', b, a, exact ? "\n" : ", as near as rounding allows\n");
    m = op_traced(t, q, '*', b);
    if (exact) return same(t, m, a);
    decimal d = order(m, a) < 0 ? op_traced(t, a, '-', m) : op_traced(t, m, '-', a);
    d         = op_traced(t, d, '+', d);
    int o     = order(d, off);
    if (!o) return same(t, d, off);
    if (o < 0) say2(t, d, " < ", off, ", right\n");
    else say2(t, off, " < ", d, ", wrong\n");
    return o < 0;
}

static void with(trace *t, decimal q, decimal b, const char *end) { say2(t, q, " * ", b, end); }

/* Enough, and one less is not. */
static bool undo_up(trace *t, const sheet *s, const sheet_cell *c) {
    decimal a = s->of[c->a].v, b = s->of[c->b].v, m;
    with(t, c->v, b, " must reach ");
    decimal_put(t->out, a);
    str_add(t->out, ", one less must not\n");
    m = op_traced(t, c->v, '*', b);
    if (order(m, a) < 0) {
        say2(t, m, " < ", a, ", wrong\n");
        return false;
    }
    m = op_traced(t, m, '-', b);
    if (order(m, a) < 0) {
        say2(t, m, " < ", a, ", right\n");
        return true;
    }
    decimal_put(t->out, m);
    str_add(t->out, " reaches it too, wrong\n");
    return false;
}

static bool undo(trace *t, const sheet *s, const sheet_cell *c) {
    sheet_cell again = *c;
    switch (c->kind) {
    case SHEET_OP: return undo_op(t, s->of[c->a].v, c->op, s->of[c->b].v, c->v);
    case SHEET_SUM:
        str_add(t->out, c->n > 1 ? "added from the end\n" : "one number\n");
        add_up(t, s, &again, true);
        return same(t, again.v, c->v);
    case SHEET_BEST:
        str_add(t->out, "from the end\n");
        look(t, s, &again, true);
        if (t->bad) return false;
        if (again.pick == c->pick) return same(t, again.v, c->v);
        str_addf(t->out, "%s, not %s, wrong\n", c->name[again.pick], c->name[c->pick]);
        return false;
    case SHEET_UP: return undo_up(t, s, c);
    default: return undo_div(t, s, c);
    }
}

/* Bytes of the Work before `end`. */
static size_t work_bytes(const str *out, size_t end) {
    static const char head[] = "\nWork:\n";
    size_t            at     = end;
    while (at > 0 && strncmp(out->p + at, head, sizeof head - 1)) at--;
    return end - at;
}

/* From the last step to the first. Where Work is long, about a third as much of it: fam_work lets no slip stand that
 * these steps do not show. */
static bool check(trace *t, void *ctx, const fam_value *found) {
    enum { LONG = 600 };
    const sheet *s = ctx;
    (void)found;
    bool   first = true;
    size_t from = t->out->len, work = work_bytes(t->out, from);
    for (int i = s->n - 1; i >= 0; i--) {
        if (s->of[i].kind == SHEET_GIVEN) continue;
        if (work > LONG && t->out->len - from > work / 3) break;
        if (!first) str_add(t->out, "then ");
        first = false;
        if (!undo(t, s, &s->of[i])) return false;
    }
    return true;
}

fam_value sheet_work(problem *p, rng *r, sheet *s) { return fam_work(p, r, &(fam_phases){work, check, s}); }
