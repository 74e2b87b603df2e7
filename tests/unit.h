/* unit.h -- what every unit test includes: cmocka with the headers it needs before it, and seeds.
 *
 *   static void test_x(void **state) { (void)state; rng r = rng_seed(unit_seed("test_x")); ... }
 *
 * A random test takes its seed from R1_SEED or from a fixed number, and prints it. */
#ifndef R1_UNIT_H
#define R1_UNIT_H
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static inline uint64_t unit_seed(const char *test) {
    const char *env  = getenv("R1_SEED");
    uint64_t    seed = env ? strtoull(env, NULL, 10) : 20260101u;
    printf("%s: R1_SEED=%llu\n", test, (unsigned long long)seed);
    return seed;
}

static inline void unit_near(double a, double b, double tol) {
    bool ok = (a > b ? a - b : b - a) <= tol; /* not so where one is NaN */
    if (!ok) print_error("%.9g is not %.9g\n", a, b);
    assert_true(ok);
}

/* Made under $TMPDIR or /tmp; the caller removes what it put there and the folder. */
static inline char *unit_tmpdir(char *buf, size_t n) {
    const char *base = getenv("TMPDIR");
    snprintf(buf, n, "%s/r1-test-XXXXXX", base && *base ? base : "/tmp");
    return mkdtemp(buf);
}
#endif
