/* The report: a page that is whole XML whatever the run's files hold, in which nothing of theirs is markup, and in
 * which the figures that went in are found again. */
#include "unit.h"

#include <ctype.h>

#include "base/fs.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "eval/report.h"
#include "eval/report_impl.h"

/* ---- a small judge of XML: every tag closed in order, attributes quoted, no stray < or & ---- */
typedef struct judge {
    const char *p, *from;
    char        open[64][32];
    int         depth;
} judge;

static void wrong(const judge *j, const char *why) {
    print_error("byte %zu: %s: %.60s\n", (size_t)(j->p - j->from), why, j->p);
    fail();
}

static void entity(judge *j) {
    static const char *const known[] = {"&amp;", "&lt;", "&gt;", "&quot;"};
    for (size_t i = 0; i < 4; i++)
        if (!strncmp(j->p, known[i], strlen(known[i]))) {
            j->p += strlen(known[i]);
            return;
        }
    size_t n = strspn(j->p, "&#0123456789");
    if (strncmp(j->p, "&#", 2) != 0 || n < 3 || j->p[n] != ';') wrong(j, "an & that is no entity");
    j->p += n + 1;
}

static void attributes(judge *j) {
    while (*j->p == ' ' || *j->p == '\n') {
        j->p += strspn(j->p, " \n");
        if (!isalpha((unsigned char)*j->p)) return;
        if (str_starts(j->p, "src") || (str_starts(j->p, "href") && !str_starts(j->p, "href=\"#")))
            wrong(j, "it asks for something from outside");
        if (str_starts(j->p, "on")) wrong(j, "a handler");
        j->p += strcspn(j->p, "=<> ");
        if (strncmp(j->p, "=\"", 2) != 0) wrong(j, "an attribute without quotes");
        for (j->p += 2; *j->p && *j->p != '"';) {
            if (*j->p == '<') wrong(j, "< in an attribute");
            if (*j->p == '&') entity(j);
            else j->p++;
        }
        if (!*j->p++) wrong(j, "an attribute without an end");
    }
}

static void tag(judge *j) {
    bool   end = j->p[1] == '/';
    size_t n;
    j->p += 1 + end;
    n = strcspn(j->p, " />\n");
    if (!n || n >= sizeof j->open[0]) wrong(j, "a tag without a name");
    if (end) {
        if (!j->depth || strncmp(j->open[j->depth - 1], j->p, n) != 0 || j->open[j->depth - 1][n])
            wrong(j, j->depth ? j->open[j->depth - 1] : "closed twice");
        j->depth--;
        j->p += n;
    } else {
        if (j->depth == 64) wrong(j, "too deep");
        snprintf(j->open[j->depth++], sizeof j->open[0], "%.*s", (int)n, j->p);
        j->p += n;
        attributes(j);
        if (*j->p == '/') j->p++, j->depth--;
    }
    if (*j->p++ != '>') j->p--, wrong(j, "a tag without an end");
}

static void well_formed(const char *page, size_t n) {
    judge  j   = {.p = page, .from = page};
    size_t bad = 0;
    assert_int_equal(strlen(page), n);
    if (!utf8_valid(page, n, &bad)) print_error("not UTF-8 at %zu\n", bad);
    assert_true(utf8_valid(page, n, NULL));
    assert_true(str_starts(page, "<!DOCTYPE html>\n<html "));
    j.p = strchr(page, '\n') + 1;
    while (*j.p) {
        if (*j.p == '<') tag(&j);
        else if (*j.p == '&') entity(&j);
        else if ((unsigned char)*j.p < 32 && *j.p != '\n' && *j.p != '\t') wrong(&j, "a control character");
        else j.p++;
    }
    assert_int_equal(j.depth, 0);
}

/* Nothing is asked for from outside: no address but the two names of namespaces. */
static void alone(const char *page) {
    for (const char *p = page; (p = strstr(p, "http")); p++)
        assert_true(str_starts(p, "http://www.w3.org/1999/xhtml\"") || str_starts(p, "http://www.w3.org/2000/svg'"));
    assert_null(strstr(page, "@import"));
    assert_null(strstr(page, "url("));
    assert_null(strstr(page, "fetch("));
}

static str page_of(const char *metrics, size_t n, const char *recipe, const char *about, const char *samples) {
    str       out = {0};
    report_in in  = {.name = "a<b> & \"c\"", .metrics = metrics, .n_metrics = n, .recipe = recipe};
    in.about      = about ? json_loads(about, 0, NULL) : NULL;
    in.samples    = samples ? json_loads(samples, 0, NULL) : NULL;
    assert_true(!about || in.about);
    assert_true(!samples || in.samples);
    report_page(&in, &out);
    json_decref(in.about);
    json_decref(in.samples);
    well_formed(out.p, out.len);
    alone(out.p);
    return out;
}

static void has(const str *page, const char *text) {
    if (!strstr(page->p, text)) print_error("not in the page: %s\n", text);
    assert_non_null(strstr(page->p, text));
}

static const char LINES[] =
    "{\"stage\":\"pretrain\",\"step\":1,\"tokens\":20000,\"loss\":7.5,\"hit\":0.01,\"grad_norm\":5,\"lr\":1e-4,\"tok_"
    "s\":6790,"
    "\"peak_share\":0.2,\"load_max_over_mean\":2.1,\"elapsed\":3}\n"
    "{\"stage\":\"pretrain\",\"step\":2,\"tokens\":40000,\"loss\":3.25,\"hit\":0.4,\"grad_norm\":4,\"lr\":2e-4,\"tok_"
    "s\":6790,"
    "\"peak_share\":0.2,\"load_max_over_mean\":2.1,\"elapsed\":6,\"valid_loss\":3.5,\"mtp_acceptance\":0.875,"
    "\"moe\":[{\"layer\":1,\"load\":[0.5,1.0,0.25,0.25],\"ratio\":2.0,\"entropy\":0.9,\"gate\":0.95},"
    "{\"layer\":\"mtp\",\"load\":[0.5,0.5,0.5,0.5],\"ratio\":1.0,\"entropy\":1.0,\"gate\":0.99}],\"long_docs\":3,"
    "\"levels\":{\"linear\":4},\"answers\":{\"linear\":{\"levels\":[[1,9,10],[4,1,8]]}},\"answers_right\":0.5556}\n"
    "{\"stage\":\"pretrain\",\"step\":2,\"event\":\"went back\",\"from\":3,\"why\":\"the loss is <not> "
    "finite\",\"skipped\":1}\n"
    "{\"stage\":\"sft\",\"step\":1,\"loss\":0.5}\n";

static void figures_are_in_it(void **state) {
    (void)state;
    str p = page_of(
        LINES, strlen(LINES), "[run]\nname = x\n",
        "{\"machine\":{\"cpu\":\"A processor\",\"cores\":2,\"memory\":25.3e9},\"versions\":{\"oneDNN\":\"2.6.0\"},"
        "\"stages\":{\"pretrain\":{\"steps\":400,\"peak\":4.2e11,\"dtype\":\"bf16\",\"mix_name\":\"base\",\"mix\":"
        "[{\"name\":\"linear\",\"share\":0.75,\"kind\":\"education\"},"
        "{\"name\":\"a.txt\",\"share\":0.25,\"kind\":\"real text\"}]}}}",
        NULL);
    static const char *const want[] = {
        "a&lt;b&gt; &amp; &quot;c&quot;",
        "<h2>Pre-training</h2>",
        "<h2>Fine-tuning (SFT)</h2>",
        "of 400",
        "<dd>87.5%<small>drafts on answers",
        "2.00\xc3\x97",
        "<dd>3.5<small>nats",
        "<dd>6790<small>20% of the peak",
        "<h3>Layer 1</h3>",
        "<h3>MTP module</h3>",
        "<td class=\"h9\" title=\"9 of 10 right\">90</td>",
        "<td class=\"h1 now\" title=\"1 of 8 right; the curriculum stands here\">12</td>",
        "The run went back 1 time<",
        "from step 3 to 2: the loss is &lt;not&gt; finite",
        "A processor",
        "25.3 GB",
        "420 GFLOP/s in bf16",
        "real text</span><i style=\"width:25.00%\">",
        "name = x"};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) has(&p, want[i]);
    assert_null(strstr(p.p, "could not be read"));
    str_free(&p);
}

/* What a model or a person wrote is text, wherever it stands. */
static void hostile_text_stays_text(void **state) {
    (void)state;
    static const char bad[] =
        "</pre><script>alert('x')</script><img src=x onerror=\\\"y\\\"> \\u0000\\u0007\\u202e &amp; ]]>";
    str s = {0}, lines = {0};
    str_addf(&s,
             "{\"pretrain\":[{\"family\":\"%s\",\"level\":3,\"right\":false,\"question\":\"%s\",\"truth\":\"%s\","
             "\"response\":\"%s</think>%s\",\"why\":\"%s\",\"tokens\":3},7,null,{\"right\":true},"
             "{\"family\":\"linear\",\"right\":true,\"cut\":true,\"question\":\"q\",\"response\":\"no end\"}]}",
             bad, bad, bad, bad, bad, bad);
    char *p = s.p; /* jansson refuses a NUL: not what is tried here */
    while ((p = strstr(p, "\\u0000"))) memcpy(p, "\\u0001", 6);
    str_addf(&lines,
             "{\"stage\":\"pretrain\",\"step\":1,\"loss\":1,\"answers\":{\"<b>\":{\"levels\":[[1,1,2]]}},\"moe\":"
             "[{\"layer\":\"<i>\",\"load\":[1,2]}]}\n{\"stage\":\"<u>&\",\"step\":1,\"loss\":2}\n");
    str page =
        page_of(lines.p, lines.len, "name = <b>\n</pre><script>\xff\xfe", "{\"machine\":{\"cpu\":\"<i>&\"}}", s.p);
    assert_null(strstr(page.p, "<script>alert"));
    assert_null(strstr(page.p, "<img"));
    assert_null(strstr(page.p, "<b>\n"));
    assert_null(strstr(page.p, "\xe2\x80\xae"));
    has(&page, "&lt;/pre&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
    has(&page, "none: the length limit came first");
    has(&page, "&lt;u&gt;&amp;");
    str_free(&page);
    str_free(&s);
    str_free(&lines);
}

static void broken_lines_are_counted(void **state) {
    (void)state;
    static const char *const text[] = {
        "",
        "\n\n",
        "not json\n",
        "{\"stage\":\"pretrain\"",
        "[1,2]\n7\n\"x\"\n",
        "{\"step\":1}\n{\"stage\":7,\"step\":1}\n",
        "{\"stage\":\"pretrain\",\"step\":null,\"loss\":1}\n",
        "{\"stage\":\"pretrain\",\"step\":1,\"loss\":null,\"moe\":7,\"answers\":[],\"levels\":3}\n",
        "{\"stage\":\"pretrain\",\"step\":1,\"loss\":1e300,\"moe\":[{}],\"answers\":{\"linear\":7}}\n",
        "{\"stage\":\"pretrain\",\"step\":-5,\"loss\":-1,\"tok_s\":0,\"hit\":-3}\n{\"stage\":\"pretrain\",\"step\":"
        "1e29,\"loss\":0}\n",
        "{\"stage\":\"pretrain\",\"step\":1,\"loss\":1,\"moe\":[{\"load\":[0,0]},{\"load\":\"x\"},{\"load\":[]}],"
        "\"answers\":{\"linear\":{\"levels\":[[0,1,1],[11,1,1],[1,2,1],[1],7,[1,-1,2]]}}}\n"};
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        str p = page_of(text[i], strlen(text[i]), NULL, NULL, NULL);
        str_free(&p);
        p = page_of(text[i], strlen(text[i]), "", "{\"stages\":[],\"machine\":7,\"versions\":null}",
                    "{\"pretrain\":7}");
        str_free(&p);
    }
    str s = {0};
    str_addf(&s, "%snonsense\n{\"stage\":\"sft\",\"st", LINES);
    str p = page_of(s.p, s.len, NULL, NULL, NULL);
    has(&p, "2 lines of the metrics could not be read");
    str_free(&p);
    str_free(&s);
}

/* Lines with bytes changed at random: a page comes out, and it is whole. */
static void random_damage(void **state) {
    (void)state;
    rng r = rng_seed(unit_seed("random_damage"));
    for (int round = 0; round < 400; round++) {
        char  *t = mem_strdup(LINES);
        size_t n = strlen(t);
        for (uint64_t k = 1 + rng_below(&r, 6); k; k--) {
            static const char odd[] = "0123456789-.e{}[]\",:<&\x01\xff";
            t[rng_below(&r, n)]     = odd[rng_below(&r, sizeof odd - 1)];
        }
        str p = page_of(t, n, NULL, NULL, NULL);
        str_free(&p);
        mem_free(t);
    }
}

static void numbers(void **state) {
    (void)state;
    static const struct {
        double      v;
        const char *s;
    } c[] = {{0, "0"},       {1, "1"},         {0.0012345, "0.00123"}, {0.00012, "1.2e-04"}, {12.345, "12.3"},
             {999.4, "999"}, {6790, "6790"},   {23456, "23.5k"},       {1.5e6, "1.50M"},     {999999, "1000k"},
             {10000, "10k"}, {3e8, "300M"},    {-4200, "-4200"},       {2.5e9, "2.50G"},     {7e12, "7.00T"},
             {0.5, "0.5"},   {128000, "128k"}, {1e-9, "1.0e-09"},      {99.96, "100"}};
    char s[32];
    for (size_t i = 0; i < sizeof c / sizeof *c; i++) assert_string_equal(report_num(c[i].v, s), c[i].s);
}

static void a_folder(void **state) {
    (void)state;
    char   dir[100], path[160];
    err    e = {0};
    size_t n;
    assert_non_null(unit_tmpdir(dir, sizeof dir));
    assert_false(report_write(dir, &e));
    assert_non_null(strstr(e.msg, "metrics.jsonl"));
    snprintf(path, sizeof path, "%s/metrics.jsonl", dir);
    assert_true(fs_write(path, LINES, strlen(LINES), &e));
    assert_true(report_write(dir, &e)); /* the rest may be missing */
    snprintf(path, sizeof path, "%s/recipe.ini", dir);
    assert_true(fs_write(path, "# r1 recipe 1\n[run]\nname = mine\nseed = 1\n", 40, &e));
    snprintf(path, sizeof path, "%s/about.json", dir);
    assert_true(fs_write(path, "{broken", 7, &e));
    snprintf(path, sizeof path, "%s/samples-sft.json", dir);
    assert_true(fs_write(path, "[{\"family\":\"linear\",\"level\":2,\"right\":true,\"question\":\"why?\"}]", 62, &e));
    assert_true(report_write(dir, &e));
    snprintf(path, sizeof path, "%s/report.html", dir);
    char *p = fs_read(path, 1 << 24, &n, &e);
    assert_non_null(p);
    well_formed(p, n);
    assert_non_null(strstr(p, "<h1>mine</h1>"));
    assert_non_null(strstr(p, "why?"));
    mem_free(p);
    str cmd = {0};
    str_addf(&cmd, "rm -rf %s", dir);
    assert_int_equal(system(cmd.p), 0);
    str_free(&cmd);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_are_in_it),
        cmocka_unit_test(hostile_text_stays_text),
        cmocka_unit_test(broken_lines_are_counted),
        cmocka_unit_test(random_damage),
        cmocka_unit_test(numbers),
        cmocka_unit_test(a_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
