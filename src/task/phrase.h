/* phrase.h -- how people type a problem: composed wordings, then careless typing.
 *
 *   phrase_style st = phrase_style_draw(&r, PHRASE_LETTERS);
 *   str eq = {0}; phrase_expr(&eq, "2x + 5 = 15", &st);         // "2x+5=15", "2*x + 5 = 15", "2x + 5 = 15" with
 * U+2212, ... phrase_equation(&question, &r, eq.p, 'x');                   // "What is x if 2x+5=15?"
 *   phrase_careless(&question, &r);                              // "what is x if 2x+5=15"
 *
 * Wordings are composed of independent parts (politeness, verb, object, order, ending), so that thousands differ.
 *
 * Memory:  strs belong to the caller.   Errors: none.   Threads: any. */
#ifndef R1_PHRASE_H
#define R1_PHRASE_H
#include "base/rng.h"
#include "base/str.h"

enum { PHRASE_NUMBERS = 0, PHRASE_LETTERS = 1 };
typedef struct phrase_style {
    int         spaces; /* 0 none, 1 as written, 2 only around =, 3 at random */
    const char *mul, *div, *minus, *plus;
    bool        show_mul; /* 2*x instead of 2x, 3*(x + 2) instead of 3(x + 2) */
    rng        *r;
} phrase_style;
phrase_style phrase_style_draw(rng *r, int letters);
/* The canonical text as this hand types it. */
void phrase_expr(str *s, const char *canonical, const phrase_style *st);

/* A whole question around a typed expression or equation. */
void phrase_compute(str *q, rng *r, const char *typed);
void phrase_equation(str *q, rng *r, const char *typed, char letter);
/* One operation in words: "subtract 17 from 45", "the product of 12 and 7". `typed_*` are the typed numbers. */
void phrase_operation(str *q, rng *r, char op, const char *typed_a, const char *typed_b);
/* A division whose answer is a quotient and a rest. */
void phrase_rest(str *q, rng *r, const char *typed_a, const char *typed_b, const char *typed);
/* Lower case, lost or doubled spaces, no full stop, swapped letters in a word. Digits and signs stay, and whatever
 * stands between PHRASE_FROM and PHRASE_TO. */
enum { PHRASE_FROM = 1, PHRASE_TO = 2 };
void phrase_careless(str *q, rng *r);
#endif
