/* fam_fractions.c -- fractions: simplify, + - * /, mixed numbers, compare.
 *
 * Levels: 1 like denominators, simplify; 2 simplify, mixed and improper; 3 one denominator is a multiple of the other;
 * 4 times; 5 unlike denominators; 6 divided; 7 compare, mixed numbers added; 8 mixed numbers, larger denominators;
 * 9 mixed numbers times and divided, below 0; 10 three fractions.
 *
 * Work looks for the least common denominator; the check needs none: cross products of the unreduced numbers. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "task/frac.h"
#include "task/numfam.h"
#include "task/steps.h"
#include "task/verify.h"

typedef enum { F_OP, F_SIMPLIFY, F_MIXED, F_IMPROPER, F_COMPARE, F_LARGER } form;
typedef struct fractions {
    form form;
    frac a, b, c; /* c in a op b op2 c */
    char op, op2;
    bool mixed; /* a and b are written as mixed numbers */
    frac first; /* of a op b op2 c, as Work found it */
} fractions;

/* ---- work */
static frac whole_of(trace *t, frac a) { /* 2 1/3 becomes 7/3 */
    long whole = labs(a.p) / a.q, rest = labs(a.p) % a.q;
    if (!whole || !rest) return a;
    frac r = frac_improper(t, whole, (frac){rest, a.q});
    return a.p < 0 ? (frac){-r.p, r.q} : r;
}

static void work(trace *t, void *ctx, fam_value *found) {
    fractions *f = ctx;
    frac       r = f->a, b = f->b;
    switch (f->form) {
    case F_SIMPLIFY: r = frac_reduce(t, f->a); break;
    case F_MIXED: frac_mixed(t, f->a); break;
    case F_IMPROPER: r = whole_of(t, f->a); break;
    case F_COMPARE:
    case F_LARGER: r = (frac){frac_compare(t, f->a, f->b), 1}; break;
    default:
        if (f->mixed) r = whole_of(t, r), b = whole_of(t, b);
        r        = frac_op(t, r, f->op, b);
        f->first = r;
        if (f->op2 && !t->bad) r = frac_op(t, r, f->op2, f->c);
        if (f->mixed && !t->bad) frac_mixed(t, r);
    }
    found->v = r.p;
    found->w = r.q;
}

/* ---- check */
static bool cross(trace *t, frac found, frac raw) { /* found = raw by cross products */
    if (found.q == raw.q) return fam_compare(t, found.p, raw.p);
    str_addf(t->out, "%ld * %ld must be %ld * %ld\n", raw.p, found.q, found.p, raw.q);
    return fam_compare(t, digits_op(t, raw.p, '*', found.q), digits_op(t, found.p, '*', raw.q));
}

/* a op b over the product of the denominators, not reduced */
static frac raw_op(trace *t, frac a, char op, frac b) {
    if (op == '/') b = b.p < 0 ? (frac){-b.q, -b.p} : (frac){b.q, b.p};
    if (op == '*' || op == '/') return (frac){digits_op(t, a.p, '*', b.p), digits_op(t, a.q, '*', b.q)};
    if (a.q == b.q) return (frac){digits_op(t, a.p, op, b.p), a.q};
    long x = digits_op(t, a.p, '*', b.q), y = digits_op(t, b.p, '*', a.q);
    return (frac){digits_op(t, x, op, y), digits_op(t, a.q, '*', b.q)};
}

static bool check_op(trace *t, const fractions *f, frac found) {
    str_add(t->out, "without common denominators\n");
    frac first = raw_op(t, f->a, f->op, f->b);
    if (t->bad || !first.q) return false;
    if (!f->op2) return cross(t, found, first);
    if (!cross(t, f->first, first)) return false;
    str_add(t->out, "then\n");
    return cross(t, found, raw_op(t, f->first, f->op2, f->c));
}

/* The difference of the two has the sign that was found. */
static bool check_compare(trace *t, const fractions *f, long found) {
    frac a = f->a, b = f->b;
    str_add(t->out, "subtract\n");
    long x = digits_op(t, a.p, '*', b.q), y = digits_op(t, b.p, '*', a.q), d = digits_op(t, x, '-', y);
    long sign = d < 0 ? -1 : d > 0;
    str_addf(t->out, "%ld %s 0, so the first is %s\n", d,
             d < 0   ? "<"
             : d > 0 ? "is not"
                     : "=",
             d < 0   ? "smaller"
             : d > 0 ? "larger"
                     : "equal");
    return fam_compare(t, sign, found);
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    fractions *f = ctx;
    frac       r = {found->v, found->w};
    switch (f->form) {
    case F_SIMPLIFY: return cross(t, r, f->a);
    case F_COMPARE:
    case F_LARGER: return check_compare(t, f, found->v);
    case F_MIXED: { /* back to an improper fraction */
        long w = labs(f->a.p) / f->a.q, rest = labs(f->a.p) % f->a.q;
        return numfam_back(t, w, f->a.q, rest, labs(f->a.p));
    }
    case F_IMPROPER: { /* back to a mixed number */
        long rest, w = digits_div(t, NULL, labs(r.p), r.q, &rest), have = labs(f->a.p);
        if (w != have / f->a.q) return fam_compare(t, w, have / f->a.q);
        return fam_compare(t, rest, have % f->a.q);
    }
    default: return check_op(t, f, r);
    }
}

/* ---- drawing */
static frac proper(rng *r, int lo, int hi) {
    long q = rng_range(r, lo, hi);
    return frac_lowest((frac){1 + (long)rng_below(r, (uint64_t)(q - 1)), q});
}

static frac any(rng *r, int lo, int hi) { /* not whole */
    frac f;
    do f = proper(r, lo, hi);
    while (f.q == 1);
    return f;
}

static frac mixed_number(rng *r, int whole, int hi) {
    frac f = any(r, 2, hi);
    return (frac){f.p + f.q * rng_range(r, 1, whole), f.q};
}

static void draw_simplify(rng *r, fractions *f, int hi, int times) {
    frac x  = numfam_chance(r, 15) ? (frac){rng_range(r, 1, hi), rng_range(r, 2, hi)} : any(r, 2, hi);
    long k  = rng_range(r, numfam_chance(r, 8) ? 1 : 2, times);
    f->form = F_SIMPLIFY;
    f->a    = (frac){x.p * k, x.q * k};
    if (f->a.p == 1) f->a = (frac){2, 2 * x.q};
}

static void draw_compare(rng *r, fractions *f, int hi) {
    f->form = numfam_chance(r, 50) ? F_COMPARE : F_LARGER;
    do f->a = any(r, 3, hi), f->b = any(r, 3, hi);
    while (f->a.p * f->b.q == f->b.p * f->a.q);
    if (f->form == F_COMPARE && numfam_chance(r, 10)) {
        long k = rng_range(r, 2, 4);
        f->b   = (frac){f->a.p * k, f->a.q * k};
    }
}

static void draw(rng *r, int level, fractions *f) {
    f->op = "+-"[rng_below(r, 2)];
    int k = rng_range(r, 0, 99);
    switch (level) {
    case 1:
        if (k < 25) {
            draw_simplify(r, f, 9, 6);
            break;
        }
        f->a.q = f->b.q = numfam_chance(r, 50) ? rng_range(r, 3, 12) : rng_range(r, 3, 40);
        f->a.p = rng_range(r, 1, (int)f->a.q - 1), f->b.p = rng_range(r, 1, (int)f->a.q - 1);
        break;
    case 2:
        if (k < 55) draw_simplify(r, f, 20, 12);
        else f->a = mixed_number(r, 12, 15), f->form = k < 78 ? F_MIXED : F_IMPROPER;
        break;
    case 3:
        do f->a = any(r, 2, 12), f->b = any(r, 3, 48);
        while (f->b.q % f->a.q);
        break;
    case 4:
        f->a = any(r, 2, 15), f->b = numfam_chance(r, 15) ? (frac){rng_range(r, 2, 12), 1} : any(r, 2, 15);
        f->op = '*';
        break;
    case 5: f->a = any(r, 2, 15), f->b = any(r, 2, 15); break;
    case 6:
        f->a = any(r, 2, 15), f->b = numfam_chance(r, 15) ? (frac){rng_range(r, 2, 12), 1} : any(r, 2, 15);
        f->op = '/';
        break;
    case 7:
        if (k < 50) draw_compare(r, f, 40);
        else f->a = mixed_number(r, 9, 6), f->b = mixed_number(r, 9, 6), f->mixed = true, f->op = '+';
        break;
    case 8:
        if (k < 20) draw_compare(r, f, 99);
        else if (k < 50) f->a = any(r, 8, 20), f->b = any(r, 8, 20);
        else f->a = mixed_number(r, 9, 9), f->b = mixed_number(r, 9, 9), f->mixed = true;
        break;
    case 9:
        f->mixed = k < 60;
        if (f->mixed) f->a = mixed_number(r, 6, 9), f->b = mixed_number(r, 6, 9);
        else f->a = any(r, 2, 20), f->b = any(r, 2, 20), f->a.p *= k < 80 ? -1 : 1, f->b.p *= k > 70 ? -1 : 1;
        f->op = k < 60 ? "*/"[rng_below(r, 2)] : "+-*/"[rng_below(r, 4)];
        break;
    default:
        f->a = any(r, 2, 9), f->b = any(r, 2, 9), f->c = any(r, 2, 9);
        f->op  = "+-*/"[rng_below(r, 4)];
        f->op2 = f->op == '*' || f->op == '/' ? "+-*"[rng_below(r, 3)] : "+-"[rng_below(r, 2)];
    }
}

static bool fits(const fractions *f) {
    frac x;
    if (f->form != F_OP) return true;
    if (!frac_value(f->a, f->op, f->b, &x)) return false;
    if (f->mixed && x.p <= 0) return false;
    return !f->op2 || frac_value(x, f->op2, f->c, &x);
}

/* ---- text */
static void put(str *s, const fractions *f, frac a, bool after) {
    if (f->mixed || f->form == F_IMPROPER) frac_put_mixed(s, a);
    else if (after) frac_put_arg(s, a);
    else frac_put(s, a);
}

static void in_brackets(str *s, const fractions *f, frac a, bool yes) {
    yes &= a.q != 1;
    if (yes) str_addc(s, '(');
    put(s, f, a, !yes);
    if (yes) str_addc(s, ')');
}

/* What is to be worked out, canonically: "(2/3) / (3/4)", "2 1/3 + 1 1/2". */
static void put_task(str *s, const fractions *f) {
    bool div = f->op == '/', mul = f->mixed && f->op == '*';
    if (div || mul) in_brackets(s, f, f->a, true);
    else put(s, f, f->a, false);
    str_addf(s, " %c ", f->op);
    in_brackets(s, f, f->b, div || mul);
    if (!f->op2) return;
    str_addf(s, " %c ", f->op2);
    put(s, f, f->c, true);
}

static const char *const simplify[] = {
    NUM_DO " {the simplest form of <a>|<a> in {lowest terms|simplest form}}" NUM_STOP,
    "{3*Simplify|3*Reduce|Please simplify|Can you simplify|Could you reduce|Cancel down|Help me simplify|I have to "
    "reduce|Write in lowest terms:} {3*|the fraction |this fraction: }<a>{3*| {as far as possible|completely|fully}}"
    "{|.|?}",
    NUM_IS
    " {<a> in {lowest terms|its simplest form|simplest form}|the simplest form of <a>|<a> {simplified|reduced|in "
    "its lowest terms}}" NUM_MARK,
    "{Express|Write|Give} {|the fraction }<a> in {lowest terms|its simplest form|simplest form}" NUM_STOP,
};
static const char *const to_mixed[] = {
    "{3*Write|3*Express|Convert|Turn|Change|Please write|Can you write|Could you turn|Rewrite} {|the "
    "{improper |}fraction }<a> {as|into} a mixed number" NUM_STOP,
    NUM_IS " <a> {as|written as|expressed as|in the form of} a mixed number" NUM_MARK,
    "{What mixed number|Which mixed number} {is|equals|is the same as} <a>" NUM_MARK,
    "<a> as a mixed number{|?| =}",
};
static const char *const to_improper[] = {
    "{3*Write|3*Express|Convert|Turn|Change|Please write|Can you write|Could you turn|Rewrite} {|the mixed number }<a> "
    "{as|into} {an improper|a single|one} fraction" NUM_STOP,
    NUM_IS " <a> {as|written as|expressed as} {an improper|a single} fraction" NUM_MARK,
    "{What|Which} {improper |}fraction {is|equals|is the same as} <a>" NUM_MARK,
    "<a> as an improper fraction{|?| =}",
};
static const char *const ask_compare[] = {
    "{Compare|Please compare|Can you compare|Help me compare} <a> {and|with} <b>{3*|, using <lt>, <gt> or =| with "
    "<lt>, "
    "<gt> or =}" NUM_STOP,
    "{Which sign|Which of <lt>, <gt>, =|What symbol} {goes|belongs|fits} between <a> and <b>" NUM_MARK,
    "{Put|Write|Fill in} {<lt>, <gt> or =|the right sign} between <a> and <b>" NUM_STOP,
    "{Is|Tell me, is|Hey, is} <a> {less than, equal to or greater than|smaller than, equal to or larger than} "
    "<b>" NUM_MARK,
};
static const char *const ask_larger[] = {
    "{Which|Which fraction|What|Which one|Tell me which} is {larger|bigger|greater|more}{:|,| --} <a> or <b>" NUM_MARK,
    "{Which|Which one} of <a> and <b> is {the larger|the greater|the bigger} {one|fraction|number}" NUM_MARK,
    "{Of|Between} <a> and <b>, which {|fraction |one }is {larger|bigger|greater}" NUM_MARK,
    NUM_IS " {the larger|the bigger|the greater} {of|fraction of|number of} <a> and <b>" NUM_MARK,
};
static const char *const compute[] = {
    NUM_IS " {4*|the value of |the result of }<e>{3*| in lowest terms| as a fraction| {simplified|reduced}}" NUM_MARK,
    NUM_DO " {3*|the value of |this: }<e>{3*| and {simplify|reduce|cancel}| as a fraction in lowest terms| "
           "in lowest terms}" NUM_STOP,
    "<e>{3*|3* = ?| =|=?| equals?| = what?}",
    "{How much is|What do you get for|I'm stuck on|My homework asks for|Show me} <e>{3*?|, as a fraction?|, "
    "simplified?}",
};

static void ask(problem *p, rng *r, const fractions *f) {
    static const char *const ops[][4] = {{" + ", "+", " plus ", " + "},
                                         {" - ", "-", " minus ", " \xe2\x88\x92 "},
                                         {" * ", " x ", " times ", " \xc3\x97 "},
                                         {" / ", " \xc3\xb7 ", " divided by ", " : "}};
    str                      a = {0}, b = {0}, e = {0};
    put(&a, f, f->a, false);
    put(&b, f, f->b, false);
    str canonical = {0};
    if (f->form == F_OP) put_task(&canonical, f);
    int style = (int)rng_below(r, 4), div = style;
    if (div == 0) div = 1; /* 2/3 / 3/4 is hard to read */
    for (const char *c = canonical.p; c && *c; c++) {
        if (*c == ' ' && c[1] && strchr("+-*/", c[1]) && c[2] == ' ') {
            int k = c[1] == '+' ? 0 : c[1] == '-' ? 1 : c[1] == '*' ? 2 : 3;
            str_add(&e, ops[k][k == 3 ? div : style]);
            c += 2;
        } else if (style == 0 || !strchr("()", *c) || c[1] == '-' || strchr(canonical.p, '-')) {
            str_addc(&e, *c);
        }
    }
    const word_slot slots[] = {{"a", a.p}, {"b", b.p}, {"e", e.p ? e.p : ""}, {"lt", "<"}, {"gt", ">"}, {0}};
    switch (f->form) {
    case F_SIMPLIFY: numfam_ask(p, r, simplify, NUM_COUNT(simplify), slots); break;
    case F_MIXED: numfam_ask(p, r, to_mixed, NUM_COUNT(to_mixed), slots); break;
    case F_IMPROPER: numfam_ask(p, r, to_improper, NUM_COUNT(to_improper), slots); break;
    case F_COMPARE: numfam_ask(p, r, ask_compare, NUM_COUNT(ask_compare), slots); break;
    case F_LARGER: numfam_ask(p, r, ask_larger, NUM_COUNT(ask_larger), slots); break;
    default: numfam_ask(p, r, compute, NUM_COUNT(compute), slots);
    }
    str_free(&a);
    str_free(&b);
    str_free(&e);
    str_free(&canonical);
}

static void understand(str *s, const fractions *f) {
    static const char *const head[] = {
        "", "simplify ", "as a mixed number: ", "as a fraction: ", "compare ", "the larger of "};
    str_add(s, head[f->form]);
    if (f->form == F_OP) {
        put_task(s, f);
        return;
    }
    put(s, f, f->a, false);
    if (f->form != F_COMPARE && f->form != F_LARGER) return;
    str_add(s, " and ");
    put(s, f, f->b, false);
}

static void plan(str *s, const fractions *f) {
    static const char *const how[] = {"",
                                      "divide both by their gcd\n",
                                      "divide, the rest stays over the denominator\n",
                                      "whole times denominator, plus numerator\n",
                                      "cross products\n",
                                      "cross products\n"};
    str_add(s, "Plan: ");
    if (f->form != F_OP) {
        str_add(s, how[f->form]);
        return;
    }
    if (f->mixed) str_add(s, "mixed numbers to fractions, ");
    str_add(s, f->op == '*'   ? "tops times tops, bottoms times bottoms, "
               : f->op == '/' ? "times the second turned over, "
                              : "the same denominator, ");
    str_add(s, f->op2 ? "then the third, reduce\n" : "reduce\n");
}

static void answer(problem *p, rng *r, const fractions *f, frac v) {
    str named = {0}, m = {0};
    if (f->form == F_COMPARE) { /* truth: "2/3 < 3/4" */
        str_addf(&p->truth, "%ld/%ld %c %ld/%ld", f->a.p, f->a.q, v.p < 0 ? '<' : v.p ? '>' : '=', f->b.p, f->b.q);
        numfam_answer(p, r, NULL, NULL);
        return;
    }
    if (f->form == F_LARGER) {
        frac_put(&m, v.p < 0 ? f->b : f->a);
        str_addf(&p->truth, "%s larger than ", m.p);
        frac_put(&p->truth, v.p < 0 ? f->a : f->b);
    } else if (f->form == F_MIXED || (f->form == F_OP && f->mixed)) frac_put_mixed(&p->truth, v);
    else frac_put(&p->truth, v);
    if (f->form == F_LARGER) {
        str_addf(&p->answer, numfam_chance(r, 50) ? "**%s** is larger." : "The larger one is **%s**.", m.p);
    } else {
        if (f->form == F_OP) put_task(&named, f);
        else put(&named, f, f->a, false);
        numfam_answer(p, r, numfam_chance(r, 50) ? named.p : NULL, NULL);
    }
    str_free(&named);
    str_free(&m);
}

static void make(rng *r, int level, problem *p) {
    fractions f;
    do {
        f = (fractions){.a = {1, 1}, .b = {1, 1}, .c = {1, 1}};
        draw(r, level, &f);
    } while (!fits(&f));
    ask(p, r, &f);
    p->level = level;
    str_add(&p->key, "fractions:");
    understand(&p->key, &f);
    str_add(&p->reasoning, "Understand: ");
    understand(&p->reasoning, &f);
    str_addc(&p->reasoning, '\n');
    plan(&p->reasoning, &f);
    fam_value v = fam_work(p, r, &(fam_phases){work, check, &f});
    answer(p, r, &f, (frac){v.v, v.w});
}

/* ---- judging */
typedef struct part {
    const char *p;
    size_t      n;
} part;

/* The next bold part or box from *at on, which moves behind it; false if there is none. */
static bool next_bold(const char **at, part *out) {
    const char *a = strstr(*at, "**"), *b = a ? strstr(a + 2, "**") : NULL, *x = strstr(*at, "\\boxed{");
    if (b) *out = (part){a + 2, (size_t)(b - a - 2)}, *at = b + 2;
    else if (x) *out = (part){x + 7, strlen(x + 7)}, *at = x + 7 + strlen(x + 7);
    return b || x;
}

/* The last number in a text as it is written, \frac{2}{3} as 2/3; "" if there is none. */
static void last_written(part s, char out[48]) {
    out[0] = 0;
    for (const char *c = s.p, *end; c < s.p + s.n; c++) {
        ratio v;
        bool  minus = *c == '-' || !strncmp(c, "\xe2\x88\x92", 3);
        if (!strchr("0123456789\\", *c) && !minus) continue;
        if (!ratio_read(c, &v, &end)) continue;
        size_t      n     = 0;
        const char *f     = strstr(c, "frac{");
        bool        latex = f && f < end;
        for (const char *k = c; k < end && n < 40; k++) {
            if ((*k >= '0' && *k <= '9') || *k == '/' || *k == ' ') out[n++] = *k;
            else if (*k == '-' || *k == '\xe2') out[n++] = '-';
            else if (latex && *k == '}' && k[1] == '{') out[n++] = '/';
        }
        out[n] = 0;
        c      = end - 1;
    }
}

/* Does the question hold a fraction of this value? Then the answer is a matter of how it is written. */
static bool asked_value(const char *q, ratio v) {
    const char *end;
    for (ratio w; *q; q++) {
        if (*q < '0' || *q > '9' || !ratio_read(q, &w, &end)) continue;
        if (ratio_eq(v, w)) return true;
        q = end - 1;
    }
    return false;
}

static bool fail(char why[96], const char *what, const char *truth) {
    snprintf(why, 96, "expected %.40s, found %s", truth, what);
    return false;
}

/* One relation in a sentence: what stands before it, what it says, what stands after. */
typedef struct relation {
    ratio l, r;
    bool  has_l, has_r;
    char  rel;
    int   values; /* fractions in the sentence */
} relation;

static char relation_word(const char *s, size_t *n) {
    static const struct {
        const char *w;
        char        rel;
    } all[] = {{"less", '<'},   {"smaller", '<'}, {"lower", '<'}, {"greater", '>'}, {"larger", '>'},
               {"bigger", '>'}, {"more", '>'},    {"equal", '='}, {"same", '='},    {"higher", '>'},
               {"<", '<'},      {">", '>'},       {"=", '='},     {"&lt;", '<'},    {"&gt;", '>'}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        *n = strlen(all[i].w);
        if (!strncasecmp(s, all[i].w, *n)) return all[i].rel;
    }
    return 0;
}

/* False if the sentence says more than one thing. */
static bool read_relation(const char *s, size_t n, relation *out) {
    const char *end = s + n, *next;
    *out            = (relation){0};
    while (s < end) {
        ratio  v;
        size_t k;
        char   rel = relation_word(s, &k);
        if (rel) {
            if (out->rel && out->rel != rel) return false;
            out->rel = rel;
            s += k;
        } else if (((*s >= '0' && *s <= '9') || *s == '\\') && ratio_read(s, &v, &next)) {
            out->values++;
            if (!out->rel) out->l = v, out->has_l = true;
            else out->r = v, out->has_r = true;
            s = next;
        } else {
            s++;
        }
    }
    return out->values <= 2 && !(out->values == 2 && out->rel && (!out->has_l || !out->has_r));
}

static char turned(char rel) { return rel == '<' ? '>' : rel == '>' ? '<' : rel; }

/* What a sentence says of a and b, as a sign between them; 0 nothing, '!' something else. */
static char says(const char *s, size_t n, ratio a, ratio b) {
    relation k;
    if (!read_relation(s, n, &k)) return '!';
    if (!k.rel) return k.values == 2 ? '!' : 0;
    if (!k.values) return k.rel;
    ratio first = k.has_l ? k.l : k.r; /* "the larger is 3/4" */
    bool  is_a = ratio_eq(first, a), is_b = ratio_eq(first, b);
    if (!is_a && !is_b) return '!';
    if (k.values == 2 && !ratio_eq(k.r, is_a ? b : a)) return '!';
    return is_a ? k.rel : turned(k.rel);
}

static bool right_relation(const char *text, ratio a, char rel, ratio b, bool larger, const char *truth, char why[96]) {
    static const char *const no[]  = {" not ", "n't", "neither", "wrong", "unsure", "maybe", "perhaps", NULL};
    char                     found = 0;
    for (int i = 0; no[i]; i++)
        if (strcasestr(text, no[i])) return fail(why, "a denial", truth);
    if (strchr(text, '?')) return fail(why, "a question", truth);
    for (const char *s = text; *s;) {
        const char *end = s;
        while (*end && *end != '\n' && !(*end == '.' && (!end[1] || end[1] == ' ' || end[1] == '\n'))) end++;
        char c = says(s, (size_t)(end - s), a, b);
        if (c && found && c != found) return fail(why, "two relations", truth);
        if (c) found = c;
        s = *end ? end + 1 : end;
    }
    if (!found && larger) { /* the number alone */
        str t = {0};
        str_addf(&t, "%lld/%lld", a.p, a.q);
        bool ok = answer_matches(text, t.p, why);
        str_free(&t);
        return ok;
    }
    return found == rel || fail(why, found ? "another relation" : "none", truth);
}

static bool right(const problem *p, const char *text, char why[96]) {
    static const char than[] = " larger than ";
    const char       *t      = p->truth.p, *end;
    ratio             a, b;
    char              rel = 0;
    if (verify_echo(p->question.p, text, why)) return false;
    bool larger = strstr(t, than) != NULL;
    if (!ratio_read(t, &a, &end)) return fail(why, "a truth that is no number", t);
    if (larger) rel = '>', end += sizeof than - 1;
    else if (end[0] == ' ' && end[1] && strchr("<>=", end[1])) rel = end[1], end += 3;
    if (rel) return ratio_read(end, &b, &end) && right_relation(text, a, rel, b, larger, t, why);
    if (!answer_matches(text, t, why)) return false;
    if (!asked_value(p->question.p, a)) return true;
    char        written[48];
    const char *at   = text;
    part        bold = {text, strlen(text)};
    bool        ok, seen = false, any = next_bold(&at, &bold);
    do { /* "**Answer:** 1/2": a bold part without a number says nothing of it */
        last_written(bold, written);
        ok = !written[0] || !strcmp(written, t);
        seen |= written[0] != 0;
    } while (ok && any && next_bold(&at, &bold));
    if (!seen) {
        last_written((part){text, strlen(text)}, written);
        ok = !strcmp(written, t);
    }
    return ok || fail(why, "it written another way", t);
}

static bool starts(const char **s, size_t *n, const char *head) {
    size_t k = strlen(head);
    if (*n < k || strncmp(*s, head, k)) return false;
    *s += k;
    *n -= k;
    return true;
}

static bool solve(const problem *p, str *truth, char why[96]) {
    const char *s, *end;
    size_t      n;
    ratio       v, w;
    if (!fam_understood(p, &s, &n, why)) return false;
    bool larger = starts(&s, &n, "the larger of ");
    if (larger || starts(&s, &n, "compare ")) {
        if (!ratio_read(s, &v, &end) || strncmp(end, " and ", 5) || !ratio_read(end + 5, &w, &end))
            return numfam_not(why, "two fractions", s, n);
        ratio d;
        if (!ratio_op(v, '-', w, &d)) return numfam_not(why, "two fractions", s, n);
        const char *and = memmem(s, n, " and ", 5);
        int na = (int)(and-s), nb = (int)(s + n - and) - 5;
        if (!larger) str_addf(truth, "%.*s %c %.*s", na, s, d.p < 0 ? '<' : d.p ? '>' : '=', nb, and+5);
        else if (d.p < 0) str_addf(truth, "%.*s larger than %.*s", nb, and+5, na, s);
        else str_addf(truth, "%.*s larger than %.*s", na, s, nb, and+5);
        return true;
    }
    bool mixed    = starts(&s, &n, "as a mixed number: ");
    bool improper = !mixed && starts(&s, &n, "as a fraction: ");
    if (!mixed && !improper) starts(&s, &n, "simplify ");
    if (!steps_value(s, n, NULL, &v)) return numfam_not(why, "a calculation with fractions", s, n);
    frac f = {(long)v.p, (long)v.q};
    for (size_t i = 1; i + 1 < n && !mixed; i++) /* an operation on mixed numbers gives one */
        mixed = s[i] == ' ' && isdigit((unsigned char)s[i - 1]) && isdigit((unsigned char)s[i + 1]) && !improper;
    if (mixed) frac_put_mixed(truth, f);
    else frac_put(truth, f);
    return true;
}

const family fam_fractions = {.name   = "fractions",
                              .field  = "education",
                              .about  = "simplify, + - * /, mixed numbers, compare",
                              .levels = 10,
                              .make   = make,
                              .right  = right,
                              .solve  = solve};
