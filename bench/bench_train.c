/* bench_train.c -- a training step (forward, backward, AdamW) on made-up tokens.
 *
 *   build/bench/bench_train [--shape dense|tiny] [--dtype bf16|f32] [--qat] [--steps N] [--micro N] [--docs N]
 *                           [--len L] [--cpu] [--profile]
 *
 * dense: 6 layers, dim 256, 8 heads, no experts, 5-6M parameters: what bench/torch_peer.py builds in PyTorch.
 * tiny: the shape of recipes/tiny.ini. Prints the median and spread of tokens/s, and the part of the machine's
 * measured GEMM peak that the model's FLOPs (6 x active weights + attention) make. --cpu counts this thread's processor
 * time instead of the clock on the wall: on a busy machine, with R1_THREADS=1. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/opt.h"
#include "base/par.h"
#include "base/prof.h"
#include "base/rng.h"
#include "kernel/gemm.h"
#include "kernel/kern.h"
#include "model/model.h"
#include "train/optim.h"

static cfg shape_of(bool tiny) {
    cfg c                 = cfg_default();
    c.arch                = ARCH_DEEPSEEK_V3;
    c.vocab_size          = 2048;
    c.hidden_size         = 256;
    c.num_hidden_layers   = 6;
    c.num_attention_heads = c.num_key_value_heads = 8;
    c.q_lora_rank                                 = tiny ? 128 : 0;
    c.kv_lora_rank                                = tiny ? 64 : 128;
    c.qk_nope_head_dim                            = 32;
    c.qk_rope_head_dim                            = 16;
    c.head_dim                                    = 48;
    c.v_head_dim                                  = 32;
    c.intermediate_size                           = tiny ? 768 : 768;
    c.first_k_dense_replace                       = tiny ? 1 : 6;
    c.n_group = c.topk_group  = 1;
    c.rms_norm_eps            = 1e-6f;
    c.rope_theta              = 10000;
    c.max_position_embeddings = 2048;
    c.routed_scaling_factor   = 1;
    if (tiny) {
        c.n_routed_experts      = 16;
        c.n_shared_experts      = 1;
        c.num_experts_per_tok   = 2;
        c.moe_intermediate_size = 256;
        c.norm_topk_prob = c.has_gate_bias = true;
        c.scoring_func                     = GATE_SIGMOID;
        c.num_nextn_predict_layers         = 1;
    }
    return c;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

typedef struct data {
    int32_t *tok, *tgt, *start;
    float   *w;
} data;

static data make_rows(int docs, int len, int vocab) {
    rng    r = rng_seed(1);
    size_t n = (size_t)(docs * len);
    data   d = {mem_alloc(n * 4), mem_alloc(n * 4), mem_alloc((size_t)(docs + 1) * 4), mem_alloc(n * 4)};
    for (size_t i = 0; i < n; i++) {
        d.tok[i] = (int32_t)rng_below(&r, (uint64_t)vocab);
        d.tgt[i] = (int32_t)rng_below(&r, (uint64_t)vocab);
        d.w[i]   = 1;
    }
    for (int i = 0; i <= docs; i++) d.start[i] = i * len;
    return d;
}

static double clock_now(bool cpu) {
    struct timespec t;
    if (!cpu) return time_now();
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(int argc, char **argv) {
    const char *shape = "dense", *dt = "bf16";
    int         steps = 15, docs = 8, len = 256, micro = 1;
    bool        qat = false, cpu = false, profile = false;
    err         e       = {0};
    const opt   table[] = {OPT_STR(0, "shape", &shape, "S", "dense or tiny"),
                           OPT_STR(0, "dtype", &dt, "T", "bf16 or f32"),
                           OPT_BOOL(0, "qat", &qat, "forward products in 8-bit integers"),
                           OPT_INT(0, "steps", &steps, 1, 10000, "N", "counted steps"),
                           OPT_INT(0, "micro", &micro, 1, 64, "N", "forwards and backwards an update"),
                           OPT_INT(0, "docs", &docs, 1, 1024, "N", "documents a step"),
                           OPT_BOOL(0, "cpu", &cpu, "processor time of this thread, not the wall's"),
                           OPT_BOOL(0, "profile", &profile, "say where the time went"),
                           OPT_INT(0, "len", &len, 2, 2048, "L", "tokens a document"),
                           OPT_END};
    if (opt_parse(table, argc, argv, &e) < 0) return fprintf(stderr, "%s\n", e.msg), 2;
    par_init(0);
    if (!kern_init(NULL, &e)) return fprintf(stderr, "%s\n", e.msg), 1;
    gemm_init();
    bool   bf16 = strcmp(dt, "bf16") == 0;
    cfg    c    = shape_of(strcmp(shape, "tiny") == 0);
    model *m    = model_new(&c, 1, &e);
    if (!m || !model_train_begin(m, bf16 ? DT_BF16 : DT_F32, &e)) return fprintf(stderr, "%s\n", e.msg), 1;
    if (!model_set_8bit(m, qat, false, &e)) return fprintf(stderr, "%s\n", e.msg), 1;
    model_work *w = work_new(m, docs * len, WORK_TRAIN, &e);
    if (!w) return fprintf(stderr, "%s\n", e.msg), 1;
    param **ps = mem_alloc((size_t)model_param_count(m) * sizeof *ps);
    for (int i = 0; i < model_param_count(m); i++) ps[i] = model_param(m, i);
    optim     *o  = optim_new(ps, model_param_count(m));
    data       d  = make_rows(docs, len, c.vocab_size);
    train_rows b  = {.r = {.T = docs * len, .tok = d.tok, .n_seq = docs, .start = d.start}, .tgt = d.tgt, .w = d.w};
    loss_args  a  = {.scale         = 1.f / (float)(docs * len),
                     .mtp_lambda    = c.num_nextn_predict_layers ? 0.3f : 0,
                     .balance_alpha = c.n_routed_experts ? 1e-4f : 0,
                     .backward      = true};
    optim_args oa = {.lr = 1e-4f, .beta1 = 0.9f, .beta2 = 0.95f, .eps = 1e-8f, .wd = 0.1f, .clip = 1};
    double    *t  = mem_alloc((size_t)steps * sizeof *t);
    for (int i = -3; i < steps; i++) {
        if (i == 0 && profile) prof_start();
        model_losses l;
        optim_report r;
        double       t0 = clock_now(cpu);
        for (int k = 0; k < micro; k++) model_loss(m, w, &b, &a, &l);
        optim_step(o, &oa, i + 4, &r);
        if (qat) model_refresh(m);
        model_bias_update(m, 1e-3f);
        if (i >= 0) t[i] = clock_now(cpu) - t0;
    }
    prof_stop();
    qsort(t, (size_t)steps, sizeof *t, by_value);
    cfg_params n   = cfg_count(&c);
    double     med = t[steps / 2], toks = docs * len * micro;
    /* attention: QK and PV over a causal triangle, forward and twice that backward */
    double mtp   = c.num_nextn_predict_layers
                       ? (double)(n.matmul / c.num_hidden_layers + (int64_t)c.vocab_size * c.hidden_size)
                       : 0;
    double attn  = 6.0 * c.num_hidden_layers * c.num_attention_heads * (c.head_dim + c.v_head_dim) * (len + 1) / 2;
    double flops = 6.0 * ((double)n.matmul + mtp) + attn, peak = bf16 ? gemm_peak_bf16() : gemm_peak_f32();
    printf("r1 %s %s%s: %.2fM weights (%.2fM active in products), %d x %d tokens, %d threads\n", shape, dt,
           qat ? " 8-bit" : "", (double)(n.total + n.mtp) / 1e6, (double)n.matmul / 1e6, docs, len, par_threads());
    printf(
        "  tokens/s median %.0f (min %.0f, max %.0f), step %.1f ms; %.0f of %.0f GFLOP/s = %.1f%% of the GEMM peak\n",
        toks / med, toks / t[steps - 1], toks / t[0], med * 1e3, flops * toks / med * 1e-9, peak * 1e-9,
        100 * flops * toks / med / peak);
    for (int i = 0; profile && i < PROF_PARTS; i++)
        if (prof_seconds((prof_part)i) > 0)
            printf("  %-20s %6.2f us a token\n", prof_name((prof_part)i),
                   prof_seconds((prof_part)i) * 1e6 / toks / steps);
    return 0;
}
