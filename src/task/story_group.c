/* story_group.c -- groups of equal size, rates, shopping, parts of a whole. */
#include <stdio.h>
#include <string.h>
#include "task/story.h"

/* ---- A has x groups of y things */
void story_groups(story *s) {
    static const char *const say[] = {
        "<A> ~had/has~ <x> <boxes> {with|of} <y> <things> {each|in each[ <box>]}",
        "<A> ~bought/buys~ <x> <boxes> of <things>[ at the <shop>]. {There ~were/are~ <y> <things> in each <box>|Each "
        "<box> ~held/holds~ <y>[ <things>]|Every <box> ~contained/contains~ <y> <things>}",
        "<A> ~filled/fills~ <x> <boxes> with <y> <things> each",
        "{In|On} <A>'s {table|desk|shelf} there ~were/are~ <x> rows of <y> <things>",
        "<A> ~laid/lays~ out <x> rows of <y> <things>",
        "Each of <A>'s <x> friends ~gave/gives~ <him> <y> <things>",
        "Each day for <x> days, <A> ~bought/buys~ <y> <things>",
        "<A> ~collected/collects~ <y> <things> a day for <x> days",
    };
    quant_term x = story_factor(s), y = story_factor(s);
    size_t     k = rng_below(s->r, sizeof say / sizeof *say);
    story_say(s, say[k], x, y);
    s->subject = quant_op(&s->q, "start", x, '*', y);
    story_ask(
        s,
        "{How many <things> ~did <A> have/does <A> have~ {in all|altogether|in total}|How many <things> ~were/are~ "
        "there {in all|altogether}|How many <things> ~was/is~ that[ altogether]}",
        "{<A> ~had/has~ **<v>** <things>|That ~was/is~ **<v>** <things>|There ~were/are~ **<v>** <things> in all}",
        s->thing.many);
}

/* ---- equal groups in other places, one to three factors */
static const struct grouped {
    const char *say2, *unit, *ask, *first; /* x groups of y; then z in each, optional */
    const char *say3, *unit3, *ask3;       /* <x> more: each of those has x */
} grouped[] = {
    {"A {hall|theatre|cinema} ~had/has~ <x> rows of <y> seats", "seats", "How many seats ~were/are~ there", "seats",
     "A seat ~cost/costs~ {$<x>|<x> dollars}", "dollars", "How much money ~did/does~ a full house bring in"},
    {"A {library|bookshop} ~had/has~ <x> shelves with <y> books on each", "books",
     "How many books ~were/are~ on the shelves", "books", "A book ~had/has~ <x> pages", "pages",
     "How many pages ~was/is~ that in all"},
    {"A school ~had/has~ <x> classes of <y> pupils", "pupils", "How many pupils ~were/are~ there", "pupils",
     "Every pupil ~got/gets~ <x> pencils", "pencils", "How many pencils ~were/are~ needed"},
    {"In an orchard there ~were/are~ <x> rows of <y> trees", "trees", "How many trees ~did/does~ the orchard have",
     "trees", "Each tree ~gave/gives~ <x> kilograms of fruit", "kilograms",
     "How many kilograms of fruit ~did/does~ the orchard give"},
    {"A hotel ~had/has~ <x> floors with <y> rooms each", "rooms", "How many rooms ~were/are~ there", "rooms",
     "Each room ~had/has~ <x> lamps", "lamps", "How many lamps ~did/does~ the hotel have"},
    {"A {baker|cook|bakery} ~made/makes~ <x> trays of <y> {rolls|buns|cakes} each", "pieces",
     "How many pieces ~was/is~ that", "pieces", "Each piece ~was/is~ sold for {$<x>|<x> dollars}", "dollars",
     "How much money ~did/does~ that bring in if everything ~was/is~ sold"},
    {"<x> teams of <y> players ~took/take~ part in a tournament", "players", "How many players ~took/take~ part",
     "players", "Each player ~got/gets~ <x> bottles of water", "bottles", "How many bottles ~were/are~ needed"},
    {"A photo album ~had/has~ <x> pages with <y> photos on each", "photos", "How many photos ~were/are~ in the album",
     "photos", "Printing a photo ~cost/costs~ <x> cents", "cents",
     "How many cents ~did/does~ printing all of them cost"},
    {"At a party there ~were/are~ <x> tables with <y> guests each", "guests", "How many guests ~were/are~ there",
     "guests", "Each guest ~ate/eats~ <x> {sandwiches|dumplings|biscuits}", "pieces",
     "How many of them ~were/are~ eaten"},
    {"A {machine|factory|workshop} ~made/makes~ <x> {chairs|lamps|toys} an hour and ~ran/runs~ <y> hours a day",
     "pieces", "How many pieces ~did/does~ it make in a day", "pieces", "It ~ran/runs~ for <x> days", "pieces",
     "How many pieces ~did/does~ it make in that time"},
    {"A {train|ferry} ~made/makes~ <x> trips a day with <y> passengers each", "passengers",
     "How many passengers ~did/does~ it carry in a day", "passengers", "A ticket ~cost/costs~ {$<x>|<x> dollars}",
     "dollars", "How much money ~did/does~ it take in a day"},
    {"<A> ~worked/works~ <x> hours a day, <y> days a week", "hours", "How many hours a week ~was/is~ that", "hours",
     "<he> ~earned/earns~ {$<x>|<x> dollars} an hour", "dollars", "How much ~did <A> earn/does <A> earn~ in a week"},
    {"<A> ~practised/practises~ the piano for <x> minutes a day on <y> days a week", "minutes",
     "How many minutes a week ~did/does~ <he> practise", "minutes", "<he> ~kept/keeps~ this up for <x> weeks",
     "minutes", "How many minutes ~did/does~ that make in all"},
    {"<A> ~read/reads~ <x> pages a day for <y> days", "pages", "How many pages ~did/does~ <he> read", "pages", NULL,
     NULL, NULL},
    {"<A> ~typed/types~ <x> words a minute for <y> minutes", "words", "How many words ~did/does~ <he> type", "words",
     NULL, NULL, NULL},
    {"A car ~used/uses~ <x> litres of fuel a day for <y> days", "litres", "How many litres ~did/does~ it use", "litres",
     "A litre ~cost/costs~ {$<x>|<x> dollars}", "dollars", "How much ~did/does~ the fuel cost"},
};

static bool is_money(const char *unit) { return !strcmp(unit, "dollars"); }

static void tell_in(story *s, const char *unit, const char *ask) {
    s->money = is_money(unit);
    if (s->money) {
        s->cur_before = "$";
        s->cur_after  = "";
    }
    story_ask(s, ask,
              s->money ? "{It ~was/is~ **$<v>**|That ~made/makes~ **$<v>**|That ~was/is~ **<v>** dollars}"
                       : "{That ~was/is~ **<v>** <unit>|It ~was/is~ **<v>** <unit>|There ~were/are~ **<v>** <unit>}",
              unit);
}

static int scene_grouped(story *s, int steps) {
    const struct grouped *g = &grouped[rng_below(s->r, sizeof grouped / sizeof *grouped)];
    quant_term            x = story_factor(s), y = story_factor(s);
    char                  ask[120];
    if (strstr(g->say2, "days a week") && y.v.v > 7) y = story_digits(story_range(s, 2, 6));
    if (strstr(g->say2, "hours a day") && (strstr(g->say2, "machine") ? y.v.v : x.v.v) > 12) {
        x = story_digits(story_range(s, 2, 10));
        y = story_digits(story_range(s, 2, strstr(g->say2, "machine") ? 12 : 6));
    }
    story_say(s, g->say2, x, y);
    s->subject = quant_op(&s->q, g->first, x, '*', y);
    snprintf(ask, sizeof ask, "%s", g->ask);
    tell_in(s, g->unit, ask);
    if (steps < 2 || !g->say3) return 1;
    quant_term z = quant_num(story_factor(s).v.v);
    story_say(s, g->say3, z, STORY_NONE);
    s->subject = quant_op(&s->q,
                          is_money(g->unit3)            ? "money"
                          : !strcmp(g->unit3, g->first) ? "in all"
                                                        : g->unit3,
                          quant_ref(s->subject), '*', z);
    tell_in(s, g->unit3, g->ask3);
    return 2;
}

/* ---- shopping */
static void scene_shopping(story *s, int steps) {
    const char   *w[4];
    char          many[4][40];
    int           kinds = steps >= 5 ? 3 : steps >= 3 ? 2 : 1, cost[4], used = 0;
    lexicon_class c = story_chance(s, 40) ? LEX_FOOD : LEX_OBJECT;
    lexicon_pick(s->r, c, w, kinds);
    s->cur_before = "$";
    s->cur_after  = "";
    s->money      = true;
    for (int i = 0; i < kinds; i++) {
        quant_term n = story_num(s, story_factor(s).v.v), p = story_price(s);
        snprintf(many[i], sizeof many[i], "%s", w[i]);
        s->thing.many = many[i];
        s->p          = many[i];
        story_say(s,
                  i ? "{|Then |}<he> {also |}~bought/buys~ <x> <p> {at|for} {$<y>|<y> dollars} each"
                    : "<A> ~bought/buys~ <x> <p> {{at|for} {$<y>|<y> dollars} each|that ~cost/cost~ {$<y>|<y> dollars} "
                      "each}[ at {the|a} <shop>]",
                  n, p);
        cost[i] = quant_op(&s->q, many[i], n, '*', p);
        used++;
    }
    int total = cost[0];
    if (kinds > 1) total = quant_sum(&s->q, "total", cost, kinds), used += kinds - 1;
    story_ask(s,
              "{How much ~did <A> pay/does <A> pay~[ {in all|altogether|in total}]|How much money ~did <A> spend/does "
              "<A> spend~|What ~was/is~ the {bill|total cost}|What ~did/does~ it cost {in all|altogether}}",
              "{<A> ~paid/pays~ **$<v>**|The {total|bill} ~was/is~ **$<v>**|That ~cost/costs~ **<v>** dollars}",
              "dollars");
    s->subject = total;
    long v     = quant_value(&s->q, total);
    if (used < steps && v > 10 && story_chance(s, 35)) {
        quant_term k = quant_num(story_range(s, 2, v > 40 ? 20 : 5));
        story_say(s, "{With|Thanks to} a {voucher|coupon} <he> ~got/gets~ {$<x>|<x> dollars} off the {bill|total}", k,
                  STORY_NONE);
        total = quant_op(&s->q, "to pay", quant_ref(total), '-', k);
        used++;
        v = quant_value(&s->q, total);
        story_ask(s, "{How much ~did <A> pay/does <A> pay~ {in the end|then}|What ~did/does~ <he> have to pay}",
                  "{<A> ~paid/pays~ **$<v>**|It ~was/is~ **$<v>**}", "dollars");
    }
    if (used < steps) {
        static const long bill[] = {10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000};
        size_t            b      = 0;
        while (b < 9 && bill[b] <= v) b++;
        long       pay = story_chance(s, 50) ? bill[b] : v + story_range(s, 3, 60);
        quant_term k   = quant_num(pay);
        story_say(s,
                  story_chance(s, 50) ? "<he> ~paid/pays~ with {$<x>|<x> dollars}"
                                      : "<A> ~had/has~ {$<x>|<x> dollars} with <him>",
                  k, STORY_NONE);
        s->subject = quant_op(&s->q, "left over", k, '-', quant_ref(total));
        used++;
        story_ask(s,
                  "{How much change ~did <A> get/does <A> get~|How much money ~was/is~ left[ over]|How much ~did <A> "
                  "have/does <A> have~ left}",
                  "{**$<v>** ~was/is~ left|<A> ~had/has~ **$<v>** left}", "dollars");
    } else s->subject = total;
    s->final = used >= steps;
}

/* ---- parts of a whole */
static void scene_parts(story *s, int steps) {
    static const struct {
        const char *whole, *a, *b, *c, *unit;
    } all[] = {
        {"{A class|A club|A choir} ~had/has~ <x> members", "girls", "boys with glasses", "other boys", "members"},
        {"{A|The} <place> ~had/has~ <x> visitors one day", "children", "pensioners", "other adults", "visitors"},
        {"In a {garage|car park} there ~were/are~ <x> vehicles", "cars", "vans", "motorcycles", "vehicles"},
        {"A {forest|park} ~had/has~ <x> trees", "oaks", "pines", "birches", "trees"},
        {"A farmer ~had/has~ <x> animals", "sheep", "cows", "goats", "animals"},
        {"A bag ~held/holds~ <x> marbles", "red ones", "blue ones", "green ones", "marbles"},
        {"A {library|shop} ~got/gets~ <x> new books", "novels", "comics", "cookbooks", "books"},
        {"A school ~had/has~ <x> pupils", "pupils who walk", "pupils who cycle", "pupils who take the bus", "pupils"},
        {"<A> ~had/has~ <x> coins", "old coins", "foreign coins", "new coins", "coins"},
        {"A box ~held/holds~ <x> beads", "glass beads", "wooden beads", "metal beads", "beads"},
        {"A {survey|poll} ~asked/asks~ <x> people", "people for it", "people against it", "undecided people",
         "people"}};
    size_t k = rng_below(s->r, sizeof all / sizeof *all);
    long   n = story_start(s).v.v + 20;
    const struct {
        const char *said;
        long        k, m;
    } part[] = {
        {"half", 1, 2},    {"a third", 1, 3}, {"a quarter", 1, 4}, {"two thirds", 2, 3}, {"three quarters", 3, 4},
        {"a fifth", 1, 5}, {"40%", 2, 5},     {"30%", 3, 10},      {"25%", 1, 4},        {"60%", 3, 5}};
    size_t f     = rng_below(s->r, s->level < 5 ? 6 : 10);
    bool   share = steps >= 2 && story_chance(s, 60);
    if (share) n -= n % part[f].m;
    quant_term x = quant_num(n);
    s->thing     = (noun){all[k].unit, all[k].unit};
    int whole    = quant_given(&s->q, "whole", x), rest, a;
    story_say(s, all[k].whole, x, STORY_NONE);
    s->p = all[k].a;
    if (share) {
        s->w = part[f].said;
        story_say(s, "<w> of them ~were/are~ <p>", STORY_NONE, STORY_NONE);
        a = quant_part(&s->q, all[k].a, whole, part[f].k, part[f].m, part[f].said);
    } else {
        quant_term y = story_change(s, n / 2);
        story_say(s, "{<x> of them ~were/are~ <p>|There ~were/are~ <x> <p> among them}", y, STORY_NONE);
        a = quant_given(&s->q, all[k].a, y);
    }
    rest     = quant_op(&s->q, steps - share < 2 ? "the others" : "rest", quant_ref(whole), '-', quant_ref(a));
    int used = 1 + share;
    if (used < steps) {
        quant_term z = story_change(s, quant_value(&s->q, rest));
        s->p         = all[k].b;
        s->w         = all[k].c;
        story_say(s, "{<x> ~were/are~ <p>|Another <x> ~were/are~ <p>}, {and the rest ~were/are~ <w>|the others <w>}", z,
                  STORY_NONE);
        rest = quant_op(&s->q, all[k].c, quant_ref(rest), '-', z);
        used++;
        s->p = s->w;
        story_ask(s, "{How many <p> ~were/are~ there|How many ~were/are~ <p>|What ~was/is~ the number of <p>}",
                  "{There ~were/are~ **<v>**|**<v>** ~were/are~ in that group}", s->thing.many);
    } else
        story_ask(
            s,
            "{How many ~were/are~ not <p>|How many ~were/are~ there of the others|How many <things> ~were/are~ not "
            "<p>}",
            "{That ~left/leaves~ **<v>**|There ~were/are~ **<v>** others|The number of the others ~was/is~ **<v>**}",
            s->thing.many);
    s->subject = rest;
    s->final   = used >= steps;
}

/* ---- saving for something: how many weeks? */
static void scene_saving(story *s, int steps) {
    noun       goal  = lexicon_noun(s->r, LEX_PRODUCT);
    quant_term k     = story_price(s);
    long       weeks = story_range(s, 3, 12), have = steps >= 2 ? story_range(s, 5, 60) : 0;
    if (k.v.v > 12) k = quant_num(story_range(s, 3, 12));
    quant_term c = quant_num(k.v.v * weeks + have), h = quant_num(have);
    s->p = goal.one;
    s->w = lexicon_a(goal.one);
    story_say(s, "<A> ~wanted/wants~ to buy <w> <p> {for|that ~cost/costs~} {$<x>|<x> dollars}", c, STORY_NONE);
    int need = quant_given(&s->q, "cost", c);
    if (have) {
        story_say(s, "<he> {already |}~had/has~ {$<x>|<x> dollars}[ saved]", h, STORY_NONE);
        need = quant_op(&s->q, "missing", quant_ref(need), '-', h);
    }
    story_say(s, "{Each|Every} week <he> ~saved/saves~ {$<x>|<x> dollars}", k, STORY_NONE);
    s->q.asked = s->subject = quant_op(&s->q, "weeks", quant_ref(need), '/', k);
    story_ask(s,
              "{How many weeks ~did/does~ <he> {have to|need to} save|After how many weeks ~could/can~ <he> buy it|For "
              "how many weeks ~did/does~ <he> have to save}",
              "{It ~took/takes~ **<v>** weeks|After **<v>** weeks}", "weeks");
    s->final = true;
}

void story_scene(story *s, int steps) {
    int done = steps;
    switch (rng_below(s->r, 6)) {
    case 0:
    case 1: done = scene_grouped(s, steps); break;
    case 2:
    case 3: scene_shopping(s, steps); break;
    case 4: scene_parts(s, steps); break;
    default: scene_saving(s, steps); break;
    }
    s->q.asked = s->subject;
    s->final   = s->final || !s->money;
    if (done >= steps || s->final) return;
    s->ready = true;
    for (; done < steps && !s->q.bad && !s->final; done++) story_end(s);
}
