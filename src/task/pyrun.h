/* pyrun.h -- run a small Python program (pyast.h) in C, and tell it as a person would who goes through it by hand.
 *
 *   pyrun_result res = {0};
 *   pyrun(&(pyrun_job){.p = &tree}, &res);                                   // res.out: what it prints
 *   pyrun(&(pyrun_job){.p = &tree, .expr = e, .t = &t, .tell = PYRUN_FULL}, &res);   // res.value: repr of e
 *   pyrun_free(&res);
 *
 * The semantics are CPython's (floor division, negative indices, repr, messages of exceptions). Where a program leaves
 * what is known here (floats, the order of a set, huge integers) or runs too long, res.odd is set and nothing else
 * holds.
 *
 * Telling: each line takes one small step, "i = 3: total = 4 + 3 = 7", "if 7 % 2 == 0 -> 1 == 0 -> False"; a sum or
 * product of more than one digit is worked out in columns (digits.h) above the line that needs it. The trace may hold a
 * deliberate slip (a fact, a condition, a loop that ends too early): the run goes on with the wrong value.
 *
 * Memory:  a result owns its strings.   Errors: of the program: res.error; of ours: res.odd.   Threads: any. */
#ifndef R1_PYRUN_H
#define R1_PYRUN_H
#include "task/digits.h"
#include "task/pyast.h"

typedef enum {
    PYRUN_SILENT,
    PYRUN_FULL, /* every step */
    PYRUN_SHORT /* only what changes: "i = 3: total = 7" */
} pyrun_tell;
typedef struct pyrun_job {
    const pyast *p;
    int          expr; /* evaluated after the module; 0: none */
    pyrun_tell   tell;
    trace       *t;       /* where to tell; only what comes after the definitions */
    bool         quiet;   /* with expr: do not tell the module itself */
    long         limit;   /* steps; 0: 20000 */
    long         letters; /* of the tale; 0: 4000 */
} pyrun_job;
enum { PYRUN_FRAMES = 8 };
typedef struct pyrun_result {
    bool odd;
    str  out;     /* what it printed */
    str  value;   /* repr of expr */
    char type[8]; /* and its type: "int", "list" */
    char error[24];
    str  message; /* without the type */
    int  line;    /* where it was raised */
    int  frames;  /* the innermost is the last */
    struct {
        int line, id; /* id: the function's name; -1: the module */
    } frame[PYRUN_FRAMES];
    long lines; /* executed lines, about as a debugger counts them */
} pyrun_result;
void pyrun(const pyrun_job *job, pyrun_result *res); /* res is cleared first */
void pyrun_free(pyrun_result *res);
#endif
