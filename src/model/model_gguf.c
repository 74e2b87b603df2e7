/* model_gguf.c -- a model as a GGUF file of architecture deepseek2, with the MTP layer as nextn tensors.
 *
 * Matrices are used where they lie in the mapping, in the file's type. What the parts read as floats (norms, biases,
 * the router, kv_b) is expanded to float32 once: kv_b stands in the file as attn_k_b, transposed per head, and
 * attn_v_b, because that is what absorbed attention multiplies with. In an 8-bit model it stays in 8 bits: all keys of
 * a head have one scale, so the transpose moves integers only. */
#include <stdio.h>
#include <string.h>
#include "model/parts.h"
#include "tensor/twin.h"
#include "text/chat.h"

/* ---- names: the last part of a Hugging Face name and its GGUF twin ---- */
static const char *const twin[][2] = {
    {"input_layernorm.weight", "attn_norm.weight"},
    {"self_attn.q_a_proj.weight", "attn_q_a.weight"},
    {"self_attn.q_a_layernorm.weight", "attn_q_a_norm.weight"},
    {"self_attn.q_b_proj.weight", "attn_q_b.weight"},
    {"self_attn.q_proj.weight", "attn_q.weight"},
    {"self_attn.kv_a_proj_with_mqa.weight", "attn_kv_a_mqa.weight"},
    {"self_attn.kv_a_layernorm.weight", "attn_kv_a_norm.weight"},
    {"self_attn.kv_b_proj.weight", "attn_kv_b.weight"},
    {"self_attn.o_proj.weight", "attn_output.weight"},
    {"post_attention_layernorm.weight", "ffn_norm.weight"},
    {"mlp.gate_proj.weight", "ffn_gate.weight"},
    {"mlp.up_proj.weight", "ffn_up.weight"},
    {"mlp.down_proj.weight", "ffn_down.weight"},
    {"mlp.gate.weight", "ffn_gate_inp.weight"},
    {"mlp.gate.e_score_correction_bias", "exp_probs_b.bias"},
    {"mlp.experts.gate_proj.weight", "ffn_gate_exps.weight"},
    {"mlp.experts.up_proj.weight", "ffn_up_exps.weight"},
    {"mlp.experts.down_proj.weight", "ffn_down_exps.weight"},
    {"mlp.shared_experts.gate_proj.weight", "ffn_gate_shexp.weight"},
    {"mlp.shared_experts.up_proj.weight", "ffn_up_shexp.weight"},
    {"mlp.shared_experts.down_proj.weight", "ffn_down_shexp.weight"},
    {"enorm.weight", "nextn.enorm.weight"},
    {"hnorm.weight", "nextn.hnorm.weight"},
    {"eh_proj.weight", "nextn.eh_proj.weight"},
    {"shared_head.norm.weight", "nextn.shared_head_norm.weight"},
};

static void gguf_name(char *out, size_t size, const char *hf) {
    int l, n = 0;
    if (strcmp(hf, "model.embed_tokens.weight") == 0) snprintf(out, size, "token_embd.weight");
    else if (strcmp(hf, "model.norm.weight") == 0) snprintf(out, size, "output_norm.weight");
    else if (strcmp(hf, "lm_head.weight") == 0) snprintf(out, size, "output.weight");
    else if (sscanf(hf, "model.layers.%d.%n", &l, &n) == 1 && n > 0)
        for (size_t i = 0; i < sizeof twin / sizeof *twin; i++)
            if (strcmp(hf + n, twin[i][0]) == 0) snprintf(out, size, "blk.%d.%s", l, twin[i][1]);
}

/* "attn_kv_b" -> "attn_k_b" / "attn_v_b" in the same block */
static void half_name(char *out, size_t size, const char *kv_b, char half) {
    const char *at = strstr(kv_b, "attn_kv_b");
    snprintf(out, size, "%.*sattn_%c_b.weight", (int)(at - kv_b), kv_b, half);
}

static bool is_kv_b(const param *p) { return strstr(p->name, "kv_b_proj") != NULL; }
/* kv_b that stays in Q8_0 */
static bool in_8bit(const param *p) { return is_kv_b(p) && p->w.type == DT_Q8_0; }
static bool as_floats(const param *p) {
    return p->w.nd == 1 || (is_kv_b(p) && !in_8bit(p)) || strstr(p->name, "mlp.gate.weight");
}

/* ---- reading ---- */

static bool check_tensor(const gguf_tensor *t, const char *name, int nd, const int64_t *ne, err *e) {
    if (!t) return err_set(e, "tensor %s is missing", name);
    if (t->type != DT_F32 && t->type != DT_F16 && t->type != DT_BF16 && t->type != DT_Q8_0)
        return err_set(e, "tensor %s has type %s; f32, f16, bf16 and q8_0 are run", name, dtype_name(t->type));
    int64_t have = 1, want = 1;
    for (int i = 0; i < t->nd; i++) have *= t->ne[i];
    for (int i = 0; i < nd; i++) want *= ne[i];
    /* ones in front may be missing or added */
    bool same = have == want && t->nd >= 1 && t->ne[t->nd - 1] == ne[nd - 1] &&
                (nd < 2 || t->nd < 2 || t->ne[t->nd - 2] == ne[nd - 2]);
    if (!same)
        return err_set(e, "tensor %s has %lld elements in rows of %lld, expected %lld in rows of %lld", name,
                       (long long)have, (long long)(t->nd ? t->ne[t->nd - 1] : 0), (long long)want,
                       (long long)ne[nd - 1]);
    return true;
}

static mla_w *attention_of(model *m, const param *kv_b) {
    for (int l = 0; l < m->c.num_hidden_layers; l++)
        if (m->block[l].attn.kv_b == kv_b) return &m->block[l].attn;
    for (int k = 0; k < m->c.num_nextn_predict_layers; k++)
        if (m->mtp[k].block.attn.kv_b == kv_b) return &m->mtp[k].block.attn;
    return NULL;
}

/* k [H, C, P] and v [H, V, C] of an 8-bit model -> p [H * (P + V), C], all in Q8_0. */
static bool join_8bit(model *m, param *p, const gguf_tensor *k, const gguf_tensor *v, err *e) {
    const cfg        *c = &m->c;
    size_t            H = (size_t)c->num_attention_heads, P = (size_t)c->qk_nope_head_dim, V = (size_t)c->v_head_dim;
    size_t            C = (size_t)c->kv_lora_rank, nc = C / Q8_0_BLOCK, np = P / Q8_0_BLOCK;
    const block_q8_0 *kb = k->data, *vb = v->data;
    block_q8_0       *y = p->w.data;
    for (size_t h = 0; h < H; h++, kb += C * np, vb += V * nc) {
        for (size_t i = 0; i < C * np; i++)
            if (kb[i].d != kb[0].d)
                return err_set(e, "%s: an 8-bit model, but head %zu has several scales", k->name, h);
        for (size_t i = 0; i < P; i++)
            for (size_t j = 0; j < C; j++) {
                block_q8_0 *b        = y + (h * (P + V) + i) * nc + j / Q8_0_BLOCK;
                b->d                 = kb[0].d;
                b->q[j % Q8_0_BLOCK] = kb[j * np + i / Q8_0_BLOCK].q[i % Q8_0_BLOCK];
            }
        memcpy(y + (h * (P + V) + P) * nc, vb, V * nc * sizeof *vb);
    }
    attention_of(m, p)->k_b = k->data;
    return true;
}

/* kv_b as one tensor (older files) or as its two halves: with copy = false only looked at. */
static bool read_kv_b(model *m, param *p, const char *name, bool copy, err *e) {
    const cfg         *c = &m->c;
    int                H = c->num_attention_heads, P = c->qk_nope_head_dim, V = c->v_head_dim, C = c->kv_lora_rank;
    const gguf_tensor *whole = gguf_find(m->file, name);
    if (whole) {
        if (!check_tensor(whole, name, 2, p->w.ne, e)) return false;
        if (copy) tensor_to_f32(p->w.data, whole->data, whole->type, tensor_count(&p->w));
        return true;
    }
    char kn[128], vn[128];
    half_name(kn, sizeof kn, name, 'k');
    half_name(vn, sizeof vn, name, 'v');
    const gguf_tensor *k = gguf_find(m->file, kn), *v = gguf_find(m->file, vn);
    if (!check_tensor(k, kn, 3, (int64_t[]){H, C, P}, e) || !check_tensor(v, vn, 3, (int64_t[]){H, V, C}, e))
        return false;
    if (!copy) {
        if (c->qat_bits && k->type == DT_Q8_0 && v->type == DT_Q8_0) p->w.type = DT_Q8_0;
        return true;
    }
    if (in_8bit(p)) return join_8bit(m, p, k, v, e);
    float *kf = mem_alloc((size_t)(H * C * P) * 4), *vf = mem_alloc((size_t)(H * V * C) * 4), *out = p->w.data;
    tensor_to_f32(kf, k->data, k->type, (int64_t)H * C * P);
    tensor_to_f32(vf, v->data, v->type, (int64_t)H * V * C);
    for (int h = 0; h < H; h++) {
        float *o = out + (size_t)h * (size_t)((P + V) * C);
        for (int i = 0; i < P; i++)
            for (int j = 0; j < C; j++) o[i * C + j] = kf[(h * C + j) * P + i];
        memcpy(o + P * C, vf + h * V * C, (size_t)(V * C) * 4);
    }
    mem_free(kf);
    mem_free(vf);
    return true;
}

/* Bytes of a parameter that is not used where the file has it, or 0. */
static size_t own_bytes(const param *p) {
    int64_t n = tensor_count(&p->w);
    return in_8bit(p) ? arena_round(dtype_row_bytes(DT_Q8_0, n)) : as_floats(p) ? arena_round((size_t)n * 4) : 0;
}

static void own_memory(model *m) {
    size_t n = 0;
    for (int i = 0; i < m->n_params; i++) n += own_bytes(&m->param[i]);
    char *at = m->owned = mem_calloc(n + 64, 1);
    for (int i = 0; i < m->n_params; i++) {
        size_t bytes = own_bytes(&m->param[i]);
        if (bytes) m->param[i].w.data = at;
        at += bytes;
    }
}

/* copy = false: is the tensor there, of a type and shape that fit? Asked of all before memory is taken for any, so that
 * absurd sizes in the metadata are refused by the file's own tensors. */
static bool read_param(model *m, param *p, bool copy, err *e) {
    char name[128] = "";
    gguf_name(name, sizeof name, p->name);
    if (is_kv_b(p)) return read_kv_b(m, p, name, copy, e);
    const gguf_tensor *t = gguf_find(m->file, name);
    if (!check_tensor(t, name, p->w.nd, p->w.ne, e)) return false;
    if (!copy) return true;
    if (as_floats(p)) {
        tensor_to_f32(p->w.data, t->data, t->type, tensor_count(&p->w));
    } else {
        p->w.type = t->type;
        p->w.data = (void *)(uintptr_t)t->data; /* read only: a mapped model is never trained */
    }
    return true;
}

static bool read_tokenizer(model *m, err *e) {
    gguf_arr    tok, types, merges;
    const char *kind = gguf_str(m->file, "tokenizer.ggml.model", NULL);
    if (!kind || !gguf_array(m->file, "tokenizer.ggml.tokens", &tok))
        return true;                            /* a file without a vocabulary still runs on ids */
    if (strcmp(kind, "gpt2") != 0) return true; /* tokenize and ask say that it has none */
    if (!gguf_array(m->file, "tokenizer.ggml.merges", &merges) || merges.type != GGUF_STR || tok.type != GGUF_STR)
        return err_set(e, "tokenizer.ggml.tokens and .merges must be arrays of strings");
    bool has_types =
        gguf_array(m->file, "tokenizer.ggml.token_type", &types) && types.type == GGUF_I32 && types.n == tok.n;
    if (tok.n > INT32_MAX / 16 || merges.n > INT32_MAX / 16)
        return err_set(e, "a vocabulary of %llu tokens", (unsigned long long)tok.n);
    size_t       n = (size_t)tok.n, k = (size_t)merges.n;
    const char **tp = mem_calloc(n + 1, sizeof *tp), **mp = mem_calloc(k + 1, sizeof *mp);
    size_t      *tl = mem_calloc(n + 1, sizeof *tl), *ml = mem_calloc(k + 1, sizeof *ml);
    int32_t     *ty = mem_calloc(n + 1, sizeof *ty);
    for (size_t i = 0; i < n; i++) {
        tp[i] = gguf_arr_str(m->file, "tokenizer.ggml.tokens", i, &tl[i]);
        if (has_types) memcpy(&ty[i], (const char *)types.data + i * 4, 4);
        else ty[i] = 1;
    }
    for (size_t i = 0; i < k; i++) mp[i] = gguf_arr_str(m->file, "tokenizer.ggml.merges", i, &ml[i]);
    const char *pre = gguf_str(m->file, "tokenizer.ggml.pre", NULL);
    tok_table   tab = {(int)n, (int)k, tp, tl, ty, mp, ml, pre ? pre : "gpt-2"};
    m->tok          = tok_from_tables(&tab, e);
    mem_free(tp);
    mem_free(mp);
    mem_free(tl);
    mem_free(ml);
    mem_free(ty);
    return m->tok != NULL;
}

bool gguf_read(model *m, const char *path, err *e) {
    m->file = gguf_open(path, e);
    if (!m->file) return false;
    if (!cfg_from_gguf(m->file, &m->c, e)) return err_in(e, "%s", path);
    if (m->c.arch != ARCH_DEEPSEEK_V3)
        return err_set(e, "%s: architecture %s is not run yet, only deepseek2", path, arch_name(m->c.arch));
    weights_layout(m);
    for (int i = 0; i < m->n_params; i++)
        if (!read_param(m, &m->param[i], false, e)) return err_in(e, "%s", path);
    own_memory(m);
    for (int i = 0; i < m->n_params; i++)
        if (!read_param(m, &m->param[i], true, e)) return err_in(e, "%s", path);
    const char *name = gguf_str(m->file, "general.name", NULL);
    if (name) snprintf(m->name, sizeof m->name, "%s", name);
    return read_tokenizer(m, e) || err_in(e, "%s", path);
}

/* ---- writing ---- */

/* An 8-bit model's kv_b can be Q8_0 if a head's keys are whole blocks when transposed. */
static bool kv_b_in_8bit(const model *m, const param *p, dtype want) {
    return want == DT_Q8_0 && is_kv_b(p) && m->c.qat_bits && p->grid == GRID_ROWS &&
           m->c.qk_nope_head_dim % Q8_0_BLOCK == 0;
}

/* The type a parameter is written in: vectors and the router stay float32 (so do other writers); the two halves of kv_b
 * too where bf16 is not asked for: they are small, and llama.cpp on a CPU with AMX aborts on three-dimensional f16
 * matrices (GGML_ASSERT(*cur_backend_id != -1)). Rows that are not whole blocks fall back to f16, in an 8-bit model to
 * the bf16 they are used in. */
static dtype file_type(const model *m, const param *p, dtype want) {
    if (p->w.nd == 1 || strstr(p->name, "mlp.gate.weight")) return DT_F32;
    if (kv_b_in_8bit(m, p, want)) return DT_Q8_0;
    if (is_kv_b(p)) return want == DT_BF16 ? DT_BF16 : DT_F32;
    if (want == DT_Q8_0 && p->w.ne[p->w.nd - 1] % Q8_0_BLOCK != 0) return m->c.qat_bits ? DT_BF16 : DT_F16;
    return want;
}

static bool put_tokenizer(model *m, gguf_writer *w, err *e) {
    const tok_table *t = tok_tables(m->tok);
    if (!t->pre) return err_set(e, "the tokenizer's split rules have no name in GGUF");
    gguf_put_str(w, "tokenizer.ggml.model", "gpt2");
    gguf_put_str(w, "tokenizer.ggml.pre", t->pre);
    gguf_put_strs(w, "tokenizer.ggml.tokens", t->token, t->token_len, (uint64_t)t->n_tokens);
    gguf_put_i32s(w, "tokenizer.ggml.token_type", t->type, (uint64_t)t->n_tokens);
    gguf_put_strs(w, "tokenizer.ggml.merges", t->merge, t->merge_len, (uint64_t)t->n_merges);
    gguf_put_bool(w, "tokenizer.ggml.add_bos_token", false); /* the chat template writes it */
    if (tok_id(m->tok, CHAT_ASSISTANT) >= 0) gguf_put_str(w, "tokenizer.chat_template", chat_jinja);
    return true;
}

/* n rows of `cols` floats as `t`, written out. */
static bool put_floats(gguf_writer *w, const float *x, size_t n, dtype t, err *e) {
    size_t bytes = dtype_row_bytes(t, (int64_t)n);
    if (t == DT_F32) return gguf_data(w, x, bytes, e);
    void *y = mem_alloc(bytes);
    tensor_from_f32(y, t, x, (int64_t)n);
    bool ok = gguf_data(w, y, bytes, e);
    mem_free(y);
    return ok;
}

/* All of p as floats, as this model uses it; mem_free. */
static float *all_floats(const model *m, const param *p) {
    int64_t cols = p->w.ne[p->w.nd - 1], rows = tensor_count(&p->w) / cols;
    float  *x = mem_alloc((size_t)(rows * cols) * 4);
#pragma omp parallel for schedule(static)
    for (int64_t r = 0; r < rows; r++) q8_row(m, p, r, x + r * cols);
    return x;
}

/* All of p as Q8_0 with the scales of its grid; mem_free. */
static block_q8_0 *all_blocks(const param *p) {
    int64_t     cols = p->w.ne[p->w.nd - 1], rows = tensor_count(&p->w) / cols, nb = cols / Q8_0_BLOCK;
    block_q8_0 *x = mem_alloc((size_t)(rows * nb) * sizeof *x);
    if (p->w.type == DT_Q8_0) memcpy(x, p->w.data, (size_t)(rows * nb) * sizeof *x);
    else
#pragma omp parallel for schedule(static)
        for (int64_t r = 0; r < rows; r++) twin_row(p, r, x + r * nb, NULL);
    return x;
}

static bool put_kv_b_8bit(const model *m, gguf_writer *w, const param *p, err *e) {
    const cfg  *c = &m->c;
    size_t      H = (size_t)c->num_attention_heads, P = (size_t)c->qk_nope_head_dim, V = (size_t)c->v_head_dim;
    size_t      C = (size_t)c->kv_lora_rank, nc = C / Q8_0_BLOCK, np = P / Q8_0_BLOCK;
    block_q8_0 *x = all_blocks(p), *k = mem_alloc(H * C * np * sizeof *k), *v = mem_alloc(H * V * nc * sizeof *v);
    for (size_t h = 0; h < H; h++) {
        const block_q8_0 *row = x + h * (P + V) * nc;
        for (size_t j = 0; j < C; j++)
            for (size_t i = 0; i < P; i++) {
                block_q8_0 *b        = k + (h * C + j) * np + i / Q8_0_BLOCK;
                b->d                 = row->d;
                b->q[i % Q8_0_BLOCK] = row[i * nc + j / Q8_0_BLOCK].q[j % Q8_0_BLOCK];
            }
        memcpy(v + h * V * nc, row + P * nc, V * nc * sizeof *v);
    }
    bool ok = gguf_data(w, k, H * C * np * sizeof *k, e) && gguf_data(w, v, H * V * nc * sizeof *v, e);
    mem_free(x);
    mem_free(k);
    mem_free(v);
    return ok;
}

static bool put_kv_b(const model *m, gguf_writer *w, const param *p, dtype t, err *e) {
    const cfg *c = &m->c;
    int        H = c->num_attention_heads, P = c->qk_nope_head_dim, V = c->v_head_dim, C = c->kv_lora_rank;
    float     *k = mem_alloc((size_t)(H * C * P) * 4), *v = mem_alloc((size_t)(H * V * C) * 4), *in = all_floats(m, p);
    for (int h = 0; h < H; h++) {
        const float *x = in + (size_t)h * (size_t)((P + V) * C);
        for (int i = 0; i < P; i++)
            for (int j = 0; j < C; j++) k[(h * C + j) * P + i] = x[i * C + j];
        memcpy(v + h * V * C, x + P * C, (size_t)(V * C) * 4);
    }
    bool ok = put_floats(w, k, (size_t)(H * C * P), t, e) && put_floats(w, v, (size_t)(H * V * C), t, e);
    mem_free(k);
    mem_free(v);
    mem_free(in);
    return ok;
}

static bool put_param(const model *m, gguf_writer *w, const param *p, dtype want, err *e) {
    dtype   t = file_type(m, p, want);
    int64_t n = tensor_count(&p->w), cols = p->w.ne[p->w.nd - 1];
    size_t  bytes = (size_t)(n / cols) * dtype_row_bytes(t, cols);
    bool    ok;
    if (is_kv_b(p)) return t == DT_Q8_0 ? put_kv_b_8bit(m, w, p, e) : put_kv_b(m, w, p, t, e);
    if (p->on_grid && t == DT_Q8_0) {
        block_q8_0 *q = all_blocks(p);
        ok            = gguf_data(w, q, bytes, e);
        mem_free(q);
    } else if (p->w.type == t && !p->on_grid) {
        ok = gguf_data(w, p->w.data, bytes, e);
    } else {
        float *x = all_floats(m, p);
        ok       = put_floats(w, x, (size_t)n, t, e);
        mem_free(x);
    }
    return ok;
}

static void declare(const model *m, gguf_writer *w, const param *p, dtype want) {
    char  name[128] = "", half[128];
    dtype t         = file_type(m, p, want);
    gguf_name(name, sizeof name, p->name);
    if (!is_kv_b(p)) {
        gguf_declare(w, name, t, p->w.nd, p->w.ne);
        return;
    }
    int64_t H = m->c.num_attention_heads, P = m->c.qk_nope_head_dim, V = m->c.v_head_dim, C = m->c.kv_lora_rank;
    half_name(half, sizeof half, name, 'k');
    gguf_declare(w, half, t, 3, (int64_t[]){H, C, P});
    half_name(half, sizeof half, name, 'v');
    gguf_declare(w, half, t, 3, (int64_t[]){H, V, C});
}

bool model_save_gguf(model *m, const char *path, dtype type, const char *name, err *e) {
    if (type != DT_F32 && type != DT_F16 && type != DT_BF16 && type != DT_Q8_0)
        return err_set(e, "type %s: f32, f16, bf16 and q8_0 are written", dtype_name(type));
    gguf_writer *w = gguf_create(path, e);
    if (!w) return false;
    gguf_put_str(w, "general.name", name ? name : m->name);
    gguf_put_str(w, "general.type", "model");
    gguf_put_u32(w, "general.file_type", type == DT_F32 ? 0 : type == DT_F16 ? 1 : type == DT_Q8_0 ? 7 : 32);
    gguf_put_u32(w, "general.quantization_version", 2);
    cfg c = m->c;
    if (type != DT_F32 && type != DT_Q8_0) c.qat_bits = 0; /* 16 bits do not hold a scale times an integer */
    cfg_to_gguf(&c, w);
    bool ok = !m->tok || put_tokenizer(m, w, e);
    for (int i = 0; ok && i < m->n_params; i++) declare(m, w, &m->param[i], type);
    ok = ok && gguf_begin(w, e);
    for (int i = 0; ok && i < m->n_params; i++) ok = put_param(m, w, &m->param[i], type, e);
    if (!ok) {
        gguf_abort(w);
        return false;
    }
    return gguf_finish(w, e);
}
