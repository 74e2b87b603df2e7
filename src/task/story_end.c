/* story_end.c -- how a story goes on from a number of things: shared, packed, sold; then money; and what does not
 * matter. */
#include <stdio.h>
#include <string.h>
#include "task/story.h"

static bool has(const story *s, const char *name) {
    for (int i = 0; i < s->q.n; i++)
        if (!strcmp(s->q.q[i].name, name)) return true;
    return false;
}

static bool share(story *s, long v) {
    long n = story_divisor(s, v);
    if (!n || has(s, "each")) return false;
    static const char *const who[] = {"friends", "children", "cousins", "neighbours", "pupils", "guests"};
    quant_term               x     = story_num(s, n);
    s->p                           = who[rng_below(s->r, 6)];
    story_say(s,
              "{Finally|At last|Then} <N> ~shared/shares~ {the <things>|all of them|what ~was/is~ left} "
              "{equally|evenly|fairly} among <x> <p>",
              x, STORY_NONE);
    s->subject = quant_op(&s->q, "each", quant_ref(s->subject), '/', x);
    story_ask(s, "{How many <things> ~did/does~ each {of them |one |}get|How many ~did/does~ each of the <p> get}",
              "{Each of them ~got/gets~ **<v>** <things>|Each ~got/gets~ **<v>**}", s->thing.many);
    s->final = true;
    return true;
}

static bool pack(story *s, long v) {
    long n = story_divisor(s, v);
    if (!n || has(s, "packs")) return false;
    static const noun into[] = {
        {"packet", "packets"}, {"bag", "bags"}, {"box", "boxes"}, {"bundle", "bundles"}, {"pile", "piles"}};
    noun       b = into[rng_below(s->r, 5)];
    quant_term x = story_num(s, n);
    s->p         = b.many;
    story_say(s,
              "{Then|At last|In the end} <N> ~packed/packs~ {them|all the <things>|the <things>} {into|in} <p> of <x>",
              x, STORY_NONE);
    s->subject = quant_op(&s->q, "packs", quant_ref(s->subject), '/', x);
    s->thing   = b;
    story_ask(
        s, "{How many <p> ~were/are~ there|How many <p> ~did <A> need/does <A> need~|How many <p> ~was/is~ that}",
        "{That ~made/makes~ **<v>** <things>|There ~were/are~ **<v>** <things>|<A> ~needed/needs~ **<v>** <things>}",
        b.many);
    return true;
}

static bool sell(story *s, long v) {
    quant_term x = story_price(s);
    if (v * x.v.v > 60000 || has(s, "money")) return false;
    story_say(s,
              "{Then|Finally|On Sunday} <N> ~sold/sells~ {all of the <things>|every <thing>|all the <things> that "
              "~were/are~ left} for <mx> each",
              x, STORY_NONE);
    s->subject = quant_op(&s->q, "money", quant_ref(s->subject), '*', x);
    s->money   = true;
    story_ask(s,
              "{How much money ~did <A> get/does <A> get~[ for them]|How much ~did <A> earn/does <A> earn~|How much "
              "~was/is~ that in money}",
              "{<A> ~got/gets~ **<cb><v><ca>**|That ~made/makes~ **<cb><v><ca>**}", NULL);
    return true;
}

static bool weigh(story *s) {
    quant_term x = story_digits(story_range(s, 2, 12));
    if (has(s, "weight") || quant_value(&s->q, s->subject) * x.v.v > 60000 || s->kind == LEX_CLASSES) return false;
    story_say(s, "{Each|One} <thing> ~weighed/weighs~ <x> {grams|g}", x, STORY_NONE);
    s->subject = quant_op(&s->q, "weight", quant_ref(s->subject), '*', x);
    story_ask(s,
              "{How many grams ~did/do~ all {of them|the <things>|of <A>'s <things>} weigh|What ~did/do~ the <things> "
              "weigh together, in grams}",
              "{Together they ~weighed/weigh~ **<v>** grams|The weight ~was/is~ **<v>** g}", "grams");
    s->final = true;
    return true;
}

/* ---- with money */
static bool spend(story *s, long v) {
    noun what = lexicon_noun(s->r, LEX_PRODUCT);
    if (v < 8 || has(s, "left over")) return false;
    quant_term x = quant_num(story_change(s, v).v.v);
    s->p         = what.one;
    s->w         = lexicon_a(what.one);
    story_say(s, "{|With {that|the} money, |Then }<N> ~bought/buys~ <w> <p> for <mx>", x, STORY_NONE);
    s->subject = quant_op(&s->q, "left over", quant_ref(s->subject), '-', x);
    story_ask(s,
              "{How much money ~was/is~ left[ over]|How much ~did <A> have/does <A> have~ left|How much of the money "
              "~was/is~ left}",
              "{<A> ~had/has~ **<cb><v><ca>** left|**<cb><v><ca>** ~was/is~ left}", NULL);
    return true;
}

static bool save(story *s) {
    if (has(s, "savings")) return false;
    quant_term x = quant_num(story_change(s, 0).v.v);
    story_say(s,
              "<N> {already |}~had/has~ <mx> {in the bank|at home|in a savings box}[ and ~put/puts~ the money with it]",
              x, STORY_NONE);
    s->subject = quant_op(&s->q, "savings", quant_ref(s->subject), '+', x);
    story_ask(s,
              "{How much money ~did <A> have/does <A> have~ {then|in all|altogether}|How much ~was/is~ that "
              "{together|in all}}",
              "{<A> ~had/has~ **<cb><v><ca>**|Together that ~was/is~ **<cb><v><ca>**}", NULL);
    return true;
}

static bool lacks(story *s, long v) {
    noun       what = lexicon_noun(s->r, LEX_PRODUCT);
    quant_term x    = quant_num(v + story_change(s, 0).v.v);
    if (has(s, "missing")) return false;
    s->p = what.one;
    s->w = lexicon_a(what.one);
    story_say(s, "<N> ~wanted/wants~ to buy <w> <p> that ~cost/costs~ <mx>", x, STORY_NONE);
    s->subject = quant_op(&s->q, "missing", x, '-', quant_ref(s->subject));
    story_ask(
        s,
        "{How much {more |}money ~did <A> still need/does <A> still need~|How much ~was/is~ {still missing|missing}}",
        "{<A> still ~needed/needs~ **<cb><v><ca>**|**<cb><v><ca>** ~was/is~ missing}", NULL);
    s->final = true;
    return true;
}

static bool split_money(story *s, long v) {
    long n = story_divisor(s, v);
    if (!n || has(s, "each")) return false;
    quant_term               x     = story_num(s, n);
    static const char *const who[] = {"brothers", "sisters", "charities", "friends", "grandchildren", "nephews"};
    s->p                           = who[rng_below(s->r, 6)];
    story_say(s, "<N> ~divided/divides~ the money {equally|evenly} among <x> <p>", x, STORY_NONE);
    s->subject = quant_op(&s->q, "each", quant_ref(s->subject), '/', x);
    story_ask(s, "{How much ~did/does~ each {of them |}get|How much money ~did/does~ each of the <p> get}",
              "{Each ~got/gets~ **<cb><v><ca>**|Each of them ~got/gets~ **<cb><v><ca>**}", NULL);
    s->final = true;
    return true;
}

void story_end(story *s) {
    long v    = quant_value(&s->q, s->subject);
    bool done = false;
    for (int tries = 0; tries < 12 && !done; tries++) {
        uint64_t k = rng_below(s->r, 8);
        if (s->money) done = k < 3 ? spend(s, v) : k < 5 ? save(s) : k < 6 ? lacks(s, v) : split_money(s, v);
        else done = k < 2 ? share(s, v) : k < 4 ? pack(s, v) : k < 7 ? sell(s, v) : weigh(s);
    }
    if (!done) s->q.bad = true;
}

/* ---- what does not matter */
void story_distract(story *s) {
    static const char *const say[] = {"<A> ~was/is~ <x> years old",
                                      "<B> ~was/is~ <x> years old",
                                      "<A>'s {brother|sister|cousin} ~was/is~ <x> years old",
                                      "The {walk|ride|way} to the <place> ~took/takes~ <x> minutes",
                                      "It ~was/is~ <x> degrees outside",
                                      "The <place> ~was/is~ <x> metres away",
                                      "<A> ~lived/lives~ at number <x>",
                                      "<A>'s dog ~weighed/weighs~ <x> kilograms",
                                      "There ~were/are~ <x> people at the <place>",
                                      "The <box> ~was/is~ <x> centimetres wide",
                                      "<A> ~got/gets~ up at <x> minutes past six",
                                      "<C> ~was/is~ <x> centimetres tall",
                                      "The bus to the <place> ~was/is~ number <x>",
                                      "<D> ~watched/watches~ a film of <x> minutes",
                                      "A ticket to the <place> ~cost/costs~ <x> cents",
                                      "The <place> ~had/has~ <x> windows",
                                      "<A> ~had/has~ <x> {cousins|classmates|neighbours}",
                                      "It ~was/is~ day <x> of the month"};
    size_t                   k     = rng_below(s->r, sizeof say / sizeof *say);
    long                     v     = story_range(s, 2, 12);
    if (strstr(say[k], "centimetres tall")) v = story_range(s, 110, 190);
    else if (strstr(say[k], "years old")) v = story_range(s, 7, 40);
    else if (strstr(say[k], "day <x>")) v = story_range(s, 2, 28);
    else if (strstr(say[k], "degrees")) v = story_range(s, 8, 30);
    else if (strstr(say[k], "film")) v = story_range(s, 70, 150);
    else if (strstr(say[k], "people at")) v = story_range(s, 13, 90);
    else if (strstr(say[k], "past six")) v = story_range(s, 5, 55);
    else if (s->level > 5) v = story_range(s, 5, 90);
    if (s->n >= STORY_LINES - 1) return;
    story_say(s, say[k], quant_num(v), STORY_NONE);
    quant_unused(&s->q, v);
    /* it may stand anywhere but first */
    int to = story_range(s, s->n > 2 ? 1 : s->n - 1, s->n - 1);
    str l  = s->line[s->n - 1];
    for (int i = s->n - 1; i > to; i--) s->line[i] = s->line[i - 1];
    s->line[to] = l;
}
