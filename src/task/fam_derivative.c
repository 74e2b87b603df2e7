/* fam_derivative.c -- derivatives of polynomials.
 *
 * Levels: 1 ax^2 + bx; 2 with a constant and signs; 3 cubics; 4 degree 4 and 5; 5 the slope of a quadratic at a point;
 * 6 of a cubic, also left of 0; 7 a product of two brackets; 8 the second derivative; 9 five terms, powers to 7,
 * fractions in front; 10 a product at a point, the second derivative at a point.
 *
 * Work takes the terms one by one: power times coefficient. The check goes back: coefficient by power must be what
 * was given; a value is worked out once more from inside to outside. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/alg.h"
#include "task/verify.h"
#include "task/wording.h"

enum { ORDERS = 2 };
typedef struct deriv {
    poly given; /* without brackets */
    poly f[2];  /* or as a product */
    bool product, at;
    int  order;
    long x;
    char letter;
    poly d[ORDERS + 1]; /* what Work found: d[0] the polynomial, d[1] its derivative, ... */
    long value;
} deriv;

/* ---- Work */
static void name_term(trace *t, ratio c, int power, char letter) {
    poly_term(t->out, c, power, letter, true);
    str_add(t->out, ": ");
}

/* "5x^3: 3 * 5 = 15" */
static long bring_down(trace *t, ratio c, int power, char letter) {
    long a = (long)c.p, q = (long)c.q, v = a;
    name_term(t, c, power, letter);
    if (power == 1 || labs(a) == 1) {
        v = a * power;
        if (trace_slips(t)) v = a * (power > 1 ? power - 1 : power + 1); /* takes the wrong power */
        str_addf(t->out, "%ld\n", v);
    } else {
        v = digits_op(t, power, '*', a);
    }
    if (q == 1) return v;
    if (v % q) t->bad = true;
    return t->bad ? 0 : digits_op(t, v, '/', q);
}

static poly derive(trace *t, const poly *p, const char *name) {
    poly d = poly_of(p->letter, 0, NULL);
    for (int i = poly_degree(p); i >= 0 && !t->bad; i--) {
        if (!p->c[i].p) continue;
        if (i) {
            d.c[i - 1].p = bring_down(t, p->c[i], i, p->letter);
        } else {
            name_term(t, p->c[0], 0, p->letter);
            long c = trace_slips(t) ? (long)p->c[0].p : 0; /* forgets that a constant has none */
            str_addf(t->out, "%ld\n", c);
            if (c) t->bad |= !ratio_op(d.c[0], '+', (ratio){c, 1}, &d.c[0]);
        }
    }
    str_add(t->out, name);
    alg_line(t, " = ", &d, "\n");
    return d;
}

static void work(trace *t, void *ctx, fam_value *found) {
    deriv *k = ctx;
    *found   = (fam_value){0, 0};
    k->d[0]  = k->given;
    if (k->product) {
        alg_raw w = {.n = 0};
        alg_cross(t, &k->f[0], &k->f[1], k->letter, &w);
        k->d[0] = alg_collect(t, &w, k->letter);
        alg_so(t, &w, &k->d[0], k->letter);
    }
    for (int i = 1; i <= k->order && !t->bad; i++) k->d[i] = derive(t, &k->d[i - 1], i == 1 ? "f'" : "f''");
    if (!k->at || t->bad) return;
    const poly *d    = &k->d[k->order];
    str         head = {0};
    str_add(&head, k->order == 1 ? "f'(" : "f''(");
    str_addf(&head, "%ld)", k->x);
    str_addf(t->out, "%s = ", head.p);
    alg_put_in(t->out, d, k->x);
    str_addc(t->out, '\n');
    k->value = poly_degree(d) ? alg_powers(t, d, k->x, head.p) : (long)d->c[0].p;
    found->v = k->value;
    str_free(&head);
}

/* ---- Check */
static bool same(trace *t, long a, long b, bool last) { /* says only what is wrong, and the last thing that is right */
    if (a == b && !last) return true;
    return fam_compare(t, a, b);
}

static bool back_term(trace *t, ratio c, int power, ratio given, char letter, bool last) {
    long v = (long)c.p, q = (long)given.q, rest = 0;
    name_term(t, c, power - 1, letter);
    if (q != 1) { /* v * q must be power * given */
        v = digits_op(t, v, '*', q);
        name_term(t, given, power, letter);
        long w = digits_op(t, power, '*', (long)given.p);
        return same(t, v, w, last);
    }
    if (power == 1) str_addf(t->out, "%ld\n", v);
    else v = digits_div(t, NULL, v, power, &rest);
    if (!rest) return same(t, v, (long)given.p, last);
    str_addf(t->out, "%ld rest %ld is not %lld, wrong\n", v, rest, given.p);
    return false;
}

static bool check_back(trace *t, const poly *d, const poly *given, bool final) {
    str_add(t->out, "divide by the powers to go back to ");
    poly_put(t->out, given);
    str_addc(t->out, '\n');
    int low = 0;
    while (low < POLY_DEGREE && !d->c[low].p && !given->c[low + 1].p) low++;
    for (int i = POLY_DEGREE - 1; i >= 0 && !t->bad; i--) {
        if (!d->c[i].p && !given->c[i + 1].p) continue;
        if (!back_term(t, d->c[i], i + 1, given->c[i + 1], d->letter, final && i == low)) return false;
    }
    return true;
}

/* (f(x + 1) - f(x - 1)) / 2 is the slope of a parabola at x. */
static bool check_chord(trace *t, const deriv *k) {
    char one[32];
    str_add(t->out, "twice the slope of a parabola is the difference of its neighbours\n");
    snprintf(one, sizeof one, "f(%ld): ", k->x + 1);
    str_add(t->out, one);
    long a = alg_horner(t, &k->given, k->x + 1);
    snprintf(one, sizeof one, "f(%ld): ", k->x - 1);
    str_add(t->out, one);
    long b = k->x == 1 ? (long)k->given.c[0].p : alg_horner(t, &k->given, k->x - 1);
    if (k->x == 1) str_addf(t->out, "%ld\n", b);
    long c = digits_op(t, a, '-', b);
    return fam_compare(t, digits_op(t, 2, '*', k->value), c);
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    deriv *k = ctx;
    if (k->at && !k->product && poly_degree(&k->given) == 2) return check_chord(t, k);
    if (k->product) {
        long x = 1, v;
        while (x < 5 && alg_vanishes(k->f, 2, x)) x++;
        str_addf(t->out, "put %c = %ld into the product: ", k->letter, x);
        v = alg_product_at(t, 1, k->f, 2, x);
        alg_line(t, "", &k->d[0], ": ");
        long w = alg_horner(t, &k->d[0], x);
        if (v != w) return fam_compare(t, v, w);
    }
    for (int i = 1; i <= k->order && !t->bad; i++)
        if (!check_back(t, &k->d[i], &k->d[i - 1], i == k->order && !k->at)) return false;
    if (!k->at || t->bad) return true;
    const poly *d = &k->d[k->order];
    alg_line(t, "from inside to outside in ", d, ":\n");
    return fam_compare(t, alg_horner(t, d, k->x), found->v);
}

/* ---- drawing */
static long any(rng *r, int hi, int neg) {
    long v = rng_range(r, 1, hi);
    return alg_chance(r, neg) ? -v : v;
}

static void put(deriv *k, int power, long c, long q) {
    poly  term = poly_of('x', 0, NULL);
    ratio v    = {0, 1};
    if (ratio_make(c, q, &v)) term.c[power] = v;
    poly_op(&k->given, '+', &term, &k->given);
}

static void two(rng *r, deriv *k, int degree) {
    long a[]   = {any(r, 9, 50), any(r, degree == 3 ? 3 : 6, 0)},
         b[]   = {any(r, 9, 50), any(r, degree == 3 ? 6 : 9, 40), any(r, degree == 3 ? 4 : 6, 0)};
    k->f[0]    = poly_of('x', 2, a);
    k->f[1]    = poly_of('x', degree, b);
    k->product = poly_op(&k->f[0], '*', &k->f[1], &k->given);
}

static void draw_high(rng *r, int level, deriv *k) {
    switch (level) {
    case 6:
        k->at = true, k->x = any(r, 5, 40);
        put(k, 3, any(r, 5, 30), 1), put(k, 2, any(r, 9, 50), 1), put(k, 1, any(r, 20, 50), 1);
        if (alg_chance(r, 60)) put(k, 0, any(r, 30, 50), 1);
        break;
    case 7: two(r, k, 2); break;
    case 8:
        k->order = 2;
        put(k, rng_range(r, 3, 5), any(r, 9, 30), 1), put(k, 2, any(r, 12, 50), 1);
        if (alg_chance(r, 70)) put(k, 1, any(r, 30, 50), 1);
        if (alg_chance(r, 50)) put(k, 0, any(r, 30, 50), 1);
        break;
    case 9:
        for (int i = 7; i >= 2; i--)
            if (alg_chance(r, 65)) put(k, i, alg_chance(r, 35) ? (alg_chance(r, 50) ? 1 : 3) : any(r, 15, 40), 1);
        for (int i = 7; i >= 2; i--) /* x^4/4, 3x^2/2, 2x^6/3 */
            if (k->given.c[i].p && alg_chance(r, 35) && (i % 2 == 0 || i % 3 == 0))
                ratio_make(k->given.c[i].p, i % 2 ? 3 : alg_chance(r, 50) ? 2 : i, &k->given.c[i]);
        put(k, 1, any(r, 40, 50), 1), put(k, 0, any(r, 60, 50), 1);
        break;
    default:
        k->at = true, k->x = any(r, 3, 40);
        if (alg_chance(r, 60)) {
            two(r, k, 3);
        } else {
            k->order = 2;
            put(k, 4, any(r, 5, 30), 1), put(k, 3, any(r, 6, 50), 1), put(k, 2, any(r, 9, 50), 1);
            put(k, 1, any(r, 20, 50), 1);
        }
    }
}

static void draw(rng *r, int level, deriv *k) {
    *k = (deriv){.given = poly_of('x', 0, NULL), .order = 1, .letter = 'x'};
    switch (level) {
    case 1:
        if (alg_chance(r, 15)) put(k, rng_range(r, 2, 9), any(r, 12, 0), 1);
        else put(k, 2, any(r, 20, 0), 1), put(k, alg_chance(r, 70) ? 1 : 0, any(r, 99, 20), 1);
        break;
    case 2: put(k, 2, any(r, 30, 30), 1), put(k, 1, any(r, 30, 50), 1), put(k, 0, any(r, 50, 50), 1); break;
    case 3:
        put(k, 3, any(r, 12, 20), 1), put(k, 2, any(r, 12, 50), 1);
        if (alg_chance(r, 60)) put(k, 1, any(r, 20, 50), 1);
        if (alg_chance(r, 60)) put(k, 0, any(r, 30, 50), 1);
        break;
    case 4:
        put(k, rng_range(r, 4, 5), any(r, 12, 25), 1), put(k, rng_range(r, 2, 3), any(r, 15, 50), 1);
        put(k, 1, any(r, 30, 50), 1), put(k, 0, any(r, 30, 50), 1);
        break;
    case 5:
        k->at = true, k->x = any(r, 9, 20);
        put(k, 2, any(r, 9, 25), 1), put(k, 1, any(r, 20, 50), 1);
        if (alg_chance(r, 60)) put(k, 0, any(r, 30, 50), 1);
        break;
    default: draw_high(r, level, k);
    }
}

/* ---- asking */
static const char ask_first[] =
    "{4*" ALG_POLITE
    "{3*differentiate|2*find the derivative of|take the derivative of|compute the derivative of|work out "
    "the derivative of|derive|determine the first derivative of|get the derivative of|calculate the derivative of} "
    "[{the {function|polynomial} |this: |}][{f(<v>) = |y = |3*}]<e>[{ with respect to <v>| for <v>|2*}]" ALG_END
    "|3*{what is|what's|can you tell me|do you know} {the derivative of|the first derivative of|d/d<v> of} "
    "[{f(<v>) = |y = |2*}]<e>[ with respect to <v>]{4*?|}"
    "|2*{let|given|if|suppose} {f(<v>)|g(<v>)|y} = <e>{, |. }{what is|find|compute|determine|calculate} {its|the} "
    "derivative{?|.|}"
    "|{d/d<v> <e>|d/d<v> of <e> = ?|(<e>)' = ?|derivative of <e>[ please]|<e>, derivative[ please]?|<e> "
    "differentiated[?]}}";
static const char ask_second[] =
    "{4*" ALG_POLITE "{find|compute|determine|work out|calculate|give me|get} the second derivative of "
    "[{the {function|polynomial} |}][{f(<v>) = |y = |2*}]<e>" ALG_END
    "|3*{what is|what's|can you find} the second derivative of [{f(<v>) = |y = |2*}]<e>{4*?|}"
    "|2*{let|given|if|suppose} {f(<v>)|g(<v>)|y} = <e>{, |. }{what is|find|compute|determine} {the|its} second "
    "derivative{?|}"
    "|" ALG_POLITE "differentiate [{the function |}]<e> {twice|two times}" ALG_END
    "|{second derivative of <e>[?]|<e>, second derivative[?]}}";
static const char ask_at[] =
    "{4*" ALG_POLITE "{find|compute|determine|work out|calculate|get} the {2*<o>derivative|<s>} of "
    "[{the {function|polynomial} |}][{f(<v>) = |y = |2*}]<e> {at|2*at <v> =|when <v> =|for <v> =|where <v> =} "
    "<x>" ALG_END "|3*{what is|what's|can you find|how large is} the {<o>derivative|<s>} of [{f(<v>) = |y = |2*}]<e> "
    "{at|2*at <v> =|when <v> =|where <v> =} <x>{4*?|}"
    "|3*{let|given|if|suppose|take} {f(<v>)|g(<v>)|y} = <e>{, |. }{what is|find|compute|determine} {its|the} "
    "<o>derivative {at <v> =|2*at|when <v> =} <x>{?|}"
    "|2*{if|for|let|with|given} f(<v>) = <e>{, |: }{what is|find|compute|evaluate} f<m>(<x>){?|}"
    "|at <v> = <x>, what is the {<o>derivative|<s>} of <e>{?|}}";

static void ask(problem *p, rng *r, const deriv *k, const char *canonical) {
    str  typed = {0}, x = {0};
    char v[2]   = {k->letter, 0};
    bool second = k->order == 2;
    alg_typed(&typed, r, canonical);
    digits_num(&x, k->x);
    static const char *const slope[] = {"slope", "gradient", "instantaneous rate of change", "slope of the tangent"};
    const word_slot          slot[]  = {{"e", typed.p},
                                        {"v", v},
                                        {"x", x.p},
                                        {"o", second ? "second " : ""},
                                        {"m", second ? "''" : "'"},
                                        {"s", second ? "second derivative" : slope[rng_below(r, 4)]},
                                        {0}};
    wording_ask(&p->question, r, k->at ? ask_at : second ? ask_second : ask_first, slot);
    str_free(&typed);
    str_free(&x);
}

static void print_given(str *s, const deriv *k) {
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

static void make(rng *r, int level, problem *p) {
    deriv k;
    str   c = {0};
    do draw(r, level, &k);
    while (poly_degree(&k.given) < 2);
    p->level = level;
    str_addf(&p->key, "derivative:%d:", k.order);
    print_given(&p->key, &k);
    if (k.at) str_addf(&p->key, " at %ld", k.x);
    k.letter = k.given.letter = k.f[0].letter = k.f[1].letter = alg_letter(r);
    print_given(&c, &k);
    ask(p, r, &k, c.p);
    str_addf(&p->reasoning, "Understand: %sderivative of %s", k.order == 2 ? "second " : "", c.p);
    if (k.at) str_addf(&p->reasoning, " at %c = %ld", k.letter, k.x);
    str_addf(&p->reasoning, "\nPlan: %s%s%s%s\n", k.product ? "multiply out, " : "",
             "power times coefficient for each term", k.order == 2 ? ", twice" : "", k.at ? ", put the number in" : "");
    fam_work(p, r, &(fam_phases){work, check, &k});
    if (k.at) digits_num(&p->truth, k.value);
    else poly_put(&p->truth, &k.d[k.order]);
    static const char said[] = "{The <o>derivative is **<t>**.|It is **<t>**.|f<m>(<v>) = **<t>**|**f<m>(<v>) = <t>**|"
                               "The <o>derivative of <e> is **<t>**.}";
    static const char said_at[] = "{The <o>derivative there is **<t>**.|It is **<t>**.|f<m>(<x>) = **<t>**|The "
                                  "<o>derivative at <v> = <x> is **<t>**.}";
    char              v[2]      = {k.letter, 0}, x[24];
    snprintf(x, sizeof x, "%ld", k.x);
    wording_put(&p->answer, r, k.at ? said_at : said,
                (word_slot[]){{"o", k.order == 2 ? "second " : ""},
                              {"m", k.order == 2 ? "''" : "'"},
                              {"t", p->truth.p},
                              {"v", v},
                              {"e", c.p},
                              {"x", x},
                              {0}});
    str_free(&c);
}

static bool right(const problem *p, const char *text, char why[96]) {
    poly v;
    str  s  = {0};
    bool ok = false;
    if (verify_echo(p->question.p, text, why)) return false;
    bool known = poly_read(p->truth.p, p->truth.len, &v, NULL);
    if (known && !poly_degree(&v)) {
        if (alg_right_number(text, p->truth.p, p->question.p, why)) {
            ok = true;
            goto done;
        }
    }
    bool given = alg_given(p->question.p, &s);
    ok         = known && poly_degree(&v) && alg_right_poly(text, p->truth.p, given ? s.p : NULL, false, why);
done:
    str_free(&s);
    return ok;
}

static bool solve(const problem *p, str *truth, char why[96]) {
    static const char of[] = "derivative of ";
    const char       *s, *e, *x;
    size_t            n, len, nx;
    poly              v;
    ratio             at;
    if (!alg_understood(p, &s, &n, why)) return false;
    int order = n > 7 && !memcmp(s, "second ", 7) ? 2 : 1;
    if (order == 2) s += 7, n -= 7;
    bool point = alg_between(s, n, of, " at ", &e, &len), ok = point || alg_between(s, n, of, NULL, &e, &len);
    if (!ok || !poly_read(e, len, &v, NULL)) return alg_not("a polynomial to differentiate", s, why);
    while (order--)
        if (!poly_derive(&v, &v)) return alg_not("a polynomial to differentiate", s, why);
    if (!point) {
        poly_put(truth, &v);
        return true;
    }
    poly num;
    if (!alg_between(e + len, n - (size_t)(e + len - s), " = ", NULL, &x, &nx) || !poly_read(x, nx, &num, NULL) ||
        poly_degree(&num) || !poly_at(&v, num.c[0], &at))
        return alg_not("a place for the derivative", s, why);
    {
        poly c = poly_num(at);
        poly_put(truth, &c);
    }
    return true;
}

const family fam_derivative = {.name   = "derivative",
                               .field  = "education",
                               .about  = "derivatives of polynomials, also at a point",
                               .levels = 10,
                               .make   = make,
                               .right  = right,
                               .solve  = solve};
