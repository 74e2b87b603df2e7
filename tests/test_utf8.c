#include "unit.h"

#include "base/rng.h"
#include "base/utf8.h"

/* utf8proc is the independent judge; the library is linked anyway. */
#include <utf8proc.h>

static void test_every_code_point_round_trips(void **state) {
    (void)state;
    for (uint32_t cp = 0; cp < 0x110400; cp++) {
        char     b[4], c[4];
        int      n  = utf8_encode(cp, b);
        bool     ok = cp <= 0x10ffff && !(cp >= 0xd800 && cp <= 0xdfff);
        uint32_t back;
        if (!ok) {
            assert_int_equal(n, 0);
            continue;
        }
        assert_int_equal(utf8_decode(b, (size_t)n, &back), n);
        assert_int_equal(back, cp);
        assert_int_equal(utf8proc_encode_char((utf8proc_int32_t)cp, (utf8proc_uint8_t *)c), n);
        assert_memory_equal(b, c, (size_t)n);
        /* Each beginning of it is a tail that waits for more, and no whole character. */
        for (int k = 1; k < n; k++) {
            assert_int_equal(utf8_tail(b, (size_t)k), k);
            assert_int_equal(utf8_decode(b, (size_t)k, &back), 0);
        }
        assert_int_equal(utf8_tail(b, (size_t)n), 0);
    }
}

static void test_all_short_byte_strings_agree_with_the_judge(void **state) {
    (void)state;
    rng r = rng_seed(unit_seed("test_all_short_byte_strings_agree_with_the_judge"));
    /* All of two bytes, then random ones of four that begin with a lead byte. */
    for (uint32_t i = 0; i < 65536 + 2000000; i++) {
        unsigned char b[4] = {(unsigned char)(i >> 8), (unsigned char)i, 0, 0};
        size_t        n    = 2;
        if (i >= 65536) {
            uint32_t x = (uint32_t)rng_u64(&r);
            memcpy(b, &x, 4);
            b[0] |= 0xc0;
            /* Mostly continuation bytes, or next to nothing would be valid. */
            if (i % 4) b[1] = (unsigned char)(0x80 | (b[1] & 0x3f)), b[2] = (unsigned char)(0x80 | (b[2] & 0x3f));
            if (i % 8) b[3] = (unsigned char)(0x80 | (b[3] & 0x3f));
            n = 4;
        }
        uint32_t         cp = 0;
        utf8proc_int32_t want;
        int              k = utf8_decode((char *)b, n, &cp);
        utf8proc_ssize_t w = utf8proc_iterate(b, (utf8proc_ssize_t)n, &want);
        if (w < 0) assert_int_equal(k, 0);
        else {
            assert_int_equal(k, w);
            assert_int_equal(cp, want);
        }
    }
}

static void test_valid_says_where(void **state) {
    (void)state;
    size_t bad = 99;
    assert_true(utf8_valid("", 0, &bad));
    assert_true(utf8_valid("a\xc3\xa9\xf0\x9f\x98\x80", 7, NULL));
    assert_int_equal(bad, 99);
    assert_false(utf8_valid("ab\xc3(", 4, &bad));
    assert_int_equal(bad, 2);
    assert_false(utf8_valid("ab\xe2\x82", 4, &bad)); /* cut off */
    assert_int_equal(bad, 2);
    assert_false(utf8_valid("\xed\xa0\x80", 3, &bad)); /* a surrogate */
    assert_int_equal(bad, 0);
    assert_false(utf8_valid("\xc0\x80", 2, NULL)); /* overlong NUL */
    assert_false(utf8_valid("\xf4\x90\x80\x80", 4, NULL));
}

static void test_tail_of_broken_text_is_none(void **state) {
    (void)state;
    assert_int_equal(utf8_tail("", 0), 0);
    assert_int_equal(utf8_tail("abc", 3), 0);
    assert_int_equal(utf8_tail("a\xe2\x82", 3), 2);
    assert_int_equal(utf8_tail("\x80\x80\x80", 3), 0);
    assert_int_equal(utf8_tail("\xe0\x80", 2), 0); /* can never become valid */
    assert_int_equal(utf8_tail("\xff", 1), 0);
    assert_int_equal(utf8_tail("\xf0\x9f\x98", 3), 3);
    assert_int_equal(utf8_tail("\xc3\xa9\x80", 3), 0);
}

/* A stream cut anywhere, with the tail held back, gives the text in whole characters. */
static void test_tail_splits_a_stream(void **state) {
    (void)state;
    const char text[] = "x = 5 \xe2\x9c\x93 caf\xc3\xa9 \xf0\x9f\x98\x80!";
    for (size_t cut = 0; cut < sizeof text; cut++) {
        int hold = utf8_tail(text, cut);
        assert_true(utf8_valid(text, cut - (size_t)hold, NULL));
        assert_true(utf8_valid(text + cut - hold, sizeof text - 1 - cut + (size_t)hold, NULL));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_code_point_round_trips),
        cmocka_unit_test(test_all_short_byte_strings_agree_with_the_judge),
        cmocka_unit_test(test_valid_says_where),
        cmocka_unit_test(test_tail_of_broken_text_is_none),
        cmocka_unit_test(test_tail_splits_a_stream),
    };
    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
