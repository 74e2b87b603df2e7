/* fam_money.c -- prices, bills, change, discounts.
 *
 * Levels: 1 two prices, change, several of a kind; 2 two of these; 3 the same with cents; 4 change and three prices; 5
 * shopping lists; 6 discounts and tips; 7 shared bills, unit prices, offers; 8 a discount on a list; 9 two changes of a
 * price, other currencies; 10 a list, a discount and the change. */
#include <stdio.h>
#include <string.h>
#include "task/tale.h"

/* A currency and a way to write it: "$3.50", "3.50 euros". */
static void currency(tale *t) {
    static const char *const c[][2] = {{"$", ""},        {"$", ""},        {"$", ""},     {"\xe2\x82\xac", ""},
                                       {"\xc2\xa3", ""}, {"", " dollars"}, {"", " euros"}};
    int                      k      = tale_pick(t, 7);
    tale_text(t, "c", c[k][0]);
    tale_text(t, "d", c[k][1]);
    t->money = true;
}

static quant_term price(tale *t, const char *slot, long lo, long hi) { /* in cents at higher levels */
    long v = tale_range(t, (int)lo, (int)hi);
    if (t->level < 3) return tale_num(t, slot, v);
    t->q.parts = true;
    long step  = tale_chance(t, 40) ? 50 : tale_chance(t, 50) ? 10 : tale_chance(t, 60) ? 5 : 1;
    return tale_cents(t, slot, v * 100 - (tale_chance(t, 15) ? 1 : step * tale_range(t, 0, (int)(99 / step))));
}

/* A sum of money that pays v and leaves change. */
static quant_term note(tale *t, const char *slot, decimal v) {
    static const long bill[] = {5, 10, 20, 50, 100, 200, 500, 1000};
    long              whole = v.v, k = 0;
    for (int i = 0; i < v.places; i++) whole /= 10;
    while (k < 7 && bill[k] <= whole) k++;
    if (bill[k] <= whole) t->q.bad = true;
    return tale_num(t, slot, k < 6 && tale_chance(t, 40) ? bill[k + 1] : bill[k]);
}

static void goods(tale *t, const char *one, const char *many) {
    noun n = lexicon_noun(t->r, tale_chance(t, 50) ? LEX_FOOD : LEX_OBJECT);
    tale_text(t, one, n.one);
    tale_text(t, many, n.many);
}

static const char *last(const tale *t) { return t->text[t->n - 1]; }

static void two_prices(tale *t) {
    noun a = lexicon_noun(t->r, LEX_OBJECT), b = lexicon_noun(t->r, LEX_PRODUCT);
    currency(t);
    tale_text(t, "a1", a.one), tale_text(t, "b1", b.one), tale_text(t, "an", lexicon_a(a.one)),
        tale_text(t, "bn", lexicon_a(b.one));
    quant_term x = price(t, "x", 2, 90), y = price(t, "y", 2, 90);
    if (!strcmp(a.one, b.one)) t->q.bad = true;
    int i = quant_given(&t->q, a.one, x), j = quant_given(&t->q, b.one, y);
    t->q.asked = quant_sum(&t->q, "total", (int[]){i, j}, 2);
    t->ask  = "{<A> buys <an> <a1> for <c><x><d> and <bn> <b1> for <c><y><d>|In a shop, <an> <a1> costs <c><x><d> and "
              "<bn> <b1> costs <c><y><d>|A shop sells <an> <a1> for <c><x><d> and <bn> <b1> for <c><y><d>}. {How much "
              "is that {together|in all}|What do both cost together|What is the total}?";
    t->tell = "{That is|Together they cost|The total is} **<c><answer><d>**.";
}

static void change(tale *t) {
    noun a = lexicon_noun(t->r, LEX_PRODUCT);
    currency(t);
    tale_text(t, "a1", a.one), tale_text(t, "an", lexicon_a(a.one));
    quant_term x = price(t, "x", 2, t->level == 2 ? 250 : 90);
    int        i = quant_given(&t->q, "price", x);
    quant_term n = tale_chance(t, 40) ? note(t, "n", x.v)
                                      : tale_num(t, "n",
                                                 t->level < 3 ? x.v.v + tale_range(t, 2, 90)
                                                              : x.v.v / (x.v.places ? 100 : 1) + tale_range(t, 2, 60));
    t->q.asked = quant_op(&t->q, "change", n, '-', quant_ref(i));
    t->ask       = "{<A> buys <an> <a1> for <c><x><d> and pays with <c><n><d>. How much {change|money} does <he> get "
                   "back|<A> has <c><n><d> and spends <c><x><d> on <an> <a1>. How much {money |}{is left|has <he> left}|The "
                   "price of <an> <a1> is <c><x><d>. <A> pays with <c><n><d>. {What is the change|How much change is that}}?";
    t->tell      = "{The change is|It is|That leaves} **<c><answer><d>**.";
}

static void several(tale *t) {
    currency(t);
    goods(t, "a1", "as");
    const char *name = last(t);
    quant_term  n    = tale_maybe(t, "n", tale_range(t, 2, t->level < 2 ? 12 : 15)),
               x     = price(t, "x", 2, t->level < 3 ? 70 : 20);
    t->q.asked       = quant_op(&t->q, name, n, '*', x);
    t->ask = "{<A> buys <n> <as> {at|for} <c><x><d> each|One <a1> costs <c><x><d>. <A> buys <n>[ of them]|A shop sells "
             "<as> for <c><x><d> each. <A> takes <n>[ of them]}. {How much is that[ in all]|How much does <he> "
             "pay|What does <he> pay}?";
    t->tell = "{That is|<he> pays|It costs} **<c><answer><d>**.";
}

static void several_change(tale *t) {
    currency(t);
    goods(t, "a1", "as");
    const char *name = last(t);
    quant_term  n = tale_maybe(t, "n", tale_range(t, 2, 12)), x = price(t, "x", 2, t->level < 3 ? 60 : 20);
    int         i = quant_op(&t->q, name, n, '*', x);
    quant_term  z = note(t, "z", t->q.q[i].v);
    t->q.asked    = quant_op(&t->q, "change", z, '-', quant_ref(i));
    t->ask  = "{<A> buys <n> <as> {at|for} <c><x><d> each and pays with <c><z><d>|One <a1> costs <c><x><d>. <A> buys "
              "<n>[ of them] and pays with <c><z><d>|With <c><z><d>, <A> buys <n> <as> for <c><x><d> each}. {How much "
              "{change|money} does <he> get back|What is the change|How much money is left}?";
    t->tell = "{The change is|<he> gets back|That leaves} **<c><answer><d>**.";
}

/* ---- lists */
static int shopping(tale *t, int kinds, bool plain) { /* slots n1 w1 p1 ...; returns the total */
    static const char *const sn[] = {"na", "nb", "nc"}, *const sw[] = {"wa", "wb", "wc"},
                             *const sp[] = {"pa", "pb", "pc"};
    const char                     *w[3];
    int                             i[3];
    lexicon_pick(t->r, plain ? LEX_OBJECT : tale_chance(t, 60) ? LEX_FOOD : LEX_OBJECT, w, kinds);
    for (int k = 0; k < kinds; k++) {
        quant_term n = tale_num(t, sn[k], tale_range(t, 2, 9));
        tale_text(t, sw[k], w[k]);
        quant_term p = plain ? tale_num(t, sp[k], tale_range(t, 2, 12) * 5) : price(t, sp[k], 1, 12);
        i[k]         = quant_op(&t->q, w[k], n, '*', p);
    }
    return quant_sum(&t->q, "total", i, kinds);
}

#define LIST2                                                                                                          \
    "{<A> buys <na> <wa> at <c><pa><d> each and <nb> <wb> at <c><pb><d> each|<A>'s list: <na> <wa> for <c><pa><d> "    \
    "each, <nb> <wb> for <c><pb><d> each|<A> wants <na> <wa> ({at |}<c><pa><d> each) and <nb> <wb> ({at |}<c><pb><d> " \
    "each)}"
#define LIST3                                                                                                          \
    "{<A> buys <na> <wa> at <c><pa><d> each, <nb> <wb> at <c><pb><d> each and <nc> <wc> at <c><pc><d> each|<A>'s "     \
    "list: <na> <wa> for <c><pa><d> each, <nb> <wb> for <c><pb><d> each, <nc> <wc> for <c><pc><d> each}"

static void list(tale *t) {
    int kinds = t->level > 5 && tale_chance(t, 50) ? 3 : 2;
    currency(t);
    t->q.asked = shopping(t, kinds, false);
    t->ask     = kinds == 2
                     ? LIST2 ". {How much is that {in all|altogether}|What is the {total|bill}|How much does <he> pay}?"
                     : LIST3 ". {How much is that {in all|altogether}|What is the {total|bill}|How much does <he> pay}?";
    t->tell    = "{The total is|That is|It costs} **<c><answer><d>**.";
}

static void list_change(tale *t) {
    currency(t);
    int        i = shopping(t, 2, false);
    quant_term z = note(t, "z", t->q.q[i].v);
    t->q.asked   = quant_op(&t->q, "change", z, '-', quant_ref(i));
    t->ask  = LIST2 ". {<he> pays with <c><z><d>. How much change {is that|does <he> get}|How much of <c><z><d> is "
                    "left|What is the change from <c><z><d>}?";
    t->tell = "{The change is|<he> gets back|That leaves} **<c><answer><d>**.";
}

static const struct percent {
    int p, k, m;
} percents[] = {{10, 1, 10}, {20, 1, 5}, {25, 1, 4}, {50, 1, 2}, {30, 3, 10},
                {40, 2, 5},  {60, 3, 5}, {75, 3, 4}, {5, 1, 20}, {15, 3, 20}};

static int part(tale *t, const char *name, const char *slot, int of, int most) {
    const struct percent *p = &percents[tale_pick(t, most)];
    char                  said[16];
    snprintf(said, sizeof said, "%d%%", p->p);
    tale_text(t, slot, said);
    return quant_part(&t->q, name, of, p->k, p->m, said);
}

static void discount(tale *t) {
    noun a   = lexicon_noun(t->r, LEX_PRODUCT);
    bool off = tale_chance(t, 60);
    currency(t);
    tale_text(t, "a1", a.one), tale_text(t, "an", lexicon_a(a.one));
    quant_term x = tale_num(t, "x", tale_chance(t, 50) ? 10 * tale_range(t, 2, 120) : tale_range(t, 8, 600));
    t->q.parts   = true;
    int i = quant_given(&t->q, off ? "price" : "bill", x), d = part(t, off ? "discount" : "tip", "p", i, off ? 8 : 2);
    t->q.asked = quant_op(&t->q, off ? "to pay" : "in all", quant_ref(i), off ? '-' : '+', quant_ref(d));
    t->ask  = off ? "{<A> buys <an> <a1> {for|that costs} <c><x><d>|The price of <an> <a1> is <c><x><d>}{. There is a "
                    "discount of <p>|. It is <p> off|, and in the sale it is <p> cheaper}. {How much is it then|What is "
                    "the {new|sale} price|What does it cost then}?"
                  : "{The bill in a restaurant is <c><x><d>|A meal costs <c><x><d>|A taxi ride costs <c><x><d>}. {<A> "
                    "adds a tip of <p>|A tip of <p> is added}. {How much is that in all|What is paid in all}?";
    t->tell = "{It is|That is|The price is} **<c><answer><d>**.";
}

static void share_bill(tale *t) {
    currency(t);
    long       n = tale_range(t, 2, 12), each = tale_range(t, 300, 4000) / 5 * 5;
    quant_term z;
    t->q.parts   = true;
    z            = tale_cents(t, "z", each * n);
    quant_term k = tale_num(t, "k", n);
    int        i = quant_given(&t->q, "bill", z);
    t->q.asked   = quant_op(&t->q, "each", quant_ref(i), '/', k);
    t->ask  = "{A bill of <c><z><d> is {divided|split} equally among <k> people|A gift for <c><z><d> is paid by <k> "
              "people in equal parts|Together <k> friends pay <c><z><d>, in equal parts}. {How much does each[ of them] "
              "pay|What is each one's share}?";
    t->tell = "{Each pays|That is} **<c><answer><d>**[ each].";
}

static void unit_price(tale *t) {
    currency(t);
    goods(t, "a1", "as");
    long n = tale_range(t, 2, 12), each = tale_range(t, 20, 900), m = tale_range(t, 2, 12);
    t->q.parts   = true;
    quant_term k = tale_num(t, "n", n), z = tale_cents(t, "z", each * n), w = tale_num(t, "m", m);
    if (m == n) t->q.bad = true;
    int i = quant_given(&t->q, "price", z), one = quant_op(&t->q, "one", quant_ref(i), '/', k);
    t->q.asked = quant_op(&t->q, "new price", quant_ref(one), '*', w);
    t->ask  = "{<n> <as> cost <c><z><d>|For <n> <as> <A> pays <c><z><d>|<A> pays <c><z><d> for <n> <as>}. {What do <m> "
              "<as> cost|How much are <m>[ <as>]}[ at the same price]?";
    t->tell = "{<m> <as> cost|That is|They cost} **<c><answer><d>**.";
}

static void offer(tale *t) { /* k for the price of k - 1 */
    currency(t);
    goods(t, "a1", "as");
    long       k = tale_range(t, 2, 5), g = tale_range(t, 2, 9);
    quant_term n = tale_num(t, "n", k * g), p = price(t, "p", 2, 15), K = tale_num(t, "k", k),
               f = tale_num(t, "f", k - 1);
    int groups = quant_op(&t->q, "groups", n, '/', K), paid = quant_op(&t->q, "paid ones", quant_ref(groups), '*', f);
    if (k == 2) t->q.bad = tale_chance(t, 70);
    t->q.asked = quant_op(&t->q, "cost", quant_ref(paid), '*', p);
    t->ask  = "{A shop has an offer: <k> <as> for the price of <f>|<k> <as> are sold for the price of <f>|Offer: take "
              "<k> <as>, pay for <f>}. One <a1> {costs|is} <c><p><d>. {How much are <n> <as>|What do <n> <as> cost|<A> "
              "takes <n> <as>. How much does <he> pay}?";
    t->tell = "{They cost|That is|It is} **<c><answer><d>**.";
}

static void list_discount(tale *t) {
    currency(t);
    int i      = shopping(t, t->level > 9 ? 3 : 2, true), d;
    t->q.parts = true;
    d          = part(t, "discount", "p", i, 8);
    t->q.asked = quant_op(&t->q, "to pay", quant_ref(i), '-', quant_ref(d));
    if (t->level > 9) {
        quant_term z = note(t, "z", t->q.q[t->q.asked].v);
        t->q.asked   = quant_op(&t->q, "change", z, '-', quant_ref(t->q.asked));
        t->ask  = LIST3 ". {There is a discount of <p> on everything|Everything is <p> off}. <A> pays with <c><z><d>. "
                        "{How much change does <he> get|What is the change}?";
        t->tell = "{The change is|<he> gets back|That leaves} **<c><answer><d>**.";
        return;
    }
    t->ask = LIST2 ". {There is a discount of <p> on everything|Everything is <p> off|On the total there is a discount "
                   "of <p>}. {How much does <he> pay|What is to be paid}?";
    t->tell = "{<he> pays|That is|It is} **<c><answer><d>**.";
}

static void two_changes(tale *t) {
    noun a = lexicon_noun(t->r, LEX_PRODUCT);
    currency(t);
    bool up = tale_chance(t, 50);
    tale_text(t, "a1", a.one), tale_text(t, "an", lexicon_a(a.one)),
        tale_text(t, "up", up ? "raised" : "lowered again");
    quant_term x = tale_num(t, "x", 20 * tale_range(t, 1, 200));
    t->q.parts   = true;
    int i = quant_given(&t->q, "price", x), d = part(t, "first part", "p", i, 8),
        k = quant_op(&t->q, "first price", quant_ref(i), '-', quant_ref(d)), e = part(t, "second part", "r", k, 8);
    t->q.asked = quant_op(&t->q, "last price", quant_ref(k), up ? '+' : '-', quant_ref(e));
    t->ask =
        "{The price of <an> <a1> is <c><x><d>|<A> sees <an> <a1> for <c><x><d>|Last year <an> <a1> was <c><x><d>}. {It "
        "is lowered by <p>|First it gets <p> cheaper|It goes down by <p>}, {then|later|after that} {the new price|it} "
        "is <up> by <r>. {What is the price then|What does it cost {now|in the end}|How much is it in the end}?";
    t->tell = "{The price is|It is|It costs} **<c><answer><d>**.";
}

static void exchange(tale *t) {
    static const char *const pair[][2] = {{"euros", "dollars"}, {"pounds", "dollars"}, {"pounds", "euros"},
                                          {"francs", "euros"},  {"dollars", "pesos"},  {"dollars", "yen"},
                                          {"euros", "crowns"}};
    int                      k         = tale_pick(t, 7);
    tale_text(t, "one", pair[k][0]);
    tale_text(t, "two", pair[k][1]);
    char s[32];
    snprintf(s, sizeof s, "%.*s", (int)strlen(pair[k][0]) - 1, pair[k][0]);
    tale_text(t, "one1", s);
    t->money   = true;
    t->q.parts = true;
    long rate  = k < 4 ? tale_range(t, 101, 139) : k == 5 ? 100 * tale_range(t, 95, 160) : 10 * tale_range(t, 100, 250);
    quant_term x = tale_num(t, "x", tale_range(t, 2, 90) * 5), r = tale_cents(t, "r", rate);
    int        i = quant_op(&t->q, pair[k][1], x, '*', r);
    t->q.asked   = i;
    if (tale_chance(t, 50)) {
        quant_term z = tale_num(t, "z", tale_range(t, 2, 90));
        t->q.asked   = quant_op(&t->q, "left", quant_ref(i), '-', z);
        t->ask  = "<A> changes <x> <one> into <two> at {a rate of <r>[ <two> for a <one1>]|<r> <two> for one <one1>} "
                  "and {spends <z> <two>|pays <z> <two> for a {room|meal|ticket}}. {How many <two> are left|How many "
                  "<two> has <he> left}?";
        t->tell = "{There are|That leaves} **<answer> <two>**[ left].";
        return;
    }
    t->ask  = "{A <one1> is worth <r> <two>|One <one1> is <r> <two>|The rate is <r> <two> for a <one1>}. {How many "
              "<two> are <x> <one>|How many <two> does <A> get for <x> <one>}?";
    t->tell = "{That is|<A> gets} **<answer> <two>**.";
}

static void make(rng *r, int level, problem *p) {
    static const struct {
        tale_kind k[5];
        int       n;
    } of[] = {{{NULL}, 0},
              {{two_prices, change, several}, 3},
              {{several_change, change, several_change, several}, 4},
              {{several, two_prices, change}, 3},
              {{several_change, change, two_prices}, 3},
              {{list, share_bill, several_change}, 3},
              {{discount, list, discount}, 3},
              {{share_bill, unit_price, offer}, 3},
              {{list_discount, list_change, unit_price}, 3},
              {{two_changes, exchange, list_discount}, 3},
              {{list_discount, list_discount, two_changes}, 3}};
    tale_make(r, level, p, "money", of[level].k, of[level].n);
}

static bool solve(const problem *p, str *truth, char why[96]) { return quant_truth(p, truth, why); }

const family fam_money = {.name   = "money",
                          .field  = "education",
                          .about  = "prices, bills, change, discounts",
                          .levels = 10,
                          .make   = make,
                          .right  = tale_right,
                          .solve  = solve};
