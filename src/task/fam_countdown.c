/* fam_countdown.c -- make a number from given numbers, each at most once, with + - * / and brackets.
 *
 * Levels: 1 three numbers, + and -; 2 three, all signs; 3 three, all to be used; 4 to 6 four numbers, with all to be
 * used (5) or a large one (6); 7 and 8 five; 9 and 10 six, with large ones.
 *
 * Work searches backwards from the target: with 75 among the numbers, 347 needs 347 - 75 = 272 from the others. The
 * order is always the same (the largest number first: divide by it where that goes, take it away; then add), and a
 * branch ends when one number is left and is not what is needed. make() keeps the problems for which this search is
 * short. Check works the expression out. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/expr.h"
#include "task/fam.h"
#include "task/ratio.h"
#include "task/verify.h"
#include "task/wording.h"

enum { NUMBERS = 6, TRIES = 11 };
typedef struct puzzle {
    long v[NUMBERS]; /* the largest first */
    int  n;
    long target;
    bool all;
    /* what Work found */
    char kind[NUMBERS]; /* '/' need / x, '-' need - x, 'r' x - need, '+' need + x */
    long with[NUMBERS];
    int  depth;
    long last; /* the number that was needed in the end */
    bool found;
    int  tries;
    int  twist; /* the move that Work turned round the wrong way when it wrote the expression, or -1 */
} puzzle;

/* ---- the search; t == NULL: silent, for make */
static void put_list(str *s, const puzzle *z, unsigned used) {
    bool first = true;
    for (int i = 0; i < z->n; i++) {
        if (used & (1u << i)) continue;
        if (!first) str_addc(s, ' ');
        digits_num(s, z->v[i]);
        first = false;
    }
}

static bool seek(trace *t, puzzle *z, long need, unsigned used, int depth);

/* One move: x out of the numbers, and the new need. */
static bool move(trace *t, puzzle *z, long need, unsigned used, int depth, int i, char kind) {
    long x = z->v[i], now;
    if (z->tries++ >= TRIES || (t && t->bad)) return false;
    if (t) {
        long rest = 0;
        if (kind == '/') now = digits_div(t, NULL, need, x, &rest);
        else now = kind == 'r' ? digits_op(t, x, '-', need) : digits_op(t, need, kind, x);
        if (kind == '/' && rest) {
            str_add(t->out, "does not divide\n");
            return false;
        }
    } else {
        if (kind == '/' && need % x) return false;
        now = kind == '/' ? need / x : kind == 'r' ? x - need : kind == '-' ? need - x : need + x;
    }
    if (now < 0) {
        if (t) t->bad = true;
        return false;
    }
    z->kind[depth] = kind;
    z->with[depth] = x;
    return seek(t, z, now, used | (1u << i), depth + 1);
}

static bool seek(trace *t, puzzle *z, long need, unsigned used, int depth) {
    int left = z->n - depth, hit = -1;
    for (int i = 0; i < z->n; i++)
        if (!(used & (1u << i)) && z->v[i] == need) hit = i;
    if (hit >= 0 && (left == 1 || !z->all)) {
        if (t) str_addf(t->out, "%ld is there\n", need);
        z->depth        = depth;
        z->last         = need;
        return z->found = true;
    }
    if (t) {
        str_addf(t->out, "need %ld from ", need);
        put_list(t->out, z, used);
        str_add(t->out, left == 1 ? ": no, back\n" : "\n");
    }
    if (left == 1) return false;
    for (int i = 0; i < z->n; i++) {
        long x = z->v[i];
        if (used & (1u << i) || (i && z->v[i - 1] == x && !(used & (1u << (i - 1))))) continue;
        if (x > need && need && move(t, z, need, used, depth, i, 'r')) return true;
        if (x <= need && x > 1 && x <= DIGITS_DIVISOR && need > 3 * x && move(t, z, need, used, depth, i, '/'))
            return true;
        if (x < need && move(t, z, need, used, depth, i, '-')) return true;
        if (z->tries >= TRIES) return false;
    }
    for (int i = 0; i < z->n; i++) {
        if (used & (1u << i) || (i && z->v[i - 1] == z->v[i] && !(used & (1u << (i - 1))))) continue;
        if (move(t, z, need, used, depth, i, '+')) return true;
        if (z->tries >= TRIES) return false;
    }
    return false;
}

static void build(const puzzle *z, expr *e) {
    memset(e, 0, sizeof *e);
    int at = expr_num(e, z->last);
    for (int i = z->depth - 1; i >= 0; i--) {
        int x = expr_num(e, z->with[i]);
        if (i == z->twist) { /* takes the sign of the search for that of the expression */
            at = z->kind[i] == '-' ? expr_op(e, '-', at, x) : expr_op(e, '+', at, x);
            continue;
        }
        at = z->kind[i] == '/'   ? expr_op(e, '*', at, x)
             : z->kind[i] == '-' ? expr_op(e, '+', at, x)
             : z->kind[i] == 'r' ? expr_op(e, '-', x, at)
                                 : expr_op(e, '-', at, x);
    }
    e->root = at;
}

static void work(trace *t, void *ctx, fam_value *found) {
    puzzle *z = ctx;
    expr    e;
    z->found = false;
    z->tries = 0;
    z->twist = -1;
    if (!seek(t, z, z->target, 0, 0)) {
        t->bad = true; /* only after a slip */
        return;
    }
    for (int i = 0; i < z->depth; i++)
        if (trace_slips(t)) z->twist = i;
    build(z, &e);
    str_addf(t->out, "so %ld is ", z->target);
    expr_put(t->out, &e);
    str_addc(t->out, '\n');
    *found = (fam_value){z->target, 0};
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const puzzle *z = ctx;
    expr          e;
    (void)found;
    build(z, &e);
    expr_put(t->out, &e);
    str_add(t->out, "\n");
    if (!z->depth) return fam_compare(t, z->last, z->target);
    return fam_compare(t, expr_work(t, &e, NULL, true, NULL), z->target);
}

/* ---- drawing */
static const struct plan {
    int  n, small, large, lo, hi;
    bool all, plain;
} plan_of[11] = {
    {0, 0, 0, 0, 0, false, false},      {3, 20, 0, 1, 40, false, true},    {3, 16, 0, 2, 120, false, false},
    {3, 20, 0, 2, 150, true, false},    {4, 10, 0, 10, 99, false, false},  {4, 12, 0, 5, 120, true, false},
    {4, 10, 1, 30, 250, false, false},  {5, 12, 0, 30, 200, false, false}, {5, 10, 1, 60, 400, false, false},
    {6, 10, 1, 100, 600, false, false}, {6, 10, 2, 101, 999, false, false}};

static void sort_down(long *v, int n) {
    for (int i = 1; i < n; i++)
        for (int k = i; k > 0 && v[k] > v[k - 1]; k--) {
            long x   = v[k];
            v[k]     = v[k - 1];
            v[k - 1] = x;
        }
}

static bool draw(rng *r, int level, puzzle *z) {
    const struct plan *p = &plan_of[level];
    memset(z, 0, sizeof *z);
    z->twist = -1;
    z->n     = p->n;
    z->all   = p->all;
    for (int i = 0; i < p->n; i++) z->v[i] = i < p->large ? 25 * rng_range(r, 1, 4) : rng_range(r, 1, p->small);
    long w[NUMBERS], x;
    memcpy(w, z->v, sizeof w);
    for (int i = p->n - 1; i > 0; i--) {
        int k = rng_range(r, 0, i);
        x = w[i], w[i] = w[k], w[k] = x;
    }
    int use = p->all ? p->n : rng_range(r, p->n > 3 ? 3 : 2, p->n);
    x       = w[0];
    for (int i = 1; i < use; i++) {
        int op = rng_range(r, 0, p->plain ? 1 : 3);
        x      = op == 0 ? x + w[i] : op == 1 ? (x > w[i] ? x - w[i] : w[i] - x) : x * w[i];
    }
    z->target = x;
    if (x < p->lo || x > p->hi) return false;
    sort_down(z->v, z->n);
    for (int i = 0; i < z->n; i++)
        if (z->v[i] == x) return false;
    return seek(NULL, z, x, 0, 0) && z->depth >= (p->n > 4 ? 3 : p->n > 3 ? 2 : 1);
}

static void put_numbers(str *s, rng *r, const puzzle *z, bool canonical) {
    long w[NUMBERS];
    int  style = canonical ? 0 : rng_range(r, 0, 3);
    memcpy(w, z->v, sizeof w);
    for (int i = z->n - 1; !canonical && i > 0; i--) { /* the question has them in any order */
        int  k = rng_range(r, 0, i);
        long x = w[i];
        w[i]   = w[k];
        w[k]   = x;
    }
    for (int i = 0; i < z->n; i++) {
        if (i) str_add(s, canonical ? " " : i == z->n - 1 && style < 2 ? " and " : style == 3 ? " " : ", ");
        digits_num(s, w[i]);
    }
}

static void ask(problem *p, rng *r, const puzzle *z) {
    static const char pattern[] =
        "{{Use|Take|Combine} [the numbers ]<numbers> {to {make|get|reach}|and {make|get|reach}} <target>. <rule>|"
        "{Make|Get|Reach|Form} <target> {from|with|out of|using} [the numbers ]<numbers>. <rule>|"
        "{How {can|do} {you|I|one} {make|get|reach}|Can you {make|get|reach}} <target> {from|with|out of|using} [the "
        "numbers ]<numbers>? <rule>|"
        "Countdown: {numbers|the numbers are} <numbers>, target <target>. <rule>|"
        "{The target is|Target:} <target>. {The numbers are|Numbers:} <numbers>. <rule>|"
        "{Find|Write|Give[ me]} an expression {equal to|that {equals|gives|makes}} <target>, {made of|from|with} [the "
        "numbers ]<numbers>. <rule>}";
    static const char any[] =
        "{{You may use each {number|one}|Each number may be used|Use each number|Every number can be used} {at most "
        "once|only once, and not all are needed|once or not at all}[, with + - * / and brackets]|"
        "{+ - * / and brackets|All four operations and brackets} are allowed, each number {at most once|no more than "
        "once}}.";
    static const char all[] =
        "{{Use|You have to use|You must use} {each number|every number|all {of them|the numbers}} {exactly "
        "once|once}[, with + - * / and brackets]|{+ - * / and brackets|All four operations and brackets} are allowed, "
        "and {every number|each number} must be used {once|exactly once}}.";
    str n = {0}, t = {0}, rule = {0};
    put_numbers(&n, r, z, false);
    digits_num(&t, z->target);
    wording_put(&rule, r, z->all ? all : any, NULL);
    const word_slot slot[] = {{"numbers", n.p}, {"target", t.p}, {"rule", rule.p}, {0}};
    wording_ask(&p->question, r, pattern, slot);
    str_free(&n);
    str_free(&t);
    str_free(&rule);
}

static void make(rng *r, int level, problem *p) {
    puzzle z;
    while (!draw(r, level, &z)) {}
    p->level = level;
    ask(p, r, &z);
    str list = {0}, e = {0};
    put_numbers(&list, r, &z, true);
    str_addf(&p->truth, "%ld from %s%s", z.target, list.p, z.all ? ", all" : "");
    str_addf(&p->key, "countdown:%s", p->truth.p);
    str_addf(&p->reasoning,
             "Understand: %s\nPlan: go back from %ld with the largest number first, until what is needed is there\n",
             p->truth.p, z.target);
    fam_work(p, r, &(fam_phases){work, check, &z});
    expr x;
    build(&z, &x);
    expr_put(&e, &x);
    str target = {0};
    digits_num(&target, z.target);
    const word_slot slot[] = {{"e", e.p}, {"t", target.p}, {0}};
    wording_put(&p->answer, r,
                "{**<e> = <t>**|**<e>**|One way: **<e> = <t>**|<t> = **<e>**|It goes like this: **<e>**.|You can write "
                "**<e> = <t>**.}",
                slot);
    str_free(&target);
    str_free(&list);
    str_free(&e);
}

/* ---- judging: any expression of the given numbers */
typedef struct reader {
    const char *p;
    ratio       used[NUMBERS + 1];
    int         n, depth;
    bool        ok;
} reader;

static ratio sum(reader *r);

static bool take(reader *r, const char *s) {
    while (*r->p == ' ') r->p++;
    size_t n = strlen(s);
    if (strncmp(r->p, s, n) != 0) return false;
    r->p += n;
    return true;
}

static ratio atom(reader *r) {
    ratio v = {0, 1};
    if (take(r, "(") || take(r, "[")) {
        if (++r->depth > 20) r->ok = false;
        if (r->ok) v = sum(r);
        r->depth--;
        if (!take(r, ")") && !take(r, "]")) r->ok = false;
        return v;
    }
    long n = 0;
    int  d = 0;
    while (isdigit((unsigned char)*r->p) && d < 8) n = n * 10 + (*r->p++ - '0'), d++;
    if (!d || r->n > NUMBERS || isdigit((unsigned char)*r->p)) r->ok = false;
    else ratio_make(n, 1, &v), r->used[r->n < NUMBERS ? r->n : NUMBERS] = v, r->n++;
    return v;
}

static ratio product(reader *r) {
    ratio v = atom(r);
    while (r->ok) {
        char op = take(r, "*") || take(r, "\xc3\x97") || take(r, "\xc2\xb7") || take(r, "\\times") ||
                          take(r, "\\cdot") || take(r, "x ")
                      ? '*'
                  : take(r, "/") || take(r, "\xc3\xb7") || take(r, "\\div") || take(r, ":") ? '/'
                                                                                            : 0;
        if (!op && *r->p == '(') op = '*'; /* 3(4 + 5) */
        if (!op) break;
        ratio w = atom(r);
        if (!r->ok || !ratio_op(v, op, w, &v)) r->ok = false;
    }
    return v;
}

static ratio sum(reader *r) {
    ratio v = product(r);
    while (r->ok) {
        char op = take(r, "+") ? '+' : take(r, "-") || take(r, "\xe2\x88\x92") || take(r, "\xe2\x80\x93") ? '-' : 0;
        if (!op) break;
        ratio w = product(r);
        if (!r->ok || !ratio_op(v, op, w, &v)) r->ok = false;
    }
    return v;
}

static bool fail(char why[96], const char *what) {
    snprintf(why, 96, "%s", what);
    return false;
}

typedef struct wanted {
    long target, v[NUMBERS];
    int  n;
    bool all;
} wanted;

static bool read_truth(const char *s, wanted *w) {
    char *end;
    memset(w, 0, sizeof *w);
    w->target = strtol(s, &end, 10);
    if (strncmp(end, " from", 5) != 0) return false;
    for (s = end + 5; *s == ' ' && w->n < NUMBERS; s = end) w->v[w->n++] = strtol(s, &end, 10);
    w->all = str_starts(s, ", all");
    if (w->all) s += 5;
    return w->n >= 2 && (!*s || *s == '\n');
}

/* Does s begin with a right expression of at least two numbers? *end is what follows it. */
static int try_at(const char *s, const wanted *w, const char **end, char why[96]) {
    reader r = {.p = s, .ok = true};
    ratio  v = sum(&r);
    *end     = r.p;
    if (!r.ok || r.n < 2) return 0;
    bool used[NUMBERS] = {false};
    for (int i = 0; i < r.n; i++) {
        int k = 0;
        while (k < w->n && (used[k] || w->v[k] != r.used[i].p)) k++;
        if (k == w->n) return fail(why, "a number that is not there, or too often"), -1;
        used[k] = true;
    }
    if (w->all && r.n != w->n) return fail(why, "not all numbers are used"), -1;
    if (v.q != 1 || v.p != w->target)
        return snprintf(why, 96, "expected %ld, found %lld/%lld", w->target, v.p, v.q), -1;
    if (take(&r, "=")) { /* "... = 24" must be true */
        char *e;
        while (*r.p == ' ') r.p++;
        if (strtol(r.p, &e, 10) != w->target || e == r.p || isdigit((unsigned char)*e) ||
            (*e == '.' && isdigit((unsigned char)e[1])))
            return fail(why, "a false equation"), -1;
        *end = e;
        while (*e == ' ') e++;
        if (*e && strchr("+-*/=", *e)) return fail(why, "goes on after the target"), -1;
    }
    return 1;
}

static bool denies(const char *s) {
    static const char *const no[] = {"not ",    "n't", "cannot", "impossible", "wrong", "maybe",
                                     "perhaps", "?",   "unsure", "guess",      NULL};
    str                      t    = {0};
    for (; *s; s++) str_addc(&t, (char)tolower((unsigned char)*s));
    bool found = false;
    for (int i = 0; no[i] && t.len; i++) found |= strstr(t.p, no[i]) != NULL;
    str_free(&t);
    return found;
}

/* Without bold and code marks, so that what remains is words and expressions. */
static void bare(str *out, const char *s) {
    for (; *s; s++) {
        if (!strncmp(s, "**", 2)) s++;
        else if (!strncmp(s, "\\boxed{", 7)) s += 6;
        else if (*s != '`' && *s != '}' && *s != '$') str_addc(out, *s);
    }
    str_add(out, "");
}

static bool right(const problem *p, const char *text, char why[96]) {
    wanted w;
    if (verify_echo(p->question.p, text, why)) return false;
    if (!read_truth(p->truth.p, &w)) return fail(why, "no such problem");
    if (denies(text)) return fail(why, "denied or doubted");
    str s = {0};
    bare(&s, text);
    int  good  = 0;
    bool bad   = false;
    str  first = {0};
    for (const char *q = s.p; *q && !bad;) {
        const char *end;
        bool        start =
            (isdigit((unsigned char)*q) || *q == '(' || *q == '[') && (q == s.p || !isalnum((unsigned char)q[-1]));
        int ok = start ? try_at(q, &w, &end, why) : 0;
        if (ok < 0) bad = true;
        if (ok > 0) {
            if (!good++) str_addn(&first, q, strcspn(q, "=\n"));
            else bad = !fail(why, "more than one expression");
        }
        if (start && end > q) q = end;
        else q++;
        if (start && !ok && end > q) q = end;
    }
    str_free(&s);
    str_free(&first);
    if (!bad && !good) fail(why, "found no expression");
    return good == 1 && !bad;
}

static bool solve(const problem *p, str *truth, char why[96]) {
    const char *s;
    size_t      n;
    wanted      w;
    if (!fam_understood(p, &s, &n, why)) return false;
    if (!read_truth(s, &w)) return fail(why, "not numbers and a target");
    str_addf(truth, "%ld from", w.target);
    sort_down(w.v, w.n);
    for (int i = 0; i < w.n; i++) str_addf(truth, " %ld", w.v[i]);
    if (w.all) str_add(truth, ", all");
    return true;
}

const family fam_countdown = {.name   = "countdown",
                              .field  = "education",
                              .about  = "reach a number with given numbers and + - * /",
                              .levels = 10,
                              .make   = make,
                              .right  = right,
                              .solve  = solve};
