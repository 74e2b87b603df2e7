/* rollout.h -- a group of answers to each of many questions, with the log-probability of every token.
 *
 *   rollout_args a = {.group = 8, .parallel = 64, .ctx = 1024, .max_new = 512, .temp = 1, .top_p = 1, .seed = step};
 *   rollout r = {0};
 *   if (!rollout_run(m, &a, prompts, n, &r, &e)) ...
 *   r.a[q * group + k].tok, .logp, .stopped ...
 *   rollout_free(&r);
 *
 * All answers go through the batched decoder (infer/batch.h): the group's prompt is computed once, a finished answer's
 * place is taken by the next at once. Nothing is forced or masked, so that every token was drawn.
 *
 * logp is log softmax(logits / temp) over the whole vocabulary: the distribution that was drawn from when top_p is 1.
 * With top_p < 1 draws come from its most probable part and logp stays that of the whole: the trainer can compute that
 * one.
 *
 * Memory:  rollout_free.   Errors: as gen_run.   Threads: one caller; same seed, model and threads: same bits. */
#ifndef R1_ROLLOUT_H
#define R1_ROLLOUT_H
#include "model/model.h"

typedef struct rollout_args {
    int      group, parallel; /* answers a question; timelines at once */
    int      ctx, max_new;    /* prompt and answer together; the answer */
    float    temp, top_p;
    uint64_t seed;
} rollout_args;
typedef struct rollout_answer {
    ids    tok;     /* the end token included */
    float *logp;    /* [tok.n] */
    bool   stopped; /* false: cut by max_new or ctx */
} rollout_answer;
typedef struct rollout {
    rollout_answer *a; /* [n * group], those of a question side by side */
    int             n;
    int64_t         tokens; /* drawn */
    int             cut;    /* answers that were */
    double          seconds;
} rollout;
bool rollout_run(model *m, const rollout_args *a, const ids *prompt, int n, rollout *out, err *e) R1_MUST_USE;
void rollout_free(rollout *r);
/* Share of the windows of 8 tokens that stood in the same answer before: how much a text goes round in circles. */
double rollout_repetition(const int32_t *tok, int n);
#endif
