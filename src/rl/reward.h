/* reward.h -- what an answer is worth, part by part. Truth comes from the families' checkers; no model has a say here.
 *
 *   reward_parts r;
 *   reward_score(&recipe->reward, f, &p, response, n, tokens, stopped, &r);      // response: all that the model wrote
 *   r.total ... r.part[REWARD_ACCURACY] ... r.why
 *
 *   accuracy  1 if the family's checker takes the text after </think> for the truth (task/family.h)
 *   format    1 if the tags are there once, the four phases in order, none empty, and the answer is not empty
 *   process   share of the true claims of the reasoning (task/steps.h) times min(1, true claims / process_claims):
 *             lines that can be checked pay, but only so many of them, and only with a right answer
 *   length    1 - tokens / length_tokens, not below 0, only with a right answer: shorter is better
 *   language  share of Latin letters among the letters of the whole response
 *   total     the sum of the parts times their weights in the recipe's [reward]
 *
 * An answer that was cut by the length limit has accuracy, format, process and length 0. Nothing is paid for what can
 * be had without solving the problem but format and language, so these want small weights.
 *
 * Memory:  none.   Errors: none.   Threads: any. */
#ifndef R1_REWARD_H
#define R1_REWARD_H
#include "task/family.h"
#include "train/recipe.h"

enum { REWARD_ACCURACY, REWARD_FORMAT, REWARD_PROCESS, REWARD_LENGTH, REWARD_LANGUAGE, REWARD_PARTS };
extern const char *const reward_names[REWARD_PARTS];
typedef struct reward_parts {
    float part[REWARD_PARTS]; /* each 0..1, without its weight */
    float total;
    char  why[96]; /* the checker's word on what is wrong */
} reward_parts;
/* response [n] may hold any bytes; a NUL reads as a blank. */
void reward_score(const recipe_reward *w, const family *f, const problem *p, const char *response, size_t n, int tokens,
                  bool stopped, reward_parts *out);
/* The parts alone, for tests and for other rewards. */
float reward_process(const char *reasoning, size_t n, int claims);
float reward_language(const char *text, size_t n);
#endif
