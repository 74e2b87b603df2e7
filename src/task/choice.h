/* choice.h -- which of a few answers does a text claim? For answers that are words: "rising", "strong positive", a
 * name.
 *
 *   static const char *const way[] = {"rising|rises|rise|upward*", "falling|falls|downward*"};
 *   if (choice_right(p->question.p, answer, way, 2, 0, CHOICE_ALONE, why)) ...
 *
 * An option is a list of wordings parted by bars; a star at the end of one takes any ending. Bold and boxed text
 * claims, if there is any; else the whole text does. "Not rising", "rising?" and "rising rather than falling" are
 * understood. CHOICE_ALONE: no other option may stand anywhere undenied; else only not in the bold text, or, without
 * bold, not in the last sentence that names one.
 *
 * Memory:  none.   Errors: why.   Threads: any. */
#ifndef R1_CHOICE_H
#define R1_CHOICE_H
#include <stdbool.h>
#include <stddef.h>

enum { CHOICE_BESIDE = 0, CHOICE_ALONE = 1 };
bool choice_right(const char *question, const char *answer, const char *const *option, int n, int truth, int how,
                  char why[96]);
/* The first place from `from` on where one of the wordings stands as a word; NULL: none. *len is its length. */
const char *choice_find(const char *from, const char *wordings, size_t *len);
/* The sentence around `at` denies what stands there, or asks. */
bool choice_denied(const char *text, const char *at);
/* What bold and boxed parts hold, joined with spaces; false: there are none. For checks on the claim alone. */
bool choice_bold(const char *answer, char *out, size_t cap);
/* A number's judgement (answer_matches) for statistics: also no other measure's name ("the mode is **5**"). */
bool choice_number(const char *question, const char *answer, const char *truth, const char *own, char why[96]);
#endif
