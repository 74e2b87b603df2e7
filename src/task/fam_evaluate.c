/* fam_evaluate.c -- the value of an expression at given values of its letters.
 *
 * Levels: 1 x + a, ax; 2 ax + b; 3 negative values; 4 two letters; 5 squares; 6 ax^2 + bx + c; 7 the same left of 0,
 * cubes; 8 two letters with squares and products; 9 brackets; 10 three letters, squared brackets, quotients.
 *
 * Work puts the numbers in (a power as a product) and works the expression out. The check adds the terms in the other
 * order, with the factors of each turned round. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/alg.h"
#include "task/expr.h"
#include "task/steps.h"
#include "task/verify.h"
#include "task/wording.h"

enum { NODES = 40, LETTERS = 3 };
typedef struct form {
    struct {
        char op; /* 'n' number v, 'v' letter v, + - * / , '^' l to the v */
        int  l, r;
        long v;
    } node[NODES];
    int  n, root;
    char letter[LETTERS];
    long value[LETTERS];
    int  letters;
} form;

/* ---- building */
static int node(form *f, char op, int l, int r, long v) {
    int i          = f->n++;
    f->node[i].op  = op;
    f->node[i].l   = l;
    f->node[i].r   = r;
    f->node[i].v   = v;
    return f->root = i;
}

static int num(form *f, long v) { return node(f, 'n', 0, 0, v); }
static int var(form *f, int k) { return node(f, 'v', 0, 0, k); }
static int power(form *f, int l, long n) { return n == 1 ? l : node(f, '^', l, 0, n); }
static int times(form *f, long c, int b) { /* c b */
    if (c == 1) return f->root = b;
    int a = num(f, c);
    return node(f, '*', a, b, 0);
}
/* a + c b */
static int plus(form *f, int a, long c, int b) {
    int t = times(f, labs(c), b);
    return node(f, c < 0 ? '-' : '+', a, t, 0);
}
static int plus_num(form *f, int a, long c) {
    if (!c) return a;
    int b = num(f, labs(c));
    return node(f, c < 0 ? '-' : '+', a, b, 0);
}

/* ---- printing: 3x^2 - 2y, 4(x + y), (x - 2y)^2, (3x + y)/2, 2xy */
static bool is_sum(const form *f, int i) { return f->node[i].op == '+' || f->node[i].op == '-'; }

static void print(str *s, const form *f, int i) {
    int  l = f->node[i].l, r = f->node[i].r;
    char op = f->node[i].op;
    if (op == 'n') {
        digits_num(s, f->node[i].v);
        return;
    }
    if (op == 'v') {
        str_addc(s, f->letter[f->node[i].v]);
        return;
    }
    bool bl    = (op == '*' || op == '/' || op == '^') && is_sum(f, l);
    bool br    = (op == '*' && is_sum(f, r)) || (op == '-' && is_sum(f, r));
    bool minus = op == '*' && f->node[l].op == 'n' && f->node[l].v == -1;
    if (minus) str_addc(s, '-');
    else {
        if (bl) str_addc(s, '(');
        print(s, f, l);
        if (bl) str_addc(s, ')');
    }
    if (op == '^') {
        str_addf(s, "^%ld", f->node[i].v);
        return;
    }
    if (op == '+' || op == '-') str_addf(s, " %c ", op);
    if (op == '/') str_addc(s, '/');
    if (br) str_addc(s, '(');
    print(s, f, r);
    if (br) str_addc(s, ')');
}

/* ---- numbers put in */
static int put_in(expr *e, const form *f, int i) {
    int l = f->node[i].l;
    switch (f->node[i].op) {
    case 'n': return expr_num(e, f->node[i].v);
    case 'v': return expr_num(e, f->value[f->node[i].v]);
    case '^': {
        int p = put_in(e, f, l);
        for (long k = 1; k < f->node[i].v; k++) {
            int q = put_in(e, f, l);
            p     = expr_op(e, '*', p, q);
        }
        return p;
    }
    default: {
        int a = put_in(e, f, l), b = put_in(e, f, f->node[i].r);
        return expr_op(e, f->node[i].op, a, b);
    }
    }
}

/* The same in the other order: factors turned round. */
static int turned(expr *e, const form *f, int i) {
    int  l = f->node[i].l, r = f->node[i].r;
    char op = f->node[i].op;
    if (op == '*') {
        int a = turned(e, f, r), b = turned(e, f, l);
        return expr_op(e, '*', a, b);
    }
    if (op == '+') {
        int a = turned(e, f, r), b = turned(e, f, l);
        return expr_op(e, '+', a, b);
    }
    if (op == '-' && !is_sum(f, r)) { /* -b + a: the sign goes to the last factor of the turned term */
        int a = turned(e, f, r);
        a     = expr_op(e, '*', expr_num(e, -1), a);
        int b = turned(e, f, l);
        return expr_op(e, '+', a, b);
    }
    if (op == '-' || op == '/') {
        int a = turned(e, f, l), b = turned(e, f, r);
        return expr_op(e, op, a, b);
    }
    return put_in(e, f, i);
}

static void work(trace *t, void *ctx, fam_value *found) {
    const form *f = ctx;
    expr        e = {0};
    e.root        = put_in(&e, f, f->root);
    str_add(t->out, "put in: ");
    expr_put(t->out, &e);
    str_addc(t->out, '\n');
    *found = (fam_value){expr_work(t, &e, NULL, true, NULL), 0};
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const form *f = ctx;
    expr        e = {0};
    e.root        = turned(&e, f, f->root);
    str_add(t->out, "the other way round: ");
    expr_put(t->out, &e);
    str_addc(t->out, '\n');
    return fam_compare(t, expr_work(t, &e, NULL, true, NULL), found->v);
}

/* ---- drawing */
static long any(rng *r, int lo, int hi, int neg) {
    long v = rng_range(r, lo, hi);
    return alg_chance(r, neg) ? -v : v;
}

static void low(rng *r, int level, form *f) {
    int k       = rng_range(r, 0, 99), x;
    f->letters  = level == 4 ? 2 : 1;
    f->value[0] = level == 3 ? any(r, 1, 12, 75) : rng_range(r, 1, level == 1 ? 60 : 12);
    f->value[1] = any(r, 1, 12, 25);
    x           = var(f, 0);
    switch (level) {
    case 1:
        if (k < 40) {
            plus_num(f, x, rng_range(r, 1, 60));
        } else if (k < 60) {
            f->value[0] = rng_range(r, 20, 80);
            plus_num(f, x, -rng_range(r, 1, 20));
        } else if (k < 80) {
            f->value[0] = rng_range(r, 1, 60);
            int a       = num(f, rng_range(r, 1, 60));
            node(f, '+', a, x, 0);
        } else {
            f->value[0] = rng_range(r, 2, 20);
            times(f, rng_range(r, 2, 9), x);
        }
        break;
    case 2:
        if (k < 70) plus_num(f, times(f, rng_range(r, 2, 9), x), any(r, 1, 50, 35));
        else {
            int a = num(f, rng_range(r, 30, 99));
            plus(f, a, any(r, 2, 9, 50), x);
        }
        break;
    case 3:
        if (k < 70) plus_num(f, times(f, any(r, 2, 9, 30), x), any(r, 1, 50, 50));
        else {
            int a = num(f, rng_range(r, 1, 50));
            plus(f, a, any(r, 2, 9, 70), x);
        }
        break;
    case 4: {
        int a = times(f, rng_range(r, 2, 9), x), y = var(f, 1);
        a = plus(f, a, any(r, 2, 9, 50), y);
        if (k < 40) plus_num(f, a, any(r, 1, 30, 50));
        break;
    }
    default: {
        int a = times(f, k < 40 ? 1 : rng_range(r, 2, 9), power(f, x, 2));
        if (k % 2) plus_num(f, a, any(r, 1, 60, 50));
        else {
            int y = var(f, 0);
            plus(f, a, any(r, 1, 20, 50), y);
        }
    }
    }
}

static void high(rng *r, int level, form *f) {
    int k = rng_range(r, 0, 99), a, b, x = var(f, 0);
    f->letters = level < 8 ? 1 : level < 10 ? 2 : 3;
    for (int i = 0; i < LETTERS; i++) f->value[i] = any(r, 2, level == 6 ? 9 : 7, level == 6 ? 0 : 45);
    switch (level) {
    case 6:
        a = times(f, rng_range(r, 1, 9), power(f, x, 2));
        b = var(f, 0);
        plus_num(f, plus(f, a, any(r, 1, 12, 50), b), any(r, 1, 30, 50));
        break;
    case 7:
        if (f->value[0] > 0) f->value[0] = -f->value[0];
        a = times(f, rng_range(r, 1, 7), power(f, x, k < 30 && f->value[0] > -5 ? 3 : 2));
        b = var(f, 0);
        if (k % 3) a = plus(f, a, any(r, 1, 12, 50), b);
        plus_num(f, a, any(r, 1, 30, 50));
        break;
    case 8:
        a = times(f, rng_range(r, 1, 6), power(f, x, 2));
        if (k < 50) { /* ax^2 + bxy + c */
            b = var(f, 0);
            b = times(f, rng_range(r, 2, 6), b);
            a = node(f, alg_chance(r, 50) ? '-' : '+', a, node(f, '*', b, var(f, 1), 0), 0);
            if (k % 2) plus_num(f, a, any(r, 1, 20, 50));
        } else {
            b = power(f, var(f, 1), 2);
            a = plus(f, a, any(r, 1, 6, 50), b);
            if (k % 2) plus(f, a, any(r, 2, 9, 50), var(f, 1));
        }
        break;
    case 9: /* a(x + by) - cx, a(x - b)^2 + cy */
        if (k < 50) {
            b = plus(f, x, any(r, 2, 6, 50), var(f, 1));
            a = times(f, rng_range(r, 2, 9), b);
            plus(f, a, any(r, 2, 9, 60), var(f, k % 2));
        } else {
            b = plus_num(f, x, any(r, 1, 9, 50));
            a = times(f, rng_range(r, 1, 6), power(f, b, 2));
            plus(f, a, any(r, 2, 9, 60), var(f, 1));
        }
        break;
    default:
        if (k < 40) { /* (x - y)^2 - az */
            b = power(f, plus(f, x, any(r, 1, 3, 60), var(f, 1)), 2);
            plus(f, b, any(r, 2, 9, 70), var(f, 2));
        } else if (k < 70) { /* x(y + a) - bz^2 */
            b = plus_num(f, var(f, 1), any(r, 1, 9, 50));
            a = node(f, '*', x, b, 0);
            plus(f, a, any(r, 2, 6, 60), power(f, var(f, 2), 2));
        } else { /* (ax + by)/z */
            a = times(f, rng_range(r, 2, 9), x);
            a = plus(f, a, any(r, 2, 9, 50), power(f, var(f, 1), 1 + k % 2));
            node(f, '/', a, var(f, 2), 0);
        }
    }
}

static bool fits(const form *f) {
    expr e = {0};
    long v;
    e.root = put_in(&e, f, f->root);
    return expr_value(&e, &v) && labs(v) < 5000;
}

/* ---- asking */
static const char ask[] =
    "{4*" ALG_POLITE "{3*evaluate|find the value of|work out|calculate|compute|determine the value of|figure out} "
    "[{the expression |the value of |4*}]<e> {3*for|2*when|if|with|at|where|given} <w>" ALG_END
    "|3*{what is|what's|how much is|what is the value of|what does one get for} <e> {2*if|2*when|for|with|where|at} "
    "<w>{4*?|}"
    "|3*{if|when|for|let|given|suppose|with} <w>{, |: }{what is|find|evaluate|calculate|work out|compute|how much is} "
    "[the value of ]<e>{?|.|}"
    "|{substitute|put in|plug in} <w> {in|into} <e>{.|, please|| and {simplify|give the value}}"
    "|<e> {for|with|when|at} <w>{?| = ?|}}";

static void put_values(str *s, const form *f, const char *eq) {
    for (int i = 0; i < f->letters; i++) {
        if (i) str_add(s, ", ");
        str_addc(s, f->letter[i]);
        str_add(s, eq);
        digits_num(s, f->value[i]);
    }
}

static void say_values(str *s, rng *r, const form *f) { /* "x = 4 and y = -1" */
    const char *eq = alg_chance(r, 75) ? " = " : alg_chance(r, 60) ? "=" : " is ";
    str_clear(s);
    for (int i = 0; i < f->letters; i++) {
        if (i) str_add(s, i == f->letters - 1 && alg_chance(r, 60) ? " and " : ", ");
        str_addc(s, f->letter[i]);
        str_add(s, eq);
        digits_num(s, f->value[i]);
    }
}

static void letters(rng *r, form *f) {
    static const char *const sets[] = {"xyz", "xyz", "xyz", "xyz", "abc", "abk",
                                       "mnp", "pqs", "uvw", "ktn", "hkt", "ntw"};
    const char              *s      = sets[rng_below(r, 12)];
    memcpy(f->letter, s, LETTERS);
}

static void make(rng *r, int level, problem *p) {
    form f;
    str  c = {0}, typed = {0}, w = {0};
    do {
        f = (form){.letter = {'x', 'y', 'z'}};
        if (level <= 5) low(r, level, &f);
        else high(r, level, &f);
    } while (!fits(&f));
    p->level = level;
    str_add(&p->key, "evaluate:");
    print(&p->key, &f, f.root);
    str_add(&p->key, " for ");
    put_values(&p->key, &f, " = ");
    letters(r, &f);
    print(&c, &f, f.root);
    alg_typed(&typed, r, c.p);
    say_values(&w, r, &f);
    wording_ask(&p->question, r, ask, (word_slot[]){{"e", typed.p}, {"w", w.p}, {0}});
    str_addf(&p->reasoning, "Understand: %s for ", c.p);
    put_values(&p->reasoning, &f, " = ");
    str_addf(&p->reasoning, "\nPlan: put the numbers in, brackets, products, sums\n");
    fam_value v = fam_work(p, r, &(fam_phases){work, check, &f});
    digits_num(&p->truth, v.v);
    wording_put(&p->answer, r, "{<e> = **<v>**|The value is **<v>**.|It is **<v>**.|For <w> the value is **<v>**.}",
                (word_slot[]){{"e", c.p}, {"v", p->truth.p}, {"w", w.p}, {0}});
    str_free(&c);
    str_free(&typed);
    str_free(&w);
}

static bool right(const problem *p, const char *text, char why[96]) {
    return !verify_echo(p->question.p, text, why) && alg_right_number(text, p->truth.p, p->question.p, why);
}

/* The expression with its letters replaced by numbers in brackets. */
static bool replaced(str *out, const char *s, size_t n, const char *values, size_t nv) {
    for (size_t i = 0; i < n; i++) {
        if (!isalpha((unsigned char)s[i])) {
            str_addc(out, s[i]);
            continue;
        }
        char        head[6] = {s[i], ' ', '=', ' ', 0};
        const char *v;
        size_t      k;
        if (!alg_between(values, nv, head, NULL, &v, &k)) return false;
        const char *comma = memchr(v, ',', k);
        str_addf(out, "(%.*s)", (int)(comma ? (size_t)(comma - v) : k), v);
    }
    return true;
}

static bool solve(const problem *p, str *truth, char why[96]) {
    const char *s, *e, *w;
    size_t      n, len, nw;
    str         in = {0};
    poly        v;
    if (!alg_understood(p, &s, &n, why)) return false;
    bool ok = alg_between(s, n, "", " for ", &e, &len) && alg_between(s, n, " for ", NULL, &w, &nw) &&
              replaced(&in, e, len, w, nw);
    ok = ok && poly_read(in.p, in.len, &v, NULL) && !poly_degree(&v);
    if (ok) poly_put(truth, &v);
    str_free(&in);
    return ok || alg_not("an expression and its letters", s, why);
}

const family fam_evaluate = {.name   = "evaluate",
                             .field  = "education",
                             .about  = "expressions with given values for their letters",
                             .levels = 10,
                             .make   = make,
                             .right  = right,
                             .solve  = solve};
