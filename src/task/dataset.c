/* dataset.c -- see dataset.h. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "task/dataset.h"
#include "task/lexicon.h"
#include "task/table_read.h"

static bool chance(rng *r, int percent) { return (int)rng_below(r, 100) < percent; }

void dataset_free(dataset *d) { str_free(&d->text); }

long dataset_value(rng *r, const variable *v) { return rng_range(r, v->lo, v->hi); }

/* ---- the data as they are pasted */
static const variable decoys[] = {{"batch", "", 1, 9},       {"week", "", 1, 52},        {"room", "", 1, 40},
                                  {"humidity", "%", 20, 95}, {"notes taken", "", 1, 30}, {"box", "", 1, 60}};
enum { DECOYS = sizeof decoys / sizeof *decoys };

static void header(char out[TABLE_CELL], const variable *v, int style) {
    if (style == 2 && v->unit[0] && strlen(v->name) <= 16 && strlen(v->unit) <= 10)
        snprintf(out, TABLE_CELL, "%.16s (%.10s)", v->name, v->unit);
    else snprintf(out, TABLE_CELL, "%.31s", v->name);
    for (char *c = out; style == 1 && *c; c++)
        if (*c == ' ') *c = '_';
}

static void number_text(char out[TABLE_CELL], long v, int places) {
    str s = {0};
    listwork_num(&s, v, places);
    snprintf(out, TABLE_CELL, "%s", s.p);
    str_free(&s);
}

typedef struct column {
    int             wanted; /* which of the dataset's; -1: it does not matter */
    const variable *var;
} column;

static bool has_var(const column *c, int n, const variable *v) {
    for (int i = 0; i < n; i++)
        if (!strcmp(c[i].var->name, v->name)) return true;
    return false;
}

/* The columns in the order of the text: the wanted ones and up to `extra` others among them. */
static int order(column *c, rng *r, const dataset *d, int extra) {
    int n = 0;
    for (int i = 0; i < d->cols; i++) c[n++] = (column){i, d->var[i]};
    for (int tries = 0; extra > 0 && tries < 20; tries++) {
        const variable *v =
            chance(r, 70) ? study_var(d->s, (int)rng_below(r, STUDY_VARIABLES)) : &decoys[rng_below(r, DECOYS)];
        if (has_var(c, n, v)) continue;
        c[n++] = (column){-1, v};
        extra--;
    }
    for (int i = n - 1; i > 0; i--) {
        int    k = (int)rng_below(r, (uint64_t)i + 1);
        column x = c[i];
        c[i]     = c[k];
        c[k]     = x;
    }
    return n;
}

/* Does rng's choice of a column that does not matter look like the wanted ones? Its values are drawn here. */
static void fill(table *t, rng *r, const dataset *d, const column *c, int cols, int style, bool labels) {
    char head[TABLE_CELL];
    if (labels && d->time)
        table_col(t, d->row[0][0] == 'M'   ? "day"
                     : d->row[0][0] == 'J' ? "month"
                     : d->row[0][0] == '2' ? "year"
                                           : "when");
    else if (labels) table_col(t, chance(r, 70) ? d->s->one : chance(r, 50) ? "name" : "id");
    for (int k = 0; k < cols; k++) {
        header(head, c[k].var, style);
        table_col(t, head);
    }
    for (int i = 0; i < d->n; i++) {
        table_row(t, labels ? d->row[i] : "");
        for (int k = 0; k < cols; k++) {
            char num[TABLE_CELL];
            int  w = c[k].wanted;
            if (w >= 0) number_text(num, d->v[w].v[i], d->v[w].places);
            else number_text(num, dataset_value(r, c[k].var), 0);
            table_text(t, i, k + labels, num);
        }
    }
}

static void plain_list(str *out, rng *r, const numlist *l, const char *gap, bool last_and) {
    (void)r;
    for (int i = 0; i < l->n; i++) {
        if (i) str_add(out, last_and && i == l->n - 1 ? " and " : gap);
        listwork_num(out, l->v[i], l->places);
    }
}

static void paste_list(dataset *d, rng *r) {
    static const char *const gap[] = {", ", ", ", ", ", ", ", ",", " ", "; "};
    d->named = d->labelled = d->block = false;
    const char *g                     = gap[rng_below(r, sizeof gap / sizeof *gap)];
    plain_list(&d->text, r, &d->v[0], g, g[0] == ',' && chance(r, 30));
}

/* "light: 3, 5, 8" on lines of their own */
static void paste_named(dataset *d, rng *r, const column *c, int cols, int style) {
    d->named = d->block = true;
    d->labelled         = false;
    for (int k = 0; k < cols; k++) {
        char    head[TABLE_CELL];
        numlist v = {.n = d->n};
        header(head, c[k].var, style);
        for (int i = 0; i < d->n; i++) v.v[i] = dataset_value(r, c[k].var);
        if (k) str_addc(&d->text, '\n');
        str_addf(&d->text, "%s: ", head);
        listwork_put(&d->text, c[k].wanted >= 0 ? &d->v[c[k].wanted] : &v);
    }
}

/* Days, months, years, "week 3": what follows one another. */
static void time_rows(dataset *d, rng *r) {
    int kind = (int)rng_below(r, 4), year = rng_range(r, 2005, 2014);
    if ((kind == 0 && d->n > 7) || (kind == 1 && d->n > 12)) kind = 3;
    for (int i = 0; i < d->n; i++) {
        if (kind < 2) snprintf(d->row[i], TABLE_CELL, "%s", kind ? lexicon_month(i) : lexicon_day(i));
        else snprintf(d->row[i], TABLE_CELL, kind == 2 ? "%d" : "week %d", kind == 2 ? year + i : i + 1);
    }
}

void dataset_paste(dataset *d, rng *r, int level) {
    column     c[TABLE_COLS];
    table_form form  = table_form_draw(r);
    int        extra = level < 6 ? 0 : rng_range(r, 1, level < 8 ? 2 : 3);
    if (d->cols + extra > TABLE_COLS - 1) extra = TABLE_COLS - 1 - d->cols;
    if (d->n > TABLE_ROWS) extra = 0;
    int style = form >= TABLE_LINES ? (int)rng_below(r, 2) : (int)rng_below(r, 3);
    int cols  = order(c, r, d, extra);
    int lists = level < 3 ? (d->cols == 1 ? 60 : 40) : 18;
    str_clear(&d->text);
    if (d->time) time_rows(d, r);
    else study_rows(r, d->s, d->n, d->row);
    if (chance(r, lists)) {
        if (d->cols == 1 && (level < 6 || chance(r, 50)) && chance(r, 70)) paste_list(d, r);
        else paste_named(d, r, c, cols, style);
    } else {
        table t = {0};
        if (level < 3 && d->cols == 1) form = chance(r, 50) ? TABLE_LINES : TABLE_INLINE;
        d->labelled = form >= TABLE_LINES || cols == 1 || chance(r, 75);
        fill(&t, r, d, c, cols, style, d->labelled);
        d->named = form < TABLE_LINES || t.cols > 2;
        d->block = form != TABLE_INLINE;
        table_put(&d->text, &t, form);
    }
    for (int k = 0; k < d->cols; k++) {
        if (d->named) header(d->head[k], d->var[k], style);
        else d->head[k][0] = 0;
    }
}

/* ---- the question */
void dataset_what(str *out, rng *r, const dataset *d, int col) {
    const word_slot slot[] = {{"v", d->var[col]->name}, {"h", d->head[col]}, {"many", d->s->many}, {0}};
    if (d->named)
        wording_put(out, r,
                    "{<v>|<v>|the <v>|the <v> {values|figures|numbers|measurements}|the <h> column|<h>|<v> {of|for} "
                    "the <many>|the column <h>}",
                    slot);
    else
        wording_put(out, r,
                    "{these {numbers|values|figures|measurements|data|results}|the {numbers|values|figures|data}|the "
                    "<v> {values|figures|measurements}|these <v> {values|measurements|figures}}",
                    slot);
}

static const char intro[] =
    "{{Here are|These are|Look at|See|I have} {my|the|our|some|these} "
    "{data|measurements|results|figures|numbers|observations}[ from {a|my|our|one} {small |}{study|experiment|survey|"
    "project|investigation} {on|of|about} <many>]|{I|We|Our class|Our group|My sister|A colleague} "
    "{measured|recorded|noted|collected|looked at|wrote down} <all> {for|of} {some|several|<n>} <many>|{My|Our|The} "
    "{notebook|data sheet|log|report|lab book|file} {says|shows|has|contains} {this|the following}|{Data|Results|"
    "Measurements|Observations|Study notes}[ from {a|one|my} {study|survey|trial} of <many>]|From {a|my|our} "
    "{study|experiment|field trip|school project|lab book|report} {on|about} <many>}";

/* "growth and light", "growth, light and water" */
static void all_names(str *out, const dataset *d) {
    for (int k = 0; k < d->cols; k++) {
        if (k) str_add(out, k == d->cols - 1 ? " and " : ", ");
        str_add(out, d->var[k]->name);
    }
}

enum { SLOTS = 24 };

static int own_slots(word_slot *s, const dataset *d, const char *what, const char *all, const char *n,
                     const word_slot *more) {
    static const char *const name[] = {"c0", "c1", "c2", "c3", "c4"};
    int                      k      = 0;
    s[k++]                          = (word_slot){"what", what};
    s[k++]                          = (word_slot){"all", all};
    s[k++]                          = (word_slot){"n", n};
    s[k++]                          = (word_slot){"one", d->s->one};
    s[k++]                          = (word_slot){"many", d->s->many};
    for (int c = 0; c < d->cols; c++) s[k++] = (word_slot){name[c], d->var[c]->name};
    for (; more && more->name && k < SLOTS - 1; more++) s[k++] = *more;
    s[k] = (word_slot){0};
    return k;
}

static void lower(str *s) {
    for (size_t i = 0; i < s->len; i++) s->p[i] = (char)tolower((unsigned char)s->p[i]);
}

void dataset_ask(problem *p, rng *r, const dataset *d, const char *pattern, const word_slot *slots) {
    str       what = {0}, all = {0}, *q = &p->question;
    char      n[16];
    word_slot s[SLOTS];
    bool      list = !d->named && !d->labelled;
    bool      in   = list && strstr(pattern, "<what>") && chance(r, 45);
    if (in) {
        if (chance(r, 30)) str_add(&what, chance(r, 50) ? "these numbers: " : "the numbers ");
        str_addn(&what, d->text.p, d->text.len);
    } else {
        dataset_what(&what, r, d, 0);
    }
    all_names(&all, d);
    snprintf(n, sizeof n, "%d", d->n);
    own_slots(s, d, what.p, all.p, n, slots);
    if (in) {
        wording_ask(q, r, pattern, s);
    } else if (chance(r, 45)) { /* the question, then the data */
        wording_ask(q, r, pattern, s);
        if (d->block) str_add(q, chance(r, 80) ? "\n" : "\n\n");
        else
            str_add(q, chance(r, 40)                     ? "\n"
                       : !strchr("?.", q->p[q->len - 1]) ? ": "
                       : chance(r, 50)                   ? " Data: "
                                                         : "\nvalues: ");
        str_addn(q, d->text.p, d->text.len);
    } else {
        str head = {0}, ask = {0};
        wording_put(&head, r, intro, s);
        if (chance(r, 45)) lower(&head);
        else head.p[0] = (char)toupper((unsigned char)head.p[0]);
        str_addn(q, head.p, head.len);
        str_add(q, d->block ? (chance(r, 75) ? ":\n" : ":\n\n") : chance(r, 70) ? ": " : ":\n");
        str_addn(q, d->text.p, d->text.len);
        str_add(q, d->block ? (chance(r, 75) ? "\n" : "\n\n") : chance(r, 60) ? ". " : "\n");
        wording_ask(&ask, r, pattern, s);
        str_addn(q, ask.p, ask.len);
        str_free(&head);
        str_free(&ask);
    }
    str_free(&what);
    str_free(&all);
}

void dataset_understand(str *out, const dataset *d) {
    for (int k = 0; k < d->cols; k++) {
        if (k) str_add(out, "; ");
        if (d->named) str_addf(out, "%s: ", d->head[k]);
        listwork_put(out, &d->v[k]);
    }
}

/* ---- read again */
static bool fault(char why[96], const char *fmt, const char *a) {
    snprintf(why, 96, fmt, a);
    return false;
}

/* Lower case, _ as a space, without a unit in brackets. */
static void plain(str *out, const char *s, size_t n) {
    for (size_t i = 0; i < n; i++) str_addc(out, s[i] == '_' ? ' ' : (char)tolower((unsigned char)s[i]));
    if (!out->p) str_add(out, "");
}

/* The same word, letters swapped inside allowed: people type "avearge". */
static bool same_word(const char *a, const char *b, size_t n) {
    if (a[0] != b[0] || a[n - 1] != b[n - 1]) return false;
    if (!memcmp(a, b, n)) return true;
    int sum = 0, count[256];
    for (size_t i = 0; i < n; i++) sum += (unsigned char)a[i] - (unsigned char)b[i];
    if (sum) return false; /* nearly always */
    memset(count, 0, sizeof count);
    for (size_t i = 0; i < n; i++) count[(unsigned char)a[i]]++, count[(unsigned char)b[i]]--;
    for (size_t i = 0; i < 256; i++)
        if (count[i]) return false;
    return isalpha((unsigned char)a[0]) && !memchr(a, '\n', n);
}

/* Words w[0..n) in plain text t[0..m), a double space as one. */
static bool stands(const char *t, size_t m, const char *w, size_t n) {
    for (size_t i = 0; i < m; i++) {
        size_t k = i, j = 0;
        while (j < n) {
            size_t word = j;
            while (word < n && w[word] != ' ') word++;
            if (k + (word - j) > m || (word > j && !same_word(t + k, w + j, word - j))) break;
            k += word - j;
            j = word;
            if (j == n) break;
            if (k >= m || t[k] != ' ') break;
            while (k < m && t[k] == ' ') k++;
            j++;
        }
        if (j == n) return true;
    }
    return false;
}

static bool says(const char *text, size_t from, size_t to, const char *word, size_t n) {
    str  t = {0}, w = {0};
    bool found;
    plain(&t, text, from);
    str_addc(&t, '\n');
    plain(&t, text + to, strlen(text) - to);
    plain(&w, word, n);
    found = stands(t.p, t.len, w.p, w.len);
    str_free(&t);
    str_free(&w);
    return found;
}

bool dataset_says(const problem *p, const char *words) {
    const char *q = p->question.p ? p->question.p : "";
    for (const char *w = words; *w;) {
        size_t n = strcspn(w, "|");
        if (says(q, 0, 0, w, n)) return true;
        w += n + (w[n] == '|');
    }
    return false;
}

static bool same(const numlist *a, const numlist *b) {
    if (a->n != b->n || a->places != b->places) return false;
    return !memcmp(a->v, b->v, (size_t)a->n * sizeof *a->v);
}

typedef struct source {
    const char *q;
    table       t;
    size_t      from, to;
    bool        is_table;
    int         numeric; /* columns of numbers */
} source;

static source source_of(const problem *p) {
    source s   = {.q = p->question.p ? p->question.p : ""};
    s.is_table = table_read_at(s.q, &s.t, &s.from, &s.to);
    numlist v;
    for (int c = 0; s.is_table && c < s.t.cols; c++) s.numeric += table_read_column(&s.t, c, &v);
    return s;
}

static bool column_is(const source *s, const char *name, const numlist *v, int wanted, char why[96]) {
    numlist had;
    if (!s->is_table) return fault(why, "the question has no column %.60s", name);
    for (int c = 0; c < s->t.cols; c++) {
        if (strcmp(s->t.name[c], name)) continue;
        if (!table_read_column(&s->t, c, &had) || !same(&had, v))
            return fault(why, "other numbers than the column %.50s has", name);
        size_t n = strcspn(name, "(");
        while (n && name[n - 1] == ' ') n--;
        return s->numeric <= wanted || says(s->q, s->from, s->to, name, n) ||
               fault(why, "the question does not ask about %.60s", name);
    }
    return fault(why, "the question has no column %.60s", name);
}

static bool list_is(const source *s, const numlist *v, char why[96]) {
    numlist had;
    size_t  from, to;
    if (s->is_table && s->t.cols == 2 && !s->t.name[1][0] && table_read_column(&s->t, 1, &had) && same(&had, v))
        return true;
    if (table_read_list(s->q, &had, &from, &to) && same(&had, v)) return true;
    return fault(why, "%s", "the numbers understood are not those of the question");
}

int dataset_understood(const problem *p, const char *head, int max, numlist *v, char (*name)[TABLE_CELL],
                       char why[96]) {
    static const char start[] = "Understand: ";
    const char       *u       = p->reasoning.p ? p->reasoning.p : "";
    size_t            h       = strlen(head);
    int               n       = 0;
    if (strncmp(u, start, sizeof start - 1) || strncmp(u + sizeof start - 1, head, h))
        return fault(why, "the reasoning does not begin with \"Understand: %.40s\"", head);
    u += sizeof start - 1 + h;
    const char *end = u + strcspn(u, "\n");
    source      s   = source_of(p);
    while (u < end) {
        if (n == max) return fault(why, "%s", "more columns than can be");
        const char *stop = memchr(u, ';', (size_t)(end - u)), *colon;
        if (!stop) stop = end;
        colon            = memchr(u, ':', (size_t)(stop - u));
        name[n][0]       = 0;
        const char *list = colon ? colon + 2 : u;
        if (colon) snprintf(name[n], TABLE_CELL, "%.*s", (int)(colon - u), u);
        if (list >= stop || !table_read_numbers(list, (size_t)(stop - list), &v[n]))
            return fault(why, "%s", "no list of numbers is understood");
        n++;
        u = stop + (stop < end ? 2 : 0);
    }
    if (!n) return fault(why, "%s", "no numbers are understood");
    for (int i = 0; i < n; i++)
        if (!(name[i][0] ? column_is(&s, name[i], &v[i], n, why) : list_is(&s, &v[i], why))) return 0;
    return n;
}
