#include "data/words.h"
#include "base/rng.h"

/* What a byte is to the scan. */
enum { SPACE, LETTER, DIGIT, SYMBOL };

static int kind_of(unsigned char c) {
    if (c >= '0' && c <= '9') return DIGIT;
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80) return LETTER;
    switch (c) {
    case '+':
    case '-':
    case '*':
    case '/':
    case '=':
    case '<':
    case '>':
    case '%':
    case '^':
    case '!':
    case '&':
    case '|':
    case '(':
    case ')':
    case '[':
    case ']': return SYMBOL;
    default: return SPACE;
    }
}

/* General punctuation (E2 80 xx): 1 for the quotes that serve as apostrophes, 2 for the rest, which separates. */
static int punctuation(const unsigned char *p, size_t left) {
    if (left < 3 || p[0] != 0xE2 || p[1] != 0x80) return 0;
    return p[2] == 0x98 || p[2] == 0x99 ? 1 : 2;
}

static const uint64_t FNV = 1099511628211ull, FNV_BASIS = 14695981039346656037ull;

/* A number from s->at: digits, "1,000" as 1000, "2.50" as written; ends before a letter. */
static void scan_number(word_scan *s, word *w, uint64_t h) {
    const unsigned char *p = (const unsigned char *)s->p;
    size_t               i = s->at, n = s->n;
    while (i < n) {
        if (kind_of(p[i]) == DIGIT) {
            h = (h ^ p[i++]) * FNV;
        } else if (p[i] == '.' && i + 1 < n && kind_of(p[i + 1]) == DIGIT) {
            h = (h ^ '.') * FNV;
            i++;
        } else if (p[i] == ',' && i + 3 < n && kind_of(p[i + 1]) == DIGIT && kind_of(p[i + 2]) == DIGIT &&
                   kind_of(p[i + 3]) == DIGIT && (i + 4 >= n || kind_of(p[i + 4]) != DIGIT)) {
            i++;
        } else {
            break;
        }
    }
    *w    = (word){hash_u64(h), WORD_NUMBER, s->at, i - s->at};
    s->at = i;
}

static void scan_word(word_scan *s, word *w, uint64_t h) {
    const unsigned char *p = (const unsigned char *)s->p;
    size_t               i = s->at, n = s->n;
    while (i < n) {
        unsigned char c = p[i];
        int           q = punctuation(p + i, n - i);
        if (q == 1 || (c == '\'' && i + 1 < n && kind_of(p[i + 1]) == LETTER)) {
            i += q ? 3 : 1;
            continue;
        }
        int k = kind_of(c);
        if (q || (k != LETTER && k != DIGIT)) break;
        h = (h ^ (c >= 'A' && c <= 'Z' ? c + 32u : c)) * FNV;
        i++;
    }
    *w    = (word){hash_u64(h), WORD_WORD, s->at, i - s->at};
    s->at = i;
}

bool words_next(word_scan *s, word *w) {
    const unsigned char *p = (const unsigned char *)s->p;
    while (s->at < s->n) {
        int q = punctuation(p + s->at, s->n - s->at);
        if (q) {
            s->at += 3;
            continue;
        }
        switch (kind_of(p[s->at])) {
        case DIGIT: return scan_number(s, w, FNV_BASIS), true;
        case LETTER: return scan_word(s, w, FNV_BASIS), true;
        case SYMBOL:
            *w = (word){hash_u64((FNV_BASIS ^ p[s->at]) * FNV), WORD_SYMBOL, s->at, 1};
            s->at++;
            return true;
        default: s->at++;
        }
    }
    return false;
}

uint64_t words_hash(const char *p, size_t n) {
    word_scan s = {p, n, 0};
    word      w;
    uint64_t  h = 0x776f726473ull;
    while (words_next(&s, &w)) h = (h ^ w.hash) * 0x9e3779b97f4a7c15ull + (h >> 29);
    return hash_u64(h);
}
