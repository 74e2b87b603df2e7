#include "base/par.h"

#include <omp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"

enum { MAX_THREADS = 1024 };

static int cpus_allowed(void) {
    cpu_set_t set;
    CPU_ZERO(&set);
    /* Fails on machines with more CPUs than the set holds; then OpenMP's own count is as good. */
    if (sched_getaffinity(0, sizeof set, &set) != 0) return omp_get_num_procs();
    int n = CPU_COUNT(&set);
    return n > 0 ? n : 1;
}

/* A container may see 64 CPUs and be granted two: cgroup v2 says so in cpu.max, "quota period". A
 * thread more than the grant is worse than none, because the pool waits for the one put to sleep. */
static int cpus_granted(int seen) {
    FILE *f = fopen("/sys/fs/cgroup/cpu.max", "r");
    if (!f) return seen;
    char line[64];
    long quota = 0, period = 0;
    if (fgets(line, sizeof line, f) && sscanf(line, "%ld %ld", &quota, &period) == 2 && quota > 0 && period > 0) {
        long n = (quota + period - 1) / period;
        if (n < seen) seen = (int)n;
    }
    fclose(f);
    return seen;
}

void par_init(int threads) {
    const char *env = getenv("R1_THREADS");
    long long   v;
    if (threads <= 0 && env && str_to_i64(env, &v) && v > 0 && v <= MAX_THREADS) threads = (int)v;
    if (threads <= 0) threads = cpus_granted(cpus_allowed());
    if (threads > MAX_THREADS) threads = MAX_THREADS;
    omp_set_dynamic(0); /* fewer threads under load would split, and so round, sums differently */
    omp_set_num_threads(threads);
}

int par_threads(void) { return omp_get_max_threads(); }

int par_id(void) { return omp_get_thread_num(); }

int par_count(void) { return omp_get_num_threads(); }
