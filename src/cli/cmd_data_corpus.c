/* cmd_data_corpus.c -- r1 data corpus: a manifest becomes a file of rows. */
#include <stdio.h>
#include <string.h>
#include "base/fs.h"
#include "base/log.h"
#include "base/stop.h"
#include "cli/cli.h"
#include "cli/cmd_data.h"
#include "data/corpus.h"

static bool put(void *ctx, const char *p, size_t n, err *e) { return fs_out_write(ctx, p, n, e); }

static bool write_rows(corpus *c, long rows, err *e) {
    progress *bar = progress_new("corpus", rows);
    double    t0  = time_now();
    char      text[64];
    while (corpus_step(c, e) && !stop_requested()) {
        snprintf(text, sizeof text, "%.0f rows/s", (double)corpus_rows(c) / (time_now() - t0 + 1e-9));
        progress_update(bar, corpus_rows(c), text);
    }
    if (!e->msg[0]) progress_update(bar, corpus_rows(c), "");
    progress_free(bar);
    if (!e->msg[0] && stop_requested()) err_set(e, "interrupted");
    return !e->msg[0];
}

static bool finish(corpus *c, fs_out *out, const cmd_data_options *o, double seconds, err *e) {
    str s = {0};
    if (!fs_out_commit(out, e)) return false;
    census_report(corpus_census(c), &s);
    str_addc(&s, '\n');
    corpus_report(c, &s);
    fwrite(s.p, 1, s.len, stdout);
    log_info("%s: %ld rows in %.1f s, %.0f rows/s", o->out, corpus_rows(c), seconds,
             (double)corpus_rows(c) / (seconds + 1e-9));
    str_clear(&s);
    census_svg(corpus_census(c), o->out, &s);
    bool ok = cli_flush(e) && (!o->svg || fs_write(o->svg, s.p, s.len, e));
    str_free(&s);
    return ok;
}

int cmd_data_corpus(const char *path, const cmd_data_options *o) {
    err         e       = {""};
    manifest   *m       = NULL;
    contam     *against = NULL;
    corpus     *c       = NULL;
    fs_out     *out     = NULL;
    corpus_args a       = {.rows = (long)o->rows, .seed = o->seed, .near = o->near, .out = put};
    double      t0      = time_now();
    bool        ok      = false;
    if (!o->out) err_set(&e, "corpus needs -o FILE");
    if (!o->out || !cmd_data_split(o->split, &a.split, &e)) return cli_usage("data", &e);
    if (!(m = manifest_load(path, &e)) || !cmd_data_against(o, m->against, m->n_against, &against, &e)) goto done;
    a.m       = m;
    a.against = against;
    if (!(out = fs_out_open(o->out, &e))) goto done;
    a.ctx = out;
    c     = corpus_new(&a);
    if (!write_rows(c, a.rows, &e)) goto done;
    ok  = finish(c, out, o, time_now() - t0, &e);
    out = NULL;
done:
    fs_out_abort(out);
    corpus_free(c);
    contam_free(against);
    manifest_free(m);
    return ok ? CLI_OK : cli_fail(&e);
}
