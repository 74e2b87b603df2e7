/* dataset.h -- a small data set of a study as it stands in a question, and found again there by a verifier.
 *
 *   dataset d = {.s = s, .n = 5, .cols = 1, .var = {&s->y}, .v = {list}};
 *   dataset_paste(&d, r, level);                         // chooses a form, names, columns that do not matter
 *   dataset_ask(p, r, &d, "What is the mean of <what>?", slots);
 *   dataset_understand(&p->reasoning, &d);               // "growth: 3, 5, 8", or "3, 5, 8" where nothing has a name
 *   ...
 *   numlist v[1]; char name[1][TABLE_CELL];
 *   if (dataset_understood(p, "mean of ", 1, v, name, why) == 1) ...    // and the question's column holds these
 *
 * Levels: 1 and 2 are lists and one-line data, from 3 on every form that table.h has, with the names of the columns;
 * from 6 on with columns that do not matter.
 *
 * Memory:  d.text is the caller's to free (dataset_free).   Errors: dataset_understood says why.   Threads: any. */
#ifndef R1_DATASET_H
#define R1_DATASET_H
#include "task/family.h"
#include "task/listwork.h"
#include "task/study.h"
#include "task/wording.h"

enum { DATASET_COLS = 5 };
typedef struct dataset {
    const study    *s;
    int             n, cols; /* rows, columns that matter */
    const variable *var[DATASET_COLS];
    numlist         v[DATASET_COLS];
    char            head[DATASET_COLS][TABLE_CELL]; /* as the data name them */
    char            row[TABLE_ROWS][TABLE_CELL];    /* what the rows are called, if they are */
    bool            named, labelled, block;
    bool            time; /* given: the rows follow one another in time */
    str             text;
} dataset;
void dataset_paste(dataset *d, rng *r, int level);
void dataset_free(dataset *d);
/* How a question may call a column: "growth", "the reaction_time column", "these numbers". */
void dataset_what(str *out, rng *r, const dataset *d, int col);
/* Question, data and introduction in one order or another. The pattern may use <what> (column 0), <c0> to <c4> (the
 * columns' names), <one> and <many> (the cases), <n>, and the caller's slots. */
void dataset_ask(problem *p, rng *r, const dataset *d, const char *pattern, const word_slot *slots);
void dataset_understand(str *out, const dataset *d);
/* The columns that follow `head` in the Understand line, each found in the question: how many, at most max; 0: why. */
int dataset_understood(const problem *p, const char *head, int max, numlist *v, char (*name)[TABLE_CELL], char why[96]);
/* Does the question say one of these (parted by bars)? Case and letters swapped in typing aside. */
bool dataset_says(const problem *p, const char *words);
/* A value that the variable may have. */
long dataset_value(rng *r, const variable *v);
#endif
