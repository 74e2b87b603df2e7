/* loader.c -- see loader.h.
 *
 * A document of a text source is <bos> and its tokens, cut to max_len. */
#include <math.h>
#include <string.h>
#include "base/mem.h"
#include "data/loader.h"
#include "data/texts.h"
#include "text/chat.h"

typedef struct load_source {
    const family *fam; /* NULL: text */
    texts        *text;
    int           cur; /* the family's number in the curriculum, -1: none */
    double        weight, level_weight[LEVELS_MAX + 1], level_sum;
} load_source;

struct loader {
    load_source      *src;
    int               n_src;
    double            weight_sum;
    split_id          split;
    uint64_t          seed;
    loss_on           loss;
    int               max_len;
    tokenizer        *tok;
    uint64_t          skipped;
    const curriculum *cur;
    problem           p;
    int               p_cur;      /* p's number in the curriculum */
    ids               doc;        /* document number doc_at, if doc_valid */
    float            *doc_w;      /* [doc.n] */
    int               doc_prompt; /* of its tokens, the prompt; 0: a text */
    uint64_t          doc_at;
    bool              doc_valid, doc_fits;
};

void rows_batch_init(rows_batch *b, int cap, int max_seq) {
    size_t c  = (size_t)cap;
    *b        = (rows_batch){.cap = cap, .max_seq = max_seq};
    b->tok    = mem_calloc(c, sizeof *b->tok);
    b->pos    = mem_calloc(c, sizeof *b->pos);
    b->tgt    = mem_calloc(c, sizeof *b->tgt);
    b->w      = mem_calloc(c, sizeof *b->w);
    b->start  = mem_calloc((size_t)max_seq + 1, sizeof *b->start);
    b->family = mem_calloc((size_t)max_seq, sizeof *b->family);
    b->level  = mem_calloc((size_t)max_seq, sizeof *b->level);
    b->prompt = mem_calloc((size_t)max_seq, sizeof *b->prompt);
}

void rows_batch_free(rows_batch *b) {
    mem_free(b->tok);
    mem_free(b->pos);
    mem_free(b->tgt);
    mem_free(b->w);
    mem_free(b->start);
    mem_free(b->family);
    mem_free(b->level);
    mem_free(b->prompt);
    *b = (rows_batch){0};
}

/* ---- the mix */
static bool open_source(load_source *s, const source *from, const loader *ld, err *e) {
    *s = (load_source){.weight = from->weight, .cur = -1};
    if (!(from->weight >= 0) || !isfinite(from->weight))
        return err_set(e, "loader: weight %g of %s, expected >= 0", from->weight,
                       from->family ? from->family : from->text);
    if (!from->family) {
        texts_spec t = {.path   = from->text,
                        .split  = ld->split,
                        .want   = (size_t)ld->max_len * 2,
                        .gsm8k  = from->gsm8k,
                        .filter = from->filter};
        if (!from->text) return err_set(e, "loader: a source with neither family nor text");
        return (s->text = texts_open(&t, e)) != NULL;
    }
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
    for (int i = 0; i < ld->n_src; i++) texts_close(ld->src[i].text);
    mem_free(ld->src);
    problem_free(&ld->p);
    ids_free(&ld->doc);
    mem_free(ld->doc_w);
    mem_free(ld);
}

uint64_t loader_skipped(const loader *ld) { return ld->skipped; }

void loader_follow(loader *ld, const curriculum *c) {
    ld->cur = c;
    for (int i = 0; i < ld->n_src; i++)
        ld->src[i].cur = c && ld->src[i].fam ? curriculum_find(c, ld->src[i].fam->name) : -1;
    loader_moved(ld);
}

void loader_moved(loader *ld) { ld->doc_valid = false; }

/* Document i in ld->p. */
static row_kind choose(loader *ld, uint64_t i) {
    rng          r = rng_fork(ld->seed ^ hash_u64(0x6c6f6164ull + (uint64_t)ld->split), i);
    load_source *s = &ld->src[rng_weighted(&r, ld->weight_sum, ld->n_src, &ld->src->weight, sizeof *ld->src)];
    ld->p_cur      = s->cur;
    if (!s->fam) return texts_get(s->text, (int)rng_below(&r, (uint64_t)texts_count(s->text)), &ld->p);
    int level = s->cur >= 0 ? curriculum_draw(ld->cur, s->cur, &r)
                            : rng_weighted(&r, s->level_sum, LEVELS_MAX + 1, s->level_weight, sizeof *s->level_weight);
    family_make(s->fam, ld->split, ld->seed, i, level, &ld->p);
    return ROW_FAMILY;
}

/* Make document i in ld->doc and ld->doc_w; doc_fits is false for a problem longer than max_len. */
static void make_doc(loader *ld, uint64_t i) {
    if (ld->doc_valid && ld->doc_at == i) return;
    ld->doc.n = ld->doc_prompt = 0;
    mem_free(ld->doc_w);
    ld->doc_w = NULL;
    if (choose(ld, i) != ROW_TEXT) {
        sample_tokens(ld->tok, &ld->p, ld->loss, &ld->doc, &ld->doc_prompt, &ld->doc_w);
        ld->doc_fits = ld->doc.n <= ld->max_len;
    } else {
        int32_t bos = tok_id(ld->tok, CHAT_BOS);
        if (bos >= 0) ids_add(&ld->doc, bos);
        tok_encode(ld->tok, ld->p.question.p ? ld->p.question.p : "", ld->p.question.len, TOK_PLAIN, &ld->doc);
        if (ld->doc.n > ld->max_len) ld->doc.n = ld->max_len;
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
        b->family[b->n_seq]  = ld->p_cur;
        b->level[b->n_seq]   = ld->p.level;
        b->prompt[b->n_seq]  = ld->doc_prompt;
        b->start[++b->n_seq] = b->n;
        ++*next;
    }
}

void loader_text(loader *ld, uint64_t i, str *out) {
    row_kind k    = choose(ld, i);
    ld->doc_valid = false; /* ld->p is another document now */
    str_addn(out, ld->p.question.p ? ld->p.question.p : "", ld->p.question.len);
    if (k == ROW_TEXT) return;
    str_addc(out, '\n');
    str_addn(out, ld->p.reasoning.p ? ld->p.reasoning.p : "", ld->p.reasoning.len);
    str_addn(out, ld->p.answer.p ? ld->p.answer.p : "", ld->p.answer.len);
    str_addc(out, '\n');
}
