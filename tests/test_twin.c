/* test_twin.c -- 8-bit weights by the letter of tensor/twin.h, and the linear layer on them: its forward against the
 * definition in doubles, its backward as the gradient of a layer that has the rounded weights. Under every kernel
 * table. R1_SEED=n repeats a run. */
#include "unit.h"

#include "fd.h"
#include "kernel/gemm_i8.h"
#include "tensor/op_linear.h"
#include "tensor/twin.h"

static rng R;

/* ---- the definitions, once more */

static float weight_scale(const float *w, int n) {
    float m = 0;
    for (int i = 0; i < n; i++) m = fmaxf(m, fabsf(w[i]));
    return f16_to_f32(i8_weight_scale(m));
}

static int nearest(double x) { return (int)nearbyint(x); }

/* q of weight (r, i) as the panels have it */
static int panel_value(const param *p, int64_t r, int i) {
    int     out = (int)p->w.ne[p->w.nd - 2], in = (int)p->w.ne[p->w.nd - 1];
    int64_t x = r / out, o = r % out;
    return p->w8[(size_t)x * i8_bytes(out, in) + (size_t)(o / 16 * 16) * (size_t)i8_depth(in) +
                 (size_t)(i / 4 * 64 + (int)(o % 16) * 4 + i % 4)];
}

typedef struct made {
    param  p;
    vec    w;
    float *scale; /* [rows] */
    int   *q;     /* [rows, in] */
} made;

static made make(int many, int out, int in, int group, int share) {
    size_t rows = (size_t)many * (size_t)out, n = rows * (size_t)in;
    made   m = {.w = vec_normal(&R, n, 0.1f), .scale = mem_calloc(rows, 4), .q = mem_calloc(n, 4)};
    param *p = &m.p;
    memset(p, 0, sizeof *p);
    snprintf(p->name, sizeof p->name, "w");
    p->w     = many > 1 ? (tensor){DT_F32, 3, {many, out, in, 1}, m.w.f} : (tensor){DT_F32, 2, {out, in, 1, 1}, m.w.f};
    p->grid  = GRID_ROWS;
    p->group = group;
    p->share = share;
    if (rows > 3) memset(m.w.f + 3 * in, 0, (size_t)in * 4); /* a row of zeros */
    p->w8 = mem_alloc(twin_bytes(p));
    p->ws = mem_alloc(twin_rows(p) * 4);
    p->wb = mem_alloc(n * 2);
    p->wf = mem_alloc(n * 4);
    assert_int_equal(twin_rows(p), rows);
    for (size_t r = 0; r < rows; r++) {
        bool   shares = group && r % (size_t)group < (size_t)share;
        size_t r0     = shares ? r - r % (size_t)group : r;
        m.scale[r]    = weight_scale(m.w.f + r0 * (size_t)in, in * (shares ? share : 1));
        for (int i = 0; i < in; i++)
            m.q[r * (size_t)in + (size_t)i] = nearest((double)(m.w.f[r * (size_t)in + (size_t)i] * (1 / m.scale[r])));
    }
    memset(p->w8, 0x55, twin_bytes(p));
    twin_refresh(p);
    return m;
}

static void made_free(made *m) {
    mem_free(m->p.w8), mem_free(m->p.ws), mem_free(m->p.wb), mem_free(m->p.wf);
    mem_free(m->scale), mem_free(m->q);
    vec_free(&m->w);
}

static void check_twins(int many, int out, int in, int group, int share) {
    made         m  = make(many, out, in, group, share);
    const param *p  = &m.p;
    int64_t      nb = in / Q8_0_BLOCK, rows = (int64_t)many * out;
    block_q8_0  *b = mem_alloc((size_t)(rows * nb) * sizeof *b);
    float       *f = mem_alloc((size_t)in * 4);
    for (int64_t r = 0; r < rows; r++) {
        assert_true(p->ws[r] == m.scale[r]);
        twin_row(p, r, b + r * nb, f);
        for (int i = 0; i < in; i++) {
            int q = m.q[r * in + i];
            assert_int_equal(panel_value(p, r, i), q);
            assert_true(p->wf[r * in + i] == m.scale[r] * (float)q && f[i] == p->wf[r * in + i]);
            assert_true(bf16_to_f32(p->wb[r * in + i]) == bf16_to_f32(bf16_from_f32(f[i])));
            assert_true(f16_to_f32(b[r * nb + i / 32].d) == m.scale[r] && b[r * nb + i / 32].q[i % 32] == q);
        }
        for (int i = in; i < i8_depth(in); i++) assert_int_equal(panel_value(p, r, i), 0);
    }
    /* a file's blocks, a file's floats: the same twins */
    for (int how = 0; how < 3; how++) {
        err   e  = {0};
        param q  = *p;
        bool  on = false;
        q.wb     = NULL;
        q.wf     = NULL;
        q.w.type = how == 0 ? DT_Q8_0 : DT_F32;
        q.w.data = how == 0 ? (void *)b : (void *)p->wf;
        if (how == 2 && in > 64) { /* not a file of ours: blocks of one row differ */
            q.w.type = DT_Q8_0;
            q.w.data = b;
            b[nb * 2 + 1].d++;
            assert_false(twin_load(&q, &e));
            assert_non_null(strstr(e.msg, "scales"));
            continue;
        }
        q.w8 = mem_alloc(twin_bytes(p));
        q.ws = mem_alloc(twin_rows(p) * 4);
        assert_true(how || twin_recognised(&q, &on));
        assert_true(how || on == (in > 32));
        assert_true(twin_load(&q, &e));
        assert_memory_equal(q.w8, p->w8, twin_bytes(p));
        assert_memory_equal(q.ws, p->ws, twin_rows(p) * 4);
        mem_free(q.w8);
        mem_free(q.ws);
    }
    mem_free(b);
    mem_free(f);
    made_free(&m);
}

static void test_twins(void **s) {
    (void)s;
    R = rng_seed(unit_seed("twins"));
    check_twins(1, 16, 64, 0, 0);
    check_twins(1, 40, 96, 0, 0);
    check_twins(1, 5, 32, 0, 0);
    check_twins(1, 17, 1056, 0, 0); /* more than a step of columns */
    check_twins(3, 24, 128, 0, 0);
    check_twins(1, 36, 64, 12, 8); /* kv_b: keys of a head share a scale, values do not */
    check_twins(1, 48, 64, 24, 23);
}

static void test_blocks(void **s) {
    (void)s;
    R        = rng_seed(unit_seed("blocks"));
    int   in = 96, rows = 7, n = in * rows;
    vec   w = vec_normal(&R, (size_t)n, 0.1f);
    param p = {.w = {DT_F32, 2, {rows, in, 1, 1}, w.f}, .grid = GRID_BLOCKS};
    float f[96], f2[96];
    p.wb = mem_alloc((size_t)n * 2);
    memset(w.f + 40, 0, 64);
    twin_refresh(&p);
    for (int r = 0; r < rows; r++) {
        block_q8_0 b[3];
        twin_row(&p, r, b, f);
        for (int i = 0; i < in; i++) {
            float d = f16_to_f32(b[i / 32].d);
            int   e;
            assert_true(d == 0 || frexpf(d, &e) == 0.5f);
            assert_true(fabsf(w.f[r * in + i] - f[i]) <= d / 2 && f[i] == d * (float)b[i / 32].q[i % 32]);
            assert_true(bf16_to_f32(p.wb[r * in + i]) == f[i]); /* exact */
        }
        tensor_to_f32(f2, b, DT_Q8_0, in);
        assert_memory_equal(f, f2, sizeof f);
    }
    mem_free(p.wb);
    vec_free(&w);
}

/* A weight that is not a number makes its row's results NaN, and no others. */
static void test_nan(void **s) {
    (void)s;
    R                 = rng_seed(unit_seed("nan"));
    made m            = make(1, 32, 64, 0, 0);
    m.w.f[5 * 64 + 7] = NAN;
    twin_refresh(&m.p);
    vec   x = vec_normal(&R, 40 * 64, 1), y = vec_new(40 * 32);
    lin   l = lin_of(&m.p);
    arena a = {0};
    arena_init(&a, op_linear_bytes(40, 32, 64));
    x.f[2 * 64] = INFINITY;
    op_linear_fwd(y.f, x.f, DT_F32, 40, &l, &a);
    for (int t = 0; t < 40; t++)
        for (int o = 0; o < 32; o++) assert_true(isnan(y.f[t * 32 + o]) == (t == 2 || o == 5));
    arena_free(&a);
    vec_free(&x), vec_free(&y);
    made_free(&m);
}

/* ---- linear */

/* y by the definition: integers of both sides, then the scales, in floats as the kernels have them */
static float defined(const made *m, const float *x, int r, int in) {
    float amax = 0;
    for (int i = 0; i < in; i++) amax = fmaxf(amax, fabsf(x[i]));
    float   sx  = i8_scale(amax);
    int64_t sum = 0;
    for (int i = 0; sx > 0 && i < in; i++) sum += nearest((double)x[i] * (double)(1 / sx)) * (int64_t)m->q[r * in + i];
    return (float)sum * sx * m->scale[r];
}

static void check_fwd(int T, int out, int in, bool bf) {
    made m = make(1, out, in, 0, 0);
    vec  x = vec_normal(&R, (size_t)(T * in), 1), y = vec_new((size_t)(T * out) + 1), z = vec_new((size_t)(T * out));
    uint16_t *xb = vec_bf16(&x), *yb = mem_calloc((size_t)(T * out) + 1, 2), *zb = mem_calloc((size_t)(T * out) + 1, 2);
    lin       l = lin_of(&m.p), twice = l;
    arena     a = {0};
    if (T > 1) memset(x.f, 0, (size_t)in * 4), memset(xb, 0, (size_t)in * 2); /* a row of zeros */
    arena_init(&a, op_linear_bytes(T, out, in));
    const void *xs = bf ? (const void *)xb : (const void *)x.f;
    dtype       xt = bf ? DT_BF16 : DT_F32;
    y.f[T * out]   = 42;
    op_linear_fwd(y.f, xs, xt, T, &l, &a);
    assert_true(y.f[T * out] == 42 && arena_mark(&a) == 0);
    for (int t = 0; t < T; t++)
        for (int o = 0; o < out; o++) {
            float want = defined(&m, x.f + t * in, o, in);
            if (y.f[t * out + o] != want)
                fail_msg("[%s] T=%d out=%d in=%d (%d, %d): %.9g, expected %.9g", K->name, T, out, in, t, o,
                         (double)y.f[t * out + o], (double)want);
        }
    op_linear_fwd_as(yb, DT_BF16, xs, xt, T, &l, &a);
    for (int i = 0; i < T * out; i++) assert_int_equal(yb[i], bf16_from_f32(y.f[i]));
    op_linear_fwd2(z.f, &l, y.f, &twice, DT_F32, xs, xt, T, &a); /* two at once: the same bits */
    assert_memory_equal(z.f, y.f, (size_t)(T * out) * 4);
    op_linear_fwd2(zb, &l, yb, &twice, DT_BF16, xs, xt, T, &a);
    assert_memory_equal(zb, yb, (size_t)(T * out) * 2);
    arena_free(&a);
    mem_free(xb), mem_free(yb), mem_free(zb);
    vec_free(&x), vec_free(&y), vec_free(&z);
    made_free(&m);
}

static void test_linear_fwd(void **s) {
    (void)s;
    static const int rows[] = {0, 1, 2, 5, 16, 33, 64, 130, 300};
    R                       = rng_seed(unit_seed("linear_fwd"));
    for (size_t t = 0; t < sizeof rows / sizeof *rows; t++)
        for (int bf = 0; bf < 2; bf++) {
            check_fwd(rows[t], 48, 64, bf);
            check_fwd(rows[t], 7, 32, bf);
            check_fwd(rows[t], 40, 160, bf);
        }
    check_fwd(1, 2048, 1056, true); /* enough for both threads */
}

/* An expert's matrix among others. */
static void test_slice(void **s) {
    (void)s;
    R       = rng_seed(unit_seed("slice"));
    made  m = make(3, 24, 96, 0, 0);
    vec   x = vec_normal(&R, 9 * 96, 1), y = vec_new(9 * 24);
    arena a = {0};
    arena_init(&a, op_linear_bytes(9, 24, 96));
    for (int e = 0; e < 3; e++) {
        lin  l   = lin_slice(&m.p, e);
        made one = m;
        one.q += e * 24 * 96;
        one.scale += e * 24;
        op_linear_fwd(y.f, x.f, DT_F32, 9, &l, &a);
        for (int t = 0; t < 9; t++)
            for (int o = 0; o < 24; o++) assert_true(y.f[t * 24 + o] == defined(&one, x.f + t * 96, o, 96));
    }
    arena_free(&a);
    vec_free(&x), vec_free(&y);
    made_free(&m);
}

/* Straight through: dx as if the weights were wb and the rows not rounded, dW as if nothing were rounded. */
typedef struct lin_ref {
    int           T, out, in;
    const double *x, *w, *c;
} lin_ref;

static double lin_obj(const void *ctx) {
    const lin_ref *r = ctx;
    double         s = 0;
    for (int t = 0; t < r->T; t++)
        for (int o = 0; o < r->out; o++)
            for (int i = 0; i < r->in; i++) s += r->c[t * r->out + o] * r->x[t * r->in + i] * r->w[o * r->in + i];
    return s;
}

static void test_linear_bwd(void **s) {
    (void)s;
    R = rng_seed(unit_seed("linear_bwd"));
    enum { BT = 32, OUT = 48, IN = 64 };
    made m = make(1, OUT, IN, 0, 0);
    vec  x = vec_normal(&R, BT * IN, 1), dy = vec_normal(&R, BT * OUT, 1), dx = vec_new(BT * IN), g = vec_new(OUT * IN);
    uint16_t *xb = vec_bf16(&x), *db = vec_bf16(&dy);
    arena     a = {0};
    m.p.g       = g.f;
    lin l       = lin_of(&m.p);
    arena_init(&a, op_linear_bytes(BT, OUT, IN));
    op_linear_bwd(dx.f, DT_F32, false, db, DT_BF16, xb, DT_BF16, BT, &l, &a);
    for (int i = 0; i < OUT * IN; i++) m.w.d[i] = (double)bf16_to_f32(m.p.wb[i]);
    lin_ref r = {BT, OUT, IN, x.d, m.w.d, dy.d};
    fd_check("straight-through dx", &R, 200, x.d, BT * IN, dx.f, NULL, lin_obj, &r, TOL_F32);
    fd_check("straight-through dw", &R, 200, m.w.d, OUT * IN, g.f, NULL, lin_obj, &r, TOL_F32);
    arena_free(&a);
    mem_free(xb), mem_free(db);
    vec_free(&x), vec_free(&dy), vec_free(&dx), vec_free(&g);
    made_free(&m);
}

/* bf16 rows on a weight that only a file has: as if both were float32. */
static void test_widened(void **s) {
    (void)s;
    R                       = rng_seed(unit_seed("widened"));
    static const int rows[] = {1, 5, 40};
    for (int k = 0; k < 3; k++) {
        int T = rows[k], out = 40, in = 64;
        vec x = vec_normal(&R, (size_t)(T * in), 1), w = vec_normal(&R, (size_t)(out * in), 0.1f),
            y = vec_new((size_t)(T * out)), z = vec_new((size_t)(T * out));
        uint16_t   *xb = vec_bf16(&x), *yb = mem_calloc((size_t)(T * out), 2);
        block_q8_0 *b = mem_alloc((size_t)(out * in / 32) * sizeof *b);
        tensor_from_f32(b, DT_Q8_0, w.f, out * in);
        lin   l = {.type = DT_Q8_0, .out = out, .in = in, .w = b};
        arena a = {0};
        arena_init(&a, op_linear_bytes(T, out, in));
        op_linear_fwd(y.f, x.f, DT_F32, T, &l, &a);
        op_linear_fwd(z.f, xb, DT_BF16, T, &l, &a);
        assert_memory_equal(y.f, z.f, (size_t)(T * out) * 4);
        op_linear_fwd_ct(yb, xb, DT_BF16, T, &l, &a);
        for (int i = 0; i < T * out; i++) assert_int_equal(yb[i], bf16_from_f32(y.f[i]));
        arena_free(&a);
        mem_free(xb), mem_free(yb), mem_free(b);
        vec_free(&x), vec_free(&w), vec_free(&y), vec_free(&z);
    }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_twins),  cmocka_unit_test(test_blocks),
                                          cmocka_unit_test(test_nan),    cmocka_unit_test(test_linear_fwd),
                                          cmocka_unit_test(test_slice),  cmocka_unit_test(test_linear_bwd),
                                          cmocka_unit_test(test_widened)};

FD_MAIN(tests)
