/* op_rope.h -- rotary position embedding (Su et al. 2021, eq. 34) on interleaved pairs (2i, 2i+1), with YaRN
 * (Peng et al. 2023, section 3.2): frequencies whose wavelength fits the original context are kept, long ones are
 * divided by the factor, a linear ramp between.
 *
 *   rope_table tb; float mem[rope_floats(max_pos, dim)];
 *   rope_fill(&tb, mem, max_pos, dim, theta, &yarn);
 *   op_rope(x, DT_F32, ld, T, heads, head_stride, pos, &tb, false);   // in place; true = backward (rotate back)
 *
 * Memory: the caller's.   Threads: call from one; all are used. */
#ifndef R1_OP_ROPE_H
#define R1_OP_ROPE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "kernel/dtype.h"

typedef struct yarn_args {
    bool  on;
    float factor, beta_fast, beta_slow;
    int   original_max;
} yarn_args;
typedef struct rope_table {
    int          max_pos, pairs;
    const float *c, *s; /* [max_pos, pairs] */
} rope_table;
size_t rope_floats(int max_pos, int dim);
void   rope_fill(rope_table *tb, float *mem, int max_pos, int dim, float theta, const yarn_args *y);
/* x in f32 or bf16: row t, head h at element t*ld + h*head_stride; pos [T] */
void op_rope(void *x, dtype xt, int ld, int T, int heads, int head_stride, const int32_t *pos, const rope_table *tb,
             bool inv);
#endif
