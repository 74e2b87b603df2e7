/* kv.c -- the cache of one timeline: per layer and token the latent and the rotated key, nothing else. */
#include <string.h>
#include "model/parts.h"

static kv_cache *make(const model *m, int ctx, int layers, err *e) {
    if (ctx < 1 || ctx > m->c.max_position_embeddings) {
        err_set(e, "context of %d tokens: this model has 1..%d", ctx, m->c.max_position_embeddings);
        return NULL;
    }
    size_t    n = (size_t)ctx, L = (size_t)layers, C = (size_t)m->c.kv_lora_rank, R = (size_t)m->c.qk_rope_head_dim;
    size_t    head = arena_round(sizeof(kv_cache)) + 2 * arena_round(L * sizeof(float *));
    size_t    c = arena_round(n * C * 4), r = arena_round(n * R * 4);
    char     *at = mem_calloc(head + L * (c + r), 1);
    kv_cache *kv = (kv_cache *)at;
    at += arena_round(sizeof *kv);
    kv->c = (float **)at;
    at += arena_round(L * sizeof(float *));
    kv->r = (float **)at;
    at += arena_round(L * sizeof(float *));
    for (int l = 0; l < layers; l++) {
        kv->c[l] = (float *)at;
        kv->r[l] = (float *)(at + c);
        at += c + r;
    }
    kv->ctx    = ctx;
    kv->layers = layers;
    kv->c_dim  = (int)C;
    kv->r_dim  = (int)R;
    return kv;
}

kv_cache *kv_new(const model *m, int ctx, err *e) { return make(m, ctx, m->c.num_hidden_layers, e); }
kv_cache *kv_new_mtp(const model *m, int ctx, err *e) { return make(m, ctx, 1, e); }
void      kv_free(kv_cache *kv) { mem_free(kv); }
int       kv_len(const kv_cache *kv) { return kv->len; }
int       kv_ctx(const kv_cache *kv) { return kv->ctx; }

void kv_trim(kv_cache *kv, int len) {
    if (len < kv->len) kv->len = len < 0 ? 0 : len;
}

void kv_copy(kv_cache *dst, const kv_cache *src, int len) {
    for (int l = 0; l < src->layers; l++) {
        memcpy(dst->c[l], src->c[l], (size_t)len * (size_t)src->c_dim * 4);
        memcpy(dst->r[l], src->r[l], (size_t)len * (size_t)src->r_dim * 4);
    }
    dst->len = len;
}
