/* How the bitmap is made. A code point is "inert" when NFC leaves it alone whatever stands before it:
 *   - its canonical combining class is 0 (it is never reordered),
 *   - its own NFC is itself (no singleton or excluded composite),
 *   - it is not the second part of any composition: not in the tail of a canonical decomposition, and not a
 *     Hangul vowel or trailing consonant (composed by arithmetic, UAX #15 section 16).
 * Text before an inert character and text from it on can therefore be normalised separately. Note that an inert
 * character may still be changed by what FOLLOWS it ('e' before U+0301), so a segment starts at the last inert
 * character before the first doubtful one and ends before the next inert one. */
#include "text/nfc.h"
#include <string.h>
#include <utf8proc.h>
#include "base/mem.h"
#include "text/uclass.h"

struct nfc {
    uint64_t doubt[UCLASS_SIZE / 64]; /* bit set: not inert */
};

static void mark(nfc *f, uint32_t cp) { f->doubt[cp >> 6] |= (uint64_t)1 << (cp & 63); }
static bool doubtful(const nfc *f, uint32_t cp) { return (f->doubt[cp >> 6] >> (cp & 63)) & 1; }

static void mark_one(nfc *f, uint32_t cp) {
    const utf8proc_property_t *pr = utf8proc_get_property((utf8proc_int32_t)cp);
    if (pr->combining_class != 0) mark(f, cp);
    if (pr->decomp_seqindex == UINT16_MAX) return;
    utf8proc_int32_t d[16];
    int              cls = 0;
    utf8proc_ssize_t k =
        utf8proc_decompose_char((utf8proc_int32_t)cp, d, 16, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE, &cls);
    if (k < 1 || k > 16 || (k == 1 && d[0] == (utf8proc_int32_t)cp)) return;
    for (utf8proc_ssize_t i = 1; i < k; i++) mark(f, (uint32_t)d[i]);
    /* Composites that NFC keeps are inert; singletons and exclusions are not. */
    utf8proc_ssize_t m = utf8proc_normalize_utf32(d, k, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    if (m != 1 || d[0] != (utf8proc_int32_t)cp) mark(f, cp);
}

nfc *nfc_new(void) {
    nfc *f = mem_calloc(1, sizeof *f);
    for (uint32_t cp = 0x80; cp < 0x30000; cp++) {
        if (cp >= 0xac00 && cp <= 0xd7a3) continue; /* Hangul syllables: composed already */
        if (cp >= 0xd800 && cp <= 0xdfff) continue;
        mark_one(f, cp);
    }
    for (uint32_t cp = 0x1160; cp <= 0x11ff; cp++) mark(f, cp);
    return f;
}

void nfc_free(nfc *f) { mem_free(f); }

/* Normalise p[0..n) through utf8proc and append it. */
static void append_normal(const char *p, size_t n, str *out) {
    utf8proc_uint8_t *res = NULL;
    utf8proc_ssize_t  k =
        utf8proc_map((const utf8proc_uint8_t *)p, (utf8proc_ssize_t)n, &res, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    if (k >= 0) str_addn(out, (const char *)res, (size_t)k);
    else str_addn(out, p, n); /* cannot happen for valid UTF-8; never lose text */
    free(res);                /* utf8proc allocates with malloc */
}

bool nfc_apply(const nfc *f, const char *p, size_t n, str *out) {
    const char *end = p + n, *done = p, *q = p, *inert = p;
    bool        changed = false;
    while (q < end) {
        if ((unsigned char)*q < 0xcc) { /* below U+0300 everything is inert */
            inert = q;
            q += (unsigned char)*q < 0x80 ? 1 : 2;
            continue;
        }
        uint32_t    cp;
        const char *next = uclass_cp(q, &cp);
        if (!doubtful(f, cp)) {
            inert = q;
            q     = next;
            continue;
        }
        /* A doubtful run: from the last inert character to the next one. */
        const char *stop = next;
        while (stop < end) {
            next = uclass_cp(stop, &cp);
            if (!doubtful(f, cp)) break;
            stop = next;
        }
        str_addn(out, done, (size_t)(inert - done));
        append_normal(inert, (size_t)(stop - inert), out);
        done = inert = q = stop;
        changed          = true;
    }
    if (changed) str_addn(out, done, (size_t)(end - done));
    return changed;
}
