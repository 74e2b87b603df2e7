/* twin.h -- the weights of an 8-bit model: what a matrix is rounded to, and the twins its products run on.
 *
 *   p->w8 = ..., p->ws = ...;             // twin_bytes(p), twin_rows(p)
 *   twin_refresh(p);                      // after each change of p->w: w8, ws, wb and wf follow
 *   twin_row(p, r, blocks, floats);       // row r as the file gets it
 *
 * Two grids (param.h). GRID_ROWS, q8 in both operands: q = w / s to the nearest with s = f16(max|w| / 127) a row, or of
 * rows that share a scale: kv_b's keys are also read down their columns, so a head of them has one. GRID_BLOCKS, for
 * embedding and output head, whose other operand stays in float: s a power of two for 32 elements, s q is exact in
 * bf16. Both are GGUF's Q8_0 (a row's scale repeated in its blocks), and what is on a grid is rounded to itself: a file
 * that is read back, or written as floats and rounded again, gives the same integers.
 *
 * Memory:  the caller's.   Errors: twin_load names the row whose blocks differ.
 * Threads: call from one; all are used (twin_row: any). */
#ifndef R1_TWIN_H
#define R1_TWIN_H
#include "base/err.h"
#include "tensor/param.h"

/* Can this matrix be on a grid? Its rows must be whole blocks of Q8_0 and not too long for sums in int32. */
bool   twin_fits(const param *p);
size_t twin_bytes(const param *p); /* of w8 */
size_t twin_rows(const param *p);  /* floats of ws */
/* w (float32) -> w8 and ws (GRID_ROWS), wb, wf, where they are there; w itself stays as it is. */
void twin_refresh(param *p);
/* w as it is in a file, on its grid -> w8 and ws; any type that tensor_to_f32 knows. */
bool twin_load(param *p, err *e) R1_MUST_USE;
/* Do the blocks of each row of a Q8_0 matrix have one scale? *deciding: some row has more than one block and is not 0.
 */
bool twin_recognised(const param *p, bool *deciding);
/* Row r (of all matrices) of float32 weights, rounded to the grid: as Q8_0, as floats; either may be NULL. */
void twin_row(const param *p, int64_t r, block_q8_0 *q, float *f);
#endif
