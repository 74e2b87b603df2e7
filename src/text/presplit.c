/* A pre-tokenizer is a list of steps. Each step cuts every piece of the list before it, seeing the piece as a text of
 * its own. Two lists of (offset, length) change places; only ByteLevel with add_prefix_space writes text (a copy in
 * which every piece starts with a space).
 *
 * Regular expressions are written for Oniguruma with Ruby syntax, and run here by PCRE2 in UTF and UCP mode. What
 * differs is translated (`\s` to the White_Space property: PCRE2's includes U+180E) or refused (`\h`, `&&` in a class).
 */
#include "text/presplit.h"
#include <string.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"

typedef enum { STEP_REGEX, STEP_LITERAL, STEP_DIGITS, STEP_PREFIX } step_kind;
typedef enum { ISOLATED, REMOVED, CONTIGUOUS, WITH_PREVIOUS, WITH_NEXT } behaviour;

typedef struct step {
    step_kind   kind;
    behaviour   how;
    bool        invert;
    bool        each; /* Digits: every digit alone */
    char       *text; /* the pattern as written */
    pcre2_code *re;
} step;

struct presplit {
    const uclass  *u;
    fastsplit_kind fast;
    int            n, cap;
    step          *steps;
    bool           byte_level;
};

typedef struct span {
    size_t at, n;
} span;
typedef struct spans {
    span  *v;
    size_t n, cap;
} spans;

struct presplit_work {
    spans                a, b;
    str                  copy;
    pcre2_match_data    *match;
    pcre2_match_context *context;
    pcre2_jit_stack     *stack;
};

static void spans_add(spans *s, size_t at, size_t n) {
    if (s->n == s->cap) {
        s->cap = s->cap ? s->cap * 2 : 256;
        s->v   = mem_realloc(s->v, s->cap * sizeof *s->v);
    }
    s->v[s->n++] = (span){at, n};
}

/* ---- regular expressions ---- */

#define WHITE "\\t-\\r \\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}"

/* One escape at p (p[0] == '\\'); true if it was translated or copied. */
static bool translate_escape(const char *p, bool in_class, str *out, err *e) {
    switch (p[1]) {
    case 's': str_add(out, in_class ? WHITE : "[" WHITE "]"); return true;
    case 'S':
        if (in_class) return err_set(e, "\\S inside a character class is not supported");
        str_add(out, "[^" WHITE "]");
        return true;
    case 'h':
    case 'H':
    case 'R':
    case 'X': return err_set(e, "\\%c has another meaning in Oniguruma and is not supported", p[1]);
    case 0: return err_set(e, "it ends in a backslash");
    default: str_addn(out, p, 2); return true;
    }
}

static bool translate(const char *p, str *out, err *e) {
    bool in_class = false;
    for (; *p; p++) {
        if (*p == '\\') {
            if (!translate_escape(p, in_class, out, e)) return false;
            p++;
        } else if (in_class && p[0] == '&' && p[1] == '&') {
            return err_set(e, "&& inside a character class is not supported");
        } else if (in_class && *p == '[' && p[1] != ':') {
            return err_set(e, "a class inside a character class is not supported");
        } else if (in_class && *p == '[') { /* [:name:] */
            const char *q = strstr(p, ":]");
            if (!q) return err_set(e, "[: without :]");
            str_addn(out, p, (size_t)(q + 2 - p));
            p = q + 1;
        } else {
            if (*p == '[') in_class = true;
            else if (*p == ']') in_class = false;
            str_addc(out, *p);
        }
    }
    return true;
}

static bool compile(step *s, err *e) {
    str        t    = {0};
    bool       ok   = false;
    int        code = 0;
    PCRE2_SIZE at   = 0;
    if (!translate(s->text, &t, e)) {
        err_in(e, "pre_tokenizer: regular expression \"%.80s\"", s->text);
        goto done;
    }
    s->re =
        pcre2_compile((PCRE2_SPTR)(t.p ? t.p : ""), t.len, PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE, &code, &at, NULL);
    if (!s->re) {
        PCRE2_UCHAR why[128];
        pcre2_get_error_message(code, why, sizeof why);
        err_set(e, "pre_tokenizer: regular expression \"%.80s\": %s at offset %zu", s->text, (const char *)why, at);
        goto done;
    }
    pcre2_jit_compile(s->re, PCRE2_JIT_COMPLETE); /* where it cannot, the interpreter runs */
    ok = true;
done:
    str_free(&t);
    return ok;
}

/* ---- reading the specification ---- */

static step *step_add(presplit *s, step_kind k) {
    if (s->n == s->cap) {
        s->cap   = s->cap ? s->cap * 2 : 4;
        s->steps = mem_realloc(s->steps, (size_t)s->cap * sizeof *s->steps);
    }
    step *t = &s->steps[s->n++];
    *t      = (step){.kind = k};
    return t;
}

static bool only_keys(const json_t *o, const char *what, const char *const *known, err *e) {
    return json_only_keys(o, what, known, e) || err_in(e, "pre_tokenizer");
}

static bool read_behaviour(const char *s, behaviour *out, err *e) {
    static const char *const name[] = {"Isolated", "Removed", "Contiguous", "MergedWithPrevious", "MergedWithNext"};
    for (int i = 0; i < 5; i++)
        if (strcmp(s, name[i]) == 0) {
            *out = (behaviour)i;
            return true;
        }
    return err_set(e,
                   "pre_tokenizer: Split.behavior is \"%s\", expected Isolated, Removed, Contiguous, "
                   "MergedWithPrevious or MergedWithNext",
                   s);
}

static bool read_split(presplit *s, const json_t *o, err *e) {
    static const char *const keys[] = {"type", "pattern", "behavior", "invert", NULL};
    if (!only_keys(o, "Split", keys, e)) return false;
    const char   *how = NULL, *text = NULL;
    const json_t *pat = json_object_get(o, "pattern");
    if (!json_get_str(o, "behavior", &how, JSON_NEED, e)) return false;
    if (!json_is_object(pat) || json_object_size(pat) != 1)
        return err_set(e, "pre_tokenizer: Split.pattern must be {\"Regex\": ...} or {\"String\": ...}");
    step *t = step_add(s, STEP_REGEX);
    if (json_object_get(pat, "String")) {
        t->kind = STEP_LITERAL;
        if (!json_get_str(pat, "String", &text, JSON_NEED, e)) return false;
    } else if (!json_get_str(pat, "Regex", &text, JSON_NEED, e)) {
        return err_in(e, "pre_tokenizer: Split.pattern");
    }
    t->text = mem_strdup(text);
    if (!read_behaviour(how, &t->how, e)) return false;
    if (!json_get_bool(o, "invert", &t->invert, JSON_MAY, e)) return false;
    return t->kind == STEP_LITERAL || compile(t, e);
}

static bool read_byte_level(presplit *s, const json_t *o, err *e) {
    static const char *const keys[] = {"type", "add_prefix_space", "trim_offsets", "use_regex", NULL};
    if (!only_keys(o, "ByteLevel", keys, e)) return false;
    bool prefix = false, regex = true; /* files older than use_regex split */
    if (!json_get_bool(o, "add_prefix_space", &prefix, JSON_NEED, e)) return false;
    if (!json_get_bool(o, "use_regex", &regex, JSON_MAY, e)) return false;
    if (prefix) step_add(s, STEP_PREFIX);
    if (regex) {
        step *t = step_add(s, STEP_REGEX);
        t->text = mem_strdup(FASTSPLIT_RE_GPT2);
        if (!compile(t, e)) return false;
    }
    s->byte_level = true;
    return true;
}

static bool read_step(presplit *s, const json_t *o, int depth, err *e) {
    const char *type = NULL;
    if (!json_is_object(o)) return err_set(e, "pre_tokenizer: a step must be an object");
    if (!json_get_str(o, "type", &type, JSON_NEED, e)) return err_in(e, "pre_tokenizer");
    if (s->byte_level)
        return err_set(e, "pre_tokenizer: \"%s\" after ByteLevel is not supported (ByteLevel must be last)", type);
    if (strcmp(type, "Split") == 0) return read_split(s, o, e);
    if (strcmp(type, "ByteLevel") == 0) return read_byte_level(s, o, e);
    if (strcmp(type, "Digits") == 0) {
        static const char *const keys[] = {"type", "individual_digits", NULL};
        step                    *t      = step_add(s, STEP_DIGITS);
        return only_keys(o, "Digits", keys, e) && json_get_bool(o, "individual_digits", &t->each, JSON_NEED, e);
    }
    if (strcmp(type, "Sequence") != 0)
        return err_set(e, "pre_tokenizer: type \"%s\" is not supported (Sequence, Split, Digits and ByteLevel are)",
                       type);
    static const char *const keys[] = {"type", "pretokenizers", NULL};
    const json_t            *list   = json_object_get(o, "pretokenizers");
    if (!only_keys(o, "Sequence", keys, e)) return false;
    if (!json_is_array(list)) return err_set(e, "pre_tokenizer: Sequence.pretokenizers must be an array");
    if (depth > 8) return err_set(e, "pre_tokenizer: sequences nested too deep");
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!read_step(s, json_array_get(list, i), depth + 1, e)) return false;
    return true;
}

presplit *presplit_new(const json_t *spec, const uclass *u, int fast, err *e) {
    presplit *s = mem_calloc(1, sizeof *s);
    s->u        = u;
    if (!read_step(s, spec, 0, e)) goto fail;
    if (!s->byte_level) {
        err_set(e, "pre_tokenizer: no ByteLevel step (only byte-level tokenizers are supported)");
        goto fail;
    }
    if (fast && s->n <= 3) {
        const char *pattern[3];
        int         n = 0;
        for (int i = 0; i < s->n; i++) {
            const step *t = &s->steps[i];
            if (t->kind == STEP_REGEX && t->how == ISOLATED && !t->invert) pattern[n++] = t->text;
        }
        if (n == s->n) s->fast = fastsplit_find(pattern, n);
    }
    return s;
fail:
    presplit_free(s);
    return NULL;
}

void presplit_free(presplit *s) {
    if (!s) return;
    for (int i = 0; i < s->n; i++) {
        mem_free(s->steps[i].text);
        pcre2_code_free(s->steps[i].re);
    }
    mem_free(s->steps);
    mem_free(s);
}

fastsplit_kind presplit_kind(const presplit *s) { return s->fast; }

bool presplit_in_place(const presplit *s) {
    for (int i = 0; i < s->n; i++)
        if (s->steps[i].kind == STEP_PREFIX) return false;
    return true;
}

/* ---- running ---- */

presplit_work *presplit_work_new(void) { return mem_calloc(1, sizeof(presplit_work)); }

void presplit_work_free(presplit_work *w) {
    if (!w) return;
    mem_free(w->a.v);
    mem_free(w->b.v);
    str_free(&w->copy);
    pcre2_match_data_free(w->match);
    pcre2_match_context_free(w->context);
    pcre2_jit_stack_free(w->stack);
    mem_free(w);
}

/* The spans of one piece, alternating between matches and the text between them, come through here. */
typedef struct sink {
    spans    *out;
    behaviour how;
    bool      invert, before; /* was the span before this one a match? */
    size_t    first;          /* spans of this piece start here */
} sink;

static void sink_add(sink *k, size_t at, size_t n, bool match) {
    if (k->invert) match = !match;
    span *last = k->out->n > k->first ? &k->out->v[k->out->n - 1] : NULL;
    bool  join = false;
    switch (k->how) {
    case ISOLATED: break;
    case REMOVED:
        if (match) return;
        break;
    case CONTIGUOUS: join = last && k->before == match; break;
    case WITH_PREVIOUS: join = last && match && !k->before; break;
    case WITH_NEXT: join = last && !match && k->before; break;
    }
    /* A match joins the text after it when that text comes; two matches in a row stay apart. */
    k->before = match;
    if (join) last->n += n;
    else if (n) spans_add(k->out, at, n);
}

static void setup_match(presplit_work *w) {
    if (w->match) return;
    w->match   = pcre2_match_data_create(1, NULL);
    w->context = pcre2_match_context_create(NULL);
    w->stack   = pcre2_jit_stack_create(32 << 10, 64 << 20, NULL); /* only what is used is touched */
    if (w->stack) pcre2_jit_stack_assign(w->context, NULL, w->stack);
    pcre2_set_heap_limit(w->context,
                         1u << 20); /* kB; the match limit stays 10 million steps against hostile patterns */
}

static void cut_regex(const step *s, presplit_work *w, const char *p, size_t n, size_t at, sink *k) {
    setup_match(w);
    size_t from = 0, done = 0;
    while (from <= n) {
        int rc = pcre2_match(s->re, (PCRE2_SPTR)p, n, from, PCRE2_NO_UTF_CHECK, w->match, w->context);
        if (rc < 0) break; /* no match, or out of a resource: the rest is one piece */
        const PCRE2_SIZE *v = pcre2_get_ovector_pointer(w->match);
        if (v[0] > done) sink_add(k, at + done, v[0] - done, false);
        sink_add(k, at + v[0], v[1] - v[0], true);
        done = v[1];
        from = v[1];
        if (v[0] == v[1]) { /* an empty match: go on after the next character */
            uint32_t cp;
            if (from >= n) break;
            from = (size_t)(uclass_cp(p + from, &cp) - p);
        }
    }
    if (n > done) sink_add(k, at + done, n - done, false);
}

static void cut_literal(const step *s, const char *p, size_t n, size_t at, sink *k) {
    size_t m = strlen(s->text), done = 0;
    while (m && done < n) {
        const char *q = memmem(p + done, n - done, s->text, m);
        if (!q) break;
        size_t hit = (size_t)(q - p);
        if (hit > done) sink_add(k, at + done, hit - done, false);
        sink_add(k, at + hit, m, true);
        done = hit + m;
    }
    if (n > done) sink_add(k, at + done, n - done, false);
}

static void cut_digits(const uclass *u, const char *p, size_t n, size_t at, sink *k) {
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        size_t   len = (size_t)(uclass_cp(p + i, &cp) - (p + i));
        sink_add(k, at + i, len, u->cls[cp] & UC_N);
        i += len;
    }
}

/* Digits as a Split: runs of the same kind, or every digit by itself. */
static sink digits_sink(const step *s, spans *out) {
    return (sink){.out = out, .how = s->each ? ISOLATED : CONTIGUOUS, .first = out->n};
}

/* Individual digits: text between digits is one piece although it comes character by character. */
static void cut_each_digit(const uclass *u, const char *p, size_t n, size_t at, sink *k) {
    size_t done = 0;
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        size_t   len = (size_t)(uclass_cp(p + i, &cp) - (p + i));
        if (u->cls[cp] & UC_N) {
            if (i > done) sink_add(k, at + done, i - done, false);
            sink_add(k, at + i, len, true);
            done = i + len;
        }
        i += len;
    }
    if (n > done) sink_add(k, at + done, n - done, false);
}

static void run_step(const presplit *s, const step *t, presplit_work *w, const char *base) {
    w->b.n = 0;
    for (size_t i = 0; i < w->a.n; i++) {
        size_t at = w->a.v[i].at, n = w->a.v[i].n;
        sink   k = {.out = &w->b, .how = t->how, .invert = t->invert, .first = w->b.n};
        switch (t->kind) {
        case STEP_REGEX: cut_regex(t, w, base + at, n, at, &k); break;
        case STEP_LITERAL: cut_literal(t, base + at, n, at, &k); break;
        case STEP_DIGITS:
            k = digits_sink(t, &w->b);
            if (t->each) cut_each_digit(s->u, base + at, n, at, &k);
            else cut_digits(s->u, base + at, n, at, &k);
            break;
        case STEP_PREFIX: break;
        }
    }
    spans swap = w->a;
    w->a       = w->b;
    w->b       = swap;
}

/* Every piece that does not start with a space gets one. */
static void add_prefix(presplit_work *w, const char *base) {
    str_clear(&w->copy);
    for (size_t i = 0; i < w->a.n; i++) {
        span  *v  = &w->a.v[i];
        size_t at = w->copy.len;
        if (base[v->at] != ' ') str_addc(&w->copy, ' ');
        str_addn(&w->copy, base + v->at, v->n);
        *v = (span){at, w->copy.len - at};
    }
}

void presplit_run(const presplit *s, presplit_work *w, const char *p, size_t n, piece_fn fn, void *ctx) {
    if (n == 0) return;
    if (s->fast != FASTSPLIT_NONE) {
        fastsplit_run(s->fast, s->u->cls, p, n, fn, ctx);
        return;
    }
    w->a.n = 0;
    spans_add(&w->a, 0, n);
    for (int i = 0; i < s->n; i++) {
        if (s->steps[i].kind == STEP_PREFIX) {
            add_prefix(w, p);
            p = w->copy.p;
        } else {
            run_step(s, &s->steps[i], w, p);
        }
    }
    for (size_t i = 0; i < w->a.n; i++) fn(ctx, p + w->a.v[i].at, w->a.v[i].n);
}
