/* fam_percent.c -- percentages.
 *
 * Levels: 1 round percents of a number; 2 any percent of a number; 3 the same with decimals; 4 what percent is a of b;
 * 5 increased or decreased by p%; 6 by how many percent did it change; 7 what percent, rounded; 8 what was it before;
 * 9 the change, rounded; 10 two changes after one another, what was it before with decimals.
 *
 * Dividing by 100 sets the point two places to the left: a copy. The check goes the other way: the percent of the whole
 * must be the part again. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/measure.h"
#include "task/lexicon.h"
#include "task/numfam.h"
#include "task/verify.h"

typedef enum { P_OF, P_WHAT, P_RAISE, P_CHANGE, P_BEFORE, P_TWICE } form;
typedef struct percent {
    form    form;
    long    p, q; /* percents; p < 0 is a decrease */
    long    a, b; /* the number; the part and the whole; before and after */
    int     places;
    decimal first; /* after the first of two changes, as Work found it */
} percent;

static decimal whole(long v) { return (decimal){v, 0}; }

/* "4250 / 100 = 42.5" */
static decimal hundredth(trace *t, decimal a) {
    decimal c = decimal_norm((decimal){a.v, a.places + 2});
    if (trace_slips(t)) c.places += c.places ? -1 : 1; /* the point at the wrong place */
    decimal_put(t->out, decimal_norm(a));
    str_add(t->out, " / 100 = ");
    decimal_put(t->out, c);
    str_addc(t->out, '\n');
    return c;
}

static decimal part_of(trace *t, decimal a, long p) { return hundredth(t, decimal_op(t, a, '*', whole(p))); }

static decimal changed(trace *t, decimal a, long p) {
    decimal d = part_of(t, a, labs(p));
    return decimal_op(t, a, (p < 0) != trace_slips(t) ? '-' : '+', d);
}

static void work(trace *t, void *ctx, fam_value *found) {
    percent *k = ctx;
    decimal  v = {0, 0};
    switch (k->form) {
    case P_OF: v = part_of(t, whole(k->a), k->p); break;
    case P_WHAT: v = decimal_div(t, NULL, decimal_op(t, whole(k->a), '*', whole(100)), k->b, k->places); break;
    case P_RAISE: v = changed(t, whole(k->a), k->p); break;
    case P_CHANGE: {
        long d = digits_op(t, k->b, '-', k->a);
        v      = decimal_div(t, NULL, decimal_op(t, whole(d), '*', whole(100)), k->a, k->places);
        break;
    }
    case P_BEFORE: {
        long now = digits_op(t, 100, k->p < 0 ? '-' : '+', labs(k->p));
        str_addf(t->out, "%ld is %ld%%\n", k->a, now);
        v = decimal_div(t, NULL, decimal_op(t, whole(k->a), '*', whole(100)), now, k->places);
        break;
    }
    default: k->first = changed(t, whole(k->a), k->p); v = t->bad ? k->first : changed(t, k->first, k->q);
    }
    found->v = v.v;
    found->w = v.places;
}

/* v% of the whole must be the part, or near it. */
static bool percent_of(trace *t, decimal v, long of, long want, int places) {
    decimal c = {labs(v.v), v.places}, hundred = {of, 2};
    long    u = labs(want);
    hundred   = decimal_norm(hundred);
    str_addf(t->out, "1%% of %ld is ", of);
    decimal_put(t->out, hundred);
    str_addc(t->out, '\n');
    ratio x;
    if (!ratio_op(decimal_ratio(c), '*', decimal_ratio(hundred), &x)) {
        t->bad = true;
        return false;
    }
    if (places == DECIMAL_PLACES || (x.q == 1 && x.p == u))
        return numfam_same(t, decimal_op(t, c, '*', hundred), whole(u));
    return numfam_near(t, c, hundred, whole(u), places);
}

/* p more or less percent at once: times (100 + p), then the point. */
static bool at_once(trace *t, decimal a, long p, decimal want) {
    long f = digits_op(t, 100, p < 0 ? '-' : '+', labs(p));
    return numfam_same(t, hundredth(t, decimal_op(t, a, '*', whole(f))), want);
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const percent *k = ctx;
    decimal        v = {found->v, (int)found->w};
    switch (k->form) {
    case P_OF: /* times 100 by p, where that is short; else p / 100 of it the other way round */
        if (k->p <= DIGITS_DIVISOR) {
            decimal h = decimal_op(t, v, '*', whole(100));
            return numfam_same(t, decimal_div(t, NULL, h, k->p, DECIMAL_PLACES), whole(k->a));
        } else {
            decimal h = decimal_norm((decimal){k->a, 2});
            str_addf(t->out, "1%% of %ld is ", k->a);
            decimal_put(t->out, h);
            str_addc(t->out, '\n');
            return numfam_same(t, decimal_op(t, whole(k->p), '*', h), v);
        }
    case P_WHAT: return percent_of(t, v, k->b, k->a, k->places);
    case P_RAISE: return at_once(t, whole(k->a), k->p, v);
    case P_CHANGE: {
        if ((v.v < 0) != (k->b < k->a)) {
            str_addf(t->out, "%ld < %ld, the sign\n", k->a < k->b ? k->a : k->b, k->a < k->b ? k->b : k->a);
            return numfam_same(t, v, (decimal){-v.v, v.places});
        }
        long d = k->b < k->a ? digits_op(t, k->a, '-', k->b) : digits_op(t, k->b, '-', k->a);
        return percent_of(t, v, k->a, d, k->places);
    }
    case P_BEFORE: {
        decimal h = hundredth(t, whole(100 + k->p));
        if (k->places < DECIMAL_PLACES) return numfam_near(t, v, h, whole(k->a), k->places);
        return numfam_same(t, decimal_op(t, v, '*', h), whole(k->a));
    }
    default:
        if (!at_once(t, whole(k->a), k->p, k->first)) return false;
        str_add(t->out, "then ");
        return at_once(t, k->first, k->q, v);
    }
}

/* ---- drawing */
static long round_percent(rng *r) {
    static const int some[] = {10, 20, 25, 50, 75, 5, 30, 40, 60, 70, 80, 90, 15, 1};
    return some[rng_below(r, NUM_COUNT(some))];
}

static void draw_of(rng *r, int level, percent *k) {
    k->form = P_OF;
    do {
        k->p = level == 1 ? round_percent(r) : rng_range(r, 2, 99);
        k->a =
            level == 1 ? rng_range(r, 4, numfam_chance(r, 50) ? 500 : 3000) : rng_range(r, 10, level == 2 ? 4000 : 999);
    } while (level < 3 ? k->p * k->a % 100 : k->p * k->a % 10 == 0);
}

static void draw_change(rng *r, percent *k, bool rounded) {
    k->form   = P_CHANGE;
    k->places = rounded ? 1 : DECIMAL_PLACES;
    do k->a = rng_range(r, 10, rounded ? 400 : 600), k->b = rng_range(r, 5, rounded ? 600 : 900);
    while (k->a == k->b || k->b > 3 * k->a || (!rounded && (k->b - k->a) * 100 % k->a) ||
           (rounded && (k->b - k->a) * 1000 % k->a == 0));
}

static void draw(rng *r, int level, percent *k) {
    *k       = (percent){.places = DECIMAL_PLACES};
    int mix  = rng_range(r, 0, 99);
    int what = level > 4 && mix < 15 ? rng_range(r, 2, level - 1) : level; /* of the levels before, too */
    switch (what) {
    case 1:
    case 2:
    case 3: draw_of(r, what, k); break;
    case 4:
        k->form = P_WHAT;
        do k->b = rng_range(r, 4, 900), k->a = rng_range(r, 1, (int)(k->b * (numfam_chance(r, 10) ? 2 : 1)));
        while (k->a * 100 % k->b || k->a == k->b);
        break;
    case 5:
        k->form = P_RAISE;
        do k->p = numfam_chance(r, 50) ? round_percent(r) : rng_range(r, 2, 95), k->a = rng_range(r, 10, 3000);
        while (k->p * k->a % (numfam_chance(r, 60) ? 100 : 10));
        if (numfam_chance(r, 50)) k->p = -k->p;
        break;
    case 6: draw_change(r, k, false); break;
    case 7:
        k->form   = P_WHAT;
        k->places = 1;
        do k->b = rng_range(r, 6, 500), k->a = rng_range(r, 1, (int)k->b - 1);
        while (k->a * 1000 % k->b == 0);
        break;
    case 8:
        k->form = P_BEFORE;
        do {
            k->p = numfam_chance(r, 60) ? round_percent(r) : rng_range(r, 2, 80);
            if (numfam_chance(r, 50)) k->p = -k->p;
            k->b = rng_range(r, 4, 1500);
        } while (k->b * (100 + k->p) % 100);
        k->a = k->b * (100 + k->p) / 100;
        break;
    case 9: draw_change(r, k, true); break;
    default:
        if (numfam_chance(r, 50)) {
            k->form = P_TWICE;
            k->a    = rng_range(r, 20, 900);
            k->p = numfam_chance(r, 60) ? round_percent(r) : rng_range(r, 2, 60), k->q = round_percent(r);
            if (numfam_chance(r, 50)) k->p = -k->p;
            if (numfam_chance(r, 50)) k->q = -k->q;
        } else {
            k->form   = P_BEFORE;
            k->places = numfam_chance(r, 25) ? 2 : 1;
            k->a      = rng_range(r, 20, 900);
            do k->p = rng_range(r, 3, 60) * (numfam_chance(r, 50) ? 1 : -1);
            while (k->a * 10000 % (100 + k->p) == 0);
        }
    }
}

/* ---- text */
static const char *const ask_of[] = {
    NUM_IS " <p>{%| percent| per cent} of <a>" NUM_MARK,
    NUM_DO " <p>{%| percent} of <a>" NUM_STOP,
    "<p>{%| percent} of <a>{| = ?|?| =| is what?| is how much?}",
    "{How much|What number} is <p>{%| percent} of <a>" NUM_MARK,
    "<p>{%| percent} of {the|our} <a> {<things> {are new|were sold|are broken|were given "
    "away}|{people|visitors|students} "
    "{came back|were late|left early|are new}}. How many {is that|are that|are those}" NUM_MARK,
    "{A <thing> costs <a> {dollars|euros|pounds}|The bill is <a> {dollars|euros|pounds}}. How much is {a <p>% "
    "{discount|tip|tax|fee}|<p>% of that}" NUM_MARK,
};
static const char *const ask_what[] = {
    NUM_IS " {the percentage|what percent} {that <a> is of <b>|<a> is of <b>}<r>" NUM_MARK,
    "{What percent|What percentage|How many percent} {of <b> is <a>|is <a> of <b>|of <b> does <a> make}<r>" NUM_MARK,
    "{<a> is what {percent|percentage} of <b>|<a> out of <b> is {what percent|how many percent}|<a> of <b>{:| is} what "
    "percent}<r>" NUM_MARK,
    "{Express|Write|Give} <a> {as a percentage|as a percent|in percent} of <b><r>" NUM_STOP,
    "{<a> of {the|our} <b> {<things> {are new|were sold|are broken|were given away}|{people|students|visitors} {said "
    "yes|passed|voted|came late}}|<who> {got|scored} <a> out of <b> points}. What {percentage|percent} is "
    "that<r>" NUM_MARK,
};
static const char *const ask_raise[] = {
    NUM_IS " <a> {<raised> by|<plus>} <m>{%| percent}" NUM_MARK,
    "{<Raise>|Please <raise>|Can you <raise>|Could you <raise>|Now <raise>} <a> by <m>{%| percent}{|, what do you "
    "get?|.|?}",
    "{A <thing> costs <a> {dollars|euros|pounds}|The price is <a> {dollars|euros|pounds}|<who> earns <a> "
    "{dollars|euros|pounds}|The rent is <a> {dollars|euros|pounds}}. {It|That} {<goes> by|is <raised> by} <m>{%| "
    "percent}. {What is {it|the amount} {then|now|after that}|How much is it {then|now|after that}}" NUM_MARK,
    "{<a>, <raised> by <m>%|<a> and <m>% <moreorless>}{| = ?|?| is what?|: how much is that?}",
};
static const char *const ask_change[] = {
    NUM_IS " the {percent change|percentage change|change in percent} {from <a> to <b>|if something goes from <a> to "
           "<b>}<r>" NUM_MARK,
    NUM_DO " the {percent|percentage} change from <a> to <b><r>" NUM_STOP,
    "{The price of {a|the} <thing>|Our number of <things>|The population|The number of visitors|The rent} "
    "{went|changed} "
    "from <a> to <b>. {What is the percent{age|} change|By what percent did it change (minus for less)}<r>" NUM_MARK,
    "from <a> to <b>{,|:} {what is the percent{age|} change|percent change|change in percent}<r>" NUM_MARK,
};
static const char *const ask_before[] = {
    "{After <anup> of <m>{%| percent}|<Upped> by <m>{%| percent}}{, |, }{the price|a price|the rent|the "
    "number|the "
    "fee} is <a>. What was it before<r>" NUM_MARK,
    "{The price of {a|the} <thing>|The rent|The number of members|The fee|A number} {was <raised>|<went>} by <m>{%| "
    "percent} and is {now |}<a>. {What was it before|What was it originally|Find the {original|old} value}<r>" NUM_MARK,
    NUM_IS " the original {price|value|number|amount} if after <am> <m>% <up> it is <a><r>" NUM_MARK,
    "{Which number|What number} <raised> by <m>{%| percent} gives <a><r>" NUM_MARK,
};
static const char *const ask_twice[] = {
    NUM_IS " <a> {<raised>|<r1>} by <m>{%| percent} and then {<r2>} by <n>{%| percent}" NUM_MARK,
    "{The price of {a|the} <thing>|The rent|The fee|A share|A value} is <a>. It is {first |}<r1> by <m>{%| percent}{, "
    "then| and then| and after that} <r2> by <n>{%| percent}. {What is it {then|now|in the end}|How much is it "
    "{then|now|in "
    "the end}}" NUM_MARK,
    "{Start with|Take|Begin with} <a>, {<raise1> it|<raise1>} by <m>{%| percent}{ and|, then|, and then} <raise2> the "
    "result by <n>{%| percent}. {What {comes out|do you get|is left}|Result}" NUM_MARK,
};

static void ask(problem *p, rng *r, const percent *k) {
    char        a[24], b[24], m[24], n[24];
    bool        down = k->p < 0, down2 = k->q < 0;
    const char *round = k->places == 1 ? " (to 1 decimal place)" : k->places == 2 ? " (to 2 decimal places)" : "";
    noun        thing = lexicon_noun(r, LEX_PRODUCT);
    snprintf(a, sizeof a, "%ld", k->a);
    snprintf(b, sizeof b, "%ld", k->b);
    snprintf(m, sizeof m, "%ld", labs(k->p));
    snprintf(n, sizeof n, "%ld", labs(k->q));
    static const char *const up[2][3] = {{"increased", "raised", "increased"}, {"decreased", "reduced", "lowered"}};
    const char              *r1 = up[down][rng_below(r, 3)], *r2 = up[down2][rng_below(r, 3)];
    const word_slot          slots[] = {{"a", a},
                                        {"b", b},
                                        {"p", m},
                                        {"m", m},
                                        {"n", n},
                                        {"r", round},
                                        {"who", lexicon_name(r)},
                                        {"thing", thing.one},
                                        {"things", thing.many},
                                        {"raised", r1},
                                        {"r1", r1},
                                        {"r2", r2},
                                        {"raise", down ? "decrease" : "increase"},
                                        {"Raise", down ? "Decrease" : "Increase"},
                                        {"raise1", down ? "decrease" : "increase"},
                                        {"raise2", down2 ? "decrease" : "increase"},
                                        {"plus", down ? "minus" : "plus"},
                                        {"goes", down ? "falls" : "rises"},
                                        {"went", down ? "fell" : "rose"},
                                        {"moreorless", down ? "less" : "more"},
                                        {"up", down ? "decrease" : "increase"},
                                        {"anup", down ? "a decrease" : "an increase"},
                                        {"am", m[0] == '8' || !strcmp(m, "11") || !strcmp(m, "18") ? "an" : "a"},
                                        {"Upped", down ? "Reduced" : "Raised"},
                                        {0}};
    switch (k->form) {
    case P_OF: numfam_ask(p, r, ask_of, NUM_COUNT(ask_of), slots); break;
    case P_WHAT: numfam_ask(p, r, ask_what, NUM_COUNT(ask_what), slots); break;
    case P_RAISE: numfam_ask(p, r, ask_raise, NUM_COUNT(ask_raise), slots); break;
    case P_CHANGE: numfam_ask(p, r, ask_change, NUM_COUNT(ask_change), slots); break;
    case P_BEFORE: numfam_ask(p, r, ask_before, NUM_COUNT(ask_before), slots); break;
    default: numfam_ask(p, r, ask_twice, NUM_COUNT(ask_twice), slots);
    }
}

static void understand(str *s, const percent *k) {
    const char *sign = k->p < 0 ? "-" : "+";
    switch (k->form) {
    case P_OF: str_addf(s, "%ld%% of %ld", k->p, k->a); break;
    case P_WHAT: str_addf(s, "%ld is what percent of %ld", k->a, k->b); break;
    case P_RAISE: str_addf(s, "%ld %s %ld%%", k->a, sign, labs(k->p)); break;
    case P_CHANGE: str_addf(s, "percent change from %ld to %ld", k->a, k->b); break;
    case P_BEFORE: str_addf(s, "before %s %ld%%, after it %ld", sign, labs(k->p), k->a); break;
    default: str_addf(s, "%ld %s %ld%%, then %s %ld%%", k->a, sign, labs(k->p), k->q < 0 ? "-" : "+", labs(k->q));
    }
    if (k->places == 1) str_add(s, ", 1 place");
    if (k->places == 2) str_add(s, ", 2 places");
}

static const char *plan(const percent *k) {
    static const char *const how[] = {"times the percent, divided by 100",
                                      "part times 100, divided by the whole",
                                      "the percent of it, then add or subtract",
                                      "the difference times 100, divided by the first",
                                      "how many percent it is now; times 100, divided by that",
                                      "one change, then the other on the result"};
    return how[k->form];
}

static void make(rng *r, int level, problem *p) {
    percent k;
    draw(r, level, &k);
    ask(p, r, &k);
    p->level = level;
    str_add(&p->key, "percent:");
    understand(&p->key, &k);
    str_add(&p->reasoning, "Understand: ");
    understand(&p->reasoning, &k);
    str_addf(&p->reasoning, "\nPlan: %s%s\n", plan(&k), k.places < DECIMAL_PLACES ? ", round" : "");
    fam_value f    = fam_work(p, r, &(fam_phases){work, check, &k});
    bool      unit = k.form == P_WHAT || k.form == P_CHANGE;
    decimal_put(&p->truth, (decimal){f.v, (int)f.w});
    if (unit) str_addc(&p->truth, '%');
    if (k.form == P_CHANGE && numfam_chance(r, 50)) {
        str_addf(&p->answer, f.v < 0 ? "It is a decrease of **%s**." : "It is an increase of **%s**.",
                 p->truth.p + (f.v < 0));
    } else {
        numfam_answer(p, r, NULL, NULL);
    }
}

/* ---- judging: a change may be told with a sign or with a word */
static bool word_in(const char *text, const char *const *w) {
    for (; *w; w++)
        if (strcasestr(text, *w)) return true;
    return false;
}

static bool right(const problem *p, const char *text, char why[96]) {
    static const char *const less[] = {"decreas", "fell",  "fall",   "drop", "less",
                                       "reduc",   "lower", "declin", "down", NULL};
    static const char *const more[] = {"increas", "rose",   "rise", "gain", "grew",
                                       "grow",    "higher", "up ",  "more", NULL};
    str                      t      = {0};
    size_t                   n      = p->truth.len;
    bool                     change = n && p->truth.p[n - 1] == '%' && strcasestr(p->question.p, "change"), ok;
    if (verify_echo(p->question.p, text, why)) return false;
    str_addn(&t, p->truth.p, n && p->truth.p[n - 1] == '%' ? n - 1 : n);
    str plain = {0}; /* +25% is 25% */
    for (const char *c = text; *c; c++)
        if (*c != '+' || !isdigit((unsigned char)c[1]) || (c > text && (isalnum((unsigned char)c[-1]) || c[-1] == ' ')))
            str_addc(&plain, *c);
    if (plain.p) text = plain.p;
    ok = answer_matches(text, t.p, why);
    if (change || p->truth.p[0] == '-') {
        bool down = p->truth.p[0] == '-', says_less = word_in(text, less), says_more = word_in(text, more);
        if (!ok && down && says_less && !says_more && !strchr(text, '-')) ok = answer_matches(text, t.p + 1, why);
        if (ok && (down ? says_more : says_less)) {
            snprintf(why, 96, "expected %.40s, found the other direction", p->truth.p);
            ok = false;
        }
    }
    ok = ok && measure_fits(p->question.p, text, t.p, why);
    str_free(&t);
    str_free(&plain);
    return ok;
}

static bool solve(const problem *p, str *truth, char why[96]) {
    const char *s;
    size_t      n;
    long        v[4];
    if (!fam_understood(p, &s, &n, why)) return false;
    int  k = numfam_numbers(s, n, v, 4), places = DECIMAL_PLACES;
    bool unit = false, ok = true;
    if (k > 2 && memmem(s, n, " place", 6)) places = (int)v[--k];
    const char *minus = memmem(s, n, "- ", 2), *plus = memmem(s, n, "+ ", 2), *then = memmem(s, n, "then", 4);
    long        sign = minus && (!plus || minus < plus) ? -1 : 1, sign2 = then && then[5] == '-' ? -1 : 1;
    ratio       x = {0, 1};
    if (memmem(s, n, "% of", 4) && k == 2) ok = ratio_make(v[0] * v[1], 100, &x);
    else if (memmem(s, n, "what percent", 12) && k == 2) ok = ratio_make(v[0] * 100, v[1], &x), unit = true;
    else if (memmem(s, n, "percent change", 14) && k == 2) ok = ratio_make((v[1] - v[0]) * 100, v[0], &x), unit = true;
    else if (memmem(s, n, "before", 6) && k == 2) ok = ratio_make(v[1] * 100, 100 + sign * v[0], &x);
    else if (then && k == 3) ok = ratio_make(v[0] * (100 + sign * v[1]) * (100 + sign2 * v[2]), 10000, &x);
    else if (k == 2 && (minus || plus)) ok = ratio_make(v[0] * (100 + sign * v[1]), 100, &x);
    else ok = false;
    if (!ok) return numfam_not(why, "a percentage", s, n);
    decimal_put(truth, decimal_near(x, places));
    if (unit) str_addc(truth, '%');
    return true;
}

const family fam_percent = {.name   = "percent",
                            .field  = "education",
                            .about  = "p% of n, what percent, percent change, the value before a change",
                            .levels = 10,
                            .make   = make,
                            .right  = right,
                            .solve  = solve};
