/* gemm_tiles.c -- see gemm_tiles.h.
 *
 * The operands are brought into the order in which tiles read them, by all threads together: B into panels (kern.h),
 * and for a weight gradient A transposed. That is N * K elements for M * N * K multiply-adds, a few percent. Then each
 * thread has its own rows of C and no more to say to the others. A weight gradient, whose K are the tokens, goes
 * through in slabs of them that add up in C, so that the rearranged operands stay in the second-level cache. */
#include "kernel/gemm_tiles.h"
#include "base/mem.h"
#include "base/par.h"

enum { SLAB = 512 };

/* Grows to the largest pair of operands ever asked for; the primitive cache of gemm.c lives as long. */
static struct {
    void  *mem;
    size_t bytes;
} tiles;

static uint16_t *room(size_t n) {
    size_t bytes = n * sizeof(uint16_t) + 64;
    if (tiles.bytes < bytes) {
        mem_free(tiles.mem);
        tiles.bytes = bytes;
        tiles.mem   = mem_alloc(bytes);
    }
    return (uint16_t *)(((uintptr_t)tiles.mem + 63) & ~(uintptr_t)63);
}

void gemm_tiles_free(void) {
    mem_free(tiles.mem);
    tiles.mem   = NULL;
    tiles.bytes = 0;
}

/* This thread's columns of B (all of K) into panels. transposed: B is stored [N, K]. */
static void pack_b(uint16_t *p, const uint16_t *B, int ldb, bool transposed, int N, int Kd) {
    long lo, hi;
    par_split(N, 16, par_id(), par_count(), &lo, &hi);
    if (hi <= lo) return;
    int       n = (int)(hi - lo), panel = Kd * 16;
    uint16_t *y = p + (size_t)(lo / 16) * (size_t)panel;
    if (transposed) K->panel_cols(y, panel, B + (size_t)lo * (size_t)ldb, ldb, n, Kd);
    else K->panel_rows(y, panel, B + lo, ldb, Kd, n);
}

static size_t size_of(bgemm_out out) { return out == BGEMM_BF16 ? sizeof(uint16_t) : sizeof(float); }

/* C = A B with A [M, K] as it lies. */
static void by_rows(bool transposed, int M, int N, int Kd, const uint16_t *A, int lda, const uint16_t *B, int ldb,
                    bgemm_out out, void *C, int ldc) {
    uint16_t *p = room((size_t)N * (size_t)Kd);
#pragma omp parallel
    {
        long lo, hi;
        pack_b(p, B, ldb, transposed, N, Kd);
#pragma omp barrier
        par_split(M, 32, par_id(), par_count(), &lo, &hi);
        if (hi > lo)
            K->bgemm((int)(hi - lo), N, Kd, A + lo * lda, lda, p, Kd * 16, out,
                     (char *)C + (size_t)(lo * ldc) * size_of(out), ldc);
    }
}

/* C = A^T B, A [K, M], B [K, N]. */
static void by_slabs(int M, int N, int Kd, const uint16_t *A, int lda, const uint16_t *B, int ldb, bgemm_out out,
                     void *C, int ldc) {
    int       slab = Kd < SLAB ? Kd : SLAB;
    uint16_t *at = room((size_t)(M + N) * (size_t)slab), *p = at + (size_t)M * (size_t)slab;
#pragma omp parallel
    {
        long lo, hi;
        par_split(M, 32, par_id(), par_count(), &lo, &hi);
        int rows = (int)(hi - lo);
        for (int k = 0; k < Kd; k += slab) {
            int d = Kd - k < slab ? Kd - k : slab;
            if (k) {
#pragma omp barrier
            }
            pack_b(p, B + (size_t)k * (size_t)ldb, ldb, false, N, d);
            if (rows > 0) /* only this thread reads these rows */
                K->transpose_u16(at + lo * slab, slab, A + (size_t)k * (size_t)lda + lo, lda, d, rows);
#pragma omp barrier
            if (rows > 0)
                K->bgemm(rows, N, d, at + lo * slab, slab, p, d * 16, k && out == BGEMM_F32 ? BGEMM_ADD : out,
                         (char *)C + (size_t)(lo * ldc) * size_of(out), ldc);
        }
    }
}

bool gemm_tiles(gemm_mode mode, int M, int N, int Kd, const uint16_t *A, int lda, const uint16_t *B, int ldb,
                bgemm_out out, void *C, int ldc) {
    if (!kern_tiles() || M % 16 || N % 16 || Kd % 32 || (mode == GEMM_NT && ldb % 2)) return false;
    if (mode != GEMM_TN) by_rows(mode == GEMM_NT, M, N, Kd, A, lda, B, ldb, out, C, ldc);
    else if (out == BGEMM_BF16 && Kd > SLAB) return false; /* sums in bf16 between slabs would be too coarse */
    else by_slabs(M, N, Kd, A, lda, B, ldb, out, C, ldc);
    return true;
}
