/* pyclaim.c -- see pyclaim.h. */
#include <ctype.h>
#include <string.h>
#include "task/pyclaim.h"

void pyclaim_trim(str *s) {
    size_t k = 0;
    for (size_t i = 0; i < s->len; i++) {
        if (s->p[i] == '\n')
            while (k && (s->p[k - 1] == ' ' || s->p[k - 1] == '\r')) k--;
        s->p[k++] = s->p[i];
    }
    while (k && isspace((unsigned char)s->p[k - 1])) k--;
    s->len = k;
    if (s->p) s->p[k] = 0;
}

static void claim(pyclaim *c, const char *s, size_t n) {
    str one = {0};
    str_clear(&one);
    str_addn(&one, s, n);
    pyclaim_trim(&one);
    if (!c->different || strcmp(one.p, c->one.p)) c->different++;
    str_free(&c->one);
    c->one = one;
}

/* Fenced blocks, or else bold parts, or else inline code; the rest is prose. */
static void collect(pyclaim *c, const char *a, const char *mark) {
    size_t n = strlen(mark);
    str_clear(&c->prose);
    while (*a) {
        const char *from = strstr(a, mark), *to = from ? strstr(from + n, n == 3 ? "\n```" : mark) : NULL;
        if (!to) break;
        str_addn(&c->prose, a, (size_t)(from - a));
        str_add(&c->prose, " | ");
        if (n == 3) { /* a block of Python is the program once more */
            const char *nl     = strchr(from, '\n');
            bool        python = !strncmp(from + 3, "py", 2);
            if (!python) claim(c, nl + 1, nl + 1 > to ? 0 : (size_t)(to - nl - 1));
            to++;
        } else {
            claim(c, from + n, (size_t)(to - from) - n);
        }
        a = to + n;
    }
    str_add(&c->prose, a);
}

/* Text without any marks: what follows "prints" or "output is" up to the end of the line, or all of a single line. */
static void plain(pyclaim *c, const char *a, const char *const *words) {
    for (int i = 0; words[i]; i++) {
        const char *p = strstr(a, words[i]);
        if (!p) continue;
        const char *from = p + strlen(words[i]);
        size_t      n    = strcspn(from, "\n");
        while (n && strchr(" .", from[n - 1])) n--;
        str_clear(&c->prose);
        str_addn(&c->prose, a, (size_t)(p - a));
        str_add(&c->prose, from + n);
        if (!c->different) claim(c, from, n);
        if (from[n] && strstr(from + n, words[i])) c->different++;
    }
    if (c->different) return;
    while (isspace((unsigned char)*a)) a++;
    size_t n = strlen(a);
    while (n && isspace((unsigned char)a[n - 1])) n--;
    str_clear(&c->prose);
    claim(c, a, n);
}

bool pyclaim_denied(const char *prose) {
    static const char *const words[] = {" not ",   "n't ",       "n't",        " never ", "wrong",   "?",
                                        "maybe",   "perhaps",    "unsure",     "guess",   "except",  "error",
                                        "nothing", "raises",     "instead of", "cannot",  "neither", "incorrect",
                                        "unless",  "false that", " or |",      "before ", NULL};
    str                      low     = {0};
    bool                     found   = false;
    str_addc(&low, ' ');
    for (; *prose; prose++) str_addc(&low, (char)tolower((unsigned char)*prose));
    str_addc(&low, ' ');
    for (int i = 0; words[i] && !found; i++) found = strstr(low.p, words[i]) != NULL;
    str_free(&low);
    return found;
}

void pyclaim_find(pyclaim *c, const char *text, const char *const *words) {
    str_clear(&c->one);
    collect(c, text, "```");
    if (c->different) return;
    str prose        = c->prose;
    c->prose         = (str){0};
    const char *bold = strstr(prose.p, "**"), *tick = strchr(prose.p, '`');
    bool        ticks = tick && (!bold || tick < bold); /* `a**b` is code that holds stars */
    collect(c, prose.p, ticks ? "`" : "**");
    if (!c->different) collect(c, prose.p, ticks ? "**" : "`");
    if (!c->different) plain(c, prose.p, words);
    str_free(&prose);
}

void pyclaim_free(pyclaim *c) {
    str_free(&c->one);
    str_free(&c->prose);
    c->different = 0;
}
