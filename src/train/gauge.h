/* gauge.h -- what is read off a model at a validation: who works (experts), how sure the gate is, what the MTP module
 * would have drafted.
 *
 *   json_t *moe = gauge_load(m);                   // after training steps, before model_bias_update
 *   gauge_gate(moe, m);                            // after validation batches, before model_bias_update
 *   double r = gauge_busiest(m);
 *   gauge_drafts(&d, &batch, top, draft);          // row_top and row_draft of model_loss
 *
 * Acceptance is counted on answers: a draft of the MTP module is accepted when it equals the main model's own greedy
 * token at the position after, which is what lossless speculative decoding asks; the tokens before are the document's.
 *
 * Memory:  new references (json_decref).   Errors: none.   Threads: one. */
#ifndef R1_GAUGE_H
#define R1_GAUGE_H
#include "base/json.h"
#include "data/loader.h"
#include "model/model.h"

/* [{"layer": 1 or "mtp", "load": [share of the tokens that chose each expert], "ratio": busiest over mean,
 *   "entropy": of the loads, over ln E}] */
json_t *gauge_load(model *m);
void    gauge_gate(json_t *moe, const model *m); /* adds "gate": model_gate_entropy */
double  gauge_busiest(model *m);                 /* busiest over mean, mean of the layers; 0 without experts */

typedef struct gauge_draft {
    double n, accepted;
} gauge_draft;
void gauge_drafts(gauge_draft *d, const rows_batch *b, const int *top /* [b->n] */, const int *draft /* [b->n] */);
#endif
