/* fam_system.c -- two linear equations in two unknowns.
 *
 * Levels: 1 sum and difference; 2 one letter given by the other; 3 coefficients that add away; 4 substitution with
 * numbers; 5 one equation to multiply; 6 both to multiply; 7 larger coefficients and signs; 8 terms to move first; 9
 * fractions; 10 brackets. To level 4 some are told as two numbers that are looked for.
 *
 * Work: an equation of the form y = mx + n is put into the other one; else both become ax + by = c, the letter with the
 * smaller multiples is made to fall out, and the found value goes back into I. The check puts both values into both
 * equations as they were given. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/alg.h"
#include "task/verify.h"
#include "task/wording.h"

/* ax/p + by/q + g(hx + ky) + c on each side; p = q = 1 and g = 0 where there is none */
typedef struct side {
    long a, b, c, p, q, g, h, k;
} side;
typedef struct equation {
    side l, r;
} equation;
typedef struct sys {
    equation e[2];
    char     x, y;
    bool     words;  /* two numbers are looked for, their names are ours */
    long     vx, vy; /* what Work found */
} sys;

/* ---- printing */
static void put_term(str *s, long c, char letter, long q, bool *first) {
    if (!c) return;
    str_add(s, *first ? c < 0 ? "-" : "" : c < 0 ? " - " : " + ");
    if (labs(c) != 1 || !letter) digits_num(s, labs(c));
    if (letter) str_addc(s, letter);
    if (q != 1) str_addf(s, "/%ld", q);
    *first = false;
}

static void put_side(str *s, const side *d, char x, char y) {
    bool first = true;
    if (d->g) {
        put_term(s, d->g, 0, 1, &first);
        if (labs(d->g) == 1) s->len--, s->p[s->len] = 0; /* 1(x + y) */
        str_addc(s, '(');
        bool f = true;
        put_term(s, d->h, x, 1, &f), put_term(s, d->k, y, 1, &f);
        str_addc(s, ')');
    }
    put_term(s, d->a, x, d->p, &first);
    put_term(s, d->b, y, d->q, &first);
    put_term(s, d->c, 0, 1, &first);
    if (first) str_addc(s, '0');
}

static void put_equation(str *s, const equation *e, char x, char y) {
    put_side(s, &e->l, x, y);
    str_add(s, " = ");
    put_side(s, &e->r, x, y);
}

static void put_system(str *s, const sys *m) {
    if (m->words) str_add(s, "two numbers: ");
    put_equation(s, &m->e[0], m->x, m->y);
    str_add(s, ", ");
    put_equation(s, &m->e[1], m->x, m->y);
}

/* ---- Work */
typedef struct plain { /* ax + by = c */
    long a, b, c;
} plain;

static void put_plain(trace *t, const char *name, const plain *p, const sys *m) {
    equation e = {{p->a, p->b, 0, 1, 1, 0, 0, 0}, {0, 0, p->c, 1, 1, 0, 0, 0}};
    str_add(t->out, name);
    put_equation(t->out, &e, m->x, m->y);
    str_addc(t->out, '\n');
}

static long plus(trace *t, long a, long b) { return !b ? a : !a ? b : digits_op(t, a, b < 0 ? '-' : '+', labs(b)); }
static long minus(trace *t, long a, long b) { return !b ? a : digits_op(t, a, b < 0 ? '+' : '-', labs(b)); }
static long times(trace *t, long a, long b) {
    return labs(a) == 1 || labs(b) == 1 || !a || !b ? a * b : digits_op(t, a, '*', b);
}

/* An equation as ax + by = c. */
static plain simple(trace *t, const equation *e, const char *name, const sys *m) {
    side l = e->l, r = e->r;
    if (l.g) { /* brackets are on the left only */
        long h = times(t, l.g, l.h), k = times(t, l.g, l.k);
        if (trace_slips(t)) k = l.k; /* multiplies only the first */
        bool f = true;
        side b = {0, 0, 0, 1, 1, l.g, l.h, l.k};
        put_side(t->out, &b, m->x, m->y);
        str_add(t->out, " = ");
        put_term(t->out, h, m->x, 1, &f), put_term(t->out, k, m->y, 1, &f);
        str_addc(t->out, '\n');
        l.a = plus(t, h, l.a), l.b = plus(t, k, l.b), l.g = 0;
    }
    long f = l.p / alg_gcd(l.p, l.q) * l.q;
    if (f != 1) {
        str_addf(t->out, "%stimes %ld\n", name, f);
        l.a = times(t, l.a, f / l.p), l.b = times(t, l.b, f / l.q);
        l.c = times(t, l.c, f), r.c = times(t, r.c, f);
    }
    plain p = {minus(t, l.a, r.a), minus(t, l.b, r.b), minus(t, r.c, l.c)};
    if (e->l.g || f != 1 || r.a || r.b || l.c) put_plain(t, name, &p, m);
    return p;
}

static long divide(trace *t, char letter, long v, long k) { /* k letter = v */
    char head[2] = {letter, 0};
    long rest    = 0;
    if (!k) t->bad = true;
    if (t->bad) return 0;
    if (k == 1) return v;
    if (k == -1) {
        str_addf(t->out, "%c = %ld\n", letter, -v);
        return -v;
    }
    v = digits_div(t, head, v, k, &rest);
    if (rest) t->bad = true;
    return v;
}

static plain multiply(trace *t, const plain *p, long f, const char *name, const sys *m) {
    if (f == 1) return *p;
    str_addf(t->out, "%stimes %ld\n", name, f);
    plain q = {times(t, p->a, f), times(t, p->b, f), times(t, p->c, f)};
    if (trace_slips(t)) q.c = p->c; /* forgets the right side */
    put_plain(t, name, &q, m);
    return q;
}

/* The value of the one letter goes into I, which gives the other. */
static long back(trace *t, const plain *p, const sys *m, bool have_x, long v) {
    long have = have_x ? p->a : p->b, want = have_x ? p->b : p->a;
    char other = have_x ? m->y : m->x;
    str  head  = {0};
    bool f     = true;
    str_addf(t->out, "in I: ");
    if (have == 1) digits_num(t->out, v);
    else if (have == -1) str_addf(t->out, v < 0 ? "-(%ld)" : "-%ld", v);
    else str_addf(t->out, v < 0 ? "%ld * (%ld)" : "%ld * %ld", have, v);
    f = false;
    put_term(t->out, want, other, 1, &f);
    str_addf(t->out, " = %ld\n", p->c);
    long k = times(t, have, v);
    f      = true;
    put_term(&head, want, other, 1, &f);
    char op = k < 0 ? '+' : '-';
    if (trace_slips(t)) op = op == '+' ? '-' : '+';
    k = k ? digits_into(t, head.p, p->c, op, labs(k)) : p->c;
    str_free(&head);
    return divide(t, other, k, want);
}

static void eliminate(trace *t, sys *m) {
    plain p = simple(t, &m->e[0], "I: ", m), q = simple(t, &m->e[1], "II: ", m);
    if (t->bad || !p.a || !p.b || !q.a || !q.b) {
        t->bad = true;
        return;
    }
    long  la = labs(p.a * q.a) / alg_gcd(p.a, q.a), lb = labs(p.b * q.b) / alg_gcd(p.b, q.b);
    bool  out_y = labs(p.b) == labs(q.b) || (labs(p.a) != labs(q.a) && lb <= la);
    long  l = out_y ? lb : la, cp = out_y ? p.b : p.a, cq = out_y ? q.b : q.a;
    plain u = multiply(t, &p, l / labs(cp), "I: ", m), v = multiply(t, &q, l / labs(cq), "II: ", m);
    bool  add = (cp < 0) != (cq < 0);
    str_addf(t->out, "I %c II, %c falls out\n", add ? '+' : '-', out_y ? m->y : m->x);
    long k = add ? plus(t, out_y ? u.a : u.b, out_y ? v.a : v.b) : minus(t, out_y ? u.a : u.b, out_y ? v.a : v.b);
    long c = add ? plus(t, u.c, v.c) : minus(t, u.c, v.c);
    if (!add && trace_slips(t)) c = u.c + v.c; /* adds the right sides though it took the left ones away */
    plain w = {out_y ? k : 0, out_y ? 0 : k, c};
    if (t->bad || !k) {
        t->bad = true;
        return;
    }
    put_plain(t, "so ", &w, m);
    long first = divide(t, out_y ? m->x : m->y, c, k);
    if (t->bad) return;
    long second = back(t, &p, m, out_y, first);
    m->vx       = out_y ? first : second;
    m->vy       = out_y ? second : first;
}

/* y = mx + n into ax + by = c */
static void substitute(trace *t, sys *m, const equation *given, const equation *into) {
    long k = given->r.a, n = given->r.c, a = into->l.a, b = into->l.b, c = into->r.c;
    bool f = true;
    put_term(t->out, a, m->x, 1, &f); /* "3x + 2(4x - 1) = 20" */
    put_term(t->out, b, 0, 1, &f);
    if (labs(b) == 1) t->out->len--, t->out->p[t->out->len] = 0;
    str_addc(t->out, '(');
    put_side(t->out, &given->r, m->x, m->y);
    str_addf(t->out, ") = %ld\n", c);
    long bk = times(t, b, k), bn = times(t, b, n);
    if (n && trace_slips(t)) bn = labs(b) == 1 ? -bn : n;
    side s = {bk, 0, bn, 1, 1, 0, 0, 0};
    str_add(t->out, "so ");
    f = true;
    put_term(t->out, a, m->x, 1, &f), put_term(t->out, s.a, m->x, 1, &f), put_term(t->out, s.c, 0, 1, &f);
    str_addf(t->out, " = %ld\n", c);
    long sum  = plus(t, a, bk);
    str  head = {0};
    f         = true;
    put_term(&head, sum, m->x, 1, &f);
    if (!sum || t->bad) {
        t->bad = true;
        str_free(&head);
        return;
    }
    if (bn) {
        char op = bn < 0 ? '+' : '-';
        if (trace_slips(t)) op = op == '+' ? '-' : '+';
        c = digits_into(t, head.p, c, op, labs(bn));
    } else {
        str_addf(t->out, "%s = %ld\n", head.p, c);
    }
    str_free(&head);
    m->vx = divide(t, m->x, c, sum);
    if (t->bad) return;
    char name[2] = {m->y, 0};
    long v       = n && labs(k) != 1 ? times(t, k, m->vx) : k * m->vx;
    if (!n && labs(k) != 1) m->vy = digits_into(t, name, k, '*', m->vx);
    else if (n) m->vy = digits_into(t, name, v, n < 0 ? '-' : '+', labs(n));
    else m->vy = v;
    if (!n && labs(k) == 1) str_addf(t->out, "%c = %ld\n", m->y, v);
}

static int given_form(const sys *m) { /* which equation is y = mx + n; -1: none */
    for (int i = 0; i < 2; i++) {
        const side *l = &m->e[i].l, *r = &m->e[i].r;
        if (!l->a && l->b == 1 && !l->c && !l->g && l->q == 1 && !r->b && r->a) return i;
    }
    return -1;
}

static void work(trace *t, void *ctx, fam_value *found) {
    sys *m = ctx;
    int  i = given_form(m);
    m->vx = m->vy = 0;
    if (i >= 0) substitute(t, m, &m->e[i], &m->e[1 - i]);
    else eliminate(t, m);
    if (!t->bad) str_addf(t->out, "so %c = %ld, %c = %ld\n", m->x, m->vx, m->y, m->vy);
    *found = (fam_value){m->vx, m->vy};
}

/* ---- Check */
static void step(trace *t, long v, long *sum, bool *first) {
    *sum   = *first ? v : digits_op(t, *sum, v < 0 ? '-' : '+', labs(v));
    *first = false;
}

static long side_at(trace *t, const side *d, const fam_value *v) {
    long   sum   = 0;
    bool   first = true;
    size_t at    = t->out->len;
    if (d->g) {
        long h = times(t, d->h, v->v), k = times(t, d->k, v->w);
        step(t, times(t, d->g, plus(t, h, k)), &sum, &first);
    }
    if (d->a) {
        long u = times(t, d->a, v->v);
        step(t, d->p != 1 ? digits_op(t, u, '/', d->p) : u, &sum, &first);
    }
    if (d->b) {
        long u = times(t, d->b, v->w);
        step(t, d->q != 1 ? digits_op(t, u, '/', d->q) : u, &sum, &first);
    }
    if (d->c) step(t, d->c, &sum, &first);
    if (t->out->len == at) str_addf(t->out, "%ld\n", sum);
    return sum;
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const sys *m = ctx;
    str_add(t->out, "both into both\n");
    for (int i = 0; i < 2 && !t->bad; i++) {
        str_add(t->out, i ? "II left: " : "I left: ");
        long a = side_at(t, &m->e[i].l, found);
        str_add(t->out, "right: ");
        long b = side_at(t, &m->e[i].r, found);
        if (!fam_compare(t, a, b)) return false;
    }
    return true;
}

/* ---- drawing */
static long any(rng *r, int lo, int hi, int neg) {
    long v = rng_range(r, lo, hi);
    return alg_chance(r, neg) ? -v : v;
}

static long left_at(const side *d, long x, long y) {
    return d->a * x / d->p + d->b * y / d->q + d->c + d->g * (d->h * x + d->k * y);
}

static equation plain_eq(long a, long b, long x, long y) {
    equation e = {{a, b, 0, 1, 1, 0, 0, 0}, {0, 0, a * x + b * y, 1, 1, 0, 0, 0}};
    return e;
}

static void draw_low(rng *r, int level, sys *m) {
    long x = rng_range(r, 1, 80), y = rng_range(r, 1, 80), k = any(r, 2, 9, level < 4 ? 0 : 35);
    if (level > 2) x = any(r, 0, 12, 20), y = any(r, 0, 12, 30);
    m->words = level <= 3 && alg_chance(r, 25);
    switch (level) {
    case 1:
        if (x < y) k = x, x = y, y = k;
        m->e[0] = plain_eq(1, 1, x, y), m->e[1] = plain_eq(1, -1, x, y);
        if (!m->words && alg_chance(r, 30)) {
            equation e = m->e[0];
            m->e[0]    = m->e[1];
            m->e[1]    = e;
        }
        break;
    case 2: { /* y = kx or y = x + n, and their sum (or a multiple of x with y) */
        bool mult = alg_chance(r, 50);
        x         = rng_range(r, 1, 25);
        y         = mult ? k * x : x + rng_range(r, 1, 40);
        m->e[0]   = plain_eq(m->words || alg_chance(r, 50) ? 1 : rng_range(r, 2, 5), 1, x, y);
        m->e[1]   = (equation){{0, 1, 0, 1, 1, 0, 0, 0}, {mult ? k : 1, 0, mult ? 0 : y - x, 1, 1, 0, 0, 0}};
        break;
    }
    case 3: {
        long a = rng_range(r, 1, 9), b = rng_range(r, 1, 9);
        if (alg_chance(r, 50)) m->e[0] = plain_eq(k, b, x, y), m->e[1] = plain_eq(a, alg_chance(r, 60) ? -b : b, x, y);
        else m->e[0] = plain_eq(b, k, x, y), m->e[1] = plain_eq(alg_chance(r, 60) ? -b : b, a, x, y);
        break;
    }
    default: {
        long n  = any(r, 1, 15, 50);
        m->e[0] = (equation){{0, 1, 0, 1, 1, 0, 0, 0}, {k, 0, n, 1, 1, 0, 0, 0}};
        y       = k * x + n;
        m->e[1] = plain_eq(any(r, 1, 9, 20), any(r, 1, 6, 35), x, y);
        if (alg_chance(r, 40)) {
            equation e = m->e[0];
            m->e[0]    = m->e[1];
            m->e[1]    = e;
        }
    }
    }
}

static void draw_high(rng *r, int level, sys *m) {
    long x = any(r, 1, 12, 30), y = any(r, 1, 12, 30), a = any(r, 1, 6, 15), b = any(r, 1, 6, 40);
    switch (level) {
    case 5: {
        long f  = rng_range(r, 2, 4);
        m->e[0] = plain_eq(a, b, x, y);
        if (alg_chance(r, 50))
            m->e[1] = plain_eq(any(r, 1, 9, 20), any(r, 1, 1, 0) * b * f * (alg_chance(r, 50) ? 1 : -1), x, y);
        else m->e[1] = plain_eq(a * f * (alg_chance(r, 50) ? 1 : -1), any(r, 1, 9, 40), x, y);
        break;
    }
    case 6:
        m->e[0] = plain_eq(any(r, 2, 5, 10), any(r, 2, 5, 40), x, y),
        m->e[1] = plain_eq(any(r, 2, 5, 10), any(r, 2, 5, 40), x, y);
        break;
    case 7:
        x = any(r, 2, 20, 35), y = any(r, 2, 20, 35);
        m->e[0] = plain_eq(any(r, 3, 9, 30), any(r, 3, 9, 45), x, y),
        m->e[1] = plain_eq(any(r, 3, 9, 30), any(r, 3, 9, 45), x, y);
        break;
    case 8:
        for (int i = 0; i < 2; i++) {
            equation *e = &m->e[i];
            *e          = plain_eq(any(r, 2, 6, 15), any(r, 1, 6, 40), x, y);
            if (i == 0 || alg_chance(r, 60)) { /* 3x = 2y + 7 */
                e->r.b = -e->l.b, e->l.b = 0;
                if (alg_chance(r, 40)) e->l.c = any(r, 1, 9, 50), e->r.c += e->l.c;
            } else {
                e->l.c = any(r, 1, 20, 50), e->r.c += e->l.c;
                e->r.a = any(r, 1, 3, 30), e->l.a += e->r.a;
            }
        }
        break;
    case 9:
        for (int i = 0; i < 2; i++) {
            equation *e = &m->e[i];
            e->l = (side){any(r, 1, 3, 10), any(r, 1, 3, 40), 0, rng_range(r, 2, 4), rng_range(r, 2, 5), 0, 0, 0};
            if (alg_gcd(e->l.a, e->l.p) != 1) e->l.a = 1;
            if (alg_gcd(e->l.b, e->l.q) != 1) e->l.b = 1;
            if (i && alg_chance(r, 60)) e->l.p = e->l.q = 1;
            e->r = (side){0, 0, 0, 1, 1, 0, 0, 0};
        }
        x = 12 * any(r, 1, 2, 20), y = 60 / (alg_chance(r, 50) ? 5 : 3) * any(r, 1, 2, 20);
        if (m->e[0].l.q == 5 || m->e[1].l.q == 5) y = 20 * any(r, 1, 2, 20);
        for (int i = 0; i < 2; i++) {
            if ((m->e[i].l.a * x) % m->e[i].l.p || (m->e[i].l.b * y) % m->e[i].l.q) m->e[i].l.a = 0;
            m->e[i].r.c = left_at(&m->e[i].l, x, y);
        }
        break;
    default:
        x = any(r, 1, 9, 30), y = any(r, 1, 9, 30);
        for (int i = 0; i < 2; i++) {
            equation *e = &m->e[i];
            e->l        = (side){
                       0, 0, 0, 1, 1, any(r, 2, 4, 20), rng_range(r, 1, 2), any(r, 1, 3, 45),
            };
            if (alg_chance(r, 50)) e->l.a = any(r, 1, 4, 40);
            else e->l.b = any(r, 1, 4, 40);
            if (i && alg_chance(r, 40)) *e = plain_eq(any(r, 2, 5, 20), any(r, 2, 5, 40), x, y);
            e->r   = (side){0, 0, 0, 1, 1, 0, 0, 0};
            e->r.c = left_at(&e->l, x, y);
        }
    }
}

static bool workable(const sys *given) {
    sys       m = *given;
    str       s = {0};
    rng       r = rng_seed(1);
    trace     t = trace_to(&s, &r);
    fam_value v;
    work(&t, &m, &v);
    bool ok = !t.bad;
    for (int i = 0; i < 2 && ok; i++) {
        const side *l = &m.e[i].l, *q = &m.e[i].r;
        ok = labs(left_at(l, m.vx, m.vy)) < 1000 && left_at(l, m.vx, m.vy) == left_at(q, m.vx, m.vy);
    }
    str_free(&s);
    return ok;
}

/* ---- asking */
static const char ask_letters[] =
    "{5*" ALG_POLITE
    "{4*solve|find the solution of|work out|find <x> and <y> for|determine <x> and <y> in|calculate <x> and <y> from} "
    "{the system [of equations][:]|these [two ]equations[:]|the two equations|the simultaneous equations[:]|4*} "
    "<e>{ and |, |; |  and  |\n|, }<f>" ALG_END
    "|3*{what are <x> and <y>|what is <x> and what is <y>|which <x> and <y> solve it|what values do <x> and <y> have} "
    "{if|when|given} <e> and <f>{3*?|}"
    "|3*{if|given|suppose|we know that|let} <e> and <f>{, |. }{find <x> and <y>|what are <x> and <y>|solve for <x> and "
    "<y>|how large are <x> and <y>}{?|.|}"
    "|<e>{ and |, |; |\n}<f>{. solve| solve for <x> and <y>|, <x> = ? <y> = ?|, find <x> and <y>|; what are <x> and "
    "<y>?}"
    "|two equations: <e>{ and |, |; }<f>. {find both unknowns|solve|give <x> and <y>}}";
static const char ask_sum[] =
    "{3*{the sum of two numbers is <s>|two numbers add up to <s>|the total of two numbers is <s>|two numbers together "
    "make <s>}"
    "{ and|, and|. also,} {their difference is <d>|they differ by <d>|one is <d> {more|larger} than the other|the "
    "{larger|bigger} one minus the "
    "{smaller|other} is <d>}{. |, }{what are the numbers?|find {them|both|the two numbers}[.]|which numbers are "
    "they?|what are they?|name them[.]}"
    "|{find|determine|tell me|work out|give me} [me ]{two numbers|the two numbers|both numbers} {with the sum <s> and "
    "the difference <d>|whose sum is <s> and "
    "whose difference is <d>|that add up to <s> and differ by <d>}" ALG_END
    "|{which|what} two numbers have {the sum <s> and the difference <d>|a sum of <s> and a difference of <d>}{?|}}";
static const char ask_times[] =
    "{3*{the sum of two numbers is <s>|two numbers add up to <s>|two numbers together make <s>|the total of two "
    "numbers is <s>}{ and|, and|;} {one is <d> times "
    "the other|the {larger|bigger} is <d> times the smaller|one of them is <d> times {as large as the other|the other "
    "one}}{. |, }{what are the "
    "numbers?|find {them|both}[.]|which numbers are they?|what are they?}"
    "|{find|determine|tell me|work out|give me} {two numbers|both numbers} {with the sum <s>, one <d> times the "
    "other|that add up to <s> where one is <d> times the other}" ALG_END "}";
static const char ask_more[] =
    "{3*{the sum of two numbers is <s>|two numbers add up to <s>|two numbers together make <s>|the total of two "
    "numbers is <s>}{ and|, and|;} {one is <d> {more|larger|bigger} "
    "than the other|the {larger|bigger} is <d> above the smaller|the {second|one} is <d> more than the "
    "{first|other}}{. |, }{what are the "
    "numbers?|find {them|both}[.]|which numbers are they?|what are they?}"
    "|{find|determine|tell me|work out|give me} {two numbers|both numbers} {with the sum <s>, one <d> more than the "
    "other|that add up to <s> where one is <d> more than the other}" ALG_END "}";
static const char ask_words[] =
    "{{<a> times {one|a} number {plus|and} <b> times {another|a second one} {is|makes|gives} <c>|if you add <a> times "
    "one number and <b> times another you get <c>}"
    "{. |, and |; }{<d> times the first {plus|and} <f> times the second {is|makes|gives} <g>}{. |, }{what are the {two "
    "|}numbers?|find {them|both}[.]|"
    "which numbers are they?|what are they?|{please |}work out both{.|}|name the two numbers[.]}}";

static void ask(problem *p, rng *r, sys *m) {
    str e = {0}, f = {0};
    if (!m->words) {
        str a = {0}, b = {0};
        put_equation(&a, &m->e[0], m->x, m->y), put_equation(&b, &m->e[1], m->x, m->y);
        alg_typed(&e, r, a.p), alg_typed(&f, r, b.p);
        char x[2] = {m->x, 0}, y[2] = {m->y, 0};
        wording_ask(&p->question, r, ask_letters, (word_slot[]){{"e", e.p}, {"f", f.p}, {"x", x}, {"y", y}, {0}});
        str_free(&a), str_free(&b);
    } else {
        const side *k = &m->e[1].r;
        char        n[6][24];
        bool        given = given_form(m) == 1;
        const long  v[6]  = {m->e[0].l.a, m->e[0].l.b, m->e[0].r.c, given ? k->a != 1 ? k->a : k->c : m->e[1].l.a,
                             m->e[1].l.b, k->c};
        for (int i = 0; i < 6; i++) snprintf(n[i], sizeof n[i], "%ld", v[i]);
        bool diff = m->e[1].l.b == -1 && m->e[1].l.a == 1;
        wording_ask(&p->question, r,
                    given  ? k->a != 1 ? ask_times : ask_more
                    : diff ? ask_sum
                           : ask_words,
                    (word_slot[]){{"s", n[2]},
                                  {"a", n[0]},
                                  {"b", n[1]},
                                  {"c", n[2]},
                                  {"d", diff ? n[5] : n[3]},
                                  {"f", n[4]},
                                  {"g", n[5]},
                                  {0}});
    }
    str_free(&e), str_free(&f);
}

/* Told in words, each number of the equations must be said: coefficients from 2 on, all positive, a first and a second.
 */
static bool tellable(const sys *m) {
    if (given_form(m) == 1) return m->e[0].l.a == 1;
    if (m->e[1].l.b == -1 && m->e[1].l.a == 1) return m->e[0].l.a == 1 && m->e[0].l.b == 1 && m->e[1].r.c > 0;
    for (int i = 0; i < 2; i++)
        if (m->e[i].l.a < 2 || m->e[i].l.b < 2 || m->e[i].r.c < 1) return false;
    return true;
}

static equation apart(long c) { /* x - y = c */
    return (equation){{.a = 1, .b = -1, .p = 1, .q = 1}, {.c = c, .p = 1, .q = 1}};
}

static void make(rng *r, int level, problem *p) {
    static const char *const sets[] = {"xy", "xy", "xy", "xy", "xy", "ab", "mn", "pq", "uv", "st", "km", "yz", "xz"};
    sys                      m;
    do {
        m = (sys){.x = 'x', .y = 'y'};
        if (level <= 4) draw_low(r, level, &m);
        else draw_high(r, level, &m);
        if (m.words && !tellable(&m)) m.words = false;
    } while (!workable(&m));
    p->level = level;
    str_add(&p->key, "system:");
    if (m.words && given_form(&m) == 1 && m.e[1].r.a == 1) /* "one is 34 larger" is also x - y = 34 */
        put_system(&p->key, &(sys){.x = 'x', .y = 'y', .words = true, .e = {m.e[0], apart(m.e[1].r.c)}});
    else put_system(&p->key, &m);
    if (!m.words) {
        const char *s = sets[rng_below(r, 13)];
        m.x = s[0], m.y = s[1];
    }
    ask(p, r, &m);
    str_add(&p->reasoning, "Understand: ");
    put_system(&p->reasoning, &m);
    str_addf(&p->reasoning, "\nPlan: %s\n",
             given_form(&m) >= 0 ? "put one equation into the other"
             : level >= 8        ? "bring both to one form, let one letter fall out"
                                 : "let one letter fall out");
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &m});
    char      v[2][24];
    snprintf(v[0], sizeof v[0], "%ld", f.v);
    snprintf(v[1], sizeof v[1], "%ld", f.w);
    char            x[2] = {m.x, 0}, y[2] = {m.y, 0};
    const word_slot slot[] = {{"x", x}, {"y", y}, {"v", v[0]}, {"w", v[1]}, {0}};
    if (m.words) str_addf(&p->truth, "%s and %s", v[0], v[1]);
    else str_addf(&p->truth, "%c = %s, %c = %s", m.x, v[0], m.y, v[1]);
    wording_put(
        &p->answer, r,
        m.words
            ? "{The numbers are **<v> and <w>**.|They are **<v>** and **<w>**.|**<v> and <w>**|The two numbers are "
              "**<w> and <v>**.}"
            : "{The solution is **<x> = <v>, <y> = <w>**.|So **<x> = <v>** and **<y> = <w>**.|**<x> = <v>, <y> = <w>**|"
              "(<x>, <y>) = **(<v>, <w>)**|We get **<x> = <v> and <y> = <w>**.}",
        slot);
}

/* ---- answers */
typedef struct pair_claim {
    bool  any, clash, doubt, has[2];
    ratio v[2];
} pair_claim;

static void claim(pair_claim *c, int k, ratio v, bool doubt) {
    if (c->has[k] && !ratio_eq(c->v[k], v)) c->clash = true;
    c->any = c->has[k] = true;
    c->v[k]            = v;
    c->doubt |= doubt;
}

/* "(2, 3)" */
static bool tuple(const char *s, ratio v[2]) {
    const char *c = strchr(s, ','), *e = strrchr(s, ')');
    return s[0] == '(' && c && e && e > c && alg_value(s + 1, (size_t)(c - s - 1), &v[0]) &&
           alg_value(c + 1, (size_t)(e - c - 1), &v[1]);
}

static void letters_claim(pair_claim c[2], const mathrun *u, const char xy[2]) {
    ratio       v[2];
    const char *value = mathtext_value(u->s), *eq = strchr(u->s, '=');
    if (tuple(value, v)) {
        claim(&c[u->bold], 0, v[0], u->doubt), claim(&c[u->bold], 1, v[1], u->doubt);
        return;
    }
    for (int k = 0; k < 2 && eq; k++) {
        if (u->s[0] == xy[k] && strspn(u->s + 1, " ") == (size_t)(eq - u->s - 1) && alg_value(value, strlen(value), v))
            claim(&c[u->bold], k, v[0], u->doubt);
        else if (value[0] == xy[k] && !value[1] && !strchr(eq + 1, '=') && alg_value(u->s, (size_t)(eq - u->s), v))
            claim(&c[u->bold], k, v[0], u->doubt);
    }
}

static bool right_letters(const problem *p, const char *text, char why[96]) {
    const char *t = p->truth.p, *second = strstr(t, ", ");
    const char  xy[2] = {t[0], second ? second[2] : 'y'};
    ratio       want[2];
    pair_claim  c[2] = {{0}, {0}};
    if (!second || !alg_value(t + 4, (size_t)(second - t - 4), &want[0]) ||
        !alg_value(second + 6, strlen(second + 6), &want[1]))
        return alg_not("a pair", t, why);
    mathtext m = mathtext_of(text);
    for (int i = 0; i < m.n; i++) letters_claim(c, &m.run[i], xy);
    int b = c[1].any;
    snprintf(why, 96, "expected %.60s, found something else", t);
    pair_claim all = c[b];
    for (int k = 0; k < 2 && b; k++) /* one bold, one plain is a pair, too; the plain ones must not contradict */
        if (c[0].has[k]) claim(&all, k, c[0].v[k], c[0].doubt);
    bool ok = all.has[0] && all.has[1] && !all.clash && !c[0].clash && !all.doubt && ratio_eq(all.v[0], want[0]) &&
              ratio_eq(all.v[1], want[1]);
    mathtext_free(&m);
    if (ok) why[0] = 0;
    return ok;
}

/* Two numbers in any order: those in bold, else those of the last sentence that has two. */
static bool right_words(const problem *p, const char *text, char why[96]) {
    ratio       want[2], got[2][8];
    int         n[2] = {0, 0}, sentence = -1;
    bool        doubt[2] = {false, false}, or_[2] = {false, false};
    const char *t = p->truth.p, *and_ = strstr(t, " and ");
    if (!and_ || !alg_value(t, (size_t)(and_ - t), &want[0]) || !alg_value(and_ + 5, strlen(and_ + 5), &want[1]))
        return alg_not("two numbers", t, why);
    mathtext m = mathtext_of(text);
    for (int i = 0; i < m.n; i++) {
        const mathrun *u = &m.run[i];
        ratio          v[2];
        const char    *eq = strchr(u->s, '=');
        bool        named = eq && isalpha((unsigned char)u->s[0]) && strspn(u->s + 1, " ") == (size_t)(eq - u->s - 1);
        const char *value = named ? mathtext_value(u->s) : u->s;
        int         b = u->bold, k = tuple(value, v)                                                           ? 2
                                     : alg_value(value, strlen(value), v) && (named || !strpbrk(value, "+*/")) ? 1
                                                                                                               : 0;
        if (!k) continue;
        if (!b && u->sentence != sentence) n[0] = 0, doubt[0] = or_[0] = false, sentence = u->sentence;
        for (int j = 0; j < k && n[b] < 8; j++) got[b][n[b]++] = v[j];
        doubt[b] |= u->doubt;
        or_[b] |= !strcmp(u->before, "or");
    }
    int b = n[1] > 0;
    snprintf(why, 96, "expected %.60s, found something else", t);
    bool ok = n[b] == 2 && !doubt[b] && !or_[b] &&
              ((ratio_eq(got[b][0], want[0]) && ratio_eq(got[b][1], want[1])) ||
               (ratio_eq(got[b][0], want[1]) && ratio_eq(got[b][1], want[0])));
    if (m.n && b && n[0] && ok) /* "**7 and 3**. No, 8 and 2." */
        for (int i = 0; i < n[0]; i++)
            ok = ok && (m.run[m.n - 1].bold || ratio_eq(got[0][i], want[0]) || ratio_eq(got[0][i], want[1]));
    mathtext_free(&m);
    if (ok) why[0] = 0;
    return ok;
}

static bool right(const problem *p, const char *text, char why[96]) {
    if (verify_echo(p->question.p, text, why)) return false;
    return strchr(p->truth.p, '=') ? right_letters(p, text, why) : right_words(p, text, why);
}

/* ---- the same by Cramer's rule; a side is known from its values at (0, 0), (1, 0), (0, 1) */
static bool at(const char *s, size_t n, char x, char y, int vx, int vy, ratio *out) {
    str  t = {0};
    poly p;
    for (size_t i = 0; i < n; i++)
        if (s[i] == x) str_addf(&t, "(%d)", vx);
        else if (s[i] == y) str_addf(&t, "(%d)", vy);
        else str_addc(&t, s[i]);
    bool ok = t.len && poly_read(t.p, t.len, &p, NULL) && !p.letter;
    if (ok) *out = p.c[0];
    str_free(&t);
    return ok;
}

static bool coefficients(const char *s, size_t n, char x, char y, ratio c[3]) { /* a, b, c of ax + by = c */
    const char *eq = memchr(s, '=', n);
    ratio       f[3];
    if (!eq) return false;
    for (int i = 0; i < 3; i++) {
        ratio l, r;
        if (!at(s, (size_t)(eq - s), x, y, i == 1, i == 2, &l) ||
            !at(eq + 1, n - (size_t)(eq + 1 - s), x, y, i == 1, i == 2, &r) || !ratio_op(l, '-', r, &f[i]))
            return false;
    }
    return ratio_op(f[1], '-', f[0], &c[0]) && ratio_op(f[2], '-', f[0], &c[1]) &&
           ratio_op((ratio){0, 1}, '-', f[0], &c[2]);
}

static bool cross(ratio a, ratio b, ratio c, ratio d, ratio *out) { /* ad - bc */
    ratio u, v;
    return ratio_op(a, '*', d, &u) && ratio_op(b, '*', c, &v) && ratio_op(u, '-', v, out);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    const char *s, *comma;
    size_t      n, nw = sizeof "two numbers: " - 1;
    ratio       a[3], b[3], d, dx, dy, x, y;
    char        xy[2] = {0, 0};
    if (!alg_understood(p, &s, &n, why)) return false;
    bool words = n > nw && !memcmp(s, "two numbers: ", nw);
    if (words) s += nw, n -= nw;
    comma = memchr(s, ',', n);
    for (size_t i = 0; i < n; i++)
        if (isalpha((unsigned char)s[i])) {
            char c = s[i];
            if (!xy[0]) xy[0] = c;
            else if (c != xy[0] && !xy[1]) xy[1] = c;
            else if (c != xy[0] && c != xy[1]) return alg_not("a system in two letters", s, why);
        }
    if (xy[0] > xy[1]) { /* the truth names them in the order of the alphabet */
        char c = xy[0];
        xy[0] = xy[1], xy[1] = c;
    }
    if (!comma || !xy[0] || !coefficients(s, (size_t)(comma - s), xy[0], xy[1], a) ||
        !coefficients(comma + 1, n - (size_t)(comma + 1 - s), xy[0], xy[1], b) || !cross(a[0], a[1], b[0], b[1], &d) ||
        !cross(a[2], a[1], b[2], b[1], &dx) || !cross(a[0], a[2], b[0], b[2], &dy) || !d.p ||
        !ratio_op(dx, '/', d, &x) || !ratio_op(dy, '/', d, &y) || x.q != 1 || y.q != 1)
        return alg_not("a system with one whole solution", s, why);
    if (words) str_addf(truth, "%lld and %lld", x.p, y.p);
    else str_addf(truth, "%c = %lld, %c = %lld", xy[0], x.p, xy[1], y.p);
    return true;
}

const family fam_system = {.name   = "system",
                           .field  = "education",
                           .about  = "two linear equations in two unknowns",
                           .levels = 10,
                           .make   = make,
                           .right  = right,
                           .solve  = solve};
