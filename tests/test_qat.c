/* test_qat.c -- training in 8 bits, on whole runs of the miniature: what was trained is what is exported, and what the
 * recipe says is what happens when. Compared, not judged: a float model quantized afterwards. */
#include "unit.h"

#include <math.h>

#include "base/fs.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/par.h"
#include "data/loader.h"
#include "kernel/gemm.h"
#include "kernel/kern.h"
#include "rl/rl.h"
#include "tensor/twin.h"
#include "train/recipe_key.h"
#include "train/stages.h"

static char Dir[100];

static void in_dir(char *out, size_t cap, const char *run, const char *name) {
    snprintf(out, cap, "%s/%s/%s", Dir, run, name);
}

/* Between two steps the twins are those of the weights that the last one left. */
static int  Looks, Stale, Bits;
static bool look(void *ctx, model *m, const recipe_mix *mix, const recipe_stage *o, uint64_t seed, json_t *metrics,
                 str *line, err *e) {
    (void)ctx, (void)mix, (void)o, (void)seed, (void)metrics, (void)line, (void)e;
    Bits = model_cfg(m)->qat_bits;
    Looks++;
    for (int i = 0; i < model_param_count(m); i++) {
        const param *p = model_param(m, i);
        if (!p->w8) continue;
        size_t n = twin_bytes(p), k = twin_rows(p) * 4;
        char  *was = mem_alloc(n + k);
        memcpy(was, p->w8, n), memcpy(was + n, p->ws, k);
        model_refresh(m);
        Stale += memcmp(was, p->w8, n) != 0 || memcmp(was + n, p->ws, k) != 0;
        mem_free(was);
    }
    return true;
}

static void train_recipe(const char *run, const char *path, const char *const *sets, int n) {
    static const trainer_hooks hooks = {.answers = look, .rl = rl_run};
    char                       out[160];
    err                        e = {0};
    recipe                    *r = recipe_load(path, sets, n, &e);
    if (!r) fail_msg("%s", e.msg);
    in_dir(out, sizeof out, run, "");
    stages_args a = {.stage = "all", .out = out, .hooks = &hooks};
    if (stages_run(r, &a, &e) != TRAIN_DONE) fail_msg("%s", e.msg);
    recipe_free(r);
}

static model *load(const char *run, const char *name) {
    char path[160];
    err  e = {0};
    in_dir(path, sizeof path, run, name);
    model *m = model_load(path, &e);
    if (!m) fail_msg("%s", e.msg);
    return m;
}

static void train(const char *run, const char *const *sets, int n) { train_recipe(run, "recipes/mini.ini", sets, n); }

/* ---- losses on the same documents, by two ways */

enum { ROWS = 1024, DOCS = ROWS / 8 + 1 };

static void documents(const model *m, rows_batch *b) {
    err      e    = {0};
    uint64_t next = 0, hash;
    source   src[MIX_SOURCES];
    recipe  *r = recipe_load("recipes/mini.ini", NULL, 0, &e);
    if (!r) fail_msg("%s", e.msg);
    loader_spec spec = {.src = src, .split = SPLIT_VALID, .seed = 3, .loss = LOSS_ALL, .max_len = 384};
    spec.n_src       = recipe_sources(recipe_find_mix(r, "base"), src, &hash);
    loader *ld       = loader_new(&spec, model_tokenizer((model *)(uintptr_t)m), &e);
    if (!ld) fail_msg("%s", e.msg);
    rows_batch_init(b, ROWS, DOCS);
    loader_fill(ld, &next, b);
    loader_free(ld);
    recipe_free(r);
    assert_true(b->n > 500 && b->n_seq > 2);
}

/* By the training forward. The model gets what training needs. */
static double loss_in_training(model *m, const rows_batch *b) {
    err          e = {0};
    model_losses l;
    loss_args    a  = {.scale = 1};
    train_rows rows = {.r = {.T = b->n, .tok = b->tok, .n_seq = b->n_seq, .start = b->start}, .tgt = b->tgt, .w = b->w};
    if (!model_train_begin(m, DT_BF16, &e)) fail_msg("%s", e.msg);
    model_work *w = work_new(m, ROWS, WORK_TRAIN, &e);
    model_loss(m, w, &rows, &a, &l);
    work_free(w);
    return l.nll / l.n;
}

/* By prefill with a cache, as an answer is prepared. */
static double loss_in_use(model *m, const rows_batch *b) {
    err         e   = {0};
    double      nll = 0, n = 0;
    int         V = model_cfg(m)->vocab_size;
    model_work *w = work_new(m, ROWS, WORK_INFER, &e);
    float      *l = mem_alloc((size_t)ROWS * (size_t)V * 4);
    for (int q = 0; q < b->n_seq; q++) {
        int          a = b->start[q], k = b->start[q + 1] - a;
        int32_t      s[2] = {0, k};
        kv_cache    *kv   = kv_new(m, k, &e);
        model_rows   r    = {.T = k, .tok = b->tok + a, .n_seq = 1, .start = s, .kv = &kv};
        const float *h    = model_forward(m, w, &r, ATTN_PLAIN);
        model_logits(m, w, h, k, l);
        for (int t = 0; t < k; t++) {
            const float *row = l + (size_t)t * (size_t)V;
            double       top = -1e30, sum = 0;
            for (int i = 0; i < V; i++) top = fmax(top, (double)row[i]);
            for (int i = 0; i < V; i++) sum += exp((double)row[i] - top);
            nll += (double)b->w[a + t] * (log(sum) + top - (double)row[b->tgt[a + t]]);
            n += (double)b->w[a + t];
        }
        kv_free(kv);
    }
    mem_free(l);
    work_free(w);
    return nll / n;
}

/* ---- tests */

static int bits_at(const char *run, const char *stage, int step) {
    char   path[160], key[64];
    err    e = {0};
    size_t n;
    in_dir(path, sizeof path, run, "metrics.jsonl");
    char *text = fs_read(path, 1 << 24, &n, &e), *line, *rest = text;
    int   bits = -1;
    assert_non_null(text);
    while ((line = strsep(&rest, "\n")) && *line) {
        json_t *o = json_loads(line, 0, NULL);
        snprintf(key, sizeof key, "%s", json_string_value(json_object_get(o, "stage")));
        if (!strcmp(key, stage) && json_integer_value(json_object_get(o, "step")) == step)
            bits = (int)json_integer_value(json_object_get(o, "bits"));
        json_decref(o);
    }
    mem_free(text);
    return bits;
}

/* The file has the loss that training had. */
static void test_trained_is_exported(void **s) {
    (void)s;
    rows_batch b;
    train("a", NULL, 0);
    assert_int_equal(bits_at("a", "pretrain", 6), 0); /* qat_from = 0.5 of 12 steps */
    assert_int_equal(bits_at("a", "pretrain", 7), 8);
    assert_int_equal(bits_at("a", "pretrain", 12), 8);
    assert_int_equal(bits_at("a", "sft", 1), 8);
    model *file = load("a", "mini.gguf"), *folder = load("a", "sft"), *base = load("a", "base");
    assert_true(model_cfg(base)->qat_bits == 8 && !model_cfg(base)->qat_head);
    assert_true(model_cfg(folder)->qat_bits == 8 && model_cfg(folder)->qat_head);
    assert_true(model_cfg(file)->qat_bits == 8 && model_cfg(file)->qat_head);
    documents(file, &b);
    double trained = loss_in_training(folder, &b), used = loss_in_use(file, &b);
    printf("  loss in training %.7f, of the exported file %.7f\n", trained, used);
    assert_true(fabs(trained - used) < 1e-4);
    rows_batch_free(&b);
    model_free(file);
    model_free(folder);
    model_free(base);
}

/* Trained in floats and rounded afterwards: no worse than a bit, or 8 bits were no use; which of the two wins is for
 * docs/ABLATIONS.md. */
static void test_quantized_afterwards(void **s) {
    (void)s;
    static const char *const sets[] = {"pretrain.qat=0", "sft.qat=0"};
    rows_batch               b;
    err                      e = {0};
    train("b", sets, 2);
    assert_int_equal(bits_at("b", "sft", 6), 0);
    model *qat = load("a", "sft"), *f = load("b", "sft"), *plain = load("b", "mini.gguf");
    assert_true(model_cfg(f)->qat_bits == 0 && model_cfg(plain)->qat_bits == 0);
    documents(f, &b);
    double with = loss_in_training(qat, &b), file = loss_in_use(plain, &b), floats = loss_in_training(f, &b);
    assert_true(model_set_8bit(f, true, true, &e));
    double after = loss_in_training(f, &b);
    printf("  loss: floats %.4f, their Q8_0 file %.4f, 8 bits afterwards %.4f; trained in 8 bits %.4f\n", floats, file,
           after, with);
    assert_true(fabs(floats - after) < 0.05 * floats && fabs(floats - with) < 0.1 * floats);
    rows_batch_free(&b);
    model_free(qat);
    model_free(f);
    model_free(plain);
}

/* A stage without it after one that had it is one in floats again. */
static void test_off_again(void **s) {
    (void)s;
    static const char *const sets[] = {"sft.qat=0", "pretrain.steps=4", "pretrain.qat_from=0", "sft.steps=2",
                                       "sft.warmup=1"};
    train("c", sets, 5);
    model *base = load("c", "base"), *sft = load("c", "sft"), *file = load("c", "mini.gguf");
    assert_int_equal(model_cfg(base)->qat_bits, 8);
    assert_int_equal(model_cfg(sft)->qat_bits, 0);
    assert_int_equal(model_cfg(file)->qat_bits, 0);
    model_free(base);
    model_free(sft);
    model_free(file);
}

/* Every stage makes the twins anew after each update: the products are of what was learnt. */
static void test_fresh(void **s) {
    (void)s;
    static const char *const stages[] = {"pretrain.answers_every=1", "pretrain.qat_from=0", "sft.answers_every=1"};
    static const char *const rl[]     = {"pretrain.steps=30", "pretrain.qat=1", "rl.steps=4",  "rl.questions=4",
                                         "rl.group=4",        "rl.max_new=60",  "rl.epochs=2", "rl.qat=1",
                                         "rl.qat_from=0.5",   "rl.lr=1e-3",     "rl.warmup=0", "rl.answers_every=1",
                                         "reward.language=1"}; /* text that hardly answers yet differs in that */
    Looks = Stale = 0;
    train("d", stages, 3);
    assert_int_equal(Looks, 18);
    assert_int_equal(Stale, 0);
    assert_int_equal(Bits, 8);
    Looks = 0;
    train_recipe("e", "recipes/mini-rl.ini", rl, sizeof rl / sizeof *rl);
    assert_int_equal(Looks, 4);
    assert_int_equal(Stale, 0);
    assert_int_equal(Bits, 8);
    model *m = load("e", "rl"), *file = load("e", "mini-rl.gguf");
    assert_true(model_cfg(m)->qat_bits == 8 && model_cfg(file)->qat_bits == 8);
    model_free(m);
    model_free(file);
}

static void test_recipe(void **s) {
    (void)s;
    static const char *const bad[][2] = {{"pretrain.dtype=f32", "qat: 1 needs dtype = bf16"},
                                         {"pretrain.qat=2", "qat: expected a whole number in 0..1"},
                                         {"sft.qat_from=1.5", "qat_from: expected a number in 0..1"},
                                         {"pretrain.qat_bits=8", "qat_bits"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        err     e = {0};
        recipe *r = recipe_load("recipes/mini.ini", &bad[i][0], 1, &e);
        assert_null(r);
        if (!strstr(e.msg, bad[i][1])) fail_msg("\"%s\" is not in: %s", bad[i][1], e.msg);
    }
}

static int setup(void **s) {
    (void)s;
    err e = {0};
    par_init(0);
    log_set_level(LOG_WARN);
    if (!kern_init(NULL, &e) || !unit_tmpdir(Dir, sizeof Dir)) return 1;
    gemm_init();
    return 0;
}

static int teardown(void **s) {
    (void)s;
    char cmd[160];
    snprintf(cmd, sizeof cmd, "rm -rf '%s'", Dir);
    gemm_free();
    return system(cmd);
}

int main(void) {
    const struct CMUnitTest t[] = {cmocka_unit_test(test_trained_is_exported),
                                   cmocka_unit_test(test_quantized_afterwards), cmocka_unit_test(test_off_again),
                                   cmocka_unit_test(test_fresh), cmocka_unit_test(test_recipe)};
    return cmocka_run_group_tests_name("qat", t, setup, teardown);
}
