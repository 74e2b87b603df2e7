/* family.c -- the list of families, the split by key, and what makers share: phases and deliberate mistakes. */
#include <stdio.h>
#include <string.h>
#include "task/fam.h"
#include "task/family.h"
#include "task/steps.h"

static const family *const all[] = {
#define FAMILY(f) &fam_##f,
#include "task/families.def"
#undef FAMILY
};
enum { N_FAMILIES = sizeof all / sizeof *all };

int family_count(void) { return N_FAMILIES; }

const family *family_at(int i) { return i >= 0 && i < N_FAMILIES ? all[i] : NULL; }

const family *family_find(const char *name) {
    for (int i = 0; i < N_FAMILIES; i++)
        if (!strcmp(all[i]->name, name)) return all[i];
    return NULL;
}

void problem_clear(problem *p) {
    str_clear(&p->key);
    str_clear(&p->question);
    str_clear(&p->reasoning);
    str_clear(&p->answer);
    str_clear(&p->truth);
    p->family = NULL;
    p->level = p->slip_from = p->slip_to = 0;
}

void problem_free(problem *p) {
    str_free(&p->key);
    str_free(&p->question);
    str_free(&p->reasoning);
    str_free(&p->answer);
    str_free(&p->truth);
    *p = (problem){0};
}

split_id split_of(const char *key) {
    uint64_t h = hash_bytes(key, strlen(key)) % 100;
    return h < 90 ? SPLIT_TRAIN : h < 95 ? SPLIT_VALID : SPLIT_TEST;
}

/* The draws of one problem are one stream: draws that fall into other splits come before it in the same stream, so
 * that the result is a function of (split, seed, index, level, family). */
static void made(const family *f, int level, problem *p) {
    p->family = f->name;
    p->level  = level;
}

void family_make(const family *f, split_id split, uint64_t seed, uint64_t index, int level, problem *p) {
    uint64_t s = seed ^ hash_bytes(f->name, strlen(f->name)) ^ hash_u64((uint64_t)level * 4 + (uint64_t)split + 1);
    rng      r = rng_fork(s, index);
    do {
        problem_clear(p);
        f->make(&r, level, p);
    } while (split_of(p->key.p) != split);
    made(f, level, p);
}

split_id family_draw(const family *f, uint64_t seed, uint64_t index, int level, problem *p) {
    rng r = rng_fork(seed ^ hash_bytes(f->name, strlen(f->name)) ^ hash_u64((uint64_t)level * 4), index);
    problem_clear(p);
    f->make(&r, level, p);
    made(f, level, p);
    return split_of(p->key.p);
}

/* ---- phases */
bool fam_compare(trace *t, long a, long b) {
    digits_num(t->out, a);
    str_add(t->out, a == b ? " = " : " is not ");
    digits_num(t->out, b);
    str_add(t->out, a == b ? ", right\n" : ", wrong\n");
    return a == b;
}

/* One pass of Work and Check into p->reasoning. */
static bool phases(problem *p, rng *r, const fam_phases *ph, bool brief, int slip_at, trace *w, fam_value *found) {
    *w         = trace_to(&p->reasoning, r);
    w->slip_at = slip_at;
    w->brief   = brief;
    str_add(&p->reasoning, "Work:\n");
    ph->work(w, ph->ctx, found);
    if (w->bad) return false;
    trace c    = trace_to(&p->reasoning, r);
    c.brief    = brief;
    p->slip_to = (int)p->reasoning.len;
    str_add(&p->reasoning, "Check: ");
    bool ok = ph->check(&c, ph->ctx, found);
    w->bad  = c.bad;
    return ok;
}

static void cut(str *s, size_t len) {
    s->len    = len;
    s->p[len] = 0;
}

enum { SLIP_PERCENT = 12, SLIP_TRIES = 12 };

static fam_value worked(problem *p, rng *r, const fam_phases *ph, bool brief) {
    trace     t;
    fam_value found;
    size_t    from = p->reasoning.len;
    bool      slip = p->level >= 2 && (int)rng_below(r, 100) < SLIP_PERCENT;
    phases(p, r, ph, brief, -1, &t, &found);
    p->slip_from = p->slip_to = 0;
    if (!slip || !t.places) return found;
    int places = t.places;
    for (int i = 0; i < SLIP_TRIES; i++) {
        fam_value wrong = {0};
        cut(&p->reasoning, from);
        bool ok = phases(p, r, ph, brief, (int)rng_below(r, (uint64_t)places), &t, &wrong);
        if (!ok && !t.bad && t.slip_from >= 0) { /* a mistake that the check sees */
            p->slip_from = t.slip_from;
            break;
        }
        cut(&p->reasoning, from);
        p->slip_to = 0;
    }
    int slip_to = p->slip_to;
    phases(p, r, ph, brief, -1, &t, &found); /* once more without a mistake: ctx holds what it found last */
    p->slip_to = p->slip_from ? slip_to : 0;
    return found;
}

fam_value fam_work(problem *p, rng *r, const fam_phases *ph) { return worked(p, r, ph, true); }

fam_value fam_work_spelled(problem *p, rng *r, const fam_phases *ph) { return worked(p, r, ph, false); }

bool fam_understood(const problem *p, const char **text, size_t *n, char why[96]) {
    static const char head[] = "Understand: ";
    const char       *r = p->reasoning.p ? p->reasoning.p : "", *q = p->question.p ? p->question.p : "";
    if (strncmp(r, head, sizeof head - 1)) {
        snprintf(why, 96, "the reasoning does not begin with \"%s\"", head);
        return false;
    }
    *text = r + sizeof head - 1;
    *n    = strcspn(*text, "\n");
    if (steps_same_numbers(q, strlen(q), *text, *n)) return true;
    snprintf(why, 96, "the numbers of the question are not those that were understood");
    return false;
}

/* ---- format: tags once and closed; Understand, Plan, then Work and Check as often as needed; an answer */
static bool blank(const char *p, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!strchr(" \t\r\n", p[i])) return false;
    return true;
}

static bool fault(char why[96], const char *what) {
    snprintf(why, 96, "%s", what);
    return false;
}

static bool phases_ok(const char *p, size_t n, char why[96]) {
    static const char *const name[] = {"Understand:", "Plan:", "Work:", "Check:"};
    int                      at     = -1; /* the phase that we are in */
    size_t                   body   = 0;
    for (size_t i = 0; i < n;) {
        const char *nl   = memchr(p + i, '\n', n - i);
        size_t      end  = nl ? (size_t)(nl - p) : n;
        bool        head = p[i] == 'U' || p[i] == 'P' || p[i] == 'W' || p[i] == 'C';
        for (int k = 0; k < 4 && head; k++) {
            size_t len = strlen(name[k]);
            if (end - i < len || strncmp(p + i, name[k], len)) continue;
            if (k != at + 1 && !(k == 2 && at == 3))
                return fault(why, "a phase is missing, twice there or out of order");
            if (at >= 0 && blank(p + body, i - body)) return fault(why, "an empty phase");
            at   = k;
            body = i + len;
        }
        if (at < 0 && !blank(p + i, end - i)) return fault(why, "text before the first phase");
        i = end + 1;
    }
    if (at != 3) return fault(why, at < 0 ? "no phases" : "the last phase is not Check");
    return !blank(p + body, n - body) || fault(why, "an empty phase");
}

verdict family_check(const family *f, const problem *p, const char *response) {
    static const char open[] = "<think>", close[] = "</think>";
    verdict           v     = {false, false, ""};
    const char       *start = strstr(response, open), *end = strstr(response, close);
    if (!end) {
        fault(v.why, "the thinking is not closed");
        return v;
    }
    const char *text = end + strlen(close);
    const char *from = start ? start + strlen(open) : response;
    bool once = (!start || (start < end && !strstr(from, open) && blank(response, (size_t)(start - response)))) &&
                !strstr(text, close);
    char why[96] = "";
    v.right      = once && f->right(p, text, v.why);
    v.format     = once && phases_ok(from, (size_t)(end - from), why) &&
               (!blank(text, strlen(text)) || fault(why, "an empty answer"));
    if (!once) fault(v.why, "think tags more than once");
    else if (!v.right && !v.why[0]) snprintf(v.why, sizeof v.why, "expected %.60s, found something else", p->truth.p);
    else if (v.right && !v.format) memcpy(v.why, why, sizeof why);
    return v;
}
