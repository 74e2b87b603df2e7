/* gsm8k.h -- a solution in GSM8K's format as four phases, where that is mechanical.
 *
 *   gsm8k_fault f = gsm8k_recast(question, answer, &p);     // p: question, reasoning, answer, truth
 *   if (f) printf("dropped: %s", gsm8k_names[f]);
 *
 * "Natalia sold 48/2 = <<48/2=24>>24 clips in May." becomes the sentence without its mark, then the calculation worked
 * out digit by digit (digits.h), one operation at a time:
 *
 *   Understand: given 48; asked: How many clips did Natalia sell altogether in April and May?
 *   Plan: 1) divide 2) add
 *   Work:
 *   Natalia sold 48/2 = 24 clips in May.
 *   48 / 2 = 24
 *   ...
 *   Check: backwards
 *   24 * 2 = 48
 *   48 = 48, right
 *
 * Not mechanical, and dropped: no marks or too many; a mark that is not arithmetic of decimals or whose result is not
 * exact (10/3=3.33); a last result that is not the answer; a sentence that says something untrue; more than 2500 bytes.
 *
 * Memory: p's.   Errors: the reason.   Threads: any. */
#ifndef R1_GSM8K_H
#define R1_GSM8K_H
#include "task/family.h"

typedef enum {
    GSM8K_OK,
    GSM8K_NO_MARKS,
    GSM8K_NOT_ARITHMETIC,
    GSM8K_NOT_EXACT,
    GSM8K_OTHER_ANSWER,
    GSM8K_UNTRUE,
    GSM8K_LONG,
    GSM8K_FAULTS
} gsm8k_fault;
extern const char *const gsm8k_names[GSM8K_FAULTS];
gsm8k_fault              gsm8k_recast(const char *question, const char *answer, problem *p);
#endif
