/* story_own.c -- the things that a person owns, and what becomes of them. */
#include <stdio.h>
#include <string.h>
#include "task/story.h"

/* ---- events: A has s->subject things, and then? */
typedef struct event {
    const char *name; /* of the quantity afterwards */
    const char *say;
    int         kind; /* 0 any thing, 1 food, 2 objects */
} event;

static const event gains[] = {
    {"after buying", "{|Then |Later |After that |A day later }<N> ~bought/buys~ <x> more[ <things>][ at the <shop>]",
     0},
    {"after a gift", "{|Then |Later |The next day |On the way home }<B> ~gave/gives~ <him> <x> more[ <things>]", 0},
    {"after a gift",
     "{|Then |Later }<N> ~got/gets~ <x> more[ <things>] {from <B>|from a friend|from a neighbour|as a present}", 0},
    {"after finding",
     "{|Then |Later |A little later }<N> ~found/finds~ <x> more[ <things>] {at home|in a drawer|under the stairs|in an "
     "old <box>|behind the shed|on the way home}",
     2},
    {"after winning",
     "{|Then |Later |On Sunday }<N> ~won/wins~ <x> more[ <things>] {in a game|at the fair|in a contest|in a raffle}",
     2},
    {"after help",
     "{|Then |Later |In the evening }<his> "
     "{mother|father|aunt|uncle|grandmother|grandfather|sister|brother|cousin|neighbour} "
     "~brought/brings~ <him> <x> more[ <things>]",
     0},
    {"after the post",
     "{|Then |Later |On Monday |The next morning }<x> more <things> ~came/come~ {in the post|by mail|in a parcel}", 2},
    {"after collecting", "{|Then |Later |During the week }<N> ~collected/collects~ <x> more[ <things>]", 2},
    {"after swapping", "{|Then |Later }<N> ~swapped/swaps~ a toy for <x> more <things>", 2},
    {"after the shop",
     "{|Then |Later |At the end of the week }<N> ~brought/brings~ home <x> more[ <things>] from the <shop>", 0},
};
static const event losses[] = {
    {"after giving",
     "{|Then |Later |After that |The next day }<N> ~gave/gives~ <x> {of them|of the <things>|<things>} to <C>", 0},
    {"after giving",
     "{|Then |Later }<N> ~handed/hands~ <x> {of them|of the <things>} {to <C>|over to a friend|out to the neighbours}",
     0},
    {"after losing",
     "{|Then |Later |Sadly, |Unluckily, }<N> ~lost/loses~ <x> {of them|<things>}[ {on the bus|in the rain|at the "
     "<place>|on the way home}]",
     2},
    {"after selling",
     "{|Then |Later |On Saturday }<N> ~sold/sells~ <x> {of them|of the <things>|<things>}[ {at the market|to a "
     "neighbour|online|at a fair}]",
     0},
    {"after eating",
     "{|Then |Later |That evening }<N> ~ate/eats~ <x> {of them|of the <things>}[ {with <C>|for lunch|with the "
     "family|for breakfast}]",
     1},
    {"after the snack", "<his> {friends|cousins|guests|sisters} ~ate/eat~ <x> {of them|of the <things>}", 1},
    {"after donating",
     "{|Then |Later |On Friday }<N> ~donated/donates~ <x> {of them|<things>} to {the school|the library|a charity|a "
     "museum|a children's home}",
     0},
    {"after sorting",
     "<x> of them {~turned/turn~ out to be|~were/are~} {damaged|useless|in bad shape}, so <N> ~threw/throws~ "
     "{them|these} away",
     2},
    {"after sorting", "<x> of them ~were/are~ {spoiled|bad|too old to eat}, so <N> ~threw/throws~ {them|these} away",
     1},
    {"after lending", "{|Then |Later }<N> ~lent/lends~ <x> {of them|<things>} to <C>", 2},
    {"after using", "{|Then |Later |For a project }<N> ~used/uses~ <x> {of them|of the <things>}", 2},
    {"after cooking",
     "{|Then |Later |For dinner }<N> ~used/uses~ <x> {of them|of the <things>} {in the kitchen|for a meal|for a party}",
     1},
    {"after the trade",
     "{|Then |Later }<N> ~traded/trades~ <x> {of them|of the <things>} for {a book|a game|a new hat}", 0},
};
enum { GAINS = sizeof gains / sizeof *gains, LOSSES = sizeof losses / sizeof *losses };

static const char *const now_ask =
    "{3*How many <things> ~did <A> have/does <A> have~ {now|in the end|at the end|after that|then}|How many <things> "
    "~were/are~ "
    "there {now|in the end}|What ~was/is~ the number of <things> that <A> ~had/has~ {in the end|at the end}|"
    "With how many <things> ~did <A> end up/does <A> end up~}";
static const char *const now_tell = "{<A> {now ~had/has~|~had/has~} **<v>** <things>|In the end <A> ~had/has~ **<v>** "
                                    "<things>|<A> ~ended/ends~ up with **<v>** <things>|"
                                    "There ~were/are~ **<v>** <things>}";

static void ask_now(story *s) { story_ask(s, now_ask, now_tell, s->thing.many); }

static void ask_left(story *s) {
    story_ask(
        s,
        story_chance(s, 50) ? now_ask
                            : "{How many <things> ~were/are~ left[ {now|in the end}]|How many <things> ~did <A> "
                              "have/does <A> have~ left|How many ~were/are~ left {now|then}}",
        "{<A> ~had/has~ **<v>** <things> left|**<v>** <things> ~were/are~ left|That ~left/leaves~ **<v>** <things>}",
        s->thing.many);
}

static bool used_name(const story *s, const char *name) {
    for (int i = 0; i < s->q.n; i++)
        if (!strcmp(s->q.q[i].name, name)) return true;
    return false;
}

static const event *draw_event(story *s, bool gain) {
    for (int tries = 0; tries < 40; tries++) {
        const event *e    = gain ? &gains[rng_below(s->r, GAINS)] : &losses[rng_below(s->r, LOSSES)];
        bool         fits = !e->kind || (e->kind == 1) == (s->kind == LEX_FOOD);
        if (fits && !used_name(s, e->name)) return e;
    }
    return NULL;
}

static void change(story *s) {
    bool         gain = story_chance(s, 46);
    const event *e    = draw_event(s, gain);
    long         v    = quant_value(&s->q, s->subject);
    if (!e || (!gain && v < 5)) {
        s->q.bad = true;
        return;
    }
    quant_term x = story_change(s, gain ? 0 : v);
    story_say(s, e->say, x, STORY_NONE);
    s->subject = quant_op(&s->q, e->name, quant_ref(s->subject), gain ? '+' : '-', x);
    if (gain) ask_now(s);
    else ask_left(s);
}

static void multiply(story *s) { /* one step */
    static const struct {
        const char *word, *say, *name;
        long        k;
    } all[] = {
        {"double",
         "{Then|Later|Over the next month|In the following weeks} <N> ~doubled/doubles~ {the number of <things>|that "
         "number|<his> {collection|supply|stock}}",
         "after doubling", 2},
        {"twice", "{A week|A month|A year} later <N> ~had/has~ twice as many[ <things>]", "later", 2},
        {"three", "{A week|A month|A year} later <N> ~had/has~ three times as many[ <things>]", "later", 3},
        {"four", "{A month|A year} later <N> ~had/has~ four times as many[ <things>]", "later", 4},
        {"triple",
         "{Then|Later|Over the next month} <N> ~tripled/triples~ {that number|<his> {collection|supply|stock}}",
         "after tripling", 3},
    };
    size_t k = rng_below(s->r, sizeof all / sizeof *all);
    if (used_name(s, all[k].name)) s->q.bad = true;
    story_say(s, all[k].say, STORY_NONE, STORY_NONE);
    s->subject = quant_op(&s->q, all[k].name, quant_said(all[k].word, all[k].k), '*', quant_ref(s->subject));
    ask_now(s);
}

static const struct part {
    const char *said;
    long        k, m;
} parts[] = {
    {"half", 1, 2},       {"half", 1, 2},           {"a third", 1, 3},    {"a quarter", 1, 4}, {"a fifth", 1, 5},
    {"two thirds", 2, 3}, {"three quarters", 3, 4}, {"two fifths", 2, 5}, {"20%", 1, 5},       {"25%", 1, 4},
    {"50%", 1, 2},        {"10%", 1, 10},           {"75%", 3, 4},        {"30%", 3, 10},      {"40%", 2, 5}};

static const struct part *draw_part(story *s) {
    int  n = s->level < 4 ? 4 : s->level < 6 ? 8 : (int)(sizeof parts / sizeof *parts);
    long v = quant_value(&s->q, s->subject);
    for (int tries = 0; tries < 20; tries++) {
        const struct part *p = &parts[rng_below(s->r, (uint64_t)n)];
        if (v > p->m && v % p->m == 0) return p;
    }
    return NULL;
}

static bool part_away(story *s) { /* two steps: the part, and what is left */
    static const struct {
        const char *say, *part, *left;
        int         kind;
    } all[] = {
        {"{|Then |Later }<N> ~gave/gives~ <p> of {them|the <things>|what <he> ~had/has~} {to <D>|away|to a friend}",
         "given away", "kept", 0},
        {"{|Then |Later }<N> ~sold/sells~ <p> of {them|the <things>|what ~was/is~ left}", "sold", "unsold", 0},
        {"{|Then |Later }<N> and <D> ~ate/eat~ <p> of {them|the <things>}", "eaten", "not eaten", 1},
        {"{|Then |Later }<N> ~put/puts~ <p> of {them|the <things>} away for {the winter|later|next year} and "
         "~kept/keeps~ the others on the table",
         "put away", "on the table", 0}};
    size_t             i = rng_below(s->r, 4);
    const struct part *f = draw_part(s);
    if (!f || used_name(s, all[i].part) || (all[i].kind && s->kind != LEX_FOOD)) return false;
    s->p = f->said;
    story_say(s, all[i].say, STORY_NONE, STORY_NONE);
    int part   = quant_part(&s->q, all[i].part, s->subject, f->k, f->m, f->said);
    s->subject = quant_op(&s->q, all[i].left, quant_ref(s->subject), '-', quant_ref(part));
    story_ask(
        s,
        i == 1   ? "How many <things> ~were/are~ {left|unsold|not sold}"
        : i == 2 ? "How many <things> ~were/are~ left"
        : i == 3 ? "How many <things> ~were/are~ on the table"
                 : "How many <things> ~did <A> keep/does <A> keep~",
        "{<A> ~had/has~ **<v>** <things> left|**<v>** <things> ~were/are~ left|That ~left/leaves~ **<v>** <things>}",
        s->thing.many);
    return true;
}

/* ---- openings */
static void open_given(story *s) {
    quant_term x = story_start(s);
    story_say(s,
              "{4*<A> ~had/has~ <x> <things>|<A> ~owned/owns~ <x> <things>|There ~were/are~ <x> <things> in <A>'s "
              "<box>|<A> ~started/starts~ with <x> <things>|<A> "
              "~had/has~ <abox> with <x> <things>|{On Monday|This morning|Last week} <A> ~bought/buys~ <x> <things>[ "
              "at the <shop>]|<A> ~collected/collects~ <x> <things>}",
              x, STORY_NONE);
    s->subject = quant_given(&s->q, "start", x);
    ask_now(s);
}

static int open_story(story *s, int steps) { /* returns the steps that it took */
    uint64_t k = rng_below(s->r, 10);
    if (steps >= 2 && k < 3) {
        story_groups(s);
        return 1;
    }
    if (steps >= 3 && k < 6) {
        int n = steps > 5 ? story_range(s, 2, 4) : story_range(s, 1, 2);
        story_compare(s, n, true);
        return n;
    }
    open_given(s);
    return 0;
}

void story_owned(story *s, int steps) {
    int done = open_story(s, steps);
    s->ready = true;
    int ends = s->level < 2       ? 0
               : steps - done > 5 ? story_range(s, 1, 4)
               : steps - done > 2 ? story_range(s, 0, 2)
               : steps - done > 1 ? story_range(s, 0, 1)
                                  : story_chance(s, 15);
    while (done < steps - ends && !s->q.bad) {
        if (steps - ends - done >= 2 && s->level >= 3 && story_chance(s, 22) && part_away(s)) done += 2;
        else if (s->level >= 2 && story_chance(s, 8)) multiply(s), done++;
        else change(s), done++;
    }
    while (done < steps && !s->q.bad && !s->final) {
        story_end(s);
        done++;
    }
}

/* ---- backwards */
static void known_now(story *s, long v) {
    quant_term x = quant_num(v);
    quant_known(&s->q, s->subject);
    story_say(s, "{Now|In the end|After that|At the end|Then} <N> ~had/has~ <x> <things>[ left]", x, STORY_NONE);
}

/* How many at first? */
static void unknown_start(story *s, int steps) {
    long v = story_start(s).v.v;
    story_say(s,
              "{2*<A> ~had/has~ some <things>|<A> ~had/has~ <abox> of <things>|<A> ~started/starts~ with some "
              "<things>|There ~were/are~ some <things> in <A>'s <box>}",
              STORY_NONE, STORY_NONE);
    s->subject = quant_unknown(&s->q, "start", v);
    s->ready   = true;
    for (int i = 0; i < steps && !s->q.bad; i++) {
        if (i && s->level >= 4 && story_chance(s, 20)) multiply(s);
        else change(s);
    }
    if (s->q.bad) return;
    /* "left" sounds wrong after a gain, "now" never does */
    known_now(s, quant_value(&s->q, s->subject));
    s->q.asked = s->q.unknown;
    story_ask(s,
              "{How many <things> did <A> have {at first|in the beginning|at the start|to begin with|before all "
              "this}|With how many <things> did <A> start|What was the number of <things> at the start}",
              "{<A> had **<v>** <things> {at first|in the beginning|at the start}|<A> started with **<v>** <things>|At "
              "the start there were **<v>** <things>}",
              s->thing.many);
}

/* How many more, or how many fewer, in that one step? */
static void unknown_change(story *s, int steps) {
    open_given(s);
    s->ready  = true;
    bool gain = story_chance(s, 50);
    for (int i = 1; i < steps && !s->q.bad; i++) change(s);
    long v = quant_value(&s->q, s->subject);
    if (s->q.bad || (!gain && v < 6)) {
        s->q.bad = true;
        return;
    }
    const char *name = gain ? "new ones" : "given away";
    int         u    = quant_unknown(&s->q, name, story_change(s, gain ? 0 : v).v.v);
    story_say(s,
              gain ? "{|Then |Later }<N> ~bought/buys~ {some|some more|a few more}[ <things>]"
                   : "{|Then |Later }<N> ~gave/gives~ {some|a few|some of them} {to <D>|away|to a friend}",
              STORY_NONE, STORY_NONE);
    s->subject = quant_op(&s->q, "now", quant_ref(s->subject), gain ? '+' : '-', quant_ref(u));
    if (s->q.bad) return;
    known_now(s, quant_value(&s->q, s->subject));
    s->q.asked = u;
    if (gain)
        story_ask(s,
                  "{How many <things> did <A> buy {then|in that last step|at the end}|How many new <things> did <A> "
                  "buy in the last step}",
                  "{<A> bought **<v>** <things>|**<v>** <things> were bought then}", s->thing.many);
    else
        story_ask(s,
                  "{How many <things> did <A> give {away at the end|away in that last step}|How many of the <things> "
                  "did <A> give away in the last step}",
                  "{<A> gave away **<v>** <things>|**<v>** <things> were given away}", s->thing.many);
}

void story_backward(story *s, int steps) {
    if (story_chance(s, 60)) unknown_start(s, steps);
    else unknown_change(s, steps);
    s->final = true;
}
