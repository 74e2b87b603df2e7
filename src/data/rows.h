/* rows.h -- problems as JSON lines: {"family","level","question","reasoning","answer","truth"}, and "slip":[from,to]
 * where the reasoning holds a deliberate mistake.
 *
 *   rows_write(&s, &p);                              // appends one line
 *   problem p = {0}; char why[200];
 *   if (!rows_check(line, n, &p, why)) printf("line 7: %s\n", why);
 *
 * Memory:  the problem owns what was read (problem_free).   Errors: rows_check says the first thing that is wrong.
 * Threads: any. */
#ifndef R1_ROWS_H
#define R1_ROWS_H
#include "task/family.h"

enum { ROWS_LINE_MAX = 1 << 20, ROWS_WHY = 200, ROWS_SOURCE = 40 };
void rows_write(str *out, const problem *p);
/* Read a row into p (cleared first): an object with the keys above; level and truth may be missing. */
bool rows_read(const char *line, size_t n, problem *p, char why[ROWS_WHY]);
/* Read it and verify it: a known family and level, the truth worked out anew, the answer against it, the four phases,
 * and every calculation of the reasoning, except those before a check that found them wrong. */
bool rows_check(const char *line, size_t n, problem *p, char why[ROWS_WHY]);
/* The same for a problem at hand; p->truth becomes the one worked out. Without a family (a taught row, below): the four
 * phases, the answer against the truth, and every calculation. */
bool rows_verify(problem *p, char why[ROWS_WHY]);

/* The rows of a corpus are of three kinds: a problem of a family as above; one that a source teaches,
 * {"source","question","reasoning","answer","truth"} (reasoning and truth may be missing); text, {"source","text"}. */
typedef enum { ROW_BAD, ROW_FAMILY, ROW_TAUGHT, ROW_TEXT } row_kind;
/* Any of the three; a text lies in p->question. source may be NULL. */
row_kind rows_any(const char *line, size_t n, problem *p, char source[ROWS_SOURCE], char why[ROWS_WHY]);
void     rows_write_any(str *out, row_kind kind, const char *source, const problem *p);
/* Is it as it should be? What a verifier can say of its kind: all, the working and the answer, nothing. */
bool rows_verify_any(row_kind kind, problem *p, char why[ROWS_WHY]);
#endif
