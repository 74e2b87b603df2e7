/* ckpt.h -- checkpoints: everything a training run is, in one safetensors file.
 *
 *   ckpt_state s = {...};
 *   ckpt_save("out/ckpt/pretrain-last.safetensors", m, &s, recipe_text, &e);   // written aside, synced, renamed
 *   ckpt_load("out/ckpt/pretrain-last.safetensors", m, &s, &e);                // m has the same shape
 *
 * Tensors: "w.NAME" for every parameter (the gate's selection bias too), "m.NAME" and "v.NAME" for those that are
 * trained, all float32. Metadata: r1.format, r1.state (JSON), r1.recipe (the recipe's text), r1.hash (of all that).
 * A run continued from it takes the same steps with the same bits as one that was never stopped: the loader's whole
 * state is next_doc and, if the mix has one, the curriculum; the schedule is a function of step, and no other random
 * number is drawn while training.
 *
 * Memory:  nothing is kept.   Threads: one caller.
 * Errors:  saving: a full disk leaves the old file as it was. Loading: format, every name, type and shape, the hash
 *          and that all numbers are finite are checked before the model is touched. */
#ifndef R1_CKPT_H
#define R1_CKPT_H
#include "base/str.h"
#include "model/model.h"
#include "train/guard.h"

enum { CKPT_CURRICULUM = 1 << 14 };
typedef struct ckpt_state {
    char     stage[16];
    int64_t  step;     /* steps done */
    int64_t  updates;  /* of them with an optimizer update (Adam's t) */
    uint64_t next_doc; /* the loader's position */
    int64_t  tokens, learned;
    int64_t  skipped;           /* bad batches that were gone back for and skipped (train/guard.h) */
    int      skipped_row;       /* ... since the last good checkpoint */
    int64_t  long_docs;         /* documents left out because they were longer than max_len */
    guard    recent;            /* losses of the last steps */
    double   valid, best_valid; /* last and best validation loss, -1: none yet */
    int64_t  best_step;
    double   elapsed; /* seconds of work, all runs together */
    uint64_t seed, recipe_hash, mix_hash;
    int      threads; /* sums are split by thread: other threads, other last bits */
    int      shards;  /* ... and by shard (ranks.h) */
    char     kernel[16];
    char     curriculum[CKPT_CURRICULUM]; /* as data/curriculum.h writes it; empty: none */
} ckpt_state;

bool ckpt_save(const char *path, model *m, const ckpt_state *s, const char *recipe_text, err *e) R1_MUST_USE;
bool ckpt_load(const char *path, model *m, ckpt_state *s, err *e) R1_MUST_USE;
uint64_t ckpt_weights_hash(model *m); /* of weights and moments */
/* The state alone, without a model: for messages. The recipe's text is appended to `recipe` (may be NULL). */
bool ckpt_peek(const char *path, ckpt_state *s, str *recipe, err *e) R1_MUST_USE;
#endif
