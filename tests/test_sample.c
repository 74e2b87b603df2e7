/* The sampler: what it draws against the exact distribution, its cuts against a sort, and every odd logit. */
#include "unit.h"
#include <math.h>
#include "infer/sample.h"

enum { V = 64 };

/* The distribution by the book, in float64 and with a sort: temperature, top-k, renormalise, top-p; ties by lowest id.
 */
static void exact(const float *x /* [n] */, int n, double temp, int top_k, double top_p, double *p /* [n] */) {
    int    order[V];
    double sum = 0, m = -INFINITY;
    for (int i = 0; i < n; i++)
        if ((double)x[i] > m) m = (double)x[i];
    for (int i = 0; i < n; i++) {
        p[i]     = exp(((double)x[i] - m) / temp);
        order[i] = i;
    }
    for (int i = 1; i < n; i++) /* stable insertion sort, largest first */
        for (int j = i; j > 0 && x[order[j]] > x[order[j - 1]]; j--) {
            int t        = order[j];
            order[j]     = order[j - 1];
            order[j - 1] = t;
        }
    int keep = top_k > 0 && top_k < n ? top_k : n;
    for (int i = 0; i < keep; i++) sum += p[order[i]];
    if (top_p < 1) {
        double so_far = 0;
        int    k      = 0;
        while (k < keep && (k == 0 || so_far < top_p * sum)) so_far += p[order[k++]];
        keep = k;
        sum  = so_far;
    }
    for (int i = 0; i < n; i++) p[order[i]] = i < keep ? p[order[i]] / sum : 0;
}

/* Pearson's statistic as a standard normal deviate (Wilson and Hilferty 1931). Tokens that the exact distribution
 * excludes must not occur at all; rare ones are pooled. */
static double deviate(const double *p /* [n] */, const int *seen /* [n] */, int n, int draws) {
    double chi = 0, rare_p = 0, rare_n = 0;
    int    cells = 0;
    for (int i = 0; i < n; i++) {
        if (p[i] <= 0) {
            assert_int_equal(seen[i], 0);
            continue;
        }
        double want = p[i] * draws;
        if (want < 10) {
            rare_p += want;
            rare_n += seen[i];
            continue;
        }
        chi += (seen[i] - want) * (seen[i] - want) / want;
        cells++;
    }
    if (rare_p >= 10) {
        chi += (rare_n - rare_p) * (rare_n - rare_p) / rare_p;
        cells++;
    }
    if (cells < 2) return 0;
    double d = cells - 1;
    return (cbrt(chi / d) - (1 - 2 / (9 * d))) / sqrt(2 / (9 * d));
}

static void check_draws(const float *x, int n, float temp, int top_k, float top_p, uint64_t seed) {
    double  p[V];
    int     seen[V] = {0}, draws = 40000;
    float   scratch[2 * V];
    sampler s = sampler_new(temp, top_p, top_k, seed);
    exact(x, n, (double)temp, top_k, (double)top_p, p);
    for (int i = 0; i < draws; i++) {
        int32_t t = sample_next(&s, x, n, scratch, NULL);
        assert_in_range(t, 0, n - 1);
        seen[t]++;
    }
    double z = deviate(p, seen, n, draws);
    if (z > 4.5)
        fail_msg("chi-square deviate %.2f at temp %g top_k %d top_p %g n %d", z, (double)temp, top_k, (double)top_p, n);
}

static void test_frequencies(void **state) {
    (void)state;
    uint64_t seed = unit_seed("test_frequencies");
    rng      r    = rng_seed(seed);
    float    x[V];
    const struct {
        float temp, top_p;
        int   top_k;
    } c[] = {{1, 1, 0}, {0.6f, 0.95f, 0}, {1.7f, 1, 5}, {1, 0.5f, 0}, {1, 0.9f, 7}, {0.3f, 0.99f, 40}, {2, 0.1f, 0}};
    for (size_t k = 0; k < sizeof c / sizeof *c; k++) {
        int n = rng_range(&r, 8, V);
        for (int i = 0; i < n; i++) x[i] = 2 * rng_normal(&r);
        check_draws(x, n, c[k].temp, c[k].top_k, c[k].top_p, rng_u64(&r));
    }
}

/* Many equal logits: the cut must fall inside a tie, on the lowest ids. */
static void test_ties(void **state) {
    (void)state;
    uint64_t seed = unit_seed("test_ties");
    rng      r    = rng_seed(seed);
    float    x[V];
    for (int round = 0; round < 6; round++) {
        for (int i = 0; i < V; i++) x[i] = (float)rng_range(&r, 0, 3);
        check_draws(x, V, 1, rng_range(&r, 1, V - 1), 1, rng_u64(&r));
    }
    for (int i = 0; i < V; i++) x[i] = 1;
    check_draws(x, V, 1, 10, 1, 1);
    check_draws(x, V, 1, 0, 0.5f, 2);
}

/* Which tokens can be drawn at all, over many random vectors: equal to the sort's set. */
static void test_support(void **state) {
    (void)state;
    rng   r = rng_seed(unit_seed("test_support"));
    float x[V], scratch[2 * V];
    for (int round = 0; round < 500; round++) {
        double p[V];
        int    n = rng_range(&r, 1, V), top_k = rng_range(&r, 0, n + 2);
        float  top_p = round % 3 == 0 ? 1.0f : (float)rng_f64(&r);
        for (int i = 0; i < n; i++) x[i] = 3 * rng_normal(&r);
        exact(x, n, 1, top_k, (double)top_p, p);
        sampler s = sampler_new(1, top_p, top_k, rng_u64(&r));
        for (int i = 0; i < 50; i++) assert_true(p[sample_next(&s, x, n, scratch, NULL)] > 0);
    }
}

static void test_greedy_and_limits(void **state) {
    (void)state;
    float   x[5] = {1, 3, 2, 3, -1}, scratch[10], lp;
    sampler g    = sampler_new(0, 1, 0, 7);
    assert_int_equal(sample_next(&g, x, 5, scratch, &lp), 1); /* a tie: the lowest id */
    double sum = exp(1 - 3) + 1 + exp(2 - 3) + 1 + exp(-1 - 3);
    assert_true(fabs((double)lp + log(sum)) < 1e-6);
    sampler one = sampler_new(1.5f, 1, 1, 7), none = sampler_new(1.5f, 0, 0, 7), cold = sampler_new(1e-9f, 1, 0, 7);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(sample_next(&one, x, 5, scratch, NULL), 1);
        assert_int_equal(sample_next(&none, x, 5, scratch, NULL), 1); /* top_p 0 keeps the best */
        assert_int_equal(sample_next(&cold, x, 5, scratch, NULL), 1);
    }
    float single[1] = {-5};
    assert_int_equal(sample_next(&one, single, 1, scratch, &lp), 0);
    assert_true(lp == 0.0f);
}

static void test_odd_logits(void **state) {
    (void)state;
    const float inf = INFINITY, nan = NAN;
    float       scratch[8], lp;
    float       all_nan[4] = {nan, nan, nan, nan}, all_minus[4] = {-inf, -inf, -inf, -inf};
    float       one_nan[4] = {nan, 1, nan, 0}, plus[4] = {1, inf, 2, inf}, minus[4] = {-inf, 0, -inf, 0};
    const float temps[] = {0, 0.7f, 1e-8f};
    for (int t = 0; t < 3; t++) {
        for (int k = 0; k < 3; k++) {
            sampler s = sampler_new(temps[t], k == 1 ? 0.5f : 1.0f, k == 2 ? 2 : 0, 3);
            for (int i = 0; i < 200; i++) {
                assert_int_equal(sample_next(&s, all_nan, 4, scratch, &lp), 0);
                assert_true(isinf(lp) && lp < 0);
                assert_int_equal(sample_next(&s, all_minus, 4, scratch, &lp), 0);
                assert_true(isinf(lp) && lp < 0);
                int32_t id = sample_next(&s, one_nan, 4, scratch, &lp);
                assert_true(id == 1 || id == 3);
                assert_true(isfinite(lp));
                assert_int_equal(sample_next(&s, plus, 4, scratch, &lp), 1);
                assert_true(lp == 0.0f);
                id = sample_next(&s, minus, 4, scratch, &lp);
                assert_true(id == 1 || id == 3);
                assert_true(fabs((double)lp + log(2.0)) < 1e-6);
            }
        }
    }
}

/* The log-probability is that of temperature 1, whatever was drawn and however it was cut. */
static void test_logprob(void **state) {
    (void)state;
    rng     r = rng_seed(unit_seed("test_logprob"));
    float   x[V], scratch[2 * V], lp;
    sampler s = sampler_new(0.5f, 0.9f, 20, 11);
    for (int round = 0; round < 300; round++) {
        double sum = 0, m = -INFINITY;
        for (int i = 0; i < V; i++) {
            x[i] = 20 * rng_normal(&r);
            if ((double)x[i] > m) m = (double)x[i];
        }
        for (int i = 0; i < V; i++) sum += exp((double)x[i] - m);
        int32_t id = sample_next(&s, x, V, scratch, &lp);
        assert_true(fabs((double)lp - ((double)x[id] - m - log(sum))) < 1e-4);
    }
}

static void test_seed(void **state) {
    (void)state;
    float   x[V], scratch[2 * V];
    sampler a = sampler_new(1, 0.9f, 0, 5), b = sampler_new(1, 0.9f, 0, 5), c = sampler_new(1, 0.9f, 0, 6);
    int     differ = 0;
    for (int i = 0; i < V; i++) x[i] = (float)(i % 7);
    for (int i = 0; i < 200; i++) {
        int32_t t = sample_next(&a, x, V, scratch, NULL);
        assert_int_equal(t, sample_next(&b, x, V, scratch, NULL));
        differ += t != sample_next(&c, x, V, scratch, NULL);
    }
    assert_true(differ > 50);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_frequencies), cmocka_unit_test(test_ties),
                                       cmocka_unit_test(test_support),     cmocka_unit_test(test_greedy_and_limits),
                                       cmocka_unit_test(test_odd_logits),  cmocka_unit_test(test_logprob),
                                       cmocka_unit_test(test_seed)};
    return cmocka_run_group_tests_name("sample", tests, NULL, NULL);
}
