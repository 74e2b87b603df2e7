/* gemm_tiles.h -- bf16 products on all threads through K->bgemm; only gemm.c includes this.
 *
 * Errors:  false when it does not take the product: no tiles (kern_amx.c), or sizes that tiles would have to be padded
 *          for (M, N multiples of 16, K of 32).   Memory, threads: as in gemm.h. */
#ifndef R1_GEMM_TILES_H
#define R1_GEMM_TILES_H
#include "kernel/gemm.h"
#include "kernel/kern.h"

bool gemm_tiles(gemm_mode mode, int M, int N, int Kd, const uint16_t *A, int lda, const uint16_t *B, int ldb,
                bgemm_out out, void *C, int ldc);
void gemm_tiles_free(void);
#endif
