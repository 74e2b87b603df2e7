/* cmd_logits.c -- r1 logits: the scores after every token, as they are, for comparison with other engines.
 *
 * The tokens run through a cache in chunks, as they do when a model is used; --attn chooses between the two forms of
 * MLA attention, which must agree. With --mtp row i holds the multi-token-prediction module's scores for token i + 2.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fs.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/stop.h"
#include "cli/cli.h"
#include "cli/cmds.h"

enum { CHUNK = 128 };

static const char usage[] = "r1 logits [-m MODEL] --tokens 1,2,3 -o FILE [options]";
static const char about[] = "Write the model's logits after each token: little-endian float32, [T, vocab], nothing "
                            "else in the file. With --mtp "
                            "the file has T - 1 rows, row i predicting token i + 2.";

static bool parse_tokens(const char *s, int vocab, ids *out, err *e) {
    const char *p = s;
    for (;;) {
        p += strspn(p, " \t\r\n");
        char     *end;
        long long v = strtoll(p, &end, 10);
        if (end == p || *p == '+' || *p == '-')
            return err_set(e, "--tokens: expected a token id at '%.20s' (number %d)", p, out->n + 1);
        if (v < 0 || v >= vocab)
            return err_set(e, "--tokens: id %lld (number %d) is outside the vocabulary, 0..%d", v, out->n + 1,
                           vocab - 1);
        ids_add(out, (int32_t)v);
        p = end + strspn(end, " \t\r\n");
        if (!*p) return true;
        if (*p != ',') return err_set(e, "--tokens: expected a comma at '%.20s'", p);
        p++;
    }
}

static bool parse_attn(const char *s, attn_mode *out, err *e) {
    if (strcmp(s, "auto") == 0) *out = ATTN_AUTO;
    else if (strcmp(s, "plain") == 0) *out = ATTN_PLAIN;
    else if (strcmp(s, "absorbed") == 0) *out = ATTN_ABSORBED;
    else return err_set(e, "--attn: expected auto, plain or absorbed, found '%.40s'", s);
    return true;
}

typedef struct logits_run {
    model      *m;
    model_work *w;
    kv_cache   *kv, *kv_mtp;
    float      *h;      /* [T, hidden] of the main model, kept for --mtp */
    float      *logits; /* [CHUNK, vocab] */
    fs_out     *out;
    const ids  *tok;
    attn_mode   attn;
} logits_run;

/* Rows [at, at + n): through the model (or the MTP module), scored, written. */
static bool chunk(logits_run *x, bool mtp, bool write, int at, int n, err *e) {
    const cfg   *c        = model_cfg(x->m);
    size_t       D        = (size_t)c->hidden_size;
    int32_t      start[2] = {0, n};
    model_rows   r = {.T = n, .tok = x->tok->p + at, .n_seq = 1, .start = start, .kv = mtp ? &x->kv_mtp : &x->kv};
    const float *h; // [n, hidden]
    if (mtp) {
        h = model_mtp(x->m, x->w, 0, &r, x->h + (size_t)at * D, x->tok->p + at + 1, x->attn);
    } else {
        h = model_forward(x->m, x->w, &r, x->attn);
        if (x->h) memcpy(x->h + (size_t)at * D, h, (size_t)n * D * sizeof *h);
    }
    if (!write) return true;
    model_logits(x->m, x->w, h, n, x->logits);
    return fs_out_write(x->out, x->logits, (size_t)n * (size_t)c->vocab_size * sizeof *x->logits, e);
}

static bool pass(logits_run *x, bool mtp, bool write, int rows, err *e) {
    for (int at = 0; at < rows; at += CHUNK) {
        if (stop_requested()) return err_set(e, "interrupted; nothing was written");
        if (!chunk(x, mtp, write, at, rows - at < CHUNK ? rows - at : CHUNK, e)) return false;
    }
    return true;
}

static bool run(model *m, const ids *tok, attn_mode attn, bool mtp, const char *path, err *e) {
    const cfg *c  = model_cfg(m);
    logits_run x  = {.m = m, .tok = tok, .attn = attn};
    bool       ok = false;
    if (mtp && c->num_nextn_predict_layers < 1) return err_set(e, "--mtp: %s has no MTP module", model_name(m));
    if (mtp && tok->n < 2) return err_set(e, "--mtp: at least 2 tokens are needed, found %d", tok->n);
    if (c->max_position_embeddings > 0 && tok->n > c->max_position_embeddings)
        return err_set(e, "--tokens: %d tokens, the model's context is %d", tok->n, c->max_position_embeddings);
    x.logits = mem_alloc((size_t)CHUNK * (size_t)c->vocab_size * sizeof *x.logits);
    if (mtp) x.h = mem_alloc((size_t)tok->n * (size_t)c->hidden_size * sizeof *x.h);
    x.kv = kv_new(m, tok->n, e);
    if (x.kv) x.w = work_new(m, CHUNK, WORK_INFER, e);
    if (!x.w) goto done;
    if (mtp && !(x.kv_mtp = kv_new_mtp(m, tok->n, e))) goto done;
    x.out = fs_out_open(path, e);
    if (!x.out) goto done;
    ok = pass(&x, false, !mtp, tok->n, e) && (!mtp || pass(&x, true, true, tok->n - 1, e));
    if (ok) ok = fs_out_commit(x.out, e);
    else fs_out_abort(x.out);
    if (ok) log_info("%s: %d x %d float32", path, mtp ? tok->n - 1 : tok->n, c->vocab_size);
done:
    if (x.kv) kv_free(x.kv);
    if (x.kv_mtp) kv_free(x.kv_mtp);
    if (x.w) work_free(x.w);
    mem_free(x.h);
    mem_free(x.logits);
    return ok;
}

int cmd_logits(int argc, char **argv) {
    const char *path = NULL, *tokens = NULL, *out = NULL, *attn = "auto";
    bool        mtp = false, quiet = false;
    int         first, status;
    attn_mode   mode    = ATTN_AUTO;
    opt         table[] = {
                OPT_STR('m', "model", &path, "MODEL", "GGUF file or Hugging Face folder (default: the shipped model)"),
                OPT_STR('t', "tokens", &tokens, "IDS", "token ids with commas between; - reads them from stdin"),
                OPT_STR('o', "output", &out, "FILE", "where the numbers go (written aside, then renamed)"),
                OPT_BOOL(0, "mtp", &mtp, "of the multi-token-prediction module instead"),
                OPT_STR(0, "attn", &attn, "FORM", "auto, plain or absorbed (MLA models)"),
                OPT_BOOL('q', "quiet", &quiet, "nothing on stderr but errors"),
                OPT_END};
    err e = {0};
    if (!cli_options(table, argc, argv, usage, about, &first, &status)) return status;
    if (first < argc) err_set(&e, "'%.60s' was not expected", argv[first]);
    else if (!tokens) err_set(&e, "--tokens is needed");
    else if (!out) err_set(&e, "-o FILE is needed");
    else if (!parse_attn(attn, &mode, &e)) status = CLI_USAGE;
    if (e.msg[0]) return cli_usage("logits", &e);
    if (quiet) log_set_level(LOG_QUIET);
    str    text = {0};
    ids    tok  = {0};
    model *m    = NULL;
    bool   ok   = strcmp(tokens, "-") != 0 || cli_read_stdin(CLI_TEXT_MAX, &text, &e);
    if (ok) m = cli_model(path, &e);
    ok = ok && m && parse_tokens(text.p ? text.p : tokens, model_cfg(m)->vocab_size, &tok, &e) &&
         run(m, &tok, mode, mtp, out, &e);
    status = ok ? CLI_OK : cli_fail(&e);
    ids_free(&tok);
    str_free(&text);
    model_free(m);
    return status;
}
