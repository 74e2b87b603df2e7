/* decimal.h -- numbers with a decimal point, worked out digit by digit: v / 10^places, exact.
 *
 *   decimal a = {1250, 2}, b = {3, 0};                 // 12.50 and 3
 *   decimal c = decimal_op(&t, a, '*', b);             // lines; the last is "12.5 * 3 = 37.5"
 *   decimal q = decimal_div(&t, NULL, a, 7, 2);        // 12.5 / 7 to two places: "12.5 / 7 = 1.79 rounded"
 *
 * A sum or difference is written with as many places on both sides and worked out like whole numbers; a product is one
 * of whole numbers, then the point is set; a quotient goes on after the point. Noughts at the end are not written.
 *
 *     12.5 + 3.07 = 12.50 + 3.07        12.5 / 7:
 *     2 places: 1250 + 307              12/7=1 r5 ->01         (the columns of digits.h, with the point in the
 *     (columns)                         55/7=7 r6 ->01.7        result so far)
 *     1250 + 307 = 1557                 60/7=8 r4 ->01.78
 *     12.5 + 3.07 = 15.57               4+4=8, 7<8, up to 1.79
 *                                       12.5 / 7 = 1.79 rounded
 * The rest decides how to round: twice the rest is at least the divisor, or it is not.
 *
 * Memory:  the trace's (digits.h).   Errors: t->bad.   Threads: any. */
#ifndef R1_DECIMAL_H
#define R1_DECIMAL_H
#include "task/digits.h"
#include "task/ratio.h"

enum { DECIMAL_PLACES = 6 };
typedef struct decimal {
    long v;
    int  places; /* 0..6 */
} decimal;
decimal decimal_op(trace *t, decimal a, char op, decimal b); /* op: + - * ; the closing line is "a op b = c" */
/* The same under a name: the closing line is "profit = c". */
decimal decimal_into(trace *t, const char *head, decimal a, char op, decimal b);
/* a / b rounded half away from 0 to `places`; with a head ("mean") the last line is "mean = 3.57". Any b != 0 with
 * |b| <= 9999. */
decimal decimal_div(trace *t, const char *head, decimal a, long b, int places);
/* The same for a divisor with a point, which is shifted out of both first: "1.5 / 0.25 = 150 / 25". */
decimal decimal_over(trace *t, const char *head, decimal a, decimal b, int places);
/* a to fewer places, half away from 0, by the first digit that goes: "17.68 to 1 place: next digit 8, 4<8, up to 17.7".
 * Nothing is written where nothing goes. */
decimal decimal_round(trace *t, decimal a, int places);
decimal decimal_norm(decimal a);                      /* without noughts at the end: 12.50 -> 12.5 */
void    decimal_put(str *s, decimal a);               /* normal form: "12.5", "-0.07", "3" */
void    decimal_arg(str *s, decimal a);               /* "(-0.07)": after an operator */
void    decimal_fixed(str *s, decimal a, int places); /* "12.50"; places >= a's in normal form */
ratio   decimal_ratio(decimal a);
/* Without a word: p / q rounded half away from 0. */
decimal decimal_near(ratio v, int places);
#endif
