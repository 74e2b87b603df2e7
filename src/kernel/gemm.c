/* gemm.c -- matrix products through oneDNN's matmul primitive, one primitive a shape, kept; bf16 on AMX tiles of our
 * own.
 *
 * A primitive is code made for one shape (sizes, strides, types, post-ops); making it costs 0.2 to 0.6
 * ms, running it less than 1 us more than the arithmetic. So they live in a cache: a hash of the
 * shape picks a set of GEMM_WAYS slots, the least recently used of a full set is dropped. A training step
 * has a few hundred shapes at most (experts see row counts in multiples of 32), the cache holds 2048.
 *
 * All matrices stay plain row-major: a weight is trained, exported and multiplied where it lies, and a
 * transposed operand is the same memory with its two strides exchanged.
 *
 * On a CPU without bf16 instructions oneDNN either refuses bf16 (AVX2) or emulates it at a tenth of its float32 rate
 * (AVX-512 before BF16): there the operands are widened and multiplied in float32, which gives the same sums. What
 * oneDNN refuses in float32, too, the loops below do. */
#include "kernel/gemm.h"

#include <dnnl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/prof.h"
#include "kernel/gemm_tiles.h"
#include "kernel/kern.h"

enum { GEMM_SETS = 256, GEMM_WAYS = 8 };
typedef enum { GEMM_T_F32, GEMM_T_BF16, GEMM_T_BF16_OUT } gemm_types; /* A, B -> C: f32, bf16 -> f32, bf16 */

typedef struct gemm_key {
    int32_t mode, types, accumulate, m, n, k, lda, ldb, ldc;
} gemm_key;

typedef struct gemm_entry {
    gemm_key         key;
    bool             used, refused;
    uint64_t         tick; /* of the last use */
    dnnl_primitive_t prim;
    dnnl_memory_t    a, b, c;
} gemm_entry;

typedef struct gemm_state {
    dnnl_engine_t engine;
    dnnl_stream_t stream;
    gemm_entry   *entry; /* [GEMM_SETS][GEMM_WAYS] */
    uint64_t      tick;
    void         *scratch; /* operands widened to f32 */
    size_t        scratch_bytes;
    bool          has_bf16, warned;
} gemm_state;

static gemm_state gemm_st; /* the primitive cache that gemm.h speaks of */

/* --- the cache --- */

static void entry_drop(gemm_entry *t) {
    if (t->prim) dnnl_primitive_destroy(t->prim);
    if (t->a) dnnl_memory_destroy(t->a);
    if (t->b) dnnl_memory_destroy(t->b);
    if (t->c) dnnl_memory_destroy(t->c);
    memset(t, 0, sizeof *t);
}

/* rows x cols with row stride ld; stored transposed: the strides change places. */
static bool desc_2d(dnnl_memory_desc_t *d, int rows, int cols, int ld, bool transposed, dnnl_data_type_t type) {
    dnnl_dims_t dims = {rows, cols}, strides = {transposed ? 1 : ld, transposed ? ld : 1};
    return dnnl_memory_desc_init_by_strides(d, 2, dims, type, strides) == dnnl_success;
}

static bool memory_2d(dnnl_memory_t *m, const dnnl_memory_desc_t *d, dnnl_engine_t engine) {
    return dnnl_memory_create(m, d, engine, DNNL_MEMORY_NONE) == dnnl_success;
}

static bool entry_make(gemm_entry *t, dnnl_engine_t engine) {
    const gemm_key       *k   = &t->key;
    dnnl_data_type_t      in  = k->types == GEMM_T_F32 ? dnnl_f32 : dnnl_bf16;
    dnnl_data_type_t      out = k->types == GEMM_T_BF16_OUT ? dnnl_bf16 : dnnl_f32;
    dnnl_memory_desc_t    a, b, c;
    dnnl_matmul_desc_t    md;
    dnnl_primitive_attr_t attr = NULL;
    dnnl_post_ops_t       ops  = NULL;
    dnnl_primitive_desc_t pd   = NULL;
    bool                  ok   = false;
    if (!desc_2d(&a, k->m, k->k, k->lda, k->mode == GEMM_TN, in) ||
        !desc_2d(&b, k->k, k->n, k->ldb, k->mode == GEMM_NT, in) || !desc_2d(&c, k->m, k->n, k->ldc, false, out))
        goto done;
    if (dnnl_matmul_desc_init(&md, &a, &b, NULL, &c) != dnnl_success) goto done;
    if (dnnl_primitive_attr_create(&attr) != dnnl_success) goto done;
    if (k->accumulate) {
        if (dnnl_post_ops_create(&ops) != dnnl_success || dnnl_post_ops_append_sum(ops, 1.0f) != dnnl_success ||
            dnnl_primitive_attr_set_post_ops(attr, ops) != dnnl_success)
            goto done;
    }
    if (dnnl_primitive_desc_create(&pd, &md, attr, engine, NULL) != dnnl_success) goto done;
    if (dnnl_primitive_create(&t->prim, pd) != dnnl_success) goto done;
    ok = memory_2d(&t->a, &a, engine) && memory_2d(&t->b, &b, engine) && memory_2d(&t->c, &c, engine);
done:
    if (pd) dnnl_primitive_desc_destroy(pd);
    if (ops) dnnl_post_ops_destroy(ops);
    if (attr) dnnl_primitive_attr_destroy(attr);
    return ok;
}

static uint64_t key_hash(const gemm_key *k) {
    const int32_t *w = &k->mode;
    uint64_t       h = 0x9e3779b97f4a7c15u;
    for (size_t i = 0; i < sizeof *k / sizeof *w; i++) {
        h = (h ^ (uint32_t)w[i]) * 0xff51afd7ed558ccdu;
        h ^= h >> 32;
    }
    return h;
}

/* The primitive of a shape, made if need be; NULL if oneDNN refuses it (that is remembered too). */
static gemm_entry *entry_get(gemm_state *st, const gemm_key *key) {
    gemm_entry *set = st->entry + key_hash(key) % GEMM_SETS * GEMM_WAYS, *old = set;
    st->tick++;
    for (gemm_entry *t = set; t < set + GEMM_WAYS; t++) {
        if (t->used && memcmp(&t->key, key, sizeof *key) == 0) {
            t->tick = st->tick;
            return t->refused ? NULL : t;
        }
        if (t->tick < old->tick) old = t;
    }
    entry_drop(old);
    old->key     = *key;
    old->used    = true;
    old->tick    = st->tick;
    old->refused = !entry_make(old, st->engine);
    return old->refused ? NULL : old;
}

static bool run_dnnl(gemm_state *st, const gemm_key *key, const void *A, const void *B, void *C) {
    gemm_entry *t = entry_get(st, key);
    if (!t) return false;
    /* oneDNN's memory takes no const; sources are only read */
    if (dnnl_memory_set_data_handle(t->a, (void *)(uintptr_t)A) != dnnl_success ||
        dnnl_memory_set_data_handle(t->b, (void *)(uintptr_t)B) != dnnl_success ||
        dnnl_memory_set_data_handle(t->c, C) != dnnl_success)
        return false;
    dnnl_exec_arg_t arg[3] = {{DNNL_ARG_SRC, t->a}, {DNNL_ARG_WEIGHTS, t->b}, {DNNL_ARG_DST, t->c}};
    if (dnnl_primitive_execute(t->prim, st->stream, 3, arg) != dnnl_success) return false;
    return dnnl_stream_wait(st->stream) == dnnl_success;
}

/* --- plain loops --- */

static double load_as_double(const void *p, int types, ptrdiff_t i) {
    return types == GEMM_T_F32 ? (double)((const float *)p)[i] : (double)bf16_to_f32(((const uint16_t *)p)[i]);
}

static void run_loops(const gemm_key *k, const void *A, const void *B, void *C) {
    ptrdiff_t ars = k->mode == GEMM_TN ? 1 : k->lda, acs = k->mode == GEMM_TN ? k->lda : 1;
    ptrdiff_t brs = k->mode == GEMM_NT ? 1 : k->ldb, bcs = k->mode == GEMM_NT ? k->ldb : 1;
#pragma omp parallel for schedule(static)
    for (int i = 0; i < k->m; i++)
        for (int j = 0; j < k->n; j++) {
            double s = 0;
            for (int l = 0; l < k->k; l++)
                s += load_as_double(A, k->types, i * ars + l * acs) * load_as_double(B, k->types, l * brs + j * bcs);
            ptrdiff_t at = (ptrdiff_t)i * k->ldc + j;
            if (k->types == GEMM_T_BF16_OUT) ((uint16_t *)C)[at] = bf16_from_f32((float)s);
            else ((float *)C)[at] = (float)(k->accumulate ? (double)((float *)C)[at] + s : s);
        }
}

/* --- bf16 without bf16 hardware: widen, multiply in float32, round --- */

static float *scratch_floats(gemm_state *st, size_t n) {
    if (st->scratch_bytes < n * sizeof(float)) {
        mem_free(st->scratch);
        st->scratch_bytes = n * sizeof(float);
        st->scratch       = mem_alloc(st->scratch_bytes);
    }
    return st->scratch;
}

static void widen(float *y, const uint16_t *x, int rows, int cols, int ld) { /* y: [rows, cols], x: [rows, ld] */
#pragma omp parallel for schedule(static)
    for (int r = 0; r < rows; r++)
        K->bf16_to_f32(y + (size_t)r * (size_t)cols, x + (size_t)r * (size_t)ld, (size_t)cols);
}

static bool run_widened(gemm_state *st, const gemm_key *k, const void *A, const void *B, void *C) {
    if (k->types == GEMM_T_F32) return false;
    bool   round_c = k->types == GEMM_T_BF16_OUT;
    size_t na = (size_t)k->m * (size_t)k->k, nb = (size_t)k->k * (size_t)k->n,
           nc = round_c ? (size_t)k->m * (size_t)k->n : 0;
    float *a = scratch_floats(st, na + nb + nc), *b = a + na,
          *c    = round_c ? b + nb : C; /* [m, k] [k, n] [m, n], as stored */
    int      ac = k->mode == GEMM_TN ? k->m : k->k, bc = k->mode == GEMM_NT ? k->k : k->n;
    gemm_key f = *k;
    f.types    = GEMM_T_F32;
    f.lda      = ac;
    f.ldb      = bc;
    if (round_c) f.ldc = k->n;
    widen(a, A, (int)(na / (size_t)ac), ac, k->lda);
    widen(b, B, (int)(nb / (size_t)bc), bc, k->ldb);
    if (!run_dnnl(st, &f, a, b, c)) return false;
    for (int r = 0; round_c && r < k->m; r++)
        K->f32_to_bf16((uint16_t *)C + (size_t)r * (size_t)k->ldc, c + (size_t)r * (size_t)k->n, (size_t)k->n);
    return true;
}

/* --- entry --- */

static void no_product(const gemm_key *k, void *C) { /* K = 0: the empty sum */
    size_t size = k->types == GEMM_T_BF16_OUT ? sizeof(uint16_t) : sizeof(float);
    for (int i = 0; !k->accumulate && i < k->m; i++)
        memset((char *)C + (size_t)i * (size_t)k->ldc * size, 0, (size_t)k->n * size);
}

/* One product by the fastest way that takes it. */
static void multiply(gemm_state *st, const gemm_key *k, const void *A, const void *B, void *C) {
    if (st->engine && k->types != GEMM_T_F32 && !st->has_bf16 && run_widened(st, k, A, B, C)) return;
    if (st->engine && run_dnnl(st, k, A, B, C)) return;
    if (!st->warned) {
        st->warned = true;
        log_warn("gemm: oneDNN refuses %s m=%d n=%d k=%d, using a slower path", k->types ? "bf16" : "f32", k->m, k->n,
                 k->k);
    }
    if (st->engine && run_widened(st, k, A, B, C)) return;
    run_loops(k, A, B, C);
}

/* A weight gradient is a TN product with a long K (the tokens): both operands are read down their columns. oneDNN
 * copies them into its own layout for the whole of K first, which then no longer fits the second-level cache. Slabs
 * of 512 rows that add up in C were 14-30% faster for K of 2048 and 4096 (docs/SPEED.md); transposing A ourselves,
 * with or without slabs, was not. */
enum { GEMM_TN_SLAB = 512 };

static void multiply_slabs(gemm_state *st, const gemm_key *key, const uint16_t *A, const uint16_t *B, float *C) {
    gemm_key slab = *key; /* A: [k, m], B: [k, n], C: [m, n] */
    for (int k = 0; k < key->k; k += GEMM_TN_SLAB) {
        slab.k = key->k - k < GEMM_TN_SLAB ? key->k - k : GEMM_TN_SLAB;
        multiply(st, &slab, A + (size_t)k * (size_t)key->lda, B + (size_t)k * (size_t)key->ldb, C);
        slab.accumulate = 1;
    }
}

static bool on_tiles(const gemm_key *k, const void *A, const void *B, void *C) {
    bgemm_out out = k->types == GEMM_T_BF16_OUT ? BGEMM_BF16 : k->accumulate ? BGEMM_ADD : BGEMM_F32;
    return k->types != GEMM_T_F32 &&
           gemm_tiles((gemm_mode)k->mode, k->m, k->n, k->k, A, k->lda, B, k->ldb, out, C, k->ldc);
}

static void gemm_run(const gemm_key *k, const void *A, const void *B, void *C) {
    gemm_state *st = &gemm_st;
    if (k->m <= 0 || k->n <= 0) return;
    if (k->k <= 0) {
        no_product(k, C);
        return;
    }
    if (K == &kern_ref) {
        run_loops(k, A, B, C);
        return;
    }
    if (!st->engine) gemm_init();
    if (on_tiles(k, A, B, C)) return;
    if (k->mode == GEMM_TN && k->types == GEMM_T_BF16 && k->k > GEMM_TN_SLAB) multiply_slabs(st, k, A, B, C);
    else multiply(st, k, A, B, C);
}

static const prof_part PRODUCT[] = {[GEMM_NN] = PROF_DX, [GEMM_NT] = PROF_FWD, [GEMM_TN] = PROF_DW}; /* in training */

void gemm_f32(gemm_mode mode, int M, int N, int Kd, const float *A, int lda, const float *B, int ldb, float beta,
              float *C, int ldc) { /* A: [M, Kd], B: [Kd, N] as mode says, C: [M, N] */
    prof_part was = prof_enter(PRODUCT[mode]);
    gemm_key k = {(int32_t)mode, GEMM_T_F32, beta != 0.0f, M, N, Kd, lda, ldb, ldc};
    gemm_run(&k, A, B, C);
    prof_leave(was);
}

void gemm_bf16(gemm_mode mode, int M, int N, int Kd, const uint16_t *A, int lda, const uint16_t *B, int ldb, float beta,
               float *C, int ldc) { /* A: [M, Kd], B: [Kd, N] as mode says, C: [M, N] */
    prof_part was = prof_enter(PRODUCT[mode]);
    gemm_key k = {(int32_t)mode, GEMM_T_BF16, beta != 0.0f, M, N, Kd, lda, ldb, ldc};
    gemm_run(&k, A, B, C);
    prof_leave(was);
}

void gemm_bf16_out(gemm_mode mode, int M, int N, int Kd, const uint16_t *A, int lda, const uint16_t *B, int ldb,
                   uint16_t *C, int ldc) { /* A: [M, Kd], B: [Kd, N] as mode says, C: [M, N] */
    prof_part was = prof_enter(PRODUCT[mode]);
    gemm_key k = {(int32_t)mode, GEMM_T_BF16_OUT, 0, M, N, Kd, lda, ldb, ldc};
    gemm_run(&k, A, B, C);
    prof_leave(was);
}

void gemm_init(void) {
    gemm_state *st = &gemm_st;
    if (st->engine) return;
    if (dnnl_engine_create(&st->engine, dnnl_cpu, 0) != dnnl_success) {
        st->engine = NULL;
        return;
    }
    if (dnnl_stream_create(&st->stream, st->engine, dnnl_stream_default_flags) != dnnl_success) {
        dnnl_engine_destroy(st->engine);
        st->engine = NULL;
        return;
    }
    st->has_bf16 = strstr(kern_cpu(), "avx512bf16") != NULL;
    st->entry    = mem_calloc((size_t)GEMM_SETS * GEMM_WAYS, sizeof *st->entry);
}

void gemm_free(void) {
    gemm_state *st = &gemm_st;
    if (st->entry)
        for (size_t i = 0; i < (size_t)GEMM_SETS * GEMM_WAYS; i++) entry_drop(st->entry + i);
    mem_free(st->entry);
    mem_free(st->scratch);
    if (st->stream) dnnl_stream_destroy(st->stream);
    if (st->engine) dnnl_engine_destroy(st->engine);
    memset(st, 0, sizeof *st);
    gemm_tiles_free();
}

void gemm_version(char out[32]) {
    const dnnl_version_t *v = dnnl_version();
    snprintf(out, 32, "%d.%d.%d", v->major, v->minor, v->patch);
}

/* --- measured peak --- */

enum { PEAK_REPS = 40 };

/* The best of repeated square products with this side. */
static double peak_square(gemm_types types, int side) {
    size_t   n = (size_t)side, size = types == GEMM_T_F32 ? sizeof(float) : sizeof(uint16_t);
    void    *a = mem_calloc(n * n, size), *b = mem_calloc(n * n, size);
    float   *c    = mem_calloc(n * n, sizeof *c); /* [n, n] */
    gemm_key k    = {GEMM_NT, (int32_t)types, 0, side, side, side, side, side, side};
    double   best = 0;
    gemm_run(&k, a, b, c);
    for (int i = 0; i < PEAK_REPS; i++) {
        double t = time_now();
        if (i % 2 && gemm_st.engine) multiply(&gemm_st, &k, a, b, c); /* oneDNN, whatever we have beside it */
        else gemm_run(&k, a, b, c);
        t            = time_now() - t;
        double flops = 2.0 * (double)side * side * side / (t > 0 ? t : 1e-9);
        best         = flops > best ? flops : best;
    }
    mem_free(a);
    mem_free(b);
    mem_free(c);
    return best;
}

/* Which side runs best depends on the caches: large ones wait for memory, small ones for the threads. */
static double peak(gemm_types types) {
    static const int sides[] = {512, 640, 768, 1024};
    if (K == &kern_ref) return peak_square(types, 128);
    double best = 0;
    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++) {
        double f = peak_square(types, sides[i]);
        best     = f > best ? f : best;
    }
    return best;
}

double gemm_peak_bf16(void) { return peak(GEMM_T_BF16); }
double gemm_peak_f32(void) { return peak(GEMM_T_F32); }
