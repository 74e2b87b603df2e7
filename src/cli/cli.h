/* cli.h -- what the subcommands share: exit statuses, the one-line error, opening a model, reading text, showing it.
 *
 *   err    e;
 *   model *m = cli_text_model(path, &e);          // NULL path: the shipped model
 *   if (!m) return cli_fail(&e);                  // "r1: ..." on stderr, returns CLI_FAILED
 *
 * Memory:  models are freed by the caller (model_free), a str that is filled too.
 * Errors:  bool and err as everywhere; cli_fail and cli_usage turn an err into a line and an exit status.
 * Threads: main thread. */
#ifndef R1_CLI_H
#define R1_CLI_H
#include "base/err.h"
#include "base/opt.h"
#include "base/str.h"
#include "infer/generate.h"
#include "model/model.h"

enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2, CLI_STOPPED = 130 };

/* Prints "r1: MSG". CLI_FAILED, or CLI_STOPPED when Ctrl-C is the reason. */
int cli_fail(const err *e);
/* Prints "r1 CMD: MSG" and where help is, returns CLI_USAGE. */
int cli_usage(const char *cmd, const err *e);
/* Parse the options. true: go on, positionals are argv[*first..argc). false: return *status (--help, or an error). */
bool cli_options(const opt *table, int argc, char **argv, const char *usage, const char *about, int *first,
                 int *status);

/* $R1_MODEL, else models/r1-tiny.gguf here, else the same beside the executable. */
bool cli_default_model(str *out, err *e) R1_MUST_USE;
/* Load (NULL: the default one). Weights of up to 1 GB are checked for NaN and infinity at once; in larger ones they
 * are found when the logits show them. */
model *cli_model(const char *path, err *e) R1_MUST_USE;
/* The same, and it must have a tokenizer. */
model *cli_text_model(const char *path, err *e) R1_MUST_USE;
/* The context to make room for: `wanted`, or (0) the model's own, at most 8192. Never more than the model's own. */
int cli_ctx(const model *m, int wanted);

enum { CLI_TEXT_MAX = 16 << 20 }; /* longest question or file that is read at all */
bool cli_read_stdin(size_t max, str *out, err *e) R1_MUST_USE;
/* Text that a person could have written: not empty, UTF-8, no control characters. `what` begins the message. */
bool cli_check_text(const char *what, const char *p, size_t n, err *e) R1_MUST_USE;
/* Flush stdout; a full disk or a closed pipe is an error here. */
bool cli_flush(err *e) R1_MUST_USE;
/* Print as JSON with a newline; takes the reference. */
bool cli_print_json(json_t *j, err *e) R1_MUST_USE;
/* "1.50 GB", "512 kB"; "671B", "5.12M" into buf. */
const char *cli_bytes(double n, char buf[32]);
const char *cli_count(double n, char buf[32]);

/* ---- an answer while it comes: thinking dimmed on a terminal, plain text elsewhere ---- */
typedef struct cli_view {
    bool tty, color; /* color: a terminal, and NO_COLOR is unset */
    bool hide_thinking;
    int  part;     /* what was printed last: -1 nothing, else a split_part */
    bool dim;      /* the terminal is in dim mode now */
    int  newlines; /* held back: a part neither begins nor ends with blank lines */
} cli_view;
void cli_view_init(cli_view *v, bool hide_thinking);
void cli_view_part(void *view, split_part part, const char *p, size_t n); /* a split_fn */
void cli_view_end(cli_view *v);                                           /* ends the line, leaves dim mode */
#endif
