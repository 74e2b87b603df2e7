/* weights.c -- which parameters a model has, under their Hugging Face names, and how they start. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "base/rng.h"
#include "model/parts.h"

/* Layout is a walk over the architecture that is done twice: once to count, once to fill. */
typedef struct walk {
    model *m;
    int    n;
    bool   fill;
} walk;

static param *add(walk *w, bool decay, int nd, int64_t a, int64_t b, int64_t c, const char *fmt, ...) R1_PRINTF(7, 8);
static param *add(walk *w, bool decay, int nd, int64_t a, int64_t b, int64_t c, const char *fmt, ...) {
    int i = w->n++;
    if (!w->fill) return NULL;
    param  *p = &w->m->param[i];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(p->name, sizeof p->name, fmt, ap);
    va_end(ap);
    p->w       = (tensor){DT_F32, nd, {a, b, c, 1}, NULL};
    p->decay   = decay;
    p->trained = true;
    return p;
}
#define MAT(o, i, ...) add(w, true, 2, o, i, 1, __VA_ARGS__)
#define VEC(n, ...) add(w, false, 1, n, 1, 1, __VA_ARGS__)
#define STACK(e, o, i, ...) add(w, true, 3, e, o, i, __VA_ARGS__)

static mla_w walk_mla(walk *w, int l) {
    const cfg *c = &w->m->c;
    int        D = c->hidden_size, H = c->num_attention_heads, P = c->qk_nope_head_dim, R = c->qk_rope_head_dim,
        V   = c->v_head_dim;
    mla_w a = {0};
    if (c->q_lora_rank) {
        a.q_a      = MAT(c->q_lora_rank, D, "model.layers.%d.self_attn.q_a_proj.weight", l);
        a.q_a_norm = VEC(c->q_lora_rank, "model.layers.%d.self_attn.q_a_layernorm.weight", l);
        a.q_b      = MAT(H * (P + R), c->q_lora_rank, "model.layers.%d.self_attn.q_b_proj.weight", l);
    } else {
        a.q_b = MAT(H * (P + R), D, "model.layers.%d.self_attn.q_proj.weight", l);
    }
    a.kv_a      = MAT(c->kv_lora_rank + R, D, "model.layers.%d.self_attn.kv_a_proj_with_mqa.weight", l);
    a.kv_a_norm = VEC(c->kv_lora_rank, "model.layers.%d.self_attn.kv_a_layernorm.weight", l);
    a.kv_b      = MAT(H * (P + V), c->kv_lora_rank, "model.layers.%d.self_attn.kv_b_proj.weight", l);
    a.o         = MAT(D, H * V, "model.layers.%d.self_attn.o_proj.weight", l);
    return a;
}

static ffn_w walk_ffn(walk *w, int l, const char *what, int F) {
    int   D = w->m->c.hidden_size;
    ffn_w f;
    f.gate = MAT(F, D, "model.layers.%d.mlp.%sgate_proj.weight", l, what);
    f.up   = MAT(F, D, "model.layers.%d.mlp.%sup_proj.weight", l, what);
    f.down = MAT(D, F, "model.layers.%d.mlp.%sdown_proj.weight", l, what);
    return f;
}

static block_w walk_block(walk *w, int l, bool moe) {
    const cfg *c = &w->m->c;
    int        D = c->hidden_size, E = c->n_routed_experts, M = c->moe_intermediate_size;
    block_w    b = {.moe = -1};
    b.attn_norm  = VEC(D, "model.layers.%d.input_layernorm.weight", l);
    b.attn       = walk_mla(w, l);
    b.ffn_norm   = VEC(D, "model.layers.%d.post_attention_layernorm.weight", l);
    if (!moe) {
        b.ffn = walk_ffn(w, l, "", c->intermediate_size);
        return b;
    }
    b.moe    = w->m->n_moe++;
    b.router = MAT(E, D, "model.layers.%d.mlp.gate.weight", l);
    if (c->has_gate_bias) {
        b.bias = VEC(E, "model.layers.%d.mlp.gate.e_score_correction_bias", l);
        if (b.bias) b.bias->trained = false; /* moved by model_bias_update, not by gradients */
    }
    b.experts.gate = STACK(E, M, D, "model.layers.%d.mlp.experts.gate_proj.weight", l);
    b.experts.up   = STACK(E, M, D, "model.layers.%d.mlp.experts.up_proj.weight", l);
    b.experts.down = STACK(E, D, M, "model.layers.%d.mlp.experts.down_proj.weight", l);
    if (c->n_shared_experts) b.ffn = walk_ffn(w, l, "shared_experts.", c->n_shared_experts * M);
    return b;
}

static void walk_model(walk *w) {
    model     *m = w->m;
    const cfg *c = &m->c;
    int        D = c->hidden_size;
    m->n_moe     = 0;
    m->embed     = MAT(c->vocab_size, D, "model.embed_tokens.weight");
    for (int l = 0; l < c->num_hidden_layers; l++) {
        block_w b = walk_block(w, l, c->n_routed_experts && l >= c->first_k_dense_replace);
        if (w->fill) m->block[l] = b;
    }
    for (int k = 0; k < c->num_nextn_predict_layers; k++) {
        int   l = c->num_hidden_layers + k;
        mtp_w t;
        t.enorm   = VEC(D, "model.layers.%d.enorm.weight", l);
        t.hnorm   = VEC(D, "model.layers.%d.hnorm.weight", l);
        t.eh_proj = MAT(D, 2 * D, "model.layers.%d.eh_proj.weight", l);
        t.block   = walk_block(w, l, c->n_routed_experts && l >= c->first_k_dense_replace);
        t.norm    = VEC(D, "model.layers.%d.shared_head.norm.weight", l);
        if (w->fill) m->mtp[k] = t;
    }
    m->norm = VEC(D, "model.norm.weight");
    m->head = c->tie_word_embeddings ? m->embed : MAT(c->vocab_size, D, "lm_head.weight");
}

void weights_layout(model *m) {
    walk count = {m, 0, false};
    walk_model(&count);
    m->n_params = count.n;
    m->param    = mem_calloc((size_t)count.n, sizeof(param));
    m->block    = mem_calloc((size_t)m->c.num_hidden_layers, sizeof(block_w));
    m->mtp      = mem_calloc((size_t)m->c.num_nextn_predict_layers + 1, sizeof(mtp_w));
    walk fill   = {m, 0, true};
    walk_model(&fill);
    q8_layout(m);
}

void weights_own(model *m) {
    size_t bytes = 0;
    for (int i = 0; i < m->n_params; i++) bytes += arena_round((size_t)tensor_count(&m->param[i].w) * 4);
    char *at = m->owned = mem_calloc(bytes, 1);
    for (int i = 0; i < m->n_params; i++) {
        m->param[i].w.type = DT_F32;
        m->param[i].w.data = at;
        at += arena_round((size_t)tensor_count(&m->param[i].w) * 4);
    }
}

/* Normal(0, 0.02); what writes into the residual stream is divided by sqrt(2 * layers), as in GPT-2, so that the
 * stream's variance does not grow with depth. The seed and the name decide a tensor, not its place in the file. */
static void init_param(param *p, uint64_t seed, int layers) {
    float *w = p->w.data;
    size_t n = (size_t)tensor_count(&p->w), len = strlen(p->name);
    if (!p->decay) {
        bool bias = strstr(p->name, "_bias") != NULL;
        for (size_t i = 0; i < n; i++) w[i] = bias ? 0 : 1;
        return;
    }
    rng   r   = rng_fork(seed, hash_bytes(p->name, len));
    float std = 0.02f;
    if (strstr(p->name, "o_proj") || strstr(p->name, "down_proj")) std /= sqrtf(2.f * (float)layers);
    for (size_t i = 0; i < n; i++) w[i] = std * rng_normal(&r);
}

model *model_new(const cfg *c, uint64_t seed, err *e) {
    if (!cfg_check(c, e)) return NULL;
    if (c->arch != ARCH_DEEPSEEK_V3) {
        err_set(e, "a new model must be deepseek_v3 (training of %s is not supported)", arch_name(c->arch));
        return NULL;
    }
    model *m   = mem_calloc(1, sizeof *m);
    m->c       = *c;
    m->compute = DT_F32;
    snprintf(m->name, sizeof m->name, "r1");
    weights_layout(m);
    weights_own(m);
    for (int i = 0; i < m->n_params; i++) init_param(&m->param[i], seed, c->num_hidden_layers);
    model_finish(m);
    return m;
}
