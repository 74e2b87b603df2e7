/* Families: every row is right and every line of its reasoning true; splits, phases, deliberate mistakes, variety. */
#include "unit.h"

#include "data/rows.h"
#include "task/steps.h"

enum { ROWS = 10000 };

static bool unknown_of(const problem *p, steps_unknown *x) {
    const char *end;
    if (!p->truth.p[0] || strncmp(p->truth.p + 1, " = ", 3)) return false;
    x->letter = p->truth.p[0];
    return ratio_read(p->truth.p + 4, &x->value, &end) && !*end;
}

static int count(const char *s, const char *what) {
    int n = 0;
    for (; (s = strstr(s, what)); s += strlen(what)) n++;
    return n;
}

/* What check says, each calculation, and where a deliberate mistake begins and ends. */
static void one_row(const family *f, int level, const problem *p, str *line) {
    char          why[ROWS_WHY];
    problem       again = {0};
    steps_unknown x, *ux = unknown_of(p, &x) ? &x : NULL;
    str_clear(line);
    rows_write(line, p);
    if (!rows_check(line->p, line->len, &again, why)) fail_msg("%s level %d: %s\n%s", f->name, level, why, line->p);
    assert_string_equal(again.question.p, p->question.p);
    assert_string_equal(again.truth.p, p->truth.p);
    assert_int_equal(again.level, level);
    problem_free(&again);
    bool slip = p->slip_to > p->slip_from;
    assert_int_equal(count(p->reasoning.p, "\nWork:\n"), 1 + slip);
    assert_int_equal(count(p->reasoning.p, "\nCheck: "), 1 + slip);
    assert_int_equal(count(p->reasoning.p, ", wrong\n"), slip);
    size_t to = slip ? (size_t)p->slip_from : p->reasoning.len;
    while (slip && p->reasoning.p[to - 1] != '\n') to--; /* the line that turns wrong is half a line */
    steps_report r = steps_check(p->reasoning.p, to, ux);
    if (r.wrong || (!slip && r.claims < 2))
        fail_msg("%s level %d: %d claims, %d false\n%s", f->name, level, r.claims, r.wrong, line->p);
    if (!slip) return;
    assert_true(level >= 2 && p->slip_from > 0 && (size_t)p->slip_to < p->reasoning.len);
    assert_memory_equal(p->reasoning.p + p->slip_to, "Check: ", 7);
    assert_true(p->reasoning.p[p->slip_to - 1] == '\n');
    assert_true(strstr(p->reasoning.p, "\nWork:\n") < p->reasoning.p + p->slip_from);
    assert_true(strstr(p->reasoning.p + p->slip_to, ", wrong\nWork:\n") != NULL);
    /* The first Work ends somewhere else than the second: its last line is a mistake's consequence. */
    const char *w1 = strstr(p->reasoning.p, "\nWork:\n"), *w2 = strstr(p->reasoning.p + p->slip_to, "\nWork:\n"),
               *c2 = strstr(w2, "\nCheck: ");
    size_t n1 = (size_t)(p->reasoning.p + p->slip_to - 1 - w1), n2 = (size_t)(c2 - w2);
    assert_true(n1 != n2 || memcmp(w1, w2, n1));
}

static void test_rows_are_right(void **state) {
    (void)state;
    uint64_t seed = unit_seed("test_rows_are_right");
    str      line = {0};
    for (int i = 0; i < family_count(); i++) {
        const family *f = family_at(i);
        for (int level = 1; level <= f->levels; level++) {
            problem p     = {0};
            int     slips = 0;
            for (uint64_t k = 0; k < ROWS; k++) {
                family_make(f, SPLIT_TRAIN, seed, k, level, &p);
                one_row(f, level, &p, &line);
                slips += p.slip_to > p.slip_from;
            }
            if (level == 1) assert_int_equal(slips, 0);
            else assert_in_range(slips, ROWS * 5 / 100, ROWS * 9 / 100);
            problem_free(&p);
        }
    }
    str_free(&line);
}

static void test_a_row_is_a_function_of_its_number(void **state) {
    (void)state;
    problem a = {0}, b = {0};
    for (int i = 0; i < family_count(); i++) {
        const family *f    = family_at(i);
        int           same = 0;
        for (uint64_t k = 0; k < 200; k++) {
            int level = 1 + (int)(k % (uint64_t)f->levels);
            family_make(f, SPLIT_VALID, 7, k, level, &a);
            family_make(f, SPLIT_VALID, 7, k + 1, level, &b);
            same += !strcmp(a.question.p, b.question.p);
            family_make(f, SPLIT_VALID, 7, k, level, &b);
            assert_string_equal(a.key.p, b.key.p);
            assert_string_equal(a.question.p, b.question.p);
            assert_string_equal(a.reasoning.p, b.reasoning.p);
            assert_string_equal(a.answer.p, b.answer.p);
            assert_string_equal(a.truth.p, b.truth.p);
            assert_int_equal(a.slip_from, b.slip_from);
            assert_int_equal(a.slip_to, b.slip_to);
            family_make(f, SPLIT_VALID, 8, k, level, &b);
            same += !strcmp(a.question.p, b.question.p);
        }
        assert_in_range(same, 0, 20);
    }
    problem_free(&a);
    problem_free(&b);
}

/* ---- splits and keys */
typedef struct pair {
    uint64_t question, key;
    int      split, level;
} pair;

static int by_question(const void *a, const void *b) {
    const pair *x = a, *y = b;
    return x->question < y->question ? -1 : x->question > y->question ? 1 : x->key < y->key ? -1 : x->key > y->key;
}

static int by_key(const void *a, const void *b) {
    const pair *x = a, *y = b;
    return x->key < y->key ? -1 : x->key > y->key ? 1 : x->split - y->split;
}

/* A question without case, spaces, full stops; every way to write an operator is one way. */
static uint64_t normal_question(const char *q) {
    static const char *const from[] = {"\xc3\x97", "\xc2\xb7", "\xc3\xb7", "\xe2\x88\x92", "\xe2\x80\x93"};
    static const char        to[]   = {'*', '*', '/', '-', '-'};
    str                      s      = {0};
    while (*q) {
        size_t k = 0;
        while (k < 5 && strncmp(q, from[k], strlen(from[k]))) k++;
        if (k < 5) {
            str_addc(&s, to[k]);
            q += strlen(from[k]);
        } else {
            if (!strchr(" .,?!;:", *q)) str_addc(&s, *q >= 'A' && *q <= 'Z' ? (char)(*q + 32) : *q);
            q++;
        }
    }
    uint64_t h = hash_bytes(s.p, s.len);
    str_free(&s);
    return h;
}

static void test_splits_are_disjoint(void **state) {
    (void)state;
    enum { EACH = 4000 };
    uint64_t seed = unit_seed("test_splits_are_disjoint");
    for (int i = 0; i < family_count(); i++) {
        const family *f = family_at(i);
        pair         *v = calloc((size_t)f->levels * 3 * EACH, sizeof *v);
        size_t        n = 0;
        problem       p = {0};
        for (int level = 1; level <= f->levels; level++)
            for (int s = 0; s < 3; s++)
                for (uint64_t k = 0; k < EACH; k++) {
                    family_make(f, (split_id)s, seed, k, level, &p);
                    assert_true(str_starts(p.key.p, f->name));
                    assert_int_equal(split_of(p.key.p), s);
                    v[n++] = (pair){normal_question(p.question.p), hash_bytes(p.key.p, p.key.len), s, level};
                }
        qsort(v, n, sizeof *v, by_question);
        for (size_t k = 1; k < n; k++)
            if (v[k].question == v[k - 1].question)
                assert_true(v[k].key == v[k - 1].key && v[k].split == v[k - 1].split);
        qsort(v, n, sizeof *v, by_key);
        int distinct[3] = {0};
        for (size_t k = 0; k < n; k++) {
            if (k && v[k].key == v[k - 1].key) assert_int_equal(v[k].split, v[k - 1].split);
            else distinct[v[k].split]++;
        }
        printf("%s: %d, %d, %d different problems in train, valid, test\n", f->name, distinct[0], distinct[1],
               distinct[2]);
        assert_true(distinct[1] >= 1000 && distinct[2] >= 1000);
        problem_free(&p);
        free(v);
    }
}

static void test_each_level_has_unseen_problems(void **state) {
    (void)state;
    for (int i = 0; i < family_count(); i++) {
        const family *f = family_at(i);
        for (int level = 1; level <= f->levels; level++) {
            pair    v[3000]  = {{0, 0, 0, 0}};
            problem p        = {0};
            int     distinct = 0;
            for (uint64_t k = 0; k < 3000; k++) {
                family_make(f, SPLIT_VALID, 1, k, level, &p);
                v[k] = (pair){0, hash_bytes(p.key.p, p.key.len), 0, level};
            }
            qsort(v, 3000, sizeof *v, by_key);
            for (int k = 0; k < 3000; k++) distinct += !k || v[k].key != v[k - 1].key;
            if (distinct < 200) fail_msg("%s level %d: %d different validation problems", f->name, level, distinct);
            problem_free(&p);
        }
    }
}

static void test_the_split_is_90_5_5(void **state) {
    (void)state;
    int n[3] = {0};
    for (int i = 0; i < 100000; i++) {
        char key[32];
        snprintf(key, sizeof key, "linear:%dx = %d", i % 317, i);
        n[split_of(key)]++;
    }
    assert_in_range(n[0], 89500, 90500);
    assert_in_range(n[1], 4700, 5300);
    assert_in_range(n[2], 4700, 5300);
}

/* ---- wordings: what is left when numbers, signs and single letters are gone */
static void test_people_ask_in_many_ways(void **state) {
    (void)state;
    for (int i = 0; i < family_count(); i++) {
        const family *f = family_at(i);
        static pair   v[5000];
        problem       p = {0};
        for (uint64_t k = 0; k < 5000; k++) {
            str s = {0};
            family_make(f, SPLIT_TRAIN, 3, k, 1 + (int)(k % (uint64_t)f->levels), &p);
            for (const char *q = p.question.p; *q;) {
                size_t n = 0;
                while ((q[n] >= 'a' && q[n] <= 'z') || (q[n] >= 'A' && q[n] <= 'Z')) n++;
                if (n > 1) {
                    for (size_t j = 0; j < n; j++) str_addc(&s, (char)(q[j] | 32));
                    str_addc(&s, ' ');
                }
                q += n ? n : 1;
            }
            v[k].key = hash_bytes(s.p ? s.p : "", s.len);
            str_free(&s);
        }
        qsort(v, 5000, sizeof *v, by_key);
        int distinct = 0;
        for (int k = 0; k < 5000; k++) distinct += !k || v[k].key != v[k - 1].key;
        printf("%s: %d different wordings in 5000 questions\n", f->name, distinct);
        assert_true(distinct >= 400);
        problem_free(&p);
    }
}

static bool asked(const family *f, int level, const char *key) {
    problem p     = {0};
    bool    found = false;
    for (uint64_t k = 0; k < 200000 && !found; k++) {
        family_make(f, split_of(key), 11, k, level, &p);
        found = !strcmp(p.key.p, key);
    }
    problem_free(&p);
    return found;
}

static void test_the_problems_that_are_promised(void **state) {
    (void)state;
    const family *a = family_find("arithmetic"), *l = family_find("linear");
    assert_non_null(a);
    assert_non_null(l);
    assert_null(family_find("nothing"));
    assert_true(asked(l, 2, "linear:2x + 5 = 15"));
    assert_true(asked(l, 3, "linear:3(x + 2) = 27"));
    assert_true(asked(a, 1, "arithmetic:12 + 7"));
}

/* ---- the family's judgement of whole responses */
static verdict respond(const family *f, const problem *p, const char *reasoning, const char *answer) {
    str r = {0};
    str_add(&r, reasoning);
    str_add(&r, "</think>\n");
    str_add(&r, answer);
    verdict v = family_check(f, p, r.p);
    str_free(&r);
    return v;
}

static void wrong(const family *f, const problem *p, const char *answer) {
    verdict v = respond(f, p, p->reasoning.p, answer);
    if (v.right) fail_msg("%s: taken for right (truth %s): %s", p->question.p, p->truth.p, answer);
    assert_true(v.why[0]);
}

static void test_wrong_answers_are_rejected(void **state) {
    (void)state;
    problem p = {0};
    for (int i = 0; i < family_count(); i++) {
        const family *f = family_at(i);
        for (uint64_t k = 0; k < 2000; k++) {
            family_make(f, SPLIT_TRAIN, 5, k, 1 + (int)(k % (uint64_t)f->levels), &p);
            char        answer[200], near[64];
            const char *num       = strstr(p.truth.p, "= ") ? strstr(p.truth.p, "= ") + 2 : p.truth.p;
            char        letter[8] = "";
            if (num != p.truth.p) snprintf(letter, sizeof letter, "%.4s", p.truth.p);
            long long v = strtoll(num, NULL, 10);
            assert_true(respond(f, &p, p.reasoning.p, p.answer.p).right);
            snprintf(near, sizeof near, "%s%lld%s", letter, v + (k & 1 ? 1 : -1), num + strspn(num, "-0123456789"));
            snprintf(answer, sizeof answer, "The answer is **%s**.", near);
            wrong(f, &p, answer);
            snprintf(answer, sizeof answer, "The answer is **%s** or **%s**.", p.truth.p, near);
            wrong(f, &p, answer);
            snprintf(answer, sizeof answer, "The answer is not **%s**.", p.truth.p);
            wrong(f, &p, answer);
            snprintf(answer, sizeof answer, "Is it **%s**?", p.truth.p);
            wrong(f, &p, answer);
            wrong(f, &p, "");
            wrong(f, &p, "\n\n");
            wrong(f, &p, "I do not know.");
            wrong(f, &p, p.question.p);
        }
    }
    problem_free(&p);
}

static void test_format_is_four_phases_and_tags_once(void **state) {
    (void)state;
    const family     *f    = family_find("arithmetic");
    problem           p    = {0};
    static const char ok[] = "Understand: 1 + 1\nPlan: add\nWork:\n1 + 1 = 2\nCheck: 2 - 1 = 1, right\n";
    static const struct {
        const char *response;
        bool        right, format;
    } all[] = {{"Understand: a\nPlan: b\nWork:\nc\nCheck: d\n</think>\n**2**", true, true},
               {"<think>\nUnderstand: a\nPlan: b\nWork:\nc\nCheck: d\n</think>\n**2**", true, true},
               {"Understand: a\nPlan: b\nWork: c\nCheck: d, wrong\nWork:\nc\nCheck: d\n</think>\n**2**", true, true},
               {"Understand: a\nPlan: b\nWork:\nc\nCheck: d\n</think>\n", false, false},
               {"Understand: a\nPlan: b\nWork:\nc\nCheck: d\n**2**", false, false},
               {"Understand: a\nPlan: b\nWork:\nc\nCheck: d\n</think>\n**2**</think>", false, false},
               {"<think><think>Understand: a\nPlan: b\nWork:\nc\nCheck: d\n</think>\n**2**", false, false},
               {"Understand: a\nWork:\nc\nPlan: b\nCheck: d\n</think>\n**2**", true, false},
               {"Understand: a\nPlan: b\nCheck: d\n</think>\n**2**", true, false},
               {"Understand: a\nPlan: b\nWork:\n\nCheck: d\n</think>\n**2**", true, false},
               {"Understand: a\nPlan: b\nWork:\nc\nCheck: \n</think>\n**2**", true, false},
               {"Understand: a\nPlan: b\nWork:\nc\nCheck: d\nWork:\nc\n</think>\n**2**", true, false},
               {"Understand: a\nPlan: b\nPlan: b\nWork:\nc\nCheck: d\n</think>\n**2**", true, false},
               {"well, Understand: a\nPlan: b\nWork:\nc\nCheck: d\n</think>\n**2**", true, false},
               {"</think>\n**2**", true, false},
               {"", false, false}};
    str_add(&p.question, "1 + 1");
    str_add(&p.truth, "2");
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        verdict v = family_check(f, &p, all[i].response);
        if (v.right != all[i].right || v.format != all[i].format)
            fail_msg("right %d format %d (%s): %s", v.right, v.format, v.why, all[i].response);
        assert_true((v.right && v.format) || v.why[0]);
    }
    assert_true(respond(f, &p, ok, "It is **2**.").format);
    problem_free(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_right),
        cmocka_unit_test(test_a_row_is_a_function_of_its_number),
        cmocka_unit_test(test_splits_are_disjoint),
        cmocka_unit_test(test_each_level_has_unseen_problems),
        cmocka_unit_test(test_the_split_is_90_5_5),
        cmocka_unit_test(test_people_ask_in_many_ways),
        cmocka_unit_test(test_the_problems_that_are_promised),
        cmocka_unit_test(test_wrong_answers_are_rejected),
        cmocka_unit_test(test_format_is_four_phases_and_tags_once),
    };
    return cmocka_run_group_tests_name("family", tests, NULL, NULL);
}
