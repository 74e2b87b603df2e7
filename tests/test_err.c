#include "unit.h"

#include "base/err.h"

static void test_set_formats_and_is_false(void **state) {
    (void)state;
    err e = {0};
    assert_false(err_set(&e, "%s: magic %08x, expected %d", "a.gguf", 0xbeef, 7));
    assert_string_equal(e.msg, "a.gguf: magic 0000beef, expected 7");
    assert_false(err_set(&e, "again"));
    assert_string_equal(e.msg, "again");
}

static void test_in_puts_context_in_front(void **state) {
    (void)state;
    err e = {0};
    err_set(&e, "key \"dim\" is missing");
    assert_false(err_in(&e, "layer %d", 3));
    assert_false(err_in(&e, "config.json"));
    assert_string_equal(e.msg, "config.json: layer 3: key \"dim\" is missing");
}

static void test_null_drops_the_message(void **state) {
    (void)state;
    assert_false(err_set(NULL, "x %d", 1));
    assert_false(err_in(NULL, "x %d", 1));
}

static void test_long_messages_are_cut_and_terminated(void **state) {
    (void)state;
    err  e = {0};
    char big[2000];
    memset(big, 'a', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    err_set(&e, "%s", big);
    assert_int_equal(strlen(e.msg), sizeof e.msg - 1);
    err_set(&e, "inner");
    err_in(&e, "%s", big);
    assert_int_equal(strlen(e.msg), sizeof e.msg - 1);
    err_set(&e, "%s", big);
    err_in(&e, "outer");
    assert_int_equal(strlen(e.msg), sizeof e.msg - 1);
    assert_memory_equal(e.msg, "outer: aaa", 10);
}

static void test_the_old_message_may_be_an_argument(void **state) {
    (void)state;
    err e = {0};
    err_set(&e, "inner");
    err_set(&e, "outer (%s)", e.msg);
    assert_string_equal(e.msg, "outer (inner)");
    err_in(&e, "[%s]", e.msg);
    assert_string_equal(e.msg, "[outer (inner)]: outer (inner)");
}

static void test_a_message_is_one_clean_line(void **state) {
    (void)state;
    err e = {0};
    err_set(&e, "bad name '%s'", "a\nb\x1b[31mc\x7f");
    assert_string_equal(e.msg, "bad name 'a b?[31mc?'");
    err_in(&e, "x\r");
    assert_null(strpbrk(e.msg, "\r\n\x1b"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set_formats_and_is_false),
        cmocka_unit_test(test_in_puts_context_in_front),
        cmocka_unit_test(test_null_drops_the_message),
        cmocka_unit_test(test_long_messages_are_cut_and_terminated),
        cmocka_unit_test(test_the_old_message_may_be_an_argument),
        cmocka_unit_test(test_a_message_is_one_clean_line),
    };
    return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
