/* cmd_convert.c -- r1 convert: a Hugging Face folder to a GGUF file and back, in another type if asked. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "base/fs.h"
#include "base/log.h"
#include "cli/cli.h"
#include "cli/cmds.h"

static const char usage[] = "r1 convert [options] SRC DST";
static const char about[] =
    "Write a model in the other format: DST ending in .gguf becomes a GGUF file, any other DST a Hugging Face folder. "
    "Written aside, then renamed: an existing DST stays whole until the new one is complete.";

/* The type most of the weights have, if it can be written; else f16. */
static dtype usual_type(model *m) {
    static const dtype can[] = {DT_F32, DT_F16, DT_BF16, DT_Q8_0};
    int64_t            n[4] = {0}, all = 0;
    int                best = 0;
    for (int i = 0; i < model_param_count(m); i++) {
        const tensor *w = &model_param(m, i)->w;
        int64_t       k = tensor_count(w);
        all += k;
        for (int j = 0; j < 4; j++)
            if (w->type == can[j]) n[j] += k;
    }
    for (int j = 1; j < 4; j++)
        if (n[j] > n[best]) best = j;
    return 2 * n[best] > all ? can[best] : DT_F16;
}

static bool same_file(const char *a, const char *b) {
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static bool convert(const char *src, const char *dst, const char *type, const char *name, int ctx, err *e) {
    bool  to_gguf = str_ends(dst, ".gguf");
    dtype t       = DT_NONE;
    if (type) {
        t = dtype_parse(type);
        if (t != DT_F32 && t != DT_F16 && t != DT_BF16 && t != DT_Q8_0)
            return err_set(e, "--type: expected f32, f16, bf16 or q8_0, found '%.40s'", type);
        if (!to_gguf)
            return err_set(e, "--type: a Hugging Face folder keeps the source's types; only a .gguf takes one");
    }
    if (same_file(src, dst)) return err_set(e, "%s and %s are the same", src, dst);
    if (to_gguf && fs_is_dir(dst)) return err_set(e, "%s is a folder, expected a file", dst);
    model *m = cli_model(src, e);
    if (!m) return false;
    if (to_gguf && t == DT_NONE) t = usual_type(m);
    bool ok = (!ctx || model_declare_context(m, ctx, e)) &&
              (to_gguf ? model_save_gguf(m, dst, t, name ? name : model_name(m), e) : model_save_hf(m, dst, e));
    if (ok) {
        char buf[32];
        cli_count((double)cfg_count(model_cfg(m)).total, buf);
        log_info("%s: %s, %s parameters%s%s", dst, to_gguf ? "GGUF" : "Hugging Face folder", buf, to_gguf ? ", " : "",
                 to_gguf ? dtype_name(t) : "");
    }
    model_free(m);
    return ok;
}

int cmd_convert(int argc, char **argv) {
    const char *type = NULL, *name = NULL;
    bool        quiet = false;
    int         ctx   = 0, first, status;
    opt table[] = {OPT_STR('t', "type", &type, "TYPE", "f32, f16, bf16 or q8_0 (default: what most weights have)"),
                   OPT_STR(0, "name", &name, "NAME", "general.name in the GGUF file"),
                   OPT_INT(0, "ctx", &ctx, 0, 1 << 24, "N",
                           "context that DST declares, if it was trained on less than it could hold"),
                   OPT_BOOL('q', "quiet", &quiet, "nothing on stderr but errors"), OPT_END};
    err e       = {0};
    if (!cli_options(table, argc, argv, usage, about, &first, &status)) return status;
    if (argc - first != 2) {
        err_set(&e, "expected SRC and DST, found %d argument%s", argc - first, argc - first == 1 ? "" : "s");
        return cli_usage("convert", &e);
    }
    if (quiet) log_set_level(LOG_QUIET);
    return convert(argv[first], argv[first + 1], type, name, ctx, &e) ? CLI_OK : cli_fail(&e);
}
