/* main.c -- the program's front door: one table of subcommands.
 *
 * Exit status: 0 done, 1 it failed (one line on stderr says why), 2 wrong usage, 130 stopped by Ctrl-C. */
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include "base/opt.h"
#include "base/par.h"
#include "base/stop.h"
#include "cli/cli.h"
#include "cli/cmds.h"
#include "kernel/gemm.h"
#include "kernel/kern.h"

typedef struct command {
    const char *name;
    int (*fn)(int argc, char **argv);
    const char *help;
    const char *group; /* printed before the first of a group; NULL: as before */
} command;

static const command commands[] = {
    {"ask", cmd_ask, "ask one question: the reasoning, then the answer", "Use a model"},
    {"chat", cmd_chat, "talk to it, several turns", NULL},
    {"train", cmd_train, "train a model from a recipe; resume a run that was stopped", "Own one"},
    {"data", cmd_data, "make, check and count problems with known answers", NULL},
    {"eval", cmd_eval, "how often is it right: held-out problems, or your own file", NULL},
    {"report", cmd_report, "a training run as one HTML page: curves, heat maps, sample answers", NULL},
    {"convert", cmd_convert, "Hugging Face folder <-> GGUF file, and 8-bit weights", NULL},
    {"info", cmd_info, "a model's shape, parameters and memory, without loading it", "Look inside"},
    {"bench", cmd_bench, "speed: 512 tokens in (pp512), 128 tokens out (tg128)", NULL},
    {"tokenize", cmd_tokenize, "text on stdin to token ids, and back", NULL},
    {"logits", cmd_logits, "the raw scores after each token, as float32", NULL},
};
enum { N_COMMANDS = sizeof commands / sizeof *commands };

static int overview(void) {
    err e = {0};
    puts("r1: a reasoning model that thinks on paper, checks itself, and then answers.\n"
         "\n"
         "usage: r1 COMMAND [options]        r1 COMMAND --help");
    for (int i = 0; i < N_COMMANDS; i++) {
        if (commands[i].group) printf("\n%s\n", commands[i].group);
        printf("  %-10s %s\n", commands[i].name, commands[i].help);
    }
    puts("\n"
         "Try\n"
         "  r1 ask \"Solve for x: 2x + 5 = 15\"\n"
         "  r1 eval --suite valid --limit 100\n"
         "  r1 info models/r1-tiny.gguf\n"
         "\n"
         "Without -m MODEL the model of $R1_MODEL or models/r1-tiny.gguf is used.\n"
         "R1_THREADS sets the threads. Ctrl-C stops cleanly; twice stops at once.");
    return cli_flush(&e) ? CLI_OK : cli_fail(&e);
}

static int unknown(const char *name) {
    const char *names[N_COMMANDS];
    for (int i = 0; i < N_COMMANDS; i++) names[i] = commands[i].name;
    const char *near = opt_nearest(name, names, N_COMMANDS);
    if (near) fprintf(stderr, "r1: no command '%.40s', did you mean '%s'? `r1 help` lists them\n", name, near);
    else fprintf(stderr, "r1: no command '%.40s'; `r1 help` lists them\n", name);
    return CLI_USAGE;
}

static const command *find(const char *name) {
    for (int i = 0; i < N_COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0) return &commands[i];
    return NULL;
}

int main(int argc, char **argv) {
    err e = {0};
    /* The line editor reads UTF-8, also where no locale is set; numbers keep the C locale's point. */
    if (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0) setlocale(LC_CTYPE, "C.UTF-8");
    /* A reader that goes away ends the program without a word, as it does for cat, whatever was inherited. */
    signal(SIGPIPE, SIG_DFL);
    if (argc < 2) return overview();
    const char *name       = argv[1];
    char       *ask_help[] = {NULL, "--help", NULL};
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) return overview();
    if (strcmp(name, "help") == 0) {
        if (argc < 3) return overview();
        name        = argv[2];
        ask_help[0] = argv[2];
    }
    const command *c = find(name);
    if (!c) return unknown(name);
    if (ask_help[0]) return c->fn(2, ask_help);
    stop_install();
    par_init(0);
    if (!kern_init(NULL, &e)) return cli_fail(&e);
    gemm_init();
    int status = c->fn(argc - 1, argv + 1);
    gemm_free();
    return status;
}
