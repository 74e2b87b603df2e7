/* ratio.c -- exact rational numbers and how people write them; see ratio.h. Products go through 128 bits, so that an
 * overflow is seen and never wraps. */
#include <ctype.h>
#include <limits.h>
#include <string.h>
#include "task/ratio.h"

typedef __int128 wide;

static wide wide_abs(wide v) { return v < 0 ? -v : v; }

static bool reduce(wide p, wide q, ratio *out) {
    if (q == 0) return false;
    wide a = wide_abs(p), b = wide_abs(q);
    if (a <= LLONG_MAX && b <= LLONG_MAX) { /* the usual case: 128 bits divide in a function of their own */
        unsigned long long n = (unsigned long long)a, d = (unsigned long long)b;
        while (d) {
            unsigned long long t = n % d;
            n                    = d;
            d                    = t;
        }
        long long np = (long long)((unsigned long long)a / n), nq = (long long)((unsigned long long)b / n);
        *out = (ratio){(p < 0) != (q < 0) ? -np : np, nq};
        return true;
    }
    while (b) {
        wide t = a % b;
        a      = b;
        b      = t;
    }
    if (q < 0) p = -p, q = -q;
    if (a) p /= a, q /= a;
    if (wide_abs(p) > LLONG_MAX || q > LLONG_MAX) return false;
    *out = (ratio){(long long)p, (long long)q};
    return true;
}

bool ratio_make(long long p, long long q, ratio *out) { return reduce(p, q, out); }

bool ratio_op(ratio a, char op, ratio b, ratio *out) {
    const long long small = 1LL << 31;
    bool            whole = a.q == 1 && b.q == 1 && a.p < small && a.p > -small && b.p < small && b.p > -small;
    if (whole && op != '/') { /* the usual case needs no long division */
        *out = (ratio){op == '+' ? a.p + b.p : op == '-' ? a.p - b.p : a.p * b.p, 1};
        return op == '+' || op == '-' || op == '*';
    }
    switch (op) {
    case '+': return reduce((wide)a.p * b.q + (wide)b.p * a.q, (wide)a.q * b.q, out);
    case '-': return reduce((wide)a.p * b.q - (wide)b.p * a.q, (wide)a.q * b.q, out);
    case '*': return reduce((wide)a.p * b.p, (wide)a.q * b.q, out);
    case '/': return reduce((wide)a.p * b.q, (wide)a.q * b.p, out);
    default: return false;
    }
}

static bool three_digits(const char *p) {
    for (int i = 0; i < 3; i++)
        if (!isdigit((unsigned char)p[i])) return false;
    return !isdigit((unsigned char)p[3]);
}

/* The bytes of a comma between thousands: 1,234 or, as TeX wants it, 1{,}234 and 1,\!234. */
static int comma(const char *p) {
    int n = !strncmp(p, "{,}", 3) || !strncmp(p, ",\\!", 3) ? 3 : *p == ',';
    return n && three_digits(p + n) ? n : 0;
}

/* At most 18 digits, with commas between thousands if the groups are right; false if there is no digit or too many. */
static bool read_whole(const char **s, bool commas, long long *v) {
    const char *p = *s;
    int         n = 0, group = 0;
    bool        grouped = false;
    *v                  = 0;
    while (isdigit((unsigned char)*p)) {
        if (++n > 18) return false;
        group++;
        *v       = *v * 10 + (*p++ - '0');
        int mark = commas && (grouped ? group == 3 : group <= 3) ? comma(p) : 0;
        if (mark) {
            grouped = true;
            group   = 0;
            p += mark;
        }
    }
    *s = p;
    return n > 0;
}

static bool read_sign(const char **s) {
    if (**s == '-') return (*s)++, true;
    if (!strncmp(*s, "\xe2\x88\x92", 3) || !strncmp(*s, "\xe2\x80\x93", 3)) return *s += 3, true;
    if (**s == '+') (*s)++;
    return false;
}

/* \frac{5}{2}, \dfrac{5}{2} or \frac52 after the sign */
static bool read_frac(const char **s, ratio *out) {
    const char *p = *s;
    long long   a, b;
    if (*p++ != '\\') return false;
    if (*p == 'd' || *p == 't') p++;
    if (strncmp(p, "frac", 4)) return false;
    p += 4;
    if (isdigit((unsigned char)p[0]) && isdigit((unsigned char)p[1])) {
        *s = p + 2;
        return reduce(p[0] - '0', p[1] - '0', out);
    }
    if (*p++ != '{') return false;
    bool neg = read_sign(&p);
    if (!read_whole(&p, false, &a) || p[0] != '}' || p[1] != '{') return false;
    p += 2;
    if (!read_whole(&p, false, &b) || *p != '}' || !reduce(neg ? -a : a, b, out)) return false;
    *s = p + 1;
    return true;
}

static bool read_decimals(const char **s, ratio *v) {
    const char *p = *s + 1;
    long long   f, scale = 1;
    const char *from = p;
    if (!read_whole(&p, false, &f)) return false;
    for (const char *d = from; d < p; d++) scale *= 10;
    ratio part;
    if (!reduce(f, scale, &part) || !ratio_op(*v, '+', part, v)) return false;
    *s = p;
    return true;
}

/* "\frac{1}{2}" or one of the signs like that of a half after a whole number, less than one. */
static const char *tail(const char *s, ratio *part) {
    static const struct {
        const char *sign;
        int         p, q;
    } sign[]      = {{"\xc2\xbc", 1, 4},     {"\xc2\xbd", 1, 2},     {"\xc2\xbe", 3, 4},    {"\xe2\x85\x93", 1, 3},
                     {"\xe2\x85\x94", 2, 3}, {"\xe2\x85\x95", 1, 5}, {"\xe2\x85\x9b", 1, 8}};
    const char *p = s + (*s == ' ');
    for (size_t i = 0; i < sizeof sign / sizeof *sign; i++)
        if (!strncmp(p, sign[i].sign, strlen(sign[i].sign)))
            return *part = (ratio){sign[i].p, sign[i].q}, p + strlen(sign[i].sign);
    return *p == '\\' && read_frac(&p, part) && part->p > 0 && part->p < part->q ? p : NULL;
}

bool ratio_read(const char *s, ratio *out, const char **end) {
    bool neg = read_sign(&s);
    if (*s == '$') s++;
    if (!neg && *s == '-') neg = true, s++;
    ratio       v, part;
    long long   w, b;
    const char *after;
    if (*s == '\\') {
        if (!read_frac(&s, &v)) return false;
    } else if (*s != ' ' && (after = tail(s, &v))) {
        s = after;
    } else {
        if (!read_whole(&s, true, &w) || !reduce(w, 1, &v)) return false;
        if (*s == '.' && isdigit((unsigned char)s[1])) {
            if (!read_decimals(&s, &v)) return false;
        } else if (*s == '/' && isdigit((unsigned char)s[1])) {
            const char *p = s + 1;
            if (!read_whole(&p, false, &b) || !reduce(w, b, &v)) return false;
            s = p;
        } else if (*s == ' ' && isdigit((unsigned char)s[1])) { /* 2 1/2 */
            const char *p = s + 1;
            long long   n;
            if (read_whole(&p, false, &n) && *p == '/' && isdigit((unsigned char)p[1]) &&
                (p++, read_whole(&p, false, &b)) && n < b && reduce(n, b, &part) && ratio_op(v, '+', part, &v))
                s = p;
        } else if ((after = tail(s, &part))) {
            if (!ratio_op(v, '+', part, &v)) return false;
            s = after;
        }
    }
    if (neg) v.p = -v.p;
    *out = v;
    *end = s;
    return true;
}
