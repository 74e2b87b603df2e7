/* pynear.c -- see pynear.h. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/pyfam.h"
#include "task/pynear.h"

enum { DRAWS = 16, WANT_MOST = 100 };

static bool tells(pyast *other, const char *call, const char *want, str *v) {
    return !pyfam_value(other, call, v) || strcmp(v->p, want) != 0;
}

/* One function that must be told from the right one. */
static void against(pynear_tests *t, rng *r, pyast *good, const char *code) {
    pyast other = {0};
    str   v     = {0};
    bool  told  = !pyast_read(&other, code);
    for (int i = 0; i < t->n && !told; i++) told = tells(&other, t->call[i].p, t->want[i].p, &v);
    for (int i = 0; i < DRAWS && !told && t->n < t->most; i++) {
        str *call = &t->call[t->n], *want = &t->want[t->n];
        str_clear(call);
        pyspec_call(call, t->spec, r, 3);
        told = pyfam_value(good, call->p, want) && want->len < WANT_MOST && tells(&other, call->p, want->p, &v);
        t->n += told;
    }
    pyast_free(&other);
    str_free(&v);
}

static void put(str *s, const char *code, const char *at, size_t old, const char *fresh) {
    str_clear(s);
    str_addn(s, code, (size_t)(at - code));
    str_add(s, fresh);
    str_add(s, at + old);
}

/* Each comparison with its edge moved. */
static void edges(pynear_tests *t, rng *r, pyast *good) {
    static const char *const pair[][2] = {{" >= ", " > "}, {" <= ", " < "}, {" > ", " >= "}, {" < ", " <= "}};
    str                      s         = {0};
    for (const char *p = t->code; *p; p++)
        for (int i = 0; i < 4; i++) {
            if (strncmp(p, pair[i][0], strlen(pair[i][0])) != 0) continue;
            put(&s, t->code, p, strlen(pair[i][0]), pair[i][1]);
            against(t, r, good, s.p);
        }
    str_free(&s);
}

/* Each number one more and one less. */
static void numbers(pynear_tests *t, rng *r, pyast *good) {
    str  s = {0};
    char fresh[24];
    for (const char *p = t->code; *p; p++) {
        if (!isdigit((unsigned char)*p)) continue;
        size_t n    = strspn(p, "0123456789");
        bool   name = p > t->code && (isalnum((unsigned char)p[-1]) || p[-1] == '_');
        for (int by = -1; by <= 1 && !name; by += 2) {
            snprintf(fresh, sizeof fresh, "%ld", strtol(p, NULL, 10) + by);
            put(&s, t->code, p, n, fresh);
            against(t, r, good, s.p);
        }
        p += n - 1;
    }
    str_free(&s);
}

static void mistakes(pynear_tests *t, rng *r, pyast *good) {
    str s = {0};
    for (int i = 0; i < t->spec->lines; i++)
        for (int k = 0; k < PYSPEC_WRONGS && t->spec->line[i].wrong[k].len; k++) {
            str_clear(&s);
            pyspec_code(&s, t->spec, i, k, false);
            against(t, r, good, s.p);
        }
    str_free(&s);
}

void pynear_sharpen(pynear_tests *t, rng *r) {
    pyast good = {0};
    if (pyast_read(&good, t->code)) {
        edges(t, r, &good);
        mistakes(t, r, &good);
        numbers(t, r, &good);
    }
    pyast_free(&good);
}
