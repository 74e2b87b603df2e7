/* test_ops.c -- linear, norm, rope, swiglu, embedding and cross-entropy against plain double loops; each backward
 * against central differences of those loops. Everything under every kernel table. R1_SEED=n repeats a run. */
#include "unit.h"

#include "fd.h"
#include "tensor/op_act.h"
#include "tensor/op_embed.h"
#include "tensor/op_linear.h"
#include "tensor/op_loss.h"
#include "tensor/op_norm.h"
#include "tensor/op_rope.h"

static rng R;

/* ---- weights of every type, decoded here by the letter of the format ---- */

static double f16_value(uint16_t h) {
    int    e = h >> 10 & 31, m = h & 1023;
    double v = e ? ldexp(1024 + m, e - 25) : ldexp(m, -24);
    return h >> 15 ? -v : v;
}

static double stored(const void *w, dtype t, size_t i) {
    uint32_t u;
    float    f;
    switch (t) {
    case DT_BF16:
        u = (uint32_t)((const uint16_t *)w)[i] << 16;
        memcpy(&f, &u, 4);
        return (double)f;
    case DT_F16: return f16_value(((const uint16_t *)w)[i]);
    case DT_Q8_0: {
        const block_q8_0 *b = (const block_q8_0 *)w + i / 32;
        return f16_value(b->d) * b->q[i % 32];
    }
    default: return (double)((const float *)w)[i];
    }
}

static const dtype TYPES[] = {DT_F32, DT_F16, DT_BF16, DT_Q8_0};

/* v in type t; v itself becomes what t holds. */
static void *encode(vec *v, dtype t) {
    void *w = mem_calloc(v->n * 4 + 64, 1);
    tensor_from_f32(w, t, v->f, (int64_t)v->n);
    double worst = 0;
    for (size_t i = 0; i < v->n; i++) {
        double x = stored(w, t, i), d = fabs(x - v->d[i]);
        if (d > worst) worst = d;
        v->d[i] = x;
        v->f[i] = (float)x;
    }
    static const double step[] = {0, 5e-4, 4e-3, 8e-3}; /* half a step, relative to the largest */
    for (size_t k = 0; k < 4; k++)
        if (TYPES[k] == t) assert_true(worst <= step[k] * largest(v->d, v->n) + 1e-30);
    return w;
}

/* ---- linear ---- */

typedef struct lin_ref {
    int           T, out, in;
    const double *x, *w, *c; /* [T, in], [out, in], [T, out]: the objective is sum c y */
} lin_ref;

static double lin_y(const lin_ref *r, int t, int o) {
    double s = 0;
    for (int i = 0; i < r->in; i++) s += r->x[t * r->in + i] * r->w[o * r->in + i];
    return s;
}

static double lin_obj(const void *ctx) {
    const lin_ref *r = ctx;
    double         s = 0;
    for (int t = 0; t < r->T; t++)
        for (int o = 0; o < r->out; o++) s += r->c[t * r->out + o] * lin_y(r, t, o);
    return s;
}

static void check_linear_fwd(int T, int out, int in, dtype t) {
    vec x = vec_normal(&R, (size_t)(T * in), 1), w = vec_normal(&R, (size_t)(out * in), 0.3f),
        y      = vec_new((size_t)(T * out) + 1);
    void *data = encode(&w, t);
    lin   l    = {.type = t, .out = out, .in = in, .w = data};
    arena a    = {0};
    arena_init(&a, op_linear_bytes(T, out, in)); /* an op that takes more than it says aborts here */
    y.f[T * out] = 42;
    op_linear_fwd(y.f, x.f, DT_F32, T, &l, &a);
    assert_int_equal(arena_mark(&a), 0);
    assert_true(y.f[T * out] == 42);
    lin_ref r = {T, out, in, x.d, w.d, NULL};
    for (int i = 0; i < T; i++)
        for (int o = 0; o < out; o++) y.d[i * out + o] = lin_y(&r, i, o);
    char what[64];
    snprintf(what, sizeof what, "linear %s T=%d out=%d in=%d", dtype_name(t), T, out, in);
    near(what, y.f, y.d, (size_t)(T * out), TOL_F32);
    arena_free(&a);
    mem_free(data);
    vec_free(&x), vec_free(&w), vec_free(&y);
}

static const int ROWS[] = {0, 1, 5, 6, 33};

static void test_linear_fwd(void **s) {
    (void)s;
    R = rng_seed(unit_seed("linear_fwd"));
    for (size_t t = 0; t < 4; t++)
        for (size_t i = 0; i < 5; i++) {
            check_linear_fwd(ROWS[i], 40, 64, TYPES[t]);
            check_linear_fwd(ROWS[i], 7, 32, TYPES[t]);
            check_linear_fwd(ROWS[i], 300, 96, TYPES[t]); /* more rows than a panel of the expansion */
            check_linear_fwd(ROWS[i], 1, 160, TYPES[t]);
            if (TYPES[t] != DT_Q8_0) check_linear_fwd(ROWS[i], 13, 19, TYPES[t]);
        }
    check_linear_fwd(1, 1030, 96, DT_Q8_0); /* large enough for both threads */
    check_linear_fwd(3, 520, 160, DT_F16);
}

/* dx assigned or added, weight gradient accumulated, either of them not wanted. */
static void check_linear_bwd(int T, int out, int in, dtype xt, bool add, bool want_dx, bool want_g) {
    bool   bf = xt == DT_BF16;
    size_t nx = (size_t)(T * in), nw = (size_t)(out * in), ny = (size_t)(T * out);
    vec    x = vec_normal(&R, nx, 1), w = vec_normal(&R, nw, 0.3f), dy = vec_normal(&R, ny, 1);
    vec    dx = vec_normal(&R, nx, 1), g = vec_normal(&R, nw, 1), dx0 = vec_new(nx), g0 = vec_new(nw);
    float *dy_given = mem_calloc(ny + 1, 4);
    memcpy(dy_given, dy.f, ny * 4);
    uint16_t *xb = bf ? vec_bf16(&x) : NULL, *wb = bf ? vec_bf16(&w) : NULL, *db = bf ? vec_bf16(&dy) : NULL;
    memcpy(dx0.f, dx.f, nx * 4);
    memcpy(g0.f, g.f, nw * 4);
    lin   l = {.type = DT_F32, .out = out, .in = in, .w = w.f, .wb = wb, .g = want_g ? g.f : NULL};
    arena a = {0};
    arena_init(&a, op_linear_bytes(T, out, in));
    const void *xs = bf ? (const void *)xb : (const void *)x.f;
    op_linear_bwd(want_dx ? dx.f : NULL, DT_F32, add, dy_given, DT_F32, xs, xt, T, &l, &a);
    assert_int_equal(arena_mark(&a), 0);
    lin_ref r = {T, out, in, x.d, w.d, dy.d};
    if (want_dx) fd_check("linear dx", &R, 150, x.d, nx, dx.f, add || T == 0 ? dx0.f : NULL, lin_obj, &r, TOL_F32);
    else assert_memory_equal(dx.f, dx0.f, nx * 4);
    if (want_g) fd_check("linear dw", &R, 150, w.d, nw, g.f, g0.f, lin_obj, &r, TOL_F32);
    else assert_memory_equal(g.f, g0.f, nw * 4);
    if (want_dx && T > 0) { /* dy in the compute type, then dx too */
        const void *dyc = bf ? (const void *)db : (const void *)dy.f;
        uint16_t   *dxb = mem_calloc(nx + 1, 2);
        memcpy(g.f, g0.f, nw * 4);
        op_linear_bwd(dx.f, DT_F32, false, dyc, xt, xs, xt, T, &l, &a);
        fd_check("linear dx from ct", &R, 60, x.d, nx, dx.f, NULL, lin_obj, &r, TOL_F32);
        if (want_g) fd_check("linear dw from ct", &R, 60, w.d, nw, g.f, g0.f, lin_obj, &r, TOL_F32);
        if (bf) {
            op_linear_bwd(dxb, DT_BF16, false, dyc, xt, xs, xt, T, &l, &a);
            for (size_t i = 0; i < nx; i++)
                near_d("linear dx bf16", (double)bf16_to_f32(dxb[i]), (double)dx.f[i], fabs((double)dx.f[i]) + 0.01,
                       TOL_BF16);
        }
        mem_free(dxb);
    }
    arena_free(&a);
    mem_free(dy_given), mem_free(xb), mem_free(wb), mem_free(db);
    vec_free(&x), vec_free(&w), vec_free(&dy), vec_free(&dx), vec_free(&g), vec_free(&dx0), vec_free(&g0);
}

static void test_linear_bwd(void **s) {
    (void)s;
    R = rng_seed(unit_seed("linear_bwd"));
    for (size_t i = 0; i < 5; i++)
        for (int bf = 0; bf < 2; bf++) {
            dtype xt = bf ? DT_BF16 : DT_F32;
            check_linear_bwd(ROWS[i], 13, 19, xt, false, true, true);
            check_linear_bwd(ROWS[i], 24, 40, xt, true, true, true);
            check_linear_bwd(ROWS[i], 24, 40, xt, false, true, false);
            check_linear_bwd(ROWS[i], 24, 40, xt, false, false, true);
        }
}

/* The bf16 forward reads the twin, not the master. */
static void test_linear_bf16(void **s) {
    (void)s;
    R = rng_seed(unit_seed("linear_bf16"));
    for (size_t k = 0; k < 5; k++) {
        int T = ROWS[k], out = 37, in = 50;
        vec x = vec_normal(&R, (size_t)(T * in), 1), w = vec_normal(&R, (size_t)(out * in), 0.3f),
            y        = vec_new((size_t)(T * out));
        uint16_t *xb = vec_bf16(&x), *wb = vec_bf16(&w);
        float    *master = mem_calloc((size_t)(out * in), 4);
        lin       l      = {.type = DT_F32, .out = out, .in = in, .w = master, .wb = wb};
        arena     a      = {0};
        arena_init(&a, 64);
        op_linear_fwd(y.f, xb, DT_BF16, T, &l, &a);
        lin_ref r = {T, out, in, x.d, w.d, NULL};
        for (int i = 0; i < T; i++)
            for (int o = 0; o < out; o++) y.d[i * out + o] = lin_y(&r, i, o);
        near("linear bf16", y.f, y.d, y.n, TOL_F32);
        uint16_t *yb = mem_calloc(y.n + 1, 2);
        op_linear_fwd_ct(yb, xb, DT_BF16, T, &l, &a);
        for (size_t i = 0; i < y.n; i++)
            near_d("linear bf16 to bf16", (double)bf16_to_f32(yb[i]), y.d[i], fabs(y.d[i]) + 0.01, TOL_BF16);
        mem_free(yb);
        arena_free(&a);
        mem_free(xb), mem_free(wb), mem_free(master);
        vec_free(&x), vec_free(&w), vec_free(&y);
    }
}

static void test_linear_views(void **s) {
    (void)s;
    R = rng_seed(unit_seed("linear_views"));
    enum { E = 3, OUT = 10, IN = 64 };
    for (size_t k = 0; k < 4; k++) {
        vec      w = vec_normal(&R, E * OUT * IN, 1), x = vec_normal(&R, IN, 1), y = vec_new(OUT);
        void    *data = encode(&w, TYPES[k]);
        float    g[E * OUT * IN];
        uint16_t b[E * OUT * IN];
        param    p = {.w = {TYPES[k], 3, {E, OUT, IN, 1}, data}, .wb = b, .g = g};
        arena    a = {0};
        arena_init(&a, op_linear_bytes(1, OUT, IN));
        for (int e = 0; e < E; e++) {
            lin whole = lin_slice(&p, e), part = lin_rows(&whole, 4, 5);
            assert_int_equal(whole.out, OUT);
            assert_int_equal(part.out, 5);
            assert_ptr_equal(whole.g, g + e * OUT * IN);
            assert_ptr_equal(part.wb, b + e * OUT * IN + 4 * IN);
            op_linear_fwd(y.f, x.f, DT_F32, 1, &part, &a);
            lin_ref r = {1, 5, IN, x.d, w.d + (e * OUT + 4) * IN, NULL};
            for (int o = 0; o < 5; o++) y.d[o] = lin_y(&r, 0, o);
            near("lin_rows of lin_slice", y.f, y.d, 5, TOL_F32);
        }
        param two = {.w = {TYPES[k], 2, {E * OUT, IN, 1, 1}, data}};
        lin   l   = lin_of(&two);
        assert_true(l.out == E * OUT && l.in == IN && l.w == data && !l.g && !l.wb);
        arena_free(&a);
        mem_free(data);
        vec_free(&w), vec_free(&x), vec_free(&y);
    }
}

static void test_cast(void **s) {
    (void)s;
    R = rng_seed(unit_seed("cast"));
    for (size_t n = 0; n < 5000; n = n * 3 + 1) {
        vec       x = vec_normal(&R, n, 3), y = vec_new(n);
        uint16_t *b = mem_calloc(n + 1, 2);
        op_cast(y.f, DT_F32, x.f, n);
        assert_memory_equal(y.f, x.f, n * 4);
        op_cast(b, DT_BF16, x.f, n);
        uint16_t *want = vec_bf16(&x);
        assert_memory_equal(b, want, n * 2);
        mem_free(b), mem_free(want);
        vec_free(&x), vec_free(&y);
    }
}

/* ---- RMSNorm ---- */

typedef struct norm_ref {
    int           T, n, ldx;
    const double *x, *w, *c; /* [T, ldx], [n], [T, n] */
} norm_ref;

enum { NORM_EPS_INV = 1000000 };

static double norm_rstd(const norm_ref *r, int t) {
    double ss = 0;
    for (int i = 0; i < r->n; i++) ss += r->x[t * r->ldx + i] * r->x[t * r->ldx + i];
    return 1 / sqrt(ss / r->n + 1.0 / NORM_EPS_INV);
}

static double norm_obj(const void *ctx) {
    const norm_ref *r = ctx;
    double          s = 0;
    for (int t = 0; t < r->T; t++)
        for (int i = 0; i < r->n; i++) s += r->c[t * r->n + i] * r->x[t * r->ldx + i] * norm_rstd(r, t) * r->w[i];
    return s;
}

static void check_norm(int T, int n, int gap, bool want_dw) {
    int    ldx = n + gap, ldy = n + 2 * gap;
    size_t nx = (size_t)(T * ldx), nn = (size_t)n;
    vec    x = vec_normal(&R, nx, 2), w = vec_normal(&R, nn, 1), c = vec_normal(&R, (size_t)(T * n), 1);
    vec y = vec_new((size_t)(T * ldy)), rs = vec_new((size_t)T), dx = vec_normal(&R, nx, 1), dw = vec_normal(&R, nn, 1);
    vec dx0 = vec_new(nx), dw0 = vec_new(nn);
    memcpy(dx0.f, dx.f, nx * 4);
    memcpy(dw0.f, dw.f, nn * 4);
    norm_ref r = {T, n, ldx, x.d, w.d, c.d};
    op_norm_fwd(y.f, ldy, DT_F32, rs.f, x.f, ldx, w.f, 1.f / NORM_EPS_INV, T, n);
    for (int t = 0; t < T; t++) {
        rs.d[t] = norm_rstd(&r, t);
        for (int i = 0; i < n; i++) y.d[t * ldy + i] = x.d[t * ldx + i] * rs.d[t] * w.d[i]; /* the gap stays 0 */
    }
    near("norm", y.f, y.d, y.n, TOL_F32);
    near("norm rstd", rs.f, rs.d, rs.n, TOL_F32);
    uint16_t *yb = mem_calloc(y.n + 1, 2);
    op_norm_fwd(yb, ldy, DT_BF16, NULL, x.f, ldx, w.f, 1.f / NORM_EPS_INV, T, n);
    for (size_t i = 0; i < y.n; i++)
        near_d("norm bf16", (double)bf16_to_f32(yb[i]), y.d[i], fabs(y.d[i]) + 1e-20, TOL_BF16);
    arena a = {0};
    arena_init(&a, op_norm_bytes(n));
    op_norm_bwd(dx.f, ldx, want_dw ? dw.f : NULL, c.f, n, x.f, ldx, w.f, rs.f, T, n, &a);
    assert_int_equal(arena_mark(&a), 0);
    fd_check("norm dx", &R, 0, x.d, nx, dx.f, dx0.f, norm_obj, &r, TOL_F32);
    if (want_dw) fd_check("norm dw", &R, 0, w.d, nn, dw.f, dw0.f, norm_obj, &r, TOL_F32);
    else assert_memory_equal(dw.f, dw0.f, nn * 4);
    arena_free(&a);
    mem_free(yb);
    vec_free(&x), vec_free(&w), vec_free(&c), vec_free(&y), vec_free(&rs);
    vec_free(&dx), vec_free(&dw), vec_free(&dx0), vec_free(&dw0);
}

static void test_norm(void **s) {
    (void)s;
    R                    = rng_seed(unit_seed("norm"));
    static const int T[] = {0, 1, 9, 17}, n[] = {1, 7, 33, 64};
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) {
            if (T[i] * n[j] > 600) continue;
            check_norm(T[i], n[j], 0, true);
            check_norm(T[i], n[j], 3, j % 2 == 0);
        }
}

/* ---- RoPE ---- */

/* Frequency of pair i of dim/2 as DeepSeek's inference code has it (precompute_freqs_cis), in its own steps. */
static double rope_freq(int i, int dim, double base, const yarn_args *y) {
    double f = pow(base, -2.0 * i / dim);
    if (!y->on) return f;
    double two_pi = 6.283185307179586;
    double lo     = floor(dim * log(y->original_max / ((double)y->beta_fast * two_pi)) / (2 * log(base)));
    double hi     = ceil(dim * log(y->original_max / ((double)y->beta_slow * two_pi)) / (2 * log(base)));
    lo            = fmax(lo, 0);
    hi            = fmin(hi, dim - 1);
    if (lo == hi) hi += 0.001;
    double smooth = 1 - fmin(fmax((i - lo) / (hi - lo), 0), 1);
    return f / (double)y->factor * (1 - smooth) + f * smooth;
}

typedef struct rope_ref {
    int              T, H, dim, ld, stride;
    const int32_t   *pos;
    double           base;
    const yarn_args *y;
    const double    *x, *c; /* [T, ld] both */
} rope_ref;

static void rope_row(const rope_ref *r, int t, int h, double *out) {
    const double *x = r->x + t * r->ld + h * r->stride;
    for (int i = 0; i < r->dim / 2; i++) {
        double a       = r->pos[t] * rope_freq(i, r->dim, r->base, r->y);
        out[2 * i]     = x[2 * i] * cos(a) - x[2 * i + 1] * sin(a);
        out[2 * i + 1] = x[2 * i] * sin(a) + x[2 * i + 1] * cos(a);
    }
}

static double rope_obj(const void *ctx) {
    const rope_ref *r = ctx;
    double          s = 0, out[64];
    for (int t = 0; t < r->T; t++)
        for (int h = 0; h < r->H; h++) {
            rope_row(r, t, h, out);
            for (int i = 0; i < r->dim; i++) s += r->c[t * r->ld + h * r->stride + i] * out[i];
        }
    return s;
}

static void check_rope(int T, int H, int dim, int gap, const yarn_args *y) {
    enum { MAX_POS = 200 };
    int      stride = dim + gap, ld = H * stride + gap;
    size_t   n   = (size_t)(T * ld);
    int32_t *pos = mem_calloc((size_t)T + 1, 4);
    for (int t = 0; t < T; t++) pos[t] = (int32_t)rng_below(&R, MAX_POS);
    float     *mem = mem_calloc(rope_floats(MAX_POS, dim), 4);
    rope_table tb;
    rope_fill(&tb, mem, MAX_POS, dim, 10000, y);
    vec      x = vec_normal(&R, n, 1), c = vec_normal(&R, n, 1), out = vec_new(n);
    rope_ref r = {T, H, dim, ld, stride, pos, 10000, y, x.d, c.d};
    memcpy(out.f, x.f, n * 4);
    memcpy(out.d, x.d, n * 8); /* what lies between heads is not touched */
    op_rope(out.f, DT_F32, ld, T, H, stride, pos, &tb, false);
    for (int t = 0; t < T; t++)
        for (int h = 0; h < H; h++) rope_row(&r, t, h, out.d + t * ld + h * stride);
    near("rope", out.f, out.d, n, TOL_F32);
    uint16_t *half = mem_calloc(n + 1, 2);
    K->f32_to_bf16(half, x.f, n);
    op_rope(half, DT_BF16, ld, T, H, stride, pos, &tb, false);
    for (size_t i = 0; i < n; i++) near_d("rope bf16", (double)bf16_to_f32(half[i]), out.d[i], 3, 2 * TOL_BF16);
    mem_free(half);
    op_rope(out.f, DT_F32, ld, T, H, stride, pos, &tb, true);
    near("rope there and back", out.f, x.d, n, TOL_F32);
    memcpy(out.f, c.f, n * 4);
    op_rope(out.f, DT_F32, ld, T, H, stride, pos, &tb, true); /* the gradient of a rotation is the rotation back */
    for (int t = 0; t < T; t++)
        for (int h = 0; h < H; h++)
            fd_check("rope dx", &R, 0, x.d + t * ld + h * stride, (size_t)dim, out.f + t * ld + h * stride, NULL,
                     rope_obj, &r, TOL_F32);
    mem_free(pos), mem_free(mem);
    vec_free(&x), vec_free(&c), vec_free(&out);
}

static void test_rope(void **s) {
    (void)s;
    R             = rng_seed(unit_seed("rope"));
    yarn_args off = {false, 1, 32, 1, 4096}, on = {true, 4, 32, 1, 64}, v3 = {true, 40, 32, 1, 4096},
              point        = {true, 8, 1, 1, 100000};
    const yarn_args *all[] = {&off, &on, &v3, &point};
    for (int i = 0; i < 4; i++) {
        check_rope(0, 1, 4, 0, all[i]);
        check_rope(1, 1, 2, 0, all[i]);
        check_rope(3, 2, 8, 0, all[i]);
        check_rope(9, 2, 16, 5, all[i]);
        check_rope(2, 1, 64, 3, all[i]);
    }
}

/* YaRN's own promises: what turns often within the old context is kept, what turns less than once is stretched. */
static void test_yarn_ends(void **s) {
    (void)s;
    enum { DIM = 64, POS = 3 };
    yarn_args  off = {false, 1, 32, 1, 4096}, on = {true, 40, 32, 1, 4096};
    float      a[POS * DIM], b[POS * DIM];
    rope_table plain, yarn;
    assert_true(rope_floats(POS, DIM) <= POS * DIM);
    rope_fill(&plain, a, POS, DIM, 10000, &off);
    rope_fill(&yarn, b, POS, DIM, 10000, &on);
    assert_true(plain.c[DIM / 2] == yarn.c[DIM / 2] &&
                plain.s[DIM / 2] == yarn.s[DIM / 2]); /* position 1, the fastest pair */
    int last = DIM / 2 + DIM / 2 - 1;
    near_d("the slowest pair", (double)yarn.s[last] * 40, (double)plain.s[last], fabs((double)plain.s[last]), 1e-5);
    for (int i = 0; i < DIM / 2; i++)
        assert_true(plain.c[i] == 1 && plain.s[i] == 0 && yarn.c[i] == 1 && yarn.s[i] == 0); /* position 0 */
}

/* ---- SwiGLU and sums ---- */

static double swiglu(double a, double b) { return a / (1 + exp(-a)) * b; }

static void check_swiglu(size_t n) {
    vec a = vec_normal(&R, n, 4), b = vec_normal(&R, n, 2), dy = vec_normal(&R, n, 1), y = vec_new(n), da = vec_new(n),
        db       = vec_new(n);
    uint16_t *yb = mem_calloc(n + 1, 2);
    if (n > 4) { /* where e^-a overflows, and where it vanishes */
        a.f[0] = -100, a.f[1] = 100, a.f[2] = -20, a.f[3] = 0;
        for (int i = 0; i < 4; i++) a.d[i] = (double)a.f[i];
    }
    uint16_t *ab = mem_calloc(n + 1, 2), *bb = mem_calloc(n + 1, 2), *gb = mem_calloc(n + 1, 2);
    K->f32_to_bf16(ab, a.f, n), K->f32_to_bf16(bb, b.f, n), K->f32_to_bf16(gb, dy.f, n);
    op_swiglu_fwd(y.f, a.f, b.f, DT_F32, n);
    op_swiglu_fwd(yb, ab, bb, DT_BF16, n);
    op_swiglu_bwd(da.f, db.f, dy.f, a.f, b.f, DT_F32, n);
    op_swiglu_bwd(ab, bb, gb, ab, bb, DT_BF16, n);
    for (size_t i = 0; i < n; i++) {
        double h    = FD_H;
        y.d[i]      = swiglu(a.d[i], b.d[i]);
        da.d[i]     = dy.d[i] * (swiglu(a.d[i] + h, b.d[i]) - swiglu(a.d[i] - h, b.d[i])) / (2 * h);
        db.d[i]     = dy.d[i] * (swiglu(a.d[i], b.d[i] + h) - swiglu(a.d[i], b.d[i] - h)) / (2 * h);
        double size = (fabs(a.d[i]) + 1) * fabs(b.d[i]) + 1e-4; /* inputs are rounded, too */
        near_d("swiglu bf16", (double)bf16_to_f32(yb[i]), y.d[i], size, 2 * TOL_BF16);
        near_d("swiglu bf16 da", (double)bf16_to_f32(ab[i]), da.d[i], fabs(dy.d[i]) * size, 2 * TOL_BF16);
        near_d("swiglu bf16 db", (double)bf16_to_f32(bb[i]), db.d[i], fabs(dy.d[i]) * (fabs(a.d[i]) + 1), 2 * TOL_BF16);
    }
    near("swiglu", y.f, y.d, n, TOL_F32);
    near("swiglu da", da.f, da.d, n, TOL_F32);
    near("swiglu db", db.f, db.d, n, TOL_F32);
    vec a2 = vec_new(n), b2 = vec_new(n);
    memcpy(a2.f, a.f, n * 4);
    memcpy(b2.f, b.f, n * 4);
    op_swiglu_bwd(a2.f, b2.f, dy.f, a2.f, b2.f, DT_F32, n); /* in place */
    assert_memory_equal(a2.f, da.f, n * 4);
    assert_memory_equal(b2.f, db.f, n * 4);
    mem_free(yb), mem_free(ab), mem_free(bb), mem_free(gb);
    vec_free(&a), vec_free(&b), vec_free(&dy), vec_free(&y), vec_free(&da), vec_free(&db), vec_free(&a2), vec_free(&b2);
}

static void test_swiglu(void **s) {
    (void)s;
    R                       = rng_seed(unit_seed("swiglu"));
    static const size_t n[] = {0, 1, 5, 17, 1023, 1024, 1025, 8193, 20011};
    for (size_t i = 0; i < sizeof n / sizeof *n; i++) check_swiglu(n[i]);
}

static void test_sums(void **s) {
    (void)s;
    R                       = rng_seed(unit_seed("sums"));
    static const size_t n[] = {0, 1, 15, 1025, 8193, 20011};
    for (size_t k = 0; k < sizeof n / sizeof *n; k++) {
        vec a = vec_normal(&R, n[k], 1), b = vec_normal(&R, n[k], 1), y = vec_new(n[k]);
        op_sum(y.f, a.f, b.f, n[k]);
        for (size_t i = 0; i < n[k]; i++) assert_true(y.f[i] == a.f[i] + b.f[i]);
        op_add(y.f, b.f, n[k]);
        for (size_t i = 0; i < n[k]; i++) assert_true(y.f[i] == a.f[i] + b.f[i] + b.f[i]);
        vec_free(&a), vec_free(&b), vec_free(&y);
    }
}

/* ---- embedding ---- */

typedef struct embed_ref {
    int            T, D;
    const int32_t *tok;
    const double  *w, *c;
} embed_ref;

static double embed_obj(const void *ctx) {
    const embed_ref *r = ctx;
    double           s = 0;
    for (int t = 0; t < r->T; t++)
        for (int i = 0; i < r->D; i++) s += r->c[t * r->D + i] * r->w[r->tok[t] * r->D + i];
    return s;
}

static void test_embed(void **s) {
    (void)s;
    R = rng_seed(unit_seed("embed"));
    enum { V = 7, D = 32, T_MAX = 40 };
    for (size_t k = 0; k < 4; k++)
        for (int T = 0; T <= T_MAX; T = T * 3 + 1) {
            vec w = vec_normal(&R, V * D, 1), c = vec_normal(&R, (size_t)(T * D), 1), y = vec_new((size_t)(T * D)),
                g = vec_normal(&R, V * D, 1), g0 = vec_new(V * D);
            void   *data = encode(&w, TYPES[k]);
            int32_t tok[T_MAX];
            for (int t = 0; t < T; t++) tok[t] = (int32_t)rng_below(&R, V - 1); /* many twice, the last one never */
            memcpy(g0.f, g.f, V * D * 4);
            param p = {.w = {TYPES[k], 2, {V, D, 1, 1}, data}, .g = g.f};
            op_embed_fwd(y.f, tok, T, &p);
            for (int t = 0; t < T; t++)
                for (int i = 0; i < D; i++) assert_true((double)y.f[t * D + i] == w.d[tok[t] * D + i]);
            op_embed_bwd(c.f, tok, T, &p);
            embed_ref r = {T, D, tok, w.d, c.d};
            fd_check("embed dw", &R, 0, w.d, V * D, g.f, g0.f, embed_obj, &r, TOL_F32);
            mem_free(data);
            vec_free(&w), vec_free(&c), vec_free(&y), vec_free(&g), vec_free(&g0);
        }
}

/* ---- cross-entropy ---- */

typedef struct xent_ref {
    int            n, V;
    const double  *l;
    const int32_t *tgt;
    const float   *w;
    double         scale;
} xent_ref;

static double xent_row(const xent_ref *r, int i) {
    const double *l = r->l + i * r->V;
    double        m = l[0], s = 0;
    for (int j = 1; j < r->V; j++) m = fmax(m, l[j]);
    for (int j = 0; j < r->V; j++) s += exp(l[j] - m);
    return log(s) + m - l[r->tgt[i]];
}

static double xent_obj(const void *ctx) {
    const xent_ref *r = ctx;
    double          s = 0;
    for (int i = 0; i < r->n; i++) s += (double)r->w[i] * xent_row(r, i);
    return r->scale * s;
}

static void check_xent(int n, int V, float std, bool zeros) {
    size_t    N = (size_t)(n * V);
    vec       l = vec_normal(&R, N, std), d = vec_new(N), work = vec_new(N);
    int32_t  *tgt = mem_calloc((size_t)n + 1, 4);
    float    *w   = mem_calloc((size_t)n + 1, 4);
    uint16_t *db  = mem_calloc(N + 1, 2);
    memset(d.f, 0xff, N * 4); /* every entry must be assigned */
    float    *each = mem_calloc((size_t)n + 1, 4);
    loss_sums want = {0}, got = {.each = each, .n_each = n}, got_bf = {0}, got_no = {0};
    for (int i = 0; i < n; i++) {
        tgt[i] = (int32_t)rng_below(&R, (uint64_t)V);
        w[i]   = zeros && rng_below(&R, 2) ? 0.f : (float)(0.25 + rng_f64(&R));
    }
    xent_ref r = {n, V, l.d, tgt, w, 0.125};
    for (int i = 0; i < n; i++) {
        want.nll += (double)w[i] * xent_row(&r, i);
        want.n += (double)w[i];
        double best = -INFINITY;
        for (int j = 0; j < V; j++) best = fmax(best, l.d[i * V + j]);
        if (l.d[i * V + tgt[i]] == best) want.hit += (double)w[i];
    }
    memcpy(work.f, l.f, N * 4);
    op_xent(&got, d.f, DT_F32, work.f, tgt, w, 0.125f, n, V, NULL);
    memcpy(work.f, l.f, N * 4);
    op_xent(&got_bf, db, DT_BF16, work.f, tgt, w, 0.125f, n, V, NULL);
    memcpy(work.f, l.f, N * 4);
    op_xent(&got_no, NULL, DT_F32, work.f, tgt, w, 0.125f, n, V, NULL);
    near_d("xent nll", got.nll, want.nll, fabs(want.nll) + 1, TOL_F32);
    near_d("xent n", got.n, want.n, want.n + 1, 1e-12);
    for (int i = 0; i < n; i++)
        near_d("xent of a row", (double)each[i], (double)w[i] * xent_row(&r, i), fabs(xent_row(&r, i)) + 1, TOL_F32);
    near_d("xent hit", got.hit, want.hit, want.n + 1, 1e-12);
    assert_true(got.nll == got_bf.nll && got.nll == got_no.nll && got.hit == got_no.hit && got.n == got_no.n);
    fd_check("xent dlogits", &R, V > 100 ? 200 : 0, l.d, N, d.f, NULL, xent_obj, &r, TOL_F32);
    for (size_t i = 0; i < N; i++)
        near_d("xent dlogits bf16", (double)bf16_to_f32(db[i]), (double)d.f[i], fabs((double)d.f[i]), TOL_BF16);
    for (int i = 0; i < n; i++)
        for (int j = 0; w[i] == 0 && j < V; j++) assert_true(d.f[i * V + j] == 0 && db[i * V + j] == 0);
    mem_free(tgt), mem_free(w), mem_free(db), mem_free(each);
    vec_free(&l), vec_free(&d), vec_free(&work);
}

static void test_xent(void **s) {
    (void)s;
    R = rng_seed(unit_seed("xent"));
    check_xent(0, 5, 1, false);
    check_xent(3, 1, 1, false);
    check_xent(1, 2, 1, false);
    check_xent(9, 61, 2, true);
    check_xent(6, 61, 40, true); /* logits that overflow exp by themselves */
    check_xent(5, 2048, 3, false);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_linear_fwd),   cmocka_unit_test(test_linear_bwd), cmocka_unit_test(test_linear_bf16),
    cmocka_unit_test(test_linear_views), cmocka_unit_test(test_cast),       cmocka_unit_test(test_norm),
    cmocka_unit_test(test_rope),         cmocka_unit_test(test_yarn_ends),  cmocka_unit_test(test_swiglu),
    cmocka_unit_test(test_sums),         cmocka_unit_test(test_embed),      cmocka_unit_test(test_xent)};

FD_MAIN(tests)
