/* Polynomials: what people write is read, what is printed reads back, sums and products agree with their values at
 * numbers, and whatever is no polynomial is refused. */
#include "unit.h"

#include "base/rng.h"
#include "task/poly.h"

static bool reads(const char *s, poly *p) { return poly_read(s, strlen(s), p, NULL); }

static void test_the_ways_to_write(void **state) {
    (void)state;
    static const char *const same[][8] = {
        {"2x^2 - 3x + 1", "1 - 3x + 2x^2", "2x² − 3x + 1", "2*x*x - 3*x + 1", "2x**2-3x+1", "(2x - 1)(x - 1)",
         "2·x^{2} - 3·x + 1", "x(2x - 3) + 1"},
        {"x^3/3", "(1/3)x^3", "1/3 x^3", "\\frac{1}{3}x^3", "x³/3", "\\frac{x^3}{3}", "x^3 * 1/3", "(2x^3)/6"},
        {"-x/2 + 1/4", "-0.5x + 0.25", "1/4 - x/2", "(1 - 2x)/4", "-(x - 0.5)/2", "0.25 + -0.5x", "\\dfrac{1 - 2x}{4}",
         "0.25-x*0.5"},
        {"x^2 - 9", "(x - 3)(x + 3)", "(x+3) * (x-3)", "-(3 - x)(3 + x)", "x*x - 9",
         "\\left(x-3\\right)\\left(x+3\\right)", "x^(2) - 9", "X^2 - 9"},
        {"7", "14/2", "7.0", "(7)", "--7", "3 + 4", "2 * 3.5", "+7"},
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        for (int k = 0; k < 8; k++) {
            poly a, b;
            assert_true(reads(same[i][0], &a));
            if (!reads(same[i][k], &b)) fail_msg("not read: %s", same[i][k]);
            if (!poly_eq(&a, &b)) fail_msg("%s is not %s", same[i][0], same[i][k]);
        }
}

static void test_what_is_none(void **state) {
    (void)state;
    static const char *const bad[] = {"",
                                      " ",
                                      "x +",
                                      "+",
                                      "x^",
                                      "x^x",
                                      "2^x",
                                      "x/(x + 1)",
                                      "1/0",
                                      "1/x",
                                      "(x",
                                      "x)",
                                      "()",
                                      "x^10",
                                      "x^-1",
                                      "x^1.5",
                                      "x + y",
                                      "xy",
                                      "x = 2",
                                      "2 3",
                                      "x 2",
                                      "x^2^",
                                      "3x^{2",
                                      "\\frac{1}{0}",
                                      "\\frac{x}{x}",
                                      "x!",
                                      "sin(x)",
                                      "1..2",
                                      "x ** ",
                                      "(x+1)2",
                                      "0x10 + y",
                                      "1234567890123456x",
                                      "\\frac{1}",
                                      "x^5 * x^5",
                                      "(x + 1)^12",
                                      "((((((((((((((((((((((((((((((((((x))))))))))))))))))))))))))))))))))",
                                      "-",
                                      "x * ",
                                      "x,",
                                      "3%"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        poly p;
        if (reads(bad[i], &p)) fail_msg("read as a polynomial: %s", bad[i]);
    }
}

static void test_only_the_bytes_given(void **state) {
    (void)state;
    static const char s[] = "3x^2 + 4x + 5";
    for (size_t n = 0; n < sizeof s; n++) { /* every beginning, in a block of its own: nothing beyond it is looked at */
        char *copy = malloc(n ? n : 1);
        poly  p;
        assert_non_null(copy);
        memcpy(copy, s, n);
        bool ok = poly_read(copy, n, &p, NULL);
        if (ok) assert_true(n > 0);
        free(copy);
    }
}

static void test_shapes_and_factors(void **state) {
    (void)state;
    poly       p, f[POLY_FACTORS];
    poly_shape h;
    assert_true(poly_read("x^2 + 2x + 3x + 6", 17, &p, &h));
    assert_int_equal(h.terms, 4);
    assert_false(h.brackets);
    assert_int_equal(poly_terms(&p), 3);
    assert_true(poly_read("(x + 2)(x + 3)", 14, &p, &h));
    assert_int_equal(h.terms, 1);
    assert_true(h.brackets);
    assert_true(poly_read("(3) x", 5, &p, &h));
    assert_false(h.brackets);
    assert_int_equal(poly_factors("2x(x + 1)^2", 11, f), 4);
    assert_int_equal(poly_degree(&f[0]), 0);
    assert_int_equal(poly_degree(&f[1]), 1);
    assert_true(poly_eq(&f[2], &f[3]));
    assert_int_equal(poly_factors("-(x - 1) * (x + 1)", 18, f), 3);
    assert_int_equal(poly_factors("x^2 + 1", 7, f), 0);
    assert_int_equal(poly_factors("x + 1", 5, f), 0);
    assert_int_equal(poly_factors("(x + 1)/2", 9, f), 0);
    assert_int_equal(poly_factors("", 0, f), 0);
}

static poly draw(rng *r, int degree) {
    poly p   = poly_num((ratio){0, 1});
    p.letter = 'x';
    for (int i = 0; i <= degree; i++)
        if (rng_below(r, 4))
            assert_true(ratio_make(rng_range(r, -40, 40), rng_below(r, 3) ? 1 : rng_range(r, 1, 9), &p.c[i]));
    return p;
}

static void test_printing_reads_back(void **state) {
    (void)state;
    rng r = rng_seed(unit_seed("test_printing_reads_back"));
    str s = {0};
    for (int i = 0; i < 20000; i++) {
        poly p = draw(&r, rng_range(&r, 0, POLY_DEGREE)), q;
        str_clear(&s);
        poly_put(&s, &p);
        if (!poly_read(s.p, s.len, &q, NULL) || !poly_eq(&p, &q)) fail_msg("%s does not read back", s.p);
    }
    str_free(&s);
}

static void test_operations_agree_with_values(void **state) {
    (void)state;
    rng r = rng_seed(unit_seed("test_operations_agree_with_values"));
    for (int i = 0; i < 5000; i++) {
        poly  a = draw(&r, 3), b = draw(&r, 3), c;
        ratio x  = {rng_range(&r, -4, 4), 1}, va, vb, vc, want;
        char  op = "+-*"[i % 3];
        assert_true(poly_op(&a, op, &b, &c));
        assert_true(poly_at(&a, x, &va) && poly_at(&b, x, &vb) && poly_at(&c, x, &vc) && ratio_op(va, op, vb, &want));
        assert_true(ratio_eq(vc, want));
    }
}

static void test_integrals_undo_derivatives(void **state) {
    (void)state;
    rng r = rng_seed(unit_seed("test_integrals_undo_derivatives"));
    for (int i = 0; i < 5000; i++) {
        poly p = draw(&r, 6), d, f;
        assert_true(poly_integrate(&p, &f) && poly_derive(&f, &d));
        assert_true(poly_eq(&d, &p));
        assert_true(poly_derive(&p, &d) && poly_integrate(&d, &f));
        f.c[0] = p.c[0];
        assert_true(poly_eq(&f, &p));
    }
}

static void test_letters_differ(void **state) {
    (void)state;
    poly x, y, n;
    assert_true(reads("x + 1", &x) && reads("y + 1", &y) && reads("1", &n));
    assert_false(poly_eq(&x, &y));
    assert_false(poly_op(&x, '+', &y, &y));
    assert_true(poly_op(&x, '-', &x, &y)); /* a number is one in every letter */
    assert_true(reads("0", &n) && poly_eq(&y, &n));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_ways_to_write),          cmocka_unit_test(test_what_is_none),
        cmocka_unit_test(test_only_the_bytes_given),       cmocka_unit_test(test_shapes_and_factors),
        cmocka_unit_test(test_printing_reads_back),        cmocka_unit_test(test_operations_agree_with_values),
        cmocka_unit_test(test_integrals_undo_derivatives), cmocka_unit_test(test_letters_differ),
    };
    return cmocka_run_group_tests_name("poly", tests, NULL, NULL);
}
