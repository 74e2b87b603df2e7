/* fam_experiment.c -- reading a controlled experiment: which variable was changed, which were kept the same, and is it
 * a fair test (only one changed)?
 *
 * Levels: 1 two runs of two variables, which was changed; 3 to 5 also which were kept; 6 to 10 also whether the test is
 * fair, up to six runs of four variables. What was measured is said in the question. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/choice.h"
#include "task/stats.h"
#include "task/table_read.h"
#include "task/verify.h"

typedef enum { CHANGED, KEPT, FAIR } wanted;
typedef struct exp_level {
    int runs, factors, kinds, hi;
} exp_level;
static const exp_level levels[] = {{2, 2, 1, 99}, {2, 3, 1, 99}, {3, 3, 2, 99},  {3, 3, 2, 999}, {3, 4, 2, 99},
                                   {4, 3, 3, 99}, {4, 4, 3, 99}, {4, 4, 3, 999}, {5, 4, 3, 999}, {6, 4, 3, 999}};
static const variable  more[]   = {
       {"room", "", 1, 40}, {"start hour", "", 6, 20}, {"pot number", "", 1, 30}, {"humidity", "%", 20, 90}};
static const char *const heads[] = {"which was changed; measured is the first; ",
                                    "which were kept the same; measured is the first; ",
                                    "is it a fair test; measured is the first; "};

typedef struct experiment {
    dataset  d; /* column 0: what was measured */
    wanted   k;
    unsigned changed; /* a bit for each column, as Work found them */
} experiment;

/* One column from run to run, until it changes. */
static bool varies(trace *t, const numlist *l, bool back) {
    for (int s = 1; s < l->n; s++) {
        int  i = back ? l->n - s : s;
        long a = l->v[i - 1], b = l->v[i];
        if (trace_slips(t)) continue;
        str_add(t->out, s > 1 ? ", " : " ");
        listwork_num(t->out, a < b ? a : b, 0);
        str_add(t->out, a == b ? " = " : " < ");
        listwork_num(t->out, a < b ? b : a, 0);
        if (a != b) return true;
    }
    return false;
}

static unsigned look(trace *t, const dataset *d, bool back) {
    unsigned set = 0;
    for (int i = 1; i < d->cols; i++) {
        int k = back ? d->cols - i : i;
        str_addf(t->out, "%s:", d->head[k]);
        bool moved = varies(t, &d->v[k], back);
        if (trace_slips(t)) moved = !moved;
        str_add(t->out, moved ? ", changed\n" : ", the same\n");
        if (moved) set |= 1u << k;
    }
    return set;
}

static int bits(unsigned set) {
    int n = 0;
    for (; set; set &= set - 1) n++;
    return n;
}

static void put_set(str *s, const dataset *d, unsigned set, const char *last) {
    int n = 0, all = bits(set);
    for (int k = 1; k < d->cols; k++) {
        if (!(set >> k & 1)) continue;
        if (n) str_add(s, n == all - 1 ? last : ", ");
        str_add(s, d->var[k]->name);
        n++;
    }
}

static void work(trace *t, void *ctx, fam_value *found) {
    experiment *m = ctx;
    m->changed    = look(t, &m->d, false);
    found->v      = m->changed;
    str_addf(t->out, "%d changed: ", bits(m->changed));
    put_set(t->out, &m->d, m->changed, ", ");
    str_addc(t->out, '\n');
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const experiment *m = ctx;
    str_add(t->out, "from the last run back\n");
    unsigned again = look(t, &m->d, true);
    for (int k = 1; k < m->d.cols; k++)
        if ((again >> k & 1) != ((unsigned)found->v >> k & 1)) {
            str_addf(t->out, "%s differs, wrong\n", m->d.head[k]);
            return false;
        }
    return fam_compare(t, bits(again), bits((unsigned)found->v));
}

static const char *const asks[] = {"{{Which|What} variable {was changed|did they change|was varied} {on purpose|} (<y> "
                                   "was measured)?|<y> was measured. "
                                   "{Which|What} {variable|one} is the independent variable?|In this experiment <y> "
                                   "{was|is} measured: which variable was "
                                   "changed?|{Name|Find|Tell me|Give} the independent variable; <y> {is what was "
                                   "measured|was measured}.|{Can|Could} you tell "
                                   "me which variable was changed between the runs? <y> was measured.}",
                                   "{{Which|What} variables were {kept the same|kept constant|held constant} (<y> was "
                                   "measured)?|<y> was measured. {Which|"
                                   "What} are the controlled variables?|In this experiment <y> {was|is} measured: "
                                   "{which|what} was kept the same?|{Name|Find|"
                                   "Tell me|Give} the controlled variables; <y> {is what was measured|was "
                                   "measured}.|{Can|Could} you tell me what was kept "
                                   "constant between the runs? <y> was measured.}",
                                   "{{Is {this|it} a fair test (only one variable changed)|Was only one variable "
                                   "changed, so is it a fair test|Is this a fair "
                                   "test of what affects <y>}? <y> was measured. If {not|it is not fair}, {say|tell "
                                   "me|name} which variables changed{.|, all "
                                   "of them.}|<y> was measured. Decide whether {this|it} is a fair test (only one "
                                   "variable {may change|changes}) and, if "
                                   "not, {name|list} the variables that changed.|{Can|Could} you tell me if this is a "
                                   "fair test? Only one variable may "
                                   "change; <y> was measured. If it is not, name those that changed.}"};

static void draw(experiment *m, rng *r, const exp_level *at) {
    const study    *s;
    const variable *f[5];
    int             n = 0;
    do s = study_draw(r);
    while (s->y.hi > at->hi || s->y.hi - s->y.lo < 2 * at->runs);
    f[n++] = &s->x, f[n++] = &s->other[0], f[n++] = &s->other[1];
    f[n++] = &more[rng_below(r, sizeof more / sizeof *more)];
    for (int i = n - 1; i > 0; i--) {
        int             k = (int)rng_below(r, (uint64_t)i + 1);
        const variable *v = f[i];
        f[i] = f[k], f[k] = v;
    }
    m->d      = (dataset){.s = s, .n = at->runs, .cols = at->factors + 1, .var = {&s->y}};
    int moved = m->k == FAIR && chance_of(r, 50) ? 2 + (at->factors > 3 && chance_of(r, 30)) : 1;
    stats_fill(&m->d.v[0], r, &s->y, at->runs, 0);
    for (int k = 1; k < m->d.cols; k++) {
        const variable *v = m->d.var[k] = f[k - 1];
        numlist        *l               = &m->d.v[k];
        do stats_fill(l, r, v, at->runs, 0);
        while (l->v[0] == l->v[1] && v->hi - v->lo > 1);
        if (l->n > 2 && chance_of(r, 40)) l->v[rng_range(r, 0, l->n - 2)] = l->v[l->n - 1]; /* some runs alike */
    }
    unsigned set = 0;
    while (bits(set) < moved) set |= 1u << rng_range(r, 1, m->d.cols - 1);
    for (int k = 1; k < m->d.cols; k++) {
        numlist *l    = &m->d.v[k];
        bool     flat = true;
        for (int i = 1; i < l->n; i++) flat &= l->v[i] == l->v[0];
        if (set >> k & 1) l->v[0] += flat;
        else
            for (int i = 1; i < l->n; i++) l->v[i] = l->v[0];
    }
}

static void make(rng *r, int level, problem *p) {
    const exp_level *at  = &levels[level - 1];
    experiment       m   = {.k = (wanted)rng_below(r, (uint64_t)at->kinds)};
    str              set = {0}, kept = {0};
    p->family = "experiment";
    draw(&m, r, at);
    if (m.k == KEPT && m.d.cols < 3) m.k = CHANGED;
    const word_slot slot[] = {{"y", m.d.var[0]->name}, {0}};
    p->level               = level > 5 ? 5 : level; /* no columns at random: they would change, too */
    stats_begin(p, r, &m.d, heads[m.k], "look down each column: does it change?", asks[m.k], slot);
    p->level      = level;
    fam_value f   = fam_work(p, r, &(fam_phases){work, check, &m});
    unsigned  all = (1u << m.d.cols) - 2, c = (unsigned)f.v;
    put_set(&set, &m.d, m.k == KEPT ? all & ~c : c, ", ");
    put_set(&kept, &m.d, m.k == KEPT ? all & ~c : c, " and ");
    const word_slot say[] = {{"s", kept.p}, {"y", m.d.var[0]->name}, {0}};
    if (m.k == CHANGED) {
        str_addf(&p->truth, "changed: %s", set.p);
        wording_put(&p->answer, r,
                    "{The variable that was changed is **<s>**.|**<s>** was changed.|The independent variable is "
                    "**<s>**.|They changed **<s>**.}",
                    say);
    } else if (m.k == KEPT) {
        str_addf(&p->truth, "kept: %s", set.p);
        wording_put(&p->answer, r,
                    "{Kept the same: **<s>**.|**<s>** stayed the same.|The controlled variables are **<s>**.|They kept "
                    "**<s>** constant.}",
                    say);
    } else if (bits(c) == 1) {
        str_addf(&p->truth, "fair: %s", set.p);
        wording_put(
            &p->answer, r,
            "{Yes, it is **a fair test**: only <s> changed.|**Fair**: only <s> was changed.|It is **a fair test**.}",
            say);
    } else {
        str_addf(&p->truth, "not fair: %s", set.p);
        wording_put(&p->answer, r,
                    "{No, it is **not a fair test**: <s> changed.|**Not fair**: <s> changed.|It is **not fair**, as "
                    "<s> changed.}",
                    say);
    }
    for (char *q = p->answer.p; *q; q++) /* the first letter, also in bold */
        if (*q != '*') {
            if (*q >= 'a' && *q <= 'z') *q = (char)(*q - 32);
            break;
        }
    str_free(&set);
    str_free(&kept);
    dataset_free(&m.d);
}

/* ---- judging */
static bool fault(char why[96], const char *fmt, const char *a) {
    snprintf(why, 96, fmt, a);
    return false;
}

enum { NAMES = 8 };
static int columns_of(const problem *p, char name[NAMES][TABLE_CELL]) {
    table   t;
    numlist v;
    int     n = 0;
    if (!table_read(p->question.p ? p->question.p : "", &t)) return 0;
    for (int c = 0; c < t.cols && n < NAMES; c++) {
        if (!t.name[c][0] || !table_read_column(&t, c, &v)) continue;
        snprintf(name[n], TABLE_CELL, "%s", t.name[c]);
        name[n][strcspn(name[n], "(")] = 0;
        for (char *q = name[n]; *q; q++)
            if (*q == '_') *q = ' ';
        for (size_t k = strlen(name[n]); k && name[n][k - 1] == ' '; k--) name[n][k - 1] = 0;
        n++;
    }
    return n;
}

/* Exactly the wanted names stand undenied in text. */
static bool set_is(const char *text, char name[NAMES][TABLE_CELL], int n, const char *want, char why[96]) {
    for (int i = 0; i < n; i++) {
        size_t len, k = strlen(name[i]);
        bool   in = false, said = false;
        for (const char *w = want; *w;) {
            size_t m = strcspn(w, ",");
            in |= m == k && !strncmp(w, name[i], k);
            w += m + (w[m] ? 2 : 0);
        }
        for (const char *f = text; (f = choice_find(f, name[i], &len)); f += len) said |= !choice_denied(text, f);
        if (in != said) return fault(why, in ? "%s is missing" : "%s does not belong there", name[i]);
    }
    return true;
}

static bool right(const problem *p, const char *answer, char why[96]) {
    static const char unfair[] =
        "not a fair|not fair|unfair|isn't fair|isn't a fair|is no fair|no fair test|not really fair|not a fair test";
    char        name[NAMES][TABLE_CELL], bold[2000], text[2000];
    const char *t = p->truth.p, *want = strstr(t, ": ");
    int         n = columns_of(p, name);
    size_t      len, k = 0;
    if (verify_echo(p->question.p, answer, why)) return false;
    if (!want || !n || strlen(answer) >= sizeof text) return fault(why, "%s", "no experiment, or a long text");
    want += 2;
    for (const char *c = answer; *c; c++)
        if (*c != '*' && *c != '`' && *c != '"') text[k++] = *c;
    text[k] = 0;
    if (strchr(text, '?') ||
        choice_find(text, "i do not know|don't know|maybe|not sure|unclear|cannot say|wrong|not true", &len))
        return fault(why, "%s", "asked or in doubt");
    bool has = choice_bold(answer, bold, sizeof bold);
    if (!strncmp(t, "fair", 4) || !strncmp(t, "not fair", 8)) {
        bool no = choice_find(text, unfair, &len) != NULL, fair = !no && choice_find(text, "fair", &len);
        if (!no && !fair && choice_find(text, "yes", &len)) fair = true;
        if (!no && !fair && choice_find(text, "no", &len)) no = true;
        if (no && choice_find(text, "yes|is a fair|is fair", &len)) return fault(why, "%s", "both fair and not");
        if (fair && choice_find(text, "no|not", &len)) return fault(why, "%s", "fair, but denied");
        if (no == fair || fair != (*t == 'f')) return fault(why, "expected %.40s", t);
        if (fair) return true;
        const char *deny[] = {unfair, "no"}; /* these are about the test, not about its variables */
        for (int i = 0; i < 2; i++)
            for (char *f = text; (f = (char *)(size_t)choice_find(f, deny[i], &len)); f += len) memset(f, ' ', len);
        return set_is(text, name, n, want, why);
    }
    /* the other kind of variable under this name is wrong: "light was kept the same" */
    static const char changed[] = "changed|varied|independent|change|vary|changes",
                      kept[]    = "kept|constant|same|controlled|held";
    bool        ch              = *t == 'c';
    const char *claim           = has ? bold : text;
    if (choice_find(text, ch ? kept : changed, &len) && !choice_find(text, ch ? changed : kept, &len))
        return fault(why, "%s", ch ? "said to be kept, not changed" : "said to be changed, not kept");
    if (choice_find(text, "not changed|wasn't changed|never changed|not kept|were not kept|wasn't kept|did not change",
                    &len))
        return fault(why, "%s", "denied");
    return set_is(claim, name, n, want, why);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    numlist v[5];
    char    name[5][TABLE_CELL];
    for (int k = 0; k < 3; k++) {
        int n = dataset_understood(p, heads[k], 5, v, name, why), moved = 0;
        str set = {0};
        if (n < 3) continue;
        for (int c = 1; c < n; c++) {
            bool same = true;
            for (int i = 1; i < v[c].n; i++) same &= v[c].v[i] == v[c].v[0];
            moved += !same;
            if (same != (k == KEPT)) continue;
            if (set.len) str_add(&set, ", ");
            size_t m = strcspn(name[c], "(");
            while (m && name[c][m - 1] == ' ') m--;
            for (size_t i = 0; i < m; i++) str_addc(&set, name[c][i] == '_' ? ' ' : name[c][i]);
        }
        bool ok = set.len && (k == FAIR || moved == 1) &&
                  dataset_says(p, k == CHANGED ? "changed|change|varied|independent"
                                  : k == KEPT  ? "kept|held|controlled"
                                               : "fair") &&
                  dataset_says(p, "measured");
        if (ok)
            str_addf(truth, "%s: %s",
                     k == CHANGED ? "changed"
                     : k == KEPT  ? "kept"
                     : moved == 1 ? "fair"
                                  : "not fair",
                     set.p);
        str_free(&set);
        return ok || fault(why, "%s", "not an experiment with such an answer");
    }
    return false;
}

const family fam_experiment = {.name   = "experiment",
                               .field  = "research",
                               .about  = "changed and kept variables of an experiment, and whether it is fair",
                               .levels = 10,
                               .make   = make,
                               .right  = right,
                               .solve  = solve};
