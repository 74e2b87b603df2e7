/* forward.h -- the steps of a forward pass that training shares with inference. Only src/model includes this. */
#ifndef R1_FORWARD_H
#define R1_FORWARD_H
#include "model/parts.h"

/* Positions and segments of the rows; scratch is emptied. */
void pass_begin(pass *p, model_work *w, const model_rows *r, attn_mode mode);
void trunk_fwd(pass *p, model_work *w, const int32_t *tok /* [Tp] */); /* -> w->hid, w->hid_ct */
void mtp_fwd(pass *p, model_work *w, int depth, const float *h /* [Tp, D] */, const int32_t *next /* [Tp] */);
/* dmh [Tp, D]: gradient at shared_head.norm's output; dh [Tp, D] += the gradient at h */
void   mtp_bwd(pass *p, model_work *w, int depth, const float *dmh, float *dh);
acts  *work_acts(model_work *w, int block); /* a block's buffers: its own in training, the shared ones in inference */
size_t train_head_bytes(const model *m);    /* scratch of the output head's loss */
#endif
