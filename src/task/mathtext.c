/* mathtext.c -- see mathtext.h. Two passes: make the text plain, with marks for bold; then cut it into sentences, words
 * and runs. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "task/mathtext.h"
#include "task/steps.h"

enum { BOLD = 1 }; /* in the plain text: bold begins or ends */

/* ---- plain */
static const struct {
    const char *from, *to;
} plain_of[] = {
    {"\xe2\x88\x92", "-"},
    {"\xe2\x80\x93", "-"},
    {"\xc3\x97", "*"},
    {"\xc2\xb7", "*"},
    {"\xe2\x8b\x85", "*"},
    {"\xc3\xb7", "/"},
    {"\xe2\x89\xa4", "<="},
    {"\xe2\x89\xa5", ">="},
    {"\xe2\x80\x99", "'"},
    {"\xe2\x80\xb2", "'"},
    {"\xc2\xb1", "+-"},
    {"\xe2\x82\x81", ""},
    {"\xe2\x82\x82", ""},
    {"\xe2\x88\x9e", " infinity "},
    {"\\left", ""},
    {"\\rightarrow", ";"},
    {"\\right", ""},
    {"\\cdot", "*"},
    {"\\times", "*"},
    {"\\div", "/"},
    {"\\leq", "<="},
    {"\\geq", ">="},
    {"\\le", "<="},
    {"\\ge", ">="},
    {"\\lt", "<"},
    {"\\gt", ">"},
    {"\\quad", " "},
    {"\\,", " "},
    {"\\;", " "},
    {"\\ ", " "},
    {"\\(", " "},
    {"\\)", " "},
    {"\\[", " "},
    {"\\]", " "},
    {"\\text", ""},
    {"\\pm", "+-"},
    {"\\infty", " infinity "},
    {"\\Rightarrow", ";"},
    {"\\implies", ";"},
    {"\\to", ";"},
    {"\xe2\x87\x92", ";"},
    {"\xe2\x86\x92", ";"},
    {"->", ";"},
    {"\\mathbb", ""},
    {"_{1}", ""},
    {"_{2}", ""},
    {"_1", ""},
    {"_2", ""},
    {"=>", ";"},
    {"`", ""},
    {"$", ""},
    {"\\", ""},
};
static const char *const raised[] = {"\xe2\x81\xb0", "\xc2\xb9",     "\xc2\xb2",     "\xc2\xb3",     "\xe2\x81\xb4",
                                     "\xe2\x81\xb5", "\xe2\x81\xb6", "\xe2\x81\xb7", "\xe2\x81\xb8", "\xe2\x81\xb9"};

static char last(const str *s) { return s->len ? s->p[s->len - 1] : ' '; }

/* \frac{a}{b} as (a)/(b); 0 if it is none. */
static size_t fraction(str *out, const char *p) {
    const char *a = str_starts(p, "\\frac{")                                 ? p + 6
                    : str_starts(p, "\\dfrac{") || str_starts(p, "\\tfrac{") ? p + 7
                                                                             : NULL;
    size_t      n = a ? strcspn(a, "{}") : 0, k;
    if (!a && str_starts(p, "\\frac") && isdigit((unsigned char)p[5]) && isdigit((unsigned char)p[6])) { /* \frac12 */
        str_addf(out, "%c/%c", p[5], p[6]);
        return 7;
    }
    if (!a || a[n] != '}' || a[n + 1] != '{') return 0;
    const char *b = a + n + 2;
    k             = strcspn(b, "{}");
    if (b[k] != '}') return 0;
    bool tight = n == 1 && k == 1;
    str_addf(out, tight ? "%.*s/%.*s" : "(%.*s)/(%.*s)", (int)n, a, (int)k, b);
    return (size_t)(b + k + 1 - p);
}

static size_t one_of(str *out, const char *p) {
    if (!((unsigned char)*p >= 0x80 || strchr("\\_=`$-", *p))) return 0;
    for (int i = 0; i < 10; i++)
        if (str_starts(p, raised[i])) {
            str_addf(out, "^%d", i);
            return strlen(raised[i]);
        }
    size_t n = fraction(out, p);
    if (n) return n;
    for (size_t i = 0; i < sizeof plain_of / sizeof *plain_of; i++)
        if (str_starts(p, plain_of[i].from)) {
            str_add(out, plain_of[i].to);
            return strlen(plain_of[i].from);
        }
    return 0;
}

/* "plus", "minus", "times" between numbers */
static size_t operator_word(str *out, const char *p) {
    static const char *const w[] = {"plus", "minus", "times"};
    if (isalpha((unsigned char)last(out)) || !strchr("pmtPMT", *p)) return 0;
    for (int i = 0; i < 3; i++) {
        size_t n = strlen(w[i]);
        if (strncasecmp(p, w[i], n) || isalpha((unsigned char)p[n])) continue;
        str_addc(out, "+-*"[i]);
        return n;
    }
    return 0;
}

static void make_plain(str *out, const char *p) {
    bool boxed = false, bold = false;
    int  depth = 0;
    while (*p) {
        size_t n;
        char   c = last(out);
        if (!strncmp(p, "**", 2)) {
            bool power = (isalpha((unsigned char)c) || c == ')') && isdigit((unsigned char)p[2]);
            if (power) str_addc(out, '^');
            else str_addc(out, BOLD), bold = !bold;
            p += 2;
        } else if (str_starts(p, "\\boxed{") || str_starts(p, "\\fbox{")) {
            p += strcspn(p, "{") + 1;
            boxed = true;
            depth = 0;
            str_addc(out, BOLD);
        } else if ((n = isalnum((unsigned char)*p) ? operator_word(out, p) : one_of(out, p))) {
            p += n;
        } else if (*p == '{' || *p == '}') {
            if (boxed && *p == '{') depth++;
            if (boxed && *p == '}' && depth-- == 0) {
                boxed = false;
                str_addc(out, BOLD);
            }
            p++;
        } else if (*p == ',' && isdigit((unsigned char)c) && strspn(p + 1, "0123456789") == 3) {
            p++; /* 1,234 */
        } else {
            str_addc(out, (char)tolower((unsigned char)*p++));
        }
    }
    str_addc(out, '\n');
}

/* ---- runs */
static bool in_list(const char *w, const char *list) { /* " a b c " */
    char t[20];
    snprintf(t, sizeof t, " %.16s ", w);
    return strstr(list, t) != NULL;
}

static const char no_words[] =
    " not isnt wrong incorrect cannot cant dont doesnt unknown unsure never neither nor maybe "
    "perhaps guess guessing except false arent wasnt unless impossible instead ";
static const char names[] =
    " answer result solution solutions derivative integral antiderivative factorisation factorization "
    "form value final simplified expansion product set therefore so ";

/* The word at p (letters and apostrophes between them), its length; w gets it without apostrophes, cut. */
static size_t word(const char *p, char w[12]) {
    size_t n = 0, k = 0;
    for (; isalpha((unsigned char)p[n]) || (p[n] == '\'' && n && isalpha((unsigned char)p[n + 1])); n++)
        if (p[n] != '\'' && k < 11) w[k++] = p[n];
    w[k] = 0;
    return n;
}

/* Is p the first of a word of two letters or more (and not "2xy" or the letter of a formula)? */
static bool wordy(const char *from, const char *p) {
    if (!isalpha((unsigned char)*p)) return false;
    if (p > from && isdigit((unsigned char)p[-1])) return false;
    return isalpha((unsigned char)p[1]) || (*p == 'i' && p[1] == '\'');
}

static bool math_char(char c) { return isalnum((unsigned char)c) || strchr("+-*/^()=<>' .", c); }

/* The end of the run at p: up to a word, a mark, a comma outside brackets, the end of a sentence. */
static const char *run_end(const char *from, const char *p) {
    int depth = 0;
    while (*p && (math_char(*p) || (*p == ',' && depth))) {
        if (*p == '.' && !(isdigit((unsigned char)p[1]) && p > from && isdigit((unsigned char)p[-1]))) break;
        if (wordy(from, p)) break;
        if (*p == '(') depth++;
        if (*p == ')' && --depth < 0) break;
        if (isalpha((unsigned char)*p)) /* "2xy" is one piece */
            while (isalpha((unsigned char)p[1])) p++;
        p++;
    }
    return p;
}

static bool starts_run(const char *p) {
    return isalnum((unsigned char)*p) || *p == '(' ||
           ((*p == '-' || *p == '+') && (isalnum((unsigned char)p[1]) || strchr(" (-", p[1])));
}

static void take(mathtext *m, const char *a, const char *b, bool bold, int sentence, const char *before) {
    static const char *const dropped = "";
    while (b > a && strchr(" ('=", b[-1])) b--;
    bool says = false;
    for (const char *p = a; p < b; p++) says |= isalnum((unsigned char)*p);
    if (!says) return;
    if (m->n == MATHTEXT_RUNS) memmove(m->run, m->run + 1, sizeof *m->run * (size_t)--m->n);
    mathrun *u = &m->run[m->n++];
    *u         = (mathrun){.s = dropped, .bold = bold, .sentence = sentence};
    snprintf(u->before, sizeof u->before, "%s", before);
    u->s = (const char *)m->pool.len; /* an offset until the pool has stopped moving */
    for (const char *p = a; p < b; p++) {
        bool index = (p[0] == '1' || p[0] == '2') && p > a && isalpha((unsigned char)p[-1]); /* x1 = 2 */
        if (!index) str_addc(&m->pool, *p);
    }
    str_addc(&m->pool, 0);
}

static void end_sentence(mathtext *m, int first, bool doubt, bool named) {
    for (int i = first; i < m->n; i++) {
        m->run[i].doubt = doubt;
        m->run[i].named = named;
    }
    m->doubt |= doubt;
}

mathtext mathtext_of(const char *answer) {
    mathtext m    = {.n = 0};
    str      s    = {0};
    bool     bold = false, doubt = false, named = false;
    int      sentence = 0, first = 0;
    char     before[12] = "", w[12];
    make_plain(&s, answer);
    for (const char *p = s.p; *p;) {
        const char *e;
        if (*p == BOLD) {
            bold = !bold;
            p++;
        } else if (wordy(s.p, p)) {
            p += word(p, w);
            if (m.n > first && in_list(w, " so therefore hence thus ")) { /* what follows stands by itself */
                end_sentence(&m, first, doubt, named);
                first = m.n;
                doubt = named = false;
                sentence++;
            }
            snprintf(before, sizeof before, "%s", w);
            doubt |= in_list(w, no_words);
            named |= in_list(w, names);
            if (m.n > first && !m.run[m.n - 1].after[0]) memcpy(m.run[m.n - 1].after, w, sizeof w);
        } else if (strchr("!?;\n", *p) || (*p == '.' && !isdigit((unsigned char)p[1]))) {
            end_sentence(&m, first, doubt || *p == '?', named);
            first = m.n;
            doubt = named = false;
            before[0]     = 0;
            sentence++;
            p++;
        } else if (starts_run(p) && (e = run_end(s.p, p)) > p) {
            take(&m, p, e, bold, sentence, before);
            before[0] = 0;
            p         = e;
        } else {
            p++;
        }
    }
    for (int i = 0; i < m.n; i++) m.run[i].s = m.pool.p + (size_t)m.run[i].s;
    for (size_t i = 0; i < s.len; i++)
        if (s.p[i] != BOLD) str_addc(&m.plain, s.p[i]);
    str_free(&s);
    return m;
}

void mathtext_free(mathtext *m) {
    str_free(&m->plain);
    str_free(&m->pool);
    m->n = 0;
}

const char *mathtext_value(const char *run) {
    const char *e = strrchr(run, '=');
    e             = e ? e + 1 : run;
    while (*e == ' ') e++;
    return e;
}

/* ---- one final value */
static bool say(char why[96], const char *fmt, const char *truth) {
    snprintf(why, 96, fmt, truth);
    return false;
}

static bool right_after(const mathtext *m, const math_kind *kind, int i) { /* in the same sentence */
    for (int k = i + 1; k < m->n && m->run[k].sentence == m->run[i].sentence; k++)
        if (kind[k] == MATH_RIGHT) return true;
    return false;
}

bool mathtext_right(const char *answer, math_judge judge, void *ctx, const char *truth, char why[96]) {
    mathtext  m = mathtext_of(answer);
    math_kind kind[MATHTEXT_RUNS];
    int       end  = -1; /* the sentence that counts; with bold runs all that are bold */
    bool      bold = false, weak = false, ok = false;
    for (int i = 0; i < m.n; i++) {
        kind[i] = judge(ctx, m.run[i].s);
        bold |= m.run[i].bold && kind[i] != MATH_NOTHING;
    }
    for (int pass = 0; pass < 2 && end < 0; pass++) { /* asides count only where nothing else is said */
        weak = pass;
        for (int i = 0; i < m.n; i++)
            if (m.run[i].bold == bold && (kind[i] < MATH_ASIDE || (weak && kind[i] == MATH_ASIDE)))
                end = m.run[i].sentence;
    }
    if (end < 0) {
        say(why, "expected %.50s, found no value", truth);
        goto done;
    }
    for (int i = 0; i < m.n; i++) {
        const mathrun *u     = &m.run[i];
        bool           final = bold ? u->bold : u->sentence == end, later = bold && u->sentence >= end && !u->bold;
        bool           claim = final || (u->named && !strcmp(u->before, "is")) || later;
        bool           said  = !strcmp(u->before, "or") || (!strcmp(u->before, "is") && !right_after(&m, kind, i));
        bool           aside = kind[i] == MATH_ASIDE && !(final && (weak || bold || said));
        if (kind[i] == MATH_NOTHING || aside) continue;
        if (final && u->doubt) {
            say(why, "expected %.50s, found it denied or asked", truth);
            goto done;
        }
        if (claim && kind[i] != MATH_RIGHT) {
            snprintf(why, 96, "expected %.40s, found %.36s", truth, u->s);
            goto done;
        }
    }
    ok = !steps_check(m.plain.p, m.plain.len, NULL).wrong ||
         say(why, "expected %.50s, found a false calculation", truth);
done:
    mathtext_free(&m);
    return ok;
}
