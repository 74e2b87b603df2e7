/* digits.c -- addition, subtraction, multiplication and division as they are done on paper.
 *
 * What a small transformer finds hard is not the fact `7 + 8 = 15` but to know which digits meet in this line and how
 * the digits of the result come together. So:
 *  - a header line repeats the two numbers right before their columns;
 *  - each column writes the result so far ("have 25"), whose length also says which column comes next, and whose last
 *    writing is the result: the closing line is a copy;
 *  - a missing digit is written as 0, so that every column of an operation has the same shape;
 *  - a carry or a borrow stands at the end of the line, right before the line that uses it.
 *
 *     57 + 68:                          402 - 178:
 *     7 + 8 = 15, have 5, carry 1       2 - 8: 12 - 8 = 4, have 4, borrow 1
 *     5 + 6 + 1 = 12, have 125          0 - 7 - 1: 10 - 7 - 1 = 2, have 24, borrow 1
 *     57 + 68 = 125                     4 - 1 - 1 = 2, have 224
 *                                       402 - 178 = 224
 *     47 * 6:                           426 / 6:
 *     7 * 6 = 42, have 2, carry 4       4 / 6 = 0 rest 4, have 0
 *     4 * 6 = 24, 24 + 4 = 28, have 282 42 / 6 = 7 rest 0, have 07
 *     47 * 6 = 282                      06 / 6 = 1 rest 0, have 071
 *                                       426 / 6 = 71
 * Signs are taken off first, in one line: `-7 + 12 = 12 - 7`, `5 < 8, so 5 - 8 = -(8 - 5)`. */
#include <stdlib.h>
#include "data/digits.h"

enum { DIGITS_MAX = 20 };
static const long digits_limit = 100000000L;   /* beyond eight digits a trace has lost its way */

trace trace_to(str *out, rng *r) {
    return (trace){.out = out, .r = r, .slip_at = -1, .slip_from = -1};
}

bool trace_slips(trace *t) {
    if (t->places++ != t->slip_at) return false;
    t->slip_from = (int)t->out->len;
    return true;
}

void digits_num(str *s, long v) {
    char buf[24], *p = buf + sizeof buf;
    unsigned long u = v < 0 ? 0ul - (unsigned long)v : (unsigned long)v;
    do *--p = (char)('0' + u % 10);
    while (u /= 10);
    if (v < 0) *--p = '-';
    str_addn(s, p, (size_t)(buf + sizeof buf - p));
}

void digits_arg(str *s, long v) {
    if (v < 0) str_addc(s, '(');
    digits_num(s, v);
    if (v < 0) str_addc(s, ')');
}

static void infix(str *s, char op) {
    char b[3] = {' ', op, ' '};
    str_addn(s, b, 3);
}

/* "a op b" */
static void put_op(str *s, long a, char op, long b) {
    digits_num(s, a);
    infix(s, op);
    digits_arg(s, b);
}

/* The value of a fact, which is where digits go wrong: within lo..hi, near the truth, not the truth. */
static long fact(trace *t, long v, long lo, long hi) {
    if (!trace_slips(t)) return v;
    static const int off[] = {1, -1, 1, -1, 2, -2, 10, -10};
    for (int tries = 0; tries < 32; tries++) {
        long w = v + off[rng_below(t->r, v >= 20 ? 8 : 6)];
        if (w >= lo && w <= hi) return w;
    }
    t->bad = true;
    return v;
}

/* "a op b = c\n", a fact in one line. */
static long one_line(trace *t, long a, char op, long b, long c) {
    put_op(t->out, a, op, b);
    str_add(t->out, " = ");
    c = fact(t, c, 0, digits_limit);
    digits_num(t->out, c);
    str_addc(t->out, '\n');
    return c;
}

static void header(trace *t, long a, char op, long b) {
    put_op(t->out, a, op, b);
    str_add(t->out, ":\n");
}

/* "a op b = c\n" for a c that is known: a copy. */
static long closing(trace *t, long a, char op, long b, long c) {
    put_op(t->out, a, op, b);
    str_add(t->out, " = ");
    digits_num(t->out, c);
    str_addc(t->out, '\n');
    return c;
}

static int split_digits(long v, int d[DIGITS_MAX]) {   /* lowest first */
    int n = 0;
    do d[n++] = (int)(v % 10);
    while (v /= 10);
    return n;
}

/* ---- the result so far: digits grow on the left (or, in a division, on the right) */
typedef struct have {
    char d[2 * DIGITS_MAX];
    int  from, to;
} have;

static void have_front(have *h, long v) {
    do h->d[--h->from] = (char)('0' + v % 10);
    while (v /= 10);
}

static void have_put(str *s, const have *h) {
    str_add(s, ", have ");
    str_addn(s, h->d + h->from, (size_t)(h->to - h->from));
}

static long have_value(const have *h) {
    long v = 0;
    for (int i = h->from; i < h->to; i++) v = v * 10 + (h->d[i] - '0');
    return v;
}

static void put_rest(trace *t, const char *word, long *v) {
    if (*v && trace_slips(t)) *v = 0;                  /* the forgotten carry */
    if (*v) {
        str_add(t->out, word);
        digits_num(t->out, *v);
    }
    str_addc(t->out, '\n');
}

/* ---- columns of numbers >= 0 */
static long add_columns(trace *t, long a, long b) {
    int  da[DIGITS_MAX] = {0}, db[DIGITS_MAX] = {0};
    int  na = split_digits(a, da), nb = split_digits(b, db), n = na > nb ? na : nb;
    have h = {.from = DIGITS_MAX, .to = DIGITS_MAX};
    long carry = 0;
    header(t, a, '+', b);
    for (int i = 0; i < n; i++) {
        put_op(t->out, da[i], '+', db[i]);
        if (carry) str_add(t->out, " + 1");
        str_add(t->out, " = ");
        long s = fact(t, da[i] + db[i] + carry, 0, 19);
        digits_num(t->out, s);
        bool last = i == n - 1;
        have_front(&h, last ? s : s % 10);
        have_put(t->out, &h);
        carry = last ? 0 : s / 10;
        put_rest(t, ", carry ", &carry);
    }
    return closing(t, a, '+', b, have_value(&h));
}

static long sub_columns(trace *t, long a, long b) {    /* a >= b */
    int  da[DIGITS_MAX] = {0}, db[DIGITS_MAX] = {0};
    int  na = split_digits(a, da);
    have h = {.from = DIGITS_MAX, .to = DIGITS_MAX};
    long borrow = 0;
    split_digits(b, db);
    header(t, a, '-', b);
    for (int i = 0; i < na; i++) {
        long x = da[i] - db[i] - borrow, top = da[i];
        const char *less = borrow ? " - 1" : "";
        put_op(t->out, top, '-', db[i]);
        str_add(t->out, less);
        borrow = 0;
        if (x < 0) {
            if (i == na - 1) t->bad = true;            /* only after a slip */
            str_add(t->out, ": ");
            put_op(t->out, top + 10, '-', db[i]);
            str_add(t->out, less);
            x += 10;
            borrow = 1;
        }
        str_add(t->out, " = ");
        x = fact(t, x, 0, 9);
        digits_num(t->out, x);
        have_front(&h, x);
        have_put(t->out, &h);
        put_rest(t, ", borrow ", &borrow);
    }
    return closing(t, a, '-', b, have_value(&h));
}

static long mul_columns(trace *t, long a, long b) {    /* one of them of one digit, `one`; columns: digit * one */
    int  da[DIGITS_MAX];
    long one = b < 10 ? b : a;
    int  n = split_digits(b < 10 ? a : b, da);
    have h = {.from = DIGITS_MAX, .to = DIGITS_MAX};
    long carry = 0;
    header(t, a, '*', b);
    for (int i = 0; i < n; i++) {
        put_op(t->out, da[i], '*', one);
        str_add(t->out, " = ");
        long p = fact(t, da[i] * one, 0, 89);
        digits_num(t->out, p);
        if (carry) {
            str_add(t->out, ", ");
            put_op(t->out, p, '+', carry);
            str_add(t->out, " = ");
            p = fact(t, p + carry, 0, 99);
            digits_num(t->out, p);
        }
        bool last = i == n - 1;
        have_front(&h, last ? p : p % 10);
        have_put(t->out, &h);
        carry = last ? 0 : p / 10;
        put_rest(t, ", carry ", &carry);
    }
    return closing(t, a, '*', b, have_value(&h));
}

long digits_div(trace *t, long a, long b, long *rest) {
    int  da[DIGITS_MAX];
    int  n = split_digits(a, da);
    have h = {.from = 0, .to = 0};
    long r = 0, q = 0;
    if (b < 2 || b > 9 || a < 0) {
        t->bad = true;
        *rest = 0;
        return 0;
    }
    if (a < 10 * b) {                                  /* one fact */
        put_op(t->out, a, '/', b);
        str_add(t->out, " = ");
        q = fact(t, a / b, 0, 9);
        digits_num(t->out, q);
        r = a % b;
    } else {
        header(t, a, '/', b);
        for (int i = n - 1; i >= 0; i--) {
            if (i < n - 1) digits_num(t->out, r);      /* the rest, then the next digit: 42, or 06 */
            digits_num(t->out, da[i]);
            long v = r * 10 + da[i];
            infix(t->out, '/');
            digits_num(t->out, b);
            str_add(t->out, " = ");
            q = fact(t, v / b, 0, 9);
            digits_num(t->out, q);
            str_add(t->out, " rest ");
            r = fact(t, v % b, 0, b - 1);
            digits_num(t->out, r);
            h.d[h.to++] = (char)('0' + q);
            have_put(t->out, &h);
            str_addc(t->out, '\n');
        }
        q = have_value(&h);
        put_op(t->out, a, '/', b);
        str_add(t->out, " = ");
        digits_num(t->out, q);
    }
    if (r) {
        str_add(t->out, " rest ");
        digits_num(t->out, r);
    }
    str_addc(t->out, '\n');
    *rest = r;
    return q;
}

/* ---- numbers >= 0 of any size */
static long mul_plain(trace *t, long a, long b) {
    if ((a < 10 && b < 10) || a < 2 || b < 2) return one_line(t, a, '*', b, a * b);
    if (a < 10 || b < 10) return mul_columns(t, a, b);
    long units = b % 10, tens = b - units;
    if (!units) {                                      /* 47 * 30 is 47 * 3 with a nought */
        long p = tens == 10 ? a : mul_plain(t, a, tens / 10);
        return closing(t, a, '*', b, p * 10);
    }
    put_op(t->out, a, '*', b);
    str_add(t->out, " = ");
    put_op(t->out, a, '*', tens);
    str_add(t->out, " + ");
    put_op(t->out, a, '*', units);
    str_addc(t->out, '\n');
    long high = mul_plain(t, a, tens);
    long low = mul_plain(t, a, units);
    return closing(t, a, '*', b, digits_op(t, high, '+', low));
}

static long plain(trace *t, long a, char op, long b) {
    long rest;
    switch (op) {
    case '+': return a < 10 && b < 10 ? one_line(t, a, '+', b, a + b) : add_columns(t, a, b);
    case '-': return a < 20 && b < 10 ? one_line(t, a, '-', b, a - b) : sub_columns(t, a, b);
    case '*': return mul_plain(t, a, b);
    default:
        if (b == 1) return one_line(t, a, '/', b, a);
        a = digits_div(t, a, b, &rest);
        if (rest) t->bad = true;
        return a;
    }
}

/* Work out a op b (both >= 0) and close with "orig = c" or "orig = -c"; `neg` says which. */
static long reduced(trace *t, long oa, char oop, long ob, bool neg, long a, char op, long b) {
    str_add(t->out, neg ? " = -(" : " = ");
    put_op(t->out, a, op, b);
    str_add(t->out, neg ? ")\n" : "\n");
    long c = digits_op(t, a, op, b);
    put_op(t->out, oa, oop, ob);
    str_add(t->out, " = ");
    if (neg && c && !trace_slips(t)) c = -c;           /* the lost sign */
    digits_num(t->out, c);
    str_addc(t->out, '\n');
    return c;
}

long digits_op(trace *t, long a, char op, long b) {
    if (t->bad || a >= digits_limit || a <= -digits_limit || b >= digits_limit || b <= -digits_limit ||
        (op == '*' && a && labs(b) >= digits_limit / labs(a)) || (op == '/' && !b)) {
        t->bad = true;
        return 0;
    }
    if (op == '*' || op == '/') {
        if (a >= 0 && b >= 0) return plain(t, a, op, b);
        put_op(t->out, a, op, b);
        return reduced(t, a, op, b, (a < 0) != (b < 0), labs(a), op, labs(b));
    }
    if (a >= 0 && b >= 0 && (op == '+' || a >= b)) return plain(t, a, op, b);
    if (a >= 0 && b >= 0) {
        digits_num(t->out, a);
        str_add(t->out, " < ");
        digits_num(t->out, b);
        str_add(t->out, ", so ");
        put_op(t->out, a, op, b);
        return reduced(t, a, op, b, true, b, '-', a);
    }
    long add = op == '+' ? b : -b;                     /* what is added in effect */
    if (a < 0 && add == 0) return closing(t, a, op, b, a);
    put_op(t->out, a, op, b);
    if (a >= 0) return reduced(t, a, op, b, false, a, add < 0 ? '-' : '+', labs(add));
    if (add > 0) return reduced(t, a, op, b, add < -a, add < -a ? -a : add, '-', add < -a ? add : -a);
    return reduced(t, a, op, b, true, -a, '+', -add);
}

long digits_root(trace *t, long n) {
    int d[DIGITS_MAX], k = split_digits(n, d);
    long s = d[k - 1];
    if (k == 1) return s;
    digits_num(t->out, n);
    for (int i = k - 2; i >= 0; i--) {
        str_add(t->out, i == k - 2 ? ": " : ", ");
        put_op(t->out, s, '+', d[i]);
        str_add(t->out, " = ");
        s += d[i];
        digits_num(t->out, s);
        if (s >= 10) {
            str_add(t->out, ", 1 + ");
            digits_num(t->out, s - 10);
            str_add(t->out, " = ");
            s -= 9;
            digits_num(t->out, s);
        }
    }
    str_addc(t->out, '\n');
    return s;
}
