/* lexicon.c -- see lexicon.h. */
#include <stdlib.h>
#include "task/lexicon.h"

static const char *const names[] = {"Maya", "Tom", "Aisha", "Ben", "Clara", "Diego", "Emma", "Farid", "Grace", "Hana", "Ivan", "Julia"};
static const noun        things[]     = {{"apple", "apples"}, {"pencil", "pencils"}, {"book", "books"}, {"marble", "marbles"}, {"sticker", "stickers"}, {"coin", "coins"}};
static const noun        products[]   = {{"laptop", "laptops"}, {"phone", "phones"}, {"tablet", "tablets"}, {"camera", "cameras"}, {"printer", "printers"}, {"monitor", "monitors"}};
static const noun        animals[]    = {{"dog", "dogs"}, {"cat", "cats"}, {"hen", "hens"}, {"cow", "cows"}};
static const noun        containers[] = {{"box", "boxes"}, {"bag", "bags"}, {"basket", "baskets"}, {"jar", "jars"}};
static const noun        places[]     = {{"school", "schools"}, {"shop", "shops"}, {"library", "libraries"}, {"farm", "farms"}};
static const noun        regions[]    = {{"North", "North"}, {"South", "South"}, {"East", "East"}, {"West", "West"}, {"Central", "Central"}};
static const noun        companies[]  = {{"Acme", "Acme"}, {"Borealis", "Borealis"}, {"Cobalt", "Cobalt"}, {"Delta Foods", "Delta Foods"}};
static const noun        subjects[]   = {{"maths", "maths"}, {"history", "history"}, {"biology", "biology"}, {"music", "music"}};

#define LIST(a) {a, (int)(sizeof(a) / sizeof *(a))}
static const struct {
    const noun *w;
    int         n;
} class_of[LEX_CLASSES] = {[LEX_THING] = LIST(things),         [LEX_PRODUCT] = LIST(products), [LEX_ANIMAL] = LIST(animals),
                           [LEX_CONTAINER] = LIST(containers), [LEX_PLACE] = LIST(places),     [LEX_REGION] = LIST(regions),
                           [LEX_COMPANY] = LIST(companies),    [LEX_SUBJECT] = LIST(subjects)};

enum { NAMES = sizeof names / sizeof *names };

const char *lexicon_name(rng *r) { return names[rng_below(r, NAMES)]; }

noun lexicon_noun(rng *r, lexicon_class c) { return class_of[c].w[rng_below(r, (uint64_t)class_of[c].n)]; }

void lexicon_pick(rng *r, lexicon_class c, const char **out, int n) {
    int all = c == LEX_CLASSES ? NAMES : class_of[c].n;
    if (n > all) abort();
    for (int i = 0; i < n; i++) { /* a few out of many: draw again on a repetition */
        const char *w;
        int         k;
        do {
            w = c == LEX_CLASSES ? lexicon_name(r) : lexicon_noun(r, c).many;
            for (k = 0; k < i && out[k] != w; k++) {}
        } while (k < i);
        out[i] = w;
    }
}

const char *lexicon_month(int i) {
    static const char *const m[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    return m[i];
}

const char *lexicon_day(int i) {
    static const char *const d[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    return d[i];
}
