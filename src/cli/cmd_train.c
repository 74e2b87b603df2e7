/* cmd_train.c -- `r1 train RECIPE.ini`: options, Ctrl-C, and the answering of problems between steps, which the
 * trainer cannot do itself (train/ does not know infer/ and eval/). */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/stop.h"
#include "cli/cli.h"
#include "cli/cmds.h"
#include "eval/suite.h"
#include "train/recipe_key.h"
#include "train/stages.h"

/* Right answers of `n` validation problems of every family of the mix, into the step's metrics and a line. */
static bool answer(void *ctx, model *m, const recipe_mix *mix, const recipe_stage *o, uint64_t seed, json_t *metrics,
                   str *line, err *e) {
    (void)ctx;
    for (int i = 0; i < mix->n; i++) {
        const source *s = &mix->src[i];
        if (!s->family || !(s->weight > 0)) continue;
        suite_args   a = suite_defaults();
        suite_result r = {0};
        char         key[64];
        a.suite = s->family;
        a.split = SPLIT_VALID;
        a.limit = o->answers_n;
        a.seed  = seed;
        a.ctx   = o->max_len + 64 < model_cfg(m)->max_position_embeddings ? o->max_len + 64
                                                                          : model_cfg(m)->max_position_embeddings;
        if (!suite_run(m, &a, &r, e)) {
            suite_free(&r);
            return false;
        }
        snprintf(key, sizeof key, "answers_%s", s->family);
        json_object_set_new(metrics, key, suite_json(&r));
        str_addf(line, "%s%s %d/%d right (", line->len ? ", " : "", s->family, r.all.correct, r.all.n);
        for (int c = 0; c < r.n_cell; c++)
            str_addf(line, "%sL%d %d/%d", c ? " " : "", r.cell[c].level, r.cell[c].correct, r.cell[c].n);
        str_addf(line, "), format %d/%d", r.all.format, r.all.n);
        suite_free(&r);
    }
    return true;
}

static int print_recipe_help(void) {
    err e;
    str s = {0};
    recipe_key_help(&s);
    fputs(s.p, stdout);
    str_free(&s);
    return cli_flush(&e) ? CLI_OK : cli_fail(&e);
}

static int run(const recipe *r, const stages_args *a) {
    err         e;
    str         out    = {0};
    trainer_end how    = stages_run(r, a, &e);
    int         status = CLI_OK;
    stages_out(r, a, &out);
    if (how == TRAIN_FAILED) status = cli_fail(&e);
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
    str_list    sets = {0};
    err         e;
    const opt   table[] = {
          OPT_STR('s', "stage", &stage, "NAME", "tokenizer, pretrain, sft or all (what is not done yet)"),
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
                     "Train a model: tokenizer, pretraining, fine-tuning. Ctrl-C writes a checkpoint.", &first,
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
    if (quiet) log_set_level(LOG_QUIET);
    recipe *r = recipe_load(argv[first], sets.v, sets.n, &e);
    if (!r) {
        status = cli_fail(&e);
        goto done;
    }
    const trainer_hooks hooks = {.stop = stop_requested, .answers = answer};
    const stages_args   a     = {.stage      = stage,
                                 .out        = out,
                                 .resume     = resume,
                                 .force      = force,
                                 .profile    = profile,
                                 .stop_after = stop_after,
                                 .hooks      = &hooks};
    status                    = run(r, &a);
    recipe_free(r);
done:
    str_list_free(&sets);
    return status;
}
