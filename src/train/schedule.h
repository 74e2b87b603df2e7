/* schedule.h -- the learning rate of a step.
 *
 *   schedule s = {.lr = 2e-3f, .min_lr = 2e-4f, .warmup = 200, .steps = 4000, .kind = SCHED_WSD, .decay = 0.2f};
 *   float lr = schedule_lr(&s, step);        // step 0 is the first
 *
 * cosine: linear warm-up to lr, then half a cosine down to min_lr at the last step (Loshchilov & Hutter 2017, eq. 5).
 * wsd:    linear warm-up, a plateau at lr, and over the last `decay` share of the steps min_lr + (lr - min_lr) *
 *         (1 - sqrt(x)), x going from 0 to 1 (Haegele et al. 2024, section 4: "1-sqrt" beats linear). The plateau
 *         makes a run cheap to prolong: only its tail is done again.
 *
 * A pure function of the step: a resumed run needs no state for it.
 * Memory: plain data.   Errors: none (recipe.c has checked the ranges).   Threads: any. */
#ifndef R1_SCHEDULE_H
#define R1_SCHEDULE_H
#include <stdint.h>

typedef enum { SCHED_COSINE, SCHED_WSD } schedule_kind;
typedef struct schedule {
    float         lr, min_lr;
    int64_t       warmup, steps;
    schedule_kind kind;
    float         decay; /* share of the steps, (0, 1]; wsd only */
} schedule;

float schedule_lr(const schedule *s, int64_t step);
/* DeepSeek-V3 section 4.2: the MTP weight is `start` for the first `share` of the run, then `end`. */
float schedule_mtp(float start, float end, float share, int64_t steps, int64_t step);
#endif
