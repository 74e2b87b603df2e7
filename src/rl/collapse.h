/* collapse.h -- is the policy going to pieces? Compares each step with the first steps that it has seen and says so.
 *
 *   collapse_watch w = {0};
 *   collapse_see(&w, step, (collapse_signs){.flat = 0.2, .entropy = 0.3, .length = 210, .repetition = 0.02, .format =
 * 0.97}, &text); if (text.len) log_warn("step %d: %s", step, text.p);
 *
 * Four signs, as they show in runs that fail: the entropy goes to nothing (all answers alike) or explodes, answers
 * shrink to nothing or grow without end, they go round in circles, the format is lost. And one that is none, but stands
 * still: for many steps next to no group has two answers of different worth. Each is said at most once in 25 steps. It
 * only speaks; the run goes on.
 *
 * Memory:  plain data.   Errors: none.   Threads: one. */
#ifndef R1_COLLAPSE_H
#define R1_COLLAPSE_H
#include "base/str.h"

typedef struct collapse_signs {
    double entropy, length, repetition, format; /* nats a token (NAN: unknown), tokens an answer, shares */
    double flat;                                /* share of the groups whose answers are all of one worth */
} collapse_signs;
enum { COLLAPSE_FIRST = 5, COLLAPSE_QUIET = 25, COLLAPSE_KINDS = 7 };
typedef struct collapse_watch {
    int            n, n_entropy;         /* steps in `first`; of them with an entropy */
    collapse_signs first;                /* their sum */
    double         flat;                 /* running mean of the last ten steps or so */
    long long      said[COLLAPSE_KINDS]; /* the step at which it was; 0: never */
} collapse_watch;
/* Appends what is wrong, if something is. */
void collapse_see(collapse_watch *w, long long step, collapse_signs s, str *out);
#endif
