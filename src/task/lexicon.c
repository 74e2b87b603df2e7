/* lexicon.c -- see lexicon.h; the words are in lexicon_words.inc. */
#include <stdlib.h>
#include <string.h>
#include "task/lexicon.h"
#include "task/lexicon_words.inc"

#define COUNT(a) ((int)(sizeof(a) / sizeof *(a)))
enum { WOMEN = sizeof women / sizeof *women, MEN = sizeof men / sizeof *men, NAMES = WOMEN + MEN };

#define LIST(a)                                                                                                        \
    { a, COUNT(a) }
static const struct {
    const noun *w;
    int         n;
} class_of[LEX_CLASSES] = {
    [LEX_PRODUCT] = LIST(products), [LEX_ANIMAL] = LIST(animals), [LEX_CONTAINER] = LIST(containers),
    [LEX_PLACE] = LIST(places),     [LEX_REGION] = LIST(regions), [LEX_COMPANY] = LIST(companies),
    [LEX_SUBJECT] = LIST(subjects), [LEX_FOOD] = LIST(foods),     [LEX_OBJECT] = LIST(objects),
    [LEX_JOB] = LIST(jobs),         [LEX_COLOUR] = LIST(colours),
};

static const char *name_at(int i) { return i < WOMEN ? women[i] : men[i - WOMEN]; }

int lexicon_count(lexicon_class c) {
    return c == LEX_CLASSES ? NAMES : c == LEX_THING ? COUNT(foods) + COUNT(objects) : class_of[c].n;
}

noun lexicon_at(lexicon_class c, int i) {
    if (i < 0 || i >= lexicon_count(c)) abort();
    if (c == LEX_CLASSES) return (noun){name_at(i), name_at(i)};
    if (c == LEX_THING) return i < COUNT(foods) ? foods[i] : objects[i - COUNT(foods)];
    return class_of[c].w[i];
}

noun lexicon_noun(rng *r, lexicon_class c) { return lexicon_at(c, (int)rng_below(r, (uint64_t)lexicon_count(c))); }

const char *lexicon_name(rng *r) { return lexicon_noun(r, LEX_CLASSES).one; }

static person person_at(int i) {
    return i < WOMEN ? (person){name_at(i), "she", "her", "her"} : (person){name_at(i), "he", "him", "his"};
}

person lexicon_person(rng *r) { return person_at((int)rng_below(r, NAMES)); }

/* A few out of many: draw again on a repetition. */
void lexicon_people(rng *r, person *out, int n) {
    if (n > NAMES) abort();
    for (int i = 0; i < n; i++) {
        int k;
        do {
            out[i] = lexicon_person(r);
            for (k = 0; k < i && strcmp(out[k].name, out[i].name) != 0; k++) {}
        } while (k < i);
    }
}

void lexicon_pick(rng *r, lexicon_class c, const char **out, int n) {
    if (n > lexicon_count(c)) abort();
    for (int i = 0; i < n; i++) {
        int k;
        do {
            out[i] = lexicon_noun(r, c).many;
            for (k = 0; k < i && strcmp(out[k], out[i]) != 0; k++) {}
        } while (k < i);
    }
}

const char *lexicon_a(const char *word) {
    static const char *const y[] = {"uni", "use", "eu", "one", NULL}, *const mute[] = {"hour", "honest", "heir", NULL};
    for (int i = 0; y[i]; i++)
        if (!strncmp(word, y[i], strlen(y[i]))) return "a";
    for (int i = 0; mute[i]; i++)
        if (!strncmp(word, mute[i], strlen(mute[i]))) return "an";
    return *word && strchr("aeiouAEIOU", *word) ? "an" : "a";
}

static const char *const month_name[] = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};
static const char *const day_name[]   = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

const char *lexicon_month_full(int i) { return month_name[i]; }

const char *lexicon_day_full(int i) { return day_name[i]; }

const char *lexicon_month(int i) {
    static const char *const m[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    return m[i];
}

const char *lexicon_day(int i) {
    static const char *const d[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    return d[i];
}
