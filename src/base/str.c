#include "base/str.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

/* Room for n more bytes and the closing NUL; doubling keeps appending linear in total. */
static void grow(str *s, size_t n) {
    if (n > SIZE_MAX / 4 - s->len) {
        fprintf(stderr, "r1: string too long (%zu + %zu bytes)\n", s->len, n);
        abort();
    }
    size_t need = s->len + n + 1;
    if (need <= s->cap) return;
    size_t cap = s->cap ? s->cap : 32;
    while (cap < need) cap *= 2;
    s->p   = mem_realloc(s->p, cap);
    s->cap = cap;
}

void str_addn(str *s, const char *p, size_t n) {
    if (n < s->cap - s->len) { /* room, and for the NUL: nothing moves */
        memmove(s->p + s->len, p, n);
        s->p[s->len += n] = '\0';
        return;
    }
    /* p may point into s itself: remember where before the block moves. */
    bool   inside = s->p && (uintptr_t)p >= (uintptr_t)s->p && (uintptr_t)p <= (uintptr_t)s->p + s->len;
    size_t at     = inside ? (size_t)(p - s->p) : 0;
    grow(s, n);
    if (n) memmove(s->p + s->len, inside ? s->p + at : p, n);
    s->len += n;
    s->p[s->len] = '\0';
}

void str_addc(str *s, char c) {
    if (s->len + 2 > s->cap) grow(s, 1);
    s->p[s->len++] = c;
    s->p[s->len]   = '\0';
}

void str_addf(str *s, const char *fmt, ...) {
    va_list ap;
    char    small[256];
    va_start(ap, fmt);
    int n = vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    if (n < 0) return; /* only a bad format or a string over INT_MAX gets here */
    if ((size_t)n < sizeof small) {
        str_addn(s, small, (size_t)n);
        return;
    }
    /* Made aside and not in place, because an argument may point into s. */
    char *big = mem_alloc((size_t)n + 1);
    va_start(ap, fmt);
    vsnprintf(big, (size_t)n + 1, fmt, ap);
    va_end(ap);
    str_addn(s, big, (size_t)n);
    mem_free(big);
}

void str_clear(str *s) {
    grow(s, 0);
    s->len  = 0;
    s->p[0] = '\0';
}

void str_free(str *s) {
    mem_free(s->p);
    memset(s, 0, sizeof *s);
}

char *str_take(str *s) {
    grow(s, 0);
    s->p[s->len] = '\0';
    char *p      = s->p;
    memset(s, 0, sizeof *s);
    return p;
}

bool str_starts(const char *s, const char *prefix) { return strncmp(s, prefix, strlen(prefix)) == 0; }

bool str_ends(const char *s, const char *suffix) {
    size_t n = strlen(s), m = strlen(suffix);
    return n >= m && memcmp(s + n - m, suffix, m) == 0;
}

/* RFC 8259, section 7: quote, backslash and the control characters must be escaped. DEL is
 * escaped too, so that the result is always safe to print on a terminal. */
void str_add_json(str *s, const char *p, size_t n) {
    for (size_t i = 0; i < n;) {
        size_t plain = i; /* most of a text goes over as it is */
        while (plain < n && p[plain] >= 0x20 && p[plain] < 0x7f && p[plain] != '"' && p[plain] != '\\') plain++;
        if (plain > i) str_addn(s, p + i, plain - i);
        if ((i = plain) == n) return;
        unsigned char c = (unsigned char)p[i];
        if (c < 0x80) {
            i++;
            switch (c) {
            case '"': str_add(s, "\\\""); break;
            case '\\': str_add(s, "\\\\"); break;
            case '\n': str_add(s, "\\n"); break;
            case '\r': str_add(s, "\\r"); break;
            case '\t': str_add(s, "\\t"); break;
            case '\b': str_add(s, "\\b"); break;
            case '\f': str_add(s, "\\f"); break;
            default:
                if (c < 0x20 || c == 0x7f) str_addf(s, "\\u%04x", c);
                else str_addc(s, (char)c);
            }
            continue;
        }
        uint32_t cp;
        int      k = utf8_decode(p + i, n - i, &cp);
        if (k) str_addn(s, p + i, (size_t)k);
        else str_add(s, "\xef\xbf\xbd");
        i += k ? (size_t)k : 1;
    }
}

static bool digit(char c) { return c >= '0' && c <= '9'; }

bool str_to_i64(const char *s, long long *out) {
    if (!digit(s[s[0] == '-'])) return false;
    char *end;
    errno       = 0;
    long long v = strtoll(s, &end, 10);
    if (errno || *end) return false;
    *out = v;
    return true;
}

/* strtod also takes "inf", "nan" and hexadecimal; a number somebody typed is none of these. */
bool str_to_f64(const char *s, double *out) {
    const char *d = s + (s[0] == '-');
    if (!digit(d[0]) && !(d[0] == '.' && digit(d[1]))) return false;
    if (strpbrk(s, "xX")) return false;
    char  *end;
    double v = strtod(s, &end);
    if (*end || !isfinite(v)) return false;
    *out = v;
    return true;
}
