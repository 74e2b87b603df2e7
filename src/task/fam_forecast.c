/* fam_forecast.c -- what comes next: by the same step, by the average change, by the same growth.
 *
 * Levels: 1 equal steps, the next value; 2 larger, also falling; 3 the average change, two steps; 4 two periods ahead;
 * 5 falling, four steps; 6 a table with a column too many; 7 to one decimal; 8 several periods ahead; 9 the same growth
 * in percent as last time; 10 when a goal is reached on the line through the first and the last value. The check undoes
 * each step. */
#include <string.h>
#include "task/biz_draft.h"

static const char same[] = "{What {comes|is to be expected} next|What will the next {value|number|one} be|What do you "
                           "{forecast|expect|predict} for the next <f>} {if it goes on like {this|that}|if the step "
                           "stays the same|with the same {step|change} again}?";
static const char average[] =
    "{{What do you {forecast|expect|predict} for <e>|What {will|would} <e> bring} {by the average change|using the "
    "average change[ from one <f> to the next]|if the average change continues}?|"
    "{Forecast <e>|Predict <what> for <e>|Give a forecast for <e>} {by the average change|using the average change[ "
    "from one <f> to the next]}.}";
static const char ahead[] =
    "{{What do you {forecast|expect|predict} <e> after the last one|What {will|would} it be <e> after the last one} "
    "{by the average change|using the average change[ from one <f> to the next]|if the average change continues}?|"
    "{Forecast|Predict} the value <e> after the last one {by the average change|using the average change}.}";

/* Rows of a time ledger; v[0] and the changes are drawn by the level. */
static int series(biz_draft *d, int n, int *of) {
    ledger *l     = &d->l;
    int     level = d->level;
    bool    days  = n <= 5 && biz_draft_chance(d, 25),
         fall     = level == 5 || ((level == 2 || level >= 6) && level != 10 && biz_draft_chance(d, 30));
    d->q          = biz_measure(d->r, biz_draft_chance(d, 50));
    d->table      = true;
    ledger_rows(d->r, l, days ? LEDGER_DAYS : LEDGER_MONTHS, n + 1); /* the next one's name, too */
    l->rows = n;
    str_add(&d->slot[4], l->name[n]);
    str_add(&d->slot[5], l->head);
    int c      = ledger_col(l, d->q.col, 0),
        base   = level == 1 ? (int)biz_draft_range(d, 3, 99) : (int)biz_draft_range(d, 100, 900);
    long step  = level == 1 ? biz_draft_range(d, 2, 60) : biz_draft_range(d, 5, level == 2 ? 190 : 120),
         exact = level <= 6;
    if (fall) base += (int)step * (n + 6), step = -step;
    long total = step * (n - 1) + (exact ? 0 : biz_draft_range(d, -n, n));
    for (int i = 0; i < n; i++) {
        l->v[i][c] = base + (i == n - 1 ? total : step * i);
        if (level >= 3 && i && i < n - 1)
            l->v[i][c] += biz_draft_range(d, -(step < 0 ? -step : step) + 1, step < 0 ? -step : step);
    }
    if (level >= 6 && level != 9) ledger_noise(d->r, l);
    return biz_draft_column(d, d->q.col, NULL, of);
}

/* The average change is what lies between first and last by the number of steps. */
static int mean_change(biz_draft *d, const int *of, int n, int places) {
    int all   = sheet_op(&d->s, "change in all = last - first", of[n - 1], '-', of[0]);
    int steps = sheet_given(&d->s, n - 1, 0);
    return sheet_div(&d->s, "average change = that / steps", all, steps, places);
}

static void draw_growth(biz_draft *d, const int *of) {
    int hundred = sheet_given(&d->s, 100, 0);
    int rate = sheet_percent(&d->s, "growth = change / before", sheet_op(&d->s, "change", of[1], '-', of[0]), of[0], 0);
    int keep = sheet_op(&d->s, "100 + growth", hundred, '+', rate);
    sheet_div(&d->s, "by 100", sheet_op(&d->s, "last times that", of[1], '*', keep), hundred, 2);
    d->plan = "the growth in percent, then the last value times 100 + growth, by 100";
    d->ask  = "{{What do you {forecast|expect|predict} for <e>|What {will|would} <e> bring} {with the same growth in "
              "percent again|if it grows by the same percentage once more|at the same percent growth}?|"
              "{Forecast|Predict} <e> with the same growth in percent as last time.}";
}

static void draw_goal(biz_draft *d, const int *of, int n) {
    ledger *l = &d->l;
    int     c = ledger_find(l, d->q.col), mean = mean_change(d, of, n, 1);
    long    first = l->v[0][c], last = l->v[n - 1][c], goal = last + (last - first) * biz_draft_range(d, 11, 40) / 10;
    if (d->q.unit) str_addf(&d->slot[0], "%ld %s", goal, d->q.unit);
    else biz_amount(&d->slot[0], d->m, goal, 0);
    int to  = biz_given(&d->s, &d->u, "goal", goal, 0);
    int gap = sheet_op(&d->s, "still missing = goal - last", to, '-', of[n - 1]);
    sheet_up(&d->s, "periods = missing / average change", gap, mean);
    d->kind   = BIZ_UNITS;
    d->unit   = l->heads;
    d->plan   = "the average change, to one decimal; what is missing divided by it, rounded up";
    d->answer = "{It takes|After|Another} <v>.";
    d->ask = "{After how many {more|further} <f>s is the goal of <a> reached|How many <f>s after the last one will <a> "
             "be reached|How many more <f>s does it take to reach <a>}, {by the average change|if the average change "
             "goes on}{ (average rounded to one decimal)|, the average change being rounded to one decimal}?";
}

static void draw(biz_draft *d) {
    static const int rows[] = {3, 4, 3, 4, 5, 4, 5, 5, 2, 4};
    int              of[LEDGER_MAX], level = d->level, n = rows[level - 1];
    biz_draft_find(d, level <= 2                 ? "next, same step"
                      : level == 9               ? "next, same growth"
                      : level == 10              ? "periods to the goal"
                      : level == 4 || level == 8 ? "value ahead, average change"
                                                 : "next, average change");
    d->answer = "{I expect|The forecast is|About} <v>.";
    if (level == 9) {
        ledger *l = &d->l;
        d->table  = true;
        ledger_rows(d->r, l, LEDGER_MONTHS, 3);
        l->rows = 2;
        str_add(&d->slot[4], l->name[2]);
        int  c     = ledger_col(l, d->q.col, 0);
        long p     = biz_draft_range(d, 2, 60);
        l->v[0][c] = 100 * biz_draft_range(d, 1, biz_draft_chance(d, 50) ? 12 : 60);
        l->v[1][c] = l->v[0][c] / 100 * (100 + p);
        biz_draft_column(d, d->q.col, NULL, of);
        draw_growth(d, of);
        return;
    }
    series(d, n, of);
    if (d->q.unit) d->kind = BIZ_UNITS, d->unit = d->q.unit;
    if (level <= 2) {
        sheet_op(&d->s, "next = last + step", of[n - 1], '+', sheet_op(&d->s, "step", of[n - 1], '-', of[n - 2]));
        d->plan = "the step from one to the next, added to the last";
        d->ask  = same;
        return;
    }
    if (level == 10) {
        draw_goal(d, of, n);
        return;
    }
    int mean = mean_change(d, of, n, level >= 7), k = level == 4 ? 2 : level == 8 ? (int)biz_draft_range(d, 3, 5) : 1;
    d->plan = "last less first, divided by the steps, added to the last";
    d->ask  = k > 1 ? ahead : average;
    if (k > 1) {
        str_addf(&d->u, "; ahead: %d", k);
        str_clear(&d->slot[4]);
        str_addf(&d->slot[4], "%d %s", k, d->l.heads);
        mean    = sheet_op(&d->s, "so many changes ahead", mean, '*', sheet_given(&d->s, k, 0));
        d->plan = "last less first, divided by the steps, times the periods ahead, added to the last";
    }
    sheet_op(&d->s, "forecast = last + that", of[n - 1], '+', mean);
    if (level >= 7) d->round = 1;
}

static void make(rng *r, int level, problem *p) { biz_draft_make(p, r, level, "forecast", draw); }

static ratio one_decimal(ratio v) {
    str         s = {0};
    const char *end;
    biz_rounded(&s, v, 1);
    ratio_read(s.p, &v, &end);
    str_free(&s);
    return v;
}

static bool solve(const problem *p, str *truth, char why[96]) {
    static const ratio one = {1, 1}, none = {0, 1};
    biz_facts          f;
    if (!biz_read(p, &f, why)) return false;
    const biz_field *s = f.n ? &f.f[0] : NULL;
    if (!s || s->n < 2) return biz_solved(why, "no values");
    ratio first = s->v[0], last = s->v[s->n - 1], sum = none;
    if (!strcmp(f.find, "next, same growth")) {
        if (!first.p) return biz_solved(why, "nothing to grow from");
        biz_rounded(truth, biz_calc(biz_calc(last, '*', last), '/', first), 2);
        return true;
    }
    for (int i = 1; i < s->n; i++)
        sum = biz_calc(sum, '+', biz_calc(s->v[i], '-', s->v[i - 1])); /* each change, one by one */
    ratio mean = one_decimal(biz_calc(sum, '/', (ratio){s->n - 1, 1}));
    if (!strcmp(f.find, "periods to the goal")) {
        if (mean.p <= 0) return biz_solved(why, "it does not grow");
        biz_rounded(truth, biz_up(biz_calc(biz_calc(biz_one(&f, "goal", none), '-', last), '/', mean)), 0);
        return true;
    }
    biz_rounded(truth, biz_calc(last, '+', biz_calc(mean, '*', biz_one(&f, "ahead", one))), 1);
    return true;
}

const family fam_forecast = {.name   = "forecast",
                             .field  = "business",
                             .about  = "linear forecasts by the average change, growth, goals",
                             .levels = 10,
                             .make   = make,
                             .right  = biz_right,
                             .solve  = solve};
