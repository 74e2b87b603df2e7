/* model.c -- the life of a model: load, own, inspect, free. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/fs.h"
#include "base/str.h"
#include "kernel/kern.h"
#include "model/parts.h"
#include "text/chat.h"

/* Softmax scale (P+R)^-1/2, times mscale^2 under YaRN (Peng et al. 2023, eq. 22; DeepSeek folds it into the scale). */
static float attn_scale(const cfg *c, bool yarn) {
    double s = 1 / sqrt((double)(c->qk_nope_head_dim + c->qk_rope_head_dim));
    if (yarn && c->yarn_mscale_all_dim > 0 && c->yarn_factor > 1) {
        double m = 0.1 * (double)c->yarn_mscale_all_dim * log((double)c->yarn_factor) + 1;
        s *= m * m;
    }
    return (float)s;
}

void model_finish(model *m) {
    const cfg *c = &m->c;
    /* As DeepSeek's own code: YaRN only where the context is longer than the original one. */
    bool      on = c->yarn && c->max_position_embeddings > c->yarn_original_max;
    yarn_args y  = {on, c->yarn_factor, c->yarn_beta_fast, c->yarn_beta_slow, c->yarn_original_max};
    m->rope_mem  = mem_alloc(rope_floats(c->max_position_embeddings, c->qk_rope_head_dim) * sizeof(float));
    rope_fill(&m->rope, m->rope_mem, c->max_position_embeddings, c->qk_rope_head_dim, c->rope_theta, &y);
    m->attn_scale = attn_scale(c, on);
    m->load       = mem_calloc((size_t)m->n_moe * (size_t)c->n_routed_experts + 1, sizeof(int64_t));
    m->gate       = mem_calloc((size_t)m->n_moe + 1, sizeof *m->gate);
}

static void name_from_path(model *m, const char *path) {
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/') n--;
    size_t b = n;
    while (b > 0 && path[b - 1] != '/') b--;
    if (n - b > 5 && strncmp(path + n - 5, ".gguf", 5) == 0) n -= 5;
    snprintf(m->name, sizeof m->name, "%.*s", (int)(n - b), path + b);
}

model *model_load(const char *path, err *e) {
    if (!fs_exists(path)) {
        err_set(e, "%s: no such file or folder", path);
        return NULL;
    }
    model *m   = mem_calloc(1, sizeof *m);
    m->compute = DT_F32;
    name_from_path(m, path);
    bool ok = fs_is_dir(path) ? hf_read(m, path, e) : gguf_read(m, path, e);
    if (ok) {
        model_finish(m);
        ok = (q8_load(m, e) && model_check_finite(m, e)) || err_in(e, "%s", path);
    }
    if (ok) {
        q8_forget(m);
        return m;
    }
    model_free(m);
    return NULL;
}

void model_free(model *m) {
    if (!m) return;
    tok_free(m->tok);
    mem_free(m->param);
    mem_free(m->block);
    mem_free(m->mtp);
    mem_free(m->load);
    mem_free(m->gate);
    mem_free(m->rope_mem);
    mem_free(m->train);
    mem_free(m->twins);
    mem_free(m->owned);
    gguf_close(m->file);
    mem_free(m);
}

const cfg *model_cfg(const model *m) { return &m->c; }

bool model_declare_context(model *m, int n, err *e) {
    if (n < 1 || n > m->c.max_position_embeddings)
        return err_set(e, "a context of %d: expected 1..%d, which is what the model has", n,
                       m->c.max_position_embeddings);
    m->c.max_position_embeddings = n;
    return true;
}
tokenizer  *model_tokenizer(model *m) { return m->tok; }
const char *model_name(const model *m) { return m->name; }
int         model_param_count(const model *m) { return m->n_params; }
param      *model_param(model *m, int i) { return &m->param[i]; }

void model_set_tokenizer(model *m, tokenizer *t) {
    if (m->tok != t) tok_free(m->tok);
    m->tok = t;
    /* our own tokenizers decide the ids that config.json and GGUF name */
    int32_t bos = t ? tok_id(t, CHAT_BOS) : -1, eos = t ? tok_id(t, CHAT_EOS) : -1;
    if (bos >= 0) m->c.bos_token_id = bos;
    if (eos >= 0) m->c.eos_token_id = eos;
}

static size_t param_bytes(const param *p) {
    int64_t cols = p->w.ne[p->w.nd - 1];
    return (size_t)(tensor_count(&p->w) / cols) * dtype_row_bytes(p->w.type, cols);
}

int64_t model_bytes(const model *m) {
    size_t n = 0;
    for (int i = 0; i < m->n_params; i++) n += param_bytes(&m->param[i]);
    return (int64_t)n;
}

param *model_param_find(model *m, const char *name) {
    for (int i = 0; i < m->n_params; i++)
        if (strcmp(m->param[i].name, name) == 0) return &m->param[i];
    return NULL;
}

bool model_check_finite(const model *m, err *e) {
    bool   ok     = true;
    size_t widest = 1;
    for (int i = 0; i < m->n_params; i++)
        if (m->param[i].w.ne[m->param[i].w.nd - 1] > (int64_t)widest)
            widest = (size_t)m->param[i].w.ne[m->param[i].w.nd - 1];
    float *row = mem_alloc(widest * sizeof(float));
    for (int i = 0; ok && i < m->n_params; i++) {
        const param *p    = &m->param[i];
        int64_t      cols = p->w.ne[p->w.nd - 1], rows = tensor_count(&p->w) / cols;
        for (int64_t r = 0; ok && r < rows; r++) {
            param_row(p, r, row);
            if (!K->finite_f32(row, (size_t)cols))
                ok = err_set(e, "%s: row %lld holds a NaN or an infinity", p->name, (long long)r);
        }
    }
    mem_free(row);
    return ok;
}
