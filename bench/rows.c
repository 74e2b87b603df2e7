/* rows.c -- where the time of a row of a corpus goes: CPU time of each stage, one thread, over all families but the
 * programs (or those named), every level alike.
 *   build/bench/rows [--rows N] [--against PATH]... [FAMILY...]
 * The stages are those of src/data/corpus.c. Each row is made once; a stage runs over a batch of rows, so that what the
 * clock costs is nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/mem.h"
#include "data/census.h"
#include "data/curate.h"
#include "data/rows.h"

enum { BATCH = 256, STAGES = 6, FAMILIES = 512 };
static const char *const stage[STAGES] = {"make", "verify", "look", "write", "choose", "census"};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

typedef struct work {
    const family *fam[FAMILIES];
    int           n_fam;
    contam       *against;
    curate       *cur;
    census       *cen;
    problem       p[BATCH];
    curate_row    look[BATCH];
    str           line[BATCH];
    double        us[STAGES];
    long          at, bad, kept, bytes;
} work;

static void batch(work *w) {
    double t[STAGES + 1];
    char   why[ROWS_WHY];
    t[0] = now();
    for (int i = 0; i < BATCH; i++) {
        long          k = w->at + i, index = k / w->n_fam;
        const family *f = w->fam[k % w->n_fam];
        family_make(f, SPLIT_TRAIN, 1, (uint64_t)index, 1 + (int)(index % f->levels), &w->p[i]);
    }
    t[1] = now();
    for (int i = 0; i < BATCH; i++) w->bad += !rows_verify(&w->p[i], why);
    t[2] = now();
    for (int i = 0; i < BATCH; i++) curate_look(w->cur, &w->p[i], CURATE_TRUST, &w->look[i]);
    t[3] = now();
    for (int i = 0; i < BATCH; i++) {
        str_clear(&w->line[i]);
        rows_write(&w->line[i], &w->p[i]);
        w->bytes += (long)w->line[i].len;
    }
    t[4] = now();
    for (int i = 0; i < BATCH; i++) w->kept += curate_take(w->cur, &w->look[i]) == CURATE_KEEP;
    t[5] = now();
    for (int i = 0; i < BATCH; i++) census_row(w->cen, w->p[i].family, "", &w->p[i]);
    t[6] = now();
    for (int s = 0; s < STAGES; s++) w->us[s] += t[s + 1] - t[s];
    w->at += BATCH;
}

int main(int argc, char **argv) {
    work *w    = mem_calloc(1, sizeof *w);
    long  rows = 54000;
    err   e    = {""};
    w->against = contam_new();
    for (int i = 1; i < argc; i++) {
        const family *f = family_find(argv[i]);
        if (!strcmp(argv[i], "--rows") && i + 1 < argc) rows = atol(argv[++i]);
        else if (!strcmp(argv[i], "--against") && i + 1 < argc) {
            if (!contam_add(w->against, argv[++i], &e)) return fprintf(stderr, "%s\n", e.msg), 1;
        } else if (f && w->n_fam < FAMILIES) w->fam[w->n_fam++] = f;
        else return fprintf(stderr, "rows [--rows N] [--against PATH]... [FAMILY...]\n"), 2;
    }
    for (int i = 0, all = !w->n_fam; all && i < family_count() && w->n_fam < FAMILIES; i++)
        if (strcmp(family_at(i)->field, "programming")) w->fam[w->n_fam++] = family_at(i);
    w->cur = curate_new(&(curate_options){.contam = w->against});
    w->cen = census_new();
    for (int i = 0; i < 8; i++) batch(w); /* tables and strings get their sizes */
    memset(w->us, 0, sizeof w->us);
    w->bad = w->kept = w->bytes = 0;
    long from                   = w->at;
    while (w->at < from + rows) batch(w);
    double sum = 0, n = (double)(w->at - from);
    for (int s = 0; s < STAGES; s++) {
        printf("%s %.2f  ", stage[s], w->us[s] / n);
        sum += w->us[s] / n;
    }
    printf("sum %.2f us a row of %.0f bytes: %.0f rows/s on two cores; %.0f rows, %ld wrong, %ld kept\n", sum,
           (double)w->bytes / n, 2e6 / sum, n, w->bad, w->kept);
    return w->bad != 0;
}
