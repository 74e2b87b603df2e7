/* tok_train.c -- learning a byte-level BPE vocabulary.
 *
 * The text is reduced to its distinct pieces with their counts (the split pattern guarantees that no merge crosses a
 * piece). Then, until the vocabulary is full: the pair of neighbours with the highest count becomes a token, ties going
 * to the lowest pair of ids. Counts are kept up to date instead of being counted anew (as in Sennrich's subword-nmt):
 * every pair knows the pieces in which it occurs, so a merge touches only those, and a heap holds the pairs by count.
 * The heap is lazy: an entry whose count is out of date is corrected when it comes up. Counts of a pair without the
 * newest token can only fall, so the entry that comes up with a right count is the maximum.
 *
 * Ids: 0..255 are the bytes, then the merges in order, then the special tokens. */
#include <string.h>
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "text/tok_impl.h"

enum { MAX_WORD = 256 }; /* longer pieces (runs of one character, base64) teach nothing about language */
enum { MIN_COUNT = 2 };  /* a pair seen once is not worth a token */

typedef struct word {
    size_t  at; /* offset of its bytes, later of its symbols (same offset: one symbol a byte at first) */
    int32_t len;
    int64_t count;
} word;

struct tok_trainer {
    uclass        *u;
    nfc           *f;
    presplit      *pre;
    presplit_work *work;
    str            normal, bytes;
    word          *words;
    size_t         n_words, cap_words;
    uint32_t      *map; /* open addressing, word index + 1 */
    size_t         map_mask;
};

typedef struct pair {
    int32_t   left, right; /* left < 0: empty slot */
    int64_t   count;
    uint32_t *in; /* words it occurs in; may name some twice or no longer */
    uint32_t  n_in, cap_in;
    int32_t   touched; /* the last merge that raised its count */
} pair;

typedef struct heap_entry {
    int64_t count;
    int32_t left, right;
} heap_entry;

typedef struct learner {
    word       *words;
    size_t      n_words;
    int32_t    *sym;   /* all words' symbols */
    pair       *pairs; /* open addressing */
    size_t      pair_mask, n_pairs;
    heap_entry *heap;
    size_t      n_heap, cap_heap;
    heap_entry *fresh; /* pairs to push after the current merge (counts filled in then) */
    size_t      n_fresh, cap_fresh;
} learner;

/* ---- collecting pieces ---- */

tok_trainer *tok_trainer_new(void) {
    const tok_preset *q  = tok_preset_find("qwen2");
    err               e  = {0};
    tok_trainer      *tr = mem_calloc(1, sizeof *tr);
    tr->u                = uclass_new();
    tr->f                = nfc_new();
    json_t *spec         = json_load_mem("qwen2", q->pre, strlen(q->pre), &e);
    tr->pre = presplit_new(spec, tr->u, PRESPLIT_FAST, &e); /* a constant of this program: tested, cannot fail */
    json_decref(spec);
    tr->work     = presplit_work_new();
    tr->map_mask = (1u << 16) - 1;
    tr->map      = mem_calloc(tr->map_mask + 1, sizeof *tr->map);
    return tr;
}

void tok_trainer_free(tok_trainer *tr) {
    if (!tr) return;
    presplit_free(tr->pre);
    presplit_work_free(tr->work);
    uclass_free(tr->u);
    nfc_free(tr->f);
    str_free(&tr->normal);
    str_free(&tr->bytes);
    mem_free(tr->words);
    mem_free(tr->map);
    mem_free(tr);
}

static size_t word_slot(const tok_trainer *tr, const char *p, size_t n) {
    size_t i = (size_t)bpe_hash(p, n) & tr->map_mask;
    for (; tr->map[i]; i = (i + 1) & tr->map_mask) {
        const word *w = &tr->words[tr->map[i] - 1];
        if ((size_t)w->len == n && memcmp(tr->bytes.p + w->at, p, n) == 0) break;
    }
    return i;
}

static void words_grow(tok_trainer *tr) {
    mem_free(tr->map);
    tr->map_mask = tr->map_mask * 2 + 1;
    tr->map      = mem_calloc(tr->map_mask + 1, sizeof *tr->map);
    for (size_t k = 0; k < tr->n_words; k++)
        tr->map[word_slot(tr, tr->bytes.p + tr->words[k].at, (size_t)tr->words[k].len)] = (uint32_t)k + 1;
}

static void count_piece(void *ctx, const char *p, size_t n) {
    tok_trainer *tr = ctx;
    if (n < 2 || n > MAX_WORD) return;
    size_t i = word_slot(tr, p, n);
    if (tr->map[i]) {
        tr->words[tr->map[i] - 1].count++;
        return;
    }
    if (tr->n_words == tr->cap_words) {
        tr->cap_words = tr->cap_words ? tr->cap_words * 2 : 4096;
        tr->words     = mem_realloc(tr->words, tr->cap_words * sizeof *tr->words);
    }
    tr->words[tr->n_words] = (word){tr->bytes.len, (int32_t)n, 1};
    str_addn(&tr->bytes, p, n);
    tr->map[i] = (uint32_t)++tr->n_words;
    if (tr->n_words * 2 > tr->map_mask) words_grow(tr);
}

void tok_trainer_add(tok_trainer *tr, const char *text, size_t n) {
    while (n) {
        size_t good = n;
        if (utf8_valid(text, n, &good)) good = n;
        const char *p = text;
        size_t      m = good;
        str_clear(&tr->normal);
        if (nfc_apply(tr->f, p, m, &tr->normal)) {
            p = tr->normal.p;
            m = tr->normal.len;
        }
        presplit_run(tr->pre, tr->work, p, m, count_piece, tr);
        if (good < n) good++; /* skip a byte that is not UTF-8 */
        text += good;
        n -= good;
    }
}

/* ---- pairs ---- */

static pair *pair_slot(const learner *l, int32_t a, int32_t b) {
    uint64_t key[1] = {(uint64_t)(uint32_t)a << 32 | (uint32_t)b};
    size_t   i      = (size_t)bpe_hash((const char *)key, sizeof key) & l->pair_mask;
    while (l->pairs[i].left >= 0 && (l->pairs[i].left != a || l->pairs[i].right != b)) i = (i + 1) & l->pair_mask;
    return &l->pairs[i];
}

static void pairs_alloc(learner *l, size_t size) {
    l->pairs     = mem_alloc(size * sizeof *l->pairs);
    l->pair_mask = size - 1;
    for (size_t i = 0; i < size; i++) l->pairs[i] = (pair){.left = -1, .touched = -1};
}

static pair *pair_get(learner *l, int32_t a, int32_t b) {
    pair *p = pair_slot(l, a, b);
    if (p->left >= 0) return p;
    if ((l->n_pairs + 1) * 2 > l->pair_mask) {
        pair  *old  = l->pairs;
        size_t size = l->pair_mask + 1;
        pairs_alloc(l, size * 2);
        for (size_t i = 0; i < size; i++)
            if (old[i].left >= 0) *pair_slot(l, old[i].left, old[i].right) = old[i];
        mem_free(old);
        p = pair_slot(l, a, b);
    }
    l->n_pairs++;
    p->left  = a;
    p->right = b;
    return p;
}

static void pair_in(pair *p, uint32_t w) {
    if (p->n_in && p->in[p->n_in - 1] == w) return;
    if (p->n_in == p->cap_in) {
        p->cap_in = p->cap_in ? p->cap_in * 2 : 4;
        p->in     = mem_realloc(p->in, p->cap_in * sizeof *p->in);
    }
    p->in[p->n_in++] = w;
}

/* Higher count first, then lower ids. */
static bool before(const heap_entry *a, const heap_entry *b) {
    if (a->count != b->count) return a->count > b->count;
    if (a->left != b->left) return a->left < b->left;
    return a->right < b->right;
}

static void heap_push(learner *l, heap_entry v) {
    if (l->n_heap == l->cap_heap) {
        l->cap_heap = l->cap_heap ? l->cap_heap * 2 : 4096;
        l->heap     = mem_realloc(l->heap, l->cap_heap * sizeof *l->heap);
    }
    size_t i = l->n_heap++;
    for (; i > 0 && before(&v, &l->heap[(i - 1) / 2]); i = (i - 1) / 2) l->heap[i] = l->heap[(i - 1) / 2];
    l->heap[i] = v;
}

static heap_entry heap_pop(learner *l) {
    heap_entry top = l->heap[0], v = l->heap[--l->n_heap];
    size_t     i = 0;
    for (;;) {
        size_t k = 2 * i + 1;
        if (k >= l->n_heap) break;
        if (k + 1 < l->n_heap && before(&l->heap[k + 1], &l->heap[k])) k++;
        if (!before(&l->heap[k], &v)) break;
        l->heap[i] = l->heap[k];
        i          = k;
    }
    l->heap[i] = v;
    return top;
}

/* The best pair by its true count, or false when none occurs MIN_COUNT times. */
static bool best_pair(learner *l, heap_entry *out) {
    while (l->n_heap) {
        *out        = heap_pop(l);
        int64_t now = pair_slot(l, out->left, out->right)->count;
        if (now == out->count) return true;
        if (now < out->count && now >= MIN_COUNT) {
            out->count = now;
            heap_push(l, *out);
        } /* a count that rose was pushed when it did */
    }
    return false;
}

/* ---- merging ---- */

static void count_word(learner *l, uint32_t w, int64_t sign) {
    const word    *x = &l->words[w];
    const int32_t *s = l->sym + x->at;
    for (int32_t i = 0; i + 1 < x->len; i++) pair_get(l, s[i], s[i + 1])->count += sign * x->count;
}

/* Pairs with the new token: remember where they occur, and that they want to be pushed. */
static void note_new(learner *l, uint32_t w, int32_t token, int32_t step) {
    const word    *x = &l->words[w];
    const int32_t *s = l->sym + x->at;
    for (int32_t i = 0; i + 1 < x->len; i++) {
        if (s[i] != token && s[i + 1] != token) continue;
        pair *p = pair_get(l, s[i], s[i + 1]);
        pair_in(p, w);
        if (p->touched == step) continue;
        p->touched = step;
        if (l->n_fresh == l->cap_fresh) {
            l->cap_fresh = l->cap_fresh ? l->cap_fresh * 2 : 1024;
            l->fresh     = mem_realloc(l->fresh, l->cap_fresh * sizeof *l->fresh);
        }
        l->fresh[l->n_fresh++] = (heap_entry){0, p->left, p->right};
    }
}

static bool has_pair(const learner *l, const word *x, int32_t a, int32_t b) {
    const int32_t *s = l->sym + x->at;
    for (int32_t i = 0; i + 1 < x->len; i++)
        if (s[i] == a && s[i + 1] == b) return true;
    return false;
}

static void merge_word(learner *l, word *x, int32_t a, int32_t b, int32_t token) {
    int32_t *s = l->sym + x->at, k = 0;
    for (int32_t i = 0; i < x->len; i++) {
        if (i + 1 < x->len && s[i] == a && s[i + 1] == b) {
            s[k++] = token;
            i++;
        } else {
            s[k++] = s[i];
        }
    }
    x->len = k;
}

static void merge_pair(learner *l, int32_t a, int32_t b, int32_t token, int32_t step) {
    pair     *p  = pair_slot(l, a, b);
    uint32_t *in = p->in, n_in = p->n_in; /* taken over: the table may move below */
    p->in   = NULL;
    p->n_in = p->cap_in = 0;
    l->n_fresh          = 0;
    for (uint32_t i = 0; i < n_in; i++) {
        word *x = &l->words[in[i]];
        if (!has_pair(l, x, a, b)) continue;
        count_word(l, in[i], -1);
        merge_word(l, x, a, b, token);
        count_word(l, in[i], 1);
        note_new(l, in[i], token, step);
    }
    mem_free(in);
    for (size_t i = 0; i < l->n_fresh; i++) {
        heap_entry v = l->fresh[i];
        v.count      = pair_slot(l, v.left, v.right)->count;
        if (v.count >= MIN_COUNT) heap_push(l, v);
    }
}

static void learner_init(learner *l, const tok_trainer *tr) {
    l->n_words = tr->n_words;
    l->words   = mem_alloc((tr->n_words + 1) * sizeof *l->words);
    if (tr->n_words) memcpy(l->words, tr->words, tr->n_words * sizeof *l->words);
    l->sym = mem_alloc((tr->bytes.len + 1) * sizeof *l->sym);
    for (size_t i = 0; i < tr->bytes.len; i++) l->sym[i] = (unsigned char)tr->bytes.p[i];
    pairs_alloc(l, 1u << 14);
    for (uint32_t w = 0; w < l->n_words; w++) {
        const word *x = &l->words[w];
        count_word(l, w, 1);
        for (int32_t i = 0; i + 1 < x->len; i++)
            pair_in(pair_get(l, l->sym[x->at + (size_t)i], l->sym[x->at + (size_t)i + 1]), w);
    }
    for (size_t i = 0; i <= l->pair_mask; i++)
        if (l->pairs[i].left >= 0 && l->pairs[i].count >= MIN_COUNT)
            heap_push(l, (heap_entry){l->pairs[i].count, l->pairs[i].left, l->pairs[i].right});
}

static void learner_free(learner *l) {
    for (size_t i = 0; l->pairs && i <= l->pair_mask; i++) mem_free(l->pairs[i].in);
    mem_free(l->pairs);
    mem_free(l->words);
    mem_free(l->sym);
    mem_free(l->heap);
    mem_free(l->fresh);
}

/* ---- the tokenizer ---- */

static bool put_bytes(tokenizer *t, int32_t id, const char *p, size_t n, str *key, err *e) {
    str_clear(key);
    tok_bytes_to_key(p, n, key);
    return tok_put_key(t, id, key->p, key->len, e);
}

/* Give the pair a token (an old one when another pair spells the same bytes) and record the merge. */
static bool put_pair(tokenizer *t, const heap_entry *best, int32_t *token, str *both, str *key, err *e) {
    str         lk = {0}, rk = {0};
    size_t      ln, rn;
    const char *left = tok_piece(t, best->left, &ln), *right = tok_piece(t, best->right, &rn);
    bool        ok = false;
    str_clear(both);
    str_addn(both, left, ln);
    str_addn(both, right, rn);
    *token = tok_find(t, both->p, both->len);
    if (*token < 0) {
        *token = t->n;
        if (!put_bytes(t, *token, both->p, both->len, key, e)) goto done;
    }
    tok_bytes_to_key(both->p, ln, &lk);
    tok_bytes_to_key(both->p + ln, rn, &rk);
    ok = tok_put_merge(t, lk.p, lk.len, rk.p, rk.len, e);
done:
    str_free(&lk);
    str_free(&rk);
    return ok;
}

tokenizer *tok_trainer_run(tok_trainer *tr, int vocab_size, const char *const *special, int n_special, err *e) {
    const tok_preset *q    = tok_preset_find("qwen2");
    learner           l    = {0};
    tokenizer        *t    = NULL;
    str               both = {0}, key = {0};
    json_t           *norm = NULL, *pre = NULL;
    bool              ok = false;
    if (n_special < 0 || vocab_size < 256 + n_special || vocab_size > TOK_MAX_IDS) {
        err_set(e, "tokenizer: vocabulary of %d, expected %d (256 bytes and the special tokens) to %d", vocab_size,
                256 + n_special, TOK_MAX_IDS);
        return NULL;
    }
    t           = tok_new();
    t->pre_name = q->name;
    for (int i = 0; i < 256; i++) {
        char c = (char)i;
        if (!put_bytes(t, i, &c, 1, &key, e)) goto done;
    }
    learner_init(&l, tr);
    heap_entry best;
    for (int32_t step = 0; t->n + n_special < vocab_size && best_pair(&l, &best); step++) {
        int32_t token = 0;
        if (!put_pair(t, &best, &token, &both, &key, e)) goto done;
        merge_pair(&l, best.left, best.right, token, step);
    }
    for (int i = 0; i < n_special; i++)
        if (!tok_put_added(t, t->n, special[i], strlen(special[i]), ADDED_SPECIAL, e)) goto done;
    norm = json_load_mem("normalizer", q->normalizer, strlen(q->normalizer), e);
    pre  = json_load_mem("pre_tokenizer", q->pre, strlen(q->pre), e);
    ok   = norm && pre && tok_finish(t, norm, pre, e);
done:
    json_decref(norm);
    json_decref(pre);
    learner_free(&l);
    str_free(&both);
    str_free(&key);
    if (!ok) {
        tok_free(t);
        return NULL;
    }
    return t;
}
