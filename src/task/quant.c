/* quant.c -- see quant.h: building, the four phases. Reading back is quant_solve.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/quant.h"

/* ---- building */
quants quants_new(void) { return (quants){.asked = -1, .unknown = -1, .known = -1}; }

quant_term quant_num(long v) { return (quant_term){.ref = -1, .v = {v, 0}}; }

quant_term quant_dec(decimal v) { return (quant_term){.ref = -1, .v = v}; }

quant_term quant_said(const char *word, long v) { return (quant_term){.ref = -1, .v = {v, 0}, .word = word}; }

quant_term quant_ref(int i) { return (quant_term){.ref = i}; }

const char *quant_word(long v) {
    static const char *const w[] = {"two",   "three", "four", "five",   "six",   "seven",
                                    "eight", "nine",  "ten",  "eleven", "twelve"};
    return v < 2 || v > 12 ? NULL : w[v - 2];
}

static decimal term_value(const quants *q, const quant_term *t) { return t->ref < 0 ? t->v : q->q[t->ref].v; }

static decimal term_got(const quants *q, const quant_term *t) { return t->ref < 0 ? t->v : q->q[t->ref].got; }

static long limit_of(const quants *q) { return q->limit ? q->limit : 99999; }

/* a op b; a quotient goes on for at most two places. */
static decimal value_of(quants *q, decimal a, char op, decimal b) {
    decimal c = {0, 0};
    if (op == '/') {
        if (b.places || b.v <= 0) q->bad = true;
        else {
            while (a.v % b.v && a.places < 2) a.v *= 10, a.places++;
            if (a.v % b.v) q->bad = true;
            c = (decimal){a.v / b.v, a.places};
        }
    } else if (op == '*') {
        c = (decimal){a.v * b.v, a.places + b.places};
    } else {
        while (a.places < b.places) a.v *= 10, a.places++;
        while (b.places < a.places) b.v *= 10, b.places++;
        c = (decimal){op == '+' ? a.v + b.v : a.v - b.v, a.places};
    }
    return decimal_norm(c);
}

static int add(quants *q, const char *name, char op, decimal v) {
    if (q->n == QUANTS) abort();
    quant *d = &q->q[q->n];
    *d       = (quant){.op = op, .v = decimal_norm(v)};
    if (snprintf(d->name, sizeof d->name, "%s", name) >= (int)sizeof d->name) q->bad = true;
    for (int i = 0; i < q->n; i++)
        if (!strcmp(q->q[i].name, name)) q->bad = true;
    long whole = d->v.v;
    for (int i = 0; i < d->v.places; i++) whole /= 10;
    if (d->v.v <= 0 || whole > limit_of(q) || (d->v.places && !q->parts) || d->v.places > 2) q->bad = true;
    q->order[q->n] = q->n;
    return q->n++;
}

int quant_given(quants *q, const char *name, quant_term v) {
    int i        = add(q, name, '=', v.v);
    q->q[i].t[0] = v;
    q->q[i].n    = 1;
    return i;
}

int quant_unknown(quants *q, const char *name, long truth) {
    return q->unknown = add(q, name, '?', (decimal){truth, 0});
}

int quant_op(quants *q, const char *name, quant_term a, char op, quant_term b) {
    int i        = add(q, name, op, value_of(q, term_value(q, &a), op, term_value(q, &b)));
    q->q[i].t[0] = a;
    q->q[i].t[1] = b;
    q->q[i].n    = 2;
    return i;
}

int quant_sum(quants *q, const char *name, const int *ref, int n) {
    decimal v = {0, 0};
    if (n > QUANT_TERMS) abort();
    for (int i = 0; i < n; i++) v = value_of(q, v, '+', q->q[ref[i]].v);
    int k     = add(q, name, '+', v);
    q->q[k].n = n;
    for (int i = 0; i < n; i++) q->q[k].t[i] = quant_ref(ref[i]);
    return k;
}

int quant_product(quants *q, const char *name, const quant_term *t, int n) {
    decimal v = {1, 0};
    if (n > QUANT_TERMS) abort();
    for (int i = 0; i < n; i++) v = value_of(q, v, '*', term_value(q, &t[i]));
    int k     = add(q, name, '*', v);
    q->q[k].n = n;
    for (int i = 0; i < n; i++) q->q[k].t[i] = t[i];
    return k;
}

int quant_root(quants *q, const char *name, int of) {
    long v = quant_value(q, of), c = 1;
    while (c * c < v && c < 100) c++;
    if (c * c != v) q->bad = true;
    int k        = add(q, name, 'r', (decimal){c, 0});
    q->q[k].t[0] = quant_ref(of);
    q->q[k].n    = 1;
    return k;
}

int quant_part(quants *q, const char *name, int of, long k, long m, const char *said) {
    decimal one = value_of(q, q->q[of].v, '/', (decimal){m, 0});
    if (one.places && !q->parts) q->bad = true;
    int i        = add(q, name, 'f', value_of(q, one, '*', (decimal){k, 0}));
    q->q[i].t[0] = quant_ref(of);
    q->q[i].n    = 1;
    q->q[i].k    = k;
    q->q[i].m    = m;
    snprintf(q->q[i].said, sizeof q->q[i].said, "%s", said);
    return i;
}

void quant_known(quants *q, int i) { q->known = i; }

void quant_unused(quants *q, long v) {
    if (q->n_unused < QUANT_UNUSED) q->unused[q->n_unused++] = (decimal){v, 0};
    else q->bad = true;
}

long quant_value(const quants *q, int i) { return q->q[i].v.places ? 0 : q->q[i].v.v; }

/* ---- in words */
static bool adverb(const char *w) { return w && (!strcmp(w, "twice") || !strcmp(w, "double") || !strcmp(w, "triple")); }

static void put_term(str *s, const quants *q, const quant_term *t) {
    if (t->ref >= 0) str_add(s, q->q[t->ref].name);
    else if (t->word) str_add(s, t->word);
    else decimal_fixed(s, t->v, t->v.places);
}

static void put_rhs(str *s, const quants *q, const quant *d) {
    if (d->op == '?') {
        str_addc(s, '?');
    } else if (d->op == 'f' || d->op == 'r') {
        str_addf(s, "%s of ", d->op == 'r' ? "root" : d->said);
        put_term(s, q, &d->t[0]);
    } else if (d->op == '*' && (adverb(d->t[0].word) || adverb(d->t[1].word))) {
        int w = adverb(d->t[1].word);
        put_term(s, q, &d->t[w]);
        str_addc(s, ' ');
        put_term(s, q, &d->t[1 - w]);
    } else {
        for (int i = 0; i < d->n; i++) {
            char mid[4] = {' ', d->op, ' ', 0};
            if (i) str_add(s, mid);
            put_term(s, q, &d->t[i]);
        }
    }
}

static void put_understood(str *s, const quants *q) {
    if (*q->said) {
        str_add(s, q->said);
        return;
    }
    for (int k = 0; k < q->n; k++) {
        const quant *d = &q->q[q->order[k]];
        str_add(s, d->name);
        str_add(s, " = ");
        put_rhs(s, q, d);
        if (q->order[k] == q->known) {
            str_add(s, " = ");
            decimal_fixed(s, d->v, d->v.places);
        }
        str_add(s, "; ");
    }
    for (int i = 0; i < q->n_unused; i++) {
        str_add(s, i ? ", " : "unused: ");
        decimal_fixed(s, q->unused[i], q->unused[i].places);
    }
    str_addf(s, "%sasked: %s", q->n_unused ? "; " : "", q->q[q->asked].name);
}

static void put_key(str *s, const quants *q, const char *prefix) {
    str_addf(s, "%s:", prefix);
    for (int i = 0; i < q->n; i++) {
        const quant *d = &q->q[i];
        str_addc(s, (char)('a' + i));
        str_addc(s, '=');
        if (d->op == 'f') str_addf(s, "%ld/%ld*", d->k, d->m);
        if (d->op == 'r') str_add(s, "root ");
        for (int k = 0; k < d->n; k++) {
            if (k) str_addc(s, d->op);
            if (d->t[k].ref >= 0) str_addc(s, (char)('a' + d->t[k].ref));
            else decimal_put(s, d->t[k].v);
        }
        if (i == q->known) {
            str_addc(s, '=');
            decimal_put(s, d->v);
        }
        str_addc(s, ';');
    }
    str_addc(s, (char)('a' + q->asked));
}

/* ---- the order of work */
typedef struct route {
    int  ahead[QUANTS], n_ahead; /* worked out forwards, before the way back */
    int  path[QUANTS], n_path;   /* from the unknown to the known one */
    int  after[QUANTS], n_after;
    bool depends[QUANTS];
} route;

static int path_term(const quants *q, const route *w, int i) { /* which term of definition i is the unknown's */
    for (int k = 0; k < q->q[i].n; k++)
        if (q->q[i].t[k].ref >= 0 && w->depends[q->q[i].t[k].ref]) return k;
    return -1;
}

static void find_needed(const quants *q, bool needed[QUANTS]) {
    for (int i = 0; i < q->n; i++) needed[i] = i == q->asked || i == q->known;
    for (int i = q->n - 1; i >= 0; i--)
        for (int k = 0; needed[i] && k < q->q[i].n; k++)
            if (q->q[i].t[k].ref >= 0) needed[q->q[i].t[k].ref] = true;
}

int quant_steps(const quants *q) {
    bool needed[QUANTS];
    int  n = 0;
    find_needed(q, needed);
    for (int i = 0; i < q->n; i++)
        if (needed[i]) n += q->q[i].op == 'f' ? 1 : q->q[i].n - 1 > 0 ? q->q[i].n - 1 : 0;
    return n;
}

static void find_route(const quants *q, route *w) {
    memset(w, 0, sizeof *w);
    bool needed[QUANTS], on[QUANTS] = {false};
    find_needed(q, needed);
    for (int i = 0; i < q->n; i++) w->depends[i] = i == q->unknown || path_term(q, w, i) >= 0;
    if (q->unknown >= 0) {
        int i = q->known, k;
        while (i >= 0) {
            on[i] = true;
            k     = path_term(q, w, i);
            i     = k < 0 ? -1 : q->q[i].t[k].ref;
        }
        for (i = 0; i < q->n; i++)
            if (on[i]) w->path[w->n_path++] = i;
    }
    for (int i = 0; i < q->n; i++) {
        if (on[i] || !needed[i] || q->q[i].op == '=') continue;
        if (w->depends[i]) w->after[w->n_after++] = i;
        else w->ahead[w->n_ahead++] = i;
    }
}

static void put_names(str *s, const quants *q, const int *v, int n) {
    for (int i = 0; i < n; i++) str_addf(s, "%s%s", i ? ", then " : "", q->q[v[i]].name);
}

static void put_plan(str *s, const quants *q, const route *w) {
    if (*q->plan) {
        str_addf(s, "%s\n", q->plan);
        return;
    }
    if (w->n_ahead) {
        str_add(s, "find ");
        put_names(s, q, w->ahead, w->n_ahead);
    }
    if (w->n_path) {
        str_addf(s, "%sgo back from %s: ", w->n_ahead ? ", then " : "", q->q[q->known].name);
        for (int i = w->n_path - 2; i >= 0; i--) str_addf(s, "%s%s", q->q[w->path[i]].name, i ? ", then " : "");
    }
    if (w->n_after) {
        str_add(s, ", then ");
        put_names(s, q, w->after, w->n_after);
    }
    str_addc(s, '\n');
}

/* ---- calculations, whole or with a point */
static bool whole(decimal a) { return a.places == 0; }

static decimal step(trace *t, const char *head, decimal a, char op, decimal b) {
    if (whole(a) && whole(b) && (op != '/' || (b.v && labs(b.v) <= DIGITS_DIVISOR && a.v % b.v == 0)))
        return (decimal){digits_into(t, head, a.v, op, b.v), 0};
    if (op == '/') {
        long rest = a.v;
        int  pl   = a.places;
        while (b.v > 0 && rest % b.v && pl < 2) rest *= 10, pl++; /* how many places the quotient has */
        if (b.v <= 0 || rest % b.v) t->bad = true;
        return t->bad ? a : decimal_norm(decimal_div(t, head, a, b.v, pl));
    }
    str_addf(t->out, "%s = ", head);
    decimal_put(t->out, a);
    str_addf(t->out, " %c ", op);
    decimal_put(t->out, b);
    str_addc(t->out, '\n');
    decimal c = decimal_norm(decimal_op(t, a, op, b));
    str_addf(t->out, "%s = ", head);
    decimal_put(t->out, c);
    str_addc(t->out, '\n');
    return c;
}

static bool same(decimal a, decimal b) {
    a = decimal_norm(a);
    b = decimal_norm(b);
    return a.v == b.v && a.places == b.places;
}

static bool compare(trace *t, decimal a, decimal b) {
    bool ok = same(a, b);
    decimal_put(t->out, a);
    str_add(t->out, ok ? " = " : " is not ");
    decimal_put(t->out, b);
    str_add(t->out, ok ? ", right\n" : ", wrong\n");
    return ok;
}

/* ---- Work */
/* Reads "more" as "less", "times" as "more", or takes a number of the story that has nothing to do with it. */
static void misread(trace *t, const quants *q, decimal a, char *op, decimal *b, bool number) {
    if (!trace_slips(t)) return;
    if (number && q->n_unused && rng_below(t->r, 2)) {
        *b = q->unused[rng_below(t->r, (uint64_t)q->n_unused)];
        if (b->v > 0) return;
    }
    bool less = whole(a) && whole(*b) && a.v > b->v;
    switch (*op) {
    case '+': *op = less ? '-' : '*'; break;
    case '-': *op = '+'; break;
    case '*': *op = '+'; break;
    default: *op = less ? '-' : '*'; break;
    }
    if (*op == '*' && a.v * b->v > 9999) t->bad = true;
}

static void work_part(trace *t, quants *q, quant *d) {
    decimal x = term_got(q, &d->t[0]), m = {d->m, 0}, k = {d->k, 0};
    str_addf(t->out, "%s is %ld/%ld\n", d->said, d->k, d->m);
    if (d->k == 1) {
        d->got = step(t, d->name, x, '/', m);
        return;
    }
    decimal one = step(t, "one part", x, '/', m);
    d->got      = step(t, d->name, one, '*', k);
}

/* 169: between 10 * 10 and 20 * 20, and which last digits have squares that end in 9? Try those. */
static decimal work_root(trace *t, const char *head, decimal x) {
    long v = x.v, tens = 0, c = 0;
    if (!whole(x) || v <= 0 || v > 9801) t->bad = true;
    if (t->bad) return x;
    while (tens < 90 && (tens + 10) * (tens + 10) <= v) tens += 10;
    if (v >= 100)
        str_addf(t->out, "%ld * %ld = %ld, %ld * %ld = %ld, %ld is between\n", tens, tens, tens * tens, tens + 10,
                 tens + 10, (tens + 10) * (tens + 10), v);
    for (long d = 0; d < 10 && !c; d++) {
        long k = tens + d;
        if (k * k % 10 != v % 10 || !k) continue;
        if (v >= 100) str_addf(t->out, "%ld * %ld = %ld ends in %ld, try %ld\n", d, d, d * d, v % 10, k);
        if (digits_op(t, k, '*', k) == v) c = k;
        else str_add(t->out, "no\n");
    }
    if (!c) { /* only after a slip */
        while ((c + 1) * (c + 1) <= v) c++;
        str_addf(t->out, "none fits, about %ld\n", c);
    }
    str_addf(t->out, "%s = %ld\n", head, c);
    return (decimal){c, 0};
}

static void work_one(trace *t, quants *q, int i) {
    quant *d = &q->q[i];
    if (d->op == 'r') {
        d->got = work_root(t, d->name, term_got(q, &d->t[0]));
        return;
    }
    if (d->op == 'f') {
        work_part(t, q, d);
        return;
    }
    decimal v = term_got(q, &d->t[0]);
    for (int k = 1; k < d->n; k++) {
        decimal b  = term_got(q, &d->t[k]);
        char    op = d->op;
        if (k == d->n - 1) misread(t, q, v, &op, &b, d->t[k].ref < 0);
        v = step(t, k < d->n - 1 ? "so far" : d->name, v, op, b);
    }
    d->got = v;
}

/* Definition i, whose value is v, undone: the term that comes from the unknown. */
static decimal work_back(trace *t, quants *q, const route *w, int i, decimal v) {
    quant      *d    = &q->q[i];
    int         k    = path_term(q, w, i);
    const char *head = q->q[d->t[k].ref].name;
    if (d->op == 'f') {
        if (d->k > 1) v = step(t, "one part", v, '/', (decimal){d->k, 0});
        return step(t, head, v, '*', (decimal){d->m, 0});
    }
    for (int j = 0, left = d->n - 1; j < d->n; j++) {
        if (j == k) continue;
        decimal b  = term_got(q, &d->t[j]);
        char    op = d->op == '+' ? '-' : d->op == '*' ? '/' : d->op == '/' ? '*' : '+';
        left--;
        if (d->op == '-' && k == 1) { /* a - unknown = v */
            decimal a = b;
            b         = v;
            v         = a;
            op        = '-';
        } else if (!left && trace_slips(t)) {
            op = d->op; /* forgets that it goes back */
        }
        v = step(t, left ? "so far" : head, v, op, b);
    }
    return v;
}

typedef struct phases_ctx {
    quants *q;
    route   w;
} phases_ctx;

static void work(trace *t, void *ctx, fam_value *found) {
    phases_ctx *c = ctx;
    quants     *q = c->q;
    for (int i = 0; i < q->n; i++) q->q[i].got = q->q[i].v; /* what is given; the others are overwritten */
    for (int i = 0; i < c->w.n_ahead; i++) work_one(t, q, c->w.ahead[i]);
    if (c->w.n_path) {
        decimal v = q->q[q->known].v;
        for (int i = c->w.n_path - 1; i > 0; i--) {
            v                          = work_back(t, q, &c->w, c->w.path[i], v);
            q->q[c->w.path[i - 1]].got = v;
        }
    }
    for (int i = 0; i < c->w.n_after; i++) work_one(t, q, c->w.after[i]);
    *found = (fam_value){q->q[q->asked].got.v, q->q[q->asked].got.places};
    if (found->v < 0) t->bad = true;
}

/* ---- Check */
static void must_be(trace *t, decimal a, char op, decimal b, decimal c) {
    decimal_put(t->out, a);
    str_addf(t->out, " %c ", op);
    decimal_put(t->out, b);
    str_add(t->out, " must be ");
    decimal_put(t->out, c);
    str_addc(t->out, '\n');
}

/* a / b, with whatever rest: compared with want. */
static bool quotient_is(trace *t, decimal a, decimal b, decimal want) {
    if (whole(a) && b.v <= DIGITS_DIVISOR) {
        if (whole(want)) {
            if (b.v < 2 || a.v % b.v == 0) return compare(t, (decimal){digits_on(t, a.v, '/', b.v), 0}, want);
            long rest, v = digits_div(t, NULL, a.v, b.v, &rest);
            str_addf(t->out, "%ld rest %ld is not %ld, wrong\n", v, rest, want.v);
            return false;
        }
    }
    int pl = want.places > a.places ? want.places : a.places;
    return compare(t, decimal_norm(decimal_div(t, NULL, a, b.v, pl)), want);
}

static bool gives(trace *t, decimal a, char op, decimal b, decimal want) {
    must_be(t, a, op, b, want);
    if (op == '/') return quotient_is(t, a, b, want);
    if (whole(a) && whole(b)) return compare(t, (decimal){digits_on(t, a.v, op, b.v), 0}, want);
    return compare(t, decimal_norm(decimal_op(t, a, op, b)), want);
}

/* Casting out nines: a point moves no digit. */
static bool nines(trace *t, decimal a, decimal b, decimal c) {
    decimal_put(t->out, a);
    str_add(t->out, " * ");
    decimal_put(t->out, b);
    str_add(t->out, " and ");
    decimal_put(t->out, c);
    str_add(t->out, " must have the same digit sum\n");
    if (a.v <= 0 || b.v <= 0 || c.v <= 0) {
        t->bad = true;
        return false;
    }
    long x = digits_root(t, a.v), y = digits_root(t, b.v), p = digits_op(t, x, '*', y);
    if (p >= 10) p = digits_root(t, p);
    return fam_compare(t, p, digits_root(t, c.v));
}

static bool check_sum(trace *t, const quants *q, const quant *d) { /* the terms in the other order */
    decimal v = term_got(q, &d->t[d->n - 1]);
    str_addf(t->out, "%s from behind\n", d->name);
    for (int k = d->n - 2; k >= 0; k--) {
        decimal b = term_got(q, &d->t[k]);
        v = whole(v) && whole(b) ? (decimal){digits_op(t, v.v, '+', b.v), 0} : decimal_norm(decimal_op(t, v, '+', b));
    }
    return compare(t, v, d->got);
}

/* Three factors and more: multiplied from behind. */
static bool check_product(trace *t, const quants *q, const quant *d) {
    decimal v = term_got(q, &d->t[d->n - 1]);
    str_addf(t->out, "%s from behind\n", d->name);
    for (int k = d->n - 2; k >= 0; k--) {
        decimal b = term_got(q, &d->t[k]);
        v = whole(v) && whole(b) ? (decimal){digits_op(t, v.v, '*', b.v), 0} : decimal_norm(decimal_op(t, v, '*', b));
    }
    return compare(t, v, d->got);
}

static decimal product(trace *t, decimal a, long k) {
    return whole(a) ? (decimal){digits_op(t, a.v, '*', k), 0} : decimal_norm(decimal_op(t, a, '*', (decimal){k, 0}));
}

static bool check_one(trace *t, const quants *q, int i) {
    const quant *d = &q->q[i];
    decimal      a = term_got(q, &d->t[0]), b = d->n > 1 ? term_got(q, &d->t[1]) : a, c = d->got;
    bool         small_b = whole(b) && b.v >= 1 && b.v <= DIGITS_DIVISOR,
         small_a         = whole(a) && a.v >= 1 && a.v <= DIGITS_DIVISOR;
    if (d->op == '*' && d->n > 2) return check_product(t, q, d);
    switch (d->op) {
    case 'r': return c.v <= DIGITS_DIVISOR ? gives(t, c, '*', c, a) : nines(t, c, c, a);
    case '+': return d->n > 2 ? check_sum(t, q, d) : gives(t, c, '-', b, a);
    case '-': return gives(t, c, '+', b, a);
    case '/': return gives(t, c, '*', b, a);
    case 'f':
        if (d->k == 1) return gives(t, c, '*', (decimal){d->m, 0}, a);
        str_addf(t->out, "%ld times %s is %ld times ", d->m, d->name, d->k);
        put_term(t->out, q, &d->t[0]);
        str_addc(t->out, '\n');
        c = product(t, c, d->m);
        return compare(t, c, product(t, a, d->k));
    default:
        if (small_b) return gives(t, c, '/', b, a);
        if (small_a) return gives(t, c, '/', a, b);
        return nines(t, a, b, c);
    }
}

/* The unknown put in: forwards to what is known. */
static bool check_path(trace *t, const quants *q, const route *w) {
    decimal v = q->q[w->path[0]].got;
    str_addf(t->out, "%s = ", q->q[w->path[0]].name);
    decimal_put(t->out, v);
    str_add(t->out, " put in\n");
    for (int i = 1; i < w->n_path; i++) {
        const quant *d = &q->q[w->path[i]];
        int          k = path_term(q, w, w->path[i]);
        if (d->op == 'f') {
            if (!whole(v) || v.v % d->m) t->bad = true;
            v = step(t, d->k > 1 ? "one part" : d->name, v, '/', (decimal){d->m, 0});
            if (d->k > 1) v = step(t, d->name, v, '*', (decimal){d->k, 0});
            continue;
        }
        decimal x = k ? term_got(q, &d->t[0]) : v;
        for (int j = 1; j < d->n; j++)
            x = step(t, j < d->n - 1 ? "so far" : d->name, x, d->op, j == k ? v : term_got(q, &d->t[j]));
        v = x;
    }
    return compare(t, v, q->q[q->known].v);
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    (void)found;
    const phases_ctx *c    = ctx;
    const route      *w    = &c->w;
    bool              then = false;
    for (int i = w->n_after - 1; i >= 0; i--, then = true) {
        if (then) str_add(t->out, "then ");
        if (!check_one(t, c->q, w->after[i])) return false;
    }
    if (w->n_path) {
        if (then) str_add(t->out, "then ");
        if (!check_path(t, c->q, w)) return false;
        then = true;
    }
    for (int i = w->n_ahead - 1; i >= 0; i--, then = true) {
        if (then) str_add(t->out, "then ");
        if (!check_one(t, c->q, w->ahead[i])) return false;
    }
    return true;
}

fam_value quant_phases(problem *p, rng *r, quants *q, const char *prefix) {
    phases_ctx c = {.q = q};
    if (q->bad || q->asked < 0) abort();
    find_route(q, &c.w);
    put_key(&p->key, q, prefix);
    str_add(&p->reasoning, "Understand: ");
    put_understood(&p->reasoning, q);
    str_add(&p->reasoning, "\nPlan: ");
    put_plan(&p->reasoning, q, &c.w);
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &c});
    decimal_put(&p->truth, q->q[q->asked].v);
    return f;
}
