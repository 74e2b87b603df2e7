/* sample.h -- from logits to a token: greedy, temperature, top-k, top-p, with the log-probability of the choice.
 *
 *   sampler s = sampler_new(0.6f, 0.95f, 0, seed);
 *   int32_t id = sample_next(&s, logits, vocab, &logprob);
 *
 * temp 0 is greedy (ties: lowest id). logprob is of the untempered distribution, or, with s.at_temp, of the one at
 * temperature temp over the whole vocabulary, before top-k and top-p cut it (what a policy gradient needs).
 * Memory: plain data; scratch is inside sampler_work given by the caller.   Threads: one. */
#ifndef R1_SAMPLE_H
#define R1_SAMPLE_H
#include <stdbool.h>
#include "base/rng.h"
typedef struct sampler {
    float temp, top_p;
    int   top_k; /* 0: all */
    bool  at_temp;
    rng   r;
} sampler;
sampler sampler_new(float temp, float top_p, int top_k, uint64_t seed);
/* scratch: [2 * vocab] floats */
int32_t sample_next(sampler *s, const float *logits /* [vocab] */, int vocab, float *scratch, float *logprob);
#endif
