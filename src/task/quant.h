/* quant.h -- named quantities, each defined by earlier ones: what a story problem is once it has been understood.
 *
 *   quants q = quants_new();
 *   int maya = quant_given(&q, "Maya", quant_num(12));
 *   int tom  = quant_op(&q, "Tom", quant_ref(maya), '+', quant_num(5));
 *   q.asked  = quant_sum(&q, "total", (int[]){maya, tom}, 2);
 *   fam_value f = quant_phases(p, r, &q);    // key, Understand, Plan, Work and Check, truth
 *   bool ok = quant_solve(p, &value, why);   // the same from the Understand line alone, by linear algebra
 *
 *   Understand: Maya = 12; Tom = Maya + 5; total = Maya + Tom; asked: total
 *   Plan: find Tom, then total
 *   Work:                                                Check: 29 - 17 must be 12
 *   Tom = 12 + 5                                         ...
 *   ...                                                  12 = 12, right
 *   Tom = 17                                             then 17 - 5 must be 12
 *   total = 12 + 17                                      ...
 *
 * Backwards: quant_unknown is a quantity to be found; the definitions go forward from it, and quant_known says what one
 * of the last is. Work then undoes the steps, and Check goes forward.
 *
 * A number that the story says in words ("twice", "half of", "three") is a word in the Understand line, too; numbers
 * with a decimal point keep their places there ("3.50").
 *
 * Memory:  plain data; more than fits is a bug: abort.   Errors: q.bad (a value that is not whole, negative or too
 * large): draw another one.   Threads: any. */
#ifndef R1_QUANT_H
#define R1_QUANT_H
#include "task/decimal.h"
#include "task/fam.h"

enum { QUANTS = 24, QUANT_NAME = 40, QUANT_TERMS = 6, QUANT_UNUSED = 8, QUANT_SAID = 400 };
typedef struct quant_term {
    int         ref; /* a quantity, or -1: the number v */
    decimal     v;
    const char *word; /* how the story says v, if not in digits; static */
} quant_term;
typedef struct quant {
    char       name[QUANT_NAME];
    char       op; /* '=' given, '?' to be found, + and * (two terms or more) - /, 'f': k/m of t[0], 'r': root */
    int        n;
    quant_term t[QUANT_TERMS];
    long       k, m;
    char       said[32]; /* 'f': "20% of", "two thirds of" */
    decimal    v, got;   /* the truth; as Work found it */
} quant;
typedef struct quants {
    quant   q[QUANTS];
    int     n;
    int     order[QUANTS]; /* in which the Understand line says them */
    int     asked;
    int     unknown, known; /* -1: none */
    decimal unused[QUANT_UNUSED];
    int     n_unused;
    bool    bad;
    bool    parts;            /* a quantity may be a decimal number */
    long    limit;            /* no value above it; 0: 99999 */
    char    said[QUANT_SAID]; /* the Understand line, if it is not simply the definitions (then they are the way) */
    char    plan[QUANT_SAID]; /* likewise the Plan */
} quants;

quants      quants_new(void);
quant_term  quant_num(long v);
quant_term  quant_dec(decimal v);
quant_term  quant_said(const char *word, long v); /* quant_said("twice", 2), quant_said("three", 3) */
quant_term  quant_ref(int i);
int         quant_given(quants *q, const char *name, quant_term v);
int         quant_unknown(quants *q, const char *name, long truth);
int         quant_op(quants *q, const char *name, quant_term a, char op, quant_term b);
int         quant_sum(quants *q, const char *name, const int *ref, int n);
int         quant_product(quants *q, const char *name, const quant_term *t, int n);
int         quant_root(quants *q, const char *name, int of); /* of a square of a whole number up to 99 */
int         quant_part(quants *q, const char *name, int of, long k, long m, const char *said);
void        quant_known(quants *q, int i);       /* the story tells this value; with quant_unknown */
void        quant_unused(quants *q, long v);     /* a number of the story that nothing needs */
long        quant_value(const quants *q, int i); /* of a whole quantity */
int         quant_steps(const quants *q);        /* how many operations the answer needs */
const char *quant_word(long v);                  /* 2..12: "two", else NULL */

/* Fills key ("<prefix>:..."), reasoning and truth of p; p->level and the question are the caller's. */
fam_value quant_phases(problem *p, rng *r, quants *q, const char *prefix);
bool      quant_solve(const problem *p, ratio *out, char why[96]);
/* A family's solve() where the truth is the one number. */
bool quant_truth(const problem *p, str *truth, char why[96]);
#endif
