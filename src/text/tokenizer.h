/* tokenizer.h -- byte-level BPE: train, encode, decode; tokenizer.json of Hugging Face
 * (DeepSeek-V3, Qwen2.5 and our own) and the tokenizer.ggml.* keys of GGUF files.
 *
 *   tokenizer *t = tok_load("tokenizer.json", &e);
 *   ids v = {0};
 *   tok_encode(t, text, n, TOK_PLAIN, &v);            // appends; TOK_SPECIAL also parses special tokens in the text
 *   str s = {0}; tok_decode(t, v.p, v.n, &s);         // bytes, may be cut inside a UTF-8 sequence
 *
 * Memory:  a tokenizer is one object, read-only after it is made; ids grow and are freed by the caller.
 * Errors:  a file that is not understood names the key and what was expected. Encoding never fails: any bytes
 *          encode (invalid UTF-8 goes through as bytes where the vocabulary is byte-level).
 * Threads: a tokenizer may be used by many threads at once (but tok_tables is called by one). */
#ifndef R1_TOKENIZER_H
#define R1_TOKENIZER_H
#include <stdint.h>
#include "base/err.h"
#include "base/str.h"

typedef struct ids {
    int32_t *p;
    int      n, cap;
} ids;
void ids_add(ids *v, int32_t id);
void ids_free(ids *v);

typedef struct tokenizer tokenizer;
/* TOK_PLAIN: no added token is recognised, whatever the text says (a person's words cannot steer the template).
 * TOK_SPECIAL: all added tokens are, special or not, as Hugging Face's encode does. */
enum { TOK_PLAIN = 0, TOK_SPECIAL = 1 };

tokenizer *tok_load(const char *path, err *e) R1_MUST_USE; /* tokenizer.json or a folder with one */
tokenizer *tok_from_json(const char *what, const char *p, size_t n, err *e) R1_MUST_USE;
void       tok_free(tokenizer *t);
void       tok_encode(tokenizer *t, const char *text, size_t n, int flags, ids *out);
void       tok_decode(const tokenizer *t, const int32_t *id, int n, str *out); /* special tokens appear as their text */
int        tok_size(const tokenizer *t);                                       /* largest id + 1 */
const char *tok_piece(const tokenizer *t, int32_t id, size_t *len); /* raw bytes of a token; NULL if unused */
bool        tok_is_special(const tokenizer *t, int32_t id);
int32_t     tok_id(const tokenizer *t, const char *piece); /* id of a special/added token by its text, or -1 */

/* Training: byte-level BPE on a stream of texts, deterministic (ties by lowest pair ids). Digits stand alone,
 * the qwen2 split pattern, NFC. `special` come last in the vocabulary. When no pair occurs twice any more the
 * vocabulary stays smaller than asked for: see tok_size. */
typedef struct tok_trainer tok_trainer;
tok_trainer               *tok_trainer_new(void);
void                       tok_trainer_add(tok_trainer *tr, const char *text, size_t n);
tokenizer                 *tok_trainer_run(tok_trainer *tr, int vocab_size, const char *const *special, int n_special,
                                           err *e) R1_MUST_USE;
void                       tok_trainer_free(tok_trainer *tr);

char *tok_to_json(const tokenizer *t, size_t *n); /* tokenizer.json text; mem_free */
/* For GGUF: pieces in GPT-2's printable alphabet, types (1 normal, 3 control, 4 user-defined, 5 unused), merges "a b".
 * Filled into malloc'd arrays owned by the tokenizer, valid until tok_free. */
typedef struct tok_table {
    int                n_tokens, n_merges;
    const char *const *token;
    const size_t      *token_len;
    const int32_t     *type;
    const char *const *merge;
    const size_t      *merge_len;
    const char *pre; /* "gpt-2", "qwen2", "deepseek-r1-qwen", "llama-bpe", "deepseek-v3", "smollm"; NULL: GGUF has no
                        name for it */
} tok_table;
const tok_table *tok_tables(tokenizer *t);
tokenizer *tok_from_tables(const tok_table *tab, err *e) R1_MUST_USE; /* copies; for tokenizer.ggml.model = gpt2 */
#endif
