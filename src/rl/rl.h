/* rl.h -- stage rl of `r1 train`: questions, groups of answers, rewards, a policy gradient, again.
 *
 *   const trainer_hooks hooks = {.rl = rl_run, ...};     // cli/cmd_train.c; stages_run calls it with the first model
 *
 * A step: draw [rl] questions problems of the mix (levels by weight or by a curriculum that rewards move), write
 * `group` answers to each (rollout.h), judge them (reward.h), drop and replace groups whose rewards are all alike if
 * the recipe says so, and learn from the rest in `epochs` passes of `minibatches` updates (grpo.h). A line of
 * metrics.jsonl says what came of it, one of samples.jsonl shows an answer; collapse.h watches.
 *
 * Problem i of the stage is a function of the seed and i (and of the curriculum's state), an answer's draws of the seed
 * and its place: checkpoints hold a count, the curriculum and the optimizer, and a run that was killed and resumed ends
 * with the bits of one that was not. The reference of the KL term is the start, or a refresh that lies in its own file
 * (DIR/ckpt/rl-ref-STEP.safetensors).
 *
 * Memory:  everything is freed before it returns.
 * Errors:  as trainer_run. Ctrl-C drops the step that was being made; the checkpoint is of the one before.
 * Threads: one caller. */
#ifndef R1_RL_H
#define R1_RL_H
#include "train/trainer.h"

trainer_end rl_run(model *m, const trainer_args *a, err *e);
#endif
