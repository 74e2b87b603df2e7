/* census_impl.h -- what census.c counts and census_svg.c draws; for these two only.
 *
 *   for (int i = 0; i < c->n_group; i++) c->group[i].rows ...
 *
 * Memory: plain data.   Errors: none.   Threads: one. */
#ifndef R1_CENSUS_IMPL_H
#define R1_CENSUS_IMPL_H
#include "data/census.h"

enum { LENGTH_STEP = 200, LENGTH_BINS = 25, WORD_BITS = 18, WORD_TEXT = 20 };
typedef struct census_cell {
    long   n, slips;
    double question, reasoning, answer; /* bytes, summed */
    size_t longest;
} census_cell;
typedef struct census_group {
    char        name[40], field[16];
    long        rows;
    census_cell level[CENSUS_LEVELS + 1]; /* [0]: none or another */
} census_group;
typedef struct census_word {
    uint64_t hash; /* 0: free */
    long     n;
    char     text[WORD_TEXT];
} census_word;
struct census {
    census_group group[CENSUS_GROUPS];
    int          n_group;
    long         rows, length[LENGTH_BINS]; /* the last bin: that long or longer */
    census_word *word;                      /* [2^WORD_BITS] */
    long         words, distinct, numbers, symbols, beyond;
};
/* The groups in the order of fields, then of names: out[n_group]. */
void census_order(const census *c, const census_group **out);
#endif
