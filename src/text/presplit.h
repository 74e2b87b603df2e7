/* presplit.h -- the pre_tokenizer of a tokenizer.json: text -> pieces that BPE never joins.
 *
 *   presplit *s = presplit_new(json, u, PRESPLIT_FAST, &e);   // json: the "pre_tokenizer" object
 *   presplit_work *w = presplit_work_new();                   // one per thread
 *   presplit_run(s, w, p, n, on_piece, ctx);                  // p[0..n): valid UTF-8
 *
 * Known: Sequence, Split (String or Regex; Isolated, Removed, Contiguous, MergedWithPrevious, MergedWithNext; invert),
 * Digits, and ByteLevel as the last step (add_prefix_space, use_regex). Patterns that fastsplit.h knows are run by it,
 * all others by PCRE2.
 * Memory:  pieces passed to on_piece live until it returns (they may lie in `w`, not in the text).
 * Errors:  a step, key or regular expression that is not understood is named. Running never fails.
 * Threads: a presplit is read-only; a work belongs to one thread. */
#ifndef R1_PRESPLIT_H
#define R1_PRESPLIT_H
#include <jansson.h>
#include "base/err.h"
#include "text/fastsplit.h"
#include "text/uclass.h"

typedef struct presplit      presplit;
typedef struct presplit_work presplit_work;
enum { PRESPLIT_PCRE = 0, PRESPLIT_FAST = 1 };

presplit      *presplit_new(const json_t *spec, const uclass *u, int fast, err *e) R1_MUST_USE;
void           presplit_free(presplit *s);
fastsplit_kind presplit_kind(const presplit *s);
presplit_work *presplit_work_new(void);
void           presplit_work_free(presplit_work *w);
void           presplit_run(const presplit *s, presplit_work *w, const char *p, size_t n, piece_fn fn, void *ctx);
/* True when pieces lie in the text given to presplit_run (no step inserts spaces). */
bool presplit_in_place(const presplit *s);
#endif
