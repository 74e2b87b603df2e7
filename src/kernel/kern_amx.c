/* kern_amx.c -- bgemm and igemm on AMX tiles (Intel SDM vol. 2, TDPBF16PS, TDPBSSD; instruction set reference, chapter
 * "AMX").
 *
 * Eight tile registers of 16 rows by 64 bytes. A step multiplies 16 x 32 by 32 x 16 bf16 into 16 x 16 floats, sums in
 * float32, in 16 cycles; two rows of tiles times two columns need four loads for four products, so that loading from L1
 * keeps up. 32 rows of A stay in L1 while all of B passes by from L2. A is read in place, row by row; B comes in panels
 * of 16 columns (kern.h), so that a tile is 1 KB in one piece and a panel's tiles follow each other: with a row stride
 * of a power of two they would all fall into a few sets of the first-level cache. In 8 bits a step is 64 deep and as
 * fast; its sums are whole numbers, so they go through a buffer to be scaled.
 *
 * Tiles are state of the thread: each call configures them and releases them at its end, as oneDNN does with its own.
 */
#include <immintrin.h>
#include <string.h>
#include "kernel/kern_amx.h"

typedef struct tile_config { /* the 64 bytes that LDTILECFG reads */
    uint8_t  palette, start_row, zero[14];
    uint16_t col_bytes[16];
    uint8_t  rows[16];
} tile_config;

/* rows: of tiles 0, 1 (C) and 4 (A), a block's upper half; all others are whole */
static void tiles_on(int rows) {
    tile_config c;
    memset(&c, 0, sizeof c);
    c.palette = 1;
    for (int i = 0; i < 8; i++) {
        c.col_bytes[i] = 64;
        c.rows[i]      = (uint8_t)(i == 0 || i == 1 || i == 4 ? rows : 16);
    }
    _tile_loadconfig(&c);
}

/* 16 x 16 floats to bf16 */
static inline void narrow(uint16_t *y, ptrdiff_t ldy, const float *x /* [16, 16] */) {
    for (int i = 0; i < 16; i += 2) {
        __m512bh h = _mm512_cvtne2ps_pbh(_mm512_load_ps(x + (i + 1) * 16), _mm512_load_ps(x + i * 16));
        __m512i  v;
        memcpy(&v, &h, sizeof v);
        _mm256_storeu_si256((__m256i *)(void *)(y + i * ldy), _mm512_castsi512_si256(v));
        _mm256_storeu_si256((__m256i *)(void *)(y + (i + 1) * ldy), _mm512_extracti64x4_epi64(v, 1));
    }
}

/* 16 x 32, from two blocks side by side: a line a row */
static inline void narrow_wide(uint16_t *y, ptrdiff_t ldy, const float *x, const float *x1 /* [16, 16] */) {
#pragma GCC        unroll 4
    for (int i = 0; i < 16; i++) {
               __m512bh h = _mm512_cvtne2ps_pbh(_mm512_load_ps(x1 + i * 16), _mm512_load_ps(x + i * 16));
               memcpy(y + i * ldy, &h, sizeof h);
    }
}

/* The 32 rows of A and of C that come next, asked for while these are worked on, in the order of memory. A tile's
 * sixteen rows are sixteen places, which no hardware prefetcher follows; fetched in time they cost nothing. Products of
 * a training step, whose results are kept for the backward pass and so always go to memory that is in no cache, run at
 * two to three times the speed (docs/SPEED.md). */
typedef struct ahead {
    const char *at; /* the row's beginning */
    size_t      row;
    int         lines, line, left, per; /* lines a row; the next one; rows left; lines a step */
} ahead;

static inline ahead ahead_of(const void *p, size_t row, size_t width, int rows, int steps) {
    int lines = (int)((width + 63) / 64);
    return (ahead){p, row, lines, 0, steps ? rows : 0, steps ? (rows * lines + steps - 1) / steps : 0};
}

static inline void fetch(ahead *f) {
    for (int i = 0; i < f->per && f->left > 0; i++) {
        _mm_prefetch(f->at + (size_t)f->line * 64, _MM_HINT_T1);
        if (++f->line == f->lines) {
            f->line = 0;
            f->left--;
            f->at += f->row;
        }
    }
}

/* Register numbers are part of the instruction, so what differs by block shape is a macro. C tiles 0-3, A 4-5, B 6-7.
 */
#define LEAVE(t, dm, dn)                                                                                               \
    do {                                                                                                               \
        if (out == BGEMM_BF16) {                                                                                       \
            _tile_stored(t, buf, 64);                                                                                  \
            narrow((uint16_t *)C + (ptrdiff_t)(m + (dm)) * ldc + n + (dn), ldc, buf);                                  \
        } else {                                                                                                       \
            _tile_stored(t, (float *)C + (ptrdiff_t)(m + (dm)) * ldc + n + (dn), (size_t)ldc * 4);                     \
        }                                                                                                              \
    } while (0)
/* two tiles side by side */
#define LEAVE_WIDE(t, t1, dm)                                                                                          \
    do {                                                                                                               \
        if (out == BGEMM_BF16) {                                                                                       \
            _tile_stored(t, buf, 64);                                                                                  \
            _tile_stored(t1, buf1, 64);                                                                                \
            narrow_wide((uint16_t *)C + (ptrdiff_t)(m + (dm)) * ldc + n, ldc, buf, buf1);                              \
        } else {                                                                                                       \
            LEAVE(t, dm, 0);                                                                                           \
            LEAVE(t1, dm, 16);                                                                                         \
        }                                                                                                              \
    } while (0)
#define ENTER(t, dm, dn)                                                                                               \
    do {                                                                                                               \
        if (out == BGEMM_ADD) _tile_loadd(t, (float *)C + (ptrdiff_t)(m + (dm)) * ldc + n + (dn), (size_t)ldc * 4);    \
        else _tile_zero(t);                                                                                            \
    } while (0)

void bgemm_amx(int M, int N, int Kd, const uint16_t *A, int lda, const uint16_t *B, int panel, bgemm_out out, void *C,
               int ldc) {
    float  buf[256] __attribute__((aligned(64))), buf1[256] __attribute__((aligned(64)));
    size_t as = (size_t)lda * 2, cs = out == BGEMM_BF16 ? 2 : 4;
    int    steps = (N + 31) / 32 * (Kd / 32);
    tiles_on(16);
    for (int m = 0; m < M; m += 32) {
        const uint16_t *a0 = A + (ptrdiff_t)m * lda, *a1 = a0 + (ptrdiff_t)16 * lda;
        bool            tall = M - m > 16;
        int             next = M - m >= 64 ? 32 : 0;
        ahead           fa   = ahead_of(a0 + (ptrdiff_t)32 * lda, as, (size_t)Kd * 2, next, steps);
        ahead           fc =
            ahead_of((char *)C + (size_t)(m + 32) * (size_t)ldc * cs, (size_t)ldc * cs, (size_t)N * cs, next, steps);
        for (int n = 0; n < N; n += 32) {
            const uint16_t *b0 = B + (ptrdiff_t)(n / 16) * panel, *b1 = b0 + panel;
            bool            wide = N - n > 16;
            ENTER(0, 0, 0);
            if (wide && tall) {
                ENTER(1, 0, 16);
                ENTER(2, 16, 0);
                ENTER(3, 16, 16);
                for (int k = 0; k < Kd; k += 32) {
                    fetch(&fa);
                    fetch(&fc);
                    _tile_loadd(4, a0 + k, as);
                    _tile_loadd(6, b0 + (ptrdiff_t)k * 16, 64);
                    _tile_loadd(7, b1 + (ptrdiff_t)k * 16, 64);
                    _tile_loadd(5, a1 + k, as);
                    _tile_dpbf16ps(0, 4, 6);
                    _tile_dpbf16ps(1, 4, 7);
                    _tile_dpbf16ps(2, 5, 6);
                    _tile_dpbf16ps(3, 5, 7);
                }
                LEAVE_WIDE(0, 1, 0);
                LEAVE_WIDE(2, 3, 16);
            } else if (wide) {
                ENTER(1, 0, 16);
                for (int k = 0; k < Kd; k += 32) {
                    _tile_loadd(4, a0 + k, as);
                    _tile_loadd(6, b0 + (ptrdiff_t)k * 16, 64);
                    _tile_loadd(7, b1 + (ptrdiff_t)k * 16, 64);
                    _tile_dpbf16ps(0, 4, 6);
                    _tile_dpbf16ps(1, 4, 7);
                }
                LEAVE_WIDE(0, 1, 0);
            } else if (tall) {
                ENTER(2, 16, 0);
                for (int k = 0; k < Kd; k += 32) {
                    fetch(&fa);
                    fetch(&fc);
                    _tile_loadd(4, a0 + k, as);
                    _tile_loadd(5, a1 + k, as);
                    _tile_loadd(6, b0 + (ptrdiff_t)k * 16, 64);
                    _tile_dpbf16ps(0, 4, 6);
                    _tile_dpbf16ps(2, 5, 6);
                }
                LEAVE(0, 0, 0);
                LEAVE(2, 16, 0);
            } else {
                for (int k = 0; k < Kd; k += 32) {
                    _tile_loadd(4, a0 + k, as);
                    _tile_loadd(6, b0 + (ptrdiff_t)k * 16, 64);
                    _tile_dpbf16ps(0, 4, 6);
                }
                LEAVE(0, 0, 0);
            }
        }
    }
    _tile_release();
}

/* --- 8 bits --- */

#define AMX_INLINE static inline __attribute__((always_inline))
enum { IG_FEW = 1 /* rows up to which reading B once with VPDPBUSD is faster */ };

/* One tile's sums, scaled, to C. They come through a buffer of 1 KB, the same for all four tiles of a block: stores
 * that wait to be written hold up loads from addresses that agree with theirs in the last 12 bits. */
AMX_INLINE void i8_rows(const int32_t *buf, const float *sx, const float *sw, bgemm_out out, char *C, ptrdiff_t ldc,
                        int rows, __mmask16 m) { /* buf: [rows, 16] */
    __m512 w = _mm512_maskz_loadu_ps(m, sw);
#pragma GCC unroll 4
    for (int i = 0; i < rows; i++) {
        __m512 t = _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_load_si512(buf + i * 16)), _mm512_set1_ps(sx[i]));
        float *c = (float *)(void *)C + i * ldc;
        if (out == BGEMM_ADD) {
            _mm512_mask_storeu_ps(c, m, _mm512_fmadd_ps(t, w, _mm512_maskz_loadu_ps(m, c)));
        } else if (out == BGEMM_F32) {
            _mm512_mask_storeu_ps(c, m, _mm512_mul_ps(t, w));
        } else {
            __m256bh h = _mm512_cvtneps_pbh(_mm512_mul_ps(t, w));
            __m256i  v;
            memcpy(&v, &h, sizeof v);
            _mm256_mask_storeu_epi16((uint16_t *)(void *)C + i * ldc, m, v);
        }
    }
}

AMX_INLINE void i8_leave(const int32_t *buf, const float *sx, const float *sw, bgemm_out out, char *C, ptrdiff_t ldc,
                         int rows, int cols) {
    if (rows >= 16 && cols >= 16) i8_rows(buf, sx, sw, out, C, ldc, 16, 0xffff);
    else if (cols > 0)
        i8_rows(buf, sx, sw, out, C, ldc, rows < 16 ? rows : 16, (__mmask16)(cols < 16 ? (1u << cols) - 1u : 0xffffu));
}

/* 32 rows (tall) or as many as the tiles are set up for, by all columns */
AMX_INLINE void i8_band(bool tall, int next, int rows, int N, int Kd, const int8_t *A, int lda, const float *sx,
                        const int8_t *B, int panel, const float *sw, bgemm_out out, char *C, int ldc) {
    int32_t       buf[256] __attribute__((aligned(64)));
    size_t        as = (size_t)lda, size = out == BGEMM_BF16 ? 2 : 4;
    const int8_t *a1 = A + (ptrdiff_t)16 * lda;
    ahead         f =
        ahead_of(C + 32 * (size_t)ldc * size, (size_t)ldc * size, (size_t)N * size, next, (N + 31) / 32 * (Kd / 64));
    for (int n = 0; n < N; n += 32, sw += 32, C += 32 * size) {
        const int8_t *b0 = B + (ptrdiff_t)(n / 16) * panel, *b1 = N - n > 16 ? b0 + panel : b0;
        _tile_zero(0);
        _tile_zero(1);
        if (tall) {
            _tile_zero(2);
            _tile_zero(3);
        }
        for (int k = 0; k < Kd; k += 64) {
            fetch(&f);
            _tile_loadd(4, A + k, as);
            _tile_loadd(6, b0 + (ptrdiff_t)k * 16, 64);
            _tile_loadd(7, b1 + (ptrdiff_t)k * 16, 64);
            _tile_dpbssd(0, 4, 6);
            _tile_dpbssd(1, 4, 7);
            if (tall) {
                _tile_loadd(5, a1 + k, as);
                _tile_dpbssd(2, 5, 6);
                _tile_dpbssd(3, 5, 7);
            }
        }
        _tile_stored(0, buf, 64);
        i8_leave(buf, sx, sw, out, C, ldc, rows, N - n);
        _tile_stored(1, buf, 64);
        i8_leave(buf, sx, sw + 16, out, C + 16 * size, ldc, rows, N - n - 16);
        if (tall) {
            char *c = C + (size_t)ldc * 16 * size;
            _tile_stored(2, buf, 64);
            i8_leave(buf, sx + 16, sw, out, c, ldc, 16, N - n);
            _tile_stored(3, buf, 64);
            i8_leave(buf, sx + 16, sw + 16, out, c + 16 * size, ldc, 16, N - n - 16);
        }
    }
}

AMX_INLINE void i8_all(int M, int N, int Kd, const int8_t *A, int lda, const float *sx, const int8_t *B, int panel,
                       const float *sw, bgemm_out out, char *C, int ldc) {
    size_t row = (size_t)ldc * (out == BGEMM_BF16 ? 2 : 4);
    int    m   = 0;
    tiles_on(16);
    for (; m + 32 <= M; m += 32, A += (ptrdiff_t)32 * lda, C += 32 * row)
        i8_band(true, M - m >= 64 ? 32 : 0, 32, N, Kd, A, lda, sx + m, B, panel, sw, out, C, ldc);
    for (int rows = 0; m < M; m += rows, A += (ptrdiff_t)rows * lda, C += (size_t)rows * row) {
        rows = M - m < 16 ? M - m : 16;
        if (rows < 16) tiles_on(rows);
        i8_band(false, 0, rows, N, Kd, A, lda, sx + m, B, panel, sw, out, C, ldc);
    }
    _tile_release();
}

void igemm_amx(int M, int N, int Kd, const int8_t *A, int lda, const float *sx, const int8_t *B, int panel,
               const float *sw, bgemm_out out, void *C, int ldc) {
    if (M <= IG_FEW) kern_avx512.igemm(M, N, Kd, A, lda, sx, B, panel, sw, out, C, ldc);
    else if (out == BGEMM_F32) i8_all(M, N, Kd, A, lda, sx, B, panel, sw, BGEMM_F32, C, ldc);
    else if (out == BGEMM_ADD) i8_all(M, N, Kd, A, lda, sx, B, panel, sw, BGEMM_ADD, C, ldc);
    else i8_all(M, N, Kd, A, lda, sx, B, panel, sw, BGEMM_BF16, C, ldc);
}
