#include "base/prof.h"

#include <string.h>

#include "base/log.h"

bool prof_on;
static struct {
    double    since, spent[PROF_PARTS];
    prof_part now;
} prof;

/* A part + PROF_PARTS means: back to it, whatever is current. */
prof_part prof_switch(prof_part to) {
    prof_part was  = prof.now;
    bool      back = to >= PROF_PARTS;
    if (back) to = (prof_part)(to - PROF_PARTS);
    else if (was >= PROF_CLOSED) return was;
    if (to == was) return was;
    double t = time_now();
    prof.spent[was] += t - prof.since;
    prof.since = t;
    prof.now   = to;
    return was;
}

void prof_start(void) {
    memset(&prof, 0, sizeof prof);
    prof.since = time_now();
    prof_on    = true;
}

void prof_stop(void) {
    if (!prof_on) return;
    double t = time_now();
    prof.spent[prof.now] += t - prof.since;
    prof.since = t;
    prof_on    = false;
}

double prof_seconds(prof_part p) { return prof.spent[p]; }

const char *prof_name(prof_part p) {
    static const char *const name[PROF_PARTS] = {[PROF_REST]     = "the rest",
                                                 [PROF_FWD]      = "products forward",
                                                 [PROF_DX]       = "products dX",
                                                 [PROF_DW]       = "products dW",
                                                 [PROF_ATTN_FWD] = "attention fwd",
                                                 [PROF_ATTN_BWD] = "attention bwd",
                                                 [PROF_NORM]     = "norms",
                                                 [PROF_ROPE]     = "rotations",
                                                 [PROF_ACT]      = "SwiGLU, sums",
                                                 [PROF_EXPERT]   = "to experts, back",
                                                 [PROF_EMBED]    = "embedding",
                                                 [PROF_CONVERT]  = "conversion",
                                                 [PROF_ROUTER]   = "router",
                                                 [PROF_LOSS]     = "loss head",
                                                 [PROF_OPTIM]    = "optimizer",
                                                 [PROF_SUM]      = "gradient sums",
                                                 [PROF_DATA]     = "data",
                                                 [PROF_VALID]    = "validation",
                                                 [PROF_ANSWERS]  = "answers",
                                                 [PROF_SAVE]     = "checkpoints",
                                                 [PROF_PAGE]     = "report"};
    return name[p];
}
