/* fam_variance.c -- variance and standard deviation, of a population or of a sample; all come out whole.
 *
 * Levels: 1 to 3 the variance of three to five numbers; 4 to 6 the standard deviation; 7 and 8 of a sample (n - 1);
 * then more numbers and larger deviations. From 6 on among columns that do not matter. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/choice.h"
#include "task/stats.h"

typedef struct var_level {
    int  n_lo, n_hi, off, hi; /* deviations up to off */
    bool root, sample;
} var_level;
static const var_level levels[] = {
    {3, 4, 4, 99, false, false},  {4, 4, 6, 99, false, false}, {4, 5, 9, 99, false, false}, {4, 5, 7, 99, true, false},
    {4, 5, 9, 99, true, false},   {4, 5, 9, 999, true, false}, {4, 5, 9, 99, false, true},  {5, 5, 9, 99, true, true},
    {5, 5, 14, 999, true, false}, {5, 5, 19, 999, true, true}};

typedef struct variance {
    dataset d;
    bool    root, sample;
    numlist off; /* deviations and the rest as Work found them */
    long    mean, squares, by, variance;
} variance;

static const char *const called[] = {"variance", "standard deviation", "sample variance", "sample standard deviation"};
static const char *const heads[]  = {"variance of ", "standard deviation of ", "sample variance of ",
                                     "sample standard deviation of "};
static int               kind_of(bool root, bool sample) { return root + 2 * sample; }

static long square_root(long v) {
    long s = 0;
    while ((s + 1) * (s + 1) <= v) s++;
    return s;
}

static void work(trace *t, void *ctx, fam_value *found) {
    variance      *m  = ctx;
    const numlist *l  = &m->d.v[0];
    numlist        sq = {.n = l->n};
    int            n;
    long           rest = 0, sum = listwork_sum_counted(t, l, &n);
    *found  = (fam_value){0, 0};
    m->mean = digits_div(t, "mean", sum, n, &rest); /* a rest comes from a slip, and is passed over */
    m->off  = (numlist){.n = l->n};
    for (int i = 0; i < l->n && !t->bad; i++) {
        long d      = digits_op(t, l->v[i], '-', m->mean);
        m->off.v[i] = d;
        sq.v[i]     = digits_op(t, labs(d), '*', labs(d));
    }
    if (t->bad) return;
    str_add(t->out, "squares ");
    listwork_put(t->out, &sq);
    str_addc(t->out, '\n');
    m->squares = listwork_sum(t, &sq);
    m->by      = n;
    if (m->sample) m->by = trace_slips(t) ? n : digits_op(t, n, '-', 1); /* divided by n instead of n - 1 */
    m->variance = digits_div(t, "variance", m->squares, m->by, &rest);
    long v      = m->variance;
    if (m->root) {
        v = square_root(v);
        digits_op(t, v, '*', v);
        str_addf(t->out, "root %ld\n", v);
    }
    *found = (fam_value){v, 0};
}

/* Deviations must add up to 0; the squares are added from the end; the divisions are undone. */
static bool check(trace *t, void *ctx, const fam_value *found) {
    const variance *m = ctx;
    str_add(t->out, "deviations add up to 0\n");
    long zero = m->off.v[0];
    for (int i = 1; i < m->off.n; i++) zero = digits_op(t, zero, '+', m->off.v[i]);
    if (!stats_agree(t, (decimal){zero, 0}, (decimal){0, 0})) return false;
    numlist sq = {.n = m->off.n};
    for (int i = 0; i < sq.n; i++) sq.v[i] = m->off.v[i] * m->off.v[i];
    str_add(t->out, "squares ");
    listwork_put(t->out, &sq);
    str_addc(t->out, '\n');
    if (!stats_agree(t, (decimal){listwork_sum_back(t, &sq), 0}, (decimal){m->squares, 0})) return false;
    long v = found->v, by = m->d.n - (m->sample ? 1 : 0);
    if (m->root) v = digits_op(t, v, '*', v);
    return fam_compare(t, digits_op(t, v, '*', by), m->squares);
}

static const char ask[] =
    "{{What is|What's|What would be|Tell me} the <k> of <what>?|{Find|Calculate|Compute|Work out|Determine|Give "
    "me|Please "
    "find|State} the <k> of <what>.|{How large is|How big is} the <k> of <what>?|{I need|I want|We need} the <k> of "
    "<what>.|{Can|Could} you {find|work out|calculate|tell me} the <k> of <what>?|the <k> of <what>, please}";
static const char *const names[] = {
    "{2*population variance (divide by n)|variance (divide by n, not n - 1)|variance with division by n|population "
    "variance}",
    "{2*population standard deviation (divide by n)|standard deviation (with division by n)|standard deviation, "
    "dividing by "
    "n,|population standard deviation}",
    "{2*sample variance (divide by n - 1)|sample variance|sample variance, with division by n - 1,}",
    "{2*sample standard deviation (divide by n - 1)|sample standard deviation|sample standard deviation, dividing by n "
    "- "
    "1,}"};

/* Numbers with a whole mean and a whole result; false: draw again. */
static bool draw(variance *m, rng *r, const var_level *at) {
    const stats_level l = {at->n_lo, at->n_hi, at->hi, 0, -1};
    stats_draw(&m->d, r, &l);
    numlist        *v   = &m->d.v[0];
    const variable *var = m->d.var[0];
    long            off[LIST_MAX], sum = 0, sq = 0, by = v->n - at->sample;
    if (var->hi - var->lo < 2 * at->off + 4) return false;
    long mean = rng_range(r, var->lo + at->off, var->hi - at->off);
    for (int tries = 0; tries < 400; tries++) {
        sum = sq = 0;
        for (int i = 0; i < v->n; i++) {
            off[i] = i < v->n - 1 ? rng_range(r, -at->off, at->off) : -sum;
            sum += off[i];
            sq += off[i] * off[i];
        }
        if (labs(off[v->n - 1]) > at->off || !sq || sq % by) continue;
        long root = square_root(sq / by); /* of a fact: up to 10 * 10 */
        if (at->root && (root * root != sq / by || root > 10)) continue;
        for (int i = 0; i < v->n; i++) v->v[i] = mean + off[i];
        return true;
    }
    return false;
}

static void make(rng *r, int level, problem *p) {
    const var_level *at   = &levels[level - 1];
    variance         m    = {.root = at->root, .sample = at->sample};
    str              k    = {0};
    int              kind = kind_of(m.root, m.sample);
    p->family             = "variance";
    p->level              = level;
    while (!draw(&m, r, at)) {}
    wording_put(&k, r, names[kind], NULL);
    const word_slot slot[] = {{"k", k.p}, {0}};
    stats_begin(p, r, &m.d, heads[kind],
                m.root ? "mean, deviations, squares, divide, root" : "mean, deviations, squares, divide", ask, slot);
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &m});
    stats_answer(p, r, &m.d, called[kind], (decimal){f.v, 0}, m.root);
    str_free(&k);
    dataset_free(&m.d);
}

static bool right(const problem *p, const char *text, char why[96]) {
    static const char *const words[] = {"variance", "standard deviation|sd|std dev*"};
    size_t                   len;
    int                      root = choice_find(p->question.p, "standard deviation", &len) != NULL;
    if (choice_find(text, words[!root], &len) && !choice_find(text, words[root], &len)) {
        snprintf(why, 96, "another measure than the %s", called[root]);
        return false;
    }
    return choice_number(p->question.p, text, p->truth.p, "variance|standard deviation|sd|std dev*", why);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    numlist v;
    for (int k = 3; k >= 0; k--) {
        bool root = k & 1, sample = k & 2;
        long sum, sq              = 0, by;
        if (!stats_column(p, heads[k], &v, why)) continue;
        sum = listwork_total(&v);
        by  = v.n - sample;
        for (int i = 0; i < v.n; i++) sq += v.n * v.v[i] * v.v[i]; /* n times the sum of squares about the mean */
        sq = (sq - sum * sum) / v.n;
        if (!dataset_says(p, root ? "standard" : "variance") ||
            !dataset_says(p, sample ? "sample" : "population|by n")) {
            snprintf(why, 96, "the question does not ask for the %s", called[k]);
            return false;
        }
        if (v.places || sum % v.n || sq % by || (root && square_root(sq / by) * square_root(sq / by) != sq / by)) {
            snprintf(why, 96, "the %s is not whole", called[k]);
            return false;
        }
        digits_num(truth, root ? square_root(sq / by) : sq / by);
        return true;
    }
    return false;
}

const family fam_variance = {.name   = "variance",
                             .field  = "research",
                             .about  = "variance and standard deviation of a population or a sample",
                             .levels = 10,
                             .make   = make,
                             .right  = right,
                             .solve  = solve};
