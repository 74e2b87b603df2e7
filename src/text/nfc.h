/* nfc.h -- Unicode normalisation form C (UAX #15) that costs nothing on text which is already normal.
 *
 *   nfc *f = nfc_new();
 *   str s = {0};
 *   if (nfc_apply(f, p, n, &s)) { p = s.p; n = s.len; }   // false: the text was in NFC, s is untouched
 *   nfc_free(f); str_free(&s);
 *
 * utf8proc does the work, but only on the few characters around one that could change: a bitmap says which
 * code points are never altered, never reordered and never joined to the one before them.
 * Memory:  a bitmap of 139 kB.   Errors: none; the text must be valid UTF-8.   Threads: read-only after it is made. */
#ifndef R1_NFC_H
#define R1_NFC_H
#include <stdbool.h>
#include <stddef.h>
#include "base/str.h"

typedef struct nfc nfc;
nfc               *nfc_new(void);
void               nfc_free(nfc *f);
bool               nfc_apply(const nfc *f, const char *p, size_t n, str *out); /* appends the whole normalised text */
#endif
