/* cmd_eval.c -- r1 eval: a table of how often the model is right. */
#include <stdio.h>
#include <string.h>
#include "base/log.h"
#include "cli/cli.h"
#include "cli/cmds.h"
#include "eval/suite.h"

typedef struct eval_view {
    progress *bar;
    int       show_wrong, shown;
    bool      json;
} eval_view;

static const char usage[] = "r1 eval [-m MODEL] (--suite NAME | --data FILE.jsonl) [options]";
static const char about[] =
    "How often is the model right? --suite valid and --suite test take problems of every family that it was never "
    "trained on; a family's name takes that one alone. --data takes your own rows {\"question\": ..., \"answer\": "
    "...}; "
    "numbers compare as numbers.";

/* A failure in full: the question, what was expected, what was written. Goes where the table goes, before it. */
static void show_wrong(eval_view *v, const suite_case *c) {
    v->shown++;
    progress_clear(v->bar);
    FILE *to = v->json ? stderr : stdout;
    if (c->family[0]) fprintf(to, "--- wrong %d: %s, level %d\n", v->shown, c->family, c->level);
    else fprintf(to, "--- wrong %d\n", v->shown);
    fprintf(to, "question: %s\nexpected: %s\n", c->question, c->truth);
    fprintf(to, "why:      %s%s\n", c->v.why[0] ? c->v.why : "the format is broken",
            !c->stopped  ? " (the answer was cut by the length limit)"
            : c->hurried ? " (the thinking was closed at its limit)"
                         : "");
    fprintf(to, "response:\n%s\n\n", c->response);
}

static void on_case(void *user, const suite_case *c, int done, int total, int correct) {
    eval_view *v = user;
    char       text[64];
    if (!v->bar) v->bar = progress_new("eval", total);
    if (!(c->v.right && c->v.format) && v->shown < v->show_wrong) show_wrong(v, c);
    snprintf(text, sizeof text, "%.1f%% right", 100.0 * correct / done);
    progress_update(v->bar, done, text);
}

static void print_row(const suite_cell *c, const char *name, const char *level) {
    double lo, hi, n = c->n > 0 ? c->n : 1;
    suite_wilson(c->correct / n * c->problems, c->problems, &lo, &hi);
    printf("%-14.14s %5s %6d %8.1f%%   %5.1f - %5.1f%% %7.1f%% %8.0f\n", name, level, c->n, 100 * c->correct / n,
           100 * lo, 100 * hi, 100 * c->format / n, (double)c->tokens / n);
}

static void print_table(const suite_result *r, const char *title) {
    printf("%s\n\n", title);
    printf("%-14s %5s %6s %9s   %14s %8s %8s\n", "family", "level", "n", "right", "95% interval", "format", "tokens");
    for (int i = 0; i < r->n_cell; i++) {
        char level[16] = "";
        if (r->cell[i].level > 0) snprintf(level, sizeof level, "%d", r->cell[i].level);
        print_row(&r->cell[i], r->cell[i].family[0] ? r->cell[i].family : "(rows)", level);
    }
    if (r->n_cell > 1) print_row(&r->all, "all", "");
    printf("\n%d of %d right in %.1f s (%.0f tokens a second)", r->all.correct, r->all.n, r->seconds,
           r->seconds > 0 ? (double)r->all.tokens / r->seconds : 0.0);
    if (r->all.cut) printf("; %d cut by the length limit", r->all.cut);
    if (r->too_long) printf("; %d questions too long", r->too_long);
    if (r->all.hurried) printf("\n%d answers after thinking that was closed at its limit", r->all.hurried);
    if (r->samples > 1)
        printf("\n%d answers to each problem; at least one right for %d of %d", r->samples, r->all.solved,
               r->all.problems);
    putchar('\n');
}

static bool parse_split(const char *name, split_id *out, err *e) {
    static const char *const names[] = {"train", "valid", "test"};
    for (int i = 0; i < 3; i++)
        if (strcmp(name, names[i]) == 0) {
            *out = i == 0 ? SPLIT_TRAIN : i == 1 ? SPLIT_VALID : SPLIT_TEST;
            return true;
        }
    return err_set(e, "--split: expected train, valid or test, found '%.40s'", name);
}

static int run(const char *path, suite_args *a, eval_view *v, bool quiet) {
    err          e = {0};
    suite_result r = {0};
    model       *m = cli_text_model(path, &e);
    if (!m) return cli_fail(&e);
    a->on_case = quiet && v->show_wrong == 0 ? NULL : on_case;
    a->user    = v;
    bool ok    = suite_run(m, a, &r, &e);
    progress_free(v->bar);
    if (ok && v->json) {
        json_t *j = suite_json(&r);
        json_object_set_new(j, "model", json_string(model_name(m)));
        ok = cli_print_json(j, &e);
    } else if (ok) {
        char title[256];
        snprintf(title, sizeof title, "%s on %s, seed %llu", model_name(m), a->data ? a->data : a->suite,
                 (unsigned long long)a->seed);
        print_table(&r, title);
        ok = cli_flush(&e);
    }
    suite_free(&r);
    model_free(m);
    return ok ? CLI_OK : cli_fail(&e);
}

int cmd_eval(int argc, char **argv) {
    const char *path = NULL, *split = "valid";
    suite_args  a    = suite_defaults();
    eval_view   v    = {0};
    double      temp = 0, top_p = 0.95;
    bool        no_think = false, quiet = false;
    int         first, status;
    opt         table[] = {
                OPT_STR('m', "model", &path, "MODEL", "GGUF file or Hugging Face folder (default: the shipped model)"),
                OPT_STR('s', "suite", &a.suite, "NAME", "valid, test, or a family"),
                OPT_STR('d', "data", &a.data, "FILE", "rows {\"question\", \"answer\"}, one a line"),
                OPT_STR(0, "split", &split, "NAME", "of a single family: train, valid (default) or test"),
                OPT_INT('l', "limit", &a.limit, 1, 1 << 24, "N",
                        "problems a family, spread over its levels (500); rows of a file"),
                OPT_INT(0, "level", &a.level, 1, 100, "L", "only this level"),
                OPT_INT('k', "samples", &a.samples, 1, 1024, "K", "answers a problem, drawn at --temp; the mean is reported"),
                OPT_F64('t', "temp", &temp, 0, 10, "T", "temperature (0 is greedy; 0.6 with --samples)"),
                OPT_F64(0, "top-p", &top_p, 0, 1, "P", "sample among the likeliest tokens that make up P (0.95)"),
                OPT_U64(0, "seed", &a.seed, "S", "of the problems and the sampling (1)"),
                OPT_INT('p', "parallel", &a.parallel, 1, 1024, "N", "answers written at once"),
                OPT_INT('n', "max-tokens", &a.max_new, 1, 1 << 24, "N", "longest answer, thinking included"),
                OPT_INT(0, "think-tokens", &a.budget, 0, 1 << 24, "N",
                        "longest thinking; then it is closed (0: the limit less 256)"),
                OPT_INT(0, "ctx", &a.ctx, 2, 1 << 24, "N", "context in tokens (default: the model's, at most 4096)"),
                OPT_BOOL(0, "no-think", &no_think, "answer at once, without reasoning"),
                OPT_INT('w', "show-wrong", &v.show_wrong, 0, 1 << 24, "N", "print the first N failures in full"),
                OPT_BOOL(0, "json", &v.json, "one JSON object on stdout instead of the table"),
                OPT_BOOL('q', "quiet", &quiet, "no progress on stderr"),
                OPT_END};
    err e = {0};
    if (!cli_options(table, argc, argv, usage, about, &first, &status)) return status;
    if (first < argc) err_set(&e, "'%.60s' was not expected", argv[first]);
    else if (!a.suite && !a.data) err_set(&e, "--suite NAME or --data FILE is needed");
    else if (a.suite && a.data) err_set(&e, "--suite and --data exclude each other");
    else if (parse_split(split, &a.split, &e)) {
        if (quiet) log_set_level(LOG_QUIET);
        a.temp  = (float)temp;
        a.top_p = (float)top_p;
        a.think = no_think ? CHAT_NO_THINK : CHAT_THINK;
        return run(path, &a, &v, quiet);
    }
    return cli_usage("eval", &e);
}
