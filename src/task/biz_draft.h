/* biz_draft.h -- a business problem while it is drawn, and what every family does with it then.
 *
 *   static void draw(biz_draft *d) {
 *       biz_draft_find(d, "tax");
 *       int net = biz_draft_money(d, "net", 'a', 120, 0), rate = biz_draft_number(d, "rate", 'b', 20, "%");
 *       sheet_percent(...);
 *       d->plan = "...", d->ask = "{<who> pays <a> and <b> tax. ...}", d->answer = "{The tax is|Tax:} <v>.";
 *   }
 *   static void make(rng *r, int level, problem *p) { biz_draft_make(p, r, level, "tax", draw); }
 *
 * draw is called until the sheet can be worked out (no tie, no division by nothing). Slots of ask: a to f as filled,
 * who, what (the measure's column), most and high (in words, for d->most), name (d->name). With d->table the ledger
 * goes before or after the question.
 *
 * Memory:  the draft is the caller's for the call only.   Errors: none.   Threads: any. */
#ifndef R1_BIZ_DRAFT_H
#define R1_BIZ_DRAFT_H
#include "task/biz.h"

enum { BIZ_SLOTS = 6 };
typedef enum { BIZ_MONEY, BIZ_PERCENT, BIZ_UNITS } biz_kind;
typedef struct biz_draft {
    rng        *r;
    int         level;
    money       m;
    measure     q; /* money; draw may draw another one */
    ledger      l;
    sheet       s;
    str         u, slot[BIZ_SLOTS];
    const char *plan, *lead, *ask, *answer; /* lead: what is told before it is asked, or NULL */
    /* patterns; answer has <v>, or <name> and <v> if d->named */
    const char *negative; /* answer for a value below 0 */
    const char *name, *names[LEDGER_MAX];
    bool        table, named, most, person; /* person: who is somebody, not a firm */
    int         outs[8], n_outs;            /* the cells that are asked for, if not the last one */
    const char *sense;                      /* instead of most and least in a winner's truth, e.g. "cheap" */
    int         round;                      /* 1, 2: the question says so many decimals */
    biz_kind    kind;                       /* of the value */
    const char *unit;                       /* BIZ_UNITS: "units", or "" */
} biz_draft;
void biz_draft_make(problem *p, rng *r, int level, const char *name, void (*draw)(biz_draft *d));
void biz_draft_find(biz_draft *d, const char *what);
/* A given of the first line and of a slot ('a'...); returns its cell. */
int biz_draft_money(biz_draft *d, const char *label, char slot, long v, int places);
int biz_draft_number(biz_draft *d, const char *label, char slot, long v, const char *after);
/* The ledger's column into the first line, its cells into `of`; the names into d->names. Returns how many. */
int  biz_draft_column(biz_draft *d, const char *col, const char *in, int *of);
long biz_draft_range(biz_draft *d, long lo, long hi);
bool biz_draft_chance(biz_draft *d, int percent);
#endif
