/* kern_amx.c -- bgemm on AMX tiles (Intel SDM vol. 2, TDPBF16PS; instruction set reference, chapter "AMX").
 *
 * Eight tile registers of 16 rows by 64 bytes. A step multiplies 16 x 32 by 32 x 16 bf16 into 16 x 16 floats, sums in
 * float32, in 16 cycles; two rows of tiles times two columns need four loads for four products, so that loading from L1
 * keeps up. 32 rows of A stay in L1 while all of B passes by from L2. A is read in place, row by row; B comes in panels
 * of 16 columns (kern.h), so that a tile is 1 KB in one piece and a panel's tiles follow each other: with a row stride
 * of a power of two they would all fall into a few sets of the first-level cache.
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

static void tiles_on(void) {
    tile_config c;
    memset(&c, 0, sizeof c);
    c.palette = 1;
    for (int i = 0; i < 8; i++) {
        c.col_bytes[i] = 64;
        c.rows[i]      = 16;
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

/* Where the next rows of A and the next block of C are: asked for while this block is worked on. A tile's sixteen rows
 * are sixteen places in memory, which no hardware prefetcher follows; fetched in time they cost nothing, and a product
 * whose operands are not in the second-level cache runs at two to three times the speed (docs/SPEED.md). */
typedef struct ahead {
    const char *a; /* the next 32 rows of A, or NULL */
    size_t      a_row;
    int         a_lines, a_at, a_per; /* lines a row; next line of all; lines a step */
    char       *c;                    /* float32 only: where the next block of C begins */
    size_t      c_row;
    int         c_at, c_per;
} ahead;

static inline void fetch_ahead(ahead *f) {
    for (int i = 0; f->a && i < f->a_per && f->a_at < 32 * f->a_lines; i++, f->a_at++)
        _mm_prefetch(f->a + (size_t)(f->a_at / f->a_lines) * f->a_row + (size_t)(f->a_at % f->a_lines) * 64,
                     _MM_HINT_T1);
    for (int i = 0; f->c && i < f->c_per && f->c_at < 32; i++, f->c_at++) {
        __builtin_prefetch(f->c + (size_t)f->c_at * f->c_row, 1);
        __builtin_prefetch(f->c + (size_t)f->c_at * f->c_row + 64, 1);
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
#define ENTER(t, dm, dn)                                                                                               \
    do {                                                                                                               \
        if (out == BGEMM_ADD) _tile_loadd(t, (float *)C + (ptrdiff_t)(m + (dm)) * ldc + n + (dn), (size_t)ldc * 4);    \
        else _tile_zero(t);                                                                                            \
    } while (0)

void bgemm_amx(int M, int N, int Kd, const uint16_t *A, int lda, const uint16_t *B, int panel, bgemm_out out, void *C,
               int ldc) {
    float  buf[256] __attribute__((aligned(64)));
    size_t as    = (size_t)lda * 2;
    int    steps = (N + 31) / 32 * (Kd / 32), lines = Kd / 32;
    tiles_on();
    for (int m = 0; m < M; m += 32) {
        const uint16_t *a0 = A + (ptrdiff_t)m * lda, *a1 = a0 + (ptrdiff_t)16 * lda;
        bool            tall = M - m > 16;
        ahead           f    = {.a       = M - m >= 64 ? (const char *)(a0 + (ptrdiff_t)32 * lda) : NULL,
                                .a_row   = as,
                                .a_lines = lines,
                                .a_per   = steps ? (32 * lines + steps - 1) / steps : 0,
                                .c_row   = (size_t)ldc * 4,
                                .c_per   = lines ? (32 + lines - 1) / lines : 0};
        for (int n = 0; n < N; n += 32) {
            const uint16_t *b0 = B + (ptrdiff_t)(n / 16) * panel, *b1 = b0 + panel;
            bool            wide = N - n > 16, last = n + 32 >= N;
            if (out != BGEMM_BF16 && (!last || M - m >= 64) && tall)
                f.c = (char *)((float *)C + (ptrdiff_t)(last ? m + 32 : m) * ldc + (last ? 0 : n + 32));
            else f.c = NULL;
            f.c_at = 0;
            ENTER(0, 0, 0);
            if (wide && tall) {
                ENTER(1, 0, 16);
                ENTER(2, 16, 0);
                ENTER(3, 16, 16);
                for (int k = 0; k < Kd; k += 32) {
                    fetch_ahead(&f);
                    _tile_loadd(4, a0 + k, as);
                    _tile_loadd(6, b0 + (ptrdiff_t)k * 16, 64);
                    _tile_loadd(7, b1 + (ptrdiff_t)k * 16, 64);
                    _tile_loadd(5, a1 + k, as);
                    _tile_dpbf16ps(0, 4, 6);
                    _tile_dpbf16ps(1, 4, 7);
                    _tile_dpbf16ps(2, 5, 6);
                    _tile_dpbf16ps(3, 5, 7);
                }
                LEAVE(1, 0, 16);
                LEAVE(2, 16, 0);
                LEAVE(3, 16, 16);
            } else if (wide) {
                ENTER(1, 0, 16);
                for (int k = 0; k < Kd; k += 32) {
                    _tile_loadd(4, a0 + k, as);
                    _tile_loadd(6, b0 + (ptrdiff_t)k * 16, 64);
                    _tile_loadd(7, b1 + (ptrdiff_t)k * 16, 64);
                    _tile_dpbf16ps(0, 4, 6);
                    _tile_dpbf16ps(1, 4, 7);
                }
                LEAVE(1, 0, 16);
            } else if (tall) {
                ENTER(2, 16, 0);
                for (int k = 0; k < Kd; k += 32) {
                    fetch_ahead(&f);
                    _tile_loadd(4, a0 + k, as);
                    _tile_loadd(5, a1 + k, as);
                    _tile_loadd(6, b0 + (ptrdiff_t)k * 16, 64);
                    _tile_dpbf16ps(0, 4, 6);
                    _tile_dpbf16ps(2, 5, 6);
                }
                LEAVE(2, 16, 0);
            } else {
                for (int k = 0; k < Kd; k += 32) {
                    _tile_loadd(4, a0 + k, as);
                    _tile_loadd(6, b0 + (ptrdiff_t)k * 16, 64);
                    _tile_dpbf16ps(0, 4, 6);
                }
            }
            LEAVE(0, 0, 0);
        }
    }
    _tile_release();
}
