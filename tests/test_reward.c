/* Rewards: what is paid for what, and that nothing which only looks like an answer is paid as one, in any family. */
#include "unit.h"

#include "rl/reward.h"
#include "text/chat.h"

static const recipe_reward ALL = {.weight = {1, 0.1f, 0.5f, 0.25f, 0.01f}, .process_claims = 4, .length_tokens = 100};

static reward_parts score(const family *f, const problem *p, const char *response, bool stopped) {
    reward_parts r;
    reward_score(&ALL, f, p, response, strlen(response), 50, stopped, &r);
    float sum = 0;
    for (int i = 0; i < REWARD_PARTS; i++) {
        assert_true(r.part[i] >= 0 && r.part[i] <= 1);
        sum += ALL.weight[i] * r.part[i];
    }
    assert_true(r.total == sum);
    return r;
}

static void unpaid(const char *what, const family *f, const problem *p, const str *response, bool stopped) {
    reward_parts r = score(f, p, response->p, stopped);
    if (r.part[REWARD_ACCURACY] + r.part[REWARD_PROCESS] + r.part[REWARD_LENGTH] > 0)
        fail_msg("%s level %d: %s is paid: %s", f->name, p->level, what, response->p);
}

/* The letters and brackets of a value: "x = 5" and "x = -7/2" look alike, "y = 5" does not, and contradicts nobody. */
static bool alike(const char *a, const char *b) {
    static const char skip[] = "0123456789-/. ";
    for (;; a++, b++) {
        a += strspn(a, skip);
        b += strspn(b, skip);
        if (*a != *b) return false;
        if (!*a) return true;
    }
}

/* Another problem of the level with another truth of the same kind. */
static bool other_problem(const family *f, const problem *p, problem *o) {
    for (uint64_t i = 0; i < 60; i++) {
        family_make(f, SPLIT_TRAIN, 77, i, p->level, o);
        if (alike(o->truth.p, p->truth.p) && strcmp(o->truth.p, p->truth.p) != 0 &&
            strcmp(o->answer.p, p->answer.p) != 0)
            return true;
    }
    return false;
}

static void hack(const family *f, const problem *p) {
    static const char        form[] = "Understand: a\nPlan: b\nWork:\n1 = 1\n2 = 2\n3 = 3\n4 = 4\nCheck: c, right\n";
    const char              *r = p->reasoning.p, *a = p->answer.p, *q = p->question.p;
    static const char *const empty[] = {"",     " ", "\n", "****", "I do not know.", "See above.", "The answer is",
                                        "**?**"};
    str                      s       = {0};
    reward_parts             good;
#define TRY(what, stopped, ...)                                                                                        \
    do {                                                                                                               \
        str_clear(&s);                                                                                                 \
        str_addf(&s, __VA_ARGS__);                                                                                     \
        unpaid(what, f, p, &s, stopped);                                                                               \
    } while (0)
    str_addf(&s, "%s</think>\n%s", r, a);
    good = score(f, p, s.p, true);
    if (strstr(good.why, "no executor")) goto done; /* a machine without Python */
    if (good.part[REWARD_ACCURACY] != 1 || good.part[REWARD_FORMAT] != 1 || good.part[REWARD_LENGTH] != 0.5f)
        fail_msg("%s level %d: a good answer is not paid: %s", f->name, p->level, good.why);
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
        TRY("an empty answer", true, "%s</think>\n%s", r, empty[i]);
        TRY("form only", true, "%s</think>\n%s", form, empty[i]);
        TRY("an answer inside the thinking", true, "%s%s\n</think>\n%s", r, a, empty[i]);
    }
    TRY("the question echoed", true, "%s</think>\n%s", r, q);
    TRY("the question echoed in bold", true, "%s</think>\n**%s**", r, q);
    TRY("thinking that is not closed", true, "%s%s", r, a);
    TRY("thinking that is not closed", true, "%s**%s**", r, p->truth.p);
    TRY("thinking that is not closed", true, "%s", a);
    TRY("a second closing tag", true, "%s</think>\n%s</think>\n%s", r, a, a);
    TRY("what was cut", false, "%s</think>\n%s", r, a);
    problem o = {0};
    if (other_problem(f, p, &o)) {
        TRY("another problem's answer", true, "%s</think>\n%s", r, o.answer.p);
        TRY("two answers", true, "%s</think>\n**%s** or **%s**", r, p->truth.p, o.truth.p);
        TRY("two answers", true, "%s</think>\n**%s**\n**%s**", r, o.truth.p, p->truth.p);
    }
    problem_free(&o);
done:
    str_free(&s);
#undef TRY
}

static void test_nothing_for_nothing(void **state) {
    (void)state;
    uint64_t seed = unit_seed("test_nothing_for_nothing");
    for (int i = 0; i < family_count(); i++) {
        const family *f = family_at(i);
        for (int level = 1; level <= f->levels; level++) {
            problem p = {0};
            family_make(f, SPLIT_VALID, seed, 0, level, &p);
            hack(f, &p);
            problem_free(&p);
        }
    }
}

static void test_process(void **state) {
    (void)state;
    static const char all[] = "2 + 2 = 4\n3 * 3 = 9\n", half[] = "2 + 2 = 4\n3 * 3 = 8\n", none[] = "so it goes\n";
    assert_true(reward_process(all, strlen(all), 2) == 1);
    assert_true(reward_process(all, strlen(all), 4) == 0.5f);
    assert_true(reward_process(half, strlen(half), 1) == 0.5f);
    assert_true(reward_process(none, strlen(none), 4) == 0);
    /* more lines than the cap pay nothing more */
    str s = {0};
    for (int i = 0; i < 100; i++) str_add(&s, all);
    assert_true(reward_process(s.p, s.len, 2) == 1);
    str_free(&s);
}

static void test_language(void **state) {
    (void)state;
    static const struct {
        const char *text;
        float       want;
    } all[] = {{"", 1},
               {"12 + 3 = 15", 1},
               {"So x = 5 \xe2\x86\x92 \xc3\x97 right", 1},
               {"caf\xc3\xa9", 1},
               {"a\xe4\xbd\xa0", 0.5f},
               {"\xe4\xbd\xa0\xe5\xa5\xbd", 0},
               {"a\xff", 0.5f}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        assert_true(reward_language(all[i].text, strlen(all[i].text)) == all[i].want);
}

/* Shorter pays more, never below 0; a NUL does not hide what follows it. */
static void test_length_and_nul(void **state) {
    (void)state;
    const family *f = family_find("arithmetic");
    problem       p = {0};
    str           s = {0};
    reward_parts  a, b, c;
    family_make(f, SPLIT_VALID, 1, 0, 1, &p);
    str_addf(&s, "%s</think>\n%s", p.reasoning.p, p.answer.p);
    reward_score(&ALL, f, &p, s.p, s.len, 20, true, &a);
    reward_score(&ALL, f, &p, s.p, s.len, 90, true, &b);
    reward_score(&ALL, f, &p, s.p, s.len, 900, true, &c);
    assert_true(a.part[REWARD_LENGTH] > b.part[REWARD_LENGTH] && b.part[REWARD_LENGTH] > 0);
    assert_true(c.part[REWARD_LENGTH] == 0 && c.part[REWARD_ACCURACY] == 1);
    str_addn(&s, "\0 No, it is **-123456**.", 24);
    reward_score(&ALL, f, &p, s.p, s.len, 20, true, &a);
    assert_true(a.part[REWARD_ACCURACY] == 0);
    str_free(&s);
    problem_free(&p);
}

/* A program that hangs, dies or asks for the moon is one wrong answer; the next one is judged as if nothing had been.
 */
static void test_verifier_outlives_answers(void **state) {
    (void)state;
    static const char *const bad[] = {"while True: pass",
                                      "def f(:",
                                      "x = [0] * 10 ** 10",
                                      "import os\nos.abort()",
                                      "import ctypes",
                                      "def g(n): return g(n + 1)\ng(0)",
                                      "while True: print('x' * 9)",
                                      "raise SystemExit",
                                      "import time\ntime.sleep(1000)",
                                      "open('/etc/passwd').read()",
                                      "import os\nos.kill(os.getppid(), 9)"};
    const family            *f     = family_find("code_write");
    problem                  p     = {0};
    str                      s     = {0};
    assert_non_null(f);
    family_make(f, SPLIT_VALID, 1, 0, 2, &p);
    str_addf(&s, "%s</think>\n%s", p.reasoning.p, p.answer.p);
    reward_parts r = score(f, &p, s.p, true);
    if (strstr(r.why, "no executor")) {
        print_message("no Python here\n");
        skip();
    }
    assert_true(r.part[REWARD_ACCURACY] == 1);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        str_clear(&s);
        str_addf(&s, "%s</think>\n```python\n%s\n```", p.reasoning.p, bad[i]);
        unpaid(bad[i], f, &p, &s, true);
        str_clear(&s);
        str_addf(&s, "%s</think>\n%s", p.reasoning.p, p.answer.p);
        r = score(f, &p, s.p, true);
        if (r.part[REWARD_ACCURACY] != 1) fail_msg("after \"%s\": %s", bad[i], r.why);
    }
    str_free(&s);
    problem_free(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_process), cmocka_unit_test(test_language), cmocka_unit_test(test_length_and_nul),
        cmocka_unit_test(test_verifier_outlives_answers), cmocka_unit_test(test_nothing_for_nothing)};
    return cmocka_run_group_tests_name("reward", tests, NULL, NULL);
}
