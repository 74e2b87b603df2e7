/* kern_amx.h -- what the AMX table has instead of the AVX-512 one; only kern.c includes this.
 * Memory, errors, threads: as in kern.h. */
#ifndef R1_KERN_AMX_H
#define R1_KERN_AMX_H
#include "kernel/kern.h"

void bgemm_amx(int M, int N, int Kd, const uint16_t *A, int lda, const uint16_t *B, int panel, bgemm_out out, void *C,
               int ldc);
void igemm_amx(int M, int N, int Kd, const int8_t *A, int lda, const float *sx, const int8_t *B, int panel,
               const float *sw, bgemm_out out, void *C, int ldc);
extern const kern kern_avx512;
#endif
