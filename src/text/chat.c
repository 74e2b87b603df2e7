/* R1's template, as published: the system text stands bare after the first token, a question follows <|User|>, an
 * answer follows <|Assistant|> and ends the sequence, and earlier answers lose their reasoning. The published
 * tokenizers write the special tokens with a full-width bar and a lower block (U+FF5C, U+2581), ours in ASCII. What a
 * person typed is encoded as plain text, so "<|Assistant|>" in a question is only letters. */
#include "text/chat.h"
#include <string.h>
#include "base/utf8.h"

const char *const chat_special[] = {CHAT_BOS,        CHAT_EOS,         CHAT_USER, CHAT_ASSISTANT,
                                    CHAT_THINK_OPEN, CHAT_THINK_CLOSE, "<|pad|>"};
const int         chat_n_special = (int)(sizeof chat_special / sizeof *chat_special);

const char *const chat_jinja =
    "{%- set ns = namespace(system='') -%}"
    "{%- for m in messages -%}{%- if m['role'] == 'system' -%}"
    "{%- set ns.system = ns.system + ('\\n\\n' if ns.system else '') + m['content'] -%}"
    "{%- endif -%}{%- endfor -%}"
    "{{- bos_token + ns.system -}}"
    "{%- for m in messages -%}"
    "{%- if m['role'] == 'user' -%}{{- '" CHAT_USER "' + m['content'] -}}"
    "{%- elif m['role'] == 'assistant' -%}"
    "{%- set answer = m['content'].split('" CHAT_THINK_CLOSE "')[-1].lstrip('\\n') -%}"
    "{{- '" CHAT_ASSISTANT "' + answer + '" CHAT_EOS "' -}}"
    "{%- endif -%}{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{- '" CHAT_ASSISTANT CHAT_THINK_OPEN "' -}}"
    "{%- if enable_thinking is defined and not enable_thinking -%}{{- '\\n\\n" CHAT_THINK_CLOSE "\\n' -}}"
    "{%- else -%}{{- '\\n' -}}{%- endif -%}{%- endif -%}";

typedef struct marks {
    int32_t bos, eos, user, assistant;
} marks;

static bool find_marks(const tokenizer *t, marks *k, err *e) {
    static const char *const set[2][4] = {{CHAT_BOS, CHAT_EOS, CHAT_USER, CHAT_ASSISTANT},
                                          {"<\xef\xbd\x9c"
                                           "begin\xe2\x96\x81of\xe2\x96\x81sentence\xef\xbd\x9c>",
                                           "<\xef\xbd\x9c"
                                           "end\xe2\x96\x81of\xe2\x96\x81sentence\xef\xbd\x9c>",
                                           "<\xef\xbd\x9cUser\xef\xbd\x9c>",
                                           "<\xef\xbd\x9c"
                                           "Assistant\xef\xbd\x9c>"}};
    for (int i = 0; i < 2; i++) {
        *k = (marks){tok_id(t, set[i][0]), tok_id(t, set[i][1]), tok_id(t, set[i][2]), tok_id(t, set[i][3])};
        if (k->bos >= 0 && k->eos >= 0 && k->user >= 0 && k->assistant >= 0) return true;
    }
    return err_set(e, "chat: the tokenizer has none of the known templates (expected the special tokens %s %s %s %s)",
                   CHAT_BOS, CHAT_EOS, CHAT_USER, CHAT_ASSISTANT);
}

static void plain(tokenizer *t, const char *s, ids *out) { tok_encode(t, s, strlen(s), TOK_PLAIN, out); }
static void fixed(tokenizer *t, const char *s, ids *out) { tok_encode(t, s, strlen(s), TOK_SPECIAL, out); }

/* What an earlier turn contributes: the text after its last </think>. */
static const char *without_reasoning(const char *s) {
    const char *last = NULL;
    for (const char *p = s; (p = strstr(p, CHAT_THINK_CLOSE)) != NULL;) {
        p += sizeof CHAT_THINK_CLOSE - 1;
        last = p;
    }
    if (!last) last = s;
    while (*last == '\n') last++;
    return last;
}

static bool known_role(const chat_msg *m, int i, err *e) {
    if (!m->role || !m->content) return err_set(e, "chat: message %d lacks its %s", i, m->role ? "content" : "role");
    if (strcmp(m->role, "system") == 0 || strcmp(m->role, "user") == 0 || strcmp(m->role, "assistant") == 0)
        return true;
    return err_set(e, "chat: message %d has the role \"%.40s\", expected system, user or assistant", i, m->role);
}

bool chat_prompt(tokenizer *t, const chat_msg *m, int n, int think, ids *out, err *e) {
    marks k;
    str   system = {0};
    if (!find_marks(t, &k, e)) return false;
    for (int i = 0; i < n; i++)
        if (!known_role(&m[i], i, e)) return false;
    for (int i = 0; i < n; i++) {
        if (strcmp(m[i].role, "system") != 0) continue;
        if (system.len) str_add(&system, "\n\n");
        str_add(&system, m[i].content);
    }
    ids_add(out, k.bos);
    if (system.len) plain(t, system.p, out);
    for (int i = 0; i < n; i++) {
        if (strcmp(m[i].role, "user") == 0) {
            ids_add(out, k.user);
            plain(t, m[i].content, out);
        } else if (strcmp(m[i].role, "assistant") == 0) {
            ids_add(out, k.assistant);
            plain(t, without_reasoning(m[i].content), out);
            ids_add(out, k.eos);
        }
    }
    ids_add(out, k.assistant);
    fixed(t, think == CHAT_THINK ? CHAT_THINK_OPEN "\n" : CHAT_THINK_OPEN "\n\n" CHAT_THINK_CLOSE "\n", out);
    str_free(&system);
    return true;
}

/* ---- the splitter ---- */

/* The tag that means something at this point: </think> while reasoning; <think> only at the very start (a model that
 * repeats the prompt's tag, or opens it itself). Later ones are text: an answer may speak about tags. */
static const char *tag_wanted(const splitter *s, bool *opens) {
    *opens = s->at_start;
    if (s->at_start) return CHAT_THINK_OPEN;
    return s->part == SPLIT_REASONING ? CHAT_THINK_CLOSE : NULL;
}

static void emit(splitter *s, const char *p, size_t n, split_fn fn, void *ctx) {
    if (n) fn(ctx, (split_part)s->part, p, n);
}

void split_init(splitter *s, bool in_think) {
    *s = (splitter){.part = in_think ? SPLIT_REASONING : SPLIT_ANSWER, .skip_newline = true, .at_start = true};
}

/* Decide what can be decided of p[0..n); returns how many bytes were used up. */
static size_t split_some(splitter *s, const char *p, size_t n, bool last, split_fn fn, void *ctx) {
    size_t i = 0, from = 0;
    while (i < n) {
        bool opens;
        if (s->skip_newline && (p[i] == '\n' || p[i] == '\r')) {
            from = ++i; /* nothing was passed over since the tag, so nothing is lost */
            continue;
        }
        const char *tag = tag_wanted(s, &opens);
        size_t      k = 0, m = tag ? strlen(tag) : 0;
        while (k < m && i + k < n && p[i + k] == tag[k]) k++;
        if (m && k == m) {
            emit(s, p + from, i - from, fn, ctx);
            s->part         = opens ? SPLIT_REASONING : SPLIT_ANSWER;
            s->at_start     = false;
            s->skip_newline = true;
            from            = i += m;
            continue;
        }
        if (k > 0 && i + k == n && !last) break; /* may still become the tag */
        s->skip_newline = false;
        /* A reasoning that does not open with <think> may close at once: look at this byte again. */
        if (s->at_start) {
            s->at_start = false;
            continue;
        }
        i++;
    }
    if (!last && i == n && n > from) i -= (size_t)utf8_tail(p + from, n - from);
    emit(s, p + from, i - from, fn, ctx);
    return i;
}

void split_feed(splitter *s, const char *p, size_t n, split_fn fn, void *ctx) {
    /* First finish what is held, a byte at a time: it is short. */
    while (s->n_hold && n) {
        s->hold[s->n_hold++] = *p++;
        n--;
        size_t used = split_some(s, s->hold, (size_t)s->n_hold, false, fn, ctx);
        s->n_hold -= (int)used;
        memmove(s->hold, s->hold + used, (size_t)s->n_hold);
    }
    if (!n) return;
    size_t used = split_some(s, p, n, false, fn, ctx);
    memcpy(s->hold, p + used, n - used);
    s->n_hold = (int)(n - used);
}

void split_end(splitter *s, split_fn fn, void *ctx) {
    split_some(s, s->hold, (size_t)s->n_hold, true, fn, ctx);
    s->n_hold = 0;
}
