/* gguf_write.c -- write GGUF v3.
 *
 * Keys and tensor declarations are collected in memory, since the header holds their counts and every tensor's
 * offset; gguf_begin writes it, and the data follows in declared order without being held. The file is
 * written aside and renamed at the end, so a reader never sees half of it.
 *
 * The gguf_put_* calls return nothing, which keeps a list of forty keys readable; a mistake in one (a key given
 * twice, an impossible shape) is remembered and reported by gguf_begin. */
#include <inttypes.h>
#include <string.h>

#include "base/fs.h"
#include "base/mem.h"
#include "base/str.h"
#include "format/gguf.h"
#include "format/names.h"

enum { ALIGN = 32 };

struct gguf_writer {
    char   *path;
    fs_out *out;
    str     kv; /* the encoded keys */
    names   keys, tensor_names;
    struct declared {
        dtype    type;
        int      nd;
        int64_t  ne[4];
        uint64_t bytes;
    } * t;
    int  t_cap, written; /* tensors whose data is there */
    bool begun, failed;
    err  first; /* the first mistake, if failed */
};

gguf_writer *gguf_create(const char *path, err *e) {
    fs_out *o = fs_out_open(path, e);
    if (!o) return NULL;
    gguf_writer *w = (gguf_writer *)mem_calloc(1, sizeof *w);
    w->path        = mem_strdup(path);
    w->out         = o;
    return w;
}

static void writer_free(gguf_writer *w) {
    mem_free(w->path);
    mem_free(w->t);
    str_free(&w->kv);
    names_free(&w->keys);
    names_free(&w->tensor_names);
    mem_free(w);
}

void gguf_abort(gguf_writer *w) {
    if (!w) return;
    fs_out_abort(w->out);
    writer_free(w);
}

/* --- encoding --- */

static void add_u32(str *s, uint32_t x) { str_addn(s, (const char *)&x, sizeof x); }
static void add_u64(str *s, uint64_t x) { str_addn(s, (const char *)&x, sizeof x); }

static void add_str(str *s, const char *p, size_t n) {
    add_u64(s, n);
    str_addn(s, p, n);
}

static void mistake(gguf_writer *w, const char *what, const char *name) {
    if (w->failed) return;
    w->failed = true;
    err_set(&w->first, "%s: %s: %.80s", w->path, what, name);
}

static bool put_key(gguf_writer *w, const char *key, gguf_type type) {
    if (w->begun) mistake(w, "a key after the header was written", key);
    else if (names_add(&w->keys, key, strlen(key)) < 0) mistake(w, "a key given twice", key);
    if (w->failed) return false;
    add_str(&w->kv, key, strlen(key));
    add_u32(&w->kv, (uint32_t)type);
    return true;
}

static bool put_array(gguf_writer *w, const char *key, gguf_type elem, uint64_t n) {
    if (!put_key(w, key, GGUF_ARR)) return false;
    add_u32(&w->kv, (uint32_t)elem);
    add_u64(&w->kv, n);
    return true;
}

void gguf_put_u32(gguf_writer *w, const char *key, uint32_t v) {
    if (put_key(w, key, GGUF_U32)) add_u32(&w->kv, v);
}

void gguf_put_u64(gguf_writer *w, const char *key, uint64_t v) {
    if (put_key(w, key, GGUF_U64)) add_u64(&w->kv, v);
}

void gguf_put_f32(gguf_writer *w, const char *key, float v) {
    if (put_key(w, key, GGUF_F32)) str_addn(&w->kv, (const char *)&v, sizeof v);
}

void gguf_put_bool(gguf_writer *w, const char *key, bool v) {
    if (put_key(w, key, GGUF_BOOL)) str_addc(&w->kv, v ? 1 : 0);
}

void gguf_put_str(gguf_writer *w, const char *key, const char *v) {
    if (put_key(w, key, GGUF_STR)) add_str(&w->kv, v, strlen(v));
}

void gguf_put_strs(gguf_writer *w, const char *key, const char *const *v, const size_t *len, uint64_t n) {
    if (!put_array(w, key, GGUF_STR, n)) return;
    for (uint64_t i = 0; i < n; i++) add_str(&w->kv, v[i], len[i]);
}

void gguf_put_i32s(gguf_writer *w, const char *key, const int32_t *v, uint64_t n) {
    if (put_array(w, key, GGUF_I32, n)) str_addn(&w->kv, (const char *)v, (size_t)n * sizeof *v);
}

void gguf_put_f32s(gguf_writer *w, const char *key, const float *v /* [n] */, uint64_t n) {
    if (put_array(w, key, GGUF_F32, n)) str_addn(&w->kv, (const char *)v, (size_t)n * sizeof *v);
}

/* --- tensors --- */

static bool shape_bytes(struct declared *d) {
    uint64_t rows = 1;
    if (d->nd < 1 || d->nd > 4) return false;
    for (int i = 0; i < d->nd; i++)
        if (d->ne[i] < 1) return false;
    for (int i = 0; i < d->nd - 1; i++)
        if (__builtin_mul_overflow(rows, (uint64_t)d->ne[i], &rows)) return false;
    size_t row = dtype_row_bytes(d->type, d->ne[d->nd - 1]);
    return row > 0 && !__builtin_mul_overflow(rows, row, &d->bytes) && d->bytes < INT64_MAX - ALIGN;
}

void gguf_declare(gguf_writer *w, const char *name, dtype type, int nd, const int64_t *ne) {
    struct declared d = {.type = type, .nd = nd};
    for (int i = 0; i < nd && i < 4; i++) d.ne[i] = ne[i];
    if (w->begun) mistake(w, "a tensor declared after the header was written", name);
    else if (strlen(name) > 63) mistake(w, "a tensor name longer than ggml's 63 bytes", name);
    else if (type >= DT_F8_E4M3 || !shape_bytes(&d)) mistake(w, "a shape or type that GGUF cannot hold", name);
    else if (names_add(&w->tensor_names, name, strlen(name)) < 0) mistake(w, "a tensor declared twice", name);
    if (w->failed) return;
    int n = w->tensor_names.n;
    if (n > w->t_cap) {
        w->t_cap = w->t_cap ? 2 * w->t_cap : 64;
        w->t     = (struct declared *)mem_realloc(w->t, (size_t)w->t_cap * sizeof *w->t);
    }
    w->t[n - 1] = d;
}

static uint64_t pad_of(uint64_t n) { return (ALIGN - n % ALIGN) % ALIGN; }

static bool write_pad(gguf_writer *w, err *e) {
    static const char zero[ALIGN] = {0};
    return fs_out_write(w->out, zero, (size_t)pad_of(fs_out_pos(w->out)), e);
}

bool gguf_begin(gguf_writer *w, err *e) {
    bool ok = false;
    str  h  = {0};
    if (w->failed) {
        err_set(e, "%s", w->first.msg);
        goto done;
    }
    w->begun = true;
    str_add(&h, "GGUF");
    add_u32(&h, 3);
    add_u64(&h, (uint64_t)w->tensor_names.n);
    add_u64(&h, (uint64_t)w->keys.n);
    if (w->kv.len) str_addn(&h, w->kv.p, w->kv.len);
    uint64_t at = 0;
    for (int i = 0; i < w->tensor_names.n; i++) {
        const struct declared *d    = &w->t[i];
        const char            *name = names_at(&w->tensor_names, i);
        add_str(&h, name, strlen(name));
        add_u32(&h, (uint32_t)d->nd);
        for (int k = d->nd - 1; k >= 0; k--) add_u64(&h, (uint64_t)d->ne[k]); /* fastest first in the file */
        add_u32(&h, (uint32_t)d->type);
        add_u64(&h, at);
        if (__builtin_add_overflow(at, d->bytes + pad_of(d->bytes), &at)) {
            err_set(e, "%s: the tensors are too many bytes", w->path);
            goto done;
        }
    }
    ok = fs_out_write(w->out, h.p, h.len, e) && write_pad(w, e);
done:
    w->failed = !ok;
    str_free(&h);
    return ok;
}

bool gguf_data(gguf_writer *w, const void *data, size_t bytes, err *e) {
    if (w->failed || !w->begun) return err_set(e, "%s: tensor data before a good header", w->path);
    int i = w->written;
    if (i == w->tensor_names.n) return err_set(e, "%s: data for more tensors than the %d declared", w->path, i);
    if (bytes != w->t[i].bytes)
        return err_set(e, "%s: tensor %s: expected %" PRIu64 " bytes of data, found %zu", w->path,
                       names_at(&w->tensor_names, i), w->t[i].bytes, bytes);
    w->written++;
    if (fs_out_write(w->out, data, bytes, e) && write_pad(w, e)) return true;
    w->failed = true;
    return false;
}

bool gguf_finish(gguf_writer *w, err *e) {
    bool ok = false;
    if (w->failed || !w->begun) err_set(e, "%s: not finished: it was not begun, or a write failed", w->path);
    else if (w->written != w->tensor_names.n)
        err_set(e, "%s: not finished: %d of %d tensors have data", w->path, w->written, w->tensor_names.n);
    else ok = true;
    if (ok) ok = fs_out_commit(w->out, e);
    else fs_out_abort(w->out);
    writer_free(w);
    return ok;
}
