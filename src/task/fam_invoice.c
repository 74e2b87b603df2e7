/* fam_invoice.c -- line items, discount, tax, delivery.
 *
 * Levels: 1 two items; 2 with delivery; 3 a discount in percent; 4 items and a discount; 5 items and tax; 6 a table,
 * discount, then tax; 7 prices with cents; 8 discount, tax and delivery with cents; 9 the net amount of a bill with
 * tax; 10 a table with cents and a column too many, discount, tax. The check undoes each step. */
#include <string.h>
#include "task/biz_draft.h"

/* amount * (100 +- percent) / 100 */
static int with_percent(biz_draft *d, const char *label, int amount, int percent, char op, int hundred) {
    int keep = sheet_op(&d->s, label, hundred, op, percent);
    return sheet_div(&d->s, "a hundredth", sheet_op(&d->s, "amount times that", amount, '*', keep), hundred, 2);
}

static long price_of(biz_draft *d) {
    return d->level == 7 ? 5 * biz_draft_range(d, 11, 399) : 50 * biz_draft_range(d, 3, 79);
}

/* Two or three items, price times number; the sum's cell. Told in a slot or in the ledger. */
static int items(biz_draft *d, int n, int places, bool told) {
    ledger *l = &d->l;
    int     x[LEDGER_MAX], y[LEDGER_MAX];
    ledger_rows(d->r, l, LEDGER_PRODUCTS, n);
    int a = ledger_col(l, "price", places), b = ledger_col(l, "number", 0);
    for (int i = 0; i < n; i++) {
        l->v[i][a] = places ? price_of(d) : biz_draft_range(d, 2, d->level <= 2 ? 30 : 60);
        l->v[i][b] = biz_draft_range(d, 2, 9);
    }
    if (!told && d->level == 10) ledger_noise(d->r, l);
    a = ledger_find(l, "price"), b = ledger_find(l, "number");
    biz_draft_column(d, "price", NULL, x);
    biz_draft_column(d, "number", NULL, y);
    for (int i = 0; i < n; i++) {
        x[i] = sheet_op(&d->s, l->name[i], x[i], '*', y[i]);
        if (!told) continue;
        str *s = &d->slot[5]; /* "3 desk lamps at $12 each" */
        str_addf(s, "%s%ld %s at ", !i ? "" : i + 1 < n ? ", " : " and ", l->v[i][b], l->name[i]);
        biz_amount(s, d->m, l->v[i][a], places);
        str_add(s, " each");
    }
    return n == 2 ? sheet_op(&d->s, "together", x[0], '+', x[1]) : sheet_sum(&d->s, "together", x, n);
}

static const char buys[] = "{<who> {orders|buys|bought} <f>.|{Invoice|Order|Bill}: <f>.|{The order|A customer's "
                           "order|The invoice} {says|lists} <f>.|On {the|an} invoice {there is|we find} <f>.} ";
static const char here[] =
    "{That is the order.|These are the items.|This is the order[ of a customer].|This was bought.} ";
static const char total[] = "{What is the total|How much is {it|that} {in total|altogether}|What {must be|has to be} "
                            "paid|What does it come to}?";

static void draw_single(biz_draft *d) {
    int  level = d->level, hundred = sheet_given(&d->s, 100, 0);
    long price = level == 3 ? 10 * biz_draft_range(d, 2, 640) : biz_draft_range(d, 20, 1900);
    if (level == 3) {
        int a = biz_draft_money(d, "price", 'a', price, 0),
            b = biz_draft_number(d, "discount", 'b', 5 * biz_draft_range(d, 1, 14), "%");
        with_percent(d, "kept, in percent: 100 - discount", a, b, '-', hundred);
        d->plan = "the rest of 100 percent, times the price, by 100";
        d->ask  = "{{A coat|A table|An order|A bike|An invoice} {of|for} <a> gets a {discount|rebate} of <b>.|<who> "
                  "gives <b> {off|discount on} a price of <a>.|The price is <a>, {less|minus} <b> discount.|<b> is "
                  "taken off a bill of <a>.} "
                  "{What {must be|is to be|is} paid|What is the {new|final} price|How much is it after the discount|How "
                  "much {is left to pay|does it cost then}}?";
        return;
    }
    int a = biz_draft_money(d, "gross", 'a', price, 0),
        b = biz_draft_number(d, "tax", 'b', biz_draft_chance(d, 50) ? 25 : biz_draft_range(d, 5, 24), "%");
    sheet_percent(&d->s, "net = gross / that", a,
                  sheet_op(&d->s, "gross in percent of net: 100 + tax", hundred, '+', b), 2);
    d->round = 2;
    d->plan  = "gross is 100 percent and the tax; divide by it";
    d->ask   = "{A bill of <a> {includes|contains} <b> {sales tax|VAT|tax}.|<who> pays <a>, <b> tax included.|The "
               "{gross|full} price {with|including} <b> {VAT|tax} is <a>.} {What is the net {price|amount}|How much is "
               "it without {the |}tax|What {was|is} the price before tax}?";
}

static void draw(biz_draft *d) {
    int  level = d->level;
    bool cents = level == 7 || level == 8 || level == 10;
    d->answer  = "{The total is|It comes to|To pay:|That makes} <v>.";
    biz_draft_find(d, level == 9 ? "net" : "total");
    if (level == 3 || level == 9) {
        if (level == 9) d->answer = "{The net amount is|Without tax it is|Net:} <v>.";
        draw_single(d);
        return;
    }
    d->table    = level == 6 || level == 10;
    int hundred = sheet_given(&d->s, 100, 0), sum = items(d, level == 7 ? 3 : 2, cents ? 2 : 0, !d->table);
    d->plan = "price times number for each, add";
    d->lead = d->table ? here : buys;
    d->ask  = total;
    if (level == 4 || level == 6 || level == 8 || level == 10) {
        int off = biz_draft_number(d, "discount", 'a',
                                   level >= 6 ? 10 * biz_draft_range(d, 1, 6) : 5 * biz_draft_range(d, 1, 10), "%");
        sum     = with_percent(d, "kept, in percent: 100 - discount", sum, off, '-', hundred);
        d->ask = "{There is a discount of <a> on {all|everything}.|{All|Everything} gets <a> off.|A discount of <a> is "
                 "taken off.} {What is the total|How much {is it|must be paid} {in total|altogether}|What {must be|has "
                 "to be} paid|What does it come to}?";
        d->plan = "price times number for each, add, then the percentage that is kept";
    }
    if (level == 5 || level == 6 || level == 8 || level == 10) {
        int tax  = biz_draft_number(d, "tax", 'b',
                                   level >= 8 ? 10 * biz_draft_range(d, 1, 2) : biz_draft_range(d, 4, 25), "%");
        sum      = with_percent(d, "100 + tax", sum, tax, '+', hundred);
        d->ask   = level == 5
                       ? "{<b> {sales tax|VAT|tax} is added.|Add <b> tax.|On top comes <b> {tax|VAT}.} {What is the "
                         "total|How much is {it|that} with tax|What {must be|has to be} paid|What does it come to}?"
                       : "{First <a> discount, then <b> tax on the rest.|<a> discount is taken off, then <b> {VAT|tax} "
                         "is added.|After a discount of <a>, <b> tax is added.} {What is the total|How much {is it|must "
                         "be paid} {in total|altogether}|What {must be|has to be} paid}?";
        d->plan  = level == 5 ? "price times number for each, add, then with the tax"
                              : "price times number for each, add, less the discount, then with the tax";
        d->round = level == 5 ? 0 : 2;
    }
    if (level == 2 || level == 8) {
        int post = biz_draft_money(d, "delivery", 'c', biz_draft_range(d, 2, 25), 0);
        sheet_op(&d->s, "with delivery", sum, '+', post);
        d->ask =
            level == 2
                ? "{Delivery {is|costs} <c>.|<c> for delivery is added.|Shipping costs <c>.} {What is the total|How "
                  "much is {it|that} {in total|altogether}|What {must be|has to be} paid|What does it come to}?"
                : "{First <a> discount, then <b> tax on the rest, and <c> for delivery (untaxed).|<a> discount is "
                  "taken off, then <b> {VAT|tax} is added, at last <c> for delivery.|After a discount of <a>, <b> tax "
                  "is added, and then <c> for delivery.} {What is the total|How much {is it|must be paid} {in "
                  "total|altogether}|What {must be|has to be} paid}?";
        d->plan = level == 2 ? "price times number for each, add, with delivery"
                             : "price times number for each, add, less the discount, with the tax, with delivery";
    }
}

static void make(rng *r, int level, problem *p) { biz_draft_make(p, r, level, "invoice", draw); }

static ratio cents(ratio v) {
    str         s = {0};
    const char *end;
    biz_rounded(&s, v, 2);
    ratio_read(s.p, &v, &end);
    str_free(&s);
    return v;
}

static bool solve(const problem *p, str *truth, char why[96]) {
    static const ratio none = {0, 1}, hundred = {100, 1};
    biz_facts          f;
    if (!biz_read(p, &f, why)) return false;
    const biz_field *price = biz_get(&f, "price"), *n = biz_get(&f, "number");
    ratio            tax = biz_one(&f, "tax", none), sum = none;
    if (!strcmp(f.find, "net")) {
        biz_rounded(truth,
                    biz_calc(biz_calc(biz_one(&f, "gross", none), '*', hundred), '/', biz_calc(hundred, '+', tax)), 2);
        return true;
    }
    if (!price || (n && n->n != price->n)) return biz_solved(why, "not a price for each");
    for (int i = 0; i < price->n; i++) sum = biz_calc(sum, '+', n ? biz_calc(price->v[i], '*', n->v[i]) : price->v[i]);
    sum = cents(biz_calc(sum, '-', biz_calc(biz_calc(sum, '*', biz_one(&f, "discount", none)), '/', hundred)));
    sum = cents(biz_calc(sum, '+', biz_calc(biz_calc(sum, '*', tax), '/', hundred)));
    biz_rounded(truth, biz_calc(sum, '+', biz_one(&f, "delivery", none)), 2);
    return true;
}

const family fam_invoice = {.name   = "invoice",
                            .field  = "business",
                            .about  = "invoices with discount, tax and delivery",
                            .levels = 10,
                            .make   = make,
                            .right  = biz_right,
                            .solve  = solve};
