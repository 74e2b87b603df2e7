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

/* How other models write: TeX, words, signs, lists, and talk around the value. */
static const item fair[] = {
    {"minus 4", "-4"},
    {"The answer is minus 4.", "-4"},
    {"**minus 4**", "-4"},
    {"The answer is **negative 4**.", "-4"},
    {"negative four", "-4"},
    {"12 minus 4 is 8", "8"},
    {"12 minus 4 = **8**", "8"},
    {"\\boxed{5}", "5"},
    {"$\\boxed{5}$", "5"},
    {"\\[\\boxed{5}\\]", "5"},
    {"\\(\\boxed{5}\\)", "5"},
    {"$$x = \\boxed{5}$$", "5"},
    {"$x = 5$", "x = 5"},
    {"\\(x = 5\\)", "x = 5"},
    {"\\[ x = 5 \\]", "x = 5"},
    {"\\boxed{x = 5}", "x = 5"},
    {"**$x = 5$**", "x = 5"},
    {"**x** is **5**.", "x = 5"},
    {"**Answer:** x = 5", "x = 5"},
    {"**Answer:** 5", "5"},
    {"**Answer: 5**", "5"},
    {"**Final answer:** 5", "5"},
    {"## Answer\n\n**5**", "5"},
    {"### Final answer\n5", "5"},
    {"#### 5", "5"},
    {"\\frac{1}{2}", "1/2"},
    {"\\boxed{\\frac{1}{2}}", "1/2"},
    {"\\boxed{\\dfrac{1}{2}}", "1/2"},
    {"$\\frac12$", "1/2"},
    {"\\boxed{-\\frac{1}{2}}", "-1/2"},
    {"\\boxed{\\frac{-1}{2}}", "-1/2"},
    {"3\\frac{1}{2}", "7/2"},
    {"\\boxed{3\\frac{1}{2}}", "7/2"},
    {"1 1/2", "3/2"},
    {"1.5", "3/2"},
    {"3/2", "3/2"},
    {"The answer is 1 1/2.", "3/2"},
    {"one and a half", "3/2"},
    {"\xc2\xbd", "1/2"},
    {"1\xc2\xbd", "3/2"},
    {"$1,234.50", "2469/2"},
    {"**$1,234.50**", "2469/2"},
    {"The total is \\$1,234.50.", "2469/2"},
    {"1,234.50 dollars", "2469/2"},
    {"\\boxed{1{,}234.50}", "2469/2"},
    {"\\boxed{1,\\!234.50}", "2469/2"},
    {"three", "3"},
    {"Three apples are left.", "3"},
    {"There are **three** left.", "3"},
    {"The answer is three.", "3"},
    {"twenty", "20"},
    {"zero", "0"},
    {"**Three**", "3"},
    {"**Three (3)**", "3"},
    {"seventeen", "17"},
    {"twenty-five", "25"},
    {"**5** apples (8 - 3 = 5)", "5"},
    {"**5**, because 8 - 3 = 5 and 5 + 3 = 8.", "5"},
    {"She has **5** apples left. She started with 8 and gave away 3.", "5"},
    {"- Start: 8\n- Given away: 3\n- Left: **5**", "5"},
    {"1. Start with 8.\n2. Take away 3.\n3. That leaves 5.\n\nThe answer is 5.", "5"},
    {"1. 8 - 3 = 5\n2. Check: 5 + 3 = 8\n\n**5**", "5"},
    {"Step 1: 8 - 3 = 5.\n\nAnswer: 5", "5"},
    {"The answer is 5. To check: 5 + 3 = 8.", "5"},
    {"The answer is **5**. (You can check this: 5 + 3 is 8.)", "5"},
    {"So we get 5 in total.", "5"},
    {"There are 5 apples left.", "5"},
    {"Tom has 5.", "5"},
    {"\\boxed{-5}", "-5"},
    {"\xe2\x88\x92"
     "5",
     "-5"},
    {"\xe2\x80\x93"
     "5",
     "-5"},
    {"The answer is -5.", "-5"},
    {"x = \xe2\x88\x92"
     "5",
     "-5"},
    {"5.0", "5"},
    {"5.00", "5"},
    {"+5", "5"},
    {"\xe2\x89\x88 5", "5"},
    {"**\xe2\x89\x88 5**", "5"},
    {"about 5", "5"},
    {"approximately **5**", "5"},
    {"1/3", "1/3"},
    {"The answer is 5!", "5"},
    {"The answer is *5*.", "5"},
    {"The answer is `5`.", "5"},
    {"__5__", "5"},
    {"<answer>5</answer>", "5"},
    {"The answer is x=5", "x = 5"},
    {"x = 5 is the solution.", "x = 5"},
    {"x=5.", "x = 5"},
    {"Therefore, x = 5, because 2*5 + 5 = 15.", "x = 5"},
    {"2x = 10\nx = 5", "x = 5"},
    {"2x + 5 = 15\n2x = 15 - 5\n2x = 10\nx = 10/2\nx = 5", "x = 5"},
    {"x = (15 - 5)/2 = 5", "x = 5"},
    {"x = 10/2 = 5", "x = 5"},
    {"x = 10 / 2 = **5**", "x = 5"},
    {"Subtract 5: 2x = 10. Divide by 2: **x = 5**. Check: 2(5) + 5 = 15.", "x = 5"},
    {"The value of **x** is **5**.", "x = 5"},
    {"4 r 2", "4 remainder 2"},
    {"4R2", "4 remainder 2"},
    {"**4** remainder **2**", "4 remainder 2"},
    {"The quotient is 4 and the remainder is 2.", "4 remainder 2"},
    {"Quotient: 4, remainder: 2", "4 remainder 2"},
    {"Quotient = 4, Remainder = 2", "4 remainder 2"},
    {"four remainder two", "4 remainder 2"},
    {"No problem! The answer is **5**.", "5"},
    {"There is no other solution, so the answer is 5.", "5"},
    {"The sum of 2 and 3 is **5**.", "5"},
    {"The sum of 2 and 3 is 5.", "5"},
    {"The sum of 2, 3 is 5", "5"},
    {"The difference between 8 and 3 is **5**.", "5"},
    {"The difference between 8 and 3 is 5.", "5"},
    {"5 is the difference between 8 and 3.", "5"},
    {"**Answer:** 117 mod 39 = **0**", "0"},
    {"Answer: 2 chargers cost **72** euros.", "72"},
};

/* A right number that is left open, taken back, compared, part of a calculation, or another one at second sight. */
static const item unfair[] = {
    {"The answer is 5, no, 4.", "5"},
    {"5 or 4", "5"},
    {"The answer is 5 or 4.", "5"},
    {"It is 5 or maybe 4.", "5"},
    {"**5** or 4", "5"},
    {"4 or **5**", "5"},
    {"between 4 and 5", "5"},
    {"The answer is between 4 and **5**.", "5"},
    {"It is between **5** and 6.", "5"},
    {"not 5 but 5.5", "5"},
    {"The answer is not 5 but **5.5**.", "5"},
    {"5 (or maybe 4)", "5"},
    {"**5** (or 4)", "5"},
    {"5. Wait, 4.", "5"},
    {"**5**. Actually, it is 4.", "5"},
    {"**5**, sorry, 6", "5"},
    {"It is 5, I mean 6.", "5"},
    {"The answer is 5. Correction: 6.", "5"},
    {"The answer is 4 to 5.", "5"},
    {"The answer is 5-6.", "5"},
    {"**5 to 6**", "5"},
    {"more than 5", "5"},
    {"It is less than **5**.", "5"},
    {"The answer is 5 and 6.", "5"},
    {"The answer is 5, 6.", "5"},
    {"It is either 5 or 6", "5"},
    {"5 \xc2\xb1 1", "5"},
    {"**5** \xc2\xb1 1", "5"},
    {"The answer is **minus 4**.", "4"},
    {"The answer is negative 4", "4"},
    {"three or four", "3"},
    {"not three", "3"},
    {"The answer is three, no, four.", "3"},
    {"thirteen", "3"},
    {"x = 5 or x = -5", "x = 5"},
    {"x = \xc2\xb1"
     "5",
     "x = 5"},
    {"x > 5", "x = 5"},
    {"x \xe2\x89\x88 5 or 6", "x = 5"},
    {"5 5/6", "5"},
    {"4 remainder 2, no, 4 remainder 1", "4 remainder 2"},
    {"4 remainder 2 or 4 remainder 3", "4 remainder 2"},
    {"I think it could be 5.", "5"},
    {"It might be **5**.", "5"},
    {"5?", "5"},
    {"The answer could be 5, but I am not certain.", "5"},
    {"5 is too large", "5"},
    {"The answer is definitely no 5.", "5"},
    {"**5**\n\n**6**", "5"},
    {"The answer is 5.\n\nThe answer is 6.", "5"},
    {"\\boxed{5} \\boxed{6}", "5"},
    {"5 / 6", "5"},
    {"Double 5.", "5"},
    {"half of 5", "5"},
    {"5 squared", "5"},
    {"5^2", "5"},
    {"5!=120", "5"},
    {"5 million", "5"},
    {"5 thousand", "5"},
    {"five hundred", "5"},
    {"5k", "5"},
    {"5 x 10^3", "5"},
    {"5e3", "5"},
    {"0.5e1.2", "5"},
    {"5,5", "5"},
    {"Answer: 5 or **6**", "6"},
    {"Answer: 5, **6**", "6"},
    {"The answer is between 5 and 6.", "5"},
};

static void all_right(const item *list, size_t n) {
    char why[96];
    for (size_t i = 0; i < n; i++)
        if (!answer_matches(list[i].answer, list[i].truth, why))
            fail_msg("\"%s\" for %s: %s", list[i].answer, list[i].truth, why);
}

static void all_wrong(const item *list, size_t n) {
    for (size_t i = 0; i < n; i++) {
        char why[96] = "";
        if (answer_matches(list[i].answer, list[i].truth, why))
            fail_msg("\"%s\" taken for %s", list[i].answer, list[i].truth);
        if (!why[0]) fail_msg("\"%s\": no reason", list[i].answer);
    }
}

static void test_right_answers(void **state) {
    (void)state;
    all_right(right, sizeof right / sizeof *right);
}

static void test_wrong_answers(void **state) {
    (void)state;
    all_wrong(wrong, sizeof wrong / sizeof *wrong);
}

static void test_fair_answers_of_others(void **state) {
    (void)state;
    all_right(fair, sizeof fair / sizeof *fair);
}

static void test_half_right_is_wrong(void **state) {
    (void)state;
    all_wrong(unfair, sizeof unfair / sizeof *unfair);
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
        cmocka_unit_test(test_fair_answers_of_others),
        cmocka_unit_test(test_half_right_is_wrong),
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_numbers_are_exact),
        cmocka_unit_test(test_ratios_do_not_wrap),
        cmocka_unit_test(test_an_echo_is_no_answer),
        cmocka_unit_test(test_long_answers),
    };
    return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
