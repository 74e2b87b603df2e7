#include "data/reader.h"
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include "base/fs.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "data/gsm8k.h"
#include "data/lines.h"

enum { LINE_LONGEST = 4 << 20, BUFFER = 1 << 16 };
static const size_t LIST_MAX = (size_t)256 << 20;

struct reader {
    const manifest_source *s;
    char                 **file;
    int                    n_file, at; /* file[at - 1] is open */
    lines                 *l;
    json_t                *list; /* a .json file as a whole, and the next of its elements */
    size_t                 next;
    str                    text; /* what is read and not handed out yet, from text_at */
    size_t                 text_at;
    bool                   text_end; /* no more of this file */
    bool                   failed;
    long                   docs, other, fault[TEXT_FAULTS], gsm[GSM8K_FAULTS];
};

/* ---- files */
static bool ends(const char *s, const char *end) { return str_ends(s, end); }

reader *reader_open(const manifest_source *s, err *e) {
    reader *r = mem_calloc(1, sizeof *r);
    r->s      = s;
    for (int i = 0; i < s->n_path; i++) {
        glob_t g;
        if (glob(s->path[i], 0, NULL, &g) == 0) { /* sorted */
            for (size_t k = 0; k < g.gl_pathc; k++) {
                if (fs_is_dir(g.gl_pathv[k])) continue;
                r->file              = mem_realloc(r->file, ((size_t)r->n_file + 1) * sizeof *r->file);
                r->file[r->n_file++] = mem_strdup(g.gl_pathv[k]);
            }
            globfree(&g);
        }
    }
    if (r->n_file) return r;
    err_set(e, "source %s: no file is called %s%s", s->name, s->n_path ? s->path[0] : "", s->n_path > 1 ? ", ..." : "");
    reader_close(r);
    return NULL;
}

void reader_close(reader *r) {
    if (!r) return;
    for (int i = 0; i < r->n_file; i++) mem_free(r->file[i]);
    mem_free(r->file);
    lines_close(r->l);
    json_decref(r->list);
    str_free(&r->text);
    mem_free(r);
}

bool reader_failed(const reader *r) { return r->failed; }

static bool load_list(reader *r, err *e) {
    str       all = {0};
    text_line x;
    bool      ok = true;
    while (ok && lines_next(r->l, &x, e)) {
        str_addn(&all, x.p, x.n);
        str_addc(&all, '\n');
        if (all.len > LIST_MAX || x.too_long)
            ok = err_set(e, "%s: a list of more than %zu MB or a line of more than %d MB", r->file[r->at - 1],
                         LIST_MAX >> 20, LINE_LONGEST >> 20);
    }
    ok      = ok && !lines_failed(r->l);
    r->list = ok ? json_load_mem(r->file[r->at - 1], all.p ? all.p : "", all.len, e) : NULL;
    r->next = 0;
    str_free(&all);
    return r->list != NULL;
}

/* The next file; false when there is none, or (failed) it cannot be opened. */
static bool next_file(reader *r, err *e) {
    lines_close(r->l);
    json_decref(r->list);
    r->l        = NULL;
    r->list     = NULL;
    r->text_end = false;
    if (r->failed || r->at == r->n_file) return false;
    const char *path = r->file[r->at++];
    r->l             = lines_open(path, LINE_LONGEST, e);
    if (r->l && (r->s->kind == SOURCE_TEXT || !ends(path, ".json") || load_list(r, e))) return true;
    r->failed = true;
    return false;
}

/* ---- text */
static bool blank_line(const char *p, size_t n) {
    for (size_t i = 0; i < n && p[i] != '\n'; i++)
        if (p[i] != ' ' && p[i] != '\t' && p[i] != '\r') return false;
    return true;
}

size_t reader_passage(const char *p, size_t n, size_t from, size_t want) {
    size_t limit = n - from > want + want / 2 ? from + want + want / 2 : n, flush = 0, line = 0;
    if (n - from <= want) return n;
    for (size_t at = from + want; at < limit;) {
        const char *nl = memchr(p + at, '\n', limit - at);
        if (!nl) break;
        at = (size_t)(nl - p) + 1;
        if (at == n || blank_line(p + at, n - at)) return at;
        if (!flush && p[at] != ' ' && p[at] != '\t') flush = at;
        if (!line) line = at;
    }
    if (flush || line || limit == n) return flush ? flush : line ? line : n;
    for (size_t at = limit; at > from + want / 2; at--)
        if (p[at - 1] == ' ') return at;
    while (limit < n && ((unsigned char)p[limit] & 0xC0) == 0x80) limit++; /* not inside a character */
    return limit;
}

static void fill_text(reader *r, err *e) {
    text_line x;
    if (r->text_at) {
        memmove(r->text.p, r->text.p + r->text_at, r->text.len - r->text_at + 1);
        r->text.len -= r->text_at;
        r->text_at = 0;
    }
    while (!r->text_end && r->text.len < BUFFER) {
        if (!lines_next(r->l, &x, e)) {
            r->text_end = true;
            r->failed   = r->failed || lines_failed(r->l);
            break;
        }
        str_addn(&r->text, x.p, x.n);
        str_addc(&r->text, '\n');
    }
}

/* The next passage of r->text into p; false when more has to be read first. */
static bool take_passage(reader *r, problem *p) {
    size_t want = (size_t)r->s->bytes;
    while (r->text_at < r->text.len && r->text.p[r->text_at] == '\n') r->text_at++;
    if (r->text_at == r->text.len) return false;
    size_t to = reader_passage(r->text.p, r->text.len, r->text_at, want), n = to - r->text_at;
    problem_clear(p);
    str_addn(&p->question, r->text.p + r->text_at, n);
    while (p->question.len && strchr(" \n\t", p->question.p[p->question.len - 1]))
        p->question.p[--p->question.len] = '\0';
    r->text_at = to;
    return true;
}

static bool keep_text(reader *r, const problem *p) {
    text_fault f = textfilter_judge(p->question.p ? p->question.p : "", p->question.len, r->s->language);
    r->fault[f]++;
    return f == TEXT_OK;
}

static row_kind next_text(reader *r, problem *p, err *e) {
    for (;;) {
        if (r->l && (!r->text_end && r->text.len - r->text_at < BUFFER / 2)) fill_text(r, e);
        if (take_passage(r, p)) {
            if (keep_text(r, p)) return ROW_TEXT;
        } else if (!r->l || r->text_end) {
            if (!next_file(r, e)) return ROW_BAD;
        }
    }
}

/* ---- JSON */
static bool get(const json_t *o, const char *key, str *out) {
    const json_t *v = json_object_get(o, key);
    if (!json_is_string(v)) return false;
    str_addn(out, json_string_value(v), json_string_length(v));
    return true;
}

/* The last answer of a conversation; what came before it is the question. */
static row_kind from_messages(const json_t *list, problem *p) {
    size_t n = json_array_size(list);
    while (n) {
        const char *role = json_string_value(json_object_get(json_array_get(list, n - 1), "role"));
        if (role && !strcmp(role, "assistant")) break;
        n--;
    }
    if (n < 2) return ROW_BAD;
    for (size_t i = 0; i + 1 < n; i++) {
        const json_t *m = json_array_get(list, i);
        if (p->question.len) str_add(&p->question, "\n\n");
        if (!get(m, "content", &p->question)) return ROW_BAD;
    }
    const json_t *last = json_array_get(list, n - 1);
    get(last, "reasoning_content", &p->reasoning);
    return get(last, "content", &p->answer) ? ROW_TAUGHT : ROW_BAD;
}

static row_kind from_object(const json_t *o, problem *p) {
    problem_clear(p);
    if (json_is_array(json_object_get(o, "messages"))) return from_messages(json_object_get(o, "messages"), p);
    if (get(o, "text", &p->question)) return ROW_TEXT;
    if (get(o, "instruction", &p->question)) {
        const json_t *one = json_array_get(json_object_get(o, "instances"), 0);
        str           in  = {0};
        if (!get(one ? one : o, "input", &in)) str_clear(&in);
        if (in.len) str_addf(&p->question, "\n\n%s", in.p);
        str_free(&in);
        return get(one ? one : o, "output", &p->answer) ? ROW_TAUGHT : ROW_BAD;
    }
    get(o, "reasoning", &p->reasoning);
    get(o, "truth", &p->truth);
    return get(o, "question", &p->question) && get(o, "answer", &p->answer) ? ROW_TAUGHT : ROW_BAD;
}

row_kind reader_json(const char *line, size_t n, problem *p, char why[ROWS_WHY]) {
    err      e = {""};
    json_t  *o = json_load_mem("row", line, n, &e);
    row_kind k = ROW_BAD;
    if (!o) snprintf(why, ROWS_WHY, "%.*s", ROWS_WHY - 1, e.msg);
    else if (json_object_get(o, "family")) k = rows_any(line, n, p, NULL, why);
    else if ((k = from_object(o, p)) == ROW_BAD) snprintf(why, ROWS_WHY, "none of the forms that are read");
    json_decref(o);
    return k;
}

static row_kind recast(reader *r, problem *p) {
    char       *q = mem_strdup(p->question.p ? p->question.p : ""), *a = mem_strdup(p->answer.p ? p->answer.p : "");
    gsm8k_fault f = gsm8k_recast(q, a, p);
    r->gsm[f]++;
    mem_free(q);
    mem_free(a);
    return f == GSM8K_OK ? ROW_TAUGHT : ROW_BAD;
}

/* The next element of the file; ROW_BAD with *end when it has no more. */
static row_kind next_object(reader *r, problem *p, bool *end, err *e) {
    char      why[ROWS_WHY];
    row_kind  k = ROW_BAD;
    text_line x;
    if (r->list) {
        json_t *o = json_array_get(r->list, r->next++);
        *end      = !o;
        if (o) k = from_object(o, p);
    } else {
        *end = !r->l || !lines_next(r->l, &x, e);
        if (*end && r->l && lines_failed(r->l)) r->failed = true;
        if (!*end && !x.n) return ROW_BAD;
        if (!*end && !x.too_long) k = reader_json(x.p, x.n, p, why);
    }
    if (!*end && k == ROW_BAD) r->other++;
    return k;
}

static row_kind next_json(reader *r, problem *p, err *e) {
    for (;;) {
        bool end = false;
        if (take_passage(r, p)) { /* the rest of a long text */
            if (keep_text(r, p)) return ROW_TEXT;
            continue;
        }
        row_kind k = next_object(r, p, &end, e);
        if (end && !next_file(r, e)) return ROW_BAD;
        if (end || k == ROW_BAD) continue;
        if (r->s->kind == SOURCE_GSM8K) {
            if (k == ROW_TAUGHT && recast(r, p) == ROW_TAUGHT) return ROW_TAUGHT;
            r->other += k != ROW_TAUGHT;
        } else if (k != ROW_TEXT) {
            return k;
        } else {
            str_clear(&r->text);
            r->text_at = 0;
            str_addn(&r->text, p->question.p ? p->question.p : "", p->question.len);
        }
    }
}

row_kind reader_next(reader *r, problem *p, err *e) {
    row_kind k = r->s->kind == SOURCE_TEXT ? next_text(r, p, e) : next_json(r, p, e);
    r->docs += k != ROW_BAD;
    return k;
}

static void drops(str *out, bool *any, const char *name, long n) {
    if (!n) return;
    str_addf(out, "%s %ld %s", *any ? "," : "; dropped", n, name);
    *any = true;
}

void reader_report(const reader *r, str *out) {
    bool any = false;
    str_addf(out, "%s: %ld documents of %d of %d files", r->s->name, r->docs, r->at, r->n_file);
    for (int i = 1; i < TEXT_FAULTS; i++) drops(out, &any, textfilter_names[i], r->fault[i]);
    for (int i = 1; i < GSM8K_FAULTS; i++) drops(out, &any, gsm8k_names[i], r->gsm[i]);
    drops(out, &any, "of no known form", r->other);
}
