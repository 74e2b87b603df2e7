/* Which answers become rows: a family's own ones do, whatever is wrong about them is a reason not to. */
#include "unit.h"

#include "data/rows.h"
#include "rl/reject.h"

static const recipe_reward ALL = {.weight = {1}, .process_claims = 1, .length_tokens = 100};

static bool row_of(const family *f, const problem *p, const char *response, size_t n, str *row, char why[96]) {
    reward_parts r;
    reward_score(&ALL, f, p, response, n, 50, true, &r);
    str_clear(row);
    why[0] = '\0';
    return reject_row(f, p, response, n, &r, row, why);
}

/* Every family's own reasoning is a row that the checker of rows accepts, and that says what was answered. */
static void test_own_answers(void **state) {
    (void)state;
    uint64_t seed = unit_seed("test_own_answers");
    for (int i = 0; i < family_count(); i++) {
        const family *f = family_at(i);
        for (int level = 1; level <= f->levels; level += 3) {
            problem p = {0}, back = {0};
            str     s = {0}, row = {0};
            char    why[96], flaw[ROWS_WHY];
            family_make(f, SPLIT_TRAIN, seed, 3, level, &p);
            str_addf(&s, "%s</think>\n%s", p.reasoning.p, p.answer.p);
            bool ok = row_of(f, &p, s.p, s.len, &row, why);
            if (!ok && strstr(why, "no executor")) print_message("%s: no Python here\n", f->name);
            else {
                if (!ok) fail_msg("%s level %d: %s", f->name, level, why);
                assert_true(row.p[row.len - 1] == '\n' && strchr(row.p, '\n') == row.p + row.len - 1);
                if (!rows_check(row.p, row.len - 1, &back, flaw)) fail_msg("%s level %d: %s", f->name, level, flaw);
                assert_string_equal(back.question.p, p.question.p);
                assert_string_equal(back.reasoning.p, p.reasoning.p);
                assert_string_equal(back.answer.p, p.answer.p);
                assert_int_equal(back.level, level);
            }
            problem_free(&p);
            problem_free(&back);
            str_free(&s);
            str_free(&row);
        }
    }
}

static void test_reasons(void **state) {
    (void)state;
    static const char work[] = "Understand: 12 + 30\nPlan: add\nWork:\n2+0=2 ->2\n1+3=4 ->42\n12 + 30 = 42\n"
                               "Check: 42 - 30 = 12, right\n";
    static const struct {
        const char *response, *why;
    } bad[] = {
        {"", ""},
        {"</think>\n**42**", "four phases"},
        {"Understand: 12 + 30\nPlan: add\nWork:\n2+0=3 ->3\n12 + 30 = 42\nCheck: 42 - 30 = 12, right\n</think>\n**42**",
         ""},
        {"Understand: 12 + 30\nPlan: add\nWork:\n12 + 30 = 42\nCheck: 42 - 30 = 12, right\n</think>\n**43**", ""},
        {"Understand: 12 + 30\nPlan: \xe5\x8a\xa0\nWork:\n12 + 30 = 42\nCheck: 42 - 30 = 12, right\n</think>\n**42**",
         "language"},
    };
    const family *f = family_find("arithmetic");
    problem       p = {.family = "arithmetic", .level = 1};
    str           s = {0}, row = {0};
    char          why[96];
    str_add(&p.question, "What is 12 + 30?");
    str_add(&p.truth, "42");
    str_addf(&s, "%s</think>\n\nIt is **42**.\n", work);
    if (!row_of(f, &p, s.p, s.len, &row, why)) fail_msg("a good answer is refused: %s", why);
    assert_non_null(strstr(row.p, "\"It is **42**.\""));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (row_of(f, &p, bad[i].response, strlen(bad[i].response), &row, why)) fail_msg("kept: %s", bad[i].response);
        assert_int_equal(row.len, 0);
        assert_true(why[0]);
        if (!strstr(why, bad[i].why)) fail_msg("%s: \"%s\", expected \"%s\"", bad[i].response, why, bad[i].why);
    }
    str_addn(&s, "\0", 1);
    assert_false(row_of(f, &p, s.p, s.len, &row, why));
    problem_free(&p);
    str_free(&s);
    str_free(&row);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_own_answers), cmocka_unit_test(test_reasons)};
    return cmocka_run_group_tests_name("reject", tests, NULL, NULL);
}
