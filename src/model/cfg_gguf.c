/* cfg_gguf.c -- a model's shape from and to the metadata of a GGUF file (architectures deepseek2, qwen2, llama).
 *
 * GGUF says some things in its own way; this file is the only place that knows:
 * - block_count includes the MTP layers (nextn_predict_layers of them, at the end);
 * - under MLA head_count_kv is 1 and key_length / value_length are those of the compressed cache; the per-head sizes
 *   are key_length_mla and value_length_mla. Files from before 2025 have no *_mla keys and the plain sizes instead;
 * - YaRN's mscale is not stored and taken to equal mscale_all_dim, which is yarn_log_multiplier / 0.1;
 * - tied embeddings and biases are seen by which tensors exist;
 * - Llama 3.1's RoPE is a tensor of divisors, rope_freqs.weight, not its parameters;
 * - attention.q_lora_rank is written even when it is 0, because llama.cpp demands the key. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "model/cfg.h"

typedef struct in { /* where keys are read from */
    const gguf *g;
    const char *arch;
    char        key[128];
} in;

static const char *key_of(in *x, const char *name) {
    snprintf(x->key, sizeof x->key, "%s.%s", x->arch, name);
    return x->key;
}

enum { MAY = 0, NEED = 1 };

/* After a look-up that failed: an absent optional key is fine and leaves the default. */
static bool excuse(const in *x, const char *expected, int need, err *e) {
    gguf_type t;
    if (gguf_has(x->g, x->key, &t))
        return err_set(e, "key %s: expected %s, found %s or a value out of range", x->key, expected, gguf_type_name(t));
    return !need || err_set(e, "key %s is missing, expected %s", x->key, expected);
}

static bool get_int(in *x, const char *name, int *out, int need, err *e) {
    uint32_t v;
    if (!gguf_u32(x->g, key_of(x, name), &v) || v > 0x7fffffff) return excuse(x, "an integer of 31 bits", need, e);
    *out = (int)v;
    return true;
}

static bool get_f32(in *x, const char *name, float *out, int need, err *e) {
    return gguf_f32(x->g, key_of(x, name), out) || excuse(x, "a float", need, e);
}

static bool get_bool(in *x, const char *name, bool *out, err *e) {
    return gguf_bool(x->g, key_of(x, name), out) || excuse(x, "a bool", MAY, e);
}

/* --- reading --- */

static bool get_arch(in *x, cfg *c, err *e) {
    x->arch = gguf_str(x->g, "general.architecture", NULL);
    if (!x->arch) return err_set(e, "key general.architecture is missing, expected a string");
    for (int a = ARCH_DEEPSEEK_V3; a <= ARCH_LLAMA; a++)
        if (strcmp(x->arch, arch_name((arch)a)) == 0) {
            c->arch = (arch)a;
            return true;
        }
    return err_set(e, "general.architecture: expected deepseek2, qwen2 or llama, found %.60s", x->arch);
}

/* The table is the truth; the key and the tokenizer must agree with it where they exist. */
static bool get_vocab(in *x, cfg *c, err *e) {
    const gguf_tensor *t = gguf_find(x->g, "token_embd.weight");
    gguf_arr           tokens;
    int                v = 0;
    if (!get_int(x, "vocab_size", &v, MAY, e)) return false;
    if (v == 0 && t && t->ne[0] <= 0x7fffffff) v = (int)t->ne[0];
    if (v == 0 && gguf_array(x->g, "tokenizer.ggml.tokens", &tokens) && tokens.n <= 0x7fffffff) v = (int)tokens.n;
    if (v == 0) return err_set(e, "key %s.vocab_size is missing, and there is no token_embd.weight", x->arch);
    if (t && (t->nd != 2 || t->ne[0] != v))
        return err_set(e, "tensor token_embd.weight: expected %d rows (vocab_size), found %lld", v,
                       (long long)t->ne[0]);
    c->vocab_size = v;
    return true;
}

static bool get_token(in *x, const char *key, int *out, err *e) {
    uint32_t v;
    snprintf(x->key, sizeof x->key, "%s", key);
    if (!gguf_u32(x->g, key, &v)) return excuse(x, "a token id", MAY, e);
    /* Writers without such a token store -1 as u32. */
    if (v == UINT32_MAX) return true;
    if (v > 0x7fffffff) return err_set(e, "key %s: %u is not a token id", key, v);
    *out = (int)v;
    return true;
}

static bool get_yarn(in *x, cfg *c, err *e) {
    float log_mul = 0;
    c->yarn       = true;
    if (!get_f32(x, "rope.scaling.factor", &c->yarn_factor, NEED, e) ||
        !get_int(x, "rope.scaling.original_context_length", &c->yarn_original_max, NEED, e) ||
        !get_f32(x, "rope.scaling.yarn_beta_fast", &c->yarn_beta_fast, MAY, e) ||
        !get_f32(x, "rope.scaling.yarn_beta_slow", &c->yarn_beta_slow, MAY, e) ||
        /* Without it the attention scale would be silently wrong, so there is no default. */
        !get_f32(x, "rope.scaling.yarn_log_multiplier", &log_mul, NEED, e))
        return false;
    c->yarn_mscale_all_dim = log_mul / 0.1f;
    /* 0.1f * m / 0.1f can miss m by one bit; mscale is a number people write, so the rounded one is meant. */
    float rounded = roundf(c->yarn_mscale_all_dim * 1e5f) / 1e5f;
    if (fabsf(rounded - c->yarn_mscale_all_dim) <= 1e-6f * rounded) c->yarn_mscale_all_dim = rounded;
    c->yarn_mscale = c->yarn_mscale_all_dim;
    return gguf_f32(x->g, "r1.rope.scaling.yarn_mscale", &c->yarn_mscale) ||
           !gguf_has(x->g, "r1.rope.scaling.yarn_mscale", NULL) ||
           err_set(e, "key r1.rope.scaling.yarn_mscale: expected a float");
}

/* rope_freqs.weight holds divisors. They are recognised as Llama 3.1's with its published parameters (1, 4, 8192
 * and any factor), or refused: cfg must say what the model does. */
static bool get_rope_freqs(const in *x, cfg *c, err *e) {
    const gguf_tensor *t = gguf_find(x->g, "rope_freqs.weight");
    if (!t) return true;
    int n = c->head_dim / 2;
    if (c->arch != ARCH_LLAMA || t->type != DT_F32 || t->nd != 1 || t->ne[0] != n)
        return err_set(e, "tensor rope_freqs.weight: expected f32 [%d] in a llama model", n);
    bool         ok   = true;
    const float *have = (const float *)t->data;                       /* [head_dim/2] */
    float       *want = (float *)mem_alloc((size_t)n * sizeof *want); /* [head_dim/2] */
    c->llama3_factor  = 0;
    for (int i = 0; i < n; i++) c->llama3_factor = have[i] > c->llama3_factor ? have[i] : c->llama3_factor;
    c->llama3_low_freq     = 1;
    c->llama3_high_freq    = 4;
    c->llama3_original_max = 8192;
    cfg_rope_factors(c, want);
    for (int i = 0; ok && i < n; i++) ok = fabsf(have[i] - want[i]) <= 1e-4f * want[i];
    mem_free(want);
    return ok || err_set(e, "tensor rope_freqs.weight: not Llama 3.1's frequency scaling");
}

static bool get_rope(in *x, cfg *c, err *e) {
    float linear = 1;
    if (!get_f32(x, "rope.freq_base", &c->rope_theta, MAY, e) || !get_f32(x, "rope.scale_linear", &linear, MAY, e))
        return false;
    if (linear != 1) return err_set(e, "key %s.rope.scale_linear: linear RoPE scaling is not supported", x->arch);
    const char *type = gguf_str(x->g, key_of(x, "rope.scaling.type"), NULL);
    if (!type) return excuse(x, "a string", MAY, e);
    if (strcmp(type, "none") == 0) return true;
    if (strcmp(type, "yarn") == 0) return get_yarn(x, c, e);
    return err_set(e, "key %s: expected yarn or none, found %.40s", x->key, type);
}

static bool has_tensor(const gguf *g, int layer, const char *name) {
    char buf[64];
    snprintf(buf, sizeof buf, "blk.%d.%s", layer, name);
    return gguf_find(g, buf) != NULL;
}

static bool get_moe(in *x, cfg *c, err *e) {
    int gate = 1; /* files older than the key are DeepSeek-V2's: softmax */
    if (!get_int(x, "expert_count", &c->n_routed_experts, MAY, e)) return false;
    if (c->n_routed_experts == 0) {
        c->first_k_dense_replace = c->num_hidden_layers;
        return true;
    }
    c->norm_topk_prob        = false; /* llama.cpp's defaults for absent keys */
    c->first_k_dense_replace = 0;
    if (!get_int(x, "expert_used_count", &c->num_experts_per_tok, NEED, e) ||
        !get_int(x, "expert_shared_count", &c->n_shared_experts, MAY, e) ||
        !get_int(x, "expert_feed_forward_length", &c->moe_intermediate_size, NEED, e) ||
        !get_int(x, "leading_dense_block_count", &c->first_k_dense_replace, MAY, e) ||
        !get_int(x, "expert_group_count", &c->n_group, MAY, e) ||
        !get_int(x, "expert_group_used_count", &c->topk_group, MAY, e) ||
        !get_int(x, "expert_gating_func", &gate, MAY, e) ||
        !get_bool(x, "expert_weights_norm", &c->norm_topk_prob, e) ||
        !get_f32(x, "expert_weights_scale", &c->routed_scaling_factor, MAY, e))
        return false;
    if (gate != 1 && gate != 2)
        return err_set(e, "key %s.expert_gating_func: expected 1 (softmax) or 2 (sigmoid), found %d", x->arch, gate);
    c->scoring_func = gate == 2 ? GATE_SIGMOID : GATE_SOFTMAX;
    if (c->n_group == 0) c->n_group = c->topk_group = 1; /* 0: no groups */
    if (c->routed_scaling_factor == 0) c->routed_scaling_factor = 1;
    /* The bias is a tensor of every MoE layer; a file of metadata alone is taken to be of the common kind. */
    c->has_gate_bias =
        gguf_tensor_count(x->g) ? has_tensor(x->g, c->first_k_dense_replace, "exp_probs_b.bias") : gate == 2;
    return true;
}

static bool get_mla(in *x, cfg *c, err *e) {
    int key = 0, value = 0, layers = c->num_hidden_layers;
    c->num_key_value_heads = c->num_attention_heads;
    if (!get_int(x, "attention.q_lora_rank", &c->q_lora_rank, MAY, e) ||
        !get_int(x, "attention.kv_lora_rank", &c->kv_lora_rank, NEED, e) ||
        !get_int(x, "rope.dimension_count", &c->qk_rope_head_dim, NEED, e) ||
        !get_int(x, "nextn_predict_layers", &c->num_nextn_predict_layers, MAY, e))
        return false;
    bool old = !gguf_has(x->g, key_of(x, "attention.key_length_mla"), NULL);
    if (!get_int(x, old ? "attention.key_length" : "attention.key_length_mla", &key, NEED, e) ||
        !get_int(x, old ? "attention.value_length" : "attention.value_length_mla", &value, NEED, e))
        return false;
    if (key <= c->qk_rope_head_dim)
        return err_set(e, "key %s.attention.key_length_mla: expected more than rope.dimension_count %d, found %d",
                       x->arch, c->qk_rope_head_dim, key);
    if (c->num_nextn_predict_layers >= layers)
        return err_set(e, "key %s.nextn_predict_layers: expected less than block_count %d, found %d", x->arch, layers,
                       c->num_nextn_predict_layers);
    c->num_hidden_layers = layers - c->num_nextn_predict_layers;
    c->head_dim          = key;
    c->qk_nope_head_dim  = key - c->qk_rope_head_dim;
    c->v_head_dim        = value;
    return get_moe(x, c, e);
}

static bool get_gqa(in *x, cfg *c, err *e) {
    int rope = 0, value = 0, experts = 0;
    c->num_key_value_heads = c->num_attention_heads;
    if (!get_int(x, "attention.head_count_kv", &c->num_key_value_heads, MAY, e) ||
        !get_int(x, "attention.key_length", &c->head_dim, MAY, e) ||
        !get_int(x, "attention.value_length", &value, MAY, e) || !get_int(x, "rope.dimension_count", &rope, MAY, e) ||
        !get_int(x, "expert_count", &experts, MAY, e))
        return false;
    if (experts) return err_set(e, "key %s.expert_count: experts are supported in deepseek2 only", x->arch);
    if (c->head_dim == 0) {
        if (c->num_attention_heads < 1 || c->hidden_size % c->num_attention_heads != 0)
            return err_set(e, "key %s.embedding_length: %d is not a multiple of attention.head_count %d", x->arch,
                           c->hidden_size, c->num_attention_heads);
        c->head_dim = c->hidden_size / c->num_attention_heads;
    }
    if ((rope && rope != c->head_dim) || (value && value != c->head_dim))
        return err_set(e, "%s: rope.dimension_count %d and attention.value_length %d: expected the head's size %d",
                       x->arch, rope, value, c->head_dim);
    c->attention_bias = c->arch == ARCH_QWEN2 && (gguf_tensor_count(x->g) == 0 || has_tensor(x->g, 0, "attn_q.bias"));
    return get_rope_freqs(x, c, e);
}

static bool get_qat(in *x, cfg *c, err *e) {
    uint32_t bits = 0;
    snprintf(x->key, sizeof x->key, "r1.qat.bits");
    if (!gguf_u32(x->g, x->key, &bits) || bits > 64) return excuse(x, "a number of bits", MAY, e);
    c->qat_bits = (int)bits;
    snprintf(x->key, sizeof x->key, "r1.qat.head");
    return gguf_bool(x->g, x->key, &c->qat_head) || excuse(x, "a boolean", MAY, e);
}

static bool read_all(const gguf *g, cfg *c, err *e) {
    in x = {.g = g};
    *c   = cfg_default();
    if (!get_arch(&x, c, e) || !get_int(&x, "block_count", &c->num_hidden_layers, NEED, e) ||
        !get_int(&x, "embedding_length", &c->hidden_size, NEED, e) ||
        !get_int(&x, "feed_forward_length", &c->intermediate_size, NEED, e) ||
        !get_int(&x, "attention.head_count", &c->num_attention_heads, NEED, e) ||
        !get_int(&x, "context_length", &c->max_position_embeddings, NEED, e) ||
        !get_f32(&x, "attention.layer_norm_rms_epsilon", &c->rms_norm_eps, NEED, e) || !get_vocab(&x, c, e) ||
        !get_token(&x, "tokenizer.ggml.bos_token_id", &c->bos_token_id, e) ||
        !get_token(&x, "tokenizer.ggml.eos_token_id", &c->eos_token_id, e) || !get_rope(&x, c, e) || !get_qat(&x, c, e))
        return false;
    if (!(c->arch == ARCH_DEEPSEEK_V3 ? get_mla(&x, c, e) : get_gqa(&x, c, e))) return false;
    c->tie_word_embeddings = gguf_tensor_count(g) > 0 && !gguf_find(g, "output.weight");
    return cfg_check(c, e);
}

bool cfg_from_gguf(const gguf *g, cfg *c, err *e) { return read_all(g, c, e) || err_in(e, "%s", gguf_path(g)); }

/* --- writing --- */

typedef struct out {
    gguf_writer *w;
    const char  *arch;
    char         key[128];
} out;

static const char *out_key(out *x, const char *name) {
    snprintf(x->key, sizeof x->key, "%s.%s", x->arch, name);
    return x->key;
}
static void put_int(out *x, const char *name, int v) { gguf_put_u32(x->w, out_key(x, name), (uint32_t)v); }
static void put_f32(out *x, const char *name, float v) { gguf_put_f32(x->w, out_key(x, name), v); }

static void put_yarn(out *x, const cfg *c) {
    gguf_put_str(x->w, out_key(x, "rope.scaling.type"), "yarn");
    put_f32(x, "rope.scaling.factor", c->yarn_factor);
    put_int(x, "rope.scaling.original_context_length", c->yarn_original_max);
    put_f32(x, "rope.scaling.yarn_beta_fast", c->yarn_beta_fast);
    put_f32(x, "rope.scaling.yarn_beta_slow", c->yarn_beta_slow);
    put_f32(x, "rope.scaling.yarn_log_multiplier", 0.1f * c->yarn_mscale_all_dim);
    /* Not a key of the ecosystem's: other engines take mscale to equal mscale_all_dim, which is true of every
     * published model. Written only where it is not. */
    if (c->yarn_mscale != c->yarn_mscale_all_dim) gguf_put_f32(x->w, "r1.rope.scaling.yarn_mscale", c->yarn_mscale);
}

static void put_moe(out *x, const cfg *c) {
    /* When every group is kept the groups have no effect, and llama.cpp wants fewer used than there are. */
    bool groups = c->topk_group < c->n_group;
    put_int(x, "leading_dense_block_count", c->first_k_dense_replace);
    put_int(x, "expert_count", c->n_routed_experts);
    put_int(x, "expert_used_count", c->num_experts_per_tok);
    put_int(x, "expert_shared_count", c->n_shared_experts);
    put_int(x, "expert_feed_forward_length", c->moe_intermediate_size);
    put_int(x, "expert_group_count", groups ? c->n_group : 1);
    put_int(x, "expert_group_used_count", groups ? c->topk_group : 1);
    put_int(x, "expert_gating_func", c->scoring_func == GATE_SIGMOID ? 2 : 1);
    gguf_put_bool(x->w, out_key(x, "expert_weights_norm"), c->norm_topk_prob);
    put_f32(x, "expert_weights_scale", c->routed_scaling_factor);
}

static void put_mla(out *x, const cfg *c) {
    put_int(x, "attention.head_count_kv", 1);
    put_int(x, "attention.q_lora_rank", c->q_lora_rank);
    put_int(x, "attention.kv_lora_rank", c->kv_lora_rank);
    put_int(x, "attention.key_length", c->kv_lora_rank + c->qk_rope_head_dim);
    put_int(x, "attention.value_length", c->kv_lora_rank);
    put_int(x, "attention.key_length_mla", c->qk_nope_head_dim + c->qk_rope_head_dim);
    put_int(x, "attention.value_length_mla", c->v_head_dim);
    put_int(x, "rope.dimension_count", c->qk_rope_head_dim);
    if (c->num_nextn_predict_layers) put_int(x, "nextn_predict_layers", c->num_nextn_predict_layers);
    if (c->n_routed_experts) put_moe(x, c);
    else put_int(x, "leading_dense_block_count", c->num_hidden_layers + c->num_nextn_predict_layers);
}

void cfg_to_gguf(const cfg *c, gguf_writer *w) {
    out x = {.w = w, .arch = arch_name(c->arch)};
    gguf_put_str(w, "general.architecture", x.arch);
    put_int(&x, "block_count", c->num_hidden_layers + c->num_nextn_predict_layers);
    put_int(&x, "context_length", c->max_position_embeddings);
    put_int(&x, "embedding_length", c->hidden_size);
    put_int(&x, "feed_forward_length", c->intermediate_size);
    put_int(&x, "attention.head_count", c->num_attention_heads);
    put_f32(&x, "attention.layer_norm_rms_epsilon", c->rms_norm_eps);
    put_f32(&x, "rope.freq_base", c->rope_theta);
    put_int(&x, "vocab_size", c->vocab_size);
    if (c->yarn) put_yarn(&x, c);
    if (c->arch == ARCH_DEEPSEEK_V3) {
        put_mla(&x, c);
    } else {
        put_int(&x, "attention.head_count_kv", c->num_key_value_heads);
        put_int(&x, "rope.dimension_count", c->head_dim);
        /* Both default to embedding_length / head_count. */
        if (c->head_dim * c->num_attention_heads != c->hidden_size) {
            put_int(&x, "attention.key_length", c->head_dim);
            put_int(&x, "attention.value_length", c->head_dim);
        }
    }
    if (c->qat_bits) {
        gguf_put_u32(w, "r1.qat.bits", (uint32_t)c->qat_bits);
        gguf_put_bool(w, "r1.qat.head", c->qat_head);
    }
    if (c->bos_token_id >= 0) gguf_put_u32(w, "tokenizer.ggml.bos_token_id", (uint32_t)c->bos_token_id);
    if (c->eos_token_id >= 0) gguf_put_u32(w, "tokenizer.ggml.eos_token_id", (uint32_t)c->eos_token_id);
}
