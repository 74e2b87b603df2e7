/* table_read.c -- see table_read.h. The text is cut into lines. A header is a line whose cells hold no number, right
 * above a line of as many cells with a number in it; which separator makes them tells the form. What has no header
 * (Jan: 120, or all on one line) is read item by item. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "task/table_read.h"

enum { LINES = 96 };
typedef struct piece {
    const char *p;
    size_t      n;
} piece;
typedef struct lines {
    piece l[LINES];
    int   n;
} lines;
typedef struct cells {
    piece c[TABLE_COLS];
    int   n;
} cells;

static piece trimmed(piece s) {
    while (s.n && (*s.p == ' ' || *s.p == '\r')) s.p++, s.n--;
    while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\r')) s.n--;
    return s;
}

/* A number and nothing else: [-]digits[.digits]; its value times 10^places. */
static bool number(piece s, long *v, int *places) {
    bool neg = false, any = false;
    *v      = 0;
    *places = 0;
    if (s.n && *s.p == '-') neg = true, s.p++, s.n--;
    else if (s.n > 3 && !memcmp(s.p, "\xe2\x88\x92", 3)) neg = true, s.p += 3, s.n -= 3;
    if (!s.n || s.n > 12) return false;
    for (size_t i = 0; i < s.n; i++) {
        if (isdigit((unsigned char)s.p[i])) {
            *v = *v * 10 + (s.p[i] - '0');
            *places += any;
        } else if (s.p[i] == '.' && !any && i && i + 1 < s.n) {
            any = true;
        } else {
            return false;
        }
    }
    if (neg) *v = -*v;
    return true;
}

static bool is_number(piece s) {
    long v;
    int  places;
    return number(s, &v, &places);
}

static void cut_lines(const char *text, lines *l) {
    l->n = 0;
    for (const char *p = text; *p && l->n < LINES;) {
        size_t n     = strcspn(p, "\n");
        l->l[l->n++] = (piece){p, n};
        p += n + (p[n] == '\n');
    }
}

/* ---- cells between separators: one of | TAB , or two spaces ('_') */
static bool take_cell(cells *c, const char *p, const char *end) {
    piece s = trimmed((piece){p, (size_t)(end - p)});
    if (c->n == TABLE_COLS || !s.n || s.n >= TABLE_CELL) return false;
    c->c[c->n++] = s;
    return true;
}

static bool split(piece line, char sep, cells *c) {
    const char *p = line.p, *end = line.p + line.n;
    c->n = 0;
    if (sep == '|') {
        piece t = trimmed(line);
        if (t.n < 5 || *t.p != '|' || t.p[t.n - 1] != '|') return false;
        p   = t.p + 1;
        end = t.p + t.n - 1;
    }
    if (sep != '_' && !memchr(p, sep, (size_t)(end - p))) return false;
    for (;;) {
        const char *q = p;
        while (q < end && !(sep == '_' ? *q == ' ' && q + 1 < end && q[1] == ' ' : *q == sep)) q++;
        if (sep == ',' && q < end && q + 1 < end && q[1] == ' ') return false; /* a sentence */
        if (!take_cell(c, p, q)) return false;
        if (q == end) return c->n >= 2;
        p = q + 1;
        while (sep == '_' && p < end && *p == ' ') p++;
        if (sep == '_' && p == end) return c->n >= 2;
    }
}

static int numbers_in(const cells *c) {
    int n = 0;
    for (int i = 0; i < c->n; i++) n += is_number(c->c[i]);
    return n;
}

static bool is_rule(piece line) {
    for (size_t i = 0; i < line.n; i++)
        if (!strchr("|-: ", line.p[i])) return false;
    return line.n > 2;
}

static void keep(char to[TABLE_CELL], piece s) {
    size_t n = s.n < TABLE_CELL ? s.n : TABLE_CELL - 1;
    memcpy(to, s.p, n);
    to[n] = 0;
}

static bool read_separated(const lines *l, char sep, table *t, int *first, int *last) {
    cells head, row;
    for (int i = 1; i < l->n; i++) {
        int h = sep == '|' && i >= 2 && is_rule(l->l[i - 1]) ? i - 2 : i - 1;
        if (!split(l->l[i], sep, &row) || is_rule(l->l[i]) || !numbers_in(&row) || !split(l->l[h], sep, &head) ||
            head.n != row.n || numbers_in(&head))
            continue;
        *t     = (table){.cols = head.n};
        *first = h;
        for (int c = 0; c < head.n; c++) keep(t->name[c], head.c[c]);
        for (; i < l->n && t->rows < TABLE_ROWS && split(l->l[i], sep, &row) && row.n == head.n && numbers_in(&row);
             i++) {
            for (int c = 0; c < row.n; c++) keep(t->cell[t->rows][c], row.c[c]);
            t->rows++;
            *last = i;
        }
        return true;
    }
    return false;
}

/* ---- items: "Jan: sales 120, cost 80", "Jan: 120", "Jan (sales 120, cost 80)", "Jan 120" */
/* A list of bare numbers with commas, all of s. */
static bool bare_numbers(piece s, numlist *out) {
    *out = (numlist){.n = 0};
    for (const char *p = s.p, *end = s.p + s.n; p < end;) {
        const char *q = p;
        while (q < end && *q != ',') q++;
        long v;
        int  places;
        if (out->n == LIST_MAX || !number(trimmed((piece){p, (size_t)(q - p)}), &v, &places)) return false;
        while (places > out->places) { /* the others get as many */
            for (int i = 0; i < out->n; i++) out->v[i] *= 10;
            out->places++;
        }
        for (; places < out->places; places++) v *= 10;
        out->v[out->n++] = v;
        p                = q + (q < end);
    }
    return out->n > 0;
}

bool table_read_numbers(const char *s, size_t n, numlist *out) { return bare_numbers((piece){s, n}, out); }

/* "sales 120, cost 80" into row i; the first row gives the names, the others must have the same. */
static bool read_pairs(table *t, int row, piece s) {
    int         col = 1;
    const char *end = s.p + s.n;
    for (const char *p = s.p; p < end; col++) {
        const char *q = p;
        while (q < end && *q != ',') q++;
        piece  item = trimmed((piece){p, (size_t)(q - p)});
        size_t sp   = item.n;
        while (sp && item.p[sp - 1] != ' ') sp--;
        piece name = trimmed((piece){item.p, sp}), value = {item.p + sp, item.n - sp};
        char  had[TABLE_CELL];
        if (col == TABLE_COLS || !name.n || name.n >= TABLE_CELL || !value.n || value.n >= TABLE_CELL) return false;
        keep(had, name);
        if (row == 0) memcpy(t->name[col], had, TABLE_CELL), t->cols = col + 1;
        else if (col >= t->cols || strcmp(had, t->name[col])) return false;
        keep(t->cell[row][col], value);
        p = q + (q < end);
    }
    return col == t->cols && col > 1;
}

static bool read_lines(const lines *l, table *t, int *first, int *last) {
    for (int i = 0; i < l->n; i++) {
        *t = (table){.cols = 0};
        for (int k = i; k < l->n && t->rows < TABLE_ROWS; k++) {
            const char *colon = memchr(l->l[k].p, ':', l->l[k].n);
            if (!colon || colon == l->l[k].p || colon - l->l[k].p >= TABLE_CELL) break;
            piece label = {l->l[k].p, (size_t)(colon - l->l[k].p)};
            piece rest  = trimmed((piece){colon + 1, l->l[k].n - label.n - 1});
            bool  one   = is_number(rest);
            if (one && t->rows && t->cols != 2) break;
            if (one) {
                t->cols = 2;
                keep(t->cell[t->rows][1], rest);
            } else if (!read_pairs(t, t->rows, rest)) {
                break;
            }
            keep(t->cell[t->rows++][0], label);
            *last = k;
        }
        *first = i;
        if (t->rows >= 2) return true;
    }
    return false;
}

/* "light: 3, 5, 8" on lines of their own */
static bool read_named(const lines *l, table *t, int *first, int *last) {
    numlist v;
    for (int i = 0; i < l->n; i++) {
        *t = (table){.cols = 1};
        for (int k = i; k < l->n && t->cols < TABLE_COLS; k++) {
            piece       s     = l->l[k];
            const char *colon = memchr(s.p, ':', s.n), *p = colon ? colon + 1 : s.p, *end = s.p + s.n;
            if (!colon || colon == s.p || colon - s.p >= TABLE_CELL) break;
            if (!bare_numbers((piece){p, (size_t)(end - p)}, &v) || v.n < 2 || (t->cols > 1 && v.n != t->rows)) break;
            keep(t->name[t->cols], (piece){s.p, (size_t)(colon - s.p)});
            t->rows = v.n;
            for (int row = 0; row < v.n; row++) {
                const char *q = p;
                while (q < end && *q != ',') q++;
                keep(t->cell[row][t->cols], trimmed((piece){p, (size_t)(q - p)}));
                p = q + 1;
            }
            t->cols++;
            *last = k;
        }
        *first = i;
        if (t->cols > 1) return true;
    }
    return false;
}

enum { LABEL_WORDS = 4 };

/* One item at *p: a label of some words, then a number or a bracket. *more: a comma follows. */
static bool read_item(table *t, const char **p, const char *end, bool *more) {
    const char *from = *p, *q = from, *close;
    char        stop;
    piece       value;
    for (int w = 0;; w++) {
        const char *word = q;
        while (q < end && *q != ' ') q++;
        if (*word == '(') {
            close = memchr(word, ')', (size_t)(end - word));
            value = (piece){word + 1, close ? (size_t)(close - word - 1) : 0};
            if (!w || !close || !read_pairs(t, t->rows, value)) return false;
            q    = close + 1;
            stop = q < end ? *q : 0;
        } else {
            value = (piece){word, (size_t)(q - word)};
            stop  = 0;
            if (value.n > 1 && strchr(",.;?!", word[value.n - 1])) stop = word[--value.n];
            bool name = !stop && w < LABEL_WORDS && q + 1 < end &&
                        (q[1] == '(' || isdigit((unsigned char)q[1 + (q[1] == '-')]));
            if (name || !is_number(value)) { /* the 4 of "week 4 120" is part of the label */
                if (stop || w == LABEL_WORDS || q >= end) return false;
                while (q < end && *q == ' ') q++;
                continue;
            }
            if (!w || (t->rows && t->cols != 2)) return false;
            t->cols = 2;
            keep(t->cell[t->rows][1], value);
            q = value.p + value.n;
        }
        piece label = trimmed((piece){from, (size_t)(word - from)});
        if (!label.n || label.n >= TABLE_CELL) return false;
        keep(t->cell[t->rows++][0], label);
        *more = stop == ',' && t->rows < TABLE_ROWS;
        *p    = q;
        return true;
    }
}

static bool read_inline(piece line, table *t, const char **from, const char **to) {
    const char *end = line.p + line.n;
    for (int pass = 0; pass < 2; pass++) /* first what follows a colon, then the beginning of the line */
        for (const char *s = line.p; s < end; s++) {
            if (pass ? s != line.p : !(s > line.p + 1 && s[-1] == ' ' && s[-2] == ':')) continue;
            const char *p    = s;
            bool        more = true;
            *t               = (table){.cols = 0};
            while (more && read_item(t, &p, end, &more)) {
                *to = p;
                if (more) p++;
                while (p < end && *p == ' ') p++;
            }
            *from = s;
            if (t->rows >= 2) return true;
        }
    return false;
}

bool table_read_at(const char *text, table *t, size_t *from, size_t *to) {
    static const char seps[] = "|\t,_";
    lines             l;
    int               first = 0, last = 0;
    bool              found = false;
    cut_lines(text, &l);
    for (const char *s = seps; *s && !found; s++) found = read_separated(&l, *s, t, &first, &last);
    if (!found) found = read_named(&l, t, &first, &last);
    if (!found) found = read_lines(&l, t, &first, &last);
    if (found) {
        *from = (size_t)(l.l[first].p - text);
        *to   = (size_t)(l.l[last].p - text) + l.l[last].n;
        return true;
    }
    for (int i = 0; i < l.n; i++) {
        const char *a, *b = NULL;
        if (!read_inline(l.l[i], t, &a, &b)) continue;
        *from = (size_t)(a - text);
        *to   = (size_t)(b - text);
        return true;
    }
    return false;
}

bool table_read(const char *text, table *t) {
    size_t from, to;
    return table_read_at(text, t, &from, &to);
}

/* ---- columns */
static size_t plain_name(const char *s, char out[TABLE_CELL]) {
    size_t n = 0;
    for (; *s && *s != '(' && *s != '['; s++) out[n++] = *s == '_' ? ' ' : (char)tolower((unsigned char)*s);
    while (n && out[n - 1] == ' ') n--;
    out[n] = 0;
    return n;
}

int table_read_col(const table *t, const char *name) {
    char a[TABLE_CELL], b[TABLE_CELL];
    if (strlen(name) >= TABLE_CELL) return -1;
    plain_name(name, a);
    for (int c = 0; c < t->cols; c++) {
        plain_name(t->name[c], b);
        if (!strcmp(a, b)) return c;
    }
    return -1;
}

bool table_read_column(const table *t, int col, numlist *out) {
    *out = (numlist){.n = 0};
    if (col < 0 || col >= t->cols || t->rows > LIST_MAX) return false;
    for (int i = 0; i < t->rows; i++) {
        long v;
        int  places;
        if (!number((piece){t->cell[i][col], strlen(t->cell[i][col])}, &v, &places)) return false;
        while (places > out->places) {
            for (int k = 0; k < i; k++) out->v[k] *= 10;
            out->places++;
        }
        for (; places < out->places; places++) v *= 10;
        out->v[out->n++] = v;
    }
    return out->n > 0;
}

/* ---- bare lists */
static size_t number_length(const char *p) {
    size_t n = *p == '-' ? 1 : !strncmp(p, "\xe2\x88\x92", 3) ? 3 : 0, from = n;
    while (isdigit((unsigned char)p[n])) n++;
    if (n == from) return 0;
    if (p[n] == '.' && isdigit((unsigned char)p[n + 1])) {
        n++;
        while (isdigit((unsigned char)p[n])) n++;
    }
    return n;
}

/* What may stand between two numbers of a list; 0: nothing of the kind. */
static size_t between(const char *p) {
    static const char *const all[] = {", and ", " and ", "; ", ", ", ",  ", ",", "\n", " "};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        size_t n = strlen(all[i]);
        if (!strncmp(p, all[i], n) && number_length(p + n)) return n;
    }
    return 0;
}

bool table_read_list(const char *text, numlist *out, size_t *from, size_t *to) {
    out->n = 0;
    for (const char *p = text; *p;) {
        size_t n = number_length(p);
        if (!n || (p > text && (isalnum((unsigned char)p[-1]) || p[-1] == '.' || p[-1] == '_'))) {
            p += n ? n : 1;
            continue;
        }
        numlist     l    = {.n = 0};
        const char *s    = p;
        str         flat = {0};
        bool        line = false;
        for (size_t gap;; p += gap) {
            n = number_length(p);
            if (flat.len) str_addc(&flat, ',');
            str_addn(&flat, p, n);
            p += n;
            if (!(gap = between(p))) break;
            if (*p == '\n') {
                if (!line && flat.len > n) break; /* a list on one line ends there */
                line = true;
            } else if (line) { /* what stood on the lines above is no part of it */
                str_clear(&flat);
                str_addn(&flat, p - n, n);
                s    = p - n;
                line = false;
            }
        }
        bool ok = bare_numbers((piece){flat.p, flat.len}, &l) && !isalpha((unsigned char)*p);
        str_free(&flat);
        if (!ok || l.n <= out->n) continue;
        *out  = l;
        *from = (size_t)(s - text);
        *to   = (size_t)(p - text);
    }
    return out->n >= 2;
}
