/* param.h -- a parameter: the weight, and what training adds to it.
 *
 * In inference w points into the mapped file in the file's type and the rest is NULL. In training w is the
 * float32 master, wb its bf16 twin that the GEMMs read (NULL when training in float32), g the gradient that
 * op_*_bwd accumulates into, m and v AdamW's moments.
 *
 * Memory: owned by the model. */
#ifndef R1_PARAM_H
#define R1_PARAM_H
#include "tensor/tensor.h"

enum { PARAM_NAME = 80 };
typedef struct param {
    char name[PARAM_NAME]; /* Hugging Face name; stacked experts: "model.layers.3.mlp.experts.gate_proj.weight" [E, F,
                              D] */
    tensor    w;
    uint16_t *wb;
    float    *g, *m, *v;
    bool      decay;   /* weight decay: matrices yes, norms and biases no */
    bool      trained; /* false: not touched by the optimizer (the gate's selection bias) */
} param;

/* n values of type t -> floats (f32, bf16, f16, q8_0). */
void tensor_to_f32(float *y /* [n] */, const void *src, dtype t, int64_t n);
void tensor_from_f32(void *dst, dtype t, const float *x /* [n] */, int64_t n);
/* Row r of a 2-D or stacked weight, as floats. */
void param_row(const param *p, int64_t r, float *out /* [ne[last]] */);
#endif
