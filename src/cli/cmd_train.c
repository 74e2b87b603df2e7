/* cmd_train.c -- `r1 train RECIPE.ini`: options, Ctrl-C, and the answering of problems between steps, which the
 * trainer cannot do itself (train/ does not know infer/ and eval/), and the report. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dist.h"
#include "base/fs.h"
#include "base/log.h"
#include "base/stop.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "cli/cmds.h"
#include "eval/report.h"
#include "eval/suite.h"
#include "rl/reject.h"
#include "rl/rl.h"
#include "train/recipe_key.h"
#include "train/stages.h"

/* ---- answers: every family's figures into the step's metrics, examples into OUT/samples-STAGE.json ---- */
enum { SAMPLE_BYTES = 4000 };
typedef struct examples {
    json_t *all;           /* array */
    json_t *right, *wrong; /* of the family at hand: the hardest right one, the easiest wrong one */
    int     right_level, wrong_level;
} examples;

/* Valid UTF-8 of at most SAMPLE_BYTES, whatever a model wrote. */
static void add_text(str *out, const char *p) {
    size_t n = strlen(p), at = 0;
    while (at < n && at < SAMPLE_BYTES) {
        uint32_t cp;
        int      k = utf8_decode(p + at, n - at, &cp);
        if (k > 0) str_addn(out, p + at, (size_t)k);
        else str_add(out, "\xef\xbf\xbd");
        at += k > 0 ? (size_t)k : 1;
    }
    str_add(out, at < n ? " [...]" : "");
}

static void on_case(void *user, const suite_case *c, int done, int total, int correct) {
    examples *s = user;
    (void)done, (void)total, (void)correct;
    json_t **slot = c->v.right ? &s->right : &s->wrong;
    if (*slot && (c->v.right ? c->level <= s->right_level : c->level >= s->wrong_level)) return;
    str response = {0}, why = {0};
    add_text(&response, c->response);
    add_text(&why, c->v.why);
    json_decref(*slot);
    *slot = json_pack("{s:s,s:i,s:b,s:b,s:s,s:s,s:s,s:s,s:i}", "family", c->family, "level", c->level, "right",
                      c->v.right, "cut", !c->stopped, "question", c->question, "truth", c->truth, "response",
                      response.p, "why", why.p, "tokens", c->tokens);
    str_free(&why);
    *(c->v.right ? &s->right_level : &s->wrong_level) = c->level;
    str_free(&response);
}

static void take_samples(examples *s) {
    if (s->wrong) json_array_append_new(s->all, s->wrong);
    if (s->right) json_array_append_new(s->all, s->right);
    s->right = s->wrong = NULL;
}

static json_t *family_figures(const suite_result *r) {
    json_t *levels = json_array();
    for (int c = 0; c < r->n_cell; c++)
        json_array_append_new(levels, json_pack("[i,i,i]", r->cell[c].level, r->cell[c].correct, r->cell[c].n));
    return json_pack("{s:i,s:i,s:i,s:i,s:o}", "n", r->all.n, "right", r->all.correct, "format", r->all.format, "cut",
                     r->all.cut, "levels", levels);
}

static bool answer_family(model *m, const char *name, const recipe_stage *o, uint64_t seed, examples *s,
                          suite_result *r, err *e) {
    int        context = model_cfg(m)->max_position_embeddings;
    suite_args a       = suite_defaults();
    a.suite            = name;
    a.split            = SPLIT_VALID;
    a.limit            = o->answers_n;
    a.seed             = seed;
    a.ctx              = o->max_len + 64 < context ? o->max_len + 64 : context;
    a.on_case          = on_case;
    a.user             = s;
    return suite_run(m, &a, r, e);
}

static bool put_samples(const char *dir, const json_t *line, json_t *all, err *e) {
    str   path = {0};
    char *text = json_dumps(all, JSON_INDENT(1));
    str_addf(&path, "%s/samples-%s.json", dir, json_string_value(json_object_get(line, "stage")));
    bool ok = text && fs_write(path.p, text, strlen(text), e);
    free(text); /* jansson's, from malloc */
    str_free(&path);
    return ok;
}

static bool answer(void *ctx, model *m, const recipe_mix *mix, const recipe_stage *o, uint64_t seed, json_t *metrics,
                   str *line, err *e) {
    examples s       = {.all = json_array()};
    json_t  *answers = json_object();
    int      right = 0, n = 0, format = 0;
    bool     ok = true;
    for (int i = 0; ok && i < mix->n; i++) {
        const char  *name = mix->src[i].family;
        suite_result r    = {0};
        if (!name || !(mix->src[i].weight > 0)) continue;
        ok = answer_family(m, name, o, seed, &s, &r, e);
        take_samples(&s);
        right += r.all.correct, n += r.all.n, format += r.all.format;
        if (ok) json_object_set_new(answers, name, family_figures(&r));
        suite_free(&r);
    }
    if (ok && n) {
        str_addf(line, "%d of %d problems right (%.1f%%), format %.1f%%", right, n, 100.0 * right / n,
                 100.0 * format / n);
        json_object_set(metrics, "answers", answers);
        json_object_set_new(metrics, "answers_right", json_real((double)right / n));
        ok = put_samples(ctx, metrics, s.all, e);
    }
    json_decref(answers);
    json_decref(s.all);
    return ok;
}

static void page(void *ctx, const char *dir) {
    err e;
    (void)ctx;
    if (!report_write(dir, &e)) log_warn("the report was not written: %s", e.msg);
}

static int print_recipe_help(void) {
    err e;
    str s = {0};
    recipe_key_help(&s);
    fputs(s.p, stdout);
    str_free(&s);
    return cli_flush(&e) ? CLI_OK : cli_fail(&e);
}

/* Said once, however many processes have failed. */
static int fail(dist *ranks, const err *e) { return dist_speaks(ranks) ? cli_fail(e) : CLI_FAILED; }

static int run(const recipe *r, stages_args args, trainer_hooks hooks) {
    err e;
    str out = {0};
    stages_out(r, &args, &out);
    hooks.ctx                 = out.p;
    args.hooks                = &hooks;
    const stages_args *a      = &args;
    trainer_end        how    = stages_run(r, a, &e);
    int                status = CLI_OK;
    if (how == TRAIN_FAILED) status = fail(a->ranks, &e);
    else if (how == TRAIN_STOPPED)
        log_info("stopped, nothing is lost. To go on: r1 train %s --out %s --resume%s%s (and the same --set)", r->path,
                 out.p, strcmp(a->stage, "all") != 0 ? " --stage " : "", strcmp(a->stage, "all") != 0 ? a->stage : "");
    str_free(&out);
    return status;
}

int cmd_train(int argc, char **argv) {
    const char *stage = "all", *out = NULL;
    bool        resume = false, force = false, profile = false, quiet = false, help_recipe = false;
    int         stop_after = 0, first = 0, status = CLI_OK;
    str_list    sets  = {0};
    dist       *ranks = NULL;
    err         e;
    const opt   table[] = {
          OPT_STR('s', "stage", &stage, "NAME", "tokenizer, pretrain, sft, rl, reject or all (what is not done yet)"),
          OPT_STR('o', "out", &out, "DIR", "folder of the run (default: the recipe's, else runs/NAME)"),
          OPT_BOOL('r', "resume", &resume, "go on from the last checkpoint"),
          OPT_BOOL(0, "force", &force, "begin again, over what is there"),
          OPT_MULTI(0, "set", &sets, "S.K=V", "override a key of the recipe, e.g. pretrain.lr=1e-3"),
          OPT_INT(0, "stop-after", &stop_after, 1, 2000000000, "N", "stop with a checkpoint after N steps"),
          OPT_BOOL(0, "profile", &profile, "say where the time went"),
          OPT_BOOL('q', "quiet", &quiet, "only errors"),
          OPT_BOOL(0, "help-recipe", &help_recipe, "every key of a recipe, with range and default"),
          OPT_END};
    if (!cli_options(table, argc, argv, "r1 train [options] RECIPE.ini",
                     "Train a model: tokenizer, pretraining, fine-tuning, RL. Ctrl-C writes a checkpoint.", &first,
                     &status))
        goto done;
    if (help_recipe) {
        status = print_recipe_help();
        goto done;
    }
    if (argc - first != 1) {
        err_set(&e, "expected one recipe, found %d arguments", argc - first);
        status = cli_usage("train", &e);
        goto done;
    }
    if (resume && force) {
        err_set(&e, "--resume goes on, --force begins again: which one?");
        status = cli_usage("train", &e);
        goto done;
    }
    if (!(ranks = dist_new(&e))) {
        status = cli_fail(&e);
        goto done;
    }
    if (quiet || dist_rank(ranks) != 0) log_set_level(LOG_QUIET);
    recipe *r = recipe_load(argv[first], sets.v, sets.n, &e);
    if (!dist_agree(ranks, r != NULL, &e)) {
        status = fail(ranks, &e);
        recipe_free(r);
        goto done;
    }
    const trainer_hooks hooks = {
        .stop = stop_requested, .answers = answer, .page = page, .rl = rl_run, .reject = reject_run};
    const stages_args a = {.stage      = stage,
                           .out        = out,
                           .resume     = resume,
                           .force      = force,
                           .profile    = profile,
                           .stop_after = stop_after,
                           .ranks      = ranks};
    status              = run(r, a, hooks);
    recipe_free(r);
done:
    dist_free(ranks);
    str_list_free(&sets);
    return status;
}
