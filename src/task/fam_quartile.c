/* fam_quartile.c -- lower and upper quartile and the interquartile range, as medians of halves.
 *
 * Levels: 1 and 2 one quartile of four or five numbers; 3 and 4 also the interquartile range; then more and larger
 * numbers, among columns that do not matter from 6 on; 10 numbers with a point. */
#include <stdio.h>
#include <string.h>
#include "task/choice.h"
#include "task/stats.h"

static const stats_level levels[] = {{4, 5, 20, 0, -1},   {5, 7, 20, 0, -1}, {6, 7, 99, 0, -1}, {6, 7, 99, 0, -1},
                                     {7, 8, 99, 0, -1},   {6, 8, 99, 0, -1}, {7, 9, 99, 0, -1}, {8, 9, 999, 0, -1},
                                     {9, 11, 999, 0, -1}, {7, 7, 99, 1, -1}};

typedef enum { LOWER, UPPER, BETWEEN } kind;
static const char *const head[]   = {"lower quartile of ", "upper quartile of ", "interquartile range of "};
static const char *const called[] = {"lower quartile", "upper quartile", "interquartile range"};

typedef struct quart {
    dataset d;
    kind    k;
    decimal q1, q3; /* as Work found them */
} quart;

static void work(trace *t, void *ctx, fam_value *found) {
    quart  *m = ctx;
    numlist s = m->d.v[0];
    listwork_sort(t, &s);
    stats_quartiles(t, &s, &m->q1, &m->q3);
    decimal v = m->k == LOWER ? m->q1 : m->q3;
    if (m->k == BETWEEN) v = decimal_op(t, m->q3, '-', m->q1);
    *found = stats_value(v);
}

/* How many numbers lie on one side of q. */
static int beyond(trace *t, const numlist *l, decimal q, bool below) {
    numlist v = *l;
    int     b, a;
    for (; v.places < q.places; v.places++)
        for (int i = 0; i < v.n; i++) v.v[i] *= 10;
    for (; q.places < v.places; q.places++) q.v *= 10;
    listwork_sides(t, &v, q.v, &b, &a);
    return below ? b : a;
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const quart *m = ctx;
    str_add(t->out, "as many below the lower quartile as above the upper\nlower\n");
    int b = beyond(t, &m->d.v[0], m->q1, true);
    str_add(t->out, "upper\n");
    int a = beyond(t, &m->d.v[0], m->q3, false);
    if (m->k != BETWEEN) return fam_compare(t, b, a);
    if (!stats_agree(t, (decimal){b, 0}, (decimal){a, 0})) return false;
    decimal back = decimal_op(t, stats_decimal(found), '+', m->q1);
    return stats_compare(t, back, m->q3);
}

static const char ask[] =
    "{{What is|What's|What would be|Tell me} the <k> of <what>?<rule>|{Find|Determine|Give me|Please "
    "find|Calculate|Work "
    "out|Compute} the <k> of <what>.<rule>|{I need|I want|We need} the <k> of <what>.<rule>|{Can|Could} you {find|work "
    "out|tell me} the <k> of <what>?<rule>|the <k> of <what>, please.<rule>}";
static const char rule[] = " {Take|Use} {the quartiles as the medians of the lower and the upper half|the medians of "
                           "the lower and upper half as "
                           "quartiles|medians of the two halves as the quartiles}{, without the middle value if the "
                           "count is odd|, leaving out the "
                           "middle value when the count is odd| (an odd one in the middle belongs to neither half)}.";

static void make(rng *r, int level, problem *p) {
    quart m   = {.k = (kind)rng_below(r, level < 3 ? 2 : 3)};
    str   how = {0};
    p->family = "quartile";
    p->level  = level;
    if (level > 3 && chance_of(r, 60)) m.k = BETWEEN;
    do stats_draw(&m.d, r, &levels[level - 1]);
    while (!stats_different(&m.d.v[0]));
    wording_put(&how, r, rule, NULL);
    const word_slot slot[] = {
        {"k", m.k == BETWEEN ? chance_of(r, 30) ? "IQR (interquartile range)" : called[2] : called[m.k]},
        {"rule", how.p},
        {0}};
    stats_begin(p, r, &m.d, head[m.k],
                m.k == BETWEEN ? "sort, medians of the halves, subtract" : "sort, medians of the halves", ask, slot);
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &m});
    stats_answer(p, r, &m.d, called[m.k], stats_decimal(&f), true);
    str_free(&how);
    dataset_free(&m.d);
}

/* The same number under another quartile's name is wrong. */
static bool right(const problem *p, const char *text, char why[96]) {
    static const char *const names[] = {"lower quartile|first quartile|q1", "upper quartile|third quartile|q3",
                                        "interquartile range|iqr|inter quartile range"};
    size_t                   len;
    int  asked = choice_find(p->question.p, names[2], &len) ? 2 : choice_find(p->question.p, names[1], &len) ? 1 : 0;
    bool named = choice_find(text, names[asked], &len) != NULL;
    for (int i = 0; !named && i < 3; i++)
        if (i != asked && choice_find(text, names[i], &len)) {
            snprintf(why, 96, "another measure than the %s", called[asked]);
            return false;
        }
    return choice_number(p->question.p, text, p->truth.p, "quartile*|iqr|interquartile range|q1|q3", why);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    numlist v;
    for (int k = 0; k < 3; k++) {
        ratio q1, q3, out;
        if (!stats_column(p, head[k], &v, why)) continue;
        if (v.n < 4 || !dataset_says(p, called[k])) {
            snprintf(why, 96, "the question does not ask for the %s", called[k]);
            return false;
        }
        listwork_sorted(&v);
        stats_quartiles_of(&v, &q1, &q3);
        if (k == BETWEEN) ratio_op(q3, '-', q1, &out);
        else out = k == LOWER ? q1 : q3;
        decimal_put(truth, decimal_near(out, v.places + 2));
        return true;
    }
    return false;
}

const family fam_quartile = {.name   = "quartile",
                             .field  = "research",
                             .about  = "quartiles and the interquartile range",
                             .levels = 10,
                             .make   = make,
                             .right  = right,
                             .solve  = solve};
