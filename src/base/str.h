/* str.h -- a growing byte string. May hold NUL bytes; p is always NUL-terminated.
 *
 *   str s = {0};
 *   str_add(&s, "x = "); str_addf(&s, "%d", 5);
 *   puts(s.p); str_free(&s);
 *
 * Memory:  s.p is owned by the str; str_take hands it to the caller (mem_free).
 * Errors:  out of memory aborts.   Threads: one thread. */
#ifndef R1_STR_H
#define R1_STR_H
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include "base/err.h"

typedef struct str {
    char  *p;
    size_t len, cap;
} str;

void               str_addn(str *s, const char *p, size_t n);
void               str_addc(str *s, char c);
static inline void str_add(str *s, const char *z) { str_addn(s, z, strlen(z)); } /* a literal's length is known here */
void               str_addf(str *s, const char *fmt, ...) R1_PRINTF(2, 3);
void               str_clear(str *s); /* keeps the capacity; p becomes "" */
void               str_free(str *s);
char              *str_take(str *s); /* never NULL; s is empty afterwards */
bool               str_starts(const char *s, const char *prefix);
bool               str_ends(const char *s, const char *suffix);
/* Escape for a JSON string literal, without the quotes. Invalid UTF-8 becomes U+FFFD. */
void str_add_json(str *s, const char *p, size_t n);
/* Whole-string number parsing: no leading space, no trailing bytes, range checked. */
bool str_to_i64(const char *s, long long *out);
bool str_to_f64(const char *s, double *out);
#endif
