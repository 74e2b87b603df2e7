/* fam_inequality.c -- linear inequalities in one unknown.
 *
 * Levels: 1 x + a < b, ax < b; 2 ax + b <= c; 3 negative factors, which turn the sign; 4 the unknown on both sides; 5 a
 * bracket; 6 x/a + b > c; 7 bounds that are fractions; 8 a < bx + c < d; 9 brackets on both sides; 10 both of the last
 * with negative factors and fractions.
 *
 * Work goes as for an equation; only a negative factor turns the sign. The check puts the bound in, where both sides
 * must be equal, and then a number of the solution, for which it must hold. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/alg.h"
#include "task/verify.h"
#include "task/wording.h"

/* c(kx + m) + n, or x/q + n with c = 1 */
typedef struct side {
    long c, k, m, n, q;
} side;
typedef struct bound {
    bool  on, equal; /* is there one; does it belong to the solution */
    ratio v;
} bound;
typedef struct solution {
    bound lo, hi;
} solution;
typedef struct inequality {
    side     l, r;
    char     rel;   /* < or >, from l to r */
    bool     equal; /* <= or >= */
    bool     twice; /* lo < l < hi */
    long     lo, hi;
    bool     lo_equal; /* lo <= l; `equal` is for hi then */
    char     letter;
    solution found;
} inequality;

/* ---- printing */
static void put_kx(str *s, long k, char letter) {
    if (k == -1) str_addc(s, '-');
    else if (k != 1) digits_num(s, k);
    str_addc(s, letter);
}

static void put_sum(str *s, long k, long m, char letter) {
    if (k) put_kx(s, k, letter);
    if (!k) digits_num(s, m);
    else if (m) str_addf(s, m < 0 ? " - %ld" : " + %ld", labs(m));
}

static void put_side(str *s, const side *d, char letter) {
    if (d->q != 1) {
        put_kx(s, d->k, letter);
        str_addf(s, "/%ld", d->q);
    } else if (d->c != 1) {
        if (d->c == -1) str_addc(s, '-');
        else digits_num(s, d->c);
        str_addc(s, '(');
        put_sum(s, d->k, d->m, letter);
        str_addc(s, ')');
    } else {
        put_sum(s, d->k, d->m + d->n, letter);
        return;
    }
    if (d->n) str_addf(s, d->n < 0 ? " - %ld" : " + %ld", labs(d->n));
}

static const char *sign(char rel, bool equal) { return rel == '<' ? equal ? " <= " : " < " : equal ? " >= " : " > "; }

static void put(str *s, const inequality *e) {
    if (e->twice) str_addf(s, "%ld%s", e->lo, sign('<', e->lo_equal));
    put_side(s, &e->l, e->letter);
    if (e->twice) {
        str_addf(s, "%s%ld", sign('<', e->equal), e->hi);
        return;
    }
    str_add(s, sign(e->rel, e->equal));
    put_side(s, &e->r, e->letter);
}

static void put_ratio(str *s, ratio v) { str_addf(s, v.q == 1 ? "%lld" : "%lld/%lld", v.p, v.q); }

static void put_solution(str *s, const solution *x, char letter) { /* "x < 3", "x >= 2", "2 < x <= 5" */
    if (x->lo.on && x->hi.on) {
        put_ratio(s, x->lo.v);
        str_add(s, sign('<', x->lo.equal));
    }
    str_addc(s, letter);
    if (x->hi.on) {
        str_add(s, sign('<', x->hi.equal));
        put_ratio(s, x->hi.v);
    } else {
        str_add(s, sign('>', x->lo.equal));
        put_ratio(s, x->lo.v);
    }
}

/* ---- Work */
static void expand(trace *t, side *d, char letter) {
    if (d->c == 1) {
        d->m += d->n, d->n = 0;
        return;
    }
    bool kf = labs(d->c) < 10 && labs(d->k) < 10, mf = labs(d->c) < 10 && labs(d->m) < 10;
    long k  = kf || labs(d->k) == 1 ? d->c * d->k : digits_op(t, d->c, '*', d->k),
         m  = mf ? d->c * d->m : digits_op(t, d->c, '*', d->m);
    side in = {d->c, d->k, d->m, 0, 1};
    put_side(t->out, &in, letter);
    str_add(t->out, " = ");
    if (mf && trace_slips(t)) m = -m;
    put_sum(t->out, k, m, letter);
    str_addc(t->out, '\n');
    if (d->n) m = digits_op(t, m, d->n < 0 ? '-' : '+', labs(d->n));
    *d = (side){1, k, m, 0, 1};
}

static ratio quotient(trace *t, long a, long b) {
    long  rest;
    ratio v = {0, 1};
    if (!b) t->bad = true;
    if (t->bad) return v;
    if (labs(a) >= labs(b)) {
        long q = digits_div(t, NULL, a, b, &rest);
        if (!rest) return (ratio){q, 1};
    } else {
        str_addf(t->out, "%ld/%ld\n", a, b);
    }
    ratio_make(a, b, &v);
    if (v.q != labs(b) || b < 0) {
        str_add(t->out, "that is ");
        put_ratio(t->out, v);
        str_addc(t->out, '\n');
    }
    return v;
}

static void so(trace *t, const char *left, char rel, bool equal, long v) {
    str_addf(t->out, "so %s%s%ld\n", left, sign(rel, equal), v);
}

/* k x rel v */
static void divide(trace *t, inequality *e, long k, char rel, long v) {
    ratio b = {v, 1};
    if (k < 0) {
        bool forgets = trace_slips(t);
        str_addf(t->out, "divide by %ld, the sign %s\n", k, forgets ? "stays" : "turns");
        if (!forgets) rel = rel == '<' ? '>' : '<';
    }
    if (k == -1) b.p = -v;
    else if (k != 1) b = quotient(t, v, k);
    bound x  = {true, e->equal, b};
    e->found = rel == '<' ? (solution){.hi = x} : (solution){.lo = x};
    str_add(t->out, "so ");
    put_solution(t->out, &e->found, e->letter);
    str_addc(t->out, '\n');
}

static void work_twice(trace *t, inequality *e) {
    long k = e->l.k, m = e->l.m + e->l.n, lo = e->lo, hi = e->hi;
    if (m) {
        str_addf(t->out, m < 0 ? "add %ld everywhere\n" : "take %ld away everywhere\n", labs(m));
        lo = digits_op(t, lo, m < 0 ? '+' : '-', labs(m));
        hi = digits_op(t, hi, m < 0 ? '+' : '-', labs(m));
        str_addf(t->out, "so %ld%s", lo, sign('<', e->lo_equal));
        put_kx(t->out, k, e->letter);
        str_addf(t->out, "%s%ld\n", sign('<', e->equal), hi);
    }
    bound a = {true, e->lo_equal, {lo, 1}}, b = {true, e->equal, {hi, 1}};
    bool  turn = k < 0;
    if (turn) {
        if (trace_slips(t)) turn = false;
        str_addf(t->out, "divide by %ld, the signs %s\n", k, turn ? "turn" : "stay");
    }
    if (k == -1) a.v.p = -lo, b.v.p = -hi;
    else if (k != 1) a.v = quotient(t, lo, k), b.v = quotient(t, hi, k);
    e->found = turn ? (solution){b, a} : (solution){a, b};
    str_add(t->out, "so ");
    put_solution(t->out, &e->found, e->letter);
    str_addc(t->out, '\n');
}

static void work(trace *t, void *ctx, fam_value *found) {
    inequality *e = ctx;
    side        l = e->l, r = e->r;
    char        left[24];
    *found = (fam_value){0, 0};
    if (e->twice) {
        work_twice(t, e);
        return;
    }
    if (l.q != 1) { /* kx/q + n rel v */
        long v = r.m + r.n;
        if (l.n) {
            char op = l.n < 0 ? '+' : '-';
            if (trace_slips(t)) op = op == '+' ? '-' : '+';
            v = digits_op(t, v, op, labs(l.n));
        }
        v = digits_op(t, v, '*', l.q);
        snprintf(left, sizeof left,
                 l.k == 1    ? "%.0ld%c"
                 : l.k == -1 ? "-%.0ld%c"
                             : "%ld%c",
                 labs(l.k) == 1 ? 0 : l.k, e->letter);
        so(t, left, e->rel, e->equal, v);
        if (l.k != 1) divide(t, e, l.k, e->rel, v);
        else {
            bound x  = {true, e->equal, {v, 1}};
            e->found = e->rel == '<' ? (solution){.hi = x} : (solution){.lo = x};
        }
        return;
    }
    bool brackets = l.c != 1 || r.c != 1;
    expand(t, &l, e->letter);
    expand(t, &r, e->letter);
    if (brackets) {
        str_add(t->out, "so ");
        put_side(t->out, &l, e->letter);
        str_add(t->out, sign(e->rel, e->equal));
        put_side(t->out, &r, e->letter);
        str_addc(t->out, '\n');
    }
    long k = r.k ? digits_op(t, l.k, r.k < 0 ? '+' : '-', labs(r.k)) : l.k, v = r.m;
    if (l.m) {
        char op = l.m < 0 ? '+' : '-';
        if (trace_slips(t)) op = op == '+' ? '-' : '+';
        v = digits_op(t, v, op, labs(l.m));
    }
    if (!k) t->bad = true;
    if (t->bad) return;
    snprintf(left, sizeof left, k == 1 ? "%.0ld%c" : k == -1 ? "-%.0ld%c" : "%ld%c", labs(k) == 1 ? 0 : k, e->letter);
    if (l.m || r.k) so(t, left, e->rel, e->equal, v);
    if (k != 1) divide(t, e, k, e->rel, v);
    else {
        bound x  = {true, e->equal, {v, 1}};
        e->found = e->rel == '<' ? (solution){.hi = x} : (solution){.lo = x};
    }
}

/* ---- Check */
/* The side at p/w, times w. */
static long side_at(trace *t, const side *d, long p, long w, const char *name) {
    long v = p, m = d->m, n = d->n;
    str_addf(t->out, "%s: ", name);
    if (!d->k && d->c == 1) {
        v = d->m + d->n;
        if (w != 1) return digits_op(t, v, '*', w);
        str_addf(t->out, "%ld\n", v);
        return v;
    }
    if (d->q == 1 && d->c == 1) m += n, n = 0;
    size_t at = t->out->len;
    if (d->k != 1) v = digits_op(t, d->k, '*', p);
    if (d->q != 1) v = digits_op(t, v, '/', d->q);
    if (m) {
        if (w != 1) m = digits_op(t, m, '*', w);
        v = digits_op(t, v, m < 0 ? '-' : '+', labs(m));
    }
    if (d->c != 1) v = digits_op(t, d->c, '*', v);
    if (n) {
        if (w != 1) n = digits_op(t, n, '*', w);
        v = digits_op(t, v, n < 0 ? '-' : '+', labs(n));
    }
    if (t->out->len == at) str_addf(t->out, "%ld\n", v);
    return v;
}

static long inside(const solution *s, long step) { /* a whole number of the solution */
    if (s->lo.on) {
        long long f = s->lo.v.p >= 0 ? s->lo.v.p / s->lo.v.q : -((-s->lo.v.p + s->lo.v.q - 1) / s->lo.v.q);
        return (long)((f / step + (f >= 0 || f % step == 0 ? 1 : 0)) * step);
    }
    long long c = s->hi.v.p >= 0 ? (s->hi.v.p + s->hi.v.q - 1) / s->hi.v.q : -(-s->hi.v.p / s->hi.v.q);
    return (long)((c / step - (c <= 0 || c % step == 0 ? 1 : 0)) * step);
}

static bool below(trace *t, long a, long b, bool last) { /* a < b */
    if (a < b) str_addf(t->out, last ? "%ld < %ld, right\n" : "%ld < %ld\n", a, b);
    else str_addf(t->out, "%ld is not below %ld, wrong\n", a, b);
    return a < b;
}

static bool at_bound(trace *t, const inequality *e, ratio b, long other) {
    str_addf(t->out, "at the bound ");
    put_ratio(t->out, b);
    if (b.q != 1) str_addf(t->out, ", times %lld", b.q);
    str_addc(t->out, '\n');
    long l = side_at(t, &e->l, (long)b.p, (long)b.q, "L"), r;
    if (e->twice) {
        r = b.q == 1 ? other : digits_op(t, other, '*', (long)b.q);
    } else {
        r = side_at(t, &e->r, (long)b.p, (long)b.q, "R");
    }
    if (l != r) return fam_compare(t, l, r);
    str_addf(t->out, "%ld = %ld\n", l, r);
    return true;
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const inequality *e = ctx;
    const solution   *s = &e->found;
    (void)found;
    if (e->twice) {
        bool turned = e->l.k < 0;
        if (!at_bound(t, e, s->lo.v, turned ? e->hi : e->lo)) return false;
        if (!at_bound(t, e, s->hi.v, turned ? e->lo : e->hi)) return false;
        long x = inside(s, 1);
        if (!(x * s->hi.v.q < s->hi.v.p)) {
            str_add(t->out, "the lower bound must be below the upper one, and it is\n");
            return fam_compare(t, (long)s->lo.v.q, (long)s->lo.v.q);
        }
        str_addf(t->out, "between them, %ld\n", x);
        long v = side_at(t, &e->l, x, 1, "L");
        return below(t, e->lo, v, false) && below(t, v, e->hi, true);
    }
    ratio b = s->lo.on ? s->lo.v : s->hi.v;
    if (!at_bound(t, e, b, 0)) return false;
    long x = inside(s, e->l.q);
    str_addf(t->out, "a number that fits, %ld\n", x);
    long l = side_at(t, &e->l, x, 1, "L"), r = side_at(t, &e->r, x, 1, "R");
    return e->rel == '<' ? below(t, l, r, true) : below(t, r, l, true);
}

/* ---- drawing */
static long any(rng *r, int lo, int hi, int neg) {
    long v = rng_range(r, lo, hi);
    return alg_chance(r, neg) ? -v : v;
}

static long at(const side *d, long x) { return d->c * (d->k * x + d->m) + d->n; }

static void draw(rng *r, int level, inequality *e) {
    long x = any(r, 0, 15, level < 3 ? 0 : 30), k = rng_range(r, 2, 9);
    *e     = (inequality){.l = {1, 1, 0, 0, 1}, .r = {1, 0, 0, 0, 1}, .letter = 'x'};
    e->rel = alg_chance(r, 50) ? '<' : '>', e->equal = alg_chance(r, 40);
    switch (level) {
    case 1:
        x = rng_range(r, 1, 60);
        if (alg_chance(r, 25)) e->l.k = k, x = rng_range(r, 0, 20);
        else e->l.m = any(r, 1, 60, 45);
        break;
    case 2: e->l.k = k, e->l.m = any(r, 1, 60, 40), x = rng_range(r, 0, 15); break;
    case 3: e->l.k = -(alg_chance(r, 20) ? 1 : k), e->l.m = any(r, 1, 60, 30); break;
    case 4:
        e->l.k = any(r, 1, 9, 25), e->l.m = any(r, 1, 40, 50);
        e->r.k = any(r, 1, 9, 25);
        break;
    case 5:
        e->l = (side){any(r, 2, 9, 35), rng_range(r, 1, 4), any(r, 1, 12, 50),
                      alg_chance(r, 40) ? any(r, 1, 20, 50) : 0, 1};
        if (alg_chance(r, 25)) e->r.k = any(r, 2, 9, 40);
        break;
    case 6:
        e->l = (side){1, alg_chance(r, 50) ? 1 : any(r, 1, 5, 60), 0, alg_chance(r, 85) ? any(r, 1, 30, 50) : 0,
                      rng_range(r, 2, 12)};
        while (alg_gcd(e->l.k, e->l.q) != 1) e->l.q++;
        x      = e->l.q * any(r, 0, 9, 35);
        e->r.m = e->l.k * x / e->l.q + e->l.n;
        return;
    case 7:
        e->l.k = any(r, 2, 9, 40), e->l.m = any(r, 1, 40, 50), e->r.m = any(r, 1, 60, 40);
        if (alg_chance(r, 35)) e->r.k = any(r, 2, 9, 30);
        return;
    case 8:
        e->twice = true, e->lo_equal = alg_chance(r, 50) ? e->equal : alg_chance(r, 40);
        e->l.k = alg_chance(r, 25) ? 1 : k, e->l.m = any(r, 1, 30, 50);
        e->lo = at(&e->l, x), e->hi = at(&e->l, x + rng_range(r, 2, 9));
        return;
    case 9:
        e->l = (side){any(r, 2, 9, 30), rng_range(r, 1, 4), any(r, 1, 9, 50), 0, 1};
        e->r = (side){any(r, 2, 9, 30), rng_range(r, 1, 4), any(r, 1, 9, 50), 0, 1};
        if (alg_chance(r, 60)) {
            e->r.n = at(&e->l, x) - at(&e->r, x);
            return;
        }
        e->r.n = any(r, 1, 20, 50);
        return;
    default:
        if (alg_chance(r, 50)) {
            e->twice = true, e->lo_equal = alg_chance(r, 50) ? e->equal : alg_chance(r, 40);
            e->l.k = -rng_range(r, 2, 9), e->l.m = any(r, 1, 30, 40);
            e->lo = any(r, 1, 40, 60), e->hi = e->lo + rng_range(r, 5, 60);
        } else {
            e->l = (side){-rng_range(r, 2, 6), rng_range(r, 1, 3), any(r, 1, 9, 50), any(r, 1, 15, 50), 1};
            e->r = (side){rng_range(r, 2, 5), rng_range(r, 1, 3), any(r, 1, 9, 50), any(r, 1, 15, 50), 1};
        }
        return;
    }
    if (e->r.k) e->r.m = at(&e->l, x) - e->r.k * x;
    else e->r.m = at(&e->l, x);
}

static bool fits(const inequality *e) {
    if (e->twice) return true;
    long k = e->l.c * e->l.k - e->r.c * e->r.k;
    return k != 0 && (e->l.q == 1 || labs(e->l.k) < 10) && labs(e->r.m + e->r.n) < 2000;
}

/* ---- asking */
static const char ask[] =
    "{5*" ALG_POLITE
    "{4*solve|work out|find the solution of|find all solutions of|solve for <v>:|determine the solution set of|"
    "find the range of <v> for} [{the {linear |}inequality |this: |the following inequality: |3*}]<e>[{ for "
    "<v>|3*}]" ALG_END "|3*{for which <v> is|what values of <v> satisfy|which numbers satisfy|which <v> satisfy|what "
    "can <v> be if|what is the solution of|"
    "how large can <v> be, or how small, if} <e>{4*?|}"
    "|2*{if|given|suppose|we know that} <e>{, |: }{what can be said about <v>|solve for <v>|what are the possible "
    "values of <v>|find "
    "<v>|what about <v>}{?|.|}"
    "|<e>{, <v> = ?| solve for <v>|, find <v>|. what is <v>?|, what is <v>?|, solve|; solve the inequality| (solve it)}"
    "|" ALG_POLITE "{find|determine|give me|tell me} {all|the|every value of} <v> {such that|so that|with|for "
    "which|where} <e>" ALG_END "}";

static void make(rng *r, int level, problem *p) {
    inequality e;
    str        c = {0}, typed = {0};
    do draw(r, level, &e);
    while (!fits(&e));
    p->level = level;
    str_add(&p->key, "inequality:");
    put(&p->key, &e);
    e.letter = alg_letter(r);
    put(&c, &e);
    alg_typed(&typed, r, c.p);
    char v[2] = {e.letter, 0};
    wording_ask(&p->question, r, ask, (word_slot[]){{"e", typed.p}, {"v", v}, {0}});
    str_addf(&p->reasoning, "Understand: %s, find %c\nPlan: %s\n", c.p, e.letter,
             e.twice      ? "the same to all three parts, divide"
             : e.l.q != 1 ? "move the number, multiply"
             : e.l.c != 1 ? "multiply out, collect, divide"
             : e.r.k      ? "collect, divide"
                          : "move the number, divide");
    fam_work(p, r, &(fam_phases){work, check, &e});
    put_solution(&p->truth, &e.found, e.letter);
    str said = {0};
    for (const char *q = p->truth.p; *q; q++) { /* with the signs of print at times */
        bool two = (*q == '<' || *q == '>') && q[1] == '=';
        if (two && p->truth.len % 2) str_add(&said, *q == '<' ? "\xe2\x89\xa4" : "\xe2\x89\xa5"), q++;
        else str_addc(&said, *q);
    }
    wording_put(&p->answer, r, "{The solution is **<t>**.|So **<t>**.|**<t>**|It holds for **<t>**.|We get **<t>**.}",
                (word_slot[]){{"t", said.p}, {0}});
    str_free(&said);
    str_free(&c);
    str_free(&typed);
}

/* ---- answers */
static void narrow(solution *s, char rel, bool equal, ratio v) {
    bound b = {true, equal, v};
    if (rel == '<') s->hi = b;
    else s->lo = b;
}

/* "x < 3", "3 >= x", "2 < x <= 5"; false if it is none of these. */
static bool read_solution(const char *s, char letter, solution *out) {
    const char *part[3], *p = s;
    size_t      len[3];
    char        rel[2];
    bool        equal[2];
    int         n = 0;
    for (;;) {
        size_t k = strcspn(p, "<>");
        part[n] = p, len[n] = k;
        while (len[n] && part[n][0] == ' ') part[n]++, len[n]--;
        while (len[n] && part[n][len[n] - 1] == ' ') len[n]--;
        n++;
        if (!p[k]) break;
        if (n == 3) return false;
        rel[n - 1]   = p[k];
        equal[n - 1] = p[k + 1] == '=';
        p += k + 1 + equal[n - 1];
    }
    ratio v, w;
    bool  lone[3] = {0};
    for (int i = 0; i < n; i++) lone[i] = len[i] == 1 && part[i][0] == letter;
    if (n == 2 && lone[0] && alg_value(part[1], len[1], &v)) narrow(out, rel[0], equal[0], v);
    else if (n == 2 && lone[1] && alg_value(part[0], len[0], &v)) narrow(out, rel[0] == '<' ? '>' : '<', equal[0], v);
    else if (n == 3 && lone[1] && rel[0] == rel[1] && alg_value(part[0], len[0], &v) &&
             alg_value(part[2], len[2], &w)) {
        narrow(out, rel[0] == '<' ? '>' : '<', equal[0], v);
        narrow(out, rel[1], equal[1], w);
    } else {
        return false;
    }
    return true;
}

static bool same_bound(const bound *a, const bound *b) {
    return a->on == b->on && (!a->on || (a->equal == b->equal && ratio_eq(a->v, b->v)));
}

static bool same(const solution *a, const solution *b) {
    return same_bound(&a->lo, &b->lo) && same_bound(&a->hi, &b->hi);
}

/* Words for signs: "x is at least 3". */
static void in_signs(str *out, const char *s) {
    static const struct {
        const char *word, *sign;
    } all[] = {{"is greater than or equal to", ">="},
               {"is less than or equal to", "<="},
               {"is larger than or equal to", ">="},
               {"is smaller than or equal to", "<="},
               {"greater than or equal to", ">="},
               {"less than or equal to", "<="},
               {"is at least", ">="},
               {"must be at least", ">="},
               {"is at most", "<="},
               {"must be at most", "<="},
               {"is greater than", ">"},
               {"is less than", "<"},
               {"is larger than", ">"},
               {"is smaller than", "<"},
               {"is more than", ">"},
               {"must be greater than", ">"},
               {"must be less than", "<"},
               {"is bigger than", ">"},
               {"is above", ">"},
               {"is below", "<"},
               {"greater than", ">"},
               {"less than", "<"},
               {"smaller than", "<"},
               {"larger than", ">"}};
    while (*s) {
        size_t i = 0, n = sizeof all / sizeof *all;
        while (i < n && !str_starts(s, all[i].word)) i++;
        if (i < n) str_add(out, all[i].sign), s += strlen(all[i].word);
        else str_addc(out, *s++);
    }
}

/* "(-infinity, 4)", "[2, 5)": the first pair of brackets that is one. */
static bool read_interval(const char *s, solution *out) {
    for (; (s = strpbrk(s, "([")); s++) {
        const char *comma = strchr(s, ','), *end = comma ? strpbrk(comma, ")]") : NULL;
        solution    x = {0};
        if (!end) return false;
        size_t a = (size_t)(comma - s - 1), b = (size_t)(end - comma - 1);
        bool   low = memmem(s + 1, a, "infinity", 8) != NULL, high = memmem(comma + 1, b, "infinity", 8) != NULL;
        x.lo = (bound){!low, *s == '[', {0, 1}}, x.hi = (bound){!high, *end == ']', {0, 1}};
        if ((low && high) || (!low && !alg_value(s + 1, a, &x.lo.v)) || (!high && !alg_value(comma + 1, b, &x.hi.v)))
            continue;
        *out = x;
        return true;
    }
    return false;
}

static bool right(const problem *p, const char *text, char why[96]) {
    if (verify_echo(p->question.p, text, why)) return false;
    solution want = {0}, got[2] = {{{0}, {0}}}; /* plain, bold */
    str      s      = {0};
    char     letter = 0;
    bool     ok = true, doubt[2] = {false, false}, any_claim[2] = {false, false}, clash[2] = {false, false};
    for (const char *q = p->truth.p; *q && !letter; q++) letter = isalpha((unsigned char)*q) ? *q : 0;
    if (!letter || !read_solution(p->truth.p, letter, &want)) return alg_not("a solution", p->truth.p, why);
    in_signs(&s, text);
    mathtext m = mathtext_of(s.p ? s.p : "");
    for (int i = 0; i < m.n; i++) {
        const mathrun *u = &m.run[i];
        solution       x = {0};
        int            b = u->bold;
        if (!read_solution(u->s, letter, &x)) {
            const char *eq = mathtext_value(u->s); /* "x = 3" is no solution of an inequality */
            ratio       v;
            if (u->s[0] == letter && eq != u->s && !strpbrk(u->s, "<>") && u->bold && alg_value(eq, strlen(eq), &v))
                clash[b] = any_claim[b] = true;
            continue;
        }
        clash[b] |= (x.lo.on && got[b].lo.on && !same_bound(&x.lo, &got[b].lo)) ||
                    (x.hi.on && got[b].hi.on && !same_bound(&x.hi, &got[b].hi));
        clash[b] |= !strcmp(u->before, "or");
        if (x.lo.on) got[b].lo = x.lo;
        if (x.hi.on) got[b].hi = x.hi;
        any_claim[b] = true;
        doubt[b] |= u->doubt;
    }
    if (!any_claim[0] && !any_claim[1] && read_interval(m.plain.p, &got[0])) any_claim[0] = true, doubt[0] = m.doubt;
    int b = any_claim[1];
    snprintf(why, 96, "expected %.60s, found something else", p->truth.p);
    ok = any_claim[b] && !clash[b] && !doubt[b] && same(&got[b], &want);
    if (b && any_claim[0]) ok = ok && !clash[0] && same(&got[0], &want);
    mathtext_free(&m);
    str_free(&s);
    if (ok) why[0] = 0;
    return ok;
}

/* ---- the same by two points: a linear side is known from its values at 0 and 1 */
static bool line_of(const char *s, size_t n, ratio *k, ratio *m, char *letter) {
    poly p;
    if (!poly_read(s, n, &p, NULL) || poly_degree(&p) > 1) return false;
    *k = p.c[1], *m = p.c[0];
    if (p.letter) *letter = p.letter;
    return true;
}

static bool solve(const problem *p, str *truth, char why[96]) {
    const char *s, *e;
    size_t      n, len;
    ratio       k[3], m[3];
    char        letter = 0, rel[2] = {0};
    bool        equal[2] = {false, false};
    int         parts    = 0;
    if (!alg_understood(p, &s, &n, why)) return false;
    if (!alg_between(s, n, "", ", find ", &e, &len)) return alg_not("an inequality", s, why);
    for (const char *at_ = e, *end = e + len; parts < 3;) {
        const char *q = at_;
        while (q < end && *q != '<' && *q != '>') q++;
        if (!line_of(at_, (size_t)(q - at_), &k[parts], &m[parts], &letter)) return alg_not("an inequality", s, why);
        parts++;
        if (q == end) break;
        if (parts == 3) return alg_not("an inequality", s, why);
        rel[parts - 1]   = *q++;
        equal[parts - 1] = q < end && *q == '=';
        at_              = q + equal[parts - 1];
    }
    solution x = {0};
    for (int i = 0; i + 1 < parts; i++) { /* k x rel v */
        ratio a, v;
        if (!ratio_op(k[i], '-', k[i + 1], &a) || !ratio_op(m[i + 1], '-', m[i], &v) || !a.p ||
            !ratio_op(v, '/', a, &v))
            return alg_not("an inequality with a bound", s, why);
        narrow(&x, (rel[i] == '<') == (a.p > 0) ? '<' : '>', equal[i], v);
    }
    if (parts < 2 || !letter) return alg_not("an inequality", s, why);
    put_solution(truth, &x, letter);
    return true;
}

const family fam_inequality = {.name   = "inequality",
                               .field  = "education",
                               .about  = "linear inequalities, also double ones",
                               .levels = 10,
                               .make   = make,
                               .right  = right,
                               .solve  = solve};
