/* lineq.h -- an equation that is linear in one letter: built, printed, solved line by line, checked.
 *
 *   lineq e = {.letter = 'x', .divisor = 12};
 *   lineq_bracket(&e.l, 3, 1, 2); lineq_num(&e.r, 27);              // 3(x + 2) = 27
 *   fam_value f = fam_work(p, r, &(fam_phases){lineq_work, lineq_check, &e});
 *
 * Memory:  plain data; more than LINEQ_TERMS terms on a side is a bug.   Errors: t->bad.   Threads: any. */
#ifndef R1_LINEQ_H
#define R1_LINEQ_H
#include "task/expr.h"
#include "task/fam.h"

typedef enum { LINEQ_NUM, LINEQ_X, LINEQ_BRACKET, LINEQ_DIV } lineq_kind;
typedef struct lineq_term {
    lineq_kind kind;
    long       c, k, m; /* NUM m; X k x; BRACKET c(k x + m); DIV x/c */
} lineq_term;
enum { LINEQ_TERMS = 8 };
typedef struct lineq_side {
    lineq_term t[LINEQ_TERMS];
    int        n;
} lineq_side;
typedef struct lineq {
    lineq_side l, r;
    char       letter;
    long       divisor; /* the largest number that it may come to divide by */
} lineq;
void lineq_num(lineq_side *s, long m);
void lineq_x(lineq_side *s, long k);
void lineq_bracket(lineq_side *s, long c, long k, long m);
void lineq_div(lineq_side *s, long c);
long lineq_coef(const lineq_side *s); /* of x, brackets multiplied out; DIV counts as 0 */
long lineq_value(const lineq_side *s, long x);
bool lineq_has_x(const lineq_side *s);
bool lineq_any_bracket(const lineq_side *s);
void lineq_put_side(str *s, const lineq_side *d, char letter);
void lineq_put(str *s, const lineq *e);
void lineq_plan(str *s, const lineq *given); /* "multiply out, collect, divide\n" */

/* For fam_phases; ctx is a lineq. found is v/w. */
void lineq_work(trace *t, void *ctx, fam_value *found);
bool lineq_check(trace *t, void *ctx, const fam_value *found);
/* "x = -7/2\n" */
void lineq_say_found(trace *t, char letter, const fam_value *f);
#endif
