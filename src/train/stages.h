/* stages.h -- from a recipe to a model: tokenizer, pretrain, sft, rl, reject, one after the other, in one folder.
 *
 *   stages_args a = {.stage = "all", .out = "runs/mine", .resume = true, .hooks = &hooks};
 *   trainer_end how = stages_run(r, &a, &e);
 *
 * The folder OUT:
 *   recipe.ini                       the effective recipe and its hash
 *   tokenizer.json                   stage tokenizer
 *   base/                            stage pretrain: config.json, model.safetensors, tokenizer.json
 *   sft/, rl/                        stages sft and rl, the same files
 *   reject.jsonl                     stage reject: rows of verified answers; reject/ while it works
 *   NAME.gguf                        the last model of the recipe, as [export] says
 *   metrics.jsonl                    a line a step
 *   about.json                       the machine, the versions, the mixes (train/about.h)
 *   report.html                      the run as a page; the caller's hook writes it
 *   ckpt/STAGE-last.safetensors      checkpoints: where --resume goes on,
 *        -best, -good                the lowest validation loss; where a bad step is gone back to (train/trainer.h)
 *   STAGE.done                       written when the stage's result stands
 *   .lock                            held while a run works here
 *
 * "all" does what is not done yet. A finished stage, an unfinished one, or a folder of another recipe is never
 * overwritten unasked: --resume goes on, --force begins again.
 *
 * Memory:  freed before it returns.   Errors: one line that also says what to do.   Threads: one caller. */
#ifndef R1_STAGES_H
#define R1_STAGES_H
#include "train/trainer.h"

typedef struct stages_args {
    const char          *stage; /* "tokenizer", "pretrain", "sft", "rl", "reject" or "all" */
    const char          *out;   /* NULL: the recipe's, else runs/NAME */
    bool                 resume, force, profile;
    int64_t              stop_after; /* as in trainer_args */
    const trainer_hooks *hooks;
    dist                *ranks; /* as in trainer_args: rank 0 writes, the others read the same folder */
} stages_args;

trainer_end stages_run(const recipe *r, const stages_args *a, err *e);
/* Where the run lives: a->out, the recipe's out, or runs/NAME. Appended to s. */
void stages_out(const recipe *r, const stages_args *a, str *s);
#endif
