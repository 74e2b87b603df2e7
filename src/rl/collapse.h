/* collapse.h -- is the policy going to pieces? Compares each step with the first steps that it has seen and says so.
 *
 *   collapse_watch w = {0};
 *   collapse_see(&w, step, (collapse_signs){.entropy = 0.3, .length = 210, .repetition = 0.02, .format = 0.97}, &text);
 *   if (text.len) log_warn("step %d: %s", step, text.p);
 *
 * Four signs, as they show in runs that fail: the entropy goes to nothing (all answers alike) or explodes, answers
 * shrink to nothing or grow without end, they go round in circles, the format is lost. Each is said at most once in 25
 * steps. It only speaks; the run goes on.
 *
 * Memory:  plain data.   Errors: none.   Threads: one. */
#ifndef R1_COLLAPSE_H
#define R1_COLLAPSE_H
#include "base/str.h"

typedef struct collapse_signs {
    double entropy, length, repetition, format; /* nats a token, tokens an answer, shares */
} collapse_signs;
enum { COLLAPSE_FIRST = 5, COLLAPSE_QUIET = 25, COLLAPSE_KINDS = 6 };
typedef struct collapse_watch {
    int            n;                    /* steps in `first` */
    collapse_signs first;                /* their sum */
    long long      said[COLLAPSE_KINDS]; /* the step at which it was; 0: never */
} collapse_watch;
/* Appends what is wrong, if something is. */
void collapse_see(collapse_watch *w, long long step, collapse_signs s, str *out);
#endif
