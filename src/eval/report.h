/* report.h -- a training run as one page: curves, experts, accuracy by family and level, answers, recipe, machine.
 *
 *   if (!report_write("runs/mine", &e)) ...          // reads what is in that folder, writes report.html there
 *   str page = {0};
 *   report_page(&in, &page);                         // the same from memory
 *
 * Read are metrics.jsonl (needed) and, where there, recipe.ini, about.json and samples-STAGE.json. Lines of the metrics
 * that are no JSON objects with a stage are left out and counted. The page is HTML that is XML, too, with its pictures
 * as inline SVG, its style and its few lines of script inside: it asks for nothing from outside. Light and dark follow
 * the reader's system or the button; pictures have a title, a description and a table of their figures.
 *
 * Everything that comes from the run (names, questions, answers, the recipe) is text and is escaped.
 *
 * Memory:  freed before it returns.   Errors: no metrics, or the page cannot be written.   Threads: one caller. */
#ifndef R1_REPORT_H
#define R1_REPORT_H
#include "base/json.h"
#include "base/str.h"

typedef struct report_in {
    const char *name;    /* of the run */
    const char *metrics; /* lines */
    size_t      n_metrics;
    const char *recipe;  /* NULL: unknown */
    json_t     *about;   /* object or NULL */
    json_t     *samples; /* object: stage -> array; or NULL */
} report_in;
void report_page(const report_in *in, str *out);
bool report_write(const char *dir, err *e) R1_MUST_USE;
#endif
