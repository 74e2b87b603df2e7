/* ranks.h -- how a step is shared: among partial sums ("shards") first, and those among processes ("ranks",
 * base/dist.h).
 *
 *   ranks *r = ranks_new(d, m, n_micro, max_docs, shards, &e);
 *   ranks_clear(r, n_docs);
 *   for (i < n_micro) if (ranks_take(r, i)) { model_loss(..., &r->loss[i]); r->doc[k] = ...; }
 *   if (!ranks_sum(r, n_docs, &e)) ...      // r->loss, r->doc, expert loads and gradients are the whole step's now
 *
 * Why shards: float sums depend on their order, and training blows the last bit up: after 200 steps of a miniature, one
 * process and two differed by 0.6% in a step's loss (float32; 2% in bf16), though no sum was worse than another. So
 * the order is part of the recipe and not of the machine park: micro-batch i belongs to shard i mod S, each shard adds
 * up its own gradient from 0, and the S gradients are added in a fixed tree, ((0 + 1) + (2 + 3)) + ... A rank holds
 * S / ranks shards side by side. Where that is a power of two it is a branch of the tree, and the bits are those of one
 * process: with the same kernels and threads in each.
 *
 * Every rank draws all documents of the step (a document is a function of its number), so all know the same tokens and
 * levels without a word. Losses and loads have one owner each and zeros elsewhere, so their sums are exact. What
 * follows (the norm, the optimizer, the gate's biases, the curriculum) is the same arithmetic on the same numbers on
 * all ranks: weights and moments stay equal bit by bit without being sent, which ranks_equal checks.
 *
 * Memory:  ranks owns its arrays, and a gradient for each shard of this rank after the first; model and dist are the
 *          caller's.   Errors: too many ranks for the step; a lost rank; ranks that are not equal.   Threads: one. */
#ifndef R1_RANKS_H
#define R1_RANKS_H
#include "base/dist.h"
#include "model/model.h"

typedef struct ranks {
    dist         *d;
    model        *m;
    int           n_micro, shards;
    int           first, mine; /* of the shards, this rank's */
    model_losses *loss;        /* [n_micro] */
    double       *doc;         /* [max_docs] a number for each document of the step; the caller says what */
    param       **param;       /* [n_param] the trained ones */
    dist_part    *grad;        /* [mine][n_param] their gradients by shard; the first shard's are the model's own */
    int           n_param;
    float        *extra; /* the other shards' gradients */
    double       *box;   /* what is sent: losses, loads, documents */
} ranks;

/* shards: a multiple of the ranks, at most n_micro; 0: two, or as many as there are ranks. */
ranks *ranks_new(dist *d, model *m, int n_micro, int max_docs, int shards, err *e) R1_MUST_USE;
void   ranks_free(ranks *r);
void   ranks_clear(ranks *r, int n_docs); /* before a step */
/* Is this micro-batch this rank's? Then gradients go to its shard until the next call, or ranks_sum. */
bool ranks_take(ranks *r, int micro);
bool ranks_sum(ranks *r, int n_docs, err *e) R1_MUST_USE;
/* A validation, its batches dealt by ranks_take: losses by shard (those of other ranks are 0), what the gate's entropy
 * is made of, and more numbers to sum. */
enum { RANKS_MORE = 8 };
bool ranks_sum_valid(ranks *r, model_losses *each /* [shards] */, double *more, int n_more /* <= RANKS_MORE */,
                     err *e) R1_MUST_USE;
bool ranks_equal(ranks *r, err *e) R1_MUST_USE; /* weights and moments, bit by bit */
#endif
