/* fam_frequency.c -- what per cent of the values lie above (or below) a limit: a relative frequency.
 *
 * Levels: 1 four or five numbers; then 8, 10, 16 or 20 of them, larger, among columns that do not matter from 6 on; 9
 * and 10 numbers with a point and per cents that are not whole. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/choice.h"
#include "task/stats.h"
#include "task/table_read.h"

/* n_hi: an index into sizes */
static const int         sizes[]  = {4, 5, 8, 10, 16, 20, 12, 6};
static const stats_level levels[] = {{0, 1, 20, 0, -1},  {0, 1, 99, 0, -1},  {1, 3, 99, 0, -1},  {2, 3, 99, 0, -1},
                                     {2, 3, 999, 0, -1}, {3, 3, 999, 0, -1}, {2, 4, 999, 0, -1}, {4, 5, 999, 0, -1},
                                     {6, 7, 99, 1, 1},   {4, 6, 99, 1, 1}};

typedef struct freq {
    dataset d;
    bool    above;
    long    limit;
    int     round;
    int     in, out; /* as Work counted them */
} freq;

static void work(trace *t, void *ctx, fam_value *found) {
    freq *m = ctx;
    int   below, above;
    listwork_sides(t, &m->d.v[0], m->limit, &below, &above);
    m->in    = m->above ? above : below;
    m->out   = m->above ? below : above;
    long all = digits_op(t, m->in, '+', m->out), part = digits_op(t, m->in, '*', 100);
    if (all < 1) {
        t->bad = true;
        return;
    }
    *found = stats_value(decimal_div(t, "per cent", (decimal){part, 0}, all, m->round < 0 ? 2 : m->round));
}

/* Recounted from the end, and the per cent times the count must be 100 times the part. */
static bool check(trace *t, void *ctx, const fam_value *found) {
    const freq *m = ctx;
    numlist     v = m->d.v[0];
    int         below, above;
    for (int i = 0; i < v.n; i++) v.v[i] = m->d.v[0].v[v.n - 1 - i];
    str_add(t->out, "count from the end\n");
    listwork_sides(t, &v, m->limit, &below, &above);
    if (!stats_agree(t, (decimal){m->above ? above : below, 0}, (decimal){m->in, 0}) ||
        !stats_agree(t, (decimal){m->above ? below : above, 0}, (decimal){m->out, 0}))
        return false;
    return stats_undo_division(t, stats_decimal(found), v.n, (decimal){100L * m->in, 0}, m->round);
}

static const char ask[] =
    "{{What|Which} {percentage|per cent|percent} of <what> {is|are|lie} <side> <limit><tail>?|How many {per "
    "cent|percent} of "
    "<what> {are|lie} <side> <limit><tail>?|{Find|Calculate|Work out|Compute|Give me} the {relative frequency|share} "
    "of "
    "values <side> <limit> {in|among} <what>, {in per cent|as a percentage}<tail>.|{I need|I want to know} what "
    "{percentage|per cent} of <what> {is|are} <side> <limit><tail>.|{Can|Could} you tell me {which|what} percentage of "
    "<what> lies <side> <limit><tail>?}";

static bool on_limit(const freq *m) {
    for (int i = 0; i < m->d.n; i++)
        if (m->d.v[0].v[i] == m->limit) return true;
    return false;
}

static int inside(const numlist *v, long limit, bool above) {
    int n = 0;
    for (int i = 0; i < v->n; i++) n += above ? v->v[i] > limit : v->v[i] < limit;
    return n;
}

static void make(rng *r, int level, problem *p) {
    stats_level at   = levels[level - 1];
    freq        m    = {.above = chance_of(r, 60), .round = at.round};
    str         head = {0}, limit = {0};
    int         part;
    p->family = "frequency";
    p->level  = level;
    at.n_lo = at.n_hi = sizes[rng_range(r, at.n_lo, at.n_hi)];
    do {
        stats_draw(&m.d, r, &at);
        m.limit = m.d.v[0].v[rng_below(r, (uint64_t)m.d.n)] + rng_range(r, -1, 1);
        part    = inside(&m.d.v[0], m.limit, m.above);
    } while (on_limit(&m) || m.limit < 1 || !part || part == m.d.n);
    listwork_num(&limit, m.limit, at.places);
    str_addf(&head, "per cent %s %s%s of ", m.above ? "above" : "below", limit.p, m.round > 0 ? " to 1 decimal" : "");
    const char     *side   = m.above ? (chance_of(r, 50) ? "above" : "over") : chance_of(r, 50) ? "below" : "under";
    const word_slot slot[] = {{"side", side}, {"limit", limit.p}, {"tail", stats_rounding(r, m.round)}, {0}};
    stats_begin(p, r, &m.d, head.p, "count, part times 100, divide", ask, slot);
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &m});
    decimal   v = stats_decimal(&f);
    decimal_put(&p->truth, v);
    const word_slot say[] = {{"b", p->truth.p}, {"side", side}, {"limit", limit.p}, {"v", m.d.var[0]->name}, {0}};
    wording_put(
        &p->answer, r,
        "{**<b>%** of the values are <side> <limit>.|**<b>** per cent are <side> <limit>.|So **<b>%** of the <v> "
        "values are <side> <limit>.|The share is **<b>%**.}",
        say);
    str_free(&head);
    str_free(&limit);
    dataset_free(&m.d);
}

static bool right(const problem *p, const char *text, char why[96]) {
    static const char *const up = "above|over|more than|greater|larger", *const down = "below|under|less than|smaller";
    size_t len;
    bool   above = choice_find(p->question.p, "above|over", &len) != NULL;
    if (choice_find(text, above ? down : up, &len) && !choice_find(text, above ? up : down, &len)) {
        snprintf(why, 96, "the share on the other side of the limit");
        return false;
    }
    return choice_number(p->question.p, text, p->truth.p, "percent*|per cent|share|frequency", why);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    static const char start[] = "Understand: per cent ";
    const char       *u       = p->reasoning.p ? p->reasoning.p : "", *of;
    char              head[96], text[16];
    long              a, b = 0;
    numlist           v, lim;
    if (strncmp(u, start, sizeof start - 1) || !(of = strstr(u, " of ")) || of - u > 80) {
        snprintf(why, 96, "the reasoning does not begin with \"%s\"", start);
        return false;
    }
    snprintf(head, sizeof head, "%.*s", (int)(of + 4 - u - 12), u + 12);
    bool above = !strncmp(head, "per cent above ", 15), round = strstr(head, " to 1 decimal") != NULL;
    snprintf(text, sizeof text, "%.*s", (int)strcspn(head + 15, " "), head + 15);
    if (!stats_column(p, head, &v, why)) return false;
    if (!dataset_says(p, text) || !dataset_says(p, above ? "above|over" : "below|under") ||
        !stats_says_rounding(p, round ? 1 : -1) || !table_read_numbers(text, strlen(text), &lim)) {
        snprintf(why, 96, "the question does not ask for this share");
        return false;
    }
    a = lim.v[0];
    for (; lim.places < v.places; lim.places++) a *= 10;
    for (; v.places < lim.places; v.places++)
        for (int i = 0; i < v.n; i++) v.v[i] *= 10;
    ratio q;
    b = inside(&v, a, above);
    ratio_make(100 * b, v.n, &q);
    decimal_put(truth, decimal_near(q, round ? 1 : 4));
    return true;
}

const family fam_frequency = {.name   = "frequency",
                              .field  = "research",
                              .about  = "relative frequency: what per cent is above or below a limit",
                              .levels = 10,
                              .make   = make,
                              .right  = right,
                              .solve  = solve};
