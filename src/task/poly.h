/* poly.h -- polynomials in one letter with rational coefficients: read as people write them, printed, compared.
 *
 *   poly p; poly_shape shape;
 *   if (poly_read("3x² - x*x + 1/2", n, &p, &shape)) ...    // 2x^2 + 1/2; shape.terms 3, no brackets
 *   poly_put(&s, &p);                                       // "2x^2 + 1/2", highest power first; "x/2", "3x^2/2"
 *   if (poly_eq(&p, &q)) ...
 *
 * Read are + - * / (also · × −), touching factors, ^ ** and raised digits, brackets, decimals, fractions, LaTeX's
 * \frac{}{} and \cdot. A division is by a number; a power is whole. Letters are not told apart by case.
 *
 * Memory:  plain data.   Errors: false for what is not a polynomial, too high or too large.   Threads: any. */
#ifndef R1_POLY_H
#define R1_POLY_H
#include "base/str.h"
#include "task/ratio.h"

enum { POLY_DEGREE = 9, POLY_FACTORS = 12 };
typedef struct poly {
    char  letter; /* 0: a number */
    ratio c[POLY_DEGREE + 1];
} poly;
typedef struct poly_shape {
    int  terms;    /* between + and - outside brackets */
    bool brackets; /* around something with the letter */
} poly_shape;

/* All of s[0..n) must be one; shape may be NULL. */
bool poly_read(const char *s, size_t n, poly *out, poly_shape *shape);
/* The factors of a product, a power as that many: "2x(x + 1)^2" gives 2, x, x + 1, x + 1. 0 if it is no product. */
int  poly_factors(const char *s, size_t n, poly out[POLY_FACTORS]);
poly poly_of(char letter, int n, const long *c); /* c[0] + c[1] x + ... , n of them */
poly poly_num(ratio v);
int  poly_degree(const poly *p); /* 0 for a number, 0 included */
int  poly_terms(const poly *p);  /* how many coefficients are not 0 */
bool poly_eq(const poly *a, const poly *b);
bool poly_op(const poly *a, char op, const poly *b, poly *out); /* + - * ; / by a number */
bool poly_derive(const poly *p, poly *out);
bool poly_integrate(const poly *p, poly *out); /* without a constant */
bool poly_at(const poly *p, ratio x, ratio *out);
void poly_put(str *s, const poly *p);
/* One term as it follows others: " + 3x^2", " - x/2"; first: "-x/2". */
void poly_term(str *s, ratio c, int power, char letter, bool first);
#endif
