/* replay.c -- a main() for a fuzz target, without a fuzzer.
 *
 *   build/asan/fuzz/fuzz_gguf tests/fuzz/corpus/gguf
 *
 * Runs LLVMFuzzerTestOneInput on every file of the folders given, then on files derived from it:
 * cut off at many lengths (a truncated download), and with a few bytes changed or moved (a bad
 * disk, an enemy). The derivation depends on nothing but the input, so that a finding comes back.
 * Each input lies in a block of exactly its size: one byte read too far is seen by ASan.
 *
 * R1_FUZZ_RUNS: derived inputs in all, default 20000, spread evenly over the files. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

enum { INPUT_BYTES = 1 << 20, SECONDS = 20 };

typedef struct input {
    char  *name;
    char  *p;
    size_t n;
} input;

typedef struct inputs {
    input *v;
    size_t n, cap;
} inputs;

static void run_one(const void *p, size_t n) {
    uint8_t *q = malloc(n ? n : 1);
    if (!q) abort();
    if (n) memcpy(q, p, n);
    LLVMFuzzerTestOneInput(q, n);
    free(q);
}

static bool add(inputs *in, const char *path) {
    err    e = {0};
    size_t n;
    char  *p = fs_read(path, INPUT_BYTES, &n, &e);
    if (!p) {
        fprintf(stderr, "%s\n", e.msg);
        return false;
    }
    if (in->n == in->cap) {
        in->cap = in->cap ? 2 * in->cap : 64;
        in->v   = mem_realloc(in->v, in->cap * sizeof *in->v);
    }
    in->v[in->n++] = (input){mem_strdup(path), p, n};
    return true;
}

static bool add_folder(inputs *in, const char *path) {
    struct dirent **list;
    int             n = scandir(path, &list, NULL, alphasort); /* sorted: the same run on every disk */
    if (n < 0) {
        fprintf(stderr, "%s: cannot read the folder\n", path);
        return false;
    }
    bool ok = true;
    for (int i = 0; i < n; i++) {
        if (list[i]->d_name[0] != '.' && ok) {
            str s = {0};
            str_addf(&s, "%s/%s", path, list[i]->d_name);
            ok = add(in, s.p);
            str_free(&s);
        }
        free(list[i]);
    }
    free(list);
    return ok;
}

/* One change of *n bytes at p (room for twice as many): the ones that readers get wrong. */
static void mutate(rng *r, uint8_t *p, size_t *n) {
    static const uint64_t edges[] = {0,
                                     1,
                                     0x7f,
                                     0x80,
                                     0xff,
                                     0x7fff,
                                     0xffff,
                                     0x7fffffff,
                                     0x80000000u,
                                     0xffffffffu,
                                     0x7fffffffffffffffu,
                                     0x8000000000000000u,
                                     0xffffffffffffffffu};
    if (*n == 0) return;
    size_t at = rng_below(r, *n), left = *n - at;
    switch (rng_below(r, 6)) {
    case 0: p[at] ^= (uint8_t)(1u << rng_below(r, 8)); break;
    case 1: p[at] = (uint8_t)rng_u64(r); break;
    case 2: { /* a length or an offset field takes an edge value */
        uint64_t v     = edges[rng_below(r, sizeof edges / sizeof *edges)];
        size_t   width = (size_t)1 << rng_below(r, 4);
        memcpy(p + at, &v, width < left ? width : left);
        break;
    }
    case 3: { /* a piece is missing */
        size_t k = 1 + rng_below(r, left < 64 ? left : 64);
        memmove(p + at, p + at + k, left - k);
        *n -= k;
        break;
    }
    case 4: { /* a piece is there twice */
        size_t k = 1 + rng_below(r, left < 64 ? left : 64);
        memmove(p + at + k, p + at, left);
        *n += k;
        break;
    }
    default: p[at] = (uint8_t) "\"\\{}[]:,0-.\n<>|"[rng_below(r, 16)];
    }
}

static long derive(const input *in, rng *r, long cuts, long changes, double until) {
    long runs = 0;
    for (long i = 0; i < cuts && time_now() < until; i++, runs++)
        run_one(in->p,
                (size_t)cuts >= in->n ? (size_t)i % (in->n + 1) : (size_t)((double)in->n * (double)i / (double)cuts));
    uint8_t *p = mem_alloc(2 * in->n + 1024);
    for (long i = 0; i < changes && time_now() < until; i++, runs++) {
        size_t n = in->n;
        if (n) memcpy(p, in->p, n);
        for (uint64_t k = 1 + rng_below(r, 4); k > 0; k--) mutate(r, p, &n);
        run_one(p, n);
    }
    mem_free(p);
    return runs;
}

int main(int argc, char **argv) {
    inputs in = {0};
    bool   ok = true;
    for (int i = 1; i < argc && ok; i++) ok = fs_is_dir(argv[i]) ? add_folder(&in, argv[i]) : add(&in, argv[i]);
    if (ok && in.n == 0) {
        fprintf(stderr, "no inputs: give a folder of the corpus\n");
        ok = false;
    }
    const char *env  = getenv("R1_FUZZ_RUNS");
    long long   want = 20000;
    if (env && !str_to_i64(env, &want)) want = 20000;
    double start = time_now();
    long   runs  = 0;
    for (size_t i = 0; ok && i < in.n; i++) {
        run_one(in.v[i].p, in.v[i].n);
        runs++;
    }
    for (size_t i = 0; ok && i < in.n; i++) {
        /* An equal share of the time for each file, so that a slow first one does not starve the rest. */
        double until = start + SECONDS * (double)(i + 1) / (double)in.n;
        rng    r     = rng_fork(hash_bytes(in.v[i].p, in.v[i].n), i);
        long   each  = (long)(want / (long long)in.n);
        runs += derive(&in.v[i], &r, each / 4, each - each / 4, until);
    }
    if (ok) printf("%zu files, %ld inputs, %.1f s\n", in.n, runs, time_now() - start);
    for (size_t i = 0; i < in.n; i++) {
        mem_free(in.v[i].name);
        mem_free(in.v[i].p);
    }
    mem_free(in.v);
    return ok ? 0 : 1;
}
