/* lexicon.h -- names, things and places for stories and tables.
 *
 *   const char *who = lexicon_name(r);                    // "Maya"
 *   noun n = lexicon_noun(r, LEX_THING);                  // {"apple", "apples"}
 *   const char *of[4]; lexicon_pick(r, LEX_PRODUCT, of, 4);   // four different plurals
 *   person p = lexicon_person(r);                         // {"Maya", "she", "her", "her"}
 *
 * Memory:  static.   Errors: more different words than there are is a bug: abort.   Threads: any. */
#ifndef R1_LEXICON_H
#define R1_LEXICON_H
#include <stdbool.h>
#include "base/rng.h"

typedef struct noun {
    const char *one, *many;
} noun;
typedef struct person {
    const char *name, *he, *him, *his;
} person;
typedef enum {
    LEX_THING, /* foods and objects together */
    LEX_PRODUCT,
    LEX_ANIMAL,
    LEX_CONTAINER,
    LEX_PLACE,
    LEX_REGION,
    LEX_COMPANY,
    LEX_SUBJECT,
    LEX_FOOD,   /* countable, can be eaten */
    LEX_OBJECT, /* countable, can be carried, is not eaten */
    LEX_JOB,
    LEX_COLOUR,
    LEX_CLASSES
} lexicon_class;
const char *lexicon_name(rng *r); /* a first name */
person      lexicon_person(rng *r);
noun        lexicon_noun(rng *r, lexicon_class c);
/* n different words of a class (the plurals where it has any) or, with LEX_CLASSES, n different first names. */
void lexicon_pick(rng *r, lexicon_class c, const char **out, int n);
void lexicon_people(rng *r, person *out, int n); /* n different ones */
int  lexicon_count(lexicon_class c);             /* LEX_CLASSES: first names */
noun lexicon_at(lexicon_class c, int i);
/* "an" before a vowel as it is spoken ("an hour", "a university"), else "a". */
const char *lexicon_a(const char *word);
const char *lexicon_month(int i); /* 0..11: "Jan" */
const char *lexicon_day(int i);   /* 0..6: "Mon" */
const char *lexicon_month_full(int i);
const char *lexicon_day_full(int i);
#endif
