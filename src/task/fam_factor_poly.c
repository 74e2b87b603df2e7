/* fam_factor_poly.c -- polynomials as products.
 *
 * Levels: 1 a common number; 2 a common number and letter; 3 x^2 + bx + c; 4 with signs, or x times one; 5 differences
 * and sums that are squares; 6, 7 ax^2 + bx + c by splitting the middle term; 8 a common factor first; 9 four terms by
 * pairs; 10 by pairs and then a difference of squares, also x^4 - (a + b)x^2 + ab.
 *
 * Work takes what is common out, then looks what kind is left: squares, a trinomial, pairs. The check puts a small
 * number into both forms. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/alg.h"
#include "task/verify.h"
#include "task/wording.h"

typedef struct product { /* c * x^k * f[0] * f[1] ... */
    long c;
    int  k, n;
    poly f[POLY_FACTORS];
} product;
typedef struct factoring {
    poly    given;
    char    letter;
    product found; /* by Work */
} factoring;

/* ---- products */
static int by_size(const poly *a, const poly *b) { /* the order of the truth: degree, then coefficients from above */
    int da = poly_degree(a), db = poly_degree(b);
    if (da != db) return da - db;
    for (int i = da; i >= 0; i--)
        if (a->c[i].p != b->c[i].p) return a->c[i].p < b->c[i].p ? -1 : 1;
    return 0;
}

static void sort(product *p) {
    for (int i = 1; i < p->n; i++)
        for (int k = i; k > 0 && by_size(&p->f[k - 1], &p->f[k]) > 0; k--) {
            poly t      = p->f[k];
            p->f[k]     = p->f[k - 1];
            p->f[k - 1] = t;
        }
}

static void print(str *s, const product *p, char letter) {
    if (p->c == -1 && (p->k || p->n)) str_addc(s, '-');
    else if (p->c != 1 || (!p->k && !p->n)) digits_num(s, p->c);
    if (p->k) str_addc(s, letter);
    if (p->k > 1) str_addf(s, "^%d", p->k);
    for (int i = 0; i < p->n;) {
        int m = 1;
        while (i + m < p->n && poly_eq(&p->f[i], &p->f[i + m])) m++;
        str_addc(s, '(');
        poly_put(s, &p->f[i]);
        str_addc(s, ')');
        if (m > 1) str_addf(s, "^%d", m);
        i += m;
    }
}

static bool multiply(const product *p, char letter, poly *out) {
    poly x = poly_of(letter, 2, (const long[]){0, 1});
    *out   = poly_of(letter, 1, &p->c);
    for (int i = 0; i < p->k; i++)
        if (!poly_op(out, '*', &x, out)) return false;
    for (int i = 0; i < p->n; i++)
        if (!poly_op(out, '*', &p->f[i], out)) return false;
    return true;
}

static void add(product *p, char letter, long b, long a) { /* (ax + b) */
    const long c[] = {b, a};
    if (p->n < POLY_FACTORS) p->f[p->n++] = poly_of(letter, 2, c);
}

static long content(const poly *p) {
    long g = 0;
    for (int i = 0; i <= POLY_DEGREE; i++) g = alg_gcd(g, (long)p->c[i].p);
    return g;
}

/* ---- Work */
/* "18 / 12 = 1 rest 6", "12 / 6 = 2"; a divisor beyond the table is taken away as often as it goes. */
static long euclid(trace *t, long a, long b) {
    a = labs(a), b = labs(b);
    if (a < b) {
        long c = a;
        a = b, b = c;
    }
    while (b > 1 && !t->bad) {
        long rest = a;
        if (b <= DIGITS_DIVISOR || a / b > 4) digits_div(t, NULL, a, b, &rest);
        else
            while (rest >= b && !t->bad) rest = digits_op(t, rest, '-', b);
        if (!rest) return b;
        a = b, b = rest;
    }
    return b;
}

/* What all terms have in common goes in front: "6x^2 + 9x = 3x(2x + 3)". */
static void common(trace *t, factoring *f, poly *p) {
    long g = 0;
    int  d = poly_degree(p), k = 0;
    while (!p->c[k].p) k++;
    for (int i = d; i >= 0; i--) /* the smallest first: it tells most */
        if (p->c[i].p && (!g || labs((long)p->c[i].p) < g)) g = labs((long)p->c[i].p);
    for (int i = d; i >= 0 && g > 1 && !t->bad; i--) {
        long c = labs((long)p->c[i].p);
        if (c && c != g) g = euclid(t, c, g);
    }
    if (p->c[d].p < 0) g = -g;
    f->found = (product){.c = g, .k = k};
    if (g == 1 && !k) return;
    str_add(t->out, "in common: ");
    print(t->out, &f->found, f->letter);
    str_addc(t->out, '\n');
    poly q = poly_of(f->letter, 0, NULL);
    for (int i = d; i >= k && !t->bad; i--)
        if (p->c[i].p) {
            long c = g == 1 ? (long)p->c[i].p : digits_op(t, (long)p->c[i].p, '/', g);
            if (i < d && trace_slips(t)) c = -c; /* copies the wrong sign */
            q.c[i - k].p = c;
        }
    *p = q;
    str_add(t->out, "so ");
    product all = f->found;
    all.f[0]    = q;
    all.n       = 1;
    print(t->out, &all, f->letter);
    str_addc(t->out, '\n');
}

static void say_square(trace *t, ratio c, int power, char letter, long root) { /* "4x^2 = (2x)^2" */
    poly_term(t->out, c, power, letter, true);
    str_add(t->out, " = ");
    if (power && root != 1) {
        str_addc(t->out, '(');
        poly_term(t->out, (ratio){root, 1}, power / 2, letter, true);
        str_add(t->out, ")^2");
    } else if (power) {
        str_addf(t->out, "%c^%d", letter, power);
    } else {
        str_addf(t->out, "%ld^2", root);
    }
    str_addc(t->out, '\n');
}

/* a^2 - b^2, or (a + b)^2 if twice ab is the middle; false: it is not one of these. */
static bool squares(trace *t, factoring *f, const poly *p) {
    long a, b, c = (long)p->c[0].p, m = (long)p->c[1].p;
    if (!alg_is_square((long)p->c[2].p, &a) || !alg_is_square(labs(c), &b) || (m && c < 0) || (!m && c > 0))
        return false;
    if (m && (a == 1 || labs(m) != 2 * a * b)) return false;
    if (a > 1) say_square(t, p->c[2], 2, f->letter, a);
    if (b > 1 || a == 1) say_square(t, (ratio){labs(c), 1}, 0, f->letter, b);
    if (m) {
        str_add(t->out, "twice the product: ");
        long v = digits_op(t, 2 * a, '*', b);
        if (v != labs(m)) t->bad = true;
        bool neg = m < 0;
        if (trace_slips(t) || trace_slips(t) || trace_slips(t)) neg = !neg;
        add(&f->found, f->letter, neg ? -b : b, a), add(&f->found, f->letter, neg ? -b : b, a);
    } else {
        bool same = trace_slips(t) || trace_slips(t) || trace_slips(t); /* takes (a - b)^2 */
        add(&f->found, f->letter, same ? -b : b, a), add(&f->found, f->letter, -b, a);
    }
    return true;
}

/* ax^2 + bx + c by two numbers with the product ac and the sum b. */
static void trinomial(trace *t, factoring *f, const poly *p) {
    long a = (long)p->c[2].p, b = (long)p->c[1].p, c = (long)p->c[0].p, u, v;
    long ac = a == 1 ? c : digits_op(t, a, '*', c);
    t->bad |= t->bad || !alg_two_numbers(t, ac, b, &u, &v);
    if (t->bad) return;
    if (a == 1) {
        add(&f->found, f->letter, u, 1), add(&f->found, f->letter, v, 1);
        return;
    }
    long    g = alg_gcd(a, u), h = a / g; /* ax^2 + ux = gx(hx + u/g); vx + c = (v/h)(hx + c h/v) */
    long    w = v / (h ? h : 1);
    alg_raw r = {{a, u, v, c}, {2, 1, 1, 0}, 4};
    if (!w || v % h || u * w != g * c) { /* after a slip */
        t->bad = true;
        return;
    }
    str_add(t->out, "split: ");
    alg_put_raw(t->out, &r, f->letter);
    product left = {.c = g, .k = 1}, right = {.c = w};
    add(&left, f->letter, u / g, h), add(&right, f->letter, u / g, h);
    str_add(t->out, "\npairs: ");
    print(t->out, &left, f->letter);
    str_add(t->out, w < 0 ? " - " : " + ");
    right.c = labs(w);
    print(t->out, &right, f->letter);
    str_addc(t->out, '\n');
    if (trace_slips(t) || trace_slips(t) || trace_slips(t)) w = -w; /* loses a sign */
    add(&f->found, f->letter, u / g, h), add(&f->found, f->letter, w, g);
}

/* ax^3 + bx^2 + cx + d by pairs. */
static void cubic(trace *t, factoring *f, const poly *p) {
    long a = (long)p->c[3].p, b = (long)p->c[2].p, c = (long)p->c[1].p, d = (long)p->c[0].p;
    long g = alg_gcd(a, b), h = alg_gcd(c, d) * (c < 0 ? -1 : 1);
    if (!g || !h || a / g != c / h || b / g != d / h) {
        t->bad = true;
        return;
    }
    product l = {.c = g, .k = 2}, r = {.c = labs(h)};
    add(&l, f->letter, b / g, a / g), add(&r, f->letter, b / g, a / g);
    str_add(t->out, "pairs: ");
    print(t->out, &l, f->letter);
    str_add(t->out, h < 0 ? " - " : " + ");
    print(t->out, &r, f->letter);
    if (trace_slips(t) || trace_slips(t) || trace_slips(t)) h = -h;
    str_addc(t->out, '\n');
    const long q[]           = {h, 0, g};
    poly       e             = poly_of(f->letter, 3, q);
    f->found.f[f->found.n++] = l.f[0];
    long m, n;
    if (alg_is_square(g, &m) && alg_is_square(-h, &n)) {
        str_add(t->out, "so (");
        poly_put(t->out, &l.f[0]);
        str_add(t->out, ")(");
        poly_put(t->out, &e);
        str_add(t->out, ")\n");
        squares(t, f, &e);
    } else {
        f->found.f[f->found.n++] = e;
    }
}

/* x^4 - (a + b)x^2 + ab: a trinomial in x^2, then differences of squares. */
static void biquadratic(trace *t, factoring *f, const poly *p) {
    long u, v;
    t->bad |= !alg_two_numbers(t, (long)p->c[0].p, (long)p->c[2].p, &u, &v);
    if (t->bad) return;
    for (int i = 0; i < 2; i++) {
        const long c[] = {i ? v : u, 0, 1};
        poly       q   = poly_of(f->letter, 3, c);
        alg_line(t, "", &q, "\n");
        if (!squares(t, f, &q)) f->found.f[f->found.n++] = q;
    }
}

static void work(trace *t, void *ctx, fam_value *found) {
    factoring *f = ctx;
    poly       p = f->given;
    *found       = (fam_value){0, 0};
    common(t, f, &p);
    if (t->bad) return;
    switch (poly_degree(&p)) {
    case 1: f->found.f[f->found.n++] = p; return; /* nothing more to do, and it is said already */
    case 2:
        if (!squares(t, f, &p)) trinomial(t, f, &p);
        break;
    case 3: cubic(t, f, &p); break;
    case 4: biquadratic(t, f, &p); break;
    default: t->bad = true;
    }
    str_add(t->out, "so ");
    print(t->out, &f->found, f->letter);
    str_addc(t->out, '\n');
}

/* ---- Check */
static bool check(trace *t, void *ctx, const fam_value *found) {
    const factoring *f = ctx;
    long             x = 1;
    ratio            v;
    (void)found;
    while (x < 9 && (alg_vanishes(f->found.f, f->found.n, x) || !poly_at(&f->given, (ratio){x, 1}, &v) || !v.p)) x++;
    str_addf(t->out, "put %c = %ld into both\n", f->letter, x);
    alg_line(t, "", &f->given, ": ");
    long a = alg_horner(t, &f->given, x);
    long c = f->found.c;
    for (int i = 0; i < f->found.k; i++) c = x == 1 ? c : digits_op(t, c, '*', x);
    return fam_compare(t, alg_product_at(t, c, f->found.f, f->found.n, x), a);
}

/* ---- drawing */
static long any(rng *r, int lo, int hi, int neg) {
    long v = rng_range(r, lo, hi);
    return alg_chance(r, neg) ? -v : v;
}

static void draw_low(rng *r, int level, product *p) {
    long a, b;
    switch (level) {
    case 1:
    case 2:
        p->c = rng_range(r, 2, level == 1 ? 12 : 9);
        p->k = level == 2 ? rng_range(r, 0, 2) : 0;
        if (p->k && alg_chance(r, 20)) p->c = 1;
        do a = alg_chance(r, 35) ? 1 : rng_range(r, 2, 9), b = any(r, 1, level == 1 ? 45 : 25, level == 1 ? 30 : 50);
        while (alg_gcd(a, b) != 1);
        add(p, 'x', b, a);
        break;
    case 3:
        if (alg_chance(r, 60)) {
            add(p, 'x', rng_range(r, 1, 12), 1), add(p, 'x', rng_range(r, 1, 12), 1);
        } else {
            p->c = rng_range(r, 2, 12), p->k = rng_range(r, 1, 2);
            do a = rng_range(r, 2, 12), b = any(r, 1, 30, 50);
            while (alg_gcd(a, b) != 1);
            add(p, 'x', b, a);
        }
        break;
    case 4:
        if (alg_chance(r, 40)) p->k = rng_range(r, 0, 2), p->c = rng_range(r, 1, 9);
        add(p, 'x', any(r, 1, 12, 50), 1), add(p, 'x', any(r, 1, 12, 50), 1);
        break;
    default:
        if (alg_chance(r, 60)) p->k = rng_range(r, 0, 3), p->c = rng_range(r, 1, 9);
        do a = rng_range(r, 1, p->c > 1 ? 8 : 12), b = any(r, 1, p->c > 1 ? 12 : 20, 50);
        while (alg_gcd(a, b) != 1);
        add(p, 'x', b, a), add(p, 'x', alg_chance(r, 60) ? -b : b, a);
    }
}

static void primitive(rng *r, product *p, int hi_a, int hi_b) {
    long a, b;
    do a = rng_range(r, 1, hi_a), b = any(r, 1, hi_b, 50);
    while (alg_gcd(a, b) != 1);
    add(p, 'x', b, a);
}

static void draw_high(rng *r, int level, product *p) {
    switch (level) {
    case 6:
        if (alg_chance(r, 50)) p->c = rng_range(r, 2, 6);
        add(p, 'x', any(r, 1, 15, 50), 1);
        do {
            if (p->n == 2) p->n = 1;
            primitive(r, p, 9, 20);
        } while (p->f[1].c[1].p == 1);
        break;
    case 7: primitive(r, p, 9, 15), primitive(r, p, 9, 15); break;
    case 8:
        p->c = any(r, 2, 6, 20), p->k = rng_range(r, 0, 2);
        primitive(r, p, 4, 9), primitive(r, p, 4, 9);
        break;
    case 9: {
        primitive(r, p, 6, 9);
        long g = rng_range(r, 1, 5), h = rng_range(r, 1, 20);
        while (alg_gcd(g, h) != 1) h++;
        p->f[p->n++] = poly_of('x', 3, (const long[]){h, 0, g});
        break;
    }
    default:
        if (alg_chance(r, 25)) {
            long a = rng_range(r, 1, 7), b = rng_range(r, 1, 7);
            add(p, 'x', a, 1), add(p, 'x', -a, 1), add(p, 'x', b, 1), add(p, 'x', -b, 1);
            if (a == b) p->n = 0;
        } else {
            long a = rng_range(r, 1, 5), b = rng_range(r, 1, 9);
            while (alg_gcd(a, b) != 1) b++;
            if (alg_chance(r, 30)) p->c = rng_range(r, 2, 4);
            primitive(r, p, 6, 9);
            add(p, 'x', a == 1 ? b : b, a), add(p, 'x', -b, a);
        }
    }
}

/* Can Work do it as it goes about it? */
static bool workable(const poly *given) {
    factoring f = {.given = *given, .letter = 'x'};
    fam_value v;
    str       s = {0};
    rng       r = rng_seed(1);
    trace     t = trace_to(&s, &r);
    poly      back;
    work(&t, &f, &v);
    str_free(&s);
    return !t.bad && multiply(&f.found, 'x', &back) && poly_eq(&back, given);
}

static bool draw(rng *r, int level, factoring *f) {
    product p = {.c = 1};
    if (level <= 5) draw_low(r, level, &p);
    else draw_high(r, level, &p);
    *f = (factoring){.letter = 'x'};
    if (!p.n || !multiply(&p, 'x', &f->given)) return false;
    for (int i = 0; i <= POLY_DEGREE; i++)
        if (llabs(f->given.c[i].p) > 600) return false;
    if (poly_degree(&f->given) == 2 && p.n == 2 && poly_terms(&f->given) == 3 &&
        llabs(f->given.c[2].p * f->given.c[0].p) > 360)
        return false;
    return poly_terms(&f->given) > 1 && workable(&f->given);
}

/* ---- asking */
static const char ask[] =
    "{5*" ALG_POLITE "{4*factor|3*factorise|factorize|write as a product: |rewrite as a product of factors: |find the "
    "factors of|split into factors: |fully factor|rewrite by factoring: |work out the factors of|turn into a product: "
    "} "
    "[{the {expression|polynomial} |this: |the following: |3*}]<e>[ completely]" ALG_END
    "|3*{what is|what's|what are|can you find|do you know} the {factored form|factorisation|complete factorization|"
    "product form} of <e>{4*?|}"
    "|2*{how {do you|can one|does one} {factor|factorise} <e>?|what does <e> look like {factored|factorised|as a "
    "product}"
    "[ completely]?|can <e> be written as a product?|which brackets multiply to <e>?}"
    "|<e> {factored[ please]|in factored form[?]|as a product[?]|= ? (factor it)|, factor [it|this][ completely]}"
    "|{take|pull} everything out that you can: <e>}";

static void make(rng *r, int level, problem *p) {
    factoring f;
    str       c = {0}, typed = {0}, said = {0};
    while (!draw(r, level, &f)) {}
    p->level = level;
    str_add(&p->key, "factor_poly:");
    poly_put(&p->key, &f.given);
    f.letter = f.given.letter = alg_letter(r);
    poly_put(&c, &f.given);
    alg_typed(&typed, r, c.p);
    wording_ask(&p->question, r, ask, (word_slot[]){{"e", typed.p}, {0}});
    static const char *const how[] = {"", "take out what is common", "what is common, then two numbers or squares",
                                      "what is common, then by pairs", "two numbers for the squares, then squares"};
    int                      d = poly_degree(&f.given), k = 0;
    while (!f.given.c[k].p) k++;
    str_addf(&p->reasoning, "Understand: factor %s\nPlan: %s\n", c.p, how[d - k > 4 ? 4 : d - k]);
    fam_work(p, r, &(fam_phases){work, check, &f});
    print(&said, &f.found, f.letter);
    sort(&f.found);
    print(&p->truth, &f.found, f.letter);
    wording_put(&p->answer, r,
                "{<e> = **<v>**|Factored: **<v>**|It is **<v>**.|The factored form is **<v>**.|As a product: **<v>**}",
                (word_slot[]){{"e", c.p}, {"v", said.p}, {0}});
    str_free(&c);
    str_free(&typed);
    str_free(&said);
}

/* ---- answers */
typedef struct product_truth {
    poly value;
    int  factors; /* with the letter */
} product_truth;

static bool whole(const poly *p) {
    for (int i = 0; i <= POLY_DEGREE; i++)
        if (p->c[i].q != 1) return false;
    return true;
}

static math_kind judge(void *ctx, const char *run) {
    const product_truth *k     = ctx;
    const char          *value = mathtext_value(run);
    size_t               n     = strlen(value);
    poly                 f[POLY_FACTORS], v;
    poly_shape           shape;
    if (!n || !poly_read(value, n, &v, &shape) || !poly_degree(&v)) return MATH_NOTHING;
    if (!poly_eq(&v, &k->value)) return poly_degree(&v) == 1 || v.letter != k->value.letter ? MATH_ASIDE : MATH_WRONG;
    if (!shape.brackets && shape.terms > 1) return MATH_NOTHING; /* what was given */
    int count = poly_factors(value, n, f), with = 0;
    for (int i = 0; i < count; i++) {
        if (!poly_degree(&f[i])) continue;
        with++;
        if (!whole(&f[i]) || (poly_terms(&f[i]) > 1 && content(&f[i]) != 1)) return MATH_WRONG;
    }
    return with == k->factors ? MATH_RIGHT : MATH_WRONG;
}

static bool right(const problem *p, const char *text, char why[96]) {
    product_truth k = {.factors = 0};
    poly          f[POLY_FACTORS];
    if (verify_echo(p->question.p, text, why)) return false;
    int n = poly_factors(p->truth.p, p->truth.len, f);
    if (!n || !poly_read(p->truth.p, p->truth.len, &k.value, NULL)) return alg_not("a product", p->truth.p, why);
    for (int i = 0; i < n; i++) k.factors += poly_degree(&f[i]) > 0;
    return mathtext_right(text, judge, &k, p->truth.p, why);
}

/* ---- the same by rational roots */
static bool divide(poly *p, long a, long b) { /* by ax - b, if it goes */
    int       d     = poly_degree(p);
    long long carry = 0;
    poly      q     = poly_of(p->letter, 0, NULL);
    for (int i = d; i > 0; i--) {
        long long c = p->c[i].p + carry;
        if (c % a) return false;
        q.c[i - 1].p = c / a;
        carry        = c / a * b;
    }
    if (p->c[0].p + carry) return false;
    *p = q;
    return true;
}

static bool root(poly *p, product *out) {
    long lead = labs((long)p->c[poly_degree(p)].p), last = labs((long)p->c[0].p);
    for (long a = 1; a <= lead; a++)
        for (long b = 1; b <= last && lead % a == 0; b++) {
            if (last % b || alg_gcd(a, b) != 1) continue;
            for (int s = -1; s <= 1; s += 2)
                if (divide(p, a, s * b)) {
                    add(out, p->letter, -s * b, a);
                    return true;
                }
        }
    return false;
}

static bool solve(const problem *p, str *truth, char why[96]) {
    const char *s, *e;
    size_t      n, len;
    poly        v;
    if (!alg_understood(p, &s, &n, why)) return false;
    if (!alg_between(s, n, "factor ", NULL, &e, &len) || !poly_read(e, len, &v, NULL) || !poly_degree(&v) || !whole(&v))
        return alg_not("a polynomial to factor", s, why);
    for (int i = 0; i <= POLY_DEGREE; i++) /* the roots are found by trying */
        if (llabs(v.c[i].p) > 20000) return alg_not("a polynomial with small coefficients", s, why);
    product out    = {.c = content(&v) * (v.c[poly_degree(&v)].p < 0 ? -1 : 1)};
    char    letter = v.letter;
    for (int i = 0; i <= POLY_DEGREE; i++) v.c[i].p /= out.c;
    while (!v.c[0].p) {
        for (int i = 0; i < POLY_DEGREE; i++) v.c[i] = v.c[i + 1];
        v.c[POLY_DEGREE] = (ratio){0, 1};
        out.k++;
    }
    while (poly_degree(&v) > 0 && root(&v, &out)) v.letter = letter;
    if (poly_degree(&v) > 0) out.f[out.n++] = v;
    sort(&out);
    print(truth, &out, letter);
    return true;
}

const family fam_factor_poly = {.name   = "factor_poly",
                                .field  = "education",
                                .about  = "polynomials as products: common factors, trinomials, squares, pairs",
                                .levels = 10,
                                .make   = make,
                                .right  = right,
                                .solve  = solve};
