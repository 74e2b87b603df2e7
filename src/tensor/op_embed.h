/* op_embed.h -- token embedding: gather rows forward, scatter-add backward.
 *
 * Memory: caller's buffers.   Threads: call from one; all are used. The backward splits columns, not rows, so that
 * a token that occurs twice is summed in the same order whatever the thread count. */
#ifndef R1_OP_EMBED_H
#define R1_OP_EMBED_H
#include "tensor/param.h"

void op_embed_fwd(float *y /* [T, D] */, const int32_t *tok /* [T] */, int T, const param *p /* [V, D] */);
void op_embed_bwd(const float *dy /* [T, D] */, const int32_t *tok, int T, param *p);
#endif
