/* tiny.h -- a random DeepSeek-V3-shaped model with a real tokenizer, for tests of what stands on a model.
 *
 *   model *m = tiny_model(seed);       // MLA, dense and expert layers, an MTP module; 320 tokens, context 1024
 *
 * The weights are larger than at the start of a training, so that its choices have clear margins. */
#ifndef R1_TINY_H
#define R1_TINY_H
#include "base/err.h"
#include "base/par.h"
#include "kernel/gemm.h"
#include "kernel/kern.h"
#include "model/model.h"
#include "text/chat.h"

static inline void tiny_start(void) {
    err e = {0};
    par_init(0);
    if (!kern_init(NULL, &e)) fail_msg("%s", e.msg);
    gemm_init();
}

static inline tokenizer *tiny_tokenizer(void) {
    static const char text[] =
        "What is x if 7x - 3 = 25? Solve for x: 2x + 5 = 15. Understand: a linear equation in one unknown. "
        "Plan: 1) move the number 2) divide. Work: 2x = 15 - 5 = 10. x = 10 / 2 = 5. Check: 2 * 5 + 5 = 15, right. "
        "The answer is **x = 5**. What is 12 + 30? Work: 2 + 0 = 2, 1 + 3 = 4. The answer is **42**.\n";
    err          e  = {0};
    tok_trainer *tr = tok_trainer_new();
    for (int i = 0; i < 3; i++) tok_trainer_add(tr, text, sizeof text - 1);
    tokenizer *t = tok_trainer_run(tr, 320, chat_special, chat_n_special, &e);
    tok_trainer_free(tr);
    if (!t) fail_msg("%s", e.msg);
    return t;
}

static inline model *tiny_model(uint64_t seed) {
    err        e          = {0};
    tokenizer *t          = tiny_tokenizer();
    cfg        c          = cfg_default();
    c.arch                = ARCH_DEEPSEEK_V3;
    c.vocab_size          = tok_size(t);
    c.hidden_size         = 64;
    c.num_hidden_layers   = 2;
    c.num_attention_heads = c.num_key_value_heads = 4;
    c.intermediate_size                           = 128;
    c.rms_norm_eps                                = 1e-6f;
    c.max_position_embeddings                     = 1024;
    c.q_lora_rank                                 = 32;
    c.kv_lora_rank                                = 32;
    c.qk_nope_head_dim                            = 16;
    c.qk_rope_head_dim                            = 16;
    c.v_head_dim                                  = 16;
    c.head_dim                                    = 32;
    c.n_routed_experts                            = 4;
    c.n_shared_experts                            = 1;
    c.num_experts_per_tok                         = 2;
    c.moe_intermediate_size                       = 32;
    c.first_k_dense_replace                       = 1;
    c.n_group = c.topk_group   = 1;
    c.routed_scaling_factor    = 1.0f;
    c.norm_topk_prob           = true;
    c.scoring_func             = GATE_SIGMOID;
    c.has_gate_bias            = true;
    c.num_nextn_predict_layers = 1;
    c.rope_theta               = 10000.0f;
    if (!cfg_check(&c, &e)) fail_msg("%s", e.msg);
    model *m = model_new(&c, seed, &e);
    if (!m) fail_msg("%s", e.msg);
    model_set_tokenizer(m, t);
    for (int i = 0; i < model_param_count(m); i++) {
        param *p = model_param(m, i);
        if (!p->decay || p->w.type != DT_F32) continue;
        float *w = p->w.data; // [tensor_count]
        for (int64_t k = 0; k < tensor_count(&p->w); k++) w[k] *= 8.0f;
    }
    return m;
}

/* Which experts are chosen no longer hangs on rounding: the gate's selection biases are set far apart. */
static inline void tiny_fix_routes(model *m) {
    for (int i = 0; i < model_param_count(m); i++) {
        param *p = model_param(m, i);
        float *w = p->w.data; // [tensor_count]
        for (int64_t k = 0; !p->trained && k < tensor_count(&p->w); k++) w[k] = (float)(10 * (k % 7));
    }
}
#endif
