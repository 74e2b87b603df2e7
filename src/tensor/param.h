/* param.h -- a parameter: the weight, and what training adds to it.
 *
 * In inference w points into the mapped file in the file's type and the rest is NULL. In training w is the
 * float32 master, wb its bf16 twin that the GEMMs read (NULL when training in float32), g the gradient that
 * op_*_bwd accumulates into, m and v AdamW's moments. In an 8-bit model (tensor/twin.h) a matrix also has a twin in
 * 8 bits, w8 and ws, or only values on a grid of 8 bits; wb is then that grid's values.
 *
 * Memory: owned by the model. */
#ifndef R1_PARAM_H
#define R1_PARAM_H
#include "tensor/tensor.h"

enum { PARAM_NAME = 80 };

/* How a matrix is held to 8 bits in an 8-bit model.
 * GRID_ROWS:   one scale a row; its products run on integers.
 * GRID_BLOCKS: one scale for 32 elements, a power of two; its products and look-ups run on floats.
 * GRID_NONE:   not at all. */
typedef enum { GRID_NONE, GRID_ROWS, GRID_BLOCKS } param_grid;
typedef struct param {
    char name[PARAM_NAME]; /* Hugging Face name; stacked experts: "model.layers.3.mlp.experts.gate_proj.weight" [E, F,
                              D] */
    tensor     w;
    uint16_t  *wb;
    float     *g, *m, *v;
    int8_t    *w8; /* GRID_ROWS in an 8-bit model: panels as in kernel/gemm_i8.h, one matrix after the other */
    float     *ws; /* its scales, [rows] */
    float     *wf; /* the same values as floats, for who multiplies with floats; NULL: w has them, or nobody asks */
    param_grid grid;
    bool       on_grid;      /* in an 8-bit model: wb, if there is one, is the grid's values */
    int        group, share; /* GRID_ROWS: of each `group` rows the first `share` have one scale together; 0: none */
    bool       decay;        /* weight decay: matrices yes, norms and biases no */
    bool       trained;      /* false: not touched by the optimizer (the gate's selection bias) */
} param;

/* n values of type t -> floats (f32, bf16, f16, q8_0). */
void tensor_to_f32(float *y /* [n] */, const void *src, dtype t, int64_t n);
void tensor_from_f32(void *dst, dtype t, const float *x /* [n] */, int64_t n);
/* Row r of a 2-D or stacked weight, as floats. */
void param_row(const param *p, int64_t r, float *out /* [ne[last]] */);
#endif
