#include "unit.h"

#include <utf8proc.h>

#include "base/rng.h"
#include "base/utf8.h"
#include "text/nfc.h"
#include "text/uclass.h"

static void same_as_utf8proc(const nfc *f, const char *p, size_t n, str *s) {
    utf8proc_uint8_t *want = NULL;
    utf8proc_ssize_t  m =
        utf8proc_map((const utf8proc_uint8_t *)p, (utf8proc_ssize_t)n, &want, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    assert_true(m >= 0);
    str_clear(s);
    const char *got = p;
    size_t      k   = n;
    if (nfc_apply(f, p, n, s)) got = s->p, k = s->len;
    if (k != (size_t)m || memcmp(got, want, k) != 0) {
        for (size_t i = 0; i < n; i++) printf("%02x ", (unsigned char)p[i]);
        fail_msg("differs from utf8proc on the whole text");
    }
    free(want);
}

static size_t put(char *p, uint32_t cp) { return (size_t)utf8_encode(cp, p); }

/* Every code point alone, behind a base letter, between marks, behind a Hangul consonant. */
static void test_every_code_point(void **state) {
    (void)state;
    nfc *f = nfc_new();
    str  s = {0};
    for (uint32_t cp = 1; cp < 0x30000; cp++) {
        if (cp >= 0xd800 && cp < 0xe000) continue;
        char   p[64];
        size_t n = put(p, cp);
        same_as_utf8proc(f, p, n, &s);
        n = 0;
        n += put(p + n, 'e');
        n += put(p + n, cp);
        n += put(p + n, 0x323);
        n += put(p + n, 0x301);
        n += put(p + n, cp);
        n += put(p + n, 0x1100);
        n += put(p + n, cp);
        same_as_utf8proc(f, p, n, &s);
    }
    str_free(&s);
    nfc_free(f);
}

static void test_random_mixtures(void **state) {
    (void)state;
    static const uint32_t pick[] = {'a',     'e',    'o',    0xe9,   0x300,  0x301,  0x307,  0x323,  0x327,
                                    0x345,   0x1100, 0x1161, 0x11a8, 0xac00, 0xac01, 0x212b, 0x1ea5, 0x958,
                                    0x93c,   0x915,  0x9c7,  0x9be,  0x3099, 0x304b, 0x2126, 0xfb1f, 0x1d15e,
                                    0x1d165, 0x4e00, 0x20,   0x0f71, 0x0f72, 0x1f71};
    rng                   r      = rng_seed(unit_seed("mixtures"));
    nfc                  *f      = nfc_new();
    str                   s      = {0};
    for (int round = 0; round < 20000; round++) {
        char   p[128];
        size_t n = 0;
        for (int i = rng_range(&r, 1, 20); i > 0; i--) n += put(p + n, pick[rng_below(&r, sizeof pick / sizeof *pick)]);
        same_as_utf8proc(f, p, n, &s);
    }
    str_free(&s);
    nfc_free(f);
}

static void test_normal_text_is_left_alone(void **state) {
    (void)state;
    nfc              *f   = nfc_new();
    str               s   = {0};
    const char *const t[] = {"", "plain", "d\xc3\xa9j\xc3\xa0 vu",
                             "\xe4\xb8\xad\xe6\x96\x87 \xed\x95\x9c\xea\xb5\xad \xf0\x9f\x98\x80"};
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        assert_false(nfc_apply(f, t[i], strlen(t[i]), &s));
        assert_int_equal(s.len, 0);
    }
    assert_true(nfc_apply(f, "xe\xcc\x81y", 5, &s));
    assert_string_equal(s.p, "x\xc3\xa9y");
    str_free(&s);
    nfc_free(f);
}

static void test_classes(void **state) {
    (void)state;
    uclass *u = uclass_new();
    assert_int_equal(u->cls['a'], UC_L);
    assert_int_equal(u->cls['7'], UC_N);
    assert_int_equal(u->cls['$'], UC_S);
    assert_int_equal(u->cls['.'], UC_P);
    assert_int_equal(u->cls[' '], UC_WS);
    assert_int_equal(u->cls['\n'], UC_WS | UC_NL);
    assert_int_equal(u->cls[0x301], UC_M);
    assert_int_equal(u->cls[0x4e2d], UC_L | UC_CJK);
    assert_int_equal(u->cls[0x30fb], UC_P | UC_CJK);
    assert_int_equal(u->cls[0x180e], 0);     /* no white space since Unicode 6.3 */
    assert_int_equal(u->cls[0x105c0], UC_L); /* Todhri, Unicode 16 */
    assert_int_equal(u->cls[0x10ffff], 0);
    for (uint32_t cp = 0; cp < UCLASS_SIZE; cp++) {
        int c = u->cls[cp] & (UC_L | UC_M | UC_N | UC_P | UC_S);
        if (c & (c - 1)) fail_msg("U+%04X is in two categories", cp);
    }
    uclass_free(u);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_code_point),
        cmocka_unit_test(test_random_mixtures),
        cmocka_unit_test(test_normal_text_is_left_alone),
        cmocka_unit_test(test_classes),
    };
    return cmocka_run_group_tests_name("nfc", tests, NULL, NULL);
}
