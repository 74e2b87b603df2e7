/* names.h -- a set of names in the order they were added, with O(1) look-up and stable NUL-terminated copies.
 * The file formats use it for keys and tensor names: a duplicate shows itself when it is added.
 *
 *   names x = {0};
 *   int i = names_add(&x, p, len);        // 0, 1, 2 ...; -1 if the name is there already
 *                                         // (no NUL bytes in it: the caller has checked)
 *   names_find(&x, "output.weight");      // its number, or -1
 *   names_at(&x, i);                      // the copy
 *   char *s = names_copy(&x, p, len);     // a copy that lives as long, without being a name
 *   names_free(&x);
 *
 * Memory:  grows with what is added, never with what a file claims; copies live until names_free.
 * Errors:  out of memory aborts.   Threads: one writer, then many readers. */
#ifndef R1_NAMES_H
#define R1_NAMES_H
#include <stddef.h>
#include <stdint.h>

typedef struct names_block names_block;
typedef struct names {
    char       **name;
    int          n, cap;
    int32_t     *slot; /* open addressing, index + 1; 0 is empty */
    size_t       n_slot;
    names_block *pool;
} names;

int         names_add(names *x, const char *p, size_t len);
int         names_find(const names *x, const char *name);
const char *names_at(const names *x, int i);
char       *names_copy(names *x, const void *p, size_t len);
void        names_free(names *x);
#endif
