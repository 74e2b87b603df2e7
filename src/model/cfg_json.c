/* cfg_json.c -- config.json of Hugging Face, read and written.
 *
 * Files in the wild differ in age. Transformers 4 has rope_theta and rope_scaling, 5 has both inside
 * rope_parameters; rope_scaling's kind is "type" or "rope_type"; eos_token_id may be a list. Whatever changes the
 * arithmetic in a way this program does not know (another activation, sliding windows, another RoPE) is an error
 * by name: a model that loads and babbles costs more than one that does not load. */
#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "base/json.h"
#include "base/str.h"
#include "model/cfg.h"

static const struct {
    arch        a;
    const char *model_type, *class_name;
} archs[] = {{ARCH_DEEPSEEK_V3, "deepseek_v3", "DeepseekV3ForCausalLM"},
             {ARCH_QWEN2, "qwen2", "Qwen2ForCausalLM"},
             {ARCH_LLAMA, "llama", "LlamaForCausalLM"}};
enum { N_ARCHS = sizeof archs / sizeof archs[0] };

static bool get_arch(const json_t *j, arch *out, err *e) {
    const char *type = NULL;
    if (!json_get_str(j, "model_type", &type, JSON_MAY, e)) return false;
    const char *class_name = json_string_value(json_array_get(json_object_get(j, "architectures"), 0));
    for (int i = 0; i < N_ARCHS; i++)
        if (type ? strcmp(type, archs[i].model_type) == 0
                 : class_name && strcmp(class_name, archs[i].class_name) == 0) {
            *out = archs[i].a;
            return true;
        }
    return err_set(e, "model_type: expected deepseek_v3, qwen2 or llama, found %.60s",
                   type         ? type
                   : class_name ? class_name
                                : "nothing");
}

/* Keys whose other values would need other code. */
static bool need_false(const json_t *j, const char *key, err *e) {
    bool v = false;
    if (!json_get_bool(j, key, &v, JSON_MAY, e)) return false;
    return !v || err_set(e, "%s: true is not supported", key);
}

static bool need_silu(const json_t *j, err *e) {
    const char *s = "silu";
    if (!json_get_str(j, "hidden_act", &s, JSON_MAY, e)) return false;
    return strcmp(s, "silu") == 0 || err_set(e, "hidden_act: expected silu, found %.40s", s);
}

/* An id, null, or a list of which the first counts. */
static bool get_token(const json_t *j, const char *key, int *out, err *e) {
    const json_t *v = json_object_get(j, key);
    if (!json_is_array(v)) return json_get_int(j, key, out, JSON_MAY, e);
    const json_t *x = json_array_get(v, 0);
    if (!json_is_integer(x) || json_integer_value(x) < 0 || json_integer_value(x) > 0x7fffffff)
        return err_set(e, "%s: expected a list of token ids", key);
    *out = (int)json_integer_value(x);
    return true;
}

static bool get_yarn(const json_t *s, cfg *c, err *e) {
    c->yarn = true;
    return json_get_f32(s, "factor", &c->yarn_factor, JSON_NEED, e) &&
           json_get_int(s, "original_max_position_embeddings", &c->yarn_original_max, JSON_NEED, e) &&
           json_get_f32(s, "beta_fast", &c->yarn_beta_fast, JSON_MAY, e) &&
           json_get_f32(s, "beta_slow", &c->yarn_beta_slow, JSON_MAY, e) &&
           json_get_f32(s, "mscale", &c->yarn_mscale, JSON_MAY, e) &&
           json_get_f32(s, "mscale_all_dim", &c->yarn_mscale_all_dim, JSON_MAY, e);
}

static bool get_llama3(const json_t *s, cfg *c, err *e) {
    if (!json_get_f32(s, "factor", &c->llama3_factor, JSON_NEED, e) ||
        !json_get_f32(s, "low_freq_factor", &c->llama3_low_freq, JSON_NEED, e) ||
        !json_get_f32(s, "high_freq_factor", &c->llama3_high_freq, JSON_NEED, e) ||
        !json_get_int(s, "original_max_position_embeddings", &c->llama3_original_max, JSON_NEED, e))
        return false;
    /* 0 means "none" in cfg, so that value cannot pass through to cfg_check. */
    return c->llama3_factor != 0 || err_set(e, "rope_scaling.factor: expected 1 to 1e+06, found 0");
}

static bool get_rope(const json_t *j, cfg *c, err *e) {
    const json_t *s    = json_object_get(j, "rope_parameters");
    const char   *type = NULL;
    if (!json_is_object(s)) s = json_object_get(j, "rope_scaling");
    if (!json_get_f32(j, "rope_theta", &c->rope_theta, JSON_MAY, e)) return false;
    if (!s || json_is_null(s)) return true;
    if (!json_is_object(s)) return err_set(e, "rope_scaling: expected an object or null");
    if (!json_get_f32(s, "rope_theta", &c->rope_theta, JSON_MAY, e) || !json_get_str(s, "type", &type, JSON_MAY, e) ||
        !json_get_str(s, "rope_type", &type, JSON_MAY, e))
        return false;
    if (!type) return err_set(e, "rope_scaling: key \"type\" or \"rope_type\" is missing");
    bool ok = true;
    if (strcmp(type, "yarn") == 0) ok = get_yarn(s, c, e);
    else if (strcmp(type, "llama3") == 0) ok = get_llama3(s, c, e);
    else if (strcmp(type, "default") != 0)
        return err_set(e, "rope_scaling: type: expected yarn, llama3 or default, found %.40s", type);
    return ok || err_in(e, "rope_scaling");
}

static bool get_moe(const json_t *j, cfg *c, err *e) {
    const char *score = "sigmoid", *topk = "noaux_tc";
    int         freq = 1;
    if (!json_get_int(j, "n_routed_experts", &c->n_routed_experts, JSON_MAY, e)) return false;
    if (c->n_routed_experts == 0) { /* every layer is dense, whatever the other fields say */
        c->first_k_dense_replace = c->num_hidden_layers;
        return true;
    }
    if (!json_get_int(j, "n_shared_experts", &c->n_shared_experts, JSON_MAY, e) ||
        !json_get_int(j, "num_experts_per_tok", &c->num_experts_per_tok, JSON_NEED, e) ||
        !json_get_int(j, "moe_intermediate_size", &c->moe_intermediate_size, JSON_NEED, e) ||
        !json_get_int(j, "first_k_dense_replace", &c->first_k_dense_replace, JSON_NEED, e) ||
        !json_get_int(j, "n_group", &c->n_group, JSON_NEED, e) ||
        !json_get_int(j, "topk_group", &c->topk_group, JSON_NEED, e) ||
        !json_get_f32(j, "routed_scaling_factor", &c->routed_scaling_factor, JSON_NEED, e) ||
        !json_get_bool(j, "norm_topk_prob", &c->norm_topk_prob, JSON_MAY, e) ||
        !json_get_str(j, "scoring_func", &score, JSON_MAY, e) || !json_get_str(j, "topk_method", &topk, JSON_MAY, e) ||
        !json_get_int(j, "moe_layer_freq", &freq, JSON_MAY, e))
        return false;
    if (freq != 1) return err_set(e, "moe_layer_freq: expected 1, found %d", freq);
    if (strcmp(score, "sigmoid") != 0 && strcmp(score, "softmax") != 0)
        return err_set(e, "scoring_func: expected sigmoid or softmax, found %.40s", score);
    if (strcmp(topk, "noaux_tc") != 0 && strcmp(topk, "greedy") != 0)
        return err_set(e, "topk_method: expected noaux_tc or greedy, found %.40s", topk);
    c->scoring_func  = score[1] == 'i' ? GATE_SIGMOID : GATE_SOFTMAX;
    c->has_gate_bias = topk[0] == 'n';
    return true;
}

static bool get_qat(const json_t *j, cfg *c, err *e) {
    const json_t *q = json_object_get(j, "r1_qat");
    if (!q || json_is_null(q)) return true;
    if (!json_is_object(q)) return err_set(e, "r1_qat: expected an object or null");
    return (json_get_int(q, "bits", &c->qat_bits, JSON_NEED, e) &&
            json_get_bool(q, "head", &c->qat_head, JSON_MAY, e)) ||
           err_in(e, "r1_qat");
}

static bool get_deepseek(const json_t *j, cfg *c, err *e) {
    bool interleave        = true;
    c->num_key_value_heads = c->num_attention_heads;
    if (!json_get_int(j, "num_key_value_heads", &c->num_key_value_heads, JSON_MAY, e) ||
        !json_get_int(j, "q_lora_rank", &c->q_lora_rank, JSON_MAY, e) ||
        !json_get_int(j, "kv_lora_rank", &c->kv_lora_rank, JSON_NEED, e) ||
        !json_get_int(j, "qk_nope_head_dim", &c->qk_nope_head_dim, JSON_NEED, e) ||
        !json_get_int(j, "qk_rope_head_dim", &c->qk_rope_head_dim, JSON_NEED, e) ||
        !json_get_int(j, "v_head_dim", &c->v_head_dim, JSON_NEED, e) ||
        !json_get_int(j, "num_nextn_predict_layers", &c->num_nextn_predict_layers, JSON_MAY, e) ||
        !json_get_bool(j, "rope_interleave", &interleave, JSON_MAY, e) || !need_false(j, "attention_bias", e))
        return false;
    if (!interleave) return err_set(e, "rope_interleave: false is not supported");
    /* Unsigned, so that nonsense in the file wraps instead of being undefined; cfg_check sees the parts first. */
    c->head_dim = (int)((unsigned)c->qk_nope_head_dim + (unsigned)c->qk_rope_head_dim);
    return get_moe(j, c, e);
}

static bool get_dense(const json_t *j, cfg *c, err *e) {
    c->num_key_value_heads = c->num_attention_heads;
    if (!json_get_int(j, "num_key_value_heads", &c->num_key_value_heads, JSON_MAY, e) ||
        !json_get_int(j, "head_dim", &c->head_dim, JSON_MAY, e) || !need_false(j, "use_sliding_window", e) ||
        !need_false(j, "mlp_bias", e))
        return false;
    if (c->arch == ARCH_QWEN2) c->attention_bias = true; /* always, by the architecture */
    else if (!json_get_bool(j, "attention_bias", &c->attention_bias, JSON_MAY, e)) return false;
    if (c->head_dim != 0) return true;
    if (c->num_attention_heads < 1 || c->hidden_size % c->num_attention_heads != 0)
        return err_set(e, "hidden_size: %d is not a multiple of num_attention_heads %d", c->hidden_size,
                       c->num_attention_heads);
    c->head_dim = c->hidden_size / c->num_attention_heads;
    return true;
}

bool cfg_from_json(const json_t *j, cfg *c, err *e) {
    *c = cfg_default();
    if (!json_is_object(j)) return err_set(e, "expected a JSON object");
    if (!get_arch(j, &c->arch, e) || !json_get_int(j, "vocab_size", &c->vocab_size, JSON_NEED, e) ||
        !json_get_int(j, "hidden_size", &c->hidden_size, JSON_NEED, e) ||
        !json_get_int(j, "num_hidden_layers", &c->num_hidden_layers, JSON_NEED, e) ||
        !json_get_int(j, "num_attention_heads", &c->num_attention_heads, JSON_NEED, e) ||
        !json_get_int(j, "intermediate_size", &c->intermediate_size, JSON_NEED, e) ||
        !json_get_int(j, "max_position_embeddings", &c->max_position_embeddings, JSON_NEED, e) ||
        !json_get_f32(j, "rms_norm_eps", &c->rms_norm_eps, JSON_MAY, e) ||
        !json_get_bool(j, "tie_word_embeddings", &c->tie_word_embeddings, JSON_MAY, e) || !need_silu(j, e) ||
        !get_token(j, "bos_token_id", &c->bos_token_id, e) || !get_token(j, "eos_token_id", &c->eos_token_id, e) ||
        !get_rope(j, c, e) || !get_qat(j, c, e))
        return false;
    if (!(c->arch == ARCH_DEEPSEEK_V3 ? get_deepseek(j, c, e) : get_dense(j, c, e))) return false;
    return cfg_check(c, e);
}

bool cfg_from_hf(const char *path, cfg *c, err *e) {
    bool    ok   = false;
    str     file = {0};
    json_t *j    = NULL;
    str_addf(&file, fs_is_dir(path) ? "%s/config.json" : "%s", path);
    j = json_load_path(file.p, 16 << 20, e);
    if (!j) goto done;
    ok = cfg_from_json(j, c, e) || err_in(e, "%s", file.p);
done:
    json_decref(j);
    str_free(&file);
    return ok;
}

/* --- writing --- */

/* 1e-6f is 9.99999997e-07 as a double: write the shortest decimal that reads back as the same float. */
static json_t *real(float x) {
    char buf[32];
    for (int digits = 1; digits <= FLT_DECIMAL_DIG; digits++) {
        snprintf(buf, sizeof buf, "%.*g", digits, (double)x);
        if (strtof(buf, NULL) == x) break;
    }
    return json_real(strtod(buf, NULL));
}

static void put_int(json_t *j, const char *key, int v) { json_object_set_new(j, key, json_integer(v)); }
static void put_real(json_t *j, const char *key, float v) { json_object_set_new(j, key, real(v)); }
static void put_str(json_t *j, const char *key, const char *v) { json_object_set_new(j, key, json_string(v)); }
static void put_bool(json_t *j, const char *key, bool v) { json_object_set_new(j, key, json_boolean(v)); }
static void put_token(json_t *j, const char *key, int v) {
    json_object_set_new(j, key, v < 0 ? json_null() : json_integer(v));
}

static json_t *rope_scaling(const cfg *c) {
    if (!c->yarn && c->llama3_factor == 0) return json_null();
    json_t *s = json_object();
    if (c->yarn) {
        put_str(s, "type", "yarn");
        put_str(s, "rope_type", "yarn");
        put_real(s, "factor", c->yarn_factor);
        put_int(s, "original_max_position_embeddings", c->yarn_original_max);
        put_real(s, "beta_fast", c->yarn_beta_fast);
        put_real(s, "beta_slow", c->yarn_beta_slow);
        put_real(s, "mscale", c->yarn_mscale);
        put_real(s, "mscale_all_dim", c->yarn_mscale_all_dim);
    } else {
        put_str(s, "rope_type", "llama3");
        put_real(s, "factor", c->llama3_factor);
        put_real(s, "low_freq_factor", c->llama3_low_freq);
        put_real(s, "high_freq_factor", c->llama3_high_freq);
        put_int(s, "original_max_position_embeddings", c->llama3_original_max);
    }
    return s;
}

static void put_deepseek(json_t *j, const cfg *c) {
    bool moe = c->n_routed_experts > 0;
    if (c->q_lora_rank) put_int(j, "q_lora_rank", c->q_lora_rank);
    else json_object_set_new(j, "q_lora_rank", json_null());
    put_int(j, "kv_lora_rank", c->kv_lora_rank);
    put_int(j, "qk_nope_head_dim", c->qk_nope_head_dim);
    put_int(j, "qk_rope_head_dim", c->qk_rope_head_dim);
    put_int(j, "v_head_dim", c->v_head_dim);
    put_int(j, "first_k_dense_replace", moe ? c->first_k_dense_replace : c->num_hidden_layers);
    put_int(j, "num_nextn_predict_layers", c->num_nextn_predict_layers);
    if (!moe) {
        json_object_set_new(j, "n_routed_experts", json_null());
        return;
    }
    put_int(j, "moe_layer_freq", 1);
    put_int(j, "moe_intermediate_size", c->moe_intermediate_size);
    put_int(j, "n_routed_experts", c->n_routed_experts);
    put_int(j, "n_shared_experts", c->n_shared_experts);
    put_int(j, "num_experts_per_tok", c->num_experts_per_tok);
    put_int(j, "n_group", c->n_group);
    put_int(j, "topk_group", c->topk_group);
    put_str(j, "topk_method", c->has_gate_bias ? "noaux_tc" : "greedy");
    put_str(j, "scoring_func", c->scoring_func == GATE_SIGMOID ? "sigmoid" : "softmax");
    put_bool(j, "norm_topk_prob", c->norm_topk_prob);
    put_real(j, "routed_scaling_factor", c->routed_scaling_factor);
}

json_t *cfg_to_json(const cfg *c) {
    json_t *j = json_object();
    for (int i = 0; i < N_ARCHS; i++)
        if (archs[i].a == c->arch) {
            json_object_set_new(j, "architectures", json_pack("[s]", archs[i].class_name));
            put_str(j, "model_type", archs[i].model_type);
        }
    put_int(j, "vocab_size", c->vocab_size);
    put_int(j, "hidden_size", c->hidden_size);
    put_int(j, "intermediate_size", c->intermediate_size);
    put_int(j, "num_hidden_layers", c->num_hidden_layers);
    put_int(j, "num_attention_heads", c->num_attention_heads);
    put_int(j, "num_key_value_heads", c->num_key_value_heads);
    put_str(j, "hidden_act", "silu");
    put_real(j, "rms_norm_eps", c->rms_norm_eps);
    put_bool(j, "tie_word_embeddings", c->tie_word_embeddings);
    put_int(j, "max_position_embeddings", c->max_position_embeddings);
    put_real(j, "rope_theta", c->rope_theta);
    json_object_set_new(j, "rope_scaling", rope_scaling(c));
    put_token(j, "bos_token_id", c->bos_token_id);
    put_token(j, "eos_token_id", c->eos_token_id);
    if (c->qat_bits)
        json_object_set_new(j, "r1_qat", json_pack("{s:i, s:b}", "bits", c->qat_bits, "head", (int)c->qat_head));
    if (c->arch == ARCH_DEEPSEEK_V3) put_deepseek(j, c);
    else put_int(j, "head_dim", c->head_dim);
    if (c->arch == ARCH_QWEN2) put_bool(j, "use_sliding_window", false);
    else put_bool(j, "attention_bias", false);
    if (c->arch == ARCH_LLAMA) put_bool(j, "mlp_bias", false);
    return j;
}
