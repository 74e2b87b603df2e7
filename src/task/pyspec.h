/* pyspec.h -- functions that a sentence describes: what to go through, what to keep, what to make of it, what to
 * return.
 *
 *   pyspec s = {0};
 *   pyspec_draw(&s, &r, 4);                 // s.says: "the sum of the squares of the numbers in nums that are even"
 *   str code = {0}; pyspec_code(&code, &s, -1, 0, false);          // "def f(nums):\n    total = 0\n..."
 *   str call = {0}; pyspec_call(&call, &s, &r, 2);          // "f([3, 8, 1])"
 *   pyspec_free(&s);
 *
 * About a hundred operations (20 sources, 36 conditions, 29 transformations, 30 results) with numbers and letters of
 * their own are composed; each line of the function knows why it is there and how people get it wrong.
 *
 * Memory:  a spec owns its strings.   Errors: none.   Threads: any. */
#ifndef R1_PYSPEC_H
#define R1_PYSPEC_H
#include "task/pytpl.h"

/* Two more mistakes of a loop's last line: it stands inside the loop; it lacks its return. */
enum { PYSPEC_LINES = 16, PYSPEC_WRONGS = 3, PYSPEC_DEEP = 8, PYSPEC_BARE = 9 };
typedef struct pyspec_line {
    int indent;
    str code, why, idle; /* idle: the line as it would be if the sentence did not ask for what it does; empty: none */
    str wrong[PYSPEC_WRONGS]; /* the same line with a mistake; empty: no more */
} pyspec_line;
typedef struct pyspec {
    str         says, empty; /* what it returns; what if there is nothing ("0 if there are none"), or "" */
    str         plan;
    const char *f, *param, *param2; /* param2 NULL: one parameter */
    char        arg;                /* what the parameter is: i n l s w t d p m (number, list, string, words, ...) */
    pyspec_line line[PYSPEC_LINES];
    int         lines;
    bool        loop;
} pyspec;
void pyspec_draw(pyspec *s, rng *r, int level); /* s is cleared first */
void pyspec_free(pyspec *s);
/* The function, with a mistake in line `slip` (-1: none), with the reasons as comments or without. */
void pyspec_code(str *out, const pyspec *s, int slip, int which, bool reasons);
/* One line, without its indentation. */
void pyspec_line_put(str *out, const pyspec *s, int i, int slip, int which);
/* The function in which line i does nothing; false if it is no line of which that can be said. */
bool pyspec_without(str *out, const pyspec *s, int i);
/* Does each of these lines matter to the value of one of the calls? If not, the sentence asks for what cannot be seen.
 */
bool pyspec_matters(const pyspec *s, const str *call, const str *want, int n);
/* Draw a mistake. */
bool pyspec_bug(const pyspec *s, rng *r, int *line, int *which);
/* A call with drawn arguments; size 0: the empty ones, 1 small, 2 usual, 3 near the numbers of the sentence. */
void        pyspec_call(str *out, const pyspec *s, rng *r, int size);
const char *pyspec_takes(const pyspec *s); /* "a list of numbers" */
#endif
