/* tok_added.c -- finding added tokens ("<|im_start|>") in a text: leftmost, then longest, as Hugging Face's
 * Aho-Corasick automaton does. The tokens are sorted, so the candidates at a position are a range that shrinks with
 * each byte; nearly always the first or second byte leaves none. */
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>
#include "base/mem.h"
#include "base/utf8.h"
#include "text/tok_impl.h"

static int compare(const void *pa, const void *pb) {
    const added *a = *(const added *const *)pa, *b = *(const added *const *)pb;
    size_t       n = a->match_len < b->match_len ? a->match_len : b->match_len;
    int          c = memcmp(a->match, b->match, n);
    if (c) return c;
    if (a->match_len != b->match_len) return a->match_len < b->match_len ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

void added_set_build(added_set *s, const tokenizer *t, unsigned normalized) {
    s->v = mem_alloc(((size_t)t->n_added + 1) * sizeof *s->v);
    for (int i = 0; i < t->n_added; i++)
        if ((t->added[i].flags & ADDED_NORMALIZED) == normalized) s->v[s->n++] = &t->added[i];
    if (s->n) qsort(s->v, (size_t)s->n, sizeof *s->v, compare);
    for (int i = 0; i < s->n; i++) s->first[(unsigned char)s->v[i]->match[0]] = true;
}

/* In v[lo..hi), all alike in their first `depth` bytes: the part whose byte `depth` is c. */
static void narrow(const added_set *s, size_t depth, unsigned char c, int *lo, int *hi) {
    int a = *lo, b = *hi;
    while (a < b) {
        int          m = a + (b - a) / 2;
        const added *x = s->v[m];
        if (x->match_len <= depth || (unsigned char)x->match[depth] < c) a = m + 1;
        else b = m;
    }
    *lo = a;
    b   = *hi;
    while (a < b) {
        int m = a + (b - a) / 2;
        if ((unsigned char)s->v[m]->match[depth] <= c) a = m + 1;
        else b = m;
    }
    *hi = a;
}

static const added *longest_at(const added_set *s, const char *p, size_t n) {
    const added *best = NULL;
    int          lo = 0, hi = s->n;
    for (size_t d = 0; d < n; d++) {
        narrow(s, d, (unsigned char)p[d], &lo, &hi);
        if (lo >= hi) break;
        if (s->v[lo]->match_len == d + 1) best = s->v[lo];
    }
    return best;
}

/* Regular expressions' \w: letters, marks, decimal digits, connectors. */
static bool is_word(uint32_t cp) {
    switch (utf8proc_category((utf8proc_int32_t)cp)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_PC: return true;
    default: return cp == 0x200c || cp == 0x200d;
    }
}

/* The character that ends at p + at; 0 bytes when there is none or it is not valid. */
static int char_before(const char *p, size_t at, uint32_t *cp) {
    for (int k = 1; k <= 4 && (size_t)k <= at; k++)
        if (((unsigned char)p[at - (size_t)k] & 0xc0) != 0x80)
            return utf8_decode(p + at - k, (size_t)k, cp) == k ? k : 0;
    return 0;
}

/* Move the edges of a hit as its flags say; false: the token wants to stand alone and does not. */
static bool adjust(const added *a, const uclass *u, const char *p, size_t n, size_t done, added_hit *h) {
    uint32_t cp;
    int      k;
    if (a->flags & ADDED_SINGLE_WORD) {
        if (char_before(p, h->start, &cp) && is_word(cp)) return false;
        if (h->stop < n && utf8_decode(p + h->stop, n - h->stop, &cp) && is_word(cp)) return false;
    }
    if (a->flags & ADDED_LSTRIP)
        while (h->start > done && (k = char_before(p, h->start, &cp)) != 0 && (u->cls[cp] & UC_WS))
            h->start -= (size_t)k;
    if (a->flags & ADDED_RSTRIP)
        while (h->stop < n && (k = utf8_decode(p + h->stop, n - h->stop, &cp)) != 0 && (u->cls[cp] & UC_WS))
            h->stop += (size_t)k;
    return true;
}

/* The next added token at or after *from; *from becomes where the search goes on. `done` is the end of the hit before
 * (lstrip does not go further back). */
bool added_find(const added_set *s, const uclass *u, const char *p, size_t n, size_t done, size_t *from, added_hit *h) {
    for (size_t i = *from; s->n && i < n; i++) {
        if (!s->first[(unsigned char)p[i]]) continue;
        const added *a = longest_at(s, p + i, n - i);
        if (!a) continue;
        *h    = (added_hit){i, i + a->match_len, a->id};
        *from = h->stop;
        if (adjust(a, u, p, n, done, h)) {
            /* The search goes on behind the token itself, but what rstrip took is gone. */
            if (*from < h->stop) *from = h->stop;
            return true;
        }
        i = *from - 1;
    }
    *from = n;
    return false;
}
