/* fam_median.c -- the median of a list or a column: sorted by insertion, then ends are taken off in pairs.
 *
 * Levels: 1 three or five small numbers; then more and larger ones, even counts from 2 on; from 6 on among columns that
 * do not matter; 9 and 10 numbers with a point. */
#include <stdio.h>
#include <string.h>
#include "task/choice.h"
#include "task/stats.h"

static const stats_level levels[] = {{3, 5, 20, 0, -1}, {4, 5, 20, 0, -1},  {4, 5, 99, 0, -1},  {5, 6, 99, 0, -1},
                                     {6, 7, 99, 0, -1}, {6, 7, 999, 0, -1}, {7, 8, 999, 0, -1}, {8, 9, 999, 0, -1},
                                     {6, 8, 99, 1, -1}, {8, 10, 99, 1, -1}};

static void work(trace *t, void *ctx, fam_value *found) {
    const dataset *d = ctx;
    numlist        s = d->v[0];
    decimal        m;
    listwork_sort(t, &s);
    m.v    = listwork_median(t, &s, &m.places);
    *found = stats_value(m);
    str_add(t->out, "median ");
    decimal_put(t->out, stats_decimal(found));
    str_addc(t->out, '\n');
}

/* As many must be below as above; both written with as many places. */
static bool check(trace *t, void *ctx, const fam_value *found) {
    const dataset *d = ctx;
    numlist        v = d->v[0];
    decimal        m = stats_decimal(found);
    int            below, above;
    for (; v.places < m.places; v.places++)
        for (int i = 0; i < v.n; i++) v.v[i] *= 10;
    for (; m.places < v.places; m.places++) m.v *= 10;
    str_add(t->out, "as many below as above\n");
    listwork_sides(t, &v, m.v, &below, &above);
    return fam_compare(t, below, above);
}

static const char ask[] =
    "{{What is|What's|What would be|Tell me} the {3*median|middle value (median)} of "
    "<what>?|{Find|Calculate|Compute|Work "
    "out|Determine|Give me|Please find|State} the {3*median|median value} of <what>.|{I need|I want|I'd like|We need} "
    "the "
    "median of <what>.|{Can|Could} you {find|work out|tell me} the median of <what>?|Which {number|value} is the "
    "median of "
    "<what>?|median of <what>|Sort <what> and {give|tell} me the median.|{What|Which value} do I get as the median of "
    "<what>?}";

/* The middle is not there twice: the check counts what is below and above. */
static bool clear_middle(const numlist *v) {
    numlist s = *v;
    listwork_sorted(&s);
    int k = s.n / 2;
    return s.n % 2 ? s.v[k - 1] < s.v[k] && s.v[k] < s.v[k + 1] : s.v[k - 1] < s.v[k];
}

static void make(rng *r, int level, problem *p) {
    dataset d;
    p->family = "median";
    p->level  = level;
    do stats_draw(&d, r, &levels[level - 1]);
    while (!clear_middle(&d.v[0]) || (level == 1 && d.n % 2 == 0));
    stats_begin(p, r, &d, "median of ", d.n % 2 ? "sort, take the middle" : "sort, halfway between the middle two", ask,
                NULL);
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &d});
    stats_answer(p, r, &d, "median", stats_decimal(&f), true);
    dataset_free(&d);
}

static bool right(const problem *p, const char *text, char why[96]) {
    return choice_number(p->question.p, text, p->truth.p, "median*|middle", why);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    numlist v;
    if (!stats_column(p, "median of ", &v, why)) return false;
    if (!dataset_says(p, "median")) {
        snprintf(why, 96, "the question does not ask for a median");
        return false;
    }
    listwork_sorted(&v);
    decimal_put(truth, decimal_near(stats_median_of(&v), v.places + 1));
    return true;
}

const family fam_median = {.name   = "median",
                           .field  = "research",
                           .about  = "the median of a list or a column",
                           .levels = 10,
                           .make   = make,
                           .right  = right,
                           .solve  = solve};
