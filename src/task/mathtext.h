/* mathtext.h -- the formulas in an answer: what does this text claim, whoever wrote it?
 *
 *   mathtext m = mathtext_of("The derivative of x² is **2x**.");
 *   for (int i = 0; i < m.n; i++) ... m.run[i].s        // "x^2", then "2x", bold
 *   bool ok = mathtext_right(answer, judge, ctx, "2x", why);
 *   mathtext_free(&m);
 *
 * The text is first made plain: raised digits, LaTeX, Unicode operators and dollar signs become what one types on a
 * keyboard. A run is a piece between words: "f'(x) = 2x", "(2, 3)", "x > 3".
 *
 * Memory:  the mathtext owns its text.   Errors: more than MATHTEXT_RUNS runs: the last ones count.   Threads: any. */
#ifndef R1_MATHTEXT_H
#define R1_MATHTEXT_H
#include "base/str.h"

enum { MATHTEXT_RUNS = 64 };
typedef struct mathrun {
    const char *s; /* the run, NUL-terminated */
    bool        bold;
    bool        doubt; /* its sentence denies or asks */
    bool        named; /* its sentence calls it the answer, the result, the derivative, ... */
    int         sentence;
    char        before[12], after[12]; /* the words next to it, in lower case and cut */
} mathrun;
typedef struct mathtext {
    mathrun run[MATHTEXT_RUNS];
    int     n;
    str     plain; /* the whole text made plain, without marks, in lower case */
    str     pool;
    bool    doubt; /* some sentence denies or asks */
} mathtext;
mathtext mathtext_of(const char *answer);
void     mathtext_free(mathtext *m);
/* What follows the last = of a run. */
const char *mathtext_value(const char *run);

/* What a run is: the truth; another value; a number or formula by the way; nothing. */
typedef enum { MATH_RIGHT, MATH_WRONG, MATH_ASIDE, MATH_NOTHING } math_kind;
typedef math_kind (*math_judge)(void *ctx, const char *run);
/* One final value, and it is right: all bold runs that say something, else all runs of the last sentence that says
 * something; not denied, not asked, not contradicted. */
bool mathtext_right(const char *answer, math_judge judge, void *ctx, const char *truth, char why[96]);
#endif
