#include "base/utf8.h"

/* Unicode 15, table 3-7 (well-formed byte sequences): a lead byte fixes the length and the range
 * of the second byte; all later bytes are 80..BF. Narrowing the second byte is what keeps out
 * overlong forms (E0, F0), surrogates (ED) and values above 10FFFF (F4). */
typedef struct lead {
    int           len; /* 0: not a lead byte */
    unsigned char lo, hi;
} lead;

static lead lead_of(unsigned char c) {
    if (c < 0x80) return (lead){1, 0, 0};
    if (c < 0xc2) return (lead){0, 0, 0};
    if (c < 0xe0) return (lead){2, 0x80, 0xbf};
    if (c == 0xe0) return (lead){3, 0xa0, 0xbf};
    if (c == 0xed) return (lead){3, 0x80, 0x9f};
    if (c < 0xf0) return (lead){3, 0x80, 0xbf};
    if (c == 0xf0) return (lead){4, 0x90, 0xbf};
    if (c < 0xf4) return (lead){4, 0x80, 0xbf};
    if (c == 0xf4) return (lead){4, 0x80, 0x8f};
    return (lead){0, 0, 0};
}

/* How many of the bytes p[0..n) fit a sequence led by p[0]: 1..len, the lead byte included. */
static int fits(const unsigned char *p, size_t n, lead l) {
    int k = 1;
    for (; k < l.len && (size_t)k < n; k++) {
        unsigned char lo = k == 1 ? l.lo : 0x80, hi = k == 1 ? l.hi : 0xbf;
        if (p[k] < lo || p[k] > hi) break;
    }
    return k;
}

int utf8_decode(const char *s, size_t n, uint32_t *cp) {
    const unsigned char *p = (const unsigned char *)s;
    lead                 l = lead_of(p[0]);
    if (l.len == 0 || (size_t)l.len > n || fits(p, n, l) < l.len) return 0;
    if (l.len == 1) {
        *cp = p[0];
        return 1;
    }
    uint32_t v = p[0] & (0x7fu >> l.len);
    for (int i = 1; i < l.len; i++) v = v << 6 | (p[i] & 0x3fu);
    *cp = v;
    return l.len;
}

int utf8_encode(uint32_t cp, char out[4]) {
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xc0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3f));
        return 2;
    }
    if (cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000)) return 0;
    if (cp < 0x10000) {
        out[0] = (char)(0xe0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
        out[2] = (char)(0x80 | (cp & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
    out[3] = (char)(0x80 | (cp & 0x3f));
    return 4;
}

bool utf8_valid(const char *p, size_t n, size_t *bad) {
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        int      k = utf8_decode(p + i, n - i, &cp);
        if (!k) {
            if (bad) *bad = i;
            return false;
        }
        i += (size_t)k;
    }
    return true;
}

int utf8_tail(const char *s, size_t n) {
    const unsigned char *p = (const unsigned char *)s;
    for (size_t k = 1; k <= 3 && k <= n; k++) {
        lead l = lead_of(p[n - k]);
        if (l.len == 0 && (p[n - k] & 0xc0) == 0x80) continue; /* a continuation byte: look further back */
        return (size_t)l.len > k && fits(p + n - k, k, l) == (int)k ? (int)k : 0;
    }
    return 0;
}
