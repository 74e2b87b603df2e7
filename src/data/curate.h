/* curate.h -- which rows stay: right ones, once, and none that an evaluation set holds.
 *
 *   curate *c = curate_new(&(curate_options){.contam = against});
 *   curate_row r;
 *   curate_look(c, &p, CURATE_VERIFY, &r);        // the costly part: any thread, any order
 *   switch (curate_take(c, &r)) ...               // the cheap part: one thread, in the order of the rows
 *
 * A row is dropped, in this order of reasons, when
 *   wrong      its verifier does not agree (rows.h); r.why says why
 *   eval       its question, reasoning or answer shares a run of ten words with an evaluation set (contam.h)
 *   held       its question is one of the held-out problems that were shown to curate_hold
 *   twice      the same question was kept before (case, spacing and punctuation aside), of the same family
 *   near       a question with the same numbers, symbols, truth and family was, and 0.8 or more of its five-word runs
 *              are the same (minhash.h)
 * So what the output holds depends on the order of the rows alone, not on how many threads looked at them.
 *
 * Memory:  fixed: 2^29 bits for `twice` and 2^20 rows for `near` by default, 210 MB. Nothing grows with the rows: past
 *          10M rows one new row in 1.6M is taken for an old one, and near copies are found among the last 1M kept.
 * Errors:  none; a verdict is not an error.
 * Threads: see above. */
#ifndef R1_CURATE_H
#define R1_CURATE_H
#include "data/bloom.h"
#include "data/contam.h"
#include "data/minhash.h"
#include "data/rows.h"

typedef enum { CURATE_KEEP, CURATE_WRONG, CURATE_EVAL, CURATE_HELD, CURATE_TWICE, CURATE_NEAR, CURATE_N } curate_end;
extern const char *const curate_names[CURATE_N]; /* "kept", "wrong", "eval", "held", "twice", "near" */

typedef struct curate_options {
    const contam *contam;     /* NULL: nothing to compare with */
    int           bloom_bits; /* 0: 29 */
    int           near_bits;  /* 0: 20 */
    double        near;       /* least similarity of near copies; 0: 0.8; above 1: none */
} curate_options;
typedef struct curate_row {
    uint64_t question, salt;
    minhash  m;
    bool     wrong, eval;
    int      eval_set;
    char     why[ROWS_WHY]; /* of wrong; of eval: the shared run */
} curate_row;
typedef struct curate curate;

enum { CURATE_TRUST, CURATE_VERIFY }; /* the row is known to be right, or its verifier is asked */
curate    *curate_new(const curate_options *o);
void       curate_free(curate *c);
void       curate_hold(curate *c, const problem *p); /* before any look: a validation or test problem */
void       curate_look(const curate *c, problem *p, int verify, curate_row *r);
curate_end curate_take(curate *c, const curate_row *r);
long       curate_count(const curate *c, curate_end how);
long       curate_eval_by(const curate *c, int set); /* dropped for evaluation file `set` */
double     curate_false_twice(const curate *c);      /* probability that the next new row is taken for an old one */
/* What was dropped and why, as lines. */
void curate_report(const curate *c, str *out);
/* The normalised question of a row of a family, as it is compared. */
uint64_t curate_question(const problem *p);
#endif
