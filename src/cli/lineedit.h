/* lineedit.h -- a line from the user: edited with history on a terminal (libedit), read as it is elsewhere.
 *
 *   lineedit *l = lineedit_new();
 *   str line = {0};
 *   while (lineedit_read(l, "> ", 1 << 20, &line) == LINEEDIT_LINE) ...
 *
 * Memory:  lineedit_free; the str is the caller's.
 * Errors:  the end of the input and Ctrl-C are results, not errors.   Threads: main thread. */
#ifndef R1_LINEEDIT_H
#define R1_LINEEDIT_H
#include <stddef.h>
#include "base/str.h"

typedef struct lineedit lineedit;
typedef enum { LINEEDIT_LINE, LINEEDIT_END, LINEEDIT_INTERRUPTED, LINEEDIT_TOO_LONG } lineedit_result;

lineedit *lineedit_new(void);
void      lineedit_free(lineedit *l);
bool      lineedit_tty(const lineedit *l);
/* The line without its newline. The prompt is shown on a terminal only. LINEEDIT_TOO_LONG: the line was longer than
 * `max` bytes and was skipped. */
lineedit_result lineedit_read(lineedit *l, const char *prompt, size_t max, str *line);
#endif
