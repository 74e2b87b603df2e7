/* alg.c -- see alg.h. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/alg.h"
#include "task/phrase.h"
#include "task/steps.h"

bool alg_chance(rng *r, int percent) { return (int)rng_below(r, 100) < percent; }

long alg_nonzero(rng *r, int hi) {
    long v = rng_range(r, 1, hi);
    return alg_chance(r, 50) ? -v : v;
}

char alg_letter(rng *r) {
    static const char some[] = "yyyttttnnaabbzzmmkkghpqsuvw";
    return alg_chance(r, 60) ? 'x' : some[rng_below(r, sizeof some - 1)];
}

/* ---- typing */
static const char *const raised[] = {"\xe2\x81\xb0", "\xc2\xb9",     "\xc2\xb2",     "\xc2\xb3",     "\xe2\x81\xb4",
                                     "\xe2\x81\xb5", "\xe2\x81\xb6", "\xe2\x81\xb7", "\xe2\x81\xb8", "\xe2\x81\xb9"};

static void type_side(str *out, const char *s, size_t n, const phrase_style *st, int powers) {
    str one = {0}, typed = {0};
    str_addn(&one, s, n);
    phrase_expr(&typed, one.p, st);
    for (const char *p = typed.p ? typed.p : ""; *p; p++) {
        if (*p != '^' || powers < 60) str_addc(out, *p);
        else if (powers < 90 && isdigit((unsigned char)p[1])) str_add(out, raised[*++p - '0']);
        else str_add(out, "**");
    }
    str_free(&one);
    str_free(&typed);
}

/* " = ", " < ", ... at p: its length without the spaces, 0 if there is none */
static size_t relation(const char *p) {
    if (*p != ' ' || !strchr("=<>", p[1]) || !p[1]) return 0;
    return p[2] == ' ' ? 1 : p[2] == '=' && p[3] == ' ' ? 2 : 0;
}

void alg_typed(str *out, rng *r, const char *s) {
    phrase_style st     = phrase_style_draw(r, PHRASE_LETTERS);
    int          powers = rng_range(r, 0, 99);
    bool         wide = st.spaces != 0, signs = alg_chance(r, 50);
    const char  *from = s, *p = s;
    for (; *p; p++) {
        size_t n = relation(p);
        if (!n) continue;
        type_side(out, from, (size_t)(p - from), &st, powers);
        if (wide) str_addc(out, ' ');
        if (n == 2 && signs) str_add(out, p[1] == '<' ? "\xe2\x89\xa4" : "\xe2\x89\xa5");
        else str_addn(out, p + 1, n);
        if (wide) str_addc(out, ' ');
        p += n + 1;
        from = p + 1;
    }
    type_side(out, from, (size_t)(p - from), &st, powers);
}

bool alg_understood(const problem *p, const char **text, size_t *n, char why[96]) {
    problem     plain = *p;
    str         q     = {0};
    const char *s     = p->question.p ? p->question.p : "";
    while (*s) {
        int i = 0;
        while (i < 10 && !str_starts(s, raised[i])) i++;
        if (i < 10) str_addf(&q, "^%d", i), s += strlen(raised[i]);
        else str_addc(&q, *s++);
    }
    plain.question = q;
    bool ok        = fam_understood(&plain, text, n, why);
    str_free(&q);
    return ok;
}

bool alg_not(const char *what, const char *text, char why[96]) {
    snprintf(why, 96, "not %s: %.50s", what, text);
    why[strcspn(why, "\n")] = 0;
    return false;
}

bool alg_between(const char *s, size_t n, const char *head, const char *tail, const char **p, size_t *len) {
    const char *a = memmem(s, n, head, strlen(head)), *b = s + n;
    if (!a) return false;
    a += strlen(head);
    if (tail) b = memmem(a, (size_t)(s + n - a), tail, strlen(tail));
    if (!b) return false;
    *p   = a;
    *len = (size_t)(b - a);
    return true;
}

/* ---- work */
static bool whole(const poly *p) {
    for (int i = 0; i <= POLY_DEGREE; i++)
        if (p->c[i].q != 1) return false;
    return true;
}

static long add_to(trace *t, const char *head, long a, long b) { /* a + b, b with its sign */
    return digits_into(t, head, a, b < 0 ? '-' : '+', labs(b));
}

long alg_horner(trace *t, const poly *p, long x) {
    int d = poly_degree(p);
    if (!whole(p)) t->bad = true;
    long v = (long)p->c[d].p;
    for (int i = d - 1; i >= 0 && !t->bad; i--) {
        v = v == 1 ? x : x == 1 ? v : digits_op(t, v, '*', x);
        if (p->c[i].p) v = add_to(t, NULL, v, (long)p->c[i].p);
    }
    return v;
}

void alg_put_in(str *s, const poly *p, long x) {
    bool first = true;
    for (int i = poly_degree(p); i >= 0; i--) {
        long c = (long)p->c[i].p;
        if (!c) continue;
        str_add(s, first ? c < 0 ? "-" : "" : c < 0 ? " - " : " + ");
        c = labs(c);
        if (c != 1 || !i) digits_num(s, c);
        if (c != 1 && i) str_add(s, " * ");
        if (i == 1 && first && c == 1 && p->c[i].p > 0) digits_num(s, x);
        else if (i) digits_arg(s, x);
        if (i > 1) str_addf(s, "^%d", i);
        first = false;
    }
    if (first) str_addc(s, '0');
}

long alg_powers(trace *t, const poly *p, long x, const char *head) {
    int  d = poly_degree(p), left = poly_terms(p);
    long pw[POLY_DEGREE + 1] = {1, x}, sum = 0;
    str  name = {0};
    if (!whole(p)) t->bad = true;
    for (int i = 2; i <= d && !t->bad; i++) { /* all of them: each comes from the one before */
        str_clear(&name);
        digits_arg(&name, x);
        str_addf(&name, "^%d", i);
        pw[i] = digits_into(t, name.p, pw[i - 1], '*', x);
    }
    str_free(&name);
    bool first = true;
    for (int i = d; i >= 0 && !t->bad; i--) {
        long c = (long)p->c[i].p, v;
        if (!c) continue;
        left--;
        v = i && labs(c) != 1 && pw[i] != 1
                ? digits_into(t, first && !left ? head : NULL, first ? c : labs(c), '*', pw[i])
            : i ? (first ? c : labs(c)) * pw[i]
                : (first ? c : labs(c));
        if (first) sum = v;
        else if (v < 0) sum = digits_into(t, left ? NULL : head, sum, c < 0 ? '-' : '+', v);
        else sum = add_to(t, left ? NULL : head, sum, c < 0 ? -v : v);
        first = false;
    }
    return sum;
}

void alg_line(trace *t, const char *before, const poly *p, const char *after) {
    str_add(t->out, before);
    poly_put(t->out, p);
    str_add(t->out, after);
}

/* "3 * 8: 3 + 8 = 11" */
static long pair_sum(trace *t, long a, long b, char op) {
    str_addf(t->out, "%ld * %ld: ", a, b);
    return op == '+' ? digits_op(t, a, '+', b) : digits_op(t, b, '-', a);
}

bool alg_two_numbers(trace *t, long product, long sum, long *u, long *v) {
    long p = labs(product), want = labs(sum);
    char op = product < 0 ? '-' : '+';
    if (product == 0) {
        *u = 0, *v = sum;
        return true;
    }
    str_addf(t->out, "product %ld, sum %ld: %s\n", product, sum,
             op == '+' ? (sum < 0 ? "both negative" : "both positive") : "different signs");
    for (long a = 1; a * a <= p; a++) {
        if (p % a) continue;
        if (pair_sum(t, a, p / a, op) != want || t->bad) continue;
        bool neg_small = op == '-' ? sum >= 0 : sum < 0, neg_big = sum < 0; /* the larger one has the sum's sign */
        long big = p / a, small = a;
        if (trace_slips(t)) neg_small = !neg_small, neg_big = !neg_big;
        if (trace_slips(t) || trace_slips(t)) neg_small = !neg_small; /* the wrong sign for one of them */
        if (trace_slips(t) && a > 1) big = p, small = 1;              /* copies another pair */
        *u = neg_big ? -big : big;
        *v = neg_small ? -small : small;
        str_addf(t->out, "so %ld and %ld\n", *u, *v);
        return true;
    }
    str_add(t->out, "none fits\n");
    return false;
}

/* ---- products of sums */
static void put_term(str *s, long c, int power, char letter, bool first) {
    poly_term(s, (ratio){c, 1}, power, letter, first);
}

/* " * (-3x)", " * 3x" */
static void put_factor(str *s, long c, int power, char letter) {
    str_add(s, c < 0 ? " * (" : " * ");
    put_term(s, c, power, letter, true);
    if (c < 0) str_addc(s, ')');
}

void alg_put_raw(str *s, const alg_raw *w, char letter) {
    for (int i = 0; i < w->n; i++) put_term(s, w->c[i], w->power[i], letter, i == 0);
    if (!w->n) str_addc(s, '0');
}

static void times(trace *t, alg_raw *w, long a, int i, long b, int j, char letter) { /* ax^i * bx^j */
    bool fact = (labs(a) <= 9 && labs(b) <= 9) || labs(a) == 1 || labs(b) == 1;
    long c    = fact ? a * b : digits_op(t, a, '*', b);
    if (fact || i || j) {
        put_term(t->out, a, i, letter, true);
        put_factor(t->out, b, j, letter);
        str_add(t->out, " = ");
        if (fact && trace_slips(t)) c = -c; /* forgets the sign */
        put_term(t->out, c, i + j, letter, true);
        str_addc(t->out, '\n');
    }
    if (w->n < ALG_RAW) {
        w->c[w->n]       = c;
        w->power[w->n++] = i + j;
    } else {
        t->bad = true;
    }
}

/* Each term of a with each of b, as a list. */
void alg_cross(trace *t, const poly *a, const poly *b, char letter, alg_raw *w) {
    for (int i = poly_degree(a); i >= 0; i--)
        for (int j = poly_degree(b); a->c[i].p && j >= 0; j--)
            if (b->c[j].p) times(t, w, (long)a->c[i].p, i, (long)b->c[j].p, j, letter);
}

/* Like terms added up: "x^2: 3 + 5 = 8" */
poly alg_collect(trace *t, const alg_raw *w, char letter) {
    poly p = poly_of(letter, 0, NULL);
    for (int power = POLY_DEGREE; power >= 0; power--) {
        long sum = 0;
        int  n   = 0;
        for (int i = 0; i < w->n; i++)
            if (w->power[i] == power) sum = n++ ? digits_op(t, sum, w->c[i] < 0 ? '-' : '+', labs(w->c[i])) : w->c[i];
        p.c[power].p = sum;
    }
    return p;
}

void alg_so(trace *t, const alg_raw *w, const poly *sum, char letter) {
    str_add(t->out, "so ");
    alg_put_raw(t->out, w, letter);
    if (poly_terms(sum) != w->n) {
        str_add(t->out, " = ");
        poly_put(t->out, sum);
    }
    str_addc(t->out, '\n');
}

bool alg_vanishes(const poly *f, int n, long x) {
    for (int i = 0; i < n; i++) {
        ratio v;
        if (!poly_at(&f[i], (ratio){x, 1}, &v) || !v.p) return true;
    }
    return false;
}

long alg_product_at(trace *t, long c, const poly *f, int n, long x) {
    long v = 1;
    for (int i = 0; i < n; i++) {
        if (poly_terms(&f[i]) > 1) alg_line(t, "", &f[i], ": ");
        long k = alg_horner(t, &f[i], x);
        v      = v == 1 ? k : k == 1 ? v : digits_op(t, v, '*', k);
    }
    return !n || v == 1 ? c : c != 1 ? digits_op(t, c, '*', v) : v;
}

long alg_gcd(long a, long b) {
    a = labs(a), b = labs(b);
    while (b) {
        long c = a % b;
        a      = b;
        b      = c;
    }
    return a;
}

bool alg_is_square(long v, long *root) {
    if (v < 0 || v > 1000000000000L) return false;
    *root = 0;
    while (*root * *root < v) ++*root;
    return *root * *root == v;
}

/* ---- answers */
math_kind alg_judge_poly(void *ctx, const char *run) {
    const alg_poly_truth *k     = ctx;
    const char           *value = mathtext_value(run);
    size_t                n     = strlen(value);
    poly_shape            shape;
    poly                  p;
    bool                  lone = isalpha((unsigned char)value[0]) && !value[1];
    if (!n || !poly_read(value, n, &p, &shape)) return MATH_NOTHING;
    bool same = poly_eq(&p, &k->truth), neat = !shape.brackets && shape.terms == (poly_terms(&p) ? poly_terms(&p) : 1);
    if (same && (neat || !k->expanded)) return MATH_RIGHT;
    if (lone || (k->has_given && poly_eq(&p, &k->given) && (!k->expanded || shape.brackets))) return MATH_NOTHING;
    bool number = !poly_degree(&p) && poly_degree(&k->truth);
    return number || p.letter != (k->truth.letter ? k->truth.letter : k->given.letter) ? MATH_ASIDE : MATH_WRONG;
}

bool alg_right_poly(const char *answer, const char *truth, const char *given, bool expanded, char why[96]) {
    alg_poly_truth k = {.expanded = expanded};
    if (!poly_read(truth, strlen(truth), &k.truth, NULL)) return alg_not("a polynomial", truth, why);
    k.has_given = given && poly_read(given, strlen(given), &k.given, NULL);
    return mathtext_right(answer, alg_judge_poly, &k, truth, why);
}

bool alg_value(const char *s, size_t n, ratio *v) {
    char        t[48];
    const char *end;
    poly        p;
    while (n && *s == ' ') s++, n--;
    while (n && s[n - 1] == ' ') n--;
    if (!n || n >= sizeof t) return false;
    memcpy(t, s, n);
    t[n] = 0;
    for (size_t i = 1; i < n; i++) /* 60 - 4 is no value yet */
        if (strchr("+*^", t[i]) || (t[i] == '-' && t[i - 1] != '(')) return false;
    if (ratio_read(t, v, &end) && !*end) return true;
    if (!poly_read(t, n, &p, NULL) || p.letter) return false;
    *v = p.c[0];
    return true;
}

static math_kind judge_number(void *ctx, const char *run) {
    const alg_number *k     = ctx;
    const char       *value = mathtext_value(run);
    ratio             v;
    if (!alg_value(value, strlen(value), &v)) return MATH_NOTHING;
    bool letter =
        isalpha((unsigned char)run[0]) && value != run && strspn(run + 1, " ") == strcspn(run + 1, "="); /* x = 2 */
    bool given = letter && (k->letters >> (run[0] - 'a') & 1);
    for (int i = 0; i < k->places; i++) /* with either sign: in 5 - 3 it is not clear whose the minus is */
        if (k->place[i].q == v.q && llabs(k->place[i].p) == llabs(v.p)) {
            if (letter) return MATH_NOTHING;
            if (!ratio_eq(v, k->truth)) return MATH_ASIDE;
        }
    return ratio_eq(v, k->truth) && !given ? MATH_RIGHT : MATH_WRONG;
}

bool alg_right_number(const char *answer, const char *truth, const char *question, char why[96]) {
    alg_number  n = {.places = 0};
    poly        p;
    const char *end;
    if (!poly_read(truth, strlen(truth), &p, NULL) || poly_degree(&p)) return alg_not("a number", truth, why);
    n.truth = p.c[0];
    for (const char *s = question; *s && n.places < ALG_PLACES;) {
        ratio v;
        bool  lone = isalpha((unsigned char)*s) && (s == question || !isalpha((unsigned char)s[-1]));
        if (lone && s[1 + strspn(s + 1, " ")] == '=') n.letters |= 1u << ((*s | 32) - 'a');
        if (!isdigit((unsigned char)*s) || !ratio_read(s, &v, &end)) {
            s++;
            continue;
        }
        n.place[n.places++] = v;
        s                   = end;
    }
    return mathtext_right(answer, judge_number, &n, truth, why);
}

/* ---- a set of values */
typedef struct value_set {
    ratio v[8];
    int   n;
} value_set;

static void set_add(value_set *s, ratio v) {
    for (int i = 0; i < s->n; i++)
        if (ratio_eq(s->v[i], v)) return;
    if (s->n < 8) s->v[s->n++] = v;
}

static bool set_has(const value_set *s, ratio v) {
    for (int i = 0; i < s->n; i++)
        if (ratio_eq(s->v[i], v)) return true;
    return false;
}

/* The values of "2", "+-7", "3 +- 5", "(3 +- 5)/2"; how many (0: no number). */
static int values_of(const char *s, ratio v[2]) {
    const char *pm = strstr(s, "+-");
    str         t  = {0};
    int         n  = 0;
    if (!pm) return alg_value(s, strlen(s), v) ? 1 : 0;
    for (int i = 0; i < 2; i++) {
        str_clear(&t);
        str_addn(&t, s, (size_t)(pm - s));
        str_addc(&t, i ? '-' : '+');
        str_add(&t, pm + 2);
        poly p;
        if (!poly_read(t.p, t.len, &p, NULL) || p.letter) continue;
        v[i] = p.c[0];
        n++;
    }
    str_free(&t);
    return n == 2 ? 2 : 0;
}

/* "x = 2", "2 = x" (named), "2" alone: the values; 0 if it is none of these. */
static int values_in(const char *run, char letter, bool *named, ratio v[2]) {
    const char *eq = strchr(run, '=');
    *named         = eq != NULL;
    if (!eq) return strpbrk(run, "<>") ? 0 : values_of(run, v);
    if (strchr(eq + 1, '=')) { /* x = 4/2 = 2 */
        const char *last = mathtext_value(run);
        return run[0] == letter && (run[1] == ' ' || run[1] == '=') ? values_of(last, v) : 0;
    }
    const char *r = mathtext_value(run);
    if (run[0] == letter && strspn(run + 1, " ") == (size_t)(eq - run - 1)) return values_of(r, v);
    if (r[0] == letter && !r[1]) return alg_value(run, (size_t)(eq - run), v) ? 1 : 0;
    return 0;
}

static bool says_none(const char *plain) {
    static const char *const none[] = {"no real",           "no solution",  "no root",           "has none",
                                       "have none",         "empty set",    "not have any real", "no number",
                                       "no value",          "without real", "without solution",  "\xe2\x88\x85",
                                       "any real solution", "no such",      "unsolvable",        "not solvable"};
    static const char *const some[] = {"two real",     "two solution",
                                       "one solution", "one real",
                                       "has a real",   "infinitely",
                                       "has real",     "not no ",
                                       "not sure",     "maybe",
                                       "perhaps",      "wrong",
                                       "incorrect",    "guess",
                                       "doubt",        "no integer",
                                       "no whole",     "no rational",
                                       "not true",     "there is a real",
                                       "some real",    "real solutions exist"};
    bool                     yes    = false;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) yes |= strstr(plain, none[i]) != NULL;
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) yes &= strstr(plain, some[i]) == NULL;
    return yes;
}

static bool set_of_truth(const char *truth, value_set *want) { /* "x = 2 or x = 3" */
    for (const char *p = truth; (p = strstr(p, "= ")); p++) {
        ratio       v;
        const char *end;
        if (!ratio_read(p + 2, &v, &end)) return false;
        set_add(want, v);
    }
    return want->n > 0;
}

static bool join_word(const char *w) { return !w[0] || !strcmp(w, "and") || !strcmp(w, "or") || !strcmp(w, "also"); }

bool alg_right_set(const char *answer, const char *truth, char why[96]) {
    value_set want = {.n = 0}, bold = {.n = 0}, plain = {.n = 0}, bare = {.n = 0};
    mathtext  m    = mathtext_of(answer);
    bool      none = !set_of_truth(truth, &want), ok = false, doubt[3] = {false, false, false}, last = false;
    snprintf(why, 96, "expected %.60s, found something else", truth);
    int sentence = -1;
    for (int i = 0; i < m.n; i++) {
        const mathrun *u = &m.run[i];
        ratio          v[2];
        bool           named;
        int            n = values_in(u->s, none ? 'x' : truth[0], &named, v);
        bool follows     = !named && last && m.run[i - 1].sentence == u->sentence && m.run[i - 1].bold == u->bold &&
                       join_word(u->before);
        value_set *to    = u->bold ? &bold : named || follows ? &plain : &bare;
        int        which = u->bold ? 0 : named || follows ? 1 : 2;
        if (to == &bare && n && sentence != u->sentence)
            bare.n = 0, doubt[2] = false, sentence = u->sentence; /* the last one */
        for (int k = 0; k < n; k++) set_add(to, v[k]);
        if (n) doubt[which] |= u->doubt;
        last = n && (named || follows || u->bold);
    }
    const value_set *got = bold.n ? &bold : plain.n ? &plain : &bare;
    if (none) {
        ok = says_none(m.plain.p) && !bold.n && !plain.n && !strchr(m.plain.p, '?');
    } else {
        ok = got->n == want.n && !doubt[bold.n ? 0 : plain.n ? 1 : 2] && !says_none(m.plain.p);
        for (int i = 0; i < got->n; i++) ok = ok && set_has(&want, got->v[i]);
        for (int i = 0; bold.n && i < plain.n; i++) ok = ok && set_has(&want, plain.v[i]);
        ok = ok && !steps_check(m.plain.p, m.plain.len, NULL).wrong;
    }
    mathtext_free(&m);
    if (ok) why[0] = 0;
    return ok;
}

bool alg_given(const char *question, str *out) {
    mathtext m    = mathtext_of(question);
    size_t   best = 0;
    for (int i = 0; i < m.n; i++) {
        const char *v = mathtext_value(m.run[i].s);
        poly        p;
        size_t      n = strlen(v);
        if (n <= best || n < 2 || !poly_read(v, n, &p, NULL) || !poly_degree(&p)) continue;
        best = n;
        str_clear(out);
        str_add(out, v);
    }
    mathtext_free(&m);
    return best > 0;
}
