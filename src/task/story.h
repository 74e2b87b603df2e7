/* story.h -- a story problem under construction: quantities (quant.h), and the sentences that tell them.
 *
 *   story s = story_new(r, level);
 *   quant_term x = story_num(&s, 3, 60);
 *   s.subject = quant_given(&s.q, "start", x);
 *   story_say(&s, "<A> ~had/has~ <x> <things>", x, none);
 *   story_ask(&s, "How many <things> ~did <A> have/does <A> have~ now", "<A> ~had/has~ **<v>** <things>");
 *   story_put(&question, &s);
 *
 * Patterns are wording.h's. ~past/present~ is the story's tense. Slots: A, B, C, D people, N the main person's name or
 * pronoun, he him his; thing things, box boxes abox ("a box"), place shop; x y numbers, mx my the same as money; p q
 * words of the scene; v the value that is asked and unit its noun (answers only).
 *
 * The story goes on at s.subject, a count of things that A owns: openings make one, events change it, endings turn it
 * into something else (shares, boxes, money). Each leaves a question for what it made; the last one is asked.
 *
 * Memory:  story_free.   Errors: s.q.bad: draw another story.   Threads: any. */
#ifndef R1_STORY_H
#define R1_STORY_H
#include "task/lexicon.h"
#include "task/quant.h"
#include "task/wording.h"

enum { STORY_LINES = 28 };
typedef struct story {
    rng          *r;
    int           level;
    bool          past;
    quants        q;
    str           line[STORY_LINES];
    bool          moves[STORY_LINES]; /* a statement that could stand anywhere among its like */
    int           n;
    person        a, b, c, d;
    noun          thing, box;
    lexicon_class kind; /* of thing */
    const char   *place, *shop, *cur_before, *cur_after;
    int           subject, steps;
    bool          money; /* the subject is money */
    bool          ready; /* A may be called he or she */
    bool          final; /* nothing can follow */
    str           ask, tell;
    const char   *unit;
    const char   *p, *w; /* slots <p>, <w> */
    char          hold[4][64];
} story;

story story_new(rng *r, int level);
void  story_free(story *s);
bool  story_chance(story *s, int percent);
int   story_range(story *s, int lo, int hi);
/* Sizes that fit the level. */
quant_term story_start(story *s);             /* how many there are at first */
quant_term story_change(story *s, long most); /* a gain or, below `most`, a loss */
quant_term story_factor(story *s);            /* how many groups, how many in each */
quant_term story_price(story *s);
quant_term story_num(story *s, long v); /* small ones at times in words */
quant_term story_digits(long v);
long       story_divisor(story *s, long v); /* 2..12, or 0 */
#define STORY_NONE ((quant_term){.ref = -1})
void story_say(story *s, const char *pattern, quant_term x, quant_term y);
void story_ask(story *s, const char *ask, const char *tell, const char *unit);
void story_put(str *question, story *s);
void story_answer(str *out, story *s, long v);

/* The scenes, each in its own file. Each uses about `steps` operations. */
void story_owned(story *s, int steps);              /* story_own.c: things of a person: opening, events, ending */
void story_backward(story *s, int steps);           /* story_own.c: the start or one change is asked */
void story_setting(story *s, int steps);            /* story_set.c: a bus, a tank, a shop, a purse, a book */
void story_compare(story *s, int steps, bool keep); /* story_compare.c; keep: A's count is the subject and goes on */
void story_groups(story *s);           /* story_group.c: one step: groups of equal size; the subject is A's */
void story_scene(story *s, int steps); /* story_group.c: rates, shopping, parts of a whole */
void story_end(story *s);              /* story_end.c: one step on: share, pack, sell, spend, ... */
void story_distract(story *s);         /* story_end.c: a sentence with a number that nothing needs */
#endif
