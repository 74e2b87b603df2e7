/* fam_ratio.c -- proportion, sharing in a ratio, mixtures.
 *
 * Levels: 1 so many cost so much, and others?; 2 recipes; 3 a sum shared in a ratio; 4 one part known; 5 the difference
 * known; 6 three shares; 7 maps, work shared by more or fewer; 8 mixtures; 9 two ratios that meet in one share; 10 a
 * ratio before and after something changes hands.
 *
 * A ratio 3 : 5 is understood as "3 part" and "5 part": what one part is, is the unknown. */
#include <stdio.h>
#include "task/tale.h"

static void goods(tale *t) {
    noun n = lexicon_noun(t->r, tale_chance(t, 50) ? LEX_FOOD : LEX_OBJECT);
    tale_text(t, "as", n.many);
}

static void proportion(tale *t) {
    static const char *const cost[] = {"dollars", "euros", "cents", "points", "tokens", "crowns"};
    long                     n = tale_range(t, 2, t->level < 2 ? 10 : 12), one = tale_range(t, 2, 60),
         m = tale_range(t, 2, t->level < 2 ? 15 : 30);
    goods(t);
    tale_text(t, "d", cost[tale_pick(t, 6)]);
    quant_term a = tale_maybe(t, "n", n), z = tale_num(t, "z", n * one), b = tale_maybe(t, "m", m);
    if (n == m) t->q.bad = true;
    int i = quant_given(&t->q, "cost", z), k = quant_op(&t->q, "one", quant_ref(i), '/', a);
    t->q.asked = quant_op(&t->q, "new cost", quant_ref(k), '*', b);
    t->ask  = "{If <n> <as> cost <z> <d>, {how much|what} do <m> <as> cost|<A> pays <z> <d> for <n> <as>. What do <m> "
              "cost|For <z> <d> you get <n> <as>. How many <d> are <m>[ <as>]}[ at the same price]?";
    t->tell = "{They cost|That is|<m> <as> cost} **<answer> <d>**.";
}

static void reverse(tale *t) { /* how many for so much? */
    static const char *const cost[] = {"dollars", "euros", "cents", "points", "tokens"};
    long                     n = tale_range(t, 2, 12), one = tale_range(t, 2, 12), m = tale_range(t, 2, 40);
    goods(t);
    tale_text(t, "d", cost[tale_pick(t, 5)]);
    quant_term a = tale_maybe(t, "n", n), z = tale_num(t, "z", n * one), b = tale_num(t, "m", m * one);
    if (n == m) t->q.bad = true;
    int i = quant_given(&t->q, "cost", z), k = quant_op(&t->q, "one", quant_ref(i), '/', a);
    t->q.asked = quant_op(&t->q, "number", b, '/', quant_ref(k));
    t->kind    = "number";
    t->ask     = "{If <n> <as> cost <z> <d>, how many[ <as>] do you get for <m> <d>|<A> pays <z> <d> for <n> <as>. How "
                 "many can <he> buy for <m> <d>}?";
    t->tell    = "{That is|One gets} **<answer> <as>**.";
}

static void recipe(tale *t) {
    static const char *const of[][2] = {{"flour", "grams"},      {"sugar", "grams"},  {"rice", "grams"},
                                        {"milk", "millilitres"}, {"butter", "grams"}, {"water", "millilitres"},
                                        {"pasta", "grams"},      {"oats", "grams"},   {"cream", "millilitres"}};
    int                      k       = tale_pick(t, 9);
    long                     n = tale_range(t, 2, 12), one = tale_range(t, 4, 150), m = tale_range(t, 2, 30);
    tale_text(t, "flour", of[k][0]);
    tale_text(t, "g", of[k][1]);
    quant_term a = tale_maybe(t, "n", n), z = tale_num(t, "z", n * one), b = tale_maybe(t, "m", m);
    if (n == m) t->q.bad = true;
    int i = quant_given(&t->q, "amount", z), e = quant_op(&t->q, "for one", quant_ref(i), '/', a);
    t->q.asked = quant_op(&t->q, "new amount", quant_ref(e), '*', b);
    t->kind    = "recipe";
    t->ask = "{A recipe for <n> people {needs|takes|calls for} <z> <g> of <flour>|For <n> {people|servings|guests} you "
             "need <z> <g> of <flour>|<A> uses <z> <g> of <flour> for <n> people}. {How many <g> are needed for <m> "
             "people|How much <flour> is that for <m> people[, in <g>]}?";
    t->tell = "{That is|You need|It takes} **<answer> <g>**[ of <flour>].";
}

/* ---- sharing */
static int gcd(int a, int b) { return b ? gcd(b, a % b) : a; }

static void pair(tale *t, int hi, int *a, int *b) {
    do *a = tale_range(t, 1, hi), *b = tale_range(t, 1, hi);
    while (*a == *b || gcd(*a, *b) > 1);
}

#define THINGS "{dollars|euros|marbles|sweets|points|cards|stickers|coins|grapes|beads}"
static void things(tale *t) {
    str s = {0};
    wording_put(&s, t->r, THINGS, NULL);
    tale_text(t, "d", s.p);
    str_free(&s);
}

static void share(tale *t) {
    int  a, b;
    bool second = tale_chance(t, 50);
    pair(t, 9, &a, &b);
    long p = tale_range(t, 2, 90);
    things(t);
    quant_term z = tale_num(t, "z", p * (a + b)), x = tale_num(t, "x", a), y = tale_num(t, "y", b);
    int        all = quant_given(&t->q, "all", z), parts = quant_op(&t->q, "parts", x, '+', y),
        one    = quant_op(&t->q, "part", quant_ref(all), '/', quant_ref(parts));
    t->q.asked = quant_op(&t->q, second ? t->b.name : t->a.name, quant_ref(one), '*', second ? y : x);
    if (a == 1 && !second) t->q.bad = true;
    if (b == 1 && second) t->q.bad = true;
    tale_said(t, "part = ?; %s = %d part; %s = %d part; %s + %s = %ld; asked: %s", t->a.name, a, t->b.name, b,
              t->a.name, t->b.name, z.v.v, second ? t->b.name : t->a.name);
    tale_plan(t, "count the parts, find one part, then %s", second ? t->b.name : t->a.name);
    tale_text(t, "who", second ? t->b.name : t->a.name);
    t->ask  = "{<A> and <B> {share|divide|split} <z> <d> in the ratio <x>{:| : | to }<y>|<z> <d> are "
              "{shared|divided|split} between <A> and <B> in the ratio <x>{:| : | to }<y>}. {How many <d> does <who> "
              "get|What is <who>'s share|How much does <who> get}?";
    t->tell = "{<who> gets|That is} **<answer> <d>**.";
}

static void one_known(tale *t) {
    int  a, b;
    bool total = tale_chance(t, 50);
    pair(t, 12, &a, &b);
    long p = tale_range(t, 2, 40);
    things(t);
    quant_term x = tale_num(t, "x", a), y = tale_num(t, "y", b), z = tale_num(t, "z", p * a);
    int        i = quant_given(&t->q, t->a.name, z), one = quant_op(&t->q, "part", quant_ref(i), '/', x);
    if (a < 2 || b < 2) t->q.bad = true;
    if (total) {
        int parts  = quant_op(&t->q, "parts", x, '+', y);
        t->q.asked = quant_op(&t->q, "both", quant_ref(one), '*', quant_ref(parts));
        tale_said(t, "part = ?; %s = %d part; %s = %d part; %s = %ld; both = %s + %s; asked: both", t->a.name, a,
                  t->b.name, b, t->a.name, z.v.v, t->a.name, t->b.name);
    } else {
        t->q.asked = quant_op(&t->q, t->b.name, quant_ref(one), '*', y);
        tale_said(t, "part = ?; %s = %d part; %s = %d part; %s = %ld; asked: %s", t->a.name, a, t->b.name, b, t->a.name,
                  z.v.v, t->b.name);
    }
    tale_plan(t, "find one part from %s, then %s", t->a.name, total ? "all parts" : t->b.name);
    t->ask  = total ? "{The ratio of <A>'s <d> to <B>'s <d> is|<A> and <B> have <d> in the ratio} <x>{:| : | to }<y>. "
                       "<A> has <z>[ <d>]. {How many <d> have they together|How many have both together}?"
                    : "{The ratio of <A>'s <d> to <B>'s <d> is|<A> and <B> have <d> in the ratio} <x>{:| : | to }<y>. "
                      "<A> has <z>[ <d>]. {How many has <B>|How many <d> does <B> have}?";
    t->tell = total ? "{Together they have|That is} **<answer> <d>**." : "{<B> has|That is} **<answer> <d>**.";
}

static void difference(tale *t) {
    int a, b, who = tale_pick(t, 3);
    pair(t, 12, &a, &b);
    if (a > b) {
        int c = a;
        a     = b;
        b     = c;
    }
    long p = tale_range(t, 2, 40);
    things(t);
    quant_term x = tale_num(t, "x", a), y = tale_num(t, "y", b), z = tale_num(t, "z", p * (b - a));
    int        i = quant_given(&t->q, "difference", z), more = quant_op(&t->q, "more parts", y, '-', x),
        one = quant_op(&t->q, "part", quant_ref(i), '/', quant_ref(more));
    if (a < 2) t->q.bad = true;
    if (who == 2) {
        int parts  = quant_op(&t->q, "parts", x, '+', y);
        t->q.asked = quant_op(&t->q, "both", quant_ref(one), '*', quant_ref(parts));
    } else t->q.asked = quant_op(&t->q, who ? t->b.name : t->a.name, quant_ref(one), '*', who ? y : x);
    const char *asked = who == 2 ? "both" : who ? t->b.name : t->a.name;
    tale_said(t, "part = ?; %s = %d part; %s = %d part; %s = %s + %ld; %sasked: %s", t->a.name, a, t->b.name, b,
              t->b.name, t->a.name, z.v.v, "", asked);
    if (who == 2)
        tale_said(t, "part = ?; %s = %d part; %s = %d part; %s = %s + %ld; both = %s + %s; asked: both", t->a.name, a,
                  t->b.name, b, t->b.name, t->a.name, z.v.v, t->a.name, t->b.name);
    tale_plan(t, "the difference is so many parts more, find one part, then %s", asked);
    tale_text(t, "who", who == 2 ? "they" : asked);
    t->ask  = who == 2 ? "<A> and <B> {share|have} <d> in the ratio <x>{:| : | to }<y>. <B> has <z>[ <d>] more than "
                          "<A>. {How many <d> have they together|How many <d> are there in all}?"
                       : "<A> and <B> {share|have} <d> in the ratio <x>{:| : | to }<y>. <B> has <z>[ <d>] more than "
                         "<A>. {How many <d> does <who> have|How many has <who>}?";
    t->tell = who == 2 ? "{Together they have|There are} **<answer> <d>**." : "{<who> has|That is} **<answer> <d>**.";
}

static void three(tale *t) {
    int  a = tale_range(t, 2, 7), b = tale_range(t, 2, 7), c = tale_range(t, 2, 7), who = tale_pick(t, 3);
    long p = tale_range(t, 2, 60);
    things(t);
    if (gcd(gcd(a, b), c) > 1) t->q.bad = true;
    quant_term z = tale_num(t, "z", p * (a + b + c)), x = tale_num(t, "x", a), y = tale_num(t, "y", b),
               w = tale_num(t, "w", c);
    int all = quant_given(&t->q, "all", z), two = quant_op(&t->q, "two of them", x, '+', y),
        parts         = quant_op(&t->q, "parts", quant_ref(two), '+', w),
        one           = quant_op(&t->q, "part", quant_ref(all), '/', quant_ref(parts));
    const char *asked = who == 0 ? t->a.name : who == 1 ? t->b.name : t->c.name;
    t->q.asked        = quant_op(&t->q, asked, quant_ref(one), '*', who == 0 ? x : who == 1 ? y : w);
    tale_said(t, "part = ?; %s = %d part; %s = %d part; %s = %d part; %s + %s + %s = %ld; asked: %s", t->a.name, a,
              t->b.name, b, t->c.name, c, t->a.name, t->b.name, t->c.name, z.v.v, asked);
    tale_plan(t, "count the parts, find one part, then %s", asked);
    tale_text(t, "who", asked);
    t->ask  = "{<A>, <B> and <C> {share|divide|split} <z> <d> in the ratio <x>{:| : }<y>{:| : }<w>|<z> <d> are "
              "{shared|divided|split} among <A>, <B> and <C> in the ratio <x>{:| : }<y>{:| : }<w>}. {How many <d> does "
              "<who> get|What is <who>'s share|How much does <who> get}?";
    t->tell = "{<who> gets|That is} **<answer> <d>**.";
}

/* ---- maps and work */
static void map(tale *t) {
    static const struct {
        long        scale, per_cm;
        const char *unit, *full;
    } m[]        = {{10000, 100, "m", "metres"},     {20000, 200, "m", "metres"},     {25000, 250, "m", "metres"},
                    {50000, 500, "m", "metres"},     {5000, 50, "m", "metres"},       {100000, 1, "km", "kilometres"},
                    {200000, 2, "km", "kilometres"}, {300000, 3, "km", "kilometres"}, {500000, 5, "km", "kilometres"}};
    int        k = tale_pick(t, 9);
    quant_term x = tale_num(t, "x", tale_range(t, 2, 60));
    tale_num(t, "s", m[k].scale);
    tale_text(t, "m", m[k].unit);
    tale_text(t, "metres", m[k].full);
    t->q.asked = quant_op(&t->q, "way", x, '*', quant_num(m[k].per_cm));
    tale_said(t, "scale = 1 : %ld; on the map, cm = %ld; asked: way in %s", m[k].scale, x.v.v, m[k].unit);
    tale_plan(t, "1 cm is %ld %s", m[k].per_cm, m[k].unit);
    t->kind = m[k].unit;
    t->ask =
        "{On a map with a scale of 1{:| : }<s>, a {road|path|river|way} is <x> cm long|A map has the scale 1{:| : "
        "}<s>. Two {towns|places|villages} are <x> cm apart on it}. How many <metres> is that {really|in reality}?";
    t->tell = "{That is|It is} **<answer> <metres>**.";
}

static void workers(tale *t) {
    long n = tale_range(t, 2, 20), d = tale_range(t, 2, 30), m = tale_range(t, 2, 12);
    if (n * d % m || m == n) {
        t->q.bad = true;
        return;
    }
    quant_term a = tale_num(t, "n", n), b = tale_num(t, "d", d), c = tale_num(t, "m", m);
    int        all                  = quant_op(&t->q, "work", a, '*', b);
    t->q.asked                      = quant_op(&t->q, "new time", quant_ref(all), '/', c);
    static const char *const unit[] = {"days", "hours"};
    tale_text(t, "days", unit[tale_pick(t, 2)]);
    t->kind = "workers";
    t->ask = "{It takes <n> {workers|painters|machines|pumps|gardeners} <d> <days> to do a job. How many <days> do <m> "
             "of them need|A job takes <n> {people|workers|machines} <d> <days>. How many <days> does it take <m> of "
             "them|A load of hay feeds <n> horses for <d> <days>. For how many <days> does it feed <m> horses}?";
    t->tell = "{It takes|That is} **<answer> <days>**.";
}

/* ---- mixtures */
static void mixture(tale *t) {
    bool tea = tale_chance(t, 50);
    long a = tale_range(t, 1, 12), b = tale_range(t, 1, 12), p = tale_range(t, 2, tea ? 40 : 95),
         q = tale_range(t, 2, tea ? 40 : 95);
    if ((a * p + b * q) % (a + b) || p == q || a < 2 || b < 2) {
        t->q.bad = true;
        return;
    }
    quant_term A = tale_num(t, "a", a), P = tale_num(t, "p", p), B = tale_num(t, "b", b), Q = tale_num(t, "q", q);
    int        fa = quant_given(&t->q, "first", A), fb = quant_given(&t->q, "second", B),
        x = quant_op(&t->q, tea ? "first cost" : "first share", quant_ref(fa), '*', P),
        y = quant_op(&t->q, tea ? "second cost" : "second share", quant_ref(fb), '*', Q),
        s = quant_sum(&t->q, "together", (int[]){x, y}, 2), n = quant_sum(&t->q, "amount", (int[]){fa, fb}, 2);
    t->q.asked                    = quant_op(&t->q, "mixture", quant_ref(s), '/', quant_ref(n));
    static const char *const of[] = {"tea", "coffee", "rice", "nuts", "seed", "flour"}, *const acid[] = {
                                                                                            "juice", "salt solution",
                                                                                            "acid", "syrup",
                                                                                            "alcohol solution"};
    tale_text(t, "tea", of[tale_pick(t, 6)]);
    tale_text(t, "acid", acid[tale_pick(t, 5)]);
    t->kind = tea ? "price" : "percent";
    t->ask  = tea ? "{<A> mixes|A shop mixes|Someone mixes} <a> kg of <tea> at $<p> {a|per} kg with <b> kg at $<q> "
                     "{a|per} kg. {What does a kg of the mixture cost|What is the price of the mixture, per kg}?"
                  : "{<A> mixes|Someone mixes|A chemist mixes} <a> litres of {a |}<p>% <acid> with <b> litres of {a "
                    "|}<q>% <acid>. {What is the percentage of the mixture|How many percent has the mixture|What "
                    "concentration does the mixture have, in percent}?";
    t->tell = tea ? "{It is|A kg costs|The price is} **$<answer>**." : "{It is|The mixture has|That is} **<answer>%**.";
}

static void thinner(tale *t) { /* water added to weaken: how much? */
    long a = tale_range(t, 2, 30), p = tale_range(t, 10, 90), q = tale_range(t, 5, (int)p - 1);
    if (a * p % q || a * p / q <= a) {
        t->q.bad = true;
        return;
    }
    quant_term A = tale_num(t, "a", a), P = tale_num(t, "p", p), Q = tale_num(t, "q", q);
    int        i = quant_given(&t->q, "at first", A), x = quant_op(&t->q, "share", quant_ref(i), '*', P),
        n      = quant_op(&t->q, "new amount", quant_ref(x), '/', Q);
    t->q.asked = quant_op(&t->q, "water", quant_ref(n), '-', quant_ref(i));
    t->kind    = "water";
    t->ask  = "{How much water must be added to|How many litres of water must be added to} <a> litres of a <p>% {salt "
              "solution|acid|syrup} so that it has <q>%?";
    t->tell = "{It takes|That is} **<answer> litres**[ of water].";
}

/* ---- two ratios */
static void chained(tale *t) { /* A : B = a : b, B : C = k b : c; A has ... */
    int  a = tale_range(t, 2, 9), b = tale_range(t, 2, 9), k = tale_range(t, 2, 9), c = tale_range(t, 2, 9);
    long p = tale_range(t, 1, 12);
    if (a == b || k == c || gcd(a, b) > 1 || gcd(k, c) > 1) t->q.bad = true;
    long A = p * a * k, B = p * b * k, C = p * b * c;
    if (B < 2 || C > 900) t->q.bad = true;
    things(t);
    quant_term ta = tale_num(t, "a", a), tb = tale_num(t, "b", b), tk = tale_num(t, "k", k), tc = tale_num(t, "e", c),
               z = tale_num(t, "z", A);
    int i = quant_given(&t->q, t->a.name, z), one = quant_op(&t->q, "first part", quant_ref(i), '/', ta),
        B_     = quant_op(&t->q, t->b.name, quant_ref(one), '*', tb),
        two    = quant_op(&t->q, "second part", quant_ref(B_), '/', tk);
    t->q.asked = quant_op(&t->q, t->c.name, quant_ref(two), '*', tc);
    bool all   = tale_chance(t, 40);
    if (all) t->q.asked = quant_sum(&t->q, "all", (int[]){i, B_, t->q.asked}, 3);
    if (all)
        tale_said(t, "%s : %s = %d : %d; %s : %s = %d : %d; %s = %ld; asked: all", t->a.name, t->b.name, a, b,
                  t->b.name, t->c.name, k, c, t->a.name, z.v.v);
    else
        tale_said(t, "%s : %s = %d : %d; %s : %s = %d : %d; %s = %ld; asked: %s", t->a.name, t->b.name, a, b, t->b.name,
                  t->c.name, k, c, t->a.name, z.v.v, t->c.name);
    tale_plan(t, "from %s to %s with the first ratio, then to %s with the second%s", t->a.name, t->b.name, t->c.name,
              all ? ", then all" : "");
    t->ask  = all ? "{The ratio of <A>'s <d> to <B>'s is <a>{:| : | to }<b>, that of <B>'s to <C>'s is <k>{:| : | to "
                     "}<e>|<A> and <B> have <d> in the ratio <a>{:| : | to }<b>, <B> and <C> in the ratio <k>{:| : | to "
                     "}<e>}. <A> has <z>. {How many <d> have all three together|How many <d> are there in all}?"
                  : "{The ratio of <A>'s <d> to <B>'s is <a>{:| : | to }<b>, that of <B>'s to <C>'s is <k>{:| : | to "
                    "}<e>|<A> and <B> have <d> in the ratio <a>{:| : | to }<b>, <B> and <C> in the ratio <k>{:| : | to "
                    "}<e>}. <A> has <z>. {How many <d> has <C>|How many does <C> have}?";
    t->tell = all ? "{Together they have|There are} **<answer> <d>**." : "{<C> has|That is} **<answer> <d>**.";
}

static void given_away(tale *t) { /* A : B = a : b, A gives B x, and then both have as many */
    int a, b;
    pair(t, 12, &a, &b);
    if (a < b) {
        int c = a;
        a     = b;
        b     = c;
    }
    long p = 2 * tale_range(t, 1, 40);
    if (b < 2) t->q.bad = true;
    long x     = p * (a - b) / 2;
    bool first = tale_chance(t, 50);
    things(t);
    quant_term A = tale_num(t, "a", a), B = tale_num(t, "b", b), X = tale_num(t, "x", x);
    int        i = quant_given(&t->q, "given", X), d = quant_op(&t->q, "difference", quant_ref(i), '*', quant_num(2)),
        m = quant_op(&t->q, "more parts", A, '-', B), one = quant_op(&t->q, "part", quant_ref(d), '/', quant_ref(m));
    t->q.asked = quant_op(&t->q, first ? t->a.name : t->b.name, quant_ref(one), '*', first ? A : B);
    tale_said(t, "part = ?; %s = %d part; %s = %d part; given = %ld; %s - given = %s + given; asked: %s", t->a.name, a,
              t->b.name, b, x, t->a.name, t->b.name, first ? t->a.name : t->b.name);
    tale_plan(t, "the difference is twice what is given, and so many parts");
    tale_text(t, "who", first ? t->a.name : t->b.name);
    if (x < 2) t->q.bad = true;
    t->ask  = "{<A> and <B> have <d> in the ratio|The ratio of <A>'s <d> to <B>'s <d> is} <a>{:| : | to }<b>. {<A> "
              "gives <B> <x>[ <d>], and {now|then}|When <A> has given <x>[ <d>] to <B>,} both have {equally many|the "
              "same number}. How many <d> did <who> have at first?";
    t->tell = "{<who> had|That was} **<answer> <d>**.";
}

static void make(rng *r, int level, problem *p) {
    static const struct {
        tale_kind k[4];
        int       n;
    } of[] = {{{NULL}, 0},
              {{proportion}, 1},
              {{recipe, proportion, reverse}, 3},
              {{share}, 1},
              {{one_known, share}, 2},
              {{difference, one_known}, 2},
              {{three, difference}, 2},
              {{map, workers, three}, 3},
              {{mixture, workers, mixture}, 3},
              {{chained, thinner, mixture}, 3},
              {{given_away, chained, given_away}, 3}};
    tale_make(r, level, p, "ratio", of[level].k, of[level].n);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    const char *s;
    size_t      n;
    long        scale, x, a, b, c, d, v;
    char        na[40], nb[40], nc[40], ne[40], unit[8], asked[40];
    if (!fam_understood(p, &s, &n, why)) return false;
    if (sscanf(s, "scale = 1 : %ld; on the map, cm = %ld; asked: way in %7[a-z]", &scale, &x, unit) == 3) {
        str_addf(truth, "%ld", scale * x / (unit[0] == 'k' ? 100000 : 100));
        return true;
    }
    if (sscanf(s, "%39[^ ] : %39[^ ] = %ld : %ld; %39[^ ] : %39[^ ] = %ld : %ld; %*[^ ] = %ld; asked: %39[^\n]", na, nb,
               &a, &b, nc, ne, &c, &d, &v, asked) == 10) {
        if (a < 1 || c < 1 || v * b * d % (a * c)) return snprintf(why, 96, "the shares are not whole"), false;
        long B = v * b / a, C = v * b * d / (a * c);
        str_addf(truth, "%ld", asked[0] == 'a' && asked[1] == 'l' && asked[2] == 'l' && !asked[3] ? v + B + C : C);
        return true;
    }
    return quant_truth(p, truth, why);
}

const family fam_ratio = {.name   = "ratio",
                          .field  = "education",
                          .about  = "proportion, sharing in a ratio, mixtures",
                          .levels = 10,
                          .make   = make,
                          .right  = tale_right,
                          .solve  = solve};
