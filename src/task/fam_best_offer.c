/* fam_best_offer.c -- which offer is cheapest for one piece, or for what is needed.
 *
 * Levels: 1 two packs, whole prices for one; 2 three; 3 to two decimals; 4 prices with cents; 5 four offers; 6 a table
 * with a column too many; 7 with discounts in percent; 8 with delivery, for a number of pieces; 9 some pieces free; 10
 * discount, delivery and the number needed. The check multiplies back and compares from the end. */
#include <string.h>
#include "task/biz_draft.h"
#include "task/lexicon.h"

static const char unit_price[] =
    "{Which offer is the cheapest {per piece|for one piece}, and what does one {piece |}cost there|Where is one piece "
    "cheapest, and how much is it|Which {shop|one} has the lowest price per piece? Give {that price|the price for "
    "one}, too|"
    "Find the cheapest offer per piece and its price for one piece|Whose price per piece is lowest, and what is it}?";

static void offers(biz_draft *d, int n, const char *head) {
    ledger *l = &d->l;
    l->kind   = LEDGER_PRODUCTS;
    l->rows   = n;
    l->head = head, l->heads = "offers";
    lexicon_pick(d->r, LEX_COMPANY, l->name, n);
}

/* Levels 1 to 6: price by pieces. */
static void draw_packs(biz_draft *d) {
    ledger *l     = &d->l;
    int     level = d->level, x[LEDGER_MAX], y[LEDGER_MAX],
        n         = level == 1   ? 2
                    : level == 5 ? 4
                                 : 3,
        places    = level >= 4 ? 2 : 0;
    offers(d, n, biz_draft_chance(d, 60) ? "shop" : "supplier");
    int  a = ledger_col(l, "pieces", 0), b = ledger_col(l, "price", places);
    long about = biz_draft_range(d, places ? 30 : 3, places ? 400 : level == 1 ? 60 : 30);
    for (int i = 0; i < n; i++) {
        long k =
            level >= 5 ? biz_draft_range(d, 3, 12) * (biz_draft_chance(d, 40) ? 10 : 1) : biz_draft_range(d, 2, 12);
        long each  = about + biz_draft_range(d, -about / 4, about / 4 + 2);
        l->v[i][a] = k;
        l->v[i][b] = k * each;
        if (level >= 3) l->v[i][b] += biz_draft_range(d, 0, k - 1);
        if (places && level < 6) l->v[i][b] = (l->v[i][b] + 4) / 5 * 5;
    }
    if (level == 6) ledger_noise(d->r, l);
    biz_draft_column(d, "pieces", NULL, y);
    biz_draft_column(d, "price", NULL, x);
    for (int i = 0; i < n; i++) x[i] = sheet_div(&d->s, d->names[i], x[i], y[i], level <= 2 ? 0 : 2);
    sheet_best(&d->s, "compare", x, d->names, n, '<');
    d->round = level <= 2 ? 0 : 2;
    d->plan  = "price by pieces for each, then compare";
    d->ask   = unit_price;
}

/* Level 7: a price and a discount. */
static void draw_discount(biz_draft *d) {
    ledger *l = &d->l;
    int     x[LEDGER_MAX], y[LEDGER_MAX], hundred = sheet_given(&d->s, 100, 0);
    offers(d, 3, "shop");
    int a = ledger_col(l, "price", 0), b = ledger_col(l, "discount percent", 0);
    for (int i = 0; i < 3; i++) l->v[i][a] = biz_draft_range(d, 60, 140), l->v[i][b] = 5 * biz_draft_range(d, 1, 9);
    if (biz_draft_chance(d, 50)) ledger_noise(d->r, l);
    biz_draft_column(d, "price", NULL, x);
    biz_draft_column(d, "discount percent", NULL, y);
    for (int i = 0; i < 3; i++) {
        int keep = sheet_op(&d->s, d->names[i], hundred, '-', y[i]);
        x[i]     = sheet_div(&d->s, NULL, sheet_op(&d->s, NULL, x[i], '*', keep), hundred, 2);
    }
    sheet_best(&d->s, "compare", x, d->names, 3, '<');
    d->plan = "the percentage that is kept, times the price, by 100, for each; then compare";
    d->ask  = "{Which shop is cheapest after the discount, and what does it cost there|Where is it cheapest with the "
              "discount taken off, and how much is it|With the discounts, who has the lowest price? Give the price, "
              "too|Find the cheapest offer after discount and its price}?";
}

/* Level 8: units and delivery for what is needed. Level 9: some are free. Level 10: a discount, too. */
static void draw_need(biz_draft *d) {
    ledger *l = &d->l;
    int     x[LEDGER_MAX], y[LEDGER_MAX], z[LEDGER_MAX], level = d->level, hundred = sheet_given(&d->s, 100, 0);
    offers(d, 3, biz_draft_chance(d, 60) ? "shop" : "supplier");
    if (level == 9) {
        int a = ledger_col(l, "paid pieces", 0), b = ledger_col(l, "free pieces", 0),
            c = ledger_col(l, "price of one", 0);
        for (int i = 0; i < 3; i++)
            l->v[i][a] = biz_draft_range(d, 2, 8), l->v[i][b] = biz_draft_range(d, 1, 4),
            l->v[i][c] = biz_draft_range(d, 12, 60);
        biz_draft_column(d, "paid pieces", NULL, x);
        biz_draft_column(d, "free pieces", NULL, y);
        biz_draft_column(d, "price of one", NULL, z);
        for (int i = 0; i < 3; i++) {
            int all = sheet_op(&d->s, d->names[i], x[i], '+', y[i]);
            x[i]    = sheet_div(&d->s, NULL, sheet_op(&d->s, NULL, z[i], '*', x[i]), all, 2);
        }
        sheet_best(&d->s, "compare", x, d->names, 3, '<');
        d->round = 2;
        d->plan  = "what is paid, by all pieces that one gets, for each; then compare";
        d->ask = "{Who buys the paid pieces gets the free ones on top. |The free pieces come on top of the paid ones. "
                 "}{Which offer is the cheapest per piece, free ones counted, and what does a piece cost then|Where is "
                 "a piece cheapest if the free ones are counted, and how much is it|Counting the free ones, whose "
                 "price per piece is lowest, and what is it}?";
        return;
    }
    int  a = ledger_col(l, "price", 0), b = ledger_col(l, "delivery", 0);
    long need = biz_draft_range(d, 3, 12), about = biz_draft_range(d, 10, 60);
    for (int i = 0; i < 3; i++) {
        l->v[i][a] = about + biz_draft_range(d, -5, 6), l->v[i][b] = biz_draft_range(d, 2, 60);
    }
    if (level == 10) ledger_noise(d->r, l);
    int k = biz_draft_number(d, "needed", 'a', need, ""), keep = 0;
    biz_draft_column(d, "price", NULL, x);
    biz_draft_column(d, "delivery", NULL, y);
    if (level == 10) {
        int off = biz_draft_number(d, "discount", 'b', 10 * biz_draft_range(d, 1, 4), "%");
        keep    = sheet_op(&d->s, "kept, in percent: 100 - discount", hundred, '-', off);
    }
    for (int i = 0; i < 3; i++) {
        x[i] = sheet_op(&d->s, d->names[i], x[i], '*', k);
        if (level == 10) x[i] = sheet_div(&d->s, NULL, sheet_op(&d->s, NULL, x[i], '*', keep), hundred, 2);
        x[i] = sheet_op(&d->s, NULL, x[i], '+', y[i]);
    }
    sheet_best(&d->s, "compare", x, d->names, 3, '<');
    d->plan = level == 8 ? "price times the number and delivery for each, then compare"
                         : "price times the number, less the discount, and delivery for each, then compare";
    d->lead =
        level == 8
            ? "{We need <a> pieces, delivery is paid once.|<who> wants <a> pieces; delivery comes on top once.|<a> "
              "pieces are needed, and delivery is paid once.} "
            : "{We need <a> pieces and get <b> off the goods everywhere; delivery is paid once[, without "
              "discount].|For <a> pieces: every shop takes <b> off the goods, and delivery is added once in full.} ";
    d->ask = "{Which offer is the cheapest in all, and what does it cost|Where do we pay least, and how much|Who is "
             "cheapest in total, and what is the total there|Find the cheapest offer and its total}?";
}

static void draw(biz_draft *d) {
    int level = d->level;
    d->table  = true;
    d->named  = true;
    d->most   = false;
    d->sense  = "cheap";
    d->answer =
        level == 7 || level == 8 || level == 10
            ? "{**<name>** is the cheapest with **<v>**|It is **<name>**: **<v>**|Cheapest: **<name>**, **<v>**}."
            : "{**<name>** is the cheapest with **<v>** per piece|It is **<name>**: **<v>** for one|Cheapest: "
              "**<name>**, **<v>** a piece}.";
    biz_draft_find(d, level == 7                  ? "cheapest after discount"
                      : level == 8 || level == 10 ? "cheapest in all"
                                                  : "cheapest per piece");
    if (level <= 6) draw_packs(d);
    else if (level == 7) draw_discount(d);
    else draw_need(d);
}

static void make(rng *r, int level, problem *p) { biz_draft_make(p, r, level, "best_offer", draw); }

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
    ratio              v[BIZ_VALUES];
    if (!biz_read(p, &f, why)) return false;
    const biz_field *price = biz_get(&f, "price"), *pieces = biz_get(&f, "pieces"),
                    *off = biz_get(&f, "discount percent"), *post = biz_get(&f, "delivery");
    const biz_field *paid = biz_get(&f, "paid pieces"), *gift = biz_get(&f, "free pieces");
    if (!price) price = biz_get(&f, "price of one");
    if (strncmp(f.find, "cheapest", 8) || !price) return biz_solved(why, "not offers");
    const biz_field *with[] = {pieces, off, post, paid, gift};
    for (int i = 0; i < 5; i++)
        if (with[i] && with[i]->n != price->n) return biz_solved(why, "columns of different length");
    ratio need = biz_one(&f, "needed", none), less = biz_one(&f, "discount", none);
    for (int i = 0; i < price->n; i++) {
        v[i] = price->v[i];
        if (pieces) v[i] = biz_calc(v[i], '/', pieces->v[i]);
        if (off) v[i] = biz_calc(v[i], '-', biz_calc(biz_calc(v[i], '*', off->v[i]), '/', hundred));
        if (paid && gift) v[i] = biz_calc(biz_calc(v[i], '*', paid->v[i]), '/', biz_calc(paid->v[i], '+', gift->v[i]));
        if (need.p)
            v[i] = biz_calc(biz_calc(v[i], '*', need), '*', biz_calc((ratio){1, 1}, '-', biz_calc(less, '/', hundred)));
        v[i] = cents(v[i]);
        if (post) v[i] = biz_calc(v[i], '+', post->v[i]);
    }
    biz_best(truth, price, v, "cheap", 2);
    return true;
}

const family fam_best_offer = {.name   = "best_offer",
                               .field  = "business",
                               .about  = "the cheapest offer per piece, after discount, with delivery",
                               .levels = 10,
                               .make   = make,
                               .right  = biz_named,
                               .solve  = solve};
