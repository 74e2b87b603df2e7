/* tok_tables.c -- the tokenizer as GGUF keeps it (tokenizer.ggml.tokens, .token_type, .merges, .pre), both ways.
 *
 * GGUF stores no rules for normalising and splitting but a name (tokenizer.ggml.pre) that every engine must know; the
 * table below says in tokenizer.json's own terms what each name means. tokenizer.ggml.model must be "gpt2" (byte-level
 * BPE): the reader of the file checks that. */
#include <string.h>
#include "base/json.h"
#include "base/mem.h"
#include "text/tok_impl.h"

enum { TYPE_NORMAL = 1, TYPE_UNKNOWN = 2, TYPE_CONTROL = 3, TYPE_USER = 4, TYPE_UNUSED = 5 };

#define BYTES "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":false,\"use_regex\":false}"
#define GPT2 "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true,\"use_regex\":true}"
#define SEQ(steps) "{\"type\":\"Sequence\",\"pretokenizers\":[" steps "]}"
#define SPLIT(re) "{\"type\":\"Split\",\"pattern\":{\"Regex\":\"" re "\"},\"behavior\":\"Isolated\",\"invert\":false},"
/* The patterns of fastsplit.h once more, as JSON strings. */
#define RE_WORDS(digits)                                                                                               \
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?\\\\p{L}+|" digits                                     \
    "| ?[^\\\\s\\\\p{L}\\\\p{N}]+[\\\\r\\\\n]*|\\\\s*[\\\\r\\\\n]+|\\\\s+(?!\\\\S)|\\\\s+"
#define RE_CJK "[\xe4\xb8\x80-\xe9\xbe\xa5\xe3\x81\x80-\xe3\x82\x9f\xe3\x82\xa0-\xe3\x83\xbf]+"
#define RE_DEEPSEEK                                                                                                    \
    "[!\\\"#$%&'()*+,\\\\-./:;<=>?@\\\\[\\\\\\\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\\\p{L}\\\\p{P}\\\\p{S}]?"             \
    "[\\\\p{L}\\\\p{M}]+| ?[\\\\p{P}\\\\p{S}]+[\\r\\n]*|\\\\s*[\\r\\n]+|\\\\s+(?!\\\\S)|\\\\s+"
#define NFC_JSON "{\"type\":\"NFC\"}"
#define QWEN2 SEQ(SPLIT(RE_WORDS("\\\\p{N}")) BYTES)
#define LLAMA3 SEQ(SPLIT(RE_WORDS("\\\\p{N}{1,3}")) BYTES)

static const tok_preset presets[] = {
    {"gpt-2", "null", GPT2, false},
    {"qwen2", NFC_JSON, QWEN2, false},
    {"deepseek-r1-qwen", "null", QWEN2, false},
    {"llama-bpe", "null", LLAMA3, true},
    {"llama3", "null", LLAMA3, true},
    {"deepseek-v3", "null", SEQ(SPLIT("\\\\p{N}{1,3}") SPLIT(RE_CJK) SPLIT(RE_DEEPSEEK) BYTES), false},
    {"smollm", "null", SEQ("{\"type\":\"Digits\",\"individual_digits\":true}," GPT2), false},
};

const tok_preset *tok_preset_find(const char *name) {
    for (size_t i = 0; name && i < sizeof presets / sizeof *presets; i++)
        if (strcmp(presets[i].name, name) == 0) return &presets[i];
    return NULL;
}

/* The name for rules that came from a tokenizer.json; NULL when GGUF has none that we know. */
const char *tok_preset_name(const tokenizer *t) {
    switch (presplit_kind(t->pre)) {
    case FASTSPLIT_GPT2: return t->f ? NULL : "gpt-2";
    case FASTSPLIT_QWEN2: return t->f ? "qwen2" : "deepseek-r1-qwen";
    case FASTSPLIT_LLAMA3: return t->f ? NULL : "llama-bpe";
    case FASTSPLIT_DEEPSEEK3: return t->f ? NULL : "deepseek-v3";
    case FASTSPLIT_NONE: break;
    }
    return NULL;
}

static bool put_token(tokenizer *t, const tok_table *tab, int i, err *e) {
    int         type = tab->type ? tab->type[i] : TYPE_NORMAL;
    const char *p    = tab->token[i];
    size_t      n    = tab->token_len[i];
    switch (type) {
    case TYPE_NORMAL: return tok_put_key(t, i, p, n, e);
    case TYPE_UNKNOWN:
    case TYPE_CONTROL: return tok_put_added(t, i, p, n, ADDED_SPECIAL, e);
    case TYPE_USER: return tok_put_added(t, i, p, n, 0, e);
    case TYPE_UNUSED: return tok_put_unused(t, i, e);
    default: return err_set(e, "tokenizer: token %d has type %d, expected 1 to 5", i, type);
    }
}

tokenizer *tok_from_tables(const tok_table *tab, err *e) {
    const tok_preset *pre  = tok_preset_find(tab->pre);
    tokenizer        *t    = NULL;
    json_t           *norm = NULL, *split = NULL;
    if (!pre) {
        str names = {0};
        for (size_t i = 0; i < sizeof presets / sizeof *presets; i++)
            str_addf(&names, "%s%s", i ? ", " : "", presets[i].name);
        err_set(e, "tokenizer.ggml.pre is \"%.60s\", expected one of %s", tab->pre ? tab->pre : "(missing)", names.p);
        str_free(&names);
        return NULL;
    }
    t                = tok_new();
    t->pre_name      = pre->name;
    t->ignore_merges = pre->ignore_merges;
    norm             = json_load_mem("normalizer preset", pre->normalizer, strlen(pre->normalizer), e);
    split            = json_load_mem("pre_tokenizer preset", pre->pre, strlen(pre->pre), e);
    if (!norm || !split) goto fail;
    for (int i = 0; i < tab->n_tokens; i++)
        if (!put_token(t, tab, i, e)) goto fail;
    for (int i = 0; i < tab->n_merges; i++) {
        const char *m     = tab->merge[i];
        size_t      n     = tab->merge_len[i];
        const char *space = n > 1 ? memchr(m + 1, ' ', n - 1) : NULL;
        if (!space) {
            err_set(e, "tokenizer: merge %d is \"%.*s\", expected two pieces with a space between", i,
                    (int)(n < 60 ? n : 60), m);
            goto fail;
        }
        if (!tok_put_merge(t, m, (size_t)(space - m), space + 1, n - (size_t)(space + 1 - m), e)) goto fail;
    }
    if (!tok_finish(t, norm, split, e)) goto fail;
    json_decref(norm);
    json_decref(split);
    return t;
fail:
    json_decref(norm);
    json_decref(split);
    tok_free(t);
    return NULL;
}

static int32_t type_of(const tokenizer *t, int32_t id) {
    if (t->entry[id].kind == TOK_UNUSED) return TYPE_UNUSED;
    if (t->entry[id].special) return TYPE_CONTROL;
    return t->entry[id].is_added ? TYPE_USER : TYPE_NORMAL;
}

/* Append the text of one token and return where it starts. */
static size_t table_token(tokenizer *t, int32_t id, int32_t type, size_t *len) {
    str        *s  = &t->table_text;
    size_t      at = s->len;
    const char *p  = t->blob.p + t->entry[id].at;
    if (type == TYPE_UNUSED) str_addf(s, "[PAD%d]", id); /* what converters write for holes */
    else if (type == TYPE_NORMAL && t->entry[id].kind == TOK_BYTES) tok_bytes_to_key(p, t->entry[id].len, s);
    else str_addn(s, p, t->entry[id].len);
    *len = s->len - at;
    str_addc(s, '\0');
    return at;
}

const tok_table *tok_tables(tokenizer *t) {
    if (t->table) return t->table;
    size_t       n = (size_t)t->n, m = t->n_merges;
    const char **token = mem_alloc((n + 1) * sizeof *token), **merge = mem_alloc((m + 1) * sizeof *merge);
    size_t  *token_len = mem_alloc((n + 1) * sizeof *token_len), *merge_len = mem_alloc((m + 1) * sizeof *merge_len);
    size_t  *at   = mem_alloc((n + m + 1) * sizeof *at);
    int32_t *type = mem_alloc((n + 1) * sizeof *type);
    for (size_t i = 0; i < n; i++) {
        type[i] = type_of(t, (int32_t)i);
        at[i]   = table_token(t, (int32_t)i, type[i], &token_len[i]);
    }
    for (size_t i = 0; i < m; i++) {
        str *s    = &t->table_text;
        at[n + i] = s->len;
        for (int k = 0; k < 2; k++) {
            const tok_entry *x = &t->entry[t->merge[i][k]];
            if (k) str_addc(s, ' ');
            tok_bytes_to_key(t->blob.p + x->at, x->len, s);
        }
        merge_len[i] = s->len - at[n + i];
        str_addc(s, '\0');
    }
    /* The text has stopped moving: offsets become pointers. */
    for (size_t i = 0; i < n; i++) token[i] = t->table_text.p + at[i];
    for (size_t i = 0; i < m; i++) merge[i] = t->table_text.p + at[n + i];
    mem_free(at);
    t->table  = mem_calloc(1, sizeof *t->table);
    *t->table = (tok_table){(int)n, (int)m, token, token_len, type, merge, merge_len, t->pre_name};
    return t->table;
}
