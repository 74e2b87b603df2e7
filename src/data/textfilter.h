/* textfilter.h -- is this passage worth reading? Cheap rules that throw out what is not text.
 *
 *   text_fault f = textfilter_judge(p, n, LANG_ENGLISH);
 *   if (f) printf("dropped: %s", textfilter_names[f]);
 *
 * short      fewer than 80 bytes
 * encoding   not UTF-8
 * control    control characters other than tab and newline
 * long lines a line above 2000 bytes (generated or minified files)
 * symbols    English: under 60% letters and blanks; code: under 35%
 * repeats    more than a quarter is lines (of 20 bytes or more) that stood there before, or one word is more than a
 *            fifth of all words
 * language   English: fewer than one in sixteen words is one of its thirty commonest; code: not a line that looks like
 * it After Gopher's rules (Rae et al. 2021, appendix A), fewer and for short passages.
 *
 * Memory: none.   Errors: none.   Threads: any. */
#ifndef R1_TEXTFILTER_H
#define R1_TEXTFILTER_H
#include <stddef.h>

typedef enum { LANG_ENGLISH, LANG_CODE, LANG_ANY } text_lang;
typedef enum {
    TEXT_OK,
    TEXT_SHORT,
    TEXT_ENCODING,
    TEXT_CONTROL,
    TEXT_LONG_LINES,
    TEXT_SYMBOLS,
    TEXT_REPEATS,
    TEXT_LANGUAGE,
    TEXT_FAULTS
} text_fault;
extern const char *const textfilter_names[TEXT_FAULTS];
text_fault               textfilter_judge(const char *p, size_t n, text_lang lang);
#endif
