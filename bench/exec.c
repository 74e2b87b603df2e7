/* build/bench/exec [jobs] -- how many small Python programs a second, how long one takes alone, what the helpers weigh.
 *
 * Medians of five rounds. A small job is what the task families send: a function of a few lines, called a few times,
 * with a print. "of the CPU" is CPU time of helpers and jobs together by the wall time of all cores: far below 1 means
 * that somebody else had the machine, and jobs/s say little; the CPU time of one job still does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/mem.h"
#include "base/par.h"
#include "exec/exec.h"

enum { ROUNDS = 5 };

static const struct {
    const char *name, *code;
    bool        lines;
} kind[] = {
    {"print(6*7)", "print(6*7)", false},
    {"function, 3 calls",
     "def f(xs):\n    best = xs[0]\n    for x in xs:\n        if x > best:\n            best = x\n    return best\n\n"
     "print(f([3, 9, 2]))\nprint(f([-1]))\nprint(f([5, 5]))\n",
     false},
    {"function, lines counted",
     "def f(xs):\n    best = xs[0]\n    for x in xs:\n        if x > best:\n            best = x\n    return best\n\n"
     "print(f([3, 9, 2]))\nprint(f([-1]))\nprint(f([5, 5]))\n",
     true},
    {"imports and a class",
     "import math, collections\nfrom dataclasses import dataclass\n\n@dataclass\nclass P:\n    x: int\n    y: int\n\n"
     "c = collections.Counter('mississippi')\nprint(P(1, 2), math.gcd(12, 18), c.most_common(1))\n",
     false},
    {"a syntax error", "def f(:\n    return 1\n", false},
};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double cpu_of_children(void) {
    struct rusage u;
    getrusage(RUSAGE_CHILDREN, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6;
}

static int cmp(const void *a, const void *b) {
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static double median(double *v, int n) {
    qsort(v, (size_t)n, sizeof *v, cmp);
    return v[n / 2];
}

/* A pool of its own, so that its CPU time is known when it has gone. */
static bool measure(int k, int n, exec_job *job, exec_result *res, err *e) {
    double wall[ROUNDS], alone[ROUNDS], before = cpu_of_children(), total = 0;
    exec  *x = exec_open(0, e);
    if (!x) return false;
    for (int i = 0; i < n; i++) job[i] = (exec_job){.code = kind[k].code, .count_lines = kind[k].lines};
    for (int r = 0; r < ROUNDS; r++) {
        double t = now();
        if (!exec_run_all(x, job, n, res, e)) return false;
        wall[r] = now() - t;
        total += wall[r];
        t = now();
        for (int i = 0; i < 50; i++)
            if (!exec_run(x, job, res, e)) return false;
        alone[r] = (now() - t) / 50;
        total += now() - t;
    }
    exec_close(x);
    double cpu = cpu_of_children() - before;
    double mid = median(wall, ROUNDS); /* sorted now */
    printf("%-24s %6.0f jobs/s (%.0f..%.0f), alone %.0f us, CPU %.0f us a job, %.2f of the CPU\n", kind[k].name,
           n / mid, n / wall[ROUNDS - 1], n / wall[0], 1e6 * median(alone, ROUNDS), 1e6 * cpu / (ROUNDS * (n + 50)),
           cpu / (total * par_threads()));
    return true;
}

int main(int argc, char **argv) {
    err          e = {0};
    int          n = argc > 1 ? atoi(argv[1]) : 2000;
    exec_job    *job;
    exec_result *res;
    par_init(0);
    if (n < 1) return fprintf(stderr, "usage: build/bench/exec [jobs]\n"), 2;
    job      = mem_calloc((size_t)n, sizeof *job);
    res      = mem_calloc((size_t)n, sizeof *res);
    double t = now();
    exec  *x = exec_open(1, &e);
    if (!x) return fprintf(stderr, "%s\n", e.msg), 1;
    printf("%d helpers, %d jobs a round; a helper starts in %.0f ms\n", par_threads(), n, 1e3 * (now() - t));
    exec_close(x);
    for (size_t k = 0; k < sizeof kind / sizeof *kind; k++)
        if (!measure((int)k, n, job, res, &e)) return fprintf(stderr, "%s\n", e.msg), 1;
    struct rusage u;
    getrusage(RUSAGE_CHILDREN, &u);
    printf("largest helper or job: %.1f MB resident, of which jobs share most with their helper\n",
           (double)u.ru_maxrss / 1024);
    for (int i = 0; i < n; i++) exec_result_free(&res[i]);
    mem_free(job);
    mem_free(res);
    return 0;
}
