/* ratio.h -- exact rational numbers, and how people write them.
 *
 *   ratio v; const char *end;
 *   if (ratio_read("-3.5", &v, &end)) ...             // -7/2
 *   if (ratio_eq(a, b)) ...
 *
 * Memory:  none.   Errors: a number too large for 64 bits is not read.   Threads: any. */
#ifndef R1_RATIO_H
#define R1_RATIO_H
#include <stdbool.h>

typedef struct ratio {
    long long p, q; /* p/q, reduced, q > 0 */
} ratio;
bool               ratio_make(long long p, long long q, ratio *out); /* false if q == 0 */
bool               ratio_op(ratio a, char op, ratio b, ratio *out);  /* + - * /; false on overflow or division by 0 */
static inline bool ratio_eq(ratio a, ratio b) { return a.p == b.p && a.q == b.q; }
/* The number at s: an optional sign (-, U+2212, an en dash), $, digits with thousands commas (TeX's {,} too), a decimal
 * part, or a fraction 5/2, or a mixed number 2 1/2, or LaTeX's \frac{5}{2}, or the sign of a half. *end is what
 * follows. */
bool ratio_read(const char *s, ratio *out, const char **end);

#endif
