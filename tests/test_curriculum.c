/* The curriculum: promotion and demotion, the mix of levels, a learner that climbs, and state that comes back. */
#include "unit.h"

#include <math.h>

#include "data/curriculum.h"

static void levels_move_by_the_last_outcomes(void **state) {
    (void)state;
    curriculum c;
    curriculum_init(&c);
    int f = curriculum_add(&c, "sums", 1, 3);
    assert_int_equal(f, 0);
    for (int i = 0; i < CURRICULUM_WINDOW - 1; i++) assert_false(curriculum_note(&c, f, 1, true));
    assert_true(curriculum_note(&c, f, 1, true));
    assert_int_equal(c.f[f].level, 2);
    for (int i = 0; i < 500; i++) curriculum_note(&c, f, 1, true); /* what is easier says nothing */
    assert_int_equal(c.f[f].level, 2);
    for (int i = 0; i < 10 * CURRICULUM_WINDOW; i++) curriculum_note(&c, f, 2, i % 2); /* one in two: it stays */
    assert_int_equal(c.f[f].level, 2);
    for (int i = 0; i < CURRICULUM_WINDOW; i++) curriculum_note(&c, f, 2, false);
    assert_int_equal(c.f[f].level, 1);
    for (int i = 0; i < 10 * CURRICULUM_WINDOW; i++) curriculum_note(&c, f, 1, false); /* nothing below the lowest */
    assert_int_equal(c.f[f].level, 1);
    for (int i = 0; i < 10 * CURRICULUM_WINDOW; i++) curriculum_note(&c, f, c.f[f].level, true);
    assert_int_equal(c.f[f].level, 3);
    assert_int_equal(c.f[f].up, 3);
    assert_int_equal(c.f[f].down, 1);
}

/* 0.7 itself does not promote and 0.1 itself does not demote: more and fewer do. */
static void the_bars_are_exclusive(void **state) {
    (void)state;
    curriculum c;
    curriculum_init(&c);
    int f        = curriculum_add(&c, "sums", 1, 10);
    c.promote    = 0.75;
    c.demote     = 0.125;
    c.f[f].level = 5;
    for (int i = 0; i < CURRICULUM_WINDOW; i++) curriculum_note(&c, f, 5, i % 4 != 0);
    assert_int_equal(c.f[f].level, 5);
    assert_int_equal(c.f[f].n, CURRICULUM_WINDOW);
    c.f[f].n = 0;
    for (int i = 0; i < 7 * CURRICULUM_WINDOW; i++) curriculum_note(&c, f, 5, i % 8 == 0);
    assert_int_equal(c.f[f].level, 5);
}

static void draws_are_mixed(void **state) {
    (void)state;
    rng        r = rng_seed(unit_seed("draws_are_mixed"));
    curriculum c;
    curriculum_init(&c);
    int f = curriculum_add(&c, "sums", 2, 8), n[12] = {0};
    enum { N = 40000 };
    c.f[f].level = 6;
    for (int i = 0; i < N; i++) n[curriculum_draw(&c, f, &r)]++;
    assert_true(fabs(n[6] / (double)N - 0.7) < 0.02 && fabs(n[7] / (double)N - 0.1) < 0.01);
    assert_true(fabs(n[5] / (double)N - 0.1) < 0.01 && fabs(n[4] / (double)N - 0.05) < 0.01);
    assert_true(n[3] > 0 && n[2] > 0 && !n[1] && !n[8]);
    memset(n, 0, sizeof n);
    c.f[f].level = 2;
    for (int i = 0; i < N; i++) n[curriculum_draw(&c, f, &r)]++;
    assert_true(n[2] + n[3] == N && fabs(n[3] / (double)N - 0.1) < 0.01);
    memset(n, 0, sizeof n);
    c.f[f].level = 8;
    for (int i = 0; i < N; i++) n[curriculum_draw(&c, f, &r)]++;
    assert_true(!n[9] && fabs(n[8] / (double)N - 0.8) < 0.02);
}

/* A learner whose skill at a level grows with every try there, and is there at all only once the level below is. */
typedef struct learner {
    double skill[12];
} learner;

static bool try_it(learner *l, int level, double gain, rng *r) {
    double below   = level > 1 ? l->skill[level - 1] : 1;
    bool   success = rng_f64(r) < l->skill[level];
    l->skill[level] += gain * below * (1 - l->skill[level]);
    return success;
}

static int climb(curriculum *c, int steps, double gain, rng *r, learner *l) {
    for (int i = 0; i < steps; i++) {
        int level = curriculum_draw(c, 0, r);
        curriculum_note(c, 0, level, try_it(l, level, gain, r));
    }
    return c->f[0].level;
}

static void a_learner_climbs(void **state) {
    (void)state;
    rng        r = rng_seed(unit_seed("a_learner_climbs"));
    curriculum c;
    learner    l = {{0}}, dull = {{0}}, flat = {{0}};
    curriculum_init(&c);
    curriculum_add(&c, "sums", 1, 10);
    assert_int_equal(climb(&c, 20000, 0.01, &r, &l), 10);
    for (int k = 1; k <= 10; k++) assert_true(l.skill[k] > 0.7);
    curriculum_init(&c);
    curriculum_add(&c, "sums", 1, 10);
    assert_int_equal(climb(&c, 20000, 0, &r, &dull), 1); /* who learns nothing stays */
    curriculum_init(&c); /* levels drawn alike, at the same cost: the hard ones are not reached */
    for (int i = 0; i < 2500; i++) try_it(&flat, 1 + (int)rng_below(&r, 10), 0.01, &r);
    learner with = {{0}};
    curriculum_add(&c, "sums", 1, 10);
    climb(&c, 2500, 0.01, &r, &with);
    printf("after 2500 tries: level 4 at %.2f with a curriculum, %.2f without\n", with.skill[4], flat.skill[4]);
    assert_true(with.skill[4] > flat.skill[4]);
    l            = (learner){{0}}; /* what was learnt is lost: it goes down again */
    c.f[0].level = 9;
    climb(&c, 3000, 0, &r, &l);
    assert_int_equal(c.f[0].level, 1);
}

static void losses_and_the_clock(void **state) {
    (void)state;
    curriculum c;
    curriculum_init(&c);
    int f = curriculum_add(&c, "sums", 1, 5), g = curriculum_add(&c, "words", 3, 4);
    for (int i = 0; i < 40; i++) curriculum_note_loss(&c, f, 1, 0.2);
    assert_int_equal(c.f[f].level, 2);
    for (int i = 0; i < 100; i++) curriculum_note_loss(&c, f, 2, (double)NAN);
    assert_int_equal(c.f[f].n, 0); /* NaN says nothing */
    int before = 0;
    for (int i = 0; i <= 100; i++) {
        curriculum_schedule(&c, i / 100.0);
        assert_true(c.f[f].level >= before);
        before = c.f[f].level;
        if (i == 0) assert_true(c.f[f].level == 1 && c.f[g].level == 3);
        if (i == 40) assert_true(c.f[f].level == 3);
        if (i >= 80) assert_true(c.f[f].level == 5 && c.f[g].level == 4);
    }
    assert_true(curriculum_mean(&c) == 4.5);
}

static void state_comes_back(void **state) {
    (void)state;
    rng        r = rng_seed(unit_seed("state_comes_back"));
    curriculum a, b;
    str        s = {0}, t = {0};
    err        e = {""};
    curriculum_init(&a);
    curriculum_init(&b);
    for (int i = 0; i < 6; i++) {
        char name[32];
        snprintf(name, sizeof name, "family_%d", i);
        curriculum_add(&a, name, 1, 4 + i);
        curriculum_add(&b, name, 1, 4 + i);
    }
    for (int i = 0; i < 5000; i++)
        curriculum_note(&a, i % 6, 1 + (int)rng_below(&r, 9), rng_below(&r, 10) < (uint64_t)(4 + i % 6));
    curriculum_save(&a, &s);
    assert_true(curriculum_load(&b, s.p, s.len, &e));
    assert_memory_equal(&a, &b, sizeof a);
    curriculum_save(&b, &t);
    assert_string_equal(s.p, t.p);
    rng ra = rng_seed(3), rb = rng_seed(3);
    for (int i = 0; i < 1000; i++) { /* and goes on the same way */
        int la = curriculum_draw(&a, i % 6, &ra), lb = curriculum_draw(&b, i % 6, &rb);
        assert_int_equal(la, lb);
        curriculum_note(&a, i % 6, la, i % 3 > 0);
        curriculum_note(&b, i % 6, lb, i % 3 > 0);
    }
    assert_memory_equal(&a, &b, sizeof a);
    static const char *const bad[] = {"", "[]", "{}", "{\"x\":[1,2,1,0,0,0,0,0]}", "{\"family_0\":[1,4]}", "null"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(curriculum_load(&b, bad[i], strlen(bad[i]), &e));
        assert_memory_equal(&a, &b, sizeof a);
    }
    char *at = strstr(s.p, "[1,4,");
    memcpy(at, "[1,5,", 5);
    assert_false(curriculum_load(&b, s.p, s.len, &e));
    assert_non_null(strstr(e.msg, "family_0"));
    str_free(&s);
    str_free(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_move_by_the_last_outcomes),
        cmocka_unit_test(the_bars_are_exclusive),
        cmocka_unit_test(draws_are_mixed),
        cmocka_unit_test(a_learner_climbs),
        cmocka_unit_test(losses_and_the_clock),
        cmocka_unit_test(state_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
