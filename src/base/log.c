#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"

/* The one piece of state of this room (see log.h): how much is said. */
static int g_level = LOG_INFO;

void log_set_level(int level) { g_level = level; }
int  log_level(void) { return g_level; }

static void say(const char *prefix, const char *fmt, va_list ap) {
    str  s = {0};
    char line[2048];
    vsnprintf(line, sizeof line, fmt, ap);
    str_addf(&s, "%s%s\n", prefix, line);
    fputs(s.p, stderr); /* one call, so that lines of several processes do not mix */
    str_free(&s);
}

void log_warn(const char *fmt, ...) {
    if (g_level < LOG_WARN) return;
    va_list ap;
    va_start(ap, fmt);
    say("warning: ", fmt, ap);
    va_end(ap);
}

void log_info(const char *fmt, ...) {
    if (g_level < LOG_INFO) return;
    va_list ap;
    va_start(ap, fmt);
    say("", fmt, ap);
    va_end(ap);
}

void log_debug(const char *fmt, ...) {
    if (g_level < LOG_DEBUG) return;
    va_list ap;
    va_start(ap, fmt);
    say("debug: ", fmt, ap);
    va_end(ap);
}

double time_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

struct progress {
    char   *label;
    int64_t total, done, first; /* first: where this run began, a resumed one not at 0 */
    char    text[256];
    double  start, drawn;
    bool    tty, begun, shown, pending; /* shown: a line stands on the terminal; pending: a state not drawn yet */
};

progress *progress_new(const char *label, int64_t total) {
    progress *p = mem_calloc(1, sizeof *p);
    p->label    = mem_strdup(label);
    p->total    = total;
    p->start    = time_now();
    p->drawn    = -1;
    p->tty      = isatty(STDERR_FILENO) == 1;
    return p;
}

static void add_clock(str *s, double seconds) {
    if (!(seconds >= 0) || seconds > 360000000) seconds = 0;
    long t = (long)(seconds + 0.5);
    if (t >= 3600) str_addf(s, "%ld:%02ld:%02ld", t / 3600, t / 60 % 60, t % 60);
    else str_addf(s, "%ld:%02ld", t / 60, t % 60);
}

/* At most `columns` code points: a line that wraps could not be redrawn. */
static void cut(str *s, int columns) {
    size_t i = 0;
    for (int c = 0; i < s->len; c++) {
        uint32_t cp;
        int      k = utf8_decode(s->p + i, s->len - i, &cp);
        if (c == columns) {
            s->len  = i;
            s->p[i] = '\0';
            return;
        }
        i += k ? (size_t)k : 1;
    }
}

static void draw(progress *p, double now) {
    str    s       = {0};
    double elapsed = now - p->start, share = p->total > 0 ? (double)p->done / (double)p->total : 0;
    str_addf(&s, "%s ", p->label);
    if (p->tty && p->total > 0) {
        enum { CELLS = 20 };
        int full = (int)(share * CELLS);
        if (full > CELLS) full = CELLS;
        str_add(&s, "[");
        for (int i = 0; i < CELLS; i++) str_addc(&s, i < full ? '#' : '.');
        str_add(&s, "] ");
    }
    if (p->total > 0) str_addf(&s, "%lld/%lld", (long long)p->done, (long long)p->total);
    else str_addf(&s, "%lld", (long long)p->done);
    str_add(&s, " ");
    add_clock(&s, elapsed);
    int64_t made = p->done - p->first;
    if (p->total > p->done && made > 0) {
        str_add(&s, " left ");
        add_clock(&s, elapsed / (double)made * (double)(p->total - p->done));
    }
    if (p->text[0]) str_addf(&s, "  %s", p->text);
    if (p->tty) {
        struct winsize w       = {0};
        int            columns = ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 1 ? w.ws_col - 1 : 79;
        cut(&s, columns);
        fprintf(stderr, "\r\033[K%s", s.p);
        fflush(stderr);
        p->shown = true;
    } else {
        fprintf(stderr, "%s\n", s.p);
    }
    str_free(&s);
    p->drawn   = now;
    p->pending = false;
}

void progress_update(progress *p, int64_t done, const char *text) {
    double now = time_now();
    if (!p->begun) {
        p->first = done > 0 ? done - 1 : 0; /* the first report comes after the first unit of work */
        p->begun = true;
    }
    p->done = done;
    /* Copied whatever the rate, so that the last line says the last state. */
    snprintf(p->text, sizeof p->text, "%s", text ? text : "");
    p->pending = true;
    if (g_level < LOG_INFO) return;
    if (p->drawn >= 0 && now - p->drawn < (p->tty ? 0.1 : 5.0)) return;
    draw(p, now);
}

void progress_clear(progress *p) {
    if (!p || !p->shown) return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    p->shown   = false;
    p->pending = true;
}

void progress_free(progress *p) {
    if (!p) return;
    if (g_level >= LOG_INFO && p->begun && p->pending) draw(p, time_now());
    if (p->shown) fputs("\n", stderr);
    mem_free(p->label);
    mem_free(p);
}
