/* fam_segments.c -- customer segments compared: what one customer brings, how they grew, how far they are apart.
 *
 * Levels: 1 revenue per customer; 2 by how much one segment brings more than another; 3 per customer of one of a table;
 * 4 which segment brings most per customer, whole numbers; 5 four segments; 6 with a column too many; 7 the largest
 * growth; 8 per customer to one decimal; 9 the difference between best and worst per customer; 10 profit per customer.
 * The check undoes each step and compares from the end. */
#include <string.h>
#include "task/biz_draft.h"

/* n rows named after kinds of customers. */
static void rows(biz_draft *d, int n) {
    static const char *const of[] = {
        "students",        "families", "seniors",     "businesses", "tourists", "members", "guests",    "schools",
        "online shoppers", "walk-ins", "wholesalers", "newcomers",  "regulars", "couples", "teenagers", "clubs"};
    ledger *l        = &d->l;
    bool    used[16] = {false};
    l->kind          = LEDGER_PRODUCTS;
    l->rows          = n;
    l->head = "segment", l->heads = "segments";
    if (biz_draft_chance(d, 40)) l->head = "group", l->heads = "groups";
    for (int i = 0; i < n; i++) {
        int k;
        do k = (int)rng_below(d->r, 16);
        while (used[k]);
        used[k]    = true;
        l->name[i] = of[k];
    }
}

static void draw_pair(biz_draft *d) {
    rows(d, 2);
    ledger *l = &d->l;
    if (d->level == 1) {
        long n    = biz_draft_range(d, 2, 12),
             each = biz_draft_range(d, 3, 99) * (biz_draft_chance(d, 50) ? 1 : 10) + biz_draft_range(d, 0, 9);
        str_addf(&d->u, " of %s", l->name[0]);
        int a = biz_draft_money(d, "revenue", 'a', n * each, 0), b = biz_draft_number(d, "customers", 'b', n, "");
        d->name = l->name[0];
        sheet_div(&d->s, NULL, a, b, 0);
        d->plan = "divide the revenue by the customers";
        d->ask = "{<name> bring in <a>; there are <b> of them.|There are <b> {customers|buyers} in the segment <name>; "
                 "{together they|they} spend <a>.|Segment <name>: {revenue|sales} <a>, <b> customers.} {How much {does "
                 "one {bring|spend} on average|is that per customer}|What is the revenue per customer}?";
        return;
    }
    long x = biz_draft_range(d, 100, 900), y = biz_draft_range(d, 100, 900);
    if (x == y) x++;
    str_addf(&d->u, " of %s and %s", l->name[0], l->name[1]);
    str_addf(&d->slot[2], "%s", l->name[0]);
    str_addf(&d->slot[3], "%s", l->name[1]);
    biz_amount(&d->slot[0], d->m, x, 0);
    biz_amount(&d->slot[1], d->m, y, 0);
    int a = biz_given(&d->s, &d->u, "first", x, 0), b = biz_given(&d->s, &d->u, "second", y, 0);
    sheet_op(&d->s, "difference = larger - smaller", x > y ? a : b, '-', x > y ? b : a);
    d->plan = "take the smaller from the larger";
    d->ask  = "{<c> bring in <a>, <d> <b>.|{Revenue|Sales} from <c>: <a>, from <d>: <b>.|{This year|Last month} <c> "
              "spent <a> {and|while} <d> spent <b>.} {How large is the difference {between them|}|By how much do the "
              "two differ|How much more does the larger segment bring}?";
}

static void draw_one(biz_draft *d) {
    ledger *l = &d->l;
    rows(d, 4);
    int a = ledger_col(l, "revenue", 0), b = ledger_col(l, "customers", 0);
    for (int i = 0; i < 4; i++) {
        l->v[i][b] = biz_draft_range(d, 3, 45);
        l->v[i][a] = l->v[i][b] * biz_draft_range(d, 4, 60);
    }
    int pick = (int)rng_below(d->r, 4);
    d->name  = l->name[pick];
    str_addf(&d->u, " of %s; ", d->name);
    biz_rows(&d->u, l, a, &pick, 1);
    str_add(&d->u, "; ");
    biz_rows(&d->u, l, b, &pick, 1);
    sheet_div(&d->s, NULL, sheet_given(&d->s, l->v[pick][a], 0), sheet_given(&d->s, l->v[pick][b], 0), 0);
    d->table = true;
    d->plan  = "find the row, divide the revenue by the customers";
    d->ask   = "{What is the revenue per customer {of|for} <name>|How much does one customer {of the segment "
               "<name>|among the <name>} bring on average|What do <name> bring per customer}?";
}

/* Levels 4 to 10: a value for each segment, then the best of them, or how far they are apart. */
static void draw_each(biz_draft *d) {
    ledger *l     = &d->l;
    int     level = d->level, x[LEDGER_MAX], y[LEDGER_MAX], z[LEDGER_MAX], n = level == 5 ? 4 : 3, places = level >= 8;
    rows(d, n);
    d->table = true;
    if (level == 7) {
        int a = ledger_col(l, "last year", 0), b = ledger_col(l, "this year", 0);
        rows(d, 4), n                            = 4;
        for (int i = 0; i < n; i++)
            l->v[i][a] = biz_draft_range(d, 100, 900), l->v[i][b] = l->v[i][a] + biz_draft_range(d, 5, 400);
        if (biz_draft_chance(d, 50)) ledger_noise(d->r, l);
        biz_draft_column(d, "last year", NULL, x);
        biz_draft_column(d, "this year", NULL, y);
        for (int i = 0; i < n; i++) x[i] = sheet_op(&d->s, l->name[i], y[i], '-', x[i]);
        d->plan = "this year less last year for each, then compare";
        d->ask  = "{Which <f> {grew the <most>|had the <e> growth} in money, and by how much|Find the <f> with the <e> "
                  "increase (in money). How large is it|For which <f> is the increase the <e>, and how large is it}?";
    } else {
        int a = ledger_col(l, "revenue", 0), c = level == 10 ? ledger_col(l, "costs", 0) : 0,
            b = ledger_col(l, "customers", 0);
        for (int i = 0; i < n; i++) {
            l->v[i][b] =
                places ? biz_draft_range(d, 3, 12) * (biz_draft_chance(d, 50) ? 10 : 1) : biz_draft_range(d, 2, 12);
            long each  = places ? 0 : biz_draft_range(d, 11, level == 4 ? 60 : 300);
            l->v[i][a] = places ? biz_draft_range(d, 150, 990) * (level == 10 ? 2 : 1) : l->v[i][b] * each;
            if (level == 10) l->v[i][c] = biz_draft_range(d, l->v[i][a] / 4, l->v[i][a] * 3 / 4);
        }
        if (level == 6 || level == 10) ledger_noise(d->r, l);
        biz_draft_column(d, "revenue", NULL, x);
        if (level == 10) biz_draft_column(d, "costs", NULL, z);
        biz_draft_column(d, "customers", NULL, y);
        for (int i = 0; i < n; i++) {
            if (level == 10) x[i] = sheet_op(&d->s, l->name[i], x[i], '-', z[i]);
            x[i] = sheet_div(&d->s, level == 10 ? NULL : l->name[i], x[i], y[i], places);
        }
        d->plan  = level == 10 ? "profit of each, divided by its customers, then compare"
                               : "revenue by customers for each, then compare";
        d->ask   = level == 10
                       ? "{Which <f> {brings|has} the <e> profit per customer, and how {large|much} is it|Find the <f> "
                         "with the <e> profit per customer. How {large|much} is it|Per customer, which <f> has the <e> "
                         "profit? How {large|much} is it}?"
                       : "{Which <f> {brings|earns us} the <e> revenue per customer, and how much is it|Find the <f> "
                         "with the <e> revenue per customer. How much is it|Per customer, which <f> brings the <most>? "
                         "How much is that|In which <f> does one customer bring the <most> on average, and how much}?";
        d->round = places;
    }
    str_addf(&d->slot[4], "%s", d->most ? "largest" : "smallest");
    str_addf(&d->slot[5], "%s", l->head);
    d->named = level != 9;
    d->answer =
        "{**<name>**, with **<v>**|It is **<name>** with **<v>**|The <high> value is that of **<name>**: **<v>**}.";
    if (level != 9) {
        sheet_best(&d->s, "compare", x, d->names, n, d->most ? '>' : '<');
        return;
    }
    int hi = sheet_best(&d->s, "largest", x, d->names, n, '>'), lo = sheet_best(&d->s, "smallest", x, d->names, n, '<');
    sheet_op(&d->s, "difference", hi, '-', lo);
    d->plan   = "revenue by customers for each, then the largest less the smallest";
    d->answer = "{The difference is|They differ by|Difference:} <v>.";
    d->ask = "{How far apart are the best and the worst <f> in revenue per customer|What is the difference between the "
             "highest and the lowest revenue per customer|By how much does revenue per customer differ between the "
             "best and the worst <f>}?";
}

static void draw(biz_draft *d) {
    static const char *const what[] = {"revenue per customer",
                                       "difference",
                                       "revenue per customer",
                                       "",
                                       "",
                                       "",
                                       "",
                                       "",
                                       "spread of revenue per customer",
                                       ""};
    int                      level  = d->level;
    d->answer                       = level == 2 ? "{The difference is|They differ by|Difference:} <v>."
                                                 : "{Each customer brings|That is|Per customer:} <v>.";
    if (what[level - 1][0]) biz_draft_find(d, what[level - 1]);
    else
        str_addf(&d->u, "find %s %s", d->most ? "highest" : "lowest",
                 level == 7    ? "growth"
                 : level == 10 ? "profit per customer"
                               : "revenue per customer");
    if (level <= 2) draw_pair(d);
    else if (level == 3) draw_one(d);
    else draw_each(d);
}

static void make(rng *r, int level, problem *p) { biz_draft_make(p, r, level, "segments", draw); }

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
    ratio              v[BIZ_VALUES];
    if (!biz_read(p, &f, why)) return false;
    const biz_field *rev = biz_get(&f, "revenue"), *n = biz_get(&f, "customers"), *cost = biz_get(&f, "costs"),
                    *a = biz_get(&f, "last year"), *b = biz_get(&f, "this year");
    if (!strncmp(f.find, "difference", 10)) {
        ratio d = biz_calc(biz_one(&f, "first", none), '-', biz_one(&f, "second", none));
        if (d.p < 0) d.p = -d.p;
        biz_rounded(truth, d, 0);
        return true;
    }
    const char *sense = !strncmp(f.find, "highest", 7) ? "most" : "least";
    if (a && b && a->n == b->n) {
        for (int i = 0; i < a->n; i++) v[i] = biz_calc(b->v[i], '-', a->v[i]);
        biz_best(truth, a, v, sense, 0);
        return true;
    }
    if (!rev || !n || rev->n != n->n || (cost && cost->n != n->n))
        return biz_solved(why, "not revenue and customers for each");
    for (int i = 0; i < n->n; i++) {
        if (!n->v[i].p) return biz_solved(why, "no customers");
        v[i] = one_decimal(biz_calc(cost ? biz_calc(rev->v[i], '-', cost->v[i]) : rev->v[i], '/', n->v[i]));
    }
    if (!strncmp(f.find, "revenue per", 11)) {
        biz_rounded(truth, v[0], 1);
    } else if (!strncmp(f.find, "spread", 6)) {
        ratio hi = v[0], lo = v[0];
        for (int i = 1; i < n->n; i++) {
            if (biz_calc(v[i], '-', hi).p > 0) hi = v[i];
            if (biz_calc(v[i], '-', lo).p < 0) lo = v[i];
        }
        biz_rounded(truth, biz_calc(hi, '-', lo), 1);
    } else {
        biz_best(truth, rev, v, sense, 1);
    }
    return true;
}

const family fam_segments = {.name   = "segments",
                             .field  = "business",
                             .about  = "customer segments compared: revenue and profit per customer, growth",
                             .levels = 10,
                             .make   = make,
                             .right  = biz_any,
                             .solve  = solve};
