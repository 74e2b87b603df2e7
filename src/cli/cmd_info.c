/* cmd_info.c -- r1 info: what a model is, from its header alone. No weight is read, so a config.json by itself, or
 * the header of a file far larger than the memory, is enough. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "base/fs.h"
#include "base/json.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/cmds.h"
#include "format/gguf.h"
#include "format/safetensors.h"

static const char usage[] = "r1 info [MODEL] [--json]";
static const char about[] =
    "Shape, parameters and memory of a model: a GGUF file, a Hugging Face folder, or a config.json alone.";

enum { TYPES_MAX = 16 };
typedef struct facts {
    str     name, tokenizer;
    cfg     c;
    bool    weights; /* the file or folder holds some */
    int     tensors;
    int64_t elements, bytes;
    struct {
        dtype   type;
        int64_t n;
    } type[TYPES_MAX];
    int n_type;
} facts;

static void add_tensor(facts *f, dtype type, int nd, const int64_t *ne, size_t bytes) {
    int64_t n = 1;
    for (int i = 0; i < nd; i++) n *= ne[i];
    f->weights = true;
    f->tensors++;
    f->elements += n;
    f->bytes += (int64_t)bytes;
    int k = 0;
    while (k < f->n_type && f->type[k].type != type) k++;
    if (k == TYPES_MAX) return;
    if (k == f->n_type) {
        f->type[k].type = type;
        f->type[k].n    = 0;
        f->n_type++;
    }
    f->type[k].n += n;
}

static bool from_gguf(const char *path, facts *f, err *e) {
    gguf *g = gguf_open(path, e);
    if (!g) return false;
    bool ok = cfg_from_gguf(g, &f->c, e);
    for (int i = 0; ok && i < gguf_tensor_count(g); i++) {
        const gguf_tensor *t = gguf_tensor_at(g, i);
        add_tensor(f, t->type, t->nd, t->ne, t->bytes);
    }
    const char *name = gguf_str(g, "general.name", NULL);
    const char *kind = gguf_str(g, "tokenizer.ggml.model", NULL), *pre = gguf_str(g, "tokenizer.ggml.pre", NULL);
    gguf_arr    tokens;
    if (name) str_add(&f->name, name);
    if (kind && gguf_array(g, "tokenizer.ggml.tokens", &tokens)) {
        str_addf(&f->tokenizer, "%s, %llu tokens", kind, (unsigned long long)tokens.n);
        if (pre) str_addf(&f->tokenizer, ", split as %s", pre);
    }
    gguf_close(g);
    return ok;
}

/* A folder, or the config.json in one: weights and tokenizer are looked for beside it. */
static bool from_hf(const char *path, facts *f, err *e) {
    str dir = {0}, file = {0};
    if (!cfg_from_hf(path, &f->c, e)) return false;
    bool ok = true, folder = fs_is_dir(path);
    str_add(&dir, path);
    if (!folder) {
        char *slash    = strrchr(dir.p, '/');
        dir.len        = slash ? (size_t)(slash - dir.p) : 0;
        dir.p[dir.len] = '\0';
        if (!slash) str_add(&dir, ".");
    }
    static const char *const weights[] = {"model.safetensors", "model.safetensors.index.json"};
    for (int i = 0; folder && ok && !f->weights && i < 2; i++) {
        str_clear(&file);
        str_addf(&file, "%s/%s", dir.p, weights[i]);
        if (!fs_exists(file.p)) continue;
        st_file *s = st_open(dir.p, e);
        ok         = s != NULL;
        for (int k = 0; ok && k < st_count(s); k++) {
            const st_tensor *t = st_at(s, k);
            add_tensor(f, t->type, t->nd, t->ne, t->bytes);
        }
        if (s) st_close(s);
    }
    str_clear(&file);
    str_addf(&file, "%s/tokenizer.json", dir.p);
    if (ok && fs_exists(file.p)) {
        tokenizer *t = tok_load(file.p, e);
        ok           = t != NULL;
        if (t) str_addf(&f->tokenizer, "tokenizer.json, %d tokens", tok_size(t));
        tok_free(t);
    }
    while (dir.len > 1 && dir.p[dir.len - 1] == '/') dir.p[--dir.len] = '\0';
    const char *slash = strrchr(dir.p, '/');
    str_add(&f->name, slash && slash[1] ? slash + 1 : dir.p);
    str_free(&dir);
    str_free(&file);
    return ok;
}

static void row(const char *label, const char *fmt, ...) R1_PRINTF(2, 3);
static void row(const char *label, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    printf("  %-12s ", label);
    vprintf(fmt, ap);
    putchar('\n');
    va_end(ap);
}

static void print_shape(const cfg *c) {
    row("layers", "%d of width %d", c->num_hidden_layers, c->hidden_size);
    if (c->arch == ARCH_DEEPSEEK_V3) {
        char q[48] = "no query compression";
        if (c->q_lora_rank > 0) snprintf(q, sizeof q, "query rank %d", c->q_lora_rank);
        row("attention", "MLA, %d heads, %s, key-value rank %d", c->num_attention_heads, q, c->kv_lora_rank);
        row("", "head %d + %d with position, value %d", c->qk_nope_head_dim, c->qk_rope_head_dim, c->v_head_dim);
    } else {
        row("attention", "%d heads of %d, %d of keys and values%s", c->num_attention_heads, c->head_dim,
            c->num_key_value_heads, c->attention_bias ? ", with bias" : "");
    }
    if (c->n_routed_experts > 0) {
        row("experts", "%d routed, %d a token, and %d shared; width %d", c->n_routed_experts, c->num_experts_per_tok,
            c->n_shared_experts, c->moe_intermediate_size);
        row("", "%s gate, %d group%s of which %d; first %d layer%s dense",
            c->scoring_func == GATE_SIGMOID ? "sigmoid" : "softmax", c->n_group, c->n_group == 1 ? "" : "s",
            c->topk_group, c->first_k_dense_replace, c->first_k_dense_replace == 1 ? "" : "s");
    }
    if (c->n_routed_experts == 0 || c->first_k_dense_replace > 0) row("dense width", "%d", c->intermediate_size);
    if (c->num_nextn_predict_layers > 0)
        row("MTP", "%d module%s", c->num_nextn_predict_layers, c->num_nextn_predict_layers == 1 ? "" : "s");
    row("vocabulary", "%d%s", c->vocab_size, c->tie_word_embeddings ? ", output tied to the embedding" : "");
    if (c->yarn)
        row("context", "%d tokens (YaRN x%g from %d)", c->max_position_embeddings, (double)c->yarn_factor,
            c->yarn_original_max);
    else row("context", "%d tokens", c->max_position_embeddings);
}

static void print_memory(const facts *f, const cfg_params *n) {
    char a[32], b[32], d[32];
    row("parameters", "%s in all, %s active (%lld and %lld)", cli_count((double)n->total, a),
        cli_count((double)n->active, b), (long long)n->total, (long long)n->active);
    if (n->mtp > 0)
        row("", "and %s in the MTP module%s", cli_count((double)n->mtp, a),
            f->c.num_nextn_predict_layers == 1 ? "" : "s");
    if (f->weights) {
        str mix = {0};
        for (int i = 0; i < f->n_type; i++)
            str_addf(&mix, "%s%s %.1f%%", i ? ", " : "", dtype_name(f->type[i].type),
                     100.0 * (double)f->type[i].n / (double)(f->elements > 0 ? f->elements : 1));
        row("weights", "%s in %d tensors: %s", cli_bytes((double)f->bytes, a), f->tensors, mix.p ? mix.p : "");
        str_free(&mix);
    } else {
        double p = (double)(n->total + n->mtp);
        row("weights", "none here; %s as f32, %s as bf16, %s as q8_0", cli_bytes(4 * p, a), cli_bytes(2 * p, b),
            cli_bytes(p * 34 / 32, d));
    }
    row("cache", "%s for 1000 tokens", cli_bytes(1000.0 * (double)session_kv_bytes(&f->c), a));
    row("tokenizer", "%s", f->tokenizer.p && f->tokenizer.len ? f->tokenizer.p : "none here");
}

static bool print_json(const facts *f, const cfg_params *n, err *e) {
    json_t *types = json_object();
    for (int i = 0; i < f->n_type; i++)
        json_object_set_new(types, dtype_name(f->type[i].type), json_integer(f->type[i].n));
    json_t *j = json_pack("{s:s,s:s,s:{s:I,s:I,s:I},s:{s:b,s:i,s:I,s:I,s:o},s:i,s:I,s:s,s:o}", "name",
                          f->name.p ? f->name.p : "", "architecture", arch_name(f->c.arch), "parameters", "total",
                          (json_int_t)n->total, "active", (json_int_t)n->active, "mtp", (json_int_t)n->mtp, "weights",
                          "present", f->weights, "tensors", f->tensors, "elements", (json_int_t)f->elements, "bytes",
                          (json_int_t)f->bytes, "types", types, "context", f->c.max_position_embeddings,
                          "cache_bytes_per_token", (json_int_t)session_kv_bytes(&f->c), "tokenizer",
                          f->tokenizer.p ? f->tokenizer.p : "", "config", cfg_to_json(&f->c));
    return cli_print_json(j, e);
}

int cmd_info(int argc, char **argv) {
    const char *path = NULL;
    bool        json = false;
    int         first, status;
    opt         table[] = {OPT_STR('m', "model", &path, "MODEL", "the same as MODEL without -m"),
                           OPT_BOOL(0, "json", &json, "one JSON object on stdout"), OPT_END};
    err         e       = {0};
    if (!cli_options(table, argc, argv, usage, about, &first, &status)) return status;
    if (first < argc && !path) path = argv[first++];
    if (first < argc) {
        err_set(&e, "'%.60s' was not expected", argv[first]);
        return cli_usage("info", &e);
    }
    facts f     = {0};
    str   found = {0};
    bool  ok    = path || cli_default_model(&found, &e);
    if (!path) path = found.p;
    if (ok && !fs_exists(path)) ok = err_set(&e, "%s: no such file or folder", path);
    if (ok) ok = fs_is_dir(path) || str_ends(path, ".json") ? from_hf(path, &f, &e) : from_gguf(path, &f, &e);
    if (ok) {
        cfg_params n = cfg_count(&f.c);
        if (json) {
            ok = print_json(&f, &n, &e);
        } else {
            printf("%s (%s)\n", f.name.p && f.name.len ? f.name.p : path, arch_name(f.c.arch));
            print_shape(&f.c);
            print_memory(&f, &n);
            ok = cli_flush(&e);
        }
    }
    str_free(&f.name);
    str_free(&f.tokenizer);
    str_free(&found);
    return ok ? CLI_OK : cli_fail(&e);
}
