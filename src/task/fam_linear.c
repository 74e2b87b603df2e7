/* fam_linear.c -- linear equations in one unknown.
 *
 * Levels: 1 one step; 2 ax + b = c, either side; 3 a(x + b) = c, x/a + b = c, negative numbers; 4 the unknown on both
 * sides; 5 brackets on both sides, several terms, larger numbers, fractions.
 *
 * 6 to 10 are drawn and taken apart in linhard.c: fractions, nested brackets, large coefficients.
 *
 * How an equation is solved and checked: lineq.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/lineq.h"
#include "task/linhard.h"
#include "task/phrase.h"
#include "task/steps.h"
#include "task/verify.h"

static bool chance(rng *r, int percent) { return (int)rng_below(r, 100) < percent; }

/* A number to multiply or divide with: mostly from the small table, at times 10, 11 or 12. */
static long factor(rng *r) { return chance(r, 14) ? rng_range(r, 10, 12) : rng_range(r, 2, 9); }

/* ---- drawing: terms first, then x, then the number that makes both sides equal */
static long nonzero(rng *r, int hi) {
    long v = rng_range(r, 1, hi);
    return chance(r, 50) ? -v : v;
}

static long coef(rng *r, int neg_percent) {
    long k = chance(r, 12) ? 1 : rng_range(r, 2, 9);
    return chance(r, neg_percent) ? -k : k;
}

static void swap_terms(lineq_side *s) {
    lineq_term t = s->t[0];
    s->t[0]      = s->t[1];
    s->t[1]      = t;
}

static void swap_sides(lineq *e) {
    lineq_side s = e->l;
    e->l         = e->r;
    e->r         = s;
}

/* The number on the right that makes x the solution. */
static void close_with(lineq *e, long x) {
    long d = lineq_value(&e->l, x) - lineq_value(&e->r, x);
    if (d || !e->r.n) lineq_num(&e->r, d);
}

static void draw_1(rng *r, lineq *e) {
    int  k = rng_range(r, 0, 99);
    long x = rng_range(r, 0, 60), a = rng_range(r, 1, 60);
    if (k < 25) lineq_x(&e->l, 1), lineq_num(&e->l, a);
    else if (k < 45) lineq_num(&e->l, a), lineq_x(&e->l, 1);
    else if (k < 72) x += a, lineq_x(&e->l, 1), lineq_num(&e->l, -a);
    else x = rng_range(r, 0, 25), lineq_x(&e->l, factor(r));
    close_with(e, x);
    if (chance(r, 12)) swap_sides(e);
}

static void draw_2(rng *r, lineq *e) {
    long x = rng_range(r, 0, chance(r, 70) ? 12 : 30), b = rng_range(r, 1, 60);
    lineq_x(&e->l, factor(r));
    lineq_num(&e->l, chance(r, 40) ? -b : b);
    if (e->l.t[1].m > 0 && chance(r, 35)) swap_terms(&e->l);
    close_with(e, x);
    if (chance(r, 25)) swap_sides(e);
}

static void draw_3(rng *r, lineq *e) {
    long x = chance(r, 65) ? rng_range(r, 0, 15) : rng_range(r, -12, -1);
    int  k = rng_range(r, 0, 99);
    if (k < 45) {
        lineq_bracket(&e->l, chance(r, 15) ? -rng_range(r, 2, 9) : rng_range(r, 2, 9), 1, nonzero(r, 15));
    } else if (k < 65) {
        long a = factor(r);
        x      = a * rng_range(r, chance(r, 70) ? 0 : -12, 15);
        lineq_div(&e->l, a);
        if (!chance(r, 15)) lineq_num(&e->l, nonzero(r, 30));
    } else if (k < 80) {
        lineq_num(&e->l, rng_range(r, 1, 60));
        lineq_x(&e->l, -coef(r, 0));
    } else {
        lineq_x(&e->l, coef(r, 50));
        lineq_num(&e->l, nonzero(r, 50));
    }
    close_with(e, x);
    if (chance(r, 15)) swap_sides(e);
}

static void draw_4(rng *r, lineq *e) {
    long x = chance(r, 65) ? rng_range(r, 0, 15) : rng_range(r, -12, -1);
    lineq_x(&e->l, coef(r, 15));
    if (!chance(r, 10)) lineq_num(&e->l, nonzero(r, 40));
    if (e->l.n == 2 && chance(r, 15)) swap_terms(&e->l);
    lineq_x(&e->r, coef(r, 20));
    close_with(e, x);
    if (e->r.n == 2 && chance(r, 15)) swap_terms(&e->r);
}

/* The fraction v/k for x: the constant on the right is drawn, and what comes out must not be whole. */
static void draw_fraction(rng *r, lineq *e) {
    int k = rng_range(r, -3, 9);
    if (k < 0) lineq_x(&e->l, rng_range(r, 2, 9)); /* 2x = 5 */
    else if (k < 4) lineq_x(&e->l, coef(r, 10)), lineq_num(&e->l, nonzero(r, 30));
    else if (k < 5) lineq_num(&e->l, rng_range(r, 1, 30)), lineq_x(&e->l, -coef(r, 0));
    else if (k < 7) lineq_bracket(&e->l, rng_range(r, 2, 9), 1, nonzero(r, 9));
    else lineq_x(&e->l, coef(r, 5)), lineq_num(&e->l, nonzero(r, 20)), lineq_x(&e->r, coef(r, 10));
    lineq_num(&e->r, nonzero(r, 40));
    if (k < 7 && chance(r, 15)) swap_sides(e);
}

static void draw_5(rng *r, lineq *e) {
    long x = chance(r, 65) ? rng_range(r, 0, 12) : rng_range(r, -9, -1);
    int  k = rng_range(r, 0, 99);
    long a = rng_range(r, 2, 9), b = nonzero(r, 9), c = rng_range(r, 2, 9), d = nonzero(r, 9);
    if (k < 15) {
        draw_fraction(r, e);
        return;
    }
    if (k < 30) { /* 3(x + 2) = 5(x - 4) + 6 */
        lineq_bracket(&e->l, a, 1, b), lineq_bracket(&e->r, c, 1, d);
    } else if (k < 42) { /* 3(x + 2) + 4 = 2x + 9 */
        lineq_bracket(&e->l, a, 1, b);
        if (chance(r, 70)) lineq_num(&e->l, nonzero(r, 20));
        lineq_x(&e->r, coef(r, 15));
        if (chance(r, 25)) swap_sides(e);
    } else if (k < 56) { /* 2(x + 1) + 3(x - 4) = 10 */
        lineq_bracket(&e->l, a, 1, b), lineq_bracket(&e->l, chance(r, 40) ? -c : c, 1, d);
    } else if (k < 66) { /* 3(2x - 1) = 27 */
        long i = rng_range(r, 2, 3);
        lineq_bracket(&e->l, rng_range(r, 2, (int)(9 / i)), i, b);
        if (chance(r, 40)) lineq_num(&e->l, nonzero(r, 20));
    } else if (k < 82) { /* 4x + 7 + 2x = 31, also with x on the right */
        lineq_x(&e->l, coef(r, 10)), lineq_num(&e->l, nonzero(r, 30)), lineq_x(&e->l, coef(r, 40));
        if (chance(r, 30)) lineq_num(&e->l, nonzero(r, 20));
        if (chance(r, 30)) lineq_x(&e->r, coef(r, 10));
    } else if (k < 86) {
        lineq_x(&e->l, coef(r, 0)), lineq_x(&e->l, coef(r, 30));
    } else { /* larger numbers */
        x = rng_range(r, 10, 150);
        lineq_x(&e->l, a);
        lineq_num(&e->l, chance(r, 50) ? rng_range(r, 20, 500) : -rng_range(r, 20, 500));
        if (e->l.t[1].m > 0 && chance(r, 25)) swap_terms(&e->l);
    }
    close_with(e, x);
}

static bool cancels(const lineq_side *s) { return lineq_has_x(s) && s->t[0].kind != LINEQ_DIV && lineq_coef(s) == 0; }

static bool solvable(const lineq *e, bool fractions) {
    long k = lineq_coef(&e->l) - lineq_coef(&e->r);
    if (cancels(&e->l) || cancels(&e->r)) return false;
    bool div = e->l.t[0].kind == LINEQ_DIV || e->r.t[0].kind == LINEQ_DIV;
    if (div) return true;
    long v = lineq_value(&e->r, 0) - lineq_value(&e->l, 0);
    if (!k || labs(k) > 9) return false;
    for (int i = 0; i < e->r.n; i++)
        if (e->r.t[i].kind == LINEQ_NUM && labs(e->r.t[i].m) > 1500) return false;
    return fractions || v % k == 0;
}

static char draw_letter(rng *r) {
    static const char some[] = "yyyynnnaabbzzttmmkkcdfghjpqrsuvw";
    if (chance(r, 50)) return 'x';
    if (chance(r, 3)) return "olei"[rng_below(r, 4)];
    return some[rng_below(r, sizeof some - 1)];
}

static void answer(problem *p, rng *r, char letter, const fam_value *f) {
    str_addf(&p->truth, "%c = %ld", letter, f->v);
    if (f->w != 1) str_addf(&p->truth, "/%ld", f->w);
    if (chance(r, 50)) str_addf(&p->answer, "The solution is **%s**.", p->truth.p);
    else str_addf(&p->answer, "So **%s**.", p->truth.p);
}

static void make(rng *r, int level, problem *p) {
    static void (*const draw[])(rng *, lineq *) = {draw_1, draw_2, draw_3, draw_4, draw_5};
    if (level > 5) {
        linhard_make(r, level, p);
        return;
    }
    lineq e;
    do {
        e = (lineq){.letter = 'x', .divisor = DIGITS_DIVISOR};
        draw[level - 1](r, &e);
    } while (!solvable(&e, level == 5));
    p->level      = level;
    str canonical = {0}, typed = {0};
    str_add(&p->key, "linear:");
    lineq_put(&p->key, &e); /* with x, whatever the letter will be */
    e.letter = draw_letter(r);
    lineq_put(&canonical, &e);
    phrase_style st = phrase_style_draw(r, PHRASE_LETTERS);
    phrase_expr(&typed, canonical.p, &st);
    phrase_equation(&p->question, r, typed.p, e.letter);
    phrase_careless(&p->question, r);
    str_addf(&p->reasoning, "Understand: %s, find %c\n", canonical.p, e.letter);
    str_add(&p->reasoning, "Plan: ");
    lineq_plan(&p->reasoning, &e);
    fam_value f = (level <= 5 ? fam_work_spelled : fam_work)(p, r, &(fam_phases){lineq_work, lineq_check, &e});
    answer(p, r, e.letter, &f);
    str_free(&canonical);
    str_free(&typed);
}

static bool right(const problem *p, const char *text, char why[96]) {
    return !verify_echo(p->question.p, text, why) && answer_matches(text, p->truth.p, why);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    const char   *s, *comma;
    size_t        n;
    steps_unknown x;
    if (!fam_understood(p, &s, &n, why)) return false;
    comma = memchr(s, ',', n);
    if (comma && steps_solve(s, (size_t)(comma - s), &x) && !strncmp(comma, ", find ", 7) && comma[7] == x.letter &&
        s + n == comma + 8) {
        str_addf(truth, x.value.q == 1 ? "%c = %lld" : "%c = %lld/%lld", x.letter, x.value.p, x.value.q);
        return true;
    }
    snprintf(why, 96, "not a linear equation and its letter: %.50s", s);
    why[strcspn(why, "\n")] = 0;
    return false;
}

const family fam_linear = {.name   = "linear",
                           .field  = "education",
                           .about  = "linear equations in one unknown",
                           .levels = 10,
                           .make   = make,
                           .right  = right,
                           .solve  = solve};
