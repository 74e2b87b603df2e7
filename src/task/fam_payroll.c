/* fam_payroll.c -- wages: hours times rate, overtime, several people, deductions.
 *
 * Levels: 1 hours times rate; 2 larger; 3 overtime at one and a half; 4 two people; 5 overtime and a bonus; 6 a table
 * with a column too many; 7 less a tax in percent; 8 two people with overtime; 9 rates with cents and deductions; 10
 * overtime with cents, less a tax. The check undoes each step. */
#include <string.h>
#include "task/biz_draft.h"

static const char simple[] =
    "{<who> works <a> hours {at <b> an hour|for <b> an hour}.|{The pay|The wage} is <b> {an|per} hour, <who> works <a> "
    "hours.|<a> hours at <b> per hour.|<who> {gets|earns} <b> an hour and worked <a> hours[ this week].} "
    "{How much is the pay|What is the {wage|pay}|How much does that {pay|come to}|What does <who> {earn|get}[ in "
    "total]}?";
static const char extra[] = "{<who> works <a> hours {this|in one} week. The first 40 hours pay <b> each, every hour "
                            "{above|over|beyond} 40 pays 1.5 times that.|"
                            "{Hourly rate|The rate is} <b>; {overtime (above 40 hours) pays|hours above 40 pay} 1.5 "
                            "times the rate. <who> worked <a> hours this week.|<who> {is paid|gets} <b> an hour and "
                            "1.5 times as much for {each hour|hours} over 40. This week: <a> hours.}";
static const char pay[]   = " {What is the pay {for the week|}|How much is {the pay|that}|What does <who> earn[ this "
                            "week]|How much does <who> get}?";

/* Pay with overtime beyond 40 hours; its cell. */
static int overtime(biz_draft *d, int hours, int rate, int forty, int factor) {
    int normal = sheet_op(&d->s, "normal = 40 * rate", rate, '*', forty);
    int more   = sheet_op(&d->s, "hours over 40", hours, '-', forty);
    int each   = sheet_op(&d->s, "an overtime hour", rate, '*', factor);
    return sheet_op(&d->s, "pay = normal + overtime", normal, '+', sheet_op(&d->s, "overtime", each, '*', more));
}

static void draw_one(biz_draft *d) {
    int  level = d->level, places = level >= 9 ? 2 : 0;
    bool over  = level == 3 || level == 5 || level == 10;
    long hours = over         ? biz_draft_range(d, 41, 72)
                 : level == 1 ? (biz_draft_chance(d, 15) ? biz_draft_range(d, 3, 12) : biz_draft_range(d, 13, 720))
                              : biz_draft_range(d, 12, 160);
    long rate  = places       ? 25 * biz_draft_range(d, 41, 150)
                 : over       ? (biz_draft_chance(d, 50) ? 2 * biz_draft_range(d, 5, 90) : biz_draft_range(d, 9, 240))
                 : level == 1 ? (hours < 13 ? biz_draft_range(d, 8, 75) : biz_draft_range(d, 6, 12))
                              : biz_draft_range(d, 11, 68);
    if (level == 10) rate = 50 * biz_draft_range(d, 21, 90);
    int h = biz_draft_number(d, "hours", 'a', hours, ""), r = biz_draft_money(d, "rate", 'b', rate, places), p;
    d->ask = simple;
    if (over) {
        str_add(&d->u, "; normal hours: 40; overtime: 1.5");
        int forty = sheet_given(&d->s, 40, 0), factor = sheet_given(&d->s, 15, 1);
        p       = overtime(d, h, r, forty, factor);
        d->lead = extra, d->ask = pay;
        d->plan = "40 hours at the rate, the others at 1.5 times the rate, add";
    } else {
        p       = sheet_op(&d->s, level <= 2 ? NULL : "pay = hours * rate", h, '*', r);
        d->plan = "multiply hours and rate";
    }
    if (level == 5) {
        int bonus = biz_draft_money(d, "bonus", 'c', biz_draft_range(d, 20, 300), 0);
        sheet_op(&d->s, "with the bonus", p, '+', bonus);
        d->ask  = " {There is also|On top comes|Added to that is} a bonus of <c>. {How much is {the pay|that} {in "
                  "total|altogether}|What does <who> {get|earn} altogether|What is the total pay}?";
        d->plan = "40 hours at the rate, the others at 1.5 times the rate, and the bonus";
    } else if (level == 7 || level == 10) {
        long tax = level == 7 ? biz_draft_range(d, 5, 40) : 10 * biz_draft_range(d, 1, 4);
        int  t = biz_draft_number(d, "tax", 'c', tax, "%"), hundred = sheet_given(&d->s, 100, 0);
        int  keep = sheet_op(&d->s, "kept, in percent: 100 - tax", hundred, '-', t);
        sheet_div(&d->s, "a hundredth", sheet_op(&d->s, "pay times what is kept", p, '*', keep), hundred, 2);
        d->ask = " {<c> {tax|of it} {is|are} {taken off|deducted}|Tax takes <c>|The tax is <c> of the pay}. {How much "
                 "is left|What is {left|the net pay}|How much is paid out}?";
        if (level == 7)
            d->lead = "{<who> works <a> hours at <b> an hour.|<who> {gets|earns} <b> an hour and worked <a> hours.|<a> "
                      "hours at <b> per hour.}";
        d->round = 2;
        d->plan  = level == 7 ? "hours times rate, then the percentage that is kept"
                              : "pay with overtime at 1.5 times the rate, then the percentage that is kept";
    } else if (level == 9) {
        ledger                   l = {0};
        int                      of[4];
        static const char *const name[] = {"tax", "insurance", "pension"};
        l.rows                          = 3;
        for (int i = 0; i < 3; i++)
            l.name[i] = name[i], l.v[i][0] = biz_draft_range(d, 1 + rate * hours / 2000, 2 + rate * hours / 700);
        ledger_col(&l, "deductions", 0);
        biz_lines(&d->s, &d->u, &d->slot[2], "deductions", &l, d->m, of);
        int off = sheet_sum(&d->s, "deductions", of, 3);
        sheet_op(&d->s, "left = pay - deductions", p, '-', off);
        d->lead = "{<who> works <a> hours at <b> an hour.|<who> {gets|earns} <b> an hour and worked <a> hours.|<a> "
                  "hours at <b> per hour.}";
        d->ask  = " {Deductions|Deducted are|Taken off}: <c>. {How much is left|What is {left|the net pay}|How much is "
                  "paid out}?";
        d->plan = "hours times rate, add the deductions, take them off";
    }
}

/* Levels 4, 6 and 8: several people. */
static void draw_people(biz_draft *d) {
    ledger *l = &d->l;
    int     h[LEDGER_MAX], r[LEDGER_MAX], level = d->level, forty = 0, factor = 0;
    ledger_rows(d->r, l, LEDGER_PEOPLE, level == 6 ? 3 : 2);
    l->head = "name", l->heads = "people";
    int a = ledger_col(l, "hours", 0), b = ledger_col(l, "rate", 0);
    for (int i = 0; i < l->rows; i++) {
        l->v[i][a] = level == 8 ? biz_draft_range(d, 42, 49) : biz_draft_range(d, 6, level == 4 ? 40 : 60);
        l->v[i][b] = level == 8   ? 2 * biz_draft_range(d, 4, 10)
                     : level == 4 ? biz_draft_range(d, 6, 19)
                                  : biz_draft_range(d, 11, 48);
    }
    if (level == 6) ledger_noise(d->r, l);
    if (level == 8) {
        str_add(&d->u, "; normal hours: 40; overtime: 1.5");
        forty = sheet_given(&d->s, 40, 0), factor = sheet_given(&d->s, 15, 1);
    }
    biz_draft_column(d, "hours", NULL, h);
    biz_draft_column(d, "rate", NULL, r);
    for (int i = 0; i < l->rows; i++)
        h[i] = level == 8 ? overtime(d, h[i], r[i], forty, factor) : sheet_op(&d->s, l->name[i], h[i], '*', r[i]);
    if (l->rows == 2) sheet_op(&d->s, "together", h[0], '+', h[1]);
    else sheet_sum(&d->s, "together", h, l->rows);
    d->table = true;
    d->plan  = level == 8 ? "for each: 40 hours at the rate, the others at 1.5 times the rate; then add"
                          : "multiply hours and rate for each, then add";
    if (level == 8)
        d->lead =
            "{Hours above 40 pay 1.5 times the rate[, the first 40 the normal rate].|The first 40 hours pay the rate, "
            "each {further|later} hour 1.5 times as much.|Above 40 hours, overtime pays 1.5 times the rate.} ";
    d->ask = "{How much is the total pay|What is the total wage bill|What do they earn together|How much must be paid "
             "{in total|altogether}|What does the boss pay in total}?";
}

static void draw(biz_draft *d) {
    d->person = true;
    d->answer = "{The pay is|That makes|It comes to} <v>.";
    biz_draft_find(d, d->level == 7 || d->level >= 9 ? "what is left" : "pay");
    if (d->level == 4 || d->level == 6 || d->level == 8) draw_people(d);
    else draw_one(d);
}

static void make(rng *r, int level, problem *p) { biz_draft_make(p, r, level, "payroll", draw); }

static bool solve(const problem *p, str *truth, char why[96]) {
    static const ratio none = {0, 1}, hundred = {100, 1};
    biz_facts          f;
    ratio              sum = none;
    if (!biz_read(p, &f, why)) return false;
    const biz_field *h = biz_get(&f, "hours"), *r = biz_get(&f, "rate");
    ratio            normal = biz_one(&f, "normal hours", none), factor = biz_one(&f, "overtime", none);
    if (!h || !r || h->n != r->n) return biz_solved(why, "no hours or no rate");
    for (int i = 0; i < h->n; i++) {
        ratio more = biz_calc(h->v[i], '-', normal), part = biz_calc(h->v[i], '*', r->v[i]);
        /* all hours at the rate, and for each one above what is paid on top */
        if (normal.p && more.p > 0)
            part =
                biz_calc(part, '+', biz_calc(biz_calc(more, '*', r->v[i]), '*', biz_calc(factor, '-', (ratio){1, 1})));
        sum = biz_calc(sum, '+', part);
    }
    sum = biz_calc(biz_calc(sum, '+', biz_one(&f, "bonus", none)), '-', biz_sum(biz_get(&f, "deductions")));
    sum = biz_calc(sum, '-', biz_calc(biz_calc(sum, '*', biz_one(&f, "tax", none)), '/', hundred));
    biz_rounded(truth, sum, 2);
    return true;
}

const family fam_payroll = {.name   = "payroll",
                            .field  = "business",
                            .about  = "wages with overtime, bonus, tax and deductions",
                            .levels = 10,
                            .make   = make,
                            .right  = biz_right,
                            .solve  = solve};
