/* lexicon.h -- names, things and places for stories and tables.
 *
 *   const char *who = lexicon_name(r);                    // "Maya"
 *   noun n = lexicon_noun(r, LEX_THING);                  // {"apple", "apples"}
 *   const char *of[4]; lexicon_pick(r, LEX_PRODUCT, of, 4);   // four different plurals
 *
 * Memory:  static.   Errors: more different words than there are is a bug: abort.   Threads: any. */
#ifndef R1_LEXICON_H
#define R1_LEXICON_H
#include "base/rng.h"

typedef struct noun {
    const char *one, *many;
} noun;
typedef enum { LEX_THING, LEX_PRODUCT, LEX_ANIMAL, LEX_CONTAINER, LEX_PLACE, LEX_REGION, LEX_COMPANY, LEX_SUBJECT, LEX_CLASSES } lexicon_class;
const char *lexicon_name(rng *r); /* a first name */
noun        lexicon_noun(rng *r, lexicon_class c);
/* n different words of a class (the plurals where it has any) or, with LEX_CLASSES, n different first names. */
void lexicon_pick(rng *r, lexicon_class c, const char **out, int n);
const char *lexicon_month(int i); /* 0..11: "Jan" */
const char *lexicon_day(int i);   /* 0..6: "Mon" */
#endif
