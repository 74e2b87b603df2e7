#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "data/census_impl.h"
#include "data/words.h"

enum { TOP_WORDS = 40, FEW = 3 };

census *census_new(void) {
    census *c = mem_calloc(1, sizeof *c);
    c->word   = mem_calloc((size_t)1 << WORD_BITS, sizeof *c->word);
    return c;
}

void census_free(census *c) {
    if (!c) return;
    mem_free(c->word);
    mem_free(c);
}

long census_rows(const census *c) { return c->rows; }

static census_group *group_of(census *c, const char *name, const char *field) {
    for (int i = 0; i < c->n_group; i++)
        if (!strncmp(c->group[i].name, name, sizeof c->group[i].name - 1)) return &c->group[i];
    if (c->n_group == CENSUS_GROUPS) return &c->group[CENSUS_GROUPS - 1];
    census_group *g = &c->group[c->n_group++];
    snprintf(g->name, sizeof g->name, "%s", name);
    snprintf(g->field, sizeof g->field, "%s", field ? field : "text");
    return g;
}

static void note_word(census *c, const word *w, const char *text) {
    size_t mask = ((size_t)1 << WORD_BITS) - 1, i = (size_t)w->hash & mask;
    c->words++;
    for (; c->word[i].hash; i = (i + 1) & mask)
        if (c->word[i].hash == w->hash) {
            c->word[i].n++;
            return;
        }
    if (c->distinct >= (long)mask / 4 * 3) { /* nearly full: look-ups would get slow */
        c->beyond++;
        return;
    }
    census_word *x = &c->word[i];
    c->distinct++;
    x->hash = w->hash;
    x->n    = 1;
    for (size_t k = 0; k < w->len && k + 1 < WORD_TEXT; k++) x->text[k] = (char)tolower((unsigned char)text[k]);
}

void census_row(census *c, const char *name, const char *field, const problem *p) {
    census_group *g    = group_of(c, name, field);
    census_cell  *cell = &g->level[p->level > 0 && p->level <= CENSUS_LEVELS ? p->level : 0];
    size_t        all  = p->question.len + p->reasoning.len + p->answer.len;
    size_t        bin  = all / LENGTH_STEP;
    word_scan     s    = {p->question.p ? p->question.p : "", p->question.len, 0};
    word          w;
    c->rows++;
    g->rows++;
    cell->n++;
    cell->question += (double)p->question.len;
    cell->reasoning += (double)p->reasoning.len;
    cell->answer += (double)p->answer.len;
    cell->slips += p->slip_to > p->slip_from || (p->reasoning.p && strstr(p->reasoning.p, ", wrong\n"));
    if (all > cell->longest) cell->longest = all;
    c->length[bin < LENGTH_BINS ? bin : LENGTH_BINS - 1]++;
    while (words_next(&s, &w)) {
        if (w.kind == WORD_WORD) note_word(c, &w, s.p + w.from);
        else if (w.kind == WORD_NUMBER) c->numbers++;
        else c->symbols++;
    }
}

static int by_field(const void *a, const void *b) {
    const census_group *x = *(const census_group *const *)a, *y = *(const census_group *const *)b;
    int                 f = strcmp(x->field, y->field);
    return f ? f : strcmp(x->name, y->name);
}

void census_order(const census *c, const census_group **out) {
    for (int i = 0; i < c->n_group; i++) out[i] = &c->group[i];
    qsort(out, (size_t)c->n_group, sizeof *out, by_field);
}

static int by_count(const void *a, const void *b) {
    const census_word *x = a, *y = b;
    if (x->n != y->n) return x->n < y->n ? 1 : -1;
    return strcmp(x->text, y->text);
}

static void add_cell(census_cell *to, const census_cell *x) {
    to->n += x->n;
    to->slips += x->slips;
    to->question += x->question;
    to->reasoning += x->reasoning;
    to->answer += x->answer;
    if (x->longest > to->longest) to->longest = x->longest;
}

static void report_cell(str *out, const char *name, const char *level, const census_cell *b) {
    double n = b->n ? (double)b->n : 1;
    str_addf(out, "%-20.20s %5s %8ld %9.1f %10.1f %7.1f %8zu %6ld\n", name, level, b->n, b->question / n,
             b->reasoning / n, b->answer / n, b->longest, b->slips);
}

/* A line a family; of few families, a line a level. */
static void report_groups(const census *c, str *out) {
    const census_group *g[CENSUS_GROUPS];
    bool                each = c->n_group <= FEW;
    census_order(c, g);
    str_addf(out, "%-20s %5s %8s %9s %10s %7s %8s %6s\n", "family", each ? "level" : "", "rows", "question",
             "reasoning", "answer", "longest", "slips");
    for (int i = 0; i < c->n_group; i++) {
        census_cell all = {0};
        for (int l = 0; l <= CENSUS_LEVELS; l++) {
            char level[8] = "";
            if (l) snprintf(level, sizeof level, "%d", l);
            if (each && g[i]->level[l].n) report_cell(out, g[i]->name, level, &g[i]->level[l]);
            add_cell(&all, &g[i]->level[l]);
        }
        if (!each) report_cell(out, g[i]->name, "", &all);
    }
}

static void bar(str *out, long n, long max) {
    long k = max ? n * 40 / max : 0;
    for (long i = 0; i < k; i++) str_addc(out, '#');
    if (n && !k) str_addc(out, '.');
    str_addc(out, '\n');
}

static void report_histograms(const census *c, str *out) {
    long by_level[CENSUS_LEVELS + 1] = {0}, max = 0;
    for (int i = 0; i < c->n_group; i++)
        for (int l = 0; l <= CENSUS_LEVELS; l++) by_level[l] += c->group[i].level[l].n;
    for (int l = 0; l <= CENSUS_LEVELS; l++) max = by_level[l] > max ? by_level[l] : max;
    str_add(out, "\nlevel       rows\n");
    for (int l = 0; l <= CENSUS_LEVELS; l++) {
        if (!by_level[l]) continue;
        if (l) str_addf(out, "%5d %10ld  ", l, by_level[l]);
        else str_addf(out, "%5s %10ld  ", "none", by_level[l]);
        bar(out, by_level[l], max);
    }
    str_add(out, "\nbytes       rows\n");
    max = 0;
    for (int i = 0; i < LENGTH_BINS; i++) max = c->length[i] > max ? c->length[i] : max;
    for (int i = 0; i < LENGTH_BINS; i++) {
        if (!c->length[i]) continue;
        str_addf(out, "%5d %10ld  ", i * LENGTH_STEP, c->length[i]);
        bar(out, c->length[i], max);
    }
}

static void report_words(const census *c, str *out) {
    size_t       n = 0;
    census_word *v = mem_alloc(((size_t)c->distinct + 1) * sizeof *v);
    for (size_t i = 0; i < (size_t)1 << WORD_BITS; i++)
        if (c->word[i].hash) v[n++] = c->word[i];
    if (n) qsort(v, n, sizeof *v, by_count);
    str_addf(out, "\nquestions hold %ld words (%ld different%s), %ld numbers, %ld symbols", c->words, c->distinct,
             c->beyond ? " and more" : "", c->numbers, c->symbols);
    size_t col = 80;
    for (size_t i = 0; i < n && i < TOP_WORDS; i++) {
        char one[64];
        int  k = snprintf(one, sizeof one, " %s %ld", v[i].text, v[i].n);
        if (col + (size_t)k > 78) {
            str_add(out, "\n ");
            col = 1;
        }
        str_add(out, one);
        col += (size_t)k;
    }
    str_addc(out, '\n');
    mem_free(v);
}

void census_report(const census *c, str *out) {
    report_groups(c, out);
    report_histograms(c, out);
    report_words(c, out);
}
