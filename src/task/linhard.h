/* linhard.h -- linear equations that are first made plain: fractions, nested brackets, decimals, large coefficients.
 *
 *   linhard_make(r, 7, &p);          // a whole problem of the family linear, level 6 to 10, but for its name
 *
 * Memory:  the problem's.   Errors: none.   Threads: any. */
#ifndef R1_LINHARD_H
#define R1_LINHARD_H
#include "task/family.h"

void linhard_make(rng *r, int level, problem *p);
#endif
