/* test_kern_int8.c -- rows, panels and products in 8 bits: every table gives the bits of the reference, and the
 * reference gives what the definitions say. R1_SEED=n repeats a run. */
#include "unit.h"

#include <float.h>
#include <math.h>
#include "base/rng.h"
#include "kernel/kern.h"

static rng         R;
static const kern *tab[5];
static int         n_tab;

enum { MAXN = 700, GUARD = 64 };
static const int lens[] = {0,  1,  2,  3,  7,   8,   9,   15,  16,  17,  31,  32,  33,  48,
                           63, 64, 65, 96, 100, 127, 128, 129, 255, 256, 257, 512, 640, 699};
enum { N_LENS = sizeof lens / sizeof *lens };

static uint32_t bits(float f) {
    uint32_t u;
    memcpy(&u, &f, 4);
    return u;
}

static bool same(float a, float b) { return bits(a) == bits(b) || (isnan(a) && isnan(b)); }

static void fill(float *x, int n, float std) {
    for (int i = 0; i < n; i++) x[i] = std * rng_normal(&R);
}

static void fill_i8(int8_t *x, size_t n) {
    for (size_t i = 0; i < n; i++) x[i] = (int8_t)((int)rng_below(&R, 255) - 127);
}

/* ---- scales ---- */

static void test_scales(void **state) {
    (void)state;
    R = rng_seed(unit_seed("scales"));
    assert_true(i8_scale(0) == 0 && i8_scale(1e-35f) == 0 && isnan(i8_scale(INFINITY)) && isnan(i8_scale(NAN)));
    assert_true(isnan(f16_to_f32(i8_weight_scale(INFINITY))) && isnan(f16_to_f32(i8_weight_scale(1e9f))));
    assert_true(isnan(f16_to_f32(i8_block_scale(NAN))) && i8_block_scale(0) == 0);
    assert_true(f16_to_f32(i8_weight_scale(0)) == 0x1p-17f);
    assert_true(f16_to_f32(i8_block_scale(127)) == 1 && f16_to_f32(i8_block_scale(127.1f)) == 2);
    for (int i = 0; i < 20000; i++) {
        float a = ldexpf((float)(1 + rng_f64(&R)), (int)rng_below(&R, 40) - 30);
        if (a > 65000) continue;
        float s = i8_scale(a), w = f16_to_f32(i8_weight_scale(a)), b = f16_to_f32(i8_block_scale(a));
        assert_true((double)s * 127 == (double)(s * 127)); /* exact, so that a quantized row has this scale again */
        assert_true(fabs((double)a / (double)s - 127) < 0.01 && i8_scale(127 * s) == s);
        /* the largest weight is 127 steps, unless all are so small that the least step is used */
        float q = nearbyintf(a / w);
        assert_true(q == 127 || (w == 0x1p-17f && q < 127));
        assert_true(f16_to_f32(i8_weight_scale(q * w)) == w);
        int e;
        assert_true(frexpf(b, &e) == 0.5f && a / b <= 127);
        assert_true(a / b > 63.5f || b == 0x1p-24f);
        q = nearbyintf(a / b);
        assert_true(q == 0 || f16_to_f32(i8_block_scale(q * b)) == b);
    }
}

/* ---- rows ---- */

static void check_guard(const int8_t *q, int n, const char *what) {
    for (int i = n; i < n + GUARD; i++)
        if (q[i] != 0x55) fail_msg("%s wrote behind its %d elements", what, n);
}

static void row_case(const kern *k, int n, int kind) {
    float    x[MAXN + GUARD], s, s2;
    uint16_t h[MAXN + GUARD], yb[MAXN + GUARD], yb2[MAXN + GUARD];
    int8_t   q[MAXN + GUARD], q2[MAXN + GUARD];
    fill(x, n, kind == 1 ? 1e-33f : kind == 2 ? 1e30f : 1);
    if (kind == 3 && n) x[rng_below(&R, (uint64_t)n)] = NAN;
    if (kind == 4 && n) x[rng_below(&R, (uint64_t)n)] = -INFINITY;
    if (kind == 5) memset(x, 0, sizeof x);
    kern_ref.f32_to_bf16(h, x, (size_t)n);
    memset(q, 0x55, sizeof q);
    assert_true(same(k->amax_f32(x, n), kern_ref.amax_f32(x, n)) || kind == 3 || kind == 4);
    assert_true(isfinite(k->amax_f32(x, n)) == isfinite(kern_ref.amax_f32(x, n)));
    s  = k->quant_f32(q, x, n);
    s2 = kern_ref.quant_f32(q2, x, n);
    assert_true(same(s, s2));
    assert_memory_equal(q, q2, (size_t)n);
    check_guard(q, n, "quant_f32");
    for (int i = 0; i < n && s > 0; i++) { /* no further from the truth than half a step */
        assert_true(fabs((double)x[i] / (double)s - q[i]) <= 0.5 + 1e-5);
        x[i] = s * (float)q[i];
    }
    if (s > 0) { /* a quantized row stays as it is */
        assert_true(k->quant_f32(q2, x, n) == s);
        assert_memory_equal(q, q2, (size_t)n);
    }
    s  = k->quant_bf16(q, h, n);
    s2 = kern_ref.quant_bf16(q2, h, n);
    assert_true(same(s, s2));
    assert_memory_equal(q, q2, (size_t)n);
    check_guard(q, n, "quant_bf16");
    fill(x, n, 1);
    float by = kind == 3   ? NAN
               : kind == 5 ? 0
                           : f16_to_f32(i8_weight_scale(kern_ref.amax_f32(x, n) * (kind ? 0.5f : 1)));
    memset(yb, 0x55, sizeof yb);
    k->quant_by(q, yb, x, by, n);
    kern_ref.quant_by(q2, yb2, x, by, n);
    assert_memory_equal(q, q2, (size_t)n);
    assert_memory_equal(yb, yb2, 2 * (size_t)n);
    for (int i = n; i < n + GUARD; i++) assert_true(yb[i] == 0x5555);
    check_guard(q, n, "quant_by");
    k->quant_by(q, NULL, x, by, n);
    assert_memory_equal(q, q2, (size_t)n);
}

static void test_rows(void **state) {
    (void)state;
    R = rng_seed(unit_seed("rows"));
    for (int t = 0; t < n_tab; t++)
        for (int l = 0; l < N_LENS; l++)
            for (int kind = 0; kind < 6; kind++) row_case(tab[t], lens[l], kind);
}

/* Halves go to the even neighbour: with s = 1 exactly, x = 0.5, 1.5, ... */
static void test_rounding(void **state) {
    (void)state;
    for (int t = 0; t < n_tab; t++) {
        float  x[256];
        int8_t q[256];
        for (int i = 0; i < 254; i++) x[i] = (float)i * 0.5f - 63.25f + 0.25f;
        x[254] = 127;
        x[255] = -127;
        assert_true(tab[t]->quant_f32(q, x, 256) == 1);
        for (int i = 0; i < 256; i++) assert_int_equal(q[i], (int)nearbyint((double)x[i]));
        tab[t]->quant_by(q, NULL, x, 0.5f, 256);
        assert_int_equal(q[254], 127);
        assert_int_equal(q[255], -127);
    }
}

/* ---- products ---- */

static void igemm_case(const kern *k, int M, int N, int Kd, bgemm_out out, int pad) {
    int     lda = Kd + 4 * pad, ldc = N + pad, np = (N + 15) / 16 * 16, panel = Kd * 16 + 64 * pad;
    size_t  nc = (size_t)(M * ldc + GUARD), nb = (size_t)(np / 16 * panel + 1);
    int8_t *a = malloc((size_t)(M * lda + 1)), *b = malloc((size_t)(np * lda + 1)), *y = calloc(nb, 1),
           *y2 = calloc(nb, 1);
    float *c = malloc(nc * 4), *c2 = malloc(nc * 4), *sx = malloc(4 * (size_t)M + 4), *sw = malloc(4 * (size_t)N);
    fill_i8(a, (size_t)(M * lda));
    fill_i8(b, (size_t)(np * lda));
    fill(c, (int)nc, 1);
    fill(sx, M, 0.01f);
    fill(sw, N, 0.01f);
    if (pad == 2) sx[M / 2] = NAN;
    memcpy(c2, c, nc * 4);
    k->panel_i8(y, panel, b, lda, np, Kd);
    kern_ref.panel_i8(y2, panel, b, lda, np, Kd);
    assert_memory_equal(y, y2, nb);
    k->igemm(M, N, Kd, a, lda, sx, y, panel, sw, out, c, ldc);
    kern_ref.igemm(M, N, Kd, a, lda, sx, y, panel, sw, out, c2, ldc);
    if (pad != 2) assert_memory_equal(c, c2, nc * 4); /* and what lies between the rows and behind */
    for (int i = 0; pad == 2 && i < M; i++)
        for (int j = 0; j < N; j++) {
            float u = out == BGEMM_BF16 ? bf16_to_f32(((uint16_t *)c)[i * ldc + j]) : c[i * ldc + j],
                  v = out == BGEMM_BF16 ? bf16_to_f32(((uint16_t *)c2)[i * ldc + j]) : c2[i * ldc + j];
            assert_true(isnan(u) == (i == M / 2) && same(u, v));
        }
    free(a), free(b), free(y), free(y2), free(c), free(c2), free(sx), free(sw);
}

static void test_igemm(void **state) {
    (void)state;
    R                     = rng_seed(unit_seed("igemm"));
    static const int ms[] = {1, 2, 3, 4, 5, 6, 7, 8, 13, 16, 17, 31, 32, 33, 48, 63, 64, 65, 96, 130};
    static const int ns[] = {1, 7, 15, 16, 17, 31, 32, 40, 48, 63, 64, 65, 80, 96, 128, 131};
    for (int ti = 0; ti < n_tab; ti++) {
        for (int out = BGEMM_F32; out <= BGEMM_BF16; out++)
            for (size_t m = 0; m < sizeof ms / sizeof *ms; m++)
                for (size_t n = 0; n < sizeof ns / sizeof *ns; n++)
                    igemm_case(tab[ti], ms[m], ns[n], 64 * (1 + (int)(m + n) % 3), (bgemm_out)out, (int)(m + n) % 3);
        igemm_case(tab[ti], 64, 256, 768, BGEMM_F32, 0);
        igemm_case(tab[ti], 5, 16, 0, BGEMM_F32, 0); /* an empty sum */
        igemm_case(tab[ti], 2, 33, 16384, BGEMM_F32, 0);
    }
}

/* The largest sums there can be do not overflow. */
static void test_igemm_extreme(void **state) {
    (void)state;
    int     n = I8_K_MAX;
    int8_t *a = malloc((size_t)n * 6), *b = malloc((size_t)n * 16);
    for (int ti = 0; ti < n_tab; ti++)
        for (int sign = -1; sign <= 1; sign += 2) {
            float sx[6] = {1, 1, 1, 1, 1, 1}, sw[16], c[96];
            memset(a, 127, (size_t)n * 6);
            memset(b, sign * 127, (size_t)n * 16);
            for (int i = 0; i < 16; i++) sw[i] = 1;
            tab[ti]->igemm(6, 16, n, a, n, sx, b, n * 16, sw, BGEMM_F32, c, 16);
            for (int i = 0; i < 96; i++) assert_true(c[i] == (float)(sign * 127 * 127 * n));
        }
    free(a), free(b);
}

/* What it is for: y = x W^T as close as 8 bits allow. */
static void test_meaning(void **state) {
    (void)state;
    R = rng_seed(unit_seed("meaning"));
    enum { T = 9, OUT = 48, IN = 192 };
    static float  x[T * IN], w[OUT * IN], sx[T], sw[OUT], y[T * OUT];
    static int8_t xq[T * IN], wq[OUT * IN], p[OUT * IN];
    for (int ti = 0; ti < n_tab; ti++) {
        const kern *k = tab[ti];
        double      d = 0, m = 0;
        fill(x, T * IN, 1);
        fill(w, OUT * IN, 0.05f);
        for (int t = 0; t < T; t++) sx[t] = k->quant_f32(xq + t * IN, x + t * IN, IN);
        for (int o = 0; o < OUT; o++) {
            sw[o] = f16_to_f32(i8_weight_scale(k->amax_f32(w + o * IN, IN)));
            k->quant_by(wq + o * IN, NULL, w + o * IN, sw[o], IN);
        }
        k->panel_i8(p, IN * 16, wq, IN, OUT, IN);
        k->igemm(T, OUT, IN, xq, IN, sx, p, IN * 16, sw, BGEMM_F32, y, OUT);
        for (int t = 0; t < T; t++)
            for (int o = 0; o < OUT; o++) {
                double v = 0;
                for (int i = 0; i < IN; i++) v += (double)x[t * IN + i] * (double)w[o * IN + i];
                d += (v - (double)y[t * OUT + o]) * (v - (double)y[t * OUT + o]);
                m += v * v;
            }
        if (!(sqrt(d / m) < 0.015)) fail_msg("%s: relative error %g", k->name, sqrt(d / m));
    }
}

int main(void) {
    n_tab                       = kern_all(tab);
    const struct CMUnitTest t[] = {cmocka_unit_test(test_scales),        cmocka_unit_test(test_rows),
                                   cmocka_unit_test(test_rounding),      cmocka_unit_test(test_igemm),
                                   cmocka_unit_test(test_igemm_extreme), cmocka_unit_test(test_meaning)};
    return cmocka_run_group_tests_name("kern_int8", t, NULL, NULL);
}
