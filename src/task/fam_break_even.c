/* fam_break_even.c -- how many units pay for the fixed costs.
 *
 * Levels: 1 what each brings is given; 2 from price and unit cost, exact; 3 rounded up; 4 two fixed costs; 5 and 6
 * larger numbers, more fixed costs; 7 with a wanted profit; 8 fixed costs from a table with a column too many; 9
 * prices with cents; 10 with cents and a wanted profit. The check: these units are enough, one less is not. */
#include <string.h>
#include "task/biz.h"
#include "task/fam.h"

typedef struct draft {
    rng        *r;
    int         level;
    money       m;
    sheet       s;
    str         u, price, cost, fixed, goal;
    ledger      l;
    const char *plan;
} draft;

static int given(draft *d, const char *label, long v, int places, str *slot) {
    biz_amount(slot, d->m, v, places);
    return biz_given(&d->s, &d->u, label, v, places);
}

/* The fixed costs, `n` of them and about `sum` together; their cell. */
static int fixed(draft *d, int n, long sum) {
    int of[8];
    if (n == 1) return given(d, "fixed costs", sum, 0, &d->fixed);
    biz_costs(d->r, &d->l, n, (int)(sum / n / 2), (int)(sum / n * 3 / 2));
    if (d->level != 8) {
        biz_lines(&d->s, &d->u, &d->fixed, "fixed costs", &d->l, d->m, of);
    } else {
        d->l.col[0] = "amount";
        str_add(&d->u, "; ");
        ledger_noise(d->r, &d->l);
        biz_list(&d->u, &d->l, ledger_find(&d->l, "amount"), NULL);
        biz_cells(&d->s, &d->l, ledger_find(&d->l, "amount"), NULL, of, NULL);
    }
    return sheet_sum(&d->s, "fixed costs", of, n);
}

static void draw(draft *d) {
    static const int lines[] = {1, 1, 1, 2, 1, 3, 2, 3, 1, 2};
    rng             *r       = d->r;
    int              level = d->level, places = level >= 9 ? 2 : 0;
    long gain  = level <= 4 ? rng_range(r, 2, 12) : level >= 9 ? 50 * rng_range(r, 3, 39) : rng_range(r, 13, 69);
    long whole = places ? gain / 100 : gain, cost = level <= 4 ? rng_range(r, 1, 60) : rng_range(r, 8, 140);
    long n = rng_range(r, level <= 3 ? 3 : 15, level <= 3 ? 95 : level >= 9 ? 240 : 180), sum = n * whole;
    if (level == 3 || (level == 1 && rng_below(r, 2))) sum += rng_range(r, 1, (int)whole);
    if (level >= 5) sum += rng_range(r, 0, (int)whole);
    if (places) cost = cost * 100 + 5 * rng_range(r, 0, 19);
    int one;
    if (level == 1) {
        one = given(d, "each brings", gain, 0, &d->price);
    } else {
        int p = given(d, "price", cost + gain, places, &d->price), c = given(d, "unit cost", cost, places, &d->cost);
        one = sheet_op(&d->s, "each brings price - unit cost", p, '-', c);
    }
    int need = fixed(d, lines[level - 1], sum);
    d->plan  = level == 1 ? "divide the fixed costs by what each brings, round up"
                          : "what each brings; divide the fixed costs by it, round up";
    if (level == 7 || level == 10) {
        int goal = given(d, "profit", 10 * rng_range(r, 5, 90), 0, &d->goal);
        need     = sheet_op(&d->s, "to be earned: fixed costs + profit", need, '+', goal);
        d->plan  = "fixed costs and profit together; divide by what each brings, round up";
    }
    sheet_up(&d->s, "units = to be earned / each", need, one);
}

static void make(rng *r, int level, problem *p) {
    static const char one[] = "{<who> {has|pays} fixed costs of <fixed> and {makes|earns} <price> {on each "
                              "{item|unit|ticket|piece}|per {unit|sale|piece} after its own costs}.|Every "
                              "{item|unit|ticket} sold brings in <price> after its {own|variable} costs. "
                              "Fixed costs are <fixed>.|Fixed costs <fixed>, each {unit|sale} contributes <price>.}";
    static const char two[] =
        "{<who> {sells|makes} {boxes|bags|lamps|cards|mugs} {for|at} <price> each; one costs <cost> {to make|in "
        "materials}. {Fixed costs|The fixed costs} are <fixed>.|{Price|Selling price} <price>, {variable|unit} cost "
        "<cost>, fixed costs: <fixed>.|"
        "{Fixed costs|Every month, fixed costs} {come to|are} <fixed>. {A unit|One piece|Each item} costs <cost> and "
        "sells for <price>.|With fixed costs of <fixed>, <who> sells at <price> and pays <cost> per "
        "{unit|piece|item}.}";
    static const char more[] = "{<who> {sells|makes} {boxes|bags|lamps|cards|mugs} {for|at} <price> each; one costs "
                               "<cost> to make. {Fixed costs|The fixed costs}: <fixed>.|{Price|Selling price} <price>, "
                               "{variable|unit} cost <cost>. Fixed costs: <fixed>.|"
                               "{Each month|Every month} <who> pays <fixed>. {A unit|One piece|Each item} costs <cost> "
                               "and sells for <price>.}";
    static const char sheet_ask[] = "{The amounts are fixed costs. |All amounts are fixed costs{, the rest does not "
                                    "matter|}. }{A unit|One piece|Each item} costs <cost> and sells for <price>.";
    static const char tail[] = " {How many {units|pieces|items} {must be sold|have to be sold|are needed} to {break "
                               "even|cover all costs|cover the costs|make no loss}|{What is|What's|Where is} the "
                               "break-even {point|quantity|volume} in [whole ]units|"
                               "From how many {units|pieces|items} on is there no loss|After how many {units|sales} "
                               "are {the|all} {fixed |}costs covered}?";
    static const char goal[] =
        " {How many {units|pieces|items} {must be sold|have to be sold|are needed} {for|to make} a profit of at least "
        "<goal>|From how many {units|pieces} on is the profit at least <goal>|"
        "What quantity brings {at least |}<goal> profit|<who> wants a profit of at least <goal>: how many "
        "{units|pieces} does that take}?[ Round up to whole units.]";
    draft       d       = {.r = r, .level = level, .m = biz_money(r)};
    str         pattern = {0}, value = {0};
    const char *who = biz_who(r);
    do {
        str *all[] = {&d.u, &d.price, &d.cost, &d.fixed, &d.goal};
        for (int i = 0; i < 5; i++) str_clear(all[i]);
        d.s = (sheet){0};
        d.l = (ledger){0};
        str_add(&d.u, "find units");
        draw(&d);
    } while (!sheet_values(&d.s));
    p->level = level;
    biz_open(p, "break_even", d.u.p, d.plan);
    str_add(&pattern, level == 1                                              ? one
                      : level == 8                                            ? sheet_ask
                      : level == 4 || level == 6 || level == 7 || level == 10 ? more
                                                                              : two);
    str_add(&pattern, level == 7 || level == 10 ? goal : tail);
    const word_slot slot[] = {{"who", who},
                              {"price", d.price.p},
                              {"cost", d.cost.p ? d.cost.p : ""},
                              {"fixed", d.fixed.p ? d.fixed.p : ""},
                              {"goal", d.goal.p ? d.goal.p : ""},
                              {0}};
    char            in[24] = " in ";
    strcat(in, d.m.name);
    if (level == 8) biz_ask(p, r, &d.l, in, pattern.p, slot);
    else wording_ask(&p->question, r, pattern.p, slot);
    sheet_work(p, r, &d.s);
    decimal_put(&p->truth, sheet_last(&d.s));
    str_addf(&value, "%s units", p->truth.p);
    biz_answer(p, r,
               level == 7 || level == 10 ? "{It takes|At least} <v>[ for that profit]."
                                         : "{It takes|The break-even point is at|Break-even:} <v>.",
               value.p);
    str *all[] = {&d.u, &d.price, &d.cost, &d.fixed, &d.goal, &pattern, &value};
    for (int i = 0; i < 7; i++) str_free(all[i]);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    static const ratio nought = {0, 1};
    biz_facts          f;
    if (!biz_read(p, &f, why)) return false;
    const biz_field *fix = biz_get(&f, "fixed costs");
    if (!fix) fix = biz_get(&f, "amount");
    if (strcmp(f.find, "units") || !fix) return biz_solved(why, "not a break-even point");
    ratio one = biz_one(&f, "each brings", nought);
    if (!one.p) one = biz_calc(biz_one(&f, "price", nought), '-', biz_one(&f, "unit cost", nought));
    if (one.p <= 0) return biz_solved(why, "a unit brings nothing");
    biz_rounded(truth, biz_up(biz_calc(biz_calc(biz_sum(fix), '+', biz_one(&f, "profit", nought)), '/', one)), 0);
    return true;
}

const family fam_break_even = {.name   = "break_even",
                               .field  = "business",
                               .about  = "units that cover the fixed costs, or bring a wanted profit",
                               .levels = 10,
                               .make   = make,
                               .right  = biz_right,
                               .solve  = solve};
