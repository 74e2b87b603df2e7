/* safetensors.h -- read and write .safetensors files (single, or sharded through
 * model.safetensors.index.json).
 *
 *   st_file *f = st_open("dir-or-file", &e);          // maps every shard, validates the whole header
 *   const st_tensor *t = st_find(f, "model.norm.weight");
 *   st_writer *w = st_create("out.safetensors", &e);
 *   st_declare(w, "a", DT_F32, 2, (int64_t[]){4, 8}); ... st_meta(w, "format", "pt"); st_begin(w, &e);
 *   st_put(w, data, bytes, &e) once per declared tensor, in order;  st_finish(w, &e);   // atomic
 *
 * Validated at open: header length and JSON, dtype known, offsets inside the file, contiguous, not
 * overlapping, size = shape * dtype, no duplicate names. After that the constants can be trusted.
 * Memory:  tensors point into the mapping, valid until st_close. A file of an old writer may place them at odd
 *          addresses; ours aligns the data to 8 and keeps each tensor aligned if wider types are declared first.
 * Errors:  one line with path, tensor, expected and found.   Threads: a file is read-only and shared. */
#ifndef R1_SAFETENSORS_H
#define R1_SAFETENSORS_H
#include "base/err.h"
#include "kernel/dtype.h"

typedef struct st_tensor {
    const char *name;
    dtype       type;
    int         nd;
    int64_t     ne[8]; /* C order */
    const void *data;
    size_t      bytes;
} st_tensor;
typedef struct st_file st_file;
st_file               *st_open(const char *path, err *e) R1_MUST_USE;
/* The parser alone, on memory; for fuzzing and tests. Borrowed until st_close. */
st_file         *st_open_mem(const void *p, size_t n, const char *what, err *e) R1_MUST_USE;
void             st_close(st_file *f);
int              st_count(const st_file *f); /* tensors in the order of the data, shard by shard */
const st_tensor *st_at(const st_file *f, int i);
const st_tensor *st_find(const st_file *f, const char *name);    /* NULL if absent; hashed */
const char      *st_metadata(const st_file *f, const char *key); /* "__metadata__" of the first file; NULL if absent */

const char *st_type_name(dtype t); /* "F32", "BF16"; NULL if the format lacks it */

typedef struct st_writer st_writer;
st_writer               *st_create(const char *path, err *e) R1_MUST_USE;
void                     st_declare(st_writer *w, const char *name, dtype type, int nd, const int64_t *ne);
void                     st_meta(st_writer *w, const char *key, const char *value); /* before st_begin */
bool                     st_begin(st_writer *w, err *e) R1_MUST_USE; /* writes the header, tensors in declared order */
bool                     st_put(st_writer *w, const void *data, size_t bytes, err *e) R1_MUST_USE;
bool                     st_finish(st_writer *w, err *e) R1_MUST_USE; /* commits and frees w, also on failure */
void                     st_abort(st_writer *w);
#endif
