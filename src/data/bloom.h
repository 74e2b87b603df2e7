/* bloom.h -- have we seen this before? In a fixed number of bits, however many come.
 *
 *   bloom *b = bloom_new(28);                    // 2^28 bits, 32 MB
 *   if (bloom_add(b, hash)) ...                  // true: it was there (or is taken for one that was)
 *   printf("%g", bloom_rate(b));                 // how often a new one is taken for an old one, now
 *
 * Seven bits for each of n hashes (Bloom 1970): what was added is always found; a new one is mistaken with
 * (share of set bits)^7, which is 4e-9 after 4M of 2^29 bits, 6e-7 after 10M, 6e-3 after 50M.
 *
 * Memory:  2^bits / 8 bytes.   Errors: none.   Threads: adding one; bloom_has any while nobody adds. */
#ifndef R1_BLOOM_H
#define R1_BLOOM_H
#include <stdbool.h>
#include <stdint.h>

typedef struct bloom bloom;
bloom               *bloom_new(int bits); /* 9..40 */
void                 bloom_free(bloom *b);
bool                 bloom_add(bloom *b, uint64_t hash);
bool                 bloom_has(const bloom *b, uint64_t hash);
double               bloom_rate(const bloom *b);
#endif
