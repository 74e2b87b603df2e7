/* report_heat.c -- heat maps: the load of every expert over time, and accuracy by family and level.
 *
 * A load is shown against the mean of its layer on a scale that is even in the logarithm: half and double are equally
 * far from the middle. Cells of one shade are one path, so that thousands of them stay small. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "eval/report_impl.h"
#include "task/family.h"

enum { W = 400, LEFT = 30, RIGHT = 8, COLS = 64, SHADES = 9, EXPERTS = 512 };

/* 0..8, 4 is the mean; the borders are 0.5, 0.67, 0.8, 0.93, 1.07, 1.25, 1.5, 2. */
static int shade(double relative) {
    static const double border[] = {0.5, 2.0 / 3, 0.8, 0.93, 1.07, 1.25, 1.5, 2};
    int                 k        = 0;
    while (k < 8 && relative >= border[k]) k++;
    return k;
}

typedef struct load_map {
    int     experts, cols;
    double  first, last;          /* steps */
    double  ratio, entropy, gate; /* of the last column; gate < 0: unknown */
    int     cell;                 /* height of a row */
    double *rel;                  /* [cols][experts] */
    char    title[64];
} load_map;

static const json_t *layer_of(const json_t *line, size_t layer) {
    return json_array_get(json_object_get(line, "moe"), layer);
}

/* Mean over the columns that share one; only lines with as many experts as the last one count. */
static bool fill_map(load_map *m, const report_stage *s, size_t layer) {
    const json_t *last = json_array_get(report_last_value(s, "moe"), layer), *name = json_object_get(last, "layer");
    int           seen = 0, at = 0;
    m->experts = (int)json_array_size(json_object_get(last, "load"));
    m->gate    = -1;
    m->cell    = m->experts <= 8 ? 14 : m->experts <= 32 ? 8 : 4;
    if (m->experts < 1 || m->experts > EXPERTS) return false;
    report_number(last, "ratio", &m->ratio);
    report_number(last, "entropy", &m->entropy);
    if (!report_number(last, "gate", &m->gate)) m->gate = -1;
    if (json_is_integer(name)) snprintf(m->title, sizeof m->title, "Layer %lld", (long long)json_integer_value(name));
    else snprintf(m->title, sizeof m->title, "MTP module");
    for (int i = 0; i < s->n; i++)
        seen += (int)json_array_size(json_object_get(layer_of(s->line[i], layer), "load")) == m->experts;
    int per = (seen + COLS - 1) / COLS;
    m->cols = (seen + per - 1) / per;
    m->rel  = mem_calloc((size_t)m->cols * (size_t)m->experts, sizeof *m->rel);
    for (int i = 0; i < s->n; i++) {
        const json_t *load = json_object_get(layer_of(s->line[i], layer), "load");
        double        sum = 0, step = 0;
        if ((int)json_array_size(load) != m->experts) continue;
        report_number(s->line[i], "step", &step);
        if (!at) m->first = step;
        m->last = step;
        for (int e = 0; e < m->experts; e++) sum += json_number_value(json_array_get(load, (size_t)e));
        int col = at / per, share = seen - col * per < per ? seen - col * per : per;
        for (int e = 0; e < m->experts && sum > 0; e++)
            m->rel[col * m->experts + e] +=
                json_number_value(json_array_get(load, (size_t)e)) * m->experts / sum / share;
        at++;
    }
    return true;
}

static void map_cells(str *o, const load_map *m) {
    double w = (double)(W - LEFT - RIGHT) / m->cols;
    for (int k = 0; k < SHADES; k++) {
        bool any = false;
        for (int c = 0; c < m->cols; c++)
            for (int e = 0; e < m->experts; e++) {
                if (shade(m->rel[c * m->experts + e]) != k) continue;
                if (!any) str_addf(o, "<path class=\"d%d\" d=\"", k);
                any = true;
                str_addf(o, "M%.1f %dh%.1fv%dh-%.1fz", LEFT + c * w, e * m->cell, w + 0.1, m->cell - 1, w + 0.1);
            }
        if (any) str_add(o, "\"/>");
    }
}

static void map_svg(str *o, const load_map *m) {
    int  h = m->experts * m->cell + 18, every = m->experts > 32 ? 8 : m->experts > 8 ? 4 : 1;
    char s[2][32];
    str_addf(o,
             "<figure class=\"card\"><figcaption><h3>%s</h3><p class=\"legend\"><span>busiest <b>%.2f&#215;</b> the "
             "mean</span><span>load entropy <b>%.3f</b></span>",
             m->title, m->ratio, m->entropy);
    if (m->gate >= 0) str_addf(o, "<span>routing entropy <b>%.3f</b></span>", m->gate);
    str_addf(o,
             "</p></figcaption><svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Load of %d experts from step %.0f "
             "to %.0f: at the end the busiest has %.2f times the mean.\">",
             W, h, m->experts, m->first, m->last, m->ratio);
    map_cells(o, m);
    for (int e = 0; e < m->experts; e += every)
        str_addf(o, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%d</text>", LEFT - 6,
                 e * m->cell + m->cell / 2.0 + 3, e);
    str_addf(
        o,
        "<text x=\"%d\" y=\"%d\">%s</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\">step %s</text></svg></figure>\n",
        LEFT, h - 4, report_num(m->first, s[0]), W - RIGHT, h - 4, report_num(m->last, s[1]));
}

void report_experts(str *o, const report_stage *s) {
    static const char *const word[SHADES] = {"half", "", "", "", "mean", "", "", "", "double"};
    const json_t            *moe          = report_last_value(s, "moe");
    size_t                   n            = json_array_size(moe);
    if (!n) return;
    str_add(o,
            "<h3 class=\"wide\">Load of the experts</h3><p class=\"note\">A row an expert, a column a validation; the "
            "share of the step&#8217;s tokens that chose it, against the layer&#8217;s mean.</p>"
            "<p class=\"scale\" aria-hidden=\"true\">");
    for (int k = 0; k < SHADES; k++) str_addf(o, "<span><i class=\"d%d\"></i>%s</span>", k, word[k]);
    str_add(o, "</p><div class=\"grid\">");
    for (size_t l = 0; l < n && l < 128; l++) {
        load_map m = {0};
        if (fill_map(&m, s, l)) map_svg(o, &m);
        mem_free(m.rel);
    }
    str_add(o, "</div>");
}

/* ---- accuracy ---- */
typedef struct cell {
    int right, n;
} cell;
enum { LEVELS = 10 };

static bool cells_of(const json_t *given, cell c[LEVELS + 1]) {
    size_t  i;
    json_t *v;
    bool    any = false;
    memset(c, 0, (LEVELS + 1) * sizeof *c);
    json_array_foreach(json_object_get(given, "levels"), i, v) {
        json_int_t level = json_integer_value(json_array_get(v, 0));
        json_int_t right = json_integer_value(json_array_get(v, 1)), n = json_integer_value(json_array_get(v, 2));
        if (level < 1 || level > LEVELS || n < 1 || n > 100000000 || right < 0 || right > n) continue;
        c[level] = (cell){(int)right, (int)n};
        any      = true;
    }
    return any;
}

static void add_cell(cell *to, const cell *x) { to->right += x->right, to->n += x->n; }

static void put_cell(str *o, const cell *c, bool now) {
    if (!c->n) {
        str_addf(o, "<td class=\"none%s\"></td>", now ? " now" : "");
        return;
    }
    double share = (double)c->right / c->n;
    str_addf(o, "<td class=\"h%d%s\" title=\"%d of %d right%s\">%.0f</td>", (int)floor(share * 10 + 1e-9),
             now ? " now" : "", c->right, c->n, now ? "; the curriculum stands here" : "", floor(100 * share + 1e-9));
}

static void put_row(str *o, const char *name, const cell *c, int level, const char *kind) {
    cell all = {0};
    str_addf(o, "<tr%s><th scope=\"row\">", kind);
    report_text(o, name);
    str_add(o, "</th>");
    for (int l = 1; l <= LEVELS; l++) {
        put_cell(o, &c[l], l == level);
        add_cell(&all, &c[l]);
    }
    if (all.n) str_addf(o, "<td class=\"sum\">%.0f</td></tr>\n", floor(100.0 * all.right / all.n + 1e-9));
    else str_add(o, "<td class=\"sum\"></td></tr>\n");
}

typedef struct grid {
    const json_t *answers, *levels;
    cell          all[LEVELS + 1];
} grid;

static bool has(const grid *g, const char *name) {
    return json_object_get(g->answers, name) || json_object_get(g->levels, name);
}

/* The families of one field, with a row for their sum; field "": families that this program does not know. */
static void put_field(str *o, grid *g, const char *field) {
    cell sum[LEVELS + 1] = {0}, c[LEVELS + 1];
    str  rows            = {0};
    int  n               = 0;
    for (int i = 0; i < family_count(); i++) {
        const family *f = family_at(i);
        if (strcmp(f->field, field) != 0 || !has(g, f->name)) continue;
        cells_of(json_object_get(g->answers, f->name), c);
        for (int l = 1; l <= LEVELS; l++) add_cell(&sum[l], &c[l]), add_cell(&g->all[l], &c[l]);
        put_row(&rows, f->name, c, (int)json_integer_value(json_object_get(g->levels, f->name)), "");
        n++;
    }
    if (n) {
        str_add(o, "<tbody>");
        put_row(o, field, sum, 0, " class=\"field\"");
        str_add(o, rows.p);
        str_add(o, "</tbody>");
    }
    str_free(&rows);
}

static void put_unknown(str *o, const grid *g) {
    const char *name;
    json_t     *v;
    cell        c[LEVELS + 1];
    str         rows = {0};
    json_object_foreach((json_t *)g->answers, name, v) if (!family_find(name) && cells_of(v, c))
        put_row(&rows, name, c, 0, "");
    if (rows.len) str_addf(o, "<tbody>%s</tbody>", rows.p);
    str_free(&rows);
}

void report_accuracy(str *o, const report_stage *s) {
    grid g = {.answers = report_last_value(s, "answers"), .levels = report_last_value(s, "levels")};
    if (!json_is_object(g.answers) && !json_is_object(g.levels)) return;
    str_add(o, "<h3 class=\"wide\">Right answers by family and level</h3><p class=\"note\">");
    str_add(o, json_is_object(g.answers) ? "Percent of unseen validation problems, greedy. "
                                         : "No problems were answered yet. ");
    if (json_is_object(g.levels)) str_add(o, "A framed cell is the level at which the curriculum stands.");
    str_add(o, "</p><div class=\"card scroll heat\"><table><thead><tr><th scope=\"col\">family</th>");
    for (int l = 1; l <= LEVELS; l++) str_addf(o, "<th scope=\"col\">%d</th>", l);
    str_add(o, "<th scope=\"col\">all</th></tr></thead>");
    for (int i = 0; i < family_count(); i++) { /* each field once, at its first family */
        bool first = true;
        for (int k = 0; k < i && first; k++) first = strcmp(family_at(k)->field, family_at(i)->field) != 0;
        if (first) put_field(o, &g, family_at(i)->field);
    }
    put_unknown(o, &g);
    str_add(o, "<tfoot>");
    put_row(o, "all", g.all, 0, "");
    str_add(o, "</tfoot></table></div>\n");
}
