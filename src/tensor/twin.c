#include "tensor/twin.h"
#include <math.h>
#include "base/mem.h"
#include "kernel/gemm_i8.h"
#include "kernel/kern.h"

enum { STEP = 512 /* columns at a time */ };

typedef struct shape { /* matrices one after the other, each [out, in] */
    int    out, in;
    size_t many, rows;
} shape;

static shape shape_of(const param *p) {
    const tensor *w = &p->w;
    shape         s = {(int)w->ne[w->nd - 2], (int)w->ne[w->nd - 1], w->nd == 3 ? (size_t)w->ne[0] : 1, 0};
    s.rows          = s.many * (size_t)s.out;
    return s;
}

bool twin_fits(const param *p) {
    if (p->w.nd < 2) return false;
    int64_t in = p->w.ne[p->w.nd - 1];
    return in % Q8_0_BLOCK == 0 && in <= I8_K_MAX;
}

size_t twin_bytes(const param *p) {
    shape s = shape_of(p);
    return s.many * i8_bytes(s.out, s.in);
}

size_t twin_rows(const param *p) { return shape_of(p).rows; }

/* ---- scales of GRID_ROWS */

static float amax_of(const param *p, int64_t r, int in) { return K->amax_f32((const float *)p->w.data + r * in, in); }

/* The rows [*r0, *r0 + *n) that share row r's scale. */
static void group_of(const param *p, int64_t r, int64_t *r0, int *n) {
    bool shares = p->group && r % p->group < p->share;
    *r0         = shares ? r - r % p->group : r;
    *n          = shares ? p->share : 1;
}

static uint16_t row_scale(const param *p, int64_t r) {
    int     n, in = (int)p->w.ne[p->w.nd - 1];
    int64_t r0;
    float   m = 0;
    group_of(p, r, &r0, &n);
    for (int i = 0; i < n; i++) {
        float a = amax_of(p, r0 + i, in);
        m       = a > m || isnan(a) ? a : m;
        if (isnan(m)) break;
    }
    return i8_weight_scale(m);
}

/* ---- twins */

/* Panel j of matrix x: 16 rows of w by its scales. */
static void refresh_panel(param *p, const shape *s, size_t x, int j) {
    int8_t  q[16 * STEP];
    int     depth = i8_depth(s->in), rows = s->out - j * 16 < 16 ? s->out - j * 16 : 16;
    size_t  r0 = x * (size_t)s->out + (size_t)j * 16;
    int8_t *y  = p->w8 + x * i8_bytes(s->out, s->in) + (size_t)j * 16 * (size_t)depth;
    for (int i = 0; i < rows && !p->group; i++)
        p->ws[r0 + (size_t)i] = f16_to_f32(i8_weight_scale(amax_of(p, (int64_t)r0 + i, s->in)));
    for (int c = 0; c < depth; c += STEP) {
        int n = s->in - c < STEP ? s->in - c : STEP, wide = depth - c < STEP ? depth - c : STEP;
        if (rows < 16 || n < wide) memset(q, 0, sizeof q);
        for (int i = 0; i < rows; i++) {
            size_t r = r0 + (size_t)i, at = r * (size_t)s->in + (size_t)c;
            K->quant_by(q + i * STEP, p->wb ? p->wb + at : NULL, (const float *)p->w.data + at, p->ws[r], n);
            for (int k = 0; p->wf && k < n; k++) p->wf[at + (size_t)k] = p->ws[r] * (float)q[i * STEP + k];
        }
        K->panel_i8(y + (size_t)c * 16, depth * 16, q, STEP, 16, wide);
    }
}

static void refresh_rows(param *p) {
    shape s      = shape_of(p);
    int   panels = i8_panels(s.out);
    if (p->group)
#pragma omp parallel for schedule(static)
        for (size_t r = 0; r < s.rows; r++)
            if (r % (size_t)p->group == 0 || r % (size_t)p->group >= (size_t)p->share)
                p->ws[r] = f16_to_f32(row_scale(p, (int64_t)r));
    for (size_t r = 0; p->group && r < s.rows; r++)
        if (r % (size_t)p->group < (size_t)p->share) p->ws[r] = p->ws[r - r % (size_t)p->group];
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < s.many * (size_t)panels; i++)
        refresh_panel(p, &s, i / (size_t)panels, (int)(i % (size_t)panels));
}

static void refresh_blocks(param *p) {
    shape        s = shape_of(p);
    const float *w = p->w.data;
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < s.rows * (size_t)s.in; i += Q8_0_BLOCK) {
        int8_t q[Q8_0_BLOCK];
        float  d = f16_to_f32(i8_block_scale(K->amax_f32(w + i, Q8_0_BLOCK)));
        K->quant_by(q, p->wb + i, w + i, d, Q8_0_BLOCK);
    }
}

void twin_refresh(param *p) {
    if (p->grid == GRID_ROWS) refresh_rows(p);
    else if (p->grid == GRID_BLOCKS && p->wb) refresh_blocks(p);
}

/* ---- files */

bool twin_recognised(const param *p, bool *deciding) {
    shape             s  = shape_of(p);
    size_t            nb = (size_t)s.in / Q8_0_BLOCK;
    const block_q8_0 *b  = p->w.data;
    if (p->w.type != DT_Q8_0) return false;
    for (size_t r = 0; r < s.rows; r++, b += nb)
        for (size_t i = 0; i < nb; i++) {
            if (b[i].d != b[0].d || (b[i].d & 0x7c00) == 0x7c00) return false;
            for (int k = 0; k < Q8_0_BLOCK; k++)
                if (b[i].q[k] == -128) return false; /* not ours: products take -127..127 */
            if (nb > 1 && b[i].d) *deciding = true;
        }
    return true;
}

/* Rows of Q8_0 whose blocks agree: the integers as they are. */
static void load_blocks(param *p) {
    shape  s  = shape_of(p);
    size_t nb = (size_t)s.in / Q8_0_BLOCK, panel = (size_t)i8_depth(s.in) * 16;
    memset(p->w8, 0, twin_bytes(p));
    for (size_t r = 0; r < s.rows; r++) {
        const block_q8_0 *b = (const block_q8_0 *)p->w.data + r * nb;
        size_t            o = r % (size_t)s.out;
        int8_t           *y = p->w8 + r / (size_t)s.out * i8_bytes(s.out, s.in) + o / 16 * panel + o % 16 * 4;
        p->ws[r]            = f16_to_f32(b->d);
        for (size_t i = 0; i < nb; i++)
            for (size_t k = 0; k < Q8_0_BLOCK; k += 4) memcpy(y + (i * Q8_0_BLOCK + k) * 16, b[i].q + k, 4);
    }
}

bool twin_load(param *p, err *e) {
    bool any = false;
    if (p->w.type == DT_F32) {
        twin_refresh(p);
    } else if (p->w.type == DT_Q8_0) {
        if (!twin_recognised(p, &any))
            return err_set(e, "%s: an 8-bit model, but blocks of one row have different scales", p->name);
        load_blocks(p);
    } else {
        param   f = *p;
        int64_t n = tensor_count(&p->w);
        f.w.data  = mem_alloc((size_t)n * 4);
        f.w.type  = DT_F32;
        tensor_to_f32(f.w.data, p->w.data, p->w.type, n);
        twin_refresh(&f);
        mem_free(f.w.data);
    }
    return true;
}

void twin_row(const param *p, int64_t r, block_q8_0 *q, float *f) {
    int          in = (int)p->w.ne[p->w.nd - 1];
    const float *w  = (const float *)p->w.data + r * in;
    uint16_t     d  = p->grid == GRID_ROWS ? row_scale(p, r) : 0;
    for (int c = 0; c < in; c += Q8_0_BLOCK) {
        int8_t t[Q8_0_BLOCK];
        if (p->grid == GRID_BLOCKS) d = i8_block_scale(K->amax_f32(w + c, Q8_0_BLOCK));
        float s = f16_to_f32(d);
        K->quant_by(t, NULL, w + c, s, Q8_0_BLOCK);
        if (q) {
            q[c / Q8_0_BLOCK].d = d;
            memcpy(q[c / Q8_0_BLOCK].q, t, sizeof t);
        }
        for (int k = 0; f && k < Q8_0_BLOCK; k++) f[c + k] = s * (float)t[k];
    }
}
