/* fam_total.c -- totals of a ledger.
 *
 * Levels: 1 three small numbers; 2 four of two digits; 3 five of three digits; 4 price times units, small; 5 six or
 * seven rows; 6 with a column that does not matter; 7 of one region; 8 price times units with two digits; 9 one region
 * out of a long table; 10 prices with cents. The check adds from the other end and undoes each product. */
#include "task/biz.h"
#include "task/fam.h"
#include <string.h>
#include "task/lexicon.h"

typedef struct total {
    ledger      l;
    measure     q;
    sheet       s;
    const char *in; /* the group asked about */
    bool        priced;
} total;

static void draw_plain(rng *r, int level, total *d) {
    static const int rows[] = {3, 4, 5, 0, 6, 6}, lo[] = {2, 10, 100, 0, 100, 100}, hi[] = {45, 99, 999, 0, 999, 2999};
    int              i = level - 1;
    ledger_rows(r, &d->l, LEDGER_ANY, rows[i] + (level >= 5 ? rng_range(r, 0, 1) : 0));
    d->q  = biz_measure(r, rng_below(r, 2));
    int c = ledger_col(&d->l, d->q.col, 0);
    for (int k = 0; k < d->l.rows; k++) d->l.v[k][c] = rng_range(r, lo[i], hi[i]);
    if (level == 6) ledger_noise(r, &d->l);
}

/* Months and regions, one of which is asked about. */
static void draw_group(rng *r, int level, total *d) {
    const char *region[3];
    ledger     *l = &d->l;
    ledger_rows(r, l, LEDGER_MONTHS, level == 7 ? 4 : 5);
    lexicon_pick(r, LEX_REGION, region, 3);
    d->q     = biz_measure(r, rng_below(r, 2));
    l->group = "region";
    int c = ledger_col(l, d->q.col, 0), months = l->rows, regions = level == 7 ? 2 : 3;
    l->rows = months * regions;
    for (int i = l->rows - 1; i >= 0; i--) {
        l->name[i] = l->name[i / regions];
        l->in[i]   = region[i % regions];
        l->v[i][c] = rng_range(r, level == 7 ? 20 : 200, level == 7 ? 499 : 2999);
    }
    d->in = region[rng_below(r, (uint64_t)regions)];
    if (level == 9) ledger_noise(r, l);
}

static void draw_priced(rng *r, int level, total *d) {
    ledger *l = &d->l;
    ledger_rows(r, l, LEDGER_PRODUCTS, level == 4 ? 2 : 3);
    d->q      = biz_measure(r, true);
    d->priced = true;
    int p = ledger_col(l, "price", level == 10 ? 2 : 0), u = ledger_col(l, rng_below(r, 2) ? "units" : "quantity", 0);
    for (int k = 0; k < l->rows; k++) {
        l->v[k][p] = level == 4   ? rng_range(r, 2, 30)
                     : level == 8 ? rng_range(r, 11, 89)
                                  : rng_range(r, 101, 1999) / 5 * 5;
        l->v[k][u] = level == 4 ? rng_range(r, 2, 9) : rng_range(r, 3, level == 8 ? 29 : 24);
    }
    if (level == 10) ledger_noise(r, l);
}

static void build(total *d, str *u) {
    int     of[LEDGER_MAX], by[LEDGER_MAX];
    ledger *l = &d->l;
    str_add(u, "find total; ");
    if (!d->priced) {
        biz_list(u, l, ledger_find(l, d->q.col), d->in);
        int n = biz_cells(&d->s, l, ledger_find(l, d->q.col), d->in, of, NULL);
        sheet_sum(&d->s, NULL, of, n);
        return;
    }
    int p = ledger_find(l, "price"), c = 0;
    while (strcmp(l->col[c], "units") && strcmp(l->col[c], "quantity")) c++;
    biz_list(u, l, p, NULL);
    str_add(u, "; ");
    biz_list(u, l, c, NULL);
    biz_cells(&d->s, l, p, NULL, of, NULL);
    int n = biz_cells(&d->s, l, c, NULL, by, NULL);
    for (int i = 0; i < n; i++) of[i] = sheet_op(&d->s, l->name[i], of[i], '*', by[i]);
    sheet_sum(&d->s, "together", of, n);
}

static void make(rng *r, int level, problem *p) {
    static const char plain[] =
        "{{What is|What's|Tell me|Give me|I need|Can you work out|Find|Please calculate} the {2*total|sum} "
        "{of {the|all} <col>|<col>}[ {over|for|of} all <heads>]{?|.}|{Add up|Sum|Total} {the|all} <col>[ for me]{.|, "
        "please.}|How <much> "
        "{is that|is it} {in total|altogether|all together}?|What do {the|all these} <col> {add up|come|sum} "
        "to[ in total]?}";
    static const char group[]  = "{{What is|What's|Tell me|Give me|I need|Find|Please calculate} the {2*total|sum} {of "
                                 "the|of all} <col> {in|for|of} "
                                 "[the region ]<name>[ only]{?|.}|{Add up|Sum|Total} the <col> {for|of|in} <name>[ "
                                 "only].|What <col> did "
                                 "<name> have {in total|altogether}?|{Looking only at|For|In} <name>, what is the "
                                 "total of the <col>?}";
    static const char priced[] = "{{What is|What's|Tell me|I need|Work out|Find|Calculate} the {2*total|overall} "
                                 "{revenue|sales|value|amount}{?|.}|How "
                                 "much {money |}{did we take|did they bring in|is that|comes in} {in "
                                 "total|altogether|all together}?|What {do we get|does "
                                 "it come to} if everything is sold at {its|the} price?|{Multiply price and <qty> and "
                                 "add up|What is the sum of price "
                                 "times <qty>}{.|?}}";
    total             d        = {0};
    str               u = {0}, value = {0};
    p->level = level;
    if (level == 4 || level == 8 || level == 10) draw_priced(r, level, &d);
    else if (level == 7 || level == 9) draw_group(r, level, &d);
    else draw_plain(r, level, &d);
    build(&d, &u);
    biz_open(p, "total", u.p,
             d.priced ? "multiply price and units in each row, then add"
             : d.in   ? "add the rows of the region"
                      : "add one number after the other");
    const char *qty = d.priced && !strcmp(d.l.col[0], "quantity") ? "quantity" : "units";
    for (int c = 0; c < d.l.cols; c++)
        if (!strcmp(d.l.col[c], "quantity")) qty = "quantity";
    const word_slot slot[] = {
        {"col", d.q.col}, {"name", d.in ? d.in : ""}, {"qty", qty}, {"much", d.q.unit ? "many" : "much"}, {0}};
    biz_ask(p, r, &d.l, d.q.in, d.priced ? priced : d.in ? group : plain, slot);
    sheet_work(p, r, &d.s);
    decimal_put(&p->truth, sheet_last(&d.s));
    biz_measured(&value, &d.q, sheet_last(&d.s));
    biz_answer(p, r,
               "{The total {is|comes to}|{Altogether|In total} {it is|that makes}|All together:|It adds up to} <v>.",
               value.p);
    str_free(&u);
    str_free(&value);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    biz_facts f;
    ratio     sum = {0, 1};
    if (!biz_read(p, &f, why)) return false;
    const biz_field *price = biz_get(&f, "price");
    if (strcmp(f.find, "total") || f.n != (price ? 2 : 1)) return biz_solved(why, "not a total");
    if (!price) sum = biz_sum(&f.f[0]);
    else if (f.f[1].n != price->n) return biz_solved(why, "not a price for each");
    for (int i = 0; price && i < price->n; i++) sum = biz_calc(sum, '+', biz_calc(price->v[i], '*', f.f[1].v[i]));
    biz_rounded(truth, sum, 4);
    return true;
}

const family fam_total = {.name   = "total",
                          .field  = "business",
                          .about  = "totals of sales, by region, of price times units",
                          .levels = 10,
                          .make   = make,
                          .right  = biz_right,
                          .solve  = solve};
