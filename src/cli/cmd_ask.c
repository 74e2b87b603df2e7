/* cmd_ask.c -- r1 ask: one question, the reasoning as it comes, the answer. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/fs.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/stop.h"
#include "cli/cli.h"
#include "cli/cmds.h"

typedef struct ask_opts {
    const char *model, *file, *system;
    int         max_tokens, think_tokens, ctx, top_k;
    double      temp, top_p;
    uint64_t    seed;
    bool        json, no_think, answer_only, quiet;
} ask_opts;

static const char usage[] = "r1 ask [options] \"question\"      (- reads it from stdin)";
static const char about[] =
    "Ask one question. The reasoning is shown as it is written (dimmed on a terminal), then the answer.";

/* The positionals joined with spaces, or stdin for "-"; then the file's text after a blank line. */
static bool read_question(const ask_opts *o, char **word, int n_word, str *q, err *e) {
    if (n_word == 1 && strcmp(word[0], "-") == 0) {
        if (!cli_read_stdin(CLI_TEXT_MAX, q, e)) return false;
        while (q->len > 0 && (q->p[q->len - 1] == '\n' || q->p[q->len - 1] == '\r')) q->p[--q->len] = '\0';
    } else {
        for (int i = 0; i < n_word; i++) str_addf(q, "%s%s", i ? " " : "", word[i]);
    }
    if (n_word > 0 && !cli_check_text("the question", q->p ? q->p : "", q->len, e)) return false;
    if (!o->file) return true;
    size_t n    = 0;
    char  *text = fs_read(o->file, CLI_TEXT_MAX, &n, e);
    if (!text) return false;
    bool ok = cli_check_text(o->file, text, n, e);
    if (ok) {
        if (q->len > 0) str_add(q, "\n\n");
        str_addn(q, text, n);
    }
    mem_free(text);
    return ok;
}

static bool print_json(model *m, const generate_out *o, double load_s, err *e) {
    double  tps = o->answer_s > 0 ? o->tokens.n / o->answer_s : 0;
    json_t *j   = json_pack("{s:s,s:s%,s:s%,s:s,s:o,s:{s:f,s:f,s:f,s:f}}", "model", model_name(m), "reasoning",
                            o->reasoning.p, o->reasoning.len, "answer", o->answer.p, o->answer.len, "finish_reason",
                            generate_end_name(o->end), "usage", generate_usage(o), "timing", "load_s", load_s, "prompt_s",
                            o->prompt_s, "answer_s", o->answer_s, "tokens_per_s", tps);
    return cli_print_json(j, e);
}

/* Said on stderr, and only to a person: what it cost. */
static void print_summary(const generate_out *o, bool quiet) {
    if (quiet || log_level() < LOG_INFO) return;
    if (o->end == GENERATE_LENGTH) log_warn("cut at %d tokens; --max-tokens and --ctx set the limits", o->tokens.n);
    if (o->hurried) log_warn("the thinking was closed at its limit; --think-tokens sets it");
    if (o->end == GENERATE_CANCELLED) log_warn("stopped after %d tokens", o->tokens.n);
    if (!isatty(STDERR_FILENO) || o->end == GENERATE_CANCELLED) return;
    log_info("(%d tokens in %.1f s, %.0f a second)", o->tokens.n, o->prompt_s + o->answer_s,
             o->answer_s > 0 ? o->tokens.n / o->answer_s : 0.0);
}

static void trim_end(str *s) {
    while (s->len > 0 && (s->p[s->len - 1] == '\n' || s->p[s->len - 1] == ' ')) s->p[--s->len] = '\0';
}

static int answer(const ask_opts *o, const str *question) {
    err          e    = {0};
    double       t0   = time_now();
    generate_out out  = {0};
    session     *s    = NULL;
    int          code = CLI_FAILED;
    cli_view     view;
    model       *m = cli_text_model(o->model, &e);
    if (!m) return cli_fail(&e);
    s = session_new(m, cli_ctx(m, o->ctx), &e);
    if (!s) goto fail;
    double        load_s = time_now() - t0;
    chat_msg      msg[2] = {{"system", o->system}, {"user", question->p}};
    int           skip   = o->system ? 0 : 1;
    generate_args a      = {.max_new = o->max_tokens,
                            .think   = o->think_tokens,
                            .temp    = (float)o->temp,
                            .top_p   = (float)o->top_p,
                            .top_k   = o->top_k,
                            .seed    = o->seed,
                            .cancel  = stop_requested};
    cli_view_init(&view, o->answer_only);
    if (!o->json) {
        a.on_part = cli_view_part;
        a.ctx     = &view;
    }
    bool ok = generate_chat(s, m, msg + skip, 2 - skip, o->no_think ? CHAT_NO_THINK : CHAT_THINK, &a, &out, &e);
    if (!o->json) cli_view_end(&view);
    if (!ok) goto fail;
    trim_end(&out.reasoning);
    trim_end(&out.answer);
    if (o->json ? !print_json(m, &out, load_s, &e) : !cli_flush(&e)) goto fail;
    print_summary(&out, o->quiet);
    code = out.end == GENERATE_CANCELLED ? CLI_STOPPED : CLI_OK;
    goto done;
fail:
    code = cli_fail(&e);
done:
    generate_free(&out);
    session_free(s);
    model_free(m);
    return code;
}

int cmd_ask(int argc, char **argv) {
    ask_opts o       = {.top_p = 0.95};
    opt      table[] = {
             OPT_STR('m', "model", &o.model, "MODEL", "GGUF file or Hugging Face folder (default: the shipped model)"),
             OPT_STR('f', "file", &o.file, "FILE", "append this file's text to the question"),
             OPT_BOOL(0, "json", &o.json, "one JSON object on stdout instead of text"),
             OPT_INT('n', "max-tokens", &o.max_tokens, 1, 1 << 24, "N", "longest answer, thinking included"),
             OPT_INT(0, "think-tokens", &o.think_tokens, 0, 1 << 24, "N",
                     "longest thinking; then it is closed (0: the limit less 256)"),
             OPT_F64('t', "temp", &o.temp, 0, 10, "T", "temperature; 0, the default, takes the likeliest token"),
             OPT_F64(0, "top-p", &o.top_p, 0, 1, "P", "sample among the likeliest tokens that make up P (0.95)"),
             OPT_INT(0, "top-k", &o.top_k, 0, 1 << 24, "K", "sample among the K likeliest tokens (0: all)"),
             OPT_U64(0, "seed", &o.seed, "S", "of the sampling; the same seed gives the same answer"),
             OPT_BOOL(0, "no-think", &o.no_think, "answer at once, without reasoning"),
             OPT_BOOL('a', "answer-only", &o.answer_only, "think, but print the answer alone"),
             OPT_STR(0, "system", &o.system, "TEXT", "system message before the question"),
             OPT_INT(0, "ctx", &o.ctx, 2, 1 << 24, "N", "context in tokens (default: the model's, at most 8192)"),
             OPT_BOOL('q', "quiet", &o.quiet, "nothing on stderr but errors"),
             OPT_END};
    int first, status;
    if (!cli_options(table, argc, argv, usage, about, &first, &status)) return status;
    err e = {0};
    if (first == argc && !o.file) {
        err_set(&e, "no question; write it in quotes, or - to read stdin");
        return cli_usage("ask", &e);
    }
    if (o.system && !cli_check_text("the system message", o.system, strlen(o.system), &e)) return cli_fail(&e);
    if (o.quiet) log_set_level(LOG_QUIET);
    str q  = {0};
    status = read_question(&o, argv + first, argc - first, &q, &e) ? answer(&o, &q) : cli_fail(&e);
    str_free(&q);
    return status;
}
