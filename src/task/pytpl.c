/* pytpl.c -- see pytpl.h. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "task/pytpl.h"

#define NAMES 10
/* What people call a thing of this role. Roles of one program never share a name. */
static const struct {
    char        role;
    const char *name[NAMES];
} roles[] = {
    {'n', {"n", "num", "number", "limit", "n", "size"}},
    {'m', {"m", "k", "step", "m"}},
    {'a', {"a", "x", "first", "left", "a"}},
    {'b', {"b", "y", "second", "right", "b"}},
    {'c', {"c", "z", "third", "c"}},
    {'t', {"total", "result", "acc", "total", "res", "answer", "total"}},
    {'u', {"count", "cnt", "hits", "found", "count"}},
    {'v', {"best", "top", "biggest", "best"}},
    {'x', {"x", "item", "v", "val", "e", "x"}},
    {'y', {"y", "other", "w", "y"}},
    {'i', {"i", "idx", "pos", "i", "i"}},
    {'j', {"j", "p", "at", "j"}},
    {'L', {"nums", "xs", "values", "numbers", "data", "nums"}},
    {'M', {"out", "new", "picked", "kept", "out"}},
    {'N', {"ys", "rest", "others", "ys"}},
    {'s', {"s", "text", "word", "name", "s"}},
    {'r', {"out", "made", "t", "built", "out"}},
    {'h', {"ch", "c", "letter", "ch"}},
    {'W', {"words", "names", "items", "lines", "words"}},
    {'w', {"w", "word", "item", "w"}},
    {'d', {"d", "counts", "table", "scores", "d"}},
    {'e', {"seen", "done", "memo", "seen"}},
    {'k', {"key", "k", "key"}},
    {'f', {"f", "calc", "process", "solve", "work", "compute", "run", "check"}},
    {'g', {"g", "helper", "step_of", "part", "g"}},
};

static const char *const words[] = {
    "cat",    "dog",   "sun",   "tree",  "book",  "fish",   "bird",   "moon",  "star",   "rain",   "snow",
    "wind",   "lamp",  "door",  "milk",  "cake",  "apple",  "grape",  "lemon", "mango",  "peach",  "plum",
    "pear",   "table", "chair", "house", "river", "stone",  "cloud",  "plant", "green",  "blue",   "red",
    "gold",   "pink",  "gray",  "hello", "world", "python", "code",   "data",  "loop",   "list",   "tea",
    "coffee", "level", "noon",  "radar", "kayak", "banana", "orange", "paper", "pencil", "train",  "plane",
    "boat",   "car",   "bus",   "bike",  "north", "south",  "east",   "west",  "spring", "summer", "winter",
    "music",  "dance", "paint", "cloth", "bread", "soup",   "rice"};

pytpl pytpl_new(rng *r) { return (pytpl){.r = r}; }

const char *pytpl_word(rng *r) { return words[rng_below(r, sizeof words / sizeof *words)]; }

bool pytpl_chance(rng *r, int percent) { return (int)rng_below(r, 100) < percent; }

void pytpl_name(pytpl *t, char letter, const char *name) { t->name[(unsigned char)letter] = name; }

static bool taken(const pytpl *t, const char *name) {
    for (int i = 0; i < 128; i++)
        if (t->name[i] && !strcmp(t->name[i], name)) return true;
    return false;
}

static const char *variable(pytpl *t, char role) {
    const char **slot = &t->name[(unsigned char)role & 127];
    if (*slot) return *slot;
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        if (roles[i].role != role) continue;
        int n = 0;
        while (n < NAMES && roles[i].name[n]) n++;
        for (int tries = 0; tries < 40; tries++) {
            const char *name = roles[i].name[rng_below(t->r, (uint64_t)n)];
            if (!taken(t, name)) return *slot = name;
        }
        for (int k = 0; k < n; k++)
            if (!taken(t, roles[i].name[k])) return *slot = roles[i].name[k];
    }
    static const char *const any[] = {"q", "u", "z", "o", "aux", "tmp", "extra", "more", "it", "d2", "t2", "v2", "w2"};
    for (size_t k = 0; k < sizeof any / sizeof *any; k++)
        if (!taken(t, any[k])) return *slot = any[k];
    abort();
}

/* "3..5"; *p after it */
static void interval(const char **p, int *lo, int *hi) {
    char *end;
    *lo = (int)strtol(*p, &end, 10);
    if (end == *p || strncmp(end, "..", 2)) abort();
    *p  = end + 2;
    *hi = (int)strtol(*p, &end, 10);
    if (end == *p) abort();
    *p = end;
}

static long drawn(pytpl *t, const char **p) { /* after # */
    char keep = 0;
    int  lo, hi;
    if (isalpha((unsigned char)**p)) {
        keep = *(*p)++;
        if (**p == '#') {
            ++*p;
            if (!t->has[(int)keep]) abort();
            return t->kept[(int)keep];
        }
        if (*(*p)++ != '=') abort();
    }
    interval(p, &lo, &hi);
    if (*(*p)++ != '#') abort();
    long v = rng_range(t->r, lo, hi);
    if (keep) t->kept[(int)keep] = v, t->has[(int)keep] = true;
    return v;
}

static void literal(pytpl *t, str *out, const char **p) { /* after ^ */
    char kind = *(*p)++;
    int  n[2] = {1, 1}, v[2] = {0, 0};
    if (kind != 'S') interval(p, &n[0], &n[1]);
    if (kind == 'L' || kind == 'D') {
        if (*(*p)++ != ':') abort();
        interval(p, &v[0], &v[1]);
    }
    if (*(*p)++ != '^') abort();
    int k = rng_range(t->r, n[0], n[1]);
    str_add(out, kind == 'L' || kind == 'W' ? "[" : kind == 'D' ? "{" : "'");
    int from = (int)rng_below(t->r, sizeof words / sizeof *words);
    for (int i = 0; i < k; i++) {
        const char *w = kind == 'D' ? words[(from + i * 7) % (int)(sizeof words / sizeof *words)] : pytpl_word(t->r);
        if (i) str_add(out, kind == 'T' ? " " : ", ");
        if (kind == 'L') str_addf(out, "%d", rng_range(t->r, v[0], v[1]));
        else if (kind == 'D') str_addf(out, "'%s': %d", w, rng_range(t->r, v[0], v[1]));
        else if (kind == 'W') str_addf(out, "'%s'", w);
        else str_add(out, w);
    }
    str_add(out, kind == 'L' || kind == 'W' ? "]" : kind == 'D' ? "}" : "'");
}

static void put(pytpl *t, str *out, const char *p, const char *end);

static void choice(pytpl *t, str *out, const char *p, const char *end) {
    int n = 1;
    for (const char *q = p; q < end; q++) n += *q == '|';
    for (int k = (int)rng_below(t->r, (uint64_t)n); k > 0; k--) p = (const char *)memchr(p, '|', (size_t)(end - p)) + 1;
    const char *to = memchr(p, '|', (size_t)(end - p));
    put(t, out, p, to ? to : end);
}

static void put(pytpl *t, str *out, const char *p, const char *end) {
    while (p < end) {
        char        c = *p++;
        const char *to;
        switch (c) {
        case '$': str_add(out, variable(t, *p++)); break;
        case '#': str_addf(out, "%ld", drawn(t, &p)); break;
        case '^': literal(t, out, &p); break;
        case '~':
            to = memchr(p, '~', (size_t)(end - p));
            if (!to) abort();
            choice(t, out, p, to);
            p = to + 1;
            break;
        default: str_addc(out, c);
        }
    }
}

void pytpl_put(pytpl *t, str *out, const char *text) { put(t, out, text, text + strlen(text)); }
