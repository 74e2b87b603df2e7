/* story_compare.c -- several people, colours or animals, each told by comparing with another. */
#include <stdio.h>
#include <string.h>
#include "task/story.h"

typedef struct verb {
    const char *past, *now, *base;
    const char *one, *many; /* NULL: things */
} verb;
static const verb verbs[] = {{"had", "has", "have", NULL, NULL},
                             {"had", "has", "have", NULL, NULL},
                             {"had", "has", "have", NULL, NULL},
                             {"collected", "collects", "collect", NULL, NULL},
                             {"bought", "buys", "buy", NULL, NULL},
                             {"sold", "sells", "sell", NULL, NULL},
                             {"scored", "scores", "score", "point", "points"},
                             {"read", "reads", "read", "page", "pages"},
                             {"planted", "plants", "plant", "tree", "trees"},
                             {"caught", "catches", "catch", "fish", "fish"},
                             {"solved", "solves", "solve", "riddle", "riddles"},
                             {"sold", "sells", "sell", "ticket", "tickets"},
                             {"wrote", "writes", "write", "letter", "letters"},
                             {"ran", "runs", "run", "lap", "laps"},
                             {"swam", "swims", "swim", "length", "lengths"},
                             {"painted", "paints", "paint", "picture", "pictures"},
                             {"folded", "folds", "fold", "paper crane", "paper cranes"},
                             {"took", "takes", "take", "photo", "photos"},
                             {"answered", "answers", "answer", "question", "questions"},
                             {"learned", "learns", "learn", "word", "words"},
                             {"watched", "watches", "watch", "film", "films"},
                             {"climbed", "climbs", "climb", "step", "steps"},
                             {"built", "builds", "build", "model", "models"},
                             {"packed", "packs", "pack", "parcel", "parcels"},
                             {"visited", "visits", "visit", "museum", "museums"},
                             {"earned", "earns", "earn", "point", "points"}};

enum { ENTS = 6 };
typedef struct cast {
    char name[ENTS][QUANT_NAME]; /* in the Understand line */
    char text[ENTS][64];         /* in sentences */
    int  q[ENTS], n;
    bool people;
    char ones[32]; /* "kilometres" never: what is counted */
} cast;

/* Names into the slots B, C, D of one sentence. */
static void say3(story *s, const cast *c, int b, int o, int d, const char *pattern, quant_term x) {
    person kb = s->b, kc = s->c, kd = s->d;
    s->b.name = c->text[b];
    s->c.name = c->text[o];
    s->d.name = c->text[d];
    story_say(s, pattern, x, STORY_NONE);
    s->moves[s->n - 1] = true;
    s->b = kb, s->c = kc, s->d = kd;
}

static void people(story *s, cast *c, int n, bool keep) {
    person      p[ENTS];
    const verb *v = &verbs[keep ? 0 : rng_below(s->r, sizeof verbs / sizeof *verbs)];
    lexicon_people(s->r, p, n);
    for (int i = 0; i < n; i++)
        if (!strcmp(p[i].name, s->a.name)) p[i] = s->b;
    p[n - 1] = s->a;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < i; k++)
            if (!strcmp(p[i].name, p[k].name)) s->q.bad = true;
    if (keep) s->b = p[0]; /* whoever gives and takes later has been met */
    for (int i = 0; i < n; i++) {
        snprintf(c->name[i], sizeof c->name[i], "%s", p[i].name);
        snprintf(c->text[i], sizeof c->text[i], "%s", p[i].name);
    }
    if (v->one) s->thing = (noun){v->one, v->many};
    s->p      = s->past ? v->past : v->now;
    s->w      = v->base;
    c->n      = n;
    c->people = true;
}

static void sorts(story *s, cast *c, int n) { /* colours of things, or animals */
    const char *w[ENTS];
    bool        animals = story_chance(s, 45);
    lexicon_pick(s->r, animals ? LEX_ANIMAL : LEX_COLOUR, w, n);
    s->thing = lexicon_noun(s->r, LEX_OBJECT);
    for (int i = 0; i < n; i++) {
        snprintf(c->name[i], sizeof c->name[i], "%s", w[i]);
        if (animals) snprintf(c->text[i], sizeof c->text[i], "%s", w[i]);
        else snprintf(c->text[i], sizeof c->text[i], "%s %s", w[i], s->thing.many);
    }
    static const char *const spot[] = {"farm", "zoo", "park", "village", "valley"};
    if (animals) {
        s->thing = (noun){"animal", "animals"};
        s->place = spot[rng_below(s->r, 5)];
        s->p     = story_chance(s, 80) ? s->place : "picture book";
        snprintf(s->hold[0], sizeof s->hold[0], "%s the %s", s->p == s->place && s->p == spot[0] ? "on" : "in", s->p);
    } else if (story_chance(s, 50)) {
        snprintf(s->hold[0], sizeof s->hold[0], "in the %s", s->box.one);
    } else {
        snprintf(s->hold[0], sizeof s->hold[0], "in the %s", "shop");
    }
    s->p      = s->hold[0];
    c->n      = n;
    c->people = false;
}

static void root(story *s, cast *c) {
    quant_term x = story_start(s);
    c->q[0]      = quant_given(&s->q, c->name[0], x);
    if (c->people) say3(s, c, 0, 0, 0, "<B> <p> <x> <things>", x);
    else
        say3(s, c, 0, 0, 0,
             "{There ~were/are~ <x> <B> <p>|{I|We} ~counted/count~ <x> <B> <p>|{I|We} ~saw/see~ <x> <B> <p>}", x);
}

static const struct times {
    const char *word, *say, *part;
    long        k;
} times_of[] = {{"twice", "twice", NULL, 2},     {"twice", "twice", NULL, 2},     {"three", "three times", NULL, 3},
                {"four", "four times", NULL, 4}, {"five", "five times", NULL, 5}, {NULL, "half", "half", 2},
                {NULL, "half", "half", 2},       {NULL, "a third", "a third", 3}, {NULL, "a quarter", "a quarter", 4}};

static void times(story *s, cast *c, int i, int o) {
    const struct times *t = &times_of[rng_below(s->r, sizeof times_of / sizeof *times_of)];
    long                v = quant_value(&s->q, c->q[o]);
    if (t->part && v % t->k) t = &times_of[0];
    snprintf(s->hold[1], sizeof s->hold[1], "%s", t->say);
    const char *w = s->w;
    s->w          = s->hold[1];
    if (t->part && strcmp(t->part, "half") != 0) {
        say3(s, c, i, o, o,
             c->people ? "<B> <p> <w> of what <C> <p>" : "The number of <B> ~was/is~ <w> of the number of <C>",
             STORY_NONE);
        c->q[i] = quant_part(&s->q, c->name[i], c->q[o], 1, t->k, t->part);
    } else {
        say3(s, c, i, o, o,
             c->people ? "<B> <p> <w> as many[ <things>] as <C>[ ~did/does~]"
                       : "There ~were/are~ <w> as many <B> as <C>[ <p>]",
             STORY_NONE);
        if (t->part) c->q[i] = quant_part(&s->q, c->name[i], c->q[o], 1, t->k, t->part);
        else c->q[i] = quant_op(&s->q, c->name[i], quant_said(t->word, t->k), '*', quant_ref(c->q[o]));
    }
    s->w = w;
}

static void more(story *s, cast *c, int i, int o) {
    long        v    = quant_value(&s->q, c->q[o]);
    bool        gain = v < 6 || story_chance(s, 55);
    quant_term  x    = story_change(s, gain ? 0 : v);
    const char *say;
    bool        turned = s->level >= 3 && story_chance(s, 18); /* "A has 5 fewer than B" */
    if (c->people && turned)
        say = gain ? "<C> <p> <x> {3*fewer|less} <things> than <B>" : "<C> <p> <x> more <things> than <B>";
    else if (c->people)
        say = gain ? "<B> <p> <x> more[ <things>] than <C>[ ~did/does~]"
                   : "<B> <p> <x> {3*fewer|less}[ <things>] than <C>[ ~did/does~]";
    else if (turned) say = gain ? "There ~were/are~ <x> fewer <C> than <B>" : "There ~were/are~ <x> more <C> than <B>";
    else say = gain ? "There ~were/are~ <x> more <B> than <C>[ <p>]" : "There ~were/are~ <x> fewer <B> than <C>[ <p>]";
    say3(s, c, i, o, o, say, x);
    c->q[i] = quant_op(&s->q, c->name[i], quant_ref(c->q[o]), gain ? '+' : '-', x);
}

static void both(story *s, cast *c, int i) {
    int a = story_range(s, 0, i - 2), b = story_range(s, a + 1, i - 1);
    say3(s, c, i, a, b,
         c->people ? "<B> <p> as many[ <things>] as <C> and <D> {together|combined|put together}"
                   : "There ~were/are~ as many <B> as <C> and <D> together",
         STORY_NONE);
    c->q[i] = quant_sum(&s->q, c->name[i], (int[]){c->q[a], c->q[b]}, 2);
}

static void another(story *s, cast *c, int i) {
    int o = story_chance(s, 70) ? i - 1 : story_range(s, 0, i - 1);
    if (i >= 2 && s->level >= 4 && story_chance(s, 18)) both(s, c, i);
    else if (story_chance(s, 40)) times(s, c, i, o);
    else if (i < c->n - 1 && story_chance(s, 8)) { /* told outright */ quant_term x = story_start(s);
        c->q[i]                                                                     = quant_given(&s->q, c->name[i], x);
        say3(s, c, i, i, i, c->people ? "<B> <p> <x> <things>" : "There ~were/are~ <x> <B>[ <p>]", x);
    } else more(s, c, i, o);
}

/* ---- questions */
static void ask_pair(story *s, const cast *c, int b, int o, const char *ask, const char *tell) {
    person kb = s->b, kc = s->c;
    s->b.name               = c->text[b];
    s->c.name               = c->text[o];
    str             t       = {0};
    const word_slot slots[] = {{"B", s->b.name},       {"C", s->c.name}, {"p", s->p}, {"w", s->w},
                               {"things", "<things>"}, {"v", "<v>"},     {0}};
    wording_put(&t, s->r, tell, slots); /* B and C are only these now */
    story_ask(s, ask, t.p, s->thing.many);
    str_free(&t);
    s->b = kb, s->c = kc;
}

/* The last one's number; what is asked in the end is the story's subject, and that may go on from here. */
static void ask_last(story *s, const cast *c) {
    if (c->people) ask_pair(s, c, c->n - 1, 0, "How many <things> ~did/does~ <B> <w>", "<B> <p> **<v>** <things>");
    else
        ask_pair(s, c, c->n - 1, 0, "{How many <B> ~were/are~ there|What ~was/is~ the number of <B>}[ <p>]",
                 "There ~were/are~ **<v>** <B>");
}

static void ask_total(story *s, const cast *c) {
    s->q.asked = quant_sum(&s->q, "total", c->q, c->n > QUANT_TERMS ? QUANT_TERMS : c->n);
    if (c->people)
        story_ask(s,
                  c->n == 2 ? "{How many <things> ~did/do~ {they|the two|both of them} <w> {together|altogether|in "
                              "all|in total|combined}|What ~was/is~ the total number of <things>}"
                            : "{How many <things> ~did/do~ {they|all of them} <w> {together|altogether|in all|in "
                              "total|combined}|What ~was/is~ the total number of <things>}",
                  "{Together they ~had/have~ **<v>** <things>|The total ~was/is~ **<v>** <things>|That ~made/makes~ "
                  "**<v>** <things> in all}",
                  s->thing.many);
    else
        story_ask(s,
                  "{How many <things> ~were/are~ there[ <p>] {together|altogether|in all|in total}|How many <things> "
                  "~was/is~ that {in all|altogether}|What ~was/is~ the total number of <things>[ <p>]}",
                  "{There ~were/are~ **<v>** <things>[ <p>]|The total ~was/is~ **<v>** <things>|That ~made/makes~ "
                  "**<v>** <things> in all}",
                  s->thing.many);
}

static void ask_difference(story *s, const cast *c) {
    int a = 0, b = c->n - 1;
    if (quant_value(&s->q, c->q[a]) < quant_value(&s->q, c->q[b])) a = b, b = 0;
    s->q.asked = quant_op(&s->q, "difference", quant_ref(c->q[a]), '-', quant_ref(c->q[b]));
    if (c->people)
        ask_pair(s, c, a, b,
                 "{How many more <things> ~did/does~ <B> <w> than <C>|What ~was/is~ the difference between <B>'s and "
                 "<C>'s number of <things>}",
                 "{<B> <p> **<v>** more <things> than <C>|The difference ~was/is~ **<v>** <things>}");
    else
        ask_pair(s, c, a, b, "How many more <B> than <C> ~were/are~ there[ <p>]",
                 "There ~were/are~ **<v>** more <B> than <C>");
}

/* Sentences in another order, and the Understand line in theirs. */
static void shuffle(story *s) {
    int from = s->n, q0;
    while (from > 0 && s->moves[from - 1]) from--;
    int n = s->n - from;
    q0    = 0;
    if (from || n < 2) return;
    for (int i = n - 1; i > 0; i--) {
        int k              = story_range(s, 0, i);
        str t              = s->line[i];
        int o              = s->q.order[q0 + i];
        s->line[i]         = s->line[k];
        s->line[k]         = t;
        s->q.order[q0 + i] = s->q.order[q0 + k];
        s->q.order[q0 + k] = o;
    }
}

/* Who was compared with whom is known, the first is not: "Maya has 5 more than Tom. Maya has 12." */
static void backwards(story *s, cast *c) {
    long v  = story_start(s).v.v;
    c->q[0] = quant_unknown(&s->q, c->name[0], v);
    for (int i = 1; i < c->n && !s->q.bad; i++) {
        if (story_chance(s, 40)) times(s, c, i, i - 1);
        else more(s, c, i, i - 1);
    }
    if (s->q.bad) return;
    int last = c->n - 1;
    quant_known(&s->q, c->q[last]);
    say3(s, c, last, last, last, c->people ? "<B> <p> <x> <things>" : "There ~were/are~ <x> <B>",
         quant_num(quant_value(&s->q, c->q[last])));
    s->moves[s->n - 1] = false;
    s->q.asked         = c->q[0];
    if (c->people) ask_pair(s, c, 0, 0, "How many <things> ~did/does~ <B> <w>", "<B> <p> **<v>** <things>");
    else ask_pair(s, c, 0, 0, "How many <B> ~were/are~ there[ <p>]", "There ~were/are~ **<v>** <B>");
}

void story_compare(story *s, int steps, bool keep) {
    cast c    = {.n = 0};
    bool back = !keep && s->level >= 2 && steps <= 4 && story_chance(s, 18);
    int  kind = keep || back || steps == 1 ? 0 : (int)rng_below(s->r, 10);
    int  n    = kind < 3 ? steps + 1 : steps; /* the question is a step, too */
    if (n > ENTS) n = ENTS;
    if (n < 2) n = 2, kind = 0;
    if (keep || story_chance(s, 65)) people(s, &c, n, keep);
    else sorts(s, &c, n);
    if (back) {
        backwards(s, &c);
        return;
    }
    root(s, &c);
    for (int i = 1; i < n && !s->q.bad; i++) another(s, &c, i);
    s->subject = c.q[n - 1];
    if (s->q.bad) return;
    if (s->level >= 5 && !keep && story_chance(s, 60)) shuffle(s);
    if (keep) ask_last(s, &c);
    else if (kind < 3 && n > 1) ask_last(s, &c);
    else if (kind < 8) ask_total(s, &c);
    else ask_difference(s, &c);
}
