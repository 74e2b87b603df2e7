/* Each matcher follows its pattern alternative by alternative. Three facts make them simple:
 *   - `\s*[\r\n]+` takes everything, then gives back until a line end can follow: it ends after the LAST line end of
 *     the run of white space, and fails when the run has none.
 *   - `\s+(?!\S)` takes the run without its last character, or all of it at the end of the text; a single space
 *     before a word is left to the last alternative `\s+`.
 *   - `[^...]?X+` prefers the prefix; without one it is X+. */
#include "text/fastsplit.h"
#include <stdbool.h>
#include <string.h>
#include "text/uclass.h"

typedef struct view {
    const uint8_t *cls;
    const char    *end;
} view;

static inline uint8_t class_at(const view *v, const char *p, const char **next) {
    if (p >= v->end) {
        *next = p;
        return 0;
    }
    uint32_t cp;
    *next = uclass_cp(p, &cp);
    return v->cls[cp];
}

/* Skip characters whose class has a bit of `any`. */
static inline const char *run_of(const view *v, const char *p, uint8_t any) {
    while (p < v->end) {
        if ((unsigned char)*p < 0x80) {
            if (!(v->cls[(unsigned char)*p] & any)) break;
            p++;
        } else {
            uint32_t    cp;
            const char *q = uclass_cp(p, &cp);
            if (!(v->cls[cp] & any)) break;
            p = q;
        }
    }
    return p;
}

/* Skip characters whose class has no bit of `none`. */
static inline const char *run_without(const view *v, const char *p, uint8_t none) {
    while (p < v->end) {
        uint32_t    cp;
        const char *q = uclass_cp(p, &cp);
        if (v->cls[cp] & none) break;
        p = q;
    }
    return p;
}

static inline const char *run_newlines(const view *v, const char *p) {
    while (p < v->end && (*p == '\n' || *p == '\r')) p++;
    return p;
}

/* White space at p: with lines, `\s*[\r\n]+` first; then `\s+(?!\S)|\s+`. */
static const char *match_space(const view *v, const char *p, bool lines) {
    const char *q = p, *last = p, *newline = NULL;
    while (q < v->end) {
        uint32_t    cp;
        const char *next = uclass_cp(q, &cp);
        uint8_t     c    = v->cls[cp];
        if (!(c & UC_WS)) break;
        if (c & UC_NL) newline = next;
        last = q;
        q    = next;
    }
    if (lines && newline) return newline;
    return q == v->end || last == p ? q : last;
}

/* The English contractions; length after the apostrophe, 0 for none. (?i) also folds U+017F (long s) to s. */
static int contraction(const char *p, const char *end, bool fold) {
    ptrdiff_t left = end - p;
    if (left < 1) return 0;
    if (fold && left >= 2 && (unsigned char)p[0] == 0xc5 && (unsigned char)p[1] == 0xbf) return 2;
    unsigned char a = (unsigned char)p[0], b = left >= 2 ? (unsigned char)p[1] : 0;
    if (fold) {
        if (a >= 'A' && a <= 'Z') a = (unsigned char)(a + 32);
        if (b >= 'A' && b <= 'Z') b = (unsigned char)(b + 32);
    }
    if (a == 's' || a == 't' || a == 'm' || a == 'd') return 1;
    if ((a == 'r' && b == 'e') || (a == 'v' && b == 'e') || (a == 'l' && b == 'l')) return 2;
    return 0;
}

static const char *match_gpt2(const view *v, const char *p) {
    if (*p == '\'') {
        int k = contraction(p + 1, v->end, false);
        if (k) return p + 1 + k;
    }
    const char *q, *r = p;
    uint8_t     c = class_at(v, p, &q);
    if (*p == ' ' && q < v->end) { /* ` ?` in front of one of the three kinds of run */
        const char *after;
        uint8_t     d = class_at(v, q, &after);
        if (!(d & UC_WS)) {
            r = q;
            c = d;
        }
    }
    if (c & UC_WS) return match_space(v, p, false);
    if (c & UC_L) return run_of(v, r, UC_L);
    if (c & UC_N) return run_of(v, r, UC_N);
    return run_without(v, r, UC_WS | UC_L | UC_N);
}

static const char *match_qwen(const view *v, const char *p, int max_digits) {
    const char *q;
    uint8_t     c = class_at(v, p, &q);
    if (c & UC_L) return run_of(v, q, UC_L);
    if (*p == '\'') {
        int k = contraction(p + 1, v->end, true);
        if (k) return p + 1 + k;
    }
    if (c & UC_N) {
        for (int i = 1; i < max_digits; i++) {
            const char *r;
            if (!(class_at(v, q, &r) & UC_N)) break;
            q = r;
        }
        return q;
    }
    const char *after;
    uint8_t     d = class_at(v, q, &after);
    if (!(c & UC_NL) && (d & UC_L)) return run_of(v, after, UC_L);
    if (c & UC_WS) {
        if (*p != ' ' || q >= v->end || (d & (UC_WS | UC_L | UC_N))) return match_space(v, p, true);
        q = after;
    }
    return run_newlines(v, run_without(v, q, UC_WS | UC_L | UC_N));
}

static inline bool ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/* The third pattern of DeepSeek-V3; p itself when nothing matches there. */
static const char *match_deepseek(const view *v, const char *p) {
    const char *q, *after;
    uint8_t     c = class_at(v, p, &q);
    if ((c & (UC_P | UC_S)) && (unsigned char)*p < 0x80 && q < v->end && ascii_letter(*q)) {
        while (q < v->end && ascii_letter(*q)) q++;
        return q;
    }
    if (c & (UC_L | UC_M)) return run_of(v, q, UC_L | UC_M);
    uint8_t d = class_at(v, q, &after);
    if (!(c & (UC_NL | UC_P | UC_S)) && (d & (UC_L | UC_M))) return run_of(v, after, UC_L | UC_M);
    if (c & (UC_P | UC_S)) return run_newlines(v, run_of(v, q, UC_P | UC_S));
    if (*p == ' ' && (d & (UC_P | UC_S))) return run_newlines(v, run_of(v, after, UC_P | UC_S));
    if (c & UC_WS) return match_space(v, p, true);
    return p;
}

static void deepseek_stretch(const view *v, const char *p, piece_fn fn, void *ctx) {
    while (p < v->end) {
        const char *q = match_deepseek(v, p);
        if (q == p) { /* controls and the like: the gap up to the next match is a piece of its own */
            uint32_t cp;
            do q = uclass_cp(q, &cp);
            while (q < v->end && match_deepseek(v, q) == q);
        }
        fn(ctx, p, (size_t)(q - p));
        p = q;
    }
}

/* Numbers and CJK runs are cut out first; the third pattern then sees each stretch between them, and each CJK run, as a
 * text of its own (so that its end counts as an end in `(?!\S)`, and the middle dot U+30FB parts from letters). In a
 * number the third pattern matches nothing, so that stays whole. */
static void run_deepseek(const uint8_t *cls, const char *p, const char *end, piece_fn fn, void *ctx) {
    view whole = {cls, end};
    while (p < end) {
        const char *q = run_without(&whole, p, UC_N | UC_CJK), *r;
        if (q == p) {
            uint8_t c = class_at(&whole, p, &q);
            if (c & UC_N) {
                for (int i = 1; i < 3 && (class_at(&whole, q, &r) & UC_N); i++) q = r;
                fn(ctx, p, (size_t)(q - p));
                p = q;
                continue;
            }
            /* A number inside the CJK ranges was cut out by the first pattern already. */
            while (((c = class_at(&whole, q, &r)) & UC_CJK) && !(c & UC_N)) q = r;
        }
        view part = {cls, q};
        deepseek_stretch(&part, p, fn, ctx);
        p = q;
    }
}

fastsplit_kind fastsplit_find(const char *const *pattern, int n) {
    if (n == 1 && strcmp(pattern[0], FASTSPLIT_RE_GPT2) == 0) return FASTSPLIT_GPT2;
    if (n == 1 && strcmp(pattern[0], FASTSPLIT_RE_QWEN2) == 0) return FASTSPLIT_QWEN2;
    if (n == 1 && strcmp(pattern[0], FASTSPLIT_RE_LLAMA3) == 0) return FASTSPLIT_LLAMA3;
    if (n == 3 && strcmp(pattern[0], FASTSPLIT_RE_DEEPSEEK3_1) == 0 &&
        strcmp(pattern[1], FASTSPLIT_RE_DEEPSEEK3_2) == 0 && strcmp(pattern[2], FASTSPLIT_RE_DEEPSEEK3_3) == 0)
        return FASTSPLIT_DEEPSEEK3;
    return FASTSPLIT_NONE;
}

void fastsplit_run(fastsplit_kind k, const uint8_t *cls, const char *p, size_t n, piece_fn fn, void *ctx) {
    const char *end = p + n;
    if (k == FASTSPLIT_DEEPSEEK3) {
        run_deepseek(cls, p, end, fn, ctx);
        return;
    }
    view v = {cls, end};
    while (p < end) {
        const char *q = k == FASTSPLIT_GPT2 ? match_gpt2(&v, p) : match_qwen(&v, p, k == FASTSPLIT_LLAMA3 ? 3 : 1);
        fn(ctx, p, (size_t)(q - p));
        p = q;
    }
}
