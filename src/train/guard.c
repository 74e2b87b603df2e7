#include "train/guard.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double guard_median(const guard *g) {
    double v[GUARD_WINDOW];
    int    n = g->seen < GUARD_WINDOW ? (int)g->seen : GUARD_WINDOW;
    if (n < 1) return 0;
    memcpy(v, g->loss, (size_t)n * sizeof *v);
    qsort(v, (size_t)n, sizeof *v, by_size);
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

bool guard_fits(const guard *g, double loss, double spike, double *median) {
    *median = guard_median(g);
    if (!isfinite(loss)) return false;
    return spike <= 0 || g->seen < GUARD_MIN || loss <= spike * *median + GUARD_SLACK;
}

void guard_note(guard *g, double loss) { g->loss[g->seen++ % GUARD_WINDOW] = loss; }
