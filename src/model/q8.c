/* q8.c -- an 8-bit model: which matrices are on which grid (tensor/twin.h), their twins, and recognising one. */
#include <stdio.h>
#include <string.h>
#include "base/fs.h"
#include "kernel/kern.h"
#include "model/parts.h"
#include "tensor/twin.h"

void q8_layout(model *m) {
    const cfg *c = &m->c;
    for (int i = 0; i < m->n_params; i++) {
        param *p = &m->param[i];
        if (!p->decay || !twin_fits(p) || strstr(p->name, "mlp.gate.weight"))
            continue; /* the router decides discretely */
        bool table = p == m->embed || p == m->head;
        p->grid    = table && !(p == m->head && c->qat_head) ? GRID_BLOCKS : GRID_ROWS;
        if (strstr(p->name, "kv_b_proj")) { /* a head's keys share a scale, so that their transpose is Q8_0 too */
            p->group = c->qk_nope_head_dim + c->v_head_dim;
            p->share = c->qk_nope_head_dim;
        }
    }
}

/* Do we hold the weights as they were trained, or as a file rounded them? */
static bool has_masters(const model *m) { return m->file == NULL; }

/* What one parameter needs beside what it has; with at = NULL only counted. */
static size_t hand_out(const model *m, param *p, char *at) {
    size_t n = (size_t)tensor_count(&p->w), used = 0;
    if (p->grid == GRID_ROWS) {
        if (at) {
            p->w8 = (int8_t *)at;
            p->ws = (float *)(at + arena_round(twin_bytes(p)));
        }
        used = arena_round(twin_bytes(p)) + arena_round(twin_rows(p) * 4);
        if (p->group && has_masters(m)) { /* absorbed attention multiplies kv_b with floats */
            if (at) p->wf = (float *)(at + used);
            used += arena_round(n * 4);
        }
    }
    if (p->grid == GRID_BLOCKS && has_masters(m) && !m->train) {
        if (at) p->wb = (uint16_t *)at;
        used = arena_round(n * 2);
    }
    return used;
}

static void set_off(model *m) {
    for (int i = 0; i < m->n_params; i++) {
        param *p = &m->param[i];
        p->w8    = NULL;
        p->ws = p->wf = NULL;
        p->on_grid    = false;
        if (!m->train) p->wb = NULL;
    }
    mem_free(m->twins);
    m->twins      = NULL;
    m->c.qat_bits = 0;
}

static void make_room(model *m) {
    size_t bytes = 0;
    for (int i = 0; i < m->n_params; i++) bytes += hand_out(m, &m->param[i], NULL);
    char *at = m->twins = mem_alloc(bytes + 64);
    for (int i = 0; i < m->n_params; i++) {
        at += hand_out(m, &m->param[i], at);
        m->param[i].on_grid = m->param[i].grid != GRID_NONE;
    }
}

void model_refresh(model *m) {
    for (int i = 0; i < m->n_params; i++) {
        param *p = &m->param[i];
        if (p->on_grid) twin_refresh(p);
        else if (p->wb) op_cast(p->wb, DT_BF16, p->w.data, (size_t)tensor_count(&p->w));
    }
}

bool model_set_8bit(model *m, bool on, bool head, err *e) {
    if (on == (m->c.qat_bits != 0) && (!on || head == m->c.qat_head)) return true;
    if (!has_masters(m))
        return err_set(e, "a model mapped from a GGUF file is what it is; convert it to a folder first");
    if (m->train && on && m->compute != DT_BF16) return err_set(e, "an 8-bit model is trained in bf16, not f32");
    cfg c      = m->c;
    c.qat_bits = on ? 8 : 0;
    c.qat_head = on && head;
    if (!cfg_check(&c, e)) return false;
    set_off(m);
    m->c = c;
    q8_layout(m);
    if (on) make_room(m);
    model_refresh(m);
    return true;
}

/* A Q8_0 file without our key: is each row's scale the same in all of its blocks, in all matrices that would be? */
static bool recognised(model *m) {
    bool deciding = false;
    for (int i = 0; i < m->n_params; i++) {
        const param *p = &m->param[i];
        if (p->grid != GRID_ROWS || p->group) continue; /* kv_b is written in another shape */
        if (!twin_recognised(p, &deciding)) return false;
    }
    return deciding;
}

bool q8_load(model *m, err *e) {
    if (!m->c.qat_bits && !has_masters(m) && recognised(m)) m->c.qat_bits = 8;
    if (!m->c.qat_bits) return true;
    q8_layout(m);
    make_room(m);
    if (has_masters(m)) model_refresh(m);
    for (int i = 0; !has_masters(m) && i < m->n_params; i++)
        if (m->param[i].grid == GRID_ROWS && !twin_load(&m->param[i], e)) return false;
    return true;
}

void q8_forget(const model *m) {
    for (int i = 0; m->file && i < m->n_params; i++) {
        const param *p = &m->param[i];
        if (!p->w8 || p->group) continue;
        int64_t cols = p->w.ne[p->w.nd - 1];
        fs_forget(p->w.data, (size_t)(tensor_count(&p->w) / cols) * dtype_row_bytes(p->w.type, cols));
    }
}

void q8_row(const model *m, const param *p, int64_t r, float *out) {
    if (p->on_grid && has_masters(m)) twin_row(p, r, NULL, out);
    else param_row(p, r, out);
}
