/* safetensors.c -- read .safetensors.
 *
 * The file: header length u64 little-endian; that many bytes of JSON, {"name": {"dtype", "shape",
 * "data_offsets": [begin, end]}, ..., "__metadata__": {string: string}}; then the data, to which the offsets are
 * relative (https://github.com/huggingface/safetensors). The tensors must tile the data exactly: no hole, no
 * overlap, nothing after the last. So sorting by offset and walking once proves the whole layout.
 *
 * A big model is a folder of such files and model.safetensors.index.json, whose "weight_map" says which tensor is
 * in which file. All are mapped at once; a page is read from the disk when it is first touched. */
#include "format/safetensors.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "format/names.h"

enum { MAX_HEADER = 100000000 /* the reference reader's limit */, MAX_INDEX = 256 << 20, MAX_NAME = 1024 };

struct st_file {
    fs_file   *map; /* mapped shards; none if the memory is the caller's */
    int        n_map, map_cap;
    names      names; /* in the order of the data */
    st_tensor *t;     /* one a name */
    int        t_cap;
    json_t    *metadata; /* of the first file, or NULL */
};

typedef struct entry { /* a tensor on its way in */
    const char *name;
    st_tensor   t;
    uint64_t    begin, end;
} entry;

static const struct {
    const char *name;
    dtype       type;
} st_types[] = {{"F32", DT_F32}, {"BF16", DT_BF16}, {"F16", DT_F16}, {"F64", DT_F64}, {"F8_E4M3", DT_F8_E4M3},
                {"I8", DT_I8},   {"I16", DT_I16},   {"I32", DT_I32}, {"I64", DT_I64}};
enum { N_ST_TYPES = sizeof st_types / sizeof st_types[0] };

const char *st_type_name(dtype t) {
    for (int i = 0; i < N_ST_TYPES; i++)
        if (st_types[i].type == t) return st_types[i].name;
    return NULL;
}

static dtype parse_type(const char *s) {
    for (int i = 0; i < N_ST_TYPES; i++)
        if (strcmp(st_types[i].name, s) == 0) return st_types[i].type;
    return DT_NONE;
}

/* --- one header --- */

static bool whole(const json_t *j, uint64_t *x) {
    if (!json_is_integer(j) || json_integer_value(j) < 0) return false;
    *x = (uint64_t)json_integer_value(j);
    return true;
}

static bool parse_shape(const json_t *shape, st_tensor *t, const char *what, const char *name, err *e) {
    uint64_t count = 1, ne;
    if (!json_is_array(shape) || json_array_size(shape) > 8)
        return err_set(e, "%s: tensor %.100s: expected \"shape\" to be an array of at most 8 sizes", what, name);
    t->nd = (int)json_array_size(shape);
    for (int i = 0; i < t->nd; i++) {
        if (!whole(json_array_get(shape, (size_t)i), &ne) || __builtin_mul_overflow(count, ne, &count) ||
            count > INT64_MAX / 8)
            return err_set(e, "%s: tensor %.100s: size %d of \"shape\" is not a count, or the product is too large",
                           what, name, i);
        t->ne[i] = (int64_t)ne;
    }
    t->bytes = (size_t)count * (size_t)dtype_block_bytes(t->type);
    return true;
}

static bool parse_entry(const char *name, const json_t *v, uint64_t data_size, entry *x, const char *what, err *e) {
    if (!json_is_object(v)) return err_set(e, "%s: tensor %.100s: expected an object", what, name);
    size_t len = strlen(name);
    if (len == 0 || len > MAX_NAME) return err_set(e, "%s: a tensor name of %zu bytes", what, len);
    const char   *type = json_string_value(json_object_get(v, "dtype"));
    const json_t *off  = json_object_get(v, "data_offsets");
    x->name            = name;
    x->t.type          = type ? parse_type(type) : DT_NONE;
    if (x->t.type == DT_NONE)
        return err_set(e, "%s: tensor %.100s: dtype %.20s is not one that this program reads", what, name,
                       type ? type : "(none)");
    if (!parse_shape(json_object_get(v, "shape"), &x->t, what, name, e)) return false;
    if (!json_is_array(off) || json_array_size(off) != 2 || !whole(json_array_get(off, 0), &x->begin) ||
        !whole(json_array_get(off, 1), &x->end))
        return err_set(e, "%s: tensor %.100s: expected \"data_offsets\": [begin, end]", what, name);
    if (x->begin > x->end || x->end > data_size)
        return err_set(
            e, "%s: tensor %.100s: data from %" PRIu64 " to %" PRIu64 ", the file has %" PRIu64 " bytes of data", what,
            name, x->begin, x->end, data_size);
    if (x->end - x->begin != x->t.bytes)
        return err_set(e, "%s: tensor %.100s: %zu bytes expected from its shape, %" PRIu64 " from its offsets", what,
                       name, x->t.bytes, x->end - x->begin);
    return true;
}

static int by_offset(const void *a, const void *b) {
    const entry *x = (const entry *)a, *y = (const entry *)b;
    if (x->begin != y->begin) return x->begin < y->begin ? -1 : 1;
    if (x->end != y->end) return x->end < y->end ? -1 : 1; /* an empty tensor goes before its neighbour */
    return strcmp(x->name, y->name);
}

static bool check_metadata(const json_t *m, const char *what, err *e) {
    const char *key;
    json_t     *v;
    if (!json_is_object(m)) return err_set(e, "%s: expected \"__metadata__\" to be an object", what);
    json_object_foreach((json_t *)(uintptr_t)m, key, v) if (!json_is_string(v)) return err_set(
        e, "%s: __metadata__ %.80s: expected a string", what, key);
    return true;
}

static bool add_tensors(st_file *f, entry *x, int n, const uint8_t *data, uint64_t data_size, const char *what,
                        err *e) {
    uint64_t at = 0;
    qsort(x, (size_t)n, sizeof *x, by_offset);
    for (int i = 0; i < n; i++) {
        if (x[i].begin != at)
            return err_set(e, "%s: tensor %.100s begins at %" PRIu64 " of the data, expected %" PRIu64 " (%s)", what,
                           x[i].name, x[i].begin, at, x[i].begin < at ? "an overlap" : "a hole");
        at    = x[i].end;
        int k = names_add(&f->names, x[i].name, strlen(x[i].name));
        if (k < 0) return err_set(e, "%s: tensor %.100s is in two files", what, x[i].name);
        if (k == f->t_cap) {
            f->t_cap = f->t_cap ? 2 * f->t_cap : 64;
            f->t     = (st_tensor *)mem_realloc(f->t, (size_t)f->t_cap * sizeof *f->t);
        }
        f->t[k]      = x[i].t;
        f->t[k].name = names_at(&f->names, k);
        f->t[k].data = data + x[i].begin;
    }
    if (at != data_size)
        return err_set(e, "%s: the tensors end at %" PRIu64 ", the data has %" PRIu64 " bytes", what, at, data_size);
    return true;
}

static bool parse_header(st_file *f, const json_t *h, const uint8_t *data, uint64_t data_size, const char *what,
                         err *e) {
    bool        ok = false;
    int         n  = 0;
    const char *key;
    json_t     *v;
    entry      *x = (entry *)mem_calloc(json_object_size(h) + 1, sizeof *x);
    json_object_foreach((json_t *)(uintptr_t)h, key, v) {
        if (strcmp(key, "__metadata__") == 0) {
            if (!check_metadata(v, what, e)) goto done;
            if (f->n_map == 0) f->metadata = json_incref(v);
        } else if (!parse_entry(key, v, data_size, &x[n++], what, e)) goto done;
    }
    ok = add_tensors(f, x, n, data, data_size, what, e);
done:
    mem_free(x);
    return ok;
}

static bool read_file(st_file *f, const uint8_t *p, size_t n, const char *what, err *e) {
    uint64_t len;
    if (n < 8) return err_set(e, "%s: truncated: %zu bytes, expected a header length of 8", what, n);
    memcpy(&len, p, 8);
    if (len < 2 || len > MAX_HEADER)
        return err_set(e, "%s: not a safetensors file (a header of %" PRIu64 " bytes, expected 2 to %d)", what, len,
                       MAX_HEADER);
    if (len > n - 8)
        return err_set(e, "%s: truncated: a header of %" PRIu64 " bytes, the file has %zu left", what, len, n - 8);
    if (p[8] != '{') return err_set(e, "%s: not a safetensors file (the header does not begin with '{')", what);
    json_error_t je;
    json_t      *h = json_loadb((const char *)p + 8, (size_t)len, JSON_REJECT_DUPLICATES, &je);
    if (!h) return err_set(e, "%s: header: not valid JSON at byte %d: %s", what, je.position, je.text);
    bool ok = parse_header(f, h, p + 8 + len, n - 8 - len, what, e);
    json_decref(h);
    return ok;
}

/* --- files and folders --- */

static bool add_path(st_file *f, const char *path, err *e) {
    fs_file m;
    if (!fs_map(path, &m, e)) return false;
    if (!read_file(f, m.p, m.n, path, e)) {
        fs_unmap(&m);
        return false;
    }
    if (f->n_map == f->map_cap) {
        f->map_cap = f->map_cap ? 2 * f->map_cap : 8;
        f->map     = (fs_file *)mem_realloc(f->map, (size_t)f->map_cap * sizeof *f->map);
    }
    f->map[f->n_map++] = m;
    return true;
}

/* A shard is a plain file name beside the index; an index from the network must not reach elsewhere. */
static bool shard_name_ok(const char *s) { return *s && *s != '.' && !strchr(s, '/') && strlen(s) < 256; }

static bool open_index(st_file *f, const char *dir, const char *index, err *e) {
    bool        ok     = false;
    names       shards = {0};
    str         path   = {0};
    const char *key;
    json_t     *v, *j = json_load_path(index, MAX_INDEX, e);
    if (!j) goto done;
    json_t *map = json_object_get(j, "weight_map");
    if (!json_is_object(map)) {
        err_set(e, "%s: expected an object \"weight_map\"", index);
        goto done;
    }
    json_object_foreach(map, key, v) {
        const char *s = json_string_value(v);
        if (!s || !shard_name_ok(s)) {
            err_set(e, "%s: tensor %.100s: expected the plain name of a file", index, key);
            goto done;
        }
        if (names_add(&shards, s, strlen(s)) < 0) continue;
        str_clear(&path);
        str_addf(&path, "%s/%s", dir, s);
        if (!add_path(f, path.p, e)) goto done;
    }
    json_object_foreach(map, key, v) if (names_find(&f->names, key) < 0) {
        err_set(e, "%s: tensor %.100s: expected in %.100s, not found", index, key, json_string_value(v));
        goto done;
    }
    ok = true;
done:
    json_decref(j);
    names_free(&shards);
    str_free(&path);
    return ok;
}

st_file *st_open(const char *path, err *e) {
    bool     ok = false;
    st_file *f  = (st_file *)mem_calloc(1, sizeof *f);
    str      s  = {0};
    if (fs_is_dir(path)) {
        str_addf(&s, "%s/model.safetensors.index.json", path);
        if (fs_exists(s.p)) {
            ok = open_index(f, path, s.p, e);
        } else {
            str_clear(&s);
            str_addf(&s, "%s/model.safetensors", path);
            ok = add_path(f, s.p, e);
        }
    } else if (str_ends(path, ".index.json")) {
        const char *slash = strrchr(path, '/');
        if (slash) str_addn(&s, path, (size_t)(slash - path) + 1);
        str_add(&s, ".");
        ok = open_index(f, s.p, path, e);
    } else {
        ok = add_path(f, path, e);
    }
    str_free(&s);
    if (ok) return f;
    st_close(f);
    return NULL;
}

st_file *st_open_mem(const void *p, size_t n, const char *what, err *e) {
    st_file *f = (st_file *)mem_calloc(1, sizeof *f);
    if (read_file(f, (const uint8_t *)p, n, what, e)) return f;
    st_close(f);
    return NULL;
}

void st_close(st_file *f) {
    if (!f) return;
    for (int i = 0; i < f->n_map; i++) fs_unmap(&f->map[i]);
    mem_free(f->map);
    mem_free(f->t);
    names_free(&f->names);
    json_decref(f->metadata);
    mem_free(f);
}

int st_count(const st_file *f) { return f->names.n; }

const st_tensor *st_at(const st_file *f, int i) { return &f->t[i]; }

const st_tensor *st_find(const st_file *f, const char *name) {
    int i = names_find(&f->names, name);
    return i < 0 ? NULL : &f->t[i];
}

const char *st_metadata(const st_file *f, const char *key) {
    return json_string_value(json_object_get(f->metadata, key));
}
