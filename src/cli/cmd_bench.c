/* cmd_bench.c -- r1 bench: the two speeds that others report, measured as they measure them.
 *
 * pp512: 512 tokens of prompt into an empty cache. tg128: 128 tokens one by one from an empty cache. Random tokens, no
 * sampling, one warm-up, then the median of the repetitions with their spread. */
#include <stdio.h>
#include <stdlib.h>
#include "base/log.h"
#include "base/mem.h"
#include "base/par.h"
#include "base/rng.h"
#include "base/stop.h"
#include "cli/cli.h"
#include "cli/cmds.h"
#include "kernel/kern.h"

enum { REPS_MAX = 1000 };
static const char usage[] = "r1 bench [-m MODEL] [options]";
static const char about[] =
    "Tokens a second: reading a prompt (pp512) and writing (tg128), medians over the repetitions after one warm-up.";

typedef struct bench_result {
    int    n;              /* tokens */
    double rate[REPS_MAX]; /* tokens a second, sorted */
    double median;
} bench_result;

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* One repetition. The first token differs from the last run's, so that nothing of the cache is used again. */
static bool once(session *s, int32_t *tok, int n, bool one_by_one, int vocab, rng *r, double *seconds, err *e) {
    int32_t before = tok[0];
    for (int i = 0; i < n; i++) tok[i] = (int32_t)rng_below(r, (uint64_t)vocab);
    if (tok[0] == before) tok[0] = (before + 1) % vocab;
    double t0 = time_now();
    for (int i = one_by_one ? 1 : n; i <= n; i++) {
        if (stop_requested()) return err_set(e, "interrupted");
        if (!session_sync(s, tok, i, e)) return false;
    }
    *seconds = time_now() - t0;
    return true;
}

static bool measure(session *s, int n, bool one_by_one, int reps, int vocab, bench_result *out, err *e) {
    rng      r   = rng_seed(1);
    int32_t *tok = mem_calloc((size_t)n, sizeof *tok);
    bool     ok  = true;
    out->n       = n;
    for (int i = -1; ok && i < reps; i++) {
        double t = 0;
        ok       = once(s, tok, n, one_by_one, vocab, &r, &t, e);
        if (ok && i >= 0) out->rate[i] = n / t;
    }
    mem_free(tok);
    if (!ok) return false;
    qsort(out->rate, (size_t)reps, sizeof *out->rate, by_value);
    out->median = reps % 2 ? out->rate[reps / 2] : (out->rate[reps / 2 - 1] + out->rate[reps / 2]) / 2;
    return true;
}

static json_t *result_json(const bench_result *b, int reps) {
    return json_pack("{s:i,s:f,s:f,s:f,s:i}", "tokens", b->n, "median", b->median, "min", b->rate[0], "max",
                     b->rate[reps - 1], "reps", reps);
}

static bool report(model *m, const bench_result *pp, const bench_result *tg, int reps, bool json, err *e) {
    cfg_params n = cfg_count(model_cfg(m));
    char       a[32], b[32], c[32], name[2][32];
    snprintf(name[0], 32, "pp%d", pp->n);
    snprintf(name[1], 32, "tg%d", tg->n);
    if (json) {
        json_t *j = json_pack("{s:s,s:I,s:I,s:I,s:i,s:s,s:s,s:o,s:o}", "model", model_name(m), "bytes",
                              (json_int_t)model_bytes(m), "params", (json_int_t)n.total, "active_params",
                              (json_int_t)n.active, "threads", par_threads(), "kernels", K->name, "cpu", kern_cpu(),
                              name[0], result_json(pp, reps), name[1], result_json(tg, reps));
        return cli_print_json(j, e);
    }
    printf("%s: %s, %s parameters, %s active; %d threads, %s\n\n", model_name(m), cli_bytes((double)model_bytes(m), a),
           cli_count((double)n.total, b), cli_count((double)n.active, c), par_threads(), K->name);
    const bench_result *all[2] = {pp, tg};
    for (int i = 0; i < 2; i++)
        printf("  %-7s %10.1f tokens/s   (%.1f - %.1f, %d runs)\n", name[i], all[i]->median, all[i]->rate[0],
               all[i]->rate[reps - 1], reps);
    return cli_flush(e);
}

int cmd_bench(int argc, char **argv) {
    const char *path = NULL;
    int         reps = 5, n_pp = 512, n_tg = 128, first, status;
    bool        json = false, quiet = false;
    opt         table[] = {
                OPT_STR('m', "model", &path, "MODEL", "GGUF file or Hugging Face folder (default: the shipped model)"),
                OPT_INT('r', "reps", &reps, 1, REPS_MAX, "N", "repetitions (5)"),
                OPT_INT('p', "prompt", &n_pp, 1, 1 << 20, "N", "tokens of prompt (512)"),
                OPT_INT('n', "gen", &n_tg, 1, 1 << 20, "N", "tokens written (128)"),
                OPT_BOOL(0, "json", &json, "one JSON object on stdout"),
                OPT_BOOL('q', "quiet", &quiet, "nothing on stderr but errors (there is nothing else)"),
                OPT_END};
    err e = {0};
    if (!cli_options(table, argc, argv, usage, about, &first, &status)) return status;
    if (first < argc) {
        err_set(&e, "'%.60s' was not expected", argv[first]);
        return cli_usage("bench", &e);
    }
    session      *s  = NULL;
    bench_result *pp = mem_calloc(1, sizeof *pp), *tg = mem_calloc(1, sizeof *tg);
    bool          ok = false;
    model        *m  = cli_model(path, &e);
    if (!m) goto done;
    int most = model_cfg(m)->max_position_embeddings;
    int ctx  = n_pp > n_tg ? n_pp : n_tg;
    if (most > 0 && ctx > most) {
        err_set(&e, "%d tokens do not fit the model's context of %d", ctx, most);
        goto done;
    }
    int vocab = model_cfg(m)->vocab_size;
    s         = session_new(m, ctx, &e);
    ok        = s && measure(s, n_pp, false, reps, vocab, pp, &e) && measure(s, n_tg, true, reps, vocab, tg, &e) &&
         report(m, pp, tg, reps, json, &e);
done:
    status = ok ? CLI_OK : cli_fail(&e);
    session_free(s);
    model_free(m);
    mem_free(pp);
    mem_free(tg);
    return status;
}
