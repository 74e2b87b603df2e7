/* report_parts.c -- sample answers, the mix, the machine. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "eval/report_impl.h"
#include "task/family.h"

static const char CLOSE[] = "</think>";

static const char *word(const json_t *o, const char *key) {
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "";
}

/* ---- samples ---- */
/* The question on one line, cut where a word ends. */
static void headline(str *o, const char *q) {
    enum { MOST = 110 };
    size_t n = strlen(q), k = 0;
    str    s = {0};
    for (; k < n && (k < MOST || ((unsigned char)q[k] & 0xc0) == 0x80); k++) str_addc(&s, q[k] == '\n' ? ' ' : q[k]);
    report_esc(o, s.p ? s.p : "", s.len);
    if (k < n) str_add(o, "&#8230;");
    str_free(&s);
}

static void sample(str *o, const json_t *x) {
    const char *response = word(x, "response"), *close = strstr(response, CLOSE), *answer;
    bool        right = json_is_true(json_object_get(x, "right"));
    size_t      n     = close ? (size_t)(close - response) : 0;
    answer            = close ? close + strlen(CLOSE) : response;
    if (!close && json_is_true(json_object_get(x, "cut"))) n = strlen(response), answer = "";
    answer += strspn(answer, "\n ");
    str_addf(o, "<details class=\"sample %s\"><summary><span class=\"mark\">%s</span><span class=\"who\">",
             right ? "right" : "wrong", right ? "&#10003; right" : "&#10007; wrong");
    report_text(o, word(x, "family"));
    str_addf(o, " %lld</span><span class=\"what\">", (long long)json_integer_value(json_object_get(x, "level")));
    headline(o, word(x, "question"));
    str_add(o, "</span></summary><dl><dt>Question</dt><dd><pre>");
    report_text(o, word(x, "question"));
    str_add(o, "</pre></dd>");
    if (n) {
        str_addf(o, "<dt>Thinking</dt><dd><details%s><summary>%lld tokens in all</summary><pre>",
                 *answer ? "" : " open=\"open\"", (long long)json_integer_value(json_object_get(x, "tokens")));
        report_esc(o, response, n);
        str_add(o, "</pre></details></dd>");
    }
    str_add(o, "<dt>Answer</dt><dd><pre>");
    if (*answer) report_text(o, answer);
    else str_add(o, "none: the length limit came first");
    str_add(o, "</pre></dd><dt>Expected</dt><dd><pre>");
    report_text(o, word(x, "truth"));
    str_add(o, "</pre></dd>");
    if (!right && *word(x, "why")) {
        str_add(o, "<dt>Why wrong</dt><dd><pre>");
        report_text(o, word(x, "why"));
        str_add(o, "</pre></dd>");
    }
    str_add(o, "</dl></details>\n");
}

static const char *field_of(const json_t *x) {
    const family *f = family_find(word(x, "family"));
    return f ? f->field : "other";
}

void report_samples(str *o, const json_t *samples) {
    size_t  i, n = json_array_size(samples), right = 0;
    json_t *x;
    if (!n) return;
    json_array_foreach((json_t *)samples, i, x) right += json_is_true(json_object_get(x, "right"));
    str_addf(o,
             "<h3 class=\"wide\">Sample answers</h3><p class=\"note\">Of each family the hardest problem that was "
             "right and the easiest that was not, as far as there are both: %zu right, %zu wrong.</p>"
             "<p class=\"filter\"><button hidden=\"hidden\" data-show=\"all\" aria-pressed=\"true\">all</button>"
             "<button hidden=\"hidden\" data-show=\"right\" aria-pressed=\"false\">right</button>"
             "<button hidden=\"hidden\" data-show=\"wrong\" aria-pressed=\"false\">wrong</button></p>"
             "<div class=\"card samples\">",
             right, n - right);
    bool *done = mem_calloc(n, sizeof *done);
    for (size_t a = 0; a < n; a++) {
        if (done[a]) continue;
        const char *field = field_of(json_array_get(samples, a));
        size_t      here  = 0;
        for (size_t b = a; b < n; b++) here += strcmp(field_of(json_array_get(samples, b)), field) == 0;
        str_addf(o, "<details class=\"field\"%s><summary>", a ? "" : " open=\"open\"");
        report_text(o, field);
        str_addf(o, " <small>%zu</small></summary>", here);
        for (size_t b = a; b < n; b++) {
            x = json_array_get(samples, b);
            if (strcmp(field_of(x), field) != 0) continue;
            sample(o, x);
            done[b] = true;
        }
        str_add(o, "</details>");
    }
    mem_free(done);
    str_add(o, "</div>\n");
}

/* ---- the mix ---- */
static void bar(str *o, const char *name, double share, const char *kind) {
    str_addf(o, "<li%s><span>", kind);
    report_text(o, name);
    str_addf(o, "</span><i style=\"width:%.2f%%\"></i><b>%.1f%%</b></li>", 100 * share, 100 * share);
}

void report_mix(str *o, const char *name, const json_t *stage) {
    const json_t *mix = json_object_get(stage, "mix");
    size_t        i, k, n = json_array_size(mix);
    json_t       *x, *y;
    if (!n) return;
    str_add(o, "<div class=\"card mix\"><h3>Data of ");
    report_text(o, name);
    str_add(o, ": mix ");
    report_text(o, word(stage, "mix_name"));
    str_add(o, "</h3><ul>");
    json_array_foreach((json_t *)mix, i, x) { /* each kind once */
        bool   first = true;
        double sum = 0, v = 0;
        for (k = 0; k < i && first; k++) first = strcmp(word(json_array_get(mix, k), "kind"), word(x, "kind")) != 0;
        if (!first) continue;
        json_array_foreach((json_t *)mix, k,
                           y) if (!strcmp(word(y, "kind"), word(x, "kind")) && report_number(y, "share", &v)) sum += v;
        if (sum >= 0 && sum <= 1.0001) bar(o, word(x, "kind"), sum, "");
    }
    str_addf(o, "</ul><details><summary>All %zu sources</summary><ul class=\"fine\">", n);
    json_array_foreach((json_t *)mix, i, x) {
        double v;
        if (report_number(x, "share", &v) && v >= 0 && v <= 1.0001) bar(o, word(x, "name"), v, "");
    }
    str_add(o, "</ul></details></div>\n");
}

/* ---- the machine ---- */
static void entry(str *o, const char *name, const json_t *v) {
    char s[32];
    if (!v) return;
    str_add(o, "<dt>");
    report_text(o, name);
    str_add(o, "</dt><dd>");
    if (json_is_string(v)) report_text(o, json_string_value(v));
    else report_text(o, report_num(json_number_value(v), s));
    str_add(o, "</dd>");
}

void report_machine(str *o, const json_t *about) {
    const json_t *m = json_object_get(about, "machine");
    const char   *name;
    json_t       *v, *stages = json_object_get(about, "stages");
    double        x;
    char          s[32];
    str_add(o, "<div class=\"card\"><h3>Machine</h3><dl class=\"facts\">");
    entry(o, "processor", json_object_get(m, "cpu"));
    entry(o, "cores", json_object_get(m, "cores"));
    entry(o, "threads", json_object_get(m, "threads"));
    entry(o, "kernels", json_object_get(m, "kernels"));
    entry(o, "instructions", json_object_get(m, "instructions"));
    json_object_foreach(stages, name, v) if (report_number(v, "peak", &x)) {
        str_add(o, "<dt>measured peak</dt><dd>");
        str_addf(o, "%s GFLOP/s in ", report_num(x / 1e9, s));
        report_text(o, word(v, "dtype"));
        str_add(o, ", at the start of ");
        report_text(o, name);
        str_add(o, "</dd>");
    }
    if (report_number(m, "memory", &x)) str_addf(o, "<dt>memory</dt><dd>%.1f GB</dd>", x / 1e9);
    entry(o, "system", json_object_get(m, "system"));
    str_add(o, "</dl></div><div class=\"card\"><h3>Versions</h3><dl class=\"facts\">");
    json_object_foreach(json_object_get(about, "versions"), name, v) entry(o, name, v);
    str_add(o, "</dl></div>\n");
}
