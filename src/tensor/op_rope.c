#include "tensor/op_rope.h"
#include <math.h>
#include "base/par.h"
#include "base/prof.h"
#include "kernel/kern.h"

size_t rope_floats(int max_pos, int dim) { return (size_t)max_pos * (size_t)dim; }

/* The pair index whose wavelength makes `rotations` turns within the original context (YaRN eq. 17 solved for i). */
static double correction(double rotations, int dim, double theta, int original) {
    return dim * log(original / (rotations * 2 * M_PI)) / (2 * log(theta));
}

static double frequency(int i, int dim, double theta, const yarn_args *y) {
    double f = 1.0 / pow(theta, 2.0 * i / dim);
    if (!y || !y->on) return f;
    double low  = floor(correction(y->beta_fast, dim, theta, y->original_max));
    double high = ceil(correction(y->beta_slow, dim, theta, y->original_max));
    if (low < 0) low = 0;
    if (high > dim - 1) high = dim - 1;
    if (low == high) high += 0.001;
    double ramp = (i - low) / (high - low);
    ramp        = ramp < 0 ? 0 : ramp > 1 ? 1 : ramp;
    return f / y->factor * ramp + f * (1 - ramp);
}

void rope_fill(rope_table *tb, float *mem, int max_pos, int dim, float theta, const yarn_args *y) {
    int    pairs = dim / 2;
    float *c = mem, *s = mem + (size_t)max_pos * (size_t)pairs;
    for (int i = 0; i < pairs; i++) {
        double f = frequency(i, dim, theta, y);
        for (int p = 0; p < max_pos; p++) {
            c[(size_t)p * (size_t)pairs + (size_t)i] = (float)cos(p * f);
            s[(size_t)p * (size_t)pairs + (size_t)i] = (float)sin(p * f);
        }
    }
    *tb = (rope_table){max_pos, pairs, c, s};
}

enum { ROPE_DIM_MAX = 512 };

static void rotate_bf16(uint16_t *x, const float *c, const float *s, int pairs, bool inv) {
    float t[ROPE_DIM_MAX];
    for (int i = 0; i < pairs; i += ROPE_DIM_MAX / 2) {
        int n = pairs - i < ROPE_DIM_MAX / 2 ? pairs - i : ROPE_DIM_MAX / 2;
        K->bf16_to_f32(t, x + 2 * i, (size_t)(2 * n));
        K->rope_pairs(t, c + i, s + i, n, inv);
        K->f32_to_bf16(x + 2 * i, t, (size_t)(2 * n));
    }
}

void op_rope(void *x, dtype xt, int ld, int T, int heads, int head_stride, const int32_t *pos, const rope_table *tb,
             bool inv) {
    prof_part was = prof_enter(PROF_ROPE);
#pragma omp parallel for schedule(static) if (T > 8)
    for (int t = 0; t < T; t++) {
        const float *c = tb->c + (size_t)pos[t] * (size_t)tb->pairs, *s = tb->s + (size_t)pos[t] * (size_t)tb->pairs;
        for (int h = 0; h < heads; h++) {
            size_t at = (size_t)t * (size_t)ld + (size_t)h * (size_t)head_stride;
            if (xt == DT_BF16) rotate_bf16((uint16_t *)x + at, c, s, tb->pairs, inv);
            else K->rope_pairs((float *)x + at, c, s, tb->pairs, inv);
        }
    }
    prof_leave(was);
}
