/* table.h -- a small data set with named columns, and the forms in which people paste one.
 *
 *   table t = {0};
 *   table_col(&t, "month"); table_col(&t, "sales");
 *   int i = table_row(&t, "Jan"); table_num(&t, i, 1, 120);
 *   table_put(&question, &t, TABLE_CSV);        // "month,sales\nJan,120\n..." without a last newline
 *   table_form f = table_form_draw(r);
 *
 * Memory:  plain data.   Errors: more rows, columns or letters than fit is a bug: abort.   Threads: any. */
#ifndef R1_TABLE_H
#define R1_TABLE_H
#include "base/rng.h"
#include "base/str.h"

enum { TABLE_ROWS = 24, TABLE_COLS = 8, TABLE_CELL = 32 };
typedef struct table {
    int  rows, cols;
    char name[TABLE_COLS][TABLE_CELL];
    char cell[TABLE_ROWS][TABLE_COLS][TABLE_CELL];
} table;
typedef enum {
    TABLE_CSV,      /* a,b\n1,2 */
    TABLE_MARKDOWN, /* | a | b |\n|---|---|\n| 1 | 2 | */
    TABLE_SPACES,   /* columns padded with spaces */
    TABLE_TABS,     /* copied from a spreadsheet */
    TABLE_LINES,    /* Jan: 120, or Jan: sales 120, cost 80 */
    TABLE_INLINE,   /* Jan 120, Feb 130 on one line; Jan (sales 120, cost 80); ... with more columns */
    TABLE_FORMS
} table_form;
table_form table_form_draw(rng *r);
void       table_col(table *t, const char *name);
int        table_row(table *t, const char *first); /* its index; first goes into column 0 */
void       table_text(table *t, int row, int col, const char *s);
void       table_num(table *t, int row, int col, long v);
void       table_put(str *out, const table *t, table_form form);
#endif
