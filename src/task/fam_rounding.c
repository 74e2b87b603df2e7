/* fam_rounding.c -- rounding: to tens and more, to places, to significant figures.
 *
 * Levels: 1 to tens and hundreds; 2 to thousands; 3 decimals to whole numbers; 4 to one place; 5 to two places; 6 large
 * numbers; 7 nines that carry; 8 significant figures of whole numbers; 9 of decimals; 10 of small decimals and with
 * carries.
 *
 * Work looks at the digit after the last one that stays; the check measures the distance: at most half a unit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/numfam.h"

/* The unit that is rounded to is 10^-place; the figures are only how it was asked. */
typedef struct rounding {
    decimal a;
    int     place;   /* -2: hundreds, 2: two places */
    int     figures; /* significant figures, 0: asked by place */
    bool    word;    /* "nearest hundred", not "100" */
} rounding;

static long power10(int n) {
    long v = 1;
    while (n-- > 0) v *= 10;
    return v;
}

/* The digits that stay as a whole number, and the next digit. */
static long kept(const rounding *k, long *next) {
    long cut = power10(k->a.places - k->place);
    *next    = k->a.v / (cut / 10) % 10;
    return k->a.v / cut;
}

static decimal in_units(const rounding *k, long v) {
    return k->place > 0 ? (decimal){v, k->place} : (decimal){v * power10(-k->place), 0};
}

static void work(trace *t, void *ctx, fam_value *found) {
    const rounding *k = ctx;
    long            next, q = kept(k, &next);
    decimal_put(t->out, k->a);
    str_add(t->out, ": keep ");
    decimal_fixed(t->out, in_units(k, q), k->place > 0 ? k->place : 0);
    str_addf(t->out, ", next digit %ld\n", next);
    str_addf(t->out, next >= 5 ? "4<%ld" : "%ld<5", next);
    bool up = (next >= 5) != trace_slips(t);
    if (!up) {
        str_add(t->out, ", stays ");
    } else if (q % 10 < 9) {
        q++;
        str_add(t->out, ", up to ");
    } else {
        str_add(t->out, ", up\n");
        q = digits_op(t, q, '+', 1);
        str_add(t->out, "so ");
    }
    decimal c = in_units(k, q);
    decimal_fixed(t->out, c, k->place > 0 ? k->place : 0);
    str_addc(t->out, '\n');
    found->v = c.v;
    found->w = c.places;
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const rounding *k = ctx;
    decimal         c = {found->v, (int)found->w}, half = k->place >= 0 ? (decimal){5, k->place + 1} : in_units(k, 5);
    ratio           d, h                                = decimal_ratio(half);
    if (k->place < 0) half = (decimal){5 * power10(-k->place - 1), 0}, h = decimal_ratio(half);
    if (!ratio_op(decimal_ratio(k->a), '-', decimal_ratio(c), &d)) return false;
    bool    up = d.p < 0;
    decimal e  = up ? decimal_op(t, c, '-', k->a) : decimal_op(t, k->a, '-', c);
    str_add(t->out, "half a unit is ");
    decimal_put(t->out, half);
    str_addc(t->out, '\n');
    ratio_op(decimal_ratio(e), '-', h, &d);
    bool good = d.p < 0 || (d.p == 0 && up);
    decimal_put(t->out, d.p > 0 ? half : e);
    str_add(t->out, d.p ? " < " : " = ");
    decimal_put(t->out, d.p > 0 ? e : half);
    if (d.p == 0) str_add(t->out, up ? ", a half goes up" : ", but a half goes up");
    str_add(t->out, good ? ", right\n" : ", wrong\n");
    return good;
}

/* ---- drawing */
static int figures_place(decimal a, int figures) { /* the place of the last significant figure */
    int n = 0;
    for (long v = a.v; v; v /= 10) n++;
    return figures - n + a.places;
}

static void nines(rng *r, rounding *k) { /* ...9996: carries */
    long unit = power10(k->a.places - k->place);
    k->a.v    = k->a.v - k->a.v % (unit * 10) + unit * 9 + (long)rng_below(r, (uint64_t)unit);
    if (k->a.v / (unit / 10) % 10 < 5) k->a.v += 5 * (unit / 10);
}

static void draw(rng *r, int level, rounding *k) {
    *k = (rounding){.word = numfam_chance(r, 55)};
    switch (level) {
    case 1: k->place = -rng_range(r, 1, 2), k->a = (decimal){numfam_digits(r, rng_range(r, 2, 4)), 0}; break;
    case 2: k->place = -rng_range(r, 1, 3), k->a = (decimal){numfam_digits(r, rng_range(r, 4, 5)), 0}; break;
    case 3: k->a = (decimal){numfam_digits(r, rng_range(r, 2, 5)), rng_range(r, 1, 2)}; break;
    case 4: k->place = 1, k->a = (decimal){numfam_digits(r, rng_range(r, 3, 5)), rng_range(r, 2, 3)}; break;
    case 5: k->place = 2, k->a = (decimal){numfam_digits(r, rng_range(r, 3, 6)), rng_range(r, 3, 4)}; break;
    case 6: k->place = -rng_range(r, 2, 5), k->a = (decimal){numfam_digits(r, rng_range(r, 6, 8)), 0}; break;
    case 7:
        k->place = rng_range(r, -2, 3);
        k->a     = (decimal){numfam_digits(r, rng_range(r, 5, 7)), k->place > 0 ? k->place + rng_range(r, 1, 2) : 0};
        if (!k->place) k->a.places = 2;
        nines(r, k);
        break;
    case 8: k->figures = rng_range(r, 1, 3), k->a = (decimal){numfam_digits(r, rng_range(r, 4, 7)), 0}; break;
    case 9:
        k->figures = rng_range(r, 1, 4), k->a = (decimal){numfam_digits(r, rng_range(r, 5, 6)), rng_range(r, 1, 4)};
        break;
    default:
        k->figures = rng_range(r, 1, 3);
        k->a       = (decimal){numfam_digits(r, rng_range(r, 4, 5)), rng_range(r, 4, 6)};
        if (numfam_chance(r, 40)) k->place = figures_place(k->a, k->figures), nines(r, k);
    }
    if (k->figures) k->place = figures_place(k->a, k->figures);
}

static bool fits(const rounding *k) {
    decimal n    = decimal_norm(k->a);
    bool    more = n.places > k->place;
    if (k->place < 0) more = n.v % power10(-k->place) != 0;
    /* something is cut off; half a unit or more is there (87 to the nearest hundred is fair) */
    return more && n.places == k->a.places && k->a.places - k->place > 0 && k->a.places <= DECIMAL_PLACES &&
           k->a.v >= power10(k->a.places - k->place) / 2 && k->place < DECIMAL_PLACES;
}

/* ---- text */
static const char *const unit_word[] = {"hundred thousand", "ten thousand", "thousand",  "hundred",   "ten",
                                        "whole number",     "tenth",        "hundredth", "thousandth"};
static const char *const ask_near[]  = {
     "{3*Round|2*Please round|Can you round|Could you round|Help me round|I need to round|Now round} {|the number }<a> "
      "to "
      "the nearest <u>" NUM_STOP,
     NUM_IS " <a> {rounded to the nearest|to the nearest|when rounded to the nearest} <u>" NUM_MARK,
     "{How do you round|What do you get if you round|What is it if I round} <a> to the nearest <u>" NUM_MARK,
     "<a> {to the nearest|rounded to the nearest} <u>{|?| =|, please}",
     "{Give|Write|Express} <a> {correct |}to the nearest <u>" NUM_STOP,
     "{It says|The display shows|My calculator shows|The meter reads} <a>. {What is that|How much is that|Say it} to "
      "the "
      "nearest <u>" NUM_MARK,
};
static const char *const ask_places[] = {
    "{3*Round|2*Please round|Can you round|Could you round|Help me round|I need to round|Now round} {|the number }<a> "
    "to "
    "<p> {decimal place<s>|decimal<s>|place<s> after the point|dp}" NUM_STOP,
    NUM_IS " <a> {rounded |}to <p> {decimal place<s>|decimal<s>|dp}" NUM_MARK,
    "<a> {to|rounded to|correct to} <p> {decimal place<s>|decimal<s>|dp}{|?| =|, please}",
    "{Give|Write|Express} <a> {correct |}to <p> {decimal place<s>|decimal<s>}" NUM_STOP,
    "{It says|The display shows|My calculator shows|The meter reads} <a>. {What is that|How much is that|Say it} to "
    "<p> "
    "decimal place<s>" NUM_MARK,
};
static const char *const ask_figures[] = {
    "{3*Round|2*Please round|Can you round|Could you round|Help me round|I need to round|Now round} {|the number }<a> "
    "to "
    "<p> {significant figure<s>|significant digit<s>|sf|sig fig<s>}" NUM_STOP,
    NUM_IS " <a> {rounded |}to <p> {significant figure<s>|significant digit<s>|sf}" NUM_MARK,
    "<a> {to|rounded to|correct to} <p> {significant figure<s>|sig fig<s>|significant digit<s>}{|?| =|, please}",
    "{Give|Write|Express} <a> {correct |}to <p> {significant figure<s>|significant digit<s>}" NUM_STOP,
    "{It says|The display shows|My calculator shows|The meter reads} <a>. {What is that|How much is that|Say it} to "
    "<p> "
    "significant figure<s>" NUM_MARK,
};

/* "nearest hundred", "nearest 100", "2 places", "3 significant figures" */
static void target(str *s, const rounding *k, bool key) {
    if (k->figures && !key) str_addf(s, "%d significant figure%s", k->figures, k->figures == 1 ? "" : "s");
    else if (key) str_addf(s, "%d", k->place);
    else if (k->place > 0 && !k->word) str_addf(s, "%d place%s", k->place, k->place == 1 ? "" : "s");
    else if (k->place < 0 && !k->word) str_addf(s, "the nearest %ld", power10(-k->place));
    else str_addf(s, "the nearest %s", unit_word[k->place + 5]);
}

static void ask(problem *p, rng *r, const rounding *k) {
    str a = {0}, u = {0};
    int n = k->figures ? k->figures : k->place;
    decimal_put(&a, k->a);
    if (k->place >= -5 && k->place <= 3) str_add(&u, unit_word[k->place + 5]);
    if (k->place < 0 && !k->word) str_clear(&u), str_addf(&u, "%ld", power10(-k->place));
    char digit[16];
    snprintf(digit, sizeof digit, "%d", n);
    const word_slot slots[] = {{"a", a.p}, {"u", u.p ? u.p : ""}, {"p", digit}, {"s", n == 1 ? "" : "s"}, {0}};
    if (k->figures) numfam_ask(p, r, ask_figures, NUM_COUNT(ask_figures), slots);
    else if (k->place > 0 && !k->word) numfam_ask(p, r, ask_places, NUM_COUNT(ask_places), slots);
    else numfam_ask(p, r, ask_near, NUM_COUNT(ask_near), slots);
    str_free(&a);
    str_free(&u);
}

static void make(rng *r, int level, problem *p) {
    rounding k;
    do draw(r, level, &k);
    while (!fits(&k));
    if (!k.place) k.word = true;
    ask(p, r, &k);
    p->level = level;
    str_add(&p->key, "rounding:");
    decimal_put(&p->key, k.a);
    str_add(&p->key, k.figures ? " sf " : " to ");
    if (k.figures) str_addf(&p->key, "%d", k.figures);
    else target(&p->key, &k, true);
    str_add(&p->reasoning, "Understand: ");
    decimal_put(&p->reasoning, k.a);
    str_add(&p->reasoning, " to ");
    target(&p->reasoning, &k, false);
    str_addf(&p->reasoning, "\nPlan: %sthe digit after the last one that stays decides\n",
             k.figures ? "count figures from the first that is not 0; " : "");
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &k});
    decimal_fixed(&p->truth, (decimal){f.v, (int)f.w}, k.place > 0 ? k.place : 0); /* 3.50 to two places */
    numfam_answer(p, r, NULL, NULL);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    const char *s, *end;
    size_t      n;
    decimal     a;
    if (!fam_understood(p, &s, &n, why)) return false;
    end = s;
    if (!numfam_decimal(&end, &a) || strncmp(end, " to ", 4)) return numfam_not(why, "a rounding", s, n);
    end += 4;
    int place = 99;
    if (!strncmp(end, "the nearest ", 12)) {
        end += 12;
        if (*end == '1') {
            place = 1;
            while (*end == '1' || *end == '0') place--, end++;
        }
        for (int i = 0; i < NUM_COUNT(unit_word) && place == 99; i++)
            if (!strncmp(end, unit_word[i], strlen(unit_word[i])) && end[strlen(unit_word[i])] == '\n') place = i - 5;
    } else if (*end >= '1' && *end <= '9') {
        place = *end - '0';
        if (!strncmp(end + 1, " significant", 12)) place = figures_place(a, place);
    }
    if (place == 99) return numfam_not(why, "a rounding", s, n);
    ratio v = decimal_ratio(a), unit = decimal_ratio((decimal){power10(place < 0 ? -place : 0), place > 0 ? place : 0});
    ratio q;
    if (!ratio_op(v, '/', unit, &q)) return numfam_not(why, "a number to round", s, n);
    decimal  c = decimal_near(q, 0);
    rounding k = {.place = place};
    decimal_fixed(truth, in_units(&k, c.v), place > 0 ? place : 0);
    return true;
}

const family fam_rounding = {.name   = "rounding",
                             .field  = "education",
                             .about  = "to tens and more, to places, to significant figures",
                             .levels = 10,
                             .make   = make,
                             .right  = numfam_right,
                             .solve  = solve};
