/* safetensors_write.c -- write .safetensors: a header with every tensor's place, then the data in declared order.
 *
 * The header is padded with spaces to a multiple of 8, as the reference writer does, so that the data is aligned in
 * a mapping. Declarations and metadata return nothing; a mistake in one is remembered and reported by st_begin. */
#include <inttypes.h>
#include <string.h>

#include "base/fs.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "format/names.h"
#include "format/safetensors.h"

struct st_writer {
    char     *path;
    fs_out   *out;
    names     names, meta_keys;
    str       meta;   /* "key":"value",... */
    str       header; /* "name":{...},... */
    uint64_t *bytes;  /* one a tensor */
    uint64_t  at;     /* where the next tensor begins */
    int       cap, written;
    bool      begun, failed;
    err       first;
};

st_writer *st_create(const char *path, err *e) {
    fs_out *o = fs_out_open(path, e);
    if (!o) return NULL;
    st_writer *w = (st_writer *)mem_calloc(1, sizeof *w);
    w->path      = mem_strdup(path);
    w->out       = o;
    return w;
}

static void writer_free(st_writer *w) {
    mem_free(w->path);
    mem_free(w->bytes);
    names_free(&w->names);
    names_free(&w->meta_keys);
    str_free(&w->meta);
    str_free(&w->header);
    mem_free(w);
}

void st_abort(st_writer *w) {
    if (!w) return;
    fs_out_abort(w->out);
    writer_free(w);
}

static void mistake(st_writer *w, const char *what, const char *name) {
    if (w->failed) return;
    w->failed = true;
    err_set(&w->first, "%s: %s: %.100s", w->path, what, name);
}

static void add_quoted(str *s, const char *z) {
    str_addc(s, '"');
    str_add_json(s, z, strlen(z));
    str_addc(s, '"');
}

void st_meta(st_writer *w, const char *key, const char *value) {
    if (w->begun) mistake(w, "metadata after the header was written", key);
    else if (!utf8_valid(key, strlen(key), NULL) || !utf8_valid(value, strlen(value), NULL))
        mistake(w, "metadata that is not UTF-8", key);
    else if (names_add(&w->meta_keys, key, strlen(key)) < 0) mistake(w, "metadata given twice", key);
    if (w->failed) return;
    if (w->meta.len) str_addc(&w->meta, ',');
    add_quoted(&w->meta, key);
    str_addc(&w->meta, ':');
    add_quoted(&w->meta, value);
}

static bool shape_bytes(dtype type, int nd, const int64_t *ne, uint64_t *bytes) {
    uint64_t n = (uint64_t)dtype_block_bytes(type);
    if (nd < 0 || nd > 8 || !st_type_name(type)) return false;
    for (int i = 0; i < nd; i++)
        if (ne[i] < 0 || __builtin_mul_overflow(n, (uint64_t)ne[i], &n)) return false;
    *bytes = n;
    return n <= INT64_MAX;
}

void st_declare(st_writer *w, const char *name, dtype type, int nd, const int64_t *ne) {
    uint64_t bytes = 0, end = 0;
    if (w->begun) mistake(w, "a tensor declared after the header was written", name);
    else if (!utf8_valid(name, strlen(name), NULL) || !*name || strcmp(name, "__metadata__") == 0)
        mistake(w, "not a name for a tensor", name);
    else if (!shape_bytes(type, nd, ne, &bytes) || __builtin_add_overflow(w->at, bytes, &end) || end > INT64_MAX)
        mistake(w, "a shape or type that safetensors cannot hold", name);
    else if (names_add(&w->names, name, strlen(name)) < 0) mistake(w, "a tensor declared twice", name);
    if (w->failed) return;
    int n = w->names.n;
    if (n > w->cap) {
        w->cap   = w->cap ? 2 * w->cap : 64;
        w->bytes = (uint64_t *)mem_realloc(w->bytes, (size_t)w->cap * sizeof *w->bytes);
    }
    w->bytes[n - 1] = bytes;
    if (w->header.len) str_addc(&w->header, ',');
    add_quoted(&w->header, name);
    str_addf(&w->header, ":{\"dtype\":\"%s\",\"shape\":[", st_type_name(type));
    for (int i = 0; i < nd; i++) str_addf(&w->header, "%s%" PRId64, i ? "," : "", ne[i]);
    str_addf(&w->header, "],\"data_offsets\":[%" PRIu64 ",%" PRIu64 "]}", w->at, end);
    w->at = end;
}

bool st_begin(st_writer *w, err *e) {
    if (w->failed) return err_set(e, "%s", w->first.msg);
    w->begun = true;
    str h    = {0};
    str_addc(&h, '{');
    if (w->meta.len) str_addf(&h, "\"__metadata__\":{%s}%s", w->meta.p, w->header.len ? "," : "");
    if (w->header.len) str_addn(&h, w->header.p, w->header.len);
    str_addc(&h, '}');
    while (h.len % 8 != 0) str_addc(&h, ' ');
    uint64_t len = h.len;
    bool     ok  = fs_out_write(w->out, &len, sizeof len, e) && fs_out_write(w->out, h.p, h.len, e);
    str_free(&h);
    w->failed = !ok;
    return ok;
}

bool st_put(st_writer *w, const void *data, size_t bytes, err *e) {
    if (w->failed || !w->begun) return err_set(e, "%s: tensor data before a good header", w->path);
    int i = w->written;
    if (i == w->names.n) return err_set(e, "%s: data for more tensors than the %d declared", w->path, i);
    if (bytes != w->bytes[i])
        return err_set(e, "%s: tensor %.100s: expected %" PRIu64 " bytes of data, found %zu", w->path,
                       names_at(&w->names, i), w->bytes[i], bytes);
    w->written++;
    if (fs_out_write(w->out, data, bytes, e)) return true;
    w->failed = true;
    return false;
}

bool st_finish(st_writer *w, err *e) {
    bool ok = false;
    if (w->failed || !w->begun) err_set(e, "%s: not finished: it was not begun, or a write failed", w->path);
    else if (w->written != w->names.n)
        err_set(e, "%s: not finished: %d of %d tensors have data", w->path, w->written, w->names.n);
    else ok = true;
    if (ok) ok = fs_out_commit(w->out, e);
    else fs_out_abort(w->out);
    writer_free(w);
    return ok;
}
