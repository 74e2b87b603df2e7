#include "unit.h"

#include <math.h>

#include "base/rng.h"

static void test_the_numbers_are_fixed(void **state) {
    (void)state;
    /* splitmix64's published first outputs for seed 1234567. */
    assert_true(hash_u64(1234567) == 6457827717110365317u);
    assert_true(hash_u64(1234567 + 0x9e3779b97f4a7c15u) == 3203168211198807973u);
    /* xoshiro256** from the state {1, 2, 3, 4}, from the authors' code. */
    rng            r      = {{1, 2, 3, 4}};
    const uint64_t want[] = {11520u, 0u, 1509978240u, 1215971899390074240u};
    for (int i = 0; i < 4; i++) assert_true(rng_u64(&r) == want[i]);
}

static void test_same_seed_same_stream(void **state) {
    (void)state;
    rng a = rng_seed(42), b = rng_seed(42), c = rng_seed(43), f = rng_fork(42, 0), g = rng_fork(42, 1),
        h    = rng_fork(43, 0);
    int same = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t x = rng_u64(&a), y = rng_u64(&b);
        assert_true(x == y);
        uint64_t p = rng_u64(&f), q = rng_u64(&g), s = rng_u64(&h);
        same += (x == rng_u64(&c)) + (x == p) + (p == q) + (p == s) + (q == s);
    }
    assert_int_equal(same, 0);
}

/* Chi-square with n - 1 degrees of freedom, as a normal deviate; beyond 6 is one in a billion. */
static double deviate(const long *count, int n, long draws) {
    double expect = (double)draws / n, chi = 0;
    for (int i = 0; i < n; i++) chi += ((double)count[i] - expect) * ((double)count[i] - expect) / expect;
    return (chi - (n - 1)) / sqrt(2.0 * (n - 1));
}

static void test_below_is_uniform(void **state) {
    (void)state;
    rng       r       = rng_seed(unit_seed("test_below_is_uniform"));
    const int sizes[] = {2, 3, 7, 10, 100, 1000};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        long count[1000] = {0}, draws = 400000;
        for (long i = 0; i < draws; i++) {
            uint64_t v = rng_below(&r, (uint64_t)sizes[k]);
            assert_true(v < (uint64_t)sizes[k]);
            count[v]++;
        }
        double z = deviate(count, sizes[k], draws);
        assert_true(fabs(z) < 6);
    }
    for (int i = 0; i < 1000; i++) {
        assert_true(rng_below(&r, 1) == 0);
        assert_true(rng_below(&r, UINT64_MAX) < UINT64_MAX);
    }
    /* 3 * 2^62: without the redraw the lowest third would come up half as often again. */
    uint64_t big = (uint64_t)3 << 62;
    long     low = 0;
    for (int i = 0; i < 100000; i++) low += rng_below(&r, big) < (uint64_t)1 << 62;
    assert_true(labs(low - 33333) < 1000);
}

static void test_range_has_both_ends(void **state) {
    (void)state;
    rng r    = rng_seed(unit_seed("test_range_has_both_ends"));
    int seen = 0;
    for (int i = 0; i < 1000; i++) {
        int v = rng_range(&r, -2, 2);
        assert_in_range(v + 2, 0, 4);
        seen |= 1 << (v + 2);
        int w = rng_range(&r, INT32_MIN, INT32_MAX); /* must not overflow; the sanitizer looks on */
        seen |= (w < 0) << 5 | (w > 0) << 6;
    }
    assert_int_equal(seen, 127);
    assert_int_equal(rng_range(&r, 7, 7), 7);
    assert_int_equal(rng_range(&r, 7, 3), 7);
}

static void test_f64_fills_the_unit_interval(void **state) {
    (void)state;
    rng  r          = rng_seed(unit_seed("test_f64_fills_the_unit_interval"));
    long count[100] = {0};
    for (int i = 0; i < 200000; i++) {
        double v = rng_f64(&r);
        assert_true(v >= 0 && v < 1);
        count[(int)(v * 100)]++;
    }
    assert_true(fabs(deviate(count, 100, 200000)) < 6);
}

static double normal_cdf(double x) { return 0.5 * erfc(-x / sqrt(2)); }

static void test_normal_has_the_normal_distribution(void **state) {
    (void)state;
    rng       r  = rng_seed(unit_seed("test_normal_has_the_normal_distribution"));
    const int n  = 400000;
    double    m1 = 0, m2 = 0, m3 = 0, m4 = 0;
    long      under[9] = {0};
    for (int i = 0; i < n; i++) {
        double v = (double)rng_normal(&r);
        assert_true(isfinite(v));
        m1 += v;
        m2 += v * v;
        m3 += v * v * v;
        m4 += v * v * v * v;
        for (int k = 0; k < 9; k++) under[k] += v < -2 + 0.5 * k;
    }
    assert_true(fabs(m1 / n) < 0.01);
    assert_true(fabs(m2 / n - 1) < 0.015);
    assert_true(fabs(m3 / n) < 0.04);
    assert_true(fabs(m4 / n - 3) < 0.1);
    for (int k = 0; k < 9; k++) assert_true(fabs((double)under[k] / n - normal_cdf(-2 + 0.5 * k)) < 0.005);
}

static void test_normal_is_box_muller(void **state) {
    (void)state;
    /* The own log and cos agree with libm's to a float's last bit. */
    rng a = rng_seed(unit_seed("test_normal_is_box_muller")), b = a;
    for (int i = 0; i < 200000; i++) {
        double u = 1 - rng_f64(&b), v = rng_f64(&b);
        double want = sqrt(-2 * log(u)) * cos(6.283185307179586 * v), got = (double)rng_normal(&a);
        assert_true(fabs(got - want) <= 1e-7 * (1 + fabs(want)));
    }
}

static void test_hash_bytes_spreads(void **state) {
    (void)state;
    long count[64] = {0};
    for (int i = 0; i < 64000; i++) {
        char key[32];
        int  n = snprintf(key, sizeof key, "%dx + 5 = 15", i);
        count[hash_bytes(key, (unsigned long)n) % 64]++;
    }
    assert_true(fabs(deviate(count, 64, 64000)) < 6);
    assert_true(hash_bytes("", 0) != hash_bytes("\0", 1));
    assert_true(hash_bytes("ab", 2) != hash_bytes("ba", 2));
}

/* Every second number is a weight; the one of 0 is never drawn, the others as often as they weigh. */
static void test_weighted(void **state) {
    (void)state;
    static const double w[]  = {1, -7, 0, -7, 3, -7};
    int                 n[3] = {0};
    rng                 r    = rng_seed(unit_seed("weighted"));
    for (int i = 0; i < 40000; i++) n[rng_weighted(&r, 4, 3, w, 2 * sizeof *w)]++;
    assert_int_equal(n[1], 0);
    assert_true(n[0] > 9500 && n[0] < 10500); /* 10,000 +- 5.8 deviations */
    for (int i = 0; i < 100; i++) assert_in_range(rng_weighted(&r, 1e9, 3, w, 2 * sizeof *w), 0, 2); /* past the end */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_numbers_are_fixed),
        cmocka_unit_test(test_same_seed_same_stream),
        cmocka_unit_test(test_below_is_uniform),
        cmocka_unit_test(test_range_has_both_ends),
        cmocka_unit_test(test_f64_fills_the_unit_interval),
        cmocka_unit_test(test_normal_has_the_normal_distribution),
        cmocka_unit_test(test_normal_is_box_muller),
        cmocka_unit_test(test_hash_bytes_spreads),
        cmocka_unit_test(test_weighted),
    };
    return cmocka_run_group_tests_name("rng", tests, NULL, NULL);
}
