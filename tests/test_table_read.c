/* Every form that table_put writes is found again in a question, with its columns; bare lists, too. */
#include "unit.h"

#include "task/table_read.h"

static const char *const before[] = {"What is the mean of sales?\n", "Here are the data, in full:\n",
                                     "hello: Tell  me the total.\n\n", ""};
static const char *const after[] = {"", "\nWhat is the mean of sales, to 2 decimals?", "\n\nthe first 3  values only."};

static void draw(rng *r, table *t, int cols) {
    static const char *const name[] = {"month", "sales", "unit cost", "profit_eur"};
    static const char *const row[]  = {"Jan", "Delta Foods", "P1", "week 4", "Maya"};
    *t                              = (table){.cols = 0};
    for (int c = 0; c < cols; c++) table_col(t, name[c]);
    for (int i = 0; i < 5; i++) {
        table_row(t, row[i]);
        for (int c = 1; c < cols; c++) {
            if (c == 3) table_text(t, i, c, rng_below(r, 2) ? "12.5" : "-3");
            else table_num(t, i, c, rng_range(r, -99, 999));
        }
    }
}

static void test_forms_are_found(void **state) {
    (void)state;
    rng r = rng_seed(unit_seed("test_forms_are_found"));
    for (int k = 0; k < 20000; k++) {
        table      t, u;
        table_form f = (table_form)rng_below(&r, TABLE_FORMS);
        str        q = {0};
        size_t     from, to;
        draw(&r, &t, rng_range(&r, 2, 4));
        str_add(&q, before[rng_below(&r, 4)]);
        if (f == TABLE_INLINE && rng_below(&r, 2)) str_add(&q, "Sum of these: ");
        size_t at = q.len;
        table_put(&q, &t, f);
        size_t end = q.len;
        str_add(&q, f == TABLE_INLINE && rng_below(&r, 2) ? ". What is the mean?" : after[rng_below(&r, 3)]);
        if (!table_read_at(q.p, &u, &from, &to)) fail_msg("nothing found in\n%s", q.p);
        if (from != at || to != end) fail_msg("found %zu..%zu, not %zu..%zu in\n%s", from, to, at, end, q.p);
        assert_int_equal(u.rows, t.rows);
        assert_int_equal(u.cols, t.cols);
        bool named = f < TABLE_LINES || t.cols > 2;
        for (int c = 1; c < t.cols; c++) {
            numlist v, w;
            if (named) assert_int_equal(table_read_col(&u, t.name[c]), c);
            assert_true(table_read_column(&t, c, &v) && table_read_column(&u, c, &w));
            assert_memory_equal(&v, &w, sizeof v);
        }
        for (int i = 0; i < t.rows; i++) assert_string_equal(u.cell[i][0], t.cell[i][0]);
        str_free(&q);
    }
}

static void test_lists_are_found(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int         n, places;
        long        last;
    } all[] = {{"What is the mean of 3, 5 and 8?", 3, 0, 8},        {"3 5 8", 3, 0, 8},
               {"to 2 decimals: mean of 1.5, 2, -0.25", 3, 2, -25}, {"the values are\n12\n13\n14\n7\nthanks", 4, 0, 7},
               {"for these 3 numbers: 4,5,61", 3, 0, 61},           {"Find it: 4, 5, and 6.", 3, 0, 6}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        numlist v;
        size_t  from, to;
        assert_true(table_read_list(all[i].text, &v, &from, &to));
        assert_int_equal(v.n, all[i].n);
        assert_int_equal(v.places, all[i].places);
        assert_int_equal(v.v[v.n - 1], all[i].last);
    }
    table t;
    assert_true(table_read("Which is larger?\nlight: 3, 5, 8\nsleep hours: 1, 2.5, 4", &t));
    assert_int_equal(t.rows, 3);
    numlist v;
    assert_true(table_read_column(&t, table_read_col(&t, "sleep_hours (h)"), &v));
    assert_int_equal(v.v[1], 25);
    assert_false(table_read("What is 3 + 5, and why?", &t));
    assert_false(table_read("Tom has 3 apples. Jan 5.", &t));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_forms_are_found), cmocka_unit_test(test_lists_are_found)};
    return cmocka_run_group_tests_name("table_read", tests, NULL, NULL);
}
