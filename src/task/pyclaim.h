/* pyclaim.h -- the one value that an answer about a program claims, letter by letter.
 *
 *   pyclaim c = {0};
 *   pyclaim_find(&c, answer, (const char *const[]){"prints ", "output is ", NULL});
 *   if (c.different == 1 && !strcmp(c.one.p, want) && !pyclaim_denied(c.prose.p)) ...
 *   pyclaim_free(&c);
 *
 * Fenced blocks (but for blocks of Python, which repeat the program), or else bold parts, or else inline code; where
 * nothing is marked, what follows one of the words up to the end of its line, or all of the text.
 *
 * Memory:  a claim owns its strings.   Errors: none.   Threads: any. */
#ifndef R1_PYCLAIM_H
#define R1_PYCLAIM_H
#include "base/str.h"

typedef struct pyclaim {
    str one;       /* the last claim, without blanks at the ends of its lines */
    int different; /* how many different ones there are */
    str prose;     /* all the rest */
} pyclaim;
void pyclaim_find(pyclaim *c, const char *answer, const char *const *words);
void pyclaim_free(pyclaim *c);
bool pyclaim_denied(const char *prose); /* not, maybe, ?, error, ... */
void pyclaim_trim(str *s);              /* no blanks before a line's end, no empty lines at the end */
#endif
