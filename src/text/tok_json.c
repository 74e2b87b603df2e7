/* tok_json.c -- tokenizer.json of Hugging Face's tokenizers, read and written.
 *
 * Reading is strict: a key, type or setting that this program would have to ignore is an error that names it, because a
 * tokenizer that is nearly right gives a model that is quietly wrong. Ignored on purpose: truncation and padding
 * (settings of a batch, not of the text), post_processor (it adds special tokens, which chat.c does). */
#include <string.h>
#include "base/fs.h"
#include "base/json.h"
#include "base/mem.h"
#include "text/tok_impl.h"

enum { MAX_FILE = 256 << 20 };

/* A setting that must be absent, null, false, "" or 0. */
static bool must_be_off(const json_t *o, const char *key, err *e) {
    const json_t *v = json_object_get(o, key);
    if (!v || json_is_null(v) || json_is_false(v)) return true;
    if (json_is_string(v) && json_string_length(v) == 0) return true;
    if (json_is_number(v) && json_number_value(v) == 0) return true;
    return err_set(e, "model.%s is set, which is not supported", key);
}

static bool read_vocab(tokenizer *t, const json_t *vocab, err *e) {
    const char *key;
    json_t     *v;
    if (!json_is_object(vocab)) return err_set(e, "model.vocab: expected an object {\"piece\": id, ...}");
    json_object_foreach((json_t *)(uintptr_t)vocab, key, v) {
        if (!json_is_integer(v)) return err_set(e, "model.vocab: the id of \"%.60s\" is not an integer", key);
        if (!tok_put_key(t, json_integer_value(v), key, strlen(key), e)) return err_in(e, "model.vocab");
    }
    return true;
}

static bool read_merge(tokenizer *t, size_t i, const json_t *m, err *e) {
    if (json_is_string(m)) {
        const char *p = json_string_value(m), *space = *p ? strchr(p + 1, ' ') : NULL;
        if (!space || strchr(space + 1, ' '))
            return err_set(e, "model.merges[%zu]: \"%.60s\", expected two pieces with one space between", i, p);
        return tok_put_merge(t, p, (size_t)(space - p), space + 1, strlen(space + 1), e);
    }
    if (json_is_array(m) && json_array_size(m) == 2) {
        const char *a = json_string_value(json_array_get(m, 0)), *b = json_string_value(json_array_get(m, 1));
        if (a && b) return tok_put_merge(t, a, strlen(a), b, strlen(b), e);
    }
    return err_set(e, "model.merges[%zu]: expected \"a b\" or [\"a\", \"b\"]", i);
}

static bool read_model(tokenizer *t, const json_t *m, err *e) {
    static const char *const keys[] = {"type",
                                       "dropout",
                                       "unk_token",
                                       "continuing_subword_prefix",
                                       "end_of_word_suffix",
                                       "fuse_unk",
                                       "byte_fallback",
                                       "ignore_merges",
                                       "vocab",
                                       "merges",
                                       NULL};
    static const char *const off[]  = {"dropout", "continuing_subword_prefix", "end_of_word_suffix", "byte_fallback",
                                       NULL};
    const char              *type   = "BPE"; /* old files leave it out */
    if (!json_is_object(m)) return err_set(e, "model: missing, expected an object");
    if (!json_get_str(m, "type", &type, JSON_MAY, e)) return err_in(e, "model");
    if (strcmp(type, "BPE") != 0) return err_set(e, "model.type is \"%.60s\", only BPE is supported", type);
    if (!json_only_keys(m, "model", keys, e)) return false;
    for (int i = 0; off[i]; i++)
        if (!must_be_off(m, off[i], e)) return false;
    if (!json_get_bool(m, "ignore_merges", &t->ignore_merges, JSON_MAY, e)) return err_in(e, "model");
    if (!read_vocab(t, json_object_get(m, "vocab"), e)) return false;
    const json_t *merges = json_object_get(m, "merges");
    if (!json_is_array(merges)) return err_set(e, "model.merges: expected an array");
    for (size_t i = 0; i < json_array_size(merges); i++)
        if (!read_merge(t, i, json_array_get(merges, i), e)) return false;
    return true;
}

static bool read_added(tokenizer *t, const json_t *list, err *e) {
    static const char *const keys[] = {"id",     "content", "special",     "normalized",
                                       "lstrip", "rstrip",  "single_word", NULL};
    static const char *const flag[] = {"special", "normalized", "lstrip", "rstrip", "single_word"};
    if (!list || json_is_null(list)) return true;
    if (!json_is_array(list)) return err_set(e, "added_tokens: expected an array");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *o     = json_array_get(list, i);
        int64_t       id    = 0;
        const char   *text  = NULL;
        unsigned      flags = 0;
        if (!json_is_object(o)) return err_set(e, "added_tokens[%zu]: expected an object", i);
        if (!json_only_keys(o, "added_tokens", keys, e)) return false;
        if (!json_get_i64(o, "id", &id, JSON_NEED, e) || !json_get_str(o, "content", &text, JSON_NEED, e))
            return err_in(e, "added_tokens[%zu]", i);
        for (int k = 0; k < 5; k++) {
            bool on = false;
            if (!json_get_bool(o, flag[k], &on, JSON_MAY, e)) return err_in(e, "added_tokens[%zu]", i);
            if (on) flags |= 1u << k; /* the order of the ADDED_ flags */
        }
        if (!tok_put_added(t, id, text, strlen(text), flags, e)) return err_in(e, "added_tokens[%zu]", i);
    }
    return true;
}

/* ByteLevel, or a sequence of ByteLevels: what tok_decode does. */
static bool check_decoder(const json_t *o, int depth, err *e) {
    const char *type = NULL;
    if (!o || json_is_null(o)) return true;
    if (!json_is_object(o)) return err_set(e, "decoder: expected an object or null");
    if (!json_get_str(o, "type", &type, JSON_NEED, e)) return err_in(e, "decoder");
    if (strcmp(type, "ByteLevel") == 0) return true;
    if (strcmp(type, "Sequence") != 0 || depth > 8)
        return err_set(e, "decoder: type \"%.60s\" is not supported, expected ByteLevel", type);
    const json_t *list = json_object_get(o, "decoders");
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!check_decoder(json_array_get(list, i), depth + 1, e)) return false;
    return true;
}

static tokenizer *from_value(const json_t *j, err *e) {
    static const char *const keys[]  = {"version",       "truncation",     "padding", "added_tokens", "normalizer",
                                        "pre_tokenizer", "post_processor", "decoder", "model",        NULL};
    tokenizer               *t       = tok_new();
    const char              *version = "1.0";
    if (!json_is_object(j)) {
        err_set(e, "expected an object");
        goto fail;
    }
    if (!json_only_keys(j, "the file", keys, e)) goto fail;
    if (!json_get_str(j, "version", &version, JSON_MAY, e)) goto fail;
    if (strcmp(version, "1.0") != 0) {
        err_set(e, "version is \"%.20s\", expected \"1.0\"", version);
        goto fail;
    }
    if (!read_model(t, json_object_get(j, "model"), e)) goto fail;
    if (!read_added(t, json_object_get(j, "added_tokens"), e)) goto fail;
    if (!check_decoder(json_object_get(j, "decoder"), 0, e)) goto fail;
    if (!tok_finish(t, json_object_get(j, "normalizer"), json_object_get(j, "pre_tokenizer"), e)) goto fail;
    return t;
fail:
    tok_free(t);
    return NULL;
}

tokenizer *tok_from_json(const char *what, const char *p, size_t n, err *e) {
    json_t *j = json_load_mem(what, p, n, e);
    if (!j) return NULL;
    tokenizer *t = from_value(j, e);
    if (!t) err_in(e, "%s", what);
    json_decref(j);
    return t;
}

tokenizer *tok_load(const char *path, err *e) {
    str        file = {0};
    tokenizer *t    = NULL;
    size_t     n    = 0;
    char      *p    = NULL;
    str_add(&file, path);
    if (fs_is_dir(path)) str_add(&file, "/tokenizer.json");
    p = fs_read(file.p, MAX_FILE, &n, e);
    if (p) t = tok_from_json(file.p, p, n, e);
    mem_free(p);
    str_free(&file);
    return t;
}

/* ---- writing ---- */

static void add_string(str *s, const char *p, size_t n) {
    str_addc(s, '"');
    str_add_json(s, p, n);
    str_addc(s, '"');
}

static void add_key(str *s, const tokenizer *t, int32_t id, str *key) {
    const tok_entry *x = &t->entry[id];
    const char      *p = t->blob.p + x->at;
    str_clear(key);
    if (x->kind == TOK_BYTES) tok_bytes_to_key(p, x->len, key);
    else str_addn(key, p, x->len);
    add_string(s, key->p, key->len);
}

static void write_added(const tokenizer *t, str *s) {
    static const char *const flag[] = {"special", "normalized", "lstrip", "rstrip", "single_word"};
    str_add(s, " \"added_tokens\": [");
    for (int i = 0; i < t->n_added; i++) {
        const added *a = &t->added[i];
        str_addf(s, "%s\n  {\"id\": %d, \"content\": ", i ? "," : "", a->id);
        add_string(s, a->text, a->len);
        for (int k = 0; k < 5; k++) str_addf(s, ", \"%s\": %s", flag[k], (a->flags >> k) & 1 ? "true" : "false");
        str_addc(s, '}');
    }
    str_add(s, "],\n");
}

static void write_model(const tokenizer *t, str *s) {
    str key = {0};
    str_addf(
        s,
        " \"model\": {\"type\": \"BPE\", \"dropout\": null, \"unk_token\": null, \"continuing_subword_prefix\": null,\n"
        "  \"end_of_word_suffix\": null, \"fuse_unk\": false, \"byte_fallback\": false, \"ignore_merges\": %s,\n"
        "  \"vocab\": {",
        t->ignore_merges ? "true" : "false");
    const char *comma = "";
    for (int32_t i = 0; i < t->n; i++) {
        if (t->entry[i].kind != TOK_BYTES && t->entry[i].kind != TOK_LITERAL) continue;
        str_addf(s, "%s\n   ", comma);
        add_key(s, t, i, &key);
        str_addf(s, ": %d", i);
        comma = ",";
    }
    str_add(s, "},\n  \"merges\": [");
    for (size_t i = 0; i < t->n_merges; i++) {
        str_clear(&key);
        for (int k = 0; k < 2; k++) {
            const tok_entry *x = &t->entry[t->merge[i][k]];
            if (k) str_addc(&key, ' ');
            tok_bytes_to_key(t->blob.p + x->at, x->len, &key);
        }
        str_add(s, i ? ",\n   " : "\n   ");
        add_string(s, key.p, key.len);
    }
    str_add(s, "]}\n");
    str_free(&key);
}

char *tok_to_json(const tokenizer *t, size_t *n) {
    str s = {0};
    str_add(&s, "{\"version\": \"1.0\", \"truncation\": null, \"padding\": null,\n");
    write_added(t, &s);
    str_addf(&s, " \"normalizer\": %s,\n \"pre_tokenizer\": %s,\n", t->normalizer_json, t->pre_json);
    str_add(&s, " \"post_processor\": {\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"trim_offsets\": false, "
                "\"use_regex\": false},\n"
                " \"decoder\": {\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"trim_offsets\": false, "
                "\"use_regex\": false},\n");
    write_model(t, &s);
    str_add(&s, "}\n");
    if (n) *n = s.len;
    return str_take(&s);
}
