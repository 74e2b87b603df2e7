/* report_plot.c -- curves as inline SVG. Many points become the mean of each bucket as a line and their range as a pale
 * band, so that a page stays small and noise stays visible. Colours are classes, so that light and dark share one
 * picture; the figures are in a table below it, and in an attribute for the pointer. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "eval/report_impl.h"

enum { W = 400, H = 210, LEFT = 46, RIGHT = 10, TOP = 10, BOTTOM = 26, BUCKETS = 180, TICKS = 12 };

typedef struct bucketed {
    double x[BUCKETS], mean[BUCKETS], lo[BUCKETS], hi[BUCKETS];
    int    n;
    bool   band;
} bucketed;

typedef struct axis {
    double lo, hi; /* of the values, or of their logarithms */
    bool   log;
    double tick[TICKS];
    int    n;
} axis;

static void reduce(bucketed *b, const report_line *l) {
    int per = (l->n + BUCKETS - 1) / BUCKETS;
    memset(b, 0, sizeof *b);
    b->band = per > 1;
    for (int i = 0; i < l->n; i += per) {
        int    k  = l->n - i < per ? l->n - i : per;
        double sx = 0, sy = 0, lo = l->y[i], hi = l->y[i];
        for (int j = i; j < i + k; j++) {
            sx += l->x[j], sy += l->y[j];
            lo = fmin(lo, l->y[j]), hi = fmax(hi, l->y[j]);
        }
        b->x[b->n] = sx / k, b->mean[b->n] = sy / k, b->lo[b->n] = lo, b->hi[b->n] = hi;
        b->n++;
    }
}

static void range_of(const bucketed *b, int n, double *lo, double *hi) {
    *lo = INFINITY, *hi = -INFINITY;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < b[i].n; k++) *lo = fmin(*lo, b[i].lo[k]), *hi = fmax(*hi, b[i].hi[k]);
}

/* 1, 2 or 5 times a power of ten: at most `about` steps in the span. */
static double nice_step(double span, int about) {
    double p = pow(10, floor(log10(span / about)));
    if (p * about >= span) return p;
    if (2 * p * about >= span) return 2 * p;
    return 5 * p * about >= span ? 5 * p : 10 * p;
}

static void log_axis(axis *a, double lo, double hi) {
    static const int mantissa[] = {1, 2, 5};
    int              from = (int)floor(log10(lo)), to = (int)ceil(log10(hi));
    bool             fine = to - from <= 3, every = to - from <= 8;
    a->log = true, a->lo = log10(lo), a->hi = log10(hi);
    double pad = 0.04 * (a->hi - a->lo);
    a->lo -= pad, a->hi += pad;
    for (int e = from; e <= to; e++)
        for (int m = 0; m < (fine ? 3 : 1); m++) {
            double v = mantissa[m] * pow(10, e);
            if (log10(v) >= a->lo && log10(v) <= a->hi && a->n < TICKS && (every || e % 2 == 0)) a->tick[a->n++] = v;
        }
}

static axis y_axis(const report_plot *p, double lo, double hi) {
    axis a = {0};
    if (!p->percent && !p->zero && lo > 0 && hi / lo > 25) {
        log_axis(&a, lo, hi);
        return a;
    }
    if (p->zero) lo = fmin(lo, 0);
    if (p->percent && lo < 0.5) lo = 0; /* what is nearly all is looked at from near */
    if (p->percent && hi > 0.8) hi = 1;
    if (p->percent) lo = fmin(lo, fmax(hi - 0.02, 0));
    if (!(hi > lo)) lo -= 0.5 * fmax(fabs(lo), 1e-9), hi += 0.5 * fmax(fabs(hi), 1e-9);
    double step = nice_step(hi - lo, 5);
    a.lo        = floor(lo / step + 1e-9) * step;
    a.hi        = p->percent && hi >= 1 ? hi : ceil(hi / step - 1e-9) * step;
    for (double v = a.lo; v <= a.hi + step * 1e-6 && a.n < TICKS; v += step)
        a.tick[a.n++] = fabs(v) < step * 1e-6 ? 0 : v;
    return a;
}

static double px(double x, double x_max) { return LEFT + (W - LEFT - RIGHT) * (x_max > 0 ? x / x_max : 0); }
static double py(const axis *a, double y) {
    double v = a->log ? log10(fmax(y, 1e-300)) : y;
    return TOP + (H - TOP - BOTTOM) * (1 - (v - a->lo) / (a->hi - a->lo));
}

static const char *value(const report_plot *p, double v, char out[32]) {
    if (p->percent) snprintf(out, 32, (v > 0 && v < 0.0995) || (v > 0.9 && v < 0.99995) ? "%.1f%%" : "%.0f%%", 100 * v);
    else report_num(v, out);
    return out;
}

static void grid(str *o, const report_plot *p, const axis *a) {
    char s[32];
    for (int i = 0; i < a->n; i++) {
        double y = py(a, a->tick[i]);
        str_addf(o, "<path class=\"gl\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">", LEFT, y,
                 W - RIGHT, LEFT - 6, y + 3.5);
        report_text(o, value(p, a->tick[i], s));
        str_add(o, "</text>");
    }
    double step = nice_step(p->x_max > 0 ? p->x_max : 1, 5);
    if (step < 1) step = 1;
    for (double x = 0; x <= p->x_max * (1 + 1e-9); x += step)
        str_addf(o, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s</text>", px(x, p->x_max), H - 9,
                 x + step > p->x_max && px(x, p->x_max) > W - 30 ? "end" : "middle", report_num(x, s));
    str_addf(o, "<path class=\"axis\" d=\"M%d %dH%d\"/>", LEFT, H - BOTTOM, W - RIGHT);
}

static void band(str *o, const report_plot *p, const axis *a, const report_line *l, const bucketed *b) {
    str_addf(o, "<path class=\"band s%d\" d=\"", l->color);
    for (int i = 0; i < b->n; i++) str_addf(o, "%c%.1f %.1f", i ? 'L' : 'M', px(b->x[i], p->x_max), py(a, b->hi[i]));
    for (int i = b->n - 1; i >= 0; i--) str_addf(o, "L%.1f %.1f", px(b->x[i], p->x_max), py(a, b->lo[i]));
    str_add(o, "z\"/>");
}

static void curve(str *o, const report_plot *p, const axis *a, const report_line *l, const bucketed *b) {
    if (b->band && !l->dots) band(o, p, a, l, b);
    str_addf(o, "<path class=\"line s%d\" d=\"", l->color);
    for (int i = 0; i < b->n; i++) str_addf(o, "%c%.1f %.1f", i ? 'L' : 'M', px(b->x[i], p->x_max), py(a, b->mean[i]));
    str_add(o, "\"/>");
    if (!l->dots && b->n > 1) return;
    for (int i = 0; i < b->n && b->n <= 80; i++)
        str_addf(o, "<circle class=\"s%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"%s\"/>", l->color, px(b->x[i], p->x_max),
                 py(a, b->mean[i]), b->n > 30 ? "1.5" : "2.6");
}

/* [["label",color,[x...],[y...],[height...]], ...] for the pointer; labels are ours and plain. */
static void pointer_data(str *o, const report_plot *p, const axis *a, const bucketed *b) {
    char s[32];
    str_add(o, "[");
    for (int i = 0; i < p->n; i++) {
        str_addf(o, "%s[\"%s\",%d,[", i ? "," : "", p->line[i].label, p->line[i].color);
        for (int k = 0; k < b[i].n; k++) str_addf(o, "%s%.1f", k ? "," : "", px(b[i].x[k], p->x_max));
        str_add(o, "],[");
        for (int k = 0; k < b[i].n; k++) str_addf(o, "%s%.1f", k ? "," : "", py(a, b[i].mean[k]));
        str_add(o, "],[");
        for (int k = 0; k < b[i].n; k++) str_addf(o, "%s\"%s\"", k ? "," : "", value(p, b[i].mean[k], s));
        str_add(o, "],[");
        for (int k = 0; k < b[i].n; k++) str_addf(o, "%s%.0f", k ? "," : "", b[i].x[k]);
        str_add(o, "]]");
    }
    str_add(o, "]");
}

/* First, last, lowest and highest of each line: what a reader would take from the picture. */
static void figures(str *o, const report_plot *p) {
    char s[4][32];
    str_add(o, "<details class=\"figures\"><summary>Figures</summary><div class=\"scroll\"><table><thead><tr>"
               "<th scope=\"col\">line</th><th scope=\"col\">first</th><th scope=\"col\">last</th>"
               "<th scope=\"col\">lowest</th><th scope=\"col\">highest</th></tr></thead><tbody>");
    for (int i = 0; i < p->n; i++) {
        const report_line *l  = &p->line[i];
        double             lo = INFINITY, hi = -INFINITY;
        for (int k = 0; k < l->n; k++) lo = fmin(lo, l->y[k]), hi = fmax(hi, l->y[k]);
        str_add(o, "<tr><th scope=\"row\">");
        report_text(o, l->label);
        str_addf(o, "</th><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>", value(p, l->y[0], s[0]),
                 value(p, l->y[l->n - 1], s[1]), value(p, lo, s[2]), value(p, hi, s[3]));
    }
    str_add(o, "</tbody></table></div></details>");
}

static void legend(str *o, const report_plot *p) {
    char s[32];
    str_add(o, "<p class=\"legend\">");
    for (int i = 0; i < p->n; i++) {
        str_addf(o, "<span><i class=\"s%d\"></i>", p->line[i].color);
        report_text(o, p->line[i].label);
        str_addf(o, " <b>%s</b></span>", value(p, p->line[i].y[p->line[i].n - 1], s));
    }
    str_add(o, "</p>");
}

void report_plot_svg(str *o, const report_plot *given) {
    report_plot p = *given;
    p.n           = 0;
    for (int i = 0; i < given->n; i++)
        if (given->line[i].n > 0) p.line[p.n++] = given->line[i];
    if (!p.n) return;
    bucketed *b = mem_calloc((size_t)p.n, sizeof *b);
    double    lo, hi;
    for (int i = 0; i < p.n; i++) {
        reduce(&b[i], &p.line[i]);
        p.x_max = fmax(p.x_max, p.line[i].x[p.line[i].n - 1]);
    }
    range_of(b, p.n, &lo, &hi);
    axis a = y_axis(&p, lo, hi);
    str_add(o, "<figure class=\"card\"><figcaption><h3>");
    report_text(o, p.title);
    str_add(o, "</h3>");
    legend(o, &p);
    str_addf(o, "</figcaption><div class=\"plot\"><svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", W, H);
    report_text(o, p.title);
    str_add(o, ". ");
    report_text(o, p.about);
    str pointer = {0};
    pointer_data(&pointer, &p, &a, b);
    str_add(o, "\" data-plot=\"");
    report_text(o, pointer.p);
    str_free(&pointer);
    str_add(o, "\">");
    grid(o, &p, &a);
    for (int i = 0; i < p.n; i++) curve(o, &p, &a, &p.line[i], &b[i]);
    str_add(o, "</svg></div>");
    figures(o, &p);
    str_add(o, "</figure>\n");
    mem_free(b);
}
