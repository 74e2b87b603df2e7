/* census_svg.c -- a corpus as a picture: a bar a family, its levels from light to dark, and how long the rows are.
 * Plain SVG 1.1 without scripts or style sheets, so that every viewer and every page shows it alike. */
#include <stdio.h>
#include <string.h>
#include "data/census_impl.h"

enum { WIDTH = 860, LEFT = 190, RIGHT = 90, ROW = 18, BAR = 13, HIST = 150 };
/* Dark blue for hard, pale for easy; grey for rows without a level. */
static const char *const shade[CENSUS_LEVELS + 1] = {"#9aa3ad", "#dbe9f6", "#c3daee", "#a6c9e4", "#84b3d8", "#639cca",
                                                     "#4685ba", "#3170a8", "#225b90", "#174674", "#0d3054"};

static void text(str *o, double x, double y, int size, const char *anchor, const char *fill, const char *s) {
    str_addf(o, "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%d\" text-anchor=\"%s\" fill=\"%s\">", x, y, size, anchor,
             fill);
    for (; *s; s++) {
        if (*s == '&') str_add(o, "&amp;");
        else if (*s == '<') str_add(o, "&lt;");
        else if ((unsigned char)*s >= ' ') str_addc(o, *s);
    }
    str_add(o, "</text>\n");
}

/* 1, 2 or 5 times a power of ten: about five steps up to max. */
static long step_of(long max) {
    long p = 1;
    for (;; p *= 10)
        for (long m = 1; m <= 5; m = m == 1 ? 2 : m + 3)
            if (m * p * 5 >= max) return m * p;
}

static void number(char out[32], long n) {
    if (n >= 10000000) snprintf(out, 32, "%ldM", n / 1000000);
    else if (n >= 1000000 && n % 1000000) snprintf(out, 32, "%.1fM", (double)n / 1e6);
    else if (n >= 1000000) snprintf(out, 32, "%ldM", n / 1000000);
    else if (n >= 10000) snprintf(out, 32, "%ldk", n / 1000);
    else snprintf(out, 32, "%ld", n);
}

static void legend(str *o, double y) {
    double x = LEFT;
    text(o, x - 10, y + 10, 11, "end", "#555", "level");
    for (int l = 1; l <= CENSUS_LEVELS; l++, x += 34) {
        char s[8];
        snprintf(s, sizeof s, "%d", l);
        str_addf(o, "<rect x=\"%.1f\" y=\"%.1f\" width=\"14\" height=\"12\" fill=\"%s\"/>\n", x, y, shade[l]);
        text(o, x + 17, y + 10, 11, "start", "#555", s);
    }
    str_addf(o, "<rect x=\"%.1f\" y=\"%.1f\" width=\"14\" height=\"12\" fill=\"%s\"/>\n", x, y, shade[0]);
    text(o, x + 17, y + 10, 11, "start", "#555", "none");
}

/* Vertical lines with their numbers under the bars; */
static void scale_lines(str *o, double top, double bottom, long max, double scale) {
    long step = step_of(max);
    for (long v = 0; v <= max; v += step) {
        char   s[32];
        double x = LEFT + (double)v * scale;
        number(s, v);
        str_addf(o, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#e3e6ea\"/>\n", x, top, x, bottom);
        text(o, x, bottom + 13, 10, "middle", "#777", s);
    }
}

static double families(const census *c, str *o, double y) {
    const census_group *g[CENSUS_GROUPS];
    const char         *field = "";
    long                max   = 1;
    int                 heads = 0;
    census_order(c, g);
    for (int i = 0; i < c->n_group; i++) {
        max = g[i]->rows > max ? g[i]->rows : max;
        heads += i == 0 || strcmp(g[i]->field, g[i - 1]->field) != 0;
    }
    double scale = (double)(WIDTH - LEFT - RIGHT) / (double)max, bottom = y + ROW * (c->n_group + heads) + 4;
    scale_lines(o, y, bottom, max, scale);
    for (int i = 0; i < c->n_group; i++) {
        double x = LEFT;
        char   s[32];
        if (strcmp(field, g[i]->field) != 0) {
            text(o, 16, y + BAR, 12, "start", "#111", field = g[i]->field);
            y += ROW;
        }
        text(o, LEFT - 10, y + 11, 11, "end", "#333", g[i]->name);
        for (int l = 0; l <= CENSUS_LEVELS; l++) {
            double w = (double)g[i]->level[l].n * scale;
            if (g[i]->level[l].n)
                str_addf(o, "<rect x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%d\" fill=\"%s\"/>\n", x, y + 1, w,
                         BAR, shade[l]);
            x += w;
        }
        number(s, g[i]->rows);
        text(o, x + 5, y + 11, 10, "start", "#555", s);
        y += ROW;
    }
    return bottom + 20;
}

static double lengths(const census *c, str *o, double y) {
    long   max = 1;
    double w = (double)(WIDTH - LEFT - RIGHT) / LENGTH_BINS, bottom = y + HIST;
    for (int i = 0; i < LENGTH_BINS; i++) max = c->length[i] > max ? c->length[i] : max;
    long step = step_of(max);
    for (long v = 0; v <= max; v += step) {
        char   s[32];
        double h = bottom - (double)v * HIST / (double)max;
        number(s, v);
        str_addf(o, "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#e3e6ea\"/>\n", LEFT, h, WIDTH - RIGHT,
                 h);
        text(o, LEFT - 6, h + 3, 10, "end", "#777", s);
    }
    for (int i = 0; i < LENGTH_BINS; i++) {
        double h = (double)c->length[i] * HIST / (double)max;
        char   s[16];
        if (c->length[i])
            str_addf(o, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#4685ba\"/>\n",
                     LEFT + i * w + 1, bottom - h, w - 2, h);
        if (i % 5) continue;
        snprintf(s, sizeof s, "%d", i * LENGTH_STEP);
        text(o, LEFT + i * w, bottom + 13, 10, "middle", "#777", s);
    }
    char more[24];
    snprintf(more, sizeof more, "%d and more", (LENGTH_BINS - 1) * LENGTH_STEP);
    text(o, WIDTH - RIGHT + 4, bottom + 13, 10, "end", "#777", more);
    return bottom + 24;
}

void census_svg(const census *c, const char *title, str *out) {
    str    body = {0};
    char   s[160];
    double y = 28;
    text(&body, 16, y, 16, "start", "#111", title);
    snprintf(s, sizeof s, "%ld rows, %d families and sources, %ld different words in the questions", c->rows,
             c->n_group, c->distinct);
    text(&body, 16, y + 18, 12, "start", "#555", s);
    y += 36;
    legend(&body, y);
    y = families(c, &body, y + 26) + 14;
    text(&body, 16, y, 12, "start", "#111", "bytes of a row");
    y = lengths(c, &body, y + 14);
    str_addf(out,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%.0f\" viewBox=\"0 0 %d %.0f\" "
             "font-family=\"sans-serif\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
             WIDTH, y + 10, WIDTH, y + 10);
    str_addn(out, body.p, body.len);
    str_add(out, "</svg>\n");
    str_free(&body);
}
