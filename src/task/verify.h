/* verify.h -- what an answer claims (answer_matches itself is in family.h).
 *
 *   char why[96];
 *   bool ok = !verify_echo(p->question.p, text, why) && answer_matches(text, "x = 5", why);
 *
 * Memory:  none.   Errors: none.   Threads: any. */
#ifndef R1_VERIFY_H
#define R1_VERIFY_H
#include <stdbool.h>

/* The answer only repeats the question. */
bool verify_echo(const char *question, const char *answer, char why[96]);
#endif
