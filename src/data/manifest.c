#include "data/manifest.h"
#include <ini.h>
#include <stdio.h>
#include <string.h>
#include "base/fs.h"
#include "base/mem.h"

typedef struct reading {
    const char *what, *p, *dir;
    int         line;
    bool        too_long, failed;
    manifest   *m;
    err        *e;
} reading;

static bool fault(reading *r, const char *why) {
    char said[400];
    snprintf(said, sizeof said, "%s", why);
    if (!r->failed) err_set(r->e, "%s:%d: %s", r->what, r->line, said);
    r->failed = true;
    return false;
}

static bool fault_value(reading *r, const char *key, const char *expected, const char *found) {
    char why[300];
    snprintf(why, sizeof why, "%s: expected %s, found \"%.60s\"", key, expected, found);
    return fault(r, why);
}

/* One line for inih, without leading blanks (to inih they mean that the line before goes on). */
static char *next_line(char *buf, int cap, void *stream) {
    reading *r = stream;
    if (!*r->p || r->too_long) return NULL;
    size_t n = strcspn(r->p, "\n") + 1;
    if (!r->p[n - 1]) n--;
    const char *p = r->p, *end = r->p + n;
    r->p = end;
    r->line++;
    while (p < end && (*p == ' ' || *p == '\t')) p++;
    if (end - p >= cap) {
        r->too_long = true;
        return NULL;
    }
    memcpy(buf, p, (size_t)(end - p));
    buf[end - p] = '\0';
    return buf;
}

static manifest_source *source_of(reading *r, const char *name) {
    manifest *m = r->m;
    for (int i = 0; i < m->n; i++)
        if (!strcmp(m->src[i].name, name)) return &m->src[i];
    if (m->n == MANIFEST_SOURCES || strlen(name) >= sizeof m->src->name) {
        fault(r, "too many sources, or too long a name");
        return NULL;
    }
    manifest_source *s = &m->src[m->n++];
    snprintf(s->name, sizeof s->name, "%s", name);
    s->line  = r->line;
    s->share = -1;
    s->bytes = 1200;
    s->kind  = SOURCE_TEXT;
    return s;
}

static void add_path(char ***list, int *n, const char *dir, const char *path) {
    str s = {0};
    if (*path != '/' && *dir) str_addf(&s, "%s/", dir);
    str_add(&s, path);
    *list           = mem_realloc(*list, (size_t)(*n + 1) * sizeof **list);
    (*list)[(*n)++] = str_take(&s);
}

/* One of "a|b|c", or -1. */
static int choice(const char *names, const char *value) {
    size_t n = strlen(value);
    for (int i = 0; *names; i++) {
        size_t k = strcspn(names, "|");
        if (k == n && !memcmp(names, value, n)) return i;
        names += k + (names[k] == '|');
    }
    return -1;
}

static bool set_families(reading *r, manifest_source *s, const char *value) {
    char w[64];
    if (!s->fam) s->fam = mem_calloc((size_t)family_count(), sizeof *s->fam);
    for (const char *p = value; *(p += strspn(p, " \t,"));) {
        size_t n     = strcspn(p, " \t,");
        int    found = 0;
        snprintf(w, sizeof w, "%.*s", (int)(n < sizeof w ? n : sizeof w - 1), p);
        p += n;
        for (int i = 0; i < family_count(); i++) {
            const family *f = family_at(i);
            if (strcmp(w, "all") != 0 && strcmp(w, f->name) != 0 && strcmp(w, f->field) != 0) continue;
            found++;
            bool have = false;
            for (int k = 0; k < s->n_fam; k++) have = have || s->fam[k] == f;
            if (!have) s->fam[s->n_fam++] = f;
        }
        s->named = true;
        if (!found && choice("education|programming|research|business", w) < 0)
            return fault_value(r, "families", "a family, a field or all", w);
    }
    return s->named ? true : fault_value(r, "families", "names", value);
}

static bool set_levels(reading *r, manifest_source *s, const char *value) {
    int n = 0, level, used;
    for (const char *p = value; *(p += strspn(p, " \t,")); n++) {
        double w = 1;
        if (sscanf(p, "%d%n", &level, &used) != 1 || level < 1 || level > MANIFEST_LEVELS)
            return fault_value(r, "levels", "levels in 1..10, or LEVEL:WEIGHT", p);
        p += used;
        if (*p == ':') {
            if (sscanf(p + 1, "%lf%n", &w, &used) != 1 || !(w > 0 && w <= 1e6))
                return fault_value(r, "levels", "a weight above 0", p + 1);
            p += used + 1;
        }
        s->level[level] = w;
    }
    return n ? true : fault_value(r, "levels", "levels", value);
}

static bool set_key(reading *r, manifest_source *s, const char *key, const char *value) {
    int c;
    if (!strcmp(key, "kind")) {
        if ((c = choice("families|text|jsonl|gsm8k", value)) < 0)
            return fault_value(r, key, "families, text, jsonl or gsm8k", value);
        s->kind = (source_kind)c;
    } else if (!strcmp(key, "share")) {
        if (!str_to_f64(value, &s->share) || !(s->share >= 0 && s->share <= 1e6))
            return fault_value(r, key, "a number in 0..1e6", value);
    } else if (!strcmp(key, "bytes")) {
        double v;
        if (!str_to_f64(value, &v) || !(v >= 100 && v <= 20000))
            return fault_value(r, key, "a number in 100..20000", value);
        s->bytes = (int)v;
    } else if (!strcmp(key, "language")) {
        if ((c = choice("english|code|any", value)) < 0) return fault_value(r, key, "english, code or any", value);
        s->language = (text_lang)c;
    } else if (!strcmp(key, "path")) {
        if (!*value) return fault_value(r, key, "a file or a pattern", value);
        add_path(&s->path, &s->n_path, r->dir, value);
    } else if (!strcmp(key, "licence")) {
        snprintf(s->licence, sizeof s->licence, "%s", value);
    } else if (!strcmp(key, "url")) {
        snprintf(s->url, sizeof s->url, "%s", value);
    } else if (!strcmp(key, "families")) {
        return set_families(r, s, value);
    } else if (!strcmp(key, "levels")) {
        return set_levels(r, s, value);
    } else {
        return fault_value(r, "key", "kind, share, path, licence, url, language, bytes, families or levels", key);
    }
    return true;
}

static int on_pair(void *user, const char *section, const char *key, const char *value) {
    reading *r = user;
    if (r->failed) return 0;
    if (!*section) return fault(r, "stands before the first [section]");
    if (!strcmp(section, "against")) {
        if (strcmp(key, "path") != 0 || !*value) return fault_value(r, "[against]", "path = FILE or FOLDER", key);
        add_path(&r->m->against, &r->m->n_against, r->dir, value);
        return 1;
    }
    manifest_source *s = source_of(r, section);
    return s && set_key(r, s, key, value);
}

static bool complete(reading *r) {
    double sum = 0;
    for (int i = 0; i < r->m->n; i++) {
        manifest_source *s = &r->m->src[i];
        double           w = 0;
        char             why[160];
        r->line = s->line;
        snprintf(why, sizeof why, "[%s]: ", s->name);
        size_t n = strlen(why);
        for (int l = 1; l <= MANIFEST_LEVELS; l++) w += s->level[l];
        for (int l = 1; l <= MANIFEST_LEVELS && w <= 0; l++) s->level[l] = 1;
        const char *lacks = s->share < 0                                   ? "share = WEIGHT is missing"
                            : s->kind == SOURCE_FAMILIES && !s->named      ? "families = NAMES is missing"
                            : s->kind != SOURCE_FAMILIES && !s->n_path     ? "path = FILE is missing"
                            : s->kind != SOURCE_FAMILIES && !s->licence[0] ? "licence = NAME is missing"
                                                                           : NULL;
        if (lacks) {
            snprintf(why + n, sizeof why - n, "%s", lacks);
            return fault(r, why);
        }
        sum += s->share;
    }
    return sum > 0 ? true : fault(r, "no source has a share");
}

manifest *manifest_parse(const char *what, const char *text, const char *dir, err *e) {
    manifest *m = mem_calloc(1, sizeof *m);
    m->src      = mem_calloc(MANIFEST_SOURCES, sizeof *m->src);
    reading r   = {.what = what, .p = text, .dir = dir, .m = m, .e = e};
    int     rc  = ini_parse_stream(next_line, &r, on_pair, &r);
    if (r.too_long) fault(&r, "line too long");
    if (rc && !r.failed) {
        r.line = rc > 0 ? rc : r.line;
        fault(&r, "expected [section], key = value or a comment");
    }
    if (!r.failed && complete(&r)) return m;
    manifest_free(m);
    return NULL;
}

manifest *manifest_load(const char *path, err *e) {
    size_t      n     = 0;
    char       *text  = fs_read(path, 1 << 20, &n, e);
    const char *slash = strrchr(path, '/');
    str         dir   = {0};
    if (!text) return NULL;
    str_addn(&dir, path, slash ? (size_t)(slash - path) : 0);
    manifest *m = manifest_parse(path, text, slash == path ? "/" : dir.p ? dir.p : "", e);
    str_free(&dir);
    mem_free(text);
    return m;
}

void manifest_free(manifest *m) {
    if (!m) return;
    for (int i = 0; i < m->n; i++) {
        for (int k = 0; k < m->src[i].n_path; k++) mem_free(m->src[i].path[k]);
        mem_free(m->src[i].path);
        mem_free(m->src[i].fam);
    }
    for (int i = 0; i < m->n_against; i++) mem_free(m->against[i]);
    mem_free(m->against);
    mem_free(m->src);
    mem_free(m);
}
