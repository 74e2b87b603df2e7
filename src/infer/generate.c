/* generate.c -- the loop around one answer: sample, show, append, again.
 *
 * Text leaves through the splitter, so a tag that is cut over two tokens, or a UTF-8 sequence that is, never reaches
 * the reader in halves. Tokens are counted as reasoning while the splitter stands inside <think>; the closing tag's
 * own token belongs to the reasoning too, as in DeepSeek's usage figures. */
#include "infer/generate.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"

generate_args generate_defaults(void) {
    generate_args a = {.max_new = 0, .temp = 0.0f, .top_p = 1.0f, .top_k = 0, .seed = 0};
    return a;
}

void generate_free(generate_out *o) {
    ids_free(&o->tokens);
    str_free(&o->reasoning);
    str_free(&o->answer);
}

const char *generate_end_name(generate_end end) {
    return end == GENERATE_STOP ? "stop" : end == GENERATE_LENGTH ? "length" : "cancelled";
}

json_t *generate_usage(const generate_out *o) {
    return json_pack("{s:i,s:i,s:i,s:i,s:i,s:{s:i}}", "prompt_tokens", o->n_prompt, "completion_tokens", o->tokens.n,
                     "total_tokens", o->n_prompt + o->tokens.n, "prompt_cache_hit_tokens", o->n_reused,
                     "prompt_cache_miss_tokens", o->n_prompt - o->n_reused, "completion_tokens_details",
                     "reasoning_tokens", o->n_reasoning);
}

/* What the splitter hands out goes to the record and to the caller's reader. Bytes that are not UTF-8 (a model may
 * write any) become U+FFFD here, once, so that terminals and JSON never see them. */
typedef struct sink {
    const generate_args *a;
    generate_out        *o;
} sink;

static void emit(sink *k, split_part part, const char *p, size_t n) {
    if (n == 0) return;
    str_addn(part == SPLIT_REASONING ? &k->o->reasoning : &k->o->answer, p, n);
    if (k->a->on_part) k->a->on_part(k->a->ctx, part, p, n);
}

static void on_split(void *ctx, split_part part, const char *p, size_t n) {
    sink  *k    = ctx;
    size_t from = 0, i = 0;
    while (i < n) {
        uint32_t cp;
        int      len = utf8_decode(p + i, n - i, &cp);
        if (len > 0) {
            i += (size_t)len;
            continue;
        }
        emit(k, part, p + from, i - from);
        emit(k, part, "\xef\xbf\xbd", 3);
        from = ++i;
    }
    emit(k, part, p + from, n - from);
}

static bool is_stop(const int32_t *stop, int n, int32_t id) {
    for (int i = 0; i < n; i++)
        if (stop[i] == id) return true;
    return false;
}

/* The token loop. `all` holds the prompt and grows with the answer: what the session is asked to be. */
static bool run(session *s, model *m, ids *all, int limit, splitter *sp, sink *k, float *scratch /* [3, vocab] */,
                err *e) {
    const generate_args *a    = k->a;
    generate_out        *o    = k->o;
    const cfg           *c    = model_cfg(m);
    tokenizer           *t    = model_tokenizer(m);
    sampler              draw = sampler_new(a->temp, a->top_p, a->top_k, a->seed);
    int32_t              stop[THINK_STOPS];
    int                  n_stop = think_stops(m, stop);
    bool                 ok     = true;
    str                  piece  = {0};
    float               *logits = scratch + 2 * (size_t)c->vocab_size;
    think_gate           gate;
    think_init(&gate, m, sp->part == SPLIT_REASONING, limit, a->think);
    o->end = GENERATE_LENGTH;
    while (o->tokens.n < limit) {
        if (a->cancel && a->cancel()) {
            o->end = GENERATE_CANCELLED;
            break;
        }
        if (o->tokens.n > 0 && !(ok = session_sync(s, all->p, all->n, e))) break;
        float   lp = 0;
        int32_t id = think_forced(&gate, o->tokens.n);
        if (id < 0) {
            memcpy(logits, session_logits(s), (size_t)c->vocab_size * sizeof *logits);
            think_mask(&gate, logits);
            id = sample_next(&draw, logits, c->vocab_size, scratch, &lp);
        }
        if (!isfinite(lp)) {
            if (model_check_finite(m, e)) err_set(e, "the model's logits are not numbers");
            ok = false;
            break;
        }
        if (is_stop(stop, n_stop, id)) {
            o->end = GENERATE_STOP;
            break;
        }
        think_note(&gate, id);
        bool thinking = sp->part == SPLIT_REASONING;
        ids_add(&o->tokens, id);
        ids_add(all, id);
        str_clear(&piece);
        tok_decode(t, &id, 1, &piece);
        split_feed(sp, piece.p, piece.len, on_split, k);
        o->n_reasoning += thinking;
    }
    split_end(sp, on_split, k);
    o->hurried = gate.hurried;
    str_free(&piece);
    return ok;
}

bool generate_ids(session *s, model *m, const ids *prompt, bool in_think, const generate_args *a, generate_out *o,
                  err *e) {
    ids_free(&o->tokens);
    str_clear(&o->reasoning);
    str_clear(&o->answer);
    o->n_prompt = prompt->n;
    o->n_reused = o->n_reasoning = 0;
    o->prompt_s = o->answer_s = 0;
    o->hurried                = false;
    o->end                    = GENERATE_LENGTH;
    if (!model_tokenizer(m)) return err_set(e, "%s has no tokenizer", model_name(m));
    int ctx = session_ctx(s);
    if (prompt->n >= ctx)
        return err_set(e, "the text is %d tokens long with its template; %d fit (context %d, one left for the answer)",
                       prompt->n, ctx - 1, ctx);
    /* A token at position ctx - 1 can still be sampled after; it is shown but never run. */
    int limit = ctx - prompt->n;
    if (a->max_new > 0 && a->max_new < limit) limit = a->max_new;

    double t0 = time_now();
    if (!session_sync(s, prompt->p, prompt->n, e)) return false;
    o->n_reused = session_reused(s);
    o->prompt_s = time_now() - t0;

    float   *scratch = mem_alloc(3 * (size_t)model_cfg(m)->vocab_size * sizeof *scratch); // [3, vocab]
    ids      all     = {0};
    splitter sp;
    sink     k = {a, o};
    split_init(&sp, in_think);
    for (int i = 0; i < prompt->n; i++) ids_add(&all, prompt->p[i]);
    double t1   = time_now();
    bool   ok   = run(s, m, &all, limit, &sp, &k, scratch, e);
    o->answer_s = time_now() - t1;
    ids_free(&all);
    mem_free(scratch);
    return ok;
}

bool generate_chat(session *s, model *m, const chat_msg *msg, int n_msg, int think, const generate_args *a,
                   generate_out *o, err *e) {
    ids  prompt = {0};
    bool ok     = false;
    if (!model_tokenizer(m)) return err_set(e, "%s has no tokenizer", model_name(m));
    if (chat_prompt(model_tokenizer(m), msg, n_msg, think, &prompt, e))
        ok = generate_ids(s, m, &prompt, think == CHAT_THINK, a, o, e);
    ids_free(&prompt);
    return ok;
}
