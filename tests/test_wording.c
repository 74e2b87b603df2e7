/* Patterns of alternatives, guarded slots, tables. */
#include "unit.h"

#include "task/table.h"
#include "task/wording.h"

static int hits(const char *pattern, const char *want, int n) {
    rng r = rng_seed(5);
    int k = 0;
    for (int i = 0; i < n; i++) {
        str s = {0};
        wording_put(&s, &r, pattern, NULL);
        k += !strcmp(s.p ? s.p : "", want);
        str_free(&s);
    }
    return k;
}

static void test_alternatives(void **state) {
    (void)state;
    assert_int_equal(hits("plain", "plain", 10), 10);
    assert_in_range(hits("a{b|c}d", "abd", 1000), 430, 570);
    assert_in_range(hits("{3*a|b}", "a", 1000), 700, 800);
    assert_in_range(hits("[x]y", "y", 1000), 430, 570);
    assert_in_range(hits("{a{b|c}|d}", "ac", 1000), 200, 300);
    assert_in_range(hits("{a|}", "", 1000), 430, 570);
    assert_int_equal(hits("\\{a\\|b\\}", "{a|b}", 10), 10);
    assert_in_range(hits("{2 * 3|4*x}", "x", 1000), 740, 860);
}

static void test_slots_stay_as_they_are(void **state) {
    (void)state;
    const char     *data   = "Month,Sales\nJan,12.50\nFeb,{x|y}\n<z>";
    const word_slot slot[] = {{"data", data}, {"w", "MEAN value"}, {0}};
    rng             r      = rng_seed(unit_seed("slots"));
    int             lower = 0, upper = 0;
    for (int i = 0; i < 500; i++) {
        str s = {0};
        wording_ask(&s, &r, "{what is|please tell me} the <w> of: <data>", slot);
        assert_non_null(strstr(s.p, data));
        assert_non_null(strstr(s.p, "MEAN value"));
        assert_null(memchr(s.p, 1, s.len));
        assert_null(memchr(s.p, 2, s.len));
        lower += s.p[0] == 'w' || s.p[0] == 'p';
        upper += s.p[0] == 'W' || s.p[0] == 'P';
        str_free(&s);
    }
    assert_int_equal(lower + upper, 500);
    assert_true(lower > 100 && upper > 100);
}

static void shows(const table *t, table_form f, const char *want) {
    str s = {0};
    table_put(&s, t, f);
    assert_string_equal(s.p, want);
    str_free(&s);
}

static void test_table_forms(void **state) {
    (void)state;
    table t = {0};
    table_col(&t, "month");
    table_col(&t, "sales");
    table_num(&t, table_row(&t, "Jan"), 1, 120);
    table_num(&t, table_row(&t, "Feb"), 1, -5);
    shows(&t, TABLE_CSV, "month,sales\nJan,120\nFeb,-5");
    shows(&t, TABLE_MARKDOWN, "| month | sales |\n|---|---|\n| Jan | 120 |\n| Feb | -5 |");
    shows(&t, TABLE_TABS, "month\tsales\nJan\t120\nFeb\t-5");
    shows(&t, TABLE_SPACES, "month  sales\nJan    120\nFeb    -5");
    shows(&t, TABLE_LINES, "Jan: 120\nFeb: -5");
    shows(&t, TABLE_INLINE, "Jan 120, Feb -5");
    table_col(&t, "cost");
    table_num(&t, 0, 2, 80);
    table_num(&t, 1, 2, 90);
    shows(&t, TABLE_LINES, "Jan: sales 120, cost 80\nFeb: sales -5, cost 90");
    shows(&t, TABLE_INLINE, "Jan (sales 120, cost 80), Feb (sales -5, cost 90)");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alternatives),
        cmocka_unit_test(test_slots_stay_as_they_are),
        cmocka_unit_test(test_table_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
