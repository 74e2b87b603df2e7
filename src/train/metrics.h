/* metrics.h -- what a training run writes down about itself: metrics.jsonl, and the FLOPs that its speed is judged by.
 *
 *   metrics *x = metrics_open("out/metrics.jsonl", "pretrain", step, &e);   // forgets what came after `step`
 *   metrics_forget(x, "pretrain", step, skipped, &e);                   // going back while it is open
 *   metrics_put(x, obj);                                  // one line; obj's reference is taken
 *   metrics_close(x);
 *
 * metrics.jsonl holds one object a line: {"stage": "pretrain", "step": 1, ...}. A resumed run begins at its
 * checkpoint, so lines of later steps (and a line that a crash cut) are dropped first: no step stands there twice.
 *
 * Memory:  metrics owns its file.   Threads: one.
 * Errors:  opening. A line that cannot be written (full disk) is dropped whole and said once; training goes on. */
#ifndef R1_METRICS_H
#define R1_METRICS_H
#include "base/json.h"
#include "data/loader.h"
#include "model/cfg.h"

typedef struct metrics metrics;
metrics               *metrics_open(const char *path, const char *stage, int64_t step, err *e) R1_MUST_USE;
/* Drops the stage's lines of later steps, and those of events that the run at `skipped` events does not know yet (a
 * line's "skipped" is its event's number). */
bool metrics_forget(metrics *x, const char *stage, int64_t step, int64_t skipped, err *e) R1_MUST_USE;
void metrics_put(metrics *x, json_t *obj);
void metrics_close(metrics *x); /* NULL is fine */

/* a / b, 0 where there was nothing to count */
static inline double metrics_ratio(double a, double b) { return b > 0 ? a / b : 0; }

/* Training FLOPs: 6 for each active weight that multiplies and each token (2 forward, 4 backward), MTP included if
 * it is trained, and the causal attention products, of which row i of a document needs i + 1. */
typedef struct flops_model {
    double token; /* a token */
    double pair;  /* a (query, key) pair that is not masked, all layers */
} flops_model;
flops_model flops_of(const cfg *c, bool mtp);
double      flops_batch(const flops_model *f, const rows_batch *b);
#endif
