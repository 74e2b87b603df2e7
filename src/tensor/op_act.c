#include "tensor/op_act.h"
#include <string.h>
#include "base/par.h"
#include "kernel/kern.h"

enum { GRAIN = 1024, PAR_MIN = 8192 };

void        op_swiglu_fwd(void *y, dtype yt, const float *a, const float *b, size_t n) {
#pragma omp parallel if (n > PAR_MIN)
    {
        long lo, hi;
        par_split((long)n, GRAIN, par_id(), par_count(), &lo, &hi);
        for (long i = lo; i < hi; i += GRAIN) {
            int k = (int)(hi - i < GRAIN ? hi - i : GRAIN);
            if (yt == DT_BF16) K->swiglu_bf16((uint16_t *)y + i, a + i, b + i, k);
            else K->swiglu((float *)y + i, a + i, b + i, k);
        }
    }
}

void        op_swiglu_bwd(float *da, float *db, const float *dy, const float *a, const float *b, size_t n) {
#pragma omp parallel if (n > PAR_MIN)
    {
        long lo, hi;
        par_split((long)n, GRAIN, par_id(), par_count(), &lo, &hi);
        for (long i = lo; i < hi; i += GRAIN)
            K->swiglu_bwd(da + i, db + i, dy + i, a + i, b + i, (int)(hi - i < GRAIN ? hi - i : GRAIN));
    }
}

void        op_add(float *y, const float *x, size_t n) {
#pragma omp parallel if (n > PAR_MIN)
    {
        long lo, hi;
        par_split((long)n, GRAIN, par_id(), par_count(), &lo, &hi);
        if (hi > lo) K->add_f32(y + lo, x + lo, (size_t)(hi - lo));
    }
}

void        op_sum(float *y, const float *a, const float *b, size_t n) {
#pragma omp parallel if (n > PAR_MIN)
    {
        long lo, hi;
        par_split((long)n, GRAIN, par_id(), par_count(), &lo, &hi);
        for (long i = lo; i < hi; i += GRAIN) {
            size_t k = (size_t)(hi - i < GRAIN ? hi - i : GRAIN);
            memcpy(y + i, a + i, k * 4);
            K->add_f32(y + i, b + i, k);
        }
    }
}
