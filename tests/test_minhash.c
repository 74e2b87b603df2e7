/* MinHash: estimates within their bounds for sets of known likeness, bands that find what they should, identity by
 * numbers, and a window that forgets. */
#include "unit.h"

#include <math.h>

#include "base/rng.h"
#include "base/str.h"
#include "data/minhash.h"

/* A text of n distinct random words. */
static void random_words(str *s, rng *r, int n) {
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < 6; k++) str_addc(s, (char)('a' + rng_below(r, 26)));
        str_addc(s, ' ');
    }
}

/* Two texts with `same` five-word runs in common of same + 2 * own: a common part and an own tail each. Runs over the
 * seam belong to the tails. */
static double similar_of(rng *r, int same, int own) {
    str     a = {0}, b = {0};
    minhash x, y;
    random_words(&a, r, same + MINHASH_GRAM - 1);
    str_add(&b, a.p);
    random_words(&a, r, own);
    random_words(&b, r, own);
    minhash_of(&x, a.p, a.len);
    minhash_of(&y, b.p, b.len);
    assert_int_equal(x.grams, same + own);
    double j = minhash_similar(&x, &y);
    str_free(&a);
    str_free(&b);
    return j;
}

static void estimates_are_within_their_error(void **state) {
    (void)state;
    rng r                                         = rng_seed(unit_seed("estimates"));
    static const struct { int same, own; } pair[] = {{0, 40}, {20, 40}, {30, 15}, {60, 20}, {80, 10}, {90, 5}, {50, 0}};
    for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
        enum { N = 300 };
        double truth = (double)pair[i].same / (pair[i].same + 2 * pair[i].own), sum = 0, square = 0;
        for (int k = 0; k < N; k++) {
            double d = similar_of(&r, pair[i].same, pair[i].own) - truth;
            sum += d;
            square += d * d;
        }
        double sigma = sqrt((truth * (1 - truth) + 1.0 / 256) / MINHASH_N);
        if (fabs(sum / N) > 5 * sigma / sqrt(N) + 0.004)
            fail_msg("J = %.3f: estimates are off by %.4f on average", truth, sum / N);
        if (sqrt(square / N) >= 1.3 * sigma + 1e-9)
            fail_msg("J = %.3f: error %.4f, expected %.4f", truth, sqrt(square / N), sigma);
    }
}

static void equal_texts_are_equal(void **state) {
    (void)state;
    minhash     a, b;
    const char *x = "What is  3 + 4, please?", *y = "what is 3 + 4 please";
    minhash_of(&a, x, strlen(x));
    minhash_of(&b, y, strlen(y));
    assert_true(minhash_similar(&a, &b) == 1);
    assert_true(a.numbers == b.numbers);
    minhash_of(&a, "", 0);
    minhash_of(&b, "...", 3);
    assert_int_equal(a.grams, 0);
    assert_true(minhash_similar(&a, &b) == 1);
    minhash_of(&b, "one", 3);
    assert_true(minhash_similar(&a, &b) == 0);
}

static bool seen(near_index *x, const char *s, uint64_t salt) {
    minhash m;
    minhash_of(&m, s, strlen(s));
    return near_seen(x, &m, salt, 0.8);
}

static void other_numbers_are_other_problems(void **state) {
    (void)state;
    near_index *x = near_new(8);
    const char *story =
        "Tom has %s apples in his basket and his sister Anna who lives next door gives him %s more on a "
        "sunny day in May because she has far too many of them so how many apples does Tom have now";
    char a[400], b[400], c[400];
    snprintf(a, sizeof a, story, "12", "7");
    snprintf(b, sizeof b, story, "12", "8");
    snprintf(c, sizeof c, story, "7", "12");
    assert_false(seen(x, a, 1));
    assert_true(seen(x, a, 1));
    assert_false(seen(x, b, 1)); /* other numbers, however alike */
    assert_false(seen(x, c, 1)); /* other order */
    assert_false(seen(x, a, 2)); /* other truth */
    char *may = strstr(a, "sunny");
    memcpy(may, "rainy", 5);
    assert_true(seen(x, a, 1)); /* one word */
    assert_false(seen(x, "what is 5 + 3", 1));
    assert_false(seen(x, "what is 5 - 3", 1));
    assert_true(seen(x, "What is 5 - 3?", 1));
    near_free(x);
}

/* Pairs at a likeness: how many the index finds. */
static int found_of(rng *r, int same, int own, int pairs) {
    near_index *x = near_new(12);
    int         n = 0;
    for (int k = 0; k < pairs; k++) {
        str a = {0}, b = {0};
        random_words(&a, r, same + MINHASH_GRAM - 1);
        str_add(&b, a.p);
        random_words(&a, r, own);
        random_words(&b, r, own);
        seen(x, a.p, 0);
        n += seen(x, b.p, 0);
        str_free(&a);
        str_free(&b);
    }
    near_free(x);
    return n;
}

static void bands_find_near_ones_only(void **state) {
    (void)state;
    rng r = rng_seed(unit_seed("bands"));
    assert_true(found_of(&r, 95, 2, 200) >= 196); /* J = 0.96 */
    assert_true(found_of(&r, 90, 5, 200) >= 180); /* 0.9 */
    assert_true(found_of(&r, 60, 20, 200) <= 6);  /* 0.6 */
    assert_int_equal(found_of(&r, 0, 50, 200), 0);
}

static void the_window_forgets(void **state) {
    (void)state;
    rng         r     = rng_seed(unit_seed("window"));
    near_index *x     = near_new(6);
    str         first = {0}, s = {0};
    random_words(&first, &r, 30);
    assert_false(seen(x, first.p, 0));
    for (int i = 0; i < 64; i++) {
        str_clear(&s);
        random_words(&s, &r, 30);
        assert_false(seen(x, s.p, 0));
        assert_true(seen(x, s.p, 0));
    }
    assert_false(seen(x, first.p, 0)); /* 64 rows later */
    assert_true(near_bytes(20) < (size_t)150 << 20);
    near_free(x);
    str_free(&first);
    str_free(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(estimates_are_within_their_error),
        cmocka_unit_test(equal_texts_are_equal),
        cmocka_unit_test(other_numbers_are_other_problems),
        cmocka_unit_test(bands_find_near_ones_only),
        cmocka_unit_test(the_window_forgets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
