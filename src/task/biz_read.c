/* biz_read.c -- see biz.h: a problem read back from its first line and held against the question, and answers judged.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/measure.h"
#include "task/biz.h"
#include "task/lexicon.h"
#include "task/steps.h"
#include "task/table_read.h"
#include "task/verify.h"

bool biz_solved(char why[96], const char *complaint) {
    snprintf(why, 96, "%s", complaint);
    return false;
}

/* ---- words in a text */
static bool edge(char c) { return !isalnum((unsigned char)c); }

static const char *alias(const char *name, char buf[BIZ_WORD]) { /* Jan for January, a laptop for laptops */
    for (int i = 0; i < 12; i++) {
        if (!strcmp(name, lexicon_month(i))) return lexicon_month_full(i);
        if (!strcmp(name, lexicon_month_full(i))) return lexicon_month(i);
    }
    for (int i = 0; i < 7; i++) {
        if (!strcmp(name, lexicon_day(i))) return lexicon_day_full(i);
        if (!strcmp(name, lexicon_day_full(i))) return lexicon_day(i);
    }
    size_t n = strlen(name);
    if (n < 4 || n >= BIZ_WORD || name[n - 1] != 's') return name;
    memcpy(buf, name, n);
    buf[n - 1] = 0;
    return buf;
}

/* The next place in s where the word stands; NULL if there is none. May is a month with its capital only. */
static const char *word_at(const char *s, const char *from, const char *word) {
    size_t n     = strlen(word);
    bool   exact = !strcmp(word, "May");
    for (const char *p = from; *p; p++) {
        if ((p == s || edge(p[-1])) && (exact ? !strncmp(p, word, n) : !strncasecmp(p, word, n)) && edge(p[n]))
            return p;
    }
    return NULL;
}

static const char *name_at(const char *s, const char *name) {
    char        buf[BIZ_WORD];
    const char *other = alias(name, buf), *a = word_at(s, s, name), *b = other != name ? word_at(s, s, other) : NULL;
    return !a ? b : !b || a < b ? a : b;
}

static bool any_word(const char *s, const char *const *list) {
    for (; *list; list++)
        if (word_at(s, s, *list)) return true;
    return false;
}

/* ---- the first line */
static long whole_at(const char **p) { /* one run of digits */
    long v = 0;
    for (int n = 0; isdigit((unsigned char)**p); ++*p)
        if (n++ < 15) v = v * 10 + (**p - '0');
    return v;
}

/* Is each number of s[0..n) in the question as often? */
static bool numbers_given(const char *q, const char *s, size_t n) {
    long have[256];
    int  k = 0;
    for (const char *p = q; *p;) {
        if (isdigit((unsigned char)*p) && k < 256) have[k++] = whole_at(&p);
        else p++;
    }
    for (const char *p = s; p < s + n;) {
        if (!isdigit((unsigned char)*p)) {
            p++;
            continue;
        }
        long v = whole_at(&p);
        int  i = 0;
        while (i < k && have[i] != v) i++;
        if (i == k) return false;
        have[i] = -1;
    }
    return true;
}

static bool copy_word(char to[BIZ_WORD], const char *p, const char *end) {
    while (p < end && *p == ' ') p++;
    while (end > p && end[-1] == ' ') end--;
    if (end - p >= BIZ_WORD) return false;
    memcpy(to, p, (size_t)(end - p));
    to[end - p] = 0;
    return true;
}

/* "Jan 12" or "12" */
static bool read_value(biz_field *f, const char *p, const char *end) {
    const char *v = end, *stop;
    while (v > p && v[-1] != ' ') v--;
    if (f->n == BIZ_VALUES || !ratio_read(v, &f->v[f->n], &stop) || stop != end) return false;
    return copy_word(f->name[f->n++], p, v);
}

static bool read_field(biz_facts *f, const char *p, const char *end) {
    const char *colon = memchr(p, ':', (size_t)(end - p));
    if (!colon || f->n == BIZ_FIELDS) return false;
    biz_field *d = &f->f[f->n++];
    d->n         = 0;
    if (!copy_word(d->label, p, colon)) return false;
    for (p = colon + 1; p < end;) {
        const char *comma = p;
        while (comma < end && *comma != ',') comma++;
        const char *from = p;
        while (from < comma && *from == ' ') from++;
        if (!read_value(d, from, comma)) return false;
        p = comma + 1;
    }
    return d->n > 0;
}

static bool cell_is(const char *cell, ratio v) {
    ratio       w;
    const char *end;
    return ratio_read(cell, &w, &end) && !*end && ratio_eq(w, v);
}

static bool row_has(const table *t, int row, const char *word) {
    for (int c = 0; c < t->cols; c++)
        if (!strcasecmp(t->cell[row][c], word)) return true;
    return false;
}

/* The table's column that a label speaks of: "sales", "sales in North", "sales at". */
static int column_of(const table *t, const char *label) {
    char        col[BIZ_WORD];
    const char *in = strstr(label, " in "), *at = strstr(label, " at");
    copy_word(col, label, in ? in : at && !at[3] ? at : label + strlen(label));
    return table_read_col(t, col);
}

/* A field with names against a table: each value in its row and column, and no row of the group left out. */
static bool in_table(const table *t, const biz_field *f) {
    const char *in = strstr(f->label, " in "), *at = strstr(f->label, " at");
    int         c = column_of(t, f->label), rows = 0;
    if (c < 0 && t->cols == 2) c = 1;
    if (c < 0) return false;
    for (int i = 0; i < t->rows; i++) rows += !in || row_has(t, i, in + 4);
    if (rows != f->n && (in || !at || at[3])) return false;
    for (int k = 0; k < f->n; k++) {
        int i = 0;
        while (i < t->rows &&
               !(row_has(t, i, f->name[k]) && (!in || row_has(t, i, in + 4)) && cell_is(t->cell[i][c], f->v[k])))
            i++;
        if (i == t->rows) return false;
    }
    return true;
}

/* The first number of a sentence after p is v. */
static bool number_after(const char *p, ratio v) {
    ratio       w;
    const char *end;
    while (*p && !isdigit((unsigned char)*p)) p++;
    return *p && ratio_read(p, &w, &end) && ratio_eq(w, v);
}

/* "8 laptops" */
static bool number_before(const char *q, const char *p, ratio v) {
    ratio       w;
    const char *end;
    if (p < q + 2 || p[-1] != ' ' || !isdigit((unsigned char)p[-2])) return false;
    for (end = p - 1; end > q && isdigit((unsigned char)end[-1]);) end--;
    return ratio_read(end, &w, &end) && ratio_eq(w, v);
}

/* How often "label 12" stands in the question. */
static int told_times(const char *q, const char *label) {
    int n = 0;
    for (const char *p = q; (p = word_at(q, p, label)); p++) {
        const char *end = p + strlen(label);
        n += end[0] == ' ' && isdigit((unsigned char)end[1]);
    }
    return n;
}

/* No row is left out: as many as the label has numbers or, in a list under one label, all numbers of the question. */
static bool all_told(const char *q, const biz_field *f, bool same_numbers) {
    if (f->n < 2 || strstr(f->label, " at") || strstr(f->label, " in ")) return true;
    int n = told_times(q, f->label);
    return n > 1 ? n == f->n : same_numbers;
}

static bool in_words(const char *q, const biz_field *f) {
    for (int k = 0; k < f->n; k++) {
        bool found = false;
        for (const char *p = q; !found && (p = word_at(q, p, f->name[k])); p++) {
            char        col[BIZ_WORD];
            const char *at = strstr(f->label, " at");
            copy_word(col, f->label, at && !at[3] ? at : f->label + strlen(f->label));
            const char *label = word_at(q, p, col);
            found = (label && number_after(label, f->v[k])) || number_after(p + strlen(f->name[k]), f->v[k]) ||
                    number_before(q, p, f->v[k]);
        }
        if (!found) return false;
    }
    return true;
}

bool biz_read(const problem *p, biz_facts *f, char why[96]) {
    static const char head[] = "Understand: find ";
    const char       *r = p->reasoning.p ? p->reasoning.p : "", *q = p->question.p ? p->question.p : "";
    f->n = 0;
    if (strncmp(r, head, sizeof head - 1))
        return biz_solved(why, "the reasoning does not begin with \"Understand: find\"");
    const char *s = r + sizeof head - 1, *end = s + strcspn(s, "\n"), *stop = memchr(s, ';', (size_t)(end - s));
    if (!stop) stop = end;
    if (!numbers_given(q, s, (size_t)(end - s)))
        return biz_solved(why, "the numbers of the question are not those that were understood");
    if (stop - s >= (long)sizeof f->find) return biz_solved(why, "too long a thing to find");
    memcpy(f->find, s, (size_t)(stop - s));
    f->find[stop - s] = 0;
    while (stop < end) {
        const char *next = memchr(stop + 1, ';', (size_t)(end - stop - 1));
        if (!next) next = end;
        if (!read_field(f, stop + 1, next)) return biz_solved(why, "a field of the first line cannot be read");
        stop = next;
    }
    table t;
    bool  named = false, same = steps_same_numbers(q, strlen(q), r, (size_t)(end - r));
    for (int i = 0; i < f->n; i++) named |= f->f[i].name[0][0] != 0;
    bool tabled = named && table_read(q, &t);
    for (int i = 0; i < f->n; i++) {
        const biz_field *d = &f->f[i];
        if (!d->name[0][0]) continue;
        bool found = tabled && in_table(&t, d);
        if (!found && !(tabled && column_of(&t, d->label) >= 0)) found = in_words(q, d) && all_told(q, d, same);
        if (!found) {
            snprintf(why, 96, "the question does not say so: %.50s", f->f[i].label);
            return false;
        }
    }
    return true;
}

const biz_field *biz_get(const biz_facts *f, const char *label) {
    for (int i = 0; i < f->n; i++) {
        size_t n = strlen(label);
        if (!strncmp(f->f[i].label, label, n) &&
            (!f->f[i].label[n] || !strncmp(f->f[i].label + n, " in ", 4) || !strcmp(f->f[i].label + n, " at")))
            return &f->f[i];
    }
    return NULL;
}

ratio biz_one(const biz_facts *f, const char *label, ratio otherwise) {
    const biz_field *d = biz_get(f, label);
    return d ? d->v[0] : otherwise;
}

ratio biz_calc(ratio a, char op, ratio b) {
    ratio c = {0, 1};
    ratio_op(a, op, b, &c);
    return c;
}

ratio biz_sum(const biz_field *f) {
    ratio s = {0, 1};
    for (int i = 0; f && i < f->n; i++) s = biz_calc(s, '+', f->v[i]);
    return s;
}

void biz_best(str *truth, const biz_field *names, const ratio *v, const char *sense, int places) {
    int pick = 0;
    for (int i = 1; i < names->n; i++) {
        ratio d = biz_calc(v[i], '-', v[pick]);
        if (!strcmp(sense, "most") ? d.p > 0 : d.p < 0) pick = i;
    }
    str_addf(truth, "%s ", names->name[pick]);
    biz_rounded(truth, v[pick], places);
    for (int i = 0; i < names->n; i++) str_addf(truth, "%s%s", i ? ", " : "; ", names->name[i]);
    str_addf(truth, "; %s", sense);
}

void biz_rounded(str *s, ratio v, int places) {
    long long one = 1;
    for (int i = 0; i < places; i++) one *= 10;
    long long n = llabs(v.p) * one, q = (2 * n + v.q) / (2 * v.q);
    decimal   d = {(long)(v.p < 0 ? -q : q), places};
    decimal_put(s, decimal_norm(d));
}

ratio biz_up(ratio v) { return (ratio){v.p <= 0 ? -(-v.p / v.q) : (v.p + v.q - 1) / v.q, 1}; }

/* ---- judging */
/* The answer with no currency sign between a minus and its digits. */
static void bare(str *s, const char *answer) {
    static const char *const sign[] = {"€", "£", "EUR ", "USD ", "GBP "};
    while (*answer) {
        int k = 0;
        while (k < 5 && strncmp(answer, sign[k], strlen(sign[k]))) k++;
        if (k < 5) answer += strlen(sign[k]);
        else str_addc(s, *answer++);
    }
    if (!s->p) str_add(s, "");
}

/* What a value is not, by family, unless the answer names the right thing, too. */
static const struct {
    const char *family, *other, *own;
} things[] = {
    {"profit", "costs|cost|expenses|revenue|sales|turnover|takings|price|fixed costs",
     "profit*|loss*|earning*|surplus|deficit|left"},
    {"break_even", "costs|fixed costs|revenue|profit|price|margin", "break-even*|break even*|units"},
    {"invoice", "tax|vat|discount|shipping|delivery", "total|pay|amount|due"},
    {"payroll", "bonus|overtime|overtime pay|hourly rate|rate|tax|hours", "total|pay|earns|wage*"},
    {"total", "average|mean|median|difference|maximum|highest|lowest|minimum|largest|smallest|best|worst",
     "total|sum|altogether|all"},
    {"growth", "total|sum|average|mean", "change*|growth|increase|decrease"},
    {"share", "total|sum|average|mean|rest|growth", "share*"},
    {"budget", "budget|plan|costs|cost|bill|actual costs|spending", "over|under|above|below|difference|more|less"},
    {"interest", "tax|fee|deposit|principal", "interest|balance|rate|amount"},
    {"commission", "base|base pay|base salary|bonus|threshold", "commission|total|pay|earns"},
    {"forecast", "change|average change|total|sum|growth", "forecast|predict*|expect*"},
    {"segments", "total|sum|share|growth", "per*|average"},
};

/* Amounts, however much percent the question speaks of. */
static bool is_amount(const char *name) {
    static const char *const amount[] = {"forecast", "invoice", "payroll", "total", "break_even", "moving_average"};
    for (size_t i = 0; name && i < sizeof amount / sizeof *amount; i++)
        if (!strcmp(name, amount[i])) return true;
    return false;
}

static bool matches(const problem *p, const char *answer, const char *truth, char why[96]) {
    if (is_amount(p->family) && measure_percent(answer, truth))
        return biz_solved(why, "an amount is asked, not a percentage");
    str  s  = {0};
    bool ok = measure_fits(p->question.p ? p->question.p : "", answer, truth, why);
    bare(&s, answer);
    ok = ok && answer_matches(s.p, truth, why);
    for (size_t i = 0; ok && i < sizeof things / sizeof *things; i++)
        if (p->family && !strcmp(p->family, things[i].family))
            ok = measure_subject(answer, truth, things[i].other, things[i].own, why);
    str_free(&s);
    return ok;
}

bool biz_right(const problem *p, const char *answer, char why[96]) {
    const char *q = p->question.p ? p->question.p : "";
    return !verify_echo(q, answer, why) && matches(p, answer, p->truth.p, why);
}

bool biz_any(const problem *p, const char *answer, char why[96]) {
    return strchr(p->truth.p, ';') ? biz_named(p, answer, why) : biz_signed(p, answer, why);
}

bool biz_signed(const problem *p, const char *answer, char why[96]) {
    static const char *const down[] = {"fell",      "fall",    "falls",    "fallen", "decrease", "decreased", "drop",
                                       "dropped",   "decline", "declined", "loss",   "losses",   "lost",      "lose",
                                       "loses",     "less",    "lower",    "down",   "shrank",   "shrunk",    "reduced",
                                       "reduction", "under",   "below",    "short",  "negative", "minus",     NULL};
    static const char *const up[]   = {"rose",   "rise",  "rises", "risen",   "increase", "increased", "grew",
                                       "grow",   "grown", "gain",  "gained",  "up",       "higher",    "more",
                                       "profit", "over",  "above", "surplus", NULL};
    if (verify_echo(p->question.p ? p->question.p : "", answer, why)) return false;
    bool        neg = p->truth.p[0] == '-', falls = any_word(answer, down), rises = any_word(answer, up);
    const char *truth = p->truth.p;
    if (!neg && falls) return biz_solved(why, "the value is positive, the answer says it fell");
    if (neg && rises && !falls && !strpbrk(answer, "-\xe2"))
        return biz_solved(why, "the value is negative, the answer says it rose");
    if (neg && falls) {
        char again[96];
        if (matches(p, answer, truth + 1, again)) return true;
    }
    return matches(p, answer, truth, why);
}

/* The bold parts of an answer, one a line; empty if there are none. */
static void bold_parts(str *out, const char *s) {
    str_clear(out);
    for (const char *a = s; (a = strstr(a, "**"));) {
        const char *b = strstr(a + 2, "**");
        if (!b) return;
        str_addn(out, a + 2, (size_t)(b - a - 2));
        str_addc(out, '\n');
        a = b + 2;
    }
}

/* How many of the names, "a, b, c", stand in s; *hit: the wanted one does. */
static int names_in(const char *s, const char *names, size_t n, const char *want, bool *hit) {
    int count = 0;
    *hit      = false;
    for (const char *p = names, *end = names + n; p < end;) {
        char        name[BIZ_WORD];
        const char *comma = p;
        while (comma < end && *comma != ',') comma++;
        if (!copy_word(name, p, comma)) return 0;
        if (name_at(s, name)) {
            count++;
            *hit |= !strcmp(name, want);
        }
        p = comma + 1;
    }
    return count;
}

/* All numbers of s are v, and there is one. */
static int numbers_are(const char *s, ratio v) { /* 1 yes, 0 there is none, -1 no */
    int   n = 0;
    ratio w;
    for (const char *p = s, *end; *p; p = end) {
        end = p + 1;
        if (!isdigit((unsigned char)*p) && !(*p == '-' && isdigit((unsigned char)p[1]))) continue;
        if (p > s && isalnum((unsigned char)p[-1])) continue;
        if (!ratio_read(p, &w, &end) || !ratio_eq(w, v)) return -1;
        n++;
    }
    return n > 0;
}

/* "not enough" is no denial of a day on which stock is too small. */
static bool denied(const char *answer) {
    static const char *const no[] = {"not",    "isn't",  "wasn't",  "never",   "neither", "nor",
                                     "unsure", "maybe",  "perhaps", "guess",   "or",      "either",
                                     "wrong",  "cannot", "can't",   "unknown", "unclear", NULL};
    str                      s    = {0};
    const char              *enough;
    for (; (enough = strstr(answer, "not enough")); answer = enough + 4)
        str_addn(&s, answer, (size_t)(enough - answer));
    str_add(&s, answer);
    bool yes = strchr(s.p, '?') || any_word(s.p, no);
    str_free(&s);
    return yes;
}

bool biz_named(const problem *p, const char *answer, char why[96]) {
    static const char *const dear[] = {"dearest", "priciest", "expensive", "worst", "highest", "most", NULL};
    static const char *const low[]  = {"worst",   "lowest", "least",  "smallest", "weakest", "poorest",
                                       "minimum", "fewest", "bottom", "slowest",  "dearest", NULL};
    static const char *const high[] = {"best",    "highest", "most",     "largest", "strongest", "maximum",
                                       "biggest", "top",     "greatest", "fastest", NULL};
    const char              *t = p->truth.p, *semi = strchr(t, ';'), *sense = semi ? strchr(semi + 1, ';') : NULL;
    char                     want[BIZ_WORD];
    ratio                    v    = {0, 1};
    str                      bold = {0};
    bool                     hit = false, ok = false, number = false;
    if (verify_echo(p->question.p ? p->question.p : "", answer, why)) return false;
    if (!semi || !sense) return biz_solved(why, "the truth is not a name among names");
    const char *space = semi, *end;
    while (space > t && space[-1] != ' ') space--;
    number = space > t && ratio_read(space, &v, &end) && end == semi;
    if (!copy_word(want, t, number ? space : semi)) return biz_solved(why, "too long a name");
    bold_parts(&bold, answer);
    const char *where = answer;
    size_t      n     = (size_t)(sense - semi - 1);
    if (bold.len && names_in(bold.p, semi + 1, n, want, &hit)) where = bold.p;
    if (names_in(where, semi + 1, n, want, &hit) != 1 || !hit) snprintf(why, 96, "expected %.40s and no other", want);
    else if (denied(answer)) biz_solved(why, "it is denied, asked or left open");
    else if (any_word(answer, strstr(sense, "most") ? low : strstr(sense, "least") ? high : dear))
        biz_solved(why, "the answer speaks of the opposite");
    else {
        int got = bold.len ? numbers_are(bold.p, v) : 0;
        if (!got) got = numbers_are(answer, v);
        ok = !number || got == 1;
        if (!ok) snprintf(why, 96, "expected %.*s with %.40s", (int)(semi - space), space, want);
    }
    str_free(&bold);
    return ok;
}

/* The numbers of s in their order; -1 if there are too many. */
static int numbers_of(const char *s, ratio *v, int max) {
    int n = 0;
    for (const char *q = s, *end; *q; q = end) {
        end = q + 1;
        if (!isdigit((unsigned char)*q) && !(*q == '-' && isdigit((unsigned char)q[1]))) continue;
        if (q > s && isalnum((unsigned char)q[-1])) continue;
        if (n == max || !ratio_read(q, &v[n++], &end)) return -1;
    }
    return n;
}

bool biz_numbers(const problem *p, const char *answer, char why[96]) {
    ratio want[BIZ_VALUES], got[BIZ_VALUES];
    str   bold = {0};
    if (verify_echo(p->question.p ? p->question.p : "", answer, why)) return false;
    bold_parts(&bold, answer);
    int  n = numbers_of(p->truth.p, want, BIZ_VALUES), k = numbers_of(bold.len ? bold.p : answer, got, BIZ_VALUES);
    bool same = n == k;
    for (int i = 0; same && i < n; i++) same = ratio_eq(want[i], got[i]);
    str_free(&bold);
    if (!same) snprintf(why, 96, "expected %.80s", p->truth.p);
    else if (denied(answer)) return biz_solved(why, "it is denied, asked or left open");
    return same;
}
