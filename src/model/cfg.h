/* cfg.h -- the shape of a model: config.json of DeepseekV3ForCausalLM (names are its names) or the
 * metadata of a GGUF file, checked once, then trusted.
 *
 *   cfg c;
 *   if (!cfg_from_hf("dir/config.json", &c, &e)) ...      cfg_from_gguf(g, &c, &e)
 *   cfg_params n = cfg_count(&c);                          // 671B in all, 37B active for DeepSeek-V3
 *
 * Errors: a missing key, a type, a value out of range, an impossible combination: named, with what was expected.
 * Memory: plain data.   Threads: any. */
#ifndef R1_CFG_H
#define R1_CFG_H
#include <jansson.h>
#include "base/err.h"
#include "format/gguf.h"

typedef enum { ARCH_DEEPSEEK_V3, ARCH_QWEN2, ARCH_LLAMA } arch;
typedef enum { GATE_SIGMOID, GATE_SOFTMAX } gate_kind;

typedef struct cfg {
    arch  arch;
    int   vocab_size, hidden_size, num_hidden_layers; /* layers without the MTP ones */
    int   num_attention_heads, num_key_value_heads;   /* MLA: the same number twice */
    int   head_dim;                                   /* MLA: qk_nope_head_dim + qk_rope_head_dim */
    int   intermediate_size;
    float rms_norm_eps;
    bool  tie_word_embeddings;
    bool  attention_bias; /* qwen2: bias on q, k, v */
    int   max_position_embeddings;
    /* MLA */
    int q_lora_rank; /* 0: none */
    int kv_lora_rank, qk_nope_head_dim, qk_rope_head_dim, v_head_dim;
    /* MoE */
    int       n_routed_experts, n_shared_experts, num_experts_per_tok, moe_intermediate_size;
    int       first_k_dense_replace, n_group, topk_group;
    float     routed_scaling_factor;
    bool      norm_topk_prob;
    gate_kind scoring_func;
    bool      has_gate_bias; /* e_score_correction_bias (topk_method noaux_tc) */
    /* MTP */
    int num_nextn_predict_layers; /* 0 or more */
    /* RoPE */
    float rope_theta;
    bool  yarn;
    float yarn_factor, yarn_beta_fast, yarn_beta_slow, yarn_mscale, yarn_mscale_all_dim;
    int   yarn_original_max;
    /* Llama 3.1's frequency scaling (R1-Distill-Llama): llama3_factor 0 = none. See cfg_rope_factors. */
    float llama3_factor, llama3_low_freq, llama3_high_freq;
    int   llama3_original_max;
    int   bos_token_id, eos_token_id; /* -1: none */
    /* 8-bit model (model.h): its products run on 8-bit integers, in training as in use. r1.qat.bits, r1.qat.head in
     * GGUF, "r1_qat" in config.json: keys of ours, other engines run the same file as ordinary Q8_0. */
    int  qat_bits; /* 0: a float model; 8 */
    bool qat_head; /* the output head's product too */
} cfg;

typedef struct cfg_params {
    int64_t total;  /* with embeddings and head, without MTP layers (how DeepSeek counts 671B) */
    int64_t active; /* used for one token: of the embedding one row, all of the head (DeepSeek-V3: 36.6B) */
    int64_t mtp;    /* in MTP modules, their shared embedding and head not counted */
    int64_t matmul; /* active weights that multiply (no embedding, no norms): 2 FLOPs each forward, 6 in training */
} cfg_params;

cfg  cfg_default(void);                                         /* zeros and the field's defaults */
bool cfg_from_hf(const char *path, cfg *c, err *e) R1_MUST_USE; /* config.json, or a folder that has one */
/* Also sets what follows from the rest: first_k_dense_replace = all layers when there are no experts. */
bool    cfg_from_json(const json_t *j, cfg *c, err *e) R1_MUST_USE;
bool    cfg_from_gguf(const gguf *g, cfg *c, err *e) R1_MUST_USE;
bool    cfg_check(const cfg *c, err *e) R1_MUST_USE; /* called by all of the above */
json_t *cfg_to_json(const cfg *c);                   /* a config.json that transformers reads; new reference */
void    cfg_to_gguf(const cfg *c, gguf_writer *w);   /* general.architecture, all keys of the architecture,
                                                        tokenizer.ggml.bos_token_id and eos_token_id; no others */
cfg_params cfg_count(const cfg *c);
/* f [head_dim/2]: what each RoPE frequency is divided by (GGUF's rope_freqs.weight); all 1 without llama3 scaling,
 * then the result is false. A GGUF of such a model needs this as its tensor rope_freqs.weight, F32. */
bool        cfg_rope_factors(const cfg *c, float *f);
const char *arch_name(arch a); /* "deepseek2", "qwen2", "llama" (GGUF's names) */
#endif
