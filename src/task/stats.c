/* stats.c -- see stats.h. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/choice.h"
#include "task/stats.h"

bool chance_of(rng *r, int percent) { return (int)rng_below(r, 100) < percent; }

void stats_fill(numlist *v, rng *r, const variable *var, int n, int places) {
    long lo = var->lo, hi = var->hi;
    for (int i = 0; i < places; i++) lo *= 10, hi *= 10;
    *v = (numlist){.n = n, .places = places};
    for (int i = 0; i < n; i++) v->v[i] = rng_range(r, (int)lo, (int)hi);
}

/* At least one value has a digit in its last place: the list's places are those that are seen in it. */
static bool needs_places(const numlist *v) {
    for (int i = 0; i < v->n; i++)
        if (v->v[i] % 10) return true;
    return false;
}

void stats_draw(dataset *d, rng *r, const stats_level *at) {
    const variable *v = study_variable(r, at->hi, &d->s);
    *d                = (dataset){.s = d->s, .n = rng_range(r, at->n_lo, at->n_hi), .cols = 1, .var = {v}};
    do stats_fill(&d->v[0], r, v, d->n, at->places);
    while (at->places && !needs_places(&d->v[0]));
}

void stats_begin(problem *p, rng *r, dataset *d, const char *head, const char *plan, const char *ask,
                 const word_slot *slots) {
    dataset_paste(d, r, p->level);
    dataset_ask(p, r, d, ask, slots);
    str_addf(&p->key, "%s:%s", p->family, head);
    for (int k = 0; k < d->cols; k++) {
        if (k) str_add(&p->key, "; ");
        listwork_put(&p->key, &d->v[k]);
    }
    str_addf(&p->reasoning, "Understand: %s", head);
    dataset_understand(&p->reasoning, d);
    str_addf(&p->reasoning, "\nPlan: %s\n", plan);
}

bool stats_column(const problem *p, const char *head, numlist *v, char why[96]) {
    char name[1][TABLE_CELL];
    return dataset_understood(p, head, 1, v, name, why) == 1;
}

/* A unit that may stand beside a number in bold: no digit, no sign of its own. */
static bool plain_unit(const char *u) {
    for (; *u; u++)
        if (!isalpha((unsigned char)*u)) return false;
    return true;
}

/* Does the question name it, with spaces or _ between its words? */
static bool says(const char *question, const char *name) {
    char   other[64];
    size_t len;
    snprintf(other, sizeof other, "%s", name);
    for (char *c = other; *c; c++)
        if (*c == ' ') *c = '_';
    return choice_find(question, name, &len) || choice_find(question, other, &len);
}

void stats_answer(problem *p, rng *r, const dataset *d, const char *name, decimal value, bool unit) {
    const char *u  = unit ? d->var[0]->unit : "";
    bool        in = plain_unit(u) && chance_of(r, 50);
    /* Bare numbers were asked about without a name and without a unit. */
    bool named = says(p->question.p, d->var[0]->name);
    char shown[40];
    snprintf(shown, sizeof shown, "(%s)", u);
    if (!named || !strstr(p->question.p, shown)) u = "";
    str bold = {0};
    decimal_put(&p->truth, value);
    str_addf(&bold, "**%s%s%s**%s%s", p->truth.p, in && u[0] ? " " : "", in ? u : "", !in && u[0] ? " " : "",
             in ? "" : u);
    const word_slot slot[] = {{"b", bold.p}, {"name", name}, {"v", d->var[0]->name}, {0}};
    wording_put(
        &p->answer, r,
        !named ? "{The <name> is <b>.|So the <name> is <b>.|<b> is the <name>.|The <name>: <b>|It is <b>.}"
               : "{The <name> is <b>.|The <name> of the <v> values is <b>.|The <v> values have <b> as their <name>.|So "
                 "the "
                 "<name> is <b>.|<b> is the <name> of the <v> values.|For <v>, the <name> is <b>.|The <name>: <b>}",
        slot);
    str_free(&bold);
}

/* ---- comparing */
static void relation(trace *t, decimal a, decimal b, bool same) {
    decimal_put(t->out, a);
    str_add(t->out, same ? " = " : " is not ");
    decimal_put(t->out, b);
}

static bool equal(decimal a, decimal b) {
    a = decimal_norm(a), b = decimal_norm(b);
    return a.v == b.v && a.places == b.places;
}

bool stats_compare(trace *t, decimal a, decimal b) {
    bool same = equal(a, b);
    relation(t, a, b, same);
    str_add(t->out, same ? ", right\n" : ", wrong\n");
    return same;
}

bool stats_agree(trace *t, decimal a, decimal b) {
    bool same = equal(a, b);
    relation(t, a, b, same);
    str_add(t->out, same ? "\n" : ", wrong\n");
    return same;
}

fam_value stats_value(decimal d) {
    d = decimal_norm(d);
    return (fam_value){d.v, d.places};
}

decimal stats_decimal(const fam_value *v) { return (decimal){v->v, (int)v->w}; }

bool stats_undo_division(trace *t, decimal q, long b, decimal a, int round) {
    decimal p = decimal_op(t, q, '*', (decimal){b, 0});
    if (equal(p, a)) return stats_compare(t, p, a);
    ratio rp = decimal_ratio(p), ra = decimal_ratio(a), diff;
    if (t->bad || round < 0 || !ratio_op(rp, '-', ra, &diff)) return stats_compare(t, p, a);
    bool    over = diff.p > 0;
    decimal off = decimal_op(t, over ? p : a, '-', over ? a : p), unit = {b < 0 ? -b : b, round};
    decimal two = decimal_op(t, off, '*', (decimal){2, 0});
    ratio   lim = decimal_ratio(unit), rt = decimal_ratio(two), d;
    bool    ok = ratio_op(lim, '-', rt, &d) && d.p >= 0;
    decimal_put(t->out, ok ? two : unit);
    str_add(t->out, ok && d.p == 0 ? " = " : " < ");
    decimal_put(t->out, ok ? unit : two);
    str_add(t->out, ok ? ", rounding, right\n" : ", too far, wrong\n");
    return ok;
}

/* ---- rounding */
static const char *const one[] = {" to one decimal", " to 1 decimal place", " rounded to one decimal place",
                                  ", to 1 decimal", ", rounded to one decimal"};
static const char *const two[] = {" to two decimals", " to 2 decimal places", " rounded to two decimal places",
                                  ", to 2 decimals", ", rounded to two decimals"};

const char *stats_rounding(rng *r, int round) {
    return round < 0 ? "" : round == 1 ? one[rng_below(r, 5)] : two[rng_below(r, 5)];
}

bool stats_says_rounding(const problem *p, int round) {
    return round < 0 || dataset_says(p, round == 1 ? "one decimal|1 decimal" : "two decimal|2 decimal");
}

/* ---- halves */
bool stats_different(const numlist *v) {
    for (int i = 0; i < v->n; i++)
        for (int k = 0; k < i; k++)
            if (v->v[i] == v->v[k]) return false;
    return true;
}

static numlist part(const numlist *l, int from, int n) {
    numlist p = {.n = n, .places = l->places};
    for (int i = 0; i < n; i++) p.v[i] = l->v[from + i];
    return p;
}

static decimal median(trace *t, const numlist *half) {
    decimal m;
    m.v = listwork_median(t, half, &m.places);
    return decimal_norm(m);
}

void stats_quartiles(trace *t, const numlist *sorted, decimal *q1, decimal *q3) {
    long mid[2];
    *q1 = *q3 = (decimal){0, 0};
    if (sorted->n < 4) {
        t->bad = true;
        return;
    }
    int n = listwork_middle(t, sorted, mid), half = 0;
    while (half < sorted->n && sorted->v[half] != mid[0]) half++;
    if (n == 2) half++;
    numlist lo = part(sorted, 0, half), hi = part(sorted, half + (n == 1), sorted->n - half - (n == 1));
    if (lo.n < 1 || hi.n < 1) {
        t->bad = true;
        return;
    }
    str_add(t->out, "lower half ");
    listwork_put(t->out, &lo);
    str_addc(t->out, '\n');
    *q1 = median(t, &lo);
    str_add(t->out, "lower quartile ");
    decimal_put(t->out, *q1);
    str_add(t->out, "\nupper half ");
    listwork_put(t->out, &hi);
    str_addc(t->out, '\n');
    *q3 = median(t, &hi);
    str_add(t->out, "upper quartile ");
    decimal_put(t->out, *q3);
    str_addc(t->out, '\n');
}

ratio stats_median_of(const numlist *s) {
    ratio m;
    int   n = s->n;
    ratio_make(n % 2 ? 2 * s->v[n / 2] : s->v[n / 2 - 1] + s->v[n / 2], 2, &m);
    for (int i = 0; i < s->places; i++) ratio_op(m, '/', (ratio){10, 1}, &m);
    return m;
}

void stats_quartiles_of(const numlist *s, ratio *q1, ratio *q3) {
    numlist lo = part(s, 0, s->n / 2), hi = part(s, (s->n + 1) / 2, s->n / 2);
    *q1 = stats_median_of(&lo);
    *q3 = stats_median_of(&hi);
}

/* ---- pairs */
static bool up(trace *t, const numlist *l, int i, int k) {
    bool rises = l->v[i] < l->v[k];
    listwork_num(t->out, rises ? l->v[i] : l->v[k], l->places);
    str_add(t->out, " < ");
    listwork_num(t->out, rises ? l->v[k] : l->v[i], l->places);
    str_add(t->out, rises ? " up, " : " down, ");
    return rises;
}

void stats_pairs(trace *t, const numlist *x, const numlist *y, bool back, int *same, int *against) {
    int n = x->n, pairs = n * (n - 1) / 2, i = 0, k = 0;
    *same = *against = 0;
    for (int p = 0; p < pairs; p++) {
        if (++k == n) i++, k = i + 1;
        int a = back ? n - 1 - k : i, b = back ? n - 1 - i : k;
        if (trace_slips(t)) continue; /* this pair is passed over */
        bool agree = up(t, x, a, b) == up(t, y, a, b);
        if (trace_slips(t)) agree = !agree;
        if (agree) str_addf(t->out, "same %d\n", ++*same);
        else str_addf(t->out, "against %d\n", ++*against);
    }
}

int stats_pairs_of(const numlist *x, const numlist *y) {
    int s = 0;
    for (int i = 0; i < x->n; i++)
        for (int k = i + 1; k < x->n; k++) s += (x->v[i] < x->v[k]) == (y->v[i] < y->v[k]) ? 1 : -1;
    return s;
}

bool stats_fill_different(numlist *v, rng *r, const variable *var, int n, int most) {
    long hi = var->hi < most ? var->hi : most;
    if (hi - var->lo < n) return false;
    *v = (numlist){.n = n};
    do
        for (int i = 0; i < n; i++) v->v[i] = rng_range(r, var->lo, (int)hi);
    while (!stats_different(v));
    return true;
}
