/* kern_avx512.c -- the table for CPUs with AVX-512 F, BW, DQ, VL, VNNI and BF16: 16 floats a vector.
 *
 * This file says what the primitives of kern_simd.inc are in AVX-512; the body is there.
 *
 * VCVTNEPS2BF16 rounds to nearest even like bf16_from_f32, with one difference: it takes subnormal
 * floats (below 1.2e-38) as zero, whatever MXCSR says. tests/test_kern.c allows exactly that. */
#include "kernel/kern.h"

#include <float.h>
#include <immintrin.h>
#include <math.h>
#include <string.h>

#define KERN_NAME "avx512"
#define KERN_TABLE kern_avx512
#define VW 16
/* Rows of an sgemm tile: at most 24 of 32 registers hold sums, the rest B and the broadcast of A. */
#define SG_VECTORS 4
#define SG_ROWS(nv) ((nv) <= 2 ? 12 : (nv) == 3 ? 8 : 6)
#define V_FN static inline __attribute__((always_inline))

typedef __m512    vf;
typedef __m512d   vd;
typedef __mmask16 vm;

V_FN vm    v_first(int n) { return (vm)((1u << n) - 1u); }
V_FN vf    v_load(const float *p) { return _mm512_loadu_ps(p); } /* p: [16] */
V_FN void  v_store(float *p, vf v) { _mm512_storeu_ps(p, v); }   /* p: [16] */
V_FN vf    v_loadm(const float *p, vm m) { return _mm512_maskz_loadu_ps(m, p); }
V_FN void  v_storem(float *p, vm m, vf v) { _mm512_mask_storeu_ps(p, m, v); }
V_FN vf    v_set(float x) { return _mm512_set1_ps(x); }
V_FN vf    v_add(vf a, vf b) { return _mm512_add_ps(a, b); }
V_FN vf    v_sub(vf a, vf b) { return _mm512_sub_ps(a, b); }
V_FN vf    v_mul(vf a, vf b) { return _mm512_mul_ps(a, b); }
V_FN vf    v_div(vf a, vf b) { return _mm512_div_ps(a, b); }
V_FN vf    v_sqrt(vf a) { return _mm512_sqrt_ps(a); }
V_FN vf    v_fma(vf a, vf b, vf c) { return _mm512_fmadd_ps(a, b, c); }
V_FN vf    v_fnma(vf a, vf b, vf c) { return _mm512_fnmadd_ps(a, b, c); }
V_FN vf    v_max(vf a, vf b) { return _mm512_max_ps(a, b); }       /* b where either is NaN */
V_FN vf    v_max_nan(vf x, vf lo) { return _mm512_max_ps(lo, x); } /* NaN in x stays */
V_FN vf    v_min_nan(vf x, vf hi) { return _mm512_min_ps(hi, x); }
V_FN vf    v_abs(vf a) { return _mm512_abs_ps(a); }
V_FN vf    v_round(vf a) { return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
V_FN vf    v_exp2i(vf p, vf n) { return _mm512_scalef_ps(p, n); }
V_FN vf    v_zero_below(vf x, vf lo, vf v) { return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x, lo, _CMP_NLT_UQ), v); }
V_FN float v_hsum(vf v) { return _mm512_reduce_add_ps(v); }
V_FN float v_hmax(vf v) { return _mm512_reduce_max_ps(v); }

V_FN vd vd_sq_lo(vf v, vd s) {
    vd d = _mm512_cvtps_pd(_mm512_castps512_ps256(v));
    return _mm512_fmadd_pd(d, d, s);
}
V_FN vd vd_sq_hi(vf v, vd s) {
    vd d = _mm512_cvtps_pd(_mm512_extractf32x8_ps(v, 1));
    return _mm512_fmadd_pd(d, d, s);
}
V_FN double vd_hsum(vd s) { return _mm512_reduce_add_pd(s); }

V_FN vf v_ld_bf16(const uint16_t *p) {
    __m512i u = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(const void *)p));
    return _mm512_castsi512_ps(_mm512_slli_epi32(u, 16));
}
V_FN void v_st_bf16(uint16_t *p, vf v) {
    __m256bh h = _mm512_cvtneps_pbh(v);
    memcpy(p, &h, sizeof h);
}
V_FN vm v_beyond(int n) { return (vm)(0xffffu << n); } /* lanes from n on */
V_FN vf v_where(vm m, vf a, vf b) { return _mm512_mask_mov_ps(b, m, a); }
/* x and y rounded: lanes side by side, x0 y0 x1 y1 ..., and each by itself where asked for */
V_FN void v_st_bf16_pairs(uint16_t *xy, uint16_t *px, uint16_t *py, vf x, vf y) { /* xy: [32], px, py: [16] */
    const __m512i zip = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21,
                                         5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    __m512bh      h   = _mm512_cvtne2ps_pbh(y, x);
    __m512i       v;
    memcpy(&v, &h, sizeof v);
    _mm512_storeu_si512(xy, _mm512_permutexvar_epi16(zip, v));
    if (px) _mm256_storeu_si256((__m256i *)(void *)px, _mm512_castsi512_si256(v));
    if (py) _mm256_storeu_si256((__m256i *)(void *)py, _mm512_extracti64x4_epi64(v, 1));
}
V_FN vf   v_ld_f16(const uint16_t *p) { return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(const void *)p)); }
V_FN void v_st_f16(uint16_t *p, vf v) {
    _mm256_storeu_si256((__m256i *)(void *)p, _mm512_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}
V_FN vf v_ld_i8(const int8_t *p) {
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(const void *)p)));
}
V_FN float    half_to_f32(uint16_t h) { return _cvtsh_ss(h); }
V_FN uint16_t half_from_f32(float f) { return _cvtss_sh(f, _MM_FROUND_TO_NEAREST_INT); }

/* Sixteen floats to int8, half away from zero; what is not within +-127.5 becomes 0 (see kern_ref.c). */
V_FN void v_st_i8_round(int8_t *p, vf v) {
    __mmask16 ok  = _mm512_cmp_ps_mask(_mm512_abs_ps(v), _mm512_set1_ps(127.5f), _CMP_LE_OQ);
    vf        t   = _mm512_roundscale_ps(v, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
    __mmask16 up  = _mm512_cmp_ps_mask(_mm512_abs_ps(_mm512_sub_ps(v, t)), _mm512_set1_ps(0.5f), _CMP_GE_OQ);
    vf        one = _mm512_or_ps(_mm512_set1_ps(1.0f), _mm512_and_ps(v, _mm512_set1_ps(-0.0f)));
    t             = _mm512_mask_add_ps(t, up, t, one);
    t             = _mm512_min_ps(_mm512_max_ps(t, _mm512_set1_ps(-127.0f)), _mm512_set1_ps(127.0f));
    _mm_storeu_si128((__m128i *)(void *)p, _mm512_cvtepi32_epi8(_mm512_maskz_cvtps_epi32(ok, t)));
}

V_FN vf v_dot2(vf s, uint32_t a, const uint16_t *b) {
    __m512i  x = _mm512_set1_epi32((int)a), y = _mm512_loadu_si512(b);
    __m512bh p, q;
    memcpy(&p, &x, sizeof p);
    memcpy(&q, &y, sizeof q);
    return _mm512_dpbf16_ps(s, p, q);
}

V_FN vf v_pairs(const float *c) { /* c: [8] */
    const __m512i twice = _mm512_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
    return _mm512_permutexvar_ps(twice, _mm512_castps256_ps512(_mm256_loadu_ps(c)));
}
V_FN vf v_rope(vf x, vf c, vf s) { return _mm512_fmaddsub_ps(x, c, _mm512_mul_ps(_mm512_permute_ps(x, 0xb1), s)); }

typedef __m512i vi;
#define I8_BIASED 1 /* VPDPBUSD takes one side unsigned */
#define IG_ROWS 4
#define IG_PANELS 4

V_FN vi vi_set(int32_t i) { return _mm512_set1_epi32(i); }
V_FN vf v_i2f(vi v) { return _mm512_cvtepi32_ps(v); }
V_FN vi vi_abs(vf x) { return _mm512_and_si512(_mm512_castps_si512(x), _mm512_set1_epi32(0x7fffffff)); }
V_FN vi v_sum4(vi s, const int8_t *p) { return _mm512_dpbusd_epi32(s, _mm512_set1_epi8(1), _mm512_loadu_si512(p)); }
V_FN int32_t vi_hsum(vi v) { return _mm512_reduce_add_epi32(v); }
V_FN vf      v_amax(vf m, vf x) { return _mm512_castsi512_ps(_mm512_max_epi32(vi_abs(m), vi_abs(x))); }
V_FN float   v_hamax(vf m) {
      int32_t i = _mm512_reduce_max_epi32(_mm512_castps_si512(m));
      float   f;
      memcpy(&f, &i, sizeof f);
      return f;
}
V_FN vi vh_amax(vi m, const uint16_t *p) {
    return _mm512_max_epu16(m, _mm512_and_si512(_mm512_loadu_si512(p), _mm512_set1_epi16(0x7fff)));
}
V_FN uint16_t vh_hmax(vi a, vi b) {
    a         = _mm512_max_epu16(a, b);
    __m256i h = _mm256_max_epu16(_mm512_castsi512_si256(a), _mm512_extracti64x4_epi64(a, 1));
    __m128i q = _mm_max_epu16(_mm256_castsi256_si128(h), _mm256_extracti128_si256(h, 1));
    return (uint16_t)~_mm_extract_epi16(_mm_minpos_epu16(_mm_xor_si128(q, _mm_set1_epi16(-1))), 0);
}
V_FN void v_quant8(int8_t *q, vf x, vf inv) {
    __m512i v = _mm512_castps_si512(_mm512_fmadd_ps(x, inv, _mm512_set1_ps(0x1.8p23f)));
    _mm_storeu_si128((__m128i *)(void *)q, _mm512_cvtepi32_epi8(v));
}
/* Even elements are the low halves of 32-bit words, odd ones the high halves; a pair of results is a 16-bit word. */
V_FN void v_quant16(int8_t *q, const uint16_t *p, vf inv) {
    const vf magic = _mm512_set1_ps(0x1.8p23f);
    __m512i  x     = _mm512_loadu_si512(p);
    vf       lo    = _mm512_castsi512_ps(_mm512_slli_epi32(x, 16)),
       hi          = _mm512_castsi512_ps(_mm512_and_si512(x, _mm512_set1_epi32((int)0xffff0000u)));
    __m512i a      = _mm512_castps_si512(_mm512_fmadd_ps(lo, inv, magic)),
            b      = _mm512_slli_epi32(_mm512_castps_si512(_mm512_fmadd_ps(hi, inv, magic)), 8);
    __m512i r      = _mm512_ternarylogic_epi32(_mm512_set1_epi32(0xff), a, b, 0xca); /* the first where set, else b */
    _mm256_storeu_si256((__m256i *)(void *)q, _mm512_cvtepi32_epi16(r));
}
V_FN void v_narrow8(int8_t *q, vf v) {
    _mm_storeu_si128((__m128i *)(void *)q, _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(v)));
}
V_FN vi v_b8(const int8_t *p) { return _mm512_xor_si512(_mm512_loadu_si512(p), _mm512_set1_epi8(-128)); }
V_FN vi v_dot4(vi s, vi b, int32_t a) { return _mm512_dpbusd_epi32(s, b, _mm512_set1_epi32(a)); }

/* Transposition within 128-bit lanes only: a register takes its lanes from rows that lie a quarter of the block apart,
 * by loads that need no shuffle, so that a column comes out whole. */
V_FN __m512i v_lanes(const void *p, ptrdiff_t step) { /* 16 bytes each at p, p + step, p + 2 step, p + 3 step */
    const char *c = p;
    __m512i     v = _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)(const void *)c));
    v             = _mm512_mask_broadcast_i32x4(v, 0x00f0, _mm_loadu_si128((const __m128i *)(const void *)(c + step)));
    v = _mm512_mask_broadcast_i32x4(v, 0x0f00, _mm_loadu_si128((const __m128i *)(const void *)(c + 2 * step)));
    return _mm512_mask_broadcast_i32x4(v, 0xf000, _mm_loadu_si128((const __m128i *)(const void *)(c + 3 * step)));
}

#define TR32_ROWS 16
#define TR32_COLS 4
V_FN void v_transpose32(float *y, ptrdiff_t ldy, const float *x, ptrdiff_t ldx) { /* y: [4, 16], x: [16, 4] */
    __m512i a = v_lanes(x, 16 * ldx), b = v_lanes(x + ldx, 16 * ldx), c = v_lanes(x + 2 * ldx, 16 * ldx),
            d = v_lanes(x + 3 * ldx, 16 * ldx);
    __m512i p = _mm512_unpacklo_epi32(a, b), q = _mm512_unpackhi_epi32(a, b), r = _mm512_unpacklo_epi32(c, d),
            s = _mm512_unpackhi_epi32(c, d);
    _mm512_storeu_si512(y, _mm512_unpacklo_epi64(p, r));
    _mm512_storeu_si512(y + ldy, _mm512_unpackhi_epi64(p, r));
    _mm512_storeu_si512(y + 2 * ldy, _mm512_unpacklo_epi64(q, s));
    _mm512_storeu_si512(y + 3 * ldy, _mm512_unpackhi_epi64(q, s));
}

#define TR16_ROWS 32
#define TR16_COLS 8
V_FN void v_transpose16(uint16_t *y, ptrdiff_t ldy, const uint16_t *x, ptrdiff_t ldx) { /* y: [8, 32], x: [32, 8] */
    __m512i a[8], b[8];
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) a[i] = v_lanes(x + i * ldx, 16 * ldx);
#pragma GCC unroll 4
    for (int i = 0; i < 8; i += 2) { /* b[i], b[i + 1]: columns 0-3, 4-7 of rows i, i + 1 of each lane's eight */
        b[i]     = _mm512_unpacklo_epi16(a[i], a[i + 1]);
        b[i + 1] = _mm512_unpackhi_epi16(a[i], a[i + 1]);
    }
#pragma GCC unroll 2
    for (int h = 0; h < 2; h++)
#pragma GCC unroll 2
        for (int i = 0; i < 8; i += 4) { /* a[i + 2h], a[i + 2h + 1]: columns 4h, 4h+1 | 4h+2, 4h+3 of rows i..i+3 */
            a[i + 2 * h]     = _mm512_unpacklo_epi32(b[i + h], b[i + 2 + h]);
            a[i + 2 * h + 1] = _mm512_unpackhi_epi32(b[i + h], b[i + 2 + h]);
        }
#pragma GCC unroll 4
    for (int h = 0; h < 4; h++) {
        _mm512_storeu_si512(y + 2 * h * ldy, _mm512_unpacklo_epi64(a[h], a[4 + h]));
        _mm512_storeu_si512(y + (2 * h + 1) * ldy, _mm512_unpackhi_epi64(a[h], a[4 + h]));
    }
}

/* a0 b0 a1 b1 ...: two rows of 16 bf16 side by side, pair by pair */
V_FN void v_zip16(uint16_t *y, const uint16_t *a, const uint16_t *b) { /* y: [32] */
    __m512i p = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(const void *)a));
    __m512i q = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(const void *)b));
    _mm512_storeu_si512(y, _mm512_or_si512(p, _mm512_slli_epi32(q, 16)));
}

#include "kernel/kern_simd.inc"
