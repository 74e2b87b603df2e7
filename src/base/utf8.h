/* utf8.h -- UTF-8 decode, encode, validate. No state, no memory, any thread. */
#ifndef R1_UTF8_H
#define R1_UTF8_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decode the code point at p[0..n), n >= 1. Returns its length 1..4 and sets *cp;
 * returns 0 on an invalid or truncated sequence (overlong, surrogate, > 10FFFF). */
int  utf8_decode(const char *p, size_t n, uint32_t *cp);
int  utf8_encode(uint32_t cp, char out[4]);            /* length 1..4; 0 if cp is not a scalar value */
bool utf8_valid(const char *p, size_t n, size_t *bad); /* *bad (may be NULL) = offset of the first bad byte */
/* How many bytes at the end of p[0..n) are the start of a sequence that is not complete yet (0..3). */
int utf8_tail(const char *p, size_t n);
#endif
