/* lines.h -- the lines of a file of any size, in memory that does not grow with it.
 *
 *   lines *l = lines_open("rows.jsonl", 1 << 20, &e);      // "-": stdin; a .gz is unpacked while it is read
 *   text_line x;
 *   while (lines_next(l, &x, &e)) if (x.too_long) ... else use x.p[0..x.n);    // x.number: 1, 2, ...
 *   bool ok = !lines_failed(l); lines_close(l);
 *
 * A line ends at \n (a \r before it is dropped). Of a line longer than `max` the first `max` bytes are handed out with
 * too_long set and x.whole telling its true length; the rest is skipped, and the next line follows.
 *
 * Memory:  one buffer of at most max + 128 kB; x.p is valid until the next call.
 * Errors:  lines_open NULL; a read that fails ends the lines, lines_failed then says so and *e why.
 * Threads: one at a time. */
#ifndef R1_LINES_H
#define R1_LINES_H
#include <stddef.h>
#include "base/err.h"

typedef struct lines lines;
typedef struct text_line {
    const char *p;
    size_t      n, whole;
    long        number;
    bool        too_long;
} text_line;
lines *lines_open(const char *path, size_t max, err *e) R1_MUST_USE;
bool   lines_next(lines *l, text_line *out, err *e);
bool   lines_failed(const lines *l);
void   lines_close(lines *l); /* NULL is fine */
#endif
