/* gemm_i8.h -- y = x W^T in 8 bits on all threads: rows are quantized on the way, weights are in panels.
 *
 *   i8_product p[2] = {{.w = gate8, .s = gate_s, .out = F, .how = BGEMM_BF16, .y = a, .ldy = F}, {... up ...}};
 *   gemm_i8(x, DT_BF16, T, in, p, 2, scratch);      // x [T, in] is quantized once for both
 *
 * The format of a weight matrix [out, in]: i8_panels(out) panels of i8_depth(in) * 16 bytes (kern.h, igemm; filled up
 * with zeros), and one scale a row. A row of x gets its scale from its own largest element (dtype.h, i8_scale).
 * Sums are exact, so the result has the same bits for any number of threads, rows or kernel table.
 *
 * Memory:  scratch of gemm_i8_bytes is used and given back.   Errors: none; in <= I8_K_MAX.
 * Threads: call from one; all are used. */
#ifndef R1_GEMM_I8_H
#define R1_GEMM_I8_H
#include "base/mem.h"
#include "kernel/kern.h"

typedef struct i8_product {
    const int8_t *w; /* panels */
    const float  *s; /* [out] */
    int           out;
    bgemm_out     how;
    void         *y; /* [T, out] float32 or bf16 */
    int           ldy;
} i8_product;

static inline int    i8_depth(int in) { return (in + 63) / 64 * 64; }
static inline int    i8_panels(int out) { return (out + 15) / 16; }
static inline size_t i8_bytes(int out, int in) { return (size_t)i8_panels(out) * 16 * (size_t)i8_depth(in); }

void   gemm_i8(const void *x /* [T, in] xt */, dtype xt /* f32 or bf16 */, int T, int in, const i8_product *p, int n,
               arena *scratch);
size_t gemm_i8_bytes(int T, int in);
#endif
