/* rollout.c -- generated tokens a second: one stream, and the batched decoder at 8, 32, 64 and 128 timelines.
 *
 *   build/bench/rollout [MODEL] [TOKENS] [REPS] [bf16|8bit]     defaults: models/r1-tiny.gguf, 96 tokens an answer, 5
 *
 * Groups of 8 answers to a question (the prefix is shared), temperature 1, no answer stops early. The variants take
 * turns; medians of REPS rounds are printed with their ratio to one stream. A GGUF file runs as it is, a folder in
 * float32; with "bf16" a folder runs as it does in a training that computes in bf16, with "8bit" as in one with qat. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "base/mem.h"
#include "base/par.h"
#include "infer/batch.h"
#include "kernel/gemm.h"
#include "kernel/kern.h"
#include "text/chat.h"

enum { N_BATCH = 5, REPS_MAX = 101, GROUP = 8 };
static const int batch[N_BATCH] = {1, 8, 32, 64, 128};

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double once(model *m, int parallel, int n, int max_new, const ids *prompt, uint64_t seed) {
    gen_job *j = mem_calloc((size_t)n, sizeof *j);
    gen_args a = {.parallel = parallel,
                  .ctx      = 64 + max_new,
                  .temp     = 1,
                  .top_p    = 1,
                  .stop     = -1,
                  .logprobs = true,
                  .at_temp  = true};
    err      e = {0};
    int64_t  k = 0;
    for (int i = 0; i < n; i++)
        j[i] = (gen_job){.prompt   = prompt[i / GROUP % 2].p,
                         .n_prompt = prompt[i / GROUP % 2].n,
                         .max_new  = max_new,
                         .seed     = seed + (uint64_t)i};
    double t0 = time_now();
    if (!gen_run(m, &a, j, n, NULL, NULL, &e)) fprintf(stderr, "%s\n", e.msg), exit(1);
    double t = time_now() - t0;
    for (int i = 0; i < n; i++) {
        k += j[i].out.n;
        ids_free(&j[i].out);
        mem_free(j[i].logprob);
    }
    mem_free(j);
    return (double)k / t;
}

int main(int argc, char **argv) {
    const char *path    = argc > 1 ? argv[1] : "models/r1-tiny.gguf";
    int         max_new = argc > 2 ? atoi(argv[2]) : 96, reps = argc > 3 ? atoi(argv[3]) : 5;
    double      rate[N_BATCH][REPS_MAX];
    ids         prompt[2] = {{0}, {0}};
    err         e         = {0};
    if (reps < 1 || reps > REPS_MAX || max_new < 1) return fprintf(stderr, "reps in 1..%d\n", REPS_MAX), 2;
    par_init(0);
    if (!kern_init(NULL, &e)) return fprintf(stderr, "%s\n", e.msg), 1;
    gemm_init();
    model *m  = model_load(path, &e);
    bool   ok = m && (argc < 5 || model_train_begin(m, DT_BF16, &e));
    if (ok && argc > 4 && !strcmp(argv[4], "8bit")) ok = model_set_8bit(m, true, false, &e);
    if (!ok) return fprintf(stderr, "%s\n", e.msg), 1;
    for (int i = 0; i < 2; i++) {
        chat_msg msg = {"user", i ? "Solve for x: 7x + 12 = 3x - 44" : "What is 5804 + 917?"};
        if (!chat_prompt(model_tokenizer(m), &msg, 1, CHAT_THINK, &prompt[i], &e))
            return fprintf(stderr, "%s\n", e.msg), 1;
    }
    for (int r = -1; r < reps; r++)
        for (int b = 0; b < N_BATCH; b++) {
            double x = once(m, batch[b], batch[b] < 8 ? 2 : batch[b], max_new, prompt, (uint64_t)(r + 2));
            if (r >= 0) rate[b][r] = x;
        }
    printf("%s, %d threads (%s), %d tokens an answer\n", path, par_threads(), K->name, max_new);
    double one = 0;
    for (int b = 0; b < N_BATCH; b++) {
        qsort(rate[b], (size_t)reps, sizeof rate[b][0], by_value);
        double med = rate[b][reps / 2];
        if (b == 0) one = med;
        printf("batch %4d  %9.0f tokens/s  (%.0f - %.0f)  %5.2f times one stream\n", batch[b], med, rate[b][0],
               rate[b][reps - 1], med / one);
    }
    ids_free(&prompt[0]);
    ids_free(&prompt[1]);
    model_free(m);
    gemm_free();
    return 0;
}
