/* table.c -- see table.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/table.h"

table_form table_form_draw(rng *r) {
    static const table_form of[] = {TABLE_CSV,    TABLE_CSV,  TABLE_CSV,   TABLE_MARKDOWN, TABLE_MARKDOWN,
                                    TABLE_SPACES, TABLE_TABS, TABLE_LINES, TABLE_LINES,    TABLE_INLINE,
                                    TABLE_INLINE, TABLE_INLINE};
    return of[rng_below(r, sizeof of / sizeof *of)];
}

static void set(char to[TABLE_CELL], const char *s) {
    size_t n = strlen(s);
    if (n >= TABLE_CELL) abort();
    memcpy(to, s, n + 1);
}

void table_col(table *t, const char *name) {
    if (t->cols == TABLE_COLS) abort();
    set(t->name[t->cols++], name);
}

int table_row(table *t, const char *first) {
    if (t->rows == TABLE_ROWS) abort();
    set(t->cell[t->rows][0], first);
    return t->rows++;
}

void table_text(table *t, int row, int col, const char *s) {
    if (row >= t->rows || col >= t->cols) abort();
    set(t->cell[row][col], s);
}

void table_num(table *t, int row, int col, long v) {
    char buf[TABLE_CELL];
    snprintf(buf, sizeof buf, "%ld", v);
    table_text(t, row, col, buf);
}

/* row -1 is the names */
static const char *at(const table *t, int row, int col) { return row < 0 ? t->name[col] : t->cell[row][col]; }

static void separated(str *out, const table *t, const char *before, const char *between, const char *after, bool rule) {
    for (int i = -1; i < t->rows; i++) {
        str_add(out, before);
        for (int c = 0; c < t->cols; c++) {
            if (c) str_add(out, between);
            str_add(out, at(t, i, c));
        }
        str_add(out, after);
        if (i < 0 && rule) {
            str_add(out, "\n|");
            for (int c = 0; c < t->cols; c++) str_add(out, "---|");
        }
        if (i + 1 < t->rows) str_addc(out, '\n');
    }
}

static void padded(str *out, const table *t) {
    size_t width[TABLE_COLS] = {0};
    for (int c = 0; c < t->cols; c++)
        for (int i = -1; i < t->rows; i++) {
            size_t n = strlen(at(t, i, c));
            if (n > width[c]) width[c] = n;
        }
    for (int i = -1; i < t->rows; i++) {
        for (int c = 0; c < t->cols; c++) {
            if (c + 1 < t->cols) str_addf(out, "%-*s  ", (int)width[c], at(t, i, c));
            else str_add(out, at(t, i, c));
        }
        if (i + 1 < t->rows) str_addc(out, '\n');
    }
}

static void listed(str *out, const table *t, bool lines) {
    for (int i = 0; i < t->rows; i++) {
        str_add(out, t->cell[i][0]);
        if (t->cols > 2) str_add(out, lines ? ": " : " (");
        else if (t->cols > 1) str_add(out, lines ? ": " : " ");
        for (int c = 1; c < t->cols; c++) {
            if (c > 1) str_add(out, ", ");
            if (t->cols > 2) str_addf(out, "%s ", t->name[c]);
            str_add(out, t->cell[i][c]);
        }
        if (!lines && t->cols > 2) str_addc(out, ')');
        if (i + 1 < t->rows) str_add(out, lines ? "\n" : ", ");
    }
}

void table_put(str *out, const table *t, table_form form) {
    switch (form) {
    case TABLE_CSV: separated(out, t, "", ",", "", false); break;
    case TABLE_MARKDOWN: separated(out, t, "| ", " | ", " |", true); break;
    case TABLE_TABS: separated(out, t, "", "\t", "", false); break;
    case TABLE_SPACES: padded(out, t); break;
    default: listed(out, t, form == TABLE_LINES); break;
    }
}
