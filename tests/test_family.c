/* Families: every row is right and every line of its reasoning true; splits, phases, deliberate mistakes, variety, and
 * answers written by hand that must be refused or accepted (tests/wrong/FAMILY.jsonl).
 *
 *   build/tests/test_family               all families, 300 different rows a level
 *   R1_LONG=1 build/tests/test_family     10,000 a level (`make check-long` does it); programs take most of the time
 *   build/tests/test_family mean range    these only */
#include "unit.h"

#include <ctype.h>

#include "base/fs.h"
#include "base/json.h"
#include "base/mem.h"
#include "data/rows.h"
#include "task/steps.h"

static char **only; /* names given, ends with NULL */

static bool chosen(const family *f) {
    if (!only || !*only) return true;
    for (char **n = only; *n; n++)
        if (!strcmp(*n, f->name)) return true;
    return false;
}

static bool long_run(void) { return getenv("R1_LONG") != NULL; }

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
    steps_report r    = steps_check(p->reasoning.p, to, ux);
    bool         code = !strcmp(f->field, "programming"); /* a program of strings calculates nothing */
    if (r.wrong || (!slip && !code && r.claims < 2))
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
            size_t m  = strspn(q, " .,?!;:"); /* between digits they count: 1.5 is not 15, and 1, 23 is not 12, 3 */
            bool   in = m && s.len && isdigit((unsigned char)s.p[s.len - 1]) && isdigit((unsigned char)q[m]);
            if (in) str_addc(&s, m == 1 && *q == '.' ? '.' : ' ');
            if (!m) str_addc(&s, (char)tolower((unsigned char)*q));
            q += m ? m : 1;
        }
    }
    uint64_t h = hash_bytes(s.p, s.len);
    str_free(&s);
    return h;
}

/* Hashes that were there, in a table with room for four times as many; false: it was there before. */
enum { SEEN = 1 << 16 };
static bool is_new(uint64_t *seen, uint64_t h) {
    size_t i = h % SEEN;
    h += !h; /* 0 is an empty place */
    while (seen[i] && seen[i] != h) i = (i + 1) % SEEN;
    bool fresh = !seen[i];
    seen[i]    = h;
    return fresh;
}

/* So many rows of a level with different questions; what they cost in draws says how soon a level repeats itself. */
static void test_rows_are_right(void **state) {
    (void)state;
    uint64_t  seed = unit_seed("test_rows_are_right"), rows = long_run() ? 10000 : 300;
    str       line = {0};
    problem   p    = {0};
    uint64_t *seen = mem_calloc(SEEN, sizeof *seen);
    for (int i = 0; i < family_count(); i++) {
        const family *f     = family_at(i);
        uint64_t      slips = 0, graded = rows * (uint64_t)(f->levels - 1);
        for (int level = 1; chosen(f) && level <= f->levels; level++) {
            uint64_t n = 0, k = 0;
            memset(seen, 0, SEEN * sizeof *seen);
            for (; n < rows && k < 3 * rows; k++) {
                family_make(f, SPLIT_TRAIN, seed, k, level, &p);
                if (!is_new(seen, normal_question(p.question.p))) continue;
                one_row(f, level, &p, &line);
                n++;
                bool slip = p.slip_to > p.slip_from;
                if (level == 1) assert_false(slip);
                slips += slip;
            }
            if (n < rows) fail_msg("%s level %d: %d different questions in %d rows", f->name, level, (int)n, (int)k);
            if (long_run()) printf("%s level %d: %d different rows of %d are right\n", f->name, level, (int)n, (int)k);
        }
        if (chosen(f) && (slips * 100 < graded * 6 || slips * 100 > graded * 14))
            fail_msg("%s: %d deliberate mistakes in %d rows above level 1, expected 6 to 14%%", f->name, (int)slips,
                     (int)graded);
    }
    problem_free(&p);
    str_free(&line);
    mem_free(seen);
}

static void test_a_row_is_a_function_of_its_number(void **state) {
    (void)state;
    problem a = {0}, b = {0};
    for (int i = 0; i < family_count(); i++) {
        const family *f    = family_at(i);
        int           same = 0;
        if (!chosen(f)) continue;
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

/* Equal questions have equal keys (so that they fall into one split), and each level has enough different problems. */
static void test_keys(void **state) {
    (void)state;
    uint64_t seed = unit_seed("test_keys");
    size_t   each = long_run() ? 20000 : 1500;
    for (int i = 0; i < family_count(); i++) {
        const family *f = family_at(i);
        if (!chosen(f)) continue;
        pair   *v = calloc((size_t)f->levels * each, sizeof *v);
        size_t  n = 0;
        problem p = {0};
        for (int level = 1; level <= f->levels; level++) {
            for (size_t k = 0; k < each; k++) {
                family_make(f, SPLIT_TRAIN, seed, k, level, &p);
                if (!str_starts(p.key.p, f->name)) fail_msg("%s: a key that begins otherwise: %s", f->name, p.key.p);
                v[n++] = (pair){normal_question(p.question.p), hash_bytes(p.key.p, p.key.len), 0, level};
            }
            size_t distinct = 0;
            qsort(v + n - each, each, sizeof *v, by_key);
            for (size_t k = n - each; k < n; k++) distinct += k == n - each || v[k].key != v[k - 1].key;
            if (distinct < 500)
                fail_msg("%s level %d: %d different problems in %d", f->name, level, (int)distinct, (int)each);
        }
        qsort(v, n, sizeof *v, by_question);
        for (size_t k = 1; k < n; k++)
            if (v[k].question == v[k - 1].question && v[k].key != v[k - 1].key)
                fail_msg("%s: one question (levels %d and %d) with two keys", f->name, v[k - 1].level, v[k].level);
        problem_free(&p);
        free(v);
    }
}

static void test_splits(void **state) {
    (void)state;
    problem p = {0};
    for (int i = 0; i < family_count(); i++) {
        const family *f = family_at(i);
        for (int level = 1; chosen(f) && level <= f->levels; level++)
            for (int s = 0; s < 3; s++)
                for (uint64_t k = 0; k < 10; k++) {
                    family_make(f, (split_id)s, 17, k, level, &p);
                    assert_int_equal(split_of(p.key.p), s);
                    assert_int_equal(p.level, level);
                }
    }
    problem_free(&p);
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
        if (!chosen(f)) continue;
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
        if (distinct < 400) fail_msg("%s: only %d different wordings", f->name, distinct);
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

/* Whatever the family: nothing, the question, and words instead of an answer are wrong; its own answer is right. */
static void test_no_answer_is_wrong(void **state) {
    (void)state;
    problem p = {0};
    for (int i = 0; i < family_count(); i++) {
        const family *f = family_at(i);
        for (uint64_t k = 0; chosen(f) && k < 200; k++) {
            family_make(f, SPLIT_TRAIN, 5, k, 1 + (int)(k % (uint64_t)f->levels), &p);
            verdict v = respond(f, &p, p.reasoning.p, p.answer.p);
            if (!v.right || !v.format)
                fail_msg("%s: its own answer is refused: %s\n%s\n%s", f->name, v.why, p.question.p, p.answer.p);
            wrong(f, &p, "");
            wrong(f, &p, "\n\n");
            wrong(f, &p, "I do not know.");
            wrong(f, &p, "The answer is **");
            wrong(f, &p, p.question.p);
        }
    }
    problem_free(&p);
}

/* A number beside the truth, and the truth denied, asked or beside another: for families whose truth is a number. */
static void test_wrong_numbers_are_refused(void **state) {
    (void)state;
    problem p = {0};
    for (int i = 0; i < family_count(); i++) {
        const family *f = family_at(i);
        for (uint64_t k = 0; chosen(f) && k < 1000; k++) {
            family_make(f, SPLIT_TRAIN, 5, k, 1 + (int)(k % (uint64_t)f->levels), &p);
            char        answer[200], near[64];
            const char *end, *num = strstr(p.truth.p, "= ") ? strstr(p.truth.p, "= ") + 2 : p.truth.p;
            ratio       value;
            char        letter[8] = "";
            if (!ratio_read(num, &value, &end) || *end || (num != p.truth.p && num != p.truth.p + 4)) continue;
            if (num != p.truth.p) snprintf(letter, sizeof letter, "%.4s", p.truth.p);
            long long v = strtoll(num, NULL, 10);
            snprintf(near, sizeof near, "%s%lld%s", letter, v + (k & 1 ? 1 : -1), num + strspn(num, "-0123456789"));
            snprintf(answer, sizeof answer, "The answer is **%s**.", near);
            wrong(f, &p, answer);
            snprintf(answer, sizeof answer, "The answer is **%s** or **%s**.", p.truth.p, near);
            wrong(f, &p, answer);
            snprintf(answer, sizeof answer, "The answer is not **%s**.", p.truth.p);
            wrong(f, &p, answer);
            snprintf(answer, sizeof answer, "Is it **%s**?", p.truth.p);
            wrong(f, &p, answer);
        }
    }
    problem_free(&p);
}

/* One row of tests/wrong/FAMILY.jsonl; returns how many wrong answers it has. */
static int by_hand(const family *f, const char *where, const char *line, size_t n) {
    err     e = {""};
    json_t *o = json_load_mem(where, line, n, &e), *list;
    problem p = {.family = f->name, .level = 1};
    if (!o) fail_msg("%s", e.msg);
    const char *key[] = {"question", "reasoning", "truth"};
    str        *to[]  = {&p.question, &p.reasoning, &p.truth};
    for (int i = 0; i < 3; i++) {
        const char *s = json_string_value(json_object_get(o, key[i]));
        if (!s && i != 1) fail_msg("%s: no \"%s\"", where, key[i]);
        str_add(to[i], s ? s : "");
    }
    static const char phases[] = "Understand: a\nPlan: b\nWork:\nc\nCheck: d, right\n";
    size_t            i;
    json_t           *v;
    list = json_object_get(o, "right");
    json_array_foreach(list, i, v) {
        verdict d = respond(f, &p, phases, json_string_value(v));
        if (!d.right) fail_msg("%s: refused (%s): %s", where, d.why, json_string_value(v));
    }
    list       = json_object_get(o, "wrong");
    int wrongs = (int)json_array_size(list);
    json_array_foreach(list, i, v) {
        verdict d = respond(f, &p, phases, json_string_value(v));
        if (d.right) fail_msg("%s: taken for right (truth %s): %s", where, p.truth.p, json_string_value(v));
        if (!d.why[0]) fail_msg("%s: refused without a reason: %s", where, json_string_value(v));
    }
    json_decref(o);
    problem_free(&p);
    return wrongs;
}

static void test_answers_by_hand(void **state) {
    (void)state;
    for (int i = 0; i < family_count(); i++) {
        const family *f = family_at(i);
        if (!chosen(f)) continue;
        char   path[200], where[240];
        err    e    = {""};
        size_t n    = 0;
        int    line = 0, wrongs = 0;
        snprintf(path, sizeof path, "tests/wrong/%s.jsonl", f->name);
        char *s = fs_read(path, 1 << 22, &n, &e);
        if (!s) fail_msg("%s", e.msg);
        for (char *p = s; p && *p;) {
            size_t len = strcspn(p, "\n");
            snprintf(where, sizeof where, "%s:%d", path, ++line);
            if (len) wrongs += by_hand(f, where, p, len);
            p += len + (p[len] == '\n');
        }
        if (wrongs < 100) fail_msg("%s: %d wrong answers by hand, expected at least 100", path, wrongs);
        mem_free(s);
    }
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

int main(int argc, char **argv) {
    only = argc > 1 ? argv + 1 : NULL;
    for (char **n = only; n && *n; n++)
        if (!family_find(*n)) {
            fprintf(stderr, "no family is called %s\n", *n);
            return 2;
        }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_right),
        cmocka_unit_test(test_a_row_is_a_function_of_its_number),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_splits),
        cmocka_unit_test(test_the_split_is_90_5_5),
        cmocka_unit_test(test_people_ask_in_many_ways),
        cmocka_unit_test(test_the_problems_that_are_promised),
        cmocka_unit_test(test_no_answer_is_wrong),
        cmocka_unit_test(test_wrong_numbers_are_refused),
        cmocka_unit_test(test_answers_by_hand),
        cmocka_unit_test(test_format_is_four_phases_and_tags_once),
    };
    return cmocka_run_group_tests_name("family", tests, NULL, NULL);
}
