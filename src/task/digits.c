/* digits.c -- addition, subtraction, multiplication and division as they are
 * done on paper.
 *
 * What a small transformer finds hard is not the fact `7 + 8 = 15` but to know
 * which digits meet in this line and how the digits of the result come
 * together. So:
 *  - the line before the columns ends with the two numbers;
 *  - each column closes with the result so far ("->25"), whose length also says
 * which column comes next, and whose last writing is the result: the closing
 * line is a copy;
 *  - a missing digit is written as 0, so that every column of an operation has
 * the same shape;
 *  - a carry or a borrow stands at the end of the line, right before the line
 * that uses it;
 *  - columns are written without spaces and statements with: other tokens,
 * other work. (Every digit is a token of its own and so is the space before it;
 * these make a fifth of a trace that has them everywhere.)
 *
 *     57 + 68:                          402 - 178:
 *     7+8=15 ->5 carry 1                2-8: 12-8=4 ->4 borrow 1
 *     5+6+1=12 ->125                    0-7-1: 10-7-1=2 ->24 borrow 1
 *     57 + 68 = 125                     4-1-1=2 ->224
 *                                       402 - 178 = 224
 *     47 * 6:                           426 / 6:
 *     7*6=42 ->2 carry 4                4/6=0 r4 ->0
 *     4*6=24, 24+4=28 ->282             42/6=7 r0 ->07
 *     47 * 6 = 282                      06/6=1 r0 ->071
 *                                       426 / 6 = 71
 * A divisor above twelve: its double, fourfold and eightfold, as far as the
 * dividend goes, then each digit of the quotient is what can be taken away, the
 * largest first. Each line before columns says which of them is too large.
 *
 *     1292 / 34:                        12<34, 0 ->0
 *     34+34:                            129<136, 129-68:
 *     4+4=8 ->8                         9-8=1 ->1
 *     3+3=6 ->68                        2-6: 12-6=6 ->61 borrow 1
 *     68+68:                            1-0-1=0 ->061
 *     8+8=16 ->6 carry 1                61<68, 61-34:
 *     6+6+1=13 ->136                    1-4: 11-4=7 ->7 borrow 1
 *     136+136:                          6-3-1=2 ->27
 *     6+6=12 ->2 carry 1                27<34, 2+1=3 ->03
 *     3+3+1=7 ->72                      272-272=0
 *     1+1=2 ->272                       0<34, 8 ->038
 *     1: 34, 2: 68, 4: 136, 8: 272      1292 / 34 = 38
 * Brief, for those who have learnt that: what stands left of the last column that calculates is copied, the closing
 * line goes on where that column ends, the quotient begins at its first digit, and one fact with a copy is one line.
 *
 *     1957 + 68:                        456 - 452 = 4       426 / 6:
 *     7+8=15 ->5 carry 1                1200 + 34 = 1234    42/6=7 r0 ->7
 *     5+6+1=12 ->25 carry 1             30 * 7 = 210        06/6=1 r0 ->71
 *     9+0+1=10 ->025 carry 1            57 + 2 = 59         426 / 6 = 71
 *     1+0+1=2, 1957 + 68 = 2025
 * Signs are taken off first: `-7 + 12 = 12 - 7`, `5 - 28 = -(28 - 5)`; where
 * that leaves a fact it is one line, `5 - 8 = -3`. With a head ("2x") the lines
 * are `2x = 93 - 21`, the columns, `2x = 72`. */
#include "task/digits.h"
#include <stdlib.h>

enum { DIGITS_MAX = 20 };
static const long digits_limit = 100000000L; /* beyond eight digits a trace has lost its way */

trace trace_to(str *out, rng *r) { return (trace){.out = out, .r = r, .slip_at = -1, .slip_from = -1}; }

bool trace_slips(trace *t) {
    if (t->places++ != t->slip_at) return false;
    t->slip_from = (int)t->out->len;
    return true;
}

void digits_num(str *s, long v) {
    char          buf[24], *p = buf + sizeof buf;
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

/* "a op b" */
static void put_op(str *s, long a, char op, long b) {
    char mid[3] = {' ', op, ' '};
    digits_num(s, a);
    str_addn(s, mid, 3);
    digits_arg(s, b);
}

/* "a+b", in a column */
static void put_tight(str *s, long a, char op, long b) {
    digits_num(s, a);
    str_addc(s, op);
    digits_num(s, b);
}

/* The value of a fact, which is where digits go wrong: within lo..hi, near the
 * truth, not the truth. */
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

static int split_digits(long v, int d[DIGITS_MAX]) { /* lowest first */
    int n = 0;
    do d[n++] = (int)(v % 10);
    while (v /= 10);
    return n;
}

/* ---- the result so far: digits grow on the left (or, in a division, on the
 * right) */
typedef struct have {
    char d[2 * DIGITS_MAX];
    int  from, to;
    int  point; /* > 0: a point stands before d[point] */
} have;

static void have_front(have *h, long v) {
    do h->d[--h->from] = (char)('0' + v % 10);
    while (v /= 10);
}

static void have_put(str *s, const have *h) {
    bool point = h->point > 0 && h->point <= h->to && h->from <= h->point;
    int  cut   = point ? h->point : h->to;
    str_add(s, " ->");
    str_addn(s, h->d + h->from, (size_t)(cut - h->from));
    if (!point) return;
    str_addc(s, '.');
    str_addn(s, h->d + cut, (size_t)(h->to - cut));
}

static long have_value(const have *h) {
    long v = 0;
    for (int i = h->from; i < h->to; i++) v = v * 10 + (h->d[i] - '0');
    return v;
}

static void put_rest(trace *t, const char *word, long *v) {
    if (*v && trace_slips(t)) *v = 0; /* the forgotten carry */
    if (*v) {
        str_add(t->out, word);
        digits_num(t->out, *v);
    }
    str_addc(t->out, '\n');
}

/* ---- columns of numbers >= 0: they return the last "result so far" */
typedef enum {
    COLUMNS,  /* each ends with the result so far */
    BRIEF,    /* as above, and what is only copied is copied at once */
    STATEMENT /* brief, and the last one goes on with a statement of the result */
} style;

static have have_from(int places) {
    return (have){.from = DIGITS_MAX, .to = DIGITS_MAX, .point = places ? DIGITS_MAX - places : 0};
}

static void have_end(trace *t, const have *h, style how) {
    if (how == STATEMENT) str_add(t->out, ", ");
    else {
        have_put(t->out, h);
        str_addc(t->out, '\n');
    }
}

/* What the columns begin with: the lowest digits, copied. */
static have have_copied(int places, int n, long low) {
    have h = have_from(places);
    for (; n; n--, low /= 10) have_front(&h, low % 10);
    return h;
}

static long add_columns(trace *t, long a, long b, style how, have h) {
    int  da[DIGITS_MAX] = {0}, db[DIGITS_MAX] = {0};
    int  na = split_digits(a, da), nb = split_digits(b, db), n = na > nb ? na : nb;
    long carry = 0;
    for (int i = 0; i < n; i++) {
        put_tight(t->out, da[i], '+', db[i]);
        str_add(t->out, carry ? "+1=" : "=");
        long s = fact(t, da[i] + db[i] + carry, 0, 19);
        digits_num(t->out, s);
        bool last = i == n - 1 || (how && s < 10 && i >= (na < nb ? na : nb) - 1);
        have_front(&h, last ? s : s % 10);
        if (last) {
            while (++i < n) have_front(&h, da[i] + db[i]);
            have_end(t, &h, how);
            break;
        }
        have_put(t->out, &h);
        carry = s / 10;
        put_rest(t, " carry ", &carry);
    }
    return have_value(&h);
}

static long sub_columns(trace *t, long a, long b, style how, have h) { /* a >= b */
    int  da[DIGITS_MAX] = {0}, db[DIGITS_MAX] = {0};
    int  na     = split_digits(a, da);
    long borrow = 0;
    split_digits(b, db);
    for (int i = 0; i < na; i++) {
        long        x = da[i] - db[i] - borrow, top = da[i];
        const char *less = borrow ? "-1" : "";
        put_tight(t->out, top, '-', db[i]);
        str_add(t->out, less);
        borrow = 0;
        if (x < 0) {
            if (i == na - 1) t->bad = true; /* only after a slip */
            str_add(t->out, ": ");
            put_tight(t->out, top + 10, '-', db[i]);
            str_add(t->out, less);
            x += 10;
            borrow = 1;
        }
        str_addc(t->out, '=');
        x = fact(t, x, 0, 9);
        digits_num(t->out, x);
        have_front(&h, x);
        a /= 10, b /= 10;
        if (how && !borrow && (!b || a == b)) { /* nothing is taken from the rest, or all of it */
            while (++i < na && a != b) have_front(&h, da[i]);
            have_end(t, &h, how);
            break;
        }
        have_put(t->out, &h);
        put_rest(t, " borrow ", &borrow);
    }
    return have_value(&h);
}

static long mul_columns(trace *t, long a, long b, style how,
                        have h) { /* one of them of one digit, `one`; columns: digit * one */
    int  da[DIGITS_MAX];
    long one   = b < 10 ? b : a;
    int  n     = split_digits(b < 10 ? a : b, da);
    long carry = 0;
    for (int i = 0; i < n; i++) {
        put_tight(t->out, da[i], '*', one);
        str_addc(t->out, '=');
        long p = fact(t, da[i] * one, 0, 89);
        digits_num(t->out, p);
        if (carry) {
            str_add(t->out, ", ");
            put_tight(t->out, p, '+', carry);
            str_addc(t->out, '=');
            p = fact(t, p + carry, 0, 99);
            digits_num(t->out, p);
        }
        have_front(&h, i == n - 1 ? p : p % 10);
        if (i == n - 1) {
            have_end(t, &h, how);
            break;
        }
        have_put(t->out, &h);
        carry = p / 10;
        put_rest(t, " carry ", &carry);
    }
    return have_value(&h);
}

/* What a division goes through: the digits of a, then noughts while something
 * is left. */
typedef struct quotient {
    int  d[DIGITS_MAX]; /* from the left */
    int  n, more;
    int  point; /* digits before the point; 0: none */
    have h;
    long rest;
} quotient;

static quotient quotient_of(long a, int places, int more) {
    quotient q             = {.more = more};
    int      d[DIGITS_MAX] = {0}, n = split_digits(a, d);
    if (n <= places) n = places + 1; /* 0.05 */
    for (int i = 0; i < n; i++) q.d[i] = d[n - 1 - i];
    q.n     = n;
    q.point = places + more ? n - places : 0;
    return q;
}

/* The digit i, if there is more to do; a nought after the last one. */
static bool next_digit(const quotient *q, int i, long *digit) {
    *digit = i < q->n ? q->d[i] : 0;
    return i < q->n || (i < q->n + q->more && q->rest);
}

static void put_digit(trace *t, quotient *q, long digit) {
    q->h.d[q->h.to++] = (char)('0' + digit);
    q->h.point        = q->h.to > q->point ? q->point : 0;
    have_put(t->out, &q->h);
    str_addc(t->out, '\n');
}

static void div_short(trace *t, quotient *k, long b) {
    long r = 0, digit;
    int  i = 0;
    if (t->brief && k->n > 1 && k->d[0] < b && k->d[0] && k->point != 1) { /* begins with two digits */
        r = k->d[i++];
        if (k->point) k->point--;
    }
    for (; next_digit(k, i, &digit); i++) {
        long v = r * 10 + digit;
        if (i) digits_num(t->out, r); /* the rest, then the next digit: 42, or 06 */
        digits_num(t->out, digit);
        str_addc(t->out, '/');
        digits_num(t->out, b);
        str_addc(t->out, '=');
        long q = fact(t, v / b, 0, 9);
        digits_num(t->out, q);
        str_add(t->out, " r");
        k->rest = r = fact(t, v % b, 0, b - 1);
        digits_num(t->out, r);
        put_digit(t, k, q);
    }
}

/* ---- long division */
typedef struct multiples {
    long m[4]; /* 1, 2, 4, 8 times the divisor */
    int  n;
} multiples;

/* As far as the next could be needed: up to eight times, or until one is larger
 * than the dividend. */
static multiples multiples_of(trace *t, long b, long dividend) {
    multiples k = {{b, 0, 0, 0}, 1};
    while (k.n < 4 && k.m[k.n - 1] <= dividend) {
        long half = k.m[k.n - 1];
        put_tight(t->out, half, '+', half);
        str_add(t->out, ":\n");
        k.m[k.n++] = add_columns(t, half, half, t->brief ? BRIEF : COLUMNS, have_from(0));
    }
    for (int i = 0; i < k.n && k.n > 1; i++) {
        str_addf(t->out, i ? ", %d: " : "%d: ", 1 << i);
        digits_num(t->out, k.m[i]);
    }
    if (k.n > 1) str_addc(t->out, '\n');
    return k;
}

static void put_less(trace *t, long a, long b) {
    digits_num(t->out, a);
    str_addc(t->out, '<');
    digits_num(t->out, b);
    str_add(t->out, ", ");
}

/* One digit of the quotient: what of *v is multiples goes, the largest first;
 * *v is what stays. */
static long take_away(trace *t, const multiples *k, long *v) {
    int  used[DIGITS_MAX], n = 0;
    long q = 0;
    while (*v >= k->m[0] && n < 4) {
        int i = k->n - 1;
        while (i && k->m[i] > *v) i--;
        if (i < k->n - 1) put_less(t, *v, k->m[i + 1]);
        put_tight(t->out, *v, '-', k->m[i]);
        str_add(t->out, *v == k->m[i] ? "=0\n" : ":\n");
        *v        = *v == k->m[i] ? 0 : sub_columns(t, *v, k->m[i], t->brief ? BRIEF : COLUMNS, have_from(0));
        used[n++] = 1 << i;
        q += 1 << i;
    }
    if (*v >= k->m[0] || q > 9) t->bad = true; /* only after a slip */
    put_less(t, *v, k->m[0]);
    for (int i = 0; i < n; i++) str_addf(t->out, i ? "+%d" : "%d", used[i]);
    if (n > 1) {
        str_addc(t->out, '=');
        q = fact(t, q, 0, 9);
    }
    if (n != 1) digits_num(t->out, q);
    return q;
}

static void div_long(trace *t, quotient *q, long b, long dividend) {
    int       db[DIGITS_MAX], i = split_digits(b, db) - 1; /* fewer digits than the divisor has: no line */
    multiples k = multiples_of(t, b, q->more ? DIGITS_LONG * 10 : dividend);
    long      digit;
    if (i > q->n - 1) i = q->n - 1;
    for (int j = 0; j < i; j++) {
        q->rest = q->rest * 10 + q->d[j];
        if (q->point && j >= q->point - 1) q->h.d[q->h.to++] = '0'; /* but the noughts around the point are there */
    }
    if (q->point && i < q->point) q->point -= i; /* digits of h, not of the dividend */
    else if (q->point) q->point = 1;
    for (; !t->bad && next_digit(q, i, &digit); i++) {
        q->rest = q->rest * 10 + digit;
        digit   = take_away(t, &k, &q->rest);
        put_digit(t, q, digit);
    }
}

long digits_quotient(trace *t, long a, long b, int places, int *more, long *rest) {
    if (a < 0 || a >= digits_limit || b < 1 || b > DIGITS_LONG || places + *more > 8) {
        t->bad       = true;
        return *rest = 0;
    }
    quotient q = quotient_of(a, places, *more);
    if (b <= DIGITS_DIVISOR) div_short(t, &q, b);
    else div_long(t, &q, b, a);
    *rest = q.rest;
    *more = q.point ? q.h.to - q.point - places : 0;
    return have_value(&q.h);
}

static long divide(trace *t, long a, long b, long *rest) {
    int more = 0;
    return digits_quotient(t, a, b, 0, &more, rest);
}

/* ---- one operation: what is asked, and what it becomes without signs */
typedef struct task {
    const char *head; /* "2x" or NULL */
    long        a, b; /* as asked */
    char        op;
    long        u, v; /* as worked out: u, v >= 0, and u >= v in a subtraction */
    char        uop;
    bool        neg;     /* the result is -(u uop v) */
    bool        changed; /* u uop v is not a op b as it stands */
} task;

static task task_of(const char *head, long a, char op, long b) {
    task k = {.head = head, .a = a, .b = b, .op = op, .uop = op};
    if (op == '*' || op == '/') {
        k.u = labs(a), k.v = labs(b);
        k.neg = (a < 0) != (b < 0);
    } else {
        long add = op == '+' ? b : -b; /* what is added in effect */
        if ((a < 0) == (add < 0) || !a || !add) {
            k.u = labs(a), k.v = labs(add);
            k.uop = '+';
            k.neg = a < 0 || add < 0;
            if (op == '-' && b >= 0 && a >= 0 && a >= b) k.uop = '-', k.neg = false; /* 5 - 0 */
        } else {
            long big = labs(a) > labs(add) || (labs(a) == labs(add) && a > 0) ? a : add, small = big == a ? add : a;
            k.u = labs(big), k.v = labs(small);
            k.uop = '-';
            k.neg = big < 0;
        }
    }
    k.changed = k.neg || k.u != a || k.v != b || k.uop != op;
    return k;
}

/* One fact and a copy: "57 + 2 = 59", "456 - 452 = 4", "1200 + 34 = 1234", "30 * 7 = 210". */
static bool with_copy(const task *k) {
    long u = k->u > k->v ? k->u : k->v, v = k->u > k->v ? k->v : k->u;
    while (k->uop != '*' && v >= 10 && v % 10 == 0 && u % 10 == 0) u /= 10, v /= 10; /* 100 - 60 = 40 */
    if (k->uop == '*') {
        while (u >= 10 && u % 10 == 0) u /= 10;
        while (v >= 10 && v % 10 == 0) v /= 10;
        return (u < 10 && v < 10) || u == 1 || v == 1;
    }
    if (k->uop == '-') return (u < 20 && v < 10) || (u % 10 >= v % 10 && (v < 10 || u / 10 == v / 10));
    long unit = 1;
    while (unit <= v) unit *= 10;
    return (v < 10 && u % 10 + v < 10) || u % unit == 0;
}

static bool is_fact(const task *k, bool brief) {
    if (brief && k->uop != '/' && with_copy(k)) return true;
    /* A quotient on the same line would have to know already that there is no
     * rest: 9 / 7 = 1. */
    if (k->uop == '/') return k->v == 1;
    if (k->uop == '*') return (k->u < 10 && k->v < 10) || k->u < 2 || k->v < 2;
    if (!k->u || !k->v) return true;
    return k->uop == '+' ? k->u < 10 && k->v < 10 : k->u < 20 && k->v < 10;
}

static void put_name(str *s, const task *k) { /* the left side of the closing line */
    if (k->head) str_add(s, k->head);
    else put_op(s, k->a, k->op, k->b);
}

/* "2x = 93 - 21", "93 - 21", without an end */
static void put_asked(str *s, const task *k) {
    if (k->head) {
        str_add(s, k->head);
        str_add(s, " = ");
    }
    put_op(s, k->a, k->op, k->b);
}

static void put_reduced(str *s, const task *k) {
    str_add(s, k->neg ? " = -(" : " = ");
    put_op(s, k->u, k->uop, k->v);
    if (k->neg) str_addc(s, ')');
}

/* The line before the columns. `headed`: the line above already ends with a op
 * b. */
static void open_task(trace *t, const task *k, bool headed) {
    if (headed && !k->changed && !k->head) return;
    put_asked(t->out, k);
    if (k->changed) put_reduced(t->out, k);
    str_add(t->out, k->changed || k->head ? "\n" : ":\n");
}

/* " = c\n" with its sign, which can get lost */
static long put_value(trace *t, const task *k, long c) {
    str_add(t->out, " = ");
    if (k->neg && c && !trace_slips(t)) c = -c;
    digits_num(t->out, c);
    str_addc(t->out, '\n');
    return c;
}

static long fact_value(trace *t, const task *k) {
    long c = k->uop == '+' ? k->u + k->v : k->uop == '-' ? k->u - k->v : k->uop == '*' ? k->u * k->v : k->u / k->v;
    put_asked(t->out, k);
    str_add(t->out, " = ");
    c = fact(t, c, 0, digits_limit);
    if (k->neg && c && !trace_slips(t)) c = -c;
    digits_num(t->out, c);
    str_addc(t->out, '\n');
    return c;
}

static long closing(trace *t, const task *k, long c) {
    put_name(t->out, k);
    return put_value(t, k, c);
}

/* a * b of two long numbers: by the digits of b, "29 * 65 = 29 * 60 + 29 * 5".
 */
static long mul_long(trace *t, const task *k) {
    long a = k->a, b = k->b, units = b % 10, tens = b - units;
    str  name = {0};
    put_op(&name, a, '*', b);
    if (!units) { /* 47 * 30 is 47 * 3 with a nought */
        long p = tens == 10 ? a : digits_op(t, a, '*', tens / 10);
        str_free(&name);
        return closing(t, k, p * 10);
    }
    put_asked(t->out, k);
    str_add(t->out, " = ");
    put_op(t->out, a, '*', tens);
    str_add(t->out, " + ");
    put_op(t->out, a, '*', units);
    str_addc(t->out, '\n');
    long high = digits_op(t, a, '*', tens);
    long low  = t->brief && units == 1 ? a : digits_op(t, a, '*', units);
    long c    = digits_into(t, k->head ? k->head : name.p, high, '+', low);
    str_free(&name);
    return c;
}

static bool in_range(long a, char op, long b) {
    if (a >= digits_limit || a <= -digits_limit || b >= digits_limit || b <= -digits_limit) return false;
    if (op == '*') return !a || labs(b) < digits_limit / labs(a);
    return op != '/' || (b && labs(b) <= DIGITS_LONG);
}

static long columns(trace *t, long u, char op, long v, style how, have h) {
    return op == '+'   ? add_columns(t, u, v, how, h)
           : op == '-' ? sub_columns(t, u, v, how, h)
                       : mul_columns(t, u, v, how, h);
}

long digits_pointed(trace *t, long u, char op, long v, int places, int copied) {
    long unit = 1;
    for (int i = 0; i < copied; i++) unit *= 10;
    have h = have_copied(places, copied, u % unit + v % unit);
    return columns(t, u / unit, op, v / unit, STATEMENT, h);
}

static long run(trace *t, const char *head, bool headed, long a, char op, long b, long *rest) {
    long c, r = 0;
    if (rest) *rest = 0;
    if (t->bad || !in_range(a, op, b)) {
        t->bad = true;
        return 0;
    }
    task k = task_of(head, a, op, b);
    if (t->brief && op == '/' && !rest) /* as many noughts off both */
        for (; k.v >= 10 && k.u % 10 == 0 && k.v % 10 == 0; k.changed = true) k.u /= 10, k.v /= 10;
    if (op == '/' && k.u % k.v) {
        if (!rest) t->bad = true;
        /* Always in columns: quotient and rest at once are two facts, too much for
         * one line. */
        open_task(t, &k, headed);
        c = divide(t, k.u, k.v, &r);
        put_op(t->out, k.u, '/', k.v); /* a rest belongs to the numbers without signs */
        str_add(t->out, " = ");
        digits_num(t->out, c);
        if (r) {
            str_add(t->out, " rest ");
            digits_num(t->out, r);
        }
        str_addc(t->out, '\n');
        if (rest) *rest = r;
        return c;
    }
    if (is_fact(&k, t->brief)) return fact_value(t, &k);
    if (op == '*' && k.u >= 10 && k.v >= 10) {
        long noughts = 1, digit = k.v;
        for (; digit >= 10 && digit % 10 == 0; digit /= 10) noughts *= 10;
        if (t->brief && digit < 10 && digit > 1) { /* 47 * 30 is 47 * 3 with a nought */
            open_task(t, &k, headed);
            c = mul_columns(t, k.u, digit, STATEMENT, have_from(0)) * noughts;
            return closing(t, &k, c);
        }
        if (!k.changed) return mul_long(t, &k);
        open_task(t, &k, headed);
        return closing(t, &k, digits_op(t, k.u, '*', k.v));
    }
    open_task(t, &k, headed);
    if (k.uop == '/') c = divide(t, k.u, k.v, &r);
    else c = columns(t, k.u, k.uop, k.v, t->brief ? STATEMENT : COLUMNS, have_from(0));
    if (r) t->bad = true; /* a slip in a division that was exact */
    return closing(t, &k, c);
}

long digits_op(trace *t, long a, char op, long b) { return run(t, NULL, false, a, op, b, NULL); }

long digits_into(trace *t, const char *head, long a, char op, long b) { return run(t, head, false, a, op, b, NULL); }

long digits_on(trace *t, long a, char op, long b) { return run(t, NULL, true, a, op, b, NULL); }

long digits_div(trace *t, const char *head, long a, long b, long *rest) { return run(t, head, false, a, '/', b, rest); }

long digits_root(trace *t, long n) {
    int  d[DIGITS_MAX], k = split_digits(n, d);
    long s = d[k - 1];
    if (k == 1) return s;
    digits_num(t->out, n);
    for (int i = k - 2; i >= 0; i--) {
        str_add(t->out, i == k - 2 ? ": " : ", ");
        put_tight(t->out, s, '+', d[i]);
        str_addc(t->out, '=');
        s += d[i];
        digits_num(t->out, s);
        if (s >= 10) {
            str_add(t->out, ", 1+");
            digits_num(t->out, s - 10);
            str_addc(t->out, '=');
            s -= 9;
            digits_num(t->out, s);
        }
    }
    str_addc(t->out, '\n');
    return s;
}
