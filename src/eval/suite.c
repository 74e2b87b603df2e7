/* suite.c -- problems, answers, counts.
 *
 * All problems are made first, then all answers are generated in one continuous batch, each judged the moment it is
 * complete. A cell is a family at a level; rows of a file are cells too when they name a family and a level, else
 * they share one. */
#include "eval/suite.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/fs.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/opt.h"
#include "infer/batch.h"
#include "infer/generate.h"

typedef struct item {
    const family *f;  /* NULL: a row of a file, judged by its truth alone */
    const family *of; /* a row's family, if it names one of ours: for the format */
    problem       p;
    int           cell, right;
    ids           prompt;
} item;

typedef struct items {
    item *v;
    int   n, cap;
} items;

typedef struct run {
    model            *m;
    const suite_args *a;
    suite_result     *r;
    items             it;
    gen_job          *job;
    int              *owner; /* [jobs] item of a job */
    int               n_job, done, total;
    str               text; /* the response being judged */
} run;

suite_args suite_defaults(void) {
    suite_args a = {.suite   = NULL,
                    .split   = SPLIT_VALID,
                    .samples = 1,
                    .temp    = 0.0f,
                    .top_p   = 0.95f,
                    .seed    = 1,
                    .think   = CHAT_THINK};
    return a;
}

static item *items_add(items *l) {
    if (l->n == l->cap) {
        l->cap = l->cap ? 2 * l->cap : 64;
        l->v   = mem_realloc(l->v, (size_t)l->cap * sizeof *l->v);
    }
    item *i = &l->v[l->n++];
    memset(i, 0, sizeof *i);
    return i;
}

static int cell_of(suite_result *r, const char *name, int level) {
    for (int i = 0; i < r->n_cell; i++)
        if (r->cell[i].level == level && strcmp(r->cell[i].family, name) == 0) return i;
    r->cell       = mem_realloc(r->cell, (size_t)(r->n_cell + 1) * sizeof *r->cell);
    suite_cell *c = &r->cell[r->n_cell];
    memset(c, 0, sizeof *c);
    snprintf(c->family, sizeof c->family, "%s", name);
    c->level = level;
    return r->n_cell++;
}

/* ---- problems of a family ---- */

static bool seen(const items *l, int from, const char *key) {
    for (int i = from; i < l->n; i++)
        if (strcmp(l->v[i].p.key.p, key) == 0) return true;
    return false;
}

/* `want` different problems of one level. A level may have fewer in its split: give up after many repeats. */
static void add_level(run *x, const family *f, split_id split, int level, int want) {
    int from = x->it.n, misses = 0, cell = cell_of(x->r, f->name, level);
    for (uint64_t index = 0; x->it.n - from < want && misses < 200; index++) {
        problem p = {0};
        family_make(f, split, x->a->seed, index, level, &p);
        if (seen(&x->it, from, p.key.p)) {
            problem_free(&p);
            misses++;
            continue;
        }
        misses  = 0;
        item *i = items_add(&x->it);
        i->f    = f;
        i->p    = p;
        i->cell = cell;
    }
}

static bool add_family(run *x, const family *f, split_id split, err *e) {
    int limit = x->a->limit > 0 ? x->a->limit : 500;
    int lo = x->a->level > 0 ? x->a->level : 1, hi = x->a->level > 0 ? x->a->level : f->levels;
    if (hi > f->levels) return err_set(e, "family %s has levels 1..%d, level %d was asked for", f->name, f->levels, hi);
    int levels = hi - lo + 1;
    for (int level = lo; level <= hi; level++) {
        int k = level - lo; /* the remainder goes to the first levels */
        add_level(x, f, split, level, limit / levels + (k < limit % levels));
    }
    return true;
}

static bool add_suite(run *x, err *e) {
    const char   *names[66];
    int           n = 0;
    const char   *s = x->a->suite;
    const family *f = family_find(s);
    if (f) return add_family(x, f, x->a->split, e);
    if (strcmp(s, "valid") == 0 || strcmp(s, "test") == 0) {
        split_id split = strcmp(s, "test") == 0 ? SPLIT_TEST : SPLIT_VALID;
        for (int i = 0; i < family_count(); i++)
            if (!add_family(x, family_at(i), split, e)) return false;
        return true;
    }
    str list   = {0};
    names[n++] = "valid";
    names[n++] = "test";
    for (int i = 0; i < family_count() && n < 66; i++) names[n++] = family_at(i)->name;
    for (int i = 0; i < n; i++) str_addf(&list, "%s%s", i ? ", " : "", names[i]);
    const char *near = opt_nearest(s, names, n);
    if (near) err_set(e, "no suite '%.60s', did you mean '%s'? There are: %s", s, near, list.p);
    else err_set(e, "no suite '%.60s'; there are: %s", s, list.p);
    str_free(&list);
    return false;
}

/* ---- rows of a file ---- */

/* The value inside what the file gives as the answer: after GSM8K's "####", or our own traces' last ** **. */
static void truth_of(const char *answer, str *out) {
    const char *mark = NULL;
    for (const char *p = answer; (p = strstr(p, "####")); p += 4) mark = p + 4;
    if (mark) {
        mark += strspn(mark, " ");
        str_addn(out, mark, strcspn(mark, "\n"));
        return;
    }
    const char *close = NULL, *open = NULL;
    for (const char *p = answer; (p = strstr(p, "**")); p += 2) {
        const char *q = strstr(p + 2, "**");
        if (!q) break;
        open  = p + 2;
        close = q;
        p     = q;
    }
    if (open && close > open) str_addn(out, open, (size_t)(close - open));
    else str_add(out, answer);
}

static bool add_row(run *x, const json_t *row, const char *where, err *e) {
    const char *question, *fam = "";
    int         level = 0;
    if (!json_is_object(row)) return err_set(e, "%s: expected an object, found another JSON value", where);
    if (!json_get_str(row, "question", &question, JSON_NEED, e) || !json_get_str(row, "family", &fam, JSON_MAY, e) ||
        !json_get_int(row, "level", &level, JSON_MAY, e))
        return err_in(e, "%s", where);
    const json_t *answer = json_object_get(row, "answer");
    if (!json_is_string(answer) && !json_is_number(answer))
        return err_set(e, "%s: expected a string or a number for \"answer\"", where);
    item *i = items_add(&x->it);
    i->cell = cell_of(x->r, fam, level);
    i->of   = family_find(fam);
    i->p    = (problem){.family = "", .level = level};
    str_add(&i->p.question, question);
    if (json_is_string(answer)) truth_of(json_string_value(answer), &i->p.truth);
    else if (json_is_integer(answer)) str_addf(&i->p.truth, "%lld", (long long)json_integer_value(answer));
    else str_addf(&i->p.truth, "%.17g", json_real_value(answer));
    if (!i->p.truth.p || !i->p.truth.len) return err_set(e, "%s: the answer is empty", where);
    return true;
}

static bool add_data(run *x, err *e) {
    fs_file f;
    if (!fs_map(x->a->data, &f, e)) return false;
    bool   ok   = true;
    size_t at   = 0;
    int    line = 0;
    while (ok && at < f.n && (x->a->limit <= 0 || x->it.n < x->a->limit)) {
        const char *p   = (const char *)f.p + at;
        const char *end = memchr(p, '\n', f.n - at);
        size_t      n   = end ? (size_t)(end - p) : f.n - at;
        at += n + 1;
        line++;
        size_t blank = 0;
        while (blank < n && (p[blank] == ' ' || p[blank] == '\t' || p[blank] == '\r')) blank++;
        if (blank == n) continue;
        char where[160];
        snprintf(where, sizeof where, "%.120s:%d", x->a->data, line);
        json_t *row = json_load_mem(where, p, n, e);
        ok          = row && add_row(x, row, where, e);
        json_decref(row);
    }
    fs_unmap(&f);
    if (ok && x->it.n == 0) return err_set(e, "%s: no rows, expected one JSON object a line", x->a->data);
    return ok;
}

/* ---- judging ---- */

/* Without a family there are no phases to look for: thinking closed exactly once, then something. */
static bool plain_format(const char *response, int think, const char **answer) {
    const char *close = strstr(response, CHAT_THINK_CLOSE);
    if (!think && !close) {
        *answer = response;
        return response[strspn(response, " \n\t")] != '\0';
    }
    *answer = close ? close + strlen(CHAT_THINK_CLOSE) : "";
    return close && !strstr(*answer, CHAT_THINK_CLOSE) && !strstr(*answer, CHAT_THINK_OPEN) &&
           (*answer)[strspn(*answer, " \n\t")] != '\0';
}

static verdict judge(const item *i, const char *response, int think) {
    if (i->f) return family_check(i->f, &i->p, response);
    verdict     v = {0};
    const char *answer;
    v.format = plain_format(response, think, &answer);
    v.right  = answer_matches(answer, i->p.truth.p, v.why);
    /* A row of one of our families (`r1 data make` writes such) promises its four phases too. */
    if (i->of) v.format = family_check(i->of, &i->p, response).format;
    return v;
}

static void count(run *x, item *i, const verdict *v, const gen_job *j, const char *response) {
    suite_cell *c[2] = {&x->r->cell[i->cell], &x->r->all};
    int         n    = j ? j->out.n : 0;
    for (int k = 0; k < 2; k++) {
        c[k]->n++;
        c[k]->correct += v->right;
        c[k]->format += v->format;
        c[k]->cut += j && !j->stopped;
        c[k]->hurried += j && j->hurried;
        c[k]->solved += v->right && !i->right;
        c[k]->tokens += n;
    }
    i->right |= v->right;
    x->done++;
    if (!x->a->on_case) return;
    suite_case s = {.family   = x->r->cell[i->cell].family,
                    .level    = i->p.level,
                    .tokens   = n,
                    .question = i->p.question.p,
                    .truth    = i->p.truth.p,
                    .response = response,
                    .v        = *v,
                    .stopped  = j && j->stopped,
                    .hurried  = j && j->hurried};
    x->a->on_case(x->a->user, &s, x->done, x->total, x->r->all.correct);
}

static void on_done(void *ctx, int job) {
    run     *x = ctx;
    gen_job *j = &x->job[job];
    item    *i = &x->it.v[x->owner[job]];
    str_clear(&x->text);
    tok_decode(model_tokenizer(x->m), j->out.p, j->out.n - j->stopped, &x->text);
    /* A NUL in the response would hide what follows it from the judge. */
    for (size_t k = 0; k < x->text.len; k++)
        if (x->text.p[k] == '\0') x->text.p[k] = ' ';
    verdict v = judge(i, x->text.p, x->a->think);
    v.format  = v.format && j->stopped; /* what was cut is not complete, whatever it looks like */
    count(x, i, &v, j, x->text.p);
    ids_free(&j->out);
}

/* ---- the run ---- */

static int choose_parallel(const model *m, int asked, int ctx) {
    if (asked > 0) return asked;
    int64_t each = session_kv_bytes(model_cfg(m)) * ctx + 1;
    int64_t fit  = ((int64_t)1 << 30) / each;
    return fit < 1 ? 1 : fit > 32 ? 32 : (int)fit;
}

/* Prompts and jobs for every problem; one that does not fit the context is wrong without being asked. */
static bool make_jobs(run *x, int ctx, int max_new, err *e) {
    int K    = x->a->samples > 0 ? x->a->samples : 1;
    x->job   = mem_calloc((size_t)x->it.n * (size_t)K + 1, sizeof *x->job);
    x->owner = mem_calloc((size_t)x->it.n * (size_t)K + 1, sizeof *x->owner);
    x->total = x->it.n * K;
    for (int i = 0; i < x->it.n; i++) {
        item    *it  = &x->it.v[i];
        chat_msg msg = {"user", it->p.question.p};
        if (!chat_prompt(model_tokenizer(x->m), &msg, 1, x->a->think, &it->prompt, e)) return false;
        x->r->cell[it->cell].problems++;
        x->r->all.problems++;
        bool fits = it->prompt.n < ctx;
        x->r->too_long += !fits;
        for (int k = 0; k < K; k++) {
            if (!fits) {
                verdict v = {.why = "the question does not fit the context"};
                count(x, it, &v, NULL, "");
                continue;
            }
            x->owner[x->n_job] = i;
            x->job[x->n_job++] =
                (gen_job){.prompt   = it->prompt.p,
                          .n_prompt = it->prompt.n,
                          .max_new  = max_new,
                          .seed     = hash_u64(x->a->seed + hash_u64((uint64_t)i * 1000003u + (uint64_t)k))};
        }
    }
    return true;
}

static bool answer_all(run *x, err *e) {
    const cfg *c   = model_cfg(x->m);
    int        max = c->max_position_embeddings > 0 ? c->max_position_embeddings : 4096;
    int        ctx = x->a->ctx > 0 ? x->a->ctx : 4096;
    if (ctx > max) ctx = max;
    if (ctx < 2) return err_set(e, "a context of %d tokens has no room for an answer", ctx);
    if (!make_jobs(x, ctx, x->a->max_new > 0 ? x->a->max_new : ctx, e)) return false;
    int32_t  stop[THINK_STOPS];
    int      n_stop = think_stops(x->m, stop);
    bool     draw   = x->a->samples > 1 || x->a->temp > 0;
    gen_args g      = {.parallel = choose_parallel(x->m, x->a->parallel, ctx),
                       .ctx      = ctx,
                       .gate     = true,
                       .in_think = x->a->think == CHAT_THINK,
                       .think    = x->a->budget,
                       .temp     = draw ? (x->a->temp > 0 ? x->a->temp : 0.6f) : 0.0f,
                       .top_p    = x->a->top_p > 0 ? x->a->top_p : 1.0f,
                       .top_k    = 0,
                       .stop     = n_stop ? stop[0] : -1};
    return gen_run(x->m, &g, x->job, x->n_job, on_done, x, e);
}

static void run_free(run *x) {
    for (int i = 0; i < x->it.n; i++) {
        problem_free(&x->it.v[i].p);
        ids_free(&x->it.v[i].prompt);
    }
    mem_free(x->it.v);
    for (int i = 0; i < x->n_job; i++) ids_free(&x->job[i].out);
    mem_free(x->job);
    mem_free(x->owner);
    str_free(&x->text);
}

bool suite_run(model *m, const suite_args *a, suite_result *out, err *e) {
    run  x  = {.m = m, .a = a, .r = out};
    bool ok = false;
    memset(out, 0, sizeof *out);
    out->samples = a->samples > 0 ? a->samples : 1;
    double t0    = time_now();
    if (!model_tokenizer(m)) {
        err_set(e, "%s has no tokenizer", model_name(m));
        goto done;
    }
    if (!a->suite == !a->data) {
        err_set(e, "either a suite or a data file is needed");
        goto done;
    }
    if (!(a->data ? add_data(&x, e) : add_suite(&x, e))) goto done;
    ok           = answer_all(&x, e);
    out->seconds = time_now() - t0;
done:
    run_free(&x);
    if (!ok) suite_free(out);
    return ok;
}

void suite_free(suite_result *r) {
    mem_free(r->cell);
    memset(r, 0, sizeof *r);
}

/* ---- figures ---- */

void suite_wilson(double k, double n, double *lo, double *hi) {
    const double z = 1.959963984540054; /* normal quantile of 0.975 */
    *lo            = 0;
    *hi            = 1;
    if (!(n > 0)) return;
    double p = k / n, d = 1 + z * z / n, mid = (p + z * z / (2 * n)) / d;
    double half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / d;
    *lo         = fmax(0, mid - half);
    *hi         = fmin(1, mid + half);
}

static json_t *cell_json(const suite_cell *c) {
    double lo, hi, n = c->n > 0 ? c->n : 1, acc = c->correct / n;
    /* Several answers to one problem are not independent: the interval counts problems. */
    suite_wilson(acc * c->problems, c->problems, &lo, &hi);
    return json_pack("{s:i,s:i,s:f,s:i,s:f,s:[f,f],s:f,s:i,s:i,s:i,s:i}", "n", c->n, "correct", c->correct, "accuracy",
                     acc, "format_ok", c->format, "mean_tokens", (double)c->tokens / n, "ci95", lo, hi, "format_rate",
                     c->format / n, "problems", c->problems, "solved", c->solved, "cut", c->cut, "hurried", c->hurried);
}

json_t *suite_json(const suite_result *r) {
    json_t *o = cell_json(&r->all), *cells = json_array();
    for (int i = 0; i < r->n_cell; i++) {
        json_t *c = json_pack("{s:s,s:i}", "family", r->cell[i].family, "level", r->cell[i].level);
        json_t *v = cell_json(&r->cell[i]);
        json_object_update(c, v);
        json_decref(v);
        json_array_append_new(cells, c);
    }
    json_object_set_new(o, "samples", json_integer(r->samples));
    json_object_set_new(o, "too_long", json_integer(r->too_long));
    json_object_set_new(o, "seconds", json_real(r->seconds));
    json_object_set_new(o, "cells", cells);
    return o;
}
