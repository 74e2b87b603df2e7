/* fam_margin.c -- margin and markup: profit in percent of the price or of the cost.
 *
 * Levels: 1 profit of revenue; 2 revenue and cost; 3 markup on cost; 4 to one decimal; 5 prices with cents; 6 several
 * costs; 7 one product of a table; 8 all rows of a table together; 9 the price for a wanted margin; 10 the product of
 * a table with the best or worst margin. The check multiplies each quotient back. */
#include <string.h>
#include "task/biz.h"
#include "task/fam.h"

typedef struct draft {
    rng        *r;
    int         level;
    sheet       s;
    str         u, a, b, c;
    money       m;
    ledger      l;
    const char *plan, *name, *names[LEDGER_MAX];
    bool        markup, most, round;
} draft;

static const char profit_of[] =
    " {What is the profit margin|What's the margin|How large is the profit margin|What is the margin in "
    "percent|How many percent of the revenue is profit|What share of revenue is profit (in percent)}?";
static const char on_cost[] = " {What is the markup [on cost ]in percent|How large is the markup on cost (in "
                              "percent)|By how many percent is the cost marked "
                              "up|What's the percent markup over cost}?";

/* "; label: v" and the amount in a slot */
static int given(draft *d, const char *label, long v, int places, str *slot) {
    biz_amount(slot, d->m, v, places);
    return biz_given(&d->s, &d->u, label, v, places);
}

/* A base and a part of it that is a whole percentage. */
static void whole(rng *r, long *base, long *part) {
    *base = 100 * rng_range(r, 1, rng_below(r, 2) ? 12 : 99);
    *part = *base / 100 * rng_range(r, 2, 90);
}

static const char *draw_two(draft *d, str *pattern) {
    static const char has[] = "{<who> {has|makes|reports} revenue of <a> and a profit of <b>.|{Revenue|Turnover|Sales} "
                              "<a>, profit <b>.|Of <a> {in sales|taken in}, <b> is "
                              "profit for <who>.|<who> earned a profit of <b> on {sales|revenue} of <a>.}";
    static const char two[] = "{<who> sells goods for <a> that cost <b>.|{Revenue|Sales} of <a>, costs of "
                              "<b>.|{Costs|The costs} were <b> and {revenue|sales} <a>.|"
                              "<who> {buys|bought} {stock|a bike|a table|a load} for <b> and {sells|sold} it for <a>.|"
                              "{Something|An item} costs <b> and sells for <a>.}";
    rng              *r     = d->r;
    long              a, b;
    int               level = d->level, places = level == 5 ? 2 : 0;
    if (level <= 3) {
        whole(r, &a, &b);
    } else {
        a = level == 4 ? rng_range(r, 12, 99) : 100 * rng_range(r, 3, 99);
        b = level == 4 ? rng_range(r, 1, (int)a - 1) : 5 * rng_range(r, (int)a / 20, (int)a / 6);
    }
    d->markup = level == 3 || (level >= 4 && rng_below(r, 3) == 0);
    d->round  = level >= 4;
    if (level == 1) {
        int rev = given(d, "revenue", a, 0, &d->a), gain = given(d, "profit", b, 0, &d->b);
        sheet_percent(&d->s, "margin = profit / revenue", gain, rev, 0);
        d->plan = "divide the profit by the revenue, in percent";
        str_add(pattern, has);
        return profit_of;
    }
    long sell = d->markup ? a + b : a, cost = d->markup ? a : a - b;
    int  rev = given(d, d->markup ? "price" : "revenue", sell, places, &d->a),
        out  = given(d, "cost", cost, places, &d->b);
    int gain = sheet_op(&d->s, "profit", rev, '-', out);
    if (d->markup) sheet_percent(&d->s, "markup = profit / cost", gain, out, d->round);
    else sheet_percent(&d->s, "margin = profit / revenue", gain, rev, d->round);
    d->plan = d->markup ? "find the profit, divide it by the cost, in percent"
                        : "find the profit, divide it by the revenue, in percent";
    str_add(pattern, two);
    return d->markup ? on_cost : profit_of;
}

static const char *draw_costs(draft *d, str *pattern) {
    int    of[8], n = 3;
    ledger l = {0};
    biz_costs(d->r, &l, n, 20, 190);
    long sum = 0;
    for (int i = 0; i < n; i++) sum += l.v[i][0];
    int rev = given(d, "revenue", (sum + rng_range(d->r, 10, 300)) / 10 * 10 + 10, 0, &d->a);
    biz_lines(&d->s, &d->u, &d->b, "costs", &l, d->m, of);
    int cost = sheet_sum(&d->s, "costs", of, n);
    sheet_percent(&d->s, "margin = profit / revenue", sheet_op(&d->s, "profit = revenue - costs", rev, '-', cost), rev,
                  1);
    d->plan  = "add the costs, find the profit, divide it by the revenue, in percent";
    d->round = true;
    str_add(pattern, "{<who> {takes in|has revenue of} <a>; costs are <b>.|{Revenue|Sales} <a>. Costs: <b>.|<who> pays "
                     "<b> and takes in <a>.}");
    return profit_of;
}

static const char *draw_target(draft *d, str *pattern) {
    long m    = rng_below(d->r, 3)   ? rng_range(d->r, 1, 8) * 10
                : rng_below(d->r, 2) ? 25
                                     : rng_range(d->r, 2, 16) * 5,
         cost = rng_range(d->r, 4, 480);
    int in = given(d, "cost", cost, 0, &d->a), want = biz_given(&d->s, &d->u, "margin", m, 0);
    str_addf(&d->b, "%ld%%", m);
    int hundred = sheet_given(&d->s, 100, 0);
    int part    = sheet_op(&d->s, "cost is 100 - margin percent of the price", hundred, '-', want);
    sheet_percent(&d->s, "price = cost / that", in, part, 2);
    d->plan = "the cost is the rest of 100 percent; divide by it";
    str_add(pattern, "{{An item|A product|Each unit} costs <a>. <who> wants a {profit |}margin of <b>[ on the "
                     "price].|<who> {pays|has to pay} <a> for {an item|a product|one piece} and "
                     "wants <b> of the price as profit.|Cost <a>, wanted margin <b> of the selling price.}");
    return " {What must the price be|What price is needed|At what price must it be sold|Which selling price gives "
           "that}?{ Round to two decimals.| (two decimals)| "
           "Round to cents.}";
}

/* Levels 7, 8 and 10: revenue and costs by row. */
static const char *draw_table(draft *d) {
    static const char one[]  = "{What is the {profit |}margin of <name>[ in percent]?|Find the {profit |}margin of "
                               "<name>.|How many percent of the revenue of <name> is profit?|"
                               "And <name>: what's the margin?}";
    static const char all[]  = "{What is the {overall|total} {profit |}margin[ in percent]?|How many percent of all "
                               "revenue is profit?|Find the margin over all <heads> together.|"
                               "Over all <heads> together, what's the profit margin?}";
    static const char best[] = "{Which <head> has the <most> {profit |}margin, and how {large|high} is it{ in "
                               "percent|}?|Find the <head> with the <most> margin and say the margin.|"
                               "What <head> has the <most> margin? Give the margin[ in percent], too.}";
    rng              *r      = d->r;
    ledger           *l      = &d->l;
    sheet            *s      = &d->s;
    int               level = d->level, x[LEDGER_MAX], y[LEDGER_MAX], rows = level == 7 ? 5 : 3, pick = 0;
    ledger_rows(r, l, rng_below(r, 3) ? LEDGER_PRODUCTS : LEDGER_REGIONS, rows);
    int a = ledger_col(l, "revenue", 0), b = ledger_col(l, "costs", 0);
    for (int i = 0; i < rows; i++) {
        l->v[i][a] = 10 * (level == 10 ? rng_range(r, 2, 12) : rng_range(r, 3, level == 8 ? 32 : 99));
        l->v[i][b] = rng_range(r, (int)l->v[i][a] / 4, (int)l->v[i][a] - 3);
    }
    if (level != 10 || rng_below(r, 2)) ledger_noise(r, l);
    a = ledger_find(l, "revenue"), b = ledger_find(l, "costs");
    d->round = true;
    if (level == 7) {
        pick    = (int)rng_below(r, (uint64_t)rows);
        d->name = l->name[pick];
        str_addf(&d->u, " of %s; ", d->name);
        biz_rows(&d->u, l, a, &pick, 1);
        str_add(&d->u, "; ");
        biz_rows(&d->u, l, b, &pick, 1);
        int rev = sheet_given(s, l->v[pick][a], 0), cost = sheet_given(s, l->v[pick][b], 0);
        sheet_percent(s, "margin = profit / revenue", sheet_op(s, "profit", rev, '-', cost), rev, 1);
        d->plan = "find the row, then the profit, divide it by the revenue, in percent";
        return one;
    }
    if (level == 10) str_addf(&d->u, " %s", d->most ? "highest" : "lowest");
    str_add(&d->u, "; ");
    biz_list(&d->u, l, a, NULL);
    str_add(&d->u, "; ");
    biz_list(&d->u, l, b, NULL);
    biz_cells(s, l, a, NULL, x, d->names);
    biz_cells(s, l, b, NULL, y, NULL);
    if (level == 8) {
        int rev = sheet_sum(s, "revenue", x, rows), cost = sheet_sum(s, "costs", y, rows);
        sheet_percent(s, "margin = profit / revenue", sheet_op(s, "profit = revenue - costs", rev, '-', cost), rev, 1);
        d->plan = "add the revenue, add the costs, divide the profit by the revenue, in percent";
        return all;
    }
    for (int i = 0; i < rows; i++) x[i] = sheet_percent(s, NULL, sheet_op(s, d->names[i], x[i], '-', y[i]), x[i], 1);
    sheet_best(s, "compare", x, d->names, rows, d->most ? '>' : '<');
    d->plan = "the margin of each, then compare";
    return best;
}

static void finish(problem *p, draft *d) {
    decimal v     = sheet_last(&d->s);
    str     value = {0};
    if (d->level == 9) {
        biz_amount_of(&value, d->m, v);
    } else {
        decimal_put(&value, v);
        str_add(&value, "%");
    }
    if (d->level == 10) {
        const char *name = d->names[d->s.of[d->s.n - 1].pick];
        biz_winner(&p->truth, d->names, d->l.rows, d->s.of[d->s.n - 1].pick, v, d->most ? "most" : "least");
        const word_slot slot[] = {{"name", name}, {"most", d->most ? "highest" : "lowest"}, {"v", value.p}, {0}};
        wording_put(
            &p->answer, d->r,
            "{**<name>** has the <most> margin: **<v>**.|The <most> margin is that of **<name>** with **<v>**.}", slot);
    } else {
        decimal_put(&p->truth, v);
        biz_answer(p, d->r,
                   d->level == 9 ? "{The price must be|It has to sell for|Price:} <v>."
                   : d->markup   ? "{The markup is|Markup:|That is a markup of} <v>."
                                 : "{The margin is|The profit margin is|That is a margin of} <v>.",
                   value.p);
    }
    str_free(&value);
}

static void make(rng *r, int level, problem *p) {
    draft       d;
    str         pattern;
    const char *who   = biz_who(r), *ask;
    bool        table = level == 7 || level == 8 || level == 10;
    bool        again = false;
    do { /* until the comparison has no tie */
        if (again) str_free(&d.u), str_free(&d.a), str_free(&d.b), str_free(&d.c), str_free(&pattern);
        d       = (draft){.r = r, .level = level, .m = biz_money(r), .most = rng_below(r, 2)};
        pattern = (str){0};
        str_add(&d.u, level == 9 ? "find price" : level == 3 ? "find markup" : "find margin");
        ask   = table        ? draw_table(&d)
                : level == 6 ? draw_costs(&d, &pattern)
                : level == 9 ? draw_target(&d, &pattern)
                             : draw_two(&d, &pattern);
        again = true;
    } while (!sheet_values(&d.s));
    if (d.markup && level > 3) { /* drawn after the line began */
        str u = {0};
        str_addf(&u, "find markup%s", d.u.p + strlen("find margin"));
        str_free(&d.u);
        d.u = u;
    }
    p->level = level;
    biz_open(p, "margin", d.u.p, d.plan);
    const word_slot slot[] = {{"who", who},
                              {"a", d.a.p ? d.a.p : ""},
                              {"b", d.b.p ? d.b.p : ""},
                              {"name", d.name ? d.name : ""},
                              {"most", d.most ? "highest" : "lowest"},
                              {0}};
    str_add(&pattern, ask);
    if (d.round) str_add(&pattern, biz_round_1);
    if (table) biz_ask(p, r, &d.l, "", pattern.p, slot);
    else wording_ask(&p->question, r, pattern.p, slot);
    sheet_work(p, r, &d.s);
    finish(p, &d);
    str *all[] = {&d.u, &d.a, &d.b, &d.c, &pattern};
    for (int i = 0; i < 5; i++) str_free(all[i]);
}

static bool best(const biz_facts *f, const biz_field *rev, const biz_field *cost, str *truth, char why[96]) {
    ratio v[BIZ_VALUES];
    if (cost->n != rev->n) return biz_solved(why, "not a cost for each");
    for (int i = 0; i < rev->n; i++) {
        v[i] = biz_calc(biz_calc(rev->v[i], '-', cost->v[i]), '/', rev->v[i]);
        v[i] = biz_calc(v[i], '*', (ratio){100, 1});
    }
    biz_best(truth, rev, v, !strcmp(f->find, "margin highest") ? "most" : "least", 1);
    return true;
}

static bool solve(const problem *p, str *truth, char why[96]) {
    static const ratio hundred = {100, 1}, nought = {0, 1};
    biz_facts          f;
    if (!biz_read(p, &f, why)) return false;
    const biz_field *rev = biz_get(&f, "revenue"), *cost = biz_get(&f, "costs");
    if (!rev) rev = biz_get(&f, "price");
    if (!cost) cost = biz_get(&f, "cost");
    if (!strcmp(f.find, "price")) {
        ratio rest = biz_calc(hundred, '-', biz_one(&f, "margin", hundred));
        if (!rest.p) return biz_solved(why, "a margin of all the price");
        biz_rounded(truth, biz_calc(biz_calc(biz_one(&f, "cost", nought), '*', hundred), '/', rest), 2);
        return true;
    }
    if (!rev) return biz_solved(why, "no revenue");
    if (!strncmp(f.find, "margin highest", 14) || !strncmp(f.find, "margin lowest", 13))
        return cost ? best(&f, rev, cost, truth, why) : biz_solved(why, "no costs");
    ratio in = biz_sum(rev), gain = cost ? biz_calc(in, '-', biz_sum(cost)) : biz_one(&f, "profit", nought);
    ratio base = !strcmp(f.find, "markup") ? biz_calc(in, '-', gain) : in;
    if (!base.p) return biz_solved(why, "nothing to divide by");
    biz_rounded(truth, biz_calc(biz_calc(gain, '*', hundred), '/', base), 1);
    return true;
}

const family fam_margin = {.name   = "margin",
                           .field  = "business",
                           .about  = "profit margin and markup in percent, the price for a margin",
                           .levels = 10,
                           .make   = make,
                           .right  = biz_any,
                           .solve  = solve};
