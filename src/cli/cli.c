#include "cli/cli.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/fs.h"
#include "base/mem.h"
#include "base/stop.h"
#include "base/utf8.h"

int cli_fail(const err *e) {
    fprintf(stderr, "r1: %s\n", e->msg);
    return stop_requested() ? CLI_STOPPED : CLI_FAILED;
}

int cli_usage(const char *cmd, const err *e) {
    fprintf(stderr, "r1 %s: %s\n`r1 %s --help` lists what it takes\n", cmd, e->msg, cmd);
    return CLI_USAGE;
}

bool cli_options(const opt *table, int argc, char **argv, const char *usage, const char *about, int *first,
                 int *status) {
    err e  = {0};
    int at = opt_parse(table, argc, argv, &e);
    if (at >= 0) {
        *first = at;
        return true;
    }
    if (at == OPT_HELP) {
        opt_print_help(table, usage, about);
        *status = cli_flush(&e) ? CLI_OK : cli_fail(&e);
    } else {
        *status = cli_usage(argv[0], &e);
    }
    return false;
}

/* ---- models ---- */

static const char shipped[] = "models/r1-tiny.gguf";

bool cli_default_model(str *out, err *e) {
    const char *env = getenv("R1_MODEL");
    str_clear(out);
    if (env && *env) {
        str_add(out, env);
        return true;
    }
    if (fs_exists(shipped)) {
        str_add(out, shipped);
        return true;
    }
    char    exe[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    if (n > 0) {
        exe[n]      = '\0';
        char *slash = strrchr(exe, '/');
        if (slash) *slash = '\0';
        str_addf(out, "%s/%s", exe, shipped);
        if (fs_exists(out->p)) return true;
    }
    return err_set(e, "no model: %s is neither here nor beside the program; name one with -m FILE or R1_MODEL",
                   shipped);
}

model *cli_model(const char *path, err *e) {
    str    found = {0};
    model *m     = NULL;
    if (!path && !cli_default_model(&found, e)) goto done;
    if (path && !*path) {
        err_set(e, "-m: the model's name is empty");
        goto done;
    }
    m = model_load(path ? path : found.p, e);
    if (m && model_bytes(m) <= (int64_t)1 << 30 && !model_check_finite(m, e)) {
        model_free(m);
        m = NULL;
    }
done:
    str_free(&found);
    return m;
}

model *cli_text_model(const char *path, err *e) {
    model *m = cli_model(path, e);
    if (m && !model_tokenizer(m)) {
        err_set(e, "%s has no tokenizer: it can be measured, but not talked to", path ? path : model_name(m));
        model_free(m);
        m = NULL;
    }
    return m;
}

int cli_ctx(const model *m, int wanted) {
    int most = model_cfg(m)->max_position_embeddings;
    int ctx  = wanted > 0 ? wanted : 8192;
    return most > 0 && ctx > most ? most : ctx;
}

/* ---- text ---- */

bool cli_read_stdin(size_t max, str *out, err *e) {
    char   buf[1 << 16];
    size_t n;
    str_clear(out);
    while ((n = fread(buf, 1, sizeof buf, stdin)) > 0) {
        str_addn(out, buf, n);
        if (out->len > max) return err_set(e, "stdin: more than %zu MB of text", max >> 20);
    }
    if (stop_requested()) return err_set(e, "interrupted");
    if (ferror(stdin)) return err_set(e, "stdin: %s", strerror(errno));
    return true;
}

bool cli_check_text(const char *what, const char *p, size_t n, err *e) {
    size_t bad, blank = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];
        if ((c < 0x20 && !strchr("\t\n\v\f\r", c)) || c == 0x7f || c == 0)
            return err_set(e, "%s is not text: control byte 0x%02x at offset %zu", what, c, i);
        blank += c == ' ' || (c >= '\t' && c <= '\r');
    }
    if (!utf8_valid(p, n, &bad))
        return err_set(e, "%s is not UTF-8: byte 0x%02x at offset %zu", what, (unsigned char)p[bad], bad);
    if (blank == n) return err_set(e, "%s is empty", what);
    return true;
}

bool cli_flush(err *e) {
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout)) return true;
    return err_set(e, "stdout: %s", errno ? strerror(errno) : "what was printed could not be written");
}

bool cli_print_json(json_t *j, err *e) {
    /* One line for programs, indented for people. */
    size_t flags = JSON_REAL_PRECISION(9) | (isatty(STDOUT_FILENO) ? JSON_INDENT(2) : JSON_COMPACT);
    bool   ok    = j && json_dumpf(j, stdout, flags) == 0;
    json_decref(j);
    if (ok) putchar('\n');
    if (!ok && !ferror(stdout)) return err_set(e, "the result could not be written as JSON");
    return cli_flush(e);
}

const char *cli_bytes(double n, char buf[32]) {
    static const char *const unit[] = {"bytes", "kB", "MB", "GB", "TB", "PB"};
    int                      u      = 0;
    while (n >= 999.5 && u < 5) {
        n /= 1000;
        u++;
    }
    snprintf(buf, 32, u == 0 || n >= 99.95 ? "%.0f %s" : n >= 9.995 ? "%.1f %s" : "%.2f %s", n, unit[u]);
    return buf;
}

const char *cli_count(double n, char buf[32]) {
    if (n < 1e3) snprintf(buf, 32, "%.0f", n);
    else if (n < 999.5e3) snprintf(buf, 32, "%.1fk", n / 1e3);
    else if (n < 999.95e6) snprintf(buf, 32, "%.2fM", n / 1e6);
    else snprintf(buf, 32, n < 9.995e9 ? "%.2fB" : "%.0fB", n / 1e9);
    return buf;
}

/* ---- the view of an answer ---- */

void cli_view_init(cli_view *v, bool hide_thinking) {
    const char *no_color = getenv("NO_COLOR");
    memset(v, 0, sizeof *v);
    v->tty           = isatty(STDOUT_FILENO) != 0;
    v->color         = v->tty && !(no_color && *no_color);
    v->hide_thinking = hide_thinking;
    v->part          = -1;
}

static void set_dim(cli_view *v, bool dim) {
    if (!v->color || v->dim == dim) return;
    fputs(dim ? "\033[2m" : "\033[0m", stdout);
    v->dim = dim;
}

void cli_view_part(void *view, split_part part, const char *p, size_t n) {
    cli_view *v = view;
    if (part == SPLIT_REASONING && v->hide_thinking) return;
    bool wrote = false;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];
        if (c == '\n') {
            v->newlines++;
            continue;
        }
        /* A model must not steer the terminal: no escape sequences (C0 and DEL; C1 is U+0080..U+009F in UTF-8). */
        if (v->tty && ((c < 0x20 && c != '\t') || c == 0x7f)) continue;
        if (v->tty && c == 0xc2 && i + 1 < n && (unsigned char)p[i + 1] < 0xa0) {
            i++;
            continue;
        }
        if (v->part != (int)part) { /* a new part: its leading newlines are dropped, a blank line sets it off */
            set_dim(v, part == SPLIT_REASONING);
            if (v->part >= 0) fputs("\n\n", stdout);
            v->part     = (int)part;
            v->newlines = 0;
        }
        for (; v->newlines > 0; v->newlines--) putchar('\n');
        putchar(c);
        wrote = true;
    }
    if (wrote && v->tty) fflush(stdout);
}

void cli_view_end(cli_view *v) {
    set_dim(v, false);
    if (v->part >= 0) putchar('\n');
    v->part     = -1;
    v->newlines = 0;
}
