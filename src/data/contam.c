#include "data/contam.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/fs.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "data/lines.h"
#include "data/words.h"

enum { SETS_MAX = 4096, FILTER_BITS = 22, DEPTH_MAX = 12 };
static const size_t   LINE_MAX_ = (size_t)64 << 20, JSON_MAX = (size_t)1 << 30;
static const uint64_t BASE = 0x9e3779b97f4a7c15ull;

struct contam {
    uint64_t *run; /* [cap] 48 bits of hash, 16 of the set plus 1; 0: free */
    size_t    n, cap;
    uint64_t *filter; /* one bit by hash: most look-ups end here, in the cache */
    char    **set;
    int       n_set;
};

contam *contam_new(void) {
    contam *c = mem_calloc(1, sizeof *c);
    c->cap    = 1 << 12;
    c->run    = mem_calloc(c->cap, sizeof *c->run);
    c->filter = mem_calloc(((size_t)1 << FILTER_BITS) / 64, sizeof *c->filter);
    c->set    = mem_calloc(SETS_MAX, sizeof *c->set);
    return c;
}

void contam_free(contam *c) {
    if (!c) return;
    for (int i = 0; i < c->n_set; i++) mem_free(c->set[i]);
    mem_free(c->set);
    mem_free(c->run);
    mem_free(c->filter);
    mem_free(c);
}

int         contam_sets(const contam *c) { return c->n_set; }
const char *contam_name(const contam *c, int set) { return c->set[set]; }
long        contam_runs(const contam *c) { return (long)c->n; }

/* ---- the table */
static uint64_t *place(const contam *c, uint64_t h) {
    size_t i = (size_t)(h >> 16) & (c->cap - 1);
    while (c->run[i] && (c->run[i] ^ h) >> 16) i = (i + 1) & (c->cap - 1);
    return &c->run[i];
}

static void grow(contam *c) {
    uint64_t *old = c->run;
    size_t    n   = c->cap;
    c->cap *= 2;
    c->run = mem_calloc(c->cap, sizeof *c->run);
    for (size_t i = 0; i < n; i++)
        if (old[i]) *place(c, old[i]) = old[i];
    mem_free(old);
}

static size_t filter_bit(uint64_t h) { return (size_t)(h >> 40) & (((size_t)1 << FILTER_BITS) - 1); }

static void put(contam *c, uint64_t h, int set) {
    if (2 * c->n >= c->cap) grow(c);
    uint64_t *p = place(c, h);
    if (*p) return;
    *p = (h & ~(uint64_t)0xffff) | (uint64_t)(set + 1);
    c->n++;
    size_t bit = filter_bit(h);
    c->filter[bit / 64] |= (uint64_t)1 << bit % 64;
}

/* ---- runs: a polynomial over ten word hashes, moved on a word at a time */
typedef struct runner {
    uint64_t last[CONTAM_RUN], h, top; /* top = BASE^RUN */
    size_t   from[CONTAM_RUN];
    int      n;
} runner;

static runner runner_new(void) {
    runner r = {.top = 1};
    for (int i = 0; i < CONTAM_RUN; i++) r.top *= BASE;
    return r;
}

/* True when ten words are together; *h is their hash, never 0 above bit 16. */
static bool runner_take(runner *r, const word *w, uint64_t *h) {
    int at      = r->n++ % CONTAM_RUN;
    r->h        = r->h * BASE + w->hash - r->last[at] * r->top;
    r->last[at] = w->hash;
    r->from[at] = w->from;
    *h          = hash_u64(r->h) | ((uint64_t)1 << 63);
    return r->n >= CONTAM_RUN;
}

static void add_text(contam *c, int set, const char *p, size_t n) {
    word_scan s = {p, n, 0};
    runner    r = runner_new();
    word      w;
    uint64_t  h;
    while (words_next(&s, &w))
        if (w.kind != WORD_SYMBOL && runner_take(&r, &w, &h)) put(c, h, set);
}

/* A run of the text that is looked for: its hash, where it begins and ends. */
typedef struct probe {
    uint64_t h;
    size_t   from, to;
} probe;
enum { PROBES = 64 };

static bool test(const contam *c, const probe *p, int n, contam_hit *hit) {
    for (int i = 0; i < n; i++) {
        size_t bit = filter_bit(p[i].h);
        if (!(c->filter[bit / 64] >> bit % 64 & 1)) continue;
        const uint64_t *at = place(c, p[i].h);
        if (!*at) continue;
        if (hit) *hit = (contam_hit){(int)(*at & 0xffff) - 1, p[i].from, p[i].to - p[i].from};
        return true;
    }
    return false;
}

/* The filter is larger than the nearest cache: a batch of its words is asked for before the first is looked at. */
bool contam_find(const contam *c, const char *p, size_t n, contam_hit *hit) {
    word_scan s = {p, n, 0};
    runner    r = runner_new();
    word      w;
    probe     q[PROBES];
    int       k = 0;
    if (!c->n) return false;
    while (words_next(&s, &w)) {
        if (w.kind == WORD_SYMBOL || !runner_take(&r, &w, &q[k].h)) continue;
        q[k].from = r.from[r.n % CONTAM_RUN];
        q[k].to   = w.from + w.len;
        __builtin_prefetch(&c->filter[filter_bit(q[k].h) / 64]);
        if (++k < PROBES) continue;
        if (test(c, q, k, hit)) return true;
        k = 0;
    }
    return test(c, q, k, hit);
}

/* ---- files */
static int new_set(contam *c, const char *name) {
    if (c->n_set == SETS_MAX) return SETS_MAX - 1; /* its name is then the last one's: only what is said suffers */
    c->set[c->n_set] = mem_strdup(name);
    return c->n_set++;
}

void contam_add_text(contam *c, const char *name, const char *p, size_t n) { add_text(c, new_set(c, name), p, n); }

static void add_values(contam *c, int set, const json_t *j) {
    const char *key;
    json_t     *v;
    size_t      i;
    if (json_is_string(j)) add_text(c, set, json_string_value(j), json_string_length(j));
    else if (json_is_array(j)) json_array_foreach(j, i, v) add_values(c, set, v);
    else if (json_is_object(j)) json_object_foreach((json_t *)(uintptr_t)j, key, v) add_values(c, set, v);
}

static bool add_file(contam *c, const char *path, bool json, bool by_line, err *e) {
    text_line x;
    str       all = {0};
    lines    *l   = lines_open(path, LINE_MAX_, e);
    if (!l) return false;
    int  set = new_set(c, path);
    bool ok  = true;
    while (ok && lines_next(l, &x, e)) {
        if (x.too_long) {
            ok = err_set(e, "%s:%ld: a line of %zu bytes, expected at most %zu", path, x.number, x.whole, LINE_MAX_);
        } else if (by_line) {
            json_t *j = x.n ? json_load_mem(path, x.p, x.n, e) : NULL;
            ok        = j || !x.n || err_in(e, "line %ld", x.number);
            add_values(c, set, j);
            json_decref(j);
        } else if (all.len + x.n < JSON_MAX) {
            str_addn(&all, x.p, x.n);
            str_addc(&all, '\n');
        } else {
            ok = err_set(e, "%s: more than %zu MB", path, JSON_MAX >> 20);
        }
    }
    ok = ok && !lines_failed(l);
    if (ok && json && !by_line) {
        json_t *j = json_load_mem(path, all.p ? all.p : "", all.len, e);
        ok        = j != NULL;
        add_values(c, set, j);
        json_decref(j);
    } else if (ok && !json && all.len) {
        add_text(c, set, all.p, all.len);
    }
    str_free(&all);
    lines_close(l);
    return ok;
}

/* By its ending: 1 JSON a line, 2 JSON, 3 text; 0: another kind. */
static int kind_of(const char *path) {
    size_t n = strlen(path);
    if (n > 3 && !strcasecmp(path + n - 3, ".gz")) n -= 3;
    static const struct {
        const char *end;
        int         kind;
    } known[] = {{".jsonl", 1}, {".ndjson", 1}, {".json", 2}, {".txt", 3}, {".csv", 3}, {".tsv", 3}, {".md", 3}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t k = strlen(known[i].end);
        if (n > k && !strncasecmp(path + n - k, known[i].end, k)) return known[i].kind;
    }
    return 0;
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static bool add_path(contam *c, const char *path, int depth, err *e);

static bool add_folder(contam *c, const char *path, int depth, err *e) {
    DIR   *d = opendir(path);
    char **v = NULL;
    int    n = 0, cap = 0;
    bool   ok = true;
    if (!d) return err_set(e, "%s: cannot be opened", path);
    for (struct dirent *x; (x = readdir(d));) {
        if (x->d_name[0] == '.') continue;
        if (n == cap) v = mem_realloc(v, (size_t)(cap = cap ? 2 * cap : 16) * sizeof *v);
        v[n++] = mem_strdup(x->d_name);
    }
    closedir(d);
    if (n) qsort(v, (size_t)n, sizeof *v, by_name);
    for (int i = 0; i < n; i++) {
        str s = {0};
        str_addf(&s, "%s/%s", path, v[i]);
        bool folder = fs_is_dir(s.p);
        if (ok && (folder || (kind_of(v[i]) && !strcasestr(v[i], "train")))) ok = add_path(c, s.p, depth + 1, e);
        str_free(&s);
        mem_free(v[i]);
    }
    mem_free(v);
    return ok;
}

static bool add_path(contam *c, const char *path, int depth, err *e) {
    if (depth > DEPTH_MAX) return err_set(e, "%s: more than %d folders deep", path, DEPTH_MAX);
    if (fs_is_dir(path)) return add_folder(c, path, depth, e);
    int kind = kind_of(path);
    if (!kind) return err_set(e, "%s: expected .jsonl, .json, .txt or .csv (also .gz)", path);
    return add_file(c, path, kind <= 2, kind == 1, e);
}

bool contam_add(contam *c, const char *path, err *e) { return add_path(c, path, 0, e); }

int contam_missing(const contam *c, const char *out[], int cap) {
    static const char *const set[][4] = {{"GSM8K test", "gsm8k"},
                                         {"SVAMP", "svamp"},
                                         {"MAWPS", "mawps"},
                                         {"ASDiv", "asdiv"},
                                         {"MATH", "/math", "math500", "math_"},
                                         {"HumanEval", "humaneval", "human-eval", "human_eval"},
                                         {"MBPP", "mbpp"},
                                         {"BIG-bench", "big-bench", "bigbench", "bbh"},
                                         {"reasoning-gym", "reasoning-gym", "reasoning_gym"}};
    int                      n        = 0;
    for (size_t i = 0; i < sizeof set / sizeof *set && n < cap; i++) {
        bool found = false;
        for (int f = 0; f < c->n_set && !found; f++)
            for (int k = 1; k < 4 && set[i][k] && !found; k++) found = strcasestr(c->set[f], set[i][k]) != NULL;
        if (!found) out[n++] = set[i][0];
    }
    return n;
}
