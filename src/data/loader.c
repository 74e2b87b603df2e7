/* loader.c -- see loader.h.
 *
 * A text source is cut once into chunks at line ends, each about as long as a document. A chunk's own bytes decide its
 * split, as a problem's key does, so that a passage which occurs twice is still in one split only. A chunk of this
 * loader's split is one document: <bos> and its tokens, cut to max_len. */
#include <math.h>
#include <string.h>
#include "base/fs.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "data/loader.h"
#include "text/chat.h"

typedef struct chunk {
    size_t from, to;         /* bytes of the text */
    int    tok_from, tok_to; /* its tokens; empty without a tokenizer */
} chunk;
typedef struct text_source {
    char  *p;
    size_t n;
    chunk *c;
    int    n_chunks, cap;
    ids    tok;
} text_source;
typedef struct load_source {
    const family *fam; /* NULL: text */
    text_source   text;
    double        weight, level_weight[LEVELS_MAX + 1], level_sum;
} load_source;

struct loader {
    load_source *src;
    int          n_src;
    double       weight_sum;
    split_id     split;
    uint64_t     seed;
    loss_on      loss;
    int          max_len;
    tokenizer   *tok;
    uint64_t     skipped;
    problem      p;
    ids          doc;   /* document number doc_at, if doc_valid */
    float       *doc_w; /* [doc.n] */
    uint64_t     doc_at;
    bool         doc_valid, doc_fits;
};

void rows_batch_init(rows_batch *b, int cap, int max_seq) {
    size_t c = (size_t)cap;
    *b       = (rows_batch){.cap = cap, .max_seq = max_seq};
    b->tok   = mem_calloc(c, sizeof *b->tok);
    b->pos   = mem_calloc(c, sizeof *b->pos);
    b->tgt   = mem_calloc(c, sizeof *b->tgt);
    b->w     = mem_calloc(c, sizeof *b->w);
    b->start = mem_calloc((size_t)max_seq + 1, sizeof *b->start);
}

void rows_batch_free(rows_batch *b) {
    mem_free(b->tok);
    mem_free(b->pos);
    mem_free(b->tgt);
    mem_free(b->w);
    mem_free(b->start);
    *b = (rows_batch){0};
}

/* ---- text */
/* Where the chunk that starts at `from` ends: after the first newline past `want` bytes, or soon after `want`. */
static size_t chunk_end(const text_source *x, size_t from, size_t want) {
    if (x->n - from <= want + want / 2) return x->n;
    size_t      at = from + want, limit = from + want + want / 2;
    const char *nl = memchr(x->p + at, '\n', limit - at);
    if (nl) return (size_t)(nl - x->p) + 1;
    while ((x->p[at] & 0xC0) == 0x80) at++; /* not inside a character */
    return at;
}

static void cut_text(text_source *x, split_id split, size_t want, tokenizer *tok) {
    str key = {0};
    for (size_t from = 0, to; from < x->n; from = to) {
        to = chunk_end(x, from, want);
        str_clear(&key);
        str_addf(&key, "text:%016llx", (unsigned long long)hash_bytes(x->p + from, to - from));
        if (split_of(key.p) != split) continue;
        if (x->n_chunks == x->cap) {
            x->cap = x->cap ? 2 * x->cap : 256;
            x->c   = mem_realloc(x->c, (size_t)x->cap * sizeof *x->c);
        }
        chunk *c = &x->c[x->n_chunks++];
        *c       = (chunk){from, to, x->tok.n, x->tok.n};
        if (!tok) continue;
        tok_encode(tok, x->p + from, to - from, TOK_PLAIN, &x->tok);
        c->tok_to = x->tok.n;
    }
    str_free(&key);
}

static bool open_text(text_source *x, const char *path, const loader *ld, err *e) {
    size_t bad;
    x->p = fs_read(path, (size_t)1 << 30, &x->n, e);
    if (!x->p) return false;
    if (!utf8_valid(x->p, x->n, &bad)) return err_set(e, "%s: not UTF-8 at byte %zu, expected a text file", path, bad);
    cut_text(x, ld->split, (size_t)ld->max_len * 2, ld->tok);
    if (!x->n_chunks)
        return err_set(e, "%s: %zu bytes are too few for a text of this split, expected some hundred times %d", path,
                       x->n, ld->max_len);
    return true;
}

/* ---- the mix */
static bool open_source(load_source *s, const source *from, const loader *ld, err *e) {
    *s = (load_source){.weight = from->weight};
    if (!(from->weight >= 0) || !isfinite(from->weight))
        return err_set(e, "loader: weight %g of %s, expected >= 0", from->weight,
                       from->family ? from->family : from->text);
    if (!from->family)
        return from->text ? open_text(&s->text, from->text, ld, e)
                          : err_set(e, "loader: a source with neither family nor text");
    s->fam = family_find(from->family);
    if (!s->fam) return err_set(e, "loader: no family is called %s", from->family);
    for (int l = 1; l <= LEVELS_MAX; l++) {
        double w = from->level_weight[l];
        if (!(w >= 0) || !isfinite(w))
            return err_set(e, "loader: %s: weight %g of level %d, expected >= 0", from->family, w, l);
        if (w > 0 && l > s->fam->levels)
            return err_set(e, "loader: %s: level %d, expected 1 to %d", from->family, l, s->fam->levels);
        s->level_weight[l] = w;
        s->level_sum += w;
    }
    if (s->level_sum <= 0) return err_set(e, "loader: %s: no level has a weight", from->family);
    return true;
}

static bool some_fit(loader *ld, err *e);

loader *loader_new(const loader_spec *spec, tokenizer *t, err *e) {
    loader *ld  = mem_calloc(1, sizeof *ld);
    ld->split   = spec->split;
    ld->seed    = spec->seed;
    ld->loss    = spec->loss;
    ld->max_len = spec->max_len;
    ld->tok     = t;
    if (spec->n_src < 1 || spec->max_len < 8) {
        err_set(e, "loader: %d sources and max_len %d, expected at least 1 and 8", spec->n_src, spec->max_len);
        goto fail;
    }
    ld->src = mem_calloc((size_t)spec->n_src, sizeof *ld->src);
    for (; ld->n_src < spec->n_src; ld->n_src++) {
        load_source *s = &ld->src[ld->n_src];
        if (!open_source(s, &spec->src[ld->n_src], ld, e)) {
            ld->n_src++;
            goto fail;
        }
        ld->weight_sum += s->weight;
    }
    if (ld->weight_sum <= 0) err_set(e, "loader: no source has a weight");
    else if (!t || some_fit(ld, e)) return ld;
fail:
    loader_free(ld);
    return NULL;
}

void loader_free(loader *ld) {
    if (!ld) return;
    for (int i = 0; i < ld->n_src; i++) {
        mem_free(ld->src[i].text.p);
        mem_free(ld->src[i].text.c);
        ids_free(&ld->src[i].text.tok);
    }
    mem_free(ld->src);
    problem_free(&ld->p);
    ids_free(&ld->doc);
    mem_free(ld->doc_w);
    mem_free(ld);
}

uint64_t loader_skipped(const loader *ld) { return ld->skipped; }

/* An index drawn by weight; the last one with a weight if rounding runs past the end. */
static int draw(rng *r, double sum, int n, const double *w, size_t stride) {
    double u    = rng_f64(r) * sum;
    int    last = 0;
    for (int i = 0; i < n; i++) {
        double wi = *(const double *)((const char *)w + (size_t)i * stride);
        if (wi <= 0) continue;
        last = i;
        if (u < wi) break;
        u -= wi;
    }
    return last;
}

/* What document i is: a problem in ld->p (returns NULL), or a chunk of a text. */
static const chunk *choose(loader *ld, uint64_t i, const text_source **text) {
    rng          r = rng_fork(ld->seed ^ hash_u64(0x6c6f6164ull + (uint64_t)ld->split), i);
    load_source *s = &ld->src[draw(&r, ld->weight_sum, ld->n_src, &ld->src->weight, sizeof *ld->src)];
    if (s->fam) {
        int level = draw(&r, s->level_sum, LEVELS_MAX + 1, s->level_weight, sizeof *s->level_weight);
        family_make(s->fam, ld->split, ld->seed, i, level, &ld->p);
        return NULL;
    }
    *text = &s->text;
    return &s->text.c[rng_below(&r, (uint64_t)s->text.n_chunks)];
}

/* Make document i in ld->doc and ld->doc_w; doc_fits is false for a problem longer than max_len. */
static void make_doc(loader *ld, uint64_t i) {
    const text_source *text = NULL;
    if (ld->doc_valid && ld->doc_at == i) return;
    ld->doc.n = 0;
    mem_free(ld->doc_w);
    ld->doc_w      = NULL;
    const chunk *c = choose(ld, i, &text);
    if (!c) {
        sample_tokens(ld->tok, &ld->p, ld->loss, &ld->doc, NULL, &ld->doc_w);
        ld->doc_fits = ld->doc.n <= ld->max_len;
    } else {
        int32_t bos = tok_id(ld->tok, CHAT_BOS);
        if (bos >= 0) ids_add(&ld->doc, bos);
        for (int k = c->tok_from; k < c->tok_to && ld->doc.n < ld->max_len; k++) ids_add(&ld->doc, text->tok.p[k]);
        ld->doc_w = mem_alloc(((size_t)ld->doc.n + 1) * sizeof *ld->doc_w);
        for (int k = 0; k < ld->doc.n; k++) ld->doc_w[k] = k + 1 < ld->doc.n ? 1.0f : 0.0f;
        ld->doc_fits = true;
    }
    ld->doc_at    = i;
    ld->doc_valid = true;
}

/* loader_fill goes on until a document fits: that must happen. */
static bool some_fit(loader *ld, err *e) {
    int shortest = 0;
    for (uint64_t i = 0; i < 64; i++) {
        make_doc(ld, i);
        if (ld->doc_fits) return true;
        if (!shortest || ld->doc.n < shortest) shortest = ld->doc.n;
    }
    return err_set(e, "loader: max_len %d, expected at least %d, the shortest of the first 64 documents", ld->max_len,
                   shortest);
}

void loader_fill(loader *ld, uint64_t *next, rows_batch *b) {
    b->n = b->n_seq = b->learn = 0;
    b->start[0]                = 0;
    while (b->n_seq < b->max_seq && b->n < b->cap) {
        make_doc(ld, *next);
        int n = ld->doc.n;
        if (!ld->doc_fits || n > b->cap || n < 1) {
            ld->skipped++;
            ++*next;
            continue;
        }
        if (b->n + n > b->cap) break;
        for (int k = 0; k < n; k++) {
            int row     = b->n + k;
            b->tok[row] = ld->doc.p[k];
            b->pos[row] = k;
            b->tgt[row] = k + 1 < n ? ld->doc.p[k + 1] : ld->doc.p[k];
            b->w[row]   = ld->doc_w[k];
            b->learn += ld->doc_w[k] != 0;
        }
        b->n += n;
        b->start[++b->n_seq] = b->n;
        ++*next;
    }
}

void loader_text(loader *ld, uint64_t i, str *out) {
    const text_source *text = NULL;
    const chunk       *c    = choose(ld, i, &text);
    if (c) {
        str_addn(out, text->p + c->from, c->to - c->from);
        return;
    }
    ld->doc_valid = false; /* ld->p is another problem now */
    str_addn(out, ld->p.question.p, ld->p.question.len);
    str_addc(out, '\n');
    str_addn(out, ld->p.reasoning.p, ld->p.reasoning.len);
    str_addn(out, ld->p.answer.p, ld->p.answer.len);
    str_addc(out, '\n');
}
