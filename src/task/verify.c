/* verify.c -- what does an answer claim, and is it the truth?
 *
 * The answer is cut into tokens (numbers, words, operators, =, ends of sentences). Then, in this order:
 *  - bold text and \boxed{} hold the final value, if there is any in them: all of them must agree;
 *  - else "x = v", "the answer is v" and their like: all must agree;
 *  - else the last "... = v" or "... is v";
 *  - else the only number there is.
 * A number that is an operand (12 in "12 + 5") or a coefficient (2 in "2x") is not a claim, so an echoed question
 * claims nothing. A value in a sentence that denies or asks ("not 17", "is it 17?") is not claimed, and a second value
 * under the name of the answer contradicts the first; so does one that is left open or put in its place ("17 or 18",
 * "between 17 and 18", "17, no, 18"). A false calculation in the answer spoils it, too.
 *
 * Words for numbers up to ninety-nine count where no digits are ("three", "**minus four** apples"). */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "base/mem.h"
#include "task/family.h"
#include "task/steps.h"
#include "task/verify.h"

typedef enum { K_NUM, K_WORD, K_OP, K_EQ, K_OPEN, K_CLOSE, K_STOP, K_ASK, K_COLON, K_OTHER } kind;
typedef struct tk {
    kind  k;
    ratio v;
    bool  valid;       /* K_NUM: it fits */
    bool  bold, touch; /* inside ** ** or \boxed{}; no space before it */
    char  w[16];       /* K_WORD in lower case, cut */
    int   seg;         /* which bold part */
} tk;
typedef struct tks {
    tk *t;
    int n, cap, segs;
} tks;

static tk *add(tks *s, kind k, bool bold, bool touch) {
    if (s->n == s->cap) {
        s->cap = s->cap ? 2 * s->cap : 64;
        s->t   = mem_realloc(s->t, (size_t)s->cap * sizeof *s->t);
    }
    tk *t = &s->t[s->n++];
    *t    = (tk){.k = k, .bold = bold, .touch = touch, .seg = s->segs};
    return t;
}

/* One of the operators of two or three bytes that people type; returns its length. */
static int wide_op(const char *p, char *op) {
    static const struct {
        const char *s;
        char        op;
    } all[] = {{"\xc3\x97", '*'},     {"\xc2\xb7", '*'}, {"\xc3\xb7", '/'},     {"\xe2\x88\x92", '-'},
               {"\xe2\x80\x93", '-'}, {"\\times", '*'},  {"\\cdot", '*'},       {"\\div", '/'},
               {"\xc2\xb1", 'p'},     {"\\pm", 'p'},     {"\xe2\x89\xa4", '<'}, {"\xe2\x89\xa5", '>'},
               {"\\le", '<'},         {"\\ge", '>'}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        size_t n = strlen(all[i].s);
        if (!strncmp(p, all[i].s, n)) {
            *op = all[i].op;
            return (int)n;
        }
    }
    return 0;
}

static bool operand_before(const tks *s) {
    if (!s->n) return false;
    const tk *t = &s->t[s->n - 1];
    return t->k == K_NUM || t->k == K_CLOSE || (t->k == K_WORD && !t->w[1]);
}

static const char *read_word(tks *s, const char *p, bool bold, bool touch) {
    tk    *t = add(s, K_WORD, bold, touch);
    size_t n = 0;
    for (; isalpha((unsigned char)*p) || (*p == '\'' && isalpha((unsigned char)p[1])) ||
           !strncmp(p, "\xe2\x80\x99", 3);) {
        if (*p == '\xe2') {
            p += 3;
            continue;
        }
        if (*p != '\'' && n + 1 < sizeof t->w) t->w[n++] = (char)tolower((unsigned char)*p);
        p++;
    }
    return p;
}

/* A star around text, not between factors; `in`: one was opened. */
static bool emphasis(const tks *s, const char *p, bool *in) {
    if (*p != '*' || p[1] == '*') return false;
    bool open = !*in && p[1] && p[1] != ' ' && p[1] != '\n' && !operand_before(s), shut = *in && p[-1] != ' ';
    if (open || shut) *in = open;
    return open || shut;
}

/* Does a number start here? A minus does after no operand only. */
static bool number_at(const tks *s, const char *p, bool minus) {
    static const char *const first[] = {"$",        "\\frac",   "\\dfrac",  "\\tfrac",
                                        "\xc2\xbc", "\xc2\xbd", "\xc2\xbe", "\xe2\x85"};
    if (isdigit((unsigned char)*p)) return true;
    if (minus || *p == '+') return !operand_before(s);
    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        if (!strncmp(p, first[i], strlen(first[i]))) return true;
    return false;
}

static void cut(tks *s, const char *p) {
    bool bold = false, boxed = false, star = false;
    int  depth = 0;
    while (*p) {
        bool        touch = s->n && p[-1] != ' ' && p[-1] != '\n';
        const char *end;
        ratio       v;
        char        op = 0;
        if (!strncmp(p, "**", 2) && (bold || p[2] != ' ')) {
            bold = !bold;
            s->segs++;
            p += 2;
            continue;
        }
        if (!strncmp(p, "\\boxed{", 7)) {
            boxed = true;
            depth = 0;
            s->segs++;
            p += 7;
            continue;
        }
        if (emphasis(s, p, &star)) {
            p++;
            continue;
        }
        int n = wide_op(p, &op);
        if (number_at(s, p, *p == '-' || (n && op == '-')) && ratio_read(p, &v, &end)) {
            tk *t    = add(s, K_NUM, bold || boxed, touch);
            t->v     = v;
            t->valid = !(*end == ',' && isdigit((unsigned char)end[1])); /* 5,5: a list, or another country's point */
            p        = end;
        } else if (isdigit((unsigned char)*p)) { /* too long for us: a number, but never the truth */
            add(s, K_NUM, bold || boxed, touch);
            while (isdigit((unsigned char)*p) ||
                   ((*p == '.' || *p == ',' || *p == '/') && isdigit((unsigned char)p[1])))
                p++;
        } else if (isalpha((unsigned char)*p)) {
            p = read_word(s, p, bold || boxed, touch);
        } else if (n) {
            add(s, K_OP, bold || boxed, touch);
            p += n;
        } else {
            char c = *p++;
            if (boxed && c == '{') depth++;
            if (boxed && c == '}' && depth-- == 0) {
                boxed = false;
                s->segs++;
                continue;
            }
            if (isspace((unsigned char)c) && c != '\n') continue;
            bool in = bold || boxed;
            add(s,
                strchr("+-*/^", c)                              ? K_OP
                : strchr("<>", c) && (*p == ' ' || *p == '=')   ? K_OP
                : c == '='                                      ? K_EQ
                : c == '('                                      ? K_OPEN
                : c == ')'                                      ? K_CLOSE
                : c == '.' || c == '!' || c == ';' || c == '\n' ? K_STOP
                : c == '?'                                      ? K_ASK
                : c == ':'                                      ? K_COLON
                                                                : K_OTHER,
                in, touch);
        }
    }
}

/* ---- numbers in words */
static bool word_is(const tk *t, const char *w) { return t->k == K_WORD && !strcmp(t->w, w); }

static bool word_number(const tk *t, long long *v) {
    static const char *const small[] = {
        "zero", "one",    "two",    "three",    "four",     "five",    "six",     "seven",     "eight",    "nine",
        "ten",  "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
    static const char *const tens[] = {"twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"};
    for (int i = 0; i < 20; i++)
        if (word_is(t, small[i])) return *v = i, true;
    for (int i = 0; i < 8; i++)
        if (word_is(t, tens[i])) return *v = 10 * (i + 2), true;
    return false;
}

/* In bold, or anywhere if the answer has no digits, words are numbers: "twenty-five". Where only other parts have
 * digits, they are words. */
static void words_to_numbers(tks *s) {
    bool digits = false, bold_digits = false;
    for (int i = 0; i < s->n; i++)
        if (s->t[i].k == K_NUM) {
            digits = true;
            bold_digits |= s->t[i].bold;
        }
    int to = 0;
    for (int i = 0; i < s->n; i++) {
        tk       *t = &s->t[to++];
        long long v, u;
        *t = s->t[i];
        if (digits && (!t->bold || bold_digits)) continue;
        if (!word_number(t, &v)) continue;
        int unit = i + 1 < s->n && (s->t[i + 1].k == K_OP && s->t[i + 1].touch) ? i + 2 : i + 1;
        if (v >= 20 && unit < s->n && word_number(&s->t[unit], &u) && u > 0 && u < 10) v += u, i = unit;
        t->k     = K_NUM;
        t->v     = (ratio){v, 1};
        t->valid = true;
    }
    s->n = to;
}

/* "minus 4", "negative 4"; "5 thousand"; "one and a half"; the words between numbers that calculate. */
static void settle(tks *s) {
    static const struct {
        const char *w;
        long long   v;
    } scale[] = {{"hundred", 100}, {"thousand", 1000}, {"million", 1000000}, {"billion", 1000000000}};
    words_to_numbers(s);
    int to = 0;
    for (int i = 0; i < s->n; i++) {
        tk  *t = &s->t[to++], *next = i + 1 < s->n ? &s->t[i + 1] : NULL;
        bool after = to > 1 && s->t[to - 2].k == K_NUM;
        *t         = s->t[i];
        if (next && next->k == K_NUM && (word_is(t, "minus") || word_is(t, "plus") || word_is(t, "negative"))) {
            if (after && !word_is(t, "negative")) t->k = K_OP;
            else {
                bool bold = t->bold, neg = !word_is(t, "plus");
                *t = *next;
                t->bold |= bold;
                if (neg) t->v.p = -t->v.p;
                i++;
            }
        }
        if (t->k != K_NUM) continue;
        for (size_t k = 0; k < sizeof scale / sizeof *scale && i + 1 < s->n; k++)
            if (word_is(&s->t[i + 1], scale[k].w)) {
                t->valid = t->valid && ratio_op(t->v, '*', (ratio){scale[k].v, 1}, &t->v);
                i++;
            }
        if (i + 3 < s->n && word_is(&s->t[i + 1], "and") && word_is(&s->t[i + 2], "a") &&
            word_is(&s->t[i + 3], "half")) {
            t->valid = t->valid && ratio_op(t->v, '+', (ratio){1, 2}, &t->v);
            i += 3;
        }
    }
    s->n = to;
}

/* ---- what a token is to its neighbours */
static kind kind_at(const tks *s, int i) { return i < 0 || i >= s->n ? K_STOP : s->t[i].k; }

static bool is_letter(const tks *s, int i) { return kind_at(s, i) == K_WORD && s->t[i].w[0] && !s->t[i].w[1]; }

static bool word_in(const tks *s, int i, const char *const *list) {
    if (kind_at(s, i) != K_WORD) return false;
    for (; *list; list++)
        if (!strcmp(s->t[i].w, *list)) return true;
    return false;
}

/* "half of 5", "double 5", "5 squared" */
static bool worded(const tks *s, int i) {
    static const char *const        before[] = {"double", "twice", "triple", "thrice", "mod", "modulo", NULL},
                             *const after[]  = {"squared", "cubed", "mod", "modulo", NULL};
    static const char *const        part[]   = {"half",    "third",    "quarter",   "double",  "tenth",
                                                "percent", "multiple", "multiples", "square",  "cube",
                                                "root",    "factor",   "factors",   "divisor", NULL};
    bool of = i > 1 && word_is(&s->t[i - 1], "of") && (word_in(s, i - 2, part) || kind_at(s, i - 2) == K_OTHER);
    return of || word_in(s, i - 1, before) || word_in(s, i + 1, after);
}

/* Operand of an operator, coefficient of a letter or bracket. */
static bool operand(const tks *s, int i) {
    kind a = kind_at(s, i - 1), b = kind_at(s, i + 1);
    if (a == K_OP || b == K_OP || worded(s, i)) return true;
    return i + 1 < s->n && s->t[i + 1].touch && (is_letter(s, i + 1) || b == K_OPEN);
}

/* A letter that stands alone: "x", not the x of "2x" or "x + 3". */
static bool lone_letter(const tks *s, int i) {
    if (!is_letter(s, i)) return false;
    kind a = kind_at(s, i - 1), b = kind_at(s, i + 1);
    bool coefficient = a == K_NUM && s->t[i].touch;
    return !coefficient && a != K_OP && b != K_OP && a != K_CLOSE && a != K_OPEN;
}

static const char *const w_name[] = {"answer", "result",  "solution",   "total",    "value",
                                     "sum",    "product", "difference", "quotient", NULL};
static const char *const w_is[]   = {"is", "equals", "equal", "gives", "makes", "be", "was", "are", NULL};
static const char *const w_no[]   = {"not",     "isnt",     "wrong",    "incorrect", "cannot",  "cant",  "dont",
                                     "doesnt",  "unknown",  "unsure",   "never",     "neither", "nor",   "maybe",
                                     "perhaps", "guess",    "except",   "false",     "arent",   "wasnt", "unless",
                                     "might",   "probably", "possibly", NULL};

/* "not 5 but 4", "4, not 5": the denial at a is of another number than the one at i. */
static bool denies_other(const tks *s, int a, int i) {
    static const char *const thin[] = {"the", "a", "it", "is", "its", "as", "one", NULL};
    int                      k      = a + 1;
    while (k < s->n && k < a + 3 && word_in(s, k, thin)) k++;
    if (kind_at(s, k) != K_NUM || k == i || ratio_eq(s->t[k].v, s->t[i].v)) return false;
    for (; k < i; k++)
        if (word_is(&s->t[k], "or") || word_is(&s->t[k], "nor")) return false;
    return true;
}

/* The sentence around token i denies or asks. */
static bool doubted(const tks *s, int i) {
    int a = i, b = i;
    while (a > 0 && kind_at(s, a - 1) != K_STOP && kind_at(s, a - 1) != K_ASK) a--;
    while (b < s->n && kind_at(s, b) != K_STOP && kind_at(s, b) != K_ASK) b++;
    if (kind_at(s, b) == K_ASK && b < s->n) return true;
    static const char *const size[] = {"large", "big", "small", "high", "low", "much", "many", "few", "little", NULL};
    if (i > 0 && (word_is(&s->t[i - 1], "no") || word_is(&s->t[i - 1], "than"))) return true;
    for (; a < b; a++) {
        if (word_in(s, a, w_no) && !denies_other(s, a, i)) return true;
        if ((word_is(&s->t[a], "could") || word_is(&s->t[a], "may")) && a + 1 < b && word_is(&s->t[a + 1], "be"))
            return true;
        if (a > i && word_is(&s->t[a], "too") && word_in(s, a + 1, size)) return true;
    }
    return false;
}

typedef enum { C_NONE, C_LETTER, C_NAMED, C_EQUATION, C_WEAK } claim_kind;
typedef struct claim {
    claim_kind k;
    char       letter;
} claim;

/* Is there a letter to the left of the = at i that is part of the left side? Then "... = v" is an equation to solve. */
static bool letter_side(const tks *s, int i) {
    for (int k = i - 1; k >= 0; k--) {
        kind a = s->t[k].k;
        if (is_letter(s, k)) return true;
        if (a != K_NUM && a != K_OP && a != K_OPEN && a != K_CLOSE) return false;
    }
    return false;
}

/* The name of a result a few words before token i: "the answer to this question is". */
static bool named(const tks *s, int i) {
    for (int k = i - 1; k >= 0 && k >= i - 8; k--) {
        kind a = s->t[k].k;
        if (word_in(s, k, w_name)) return true;
        if (a == K_STOP || a == K_ASK) return false;
    }
    return false;
}

/* What the number at token i is claimed to be. */
/* "Answer: 2 chargers cost **72** euros.": a number of the sentence, whose value is in bold. */
static bool counts_things(const tks *s, int i) {
    if (s->t[i].bold || kind_at(s, i + 1) != K_WORD || word_is(&s->t[i + 1], "or")) return false;
    for (int k = i + 1; k < s->n && s->t[k].k != K_STOP && s->t[k].k != K_ASK; k++)
        if (s->t[k].k == K_NUM && s->t[k].bold) return true;
    return false;
}

static claim claim_of(const tks *s, int i) {
    claim c = {C_NONE, 0};
    if (kind_at(s, i) != K_NUM || operand(s, i)) return c;
    kind a = kind_at(s, i - 1);
    if (a == K_EQ) {
        if (lone_letter(s, i - 2)) return (claim){C_LETTER, s->t[i - 2].w[0]};
        if (kind_at(s, i - 2) == K_WORD) return (claim){named(s, i - 1) ? C_NAMED : C_WEAK, 0};
        if (letter_side(s, i - 1)) return c;
        return (claim){C_EQUATION, 0};
    }
    if (kind_at(s, i + 1) == K_EQ) { /* 5 = x; 15 = 2x + 5 claims nothing */
        if (lone_letter(s, i + 2)) return (claim){C_LETTER, s->t[i + 2].w[0]};
        return c;
    }
    if (a == K_STOP && i + 2 < s->n && word_is(&s->t[i + 1], "is") && word_is(&s->t[i + 2], "the"))
        return (claim){C_WEAK, 0}; /* 5 is the difference between 8 and 3 */
    if (a == K_COLON && counts_things(s, i)) return c;
    if (word_in(s, i - 1, w_is) || a == K_COLON) {
        if (lone_letter(s, i - 2)) return (claim){C_LETTER, s->t[i - 2].w[0]};
        return (claim){named(s, i - 1) ? C_NAMED : C_WEAK, 0};
    }
    return c;
}

/* ---- a second value beside the claimed one, or in its place */
static bool differs(const tks *s, int i, int j) {
    return !s->t[i].valid || !s->t[j].valid || !ratio_eq(s->t[i].v, s->t[j].v);
}

/* No number at i and no end of its sentence, or nothing any more. */
static bool inside(const tks *s, int i) {
    kind k = kind_at(s, i);
    return i >= 0 && i < s->n && k != K_NUM && k != K_STOP && k != K_ASK;
}

/* "5 or 4", "between 4 and 5": another number an "or" away from the one at i, or the other end of its range. */
static bool open_choice(const tks *s, int i) {
    static const char *const digits[] = {"decimal", "decimals", "significant", "place", "places",
                                         "dp",      "digit",    "digits",      NULL};
    int                      j = i + 1, h = i - 1;
    bool                     either = false;
    for (; j < i + 6 && inside(s, j); j++) either |= word_is(&s->t[j], "or");
    if (kind_at(s, j) == K_NUM && differs(s, i, j)) {
        kind end  = kind_at(s, j + 1);
        bool last = end == K_STOP || (end == K_CLOSE && kind_at(s, j + 2) == K_STOP);
        if (either) return true;
        if (j == i + 2 && word_is(&s->t[i + 1], "to") && !word_in(s, j + 1, digits)) return true;
        if (j == i + 2 && (word_is(&s->t[i + 1], "and") || s->t[i + 1].k == K_OTHER) && last && !operand(s, j))
            return true;
        if (i > 0 && word_is(&s->t[i - 1], "between")) return true;
    }
    for (either = false; h > i - 5 && inside(s, h); h--) either |= word_is(&s->t[h], "or");
    if (kind_at(s, h) != K_NUM || h < 0 || !differs(s, i, h)) return false;
    return either || (h > 0 && word_is(&s->t[h - 1], "between") && word_is(&s->t[i - 1], "and"));
}

static claim claim_of(const tks *s, int i);

/* "5, no, 4", "5. Actually, it is 4." */
static bool taken_back(const tks *s, int i) {
    static const char *const back[] = {"no",   "wait", "actually", "sorry",   "correction", "rather",
                                       "mean", "oops", "hmm",      "scratch", NULL};
    for (int k = i + 1; k < s->n; k++) {
        kind a = s->t[k].k;
        if (a == K_NUM) return false;
        bool said = word_in(s, k, back) && (!word_is(&s->t[k], "mean") || word_is(&s->t[k - 1], "i"));
        if (said) {
            int j = k + 1;
            while (j < s->n && j < k + 8 && s->t[j].k != K_NUM && !(s->t[j].k == K_STOP && j > k + 1)) j++;
            bool next = true; /* nothing between but marks */
            for (int m = k + 1; m < j; m++) next &= s->t[m].k != K_WORD || word_in(s, m, back);
            if (kind_at(s, j) == K_NUM && differs(s, i, j) && !operand(s, j) && kind_at(s, j + 1) != K_EQ &&
                (next || claim_of(s, j).k != C_NONE))
                return true;
        }
        if ((a == K_STOP || a == K_ASK) && kind_at(s, k + 1) != K_STOP && !word_in(s, k + 1, back)) return false;
    }
    return false;
}

/* ---- the verdict */
typedef struct value {
    bool  any, clash;
    ratio v;
    int   at;
    char  letter;
} value;

static void take(value *val, const tks *s, int i, char letter) {
    const tk *t = &s->t[i];
    if (!t->valid || (val->any && !ratio_eq(val->v, t->v)) || (letter && val->letter && letter != val->letter))
        val->clash = true;
    val->any = true;
    val->v   = t->v;
    val->at  = i;
    if (letter) val->letter = letter;
}

/* Values in bold: in a part that holds a claim only the claims count, else every free number. */
static value bold_value(const tks *s) {
    value val = {0};
    for (int i = 0; i < s->n;) {
        int j = i, claims = 0;
        while (j < s->n && s->t[j].seg == s->t[i].seg) j++;
        if (s->t[i].bold) {
            for (int k = i; k < j; k++) {
                claim c      = claim_of(s, k);
                bool  inside = k > i && (c.k == C_LETTER || c.k == C_EQUATION) && (s->t[k - 1].k != K_EQ || k - 2 >= i);
                if (inside) take(&val, s, k, c.letter), claims++;
            }
            bool equation = false;
            for (int k = i; k < j; k++) equation |= s->t[k].k == K_EQ;
            for (int k = i; k < j && !claims && !equation; k++)
                if (s->t[k].k == K_NUM &&
                    !(operand(s, k) && (k + 1 >= j || k == i || s->t[k - 1].k == K_OP || s->t[k + 1].k == K_OP)))
                    take(&val, s, k, claim_of(s, k).letter);
        }
        i = j;
    }
    return val;
}

/* Values claimed by kind in plain text; `last` keeps only the last one. */
static value plain_value(const tks *s, claim_kind lo, claim_kind hi, bool last, char letter) {
    value val = {0};
    for (int i = 0; i < s->n; i++) {
        claim c = claim_of(s, i);
        if (c.k < lo || c.k > hi || (c.k == C_LETTER && letter && c.letter != letter)) continue;
        if (last) val = (value){0};
        take(&val, s, i, c.letter);
    }
    return val;
}

static value only_value(const tks *s) {
    value val = {0};
    for (int i = 0; i < s->n; i++)
        if (s->t[i].k == K_NUM) {
            if (operand(s, i) || kind_at(s, i - 1) == K_EQ || kind_at(s, i + 1) == K_EQ) val.clash = true;
            take(&val, s, i, 0);
        }
    return val;
}

static bool say(char why[96], const char *fmt, const char *a) {
    snprintf(why, 96, fmt, a);
    return false;
}

static bool number_matches(const tks *s, const char *answer, ratio truth, char letter, const char *shown,
                           char why[96]) {
    value v = bold_value(s);
    if (!v.any) v = plain_value(s, C_LETTER, C_NAMED, false, letter);
    if (!v.any) v = plain_value(s, C_EQUATION, C_WEAK, true, letter);
    if (!v.any) v = only_value(s);
    if (!v.any) return say(why, "expected %s, found no value", shown);
    if (v.clash) return say(why, "expected %s, found more than one value, or a number in a formula", shown);
    if (letter && v.letter && v.letter != letter)
        return say(why, "expected %s, found the value of another letter", shown);
    if (!ratio_eq(v.v, truth)) {
        snprintf(why, 96, v.v.q == 1 ? "expected %.40s, found %lld" : "expected %.40s, found %lld/%lld", shown, v.v.p,
                 v.v.q);
        return false;
    }
    if (doubted(s, v.at)) return say(why, "expected %s, found it denied or asked", shown);
    if (open_choice(s, v.at)) return say(why, "expected %s, found it beside another value", shown);
    if (taken_back(s, v.at)) return say(why, "expected %s, found it taken back", shown);
    value other = plain_value(s, C_LETTER, C_NAMED, false, letter);
    if (other.any && (other.clash || !ratio_eq(other.v, truth)))
        return say(why, "expected %s, found it contradicted", shown);
    if (steps_check(answer, strlen(answer), NULL).wrong)
        return say(why, "expected %s, found a false calculation", shown);
    return true;
}

static const char *const w_rest[] = {"remainder", "rest", "r", "rem", "left", "remain", "remaining", NULL};

/* "7 remainder 5", "7 with a remainder of 5", "7 R5": every such pair must be (q, r). */
static bool rest_matches(const tks *s, ratio q, ratio r, const char *shown, char why[96]) {
    int found = 0;
    for (int i = 0; i < s->n; i++) {
        if (s->t[i].k != K_NUM) continue;
        int  j    = i + 1;
        bool word = false;
        while (j < s->n && j < i + 7 &&
               (s->t[j].k == K_WORD || s->t[j].k == K_OTHER || s->t[j].k == K_COLON || (word && s->t[j].k == K_EQ)))
            word |= word_in(s, j++, w_rest);
        if (!word || kind_at(s, j) != K_NUM) continue;
        if (!s->t[i].valid || !s->t[j].valid || !ratio_eq(s->t[i].v, q) || !ratio_eq(s->t[j].v, r))
            return say(why, "expected %s, found another quotient or remainder", shown);
        if (doubted(s, i)) return say(why, "expected %s, found it denied or asked", shown);
        found++;
    }
    return found || say(why, "expected %s, found no quotient with a remainder", shown);
}

/* Text in lower case with single spaces, without bold marks, quotes and a closing full stop. */
static void plain_text(str *out, const char *p, size_t n) {
    for (size_t i = 0; i < n; i++) {
        char c = p[i];
        if (c == '*' || c == '`' || c == '"') continue;
        if (isspace((unsigned char)c)) {
            if (out->len && out->p[out->len - 1] != ' ') str_addc(out, ' ');
        } else {
            str_addc(out, (char)tolower((unsigned char)c));
        }
    }
    while (out->len && strchr(" .!", out->p[out->len - 1])) out->p[--out->len] = 0;
}

static bool text_matches(const char *answer, const char *truth, char why[96]) {
    str         a = {0}, b = {0};
    const char *from = strstr(answer, "**"), *to = from ? strstr(from + 2, "**") : NULL;
    bool        two = to && strstr(to + 2, "**");
    if (to) plain_text(&a, from + 2, (size_t)(to - from - 2));
    else plain_text(&a, answer, strlen(answer));
    plain_text(&b, truth, strlen(truth));
    bool same = !two && a.len && a.len == b.len && !memcmp(a.p, b.p, a.len);
    if (!same) snprintf(why, 96, "expected %.36s, found %.36s", truth, a.len ? a.p : "nothing");
    str_free(&a);
    str_free(&b);
    return same;
}

bool answer_matches(const char *answer, const char *truth, char why[96]) {
    tks         s = {0};
    ratio       v, w;
    const char *end, *p = truth;
    char        letter = 0;
    bool        ok;
    why[0] = 0;
    if (isalpha((unsigned char)p[0]) && !strncmp(p + 1, " = ", 3)) {
        letter = (char)tolower((unsigned char)p[0]);
        p += 4;
    }
    cut(&s, answer);
    settle(&s);
    if (ratio_read(p, &v, &end) && !*end) ok = number_matches(&s, answer, v, letter, truth, why);
    else if (ratio_read(p, &v, &end) && !strncmp(end, " remainder ", 11) && ratio_read(end + 11, &w, &end) && !*end)
        ok = rest_matches(&s, v, w, truth, why);
    else ok = text_matches(answer, truth, why);
    mem_free(s.t);
    return ok;
}

/* ---- echo */
static void bare(str *out, const char *p) {
    for (; *p; p++)
        if (isalnum((unsigned char)*p) || strchr("+-/=()", *p)) str_addc(out, (char)tolower((unsigned char)*p));
}

bool verify_echo(const char *question, const char *answer, char why[96]) {
    str q = {0}, a = {0};
    bare(&q, question);
    bare(&a, answer);
    bool same = q.len && q.len == a.len && !memcmp(q.p, a.p, q.len);
    if (same) snprintf(why, 96, "the answer repeats the question");
    str_free(&q);
    str_free(&a);
    return same;
}
