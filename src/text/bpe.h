/* bpe.h -- the merge engine: bytes of one piece of text -> token ids.
 *
 *   bpe *b = bpe_new(byte_id, n_merges);               // byte_id[256]: token of each byte, -1 = none
 *   bpe_add(b, left, right, merged);                   // in order of rank
 *   bpe_scratch *s = bpe_scratch_new();                // one per thread: word cache and work space
 *   n = bpe_encode(b, s, piece, len, out);             // out has room for len ids
 *
 * Byte-level BPE (Sennrich et al. 2016, arXiv:1508.07909; bytes as in GPT-2): as long as two neighbours are in the list
 * of merges, join the pair of lowest rank, the leftmost of equals.
 * Memory:  a bpe is read-only once filled; a scratch has a fixed cache of 1 MB and grows for very long pieces.
 * Errors:  none; a byte without a token is dropped, as Hugging Face's BPE does.
 * Threads: a scratch belongs to one thread. */
#ifndef R1_BPE_H
#define R1_BPE_H
#include <stddef.h>
#include <stdint.h>

typedef struct bpe         bpe;
typedef struct bpe_scratch bpe_scratch;

bpe *bpe_new(const int32_t byte_id[256], size_t n_merges);
void bpe_add(bpe *b, int32_t left, int32_t right, int32_t merged); /* the same pair again: the later rank counts */
void bpe_ready(bpe *b);                                            /* after the last bpe_add */
void bpe_free(bpe *b);

bpe_scratch *bpe_scratch_new(void);
void         bpe_scratch_free(bpe_scratch *s);
void         bpe_scratch_trim(bpe_scratch *s); /* give back what a very long piece took */

/* A word in the cache: at most BPE_CACHE_BYTES bytes and BPE_CACHE_IDS ids. */
enum { BPE_CACHE_BYTES = 24, BPE_CACHE_IDS = 8 };
/* `end` is the end of the readable buffer that holds the piece (loads are wide). Writes at most max(n, BPE_CACHE_IDS)
 * ids to out and returns how many count. */
size_t   bpe_encode(const bpe *b, bpe_scratch *s, const char *p, size_t n, const char *end, int32_t *out);
uint64_t bpe_hash(const char *p, size_t n); /* for tables keyed by bytes */
#endif
