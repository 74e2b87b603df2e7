/* steps.c -- see steps.h. A recursive-descent reader of exact rationals:
 *   sum = product {(+|-) product},  product = factor {(*|/) factor | factor that touches},  factor = [-] number |
 * letter | ( sum ) */
#include <ctype.h>
#include <string.h>
#include "base/rng.h"
#include "task/steps.h"

typedef struct reader {
    const char          *p, *end;
    const steps_unknown *x;
    int                  depth;
    bool                 ok;
} reader;

static bool sum(reader *r, ratio *v);

static void skip(reader *r) {
    while (r->p < r->end && *r->p == ' ') r->p++;
}

static bool digit_at(const char *s, const char *end) { return s < end && isdigit((unsigned char)*s); }

/* " 1/3" after a whole number, which it belongs to: 2 1/3. True if there is none. */
static bool mixed(reader *r, ratio *v) {
    long long   n[2] = {0, 0};
    const char *p    = r->p;
    for (int k = 0; k < 2; k++) {
        if (p >= r->end || *p != " /"[k] || !digit_at(p + 1, r->end)) return true;
        int digits = 0;
        for (p++; digit_at(p, r->end) && digits < 9; p++, digits++) n[k] = n[k] * 10 + (*p - '0');
    }
    if (n[0] >= n[1]) return true;
    ratio part;
    r->p = p;
    return ratio_make(n[0], n[1], &part) && ratio_op(*v, '+', part, v);
}

static bool number(reader *r, ratio *v) { /* 12, 12.5 or 2 1/3 */
    long long n = 0, unit = 1;
    int       digits = 0;
    bool      point  = false;
    for (;; r->p++) {
        if (digits && !point && r->p < r->end && *r->p == '.' && digit_at(r->p + 1, r->end)) point = true;
        else if (!digit_at(r->p, r->end)) break;
        else {
            if (++digits > 15) return false;
            n = n * 10 + (*r->p - '0');
            if (point) unit *= 10;
        }
    }
    return digits && ratio_make(n, unit, v) && (point || mixed(r, v));
}

static bool factor(reader *r, ratio *v);

/* factor ^ whole number */
static bool power(reader *r, ratio *v) {
    ratio one = {1, 1}, base = *v, e;
    if (r->p >= r->end || *r->p != '^') return true;
    r->p++;
    if (!number(r, &e) || e.p > 64) return false;
    for (*v = one; e.p > 0; e.p--)
        if (!ratio_op(*v, '*', base, v)) return false;
    return true;
}

static bool factor(reader *r, ratio *v) {
    skip(r);
    if (r->p >= r->end || r->depth > 40) return false;
    if (*r->p == '-') {
        r->p++;
        r->depth++;
        bool ok = factor(r, v);
        r->depth--;
        v->p = ok ? -v->p : 0;
        return ok;
    }
    if (*r->p == '(') {
        r->p++;
        r->depth++;
        if (!sum(r, v)) return false;
        r->depth--;
        skip(r);
        if (r->p >= r->end || *r->p != ')') return false;
        r->p++;
        return power(r, v);
    }
    if (r->x && *r->p == r->x->letter) {
        r->p++;
        *v = r->x->value;
        return power(r, v);
    }
    return number(r, v) && power(r, v);
}

static bool product(reader *r, ratio *v) {
    ratio b;
    bool  neg = false;
    skip(r);
    while (r->p < r->end && *r->p == '-') { /* -2 * 5 is -(2 * 5): the same number */
        neg = !neg;
        r->p++;
        skip(r);
    }
    if (!factor(r, v)) return false;
    for (;;) {
        bool touch = r->p < r->end && (*r->p == '(' || (r->x && *r->p == r->x->letter));
        if (!touch) {
            skip(r);
            if (r->p >= r->end || (*r->p != '*' && *r->p != '/')) break;
        }
        char op = touch ? '*' : *r->p++;
        if (!factor(r, &b) || !ratio_op(*v, op, b, v)) return false;
    }
    if (neg) v->p = -v->p;
    return true;
}

static bool sum(reader *r, ratio *v) {
    ratio b;
    if (!product(r, v)) return false;
    for (;;) {
        skip(r);
        if (r->p >= r->end || (*r->p != '+' && *r->p != '-')) return true;
        char op = *r->p++;
        if (!product(r, &b) || !ratio_op(*v, op, b, v)) return false;
    }
}

bool steps_value(const char *s, size_t n, const steps_unknown *x, ratio *out) {
    reader r = {s, s + n, x, 0, true};
    if (!sum(&r, out)) return false;
    skip(&r);
    return r.p == r.end;
}

bool steps_solve(const char *s, size_t n, steps_unknown *x) {
    const char *eq = memchr(s, '=', n);
    x->letter      = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isalpha((unsigned char)s[i])) continue;
        if (x->letter && x->letter != s[i]) return false;
        x->letter = s[i];
    }
    if (!eq || !x->letter) return false;
    size_t nl = (size_t)(eq - s), nr = n - nl - 1;
    ratio  l, r, f[3];
    for (int i = 0; i < 3; i++) { /* f(x) = left - right; linear if f(2) - f(1) = f(1) - f(0) */
        x->value = (ratio){i, 1};
        if (!steps_value(s, nl, x, &l) || !steps_value(eq + 1, nr, x, &r) || !ratio_op(l, '-', r, &f[i])) return false;
    }
    ratio slope, again, zero;
    if (!ratio_op(f[1], '-', f[0], &slope) || !ratio_op(f[2], '-', f[1], &again) || !ratio_eq(slope, again) ||
        !slope.p || !ratio_op(f[0], '/', slope, &zero))
        return false;
    x->value = (ratio){-zero.p, zero.q};
    return true;
}

/* A digest of the numbers that does not depend on their order: sums of mixed values. */
static void numbers_of(const char *s, size_t n, int *count, uint64_t *sum) {
    *count = 0;
    *sum   = 0;
    for (size_t i = 0; i < n;) {
        uint64_t v = 0;
        if (!isdigit((unsigned char)s[i])) {
            i++;
            continue;
        }
        for (; i < n && isdigit((unsigned char)s[i]); i++) v = v * 10 + (uint64_t)(s[i] - '0');
        ++*count;
        *sum += hash_u64(v);
    }
}

bool steps_same_numbers(const char *a, size_t na, const char *b, size_t nb) {
    int      ca, cb;
    uint64_t sa, sb;
    numbers_of(a, na, &ca, &sa);
    numbers_of(b, nb, &cb, &sb);
    return ca == cb && sa == sb;
}

/* ---- claims in a line */
enum { PART = 1, REL = 2 }; /* of an expression; may begin a relation: = < "is not" */
static const unsigned char role[256] = {
    ['0' ... '9'] = PART, ['+'] = PART, ['-'] = PART,  ['*'] = PART, ['/'] = PART, ['^'] = PART, ['('] = PART,
    [')'] = PART,         [' '] = PART, ['\0'] = PART, ['='] = REL,  ['<'] = REL,  ['i'] = REL};

static bool part(char c, const steps_unknown *x) { return role[(unsigned char)c] & PART || (x && c == x->letter); }

/* A point between digits, i > 0. */
static bool point(const char *s, size_t i, size_t end) {
    return s[i] == '.' && isdigit((unsigned char)s[i - 1]) && digit_at(s + i + 1, s + end);
}

/* The expression that ends at s[i) and starts after the nearest character that cannot be part of one. */
static size_t back_from(const char *s, size_t from, size_t i, const steps_unknown *x) {
    size_t k = i;
    while (k > from && (part(s[k - 1], x) || (k > from + 1 && point(s, k - 1, i)))) k--;
    if (k > from && (isalpha((unsigned char)s[k - 1]) || s[k - 1] == '\'')) /* do not begin inside a word, f'(2) */
        while (k < i && s[k] != ' ') k++;
    return k;
}

static size_t forward_from(const char *s, size_t i, size_t to, const steps_unknown *x) {
    size_t k = i;
    while (k < to && (part(s[k], x) || (k > i && point(s, k, to))) && !(s[k] == '-' && k + 1 < to && s[k + 1] == '>'))
        k++;
    if (k < to && isalpha((unsigned char)s[k]) && s[k] != 'r')
        while (k > i && s[k - 1] != ' ') k--;
    return k;
}

static void trim(const char *s, size_t *a, size_t *b) {
    while (*a < *b && s[*a] == ' ') ++*a;
    while (*b > *a && s[*b - 1] == ' ') --*b;
}

/* "7 rest 2" or "7 r2" after "44 / 6 =": value times divisor plus rest must be the dividend. */
static bool with_rest(const char *s, size_t la, size_t lb, const ratio *q, size_t after, size_t to, bool *holds) {
    size_t word = after + 5 <= to && !strncmp(s + after, "rest ", 5)                           ? 5
                  : after + 2 <= to && s[after] == 'r' && isdigit((unsigned char)s[after + 1]) ? 1
                                                                                               : 0;
    if (!word) return false;
    size_t slash = lb;
    while (slash > la && s[slash - 1] != '/') slash--;
    size_t e = after + word;
    while (e < to && isdigit((unsigned char)s[e])) e++;
    ratio a, b, r, t;
    *holds = slash > la && steps_value(s + la, slash - 1 - la, NULL, &a) &&
             steps_value(s + slash, lb - slash, NULL, &b) &&
             steps_value(s + after + word, e - after - word, NULL, &r) && ratio_op(*q, '*', b, &t) &&
             ratio_op(t, '+', r, &t) && ratio_eq(t, a) && r.p >= 0 && ratio_op(b, '-', r, &t) && t.p > 0;
    return true;
}

/* "12.5 / 7 = 1.79", or "22 / 7 = 3 rounded": the nearest number with as many places as were written. A half may go
 * either way. */
static bool rounds_to(const char *s, size_t la, size_t lb, size_t ra, size_t rb, size_t after, size_t to, ratio d) {
    bool        said = after + 7 <= to && !strncmp(s + after, "rounded", 7);
    const char *dot  = memchr(s + ra, '.', rb - ra);
    if (!said && !(dot && memchr(s + la, '/', lb - la))) return false;
    for (size_t i = ra; i < rb; i++)
        if (!isdigit((unsigned char)s[i]) && s[i] != '.' && !(i == ra && s[i] == '-')) return false;
    ratio unit = {2, 1}, one = {1, 1}; /* twice the difference is at most one unit of the last place */
    for (const char *k = dot; k && k < s + rb - 1; k++) unit.p *= 10;
    if (!ratio_op(d, '*', unit, &d)) return false;
    if (d.p < 0) d.p = -d.p;
    return ratio_op(d, '-', one, &d) && d.p <= 0;
}

/* "7 < 3 -> False" is true; "7 < 3 -> ..." is the step of a longer condition, and claims nothing. */
static bool condition(const char *s, size_t after, size_t to, bool *holds) {
    static const char *const says[] = {"-> True", "-> False"};
    if (!memmem(s + after, to - after, "-> ", 3)) return true; /* "4<17, 1 ->1" is a column */
    for (int i = 0; i < 2; i++) {
        size_t n = strlen(says[i]);
        if (to - after < n || strncmp(s + after, says[i], n) || (after + n < to && s[after + n] != ',')) continue;
        if (i) *holds = !*holds;
        return true;
    }
    return false;
}

/* "25% of 64 = 16", "889 mod 26 = 5": what stands left of the = is only the last operand of a word. */
static bool operand_of_word(const char *s, size_t la) {
    static const char *const word[] = {"of", "mod", "modulo", "times", "plus", "minus", "by", "over"};
    while (la > 0 && s[la - 1] == ' ') la--;
    size_t n = 0;
    while (n < la && isalpha((unsigned char)s[la - 1 - n])) n++;
    for (size_t i = 0; n && i < sizeof word / sizeof *word; i++)
        if (strlen(word[i]) == n && !strncmp(s + la - n, word[i], n)) return true;
    return false;
}

static void judge(const char *s, size_t la, size_t lb, char rel, size_t ra, size_t rb, size_t to,
                  const steps_unknown *x, steps_report *rep) {
    ratio  l, r, d;
    bool   holds;
    size_t after = rb;
    trim(s, &la, &lb);
    trim(s, &ra, &rb);
    if (rel == '=' && operand_of_word(s, la)) return;
    if (lb - la > 1 && s[la] == '-' && s[la + 1] == ' ') return; /* the end of "5x - 3": not all of it */
    if (!steps_value(s + la, lb - la, x, &l) || !steps_value(s + ra, rb - ra, x, &r)) return;
    while (after < to && s[after] == ' ') after++;
    if (rel != '=' || !with_rest(s, la, lb, &r, after, to, &holds)) {
        if (!ratio_op(l, '-', r, &d)) return;
        holds = rel == '=' ? d.p == 0 || rounds_to(s, la, lb, ra, rb, after, to, d) : rel == '<' ? d.p < 0 : d.p != 0;
    }
    if (rel == '<' && !condition(s, after, to, &holds)) return;
    rep->claims++;
    if (!holds && !rep->wrong++) {
        rep->at  = la;
        rep->len = rb - la;
    }
}

steps_report steps_check(const char *s, size_t n, const steps_unknown *x) {
    steps_report rep  = {0, 0, 0, 0};
    size_t       from = 0;
    while (from < n) {
        const char *nl = memchr(s + from, '\n', n - from);
        size_t      to = nl ? (size_t)(nl - s) : n;
        for (size_t i = from; i < to; i++) {
            if (!(role[(unsigned char)s[i]] & REL)) continue;
            bool no = s[i] == 'i' && to - i > 7 && !strncmp(s + i, "is not ", 7);
            if (s[i] == 'i' && !no) continue;
            size_t r = i + (no ? 7 : 1);
            judge(s, back_from(s, from, i, x), i, no ? '!' : s[i], r, forward_from(s, r, to, x), to, x, &rep);
        }
        from = to + 1;
    }
    return rep;
}
