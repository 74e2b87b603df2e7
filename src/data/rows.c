/* rows.c -- see rows.h. The verifier trusts nothing in a row but the question: the truth is worked out anew from the
 * problem as the reasoning understood it, which must have the question's numbers, and only then compared with the
 * row's. */
#include <stdio.h>
#include <string.h>
#include "base/json.h"
#include "base/utf8.h"
#include "data/rows.h"
#include "task/steps.h"

static void put_text(str *out, const char *key, const str *s) {
    str_add(out, ",\"");
    str_add(out, key);
    str_add(out, "\":\"");
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

/* "slip": [from, to], two places in the reasoning; may be missing. */
static bool get_slip(const json_t *o, problem *p, err *e) {
    const json_t *s = json_object_get(o, "slip"), *a = json_array_get(s, 0), *b = json_array_get(s, 1);
    if (!s) return true;
    json_int_t from = json_integer_value(a), to = json_integer_value(b);
    if (json_array_size(s) != 2 || !json_is_integer(a) || !json_is_integer(b) || from < 0 || to < from ||
        (size_t)to > p->reasoning.len)
        return err_set(e, "key \"slip\": expected [from, to], two places in the reasoning");
    p->slip_from = (int)from;
    p->slip_to   = (int)to;
    return true;
}

static bool get_family(const json_t *o, problem *p, err *e) {
    const char   *name = NULL;
    const family *f;
    if (!json_get_str(o, "family", &name, JSON_NEED, e)) return false;
    if (!(f = family_find(name))) return err_set(e, "no family is called %.40s", name);
    if (!json_get_int(o, "level", &p->level, JSON_MAY, e) || !get_text(o, "question", JSON_NEED, &p->question, e) ||
        !get_text(o, "reasoning", JSON_NEED, &p->reasoning, e) || !get_text(o, "answer", JSON_NEED, &p->answer, e) ||
        !get_text(o, "truth", JSON_MAY, &p->truth, e) || !get_slip(o, p, e))
        return false;
    p->family = f->name;
    if (json_object_get(o, "level") && (p->level < 1 || p->level > f->levels))
        return err_set(e, "level %d of %s, expected 1 to %d", p->level, f->name, f->levels);
    return true;
}

static row_kind get_other(const json_t *o, problem *p, char *source, err *e) {
    const char *name = "";
    if (!json_get_str(o, "source", &name, JSON_MAY, e)) return ROW_BAD;
    if (source) snprintf(source, ROWS_SOURCE, "%.*s", ROWS_SOURCE - 1, name);
    if (json_object_get(o, "text")) return get_text(o, "text", JSON_NEED, &p->question, e) ? ROW_TEXT : ROW_BAD;
    bool ok = get_text(o, "question", JSON_NEED, &p->question, e) &&
              get_text(o, "reasoning", JSON_MAY, &p->reasoning, e) && get_text(o, "answer", JSON_NEED, &p->answer, e) &&
              get_text(o, "truth", JSON_MAY, &p->truth, e) && get_slip(o, p, e);
    return ok ? ROW_TAUGHT : ROW_BAD;
}

/* What a message may show on a terminal: what stood in the row is in it. */
static void put_why(char why[ROWS_WHY], const err *e) {
    snprintf(why, ROWS_WHY, "%.*s", ROWS_WHY - 1, e->msg);
    size_t n = strlen(why), bad = 0;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)why[i] < ' ' || why[i] == 0x7f) why[i] = '?';
    while (!utf8_valid(why, n, &bad)) {
        if (n - bad < 4) why[n = bad] = '\0'; /* cut inside a character */
        else why[bad] = '?';
    }
}

row_kind rows_any(const char *line, size_t n, problem *p, char source[ROWS_SOURCE], char why[ROWS_WHY]) {
    err          e    = {""};
    row_kind     kind = ROW_BAD;
    json_t      *o    = NULL;
    json_error_t je;
    problem_clear(p);
    if (source) source[0] = '\0';
    if (n > ROWS_LINE_MAX) err_set(&e, "%zu bytes, expected at most %d in a line", n, ROWS_LINE_MAX);
    else if (!(o = json_loadb(line, n, JSON_DECODE_ANY, &je)))
        err_set(&e, "not valid JSON at column %d: %s", je.column, je.text);
    else if (!json_is_object(o)) err_set(&e, "expected an object {...}");
    else if (json_object_get(o, "family") || !(json_object_get(o, "source") || json_object_get(o, "text")))
        kind = get_family(o, p, &e) ? ROW_FAMILY : ROW_BAD;
    else kind = get_other(o, p, source, &e);
    json_decref(o);
    if (kind == ROW_BAD) put_why(why, &e);
    return kind;
}

bool rows_read(const char *line, size_t n, problem *p, char why[ROWS_WHY]) {
    row_kind kind = rows_any(line, n, p, NULL, why);
    if (kind == ROW_TAUGHT || kind == ROW_TEXT) snprintf(why, ROWS_WHY, "key \"family\" is missing");
    return kind == ROW_FAMILY;
}

void rows_write_any(str *out, row_kind kind, const char *source, const problem *p) {
    if (kind == ROW_FAMILY) {
        rows_write(out, p);
        return;
    }
    str_add(out, "{\"source\":\"");
    str_add_json(out, source, strlen(source));
    str_addc(out, '"');
    put_text(out, kind == ROW_TEXT ? "text" : "question", &p->question);
    if (kind == ROW_TAUGHT) {
        put_text(out, "reasoning", &p->reasoning);
        put_text(out, "answer", &p->answer);
        if (p->truth.len) put_text(out, "truth", &p->truth);
    }
    str_add(out, "}\n");
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

static bool taught_right(const problem *p, const char *answer, char why[96]) {
    return answer_matches(answer, p->truth.p, why);
}

/* What stands in for a family where a source teaches. */
static const family taught = {.name = "a source", .right = taught_right};

bool rows_verify(problem *p, char why[ROWS_WHY]) {
    char          small[96] = "";
    const family *f         = p->family ? family_find(p->family) : &taught;
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

bool rows_verify_any(row_kind kind, problem *p, char why[ROWS_WHY]) {
    const char *bad = p->question.len ? NULL : "an empty question or text";
    if (kind == ROW_FAMILY || (kind == ROW_TAUGHT && p->reasoning.len && p->truth.len)) return rows_verify(p, why);
    if (!bad && kind == ROW_TAUGHT && !p->answer.len) bad = "an empty answer";
    if (bad) snprintf(why, ROWS_WHY, "%s", bad);
    return !bad;
}
