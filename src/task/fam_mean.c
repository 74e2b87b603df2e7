/* fam_mean.c -- the mean of a list or a column.
 *
 * Levels: 1 three or four small numbers; 2 and 3 two digits; 4 six of them; from 5 on means that are not whole, to one
 * or two decimals; from 6 on columns that do not matter; 7 and 8 three digits; 9 and 10 numbers with a point. */
#include <stdio.h>
#include <string.h>
#include "task/choice.h"
#include "task/stats.h"

static const stats_level levels[] = {{3, 4, 20, 0, -1}, {3, 4, 99, 0, -1}, {4, 5, 99, 0, -1}, {5, 6, 99, 0, -1},
                                     {4, 5, 99, 0, 1},  {4, 6, 99, 0, 1},  {5, 6, 999, 0, 1}, {5, 6, 999, 0, 2},
                                     {4, 5, 99, 1, 2},  {5, 6, 99, 1, 2}};

typedef struct mean {
    dataset d;
    int     round;
    decimal sum; /* as Work found it */
    int     n;
} mean;

static void work(trace *t, void *ctx, fam_value *found) {
    mean *m = ctx;
    m->sum  = (decimal){listwork_sum_counted(t, &m->d.v[0], &m->n), m->d.v[0].places};
    if (trace_slips(t)) m->n += rng_below(t->r, 2) ? 1 : -1; /* counted wrong */
    if (m->n < 1) m->n = 2;
    decimal q = decimal_div(t, "mean", m->sum, m->n, m->round < 0 ? 0 : m->round);
    *found    = stats_value(q);
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const mean *m = ctx;
    str_add(t->out, "add from the end\n");
    decimal back = {listwork_sum_back(t, &m->d.v[0]), m->d.v[0].places};
    if (!stats_agree(t, back, m->sum)) return false;
    return stats_undo_division(t, stats_decimal(found), m->d.n, m->sum, m->round);
}

static const char ask[] =
    "{{What is|What's|What would be|Tell me} the {mean|average|arithmetic mean} of "
    "<what><tail>?|{Find|Calculate|Compute|"
    "Work out|Determine|Give me|Please find|Please calculate|State} the {mean|average|mean value} of "
    "<what><tail>.|{How "
    "large is|How big is} the {mean|average} of <what><tail>?|{I need|I want|I'd like|We need} the {mean|average} of "
    "<what><tail>.|{Can|Could} you {find|work out|calculate|tell me} the {mean|average} of <what><tail>?|"
    "Mean of <what><tail>?|average of <what><tail>}";

static const char *const heads[] = {"mean of ", "mean to 1 decimal of ", "mean to 2 decimals of "};

static void make(rng *r, int level, problem *p) {
    const stats_level *at = &levels[level - 1];
    mean               m  = {.round = at->round};
    p->family             = "mean";
    p->level              = level;
    do {
        stats_draw(&m.d, r, at);
        if (at->round < 0) m.d.v[0].v[0] += (m.d.n - listwork_total(&m.d.v[0]) % m.d.n) % m.d.n;
    } while (m.d.v[0].v[0] > at->hi * (at->places ? 10L : 1L) && at->round < 0);
    const word_slot slot[] = {{"tail", stats_rounding(r, at->round)}, {0}};
    stats_begin(p, r, &m.d, heads[at->round < 0 ? 0 : at->round], "add, count, divide", ask, slot);
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &m});
    stats_answer(p, r, &m.d, chance_of(r, 70) ? "mean" : "average", stats_decimal(&f), true);
    dataset_free(&m.d);
}

static bool right(const problem *p, const char *text, char why[96]) {
    return choice_number(p->question.p, text, p->truth.p, "mean|average*", why);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    numlist v[1];
    char    name[1][TABLE_CELL];
    for (int k = 2; k >= 0; k--) {
        ratio q;
        int   round = k ? k : -1;
        if (!dataset_understood(p, heads[k], 1, v, name, why)) continue;
        if (!stats_says_rounding(p, round) || !dataset_says(p, "mean|average") ||
            !ratio_op(decimal_ratio((decimal){listwork_total(v), v->places}), '/', (ratio){v->n, 1}, &q)) {
            snprintf(why, 96, "the question does not ask for this");
            return false;
        }
        if (k) {
            decimal_put(truth, decimal_near(q, round));
            return true;
        }
        if (q.q == 1) {
            str_addf(truth, "%lld", q.p);
            return true;
        }
        snprintf(why, 96, "the mean is not whole");
    }
    return false;
}

const family fam_mean = {.name   = "mean",
                         .field  = "research",
                         .about  = "the mean of a list or a column",
                         .levels = 10,
                         .make   = make,
                         .right  = right,
                         .solve  = solve};
