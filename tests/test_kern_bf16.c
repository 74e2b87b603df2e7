/* test_kern_bf16.c -- the kernels whose ends are bf16, in every table, against the reference: products in panels, rows.
 * R1_SEED=n repeats a run. */
#include "unit.h"

#include <math.h>
#include "base/rng.h"
#include "kernel/kern.h"

static rng         R;
static const kern *tab[5];
static int         n_tab;

enum { MAXN = 300, GUARD = 32 };
static const int lens[] = {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 100, 255, 256, 257};
enum { N_LENS = sizeof lens / sizeof *lens };

static void fill(float *x, int n, float std) {
    for (int i = 0; i < n; i++) x[i] = std * rng_normal(&R);
}

static void fill_bf16(uint16_t *h, int n, float std) {
    for (int i = 0; i < n; i++) h[i] = bf16_from_f32(std * rng_normal(&R));
}

static void near(double got, double want, double size, double tol, const char *what, const char *table, int n, int i) {
    if (!(fabs(got - want) <= tol * (size + 1e-30)))
        fail_msg("%s/%s n=%d [%d]: %.9g, want %.9g", table, what, n, i, got, want);
}

/* A rounding step apart at most: the two may round a value in the middle differently. */
static void near_bf16(const uint16_t *got, const uint16_t *want, int n, const char *what, const char *table) {
    for (int i = 0; i < n; i++) {
        double w = (double)bf16_to_f32(want[i]);
        near((double)bf16_to_f32(got[i]), w, fabs(w) + 1e-30, 1.0 / 127, what, table, n, i);
    }
}

static void guard(const uint16_t *h, int n, const char *what) {
    for (int i = n; i < n + GUARD; i++)
        if (h[i] != 0x7777) fail_msg("%s wrote behind its %d elements", what, n);
}

static void set_guard(uint16_t *h, int n) {
    for (int i = n; i < n + GUARD; i++) h[i] = 0x7777;
}

/* Panels of both kinds from the same matrix, then the product, against the reference's. */
static void bgemm_case(const kern *k, int M, int N, int Kd, bgemm_out out, int pad) {
    int       lda = Kd + 2 * pad, ldx = (N + 2 * pad + 1) / 2 * 2, ldc = N + pad, panel = Kd * 16 + 32 * pad;
    float    *f = calloc((size_t)(M * lda + Kd * ldx) + 1, sizeof *f), *c = malloc(sizeof *c * (size_t)(M * ldc) * 2);
    uint16_t *h = malloc(2 * (size_t)(M * lda + Kd * ldx)), *t = malloc(2 * (size_t)(N * lda)), *a = h,
             *b = h + M * lda;
    uint16_t *y = calloc((size_t)(N / 16 * panel), 2), *y2 = calloc((size_t)(N / 16 * panel), 2);
    fill(f, M * lda + Kd * ldx, 1.0f);
    kern_ref.f32_to_bf16(h, f, (size_t)(M * lda + Kd * ldx));
    fill(c, M * ldc, 1.0f);
    float *c2 = c + M * ldc;
    memcpy(c2, c, sizeof *c * (size_t)(M * ldc));
    k->panel_rows(y, panel, b, ldx, Kd, N);
    kern_ref.panel_rows(y2, panel, b, ldx, Kd, N);
    assert_memory_equal(y, y2, 2 * (size_t)(N / 16 * panel));
    kern_ref.transpose_u16(t, lda, b, ldx, Kd, N);
    memset(y, 0, 2 * (size_t)(N / 16 * panel));
    k->panel_cols(y, panel, t, lda, N, Kd);
    assert_memory_equal(y, y2, 2 * (size_t)(N / 16 * panel));
    k->bgemm(M, N, Kd, a, lda, y, panel, out, c, ldc);
    kern_ref.bgemm(M, N, Kd, a, lda, y, panel, out, c2, ldc);
    for (int i = 0; i < M; i++)
        for (int j = 0; j < ldc; j++) {
            int    at  = i * ldc + j;
            double mag = 1;
            if (j >= N) { /* the gap between rows is not ours */
                size_t size = out == BGEMM_BF16 ? 2 : 4;
                assert_memory_equal((char *)c + (size_t)at * size, (char *)c2 + (size_t)at * size, size);
                continue;
            }
            for (int l = 0; l < Kd; l++)
                mag += fabs((double)bf16_to_f32(a[i * lda + l]) * (double)bf16_to_f32(b[l * ldx + j]));
            if (out == BGEMM_BF16)
                near((double)bf16_to_f32(((uint16_t *)c)[at]), (double)bf16_to_f32(((uint16_t *)c2)[at]), mag, 4e-3,
                     "bgemm", k->name, N, i);
            else near((double)c[at], (double)c2[at], mag, 2e-6, "bgemm", k->name, N, i);
        }
    free(f);
    free(c);
    free(h);
    free(t);
    free(y);
    free(y2);
}

static void test_bgemm(void **state) {
    (void)state;
    for (int ti = 0; ti < n_tab; ti++) {
        for (int out = BGEMM_F32; out <= BGEMM_BF16; out++)
            for (int m = 16; m <= 80; m += 16)
                for (int n = 16; n <= 80; n += 16)
                    bgemm_case(tab[ti], m, n, 32 * (1 + (m + n) / 16 % 3), (bgemm_out)out, m / 16 % 3);
        bgemm_case(tab[ti], 64, 256, 256, BGEMM_F32, 0);
        bgemm_case(tab[ti], 16, 16, 0, BGEMM_F32, 0); /* an empty sum */
    }
}

static void rows_case(const kern *k, int n) {
    float    a[MAXN + GUARD], y[MAXN + GUARD], y2[MAXN + GUARD];
    uint16_t b[MAXN + GUARD], c[MAXN + GUARD], g[MAXN + GUARD], h[MAXN + GUARD], h2[MAXN + GUARD], u[MAXN + GUARD],
        u2[MAXN + GUARD];
    double mag = 0;
    fill(a, n, 1);
    fill(y, n + GUARD, 1);
    memcpy(y2, y, sizeof y);
    fill_bf16(b, n, 1);
    fill_bf16(c, n, n % 3 ? 2.0f : 40.0f);
    fill_bf16(g, n, 1);
    for (int i = 0; i < n; i++) mag += fabs((double)a[i] * (double)bf16_to_f32(b[i]));
    near((double)k->dot_bf16(a, b, n), (double)kern_ref.dot_bf16(a, b, n), mag, 1e-6, "dot_bf16", k->name, n, 0);
    k->axpy_bf16(y, 0.37f, b, n);
    kern_ref.axpy_bf16(y2, 0.37f, b, n);
    for (int i = 0; i < n + GUARD; i++) near((double)y[i], (double)y2[i], 8, 1e-7, "axpy_bf16", k->name, n, i);
    set_guard(h, n);
    set_guard(u, n);
    k->scale_bf16(h, 1.7f, a, n);
    kern_ref.scale_bf16(h2, 1.7f, a, n);
    near_bf16(h, h2, n, "scale_bf16", k->name);
    guard(h, n, "scale_bf16");
    k->swiglu_bf16(h, c, b, n);
    kern_ref.swiglu_bf16(h2, c, b, n);
    near_bf16(h, h2, n, "swiglu_bf16", k->name);
    guard(h, n, "swiglu_bf16");
    k->swiglu_bwd_bf16(h, u, g, c, b, n);
    kern_ref.swiglu_bwd_bf16(h2, u2, g, c, b, n);
    for (int i = 0; i < n; i++) {
        double size = fabs((double)bf16_to_f32(g[i]) * (double)bf16_to_f32(b[i]));
        near((double)bf16_to_f32(h[i]), (double)bf16_to_f32(h2[i]), size, 1e-2, "swiglu_bwd_bf16 da", k->name, n, i);
    }
    near_bf16(u, u2, n, "swiglu_bwd_bf16 db", k->name);
    guard(h, n, "swiglu_bwd_bf16 da");
    guard(u, n, "swiglu_bwd_bf16 db");
    k->swiglu_bwd_bf16(c, b, g, c, b, n); /* in place */
    assert_memory_equal(c, h, 2 * (size_t)n);
    assert_memory_equal(b, u, 2 * (size_t)n);
}

/* A block of attention seen from diag on: the running maximum and sum, then the gradients. */
static void attn_case(const kern *k, int nk, int nq, int diag) {
    enum { N = 96 * 96 };
    static float    st[N], s2[N], dp[N], m[3][96], m2[3][96], lse[96], delta[96];
    static uint16_t p[N + GUARD], p2[N], ds[N + GUARD], ds2[N], pp[N + GUARD], pp2[N];
    int             n = nk * nq;
    fill(st, n, 10);
    fill(dp, n, 1);
    fill(delta, nq, 1);
    memcpy(s2, st, sizeof st);
    set_guard(p, n), set_guard(ds, n), set_guard(pp, n);
    for (int j = 0; j < nq; j++) { /* some queries have seen keys before */
        m[0][j] = m2[0][j] = j % 3 ? 30 * rng_normal(&R) : -1e30f;
        m[1][j] = m2[1][j] = j % 3 ? 2 : 0;
    }
    k->attn_soft(pp, st, m[0], m[1], m[2], 0.3f, diag, nk, nq);
    kern_ref.attn_soft(pp2, s2, m2[0], m2[1], m2[2], 0.3f, diag, nk, nq);
    near_bf16(pp, pp2, n, "attn_soft p", k->name);
    guard(pp, n, "attn_soft p");
    for (int j = 0; j < nq; j++) {
        near((double)m[0][j], (double)m2[0][j], 0, 0, "attn_soft m", k->name, n, j);
        near((double)m[1][j], (double)m2[1][j], (double)m2[1][j], 1e-5, "attn_soft sum", k->name, n, j);
        near((double)m[2][j], (double)m2[2][j], 1, 1e-5, "attn_soft fix", k->name, n, j);
        lse[j] = m2[1][j] > 0 ? 0.3f * m2[0][j] + log2f(m2[1][j]) : 0;
    }
    k->attn_grads(p, ds, pp, st, dp, lse, delta, 0.3f, diag, nk, nq);
    kern_ref.attn_grads(p2, ds2, pp2, st, dp, lse, delta, 0.3f, diag, nk, nq);
    near_bf16(p, p2, n, "attn_grads p", k->name);
    for (int i = 0; i < n; i++) {
        double size = (double)bf16_to_f32(p2[i]) * (fabs((double)dp[i]) + fabs((double)delta[i % nq]));
        near((double)bf16_to_f32(ds[i]), (double)bf16_to_f32(ds2[i]), size, 1e-2, "attn_grads ds", k->name, n, i);
    }
    for (int i = 0; i < nk; i++) /* the panels hold the same values in another order */
        for (int j = 0; j < nq; j++)
            assert_int_equal(pp[j / 16 * nk * 16 + i / 2 * 32 + j % 16 * 2 + i % 2], ds[i * nq + j]);
    guard(p, n, "attn_grads p"), guard(ds, n, "attn_grads ds"), guard(pp, n, "attn_grads panels");
}

static void test_attn(void **state) {
    (void)state;
    static const int diags[] = {-40, -1, 0, 1, 15, 31, 32, 63, 64, 1000};
    for (int ti = 0; ti < n_tab; ti++)
        for (int round = 0; round < 3; round++)
            for (size_t d = 0; d < sizeof diags / sizeof *diags; d++) {
                attn_case(tab[ti], 64, 64, diags[d]);
                attn_case(tab[ti], 32, 64, diags[d]);
                attn_case(tab[ti], 64, 32, diags[d]);
                attn_case(tab[ti], 96, 32, diags[d]);
            }
}

static void test_rows(void **state) {
    (void)state;
    for (int ti = 0; ti < n_tab; ti++)
        for (int round = 0; round < 5; round++)
            for (int i = 0; i < N_LENS; i++) rows_case(tab[ti], lens[i]);
}

int main(void) {
    R                           = rng_seed(unit_seed("test_kern_bf16"));
    n_tab                       = kern_all(tab);
    const struct CMUnitTest t[] = {cmocka_unit_test(test_bgemm), cmocka_unit_test(test_rows),
                                   cmocka_unit_test(test_attn)};
    return cmocka_run_group_tests_name("kern_bf16", t, NULL, NULL);
}
