/* asker.h -- the questions of a stage that answers them: problems of a mix's families by number.
 *
 *   asker q;
 *   if (!asker_init(&q, args, m, &cur, &mix_hash, &e)) ...      // cur: levels by a curriculum; NULL: by weight
 *   question x = {0};
 *   asker_next(&q, &next, &x, &e);                              // next: where to go on; a count in a checkpoint
 *   question_free(&x);
 *
 * Problem i is a function of the stage's name, its seed and i, and of the curriculum's state. Only the training split
 * is asked. The mix's texts ask nothing and are left out.
 *
 * Memory:  a question owns its problem and prompt; the rest points into recipe, model and curriculum.
 * Errors:  a mix without families, one whose questions do not fit max_len.   Threads: one caller. */
#ifndef R1_ASKER_H
#define R1_ASKER_H
#include "rl/reward.h"
#include "rl/rollout.h"
#include "task/family.h"
#include "train/trainer.h"

typedef struct question {
    const family *f;
    int           cur; /* number in the curriculum; -1: none */
    problem       p;
    ids           prompt;
} question;
void question_free(question *q);
/* One answer as text, without its end token, and what it is worth. Threads: any, each with its own text. */
void question_judge(const question *q, const tokenizer *t, const recipe_reward *w, const rollout_answer *a, str *text,
                    reward_parts *out);

typedef struct asker {
    const recipe_stage *o;
    model              *m;
    const curriculum   *cur;              /* NULL: none */
    source              src[MIX_SOURCES]; /* families only */
    int                 n_src;
    double              weight; /* sum of theirs */
    uint64_t            seed, key;
} asker;
bool asker_init(asker *a, const trainer_args *args, model *m, const curriculum *cur, uint64_t *mix_hash,
                err *e) R1_MUST_USE;
/* The next problem from *next on that leaves room for an answer; *next moves behind it. q is used again. */
bool asker_next(const asker *a, uint64_t *next, question *q, err *e) R1_MUST_USE;
/* n of them into q (zeroed before, freed by the caller, also after an error), and the answers to them. */
bool asker_answers(const asker *a, const rollout_args *args, uint64_t *next, question *q, int n, rollout *out,
                   err *e) R1_MUST_USE;
#endif
