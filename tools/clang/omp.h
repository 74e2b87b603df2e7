/* omp.h -- the few OpenMP calls of this tree, declared for clang.
 *
 * Debian's clang brings no omp.h without its own OpenMP runtime, and gcc's does not parse there.
 * Fuzzing and clang-tidy read the code without threads; they link gcc's libgomp for these calls. */
#ifndef R1_TOOLS_OMP_H
#define R1_TOOLS_OMP_H
int  omp_get_max_threads(void);
int  omp_get_num_procs(void);
int  omp_get_num_threads(void);
int  omp_get_thread_num(void);
int  omp_in_parallel(void);
void omp_set_dynamic(int on);
void omp_set_num_threads(int n);
#endif
