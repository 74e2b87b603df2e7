/* dtype.h -- element types of weights and activations, and their block layouts.
 * Numbers equal ggml's type ids, so that GGUF needs no table. */
#ifndef R1_DTYPE_H
#define R1_DTYPE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef enum dtype {
    DT_F32                         = 0,
    DT_F16                         = 1,
    DT_Q4_0                        = 2,
    DT_Q4_1                        = 3,
    DT_Q5_0                        = 6,
    DT_Q5_1                        = 7,
    DT_Q8_0                        = 8,
    DT_Q2_K                        = 10,
    DT_Q3_K                        = 11,
    DT_Q4_K                        = 12,
    DT_Q5_K                        = 13,
    DT_Q6_K                        = 14,
    DT_I8                          = 24,
    DT_I16                         = 25,
    DT_I32                         = 26,
    DT_I64                         = 27,
    DT_F64                         = 28,
    DT_BF16                        = 30,
    DT_F8_E4M3                     = 100,
    /* safetensors only */ DT_NONE = -1
} dtype;

const char *dtype_name(dtype t);           /* "f32", "q8_0"; "?" for an unknown one */
dtype       dtype_parse(const char *name); /* DT_NONE if unknown; any case */
int         dtype_block(dtype t);          /* elements a block; 0 for an unknown type */
int         dtype_block_bytes(dtype t);
/* Bytes of a row of n elements; 0 if n is not a multiple of the block. */
size_t dtype_row_bytes(dtype t, int64_t n);

enum { Q8_0_BLOCK = 32 };
typedef struct block_q8_0 { /* 34 bytes: value = d * q */
    uint16_t d;             /* f16 */
    int8_t   q[Q8_0_BLOCK];
} block_q8_0;

static inline float bf16_to_f32(uint16_t h) {
    uint32_t u = (uint32_t)h << 16;
    float    f;
    memcpy(&f, &u, 4);
    return f;
}
static inline uint16_t bf16_from_f32(float f) { /* round to nearest even; NaN stays NaN */
    uint32_t u;
    memcpy(&u, &f, 4);
    if ((u & 0x7fffffffu) > 0x7f800000u) return (uint16_t)((u >> 16) | 0x40u);
    return (uint16_t)((u + 0x7fffu + ((u >> 16) & 1u)) >> 16);
}
float    f16_to_f32(uint16_t h);
uint16_t f16_from_f32(float f); /* round to nearest even, subnormals, infinities */

/* The scales of 8-bit rows. All of them are such that what was quantized once is quantized to itself.
 * Activations: amax / 127 with its last 8 bits cut off, so that 127 s is exact; 0 where amax is next to nothing, NaN
 * where it is not finite. */
float i8_scale(float amax);
/* Weights: amax / 127 as an f16 number (its bits: Q8_0's d), at least 2^-17, where f16 is still fine enough to leave
 * the largest weight at 127; NaN where amax is not finite or too large for f16. */
uint16_t i8_weight_scale(float amax);
/* Weights that are multiplied as floats: a power of two, so that s q is exact in bf16. Also f16 bits; 0 for zeros. */
uint16_t i8_block_scale(float amax);
#endif
