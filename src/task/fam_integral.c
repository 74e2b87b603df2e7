/* fam_integral.c -- integrals of polynomials.
 *
 * Levels: 1 two terms, whole coefficients; 2 three terms; 3 higher powers; 4 fractions appear; 5 definite from 0; 6
 * definite, cubics; 7 limits left of 0; 8 a product of two brackets; 9 long polynomials with fractions; 10 definite
 * with fractions, products.
 *
 * Work divides each coefficient by the new power. The check differentiates back. A definite integral is checked without
 * the antiderivative: Simpson's rule is exact for cubics, so three times the integral is (b - a)/2 * (f(a) + 4f(m) +
 * f(b)). */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/alg.h"
#include "task/verify.h"
#include "task/wording.h"

typedef struct integral {
    poly given, f[2];
    bool product, definite;
    long a, b;
    char letter;
    poly anti;  /* what Work found */
    long times; /* what makes its coefficients whole, for the limits */
} integral;

/* ---- Work */
static ratio divide_term(trace *t, ratio c, int power, char letter) { /* "6x^2: 6 / 3 = 2" */
    long a = (long)c.p, n = power + 1, q = (long)c.q, rest = 0, v = a;
    poly_term(t->out, c, power, letter, true);
    str_add(t->out, ": ");
    if (trace_slips(t)) n = power ? power : 2; /* divides by the old power */
    ratio out = {a, n * q};
    if (n == 1 && q == 1) {
        str_addf(t->out, "%ld\n", a);
        return (ratio){a, 1};
    }
    if (labs(a) < n || q > 1) { /* a fraction at sight */
        ratio_make(a, n * q, &out);
        if (q > 1) str_addf(t->out, "%ld * %ld = %ld, ", q, n, q * n);
        str_addf(t->out, "%ld/%ld", a, n * q);
        if (out.q != n * q) str_addf(t->out, out.q == 1 ? " = %lld" : " = %lld/%lld", out.p, out.q);
        str_addc(t->out, '\n');
        return out;
    }
    v = digits_div(t, NULL, a, n, &rest);
    if (!rest) return (ratio){v, 1};
    ratio_make(a, n, &out);
    str_addf(t->out, "not whole, %ld/%ld", a, n);
    if (out.q != n) str_addf(t->out, " = %lld/%lld", out.p, out.q);
    str_addc(t->out, '\n');
    return out;
}

static void limits(trace *t, integral *k, fam_value *found) {
    poly g   = k->anti;
    k->times = 1;
    for (int i = 0; i <= POLY_DEGREE; i++) k->times = k->times * (long)g.c[i].q / alg_gcd(k->times, (long)g.c[i].q);
    poly times = poly_num((ratio){k->times, 1});
    t->bad |= !poly_op(&g, '*', &times, &g);
    if (k->times > 1) {
        str_addf(t->out, "times %ld: G = ", k->times);
        alg_line(t, "", &g, "\n");
    }
    const char *n = k->times > 1 ? "G" : "F";
    long        v[2];
    for (int i = 0; i < 2 && !t->bad; i++) {
        long x    = i ? k->a : k->b;
        str  head = {0};
        str_addf(&head, "%s(%ld)", n, x);
        v[i] = (long)g.c[0].p;
        if (x) {
            str_addf(t->out, "%s: ", head.p);
            v[i] = alg_horner(t, &g, x);
        }
        str_addf(t->out, "%s = %ld\n", head.p, v[i]);
        str_free(&head);
    }
    if (t->bad) return;
    long  d = v[1] ? digits_op(t, v[0], '-', v[1]) : v[0];
    ratio w;
    *found = (fam_value){d, k->times};
    if (k->times == 1 || !ratio_make(d, k->times, &w)) return;
    long gcd = k->times / (long)w.q;
    if (gcd > 1) {
        if (w.q != 1) str_addf(t->out, "%ld/%ld, divide both by %ld\n", d, k->times, gcd);
        digits_op(t, d, '/', gcd);
    }
    if (w.q != 1) str_addf(t->out, "so %lld/%lld\n", w.p, w.q);
}

static void work(trace *t, void *ctx, fam_value *found) {
    integral *k = ctx;
    poly      p = k->given;
    *found      = (fam_value){0, 1};
    if (k->product) {
        alg_raw w = {.n = 0};
        alg_cross(t, &k->f[0], &k->f[1], k->letter, &w);
        p = alg_collect(t, &w, k->letter);
        alg_so(t, &w, &p, k->letter);
    }
    k->anti = poly_of(k->letter, 0, NULL);
    for (int i = poly_degree(&p); i >= 0 && !t->bad; i--)
        if (p.c[i].p) k->anti.c[i + 1] = divide_term(t, p.c[i], i, k->letter);
    if (!k->definite && trace_slips(t)) k->anti.c[1] = (ratio){0, 1}; /* loses a term, if there is one */
    alg_line(t, "F = ", &k->anti, k->definite ? "\n" : " + C\n");
    if (k->definite && !t->bad) limits(t, k, found);
}

/* ---- Check */
static bool back_term(trace *t, ratio c, int power, ratio given, char letter, bool last) {
    poly_term(t->out, c, power, letter, true);
    str_add(t->out, ": ");
    long v = (long)c.p;
    if (power == 1) str_addf(t->out, "%ld\n", v);
    else v = digits_op(t, power, '*', v);
    if (c.q != 1 || given.q != 1) { /* v / c.q must be given: crosswise */
        str_addf(t->out, "%ld/%lld must be %lld", v, c.q, given.p);
        if (given.q != 1) str_addf(t->out, "/%lld", given.q);
        str_addc(t->out, '\n');
        long w = (long)given.p * (long)c.q;
        if (given.q != 1) v = digits_op(t, v, '*', (long)given.q);
        w = digits_op(t, (long)given.p, '*', (long)c.q);
        return v == w && !last ? true : fam_compare(t, v, w);
    }
    return v == given.p && !last ? true : fam_compare(t, v, (long)given.p);
}

static bool check_back(trace *t, const integral *k) {
    const poly *p   = &k->given;
    int         low = 0;
    str_add(t->out, "power times coefficient must give ");
    poly_put(t->out, p);
    str_addc(t->out, '\n');
    while (low < POLY_DEGREE && !p->c[low].p && !k->anti.c[low + 1].p) low++;
    for (int i = POLY_DEGREE - 1; i >= 0 && !t->bad; i--)
        if ((p->c[i].p || k->anti.c[i + 1].p) && !back_term(t, k->anti.c[i + 1], i + 1, p->c[i], k->letter, i == low))
            return false;
    return true;
}

static long value_at(trace *t, const integral *k, long x) {
    str_addf(t->out, "f(%ld): ", x);
    if (k->product) return alg_product_at(t, 1, k->f, 2, x);
    if (x && poly_degree(&k->given)) return alg_horner(t, &k->given, x);
    str_addf(t->out, "%lld\n", k->given.c[0].p);
    return (long)k->given.c[0].p;
}

static bool check_simpson(trace *t, const integral *k, const fam_value *found) {
    long m = (k->a + k->b) / 2;
    long w = (k->b - k->a) / 2, three = 3; /* 3V = (b - a)/2 * sum */
    if (w % 3 == 0) three = 1, w /= 3;
    str_addf(t->out, "by Simpson, %s must be ", three == 1 ? "the integral" : "3 times the integral");
    if (w != 1) str_addf(t->out, "%ld * ", w);
    str_addf(t->out, w == 1 ? "f(%ld) + 4f(%ld) + f(%ld)\n" : "(f(%ld) + 4f(%ld) + f(%ld))\n", k->a, m, k->b);
    long fa = value_at(t, k, k->a), fm = value_at(t, k, m), fb = value_at(t, k, k->b);
    long s = digits_op(t, 4, '*', fm);
    s      = digits_op(t, fa, '+', s);
    s      = digits_op(t, s, '+', fb);
    if (w != 1) s = digits_op(t, w, '*', s);
    if (found->w == three) return fam_compare(t, found->v, s);
    if (found->w != 1) s = digits_op(t, s, '*', found->w);
    return fam_compare(t, three == 1 ? found->v : digits_op(t, 3, '*', found->v), s);
}

static bool check_expanded(trace *t, const integral *k) { /* the product, at a number */
    poly back;
    long x = 1;
    if (!poly_derive(&k->anti, &back)) return false;
    while (x < 5 && alg_vanishes(k->f, 2, x)) x++;
    str_add(t->out, "power times coefficient gives ");
    for (int i = 0; i <= POLY_DEGREE; i++) t->bad |= back.c[i].q != 1;
    poly_put(t->out, &back);
    str_addf(t->out, "\nput %c = %ld into it and into the product\n", k->letter, x);
    alg_line(t, "", &back, ": ");
    long a = alg_horner(t, &back, x), b = alg_product_at(t, 1, k->f, 2, x);
    return fam_compare(t, a, b);
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const integral *k = ctx;
    return k->definite ? check_simpson(t, k, found) : k->product ? check_expanded(t, k) : check_back(t, k);
}

/* ---- drawing */
static long any(rng *r, int hi, int neg) {
    long v = rng_range(r, 1, hi);
    return alg_chance(r, neg) ? -v : v;
}

static void put(integral *k, int power, long c) {
    if (power <= POLY_DEGREE) k->given.c[power].p += c;
}

/* c x^power with an antiderivative of whole coefficients */
static void whole(integral *k, rng *r, int power, int hi, int neg) { put(k, power, (power + 1) * any(r, hi, neg)); }

static void two(rng *r, integral *k, int hi) {
    long a[] = {any(r, hi, 50), any(r, 5, 0)}, b[] = {any(r, hi, 50), any(r, 5, 25)};
    k->f[0]    = poly_of('x', 2, a);
    k->f[1]    = poly_of('x', 2, b);
    k->product = poly_op(&k->f[0], '*', &k->f[1], &k->given);
}

static void from_to(rng *r, integral *k, int lo, int hi) { /* the middle must be whole */
    k->definite = true;
    do {
        k->a = rng_range(r, lo, hi - 2);
        k->b = rng_range(r, (int)k->a + 2, hi);
    } while ((k->b - k->a) % 2);
}

static void draw_low(rng *r, int level, integral *k) {
    switch (level) {
    case 1:
        whole(k, r, rng_range(r, 1, 2), 9, 0);
        if (alg_chance(r, 30) && !k->given.c[1].p) whole(k, r, 1, 9, 30);
        else put(k, 0, any(r, 140, 30));
        break;
    case 2: whole(k, r, 2, 9, 20), whole(k, r, 1, 12, 50), put(k, 0, any(r, 40, 50)); break;
    case 3:
        whole(k, r, rng_range(r, 3, 5), 7, 25), whole(k, r, 2, 6, 50), whole(k, r, 1, 9, 50);
        if (alg_chance(r, 60)) put(k, 0, any(r, 40, 50));
        break;
    case 4:
        put(k, rng_range(r, 2, 4), any(r, 12, 25)), put(k, 1, any(r, 15, 50));
        if (alg_chance(r, 75)) put(k, 0, any(r, 40, 50));
        break;
    default:
        k->definite = true;
        k->b        = 2 * rng_range(r, 1, 5);
        whole(k, r, 1, 9, 10);
        if (alg_chance(r, 15) && k->b < 6) whole(k, r, 2, 3, 0);
        put(k, 0, any(r, 60, 40));
    }
}

static void draw_high(rng *r, int level, integral *k) {
    switch (level) {
    case 6:
        from_to(r, k, 0, 4);
        whole(k, r, 2, 3, 20);
        if (alg_chance(r, 60)) whole(k, r, 1, 9, 50);
        put(k, 0, any(r, 30, 50));
        break;
    case 7:
        from_to(r, k, -3, 3);
        if (alg_chance(r, 30)) whole(k, r, 3, 2, 40);
        whole(k, r, 2, 4, 40), whole(k, r, 1, 9, 50);
        if (k->b - k->a < 4) put(k, 0, any(r, 30, 50));
        break;
    case 8: two(r, k, 12); break;
    case 9:
        for (int i = 6; i >= 1; i--)
            if (alg_chance(r, 70)) put(k, i, any(r, 20, 40));
        put(k, 0, any(r, 60, 50));
        if (alg_chance(r, 50)) ratio_make(any(r, 7, 40), 2, &k->given.c[2]);
        break;
    default:
        from_to(r, k, -2, 3);
        if (alg_chance(r, 50)) two(r, k, 6);
        else put(k, 2, any(r, 10, 30)), put(k, 1, any(r, 15, 50)), put(k, 0, any(r, 20, 50));
    }
}

static void print_given(str *s, const integral *k) {
    if (!k->product) {
        poly_put(s, &k->given);
        return;
    }
    for (int i = 0; i < 2; i++) {
        str_addc(s, '(');
        poly_put(s, &k->f[i]);
        str_addc(s, ')');
    }
}

/* ---- asking */
static const char ask_free[] =
    "{4*" ALG_POLITE "{2*integrate|find the {indefinite |}integral of|compute the integral of|work out the integral of|"
    "determine {an antiderivative of|all antiderivatives of|the antiderivative of}|find the antiderivative "
    "of|calculate "
    "the {indefinite |}integral of} [{the {function|polynomial} |this: |2*}][{f(<v>) = |3*}]<e>"
    "[{ with respect to <v>|2*}]" ALG_END
    "|3*{what is|what's|can you find|do you know} the {indefinite integral|integral|antiderivative} of "
    "[{f(<v>) = |2*}]<e>[ with respect to <v>]{4*?|}"
    "|3*{compute |evaluate |find |}[the integral ]\xe2\x88\xab <b> d<v>[{?|.| =|, please}]"
    "|2*{let|given|if} {f(<v>)|g(<v>)} = <e>{, |. }{find|determine|what is} {its|the} {antiderivative|indefinite "
    "integral}{?|.|}"
    "|{which function has the derivative <e>?|what has the derivative <e>?|undo the derivative: which functions have "
    "the "
    "slope <e>?|the derivative is <e>. what is the function?}}";
static const char ask_between[] =
    "{4*" ALG_POLITE "{2*integrate|find the {definite |}integral of|compute the integral of|work out the {definite |}"
    "integral of|calculate the integral of} [{the {function|polynomial} |2*}][{f(<v>) = |3*}]<e> "
    "{3*from [<v> = ]<x> to <y>|between <x> and <y>|over \\[<x>, <y>\\]|from <x> up to <y>}" ALG_END
    "|3*{what is|what's|can you find} the {definite |}integral of [{f(<v>) = |2*}]<e> {from <x> to <y>|between <x> and "
    "<y>|from [<v> = ]<x> to [<v> = ]<y>}{4*?|}"
    "|2*{compute |evaluate |find |}[the integral ]\xe2\x88\xab <b> d<v> {from <x> to <y>|, <v> from <x> to <y>}[{?|.}]"
    "|2*{let|given|if} {f(<v>)|g(<v>)} = <e>{, |. }{find|determine|what is} {its|the} [definite ]integral from <x> to "
    "<y>{?|.|}"
    "|{what is the signed area under <e> from <v> = <x> to <v> = <y>?|find the signed area between <e> and the axis "
    "from "
    "<x> to <y>}}";

static void ask(problem *p, rng *r, const integral *k, const char *canonical) {
    str  typed = {0}, x = {0}, y = {0}, b = {0};
    char v[2] = {k->letter, 0};
    alg_typed(&typed, r, canonical);
    digits_num(&x, k->a);
    digits_num(&y, k->b);
    bool bracket = !k->product && poly_terms(&k->given) > 1 && alg_chance(r, 60);
    str_addf(&b, bracket ? "(%s)" : "%s", typed.p);
    wording_ask(&p->question, r, k->definite ? ask_between : ask_free,
                (word_slot[]){{"e", typed.p}, {"v", v}, {"x", x.p}, {"y", y.p}, {"b", b.p}, {0}});
    str_free(&typed);
    str_free(&x);
    str_free(&y);
    str_free(&b);
}

static void put_ratio(str *s, long a, long b) {
    ratio v;
    if (!ratio_make(a, b, &v)) return;
    str_addf(s, v.q == 1 ? "%lld" : "%lld/%lld", v.p, v.q);
}

static void make(rng *r, int level, problem *p) {
    integral k;
    str      c = {0};
    bool     ok;
    do {
        k = (integral){.given = poly_of('x', 0, NULL), .letter = 'x'};
        if (level <= 5) draw_low(r, level, &k);
        else draw_high(r, level, &k);
        ok = poly_degree(&k.given) >= 1;
    } while (!ok);
    p->level = level;
    str_add(&p->key, "integral:");
    print_given(&p->key, &k);
    if (k.definite) str_addf(&p->key, " from %ld to %ld", k.a, k.b);
    k.letter = k.given.letter = k.f[0].letter = k.f[1].letter = alg_letter(r);
    print_given(&c, &k);
    ask(p, r, &k, c.p);
    str_addf(&p->reasoning, "Understand: integral of %s", c.p);
    if (k.definite) str_addf(&p->reasoning, " from %ld to %ld", k.a, k.b);
    str_addf(&p->reasoning, "\nPlan: %sdivide each term by its new power%s\n", k.product ? "multiply out, " : "",
             k.definite ? ", upper limit minus lower limit" : ", add C");
    fam_value         f      = fam_work(p, r, &(fam_phases){work, check, &k});
    static const char said[] = "{The integral is **<t>**.|It is **<t>**.|**<t>**|An antiderivative with its constant: "
                               "**<t>**|F(<v>) = **<t>**|The antiderivative of <e> is **<t>**.}";
    static const char said_at[] = "{The integral is **<t>**.|It is **<t>**.|The integral from <x> to <y> is **<t>**.|"
                                  "Between the limits it is **<t>**.}";
    if (k.definite) {
        put_ratio(&p->truth, f.v, f.w);
    } else {
        poly_put(&p->truth, &k.anti);
        str_add(&p->truth, " + C");
    }
    char v[2] = {k.letter, 0}, x[24], y[24];
    snprintf(x, sizeof x, "%ld", k.a);
    snprintf(y, sizeof y, "%ld", k.b);
    wording_put(&p->answer, r, k.definite ? said_at : said,
                (word_slot[]){{"t", p->truth.p}, {"v", v}, {"e", c.p}, {"x", x}, {"y", y}, {0}});
    str_free(&c);
}

/* ---- answers */
typedef struct anti_truth {
    poly truth, given;
    bool has_given;
} anti_truth;

/* Without a constant of integration at its end or its beginning; false if there is none. */
static bool strip_constant(const char *s, char letter, str *out) {
    size_t n = strlen(s), i;
    while (n && s[n - 1] == ' ') n--;
    if (n > 1 && isalpha((unsigned char)s[n - 1]) && s[n - 1] != letter && strchr("+- ", s[n - 2])) {
        i = n - 1;
        while (i && s[i - 1] == ' ') i--;
        if (i && strchr("+-", s[i - 1])) {
            str_addn(out, s, i - 1);
            return out->len > 0;
        }
    }
    if (isalpha((unsigned char)*s) && *s != letter && !isalnum((unsigned char)s[1]) && strspn(s + 1, " ") < n) {
        i = 1 + strspn(s + 1, " ");
        if (s[i] == '+' || s[i] == '-') {
            str_add(out, s + i);
            return true;
        }
    }
    return false;
}

static math_kind judge(void *ctx, const char *run) {
    const anti_truth *k     = ctx;
    const char       *value = mathtext_value(run);
    str               s     = {0};
    poly              p;
    math_kind         kind = MATH_NOTHING;
    if (strip_constant(value, k->truth.letter, &s) && poly_read(s.p, s.len, &p, NULL)) {
        p.c[0] = (ratio){0, 1}; /* a number more is part of the constant */
        kind   = poly_eq(&p, &k->truth) ? MATH_RIGHT : MATH_WRONG;
    } else if (value[0] && value[1] && poly_read(value, strlen(value), &p, NULL) && poly_degree(&p) &&
               p.letter == k->truth.letter && !(k->has_given && poly_eq(&p, &k->given))) {
        kind = MATH_WRONG; /* no constant */
    }
    str_free(&s);
    return kind;
}

static bool right_free(const problem *p, const char *text, const char *given, char why[96]) {
    anti_truth  k = {.has_given = given != NULL};
    size_t      n = strcspn(p->truth.p, "C");
    str         s = {0};
    const char *c;
    if (n < 4 || !poly_read(p->truth.p, n - 3, &k.truth, NULL)) return alg_not("an antiderivative", p->truth.p, why);
    if (given) k.has_given = poly_read(given, strlen(given), &k.given, NULL);
    for (const char *from = text; *from; from = c ? c : "") { /* "+ constant", "+ const" */
        c = strstr(from, "onst");
        if (!c) str_add(&s, from);
        else {
            str_addn(&s, from, (size_t)(c - from));
            const char *e    = c + (str_starts(c, "onstant") ? 7 : 4);
            bool        plus = c - text >= 3 && (c[-3] == '+' || (c[-2] == '+' && c[-1] != ' '));
            if (!plus) str_addn(&s, c, (size_t)(e - c));
            c = e;
        }
    }
    bool ok = mathtext_right(s.p ? s.p : "", judge, &k, p->truth.p, why);
    str_free(&s);
    return ok;
}

static bool right(const problem *p, const char *text, char why[96]) {
    str  s = {0};
    bool ok;
    if (verify_echo(p->question.p, text, why)) return false;
    if (strchr(p->truth.p, 'C')) {
        bool given = alg_given(p->question.p, &s);
        ok         = right_free(p, text, given ? s.p : NULL, why);
        str_free(&s);
        return ok;
    }
    return alg_right_number(text, p->truth.p, p->question.p, why);
}

static bool integer(const char *s, size_t n, ratio *v) {
    poly p;
    if (!poly_read(s, n, &p, NULL) || poly_degree(&p)) return false;
    *v = p.c[0];
    return true;
}

static bool solve(const problem *p, str *truth, char why[96]) {
    static const char of[] = "integral of ";
    const char       *s, *e, *x, *y;
    size_t            n, len, nx, ny;
    poly              v, f;
    ratio             a, b, fa, fb, d;
    if (!alg_understood(p, &s, &n, why)) return false;
    bool definite = alg_between(s, n, of, " from ", &e, &len), ok = definite || alg_between(s, n, of, NULL, &e, &len);
    if (!ok || !poly_read(e, len, &v, NULL) || !poly_integrate(&v, &f))
        return alg_not("a polynomial to integrate", s, why);
    if (!definite) {
        poly_put(truth, &f);
        str_add(truth, " + C");
        return true;
    }
    const char *rest = e + len;
    size_t      left = n - (size_t)(rest - s);
    if (!alg_between(rest, left, " from ", " to ", &x, &nx) || !alg_between(rest, left, " to ", NULL, &y, &ny) ||
        !integer(x, nx, &a) || !integer(y, ny, &b) || !poly_at(&f, a, &fa) || !poly_at(&f, b, &fb) ||
        !ratio_op(fb, '-', fa, &d))
        return alg_not("limits of an integral", s, why);
    str_addf(truth, d.q == 1 ? "%lld" : "%lld/%lld", d.p, d.q);
    return true;
}

const family fam_integral = {.name   = "integral",
                             .field  = "education",
                             .about  = "integrals of polynomials, with and without limits",
                             .levels = 10,
                             .make   = make,
                             .right  = right,
                             .solve  = solve};
