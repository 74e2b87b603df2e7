/* fam_commission.c -- what a salesperson gets: a percentage of sales, a base, thresholds, tiers.
 *
 * Levels: 1 a percentage of round sales; 2 with a base salary; 3 half percents; 4 only above a threshold; 5 threshold
 * and base; 6 one of a table; 7 two tiers; 8 who of a table gets most, bases being different; 9 the sales that bring a
 * wanted commission; 10 tiers, base and the months of a table. The check undoes each step. */
#include <string.h>
#include "task/biz_draft.h"

static const char pays[] =
    " {How much {is the commission|does <who> get|is that}|What is {the commission|paid out}|What does <who> earn}?";
/* percent of an amount: times the percentage, a hundredth */
static int part(biz_draft *d, const char *label, int amount, int percent, int hundred) {
    return sheet_div(&d->s, "a hundredth", sheet_op(&d->s, label, amount, '*', percent), hundred, 2);
}

static void draw_one(biz_draft *d) {
    int  level = d->level;
    bool above = level == 4 || level == 5 || level == 7, base = level == 2 || level == 5;
    long sales = level == 1   ? 100 * biz_draft_range(d, 1, 99)
                 : level <= 3 ? 10 * biz_draft_range(d, 20, 990)
                              : 50 * biz_draft_range(d, 41, 400);
    long limit = above ? 500 * biz_draft_range(d, 1, sales / 500 - 1) : 0;
    int  s = biz_draft_money(d, "sales", 'a', sales, 0), p, t = 0, hundred = sheet_given(&d->s, 100, 0);
    long rate = level == 3 ? 5 + 10 * biz_draft_range(d, 1, 12) : biz_draft_range(d, 2, level == 1 ? 60 : 15);
    str_add(&d->u, "; percent: ");
    biz_number(&d->u, rate, level == 3);
    biz_number(&d->slot[1], rate, level == 3);
    str_add(&d->slot[1], "%");
    p = sheet_given(&d->s, rate, level == 3);
    if (above) t = biz_draft_money(d, "threshold", 'c', limit, 0);
    int from = above ? sheet_op(&d->s, "sales above the threshold", s, '-', t) : s, got;
    if (level == 7) {
        int q    = biz_draft_number(d, "percent below", 'd', biz_draft_range(d, 1, 9), "%");
        int low  = part(d, "below: threshold * percent", t, q, hundred),
            high = part(d, "above: sales * percent", from, p, hundred);
        got      = sheet_op(&d->s, "together", low, '+', high);
        d->lead  = "{<who> gets <d> on sales up to <c> and <b> on everything {above|beyond that}. Sales: "
                   "<a>.|Commission is <d> of the first <c> {in sales|sold} and <b> of {the rest|all above that}; <who> "
                   "sold for <a>.|<who> sells goods for <a>: <d> commission on the first <c>, <b> on the rest.}";
        d->plan  = "the percentage of the part below, the other one of the part above, add";
        d->ask   = pays;
        return;
    }
    got     = part(d, "sales * percent", from, p, hundred);
    d->plan = above ? "what is above the threshold, times the percentage, by 100" : "times the percentage, by 100";
    d->lead =
        above ? "{<who> gets a commission of <b> on sales above <c>.|Sales above <c> earn <b> commission.|<b> "
                "commission is paid on {all|everything} above <c>.} {Sales {this month|}: <a>.|<who> sold {goods |}for "
                "<a>.|Sales came to <a>.}"
              : "{<who> gets a commission of <b> on sales.|Sales earn <who> <b> commission.|<who> is paid <b> of {all "
                "sales|what is sold}.} {Sales {this month|}: <a>.|<who> sold {goods |}for <a>.|Sales came to <a>.}";
    d->ask = pays;
    if (!base) return;
    int fix = biz_draft_money(d, "base", 'd', 50 * biz_draft_range(d, 4, 60), 0);
    sheet_op(&d->s, "with the base", got, '+', fix);
    d->ask  = above ? " {The base {pay|salary} is <d>.|There is a base {salary|pay} of <d>, too.} {How much {is "
                      "that|does <who> get} {in total|altogether}|What is the total pay|What does <who> earn in total}?"
                    : " {Base pay: <d>.|On top of a base salary of <d>, that is.|The base salary is <d>.} {How much {is "
                      "that|does <who> get} {in total|altogether}|What is the total pay|What does <who> earn in total}?";
    d->plan = above ? "the percentage of what is above the threshold, then the base"
                    : "the percentage of the sales, then the base";
}

/* Level 6: one of a table. Level 8: base and commission of each, the most. */
static void draw_table(biz_draft *d) {
    ledger *l = &d->l;
    int     x[LEDGER_MAX], y[LEDGER_MAX], hundred = sheet_given(&d->s, 100, 0), n;
    d->table = true;
    ledger_rows(d->r, l, LEDGER_PEOPLE, d->level == 6 ? 5 : 3);
    int c = ledger_col(l, "sales", 0), b = d->level == 8 ? ledger_col(l, "base", 0) : 0;
    for (int i = 0; i < l->rows; i++) {
        l->v[i][c] = 10 * biz_draft_range(d, 50, 990);
        if (d->level == 8) l->v[i][c] = l->v[i][c] / 100 * 100, l->v[i][b] = 50 * biz_draft_range(d, 10, 40);
    }
    ledger_noise(d->r, l);
    if (d->level == 6) {
        int pick = (int)rng_below(d->r, 5);
        d->name  = l->name[pick];
        c        = ledger_find(l, "sales");
        str_addf(&d->u, " of %s; ", d->name);
        biz_rows(&d->u, l, c, &pick, 1);
        int p = biz_draft_number(d, "percent", 'b', biz_draft_range(d, 2, 15), "%");
        part(d, "sales * percent", sheet_given(&d->s, l->v[pick][c], 0), p, hundred);
        d->plan = "find the row, times the percentage, by 100";
        d->ask  = "{The commission is <b> of sales. |Everyone gets <b> of {the|their} sales. |At <b> commission: }{How "
                  "much does <name> get|What is the commission of <name>|What does <name> earn by it}?";
        return;
    }
    int p = biz_draft_number(d, "percent", 'b', biz_draft_range(d, 2, 12), "%");
    n     = biz_draft_column(d, "sales", NULL, x);
    biz_draft_column(d, "base", NULL, y);
    for (int i = 0; i < n; i++)
        x[i] = sheet_op(&d->s, "with the base", y[i], '+', part(d, l->name[i], x[i], p, hundred));
    sheet_best(&d->s, "compare", x, d->names, n, d->most ? '>' : '<');
    d->named  = true;
    d->plan   = "base and percentage of the sales for each, then compare";
    d->ask    = "{Each gets the base and <b> of {the|their} sales. |Pay is the base plus <b> of sales. |On top of the "
                "base comes a commission of <b>. }{Who gets the <most> {in total|altogether}, and how much|Who earns "
                "<most>, and how much is it|Which of them {is paid|gets} the <most>? How much is that}?";
    d->answer = "{**<name>** gets the <most>: **<v>**|It is **<name>** with **<v>**|**<name>**, with **<v>**}.";
}

/* Level 9: back from the commission. Level 10: the months of a table, base and two tiers. */
static void draw_hard(biz_draft *d) {
    int hundred = sheet_given(&d->s, 100, 0);
    if (d->level == 9) {
        long p = biz_draft_range(d, 2, 24), want = 10 * biz_draft_range(d, 5, 250);
        int  a = biz_draft_money(d, "commission", 'a', want, 0), b = biz_draft_number(d, "percent", 'b', p, "%");
        sheet_percent(&d->s, "sales = commission / percent", a, b, 2);
        d->round  = 2;
        d->plan   = "the commission times 100, by the percentage";
        d->ask    = "{<who> {gets|is paid} <b> of {all|the} sales and wants {to earn|a commission of} <a>.|At <b> "
                    "commission, <who> {needs|wants} <a>.|<who> earned a commission of <a> at <b>.} "
                    "{How large must sales be|What sales does that take|Sales of how much are {needed|behind that}}?";
        d->answer = "{Sales of|It takes sales of|The sales are} <v>.";
        return;
    }
    ledger *l = &d->l;
    int     of[LEDGER_MAX];
    long    sum = 0;
    d->table    = true;
    ledger_rows(d->r, l, LEDGER_MONTHS, 3);
    int c = ledger_col(l, "sales", 0);
    for (int i = 0; i < 3; i++) sum += l->v[i][c] = 10 * biz_draft_range(d, 60, 600);
    ledger_noise(d->r, l);
    biz_draft_column(d, "sales", NULL, of);
    int all  = sheet_sum(&d->s, "sales", of, 3);
    int t    = biz_draft_money(d, "threshold", 'c', 500 * biz_draft_range(d, 1, sum / 500 - 1), 0),
        p    = biz_draft_number(d, "percent", 'b', biz_draft_range(d, 3, 15), "%");
    int base = biz_draft_money(d, "base", 'd', 50 * biz_draft_range(d, 20, 99), 0);
    int from = sheet_op(&d->s, "sales above the threshold", all, '-', t);
    sheet_op(&d->s, "with the base", part(d, "that * percent", from, p, hundred), '+', base);
    d->plan = "add the sales, what is above the threshold, times the percentage, by 100, then the base";
    d->lead = "{The base pay for these months is <d>; sales above <c> in total earn <b> commission.|For these months "
              "there is a base of <d> and <b> of all sales beyond <c> (all months together).|Pay: <d> base, and <b> of "
              "what total sales exceed <c>.}";
    d->ask  = " {How much is the pay altogether|What is the total pay|How much is paid in total}?";
}

static void draw(biz_draft *d) {
    int level = d->level;
    d->person = true;
    d->answer = "{That is|It makes|The amount is} <v>.";
    biz_draft_find(d, level == 9                                ? "sales"
                      : level == 8                              ? (d->most ? "highest pay" : "lowest pay")
                      : level == 2 || level == 5 || level == 10 ? "pay"
                                                                : "commission");
    if (level == 6 || level == 8) draw_table(d);
    else if (level >= 9) draw_hard(d);
    else draw_one(d);
}

static void make(rng *r, int level, problem *p) { biz_draft_make(p, r, level, "commission", draw); }

static bool solve(const problem *p, str *truth, char why[96]) {
    static const ratio none = {0, 1}, hundred = {100, 1};
    biz_facts          f;
    if (!biz_read(p, &f, why)) return false;
    ratio rate             = biz_calc(biz_one(&f, "percent", none), '/', hundred),
          low              = biz_calc(biz_one(&f, "percent below", none), '/', hundred);
    const biz_field *sales = biz_get(&f, "sales"), *base = biz_get(&f, "base");
    if (!rate.p) return biz_solved(why, "no percentage");
    if (!strcmp(f.find, "sales")) {
        biz_rounded(truth, biz_calc(biz_one(&f, "commission", none), '/', rate), 2);
        return true;
    }
    if (!sales) return biz_solved(why, "no sales");
    if (strstr(f.find, "est pay")) {
        ratio v[BIZ_VALUES];
        if (!base || base->n != sales->n) return biz_solved(why, "not a base for each");
        for (int i = 0; i < sales->n; i++) v[i] = biz_calc(base->v[i], '+', biz_calc(sales->v[i], '*', rate));
        biz_best(truth, sales, v, !strcmp(f.find, "highest pay") ? "most" : "least", 2);
        return true;
    }
    ratio limit = biz_one(&f, "threshold", none), all = biz_sum(sales);
    ratio got = biz_calc(biz_calc(biz_calc(all, '-', limit), '*', rate), '+', biz_calc(limit, '*', low));
    biz_rounded(truth, biz_calc(got, '+', biz_sum(base)), 2);
    return true;
}

const family fam_commission = {.name   = "commission",
                               .field  = "business",
                               .about  = "commissions with base, threshold and tiers",
                               .levels = 10,
                               .make   = make,
                               .right  = biz_any,
                               .solve  = solve};
