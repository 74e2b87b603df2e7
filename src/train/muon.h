/* muon.h -- Muon: momentum, orthogonalised by Newton-Schulz (Jordan et al. 2024), for the hidden matrices.
 *
 *   if (muon_takes(p)) ...                       // matrices inside the blocks; not embedding, head, router, vectors
 *   muon *mu = muon_new(params, n);
 *   muon_step(mu, lr, momentum, wd, gscale);     // w -= lr * (0.2 sqrt(max(rows, cols)) * O + wd * w); gradients are 0
 * after
 *
 * O approximates U V^T of the momentum's singular value decomposition: five steps of the quintic
 * X <- a X + (b A + c A^2) X with A = X X^T and (a, b, c) = (3.4445, -4.7750, 2.0315), products in bf16. The factor 0.2
 * sqrt(max) gives an update the size AdamW's has (Liu et al. 2025, "Muon is scalable", eq. 4), so that one learning
 * rate and one weight decay serve both. Stacked experts are as many matrices.
 *
 * Memory:  p->m is the momentum (p->v stays 0); scratch for one matrix is allocated by muon_new.
 * Errors:  none; the caller has checked that gradients are finite.   Threads: call from one; all are used. */
#ifndef R1_MUON_H
#define R1_MUON_H
#include "tensor/param.h"

typedef struct muon muon;
bool                muon_takes(const param *p);
muon               *muon_new(param *const *params, int n);
void                muon_free(muon *mu);
void                muon_step(muon *mu, float lr, float momentum, float wd, float gscale);
/* The orthogonalised matrix alone, for tests: o [rows, cols] from x [rows, cols]. */
void muon_orthogonal(muon *mu, float *o, const float *x, int rows, int cols);
#endif
