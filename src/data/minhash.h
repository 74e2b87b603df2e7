/* minhash.h -- how alike are two questions, from 64 numbers each.
 *
 *   minhash a, b; minhash_of(&a, text, n); minhash_of(&b, other, m);
 *   double j = minhash_similar(&a, &b);       // estimate of the Jaccard index of their sets of five-word runs
 *   near_index *x = near_new(20);             // remembers 2^20 rows
 *   bool again = near_seen(x, &a, salt, 0.8); // is one of them alike? if not, a is remembered
 *
 * MinHash (Broder 1997): for 64 hash functions the least value over the set; two sets agree in each with a probability
 * that is their Jaccard index. Kept are 8 bits of each (b-bit minhash, Li & Koenig 2010): two rows agree by chance in
 * 1/256 of the places, which the estimate takes out. Its standard error is sqrt(j (1 - j) / 64): 0.05 at j = 0.8.
 *
 * Candidates come from 16 bands of 4 values (LSH: a pair with j = 0.8 meets in a band with 99.98%, with j = 0.5 with
 * 64%) and are compared by their whole signature.
 *
 * Two problems with other numbers, other symbols or another salt (family, truth) are never alike: the sequence of
 * numbers and symbols is part of a row's identity, which must be equal. So "3 + 4" and "3 + 5" are both kept, however
 * alike the story is, and so are two stories that differ in one word on which the answer hangs.
 *
 * Memory:  near_bytes: 136 bytes a row remembered, taken at once. Older rows are forgotten in turn: a row is compared
 *          with the last 2^bits kept rows.
 * Errors:  none.   Threads: minhash_of any; an index belongs to one thread. */
#ifndef R1_MINHASH_H
#define R1_MINHASH_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MINHASH_N = 64, MINHASH_GRAM = 5, MINHASH_BANDS = 16 };
typedef struct minhash {
    uint32_t least[MINHASH_N];
    uint64_t numbers; /* of numbers and symbols, in order */
    int      grams;   /* how many five-word runs; a shorter text is one run */
} minhash;
void   minhash_of(minhash *m, const char *p, size_t n);
double minhash_similar(const minhash *a, const minhash *b);

typedef struct near_index near_index;
near_index               *near_new(int bits); /* 2^bits rows, bits 4..26 */
size_t                    near_bytes(int bits);
void                      near_free(near_index *x);
bool                      near_seen(near_index *x, const minhash *m, uint64_t salt, double at_least);
#endif
