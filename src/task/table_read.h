/* table_read.h -- a data set found again in the text that somebody pasted it into.
 *
 *   table t; size_t from, to;
 *   if (table_read_at(question, &t, &from, &to)) ...      // any form that table_put writes; text[from..to) is the data
 *   int c = table_read_col(&t, "sales");                  // -1: no such column
 *   numlist v;
 *   if (c >= 0 && table_read_column(&t, c, &v)) ...       // its numbers
 *   if (table_read_list(question, &v, &from, &to)) ...    // "3, 5 and 8": the longest run of bare numbers
 *
 * Columns whose names the form does not write (Jan: 120) have the name "". Lists with a name on lines of their own
 * ("light: 3, 5, 8") are columns 1, 2, ... of a table whose column 0 is empty.
 *
 * Memory:  plain data.   Errors: false if there is none.   Threads: any. */
#ifndef R1_TABLE_READ_H
#define R1_TABLE_READ_H
#include "task/listwork.h"
#include "task/table.h"

bool table_read(const char *text, table *t);
bool table_read_at(const char *text, table *t, size_t *from, size_t *to);
int  table_read_col(const table *t, const char *name); /* case, _ and brackets with a unit aside */
bool table_read_column(const table *t, int col, numlist *out);
bool table_read_list(const char *text, numlist *out, size_t *from, size_t *to);
/* The list "3, 5, 8" that is all of s[0..n). */
bool table_read_numbers(const char *s, size_t n, numlist *out);
#endif
