/* cmd_data_make.c -- r1 data make: rows of a family, of a field or of all, in the order of their numbers; made on all
 * threads. Each problem comes once: where a number gives one that was made before, whatever its wording, another is
 * drawn for it, some times; what is a repetition even then is counted and said. */
#include <stdio.h>
#include <string.h>
#include "base/mem.h"
#include "base/stop.h"
#include "cli/cli.h"
#include "cli/cmd_data.h"
#include "data/bloom.h"

enum {
    BATCH       = 512,
    TRIES       = 64, /* draws for a row */
    TRIES_SHIFT = 40, /* try t of row i is drawn as number i + t * 2^40 */
    SEEN_LEAST  = 26, /* bits of the filter, as a power of 2: 8 MB, enough for 2 million rows, */
    SEEN_MOST   = 30  /* 128 MB: above 50 million rows some are taken for repetitions that are none */
};

typedef struct making {
    const family **fam; /* [n_fam] of family_count() */
    int            n_fam;
    split_id       split;
    problem       *p;    /* [BATCH] */
    str           *line; /* [BATCH] */
    bloom         *seen; /* keys; never wrong about a repetition, and a new problem that it takes for one is no loss */
    long           again;
} making;

/* Why `s` names none, with the nearest name there is. */
static void unknown(const char *s, int level, err *e) {
    static const char *const more[] = {"all", "education", "programming", "research", "business"};
    int                      total = family_count(), n = 0;
    const char             **names = mem_calloc((size_t)total + 5, sizeof *names);
    for (int i = 0; i < total; i++) names[n++] = family_at(i)->name;
    for (int i = 0; i < 5; i++) names[n++] = more[i];
    const char *near = opt_nearest(s, names, n);
    mem_free(names);
    if (near && !strcmp(near, s)) err_set(e, "--level %d: no family of %.40s has it", level, s);
    else if (near) err_set(e, "no family is called '%.40s', did you mean '%s'?", s, near);
    else err_set(e, "no family is called '%.40s'; `r1 data list` lists them", s);
}

static bool choose(making *m, const char *s, int level, err *e) {
    int total = family_count();
    for (int i = 0; i < total; i++) {
        const family *f     = family_at(i);
        bool          named = !strcmp(s, f->name);
        if (named || !strcmp(s, "all") || !strcmp(s, f->field))
            if (named || level <= f->levels) m->fam[m->n_fam++] = f;
        if (named && level > f->levels)
            return err_set(e, "--level %d, expected 1 to %d for %s", level, f->levels, f->name);
    }
    if (!m->n_fam) unknown(s, level, e);
    return m->n_fam > 0;
}

static void make_row(making *m, int slot, long i, int t, const cmd_data_options *o) {
    const family *f     = m->fam[i % m->n_fam];
    uint64_t      index = (uint64_t)(i / m->n_fam);
    int           level = o->level ? o->level : 1 + (int)(index % (uint64_t)f->levels);
    family_make(f, m->split, o->seed, index + ((uint64_t)t << TRIES_SHIFT), level, &m->p[slot]);
    str_clear(&m->line[slot]);
    rows_write(&m->line[slot], &m->p[slot]);
}

/* Was the problem of this slot made before? At all levels: some problems belong to several. */
static bool again(making *m, int slot) { return bloom_add(m->seen, hash_bytes(m->p[slot].key.p, m->p[slot].key.len)); }

static bool put_row(making *m, int slot, long i, const cmd_data_options *o) {
    bool old = again(m, slot);
    for (int t = 1; old && t < TRIES; t++) {
        make_row(m, slot, i, t, o);
        old = again(m, slot);
    }
    m->again += old;
    return fwrite(m->line[slot].p, 1, m->line[slot].len, stdout) == m->line[slot].len;
}

static void drop(making *m) {
    for (int i = 0; i < BATCH; i++) {
        problem_free(&m->p[i]);
        str_free(&m->line[i]);
    }
    mem_free(m->fam);
    mem_free(m->p);
    mem_free(m->line);
    bloom_free(m->seen);
}

int cmd_data_make(const char *what, const cmd_data_options *o) {
    err    e     = {""};
    making m     = {.n_fam = 0};
    bool   ok    = true;
    long   at    = 0;
    int    batch = o->n < BATCH ? o->n : BATCH;
    m.fam        = mem_calloc((size_t)family_count(), sizeof *m.fam);
    if (!cmd_data_split(o->split, &m.split, &e) || !choose(&m, what, o->level, &e)) {
        mem_free(m.fam);
        return cli_usage("data", &e);
    }
    m.p      = mem_calloc(BATCH, sizeof *m.p);
    m.line   = mem_calloc(BATCH, sizeof *m.line);
    int bits = SEEN_LEAST;
    while (bits < SEEN_MOST && (1L << bits) < 32L * o->n) bits++;
    m.seen = bloom_new(bits);
    while (ok && at < o->n && !stop_requested()) {
        int n = o->n - at < batch ? (int)(o->n - at) : batch;
#pragma omp parallel for schedule(dynamic, 4)
        for (int i = 0; i < n; i++) make_row(&m, i, at + i, 0, o);
        for (int i = 0; ok && i < n; i++) ok = put_row(&m, i, at + i, o);
        at += n;
    }
    drop(&m);
    if (m.again) fprintf(stderr, "r1: %ld of %ld rows repeat a problem: there are not many more\n", m.again, at);
    if (!cli_flush(&e)) return cli_fail(&e);
    return at < o->n ? CLI_STOPPED : CLI_OK;
}
