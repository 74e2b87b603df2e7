/* fam_speed.c -- distance, speed and time.
 *
 * Levels: 1 and 2 one of the three from the other two; 3 times of half hours; 4 two legs; 5 average speed, what is
 * left of a way, a stream; 6 there and back, apart after a time; 7 towards each other; 8 one catches up with the other;
 * 9 and 10 the same with a start at different times and longer journeys. */
#include <stdio.h>
#include <string.h>
#include "task/tale.h"

static const struct unit {
    const char *speed, *way, *time, *one;
} units[] = {{"km/h", "km", "hours", "hour"},
             {"km per hour", "kilometres", "hours", "hour"},
             {"kilometres an hour", "kilometres", "hours", "hour"},
             {"miles per hour", "miles", "hours", "hour"},
             {"mph", "miles", "hours", "hour"},
             {"m/s", "m", "seconds", "second"},
             {"metres per second", "metres", "seconds", "second"},
             {"metres per minute", "metres", "minutes", "minute"}};
enum { UNITS = sizeof units / sizeof *units, HOURS = 5 };

static const char fast[] = "{a car|a train|a bus|a truck|a ship|a drone|a motorcycle|a tram|a van|a ferry}";
static const char slow[] = "{a cyclist|a boat|a rider|a runner|a horse|a skater|<A>|<B>|a canoe}";

/* Whatever moves, and in which units; returns the speed. */
static quant_term set_out(tale *t, int n_units, int lo, int hi) {
    const struct unit *u = &units[tale_pick(t, n_units)];
    quant_term         v = tale_num(t, "v", tale_range(t, lo, hi));
    char               it[80];
    str                w = {0};
    wording_put(&w, t->r, v.v.v >= 3 && v.v.v <= 25 ? slow : fast, t->slot);
    tale_text(t, "who", w.p);
    bool thing = w.p[0] == 'a' && w.p[1] == ' ';
    snprintf(it, sizeof it, "%s%s", thing ? "the" : "", thing ? w.p + 1 : w.p);
    tale_text(t, "it", it);
    if (thing) w.p[0] = 'A';
    tale_text(t, "Who", w.p);
    str_free(&w);
    tale_text(t, "kmh", u->speed);
    tale_text(t, "km", u->way);
    tale_text(t, "hours", u->time);
    tale_text(t, "hour", u->one);
    t->kind = u->way; /* a question need not say the speed, but always what the way is measured in */
    return v;
}

#define AT "{at|at a speed of|at a steady|at a constant speed of}"
#define GOES "{goes|travels|moves}"

static int top(const tale *t) { /* speeds grow with the level */
    static const int v[] = {0, 60, 120, 120, 120, 140, 140, 160, 160, 180, 240};
    return v[t->level];
}

/* ---- one of three from two */
static void way(tale *t) {
    quant_term v = set_out(t, UNITS, 2, top(t)), h = tale_maybe(t, "h", tale_range(t, 2, t->level < 2 ? 9 : 25));
    t->q.asked = quant_op(&t->q, "distance", v, '*', h);
    t->ask     = "{How far does <who> {go|travel|get} in <h> <hours> " AT " <v> <kmh>?|<Who> " GOES " " AT
             " <v> <kmh>. {How far|What distance} "
             "does <it> {cover|go|travel} in <h> <hours>?|{What distance|How many <km>} does <who> {cover|travel} in "
             "<h> <hours> " AT " <v> <kmh>?|<Who> " GOES " for <h> "
             "<hours> " AT " <v> <kmh>. {How many <km> is that|How long is the way|What is the distance}?}";
    t->tell = "{That is|The distance is|It is} **<answer> <km>**.";
}

static void hours(tale *t) {
    int        lim = t->level < 2 ? 9 : 12;
    quant_term v   = set_out(t, UNITS, 2, lim);
    long       h   = tale_range(t, 2, t->level < 2 ? 20 : 90);
    quant_term d   = tale_num(t, "d", v.v.v * h);
    int        i   = quant_given(&t->q, "distance", d);
    t->q.asked     = quant_op(&t->q, "time", quant_ref(i), '/', v);
    t->ask         = "{How {long|many <hours>} does <who> {need|take} for <d> <km> " AT " <v> <kmh>?|<Who> " GOES " " AT
             " <v> <kmh>. {How long|How many <hours>} does <it> "
             "{need|take} for <d> <km>?|{In what time|In how many <hours>} does <who> cover <d> <km> " AT
             " <v> <kmh>?|A {way|track|road|route} is <d> <km> long. {How long|How many <hours>} "
             "does <who> need for it " AT " <v> <kmh>?}";
    t->tell = "{It takes|That takes|The time is} **<answer> <hours>**.";
}

static void speed(tale *t) {
    set_out(t, UNITS, 0, 0);
    long       h = tale_range(t, 2, t->level < 2 ? 9 : 12), k = tale_range(t, 2, top(t));
    quant_term d = tale_num(t, "d", h * k), x = tale_maybe(t, "h", h);
    int        i = quant_given(&t->q, "distance", d);
    t->q.asked   = quant_op(&t->q, "speed", quant_ref(i), '/', x);
    t->ask  = "{<who> {covers|travels|goes} <d> <km> in <h> <hours>. {What is {its|the} speed|How fast is that|What "
              "speed is that}[, in <kmh>]?|{How fast is <who>|What is the speed of <who>} that {covers|travels|goes} "
              "<d> <km> in <h> <hours>?|<Who> {needs|takes} <h> <hours> for <d> <km>. {How fast is <it>|What is the "
              "[average ]speed[ in <kmh>]|How many <km> is that {an|per} <hour>}?}";
    t->tell = "{The speed is|That is|It is} **<answer> <kmh>**.";
}

/* ---- half hours */
static void half(tale *t) {
    quant_term v = set_out(t, HOURS, 3, 220);
    long       h = tale_range(t, 1, t->level < 5 ? 9 : 15) * 10 + 5;
    char       s[16];
    if (v.v.v % 2) t->q.bad = true;
    snprintf(s, sizeof s, "%ld.%ld", h / 10, h % 10);
    tale_text(t, "h", s);
    t->q.asked = quant_op(&t->q, "distance", v, '*', quant_dec((decimal){h, 1}));
    t->q.parts = true;
    t->ask = "{How far does <who> {go|travel|get} in <h> <hours> " AT " <v> <kmh>?|<Who> " GOES " for <h> <hours> " AT
             " <v> <kmh>. {How far does <it> get|How many <km> is that}?|"
             "{What distance|How many <km>} does <who> cover " AT " <v> <kmh> in <h> <hours>?}";
    t->tell = "{That is|The distance is|It is} **<answer> <km>**.";
}

static void half_speed(tale *t) { /* 45 km in half an hour, a third, a quarter */
    static const struct {
        const char *said;
        long        k;
    } part[] = {{"half an hour", 2},         {"30 minutes", 2}, {"20 minutes", 3}, {"15 minutes", 4},
                {"a quarter of an hour", 4}, {"10 minutes", 6}, {"12 minutes", 5}, {"6 minutes", 10}};
    int k    = tale_pick(t, 8);
    set_out(t, HOURS, 0, 0);
    quant_term d = tale_num(t, "d", tale_range(t, 2, 240));
    tale_text(t, "part", part[k].said);
    int i      = quant_given(&t->q, "distance", d);
    t->q.asked = quant_op(&t->q, "speed", quant_ref(i), '*', quant_num(part[k].k));
    /* n parts make an hour: "20 minutes" is a fact of the clock */
    long minutes = 60 / part[k].k;
    if (part[k].said[0] >= '1' && part[k].said[0] <= '9') {
        tale_said(t, "distance = %ld; minutes = %ld; asked: speed in an hour", d.v.v, minutes);
        tale_plan(t, "an hour is %ld times %ld minutes", part[k].k, minutes);
    } else {
        tale_said(t, "distance = %ld; time = %s; asked: speed in an hour", d.v.v, part[k].said);
        tale_plan(t, "an hour is %ld times that", part[k].k);
    }
    t->ask  = "<Who> {covers|travels|goes} <d> <km> in <part>. {What is the speed in <kmh>|How many <km> is that in an "
              "hour|How far does <it> get in an hour}?";
    t->tell = "{The speed is|That is|It is} **<answer> <kmh>**.";
}

/* ---- several legs */
static void legs(tale *t) {
    quant_term v = set_out(t, UNITS, 3, top(t)), h = tale_maybe(t, "h", tale_range(t, 2, 12)),
               w = tale_num(t, "w", tale_range(t, 3, top(t))), k = tale_maybe(t, "k", tale_range(t, 2, 12));
    int a = quant_op(&t->q, "first part", v, '*', h), b = quant_op(&t->q, "second part", w, '*', k);
    t->q.asked = quant_sum(&t->q, "distance", (int[]){a, b}, 2);
    t->ask     = "<Who> " GOES " {for |}<h> <hours> " AT " <v> <kmh> and {then |after that }<k> <hours> " AT
             " <w> <kmh>. {How far is that {altogether|in all}|How many <km> does <it> {cover|travel}[ in all]|What is "
             "the {total |whole }distance}?";
    t->tell = "{That is|The distance is|It is} **<answer> <km>**[ in all].";
}

static void left(tale *t) {
    quant_term v = set_out(t, UNITS, 3, top(t)), h = tale_maybe(t, "h", tale_range(t, 2, 12)),
               d = tale_num(t, "d", v.v.v * h.v.v + tale_range(t, 5, 400));
    int way_done = quant_op(&t->q, "done", v, '*', h);
    t->q.asked   = quant_op(&t->q, "left", d, '-', quant_ref(way_done));
    t->ask =
        "{A {road|journey|route} is <d> <km> long. <who> " GOES " " AT " <v> <kmh>|<Who> has <d> <km> to go and " GOES
        " " AT " <v> <kmh>}. {How many <km> are left after <h> <hours>|How far is it still after <h> <hours>|After <h> "
        "<hours>, how much of the way is left}?";
    t->tell = "{There are|It is still} **<answer> <km>**[ to go].";
}

static void average(tale *t) { /* two or three legs with their distances, and a rest at higher levels */
    int n = t->level >= 9 ? 3 : 2;
    set_out(t, UNITS, 0, 0);
    long h[3], sum = 0, mean = tale_range(t, 8, top(t));
    for (int i = 0; i < n; i++) h[i] = tale_range(t, 1, 4), sum += h[i];
    static const char *const dn[] = {"d", "e", "f"}, *const hn[] = {"h", "i", "j"};
    long d[3], all                                               = mean * sum;
    for (int i = 0; i < n - 1; i++) d[i] = tale_range(t, (int)(all / n / 2 + 1), (int)(all / n)), all -= d[i];
    d[n - 1] = all;
    int                      D[3], H[3];
    static const char *const first[] = {"first way", "second way", "third way"}, *const time_of[] = {"first time",
                                                                                                     "second time",
                                                                                                     "third time"};
    for (int i = 0; i < n; i++) {
        if (d[i] < 2 || h[i] < 2) t->q.bad = true; /* "1 hours" */
        D[i] = quant_given(&t->q, first[i], tale_num(t, dn[i], d[i]));
        H[i] = quant_given(&t->q, time_of[i], tale_num(t, hn[i], h[i]));
    }
    if (sum > 12) t->q.bad = true;
    int way_all = quant_sum(&t->q, "whole way", D, n), time_all = quant_sum(&t->q, "whole time", H, n);
    t->q.asked = quant_op(&t->q, "average", quant_ref(way_all), '/', quant_ref(time_all));
    t->ask     = n == 2
                     ? "<Who> {covers|travels|goes} <d> <km> in <h> <hours> and {then |after that }<e> <km> in <i> "
                       "<hours>. {What is the average speed[ of the whole journey][ in <kmh>]|How fast is that on average}?"
                     : "<Who> {covers|travels|goes} <d> <km> in <h> <hours>, then <e> <km> in <i> <hours> and at last <f> "
                       "<km> in <j> <hours>. {What is the average speed[ of the whole journey][ in <kmh>]|How fast is that "
                       "on average}?";
    t->tell    = "{The average speed is|On average that is|It is} **<answer> <kmh>**.";
}

static void back(tale *t) { /* there and back: whole time */
    long h = tale_range(t, 2, 12), k = tale_range(t, 2, 12), v = tale_range(t, 3, 40) * k, w;
    long d = v * h;
    set_out(t, HOURS, 0, 0);
    if (v > 12 && d % k) t->q.bad = true;
    w = d / k;
    /* the way is told in speed and time of the outward journey; the way back has its own time */
    quant_term a = tale_num(t, "u", v), b = tale_maybe(t, "h", h), c = tale_maybe(t, "k", k);
    int        way_out = quant_op(&t->q, "way", a, '*', b);
    (void)w;
    t->q.asked = quant_op(&t->q, "speed back", quant_ref(way_out), '/', c);
    t->ask     = "<Who> " GOES " {to a {town|lake|village|harbour}|from one place to another} in <h> <hours> " AT
             " <u> <kmh>, and back {on the same way |}in <k> <hours>. {How fast is the way back|What is the speed on "
             "the way back}[, in <kmh>]?";
    t->tell = "{The speed on the way back is|It is|That is} **<answer> <kmh>**.";
    if (v > 400 || w > 400 || w < 2) t->q.bad = true;
}

static void stream(tale *t) {
    quant_term v = quant_num(tale_range(t, 6, 40)), c = quant_num(tale_range(t, 1, 5)), h;
    bool       up = tale_chance(t, 50);
    tale_num(t, "v", v.v.v);
    tale_num(t, "c", c.v.v);
    h          = tale_maybe(t, "h", tale_range(t, 2, 12));
    int s      = quant_op(&t->q, "speed", v, up ? '-' : '+', c);
    t->q.asked = quant_op(&t->q, "distance", quant_ref(s), '*', h);
    tale_text(t, "way", up ? "against the current" : "with the current");
    tale_text(t, "up", up ? "upstream" : "downstream");
    t->kind = "stream";
    t->ask  = "{A {boat|ferry|canoe}|<A>'s boat} {does|makes|goes} <v> km/h in still water. The {river|stream} "
              "{flows|runs} at <c> km/h. How {far|many km} does it get in <h> hours {<up>|<way>}?";
    t->tell = "{It gets|That is} **<answer> km**.";
}

/* ---- two of them */
static void two(tale *t, const char *v, const char *w, int lo, int hi, quant_term *a, quant_term *b) {
    *a                   = tale_num(t, v, tale_range(t, lo, hi));
    *b                   = tale_num(t, w, tale_range(t, lo, hi));
    const struct unit *u = &units[tale_pick(t, HOURS)];
    tale_text(t, "kmh", u->speed);
    tale_text(t, "km", u->way);
    t->kind = u->way;
    str p   = {0};
    wording_put(
        &p, t->r,
        a->v.v <= 30 && b->v.v <= 30
            ? "{Two {cyclists|riders|runners|boats}|<A> and <B>|A cyclist and a walker}"
            : "{Two {trains|cars|buses|ships|trucks|motorcycles}|A {car|van} and a {bus|truck}|A train and a car}",
        t->slot);
    tale_text(t, "pair", p.p);
    str_free(&p);
}

static void apart(tale *t) {
    quant_term a, b, h;
    two(t, "v", "w", 3, top(t), &a, &b);
    h          = tale_maybe(t, "h", tale_range(t, 2, 12));
    int s      = quant_op(&t->q, "together", a, '+', b);
    t->q.asked = quant_op(&t->q, "distance", quant_ref(s), '*', h);
    t->ask     = "<pair> start at the same place {and time|at the same time} and go in opposite directions, one at <v> "
                 "<kmh>, the other at <w> <kmh>. How {far apart are they|many <km> are between them} after <h> hours?";
    t->tell    = "{They are **<answer> <km>** apart|That is **<answer> <km>**}.";
}

static void meet(tale *t) {
    quant_term a, b, d;
    long       h = tale_range(t, 2, 12);
    two(t, "v", "w", 3, top(t), &a, &b);
    d         = tale_num(t, "d", (a.v.v + b.v.v) * h);
    int whole = quant_given(&t->q, "gap", d), s = quant_op(&t->q, "together", a, '+', b);
    t->q.asked = quant_op(&t->q, "time", quant_ref(whole), '/', quant_ref(s));
    t->ask =
        "{<pair> are <d> <km> apart and {go|travel|move} towards each other|<pair>"
        " start <d> <km> apart and {go|travel|move} towards each other}, one at <v> <kmh>, the other at <w> <kmh>. "
        "{After how many hours do they meet|How long does it take until they meet|When do they meet, in hours}?";
    t->tell = "{They meet after|It takes|After} **<answer> hours**.";
}

static void meet_where(tale *t) { /* how far has the first one come? */
    quant_term a, b, d;
    long       h = tale_range(t, 2, 12);
    two(t, "v", "w", 3, top(t), &a, &b);
    d      = tale_num(t, "d", (a.v.v + b.v.v) * h);
    int v1 = quant_given(&t->q, "first", a), whole = quant_given(&t->q, "gap", d),
        s      = quant_op(&t->q, "together", quant_ref(v1), '+', b);
    int h1     = quant_op(&t->q, "time", quant_ref(whole), '/', quant_ref(s));
    t->q.asked = quant_op(&t->q, "way of the first", quant_ref(h1), '*', quant_ref(v1));
    t->ask =
        "<pair> are <d> <km> apart and {go|travel|move} towards each other, the first at <v> <kmh>, the second at <w> "
        "<kmh>. {How far has the first come when they meet|How many <km> has the first gone when they meet}?";
    t->tell = "{The first has come|It is|That is} **<answer> <km>**.";
}

static void catch_up(tale *t) {
    quant_term a, b, h;
    two(t, "v", "w", 3, top(t), &a, &b);
    long diff = b.v.v - a.v.v, k = tale_range(t, 1, 6);
    if (diff < 1 || a.v.v * k % diff || a.v.v * k / diff < 2 || a.v.v * k / diff > 24) t->q.bad = true;
    if (t->q.bad || k < 2) {
        t->q.bad = true;
        return;
    }
    h      = tale_num(t, "h", k);
    int v1 = quant_given(&t->q, "first", a), v2 = quant_given(&t->q, "second", b);
    int lead   = quant_op(&t->q, "lead", quant_ref(v1), '*', h),
        gain   = quant_op(&t->q, "gain an hour", quant_ref(v2), '-', quant_ref(v1));
    t->q.asked = quant_op(&t->q, "time", quant_ref(lead), '/', quant_ref(gain));
    if (t->level >= 9 && tale_chance(t, 50)) {
        t->q.asked = quant_op(&t->q, "way", quant_ref(t->q.asked), '*', quant_ref(v2));
        t->ask     = "{A {bus|truck|ship|train}|<A>} {leaves|sets out} at <v> <kmh>. <h> hours later {a "
                     "{car|motorcycle|faster one}|<B>} {follows|sets out after it} at <w> <kmh>[ on the same way]. {How "
                     "far from the start does the second catch up|How many <km> from the start does the second catch up}?";
        t->tell    = "{It is|That is} **<answer> <km>** from the start.";
        return;
    }
    t->ask = "{A {bus|truck|ship|train}|<A>} {leaves|sets out} at <v> <kmh>. <h> hours later {a {car|motorcycle|faster "
             "one}|<B>} {follows|sets out after it} at <w> <kmh>[ on the same way]. {How many hours does the second "
             "need to catch up|After how many hours does the second catch up}?";
    t->tell = "{It takes|After|The second needs} **<answer> hours**.";
}

static void gap(tale *t) { /* a given lead */
    quant_term a, b, d;
    two(t, "v", "w", 3, top(t), &a, &b);
    long diff = b.v.v - a.v.v, h = tale_range(t, 2, 12);
    if (diff < 1) {
        t->q.bad = true;
        return;
    }
    d        = tale_num(t, "d", diff * h);
    int lead = quant_given(&t->q, "lead", d), gain = quant_op(&t->q, "gain an hour", b, '-', a);
    t->q.asked = quant_op(&t->q, "time", quant_ref(lead), '/', quant_ref(gain));
    t->ask =
        "{A {bus|truck|cyclist|ship}|<A>} is <d> <km> ahead and goes at <v> <kmh>. {A {car|motorcycle|faster one}|<B>} "
        "follows at <w> <kmh>. {How many hours does it take to catch up|After how many hours is the lead gone}?";
    t->tell = "{It takes|After} **<answer> hours**.";
}

static void late_meet(tale *t) { /* one starts earlier, then towards each other */
    quant_term a, b, e, d;
    long       h = tale_range(t, 2, 12), k = tale_range(t, 2, 5);
    two(t, "v", "w", 3, top(t), &a, &b);
    d      = tale_num(t, "d", a.v.v * k + (a.v.v + b.v.v) * h);
    e      = tale_num(t, "h", k);
    int v1 = quant_given(&t->q, "first", a), alone = quant_op(&t->q, "way alone", quant_ref(v1), '*', e),
        rest = quant_op(&t->q, "gap", d, '-', quant_ref(alone)), s = quant_op(&t->q, "together", quant_ref(v1), '+', b);
    t->q.asked = quant_op(&t->q, "time", quant_ref(rest), '/', quant_ref(s));
    t->ask  = "Two {towns|harbours|stations} are <d> <km> apart. {A {train|bus|ship}|<A>} {leaves|sets out from} the "
              "first at <v> <kmh>. <h> hours later {another|<B>} sets out from the second at <w> <kmh>[, towards the "
              "first]. {How many hours after that do they meet|How long after the second start do they meet, in hours}?";
    t->tell = "{They meet after|It takes|After} **<answer> hours**.";
}

static void make(rng *r, int level, problem *p) {
    static const struct {
        tale_kind k[6];
        int       n;
    } of[] = {{{NULL}, 0},
              {{way, hours, speed}, 3},
              {{way, hours, speed}, 3},
              {{half, half_speed, half}, 3},
              {{legs, left}, 2},
              {{average, left, stream, half}, 4},
              {{back, apart, average}, 3},
              {{meet, apart, gap}, 3},
              {{gap, meet_where, catch_up, meet}, 4},
              {{catch_up, late_meet, average, meet_where}, 4},
              {{catch_up, late_meet, average, meet_where}, 4}};
    tale_make(r, level, p, "speed", of[level].k, of[level].n);
}

/* "distance = 45; minutes = 20": an hour is 60 minutes; everything else is quant_truth's. */
static bool solve(const problem *p, str *truth, char why[96]) {
    const char *s;
    size_t      n;
    if (!fam_understood(p, &s, &n, why)) return false;
    long d = 0, m = 0;
    if (sscanf(s, "distance = %ld; minutes = %ld; asked", &d, &m) == 2 && d > 0 && m > 0 && d * 60 % m == 0) {
        str_addf(truth, "%ld", d * 60 / m);
        return true;
    }
    char word[24] = "";
    if (sscanf(s, "distance = %ld; time = %23[a-z ]", &d, word) == 2 && d > 0 &&
        strstr(s, "; asked: speed in an hour\n")) {
        str_addf(truth, "%ld", d * (*word == 'h' ? 2 : 4));
        return true;
    }
    return quant_truth(p, truth, why);
}

const family fam_speed = {.name   = "speed",
                          .field  = "education",
                          .about  = "distance, speed and time, meeting and catching up",
                          .levels = 10,
                          .make   = make,
                          .right  = tale_right,
                          .solve  = solve};
