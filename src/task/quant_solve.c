/* quant_solve.c -- the value that is asked, from the Understand line alone: linear algebra with one unknown.
 *
 * Statements "name = rhs[ = value]" in any order; a name without a definition, or with "?", is the unknown. Each
 * statement is evaluated as c + k * unknown as soon as its names have values; a second value for a name is an equation,
 * which gives the unknown. Nothing here knows how quant.c plans or works. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "task/quant.h"

typedef struct form {
    ratio c, k; /* c + k * unknown */
} form;
enum { NAMES = 40, STATEMENTS = 40 };
typedef struct named {
    const char *s;
    size_t      n;
    bool        has;
    form        v;
} named;
typedef struct statement {
    int         name;       /* or -1: an equation of two expressions */
    const char *lhs, *lend; /* then its left side */
    const char *rhs, *end;
    bool        done;
} statement;
typedef struct solver {
    named       name[NAMES];
    int         n;
    statement   st[STATEMENTS];
    int         n_st;
    int         asked;
    bool        solved; /* x is known: forms are numbers */
    const char *p, *end;
} solver;

static bool op2(form a, char op, form b, form *out) {
    ratio zero = {0, 1}, t;
    if (op == '+' || op == '-') return ratio_op(a.c, op, b.c, &out->c) && ratio_op(a.k, op, b.k, &out->k);
    if (op == '*' && a.k.p && b.k.p) return false;
    if (op == '*' && a.k.p) return op2(b, op, a, out);
    if (op == '*') {
        if (!ratio_op(a.c, '*', b.c, &t) || !ratio_op(a.c, '*', b.k, &out->k)) return false;
        out->c = t;
        return true;
    }
    if (b.k.p || ratio_eq(b.c, zero)) return false;
    return ratio_op(a.c, '/', b.c, &out->c) && ratio_op(a.k, '/', b.c, &out->k);
}

static int name_of(solver *s, const char *p, size_t n) {
    while (n && *p == ' ') p++, n--;
    while (n && p[n - 1] == ' ') n--;
    for (int i = 0; i < s->n; i++)
        if (s->name[i].n == n && !memcmp(s->name[i].s, p, n)) return i;
    if (!n || s->n == NAMES) return -1;
    s->name[s->n] = (named){.s = p, .n = n};
    return s->n++;
}

static bool is(const char *p, size_t n, const char *w) { return strlen(w) == n && !memcmp(p, w, n); }

static bool starts(const char *p, size_t n, const char *w) { return strlen(w) <= n && !memcmp(p, w, strlen(w)); }

static void skip(solver *s) {
    while (s->p < s->end && *s->p == ' ') s->p++;
}

static bool number(solver *s, form *v) {
    long long d = 0, q = 1;
    bool      point = false;
    for (; s->p < s->end && (isdigit((unsigned char)*s->p) || (*s->p == '.' && !point)); s->p++) {
        if (*s->p == '.') {
            point = true;
            continue;
        }
        if (d > 1000000000000LL) return false;
        d = d * 10 + (*s->p - '0');
        if (point) q *= 10;
    }
    v->k = (ratio){0, 1};
    return ratio_make(d, q, &v->c);
}

static const struct {
    const char *w;
    int         p, q;
} fraction_words[] = {{"half of ", 1, 2},
                      {"a half of ", 1, 2},
                      {"a third of ", 1, 3},
                      {"one third of ", 1, 3},
                      {"a quarter of ", 1, 4},
                      {"one quarter of ", 1, 4},
                      {"a fifth of ", 1, 5},
                      {"one fifth of ", 1, 5},
                      {"a tenth of ", 1, 10},
                      {"two thirds of ", 2, 3},
                      {"three quarters of ", 3, 4},
                      {"two fifths of ", 2, 5},
                      {"three fifths of ", 3, 5},
                      {"four fifths of ", 4, 5},
                      {"a sixth of ", 1, 6},
                      {"five sixths of ", 5, 6},
                      {"an eighth of ", 1, 8},
                      {"three eighths of ", 3, 8},
                      {"twice ", 2, 1},
                      {"double ", 2, 1},
                      {"triple ", 3, 1}};

static size_t word_run(const char *p, const char *end) { /* letters, blanks, ' and - inside words */
    const char *q = p;
    while (q < end &&
           (isalpha((unsigned char)*q) || *q == ' ' || *q == '\'' || *q == '&' ||
            (*q == '-' && q > p && isalpha((unsigned char)q[-1]) && q + 1 < end && isalpha((unsigned char)q[1]))))
        q++;
    return (size_t)(q - p);
}

static bool words(solver *s, form *v) {
    size_t n = word_run(s->p, s->end);
    ratio  f;
    for (size_t i = 0; i < sizeof fraction_words / sizeof *fraction_words; i++)
        if (starts(s->p, n, fraction_words[i].w)) {
            form a, b = {{0, 1}, {0, 1}};
            if (!ratio_make(fraction_words[i].p, fraction_words[i].q, &f)) return false;
            b.c = f;
            s->p += strlen(fraction_words[i].w);
            return words(s, &a) && op2(a, '*', b, v);
        }
    size_t bare = n;
    while (bare && s->p[bare - 1] == ' ') bare--;
    const char *at = s->p;
    s->p += n;
    for (long k = 2; k <= 12; k++)
        if (is(at, bare, quant_word(k))) {
            *v = (form){{k, 1}, {0, 1}};
            return true;
        }
    if (is(at, bare, "dozen") || is(at, bare, "a dozen")) {
        *v = (form){{12, 1}, {0, 1}};
        return true;
    }
    int i = name_of(s, at, bare);
    if (i < 0 || !s->name[i].has) return false;
    *v = s->name[i].v;
    return true;
}

static bool factor(solver *s, form *v) {
    skip(s);
    if (s->p >= s->end) return false;
    if (!isdigit((unsigned char)*s->p)) return words(s, v);
    if (!number(s, v)) return false;
    if (s->p < s->end && *s->p == '%') {
        static const char of[] = "% of ";
        form              a, hundred = {{100, 1}, {0, 1}};
        if ((size_t)(s->end - s->p) < sizeof of - 1 || memcmp(s->p, of, sizeof of - 1)) return false;
        s->p += sizeof of - 1;
        return op2(*v, '/', hundred, v) && words(s, &a) && op2(a, '*', *v, v);
    }
    const char *next = s->p;
    while (next < s->end && *next == ' ') next++;
    if (next < s->end && isalpha((unsigned char)*next)) { /* "3 parts" */
        form a;
        s->p = next;
        return words(s, &a) && op2(a, '*', *v, v);
    }
    return true;
}

static bool term(solver *s, form *v) {
    form b;
    if (!factor(s, v)) return false;
    for (skip(s); s->p < s->end && (*s->p == '*' || *s->p == '/'); skip(s)) {
        char op = *s->p++;
        if (!factor(s, &b) || !op2(*v, op, b, v)) return false;
    }
    return true;
}

static bool sum(solver *s, form *v) {
    form b;
    if (!term(s, v)) return false;
    for (skip(s); s->p < s->end && (*s->p == '+' || *s->p == '-'); skip(s)) {
        char op = *s->p++;
        if (!term(s, &b) || !op2(*v, op, b, v)) return false;
    }
    return s->p == s->end;
}

/* The unknown is x: put it into all forms. */
static bool learn(solver *s, ratio x) {
    for (int i = 0; i < s->n; i++) {
        form *v = &s->name[i].v;
        ratio t;
        if (!s->name[i].has || !v->k.p) continue;
        if (!ratio_op(v->k, '*', x, &t) || !ratio_op(v->c, '+', t, &v->c)) return false;
        v->k = (ratio){0, 1};
    }
    s->solved = true;
    return true;
}

static bool equate(solver *s, form l, form r) {
    form  z;
    ratio x;
    if (!op2(l, '-', r, &z)) return false;
    if (!z.k.p) return z.c.p == 0;
    return ratio_op(z.c, '/', z.k, &x) && learn(s, (ratio){-x.p, x.q});
}

static bool give(solver *s, int name, form v) {
    named *d = &s->name[name];
    if (d->has) return equate(s, d->v, v);
    d->has = true;
    d->v   = v;
    return true;
}

static bool sweep(solver *s, bool *moved) {
    *moved = false;
    for (int i = 0; i < s->n_st; i++) {
        statement *st = &s->st[i];
        form       v;
        if (st->done) continue;
        form l = {{0, 1}, {0, 1}};
        s->p   = st->lhs;
        s->end = st->lend;
        if (st->name < 0 && !sum(s, &l)) continue;
        s->p   = st->rhs;
        s->end = st->end;
        if (!sum(s, &v)) continue;
        st->done = *moved = true;
        if (st->name < 0) {
            if (!equate(s, l, v)) return false;
            continue;
        }
        if (!give(s, st->name, v)) return false;
    }
    return true;
}

static void add_statement(solver *s, statement st) {
    while (st.rhs < st.end && *st.rhs == ' ') st.rhs++;
    while (st.end > st.rhs && st.end[-1] == ' ') st.end--;
    st.done = st.end - st.rhs == 1 && *st.rhs == '?';
    if (s->n_st < STATEMENTS) s->st[s->n_st++] = st;
}

static bool read_line(solver *s, const char *p, size_t n) {
    const char *end = p + n;
    for (const char *next; p < end; p = next) {
        const char *stop = memchr(p, ';', (size_t)(end - p));
        if (!stop) stop = end;
        next = stop + (stop < end);
        while (p < stop && *p == ' ') p++;
        size_t len = (size_t)(stop - p);
        if (starts(p, len, "unused:")) continue;
        if (starts(p, len, "asked:")) {
            s->asked = name_of(s, p + 6, len - 6);
            continue;
        }
        const char *eq = memchr(p, '=', len);
        if (!eq) return false;
        const char *eq2 = memchr(eq + 1, '=', (size_t)(stop - eq - 1));
        statement   st  = {.name = -1, .lhs = p, .lend = eq, .rhs = eq + 1, .end = eq2 ? eq2 : stop};
        while (st.lend > p && st.lend[-1] == ' ') st.lend--;
        if (word_run(p, st.lend) == (size_t)(st.lend - p)) st.name = name_of(s, p, (size_t)(st.lend - p));
        add_statement(s, st);
        if (eq2) {
            st.rhs = eq2 + 1;
            st.end = stop;
            add_statement(s, st);
        }
    }
    return s->asked >= 0;
}

bool quant_solve(const problem *p, ratio *out, char why[96]) {
    const char *text;
    size_t      n;
    solver      s = {.asked = -1};
    bool        moved, ok;
    if (!fam_understood(p, &text, &n, why)) return false;
    ok = read_line(&s, text, n);
    for (moved = true; ok && moved;) ok = sweep(&s, &moved);
    if (ok &&
        (!s.name[s.asked].has || s.name[s.asked].v.k.p)) { /* one name is to be found: the first without a definition */
        for (int i = 0; i < s.n_st && ok; i++)
            if (s.st[i].done && *s.st[i].rhs == '?') {
                s.name[s.st[i].name].has = true;
                s.name[s.st[i].name].v   = (form){{0, 1}, {1, 1}};
                break;
            }
        for (moved = true; ok && moved;) ok = sweep(&s, &moved);
    }
    if (!ok || !s.name[s.asked].has || s.name[s.asked].v.k.p) {
        snprintf(why, 96, "what was understood does not give what is asked");
        return false;
    }
    *out = s.name[s.asked].v.c;
    return true;
}

bool quant_truth(const problem *p, str *truth, char why[96]) {
    ratio v;
    if (!quant_solve(p, &v, why)) return false;
    long long q = v.q, scale = 1;
    int       places = 0;
    while (places < 6 && scale % q) scale *= 10, places++;
    if (scale % q) str_addf(truth, "%lld/%lld", v.p, v.q);
    else decimal_put(truth, (decimal){(long)(v.p * (scale / q)), places});
    return true;
}
