/* test_ops_attn.c -- attention over packed rows against the textbook: softmax(q k^T) v in double, one query at a time.
 * The backward against central differences of that. Lengths around the block of 64, queries fewer than keys, several
 * segments with gaps between them, every kernel table. R1_SEED=n repeats a run. */
#include "unit.h"

#include "fd.h"
#include "tensor/op_attn.h"

static rng R;

enum { GAP = 2, KR_PAD = 3, MARK = 42 }; /* rows between segments; floats behind each rope key; what stands there */

typedef struct attn_ref {
    attn_shape      s;
    const attn_seg *seg;
    int             n_seg;
    const double   *q, *kv, *kr, *c; /* as in op_attn.h; the objective is sum c o */
} attn_ref;

/* One query row of one head: o [V], returns the log-sum-exp. */
static double ref_row(const attn_ref *r, const attn_seg *g, int i, int h, double *o, double *p) {
    int           P = r->s.nope, D = r->s.rope, V = r->s.v, ldkv = r->s.heads * (P + V);
    const double *q = r->q + (g->q0 + i) * r->s.heads * (P + D) + h * (P + D);
    int           n = g->nk - g->nq + i + 1;
    double        m = -INFINITY, sum = 0;
    for (int j = 0; j < n; j++) {
        const double *k = r->kv + (g->k0 + j) * ldkv + h * (P + V), *kr = r->kr + (g->k0 + j) * r->s.ldkr;
        double        dot = 0;
        for (int d = 0; d < P; d++) dot += q[d] * k[d];
        for (int d = 0; d < D; d++) dot += q[P + d] * kr[d];
        p[j] = dot * (double)r->s.scale;
        m    = fmax(m, p[j]);
    }
    for (int j = 0; j < n; j++) sum += p[j] = exp(p[j] - m);
    for (int d = 0; d < V; d++) o[d] = 0;
    for (int j = 0; j < n; j++)
        for (int d = 0; d < V; d++) o[d] += p[j] / sum * r->kv[(g->k0 + j) * ldkv + h * (P + V) + P + d];
    return m + log(sum);
}

static double ref_obj(const void *ctx) {
    const attn_ref *r = ctx;
    double          o[64], p[256], s = 0;
    for (int a = 0; a < r->n_seg; a++)
        for (int i = 0; i < r->seg[a].nq; i++)
            for (int h = 0; h < r->s.heads; h++) {
                ref_row(r, &r->seg[a], i, h, o, p);
                const double *c = r->c + (r->seg[a].q0 + i) * r->s.heads * r->s.v + h * r->s.v;
                for (int d = 0; d < r->s.v; d++) s += c[d] * o[d];
            }
    return s;
}

/* ---- one case ---- */

typedef struct lens {
    int nq, nk;
} lens;

typedef struct box {
    attn_shape s;
    attn_seg   seg[4];
    int        n, tq, tk, max_nk, lddkr;
    vec        q, kv, kr, c, o, lse, dq, dkv, dkr;
} box;

static box box_new(const attn_shape *s, const lens *l, int n, float std) {
    box b = {.s = *s, .n = n};
    for (int i = 0; i < n; i++) {
        b.tq += GAP, b.tk += GAP + 1;
        b.seg[i] = (attn_seg){b.tq, l[i].nq, b.tk, l[i].nk};
        b.tq += l[i].nq, b.tk += l[i].nk;
        if (l[i].nk > b.max_nk) b.max_nk = l[i].nk;
    }
    size_t H = (size_t)s->heads, P = (size_t)s->nope, D = (size_t)s->rope, V = (size_t)s->v, tq = (size_t)b.tq,
           tk  = (size_t)b.tk;
    b.s.ldkr   = s->rope + KR_PAD;
    b.lddkr    = s->rope + 1;
    b.q        = vec_normal(&R, tq * H * (P + D), std);
    b.kv       = vec_normal(&R, tk * H * (P + V), 1);
    b.kr       = vec_normal(&R, tk * (D + KR_PAD), 1);
    b.c        = vec_normal(&R, tq * H * V, 1);
    b.o        = vec_new(tq * H * V);
    b.lse      = vec_new(tq * H);
    b.dq       = vec_new(tq * H * (P + D));
    b.dkv      = vec_new(tk * H * (P + V));
    b.dkr      = vec_new(tk * (D + 1));
    vec *out[] = {&b.o, &b.lse, &b.dq, &b.dkv, &b.dkr};
    for (size_t k = 0; k < 5; k++)
        for (size_t i = 0; i < out[k]->n; i++) out[k]->d[i] = (double)(out[k]->f[i] = MARK);
    return b;
}

static void box_free(box *b) {
    vec *all[] = {&b->q, &b->kv, &b->kr, &b->c, &b->o, &b->lse, &b->dq, &b->dkv, &b->dkr};
    for (size_t k = 0; k < 9; k++) vec_free(all[k]);
}

static void check_fwd(box *b) {
    attn_ref r = {b->s, b->seg, b->n, b->q.d, b->kv.d, b->kr.d, b->c.d};
    double   p[256];
    arena    a = {0};
    arena_init(&a, op_attn_bytes(&b->s, b->max_nk, b->tk, false));
    op_attn_fwd(b->o.f, b->lse.f, b->q.f, b->kv.f, b->kr.f, &b->s, b->seg, b->n, &a);
    assert_int_equal(arena_mark(&a), 0);
    int hv = b->s.heads * b->s.v;
    for (int k = 0; k < b->n; k++)
        for (int i = 0; i < b->seg[k].nq; i++)
            for (int h = 0; h < b->s.heads; h++) {
                int row                        = b->seg[k].q0 + i;
                b->lse.d[row * b->s.heads + h] = ref_row(&r, &b->seg[k], i, h, b->o.d + row * hv + h * b->s.v, p);
            }
    /* The marks between the segments are in the reference too: 42 must still stand there. */
    for (size_t i = 0; i < b->o.n; i++)
        near_d("attention o", (double)b->o.f[i], b->o.d[i], b->o.d[i] == MARK ? 0 : 3, TOL_F32);
    for (size_t i = 0; i < b->lse.n; i++)
        near_d("attention lse", (double)b->lse.f[i], b->lse.d[i], b->lse.d[i] == MARK ? 0 : fabs(b->lse.d[i]) + 1,
               TOL_F32);
    float *o2 = mem_calloc(b->o.n + 1, 4);
    memcpy(o2, b->o.f, b->o.n * 4);
    op_attn_fwd(o2, NULL, b->q.f, b->kv.f, b->kr.f, &b->s, b->seg, b->n, &a); /* without lse: the same bits */
    assert_memory_equal(o2, b->o.f, b->o.n * 4);
    mem_free(o2);
    arena_free(&a);
}

/* Of `rows` rows of `ld` floats, those in no segment, and what lies behind `used` floats, must be as they were. */
static void untouched(const box *b, const char *what, const float *x, int rows, int ld, int used, bool keys) {
    for (int t = 0; t < rows; t++) {
        bool in = false;
        for (int k = 0; k < b->n; k++) {
            int a = keys ? b->seg[k].k0 : b->seg[k].q0, n = keys ? b->seg[k].nk : b->seg[k].nq;
            in = in || (t >= a && t < a + n);
        }
        for (int i = in ? used : 0; i < ld; i++)
            if (x[t * ld + i] != MARK) fail_msg("%s [%s]: row %d, outside all segments, was written", what, K->name, t);
    }
}

static void check_bwd(box *b, size_t most) {
    arena a = {0};
    arena_init(&a, op_attn_bytes(&b->s, b->max_nk, b->tk, true));
    op_attn_bwd(b->dq.f, b->dkv.f, b->dkr.f, b->lddkr, b->c.f, b->lse.f, b->q.f, b->kv.f, b->kr.f, &b->s, b->seg, b->n,
                &a);
    assert_int_equal(arena_mark(&a), 0);
    arena_free(&a);
    attn_ref r  = {b->s, b->seg, b->n, b->q.d, b->kv.d, b->kr.d, b->c.d};
    int      lq = b->s.heads * (b->s.nope + b->s.rope), lkv = b->s.heads * (b->s.nope + b->s.v), D = b->s.rope;
    untouched(b, "dq", b->dq.f, b->tq, lq, lq, false);
    untouched(b, "dkv", b->dkv.f, b->tk, lkv, lkv, true);
    untouched(b, "dkr", b->dkr.f, b->tk, b->lddkr, D, true);
    for (int k = 0; k < b->n; k++) {
        const attn_seg *g = &b->seg[k];
        fd_check("attention dq", &R, most, b->q.d + g->q0 * lq, (size_t)(g->nq * lq), b->dq.f + g->q0 * lq, NULL,
                 ref_obj, &r, TOL_F32);
        fd_check("attention dkv", &R, most, b->kv.d + g->k0 * lkv, (size_t)(g->nk * lkv), b->dkv.f + g->k0 * lkv, NULL,
                 ref_obj, &r, TOL_F32);
        for (int j = 0; j < g->nk; j++)
            if (!most || rng_below(&R, (uint64_t)g->nk) < most / 4)
                fd_check("attention dkr", &R, 0, b->kr.d + (g->k0 + j) * b->s.ldkr, (size_t)D,
                         b->dkr.f + (g->k0 + j) * b->lddkr, NULL, ref_obj, &r, TOL_F32);
    }
}

static const attn_shape ODD   = {.heads = 3, .nope = 5, .rope = 2, .v = 3, .scale = 0.4f};
static const attn_shape USUAL = {.heads = 2, .nope = 16, .rope = 8, .v = 16, .scale = 0.2f};

static void check(const attn_shape *s, const lens *l, int n, size_t most) {
    box b = box_new(s, l, n, 1);
    check_fwd(&b);
    check_bwd(&b, most);
    box_free(&b);
}

static void test_short(void **s) {
    (void)s;
    R = rng_seed(unit_seed("attn_short"));
    check(&ODD, NULL, 0, 0);
    check(&ODD, (lens[]){{1, 1}}, 1, 0);
    check(&ODD, (lens[]){{4, 4}, {1, 1}, {6, 6}}, 3, 0);
    check(&ODD, (lens[]){{1, 5}, {3, 4}, {0, 3}}, 3, 0); /* a timeline that goes on; one without new rows */
    check(&USUAL, (lens[]){{3, 3}, {2, 7}}, 2, 40);
}

/* Around the block of 64 queries: one short of it, just it, one more; and the same for the keys before it. */
static void test_blocks(void **s) {
    (void)s;
    R = rng_seed(unit_seed("attn_blocks"));
    check(&ODD, (lens[]){{63, 63}, {64, 64}, {65, 65}}, 3, 12);
    check(&ODD, (lens[]){{1, 65}, {64, 65}, {65, 129}}, 3, 12);
    check(&USUAL, (lens[]){{130, 130}}, 1, 12);
    check(&USUAL, (lens[]){{1, 64}, {2, 66}}, 2, 12);
}

/* Scores of some hundred: exp of them alone overflows, and one key takes all. */
static void test_large_scores(void **s) {
    (void)s;
    R     = rng_seed(unit_seed("attn_large"));
    box b = box_new(&USUAL, (lens[]){{20, 20}, {70, 70}}, 2, 60);
    check_fwd(&b);
    box_free(&b);
}

/* Which thread takes which head must not show in the bits. */
static void test_same_twice(void **s) {
    (void)s;
    R        = rng_seed(unit_seed("attn_twice"));
    box   b  = box_new(&USUAL, (lens[]){{30, 30}, {70, 70}, {5, 40}}, 3, 1);
    arena a  = {0};
    vec   dq = vec_new(b.dq.n), dkv = vec_new(b.dkv.n), dkr = vec_new(b.dkr.n);
    arena_init(&a, op_attn_bytes(&b.s, b.max_nk, b.tk, true));
    op_attn_fwd(b.o.f, b.lse.f, b.q.f, b.kv.f, b.kr.f, &b.s, b.seg, b.n, &a);
    for (int k = 0; k < 3; k++) {
        op_attn_bwd(b.dq.f, b.dkv.f, b.dkr.f, b.lddkr, b.c.f, b.lse.f, b.q.f, b.kv.f, b.kr.f, &b.s, b.seg, b.n, &a);
        if (k > 0) {
            assert_memory_equal(dq.f, b.dq.f, dq.n * 4);
            assert_memory_equal(dkv.f, b.dkv.f, dkv.n * 4);
            assert_memory_equal(dkr.f, b.dkr.f, dkr.n * 4);
        }
        memcpy(dq.f, b.dq.f, dq.n * 4);
        memcpy(dkv.f, b.dkv.f, dkv.n * 4);
        memcpy(dkr.f, b.dkr.f, dkr.n * 4);
    }
    arena_free(&a);
    vec_free(&dq), vec_free(&dkv), vec_free(&dkr);
    box_free(&b);
}

/* ---- products in bf16: beside the float32 path, which the tests above hold to the truth ---- */

/* |x - y| / |y| over whole arrays; marks stay marks. */
static void close_to(const char *what, const float *x, const float *y, size_t n, double tol) {
    double d = 0, m = 1e-6; /* one key alone: its gradient is 0, and what is left is rounding */
    for (size_t i = 0; i < n; i++) {
        if ((y[i] == MARK) != (x[i] == MARK))
            fail_msg("%s [%s]: %zu: a row outside all segments was written", what, K->name, i);
        if (!isfinite(x[i])) fail_msg("%s [%s]: %zu is %g", what, K->name, i, (double)x[i]);
        d += ((double)x[i] - (double)y[i]) * ((double)x[i] - (double)y[i]);
        m += (double)y[i] * (double)y[i] * (y[i] != MARK);
    }
    if (sqrt(d / m) > tol) fail_msg("%s [%s]: %g from float32, at most %g expected", what, K->name, sqrt(d / m), tol);
}

/* Inputs that bf16 holds, so that only what happens inside differs. */
static void check_bf16(const attn_shape *s, const lens *l, int n) {
    box       b = box_new(s, l, n, 1);
    uint16_t *q = vec_bf16(&b.q), *kv = vec_bf16(&b.kv), *c = vec_bf16(&b.c);
    arena     a = {0};
    arena_init(&a, op_attn_bytes(&b.s, b.max_nk, b.tk, true) + op_attn_bf16_bytes(&b.s, b.max_nk, b.tk, true));
    op_attn_fwd(b.o.f, b.lse.f, b.q.f, b.kv.f, b.kr.f, &b.s, b.seg, b.n, &a);
    op_attn_bwd(b.dq.f, b.dkv.f, b.dkr.f, b.lddkr, b.c.f, b.lse.f, b.q.f, b.kv.f, b.kr.f, &b.s, b.seg, b.n, &a);
    vec o = vec_new(b.o.n), lse = vec_new(b.lse.n), dq = vec_new(b.dq.n), dkv = vec_new(b.dkv.n),
        dkr          = vec_new(b.dkr.n);
    vec      *half[] = {&o, &dq, &dkv}, *all[] = {&o, &dq, &dkv, &lse, &dkr};
    uint16_t *h[3];
    for (int k = 0; k < 5; k++)
        for (size_t i = 0; i < all[k]->n; i++) all[k]->f[i] = MARK;
    for (int k = 0; k < 3; k++) {
        h[k] = mem_calloc(half[k]->n + 1, 2);
        K->f32_to_bf16(h[k], half[k]->f, half[k]->n);
    }
    op_attn_fwd_bf16(h[0], lse.f, q, kv, b.kr.f, &b.s, b.seg, b.n, &a);
    op_attn_bwd_bf16(h[1], h[2], dkr.f, b.lddkr, c, h[0], lse.f, q, kv, b.kr.f, &b.s, b.seg, b.n, &a);
    assert_int_equal(arena_mark(&a), 0);
    for (int k = 0; k < 3; k++) {
        K->bf16_to_f32(half[k]->f, h[k], half[k]->n);
        mem_free(h[k]);
    }
    close_to("bf16 o", o.f, b.o.f, b.o.n, 6e-3);
    close_to("bf16 lse", lse.f, b.lse.f, b.lse.n, 6e-3);
    close_to("bf16 dq", dq.f, b.dq.f, b.dq.n, 1.2e-2);
    close_to("bf16 dkv", dkv.f, b.dkv.f, b.dkv.n, 1.2e-2);
    close_to("bf16 dkr", dkr.f, b.dkr.f, b.dkr.n, 1.2e-2);
    for (int k = 0; k < 5; k++) vec_free(all[k]);
    mem_free(q), mem_free(kv), mem_free(c);
    arena_free(&a);
    box_free(&b);
}

static void test_bf16(void **s) {
    (void)s;
    R = rng_seed(unit_seed("attn_bf16"));
    check_bf16(&ODD, (lens[]){{1, 1}}, 1);
    check_bf16(&ODD, (lens[]){{4, 4}, {1, 1}, {6, 6}}, 3);
    check_bf16(&ODD, (lens[]){{1, 5}, {3, 4}, {0, 3}}, 3);
    check_bf16(&USUAL, (lens[]){{63, 63}, {64, 64}, {65, 65}}, 3);
    check_bf16(&USUAL, (lens[]){{1, 65}, {64, 65}, {65, 129}}, 3);
    check_bf16(&(attn_shape){.heads = 2, .nope = 32, .rope = 16, .v = 32, .scale = 0.144f},
               (lens[]){{200, 200}, {97, 97}}, 2);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_short), cmocka_unit_test(test_blocks),
                                          cmocka_unit_test(test_large_scores), cmocka_unit_test(test_same_twice),
                                          cmocka_unit_test(test_bf16)};

FD_MAIN(tests)
