#include "unit.h"

#include <math.h>

#include "base/fs.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/rng.h"
#include "model/cfg.h"

/* config.json as published. */
static const char v3_671b[] =
    "{\"architectures\": [\"DeepseekV3ForCausalLM\"], \"attention_bias\": false, \"attention_dropout\": 0.0,"
    "\"auto_map\": {\"AutoConfig\": \"configuration_deepseek.DeepseekV3Config\"}, \"bos_token_id\": 0,"
    "\"eos_token_id\": 1, \"ep_size\": 1, \"first_k_dense_replace\": 3, \"hidden_act\": \"silu\","
    "\"hidden_size\": 7168, \"initializer_range\": 0.02, \"intermediate_size\": 18432, \"kv_lora_rank\": 512,"
    "\"max_position_embeddings\": 163840, \"model_type\": \"deepseek_v3\", \"moe_intermediate_size\": 2048,"
    "\"moe_layer_freq\": 1, \"n_group\": 8, \"n_routed_experts\": 256, \"n_shared_experts\": 1,"
    "\"norm_topk_prob\": true, \"num_attention_heads\": 128, \"num_experts_per_tok\": 8, \"num_hidden_layers\": 61,"
    "\"num_key_value_heads\": 128, \"num_nextn_predict_layers\": 1, \"q_lora_rank\": 1536, \"qk_nope_head_dim\": 128,"
    "\"qk_rope_head_dim\": 64, \"quantization_config\": {\"activation_scheme\": \"dynamic\", \"fmt\": \"e4m3\","
    "\"quant_method\": \"fp8\", \"weight_block_size\": [128, 128]}, \"rms_norm_eps\": 1e-06,"
    "\"rope_scaling\": {\"beta_fast\": 32, \"beta_slow\": 1, \"factor\": 40, \"mscale\": 1.0, \"mscale_all_dim\": 1.0,"
    "\"original_max_position_embeddings\": 4096, \"type\": \"yarn\"}, \"rope_theta\": 10000,"
    "\"routed_scaling_factor\": 2.5, \"scoring_func\": \"sigmoid\", \"tie_word_embeddings\": false, \"topk_group\": 4,"
    "\"topk_method\": \"noaux_tc\", \"torch_dtype\": \"bfloat16\", \"transformers_version\": \"4.33.1\","
    "\"use_cache\": true, \"v_head_dim\": 128, \"vocab_size\": 129280}";

static const char qwen_1_5b[] =
    "{\"architectures\": [\"Qwen2ForCausalLM\"], \"attention_dropout\": 0.0, \"bos_token_id\": 151643,"
    "\"eos_token_id\": 151643, \"hidden_act\": \"silu\", \"hidden_size\": 1536, \"intermediate_size\": 8960,"
    "\"max_position_embeddings\": 131072, \"max_window_layers\": 21, \"model_type\": \"qwen2\","
    "\"num_attention_heads\": 12, \"num_hidden_layers\": 28, \"num_key_value_heads\": 2, \"rms_norm_eps\": 1e-06,"
    "\"rope_theta\": 10000, \"sliding_window\": 4096, \"tie_word_embeddings\": false, \"torch_dtype\": \"bfloat16\","
    "\"use_cache\": true, \"use_mrope\": false, \"use_sliding_window\": false, \"vocab_size\": 151936}";

static const char llama_8b[] =
    "{\"architectures\": [\"LlamaForCausalLM\"], \"attention_bias\": false, \"bos_token_id\": 128000,"
    "\"eos_token_id\": [128001, 128008, 128009], \"hidden_act\": \"silu\", \"hidden_size\": 4096,"
    "\"intermediate_size\": 14336, \"max_position_embeddings\": 131072, \"mlp_bias\": false, \"model_type\": \"llama\","
    "\"num_attention_heads\": 32, \"num_hidden_layers\": 32, \"num_key_value_heads\": 8, \"rms_norm_eps\": 1e-05,"
    "\"rope_scaling\": {\"factor\": 8.0, \"high_freq_factor\": 4.0, \"low_freq_factor\": 1.0,"
    "\"original_max_position_embeddings\": 8192, \"rope_type\": \"llama3\"}, \"rope_theta\": 500000.0,"
    "\"tie_word_embeddings\": false, \"vocab_size\": 128256}";

static bool parse(const char *text, cfg *c, err *e) {
    json_t *j  = json_load_mem("config.json", text, strlen(text), e);
    bool    ok = j && cfg_from_json(j, c, e);
    json_decref(j);
    return ok;
}

static cfg parsed(const char *text) {
    cfg c;
    err e = {0};
    if (!parse(text, &c, &e)) fail_msg("%s", e.msg);
    return c;
}

static void assert_near(int64_t x, double want, double part) {
    if (fabs((double)x - want) > want * part) fail_msg("%lld parameters, expected %g", (long long)x, want);
}

#define SAME_I(f)                                                                                                      \
    if (a->f != b->f) fail_msg("%s: " #f ": %d and %d", what, (int)a->f, (int)b->f)
#define SAME_F(f)                                                                                                      \
    if (!(fabsf(a->f - b->f) <= 0)) fail_msg("%s: " #f ": %g and %g", what, (double)a->f, (double)b->f)
static void assert_same(const char *what, const cfg *a, const cfg *b) {
    SAME_I(arch);
    SAME_I(vocab_size);
    SAME_I(hidden_size);
    SAME_I(num_hidden_layers);
    SAME_I(num_attention_heads);
    SAME_I(num_key_value_heads);
    SAME_I(head_dim);
    SAME_I(intermediate_size);
    SAME_F(rms_norm_eps);
    SAME_I(tie_word_embeddings);
    SAME_I(attention_bias);
    SAME_I(max_position_embeddings);
    SAME_I(q_lora_rank);
    SAME_I(kv_lora_rank);
    SAME_I(qk_nope_head_dim);
    SAME_I(qk_rope_head_dim);
    SAME_I(v_head_dim);
    SAME_I(n_routed_experts);
    SAME_I(n_shared_experts);
    SAME_I(num_experts_per_tok);
    SAME_I(moe_intermediate_size);
    SAME_I(first_k_dense_replace);
    SAME_I(n_group);
    SAME_I(topk_group);
    SAME_F(routed_scaling_factor);
    SAME_I(norm_topk_prob);
    SAME_I(scoring_func);
    SAME_I(has_gate_bias);
    SAME_I(num_nextn_predict_layers);
    SAME_F(rope_theta);
    SAME_I(yarn);
    SAME_F(yarn_factor);
    SAME_F(yarn_beta_fast);
    SAME_F(yarn_beta_slow);
    SAME_F(yarn_mscale);
    SAME_F(yarn_mscale_all_dim);
    SAME_I(yarn_original_max);
    SAME_F(llama3_factor);
    SAME_F(llama3_low_freq);
    SAME_F(llama3_high_freq);
    SAME_I(llama3_original_max);
    SAME_I(bos_token_id);
    SAME_I(eos_token_id);
    SAME_I(qat_bits);
    SAME_I(qat_head);
}

static void test_deepseek_v3(void **state) {
    (void)state;
    cfg c = parsed(v3_671b);
    assert_int_equal(c.arch, ARCH_DEEPSEEK_V3);
    assert_true(c.vocab_size == 129280 && c.hidden_size == 7168 && c.num_hidden_layers == 61);
    assert_true(c.head_dim == 192 && c.q_lora_rank == 1536 && c.kv_lora_rank == 512 && c.v_head_dim == 128);
    assert_true(c.n_routed_experts == 256 && c.n_group == 8 && c.topk_group == 4 && c.has_gate_bias);
    assert_true(c.scoring_func == GATE_SIGMOID && c.norm_topk_prob && c.routed_scaling_factor == 2.5f);
    assert_true(c.yarn && c.yarn_factor == 40 && c.yarn_original_max == 4096 && c.yarn_beta_fast == 32);
    assert_true(c.yarn_mscale == 1 && c.yarn_mscale_all_dim == 1 && c.rope_theta == 10000 && c.rms_norm_eps == 1e-6f);
    /* The published counts: 671B (exactly, of the checkpoint's main model: 671,026,419,200), "37B" active, the MTP
     * module 11.5B of its own. */
    cfg_params n = cfg_count(&c);
    assert_near(n.total, 671.0e9, 0.001);
    assert_int_equal(n.total, 671026419200);
    assert_near(n.active, 36.7e9, 0.005);
    assert_near(n.mtp, 11.5e9, 0.01);
    assert_true(n.matmul < n.active && n.active - n.matmul < 2000000); /* the rest: norms, biases, one row */
}

static void test_distilled(void **state) {
    (void)state;
    cfg c = parsed(qwen_1_5b);
    assert_true(c.arch == ARCH_QWEN2 && c.attention_bias && c.head_dim == 128 && c.num_key_value_heads == 2);
    cfg_params n = cfg_count(&c);
    assert_int_equal(n.total, 1777088000); /* the tensors of R1-Distill-Qwen-1.5B; tied it would be Qwen2.5's 1.54B */
    assert_int_equal(n.active, n.total - 151935ll * 1536); /* one row of the embedding */
    c.tie_word_embeddings = true;
    assert_int_equal(cfg_count(&c).total, 1543714304);
    assert_int_equal(cfg_count(&c).active, 1543714304);
    assert_int_equal(cfg_count(&c).matmul, n.matmul);
    c = parsed(llama_8b);
    assert_true(c.arch == ARCH_LLAMA && !c.attention_bias && c.eos_token_id == 128001 && c.llama3_factor == 8);
    assert_int_equal(cfg_count(&c).total, 8030261248);
    assert_int_equal(cfg_count(&c).mtp, 0);
}

/* Transformers 5 moved RoPE into one object. */
static void test_rope_parameters(void **state) {
    (void)state;
    static const char *texts[] = {llama_8b, v3_671b};
    for (int i = 0; i < 2; i++) {
        err     e = {0};
        cfg     a = parsed(texts[i]), b;
        json_t *j = json_loads(texts[i], 0, NULL), *s = json_incref(json_object_get(j, "rope_scaling"));
        json_object_set(s, "rope_theta", json_object_get(j, "rope_theta"));
        json_object_del(j, "rope_theta");
        json_object_del(j, "rope_scaling");
        json_object_set_new(j, "rope_parameters", s);
        if (!cfg_from_json(j, &b, &e)) fail_msg("%s", e.msg);
        assert_same("rope_parameters", &a, &b);
        json_decref(j);
    }
    json_t *j = json_loads(qwen_1_5b, 0, NULL);
    err     e = {0};
    cfg     c;
    json_object_set_new(j, "rope_parameters", json_pack("{s:s,s:f}", "rope_type", "default", "rope_theta", 1e6));
    assert_true(cfg_from_json(j, &c, &e) && c.rope_theta == 1e6f && !c.yarn);
    json_decref(j);
}

static void test_llama3_factors(void **state) {
    (void)state;
    cfg   c = parsed(llama_8b);
    float f[64]; /* [head_dim/2] */
    assert_true(cfg_rope_factors(&c, f));
    assert_true(f[0] == 1 && f[20] == 1 && f[63] == 8); /* short waves as they are, long ones slowed */
    for (int i = 1; i < 64; i++) assert_true(f[i] >= f[i - 1]);
    /* One in the blend, by the published formula: inv_freq' = (1-s) inv_freq / 8 + s inv_freq. */
    double inv = pow(500000.0, -2.0 * 31 / 128), wave = 2 * M_PI / inv, s = (8192 / wave - 1) / (4 - 1);
    assert_true(s > 0 && s < 1);
    assert_true(fabs((double)f[31] - inv / ((1 - s) * inv / 8 + s * inv)) < 1e-5);
    c.llama3_factor = 0;
    assert_false(cfg_rope_factors(&c, f));
    assert_true(f[0] == 1 && f[63] == 1);
}

/* --- nonsense --- */

typedef struct edit {
    const char *key, *value, *word; /* value NULL: the key is taken away */
} edit;

static void expect_rejected(const char *base, const edit *x) {
    err     e = {0};
    cfg     c;
    json_t *j = json_load_mem("base", base, strlen(base), &e), *o = j;
    char    key[64];
    snprintf(key, sizeof key, "%s", x->key);
    if (strncmp(key, "rope_scaling.", 13) == 0) {
        o = json_object_get(j, "rope_scaling");
        memmove(key, key + 13, strlen(key + 13) + 1);
    }
    if (x->value) json_object_set_new(o, key, json_loads(x->value, JSON_DECODE_ANY, NULL));
    else json_object_del(o, key);
    bool ok = cfg_from_json(j, &c, &e);
    if (ok) fail_msg("accepted %s = %s", x->key, x->value ? x->value : "(missing)");
    if (!strstr(e.msg, x->word)) fail_msg("%s = %s: expected \"%s\" in: %s", x->key, x->value, x->word, e.msg);
    assert_null(strchr(e.msg, '\n'));
    json_decref(j);
}

static void test_rejects_nonsense_v3(void **state) {
    (void)state;
    static const edit bad[] = {
        {"r1_qat", "{\"bits\": 4}", "qat: expected 0 or 8 bits, found 4"},
        {"r1_qat", "{\"head\": true}", "r1_qat: "},
        {"r1_qat", "8", "r1_qat: expected an object or null"},
        {"hidden_size", "0", "hidden_size: expected 1 to"},
        {"hidden_size", "-7168", "hidden_size: expected 1 to"},
        {"hidden_size", "2147483647", "hidden_size: expected 1 to"},
        {"hidden_size", "7168000000000", "hidden_size"},
        {"hidden_size", "7168.5", "hidden_size"},
        {"hidden_size", "\"7168\"", "hidden_size"},
        {"hidden_size", "null", "hidden_size"},
        {"hidden_size", NULL, "hidden_size"},
        {"vocab_size", "0", "vocab_size"},
        {"num_hidden_layers", "0", "num_hidden_layers"},
        {"num_hidden_layers", "100000", "num_hidden_layers"},
        {"num_hidden_layers", "2", "first_k_dense_replace: 3, more than the 2 layers"},
        {"num_attention_heads", "0", "num_attention_heads"},
        {"num_attention_heads", "64", "num_key_value_heads"},
        {"intermediate_size", "-1", "intermediate_size"},
        {"max_position_embeddings", "0", "max_position_embeddings"},
        {"q_lora_rank", "-1", "q_lora_rank"},
        {"kv_lora_rank", "0", "kv_lora_rank"},
        {"kv_lora_rank", NULL, "kv_lora_rank"},
        {"qk_rope_head_dim", "63", "qk_rope_head_dim: expected an even number"},
        {"qk_rope_head_dim", "0", "qk_rope_head_dim"},
        {"qk_nope_head_dim", "2147483647", "head_dim"},
        {"v_head_dim", "0", "v_head_dim"},
        {"n_routed_experts", "-1", "n_routed_experts"},
        {"n_routed_experts", "1000000", "n_routed_experts"},
        {"n_routed_experts", "255", "n_group: 8 groups do not divide n_routed_experts 255"},
        {"n_routed_experts", "8", "at least 2 in a group"},
        {"num_experts_per_tok", "0", "num_experts_per_tok"},
        {"num_experts_per_tok", "257", "num_experts_per_tok: 257, more than n_routed_experts 256"},
        {"num_experts_per_tok", "129", "more than the 128 experts of topk_group 4 groups"},
        {"n_shared_experts", "-1", "n_shared_experts"},
        {"moe_intermediate_size", "0", "moe_intermediate_size"},
        {"n_group", "0", "n_group"},
        {"topk_group", "9", "topk_group: 9, more than n_group 8"},
        {"topk_group", "0", "topk_group"},
        {"topk_method", "\"greedy\"", "correction bias"},
        {"topk_method", "\"best\"", "topk_method"},
        {"scoring_func", "\"tanh\"", "scoring_func"},
        {"routed_scaling_factor", "0", "routed_scaling_factor"},
        {"routed_scaling_factor", "-2.5", "routed_scaling_factor"},
        {"routed_scaling_factor", "1e300", "routed_scaling_factor"},
        {"moe_layer_freq", "2", "moe_layer_freq"},
        {"num_nextn_predict_layers", "-1", "num_nextn_predict_layers"},
        {"num_nextn_predict_layers", "1000", "num_nextn_predict_layers"},
        {"rms_norm_eps", "0", "rms_norm_eps"},
        {"rms_norm_eps", "1", "rms_norm_eps"},
        {"rope_theta", "0", "rope_theta"},
        {"rope_theta", "-10000", "rope_theta"},
        {"rope_scaling", "7", "rope_scaling"},
        {"rope_scaling.type", "\"linear\"", "rope_scaling"},
        {"rope_scaling.type", NULL, "rope_scaling"},
        {"rope_scaling.factor", "0.5", "rope_scaling.factor"},
        {"rope_scaling.factor", NULL, "factor"},
        {"rope_scaling.original_max_position_embeddings", "0", "yarn_original_max"},
        {"rope_scaling.beta_fast", "1", "beta_fast above beta_slow"},
        {"rope_scaling.mscale", "-1", "mscale"},
        {"hidden_act", "\"gelu\"", "hidden_act: expected silu, found gelu"},
        {"attention_bias", "true", "attention_bias"},
        {"rope_interleave", "false", "rope_interleave"},
        {"model_type", "\"gpt2\"", "model_type: expected deepseek_v3, qwen2 or llama, found gpt2"},
        {"bos_token_id", "129280", "bos_token_id: 129280 is outside"},
        {"eos_token_id", "-2", "eos_token_id"},
        {"eos_token_id", "[]", "eos_token_id"},
        {"eos_token_id", "[\"a\"]", "eos_token_id"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) expect_rejected(v3_671b, &bad[i]);
}

static void test_rejects_nonsense_dense(void **state) {
    (void)state;
    static const edit bad[] = {
        {"num_key_value_heads", "5", "num_key_value_heads: 5 do not divide num_attention_heads"},
        {"num_key_value_heads", "0", "num_key_value_heads"},
        {"num_attention_heads", "13", "hidden_size: 1536 is not a multiple of num_attention_heads 13"},
        {"num_attention_heads", "0", "num_attention_heads"},
        {"head_dim", "127", "head_dim: expected an even number"},
        {"head_dim", "-128", "head_dim"},
        {"use_sliding_window", "true", "use_sliding_window"},
        {"rope_scaling", "{\"type\":\"yarn\",\"factor\":4,\"original_max_position_embeddings\":32768}",
         "yarn is supported"},
    };
    static const edit llama[] = {
        {"attention_bias", "true", "attention_bias"},
        {"mlp_bias", "true", "mlp_bias"},
        {"rope_scaling.factor", "0", "rope_scaling"},
        {"rope_scaling.high_freq_factor", "1", "high_freq_factor above low_freq_factor"},
        {"rope_scaling.low_freq_factor", "0", "low_freq_factor"},
        {"rope_scaling.original_max_position_embeddings", "-1", "llama3_original_max"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) expect_rejected(qwen_1_5b, &bad[i]);
    for (size_t i = 0; i < sizeof llama / sizeof llama[0]; i++) expect_rejected(llama_8b, &llama[i]);
    err e = {0};
    cfg c;
    assert_false(parse("[]", &c, &e));
    assert_false(parse("7", &c, &e));
    assert_false(parse("{}", &c, &e));
    assert_false(cfg_from_hf("/nonexistent", &c, &e));
    assert_non_null(strstr(e.msg, "/nonexistent"));
    c = cfg_default();
    assert_false(cfg_check(&c, &e)); /* sizes of 0 */
    c              = parsed(v3_671b);
    c.rms_norm_eps = NAN;
    assert_false(cfg_check(&c, &e));
    c            = parsed(v3_671b);
    c.rope_theta = INFINITY;
    assert_false(cfg_check(&c, &e));
    c      = parsed(v3_671b);
    c.arch = (arch)7;
    assert_false(cfg_check(&c, &e));
}

/* The largest config that the check lets through still counts without overflow. */
static void test_largest_counts(void **state) {
    (void)state;
    cfg c                 = parsed(v3_671b);
    err e                 = {0};
    c.vocab_size          = 1 << 24;
    c.hidden_size         = 1 << 18;
    c.num_hidden_layers   = 1024;
    c.num_attention_heads = c.num_key_value_heads = 4096;
    c.intermediate_size = c.moe_intermediate_size = 1 << 20;
    c.q_lora_rank = c.kv_lora_rank = 1 << 18;
    c.qk_nope_head_dim = c.qk_rope_head_dim = c.v_head_dim = 4096;
    c.head_dim                                             = 8192;
    c.n_routed_experts = c.num_experts_per_tok = 1024;
    c.n_shared_experts                         = 64;
    c.n_group = c.topk_group   = 1;
    c.first_k_dense_replace    = 0;
    c.num_nextn_predict_layers = 16;
    if (!cfg_check(&c, &e)) fail_msg("%s", e.msg);
    cfg_params n = cfg_count(&c);
    assert_true(n.total > (1ll << 59) && n.active > 0 && n.active <= n.total && n.mtp > 0 && n.matmul > 0);
}

/* --- round trips --- */

static void test_json_round_trip(void **state) {
    (void)state;
    const char *texts[] = {v3_671b, qwen_1_5b, llama_8b};
    for (int i = 0; i < 3; i++) {
        err     e = {0};
        cfg     a = parsed(texts[i]), b;
        json_t *j = cfg_to_json(&a);
        if (!cfg_from_json(j, &b, &e)) fail_msg("%s", e.msg);
        assert_same("json", &a, &b);
        json_decref(j);
    }
    /* What transformers needs to find the class and to compute the same. */
    cfg     c = parsed(v3_671b);
    json_t *j = cfg_to_json(&c);
    assert_string_equal(json_string_value(json_array_get(json_object_get(j, "architectures"), 0)),
                        "DeepseekV3ForCausalLM");
    assert_string_equal(json_string_value(json_object_get(j, "model_type")), "deepseek_v3");
    assert_string_equal(json_string_value(json_object_get(j, "topk_method")), "noaux_tc");
    assert_string_equal(json_string_value(json_object_get(json_object_get(j, "rope_scaling"), "type")), "yarn");
    assert_true(json_real_value(json_object_get(j, "rms_norm_eps")) == 1e-6); /* not 9.99999997e-07 */
    json_decref(j);
    c.yarn        = false;
    c.q_lora_rank = 0;
    j             = cfg_to_json(&c);
    assert_true(json_is_null(json_object_get(j, "rope_scaling")) && json_is_null(json_object_get(j, "q_lora_rank")));
    json_decref(j);
}

static int pick(rng *r, int lo, int hi) { return rng_range(r, lo, hi); }

static cfg random_cfg(rng *r) {
    cfg c                     = cfg_default();
    c.arch                    = (arch)pick(r, 0, 2);
    c.vocab_size              = pick(r, 1, 200000);
    c.hidden_size             = pick(r, 1, 9000);
    c.num_hidden_layers       = pick(r, 1, 80);
    c.intermediate_size       = pick(r, 1, 30000);
    c.max_position_embeddings = pick(r, 1, 200000);
    c.num_key_value_heads     = pick(r, 1, 16);
    c.num_attention_heads     = c.num_key_value_heads * (c.arch == ARCH_DEEPSEEK_V3 ? 1 : pick(r, 1, 8));
    c.head_dim                = 2 * pick(r, 1, 128);
    c.rms_norm_eps            = (float)pick(r, 1, 999) * 1e-7f;
    c.rope_theta              = (float)pick(r, 1, 1000) * 1234.5f;
    c.bos_token_id            = pick(r, -1, c.vocab_size - 1);
    c.eos_token_id            = pick(r, -1, c.vocab_size - 1);
    c.attention_bias          = c.arch == ARCH_QWEN2;
    if (c.arch == ARCH_LLAMA && pick(r, 0, 1)) {
        c.llama3_factor       = 8;
        c.llama3_low_freq     = 1;
        c.llama3_high_freq    = 4;
        c.llama3_original_max = 8192;
    }
    if (c.arch != ARCH_DEEPSEEK_V3) return c;
    c.qat_bits                 = 8 * pick(r, 0, 1);
    c.qat_head                 = c.qat_bits && pick(r, 0, 1);
    c.q_lora_rank              = pick(r, 0, 1) * pick(r, 1, 2000);
    c.kv_lora_rank             = pick(r, 1, 600);
    c.qk_rope_head_dim         = 2 * pick(r, 1, 64);
    c.qk_nope_head_dim         = pick(r, 1, 200);
    c.head_dim                 = c.qk_rope_head_dim + c.qk_nope_head_dim;
    c.v_head_dim               = pick(r, 1, 200);
    c.num_nextn_predict_layers = pick(r, 0, 2);
    c.first_k_dense_replace    = c.num_hidden_layers;
    if (pick(r, 0, 3)) {
        c.topk_group            = pick(r, 1, 4);
        c.n_group               = c.topk_group == 1 ? 1 : c.topk_group + pick(r, 1, 4);
        c.n_routed_experts      = c.n_group * pick(r, 2, 16);
        c.num_experts_per_tok   = pick(r, 1, c.topk_group);
        c.n_shared_experts      = pick(r, 0, 2);
        c.moe_intermediate_size = pick(r, 1, 3000);
        c.first_k_dense_replace = pick(r, 0, c.num_hidden_layers);
        c.routed_scaling_factor = (float)pick(r, 1, 100) * 0.1f;
        c.norm_topk_prob        = pick(r, 0, 1);
        c.scoring_func          = pick(r, 0, 1) ? GATE_SIGMOID : GATE_SOFTMAX;
    }
    if (pick(r, 0, 1)) {
        c.yarn                = true;
        c.yarn_factor         = (float)pick(r, 1, 80) * 0.5f + 1;
        c.yarn_original_max   = pick(r, 1, 8192);
        c.yarn_beta_fast      = 32;
        c.yarn_beta_slow      = (float)pick(r, 1, 9) * 0.1f;
        c.yarn_mscale_all_dim = (float)pick(r, 0, 2000) / 1000;
        c.yarn_mscale         = pick(r, 0, 3) ? c.yarn_mscale_all_dim : 1.25f;
    }
    return c;
}

/* Write the metadata and the few tensors whose presence says something. */
static void write_gguf(const char *path, const cfg *c) {
    err          e = {0};
    char         name[64];
    float        f[256]; /* [head_dim/2] */
    gguf_writer *w = gguf_create(path, &e);
    if (!w) fail_msg("%s", e.msg);
    cfg_to_gguf(c, w);
    int n = c->arch != ARCH_DEEPSEEK_V3 && cfg_rope_factors(c, f) ? c->head_dim / 2 : 0;
    gguf_declare(w, "token_embd.weight", DT_I8, 2, (int64_t[]){c->vocab_size, 1});
    if (!c->tie_word_embeddings) gguf_declare(w, "output.weight", DT_I8, 1, (int64_t[]){1});
    if (c->attention_bias) gguf_declare(w, "blk.0.attn_q.bias", DT_I8, 1, (int64_t[]){1});
    snprintf(name, sizeof name, "blk.%d.exp_probs_b.bias", c->first_k_dense_replace);
    if (c->n_routed_experts && c->has_gate_bias) gguf_declare(w, name, DT_I8, 1, (int64_t[]){1});
    if (n) gguf_declare(w, "rope_freqs.weight", DT_F32, 1, (int64_t[]){n});
    char *zeros = calloc(1, (size_t)c->vocab_size);
    bool  ok    = gguf_begin(w, &e) && gguf_data(w, zeros, (size_t)c->vocab_size, &e);
    if (ok && !c->tie_word_embeddings) ok = gguf_data(w, zeros, 1, &e);
    if (ok && c->attention_bias) ok = gguf_data(w, zeros, 1, &e);
    if (ok && c->n_routed_experts && c->has_gate_bias) ok = gguf_data(w, zeros, 1, &e);
    if (ok && n) ok = gguf_data(w, f, (size_t)n * sizeof *f, &e);
    if (!ok || !gguf_finish(w, &e)) fail_msg("%s", e.msg);
    free(zeros);
}

static cfg read_gguf(const char *path) {
    err   e = {0};
    cfg   c;
    gguf *g = gguf_open(path, &e);
    if (!g || !cfg_from_gguf(g, &c, &e)) fail_msg("%s", e.msg);
    gguf_close(g);
    return c;
}

static void test_random_round_trips(void **state) {
    const char *dir = *state;
    char        path[512];
    rng         r = rng_seed(unit_seed("test_random_round_trips"));
    snprintf(path, sizeof path, "%s/random.gguf", dir);
    for (int i = 0; i < 100; i++) {
        err e = {0};
        cfg a = random_cfg(&r), b;
        if (!cfg_check(&a, &e)) fail_msg("%s", e.msg);
        json_t *j = cfg_to_json(&a);
        if (!cfg_from_json(j, &b, &e)) fail_msg("%s", e.msg);
        assert_same("json", &a, &b);
        json_decref(j);
        a.tie_word_embeddings = !a.qat_head && rng_below(&r, 2);
        write_gguf(path, &a);
        b = read_gguf(path);
        assert_same("gguf", &a, &b);
    }
    assert_true(fs_remove(path, NULL));
}

/* --- GGUF metadata that is wrong --- */

static void test_rejects_bad_gguf(void **state) {
    const char *dir = *state;
    char        path[512];
    cfg         c = parsed(v3_671b), d;
    c.vocab_size  = 16;
    snprintf(path, sizeof path, "%s/bad.gguf", dir);
    static const struct {
        const char *find, *put, *word; /* of equal length: a key renamed, or a value changed */
        size_t      len;
    } bad[] = {
        {"general.architecture", "general.architecturX", "general.architecture is missing", 20},
        {"\x09\0\0\0\0\0\0\0deepseek2", "\x09\0\0\0\0\0\0\0deepseek9", "found deepseek9", 17},
        {"deepseek2.block_count", "deepseek2.block_counX", "deepseek2.block_count is missing", 21},
        {"deepseek2.attention.kv_lora_rank", "deepseek2.attention.kv_lora_ranX", "kv_lora_rank is missing", 32},
        {"rope.scaling.yarn_log_multiplier", "rope.scaling.yarn_log_multiplieX", "yarn_log_multiplier is missing", 32},
        {"\4\0\0\0\0\0\0\0yarn", "\4\0\0\0\0\0\0\0yaXn", "expected yarn or none, found yaXn", 12},
        {"deepseek2.context_length\4", "deepseek2.context_length\5", "", 25}, /* i32 is as good as u32 */
        {"deepseek2.context_length\4", "deepseek2.context_length\6", "expected an integer of 31 bits, found f32", 25},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        err    e = {0};
        size_t n, len = bad[i].len;
        write_gguf(path, &c);
        char *p  = fs_read(path, 1 << 20, &n, &e);
        char *at = memmem(p, n, bad[i].find, len);
        assert_non_null(at);
        memcpy(at, bad[i].put, len);
        gguf *g = gguf_open_mem(p, n, "bad.gguf", &e);
        assert_non_null(g);
        assert_int_equal(cfg_from_gguf(g, &d, &e), !*bad[i].word);
        if (!*bad[i].word) assert_same("i32", &c, &d);
        else if (!strstr(e.msg, bad[i].word) || !strstr(e.msg, "bad.gguf"))
            fail_msg("expected \"%s\" in: %s", bad[i].word, e.msg);
        gguf_close(g);
        mem_free(p);
    }
    assert_true(fs_remove(path, NULL));
}

/* --- golden files --- */

static const char *shared(void) {
    const char *s = getenv("R1_SHARED");
    if (!s || !*s) s = "../shared";
    return fs_is_dir(s) ? s : NULL;
}

static void test_golden_hf_equals_gguf(void **state) {
    (void)state;
    if (!shared()) {
        printf("skipped: golden configurations, no ../shared and no R1_SHARED\n");
        skip();
    }
    static const char *names[] = {"v3-yarn", "v3-plain"};
    for (int i = 0; i < 2; i++) {
        char path[512];
        err  e = {0};
        cfg  a, b;
        snprintf(path, sizeof path, "%s/golden/deepseek-v3/%s", shared(), names[i]);
        if (!cfg_from_hf(path, &a, &e)) fail_msg("%s", e.msg);
        snprintf(path, sizeof path, "%s/golden/gguf/%s/%s.gguf", shared(), names[i], names[i]);
        b = read_gguf(path);
        if (i == 1) { /* the GGUF of v3-plain is without the MTP layer */
            assert_true(a.num_nextn_predict_layers == 1 && b.num_nextn_predict_layers == 0);
            b.num_nextn_predict_layers = 1;
        }
        assert_same(names[i], &a, &b);
    }
}

static void test_golden_dense(void **state) {
    (void)state;
    if (!shared()) {
        printf("skipped: golden configurations, no ../shared and no R1_SHARED\n");
        skip();
    }
    char path[512];
    snprintf(path, sizeof path, "%s/golden/gguf/qwen2-tied/F16.gguf", shared());
    cfg c = read_gguf(path);
    assert_true(c.arch == ARCH_QWEN2 && c.tie_word_embeddings && c.attention_bias && c.head_dim == 32);
    assert_true(c.rope_theta == 1e6f && c.num_key_value_heads == 2 && c.vocab_size == 512 && c.bos_token_id == 509);
    snprintf(path, sizeof path, "%s/golden/gguf/stories260K/stories260K.F32.gguf", shared());
    c = read_gguf(path);
    assert_true(c.arch == ARCH_LLAMA && !c.attention_bias && c.head_dim == 8 && c.num_key_value_heads == 4);
    assert_true(c.rms_norm_eps == 1e-5f && c.tie_word_embeddings);
    assert_int_equal(cfg_count(&c).total, 260032);
    snprintf(path, sizeof path, "%s/golden/gguf/deepseek2-plain/F32.gguf", shared());
    c = read_gguf(path);
    assert_true(c.n_shared_experts == 2 && c.moe_intermediate_size == 32 && c.n_routed_experts == 5 && c.has_gate_bias);
    assert_true(c.routed_scaling_factor == 1.5f && c.num_hidden_layers == 3 && !c.yarn);
}

/* What the count says is what the files hold. */
static void test_count_equals_tensors(void **state) {
    (void)state;
    if (!shared()) {
        printf("skipped: golden configurations, no ../shared and no R1_SHARED\n");
        skip();
    }
    static const char *names[] = {"v3-yarn/v3-yarn",  "v3-plain/v3-plain",   "llama/F16",         "qwen2-tied/F16",
                                  "qwen2-untied/F32", "deepseek2-plain/F32", "deepseek2-yarn/F16"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char    path[512];
        err     e = {0};
        cfg     c;
        int64_t n = 0;
        snprintf(path, sizeof path, "%s/golden/gguf/%s.gguf", shared(), names[i]);
        gguf *g = gguf_open(path, &e);
        if (!g || !cfg_from_gguf(g, &c, &e)) fail_msg("%s", e.msg);
        for (int k = 0; k < gguf_tensor_count(g); k++) {
            const gguf_tensor *t     = gguf_tensor_at(g, k);
            int64_t            count = 1;
            for (int d = 0; d < t->nd; d++) count *= t->ne[d];
            n += count;
        }
        cfg_params p = cfg_count(&c);
        if (p.total + p.mtp != n)
            fail_msg("%s: counted %lld, the file has %lld", names[i], (long long)(p.total + p.mtp), (long long)n);
        gguf_close(g);
    }
}

static int setup(void **state) {
    static char dir[256];
    *state = unit_tmpdir(dir, sizeof dir);
    return *state ? 0 : -1;
}

static int teardown(void **state) { return fs_remove(*state, NULL) ? 0 : -1; }

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deepseek_v3),           cmocka_unit_test(test_distilled),
        cmocka_unit_test(test_rope_parameters),       cmocka_unit_test(test_llama3_factors),
        cmocka_unit_test(test_rejects_nonsense_v3),   cmocka_unit_test(test_rejects_nonsense_dense),
        cmocka_unit_test(test_largest_counts),        cmocka_unit_test(test_json_round_trip),
        cmocka_unit_test(test_random_round_trips),    cmocka_unit_test(test_rejects_bad_gguf),
        cmocka_unit_test(test_golden_hf_equals_gguf), cmocka_unit_test(test_golden_dense),
        cmocka_unit_test(test_count_equals_tensors),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
