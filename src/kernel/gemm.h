/* gemm.h -- matrix products on all threads: oneDNN in float32 and bfloat16.
 *
 *   gemm_bf16(GEMM_NT, M, N, Kd, X, Kd, W, Kd, 0.f, Y, N);   // Y[M,N] = X[M,K] W[N,K]^T, bf16 in, f32 out
 *
 * Row-major throughout; ld* are row strides in elements. The mode names whether A and B are stored
 * transposed: NN: A[M,K] B[K,N];  NT: A[M,K] B[N,K];  TN: A[K,M] B[K,N].
 * beta is 0 (assign) or 1 (accumulate). Sums are in float32.
 * Primitives are created on first use of a shape and kept (bounded cache, LRU); callers with ragged
 * M or K (experts) should round it up to a multiple of 32 with zero rows, so that few shapes exist.
 * With R1_KERNEL=ref plain loops are used instead.
 *
 * Memory:  the primitive cache and oneDNN's scratchpads; nothing is allocated for a shape seen before.
 * Errors:  a product that oneDNN refuses falls to the reference loops (logged once).
 * Threads: call from one thread; oneDNN uses par_threads() of them. Same bits for the same thread count. */
#ifndef R1_GEMM_H
#define R1_GEMM_H
#include <stdbool.h>
#include <stdint.h>

typedef enum { GEMM_NN, GEMM_NT, GEMM_TN } gemm_mode;
void gemm_f32(gemm_mode mode, int M, int N, int Kd, const float *A, int lda, const float *B, int ldb, float beta,
              float *C, int ldc);
void gemm_bf16(gemm_mode mode, int M, int N, int Kd, const uint16_t *A, int lda, const uint16_t *B, int ldb, float beta,
               float *C, int ldc);
/* The same with a bf16 result (beta = 0). */
void gemm_bf16_out(gemm_mode mode, int M, int N, int Kd, const uint16_t *A, int lda, const uint16_t *B, int ldb,
                   uint16_t *C, int ldc);
void gemm_init(void); /* after kern_init and par_init */
void gemm_free(void); /* drop the cache (for leak checks) */
/* Measured peak in FLOP/s: best of several large square products, about 0.3 s. */
double gemm_peak_bf16(void);
double gemm_peak_f32(void);
void   gemm_version(char out[32]); /* of oneDNN, "2.6.0" */
#endif
