/* What a validation reads off a model: the greedy tokens of each row and of the MTP module beside those of the
 * inference path, acceptance counted by hand, loads and entropies; and the profile's parts, which add up. */
#include "unit.h"

#include <math.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/prof.h"
#include "base/rng.h"
#include "tiny.h"
#include "train/gauge.h"

enum { N = 70, SEQ = 2 };

typedef struct rows {
    int32_t    tok[N], tgt[N], start[SEQ + 1];
    float      w[N];
    train_rows b;
} rows;

static void rows_init(rows *x, int vocab, rng *r) {
    memset(x, 0, sizeof *x);
    x->start[1] = 30, x->start[2] = N;
    for (int i = 0; i < N; i++) x->tok[i] = (int32_t)rng_below(r, (uint64_t)vocab);
    for (int i = 0; i < N; i++) {
        bool last = i + 1 == x->start[1] || i + 1 == N;
        x->tgt[i] = last ? x->tok[i] : x->tok[i + 1];
        x->w[i]   = last || (i > 40 && i < 44) ? 0.f : 1.f;
    }
    x->b = (train_rows){.r = {.T = N, .tok = x->tok, .n_seq = SEQ, .start = x->start}, .tgt = x->tgt, .w = x->w};
}

static int argmax(const float *l, int n) {
    int k = 0;
    for (int i = 1; i < n; i++)
        if (l[i] > l[k]) k = i;
    return k;
}

/* The likeliest tokens by the path that inference takes, a document at a time. */
static void by_inference(model *m, const rows *x, int *top, int *draft) {
    err         e;
    int         V = model_cfg(m)->vocab_size, D = model_cfg(m)->hidden_size;
    model_work *w      = work_new(m, N, WORK_INFER, &e);
    float      *logits = mem_calloc((size_t)N * (size_t)V, sizeof *logits);
    float      *h      = mem_calloc((size_t)N * (size_t)D, sizeof *h);
    assert_non_null(w);
    for (int q = 0; q < SEQ; q++) {
        int        a = x->start[q], n = x->start[q + 1] - a, start[2] = {0, n};
        kv_cache  *kv = kv_new(m, N, &e), *kd = kv_new_mtp(m, N, &e);
        model_rows r = {.T = n, .tok = x->tok + a, .n_seq = 1, .start = start, .kv = &kv};
        memcpy(h, model_forward(m, w, &r, ATTN_PLAIN), (size_t)(n * D) * 4);
        model_logits(m, w, h, n, logits);
        for (int i = 0; i < n; i++) top[a + i] = argmax(logits + (size_t)i * (size_t)V, V);
        r.T = start[1] = n - 1, r.kv = &kd;
        const float *hm = model_mtp(m, w, 0, &r, h, x->tok + a + 1, ATTN_PLAIN);
        model_logits(m, w, hm, n - 1, logits);
        for (int i = 0; i + 1 < n; i++) draft[a + i] = argmax(logits + (size_t)i * (size_t)V, V);
        kv_free(kv);
        kv_free(kd);
    }
    mem_free(logits);
    mem_free(h);
    work_free(w);
}

static void greedy_tokens(void **state) {
    (void)state;
    err          e;
    rng          r = rng_seed(unit_seed("greedy_tokens"));
    model       *m = tiny_model(7);
    rows         x;
    int          top[N], draft[N], want[N], want_draft[N];
    model_losses l;
    rows_init(&x, model_cfg(m)->vocab_size, &r);
    by_inference(m, &x, want, want_draft);
    assert_true(model_train_begin(m, DT_F32, &e));
    model_work *w = work_new(m, N, WORK_TRAIN, &e);
    loss_args   a = {.scale = 1, .mtp_lambda = 0.1f, .row_top = top, .row_draft = draft};
    model_loss(m, w, &x.b, &a, &l);
    for (int i = 0; i < N; i++) {
        assert_int_equal(top[i], x.w[i] != 0 ? want[i] : -1);
        bool learnt = i + 1 < N && i + 1 != x.start[1] && x.w[i + 1] != 0;
        assert_int_equal(draft[i], learnt ? want_draft[i] : -1);
    }
    /* Acceptance: only the second document has a prompt, of 10 tokens; its answer's first token is row 39's. */
    int         fam[SEQ] = {-1, 0}, prompt[SEQ] = {0, 10};
    rows_batch  b = {.n = N, .n_seq = SEQ, .start = x.start, .family = fam, .prompt = prompt};
    gauge_draft d = {0}, hand = {0};
    gauge_drafts(&d, &b, top, draft);
    for (int i = 39; i + 2 < N; i++)
        if (draft[i] >= 0 && top[i + 1] >= 0) hand.n++, hand.accepted += draft[i] == top[i + 1];
    assert_true(d.n == hand.n && d.accepted == hand.accepted && d.n == 26);
    for (int i = 0; i < N; i++) draft[i] = i + 1 < N ? top[i + 1] : -1;
    gauge_draft all = {0};
    gauge_drafts(&all, &b, top, draft);
    assert_true(all.n == 26 && all.accepted == 26);
    work_free(w);
    model_free(m);
}

static double number(const json_t *moe, size_t layer, const char *key) {
    return json_number_value(json_object_get(json_array_get(moe, layer), key));
}

static void loads_and_entropies(void **state) {
    (void)state;
    err          e;
    rng          r = rng_seed(unit_seed("loads_and_entropies"));
    model       *m = tiny_model(7);
    rows         x;
    model_losses l;
    rows_init(&x, model_cfg(m)->vocab_size, &r);
    assert_true(model_train_begin(m, DT_F32, &e));
    model_work *w     = work_new(m, N, WORK_TRAIN, &e);
    loss_args   train = {.scale = 1, .mtp_lambda = 0.1f, .backward = true}, look = {.scale = 1, .mtp_lambda = 0.1f};
    model_loss(m, w, &x.b, &train, &l);
    json_t *moe = gauge_load(m);
    assert_int_equal(json_array_size(moe), model_moe_layers(m));
    double mean = 0;
    for (size_t k = 0; k < json_array_size(moe); k++) {
        const json_t *load = json_object_get(json_array_get(moe, k), "load");
        double        sum = 0, max = 0;
        for (size_t i = 0; i < json_array_size(load); i++) {
            double v = json_number_value(json_array_get(load, i));
            sum += v, max = fmax(max, v);
        }
        assert_true(fabs(sum - model_cfg(m)->num_experts_per_tok) < 1e-3); /* shares of the tokens, in four digits */
        assert_true(fabs(number(moe, k, "ratio") - max * model_cfg(m)->n_routed_experts / sum) < 1e-3);
        assert_true(number(moe, k, "entropy") > 0.3 && number(moe, k, "entropy") <= 1);
        mean += number(moe, k, "ratio") / (double)json_array_size(moe);
    }
    assert_true(fabs(mean - gauge_busiest(m)) < 1e-3);
    assert_string_equal(json_string_value(json_object_get(json_array_get(moe, json_array_size(moe) - 1), "layer")),
                        "mtp");
    /* Training rows do not count for the gate; a router of zeros is wholly undecided, one of large weights less so. */
    assert_true(model_gate_entropy(m, 0) == 0);
    model_loss(m, w, &x.b, &look, &l);
    double usual = model_gate_entropy(m, 0);
    assert_true(usual > 0 && usual < 0.9999);
    model_bias_update(m, 0);
    assert_true(model_gate_entropy(m, 0) == 0 && gauge_busiest(m) == 0);
    for (int i = 0; i < model_param_count(m); i++) {
        param *p = model_param(m, i);
        if (strstr(p->name, ".mlp.gate.weight")) memset(p->w.data, 0, (size_t)tensor_count(&p->w) * 4);
    }
    model_loss(m, w, &x.b, &look, &l);
    gauge_gate(moe, m);
    for (size_t k = 0; k < json_array_size(moe); k++) assert_true(fabs(number(moe, k, "gate") - 1) < 1e-6);
    json_decref(moe);
    work_free(w);
    model_free(m);
}

static void burn(void) {
    volatile double x = 0;
    for (int i = 0; i < 20000; i++) x = x + 1;
}

/* No part's time is judged, only that each moment belongs to one. */
static void parts_add_up(void **state) {
    (void)state;
    prof_part was = prof_enter(PROF_NORM); /* off: nothing is counted */
    burn();
    prof_leave(was);
    double t0 = time_now();
    prof_start();
    was = prof_enter(PROF_LOSS);
    burn();
    prof_part in = prof_enter(PROF_FWD); /* a closed part keeps what is called inside */
    burn();
    prof_leave(in);
    prof_leave(was);
    was = prof_enter(PROF_NORM);
    in  = prof_enter(PROF_CONVERT);
    burn();
    prof_leave(in);
    prof_leave(was);
    prof_stop();
    double wall = time_now() - t0, sum = 0;
    for (int p = 0; p < PROF_PARTS; p++) {
        assert_true(prof_seconds((prof_part)p) >= 0);
        assert_non_null(prof_name((prof_part)p));
        sum += prof_seconds((prof_part)p);
    }
    assert_true(sum <= wall);
    assert_true(prof_seconds(PROF_FWD) == 0 && prof_seconds(PROF_DATA) == 0);
    assert_true(prof_seconds(PROF_LOSS) > 0 && prof_seconds(PROF_CONVERT) > 0);
    assert_false(prof_on);
}

int main(void) {
    tiny_start();
    const struct CMUnitTest tests[] = {cmocka_unit_test(greedy_tokens), cmocka_unit_test(loads_and_entropies),
                                       cmocka_unit_test(parts_add_up)};
    int                     failed  = cmocka_run_group_tests(tests, NULL, NULL);
    gemm_free();
    return failed;
}
