#include "cli/lineedit.h"
#include <errno.h>
#include <histedit.h>
#include <stdio.h>
#include <unistd.h>
#include <wchar.h>
#include "base/mem.h"
#include "base/stop.h"

struct lineedit {
    EditLine   *el; /* NULL where stdin or stdout is no terminal */
    History    *history;
    const char *prompt;
};

static char *prompt_of(EditLine *el) {
    lineedit *l = NULL;
    el_get(el, EL_CLIENTDATA, &l);
    return (char *)(uintptr_t)(l ? l->prompt : "");
}

/* libedit's own reader retries after a signal, so a single Ctrl-C would go unseen: read here, and give up the line
 * when a stop is asked for. Bytes are put together to characters, one read each, as the terminal gives them. */
static int read_char(EditLine *el, wchar_t *out) {
    mbstate_t state = {0};
    (void)el;
    for (;;) {
        char    c;
        ssize_t n = read(STDIN_FILENO, &c, 1);
        if (n < 0 && errno == EINTR && !stop_requested()) continue; /* the window changed its size */
        if (n <= 0) return n == 0 ? 0 : -1;
        size_t k = mbrtowc(out, &c, 1, &state);
        if (k == (size_t)-2) continue; /* more bytes to come */
        if (k == (size_t)-1) {         /* not a character: let it be one, the text check will name it */
            *out = 0xfffd;
            return 1;
        }
        return 1;
    }
}

lineedit *lineedit_new(void) {
    lineedit *l = mem_calloc(1, sizeof *l);
    l->prompt   = "";
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) return l;
    l->el = el_init("r1", stdin, stdout, stderr);
    if (!l->el) return l;
    HistEvent ev;
    l->history = history_init();
    if (l->history) {
        history(l->history, &ev, H_SETSIZE, 500);
        history(l->history, &ev, H_SETUNIQUE, 1);
        el_set(l->el, EL_HIST, history, l->history);
    }
    el_set(l->el, EL_CLIENTDATA, l);
    el_set(l->el, EL_PROMPT, prompt_of);
    el_wset(l->el, EL_GETCFN, read_char);
    el_set(l->el, EL_EDITOR, "emacs");
    el_source(l->el, NULL); /* the user's ~/.editrc */
    return l;
}

void lineedit_free(lineedit *l) {
    if (!l) return;
    if (l->el) el_end(l->el);
    if (l->history) history_end(l->history);
    mem_free(l);
}

bool lineedit_tty(const lineedit *l) { return l->el != NULL; }

static lineedit_result read_edited(lineedit *l, size_t max, str *line) {
    int         n = 0;
    const char *p = el_gets(l->el, &n);
    if (stop_requested()) {
        el_reset(l->el);
        putchar('\n');
        return LINEEDIT_INTERRUPTED;
    }
    if (!p || n <= 0) return LINEEDIT_END;
    if ((size_t)n > max) return LINEEDIT_TOO_LONG;
    HistEvent ev;
    if (l->history && n > 1) history(l->history, &ev, H_ENTER, p);
    str_addn(line, p, (size_t)n);
    return LINEEDIT_LINE;
}

static lineedit_result read_plain(size_t max, str *line) {
    bool too_long = false, any = false;
    int  c;
    while ((c = getc(stdin)) != EOF) {
        any = true;
        if (c == '\n') break;
        if (line->len < max) str_addc(line, (char)c);
        else too_long = true;
    }
    if (stop_requested()) return LINEEDIT_INTERRUPTED;
    if (too_long) return LINEEDIT_TOO_LONG;
    return any ? LINEEDIT_LINE : LINEEDIT_END;
}

lineedit_result lineedit_read(lineedit *l, const char *prompt, size_t max, str *line) {
    str_clear(line);
    l->prompt         = prompt;
    lineedit_result r = l->el ? read_edited(l, max, line) : read_plain(max, line);
    while (line->len > 0 && (line->p[line->len - 1] == '\n' || line->p[line->len - 1] == '\r'))
        line->p[--line->len] = '\0';
    return r;
}
