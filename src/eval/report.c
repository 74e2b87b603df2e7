/* report.c -- the page put together: what is in the run's folder, a section a stage, the rest behind it. */
#include "eval/report.h"

#include <stdio.h>
#include <string.h>

#include "base/fs.h"
#include "base/mem.h"
#include "eval/report_impl.h"

enum { RECIPE_MAX = 1 << 20, SAMPLES_MAX = 64 << 20, METRICS_MAX = 1 << 30 };

/* ---- tiles ---- */
static void tile(str *o, const char *name, const char *value, const char *more) {
    str_add(o, "<div><dt>");
    report_text(o, name);
    str_add(o, "</dt><dd>");
    report_text(o, value);
    if (more) str_addf(o, "<small>%s</small>", more);
    str_add(o, "</dd></div>");
}

static void duration(double s, char out[32]) {
    if (s < 120) snprintf(out, 32, "%.0f s", s);
    else if (s < 7200) snprintf(out, 32, "%.0f min", s / 60);
    else if (s < 200 * 3600) snprintf(out, 32, "%.1f h", s / 3600);
    else snprintf(out, 32, "%.1f days", s / 86400);
}

/* Busiest over mean of the worst layer at the last validation, or the mean of the layers. */
static bool busiest(const report_stage *s, double *v, const char **what) {
    const json_t *moe = report_last_value(s, "moe");
    double        max = 0, r;
    for (size_t l = 0; l < json_array_size(moe); l++)
        if (report_number(json_array_get(moe, l), "ratio", &r) && r > max) max = r;
    *what = "of the mean, worst layer";
    *v    = max;
    if (max > 0) return true;
    *what = "of the mean, mean of the layers";
    return report_last(s, "load_max_over_mean", v);
}

static double median_of_last(const report_stage *s, const char *key) {
    double *x, *y, m = 0;
    int     n = report_series(s, key, &x, &y), from = n > 101 ? n - 101 : 0;
    for (int i = from; i < n; i++) { /* the value with as many below as above */
        int below = 0;
        for (int k = from; k < n; k++) below += y[k] < y[i] || (y[k] == y[i] && k < i);
        if (below == (n - from) / 2) m = y[i];
    }
    mem_free(x);
    return m;
}

static void tiles(str *o, const report_stage *s, const json_t *about) {
    char        v[32], w[32], more[64];
    double      x, y;
    const char *what;
    str_add(o, "<dl class=\"tiles\">");
    if (report_last(s, "step", &x)) {
        bool known = report_number(about, "steps", &y);
        snprintf(more, sizeof more, "of %s", known ? report_num(y, w) : "");
        tile(o, "Steps", report_num(x, v), known ? more : NULL);
    }
    if (report_last(s, "tokens", &x)) tile(o, "Tokens seen", report_num(x, v), NULL);
    if (report_last(s, "valid_loss", &x)) tile(o, "Validation loss", report_num(x, v), "nats a token");
    else if (report_last(s, "loss", &x)) tile(o, "Training loss", report_num(x, v), "nats a token");
    if (report_last(s, "answers_right", &x)) {
        snprintf(v, sizeof v, "%.1f%%", 100 * x);
        tile(o, "Right answers", v, "unseen problems");
    }
    if (report_last(s, "mtp_acceptance", &x)) {
        snprintf(v, sizeof v, "%.1f%%", 100 * x);
        tile(o, "MTP acceptance", v, "drafts on answers");
    }
    if (busiest(s, &x, &what)) {
        snprintf(v, sizeof v, "%.2f\xc3\x97", x);
        tile(o, "Busiest expert", v, what);
    }
    if ((x = median_of_last(s, "tok_s")) > 0) {
        snprintf(more, sizeof more, "%.0f%% of the peak", 100 * median_of_last(s, "peak_share"));
        tile(o, "Tokens a second", report_num(x, v), more);
    }
    if (report_last(s, "elapsed", &x) && x >= 0) {
        duration(x, v);
        tile(o, "Time", v, NULL);
    }
    if (report_last(s, "long_docs", &x) && x > 0) tile(o, "Left out", report_num(x, v), "longer than max_len");
    str_add(o, "</dl>\n");
}

/* ---- curves ---- */
typedef struct curve_of {
    const char *key, *label;
    bool        dots;
} curve_of;

/* One plot of up to four keys; those that no line has are left out. */
static void plot(str *o, const report_stage *s, report_plot p, const curve_of *c, int n) {
    double *block[REPORT_LINES] = {0}, *y;
    for (int i = 0; i < n; i++) {
        int k = report_series(s, c[i].key, &block[i], &y);
        p.line[i] =
            (report_line){.label = c[i].label, .color = i + 1, .dots = c[i].dots, .x = block[i], .y = y, .n = k};
    }
    p.n = n;
    report_last(s, "step", &p.x_max);
    report_plot_svg(o, &p);
    for (int i = 0; i < n; i++) mem_free(block[i]);
}

/* Entropies are inside "moe", a value a layer: their means over the layers as a stage of their own. */
static void entropies(str *o, const report_stage *s) {
    report_stage t   = {.n = 0};
    json_t      *all = json_array();
    t.line           = mem_calloc((size_t)s->n + 1, sizeof *t.line);
    for (int i = 0; i < s->n; i++) {
        const json_t *moe  = json_object_get(s->line[i], "moe");
        size_t        n    = json_array_size(moe);
        double        load = 0, gate = 0, v, step = 0;
        for (size_t l = 0; l < n; l++) {
            if (report_number(json_array_get(moe, l), "entropy", &v)) load += v / (double)n;
            if (report_number(json_array_get(moe, l), "gate", &v)) gate += v / (double)n;
        }
        if (!n || !report_number(s->line[i], "step", &step)) continue;
        json_t *x = json_pack("{s:f,s:f,s:f}", "step", step, "load", load, "gate", gate);
        json_array_append_new(all, x);
        t.line[t.n++] = x;
    }
    const report_plot p   = {.title = "Routing entropy",
                             .about =
                                 "Of the loads, and of a token's gate scores, over the logarithm of the experts; mean "
                                   "of the layers. 1 is even.",
                             .percent = false};
    const curve_of    c[] = {{"load", "of the loads", true}, {"gate", "of the gate's scores", true}};
    plot(o, &t, p, c, 2);
    mem_free(t.line);
    json_decref(all);
}

static void curves(str *o, const report_stage *s) {
    static const struct {
        report_plot p;
        curve_of    c[REPORT_LINES];
        int         n;
    } all[] = {
        {{.title = "Loss", .about = "Cross-entropy of training and validation, and of the MTP module."},
         {{"loss", "train", false},
          {"valid_loss", "validation", true},
          {"mtp_loss", "MTP", false},
          {"valid_mtp_loss", "MTP, validation", true}},
         4},
        {{.title   = "Next token right",
          .about   = "Share of learnt tokens whose likeliest guess was right.",
          .percent = true},
         {{"hit", "train", false}, {"valid_hit", "validation", true}, {"mtp_hit", "MTP", false}},
         3},
        {{.title   = "MTP acceptance",
          .about   = "Share of the MTP module's drafts on validation answers that equal the main "
                     "model's next greedy token.",
          .percent = true},
         {{"mtp_acceptance", "accepted drafts", true}},
         1},
        {{.title   = "Right answers",
          .about   = "Share of unseen validation problems answered right.",
          .zero    = true,
          .percent = true},
         {{"answers_right", "all families", true}},
         1},
        {{.title = "Tokens a second", .about = "Training throughput.", .zero = true},
         {{"tok_s", "tokens/s", false}},
         1},
        {{.title   = "Share of the measured peak",
          .about   = "Model FLOPs a second over the measured peak of the machine.",
          .percent = true,
          .zero    = true},
         {{"peak_share", "of the peak", false}},
         1},
        {{.title = "Learning rate", .about = "The rate of each step.", .zero = true},
         {{"lr", "learning rate", false}},
         1},
        {{.title = "Gradient norm", .about = "Norm of the whole gradient before clipping."},
         {{"grad_norm", "norm", false}},
         1},
        {{.title = "Busiest expert over mean", .about = "1 is perfect balance; mean of the layers."},
         {{"load_max_over_mean", "busiest / mean", false}},
         1},
        {{.title = "Curriculum", .about = "Mean level of the families.", .zero = true},
         {{"level", "mean level", false}},
         1},
    };
    str_add(o, "<div class=\"grid\">");
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) plot(o, s, all[i].p, all[i].c, all[i].n);
    entropies(o, s);
    str_add(o, "</div>\n");
}

static void events(str *o, const report_stage *s) {
    if (!s->n_event) return;
    str_addf(o, "<div class=\"card events\"><h3>The run went back %d time%s</h3><ul>", s->n_event,
             s->n_event == 1 ? "" : "s");
    for (int i = 0; i < s->n_event; i++) {
        double to = 0, from = 0;
        report_number(s->event[i], "step", &to);
        report_number(s->event[i], "from", &from);
        str_addf(o, "<li>from step %.0f to %.0f: ", from, to);
        report_text(o, json_string_value(json_object_get(s->event[i], "why")));
        str_add(o, "</li>");
    }
    str_add(o, "</ul></div>\n");
}

/* ---- the page ---- */
static const char *title_of(const char *stage) {
    if (!strcmp(stage, "pretrain")) return "Pre-training";
    if (!strcmp(stage, "sft")) return "Fine-tuning (SFT)";
    if (!strcmp(stage, "rl")) return "Reinforcement learning";
    return stage;
}

static void section(str *o, const report_in *in, const report_stage *s, int i) {
    const json_t *about = json_object_get(json_object_get(in->about, "stages"), s->name);
    str_addf(o, "<section id=\"stage-%d\"><h2>", i);
    report_text(o, title_of(s->name));
    str_add(o, "</h2>\n");
    tiles(o, s, about);
    events(o, s);
    curves(o, s);
    report_experts(o, s);
    report_accuracy(o, s);
    report_samples(o, json_object_get(in->samples, s->name));
    str_add(o, "</section>\n");
}

static void head(str *o, const report_in *in, const report_run *r) {
    str_add(o,
            "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\"><head><meta charset=\"utf-8\"/>"
            "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"/><title>");
    report_text(o, in->name);
    str_addf(o, ": training report</title><style>%s</style></head>\n<body><header class=\"top\"><div><strong>",
             report_css);
    report_text(o, in->name);
    str_add(o, "</strong><nav aria-label=\"sections\">");
    for (int i = 0; i < r->n_stage; i++) {
        str_addf(o, "<a href=\"#stage-%d\">", i);
        report_text(o, title_of(r->stage[i].name));
        str_add(o, "</a>");
    }
    str_add(o, "<a href=\"#run\">Data and machine</a></nav><button id=\"theme\" hidden=\"hidden\">Dark</button></div>"
               "</header><main><h1>");
    report_text(o, in->name);
    str_add(o, "</h1>");
}

static void lead(str *o, const report_in *in, const report_run *r) {
    const char *name;
    json_t     *v;
    double      n = 0, active = 0, spent = 0, x;
    char        s[2][32];
    json_object_foreach(json_object_get(in->about, "stages"), name, v) {
        report_number(v, "parameters", &n);
        report_number(v, "active", &active);
    }
    for (int i = 0; i < r->n_stage; i++)
        if (report_last(&r->stage[i], "elapsed", &x)) spent += x;
    str_add(o, "<p class=\"lead\">");
    if (n > 0) str_addf(o, "%s parameters, %s active a token. ", report_num(n, s[0]), report_num(active, s[1]));
    duration(spent, s[0]);
    str_addf(o, "%s of training.", s[0]);
    if (r->broken) str_addf(o, " %d line%s of the metrics could not be read.", r->broken, r->broken == 1 ? "" : "s");
    str_add(o, "</p>\n");
}

static void rest(str *o, const report_in *in) {
    const char *name;
    json_t     *v;
    str_add(o, "<section id=\"run\"><h2>Data and machine</h2><div class=\"grid\">");
    json_object_foreach(json_object_get(in->about, "stages"), name, v) report_mix(o, name, v);
    if (json_object_get(in->about, "machine")) report_machine(o, in->about);
    str_add(o, "</div>");
    if (in->recipe) {
        str_add(o,
                "<h3 class=\"wide\">Recipe</h3><div class=\"card\"><details class=\"recipe\"><summary>Every key that "
                "made this run</summary><pre>");
        report_text(o, in->recipe);
        str_add(o, "</pre></details></div>");
    }
    str_add(o, "</section>\n");
}

void report_page(const report_in *in, str *out) {
    report_run r;
    report_read(&r, in->metrics, in->n_metrics);
    head(out, in, &r);
    lead(out, in, &r);
    if (!r.n_stage) str_add(out, "<p class=\"lead\">No step has been written down yet.</p>");
    for (int i = 0; i < r.n_stage; i++) section(out, in, &r.stage[i], i);
    rest(out, in);
    str_addf(out,
             "<footer>Written by r1 from metrics.jsonl. One file; it asks for nothing from outside.</footer></main>"
             "<script>%s</script></body></html>\n",
             report_js);
    report_run_free(&r);
}

/* ---- the folder ---- */
static json_t *file_json(const char *dir, const char *name) {
    err     e;
    str     path = {0};
    json_t *j    = NULL;
    str_addf(&path, "%s/%s", dir, name);
    if (fs_exists(path.p)) j = json_load_path(path.p, SAMPLES_MAX, &e);
    str_free(&path);
    return j;
}

static char *file_text(const char *dir, const char *name) {
    err    e;
    str    path = {0};
    size_t n;
    str_addf(&path, "%s/%s", dir, name);
    char *text = fs_exists(path.p) ? fs_read(path.p, RECIPE_MAX, &n, &e) : NULL;
    str_free(&path);
    return text;
}

/* "name = ..." of the recipe, else the folder's own name. */
static void run_name(const char *dir, const char *recipe, char *out, size_t cap) {
    const char *p = recipe ? strstr(recipe, "\nname = ") : NULL;
    if (p) {
        p += strlen("\nname = ");
        snprintf(out, cap, "%.*s", (int)strcspn(p, "\n"), p);
        return;
    }
    size_t n = strlen(dir);
    while (n > 1 && dir[n - 1] == '/') n--;
    size_t b = n;
    while (b > 0 && dir[b - 1] != '/') b--;
    snprintf(out, cap, "%.*s", (int)(n - b), dir + b);
}

bool report_write(const char *dir, err *e) {
    static const char *const stage[] = {"pretrain", "sft", "rl"};
    char                     name[128], file[64];
    fs_file                  metrics = {0};
    str                      path = {0}, page = {0};
    report_in                in = {.name = name};
    str_addf(&path, "%s/metrics.jsonl", dir);
    bool ok = fs_map(path.p, &metrics, e);
    if (!ok) goto done;
    char *recipe = file_text(dir, "recipe.ini");
    in.metrics   = (const char *)metrics.p;
    in.n_metrics = metrics.n;
    in.recipe    = recipe;
    in.about     = file_json(dir, "about.json");
    in.samples   = json_object();
    for (size_t i = 0; i < sizeof stage / sizeof *stage; i++) {
        snprintf(file, sizeof file, "samples-%s.json", stage[i]);
        json_t *j = file_json(dir, file);
        if (j) json_object_set_new(in.samples, stage[i], j);
    }
    run_name(dir, recipe, name, sizeof name);
    report_page(&in, &page);
    str_clear(&path);
    str_addf(&path, "%s/report.html", dir);
    ok = fs_write(path.p, page.p, page.len, e);
    mem_free(recipe);
    json_decref(in.about);
    json_decref(in.samples);
done:
    fs_unmap(&metrics);
    str_free(&path);
    str_free(&page);
    return ok;
}
