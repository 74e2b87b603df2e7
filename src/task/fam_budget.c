/* fam_budget.c -- planned against actual.
 *
 * Levels: 1 over or under by how much; 2 three digits; 3 several expenses; 4 the deviation in percent; 5 to one
 * decimal; 6 the total of a table; 7 the line that is over by most; 8 the total of a table in percent; 9 what is left
 * for each remaining month; 10 the year's end if spending goes on like this. */
#include <string.h>
#include "task/biz_draft.h"

static const char pair[] = "{<who> planned {to spend |}<a>[ for {the month|the party|the trip|the project}] and spent "
                           "<b>.|{Budget|Plan|Planned}: <a>, {actual|spent|real costs}: <b>.|The budget was <a>, "
                           "{actual spending|the bill in the end|what was spent} <b>.|"
                           "<b> was spent, <a> {was|had been} planned.} ";
static const char how_much[] =
    "{By how much is that over or under budget|How {far|much} over or under budget is that|What is the "
    "{variance|deviation} (actual {minus|less} plan)|Over or under budget, and by how much}?";
static const char how_many[] = "{By how many percent is that over or under budget|What is the {variance|deviation} in "
                               "percent of the plan|How many percent over or under budget is that}?";
static const char over[]     = "{Over budget by|That is over budget by|It is above plan by} <v>.";
static const char under[]    = "{Under budget by|That is under budget by|It is below plan by} <v>.";

static void draw_pair(biz_draft *d) {
    long plan, real;
    int  level = d->level;
    do {
        plan = level == 1   ? biz_draft_range(d, 10, 120)
               : level <= 3 ? biz_draft_range(d, 150, 999)
               : level == 4 ? 100 * biz_draft_range(d, 1, biz_draft_chance(d, 50) ? 12 : 99)
                            : 10 * biz_draft_range(d, 11, 99);
        real = level == 4 ? plan / 100 * biz_draft_range(d, 40, 170) : biz_draft_range(d, plan / 2, plan * 3 / 2);
    } while (plan == real);
    int p = biz_draft_money(d, "planned", 'a', plan, 0), a;
    if (level == 3) {
        ledger l = {0};
        int    of[4];
        biz_costs(d->r, &l, 3, (int)real / 5, (int)real / 2);
        biz_lines(&d->s, &d->u, &d->slot[1], "spent", &l, d->m, of);
        a       = sheet_sum(&d->s, "spent", of, 3);
        d->plan = "add what was spent, take the plan from it";
        d->ask =
            "{<who> planned <a> for {the month|a project|this quarter}. Spent: <b>.|The budget is <a>. "
            "{Bills|Expenses|Spent}: <b>.|{We|They} {planned|budgeted} <a> and paid <b>.} {By how much is that over or "
            "under budget|How much over or under budget are {they|we}|Over or under budget, and by how much}?";
    } else {
        a       = biz_draft_money(d, "actual", 'b', real, 0);
        d->plan = level <= 2 ? "take the plan from what was spent" : "the difference, divided by the plan, in percent";
    }
    int diff = sheet_op(&d->s, "difference = actual - planned", a, '-', p);
    if (level >= 4)
        sheet_percent(&d->s, "in percent of the plan", diff, p, level == 5), d->kind = BIZ_PERCENT,
                                                                             d->round = level == 5;
}

static void draw_table(biz_draft *d) {
    ledger *l = &d->l;
    int     x[LEDGER_MAX], y[LEDGER_MAX], level = d->level, n = level == 7 ? 4 : 3;
    d->table = true;
    biz_costs(d->r, l, n, 1, 2);
    l->head = "item", l->heads = "items", l->cols = 0;
    int a = ledger_col(l, "planned", 0), b = ledger_col(l, "actual", 0);
    for (int i = 0; i < n; i++) {
        l->v[i][a] = level == 8 ? 10 * biz_draft_range(d, 4, 32) : biz_draft_range(d, 100, 900);
        l->v[i][b] = l->v[i][a] + biz_draft_range(d, level == 7 ? 5 : -l->v[i][a] / 3, l->v[i][a] / 2);
    }
    if (level == 6) ledger_noise(d->r, l);
    biz_draft_column(d, "planned", NULL, x);
    biz_draft_column(d, "actual", NULL, y);
    if (level == 7) {
        for (int i = 0; i < n; i++) x[i] = sheet_op(&d->s, l->name[i], y[i], '-', x[i]);
        sheet_best(&d->s, "compare", x, d->names, n, d->most ? '>' : '<');
        d->named  = true;
        d->plan   = "what each is over, then compare";
        d->ask    = "{Which {item|cost} is over budget by the <most>, and by how much|Which {item|cost} went over its "
                    "plan by the <most>? By how much|Find the {item|cost} that is the <most> over plan, in money. How "
                    "much is it|All are over budget: which one by the <most>, and by how much}?";
        d->answer = "{**<name>**, over by **<v>**|It is **<name>** with **<v>** over plan|**<name>** is over by the "
                    "<most>: **<v>**}.";
        return;
    }
    int plan = sheet_sum(&d->s, "planned", x, n), real = sheet_sum(&d->s, "actual", y, n);
    int diff = sheet_op(&d->s, "difference = actual - planned", real, '-', plan);
    d->plan  = "add the plan, add what was spent, subtract";
    d->ask   = "{By how much is the total over or under budget|How {far|much} over or under budget {are they|is it} in "
               "total|What is the total {variance|deviation} (actual {minus|less} planned)|Over or under budget in "
               "total, and by how much}?";
    if (level == 8) {
        sheet_percent(&d->s, "in percent of the plan", diff, plan, 1);
        d->kind  = BIZ_PERCENT;
        d->round = 1;
        d->plan  = "add both, the difference divided by the plan, in percent";
        d->ask = "{By how many percent is the total over or under budget|What is the {variance|deviation} of the total "
                 "in percent of the plan|How many percent over or under budget is it in total}?";
    }
}

/* Level 9: what is left a month. Level 10: the year at this rate. */
static void draw_year(biz_draft *d) {
    ledger *l = &d->l;
    int     of[LEDGER_MAX];
    long    sum = 0;
    ledger_rows(d->r, l, LEDGER_MONTHS, d->level == 9 ? 4 : biz_draft_chance(d, 50) ? 3 : 4);
    int c = ledger_col(l, "spending", 0);
    for (int i = 0; i < l->rows; i++) sum += l->v[i][c] = biz_draft_range(d, 80, 620);
    d->table   = true;
    d->answer  = d->level == 9 ? "{There are|It leaves|That is} <v>[ a month]." : over;
    long left  = biz_draft_range(d, 2, 9);
    long year  = d->level == 9 ? sum + left * biz_draft_range(d, 60, 500) + biz_draft_range(d, 0, left - 1)
                               : sum * 12 / l->rows + biz_draft_range(d, -900, 900);
    int  plan  = biz_draft_money(d, "planned", 'a', year, 0);
    int  n     = biz_draft_column(d, "spending", NULL, of);
    int  spent = sheet_sum(&d->s, "spent", of, n);
    if (d->level == 9) {
        int months = biz_draft_number(d, "months left", 'b', left, "");
        sheet_div(&d->s, "for each month", sheet_op(&d->s, "left = planned - spent", plan, '-', spent), months, 2);
        d->round = 2;
        d->plan  = "add what was spent, take it from the plan, divide by the months left";
        d->ask   = "{The budget is <a>, and <b> months are left.|With <b> months {to go|left} and a budget of <a>:|Of "
                   "the budget of <a> this is spent, <b> more months follow.} {How much {can be spent|is left} {per "
                   "month|each month}[ on average]|What is left for each month|How much {per|a} month remains}?";
        return;
    }
    int months = sheet_given(&d->s, n, 0);
    str_addf(&d->u, "; months a year: 12");
    int rate = sheet_op(&d->s, "12 months", spent, '*', sheet_given(&d->s, 12, 0));
    sheet_op(&d->s, "difference to the plan", sheet_div(&d->s, "the year at this rate", rate, months, 0), '-', plan);
    d->plan = "add what was spent, times 12 by the months so far, less the plan";
    d->ask = "{The budget for 12 months is <a>. {If spending goes on at {this|the same} average rate|At this rate}|The "
             "year's plan (12 months) is <a>. {With spending as in these months|If the average of these months goes "
             "on}}, {by how much will {it|the year} be over or under budget|how far over or under budget will {the "
             "year|it} end}? {Round|Rounded} {the year's spending |}to whole <f>.";
    str_addf(&d->slot[5], "%s", d->m.name);
}

static void draw(biz_draft *d) {
    int level   = d->level;
    d->answer   = over;
    d->negative = under;
    biz_draft_find(d, level == 7                               ? (d->most ? "most over" : "least over")
                      : level == 9                             ? "left a month"
                      : level == 10                            ? "year's difference"
                      : level == 4 || level == 5 || level == 8 ? "difference in percent"
                                                               : "difference");
    if (level <= 5) {
        draw_pair(d);
        if (level != 3) d->lead = pair, d->ask = level <= 2 ? how_much : how_many;
    } else if (level <= 8) {
        draw_table(d);
    } else {
        draw_year(d);
    }
}

static void make(rng *r, int level, problem *p) { biz_draft_make(p, r, level, "budget", draw); }

static bool solve(const problem *p, str *truth, char why[96]) {
    static const ratio none = {0, 1}, hundred = {100, 1};
    biz_facts          f;
    if (!biz_read(p, &f, why)) return false;
    const biz_field *plan = biz_get(&f, "planned"), *real = biz_get(&f, "actual"), *spent = biz_get(&f, "spent");
    if (!spent) spent = biz_get(&f, "spending");
    if (!real) real = spent;
    if (!plan || !real) return biz_solved(why, "no plan or nothing spent");
    if (strstr(f.find, " over")) {
        ratio v[BIZ_VALUES];
        if (plan->n != real->n) return biz_solved(why, "columns of different length");
        for (int i = 0; i < plan->n; i++) v[i] = biz_calc(real->v[i], '-', plan->v[i]);
        biz_best(truth, plan, v, !strcmp(f.find, "most over") ? "most" : "least", 0);
        return true;
    }
    ratio sum = biz_sum(real), diff = biz_calc(sum, '-', biz_sum(plan));
    if (!strcmp(f.find, "left a month")) {
        ratio months = biz_one(&f, "months left", none);
        if (!months.p) return biz_solved(why, "no months left");
        biz_rounded(truth, biz_calc(biz_calc(none, '-', diff), '/', months), 2);
    } else if (!strcmp(f.find, "year's difference")) {
        str         year = {0};
        const char *end;
        if (!spent || biz_one(&f, "months a year", none).p != 12) return biz_solved(why, "months missing");
        biz_rounded(&year, biz_calc(biz_calc(sum, '*', (ratio){12, 1}), '/', (ratio){spent->n, 1}), 0);
        ratio_read(year.p, &sum, &end);
        str_free(&year);
        biz_rounded(truth, biz_calc(sum, '-', biz_sum(plan)), 0);
    } else if (!strcmp(f.find, "difference in percent")) {
        biz_rounded(truth, biz_calc(biz_calc(diff, '*', hundred), '/', biz_sum(plan)), 1);
    } else {
        biz_rounded(truth, diff, 0);
    }
    return true;
}

const family fam_budget = {.name   = "budget",
                           .field  = "business",
                           .about  = "planned against actual: over or under, in money and percent",
                           .levels = 10,
                           .make   = make,
                           .right  = biz_any,
                           .solve  = solve};
