/* study.h -- small studies as people run them: what is looked at, what is measured, what might explain it.
 *
 *   const study *s = study_draw(r);                      // "plants": growth (cm) against light (h), water, soil depth
 *   const variable *v = study_variable(r, 99, &s);       // some variable of some study whose values have two digits
 *   study_rows(r, s, n, label);                          // "A", "B", ... or days, months, names: what the rows are
 * called
 *
 * Memory:  static, labels are static or in the caller's array.   Errors: none.   Threads: any. */
#ifndef R1_STUDY_H
#define R1_STUDY_H
#include "base/rng.h"
#include "task/table.h"

typedef struct variable {
    const char *name, *unit; /* "reaction time", "ms"; the unit may be "" */
    int         lo, hi;      /* what is measured, roughly */
} variable;
typedef enum { ROWS_LETTERS, ROWS_PEOPLE, ROWS_DAYS, ROWS_MONTHS } rows_kind;
typedef struct study {
    const char *one, *many; /* "plant", "plants" */
    rows_kind   rows;
    variable    y, x, other[2];
    /* How a hypothesis about x and y is said and recognised. Stems are parted by bars. */
    const char *xkeys, *ykeys; /* "light|sun" */
    const char *xmore, *xless; /* after the cases: "that get more light" */
    const char *yup, *ydown;   /* after that: "grow taller" */
    const char *yups, *ydowns; /* stems that say y goes up or down beyond more, less, higher, ...; may be "" */
} study;
enum { STUDY_VARIABLES = 4 };
int             study_count(void);
const study    *study_at(int i);
const study    *study_draw(rng *r);
const study    *study_by_names(const char *x, const char *y); /* NULL: none */
const variable *study_var(const study *s, int i);             /* 0: y, 1: x, 2 and 3: the others */
/* A variable whose largest value is at most `hi` and more than a tenth of it; *s is its study. */
const variable *study_variable(rng *r, int hi, const study **s);
/* n different labels for rows, n <= 24. */
void study_rows(rng *r, const study *s, int n, char label[][TABLE_CELL]);
#endif
