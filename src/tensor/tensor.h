/* tensor.h -- a named view of n-dimensional data, and a parameter: a weight with what training adds.
 *
 * ne[0] is the slowest dimension here (C order, like HF shapes): a Linear weight is [out, in] = ne[0], ne[1].
 * (GGUF writes the same numbers in the opposite order; format/gguf turns them round.)
 *
 * Memory: a tensor never owns its data: the mapped file, the model's block or an arena does. */
#ifndef R1_TENSOR_H
#define R1_TENSOR_H
#include "kernel/dtype.h"

typedef struct tensor {
    dtype   type;
    int     nd;
    int64_t ne[4];
    void   *data;
} tensor;

static inline int64_t tensor_count(const tensor *t) {
    int64_t n = 1;
    for (int i = 0; i < t->nd; i++) n *= t->ne[i];
    return n;
}
#endif
