/* eightbit.c -- a trained model in 8 bits: does the exported file say what training's forward says, and what do the 8
 * bits cost?
 *
 *   build/bench/eightbit runs/tiny/base [--recipe recipes/tiny.ini] [--docs N] [--max-len L] [--head] [--keep FILE]
 *
 * FOLDER is what a stage saved. If it is a float model it is taken to 8 bits as it is, without training: the loss of
 * the float model, of its plain Q8_0 file (the usual rounding, products in floats) and in 8 bits stand side by side.
 * The 8-bit model is written as Q8_0 and read back, and every logit of the validation documents of the recipe's
 * pretrain mix is compared: the file's, without a cache, then with one (as an answer's prompt is read), against
 * training's. Exit status 1 if the logits without a cache are more than 1e-3 apart. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/opt.h"
#include "base/par.h"
#include "data/loader.h"
#include "kernel/gemm.h"
#include "kernel/kern.h"
#include "train/recipe_key.h"
#include "train/stages.h"

enum { ROWS = 2048, DOCS = ROWS / 8 + 1, BATCHES = 64 };

static void die(const err *e) {
    fprintf(stderr, "eightbit: %s\n", e->msg);
    exit(1);
}

typedef struct docs {
    rows_batch b[BATCHES];
    int        n, n_doc, n_tok, V;
} docs;

static void draw(docs *d, model *m, const char *path, int want, int max_len) {
    err      e    = {0};
    uint64_t next = 0, hash;
    source   src[MIX_SOURCES];
    recipe  *r = recipe_load(path, NULL, 0, &e);
    if (!r) die(&e);
    const recipe_stage *o    = &r->stage[STAGE_PRETRAIN];
    loader_spec         spec = {
                .src = src, .split = SPLIT_VALID, .seed = 3, .loss = o->loss, .max_len = max_len ? max_len : o->max_len};
    spec.n_src = recipe_sources(recipe_find_mix(r, o->mix), src, &hash);
    loader *ld = loader_new(&spec, model_tokenizer(m), &e);
    if (!ld) die(&e);
    for (; d->n < BATCHES && d->n_doc < want; d->n++) {
        rows_batch *b = &d->b[d->n];
        rows_batch_init(b, ROWS, DOCS);
        loader_fill(ld, &next, b);
        d->n_doc += b->n_seq;
        d->n_tok += b->n;
    }
    d->V = model_cfg(m)->vocab_size;
    loader_free(ld);
    recipe_free(r);
}

typedef enum { TRAINS, USED, CACHED } how;

/* The logits of batch b, [n, V]. */
static void logits_of(model *m, model_work *w, const rows_batch *b, how by, float *out) {
    err        e = {0};
    size_t     V = (size_t)model_cfg(m)->vocab_size;
    model_rows r = {.T = b->n, .tok = b->tok, .n_seq = b->n_seq, .start = b->start};
    if (by != CACHED) {
        model_logits(m, w, model_forward(m, w, &r, ATTN_PLAIN), b->n, out);
        return;
    }
    for (int q = 0; q < b->n_seq; q++) {
        int       a = b->start[q], k = b->start[q + 1] - a;
        int32_t   s[2] = {0, k};
        kv_cache *kv   = kv_new(m, k, &e);
        if (!kv) die(&e);
        r = (model_rows){.T = k, .tok = b->tok + a, .n_seq = 1, .start = s, .kv = &kv};
        model_logits(m, w, model_forward(m, w, &r, ATTN_PLAIN), k, out + (size_t)a * V);
        kv_free(kv);
    }
}

static float *all_logits(model *m, const docs *d, how by) {
    err         e   = {0};
    float      *out = mem_alloc((size_t)d->n_tok * (size_t)d->V * 4), *at = out;
    model_work *w = work_new(m, ROWS, by == TRAINS ? WORK_TRAIN : WORK_INFER, &e);
    if (!w) die(&e);
    for (int i = 0; i < d->n; i++) {
        logits_of(m, w, &d->b[i], by, at);
        at += (size_t)d->b[i].n * (size_t)d->V;
    }
    work_free(w);
    return out;
}

/* Cross-entropy a token, and how often the likeliest token is the next. */
static void say_loss(const char *what, const docs *d, const float *l) {
    double nll = 0, n = 0, hit = 0;
    for (int i = 0; i < d->n; i++) {
        const rows_batch *b = &d->b[i];
        for (int t = 0; t < b->n; t++, l += d->V) {
            double top = -1e30, sum = 0;
            int    best = 0;
            for (int k = 0; k < d->V; k++)
                if ((double)l[k] > top) top = (double)l[k], best = k;
            for (int k = 0; k < d->V; k++) sum += exp((double)l[k] - top);
            nll += (double)b->w[t] * (log(sum) + top - (double)l[b->tgt[t]]);
            hit += best == b->tgt[t] ? (double)b->w[t] : 0;
            n += (double)b->w[t];
        }
    }
    printf("  %-44s loss %.5f, right %.3f%%\n", what, nll / n, 100 * hit / n);
}

static double say_apart(const char *what, const docs *d, const float *x, const float *y) {
    double most = 0, sum = 0;
    long   turned = 0;
    for (int t = 0; t < d->n_tok; t++, x += d->V, y += d->V) {
        int a = 0, b = 0;
        for (int k = 0; k < d->V; k++) {
            double diff = fabs((double)x[k] - (double)y[k]);
            most        = diff > most ? diff : most;
            sum += diff;
            if (x[k] > x[a]) a = k;
            if (y[k] > y[b]) b = k;
        }
        turned += a != b;
    }
    printf("  %-44s logits at most %.2g apart, %.2g on average, the likeliest token another in %ld of %d rows\n", what,
           most, sum / d->n_tok / d->V, turned, d->n_tok);
    return most;
}

static model *load(const char *path) {
    err    e = {0};
    model *m = model_load(path, &e);
    if (!m) die(&e);
    return m;
}

static model *written_as_q8(model *m, const char *file) {
    err e = {0};
    if (!model_save_gguf(m, file, DT_Q8_0, "eightbit", &e)) die(&e);
    return load(file);
}

/* What the float model and its plain Q8_0 file make of the documents; then the model is in 8 bits. */
static void from_floats(model *m, const docs *d, const char *file, bool head) {
    err    e     = {0};
    float *plain = all_logits(m, d, TRAINS), *l;
    say_loss("in bf16", d, plain);
    model *q = written_as_q8(m, file);
    l        = all_logits(q, d, USED);
    say_loss("its Q8_0 file, products in floats", d, l);
    say_apart("    against bf16", d, plain, l);
    model_free(q);
    mem_free(l);
    if (!model_set_8bit(m, true, head, &e)) die(&e);
    l = all_logits(m, d, TRAINS);
    say_loss("taken to 8 bits, products in integers", d, l);
    say_apart("    against bf16", d, plain, l);
    mem_free(l);
    mem_free(plain);
}

static int measure(const char *folder, const char *recipe_path, int n_doc, int max_len, bool head, const char *file) {
    err         e = {0};
    static docs d;
    model      *m = load(folder);
    if (!model_train_begin(m, DT_BF16, &e)) die(&e);
    draw(&d, m, recipe_path, n_doc, max_len);
    printf("%s: %d validation documents of %s, %d tokens\n", folder, d.n_doc, recipe_path, d.n_tok);
    if (!model_cfg(m)->qat_bits) from_floats(m, &d, file, head);
    float *want = all_logits(m, &d, TRAINS), *l;
    say_loss("in 8 bits, training's forward", &d, want);
    model *q = written_as_q8(m, file);
    l        = all_logits(q, &d, USED);
    say_loss("the exported file", &d, l);
    double apart = say_apart("    against training's forward", &d, want, l);
    mem_free(l);
    l = all_logits(q, &d, CACHED);
    say_apart("    through a cache, document by document", &d, want, l);
    mem_free(l);
    mem_free(want);
    for (int i = 0; i < d.n; i++) rows_batch_free(&d.b[i]);
    model_free(q);
    model_free(m);
    return apart <= 1e-3 ? 0 : 1;
}

int main(int argc, char **argv) {
    const char *recipe_path = "recipes/tiny.ini", *keep = NULL;
    char        file[] = "/tmp/r1-eightbit-XXXXXX";
    int         n_doc = 48, max_len = 0, first;
    bool        head    = false;
    err         e       = {0};
    const opt   table[] = {OPT_STR(0, "recipe", &recipe_path, "FILE", "whose pretrain mix is drawn from"),
                           OPT_INT(0, "docs", &n_doc, 1, 100000, "N", "documents"),
                           OPT_INT(0, "max-len", &max_len, 0, ROWS, "L", "longest document (0: the recipe's)"),
                           OPT_BOOL(0, "head", &head, "the head in integers, too"),
                           OPT_STR(0, "keep", &keep, "FILE", "keep the exported file there"),
                           OPT_END};
    first               = opt_parse(table, argc, argv, &e);
    if (first >= 0 && argc - first != 1) err_set(&e, "expected one FOLDER"), first = -1;
    if (first < 0) return fprintf(stderr, "eightbit: %s\n", e.msg), 2;
    par_init(0);
    if (!kern_init(NULL, &e)) die(&e);
    gemm_init();
    if (!keep) {
        int fd = mkstemp(file);
        if (fd < 0) err_set(&e, "%s: cannot be made", file), die(&e);
        close(fd);
    }
    int status = measure(argv[first], recipe_path, n_doc, max_len, head, keep ? keep : file);
    if (!keep) unlink(file);
    return status;
}
