/* gguf.h -- read and write GGUF v2/v3.
 *
 *   gguf *g = gguf_open("m.gguf", &e);
 *   gguf_u32(g, "deepseek2.block_count", &n)   // false if absent or of another type
 *   const gguf_tensor *t = gguf_find(g, "token_embd.weight");
 *
 *   gguf_writer *w = gguf_create("m.gguf", &e);
 *   gguf_put_str(w, "general.architecture", "deepseek2"); ... ;
 *   gguf_declare(w, "token_embd.weight", DT_F32, 2, (int64_t[]){vocab, dim});   // C order, as in tensor.h
 *   gguf_begin(w, &e); gguf_data(w, p, bytes, &e) once per declared tensor in order; gguf_finish(w, &e);  // atomic
 *
 * Shapes are C order here (slowest first); the file has them the other way round.
 * Validated at open: magic, version, every count, string, type and offset against the file's size, alignment,
 * duplicate keys and names, block sizes; absurd sizes never allocate.
 * Memory:  everything points into the mapping (or small tables of ours), valid until gguf_close.
 * Errors:  one line with path, key or tensor, expected and found.   Threads: read-only, shared. */
#ifndef R1_GGUF_H
#define R1_GGUF_H
#include "base/err.h"
#include "kernel/dtype.h"

typedef enum {
    GGUF_U8,
    GGUF_I8,
    GGUF_U16,
    GGUF_I16,
    GGUF_U32,
    GGUF_I32,
    GGUF_F32,
    GGUF_BOOL,
    GGUF_STR,
    GGUF_ARR,
    GGUF_U64,
    GGUF_I64,
    GGUF_F64
} gguf_type;

typedef struct gguf_tensor {
    const char *name; /* NUL-terminated copy */
    dtype       type;
    int         nd;
    int64_t     ne[4]; /* C order */
    const void *data;
    size_t      bytes;
} gguf_tensor;

typedef struct gguf_arr { /* an array value; strings are reached through gguf_arr_str */
    gguf_type   type;
    uint64_t    n;
    const void *data; /* packed little-endian elements (not strings) */
} gguf_arr;

typedef struct gguf gguf;
gguf               *gguf_open(const char *path, err *e) R1_MUST_USE;
gguf               *gguf_open_mem(const void *p, size_t n, const char *what,
                                  err *e) R1_MUST_USE; /* p: 8-aligned, borrowed until gguf_close; for fuzzing and tests */
void                gguf_close(gguf *g);
const char         *gguf_path(const gguf *g); /* as given to gguf_open, for messages */
int                 gguf_tensor_count(const gguf *g);
const gguf_tensor  *gguf_tensor_at(const gguf *g, int i);
const gguf_tensor  *gguf_find(const gguf *g, const char *name);
int                 gguf_key_count(const gguf *g);
const char         *gguf_key_at(const gguf *g, int i, gguf_type *type);
/* Is the key there, and of which type (may be NULL)? Tells "absent" from "of another type" after a failed look-up. */
bool        gguf_has(const gguf *g, const char *key, gguf_type *type);
const char *gguf_type_name(gguf_type t); /* "u32", "string", "array" ... */
/* Typed look-ups: false if the key is absent or the value does not fit. Integers of any width are accepted. */
bool        gguf_u32(const gguf *g, const char *key, uint32_t *out);
bool        gguf_i64(const gguf *g, const char *key, int64_t *out);
bool        gguf_f32(const gguf *g, const char *key, float *out); /* also from f64 */
bool        gguf_bool(const gguf *g, const char *key, bool *out);
const char *gguf_str(const gguf *g, const char *key, size_t *len); /* NUL-terminated copy; NULL if absent */
bool        gguf_array(const gguf *g, const char *key, gguf_arr *out);
/* String i of an array of strings: not NUL-terminated, inside the mapping; NULL if there is none. O(1). */
const char *gguf_arr_str(const gguf *g, const char *key, uint64_t i, size_t *len);

typedef struct gguf_writer gguf_writer;
gguf_writer               *gguf_create(const char *path, err *e) R1_MUST_USE;
void                       gguf_put_u32(gguf_writer *w, const char *key, uint32_t v);
void                       gguf_put_u64(gguf_writer *w, const char *key, uint64_t v);
void                       gguf_put_f32(gguf_writer *w, const char *key, float v);
void                       gguf_put_bool(gguf_writer *w, const char *key, bool v);
void                       gguf_put_str(gguf_writer *w, const char *key, const char *v);
void gguf_put_strs(gguf_writer *w, const char *key, const char *const *v, const size_t *len, uint64_t n);
void gguf_put_i32s(gguf_writer *w, const char *key, const int32_t *v, uint64_t n);
void gguf_put_f32s(gguf_writer *w, const char *key, const float *v, uint64_t n);
void gguf_declare(gguf_writer *w, const char *name, dtype type, int nd, const int64_t *ne);
bool gguf_begin(gguf_writer *w, err *e) R1_MUST_USE;
bool gguf_data(gguf_writer *w, const void *data, size_t bytes, err *e) R1_MUST_USE;
bool gguf_finish(gguf_writer *w, err *e) R1_MUST_USE; /* commits and frees w, also on failure */
void gguf_abort(gguf_writer *w);
#endif
