/* test_q8.c -- an 8-bit model: what is trained, what is written, and what is run are the same numbers.
 *
 * The forward of training, the forward of inference with and without a cache, and the forward of what is read back from
 * a Q8_0 file, an f32 file and a folder. Only two things may differ: the output head where it is multiplied in floats
 * (another order of a sum), and absorbed attention (float32 where plain attention rounds to bf16). R1_SEED=n repeats a
 * run. */
#include "unit.h"

#include <math.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/mem.h"
#include "base/rng.h"
#include "tensor/twin.h"
#include "tiny.h"

enum { T = 45, N_SEQ = 3, VOCAB = 96 };
static char Dir[128], Gguf[192], Hf[192];

/* As tests/tiny.h, but with sizes that all grids take; nope 32: kv_b's keys can be Q8_0. */
static cfg small(int nope, bool tied) {
    cfg c                 = cfg_default();
    c.arch                = ARCH_DEEPSEEK_V3;
    c.vocab_size          = VOCAB;
    c.hidden_size         = 96;
    c.num_hidden_layers   = 2;
    c.num_attention_heads = c.num_key_value_heads = 3;
    c.intermediate_size                           = 160;
    c.rms_norm_eps                                = 1e-6f;
    c.tie_word_embeddings                         = tied;
    c.max_position_embeddings                     = 128;
    c.q_lora_rank                                 = tied ? 0 : 64;
    c.kv_lora_rank                                = 64;
    c.qk_nope_head_dim                            = nope;
    c.qk_rope_head_dim                            = 8;
    c.v_head_dim                                  = 32;
    c.head_dim                                    = nope + 8;
    c.n_routed_experts                            = 4;
    c.n_shared_experts                            = 1;
    c.num_experts_per_tok                         = 2;
    c.moe_intermediate_size                       = 32;
    c.first_k_dense_replace                       = 1;
    c.n_group = c.topk_group   = 1;
    c.norm_topk_prob           = true;
    c.has_gate_bias            = true;
    c.num_nextn_predict_layers = 1;
    c.rope_theta               = 10000;
    return c;
}

static model *make(const cfg *c, uint64_t seed, bool head) {
    err    e = {0};
    model *m = model_new(c, seed, &e);
    if (!m) fail_msg("%s", e.msg);
    for (int i = 0; i < model_param_count(m); i++) { /* larger than at the start of a training: clear margins */
        param *p = model_param(m, i);
        for (int64_t k = 0; p->decay && k < tensor_count(&p->w); k++) ((float *)p->w.data)[k] *= 6;
    }
    if (!model_train_begin(m, DT_BF16, &e) || !model_set_8bit(m, true, head, &e)) fail_msg("%s", e.msg);
    assert_int_equal(model_cfg(m)->qat_bits, 8);
    return m;
}

static model *load(const char *path) {
    err    e = {0};
    model *m = model_load(path, &e);
    if (!m) fail_msg("%s", e.msg);
    return m;
}

typedef struct rows {
    int32_t    tok[T], next[T], start[N_SEQ + 1];
    model_rows r;
} rows;

static void make_rows(rows *x, uint64_t seed) {
    rng r = rng_seed(seed);
    for (int t = 0; t < T; t++) x->tok[t] = (int32_t)rng_below(&r, VOCAB);
    for (int t = 0; t < T; t++) x->next[t] = x->tok[(t + 1) % T];
    memcpy(x->start, (int32_t[]){0, 20, 21, T}, sizeof x->start);
    x->r = (model_rows){.T = T, .tok = x->tok, .n_seq = N_SEQ, .start = x->start};
}

/* Hidden states and logits of a forward without a cache, then of the MTP module: [T, D], [T, V], [T, D]; mem_free. */
typedef struct outs {
    float *h, *l, *mtp;
} outs;

static outs run(model *m, const rows *x, work_kind kind) {
    err         e  = {0};
    size_t      nd = T * (size_t)model_cfg(m)->hidden_size;
    outs        o  = {mem_alloc(nd * 4), mem_alloc(T * VOCAB * 4), mem_alloc(nd * 4)};
    model_work *w  = work_new(m, T, kind, &e);
    if (!w) fail_msg("%s", e.msg);
    memcpy(o.h, model_forward(m, w, &x->r, ATTN_PLAIN), nd * 4);
    model_logits(m, w, o.h, T, o.l);
    memcpy(o.mtp, model_mtp(m, w, 0, &x->r, o.h, x->next, ATTN_PLAIN), nd * 4);
    work_free(w);
    return o;
}

/* The same over caches, in two parts: all rows but the last of each sequence, then these. */
static outs run_cached(model *m, const rows *x, attn_mode mode) {
    err         e = {0};
    size_t      D = (size_t)model_cfg(m)->hidden_size;
    outs        o = {mem_alloc(T * D * 4), mem_alloc(T * VOCAB * 4), NULL};
    model_work *w = work_new(m, T, WORK_INFER, &e);
    for (int q = 0; q < N_SEQ; q++) {
        kv_cache *kv = kv_new(m, 64, &e);
        int       n = x->start[q + 1] - x->start[q], cut = n > 1 ? n - 1 : n;
        for (int a = 0, k = cut; a < n; a += k, k = n - cut) {
            int32_t      s[2] = {0, k};
            model_rows   r    = {.T = k, .tok = x->tok + x->start[q] + a, .n_seq = 1, .start = s, .kv = &kv};
            size_t       at   = (size_t)(x->start[q] + a);
            const float *h    = model_forward(m, w, &r, mode);
            memcpy(o.h + at * D, h, (size_t)k * D * 4);
            model_logits(m, w, o.h + at * D, k, o.l + at * VOCAB);
        }
        kv_free(kv);
    }
    work_free(w);
    return o;
}

static void outs_free(outs *o) {
    mem_free(o->h);
    mem_free(o->l);
    mem_free(o->mtp);
}

static double max_diff(const float *a, const float *b, size_t n) {
    double d = 0;
    for (size_t i = 0; i < n; i++) d = fmax(d, fabs((double)a[i] - (double)b[i]));
    return d;
}

/* want: training's; got: somebody's forward without a cache. same_head: the head is multiplied in the same way. */
static void check_same(const char *what, const outs *want, const outs *got, size_t D, bool same_head) {
    double d = max_diff(want->l, got->l, T * VOCAB);
    printf("  %s: hidden states %g, logits %g, MTP %g apart at most\n", what, max_diff(want->h, got->h, T * D), d,
           max_diff(want->mtp, got->mtp, T * D));
    assert_memory_equal(want->h, got->h, T * D * 4);
    assert_memory_equal(want->mtp, got->mtp, T * D * 4);
    if (same_head) assert_memory_equal(want->l, got->l, T * VOCAB * 4);
    else if (!(d <= 1e-4)) fail_msg("%s: logits differ by %g", what, d);
}

/* With a cache: rows come in other company, so the router sums in another order; and absorbed attention is float32.
 * Each may turn a rounding, and that one the next; in a random model also the choice of an expert. */
static void check_near(const char *what, const outs *want, const outs *got) {
    double d = 0, size = 0;
    for (int i = 0; i < T * VOCAB; i++) {
        double x = (double)want->l[i], y = (double)got->l[i];
        d += (x - y) * (x - y);
        size += x * x;
    }
    d = sqrt(d / size);
    printf("  %s: logits %g apart at most, by their rms %g\n", what, max_diff(want->l, got->l, T * VOCAB), d);
    if (!(d < 0.2)) fail_msg("%s: logits differ by %g of their rms", what, d);
}

static void same_twins(model *a, model *b) {
    for (int i = 0; i < model_param_count(a); i++) {
        const param *p = model_param(a, i), *q = model_param(b, i);
        if (!p->w8) continue;
        assert_non_null(q->w8);
        assert_memory_equal(p->w8, q->w8, twin_bytes(p));
        assert_memory_equal(p->ws, q->ws, 4 * twin_rows(p));
    }
}

static void check_model(const cfg *c, bool head) {
    err    e = {0};
    rows   x;
    model *m = make(c, unit_seed("q8"), head), *back;
    size_t D = (size_t)c->hidden_size;
    make_rows(&x, 11);
    outs train = run(m, &x, WORK_TRAIN), o = run(m, &x, WORK_INFER);
    check_same("inference of the model in training", &train, &o, D, true);
    outs_free(&o);
    assert_true(model_save_gguf(m, Gguf, DT_Q8_0, "q8", &e) && model_save_hf(m, Hf, &e));
    back = load(Gguf);
    assert_int_equal(model_cfg(back)->qat_bits, 8);
    assert_int_equal(model_cfg(back)->qat_head, head);
    same_twins(m, back);
    o = run(back, &x, WORK_INFER);
    check_same("Q8_0 file", &train, &o, D, head);
    outs_free(&o);
    o = run_cached(back, &x, ATTN_PLAIN);
    check_near("Q8_0 file with a cache", &train, &o);
    outs_free(&o);
    o = run_cached(back, &x, ATTN_ABSORBED);
    check_near("Q8_0 file, absorbed attention", &train, &o);
    outs_free(&o);
    model_free(back);
    back = load(Hf);
    same_twins(m, back);
    o = run(back, &x, WORK_INFER);
    check_same("folder", &train, &o, D, true);
    outs_free(&o);
    o = run_cached(back, &x, ATTN_PLAIN);
    check_near("folder with a cache", &train, &o);
    outs_free(&o);
    assert_true(model_save_gguf(back, Gguf, DT_F32, "q8", &e));
    model_free(back);
    back = load(Gguf);
    same_twins(m, back);
    o = run(back, &x, WORK_INFER);
    check_same("f32 file", &train, &o, D, head);
    outs_free(&o);
    outs_free(&train);
    model_free(back);
    model_free(m);
}

static void test_same(void **s) {
    (void)s;
    cfg c = small(32, false);
    check_model(&c, false);
    check_model(&c, true);
}
static void test_same_odd_nope(void **s) { /* kv_b's keys stay in float32 in the file */
    (void)s;
    cfg c = small(16, false);
    check_model(&c, false);
}
static void test_same_tied(void **s) {
    (void)s;
    err e = {0};
    cfg c = small(32, true);
    check_model(&c, false);
    model *m = model_new(&c, 1, &e);
    assert_false(model_set_8bit(m, true, true, &e)); /* one matrix cannot be on two grids */
    assert_non_null(strstr(e.msg, "embedding"));
    model_free(m);
}

/* Decoding one token at a time with both kinds of kv_b: Q8_0 halves as the file has them, floats. */
static void test_absorbed_alike(void **s) {
    (void)s;
    err    e = {0};
    rows   x;
    cfg    c = small(32, false);
    model *m = make(&c, 5, false);
    make_rows(&x, 12);
    assert_true(model_save_gguf(m, Gguf, DT_Q8_0, "q8", &e));
    model *back = load(Gguf);
    outs   a = run_cached(m, &x, ATTN_ABSORBED), b = run_cached(back, &x, ATTN_ABSORBED);
    double d = max_diff(a.h, b.h, T * 96);
    printf("  hidden states %g apart at most\n", d);
    assert_true(d < 0.2); /* float sums in another order, rounded to bf16 and to 8 bits again in every layer */
    outs_free(&a);
    outs_free(&b);
    model_free(back);
    model_free(m);
}

/* Without our key the file is recognised by its scales; a float model's Q8_0 file is not. */
static void test_recognised(void **s) {
    (void)s;
    err    e = {0};
    rows   x;
    size_t n = 0;
    cfg    c = small(32, false);
    model *m = make(&c, 6, false);
    make_rows(&x, 13);
    outs train = run(m, &x, WORK_TRAIN);
    assert_true(model_save_gguf(m, Gguf, DT_Q8_0, "q8", &e));
    char *file = fs_read(Gguf, 1 << 24, &n, &e), *at = memmem(file, n, "r1.qat.bits", 11);
    assert_non_null(at);
    at[3] = 'Q';
    assert_true(fs_write(Gguf, file, n, &e));
    mem_free(file);
    model *back = load(Gguf);
    assert_int_equal(model_cfg(back)->qat_bits, 8);
    same_twins(m, back);
    outs o = run(back, &x, WORK_INFER);
    check_same("Q8_0 file without the key", &train, &o, 96, false);
    outs_free(&o);
    model_free(back);
    assert_true(model_set_8bit(m, false, false, &e));
    assert_true(model_save_gguf(m, Gguf, DT_Q8_0, "q8", &e));
    back = load(Gguf);
    assert_int_equal(model_cfg(back)->qat_bits, 0);
    model_free(back);
    outs_free(&train);
    model_free(m);
}

/* bf16 cannot hold a scale times an integer: such a file is a float model's, close by. */
static void test_other_types(void **s) {
    (void)s;
    err    e = {0};
    cfg    c = small(32, false);
    model *m = make(&c, 7, false);
    assert_true(model_save_gguf(m, Gguf, DT_BF16, "q8", &e));
    model *back = load(Gguf);
    assert_int_equal(model_cfg(back)->qat_bits, 0);
    for (int i = 0; i < model_param_count(m); i++) {
        const param *p = model_param(m, i), *q = model_param(back, i);
        if (!p->w8) continue;
        float a[512], b[512];
        twin_row(p, 3, NULL, a);
        param_row(q, 3, b);
        for (int64_t k = 0; k < p->w.ne[p->w.nd - 1]; k++) assert_true(fabsf(a[k] - b[k]) <= fabsf(a[k]) / 256);
    }
    model_free(back);
    model_free(m);
}

/* On and off again is as it was; training in float32 and 8 bits exclude each other. */
static void test_switch(void **s) {
    (void)s;
    err    e = {0};
    rows   x;
    cfg    c = small(32, false);
    model *m = make(&c, 8, false);
    make_rows(&x, 14);
    outs on = run(m, &x, WORK_TRAIN);
    assert_true(model_set_8bit(m, false, false, &e));
    outs off = run(m, &x, WORK_TRAIN);
    assert_true(max_diff(on.h, off.h, T * 96) > 0);
    for (int i = 0; i < model_param_count(m); i++) {
        const param *p = model_param(m, i);
        assert_null(p->w8);
        for (int64_t k = 0; k < tensor_count(&p->w); k++)
            assert_int_equal(p->wb[k], bf16_from_f32(((const float *)p->w.data)[k]));
    }
    assert_true(model_set_8bit(m, true, false, &e));
    outs again = run(m, &x, WORK_TRAIN);
    assert_memory_equal(on.h, again.h, T * 96 * 4);
    outs_free(&on), outs_free(&off), outs_free(&again);
    assert_false(model_train_begin(m, DT_F32, &e));
    model_free(m);
    m = model_new(&c, 8, &e);
    assert_true(model_train_begin(m, DT_F32, &e));
    assert_false(model_set_8bit(m, true, false, &e));
    assert_non_null(strstr(e.msg, "bf16"));
    model_free(m);
}

/* Any number of threads and any kernel table: the same integers; here, that loss and gradients are finite and that the
 * loss without backward is inference's. */
static void test_loss(void **s) {
    (void)s;
    err          e = {0};
    rows         x;
    cfg          c = small(32, false);
    model       *m = make(&c, 9, true);
    model_work  *w = work_new(m, T, WORK_TRAIN, &e);
    float        wt[T], each[T];
    model_losses l;
    make_rows(&x, 15);
    for (int t = 0; t < T; t++) wt[t] = 1;
    train_rows b = {.r = x.r, .tgt = x.next, .w = wt};
    loss_args  a = {.scale = 1.f / T, .mtp_lambda = 0.3f, .backward = true, .row_nll = each};
    model_loss(m, w, &b, &a, &l);
    assert_true(isfinite(l.nll) && isfinite(l.mtp_nll));
    double norm = 0;
    for (int i = 0; i < model_param_count(m); i++) {
        const param *p = model_param(m, i);
        for (int64_t k = 0; k < tensor_count(&p->w); k++) norm += (double)p->g[k] * (double)p->g[k];
    }
    assert_true(isfinite(norm) && norm > 0);
    assert_true(model_save_gguf(m, Gguf, DT_Q8_0, "q8", &e));
    model *back = load(Gguf);
    outs   o    = run(back, &x, WORK_INFER);
    for (int t = 0; t < T; t++) {
        double sum = 0, top = -1e30;
        for (int i = 0; i < VOCAB; i++) top = fmax(top, (double)o.l[t * VOCAB + i]);
        for (int i = 0; i < VOCAB; i++) sum += exp((double)o.l[t * VOCAB + i] - top);
        assert_true(fabs(log(sum) + top - (double)o.l[t * VOCAB + x.next[t]] - (double)each[t]) <
                    1e-5 * (1 + (double)each[t]));
    }
    outs_free(&o);
    model_free(back);
    work_free(w);
    model_free(m);
}

static int setup(void **s) {
    (void)s;
    tiny_start();
    if (!unit_tmpdir(Dir, sizeof Dir)) return 1;
    snprintf(Gguf, sizeof Gguf, "%s/m.gguf", Dir);
    snprintf(Hf, sizeof Hf, "%s/hf", Dir);
    return 0;
}

static int teardown(void **s) {
    (void)s;
    err                      e = {0};
    char                     path[256];
    static const char *const names[] = {"hf/config.json", "hf/model.safetensors", "hf", "m.gguf", ""};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", Dir, names[i]);
        fs_remove(path, &e);
    }
    gemm_free();
    return 0;
}

int main(void) {
    const struct CMUnitTest t[] = {cmocka_unit_test(test_same),       cmocka_unit_test(test_same_odd_nope),
                                   cmocka_unit_test(test_same_tied),  cmocka_unit_test(test_absorbed_alike),
                                   cmocka_unit_test(test_recognised), cmocka_unit_test(test_other_types),
                                   cmocka_unit_test(test_switch),     cmocka_unit_test(test_loss)};
    return cmocka_run_group_tests_name("q8", t, setup, teardown);
}
