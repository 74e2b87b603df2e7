#include "data/texts.h"
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "base/fs.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "data/gsm8k.h"
#include "data/reader.h"

enum { FILES_MAX = 65535, PARTS_MAX = 65535 };

typedef struct chunk { /* bytes of a file; part: which window of the text in that line */
    uint64_t from;
    uint32_t len;
    uint16_t file, part;
} chunk;
struct texts {
    fs_file *file;
    bool    *json;
    int      n_file;
    chunk   *c;
    int      n, cap;
    size_t   want;
    bool     gsm8k;
};

static const char *bytes(const texts *x, int file) { return (const char *)x->file[file].p; }

/* Where the window that starts at `from` ends: after the first newline past `want` bytes, or soon after `want`. */
static size_t window_end(const char *p, size_t n, size_t from, size_t want) {
    if (n - from <= want + want / 2) return n;
    size_t      at = from + want, limit = from + want + want / 2;
    const char *nl = memchr(p + at, '\n', limit - at);
    if (nl) return (size_t)(nl - p) + 1;
    while (((unsigned char)p[at] & 0xC0) == 0x80) at++; /* not inside a character */
    return at;
}

static bool in_split(const texts_spec *s, const char *p, size_t n) {
    char key[32];
    snprintf(key, sizeof key, "text:%016llx", (unsigned long long)hash_bytes(p, n));
    return split_of(key) == s->split;
}

static void add(texts *x, chunk c) {
    if (x->n == x->cap) {
        x->cap = x->cap ? 2 * x->cap : 256;
        x->c   = mem_realloc(x->c, (size_t)x->cap * sizeof *x->c);
    }
    x->c[x->n++] = c;
}

static bool wanted(const texts_spec *s, const char *p, size_t n) {
    if (!in_split(s, p, n)) return false;
    return !s->filter || textfilter_judge(p, n, (text_lang)(s->filter - 1)) == TEXT_OK;
}

static void cut_text(texts *x, const texts_spec *s, int f) {
    const char *p = bytes(x, f);
    size_t      n = x->file[f].n;
    for (size_t from = 0, to; from < n; from = to) {
        to = window_end(p, n, from, x->want);
        if (wanted(s, p + from, to - from)) add(x, (chunk){from, (uint32_t)(to - from), (uint16_t)f, 0});
    }
}

static row_kind decode(const texts *x, const char *p, size_t n, problem *out) {
    char     why[ROWS_WHY];
    row_kind k = reader_json(p, n, out, why);
    if (!x->gsm8k || k != ROW_TAUGHT) return k;
    char       *q   = mem_strdup(out->question.p ? out->question.p : "");
    char       *a   = mem_strdup(out->answer.p ? out->answer.p : "");
    gsm8k_fault bad = gsm8k_recast(q, a, out);
    mem_free(q);
    mem_free(a);
    return bad ? ROW_BAD : ROW_TAUGHT;
}

static void cut_line(texts *x, const texts_spec *s, chunk c, problem *p) {
    row_kind k = decode(x, bytes(x, c.file) + c.from, c.len, p);
    if (k == ROW_BAD) return;
    if (k != ROW_TEXT) {
        if (in_split(s, bytes(x, c.file) + c.from, c.len)) add(x, c);
        return;
    }
    const char *t = p->question.p ? p->question.p : "";
    for (size_t from = 0, to, part = 0; from < p->question.len && part < PARTS_MAX; from = to, part++) {
        to = window_end(t, p->question.len, from, x->want);
        if (!wanted(s, t + from, to - from)) continue;
        c.part = (uint16_t)part;
        add(x, c);
    }
}

static void cut_json(texts *x, const texts_spec *s, int f) {
    const char *p = bytes(x, f);
    size_t      n = x->file[f].n;
    problem     q = {0};
    for (size_t from = 0, to; from < n; from = to + 1) {
        const char *nl = memchr(p + from, '\n', n - from);
        to             = nl ? (size_t)(nl - p) : n;
        if (to > from && to - from < UINT32_MAX)
            cut_line(x, s, (chunk){from, (uint32_t)(to - from), (uint16_t)f, 0}, &q);
    }
    problem_free(&q);
}

static bool open_file(texts *x, const texts_spec *s, const char *path, err *e) {
    int    f = x->n_file;
    size_t bad;
    x->file = mem_realloc(x->file, ((size_t)f + 1) * sizeof *x->file);
    x->json = mem_realloc(x->json, ((size_t)f + 1) * sizeof *x->json);
    if (!fs_map(path, &x->file[f], e)) return false;
    x->json[f] = s->gsm8k || str_ends(path, ".jsonl") || str_ends(path, ".ndjson");
    x->n_file++;
    if (x->json[f]) return cut_json(x, s, f), true;
    if (!utf8_valid(bytes(x, f), x->file[f].n, &bad))
        return err_set(e, "%s: not UTF-8 at byte %zu, expected a text file", path, bad);
    cut_text(x, s, f);
    return true;
}

/* The files of a pattern, sorted; a name without a match stands for itself, so that the error names it. */
static void expand(const char *path, glob_t *g) {
    memset(g, 0, sizeof *g);
    if (!fs_exists(path) && glob(path, 0, NULL, g) != 0) g->gl_pathc = 0;
}

texts *texts_open(const texts_spec *s, err *e) {
    texts *x  = mem_calloc(1, sizeof *x);
    glob_t g  = {0};
    bool   ok = true;
    x->want   = s->want;
    x->gsm8k  = s->gsm8k;
    expand(s->path, &g);
    if (!g.gl_pathc) ok = open_file(x, s, s->path, e);
    for (size_t i = 0; ok && i < g.gl_pathc && x->n_file < FILES_MAX; i++)
        if (!fs_is_dir(g.gl_pathv[i])) ok = open_file(x, s, g.gl_pathv[i], e);
    if (ok && !x->n) {
        size_t n = 0;
        for (int i = 0; i < x->n_file; i++) n += x->file[i].n;
        ok = err_set(e, "%s: %zu bytes are too few for a text of this split, expected some hundred times %zu", s->path,
                     n, s->want / 2);
    }
    if (g.gl_pathc) globfree(&g);
    if (ok) return x;
    texts_close(x);
    return NULL;
}

void texts_close(texts *x) {
    if (!x) return;
    for (int i = 0; i < x->n_file; i++) fs_unmap(&x->file[i]);
    mem_free(x->file);
    mem_free(x->json);
    mem_free(x->c);
    mem_free(x);
}

int texts_count(const texts *x) { return x->n; }

row_kind texts_get(const texts *x, int i, problem *p) {
    const chunk *c = &x->c[i];
    const char  *s = bytes(x, c->file) + c->from;
    problem_clear(p);
    if (!x->json[c->file]) return str_addn(&p->question, s, c->len), ROW_TEXT;
    row_kind k = decode(x, s, c->len, p);
    if (k != ROW_TEXT) return k;
    size_t from = 0, to = window_end(p->question.p, p->question.len, 0, x->want);
    for (int part = 0; part < c->part; part++) {
        from = to;
        to   = window_end(p->question.p, p->question.len, from, x->want);
    }
    memmove(p->question.p, p->question.p + from, to - from);
    p->question.len          = to - from;
    p->question.p[to - from] = '\0';
    return ROW_TEXT;
}

long long texts_size(const char *path) {
    struct stat st;
    glob_t      g = {0};
    long long   n = -1;
    expand(path, &g);
    if (!g.gl_pathc && stat(path, &st) == 0) n = (long long)st.st_size;
    for (size_t i = 0; i < g.gl_pathc; i++)
        if (stat(g.gl_pathv[i], &st) == 0 && S_ISREG(st.st_mode)) n = (n < 0 ? 0 : n) + (long long)st.st_size;
    if (g.gl_pathc) globfree(&g);
    return n;
}
