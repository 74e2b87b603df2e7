#include "tensor/op_act.h"
#include <string.h>
#include "base/par.h"
#include "base/prof.h"
#include "kernel/kern.h"

enum { GRAIN = 1024, PAR_MIN = 8192 };

void op_swiglu_fwd(void *y, const void *a, const void *b, dtype t, size_t n) {
    prof_part was = prof_enter(PROF_ACT);
    float          *yf = y;
    const float    *af = a, *bf = b;
    uint16_t       *yh = y;
    const uint16_t *ah = a, *bh = b;
#pragma omp parallel if (n > PAR_MIN)
    {
        long lo, hi;
        par_split((long)n, GRAIN, par_id(), par_count(), &lo, &hi);
        for (long i = lo; i < hi; i += GRAIN) {
            int k = (int)(hi - i < GRAIN ? hi - i : GRAIN);
            if (t == DT_BF16) K->swiglu_bf16(yh + i, ah + i, bh + i, k);
            else K->swiglu(yf + i, af + i, bf + i, k);
        }
    }
    prof_leave(was);
}

void op_swiglu_bwd(void *da, void *db, const void *dy, const void *a, const void *b, dtype t, size_t n) {
    prof_part was = prof_enter(PROF_ACT);
    float          *daf = da, *dbf = db;
    const float    *gf = dy, *af = a, *bf = b;
    uint16_t       *dah = da, *dbh = db;
    const uint16_t *gh = dy, *ah = a, *bh = b;
#pragma omp parallel if (n > PAR_MIN)
    {
        long lo, hi;
        par_split((long)n, GRAIN, par_id(), par_count(), &lo, &hi);
        for (long i = lo; i < hi; i += GRAIN) {
            int k = (int)(hi - i < GRAIN ? hi - i : GRAIN);
            if (t == DT_BF16) K->swiglu_bwd_bf16(dah + i, dbh + i, gh + i, ah + i, bh + i, k);
            else K->swiglu_bwd(daf + i, dbf + i, gf + i, af + i, bf + i, k);
        }
    }
    prof_leave(was);
}

void        op_add(float *y, const float *x, size_t n) {
    prof_part was = prof_enter(PROF_ACT);
#pragma omp parallel if (n > PAR_MIN)
    {
        long lo, hi;
        par_split((long)n, GRAIN, par_id(), par_count(), &lo, &hi);
        if (hi > lo) K->add_f32(y + lo, x + lo, (size_t)(hi - lo));
    }
    prof_leave(was);
}

void        op_sum(float *y, const float *a, const float *b, size_t n) {
    prof_part was = prof_enter(PROF_ACT);
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
    prof_leave(was);
}
