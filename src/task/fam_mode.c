/* fam_mode.c -- the most common value of a list or a column, by a tally.
 *
 * Levels: 1 five or six small numbers; more values, more of each and closer counts from level to level; from 6 on among
 * columns that do not matter; 9 and 10 numbers with a point. There is always one value that is most common. */
#include <stdio.h>
#include <string.h>
#include "task/choice.h"
#include "task/stats.h"

static const stats_level levels[] = {
    {5, 6, 20, 0, -1},   {5, 7, 20, 0, -1},    {6, 8, 99, 0, -1},    {7, 9, 99, 0, -1},   {9, 11, 99, 0, -1},
    {9, 11, 999, 0, -1}, {10, 13, 999, 0, -1}, {13, 15, 999, 0, -1}, {10, 13, 99, 1, -1}, {14, 18, 99, 1, -1}};

typedef struct tally {
    dataset d;
    int     most; /* as Work found it */
} tally;

/* "7 once", "4 once", "7: 1 + 1 = 2"; then the largest count. Returns its value. */
static long count(trace *t, const numlist *l, bool back, int *most) {
    numlist     seen = {.places = l->places}, times = {.places = 0};
    const char *label[LIST_MAX];
    char        text[LIST_MAX][TABLE_CELL];
    for (int i = 0; i < l->n; i++) {
        long v = l->v[back ? l->n - 1 - i : i];
        int  k = 0;
        if (trace_slips(t)) continue;
        while (k < seen.n && seen.v[k] != v) k++;
        listwork_num(t->out, v, l->places);
        if (k == seen.n) {
            seen.v[seen.n++]   = v;
            times.v[times.n++] = 1;
            str_add(t->out, " once\n");
        } else {
            str_addf(t->out, ": %ld + 1", times.v[k]);
            times.v[k] += trace_slips(t) ? 2 : 1;
            str_addf(t->out, " = %ld\n", times.v[k]);
        }
    }
    for (int k = 0; k < seen.n; k++) {
        str s = {0};
        listwork_num(&s, seen.v[k], seen.places);
        snprintf(text[k], sizeof text[k], "%s is there", s.p);
        label[k] = text[k];
        str_free(&s);
    }
    str_add(t->out, "most often\n");
    if (!seen.n) {
        t->bad = true;
        return 0;
    }
    int best = listwork_best(t, &times, label, true);
    *most    = (int)times.v[best];
    return seen.v[best];
}

static void work(trace *t, void *ctx, fam_value *found) {
    tally *m = ctx;
    *found   = stats_value((decimal){count(t, &m->d.v[0], false, &m->most), m->d.v[0].places});
    str_add(t->out, "mode ");
    decimal_put(t->out, stats_decimal(found));
    str_addc(t->out, '\n');
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const tally *m = ctx;
    int          most;
    str_add(t->out, "count from the end\n");
    long v = count(t, &m->d.v[0], true, &most);
    if (!stats_agree(t, (decimal){most, 0}, (decimal){m->most, 0})) return false;
    return stats_compare(t, (decimal){v, m->d.v[0].places}, stats_decimal(found));
}

/* k values, one of them most often. */
static void draw(dataset *d, rng *r, const stats_level *at) {
    stats_draw(d, r, at);
    numlist *v    = &d->v[0], kind;
    int      most = rng_range(r, 2, d->n / 3 + 1), left = d->n - most, n = 0;
    long     mode;
    do stats_fill(&kind, r, d->var[0], v->n, v->places);
    while (at->places && !(kind.v[0] % 10));
    mode = kind.v[0];
    for (int i = 0; i < most; i++) v->v[n++] = mode;
    for (int k = 1; left > 0; k++) {
        int times = rng_range(r, 1, most - 1);
        if (times > left) times = left;
        for (int i = 0; i < times; i++) v->v[n++] = kind.v[k % kind.n];
        left -= times;
    }
    for (int i = n - 1; i > 0; i--) {
        int  k  = (int)rng_below(r, (uint64_t)i + 1);
        long x  = v->v[i];
        v->v[i] = v->v[k];
        v->v[k] = x;
    }
}

static int times_of(const numlist *v, int i) {
    int n = 0;
    for (int k = 0; k < v->n; k++) n += v->v[k] == v->v[i];
    return n;
}

/* The place of the only most common value, -1: there is none. */
static int mode_at(const numlist *v) {
    int best = 0;
    for (int i = 1; i < v->n; i++)
        if (times_of(v, i) > times_of(v, best)) best = i;
    for (int i = 0; i < v->n; i++)
        if (v->v[i] != v->v[best] && times_of(v, i) == times_of(v, best)) return -1;
    return times_of(v, best) > 1 ? best : -1;
}

static const char ask[] =
    "{{What is|What's|What would be|Tell me} the {3*mode|mode (most common value)|most common value|most frequent "
    "value} "
    "of <what>?|{Find|Determine|Give me|Please find|State} the {mode|most common value|most frequent value} of <what>.|"
    "{I need|I want|We need} the mode of <what>.|{Can|Could} you {find|work out|tell me} the mode of <what>?|Which "
    "{number|value} is the mode of <what>?|Which value {comes|occurs|is found} most often in the list of <what>?|mode "
    "of "
    "<what>}";

static void make(rng *r, int level, problem *p) {
    tally m   = {.most = 0};
    p->family = "mode";
    p->level  = level;
    do draw(&m.d, r, &levels[level - 1]);
    while (mode_at(&m.d.v[0]) < 0);
    stats_begin(p, r, &m.d, "mode of ", "count each value, take the most often", ask, NULL);
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &m});
    stats_answer(p, r, &m.d, chance_of(r, 60) ? "mode" : "most common value", stats_decimal(&f), true);
    dataset_free(&m.d);
}

static bool right(const problem *p, const char *text, char why[96]) {
    return choice_number(p->question.p, text, p->truth.p, "mode|most common|most often|most frequent", why);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    numlist v;
    if (!stats_column(p, "mode of ", &v, why)) return false;
    int at = mode_at(&v);
    if (at < 0 || !dataset_says(p, "mode|most")) {
        snprintf(why, 96, at < 0 ? "no value is the most common" : "the question does not ask for a mode");
        return false;
    }
    decimal_put(truth, (decimal){v.v[at], v.places});
    return true;
}

const family fam_mode = {.name   = "mode",
                         .field  = "research",
                         .about  = "the most common value of a list or a column",
                         .levels = 10,
                         .make   = make,
                         .right  = right,
                         .solve  = solve};
