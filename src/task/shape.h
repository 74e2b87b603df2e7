/* shape.h -- figures: what follows from their measures, and answers with units.
 *
 *   shape_solve("rectangle, cm; length = 5; width = 3; asked: area", n, &truth, why)     // "15 cm^2"
 *   shape_right("15 cm^2", "The area is **15 square centimetres**.", why)                // also "15", "15 cm²"
 *
 * A value in terms of pi has a "π" behind it ("36π cm^2"), and so must the answer.
 *
 * Memory:  truth is appended to.   Errors: false, with a reason.   Threads: any. */
#ifndef R1_SHAPE_H
#define R1_SHAPE_H
#include <stdbool.h>
#include <stddef.h>
#include "base/str.h"

bool shape_solve(const char *understood, size_t n, str *truth, char why[96]);
bool shape_right(const char *truth, const char *answer, char why[96]);
#endif
