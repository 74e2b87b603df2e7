/* think.c -- see think.h. */
#include "infer/think.h"
#include <math.h>
#include <string.h>
#include "text/chat.h"

static void add_stop(int32_t out[THINK_STOPS], int *n, int32_t id) {
    for (int i = 0; i < *n; i++)
        if (out[i] == id) return;
    if (id >= 0 && *n < THINK_STOPS) out[(*n)++] = id;
}

int think_stops(model *m, int32_t out[THINK_STOPS]) {
    static const char *const known[] = {CHAT_EOS,     "<\uff5cend\u2581of\u2581sentence\uff5c>",
                                        "<|im_end|>", "<|endoftext|>",
                                        "<|eot_id|>", "<|end_of_text|>"};
    int                      n       = 0;
    tokenizer               *t       = model_tokenizer(m);
    add_stop(out, &n, model_cfg(m)->eos_token_id);
    for (size_t i = 0; t && i < sizeof known / sizeof *known; i++) add_stop(out, &n, tok_id(t, known[i]));
    return n;
}

void think_init(think_gate *g, model *m, bool in_think, int limit, int budget) {
    memset(g, 0, sizeof *g);
    tokenizer *t = model_tokenizer(m);
    g->open      = tok_id(t, CHAT_THINK_OPEN);
    g->close     = tok_id(t, CHAT_THINK_CLOSE);
    g->in_think  = in_think;
    g->budget    = THINK_FREE;
    if (g->close < 0) return;
    g->n_stop = think_stops(m, g->stop);
    ids nl    = {0};
    tok_encode(t, "\n", 1, TOK_PLAIN, &nl);
    for (int i = 0; i < nl.n && i < THINK_CLOSING - 1; i++) g->closing[g->n_closing++] = nl.p[i];
    g->closing[g->n_closing++] = g->close;
    ids_free(&nl);
    int spare = limit / 4 < 256 ? limit / 4 : 256;
    if (budget == THINK_AUTO) g->budget = limit - spare;
    else if (budget > 0) g->budget = budget < limit ? budget : limit;
    if (g->budget != THINK_FREE && g->budget < g->n_closing) g->budget = g->n_closing;
}

int32_t think_forced(think_gate *g, int n) {
    if (!g->in_think || g->budget == THINK_FREE) return -1;
    if (n < g->budget - g->n_closing && g->at == 0) return -1;
    g->hurried = true;
    return g->closing[g->at++];
}

void think_mask(const think_gate *g, float *logits) {
    if (g->close < 0) return;
    for (int i = 0; g->in_think && g->budget != THINK_FREE && i < g->n_stop; i++) logits[g->stop[i]] = -INFINITY;
    if (g->in_think) return;
    logits[g->close] = -INFINITY;
    if (g->closed && g->open >= 0) logits[g->open] = -INFINITY;
}

void think_note(think_gate *g, int32_t id) {
    if (g->close < 0) return;
    if (id == g->close) {
        g->in_think = false;
        g->closed   = true;
    } else if (id == g->open && !g->closed) {
        g->in_think = true;
    } else if (!g->in_think) {
        g->closed = true; /* an answer has begun: thinking cannot come after it */
    }
}
