/* fam_clock.c -- clock times, durations, days of the week and dates.
 *
 * Levels: 1 some minutes later, in the same hour; 2 into the next hour; 3 from one time to another; 4 hours and minutes
 * later; 5 earlier; 6 the day of the week in so many days; 7 past midnight; 8 one thing after the other; 9 days between
 * two dates; 10 the weekday of another date, flights across time zones.
 *
 * Times are those of the 24-hour clock. Check goes the other way: back from the end, forward from the start. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "task/fam.h"
#include "task/lexicon.h"
#include "task/verify.h"
#include "task/wording.h"

typedef enum { LATER, EARLIER, BETWEEN, WEEKDAY, DATES, DATE_DAY } sort;
enum { SPANS = 3 };
typedef struct span {
    long h, m;
} span;
typedef struct puzzle {
    sort sort;
    span from, to;       /* clock times */
    span d[SPANS];       /* durations */
    int  n, zone;        /* hours to add (or, below 0, to take away) in the end */
    long day, days;      /* 0 Monday */
    int  m1, d1, m2, d2; /* dates, months from 0 */
    span got;            /* what Work found */
    long got_days, got_rest;
} puzzle;

static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

static long minutes(span s) { return s.h * 60 + s.m; }

static span clock_of(long m) { return (span){(m % 1440 + 1440) % 1440 / 60, (m % 60 + 60) % 60}; }

static long days_between(const puzzle *z) {
    long n = z->d2 - z->d1;
    for (int m = z->m1; m < z->m2; m++) n += month_days[m];
    return n;
}

static void put_time(str *s, span t) { str_addf(s, "%ld:%02ld", t.h, t.m); }

static void put_span(str *s, span t) {
    if (t.h) str_addf(s, "%ld h%s", t.h, t.m ? " " : "");
    if (t.m || !t.h) str_addf(s, "%ld min", t.m);
}

/* ---- Work: minutes first, then hours */
static span forward(trace *t, span a, span d) {
    long m = digits_into(t, "minutes", a.m, '+', d.m), over = 0;
    if (m >= 60) {
        m    = digits_into(t, "an hour full, minutes", m, '-', 60);
        over = trace_slips(t) ? 0 : 1;
    }
    long h = a.h;
    if (d.h) h = digits_into(t, "hours", h, '+', d.h);
    if (over) h = digits_into(t, "hours", h, '+', 1);
    if (h >= 24) h = digits_into(t, "past midnight, hours", h, '-', 24);
    if (h < 0 || h > 23 || m < 0 || m > 59) t->bad = true;
    str_add(t->out, "that is ");
    put_time(t->out, (span){h, m});
    str_addc(t->out, '\n');
    return (span){h, m};
}

static span back(trace *t, span a, span d) {
    long m = a.m, h = a.h;
    if (m < d.m) {
        m = digits_into(t, "one hour into minutes", m, '+', 60);
        if (h < 1) h = digits_into(t, "the day before, hours", h, '+', 24);
        if (!trace_slips(t)) h = digits_into(t, "hours", h, '-', 1);
    }
    m = digits_into(t, "minutes", m, '-', d.m);
    if (d.h && h < d.h) h = digits_into(t, "the day before, hours", h, '+', 24);
    if (d.h) h = digits_into(t, "hours", h, '-', d.h);
    if (h < 0 || h > 23 || m < 0 || m > 59) t->bad = true;
    str_add(t->out, "that is ");
    put_time(t->out, (span){h, m});
    str_addc(t->out, '\n');
    return (span){h, m};
}

static void work_dates(trace *t, puzzle *z) {
    if (z->m1 == z->m2) {
        z->got_days = digits_into(t, "days", z->d2, '-', z->d1);
        return;
    }
    long n = digits_into(t, "days left in the first month", month_days[z->m1], '-', z->d1);
    for (int m = z->m1 + 1; m < z->m2; m++) {
        str_addf(t->out, "%s has %d\n", lexicon_month_full(m), month_days[m]);
        n = digits_into(t, "so far", n, '+', month_days[m]);
    }
    z->got_days = digits_into(t, "days", n, '+', z->d2);
}

static void work_weekday(trace *t, puzzle *z, long days) {
    long q = digits_div(t, "weeks", days, 7, &z->got_rest);
    (void)q;
    str_addf(t->out, "%ld days more than full weeks\n", z->got_rest);
    long d = z->day;
    if (trace_slips(t)) d = (d + 1) % 7; /* counts the first day, too */
    for (long i = 0; i < z->got_rest; i++) {
        d = (d + 1) % 7;
        str_addf(t->out, "%ld: %s\n", i + 1, lexicon_day_full((int)d));
    }
    str_addf(t->out, "so %s\n", lexicon_day_full((int)d));
    z->got.h = d;
}

static void work(trace *t, void *ctx, fam_value *found) {
    puzzle *z = ctx;
    switch (z->sort) {
    case LATER:
        z->got = z->from;
        for (int i = 0; i < z->n; i++) z->got = forward(t, z->got, z->d[i]);
        if (z->zone > 0) z->got = forward(t, z->got, (span){z->zone, 0});
        if (z->zone < 0) z->got = back(t, z->got, (span){-z->zone, 0});
        break;
    case EARLIER: z->got = back(t, z->to, z->d[0]); break;
    case BETWEEN: z->got = back(t, z->to, z->from); break;
    case WEEKDAY: work_weekday(t, z, z->days); break;
    default:
        work_dates(t, z);
        if (z->got_days < 0) t->bad = true;
        if (z->sort == DATE_DAY && !t->bad) work_weekday(t, z, z->got_days);
    }
    *found = z->sort == DATES ? (fam_value){z->got_days, 0} : (fam_value){z->got.h, z->got.m};
}

/* ---- Check */
static bool same_time(trace *t, span a, span b) {
    bool ok = a.h == b.h && a.m == b.m;
    put_time(t->out, a);
    str_add(t->out, ok ? " is " : " is not ");
    put_time(t->out, b);
    str_add(t->out, ok ? ", right\n" : ", wrong\n");
    return ok;
}

static bool check_weekday(trace *t, const puzzle *z, long days) {
    long weeks = (days - z->got_rest) / 7, d = z->got.h;
    str_addf(t->out, "%ld weeks and %ld days\n", weeks, z->got_rest);
    if (!fam_compare(t, digits_op(t, digits_op(t, weeks, '*', 7), '+', z->got_rest), days)) return false;
    str_addf(t->out, "back from %s: ", lexicon_day_full((int)d));
    for (long i = 0; i < z->got_rest; i++) {
        d = (d + 6) % 7;
        str_addf(t->out, "%s%s", i ? ", " : "", lexicon_day_full((int)d));
    }
    if (!z->got_rest) str_add(t->out, lexicon_day_full((int)d));
    bool ok = d == z->day;
    str_addf(t->out, "; %s %s, %s\n", ok ? "is" : "is not", lexicon_day_full((int)z->day), ok ? "right" : "wrong");
    return ok;
}

static bool check_dates(trace *t, const puzzle *z) {
    if (z->m1 == z->m2) return fam_compare(t, digits_op(t, z->d1, '+', z->got_days), z->d2);
    long n = digits_op(t, z->got_days, '-', z->d2);
    for (int m = z->m2 - 1; m > z->m1; m--) n = digits_op(t, n, '-', month_days[m]);
    return fam_compare(t, digits_op(t, n, '+', z->d1), month_days[z->m1]);
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const puzzle *z = ctx;
    span          s = z->got;
    (void)found;
    switch (z->sort) {
    case LATER:
        str_add(t->out, "back from the end\n");
        if (z->zone > 0) s = back(t, s, (span){z->zone, 0});
        if (z->zone < 0) s = forward(t, s, (span){-z->zone, 0});
        for (int i = z->n - 1; i >= 0; i--) s = back(t, s, z->d[i]);
        return same_time(t, s, z->from);
    case EARLIER: str_add(t->out, "forward again\n"); return same_time(t, forward(t, s, z->d[0]), z->to);
    case BETWEEN: str_add(t->out, "forward from the start\n"); return same_time(t, forward(t, z->from, s), z->to);
    case WEEKDAY: return check_weekday(t, z, z->days);
    default: return check_dates(t, z) && (z->sort == DATES || check_weekday(t, z, z->got_days));
    }
}

/* ---- drawing */
static bool draw(rng *r, int level, puzzle *z) {
    memset(z, 0, sizeof *z);
    z->from = clock_of(rng_range(r, 300, 1300));
    z->n    = 1;
    switch (level) {
    case 1: z->d[0] = (span){0, rng_range(r, 2, 57)}; return z->from.m + z->d[0].m < 60;
    case 2: z->d[0] = (span){0, rng_range(r, 5, 59)}; return z->from.m + z->d[0].m >= 60;
    case 3:
        z->sort = BETWEEN;
        z->to   = clock_of(minutes(z->from) + rng_range(r, 5, 180));
        return minutes(z->to) > minutes(z->from);
    case 4:
        z->d[0] = (span){rng_range(r, 1, 8), rng_range(r, 2, 59)};
        return minutes(z->from) + minutes(z->d[0]) < 1440;
    case 5:
        z->sort = rng_below(r, 3) ? EARLIER : BETWEEN;
        z->to   = clock_of(rng_range(r, 720, 1430));
        z->d[0] = (span){rng_range(r, 1, 9), rng_range(r, 2, 59)};
        if (z->sort == BETWEEN) z->from = clock_of(minutes(z->to) - minutes(z->d[0]));
        return true;
    case 6:
        z->sort = WEEKDAY;
        z->day  = rng_range(r, 0, 6);
        z->days = rng_range(r, 8, 999);
        return true;
    case 7:
        z->from = clock_of(rng_range(r, 1080, 1435));
        z->d[0] = (span){rng_range(r, 2, 11), rng_range(r, 2, 59)};
        z->sort = rng_below(r, 2) ? LATER : BETWEEN;
        z->to   = clock_of(minutes(z->from) + minutes(z->d[0]));
        return minutes(z->from) + minutes(z->d[0]) >= 1440;
    case 8:
        z->n = rng_range(r, 2, 3);
        for (int i = 0; i < z->n; i++)
            z->d[i] = (span){i ? rng_range(r, 0, 1) : rng_range(r, 0, 3), rng_range(r, 5, 55)};
        return true;
    default: break;
    }
    if (level == 10 && rng_below(r, 2)) { /* a flight */
        z->from = clock_of(rng_range(r, 360, 1435));
        z->d[0] = (span){rng_range(r, 2, 14), rng_range(r, 5, 55)};
        z->zone = (int)rng_below(r, 2) ? rng_range(r, 2, 9) : -rng_range(r, 2, 9);
        return true;
    }
    z->sort = level == 10 ? DATE_DAY : DATES;
    z->day  = rng_range(r, 0, 6);
    z->m1   = rng_range(r, 0, 10);
    z->m2   = rng_range(r, z->m1, z->m1 + 4 > 11 ? 11 : z->m1 + 4);
    z->d1   = rng_range(r, 1, month_days[z->m1]);
    z->d2   = rng_range(r, 1, month_days[z->m2]);
    return days_between(z) > 7;
}

static void understand(str *s, const puzzle *z) {
    switch (z->sort) {
    case LATER:
        str_add(s, "start = ");
        put_time(s, z->from);
        for (int i = 0; i < z->n; i++) {
            str_add(s, "; then ");
            put_span(s, z->d[i]);
        }
        if (z->zone) str_addf(s, "; clock there %d h %s", abs(z->zone), z->zone > 0 ? "ahead" : "behind");
        str_add(s, "; asked: end");
        break;
    case EARLIER:
        str_add(s, "end = ");
        put_time(s, z->to);
        str_add(s, "; lasts ");
        put_span(s, z->d[0]);
        str_add(s, "; asked: start");
        break;
    case BETWEEN:
        str_add(s, "start = ");
        put_time(s, z->from);
        str_add(s, "; end = ");
        put_time(s, z->to);
        str_add(s, "; asked: how long");
        break;
    case WEEKDAY: str_addf(s, "today = %s; days = %ld; asked: weekday", lexicon_day_full((int)z->day), z->days); break;
    default:
        str_addf(s, "from %s %d to %s %d; ", lexicon_month_full(z->m1), z->d1, lexicon_month_full(z->m2), z->d2);
        if (z->sort == DATES) str_add(s, "asked: days");
        else str_addf(s, "first = %s; asked: weekday", lexicon_day_full((int)z->day));
    }
}

/* ---- asking */
static void say_span(str *s, rng *r, span d) {
    char h[16], m[16];
    snprintf(h, sizeof h, "%ld", d.h);
    snprintf(m, sizeof m, "%ld", d.m);
    const word_slot slot[] = {{"h", h}, {"m", m}, {0}};
    if (!d.h) wording_put(s, r, "<m> minutes", slot);
    else if (d.h == 1) wording_put(s, r, d.m ? "<h> hour and <m> minutes" : "<h> hour", slot);
    else wording_put(s, r, d.m ? "{<h> hours and <m> minutes|<h> h <m> min|<h> hours <m> minutes}" : "<h> hours", slot);
}

/* By sort. */
static const char *const asking[] = {
    "{{A film|A lesson|A concert|A meeting|The show|A match|The lecture|The class|A play} {starts|begins} at "
    "<from> and {lasts|takes} <d>. {When does it end|At what time {does it end|is it over}}|{It is <from>|The "
    "clock shows <from>}[ now]. {What time {is it|will it be} {in <d>|<d> later}|What does the clock show in "
    "<d>}|<A> {leaves|sets out|starts} at <from> and {is on the way for|needs|walks for} <d>. {When does <he> "
    "arrive|At what time is <he> there}|The {train|bus|ferry} leaves at <from> and {takes|needs} <d>. {When does "
    "it arrive|What is the time of arrival}}?",
    "{{A film|A lesson|A concert|A meeting|The show|A match} {lasted|took} <d> and {ended|was over} at <to>. {When "
    "did it {start|begin}|At what time did it {start|begin}}|It is <to>[ now]. What time was it <d> ago|The "
    "{train|bus|ferry} arrived at <to> after {a ride|a trip} of <d>. When did it leave|<A> has to be there at <to> "
    "and needs <d>. When must <he> leave|{A cake|The bread|A roast} must be ready at <to> and needs <d>. When must "
    "it go into the oven}?",
    "{How {long|much time} is it from <from> to <to>|{A film|A lesson|A concert|A meeting|The show|A match} "
    "{starts|begins} at <from> and ends at <to>. How long {does it last|is it}|The {train|bus|ferry} leaves at "
    "<from> and arrives at <to>. How long does it {take|need}|<A> {works|reads|walks|sleeps|paints|practises} from "
    "<from> to <to>. How long is that|How much time {passes|lies} between <from> and <to>[ the same night]}?",
    "{Today is <day>|It is <day>[ today]|This is a <day>}. {What|Which} {day|day of the week|weekday} {is it|will "
    "it be} {in <n> days|<n> days from now|after <n> days}?",
    "{How many days are there from <one> to <two>|How many days is it from <one> to <two>|<A> counts the days from "
    "<one> to <two>. How many days later is the second date|Today is <one>. In how many days is <two>}[ {of the "
    "same year|in the same year}, which is no leap year]?",
    "{<one> is a <day>|<one> falls on a <day>}. {What|Which} {day|day of the week|weekday} is <two>{ of the same "
    "year, which is no leap year| in that year (no leap year)|, if it is no leap year}?"};
static const char *const chain2 =
    "{<A> {leaves|starts} at <from>. <he> {drives|walks|rides} for <d>, then {rests|waits|shops} for <e>. {When is "
    "<he> done|What time is it then}|{A party|A meeting|A school day|An evening} begins at <from>: first <d> of "
    "{talks|lessons|music}, then <e> of {games|films|questions}. {When is it over|When does it end}}?";
static const char *const chain3 =
    "{<A> {leaves|starts} at <from>. <he> {drives|walks|rides} for <d>, {rests|waits|shops} for <e> and "
    "{drives|walks|rides} on for <f>. {When does <he> arrive|What time is it then}|{A meeting|A school day|An "
    "evening} begins at <from>: first <d> of {talks|lessons|music}, then <e> of {games|films|questions} and <f> of "
    "{questions|sports|singing}. {When is it over|When does it end}}?";
static const char *const flight =
    "{A flight|A plane} {leaves|starts} at <from> and {takes|flies} <d>. {Where it lands, the clocks are <z> hours "
    "<ahead>|The clocks at its goal are <z> hours <ahead>}. {What is the local time when it lands|When does it "
    "land, in local time}?";

static void ask(problem *p, rng *r, const puzzle *z) {
    str  from = {0}, to = {0}, d[SPANS] = {{0}};
    char days[24], d1[48], d2[48], zone[24];
    put_time(&from, z->from);
    put_time(&to, z->to);
    for (int i = 0; i < z->n; i++) say_span(&d[i], r, z->d[i]);
    person who = lexicon_person(r);
    snprintf(days, sizeof days, "%ld", z->days);
    bool day_first = rng_below(r, 2);
    snprintf(d1, sizeof d1, day_first ? "%d %s" : "%2$s %1$d", z->d1, lexicon_month_full(z->m1));
    snprintf(d2, sizeof d2, day_first ? "%d %s" : "%2$s %1$d", z->d2, lexicon_month_full(z->m2));
    snprintf(zone, sizeof zone, "%d", abs(z->zone));
    const word_slot slot[]  = {{"A", who.name},
                               {"he", who.he},
                               {"from", from.p},
                               {"to", to.p},
                               {"d", d[0].p ? d[0].p : ""},
                               {"e", d[1].p ? d[1].p : ""},
                               {"f", d[2].p ? d[2].p : ""},
                               {"n", days},
                               {"day", lexicon_day_full((int)z->day)},
                               {"one", d1},
                               {"two", d2},
                               {"z", zone},
                               {"ahead", z->zone > 0 ? "ahead" : "behind"},
                               {0}};
    const char     *pattern = z->sort == LATER ? (z->zone     ? flight
                                                  : z->n == 3 ? chain3
                                                  : z->n == 2 ? chain2
                                                              : asking[0])
                                               : asking[z->sort];
    str             full    = {0};
    str_add(&full, pattern);
    if (z->sort == DATES) { /* the year must be said */
        str_clear(&full);
        str_add(&full, "{How many days are there from <one> to <two>{ of the same year, which is no leap year| in a "
                       "year that is no leap year}|Today is <one>, in a year that is no leap year. In how many days is "
                       "<two>|In a year that is no leap year, how many days is it from <one> to <two>|<A>'s birthday "
                       "is on <two>. How many days is that after <one>, if it is no leap year}?");
    }
    wording_ask(&p->question, r, full.p, slot);
    str_free(&full);
    str_free(&from);
    str_free(&to);
    for (int i = 0; i < SPANS; i++) str_free(&d[i]);
}

static void put_truth(str *s, const puzzle *z) {
    switch (z->sort) {
    case LATER:
        put_time(s, clock_of(minutes(z->from) + minutes(z->d[0]) + minutes(z->d[1]) + minutes(z->d[2]) + 60 * z->zone));
        break;
    case EARLIER: put_time(s, clock_of(minutes(z->to) - minutes(z->d[0]))); break;
    case BETWEEN: str_addf(s, "%ld minutes", (minutes(z->to) - minutes(z->from) + 1440) % 1440); break;
    case WEEKDAY: str_add(s, lexicon_day_full((int)((z->day + z->days) % 7))); break;
    case DATES: str_addf(s, "%ld days", days_between(z)); break;
    case DATE_DAY: str_add(s, lexicon_day_full((int)((z->day + days_between(z)) % 7))); break;
    }
}

static void make(rng *r, int level, problem *p) {
    puzzle z;
    while (!draw(r, level, &z)) {}
    p->level = level;
    ask(p, r, &z);
    str u = {0};
    understand(&u, &z);
    str_addf(&p->key, "clock:%s", u.p);
    static const char *const plan[] = {"minutes first, then hours",
                                       "go back, minutes first, then hours",
                                       "take the start from the end, minutes first",
                                       "full weeks bring the same day, count on the rest",
                                       "days left in the first month, full months, days of the last",
                                       "count the days between, full weeks bring the same day"};
    str_addf(&p->reasoning, "Understand: %s\nPlan: %s\n", u.p, plan[z.sort]);
    str_free(&u);
    fam_work(p, r, &(fam_phases){work, check, &z});
    put_truth(&p->truth, &z);
    str v = {0};
    if (z.sort == BETWEEN && z.got.h) say_span(&v, r, z.got);
    else str_add(&v, p->truth.p);
    const word_slot slot[] = {{"v", v.p}, {0}};
    wording_put(&p->answer, r,
                z.sort == LATER || z.sort == EARLIER ? "{At **<v>**.|**<v>**|It is **<v>**.|The time is **<v>**.}"
                : z.sort == BETWEEN                  ? "{It is **<v>**.|**<v>**|That is **<v>**.}"
                : z.sort == DATES                    ? "{It is **<v>**.|**<v>**|That makes **<v>**.}"
                                                     : "{It is a **<v>**.|**<v>**|It is **<v>**.|That is a **<v>**.}",
                slot);
    str_free(&v);
}

/* ---- judging */
static bool fail(char why[96], const char *what) {
    snprintf(why, 96, "%s", what);
    return false;
}

static bool denies(const char *s) {
    static const char *const no[] = {" not ",  "n't",   "cannot", "wrong", "maybe",   "perhaps",
                                     "unsure", "guess", "not **", "?",     "neither", NULL};
    for (int i = 0; no[i]; i++)
        if (strcasestr(s, no[i])) return true;
    return false;
}

/* What counts: the bold or boxed parts, if there are any, else all. */
static void claimed(str *out, const char *s) {
    const char *p = s, *q;
    while ((p = strstr(p, "**")) && (q = strstr(p + 2, "**"))) {
        str_addn(out, p + 2, (size_t)(q - p - 2));
        str_add(out, " ; ");
        p = q + 2;
    }
    if (!out->len && (p = strstr(s, "\\boxed{"))) str_addn(out, p + 7, strcspn(p + 7, "}"));
    if (!out->len) str_add(out, s);
}

static bool right_day(const char *text, const char *day, char why[96]) {
    int hits = 0, others = 0;
    for (int i = 0; i < 7; i++) {
        const char *d = lexicon_day_full(i);
        if (!strcasestr(text, d)) continue;
        if (!strcmp(d, day)) hits++;
        else others++;
    }
    if (!hits) return fail(why, "another day, or none");
    return !others || fail(why, "more than one day");
}

static bool suffix(const char **p, const char *w) {
    const char *s = *p;
    while (*s == ' ') s++;
    if (strncasecmp(s, w, strlen(w)) != 0 || isalpha((unsigned char)s[strlen(w)])) return false;
    *p = s + strlen(w);
    return true;
}

/* All clock times of the text; those before the last "=" or in a sum would be steps, and are not expected. */
static bool right_time(const char *text, const char *truth, char why[96]) {
    long h, m, want_h, want_m;
    int  n = 0, used;
    sscanf(truth, "%ld:%ld", &want_h, &want_m);
    for (const char *p = text; *p;) {
        if (!isdigit((unsigned char)*p) || (p > text && (isdigit((unsigned char)p[-1]) || p[-1] == ':'))) {
            p++;
            continue;
        }
        if (sscanf(p, "%2ld:%2ld%n", &h, &m, &used) != 2 && sscanf(p, "%2ld.%2ld%n", &h, &m, &used) != 2)
            return fail(why, "a number that is no time");
        p += used;
        if (suffix(&p, "pm") || suffix(&p, "p.m")) {
            if (h < 12) h += 12;
        } else if ((suffix(&p, "am") || suffix(&p, "a.m")) && h == 12) h = 0;
        if (h != want_h || m != want_m || isdigit((unsigned char)*p))
            return snprintf(why, 96, "expected %s, found %ld:%02ld", truth, h, m), false;
        n++;
    }
    return n ? true : fail(why, "no time");
}

/* "2 hours and 35 minutes", "2 h 35 min", "2:35 h", "155 minutes" */
static bool right_span(const char *text, long want, const char *truth, char why[96]) {
    long sum = 0, v, m;
    int  used, units = 0, groups = 0;
    bool hours = false;
    for (const char *p = text; *p;) {
        if (!isdigit((unsigned char)*p)) {
            if (*p == ';' || *p == '=' || *p == '.') {
                if (units) groups++;
                if (units && sum != want) return snprintf(why, 96, "expected %s, found %ld minutes", truth, sum), false;
                sum = 0, units = 0, hours = false;
            }
            if (!strncmp(p, " or ", 4)) return fail(why, "more than one");
            p++;
            continue;
        }
        if (sscanf(p, "%2ld:%2ld%n", &v, &m, &used) == 2 && p[used] != ':') {
            p += used;
            if (!suffix(&p, "h") && !suffix(&p, "hours")) return fail(why, "a time of the day, not a duration");
            sum += 60 * v + m, units += 2;
            continue;
        }
        if (sscanf(p, "%ld%n", &v, &used) != 1) return fail(why, "no duration");
        p += used;
        if (!hours && !units && (suffix(&p, "hours") || suffix(&p, "hour") || suffix(&p, "h")))
            sum += 60 * v, units++, hours = true;
        else if ((units == 0 || (hours && units == 1)) &&
                 (suffix(&p, "minutes") || suffix(&p, "minute") || suffix(&p, "min") || suffix(&p, "mins") ||
                  (hours && v < 60)))
            sum += v, units++;
        else return fail(why, "a number without its unit, or too many");
    }
    if (units) groups++;
    if (units && sum != want) return snprintf(why, 96, "expected %s, found %ld minutes", truth, sum), false;
    return groups == 1 || fail(why, groups ? "more than one duration" : "no duration");
}

static bool right(const problem *p, const char *text, char why[96]) {
    const char *truth = p->truth.p;
    if (verify_echo(p->question.p, text, why)) return false;
    if (denies(text)) return fail(why, "denied, doubted or asked");
    str c = {0};
    claimed(&c, text);
    long v;
    bool ok;
    if (isalpha((unsigned char)truth[0])) ok = right_day(c.p, truth, why);
    else if (strstr(truth, "minutes")) ok = sscanf(truth, "%ld", &v) == 1 && right_span(c.p, v, truth, why);
    else if (strstr(truth, "days")) {
        char number[24];
        snprintf(number, sizeof number, "%ld", strtol(truth, NULL, 10));
        ok = answer_matches(text, number, why);
    } else ok = right_time(c.p, truth, why);
    str_free(&c);
    return ok;
}

/* ---- the other way: all in minutes, days one by one */
static int named(const char *s, const char *(*name)(int), int n) {
    for (int i = 0; i < n; i++)
        if (!strncmp(s, name(i), strlen(name(i)))) return i;
    return -1;
}

static bool solve_dates(const char *s, str *truth, char why[96]) {
    char a[16], b[16];
    int  d1, d2;
    if (sscanf(s, "from %15[A-Za-z] %d to %15[A-Za-z] %d;", a, &d1, b, &d2) != 4) return fail(why, "no dates");
    int  m = named(a, lexicon_month_full, 12), m2 = named(b, lexicon_month_full, 12), d = d1;
    long n = 0;
    if (m < 0 || m2 < 0) return fail(why, "no months");
    while (n < 400 && (m != m2 || d != d2)) {
        n++;
        if (++d > month_days[m]) d = 1, m = (m + 1) % 12;
    }
    const char *first = strstr(s, "first = ");
    if (!first) str_addf(truth, "%ld days", n);
    else {
        int day = named(first + 8, lexicon_day_full, 7);
        if (day < 0) return fail(why, "no weekday");
        for (; n > 0; n--) day = day == 6 ? 0 : day + 1;
        str_add(truth, lexicon_day_full(day));
    }
    return true;
}

static long span_at(const char *s) {
    long h = 0, m = 0;
    if (sscanf(s, "%ld h %ld min", &h, &m) == 2) return 60 * h + m;
    int used = 0;
    if (sscanf(s, "%ld h%n", &h, &used) == 1 && used) return 60 * h;
    return sscanf(s, "%ld min", &m) == 1 ? m : 0;
}

static bool solve(const problem *p, str *truth, char why[96]) {
    const char *s, *q;
    size_t      n;
    long        h, m, k, l;
    int         day;
    if (!fam_understood(p, &s, &n, why)) return false;
    if (!strncmp(s, "from ", 5)) return solve_dates(s, truth, why);
    if (!strncmp(s, "today = ", 8)) {
        day = named(s + 8, lexicon_day_full, 7);
        q   = strstr(s, "days = ");
        if (day < 0 || !q) return fail(why, "no weekday");
        str_add(truth, lexicon_day_full((int)((day + strtol(q + 7, NULL, 10)) % 7)));
        return true;
    }
    if (sscanf(s, "start = %ld:%ld; end = %ld:%ld; asked: how long", &h, &m, &k, &l) == 4) {
        long v = (k - h) * 60 + l - m;
        str_addf(truth, "%ld minutes", v < 0 ? v + 1440 : v);
        return true;
    }
    if (sscanf(s, "end = %ld:%ld; lasts ", &h, &m) == 2) {
        put_time(truth, clock_of(h * 60 + m - span_at(strstr(s, "lasts ") + 6)));
        return true;
    }
    if (sscanf(s, "start = %ld:%ld; then ", &h, &m) != 2) return fail(why, "no clock time");
    long at = h * 60 + m;
    for (q = s; (q = strstr(q, "; then ")) && q < s + n; q++) at += span_at(q + 7);
    q = strstr(s, "; clock there ");
    if (q && q < s + n) at += (strstr(q, "ahead") ? 60 : -60) * strtol(q + 14, NULL, 10);
    put_time(truth, clock_of(at));
    return true;
}

const family fam_clock = {.name   = "clock",
                          .field  = "education",
                          .about  = "clock times, durations, weekdays, dates",
                          .levels = 10,
                          .make   = make,
                          .right  = right,
                          .solve  = solve};
