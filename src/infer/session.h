/* session.h -- one mutable inference timeline over a shared model.
 *
 * Why: callers pass the whole token prefix; the session reuses, extends or rebuilds its cache, so CLI, server
 * and evaluation never see the cache.
 *
 *   session *s = session_new(m, 4096, &e);
 *   if (!s || !session_sync(s, toks, n, &e)) goto done;
 *   session_logits(s) ...
 *
 * Memory:  session_new makes the only allocation.   Errors: false/NULL and *e filled; s stays usable.
 * Threads: one session, one thread; the model is shared read-only. */
#ifndef R1_SESSION_H
#define R1_SESSION_H
#include "base/err.h"
#include "model/model.h"
typedef struct session session;
session               *session_new(model *m, int ctx, err *e) R1_MUST_USE;
void                   session_free(session *s);
/* Make the live state equal toks[0..n), 1 <= n <= ctx; then session_logits is valid. */
bool         session_sync(session *s, const int32_t *toks, int n, err *e) R1_MUST_USE;
const float *session_logits(const session *s); /* [vocab], borrowed until the next sync */
int          session_reused(const session *s); /* tokens of the last sync that were in the cache already */
int          session_ctx(const session *s);
int64_t      session_kv_bytes(const cfg *c); /* of cache a token of context takes, all layers */
#endif
