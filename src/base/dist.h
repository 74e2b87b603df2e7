/* dist.h -- the processes of one job ("ranks"): who am I, sums over all, and what happens when one is lost.
 *
 *   dist *d = dist_new(&e);                                  // one rank, unless mpirun has started several
 *   if (i % dist_size(d) == dist_rank(d)) work(i);
 *   dist_part p[] = {{grad_a, n_a}, {grad_b, n_b}};
 *   if (!dist_sum(d, p, 2, &e)) ...                          // every rank now holds the sums
 *   if (!dist_agree(d, opened, &e)) ...                      // false on all ranks if it is false on one
 *   dist_free(d);
 *
 * With one rank every call returns at once and changes nothing, so callers need no second path. Built with R1_MPI
 * (`make MPI=1`) it speaks MPI; without, it is one rank and refuses to be started as several.
 *
 * Sums are taken in a fixed tree, ((0 + 1) + (2 + 3)) + ..., each element in one place, and sent from there: the same
 * bits on all ranks, and in every run with as many of them, whatever algorithm the MPI library prefers.
 *
 * A lost rank: while a call waits, the other processes on this machine are looked at; when one has gone, the call
 * returns false and says which. (A rank on another machine is missed by mpirun, which ends the job.) After that every
 * call fails with the same words, and dist_free does not wait for anybody.
 *
 * Memory:  dist_new takes 8 MB when there are several ranks; dist_sum sends in pieces of 4 MB.
 * Errors:  a lost rank; a failing MPI call. Calls other than _new, _rank, _size, _alive and _free must be made by all
 *          ranks in the same order.   Threads: the main thread. d may be NULL: one rank. */
#ifndef R1_DIST_H
#define R1_DIST_H
#include <stddef.h>
#include "base/err.h"

typedef struct dist dist;
dist               *dist_new(err *e) R1_MUST_USE;
void                dist_free(dist *d);
int                 dist_rank(const dist *d); /* 0..size-1; rank 0 writes the files and does the talking */
int                 dist_size(const dist *d);

typedef struct dist_part {
    float *p;
    size_t n;
} dist_part;
bool dist_sum(dist *d, const dist_part *part, int n_parts, err *e) R1_MUST_USE;
bool dist_sum_f64(dist *d, double *x, size_t n, err *e) R1_MUST_USE; /* for small arrays: all ranks send all of it */
bool dist_bcast(dist *d, void *p, size_t bytes, err *e) R1_MUST_USE; /* rank 0's */
/* Also a barrier. What e says on the first rank that is not ok, e says on all of them. */
bool dist_agree(dist *d, bool ok, err *e) R1_MUST_USE;
/* Does every rank hold rank 0's bytes? `what` names them, and what may be the matter. */
bool dist_same(dist *d, const void *p, size_t bytes, const char *what, err *e) R1_MUST_USE;
bool dist_alive(dist *d, err *e) R1_MUST_USE; /* are the ranks of this machine all there? Cheap */
/* Should this rank say why the job failed? Rank 0 if it is there; else the first one that knows. */
bool dist_speaks(dist *d);
#endif
