/* reject.h -- stage reject of `r1 train`, rejection sampling: the model answers, the checkers choose, rows are written.
 *
 *   const trainer_hooks hooks = {.reject = reject_run, ...};    // cli/cmd_train.c; stages_run calls it with the model
 *   text = 1 runs/mine/reject.jsonl                             // in the mix of a recipe that learns from the rows
 *
 * A step asks [reject] questions problems of the mix (training split) `group` times each. An answer is kept if it ended
 * by itself, is right, has the four phases, stays in one language, does not go round in circles, and all its
 * calculations hold (data/rows.h, but for those that its own check found wrong): the paper's "readable" ones
 * (DeepSeek-R1, section 2.3.3), with a program as the reader. Of those to one question the `keep` shortest different
 * ones become rows. The shortest is also one that needed no second try.
 *
 * OUT/reject.jsonl holds a row a line as `r1 data make` prints them: {"family", "level", "question", "reasoning",
 * "answer", "truth"}; `r1 data check` finds nothing wrong in it. A row that came twice is there once.
 *
 * Step k's rows are a function of model, recipe and k. They are written whole to OUT/reject/k.jsonl, so that a run that
 * was killed goes on behind the last one and ends with the same bytes; at the end they are joined and removed.
 *
 * Memory:  everything is freed before it returns.
 * Errors:  as trainer_run; no row at all is one. Ctrl-C drops the step that was being made.
 * Threads: one caller. */
#ifndef R1_REJECT_H
#define R1_REJECT_H
#include "rl/reward.h"
#include "train/trainer.h"

trainer_end reject_run(model *m, const trainer_args *a, err *e);
/* One answer as a row (with its newline, appended to out), if it is good enough; else false with the reason. */
bool reject_row(const family *f, const problem *p, const char *response, size_t n, const reward_parts *r, str *out,
                char why[96]);
#endif
