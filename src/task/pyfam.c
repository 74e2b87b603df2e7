/* pyfam.c -- see pyfam.h. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "base/mem.h"
#include "exec/exec.h"
#include "task/pyfam.h"
#include "task/verify.h"

static bool no(char why[96], const char *what) {
    snprintf(why, 96, "%s", what);
    return false;
}

/* ---- questions */
static void put_code(str *q, rng *r, const char *code, bool fence) {
    size_t n = strlen(code);
    while (n && code[n - 1] == '\n') n--;
    if (fence) str_add(q, rng_below(r, 4) ? "```python\n" : "```\n");
    str_addn(q, code, n);
    if (fence) str_add(q, "\n```");
}

void pyfam_ask(str *q, rng *r, const char *pattern, const word_slot *slot, const char *code, const char *more) {
    bool first = rng_below(r, 6) == 0, fence = first || more || rng_below(r, 4);
    if (first) {
        put_code(q, r, code, true);
        str_add(q, "\n\n");
    }
    wording_ask(q, r, pattern, slot);
    if (!first) {
        str_add(q, fence && rng_below(r, 3) == 0 ? "\n" : "\n\n");
        put_code(q, r, code, fence);
    }
    if (more) {
        str_add(q, "\n\n");
        str_add(q, more);
    }
}

bool pyfam_code(const char *q, str *code) {
    const char *open = strstr(q, "```");
    str_clear(code);
    if (open) {
        const char *from = strchr(open, '\n'), *to = from ? strstr(from, "\n```") : NULL;
        if (!to) return false;
        str_addn(code, from + 1, (size_t)(to - from));
        return true;
    }
    const char *from = strstr(q, "\n\n");
    if (!from) return false;
    str_add(code, from + 2);
    str_addc(code, '\n');
    return true;
}

/* ---- code in answers */
static bool has_word(const char *s, size_t n, const char *const *list) {
    str low = {0};
    str_clear(&low);
    for (size_t i = 0; i < n; i++) str_addc(&low, (char)tolower((unsigned char)s[i]));
    bool found = false;
    for (; *list && !found; list++) {
        size_t len = strlen(*list);
        for (const char *p = low.p; (p = strstr(p, *list)) && !found; p += len)
            found = (p == low.p || !isalpha((unsigned char)p[-1])) && !isalpha((unsigned char)p[len]);
    }
    str_free(&low);
    return found;
}

/* Does the text that ends at p say, in a short last line, that what follows is not the answer? */
static bool labelled_old(const char *answer, const char *p) {
    static const char *const old[]  = {"original", "before",    "buggy",      "broken", "slow", "old",
                                       "wrong",    "incorrect", "instead of", "bug",    "not",  NULL};
    static const char *const made[] = {"fixed",    "corrected", "new",     "faster", "mended",  "now", "after",
                                       "repaired", "right",     "correct", "fix",    "here is", NULL};
    while (p > answer && isspace((unsigned char)p[-1])) p--;
    const char *from = p;
    while (from > answer && from[-1] != '\n' && from[-1] != '.' && from[-1] != '`') from--;
    size_t n = (size_t)(p - from);
    return n < 40 && has_word(from, n, old) && !has_word(from, n, made);
}

static bool defines(const char *code, const char *f) {
    char   head[64];
    size_t n = (size_t)snprintf(head, sizeof head, "def %s(", f);
    if (n >= sizeof head) return false;
    for (const char *p = code; (p = strstr(p, head)); p += n)
        if (p == code || p[-1] == '\n') return true;
    return false;
}

static void trimmed(str *out, const char *p, size_t n) { /* lines without blanks at their ends */
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '\n')
            while (out->len && (out->p[out->len - 1] == ' ' || out->p[out->len - 1] == '\r')) out->p[--out->len] = 0;
        str_addc(out, p[i]);
    }
    while (out->len && isspace((unsigned char)out->p[out->len - 1])) out->p[--out->len] = 0;
    str_addc(out, '\n');
}

bool pyfam_claim(const char *answer, const char *f, str *code, char why[96]) {
    int         found = 0;
    str         one   = {0};
    const char *p     = answer;
    bool        ok    = true;
    str_clear(code);
    while ((p = strstr(p, "```")) && ok) {
        const char *from = strchr(p, '\n'), *to = from ? strstr(from, "\n```") : NULL;
        if (!to) break; /* not closed: not complete */
        size_t tag        = (size_t)(from - p - 3);
        bool   code_block = tag == 0 || has_word(p + 3, tag, (const char *const[]){"python", "py", "python3", NULL});
        str_clear(&one);
        trimmed(&one, from + 1, to > from ? (size_t)(to - from - 1) : 0);
        bool claims = code_block && (!f || defines(one.p, f)) && !labelled_old(answer, p);
        if (claims && found && strcmp(one.p, code->p)) ok = no(why, "two different programs are given");
        if (claims && !found++) str_addn(code, one.p, one.len);
        p = to + 4;
    }
    str_free(&one);
    if (!ok) return false;
    if (!found) return no(why, f ? "no complete code block with the function" : "no complete code block");
    return true;
}

bool pyfam_doubt(const char *answer, char why[96]) {
    static const char *const words[] = {"not sure",       "unsure",      "i do not know", "i don't know",
                                        "cannot",         "can't",       "does not work", "doesn't work",
                                        "not work",       "won't work",  "will not work", "not right",
                                        "not correct",    "isn't right", "isn't correct", "is wrong",
                                        "is incorrect",   "still fails", "will fail",     "maybe",
                                        "perhaps",        "might be",    "guess",         "probably",
                                        "not the answer", "do not use",  "don't use",     "is broken",
                                        "still wrong",    "not pass",    "never",         NULL};
    str                      prose   = {0};
    bool                     in      = false;
    str_clear(&prose);
    for (const char *p = answer; *p; p++) {
        if (!strncmp(p, "```", 3)) in = !in, p += 2;
        else if (!in) str_addc(&prose, *p);
    }
    /* what was wrong with the old program may be said */
    bool bad = has_word(prose.p, prose.len, words) || strchr(prose.p, '?');
    str_free(&prose);
    if (bad) no(why, "the answer is denied or doubted by its own words");
    return bad;
}

/* ---- normal forms */
static void normal(str *out, const pyast *p, int e);

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void normal_items(str *out, const pyast *p, const pynode *n) {
    bool  keyed = n->kind == PY_DICT, sort = keyed || n->kind == PY_SET;
    char *item[128];
    int   k = 0;
    for (int i = n->a; i && k < 128; i = p->n[i].next) {
        str s = {0};
        normal(&s, p, i);
        if (keyed) {
            i = p->n[i].next;
            str_add(&s, ": ");
            normal(&s, p, i);
        }
        item[k++] = str_take(&s);
    }
    if (sort) qsort(item, (size_t)k, sizeof *item, by_text);
    for (int i = 0; i < k; i++) {
        if (i) str_add(out, ", ");
        str_add(out, item[i]);
        mem_free(item[i]);
    }
}

static void normal(str *out, const pyast *p, int e) {
    const pynode *n = &p->n[e];
    switch (n->kind) {
    case PY_CONST:
        if (n->v) str_addc(out, n->v == 1 ? '1' : '0');
        else str_add(out, "None");
        break;
    case PY_LIST:
    case PY_TUPLE:
    case PY_DICT:
    case PY_SET:
        str_add(out, n->kind == PY_LIST ? "[" : n->kind == PY_TUPLE ? "(" : "{");
        normal_items(out, p, n);
        str_add(out, n->kind == PY_LIST ? "]" : n->kind == PY_TUPLE ? ",)" : "}");
        break;
    default: pyast_put_expr(out, p, e);
    }
}

void pyfam_normal(str *out, const char *repr) {
    pyast p = {0};
    if (pyast_read(&p, "") || true) {
        int e = pyast_expr(&p, repr);
        if (e) normal(out, &p, e);
        else str_add(out, repr);
    }
    pyast_free(&p);
}

/* ---- running */
static const char *failure(const exec_result *res) {
    switch (res->status) {
    case EXEC_RAISED: return "the code raises an exception";
    case EXEC_TIMEOUT: return "the code does not end in time";
    case EXEC_MEMORY: return "the code takes too much memory";
    case EXEC_OUTPUT: return "the code prints too much";
    case EXEC_DENIED: return "the code tries what is not allowed";
    default: return "the code does not come to its end";
    }
}

bool pyfam_run(const char *code, const char *const *call, int n, bool count, str *results, long *lines, char why[96]) {
    err         e   = {""};
    exec       *x   = exec_shared(&e);
    exec_result res = {0};
    exec_job    job = {.code = code, .call = call, .calls = n, .count_lines = count, .again_same = true};
    bool        ok  = false;
    str_clear(results);
    if (!x || !exec_run(x, &job, &res, &e)) no(why, "no executor");
    else if (res.status != EXEC_OK) no(why, failure(&res));
    else {
        str_addn(results, res.value.p, res.value.len);
        if (lines) *lines = res.lines;
        ok = true;
    }
    exec_result_free(&res);
    return ok;
}

/* ---- the truth of a function: its tests */
static void put_list(str *s, const char *key, const char *const *v, int n) {
    str_addf(s, ",\"%s\":[", key);
    for (int i = 0; i < n; i++) {
        str_add(s, i ? ",\"" : "\"");
        str_add_json(s, v[i], strlen(v[i]));
        str_addc(s, '"');
    }
    str_addc(s, ']');
}

void pyfam_truth(str *s, const pyfam_tests *t) {
    str_addf(s, "{\"f\":\"%s\",\"code\":\"", t->f);
    str_add_json(s, t->code, strlen(t->code));
    str_addc(s, '"');
    put_list(s, "call", t->call, t->n);
    put_list(s, "want", t->want, t->n);
    if (t->limit) str_addf(s, ",\"cost\":%d,\"limit\":%ld", t->cost, t->limit);
    str_addc(s, '}');
}

static bool read_list(const json_t *o, const char *key, const char **v, int *n) {
    const json_t *a = json_object_get(o, key);
    *n              = (int)json_array_size(a);
    if (!json_is_array(a) || *n < 1 || *n > PYFAM_TESTS) return false;
    for (int i = 0; i < *n; i++)
        if (!(v[i] = json_string_value(json_array_get(a, (size_t)i)))) return false;
    return true;
}

void pyfam_tests_free(pyfam_tests *t) {
    json_decref(t->json);
    *t = (pyfam_tests){0};
}

bool pyfam_read(const char *truth, pyfam_tests *t) {
    int     n = 0;
    json_t *o = json_loads(truth ? truth : "", 0, NULL);
    *t        = (pyfam_tests){.json = o};
    if (!o) return false;
    t->f     = json_string_value(json_object_get(o, "f"));
    t->code  = json_string_value(json_object_get(o, "code"));
    t->limit = (long)json_integer_value(json_object_get(o, "limit"));
    if (!t->f || !t->code || !read_list(o, "call", t->call, &t->n) || !read_list(o, "want", t->want, &n) || n != t->n) {
        pyfam_tests_free(t);
        return false;
    }
    t->cost = t->limit ? (int)json_integer_value(json_object_get(o, "cost")) : t->n;
    if (t->cost < 0 || t->cost > t->n) t->cost = t->n;
    return true;
}

/* Compare results with what was wanted; names the first call that differs. */
static bool as_wanted(const pyfam_tests *t, const char *results, char why[96]) {
    str  want = {0};
    bool ok   = true;
    for (int i = 0; i < t->n && ok; i++) {
        size_t n = strcspn(results, "\n");
        str_clear(&want);
        pyfam_normal(&want, t->want[i]);
        ok = want.len == n && !memcmp(want.p, results, n);
        if (!ok)
            snprintf(why, 96, "%.30s: expected %.24s, found %.*s", t->call[i], t->want[i], n > 24 ? 24 : (int)n,
                     results);
        results += n + (results[n] == '\n');
    }
    str_free(&want);
    for (char *p = why; !ok && *p; p++)
        if (*p == '\n') *p = ' ';
    return ok;
}

static bool forbidden(const char *code) { /* ways around the counting of lines */
    static const char *const words[] = {"exec",       "eval", "compile", "settrace",     "setprofile",
                                        "__import__", "sys",  "globals", "__builtins__", NULL};
    return has_word(code, strlen(code), words);
}

bool pyfam_judge(const problem *p, const char *answer, char why[96]) {
    pyfam_tests t;
    str         code = {0}, results = {0};
    long        lines = 0;
    bool        ok    = false;
    if (verify_echo(p->question.p ? p->question.p : "", answer, why) || pyfam_doubt(answer, why)) return false;
    if (!pyfam_read(p->truth.p, &t)) return no(why, "the truth holds no tests");
    if (!pyfam_claim(answer, t.f, &code, why)) goto done;
    if (t.limit && forbidden(code.p)) {
        no(why, "the code could hide its lines: exec, eval, sys");
        goto done;
    }
    if (!pyfam_run(code.p, t.call, t.n, t.limit != 0, &results, &lines, why) || !as_wanted(&t, results.p, why))
        goto done;
    ok = !t.limit || lines <= t.limit;
    if (!ok) snprintf(why, 96, "%ld lines are executed, at most %ld were wanted", lines, t.limit);
done:
    str_free(&code);
    str_free(&results);
    pyfam_tests_free(&t);
    return ok;
}

bool pyfam_again(const problem *p, str *truth, char why[96]) {
    pyfam_tests t;
    str         results = {0};
    if (!pyfam_read(p->truth.p, &t)) return no(why, "the truth holds no tests");
    bool ok = pyfam_run(t.code, t.call, t.n, t.limit != 0, &results, NULL, why) && as_wanted(&t, results.p, why);
    if (ok && (!p->question.p || !strstr(p->question.p, t.f))) ok = no(why, "the question does not name the function");
    if (ok) pyfam_truth(truth, &t);
    str_free(&results);
    pyfam_tests_free(&t);
    return ok;
}

bool pyfam_value(pyast *p, const char *call, str *value) {
    pyrun_result res = {0};
    int          e   = pyast_expr(p, call);
    str_clear(value);
    if (e) pyrun(&(pyrun_job){.p = p, .expr = e, .limit = 60000}, &res);
    bool ok = e && !res.odd && !res.error[0];
    if (ok) str_addn(value, res.value.p, res.value.len);
    pyrun_free(&res);
    return ok;
}

/* ---- checks */
bool pyfam_same(trace *t, const char *found, const char *wanted) {
    bool same = !strcmp(found, wanted);
    str_add(t->out, wanted);
    if (same) str_add(t->out, ", right\n");
    else {
        str_add(t->out, ", not ");
        str_add(t->out, found);
        str_add(t->out, ", wrong\n");
    }
    return same;
}

long pyfam_hash(const char *s, size_t n) { return (long)(hash_bytes(s, n) >> 2); }

bool pyfam_whole(const problem *p, size_t letters) {
    const char *last = NULL, *r = p->reasoning.p;
    if (!p->reasoning.len || !str_ends(r, ", right\n")) return false;
    for (const char *w = r; (w = strstr(w, "\nWork:\n")); w++) last = w;
    return last && p->reasoning.len - (size_t)(last - r) <= letters;
}
