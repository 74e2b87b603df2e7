/* family.h -- a task family makes problems whose answers can be checked.
 *
 *   const family *f = family_find("linear");
 *   problem p = {0};
 *   family_make(f, SPLIT_TRAIN, seed, index, level, &p);    // deterministic in all four
 *   verdict v = family_check(f, &p, response);              // response: everything the model wrote
 *   problem_free(&p);
 *
 * A family is one file (fam_<name>.c) that fills a `family`; family.c lists them. make() draws with the rng given;
 * family_make redraws until the problem's key hashes into the wanted split, so that train, validation and test are
 * disjoint by the canonical problem (and therefore by the normalised question: equal questions have equal keys).
 *
 * Memory:  a problem owns its strings.   Errors: family_make cannot fail for 1 <= level <= f->levels.   Threads: any.
 */
#ifndef R1_FAMILY_H
#define R1_FAMILY_H
#include <stdbool.h>
#include <stdint.h>
#include "base/rng.h"
#include "base/str.h"

typedef struct problem {
    const char *family; /* static */
    int         level;
    str         key;        /* canonical problem, e.g. "linear:2x+5=15" with the letter normalised; decides the split */
    str         question;   /* as a person types it */
    str         reasoning;  /* between <think>\n and </think>: four phases, ends with a newline */
    str         answer;     /* the reply after </think>: a sentence with the value in ** ** */
    int slip_from, slip_to; /* bytes of reasoning that hold a deliberate mistake (the check finds it and later lines
                              mend it): seen but not learnt, the loader puts no loss on them; 0, 0: none */
    str truth;              /* the value alone, e.g. "5", "-7/2", "x = 5": what the verifier compares with */
} problem;
void problem_clear(problem *p);
void problem_free(problem *p);

typedef enum { SPLIT_TRAIN, SPLIT_VALID, SPLIT_TEST } split_id; /* 90 / 5 / 5 % of the keys */
split_id split_of(const char *key);

typedef struct verdict {
    bool right;   /* the final answer is the truth */
    bool format;  /* think tags exactly once and closed, all four phases in order, an answer that is not empty */
    char why[96]; /* one line: "expected x = 5, found x = 4" */
} verdict;

typedef struct family {
    const char *name, *field, *about; /* field: "education", ... */
    int         levels;
    void (*make)(rng *r, int level, problem *p);
    /* Judge the text after </think>; the truth is p->truth. Exactly one final value must be claimed. */
    bool (*right)(const problem *p, const char *answer, char why[96]);
    /* The truth worked out once more, from the problem as the reasoning's first line states it and independently of
     * make; false with a reason if that is not a problem of this family or not the one of the question. NULL: there is
     * no way. */
    bool (*solve)(const problem *p, str *truth, char why[96]);
} family;

const family *family_find(const char *name); /* NULL if unknown */
int           family_count(void);
const family *family_at(int i);
void          family_make(const family *f, split_id split, uint64_t seed, uint64_t index, int level, problem *p);
/* One draw, whatever split its key falls into, which is returned; all else as family_make. */
split_id family_draw(const family *f, uint64_t seed, uint64_t index, int level, problem *p);
/* `response` may start inside the thinking (as our prompts end with <think>\n) or contain the tag. */
verdict family_check(const family *f, const problem *p, const char *response);
/* Free-standing: does `answer` state `truth` as its final value? Numbers compare as numbers: 17, 17.0, $17, 34/2. */
bool answer_matches(const char *answer, const char *truth, char why[96]);
#endif
