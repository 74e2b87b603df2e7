#include "unit.h"

#include <float.h>

#include "base/fs.h"
#include "base/json.h"
#include "base/str.h"

static json_t *parse(const char *text) {
    err     e = {0};
    json_t *j = json_load_mem("test", text, strlen(text), &e);
    if (!j) fail_msg("%s", e.msg);
    return j;
}

static void test_typed_values(void **state) {
    (void)state;
    json_t     *j = parse("{\"i\": -7, \"big\": 9007199254740993, \"f\": 1.5, \"t\": true, \"s\": \"caf\\u00e9\"}");
    err         e = {0};
    int         i;
    int64_t     big;
    float       f;
    bool        t;
    const char *s;
    assert_true(json_get_int(j, "i", &i, JSON_NEED, &e));
    assert_int_equal(i, -7);
    assert_true(json_get_i64(j, "big", &big, JSON_NEED, &e));
    assert_true(big == 9007199254740993); /* one above what a double holds */
    assert_true(json_get_f32(j, "f", &f, JSON_NEED, &e));
    assert_true(f == 1.5f);
    assert_true(json_get_f32(j, "i", &f, JSON_NEED, &e));
    assert_true(f == -7.0f);
    assert_true(json_get_bool(j, "t", &t, JSON_NEED, &e));
    assert_true(t);
    assert_true(json_get_str(j, "s", &s, JSON_NEED, &e));
    assert_string_equal(s, "caf\xc3\xa9");
    json_decref(j);
}

static void test_may_keeps_the_default(void **state) {
    (void)state;
    json_t     *j = parse("{\"none\": null}");
    err         e = {0};
    int         i = 3;
    int64_t     w = 4;
    float       f = 5;
    bool        t = true;
    const char *s = "six", *keys[] = {"none", "absent"};
    for (int k = 0; k < 2; k++) {
        assert_true(json_get_int(j, keys[k], &i, JSON_MAY, &e) && i == 3);
        assert_true(json_get_i64(j, keys[k], &w, JSON_MAY, &e) && w == 4);
        assert_true(json_get_f32(j, keys[k], &f, JSON_MAY, &e) && f == 5);
        assert_true(json_get_bool(j, keys[k], &t, JSON_MAY, &e) && t);
        assert_true(json_get_str(j, keys[k], &s, JSON_MAY, &e) && strcmp(s, "six") == 0);
        e.msg[0] = '\0';
        assert_false(json_get_int(j, keys[k], &i, JSON_NEED, &e));
        assert_non_null(strstr(e.msg, keys[k]));
        assert_non_null(strstr(e.msg, "missing"));
    }
    json_decref(j);
}

static void test_wrong_types_are_named(void **state) {
    (void)state;
    json_t     *j = parse("{\"x\": \"12\", \"n\": 12, \"r\": 1.0, \"a\": [], \"o\": {}, \"b\": false}");
    err         e = {0};
    int         i = 1;
    float       f;
    bool        t;
    const char *s;
    assert_false(json_get_int(j, "x", &i, JSON_MAY, &e));
    assert_string_equal(e.msg, "key \"x\": expected an integer, found a string");
    assert_false(json_get_int(j, "r", &i, JSON_NEED, &e)); /* 1.0 is not an integer in a config file */
    assert_non_null(strstr(e.msg, "found a number"));
    assert_false(json_get_int(j, "b", &i, JSON_NEED, &e));
    assert_int_equal(i, 1);
    assert_false(json_get_f32(j, "a", &f, JSON_NEED, &e));
    assert_non_null(strstr(e.msg, "found an array"));
    assert_false(json_get_bool(j, "n", &t, JSON_NEED, &e));
    assert_non_null(strstr(e.msg, "found an integer"));
    assert_false(json_get_str(j, "o", &s, JSON_NEED, &e));
    assert_non_null(strstr(e.msg, "found an object"));
    assert_false(json_get_int(json_object_get(j, "a"), "k", &i, JSON_MAY, &e)); /* not an object */
    assert_false(json_get_int(NULL, "k", &i, JSON_MAY, &e));
    json_decref(j);
}

static void test_ranges(void **state) {
    (void)state;
    json_t *j = parse("{\"a\": 2147483647, \"b\": 2147483648, \"c\": -2147483648, \"d\": 1e39, \"e\": -3.4e38, "
                      "\"f\": 123456789012345678}");
    err     e = {0};
    int     i = 0;
    float   f = 0;
    assert_true(json_get_int(j, "a", &i, JSON_NEED, &e) && i == 2147483647);
    assert_true(json_get_int(j, "c", &i, JSON_NEED, &e) && i == -2147483647 - 1);
    assert_false(json_get_int(j, "b", &i, JSON_NEED, &e));
    assert_non_null(strstr(e.msg, "2147483648"));
    assert_false(json_get_f32(j, "d", &f, JSON_NEED, &e));
    assert_true(json_get_f32(j, "e", &f, JSON_NEED, &e));
    assert_true(json_get_f32(j, "f", &f, JSON_NEED, &e) && f > 1.2e17f);
    json_decref(j);
}

static void test_bad_text_says_where(void **state) {
    (void)state;
    err         e     = {0};
    const char *bad[] = {"",    "{",        "{\"a\": 1,}", "[1 2]",    "{\"a\": 1} x",
                         "nul", "\"\xff\"", "\x00",        "{'a': 1}", "[1e999]"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        e.msg[0] = '\0';
        assert_null(json_load_mem("config.json", bad[i], strlen(bad[i]), &e));
        assert_non_null(strstr(e.msg, "config.json: not valid JSON, line "));
    }
    /* Deep nesting must be refused and not fill the stack. */
    str s = {0};
    for (int i = 0; i < 1000000; i++) str_addc(&s, '[');
    assert_null(json_load_mem("deep", s.p, s.len, &e));
    str_free(&s);
    json_t *j = parse("7"); /* any value, not only objects */
    assert_true(json_is_integer(j));
    json_decref(j);
}

static void test_load_path(void **state) {
    (void)state;
    char dir[256], path[300];
    err  e = {0};
    assert_non_null(unit_tmpdir(dir, sizeof dir));
    snprintf(path, sizeof path, "%s/a.json", dir);
    assert_null(json_load_path(path, 100, &e));
    assert_non_null(strstr(e.msg, "a.json"));
    assert_true(fs_write(path, "{\"dim\": 256}", 12, &e));
    json_t *j   = json_load_path(path, 100, &e);
    int     dim = 0;
    assert_true(json_get_int(j, "dim", &dim, JSON_NEED, &e) && dim == 256);
    json_decref(j);
    assert_null(json_load_path(path, 11, &e)); /* longer than the limit */
    assert_non_null(strstr(e.msg, "limit"));
    assert_true(fs_remove(path, &e) && fs_remove(dir, &e));
}

static void test_text_of_any_bytes(void **state) {
    (void)state;
    static const char bytes[] = "a\"\xff\0\xc3\xa9\n";
    json_t           *o       = json_text(bytes, sizeof bytes - 1);
    assert_non_null(o);
    static const char want[] = "a\"\xef\xbf\xbd\0\xc3\xa9\n";
    assert_int_equal(json_string_length(o), sizeof want - 1);
    assert_memory_equal(json_string_value(o), want, sizeof want - 1);
    json_decref(o);
    o = json_text("", 0);
    assert_string_equal(json_string_value(o), "");
    json_decref(o);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_typed_values),          cmocka_unit_test(test_may_keeps_the_default),
        cmocka_unit_test(test_wrong_types_are_named), cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_bad_text_says_where),   cmocka_unit_test(test_load_path),
        cmocka_unit_test(test_text_of_any_bytes),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
