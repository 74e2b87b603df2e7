/* guard.h -- is this step's loss one to learn from? A loss that is not finite, or far above what it was lately, says
 * that a batch or the state is bad.
 *
 *   double median;
 *   if (!guard_fits(&g, loss, 1.5, &median)) ...      // the caller goes back to a good checkpoint
 *   else guard_note(&g, loss);
 *
 * Far above: loss > spike * median + GUARD_SLACK, the median being that of the last GUARD_WINDOW steps. The slack keeps
 * quiet where losses are small: an annealing stage at 0.005 nats a token doubles and halves from step to step. In the
 * runs behind the shipped models the largest loss was 1.13 times the median at 1 nat, and 0.02 nats above it at 0.01.
 *
 * Memory:  plain data, part of a checkpoint.   Errors: none.   Threads: one. */
#ifndef R1_GUARD_H
#define R1_GUARD_H
#include <stdbool.h>
#include <stdint.h>

enum { GUARD_WINDOW = 64, GUARD_MIN = 8 /* losses to be known before one can be far above them */ };
static const double GUARD_SLACK = 0.5;
typedef struct guard {
    int64_t seen;               /* losses noted */
    double  loss[GUARD_WINDOW]; /* number i stands at i % GUARD_WINDOW */
} guard;

double guard_median(const guard *g); /* 0 while there is none */
/* spike = 0: only what is not finite is refused. *median as above. */
bool guard_fits(const guard *g, double loss, double spike, double *median);
void guard_note(guard *g, double loss);
#endif
