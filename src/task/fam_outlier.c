/* fam_outlier.c -- which value is the outlier: the farthest from the median, or the one beyond 1.5 interquartile
 * ranges.
 *
 * Levels: 1 to 5 the farthest from the median of five to nine numbers; from 6 on the quartile rule, among columns that
 * do not matter; from 8 on eleven numbers, from 9 on with a point or three digits. The rule is part of the question. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/choice.h"
#include "task/stats.h"

typedef struct outlier_level {
    int n, hi, places;
} outlier_level;
static const outlier_level levels[] = {{5, 20, 0}, {5, 99, 0},  {7, 99, 0}, {7, 999, 0}, {9, 99, 0},
                                       {7, 99, 0}, {7, 999, 0}, {9, 99, 0}, {7, 99, 1},  {9, 999, 0}};

typedef struct outlier {
    dataset d;
    bool    fences;
    decimal median, q1, q3, iqr, low, high; /* as Work found them */
} outlier;

static void put_value(trace *t, const char *what, decimal v) {
    str_add(t->out, what);
    decimal_put(t->out, v);
    str_addc(t->out, '\n');
}

/* |v - m|, larger minus smaller */
static long distance(trace *t, long v, long m, int places) {
    return listwork_op(t, v > m ? v : m, '-', v > m ? m : v, places);
}

static void farthest(trace *t, outlier *o, fam_value *found) {
    const numlist *l = &o->d.v[0];
    numlist        s = *l, off = {.n = l->n, .places = l->places};
    char           text[LIST_MAX][TABLE_CELL];
    const char    *label[LIST_MAX];
    listwork_sort(t, &s);
    o->median.v = listwork_median(t, &s, &o->median.places);
    put_value(t, "median ", o->median);
    if (o->median.places != l->places) t->bad = true; /* a number went lost: only after a slip, and then not halfway */
    for (int i = 0; i < l->n && !t->bad; i++) {
        str n    = {0};
        off.v[i] = distance(t, l->v[i], o->median.v, l->places);
        listwork_num(&n, l->v[i], l->places);
        snprintf(text[i], sizeof text[i], "%s is off", n.p);
        label[i] = text[i];
        str_free(&n);
    }
    if (t->bad) return;
    str_add(t->out, "largest\n");
    *found = stats_value((decimal){l->v[listwork_best(t, &off, label, true)], l->places});
}

static bool less(decimal a, decimal b) {
    ratio d;
    return ratio_op(decimal_ratio(b), '-', decimal_ratio(a), &d) && d.p > 0;
}

static void put_less(trace *t, decimal a, decimal b) {
    decimal_put(t->out, a);
    str_add(t->out, " < ");
    decimal_put(t->out, b);
}

static void beyond(trace *t, outlier *o, fam_value *found) {
    const numlist *l = &o->d.v[0];
    numlist        s = *l;
    listwork_sort(t, &s);
    stats_quartiles(t, &s, &o->q1, &o->q3);
    if (t->bad || s.n < 1) return;
    o->iqr       = decimal_op(t, o->q3, '-', o->q1);
    decimal step = decimal_op(t, o->iqr, '*', (decimal){15, 1});
    o->low       = decimal_op(t, o->q1, '-', step);
    o->high      = decimal_op(t, o->q3, '+', step);
    decimal a = {s.v[0], s.places}, b = {s.v[s.n - 1], s.places};
    bool    low = less(a, o->low), high = less(o->high, b);
    put_less(t, low ? a : o->low, low ? o->low : a);
    str_add(t->out, low ? ", outside\n" : ", inside\n");
    put_less(t, high ? o->high : b, high ? b : o->high);
    str_add(t->out, high ? ", outside\n" : ", inside\n");
    if (low == high) t->bad = true;
    *found = stats_value(low ? a : b);
}

static void work(trace *t, void *ctx, fam_value *found) {
    outlier *o = ctx;
    if (o->fences) beyond(t, o, found);
    else farthest(t, o, found);
    if (!t->bad) put_value(t, "outlier ", stats_decimal(found));
}

/* As many below the median as above; then only the ends can be the farthest. */
static bool check_farthest(trace *t, const outlier *o, decimal v) {
    const numlist *l = &o->d.v[0];
    int            below, above;
    long           min, max;
    str_add(t->out, "as many below the median as above\n");
    listwork_sides(t, l, o->median.v, &below, &above);
    if (!stats_agree(t, (decimal){below, 0}, (decimal){above, 0})) return false;
    str_add(t->out, "one end must be it\n");
    listwork_ends(t, l, &min, &max);
    long a = distance(t, min, o->median.v, l->places), b = distance(t, max, o->median.v, l->places);
    put_less(t, (decimal){a < b ? a : b, l->places}, (decimal){a < b ? b : a, l->places});
    str_addc(t->out, '\n');
    return stats_compare(t, (decimal){a < b ? max : min, l->places}, v);
}

/* Every other number lies between the fences. */
static bool check_beyond(trace *t, const outlier *o, decimal v) {
    const numlist *l    = &o->d.v[0];
    decimal        back = decimal_op(t, o->q1, '+', o->iqr), out = v;
    int            n = 0;
    if (!stats_agree(t, back, o->q3)) return false;
    for (int i = 0; i < l->n; i++) {
        decimal x   = {l->v[i], l->places};
        bool    low = less(x, o->low), high = less(o->high, x);
        if (low || high) out = x, n++;
        if (!high) put_less(t, low ? x : o->low, low ? o->low : x);
        if (!low && !high) str_add(t->out, " < "), decimal_put(t->out, o->high);
        if (high) put_less(t, o->high, x);
        str_add(t->out, low || high ? ", outside\n" : "\n");
    }
    if (n != 1) {
        str_addf(t->out, "%d outside, wrong\n", n);
        return false;
    }
    return stats_compare(t, out, v);
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const outlier *o = ctx;
    return o->fences ? check_beyond(t, o, stats_decimal(found)) : check_farthest(t, o, stats_decimal(found));
}

static const char ask[] = "{{What|Which} {value|number|measurement} {is|would be} the outlier {in|among|of} "
                          "<what>?<rule>|{Find|Name|Determine|"
                          "Give me|Please find|Pick out} the outlier {in|among|of} <what>.<rule>|{Is there a value "
                          "that does not fit? |}Which "
                          "{value|one|number} is the outlier {in|among|of} <what>?<rule>|{Can|Could} you "
                          "{find|spot|tell me} the outlier {in|of} "
                          "<what>?<rule>|{I need|I want to know} the outlier of <what>.<rule>|{One|A single} value of "
                          "<what> looks odd: which is "
                          "the outlier?<rule>}";
static const char far_rule[] =
    " {{Take|Use} {the value farthest from the median|the one that is farthest from the median}|The outlier is the "
    "value "
    "{farthest from|with the largest distance to} the median|Rule: farthest from the median}.";
static const char iqr_rule[] =
    " {{Use|Take} the 1.5 IQR rule|An outlier lies more than 1.5 IQR below the lower or above the upper quartile|Rule: "
    "outside the quartiles by more than 1.5 times the interquartile range}{; quartiles are the medians of the lower "
    "and "
    "upper half without the middle value|, with the medians of the two halves (middle value left out) as quartiles}.";

/* Without a word: the one outlier by the rule, or -1. */
static int outlier_at(const numlist *l, bool fences) {
    numlist s  = *l;
    int     at = -1, n = 0;
    ratio   q1, q3, d, x, low, high;
    listwork_sorted(&s);
    if (!fences) {
        long m = s.v[s.n / 2], best = -1;
        for (int i = 0; i < l->n; i++) {
            long off = labs(l->v[i] - m);
            n += off == best;
            if (off > best) best = off, at = i, n = 0;
        }
        return n ? -1 : at;
    }
    stats_quartiles_of(&s, &q1, &q3);
    ratio_op(q3, '-', q1, &d);
    ratio_op(d, '*', (ratio){3, 2}, &d);
    ratio_op(q1, '-', d, &low);
    ratio_op(q3, '+', d, &high);
    for (int i = 0; i < l->n; i++) {
        ratio v = decimal_ratio((decimal){l->v[i], l->places});
        ratio_op(v, '-', low, &x);
        bool out = x.p < 0, edge = x.p == 0;
        ratio_op(high, '-', v, &x);
        out |= x.p < 0, edge |= x.p == 0;
        if (edge) return -1;
        if (out) at = i, n++;
    }
    return n == 1 ? at : -1;
}

/* A cluster and one value far from it. */
static void draw(dataset *d, rng *r, const outlier_level *at) {
    const stats_level l = {at->n, at->n, at->hi, at->places, -1};
    stats_draw(d, r, &l);
    numlist *v  = &d->v[0];
    long     lo = d->var[0]->lo, hi = d->var[0]->hi;
    for (int i = 0; i < at->places; i++) lo *= 10, hi *= 10;
    long width = (hi - lo) / 4 + at->n / 2 + 1;
    bool low   = chance_of(r, 40);
    for (int i = 0; i < v->n; i++) v->v[i] = (low ? hi - width : lo) + rng_range(r, 0, (int)width);
    v->v[rng_below(r, (uint64_t)v->n)] =
        low ? lo + rng_range(r, 0, (int)(width / 2)) : hi - rng_range(r, 0, (int)(width / 2));
}

static bool good(const numlist *v, bool fences) {
    bool pointed = !v->places;
    for (int i = 0; i < v->n; i++) pointed |= v->v[i] % 10 != 0;
    return pointed && stats_different(v) && outlier_at(v, fences) >= 0;
}

static void make(rng *r, int level, problem *p) {
    outlier o    = {.fences = level >= 6};
    str     rule = {0};
    p->family    = "outlier";
    p->level     = level;
    do draw(&o.d, r, &levels[level - 1]);
    while (!good(&o.d.v[0], o.fences));
    wording_put(&rule, r, o.fences ? iqr_rule : far_rule, NULL);
    const word_slot slot[] = {{"rule", rule.p}, {0}};
    stats_begin(p, r, &o.d, o.fences ? "outlier by 1.5 IQR of " : "outlier by the median of ",
                o.fences ? "sort, quartiles, fences, who is outside" : "sort, median, distances, largest", ask, slot);
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &o});
    stats_answer(p, r, &o.d, "outlier", stats_decimal(&f), true);
    str_free(&rule);
    dataset_free(&o.d);
}

static bool right(const problem *p, const char *text, char why[96]) {
    return choice_number(p->question.p, text, p->truth.p, "outlier*|farthest|outside|odd|not fit", why);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    numlist v;
    for (int k = 0; k < 2; k++) {
        if (!stats_column(p, k ? "outlier by 1.5 IQR of " : "outlier by the median of ", &v, why)) continue;
        int at = v.n % 2 && v.n > 3 ? outlier_at(&v, k) : -1;
        if (at < 0 || !dataset_says(p, k ? "1.5" : "median")) {
            snprintf(why, 96, at < 0 ? "no single outlier" : "the question has another rule");
            return false;
        }
        decimal_put(truth, (decimal){v.v[at], v.places});
        return true;
    }
    return false;
}

const family fam_outlier = {.name   = "outlier",
                            .field  = "research",
                            .about  = "the outlier of a list or a column, by a rule",
                            .levels = 10,
                            .make   = make,
                            .right  = right,
                            .solve  = solve};
