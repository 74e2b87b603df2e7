/* bench_tokenizer -- encode files with one thread and print one JSON object a file.
 *
 *   build/bench/bench_tokenizer tokenizer.json REPEATS FILE...
 *
 * A file is cut into texts of at least 16 kB that end with a line; all are encoded, REPEATS times; the median is
 * printed with the number of ids and a hash of them, so that bench/tokenizer/peer.js can be seen to do the same work.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fs.h"
#include "base/log.h"
#include "text/tokenizer.h"

enum { TEXT = 16384, MAX_REPEATS = 1000 };

static size_t cut(const char *p, size_t n) {
    if (n <= TEXT) return n;
    const char *q = memchr(p + TEXT, '\n', n - TEXT);
    return q ? (size_t)(q + 1 - p) : n;
}

static int by_time(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static bool bench_file(tokenizer *t, int repeats, const char *path, err *e) {
    fs_file f;
    double  time[MAX_REPEATS];
    ids     v = {0};
    if (!fs_map(path, &f, e)) return false;
    for (int r = 0; r < repeats; r++) {
        double start = time_now();
        v.n          = 0;
        for (size_t at = 0, n; at < f.n; at += n) {
            n = cut((const char *)f.p + at, f.n - at);
            tok_encode(t, (const char *)f.p + at, n, TOK_SPECIAL, &v);
        }
        time[r] = time_now() - start;
    }
    qsort(time, (size_t)repeats, sizeof *time, by_time);
    uint32_t hash = 2166136261u;
    for (int i = 0; i < v.n; i++) hash = (hash ^ (uint32_t)v.p[i]) * 16777619u;
    const char *name = strrchr(path, '/');
    printf("{\"file\":\"%s\",\"bytes\":%zu,\"ids\":%d,\"hash\":%u,\"mb_s\":%.3f}\n", name ? name + 1 : path, f.n, v.n,
           hash, (double)f.n / time[repeats / 2] / 1e6);
    ids_free(&v);
    fs_unmap(&f);
    return true;
}

int main(int argc, char **argv) {
    err e       = {0};
    int repeats = argc > 3 ? atoi(argv[2]) : 0;
    if (repeats < 1 || repeats > MAX_REPEATS) {
        fprintf(stderr, "usage: bench_tokenizer tokenizer.json REPEATS FILE...\n");
        return 2;
    }
    tokenizer *t  = tok_load(argv[1], &e);
    bool       ok = t != NULL;
    for (int i = 3; ok && i < argc; i++) ok = bench_file(t, repeats, argv[i], &e);
    tok_free(t);
    if (!ok) fprintf(stderr, "bench_tokenizer: %s\n", e.msg);
    return ok ? 0 : 1;
}
