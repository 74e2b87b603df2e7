/* Many rows: each thread takes its own, a chunk at a time. A chunk is quantized into memory that stays in the second-
 * level cache and multiplied at once, so that the 8-bit rows are never written out. Few rows (decoding): all are
 * quantized first, then each thread takes its own columns of W, which are read once. */
#include "kernel/gemm_i8.h"
#include "base/par.h"
#include "base/prof.h"

enum {
    CHUNK_BYTES = 32 << 10, /* of quantized rows */
    CHUNK_MAX   = 128,
    GRAIN       = 32,     /* rows; what a block of tiles has */
    PAR_MIN     = 1 << 21 /* multiply-adds (some 20 us) from which a second thread pays for its wake-up */
};

static int chunk_rows(int in) {
    int n = CHUNK_BYTES / i8_depth(in) / GRAIN * GRAIN;
    return n < GRAIN ? GRAIN : n > CHUNK_MAX ? CHUNK_MAX : n;
}

static bool by_rows(int T) { return T >= GRAIN * par_threads(); }

static int scratch_rows(int T, int in) { return by_rows(T) ? chunk_rows(in) * par_threads() : T; }

size_t gemm_i8_bytes(int T, int in) {
    size_t n = (size_t)scratch_rows(T, in);
    return arena_round(n * (size_t)i8_depth(in)) + arena_round(n * 4) + 64 * (size_t)par_threads();
}

/* n rows from row t on into q, s */
static void quantize(int8_t *q, float *s, const void *x, dtype xt, int t, int n, int in) {
    size_t ld = (size_t)i8_depth(in);
    for (int i = 0; i < n; i++, q += ld) {
        size_t at = (size_t)(t + i) * (size_t)in;
        s[i] =
            xt == DT_BF16 ? K->quant_bf16(q, (const uint16_t *)x + at, in) : K->quant_f32(q, (const float *)x + at, in);
        memset(q + in, 0, ld - (size_t)in);
    }
}

/* rows [t, t + n), which are at q and s, by columns [c0, c1) */
static void multiply(const int8_t *q, const float *s, int t, int n, int in, const i8_product *p, int c0, int c1) {
    int    ld = i8_depth(in);
    size_t at = (size_t)t * (size_t)p->ldy + (size_t)c0;
    void  *y  = (char *)p->y + at * (p->how == BGEMM_BF16 ? 2 : 4);
    K->igemm(n, c1 - c0, ld, q, ld, s, p->w + (size_t)c0 * (size_t)ld, ld * 16, p->s + c0, p->how, y, p->ldy);
}

static void rows_each(const void *x, dtype xt, int T, int in, const i8_product *p, int n, int8_t *q, float *s) {
    int chunk = chunk_rows(in);
#pragma omp parallel
    {
        long    lo, hi;
        int8_t *qt = q + (size_t)par_id() * (size_t)chunk * (size_t)i8_depth(in);
        float  *st = s + par_id() * chunk;
        par_split(T, GRAIN, par_id(), par_count(), &lo, &hi);
        for (int t = (int)lo; t < hi; t += chunk) {
            int rows = hi - t < chunk ? (int)hi - t : chunk;
            quantize(qt, st, x, xt, t, rows, in);
            for (int i = 0; i < n; i++) multiply(qt, st, t, rows, in, &p[i], 0, p[i].out);
        }
    }
}

static void columns_each(const void *x, dtype xt, int T, int in, const i8_product *p, int n, int8_t *q, float *s) {
    long work = 0;
    for (int i = 0; i < n; i++) work += (long)T * in * p[i].out;
#pragma omp parallel if (work > PAR_MIN)
    {
        long lo, hi;
        par_split(T, 1, par_id(), par_count(), &lo, &hi);
        if (hi > lo) quantize(q + (size_t)lo * (size_t)i8_depth(in), s + lo, x, xt, (int)lo, (int)(hi - lo), in);
#pragma omp barrier
        for (int i = 0; i < n; i++) {
            par_split(p[i].out, 16, par_id(), par_count(), &lo, &hi);
            if (hi > lo) multiply(q, s, 0, T, in, &p[i], (int)lo, (int)hi);
        }
    }
}

void gemm_i8(const void *x, dtype xt, int T, int in, const i8_product *p, int n, arena *scratch) {
    if (T <= 0) return;
    prof_part was  = prof_enter(PROF_FWD);
    size_t    mark = arena_mark(scratch), rows = (size_t)scratch_rows(T, in);
    int8_t   *q = arena_alloc(scratch, rows * (size_t)i8_depth(in));
    float    *s = arena_floats(scratch, rows);
    if (by_rows(T)) rows_each(x, xt, T, in, p, n, q, s);
    else columns_each(x, xt, T, in, p, n, q, s);
    arena_reset(scratch, mark);
    prof_leave(was);
}
