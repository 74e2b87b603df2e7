/* wording.c -- see wording.h. A pattern is read twice where alternatives are: once to find the bars of this brace, and
 * once, inside the alternative that was drawn. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "task/phrase.h"
#include "task/wording.h"

typedef struct span {
    const char *p, *end;
} span;
typedef struct pen {
    str             *out;
    rng             *r;
    const word_slot *slots;
    bool             guard; /* put PHRASE_FROM and PHRASE_TO around slots */
} pen;

static void put(pen *w, span s);

static const bool special[256] = {['\\'] = true, ['{'] = true, ['}'] = true, ['['] = true, [']'] = true};

/* The first `stop` at depth 0 from p on, or `last`; aborts if the brackets do not match. */
static const char *find(const char *p, const char *last, char stop) {
    int depth = 0;
    for (; p < last; p++) {
        if (*p == stop && !depth) return p;
        if (!special[(unsigned char)*p]) continue;
        if (*p == '\\') p++;
        else if (*p == '{' || *p == '[') depth++;
        else if (*p == '}' || *p == ']') depth--;
        if (depth < 0) abort();
    }
    if (depth) abort();
    return last;
}

static long weight(span *s) { /* "3*": cut off */
    const char *p = s->p;
    long        v = 0;
    while (p < s->end && isdigit((unsigned char)*p)) v = v * 10 + (*p++ - '0');
    if (p == s->p || p >= s->end || *p != '*') return 1;
    s->p = p + 1;
    return v;
}

enum { ALTERNATIVES = 160 };

static void choose(pen *w, span s) {
    span alt[ALTERNATIVES];
    long to[ALTERNATIVES], sum = 0;
    int  n = 0;
    for (const char *p = s.p;; p = alt[n++].end + 1) {
        if (n == ALTERNATIVES) abort();
        alt[n]          = (span){p, find(p, s.end, '|')};
        const char *end = alt[n].end;
        to[n]           = sum += weight(&alt[n]);
        if (end == s.end) break;
    }
    long k = (long)rng_below(w->r, (uint64_t)sum);
    int  i = 0;
    while (to[i] <= k) i++;
    put(w, alt[i]);
}

static void slot(pen *w, span s) {
    size_t n = (size_t)(s.end - s.p);
    for (const word_slot *k = w->slots; k && k->name; k++)
        if (strlen(k->name) == n && !memcmp(k->name, s.p, n)) {
            if (w->guard) str_addc(w->out, PHRASE_FROM);
            str_add(w->out, k->text);
            if (w->guard) str_addc(w->out, PHRASE_TO);
            return;
        }
    abort();
}

static void put(pen *w, span s) {
    for (const char *p = s.p; p < s.end; p++) {
        const char *end;
        switch (*p) {
        case '\\':
            if (++p == s.end) abort();
            str_addc(w->out, *p);
            break;
        case '{':
        case '[':
            end = find(p + 1, s.end, *p == '{' ? '}' : ']');
            if (end == s.end) abort();
            if (*p == '{') choose(w, (span){p + 1, end});
            else if (rng_below(w->r, 2)) {
                if (find(p + 1, end, '|') == end) put(w, (span){p + 1, end});
                else choose(w, (span){p + 1, end});
            }
            p = end;
            break;
        case '<':
            end = memchr(p, '>', (size_t)(s.end - p));
            if (!end) abort();
            slot(w, (span){p + 1, end});
            p = end;
            break;
        default: str_addc(w->out, *p);
        }
    }
}

void wording_put(str *out, rng *r, const char *pattern, const word_slot *slots) {
    pen w = {out, r, slots, false};
    put(&w, (span){pattern, pattern + strlen(pattern)});
}

/* A capital at the beginning, and where a slot that begins with an article begins a sentence: "... today. a bakery".
 * Other slots may be names of columns or letters of a formula, which stay as they are. */
static void capitals(str *s) {
    static const char *const article[] = {"a ", "an ", "the ", "my ", "our ", "one "};
    if (s->len) s->p[0] = (char)toupper((unsigned char)s->p[0]);
    for (size_t i = 0; i + 3 < s->len; i++) {
        char *c = s->p + i + 3;
        if (!strchr(".?!", s->p[i]) || c[-2] != ' ' || c[-1] != PHRASE_FROM) continue;
        for (size_t k = 0; k < sizeof article / sizeof *article; k++)
            if (!strncmp(c, article[k], strlen(article[k]))) *c = (char)toupper((unsigned char)*c);
    }
}

void wording_ask(str *q, rng *r, const char *pattern, const word_slot *slots) {
    str s = {0};
    pen w = {&s, r, slots, true};
    put(&w, (span){pattern, pattern + strlen(pattern)});
    capitals(&s);
    phrase_careless(&s, r);
    for (size_t i = 0; i < s.len; i++)
        if (s.p[i] != PHRASE_FROM && s.p[i] != PHRASE_TO) str_addc(q, s.p[i]);
    str_free(&s);
}
