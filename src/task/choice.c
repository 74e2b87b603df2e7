/* choice.c -- see choice.h. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "task/choice.h"
#include "task/measure.h"
#include "task/family.h"
#include "task/verify.h"

static bool word_char(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* Does wording w[0..n) stand at p? Case aside; a run of spaces or a hyphen is one space. */
static size_t stands(const char *p, const char *w, size_t n) {
    const char *s    = p;
    bool        stem = n && w[n - 1] == '*';
    if (stem) n--;
    for (size_t i = 0; i < n; i++, s++) {
        char a = (char)tolower((unsigned char)*s), b = (char)tolower((unsigned char)w[i]);
        if ((a == '-' || a == '_') && b == ' ') a = ' ';
        if (a != b) return 0;
    }
    if (stem)
        while (word_char(*s)) s++;
    return word_char(*s) && n && word_char(w[n - 1]) ? 0 : (size_t)(s - p);
}

const char *choice_find(const char *from, const char *wordings, size_t *len) {
    bool first[256] = {false}; /* most letters begin no wording */
    for (const char *w = wordings; *w; w++)
        if (w == wordings || w[-1] == '|') {
            unsigned char c   = (unsigned char)*w;
            first[tolower(c)] = first[toupper(c)] = true;
        }
    for (const char *p = from; *p; p++) {
        if (!first[(unsigned char)*p]) continue;
        if (p > from && word_char(p[-1]) && word_char(*p)) continue;
        size_t best = 0;
        for (const char *w = wordings; *w;) {
            size_t n = strcspn(w, "|"), k = n ? stands(p, w, n) : 0;
            if (k > best) best = k;
            w += n + (w[n] == '|');
        }
        if (best) {
            *len = best;
            return p;
        }
    }
    return NULL;
}

static bool stop_at(const char *p) {
    return *p == '\n' || ((*p == '.' || *p == '!' || *p == '?' || *p == ';') && !isdigit((unsigned char)p[1]));
}

static const char *sentence_start(const char *text, const char *at) {
    while (at > text && !stop_at(at - 1)) at--;
    return at;
}

static const char *sentence_end(const char *at) {
    while (*at && !stop_at(at)) at++;
    return at;
}

static const char denials[] =
    "not|n't|isnt|isn't|doesn't|doesnt|don't|dont|won't|aren't|wasn't|cannot|can't|never|no|neither|nor|"
    "rather than|instead of|than|unlike|without|hardly|false|wrong|incorrect|untrue|deny|unknown|unsure|"
    "unless|except|guess|don\xe2\x80\x99t|isn\xe2\x80\x99t";

/* A denial before `at` in its sentence, with no comma, "but" or "and" between that would end it. */
bool choice_denied(const char *text, const char *at) {
    const char *from = sentence_start(text, at), *end = sentence_end(at), *d = from;
    size_t      len;
    if (*end == '?') return true;
    while ((d = choice_find(d, denials, &len)) && d < at) {
        const char *cut = d + len;
        size_t      k;
        while (cut < at && *cut != ',' && *cut != ':') cut++;
        const char *but = choice_find(d + len, "but|so", &k);
        if (cut >= at && !(but && but < at)) return true;
        d += len;
    }
    /* and after it: "rising is wrong", "rising would be false" */
    d = choice_find(at, "is wrong|is not|isn't|is false|is incorrect|would be wrong|are wrong|was wrong|is untrue",
                    &len);
    return d && d < end;
}

static bool bold_piece(const char **p, const char **from, const char **to) {
    for (const char *s = *p; *s; s++) {
        bool        box  = !strncmp(s, "\\boxed{", 7);
        const char *open = box ? s + 7 : !strncmp(s, "**", 2) ? s + 2 : NULL;
        if (!open) continue;
        const char *close = box ? strchr(open, '}') : strstr(open, "**");
        if (!close) return false;
        *from = open;
        *to   = close;
        *p    = close + (box ? 1 : 2);
        return true;
    }
    return false;
}

bool choice_bold(const char *answer, char *out, size_t cap) {
    const char *from, *to;
    size_t      n   = 0;
    bool        any = false;
    for (const char *p = answer; bold_piece(&p, &from, &to); any = true) {
        for (const char *s = from; s < to && n + 2 < cap; s++) out[n++] = *s;
        if (n + 2 < cap) out[n++] = '\n';
    }
    out[n] = 0;
    return any;
}

static bool say(char why[96], const char *fmt, const char *a) {
    snprintf(why, 96, fmt, a);
    return false;
}

enum { TEXT = 4000 };

/* Which options stand undenied in text (a set of bits); denied ones in *denied. The longest wording at a place counts,
 * so that "no correlation" is not "correlation". */
static unsigned mentioned(const char *text, const char *const *option, int n, unsigned *denied) {
    unsigned set = 0;
    *denied      = 0;
    for (const char *p = text; *p;) {
        const char *at   = NULL;
        size_t      best = 0;
        int         who  = -1;
        for (int k = 0; k < n; k++) {
            size_t      len;
            const char *f = choice_find(p, option[k], &len);
            if (f && (!at || f < at || (f == at && len > best))) at = f, best = len, who = k;
        }
        if (!at) break;
        if (choice_denied(text, at)) *denied |= 1u << who;
        else set |= 1u << who;
        p = at + best;
        while (word_char(*p) && p > text && word_char(p[-1])) p++;
    }
    return set;
}

/* The last sentence with an option in it. */
static void last_sentence(const char *text, const char *const *option, int n, char *out, size_t cap) {
    const char *best = NULL;
    size_t      len;
    for (int k = 0; k < n; k++)
        for (const char *f = text; (f = choice_find(f, option[k], &len)); f += len)
            if (!best || f > best) best = f;
    if (!best) {
        out[0] = 0;
        return;
    }
    const char *from = sentence_start(text, best), *end = sentence_end(best);
    snprintf(out, cap, "%.*s", (int)(end - from + (*end != 0)), from);
}

bool choice_right(const char *question, const char *answer, const char *const *option, int n, int truth, int how,
                  char why[96]) {
    char     bold[TEXT], last[TEXT], all[TEXT];
    unsigned denied, want = 1u << truth, set;
    size_t   k = 0;
    if (verify_echo(question, answer, why)) return false;
    if (strlen(answer) >= TEXT) return say(why, "%s", "a long text, no answer");
    for (const char *s = answer; *s; s++) /* without marks, for the denials around them */
        if (*s != '*' && *s != '`' && *s != '"') all[k++] = *s;
    all[k]       = 0;
    bool     has = choice_bold(answer, bold, sizeof bold);
    unsigned any = mentioned(all, option, n, &denied);
    if (denied & want) return say(why, "expected %.60s, found it denied or asked", option[truth]);
    if (!(any & want)) return say(why, "expected %.60s, found something else", option[truth]);
    if (how == CHOICE_ALONE && any != want) return say(why, "expected %.60s, found it beside another", option[truth]);
    if (has) {
        set = mentioned(bold, option, n, &denied);
        if (set) return set == want || say(why, "expected %.60s, found another in bold", option[truth]);
    }
    last_sentence(all, option, n, last, sizeof last);
    set = mentioned(last, option, n, &denied);
    return set == want || say(why, "expected %.60s, found more or other", option[truth]);
}

/* ---- numbers */
static const char *const measures[] = {"median*|middle value",
                                       "mode|most common",
                                       "range",
                                       "variance",
                                       "standard deviation",
                                       "quartile*|interquartile range|iqr",
                                       "mean|average",
                                       "slope|gradient",
                                       NULL};

bool choice_number(const char *question, const char *answer, const char *truth, const char *own, char why[96]) {
    size_t      len, k;
    const char *mine = choice_find(answer, own, &k);
    if (verify_echo(question, answer, why) || !answer_matches(answer, truth, why)) return false;
    if (measure_known(question) && !measure_fits(question, answer, truth, why))
        return false; /* data may have any unit */
    for (int i = 0; !mine && measures[i]; i++) {
        const char *f = choice_find(answer, measures[i], &len);
        if (f && !choice_find(own, measures[i], &len)) return say(why, "the right number as the %.60s", measures[i]);
    }
    return true;
}
