/* op_loss.h -- cross-entropy over a chunk of rows: loss and gradient in one pass over the logits.
 *
 *   loss_sums s = {0};
 *   op_xent(&s, dlogits, DT_BF16, logits, tgt, w, scale, n, V);
 *
 * For row i: nll = lse(logits) - logits[tgt]; dlogits = scale * w * (softmax - onehot). Rows with w = 0 give zeros.
 * Memory: logits [n, V] is overwritten (it holds exp after the call); dlogits may be NULL (evaluation).
 * Threads: call from one; sums are added in row order. */
#ifndef R1_OP_LOSS_H
#define R1_OP_LOSS_H
#include "kernel/dtype.h"

typedef struct loss_sums {
    double nll, n, hit; /* sums of w * nll, w, w * (argmax == tgt) */
    float *each;        /* [n_each]: w * nll of each of the first n_each rows; NULL: not wanted */
    int   *top;         /* [n_each]: the token with the largest logit, where w is not 0, else -1; NULL: not wanted */
    int    n_each;
} loss_sums;
enum { XENT_ROWS_MAX = 1024 };
void op_xent(loss_sums *s, void *dlogits /* [n, V] */, dtype dt, float *logits /* [n, V] */,
             const int32_t *tgt /* [n] */, const float *w /* [n] */, float scale, int n /* <= XENT_ROWS_MAX */, int V);
#endif
