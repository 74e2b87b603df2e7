/* fam_factors.c -- prime factors: the factorisation, the largest prime factor, how many divisors, prime or not.
 *
 * Levels: the size of the number and of its primes, from below 100 to five digits.
 *
 * Work divides by one prime after the other, each as often as it goes, until the square of the prime is more than what
 * is left. The squares of the primes up to 31 are known by heart. The check multiplies back. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "task/numfam.h"
#include "task/steps.h"
#include "task/verify.h"

typedef enum { F_FACTORS, F_PRIME, F_LARGEST, F_COUNT } form;
enum { FACTORS_MAX = 24 };
typedef struct factors {
    long n;
    form form;
    long f[FACTORS_MAX]; /* as Work found them */
    int  k;
} factors;

static const int prime[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};

/* ---- work */
/* Does p divide m? Says why in a line; *q is the quotient. */
static bool divides(trace *t, long m, int p, long *q) {
    long rest;
    if (p == 2 || p == 5) {
        bool yes = p == 2 ? m % 2 == 0 : m % 5 == 0;
        if (trace_slips(t)) yes = !yes;
        str_addf(t->out, "%ld ends in %ld, %sby %d\n", m, m % 10, yes ? "" : "not ", p);
        if (!yes) return false;
    } else if (p == 3) {
        long root = m < 10 ? m : digits_root(t, m);
        bool yes  = root % 3 == 0;
        str_addf(t->out, "digit sum %ld, %sby 3\n", root, yes ? "" : "not ");
        if (!yes) return false;
    } else {
        *q = digits_div(t, NULL, m, p, &rest);
        if (rest) str_addf(t->out, "not by %d\n", p);
        return !rest;
    }
    *q = digits_op(t, m, '/', p);
    return !t->bad;
}

static void found_factor(factors *f, long p) {
    if (f->k < FACTORS_MAX) f->f[f->k++] = p;
}

static void divide_out(trace *t, factors *f) {
    long m = f->n, q;
    f->k   = 0;
    for (int i = 0; m > 1 && !t->bad;) {
        long p = prime[i];
        if (i && m != p) str_addf(t->out, "%ld * %ld = %ld, ", p, p, p * p);
        else if (i) str_addf(t->out, "%ld is prime\n", p);
        if (m == p || m < p * p) {
            if (m != p || !i) str_addf(t->out, i ? "%ld < %ld, so %ld is prime\n" : "%ld is prime\n", m, p * p, m);
            found_factor(f, m);
            return;
        }
        if (i) str_addf(t->out, p * p == m ? "%ld = %ld\n" : "%ld < %ld\n", p * p, m);
        if (divides(t, m, (int)p, &q)) {
            found_factor(f, p);
            if (f->form == F_PRIME) { /* one is enough */
                found_factor(f, q);
                return;
            }
            m = q;
        } else if (++i == NUM_COUNT(prime)) {
            t->bad = true;
        }
    }
}

static void put_product(str *s, const factors *f) {
    for (int i = 0; i < f->k; i++) str_addf(s, i ? " * %ld" : "%ld", f->f[i]);
}

static void put_powers(str *s, const factors *f) {
    for (int i = 0, j; i < f->k; i = j) {
        for (j = i; j < f->k && f->f[j] == f->f[i]; j++) {}
        str_addf(s, i ? " * %ld" : "%ld", f->f[i]);
        if (j - i > 1) str_addf(s, "^%d", j - i);
    }
}

static long count_divisors(trace *t, const factors *f) {
    long c = 1;
    for (int i = 0, j; i < f->k; i = j) {
        for (j = i; j < f->k && f->f[j] == f->f[i]; j++) {}
        str_addf(t->out, "%ld: %d+1=%d\n", f->f[i], j - i, j - i + 1);
        c = i ? digits_op(t, c, '*', j - i + 1) : j - i + 1;
    }
    return c;
}

static void work(trace *t, void *ctx, fam_value *found) {
    factors *f = ctx;
    divide_out(t, f);
    found->v = found->w = 0;
    if (t->bad) return;
    if (f->form == F_PRIME) {
        found->v = f->k == 1;
        if (f->k > 1) str_addf(t->out, "%ld is not prime\n", f->n);
        return;
    }
    str_addf(t->out, "%ld = ", f->n);
    size_t from = t->out->len;
    put_product(t->out, f);
    if (f->form == F_LARGEST) {
        found->v = f->f[f->k - 1];
        str_addf(t->out, "\nlargest %ld\n", found->v);
        return;
    }
    size_t to = t->out->len;
    str_add(t->out, " = ");
    put_powers(t->out, f);
    if (t->out->len - to - 3 == to - from) { /* no powers in it */
        t->out->len   = to;
        t->out->p[to] = 0;
    }
    str_addc(t->out, '\n');
    if (f->form == F_COUNT) found->v = count_divisors(t, f);
}

/* ---- check */
static bool check_prime(trace *t, const factors *f) {
    long rest, q = digits_div(t, NULL, f->n, 6, &rest);
    (void)q;
    bool near = rest == 1 || rest == 5;
    str_addf(t->out, "by 6 rest %ld, %s\n", rest, near ? "so neither by 2 nor by 3" : "so by 2 or by 3");
    if (!near) return fam_compare(t, rest, 1);
    for (int i = 3; prime[i] * prime[i] <= f->n; i++) { /* a multiple and a rest */
        long p = prime[i], w = f->n / p, r = f->n % p;
        long back = digits_op(t, w, '*', p);
        if (!r) return fam_compare(t, back, back + 1);
        back = digits_op(t, back, '+', r);
        if (back != f->n) return fam_compare(t, back, f->n);
    }
    str_addf(t->out, "each leaves a rest: ");
    return fam_compare(t, f->n, f->n);
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    factors *f = ctx;
    (void)found;
    if (f->form == F_PRIME && f->k == 1) return check_prime(t, f);
    str_add(t->out, "multiply back\n");
    long v = f->f[f->k - 1];
    for (int i = f->k - 2; i >= 0 && !t->bad; i--) v = digits_op(t, v, '*', f->f[i]);
    return fam_compare(t, v, f->n);
}

/* ---- drawing */

/* What is left of n without primes up to prime[most] is 1 or smaller than the square of the next. */
static bool easy(long n, int most) {
    for (int i = 0; i <= most; i++)
        while (n % prime[i] == 0) n /= prime[i];
    return n < (long)prime[most + 1] * prime[most + 1];
}

static bool is_prime(long n) {
    for (long d = 2; d * d <= n; d++)
        if (n % d == 0) return false;
    return n > 1;
}

static void draw(rng *r, int level, factors *f) {
    static const int  most[] = {3, 3, 4, 4, 4, 5, 5, 6, 6, 7}; /* the last prime to try */
    static const long hi[]   = {100, 200, 400, 800, 1500, 3000, 6000, 12000, 30000, 99999};
    static const long hard[] = {120, 120, 168, 168, 288, 288, 360, 528, 840, 960}; /* to be found prime */
    int               k      = rng_range(r, 0, 99);
    f->form                  = k < 50 ? F_FACTORS : k < 65 ? F_LARGEST : k < 80 ? F_COUNT : F_PRIME;
    for (;;) {
        if (f->form == F_PRIME) {
            f->n = rng_range(r, 4, (int)(numfam_chance(r, 75) ? hard[level - 1] : hi[level - 1]));
            if (is_prime(f->n) ? f->n <= hard[level - 1] && numfam_chance(r, 90) : easy(f->n, most[level - 1])) return;
            continue;
        }
        long top = level < 6 && numfam_chance(r, 65) ? 8400 + 400 * level : hi[level - 1];
        if (level > 6 && numfam_chance(r, 70)) { /* from its primes */
            f->n = 1;
            while (f->n * 2 < top && (f->n < top / 40 || numfam_chance(r, 40)))
                f->n *= prime[numfam_chance(r, 70) ? rng_below(r, 4) : rng_below(r, (uint64_t)most[level - 1] + 1)];
            if (f->n > top) continue;
        } else {
            f->n = rng_range(r, 6, (int)top);
        }
        if (f->n > 5 && !is_prime(f->n) && easy(f->n, most[level - 1])) return;
    }
}

/* ---- text */
static const char *const ask_factors[] = {
    NUM_IS " the {2*prime {factorization|factorisation|decomposition}|product of primes} of <n>" NUM_MARK,
    NUM_DO " the prime {factorization|factorisation|factors with their powers} of <n>" NUM_STOP,
    "{Write|Express|Please write|Can you write|Show} <n> as {a product of {primes|prime numbers|prime factors|its "
    "prime "
    "factors}|a prime product}" NUM_STOP,
    "{Factor|Factorise|Factorize|Please factor|Can you factor|Decompose|Break down} <n> {into {primes|prime "
    "factors|prime "
    "numbers}|completely}" NUM_STOP,
    "prime {factorization|factorisation|factors} of <n>{|?| =|, please}",
};
static const char *const ask_prime[] = {
    "{Is|Tell me, is|Please tell me: is|Hey, is|Can you check: is|Do you know, is|Quick question: is} <n> {|a }prime{| "
    "number}{?||, or {not|composite}?| please?}",
    "{Is <n> prime or composite|Is <n> a prime|Is the number <n> {prime|a prime number}|Would you say <n> is {prime|a "
    "prime "
    "number}}" NUM_MARK,
    "{Check|Find out|Decide|Determine|Can you check|Please check} {whether|if} <n> is {prime|a prime number|a "
    "prime}" NUM_STOP,
};
static const char *const ask_largest[] = {
    NUM_IS " the {largest|greatest|biggest} prime {factor|divisor|number that divides} {of |}<n>" NUM_MARK,
    NUM_DO " the {largest|greatest|biggest} prime {factor|divisor} of <n>" NUM_STOP,
    "{Which|What} is the {largest|greatest|biggest} prime {factor of|divisor of|that divides|that goes into} "
    "<n>" NUM_MARK,
};
static const char *const ask_count[] = {
    "{How many|Tell me how many} {divisors|factors|positive divisors} does <n> have" NUM_MARK,
    "{By how many positive whole numbers|By how many natural numbers} is <n> divisible" NUM_MARK,
    NUM_DO " {how many divisors <n> has|the number of {divisors|factors|positive divisors} of <n>}" NUM_STOP,
    NUM_IS " the number of {divisors|factors|positive divisors} of <n>" NUM_MARK,
};

static void answer(problem *p, rng *r, const factors *f, long v) {
    char n[24];
    snprintf(n, sizeof n, "%ld", f->n);
    if (f->form == F_PRIME) {
        str_add(&p->truth, v ? "prime" : "not prime");
        str product = {0};
        put_product(&product, f);
        wording_put(&p->answer, r,
                    v ? "{Yes, <n> is **prime**.|<n> is **a prime number**.|**Yes**, <n> is prime.}"
                      : "{No, <n> is **not prime**.|<n> is **not prime**: <f> = <n>.|**No**, <n> = <f>.}",
                    (word_slot[]){{"n", n}, {"f", product.p}, {0}});
        str_free(&product);
        return;
    }
    if (f->form == F_FACTORS) {
        put_powers(&p->truth, f);
        numfam_answer(p, r, numfam_chance(r, 60) ? n : NULL, NULL);
        return;
    }
    digits_num(&p->truth, v);
    numfam_answer(p, r, NULL, NULL);
}

static void make(rng *r, int level, problem *p) {
    static const char *const head[] = {"prime factors of ", "is it prime: ", "largest prime factor of ",
                                       "number of divisors of "};
    factors                  f      = {0};
    char                     n[24];
    draw(r, level, &f);
    snprintf(n, sizeof n, "%ld", f.n);
    const word_slot slots[] = {{"n", n}, {0}};
    switch (f.form) {
    case F_FACTORS: numfam_ask(p, r, ask_factors, NUM_COUNT(ask_factors), slots); break;
    case F_PRIME: numfam_ask(p, r, ask_prime, NUM_COUNT(ask_prime), slots); break;
    case F_LARGEST: numfam_ask(p, r, ask_largest, NUM_COUNT(ask_largest), slots); break;
    default: numfam_ask(p, r, ask_count, NUM_COUNT(ask_count), slots);
    }
    p->level = level;
    str_addf(&p->key, "factors:%s%ld", head[f.form], f.n);
    str_addf(&p->reasoning, "Understand: %s%ld\nPlan: divide by 2, 3, 5, 7, ... while the square is not too large%s\n",
             head[f.form], f.n,
             f.form == F_COUNT     ? "; multiply the powers plus 1"
             : f.form == F_LARGEST ? "; the last one"
                                   : "");
    fam_value v = fam_work(p, r, &(fam_phases){work, check, &f});
    answer(p, r, &f, v.v);
}

/* ---- judging */
static bool fail(char why[96], const char *truth, const char *what) {
    snprintf(why, 96, "expected %.30s, found %.45s", truth, what);
    return false;
}

/* One sign for times, one for powers, no marks. */
static void plain(str *out, const char *c, const char *end) {
    static const char *const from[] = {"\xc3\x97",     "\xc2\xb7",     "\xe2\x8b\x85", "\\times",      "\\cdot",
                                       "\xc2\xb2",     "\xc2\xb3",     "\xe2\x81\xb4", "\xe2\x81\xb5", "\xe2\x81\xb6",
                                       "\xe2\x81\xb7", "\xe2\x81\xb8", "\xe2\x81\xb9"};
    static const char *const to[]   = {"*", "*", "*", "*", "*", "^2", "^3", "^4", "^5", "^6", "^7", "^8", "^9"};
    while (c < end) {
        int k = 0;
        while (k < NUM_COUNT(from) && strncmp(c, from[k], strlen(from[k]))) k++;
        if (k < NUM_COUNT(from)) {
            str_add(out, to[k]);
            c += strlen(from[k]);
        } else {
            if (!strchr("${}\\", *c)) str_addc(out, *c);
            c++;
        }
    }
}

/* What counts, plainly: the bold parts and boxes if there are any, else all. Between digits ** is a power. */
static void claimed(str *out, const char *text) {
    str a = {0};
    for (const char *c = text; *c; c++) {
        bool power = !strncmp(c, "**", 2) && c > text && isdigit((unsigned char)c[-1]) && isdigit((unsigned char)c[2]);
        str_addc(&a, power ? '^' : *c);
        c += power;
    }
    const char *c = a.p ? a.p : "";
    for (const char *end; (c = strstr(c, "**")) && (end = strstr(c + 2, "**")); c = end + 2) {
        plain(out, c + 2, end);
        str_add(out, "; ");
    }
    c = a.p ? strstr(a.p, "\\boxed{") : NULL;
    if (c) plain(out, c + 7, a.p + a.len);
    if (!out->len && a.p) plain(out, a.p, a.p + a.len);
    str_free(&a);
}

static const char *skip(const char *s) {
    while (*s == ' ') s++;
    return s;
}

/* One run of factors at s ("2^3 * 3 * 5", "2, 2 and 3"): its product, whether all are prime, how many; its end. */
static const char *read_run(const char *s, long *product, bool *primes, int *count) {
    *product = 1;
    *primes  = true;
    *count   = 0;
    for (;;) {
        long b = 0, e = 1;
        int  digits = 0;
        while (isdigit((unsigned char)*s) && digits++ < 9) b = b * 10 + (*s++ - '0');
        if (s[0] == '^' && isdigit((unsigned char)s[1])) {
            e = 0;
            for (s++; isdigit((unsigned char)*s) && e < 100; s++) e = e * 10 + (*s - '0');
        }
        *primes &= is_prime(b);
        *count += (int)e;
        for (; e > 0 && *product < 1000000000L; e--) *product *= b;
        const char *k = skip(s);
        if (*k == '*' || *k == ',' || ((*k == 'x' || *k == 'X') && !isalpha((unsigned char)k[1]))) k = skip(k + 1);
        else if (strncmp(k, "and ", 4) && strncmp(k, "times ", 6)) return s;
        if (!strncmp(k, "and ", 4)) k = skip(k + 4);
        if (!strncmp(k, "times ", 6)) k = skip(k + 6);
        if (!isdigit((unsigned char)*k)) return s;
        s = k;
    }
}

static bool denied(const char *text) {
    static const char *const no[] = {" not ", "n't", "wrong", "incorrect", "unsure", "maybe", "perhaps", "guess", "?"};
    for (int i = 0; i < NUM_COUNT(no); i++)
        if (strcasestr(text, no[i])) return true;
    return false;
}

static bool right_factors(const char *text, const char *truth, char why[96]) {
    str   s = {0};
    ratio n;
    bool  ok = false, wrong = false;
    if (!steps_value(truth, strlen(truth), NULL, &n)) return fail(why, truth, "a truth that is no product");
    if (denied(text)) return fail(why, truth, "it denied or asked");
    claimed(&s, text);
    for (const char *c = s.p ? s.p : ""; *c;) {
        long product;
        bool primes;
        int  count;
        if (!isdigit((unsigned char)*c)) {
            c++;
            continue;
        }
        const char *end = read_run(c, &product, &primes, &count);
        if (count > 1) {
            ok = product == n.p && primes;
            wrong |= product != n.p; /* 8 * 45 on the way is fair */
        }
        c = end > c ? end : c + 1;
    }
    str_free(&s);
    if (steps_check(text, strlen(text), NULL).wrong) return fail(why, truth, "a false calculation");
    return (ok && !wrong) || fail(why, truth, "another product, or one that is not of primes");
}

static bool begins(const char *text, const char *word) {
    while (*text && !isalnum((unsigned char)*text)) text++;
    size_t n = strlen(word);
    return !strncasecmp(text, word, n) && !isalnum((unsigned char)text[n]);
}

static bool right_prime(const char *text, const char *truth, char why[96]) {
    static const char *const doubt[] = {"?",          "not sure",    "unsure", "maybe", "perhaps",
                                        "don't know", "do not know", "may be", "might"};
    static const char *const neg[]   = {"not prime",    "not a prime", "isn't prime", "isn't a prime", "isnt prime",
                                        "isnt a prime", "no prime",    "nonprime",    "non-prime",     "composite"};
    str                      s       = {0};
    for (const char *c = text; *c; c++)
        if (*c != '*' && *c != '\n') str_addc(&s, (char)tolower((unsigned char)*c));
    char *p = s.p ? s.p : (char[1]){0}, *lead = strstr(p, "answer");
    if (lead && lead < p + 20) { /* "Final answer: no, ..." */
        for (lead += 6; *lead == ':' || *lead == ' ';) lead++;
        if (begins(lead, "is")) lead += 2;
    } else lead = p;
    bool no = begins(lead, "no") || begins(lead, "false"), yes = begins(lead, "yes") || begins(lead, "true"),
         ok = false;
    for (int i = 0; i < NUM_COUNT(doubt); i++)
        if (strstr(p, doubt[i])) {
            str_free(&s);
            return fail(why, truth, "doubt or a question");
        }
    for (char *k; (k = strstr(p, "not composite"));) memcpy(k, "prime        ", 13);
    for (char *k; (k = strstr(p, "prime factor"));) memset(k, ' ', 12);
    for (int i = 0; i < NUM_COUNT(neg); i++)
        for (char *k; (k = strstr(p, neg[i]));) no = true, memset(k, ' ', strlen(neg[i]));
    yes |= strstr(p, "prime") != NULL;
    ok = yes != no && yes == !strcmp(truth, "prime");
    str_free(&s);
    if (ok && steps_check(text, strlen(text), NULL).wrong) return fail(why, truth, "a false calculation");
    return ok || fail(why, truth, yes && no ? "both" : yes ? "prime" : no ? "not prime" : "neither");
}

static bool right(const problem *p, const char *text, char why[96]) {
    const char *t = p->truth.p;
    if (verify_echo(p->question.p, text, why)) return false;
    if (!strcmp(t, "prime") || !strcmp(t, "not prime")) return right_prime(text, t, why);
    if (strpbrk(t, "*^")) return right_factors(text, t, why);
    return answer_matches(text, t, why);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    const char *s;
    size_t      n;
    long        v;
    if (!fam_understood(p, &s, &n, why)) return false;
    if (numfam_numbers(s, n, &v, 1) != 1 || v < 2) return numfam_not(why, "a number", s, n);
    factors f = {.n = v};
    long    m = v, count = 0;
    for (long d = 2; d * d <= m; d++)
        while (m % d == 0) found_factor(&f, d), m /= d;
    if (m > 1) found_factor(&f, m);
    for (long d = 1; d * d <= v; d++) count += v % d ? 0 : d * d == v ? 1 : 2;
    if (!strncmp(s, "prime factors", 13)) put_powers(truth, &f);
    else if (!strncmp(s, "is it prime", 11)) str_add(truth, count == 2 ? "prime" : "not prime");
    else if (!strncmp(s, "largest", 7)) digits_num(truth, f.f[f.k - 1]);
    else if (!strncmp(s, "number of", 9)) digits_num(truth, count);
    else return numfam_not(why, "a question about factors", s, n);
    return true;
}

const family fam_factors = {.name   = "factors",
                            .field  = "education",
                            .about  = "prime factors, prime or not, how many divisors",
                            .levels = 10,
                            .make   = make,
                            .right  = right,
                            .solve  = solve};
