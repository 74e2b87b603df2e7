#include "rl/rollout.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/rng.h"
#include "infer/batch.h"

bool rollout_run(model *m, const rollout_args *a, const ids *prompt, int n, rollout *out, err *e) {
    double   t0    = time_now();
    int      count = n * a->group;
    gen_job *j     = mem_calloc((size_t)count + 1, sizeof *j);
    int32_t  stop[THINK_STOPS];
    int      n_stop = think_stops(m, stop);
    gen_args g      = {.parallel = a->parallel,
                       .ctx      = a->ctx,
                       .temp     = a->temp,
                       .top_p    = a->top_p,
                       .stop     = n_stop ? stop[0] : -1,
                       .logprobs = true,
                       .at_temp  = true};
    memset(out, 0, sizeof *out);
    for (int i = 0; i < count; i++) {
        const ids *p = &prompt[i / a->group];
        j[i]         = (gen_job){
                    .prompt = p->p, .n_prompt = p->n, .max_new = a->max_new, .seed = hash_u64(hash_u64(a->seed) + (uint64_t)i)};
    }
    bool ok = gen_run(m, &g, j, count, NULL, NULL, e);
    out->a  = mem_calloc((size_t)count + 1, sizeof *out->a);
    out->n  = count;
    for (int i = 0; i < count; i++) {
        out->a[i] = (rollout_answer){j[i].out, j[i].logprob, j[i].stopped};
        out->tokens += j[i].out.n;
        out->cut += !j[i].stopped;
    }
    out->seconds = time_now() - t0;
    mem_free(j);
    if (!ok) rollout_free(out);
    return ok;
}

void rollout_free(rollout *r) {
    for (int i = 0; i < r->n; i++) {
        ids_free(&r->a[i].tok);
        mem_free(r->a[i].logp);
    }
    mem_free(r->a);
    memset(r, 0, sizeof *r);
}

enum { WINDOW = 8 };

double rollout_repetition(const int32_t *tok, int n) {
    int windows = n - WINDOW + 1, size = 16, seen = 0;
    if (windows < 2) return 0;
    while (size < 2 * windows) size *= 2;
    uint64_t *table = mem_calloc((size_t)size, sizeof *table); /* open addressing; 0: free */
    for (int i = 0; i < windows; i++) {
        uint64_t h  = hash_bytes(tok + i, WINDOW * sizeof *tok) | 1;
        int      at = (int)(h >> 32) & (size - 1);
        while (table[at] && table[at] != h) at = (at + 1) & (size - 1);
        seen += table[at] == h;
        table[at] = h;
    }
    mem_free(table);
    return (double)seen / windows;
}
