/* pynear.h -- tests that tell a function from those that are almost it: `<` for `<=`, a number off by one, a mistake
 * that the function's lines know.
 *
 *   pynear_tests t = {.spec = &s, .code = code.p, .call = call, .want = want, .n = 10, .most = 16};
 *   pynear_sharpen(&t, &r);                 // t.n: 10 to 16
 *
 * For each of these other functions that gives the same values on all calls so far, some calls are drawn; the first on
 * which it gives another value is added. Those that are never told apart are, nearly always, the same function.
 *
 * Memory:  calls and wants are strs of the caller's, t.most of each.   Errors: none.   Threads: any. */
#ifndef R1_PYNEAR_H
#define R1_PYNEAR_H
#include "task/pyspec.h"

typedef struct pynear_tests {
    const pyspec *spec;
    const char   *code; /* the right one */
    str          *call, *want;
    int           n, most;
} pynear_tests;
void pynear_sharpen(pynear_tests *t, rng *r);
#endif
