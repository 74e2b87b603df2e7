/* kern_avx2.c -- the table for CPUs with AVX2, FMA and F16C: 8 floats a vector.
 *
 * This file says what the primitives of kern_simd.inc are in AVX2; the body is there. AVX2 has no mask
 * registers: a mask is a vector of 0 and -1 cut out of a small table, and no bf16: the rounding is done
 * in integers, as in bf16_from_f32. */
#include "kernel/kern.h"

#include <float.h>
#include <immintrin.h>
#include <math.h>
#include <string.h>

#define KERN_NAME "avx2"
#define KERN_TABLE kern_avx2
#define VW 8
/* 12 of 16 registers hold sums: 6 rows of 16 floats. */
#define SG_VECTORS 2
#define SG_ROWS(nv) ((nv) == 1 ? 8 : 6)
#define V_FN static inline __attribute__((always_inline))

typedef __m256  vf;
typedef __m256d vd;
typedef __m256i vm;

static const int32_t avx2_lanes[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};

V_FN vm   v_first(int n) { return _mm256_loadu_si256((const __m256i *)(const void *)(avx2_lanes + 8 - n)); }
V_FN vm   v_beyond(int n) { return _mm256_xor_si256(v_first(n), _mm256_set1_epi32(-1)); } /* lanes from n on */
V_FN vf   v_where(vm m, vf a, vf b) { return _mm256_blendv_ps(b, a, _mm256_castsi256_ps(m)); }
V_FN vf   v_load(const float *p) { return _mm256_loadu_ps(p); } /* p: [8] */
V_FN void v_store(float *p, vf v) { _mm256_storeu_ps(p, v); }   /* p: [8] */
V_FN vf   v_loadm(const float *p, vm m) { return _mm256_maskload_ps(p, m); }
V_FN void v_storem(float *p, vm m, vf v) { _mm256_maskstore_ps(p, m, v); }
V_FN vf   v_set(float x) { return _mm256_set1_ps(x); }
V_FN vf   v_add(vf a, vf b) { return _mm256_add_ps(a, b); }
V_FN vf   v_sub(vf a, vf b) { return _mm256_sub_ps(a, b); }
V_FN vf   v_mul(vf a, vf b) { return _mm256_mul_ps(a, b); }
V_FN vf   v_div(vf a, vf b) { return _mm256_div_ps(a, b); }
V_FN vf   v_sqrt(vf a) { return _mm256_sqrt_ps(a); }
V_FN vf   v_fma(vf a, vf b, vf c) { return _mm256_fmadd_ps(a, b, c); }
V_FN vf   v_fnma(vf a, vf b, vf c) { return _mm256_fnmadd_ps(a, b, c); }
V_FN vf   v_max(vf a, vf b) { return _mm256_max_ps(a, b); }       /* b where either is NaN */
V_FN vf   v_max_nan(vf x, vf lo) { return _mm256_max_ps(lo, x); } /* NaN in x stays */
V_FN vf   v_min_nan(vf x, vf hi) { return _mm256_min_ps(hi, x); }
V_FN vf   v_abs(vf a) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a); }
V_FN vf   v_round(vf a) { return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
/* In two steps, because 2^128 is no float: 2^(n/2) twice (n is at most 129 here). */
V_FN vf v_exp2i(vf p, vf n) {
    __m256i k = _mm256_cvtps_epi32(n), h = _mm256_srai_epi32(k, 1), bias = _mm256_set1_epi32(127);
    __m256i u = _mm256_slli_epi32(_mm256_add_epi32(h, bias), 23);
    __m256i v = _mm256_slli_epi32(_mm256_add_epi32(_mm256_sub_epi32(k, h), bias), 23);
    return _mm256_mul_ps(_mm256_mul_ps(p, _mm256_castsi256_ps(u)), _mm256_castsi256_ps(v));
}
V_FN vf    v_zero_below(vf x, vf lo, vf v) { return _mm256_and_ps(_mm256_cmp_ps(x, lo, _CMP_NLT_UQ), v); }
V_FN float v_hsum(vf v) {
    __m128 a = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    a        = _mm_add_ps(a, _mm_movehl_ps(a, a));
    return _mm_cvtss_f32(_mm_add_ss(a, _mm_movehdup_ps(a)));
}
V_FN float v_hmax(vf v) {
    __m128 a = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    a        = _mm_max_ps(a, _mm_movehl_ps(a, a));
    return _mm_cvtss_f32(_mm_max_ss(a, _mm_movehdup_ps(a)));
}

V_FN vd vd_sq_lo(vf v, vd s) {
    vd d = _mm256_cvtps_pd(_mm256_castps256_ps128(v));
    return _mm256_fmadd_pd(d, d, s);
}
V_FN vd vd_sq_hi(vf v, vd s) {
    vd d = _mm256_cvtps_pd(_mm256_extractf128_ps(v, 1));
    return _mm256_fmadd_pd(d, d, s);
}
V_FN double vd_hsum(vd s) {
    __m128d a = _mm_add_pd(_mm256_castpd256_pd128(s), _mm256_extractf128_pd(s, 1));
    return _mm_cvtsd_f64(_mm_add_sd(a, _mm_unpackhi_pd(a, a)));
}

V_FN __m128i load_128(const void *p) { return _mm_loadu_si128((const __m128i *)p); }

V_FN vf v_ld_bf16(const uint16_t *p) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(load_128(p)), 16));
}
V_FN void v_st_bf16(uint16_t *p, vf v) {
    __m256i u = _mm256_castps_si256(v), hi = _mm256_srli_epi32(u, 16);
    __m256i r =
        _mm256_add_epi32(u, _mm256_add_epi32(_mm256_set1_epi32(0x7fff), _mm256_and_si256(hi, _mm256_set1_epi32(1))));
    __m256i nan = _mm256_castps_si256(_mm256_cmp_ps(v, v, _CMP_UNORD_Q));
    r           = _mm256_blendv_epi8(_mm256_srli_epi32(r, 16), _mm256_or_si256(hi, _mm256_set1_epi32(0x40)), nan);
    r = _mm256_permute4x64_epi64(_mm256_packus_epi32(r, r), 0x08); /* the packing works within 128-bit halves */
    _mm_storeu_si128((__m128i *)(void *)p, _mm256_castsi256_si128(r));
}
V_FN vf   v_ld_f16(const uint16_t *p) { return _mm256_cvtph_ps(load_128(p)); }
V_FN void v_st_f16(uint16_t *p, vf v) {
    _mm_storeu_si128((__m128i *)(void *)p, _mm256_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT));
}
V_FN vf v_ld_i8(const int8_t *p) {
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)p)));
}
V_FN float    half_to_f32(uint16_t h) { return _cvtsh_ss(h); }
V_FN uint16_t half_from_f32(float f) { return _cvtss_sh(f, _MM_FROUND_TO_NEAREST_INT); }

/* Eight floats to int8, half away from zero; what is not within +-127.5 becomes 0 (see kern_ref.c). */
V_FN void v_st_i8_round(int8_t *p, vf v) {
    vf ok     = _mm256_cmp_ps(v_abs(v), _mm256_set1_ps(127.5f), _CMP_LE_OQ);
    vf t      = _mm256_round_ps(v, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
    vf up     = _mm256_cmp_ps(v_abs(_mm256_sub_ps(v, t)), _mm256_set1_ps(0.5f), _CMP_GE_OQ);
    vf one    = _mm256_or_ps(_mm256_set1_ps(1.0f), _mm256_and_ps(v, _mm256_set1_ps(-0.0f)));
    t         = _mm256_add_ps(t, _mm256_and_ps(up, one));
    t         = _mm256_and_ps(ok, _mm256_min_ps(_mm256_max_ps(t, _mm256_set1_ps(-127.0f)), _mm256_set1_ps(127.0f)));
    __m256i i = _mm256_cvtps_epi32(t);
    __m128i w = _mm_packs_epi32(_mm256_castsi256_si128(i), _mm256_extracti128_si256(i, 1));
    _mm_storel_epi64((__m128i *)(void *)p, _mm_packs_epi16(w, w));
}

V_FN vf v_dot2(vf s, uint32_t a, const uint16_t *b) {
    const __m256i high = _mm256_set1_epi32((int)0xffff0000u);
    __m256i       y    = _mm256_loadu_si256((const __m256i *)(const void *)b);
    uint32_t      lo = a << 16, hi = a & 0xffff0000u;
    float         l, h;
    memcpy(&l, &lo, sizeof l);
    memcpy(&h, &hi, sizeof h);
    s = _mm256_fmadd_ps(_mm256_set1_ps(l), _mm256_castsi256_ps(_mm256_slli_epi32(y, 16)), s);
    return _mm256_fmadd_ps(_mm256_set1_ps(h), _mm256_castsi256_ps(_mm256_and_si256(y, high)), s);
}

V_FN vf v_pairs(const float *c) { /* c: [4] */
    const __m256i twice = _mm256_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3);
    return _mm256_permutevar8x32_ps(_mm256_castps128_ps256(_mm_loadu_ps(c)), twice);
}
V_FN vf v_rope(vf x, vf c, vf s) { return _mm256_fmaddsub_ps(x, c, _mm256_mul_ps(_mm256_permute_ps(x, 0xb1), s)); }

typedef __m256i vi;
#define I8_BIASED 0
#define IG_ROWS 2
#define IG_PANELS 2

V_FN vi      v_sum4(vi s, const int8_t *p) { return (void)p, s; } /* the sums begin at 0 */
V_FN int32_t vi_hsum(vi v) { return (void)v, 0; }
V_FN vi      vi_set(int32_t i) { return _mm256_set1_epi32(i); }
V_FN vf      v_i2f(vi v) { return _mm256_cvtepi32_ps(v); }
V_FN vi      vi_abs(vf x) { return _mm256_and_si256(_mm256_castps_si256(x), _mm256_set1_epi32(0x7fffffff)); }
V_FN vf      v_amax(vf m, vf x) { return _mm256_castsi256_ps(_mm256_max_epi32(vi_abs(m), vi_abs(x))); }
V_FN float   v_hamax(vf m) {
      __m256i v = _mm256_castps_si256(m);
      __m128i a = _mm_max_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
      a         = _mm_max_epi32(a, _mm_shuffle_epi32(a, 0x4e));
      a         = _mm_max_epi32(a, _mm_shuffle_epi32(a, 0xb1));
      return _mm_cvtss_f32(_mm_castsi128_ps(a));
}
V_FN vi load_256(const void *p) { return _mm256_loadu_si256((const __m256i *)p); }
V_FN vi vh_amax(vi m, const uint16_t *p) {
    return _mm256_max_epu16(m, _mm256_and_si256(load_256(p), _mm256_set1_epi16(0x7fff)));
}
V_FN uint16_t vh_hmax(vi a, vi b) {
    a         = _mm256_max_epu16(a, b);
    __m128i q = _mm_max_epu16(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
    return (uint16_t)~_mm_extract_epi16(_mm_minpos_epu16(_mm_xor_si128(q, _mm_set1_epi16(-1))), 0);
}
/* Words with a number in their last 8 (16) bits -> these bits, in order */
V_FN void store_bytes(int8_t *q, __m256i v) {
    v = _mm256_shuffle_epi8(v, _mm256_setr_epi8(0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 4, 8,
                                                12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1));
    v = _mm256_permutevar8x32_epi32(v, _mm256_setr_epi32(0, 4, 1, 1, 1, 1, 1, 1));
    _mm_storel_epi64((__m128i *)(void *)q, _mm256_castsi256_si128(v));
}
V_FN void v_quant8(int8_t *q, vf x, vf inv) {
    store_bytes(q, _mm256_castps_si256(_mm256_fmadd_ps(x, inv, _mm256_set1_ps(0x1.8p23f))));
}
/* Even elements are the low halves of 32-bit words, odd ones the high halves; a pair of results is a 16-bit word. */
V_FN void v_quant16(int8_t *q, const uint16_t *p, vf inv) {
    const vf magic = _mm256_set1_ps(0x1.8p23f);
    __m256i  x = load_256(p), low = _mm256_set1_epi32(0xff);
    vf       lo = _mm256_castsi256_ps(_mm256_slli_epi32(x, 16)),
       hi       = _mm256_castsi256_ps(_mm256_and_si256(x, _mm256_set1_epi32((int)0xffff0000u)));
    __m256i a   = _mm256_and_si256(_mm256_castps_si256(_mm256_fmadd_ps(lo, inv, magic)), low),
            b   = _mm256_and_si256(_mm256_castps_si256(_mm256_fmadd_ps(hi, inv, magic)), low);
    __m256i r   = _mm256_or_si256(a, _mm256_slli_epi32(b, 8));
    r           = _mm256_permute4x64_epi64(_mm256_packus_epi32(r, r), 0x08);
    _mm_storeu_si128((__m128i *)(void *)q, _mm256_castsi256_si128(r));
}
V_FN void v_narrow8(int8_t *q, vf v) { store_bytes(q, _mm256_cvtps_epi32(v)); }
V_FN vi   v_b8(const int8_t *p) { return load_256(p); }
/* VPMADDUBSW takes one side unsigned and holds two products in 16 bits: |a| and b with a's sign, 2 * 127 * 127 fits. */
V_FN vi v_dot4(vi s, vi b, int32_t a) {
    __m256i va = _mm256_set1_epi32(a);
    __m256i t  = _mm256_maddubs_epi16(_mm256_abs_epi8(va), _mm256_sign_epi8(b, va));
    return _mm256_add_epi32(s, _mm256_madd_epi16(t, _mm256_set1_epi16(1)));
}

/* 8 x 8: pairs, quads, halves. */
#define TR32_ROWS 8
#define TR32_COLS 8
V_FN void v_transpose32(float *y, ptrdiff_t ldy, const float *x, ptrdiff_t ldx) { /* y, x: [8, 8] */
    __m256 r[8], t[8];
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) r[i] = _mm256_loadu_ps(x + i * ldx);
#pragma GCC unroll 4
    for (int i = 0; i < 8; i += 2) {
        t[i]     = _mm256_unpacklo_ps(r[i], r[i + 1]);
        t[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
    }
#pragma GCC unroll 2
    for (int i = 0; i < 8; i += 4) {
        r[i]     = _mm256_shuffle_ps(t[i], t[i + 2], 0x44);
        r[i + 1] = _mm256_shuffle_ps(t[i], t[i + 2], 0xee);
        r[i + 2] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0x44);
        r[i + 3] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0xee);
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
        _mm256_storeu_ps(y + i * ldy, _mm256_permute2f128_ps(r[i], r[i + 4], 0x20));
        _mm256_storeu_ps(y + (i + 4) * ldy, _mm256_permute2f128_ps(r[i], r[i + 4], 0x31));
    }
}

/* 16 x 16: interleave rows as 16, 32 and 64 bits, then exchange the 128-bit halves. */
#define TR16_ROWS 16
#define TR16_COLS 16
V_FN void v_transpose16(uint16_t *y, ptrdiff_t ldy, const uint16_t *x, ptrdiff_t ldx) { /* y, x: [16, 16] */
    __m256i a[16], b[16];
#pragma GCC unroll 16
    for (int i = 0; i < 16; i++) a[i] = _mm256_loadu_si256((const __m256i *)(const void *)(x + i * ldx));
#pragma GCC unroll 8
    for (int i = 0; i < 16; i += 2) { /* b[2i], b[2i+1]: rows i, i+1 */
        b[i]     = _mm256_unpacklo_epi16(a[i], a[i + 1]);
        b[i + 1] = _mm256_unpackhi_epi16(a[i], a[i + 1]);
    }
#pragma GCC unroll 4
    for (int i = 0; i < 16; i += 4)
#pragma GCC unroll 2
        for (int h = 0; h < 2; h++) { /* a[i + 2h], a[i + 2h + 1]: columns 4h, 4h+1 | 4h+2, 4h+3 of rows i..i+3 */
            a[i + 2 * h]     = _mm256_unpacklo_epi32(b[i + h], b[i + 2 + h]);
            a[i + 2 * h + 1] = _mm256_unpackhi_epi32(b[i + h], b[i + 2 + h]);
        }
#pragma GCC unroll 2
    for (int i = 0; i < 16; i += 8)
#pragma GCC unroll 4
        for (int h = 0; h < 4; h++) { /* b[i + 2h + p]: column 2h + p of rows i..i+7, and column 8 + 2h + p above it */
            b[i + 2 * h]     = _mm256_unpacklo_epi64(a[i + h], a[i + 4 + h]);
            b[i + 2 * h + 1] = _mm256_unpackhi_epi64(a[i + h], a[i + 4 + h]);
        }
#pragma GCC unroll 8
    for (int c = 0; c < 8; c++) {
        _mm256_storeu_si256((__m256i *)(void *)(y + c * ldy), _mm256_permute2x128_si256(b[c], b[8 + c], 0x20));
        _mm256_storeu_si256((__m256i *)(void *)(y + (c + 8) * ldy), _mm256_permute2x128_si256(b[c], b[8 + c], 0x31));
    }
}

/* a0 b0 a1 b1 ...: two rows of 16 bf16 side by side, pair by pair */
V_FN void v_zip16(uint16_t *y, const uint16_t *a, const uint16_t *b) { /* y: [32] */
    __m256i p = _mm256_loadu_si256((const __m256i *)(const void *)a),
            q = _mm256_loadu_si256((const __m256i *)(const void *)b);
    __m256i l = _mm256_unpacklo_epi16(p, q), h = _mm256_unpackhi_epi16(p, q);
    _mm256_storeu_si256((__m256i *)(void *)y, _mm256_permute2x128_si256(l, h, 0x20));
    _mm256_storeu_si256((__m256i *)(void *)(y + 16), _mm256_permute2x128_si256(l, h, 0x31));
}

/* x and y rounded: lanes side by side, x0 y0 x1 y1 ..., and each by itself where asked for */
V_FN void v_st_bf16_pairs(uint16_t *xy, uint16_t *px, uint16_t *py, vf x, vf y) { /* xy: [16], px, py: [8] */
    uint16_t t[2][8] __attribute__((aligned(16)));
    v_st_bf16(t[0], x);
    v_st_bf16(t[1], y);
    __m128i a = _mm_load_si128((const __m128i *)(const void *)t[0]),
            b = _mm_load_si128((const __m128i *)(const void *)t[1]);
    _mm_storeu_si128((__m128i *)(void *)xy, _mm_unpacklo_epi16(a, b));
    _mm_storeu_si128((__m128i *)(void *)(xy + 8), _mm_unpackhi_epi16(a, b));
    if (px) _mm_storeu_si128((__m128i *)(void *)px, a);
    if (py) _mm_storeu_si128((__m128i *)(void *)py, b);
}

#include "kernel/kern_simd.inc"
