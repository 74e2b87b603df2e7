/* generate.h -- one answer: prompt in, tokens out, streamed as reasoning and answer.
 *
 *   generate_args a = generate_defaults();
 *   a.on_part = print; a.ctx = &view;
 *   generate_out o = {0};
 *   if (!generate_chat(s, m, msgs, n, CHAT_THINK, &a, &o, &e)) ...
 *   o.reasoning.p, o.answer.p, o.end, o.n_prompt, o.tokens.n ...
 *   generate_free(&o);
 *
 * Memory:  o owns its tokens and texts; it may be used again (generate_* clears it first).
 * Errors:  a prompt that does not fit says how long it is and how much fits; logits that are not numbers (damaged
 *          weights). What was generated before an error stays in o.
 * Threads: one session, one thread. on_part runs on it. */
#ifndef R1_GENERATE_H
#define R1_GENERATE_H
#include <jansson.h>
#include "infer/sample.h"
#include "infer/session.h"
#include "infer/think.h"
#include "text/chat.h"

typedef enum { GENERATE_STOP, GENERATE_LENGTH, GENERATE_CANCELLED } generate_end;

typedef struct generate_args {
    int      max_new; /* 0: as far as the context reaches */
    int      think;   /* tokens of thinking before it is closed (think.h); THINK_AUTO, THINK_FREE */
    float    temp, top_p;
    int      top_k;
    uint64_t seed;
    bool (*cancel)(void); /* asked before every token; may be NULL */
    split_fn on_part;     /* may be NULL */
    void    *ctx;
} generate_args;
generate_args generate_defaults(void); /* greedy, no limit but the context */

typedef struct generate_out {
    ids          tokens; /* without the stop token */
    str          reasoning, answer;
    generate_end end;
    int          n_prompt, n_reused, n_reasoning; /* tokens: the prompt, of it cached, of the output inside <think> */
    bool         hurried;                         /* the budget closed the thinking */
    double       prompt_s, answer_s;
} generate_out;
void generate_free(generate_out *o);

/* From token ids; in_think: the prompt ends inside <think>. */
bool generate_ids(session *s, model *m, const ids *prompt, bool in_think, const generate_args *a, generate_out *o,
                  err *e) R1_MUST_USE;
/* From messages, through the model's chat template. */
bool generate_chat(session *s, model *m, const chat_msg *msg, int n_msg, int think, const generate_args *a,
                   generate_out *o, err *e) R1_MUST_USE;

const char *generate_end_name(generate_end end); /* "stop", "length", "cancelled" */
/* {"prompt_tokens",...} as the DeepSeek API counts; new reference. */
json_t *generate_usage(const generate_out *o);
#endif
