/* words.h -- text as normalised words: what curation compares, so that case, spacing and punctuation do not hide a
 * copy.
 *
 *   word_scan s = {text, n, 0}; word w;
 *   while (words_next(&s, &w)) if (w.kind == WORD_NUMBER) ...  // w.hash; text + w.from, w.len: as written
 *   uint64_t h = words_hash(text, n);                          // equal for texts that differ in case and spacing only
 *
 * A word is a run of letters and digits in small letters, apostrophes left out (don't = dont); a number is a run of
 * digits, thousands commas left out, a decimal point kept; symbols that carry meaning in a problem (+ - * / = < > % ^
 * ! & | ( ) [ ]) are tokens of their own, their typographic forms too (dashes, minus, times, divided by). The rest
 * separates. Letters outside ASCII count as they are.
 *
 * Memory: none.   Errors: none; any bytes are text.   Threads: any. */
#ifndef R1_WORDS_H
#define R1_WORDS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { WORD_WORD, WORD_NUMBER, WORD_SYMBOL } word_kind;
typedef struct word {
    uint64_t  hash;
    word_kind kind;
    size_t    from, len;
} word;
typedef struct word_scan {
    const char *p;
    size_t      n, at;
} word_scan;

bool     words_next(word_scan *s, word *w);
uint64_t words_hash(const char *p, size_t n); /* over all tokens in order */
#endif
