/* fam.h -- the families that family.c lists, and what their makers share.
 *
 *   static void work(trace *t, void *ctx, fam_value *found);             // one honest or slipping pass over Work
 *   static bool check(trace *t, void *ctx, const fam_value *found);
 *   fam_value f = fam_work(p, r, &(fam_phases){work, check, &problem});  // appends both, sometimes twice
 *
 * A family's Work and Check are functions of the problem alone that write into a trace, so that they can be run once
 * with a mistake and once without.
 *
 * Memory:  nothing is kept.   Errors: none.   Threads: any. */
#ifndef R1_FAM_H
#define R1_FAM_H
#include "task/digits.h"
#include "task/family.h"

#define FAMILY(f) extern const family fam_##f;
#include "task/families.def"
#undef FAMILY

/* What Work arrives at: numbers, compared member by member (a value; a fraction; a quotient and its rest). */
typedef struct fam_value {
    long v, w;
} fam_value;
typedef struct fam_phases {
    void (*work)(trace *t, void *ctx, fam_value *found); /* the lines after "Work:\n" */
    /* The text after "Check: "; writes up to and without the verdict of the last comparison. Returns whether all holds.
     */
    bool (*check)(trace *t, void *ctx, const fam_value *found);
    void *ctx;
} fam_phases;
/* Appends Work and Check to p->reasoning, at level >= 2 in 12% of the problems after a Work that went wrong at one
 * place and a Check that finds it. Returns the value. Work is run several times and must write the same each time but
 * for the slip; the last run has none, so what it leaves in ctx is right. */
fam_value fam_work(problem *p, rng *r, const fam_phases *ph);
/* The same with every column written out: fam_work's are brief (digits.h). */
fam_value fam_work_spelled(problem *p, rng *r, const fam_phases *ph);
/* What stands after "Understand: " in the first line; false with a reason if that is missing or the question's numbers
 * are not the ones that it states. */
bool fam_understood(const problem *p, const char **text, size_t *n, char why[96]);
/* "a = b, right\n" or "a is not b, wrong\n"; returns a == b. */
bool fam_compare(trace *t, long a, long b);
#endif
