/* trainer.h -- the training loop of one stage.
 *
 *   trainer_args a = {.stage = "pretrain", .opt = &r->stage[STAGE_PRETRAIN], .dir = "out", .resume = true, ...};
 *   trainer_end how = trainer_run(m, &a, &e);        // TRAIN_DONE, TRAIN_STOPPED (checkpoint written) or TRAIN_FAILED
 *
 * A step: fill batch_tokens / micro_tokens packed micro-batches; forward and backward of each (model_loss); clip and
 * AdamW; move the gate's biases; write a line to metrics.jsonl. Between steps, when due: validation loss on a fixed
 * set, answered problems (through a hook: this room does not know how to generate), a checkpoint.
 *
 * Every number that steers the run is a function of the recipe and of ckpt_state, so a run that was killed and resumed
 * ends with the bits of one that was not.
 *
 * Memory:  everything is allocated at the start; a step allocates nothing but its line of metrics.
 * Errors:  a checkpoint that cannot be written during the run is a warning (the old one stays) and an error at its
 *          end; too many non-finite gradients in a row are an error.
 * Threads: one caller. */
#ifndef R1_TRAINER_H
#define R1_TRAINER_H
#include "base/json.h"
#include "model/model.h"
#include "train/recipe.h"

typedef struct trainer_hooks {
    bool (*stop)(void); /* asked after every step; NULL: never */
    /* Answer o->answers_n validation problems of each family of the mix; add figures to `metrics` and a few words to
     * `line`. */
    bool (*answers)(void *ctx, model *m, const recipe_mix *mix, const recipe_stage *o, uint64_t seed, json_t *metrics,
                    str *line, err *e);
    void *ctx;
} trainer_hooks;

typedef struct trainer_args {
    const char          *stage;
    const recipe_stage  *opt;
    const recipe_mix    *mix;
    const char          *dir; /* OUT: metrics.jsonl and ckpt/ are there */
    const char          *recipe_text;
    uint64_t             recipe_hash, seed;
    bool                 resume;     /* from dir/ckpt/STAGE-last, if it exists */
    int64_t              stop_after; /* stop (with a checkpoint) after so many steps of this call; 0: do not */
    bool                 profile;
    const trainer_hooks *hooks;
} trainer_args;

typedef enum { TRAIN_DONE, TRAIN_STOPPED, TRAIN_FAILED } trainer_end;
trainer_end trainer_run(model *m, const trainer_args *a, err *e); /* model_train_begin has been called */
/* DIR/ckpt/STAGE-last.safetensors or -best */
void trainer_ckpt_path(const char *dir, const char *stage, bool best, str *out);
#endif
