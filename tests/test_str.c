#include "unit.h"

#include <limits.h>

#include <jansson.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "base/utf8.h"

static void test_adds_grow_and_terminate(void **state) {
    (void)state;
    str s = {0};
    str_add(&s, "x = ");
    str_addf(&s, "%d%s", 5, "!");
    str_addc(&s, '\n');
    str_addn(&s, "a\0b", 3);
    assert_int_equal(s.len, 10);
    assert_memory_equal(s.p, "x = 5!\na\0b", 11);
    str_clear(&s);
    assert_int_equal(s.len, 0);
    assert_string_equal(s.p, "");
    str_free(&s);
    assert_null(s.p);
    str_clear(&s);
    assert_string_equal(s.p, "");
    str_free(&s);
}

static void test_addf_of_any_length(void **state) {
    (void)state;
    char big[3000];
    for (int n = 250; n < 2900; n += n < 260 ? 1 : 331) {
        memset(big, 'q', (size_t)n);
        big[n] = '\0';
        str s  = {0};
        str_addf(&s, "<%s>", big);
        assert_int_equal(s.len, n + 2);
        assert_int_equal(strlen(s.p), n + 2);
        assert_int_equal(s.p[n + 1], '>');
        str_free(&s);
    }
}

static void test_a_str_can_be_added_to_itself(void **state) {
    (void)state;
    str s = {0};
    str_add(&s, "0123456789");
    for (int i = 0; i < 8; i++) str_addn(&s, s.p, s.len);
    assert_int_equal(s.len, 2560);
    for (size_t i = 0; i < s.len; i++) assert_int_equal(s.p[i], '0' + (int)(i % 10));
    str_addf(&s, "%s", s.p);
    assert_int_equal(s.len, 5120);
    str_free(&s);
}

static void test_take_is_never_null(void **state) {
    (void)state;
    str   s = {0};
    char *p = str_take(&s);
    assert_string_equal(p, "");
    mem_free(p);
    str_add(&s, "abc");
    p = str_take(&s);
    assert_string_equal(p, "abc");
    assert_int_equal(s.len, 0);
    assert_null(s.p);
    mem_free(p);
}

static void test_starts_and_ends(void **state) {
    (void)state;
    assert_true(str_starts("model.gguf", "model"));
    assert_true(str_starts("x", ""));
    assert_false(str_starts("mo", "model"));
    assert_true(str_ends("model.gguf", ".gguf"));
    assert_true(str_ends("", ""));
    assert_false(str_ends("uf", ".gguf"));
    assert_false(str_ends("a.ggufx", ".gguf"));
}

static void test_i64_takes_whole_numbers_only(void **state) {
    (void)state;
    long long v = 77;
    assert_true(str_to_i64("-9223372036854775808", &v));
    assert_true(v == LLONG_MIN);
    assert_true(str_to_i64("9223372036854775807", &v));
    assert_true(v == LLONG_MAX);
    assert_true(str_to_i64("007", &v));
    assert_true(v == 7);
    const char *bad[] = {"",    " 1",  "1 ",  "+1",  "-", "1.0", "0x10", "9223372036854775808", "-9223372036854775809",
                         "1e3", "--1", "-+1", "\t1", "١"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(str_to_i64(bad[i], &v));
    assert_true(v == 7);
}

static void test_f64_takes_finite_decimal_numbers_only(void **state) {
    (void)state;
    double v = 77;
    assert_true(str_to_f64("-0.5", &v));
    assert_true(v == -0.5);
    assert_true(str_to_f64(".5", &v));
    assert_true(v == 0.5);
    assert_true(str_to_f64("1e-3", &v));
    assert_true(v == 1e-3);
    assert_true(str_to_f64("3", &v));
    const char *bad[] = {"", " 1", "1 ", "+1", "-", ".", "-.", "inf", "-inf", "nan", "0x1p3", "1e999", "1,5", "1e"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(str_to_f64(bad[i], &v));
    assert_true(v == 3);
}

/* Whatever the bytes, the literal must be what another JSON parser reads back: the same text with
 * each byte that is not UTF-8 replaced. NUL is left out, which that parser refuses in a string. */
static void test_json_escape_round_trip(void **state) {
    (void)state;
    rng r = rng_seed(unit_seed("test_json_escape_round_trip"));
    for (int trial = 0; trial < 3000; trial++) {
        char   in[40];
        size_t n    = rng_below(&r, sizeof in);
        bool   text = trial & 1;
        for (size_t i = 0; i < n; i++) in[i] = (char)(1 + rng_below(&r, text ? 127 : 255));
        str lit = {0}, want = {0};
        str_addc(&lit, '"');
        str_add_json(&lit, in, n);
        str_addc(&lit, '"');
        for (size_t i = 0; i < n;) {
            uint32_t cp;
            int      k = utf8_decode(in + i, n - i, &cp);
            if (k) str_addn(&want, in + i, (size_t)k);
            else str_add(&want, "\xef\xbf\xbd");
            i += k ? (size_t)k : 1;
        }
        json_t *j = json_loadb(lit.p, lit.len, JSON_DECODE_ANY, NULL);
        assert_non_null(j);
        assert_int_equal(json_string_length(j), want.len);
        if (want.len) assert_memory_equal(json_string_value(j), want.p, want.len);
        json_decref(j);
        str_free(&lit);
        str_free(&want);
    }
}

static void test_json_escape_of_each_control(void **state) {
    (void)state;
    str s = {0};
    str_add_json(&s, "\0\b\f\n\r\t\x1f\x7f\"\\/\xc3\xa9\xff", 14);
    assert_string_equal(s.p, "\\u0000\\b\\f\\n\\r\\t\\u001f\\u007f\\\"\\\\/\xc3\xa9\xef\xbf\xbd");
    str_free(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_adds_grow_and_terminate),
        cmocka_unit_test(test_addf_of_any_length),
        cmocka_unit_test(test_a_str_can_be_added_to_itself),
        cmocka_unit_test(test_take_is_never_null),
        cmocka_unit_test(test_starts_and_ends),
        cmocka_unit_test(test_i64_takes_whole_numbers_only),
        cmocka_unit_test(test_f64_takes_finite_decimal_numbers_only),
        cmocka_unit_test(test_json_escape_round_trip),
        cmocka_unit_test(test_json_escape_of_each_control),
    };
    return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
