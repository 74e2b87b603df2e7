/* decimal.c -- see decimal.h. The digits are digits.c's; what is added here is the point and the rounding. */
#include <stdlib.h>
#include "task/decimal.h"

static long power10(int n) {
    long p = 1;
    while (n-- > 0) p *= 10;
    return p;
}

decimal decimal_norm(decimal a) {
    while (a.places > 0 && a.v % 10 == 0) a.v /= 10, a.places--;
    return a;
}

void decimal_fixed(str *s, decimal a, int places) {
    a = decimal_norm(a);
    if (places > a.places) a.v *= power10(places - a.places), a.places = places;
    if (a.v < 0) str_addc(s, '-');
    long u = labs(a.v), unit = power10(a.places);
    digits_num(s, u / unit);
    if (!a.places) return;
    str_addc(s, '.');
    for (long k = unit / 10; k; k /= 10) str_addc(s, (char)('0' + u / k % 10));
}

void decimal_put(str *s, decimal a) { decimal_fixed(s, a, 0); }

void decimal_arg(str *s, decimal a) {
    if (a.v < 0) str_addc(s, '(');
    decimal_put(s, a);
    if (a.v < 0) str_addc(s, ')');
}

ratio decimal_ratio(decimal a) {
    ratio r = {0, 1};
    ratio_make(a.v, power10(a.places), &r);
    return r;
}

decimal decimal_near(ratio v, int places) {
    __int128 p = (__int128)v.p * power10(places) * 2, q = v.q;
    __int128 n = p < 0 ? -((-p + q) / (2 * q)) : (p + q) / (2 * q);
    return decimal_norm((decimal){(long)n, places});
}

static void put_op(str *s, decimal a, char op, decimal b) {
    char mid[3] = {' ', op, ' '};
    decimal_put(s, a);
    str_addn(s, mid, 3);
    decimal_arg(s, b);
}

/* The noughts that stand for missing places are kept: "12.50 - (-3.07)". */
static void put_wide(str *s, decimal a, char op, decimal b, int places) {
    char mid[3] = {' ', op, ' '};
    decimal_fixed(s, a, places);
    str_addn(s, mid, 3);
    if (b.v < 0) str_addc(s, '(');
    decimal_fixed(s, b, places);
    if (b.v < 0) str_addc(s, ')');
}

static decimal misplaced(trace *t, decimal c) { /* the point at the wrong place */
    if (c.places && c.v && trace_slips(t)) c.places += c.places < DECIMAL_PLACES && rng_below(t->r, 2) ? 1 : -1;
    return c;
}

/* "name = 50.0 = 50" or "name = 15.57" */
static decimal closing(trace *t, const char *name, decimal c) {
    decimal n = decimal_norm(c);
    str_addf(t->out, "%s = ", name);
    if (n.places < c.places) { /* what the columns gave, then without noughts */
        long u = labs(c.v), unit = power10(c.places);
        if (c.v < 0) str_addc(t->out, '-');
        digits_num(t->out, u / unit);
        str_addc(t->out, '.');
        for (long k = unit / 10; k; k /= 10) str_addc(t->out, (char)('0' + u / k % 10));
        str_add(t->out, " = ");
    }
    decimal_put(t->out, n);
    str_addc(t->out, '\n');
    return n;
}

static void put_places(str *s, int places) { str_addf(s, places == 1 ? "%d place" : "%d places", places); }

/* Brief: columns of the numbers as they stand, with their point. */
static decimal pointed(trace *t, const char *name, long u, char op, long v, int places, int copied) {
    str_addc(t->out, '\n');
    decimal c = {digits_pointed(t, u, op, v, places, copied), places};
    return closing(t, name, misplaced(t, c));
}

static decimal sum(trace *t, const char *name, const char *head, decimal a, char op, decimal b) {
    int  places = a.places > b.places ? a.places : b.places;
    long u = a.v * power10(places - a.places), v = b.v * power10(places - b.places);
    bool columns = t->brief && u > 0 && v > 0 && (op == '+' || u >= v);
    bool wide    = a.places != b.places && !(columns && (op == '+' || a.places > b.places));
    if (head) str_addf(t->out, "%s = ", head);
    put_op(t->out, a, op, b);
    if (wide) {
        str_add(t->out, " = ");
        put_wide(t->out, a, op, b, places);
    }
    if (columns) {
        if (!head && !wide) str_addc(t->out, ':');
        return pointed(t, name, u, op, v, places, wide ? 0 : abs(a.places - b.places));
    }
    str_addc(t->out, '\n');
    put_places(t->out, places);
    str_add(t->out, ": ");
    decimal c = {digits_op(t, u, op, v), places};
    return closing(t, name, misplaced(t, c));
}

static decimal product(trace *t, const char *name, const char *head, decimal a, decimal b) {
    int places = a.places + b.places;
    if (places > DECIMAL_PLACES) {
        t->bad = true;
        return a;
    }
    if (head) str_addf(t->out, "%s = ", head);
    put_op(t->out, a, '*', b);
    if (t->brief && (!a.places || !b.places) && a.v > 0 && b.v > 0 && (a.v < 10 || b.v < 10)) {
        if (!head) str_addc(t->out, ':');
        return pointed(t, name, a.v, '*', b.v, places, 0);
    }
    str_addc(t->out, '\n');
    if (a.places && b.places) str_addf(t->out, "%d+%d=", a.places, b.places);
    put_places(t->out, places);
    str_add(t->out, ": ");
    decimal c = {digits_op(t, a.v, '*', b.v), places};
    return closing(t, name, misplaced(t, c));
}

static decimal operate(trace *t, const char *head, decimal a, char op, decimal b) {
    str name = {0};
    a        = decimal_norm(a);
    b        = decimal_norm(b);
    if (!a.places && !b.places)
        return (decimal){head ? digits_into(t, head, a.v, op, b.v) : digits_op(t, a.v, op, b.v), 0};
    if (head) str_add(&name, head);
    else put_op(&name, a, op, b);
    decimal c = op == '*' ? product(t, name.p, head, a, b) : sum(t, name.p, head, a, op, b);
    str_free(&name);
    return c;
}

decimal decimal_op(trace *t, decimal a, char op, decimal b) { return operate(t, NULL, a, op, b); }

decimal decimal_into(trace *t, const char *head, decimal a, char op, decimal b) { return operate(t, head, a, op, b); }

/* ---- rounding */
/* q + 1 in the last place; the line above ends with ", up". */
static decimal one_more(trace *t, decimal q, bool neg) {
    long u = labs(q.v);
    if (u % 10 < 9) {
        decimal c = {neg ? -(u + 1) : u + 1, q.places};
        str_add(t->out, " to ");
        decimal_fixed(t->out, c, c.places);
        str_addc(t->out, '\n');
        return c;
    }
    str_addc(t->out, '\n');
    u         = digits_op(t, u, '+', 1);
    decimal c = {neg ? -u : u, q.places};
    str_add(t->out, "so ");
    decimal_fixed(t->out, c, c.places);
    str_addc(t->out, '\n');
    return c;
}

static decimal stays(trace *t, decimal q) {
    str_add(t->out, ", stays ");
    decimal_fixed(t->out, q, q.places);
    str_addc(t->out, '\n');
    return q;
}

decimal decimal_round(trace *t, decimal a, int places) {
    a = decimal_norm(a);
    if (a.places <= places) return a;
    long    unit = power10(a.places - places), next = labs(a.v) / (unit / 10) % 10;
    decimal q = {a.v / unit, places};
    decimal_put(t->out, a);
    str_add(t->out, " to ");
    put_places(t->out, places);
    str_addf(t->out, ": next digit %ld, ", next);
    if (next >= 5) str_addf(t->out, "4<%ld", next);
    else str_addf(t->out, "%ld<5", next);
    bool up = (next >= 5) != trace_slips(t);
    if (!up) return decimal_norm(stays(t, q));
    str_add(t->out, ", up");
    return decimal_norm(one_more(t, q, a.v < 0));
}

/* Twice the rest against the divisor. */
static decimal by_rest(trace *t, decimal q, long rest, long b) {
    long two;
    if (rest < 10) {
        str_addf(t->out, "%ld+%ld=%ld, ", rest, rest, 2 * rest);
        two = 2 * rest;
    } else {
        two = digits_op(t, rest, '+', rest);
    }
    if (two < b) str_addf(t->out, "%ld<%ld", two, b);
    else if (two > b) str_addf(t->out, "%ld<%ld", b, two);
    else str_addf(t->out, "%ld=%ld", b, two);
    bool up = (two >= b) != trace_slips(t);
    if (!up) return stays(t, q);
    str_add(t->out, ", up");
    return one_more(t, q, false);
}

/* a >= 0, b >= 1, after the line that opens. */
static decimal quotient(trace *t, decimal a, long b, int places, bool *rounded) {
    int  more = places > a.places ? places - a.places : 0;
    long rest, q = digits_quotient(t, a.v, b, a.places, &more, &rest);
    *rounded = false;
    if (t->bad) return a;
    decimal c = {q, a.places + more};
    if (decimal_norm(c).places > places) { /* a had more places than are wanted */
        *rounded = true;
        return decimal_round(t, c, places);
    }
    if (!rest || c.places > places) { /* exact, or only noughts and a rest after them */
        *rounded = rest != 0;
        return c;
    }
    *rounded = true;
    return by_rest(t, c, rest, b);
}

/* open: the first line is still to be written */
static decimal divide(trace *t, const char *head, const char *name, bool open, decimal a, long b, int places) {
    bool    neg = (a.v < 0) != (b < 0), changed = a.v < 0 || b < 0, rounded;
    decimal u = {labs(a.v), a.places}, d = {b, 0};
    long    v = labs(b);
    if (!v || v > DIGITS_LONG || places > DECIMAL_PLACES || a.places > DECIMAL_PLACES) {
        t->bad = true;
        return a;
    }
    if (open || changed) {
        if (head) str_addf(t->out, "%s = ", head);
        put_op(t->out, a, '/', d);
    }
    if (changed) {
        str_add(t->out, neg ? " = -(" : " = ");
        put_op(t->out, u, '/', (decimal){v, 0});
        if (neg) str_addc(t->out, ')');
    }
    if (open || changed) str_add(t->out, changed || head ? "\n" : ":\n");
    decimal c = quotient(t, u, v, places, &rounded);
    if (neg && c.v && !trace_slips(t)) c.v = -c.v;
    c = decimal_norm(c);
    str_addf(t->out, "%s = ", name);
    decimal_put(t->out, c);
    str_add(t->out, rounded && !head ? " rounded\n" : "\n");
    return c;
}

decimal decimal_div(trace *t, const char *head, decimal a, long b, int places) {
    return decimal_over(t, head, a, (decimal){b, 0}, places);
}

decimal decimal_over(trace *t, const char *head, decimal a, decimal b, int places) {
    str name = {0};
    a        = decimal_norm(a);
    b        = decimal_norm(b);
    if (head) str_add(&name, head);
    else put_op(&name, a, '/', b);
    if (b.places) { /* both points go as many places to the right */
        decimal c = a.places >= b.places ? (decimal){a.v, a.places - b.places}
                                         : (decimal){a.v * power10(b.places - a.places), 0};
        if (head) str_addf(t->out, "%s = ", head);
        put_op(t->out, a, '/', b);
        str_add(t->out, " = ");
        put_op(t->out, c, '/', (decimal){b.v, 0});
        str_addc(t->out, '\n');
        a = decimal_norm(c);
    }
    decimal q = divide(t, head, name.p, !b.places, a, b.v, places);
    str_free(&name);
    return q;
}
