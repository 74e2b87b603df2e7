/* fam_trend.c -- does a series rise, fall, stay flat, or neither? The question says how that is decided.
 *
 * Levels: 1 to 3 every step must go the same way; 4 to 6 more steps up than down; 7 to 10 the sum of the last values
 * against the sum of the first, with a margin. From 6 on among columns that do not matter; 10 numbers with a point. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/choice.h"
#include "task/stats.h"
#include "task/table_read.h"

typedef enum { STRICT, STEPS, ENDS } rule_kind;
typedef struct trend_level {
    rule_kind   k;
    stats_level s;
} trend_level;
static const trend_level levels[] = {
    {STRICT, {3, 4, 20, 0, -1}}, {STRICT, {4, 6, 99, 0, -1}},  {STRICT, {5, 8, 999, 0, -1}}, {STEPS, {5, 7, 99, 0, -1}},
    {STEPS, {7, 9, 999, 0, -1}}, {STEPS, {8, 12, 999, 0, -1}}, {ENDS, {4, 6, 99, 0, -1}},    {ENDS, {6, 8, 99, 0, -1}},
    {ENDS, {6, 9, 999, 0, -1}},  {ENDS, {6, 9, 99, 1, -1}}};

enum { RISING, FALLING, FLAT, MIXED };
static const char *const way[] = {"rising", "falling", "flat", "mixed"};

typedef struct trend {
    dataset   d;
    rule_kind k;
    int       ends; /* ENDS: how many values on each side */
    long      margin;
    int       up, down, level; /* as Work found them */
    long      first, last;
} trend;

static void steps(trace *t, const numlist *l, bool back, int *up, int *down, int *level) {
    *up = *down = *level = 0;
    for (int s = 1; s < l->n; s++) {
        int  i = back ? l->n - s : s;
        long a = l->v[i - 1], b = l->v[i];
        if (trace_slips(t)) continue;
        int k = a < b ? 0 : a > b ? 1 : 2;
        listwork_num(t->out, a < b ? a : b, l->places);
        str_add(t->out, k == 2 ? " = " : " < ");
        listwork_num(t->out, a < b ? b : a, l->places);
        if (k < 2 && trace_slips(t)) k = 1 - k;
        int *of = k == 0 ? up : k == 1 ? down : level;
        str_addf(t->out, ", %s %d\n", k == 0 ? "up" : k == 1 ? "down" : "level", ++*of);
    }
}

static int decide(rule_kind k, int up, int down, int level) {
    if (k == STRICT) return !down && !level ? RISING : !up && !level ? FALLING : !up && !down ? FLAT : MIXED;
    return up > down ? RISING : up < down ? FALLING : FLAT;
}

static numlist part(const numlist *l, int from, int n) {
    numlist p = {.n = n, .places = l->places};
    memcpy(p.v, l->v + from, (size_t)n * sizeof *p.v);
    return p;
}

/* Sums of the ends; the larger minus the smaller against the margin. */
static int ends(trace *t, trend *m) {
    const numlist *l     = &m->d.v[0];
    numlist        first = part(l, 0, m->ends), last = part(l, l->n - m->ends, m->ends);
    str_add(t->out, "first\n");
    m->first = listwork_sum(t, &first);
    str_add(t->out, "last\n");
    m->last   = listwork_sum(t, &last);
    bool rise = m->last > m->first;
    long off  = listwork_op(t, rise ? m->last : m->first, '-', rise ? m->first : m->last, l->places);
    bool far  = off > m->margin;
    listwork_num(t->out, far ? m->margin : off, l->places);
    str_add(t->out, off == m->margin ? " = " : " < ");
    listwork_num(t->out, far ? off : m->margin, l->places);
    str_addc(t->out, '\n');
    return !far ? FLAT : rise ? RISING : FALLING;
}

static void work(trace *t, void *ctx, fam_value *found) {
    trend *m = ctx;
    if (m->k == ENDS) {
        found->v = ends(t, m);
    } else {
        steps(t, &m->d.v[0], false, &m->up, &m->down, &m->level);
        found->v = decide(m->k, m->up, m->down, m->level);
        str_addf(t->out, "up %d, down %d, level %d\n", m->up, m->down, m->level);
    }
    if (trace_slips(t)) found->v = found->v == RISING ? FALLING : RISING;
    str_addf(t->out, "so %s\n", way[found->v]);
}

static bool same_way(trace *t, int again, const fam_value *found) {
    bool same = again == found->v;
    str_addf(t->out, same ? "%s again, right\n" : "%s now, wrong\n", way[again]);
    return same;
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const trend   *m = ctx;
    const numlist *l = &m->d.v[0];
    int            u, d, v;
    if (m->k == ENDS) {
        numlist first = part(l, 0, m->ends), last = part(l, l->n - m->ends, m->ends);
        str_add(t->out, "sums from the end\n");
        long b = listwork_sum_back(t, &last), a = listwork_sum_back(t, &first);
        if (!stats_agree(t, (decimal){b, l->places}, (decimal){m->last, l->places}) ||
            !stats_agree(t, (decimal){a, l->places}, (decimal){m->first, l->places}))
            return false;
        long off = b > a ? b - a : a - b;
        return same_way(t, off <= m->margin ? FLAT : b > a ? RISING : FALLING, found);
    }
    str_add(t->out, "from the end\n");
    steps(t, l, true, &u, &d, &v);
    if (!stats_agree(t, (decimal){u, 0}, (decimal){m->up, 0}) ||
        !stats_agree(t, (decimal){d, 0}, (decimal){m->down, 0}))
        return false;
    return same_way(t, decide(m->k, u, d, v), found);
}

static const char ask[] = "{{What is|What's|Which is|What do you say is} the trend {in|of} <what>?<rule>|{Is|Are} "
                          "<what> {rising, falling, flat or "
                          "mixed|rising or falling}?<rule>|{Describe|Name|Find|Give me|Tell me|Determine} the trend "
                          "{in|of} <what>.<rule>|{Can|"
                          "Could} you tell me the trend {in|of} <what>?<rule>|What happens to <what> over time? Name "
                          "the trend.<rule>|{I need|I want} the trend {in|of} <what>.<rule>}";
static const char *const rules[] = {" {{Say|Call it|Answer} rising if every value is larger than the one before, "
                                    "falling if every value is smaller, flat if "
                                    "all are equal, otherwise mixed|Rising means every value above the one before, "
                                    "falling every value below, flat all equal, "
                                    "and anything else is mixed|(rising: each value larger than the one before; "
                                    "falling: each smaller; flat: all equal; mixed: "
                                    "the rest)}.",
                                    " {{Say|Call it|Answer} rising if there are more steps up than down, falling if "
                                    "there are more steps down, flat if as "
                                    "many|Count the steps from one value to the next: more up is rising, more down is "
                                    "falling, equally many is flat|(rising: "
                                    "more steps up than down; falling: more down; flat: as many of both)}.",
                                    " {{Compare|Take} the sum of the last <e> with the sum of the first <e>: {rising "
                                    "if it is larger by more than <m>, falling "
                                    "if it is smaller by more than <m>, otherwise flat|more than <m> larger is rising, "
                                    "more than <m> smaller is falling, "
                                    "anything between is flat}|Rising if the last <e> add up to over <m> more than the "
                                    "first <e>, falling if to over <m> "
                                    "less, else flat}."};

/* A series that goes one way, mostly. */
static void draw(trend *m, rng *r, const trend_level *at) {
    int want = rng_below(r, 20) < 2 ? FLAT : (int)rng_below(r, at->k == STRICT ? 4 : 2);
    stats_draw(&m->d, r, &at->s);
    numlist *v = &m->d.v[0];
    if (m->k == STRICT && want == FLAT)
        for (int i = 1; i < v->n; i++) v->v[i] = v->v[0];
    if (want <= FALLING && (m->k == STRICT || chance_of(r, 60))) {
        numlist s = *v;
        listwork_sorted(&s);
        for (int i = 0; i < v->n; i++) v->v[i] = want == RISING ? s.v[i] : s.v[s.n - 1 - i];
        if (m->k != STRICT && v->n > 3) { /* with an exception */
            int  i      = (int)rng_below(r, (uint64_t)v->n - 1);
            long x      = v->v[i];
            v->v[i]     = v->v[i + 1];
            v->v[i + 1] = x;
        }
    }
}

static int class_of(const trend *m) {
    const numlist *l  = &m->d.v[0];
    int            up = 0, down = 0, level = 0;
    if (m->k == ENDS) {
        numlist a = part(l, 0, m->ends), b = part(l, l->n - m->ends, m->ends);
        long    off = listwork_total(&b) - listwork_total(&a);
        return labs(off) <= m->margin ? FLAT : off > 0 ? RISING : FALLING;
    }
    for (int i = 1; i < l->n; i++) {
        up += l->v[i] > l->v[i - 1];
        down += l->v[i] < l->v[i - 1];
        level += l->v[i] == l->v[i - 1];
    }
    return decide(m->k, up, down, level);
}

static const char *const number[] = {"", "one", "two", "three", "four"};

static void make(rng *r, int level, problem *p) {
    const trend_level *at   = &levels[level - 1];
    trend              m    = {.k = at->k};
    str                rule = {0}, margin = {0}, head = {0};
    int                c;
    p->family = "trend";
    p->level  = level;
    do {
        draw(&m, r, at);
        if (m.k == ENDS) m.ends = m.d.n >= 8 ? rng_range(r, 2, 4) : m.d.n >= 6 ? rng_range(r, 2, 3) : 2;
        m.margin = rng_range(r, 2, at->s.hi > 99 ? 90 : 20);
        c        = class_of(&m);
    } while (c == FLAT && m.k != STRICT && chance_of(r, 40));
    m.d.time = true;
    listwork_num(&margin, m.margin, m.d.v[0].places);
    const word_slot of[] = {{"e", number[m.ends]}, {"m", margin.p}, {0}};
    wording_put(&rule, r, rules[m.k], of);
    const word_slot slot[] = {{"rule", rule.p}, {0}};
    str_addf(&head, "trend by %s", m.k == STRICT ? "every step" : m.k == STEPS ? "most steps" : "the sums of the ");
    if (m.k == ENDS) str_addf(&head, "first and last %s, margin %s,", number[m.ends], margin.p);
    str_add(&head, " of ");
    stats_begin(p, r, &m.d, head.p, m.k == ENDS ? "add both ends, compare" : "count steps up and down", ask, slot);
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &m});
    str_add(&p->truth, way[f.v]);
    const word_slot say[] = {{"w", p->truth.p}, {"v", m.d.var[0]->name}, {0}};
    wording_put(
        &p->answer, r,
        "{The trend is **<w>**.|The trend in <v>: **<w>**.|It is **<w>**.|By this rule the series is **<w>**.|I "
        "call it **<w>**.}",
        say);
    str_free(&rule);
    str_free(&margin);
    str_free(&head);
    dataset_free(&m.d);
}

static const char *const said[] = {
    "rising|rises|rise|upward*|increas*|going up|goes up|growing|grows|up|upwards|climb*|positive",
    "falling|falls|fall|downward*|decreas*|going down|goes down|declin*|down|shrink*|sinking|drop*|negative",
    "flat|level|constant|no trend|steady|stable|unchanged|stays the same|stagnat*",
    "mixed|no clear trend|neither rising nor falling|up and down|irregular|fluctuat*|neither"};

static bool right(const problem *p, const char *text, char why[96]) {
    int k = 0;
    while (k < 3 && strcmp(p->truth.p, way[k])) k++;
    return choice_right(p->question.p, text, said, 4, k, CHOICE_ALONE, why);
}

static bool read_head(const char *u, trend *m, char head[96]) {
    static const char start[] = "Understand: ";
    char              e[16], g[16];
    if (strncmp(u, start, 12)) return false;
    u += 12;
    const char *of = strstr(u, " of ");
    if (!strncmp(u, "trend by every step of ", 23)) m->k = STRICT;
    else if (!strncmp(u, "trend by most steps of ", 23)) m->k = STEPS;
    else if (sscanf(u, "trend by the sums of the first and last %15[a-z], margin %15[0-9.], of ", e, g) == 2) {
        numlist one;
        m->k = ENDS;
        of   = strstr(u, ", of ") + 1;
        for (int i = 2; i <= 4; i++)
            if (!strcmp(e, number[i])) m->ends = i;
        if (!m->ends || !table_read_numbers(g, strlen(g), &one)) return false;
        m->margin = one.v[0];
        m->level  = one.places;
    } else return false;
    snprintf(head, 96, "%.*s", (int)(of + 4 - u), u);
    return true;
}

static bool solve(const problem *p, str *truth, char why[96]) {
    trend m = {.ends = 0};
    char  head[96], g[16] = "";
    if (!read_head(p->reasoning.p ? p->reasoning.p : "", &m, head)) {
        snprintf(why, 96, "the reasoning does not begin with a trend");
        return false;
    }
    if (!stats_column(p, head, &m.d.v[0], why)) return false;
    if (m.k == ENDS) {
        const char *c = strstr(head, "margin ");
        snprintf(g, sizeof g, "%.*s", (int)strcspn(c + 7, ","), c + 7);
        for (int i = m.level; i < m.d.v[0].places; i++) m.margin *= 10;
    }
    if (m.d.v[0].n < 2 * m.ends || !dataset_says(p, "trend|rising|falling") ||
        !dataset_says(p, m.k == STRICT  ? "mixed"
                         : m.k == STEPS ? "steps"
                                        : "sum|add up") ||
        (m.k == ENDS && (!dataset_says(p, g) || !dataset_says(p, number[m.ends])))) {
        snprintf(why, 96, "the question does not ask for this trend");
        return false;
    }
    str_add(truth, way[class_of(&m)]);
    return true;
}

const family fam_trend = {.name   = "trend",
                          .field  = "research",
                          .about  = "rising, falling, flat or mixed, by a rule",
                          .levels = 10,
                          .make   = make,
                          .right  = right,
                          .solve  = solve};
