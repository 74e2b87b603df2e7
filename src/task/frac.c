/* frac.c -- see frac.h. */
#include <stdlib.h>
#include "task/frac.h"

static const long frac_limit = 100000; /* what still fits into columns when multiplied */

void frac_put(str *s, frac a) {
    digits_num(s, a.p);
    if (a.q == 1) return;
    str_addc(s, '/');
    digits_num(s, a.q);
}

void frac_put_arg(str *s, frac a) {
    if (a.p < 0) str_addc(s, '(');
    frac_put(s, a);
    if (a.p < 0) str_addc(s, ')');
}

void frac_put_mixed(str *s, frac a) {
    long u = labs(a.p), whole = u / a.q, rest = u % a.q;
    if (a.p < 0) str_addc(s, '-');
    if (whole || !rest) digits_num(s, whole);
    if (!rest) return;
    if (whole) str_addc(s, ' ');
    frac_put(s, (frac){rest, a.q});
}

static long gcd(long a, long b) {
    a = labs(a);
    while (b) {
        long r = a % b;
        a      = b;
        b      = r;
    }
    return a;
}

frac frac_lowest(frac a) {
    long g = gcd(a.p, a.q);
    return g ? (frac){a.p / g, a.q / g} : a;
}

bool frac_value(frac a, char op, frac b, frac *out) {
    if (op == '/') {
        if (!b.p) return false;
        b = b.p < 0 ? (frac){-b.q, -b.p} : (frac){b.q, b.p};
    }
    frac c = op == '*' || op == '/' ? (frac){a.p * b.p, a.q * b.q}
             : op == '+'            ? (frac){a.p * b.q + b.p * a.q, a.q * b.q}
                                    : (frac){a.p * b.q - b.p * a.q, a.q * b.q};
    *out   = frac_lowest(c);
    return labs(c.p) < frac_limit && c.q < frac_limit;
}

/* ---- gcd: divide, then the divisor by the rest, until nothing is left. With as many digits in both the quotient is
 * small, and for a divisor beyond the tables subtracting is shorter. */
static int digits_in(long v) {
    int n = 1;
    while (v /= 10) n++;
    return n;
}

static long gcd_found(trace *t, long g) {
    str_add(t->out, "gcd ");
    digits_num(t->out, g);
    str_addc(t->out, '\n');
    return g;
}

long frac_gcd(trace *t, long a, long b) {
    if (a < b) {
        long c = a;
        a      = b;
        b      = c;
    }
    if (b < 1 || a >= frac_limit || b > DIGITS_LONG) {
        t->bad = true;
        return 1;
    }
    while (b > 1 && a != b) {
        long rest;
        if (b > DIGITS_DIVISOR && digits_in(a) == digits_in(b)) rest = digits_op(t, a, '-', b);
        else digits_div(t, NULL, a, b, &rest);
        if (t->bad || rest < 0) {
            t->bad = true;
            return 1;
        }
        a = b > rest ? b : rest;
        b = b > rest ? rest : b;
        if (!b) break;
    }
    return gcd_found(t, b ? b : a);
}

/* a by g in both places */
static frac both_by(trace *t, frac a, long g) {
    frac r = {digits_op(t, a.p, '/', g), digits_op(t, a.q, '/', g)};
    return r.q > 0 ? r : (frac){r.p, 1};
}

static void put_equal(trace *t, frac a, frac b) {
    str *s = t->out;
    frac_put(s, a);
    str_add(s, " = ");
    frac_put(s, b);
    str_addc(s, '\n');
}

frac frac_reduce(trace *t, frac a) {
    if (a.q == 1) return a;
    if (!a.p) {
        put_equal(t, a, (frac){0, 1});
        return (frac){0, 1};
    }
    long g = frac_gcd(t, labs(a.p), a.q);
    if (t->bad) return a;
    if (g == 1) {
        frac_put(t->out, a);
        str_add(t->out, " is in lowest terms\n");
        return a;
    }
    frac r = both_by(t, a, g);
    put_equal(t, a, r);
    return r;
}

/* ---- sums */
/* a with its denominator m times as large */
static frac expand(trace *t, frac a, long m) {
    if (m == 1) return a;
    frac r         = {a.p, digits_op(t, a.q, '*', m)};
    bool forgotten = trace_slips(t); /* the numerator stays */
    if (!forgotten) r.p = digits_op(t, a.p, '*', m);
    str_addf(t->out, "%ld/%ld = %ld/%ld\n", a.p, a.q, r.p, r.q);
    return r;
}

static frac sum(trace *t, frac a, char op, frac b) {
    if (a.q == b.q) return (frac){digits_op(t, a.p, op, b.p), a.q};
    long g = a.q == 1 || b.q == 1 ? 1 : frac_gcd(t, a.q, b.q);
    if (t->bad) return a;
    long ma = b.q, mb = a.q; /* what each is expanded by */
    if (g > 1) {
        ma = digits_op(t, b.q, '/', g);
        mb = digits_op(t, a.q, '/', g);
    }
    frac x = expand(t, a, ma), y = expand(t, b, mb);
    if (t->bad || x.q != y.q) { /* only after a slip */
        t->bad = true;
        return a;
    }
    return (frac){digits_op(t, x.p, op, y.p), x.q};
}

static frac product(trace *t, frac a, frac b) {
    return (frac){digits_op(t, a.p, '*', b.p), a.q == 1 ? b.q : b.q == 1 ? a.q : digits_op(t, a.q, '*', b.q)};
}

static void put_task(str *s, frac a, char op, frac b) {
    char mid[3]  = {' ', op, ' '};
    bool bracket = op == '/';
    if (bracket && a.q != 1) str_addc(s, '(');
    frac_put(s, a);
    if (bracket && a.q != 1) str_addc(s, ')');
    str_addn(s, mid, 3);
    if (bracket && b.q != 1) {
        str_addc(s, '(');
        frac_put(s, b);
        str_addc(s, ')');
    } else {
        frac_put_arg(s, b);
    }
}

frac frac_op(trace *t, frac a, char op, frac b) {
    frac r;
    str  name = {0};
    put_task(&name, a, op, b);
    if (a.q == 1 && b.q == 1 && op != '/') {
        str_free(&name);
        return (frac){digits_op(t, a.p, op, b.p), 1};
    }
    if (op == '/') { /* times the one turned over */
        if (!b.p) {
            t->bad = true;
            str_free(&name);
            return a;
        }
        frac turned = b.p < 0 ? (frac){-b.q, -b.p} : (frac){b.q, b.p};
        if (trace_slips(t)) turned = b;
        str_addf(t->out, "%s = ", name.p);
        put_task(t->out, a, '*', turned);
        str_addc(t->out, '\n');
        r = product(t, a, turned);
    } else {
        r = op == '*' ? product(t, a, b) : sum(t, a, op, b);
    }
    if (!t->bad && r.q > 0) {
        r = frac_reduce(t, r);
        str_addf(t->out, "%s = ", name.p);
        frac_put(t->out, r);
        str_addc(t->out, '\n');
    }
    str_free(&name);
    return r;
}

/* ---- mixed numbers */
frac frac_improper(trace *t, long whole, frac part) {
    long w = digits_op(t, whole, '*', part.q);
    frac r = {trace_slips(t) ? w : digits_op(t, w, '+', part.p), part.q}; /* the part forgotten */
    str_addf(t->out, "%ld %ld/%ld = %ld/%ld\n", whole, part.p, part.q, r.p, r.q);
    return r;
}

void frac_mixed(trace *t, frac a) {
    long u = labs(a.p), rest;
    if (u < a.q || a.q == 1) return;
    long w = digits_div(t, NULL, u, a.q, &rest);
    if (t->bad) return;
    frac_put(t->out, a);
    str_addf(t->out, " = %s", a.p < 0 ? "-" : "");
    digits_num(t->out, w);
    if (rest) str_addf(t->out, " %ld/%ld", rest, a.q);
    str_addc(t->out, '\n');
}

int frac_compare(trace *t, frac a, frac b) {
    long x = digits_op(t, a.p, '*', b.q), y = digits_op(t, b.p, '*', a.q);
    if (x == y) str_addf(t->out, "%ld = %ld, so ", x, y);
    else str_addf(t->out, "%ld < %ld, so ", x < y ? x : y, x < y ? y : x);
    bool turned = x != y && trace_slips(t);
    frac l = (x < y) != turned || x == y ? a : b, m = (x < y) != turned || x == y ? b : a;
    frac_put(t->out, l);
    str_add(t->out, x == y ? " = " : " < ");
    frac_put(t->out, m);
    str_addc(t->out, '\n');
    return x == y ? 0 : (x < y) != turned ? -1 : 1;
}
