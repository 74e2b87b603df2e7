/* fuzz_verify.c -- any bytes as an answer, a whole response, a line of a trace, a row of a file: judged, never believed
 * without a reason. The input is "truth\nanswer"; the rest of it serves as the other texts. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/rows.h"
#include "task/steps.h"
#include "task/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void judge(const char *truth, const char *text) {
    problem p       = {0};
    char    why[96] = "", again[96];
    str_add(&p.question, "2x + 5 = 15");
    str_add(&p.truth, truth);
    str_add(&p.reasoning, text);
    bool right = answer_matches(text, truth, why);
    if (right == (why[0] != 0)) abort(); /* a refusal has a reason, a match has none */
    if (right != answer_matches(text, truth, again)) abort();
    for (int i = 0; i < family_count(); i++) {
        if (!strcmp(family_at(i)->field, "programming")) continue; /* those run what they are given */
        verdict v = family_check(family_at(i), &p, text);
        if (!(v.right && v.format) && !v.why[0]) abort();
        if (v.right != family_check(family_at(i), &p, text).right) abort();
        str solved = {0};
        if (family_at(i)->solve && !family_at(i)->solve(&p, &solved, again) && !again[0]) abort();
        str_free(&solved);
    }
    problem_free(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n) {
    char *s = mem_alloc(n + 1), why[ROWS_WHY] = "";
    memcpy(s, in, n);
    s[n]      = 0;
    problem p = {0};
    if (!rows_check(s, n, &p, why) && !why[0]) abort();
    problem_free(&p);
    steps_unknown x = {'x', {5, 1}};
    steps_report  r = steps_check(s, n, NULL), u = steps_check(s, n, &x);
    if (r.wrong > r.claims || u.wrong > u.claims || (r.wrong && r.at + r.len > n)) abort();
    steps_solve(s, n, &x);
    char *nl = strchr(s, '\n');
    if (nl) {
        *nl = 0;
        judge(s, nl + 1);
        verify_echo(s, nl + 1, why);
    }
    mem_free(s);
    return 0;
}
