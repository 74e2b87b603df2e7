/* op_loss.h -- the loss of a chunk of rows and its gradient, in one pass over the logits: cross-entropy, and the
 * clipped policy gradient, of which cross-entropy is the case "every token has advantage 1 and was drawn just now".
 *
 *   loss_sums s = {0};
 *   op_xent(&s, dlogits, DT_BF16, logits, tgt, w, scale, n, V, NULL);
 *   loss_policy p = {.temp = 1, .adv = adv, .old = old, .clip_low = 0.2f, .clip_high = 0.28f};
 *   op_xent(&s, dlogits, DT_BF16, logits, tgt, w, scale, n, V, &p);
 *
 * For row i: nll = lse(logits) - logits[tgt]; dlogits = scale * w * (softmax - onehot). Rows with w = 0 give zeros.
 *
 * With a policy the logits are divided by temp first, log p = -nll, and the loss of a row is (Schulman et al. 2017,
 * eq. 7; the two bounds of Yu et al. 2025, "DAPO", eq. 8; the KL estimate of Schulman, "Approximating KL divergence",
 * k3) L = w * ( -min(r A, clip(r, 1 - clip_low, 1 + clip_high) A) + kl * (e^d - d - 1) ), r = e^(log p - old), d = ref
 * - log p and dL/dlogits = w / temp * (r A [not clipped] + kl (e^d - 1)) * (softmax - onehot).
 *
 * Memory: logits [n, V] is overwritten (it holds exp after the call); dlogits may be NULL (evaluation).
 * Threads: call from one; sums are added in row order. */
#ifndef R1_OP_LOSS_H
#define R1_OP_LOSS_H
#include "kernel/dtype.h"

typedef struct loss_policy {
    float        temp; /* > 0 */
    const float *adv;  /* [n]; NULL: cross-entropy at this temperature */
    const float *old;  /* [n] log p when the token was drawn, at this temperature */
    const float *ref;  /* [n] log p of the reference model; NULL: no KL term */
    float        clip_low, clip_high, kl;
    float       *tmp; /* [par_threads, V] scratch; NULL: the entropy is not wanted */
} loss_policy;
typedef struct policy_sums { /* over the rows with w != 0 */
    double loss;             /* of L: with w */
    double rows, kl, entropy, clipped;
    double drift; /* |log p - old|: how far the model that learns is from the one that wrote */
} policy_sums;
typedef struct loss_sums {
    double      nll, n, hit; /* sums of w * nll, w, w * (argmax == tgt) */
    float      *each;        /* [n_each]: w * nll of each of the first n_each rows; NULL: not wanted */
    int        *top; /* [n_each]: the token with the largest logit, where w is not 0, else -1; NULL: not wanted */
    int         n_each;
    policy_sums pol;
} loss_sums;
enum { XENT_ROWS_MAX = 1024 };
void op_xent(loss_sums *s, void *dlogits /* [n, V] */, dtype dt, float *logits /* [n, V] */,
             const int32_t *tgt /* [n] */, const float *w /* [n] */, float scale, int n /* <= XENT_ROWS_MAX */, int V,
             const loss_policy *p /* NULL: cross-entropy */);
#endif
