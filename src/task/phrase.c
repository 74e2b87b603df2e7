/* phrase.c -- see phrase.h.
 *
 * Variety belongs here and not in the traces: what a model must learn about people is that "12x7", "what's 12 times 7"
 * and "please multiply 12 by 7" are one problem. Each wording is a choice per slot; slots do not depend on each other,
 * and every word list has its commonest form several times. */
#include <ctype.h>
#include <string.h>
#include "task/phrase.h"

#define PICK(r, list) ((list)[rng_below((r), sizeof(list) / sizeof *(list))])

static bool chance(rng *r, int percent) { return (int)rng_below(r, 100) < percent; }

phrase_style phrase_style_draw(rng *r, int letters) {
    static const char *const mul[] = {" * ", " * ", " * ", " x ", " × ", " × ", " times ", " times ", " · ", " X "};
    static const char *const mul_letters[] = {" * ", " * ", " · ", " × "};
    static const char *const div[]         = {" / ", " / ", " / ", " ÷ ", " ÷ ", " divided by ", " : "};
    static const char *const div_letters[] = {" / ", " / ", " / ", " ÷ "};
    static const char *const minus[]       = {" - ", " - ", " - ", " - ", " - ", " − ", " – ", " minus "};
    static const char *const plus[]        = {" + ", " + ", " + ", " + ", " plus "};
    phrase_style             s             = {.r = r, .spaces = (int)rng_below(r, 8)};
    s.spaces                               = s.spaces < 3 ? 0 : s.spaces < 6 ? 1 : s.spaces == 6 ? 2 : 3;
    s.mul                                  = letters ? PICK(r, mul_letters) : PICK(r, mul);
    s.div                                  = letters ? PICK(r, div_letters) : PICK(r, div);
    s.minus                                = PICK(r, minus);
    s.plus                                 = PICK(r, plus);
    if (letters) { /* "2x plus 5 = 15" is rare */
        if (!strcmp(s.minus, " minus ")) s.minus = chance(r, 20) ? " minus " : " - ";
        if (!strcmp(s.plus, " plus ")) s.plus = !strcmp(s.minus, " minus ") ? " plus " : " + ";
        s.show_mul = chance(r, 8);
    }
    return s;
}

/* An operator with the spaces that this style leaves; words keep theirs. */
static void put_op(str *s, const char *spaced, const phrase_style *st) {
    size_t n    = strlen(spaced);
    bool   word = isalpha((unsigned char)spaced[1]) && n > 3;
    bool   keep = word || st->spaces == 1 || (st->spaces == 3 && chance(st->r, 50));
    if (keep) str_addn(s, spaced, n);
    else str_addn(s, spaced + 1, n - 2);
}

static void put_equals(str *s, const phrase_style *st) {
    if (st->spaces == 0 || (st->spaces == 3 && chance(st->r, 50))) str_add(s, "=");
    else str_add(s, " = ");
}

/* A sign in front of a number: the style's minus without spaces, or '-' where that is a word. */
static void put_sign(str *s, const phrase_style *st) {
    size_t n = strlen(st->minus);
    if (isalpha((unsigned char)st->minus[1])) str_addc(s, '-');
    else str_addn(s, st->minus + 1, n - 2);
}

void phrase_expr(str *s, const char *c, const phrase_style *st) {
    for (size_t i = 0; c[i]; i++) {
        if (c[i] == ' ') { /* " op " */
            char op = c[i + 1];
            switch (op) {
            case '+': put_op(s, st->plus, st); break;
            case '-': put_op(s, st->minus, st); break;
            case '*': put_op(s, st->mul, st); break;
            case '/': put_op(s, st->div, st); break;
            default: put_equals(s, st); break;
            }
            i += 2;
            continue;
        }
        if (c[i] == '-') {
            put_sign(s, st);
            continue;
        }
        if (c[i] == '/') { /* x/3 */
            if (st->spaces == 1 && chance(st->r, 50)) str_add(s, st->div);
            else put_op(s, st->div, st);
            continue;
        }
        if (st->show_mul && i && isdigit((unsigned char)c[i - 1]) && (isalpha((unsigned char)c[i]) || c[i] == '('))
            put_op(s, st->mul, st);
        str_addc(s, c[i]);
    }
}

/* ---- slots */
static const char *polite(rng *r) {
    static const char *const p[] = {
        "please ",    "can you ",   "could you ",        "can you help me ", "i need to ",   "help me ",
        "i want to ", "would you ", "could you please ", "let's ",           "hi, can you ", "how do i ",
        "try to ",    "now ",       "hello, please ",    "i have to ",       "quickly "};
    return chance(r, 30) ? PICK(r, p) : "";
}

static bool asks(const char *s) { /* politeness that makes it a question */
    return strstr(s, "can you") || strstr(s, "could you") || strstr(s, "would you") || strstr(s, "how do");
}

static const char *stop(rng *r) {
    static const char *const p[] = {"", "", "", ".", "."};
    return PICK(r, p);
}

static const char *mark(rng *r) {
    static const char *const p[] = {"?", "?", "?", "?", "?", "", " ?"};
    return PICK(r, p);
}

static void capital(str *q, size_t from) {
    if (from < q->len) q->p[from] = (char)toupper((unsigned char)q->p[from]);
}

static const char *letter_str(char letter, char buf[2]) {
    buf[0] = letter;
    buf[1] = 0;
    return buf;
}

void phrase_compute(str *q, rng *r, const char *e) {
    static const char *const verb[]   = {"compute",    "calculate", "evaluate", "work out", "find",    "solve",
                                         "figure out", "determine", "simplify", "tell me",  "give me", "get"};
    static const char *const object[] = {
        "", "", "", "", "the value of ", "the result of ", "this: ", "the answer to ", "what is ", "what ", ": "};
    static const char *const what[] = {"what is ",
                                       "what is ",
                                       "what is ",
                                       "what's ",
                                       "whats ",
                                       "how much is ",
                                       "how much is ",
                                       "what does ",
                                       "what do you get for ",
                                       "what is the value of ",
                                       "what is the result of ",
                                       "what would be ",
                                       "do you know what ",
                                       "how many is ",
                                       "so what is "};
    size_t                   from   = q->len;
    switch (rng_below(r, 10)) {
    case 0:
    case 1:
    case 2:
    case 3: {
        const char *w = PICK(r, what);
        str_add(q, w);
        str_add(q, e);
        if (!strcmp(w, "what does ")) str_add(q, chance(r, 50) ? " equal" : " make");
        if (!strcmp(w, "do you know what ")) str_add(q, " is");
        str_add(q, mark(r));
        break;
    }
    case 4:
    case 5:
    case 6: {
        const char *p = polite(r), *o = PICK(r, object);
        str_add(q, p);
        str_add(q, PICK(r, verb));
        if (o[0] != ':') str_addc(q, ' ');
        str_add(q, o);
        str_add(q, e);
        if (!strcmp(o, "what ")) str_add(q, " is");
        str_add(q, asks(p) ? mark(r) : stop(r));
        break;
    }
    default: { /* the bare expression */
        static const char *const tail[] = {
            "",         "",         "",          " = ?",     "=?",           "=",  " =", "?",
            " = what?", " equals?", " is what?", ", please", " equals what", " is"};
        str_add(q, e);
        str_add(q, PICK(r, tail));
        return;
    }
    }
    capital(q, from);
}

void phrase_operation(str *q, rng *r, char op, const char *a, const char *b) {
    static const char *const add[] = {"the sum of %a and %b", "add %a and %b",          "add %a and %b together",
                                      "add %b to %a",         "the total of %a and %b", "%a increased by %b",
                                      "%b more than %a",      "sum of %a and %b",       "%a added to %b"};
    static const char *const sub[] = {
        "subtract %b from %a",    "take %b away from %a", "%a take away %b", "take %b from %a",
        "%a decreased by %b",     "%b less than %a",      "%a less %b",      "the difference between %a and %b",
        "difference of %a and %b"};
    static const char *const mul[] = {"the product of %a and %b", "multiply %a by %b",   "%a multiplied by %b",
                                      "multiply %a and %b",       "multiply %a with %b", "%a times %b",
                                      "product of %a and %b"};
    static const char *const div[] = {"divide %a by %b", "the quotient of %a and %b", "%a over %b", "%a divided by %b",
                                      "%a divided into %b equal parts"};
    const char              *t;
    switch (op) {
    case '+': t = PICK(r, add); break;
    case '-': t = PICK(r, sub); break;
    case '*': t = PICK(r, mul); break;
    default: t = PICK(r, div); break;
    }
    bool verb = !strncmp(t, "add ", 4) || !strncmp(t, "subtract", 8) || !strncmp(t, "take", 4) ||
                !strncmp(t, "multiply", 8) || !strncmp(t, "divide ", 7);
    size_t      from = q->len;
    const char *end;
    if (verb) {
        const char *p = polite(r);
        str_add(q, p);
        end = asks(p) ? mark(r) : stop(r);
    } else {
        static const char *const head[] = {"what is ", "what is ",     "find ",     "what's ",  "calculate ",
                                           "compute ", "how much is ", "work out ", "give me ", "tell me ",
                                           ""};
        const char              *h      = PICK(r, head);
        str_add(q, h);
        end = h[0] == 'w' && h[1] == 'h' ? mark(r) : h[0] == 'h' ? mark(r) : stop(r);
    }
    for (; *t; t++) {
        if (*t == '%') str_add(q, *++t == 'a' ? a : b);
        else str_addc(q, *t);
    }
    str_add(q, end);
    capital(q, from);
}

void phrase_rest(str *q, rng *r, const char *a, const char *b, const char *typed) {
    static const char *const tail[]  = {" with remainder",           " with a remainder", ", with remainder",
                                        " (quotient and remainder)", " with rest",        ", quotient and remainder",
                                        " as quotient and remainder"};
    static const char *const whole[] = {"what are the quotient and remainder of %e",
                                        "what is the quotient and remainder when %a is divided by %b",
                                        "how many times does %b go into %a and what is left over",
                                        "%a divided by %b, what is the remainder and the quotient",
                                        "divide %a by %b and give quotient and remainder",
                                        "find the quotient and the remainder of %e"};
    size_t                   from    = q->len;
    if (chance(r, 60)) {
        phrase_compute(q, r, typed);
        while (q->len > from && strchr("?.! =", q->p[q->len - 1])) q->p[--q->len] = 0;
        str_add(q, PICK(r, tail));
        str_add(q, chance(r, 30) ? "?" : stop(r));
        return;
    }
    const char *t   = PICK(r, whole);
    const char *end = t[0] == 'd' || t[0] == 'f' ? stop(r) : mark(r);
    for (; *t; t++) {
        if (*t != '%') str_addc(q, *t);
        else if (*++t == 'e') str_add(q, typed);
        else str_add(q, *t == 'a' ? a : b);
    }
    str_add(q, end);
    capital(q, from);
}

/* "solve <eq>" and its kin */
static void eq_command(str *q, rng *r, const char *e, const char *v) {
    static const char *const solve[]  = {"solve", "solve", "solve", "work out"};
    static const char *const object[] = {"",
                                         "",
                                         "",
                                         "the equation ",
                                         "this equation: ",
                                         "the following equation: ",
                                         "this: ",
                                         "the linear equation ",
                                         "for me: ",
                                         ": "};
    static const char *const find[]   = {"find",    "find",    "determine", "calculate",  "work out", "get",
                                         "compute", "tell me", "give me",   "figure out", "find me"};
    static const char *const thing[]  = {"%v",
                                         "%v",
                                         "the value of %v",
                                         "the value of %v",
                                         "the unknown %v",
                                         "what %v is",
                                         "the number %v",
                                         "the solution for %v"};
    static const char *const joint[]  = {": ",     ": ",          " in ",    " if ",      " when ", " given ",
                                         " from ", " such that ", " where ", " so that ", " for ",  " given that "};
    const char              *p        = polite(r);
    str_add(q, p);
    if (chance(r, 55)) {
        str_add(q, PICK(r, solve));
        if (chance(r, 35)) { /* solve for x: ... */
            str_add(q, " for ");
            str_add(q, v);
            str_add(q, chance(r, 70) ? ": " : chance(r, 50) ? " in " : ", ");
            str_add(q, e);
        } else {
            const char *o = PICK(r, object);
            if (o[0] != ':') str_addc(q, ' ');
            str_add(q, o);
            str_add(q, e);
            if (chance(r, 30)) {
                str_add(q, " for ");
                str_add(q, v);
            }
        }
    } else {
        str_add(q, PICK(r, find));
        str_addc(q, ' ');
        for (const char *t = PICK(r, thing); *t; t++) {
            if (*t == '%') str_add(q, v), t++;
            else str_addc(q, *t);
        }
        str_add(q, PICK(r, joint));
        str_add(q, e);
    }
    str_add(q, asks(p) ? mark(r) : stop(r));
}

void phrase_equation(str *q, rng *r, const char *e, char letter) {
    static const char *const what[]  = {"what is %v",       "what is %v",
                                        "what is %v",       "what's %v",
                                        "whats %v",         "what is the value of %v",
                                        "what must %v be",  "what value does %v have",
                                        "how much is %v",   "which number is %v",
                                        "what would %v be", "what is the solution for %v"};
    static const char *const iff[]   = {" if ",         " if ",  " if ",  " when ",  " in ", " given ",
                                        " given that ", ", if ", " for ", " where ", ": "};
    static const char *const given[] = {"if ",           "if ",  "given ",      "when ",   "suppose ",
                                        "we know that ", "let ", "given that ", "assume ", "i have "};
    static const char *const then[]  = {", what is %v?",
                                        ", what is %v?",
                                        ", find %v",
                                        ", find %v.",
                                        ", then what is %v?",
                                        ", %v = ?",
                                        " what is %v",
                                        ", what's %v?",
                                        ", solve for %v",
                                        ", what is the value of %v?",
                                        ", what does %v equal?",
                                        ", how much is %v?",
                                        ", then %v is?",
                                        ". what is %v?",
                                        ". find %v."};
    static const char *const tail[]  = {"",
                                        "",
                                        "",
                                        ", %v=?",
                                        ", %v = ?",
                                        ". %v?",
                                        " solve for %v",
                                        ", find %v",
                                        " find %v",
                                        " what is %v?",
                                        "; %v?",
                                        " => %v = ?",
                                        ", solve",
                                        " (solve for %v)",
                                        ", what is %v"};
    static const char *const which[] = {"for which %v is ", "for what value of %v is ", "for which value of %v does ",
                                        "which %v makes ",  "which number %v solves ",  "which value of %v satisfies "};
    char                     vb[2];
    const char              *v = letter_str(letter, vb), *t = NULL, *t2 = NULL;
    size_t                   from = q->len;
    bool                     lead = true; /* may the first letter be a capital? */
    unsigned                 k    = (unsigned)rng_below(r, 20);
    if (k < 7) {
        eq_command(q, r, e, v);
    } else if (k < 11) {
        t  = PICK(r, what);
        t2 = PICK(r, iff);
    } else if (k < 15) {
        str_add(q, PICK(r, given));
        str_add(q, e);
        t = PICK(r, then);
    } else if (k < 18) {
        str_add(q, e);
        t    = PICK(r, tail);
        lead = false;
    } else {
        t  = PICK(r, which);
        t2 = "";
    }
    for (; t && *t; t++) {
        if (*t == '%') str_add(q, v), t++;
        else str_addc(q, *t);
    }
    if (t2) {
        str_add(q, t2);
        str_add(q, e);
        if (k >= 18 && (q->p[from] == 'f' || q->p[from] == 'F'))
            str_add(q, strstr(q->p + from, " does ") ? " hold" : " true");
        else if (k >= 18 && strstr(q->p + from, " makes ")) str_add(q, " true");
        str_add(q, mark(r));
    }
    if (lead) capital(q, from);
}

/* ---- careless typing */
/* Past a part between PHRASE_FROM and PHRASE_TO that begins at i. */
static size_t guarded(const str *q, size_t i) {
    while (i < q->len && q->p[i] == PHRASE_FROM) {
        while (i < q->len && q->p[i] != PHRASE_TO) i++;
        i += i < q->len;
    }
    return i;
}

static void lower(str *q) {
    for (size_t i = guarded(q, 0); i < q->len; i = guarded(q, i + 1)) q->p[i] = (char)tolower((unsigned char)q->p[i]);
}

/* Swap two letters inside one word of five letters or more. */
static void swap_letters(str *q, rng *r) {
    size_t start[32], len[32];
    int    n = 0;
    for (size_t i = guarded(q, 0); i < q->len && n < 32;) {
        size_t j = i;
        while (j < q->len && isalpha((unsigned char)q->p[j])) j++;
        if (j - i >= 5) start[n] = i, len[n++] = j - i;
        i = guarded(q, j < q->len && q->p[j] == PHRASE_FROM ? j : j + 1);
    }
    if (!n) return;
    size_t w = rng_below(r, (uint64_t)n), k = start[w] + 1 + rng_below(r, len[w] - 3);
    char   c    = q->p[k];
    q->p[k]     = q->p[k + 1];
    q->p[k + 1] = c;
}

static void double_space(str *q, rng *r) {
    size_t at[64], n = 0;
    for (size_t i = guarded(q, 0); i < q->len && n < 64; i = guarded(q, i + 1))
        if (q->p[i] == ' ') at[n++] = i;
    if (!n) return;
    size_t k = at[rng_below(r, n)];
    str_addc(q, ' ');
    memmove(q->p + k + 1, q->p + k, q->len - 1 - k);
}

void phrase_careless(str *q, rng *r) {
    if (chance(r, 45)) lower(q);
    if (chance(r, 15))
        while (q->len && strchr("?.!", q->p[q->len - 1])) q->p[--q->len] = 0;
    if (chance(r, 4)) swap_letters(q, r);
    if (chance(r, 5)) double_space(q, r);
    if (chance(r, 3)) str_add(q, chance(r, 50) ? " thanks" : " please");
    if (chance(r, 2)) str_addc(q, ' ');
}
