/* session.c -- a timeline that is told the whole prefix each time and works out what is new.
 *
 * The cache holds the tokens `tok[0..len)`. A sync compares the wanted prefix with them; the common part stays, the
 * rest is forgotten (kv_trim) and the new tokens run through the model in chunks. At least one token always runs,
 * because the logits belong to the last token, unless nothing at all has changed. */
#include "infer/session.h"
#include "base/mem.h"

enum { CHUNK = 512 }; /* rows a forward: enough to fill the matrix products, small enough for the scratch buffers */

struct session {
    model      *m;
    model_work *w;
    kv_cache   *kv;
    int32_t    *tok;    /* [ctx] */
    float      *logits; /* [vocab] */
    int         len, ctx, reused;
};

session *session_new(model *m, int ctx, err *e) {
    const cfg *c = model_cfg(m);
    if (ctx < 1) {
        err_set(e, "context of %d tokens: at least 1 is needed", ctx);
        return NULL;
    }
    session *s = mem_calloc(1, sizeof *s);
    s->m       = m;
    s->ctx     = ctx;
    s->tok     = mem_alloc((size_t)ctx * sizeof *s->tok);
    s->logits  = mem_calloc((size_t)c->vocab_size, sizeof *s->logits);
    s->kv      = kv_new(m, ctx, e);
    if (s->kv) s->w = work_new(m, ctx < CHUNK ? ctx : CHUNK, WORK_INFER, e);
    if (!s->kv || !s->w) {
        session_free(s);
        return NULL;
    }
    return s;
}

void session_free(session *s) {
    if (!s) return;
    if (s->w) work_free(s->w);
    if (s->kv) kv_free(s->kv);
    mem_free(s->tok);
    mem_free(s->logits);
    mem_free(s);
}

bool session_sync(session *s, const int32_t *toks, int n, err *e) {
    int vocab = model_cfg(s->m)->vocab_size;
    if (n < 1 || n > s->ctx) return err_set(e, "%d tokens do not fit the context of %d", n, s->ctx);
    for (int i = 0; i < n; i++)
        if (toks[i] < 0 || toks[i] >= vocab)
            return err_set(e, "token %d at position %d: the vocabulary has ids 0..%d", (int)toks[i], i, vocab - 1);
    int same = 0;
    while (same < n && same < s->len && s->tok[same] == toks[same]) same++;
    if (same == n && s->len == n) { /* the very same prefix: its logits are still here */
        s->reused = n;
        return true;
    }
    if (same == n) same = n - 1;
    kv_trim(s->kv, same);
    s->len    = same;
    s->reused = same;
    while (s->len < n) {
        int          T        = n - s->len < work_max_rows(s->w) ? n - s->len : work_max_rows(s->w);
        int32_t      start[2] = {0, T};
        model_rows   r        = {.T = T, .tok = toks + s->len, .n_seq = 1, .start = start, .kv = &s->kv};
        const float *h        = model_forward(s->m, s->w, &r, ATTN_AUTO); // [T, hidden]
        for (int i = 0; i < T; i++) s->tok[s->len + i] = toks[s->len + i];
        s->len += T;
        if (s->len == n)
            model_logits(s->m, s->w, h + (size_t)(T - 1) * (size_t)model_cfg(s->m)->hidden_size, 1, s->logits);
    }
    return true;
}

const float *session_logits(const session *s) { return s->logits; }
int          session_reused(const session *s) { return s->reused; }
int          session_ctx(const session *s) { return s->ctx; }

/* MLA keeps the compressed c and the shared rope key (DeepSeek-V2, table 1), GQA a key and a value a head; float32. */
int64_t session_kv_bytes(const cfg *c) {
    int64_t row = c->arch == ARCH_DEEPSEEK_V3 ? (int64_t)c->kv_lora_rank + c->qk_rope_head_dim
                                              : 2 * (int64_t)c->num_key_value_heads * c->head_dim;
    return row * c->num_hidden_layers * (int64_t)sizeof(float);
}
