/* fam_range.c -- the range of a list or a column: largest minus smallest.
 *
 * Levels: 1 and 2 a few small numbers; 3 to 5 two digits, named columns; from 6 on three digits among columns that do
 * not matter; 9 and 10 numbers with a point. */
#include <stdio.h>
#include <string.h>
#include "task/choice.h"
#include "task/stats.h"

static const stats_level levels[] = {{3, 5, 20, 0, -1},  {4, 5, 99, 0, -1},   {5, 6, 99, 0, -1},   {6, 7, 99, 0, -1},
                                     {6, 8, 999, 0, -1}, {7, 8, 999, 0, -1},  {8, 10, 999, 0, -1}, {10, 13, 999, 0, -1},
                                     {7, 10, 99, 1, -1}, {11, 16, 999, 1, -1}};

typedef struct range {
    dataset d;
    long    min, max; /* as Work found them */
} range;

static void work(trace *t, void *ctx, fam_value *found) {
    range         *m = ctx;
    const numlist *v = &m->d.v[0];
    listwork_ends(t, v, &m->min, &m->max);
    long c = listwork_op(t, m->max, '-', m->min, v->places);
    *found = stats_value((decimal){c, v->places});
}

static void put(trace *t, long v, int places, const char *after) {
    listwork_num(t->out, v, places);
    str_add(t->out, after);
}

/* "3 < 7 < 25": v lies between the ends, or is one. */
static bool between(trace *t, const range *m, long v, int places) {
    bool in = v >= m->min && v <= m->max;
    if (v == m->min || v == m->max) {
        put(t, v, places, " = ");
        put(t, v, places, "\n");
    } else if (in) {
        put(t, m->min, places, " < ");
        put(t, v, places, " < ");
        put(t, m->max, places, "\n");
    } else {
        put(t, v < m->min ? v : m->max, places, " < ");
        put(t, v < m->min ? m->min : v, places, ", wrong\n");
    }
    return in;
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const range   *m = ctx;
    const numlist *v = &m->d.v[0];
    str_add(t->out, "from ");
    put(t, m->min, v->places, " to ");
    put(t, m->max, v->places, "\n");
    for (int i = v->n - 1; i >= 0; i--)
        if (!between(t, m, v->v[i], v->places)) return false;
    decimal sum = decimal_op(t, (decimal){m->min, v->places}, '+', stats_decimal(found));
    return stats_compare(t, sum, (decimal){m->max, v->places});
}

static const char ask[] =
    "{{What is|What's|What would be|Tell me} <r> of <what>?|{Find|Calculate|Compute|Work out|Determine|Give me|Please "
    "find|State} <r> of <what>.|{How large is|How big is|How wide is} <r> of <what>?|{I need|I want|I'd like|We need} "
    "<r> "
    "of <what>.|{Can|Could} you {find|work out|calculate|tell me} <r> of <what>?|{By how much do|How much do} the "
    "largest "
    "and the smallest of <what> differ?|range of <what>}";
static const char measure[] =
    "the {4*range|range (largest minus smallest)|range (max - min)|range, that is maximum minus "
    "minimum,|difference between the {largest|highest|biggest} and the {smallest|lowest} value}";

static void make(rng *r, int level, problem *p) {
    range m   = {.min = 0};
    str   say = {0};
    p->family = "range";
    p->level  = level;
    stats_draw(&m.d, r, &levels[level - 1]);
    wording_put(&say, r, measure, NULL);
    const word_slot slot[] = {{"r", say.p}, {0}};
    stats_begin(p, r, &m.d, "range of ", "smallest and largest, then subtract", ask, slot);
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &m});
    stats_answer(p, r, &m.d, "range", stats_decimal(&f), true);
    str_free(&say);
    dataset_free(&m.d);
}

static bool right(const problem *p, const char *text, char why[96]) {
    return choice_number(p->question.p, text, p->truth.p, "range", why);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    numlist v;
    if (!stats_column(p, "range of ", &v, why)) return false;
    if (!dataset_says(p, "range|difference|differ")) {
        snprintf(why, 96, "the question does not ask for a range");
        return false;
    }
    listwork_sorted(&v);
    decimal_put(truth, (decimal){v.v[v.n - 1] - v.v[0], v.places});
    return true;
}

const family fam_range = {.name   = "range",
                          .field  = "research",
                          .about  = "largest minus smallest of a list or a column",
                          .levels = 10,
                          .make   = make,
                          .right  = right,
                          .solve  = solve};
