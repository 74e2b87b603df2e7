/* Lines of a trace as claims; rows of a file as claims about the truth. */
#include "unit.h"

#include "data/rows.h"
#include "task/steps.h"

static const struct {
    const char *s;
    int         claims, wrong;
} lines[] = {
    {"57 + 68 = 125", 1, 0},
    {"57 + 68 = 126", 1, 1},
    {"57 + 68:\n7+8=15 ->5 carry 1\n5+6+1=12 ->125\n57 + 68 = 125\n", 3, 0},
    {"7+8=16 ->6 carry 1", 1, 1},
    {"4*6=24, 24+4=28 ->282", 2, 0},
    {"4*6=24, 24+4=29 ->282", 2, 1},
    {"2-8: 12-8=4 ->4 borrow 1", 1, 0},
    {"44 / 6 = 7 rest 2", 1, 0},
    {"44 / 6 = 7 rest 3", 1, 1},
    {"44 / 6 = 6 rest 8", 1, 1},
    {"42/6=7 r0 ->07", 1, 0},
    {"42/6=7 r1 ->07", 1, 1},
    {"06/6=1 r0 ->071", 1, 0},
    {"x = 10 / 4 = 2 rest 2", 1, 0},
    {"2x = 3 - 45 = -(45 - 3)", 1, 0},
    {"2x = 3 - 45 = 45 - 3", 1, 1},
    {"-7 + 12 = 12 - 7", 1, 0},
    {"5 - (-3) = 8", 1, 0},
    {"3 * (5 + 2) - 1 = 20", 1, 0},
    {"5 < 8, so 5 - 8 = -(8 - 5)", 2, 0},
    {"9 < 8", 1, 1},
    {"15 is not 17, wrong", 1, 0},
    {"15 is not 15, wrong", 1, 1},
    {"15 = 15, right", 1, 0},
    {"L = 44 + 2", 0, 0},
    {"2x + 5 = 15", 0, 0},
    {"3 * 4^2 = 48", 1, 0},
    {"2 * (-3)^2 = 17", 1, 1},
    {"x^2 = 9", 0, 0},
    {"5x - 3 = 7", 0, 0},
    {"f'(2) = 3 * 4 + 1", 0, 0},
    {"no numbers here", 0, 0},
    {"= = =", 0, 0},
    {"1 / 0 = 1", 0, 0},
    {"12345678901234567 = 1", 0, 0},
    {"((((((((((((((((((((((((((((((((((((((((((((((((1 = 1", 0, 0},
    {"", 0, 0},
};

static void test_lines(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        steps_report r = steps_check(lines[i].s, strlen(lines[i].s), NULL);
        if (r.claims != lines[i].claims || r.wrong != lines[i].wrong)
            fail_msg("%d claims, %d wrong: %s", r.claims, r.wrong, lines[i].s);
        if (r.wrong) assert_true(r.at + r.len <= strlen(lines[i].s));
    }
}

static void test_lines_with_an_unknown(void **state) {
    (void)state;
    static const struct {
        const char *s;
        int         claims, wrong;
    } all[] = {{"2x + 5 = 15", 1, 0}, {"2x + 5 = 16", 1, 1},    {"3(x + 2) = 3x + 6", 1, 0}, {"3(x - 2) = 21", 1, 1},
               {"15 = 2x + 5", 1, 0}, {"so 2x + 5 = 15", 1, 0}, {"x = 10 / 2 = 5", 2, 0},    {"x/5 + 1 = 2", 1, 0},
               {"-x = -5", 1, 0},     {"7 - 2x = -3", 1, 0},    {"6x - x = 5x", 1, 0}};
    steps_unknown x = {'x', {5, 1}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        steps_report r = steps_check(all[i].s, strlen(all[i].s), &x);
        if (r.claims != all[i].claims || r.wrong != all[i].wrong)
            fail_msg("%d claims, %d wrong: %s", r.claims, r.wrong, all[i].s);
    }
}

static void test_solve(void **state) {
    (void)state;
    static const struct {
        const char *s;
        char        letter;
        long long   p, q;
    } all[]                         = {{"2x + 5 = 15", 'x', 5, 1},
                                       {"3(y + 2) = 27", 'y', 7, 1},
                                       {"7 - 2n = 2", 'n', 5, 2},
                                       {"a/4 - 3 = -5", 'a', -8, 1},
                                       {"2(x + 1) - 3(x - 4) = 5x - 1", 'x', 5, 2},
                                       {"15 = z", 'z', 15, 1}};
    static const char *const none[] = {"",          "x",         "2 + 3 = 5", "x = x", "x + 1 = x + 2",
                                       "x + y = 3", "x * x = 4", "1/x = 2",   "x ="};
    steps_unknown            x;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (!steps_solve(all[i].s, strlen(all[i].s), &x)) fail_msg("not solved: %s", all[i].s);
        assert_true(x.letter == all[i].letter && x.value.p == all[i].p && x.value.q == all[i].q);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (steps_solve(none[i], strlen(none[i]), &x)) fail_msg("solved: %s", none[i]);
}

static void test_same_numbers(void **state) {
    (void)state;
    assert_true(steps_same_numbers("subtract 17 from 45", 19, "45 - 17", 7));
    assert_false(steps_same_numbers("subtract 17 from 45", 19, "45 - 18", 7));
    assert_false(steps_same_numbers("1 2", 3, "12", 2));
    assert_false(steps_same_numbers("5", 1, "5 + 5", 5));
    assert_true(steps_same_numbers("", 0, "x", 1));
}

/* Change one thing in a good row: the reason must name it. */
static void test_bad_rows_say_why(void **state) {
    (void)state;
    static const char row[] = "{\"family\":\"arithmetic\",\"level\":1,\"question\":\"3 + "
                              "4?\",\"reasoning\":\"Understand: 3 + 4\\nPlan: add\\nWork:\\n"
                              "3 + 4 = 7\\nCheck: 7 - 4 must be 3\\n7 - 4 = 3\\n3 = 3, right\\n\",\"answer\":\"The "
                              "answer is **7**.\",\"truth\":\"7\"}";
    static const struct {
        const char *from, *to, *why;
    } all[] = {{"**7**", "**8**", "expected 7, found 8"},
               {"**7**.", "", "no value"},
               {"\"truth\":\"7\"", "\"truth\":\"8\"", "the row's truth is 8"},
               {"3 + 4?", "3 + 5?", "numbers of the question"},
               {"\"arithmetic\"", "\"alchemy\"", "alchemy"},
               {"\"level\":1", "\"level\":11", "level 11"},
               {"\"level\":1", "\"level\":\"one\"", "level"},
               {"\"answer\"", "\"reply\"", "answer"},
               {"\"question\"", "\"q\"", "question"},
               {"\\n3 + 4 = 7", "\\n3 + 4 = 8", "a false line: 3 + 4 = 8"},
               {"Plan", "Pan", "phase"},
               {"Check: ", "", "Check"},
               {"{", "[", "JSON"},
               {"Understand: 3 + 4", "Understand: 3 + + 4", "not an expression"},
               {"Understand", "understand", "does not begin"},
               {"3 + 4?", "3 + 4?\\u0000", "JSON"}};
    char    why[ROWS_WHY];
    problem p = {0};
    if (!rows_check(row, strlen(row), &p, why)) fail_msg("%s", why);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        str         s  = {0};
        const char *at = strstr(row, all[i].from);
        assert_non_null(at);
        str_addn(&s, row, (size_t)(at - row));
        str_add(&s, all[i].to);
        str_add(&s, at + strlen(all[i].from));
        if (rows_check(s.p, s.len, &p, why)) fail_msg("taken for good: %s", s.p);
        if (!strstr(why, all[i].why)) fail_msg("expected \"%s\" in \"%s\"", all[i].why, why);
        assert_null(strchr(why, '\n'));
        str_free(&s);
    }
    problem_free(&p);
}

static void test_long_lines_and_missing_truth(void **state) {
    (void)state;
    char    why[ROWS_WHY];
    problem p = {0};
    str     s = {0};
    str_add(&s, "{\"family\":\"linear\",\"question\":\"2x=4\",\"reasoning\":\"Understand: 2x = 4, find x\\nPlan: "
                "divide\\nWork:\\nx = 4 / 2 = 2\\n"
                "Check: 2 * 2 must be 4\\n2 * 2 = 4\\n4 = 4, right\\n\",\"answer\":\"So **x = 2**.\"}");
    if (!rows_check(s.p, s.len, &p, why)) fail_msg("%s", why);
    assert_string_equal(p.truth.p, "x = 2");
    while (s.len <= ROWS_LINE_MAX) str_add(&s, "                                                                ");
    assert_false(rows_check(s.p, s.len, &p, why));
    assert_non_null(strstr(why, "bytes"));
    str_free(&s);
    problem_free(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_lines_with_an_unknown),
        cmocka_unit_test(test_solve),
        cmocka_unit_test(test_same_numbers),
        cmocka_unit_test(test_bad_rows_say_why),
        cmocka_unit_test(test_long_lines_and_missing_truth),
    };
    return cmocka_run_group_tests_name("steps", tests, NULL, NULL);
}
