/* corpus.h -- a curated corpus from a manifest: made, verified, compared and written in one pass.
 *
 *   corpus_args a = {.m = m, .rows = 1000000, .seed = 1, .against = evals, .out = write_to_file, .ctx = f};
 *   corpus *c = corpus_new(&a);
 *   while (corpus_step(c, &e)) progress(corpus_rows(c));     // about a thousand rows a step
 *   corpus_report(c, &text); corpus_census(c); corpus_free(c);
 *
 * Row i draws a source by its share, and of families one by equal chance and a level by its weight; then it is the
 * problem (seed, i) of that family, or the source's next document. Making, verifying and hashing run on all threads;
 * choosing and dropping (curate.h) run in the order of the rows. So the output is a function of manifest, files, seed,
 * split and rows alone, on any number of threads.
 *
 * Before the first row, problems of the other splits (one for each ten rows, at most 100,000) are drawn with the same
 * weights; a training row with the question of one of them would be dropped and counted: the overlap.
 * Keys cannot overlap, as the key decides the split; that is looked at for every row all the same.
 *
 * A source whose files are not there, or that has been read to its end, is said in the report; its share goes to the
 * others.
 *
 * Memory:  fixed: curate.h, census.h and one batch of rows; 250 MB.
 * Errors:  corpus_step false with *e set (a file that breaks off, the output); false without a message: done.
 * Threads: one caller; it uses OpenMP's pool. */
#ifndef R1_CORPUS_H
#define R1_CORPUS_H
#include "data/census.h"
#include "data/contam.h"
#include "data/manifest.h"

typedef struct corpus_args {
    const manifest *m;
    long            rows; /* how many are wanted */
    uint64_t        seed;
    split_id        split;
    const contam   *against; /* NULL: compared with nothing */
    double          near;    /* 0: 0.8, see curate.h; above 1: near copies stay */
    bool (*out)(void *ctx, const char *p, size_t n, err *e);
    void *ctx;
} corpus_args;
typedef struct corpus corpus;
corpus               *corpus_new(const corpus_args *a);
bool                  corpus_step(corpus *c, err *e);
bool                  corpus_done(const corpus *c); /* as many rows as wanted are written */
long                  corpus_rows(const corpus *c);
void                  corpus_report(corpus *c, str *out);
const census         *corpus_census(const corpus *c);
void                  corpus_free(corpus *c);
#endif
