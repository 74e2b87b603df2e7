/* think.h -- keeps an answer to its form: the thinking is closed once, and in time for an answer.
 *
 *   think_gate g; think_init(&g, m, true, limit, THINK_AUTO);     // the prompt ends inside <think>
 *   int32_t id = think_forced(&g, n);                     // n tokens are written: the one that must come now, or -1
 *   if (id < 0) { think_mask(&g, logits); id = ...sample...; }
 *   think_note(&g, id);
 *
 * A model that goes round in circles would fill the context and never answer. When the thinking has used up its budget
 * the gate writes a newline and </think> itself and the model answers from what it has (known as a thinking budget;
 * Muennighoff et al. 2025, "s1", section 3, call it budget forcing). While it thinks it cannot
 * end without an answer (the stop tokens are not drawn), and once it answers neither tag can be drawn again.
 *
 * A tokenizer without a token of its own for </think> has no gate: nothing is forced, nothing masked.
 *
 * Memory:  plain data.   Errors: none.   Threads: one gate, one thread. */
#ifndef R1_THINK_H
#define R1_THINK_H
#include <stdbool.h>
#include "model/model.h"

/* THINK_AUTO leaves a quarter of what may be written, at most 256 tokens, for the answer. THINK_FREE never closes. */
enum { THINK_AUTO = 0, THINK_FREE = -1 };
enum { THINK_CLOSING = 4, THINK_STOPS = 8 };
/* Ids that end an answer: the model's own, and the end tokens of the known chat formats that its vocabulary has. */
int think_stops(model *m, int32_t out[THINK_STOPS]);
typedef struct think_gate {
    int32_t open, close;
    int32_t stop[THINK_STOPS];
    int     n_stop;
    int32_t closing[THINK_CLOSING]; /* what is written to close: newline, tag */
    int     n_closing, at;          /* at: how many of them are written */
    int     budget;                 /* tokens, the tag included; THINK_FREE: none */
    bool    in_think, closed;       /* closed: no tag may come any more */
    bool    hurried;                /* the budget closed it */
} think_gate;
/* limit: tokens that may be written in all; budget: tokens of thinking, THINK_AUTO or THINK_FREE. */
void    think_init(think_gate *g, model *m, bool in_think, int limit, int budget);
int32_t think_forced(think_gate *g, int n);
void    think_mask(const think_gate *g, float *logits); // [vocab]
void    think_note(think_gate *g, int32_t id);
#endif
