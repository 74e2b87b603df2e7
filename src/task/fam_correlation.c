/* fam_correlation.c -- sign and strength of the relation of two variables.
 *
 * Levels: 1 to 3 the sign, from the pairs of rows in which both move the same way; 4 to 7 also strong or weak, by
 * thresholds on the difference; 8 to 10 Pearson's r by its sums, on data whose root comes out whole. The question says
 * what counts as strong. From 6 on among columns that do not matter. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/choice.h"
#include "task/stats.h"

typedef enum { SIGN, PAIRS, PEARSON } rule_kind;
typedef struct corr_level {
    rule_kind k;
    int       n_lo, n_hi, hi;
} corr_level;
static const corr_level levels[] = {{SIGN, 3, 3, 20},    {SIGN, 3, 4, 99},   {SIGN, 4, 4, 99},   {PAIRS, 4, 4, 99},
                                    {PAIRS, 4, 5, 99},   {PAIRS, 5, 5, 99},  {PAIRS, 5, 6, 999}, {PEARSON, 3, 3, 99},
                                    {PEARSON, 4, 4, 99}, {PEARSON, 5, 5, 99}};

enum { STRONG_POS, MODERATE_POS, WEAK_POS, NONE, WEAK_NEG, MODERATE_NEG, STRONG_NEG, POS, NEG };
static const char *const word[] = {"strong positive", "moderate positive", "weak positive",
                                   "no correlation",  "weak negative",     "moderate negative",
                                   "strong negative", "positive",          "negative"};

typedef struct corr {
    dataset   d;
    rule_kind k;
    int       strong;        /* PAIRS: from which difference on */
    int       same, against; /* as Work found them */
    numlist   ex, ey;
    long      xy, xx, yy, root, f;
    decimal   r;
} corr;

/* ---- pairs */
static int by_pairs(const corr *m, int diff) {
    if (m->k == SIGN) return diff > 0 ? POS : diff < 0 ? NEG : NONE;
    return diff >= m->strong    ? STRONG_POS
           : diff <= -m->strong ? STRONG_NEG
           : diff > 0           ? WEAK_POS
           : diff < 0           ? WEAK_NEG
                                : NONE;
}

static int work_pairs(trace *t, corr *m) {
    stats_pairs(t, &m->d.v[0], &m->d.v[1], false, &m->same, &m->against);
    long diff = digits_op(t, m->same, '-', m->against);
    if (m->k == PAIRS && diff) {
        long size = labs(diff);
        str_addf(t->out, "%ld %s %ld\n", size < m->strong ? size : m->strong, size == m->strong ? "=" : "<",
                 size < m->strong ? m->strong : size);
    }
    return by_pairs(m, (int)diff);
}

/* ---- r */
static long mean_of(trace *t, const char *name, const numlist *l) {
    int  n;
    long rest, s = listwork_sum_counted(t, l, &n);
    return digits_div(t, name, s, n, &rest); /* a rest comes from a slip */
}

static long products(trace *t, const char *what, const numlist *a, const numlist *b) {
    numlist p = {.n = a->n};
    str_add(t->out, what);
    for (int i = 0; i < a->n; i++) p.v[i] = digits_op(t, a->v[i], '*', b->v[i]);
    return listwork_sum(t, &p);
}

static long square_root(long v) {
    long s = 0;
    while ((s + 1) * (s + 1) <= v) s++;
    return s;
}

/* 0.7 and 0.4 against |r| in hundredths */
static int by_r(long hundredths) {
    long size = labs(hundredths);
    bool pos  = hundredths > 0;
    if (!size) return NONE;
    return size >= 70   ? (pos ? STRONG_POS : STRONG_NEG)
           : size >= 40 ? (pos ? MODERATE_POS : MODERATE_NEG)
           : pos        ? WEAK_POS
                        : WEAK_NEG;
}

static long in_hundredths(decimal r) {
    for (; r.places < 2; r.places++) r.v *= 10;
    return r.v;
}

static void threshold(trace *t, long size, long limit) {
    listwork_num(t->out, size < limit ? size : limit, 2);
    str_add(t->out, size == limit ? " = " : " < ");
    listwork_num(t->out, size < limit ? limit : size, 2);
    str_addc(t->out, '\n');
}

static int work_r(trace *t, corr *m) {
    const numlist *x = &m->d.v[0], *y = &m->d.v[1];
    long           mx = mean_of(t, "mean x", x), my = mean_of(t, "mean y", y);
    m->ex = m->ey = (numlist){.n = x->n};
    str_add(t->out, "x - mean\n");
    for (int i = 0; i < x->n; i++) m->ex.v[i] = digits_op(t, x->v[i], '-', mx);
    str_add(t->out, "y - mean\n");
    for (int i = 0; i < x->n; i++) m->ey.v[i] = digits_op(t, y->v[i], '-', my);
    m->xy = products(t, "products\n", &m->ex, &m->ey);
    m->xx = products(t, "squares of x\n", &m->ex, &m->ex);
    m->yy = products(t, "squares of y\n", &m->ey, &m->ey);
    if (t->bad || m->xx <= 0 || m->yy <= 0) {
        t->bad = true;
        return NONE;
    }
    /* The squares of y are those of x times a small square f * f: the root of the product is squares of x * f. */
    long rest;
    m->f = square_root(digits_div(t, "y to x", m->yy, m->xx, &rest));
    if (m->f < 1) m->f = 1; /* after a slip */
    digits_op(t, m->f, '*', m->f);
    str_addf(t->out, "root of the product: %ld * %ld\n", m->xx, m->f);
    m->root = digits_op(t, m->xx, '*', m->f);
    if (!m->xy) str_add(t->out, "r = 0\n");
    m->r   = m->xy ? decimal_div(t, "r", (decimal){m->xy, 0}, m->root, 2) : (decimal){0, 0};
    long h = in_hundredths(m->r);
    if (h) threshold(t, labs(h), 70);
    if (h && labs(h) < 70) threshold(t, labs(h), 40);
    return by_r(h);
}

static void work(trace *t, void *ctx, fam_value *found) {
    corr *m  = ctx;
    found->v = m->k == PEARSON ? work_r(t, m) : work_pairs(t, m);
    if (t->bad) return;
    static const int turned[] = {STRONG_NEG,   MODERATE_NEG, WEAK_NEG, WEAK_POS, WEAK_POS,
                                 MODERATE_POS, STRONG_POS,   NEG,      POS};
    if (trace_slips(t)) found->v = turned[found->v]; /* the sign got lost */
    str_addf(t->out, "so %s\n", word[found->v]);
}

static bool verdict_of(trace *t, int now, const fam_value *found) {
    bool same = now == found->v;
    str_addf(t->out, same ? "%s again, right\n" : "%s now, wrong\n", word[now]);
    return same;
}

static bool zero(trace *t, const numlist *l) {
    long s = l->v[0];
    for (int i = 1; i < l->n; i++) s = digits_op(t, s, '+', l->v[i]);
    return stats_agree(t, (decimal){s, 0}, (decimal){0, 0});
}

static long back(trace *t, const char *what, const numlist *a, const numlist *b) {
    numlist p = {.n = a->n};
    for (int i = 0; i < a->n; i++) p.v[i] = a->v[i] * b->v[i];
    str_add(t->out, what);
    listwork_put(t->out, &p);
    str_addc(t->out, '\n');
    return listwork_sum_back(t, &p);
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const corr *m = ctx;
    int         same, against;
    if (m->k != PEARSON) {
        str_add(t->out, "from the end\n");
        stats_pairs(t, &m->d.v[0], &m->d.v[1], true, &same, &against);
        return stats_agree(t, (decimal){same, 0}, (decimal){m->same, 0}) &&
               stats_agree(t, (decimal){against, 0}, (decimal){m->against, 0}) &&
               verdict_of(t, by_pairs(m, same - against), found);
    }
    str_add(t->out, "deviations add up to 0\n");
    if (!zero(t, &m->ex) || !zero(t, &m->ey)) return false;
    if (!stats_agree(t, (decimal){back(t, "products ", &m->ex, &m->ey), 0}, (decimal){m->xy, 0}) ||
        !stats_agree(t, (decimal){digits_op(t, m->f, '*', m->root), 0}, (decimal){m->yy, 0}))
        return false;
    long h = in_hundredths(decimal_near((ratio){m->xy, m->root}, 2));
    return verdict_of(t, by_r(h), found);
}

/* ---- the question */
static const char        ask[]   = "{{How are|In what way are} <c0> and <c1> {related|correlated}?<rule>|{What "
                                   "is|What's|Name|Describe|Give me|Determine|"
                                   "Find} the correlation {of|between} <c0> and <c1>.<rule>|Is there a correlation between <c0> "
                                   "and <c1>?<rule>|{Can|Could} "
                                   "you tell me how <c1> and <c0> {are correlated|go together}?<rule>|{I need|I want to know} "
                                   "the correlation between <c0> "
                                   "and <c1>.<rule>|Does <c1> correlate with <c0>?<rule>|correlation of <c0> with <c1>?<rule>}";
static const char *const rules[] = {
    " {{Go through|Compare|Take} all pairs of rows: positive if both {variables|columns} move the same way in more "
    "pairs than "
    "in opposite ways, negative if in fewer, none if as many|Count the pairs of rows in which both go the same way and "
    "those "
    "in which they go opposite ways: more of the first is positive, more of the second negative, as many of both no "
    "correlation}.",
    " {{Count|Take} all pairs of rows: same way minus opposite way; <s> or more is strong positive, -<s> or less "
    "strong "
    "negative, anything else above or below 0 weak positive or weak negative, 0 no correlation|Use S = concordant "
    "minus "
    "discordant pairs: from <s> on it is strong positive, from -<s> down strong negative, otherwise weak positive or "
    "weak "
    "negative by its sign, and 0 is no correlation}.",
    " {{Use|Take} Pearson's r{ to two decimals|, rounded to two decimals}: strong from 0.7 on, moderate from 0.4 on, "
    "weak "
    "below, in both directions; 0 is no correlation|Compute r (two decimals) and call it strong if it is 0.7 or more "
    "in size, "
    "moderate if 0.4 or more, otherwise weak, positive or negative by its sign; r = 0 means no correlation}."};

/* Deviations of y are those of x in another order, times a factor: the root is whole. */
static bool draw_r(corr *m, rng *r) {
    const variable *x = m->d.var[0], *y = m->d.var[1];
    numlist        *a = &m->d.v[0], *b = &m->d.v[1];
    long            sum = 0, sq = 0;
    int             n = m->d.n, f = rng_range(r, 1, n == 3 ? 3 : 2), most = n == 5 ? 2 : 3;
    *a = *b = (numlist){.n = n};
    for (int i = 0; i < n; i++) {
        a->v[i] = i < n - 1 ? rng_range(r, -most, most) : -sum;
        sum += a->v[i];
        sq += a->v[i] * a->v[i];
    }
    if (labs(a->v[n - 1]) > most || !sq || sq > 16) return false;
    *b = *a;
    for (int i = n - 1; i > 0; i--) {
        int  k  = (int)rng_below(r, (uint64_t)i + 1);
        long v  = b->v[i];
        b->v[i] = b->v[k];
        b->v[k] = v;
    }
    if (chance_of(r, 50)) f = -f;
    long lx = x->lo + 4, hx = x->hi < 30 ? x->hi - 4 : 26, ly = y->lo + 4 * labs(f), hy = y->hi - 4 * labs(f);
    if (hx < lx || hy < ly) return false;
    long mx = rng_range(r, (int)lx, (int)hx), my = rng_range(r, (int)ly, (int)hy);
    for (int i = 0; i < n; i++) a->v[i] += mx, b->v[i] = b->v[i] * f + my;
    return true;
}

/* Values of y sorted with or against x, and a few of them exchanged. */
static bool draw_pairs(corr *m, rng *r, const corr_level *at) {
    numlist *x = &m->d.v[0], *y = &m->d.v[1], s;
    if (!stats_fill_different(x, r, m->d.var[0], m->d.n, at->hi) ||
        !stats_fill_different(y, r, m->d.var[1], m->d.n, at->hi))
        return false;
    if (chance_of(r, 45)) return true;
    s        = *y;
    bool neg = chance_of(r, 50);
    listwork_sorted(&s);
    for (int i = 0; i < x->n; i++) {
        int rank = 0;
        for (int k = 0; k < x->n; k++) rank += x->v[k] < x->v[i];
        y->v[i] = s.v[neg ? s.n - 1 - rank : rank];
    }
    if (chance_of(r, 50)) {
        int  i      = (int)rng_below(r, (uint64_t)x->n - 1);
        long v      = y->v[i];
        y->v[i]     = y->v[i + 1];
        y->v[i + 1] = v;
    }
    return true;
}

static bool draw(corr *m, rng *r, const corr_level *at) {
    const study *s = study_draw(r);
    m->d           = (dataset){.s = s, .n = rng_range(r, at->n_lo, at->n_hi), .cols = 2, .var = {&s->x, &s->y}};
    if (chance_of(r, 40)) m->d.var[0] = &s->other[rng_below(r, 2)];
    if (m->d.var[1]->hi > at->hi) return false;
    return m->k == PEARSON ? draw_r(m, r) : draw_pairs(m, r, at);
}

static void make(rng *r, int level, problem *p) {
    const corr_level *at   = &levels[level - 1];
    corr              m    = {.k = at->k};
    str               rule = {0}, head = {0};
    char              s[8];
    p->family = "correlation";
    p->level  = level;
    while (!draw(&m, r, at)) {}
    int pairs = m.d.n * (m.d.n - 1) / 2;
    m.strong  = m.k == PAIRS ? rng_range(r, pairs * 6 / 10, pairs * 8 / 10) : 0;
    snprintf(s, sizeof s, "%d", m.strong);
    const word_slot of[] = {{"s", s}, {0}};
    wording_put(&rule, r, rules[m.k], of);
    const word_slot slot[] = {{"rule", rule.p}, {0}};
    if (m.k == SIGN) str_add(&head, "sign of the correlation by pairs; ");
    else if (m.k == PAIRS) str_addf(&head, "correlation by pairs, strong from %s on; ", s);
    else str_add(&head, "correlation by r; ");
    stats_begin(p, r, &m.d, head.p,
                m.k == PEARSON ? "means, deviations, sums of products, r, compare"
                               : "each pair of rows: same way or against, then compare",
                ask, slot);
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &m});
    str_add(&p->truth, word[f.v]);
    const word_slot say[] = {{"w", p->truth.p}, {"x", m.d.var[0]->name}, {"y", m.d.var[1]->name}, {0}};
    if (f.v == NONE)
        wording_put(&p->answer, r, "{There is **<w>** between <x> and <y>.|By this rule: **<w>**.|**<w>**.}", say);
    else
        wording_put(
            &p->answer, r,
            "{The correlation is **<w>**.|<x> and <y> have a **<w>** correlation.|It is a **<w>** correlation.|So "
            "the correlation of <x> and <y> is **<w>**.}",
            say);
    p->answer.p[0] = (char)(p->answer.p[0] >= 'a' && p->answer.p[0] <= 'z' ? p->answer.p[0] - 32 : p->answer.p[0]);
    str_free(&rule);
    str_free(&head);
    dataset_free(&m.d);
}

/* Sign and strength are judged apart: "strong, and negative", "strongly negative", "a negative and strong one". */
static bool right(const problem *p, const char *text, char why[96]) {
    static const char *const sign[]     = {"positive*|direct relation*", "negative*|inverse*",
                                           "no correlation|none|uncorrelated|no relation*|not correlated|zero|0"};
    static const char *const strength[] = {"strong|strongly|high|highly", "moderate|moderately|medium",
                                           "weak|weakly|slight*|low"};
    const char              *t          = p->truth.p;
    bool                     none       = !strncmp(t, "no ", 3);
    int                      s          = none ? 2 : strstr(t, "negative") ? 1 : 0;
    size_t                   len;
    if (none) {
        if (choice_find(text, "positive|negative|strong|weak|moderate", &len)) {
            snprintf(why, 96, "expected no correlation, found one");
            return false;
        }
        /* "not" and "no" deny nothing here */
        const char *f = choice_find(text, sign[2], &len);
        if (strchr(text, '?') || !f ||
            choice_find(text, "is wrong|not true|i doubt|do not know|don't know|unclear", &len)) {
            snprintf(why, 96, "expected no correlation, found something else");
            return false;
        }
        return true;
    }
    if (!choice_right(p->question.p, text, sign, 3, s, CHOICE_ALONE, why)) return false;
    int k = !strncmp(t, "strong", 6) ? 0 : !strncmp(t, "moderate", 8) ? 1 : !strncmp(t, "weak", 4) ? 2 : -1;
    if (k < 0) return true; /* only the sign was asked */
    return choice_right(p->question.p, text, strength, 3, k, CHOICE_ALONE, why);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    static const char start[] = "Understand: correlation by pairs, strong from ";
    const char       *u       = p->reasoning.p ? p->reasoning.p : "";
    corr              m       = {.k = SIGN};
    numlist           v[2];
    char              name[2][TABLE_CELL], head[64] = "sign of the correlation by pairs; ", s[12];
    if (!strncmp(u, start, sizeof start - 1)) {
        m.k      = PAIRS;
        m.strong = atoi(u + sizeof start - 1);
        snprintf(head, sizeof head, "correlation by pairs, strong from %d on; ", m.strong);
    } else if (!strncmp(u, "Understand: correlation by r; ", 30)) {
        m.k = PEARSON;
        snprintf(head, sizeof head, "correlation by r; ");
    }
    snprintf(s, sizeof s, "%d", m.strong);
    if (dataset_understood(p, head, 2, v, name, why) != 2) return false;
    if (v[0].n != v[1].n || v[0].places || v[1].places || (m.k == PAIRS && !dataset_says(p, s)) ||
        !dataset_says(p, m.k == PEARSON ? "pearson's r|compute r" : "pairs") ||
        (m.k == PEARSON && !dataset_says(p, "0.7"))) {
        snprintf(why, 96, "the question has another rule");
        return false;
    }
    int c;
    if (m.k == PEARSON) {
        long n = v[0].n, sx = listwork_total(&v[0]), sy = listwork_total(&v[1]), xy = 0, xx = 0, yy = 0;
        for (int i = 0; i < n; i++)
            xy += v[0].v[i] * v[1].v[i], xx += v[0].v[i] * v[0].v[i], yy += v[1].v[i] * v[1].v[i];
        xy = n * xy - sx * sy, xx = n * xx - sx * sx, yy = n * yy - sy * sy;
        long root = square_root(xx * yy);
        if (!root || root * root != xx * yy) {
            snprintf(why, 96, "r is not rational");
            return false;
        }
        ratio q;
        ratio_make(xy, root, &q);
        c = by_r(in_hundredths(decimal_near(q, 2)));
    } else {
        c = by_pairs(&m, stats_pairs_of(&v[0], &v[1]));
    }
    str_add(truth, word[c]);
    return true;
}

const family fam_correlation = {.name   = "correlation",
                                .field  = "research",
                                .about  = "sign and strength of a correlation, by pairs or by r",
                                .levels = 10,
                                .make   = make,
                                .right  = right,
                                .solve  = solve};
