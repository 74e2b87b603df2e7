/* Written arithmetic: for random operands the value is right, every line is a true claim, and a slip is one. */
#include "unit.h"

#include <math.h>

#include "task/decimal.h"
#include "task/digits.h"
#include "task/frac.h"
#include "task/steps.h"

enum { CASES = 20000 };

typedef struct job {
    str   out;
    rng   r;
    trace t;
    bool  brief;
} job;

static void begin(job *j, int slip_at) {
    str_clear(&j->out);
    j->t         = trace_to(&j->out, &j->r);
    j->t.slip_at = slip_at;
    j->t.brief   = j->brief;
}

static void all_true(const job *j, int least) {
    steps_report k = steps_check(j->out.p, j->out.len, NULL);
    if (k.wrong || k.claims < least || j->t.bad)
        fail_msg("%d claims, %d false, bad %d\n%s", k.claims, k.wrong, j->t.bad, j->out.p);
    assert_true(j->out.p[j->out.len - 1] == '\n');
}

static long draw(rng *r, int most) { /* of 1 to `most` digits */
    long hi = 1;
    for (int n = rng_range(r, 1, most); n; n--) hi *= 10;
    return (long)rng_below(r, (uint64_t)hi);
}

static long signed_draw(rng *r, int most) { return rng_below(r, 3) ? draw(r, most) : -draw(r, most); }

/* ---- digits */
static void test_whole_numbers(void **state) {
    (void)state;
    job j = {.r = rng_seed(unit_seed("test_whole_numbers"))};
    for (int i = 0; i < CASES; i++) {
        j.brief = i & 1;
        char op = "+-*/"[rng_below(&j.r, 4)];
        long a = signed_draw(&j.r, op == '*' ? 4 : 7), b = signed_draw(&j.r, op == '+' || op == '-' ? 7 : 4), c, rest;
        if (op == '/' && !b) b = 17;
        begin(&j, -1);
        if (op == '/') {
            c = digits_div(&j.t, NULL, a, b, &rest);
            if (rest) assert_true(c == labs(a) / labs(b) && rest == labs(a) % labs(b));
            else assert_int_equal(c, a / b);
            all_true(&j, rest || labs(b) != 1 ? 2 : 1);
            begin(&j, -1);
            assert_int_equal(digits_op(&j.t, b * (a % 5000), '/', b), a % 5000);
        } else {
            c = digits_op(&j.t, a, op, b);
            assert_int_equal(c, op == '+' ? a + b : op == '-' ? a - b : a * b);
        }
        all_true(&j, 1);
    }
    str_free(&j.out);
}

static void test_the_lines_of_a_long_division(void **state) {
    (void)state;
    job  j = {.r = rng_seed(1)};
    long rest;
    begin(&j, -1);
    assert_int_equal(digits_div(&j.t, NULL, 1292, 34, &rest), 38);
    assert_string_equal(j.out.p, "1292 / 34:\n34+34:\n4+4=8 ->8\n3+3=6 ->68\n68+68:\n8+8=16 ->6 carry 1\n"
                                 "6+6+1=13 ->136\n136+136:\n6+6=12 ->2 carry 1\n3+3+1=7 ->72\n1+1=2 ->272\n"
                                 "1: 34, 2: 68, 4: 136, 8: 272\n12<34, 0 ->0\n129<136, 129-68:\n9-8=1 ->1\n"
                                 "2-6: 12-6=6 ->61 borrow 1\n1-0-1=0 ->061\n61<68, 61-34:\n"
                                 "1-4: 11-4=7 ->7 borrow 1\n6-3-1=2 ->27\n27<34, 2+1=3 ->03\n272-272=0\n"
                                 "0<34, 8 ->038\n1292 / 34 = 38\n");
    begin(&j, -1);
    digits_div(&j.t, NULL, 5, 10000, &rest);
    assert_true(j.t.bad);
    begin(&j, -1);
    digits_op(&j.t, 100, '/', 34); /* a rest that nobody asked for */
    assert_true(j.t.bad);
    str_free(&j.out);
}

static void test_brief_lines(void **state) {
    (void)state;
    static const struct {
        long        a;
        char        op;
        long        b;
        const char *lines;
    } all[] = {{57, '+', 2, "57 + 2 = 59\n"},
               {456, '-', 452, "456 - 452 = 4\n"},
               {34, '-', 38, "34 - 38 = -4\n"},
               {1200, '+', 34, "1200 + 34 = 1234\n"},
               {30, '*', 70, "30 * 70 = 2100\n"},
               {47, '*', 100, "47 * 100 = 4700\n"},
               {1957, '+', 68,
                "1957 + 68:\n7+8=15 ->5 carry 1\n5+6+1=12 ->25 carry 1\n9+0+1=10 ->025 carry 1\n"
                "1+0+1=2, 1957 + 68 = 2025\n"},
               {82, '+', 1250, "82 + 1250:\n2+0=2 ->2\n8+5=13 ->32 carry 1\n0+2+1=3, 82 + 1250 = 1332\n"},
               {1957, '-', 68,
                "1957 - 68:\n7-8: 17-8=9 ->9 borrow 1\n5-6-1: 15-6-1=8 ->89 borrow 1\n"
                "9-0-1=8, 1957 - 68 = 1889\n"},
               {47, '*', 30, "47 * 30:\n7*3=21 ->1 carry 2\n4*3=12, 12+2=14, 47 * 30 = 1410\n"},
               {426, '/', 6, "426 / 6:\n42/6=7 r0 ->7\n06/6=1 r0 ->71\n426 / 6 = 71\n"},
               {4500, '/', 50, "4500 / 50 = 450 / 5\n45/5=9 r0 ->9\n00/5=0 r0 ->90\n4500 / 50 = 90\n"}};
    job j   = {.r = rng_seed(1), .brief = true};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        begin(&j, -1);
        digits_op(&j.t, all[i].a, all[i].op, all[i].b);
        assert_string_equal(j.out.p, all[i].lines);
    }
    begin(&j, -1);
    decimal_op(&j.t, (decimal){239, 0}, '+', (decimal){1912, 2});
    assert_string_equal(j.out.p, "239 + 19.12:\n9+9=18 ->8.12 carry 1\n3+1+1=5, 239 + 19.12 = 258.12\n");
    begin(&j, -1);
    decimal_op(&j.t, (decimal){239, 0}, '-', (decimal){112, 2});
    assert_string_equal(j.out.p, "239 - 1.12 = 239.00 - 1.12\n0-2: 10-2=8 ->8 borrow 1\n"
                                 "0-1-1: 10-1-1=8 ->.88 borrow 1\n9-1-1=7, 239 - 1.12 = 237.88\n");
    str_free(&j.out);
}

static void test_a_slip_is_one_wrong_place(void **state) {
    (void)state;
    job j    = {.r = rng_seed(unit_seed("test_a_slip_is_one_wrong_place"))};
    int seen = 0, all = 0;
    for (int i = 0; i < CASES; i++) {
        j.brief = i & 1;
        char op = "+-*/"[rng_below(&j.r, 4)];
        long a = draw(&j.r, op == '*' ? 3 : 6) + 10, b = draw(&j.r, op == '/' ? 3 : 4) + 2, rest, c;
        begin(&j, -1);
        c          = op == '/' ? digits_div(&j.t, NULL, a, b, &rest) : digits_op(&j.t, a, op, b);
        int places = j.t.places;
        str honest = {0};
        str_addn(&honest, j.out.p, j.out.len);
        if (places) {
            begin(&j, (int)rng_below(&j.r, (uint64_t)places));
            long r2, d = op == '/' ? digits_div(&j.t, NULL, a, b, &r2) : digits_op(&j.t, a, op, b);
            if (!j.t.bad) {
                assert_true(j.t.slip_from >= 0 && (size_t)j.t.slip_from <= j.out.len);
                assert_memory_equal(j.out.p, honest.p, (size_t)j.t.slip_from);
                assert_string_not_equal(j.out.p, honest.p);
                all++;
                seen += d != c || (op == '/' && r2 != rest);
            }
        }
        str_free(&honest);
    }
    printf("%d of %d slips change the result\n", seen, all);
    assert_true(all > CASES / 2 && seen > all * 7 / 10);
    str_free(&j.out);
}

/* ---- decimals */
static decimal draw_decimal(rng *r, int digits, int places) {
    return (decimal){signed_draw(r, digits), (int)rng_below(r, (uint64_t)places + 1)};
}

static bool same(decimal a, ratio b) { return ratio_eq(decimal_ratio(a), b); }

static void test_decimals(void **state) {
    (void)state;
    job j = {.r = rng_seed(unit_seed("test_decimals"))};
    for (int i = 0; i < CASES; i++) {
        j.brief    = i & 1;
        char    op = "+-*"[rng_below(&j.r, 3)];
        decimal a = draw_decimal(&j.r, op == '*' ? 4 : 5, 3), b = draw_decimal(&j.r, op == '*' ? 3 : 5, 3);
        ratio   want;
        begin(&j, -1);
        decimal c = decimal_op(&j.t, a, op, b);
        assert_true(ratio_op(decimal_ratio(a), op, decimal_ratio(b), &want));
        if (!same(c, want)) fail_msg("%ld e-%d\n%s", c.v, c.places, j.out.p);
        all_true(&j, 1);
    }
    str_free(&j.out);
}

static void test_quotients_are_rounded_half_away_from_nought(void **state) {
    (void)state;
    job j = {.r = rng_seed(unit_seed("test_quotients_are_rounded"))};
    for (int i = 0; i < CASES; i++) {
        j.brief   = i & 1;
        decimal a = draw_decimal(&j.r, 5, 3), b = draw_decimal(&j.r, 3, 2);
        int     places = (int)rng_below(&j.r, 4);
        ratio   exact;
        if (!b.v) b.v = 8;
        begin(&j, -1);
        decimal c = decimal_over(&j.t, NULL, a, b, places);
        assert_true(ratio_op(decimal_ratio(a), '/', decimal_ratio(b), &exact));
        decimal want = decimal_near(exact, places);
        if (c.v != want.v || c.places != want.places) fail_msg("%ld e-%d\n%s", c.v, c.places, j.out.p);
        all_true(&j, 1);
        begin(&j, -1);
        want = decimal_near(decimal_ratio(a), places);
        c    = decimal_round(&j.t, a, places);
        assert_true(c.v == want.v && c.places == want.places && !j.t.bad);
    }
    str_free(&j.out);
}

static void test_the_lines_of_a_quotient(void **state) {
    (void)state;
    job j = {.r = rng_seed(1)};
    begin(&j, -1);
    decimal_div(&j.t, NULL, (decimal){125, 1}, 7, 2);
    assert_string_equal(j.out.p, "12.5 / 7:\n1/7=0 r1 ->0\n12/7=1 r5 ->01\n55/7=7 r6 ->01.7\n60/7=8 r4 ->01.78\n"
                                 "4+4=8, 7<8, up to 1.79\n12.5 / 7 = 1.79 rounded\n");
    begin(&j, -1);
    decimal_div(&j.t, "mean", (decimal){21, 0}, 4, 2);
    assert_string_equal(j.out.p, "mean = 21 / 4\n2/4=0 r2 ->0\n21/4=5 r1 ->05\n10/4=2 r2 ->05.2\n20/4=5 r0 ->05.25\n"
                                 "mean = 5.25\n");
    begin(&j, -1);
    decimal_op(&j.t, (decimal){125, 1}, '*', (decimal){4, 1});
    assert_true(strstr(j.out.p, "12.5 * 0.4 = 5.00 = 5\n") != NULL);
    str_free(&j.out);
}

static void test_the_checker_reads_decimals(void **state) {
    (void)state;
    static const struct {
        const char *s;
        int         claims, wrong;
    } lines[] = {{"12.5 + 3 = 15.5", 1, 0},
                 {"12.5 + 3 = 15.6", 1, 1},
                 {"0.1 + 0.2 = 0.3.", 1, 0},
                 {"12.5 * 0.4 = 5.00 = 5", 2, 0},
                 {"12.5 / 7 = 1.79 rounded", 1, 0},
                 {"12.5 / 7 = 1.78 rounded", 1, 1},
                 {"12.5 / 7 = 1.786", 1, 0},
                 {"12.5 / 7 = 1.785", 1, 1},
                 {"22 / 7 = 3", 1, 1},
                 {"22 / 7 = 3 rounded", 1, 0},
                 {"2.44 + 1 = 3.4", 1, 1},
                 {"so 3.5 < 3.45", 1, 1},
                 {"it is 2. 3 + 4 = 7.", 1, 0},
                 {"-1.5 - 2 = -3.5", 1, 0},
                 {"25% of 64 = 16", 0, 0},
                 {"889 mod 26 = 5", 0, 0},
                 {"2 1/3 = 7/3", 1, 0},
                 {"12<34, 0 ->0", 1, 0},
                 {"1/8 = 0.125", 1, 0},
                 {"2/3 = 0.66", 1, 1}};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        steps_report k = steps_check(lines[i].s, strlen(lines[i].s), NULL);
        if (k.claims != lines[i].claims || k.wrong != lines[i].wrong)
            fail_msg("%s: %d claims, %d false", lines[i].s, k.claims, k.wrong);
    }
}

/* ---- fractions */
static frac draw_frac(rng *r) {
    return (frac){rng_range(r, 1, 60) * (rng_below(r, 4) ? 1 : -1), rng_below(r, 6) ? rng_range(r, 2, 48) : 1};
}

static void test_fractions(void **state) {
    (void)state;
    job j = {.r = rng_seed(unit_seed("test_fractions"))};
    for (int i = 0; i < CASES; i++) {
        j.brief = i & 1;
        frac a = draw_frac(&j.r), b = draw_frac(&j.r), want;
        char op = "+-*/"[rng_below(&j.r, 4)];
        assert_true(frac_value(a, op, b, &want));
        begin(&j, -1);
        frac c = frac_op(&j.t, a, op, b);
        if (c.p != want.p || c.q != want.q) fail_msg("%ld/%ld\n%s", c.p, c.q, j.out.p);
        frac_mixed(&j.t, c);
        all_true(&j, 1);
        begin(&j, -1);
        double d = (double)a.p * (double)b.q - (double)b.p * (double)a.q;
        assert_int_equal(frac_compare(&j.t, a, b), d < 0 ? -1 : d > 0);
        all_true(&j, 2);
        frac lowest = frac_lowest(a);
        begin(&j, -1);
        c = frac_reduce(&j.t, a);
        assert_true(c.p == lowest.p && c.q == lowest.q);
    }
    str_free(&j.out);
}

static void test_mixed_numbers(void **state) {
    (void)state;
    job  j = {.r = rng_seed(1)};
    frac seven_thirds;
    begin(&j, -1);
    seven_thirds = frac_improper(&j.t, 2, (frac){1, 3});
    assert_true(seven_thirds.p == 7 && seven_thirds.q == 3);
    assert_string_equal(j.out.p, "2 * 3 = 6\n6 + 1 = 7\n2 1/3 = 7/3\n");
    all_true(&j, 3);
    begin(&j, -1);
    frac_mixed(&j.t, (frac){-7, 3});
    assert_true(strstr(j.out.p, "-7/3 = -2 1/3\n") != NULL);
    all_true(&j, 2);
    str_clear(&j.out);
    frac_put_mixed(&j.out, (frac){-7, 3});
    str_addc(&j.out, ' ');
    frac_put_mixed(&j.out, (frac){2, 3});
    str_addc(&j.out, ' ');
    frac_put_mixed(&j.out, (frac){6, 3});
    assert_string_equal(j.out.p, "-2 1/3 2/3 2");
    str_free(&j.out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_numbers),
        cmocka_unit_test(test_the_lines_of_a_long_division),
        cmocka_unit_test(test_brief_lines),
        cmocka_unit_test(test_a_slip_is_one_wrong_place),
        cmocka_unit_test(test_decimals),
        cmocka_unit_test(test_quotients_are_rounded_half_away_from_nought),
        cmocka_unit_test(test_the_lines_of_a_quotient),
        cmocka_unit_test(test_the_checker_reads_decimals),
        cmocka_unit_test(test_fractions),
        cmocka_unit_test(test_mixed_numbers),
    };
    return cmocka_run_group_tests_name("digits", tests, NULL, NULL);
}
