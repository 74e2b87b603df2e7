/* tok_impl.h -- the inside of a tokenizer, for the files tok*.c of this folder only.
 *
 * A tokenizer is built in this order, whatever it is read from:
 *   tokenizer *t = tok_new();
 *   tok_put_key(t, id, key, n, &e) ...            // vocabulary, in GPT-2's printable alphabet
 *   tok_put_added(t, id, text, n, flags, &e) ...  // added tokens
 *   tok_put_merge(t, left, ln, right, rn, &e) ... // after the vocabulary, by rank
 *   tok_finish(t, normalizer, pre_tokenizer, &e)  // the two JSON objects; compiles everything
 *
 * Memory: everything is owned by the tokenizer.   Errors: as tokenizer.h.   Threads: building is one thread's. */
#ifndef R1_TOK_IMPL_H
#define R1_TOK_IMPL_H
#include <jansson.h>
#include "text/bpe.h"
#include "text/nfc.h"
#include "text/presplit.h"
#include "text/tokenizer.h"
#include "text/uclass.h"

enum { TOK_MAX_IDS = 1 << 22 };

typedef enum {
    TOK_UNUSED,
    TOK_BYTES,   /* in the vocabulary; its key spells raw bytes */
    TOK_LITERAL, /* in the vocabulary; its key is outside the alphabet and stands for itself (BPE never makes it) */
    TOK_ADDED    /* an added token that the vocabulary lacks */
} tok_kind;

enum { ADDED_SPECIAL = 1, ADDED_NORMALIZED = 2, ADDED_LSTRIP = 4, ADDED_RSTRIP = 8, ADDED_SINGLE_WORD = 16 };

typedef struct tok_entry {
    size_t   at; /* offset in the blob */
    uint32_t len;
    uint8_t  kind;
    bool     is_added, special;
} tok_entry;

typedef struct added {
    char    *text; /* as in the file */
    size_t   len;
    char    *match; /* what is searched for: text, normalised if the token is */
    size_t   match_len;
    int32_t  id;
    unsigned flags;
} added;

/* Added tokens of one kind, sorted by `match`: a search narrows a range byte by byte. */
typedef struct added_set {
    const added **v; /* borrowed from tokenizer.added */
    int           n;
    bool          first[256];
} added_set;

/* One added token found in a text: [start, stop) after lstrip and rstrip. */
typedef struct added_hit {
    size_t  start, stop;
    int32_t id;
} added_hit;

/* Work space of one call; see tok_encode. */
typedef struct tok_scratch {
    bpe_scratch   *bpe;
    presplit_work *split;
    str            normal;
} tok_scratch;

struct tokenizer {
    int        n, cap; /* ids 0..n-1 */
    tok_entry *entry;  /* [cap] */
    str        blob;
    int32_t   *map; /* open addressing: bytes -> id of TOK_BYTES entries; -1 = empty */
    size_t     map_mask;
    size_t     n_map;
    int32_t (*merge)[3]; /* [n_merges]: left, right, result */
    size_t                 n_merges, cap_merges;
    added                 *added; /* [n_added], in the order of the file */
    int                    n_added, cap_added;
    added_set              raw, normal; /* searched before and after normalisation */
    bool                   ignore_merges;
    uclass                *u;
    nfc                   *f; /* NULL: no normalisation */
    presplit              *pre;
    bpe                   *b;
    char                  *normalizer_json, *pre_json;
    const char            *pre_name; /* GGUF's name, NULL when there is none */
    tok_table             *table;
    str                    table_text;
    _Atomic(tok_scratch *) spare;
};

/* tok_build.c */
tokenizer *tok_new(void);
bool       tok_put_key(tokenizer *t, int64_t id, const char *key, size_t n, err *e) R1_MUST_USE;
bool       tok_put_added(tokenizer *t, int64_t id, const char *text, size_t n, unsigned flags, err *e) R1_MUST_USE;
bool       tok_put_unused(tokenizer *t, int64_t id, err *e) R1_MUST_USE; /* a hole; makes the ids up to it exist */
bool       tok_put_merge(tokenizer *t, const char *left, size_t ln, const char *right, size_t rn, err *e) R1_MUST_USE;
bool       tok_finish(tokenizer *t, const json_t *normalizer, const json_t *pre, err *e) R1_MUST_USE;
int32_t    tok_find(const tokenizer *t, const char *bytes, size_t n); /* id of a TOK_BYTES entry, or -1 */
bool       tok_key_to_bytes(const char *key, size_t n, str *out);     /* false: a character outside the alphabet */
void       tok_bytes_to_key(const char *p, size_t n, str *out);
void       tok_scratch_free(tok_scratch *s);

/* tok_added.c */
void added_set_build(added_set *s, const tokenizer *t, unsigned normalized);
bool added_find(const added_set *s, const uclass *u, const char *p, size_t n, size_t done, size_t *from, added_hit *h);

/* tok_tables.c: what a pre-tokenizer is called in GGUF files */
typedef struct tok_preset {
    const char *name, *normalizer, *pre; /* JSON */
    bool        ignore_merges;
} tok_preset;
const tok_preset *tok_preset_find(const char *name);
const char       *tok_preset_name(const tokenizer *t);
#endif
