/* The way of a text through tok_encode:
 *   added tokens that are searched before normalisation (only with TOK_SPECIAL)
 *   -> stretches of valid UTF-8; bytes between them go to BPE as they are
 *   -> NFC, if the tokenizer has it
 *   -> added tokens that are searched after normalisation
 *   -> pieces (presplit) -> ids (bpe)
 *
 * Work space: a call takes the tokenizer's spare scratch with an atomic exchange and puts it back at the end; a second
 * thread that finds none makes its own. So encoding is safe from many threads, and one thread never allocates twice. */
#include "text/tokenizer.h"
#include <stdatomic.h>
#include <string.h>
#include "base/mem.h"
#include "base/utf8.h"
#include "text/tok_impl.h"

typedef struct encoder {
    const tokenizer *t;
    tok_scratch     *s;
    ids             *out;
    const char      *end; /* of the buffer that holds the pieces; NULL: only the piece itself may be read */
    bool             added;
} encoder;

static void ids_room(ids *v, size_t more) {
    if ((size_t)v->n + more <= (size_t)v->cap) return;
    size_t cap = (size_t)v->cap * 2;
    if (cap < (size_t)v->n + more) cap = (size_t)v->n + more + 64;
    v->p   = mem_realloc(v->p, cap * sizeof *v->p);
    v->cap = (int)cap;
}

void ids_add(ids *v, int32_t id) {
    ids_room(v, 1);
    v->p[v->n++] = id;
}

void ids_free(ids *v) {
    mem_free(v->p);
    *v = (ids){0};
}

static tok_scratch *take_scratch(tokenizer *t) {
    tok_scratch *s = atomic_exchange(&t->spare, NULL);
    if (s) return s;
    s        = mem_calloc(1, sizeof *s);
    s->bpe   = bpe_scratch_new();
    s->split = presplit_work_new();
    return s;
}

static void give_scratch(tokenizer *t, tok_scratch *s) {
    bpe_scratch_trim(s->bpe);
    if (s->normal.cap > 1u << 20) str_free(&s->normal);
    tok_scratch_free(atomic_exchange(&t->spare, s));
}

static void on_piece(void *ctx, const char *p, size_t n) {
    encoder *c   = ctx;
    ids     *out = c->out;
    ids_room(out, n < BPE_CACHE_IDS ? BPE_CACHE_IDS : n);
    if (c->t->ignore_merges) {
        int32_t id = tok_find(c->t, p, n);
        if (id >= 0) {
            out->p[out->n++] = id;
            return;
        }
    }
    out->n += (int)bpe_encode(c->t->b, c->s->bpe, p, n, c->end ? c->end : p + n, out->p + out->n);
}

static void encode_words(encoder *c, const char *p, size_t n) {
    c->end = presplit_in_place(c->t->pre) ? p + n : NULL;
    presplit_run(c->t->pre, c->s->split, p, n, on_piece, c);
}

/* p[0..n) is valid UTF-8. */
static void encode_valid(encoder *c, const char *p, size_t n) {
    if (c->t->f) {
        str_clear(&c->s->normal);
        if (nfc_apply(c->t->f, p, n, &c->s->normal)) {
            p = c->s->normal.p;
            n = c->s->normal.len;
        }
    }
    size_t    done = 0, from = 0;
    added_hit h;
    while (c->added && added_find(&c->t->normal, c->t->u, p, n, done, &from, &h)) {
        encode_words(c, p + done, h.start - done);
        ids_add(c->out, h.id);
        done = h.stop;
    }
    encode_words(c, p + done, n - done);
}

static void encode_stretch(encoder *c, const char *p, size_t n) {
    while (n) {
        size_t good = n;
        if (utf8_valid(p, n, &good)) good = n;
        if (good) encode_valid(c, p, good);
        p += good;
        n -= good;
        size_t   bad = 0;
        uint32_t cp;
        while (bad < n && utf8_decode(p + bad, n - bad, &cp) == 0) bad++;
        if (!bad) continue;
        c->end = NULL;
        on_piece(c, p, bad);
        p += bad;
        n -= bad;
    }
}

void tok_encode(tokenizer *t, const char *text, size_t n, int flags, ids *out) {
    encoder   c    = {.t = t, .s = take_scratch(t), .out = out, .added = (flags & TOK_SPECIAL) != 0};
    size_t    done = 0, from = 0;
    added_hit h;
    while (c.added && added_find(&t->raw, t->u, text, n, done, &from, &h)) {
        encode_stretch(&c, text + done, h.start - done);
        ids_add(out, h.id);
        done = h.stop;
    }
    encode_stretch(&c, text + done, n - done);
    give_scratch(t, c.s);
}

int tok_size(const tokenizer *t) { return t->n; }

const char *tok_piece(const tokenizer *t, int32_t id, size_t *len) {
    if (id < 0 || id >= t->n || t->entry[id].kind == TOK_UNUSED) {
        if (len) *len = 0;
        return NULL;
    }
    if (len) *len = t->entry[id].len;
    return t->blob.p + t->entry[id].at;
}

void tok_decode(const tokenizer *t, const int32_t *id, int n, str *out) {
    for (int i = 0; i < n; i++) {
        size_t      len;
        const char *p = tok_piece(t, id[i], &len);
        if (p) str_addn(out, p, len);
    }
}

bool tok_is_special(const tokenizer *t, int32_t id) { return id >= 0 && id < t->n && t->entry[id].special; }

int32_t tok_id(const tokenizer *t, const char *piece) {
    for (int i = 0; i < t->n_added; i++)
        if (strcmp(t->added[i].text, piece) == 0) return t->added[i].id;
    return -1;
}
