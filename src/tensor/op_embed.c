#include "tensor/op_embed.h"
#include "base/par.h"
#include "base/prof.h"
#include "kernel/kern.h"

void op_embed_fwd(float *y, const int32_t *tok, int T, const param *p) {
    prof_part was = prof_enter(PROF_EMBED);
    size_t D = (size_t)p->w.ne[1];
#pragma omp parallel for schedule(static) if (T > 8)
    for (int t = 0; t < T; t++) {
        if (p->on_grid && p->wb) K->bf16_to_f32(y + (size_t)t * D, p->wb + (size_t)tok[t] * D, D);
        else param_row(p, tok[t], y + (size_t)t * D);
    }
    prof_leave(was);
}

void op_embed_bwd(const float *dy, const int32_t *tok, int T, param *p) {
    prof_part was = prof_enter(PROF_EMBED);
    size_t D = (size_t)p->w.ne[1];
#pragma omp parallel
    {
        long lo, hi;
        par_split((long)D, 16, par_id(), par_count(), &lo, &hi);
        if (hi > lo)
            for (int t = 0; t < T; t++)
                K->add_f32(p->g + (size_t)tok[t] * D + lo, dy + (size_t)t * D + lo, (size_t)(hi - lo));
    }
    prof_leave(was);
}
