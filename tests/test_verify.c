/* What an answer claims: right in whatever words, wrong in whatever disguise. Exact numbers. */
#include "unit.h"

#include "task/family.h"
#include "task/ratio.h"
#include "task/verify.h"

typedef struct item {
    const char *answer, *truth;
} item;

static const item right[] = {
    {"The answer is **17**.", "17"},
    {"**17**", "17"},
    {"17", "17"},
    {"17.", "17"},
    {"$17", "17"},
    {"**$17.00**", "17"},
    {"17.0", "17"},
    {"34/2", "17"},
    {"The answer is 17.", "17"},
    {"the result equals 17", "17"},
    {"Answer: 17", "17"},
    {"It is 17", "17"},
    {"12 + 5 = **17**", "17"},
    {"12 + 5 = 17", "17"},
    {"12 + 5 = 17.", "17"},
    {"First 12 + 3 = 15, then 15 + 2 = 17", "17"},
    {"We get 12 + 5 = 17. So the answer is **17**.", "17"},
    {"**12 + 5 = 17**", "17"},
    {"12 plus 5 is 17", "17"},
    {"The answer is \\boxed{17}.", "17"},
    {"The answer is $\\boxed{17}$", "17"},
    {"1,000", "1000"},
    {"The total is 1,234,567.", "1234567"},
    {"**1000**", "1000"},
    {"**-5**", "-5"},
    {"The answer is **\xe2\x88\x92"
     "5**.",
     "-5"},
    {"3 - 8 = -5", "-5"},
    {"3 - 8 = **-5**", "-5"},
    {"So **x = 5**.", "x = 5"},
    {"x = 5", "x = 5"},
    {"x=5", "x = 5"},
    {"X = 5", "x = 5"},
    {"**5**", "x = 5"},
    {"5", "x = 5"},
    {"The solution is x = 5.", "x = 5"},
    {"x is 5", "x = 5"},
    {"Since 2x = 10, **x = 5**.", "x = 5"},
    {"2x + 5 = 15 gives 2x = 10 and so x = 5", "x = 5"},
    {"The value of x is 5.", "x = 5"},
    {"x equals **5**", "x = 5"},
    {"5 = x", "x = 5"},
    {"**x** = **5**", "x = 5"},
    {"x = -7/2", "x = -7/2"},
    {"**x = -3.5**", "x = -7/2"},
    {"x = -3 1/2", "x = -7/2"},
    {"x = -\\frac{7}{2}", "x = -7/2"},
    {"x = \\frac{-7}{2}", "x = -7/2"},
    {"**-7/2**", "x = -7/2"},
    {"-14/4", "x = -7/2"},
    {"x = 2.50", "x = 5/2"},
    {"14 / 3 = **4 remainder 2**", "4 remainder 2"},
    {"The answer is 4 with a remainder of 2.", "4 remainder 2"},
    {"4 R2", "4 remainder 2"},
    {"**4 rest 2**", "4 remainder 2"},
    {"Paris", "paris"},
    {"It is **Paris**.", "paris"},
};

static const item wrong[] = {
    {"", "17"},
    {" \n", "17"},
    {"**18**", "17"},
    {"16", "17"},
    {"-17", "17"},
    {"170", "17"},
    {"1.7", "17"},
    {"17.5", "17"},
    {"17000000000000000000000", "17"},
    {"**17** or **18**", "17"},
    {"17 or 18", "17"},
    {"17, 18, 19", "17"},
    {"The answer is **17**, no, the answer is **18**.", "17"},
    {"The answer is 17. The answer is 18.", "17"},
    {"The answer is 18. The answer is 17.", "17"},
    {"The answer is **17**. In fact the answer is 18.", "17"},
    {"The answer is not **17**.", "17"},
    {"The answer is not 17.", "17"},
    {"It isn't 17.", "17"},
    {"It isn\xe2\x80\x99t 17.", "17"},
    {"Is the answer 17?", "17"},
    {"Maybe **17**", "17"},
    {"17 is wrong", "17"},
    {"12 + 5", "17"},
    {"What is 12 + 17?", "17"},
    {"17 + 0", "17"},
    {"12 + 17", "17"},
    {"12 + 6 = 17", "17"},
    {"12 + 5 = 18, so the answer is **17**.", "17"},
    {"I do not know", "17"},
    {"seventeen", "17"},
    {"**seventeen**", "17"},
    {"x = 4", "x = 5"},
    {"y = 5", "x = 5"},
    {"**y = 5**", "x = 5"},
    {"x = 5 or x = 4", "x = 5"},
    {"**x = 5**, **x = 4**", "x = 5"},
    {"So **x = 5**. But x = 4.", "x = 5"},
    {"2x + 5 = 15", "x = 15"},
    {"2x - 15 = 15", "x = 15"},
    {"Solve for x: 2x - 15 = 15", "x = 15"},
    {"**2x - 15 = 15**", "x = 15"},
    {"15 = 2x - 15", "x = 15"},
    {"x + 5 = 5", "x = 5"},
    {"3(x + 2) = 5", "x = 5"},
    {"x is not 5", "x = 5"},
    {"x = 3.5", "x = -7/2"},
    {"x = -7/3", "x = -7/2"},
    {"x = 7/-2/1", "x = -7/2"},
    {"14 / 3 = **4 remainder 1**", "4 remainder 2"},
    {"4", "4 remainder 2"},
    {"2 remainder 4", "4 remainder 2"},
    {"not 4 remainder 2", "4 remainder 2"},
    {"London", "paris"},
    {"**Paris** **London**", "paris"},
};

static void test_right_answers(void **state) {
    (void)state;
    char why[96];
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        if (!answer_matches(right[i].answer, right[i].truth, why))
            fail_msg("\"%s\" for %s: %s", right[i].answer, right[i].truth, why);
}

static void test_wrong_answers(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char why[96] = "";
        if (answer_matches(wrong[i].answer, wrong[i].truth, why))
            fail_msg("\"%s\" taken for %s", wrong[i].answer, wrong[i].truth);
        if (!why[0]) fail_msg("\"%s\": no reason", wrong[i].answer);
    }
}

/* Every value v in many frames: right for v, wrong for its neighbours. */
static void test_frames(void **state) {
    (void)state;
    static const char *const frame[] = {
        "**%s**", "The answer is **%s**.", "The answer is %s.", "%s", "So it is %s.", "Result: %s", "\\boxed{%s}"};
    uint64_t seed = unit_seed("test_frames");
    rng      r    = rng_seed(seed);
    for (int i = 0; i < 5000; i++) {
        char answer[200], value[64], truth[64], why[96];
        int  a = rng_range(&r, -99999, 99999), d = rng_range(&r, 1, 9);
        switch (rng_below(&r, 4)) {
        case 0:
            snprintf(value, sizeof value, "%d", a);
            d = 1;
            break;
        case 1: snprintf(value, sizeof value, "%d/%d", a, d); break;
        case 2:
            snprintf(value, sizeof value, "%d.%d", a, d);
            a = a * 10 + (a < 0 || value[0] == '-' ? -d : d);
            d = 10;
            break;
        default:
            snprintf(value, sizeof value, "%s%d,%03d", a < 0 ? "-" : "", abs(a / 1000), abs(a % 1000));
            d = 1;
            if (abs(a) < 1000) snprintf(value, sizeof value, "%d", a);
            break;
        }
        snprintf(answer, sizeof answer, frame[rng_below(&r, 7)], value);
        snprintf(truth, sizeof truth, "%d/%d", a, d);
        if (!answer_matches(answer, truth, why)) fail_msg("\"%s\" for %s: %s", answer, truth, why);
        snprintf(truth, sizeof truth, "%d/%d", a + 1, d);
        if (answer_matches(answer, truth, why)) fail_msg("\"%s\" for %s", answer, truth);
    }
}

static void test_numbers_are_exact(void **state) {
    (void)state;
    static const struct {
        const char *s;
        long long   p, q;
        const char *rest;
    } all[]                         = {{"5", 5, 1, ""},
                                       {"-7/2", -7, 2, ""},
                                       {"6/4x", 3, 2, "x"},
                                       {"3.250", 13, 4, ""},
                                       {"0.1", 1, 10, ""},
                                       {"1,000", 1000, 1, ""},
                                       {"1,00", 1, 1, ",00"},
                                       {"12,345,678.5", 24691357, 2, ""},
                                       {"1234,567", 1234, 1, ",567"},
                                       {"1, 2", 1, 1, ", 2"},
                                       {"5.", 5, 1, "."},
                                       {"2 1/2", 5, 2, ""},
                                       {"2 3", 2, 1, " 3"},
                                       {"2 5/2", 2, 1, " 5/2"},
                                       {"-2 1/2", -5, 2, ""},
                                       {"$-3", -3, 1, ""},
                                       {"-$3", -3, 1, ""},
                                       {"\\frac{5}{2}!", 5, 2, "!"},
                                       {"0/5", 0, 1, ""},
                                       {"999999999999999999", 999999999999999999, 1, ""}};
    static const char *const none[] = {"",         "x", "-", "$", "1/0", "1000000000000000000", "\\frac{1}{0}",
                                       "\\frac{1", ".5"};
    ratio                    v;
    const char              *end;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (!ratio_read(all[i].s, &v, &end)) fail_msg("not read: %s", all[i].s);
        if (v.p != all[i].p || v.q != all[i].q) fail_msg("%s: %lld/%lld", all[i].s, v.p, v.q);
        assert_string_equal(end, all[i].rest);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (ratio_read(none[i], &v, &end)) fail_msg("read: %s", none[i]);
}

static void test_ratios_do_not_wrap(void **state) {
    (void)state;
    ratio big = {9000000000000000000LL, 1}, half = {1, 2}, third = {-1, 3}, v;
    assert_false(ratio_op(big, '+', big, &v));
    assert_false(ratio_op(big, '*', big, &v));
    assert_true(ratio_op(big, '-', big, &v) && v.p == 0 && v.q == 1);
    assert_true(ratio_op(big, '/', big, &v) && v.p == 1 && v.q == 1);
    assert_true(ratio_op(half, '+', third, &v) && v.p == 1 && v.q == 6);
    assert_true(ratio_op(half, '/', third, &v) && v.p == -3 && v.q == 2);
    assert_false(ratio_op(half, '/', (ratio){0, 1}, &v));
    assert_false(ratio_make(1, 0, &v));
    assert_true(ratio_make(4, -6, &v) && v.p == -2 && v.q == 3);
}

static void test_an_echo_is_no_answer(void **state) {
    (void)state;
    char why[96];
    assert_true(verify_echo("What is 12 + 7?", "what is **12+7**", why));
    assert_true(verify_echo("x = 5", "**x = 5**", why));
    assert_false(verify_echo("What is 12 + 7?", "12 + 7 = 19", why));
    assert_false(verify_echo("", "", why));
}

static void test_long_answers(void **state) {
    (void)state;
    char why[96];
    str  s = {0};
    for (int i = 0; i < 20000; i++) str_addf(&s, "%d + %d = %d\n", i, i, 2 * i);
    str_add(&s, "The answer is **17**.");
    assert_true(answer_matches(s.p, "17", why));
    str_add(&s, " And **18**.");
    assert_false(answer_matches(s.p, "17", why));
    str_free(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_right_answers),
        cmocka_unit_test(test_wrong_answers),
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_numbers_are_exact),
        cmocka_unit_test(test_ratios_do_not_wrap),
        cmocka_unit_test(test_an_echo_is_no_answer),
        cmocka_unit_test(test_long_answers),
    };
    return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
