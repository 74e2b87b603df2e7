/* fam_interest.c -- simple and compound interest.
 *
 * Levels: 1 one year, round amounts; 2 simple, several years; 3 the balance after it; 4 for months; 5 compound, two
 * years; 6 compound, three years, rounded to cents each year; 7 what compound brings more than simple; 8 the rate from
 * the interest; 9 compound with half percents; 10 compound with a payment each year. The check undoes each step. */
#include <string.h>
#include "task/biz_draft.h"

static const char put[] = "{<who> {puts|pays} <a> into {a savings account|the bank|a bond} at <b> {interest a year|a "
                          "year|per year|annual interest}|<who> {borrows|lends} <a> at <b> {a year|per year}|<a> {is "
                          "invested|lies in an account|is lent} at <b> {a year|annual interest}|"
                          "An account of <a> {pays|earns} <b> a year}";

/* The balance after one more year: its interest, rounded to cents, is added. */
static int one_year(biz_draft *d, int balance, int rate, int hundred, const char *label) {
    int by = sheet_op(&d->s, label, balance, '*', rate);
    return sheet_op(&d->s, "balance", balance, '+', sheet_div(&d->s, "interest", by, hundred, 2));
}

static void draw_simple(biz_draft *d, int p, int rate, int hundred) {
    int level = d->level, one;
    if (level == 1) {
        sheet_div(&d->s, "by 100", sheet_op(&d->s, "amount * rate", p, '*', rate), hundred, 2);
        d->plan = "the amount times the rate, by 100";
        d->ask  = " for one year. {How much interest is that|How much interest is {paid|due}|What is the interest}?";
        return;
    }
    if (level == 4) {
        int months = biz_draft_number(d, "months", 'c', biz_draft_range(d, 2, 11), ""),
            year   = sheet_given(&d->s, 12, 0);
        one        = sheet_div(&d->s, "a year's interest", sheet_op(&d->s, "amount * rate", p, '*', rate), hundred, 2);
        sheet_div(&d->s, "a month is a twelfth of a year", sheet_op(&d->s, "times the months", one, '*', months), year,
                  2);
        d->round = 2;
        d->plan  = "a year's interest, times the months, by 12";
        d->ask = " for <c> months[ (simple interest)]. {How much interest is that|How much interest is {paid|due}|What "
                 "is the interest for this time}?";
        return;
    }
    int years = biz_draft_number(d, "years", 'c', biz_draft_range(d, 2, level == 2 ? 9 : 20), "");
    one       = sheet_div(&d->s, "a year's interest", sheet_op(&d->s, "amount * rate", p, '*', rate), hundred, 2);
    int all   = sheet_op(&d->s, "times the years", one, '*', years);
    d->plan   = "a year's interest, times the years";
    d->ask    = " {with|at} simple interest for <c> years. {How much interest is that[ in all]|How much interest is "
                "{paid|due} {in total|altogether}|What is the total interest}?";
    if (level == 2) return;
    sheet_op(&d->s, "balance", p, '+', all);
    d->plan = "a year's interest, times the years, and the amount";
    d->ask  = " {with|at} simple interest for <c> years. {What is the balance then|How much is it {then|at the end}[, "
              "interest included]|How much money is it with interest}?";
}

/* In the first year both bring the same; then compound interest is paid on the first year's, too. */
static void draw_difference(biz_draft *d, int p, int rate, int hundred) {
    str_add(&d->u, "; years: 2");
    str_add(&d->slot[2], "2");
    int one = sheet_div(&d->s, "interest of year 1", sheet_op(&d->s, "amount * rate", p, '*', rate), hundred, 2);
    int two = sheet_op(&d->s, "balance then", p, '+', one);
    two     = sheet_div(&d->s, "interest of year 2", sheet_op(&d->s, "balance * rate", two, '*', rate), hundred, 2);
    sheet_op(&d->s, "compound - simple is year 2 - year 1", two, '-', one);
    d->plan   = "the first year's interest is the same; take it from the second year's with compound interest";
    d->answer = "{The difference is|It brings more by|Compound interest brings more:} <v>.";
    d->ask    = ". {How much more does compound interest bring than simple interest|How much more is it with compound "
                "than with simple interest|What is the difference between compound and simple interest} after <c> years? "
                "{Round to cents each year.|Balances are rounded to two decimals each year.}";
}

static void draw_compound(biz_draft *d, int p, int rate, int hundred) {
    static const char *const label[] = {"year 1: balance * rate", "year 2", "year 3", "year 4"};
    int                      level = d->level, years = level == 6 ? 3 : 2, v = p;
    int                      more = 0;
    str_addf(&d->u, "; years: %d", years);
    str_addf(&d->slot[2], "%d", years);
    if (level == 10) more = biz_draft_money(d, "paid in each year", 'd', 10 * biz_draft_range(d, 5, 60), 0);
    for (int i = 0; i < years; i++) {
        v = one_year(d, v, rate, hundred, label[i]);
        if (more) v = sheet_op(&d->s, "with the payment", v, '+', more);
    }
    d->plan = "each year the balance times the rate, by 100, is added";
    d->ask  = ". {Interest is added each year (compound).|The interest is compounded every year.|Interest stays in the "
              "account and earns interest, too.} {Round to cents each year.|Each year the balance is rounded to two "
              "decimals.} {What is the balance after <c> years|How much is it after <c> years}?";
    if (level == 10) {
        d->plan = "each year the balance times the rate, by 100, is added, then the payment";
        d->ask  = ". {At the end of each year interest is added (rounded to cents), then <d> are paid in.|Every year "
                  "the interest is added and rounded to cents, after that <d> are paid in.} {What is the balance after "
                  "<c> years|How much is it after <c> years}?";
    }
}

static void draw(biz_draft *d) {
    int  level = d->level, p, r, hundred = sheet_given(&d->s, 100, 0);
    long amount = level == 1                 ? 100 * biz_draft_range(d, 1, 99)
                  : level <= 5 || level == 8 ? 10 * biz_draft_range(d, 20, 990)
                                             : biz_draft_range(d, 100, 999);
    d->answer   = level == 1 || level == 2 || level == 4 ? "{The interest is|That is|Interest:} <v>."
                                                         : "{The balance is|It grows to|Then it is} <v>.";
    d->lead     = put;
    biz_draft_find(d, level == 8   ? "rate"
                      : level == 7 ? "difference of compound and simple"
                      : level >= 5 ? "balance, compound"
                      : level == 3 ? "balance"
                                   : "interest");
    p = biz_draft_money(d, "amount", 'a', amount, 0);
    if (level == 8) {
        long n = biz_draft_range(d, 2, 9), rate = biz_draft_range(d, 1, 12), got = amount / 100 * rate * n;
        int  i = biz_draft_money(d, "interest", 'b',
                                 got + biz_draft_range(d, 0, 1) * biz_draft_range(d, 1, amount / 100), 0),
            y  = biz_draft_number(d, "years", 'c', n, "");
        sheet_percent(&d->s, "rate = that / amount", sheet_div(&d->s, "interest of one year", i, y, 2), p, 2);
        d->kind   = BIZ_PERCENT;
        d->round  = 2;
        d->lead   = NULL;
        d->answer = "{The rate is|That is|Rate:} <v>.";
        d->plan   = "the interest of one year (rounded to cents), by the amount, in percent";
        d->ask = "{<a> {brought|earned} <b> of simple interest in <c> years.|In <c> years, a loan of <a> cost <b> of "
                 "simple interest.|<who> {paid|got} <b> of simple interest on <a> over <c> years.} {What was the "
                 "{yearly|annual} rate[ in percent]|How many percent a year is that|At what annual rate}?";
        return;
    }
    if (level == 9) {
        long half = 5 + 10 * biz_draft_range(d, 1, 8);
        str_add(&d->u, "; rate: ");
        biz_number(&d->u, half, 1);
        biz_number(&d->slot[1], half, 1);
        str_add(&d->slot[1], "%");
        r = sheet_given(&d->s, half, 1);
    } else {
        r = biz_draft_number(d, "rate", 'b',
                             biz_draft_range(d, 2,
                                             level == 1                  ? 60
                                             : level == 6 || level == 10 ? 9
                                                                         : 12),
                             "%");
    }
    if (level <= 4) draw_simple(d, p, r, hundred);
    else if (level == 7) draw_difference(d, p, r, hundred);
    else draw_compound(d, p, r, hundred);
}

static void make(rng *r, int level, problem *p) { biz_draft_make(p, r, level, "interest", draw); }

static ratio rounded(ratio v, int places) {
    str         s = {0};
    const char *end;
    biz_rounded(&s, v, places);
    ratio_read(s.p, &v, &end);
    str_free(&s);
    return v;
}

static bool solve(const problem *p, str *truth, char why[96]) {
    static const ratio none = {0, 1}, hundred = {100, 1}, one = {1, 1};
    biz_facts          f;
    if (!biz_read(p, &f, why)) return false;
    ratio a = biz_one(&f, "amount", none), rate = biz_calc(biz_one(&f, "rate", none), '/', hundred),
          more  = biz_one(&f, "paid in each year", none);
    ratio years = biz_one(&f, "years", one), months = biz_one(&f, "months", none), year = biz_calc(a, '*', rate), v = a;
    if (!strcmp(f.find, "rate")) {
        ratio each = rounded(biz_calc(biz_one(&f, "interest", none), '/', years), 2);
        if (!a.p) return biz_solved(why, "interest on nothing");
        biz_rounded(truth, biz_calc(biz_calc(each, '*', hundred), '/', a), 2);
        return true;
    }
    if (years.q != 1 || years.p < 1 || years.p > 60 || !rate.p) return biz_solved(why, "no rate or no years");
    if (strstr(f.find, "compound")) {
        for (int i = 0; i < years.p; i++) v = biz_calc(rounded(biz_calc(v, '+', biz_calc(v, '*', rate)), 2), '+', more);
        if (strstr(f.find, "simple")) v = biz_calc(biz_calc(v, '-', a), '-', biz_calc(rounded(year, 2), '*', years));
    } else {
        v = months.p ? biz_calc(biz_calc(rounded(year, 2), '*', months), '/', (ratio){12, 1})
                     : biz_calc(year, '*', years);
        if (!strcmp(f.find, "balance")) v = biz_calc(v, '+', a);
    }
    biz_rounded(truth, v, 2);
    return true;
}

const family fam_interest = {.name   = "interest",
                             .field  = "business",
                             .about  = "simple and compound interest, rates, yearly payments",
                             .levels = 10,
                             .make   = make,
                             .right  = biz_any,
                             .solve  = solve};
