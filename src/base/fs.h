/* fs.h -- files: map, read whole, write aside then rename.
 *
 *   fs_file f;
 *   if (!fs_map("m.gguf", &f, &e)) ...;   use f.p[0..f.n)   ; fs_unmap(&f);
 *
 *   fs_out *o = fs_out_open("ckpt.safetensors", &e);   // writes ckpt.safetensors.tmp
 *   fs_out_write(o, buf, n, &e) ...                    // a full disk is an error here or at commit
 *   fs_out_commit(o, &e)                               // fsync, rename, fsync of the folder
 *   or fs_out_abort(o)                                 // the old file is untouched
 *
 * Memory:  fs_read's block is freed by the caller with mem_free.
 * Errors:  false/NULL and *e with the path and errno's text.   Threads: any. */
#ifndef R1_FS_H
#define R1_FS_H
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

typedef struct fs_file {
    const uint8_t *p;
    size_t         n;
} fs_file;

bool  fs_map(const char *path, fs_file *f, err *e) R1_MUST_USE; /* read only; an empty file maps as n = 0, p = "" */
void  fs_unmap(fs_file *f);
void  fs_forget(const void *p,
                size_t      n); /* part of a map that is not wanted in memory for now; reading it still works */
char *fs_read(const char *path, size_t max, size_t *n, err *e) R1_MUST_USE;    /* NUL added; > max bytes is an error */
bool  fs_write(const char *path, const void *p, size_t n, err *e) R1_MUST_USE; /* atomic */
bool  fs_exists(const char *path);
bool  fs_is_dir(const char *path);
bool  fs_mkdirs(const char *path, err *e) R1_MUST_USE; /* like mkdir -p */
bool  fs_remove(const char *path, err *e);             /* file or empty folder */

typedef struct fs_out fs_out;
fs_out               *fs_out_open(const char *path, err *e) R1_MUST_USE;
bool                  fs_out_write(fs_out *o, const void *p, size_t n, err *e) R1_MUST_USE; /* buffered */
size_t                fs_out_pos(const fs_out *o);
bool fs_out_commit(fs_out *o, err *e) R1_MUST_USE; /* o is freed either way; on failure the .tmp is removed */
void fs_out_abort(fs_out *o);                      /* NULL is fine */
#endif
