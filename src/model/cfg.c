/* cfg.c -- defaults, the check that everything else trusts, and the counting of parameters.
 *
 * Limits: each size has one that is far above any published model and low enough that no product of sizes
 * overflows an int64 (1024 experts x 3 matrices x 2^18 x 2^20 x 1024 layers < 2^60). So code after cfg_check may
 * multiply in int64 without thinking, and products marked below fit an int. */
#include "model/cfg.h"

#include <limits.h>
#include <math.h>
#include <stddef.h>

const char *arch_name(arch a) {
    switch (a) {
    case ARCH_DEEPSEEK_V3: return "deepseek2";
    case ARCH_QWEN2: return "qwen2";
    case ARCH_LLAMA: return "llama";
    }
    return "?";
}

cfg cfg_default(void) {
    return (cfg){.arch                    = ARCH_DEEPSEEK_V3,
                 .rms_norm_eps            = 1e-6f,
                 .max_position_embeddings = 4096,
                 .n_group                 = 1,
                 .topk_group              = 1,
                 .routed_scaling_factor   = 1,
                 .norm_topk_prob          = true,
                 .scoring_func            = GATE_SIGMOID,
                 .has_gate_bias           = true,
                 .rope_theta              = 10000,
                 .yarn_factor             = 1,
                 .yarn_beta_fast          = 32,
                 .yarn_beta_slow          = 1,
                 .yarn_mscale             = 1,
                 .bos_token_id            = -1,
                 .eos_token_id            = -1};
}

/* --- check --- */

typedef struct range {
    const char *name;
    size_t      at; /* offset in cfg */
    int         lo, hi;
} range;
#define R(field, lo, hi)                                                                                               \
    { #field, offsetof(cfg, field), lo, hi }

static const range common[] = {
    R(vocab_size, 1, 1 << 24),        R(hidden_size, 1, 1 << 18),
    R(num_hidden_layers, 1, 1024),    R(num_attention_heads, 1, 4096),
    R(num_key_value_heads, 1, 4096),  R(head_dim, 1, 8192),
    R(intermediate_size, 1, 1 << 20), R(max_position_embeddings, 1, 1 << 22),
};
static const range mla[] = {
    R(q_lora_rank, 0, 1 << 18),         R(kv_lora_rank, 1, 1 << 18), R(qk_nope_head_dim, 1, 4096),
    R(qk_rope_head_dim, 2, 4096),       R(v_head_dim, 1, 4096),      R(n_routed_experts, 0, 1024),
    R(num_nextn_predict_layers, 0, 16),
};
static const range moe[] = {
    R(n_shared_experts, 0, 64),
    R(num_experts_per_tok, 1, 4096),
    R(moe_intermediate_size, 1, 1 << 20),
    R(first_k_dense_replace, 0, 1024),
    R(n_group, 1, 4096),
    R(topk_group, 1, 4096),
};
static const range yarn[]   = {R(yarn_original_max, 1, 1 << 28)};
static const range llama3[] = {R(llama3_original_max, 1, 1 << 28)};
#undef R

static bool check_ranges(const cfg *c, const range *r, size_t n, err *e) {
    for (size_t i = 0; i < n; i++) {
        int v = *(const int *)(const void *)((const char *)c + r[i].at);
        if (v < r[i].lo || v > r[i].hi)
            return err_set(e, "%s: expected %d to %d, found %d", r[i].name, r[i].lo, r[i].hi, v);
    }
    return true;
}
#define CHECK(c, table, e) check_ranges(c, table, sizeof(table) / sizeof(table)[0], e)

/* lo <= x <= hi; false for NaN and infinities too. */
static bool check_f32(const char *name, float x, float lo, float hi, err *e) {
    if (x >= lo && x <= hi) return true;
    return err_set(e, "%s: expected %g to %g, found %g", name, (double)lo, (double)hi, (double)x);
}

static bool check_moe(const cfg *c, err *e) {
    if (c->n_routed_experts == 0) return true; /* dense: the other fields are not used */
    if (!CHECK(c, moe, e) || !check_f32("routed_scaling_factor", c->routed_scaling_factor, 1e-6f, 1e6f, e))
        return false;
    if (c->first_k_dense_replace > c->num_hidden_layers)
        return err_set(e, "first_k_dense_replace: %d, more than the %d layers", c->first_k_dense_replace,
                       c->num_hidden_layers);
    if (c->num_experts_per_tok > c->n_routed_experts)
        return err_set(e, "num_experts_per_tok: %d, more than n_routed_experts %d", c->num_experts_per_tok,
                       c->n_routed_experts);
    if (c->n_routed_experts % c->n_group != 0)
        return err_set(e, "n_group: %d groups do not divide n_routed_experts %d", c->n_group, c->n_routed_experts);
    if (c->topk_group > c->n_group)
        return err_set(e, "topk_group: %d, more than n_group %d", c->topk_group, c->n_group);
    int size = c->n_routed_experts / c->n_group;
    /* A group's score is the sum of its two best biased scores (DeepSeek-V3, inference/model.py: without the bias
     * the group's maximum would be used instead, which only DeepSeek-V2 does). */
    if (c->n_group > 1 && size < 2)
        return err_set(e, "n_group: %d groups of %d expert, expected at least 2 in a group", c->n_group, size);
    if (c->n_group > 1 && !c->has_gate_bias)
        return err_set(e, "n_group: %d without the gate's correction bias (topk_method noaux_tc) is not supported",
                       c->n_group);
    if (c->num_experts_per_tok > c->topk_group * size)
        return err_set(e, "num_experts_per_tok: %d, more than the %d experts of topk_group %d groups",
                       c->num_experts_per_tok, c->topk_group * size, c->topk_group);
    if (c->scoring_func != GATE_SIGMOID && c->scoring_func != GATE_SOFTMAX)
        return err_set(e, "scoring_func: expected sigmoid or softmax, found %d", (int)c->scoring_func);
    return true;
}

static bool check_mla(const cfg *c, err *e) {
    if (!CHECK(c, mla, e)) return false;
    if (c->qk_rope_head_dim % 2 != 0)
        return err_set(e, "qk_rope_head_dim: expected an even number, found %d", c->qk_rope_head_dim);
    if (c->head_dim != c->qk_nope_head_dim + c->qk_rope_head_dim)
        return err_set(e, "head_dim: expected qk_nope_head_dim + qk_rope_head_dim = %d, found %d",
                       c->qk_nope_head_dim + c->qk_rope_head_dim, c->head_dim);
    if (c->num_key_value_heads != c->num_attention_heads)
        return err_set(e, "num_key_value_heads: expected num_attention_heads %d under MLA, found %d",
                       c->num_attention_heads, c->num_key_value_heads);
    if (c->attention_bias) return err_set(e, "attention_bias: not supported for deepseek_v3");
    return check_moe(c, e);
}

static bool check_gqa(const cfg *c, err *e) {
    if (c->num_attention_heads % c->num_key_value_heads != 0)
        return err_set(e, "num_key_value_heads: %d do not divide num_attention_heads %d", c->num_key_value_heads,
                       c->num_attention_heads);
    if (c->head_dim % 2 != 0) return err_set(e, "head_dim: expected an even number, found %d", c->head_dim);
    if (c->arch == ARCH_LLAMA && c->attention_bias)
        return err_set(e, "attention_bias: not supported for llama (qwen2 has it)");
    if (c->n_routed_experts || c->num_nextn_predict_layers)
        return err_set(e, "%s: expected no experts and no multi-token prediction, found %d and %d", arch_name(c->arch),
                       c->n_routed_experts, c->num_nextn_predict_layers);
    if (c->yarn) return err_set(e, "rope_scaling: yarn is supported for deepseek_v3 only");
    return true;
}

static bool check_rope(const cfg *c, err *e) {
    if (!check_f32("rope_theta", c->rope_theta, 1, 1e12f, e)) return false;
    if (c->yarn) {
        if (!CHECK(c, yarn, e) || !check_f32("rope_scaling.factor", c->yarn_factor, 1, 1e6f, e) ||
            !check_f32("rope_scaling.beta_slow", c->yarn_beta_slow, 1e-6f, 1e6f, e) ||
            !check_f32("rope_scaling.beta_fast", c->yarn_beta_fast, 1e-6f, 1e6f, e) ||
            !check_f32("rope_scaling.mscale", c->yarn_mscale, 0, 100, e) ||
            !check_f32("rope_scaling.mscale_all_dim", c->yarn_mscale_all_dim, 0, 100, e))
            return false;
        if (c->yarn_beta_fast <= c->yarn_beta_slow)
            return err_set(e, "rope_scaling: expected beta_fast above beta_slow, found %g and %g",
                           (double)c->yarn_beta_fast, (double)c->yarn_beta_slow);
    }
    if (c->llama3_factor != 0) {
        if (c->arch != ARCH_LLAMA) return err_set(e, "rope_scaling: llama3 is supported for llama only");
        if (!CHECK(c, llama3, e) || !check_f32("rope_scaling.factor", c->llama3_factor, 1, 1e6f, e) ||
            !check_f32("rope_scaling.low_freq_factor", c->llama3_low_freq, 1e-6f, 1e6f, e) ||
            !check_f32("rope_scaling.high_freq_factor", c->llama3_high_freq, 1e-6f, 1e6f, e))
            return false;
        if (c->llama3_high_freq <= c->llama3_low_freq)
            return err_set(e, "rope_scaling: expected high_freq_factor above low_freq_factor, found %g and %g",
                           (double)c->llama3_high_freq, (double)c->llama3_low_freq);
    }
    return true;
}

static bool check_qat(const cfg *c, err *e) {
    if (c->qat_bits != 0 && c->qat_bits != 8) return err_set(e, "qat: expected 0 or 8 bits, found %d", c->qat_bits);
    if (c->qat_bits && c->arch != ARCH_DEEPSEEK_V3)
        return err_set(e, "qat: 8-bit models of %s are not supported", arch_name(c->arch));
    if (c->qat_head && c->tie_word_embeddings)
        return err_set(e, "qat: a head in 8-bit integers needs its own weights, this one is the embedding");
    return true;
}

bool cfg_check(const cfg *c, err *e) {
    if (c->arch != ARCH_DEEPSEEK_V3 && c->arch != ARCH_QWEN2 && c->arch != ARCH_LLAMA)
        return err_set(e, "arch: unknown architecture %d", (int)c->arch);
    if (!CHECK(c, common, e)) return false;
    if (!(c->arch == ARCH_DEEPSEEK_V3 ? check_mla(c, e) : check_gqa(c, e))) return false;
    if (!check_f32("rms_norm_eps", c->rms_norm_eps, 1e-12f, 0.1f, e) || !check_rope(c, e) || !check_qat(c, e))
        return false;
    if (c->bos_token_id < -1 || c->bos_token_id >= c->vocab_size)
        return err_set(e, "bos_token_id: %d is outside the vocabulary of %d", c->bos_token_id, c->vocab_size);
    if (c->eos_token_id < -1 || c->eos_token_id >= c->vocab_size)
        return err_set(e, "eos_token_id: %d is outside the vocabulary of %d", c->eos_token_id, c->vocab_size);
    return true;
}

/* --- counting --- */

static void add(cfg_params *s, cfg_params x) {
    s->total += x.total;
    s->active += x.active;
    s->matmul += x.matmul;
}

/* n weights that every token meets; they multiply, or (norms, biases) they do not. */
static cfg_params always(int64_t n, bool multiplies) {
    return (cfg_params){.total = n, .active = n, .matmul = multiplies ? n : 0};
}

static cfg_params count_attention(const cfg *c) {
    int64_t    D = c->hidden_size, H = c->num_attention_heads;
    cfg_params s = {0};
    if (c->arch == ARCH_DEEPSEEK_V3) {
        int64_t Q = c->q_lora_rank, C = c->kv_lora_rank, P = c->qk_nope_head_dim, Rd = c->qk_rope_head_dim,
                V = c->v_head_dim;
        if (Q) {
            add(&s, always(D * Q + Q * H * (P + Rd), true));
            add(&s, always(Q, false));
        } else {
            add(&s, always(D * H * (P + Rd), true));
        }
        add(&s, always(D * (C + Rd) + C * H * (P + V) + H * V * D, true));
        add(&s, always(C, false));
        return s;
    }
    int64_t q = H * c->head_dim, kv = (int64_t)c->num_key_value_heads * c->head_dim;
    add(&s, always(2 * D * q + 2 * D * kv, true));
    if (c->attention_bias) add(&s, always(q + 2 * kv, false));
    return s;
}

static cfg_params count_ffn(const cfg *c, bool dense) {
    int64_t D = c->hidden_size, E = c->n_routed_experts;
    if (dense) return always(3 * D * c->intermediate_size, true);
    int64_t    one = 3 * D * c->moe_intermediate_size;
    cfg_params s   = always(D * E + one * c->n_shared_experts, true); /* the router and the shared experts */
    add(&s,
        (cfg_params){.total = one * E, .active = one * c->num_experts_per_tok, .matmul = one * c->num_experts_per_tok});
    if (c->has_gate_bias) add(&s, always(E, false));
    return s;
}

static cfg_params count_layer(const cfg *c, bool dense) {
    cfg_params s = always(2 * (int64_t)c->hidden_size, false); /* the two norms */
    add(&s, count_attention(c));
    add(&s, count_ffn(c, dense));
    return s;
}

cfg_params cfg_count(const cfg *c) {
    int64_t D = c->hidden_size, table = D * c->vocab_size;
    int     n_dense = c->n_routed_experts == 0 ? c->num_hidden_layers : c->first_k_dense_replace;
    /* The embedding is looked up: a token uses one row. With it DeepSeek's own figure is met, 36.7B active; the whole
     * table would make it 37.6B. */
    cfg_params s = {.total = table, .active = D};
    for (int i = 0; i < c->num_hidden_layers; i++) add(&s, count_layer(c, i < n_dense));
    add(&s, always(D, false));
    /* A tied head adds no weights, but all of the table is used. */
    if (c->tie_word_embeddings) add(&s, (cfg_params){.active = table - D, .matmul = table});
    else add(&s, always(table, true));
    /* An MTP module: eh_proj, its block, enorm, hnorm and the norm before the shared head (DeepSeek-V3, 2.2). */
    cfg_params block = count_layer(c, c->n_routed_experts == 0);
    s.mtp            = c->num_nextn_predict_layers * (2 * D * D + 3 * D + block.total);
    return s;
}

/* --- Llama 3.1's RoPE --- */

/* Waves longer than original/low_freq_factor tokens are slowed by the factor, those shorter than
 * original/high_freq_factor are left alone, and between the two the rate is blended (Llama 3.1 reference code,
 * apply_scaling). */
bool cfg_rope_factors(const cfg *c, float *f /* [head_dim/2] */) {
    int n = (c->arch == ARCH_DEEPSEEK_V3 ? c->qk_rope_head_dim : c->head_dim) / 2;
    for (int i = 0; i < n; i++) f[i] = 1;
    if (c->llama3_factor == 0) return false;
    double low = (double)c->llama3_low_freq, high = (double)c->llama3_high_freq;
    for (int i = 0; i < n; i++) {
        double wave  = 2 * M_PI * pow((double)c->rope_theta, (double)i / n); /* tokens in a full turn */
        double turns = c->llama3_original_max / wave;
        double blend = (turns - low) / (high - low);
        blend        = blend < 0 ? 0 : blend > 1 ? 1 : blend;
        f[i]         = (float)(1 / ((1 - blend) / (double)c->llama3_factor + blend));
    }
    return true;
}
