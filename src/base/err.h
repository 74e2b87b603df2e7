/* err.h -- one error type, one polarity.
 *
 * Why: every function that can fail returns bool (true = done) or a pointer
 * (NULL = failed) and takes an `err *e` as its last argument.
 *
 *   bool load(const char *path, err *e) {
 *       if (!ok) return err_set(e, "%s: not a GGUF file (magic %08x, expected 46554747)", path, m);
 *       return true;
 *   }
 *
 * A message is one line that says what, where, what was expected, what was found.
 * Memory:  the message lives inside the struct; nothing to free.
 * Errors:  e may be NULL, then the message is dropped.
 * Threads: an err belongs to one thread. */
#ifndef R1_ERR_H
#define R1_ERR_H
#include <stdbool.h>

#define R1_MUST_USE __attribute__((warn_unused_result))
#define R1_PRINTF(a, b) __attribute__((format(printf, a, b)))

typedef struct err {
    char msg[512];
} err;

/* Fill e with a formatted one-line message; always returns false. */
bool err_set(err *e, const char *fmt, ...) R1_PRINTF(2, 3);
/* Put "context: " in front of what e already says; always returns false. */
bool err_in(err *e, const char *fmt, ...) R1_PRINTF(2, 3);
#endif
