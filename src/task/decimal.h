/* decimal.h -- numbers with a decimal point, worked out digit by digit: v / 10^places, exact.
 *
 *   decimal a = {1250, 2}, b = {3, 0};                 // 12.50 and 3
 *   decimal c = decimal_op(&t, a, '*', b);             // lines; the last is "12.5 * 3 = 37.5"
 *   decimal q = decimal_div(&t, NULL, a, 7, 2);        // 12.5 / 7 to two places, the rounding as a line of its own
 *
 * A sum or difference is written with as many places on both sides and worked out like whole numbers; a product is one
 * of whole numbers, then the point is set; a quotient goes on after the point. Noughts at the end are not written.
 *
 * Memory:  the trace's (digits.h).   Errors: t->bad.   Threads: any. */
#ifndef R1_DECIMAL_H
#define R1_DECIMAL_H
#include "task/digits.h"
#include "task/ratio.h"

typedef struct decimal {
    long v;
    int  places; /* 0..6 */
} decimal;
decimal decimal_op(trace *t, decimal a, char op, decimal b); /* op: + - * ; the closing line is "a op b = c" */
/* a / b rounded half away from 0 to `places`; with a head ("mean") the last line is "mean = 3.57". Any b != 0 with
 * |b| <= 9999. */
decimal decimal_div(trace *t, const char *head, decimal a, long b, int places);
decimal decimal_norm(decimal a);                      /* without noughts at the end: 12.50 -> 12.5 */
void    decimal_put(str *s, decimal a);               /* normal form: "12.5", "-0.07", "3" */
void    decimal_fixed(str *s, decimal a, int places); /* "12.50"; places >= a's in normal form */
ratio   decimal_ratio(decimal a);
#endif
