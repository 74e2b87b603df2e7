/* frac.h -- fractions worked out digit by digit: reduce, expand, + - * /, mixed numbers, compare.
 *
 *   frac c = frac_op(&t, (frac){5, 12}, '+', (frac){7, 18});   // lines; the last is "5/12 + 7/18 = 29/36"
 *   frac r = frac_reduce(&t, (frac){18, 24});                  // ... "18/24 = 3/4"
 *   long g = frac_gcd(&t, 84, 36);                             // "84 / 36 = 2 rest 12", "36 / 12 = 3", "gcd 12"
 *   int  o = frac_compare(&t, a, b);                           // -1, 0, 1; "3/4 < 5/6"
 *
 * A sum is brought to the least common denominator; a product is reduced at its end. Besides the digits (digits.h)
 * the places for a slip are a numerator that is not expanded, a fraction that is not turned over, a sign.
 *
 * Memory:  plain data.   Errors: t->bad.   Threads: any. */
#ifndef R1_FRAC_H
#define R1_FRAC_H
#include "task/digits.h"

typedef struct frac {
    long p, q; /* q > 0; not always in lowest terms */
} frac;
void frac_put(str *s, frac a);       /* "3/4", "-7/2", "5" for 5/1 */
void frac_put_arg(str *s, frac a);   /* after + or -: "(-7/2)" */
void frac_put_mixed(str *s, frac a); /* "2 1/3", "-2 1/3", "5", "1/3" */
frac frac_lowest(frac a);            /* without a word */
/* Without a word; false if it is division by 0 or too large for the columns. */
bool frac_value(frac a, char op, frac b, frac *out);

/* The last line of each ends with its result. a, b > 0. */
long frac_gcd(trace *t, long a, long b);             /* Euclid; "gcd 12" */
frac frac_reduce(trace *t, frac a);                  /* "18/24 = 3/4"; "3/4 is in lowest terms" */
frac frac_op(trace *t, frac a, char op, frac b);     /* "5/12 + 7/18 = 29/36" */
frac frac_improper(trace *t, long whole, frac part); /* "2 1/3 = 7/3"; whole >= 0 */
void frac_mixed(trace *t, frac a);                   /* "7/3 = 2 1/3"; nothing if |a| < 1 */
int  frac_compare(trace *t, frac a, frac b);         /* by cross products; "2/3 < 3/4", "2/3 = 4/6" */
#endif
