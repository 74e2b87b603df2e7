/* fam_share.c -- a part in percent of the whole.
 *
 * Levels: 1 part and whole are given; 2 one of three, whole percents; 3 one of four; 4 to one decimal; 5 a table; 6
 * with a column too many; 7 two rows together; 8 of revenue that is price times units; 9 how a share changed from one
 * year to the next; 10 one region's share of a table by months. The check multiplies back. */
#include <string.h>
#include "task/biz_draft.h"
#include "task/lexicon.h"

static const char given[] =
    "{{Of|Out of} <what> of <b>, <a> {come|comes} from {one customer|the web shop|new customers|online orders|the main "
    "store}.|<who> had <what> of <b>, <a> of it {online|in May|abroad|in the first week}.|"
    "<a> of <b> in <what> {comes|came} from {one client|exports|repeat customers}.} {What share is that[ in "
    "percent]|How many percent is that|What percent[age] is that|How large is that share[ in percent]}?";
static const char one[] =
    "{{What share of {the |}{total |all |}<what> {comes from <name>|is that of <name>|goes to <name>}[ in percent]|How "
    "many percent of {the |all |}<what> {comes from <name>|is that of <name>|belongs to <name>}|"
    "What percent[age] of the total {is|falls to} <name>}?|{Find|Give me|Calculate} the share of <name> {of|in} {the "
    "total|all <what>} in percent.}";
static const char pair[]  = "{{What share of {the |}{total |all |}<what> do <name> have together[ in percent]|How many "
                            "percent of {the |all |}<what> come from <name> together|"
                            "What percent[age] of the total falls to <name> together}?|{Find|Calculate} the "
                            "{joint|combined} share of <name> in percent.}";
static const char moved[] = "{By how many percentage points did the share of <name> {change|go up or down}[ from last "
                            "year to this year]|How did the share of <name> change, in percentage points|"
                            "How many percentage points did <name> gain or lose in share}?";
static const char answer[] = "{The share is|That is|It is|Share:} <v>.";

static void value(biz_draft *d, char slot, long v) {
    if (d->q.unit) digits_num(&d->slot[slot - 'a'], v);
    else biz_amount(&d->slot[slot - 'a'], d->m, v, 0);
}

static void draw_given(biz_draft *d) {
    long whole =
        d->level == 1 ? 100 * biz_draft_range(d, 1, biz_draft_chance(d, 50) ? 12 : 99) : biz_draft_range(d, 12, 120);
    long part = d->level == 1 ? whole / 100 * biz_draft_range(d, 1, 95) : biz_draft_range(d, 1, whole - 1);
    value(d, 'a', part);
    value(d, 'b', whole);
    int a = biz_given(&d->s, &d->u, "part", part, 0), b = biz_given(&d->s, &d->u, "whole", whole, 0);
    sheet_percent(&d->s, "share = part / whole", a, b, d->level == 4);
    d->plan  = "divide the part by the whole, in percent";
    d->ask   = given;
    d->round = d->level == 4;
}

/* The rows add up to `sum`. */
static void fill(biz_draft *d, int col, long sum) {
    ledger *l = &d->l;
    for (int left = l->rows - 1, i = 0; i < l->rows; i++, left--) {
        long most    = sum - left * (sum / 20 + 1);
        l->v[i][col] = left ? biz_draft_range(d, 1 + sum / 20, most / (left + 1) * 3 / 2) : sum;
        sum -= l->v[i][col];
    }
}

static void draw_rows(biz_draft *d) {
    static const int rows[] = {0, 3, 4, 0, 4, 4, 4};
    ledger          *l      = &d->l;
    int              of[LEDGER_MAX], level = d->level;
    d->table = true;
    d->q     = biz_measure(d->r, biz_draft_chance(d, 50));
    ledger_rows(d->r, l, LEDGER_ANY, rows[level - 1]);
    int  c   = ledger_col(l, d->q.col, 0);
    long sum = level <= 3 ? 100 * biz_draft_range(d, 1, level == 2 ? 6 : 12) : 10 * biz_draft_range(d, 11, 99);
    if (level <= 3) { /* every row a whole percentage */
        fill(d, c, 100);
        for (int i = 0; i < l->rows; i++) l->v[i][c] *= sum / 100;
    } else {
        fill(d, c, sum);
    }
    int pick = (int)rng_below(d->r, (uint64_t)l->rows), other = (pick + 1) % l->rows;
    d->name = l->name[pick];
    if (level == 7) {
        str_addf(&d->slot[5], "%s and %s", l->name[pick], l->name[other]);
        d->name = d->slot[5].p;
    }
    str_addf(&d->u, " of %s", d->name);
    if (level == 6) ledger_noise(d->r, l);
    int n = biz_draft_column(d, d->q.col, NULL, of), part = of[pick];
    if (level == 7) part = sheet_op(&d->s, "both together", of[pick], '+', of[other]);
    int all = sheet_sum(&d->s, "total", of, n);
    sheet_percent(&d->s, "share = part / total", part, all, level > 3);
    d->plan =
        level == 7 ? "add both, add all, divide, in percent" : "add all, divide the part by the total, in percent";
    d->ask   = level == 7 ? pair : one;
    d->round = level > 3;
}

static void draw_revenue(biz_draft *d) {
    ledger *l = &d->l;
    int     x[LEDGER_MAX], y[LEDGER_MAX];
    ledger_rows(d->r, l, LEDGER_PRODUCTS, 3);
    int a = ledger_col(l, "price", 0), b = ledger_col(l, "units", 0);
    for (int i = 0; i < 3; i++) l->v[i][a] = 10 * biz_draft_range(d, 1, 9), l->v[i][b] = biz_draft_range(d, 2, 19);
    int pick = (int)rng_below(d->r, 3);
    d->name  = l->name[pick];
    str_addf(&d->u, " of %s", d->name);
    biz_draft_column(d, "price", NULL, x);
    biz_draft_column(d, "units", NULL, y);
    for (int i = 0; i < 3; i++) x[i] = sheet_op(&d->s, l->name[i], x[i], '*', y[i]);
    sheet_percent(&d->s, "share = part / total", x[pick], sheet_sum(&d->s, "total", x, 3), 1);
    d->q.col = "revenue";
    d->plan  = "price times units in each row, add, divide the part by the total, in percent";
    d->ask   = one;
}

static void draw_years(biz_draft *d) {
    ledger *l = &d->l;
    int     x[LEDGER_MAX], y[LEDGER_MAX];
    ledger_rows(d->r, l, biz_draft_chance(d, 50) ? LEDGER_PRODUCTS : LEDGER_REGIONS, 3);
    int a = ledger_col(l, "last year", 0), b = ledger_col(l, "this year", 0);
    for (int c = a; c <= b; c++) {
        long k = biz_draft_range(d, 1, 9);
        fill(d, c, 100);
        for (int i = 0; i < 3; i++) l->v[i][c] *= k;
    }
    int pick = (int)rng_below(d->r, 3);
    d->name  = l->name[pick];
    str_clear(&d->u);
    str_addf(&d->u, "find change of share of %s", d->name);
    biz_draft_column(d, "last year", NULL, x);
    biz_draft_column(d, "this year", NULL, y);
    int was = sheet_percent(&d->s, "share last year", x[pick], sheet_sum(&d->s, "last year", x, 3), 1);
    int now = sheet_percent(&d->s, "share this year", y[pick], sheet_sum(&d->s, "this year", y, 3), 1);
    sheet_op(&d->s, "change", now, '-', was);
    d->plan = "the share in each year, then the difference";
    d->ask  = moved;
}

static void draw_group(biz_draft *d) {
    ledger     *l = &d->l;
    const char *region[2];
    int         of[LEDGER_MAX], all[LEDGER_MAX], n = 0, k = 0;
    ledger_rows(d->r, l, LEDGER_MONTHS, 3);
    lexicon_pick(d->r, LEX_REGION, region, 2);
    int c    = ledger_col(l, d->q.col, 0);
    l->group = "region";
    l->rows  = 6;
    for (int i = 5; i >= 0; i--) l->name[i] = l->name[i / 2], l->in[i] = region[i % 2];
    fill(d, c, 10 * biz_draft_range(d, 20, 99));
    d->name = region[rng_below(d->r, 2)];
    str_addf(&d->u, " of %s", d->name);
    biz_draft_column(d, d->q.col, region[0], all);
    k = biz_draft_column(d, d->q.col, region[1], all + 3);
    for (int i = 0; i < 6; i++)
        if ((i < 3) == (d->name == region[0])) of[n++] = all[i];
    (void)k;
    int part = sheet_sum(&d->s, "of the region", of, n), sum = sheet_sum(&d->s, "total", all, 6);
    sheet_percent(&d->s, "share = part / total", part, sum, 1);
    d->plan = "add the rows of the region, add all, divide, in percent";
    d->ask  = one;
}

static void draw(biz_draft *d) {
    biz_draft_find(d, "share");
    d->kind   = BIZ_PERCENT;
    d->answer = answer;
    d->round  = 1;
    d->table  = true;
    if (d->level == 1 || d->level == 4) d->table = false, draw_given(d);
    else if (d->level <= 7) draw_rows(d);
    else if (d->level == 8) draw_revenue(d);
    else if (d->level == 9)
        draw_years(d), d->kind = BIZ_UNITS, d->unit = "percentage points",
                       d->answer   = "{It rose by|The share grew by|A gain of} <v>.",
                       d->negative = "{It fell by|The share shrank by|A loss of} <v>.";
    else draw_group(d);
}

static void make(rng *r, int level, problem *p) { biz_draft_make(p, r, level, "share", draw); }

/* The values of the rows whose names stand in `find`. */
static ratio named_in(const biz_field *f, const char *find) {
    ratio s = {0, 1};
    for (int i = 0; i < f->n; i++) {
        size_t n = strlen(f->name[i]);
        for (const char *at = find; n && (at = strstr(at, f->name[i])); at++) { /* North is not in Northeast */
            if (at == find || at[-1] != ' ' || (at[n] && at[n] != ' ')) continue;
            s = biz_calc(s, '+', f->v[i]);
            break;
        }
    }
    return s;
}

static ratio percent(ratio part, ratio whole) {
    return whole.p ? biz_calc(biz_calc(part, '*', (ratio){100, 1}), '/', whole) : whole;
}

static ratio one_decimal(ratio v) {
    str         s = {0};
    const char *end;
    biz_rounded(&s, v, 1);
    ratio_read(s.p, &v, &end);
    str_free(&s);
    return v;
}

static bool solve(const problem *p, str *truth, char why[96]) {
    static const ratio none = {0, 1};
    biz_facts          f;
    if (!biz_read(p, &f, why)) return false;
    ratio            part = biz_one(&f, "part", none), whole = biz_one(&f, "whole", none);
    const biz_field *a = biz_get(&f, "last year"), *b = biz_get(&f, "this year"), *price = biz_get(&f, "price"),
                    *n = biz_get(&f, "units");
    if (a && b) {
        ratio was = one_decimal(percent(named_in(a, f.find), biz_sum(a))),
              now = one_decimal(percent(named_in(b, f.find), biz_sum(b)));
        biz_rounded(truth, biz_calc(now, '-', was), 1);
        return true;
    }
    if (price && n && price->n == n->n) {
        biz_field all = *price;
        for (int i = 0; i < n->n; i++) all.v[i] = biz_calc(price->v[i], '*', n->v[i]);
        part = named_in(&all, f.find), whole = biz_sum(&all);
    } else if (!whole.p) {
        for (int i = 0; i < f.n; i++) {
            const char *in = strstr(f.f[i].label, " in "), *of = strstr(f.find, " of ");
            whole = biz_calc(whole, '+', biz_sum(&f.f[i]));
            if (!in) part = biz_calc(part, '+', named_in(&f.f[i], f.find));
            else if (of && !strcmp(in + 4, of + 4)) part = biz_calc(part, '+', biz_sum(&f.f[i]));
        }
    }
    if (!whole.p) return biz_solved(why, "a share of nothing");
    biz_rounded(truth, percent(part, whole), 1);
    return true;
}

const family fam_share = {.name   = "share",
                          .field  = "business",
                          .about  = "shares of a total in percent, and how they change",
                          .levels = 10,
                          .make   = make,
                          .right  = biz_any,
                          .solve  = solve};
