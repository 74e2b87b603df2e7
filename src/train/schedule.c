#include "train/schedule.h"

#include <math.h>

static double warmup_factor(const schedule *s, int64_t step) {
    /* step + 1: the first step already learns, and step warmup - 1 has the full rate. */
    return s->warmup > 0 && step < s->warmup ? (double)(step + 1) / (double)s->warmup : 1.0;
}

/* How far step is on the way from `from` to the last step, 0..1. The last step itself is at 1 - 1/n of the way, so
 * that it still learns when min_lr is 0. */
static double progress_from(const schedule *s, int64_t from, int64_t step) {
    int64_t n = s->steps - from;
    if (n <= 0 || step <= from) return 0;
    double x = (double)(step - from) / (double)n;
    return x < 1 ? x : 1;
}

float schedule_lr(const schedule *s, int64_t step) {
    double span = (double)s->lr - (double)s->min_lr, lr = s->lr;
    if (step < s->warmup) return (float)((double)s->lr * warmup_factor(s, step));
    if (s->kind == SCHED_COSINE) {
        double x = progress_from(s, s->warmup, step);
        lr       = (double)s->min_lr + span * 0.5 * (1.0 + cos(M_PI * x));
    } else {
        int64_t tail = (int64_t)llround((double)s->decay * (double)s->steps);
        int64_t from = s->steps - tail;
        if (from < s->warmup) from = s->warmup;
        lr = (double)s->min_lr + span * (1.0 - sqrt(progress_from(s, from, step)));
    }
    return (float)lr;
}

float schedule_mtp(float start, float end, float share, int64_t steps, int64_t step) {
    return (double)step < (double)share * (double)steps ? start : end;
}
