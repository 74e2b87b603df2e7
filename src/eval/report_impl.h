/* report_impl.h -- inside the report: what was read of a run, and the pieces that a page is put together from.
 * Only src/eval/report*.c include this. */
#ifndef R1_REPORT_IMPL_H
#define R1_REPORT_IMPL_H
#include "eval/report.h"

enum { REPORT_STAGES = 8, REPORT_LINES = 4 /* in one plot */ };

/* ---- report_read.c: what was read ---- */
typedef struct report_stage {
    char     name[32];
    json_t **line;  /* [n] borrowed: steps, in the order of the file */
    json_t **event; /* [n_event] borrowed: lines with "event" */
    int      n, n_event;
} report_stage;
typedef struct report_run {
    json_t      *all; /* array that owns the lines */
    report_stage stage[REPORT_STAGES];
    int          n_stage, broken; /* lines that were left out */
} report_run;
void report_read(report_run *r, const char *text, size_t n);
void report_run_free(report_run *r);
/* A finite number under that key; the last line that has it; the last line that has a value of any type. */
bool          report_number(const json_t *o, const char *key, double *v);
bool          report_last(const report_stage *s, const char *key, double *v);
const json_t *report_last_value(const report_stage *s, const char *key);
/* x: steps, y: values of `key`; *x is one block for both (mem_free). Returns how many. */
int report_series(const report_stage *s, const char *key, double **x, double **y);

/* ---- report_text.c ---- */
void        report_esc(str *o, const char *p, size_t n); /* as XML text or a quoted attribute; control characters go */
void        report_text(str *o, const char *z);          /* the same of a C string */
const char *report_num(double v, char out[32]);          /* 3 or 4 digits that count, k, M, G */

/* ---- report_plot.c ---- */
typedef struct report_line {
    const char   *label;
    int           color; /* 1..4 */
    bool          dots;  /* few points, each to be seen */
    const double *x, *y;
    int           n;
} report_line;
typedef struct report_plot {
    const char *title, *about; /* about: one sentence, for who cannot see it */
    bool        zero, percent; /* the axis begins at 0; values are shares */
    report_line line[REPORT_LINES];
    int         n;
    double      x_max;
} report_plot;
void report_plot_svg(str *o, const report_plot *p); /* a <figure>; nothing without a point */

/* ---- report_heat.c ---- */
void report_experts(str *o, const report_stage *s);  /* loads over time, a picture a layer; nothing without */
void report_accuracy(str *o, const report_stage *s); /* families by levels, as a table; nothing without */

/* ---- report_parts.c ---- */
void report_samples(str *o, const json_t *samples);
void report_mix(str *o, const char *name, const json_t *stage);
void report_machine(str *o, const json_t *about); /* two cards: machine, versions */

/* ---- report_style.c ---- */
extern const char report_css[], report_js[];
#endif
