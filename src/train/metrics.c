#include "train/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/log.h"
#include "base/mem.h"

struct metrics {
    int   fd;
    char *path;
    bool  failed; /* said already */
};

/* Is this line older than where the run goes on? Lines of other stages were finished before. */
static bool keeps(const char *p, size_t n, const char *stage, int64_t step, int64_t skipped) {
    json_error_t je;
    json_t      *o    = json_loadb(p, n, 0, &je);
    const char  *name = json_string_value(json_object_get(o, "stage"));
    json_int_t   at   = json_integer_value(json_object_get(o, "step"));
    json_int_t   what = json_integer_value(json_object_get(o, "skipped"));
    bool         keep = name && (strcmp(name, stage) != 0 || (at <= step && what <= skipped));
    json_decref(o);
    return keep;
}

/* How many bytes of the file stay. */
static size_t kept_bytes(const char *p, size_t n, const char *stage, int64_t step, int64_t skipped) {
    size_t at = 0;
    while (at < n) {
        const char *nl = memchr(p + at, '\n', n - at);
        if (!nl || !keeps(p + at, (size_t)(nl - p) - at, stage, step, skipped)) break;
        at = (size_t)(nl - p) + 1;
    }
    return at;
}

metrics *metrics_open(const char *path, const char *stage, int64_t step, err *e) {
    fs_file f    = {0};
    size_t  keep = 0;
    if (fs_exists(path)) {
        if (!fs_map(path, &f, e)) return NULL;
        keep = kept_bytes((const char *)f.p, f.n, stage, step, INT64_MAX);
        fs_unmap(&f);
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0 || ftruncate(fd, (off_t)keep) != 0 || lseek(fd, 0, SEEK_END) < 0) {
        err_set(e, "%s: %s", path, strerror(errno));
        if (fd >= 0) close(fd);
        return NULL;
    }
    metrics *x = mem_calloc(1, sizeof *x);
    x->fd      = fd;
    x->path    = mem_strdup(path);
    return x;
}

bool metrics_forget(metrics *x, const char *stage, int64_t step, int64_t skipped, err *e) {
    fs_file f;
    if (!fs_map(x->path, &f, e)) return false;
    size_t keep = kept_bytes((const char *)f.p, f.n, stage, step, skipped);
    fs_unmap(&f);
    if (ftruncate(x->fd, (off_t)keep) == 0 && lseek(x->fd, 0, SEEK_END) >= 0) return true;
    return err_set(e, "%s: %s", x->path, strerror(errno));
}

void metrics_put(metrics *x, json_t *obj) {
    char *text = json_dumps(obj, JSON_COMPACT | JSON_REAL_PRECISION(9));
    str   line = {0};
    json_decref(obj);
    if (!text) return;
    str_addf(&line, "%s\n", text);
    free(text); /* jansson's, from malloc */
    off_t   at = lseek(x->fd, 0, SEEK_CUR);
    ssize_t n  = write(x->fd, line.p, line.len);
    if (n != (ssize_t)line.len) {
        if (!x->failed) log_warn("%s: %s; lines are missing there", x->path, n < 0 ? strerror(errno) : "disk full");
        x->failed = true;
        /* half a line would spoil the next one */
        if (n > 0 && (ftruncate(x->fd, at) != 0 || lseek(x->fd, at, SEEK_SET) < 0)) log_debug("%s: not cut", x->path);
    }
    str_free(&line);
}

void metrics_close(metrics *x) {
    if (!x) return;
    close(x->fd);
    mem_free(x->path);
    mem_free(x);
}

/* ---- FLOPs ---- */
static double attn_weights(const cfg *c) {
    double H = c->hidden_size, heads = c->num_attention_heads, qk = c->head_dim, v = c->head_dim;
    if (c->arch != ARCH_DEEPSEEK_V3) return H * heads * qk + 2 * H * c->num_key_value_heads * qk + heads * v * H;
    qk       = c->qk_nope_head_dim + c->qk_rope_head_dim;
    v        = c->v_head_dim;
    double q = c->q_lora_rank ? c->q_lora_rank * (H + heads * qk) : H * heads * qk;
    return q + H * (c->kv_lora_rank + c->qk_rope_head_dim) + c->kv_lora_rank * heads * (c->qk_nope_head_dim + v) +
           heads * v * H;
}

/* An MTP module: its projection of [2 hidden], one block as the last layer is, and the shared head once more. */
static double mtp_weights(const cfg *c) {
    double H   = c->hidden_size;
    bool   moe = c->n_routed_experts > 0 && c->num_hidden_layers >= c->first_k_dense_replace;
    double ffn = moe ? H * c->n_routed_experts +
                           3 * H * c->moe_intermediate_size * (c->n_shared_experts + c->num_experts_per_tok)
                     : 3 * H * c->intermediate_size;
    return 2 * H * H + attn_weights(c) + ffn + H * c->vocab_size;
}

flops_model flops_of(const cfg *c, bool mtp) {
    double modules = mtp ? c->num_nextn_predict_layers : 0;
    double qk      = c->arch == ARCH_DEEPSEEK_V3 ? c->qk_nope_head_dim + c->qk_rope_head_dim : c->head_dim;
    double v       = c->arch == ARCH_DEEPSEEK_V3 ? c->v_head_dim : c->head_dim;
    double weights = (double)cfg_count(c).matmul + modules * mtp_weights(c);
    double layers  = c->num_hidden_layers + modules;
    return (flops_model){.token = 6 * weights, .pair = 6 * layers * c->num_attention_heads * (qk + v)};
}

double flops_batch(const flops_model *f, const rows_batch *b) {
    double pairs = 0;
    for (int s = 0; s < b->n_seq; s++) {
        double n = b->start[s + 1] - b->start[s];
        pairs += n * (n + 1) / 2;
    }
    return f->token * b->n + f->pair * pairs;
}
