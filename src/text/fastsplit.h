/* fastsplit.h -- hand-written matchers for the split patterns that real tokenizers use.
 *
 *   fastsplit_kind k = fastsplit_find(patterns, n_patterns);     // by the exact text of the regular expressions
 *   if (k != FASTSPLIT_NONE) fastsplit_run(k, u->cls, p, n, on_piece, ctx);
 *
 * Each gives exactly the pieces of the regular expressions (presplit.c runs those through PCRE2; a property test
 * compares the two) several times faster.
 * Memory:  none.   Errors: none; the text must be valid UTF-8.   Threads: any. */
#ifndef R1_FASTSPLIT_H
#define R1_FASTSPLIT_H
#include <stddef.h>
#include <stdint.h>

typedef enum {
    FASTSPLIT_NONE,
    FASTSPLIT_GPT2,
    FASTSPLIT_QWEN2,    /* each number alone */
    FASTSPLIT_LLAMA3,   /* numbers in threes */
    FASTSPLIT_DEEPSEEK3 /* three patterns one after the other */
} fastsplit_kind;

#define FASTSPLIT_RE_GPT2 "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"
#define FASTSPLIT_RE_QWEN2                                                                                             \
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"                 \
    "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
#define FASTSPLIT_RE_LLAMA3                                                                                            \
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"            \
    "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
#define FASTSPLIT_RE_DEEPSEEK3_1 "\\p{N}{1,3}"
#define FASTSPLIT_RE_DEEPSEEK3_2 "[\xe4\xb8\x80-\xe9\xbe\xa5\xe3\x81\x80-\xe3\x82\x9f\xe3\x82\xa0-\xe3\x83\xbf]+"
#define FASTSPLIT_RE_DEEPSEEK3_3                                                                                       \
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"                  \
    "| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+"

typedef void (*piece_fn)(void *ctx, const char *p, size_t n);
fastsplit_kind fastsplit_find(const char *const *pattern, int n);
void           fastsplit_run(fastsplit_kind k, const uint8_t *cls, const char *p, size_t n, piece_fn fn, void *ctx);
#endif
