#include "base/json.h"
#include <string.h>

#include <limits.h>
#include <math.h>

#include "base/fs.h"
#include "base/mem.h"
#include "base/str.h"

json_t *json_load_mem(const char *what, const char *p, size_t n, err *e) {
    json_error_t je;
    json_t      *j = json_loadb(p, n, JSON_DECODE_ANY, &je);
    if (!j) err_set(e, "%s: not valid JSON, line %d column %d: %s", what, je.line, je.column, je.text);
    return j;
}

json_t *json_load_path(const char *path, size_t max, err *e) {
    size_t n;
    char  *p = fs_read(path, max, &n, e);
    if (!p) return NULL;
    json_t *j = json_load_mem(path, p, n, e);
    mem_free(p);
    return j;
}

static const char *type_name(const json_t *v) {
    switch (json_typeof(v)) {
    case JSON_OBJECT: return "an object";
    case JSON_ARRAY: return "an array";
    case JSON_STRING: return "a string";
    case JSON_INTEGER: return "an integer";
    case JSON_REAL: return "a number";
    case JSON_TRUE:
    case JSON_FALSE: return "true or false";
    default: return "null";
    }
}

/* The value to convert in *v, or NULL in *v when there is none and none is needed. */
static bool find(const json_t *o, const char *key, const char *expected, int need, const json_t **v, err *e) {
    *v = NULL;
    if (!json_is_object(o))
        return err_set(e, "\"%s\": expected an object around it, found %s", key, o ? type_name(o) : "nothing");
    const json_t *x = json_object_get(o, key);
    if (x && !json_is_null(x)) {
        *v = x;
        return true;
    }
    if (need == JSON_NEED)
        return err_set(e, "key \"%s\" is missing, expected %s%s", key, expected, x ? ", found null" : "");
    return true;
}

static bool wrong(const char *key, const char *expected, const json_t *v, err *e) {
    return err_set(e, "key \"%s\": expected %s, found %s", key, expected, type_name(v));
}

bool json_get_i64(const json_t *o, const char *key, int64_t *out, int need, err *e) {
    const json_t *v;
    if (!find(o, key, "an integer", need, &v, e)) return false;
    if (!v) return true;
    if (!json_is_integer(v)) return wrong(key, "an integer", v, e);
    *out = json_integer_value(v);
    return true;
}

json_t *json_text(const char *p, size_t n) {
    str s = {0};
    str_addc(&s, '"');
    str_add_json(&s, p, n);
    str_addc(&s, '"');
    json_t *o = json_loadb(s.p, s.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    str_free(&s);
    return o;
}

bool json_get_int(const json_t *o, const char *key, int *out, int need, err *e) {
    int64_t x = *out;
    if (!json_get_i64(o, key, &x, need, e)) return false;
    if (x < INT_MIN || x > INT_MAX)
        return err_set(e, "key \"%s\": expected an integer of 32 bits, found %lld", key, (long long)x);
    *out = (int)x;
    return true;
}

bool json_get_f32(const json_t *o, const char *key, float *out, int need, err *e) {
    const json_t *v;
    if (!find(o, key, "a number", need, &v, e)) return false;
    if (!v) return true;
    if (!json_is_number(v)) return wrong(key, "a number", v, e);
    double x = json_number_value(v);
    if (!(fabs(x) <= 3.4028234663852886e38)) return err_set(e, "key \"%s\": %g does not fit a float", key, x);
    *out = (float)x;
    return true;
}

bool json_get_bool(const json_t *o, const char *key, bool *out, int need, err *e) {
    const json_t *v;
    if (!find(o, key, "true or false", need, &v, e)) return false;
    if (!v) return true;
    if (!json_is_boolean(v)) return wrong(key, "true or false", v, e);
    *out = json_is_true(v);
    return true;
}

bool json_get_str(const json_t *o, const char *key, const char **out, int need, err *e) {
    const json_t *v;
    if (!find(o, key, "a string", need, &v, e)) return false;
    if (!v) return true;
    if (!json_is_string(v)) return wrong(key, "a string", v, e);
    *out = json_string_value(v);
    return true;
}

bool json_only_keys(const json_t *o, const char *what, const char *const *known, err *e) {
    const char *key;
    json_t     *v;
    json_object_foreach((json_t *)(uintptr_t)o, key, v) {
        bool ok = false;
        for (int i = 0; known[i]; i++) ok = ok || strcmp(key, known[i]) == 0;
        if (!ok) return err_set(e, "%s has an unknown key \"%.60s\"", what, key);
    }
    return true;
}
