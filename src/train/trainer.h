/* trainer.h -- the training loop of one stage.
 *
 *   trainer_args a = {.stage = "pretrain", .opt = &r->stage[STAGE_PRETRAIN], .dir = "out", .resume = true, ...};
 *   trainer_end how = trainer_run(m, &a, &e);        // TRAIN_DONE, TRAIN_STOPPED (checkpoint written) or TRAIN_FAILED
 *
 * A step: fill batch_tokens / micro_tokens packed micro-batches; forward and backward of each (model_loss); clip and
 * AdamW; an 8-bit model's twins; move the gate's biases; write a line to metrics.jsonl. Between steps, when due:
 * validation loss on a fixed set, answered problems (through a hook: this room does not know how to generate), a
 * checkpoint.
 *
 * Several ranks (base/dist.h) share the micro-batches of a step; rank 0 writes the files and answers problems. The
 * folder is the same for all of them.
 *
 * Every number that steers the run is a function of the recipe and of ckpt_state, so a run that was killed and resumed
 * ends with the bits of one that was not.
 *
 * A bad step (train/guard.h: a loss or a gradient that is not finite, a loss far above its median, a validation loss
 * that is not finite) is not learnt from: the run goes back to the good checkpoint, the one of the last validation (of
 * the start, before the first), with the documents up to and with the bad batch left out, and a line of metrics says
 * so. As validations come at fixed steps, not by the clock, a run that was killed meanwhile goes back to the same
 * place. A second bad step before the next validation ends the run: going back does not help there.
 *
 * Memory:  everything is allocated at the start; a step allocates nothing but its line of metrics.
 * Errors:  a checkpoint that cannot be written during the run is a warning (the old one stays) and an error at its
 *          end; a second bad step after going back is an error, and so is a lost rank.
 * Threads: one caller. */
#ifndef R1_TRAINER_H
#define R1_TRAINER_H
#include "base/dist.h"
#include "base/json.h"
#include "model/model.h"
#include "train/ckpt.h"
#include "train/optim.h"
#include "train/recipe.h"

struct trainer_args;
typedef enum { TRAIN_DONE, TRAIN_STOPPED, TRAIN_FAILED } trainer_end;
typedef struct trainer_hooks {
    bool (*stop)(void); /* asked after every step; NULL: never */
    /* Answer o->answers_n validation problems of each family of the mix; add figures to `metrics` and a few words to
     * `line`. */
    bool (*answers)(void *ctx, model *m, const recipe_mix *mix, const recipe_stage *o, uint64_t seed, json_t *metrics,
                    str *line, err *e);
    /* The metrics have a new line with a validation: time for a report. NULL: none. */
    void (*page)(void *ctx, const char *dir);
    /* For tests of the guard: may spoil the step whose batch was computed. `next` is the document after it. */
    void (*spoil)(void *ctx, model *m, int64_t step, uint64_t next, model_losses *l);
    /* Stage rl: its loop generates, which this room does not know how to do (rl/rl.h). */
    trainer_end (*rl)(model *m, const struct trainer_args *a, err *e);
    /* Stage reject, likewise (rl/reject.h). */
    trainer_end (*reject)(model *m, const struct trainer_args *a, err *e);
    void *ctx;
} trainer_hooks;

typedef struct trainer_args {
    const char          *stage;
    const recipe_stage  *opt;
    const recipe_mix    *mix;
    const char          *dir; /* OUT: metrics.jsonl and ckpt/ are there */
    const char          *recipe_text;
    const recipe        *recipe; /* for stages rl and reject: their own sections */
    uint64_t             recipe_hash, seed;
    bool                 resume;     /* from dir/ckpt/STAGE-last, if it exists */
    int64_t              stop_after; /* stop (with a checkpoint) after so many steps of this call; 0: do not */
    bool                 profile;
    const trainer_hooks *hooks;
    dist                *ranks; /* NULL: this process alone */
} trainer_args;

trainer_end trainer_run(model *m, const trainer_args *a, err *e); /* model_train_begin has been called */
typedef enum { CKPT_LAST, CKPT_BEST, CKPT_GOOD, CKPT_KINDS } ckpt_kind;
/* DIR/ckpt/STAGE-last.safetensors, -best or -good */
void trainer_ckpt_path(const char *dir, const char *stage, ckpt_kind kind, str *out);

/* ---- what stage rl shares */
/* The checkpoint at `path` into m and s, if it is one of this stage; says so. */
bool trainer_resume(const char *path, model *m, const trainer_args *a, int shards, ckpt_state *s, err *e) R1_MUST_USE;
/* Who this run is: stage, seed, recipe, mix, threads, shards, kernels. */
void trainer_sign(const trainer_args *a, uint64_t mix_hash, int shards, ckpt_state *s);
/* The families of a mix with the levels that have a weight, at the lowest of them. */
bool       trainer_curriculum(const recipe_mix *mix, curriculum *c, err *e) R1_MUST_USE;
/* The model's products as the stage wants them at this step: on 8-bit integers in its last part, if the recipe says so. A
 * function of the step, so that a checkpoint need not say it. */
bool       trainer_set_8bit(model *m, const trainer_args *a, int64_t step, err *e) R1_MUST_USE;
optim     *trainer_optim(model *m);
optim_args trainer_optim_args(const recipe_stage *o, float lr);
#endif
