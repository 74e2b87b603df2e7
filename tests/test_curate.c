/* Curation: words, lines, the Bloom filter, evaluation sets, and which rows stay for which reason. */
#include "unit.h"

#include <unistd.h>
#include <zlib.h>

#include "base/fs.h"
#include "base/mem.h"
#include "base/rng.h"
#include "data/census.h"
#include "data/curate.h"
#include "data/lines.h"
#include "data/words.h"

/* ---- words */
static uint64_t hash_of(const char *s) { return words_hash(s, strlen(s)); }

static void words_normalise(void **state) {
    (void)state;
    assert_true(hash_of("What is 3 + 4?") == hash_of("what   is 3+4"));
    assert_true(hash_of("don't") == hash_of("DON\xe2\x80\x99T"));
    assert_true(hash_of("1,000 men") == hash_of("1000 men."));
    assert_true(hash_of("a \xe2\x80\x94 b") == hash_of("a - b")); /* a dash is a minus */
    assert_true(hash_of("6 \xc3\x97 7") == hash_of("6 * 7"));
    assert_true(hash_of("6 \xc3\xb7 7") == hash_of("6/7"));
    assert_false(hash_of("3 + 4") == hash_of("3 - 4"));
    assert_false(hash_of("3.5") == hash_of("35"));
    assert_false(hash_of("3.5") == hash_of("3 5"));
    assert_false(hash_of("1,00") == hash_of("100"));
    assert_false(hash_of("ab") == hash_of("a b"));
    assert_true(hash_of("") == hash_of(" .?"));
}

static void words_stay_inside(void **state) {
    (void)state;
    rng r = rng_seed(unit_seed("words_stay_inside"));
    for (int i = 0; i < 2000; i++) {
        char      buf[64];
        size_t    n = rng_below(&r, sizeof buf);
        word_scan s = {buf, n, 0};
        word      w;
        size_t    last = 0;
        for (size_t k = 0; k < n; k++) buf[k] = (char)rng_below(&r, rng_below(&r, 2) ? 256 : 128);
        while (words_next(&s, &w)) {
            assert_true(w.from >= last && w.len > 0 && w.from + w.len <= n);
            last = w.from + w.len;
        }
        assert_int_equal(s.at, n);
    }
}

/* ---- lines */
static void lines_of_any_length(void **state) {
    (void)state;
    char      dir[256], path[300];
    err       e;
    str       s = {0};
    text_line x;
    unit_tmpdir(dir, sizeof dir);
    snprintf(path, sizeof path, "%s/l.txt", dir);
    str_add(&s, "one\r\n\n");
    for (int i = 0; i < 300000; i++) str_addc(&s, 'x');
    str_add(&s, "\nlast");
    assert_true(fs_write(path, s.p, s.len, &e));
    for (int gz = 0; gz < 2; gz++) {
        if (gz) {
            gzFile f = gzopen(path, "wb");
            assert_int_equal(gzwrite(f, s.p, (unsigned)s.len), s.len);
            gzclose(f);
        }
        lines *l = lines_open(path, 1000, &e);
        assert_non_null(l);
        assert_true(lines_next(l, &x, &e) && x.n == 3 && !memcmp(x.p, "one", 3) && x.number == 1);
        assert_true(lines_next(l, &x, &e) && x.n == 0 && x.number == 2);
        assert_true(lines_next(l, &x, &e) && x.n == 1000 && x.too_long && x.whole == 300000 && x.number == 3);
        assert_true(lines_next(l, &x, &e) && x.n == 4 && !memcmp(x.p, "last", 4) && !x.too_long);
        assert_false(lines_next(l, &x, &e) || lines_failed(l));
        lines_close(l);
    }
    size_t n = 0; /* a packed file that breaks off is an error, not an end */
    char  *p = fs_read(path, 1 << 20, &n, &e);
    assert_true(fs_write(path, p, n / 2, &e));
    lines *l = lines_open(path, 1000, &e);
    while (lines_next(l, &x, &e)) continue;
    assert_true(lines_failed(l));
    lines_close(l);
    mem_free(p);
    fs_remove(path, &e);
    assert_null(lines_open(path, 10, &e));
    assert_null(lines_open(dir, 10, &e));
    assert_non_null(strstr(e.msg, "folder"));
    rmdir(dir);
    str_free(&s);
}

/* ---- the Bloom filter */
static void bloom_remembers(void **state) {
    (void)state;
    bloom *b   = bloom_new(17);
    rng    r   = rng_seed(unit_seed("bloom_remembers"));
    int    had = 0;
    for (int i = 0; i < 8000; i++) had += bloom_add(b, hash_u64((uint64_t)i));
    for (int i = 0; i < 8000; i++) assert_true(bloom_has(b, hash_u64((uint64_t)i)));
    int    wrong = 0;
    double rate  = bloom_rate(b);
    for (int i = 0; i < 100000; i++) wrong += bloom_has(b, rng_u64(&r));
    printf("after 8000 of 2^17 bits: rate %.2e, %d of 100000 taken for old\n", rate, wrong);
    assert_true(rate > 1e-4 && rate < 1e-2);
    assert_true(wrong < 100000 * rate * 1.5 + 20 && wrong > 100000 * rate / 1.5 - 20);
    assert_true(had < 8000 * rate + 10);
    bloom_free(b);
}

/* ---- evaluation sets */
static void runs_of_ten_words(void **state) {
    (void)state;
    static const char eval[] =
        "Natalia sold clips to 48 of her friends in April, and then she sold half as many in May.";
    contam    *c = contam_new();
    contam_hit h;
    contam_add_text(c, "eval", eval, strlen(eval));
    assert_int_equal(contam_runs(c), 19 - CONTAM_RUN + 1);
    const char *yes[] = {
        eval, "Once upon a time NATALIA sold -- clips, to 48 of her friends in april; nobody knows why",
        "and then she sold 'half' as many in may.", "x: friends in April and then she sold half as many"};
    const char *no[] = {"Natalia sold clips to 48 of her friends in May", /* nine, then another */
                        "Natalia sold clips to 49 of her friends in April and then she sold", "", "48 48 48 48"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (i != 2) assert_true(contam_find(c, yes[i], strlen(yes[i]), &h));
    assert_false(contam_find(c, yes[2], strlen(yes[2]), &h)); /* nine words */
    for (size_t i = 0; i < sizeof no / sizeof *no; i++) assert_false(contam_find(c, no[i], strlen(no[i]), &h));
    assert_true(contam_find(c, yes[1], strlen(yes[1]), &h));
    assert_int_equal(h.from, 17);
    assert_true(!strncmp(yes[1] + h.from, "NATALIA", 7) && !strncmp(yes[1] + h.from + h.len - 5, "april", 5));
    assert_string_equal(contam_name(c, h.set), "eval");
    contam_free(c);
}

/* Every run of every text is found, however many there are; other texts are not. */
static void nothing_is_missed(void **state) {
    (void)state;
    rng     r = rng_seed(unit_seed("nothing_is_missed"));
    contam *c = contam_new();
    str     s = {0};
    for (int i = 0; i < 30000; i++) str_addf(&s, "w%d ", (int)rng_below(&r, 50000));
    contam_add_text(c, "big", s.p, s.len);
    for (int i = 0; i < 300; i++) {
        size_t from = (size_t)rng_below(&r, s.len - 200);
        while (s.p[from] != ' ') from++;
        size_t to = from + 1;
        for (int k = 0; k < CONTAM_RUN; k++)
            while (s.p[to++] != ' ') continue;
        assert_true(contam_find(c, s.p + from, to - from, NULL));
    }
    str t = {0};
    for (int i = 0; i < 30000; i++) str_addf(&t, "w%d ", (int)rng_below(&r, 50000));
    assert_false(contam_find(c, t.p, t.len, NULL));
    str_free(&s);
    str_free(&t);
    contam_free(c);
}

static void evaluation_files(void **state) {
    (void)state;
    char                     dir[256], path[6][300];
    static const char *const name[] = {"a.jsonl", "b.json", "c.txt", "d.csv", "train.jsonl", "notes.pdf"};
    static const char *const text[] = {"{\"q\":\"one two three four five six seven eight nine "
                                       "ten\"}\n\n{\"deep\":[{\"x\":\"a b c d e f g h i j\"}]}\n",
                                       "[{\"text\":\"this is a list of things that were asked once\"}]\n",
                                       "q w e r t y u i o p\n",
                                       "z,x,c,v,b\nn,m,a,s,d\n",
                                       "{\"q\":\"do not read this file as it is for training\"}\n",
                                       "%PDF"};
    const char *found[] = {"One, two, three, four, five, six, seven, eight, nine, ten!", "a b c d e f g h i j",
                           "This is a list of things that were asked once.", "q w e r t y u i o p",
                           "z x c v b n m a s d"};
    const char *missing[16];
    err         e;
    unit_tmpdir(dir, sizeof dir);
    for (int i = 0; i < 6; i++) {
        snprintf(path[i], sizeof path[i], "%s/%s", dir, name[i]);
        assert_true(fs_write(path[i], text[i], strlen(text[i]), &e));
    }
    contam *c = contam_new();
    assert_true(contam_add(c, dir, &e));
    assert_int_equal(contam_sets(c), 4);
    for (size_t i = 0; i < sizeof found / sizeof *found; i++)
        assert_true(contam_find(c, found[i], strlen(found[i]), NULL));
    assert_false(contam_find(c, text[4], strlen(text[4]), NULL));
    assert_int_equal(contam_missing(c, missing, 16), 9);
    contam_add_text(c, "/x/gsm8k/test.jsonl", "", 0);
    assert_int_equal(contam_missing(c, missing, 16), 8);
    assert_string_equal(missing[0], "SVAMP");
    assert_true(contam_add(c, path[4], &e)); /* by name: the caller knows */
    assert_false(contam_add(c, path[5], &e));
    assert_non_null(strstr(e.msg, ".jsonl"));
    assert_true(fs_write(path[0], "{bad\n", 5, &e));
    assert_false(contam_add(c, path[0], &e));
    assert_non_null(strstr(e.msg, "line 1"));
    contam_free(c);
    for (int i = 0; i < 6; i++) fs_remove(path[i], &e);
    rmdir(dir);
}

/* ---- verdicts */
static problem problem_at(const family *f, uint64_t i, int level) {
    problem p = {0};
    family_make(f, SPLIT_TRAIN, 7, i, level, &p);
    return p;
}

static void set(str *s, const char *z) {
    str_clear(s);
    str_add(s, z);
}

static void each_reason(void **state) {
    (void)state;
    contam *evals = contam_new();
    contam_add_text(evals, "eval", "one two three four five six seven eight nine ten", 48);
    curate       *c = curate_new(&(curate_options){.contam = evals, .bloom_bits = 20, .near_bits = 10});
    const family *f = family_find("linear");
    problem       p = problem_at(f, 1, 3), held = problem_at(f, 2, 3);
    curate_row    r;
    curate_hold(c, &held);
    curate_look(c, &p, CURATE_VERIFY, &r);
    assert_int_equal(curate_take(c, &r), CURATE_KEEP);
    curate_look(c, &p, CURATE_VERIFY, &r);
    assert_int_equal(curate_take(c, &r), CURATE_TWICE);
    curate_look(c, &held, CURATE_VERIFY, &r);
    assert_int_equal(curate_take(c, &r), CURATE_HELD);
    problem_free(&p);
    p = problem_at(f, 3, 3);
    set(&p.answer, "It is **x = 1000000**.");
    curate_look(c, &p, CURATE_VERIFY, &r);
    assert_true(r.wrong && r.why[0]);
    assert_int_equal(curate_take(c, &r), CURATE_WRONG);
    problem_free(&p);
    p = problem_at(f, 4, 3);
    str_add(&p.reasoning, " One two three four five six seven, eight nine ten.\n");
    curate_look(c, &p, CURATE_TRUST, &r);
    assert_true(r.eval && strstr(r.why, "ten\" is in eval"));
    assert_int_equal(curate_take(c, &r), CURATE_EVAL);
    assert_int_equal(curate_eval_by(c, 0), 1);
    problem_free(&p);
    problem t = {0}; /* a text, and nearly the same one */
    set(&t.question, "In the old town by the sea there lived a baker whose bread was so good that people came from far "
                     "away to buy it on market days and to talk about the weather");
    curate_look(c, &t, CURATE_VERIFY, &r);
    assert_int_equal(curate_take(c, &r), CURATE_KEEP);
    str_add(&t.question, " now");
    curate_look(c, &t, CURATE_VERIFY, &r);
    assert_int_equal(curate_take(c, &r), CURATE_NEAR);
    str out = {0};
    curate_report(c, &out);
    assert_non_null(strstr(out.p, "rows kept"));
    assert_non_null(strstr(out.p, "1 of eval"));
    str_free(&out);
    problem_free(&t);
    problem_free(&held);
    curate_free(c);
    contam_free(evals);
}

/* Rows of all families: none is wrong, none is held, none is taken for a near copy of another problem. */
static void honest_rows_stay(void **state) {
    (void)state;
    curate *c = curate_new(&(curate_options){.bloom_bits = 24, .near_bits = 14});
    enum { ROWS = 3000 };
    for (int i = 0; i < ROWS; i++) {
        const family *f = family_at(i % family_count());
        if (!strcmp(f->field, "programming")) continue;
        problem    p = problem_at(f, (uint64_t)i, 1 + i / family_count() % f->levels);
        curate_row r;
        curate_look(c, &p, CURATE_TRUST, &r);
        curate_take(c, &r);
        problem_free(&p);
    }
    printf("%d rows: %ld kept, %ld twice, %ld near\n", ROWS, curate_count(c, CURATE_KEEP),
           curate_count(c, CURATE_TWICE), curate_count(c, CURATE_NEAR));
    assert_true(curate_count(c, CURATE_NEAR) <= ROWS / 100);
    assert_int_equal(curate_count(c, CURATE_EVAL) + curate_count(c, CURATE_HELD), 0);
    curate_free(c);
}

/* ---- counting */
static void census_counts(void **state) {
    (void)state;
    census *c = census_new();
    problem p = {.level = 3};
    str     s = {0};
    set(&p.question, "apples and pears and 12 + 3");
    set(&p.reasoning, "Work: x, wrong\nagain");
    set(&p.answer, "15");
    census_row(c, "sums", "education", &p);
    p.level = 0;
    set(&p.reasoning, "");
    census_row(c, "books & <more>", NULL, &p);
    assert_int_equal(census_rows(c), 2);
    census_report(c, &s);
    assert_non_null(strstr(s.p, "questions hold 8 words (3 different), 4 numbers, 2 symbols"));
    assert_non_null(strstr(s.p, "sums"));
    for (const char *l = s.p; *l; l += strcspn(l, "\n") + 1)
        if (strcspn(l, "\n") > 80) fail_msg("wider than 80 columns: %.100s", l);
    str_clear(&s);
    census_svg(c, "title & <tags>", &s);
    assert_true(str_starts(s.p, "<svg ") && str_ends(s.p, "</svg>\n"));
    assert_non_null(strstr(s.p, "books &amp; &lt;more>"));
    assert_null(strstr(s.p, "<more"));
    str_free(&s);
    problem_free(&p);
    census_free(c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_normalise),  cmocka_unit_test(words_stay_inside), cmocka_unit_test(lines_of_any_length),
        cmocka_unit_test(bloom_remembers),  cmocka_unit_test(runs_of_ten_words), cmocka_unit_test(nothing_is_missed),
        cmocka_unit_test(evaluation_files), cmocka_unit_test(each_reason),       cmocka_unit_test(honest_rows_stay),
        cmocka_unit_test(census_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
