/* sample.c -- from logits to a token.
 *
 * The order is that of most engines: temperature, then top-k, then top-p on what is left. Neither cut sorts the
 * vocabulary (130k entries in the large models). What a cut needs is one number, the value below which everything is
 * dropped, and a quickselect finds it in linear time: partition around a pivot, look whether the part above it already
 * holds enough (enough entries for top-k, enough probability for top-p), and go on in the half that matters. With a
 * threshold and a count for its ties, the draw itself is one pass in the order of the ids, so that it does not depend
 * on how the partition went. */
#include "infer/sample.h"
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

sampler sampler_new(float temp, float top_p, int top_k, uint64_t seed) {
    sampler s = {.temp = temp, .top_p = top_p, .top_k = top_k, .r = rng_seed(seed)};
    return s;
}

/* Largest logit and its lowest id. NaN never wins; -1 where there is no number above -infinity. */
static int32_t argmax(const float *x /* [n] */, int n, float *best) {
    int32_t at = -1;
    float   m  = -INFINITY;
    for (int i = 0; i < n; i++) {
        if (x[i] > m) {
            m  = x[i];
            at = i;
        }
    }
    *best = m;
    return at;
}

/* log p of token `at` at temperature 1. An infinite logit takes all the probability there is. */
static float log_prob(const float *x /* [n] */, int n, int32_t at, float m) {
    if (isinf(m)) return x[at] == m ? 0.0f : -INFINITY;
    double sum = 0;
    for (int i = 0; i < n; i++) {
        float d = x[i] - m;
        if (d > -90.0f) sum += (double)expf(d); /* false for NaN */
    }
    return (float)((double)x[at] - (double)m - log(sum));
}

/* A cut keeps everything above `thr`, and of what equals it the first `ties`. */
typedef struct cut {
    float thr;
    int   ties;
} cut;

/* Partition v[0..n) into > pivot, == pivot, < pivot; *eq and *lt get where the two last begin. */
static void partition(float *v /* [n] */, int n, float pivot, int *eq, int *lt) {
    int a = 0, i = 0, b = n;
    while (i < b) {
        float x = v[i];
        if (x > pivot) {
            v[i++] = v[a];
            v[a++] = x;
        } else if (x < pivot) {
            v[i] = v[--b];
            v[b] = x;
        } else {
            i++;
        }
    }
    *eq = a;
    *lt = b;
}

static float median3(float a, float b, float c) {
    if (a < b) return b < c ? b : (a < c ? c : a);
    return a < c ? a : (b < c ? c : b);
}

/* The smallest set of largest values that reaches `target`: as a count of entries, or as a sum of values.
 * v is reordered. If rounding keeps the sum from being reached, everything stays. */
static cut find_cut(float *v /* [n] */, int n, double target, bool by_count) {
    double above = 0; /* what is larger than v[lo..hi) */
    int    lo = 0, hi = n;
    cut    last = {0.0f, 0};
    while (lo < hi) {
        float pivot = median3(v[lo], v[lo + (hi - lo) / 2], v[hi - 1]);
        int   eq, lt;
        partition(v + lo, hi - lo, pivot, &eq, &lt);
        double gt_mass = 0;
        if (by_count) gt_mass = eq;
        else
            for (int i = 0; i < eq; i++) gt_mass += (double)v[lo + i];
        double each = by_count ? 1.0 : (double)pivot;
        if (eq > 0 && above + gt_mass >= target) {
            hi = lo + eq;
            continue;
        }
        above += gt_mass;
        last = (cut){pivot, lt - eq};
        if (above + each * (lt - eq) >= target) {
            int need  = each > 0 ? (int)ceil((target - above) / each) : lt - eq;
            last.ties = need < 1 ? 1 : (need > lt - eq ? lt - eq : need);
            return last;
        }
        above += each * (lt - eq);
        lo += lt;
    }
    return last;
}

static void apply_cut(float *p /* [n] */, int n, cut c) {
    int ties = c.ties;
    for (int i = 0; i < n; i++) {
        if (p[i] > c.thr) continue;
        if (p[i] == c.thr && ties > 0) ties--;
        else p[i] = 0;
    }
}

/* *lse: log of the sum over the whole vocabulary, m taken off. */
static int32_t draw(sampler *s, const float *x /* [n] */, int n, float m, float *p /* [n] */, float *v /* [n] */,
                    double *lse) {
    float  inv   = 1.0f / s->temp;
    int    live  = 0;
    double total = 0;
    for (int i = 0; i < n; i++) {
        float d = (x[i] - m) * inv;
        p[i]    = d > -90.0f ? expf(d) : 0.0f; /* NaN and -infinity get nothing */
        live += p[i] > 0;
        total += (double)p[i];
    }
    *lse = log(total);
    if (s->top_k > 0 && s->top_k < live) {
        memcpy(v, p, (size_t)n * sizeof *v);
        apply_cut(p, n, find_cut(v, n, s->top_k, true));
        total = 0;
        for (int i = 0; i < n; i++) total += (double)p[i];
    }
    if (s->top_p < 1.0f) {
        /* top_p <= 0 still leaves the most probable token: the smallest set is never empty */
        double target = fmax((double)s->top_p, 0.0) * total;
        memcpy(v, p, (size_t)n * sizeof *v);
        apply_cut(p, n, find_cut(v, n, fmax(target, 1e-30), false));
        total = 0;
        for (int i = 0; i < n; i++) total += (double)p[i];
    }
    double  u = rng_f64(&s->r) * total, sum = 0;
    int32_t at = 0;
    for (int i = 0; i < n; i++) {
        if (!(p[i] > 0)) continue;
        at = i; /* the last one with any probability, should rounding leave u above the sum */
        sum += (double)p[i];
        if (sum > u) break;
    }
    return at;
}

int32_t sample_next(sampler *s, const float *logits, int vocab, float *scratch, float *logprob) {
    float   m;
    int32_t at = argmax(logits, vocab, &m);
    if (at < 0) { /* all NaN or -infinity: no distribution; the caller sees it by the log-probability */
        if (logprob) *logprob = -INFINITY;
        return 0;
    }
    /* A temperature so low that exp would only see infinities is greedy, and so is an infinite logit. */
    bool   drawn = s->temp > 1e-6f && isfinite(m);
    double lse   = 0;
    if (drawn) at = draw(s, logits, vocab, m, scratch, scratch + vocab, &lse);
    if (!logprob) return at;
    if (drawn && s->at_temp) *logprob = (float)(((double)logits[at] - (double)m) / (double)s->temp - lse);
    else *logprob = log_prob(logits, vocab, at, m);
    return at;
}
