/* pyfam.h -- what the programming families share: questions around a program, code in answers, tests run by the
 * executor.
 *
 *   pyfam_ask(&p->question, r, "{What does|Say what} this [Python ]program print[s]?", NULL, code, NULL);
 *   str code = {0}; pyfam_code(p->question.p, &code);                 // the program of the question again
 *   pyfam_tests t = {.f = "f", .code = right, .n = 2, ...}; pyfam_truth(&p->truth, &t);
 *   return pyfam_judge(p, answer, 0, why);                            // the answer's code against the truth's tests
 *
 * Which code an answer claims: the ``` blocks that are closed and hold "def NAME(" of the wanted function (or, where no
 * function is wanted, any block). A block whose line above says that it is the old one ("original", "before", "buggy",
 * "slow", ...) is not claimed. All blocks that are claimed must be the same: two different ones are no answer.
 *
 * How tests are run: the executor evaluates the calls after the candidate (exec.h) and says what came back in a normal
 * form in which True is 1, 2.0 is 2 and a dict has no order, as == has it. What was expected is never inside: it is
 * compared here. solve() and right() of one row run the same code on the same calls; the executor does that once.
 *
 * Memory:  strs belong to the caller.   Errors: false with a reason in why.   Threads: any. */
#ifndef R1_PYFAM_H
#define R1_PYFAM_H
#include "task/fam.h"
#include "task/pyrun.h"
#include "task/wording.h"

enum { PYFAM_TESTS = 16, PYFAM_LINES_OF_OURS = 600 };
typedef struct pyfam_tests {
    const char *f, *code; /* the function's name; a right program */
    int         n;
    const char *call[PYFAM_TESTS], *want[PYFAM_TESTS]; /* "f(3)", "6" */
    int         cost;                                  /* from this call on lines are counted; n: nowhere */
    long        limit;                                 /* at most so many of them; 0: any number */
    void       *json;                                  /* after pyfam_read: who owns the strings */
} pyfam_tests;
void pyfam_truth(str *truth, const pyfam_tests *t);
bool pyfam_read(const char *truth, pyfam_tests *t); /* then pyfam_tests_free */
void pyfam_tests_free(pyfam_tests *t);

/* A question: the pattern with the program below or above it, fenced or not; `more` (may be NULL) comes last. */
void pyfam_ask(str *q, rng *r, const char *pattern, const word_slot *slot, const char *code, const char *more);
bool pyfam_code(const char *question, str *code);
/* The code that an answer claims; f NULL: any. */
bool pyfam_claim(const char *answer, const char *f, str *code, char why[96]);
/* Is what is said around the code a denial, a question or an excuse? */
bool pyfam_doubt(const char *answer, char why[96]);
/* Run code, then the calls; one line each in results ("!TypeError" where it raised), normal forms. */
bool pyfam_run(const char *code, const char *const *call, int n, bool count, str *results, long *lines, char why[96]);
void pyfam_normal(str *out, const char *repr);
bool pyfam_judge(const problem *p, const char *answer, char why[96]);
/* For solve(): the truth's wants worked out once more by running its code. */
bool pyfam_again(const problem *p, str *truth, char why[96]);
/* Run a call over the functions of a tree in C; false if it is not known here or raises. */
bool pyfam_value(pyast *p, const char *call, str *value);

/* A line of Check: "<found>, right" or "<found>, not <wanted>, wrong". */
bool pyfam_same(trace *t, const char *found, const char *wanted);
/* The reasoning came to its end, a check that is right, and its last Work and Check are not too long. */
bool pyfam_whole(const problem *p, size_t letters);
long pyfam_hash(const char *s, size_t n); /* for fam_value */
#endif
