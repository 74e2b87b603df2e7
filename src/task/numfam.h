/* numfam.h -- what the families about numbers share: drawing, asking, answering, reading the first line again.
 *
 *   long a = numfam_digits(r, 3);                                            // 100..999
 *   numfam_ask(p, r, pattern, COUNT, (word_slot[]){{"e", typed.p}, {0}});    // one of the patterns
 *   numfam_answer(p, r, "12 + 5");                                           // "12 + 5 = **17**", "It is **17**."
 *
 * NUM_DO and NUM_IS begin a question, NUM_STOP and NUM_MARK end it; they are pieces of wording.h's patterns.
 *
 * Memory:  nothing is kept.   Errors: none.   Threads: any. */
#ifndef R1_NUMFAM_H
#define R1_NUMFAM_H
#include "task/decimal.h"
#include "task/expr.h"
#include "task/fam.h"
#include "task/wording.h"

/* "please work out", before an object */
#define NUM_DO                                                                                                         \
    "{9*|2*please |can you |could you |would you please |help me |help me to |i need to |i want to |i have to |let's " \
    "|hi, can you |hello, please |ok, now |quickly |try to |how do i |homework: |next one: }"                          \
    "{3*calculate|2*compute|2*work out|2*find|determine|figure out}"
/* "what is", before an object */
#define NUM_IS                                                                                                         \
    "{6*what is|2*what's|whats|what would be|tell me|give me|can you tell me|could you give me|i need|i'd like|so "    \
    "what is|ok, what is|hi, what is|do you know|please tell me|please give me|show me|quick question: what "          \
    "is|find|get}"
#define NUM_STOP "{5*|3*.|, please|!| for me| please| (show the steps)| step by step}"
#define NUM_MARK "{6*?|2*|, please| please?| ?|, thanks}"

#define NUM_COUNT(list) ((int)(sizeof(list) / sizeof *(list)))

bool numfam_chance(rng *r, int percent);
long numfam_digits(rng *r, int n);   /* a number of n digits, 1..8; one digit: 1..9 */
long numfam_signed(rng *r, long hi); /* -hi..hi without 0 */
/* The canonical expression as some hand types it. */
void numfam_typed(str *s, rng *r, const char *canonical);
void numfam_ask(problem *p, rng *r, const char *const *pattern, int n, const word_slot *slots);
/* p->answer around p->truth (unit may be NULL: " cm"); named is what has this value, or NULL. */
void numfam_answer(problem *p, rng *r, const char *named, const char *unit);
bool numfam_right(const problem *p, const char *text, char why[96]); /* numbers and "q remainder r" (answer_matches) */
/* The whole numbers in a text, without signs; how many (max + 1 if more). */
int numfam_numbers(const char *s, size_t n, long *v, int max);
/* The number at *s, which moves behind it: "-12.5". */
bool numfam_decimal(const char **s, decimal *d);
/* false, with "not <what>: <text>" */
bool numfam_not(char why[96], const char *what, const char *text, size_t n);

/* An expression of `ops` operators whose values are whole and at most limit. */
typedef struct expr_wish {
    int  ops;
    long lo, hi;   /* the numbers in it */
    long limit;    /* every value on the way, in absolute value */
    bool below;    /* values below 0 may occur, and negative numbers */
    int  brackets; /* at least so many pairs */
    int  depth;    /* at least so deep */
} expr_wish;
void numfam_expr(rng *r, const expr_wish *w, expr *e);

/* Check: undo every step, the last one first; long products by casting out nines. Stops at the first that does not come
 * back. */
bool numfam_undo(trace *t, const expr_log *log);
bool numfam_undo_step(trace *t, const expr_step *s);
/* "a op b must be c\n" */
void numfam_must(trace *t, long a, char op, long b, long c);
/* "q * b + r must be a", worked out and compared; rest may be 0. */
bool numfam_back(trace *t, long q, long b, long rest, long a);
/* fam_compare for numbers with a point. */
bool numfam_same(trace *t, decimal a, decimal b);
/* "x * b must be near a, half of 0.01 * b away at most": the check of x = a / b rounded to `places`, |a|, |b|, |x|. */
bool numfam_near(trace *t, decimal x, decimal b, decimal a, int places);
/* By nines: a * b and c must have the same digit sum. Signs aside. */
bool numfam_nines(trace *t, long a, long b, long c);
#endif
