/* digits.h -- written arithmetic: every line is a one-digit fact or a copy.
 *
 *   trace t = trace_to(&out, &r);                 // no slip
 *   long c = digits_op(&t, 57, '+', 68);          // appends the lines, the
 * last is "57 + 68 = 125\n" if (t.bad) ...                                // a
 * quotient that is not whole, a divisor above 9999
 *
 * A trace can hold one deliberate slip: digits_op counts the places where a
 * person slips (a digit, a carry, a sign) in t.places; when that count reaches
 * t.slip_at the value written there is wrong, everything after it goes on
 * honestly from the wrong value, and t.slip_from says at which byte of `out`
 * the text turned wrong. The value that digits_op returns is the value that the
 * text arrives at.
 *
 * Memory:  the trace borrows `out` and the rng.   Errors: t.bad.   Threads: one
 * trace, one thread. */
#ifndef R1_DIGITS_H
#define R1_DIGITS_H
#include "base/rng.h"
#include "base/str.h"
#include <stdbool.h>

enum {
    DIGITS_DIVISOR = 12,  /* the table by heart ends there: a quotient digit is one fact */
    DIGITS_LONG    = 9999 /* the largest divisor: above twelve by its multiples, each
                             digit taken away in columns */
};
typedef struct trace {
    str *out;
    rng *r;         /* the size of a slip */
    int  places;    /* how many places for a slip have gone by */
    int  slip_at;   /* which of them is wrong; -1: none */
    int  slip_from; /* byte of out where the text turns wrong; -1: not yet */
    bool bad;       /* this calculation has no such trace: caller throws the text away */
    bool brief;     /* what is left is copied, one fact is one line; see digits.c */
} trace;
trace trace_to(str *out, rng *r);
/* A place for a slip that is not a digit (a forgotten carry, a lost sign): true
 * if it is this one's turn. */
bool trace_slips(trace *t);

/* a op b for any signs, op one of + - * /. The lines end with "a op b = c". A
 * division that leaves a rest sets bad. */
long digits_op(trace *t, long a, char op, long b);
/* The same under a name: "2x = 93 - 21", ..., "2x = 72". */
long digits_into(trace *t, const char *head, long a, char op, long b);
/* The same when the line above was about a op b already: columns follow without
 * repeating it. */
long digits_on(trace *t, long a, char op, long b);
/* a / b, 1 <= |b| <= 9999, head may be NULL. If it is not exact, the last line
 * is about the numbers without their signs, "99 / 8 = 12 rest 3", and the
 * quotient and *rest > 0 are theirs. */
long digits_div(trace *t, const char *head, long a, long b, long *rest);
/* The columns alone of a / b, a >= 0, 1 <= b <= 9999, where the last `places`
 * digits of a stand after its point: goes on with up to *more noughts while
 * something is left, *more is how many there were. The quotient without its
 * point, and the rest. */
long digits_quotient(trace *t, long a, long b, int places, int *more, long *rest);
/* u op v of numbers >= 0 (u >= v in a difference, one factor of one digit in a product), brief: the columns alone, with
 * the point before the last `places` digits of the result so far. The last `copied` digits of one of them (the second,
 * in a difference) are noughts: the other's are copied. The line goes on with the closing statement. */
long digits_pointed(trace *t, long u, char op, long v, int places, int copied);
/* The digital root of n > 0, added up digit by digit: "1692: 1+6=7, 7+9=16,
 * 1+6=7, 7+2=9\n". */
long digits_root(trace *t, long n);

void digits_num(str *s, long v); /* -7 */
void digits_arg(str *s, long v); /* (-7): a number that follows an operator */
#endif
