/* tale.h -- a problem whose question is one pattern with slots and whose way is a row of quantities (quant.h).
 *
 *   static void walk(tale *t) {
 *       quant_term v = tale_num(t, "v", tale_range(t, 3, 9)), h = tale_num(t, "h", tale_range(t, 2, 8));
 *       t->q.asked   = quant_op(&t->q, "distance", v, '*', h);
 *       t->ask       = "{How far|What distance} does <A> walk in <h> hours at <v> km an hour?";
 *       t->tell      = "{<A> walks|That is} **<answer> km**.";
 *   }
 *   static void (*const kind[])(tale *) = {walk, ...};
 *   tale_make(r, level, p, "speed", kind, n);       // one of these that is not bad
 *
 * Slots: A B C people with he him his (of A) and she her hers (of B); those that tale_num and tale_text add; answer.
 *
 * Memory:  texts are copied.   Errors: more slots than fit: abort; t->q.bad: drawn again.   Threads: any. */
#ifndef R1_TALE_H
#define R1_TALE_H
#include "task/lexicon.h"
#include "task/quant.h"
#include "task/wording.h"

enum { TALE_SLOTS = 32, TALE_TEXT = 64 };
typedef struct tale {
    rng        *r;
    int         level;
    quants      q;
    person      a, b, c;
    const char *ask, *tell; /* patterns */
    const char *kind;       /* goes into the key, e.g. the unit: problems with equal numbers and other kinds differ */
    bool        money; /* the answer is written with cents where it has any: 12.50 */
    const char *pi;         /* "\xcf\x80" where the answer is so many times that; else NULL */
    char        unit[24];   /* " cm^2" behind the truth, or empty */
    word_slot   slot[TALE_SLOTS];
    char        text[TALE_SLOTS][TALE_TEXT];
    int         n;
} tale;
typedef void (*tale_kind)(tale *t);

bool       tale_chance(tale *t, int percent);
int        tale_range(tale *t, int lo, int hi);
int        tale_pick(tale *t, int n);                     /* 0..n-1 */
quant_term tale_num(tale *t, const char *slot, long v);   /* in digits */
quant_term tale_maybe(tale *t, const char *slot, long v); /* small ones at times in words */
quant_term tale_cents(tale *t, const char *slot, long v); /* 350 is "3.50", 300 is "3" or "3.00" */
void       tale_text(tale *t, const char *slot, const char *text);
void       tale_said(tale *t, const char *fmt, ...) R1_PRINTF(2, 3); /* q.said */
void       tale_plan(tale *t, const char *fmt, ...) R1_PRINTF(2, 3); /* q.plan */
void       tale_make(rng *r, int level, problem *p, const char *name, const tale_kind *kind, int n);
bool       tale_right(const problem *p, const char *answer, char why[96]); /* the truth is one number */
#endif
