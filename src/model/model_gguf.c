/* model_gguf.c -- a model as a GGUF file of architecture deepseek2, with the MTP layer as nextn tensors.
 *
 * Matrices are used where they lie in the mapping, in the file's type. What the parts read as floats (norms, biases,
 * the router, kv_b) is expanded to float32 once: kv_b stands in the file as attn_k_b, transposed per head, and
 * attn_v_b, because that is what absorbed attention multiplies with. */
#include <stdio.h>
#include <string.h>
#include "model/parts.h"
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
static bool as_floats(const param *p) { return p->w.nd == 1 || is_kv_b(p) || strstr(p->name, "mlp.gate.weight"); }

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

/* kv_b as one tensor (older files) or as its two halves: with copy = false only looked at. */
static bool read_kv_b(const model *m, param *p, const char *name, bool copy, err *e) {
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
    if (!copy) return true;
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

/* Memory for the parameters that are expanded to floats. */
static void own_floats(model *m) {
    size_t n = 0;
    for (int i = 0; i < m->n_params; i++)
        if (as_floats(&m->param[i])) n += arena_round((size_t)tensor_count(&m->param[i].w) * 4);
    char *at = m->owned = mem_calloc(n + 64, 1);
    for (int i = 0; i < m->n_params; i++)
        if (as_floats(&m->param[i])) {
            m->param[i].w.data = at;
            at += arena_round((size_t)tensor_count(&m->param[i].w) * 4);
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
    own_floats(m);
    for (int i = 0; i < m->n_params; i++)
        if (!read_param(m, &m->param[i], true, e)) return err_in(e, "%s", path);
    const char *name = gguf_str(m->file, "general.name", NULL);
    if (name) snprintf(m->name, sizeof m->name, "%s", name);
    return read_tokenizer(m, e) || err_in(e, "%s", path);
}

/* ---- writing ---- */

/* The type a parameter is written in: vectors and the router stay float32 (so do other writers); the two halves of kv_b
 * too where bf16 is not asked for: they are small, and llama.cpp on a CPU with AMX aborts on three-dimensional f16
 * matrices (GGML_ASSERT(*cur_backend_id != -1)). Rows that are not whole blocks fall back to f16. */
static dtype file_type(const param *p, dtype want) {
    if (p->w.nd == 1 || strstr(p->name, "mlp.gate.weight")) return DT_F32;
    if (is_kv_b(p)) return want == DT_BF16 ? DT_BF16 : DT_F32;
    if (want == DT_Q8_0 && p->w.ne[p->w.nd - 1] % Q8_0_BLOCK != 0) return DT_F16;
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

static bool put_kv_b(const model *m, gguf_writer *w, const param *p, dtype t, err *e) {
    const cfg   *c = &m->c;
    int          H = c->num_attention_heads, P = c->qk_nope_head_dim, V = c->v_head_dim, C = c->kv_lora_rank;
    float       *k = mem_alloc((size_t)(H * C * P) * 4), *v = mem_alloc((size_t)(H * V * C) * 4);
    const float *in = p->w.data;
    for (int h = 0; h < H; h++) {
        const float *x = in + (size_t)h * (size_t)((P + V) * C);
        for (int i = 0; i < P; i++)
            for (int j = 0; j < C; j++) k[(h * C + j) * P + i] = x[i * C + j];
        memcpy(v + h * V * C, x + P * C, (size_t)(V * C) * 4);
    }
    bool ok = put_floats(w, k, (size_t)(H * C * P), t, e) && put_floats(w, v, (size_t)(H * V * C), t, e);
    mem_free(k);
    mem_free(v);
    return ok;
}

static bool put_param(const model *m, gguf_writer *w, const param *p, dtype want, err *e) {
    dtype t = file_type(p, want);
    if (is_kv_b(p)) return put_kv_b(m, w, p, t, e);
    int64_t n = tensor_count(&p->w);
    if (p->w.type == t) {
        int64_t cols = p->w.ne[p->w.nd - 1];
        return gguf_data(w, p->w.data, (size_t)(n / cols) * dtype_row_bytes(t, cols), e);
    }
    float *x = mem_alloc((size_t)n * 4);
    tensor_to_f32(x, p->w.data, p->w.type, n);
    bool ok = put_floats(w, x, (size_t)n, t, e);
    mem_free(x);
    return ok;
}

static void declare(const model *m, gguf_writer *w, const param *p, dtype want) {
    char  name[128] = "", half[128];
    dtype t         = file_type(p, want);
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
    cfg_to_gguf(&m->c, w);
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
