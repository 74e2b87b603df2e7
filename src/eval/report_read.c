/* report_read.c -- metrics.jsonl as stages of steps. What cannot be read is counted, not fatal: a page with a gap is
 * worth more than none. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "eval/report_impl.h"

static report_stage *stage_of(report_run *r, const char *name) {
    for (int i = 0; i < r->n_stage; i++)
        if (!strcmp(r->stage[i].name, name)) return &r->stage[i];
    if (r->n_stage == REPORT_STAGES || strlen(name) >= sizeof r->stage[0].name) return NULL;
    report_stage *s = &r->stage[r->n_stage++];
    memset(s, 0, sizeof *s);
    strcpy(s->name, name);
    return s;
}

static void push(json_t ***list, int *n, json_t *o) {
    if ((*n & (*n - 1)) == 0) *list = mem_realloc(*list, (size_t)(*n ? 2 * *n : 1) * sizeof **list);
    (*list)[(*n)++] = o;
}

static bool take(report_run *r, json_t *o) {
    double        step;
    const char   *name = json_string_value(json_object_get(o, "stage"));
    report_stage *s    = name && report_number(o, "step", &step) ? stage_of(r, name) : NULL;
    if (!s) return false;
    if (json_object_get(o, "event")) push(&s->event, &s->n_event, o);
    else push(&s->line, &s->n, o);
    return true;
}

void report_read(report_run *r, const char *text, size_t n) {
    memset(r, 0, sizeof *r);
    r->all = json_array();
    for (size_t at = 0; at < n;) {
        const char *nl  = memchr(text + at, '\n', n - at);
        size_t      len = nl ? (size_t)(nl - text) - at : n - at;
        if (len) {
            json_t *o = json_loadb(text + at, len, 0, NULL);
            if (json_is_object(o) && take(r, o)) json_array_append(r->all, o);
            else r->broken++;
            json_decref(o);
        }
        at += len + 1;
    }
}

void report_run_free(report_run *r) {
    for (int i = 0; i < r->n_stage; i++) {
        mem_free(r->stage[i].line);
        mem_free(r->stage[i].event);
    }
    json_decref(r->all);
    memset(r, 0, sizeof *r);
}

bool report_number(const json_t *o, const char *key, double *v) {
    const json_t *x = json_object_get(o, key);
    if (!json_is_number(x)) return false;
    *v = json_number_value(x);
    return fabs(*v) < 1e30; /* a NaN, too, is not */
}

bool report_last(const report_stage *s, const char *key, double *v) {
    for (int i = s->n - 1; i >= 0; i--)
        if (report_number(s->line[i], key, v)) return true;
    return false;
}

const json_t *report_last_value(const report_stage *s, const char *key) {
    for (int i = s->n - 1; i >= 0; i--) {
        const json_t *x = json_object_get(s->line[i], key);
        if (x) return x;
    }
    return NULL;
}

int report_series(const report_stage *s, const char *key, double **x, double **y) {
    int n = 0;
    *x    = mem_alloc(((size_t)s->n + 1) * 2 * sizeof **x);
    *y    = *x + s->n + 1;
    for (int i = 0; i < s->n; i++)
        if (report_number(s->line[i], "step", &(*x)[n]) && report_number(s->line[i], key, &(*y)[n])) n++;
    return n;
}
