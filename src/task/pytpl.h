/* pytpl.h -- programs from templates: names, numbers and lists drawn as they are met.
 *
 *   pytpl t = pytpl_new(&r);
 *   pytpl_put(&t, &s, "$t = 0\nfor $x in ^L3..5:1..9^:\n    $t += $x ~+|*~ #k=2..5#\nprint($t)\n");
 *
 *   $x            a variable; the letter is its role (x element, i index, t total, L list, s string, f function, ...):
 * the same name wherever the letter stands, another letter has another name #2..9#        a number; #k=2..9# keeps it,
 * #k# repeats it ~a|b|c~       one of them (may hold the others, not itself) ^L3..5:1..9^  a list of 3 to 5 numbers;
 * ^S^ a word in quotes; ^W2..4^ a list of words; ^T2..3^ that many words in quotes; ^D2..3:1..9^ a dict from words to
 * numbers
 *
 * Memory:  plain data.   Errors: a bad template is a bug: abort.   Threads: one template state, one thread. */
#ifndef R1_PYTPL_H
#define R1_PYTPL_H
#include "base/rng.h"
#include "base/str.h"

typedef struct pytpl {
    rng        *r;
    const char *name[128]; /* by letter */
    long        kept[128];
    bool        has[128];
} pytpl;
pytpl       pytpl_new(rng *r);
void        pytpl_put(pytpl *t, str *out, const char *text);
void        pytpl_name(pytpl *t, char letter, const char *name); /* fix one */
const char *pytpl_word(rng *r);
bool        pytpl_chance(rng *r, int percent);
#endif
