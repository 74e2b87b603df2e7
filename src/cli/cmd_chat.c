/* cmd_chat.c -- r1 chat: several turns over one session.
 *
 * Every turn gives the whole conversation to the session, which keeps what it has computed of it already. Earlier
 * reasoning is left out of the conversation, as R1's template wants it. When the conversation outgrows the context,
 * the oldest question and answer go. Ctrl-C stops an answer; at the prompt it only says how to leave. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include "base/log.h"
#include "base/mem.h"
#include "base/stop.h"
#include "cli/cli.h"
#include "cli/cmds.h"
#include "cli/lineedit.h"

typedef struct turn {
    char *role, *content;
} turn;

typedef struct chat {
    model        *m;
    session      *s;
    lineedit     *line;
    turn         *turns;
    int           n, cap, first; /* first: 1 when turns[0] is a system message that stays */
    bool          think, failed;
    generate_args a;
} chat;

static const char usage[] = "r1 chat [options]";
static const char about[] =
    "Talk to a model, several turns. On a terminal the line can be edited; elsewhere each line of stdin is a turn.";

static void add(chat *c, const char *role, const char *content) {
    if (c->n == c->cap) {
        c->cap   = c->cap ? 2 * c->cap : 16;
        c->turns = mem_realloc(c->turns, (size_t)c->cap * sizeof *c->turns);
    }
    c->turns[c->n++] = (turn){mem_strdup(role), mem_strdup(content)};
}

/* Forget turns [from, to). */
static void drop(chat *c, int from, int to) {
    for (int i = from; i < to; i++) {
        mem_free(c->turns[i].role);
        mem_free(c->turns[i].content);
    }
    if (c->n > to) memmove(c->turns + from, c->turns + to, (size_t)(c->n - to) * sizeof *c->turns);
    c->n -= to - from;
}

static bool prompt_length(chat *c, ids *out, err *e) {
    chat_msg *msg = mem_alloc((size_t)c->n * sizeof *msg);
    for (int i = 0; i < c->n; i++) msg[i] = (chat_msg){c->turns[i].role, c->turns[i].content};
    out->n  = 0;
    bool ok = chat_prompt(model_tokenizer(c->m), msg, c->n, c->think ? CHAT_THINK : CHAT_NO_THINK, out, e);
    mem_free(msg);
    return ok;
}

/* The prompt of the conversation. Old turns go while less than a quarter of the context is left for the answer. */
static bool make_prompt(chat *c, ids *out, err *e) {
    int room = session_ctx(c->s) - session_ctx(c->s) / 4, dropped = 0;
    if (!prompt_length(c, out, e)) return false;
    while (out->n > room && c->n - c->first >= 3) {
        drop(c, c->first, c->first + 2);
        dropped++;
        if (!prompt_length(c, out, e)) return false;
    }
    if (dropped)
        log_info("(the context is full: the oldest %s forgotten)", dropped == 1 ? "question is" : "questions are");
    return true;
}

/* One question. On an error, or when nothing was answered, the turn is taken back. */
static bool ask(chat *c, const char *question, err *e) {
    ids          prompt = {0};
    generate_out out    = {0};
    cli_view     view;
    cli_view_init(&view, false);
    generate_args a = c->a;
    a.on_part       = cli_view_part;
    a.ctx           = &view;
    add(c, "user", question);
    bool ok = make_prompt(c, &prompt, e);
    if (ok) {
        ok = generate_ids(c->s, c->m, &prompt, c->think, &a, &out, e);
        cli_view_end(&view);
    }
    if (ok && out.end == GENERATE_LENGTH) log_warn("cut at %d tokens", out.tokens.n);
    if (ok && out.end == GENERATE_CANCELLED) log_info("(stopped)");
    if (ok && out.answer.p && out.answer.len > 0) add(c, "assistant", out.answer.p);
    else drop(c, c->n - 1, c->n);
    generate_free(&out);
    ids_free(&prompt);
    return ok;
}

static void help(void) {
    puts("/help       this text\n"
         "/clear      forget the conversation\n"
         "/think      reasoning before the answer on or off\n"
         "/exit       leave (Ctrl-D too)\n"
         "Ctrl-C      stop the answer");
}

/* A line that begins with '/'. False: leave. */
static bool command(chat *c, const char *line) {
    static const char *const names[] = {"/help", "/clear", "/think", "/exit", "/quit"};
    if (strcmp(line, "/exit") == 0 || strcmp(line, "/quit") == 0) return false;
    if (strcmp(line, "/help") == 0) {
        help();
    } else if (strcmp(line, "/clear") == 0) {
        drop(c, c->first, c->n);
        puts("(the conversation is forgotten)");
    } else if (strcmp(line, "/think") == 0 || strcmp(line, "/think on") == 0 || strcmp(line, "/think off") == 0) {
        c->think = line[6] ? strcmp(line + 7, "on") == 0 : !c->think;
        printf("(reasoning is %s)\n", c->think ? "on" : "off");
    } else {
        const char *near = opt_nearest(line, names, 5);
        if (near) printf("no command %.40s, did you mean %s?\n", line, near);
        else printf("no command %.40s; /help lists them\n", line);
    }
    return true;
}

static void loop(chat *c) {
    str  line = {0};
    err  e    = {0};
    bool tty  = lineedit_tty(c->line);
    if (tty) printf("%s. /help lists the commands, Ctrl-D leaves.\n\n", model_name(c->m));
    for (;;) {
        stop_clear();
        lineedit_result r = lineedit_read(c->line, "> ", CLI_TEXT_MAX, &line);
        if (r == LINEEDIT_END) break;
        if (r == LINEEDIT_INTERRUPTED) {
            if (!tty || stop_signal() != SIGINT) break;
            puts("(Ctrl-D or /exit leaves)");
            continue;
        }
        if (r == LINEEDIT_TOO_LONG) {
            fprintf(stderr, "r1: a line of more than %d MB is not read\n", CLI_TEXT_MAX >> 20);
            c->failed = true;
            continue;
        }
        if (line.len == 0 || strspn(line.p, " \t") == line.len) continue;
        if (line.p[0] == '/' && line.p[1] != ' ' && strlen(line.p) == line.len) {
            if (!command(c, line.p)) break;
            fflush(stdout);
            continue;
        }
        if (!cli_check_text("the question", line.p, line.len, &e) || !ask(c, line.p, &e)) {
            fprintf(stderr, "r1: %s\n", e.msg);
            c->failed = true;
        }
        if (!tty && stop_requested()) break;
        putchar('\n');
        fflush(stdout);
    }
    if (tty) putchar('\n');
    str_free(&line);
}

int cmd_chat(int argc, char **argv) {
    const char *path = NULL, *system = NULL;
    int         ctx = 0, max_tokens = 0, think_tokens = 0, first, status;
    double      temp = 0, top_p = 0.95;
    uint64_t    seed     = 0;
    bool        no_think = false, quiet = false;
    opt         table[] = {
                OPT_STR('m', "model", &path, "MODEL", "GGUF file or Hugging Face folder (default: the shipped model)"),
                OPT_STR(0, "system", &system, "TEXT", "system message"),
                OPT_INT('n', "max-tokens", &max_tokens, 1, 1 << 24, "N", "longest answer, thinking included"),
                OPT_INT(0, "think-tokens", &think_tokens, 0, 1 << 24, "N",
                        "longest thinking; then it is closed (0: the limit less 256)"),
                OPT_F64('t', "temp", &temp, 0, 10, "T", "temperature; 0, the default, takes the likeliest token"),
                OPT_F64(0, "top-p", &top_p, 0, 1, "P", "sample among the likeliest tokens that make up P (0.95)"),
                OPT_U64(0, "seed", &seed, "S", "of the sampling"),
                OPT_BOOL(0, "no-think", &no_think, "begin with reasoning off"),
                OPT_INT(0, "ctx", &ctx, 2, 1 << 24, "N", "context in tokens (default: the model's, at most 8192)"),
                OPT_BOOL('q', "quiet", &quiet, "nothing on stderr but errors"),
                OPT_END};
    err e = {0};
    if (!cli_options(table, argc, argv, usage, about, &first, &status)) return status;
    if (first < argc) {
        err_set(&e, "'%.60s' was not expected; `r1 ask` takes a question", argv[first]);
        return cli_usage("chat", &e);
    }
    if (system && !cli_check_text("the system message", system, strlen(system), &e)) return cli_fail(&e);
    if (quiet) log_set_level(LOG_QUIET);
    chat c = {.think = !no_think,
              .a     = {.max_new = max_tokens,
                        .think   = think_tokens,
                        .temp    = (float)temp,
                        .top_p   = (float)top_p,
                        .seed    = seed,
                        .cancel  = stop_requested}};
    status = CLI_FAILED;
    c.m    = cli_text_model(path, &e);
    if (c.m) c.s = session_new(c.m, cli_ctx(c.m, ctx), &e);
    if (!c.s) {
        cli_fail(&e);
        goto done;
    }
    c.line = lineedit_new();
    if (system) {
        add(&c, "system", system);
        c.first = 1;
    }
    loop(&c);
    status = c.failed ? CLI_FAILED : !lineedit_tty(c.line) && stop_requested() ? CLI_STOPPED : CLI_OK;
done:
    drop(&c, 0, c.n);
    mem_free(c.turns);
    lineedit_free(c.line);
    session_free(c.s);
    model_free(c.m);
    return status;
}
