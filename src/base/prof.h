/* prof.h -- where the time of a training step goes, part by part.
 *
 *   prof_start();                                  // from now on; before it a mark costs a branch
 *   prof_part was = prof_enter(PROF_NORM); ...; prof_leave(was);
 *   double s = prof_seconds(PROF_NORM);
 *
 * One clock, one current part: what passes between two marks is charged to the part that was current, so the parts add
 * up to the whole and a part does not count what it calls by another name. Some parts are closed (loss head, router,
 * optimizer, data, ...): what is called inside them stays theirs, so that a product of the loss head is the loss
 * head's.
 *
 * Memory:  one static table: a documented global, as marks stand in functions that know no run.   Errors: none.
 * Threads: marks belong to the main thread, outside of parallel regions. */
#ifndef R1_PROF_H
#define R1_PROF_H
#include <stdbool.h>

typedef enum prof_part {
    PROF_REST, /* what no mark claims */
    PROF_FWD,  /* products: forward, input gradient, weight gradient */
    PROF_DX,
    PROF_DW,
    PROF_ATTN_FWD,
    PROF_ATTN_BWD,
    PROF_NORM,
    PROF_ROPE,
    PROF_ACT,    /* SwiGLU, sums of the residual stream */
    PROF_EXPERT, /* rows to the experts and back */
    PROF_EMBED,
    PROF_CONVERT, /* number formats */
    PROF_CLOSED,  /* ---- from here on: closed parts */
    PROF_ROUTER = PROF_CLOSED,
    PROF_LOSS, /* the loss head, products and all */
    PROF_OPTIM,
    PROF_SUM, /* gradients over shards and ranks */
    PROF_DATA,
    PROF_VALID,
    PROF_ANSWERS,
    PROF_SAVE, /* checkpoints */
    PROF_PAGE, /* the report */
    PROF_PARTS
} prof_part;

extern bool prof_on;
prof_part   prof_switch(prof_part to); /* of the functions below only */

static inline prof_part prof_enter(prof_part p) { return __builtin_expect(prof_on, 0) ? prof_switch(p) : PROF_REST; }
static inline void      prof_leave(prof_part was) {
         if (__builtin_expect(prof_on, 0)) prof_switch((prof_part)(was + PROF_PARTS));
}
void        prof_start(void); /* all at 0 */
void        prof_stop(void);
double      prof_seconds(prof_part p);
const char *prof_name(prof_part p);
#endif
