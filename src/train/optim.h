/* optim.h -- AdamW over all parameters of a model, or Muon for the hidden matrices and AdamW for the rest, with
 * clipping by the global norm.
 *
 *   optim *o = optim_new(params, n);                     // params[i] as model_param gives them
 *   optim_args a = {.lr = 2e-3f, .beta1 = .9f, .beta2 = .95f, .eps = 1e-8f, .wd = .1f, .clip = 1};
 *   optim_report r;
 *   optim_step(o, &a, t, &r);                            // t = 1 for the first update; gradients are 0 afterwards
 *   if (!r.finite) ... r.bad names the parameter; weights and moments were left alone
 *
 * Same bits for any number of threads: the norm is a sum of sums over fixed chunks, added in order; the update is
 * elementwise.
 *
 * Memory:  optim owns its chunk table; the parameters stay the model's.
 * Errors:  a gradient that is not finite is reported, not fatal: the caller decides how many are too many.
 * Threads: call from one; it uses all of par_threads(). */
#ifndef R1_OPTIM_H
#define R1_OPTIM_H
#include <stdbool.h>
#include <stdint.h>
#include "tensor/param.h"

typedef struct optim_args {
    float lr, beta1, beta2, eps;
    float wd;   /* decoupled, only where param.decay */
    bool  muon; /* hidden matrices by Muon (train/muon.h), with momentum 0.95 */
    float clip; /* global norm that gradients are scaled down to; 0: never */
} optim_args;
typedef struct optim_report {
    double      norm; /* of the whole gradient, before clipping */
    bool        finite;
    const char *bad; /* first parameter with a NaN or infinity in its gradient, or NULL */
} optim_report;

typedef struct optim optim;
optim               *optim_new(param *const *params, int n); /* those with trained = true take part */
void                 optim_free(optim *o);
void                 optim_drop(optim *o); /* the gradients become 0, nothing is learnt from them */
void                 optim_step(optim *o, const optim_args *a, int64_t t, optim_report *r);
#endif
