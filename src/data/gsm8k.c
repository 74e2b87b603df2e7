#include "data/gsm8k.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "data/rows.h"
#include "task/decimal.h"
#include "task/steps.h"

enum { OPS_MAX = 16, LONGEST = 2500, PLACES_MAX = 4, SHORT_DIVISOR = 12 };
static const long LARGEST = 100000000;

const char *const gsm8k_names[GSM8K_FAULTS] = {"recast",       "no marks", "not arithmetic", "not exact",
                                               "other answer", "not true", "too long"};

/* One operation of a mark, in the order in which it is worked out. */
typedef struct operation {
    decimal a, b, c;
    char    op;
} operation;
typedef struct marks {
    operation op[OPS_MAX];
    int       n;
    decimal   last; /* the last mark's result */
    int       seen; /* how many marks */
} marks;

/* ---- the arithmetic of one mark: sums of products of decimals, brackets, per cent */
typedef struct parser {
    const char *p, *end;
    marks      *m;
    gsm8k_fault fault;
    int         depth;
} parser;

static decimal sum(parser *x);

static decimal fail(parser *x, gsm8k_fault f) {
    if (!x->fault) x->fault = f;
    return (decimal){0, 0};
}

static bool small(decimal d) { return labs(d.v) <= LARGEST && d.places <= PLACES_MAX; }

static void blanks(parser *x) {
    while (x->p < x->end && (*x->p == ' ' || *x->p == '$')) x->p++;
}

static decimal number(parser *x) {
    decimal d      = {0, 0};
    int     digits = 0;
    bool    point  = false;
    for (; x->p < x->end; x->p++) {
        if (isdigit((unsigned char)*x->p) && digits < 12) {
            d.v = d.v * 10 + (*x->p - '0');
            d.places += point;
            digits++;
        } else if (*x->p == '.' && !point) {
            point = true;
        } else if (*x->p != ',') {
            break;
        }
    }
    if (!digits || d.places > DECIMAL_PLACES) return fail(x, GSM8K_NOT_ARITHMETIC);
    if (x->p < x->end && *x->p == '%') {
        x->p++;
        d.places += 2;
    }
    d = decimal_norm(d);
    return small(d) ? d : fail(x, GSM8K_NOT_ARITHMETIC);
}

static decimal factor(parser *x) {
    blanks(x);
    if (x->p < x->end && *x->p == '(' && x->depth < 8) {
        x->p++;
        x->depth++;
        decimal d = sum(x);
        x->depth--;
        blanks(x);
        if (x->p >= x->end || *x->p != ')') return fail(x, GSM8K_NOT_ARITHMETIC);
        x->p++;
        return d;
    }
    return number(x);
}

/* a op b = c, if c is a decimal of few places. */
static decimal apply(parser *x, decimal a, char op, decimal b) {
    ratio r;
    if (x->fault) return a;
    if (x->m->n == OPS_MAX) return fail(x, GSM8K_LONG);
    if (!ratio_op(decimal_ratio(a), op, decimal_ratio(b), &r)) return fail(x, GSM8K_NOT_EXACT);
    decimal c = decimal_norm(decimal_near(r, PLACES_MAX));
    if (!small(c) || !ratio_eq(decimal_ratio(c), r)) return fail(x, GSM8K_NOT_EXACT);
    x->m->op[x->m->n++] = (operation){a, b, c, op};
    return c;
}

static decimal product(parser *x) {
    decimal d = factor(x);
    for (;;) {
        blanks(x);
        if (x->fault || x->p >= x->end || !strchr("*x/", *x->p)) return d;
        char op = *x->p++ == '/' ? '/' : '*';
        d       = apply(x, d, op, factor(x));
    }
}

static decimal sum(parser *x) {
    decimal d = product(x);
    for (;;) {
        blanks(x);
        if (x->fault || x->p >= x->end || (*x->p != '+' && *x->p != '-')) return d;
        char op = *x->p++;
        d       = apply(x, d, op, product(x));
    }
}

/* "48/2=24" between << and >>. */
static gsm8k_fault read_mark(const char *s, size_t n, marks *m) {
    const char *eq = memchr(s, '=', n);
    if (!eq) return GSM8K_NOT_ARITHMETIC;
    parser  left = {s, eq, m, GSM8K_OK, 0}, right = {eq + 1, s + n, m, GSM8K_OK, 0};
    decimal a = sum(&left), b = (blanks(&right), number(&right));
    blanks(&left);
    blanks(&right);
    if (left.fault) return left.fault;
    if (right.fault || left.p != left.end || right.p != right.end) return GSM8K_NOT_ARITHMETIC;
    if (!ratio_eq(decimal_ratio(a), decimal_ratio(b))) return GSM8K_NOT_EXACT;
    m->last = a;
    m->seen++;
    return GSM8K_OK;
}

/* ---- writing */
static void put_line(str *out, decimal a, char op, decimal b, decimal c) {
    decimal_put(out, a);
    str_addf(out, " %c ", op);
    decimal_arg(out, b);
    str_add(out, " = ");
    decimal_put(out, c);
    str_addc(out, '\n');
}

/* The lines of a op b, the last of which is "a op b = c"; c. Division by 10, 100, ... only moves the point. */
static decimal work_out(trace *t, decimal a, char op, decimal b) {
    ratio q = {0, 1};
    if (op != '/') return decimal_op(t, a, op, b);
    if (!ratio_op(decimal_ratio(a), '/', decimal_ratio(b), &q)) {
        t->bad = true;
        return a;
    }
    decimal c = decimal_norm(decimal_near(q, PLACES_MAX));
    if (!b.places && (b.v == 10 || b.v == 100 || b.v == 1000)) return put_line(t->out, a, op, b, c), c;
    if (!a.places && !b.places && a.v % b.v == 0) return (decimal){digits_op(t, a.v, '/', b.v), 0};
    return decimal_over(t, NULL, a, b, c.places);
}

/* How many bytes at s[i] are a sign of multiplication or subtraction that the step checker does not know: "x" between
 * numbers, and the typographic ones. *as is the plain one. */
static size_t odd_sign(const char *s, size_t i, size_t n, char *as) {
    if (i + 2 < n && (!memcmp(s + i, "\xe2\x88\x92", 3) || !memcmp(s + i, "\xe2\x80\x93", 3))) return *as = '-', 3;
    if (i + 1 < n && !memcmp(s + i, "\xc3\x97", 2)) return *as = '*', 2;
    if (s[i] != 'x' && s[i] != 'X') return 0;
    size_t a = i, b = i + 1;
    while (a && s[a - 1] == ' ') a--;
    while (b < n && (s[b] == ' ' || s[b] == '$')) b++;
    bool left  = a && (isdigit((unsigned char)s[a - 1]) || strchr(")%", s[a - 1]));
    bool right = b < n && (isdigit((unsigned char)s[b]) || s[b] == '(' || s[b] == '.');
    *as        = '*';
    return left && right ? 1 : 0;
}

static bool thousands_comma(const char *s, size_t i, size_t n) {
    return s[i] == ',' && i && i + 3 < n && isdigit((unsigned char)s[i - 1]) && isdigit((unsigned char)s[i + 1]) &&
           isdigit((unsigned char)s[i + 2]) && isdigit((unsigned char)s[i + 3]);
}

/* A sentence without its marks, numbers and signs as the calculations have them. The result after a mark stays. */
static void plain_line(str *out, const char *s, size_t n) {
    char as = '*';
    for (size_t i = 0; i < n; i++) {
        const char *close = i + 1 < n && s[i] == '<' && s[i + 1] == '<' ? memmem(s + i, n - i, ">>", 2) : NULL;
        size_t      odd   = close ? 0 : odd_sign(s, i, n, &as);
        if (close) i = (size_t)(close - s) + 1;
        else if (odd) str_addc(out, as), i += odd - 1;
        else if (!thousands_comma(s, i, n)) {
            bool bare = s[i] == '.' && i + 1 < n && isdigit((unsigned char)s[i + 1]);
            if (bare && !(i && isdigit((unsigned char)s[i - 1]))) str_addc(out, '0'); /* .5 */
            str_addc(out, s[i]);
        }
    }
    while (out->len && out->p[out->len - 1] == ' ') out->p[--out->len] = '\0';
    str_addc(out, '\n');
}

static gsm8k_fault write_work(const char *answer, size_t n, problem *p, marks *m) {
    trace t = trace_to(&p->reasoning, NULL);
    t.brief = true;
    str_add(&p->reasoning, "Work:\n");
    for (size_t from = 0; from < n;) {
        const char *s = answer + from, *nl = memchr(s, '\n', n - from), *a;
        size_t      len = nl ? (size_t)(nl - s) : n - from;
        from += len + 1;
        if (!len) continue;
        plain_line(&p->reasoning, s, len);
        for (const char *at = s; (a = memmem(at, len - (size_t)(at - s), "<<", 2));) {
            const char *close = memmem(a, len - (size_t)(a - s), ">>", 2);
            int         first = m->n;
            if (!close) return GSM8K_NOT_ARITHMETIC;
            gsm8k_fault f = read_mark(a + 2, (size_t)(close - a) - 2, m);
            if (f) return f;
            for (int i = first; i < m->n; i++) work_out(&t, m->op[i].a, m->op[i].op, m->op[i].b);
            at = close + 2;
        }
    }
    if (t.bad) return GSM8K_NOT_ARITHMETIC;
    return m->n ? GSM8K_OK : GSM8K_NO_MARKS;
}

/* The way back from o->c; *want is what it must lead to. A product is divided by a factor that has a table, else its
 * factors change places. */
static decimal back(trace *t, const operation *o, decimal *want) {
    *want = o->a;
    if (o->op == '+') return work_out(t, o->c, '-', o->b);
    if (o->op == '-') return work_out(t, o->c, '+', o->b);
    if (o->op == '/') return work_out(t, o->c, '*', o->b);
    if (!o->b.places && o->b.v > 0 && o->b.v <= SHORT_DIVISOR) return work_out(t, o->c, '/', o->b);
    *want = o->b;
    if (!o->a.places && o->a.v > 0 && o->a.v <= SHORT_DIVISOR) return work_out(t, o->c, '/', o->a);
    *want = o->c;
    return work_out(t, o->b, '*', o->a);
}

/* Each operation by its inverse, the last one first. */
static bool write_check(problem *p, const marks *m) {
    trace t = trace_to(&p->reasoning, NULL);
    t.brief = true;
    str_add(&p->reasoning, "Check: backwards\n");
    for (int i = m->n - 1; i >= 0; i--) {
        decimal want, got = back(&t, &m->op[i], &want);
        bool    same = ratio_eq(decimal_ratio(got), decimal_ratio(want));
        decimal_put(&p->reasoning, got);
        str_add(&p->reasoning, same ? " = " : " is not ");
        decimal_put(&p->reasoning, want);
        str_add(&p->reasoning, same ? ", right\n" : ", wrong\n");
    }
    return !t.bad && str_ends(p->reasoning.p, ", right\n");
}

/* The numbers of the question as they stand there, and its last sentence. */
static void write_understand(const char *q, problem *p) {
    size_t n = strlen(q), from = n;
    while (n && isspace((unsigned char)q[n - 1])) n--;
    for (from = n; from > 0; from--)
        if (from < n && from + 1 < n && strchr(".!?\n", q[from - 1]) && isspace((unsigned char)q[from])) break;
    while (from < n && isspace((unsigned char)q[from])) from++;
    str_add(&p->reasoning, "Understand: given");
    int given = 0;
    for (size_t i = 0; i < n;) {
        if (!isdigit((unsigned char)q[i])) {
            i++;
            continue;
        }
        size_t to = i;
        while (to < n && (isdigit((unsigned char)q[to]) ||
                          (strchr(".,/", q[to]) && to + 1 < n && isdigit((unsigned char)q[to + 1]))))
            to++;
        str_add(&p->reasoning, given++ ? ", " : " ");
        str_addn(&p->reasoning, q + i, to - i);
        if (to < n && q[to] == '%') str_addc(&p->reasoning, '%');
        i = to;
    }
    str_add(&p->reasoning, given ? "; asked: " : " no digits; asked: ");
    for (size_t i = from; i < n; i++) str_addc(&p->reasoning, q[i] == '\n' ? ' ' : q[i]);
    str_addc(&p->reasoning, '\n');
}

static void write_plan(const marks *m, str *out) {
    str_add(out, "Plan:");
    for (int i = 0; i < m->n; i++) {
        char op = m->op[i].op;
        str_addf(out, " %d) %s", i + 1, op == '+' ? "add" : op == '-' ? "subtract" : op == '*' ? "multiply" : "divide");
    }
    str_addc(out, '\n');
}

gsm8k_fault gsm8k_recast(const char *question, const char *answer, problem *p) {
    const char *end = strstr(answer, "####"), *rest;
    marks       m   = {.n = 0};
    ratio       want;
    gsm8k_fault f;
    str         work = {0};
    char        why[ROWS_WHY];
    problem_clear(p);
    str_add(&p->question, question);
    if (!end || !ratio_read(end + 4 + strspn(end + 4, " "), &want, &rest)) return GSM8K_NO_MARKS;
    if ((f = write_work(answer, (size_t)(end - answer), p, &m))) return f;
    if (!ratio_eq(decimal_ratio(m.last), want)) return GSM8K_OTHER_ANSWER;
    str_addn(&work, p->reasoning.p, p->reasoning.len); /* Plan comes before it and is known only now */
    str_clear(&p->reasoning);
    write_understand(question, p);
    write_plan(&m, &p->reasoning);
    str_addn(&p->reasoning, work.p, work.len);
    str_free(&work);
    if (!write_check(p, &m)) return GSM8K_NOT_ARITHMETIC;
    decimal_put(&p->truth, m.last);
    str_addf(&p->answer, "The answer is **%s**.", p->truth.p);
    if (p->reasoning.len > LONGEST) return GSM8K_LONG;
    return rows_verify(p, why) ? GSM8K_OK : GSM8K_UNTRUE;
}
