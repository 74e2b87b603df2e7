/* fam_moving_average.c -- the mean of the last few periods, sliding on.
 *
 * Levels: 1 the last three of four, small; 2 two or three of two digits; 3 up to four; 4 to one decimal; 5 three
 * digits, three to five; 6 with a column too many; 7 the one that ends at a named period; 8 all of them, three periods;
 * 9 all, with a column too many; 10 all, longer. The check multiplies back and adds the other way round. */
#include <string.h>
#include "task/biz_draft.h"

static const char last[]  = "{{What is the <a>-<f> moving average {of <what> |}{at the end|for the last <f>|after the "
                            "last <f>}|What's the average <what> of the last <a> <e> (moving average)}?|"
                            "{Find the moving average of <what> over the last <a> <e>|Calculate the latest <a>-<f> "
                            "moving average[ of <what>]|Give me the <a>-<f> moving average for the last <f>}.}";
static const char named[] = "{{What is the <a>-<f> moving average of <what> {ending with|for|up to} <name>|What's the "
                            "moving average over the <a> <e> {ending with|up to and including} <name>}?|Find the "
                            "<a>-<f> moving average {that ends with|up to} <name>.}";
static const char all[]   = "{What are {all |}the <a>-<f> moving averages[ of <what>]?|{List {all |}the <a>-<f> moving "
                            "averages[ of <what>]|Calculate the <a>-<f> moving averages[ of <what>]|Give me all moving "
                            "averages of <what> over <a> <e>}.}{ In order, please.| First to last.|}";

static void draw(biz_draft *d) {
    static const int rows[] = {4, 4, 5, 5, 6, 5, 6, 4, 4, 5}, lo[] = {2, 10, 10, 10, 100, 100, 100, 10, 100, 10},
                     hi[] = {40, 99, 99, 99, 999, 999, 999, 99, 999, 99};
    ledger *l             = &d->l;
    int     level = d->level, i0 = level - 1, n = rows[i0], of[LEDGER_MAX], from, count = 1;
    int     k      = level == 1 || level == 4 || level >= 8 ? 3
                     : level == 2                           ? (int)biz_draft_range(d, 2, 3)
                     : level == 3                           ? (int)biz_draft_range(d, 2, 4)
                                                            : (int)biz_draft_range(d, 3, level == 5 ? 5 : 4);
    int     places = level <= 3 ? 0 : 1;
    d->table       = true;
    d->q           = biz_measure(d->r, biz_draft_chance(d, 40));
    ledger_rows(d->r, l, n <= 7 && biz_draft_chance(d, 30) ? LEDGER_DAYS : LEDGER_MONTHS, n);
    int c = ledger_col(l, d->q.col, 0);
    for (int i = 0; i < n; i++) l->v[i][c] = biz_draft_range(d, lo[i0], hi[i0]);
    if (level <= 3) { /* a whole mean */
        long sum = 0;
        for (int i = n - k; i < n; i++) sum += l->v[i][c];
        l->v[n - 1][c] += (k - sum % k) % k;
    }
    if (level == 6 || level == 7 || level >= 9) ledger_noise(d->r, l);
    str_addf(&d->slot[0], "%d", k);
    str_add(&d->slot[4], l->heads);
    str_add(&d->slot[5], l->head);
    from = n - k;
    if (level == 7) {
        from    = (int)rng_below(d->r, (uint64_t)(n - k));
        d->name = l->name[from + k - 1];
        str_addf(&d->u, "find moving average to %s", d->name);
    } else if (level >= 8) {
        from  = 0;
        count = n - k + 1;
        biz_draft_find(d, "all moving averages");
    } else {
        biz_draft_find(d, "last moving average");
    }
    str_addf(&d->u, "; periods: %d", k);
    int by = sheet_given(&d->s, k, 0);
    biz_draft_column(d, d->q.col, NULL, of);
    for (int w = 0; w < count; w++) {
        int sum;
        if (w)
            sum = sheet_op(&d->s, "without the first, with the next",
                           sheet_op(&d->s, l->name[w + k - 1], d->outs[7], '-', of[w - 1]), '+', of[w + k - 1]);
        else if (k == 2) sum = sheet_op(&d->s, "sum", of[from], '+', of[from + 1]);
        else sum = sheet_sum(&d->s, count > 1 ? l->name[from + k - 1] : "sum", of + from, k);
        d->outs[7] = sum;
        int mean   = sheet_div(&d->s, "mean = sum / periods", sum, by, places);
        if (count > 1) d->outs[w] = mean, d->n_outs = w + 1;
    }
    d->round = places;
    d->kind  = count > 1 ? BIZ_UNITS : d->q.unit ? BIZ_UNITS : BIZ_MONEY;
    d->unit  = d->q.unit && count == 1 ? d->q.unit : "";
    d->plan  = count > 1    ? "the sum of the first ones, divide; then slide on: take one away, add one, divide"
               : level == 7 ? "the rows that end there: add, divide"
                            : "add the last ones, divide";
    d->ask   = count > 1 ? all : level == 7 ? named : last;
    d->answer =
        count > 1 ? "{The moving averages are|They are|In order:} <v>." : "{The moving average is|It is|Average:} <v>.";
    if (count > 1 && !d->q.unit) d->kind = BIZ_MONEY;
}

static void make(rng *r, int level, problem *p) { biz_draft_make(p, r, level, "moving_average", draw); }

static bool right(const problem *p, const char *answer, char why[96]) {
    return strchr(p->truth.p, ',') ? biz_numbers(p, answer, why) : biz_right(p, answer, why);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    static const ratio none = {0, 1};
    biz_facts          f;
    if (!biz_read(p, &f, why)) return false;
    ratio            n = biz_one(&f, "periods", none);
    const biz_field *s = f.n > 1 ? &f.f[1] : NULL;
    int              k = (int)n.p, from = 0, to = 0;
    if (!s || n.q != 1 || n.p < 1 || n.p > s->n) return biz_solved(why, "not values and a number of periods");
    if (!strcmp(f.find, "all moving averages")) {
        to = s->n - k;
    } else if (!strcmp(f.find, "last moving average")) {
        from = to = s->n - k;
    } else {
        while (to < s->n && (strncmp(f.find, "moving average to ", 18) || strcmp(s->name[to], f.find + 18))) to++;
        if (to == s->n || to + 1 < k) return biz_solved(why, "no such period, or too early a one");
        from = to = to - k + 1;
    }
    for (int w = from; w <= to; w++) {
        ratio sum = none;
        for (int i = w + k - 1; i >= w; i--) sum = biz_calc(sum, '+', s->v[i]);
        if (w > from) str_add(truth, ", ");
        biz_rounded(truth, biz_calc(sum, '/', n), 1);
    }
    return true;
}

const family fam_moving_average = {.name   = "moving_average",
                                   .field  = "business",
                                   .about  = "moving averages: the last, one or all",
                                   .levels = 10,
                                   .make   = make,
                                   .right  = right,
                                   .solve  = solve};
