/* fuzz_reader.c -- any bytes as a line of a corpus, a GSM8K solution, a manifest, a text: read or refused with a
 * reason, and what was read keeps its promises. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/contam.h"
#include "data/curriculum.h"
#include "data/gsm8k.h"
#include "data/manifest.h"
#include "data/minhash.h"
#include "data/reader.h"
#include "data/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void as_words(const char *s, size_t n) {
    word_scan w = {s, n, 0};
    word      x;
    size_t    last = 0;
    minhash   m;
    while (words_next(&w, &x)) {
        if (x.from < last || !x.len || x.from + x.len > n) abort();
        last = x.from + x.len;
    }
    minhash_of(&m, s, n);
    if (n % 16 == 3) { /* its table is large: not for every input */
        contam *c = contam_new();
        contam_add_text(c, "fuzz", s, n);
        if (contam_find(c, s, n, NULL) != (contam_runs(c) > 0)) abort(); /* a text shares its runs with itself */
        contam_free(c);
    }
    for (int lang = LANG_ENGLISH; lang <= LANG_ANY; lang++) (void)textfilter_judge(s, n, (text_lang)lang);
    for (size_t at = 0, to; at < n && at < 4000; at = to)
        if ((to = reader_passage(s, n, at, 100)) <= at || to > n) abort();
}

static void as_row(const char *s, size_t n) {
    problem  p = {0}, q = {0};
    char     why[ROWS_WHY] = "", source[ROWS_SOURCE];
    str      line          = {0};
    row_kind k             = reader_json(s, n, &p, why);
    if (k == ROW_BAD && !why[0]) abort();
    if (k == ROW_TAUGHT) {
        char *a = mem_strdup(p.answer.p ? p.answer.p : "");
        if (gsm8k_recast("Q 1?", a, &q) == GSM8K_OK && !rows_verify(&q, why)) abort();
        mem_free(a);
    }
    why[0] = '\0';
    k      = rows_any(s, n, &p, source, why);
    if (k == ROW_BAD) {
        if (!why[0] || strchr(why, '\n')) abort();
    } else { /* written and read, it is the same */
        rows_write_any(&line, k, source, &p);
        row_kind again = rows_any(line.p, line.len - 1, &q, source, why);
        if (again == ROW_BAD && p.level >= 1) abort();
        if (again != ROW_BAD && (again != k || q.question.len != p.question.len)) abort();
        (void)rows_verify_any(k, &p, why);
    }
    str_free(&line);
    problem_free(&p);
    problem_free(&q);
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n) {
    char *s = mem_alloc(n + 1);
    err   e = {""};
    if (n) memcpy(s, in, n);
    s[n] = '\0';
    as_words(s, n);
    as_row(s, n);
    problem p = {0};
    char    why[ROWS_WHY];
    if (gsm8k_recast("How many of 7?", s, &p) == GSM8K_OK && !rows_verify(&p, why)) abort();
    problem_free(&p);
    manifest *m = manifest_parse("fuzz", s, "", &e);
    if (!m && (!e.msg[0] || strchr(e.msg, '\n'))) abort();
    manifest_free(m);
    curriculum c;
    curriculum_init(&c);
    curriculum_add(&c, "linear", 1, 10);
    e.msg[0] = '\0';
    if (curriculum_load(&c, s, n, &e) ? c.f[0].level < 1 || c.f[0].level > 10 : !e.msg[0]) abort();
    mem_free(s);
    return 0;
}
