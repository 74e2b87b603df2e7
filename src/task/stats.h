/* stats.h -- what the families of the field "research" share: drawing a column, answers with units, comparing decimals.
 *
 *   static const stats_level at[10] = {{3, 4, 20, 0, -1}, ...};
 *   dataset d;
 *   stats_draw(&d, r, &at[level - 1]);
 *   ...
 *   stats_answer(p, r, &d, "mean", value);       // truth and answer
 *
 * Memory:  the dataset's.   Errors: none.   Threads: any. */
#ifndef R1_STATS_H
#define R1_STATS_H
#include "task/dataset.h"
#include "task/decimal.h"
#include "task/fam.h"

typedef struct stats_level {
    int n_lo, n_hi; /* how many values */
    int hi;         /* their size: study_variable's */
    int places;     /* of the values */
    int round;      /* of the result; -1: it is exact */
} stats_level;
/* One variable of a study, n values; differences between them are not tiny. */
void stats_draw(dataset *d, rng *r, const stats_level *at);
/* Values of a variable at the level's size: one more list. */
void stats_fill(numlist *v, rng *r, const variable *var, int n, int places);
/* The data pasted, the question asked, the key ("mean:mean of 3, 5, 8") and the first two phases written. `head` begins
 * the Understand line ("mean of "). p->level must be set. */
void stats_begin(problem *p, rng *r, dataset *d, const char *head, const char *plan, const char *ask,
                 const word_slot *slots);
/* Truth and answer for a number; `name` is the measure ("mean"), the unit the variable's (unit: false without one). */
void stats_answer(problem *p, rng *r, const dataset *d, const char *name, decimal value, bool unit);
/* "a = b, right\n" or "a is not b, wrong\n". */
bool stats_compare(trace *t, decimal a, decimal b);
/* The same inside a check: "a = b\n", and nothing is decided yet unless they differ. */
bool      stats_agree(trace *t, decimal a, decimal b);
fam_value stats_value(decimal d);
decimal   stats_decimal(const fam_value *v);
/* The quotient a / b was rounded to q: q * b must be a, but for half a unit of q's last place. */
bool stats_undo_division(trace *t, decimal q, long b, decimal a, int round);
/* " to two decimals" for a question, "" for round < 0; and does the question say so? */
const char *stats_rounding(rng *r, int round);
bool        stats_says_rounding(const problem *p, int round);
/* The one column that is understood after head; what is wrong otherwise. */
bool stats_column(const problem *p, const char *head, numlist *v, char why[96]);
/* Quartiles: the medians of the lower and of the upper half of a sorted list of different numbers; a middle number
 * belongs to neither. */
void stats_quartiles(trace *t, const numlist *sorted, decimal *q1, decimal *q3);
/* Every pair of rows: does y move the same way as x? "1 < 3 up, 2 < 5 down, against 1\n"; x, and y, have no value
 * twice. Those of the last rows first with back. */
void stats_pairs(trace *t, const numlist *x, const numlist *y, bool back, int *same, int *against);
int  stats_pairs_of(const numlist *x, const numlist *y); /* same - against, without a word */
/* n values lo..hi with no value twice: false if there are too few. */
bool stats_fill_different(numlist *v, rng *r, const variable *var, int n, int most);
/* Without a word. */
ratio stats_median_of(const numlist *sorted);
void  stats_quartiles_of(const numlist *sorted, ratio *q1, ratio *q3);
bool  stats_different(const numlist *v); /* no two are equal */
bool  chance_of(rng *r, int percent);
#endif
