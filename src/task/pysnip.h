/* pysnip.h -- short programs of a wanted level, put together from pieces that hand a value on.
 *
 *   str code = {0};
 *   pysnip_program(&r, 5, &code);     // prints something at its end; no promise that it does not raise: run it
 *
 * Memory:  the str is the caller's.   Errors: none.   Threads: any. */
#ifndef R1_PYSNIP_H
#define R1_PYSNIP_H
#include "task/pytpl.h"

void pysnip_program(rng *r, int level, str *code);
#endif
