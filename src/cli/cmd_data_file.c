/* cmd_data_file.c -- r1 data check, stats and curate: over the lines of a file of any size, in fixed memory. A batch of
 * lines is read, looked at on all threads, and told in order. */
#include <stdio.h>
#include <string.h>
#include "base/fs.h"
#include "base/mem.h"
#include "base/stop.h"
#include "cli/cli.h"
#include "cli/cmd_data.h"
#include "data/census.h"
#include "data/lines.h"

enum { BATCH = 512, KEEP_CAP = 1 << 16, SHOWN = 10 };
static const size_t BATCH_BYTES = (size_t)8 << 20;

/* One line of the batch. */
typedef struct slot {
    str        line;
    long       number;
    size_t     whole;
    bool       too_long, ok;
    row_kind   kind;
    problem    p;
    char       source[ROWS_SOURCE], why[ROWS_WHY];
    curate_row look;
} slot;
typedef struct work {
    lines  *l;
    slot   *slot; /* [BATCH] */
    int     n;
    long    rows, bad;
    curate *cur;
    bool    verify;
    bool (*told)(struct work *w, slot *x, err *e); /* one row, in order */
    census *cen;
    fs_out *out;
    bloom **file; /* stats of several files: the questions of each */
    long   *common;
    int     at;
    long    dropped_shown;
} work;

static bool fill(work *w, err *e) {
    text_line x;
    size_t    bytes = 0;
    for (w->n = 0; w->n < BATCH && bytes < BATCH_BYTES && lines_next(w->l, &x, e);) {
        if (!x.n) continue;
        slot *s = &w->slot[w->n++];
        str_clear(&s->line);
        str_addn(&s->line, x.p, x.n);
        s->number   = x.number;
        s->whole    = x.whole;
        s->too_long = x.too_long;
        bytes += x.n;
    }
    return !lines_failed(w->l);
}

static void look(const work *w, slot *s) {
    s->why[0] = '\0';
    s->kind   = ROW_BAD;
    if (s->too_long)
        snprintf(s->why, sizeof s->why, "%zu bytes, expected at most %d in a line", s->whole, ROWS_LINE_MAX);
    else s->kind = rows_any(s->line.p, s->line.len, &s->p, s->source, s->why);
    s->ok = s->kind != ROW_BAD && (!w->verify || rows_verify_any(s->kind, &s->p, s->why));
    if (s->ok && w->cur) curate_look(w->cur, &s->p, CURATE_TRUST, &s->look);
}

/* Big lines must not stay in every slot for good. */
static void shrink(slot *s) {
    if (s->line.cap > KEEP_CAP) str_free(&s->line);
    if (s->p.question.cap > KEEP_CAP || s->p.reasoning.cap > KEEP_CAP || s->p.answer.cap > KEEP_CAP)
        problem_free(&s->p);
}

static bool each_line(work *w, const char *path, err *e) {
    bool ok = (w->l = lines_open(path, ROWS_LINE_MAX, e)) != NULL;
    if (ok) w->slot = mem_calloc(BATCH, sizeof *w->slot);
    while (ok && !stop_requested()) {
        ok = fill(w, e);
        if (!w->n) break;
#pragma omp parallel for schedule(dynamic, 4)
        for (int i = 0; i < w->n; i++) look(w, &w->slot[i]);
        for (int i = 0; ok && i < w->n; i++) {
            w->rows++;
            w->bad += !w->slot[i].ok;
            ok = w->told(w, &w->slot[i], e);
            shrink(&w->slot[i]);
        }
    }
    lines_close(w->l);
    for (int i = 0; w->slot && i < BATCH; i++) {
        problem_free(&w->slot[i].p);
        str_free(&w->slot[i].line);
    }
    mem_free(w->slot);
    w->slot = NULL;
    w->l    = NULL;
    return ok;
}

static void census_of(census *c, const slot *s) {
    const family *f = s->p.family ? family_find(s->p.family) : NULL;
    census_row(c, f ? f->name : s->source[0] ? s->source : "text", f ? f->field : NULL, &s->p);
}

/* ---- check */
static bool told_check(work *w, slot *s, err *e) {
    (void)w;
    (void)e;
    if (!s->ok) printf("line %ld: %s\n", s->number, s->why);
    return true;
}

int cmd_data_check(const char *path) {
    err  e      = {""};
    work w      = {.verify = true, .told = told_check};
    int  status = CLI_FAILED;
    if (!each_line(&w, path, &e)) {
        status = cli_fail(&e);
    } else if (!w.rows) {
        err_set(&e, "%s: no rows", path);
        status = cli_fail(&e);
    } else {
        printf("%ld of %ld rows are right\n", w.rows - w.bad, w.rows);
        status = !cli_flush(&e) ? cli_fail(&e) : stop_requested() ? CLI_STOPPED : w.bad ? CLI_FAILED : CLI_OK;
    }
    return status;
}

/* ---- stats */
static bool told_stats(work *w, slot *s, err *e) {
    (void)e;
    if (!s->ok) return true;
    census_of(w->cen, s);
    curate_take(w->cur, &s->look);
    for (int i = 0; i < w->at; i++) w->common[i] += bloom_has(w->file[i], s->look.question);
    if (w->file) bloom_add(w->file[w->at], s->look.question);
    return true;
}

static double percent(long n, long of) { return of ? 100.0 * (double)n / (double)of : 0; }

static void say_stats(const work *w, const contam *c, str *out) {
    long dup = curate_count(w->cur, CURATE_TWICE), near = curate_count(w->cur, CURATE_NEAR);
    census_report(w->cen, out);
    str_addf(out, "\n%ld rows, %ld unreadable\n%ld questions there before (%.2f%%), %ld more nearly (%.2f%%)\n",
             w->rows, w->bad, dup, percent(dup, w->rows), near, percent(near, w->rows));
    if (!c) return;
    str_addf(out, "%ld rows (%.3f%%) share ten words in a row with an evaluation set\n",
             curate_count(w->cur, CURATE_EVAL), percent(curate_count(w->cur, CURATE_EVAL), w->rows));
    for (int i = 0; i < contam_sets(c); i++)
        if (curate_eval_by(w->cur, i)) str_addf(out, "  %ld with %s\n", curate_eval_by(w->cur, i), contam_name(c, i));
}

/* Several files: how many questions of each are in the ones before. */
static bool one_stats_file(work *w, char **path, int n, str *overlap, err *e) {
    for (int i = 0; i < n; i++) {
        w->at = i;
        for (int k = 0; k < n; k++) w->common[k] = 0;
        if (n > 1) w->file[i] = bloom_new(27);
        if (!each_line(w, path[i], e)) return false;
        for (int k = 0; k < i; k++)
            str_addf(overlap, "%ld questions of %s are in %s\n", w->common[k], path[i], path[k]);
    }
    return true;
}

int cmd_data_stats(char **path, int n, const cmd_data_options *o) {
    err     e   = {""};
    contam *c   = NULL;
    str     out = {0}, overlap = {0};
    int     status = CLI_FAILED;
    work    w      = {.told = told_stats, .cen = census_new()};
    w.file         = n > 1 ? mem_calloc((size_t)n, sizeof(bloom *)) : NULL;
    w.common       = mem_calloc((size_t)n, sizeof *w.common);
    if (cmd_data_against(o, NULL, 0, &c, &e)) {
        w.cur = curate_new(&(curate_options){.contam = c, .near = o->near});
        if (one_stats_file(&w, path, n, &overlap, &e)) {
            say_stats(&w, c, &out);
            str_addn(&out, overlap.p ? overlap.p : "", overlap.len);
            fwrite(out.p, 1, out.len, stdout);
            status = cli_flush(&e) ? stop_requested() ? CLI_STOPPED : w.bad ? CLI_FAILED : CLI_OK : CLI_FAILED;
        }
    }
    if (!e.msg[0] && o->svg) {
        str_clear(&out);
        census_svg(w.cen, path[0], &out);
        if (!fs_write(o->svg, out.p, out.len, &e)) status = CLI_FAILED;
    }
    if (e.msg[0]) status = cli_fail(&e);
    for (int i = 0; w.file && i < n; i++) bloom_free(w.file[i]);
    mem_free(w.file);
    mem_free(w.common);
    census_free(w.cen);
    curate_free(w.cur);
    contam_free(c);
    str_free(&out);
    str_free(&overlap);
    return status;
}

/* ---- curate */
static bool told_curate(work *w, slot *s, err *e) {
    s->look.wrong  = !s->ok;
    curate_end how = curate_take(w->cur, &s->look);
    if (how == CURATE_KEEP) {
        str_addc(&s->line, '\n');
        census_of(w->cen, s);
        return fs_out_write(w->out, s->line.p, s->line.len, e);
    }
    if ((how == CURATE_WRONG || how == CURATE_EVAL) && w->dropped_shown++ < SHOWN)
        printf("line %ld: %s\n", s->number, how == CURATE_WRONG ? s->why : s->look.why);
    return true;
}

int cmd_data_curate(const char *path, const cmd_data_options *o) {
    err     e      = {""};
    contam *c      = NULL;
    str     out    = {0};
    int     status = CLI_FAILED;
    work    w      = {.verify = true, .told = told_curate, .cen = census_new()};
    if (!o->out) {
        err_set(&e, "curate needs -o FILE");
        census_free(w.cen);
        return cli_usage("data", &e);
    }
    bool ok = cmd_data_against(o, NULL, 0, &c, &e);
    w.cur   = curate_new(&(curate_options){.contam = c, .near = o->near});
    ok      = ok && (w.out = fs_out_open(o->out, &e)) && each_line(&w, path, &e);
    if (ok && stop_requested()) ok = err_set(&e, "interrupted; %s is as it was", o->out);
    if (ok) {
        ok    = fs_out_commit(w.out, &e);
        w.out = NULL;
    }
    if (ok) {
        if (w.dropped_shown > SHOWN) printf("... and %ld more\n", w.dropped_shown - SHOWN);
        curate_report(w.cur, &out);
        fwrite(out.p, 1, out.len, stdout);
        status = cli_flush(&e) ? CLI_OK : cli_fail(&e);
    } else {
        status = cli_fail(&e);
    }
    fs_out_abort(w.out);
    census_free(w.cen);
    curate_free(w.cur);
    contam_free(c);
    str_free(&out);
    return status;
}
