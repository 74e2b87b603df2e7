/* fam_convert_units.c -- units of length, mass, volume, area, time and speed.
 *
 * Levels: 1 one step between neighbours, whole; 2 one step with decimals; 3 two steps; 4 time to a smaller unit, two
 * units to one; 5 one unit to two; 6 time with decimals; 7 area; 8 three units of time, volume of a cube unit; 9 speed;
 * 10 speed with decimals, a given rate between two units.
 *
 * A power of ten moves the point: a copy. Everything else is worked out in columns. The check goes the way back. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "task/numfam.h"
#include "task/steps.h"
#include "task/verify.h"

/* A unit and how many of the next smaller one of its kind it is; from large to small. */
typedef struct measure {
    const char *sign, *one, *many;
    long        next; /* 0: the smallest */
} measure;
static const measure length[] = {{"km", "kilometre", "kilometres", 1000},
                                 {"m", "metre", "metres", 10},
                                 {"dm", "decimetre", "decimetres", 10},
                                 {"cm", "centimetre", "centimetres", 10},
                                 {"mm", "millimetre", "millimetres", 0}};
static const measure mass[]   = {{"t", "tonne", "tonnes", 1000},
                                 {"kg", "kilogram", "kilograms", 1000},
                                 {"g", "gram", "grams", 1000},
                                 {"mg", "milligram", "milligrams", 0}};
static const measure volume[] = {{"l", "litre", "litres", 10},
                                 {"dl", "decilitre", "decilitres", 10},
                                 {"cl", "centilitre", "centilitres", 10},
                                 {"ml", "millilitre", "millilitres", 0}};
static const measure area[]   = {{"km²", "square kilometre", "square kilometres", 100},
                                 {"ha", "hectare", "hectares", 10000},
                                 {"m²", "square metre", "square metres", 100},
                                 {"dm²", "square decimetre", "square decimetres", 100},
                                 {"cm²", "square centimetre", "square centimetres", 100},
                                 {"mm²", "square millimetre", "square millimetres", 0}};
static const measure cubic[]  = {{"m³", "cubic metre", "cubic metres", 1000},
                                 {"dm³", "cubic decimetre", "cubic decimetres", 1000},
                                 {"cm³", "cubic centimetre", "cubic centimetres", 0}};
static const measure times[]  = {{"weeks", "week", "weeks", 7},
                                 {"days", "day", "days", 24},
                                 {"h", "hour", "hours", 60},
                                 {"min", "minute", "minutes", 60},
                                 {"s", "second", "seconds", 0}};
static const struct {
    const measure *u;
    int            n;
    bool           ten; /* powers of ten only */
} kinds[] = {{length, 5, true}, {mass, 4, true},  {volume, 4, true},
             {area, 6, true},   {cubic, 3, true}, {times, 5, false}};
enum { LENGTH, MASS, VOLUME, AREA, CUBIC, TIME, KINDS };

typedef enum { U_PLAIN, U_JOIN, U_SPLIT, U_SPEED, U_RATE } form;
typedef struct convert {
    form    form;
    int     kind, from, to; /* indices of units; U_JOIN: from, from + 1 (, from + 2) to `to` */
    decimal a;              /* what is converted */
    long    part[3];        /* of U_JOIN and, as Work found it, U_SPLIT */
    int     parts;
    bool    to_ms;     /* U_SPEED: km/h to m/s */
    decimal rate;      /* U_RATE */
    int     rate_name; /* U_RATE: which */
} convert;
static const char *const rate_one[]  = {"mile", "inch", "pound", "foot", "gallon", "euro", "dollar"};
static const char *const rate_many[] = {"miles", "inches", "pounds", "feet", "gallons", "euros", "dollars"};
static const char *const rate_to[]   = {"km", "cm", "kg", "cm", "litres", "dollars", "rupees"};

static const measure *unit_at(const convert *c, int i) { return &kinds[c->kind].u[i]; }

static long factor(const convert *c, int from, int to) { /* from < to: how many small ones in a large one */
    long f = 1;
    for (int i = from; i < to; i++) f *= unit_at(c, i)->next;
    return f;
}

static bool power_of_ten(long f) {
    while (f > 1 && f % 10 == 0) f /= 10;
    return f == 1;
}

/* ---- work: one unit */
/* "3.5 * 1000 = 3500": the point moves */
static decimal shift(trace *t, decimal a, char op, long f) {
    int n = 0;
    for (long k = f; k > 1; k /= 10) n++;
    if (trace_slips(t)) n += n > 1 && rng_below(t->r, 2) ? -1 : 1; /* one place too far, or not far enough */
    decimal c = {a.v, op == '*' ? a.places - n : a.places + n};
    for (; c.places < 0; c.places++) c.v *= 10;
    c = decimal_norm(c);
    decimal_put(t->out, a);
    str_addf(t->out, " %c %ld = ", op, f);
    decimal_put(t->out, c);
    str_addc(t->out, '\n');
    if (c.places > DECIMAL_PLACES || labs(c.v) > 99999999L) t->bad = true;
    return c;
}

static decimal apply(trace *t, decimal a, char op, long f) {
    if (f == 1) return a;
    if (power_of_ten(f)) return shift(t, a, op, f);
    return op == '*' ? decimal_op(t, a, '*', (decimal){f, 0}) : decimal_div(t, NULL, a, f, DECIMAL_PLACES);
}

static void put_amount(str *s, decimal a, const char *unit) {
    decimal_put(s, a);
    str_addf(s, " %s", unit);
}

static decimal to_unit(trace *t, const convert *c, decimal a, int from, int to) {
    char op = from < to ? '*' : '/';
    int  lo = from < to ? from : to, hi = from < to ? to : from;
    if (kinds[c->kind].ten) { /* all at once */
        long f = factor(c, lo, hi);
        str_addf(t->out, "1 %s is %ld %s\n", unit_at(c, lo)->sign, f, unit_at(c, hi)->sign);
        return apply(t, a, op, f);
    }
    for (int i = from; i != to && !t->bad; i += from < to ? 1 : -1) {
        int large = from < to ? i : i - 1;
        str_addf(t->out, "1 %s is %ld %s\n", unit_at(c, large)->one, unit_at(c, large)->next,
                 unit_at(c, large + 1)->sign);
        a = apply(t, a, op, unit_at(c, large)->next);
    }
    return a;
}

static decimal join(trace *t, const convert *c) {
    decimal v = {c->part[0], 0};
    for (int i = 0; i + 1 < c->parts && !t->bad; i++) {
        v = to_unit(t, c, v, c->from + i, c->from + i + 1);
        if (c->part[i + 1] && trace_slips(t)) continue; /* the rest forgotten */
        v = (decimal){digits_op(t, v.v, '+', c->part[i + 1]), 0};
    }
    if (c->from + c->parts - 1 != c->to) v = to_unit(t, c, v, c->from + c->parts - 1, c->to);
    str_add(t->out, "so ");
    put_amount(t->out, v, unit_at(c, c->to)->sign);
    str_addc(t->out, '\n');
    return v;
}

/* The large unit first: the whole quotient; what is left goes on. */
static void split(trace *t, convert *c) {
    long left = c->a.v;
    for (int i = c->parts - 1; i > 0 && !t->bad; i--) {
        int  large = c->from - (c->parts - 1) + i - 1;
        long f     = unit_at(c, large)->next, rest, q;
        str_addf(t->out, "1 %s is %ld %s\n", kinds[c->kind].ten ? unit_at(c, large)->sign : unit_at(c, large)->one, f,
                 unit_at(c, large + 1)->sign);
        if (power_of_ten(f)) {
            long g = trace_slips(t) ? f / 10 : f; /* cut at the wrong digit */
            q      = left / g;
            rest   = left % g;
            str_addf(t->out, "%ld / %ld = %ld", left, f, q);
            if (rest) str_addf(t->out, " rest %ld", rest);
            str_addc(t->out, '\n');
        } else {
            q = digits_div(t, NULL, left, f, &rest);
        }
        c->part[i] = rest;
        left       = q;
    }
    c->part[0] = left;
}

static decimal speed(trace *t, const convert *c) { /* km/h and m/s: 1000 m in 3600 s */
    decimal v;
    if (c->to_ms) {
        str_add(t->out, "1 km is 1000 m, 1 h is 3600 s\n");
        v = shift(t, c->a, '*', 1000);
        return decimal_div(t, NULL, v, 3600, DECIMAL_PLACES);
    }
    str_add(t->out, "1 h is 3600 s, 1 km is 1000 m\n");
    v = decimal_op(t, c->a, '*', (decimal){3600, 0});
    return t->bad ? v : shift(t, v, '/', 1000);
}

static void work(trace *t, void *ctx, fam_value *found) {
    convert *c = ctx;
    decimal  v = {0, 0};
    switch (c->form) {
    case U_PLAIN: v = to_unit(t, c, c->a, c->from, c->to); break;
    case U_JOIN: v = join(t, c); break;
    case U_SPLIT:
        split(t, c);
        v.v = c->part[0] * 10000 + c->part[1];
        break;
    case U_SPEED: v = speed(t, c); break;
    default: v = decimal_op(t, c->a, '*', c->rate);
    }
    found->v = v.v;
    found->w = v.places;
}

/* ---- check: the way back */
static bool check(trace *t, void *ctx, const fam_value *found) {
    convert *c = ctx;
    decimal  v = {found->v, (int)found->w};
    switch (c->form) {
    case U_PLAIN:
        str_add(t->out, "back to ");
        str_addf(t->out, "%s\n", unit_at(c, c->from)->sign);
        return numfam_same(t, to_unit(t, c, v, c->to, c->from), c->a);
    case U_JOIN: { /* from the end: what is left must be the parts */
        long left = v.v;
        str_add(t->out, "take apart again\n");
        if (c->from + c->parts - 1 != c->to) {
            decimal u = to_unit(t, c, v, c->to, c->from + c->parts - 1);
            if (u.places) return numfam_same(t, u, (decimal){c->part[c->parts - 1], 0});
            left = u.v;
        }
        convert d = {.form = U_SPLIT, .kind = c->kind, .from = c->from + c->parts - 1, .parts = c->parts};
        d.a.v     = left;
        split(t, &d);
        for (int i = c->parts - 1; i > 0; i--) {
            if (d.part[i] != c->part[i]) return fam_compare(t, d.part[i], c->part[i]);
            str_addf(t->out, "%ld = %ld, ", d.part[i], c->part[i]);
        }
        return fam_compare(t, d.part[0], c->part[0]);
    }
    case U_SPLIT: {
        convert d = {.form = U_JOIN, .kind = c->kind, .parts = c->parts, .to = c->from};
        d.from    = c->from - (c->parts - 1);
        for (int i = 0; i < c->parts; i++) d.part[i] = c->part[i];
        str_add(t->out, "put together again\n");
        return numfam_same(t, join(t, &d), c->a);
    }
    case U_SPEED: {
        convert d = {.a = v, .to_ms = !c->to_ms};
        str_add(t->out, "the way back\n");
        return numfam_same(t, speed(t, &d), c->a);
    }
    default: str_add(t->out, "the other way round\n"); return numfam_same(t, decimal_op(t, c->rate, '*', c->a), v);
    }
}

/* ---- drawing */
static decimal amount(rng *r, int digits, int places) {
    decimal a = {numfam_digits(r, rng_range(r, 1, digits)), places};
    return decimal_norm(a);
}

static void plain(rng *r, convert *c, int kind, int steps, int digits, int places) {
    c->form = U_PLAIN;
    c->kind = kind;
    int n   = kinds[kind].n;
    if (steps > n - 1) steps = n - 1;
    c->from = rng_range(r, 0, n - 1 - steps);
    c->to   = c->from + steps;
    c->a    = amount(r, digits, places);
    if (numfam_chance(r, 50)) { /* to the larger unit */
        int k   = c->from;
        c->from = c->to;
        c->to   = k;
        if (!kinds[kind].ten || (places == 0 && numfam_chance(r, 60))) { /* comes out */
            long f = factor(c, c->to, c->from);
            while (c->a.places) c->a.v *= 10, c->a.places--;
            c->a.v = c->a.v % 90 * f;
            if (!c->a.v) c->a.v = 5 * f;
        }
    }
}

static void compound(rng *r, convert *c, bool join_them, int parts) {
    static const struct {
        int kind, from;
    } some[] = {{TIME, 2}, {TIME, 3}, {TIME, 1}, {TIME, 0}, {LENGTH, 0}, {MASS, 1}, {MASS, 0}, {LENGTH, 3}};
    int k    = parts == 3 ? rng_range(r, 0, 1) * 2 : (int)rng_below(r, NUM_COUNT(some));
    c->kind  = some[k].kind;
    int from = some[k].from;
    if (parts == 3 && k == 0) from = 2;
    c->parts   = parts;
    c->part[0] = rng_range(r, 1, c->kind == TIME ? 48 : 60);
    for (int i = 1; i < parts; i++) c->part[i] = rng_range(r, 1, (int)kinds[c->kind].u[from + i - 1].next - 1);
    c->form = join_them ? U_JOIN : U_SPLIT;
    if (join_them) {
        c->from = from;
        c->to   = from + parts - 1;
        if (parts == 2 && c->kind == TIME && from < 3 && numfam_chance(r, 25)) c->to++; /* h and min in s */
        return;
    }
    c->from  = from + parts - 1;
    long all = c->part[0];
    for (int i = 1; i < parts; i++) all = all * kinds[c->kind].u[from + i - 1].next + c->part[i];
    c->a = (decimal){all, 0};
}

static void rate(rng *r, convert *c) {
    c->form                      = U_RATE;
    c->rate_name                 = (int)rng_below(r, NUM_COUNT(rate_one));
    static const decimal usual[] = {{1609, 3}, {254, 2}, {454, 3}, {305, 1}, {379, 2}, {108, 2}, {835, 1}};
    c->rate                      = usual[c->rate_name];
    if (c->rate_name > 4) c->rate.v += rng_range(r, -9, 25);
    c->rate = decimal_norm(c->rate);
    c->a    = amount(r, 3, rng_range(r, 0, 1));
}

static void draw(rng *r, int level, convert *c) {
    static const int ten[] = {LENGTH, MASS, VOLUME};
    *c                     = (convert){0};
    int k                  = ten[rng_below(r, 3)];
    switch (level) {
    case 1: plain(r, c, k, 1, 3, 0); break;
    case 2: plain(r, c, k, 1, 3, rng_range(r, 1, 2)); break;
    case 3: plain(r, c, k, 2, 4, rng_range(r, 0, 2)); break;
    case 4:
        if (numfam_chance(r, 40)) plain(r, c, TIME, 1, 3, 0);
        else compound(r, c, true, 2);
        break;
    case 5: compound(r, c, false, 2); break;
    case 6:
        if (numfam_chance(r, 40)) compound(r, c, numfam_chance(r, 50), 2);
        else plain(r, c, TIME, 1, 3, 1);
        break;
    case 7: plain(r, c, AREA, rng_range(r, 1, 2), 4, rng_range(r, 0, 2)); break;
    case 8:
        if (numfam_chance(r, 40)) plain(r, c, CUBIC, rng_range(r, 1, 2), 4, rng_range(r, 0, 3));
        else compound(r, c, numfam_chance(r, 50), 3);
        break;
    case 9:
        if (numfam_chance(r, 30)) plain(r, c, TIME, 2, 3, 0);
        else if (numfam_chance(r, 30)) compound(r, c, numfam_chance(r, 50), 3);
        else {
            c->form  = U_SPEED;
            c->to_ms = numfam_chance(r, 50);
            c->a =
                c->to_ms ? (decimal){rng_range(r, 1, 900) * 9, 1} : (decimal){rng_range(r, 2, 999), rng_range(r, 0, 1)};
            c->a = decimal_norm(c->a);
        }
        break;
    default:
        if (numfam_chance(r, 60)) rate(r, c);
        else {
            c->form  = U_SPEED;
            c->to_ms = numfam_chance(r, 50);
            c->a     = decimal_norm(c->to_ms ? (decimal){rng_range(r, 12, 999) * 18, 2}
                                             : (decimal){rng_range(r, 100, 9999), 2});
        }
    }
}

static bool fits(const convert *c) {
    ratio v;
    if (c->form == U_RATE) return c->a.v > 1;
    if (c->form == U_SPEED) return c->a.v > 0;
    if (c->form != U_PLAIN) return true;
    if (c->a.v < 1 || (c->a.v == 1 && !c->a.places)) return false;
    bool down = c->from < c->to;
    long f    = factor(c, down ? c->from : c->to, down ? c->to : c->from);
    if (!ratio_op(decimal_ratio(c->a), down ? '*' : '/', (ratio){f, 1}, &v)) return false;
    if (v.p > 90000000L) return false;
    long q = v.q; /* at most five places */
    while (q % 10 == 0) q /= 10;
    while (q % 2 == 0) q /= 2;
    while (q % 5 == 0) q /= 5;
    return q == 1 && v.q <= 100000 && 100000 % v.q == 0;
}

/* ---- text */
static void put_parts(str *s, const convert *c, int from, bool words) {
    bool first = true;
    for (int i = 0; i < c->parts; i++) {
        const measure *u = unit_at(c, from + i);
        if (!c->part[i] && !(i == c->parts - 1 && first)) continue;
        if (!first) str_add(s, words && i == c->parts - 1 ? " and " : " ");
        str_addf(s, "%ld %s", c->part[i], words ? (c->part[i] == 1 ? u->one : u->many) : u->sign);
        first = false;
    }
}

static const char *const ask_plain[] = {
    "{How many <T> {are|is|are there in|make} <A>|What is <A> in <T>|How much is <A> in <T>}" NUM_MARK,
    "{3*Convert|2*Please convert|Can you convert|Could you convert|Help me convert|I need to convert|Change|Turn} <A> "
    "{to|into} <T>" NUM_STOP,
    NUM_IS " <A> {in|expressed in|as|converted to} <T>" NUM_MARK,
    "<A> {in|to|=|into|->} <T>{|?| please}",
    "{Express|Write|Give} <A> in <T>" NUM_STOP,
    "{The label says|The sign says|I measured|We have|I need|My notes say} <A>. {How {many|much} is that in|What is "
    "that "
    "in|Say that in} <T>" NUM_MARK,
};
static const char *const ask_split[] = {
    "{3*Convert|2*Please convert|Can you convert|Could you convert|Help me convert|I need to convert|Change|Turn} <A> "
    "{to|into} <T>" NUM_STOP,
    NUM_IS " <A> {in|expressed in|as|converted to|written as} <T>" NUM_MARK,
    "<A> in <T>{|?| please}",
    "{Express|Write|Give} <A> in <T>" NUM_STOP,
    "{It took|The label says|I measured|We have|I need|My notes say} <A>. {How much is that in|What is that in|Say "
    "that in} "
    "<T>" NUM_MARK,
};
static const char *const ask_rate[] = {
    "{1 <one> is <k> <to>|If 1 <one> is <k> <to>|1 <one> = <k> <to>|Take 1 <one> as <k> <to>}{.|,|;} {how many <to> "
    "are|how much in <to> is|what is in <to>|convert to <to>:} <A>" NUM_MARK,
    "{Convert|Please convert|Can you convert|Change} <A> to <to>{, with| (| using |, given }1 <one> = <k> <to>{|.|?}",
    NUM_IS " <A> in <to> if 1 <one> is <k> <to>" NUM_MARK,
};

static const char *name_of(rng *r, const measure *u, bool one) {
    return numfam_chance(r, 45) ? u->sign : one ? u->one : u->many;
}

static void ask(problem *p, rng *r, const convert *c) {
    str  a = {0}, t = {0}, k = {0};
    bool one = c->a.v == 1 && !c->a.places;
    decimal_put(&k, c->rate);
    word_slot slots[] = {
        {"A", ""}, {"T", ""}, {"k", k.p}, {"one", rate_one[c->rate_name]}, {"to", rate_to[c->rate_name]}, {0}};
    if (c->form == U_JOIN) {
        put_parts(&a, c, c->from, numfam_chance(r, 50));
        str_add(&t, name_of(r, unit_at(c, c->to), false));
    } else if (c->form == U_SPEED) {
        static const char *const kmh[] = {"km/h", "km per hour", "kilometres per hour"};
        static const char *const ms[]  = {"m/s", "m per second", "metres per second"};
        put_amount(&a, c->a, c->to_ms ? kmh[rng_below(r, 3)] : ms[rng_below(r, 3)]);
        str_add(&t, c->to_ms ? ms[rng_below(r, 3)] : kmh[rng_below(r, 3)]);
    } else if (c->form == U_RATE) {
        put_amount(&a, c->a, rate_many[c->rate_name]);
    } else {
        put_amount(&a, c->a, name_of(r, unit_at(c, c->from), one));
        if (c->form == U_PLAIN) str_add(&t, name_of(r, unit_at(c, c->to), false));
        for (int i = 0; c->form == U_SPLIT && i < c->parts; i++) {
            const measure *u = unit_at(c, c->from - (c->parts - 1) + i);
            str_addf(&t, "%s%s", !i ? "" : i == c->parts - 1 ? " and " : ", ", u->many);
        }
    }
    slots[0].text = a.p;
    slots[1].text = t.p ? t.p : "";
    if (c->form == U_RATE) numfam_ask(p, r, ask_rate, NUM_COUNT(ask_rate), slots);
    else if (c->form == U_SPLIT) numfam_ask(p, r, ask_split, NUM_COUNT(ask_split), slots);
    else numfam_ask(p, r, ask_plain, NUM_COUNT(ask_plain), slots);
    str_free(&a);
    str_free(&t);
    str_free(&k);
}

static void understand(str *s, const convert *c) {
    if (c->form == U_JOIN) put_parts(s, c, c->from, false);
    else if (c->form == U_SPEED) put_amount(s, c->a, c->to_ms ? "km/h" : "m/s");
    else if (c->form == U_RATE) put_amount(s, c->a, rate_many[c->rate_name]);
    else put_amount(s, c->a, unit_at(c, c->from)->sign);
    str_add(s, " in ");
    if (c->form == U_SPEED) str_add(s, c->to_ms ? "m/s" : "km/h");
    else if (c->form == U_RATE) str_addf(s, "%s, 1 %s is ", rate_to[c->rate_name], rate_one[c->rate_name]);
    else if (c->form != U_SPLIT) str_add(s, unit_at(c, c->to)->sign);
    for (int i = 0; c->form == U_SPLIT && i < c->parts; i++)
        str_addf(s, i ? ", %s" : "%s", unit_at(c, c->from - (c->parts - 1) + i)->sign);
    if (c->form == U_RATE) put_amount(s, c->rate, rate_to[c->rate_name]);
}

static const char *plan(const convert *c) {
    if (c->form == U_JOIN) return "the large unit first, then add the small one";
    if (c->form == U_SPLIT) return "divide, the rest stays in the small unit";
    if (c->form == U_SPEED) return "the way, then the time";
    if (c->form == U_RATE) return "times the rate";
    if (kinds[c->kind].ten) return c->from < c->to ? "smaller unit: times" : "larger unit: divided by";
    return c->from < c->to ? "smaller unit: times, step by step" : "larger unit: divided by, step by step";
}

static void make(rng *r, int level, problem *p) {
    convert c;
    do draw(r, level, &c);
    while (!fits(&c));
    ask(p, r, &c);
    p->level = level;
    str_add(&p->key, "convert_units:");
    understand(&p->key, &c);
    str_add(&p->reasoning, "Understand: ");
    understand(&p->reasoning, &c);
    str_addf(&p->reasoning, "\nPlan: %s\n", plan(&c));
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &c});
    if (c.form == U_SPLIT) {
        int from = c.from - (c.parts - 1);
        put_parts(&p->truth, &c, from, false);
        str words = {0};
        put_parts(&words, &c, from, numfam_chance(r, 50));
        wording_put(&p->answer, r, "{That is **<v>**.|It is **<v>**.|The answer is **<v>**.|**<v>**}",
                    (word_slot[]){{"v", words.p}, {0}});
        str_free(&words);
        return;
    }
    decimal     v    = {f.v, (int)f.w};
    const char *unit = c.form == U_SPEED  ? (c.to_ms ? "m/s" : "km/h")
                       : c.form == U_RATE ? rate_to[c.rate_name]
                                          : unit_at(&c, c.to)->sign;
    str         from = {0};
    if (c.form == U_JOIN) put_parts(&from, &c, c.from, false);
    else
        put_amount(&from, c.a,
                   c.form == U_SPEED  ? (c.to_ms ? "km/h" : "m/s")
                   : c.form == U_RATE ? rate_many[c.rate_name]
                                      : unit_at(&c, c.from)->sign);
    put_amount(&p->truth, v, unit);
    numfam_answer(p, r, numfam_chance(r, 50) ? from.p : NULL, NULL);
    str_free(&from);
}

/* ---- judging */
typedef struct found {
    decimal v;
    char    unit[24]; /* canonical sign, "" if no unit stands behind the number */
} found;

static bool is_word(const char *s, size_t n, const char *w) { return strlen(w) == n && !strncasecmp(s, w, n); }

/* The canonical sign of the unit at s and its length, NULL if there is none. */
static const char *unit_read(const char *s, size_t *len) {
    static const struct {
        const char *w, *sign;
    } more[] = {{"kph", "km/h"}, {"hr", "h"},       {"hrs", "h"},    {"mins", "min"},  {"sec", "s"},
                {"secs", "s"},   {"week", "weeks"}, {"day", "days"}, {"d", "days"},    {"kilo", "kg"},
                {"kilos", "kg"}, {"L", "l"},        {"mL", "ml"},    {"hectare", "ha"}};
    size_t n = 0, at = 0;
    int    dim = 0;
    if (!strncasecmp(s, "square ", 7)) dim = 2, at = 7;
    else if (!strncasecmp(s, "sq ", 3)) dim = 2, at = 3;
    else if (!strncasecmp(s, "cubic ", 6)) dim = 3, at = 6;
    char w[32];
    while (isalpha((unsigned char)s[at + n]) && n < 30) w[n] = s[at + n], n++;
    w[n] = 0;
    *len = at + n;
    if (!strncmp(s + *len, "²", 2) || !strncmp(s + *len, "^2", 2)) dim = 2, *len += 2;
    else if (!strncmp(s + *len, "³", 2) || !strncmp(s + *len, "^3", 2)) dim = 3, *len += 2;
    if (!n) return NULL;
    char *re = strstr(w, "meter") ? strstr(w, "meter") + 3 : strstr(w, "liter") ? strstr(w, "liter") + 3 : NULL;
    if (re) re[0] = 'r', re[1] = 'e';
    const char *sign = NULL;
    for (int k = 0; k < KINDS && !sign && dim == 0; k++)
        for (int i = 0; i < kinds[k].n; i++) {
            const measure *u = &kinds[k].u[i];
            if (is_word(w, n, u->sign) || is_word(w, n, u->one) || is_word(w, n, u->many)) sign = u->sign;
        }
    for (int i = 0; i < kinds[LENGTH].n && dim; i++) { /* of a square or a cube */
        const measure *u = &length[i];
        if (!is_word(w, n, u->sign) && !is_word(w, n, u->one) && !is_word(w, n, u->many)) continue;
        for (int k = AREA; k <= CUBIC; k++)
            for (int j = 0; j < kinds[k].n; j++) {
                const char *q = kinds[k].u[j].sign;
                if (strlen(q) == strlen(u->sign) + 2 && !strncmp(q, u->sign, strlen(u->sign)) &&
                    !strcmp(q + strlen(u->sign), dim == 2 ? "²" : "³"))
                    sign = q;
            }
    }
    for (int i = 0; i < NUM_COUNT(more) && !sign; i++)
        if (is_word(w, n, more[i].w)) sign = more[i].sign;
    for (int i = 0; i < NUM_COUNT(rate_one); i++) {
        if (is_word(w, n, rate_one[i]) || is_word(w, n, rate_many[i])) sign = rate_many[i];
        if (!sign && is_word(w, n, rate_to[i])) sign = rate_to[i];
    }
    if (!sign) return NULL;
    const char *k = s + *len;
    if (!strcmp(sign, "km") && (!strncmp(k, "/h", 2) || !strncmp(k, " per hour", 9)))
        return *len += k[0] == '/' ? 2 : 9, "km/h";
    if (!strcmp(sign, "m") && (!strncmp(k, "/s", 2) || !strncmp(k, " per second", 11)))
        return *len += k[0] == '/' ? 2 : 11, "m/s";
    return sign;
}

/* The numbers with their units in s[0..n), at most max. */
static int read_amounts(const char *s, size_t n, found *out, int max) {
    int k = 0;
    for (const char *end = s + n; s < end;) {
        ratio       v;
        const char *next;
        if (!isdigit((unsigned char)*s) || !ratio_read(s, &v, &next)) {
            s++;
            continue;
        }
        if (s[-1] == '-' || (unsigned char)s[-1] == 0x92) v.p = -v.p; /* there is a character before: see judged */
        found  f = {decimal_near(v, DECIMAL_PLACES), ""};
        size_t len;
        s             = next;
        const char *u = unit_read(*s == ' ' ? s + 1 : s, &len);
        if (u) {
            snprintf(f.unit, sizeof f.unit, "%s", u);
            s += len + (*s == ' ');
        }
        if (k < max) out[k] = f;
        k++;
    }
    return k;
}

static bool fail(char why[96], const char *truth, const char *what) {
    snprintf(why, 96, "expected %.36s, found %.40s", truth, what);
    return false;
}

/* What is claimed: the bold parts or the box; else what follows the last = or "is". A blank stands before. */
static void judged(str *out, const char *text) {
    const char *c = text;
    str_addc(out, ' ');
    for (const char *end; (c = strstr(c, "**")) && (end = strstr(c + 2, "**")); c = end + 2) {
        str_addn(out, c + 2, (size_t)(end - c - 2));
        str_add(out, " ; ");
    }
    c = strstr(text, "\\boxed{");
    if (c) str_addn(out, c + 7, strcspn(c + 7, "}"));
    if (out->len > 1) return;
    static const char *const before[] = {"=", " is ", " are ", " makes ", " equals ", " gives ", ":"};
    const char              *from     = text;
    for (int i = 0; i < NUM_COUNT(before); i++)
        for (c = text; (c = strstr(c, before[i])); c++)
            if (c + strlen(before[i]) > from && c[strlen(before[i])]) from = c + strlen(before[i]);
    str_add(out, from);
}

static bool denied(const char *text) {
    static const char *const no[] = {" not ", "n't",     "wrong", "incorrect", "unsure",
                                     "maybe", "perhaps", "guess", "?",         " or "};
    for (int i = 0; i < NUM_COUNT(no); i++)
        if (strcasestr(text, no[i])) return true;
    return false;
}

static bool right(const problem *p, const char *text, char why[96]) {
    enum { MAX = 8 };
    found       want[MAX], have[MAX];
    const char *t = p->truth.p;
    str         s = {0}, blank = {0};
    if (verify_echo(p->question.p, text, why)) return false;
    if (denied(text)) return fail(why, t, "it denied, asked or beside another");
    str_addf(&blank, " %s", t);
    int nw = read_amounts(blank.p + 1, blank.len - 1, want, MAX);
    judged(&s, text);
    int  nh = read_amounts(s.p + 1, s.len - 1, have, MAX), hit[MAX] = {0};
    bool ok = nh > 0 && nh <= MAX;
    for (int i = 0; ok && i < nh; i++) { /* each must be one of those wanted */
        int j = 0;
        if (nh >= nw && nw > 1 && !have[i].unit[0] && i % nw < nw) j = i % nw; /* "3 hours 25" */
        else
            while (j < nw && have[i].unit[0] && strcmp(have[i].unit, want[j].unit)) j++;
        bool zero = j == nw && !have[i].v.v && nw < 3; /* 3 h 0 min */
        if (zero && nh > nw) continue;
        ok = j < nw && have[i].v.v == want[j].v.v && have[i].v.places == want[j].v.places;
        if (ok) hit[j]++;
    }
    for (int j = 0; j < nw; j++) ok &= hit[j] > 0;
    str_free(&s);
    str_free(&blank);
    if (ok && steps_check(text, strlen(text), NULL).wrong) return fail(why, t, "a false calculation");
    return ok || fail(why, t, nh ? "another amount or unit" : "no amount");
}

/* ---- the truth once more */
static double size_of(const char *sign, int *kind) { /* in the smallest unit of its kind */
    for (int k = 0; k < KINDS; k++)
        for (int i = 0; i < kinds[k].n; i++) {
            if (strcmp(kinds[k].u[i].sign, sign)) continue;
            double f = 1;
            for (int j = i; kinds[k].u[j].next; j++) f *= (double)kinds[k].u[j].next;
            *kind = k;
            return f;
        }
    return 0;
}

static bool solve(const problem *p, str *truth, char why[96]) {
    const char *s, *in;
    size_t      n;
    found       f[4];
    if (!fam_understood(p, &s, &n, why)) return false;
    in = memmem(s, n, " in ", 4);
    if (!in) return numfam_not(why, "a conversion", s, n);
    int         k      = read_amounts(s, (size_t)(in - s), f, 4);
    const char *target = in + 4, *comma = memchr(target, ',', (size_t)(s + n - target));
    size_t      len;
    if (k < 1 || k > 3) return numfam_not(why, "an amount in a unit", s, n);
    const char *one = comma ? memmem(comma, (size_t)(s + n - comma), " is ", 4) : NULL;
    if (one) { /* a given rate */
        decimal     rate;
        const char *c = one + 4;
        if (!numfam_decimal(&c, &rate)) return numfam_not(why, "a rate", s, n);
        decimal_put(truth, decimal_norm((decimal){f[0].v.v * rate.v, f[0].v.places + rate.places}));
        str_addf(truth, " %.*s", (int)(comma - target), target);
        return true;
    }
    ratio v;
    if (!strcmp(f[0].unit, "km/h") || !strcmp(f[0].unit, "m/s")) {
        ratio x = decimal_ratio(f[0].v), rate = {18, 5};
        bool  ms = !strncmp(target, "m/s", 3);
        if (!ratio_op(x, ms ? '/' : '*', rate, &v)) return numfam_not(why, "a speed", s, n);
        decimal_put(truth, decimal_near(v, DECIMAL_PLACES));
        str_add(truth, ms ? " m/s" : " km/h");
        return true;
    }
    double base = 0;
    int    kind = -1, other = -1;
    for (int i = 0; i < k; i++)
        base +=
            (double)f[i].v.v / (double)(long)(decimal_ratio((decimal){1, f[i].v.places}).q) * size_of(f[i].unit, &kind);
    if (kind < 0) return numfam_not(why, "a known unit", s, n);
    bool first = true;
    for (const char *c = target; c < s + n;) {
        const char *u    = unit_read(c, &len);
        double      size = u ? size_of(u, &other) : 0;
        if (!u || other != kind) return numfam_not(why, "units of one kind", s, n);
        bool last = c + len >= s + n;
        if (last && first) {
            ratio x = {0, 1}, step;
            for (int m = 0; m < k; m++)
                if (!ratio_make((long long)size_of(f[m].unit, &other), (long long)size, &step) ||
                    !ratio_op(step, '*', decimal_ratio(f[m].v), &step) || !ratio_op(x, '+', step, &x))
                    return numfam_not(why, "an amount", s, n);
            decimal_put(truth, decimal_near(x, DECIMAL_PLACES));
            str_addf(truth, " %s", u);
            return true;
        }
        long q = (long)(base / size + 1e-9);
        base -= (double)q * size;
        if (q || (last && !truth->len)) str_addf(truth, truth->len ? " %ld %s" : "%ld %s", q, u);
        first = false;
        c += len + 2;
    }
    return truth->len > 0 || numfam_not(why, "a conversion", s, n);
}

const family fam_convert_units = {.name   = "convert_units",
                                  .field  = "education",
                                  .about  = "length, mass, volume, area, time, speed, given rates",
                                  .levels = 10,
                                  .make   = make,
                                  .right  = right,
                                  .solve  = solve};
