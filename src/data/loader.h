/* loader.h -- from a mix of sources to packed rows of tokens, without state but one number.
 *
 *   loader *ld = loader_new(&spec, tok, &e);
 *   rows_batch b; rows_batch_init(&b, 2048, 256);
 *   uint64_t next = 0;                               // the whole state: part of the checkpoint
 *   loader_fill(ld, &next, &b);                      // documents next, next+1, ... while they fit in b.cap tokens
 *
 * Document i is a function of (spec.seed, spec.split, i) alone: a source drawn by weight, then a problem of a family
 * at a level drawn by the level weights, or a document of text files (texts.h). A document longer than max_len is cut
 * (text) or skipped and counted (problems). With a curriculum (loader_follow) levels are drawn by it instead, and its
 * state counts, too. Documents are never split over two batches: no padding, no crossing.
 * Targets: tgt[t] = the next token of the same document, weight w[t] = 1 where it is to be learnt, else 0
 * (the last token of a document, masked prompts, slips).
 *
 * Memory:  loader_new allocates; texts stay mapped and are tokenised as they are drawn; loader_fill reuses its buffers.
 * Errors:  an unknown family, a level out of range, a text file that cannot be read.
 * Threads: one loader, one thread. */
#ifndef R1_LOADER_H
#define R1_LOADER_H
#include "data/curriculum.h"
#include "task/family.h"
#include "text/tokenizer.h"

typedef struct rows_batch {
    int      cap, max_seq;
    int      n; /* tokens in use */
    int      n_seq;
    int32_t *tok, *pos, *tgt; /* [cap]; pos restarts at 0 in each document */
    float   *w;               /* [cap] loss weight */
    int32_t *start;           /* [max_seq + 1]: document s is start[s]..start[s+1] */
    int      learn;           /* how many w are non-zero */
    int     *family, *level;  /* [max_seq] of a document: its number in the curriculum, -1: none; its level */
    int     *prompt;          /* [max_seq] tokens of its prompt; 0: a text */
} rows_batch;
void rows_batch_init(rows_batch *b, int cap, int max_seq);
void rows_batch_free(rows_batch *b);

typedef enum { LOSS_ALL, LOSS_ANSWER } loss_on; /* pretrain: every token; sft: what comes after the prompt */
enum { LEVELS_MAX = 10 };
typedef struct source {
    const char *family; /* NULL: a text source */
    const char *text;   /* a UTF-8 text file, a .jsonl, or a pattern of such: texts.h */
    bool        gsm8k;  /* its lines are GSM8K's, to be recast */
    int         filter; /* as in texts.h */
    double      weight;
    double      level_weight[LEVELS_MAX + 1]; /* [1..levels]; used for families */
} source;
typedef struct loader_spec {
    source  *src;
    int      n_src;
    split_id split;
    uint64_t seed;
    loss_on  loss;
    int      max_len; /* longest document in tokens */
} loader_spec;
typedef struct loader loader;
loader  *loader_new(const loader_spec *spec, tokenizer *t, err *e) R1_MUST_USE; /* copies what it needs from spec */
void     loader_free(loader *ld);
void     loader_fill(loader *ld, uint64_t *next, rows_batch *b);
uint64_t loader_skipped(const loader *ld);
/* Levels of the families that c knows are drawn by c from now on (NULL: by weight). After every change of c, and before
 * the next fill, loader_moved: a document that was made and did not fit is then made anew. */
void loader_follow(loader *ld, const curriculum *c);
void loader_moved(loader *ld);
/* Raw text of document i, for tokenizer training and for eyes. */
void loader_text(loader *ld, uint64_t i, str *out);
/* One problem as tokens in our chat format: prompt, then reasoning, answer, eos; *n_prompt tokens are the prompt;
 * w[i] (may be NULL) as above. Used by the loader, SFT and tests. */
void sample_tokens(tokenizer *t, const problem *p, loss_on loss, ids *out, int *n_prompt, float **w);
/* tokenizer training uses loader_new with t = NULL: then only loader_text works */
#endif
