/* The model against DeepSeek's own numbers: logits at every position, greedy tokens, the MTP module; by plain and by
 * absorbed attention; from safetensors and from GGUF. Needs ../shared/golden (or R1_SHARED); skipped without. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/fs.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/par.h"
#include "kernel/gemm.h"
#include "kernel/kern.h"
#include "model/model.h"

static const char *shared(void) {
    const char *s = getenv("R1_SHARED");
    return s ? s : "../shared";
}

typedef struct golden {
    model   *m;
    int32_t *tok;
    int      T, V, n_greedy;
    int32_t *greedy;
    float   *logits, *mtp; /* [T, V], [T-1, V] or NULL */
} golden;

static float *read_f32(const char *dir, const char *name, size_t n) {
    char   path[512];
    err    e = {0};
    size_t got;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    if (!fs_exists(path)) return NULL;
    float *p = (float *)(void *)fs_read(path, 1 << 28, &got, &e);
    assert_non_null(p);
    assert_int_equal(got, n * 4);
    return p;
}

static int32_t *int_array(const json_t *a, int *n) {
    *n         = (int)json_array_size(a);
    int32_t *v = mem_calloc((size_t)*n + 1, sizeof *v);
    for (int i = 0; i < *n; i++) v[i] = (int32_t)json_integer_value(json_array_get(a, (size_t)i));
    return v;
}

/* folder with expected.json; the model itself at `file` inside it ("" = the folder) */
static golden *open_golden(const char *dir, const char *file) {
    char path[600];
    err  e = {0};
    if (!fs_is_dir(dir)) {
        print_message("skipped: %s is absent\n", dir);
        return NULL;
    }
    golden *g = mem_calloc(1, sizeof *g);
    snprintf(path, sizeof path, "%s/%s", dir, file);
    g->m = model_load(path, &e);
    if (!g->m) fail_msg("%s", e.msg);
    snprintf(path, sizeof path, "%s/expected.json", dir);
    json_t *j = json_load_path(path, 1 << 20, &e);
    assert_non_null(j);
    g->tok    = int_array(json_object_get(j, json_object_get(j, "tokens") ? "tokens" : "prompt"), &g->T);
    g->greedy = int_array(json_object_get(j, json_object_get(j, "greedy_next_24") ? "greedy_next_24" : "greedy_24"),
                          &g->n_greedy);
    json_decref(j);
    g->V      = model_cfg(g->m)->vocab_size;
    g->logits = read_f32(dir, "logits.f32", (size_t)g->T * (size_t)g->V);
    g->mtp    = read_f32(dir, "mtp_logits.f32", (size_t)(g->T - 1) * (size_t)g->V);
    return g;
}

static void close_golden(golden *g) {
    model_free(g->m);
    mem_free(g->tok);
    mem_free(g->greedy);
    mem_free(g->logits);
    mem_free(g->mtp);
    mem_free(g);
}

static double max_diff(const float *a, const float *b, size_t n) {
    double d = 0;
    for (size_t i = 0; i < n; i++)
        if (!(fabs((double)a[i] - (double)b[i]) <= d)) d = fabs((double)a[i] - (double)b[i]); /* a NaN counts */
    return d;
}

static int32_t argmax(const float *x, int n) {
    int b = 0;
    for (int i = 1; i < n; i++)
        if (x[i] > x[b]) b = i;
    return b;
}

/* The prompt in pieces of `step` rows through a cache (0: all at once without a cache); hidden states to h. */
static void run_prompt(golden *g, model_work *w, kv_cache *kv, int step, attn_mode mode, float *h) {
    int D = model_cfg(g->m)->hidden_size;
    if (step == 0) step = g->T;
    for (int t = 0; t < g->T; t += step) {
        int        n        = g->T - t < step ? g->T - t : step;
        int32_t    start[2] = {0, n};
        model_rows r        = {.T = n, .tok = g->tok + t, .n_seq = 1, .start = start, .kv = kv ? &kv : NULL};
        memcpy(h + (size_t)t * (size_t)D, model_forward(g->m, w, &r, mode), (size_t)n * (size_t)D * 4);
    }
}

static void check_greedy(golden *g, model_work *w, kv_cache *kv, const float *last, attn_mode mode) {
    float  *logits = mem_alloc((size_t)g->V * 4);
    int32_t id     = argmax(last, g->V);
    for (int i = 0; i < g->n_greedy; i++) {
        assert_int_equal(id, g->greedy[i]);
        int32_t    start[2] = {0, 1};
        model_rows r        = {.T = 1, .tok = &id, .n_seq = 1, .start = start, .kv = &kv};
        model_logits(g->m, w, model_forward(g->m, w, &r, mode), 1, logits);
        id = argmax(logits, g->V);
    }
    mem_free(logits);
}

static void check_mtp(golden *g, model_work *w, const float *h, const char *what) {
    int       D = model_cfg(g->m)->hidden_size, n = g->T - 1;
    float    *out = mem_alloc((size_t)n * (size_t)g->V * 4), *hm = mem_alloc((size_t)n * (size_t)D * 4);
    err       e  = {0};
    kv_cache *kv = kv_new_mtp(g->m, g->T, &e);
    for (int pass = 0; pass < 2; pass++) { /* all at once, plain; then row by row, absorbed */
        int step = pass ? 1 : n;
        for (int t = 0; t < n; t += step) {
            int32_t    start[2] = {0, step};
            model_rows r        = {.T = step, .tok = g->tok + t, .n_seq = 1, .start = start, .kv = pass ? &kv : NULL};
            memcpy(
                hm + (size_t)t * (size_t)D,
                model_mtp(g->m, w, 0, &r, h + (size_t)t * (size_t)D, g->tok + t + 1, pass ? ATTN_ABSORBED : ATTN_PLAIN),
                (size_t)step * (size_t)D * 4);
        }
        model_logits(g->m, w, hm, n, out);
        double d = max_diff(out, g->mtp, (size_t)n * (size_t)g->V);
        print_message("%s MTP %s: max abs difference %.2e\n", what, pass ? "absorbed" : "plain", d);
        assert_true(d <= 2e-4);
    }
    kv_free(kv);
    mem_free(out);
    mem_free(hm);
}

static void check(const char *name, const char *dir, const char *file) {
    golden *g = open_golden(dir, file);
    if (!g) skip();
    const struct {
        const char *what;
        int         step;
        bool        cache;
        attn_mode   mode;
    } way[]       = {{"plain, no cache", 0, false, ATTN_PLAIN},        {"plain, cache", 0, true, ATTN_PLAIN},
                     {"plain, 7 at a time", 7, true, ATTN_PLAIN},      {"absorbed, all at once", 0, true, ATTN_ABSORBED},
                     {"absorbed, one by one", 1, true, ATTN_ABSORBED}, {"auto, 13 at a time", 13, true, ATTN_AUTO}};
    err         e = {0};
    size_t      n = (size_t)g->T * (size_t)g->V, D = (size_t)model_cfg(g->m)->hidden_size;
    float      *out = mem_alloc(n * 4), *h = mem_alloc((size_t)g->T * D * 4);
    model_work *w = work_new(g->m, 64, WORK_INFER, &e);
    assert_non_null(w);
    for (size_t i = 0; i < sizeof way / sizeof *way; i++) {
        kv_cache *kv = way[i].cache ? kv_new(g->m, 96, &e) : NULL;
        run_prompt(g, w, kv, way[i].step, way[i].mode, h);
        model_logits(g->m, w, h, g->T, out);
        double d = max_diff(out, g->logits, n);
        print_message("%s %s: max abs difference %.2e\n", name, way[i].what, d);
        assert_true(d <= 2e-4);
        if (kv) check_greedy(g, w, kv, out + (size_t)(g->T - 1) * (size_t)g->V, way[i].mode);
        kv_free(kv);
    }
    if (g->mtp) check_mtp(g, w, h, name);
    work_free(w);
    mem_free(out);
    mem_free(h);
    close_golden(g);
}

static void golden_case(const char *sub, const char *file) {
    char dir[512];
    snprintf(dir, sizeof dir, "%s/golden/%s", shared(), sub);
    check(sub, dir, file);
}

static void test_yarn_safetensors(void **s) {
    (void)s;
    golden_case("deepseek-v3/v3-yarn", "");
}
static void test_plain_safetensors(void **s) {
    (void)s;
    golden_case("deepseek-v3/v3-plain", "");
}
static void test_yarn_gguf(void **s) {
    (void)s;
    golden_case("gguf/v3-yarn", "v3-yarn.gguf");
}
static void test_plain_gguf(void **s) {
    (void)s;
    golden_case("gguf/v3-plain", "v3-plain.gguf");
}

/* llama.cpp's deepseek2 references: `deq` is the file's weights expanded exactly, float activations. */
static void deq_case(const char *sub, const char *type, double bar) {
    char dir[512], path[600], name[64];
    err  e = {0};
    snprintf(dir, sizeof dir, "%s/golden/gguf/%s", shared(), sub);
    if (!fs_is_dir(dir)) {
        print_message("skipped: %s is absent\n", dir);
        return;
    }
    snprintf(path, sizeof path, "%s/expected.json", dir);
    json_t  *j = json_load_path(path, 1 << 22, &e);
    int      T;
    int32_t *tok = int_array(json_object_get(j, "prompt"), &T);
    json_decref(j);
    snprintf(path, sizeof path, "%s/%s.gguf", dir, type);
    model *m = model_load(path, &e);
    if (!m) fail_msg("%s", e.msg);
    size_t V    = (size_t)model_cfg(m)->vocab_size;
    bool   f32  = strcmp(type, "F32") == 0;
    int    from = f32 ? 0 : 32;
    snprintf(name, sizeof name, f32 ? "%s.logits.f32" : "%s.deq.f32", type);
    float      *want = read_f32(dir, name, (size_t)(T - from) * V), *out = mem_alloc((size_t)T * V * 4);
    model_work *w        = work_new(m, T, WORK_INFER, &e);
    int32_t     start[2] = {0, T};
    model_rows  r        = {.T = T, .tok = tok, .n_seq = 1, .start = start};
    model_logits(m, w, model_forward(m, w, &r, ATTN_AUTO), T, out);
    double d = max_diff(out + (size_t)from * V, want, (size_t)(T - from) * V);
    print_message("%s %s: max abs difference %.2e\n", sub, type, d);
    assert_true(d <= bar);
    work_free(w);
    model_free(m);
    mem_free(tok);
    mem_free(want);
    mem_free(out);
}

static void test_deepseek2_types(void **s) {
    (void)s;
    deq_case("deepseek2-plain", "F32", 2e-4);
    deq_case("deepseek2-plain", "Q8_0", 2e-4);
    deq_case("deepseek2-yarn", "F16", 2e-4);
    deq_case("deepseek2-yarn", "Q8_0", 2e-4);
}

int main(void) {
    err e = {0};
    par_init(0);
    if (!kern_init(NULL, &e)) return 1;
    gemm_init();
    const struct CMUnitTest t[] = {cmocka_unit_test(test_yarn_safetensors), cmocka_unit_test(test_plain_safetensors),
                                   cmocka_unit_test(test_yarn_gguf), cmocka_unit_test(test_plain_gguf),
                                   cmocka_unit_test(test_deepseek2_types)};
    return cmocka_run_group_tests(t, NULL, NULL);
}
