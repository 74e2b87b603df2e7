/* wording.h -- a question composed from a pattern of alternatives, typed the way people type.
 *
 *   const word_slot slot[] = {{"data", csv.p}, {"what", "mean"}, {0}};
 *   wording_ask(&p->question, r, "{What is|What's|Find[ me]} the <what> of {these|the following} numbers: <data>",
 * slot);
 *
 * Patterns: {a|b|c} is one of them, {3*a|b} takes a three times as often, [x] is x or nothing, [a|b] one of them or
 * nothing, <name> is a slot, and a backslash takes the next character as it is. Alternatives nest. A slot's text is
 * copied, never read as a pattern. Variety comes from independent choices: five places of four alternatives are a
 * thousand wordings.
 *
 * Memory:  strs belong to the caller.   Errors: a bad pattern or an unknown slot is a bug: abort.   Threads: any. */
#ifndef R1_WORDING_H
#define R1_WORDING_H
#include "base/rng.h"
#include "base/str.h"

typedef struct word_slot {
    const char *name, *text;
} word_slot; /* an array ends with {0} */
/* The pattern, chosen and filled in, and nothing more. slots may be NULL. */
void wording_put(str *out, rng *r, const char *pattern, const word_slot *slots);
/* A whole question: the pattern, its first letter a capital, then carelessness (phrase_careless) everywhere but inside
 * the slots, whose text stays byte for byte. */
void wording_ask(str *q, rng *r, const char *pattern, const word_slot *slots);
#endif
