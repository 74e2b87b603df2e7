/* model_hf.c -- a model as a Hugging Face folder: config.json, model.safetensors (or shards), tokenizer files.
 * Experts are separate tensors there and stacked in memory. The MTP layer's copies of the embedding and the head
 * (DeepSeek publishes them with it) are not read: they are the shared ones. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fs.h"
#include "base/json.h"
#include "format/safetensors.h"
#include "model/parts.h"
#include "text/chat.h"

static bool is_stack(const param *p) { return p->w.nd == 3; }

/* "…mlp.experts.gate_proj.weight" -> "…mlp.experts.7.gate_proj.weight" */
static void expert_name(char *out, size_t size, const param *p, int e) {
    const char *at = strstr(p->name, ".experts.") + 9;
    snprintf(out, size, "%.*s%d.%s", (int)(at - p->name), p->name, e, at);
}

static void shape_text(char out[96], int nd, const int64_t *ne) {
    size_t n = 0;
    out[0]   = 0;
    for (int i = 0; i < nd && n + 24 < 96; i++)
        n += (size_t)snprintf(out + n, 96 - n, i ? ", %lld" : "%lld", (long long)ne[i]);
}

/* The tensor of that name, if it is what is expected. */
static const st_tensor *need(const st_file *f, const char *name, int nd, const int64_t *ne, err *e) {
    const st_tensor *t = st_find(f, name);
    if (!t) {
        err_set(e, "%s is missing", name);
        return NULL;
    }
    if (t->type != DT_F32 && t->type != DT_BF16 && t->type != DT_F16) {
        err_set(e, "%s has type %s, expected f32, bf16 or f16", name, dtype_name(t->type));
        return NULL;
    }
    bool same = t->nd == nd;
    for (int i = 0; same && i < nd; i++) same = t->ne[i] == ne[i];
    if (same) return t;
    char have[96], want[96];
    shape_text(have, t->nd, t->ne);
    shape_text(want, nd, ne);
    err_set(e, "%s has shape [%s], expected [%s]", name, have, want);
    return NULL;
}

/* A parameter's tensors: looked at only (copy = false), so that a configuration that does not fit the file is refused
 * before memory of its size is asked for; or copied in. */
static bool read_param(param *p, const st_file *f, bool copy, err *e) {
    bool    stack = is_stack(p);
    int     n = stack ? (int)p->w.ne[0] : 1, nd = stack ? 2 : p->w.nd;
    int64_t per = tensor_count(&p->w) / n;
    for (int x = 0; x < n; x++) {
        char name[PARAM_NAME + 16];
        if (stack) expert_name(name, sizeof name, p, x);
        else snprintf(name, sizeof name, "%s", p->name);
        const st_tensor *t = need(f, name, nd, stack ? p->w.ne + 1 : p->w.ne, e);
        if (!t) return false;
        if (copy) tensor_to_f32((float *)p->w.data + (int64_t)x * per, t->data, t->type, per);
    }
    return true;
}

bool hf_read(model *m, const char *dir, err *e) {
    char path[4096];
    if (!cfg_from_hf(dir, &m->c, e)) return false;
    if (m->c.arch != ARCH_DEEPSEEK_V3)
        return err_set(e, "%s: architecture %s is not run yet, only deepseek_v3", dir, arch_name(m->c.arch));
    st_file *f = st_open(dir, e);
    if (!f) return false;
    bool ok = true;
    /* A published model may come without its MTP layer. */
    if (m->c.num_nextn_predict_layers) {
        snprintf(path, sizeof path, "model.layers.%d.eh_proj.weight", m->c.num_hidden_layers);
        if (!st_find(f, path)) m->c.num_nextn_predict_layers = 0;
    }
    weights_layout(m);
    for (int i = 0; ok && i < m->n_params; i++) ok = read_param(&m->param[i], f, false, e) || err_in(e, "%s", dir);
    if (ok) weights_own(m);
    for (int i = 0; ok && i < m->n_params; i++) ok = read_param(&m->param[i], f, true, e);
    const char *name = st_metadata(f, "name");
    if (name) snprintf(m->name, sizeof m->name, "%s", name);
    st_close(f);
    snprintf(path, sizeof path, "%s/tokenizer.json", dir);
    if (ok && fs_exists(path)) ok = (m->tok = tok_load(path, e)) != NULL;
    return ok;
}

/* ---- writing ---- */

typedef bool (*put_fn)(st_writer *w, const char *name, int nd, const int64_t *ne, const float *data, err *e);

static bool declare(st_writer *w, const char *name, int nd, const int64_t *ne, const float *data, err *e) {
    (void)data, (void)e;
    st_declare(w, name, DT_F32, nd, ne);
    return true;
}

static bool put(st_writer *w, const char *name, int nd, const int64_t *ne, const float *data, err *e) {
    size_t n = 4;
    (void)name;
    for (int i = 0; i < nd; i++) n *= (size_t)ne[i];
    return st_put(w, data, n, e);
}

/* Every tensor of the file, in order, through fn: once to declare, once to write. `rows` is scratch for one matrix. */
static bool each(model *m, st_writer *w, put_fn fn, float *rows, err *e) {
    for (int i = 0; i < m->n_params; i++) {
        param  *p    = &m->param[i];
        int64_t cols = p->w.ne[p->w.nd - 1], per = is_stack(p) ? p->w.ne[1] : tensor_count(&p->w) / cols;
        int     n = is_stack(p) ? (int)p->w.ne[0] : 1;
        for (int x = 0; x < n; x++) {
            char name[PARAM_NAME + 16];
            if (is_stack(p)) expert_name(name, sizeof name, p, x);
            else snprintf(name, sizeof name, "%s", p->name);
            if (fn == put)
                for (int64_t r = 0; r < per; r++) param_row(p, (int64_t)x * per + r, rows + r * cols);
            if (!fn(w, name, is_stack(p) ? 2 : p->w.nd, is_stack(p) ? p->w.ne + 1 : p->w.ne, rows, e)) return false;
        }
    }
    return true;
}

static bool write_weights(model *m, const char *path, err *e) {
    size_t most = 1;
    for (int i = 0; i < m->n_params; i++) {
        const param *p = &m->param[i];
        size_t       n = (size_t)tensor_count(&p->w) / (size_t)(is_stack(p) ? p->w.ne[0] : 1);
        if (n > most) most = n;
    }
    st_writer *w = st_create(path, e);
    if (!w) return false;
    float *rows = mem_alloc(most * sizeof(float));
    st_meta(w, "format", "pt");
    st_meta(w, "name", m->name);
    bool ok = each(m, w, declare, rows, e) && st_begin(w, e) && each(m, w, put, rows, e);
    mem_free(rows);
    if (!ok) {
        st_abort(w);
        return false;
    }
    return st_finish(w, e);
}

/* What transformers needs to chat with the model: the template and the names of the special tokens. */
static bool write_tokenizer(model *m, const char *dir, err *e) {
    char   path[4096];
    size_t n;
    char  *text = tok_to_json(m->tok, &n);
    snprintf(path, sizeof path, "%s/tokenizer.json", dir);
    bool ok = fs_write(path, text, n, e);
    mem_free(text);
    json_t *j = json_pack("{s:s, s:s, s:s, s:s, s:i, s:b}", "tokenizer_class", "PreTrainedTokenizerFast", "bos_token",
                          CHAT_BOS, "eos_token", CHAT_EOS, "chat_template", chat_jinja, "model_max_length",
                          m->c.max_position_embeddings, "add_bos_token", 0);
    char   *dump = j ? json_dumps(j, JSON_INDENT(2)) : NULL;
    snprintf(path, sizeof path, "%s/tokenizer_config.json", dir);
    if (ok && dump) ok = fs_write(path, dump, strlen(dump), e);
    free(dump);
    json_decref(j);
    return ok;
}

bool model_save_hf(model *m, const char *dir, err *e) {
    char path[4096];
    if (!fs_mkdirs(dir, e)) return false;
    json_t *j    = cfg_to_json(&m->c);
    char   *dump = json_dumps(j, JSON_INDENT(2));
    json_decref(j);
    snprintf(path, sizeof path, "%s/config.json", dir);
    bool ok = fs_write(path, dump, strlen(dump), e);
    free(dump);
    snprintf(path, sizeof path, "%s/model.safetensors", dir);
    ok = ok && write_weights(m, path, e);
    return ok && (!m->tok || write_tokenizer(m, dir, e));
}
