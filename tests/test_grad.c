/* The backward pass of the whole model against finite differences of its forward.
 *
 * For each parameter tensor: along a random direction d (|d| = |w|-like scale), (L(w + h d) - L(w - h d)) / 2h must be
 * the inner product of the gradient with d. The forward is float32 with sums in double, so the differences carry noise
 * of about 1e-6 |L| / h; several step sizes are tried and the best one counts.
 *
 * The loss jumps where a token changes its experts, so no difference may cross such a place: the gate's selection
 * biases are set far apart, which fixes who is chosen and leaves the (unbiased) weights of the chosen as they are; the
 * softmax gate has no bias and chooses all. That the choice itself is right is tested in test_ops_moe and test_golden.
 */
#include "unit.h"

#include <math.h>

#include "base/mem.h"
#include "base/par.h"
#include "base/rng.h"
#include "kernel/gemm.h"
#include "kernel/kern.h"
#include "model/model.h"

enum { T = 45, N_SEQ = 3, VOCAB = 61 };

static cfg small_cfg(bool q_lora, bool moe, bool tied, bool softmax) {
    cfg c                 = cfg_default();
    c.arch                = ARCH_DEEPSEEK_V3;
    c.vocab_size          = VOCAB;
    c.hidden_size         = 24;
    c.num_hidden_layers   = 2;
    c.num_attention_heads = c.num_key_value_heads = 3;
    c.intermediate_size                           = 40;
    c.rms_norm_eps                                = 1e-6f;
    c.tie_word_embeddings                         = tied;
    c.max_position_embeddings                     = 64;
    c.head_dim                                    = 12;
    c.q_lora_rank                                 = q_lora ? 16 : 0;
    c.kv_lora_rank                                = 12;
    c.qk_nope_head_dim                            = 8;
    c.qk_rope_head_dim                            = 4;
    c.v_head_dim                                  = 6;
    c.rope_theta                                  = 10000;
    c.first_k_dense_replace                       = moe ? 1 : 2;
    c.n_group = c.topk_group = 1;
    if (moe) {
        c.n_routed_experts      = 6;
        c.n_shared_experts      = 1;
        c.num_experts_per_tok   = softmax ? 6 : 3;
        c.moe_intermediate_size = 16;
        c.n_group               = softmax ? 1 : 3;
        c.topk_group            = softmax ? 1 : 2;
        c.routed_scaling_factor = 1.5f;
        c.norm_topk_prob        = true;
        c.scoring_func          = softmax ? GATE_SOFTMAX : GATE_SIGMOID;
        c.has_gate_bias         = !softmax;
    }
    c.num_nextn_predict_layers = 1;
    return c;
}

typedef struct fixture {
    model      *m;
    model_work *w;
    int32_t     tok[T], tgt[T], start[N_SEQ + 1];
    float       wt[T];
    train_rows  b;
    loss_args   a;
} fixture;

static void setup(fixture *f, const cfg *c, uint64_t seed, dtype compute) {
    err e = {0};
    f->m  = model_new(c, seed, &e);
    if (!f->m) fail_msg("%s", e.msg);
    rng r    = rng_fork(seed, 7);
    int turn = (int)(seed % 7); /* six experts, seven ranks: of any turn the groups' sums are 10 apart, too */
    /* larger weights than at the start of training, so that no gradient is lost in noise */
    for (int i = 0; i < model_param_count(f->m); i++) {
        param *p = model_param(f->m, i);
        float *x = p->w.data;
        for (int64_t k = 0; k < tensor_count(&p->w); k++)
            x[k] = p->decay ? x[k] * 8 : p->trained ? 1 + 0.2f * rng_normal(&r) : 10 * (float)((5 * k + turn) % 7);
    }
    assert_true(model_train_begin(f->m, compute, &e));
    f->w = work_new(f->m, T + 5, WORK_TRAIN, &e);
    assert_non_null(f->w);
    for (int t = 0; t < T; t++) {
        f->tok[t] = (int32_t)rng_below(&r, VOCAB);
        f->tgt[t] = (int32_t)rng_below(&r, VOCAB);
        f->wt[t]  = rng_below(&r, 4) ? 1.f : 0.f;
    }
    memcpy(f->start, (int32_t[]){0, 20, 21, T}, sizeof f->start);
    f->b = (train_rows){.r = {.T = T, .tok = f->tok, .n_seq = N_SEQ, .start = f->start}, .tgt = f->tgt, .w = f->wt};
    f->a = (loss_args){.scale = 1.f / T, .mtp_lambda = 0.3f, .balance_alpha = 0, .backward = false};
}

static void teardown(fixture *f) {
    work_free(f->w);
    model_free(f->m);
}

/* What `scale` and the lambdas make of the losses: the function whose gradient is taken. */
static double objective(fixture *f) {
    model_losses l;
    f->a.backward = false;
    model_loss(f->m, f->w, &f->b, &f->a, &l);
    double moe = model_moe_layers(f->m) ? l.balance * model_moe_layers(f->m) : 0;
    return (double)f->a.scale * (l.nll + (double)f->a.mtp_lambda * l.mtp_nll + moe * T);
}

static void move(param *p, const float *w0, const float *d, double h) {
    float *w = p->w.data;
    for (int64_t k = 0; k < tensor_count(&p->w); k++) w[k] = (float)((double)w0[k] + h * (double)d[k]);
}

static double error_at(fixture *f, param *p, const float *w0, const float *d, double want, double h) {
    move(p, w0, d, h);
    double up = objective(f);
    move(p, w0, d, -h);
    double down = objective(f);
    move(p, w0, d, 0);
    return fabs((up - down) / (2 * h) - want);
}

static void check_param(fixture *f, param *p, rng *r) {
    int64_t n  = tensor_count(&p->w);
    float  *w0 = mem_alloc((size_t)n * 4), *d = mem_alloc((size_t)n * 4);
    double  gd = 0, gg = 0, dd = 0;
    memcpy(w0, p->w.data, (size_t)n * 4);
    for (int64_t k = 0; k < n; k++) {
        d[k] = rng_normal(r);
        gd += (double)p->g[k] * (double)d[k];
        gg += (double)p->g[k] * (double)p->g[k];
        dd += (double)d[k] * (double)d[k];
    }
    /* typical size of the inner product is |g|: the bar is relative to it */
    double size = sqrt(gg) + 1e-4, best = 1e30;
    for (double h = 9e-3; h > 1e-4; h /= 3) {
        double x = error_at(f, p, w0, d, gd, h);
        if (x < best) best = x;
    }
    if (!(best <= 0.01 * size))
        fail_msg("%s: gradient along a random direction is off by %.3g, |g| = %.3g", p->name, best, sqrt(gg));
    mem_free(w0);
    mem_free(d);
}

static void check_model(const cfg *c, float alpha, float lambda) {
    uint64_t seed = unit_seed("check_model");
    fixture  f;
    setup(&f, c, seed, DT_F32);
    f.a.balance_alpha = alpha;
    f.a.mtp_lambda    = lambda;
    f.a.backward      = true;
    model_losses l;
    model_loss(f.m, f.w, &f.b, &f.a, &l);
    rng r       = rng_fork(seed, 8);
    int nonzero = 0;
    for (int i = 0; i < model_param_count(f.m); i++) {
        param *p = model_param(f.m, i);
        if (!p->trained || (lambda == 0 && strstr(p->name, "layers.2"))) continue;
        check_param(&f, p, &r);
        nonzero++;
    }
    assert_true(nonzero > 20);
    teardown(&f);
}

static void test_dense(void **s) {
    (void)s;
    cfg c = small_cfg(true, false, false, false);
    check_model(&c, 0, 0.3f);
}
static void test_dense_no_q_lora_tied(void **s) {
    (void)s;
    cfg c = small_cfg(false, false, true, false);
    check_model(&c, 0, 0);
}
static void test_moe(void **s) {
    (void)s;
    cfg c = small_cfg(true, true, false, false);
    check_model(&c, 0, 0.3f);
}
static void test_moe_balance(void **s) {
    (void)s;
    cfg c = small_cfg(true, true, false, false);
    check_model(&c, 0.5f, 0.3f);
}
static void test_moe_softmax(void **s) {
    (void)s;
    cfg c = small_cfg(true, true, false, true);
    check_model(&c, 0.1f, 0.1f);
}

/* bf16 operands: the same gradient up to bf16's precision. */
static void test_bf16_close(void **s) {
    (void)s;
    cfg          c = small_cfg(true, false, false, false);
    fixture      a, b;
    model_losses la, lb;
    setup(&a, &c, 5, DT_F32);
    setup(&b, &c, 5, DT_BF16);
    a.a.backward = b.a.backward = true;
    model_loss(a.m, a.w, &a.b, &a.a, &la);
    model_loss(b.m, b.w, &b.b, &b.a, &lb);
    assert_true(fabs(la.nll - lb.nll) < 0.01 * la.nll);
    double dot = 0, aa = 0, bb = 0;
    for (int i = 0; i < model_param_count(a.m); i++) {
        param *p = model_param(a.m, i), *q = model_param(b.m, i);
        for (int64_t k = 0; k < tensor_count(&p->w); k++) {
            dot += (double)p->g[k] * (double)q->g[k];
            aa += (double)p->g[k] * (double)p->g[k];
            bb += (double)q->g[k] * (double)q->g[k];
        }
    }
    double cosine = dot / sqrt(aa * bb);
    print_message("cosine of the float32 and bf16 gradients: %.6f, norms %.4f %.4f\n", cosine, sqrt(aa), sqrt(bb));
    assert_true(cosine > 0.999);
    teardown(&a);
    teardown(&b);
}

/* Training's loss is the inference forward's log-probability: one forward. */
static void test_same_as_inference(void **s) {
    (void)s;
    cfg          c = small_cfg(true, true, false, false);
    fixture      f;
    model_losses l;
    err          e = {0};
    setup(&f, &c, 9, DT_F32);
    for (int t = 0; t < T; t++) f.wt[t] = 1;
    model_loss(f.m, f.w, &f.b, &f.a, &l);
    model_work *w   = work_new(f.m, T, WORK_INFER, &e);
    double      nll = 0;
    float       logits[VOCAB];
    for (int q = 0; q < N_SEQ; q++) {
        kv_cache *kv = kv_new(f.m, 64, &e);
        for (int t = f.start[q]; t < f.start[q + 1]; t++) {
            int32_t    start[2] = {0, 1};
            model_rows r        = {.T = 1, .tok = &f.tok[t], .n_seq = 1, .start = start, .kv = &kv};
            model_logits(f.m, w, model_forward(f.m, w, &r, ATTN_ABSORBED), 1, logits);
            double sum = 0;
            for (int i = 0; i < VOCAB; i++) sum += exp((double)logits[i]);
            nll += log(sum) - (double)logits[f.tgt[t]];
        }
        kv_free(kv);
    }
    assert_true(fabs(nll - l.nll) / T < 1e-5);
    work_free(w);
    teardown(&f);
}

/* The same call twice gives the same bits, and gradients add up. */
static void test_deterministic(void **s) {
    (void)s;
    cfg          c = small_cfg(true, true, false, false);
    fixture      a, b;
    model_losses l;
    setup(&a, &c, 3, DT_BF16);
    setup(&b, &c, 3, DT_BF16);
    a.a.backward = b.a.backward = true;
    model_loss(a.m, a.w, &a.b, &a.a, &l);
    model_loss(b.m, b.w, &b.b, &b.a, &l);
    for (int i = 0; i < model_param_count(a.m); i++)
        assert_memory_equal(model_param(a.m, i)->g, model_param(b.m, i)->g,
                            (size_t)tensor_count(&model_param(a.m, i)->w) * 4);
    teardown(&a);
    teardown(&b);
}

int main(void) {
    err e = {0};
    par_init(0);
    if (!kern_init(NULL, &e)) return 1;
    gemm_init();
    const struct CMUnitTest t[] = {cmocka_unit_test(test_dense),
                                   cmocka_unit_test(test_dense_no_q_lora_tied),
                                   cmocka_unit_test(test_moe),
                                   cmocka_unit_test(test_moe_balance),
                                   cmocka_unit_test(test_moe_softmax),
                                   cmocka_unit_test(test_bf16_close),
                                   cmocka_unit_test(test_same_as_inference),
                                   cmocka_unit_test(test_deterministic)};
    return cmocka_run_group_tests(t, NULL, NULL);
}
