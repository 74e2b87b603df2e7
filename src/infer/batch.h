/* batch.h -- many timelines per step: evaluation and rollouts.
 *
 *   gen_job j[64]; ...fill prompt, n_prompt, max_new...
 *   gen_run(m, &args, j, 64, on_done, ctx, &e);       // a finished timeline is replaced at once by the next job
 *
 * Every step advances all live timelines by one token through one model_forward (rows = live timelines; a new one
 * brings its prompt, in chunks). Results do not depend on what else is in the batch beyond float rounding. Jobs with
 * the same prompt that stand next to each other share its cache: it is computed once and copied.
 *
 * Memory:  gen_run allocates once; j[i].out grows (ids_free by the caller).
 * Errors:  a prompt that does not fit, an id outside the vocabulary, logits that are not numbers; Ctrl-C ends it with
 *          "interrupted" (ask stop_requested): what is in the jobs so far stays.
 * Threads: one caller. */
#ifndef R1_BATCH_H
#define R1_BATCH_H
#include "infer/sample.h"
#include "infer/think.h"
#include "model/model.h"
typedef struct gen_job {
    const int32_t *prompt;
    int            n_prompt, max_new;
    uint64_t       seed;
    ids            out;     /* new tokens, the stop token included */
    float         *logprob; /* [out.n] if args.logprobs; mem_free by the caller */
    bool           stopped; /* ended by a stop token (else by max_new or ctx) */
    bool           hurried; /* the budget closed the thinking: those tokens were not drawn */
} gen_job;
typedef struct gen_args {
    int     parallel, ctx;
    bool    gate;     /* hold the thinking to its form (think.h) */
    bool    in_think; /* gate: prompts end inside <think> */
    int     think;    /* gate: tokens of thinking, THINK_AUTO or THINK_FREE */
    float   temp, top_p;
    int     top_k;
    int32_t stop; /* usually the eos id; -1: none */
    bool    logprobs;
    bool    at_temp; /* log-probabilities at the temperature that was drawn with (sample.h), else at 1 */
} gen_args;
typedef void (*gen_done)(void *ctx, int job);
bool gen_run(model *m, const gen_args *a, gen_job *jobs, int n, gen_done fn, void *ctx, err *e) R1_MUST_USE;
#endif
