/* json.h -- what is needed around jansson: files, typed look-ups with useful errors.
 *
 *   json_t *j = json_load_path("config.json", 64 << 20, &e);
 *   if (!json_get_int(j, "hidden_size", &c->hidden_size, JSON_NEED, &e)) ...
 *
 * Memory:  json_load_* return a new reference (json_decref). Strings from json_get_str are borrowed.
 * Errors:  a missing key (with JSON_NEED) or a wrong type names the key, the type expected and found.
 *          With JSON_MAY a missing or null key leaves *out as it was and returns true. */
#ifndef R1_JSON_H
#define R1_JSON_H
#include <jansson.h>
#include <stdint.h>
#include "base/err.h"

enum { JSON_MAY = 0, JSON_NEED = 1 };
json_t *json_load_path(const char *path, size_t max, err *e) R1_MUST_USE;
json_t *json_load_mem(const char *what, const char *p, size_t n, err *e) R1_MUST_USE; /* any value, not only objects */
/* A string of any bytes: what is not UTF-8 becomes U+FFFD. */
json_t *json_text(const char *p, size_t n);
bool json_get_int(const json_t *o, const char *key, int *out, int need, err *e) R1_MUST_USE; /* range of int checked */
bool json_get_i64(const json_t *o, const char *key, int64_t *out, int need, err *e) R1_MUST_USE;
bool json_get_f32(const json_t *o, const char *key, float *out, int need, err *e) R1_MUST_USE; /* accepts integers */
bool json_get_bool(const json_t *o, const char *key, bool *out, int need, err *e) R1_MUST_USE;
bool json_get_str(const json_t *o, const char *key, const char **out, int need, err *e) R1_MUST_USE;
/* Every key of o is one of `known` (NULL-terminated); else the error names `what` and the key. */
bool json_only_keys(const json_t *o, const char *what, const char *const *known, err *e) R1_MUST_USE;
#endif
