/* The file is a plain safetensors file, so that any tool can look at the weights and moments of a run.
 *
 * safetensors has no checksum, and a flipped bit in a moment would go unnoticed: r1.hash holds one over all data, the
 * state and the recipe. It must be known before the header is written, so the data is read twice (about 0.1 s for 10M
 * parameters). */
#include "train/ckpt.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/rng.h"
#include "format/safetensors.h"
#include "kernel/kern.h"

static const char FORMAT[] = "r1-checkpoint-1";
enum { NAME_MAX_ = PARAM_NAME + 4 };

/* One stored array: parameter i's weight ('w') or moment ('m', 'v'). */
typedef struct piece {
    char          name[NAME_MAX_];
    float        *data; /* [count of ne] */
    size_t        n;
    const tensor *shape;
} piece;

static int pieces_of(model *m, piece **out) {
    int    n = model_param_count(m), k = 0;
    piece *p = mem_calloc((size_t)n * 3 + 1, sizeof *p);
    for (int i = 0; i < n; i++) {
        param *q       = model_param(m, i);
        float *data[3] = {q->w.data, q->trained ? q->m : NULL, q->trained ? q->v : NULL};
        for (int j = 0; j < 3; j++) {
            if (!data[j]) continue;
            snprintf(p[k].name, sizeof p[k].name, "%c.%s", "wmv"[j], q -> name);
            p[k].data  = data[j];
            p[k].n     = (size_t)tensor_count(&q->w);
            p[k].shape = &q->w;
            k++;
        }
    }
    *out = p;
    return k;
}

/* Four multiply-and-rotate lanes over 8-byte words: memory speed, every bit matters. */
static uint64_t hash_words(const void *data, size_t bytes) {
    const uint8_t *p    = data;
    uint64_t       h[4] = {1, 2, 3, 4}, w;
    size_t         i    = 0;
    for (; i + 32 <= bytes; i += 32)
        for (int j = 0; j < 4; j++) {
            memcpy(&w, p + i + 8 * (size_t)j, 8);
            h[j] = (h[j] ^ w) * 0x9e3779b97f4a7c15ull;
            h[j] ^= h[j] >> 29;
        }
    uint64_t tail = hash_bytes(p + i, bytes - i);
    return hash_u64(h[0] ^ hash_u64(h[1] ^ hash_u64(h[2] ^ hash_u64(h[3] ^ hash_u64(tail ^ bytes)))));
}

/* Over the arrays and the two texts that come with them. */
static uint64_t hash_all(const void *const *data, const size_t *bytes, int n, const char *state,
                         const char *recipe_text) {
    uint64_t *h = mem_calloc((size_t)n + 1, sizeof *h), all = 0;
#pragma omp parallel for schedule(dynamic)
    for (int i = 0; i < n; i++) h[i] = hash_words(data[i], bytes[i]);
    all = hash_u64(hash_bytes(state, strlen(state)) ^ hash_u64(hash_bytes(recipe_text, strlen(recipe_text))));
    for (int i = 0; i < n; i++) all = hash_u64(all ^ h[i]);
    mem_free(h);
    return all;
}

uint64_t ckpt_weights_hash(model *m) {
    piece       *p     = NULL;
    int          n     = pieces_of(m, &p);
    const void **data  = mem_calloc((size_t)n + 1, sizeof *data);
    size_t      *bytes = mem_calloc((size_t)n + 1, sizeof *bytes);
    for (int i = 0; i < n; i++) {
        data[i]  = p[i].data;
        bytes[i] = p[i].n * sizeof(float);
    }
    uint64_t h = hash_all(data, bytes, n, "", "");
    mem_free(data);
    mem_free(bytes);
    mem_free(p);
    return h;
}

/* ---- the state as JSON: 64-bit hashes as hexadecimal strings, because JSON integers are signed ---- */
static void put_hex(json_t *o, const char *key, uint64_t v) {
    char s[24];
    snprintf(s, sizeof s, "%016" PRIx64, v);
    json_object_set_new(o, key, json_string(s));
}

static void put_recent(json_t *o, const guard *g) {
    json_t *a = json_array();
    for (int i = 0; i < GUARD_WINDOW && i < g->seen; i++) json_array_append_new(a, json_real(g->loss[i]));
    json_object_set_new(o, "losses_seen", json_integer(g->seen));
    json_object_set_new(o, "losses", a);
}

/* Checkpoints of before the guard have none: it begins anew. */
static bool get_recent(const json_t *o, guard *g, err *e) {
    const json_t *a = json_object_get(o, "losses");
    int64_t       n = 0;
    if (!json_get_i64(o, "losses_seen", &n, JSON_MAY, e)) return false;
    int64_t have = n < GUARD_WINDOW ? n : GUARD_WINDOW;
    if (n < 0 || (int64_t)json_array_size(a) != have) return err_set(e, "losses: expected %d numbers", (int)have);
    for (size_t i = 0; i < (size_t)have; i++) {
        const json_t *x = json_array_get(a, i);
        if (!json_is_number(x)) return err_set(e, "losses: number %zu is not one", i + 1);
        g->loss[i] = json_number_value(x);
    }
    g->seen = n;
    return true;
}

static char *state_text(const ckpt_state *s) {
    json_t *o = json_object();
    json_object_set_new(o, "stage", json_string(s->stage));
    json_object_set_new(o, "step", json_integer(s->step));
    json_object_set_new(o, "updates", json_integer(s->updates));
    put_hex(o, "next_doc", s->next_doc);
    json_object_set_new(o, "tokens", json_integer(s->tokens));
    json_object_set_new(o, "learned", json_integer(s->learned));
    json_object_set_new(o, "skipped", json_integer(s->skipped));
    json_object_set_new(o, "skipped_row", json_integer(s->skipped_row));
    json_object_set_new(o, "valid", json_real(s->valid));
    json_object_set_new(o, "best_valid", json_real(s->best_valid));
    json_object_set_new(o, "best_step", json_integer(s->best_step));
    json_object_set_new(o, "elapsed", json_real(s->elapsed));
    put_hex(o, "seed", s->seed);
    put_hex(o, "recipe_hash", s->recipe_hash);
    put_hex(o, "mix_hash", s->mix_hash);
    json_object_set_new(o, "threads", json_integer(s->threads));
    json_object_set_new(o, "shards", json_integer(s->shards));
    json_object_set_new(o, "kernel", json_string(s->kernel));
    json_object_set_new(o, "long_docs", json_integer(s->long_docs));
    put_recent(o, &s->recent);
    if (s->curriculum[0]) json_object_set_new(o, "curriculum", json_string(s->curriculum));
    char *t = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS); /* 17 digits: doubles come back exactly */
    json_decref(o);
    return t;
}

static bool get_hex(const json_t *o, const char *key, uint64_t *v, err *e) {
    const char *s = NULL;
    char       *end;
    if (!json_get_str(o, key, &s, JSON_NEED, e)) return false;
    *v = strtoull(s, &end, 16);
    if (strlen(s) != 16 || *end) return err_set(e, "%s: expected 16 hexadecimal digits, found \"%.40s\"", key, s);
    return true;
}

static bool get_real(const json_t *o, const char *key, double *v, err *e) {
    const json_t *x = json_object_get(o, key);
    if (!json_is_number(x)) return err_set(e, "%s: expected a number", key);
    *v = json_number_value(x);
    return true;
}

static bool get_text(const json_t *o, const char *key, char *out, size_t cap, err *e) {
    const char *s = NULL;
    if (!json_get_str(o, key, &s, JSON_NEED, e)) return false;
    if (strlen(s) >= cap) return err_set(e, "%s: longer than %zu bytes", key, cap - 1);
    strcpy(out, s);
    return true;
}

static bool state_parse(const char *text, ckpt_state *s, err *e) {
    bool    ok = false;
    json_t *o  = json_load_mem("r1.state", text, strlen(text), e);
    if (!o) return false;
    memset(s, 0, sizeof *s);
    s->shards = 1; /* as it was before there could be more */
    if (!get_text(o, "stage", s->stage, sizeof s->stage, e) || !get_text(o, "kernel", s->kernel, sizeof s->kernel, e) ||
        !json_get_i64(o, "step", &s->step, JSON_NEED, e) || !json_get_i64(o, "updates", &s->updates, JSON_NEED, e) ||
        !get_hex(o, "next_doc", &s->next_doc, e) || !json_get_i64(o, "tokens", &s->tokens, JSON_NEED, e) ||
        !json_get_i64(o, "learned", &s->learned, JSON_NEED, e) ||
        !json_get_i64(o, "skipped", &s->skipped, JSON_NEED, e) ||
        !json_get_int(o, "skipped_row", &s->skipped_row, JSON_NEED, e) || !get_real(o, "valid", &s->valid, e) ||
        !get_real(o, "best_valid", &s->best_valid, e) || !json_get_i64(o, "best_step", &s->best_step, JSON_NEED, e) ||
        !get_real(o, "elapsed", &s->elapsed, e) || !get_hex(o, "seed", &s->seed, e) ||
        !get_hex(o, "recipe_hash", &s->recipe_hash, e) || !get_hex(o, "mix_hash", &s->mix_hash, e) ||
        !json_get_int(o, "threads", &s->threads, JSON_NEED, e) || !json_get_int(o, "shards", &s->shards, JSON_MAY, e) ||
        !json_get_i64(o, "long_docs", &s->long_docs, JSON_MAY, e) || !get_recent(o, &s->recent, e))
        goto done;
    if (json_object_get(o, "curriculum") &&
        !get_text(o, "curriculum", s->curriculum, sizeof s->curriculum, e))
        goto done;
    bool several = !strcmp(s->stage, "rl"); /* updates in a step: epochs, minibatches */
    if (s->step < 0 || s->updates < 0 || (s->updates > s->step && !several) || s->tokens < 0 || s->learned < 0) {
        err_set(e, "r1.state: impossible counts (step %" PRId64 ", updates %" PRId64 ")", s->step, s->updates);
        goto done;
    }
    ok = true;
done:
    json_decref(o);
    return ok;
}

bool ckpt_save(const char *path, model *m, const ckpt_state *s, const char *recipe_text, err *e) {
    bool         ok    = false;
    piece       *p     = NULL;
    int          n     = pieces_of(m, &p);
    st_writer   *w     = NULL;
    char        *state = NULL, hash[24];
    const void **data  = mem_calloc((size_t)n + 1, sizeof *data);
    size_t      *bytes = mem_calloc((size_t)n + 1, sizeof *bytes);
    for (int i = 0; i < n; i++) {
        data[i]  = p[i].data;
        bytes[i] = p[i].n * sizeof(float);
    }
    state = state_text(s);
    snprintf(hash, sizeof hash, "%016" PRIx64, hash_all(data, bytes, n, state, recipe_text));
    if (!(w = st_create(path, e))) goto done;
    for (int i = 0; i < n; i++) st_declare(w, p[i].name, DT_F32, p[i].shape->nd, p[i].shape->ne);
    st_meta(w, "r1.format", FORMAT);
    st_meta(w, "r1.state", state);
    st_meta(w, "r1.hash", hash);
    st_meta(w, "r1.recipe", recipe_text);
    if (!st_begin(w, e)) goto done;
    for (int i = 0; i < n; i++)
        if (!st_put(w, data[i], bytes[i], e)) goto done;
    ok = st_finish(w, e);
    w  = NULL; /* freed by st_finish, whatever it says */
done:
    if (w) st_abort(w);
    free(state); /* jansson's, from malloc */
    mem_free(data);
    mem_free(bytes);
    mem_free(p);
    return ok;
}

static bool open_state(const char *path, st_file **f, ckpt_state *s, err *e) {
    if (!(*f = st_open(path, e))) return false;
    const char *format = st_metadata(*f, "r1.format"), *state = st_metadata(*f, "r1.state");
    if (!format || strcmp(format, FORMAT) != 0)
        return err_set(e, "%s: not a checkpoint (r1.format is \"%.40s\", expected \"%s\")", path, format ? format : "",
                       FORMAT);
    if (!state) return err_set(e, "%s: checkpoint without r1.state", path);
    return state_parse(state, s, e) || err_in(e, "%s", path);
}

bool ckpt_peek(const char *path, ckpt_state *s, str *recipe, err *e) {
    st_file *f  = NULL;
    bool     ok = open_state(path, &f, s, e);
    if (ok && recipe) {
        const char *text = st_metadata(f, "r1.recipe");
        str_add(recipe, text ? text : "");
    }
    if (f) st_close(f);
    return ok;
}

static void shape_text(char *out, size_t cap, int nd, const int64_t *ne) {
    size_t k = 0;
    out[0]   = '\0';
    for (int i = 0; i < nd && k < cap; i++) k += (size_t)snprintf(out + k, cap - k, "%s%" PRId64, i ? ", " : "", ne[i]);
}

static bool check_piece(const char *path, const st_file *f, const piece *p, const st_tensor **found, err *e) {
    const st_tensor *t = st_find(f, p->name);
    char             a[96], b[96];
    if (!t) return err_set(e, "%s: no tensor %s: the checkpoint is of another model", path, p->name);
    bool same = t->type == DT_F32 && t->nd == p->shape->nd;
    for (int i = 0; same && i < t->nd; i++) same = t->ne[i] == p->shape->ne[i];
    if (!same) {
        shape_text(a, sizeof a, p->shape->nd, p->shape->ne);
        shape_text(b, sizeof b, t->nd, t->ne);
        return err_set(e, "%s: %s is %s [%s], expected f32 [%s]", path, p->name, dtype_name(t->type), b, a);
    }
    if (!K->finite_f32(t->data, p->n)) return err_set(e, "%s: %s holds a NaN or an infinity", path, p->name);
    *found = t;
    return true;
}

bool ckpt_load(const char *path, model *m, ckpt_state *s, err *e) {
    bool              ok = false;
    st_file          *f  = NULL;
    piece            *p  = NULL;
    int               n  = pieces_of(m, &p);
    ckpt_state        state;
    const st_tensor **t     = mem_calloc((size_t)n + 1, sizeof *t);
    const void      **data  = mem_calloc((size_t)n + 1, sizeof *data);
    size_t           *bytes = mem_calloc((size_t)n + 1, sizeof *bytes);
    char              hash[24];
    if (!open_state(path, &f, &state, e)) goto done;
    if (st_count(f) != n) {
        err_set(e, "%s: %d tensors, expected %d: the checkpoint is of another model", path, st_count(f), n);
        goto done;
    }
    for (int i = 0; i < n; i++) {
        if (!check_piece(path, f, &p[i], &t[i], e)) goto done;
        data[i]  = t[i]->data;
        bytes[i] = p[i].n * sizeof(float);
    }
    const char *want = st_metadata(f, "r1.hash"), *recipe_text = st_metadata(f, "r1.recipe");
    snprintf(hash, sizeof hash, "%016" PRIx64,
             hash_all(data, bytes, n, st_metadata(f, "r1.state"), recipe_text ? recipe_text : ""));
    if (!want || strcmp(want, hash) != 0) {
        err_set(e, "%s: damaged: what it holds hashes to %s, expected %.16s", path, hash, want ? want : "a hash");
        goto done;
    }
    for (int i = 0; i < n; i++) memcpy(p[i].data, data[i], bytes[i]);
    model_refresh(m);
    *s = state;
    ok = true;
done:
    if (f) st_close(f);
    mem_free(t);
    mem_free(data);
    mem_free(bytes);
    mem_free(p);
    return ok;
}
