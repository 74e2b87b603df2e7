#include "unit.h"

#include <math.h>

#include "base/fs.h"
#include "base/rng.h"
#include "kernel/dtype.h"

static uint32_t bits(float f) {
    uint32_t u;
    memcpy(&u, &f, 4);
    return u;
}

static void test_table(void **state) {
    (void)state;
    static const struct {
        dtype       t;
        const char *name;
        int         block, bytes;
    } want[] = {{DT_F32, "f32", 1, 4},        {DT_F16, "f16", 1, 2},       {DT_BF16, "bf16", 1, 2},
                {DT_Q4_0, "q4_0", 32, 18},    {DT_Q4_1, "q4_1", 32, 20},   {DT_Q5_0, "q5_0", 32, 22},
                {DT_Q5_1, "q5_1", 32, 24},    {DT_Q8_0, "q8_0", 32, 34},   {DT_Q2_K, "q2_k", 256, 84},
                {DT_Q3_K, "q3_k", 256, 110},  {DT_Q4_K, "q4_k", 256, 144}, {DT_Q5_K, "q5_k", 256, 176},
                {DT_Q6_K, "q6_k", 256, 210},  {DT_I8, "i8", 1, 1},         {DT_I64, "i64", 1, 8},
                {DT_F8_E4M3, "f8_e4m3", 1, 1}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        assert_string_equal(dtype_name(want[i].t), want[i].name);
        assert_int_equal(dtype_parse(want[i].name), want[i].t);
        assert_int_equal(dtype_block(want[i].t), want[i].block);
        assert_int_equal(dtype_block_bytes(want[i].t), want[i].bytes);
        assert_int_equal(dtype_row_bytes(want[i].t, 512), 512 / want[i].block * want[i].bytes);
    }
    assert_int_equal(sizeof(block_q8_0), 34);
    assert_int_equal(dtype_parse("Q8_0"), DT_Q8_0);
    assert_int_equal(dtype_parse("BF16"), DT_BF16);
    assert_int_equal(dtype_parse("q9"), DT_NONE);
    assert_int_equal(dtype_parse(""), DT_NONE);
    assert_string_equal(dtype_name((dtype)5), "?");
    assert_int_equal(dtype_block((dtype)5), 0);
    assert_int_equal(dtype_block(DT_NONE), 0);
    assert_int_equal(dtype_row_bytes(DT_Q8_0, 33), 0);
    assert_int_equal(dtype_row_bytes(DT_F32, -4), 0);
    assert_int_equal(dtype_row_bytes(DT_F64, INT64_MAX), 0); /* more bytes than a size_t */
    assert_int_equal(dtype_row_bytes((dtype)5, 32), 0);
}

/* The compiler's own half is the judge (it knows _Float16 on x86-64 with SSE2). */
static void test_f16_all_values(void **state) {
    (void)state;
    for (uint32_t h = 0; h < 65536; h++) {
        uint16_t x = (uint16_t)h;
        _Float16 half;
        memcpy(&half, &x, 2);
        float got = f16_to_f32(x), want = (float)half;
        if (isnan(want)) {
            assert_true(isnan(got));
            assert_true((f16_from_f32(got) & 0x7fff) > 0x7c00);
            continue;
        }
        if (bits(got) != bits(want)) fail_msg("f16 %04x: %08x, expected %08x", h, bits(got), bits(want));
        assert_int_equal(f16_from_f32(got), x); /* and back */
    }
}

static void check_from(float f) {
    _Float16 half = (_Float16)f;
    uint16_t want, got = f16_from_f32(f);
    memcpy(&want, &half, 2);
    if (isnan(f)) assert_true((got & 0x7fff) > 0x7c00);
    else if (got != want) fail_msg("f16 of %a: %04x, expected %04x", (double)f, got, want);
}

static void test_f16_rounding(void **state) {
    (void)state;
    rng r = rng_seed(unit_seed("test_f16_rounding"));
    /* Around every boundary between two halves: the middle, and one float to either side. */
    for (uint32_t h = 0; h < 0x7c00; h++) {
        float a = f16_to_f32((uint16_t)h), b = h + 1 < 0x7c00 ? f16_to_f32((uint16_t)(h + 1)) : 65536.f;
        float mid = (a + b) / 2;
        check_from(mid);
        check_from(-mid);
        check_from(nextafterf(mid, 0));
        check_from(nextafterf(mid, INFINITY));
    }
    for (int i = 0; i < 500000; i++) {
        uint32_t u = (uint32_t)rng_u64(&r);
        float    f;
        memcpy(&f, &u, 4);
        check_from(f);
    }
    static const float edges[] = {0.f,      -0.f,     65504.f,         65519.99f, 65520.f,
                                  0x1p-24f, 0x1p-25f, 0x1.000002p-25f, 0x1p-14f,  0x1.ffcp-15f,
                                  1e-45f,   3.4e38f,  INFINITY,        -INFINITY, NAN};
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) check_from(edges[i]);
}

static void test_bf16(void **state) {
    (void)state;
    rng r = rng_seed(unit_seed("test_bf16"));
    for (int i = 0; i < 500000; i++) {
        uint32_t u = (uint32_t)rng_u64(&r);
        float    f;
        memcpy(&f, &u, 4);
        float g = bf16_to_f32(bf16_from_f32(f));
        if (isnan(f)) {
            assert_true(isnan(g));
            continue;
        }
        /* The two neighbours by cutting; the nearer one, the even one when they are as near. */
        uint32_t lo = u & 0xffff0000u, rest = u & 0xffffu;
        uint32_t want = rest > 0x8000u || (rest == 0x8000u && (lo & 0x10000u)) ? lo + 0x10000u : lo;
        assert_int_equal(bits(g), want);
    }
}

/* The golden bit patterns of half-precision weights, made by another program. */
static void test_golden(void **state) {
    (void)state;
    const char        *shared  = getenv("R1_SHARED");
    static const char *names[] = {"F16", "F16.random", "BF16", "BF16.random"};
    if (!shared || !*shared) shared = "../shared";
    if (!fs_is_dir(shared)) {
        printf("skipped: golden weights, no ../shared and no R1_SHARED\n");
        skip();
    }
    for (int i = 0; i < 4; i++) {
        char    path[512];
        err     e = {0};
        fs_file b, f;
        snprintf(path, sizeof path, "%s/golden/gguf/dequant/%s.blocks.bin", shared, names[i]);
        if (!fs_map(path, &b, &e)) fail_msg("%s", e.msg);
        snprintf(path, sizeof path, "%s/golden/gguf/dequant/%s.f32", shared, names[i]);
        if (!fs_map(path, &f, &e)) fail_msg("%s", e.msg);
        assert_int_equal(b.n * 2, f.n);
        for (size_t k = 0; k < b.n / 2; k++) {
            uint16_t h;
            float    want;
            memcpy(&h, b.p + 2 * k, 2);
            memcpy(&want, f.p + 4 * k, 4);
            assert_int_equal(bits(i < 2 ? f16_to_f32(h) : bf16_to_f32(h)), bits(want));
        }
        fs_unmap(&b);
        fs_unmap(&f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table), cmocka_unit_test(test_f16_all_values), cmocka_unit_test(test_f16_rounding),
        cmocka_unit_test(test_bf16),  cmocka_unit_test(test_golden),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
