/* fam_slope.c -- the slope of a line: through two points, or the least-squares line of a few.
 *
 * Levels: 1 to 3 two points, whole slopes, then negative ones; 4 and 5 the first and the last of several rows, to two
 * decimals; 6 to 10 least squares through three to six points with whole means, among columns that do not matter. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/choice.h"
#include "task/stats.h"
#include "task/table_read.h"

typedef struct slope_level {
    int  n_lo, n_hi, hi; /* rows, size of y */
    bool fit, down;
    int  round;
    long squares; /* of the fit: small ones divide well */
} slope_level;
static const slope_level levels[] = {{2, 2, 20, false, false, -1, 0}, {2, 2, 99, false, false, -1, 0},
                                     {2, 2, 99, false, true, -1, 0},  {3, 4, 99, false, true, 2, 0},
                                     {3, 4, 999, false, true, 2, 0},  {3, 3, 20, true, true, 2, 8},
                                     {4, 4, 20, true, true, 2, 12},   {4, 5, 20, true, true, 2, 14},
                                     {4, 4, 99, true, true, 2, 12},   {4, 4, 999, true, true, 2, 16}};

typedef struct slope {
    dataset d; /* column 0: x, 1: y */
    bool    fit;
    int     round;
    long    dx, dy; /* of two points, or the sums of the fit, as Work found them */
    numlist ex, ey; /* deviations */
    long    mx, my;
} slope;

static long mean_of(trace *t, const char *name, const numlist *l) {
    int  n;
    long rest, s = listwork_sum_counted(t, l, &n);
    return digits_div(t, name, s, n, &rest); /* a rest comes from a slip */
}

static void products(trace *t, const numlist *a, const numlist *b, numlist *out) {
    *out = (numlist){.n = a->n};
    for (int i = 0; i < a->n; i++) out->v[i] = digits_op(t, a->v[i], '*', b->v[i]);
}

static void deviations(trace *t, const numlist *l, long mean, numlist *out) {
    *out = (numlist){.n = l->n};
    for (int i = 0; i < l->n; i++) out->v[i] = digits_op(t, l->v[i], '-', mean);
}

static void fit(trace *t, slope *m) {
    const numlist *x = &m->d.v[0], *y = &m->d.v[1];
    numlist        xy, xx;
    m->mx = mean_of(t, "mean x", x);
    m->my = mean_of(t, "mean y", y);
    str_add(t->out, "x - mean\n");
    deviations(t, x, m->mx, &m->ex);
    str_add(t->out, "y - mean\n");
    deviations(t, y, m->my, &m->ey);
    str_add(t->out, "products\n");
    products(t, &m->ex, &m->ey, &xy);
    m->dy = listwork_sum(t, &xy);
    str_add(t->out, "squares\n");
    products(t, &m->ex, &m->ex, &xx);
    m->dx = listwork_sum(t, &xx);
}

static void work(trace *t, void *ctx, fam_value *found) {
    slope         *m = ctx;
    const numlist *x = &m->d.v[0], *y = &m->d.v[1];
    *found = (fam_value){0, 0};
    if (m->fit) {
        fit(t, m);
    } else {
        m->dy = digits_op(t, y->v[y->n - 1], '-', y->v[0]);
        m->dx = digits_op(t, x->v[x->n - 1], '-', x->v[0]);
        if (trace_slips(t)) { /* upside down */
            long k = m->dy;
            m->dy  = m->dx;
            m->dx  = k;
        }
    }
    if (!m->dx || t->bad) {
        t->bad = true;
        return;
    }
    if (m->dx < 0) { /* a divisor without a sign */
        m->dx = -m->dx;
        m->dy = -m->dy;
        str_addf(t->out, "both with the other sign: %ld and %ld\n", m->dy, m->dx);
    }
    *found = stats_value(decimal_div(t, "slope", (decimal){m->dy, 0}, m->dx, m->round < 0 ? 0 : m->round));
}

static bool sums_to_zero(trace *t, const numlist *l) {
    long s = l->v[0];
    for (int i = 1; i < l->n; i++) s = digits_op(t, s, '+', l->v[i]);
    return stats_agree(t, (decimal){s, 0}, (decimal){0, 0});
}

/* The products as they are, in one line. */
static void again(trace *t, const char *what, const numlist *a, const numlist *b, numlist *out) {
    *out = (numlist){.n = a->n};
    for (int i = 0; i < a->n; i++) out->v[i] = a->v[i] * b->v[i];
    str_add(t->out, what);
    listwork_put(t->out, out);
    str_addc(t->out, '\n');
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const slope   *m = ctx;
    const numlist *x = &m->d.v[0], *y = &m->d.v[1];
    decimal        q = stats_decimal(found);
    if (m->fit) {
        numlist xy, xx;
        str_add(t->out, "deviations add up to 0\n");
        if (!sums_to_zero(t, &m->ex) || !sums_to_zero(t, &m->ey)) return false;
        str_add(t->out, "sums from the end\n");
        again(t, "products ", &m->ey, &m->ex, &xy);
        if (!stats_agree(t, (decimal){listwork_sum_back(t, &xy), 0}, (decimal){m->dy, 0})) return false;
        again(t, "squares ", &m->ex, &m->ex, &xx);
        if (!stats_agree(t, (decimal){listwork_sum_back(t, &xx), 0}, (decimal){m->dx, 0})) return false;
        return stats_undo_division(t, q, m->dx, (decimal){m->dy, 0}, m->round);
    }
    long x2 = x->v[x->n - 1], y2 = y->v[y->n - 1],
         side = x2 > x->v[0] ? 1 : -1; /* the differences the other way round */
    str_add(t->out, "differences back\n");
    if (!stats_agree(t, (decimal){digits_op(t, x->v[0], '+', side * m->dx), 0}, (decimal){x2, 0}) ||
        !stats_agree(t, (decimal){digits_op(t, y->v[0], '+', side * m->dy), 0}, (decimal){y2, 0}))
        return false;
    return stats_undo_division(t, q, m->dx, (decimal){m->dy, 0}, m->round);
}

static const char *const asks[] = {
    "{{What is|What's|Find|Give me|Calculate|Work out|Determine|Tell me|Compute} the {slope|gradient} of the "
    "{line|straight "
    "line} through {these two points|the two points|both points}{,|} with <c0> as x and <c1> as y<tail>{.|?}|{How "
    "steep is|"
    "What slope has} the line through these two points (x: <c0>, y: <c1>)<tail>?|{Take|With} <c0> as x and <c1> as y: "
    "what is "
    "the {slope|gradient} of the line through the two points<tail>?|slope of <c1> over <c0> between the two "
    "points<tail>}",
    "{{What is|What's|Find|Give me|Calculate|Work out|Determine|Tell me|Compute} the {slope|gradient} of the "
    "{line|straight "
    "line} through {the first and the last point|the first and last row}{,|} with <c0> as x and <c1> as "
    "y<tail>{.|?}|{Take|"
    "With} <c0> as x and <c1> as y: what is the {slope|gradient} from the first to the last point<tail>?|slope of <c1> "
    "over "
    "<c0> from the first to the last row<tail>}",
    "{{What is|What's|Find|Give me|Calculate|Work out|Determine|Tell me|Compute} the {slope|gradient} of the "
    "{least-squares "
    "line|regression line|least squares fit}{,| of <c1> on <c0>,} with <c0> as x and <c1> as y<tail>{.|?}|{Fit|Put} a "
    "{least-squares|regression} line {to|through} the points (x: <c0>, y: <c1>). {What is its slope|What slope does it "
    "have}<tail>?|least-squares slope of <c1> (y) on <c0> (x)<tail>}"};

/* Deviations of n numbers up to `off` whose sum is 0; different ones. */
static bool centred(numlist *v, rng *r, int n, int off) {
    long sum = 0;
    *v       = (numlist){.n = n};
    for (int i = 0; i < n; i++) {
        v->v[i] = i < n - 1 ? rng_range(r, -off, off) : -sum;
        sum += v->v[i];
    }
    return labs(v->v[n - 1]) <= off && stats_different(v);
}

static bool draw_fit(slope *m, rng *r, int n, int off_y, long squares) {
    const variable *x = m->d.var[0], *y = m->d.var[1];
    int             off = 3;
    for (int tries = 0; tries < 200; tries++) {
        if (!centred(&m->d.v[0], r, n, off) || !centred(&m->d.v[1], r, n, off_y)) continue;
        long sq = 0;
        for (int i = 0; i < n; i++) sq += m->d.v[0].v[i] * m->d.v[0].v[i];
        if (sq > squares) continue;
        long lx = x->lo + off, hx = x->hi - off, ly = y->lo + off_y, hy = y->hi - off_y;
        if (hx < lx || hy < ly) return false;
        long mx = rng_range(r, (int)lx, (int)(hx < 20 ? hx : 20 > lx ? 20 : lx)), my = rng_range(r, (int)ly, (int)hy);
        for (int i = 0; i < n; i++) m->d.v[0].v[i] += mx, m->d.v[1].v[i] += my;
        return true;
    }
    return false;
}

static bool draw_points(slope *m, rng *r, const slope_level *at) {
    numlist *x = &m->d.v[0], *y = &m->d.v[1];
    if (!stats_fill_different(x, r, m->d.var[0], m->d.n, 40) ||
        !stats_fill_different(y, r, m->d.var[1], m->d.n, at->hi))
        return false;
    long dx = x->v[x->n - 1] - x->v[0], dy = y->v[y->n - 1] - y->v[0];
    if (m->d.n == 2 && dx < 0 && chance_of(r, 80)) return false;
    if (!at->down && (dx < 0 || dy < 0)) return false;
    return (at->round >= 0 || dy % dx == 0) && dy != 0;
}

static bool draw(slope *m, rng *r, const slope_level *at) {
    const study *s = study_draw(r);
    m->d           = (dataset){.s = s, .n = rng_range(r, at->n_lo, at->n_hi), .cols = 2, .var = {&s->x, &s->y}};
    if (chance_of(r, 30)) m->d.var[0] = &s->other[rng_below(r, 2)];
    if (m->d.var[1]->hi > at->hi || (at->hi > 100 && m->d.var[1]->hi < 100)) return false;
    return m->fit ? draw_fit(m, r, m->d.n, at->hi > 99 ? 14 : at->hi > 20 ? 9 : 6, at->squares) : draw_points(m, r, at);
}

static const char *const heads[] = {"slope through two points; ", "slope from first to last; ",
                                    "least-squares slope; "};

static void make(rng *r, int level, problem *p) {
    const slope_level *at   = &levels[level - 1];
    slope              m    = {.fit = at->fit, .round = at->round};
    str                head = {0};
    p->family               = "slope";
    p->level                = level;
    while (!draw(&m, r, at)) {}
    int             kind   = m.fit ? 2 : m.d.n > 2;
    const word_slot slot[] = {{"tail", stats_rounding(r, m.round)}, {0}};
    if (m.round > 0) str_addf(&head, "to %d decimals, ", m.round);
    str_add(&head, heads[kind]);
    stats_begin(p, r, &m.d, head.p,
                m.fit ? "means, deviations, products, divide" : "difference of y over difference of x", asks[kind],
                slot);
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &m});
    m.d.var[0]  = m.d.var[1];
    decimal_put(&p->truth, stats_decimal(&f));
    const word_slot say[] = {{"b", p->truth.p}, {"v", m.d.var[1]->name}, {0}};
    wording_put(&p->answer, r,
                "{The slope is **<b>**.|The line has a slope of **<b>**.|So the slope is **<b>**.|Slope: **<b>**|The "
                "gradient is **<b>**.}",
                say);
    str_free(&head);
    dataset_free(&m.d);
}

static bool right(const problem *p, const char *text, char why[96]) {
    return choice_number(p->question.p, text, p->truth.p, "slope*|gradient", why);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    numlist v[2];
    char    name[2][TABLE_CELL], head[64];
    for (int k = 0; k < 6; k++) {
        bool round = k >= 3;
        snprintf(head, sizeof head, "%s%s", round ? "to 2 decimals, " : "", heads[k % 3]);
        if (dataset_understood(p, head, 2, v, name, why) != 2) continue;
        const numlist *x = &v[0], *y = &v[1];
        long           n = x->n, sx = listwork_total(x), sy = listwork_total(y), xy = 0, xx = 0, a, b;
        if (n < 2 || y->n != n || x->places || y->places || !dataset_says(p, "slope|gradient|steep") ||
            !stats_says_rounding(p, round ? 2 : -1) ||
            !dataset_says(p, k % 3 == 0   ? "points"
                             : k % 3 == 1 ? "first"
                                          : "regression|least squares|least-squares")) {
            snprintf(why, 96, "the question does not ask for this slope");
            return false;
        }
        for (int i = 0; i < n; i++) xy += x->v[i] * y->v[i], xx += x->v[i] * x->v[i];
        if (k % 3 == 2) a = n * xy - sx * sy, b = n * xx - sx * sx;
        else a = y->v[n - 1] - y->v[0], b = x->v[n - 1] - x->v[0];
        ratio q;
        if (!ratio_make(a, b, &q) || (!round && q.q != 1)) {
            snprintf(why, 96, "the slope is not whole, or there is none");
            return false;
        }
        decimal_put(truth, decimal_near(q, 2));
        return true;
    }
    return false;
}

const family fam_slope = {.name   = "slope",
                          .field  = "research",
                          .about  = "the slope through two points or by least squares",
                          .levels = 10,
                          .make   = make,
                          .right  = right,
                          .solve  = solve};
