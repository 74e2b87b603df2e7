/* poly.c -- see poly.h. A recursive-descent reader:
 *   sum = [sign] product {sign product}     product = factor {(*|/) factor | factor that touches}
 *   factor = [sign] base [^ whole]          base = number | letter | ( sum ) | \frac{sum}{sum}
 * "1/2x" is (1/2)x: from left to right, the only reading that is a polynomial. */
#include <ctype.h>
#include <string.h>
#include "task/poly.h"

/* ---- values */
poly poly_num(ratio v) {
    poly p = {0};
    for (int i = 0; i <= POLY_DEGREE; i++) p.c[i].q = 1;
    p.c[0] = v;
    return p;
}

poly poly_of(char letter, int n, const long *c) {
    poly p   = poly_num((ratio){0, 1});
    p.letter = letter;
    for (int i = 0; i < n && i <= POLY_DEGREE; i++) p.c[i].p = c[i];
    return p;
}

int poly_degree(const poly *p) {
    int d = POLY_DEGREE;
    while (d && !p->c[d].p) d--;
    return d;
}

int poly_terms(const poly *p) {
    int n = 0;
    for (int i = 0; i <= POLY_DEGREE; i++) n += p->c[i].p != 0;
    return n;
}

bool poly_eq(const poly *a, const poly *b) {
    if (poly_degree(a) && poly_degree(b) && a->letter != b->letter) return false;
    for (int i = 0; i <= POLY_DEGREE; i++)
        if (!ratio_eq(a->c[i], b->c[i])) return false;
    return true;
}

static bool multiply(const poly *a, const poly *b, poly *out) {
    poly p = poly_num((ratio){0, 1});
    for (int i = 0; i <= POLY_DEGREE; i++)
        for (int j = 0; a->c[i].p && j <= POLY_DEGREE; j++) {
            ratio t;
            if (!b->c[j].p) continue;
            if (i + j > POLY_DEGREE || !ratio_op(a->c[i], '*', b->c[j], &t) ||
                !ratio_op(p.c[i + j], '+', t, &p.c[i + j]))
                return false;
        }
    *out = p;
    return true;
}

bool poly_op(const poly *a, char op, const poly *b, poly *out) {
    char letter = a->letter ? a->letter : b->letter;
    poly p;
    if (a->letter && b->letter && a->letter != b->letter) return false;
    if (op == '*') {
        if (!multiply(a, b, &p)) return false;
    } else if (op == '/') {
        if (poly_degree(b)) return false;
        for (int i = 0; i <= POLY_DEGREE; i++)
            if (!ratio_op(a->c[i], '/', b->c[0], &p.c[i])) return false;
    } else {
        for (int i = 0; i <= POLY_DEGREE; i++)
            if (!ratio_op(a->c[i], op, b->c[i], &p.c[i])) return false;
    }
    p.letter = letter;
    *out     = p;
    return true;
}

bool poly_derive(const poly *p, poly *out) {
    poly d   = poly_num((ratio){0, 1});
    d.letter = p->letter;
    for (int i = 1; i <= POLY_DEGREE; i++)
        if (!ratio_op(p->c[i], '*', (ratio){i, 1}, &d.c[i - 1])) return false;
    *out = d;
    return true;
}

bool poly_integrate(const poly *p, poly *out) {
    poly d   = poly_num((ratio){0, 1});
    d.letter = p->letter;
    if (p->c[POLY_DEGREE].p) return false;
    for (int i = 0; i < POLY_DEGREE; i++)
        if (!ratio_op(p->c[i], '/', (ratio){i + 1, 1}, &d.c[i + 1])) return false;
    *out = d;
    return true;
}

bool poly_at(const poly *p, ratio x, ratio *out) {
    ratio v = {0, 1};
    for (int i = poly_degree(p); i >= 0; i--)
        if (!ratio_op(v, '*', x, &v) || !ratio_op(v, '+', p->c[i], &v)) return false;
    *out = v;
    return true;
}

/* ---- printing */
void poly_term(str *s, ratio c, int power, char letter, bool first) {
    unsigned long long a = c.p < 0 ? 0ull - (unsigned long long)c.p : (unsigned long long)c.p;
    if (first) str_add(s, c.p < 0 ? "-" : "");
    else str_add(s, c.p < 0 ? " - " : " + ");
    if (a != 1 || !power) str_addf(s, "%llu", a);
    if (power) str_addc(s, letter ? letter : 'x');
    if (power > 1) str_addf(s, "^%d", power);
    if (c.q != 1) str_addf(s, "/%lld", c.q);
}

void poly_put(str *s, const poly *p) {
    bool first = true;
    for (int i = POLY_DEGREE; i >= 0; i--) {
        if (!p->c[i].p) continue;
        poly_term(s, p->c[i], i, p->letter, first);
        first = false;
    }
    if (first) str_addc(s, '0');
}

/* ---- reading */
typedef struct reader {
    const char *p, *end;
    int         depth;
    bool        letters; /* the bracket that was read last holds the letter */
    poly_shape  shape;
} reader;

static bool sum(reader *r, poly *out, bool top);

static bool ahead(const reader *r, const char *s) {
    size_t n = strlen(s);
    return (size_t)(r->end - r->p) >= n && !memcmp(r->p, s, n);
}

static bool eat(reader *r, const char *s) {
    bool yes = ahead(r, s);
    if (yes) r->p += strlen(s);
    return yes;
}

static void skip(reader *r) {
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\t')) r->p++;
}

static bool minus(reader *r) { return eat(r, "-") || eat(r, "\xe2\x88\x92") || eat(r, "\xe2\x80\x93"); }

static bool whole(reader *r, long long *v, int *digits) {
    *v = *digits = 0;
    while (r->p < r->end && isdigit((unsigned char)*r->p)) {
        if (++*digits > 15) return false;
        *v = *v * 10 + (*r->p++ - '0');
    }
    return *digits > 0;
}

static bool number(reader *r, poly *out) {
    long long a, f;
    int       n, k;
    ratio     v, w;
    if (!whole(r, &a, &n)) return false;
    v = (ratio){a, 1};
    if (r->end - r->p > 1 && *r->p == '.' && isdigit((unsigned char)r->p[1])) {
        r->p++;
        if (!whole(r, &f, &k)) return false;
        long long scale = 1;
        while (k--) scale *= 10;
        if (!ratio_make(f, scale, &w) || !ratio_op(v, '+', w, &v)) return false;
    }
    *out = poly_num(v);
    return true;
}

/* ^2, **2, ^{2}, ^(2), raised digits; 1 where there is none. */
static bool exponent(reader *r, int *e) {
    static const char *const raised[] = {"\xe2\x81\xb0", "\xc2\xb9",     "\xc2\xb2",     "\xc2\xb3",
                                         "\xe2\x81\xb4", "\xe2\x81\xb5", "\xe2\x81\xb6", "\xe2\x81\xb7",
                                         "\xe2\x81\xb8", "\xe2\x81\xb9"};
    long long                v;
    int                      n;
    const char              *from = r->p;
    *e                            = 1;
    for (int i = 0; i < 10; i++)
        if (eat(r, raised[i])) {
            *e = i;
            return true;
        }
    skip(r);
    if (!eat(r, "^") && !eat(r, "**")) {
        r->p = from;
        return true;
    }
    skip(r);
    bool brace = eat(r, "{"), bracket = !brace && eat(r, "(");
    if (!whole(r, &v, &n) || v > POLY_DEGREE || (brace && !eat(r, "}")) || (bracket && !eat(r, ")"))) return false;
    *e = (int)v;
    return true;
}

static bool raise_to(poly *p, int e) {
    poly one = poly_num((ratio){1, 1}), base = *p;
    one.letter = base.letter;
    for (*p = one; e > 0; e--)
        if (!poly_op(p, '*', &base, p)) return false;
    return true;
}

static bool enclosed(reader *r, const char *close, poly *out) {
    if (++r->depth > 20 || !sum(r, out, false)) return false;
    r->depth--;
    skip(r);
    return eat(r, close);
}

/* base and exponent apart, for poly_factors */
static bool base_of(reader *r, poly *out, int *e) {
    bool bracket = false;
    skip(r);
    if (r->p >= r->end) return false;
    if (eat(r, "\\frac{") || eat(r, "\\dfrac{") || eat(r, "\\tfrac{")) {
        poly d;
        if (!enclosed(r, "}", out) || !eat(r, "{") || !enclosed(r, "}", &d) || !poly_op(out, '/', &d, out))
            return false;
    } else if (eat(r, "\\left(")) {
        if (!enclosed(r, "\\right)", out)) return false;
        bracket = true;
    } else if (eat(r, "(")) {
        if (!enclosed(r, ")", out)) return false;
        bracket = true;
    } else if (isdigit((unsigned char)*r->p)) {
        if (!number(r, out)) return false;
    } else if (isalpha((unsigned char)*r->p)) {
        static const long x[] = {0, 1};
        *out                  = poly_of((char)tolower((unsigned char)*r->p++), 2, x);
    } else {
        return false;
    }
    if (bracket && out->letter) r->shape.brackets = true;
    return exponent(r, e);
}

static bool factor(reader *r, poly *out) {
    int e;
    skip(r);
    if (minus(r)) {
        static const long m[] = {-1};
        poly              neg = poly_of(0, 1, m);
        if (++r->depth > 20 || !factor(r, out)) return false;
        r->depth--;
        return poly_op(out, '*', &neg, out);
    }
    eat(r, "+");
    return base_of(r, out, &e) && raise_to(out, e);
}

/* The operator between two factors, 0 where the product ends; touching factors are multiplied. */
static char between(reader *r) {
    skip(r);
    if (r->p >= r->end) return 0;
    if (eat(r, "*") || eat(r, "\xc3\x97") || eat(r, "\xc2\xb7") || eat(r, "\xe2\x8b\x85") || eat(r, "\\cdot") ||
        eat(r, "\\times"))
        return '*';
    if (eat(r, "/") || eat(r, "\xc3\xb7")) return '/';
    if (isalpha((unsigned char)*r->p) || *r->p == '(') return '*';
    return ahead(r, "\\left(") || ahead(r, "\\frac{") || ahead(r, "\\dfrac{") || ahead(r, "\\tfrac{") ? '*' : 0;
}

static bool product(reader *r, poly *out) {
    poly b;
    if (!factor(r, out)) return false;
    for (char op; (op = between(r));)
        if (!factor(r, &b) || !poly_op(out, op, &b, out)) return false;
    return true;
}

static bool sum(reader *r, poly *out, bool top) {
    poly b;
    if (!product(r, out)) return false;
    if (top) r->shape.terms = 1;
    for (;;) {
        skip(r);
        bool neg = minus(r);
        if (!neg && !eat(r, "+")) return true;
        if (!product(r, &b) || !poly_op(out, neg ? '-' : '+', &b, out)) return false;
        if (top) r->shape.terms++;
    }
}

bool poly_read(const char *s, size_t n, poly *out, poly_shape *shape) {
    reader r = {.p = s, .end = s + n};
    poly   p;
    if (!sum(&r, &p, true)) return false;
    skip(&r);
    if (r.p != r.end) return false;
    if (shape) *shape = r.shape;
    *out = p;
    return true;
}

int poly_factors(const char *s, size_t n, poly out[POLY_FACTORS]) {
    reader r = {.p = s, .end = s + n};
    int    k = 0;
    skip(&r);
    if (minus(&r)) {
        static const long m[] = {-1};
        out[k++]              = poly_of(0, 1, m);
    }
    for (bool first = true;; first = false) {
        poly f;
        int  e;
        char op = first ? '*' : between(&r);
        skip(&r);
        if (!op) return r.p == r.end ? k : 0;
        if (op != '*' || !base_of(&r, &f, &e)) return 0;
        while (e-- > 0) {
            if (k == POLY_FACTORS) return 0;
            out[k++] = f;
        }
    }
}
