/* fam_hypothesis.c -- a hypothesis that the data support, as a sentence: "Plants that get more light grow taller."
 *
 * Levels: 1 to 3 three to five rows that all agree; 4 and 5 a row or two against; from 6 on columns that do not matter;
 * from 4 on also data that show no relation; 8 to 10 six rows, larger numbers and weaker relations. The truth is the
 * two variables and the sign: "light, growth, +". Data are drawn so that it is clear: at least 60 per cent of the pairs
 * of rows more on one side than on the other, or at most 20.
 *
 * The judge reads one sentence: which variable is said to go up or down, which other one goes up or down with it, or
 * that they have nothing to do with each other. Hedges (may, probably) are part of a hypothesis; a denial or a question
 * is not one. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/choice.h"
#include "task/stats.h"
#include "task/table_read.h"
#include "task/verify.h"

typedef struct hyp_level {
    int n_lo, n_hi, hi, none; /* none: per cent of the problems without a relation */
} hyp_level;
static const hyp_level levels[] = {{3, 3, 20, 0},  {3, 4, 99, 0},   {4, 5, 99, 0},  {5, 5, 99, 12}, {5, 5, 999, 12},
                                   {5, 5, 99, 15}, {5, 5, 999, 15}, {5, 6, 99, 15}, {6, 6, 99, 20}, {6, 6, 999, 20}};

typedef struct hyp {
    dataset d; /* 0: x, 1: y */
    int     same, against;
} hyp;

/* 1, -1, 0: none; 2: not clear */
static int sign_of(int diff, int n) {
    int pairs = n * (n - 1) / 2, size = abs(diff);
    return size * 10 >= pairs * 6 ? (diff > 0 ? 1 : -1) : size * 10 <= pairs * 2 ? 0 : 2;
}

static const char *const relation[] = {"more with less", "no clear relation", "more with more"};

static void work(trace *t, void *ctx, fam_value *found) {
    hyp *m = ctx;
    int  n = m->d.n, pairs = n * (n - 1) / 2;
    stats_pairs(t, &m->d.v[0], &m->d.v[1], false, &m->same, &m->against);
    bool more = m->same >= m->against;
    long size = digits_op(t, more ? m->same : m->against, '-', more ? m->against : m->same);
    /* clear from 6 of 10 pairs on, none up to 2 of 10 */
    long ten = digits_op(t, size, '*', 10), six = digits_op(t, pairs, '*', 6);
    str_addf(t->out, "%ld %s %ld\n", ten < six ? ten : six, ten == six ? "=" : "<", ten < six ? six : ten);
    int s = ten >= six ? (more ? 1 : -1) : 0;
    if (trace_slips(t)) s = s > 0 ? -1 : 1;
    found->v = s;
    str_addf(t->out, "so %s\n", relation[s + 1]);
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const hyp *m = ctx;
    int        same, against, n = m->d.n, pairs = n * (n - 1) / 2;
    str_add(t->out, "from the end\n");
    stats_pairs(t, &m->d.v[0], &m->d.v[1], true, &same, &against);
    if (!stats_agree(t, (decimal){same, 0}, (decimal){m->same, 0}) ||
        !stats_agree(t, (decimal){against, 0}, (decimal){m->against, 0}))
        return false;
    int  s  = abs(same - against) * 10 >= pairs * 6 ? (same > against ? 1 : -1) : 0;
    bool ok = s == found->v;
    str_addf(t->out, ok ? "%s again, right\n" : "%s now, wrong\n", relation[s + 1]);
    return ok;
}

static const char ask[] = "{{State|Write|Give|Formulate|Propose|Suggest} {a|one} hypothesis {about|on} {how <c0> "
                          "affects <c1>|the relation of <c0> "
                          "and <c1>|<c0> and <c1>} {that|which} {these|the} data {support|fit|speak for}.|{What|Which} "
                          "hypothesis {about|on} <c0> "
                          "and <c1> {do|would} {these|the} data support?|What do {these|the} data suggest about <c0> "
                          "and <c1>{? State it as a "
                          "hypothesis.|? Answer with a hypothesis.| (as a hypothesis)?}|{I need|We need|I want} a "
                          "hypothesis {about|on} <c0> and "
                          "<c1> that fits {these|the} data.|{Can|Could} you {state|give me|write} a hypothesis on how "
                          "<c1> depends on <c0>, from "
                          "these data?|Hypothesis {on|about} <c1> and <c0> that the data support?|{Look at|Take} <c0> "
                          "and <c1>: what hypothesis "
                          "would you {state|test next|put forward}?}";

/* y goes with x but for some neighbours exchanged, or anyhow. */
static bool draw(hyp *m, rng *r, const hyp_level *at) {
    const study *s = study_draw(r);
    m->d           = (dataset){.s = s, .n = rng_range(r, at->n_lo, at->n_hi), .cols = 2, .var = {&s->x, &s->y}};
    numlist *x = &m->d.v[0], *y = &m->d.v[1], o;
    bool     none = chance_of(r, at->none), neg = chance_of(r, 50);
    if (!stats_fill_different(x, r, m->d.var[0], m->d.n, at->hi) ||
        !stats_fill_different(y, r, m->d.var[1], m->d.n, at->hi))
        return false;
    if (!none) {
        o = *y;
        listwork_sorted(&o);
        for (int i = 0; i < x->n; i++) {
            int rank = 0;
            for (int k = 0; k < x->n; k++) rank += x->v[k] < x->v[i];
            y->v[i] = o.v[neg ? o.n - 1 - rank : rank];
        }
        for (int e = at->none ? rng_range(r, 0, 2) : 0; e > 0; e--) {
            int  i  = (int)rng_below(r, (uint64_t)x->n - 1);
            long v  = y->v[i];
            y->v[i] = y->v[i + 1], y->v[i + 1] = v;
        }
    }
    int sign = sign_of(stats_pairs_of(x, y), x->n);
    return none ? sign == 0 : sign == 1 || sign == -1;
}

static void capital(str *s) {
    if (s->len) s->p[0] = (char)toupper((unsigned char)s->p[0]);
}

/* A sentence for x and y with a sign, in some wording. */
static void sentence(str *out, rng *r, const study *s, int sign) {
    const word_slot slot[] = {{"many", s->many},
                              {"more", s->xmore},
                              {"less", s->xless},
                              {"up", sign > 0 ? s->yup : s->ydown},
                              {"down", sign > 0 ? s->ydown : s->yup},
                              {"x", s->x.name},
                              {"y", s->y.name},
                              {"hi", sign > 0 ? "higher" : "lower"},
                              {"an", sign > 0 ? "an increase" : "a decrease"},
                              {0}};
    if (!sign)
        wording_put(out, r,
                    "{There is no clear relation between <x> and <y>|A change in <x> has no clear effect on <y>|<x> "
                    "and <y> are "
                    "unrelated|there is no relation between <y> and <x>}.",
                    slot);
    else
        wording_put(
            out, r,
            "{4*<many> <more> <up>|2*<many> <less> <down>|an increase in <x> goes with <an> in <y>|a higher value of "
            "<x> goes with a <hi> value of <y>}.",
            slot);
    capital(out);
}

static void make(rng *r, int level, problem *p) {
    hyp m     = {.same = 0};
    str say   = {0};
    p->family = "hypothesis";
    p->level  = level;
    while (!draw(&m, r, &levels[level - 1])) {}
    stats_begin(p, r, &m.d, "hypothesis on the second by the first; ",
                "each pair of rows: same way or against; then the sentence", ask, NULL);
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &m});
    str_addf(&p->truth, "%s, %s, %s", m.d.var[0]->name, m.d.var[1]->name, f.v > 0 ? "+" : f.v < 0 ? "-" : "0");
    sentence(&say, r, m.d.s, (int)f.v);
    str_addf(&p->answer, chance_of(r, 50) ? "Hypothesis: **%s**" : "**%s**", say.p);
    str_free(&say);
    dataset_free(&m.d);
}

/* ---- reading a hypothesis */
static const char ups[] =
    "more|higher|longer|greater|larger|bigger|stronger|rise|rises|rising|increase|increases|increased|increasing|"
    "up|most|better|extra|high|long|heavier|older|wider|deeper|warmer|hotter|boost*|raise*|improve*|grows|"
    "positive|positively|directly|increments|farther|further";
static const char downs[] =
    "less|lower|shorter|smaller|fewer|weaker|fall|falls|falling|decrease|decreases|decreased|decreasing|drop|"
    "drops|dropping|down|decline*|reduce|reduces|reduced|reducing|shrink*|low|short|lowers|lowering|"
    "shorten*|colder|cooler|lighter|younger|narrower|shallower|nearer|closer|negative|negatively|inversely|diminish*";
static const char nones[] =
    "no relation|no clear relation|no relationship|no effect|no influence|no correlation|unrelated|not related|"
    "does not depend|do not depend|doesn't depend|don't depend|independent|no connection|no link|does not "
    "affect|doesn't affect|do not affect|does not influence|no clear effect|no impact|not correlated|uncorrelated|"
    "nothing to do|no clear relationship|no clear correlation|no association|makes no difference|no clear link|"
    "does not seem to affect|does not seem to depend|no apparent relation|no systematic relation";
static const char denies[] =
    "not|n't|doesn't|don't|never|no|isn't|cannot|neither|nor|without any|rather than|instead of|false|wrong|"
    "contradict*|reject*|refute*|unlikely|doubt*";

typedef struct mark {
    const char *at;
    int         var; /* 0 x, 1 y; -1 a direction */
    int         dir;
} mark;
enum { MARKS = 32 };

/* Stems parted by bars, each with any ending. */
static const char *find_key(const char *from, const char *keys, size_t *len) {
    char  all[400];
    char *o = all;
    for (const char *k = keys; *k && o + 3 < all + sizeof all; k++) {
        if (*k == '|') *o++ = '*';
        *o++ = *k;
    }
    *o++ = '*';
    *o   = 0;
    return choice_find(from, all, len);
}

static void add_marks(mark *m, int *n, const char *text, const char *words, bool stems, int var, int dir) {
    size_t len;
    for (const char *p = text;
         words[0] && *n < MARKS && (p = stems ? find_key(p, words, &len) : choice_find(p, words, &len)); p += len)
        m[(*n)++] = (mark){p, var, dir};
}

static int by_place(const void *a, const void *b) {
    const mark *x = a, *y = b;
    return x->at < y->at   ? -1
           : x->at > y->at ? 1
                           : y->var - x->var; /* a direction that is a key, too, comes after it */
}

static bool fault(char why[96], const char *what) {
    snprintf(why, 96, "%s", what);
    return false;
}

/* Up to "because" and the like: what follows explains. */
static void main_clause(const char *text, char out[800]) {
    size_t      len;
    const char *end =
        choice_find(text, "because|since|perhaps because|which|presumably|as the data|as shown|so that|due to", &len);
    snprintf(out, 800, "%.*s", end && end > text + 12 ? (int)(end - text) : 799, text);
}

/* The sign that a sentence claims: +1, -1, 0 none, 2: it cannot be read. */
static int claimed(const char *text, const study *s, char why[96]) {
    mark   m[MARKS];
    int    n = 0, dir[3] = {0}, dirs = 0, first = -1, seen[2] = {0};
    size_t len;
    add_marks(m, &n, text, s->xkeys, true, 0, 0);
    add_marks(m, &n, text, s->ykeys, true, 1, 0);
    add_marks(m, &n, text, s->x.name, false, 0, 0);
    add_marks(m, &n, text, s->y.name, false, 1, 0);
    for (int i = 0; i < n; i++) seen[m[i].var]++;
    if (!seen[0] || !seen[1]) return fault(why, "not about the two variables"), 2;
    if (choice_find(text, nones, &len)) return 0;
    if (choice_find(text, denies, &len)) return fault(why, "it denies"), 2;
    int keys = n;
    add_marks(m, &n, text, s->yups, false, 2, 1); /* a direction of y's own */
    add_marks(m, &n, text, s->ydowns, false, 2, -1);
    for (int pass = 0; pass < 2; pass++) {
        const char *words = pass ? downs : ups;
        for (const char *p = text; n < MARKS && (p = choice_find(p, words, &len)); p += len) {
            bool own = false;
            for (int k = 0; k < n; k++) own |= m[k].at == p && (k < keys ? m[k].var == 1 : m[k].var == 2); /* "grows" */
            if (!own) m[n++] = (mark){p, -1, pass ? -1 : 1};
        }
    }
    qsort(m, (size_t)n, sizeof *m, by_place);
    const char *last = NULL;
    for (int i = 0; i < n; i++) {
        if (m[i].var == 0 || m[i].var == 1) {
            if (first < 0) first = m[i].var;
            continue;
        }
        if (last && m[i].at - last < 12 && dirs) { /* "a greater increase", "grow more slowly": one direction */
            int between = 0;
            for (const char *p = last; p < m[i].at; p++) between += *p == ' ';
            bool key = false;
            for (int k = 0; k < i; k++) key |= m[k].var >= 0 && m[k].var < 2 && m[k].at > last && m[k].at < m[i].at;
            if (between <= 1 && !key) {
                if (m[i].var == 2) dir[dirs - 1] = m[i].dir; /* "more slowly" is slowly */
                else dir[dirs - 1] *= m[i].dir < 0 && dir[dirs - 1] < 0 ? -1 : m[i].dir;
                last = m[i].at;
                continue;
            }
        }
        if (dirs == 2) return fault(why, "more than two directions"), 2;
        dir[dirs++] = m[i].dir;
        last        = m[i].at;
    }
    if (!dirs) return fault(why, "no direction is claimed"), 2;
    return dirs == 1 ? dir[0] : dir[0] * dir[1];
}

/* Another column of the question's data is named, as if it were the cause. */
static bool names_another(const problem *p, const char *text, const study *s) {
    table  t;
    size_t len;
    for (int k = 0; k < 2; k++)
        if (choice_find(text, s->other[k].name, &len) && !find_key(s->other[k].name, s->xkeys, &len) &&
            !find_key(s->other[k].name, s->ykeys, &len))
            return true;
    if (!table_read(p->question.p ? p->question.p : "", &t)) return false;
    for (int c = 0; c < t.cols; c++) {
        char    name[TABLE_CELL];
        numlist v;
        snprintf(name, sizeof name, "%s", t.name[c]);
        name[strcspn(name, "(")] = 0;
        for (char *q = name; *q; q++)
            if (*q == '_') *q = ' ';
        for (size_t k = strlen(name); k && name[k - 1] == ' '; k--) name[k - 1] = 0;
        if (!name[0] || !table_read_column(&t, c, &v) || !strcmp(name, s->x.name) || !strcmp(name, s->y.name)) continue;
        if (strlen(name) > 2 && choice_find(text, name, &len) && !find_key(name, s->xkeys, &len) &&
            !find_key(name, s->ykeys, &len))
            return true;
    }
    return false;
}

static bool right(const problem *p, const char *answer, char why[96]) {
    char         bold[2000], text[2000], x[TABLE_CELL], y[TABLE_CELL], sign;
    const study *s = NULL;
    size_t       k = 0;
    if (sscanf(p->truth.p, "%31[^,], %31[^,], %c", x, y, &sign) == 3) s = study_by_names(x, y);
    if (!s) return fault(why, "a truth that is no study's");
    if (verify_echo(p->question.p, answer, why)) return false;
    if (strlen(answer) >= sizeof bold) return fault(why, "a long text, no hypothesis");
    if (!choice_bold(answer, bold, sizeof bold)) snprintf(bold, sizeof bold, "%s", answer);
    for (const char *c = bold; *c; c++)
        if (*c != '*' && *c != '`') text[k++] = *c == '\n' ? ' ' : *c;
    text[k] = 0;
    /* one claim: the first sentence about both; others must not claim otherwise */
    int found = 3;
    for (char *from = text; *from;) {
        size_t n    = strcspn(from, ".!?;");
        char   stop = from[n], one[800], part[800];
        while (stop == '.' && isdigit((unsigned char)from[n + 1]))
            n += 1 + strcspn(from + n + 1, ".!?;"), stop = from[n];
        snprintf(part, sizeof part, "%.*s", n < 799 ? (int)n : 799, from);
        main_clause(part, one);
        char small[96] = "";
        int  c         = claimed(one, s, small);
        if (c != 2 || strstr(small, "denies") || strstr(small, "directions")) {
            if (stop == '?') return fault(why, "a question, no hypothesis");
            if (names_another(p, one, s)) return fault(why, "it names another variable of the data");
            if (c == 2 || (found != 3 && found != c))
                return fault(why, c == 2 ? small : "two hypotheses that contradict each other");
            found = c;
        } else if (!why[0]) {
            snprintf(why, 96, "%s", small);
        }
        from += n + (stop != 0);
    }
    if (found == 3) return fault(why, "no hypothesis about the two variables");
    int want = sign == '+' ? 1 : sign == '-' ? -1 : 0;
    if (found != want)
        return fault(why, want ? found ? "the opposite of what the data show" : "no relation, where the data show one"
                               : "a relation that the data do not show");
    why[0] = 0;
    return true;
}

static bool solve(const problem *p, str *truth, char why[96]) {
    numlist v[2];
    char    name[2][TABLE_CELL];
    if (dataset_understood(p, "hypothesis on the second by the first; ", 2, v, name, why) != 2) return false;
    for (int k = 0; k < 2; k++) {
        for (char *c = name[k]; *c; c++)
            if (*c == '_') *c = ' ';
        name[k][strcspn(name[k], "(")] = 0;
        for (size_t n = strlen(name[k]); n && name[k][n - 1] == ' '; n--) name[k][n - 1] = 0;
    }
    const study *s    = study_by_names(name[0], name[1]);
    int          sign = v[0].n == v[1].n && v[0].n > 2 ? sign_of(stats_pairs_of(&v[0], &v[1]), v[0].n) : 2;
    if (!s || sign == 2 || !dataset_says(p, "hypothesis")) return fault(why, "no study, or the data are not clear");
    str_addf(truth, "%s, %s, %s", s->x.name, s->y.name, sign > 0 ? "+" : sign < 0 ? "-" : "0");
    return true;
}

const family fam_hypothesis = {.name   = "hypothesis",
                               .field  = "research",
                               .about  = "state a hypothesis that the data support",
                               .levels = 10,
                               .make   = make,
                               .right  = right,
                               .solve  = solve};
