/* The word lists: as large as stories need, no word empty, none twice, plurals that are words. */
#include "unit.h"

#include "task/lexicon.h"

static int by_text(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static void no_twice(const char **w, int n, const char *which, int c) {
    qsort(w, (size_t)n, sizeof *w, by_text);
    for (int i = 0; i < n; i++) {
        assert_true(w[i] && w[i][0] && w[i][0] != ' ' && w[i][strlen(w[i]) - 1] != ' ' && strlen(w[i]) < 32);
        if (i && !strcmp(w[i], w[i - 1])) fail_msg("class %d: %s %s is there twice", c, which, w[i]);
    }
}

static void test_words(void **state) {
    (void)state;
    static const int least[LEX_CLASSES + 1] = {
        [LEX_THING] = 150, [LEX_PRODUCT] = 60, [LEX_ANIMAL] = 40,  [LEX_CONTAINER] = 30, [LEX_PLACE] = 60,
        [LEX_REGION] = 30, [LEX_COMPANY] = 40, [LEX_SUBJECT] = 25, [LEX_FOOD] = 40,      [LEX_OBJECT] = 100,
        [LEX_JOB] = 40,    [LEX_COLOUR] = 12,  [LEX_CLASSES] = 120};
    const char *one[400], *many[400];
    for (int c = 0; c <= LEX_CLASSES; c++) {
        int n = lexicon_count((lexicon_class)c);
        assert_in_range(n, least[c], 400);
        for (int i = 0; i < n; i++) {
            noun w  = lexicon_at((lexicon_class)c, i);
            one[i]  = w.one;
            many[i] = w.many;
        }
        no_twice(one, n, "word", c);
        no_twice(many, n, "plural", c);
    }
}

static void test_picks_differ(void **state) {
    (void)state;
    rng r = rng_seed(unit_seed("test_picks_differ"));
    for (int k = 0; k < 200; k++)
        for (int c = 0; c <= LEX_CLASSES; c++) {
            const char *w[12];
            lexicon_pick(&r, (lexicon_class)c, w, 12);
            no_twice(w, 12, "pick", c);
        }
    for (int k = 0; k < 200; k++) {
        person      p[8];
        const char *w[8];
        lexicon_people(&r, p, 8);
        for (int i = 0; i < 8; i++) {
            w[i] = p[i].name;
            assert_true(!strcmp(p[i].he, "she") == !strcmp(p[i].him, "her"));
        }
        no_twice(w, 8, "person", LEX_CLASSES);
    }
}

static void test_article(void **state) {
    (void)state;
    static const char *const an[] = {"apple", "egg", "hour", "orange", "umbrella", "ant"};
    static const char *const a[]  = {"pear", "university", "house", "yo-yo", "uniform", "one-way ticket"};
    for (int i = 0; i < 6; i++) assert_string_equal(lexicon_a(an[i]), "an");
    for (int i = 0; i < 6; i++) assert_string_equal(lexicon_a(a[i]), "a");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_words), cmocka_unit_test(test_picks_differ),
                                       cmocka_unit_test(test_article)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
