/* Corpora: GSM8K recast, filters, readers of every format, manifests, texts by number, and a corpus that is the same on
 * any number of threads. */
#include "unit.h"

#include <omp.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/mem.h"
#include "data/corpus.h"
#include "data/gsm8k.h"
#include "data/reader.h"
#include "data/texts.h"

static char dir[256];

static int make_dir(void **state) {
    (void)state;
    return unit_tmpdir(dir, sizeof dir) ? 0 : -1;
}

static int drop_dir(void **state) {
    (void)state;
    char cmd[300];
    snprintf(cmd, sizeof cmd, "rm -r '%s'", dir);
    return system(cmd);
}

/* A file in the test's folder; its path in a buffer that lives until four calls later. */
static const char *file(const char *name, const char *text) {
    static char path[4][400];
    static int  at;
    err         e;
    char       *p = path[at++ % 4];
    snprintf(p, sizeof path[0], "%s/%s", dir, name);
    if (text) assert_true(fs_write(p, text, strlen(text), &e));
    return p;
}

/* ---- GSM8K */
static void gsm8k_in_four_phases(void **state) {
    (void)state;
    problem p = {0};
    assert_int_equal(gsm8k_recast("Natalia sold clips to 48 friends in April, and half as many in May. How many clips?",
                                  "She sold 48/2 = <<48/2=24>>24 clips in May.\nIn all 48+24 = <<48+24=72>>72 "
                                  "clips.\n#### 72",
                                  &p),
                     GSM8K_OK);
    assert_string_equal(p.truth.p, "72");
    assert_string_equal(p.answer.p, "The answer is **72**.");
    assert_true(str_starts(p.reasoning.p,
                           "Understand: given 48; asked: How many clips?\nPlan: 1) divide 2) add\nWork:\n"
                           "She sold 48/2 = 24 clips in May.\n"));
    assert_non_null(strstr(p.reasoning.p, "\n48 / 2 = 24\nIn all 48+24 = 72 clips.\n"));
    assert_non_null(strstr(p.reasoning.p, ", 48 + 24 = 72\nCheck: backwards\n"));
    assert_non_null(strstr(p.reasoning.p, ", 72 - 24 = 48\n48 = 48, right\n"));
    assert_true(str_ends(p.reasoning.p, "24 * 2 = 48\n48 = 48, right\n"));
    problem_free(&p);
}

static void gsm8k_that_is_not_mechanical(void **state) {
    (void)state;
    static const struct {
        const char *answer;
        gsm8k_fault fault;
    } row[]   = {{"He has 5.\n#### 5", GSM8K_NO_MARKS},
                 {"He has 5", GSM8K_NO_MARKS},
                 {"10/3=<<10/3=3.33>>3.33\n#### 3.33", GSM8K_NOT_EXACT},
                 {"2+2=<<2+2=5>>5\n#### 5", GSM8K_NOT_EXACT},
                 {"x+2=<<x+2=5>>5\n#### 5", GSM8K_NOT_ARITHMETIC},
                 {"2+=<<2+=2>>2\n#### 2", GSM8K_NOT_ARITHMETIC},
                 {"<<((((((((((1+1))))))))))=2>>2\n#### 2", GSM8K_NOT_ARITHMETIC},
                 {"<<1+1\n#### 2", GSM8K_NOT_ARITHMETIC},
                 {"1+1=<<1+1=2>>2\n#### 3", GSM8K_OTHER_ANSWER},
                 {"As 2 + 2 = 5, 1+1 = <<1+1=2>>2\n#### 2", GSM8K_UNTRUE},
                 {"1/0=<<1/0=2>>2\n#### 2", GSM8K_NOT_EXACT},
                 {"20% of 50 x $2 is <<50*20%*2=20>>20, 1,000 \xe2\x80\x93 20 = <<1000-20=980>>980 and .5 x 980 = "
                    "<<.5*980=490>>490\n#### 490",
                  GSM8K_OK}};
    problem p = {0};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        gsm8k_fault f = gsm8k_recast("How many?", row[i].answer, &p);
        if (f != row[i].fault)
            fail_msg("%s: %s, expected %s\n%s", row[i].answer, gsm8k_names[f], gsm8k_names[row[i].fault],
                     p.reasoning.p);
    }
    problem_free(&p);
}

/* ---- filters */
static void filters_know_text(void **state) {
    (void)state;
    static const struct {
        const char *text;
        text_lang   lang;
        text_fault  fault;
    } row[] = {
        {"too short", LANG_ANY, TEXT_SHORT},
        {"The old man and the sea is a story that was written in the middle of the century by a man who was tired.",
         LANG_ENGLISH, TEXT_OK},
        {"Le vieil homme et la mer est une histoire courte que tout le monde peut lire sans aucune peine chez soi.",
         LANG_ENGLISH, TEXT_LANGUAGE},
        {"buy buy buy buy buy buy buy buy buy buy buy buy buy the best of it and buy buy buy buy buy buy buy buy now",
         LANG_ENGLISH, TEXT_REPEATS},
        {"a line that comes again and again\na line that comes again and again\na line that comes again and again\n",
         LANG_ANY, TEXT_REPEATS},
        {"0 1 2 3 4 5 6 7 8 9 {} [] () <> 0 1 2 3 4 5 6 7 8 9 {} [] () <> 0 1 2 3 4 5 6 7 8 9 {} [] () <> 1 2 3 4 5",
         LANG_ENGLISH, TEXT_SYMBOLS},
        {"def area(width, height):\n    total = width * height\n    return total\n\nprint(area(3, 4))\nprint('done')\n",
         LANG_CODE, TEXT_OK},
        {"def area(width, height):\a\n    total = width * height\n    return total\n\nprint(area(3, "
         "4))\nprint('done')\n",
         LANG_CODE, TEXT_CONTROL},
        {"The old man and the s\xff is a story that was written in the middle of the century by a man who was tired.",
         LANG_ANY, TEXT_ENCODING}};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        text_fault f = textfilter_judge(row[i].text, strlen(row[i].text), row[i].lang);
        if (f != row[i].fault)
            fail_msg("%.60s: %s, expected %s", row[i].text, textfilter_names[f], textfilter_names[row[i].fault]);
    }
}

/* ---- readers */
static const char STORY[] =
    "It was a good year and a bad one for those who lived in the old house on some hill by that sea.";

/* All documents of a source that consists of one file. */
static int read_all(manifest_source *s, const char *path, row_kind want, str *out, bool *failed) {
    char   *paths[] = {(char *)(uintptr_t)path};
    problem p       = {0};
    err     e       = {""};
    int     n       = 0;
    s->path         = paths;
    s->n_path       = 1;
    reader *r       = reader_open(s, &e);
    if (!r) fail_msg("%s", e.msg);
    for (row_kind k; (k = reader_next(r, &p, &e)) != ROW_BAD; n++) {
        assert_int_equal(k, want);
        if (out) str_addf(out, "%s|%s|%s\n", p.question.p, p.reasoning.p, p.answer.p);
    }
    *failed = reader_failed(r);
    problem_free(&p);
    reader_close(r);
    return n;
}

static void passages_end_at_paragraphs(void **state) {
    (void)state;
    manifest_source s   = {.name = "t", .kind = SOURCE_TEXT, .bytes = 300};
    str             all = {0}, out = {0};
    bool            failed;
    for (int i = 0; i < 30; i++) str_addf(&all, "%s %d\nand the rest of it.\n\n", STORY, i);
    int n = read_all(&s, file("p.txt", all.p), ROW_TEXT, &out, &failed);
    if (n < 8 || n > 15 || failed) fail_msg("%d passages\n%s", n, out.p ? out.p : "");
    for (const char *l = out.p; (l = strstr(l, "||\n")); l += 3) /* each document ends with a paragraph */
        assert_true(l - out.p > 19 && !memcmp(l - 19, "and the rest of it.", 19));
    int found = 0;
    for (const char *l = out.p; (l = strstr(l, "It was a good")); l++) found++;
    assert_int_equal(found, 30); /* nothing is lost, nothing is twice */
    str_free(&all);
    str_free(&out);
}

static void json_in_every_form(void **state) {
    (void)state;
    manifest_source s   = {.name = "j", .kind = SOURCE_JSONL, .bytes = 300, .language = LANG_ANY};
    str             out = {0};
    bool            failed;
    const char     *p =
        file("j.jsonl", "{\"question\":\"q1\",\"answer\":\"a1\"}\n\n{bad\n[1]\n\"x\"\n{\"other\":1}\n"
                        "{\"question\":\"q2\",\"reasoning\":\"r2\",\"answer\":\"a2\"}\n"
                        "{\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"u\"},"
                        "{\"role\":\"assistant\",\"content\":\"w\",\"reasoning_content\":\"t\"}]}\n"
                        "{\"messages\":[{\"role\":\"user\",\"content\":\"u\"}]}\n"
                        "{\"instruction\":\"i\",\"instances\":[{\"input\":\"n\",\"output\":\"o\"}]}\n"
                        "{\"instruction\":\"i\",\"input\":\"\",\"output\":\"o\"}\n");
    assert_int_equal(read_all(&s, p, ROW_TAUGHT, &out, &failed), 5);
    assert_false(failed);
    assert_string_equal(out.p, "q1||a1\nq2|r2|a2\ns\n\nu|t|w\ni\n\nn||o\ni||o\n");
    str_clear(&out);
    str list = {0};
    str_addf(&list, "[{\"text\":\"%s\"},{\"text\":\"short\"},{\"text\":\"%s", STORY, STORY);
    for (int i = 0; i < 9; i++) str_addf(&list, "\\n\\n%s %d", STORY, i);
    str_add(&list, "\"}]");
    int n = read_all(&s, file("l.json", list.p), ROW_TEXT, NULL, &failed);
    if (n < 4 || n > 6 || failed) fail_msg("%d texts", n);
    read_all(&s, file("bad.json", "[{\"text\":"), ROW_TEXT, NULL, &failed);
    assert_true(failed);
    str_free(&list);
    str_free(&out);
    err   e;
    char *none[] = {(char *)(uintptr_t) "/nowhere/*.txt"};
    s.path       = none;
    assert_null(reader_open(&s, &e));
    assert_non_null(strstr(e.msg, "/nowhere/*.txt"));
}

/* GSM8K's training part, where it is at hand: most is mechanical, and what was recast is right. */
static void real_gsm8k(void **state) {
    (void)state;
    const char *shared = getenv("R1_SHARED");
    char        path[512];
    bool        failed;
    snprintf(path, sizeof path, "%s/data/gsm8k/train.jsonl", shared ? shared : "../shared");
    if (!fs_exists(path)) {
        printf("skipped: %s is not there\n", path);
        skip();
    }
    manifest_source s = {.name = "gsm8k", .kind = SOURCE_GSM8K, .bytes = 1000};
    int             n = read_all(&s, path, ROW_TAUGHT, NULL, &failed);
    printf("%d of 7473 recast\n", n);
    assert_true(n > 6000 && n <= 7473 && !failed);
}

/* ---- manifests */
static const char MANIFEST[] =
    "; a comment\n[maths]\nkind = families\nfamilies = arithmetic linear\nlevels = 1 2 3:2\nshare = 9\n"
    "[books]\n  kind = text\npath = b/*.txt\npath = /c.txt\nlicence = PD\nshare = 1\nbytes = 500\n"
    "[against]\npath = eval\n";

static void manifests_are_checked(void **state) {
    (void)state;
    err       e = {""};
    manifest *m = manifest_parse("m.ini", MANIFEST, "/d", &e);
    if (!m) fail_msg("%s", e.msg);
    assert_int_equal(m->n, 2);
    assert_int_equal(m->src[0].n_fam, 2);
    assert_true(m->src[0].level[3] == 2 && m->src[0].level[4] == 0 && m->src[0].share == 9);
    assert_string_equal(m->src[1].path[0], "/d/b/*.txt");
    assert_string_equal(m->src[1].path[1], "/c.txt");
    assert_int_equal(m->src[1].bytes, 500);
    assert_string_equal(m->against[0], "/d/eval");
    manifest_free(m);
    static const struct {
        const char *text, *says;
    } bad[] = {{"", "no source"},
               {"[a]\nkind = x\n", "m.ini:2: kind: expected families"},
               {"x = 1\n", "m.ini:1"},
               {"[a]\nshare = -1\n", "m.ini:2"},
               {"[a]\nshare = 1\n", "path"},
               {"[a]\nshare = 1\npath = x\n", "licence"},
               {"[a]\nkind = families\nfamilies = nothing\n", "\"nothing\""},
               {"[a]\nkind = families\nshare = 1\n", "families = NAMES"},
               {"[a]\nlevels = 11\n", "levels"},
               {"[a]\nlevels = 1:0\n", "weight"},
               {"[a]\nlicense = MIT\n", "\"license\""},
               {"[a]\nkind = families\nfamilies = all\nshare = 0\n", "no source has a share"},
               {"[a\n", "m.ini:1"},
               {"[against]\nfile = x\n", "against"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_null(manifest_parse("m.ini", bad[i].text, "", &e));
        if (!strstr(e.msg, bad[i].says)) fail_msg("expected %s in: %s", bad[i].says, e.msg);
        assert_null(strchr(e.msg, '\n'));
    }
}

/* ---- texts by number */
static void texts_by_number(void **state) {
    (void)state;
    str  all = {0}, back = {0};
    err  e = {""};
    int  n = 0;
    char pattern[300];
    for (int i = 0; i < 2000; i++) str_addf(&all, "line %d of a text that is long enough\n", i);
    file("x1.txt", all.p);
    static const char json[] = "{\"text\":\"one text\"}\n{\"question\":\"q\",\"answer\":\"a\"}\n{bad\n";
    file("x2.jsonl", json);
    snprintf(pattern, sizeof pattern, "%s/x[12].*", dir);
    assert_int_equal(texts_size(pattern), (long long)(all.len + strlen(json)));
    assert_int_equal(texts_size("/nowhere"), -1);
    problem p        = {0};
    int     kinds[4] = {0};
    for (int split = 0; split < 3; split++) { /* the three splits together are the file */
        texts_spec s = {.path = pattern, .split = (split_id)split, .want = 200};
        texts     *x = texts_open(&s, &e);
        if (!x) fail_msg("%s", e.msg);
        for (int i = 0; i < texts_count(x); i++, n++) {
            row_kind k = texts_get(x, i, &p);
            kinds[k]++;
            if (k == ROW_TEXT && strcmp(p.question.p, "one text") != 0) assert_non_null(strstr(all.p, p.question.p));
            str_addn(&back, p.question.p, p.question.len);
        }
        texts_close(x);
    }
    assert_int_equal(kinds[ROW_TAUGHT], 1);
    assert_int_equal(back.len, all.len + strlen("one text") + 1);
    texts_spec s = {.path = "/nowhere/x.txt", .want = 200};
    assert_null(texts_open(&s, &e));
    assert_non_null(strstr(e.msg, "/nowhere/x.txt"));
    problem_free(&p);
    str_free(&all);
    str_free(&back);
}

/* ---- a corpus */
static bool collect(void *ctx, const char *p, size_t n, err *e) {
    (void)e;
    str_addn(ctx, p, n);
    return true;
}

static void run(const manifest *m, long rows, uint64_t seed, split_id split, str *out, str *report) {
    corpus_args a = {.m = m, .rows = rows, .seed = seed, .split = split, .out = collect, .ctx = out};
    err         e = {""};
    corpus     *c = corpus_new(&a);
    while (corpus_step(c, &e)) continue;
    if (e.msg[0]) fail_msg("%s", e.msg);
    if (report) corpus_report(c, report);
    assert_int_equal(census_rows(corpus_census(c)), corpus_rows(c));
    corpus_free(c);
}

static manifest *small_manifest(void) {
    err e;
    str s = {0}, books = {0};
    for (int i = 0; i < 60; i++) str_addf(&books, "%s And then there were %d of them in it.\n\n", STORY, i);
    file("books.txt", books.p);
    str_add(&s, "[maths]\nkind = families\nfamilies = arithmetic linear\nlevels = 1 2 3\nshare = 9\n[books]\nkind = "
                "text\npath = books.txt\nlicence = PD\nshare = 1\nbytes = 200\n[none]\nkind = text\npath = "
                "none.txt\nlicence = PD\nshare = 5\n");
    manifest *m = manifest_parse("m.ini", s.p, dir, &e);
    assert_non_null(m);
    str_free(&s);
    str_free(&books);
    return m;
}

static void the_same_on_any_number_of_threads(void **state) {
    (void)state;
    manifest *m   = small_manifest();
    str       one = {0}, two = {0}, other = {0}, report = {0};
    int       threads = omp_get_max_threads();
    omp_set_num_threads(1);
    run(m, 3000, 5, SPLIT_TRAIN, &one, &report);
    omp_set_num_threads(3);
    run(m, 3000, 5, SPLIT_TRAIN, &two, NULL);
    run(m, 3000, 6, SPLIT_TRAIN, &other, NULL);
    omp_set_num_threads(threads);
    assert_string_equal(one.p, two.p);
    assert_true(strcmp(one.p, other.p) != 0);
    assert_non_null(strstr(report.p, "read to its end"));
    assert_non_null(strstr(report.p, "none.txt"));
    assert_non_null(strstr(report.p, "keys of another split: 0"));
    problem p = {0};
    char    why[ROWS_WHY];
    int     rows = 0, text = 0;
    for (const char *l = one.p; *l; rows++) { /* every row is as it should be */
        size_t   n = strcspn(l, "\n");
        row_kind k = rows_any(l, n, &p, NULL, why);
        if (k == ROW_BAD || !rows_verify_any(k, &p, why)) fail_msg("%s: %.*s", why, (int)n, l);
        text += k == ROW_TEXT;
        l += n + 1;
    }
    assert_int_equal(rows, 3000);
    assert_true(text > 10 && text <= 60);
    problem_free(&p);
    str_free(&one);
    str_free(&two);
    str_free(&other);
    str_free(&report);
    manifest_free(m);
}

/* A mix that cannot give so many different rows says so and ends. */
static void an_end_to_what_is_new(void **state) {
    (void)state;
    err       e;
    str       out = {0}, report = {0};
    manifest *m =
        manifest_parse("m.ini", "[m]\nkind = text\npath = books.txt\nlicence = PD\nshare = 1\nbytes = 200\n", dir, &e);
    assert_non_null(m);
    run(m, 1000, 1, SPLIT_TRAIN, &out, &report);
    assert_non_null(strstr(report.p, "of 1000 rows: "));
    str_free(&out);
    str_free(&report);
    manifest_free(m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gsm8k_in_four_phases),
        cmocka_unit_test(gsm8k_that_is_not_mechanical),
        cmocka_unit_test(filters_know_text),
        cmocka_unit_test(passages_end_at_paragraphs),
        cmocka_unit_test(json_in_every_form),
        cmocka_unit_test(real_gsm8k),
        cmocka_unit_test(manifests_are_checked),
        cmocka_unit_test(texts_by_number),
        cmocka_unit_test(the_same_on_any_number_of_threads),
        cmocka_unit_test(an_end_to_what_is_new),
    };
    return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
