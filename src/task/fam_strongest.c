/* fam_strongest.c -- which of several variables is most strongly related to y: by pairs of rows that agree or do not.
 *
 * Levels: two variables and three rows at 1, up to three variables and five rows; from 3 on relations may be negative,
 * from 6 on columns that do not matter stand among the others. The rule is part of the question; there is one
 * strongest. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/choice.h"
#include "task/stats.h"

typedef struct strong_level {
    int n, vars, hi;
} strong_level;
static const strong_level levels[] = {{3, 2, 20}, {3, 2, 99},  {4, 2, 99}, {4, 2, 999}, {4, 3, 99},
                                      {4, 3, 99}, {4, 3, 999}, {5, 2, 99}, {5, 3, 99},  {5, 3, 999}};

typedef struct strong {
    dataset d;                   /* column 0: y; then the variables */
    int     same[4], against[4]; /* of each, as Work found them */
} strong;

static void work(trace *t, void *ctx, fam_value *found) {
    strong     *m    = ctx;
    numlist     size = {.n = m->d.cols - 1};
    const char *label[4];
    for (int k = 1; k < m->d.cols; k++) {
        int same, against;
        str_addf(t->out, "%s\n", m->d.head[k]);
        stats_pairs(t, &m->d.v[k], &m->d.v[0], false, &same, &against);
        bool more         = same > against;
        size.v[k - 1]     = digits_op(t, more ? same : against, '-', more ? against : same);
        m->same[k - 1]    = same;
        m->against[k - 1] = against;
        label[k - 1]      = m->d.head[k];
    }
    str_add(t->out, "largest\n");
    found->v = listwork_best(t, &size, label, true);
    str_addf(t->out, "so %s\n", label[found->v]);
}

/* The winner is counted once more; of the others no pair must be missing. */
static bool check(trace *t, void *ctx, const fam_value *found) {
    const strong *m = ctx;
    int           same, against, k = (int)found->v, n = m->d.n;
    for (int i = 0; i < m->d.cols - 1; i++) {
        if (i == k) continue;
        long pairs = digits_op(t, m->same[i], '+', m->against[i]);
        if (!stats_agree(t, (decimal){pairs, 0}, (decimal){n * (n - 1) / 2, 0})) return false;
    }
    str_addf(t->out, "%s from the end\n", m->d.head[k + 1]);
    stats_pairs(t, &m->d.v[k + 1], &m->d.v[0], true, &same, &against);
    return stats_agree(t, (decimal){same, 0}, (decimal){m->same[k], 0}) && fam_compare(t, against, m->against[k]);
}

static const char ask[] =
    "{Which of {the variables |}<list> is {most strongly|most closely} {related|linked|tied} to "
    "<c0>?<rule>|{What|Which} has "
    "the strongest relation {to|with} <c0>: <list>?<rule>|{Find|Tell me|Determine|Say} which of <list> goes {best|most "
    "closely} with <c0>.<rule>|{I need|I want} to know which of <list> {predicts <c0> best|is most strongly related to "
    "<c0>}.<rule>|<list>: which one is most strongly related to <c0>?<rule>|{Can|Could} you tell me which of <list> "
    "has the "
    "strongest relation with <c0>?<rule>}";
static const char rule[] = " {{For each one|For every variable} {count|take} the pairs of rows in which it moves the "
                           "same way as <c0> and {subtract|"
                           "take away} those in which it moves the other way; the {largest result, sign aside,|largest "
                           "size of the result} is the "
                           "strongest|Use concordant minus discordant pairs of rows with <c0>, sign aside; the largest "
                           "is the strongest|{Measure|"
                           "Judge} it by concordant minus discordant pairs, whatever the sign}.";

static int size_of(const dataset *d, int k) { return abs(stats_pairs_of(&d->v[k], &d->v[0])); }

/* The only strongest, as a column; 0: there is none. */
static int strongest_of(const dataset *d) {
    int best = 1, ties = 0;
    for (int k = 2; k < d->cols; k++) {
        ties += size_of(d, k) == size_of(d, best);
        if (size_of(d, k) > size_of(d, best)) best = k, ties = 0;
    }
    return ties ? 0 : best;
}

/* Values that mostly go with y, in one direction or the other. */
static void relate(numlist *v, rng *r, const numlist *y, bool negative, int exchanges) {
    numlist s = *v;
    listwork_sorted(&s);
    for (int i = 0; i < v->n; i++) {
        int rank = 0;
        for (int k = 0; k < y->n; k++) rank += y->v[k] < y->v[i];
        v->v[i] = s.v[negative ? s.n - 1 - rank : rank];
    }
    for (; exchanges > 0; exchanges--) {
        int  i = (int)rng_below(r, (uint64_t)v->n), k = (int)rng_below(r, (uint64_t)v->n);
        long x  = v->v[i];
        v->v[i] = v->v[k];
        v->v[k] = x;
    }
}

static bool draw(strong *m, rng *r, const strong_level *at, int level) {
    const study *s = study_draw(r);
    m->d = (dataset){.s = s, .n = at->n, .cols = at->vars + 1, .var = {&s->y, &s->x, &s->other[0], &s->other[1]}};
    if (at->vars == 2 && chance_of(r, 50)) m->d.var[1 + rng_below(r, 2)] = &s->other[1];
    int             first = 1 + (int)rng_below(r, (uint64_t)at->vars); /* x need not be the first that is named */
    const variable *v     = m->d.var[1];
    m->d.var[1]           = m->d.var[first];
    m->d.var[first]       = v;
    for (int k = 0; k < m->d.cols; k++)
        if (!stats_fill_different(&m->d.v[k], r, m->d.var[k], at->n, at->hi)) return false;
    for (int k = 1; k < m->d.cols; k++)
        relate(&m->d.v[k], r, &m->d.v[0], level > 2 && chance_of(r, 40), rng_range(r, 0, 3));
    return strongest_of(&m->d) > 0;
}

static void make(rng *r, int level, problem *p) {
    strong m   = {.same = {0}};
    str    how = {0}, list = {0};
    p->family = "strongest";
    p->level  = level;
    while (!draw(&m, r, &levels[level - 1], level)) {}
    for (int k = 1; k < m.d.cols; k++) {
        if (k > 1) str_add(&list, k == m.d.cols - 1 ? (m.d.cols == 3 ? " and " : " and ") : ", ");
        str_add(&list, m.d.var[k]->name);
    }
    const word_slot of[] = {{"c0", m.d.var[0]->name}, {0}};
    wording_put(&how, r, rule, of);
    const word_slot slot[] = {{"rule", how.p}, {"list", list.p}, {0}};
    stats_begin(p, r, &m.d, "strongest by pairs with the first; ",
                "for each variable pairs that agree minus pairs that do not, then the largest", ask, slot);
    fam_value   f    = fam_work(p, r, &(fam_phases){work, check, &m});
    const char *name = m.d.var[f.v + 1]->name;
    str_add(&p->truth, name);
    const word_slot say[] = {{"w", name}, {"y", m.d.var[0]->name}, {0}};
    wording_put(
        &p->answer, r,
        "{**<w>** is most strongly related to <y>.|**<w>** has the strongest relation with <y>.|It is **<w>**.|Most "
        "closely tied to <y> is **<w>**.|The answer is **<w>**.}",
        say);
    str_free(&how);
    str_free(&list);
    dataset_free(&m.d);
}

/* The options are the study's variables: x and the others of the study that has this truth among them. */
static bool right(const problem *p, const char *text, char why[96]) {
    const char *option[STUDY_VARIABLES];
    size_t      len;
    int         best = -1, hits = 0;
    for (int i = 0; i < study_count(); i++) { /* the study most of whose names the question has */
        const study *s   = study_at(i);
        int          had = 0;
        bool         in  = false;
        for (int k = 1; k < STUDY_VARIABLES; k++) in |= !strcmp(study_var(s, k)->name, p->truth.p);
        for (int k = 0; in && k < STUDY_VARIABLES; k++)
            had += choice_find(p->question.p, study_var(s, k)->name, &len) != NULL;
        if (in && had > hits) hits = had, best = i;
    }
    if (best < 0) {
        snprintf(why, 96, "no study has a variable %.40s", p->truth.p);
        return false;
    }
    int n = 0, truth = 0;
    for (int k = 1; k < STUDY_VARIABLES; k++) {
        const char *name = study_var(study_at(best), k)->name;
        if (!strcmp(name, p->truth.p)) truth = n;
        option[n++] = name;
    }
    return choice_right(p->question.p, text, option, n, truth, CHOICE_BESIDE, why);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    dataset d;
    char    name[4][TABLE_CELL];
    d.cols = dataset_understood(p, "strongest by pairs with the first; ", 4, d.v, name, why);
    if (!d.cols) return false;
    for (int k = 0; k < d.cols; k++)
        if (d.v[k].n != d.v[0].n || !stats_different(&d.v[k])) d.cols = 0;
    int best = d.cols > 2 ? strongest_of(&d) : 0;
    if (!best || !dataset_says(p, "pairs")) {
        snprintf(why, 96, "not a question for the strongest of several, or two are");
        return false;
    }
    size_t n = strcspn(name[best], "(");
    while (n && name[best][n - 1] == ' ') n--;
    for (size_t i = 0; i < n; i++) str_addc(truth, name[best][i] == '_' ? ' ' : name[best][i]);
    return true;
}

const family fam_strongest = {.name   = "strongest",
                              .field  = "research",
                              .about  = "which of several variables is most strongly related to another",
                              .levels = 10,
                              .make   = make,
                              .right  = right,
                              .solve  = solve};
