/* fam_lcm.c -- the least common multiple of two or three numbers.
 *
 * Levels: the size of the numbers, from below 70 to four digits; three numbers at levels 5, 7 and 10.
 *
 * Work divides one number by the gcd and multiplies the other; the check divides both by it, asks that the quotients
 * have nothing in common, and multiplies the other way round. */
#include <stdio.h>
#include <string.h>
#include "task/frac.h"
#include "task/lexicon.h"
#include "task/numfam.h"

typedef struct group {
    long v[3];
    int  n;
    long gcd[3], lcm[3]; /* of the numbers up to this one, as Work found them */
} group;

static void work(trace *t, void *ctx, fam_value *found) {
    group *g = ctx;
    found->w = 0;
    found->v = g->v[0];
    for (int i = 1; i < g->n && !t->bad; i++) {
        long a = found->v, b = g->v[i];
        if (i > 1) str_addf(t->out, "lcm of %ld and %ld:\n", a, b);
        long k = g->gcd[i] = frac_gcd(t, a, b);
        long q             = k == 1 || trace_slips(t) ? b : digits_op(t, b, '/', k); /* the gcd forgotten */
        found->v           = digits_op(t, a, '*', q);
        g->lcm[i]          = found->v;
        str_addf(t->out, "lcm %ld\n", found->v);
    }
}

/* a / gcd and b / gcd must have nothing in common, and the first times b must be the lcm. */
static bool pair(trace *t, long a, long b, long k, long lcm) {
    long ra, rb, x = a, y = b;
    if (k > 1) {
        str_addf(t->out, "divide by %ld\n", k);
        x = digits_div(t, NULL, a, k, &ra);
        y = ra ? 0 : digits_div(t, NULL, b, k, &rb);
        if (ra || rb) {
            str_addf(t->out, "rest %ld is not 0, wrong\n", ra ? ra : rb);
            return false;
        }
    }
    str_addf(t->out, "%ld * %ld must be %ld\n", x, b, lcm);
    long c = digits_op(t, x, '*', b);
    if (c != lcm || x == 1 || y == 1) return fam_compare(t, c, lcm);
    if (!fam_compare(t, c, lcm)) return false;
    str_addf(t->out, "gcd of %ld and %ld:\n", x, y);
    return fam_compare(t, frac_gcd(t, x, y), 1);
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const group *g = ctx;
    (void)found;
    for (int i = 1; i < g->n; i++) {
        if (i > 1) str_add(t->out, "then ");
        if (!pair(t, i > 1 ? g->lcm[i - 1] : g->v[0], g->v[i], g->gcd[i], g->lcm[i])) return false;
    }
    return true;
}

static long gcd(long a, long b) { return b ? gcd(b, a % b) : a; }

static void draw(rng *r, int level, group *g) {
    static const int hi[] = {70, 78, 90, 120, 24, 150, 36, 200, 300, 48};
    int              top  = hi[level - 1];
    g->n                  = level == 5 || level == 7 || level == 10 ? 3 : 2;
    for (bool ok = false; !ok;) {
        long k = 1, all = 1;
        if (numfam_chance(r, level < 3 ? 50 : 70))
            k = rng_range(r, 2, numfam_chance(r, 60) ? 12 : top / 3 < 60 ? top / 3 : 60);
        ok = true;
        for (int i = 0; i < g->n; i++) {
            g->v[i] = k * rng_range(r, 1, (int)(top / k));
            ok &= g->v[i] > 1;
            for (int j = 0; j < i; j++) ok &= g->v[i] != g->v[j];
            if (ok) all = all / gcd(all, g->v[i]) * g->v[i];
        }
        ok &= all < 30000;
    }
}

static const char *const pattern[] = {
    NUM_IS " the {2*lcm|3*least common multiple|lowest common multiple|smallest common multiple} of <l>" NUM_MARK,
    NUM_DO " the {2*lcm|3*least common multiple|lowest common multiple|smallest common multiple} of <l>" NUM_STOP,
    "lcm{ of |: | }<l>{|?| =|, please}",
    "{What is|What's|Find} the {smallest|least} {positive |}{number|whole number|integer} that is {a multiple of "
    "{each of |all of |}<l>|divisible by {each of |all of |}<l>}" NUM_MARK,
    "{lcm|LCM}(<c>){| =| = ?|?}",
    "{Lamps|Lights|Buses|Bells|Alarms} {blink|flash|start|ring} every <l> {minutes|seconds}{ and|. They} {all "
    "start|start "
    "|begin }together{ now|}. After how many {minutes|seconds} {do they meet|are they together|does it happen at the "
    "same "
    "time} again" NUM_MARK,
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
    numfam_ask(p, r, pattern, NUM_COUNT(pattern), (word_slot[]){{"l", l.p}, {"c", c.p}, {0}});
    p->level = level;
    str_addf(&p->key, "lcm:%s", c.p);
    str_addf(&p->reasoning, "Understand: lcm of %s\nPlan: find the gcd, divide one number by it, times the other%s\n",
             l.p, g.n > 2 ? "; then the same with the third" : "");
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &g});
    digits_num(&p->truth, f.v);
    str_addf(&named, "lcm(%s)", c.p);
    numfam_answer(p, r, numfam_chance(r, 50) ? named.p : NULL, NULL);
    str_free(&l);
    str_free(&c);
    str_free(&named);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    static const char head[] = "lcm of ";
    const char       *s;
    size_t            n;
    long              v[3];
    if (!fam_understood(p, &s, &n, why)) return false;
    int k = numfam_numbers(s, n, v, 3);
    if (strncmp(s, head, sizeof head - 1) || k < 2 || k > 3 || !v[0] || !v[1]) return numfam_not(why, "an lcm", s, n);
    long m = v[0];
    for (int i = 1; i < k; i++) { /* by counting up, no gcd */
        long a = m;
        while (m % v[i]) m += a;
    }
    digits_num(truth, m);
    return true;
}

const family fam_lcm = {.name   = "lcm",
                        .field  = "education",
                        .about  = "the least common multiple of two or three numbers",
                        .levels = 10,
                        .make   = make,
                        .right  = numfam_right,
                        .solve  = solve};
