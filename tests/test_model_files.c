/* test_model_files.c -- a model written, read back, and its files damaged in every way a disk or a person manages to.
 *
 * Written and read: a folder and an f32 GGUF give the same bits; f16, bf16 and q8_0 give what the file's own numbers
 * give in float32. Damaged: cut at every boundary of a section, each tensor missing, of a wrong type, of a wrong shape,
 * with a NaN; absurd sizes in the metadata; random bytes. Each must be one line that names what is wrong, never a
 * crash; under `make asan` nothing may leak either. R1_SEED=n repeats a run. */
#include "unit.h"

#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "format/gguf.h"
#include "format/safetensors.h"
#include "tiny.h"

enum { T = 24, N_TYPES = 4 };

static char Dir[128], Hf[192], Gguf[192], Bad[192], BadDir[192]; /* good folder, good file; the damaged copies */

/* ---- logits of a model for T fixed tokens: main [T, V] by both forms of attention, then MTP [T - 1, V] ---- */

static size_t logit_count(const model *m) {
    size_t V = (size_t)model_cfg(m)->vocab_size;
    return 2 * T * V + (model_cfg(m)->num_nextn_predict_layers ? (T - 1) * V : 0);
}

static float *logits_of(model *m) {
    err         e = {0};
    size_t      V = (size_t)model_cfg(m)->vocab_size, D = (size_t)model_cfg(m)->hidden_size;
    float      *out = mem_calloc(logit_count(m), 4), *h = mem_alloc(T * D * 4);
    int32_t     tok[T], start[2]                        = {0, T};
    model_work *w = work_new(m, T, WORK_INFER, &e);
    if (!w) fail_msg("%s", e.msg);
    for (int t = 0; t < T; t++) tok[t] = (int32_t)((size_t)(t * 37 + 5) % V);
    model_rows r = {.T = T, .tok = tok, .n_seq = 1, .start = start};
    memcpy(h, model_forward(m, w, &r, ATTN_ABSORBED), T * D * 4);
    model_logits(m, w, h, T, out);
    memcpy(h, model_forward(m, w, &r, ATTN_PLAIN), T * D * 4);
    model_logits(m, w, h, T, out + T * V);
    if (model_cfg(m)->num_nextn_predict_layers) {
        int32_t next[T];
        for (int t = 0; t + 1 < T; t++) next[t] = tok[t + 1];
        start[1] = r.T = T - 1;
        memcpy(h, model_mtp(m, w, 0, &r, h, next, ATTN_PLAIN), (T - 1) * D * 4);
        model_logits(m, w, h, T - 1, out + 2 * T * V);
    }
    mem_free(h);
    work_free(w);
    return out;
}

static model *load(const char *path) {
    err    e = {0};
    model *m = model_load(path, &e);
    if (!m) fail_msg("%s", e.msg);
    return m;
}

static void same_logits(const char *what, const float *want, size_t n, const char *path) {
    model *m = load(path);
    assert_int_equal(logit_count(m), n);
    float *got = logits_of(m);
    for (size_t i = 0; i < n; i++)
        if (memcmp(&got[i], &want[i], 4) != 0)
            fail_msg("%s: logit %zu is %.9g, was %.9g", what, i, (double)got[i], (double)want[i]);
    mem_free(got);
    model_free(m);
}

/* sqrt(mean (a - b)^2) / sqrt(mean b^2) */
static double rms_off(const float *a, const float *b, size_t n) {
    double d = 0, s = 0;
    for (size_t i = 0; i < n; i++) {
        d += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
        s += (double)b[i] * (double)b[i];
    }
    return sqrt(d / s);
}

/* ---- models: the tiny one, and one whose sizes fit no block: no q_lora, tied, groups, no MTP, no tokenizer ---- */

static model *odd_model(void) {
    err e                 = {0};
    cfg c                 = cfg_default();
    c.vocab_size          = 61;
    c.hidden_size         = 40;
    c.num_hidden_layers   = 2;
    c.num_attention_heads = c.num_key_value_heads = 3;
    c.intermediate_size                           = 50;
    c.kv_lora_rank                                = 12;
    c.qk_nope_head_dim                            = 10;
    c.qk_rope_head_dim                            = 4;
    c.head_dim                                    = 14;
    c.v_head_dim                                  = 6;
    c.tie_word_embeddings                         = true;
    c.n_routed_experts                            = 6;
    c.n_shared_experts                            = 0;
    c.num_experts_per_tok                         = 2;
    c.moe_intermediate_size                       = 22;
    c.first_k_dense_replace                       = 1;
    c.n_group                                     = 3;
    c.topk_group                                  = 2;
    model *m                                      = model_new(&c, 3, &e);
    if (!m) fail_msg("%s", e.msg);
    return m;
}

/* Weights of dst := weights of src, expanded to float32. */
static void copy_weights(model *dst, const model *src) {
    for (int i = 0; i < model_param_count(dst); i++) {
        param *d = model_param(dst, i), *s = model_param_find((model *)(uintptr_t)src, d->name);
        assert_non_null(s);
        int64_t cols = d->w.ne[d->w.nd - 1];
        for (int64_t r = 0; r < tensor_count(&d->w) / cols; r++) param_row(s, r, (float *)d->w.data + r * cols);
    }
}

static const dtype  TYPE[N_TYPES] = {DT_F32, DT_F16, DT_BF16, DT_Q8_0};
static const double OFF[N_TYPES]  = {0, 0.02, 0.12,
                                     0.12}; /* rms against float32, a flip of a near-tied expert included */

static void check_round_trips(model *m, const char *name) {
    err    e    = {0};
    size_t n    = logit_count(m);
    float *want = logits_of(m);
    char   path[256], again[256];
    snprintf(path, sizeof path, "%s/%s-hf", Dir, name);
    assert_true(model_save_hf(m, path, &e));
    same_logits("folder", want, n, path);
    for (int k = 0; k < N_TYPES; k++) {
        snprintf(path, sizeof path, "%s/%s-%s.gguf", Dir, name, dtype_name(TYPE[k]));
        snprintf(again, sizeof again, "%s/again.gguf", Dir);
        if (!model_save_gguf(m, path, TYPE[k], name, &e)) fail_msg("%s", e.msg);
        model *q = load(path);
        assert_string_equal(model_name(q), name);
        float *got = logits_of(q);
        /* The file's own numbers, computed with in float32: what the type costs is in the file, nothing is added. */
        model *f = model_new(model_cfg(m), 1, &e);
        assert_non_null(f);
        copy_weights(f, q);
        float *exact = logits_of(f);
        double off = rms_off(got, want, n), own = rms_off(got, exact, n);
        print_message("%s %s: rms off float32 %.5f, off its own numbers %.1e\n", name, dtype_name(TYPE[k]), off, own);
        assert_true(TYPE[k] == DT_F32 ? memcmp(got, want, n * 4) == 0 : off > 0 && off <= OFF[k]);
        assert_true(own < 1e-5);
        /* Saved once more in its own type it is the same file. */
        size_t na, nb;
        assert_true(model_save_gguf(q, again, TYPE[k], NULL, &e));
        char *a = fs_read(path, 1 << 28, &na, &e), *b = fs_read(again, 1 << 28, &nb, &e);
        assert_true(na == nb && memcmp(a, b, na) == 0);
        assert_true(remove(path) == 0 && remove(again) == 0);
        mem_free(a), mem_free(b), mem_free(got), mem_free(exact);
        model_free(q), model_free(f);
    }
    mem_free(want);
}

static void test_round_trips(void **s) {
    (void)s;
    model *m = tiny_model(11), *o = odd_model();
    check_round_trips(m, "tiny");
    check_round_trips(o, "odd");
    model_free(m), model_free(o);
}

static void test_config_and_tokenizer_stay(void **s) {
    (void)s;
    model  *h = load(Hf), *g = load(Gguf), *m = tiny_model(7);
    model  *all[] = {m, h, g};
    json_t *j[3];
    int32_t id[3][256];
    int     n[3];
    for (int i = 0; i < 3; i++) {
        j[i]  = cfg_to_json(model_cfg(all[i]));
        ids l = {0};
        tok_encode(model_tokenizer(all[i]), "Solve for x: 2x + 5 = 15 <think>", 32, TOK_SPECIAL, &l);
        n[i] = l.n;
        memcpy(id[i], l.p, (size_t)l.n * 4);
        ids_free(&l);
    }
    for (int i = 1; i < 3; i++) {
        assert_true(json_equal(j[0], j[i]));
        assert_true(n[i] == n[0] && n[0] > 5 && memcmp(id[i], id[0], (size_t)n[0] * 4) == 0);
    }
    for (int i = 0; i < 3; i++) {
        json_decref(j[i]);
        model_free(all[i]);
    }
}

/* ---- damage ---- */

/* model_load must fail with one line that has `word` in it. */
static void refused(const char *path, const char *what, const char *word) {
    err    e = {0};
    model *m = model_load(path, &e);
    if (m) {
        model_free(m);
        fail_msg("%s: the file was taken", what);
    }
    if (!e.msg[0] || strchr(e.msg, '\n')) fail_msg("%s: not one line: '%s'", what, e.msg);
    if (word && !strstr(e.msg, word)) fail_msg("%s: expected '%s' in '%s'", what, word, e.msg);
}

static void put(const char *path, const str *s) {
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    if (s->len) assert_true(fwrite(s->p, 1, s->len, f) == s->len);
    assert_int_equal(fclose(f), 0);
}

static str slurp(const char *path) {
    err    e = {0};
    size_t n;
    str    s = {0};
    char  *p = fs_read(path, 1 << 28, &n, &e);
    if (!p) fail_msg("%s", e.msg);
    str_addn(&s, p, n);
    mem_free(p);
    return s;
}

static uint64_t le(const str *s, size_t at, int bytes) {
    uint64_t v = 0;
    memcpy(&v, s->p + at, (size_t)bytes);
    return v;
}

/* Where things are in a GGUF file, found by walking it here once more. */
enum { MAX_CUTS = 2000, MAX_TENSORS = 128, MAX_KEYS = 128 };
typedef struct place {
    char   name[80];
    size_t name_at, nd_at, ne_at, type_at, data_at, bytes;
    int    nd;
} place;
typedef struct map {
    size_t cut[MAX_CUTS], key_at[MAX_KEYS], value_at[MAX_KEYS];
    int    n_cuts, n_tensors, n_keys, key_type[MAX_KEYS];
    char   key[MAX_KEYS][80];
    place  t[MAX_TENSORS];
} map;

static void cut(map *m, size_t at) {
    assert_true(m->n_cuts < MAX_CUTS);
    m->cut[m->n_cuts++] = at;
}

static size_t value_end(const str *s, size_t at, int type) {
    static const int size[] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
    if (type == GGUF_STR) return at + 8 + le(s, at, 8);
    if (type != GGUF_ARR) return at + (size_t)size[type];
    int      of = (int)le(s, at, 4);
    uint64_t n  = le(s, at + 4, 8);
    at += 12;
    for (uint64_t i = 0; i < n; i++) at = value_end(s, at, of);
    return at;
}

static void copy_name(char out[80], const str *s, size_t at) {
    size_t n = le(s, at, 8);
    assert_true(n < 80);
    memcpy(out, s->p + at + 8, n);
    out[n] = 0;
}

static map *walk(const str *s) {
    map   *m     = mem_calloc(1, sizeof *m);
    size_t pos   = 24;
    m->n_tensors = (int)le(s, 8, 8);
    m->n_keys    = (int)le(s, 16, 8);
    assert_true(m->n_tensors <= MAX_TENSORS && m->n_keys <= MAX_KEYS);
    cut(m, 0), cut(m, 4), cut(m, 8), cut(m, 16);
    for (int i = 0; i < m->n_keys; i++) {
        cut(m, m->key_at[i] = pos); /* before the key, its type, its value */
        copy_name(m->key[i], s, pos);
        cut(m, pos += 8 + le(s, pos, 8));
        m->key_type[i] = (int)le(s, pos, 4);
        cut(m, m->value_at[i] = pos += 4);
        pos = value_end(s, pos, m->key_type[i]);
    }
    for (int i = 0; i < m->n_tensors; i++) {
        place *t = &m->t[i];
        cut(m, t->name_at = pos); /* before the name, the shape, the type, the offset */
        copy_name(t->name, s, pos);
        cut(m, t->nd_at = pos += 8 + le(s, pos, 8));
        t->nd = (int)le(s, pos, 4);
        cut(m, t->ne_at = pos += 4);
        cut(m, t->type_at = pos += 8 * (size_t)t->nd);
        cut(m, pos + 4);
        t->data_at = le(s, pos + 4, 8);
        pos += 12;
    }
    cut(m, pos); /* before the padding */
    size_t data = (pos + 31) / 32 * 32;
    for (int i = 0; i < m->n_tensors; i++) {
        place *t = &m->t[i];
        t->data_at += data;
        t->bytes = 4;
        for (int d = 0; d < t->nd; d++) t->bytes *= le(s, t->ne_at + 8 * (size_t)d, 8);
        cut(m, t->data_at), cut(m, t->data_at + t->bytes);
    }
    return m;
}

static int downwards(const void *a, const void *b) {
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return x < y ? 1 : x > y ? -1 : 0;
}

/* Cut at each place, one byte before and one after, from the longest to the shortest. */
static void cut_at(const char *file, const char *model_path, const size_t *cuts, int n, size_t whole) {
    size_t all[3 * MAX_CUTS];
    int    k = 0;
    for (int i = 0; i < n; i++)
        for (int d = -1; d <= 1; d++)
            if (cuts[i] + 1 >= (size_t)(d + 1) && cuts[i] + (size_t)(d + 1) - 1 < whole)
                all[k++] = cuts[i] + (size_t)(d + 1) - 1;
    qsort(all, (size_t)k, sizeof *all, downwards);
    for (int i = 0; i < k; i++) {
        if (i > 0 && all[i] == all[i - 1]) continue;
        char what[64];
        snprintf(what, sizeof what, "%zu of %zu bytes", all[i], whole);
        assert_int_equal(truncate(file, (off_t)all[i]), 0);
        refused(model_path, what, BadDir[0] && strstr(model_path, BadDir) ? BadDir : Bad);
    }
    print_message("%d cuts\n", k);
}

static void test_gguf_cut(void **st) {
    (void)st;
    str  s = slurp(Gguf);
    map *m = walk(&s);
    /* what stands behind the last tensor is padding, which a reader may do without */
    size_t end = 0;
    for (int i = 0; i < m->n_tensors; i++)
        if (m->t[i].data_at + m->t[i].bytes > end) end = m->t[i].data_at + m->t[i].bytes;
    put(Bad, &s);
    model_free(load(Bad));
    cut_at(Bad, Bad, m->cut, m->n_cuts, end);
    mem_free(m);
    str_free(&s);
}

static void patched(const str *s, size_t at, const void *p, size_t n) {
    str c = {0};
    str_addn(&c, s->p, s->len);
    memcpy(c.p + at, p, n);
    put(Bad, &c);
    str_free(&c);
}

/* Without these it is another model, not a broken one: the head is then the embedding, the gate has no bias (V2). */
static bool may_lack(const char *name) {
    return strcmp(name, "output.weight") == 0 || strstr(name, "exp_probs_b") != NULL;
}

static void test_gguf_tensors(void **st) {
    (void)st;
    str  s       = slurp(Gguf);
    map *m       = walk(&s);
    int  swapped = 0;
    for (int i = 0; i < m->n_tensors; i++) {
        const place *t = &m->t[i];
        char         what[128];
        uint32_t     i32 = DT_I32, nan = 0x7fc00000, inf = 0xff800000;
        snprintf(what, sizeof what, "%s renamed", t->name);
        patched(&s, t->name_at + 8, "X", 1);
        if (!may_lack(t->name)) refused(Bad, what, t->name);
        snprintf(what, sizeof what, "%s of type i32", t->name);
        patched(&s, t->type_at, &i32, 4);
        refused(Bad, what, t->name);
        uint64_t ne[2] = {le(&s, t->ne_at + 8, 8), le(&s, t->ne_at, 8)};
        if (t->nd >= 2 && ne[0] != ne[1]) {
            snprintf(what, sizeof what, "%s turned round", t->name);
            patched(&s, t->ne_at, ne, 16);
            refused(Bad, what, t->name);
            swapped++;
        }
        for (int k = 0; k < 2; k++) { /* the message has the Hugging Face name: at least the layer must be right */
            char layer[32] = "";
            int  l;
            if (sscanf(t->name, "blk.%d.", &l) == 1) snprintf(layer, sizeof layer, "model.layers.%d.", l);
            snprintf(what, sizeof what, "%s with %s", t->name, k ? "-inf" : "a NaN");
            patched(&s, k ? t->data_at : t->data_at + t->bytes - 4, k ? &inf : &nan, 4);
            refused(Bad, what, "NaN");
            refused(Bad, what, layer);
        }
    }
    assert_true(swapped > 10);
    mem_free(m);
    str_free(&s);
}

/* Every number of the metadata at its extremes, and as large as cfg.h allows: refused, or a model that loads; never
 * more memory than the file has tensors for. */
static void test_gguf_sizes(void **st) {
    (void)st;
    static const uint32_t value[] = {0, 1, 3, 255, 4096, 1 << 18, 1 << 20, 0x7fffffff, 0xffffffff};
    str                   s       = slurp(Gguf);
    map                  *m       = walk(&s);
    int                   tried = 0, taken = 0;
    for (int i = 0; i < m->n_keys; i++)
        for (size_t k = 0; m->key_type[i] == GGUF_U32 && k < sizeof value / sizeof *value; k++) {
            err e = {0};
            patched(&s, m->value_at[i], &value[k], 4);
            model *x = model_load(Bad, &e);
            if (x) taken++;
            else if (!strstr(e.msg, Bad) || strchr(e.msg, '\n')) fail_msg("%s = %u: '%s'", m->key[i], value[k], e.msg);
            model_free(x);
            tried++;
        }
    print_message("%d values, %d of them taken\n", tried, taken);
    assert_true(tried > 150 && taken < tried / 2);
    mem_free(m);
    str_free(&s);
}

static void test_gguf_noise(void **st) {
    (void)st;
    rng    r    = rng_seed(unit_seed("gguf_noise"));
    str    s    = slurp(Gguf);
    map   *m    = walk(&s);
    size_t head = m->t[0].data_at;
    for (int i = 0; i < 400; i++) {
        str c = {0};
        err e = {0};
        str_addn(&c, s.p, s.len);
        for (int k = rng_range(&r, 1, 3); k > 0; k--) {
            size_t at      = rng_below(&r, head);
            bool   context = false; /* a context of 2^28 positions is allowed, and takes its time */
            for (int j = 0; j < m->n_keys; j++)
                context =
                    context || (strstr(m->key[j], "context_length") && at >= m->value_at[j] && at < m->value_at[j] + 4);
            if (!context) c.p[at] = (char)(c.p[at] ^ (1 << rng_below(&r, 8)));
        }
        put(Bad, &c);
        model *x = model_load(Bad, &e);
        if (!x && (!e.msg[0] || strchr(e.msg, '\n'))) fail_msg("not one line: '%s'", e.msg);
        model_free(x);
        str_free(&c);
    }
    mem_free(m);
    str_free(&s);
}

/* ---- the folder ---- */

static void copy_to_bad(const char *file) {
    char from[300], to[300];
    snprintf(from, sizeof from, "%s/%s", Hf, file);
    snprintf(to, sizeof to, "%s/%s", BadDir, file);
    str s = slurp(from);
    put(to, &s);
    str_free(&s);
}

static void restore(void) {
    copy_to_bad("config.json");
    copy_to_bad("tokenizer.json");
    copy_to_bad("model.safetensors");
}

static void test_folder_cut(void **st) {
    (void)st;
    char   path[300];
    err    e = {0};
    size_t at[MAX_CUTS];
    int    n = 0;
    restore();
    model_free(load(BadDir));
    snprintf(path, sizeof path, "%s/model.safetensors", BadDir);
    str      s    = slurp(path);
    size_t   data = 8 + le(&s, 0, 8);
    st_file *f    = st_open(path, &e);
    assert_non_null(f);
    const char *base = st_at(f, 0)->data;
    for (int i = 0; i < st_count(f); i++) {
        const st_tensor *t = st_at(f, i);
        at[n++]            = data + (size_t)((const char *)t->data - base);
        at[n++]            = data + (size_t)((const char *)t->data - base) + t->bytes;
    }
    st_close(f);
    for (size_t k = 0; k < data; k += data / 50) at[n++] = k; /* all through the header */
    at[n++] = 7, at[n++] = 8;
    cut_at(path, BadDir, at, n, s.len);
    str_free(&s);
    const char *json[] = {"config.json", "tokenizer.json"};
    for (int i = 0; i < 2; i++) {
        restore();
        snprintf(path, sizeof path, "%s/%s", BadDir, json[i]);
        s = slurp(path);
        while (s.len > 0 && strchr(" \n\r\t", s.p[s.len - 1])) s.len--;
        n = 0;
        for (size_t k = 0; k < s.len; k += s.len / 40) at[n++] = k;
        cut_at(path, BadDir, at, n, s.len);
        str_free(&s);
    }
}

static void test_folder_parts(void **st) {
    (void)st;
    static const char *file[] = {"config.json", "model.safetensors"};
    char               path[300];
    for (int i = 0; i < 2; i++) {
        restore();
        snprintf(path, sizeof path, "%s/%s", BadDir, file[i]);
        assert_int_equal(remove(path), 0);
        refused(BadDir, file[i], i ? BadDir : "config.json");
        assert_int_equal(mkdir(path, 0700), 0); /* a folder where a file should be */
        refused(BadDir, file[i], BadDir);
        assert_int_equal(rmdir(path), 0);
        str empty = {0};
        put(path, &empty);
        refused(BadDir, file[i], file[i]);
    }
    restore();
    snprintf(path, sizeof path, "%s/tokenizer.json", BadDir);
    assert_int_equal(remove(path), 0); /* a model without a tokenizer can be measured */
    model *m = load(BadDir);
    assert_null(model_tokenizer(m));
    model_free(m);
    snprintf(path, sizeof path, "%s/none", Dir);
    refused(path, "nothing there", "no such file");
    refused("/dev/null", "/dev/null", "/dev/null");
    snprintf(path, sizeof path, "%s/model.safetensors", Hf);
    refused(path, "safetensors as a GGUF file", "GGUF");
}

/* The header with the first `old` behind `from` replaced by `by`, of the same length. */
static bool header_patch(const str *s, const char *from, const char *old, const char *by) {
    char path[300], *p;
    str  c = {0};
    str_addn(&c, s->p, s->len);
    char *end = c.p + 8 + le(s, 0, 8);
    p         = memmem(c.p + 8, (size_t)(end - c.p) - 8, from, strlen(from));
    p         = p ? memmem(p, (size_t)(end - p), old, strlen(old)) : NULL;
    if (p) memcpy(p, by, strlen(old));
    snprintf(path, sizeof path, "%s/model.safetensors", BadDir);
    put(path, &c);
    str_free(&c);
    return p != NULL;
}

/* "model.layers.1.mlp.experts.2.up_proj.weight": the loader's messages name the stack it belongs to when a value is bad
 */
static void stack_name(char out[128], const char *name) {
    const char *at   = strstr(name, ".experts.");
    int         skip = 0;
    if (at) sscanf(at + 9, "%*d.%n", &skip);
    if (at) snprintf(out, 128, "%.*s%s", (int)(at + 9 - name), name, at + 9 + skip);
    else snprintf(out, 128, "%s", name);
}

static void bad_tensor(const str *s, const st_tensor *t, size_t data, const char *base) {
    char what[160], old[128], by[128], stack[128], quoted[128], path[300];
    snprintf(quoted, sizeof quoted, "\"%s\"", t->name);
    snprintf(by, sizeof by, "\"X%s\"", t->name + 1);
    snprintf(what, sizeof what, "%s renamed", t->name);
    assert_true(header_patch(s, quoted, quoted, by));
    if (strstr(t->name, "eh_proj")) { /* published models come without their MTP layer: then it is not there */
        model *m = load(BadDir);
        assert_int_equal(model_cfg(m)->num_nextn_predict_layers, 0);
        model_free(m);
    } else {
        refused(BadDir, what, t->name);
    }
    snprintf(what, sizeof what, "%s of type I32", t->name);
    assert_true(header_patch(s, quoted, "\"F32\"", "\"I32\""));
    refused(BadDir, what, t->name);
    if (t->nd == 2 && t->ne[0] != t->ne[1]) {
        snprintf(old, sizeof old, "[%lld,%lld]", (long long)t->ne[0], (long long)t->ne[1]);
        snprintf(by, sizeof by, "[%lld,%lld]", (long long)t->ne[1], (long long)t->ne[0]);
        snprintf(what, sizeof what, "%s turned round", t->name);
        assert_true(header_patch(s, quoted, old, by));
        refused(BadDir, what, t->name);
    }
    float nan = NAN;
    str   c   = {0};
    str_addn(&c, s->p, s->len);
    memcpy(c.p + data + (size_t)((const char *)t->data - base) + t->bytes / 2 / 4 * 4, &nan, 4);
    snprintf(path, sizeof path, "%s/model.safetensors", BadDir);
    put(path, &c);
    str_free(&c);
    stack_name(stack, t->name);
    snprintf(what, sizeof what, "%s with a NaN", t->name);
    refused(BadDir, what, stack);
}

static void test_folder_tensors(void **st) {
    (void)st;
    char path[300];
    err  e = {0};
    restore();
    snprintf(path, sizeof path, "%s/model.safetensors", Hf);
    str      s = slurp(path);
    st_file *f = st_open(path, &e);
    assert_non_null(f);
    for (int i = 0; i < st_count(f); i++) bad_tensor(&s, st_at(f, i), 8 + le(&s, 0, 8), st_at(f, 0)->data);
    st_close(f);
    str_free(&s);
}

/* config.json with one number changed; the weights stay as they are. */
static void test_folder_sizes(void **st) {
    (void)st;
    static const json_int_t value[] = {-1, 0, 1, 3, 255, 4096, 1 << 18, 1 << 20, 1 << 24, 0x7fffffff, 1LL << 40};
    char                    path[300];
    err                     e     = {0};
    int                     tried = 0, taken = 0;
    const char             *key;
    json_t                 *v;
    restore();
    snprintf(path, sizeof path, "%s/config.json", Hf);
    json_t *good = json_load_path(path, 1 << 20, &e);
    assert_non_null(good);
    snprintf(path, sizeof path, "%s/config.json", BadDir);
    json_object_foreach(good, key, v) {
        for (size_t k = 0; json_is_integer(v) && k < sizeof value / sizeof *value; k++) {
            if (strcmp(key, "max_position_embeddings") == 0 && value[k] > 1 << 20)
                continue; /* allowed, and takes its time */
            json_t *j = json_deep_copy(good);
            assert_int_equal(json_object_set_new(j, key, json_integer(value[k])), 0);
            assert_int_equal(json_dump_file(j, path, 0), 0);
            json_decref(j);
            err    why = {0};
            model *m   = model_load(BadDir, &why);
            if (m) taken++;
            else if (!why.msg[0] || strchr(why.msg, '\n'))
                fail_msg("%s = %lld: '%s'", key, (long long)value[k], why.msg);
            model_free(m);
            tried++;
        }
    }
    print_message("%d values, %d of them taken\n", tried, taken);
    assert_true(tried > 200 && taken < tried / 2);
    json_decref(good);
}

/* ---- the whole ---- */

static int setup(void **st) {
    (void)st;
    err e = {0};
    tiny_start();
    if (!unit_tmpdir(Dir, sizeof Dir)) return 1;
    snprintf(Hf, sizeof Hf, "%s/good", Dir);
    snprintf(Gguf, sizeof Gguf, "%s/good.gguf", Dir);
    snprintf(Bad, sizeof Bad, "%s/bad.gguf", Dir);
    snprintf(BadDir, sizeof BadDir, "%s/bad", Dir);
    model *m  = tiny_model(7);
    bool   ok = model_save_hf(m, Hf, &e) && model_save_gguf(m, Gguf, DT_F32, NULL, &e) && fs_mkdirs(BadDir, &e);
    if (!ok) print_error("%s\n", e.msg);
    model_free(m);
    return !ok;
}

static int teardown(void **st) {
    (void)st;
    char cmd[200];
    gemm_free();
    snprintf(cmd, sizeof cmd, "rm -rf '%s'", Dir);
    return Dir[0] ? system(cmd) : 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trips),    cmocka_unit_test(test_config_and_tokenizer_stay),
        cmocka_unit_test(test_gguf_cut),       cmocka_unit_test(test_gguf_tensors),
        cmocka_unit_test(test_gguf_sizes),     cmocka_unit_test(test_gguf_noise),
        cmocka_unit_test(test_folder_cut),     cmocka_unit_test(test_folder_parts),
        cmocka_unit_test(test_folder_tensors), cmocka_unit_test(test_folder_sizes)};
    return cmocka_run_group_tests_name("model_files", tests, setup, teardown);
}
