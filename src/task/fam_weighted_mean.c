/* fam_weighted_mean.c -- the weighted mean of values with counts, areas or shares as weights.
 *
 * Levels: 1 and 2 two values with small weights; then three to six, larger; to one or two decimals from 5 on, among
 * columns that do not matter from 6 on; 10 values with a point. */
#include <stdio.h>
#include <string.h>
#include "task/choice.h"
#include "task/stats.h"

typedef struct weight_level {
    int n_lo, n_hi, value, weight, places, round;
} weight_level;
/* weight: what the weights add up to at most, so that the division is by the table */
static const weight_level levels[] = {
    {2, 2, 60, 9, 0, -1}, {2, 3, 60, 10, 0, -1}, {3, 3, 60, 10, 0, -1}, {3, 4, 99, 12, 0, -1}, {3, 3, 99, 9, 0, 1},
    {3, 3, 99, 12, 0, 1}, {4, 4, 99, 12, 0, 1},  {4, 4, 99, 12, 0, 2},  {3, 3, 99, 12, 1, 2},  {4, 4, 99, 12, 1, 2}};

/* y: the value; x: the weight */
static const study kinds[] = {
    {"class",
     "classes",
     ROWS_LETTERS,
     {"mark", "points", 2, 99},
     {"pupils", "", 1, 40},
     {{"teachers", "", 1, 4}, {"hours", "h", 2, 20}},
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     ""},
    {"shop",
     "shops",
     ROWS_LETTERS,
     {"price", "cents", 2, 99},
     {"pieces sold", "", 1, 40},
     {{"staff", "", 1, 20}, {"shelves", "", 2, 30}},
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     ""},
    {"site",
     "sites",
     ROWS_LETTERS,
     {"rainfall", "mm", 2, 99},
     {"area", "ha", 1, 40},
     {{"wells", "", 1, 9}, {"height", "m", 10, 90}},
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     ""},
    {"trial",
     "trials",
     ROWS_LETTERS,
     {"time", "s", 2, 99},
     {"runs", "", 1, 40},
     {{"helpers", "", 1, 6}, {"breaks", "", 0, 9}},
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     ""},
    {"test",
     "tests",
     ROWS_LETTERS,
     {"score", "points", 2, 99},
     {"weight", "", 1, 40},
     {{"questions", "", 5, 40}, {"minutes", "min", 20, 90}},
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     ""},
    {"solution",
     "solutions",
     ROWS_LETTERS,
     {"strength", "%", 2, 99},
     {"volume", "ml", 1, 40},
     {{"flasks", "", 1, 6}, {"temperature", "C", 5, 40}},
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     ""},
    {"herd",
     "herds",
     ROWS_LETTERS,
     {"gain", "kg", 2, 99},
     {"animals", "", 1, 40},
     {{"pens", "", 1, 8}, {"feed", "kg", 10, 90}},
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     ""},
    {"route",
     "routes",
     ROWS_LETTERS,
     {"delay", "min", 2, 99},
     {"buses", "", 1, 40},
     {{"stops", "", 4, 30}, {"length", "km", 3, 60}},
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     ""},
    {"ward",
     "wards",
     ROWS_LETTERS,
     {"stay", "days", 2, 99},
     {"patients", "", 1, 40},
     {{"nurses", "", 1, 15}, {"beds", "", 4, 60}},
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     ""},
    {"sample",
     "samples",
     ROWS_LETTERS,
     {"lead content", "mg/kg", 2, 99},
     {"mass", "g", 1, 40},
     {{"depth", "cm", 5, 90}, {"stones", "", 1, 20}},
     "",
     "",
     "",
     "",
     "",
     "",
     "",
     ""},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

typedef struct weighted {
    dataset d; /* column 0: value, 1: weight */
    int     round;
    numlist prod;
    long    sum, weights; /* as Work found them */
} weighted;

static void work(trace *t, void *ctx, fam_value *found) {
    weighted      *m = ctx;
    const numlist *v = &m->d.v[0], *w = &m->d.v[1];
    numlist        whole = *v;
    m->prod              = (numlist){.n = v->n};
    if (v->places) {
        whole.places = 0;
        str_add(t->out, "in tenths: ");
        listwork_put(t->out, &whole);
        str_addc(t->out, '\n');
    }
    for (int i = 0; i < v->n; i++) m->prod.v[i] = trace_slips(t) ? whole.v[i] : digits_op(t, whole.v[i], '*', w->v[i]);
    str_add(t->out, "products ");
    listwork_put(t->out, &m->prod);
    str_addc(t->out, '\n');
    m->sum = listwork_sum(t, &m->prod);
    str_add(t->out, "weights\n");
    m->weights = trace_slips(t) ? v->n : listwork_sum(t, w); /* divided by how many there are */
    if (v->places) {
        str_add(t->out, "sum ");
        listwork_num(t->out, m->sum, v->places);
        str_addc(t->out, '\n');
    }
    if (m->weights < 1) t->bad = true;
    if (t->bad) return;
    *found = stats_value(
        decimal_div(t, "weighted mean", (decimal){m->sum, v->places}, m->weights, m->round < 0 ? 0 : m->round));
}

/* Its digit sum, down to one digit. */
static long root(trace *t, long v) { return v >= 10 ? digits_root(t, v) : v; }

/* Casting out nines: the products of the digit sums, added, have the digit sum of what the products add up to. The
 * weights from the end, the division undone. */
static bool check(trace *t, void *ctx, const fam_value *found) {
    const weighted *m = ctx;
    const numlist  *v = &m->d.v[0], *w = &m->d.v[1];
    long            all = 0;
    str_add(t->out, "digit sums\n");
    for (int i = 0; i < v->n && !t->bad; i++) {
        long x = root(t, v->v[i]), y = root(t, w->v[i]), p = root(t, digits_op(t, x, '*', y));
        all = i ? root(t, digits_op(t, all, '+', p)) : p;
    }
    if (!stats_agree(t, (decimal){root(t, m->sum), 0}, (decimal){all, 0})) return false;
    str_add(t->out, "weights from the end\n");
    if (!stats_agree(t, (decimal){listwork_sum_back(t, w), 0}, (decimal){m->weights, 0})) return false;
    return stats_undo_division(t, stats_decimal(found), m->weights, (decimal){m->sum, v->places}, m->round);
}

static const char ask[] = "{{What is|What's|Find|Calculate|Work out|Compute|Determine|Give me|Tell me} the {weighted "
                          "mean|weighted average} of <c0> "
                          "with <c1> as {weights|the weight}<tail>{.|?}|{Weight|Weighted} by <c1>, {what is the "
                          "{mean|average} <c0>|what's the mean "
                          "<c0>}<tail>?|{What is|What's} the {mean|average} <c0> {weighted by|with the weights in} "
                          "<c1><tail>?|{I need|I want} the "
                          "weighted {mean|average} of <c0>, {weights: <c1>|weighted by <c1>}<tail>.|{Can|Could} you "
                          "{find|calculate|work out} the "
                          "weighted mean of <c0> (weights: <c1>)<tail>?|weighted mean of <c0> by <c1><tail>}";

static bool draw(weighted *m, rng *r, const weight_level *at) {
    const study *s   = &kinds[rng_below(r, KINDS)];
    int          n   = rng_range(r, at->n_lo, at->n_hi);
    long         sum = 0, weights = 0;
    bool         pointed = false;
    m->d                 = (dataset){.s = s, .n = n, .cols = 2, .var = {&s->y, &s->x}};
    m->d.v[0]            = (numlist){.n = n, .places = at->places};
    m->d.v[1]            = (numlist){.n = n};
    for (int i = 0; i < n; i++) {
        long v = rng_range(r, at->places ? 20 : 2, at->value * (at->places ? 10 : 1)), w = rng_range(r, 1, 6);
        m->d.v[0].v[i] = v;
        m->d.v[1].v[i] = w;
        sum += v * w;
        weights += w;
        pointed |= v % 10 != 0;
    }
    if (weights > at->weight) return false;
    for (int i = 1; i < n; i++)
        if (m->d.v[1].v[i] != m->d.v[1].v[0]) return (at->round >= 0 || sum % weights == 0) && (!at->places || pointed);
    return false; /* equal weights: no weighted mean */
}

static const char *const heads[] = {"weighted mean; ", "weighted mean to 1 decimal; ", "weighted mean to 2 decimals; "};

static void make(rng *r, int level, problem *p) {
    const weight_level *at = &levels[level - 1];
    weighted            m  = {.round = at->round};
    p->family              = "weighted_mean";
    p->level               = level;
    while (!draw(&m, r, at)) {}
    const word_slot slot[] = {{"tail", stats_rounding(r, at->round)}, {0}};
    stats_begin(p, r, &m.d, heads[at->round < 0 ? 0 : at->round],
                "value times weight, add, divide by the sum of the weights", ask, slot);
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &m});
    stats_answer(p, r, &m.d, chance_of(r, 70) ? "weighted mean" : "weighted average", stats_decimal(&f), true);
    dataset_free(&m.d);
}

static bool right(const problem *p, const char *text, char why[96]) {
    size_t len;
    if (choice_find(text, "unweighted|plain mean|simple mean|simple average|unweighted mean", &len)) {
        snprintf(why, 96, "the mean without weights");
        return false;
    }
    return choice_number(p->question.p, text, p->truth.p, "weighted mean|weighted average|mean|average", why);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    numlist v[2];
    char    name[2][TABLE_CELL];
    for (int k = 2; k >= 0; k--) {
        long  sum = 0;
        ratio q;
        if (dataset_understood(p, heads[k], 2, v, name, why) != 2) continue;
        for (int i = 0; i < v[0].n && v[0].n == v[1].n; i++) sum += v[0].v[i] * v[1].v[i];
        if (v[0].n != v[1].n || v[1].places || !dataset_says(p, "weighted|weights|weight") ||
            !stats_says_rounding(p, k ? k : -1) ||
            !ratio_op(decimal_ratio((decimal){sum, v[0].places}), '/', (ratio){listwork_total(&v[1]), 1}, &q) ||
            (!k && q.q != 1)) {
            snprintf(why, 96, "the question does not ask for this weighted mean");
            return false;
        }
        decimal_put(truth, decimal_near(q, k));
        return true;
    }
    return false;
}

const family fam_weighted_mean = {.name   = "weighted_mean",
                                  .field  = "research",
                                  .about  = "the mean of values with weights",
                                  .levels = 10,
                                  .make   = make,
                                  .right  = right,
                                  .solve  = solve};
