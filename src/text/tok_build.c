/* tok_build.c -- putting a tokenizer together, and taking it apart.
 *
 * GPT-2's alphabet writes each byte as a printable character, so that a vocabulary can be a JSON object: the 188 bytes
 * that are printable in Latin-1 stand for themselves, the other 68 are U+0100, U+0101, ... in order of the byte. */
#include <string.h>
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "text/tok_impl.h"

static bool is_printable(int b) { return (b >= 0x21 && b <= 0x7e) || (b >= 0xa1 && b <= 0xac) || b >= 0xae; }

/* The code point that stands for byte b: the k-th unprintable byte is U+0100 + k. */
static uint32_t char_of_byte(int b) {
    if (is_printable(b)) return (uint32_t)b;
    uint32_t k;
    if (b <= 0x20) k = (uint32_t)b;
    else if (b <= 0xa0) k = (uint32_t)(b - 0x7f + 0x21);
    else k = 67; /* 0xad, the soft hyphen */
    return 0x100 + k;
}

static int byte_of_char(uint32_t cp) {
    if (cp < 0x100) return is_printable((int)cp) ? (int)cp : -1;
    uint32_t k = cp - 0x100;
    if (k <= 0x20) return (int)k;
    if (k < 67) return (int)(k - 0x21 + 0x7f);
    return k == 67 ? 0xad : -1;
}

bool tok_key_to_bytes(const char *key, size_t n, str *out) {
    size_t mark = out->len;
    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        int      k = utf8_decode(key + i, n - i, &cp), b = k ? byte_of_char(cp) : -1;
        if (b < 0) {
            out->len = mark;
            return false;
        }
        str_addc(out, (char)b);
        i += (size_t)k;
    }
    return true;
}

void tok_bytes_to_key(const char *p, size_t n, str *out) {
    for (size_t i = 0; i < n; i++) {
        char c[4];
        int  k = utf8_encode(char_of_byte((unsigned char)p[i]), c);
        str_addn(out, c, (size_t)k);
    }
}

tokenizer *tok_new(void) {
    tokenizer *t = mem_calloc(1, sizeof *t);
    t->map_mask  = 1023;
    t->map       = mem_alloc(1024 * sizeof *t->map);
    memset(t->map, 0xff, 1024 * sizeof *t->map);
    return t;
}

/* ---- the map from bytes to ids ---- */

static const char *bytes_of(const tokenizer *t, int32_t id) { return t->blob.p + t->entry[id].at; }

static size_t map_slot(const tokenizer *t, const char *p, size_t n) {
    size_t i = (size_t)bpe_hash(p, n) & t->map_mask;
    for (;; i = (i + 1) & t->map_mask) {
        int32_t id = t->map[i];
        if (id < 0 || (t->entry[id].len == n && memcmp(bytes_of(t, id), p, n) == 0)) return i;
    }
}

static void map_grow(tokenizer *t) {
    int32_t *old  = t->map;
    size_t   size = t->map_mask + 1;
    t->map_mask   = size * 2 - 1;
    t->map        = mem_alloc(size * 2 * sizeof *t->map);
    memset(t->map, 0xff, size * 2 * sizeof *t->map);
    for (size_t i = 0; i < size; i++)
        if (old[i] >= 0) t->map[map_slot(t, bytes_of(t, old[i]), t->entry[old[i]].len)] = old[i];
    mem_free(old);
}

int32_t tok_find(const tokenizer *t, const char *bytes, size_t n) { return t->map[map_slot(t, bytes, n)]; }

/* ---- entries ---- */

/* Names in messages: at most 60 bytes, and not NUL-terminated (they may lie in a mapped file). */
static int shown(size_t n) { return n < 60 ? (int)n : 60; }

static bool entry_at(tokenizer *t, int64_t id, const char *what, size_t n, err *e) {
    if (id < 0 || id >= TOK_MAX_IDS)
        return err_set(e, "tokenizer: token \"%.*s\" has id %lld, expected 0 to %d", shown(n), what, (long long)id,
                       TOK_MAX_IDS - 1);
    if (id >= t->cap) {
        int cap = t->cap ? t->cap : 1024;
        while (cap <= id) cap *= 2;
        t->entry = mem_realloc(t->entry, (size_t)cap * sizeof *t->entry);
        memset(t->entry + t->cap, 0, (size_t)(cap - t->cap) * sizeof *t->entry);
        t->cap = cap;
    }
    if (id >= t->n) t->n = (int)id + 1;
    return true;
}

bool tok_put_key(tokenizer *t, int64_t id, const char *key, size_t n, err *e) {
    if (!entry_at(t, id, key, n, e)) return false;
    if (n > UINT32_MAX / 2) return err_set(e, "tokenizer: token %lld is %zu bytes long", (long long)id, n);
    tok_entry *x = &t->entry[id];
    if (x->kind != TOK_UNUSED)
        return err_set(e, "tokenizer: id %lld is used twice (\"%.60s\" and \"%.*s\")", (long long)id,
                       bytes_of(t, (int32_t)id), shown(n), key);
    x->at   = t->blob.len;
    x->kind = TOK_BYTES;
    if (n == 0 || !tok_key_to_bytes(key, n, &t->blob)) {
        x->kind = TOK_LITERAL;
        str_addn(&t->blob, key, n);
    }
    x->len = (uint32_t)(t->blob.len - x->at);
    str_addc(&t->blob, '\0'); /* so that a piece can be printed */
    if (x->kind != TOK_BYTES) return true;
    size_t slot = map_slot(t, bytes_of(t, (int32_t)id), x->len);
    if (t->map[slot] >= 0) return true; /* GGUF files may repeat a piece: the first id counts */
    t->map[slot] = (int32_t)id;
    if (++t->n_map * 2 > t->map_mask) map_grow(t);
    return true;
}

bool tok_put_added(tokenizer *t, int64_t id, const char *text, size_t n, unsigned flags, err *e) {
    if (n == 0) return err_set(e, "tokenizer: added token %lld has an empty text", (long long)id);
    if (!entry_at(t, id, text, n, e)) return false;
    tok_entry *x = &t->entry[id];
    if (x->kind == TOK_UNUSED) {
        *x = (tok_entry){.at = t->blob.len, .len = (uint32_t)n, .kind = TOK_ADDED};
        str_addn(&t->blob, text, n);
        str_addc(&t->blob, '\0');
    } else {
        /* Also in the vocabulary: as itself, or spelt in the alphabet (as ASCII is). */
        str key = {0};
        tok_bytes_to_key(bytes_of(t, (int32_t)id), x->len, &key);
        bool same = (x->len == n && memcmp(bytes_of(t, (int32_t)id), text, n) == 0) ||
                    (key.len == n && memcmp(key.p, text, n) == 0);
        str_free(&key);
        if (!same)
            return err_set(e, "tokenizer: id %lld is \"%.*s\" in added_tokens and \"%.60s\" in the vocabulary",
                           (long long)id, shown(n), text, bytes_of(t, (int32_t)id));
    }
    x->is_added = true;
    x->special  = (flags & ADDED_SPECIAL) != 0;
    if (t->n_added == t->cap_added) {
        t->cap_added = t->cap_added ? t->cap_added * 2 : 16;
        t->added     = mem_realloc(t->added, (size_t)t->cap_added * sizeof *t->added);
    }
    added *a = &t->added[t->n_added++];
    *a       = (added){.len = n, .match_len = n, .id = (int32_t)id, .flags = flags};
    a->text  = mem_alloc(n + 1);
    memcpy(a->text, text, n);
    a->text[n] = '\0';
    return true;
}

bool tok_put_unused(tokenizer *t, int64_t id, err *e) { return entry_at(t, id, "(unused)", 8, e); }

bool tok_put_merge(tokenizer *t, const char *left, size_t ln, const char *right, size_t rn, err *e) {
    str     s  = {0};
    bool    ok = false;
    int32_t a = -1, b = -1, c = -1;
    if (ln && tok_key_to_bytes(left, ln, &s)) a = tok_find(t, s.p, s.len);
    size_t cut = s.len;
    if (rn && tok_key_to_bytes(right, rn, &s)) {
        b = tok_find(t, s.p + cut, s.len - cut);
        c = tok_find(t, s.p, s.len);
    }
    if (a < 0 || b < 0 || c < 0) {
        err_set(e, "tokenizer: merge %zu \"%.*s %.*s\": %s not in the vocabulary", t->n_merges, shown(ln), left,
                shown(rn), right,
                a < 0   ? "its left half is"
                : b < 0 ? "its right half is"
                        : "the two joined are");
        goto done;
    }
    if (t->n_merges == t->cap_merges) {
        t->cap_merges = t->cap_merges ? t->cap_merges * 2 : 1024;
        t->merge      = mem_realloc(t->merge, t->cap_merges * sizeof *t->merge);
    }
    int32_t *m = t->merge[t->n_merges++];
    m[0]       = a;
    m[1]       = b;
    m[2]       = c;
    ok         = true;
done:
    str_free(&s);
    return ok;
}

/* ---- finishing ---- */

/* Only NFC, alone or in a sequence, and nothing. */
static bool read_normalizer(const json_t *o, int depth, bool *use_nfc, err *e) {
    const char *type = NULL;
    if (!o || json_is_null(o)) return true;
    if (!json_is_object(o)) return err_set(e, "normalizer: expected an object or null");
    if (!json_get_str(o, "type", &type, JSON_NEED, e)) return err_in(e, "normalizer");
    if (strcmp(type, "NFC") == 0) {
        *use_nfc = true;
        return true;
    }
    if (strcmp(type, "Sequence") != 0)
        return err_set(e, "normalizer: type \"%s\" is not supported (NFC, Sequence and null are)", type);
    const json_t *list = json_object_get(o, "normalizers");
    if (!json_is_array(list)) return err_set(e, "normalizer: Sequence.normalizers must be an array");
    if (depth > 8) return err_set(e, "normalizer: sequences nested too deep");
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!read_normalizer(json_array_get(list, i), depth + 1, use_nfc, e)) return false;
    return true;
}

static char *dump(const json_t *j) {
    char *z = j ? json_dumps(j, JSON_COMPACT | JSON_ENCODE_ANY) : NULL, *copy = mem_strdup(z ? z : "null");
    free(z); /* jansson's malloc */
    return copy;
}

static void build_bpe(tokenizer *t) {
    int32_t byte_id[256];
    for (int i = 0; i < 256; i++) {
        char c     = (char)i;
        byte_id[i] = tok_find(t, &c, 1);
    }
    t->b = bpe_new(byte_id, t->n_merges);
    for (size_t i = 0; i < t->n_merges; i++) bpe_add(t->b, t->merge[i][0], t->merge[i][1], t->merge[i][2]);
    bpe_ready(t->b);
}

static void build_added(tokenizer *t) {
    for (int i = 0; i < t->n_added; i++) {
        added *a = &t->added[i];
        str    s = {0};
        if (t->f && (a->flags & ADDED_NORMALIZED) && utf8_valid(a->text, a->len, NULL) &&
            nfc_apply(t->f, a->text, a->len, &s)) {
            a->match_len = s.len;
            a->match     = str_take(&s);
        } else {
            a->match = a->text;
        }
        str_free(&s);
    }
    added_set_build(&t->raw, t, 0);
    added_set_build(&t->normal, t, ADDED_NORMALIZED);
}

bool tok_finish(tokenizer *t, const json_t *normalizer, const json_t *pre, err *e) {
    bool use_nfc = false;
    if (t->n == 0) return err_set(e, "tokenizer: the vocabulary is empty");
    if (!read_normalizer(normalizer, 0, &use_nfc, e)) return false;
    if (!pre || json_is_null(pre))
        return err_set(e,
                       "pre_tokenizer: null, expected one with ByteLevel (only byte-level tokenizers are supported)");
    t->u = uclass_new();
    if (use_nfc) t->f = nfc_new();
    t->pre = presplit_new(pre, t->u, PRESPLIT_FAST, e);
    if (!t->pre) return false;
    t->normalizer_json = dump(normalizer);
    t->pre_json        = dump(pre);
    build_bpe(t);
    build_added(t);
    if (!t->pre_name) t->pre_name = tok_preset_name(t);
    return true;
}

void tok_scratch_free(tok_scratch *s) {
    if (!s) return;
    bpe_scratch_free(s->bpe);
    presplit_work_free(s->split);
    str_free(&s->normal);
    mem_free(s);
}

void tok_free(tokenizer *t) {
    if (!t) return;
    for (int i = 0; i < t->n_added; i++) {
        if (t->added[i].match != t->added[i].text) mem_free(t->added[i].match);
        mem_free(t->added[i].text);
    }
    mem_free(t->added);
    mem_free(t->raw.v);
    mem_free(t->normal.v);
    mem_free(t->entry);
    str_free(&t->blob);
    mem_free(t->map);
    mem_free(t->merge);
    presplit_free(t->pre);
    bpe_free(t->b);
    nfc_free(t->f);
    uclass_free(t->u);
    mem_free(t->normalizer_json);
    mem_free(t->pre_json);
    if (t->table) {
        mem_free((void *)(uintptr_t)t->table->token);
        mem_free((void *)(uintptr_t)t->table->token_len);
        mem_free((void *)(uintptr_t)t->table->type);
        mem_free((void *)(uintptr_t)t->table->merge);
        mem_free((void *)(uintptr_t)t->table->merge_len);
        mem_free(t->table);
    }
    str_free(&t->table_text);
    tok_scratch_free(t->spare);
    mem_free(t);
}
