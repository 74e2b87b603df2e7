/* fam_compare_groups.c -- which of two or three groups has the larger mean (or median, or total), and by how much.
 *
 * Levels: 1 two groups of two or three small numbers, totals; 2 and 3 means; 4 medians too; from 5 on larger numbers,
 * from 6 on one table with the group in a column among columns that do not matter; 8 to 10 three groups: the largest
 * and the smallest. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/choice.h"
#include "task/stats.h"
#include "task/table_read.h"

typedef enum { TOTAL, MEAN, MEDIAN } measure;
typedef struct group_level {
    int groups, n_lo, n_hi, hi;
} group_level;
static const group_level levels[] = {{2, 2, 3, 20}, {2, 2, 3, 20},  {2, 3, 4, 99}, {2, 3, 5, 99}, {2, 4, 5, 99},
                                     {2, 3, 4, 99}, {2, 4, 4, 999}, {3, 3, 3, 99}, {3, 3, 4, 99}, {3, 4, 4, 99}};
static const char *const called[] = {"total", "mean", "median"};
enum { GROUPS = 3 };

typedef struct compare {
    dataset d; /* one column a group; head: its name */
    measure k;
    long    each[GROUPS]; /* as Work found them */
    int     top, low;
} compare;

static long measured(trace *t, measure k, const numlist *l, bool back) {
    int  n = l->n, places;
    long rest;
    if (k == MEDIAN) {
        numlist s = *l;
        listwork_sort(t, &s);
        long m = listwork_median(t, &s, &places);
        if (places) t->bad = true;
        return m;
    }
    long s = back ? listwork_sum_back(t, l) : listwork_sum_counted(t, l, &n);
    return k == TOTAL ? s : digits_div(t, "mean", s, n, &rest); /* a rest comes from a slip */
}

static void work(trace *t, void *ctx, fam_value *found) {
    compare    *m    = ctx;
    numlist     each = {.n = m->d.cols};
    const char *label[GROUPS];
    for (int k = 0; k < m->d.cols && !t->bad; k++) {
        str_addf(t->out, "%s\n", m->d.head[k]);
        each.v[k] = m->each[k] = measured(t, m->k, &m->d.v[k], false);
        if (m->k == MEDIAN) str_addf(t->out, "median %ld\n", each.v[k]);
        label[k] = m->d.head[k];
    }
    if (t->bad) return;
    str_add(t->out, "largest\n");
    m->top = listwork_best(t, &each, label, true);
    m->low = 1 - m->top;
    if (m->d.cols > 2) {
        str_add(t->out, "smallest\n");
        m->low = listwork_best(t, &each, label, false);
    }
    found->v = digits_op(t, each.v[m->top], '-', each.v[m->low]);
    found->w = m->top * 8 + m->low;
}

/* The measure the other way: totals and means from the end, medians by what lies below and above. */
static bool check(trace *t, void *ctx, const fam_value *found) {
    const compare *m = ctx;
    for (int k = m->d.cols - 1; k >= 0; k--) {
        int below, above;
        str_addf(t->out, "%s%s\n", m->d.head[k], m->k == MEDIAN ? ", as many below as above" : " from the end");
        if (m->k == MEDIAN) {
            listwork_sides(t, &m->d.v[k], m->each[k], &below, &above);
            if (!stats_agree(t, (decimal){below, 0}, (decimal){above, 0})) return false;
        } else {
            long v = listwork_sum_back(t, &m->d.v[k]), w = m->each[k];
            if (m->k == MEAN) w = digits_op(t, w, '*', m->d.v[k].n);
            if (!stats_agree(t, (decimal){v, 0}, (decimal){w, 0})) return false;
        }
    }
    long back = digits_op(t, m->each[m->low], '+', found->v);
    if (back != m->each[m->top]) return fam_compare(t, back, m->each[m->top]);
    for (int k = 0; k < m->d.cols; k++)
        if (m->each[k] > m->each[m->top] || m->each[k] < m->each[m->low]) {
            str_addf(t->out, "%s has %ld, wrong\n", m->d.head[k], m->each[k]);
            return false;
        }
    return fam_compare(t, back, m->each[m->top]);
}

/* ---- the data: a list for each group, or one table with a column that says which group */
static const char *const names[][GROUPS] = {{"control", "treated", "double dose"},
                                            {"morning", "evening", "noon"},
                                            {"group A", "group B", "group C"},
                                            {"north side", "south side", "east side"},
                                            {"old method", "new method", "no method"},
                                            {"shade", "full sun", "half shade"},
                                            {"team red", "team blue", "team green"},
                                            {"brand X", "brand Y", "brand Z"},
                                            {"village", "town", "harbour"},
                                            {"with music", "in silence", "with noise"},
                                            {"clay", "sand", "loam"},
                                            {"winter", "summer", "spring"}};
enum { NAMES = sizeof names / sizeof *names };

static void paste_lists(dataset *d) {
    for (int k = 0; k < d->cols; k++) {
        if (k) str_addc(&d->text, '\n');
        str_addf(&d->text, "%s: ", d->head[k]);
        listwork_put(&d->text, &d->v[k]);
    }
}

/* Columns group and value, and at most two that do not matter; rows in any order that keeps each group's own. */
static void paste_table(dataset *d, rng *r, int level) {
    table      t    = {0};
    table_form form = (table_form)rng_below(r, TABLE_LINES);
    int next[3] = {0}, extra = level < 6 ? 0 : rng_range(r, 1, 2), left = 0, value = 1 + rng_range(r, 0, extra), c = 0;
    const variable *other[3]; /* what does not matter */
    for (int i = 1; i < STUDY_VARIABLES; i++)
        if (study_var(d->s, i) != d->var[0]) other[c++] = study_var(d->s, i);
    table_col(&t, chance_of(r, 60) ? "group" : "kind");
    for (int k = 0; k <= extra; k++)
        table_col(&t, k + 1 == value ? d->var[0]->name : other[k + 1 > value ? k - 1 : k]->name);
    for (int k = 0; k < d->cols; k++) left += d->v[k].n;
    for (bool mixed = chance_of(r, 60); left > 0; left--) {
        int k = mixed ? (int)rng_below(r, (uint64_t)d->cols) : 0;
        while (next[k] == d->v[k].n) k = (k + 1) % d->cols;
        int row = table_row(&t, d->head[k]);
        for (int x = 1; x <= extra + 1; x++) {
            const variable *o = other[x > value ? x - 2 : x == value ? 0 : x - 1];
            table_num(&t, row, x, x == value ? d->v[k].v[next[k]] : rng_range(r, o->lo, o->hi));
        }
        next[k]++;
    }
    table_put(&d->text, &t, form);
}

static const char ask[] = "{Which {<kind>|of them} has the {larger|higher|greater} <k> <y>, and by how "
                          "much?|{Compare|Take} the <k> <y> of <list>: "
                          "{which is larger|which one is higher} and by how much?|{Find out|Tell me|Work out} {which "
                          "of <list>|which <kind>} has the "
                          "{larger|higher} <k> <y> and {by how much|the difference}.|{Is the <k> <y> larger for <or>? "
                          "By how much?}|By how much "
                          "does the <k> <y> differ between <list>, and where is it {larger|higher}?|{Can|Could} you "
                          "tell me which of <list> has the "
                          "{higher|larger} <k> <y>, and by how much?}";
static const char ask_three[] =
    "{Which {<kind>|of them} has the {largest|highest} <k> <y>, and by how much {more than the smallest|does it beat "
    "the "
    "smallest}?|{Compare|Take} the <k> <y> of <list>: which is {largest|highest} and {by how much is it above the "
    "smallest|how "
    "far is it from the smallest}?|{Find out|Tell me} which of <list> has the {largest|highest} <k> <y> and the "
    "difference to "
    "the smallest.|By how much is the largest <k> <y> among <list> above the smallest, and whose is it?}";

static bool draw(compare *m, rng *r, const group_level *at) {
    const study    *s = study_draw(r);
    const variable *y = chance_of(r, 70) ? &s->y : &s->other[1];
    m->d              = (dataset){.s = s, .cols = at->groups, .var = {y, y, y}};
    if (y->hi > at->hi || y->hi * 10 < at->hi) return false;
    for (int k = 0; k < m->d.cols; k++) {
        numlist *v = &m->d.v[k];
        int      n = rng_range(r, at->n_lo, at->n_hi);
        if (m->k == MEDIAN && n % 2 == 0) n++;
        stats_fill(v, r, y, n, 0);
        if (m->k == MEAN) v->v[0] += (n - listwork_total(v) % n) % n;
        if (m->k == MEDIAN && !stats_different(v)) return false;
        numlist sorted = *v;
        listwork_sorted(&sorted);
        m->each[k] = m->k == TOTAL ? listwork_total(v) : m->k == MEAN ? listwork_total(v) / n : sorted.v[n / 2];
        m->d.n += n;
        for (int i = 0; i < k; i++)
            if (m->each[i] == m->each[k]) return false;
    }
    return m->d.n <= TABLE_ROWS;
}

static void make(rng *r, int level, problem *p) {
    const group_level *at   = &levels[level - 1];
    compare            m    = {.k = level == 1 ? TOTAL : level < 4 ? MEAN : rng_below(r, 3) ? MEAN : MEDIAN};
    str                list = {0}, either = {0};
    p->family = "compare_groups";
    p->level  = level;
    while (!draw(&m, r, at)) {}
    int set = (int)rng_below(r, NAMES), turn = (int)rng_below(r, GROUPS);
    for (int k = 0; k < m.d.cols; k++) {
        snprintf(m.d.head[k], TABLE_CELL, "%s", names[set][(k + turn) % GROUPS]);
        if (k) str_add(&list, k == m.d.cols - 1 ? " and " : ", ");
        str_add(&list, m.d.head[k]);
    }
    m.d.named = m.d.block = true;
    if (level < 3 || (level < 6 && chance_of(r, 40)) || chance_of(r, 10)) paste_lists(&m.d);
    else paste_table(&m.d, r, level);
    str_addf(&either, "%s or %s", m.d.head[0], m.d.head[1]);
    const word_slot slot[] = {{"or", either.p},        {"list", list.p},  {"k", called[m.k]},
                              {"y", m.d.var[0]->name}, {"kind", "group"}, {0}};
    m.d.cols               = 1; /* one variable, as the introduction has it */
    dataset_ask(p, r, &m.d, at->groups > 2 ? ask_three : ask, slot);
    m.d.cols = at->groups;
    str_addf(&p->key, "compare_groups:%s ", called[m.k]);
    for (int k = 0; k < m.d.cols; k++)
        str_addf(&p->key, "%s%s ", k ? "; " : "", m.d.head[k]), listwork_put(&p->key, &m.d.v[k]);
    str_addf(&p->reasoning, "Understand: %s of %s; ", called[m.k], m.d.var[0]->name);
    dataset_understand(&p->reasoning, &m.d);
    str_addf(&p->reasoning, "\nPlan: %s of each group, largest, difference\n", called[m.k]);
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &m});
    str_addf(&p->truth, "%s by %ld", m.d.head[m.top], f.v);
    char diff[24];
    snprintf(diff, sizeof diff, "%ld", f.v);
    const word_slot say[] = {{"g", m.d.head[m.top]},
                             {"d", diff},
                             {"k", called[m.k]},
                             {"y", m.d.var[0]->name},
                             {"er", at->groups > 2 ? "largest" : "larger"},
                             {0}};
    wording_put(&p->answer, r,
                "{The <er> <k> has **<g>**, by **<d>**.|**<g>** has the <er> <k> <y>, by **<d>**.|**<g> by <d>**: that "
                "is where "
                "the <k> is <er>.|The <k> <y> is <er> for **<g>**, by **<d>**.}",
                say);
    str_free(&list);
    str_free(&either);
    dataset_free(&m.d);
}

/* ---- judging: the group, and the difference as a number */
static bool right(const problem *p, const char *text, char why[96]) {
    const char *by  = strstr(p->truth.p, " by "), *option[GROUPS];
    int         set = -1, truth = 0;
    for (int i = 0; i < NAMES && set < 0; i++)
        for (int k = 0; k < GROUPS; k++)
            if (by && strlen(names[i][k]) == (size_t)(by - p->truth.p) &&
                !strncmp(names[i][k], p->truth.p, strlen(names[i][k])))
                set = i, truth = k;
    if (set < 0) {
        snprintf(why, 96, "a truth that names no group");
        return false;
    }
    for (int k = 0; k < GROUPS; k++) option[k] = names[set][k];
    size_t len;
    if (choice_find(text, "smaller|lower|less|fewer", &len) &&
        !choice_find(text, "larger|higher|greater|more|largest|highest", &len)) {
        snprintf(why, 96, "the group with the smaller measure");
        return false;
    }
    return choice_right(p->question.p, text, option, GROUPS, truth, CHOICE_BESIDE, why) &&
           answer_matches(text, by + 4, why);
}

/* Rows of one group out of the table. */
static bool group_of(const table *t, const char *name, const char *value, numlist *out) {
    int     c = table_read_col(t, value);
    numlist all;
    *out = (numlist){.n = 0};
    if (c < 1 || !table_read_column(t, c, &all)) return false;
    out->places = all.places;
    for (int i = 0; i < t->rows; i++)
        if (!strcmp(t->cell[i][0], name)) out->v[out->n++] = all.v[i];
    return out->n > 0;
}

/* A line "name: 3, 5, 8" of the question. */
static bool line_of(const char *q, const char *name, numlist *out) {
    size_t n = strlen(name);
    for (const char *p = q; p && *p; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL)
        if (!strncmp(p, name, n) && p[n] == ':') return table_read_numbers(p + n + 1, strcspn(p + n + 1, "\n"), out);
    return false;
}

static bool same(const numlist *a, const numlist *b) {
    return a->n == b->n && a->places == b->places && !memcmp(a->v, b->v, (size_t)a->n * sizeof *a->v);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    const char *u = p->reasoning.p ? p->reasoning.p : "", *end = u + strcspn(u, "\n");
    char        k[12], value[TABLE_CELL], name[GROUPS][TABLE_CELL];
    numlist     had;
    table       t;
    ratio       each[GROUPS];
    int         groups = 0, top = 0, low = 0;
    snprintf(why, 96, "not a comparison of the groups of the question");
    if (sscanf(u, "Understand: %11[a-z] of %31[^;]; ", k, value) != 2) return false;
    int m = !strcmp(k, "total") ? TOTAL : !strcmp(k, "mean") ? MEAN : MEDIAN;
    if (!dataset_says(p, k) || !dataset_says(p, value)) return false;
    bool is_table = table_read(p->question.p, &t) && table_read_col(&t, value) > 0;
    for (u = strstr(u, "; "); u && u < end; u = strstr(u, "; ")) {
        u += 2;
        const char *colon = strchr(u, ':'), *stop = strchr(u, ';');
        if (!stop || stop > end) stop = end;
        if (groups == GROUPS || !colon || colon > stop || colon - u >= TABLE_CELL) return false;
        snprintf(name[groups], TABLE_CELL, "%.*s", (int)(colon - u), u);
        numlist v, s;
        if (!table_read_numbers(colon + 2, (size_t)(stop - colon - 2), &v)) return false;
        if (!(is_table ? group_of(&t, name[groups], value, &had) : line_of(p->question.p, name[groups], &had)) ||
            !same(&had, &v))
            return false;
        s = v;
        listwork_sorted(&s);
        if (m == MEDIAN) each[groups] = stats_median_of(&s);
        else ratio_make(listwork_total(&v), m == TOTAL ? 1 : v.n, &each[groups]);
        groups++;
        if (stop == end) break;
    }
    if (groups < 2 || (is_table && groups < 3 && dataset_says(p, "largest"))) return false;
    for (int i = 1; i < groups; i++) {
        ratio d;
        ratio_op(each[i], '-', each[top], &d);
        if (d.p > 0) top = i;
        ratio_op(each[i], '-', each[low], &d);
        if (d.p < 0) low = i;
    }
    ratio d;
    ratio_op(each[top], '-', each[low], &d);
    if (d.q != 1 || !d.p) return false;
    str_addf(truth, "%s by %lld", name[top], d.p);
    why[0] = 0;
    return true;
}

const family fam_compare_groups = {.name   = "compare_groups",
                                   .field  = "research",
                                   .about  = "which group has the larger mean, median or total, and by how much",
                                   .levels = 10,
                                   .make   = make,
                                   .right  = right,
                                   .solve  = solve};
