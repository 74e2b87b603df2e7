/* steps.h -- is each line of a trace true? A verifiable reward for the process, not only for the result.
 *
 *   steps_report r = steps_check(text, n, NULL);               // "57 + 68 = 125", "44 / 6 = 7 rest 2", "5 < 8", "3 is
 * not 4" steps_unknown x = {'x', {5, 1}}; r = steps_check(text, n, &x);                              // also "2x + 5 =
 * 15" with x = 5 put in if (r.wrong) ... text + r.at is the first false claim
 *
 * A claim is two expressions of digits, + - * / ^ and brackets (and the unknown, if one is given) around "=", "<" or
 * "is not". Whatever is not a claim is not judged. A number may have
 * a point; a quotient may be rounded to the places that it is written with, whole ones where "rounded" follows.
 *
 * Memory:  none.   Errors: none; a claim whose numbers overflow is not judged.   Threads: any. */
#ifndef R1_STEPS_H
#define R1_STEPS_H
#include <stddef.h>
#include "task/ratio.h"

typedef struct steps_report {
    int    claims, wrong;
    size_t at, len; /* the first wrong claim */
} steps_report;
typedef struct steps_unknown {
    char  letter;
    ratio value;
} steps_unknown;
steps_report steps_check(const char *text, size_t n, const steps_unknown *x);
/* The value of an expression, all of s[0..n); x may be NULL. */
bool steps_value(const char *s, size_t n, const steps_unknown *x, ratio *out);
/* Do two texts hold the same numbers, in any order (digits only: signs and words aside)? */
bool steps_same_numbers(const char *a, size_t na, const char *b, size_t nb);
/* The solution of "2x + 5 = 15" (linear in one letter, which is found). */
bool steps_solve(const char *s, size_t n, steps_unknown *x);
#endif
