/* loader_sample.c -- one problem as tokens in the chat format, and which of them are learnt.
 *
 * w[i] is the weight of predicting token i + 1 at token i. In the prompt it is 1 only where everything is learnt; at
 * the last token it is 0, as nothing follows; and it is 0 wherever token i + 1 shares a byte with the slip, the part of
 * Work that holds a deliberate mistake: the model reads it, checks it and mends it, but does not learn to make it. The
 * pieces of a byte-level vocabulary add up to the text, so bytes map to tokens exactly. */
#include <string.h>
#include "base/mem.h"
#include "data/loader.h"
#include "text/chat.h"

static void weights_of(tokenizer *t, const problem *p, loss_on loss, const ids *v, int first, int n_prompt,
                       int n_reason, float *w) {
    for (int i = 0; i < v->n - first; i++) w[i] = loss == LOSS_ALL || i + 1 >= n_prompt ? 1.0f : 0.0f;
    w[v->n - first - 1] = 0.0f;
    if (p->slip_to <= p->slip_from) return;
    size_t at = 0, from = (size_t)p->slip_from, to = (size_t)p->slip_to;
    for (int i = n_prompt; i < n_prompt + n_reason; i++) {
        size_t len = 0;
        if (!tok_piece(t, v->p[first + i], &len)) len = 0;
        if (at < to && at + len > from) w[i - 1] = 0.0f;
        at += len;
    }
}

void sample_tokens(tokenizer *t, const problem *p, loss_on loss, ids *out, int *n_prompt, float **w) {
    chat_msg m = {"user", p->question.p ? p->question.p : ""};
    err      e;
    int      first = out->n;
    if (!chat_prompt(t, &m, 1, CHAT_THINK, out, &e)) { /* another template: a plain completion */
        tok_encode(t, m.content, strlen(m.content), TOK_PLAIN, out);
        tok_encode(t, "\n<think>\n", 9, TOK_SPECIAL, out);
    }
    int prompt = out->n - first;
    tok_encode(t, p->reasoning.p, p->reasoning.len, TOK_PLAIN, out);
    int     reason = out->n - first - prompt;
    str     tail   = {0};
    int32_t eos    = tok_id(t, CHAT_EOS);
    if (eos < 0)
        eos = tok_id(t, "<\xef\xbd\x9c"
                        "end\xe2\x96\x81of\xe2\x96\x81sentence\xef\xbd\x9c>");
    tok_encode(t, CHAT_THINK_CLOSE, strlen(CHAT_THINK_CLOSE), TOK_SPECIAL, out);
    str_addf(&tail, "\n%s", p->answer.p ? p->answer.p : "");
    tok_encode(t, tail.p, tail.len, TOK_PLAIN, out);
    str_free(&tail);
    if (eos >= 0) ids_add(out, eos);
    if (n_prompt) *n_prompt = prompt;
    if (w) {
        *w = mem_alloc((size_t)(out->n - first) * sizeof **w);
        weights_of(t, p, loss, out, first, prompt, reason, *w);
    }
}
