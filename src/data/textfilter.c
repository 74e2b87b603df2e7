#include "data/textfilter.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include "base/rng.h"
#include "base/utf8.h"
#include "data/words.h"

enum { SHORT = 80, LINE = 2000, REPEATED_LINE = 20, SLOTS = 256 };
const char *const textfilter_names[TEXT_FAULTS] = {"ok",         "short",   "encoding", "control",
                                                   "long lines", "symbols", "repeats",  "language"};

static const char *const common[] = {"the",  "of",   "and", "to",   "a",    "in",  "is", "that", "it",  "was",
                                     "for",  "on",   "as",  "with", "he",   "be",  "at", "by",   "his", "this",
                                     "have", "from", "or",  "not",  "they", "you", "an", "are",  "we",  "she"};

static bool is_common(const char *p, size_t n) {
    if (n > 4) return false;
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (strlen(common[i]) == n && !strncasecmp(common[i], p, n)) return true;
    return false;
}

/* The share of the commonest item in a small table of counts; a full neighbourhood counts with its first. */
typedef struct tally {
    uint64_t key[SLOTS];
    size_t   n[SLOTS], most, all, again; /* again: weight of what was there before */
} tally;

static void tally_add(tally *t, uint64_t key, size_t weight) {
    size_t i = (size_t)key % SLOTS;
    for (int k = 0; k < 8 && t->n[i] && t->key[i] != key; k++) i = (i + 1) % SLOTS;
    if (t->n[i] && t->key[i] != key) return;
    t->again += t->n[i] ? weight : 0;
    t->key[i] = key;
    t->n[i] += weight;
    t->most = t->n[i] > t->most ? t->n[i] : t->most;
    t->all += weight;
}

static text_fault judge_lines(const char *p, size_t n, bool *code) {
    tally t = {0};
    for (size_t from = 0; from < n;) {
        const char *nl  = memchr(p + from, '\n', n - from);
        size_t      len = nl ? (size_t)(nl - p) - from : n - from;
        const char *s   = p + from;
        if (len > LINE) return TEXT_LONG_LINES;
        if (len >= REPEATED_LINE) tally_add(&t, hash_bytes(s, len), len);
        if (len &&
            (s[len - 1] == ':' || s[len - 1] == ';' || s[len - 1] == '{' || s[len - 1] == ')' || memchr(s, '=', len)))
            *code = true;
        from += len + 1;
    }
    return 4 * t.again > n ? TEXT_REPEATS : TEXT_OK;
}

text_fault textfilter_judge(const char *p, size_t n, text_lang lang) {
    size_t     plain = 0, words = 0, known = 0;
    tally      t = {0};
    word_scan  s = {p, n, 0};
    word       w;
    bool       code = false;
    text_fault f;
    if (n < SHORT) return TEXT_SHORT;
    if (!utf8_valid(p, n, NULL)) return TEXT_ENCODING;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];
        if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7f) return TEXT_CONTROL;
        plain += isalpha(c) || c == ' ' || c == '\n' || c >= 0x80;
    }
    if (lang != LANG_ANY && 100 * plain < (lang == LANG_ENGLISH ? 60u : 35u) * n) return TEXT_SYMBOLS;
    if ((f = judge_lines(p, n, &code)) != TEXT_OK) return f;
    while (words_next(&s, &w)) {
        if (w.kind != WORD_WORD) continue;
        words++;
        known += is_common(p + w.from, w.len);
        tally_add(&t, w.hash, 1);
    }
    if (words >= 20 && 5 * t.most > words && lang != LANG_ANY) return TEXT_REPEATS;
    if (lang == LANG_ENGLISH && 16 * known < words + 1) return TEXT_LANGUAGE;
    return lang == LANG_CODE && !code ? TEXT_LANGUAGE : TEXT_OK;
}
