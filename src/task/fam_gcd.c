/* fam_gcd.c -- the greatest common divisor of two or three numbers.
 *
 * Levels: the size of the numbers, from below 100 to five digits; three numbers at levels 6, 8 and 10.
 *
 * Work is Euclid's; the check divides each number by what was found and asks that the quotients have nothing more in
 * common. */
#include <stdio.h>
#include <string.h>
#include "task/frac.h"
#include "task/lexicon.h"
#include "task/numfam.h"

typedef struct group {
    long v[3];
    int  n;
} group;

static void work(trace *t, void *ctx, fam_value *found) {
    const group *g = ctx;
    found->w       = 0;
    found->v       = g->v[0];
    for (int i = 1; i < g->n && !t->bad; i++) {
        if (i > 1) str_addf(t->out, "gcd of %ld and %ld:\n", found->v, g->v[i]);
        found->v = frac_gcd(t, found->v, g->v[i]);
    }
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const group *g    = ctx;
    long         rest = 0, common = 0;
    str_addf(t->out, "divide by %ld\n", found->v);
    for (int i = 0; i < g->n && !t->bad; i++) {
        long q = digits_div(t, NULL, g->v[i], found->v, &rest);
        if (rest) { /* not even a divisor */
            str_addf(t->out, "rest %ld is not 0, wrong\n", rest);
            return false;
        }
        if (i == 0) {
            common = q;
        } else if (common > 1) {
            str_addf(t->out, "gcd of %ld and %ld:\n", common, q);
            common = frac_gcd(t, common, q);
        }
    }
    return fam_compare(t, common, 1);
}

static long gcd(long a, long b) { return b ? gcd(b, a % b) : a; }

/* Numbers up to hi, mostly with something in common. */
static void draw(rng *r, int level, group *g) {
    static const int hi[] = {99, 150, 250, 400, 700, 150, 999, 300, 1500, 600};
    int              top  = hi[level - 1];
    g->n                  = level == 6 || level == 8 || level == 10 ? 3 : 2;
    for (bool ok = false; !ok;) {
        long k = 1, most = top / 3;
        if (numfam_chance(r, 80)) k = rng_range(r, 2, numfam_chance(r, 60) ? 12 : (int)(most < 60 ? most : 60));
        ok = true;
        for (int i = 0; i < g->n; i++) {
            g->v[i] = k * rng_range(r, 1, (int)(top / k));
            ok &= g->v[i] > 3;
            for (int j = 0; j < i; j++) ok &= g->v[i] != g->v[j];
        }
    }
}

static const char *const pattern[] = {
    NUM_IS
    " the {2*gcd|2*greatest common divisor|hcf|highest common factor|2*greatest common factor|gcf|largest common "
    "divisor} of <l>" NUM_MARK,
    NUM_DO
    " the {2*gcd|2*greatest common divisor|hcf|highest common factor|greatest common factor|gcf} of <l>" NUM_STOP,
    "gcd{ of |: | }<l>{|?| =|, please}",
    "{What is|What's|Find} the {largest|biggest|greatest} {number|whole number|integer} that divides {<l> {without "
    "remainder|exactly|evenly}|{all of|each of} <l>}" NUM_MARK,
    "{gcd|GCD|hcf|gcf}(<c>){| =| = ?|?}",
    "{<who> has ropes that are <l> cm long and cuts them|Boards of <l> cm are cut|Ribbons of <l> cm are to be cut} "
    "into "
    "equal pieces as long as possible, with nothing left. How {long is each piece|many cm is a piece}" NUM_MARK,
};

static void list(str *s, const group *g, bool and) {
    for (int i = 0; i < g->n; i++) str_addf(s, "%s%ld", !i ? "" : and&&i == g->n - 1 ? " and " : ", ", g->v[i]);
}

static void make(rng *r, int level, problem *p) {
    group g = {0};
    str   l = {0}, c = {0}, named = {0};
    draw(r, level, &g);
    list(&l, &g, true);
    list(&c, &g, false);
    numfam_ask(p, r, pattern, NUM_COUNT(pattern), (word_slot[]){{"l", l.p}, {"c", c.p}, {"who", lexicon_name(r)}, {0}});
    p->level = level;
    str_addf(&p->key, "gcd:%s", c.p);
    str_addf(&p->reasoning,
             "Understand: gcd of %s\nPlan: divide, then the divisor by the rest, until the rest is 0%s\n", l.p,
             g.n > 2 ? "; two numbers, then the third" : "");
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &g});
    digits_num(&p->truth, f.v);
    str_addf(&named, numfam_chance(r, 50) ? "gcd(%s)" : "The greatest common divisor of %s", c.p);
    numfam_answer(p, r, named.p[0] == 'g' ? named.p : NULL, NULL);
    str_free(&l);
    str_free(&c);
    str_free(&named);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    static const char head[] = "gcd of ";
    const char       *s;
    size_t            n;
    long              v[3];
    if (!fam_understood(p, &s, &n, why)) return false;
    int k = numfam_numbers(s, n, v, 3);
    if (strncmp(s, head, sizeof head - 1) || k < 2 || k > 3) return numfam_not(why, "a gcd", s, n);
    for (int i = 1; i < k; i++) v[0] = gcd(v[0], v[i]);
    digits_num(truth, v[0]);
    return true;
}

const family fam_gcd = {.name   = "gcd",
                        .field  = "education",
                        .about  = "the greatest common divisor of two or three numbers",
                        .levels = 10,
                        .make   = make,
                        .right  = numfam_right,
                        .solve  = solve};
