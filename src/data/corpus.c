#include "data/corpus.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/mem.h"
#include "base/par.h"
#include "data/curate.h"
#include "data/reader.h"

enum { BATCH = 1024, HELD_MOST = 100000, HELD_LEAST = 200, TRIES = 20, WRONG_SHOWN = 5, KEEP_CAP = 1 << 16 };

/* One row on its way. */
typedef struct slot {
    row_kind      kind; /* ROW_FAMILY: to be made; else p is there already */
    const family *fam;
    int           source, level;
    uint64_t      index;
    problem       p;
    curate_row    look;
    str           line;
    bool          other_split; /* its key belongs to another split: must never happen */
} slot;
typedef struct live_source {
    reader *r;    /* NULL: families, or not there */
    bool    gone; /* not there, or read to its end */
    long    rows;
    char    note[300]; /* why it is gone */
} live_source;
struct corpus {
    corpus_args  a;
    live_source *src; /* [m->n] */
    slot        *slot;
    curate      *cur;
    census      *cen;
    uint64_t     next; /* rows drawn */
    long         kept, other_split, held;
    str          wrong; /* the first rows that were wrong or held, a line each */
    int          n_wrong, n_held_shown;
    bool         held_ready;
};

corpus *corpus_new(const corpus_args *a) {
    corpus        *c = mem_calloc(1, sizeof *c);
    curate_options o = {.contam = a->against, .near = a->near};
    c->a             = *a;
    c->src           = mem_calloc((size_t)a->m->n, sizeof *c->src);
    c->slot          = mem_calloc(BATCH, sizeof *c->slot);
    c->cur           = curate_new(&o);
    c->cen           = census_new();
    for (int i = 0; i < a->m->n; i++) {
        const manifest_source *s = &a->m->src[i];
        err                    e = {""};
        c->src[i].gone           = !(s->share > 0);
        if (s->kind == SOURCE_FAMILIES && !s->n_fam) {
            c->src[i].gone = true;
            snprintf(c->src[i].note, sizeof c->src->note, "source %s: no such family yet", s->name);
        }
        if (c->src[i].gone || s->kind == SOURCE_FAMILIES) continue;
        c->src[i].r = reader_open(s, &e);
        if (c->src[i].r) continue;
        c->src[i].gone = true;
        snprintf(c->src[i].note, sizeof c->src->note, "%s; its share goes to the others", e.msg);
    }
    return c;
}

void corpus_free(corpus *c) {
    if (!c) return;
    for (int i = 0; i < c->a.m->n; i++) reader_close(c->src[i].r);
    for (int i = 0; i < BATCH; i++) {
        problem_free(&c->slot[i].p);
        str_free(&c->slot[i].line);
    }
    mem_free(c->src);
    mem_free(c->slot);
    curate_free(c->cur);
    census_free(c->cen);
    str_free(&c->wrong);
    mem_free(c);
}

bool          corpus_done(const corpus *c) { return c->kept >= c->a.rows; }
long          corpus_rows(const corpus *c) { return c->kept; }
const census *corpus_census(const corpus *c) { return c->cen; }

/* ---- choosing */
/* A source by its share among those that are left; -1: none is. `families`: among those alone. */
static int draw_source(const corpus *c, rng *r, bool families) {
    const manifest *m   = c->a.m;
    double          sum = 0;
    int             at  = -1;
    for (int i = 0; i < m->n; i++)
        if (!c->src[i].gone && (!families || m->src[i].kind == SOURCE_FAMILIES)) sum += m->src[i].share;
    double u = rng_f64(r) * sum;
    for (int i = 0; i < m->n; i++) {
        if (c->src[i].gone || (families && m->src[i].kind != SOURCE_FAMILIES)) continue;
        at = i;
        if (u < m->src[i].share) break;
        u -= m->src[i].share;
    }
    return at;
}

/* A family and one of its levels. */
static void draw_problem(const manifest_source *s, rng *r, slot *x) {
    double sum = 0;
    x->kind    = ROW_FAMILY;
    x->fam     = s->fam[rng_below(r, (uint64_t)s->n_fam)];
    int levels = x->fam->levels < MANIFEST_LEVELS ? x->fam->levels : MANIFEST_LEVELS;
    for (int l = 1; l <= levels; l++) sum += s->level[l];
    x->level = 1 + rng_weighted(r, sum, levels, &s->level[1], sizeof s->level[1]);
}

/* What row number c->next is. false: nothing is left, or (e->msg) a source broke. */
static bool choose(corpus *c, slot *x, err *e) {
    rng r    = rng_fork(c->a.seed ^ hash_u64(0x636f7270 + (uint64_t)c->a.split), c->next);
    x->index = c->next++;
    x->fam   = NULL;
    for (;;) {
        x->source = draw_source(c, &r, false);
        if (x->source < 0) return false;
        live_source *s = &c->src[x->source];
        if (!s->r) return draw_problem(&c->a.m->src[x->source], &r, x), true;
        x->kind = reader_next(s->r, &x->p, e);
        if (x->kind != ROW_BAD) return true;
        if (reader_failed(s->r)) return false;
        s->gone = true;
        snprintf(s->note, sizeof s->note, "source %s: read to its end after %ld rows; its share went to the others",
                 c->a.m->src[x->source].name, s->rows);
    }
}

/* ---- the costly part, on any thread */
static void work(const corpus *c, slot *x) {
    const char *name = c->a.m->src[x->source].name;
    if (x->kind == ROW_FAMILY && x->fam) family_make(x->fam, c->a.split, c->a.seed, x->index, x->level, &x->p);
    x->other_split = x->kind == ROW_FAMILY && x->fam && split_of(x->p.key.p) != c->a.split;
    curate_look(c->cur, &x->p, CURATE_VERIFY, &x->look);
    str_clear(&x->line);
    if (!x->look.wrong && !x->look.eval) rows_write_any(&x->line, x->kind, name, &x->p);
}

/* ---- held-out problems, drawn with the same weights */
/* A draw that falls into another split is held: making one for a wanted split would throw away nineteen. */
static void hold(corpus *c) {
    long     want = c->a.rows / 10 < HELD_MOST ? c->a.rows / 10 : HELD_MOST;
    uint64_t at   = 0;
    c->held_ready = true;
    if (want < HELD_LEAST) want = HELD_LEAST;
    while (c->held < want) {
        for (int i = 0; i < BATCH; i++, at++) {
            rng r             = rng_fork(c->a.seed ^ hash_u64(0x68656c64), at);
            c->slot[i].source = draw_source(c, &r, true);
            c->slot[i].index  = at;
            if (c->slot[i].source < 0) return; /* no families in the mix */
            draw_problem(&c->a.m->src[c->slot[i].source], &r, &c->slot[i]);
        }
#pragma omp parallel for schedule(dynamic, 4)
        for (int i = 0; i < BATCH; i++) {
            slot *x        = &c->slot[i];
            x->other_split = family_draw(x->fam, c->a.seed, x->index, x->level, &x->p) != c->a.split;
        }
        for (int i = 0; i < BATCH && c->held < want; i++) {
            if (!c->slot[i].other_split) continue;
            curate_hold(c->cur, &c->slot[i].p);
            c->held++;
        }
    }
}

/* ---- the cheap part, in order */
static void note_wrong(corpus *c, const slot *x) {
    if (c->n_wrong++ >= WRONG_SHOWN) return;
    str_addf(&c->wrong, "wrong: %s level %d, seed %" PRIu64 " index %" PRIu64 ": %s\n",
             x->p.family ? x->p.family : c->a.m->src[x->source].name, x->p.level, c->a.seed, x->index, x->look.why);
}

static bool take(corpus *c, slot *x, err *e) {
    curate_end how = curate_take(c->cur, &x->look);
    c->other_split += x->other_split;
    if (how == CURATE_WRONG) note_wrong(c, x);
    if (how == CURATE_HELD && c->n_held_shown++ < WRONG_SHOWN)
        str_addf(&c->wrong, "held: %s level %d: %.150s\n", x->p.family ? x->p.family : "", x->p.level, x->p.question.p);
    if (how != CURATE_KEEP || x->other_split) return true;
    const family *f = x->p.family ? family_find(x->p.family) : NULL;
    census_row(c->cen, f ? f->name : c->a.m->src[x->source].name, f ? f->field : NULL, &x->p);
    c->src[x->source].rows++;
    c->kept++;
    return c->a.out(c->a.ctx, x->line.p, x->line.len, e);
}

bool corpus_step(corpus *c, err *e) {
    int n = 0;
    if (e) e->msg[0] = '\0';
    if (!c->held_ready) hold(c);
    if (corpus_done(c) || c->next > (uint64_t)c->a.rows * TRIES + BATCH) return false;
    while (n < BATCH && choose(c, &c->slot[n], e)) n++;
    if (n < BATCH && e && e->msg[0]) return false;
#pragma omp parallel for schedule(dynamic, 4)
    for (int i = 0; i < n; i++) work(c, &c->slot[i]);
    for (int i = 0; i < n && !corpus_done(c); i++)
        if (!take(c, &c->slot[i], e)) return false;
    for (int i = 0; i < n; i++) { /* one long document must not stay in every slot for good */
        if (c->slot[i].p.question.cap > KEEP_CAP) str_free(&c->slot[i].p.question);
        if (c->slot[i].line.cap > KEEP_CAP) str_free(&c->slot[i].line);
    }
    return n == BATCH;
}

void corpus_report(corpus *c, str *out) {
    curate_report(c->cur, out);
    str_addf(out, "keys of another split: %ld\n", c->other_split);
    for (int i = 0; i < c->a.m->n; i++) {
        const live_source *s = &c->src[i];
        if (s->note[0]) str_addf(out, "%s\n", s->note);
        if (!s->r) continue;
        reader_report(s->r, out);
        str_addf(out, " (%s)\n", c->a.m->src[i].licence);
    }
    if (c->wrong.len) str_addn(out, c->wrong.p, c->wrong.len);
    if (!corpus_done(c))
        str_addf(out, "only %ld of %ld rows: what was drawn beyond them is not new\n", c->kept, c->a.rows);
}
