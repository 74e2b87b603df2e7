/* about.h -- OUT/about.json: what a run stands on, for who reads its report: the machine, the versions, the model's
 * size, and for each stage its mix as shares.
 *
 *   about_stage a = {.stage = "pretrain", .o = o, .mix = mix, .m = m, .peak = flops};
 *   about_put("out/about.json", &a, &e);       // other stages' entries stay
 *
 * Memory:  nothing is kept.   Errors: what cannot be written; a file that is no JSON is begun anew.   Threads: one. */
#ifndef R1_ABOUT_H
#define R1_ABOUT_H
#include "model/model.h"
#include "train/recipe.h"

typedef struct about_stage {
    const char         *stage;
    const recipe_stage *o;
    const recipe_mix   *mix;
    const model        *m;
    double              peak; /* FLOP/s, measured, of the operand type */
} about_stage;
bool about_put(const char *path, const about_stage *a, err *e) R1_MUST_USE;
#endif
