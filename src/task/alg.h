/* alg.h -- what the algebra families share: how formulas are typed and asked for, lines of work with polynomials.
 *
 *   alg_typed(&typed, r, "x^2 - 5x + 6 = 0");                // "x²-5x+6=0", "x^2 - 5x + 6 = 0", "x**2 − 5x + 6 = 0"
 *   long v = alg_horner(&t, &p, 4);                          // "3 * 4 = 12", "12 - 2 = 10", ...
 *   long w = alg_powers(&t, &p, -2, "f(-2)");                // "(-2)^2 = -2 * (-2) = 4", "3 * 4 = 12", ...
 *
 * Memory:  none is kept.   Errors: t->bad.   Threads: any. */
#ifndef R1_ALG_H
#define R1_ALG_H
#include "task/fam.h"
#include "task/mathtext.h"
#include "task/poly.h"

/* Before a verb, and how a request ends. */
#define ALG_POLITE                                                                                                     \
    "{9*|3*please |help me |can you help me |i need to |now |let's |hi, |i have to |try to |quickly |hello, please "   \
    "|would you please |next: |ok, |i want to |we have to |could you quickly |}"
#define ALG_END "{5*|2*.|, please|!| for me|. thanks|?}"

bool alg_chance(rng *r, int percent);
long alg_nonzero(rng *r, int hi); /* -hi..-1, 1..hi */
char alg_letter(rng *r);          /* mostly x; never e, i, l, o, r, d, f, c */
/* The canonical text as a person types it: spaces, signs, powers, < and >. */
void alg_typed(str *out, rng *r, const char *canonical);
/* fam_understood, with raised digits in the question. */
bool alg_understood(const problem *p, const char **text, size_t *n, char why[96]);
bool alg_not(const char *what, const char *text, char why[96]); /* why = "not WHAT: TEXT"; false */
/* After `head` in s[0..n): the text between head and tail; tail NULL: up to the end. false: there is none. */
bool alg_between(const char *s, size_t n, const char *head, const char *tail, const char **p, size_t *len);

/* p(x) for whole coefficients, from inside to outside. */
long alg_horner(trace *t, const poly *p, long x);
/* p(x), each power and each term by itself; the last operation gets the head if there is one (may be NULL). */
long alg_powers(trace *t, const poly *p, long x, const char *head);
/* "3 * (-2)^2 - 2 * (-2) + 1" */
void alg_put_in(str *s, const poly *p, long x);
void alg_line(trace *t, const char *before, const poly *p, const char *after); /* before, p, after */
/* Two whole numbers with this product and sum, by trying the pairs of factors in order; false if none fits. */
bool alg_two_numbers(trace *t, long product, long sum, long *u, long *v);
/* Answers that are a polynomial. given (may be NULL) is what the question gave: to repeat it claims nothing. expanded:
 * only without brackets and with like terms added. */
typedef struct alg_poly_truth {
    poly truth, given;
    bool has_given, expanded;
} alg_poly_truth;
math_kind alg_judge_poly(void *ctx, const char *run);
bool      alg_right_poly(const char *answer, const char *truth, const char *given, bool expanded, char why[96]);
/* Answers that are a number, maybe under a head ("f'(2) = 12"). place: the numbers of the question, which claim nothing
 * by themselves ("at x = 2"). */
enum { ALG_PLACES = 24 };
typedef struct alg_number {
    ratio    truth, place[ALG_PLACES];
    int      places;
    unsigned letters; /* which letters have a value in the question */
} alg_number;
bool alg_value(const char *s, size_t n, ratio *v); /* a number as it stands: "-7/2", "3 1/2", "(5)/(2)"; no sums */
bool alg_right_number(const char *answer, const char *truth, const char *question, char why[96]);
/* Answers that are a set of values, "x = -3 or x = 2", or "no real solution". */
bool alg_right_set(const char *answer, const char *truth, char why[96]);
/* Sums multiplied out: each term with each as a list, then like terms added. */
enum { ALG_RAW = 24 };
typedef struct alg_raw {
    long c[ALG_RAW];
    int  power[ALG_RAW], n;
} alg_raw;
void alg_cross(trace *t, const poly *a, const poly *b, char letter, alg_raw *w);
poly alg_collect(trace *t, const alg_raw *w, char letter);
void alg_put_raw(str *s, const alg_raw *w, char letter);
void alg_so(trace *t, const alg_raw *w, const poly *sum, char letter); /* "so x^2 + 2x + 3x + 6 = x^2 + 5x + 6" */
/* c * f[0](x) * ... worked out; is one of them 0? */
long alg_product_at(trace *t, long c, const poly *f, int n, long x);
bool alg_vanishes(const poly *f, int n, long x);
/* The formula in a question: the longest run that is a polynomial with a letter. */
bool alg_given(const char *question, str *out);
long alg_gcd(long a, long b);
bool alg_is_square(long v, long *root);
#endif
