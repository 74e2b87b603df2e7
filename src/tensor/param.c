#include "tensor/param.h"
#include "kernel/kern.h"

/* n values of type t at src -> floats. */
void tensor_to_f32(float *y, const void *src, dtype t, int64_t n) {
    switch (t) {
    case DT_F32: memcpy(y, src, (size_t)n * 4); break;
    case DT_BF16: K->bf16_to_f32(y, src, (size_t)n); break;
    case DT_F16: K->f16_to_f32(y, src, (size_t)n); break;
    case DT_Q8_0: K->q8_0_to_f32(y, src, (size_t)n); break;
    default: memset(y, 0, (size_t)n * 4); break; /* loaders refuse other types */
    }
}

void tensor_from_f32(void *dst, dtype t, const float *x, int64_t n) {
    switch (t) {
    case DT_BF16: K->f32_to_bf16(dst, x, (size_t)n); break;
    case DT_F16: K->f32_to_f16(dst, x, (size_t)n); break;
    case DT_Q8_0: K->f32_to_q8_0(dst, x, (size_t)n); break;
    default: memcpy(dst, x, (size_t)n * 4); break;
    }
}

void param_row(const param *p, int64_t r, float *out) {
    int64_t n = p->w.ne[p->w.nd - 1];
    tensor_to_f32(out, (const char *)p->w.data + (size_t)r * dtype_row_bytes(p->w.type, n), p->w.type, n);
}
