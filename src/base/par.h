/* par.h -- threads: OpenMP's pool, which oneDNN shares.
 *
 * Loops use `#pragma omp parallel for schedule(static)` so that the split, and with it
 * every sum, depends only on the thread count: same seed, same bits.
 *
 *   par_init(0);          // R1_THREADS, else the CPUs this process may run on
 *   par_threads();        // how many; fixed for the life of the process */
#ifndef R1_PAR_H
#define R1_PAR_H
void par_init(int threads); /* 0 = choose */
int  par_threads(void);
int  par_id(void);    /* this thread's number inside a parallel region; 0 outside */
int  par_count(void); /* threads of the current region; 1 outside */
/* Split n items over nt threads in multiples of grain: thread t gets [*lo, *hi). */
static inline void par_split(long n, long grain, int t, int nt, long *lo, long *hi) {
    long blocks = (n + grain - 1) / grain;
    long a = blocks * t / nt * grain, b = blocks * (t + 1) / nt * grain;
    *lo = a < n ? a : n;
    *hi = b < n ? b : n;
}
#endif
