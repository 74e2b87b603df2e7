#include "unit.h"

#include <sched.h>

#include "base/par.h"
#include "base/rng.h"

/* Every item belongs to exactly one thread, in order, and pieces begin at multiples of the grain. */
static void test_split_covers_all(void **state) {
    (void)state;
    rng r = rng_seed(unit_seed("test_split_covers_all"));
    for (int trial = 0; trial < 20000; trial++) {
        long n = rng_range(&r, 0, 5000), grain = rng_range(&r, 1, 130);
        int  nt   = rng_range(&r, 1, 70);
        long next = 0, most = 0, least = n + 1;
        for (int t = 0; t < nt; t++) {
            long lo, hi;
            par_split(n, grain, t, nt, &lo, &hi);
            assert_int_equal(lo, next);
            assert_true(hi >= lo && (lo % grain == 0 || lo == n));
            next = hi;
            if (hi - lo > most) most = hi - lo;
            if (hi - lo < least) least = hi - lo;
        }
        assert_int_equal(next, n);
        assert_true(most - least <= 2 * grain); /* fair: one block apart, the last one may be short */
    }
}

static void test_init_chooses(void **state) {
    (void)state;
    unsetenv("R1_THREADS");
    par_init(0);
    cpu_set_t set;
    assert_int_equal(sched_getaffinity(0, sizeof set, &set), 0);
    assert_in_range(par_threads(), 1, CPU_COUNT(&set));
    setenv("R1_THREADS", "3", 1);
    par_init(0);
    assert_int_equal(par_threads(), 3);
    par_init(2); /* what the caller says goes before the environment */
    assert_int_equal(par_threads(), 2);
    const char *bad[] = {"", "0", "-1", "two", "2 ", "99999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        setenv("R1_THREADS", bad[i], 1);
        par_init(0);
        assert_in_range(par_threads(), 1, CPU_COUNT(&set));
    }
    unsetenv("R1_THREADS");
}

static void test_loops_use_that_many(void **state) {
    (void)state;
    par_init(3);
    int seen[3] = {0}, count = 0;
#pragma omp parallel
    {
        seen[par_id()] = 1;
#pragma omp single
        count = par_count();
    }
    assert_int_equal(count, 3);
    for (int i = 0; i < 3; i++) assert_int_equal(seen[i], 1);
    assert_int_equal(par_id(), 0);
    assert_int_equal(par_count(), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_split_covers_all),
        cmocka_unit_test(test_init_chooses),
        cmocka_unit_test(test_loops_use_that_many),
    };
    return cmocka_run_group_tests_name("par", tests, NULL, NULL);
}
