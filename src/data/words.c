#include "data/words.h"
#include "base/rng.h"

/* What a byte is to the scan. */
enum { SPACE, LETTER, DIGIT, SYMBOL, BEYOND };

static const uint8_t kinds[256] = {
    ['0' ... '9'] = DIGIT, ['a' ... 'z'] = LETTER, ['A' ... 'Z'] = LETTER, ['_'] = LETTER, [0x80 ... 0xff] = BEYOND,
    ['+'] = SYMBOL,        ['-'] = SYMBOL,         ['*'] = SYMBOL,         ['/'] = SYMBOL, ['='] = SYMBOL,
    ['<'] = SYMBOL,        ['>'] = SYMBOL,         ['%'] = SYMBOL,         ['^'] = SYMBOL, ['!'] = SYMBOL,
    ['&'] = SYMBOL,        ['|'] = SYMBOL,         ['('] = SYMBOL,         [')'] = SYMBOL, ['['] = SYMBOL,
    [']'] = SYMBOL};

/* Beyond ASCII: a letter, unless beyond_ascii knows better. */
static inline int kind_of(unsigned char c) { return kinds[c] == BEYOND ? LETTER : kinds[c]; }

/* What stands at p beyond ASCII: APOSTROPHE, BLANK, or the plain sign that a typographic one means; 0: a letter. *len
 * is how many bytes it has. */
enum { APOSTROPHE = 1, BLANK = 2 };
static int beyond_ascii(const unsigned char *p, size_t left, size_t *len) {
    if (p[0] < 0xC2 || left < 2) return 0;
    *len = 2;
    if (p[0] == 0xC2 && p[1] == 0xA0) return BLANK;
    if ((p[0] == 0xC2 && p[1] == 0xB7) || (p[0] == 0xC3 && p[1] == 0x97)) return '*';
    if (p[0] == 0xC3 && p[1] == 0xB7) return '/';
    if (p[0] != 0xE2 || left < 3) return 0;
    *len = 3;
    if (p[1] == 0x88 && p[2] == 0x92) return '-'; /* minus */
    if (p[1] != 0x80) return 0;
    if (p[2] >= 0x90 && p[2] <= 0x95) return '-'; /* hyphens and dashes */
    return p[2] == 0x98 || p[2] == 0x99 ? APOSTROPHE : BLANK;
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
        unsigned char c   = p[i];
        size_t        len = 1;
        if (kinds[c] == LETTER || kinds[c] == DIGIT) {
            h = (h ^ (c >= 'A' && c <= 'Z' ? c + 32u : c)) * FNV;
            i++;
            continue;
        }
        if (c < 0x80 && c != '\'') break;
        int q = beyond_ascii(p + i, n - i, &len);
        if (q == APOSTROPHE || (c == '\'' && i + 1 < n && kind_of(p[i + 1]) == LETTER)) {
            i += q ? len : 1;
            continue;
        }
        if (q || c < 0x80) break;
        h = (h ^ c) * FNV;
        i++;
    }
    *w    = (word){hash_u64(h), WORD_WORD, s->at, i - s->at};
    s->at = i;
}

static void symbol(word_scan *s, word *w, int sign, size_t len) {
    *w = (word){hash_u64((FNV_BASIS ^ (uint64_t)sign) * FNV), WORD_SYMBOL, s->at, len};
    s->at += len;
}

bool words_next(word_scan *s, word *w) {
    const unsigned char *p = (const unsigned char *)s->p;
    for (; s->at < s->n; s->at++) {
        size_t len = 1;
        int    q;
        switch (kinds[p[s->at]]) {
        case DIGIT: return scan_number(s, w, FNV_BASIS), true;
        case LETTER: return scan_word(s, w, FNV_BASIS), true;
        case SYMBOL: return symbol(s, w, p[s->at], 1), true;
        case BEYOND:
            q = beyond_ascii(p + s->at, s->n - s->at, &len);
            if (q > BLANK) return symbol(s, w, q, len), true;
            if (!q) return scan_word(s, w, FNV_BASIS), true;
            s->at += len - 1;
            break;
        default: break;
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
