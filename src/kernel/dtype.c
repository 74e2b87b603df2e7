/* dtype.c -- the table of element types, and the one scalar f16 conversion everything is compared with. */
#include "kernel/dtype.h"

#include <float.h>
#include <math.h>
#include <strings.h>

/* Block layouts are ggml's, so that a tensor in a GGUF file is used where it lies. A K-quant block holds 256
 * weights; the older ones hold 32. Bytes: Q4_0 2+16, Q4_1 4+16, Q5_0 2+4+16, Q5_1 4+4+16, Q8_0 2+32,
 * Q2_K 16+64+4, Q3_K 32+64+12+2, Q4_K 4+12+128, Q5_K 4+12+32+128, Q6_K 128+64+16+2. */
typedef struct type_info {
    dtype       type;
    const char *name;
    int         block, bytes;
} type_info;

static const type_info types[] = {
    {DT_F32, "f32", 1, 4},       {DT_F16, "f16", 1, 2},         {DT_BF16, "bf16", 1, 2},
    {DT_F64, "f64", 1, 8},       {DT_F8_E4M3, "f8_e4m3", 1, 1}, {DT_I8, "i8", 1, 1},
    {DT_I16, "i16", 1, 2},       {DT_I32, "i32", 1, 4},         {DT_I64, "i64", 1, 8},
    {DT_Q4_0, "q4_0", 32, 18},   {DT_Q4_1, "q4_1", 32, 20},     {DT_Q5_0, "q5_0", 32, 22},
    {DT_Q5_1, "q5_1", 32, 24},   {DT_Q8_0, "q8_0", 32, 34},     {DT_Q2_K, "q2_k", 256, 84},
    {DT_Q3_K, "q3_k", 256, 110}, {DT_Q4_K, "q4_k", 256, 144},   {DT_Q5_K, "q5_k", 256, 176},
    {DT_Q6_K, "q6_k", 256, 210},
};
enum { N_TYPES = sizeof types / sizeof types[0] };

static const type_info *find_type(dtype t) {
    for (int i = 0; i < N_TYPES; i++)
        if (types[i].type == t) return &types[i];
    return NULL;
}

const char *dtype_name(dtype t) {
    const type_info *i = find_type(t);
    return i ? i->name : "?";
}

dtype dtype_parse(const char *name) {
    for (int i = 0; i < N_TYPES; i++)
        if (strcasecmp(types[i].name, name) == 0) return types[i].type;
    return DT_NONE;
}

int dtype_block(dtype t) {
    const type_info *i = find_type(t);
    return i ? i->block : 0;
}

int dtype_block_bytes(dtype t) {
    const type_info *i = find_type(t);
    return i ? i->bytes : 0;
}

size_t dtype_row_bytes(dtype t, int64_t n) {
    const type_info *i = find_type(t);
    if (!i || n < 0 || n % i->block != 0) return 0;
    size_t bytes;
    if (__builtin_mul_overflow((uint64_t)(n / i->block), (uint64_t)i->bytes, &bytes)) return 0;
    return bytes;
}

/* IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 mantissa bits. */
float f16_to_f32(uint16_t h) {
    uint32_t sign = (uint32_t)(h & 0x8000u) << 16;
    uint32_t exp = (h >> 10) & 0x1fu, man = h & 0x3ffu;
    float    f;
    if (exp == 0) { /* zero or subnormal: man * 2^-24, exact in float32 */
        f = (float)man * 0x1p-24f;
        return sign ? -f : f;
    }
    uint32_t u = exp == 31 ? (sign | 0x7f800000u | (man << 13)) /* infinity or NaN, payload kept */
                           : (sign | ((exp + 112) << 23) | (man << 13));
    memcpy(&f, &u, 4);
    return f;
}

uint16_t f16_from_f32(float f) {
    uint32_t u;
    memcpy(&u, &f, 4);
    uint32_t sign = (u >> 16) & 0x8000u, a = u & 0x7fffffffu;
    if (a > 0x7f800000u) return (uint16_t)(sign | 0x7e00u | ((a >> 13) & 0x3ffu)); /* NaN, made quiet */
    if (a >= 0x47800000u) return (uint16_t)(sign | 0x7c00u);                       /* >= 65536: infinity */
    if (a < 0x38800000u) {                                                         /* below 2^-14: subnormal */
        if (a < 0x33000000u) return (uint16_t)sign;                                /* below 2^-25: zero */
        uint32_t exp = a >> 23, man = (a & 0x7fffffu) | 0x800000u;
        uint32_t shift = 126 - exp; /* 14..24: how far the 24-bit mantissa lies above units of 2^-24 */
        uint32_t q = man >> shift, rest = man & ((1u << shift) - 1), half = 1u << (shift - 1);
        q += (rest > half || (rest == half && (q & 1)));
        return (uint16_t)(sign | q);
    }
    /* Normal: drop 13 bits, nearest even. A carry walks into the exponent, and from 65520 on into infinity. */
    a += 0xfffu + ((a >> 13) & 1u);
    return (uint16_t)(sign | ((a >> 13) - (112u << 10)));
}

float i8_scale(float amax) {
    if (!(amax <= FLT_MAX)) return NAN;
    if (amax < 0x1p-100f) return 0; /* 1/s must be a float */
    float    s = amax / 127.0f;
    uint32_t u;
    memcpy(&u, &s, 4);
    u &= ~0xffu;
    memcpy(&s, &u, 4);
    return s;
}

uint16_t i8_weight_scale(float amax) {
    if (!(amax <= 65504.0f)) return 0x7e00;
    float s = amax / 127.0f;
    return f16_from_f32(s > 0x1p-17f ? s : 0x1p-17f);
}

uint16_t i8_block_scale(float amax) {
    int e;
    if (!(amax <= 65504.0f)) return 0x7e00;
    if (amax == 0) return 0;
    float m = frexpf(amax / 127.0f, &e); /* m in [0.5, 1): 2^(e-1) only where amax / 127 is that */
    if (m == 0.5f) e--;
    return f16_from_f32(ldexpf(1, e > -24 ? e : -24));
}
