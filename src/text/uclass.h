/* uclass.h -- one byte of Unicode classes per code point, for the split patterns of tokenizers.
 *
 *   uclass *u = uclass_new();
 *   if (u->cls[0x4e2d] & UC_L) ...           // any code point below UCLASS_SIZE
 *   const char *q = uclass_cp(p, &cp);       // next code point of VALID UTF-8
 *   uclass_free(u);
 *
 * The general categories come from utf8proc; white space is Unicode's White_Space property (what Oniguruma's \s
 * means), which differs from PCRE2's \s in U+180E.
 * Memory:  1.1 MB of address space, of which only the pages with assigned code points are touched.
 * Errors:  none.   Threads: read-only after it is made. */
#ifndef R1_UCLASS_H
#define R1_UCLASS_H
#include <stddef.h>
#include <stdint.h>

enum { UCLASS_SIZE = 0x110000 };
enum {
    UC_L   = 1,  /* letters */
    UC_M   = 2,  /* marks */
    UC_N   = 4,  /* numbers */
    UC_P   = 8,  /* punctuation */
    UC_S   = 16, /* symbols */
    UC_WS  = 32, /* White_Space */
    UC_NL  = 64, /* \r and \n (which are UC_WS too) */
    UC_CJK = 128 /* DeepSeek's own split: U+4E00-9FA5, U+3040-309F, U+30A0-30FF */
};

typedef struct uclass {
    uint8_t *cls; /* [UCLASS_SIZE] */
} uclass;

uclass *uclass_new(void);
void    uclass_free(uclass *u);

/* Decode one code point of valid UTF-8 and return the byte after it. */
static inline const char *uclass_cp(const char *p, uint32_t *cp) {
    const unsigned char *s = (const unsigned char *)p;
    if (s[0] < 0x80) {
        *cp = s[0];
        return p + 1;
    }
    if (s[0] < 0xe0) {
        *cp = ((uint32_t)(s[0] & 0x1f) << 6) | (s[1] & 0x3fu);
        return p + 2;
    }
    if (s[0] < 0xf0) {
        *cp = ((uint32_t)(s[0] & 0x0f) << 12) | ((uint32_t)(s[1] & 0x3f) << 6) | (s[2] & 0x3fu);
        return p + 3;
    }
    *cp = ((uint32_t)(s[0] & 0x07) << 18) | ((uint32_t)(s[1] & 0x3f) << 12) | ((uint32_t)(s[2] & 0x3f) << 6) |
          (s[3] & 0x3fu);
    return p + 4;
}
#endif
