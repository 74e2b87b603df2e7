/* gguf.c -- read GGUF.
 *
 * The file: "GGUF", version u32, tensor count u64, key count u64; then the keys (string, type u32, value); then
 * the tensor table (name, number of dimensions u32, dimensions u64 fastest first, type u32, offset u64); padding to
 * the alignment; the data. A string is a u64 length and bytes; an array is element type u32, count u64, elements.
 * All little-endian (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
 *
 * Everything in the file is a claim. The reader walks it once with a cursor that cannot pass the end; whatever
 * has a count is compared with the bytes that are left before it is believed, and every table grows by what was
 * in fact read, so that memory is bounded by the file's size. After gguf_open nothing has to be checked again. */
#include "format/gguf.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "format/names.h"

enum {
    MAX_KEY    = 65535,     /* the format's own limit */
    MAX_NAME   = 255,       /* ggml itself stops at 63 */
    MARK_EVERY = 16,        /* strings of an array between two remembered positions */
    MIN_KV     = 8 + 4 + 1, /* least bytes of a key: empty name, type, one byte */
    MIN_TENSOR = 8 + 4 + 8 + 4 + 8,
    MAX_COUNT  = 1 << 24, /* keys or tensors; DeepSeek-V3 has about a thousand */
    MAX_ALIGN  = 1 << 16,
};

typedef struct value {
    gguf_type type, elem;
    union {
        uint64_t u; /* U8..U64, BOOL */
        int64_t  i; /* I8..I64 */
        double   f; /* F32, F64 */
    } num;
    const char    *str; /* NUL-terminated copy */
    uint64_t       n;   /* length of the string or array */
    const uint8_t *data;
    uint64_t      *mark; /* array of strings: offset from data of every MARK_EVERY-th string */
} value;

struct gguf {
    fs_file      file; /* n = 0 if the memory is the caller's */
    const char  *path;
    names        keys, tensor_names;
    value       *v; /* one a key */
    int          v_cap;
    gguf_tensor *t;
    int          t_cap;
};

typedef struct reader {
    const uint8_t *p;
    size_t         n, at;
    const char    *what;  /* path */
    const char    *where; /* key or tensor being read, for messages */
    err           *e;
} reader;

static const struct {
    const char *name;
    uint8_t     size; /* 0: not of fixed size */
} kinds[] = {{"u8", 1},   {"i8", 1},     {"u16", 2},   {"i16", 2}, {"u32", 4}, {"i32", 4}, {"f32", 4},
             {"bool", 1}, {"string", 0}, {"array", 0}, {"u64", 8}, {"i64", 8}, {"f64", 8}};
enum { N_KINDS = sizeof kinds / sizeof kinds[0] };

/* --- the cursor --- */

static const uint8_t *take(reader *r, size_t n) {
    if (n > r->n - r->at) {
        err_set(r->e, "%s: truncated in %.80s: %zu more bytes needed at offset %zu, the file ends after %zu", r->what,
                r->where, n, r->at, r->n);
        return NULL;
    }
    r->at += n;
    return r->p + r->at - n;
}

static bool get_u32(reader *r, uint32_t *x) {
    const uint8_t *p = take(r, 4);
    *x               = 0;
    if (p) memcpy(x, p, 4);
    return p != NULL;
}

static bool get_u64(reader *r, uint64_t *x) {
    const uint8_t *p = take(r, 8);
    *x               = 0;
    if (p) memcpy(x, p, 8);
    return p != NULL;
}

static bool get_string(reader *r, const char **s, uint64_t *n) {
    if (!get_u64(r, n)) return false;
    if (*n > r->n - r->at)
        return err_set(r->e, "%s: %.80s: a string of %" PRIu64 " bytes at offset %zu, the file has %zu left", r->what,
                       r->where, *n, r->at, r->n - r->at);
    *s = (const char *)(r->p + r->at);
    r->at += (size_t)*n;
    return true;
}

/* Names go into messages and look-ups, so they are printable UTF-8 of a sane length. */
static bool get_name(reader *r, const char **s, uint64_t *n, uint64_t max) {
    size_t at = r->at;
    if (!get_string(r, s, n)) return false;
    if (*n == 0 || *n > max)
        return err_set(r->e, "%s: %s: a name of %" PRIu64 " bytes at offset %zu, expected 1 to %" PRIu64, r->what,
                       r->where, *n, at, max);
    for (uint64_t i = 0; i < *n; i++)
        if ((unsigned char)(*s)[i] < 0x20 || (*s)[i] == 0x7f)
            return err_set(r->e, "%s: %s: a control character in a name at offset %zu", r->what, r->where, at);
    if (!utf8_valid(*s, (size_t)*n, NULL))
        return err_set(r->e, "%s: %s: a name that is not UTF-8 at offset %zu", r->what, r->where, at);
    return true;
}

/* --- keys --- */

static bool get_number(reader *r, value *v) {
    const uint8_t *p = take(r, kinds[v->type].size);
    if (!p) return false;
    switch (v->type) {
    case GGUF_U8:
    case GGUF_BOOL: v->num.u = *p; break;
    case GGUF_I8: v->num.i = (int8_t)*p; break;
    case GGUF_U16: {
        uint16_t x;
        memcpy(&x, p, 2);
        v->num.u = x;
        break;
    }
    case GGUF_I16: {
        int16_t x;
        memcpy(&x, p, 2);
        v->num.i = x;
        break;
    }
    case GGUF_U32: {
        uint32_t x;
        memcpy(&x, p, 4);
        v->num.u = x;
        break;
    }
    case GGUF_I32: {
        int32_t x;
        memcpy(&x, p, 4);
        v->num.i = x;
        break;
    }
    case GGUF_F32: {
        float x;
        memcpy(&x, p, 4);
        v->num.f = (double)x;
        break;
    }
    case GGUF_U64: memcpy(&v->num.u, p, 8); break;
    case GGUF_I64: memcpy(&v->num.i, p, 8); break;
    case GGUF_F64: memcpy(&v->num.f, p, 8); break;
    case GGUF_STR:
    case GGUF_ARR: break; /* not numbers; get_value sends them elsewhere */
    }
    if (v->type == GGUF_BOOL && v->num.u > 1)
        return err_set(r->e, "%s: key %.80s: a bool of %" PRIu64 ", expected 0 or 1", r->what, r->where, v->num.u);
    return true;
}

/* Walk n strings, remembering where every MARK_EVERY-th begins. The count was compared with the bytes left (8 a
 * string), so the table is at most 1/16 of the file. */
static bool get_strings(reader *r, value *v) {
    v->mark = (uint64_t *)mem_alloc((size_t)(v->n / MARK_EVERY + 1) * sizeof *v->mark);
    for (uint64_t i = 0; i < v->n; i++) {
        const char *s;
        uint64_t    len;
        if (i % MARK_EVERY == 0) v->mark[i / MARK_EVERY] = (uint64_t)(r->p + r->at - v->data);
        if (!get_string(r, &s, &len)) return false;
    }
    return true;
}

static bool get_array(reader *r, value *v) {
    uint32_t elem;
    if (!get_u32(r, &elem) || !get_u64(r, &v->n)) return false;
    if (elem >= N_KINDS || elem == GGUF_ARR)
        return err_set(r->e, "%s: key %.80s: an array of type %u, expected numbers, bools or strings", r->what,
                       r->where, elem);
    v->elem     = (gguf_type)elem;
    size_t size = elem == GGUF_STR ? 8 : kinds[elem].size, left = r->n - r->at;
    if (v->n > left / size)
        return err_set(r->e, "%s: key %.80s: an array of %" PRIu64 " %ss, the file has %zu bytes left", r->what,
                       r->where, v->n, kinds[elem].name, left);
    v->data = r->p + r->at;
    if (elem == GGUF_STR) return get_strings(r, v);
    r->at += (size_t)v->n * size;
    return true;
}

static bool get_value(gguf *g, reader *r, value *v) {
    uint32_t type;
    if (!get_u32(r, &type)) return false;
    if (type >= N_KINDS)
        return err_set(r->e, "%s: key %.80s: value type %u, expected 0 to %d", r->what, r->where, type, N_KINDS - 1);
    v->type = (gguf_type)type;
    if (type == GGUF_ARR) return get_array(r, v);
    if (type != GGUF_STR) return get_number(r, v);
    const char *s;
    if (!get_string(r, &s, &v->n)) return false;
    v->str = names_copy(&g->keys, s, (size_t)v->n);
    return true;
}

static bool read_keys(gguf *g, reader *r, uint64_t n) {
    for (uint64_t i = 0; i < n; i++) {
        const char *s;
        uint64_t    len;
        r->where = "the metadata";
        if (!get_name(r, &s, &len, MAX_KEY)) return false;
        int k = names_add(&g->keys, s, (size_t)len);
        if (k < 0) return err_set(r->e, "%s: key %.*s is there twice", r->what, len > 80 ? 80 : (int)len, s);
        if (k == g->v_cap) {
            g->v_cap = g->v_cap ? 2 * g->v_cap : 64;
            g->v     = (value *)mem_realloc(g->v, (size_t)g->v_cap * sizeof *g->v);
        }
        memset(&g->v[k], 0, sizeof g->v[k]);
        r->where = names_at(&g->keys, k);
        if (!get_value(g, r, &g->v[k])) return false;
    }
    return true;
}

/* --- tensors --- */

static bool get_shape(reader *r, gguf_tensor *t) {
    uint32_t nd, type;
    uint64_t ne, count = 1;
    if (!get_u32(r, &nd)) return false;
    if (nd < 1 || nd > 4) return err_set(r->e, "%s: tensor %s: %u dimensions, expected 1 to 4", r->what, r->where, nd);
    t->nd = (int)nd;
    for (int i = t->nd - 1; i >= 0; i--) { /* the file has the fastest first */
        if (!get_u64(r, &ne)) return false;
        if (ne == 0 || ne > INT64_MAX || __builtin_mul_overflow(count, ne, &count) || count > INT64_MAX)
            return err_set(r->e, "%s: tensor %s: a dimension of %" PRIu64 ": its elements cannot be counted", r->what,
                           r->where, ne);
        t->ne[i] = (int64_t)ne;
    }
    if (!get_u32(r, &type)) return false;
    t->type   = type < DT_F8_E4M3 ? (dtype)type : DT_NONE;
    int block = dtype_block(t->type);
    if (block == 0)
        return err_set(r->e, "%s: tensor %s: ggml type %u is not one that this program reads", r->what, r->where, type);
    int64_t row = t->ne[t->nd - 1];
    if (row % block != 0)
        return err_set(r->e, "%s: tensor %s: rows of %" PRId64 " elements, expected a multiple of %d for %s", r->what,
                       r->where, row, block, dtype_name(t->type));
    size_t row_bytes = dtype_row_bytes(t->type, row);
    if (row_bytes == 0 || __builtin_mul_overflow(row_bytes, (size_t)(count / (uint64_t)row), &t->bytes))
        return err_set(r->e, "%s: tensor %s: %" PRIu64 " elements of %s are too many bytes", r->what, r->where, count,
                       dtype_name(t->type));
    return true;
}

/* An offset is relative to the data section, whose start is known only after the table: kept in a list until then. */
static bool read_tensors(gguf *g, reader *r, uint64_t n, uint32_t align, uint64_t **offsets) {
    int off_cap = 0;
    for (uint64_t i = 0; i < n; i++) {
        const char *s;
        uint64_t    len;
        r->where = "the tensor table";
        if (!get_name(r, &s, &len, MAX_NAME)) return false;
        int k = names_add(&g->tensor_names, s, (size_t)len);
        if (k < 0) return err_set(r->e, "%s: tensor %.*s is there twice", r->what, (int)len, s);
        if (k == g->t_cap) {
            g->t_cap = g->t_cap ? 2 * g->t_cap : 64;
            g->t     = (gguf_tensor *)mem_realloc(g->t, (size_t)g->t_cap * sizeof *g->t);
        }
        if (k == off_cap) {
            off_cap  = off_cap ? 2 * off_cap : 64;
            *offsets = (uint64_t *)mem_realloc(*offsets, (size_t)off_cap * sizeof **offsets);
        }
        gguf_tensor *t = &g->t[k];
        memset(t, 0, sizeof *t);
        t->name = r->where = names_at(&g->tensor_names, k);
        if (!get_shape(r, t) || !get_u64(r, &(*offsets)[k])) return false;
        if ((*offsets)[k] % align != 0)
            return err_set(r->e, "%s: tensor %s: offset %" PRIu64 " is not a multiple of the alignment %u", r->what,
                           t->name, (*offsets)[k], align);
    }
    return true;
}

static int by_address(const void *a, const void *b) {
    const gguf_tensor *x = *(const gguf_tensor *const *)a, *y = *(const gguf_tensor *const *)b;
    uintptr_t          p = (uintptr_t)x->data, q = (uintptr_t)y->data;
    return p < q ? -1 : p > q;
}

static bool check_overlap(const gguf *g, const char *what, err *e) {
    int                 n  = g->tensor_names.n;
    bool                ok = true;
    const gguf_tensor **s  = (const gguf_tensor **)mem_alloc(((size_t)n + 1) * sizeof *s);
    for (int i = 0; i < n; i++) s[i] = &g->t[i];
    qsort(s, (size_t)n, sizeof *s, by_address);
    for (int i = 1; ok && i < n; i++)
        if ((uintptr_t)s[i]->data - (uintptr_t)s[i - 1]->data < s[i - 1]->bytes)
            ok = err_set(e, "%s: tensors %s and %s overlap", what, s[i - 1]->name, s[i]->name);
    mem_free(s);
    return ok;
}

static bool place_tensors(gguf *g, reader *r, uint32_t align, const uint64_t *offsets) {
    int n = g->tensor_names.n;
    if (n == 0) return true;
    size_t start = (r->at + align - 1) / align * align;
    size_t have  = start < r->n ? r->n - start : 0;
    for (int i = 0; i < n; i++) {
        gguf_tensor *t = &g->t[i];
        if (offsets[i] > have || t->bytes > have - offsets[i])
            return err_set(
                r->e, "%s: truncated: tensor %s needs %zu bytes at offset %" PRIu64 " of the data, the file has %zu",
                r->what, t->name, t->bytes, offsets[i], have);
        t->data = r->p + start + offsets[i];
    }
    return check_overlap(g, r->what, r->e);
}

static bool get_alignment(const gguf *g, reader *r, uint32_t *align) {
    gguf_type type;
    *align = 32;
    if (!gguf_has(g, "general.alignment", &type)) return true;
    /* A multiple of 8 by the format; it also makes every element naturally aligned. */
    if (!gguf_u32(g, "general.alignment", align) || *align < 8 || *align > MAX_ALIGN || (*align & (*align - 1)))
        return err_set(r->e, "%s: general.alignment: expected a power of two from 8 to %d, found %s", r->what,
                       MAX_ALIGN, type == GGUF_U32 ? "another number" : kinds[type].name);
    return true;
}

static bool read_all(gguf *g, reader *r) {
    bool     ok = false;
    uint32_t magic, version, align;
    uint64_t n_tensors, n_keys, *offsets = NULL;
    r->where = "the header";
    if (!get_u32(r, &magic)) goto done;
    if (magic != 0x46554747) { /* "GGUF" */
        err_set(r->e, "%s: not a GGUF file (magic %08x, expected 46554747)", r->what, magic);
        goto done;
    }
    if (!get_u32(r, &version)) goto done;
    if (version != 2 && version != 3) {
        err_set(r->e, "%s: GGUF version %u%s, expected 2 or 3", r->what, version,
                (version & 0xffff) == 0 && version ? " (a big-endian file)" : "");
        goto done;
    }
    if (!get_u64(r, &n_tensors) || !get_u64(r, &n_keys)) goto done;
    size_t left = r->n - r->at;
    if (n_keys > MAX_COUNT || n_tensors > MAX_COUNT || n_keys > left / MIN_KV || n_tensors > left / MIN_TENSOR) {
        err_set(r->e, "%s: %" PRIu64 " keys and %" PRIu64 " tensors do not fit into a file of %zu bytes", r->what,
                n_keys, n_tensors, r->n);
        goto done;
    }
    ok = read_keys(g, r, n_keys) && get_alignment(g, r, &align) && read_tensors(g, r, n_tensors, align, &offsets) &&
         place_tensors(g, r, align, offsets);
done:
    mem_free(offsets);
    return ok;
}

gguf *gguf_open_mem(const void *p, size_t n, const char *what, err *e) {
    gguf  *g = (gguf *)mem_calloc(1, sizeof *g);
    reader r = {.p = (const uint8_t *)p, .n = n, .what = what, .e = e};
    g->path  = names_copy(&g->keys, what, strlen(what));
    if (!read_all(g, &r)) {
        gguf_close(g);
        return NULL;
    }
    return g;
}

gguf *gguf_open(const char *path, err *e) {
    fs_file f;
    if (!fs_map(path, &f, e)) return NULL;
    gguf *g = gguf_open_mem(f.p, f.n, path, e);
    if (!g) {
        fs_unmap(&f);
        return NULL;
    }
    g->file = f;
    return g;
}

void gguf_close(gguf *g) {
    if (!g) return;
    int n = g->keys.n < g->v_cap ? g->keys.n : g->v_cap;
    for (int i = 0; i < n; i++) mem_free(g->v[i].mark);
    mem_free(g->v);
    mem_free(g->t);
    names_free(&g->keys);
    names_free(&g->tensor_names);
    if (g->file.n) fs_unmap(&g->file);
    mem_free(g);
}

/* --- look-ups --- */

const char *gguf_path(const gguf *g) { return g->path; }

int gguf_tensor_count(const gguf *g) { return g->tensor_names.n; }

const gguf_tensor *gguf_tensor_at(const gguf *g, int i) { return &g->t[i]; }

const gguf_tensor *gguf_find(const gguf *g, const char *name) {
    int i = names_find(&g->tensor_names, name);
    return i < 0 ? NULL : &g->t[i];
}

int gguf_key_count(const gguf *g) { return g->keys.n; }

const char *gguf_key_at(const gguf *g, int i, gguf_type *type) {
    if (type) *type = g->v[i].type;
    return names_at(&g->keys, i);
}

static const value *find_key(const gguf *g, const char *key) {
    int i = names_find(&g->keys, key);
    return i < 0 ? NULL : &g->v[i];
}

bool gguf_has(const gguf *g, const char *key, gguf_type *type) {
    const value *v = find_key(g, key);
    if (v && type) *type = v->type;
    return v != NULL;
}

const char *gguf_type_name(gguf_type t) { return (unsigned)t < N_KINDS ? kinds[t].name : "?"; }

bool gguf_i64(const gguf *g, const char *key, int64_t *out) {
    const value *v = find_key(g, key);
    if (!v) return false;
    switch (v->type) {
    case GGUF_U8:
    case GGUF_U16:
    case GGUF_U32:
    case GGUF_U64:
        if (v->num.u > INT64_MAX) return false;
        *out = (int64_t)v->num.u;
        return true;
    case GGUF_I8:
    case GGUF_I16:
    case GGUF_I32:
    case GGUF_I64: *out = v->num.i; return true;
    default: return false;
    }
}

bool gguf_u32(const gguf *g, const char *key, uint32_t *out) {
    int64_t x;
    if (!gguf_i64(g, key, &x) || x < 0 || x > UINT32_MAX) return false;
    *out = (uint32_t)x;
    return true;
}

bool gguf_f32(const gguf *g, const char *key, float *out) {
    const value *v = find_key(g, key);
    if (!v || (v->type != GGUF_F32 && v->type != GGUF_F64)) return false;
    /* A double beyond float's range would be undefined to convert; the comparison lets NaN through as NaN. */
    if (v->num.f > 3.4028234663852886e38 || v->num.f < -3.4028234663852886e38) return false;
    *out = (float)v->num.f;
    return true;
}

bool gguf_bool(const gguf *g, const char *key, bool *out) {
    const value *v = find_key(g, key);
    if (!v || v->type != GGUF_BOOL) return false;
    *out = v->num.u != 0;
    return true;
}

const char *gguf_str(const gguf *g, const char *key, size_t *len) {
    const value *v = find_key(g, key);
    if (!v || v->type != GGUF_STR) return NULL;
    if (len) *len = (size_t)v->n;
    return v->str;
}

bool gguf_array(const gguf *g, const char *key, gguf_arr *out) {
    const value *v = find_key(g, key);
    if (!v || v->type != GGUF_ARR) return false;
    *out = (gguf_arr){v->elem, v->n, v->elem == GGUF_STR ? NULL : v->data};
    return true;
}

const char *gguf_arr_str(const gguf *g, const char *key, uint64_t i, size_t *len) {
    const value *v = find_key(g, key);
    if (!v || v->type != GGUF_ARR || v->elem != GGUF_STR || i >= v->n) return NULL;
    /* At most MARK_EVERY - 1 steps from a remembered position: O(1) in any order, and nothing is written. */
    const uint8_t *p = v->data + v->mark[i / MARK_EVERY];
    uint64_t       n;
    for (uint64_t k = i % MARK_EVERY;; k--) {
        memcpy(&n, p, 8);
        p += 8;
        if (k == 0) break;
        p += n;
    }
    *len = (size_t)n;
    return (const char *)p;
}
