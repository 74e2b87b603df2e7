/* rows.c -- see rows.h. The verifier trusts nothing in a row but the question: the truth is worked out anew from the
 * problem as the reasoning understood it, which must have the question's numbers, and only then compared with the
 * row's. */
#include <stdio.h>
#include <string.h>
#include "base/json.h"
#include "data/rows.h"
#include "task/steps.h"

static void put_text(str *out, const char *key, const str *s) {
    str_addf(out, ",\"%s\":\"", key);
    str_add_json(out, s->p ? s->p : "", s->len);
    str_addc(out, '"');
}

void rows_write(str *out, const problem *p) {
    str_addf(out, "{\"family\":\"%s\",\"level\":%d", p->family, p->level);
    put_text(out, "question", &p->question);
    put_text(out, "reasoning", &p->reasoning);
    put_text(out, "answer", &p->answer);
    put_text(out, "truth", &p->truth);
    if (p->slip_to > p->slip_from) str_addf(out, ",\"slip\":[%d,%d]", p->slip_from, p->slip_to);
    str_add(out, "}\n");
}

static bool get_text(const json_t *o, const char *key, int need, str *out, err *e) {
    const char *s = "";
    if (!json_get_str(o, key, &s, need, e)) return false;
    str_clear(out);
    str_add(out, s);
    return true;
}

bool rows_read(const char *line, size_t n, problem *p, char why[ROWS_WHY]) {
    err     e    = {""};
    str     name = {0};
    bool    ok   = false;
    json_t *o    = NULL;
    problem_clear(p);
    if (n > ROWS_LINE_MAX) {
        err_set(&e, "%zu bytes, expected at most %d in a line", n, ROWS_LINE_MAX);
        goto done;
    }
    o = json_load_mem("row", line, n, &e);
    if (!o) goto done;
    if (!json_is_object(o)) {
        err_set(&e, "expected an object {...}");
        goto done;
    }
    if (!get_text(o, "family", JSON_NEED, &name, &e) || !json_get_int(o, "level", &p->level, JSON_MAY, &e) ||
        !get_text(o, "question", JSON_NEED, &p->question, &e) ||
        !get_text(o, "reasoning", JSON_NEED, &p->reasoning, &e) || !get_text(o, "answer", JSON_NEED, &p->answer, &e) ||
        !get_text(o, "truth", JSON_MAY, &p->truth, &e))
        goto done;
    const family *f = family_find(name.p);
    if (!f) {
        err_set(&e, "no family is called %.40s", name.p);
        goto done;
    }
    p->family = f->name;
    if (json_object_get(o, "level") && (p->level < 1 || p->level > f->levels)) {
        err_set(&e, "level %d of %s, expected 1 to %d", p->level, f->name, f->levels);
        goto done;
    }
    ok = true;
done:
    json_decref(o);
    str_free(&name);
    if (!ok) snprintf(why, ROWS_WHY, "%.*s", ROWS_WHY - 1, e.msg);
    return ok;
}

/* The unknown of "x = 5" as a value to put into the lines. */
static bool unknown_of(const char *truth, steps_unknown *x) {
    const char *end;
    if (!truth[0] || strncmp(truth + 1, " = ", 3) || !ratio_read(truth + 4, &x->value, &end) || *end) return false;
    x->letter = truth[0];
    return true;
}

static bool lines_true(const problem *p, char why[ROWS_WHY]) {
    const char   *r = p->reasoning.p, *from = r;
    steps_unknown x;
    for (const char *w = r; (w = strstr(w, ", wrong\n")); from = w) w++; /* only what comes after the last of these */
    steps_report s = steps_check(from, strlen(from), unknown_of(p->truth.p, &x) ? &x : NULL);
    if (!s.wrong) return true;
    snprintf(why, ROWS_WHY, "a false line: %.*s", s.len > 100 ? 100 : (int)s.len, from + s.at);
    return false;
}

bool rows_check(const char *line, size_t n, problem *p, char why[ROWS_WHY]) {
    return rows_read(line, n, p, why) && rows_verify(p, why);
}

bool rows_verify(problem *p, char why[ROWS_WHY]) {
    char          small[96] = "";
    const family *f         = family_find(p->family);
    str           truth = {0}, all = {0};
    bool          ok = false;
    if (f->solve) {
        if (!f->solve(p, &truth, small)) {
            snprintf(why, ROWS_WHY, "%s", small);
            goto done;
        }
        char again[96];
        if (p->truth.len && strcmp(p->truth.p, truth.p) && !answer_matches(p->truth.p, truth.p, again)) {
            snprintf(why, ROWS_WHY, "the row's truth is %.60s, the problem's is %.60s", p->truth.p, truth.p);
            goto done;
        }
        str_clear(&p->truth);
        str_addn(&p->truth, truth.p, truth.len);
    } else if (!p->truth.len) {
        snprintf(why, ROWS_WHY, "no \"truth\", and %s cannot work it out", f->name);
        goto done;
    }
    str_addn(&all, p->reasoning.p, p->reasoning.len);
    str_add(&all, "</think>\n");
    str_addn(&all, p->answer.p, p->answer.len);
    verdict v = family_check(f, p, all.p);
    ok        = v.right && v.format;
    if (!ok) snprintf(why, ROWS_WHY, "%s", v.why);
    else ok = lines_true(p, why);
done:
    str_free(&truth);
    str_free(&all);
    return ok;
}
