/* census.h -- what a corpus consists of: counted row by row, told as text and drawn.
 *
 *   census *c = census_new();
 *   census_row(c, "linear", "education", &p);    // a row of a family; field may be NULL (text from a source)
 *   census_report(c, &out);                      // rows, mean lengths, slips; levels; lengths; words
 *   census_svg(c, "out.jsonl", &svg);            // the same as a picture
 *
 * Lengths in the table are mean bytes. The vocabulary is that of the questions (words with their counts; numbers and symbols apart). Lengths are bytes of
 * question, reasoning and answer together: about one token each where there are many digits, four where there are
 * words.
 *
 * Memory:  fixed, 15 MB: up to 256 groups, 2^18 different words (further ones are counted together).
 * Errors:  none.   Threads: one. */
#ifndef R1_CENSUS_H
#define R1_CENSUS_H
#include "task/family.h"

enum { CENSUS_LEVELS = 10, CENSUS_GROUPS = 256 };
typedef struct census census;
census               *census_new(void);
void                  census_free(census *c);
void                  census_row(census *c, const char *group, const char *field, const problem *p);
long                  census_rows(const census *c);
void                  census_report(const census *c, str *out);
void                  census_svg(const census *c, const char *title, str *out);
#endif
