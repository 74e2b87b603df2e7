/* fam_profit.c -- profit: what comes in less what goes out.
 *
 * Levels: 1 revenue less one cost; 2 two costs; 3 three costs; 4 units times price less one cost; 5 units times what
 * each brings, less fixed costs; 6 a table of revenue and costs; 7 four costs, perhaps a loss; 8 larger numbers and
 * several fixed costs; 9 two products of a table and fixed costs; 10 prices with cents, perhaps a loss. The check adds
 * what was taken away. */
#include <string.h>
#include "task/biz.h"
#include "task/fam.h"

typedef struct draft {
    rng  *r;
    int   level;
    sheet s;
    str   u, a, b, c, d; /* the first line, and slots */
    money m;
} draft;

/* Revenue less a list of costs. */
static const char *draw_costs(draft *d, const char **plan) {
    static const char ask[] =
        "{<who> {takes in|earns|sells goods for|has {sales|revenue} of} <a> {this|in one|every} {week|month|season} "
        "and "
        "pays <b>.|{This month|This week|Last month|Last year} <who> took in <a>. {Costs|Expenses|Bills}: <b>.|<who> "
        "spends <b> "
        "and {takes in|earns} <a> {in the same|that} {week|month}.|Revenue <a>, {costs|expenses}: <b>.} "
        "{{What is|What's|Calculate|Find|Work out} the profit{?|.}|How {much|large} {is the|} profit{ is that|}?|What "
        "{is left|remains}[ as profit]?|"
        "How much {money|profit} does that {make|leave}?}";
    int    n     = d->level <= 3 ? d->level : 4, of[8];
    bool   large = d->level == 7;
    ledger l     = {0};
    long   sum   = 0;
    int    hi    = d->level == 1 ? 99 : large ? 2500 : 300;
    biz_costs(d->r, &l, n, hi / 10, hi);
    for (int i = 0; i < n; i++) sum += l.v[i][0];
    long rev = large && rng_below(d->r, 3) == 0 ? sum - rng_range(d->r, 11, 1200) : sum + rng_range(d->r, 3, hi);
    biz_amount(&d->a, d->m, rev, 0);
    int have = biz_given(&d->s, &d->u, "revenue", rev, 0);
    biz_lines(&d->s, &d->u, &d->b, "costs", &l, d->m, of);
    int cost = n == 1 ? of[0] : sheet_sum(&d->s, "costs", of, n);
    sheet_op(&d->s, "profit = revenue - costs", have, '-', cost);
    *plan = n == 1 ? "take the cost from the revenue" : "add the costs, take them from the revenue";
    return ask;
}

/* Units times price, or what each brings, less fixed costs. */
static const char *draw_units(draft *d, const char **plan) {
    static const char once[] =
        "{<who> sells <n> {boxes|items|pieces|bags|cards} at <a> each[ in one day] and {pays|spends} <b> {for "
        "everything|in all|on goods and rent}.|{At a price of|For} <a> "
        "apiece, <who> sells <n> {items|pieces|units}; all {costs|expenses} together are <b>.|All costs are <b>. "
        "<who> sells <n> {pieces|units|tickets} for <a> each.} {What is the profit?|How much profit is "
        "{that|made|left}?|What is left[ over]?|"
        "{Find|Work out|Calculate} the profit.}";
    static const char each[] = "{<who> {makes and sells|sells} <n> {lamps|units|pieces|bags|boxes}[ a month]. {Each "
                               "sells for <a> and costs <b> to make|One "
                               "{costs <b> to make and sells for <a>|brings in <a> and costs <b>}|The price is <a>, "
                               "the cost of one is <b>}. {Fixed costs|Fixed costs every month}: "
                               "<c>.|{Price|Selling price} <a>, {unit cost|variable cost per unit} <b>, fixed costs "
                               "<c>, <n> units {are |}sold.|<who> pays fixed costs (<c>) "
                               "and makes goods at <b> each, sold for <a> each. <n> {are sold|were sold}.} {What is "
                               "the profit[ or loss]?|How much {profit|money} is {made|left}?|"
                               "{Find|Work out|Calculate|Tell me} the profit.}";
    rng              *r      = d->r;
    int               of[8], level = d->level;
    if (level == 4) {
        long n = rng_range(r, 3, 40), price = n > 9 ? rng_range(r, 2, 9) : rng_range(r, 4, 60),
             cost = rng_range(r, 1, (int)(n * price) - 1);
        str_addf(&d->d, "%ld", n);
        biz_amount(&d->a, d->m, price, 0);
        biz_amount(&d->b, d->m, cost, 0);
        int k = biz_given(&d->s, &d->u, "units", n, 0), p = biz_given(&d->s, &d->u, "price", price, 0),
            c = biz_given(&d->s, &d->u, "costs", cost, 0);
        sheet_op(&d->s, "profit = revenue - costs", sheet_op(&d->s, "revenue = units * price", k, '*', p), '-', c);
        *plan = "revenue is units times price, less the costs";
        return once;
    }
    int  cents = level == 10 ? 2 : 0;
    long unit  = cents ? 5 : 1;
    long n     = level == 5 ? rng_range(r, 10, 60) : rng_range(r, 35, level == 8 ? 240 : 99);
    long cost  = level == 5 ? rng_range(r, 2, 15) : rng_range(r, 8, 60),
         gain  = level == 5 ? rng_range(r, 2, 9) : rng_range(r, 6, 39);
    if (cents) cost = cost * 100 + unit * rng_range(r, 1, 19), gain = gain * 20 + unit * rng_range(r, 1, 19);
    long   all = n * gain / (cents ? 100 : 1);
    ledger l   = {0};
    int    k   = level == 5 ? 1 : level == 8 ? 2 : 3;
    biz_costs(r, &l, k, (int)(all / (3 * k)) + 1, (int)(all / k) + (level == 5 ? 0 : (int)all / 8) + 2);
    str_addf(&d->d, "%ld", n);
    biz_amount(&d->a, d->m, cost + gain, cents);
    biz_amount(&d->b, d->m, cost, cents);
    int p = biz_given(&d->s, &d->u, "price", cost + gain, cents), q = biz_given(&d->s, &d->u, "unit cost", cost, cents),
        m = biz_given(&d->s, &d->u, "units", n, 0);
    biz_lines(&d->s, &d->u, &d->c, "fixed costs", &l, d->m, of);
    int one = sheet_op(&d->s, "each brings price - unit cost", p, '-', q);
    int sum = sheet_op(&d->s, "together", one, '*', m);
    int fix = k == 1 ? of[0] : sheet_sum(&d->s, "fixed costs", of, k);
    sheet_op(&d->s, "profit = together - fixed costs", sum, '-', fix);
    *plan = "what each brings, times the units, less the fixed costs";
    return each;
}

/* Tables: 6 revenue and costs by row; 9 price, unit cost and units by product, and fixed costs. */
static const char *draw_table(draft *d, ledger *l, const char **plan) {
    static const char rows[] =
        "{{What is|What's|Find|Calculate|Give me} the {total|overall} profit[ over all <heads>]{?|.}|How much profit "
        "{did we make|is that} "
        "{in total|altogether|over all <heads>}?|How much {is left|remains} in total after {all|the} costs?}";
    static const char goods[] =
        "{Fixed costs|On top, fixed costs|The fixed costs|There are also fixed costs, they} {are|come to} <a>. {What "
        "is the {total |overall |}profit[ or loss]?|How much profit is {that|made} {in total|altogether}?|"
        "{Find|Calculate|Work out} the {total |}profit.}";
    rng   *r = d->r;
    sheet *s = &d->s;
    int    x[LEDGER_MAX], y[LEDGER_MAX], z[LEDGER_MAX];
    if (d->level == 6) {
        ledger_rows(r, l, LEDGER_ANY, 3);
        int a = ledger_col(l, "revenue", 0), b = ledger_col(l, "costs", 0);
        for (int i = 0; i < 3; i++)
            l->v[i][a] = rng_range(r, 150, 999), l->v[i][b] = rng_range(r, 40, (int)l->v[i][a] - 20);
        ledger_noise(r, l);
        a = ledger_find(l, "revenue"), b = ledger_find(l, "costs");
        str_add(&d->u, "; ");
        biz_list(&d->u, l, a, NULL);
        str_add(&d->u, "; ");
        biz_list(&d->u, l, b, NULL);
        biz_cells(s, l, a, NULL, x, NULL);
        biz_cells(s, l, b, NULL, y, NULL);
        int rev = sheet_sum(s, "revenue", x, 3), cost = sheet_sum(s, "costs", y, 3);
        sheet_op(s, "profit = revenue - costs", rev, '-', cost);
        *plan = "add the revenue, add the costs, subtract";
        return rows;
    }
    ledger_rows(r, l, LEDGER_PRODUCTS, 2);
    int  a = ledger_col(l, "price", 0), b = ledger_col(l, "unit cost", 0), c = ledger_col(l, "units", 0);
    long sum = 0;
    for (int i = 0; i < 2; i++) {
        l->v[i][b] = rng_range(r, 5, 60);
        l->v[i][a] = l->v[i][b] + rng_range(r, 4, 29);
        l->v[i][c] = rng_range(r, 21, 160);
        sum += (l->v[i][a] - l->v[i][b]) * l->v[i][c];
    }
    if (rng_below(r, 2)) ledger_noise(r, l);
    long        fixed = rng_range(r, (int)sum / 4, (int)sum - 5);
    const char *col[] = {"price", "unit cost", "units"};
    int        *of[]  = {x, y, z};
    for (int i = 0; i < 3; i++) {
        str_add(&d->u, "; ");
        biz_list(&d->u, l, ledger_find(l, col[i]), NULL);
        biz_cells(s, l, ledger_find(l, col[i]), NULL, of[i], NULL);
    }
    biz_amount(&d->a, d->m, fixed, 0);
    int fix = biz_given(s, &d->u, "fixed costs", fixed, 0);
    for (int i = 0; i < 2; i++) {
        int one = sheet_op(s, l->name[i], x[i], '-', y[i]);
        x[i]    = sheet_op(s, NULL, one, '*', z[i]);
    }
    sheet_op(s, "profit = together - fixed costs", sheet_op(s, "together", x[0], '+', x[1]), '-', fix);
    *plan = "each product: price less unit cost, times units; add; less the fixed costs";
    return goods;
}

static void make(rng *r, int level, problem *p) {
    draft       d     = {.r = r, .level = level, .m = biz_money(r)};
    ledger      l     = {0};
    str         value = {0};
    const char *plan, *who = biz_who(r), *ask;
    bool        table = level == 6 || level == 9;
    p->level          = level;
    str_add(&d.u, "find profit");
    ask = table ? draw_table(&d, &l, &plan) : level <= 3 || level == 7 ? draw_costs(&d, &plan) : draw_units(&d, &plan);
    biz_open(p, "profit", d.u.p, plan);
    const word_slot slot[] = {{"who", who},
                              {"a", d.a.p ? d.a.p : ""},
                              {"b", d.b.p ? d.b.p : ""},
                              {"c", d.c.p ? d.c.p : ""},
                              {"n", d.d.p ? d.d.p : ""},
                              {0}};
    char            in[24] = " in ";
    strcat(in, d.m.name);
    if (table) biz_ask(p, r, &l, in, ask, slot);
    else wording_ask(&p->question, r, ask, slot);
    sheet_work(p, r, &d.s);
    decimal v = sheet_last(&d.s);
    decimal_put(&p->truth, v);
    biz_amount_of(&value, d.m, (decimal){v.v < 0 ? -v.v : v.v, v.places});
    if (v.v < 0) biz_answer(p, r, "{That is|It makes|The result is|There is} a loss of <v>.", value.p);
    else biz_answer(p, r, "{The profit is|That leaves a profit of|Profit:|It makes a profit of} <v>.", value.p);
    str *all[] = {&d.u, &d.a, &d.b, &d.c, &d.d, &value};
    for (int i = 0; i < 6; i++) str_free(all[i]);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    static const ratio nought = {0, 1};
    biz_facts          f;
    ratio              in = nought;
    if (!biz_read(p, &f, why)) return false;
    const biz_field *price = biz_get(&f, "price"), *unit = biz_get(&f, "unit cost"), *n = biz_get(&f, "units");
    if (strcmp(f.find, "profit")) return biz_solved(why, "not a profit");
    if (price && (!n || n->n != price->n || (unit && unit->n != price->n)))
        return biz_solved(why, "not a price and units for each");
    in = biz_sum(biz_get(&f, "revenue"));
    for (int i = 0; price && i < price->n; i++) {
        in = biz_calc(in, '+', biz_calc(price->v[i], '*', n->v[i]));
        if (unit) in = biz_calc(in, '-', biz_calc(unit->v[i], '*', n->v[i]));
    }
    in = biz_calc(in, '-', biz_sum(biz_get(&f, "costs")));
    in = biz_calc(in, '-', biz_sum(biz_get(&f, "fixed costs")));
    biz_rounded(truth, in, 4);
    return true;
}

const family fam_profit = {.name   = "profit",
                           .field  = "business",
                           .about  = "profit or loss from revenue, costs, prices and units",
                           .levels = 10,
                           .make   = make,
                           .right  = biz_any,
                           .solve  = solve};
