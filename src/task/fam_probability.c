/* fam_probability.c -- chances as fractions: things drawn from a bag, numbers drawn at random.
 *
 * Levels: 1 one of two colours; 2 not this colour, one of three; 3 and 4 numbers above, below, multiples; 5 two draws,
 * put back; 6 not put back; 7 one of each; 8 at least one; 9 three draws; 10 at least one in three, all alike.
 *
 * Work counts the cases that are wanted above and all cases below, draw by draw, and reduces; Check multiplies them
 * from behind. solve() goes through the draws colour by colour instead. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "task/fam.h"
#include "task/lexicon.h"
#include "task/ratio.h"
#include "task/verify.h"
#include "task/wording.h"

enum { COLOURS = 3, DRAWS = 3 };
typedef enum { ONE, NOT, EITHER, ALL, MIXED, AT_LEAST, NUMBERS } event;
typedef struct chance {
    const char *colour[COLOURS];
    long        count[COLOURS];
    int         colours, draws;
    bool        back;
    event       e;
    long        top, k; /* NUMBERS: 1 to top; a bound or a divisor */
    int         how;    /* 0 a multiple of k, 1 above k, 2 below k */
    /* as Work found them */
    long all, want, above, below, none, p, q, g;
} chance;

static const char *const said[] = {"", "one", "two", "three"};

/* ---- Work */
static long add_up(trace *t, const char *head, const long *v, int n) {
    long s = v[0];
    for (int i = 1; i < n; i++) s = digits_into(t, i < n - 1 ? "so far" : head, s, '+', v[i]);
    return s;
}

static long gcd(long a, long b) { return b ? gcd(b, a % b) : a; }

/* n * n or n * (n - 1) ...: how many cases k draws from n have. */
static long cases(trace *t, const char *head, long n, int k, bool back) {
    long v = n;
    for (int i = 1; i < k; i++) {
        long m = back ? n : n - i;
        if (m < 0) t->bad = true;
        v = digits_into(t, i < k - 1 ? "so far" : head, v, '*', m);
    }
    if (k == 1) str_addf(t->out, "%s = %ld\n", head, v);
    return v;
}

static void reduce(trace *t, chance *c) {
    c->g = 1;
    c->p = c->above;
    c->q = c->below;
    str_addf(t->out, "probability = %ld/%ld\n", c->p, c->q);
    if (c->above <= 0 || c->below <= 0 || c->above > c->below) t->bad = true;
    for (long g; !t->bad && (g = gcd(c->p, c->q)) > 1;) { /* by one small number after the other */
        long d = g;
        if (d > 12)
            for (d = 12; d > 1 && g % d; d--) {}
        if (d == 1) break; /* a common prime above 12: stays, it is no less right */
        str_addf(t->out, "divide both by %ld\n", d);
        c->p = digits_op(t, c->p, '/', d);
        c->q = digits_op(t, c->q, '/', d);
        c->g *= d;
    }
    if (c->g > 1) str_addf(t->out, "probability = %ld/%ld\n", c->p, c->q);
}

static void work_numbers(trace *t, chance *c) {
    long rest;
    c->all = c->top;
    if (c->how == 0) c->want = digits_div(t, "wanted", c->top, c->k, &rest);
    else if (c->how == 1) c->want = digits_into(t, "wanted", c->top, '-', c->k);
    else c->want = digits_into(t, "wanted", c->k, '-', 1);
    if (c->how == 0) str_addf(t->out, "wanted = %ld\n", c->want);
    c->above = c->want;
    c->below = c->all;
}

static void work(trace *t, void *ctx, fam_value *found) {
    chance *c = ctx;
    if (c->e == NUMBERS) {
        work_numbers(t, c);
    } else {
        c->all   = add_up(t, "all", c->count, c->colours);
        c->want  = c->e == EITHER                    ? add_up(t, "wanted", c->count, 2)
                   : c->e == NOT || c->e == AT_LEAST ? digits_into(t, "others", c->all, '-', c->count[0])
                                                     : c->count[0];
        c->below = cases(t, "all cases", c->all, c->draws, c->back);
        if (c->e == MIXED) {
            long one = digits_into(t, "in this order", c->count[0], '*', c->count[1]);
            c->above = digits_into(t, "wanted cases", one, '*', 2);
        } else {
            c->above = cases(t, c->e == AT_LEAST ? "cases with none" : "wanted cases", c->want, c->draws, c->back);
        }
        c->none = c->above;
        if (c->e == AT_LEAST) c->above = digits_into(t, "wanted cases", c->below, '-', c->none);
    }
    reduce(t, c);
    *found = (fam_value){c->p, c->q};
}

/* ---- Check */
static bool from_behind(trace *t, long n, int k, bool back, long want) {
    long v = back ? n : n - k + 1;
    if (k == 1) return true;
    for (int i = k - 2; i >= 0; i--) v = digits_op(t, v, '*', back ? n : n - i);
    return fam_compare(t, v, want);
}

static bool check_counts(trace *t, const chance *c) {
    if (c->e == NUMBERS) {
        if (c->how == 0) { /* the last multiple is not above the top, the next one is */
            long last = digits_op(t, c->want, '*', c->k), next = digits_op(t, last, '+', c->k);
            bool ok = last <= c->top && next > c->top;
            str_addf(t->out, ok ? "%ld is not above %ld, %ld is, right\n" : "%ld and %ld are not around %ld, wrong\n",
                     last, ok ? c->top : next, ok ? next : c->top);
            return ok;
        }
        return fam_compare(t, digits_op(t, c->want, '+', c->how == 1 ? c->k : 1), c->how == 1 ? c->top : c->k);
    }
    long s = c->count[c->colours - 1];
    for (int i = c->colours - 2; i >= 0; i--) s = digits_op(t, s, '+', c->count[i]);
    if (!fam_compare(t, s, c->all)) return false;
    if (c->e == EITHER) return fam_compare(t, digits_op(t, c->want, '-', c->count[1]), c->count[0]);
    if (c->e == NOT || c->e == AT_LEAST) return fam_compare(t, digits_op(t, c->want, '+', c->count[0]), c->all);
    return true;
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const chance *c = ctx;
    (void)found;
    if (!check_counts(t, c)) return false;
    if (c->e != NUMBERS) {
        if (!from_behind(t, c->all, c->draws, c->back, c->below)) return false;
        if (c->e == MIXED) {
            long one = digits_op(t, c->count[1], '*', c->count[0]), two = digits_op(t, one, '+', one);
            if (!fam_compare(t, two, c->above)) return false;
        } else if (!from_behind(t, c->want, c->draws, c->back, c->none)) return false;
        if (c->e == AT_LEAST && !fam_compare(t, digits_op(t, c->above, '+', c->none), c->below)) return false;
    }
    if (c->g == 1) return c->e != NUMBERS || fam_compare(t, c->q, c->all);
    return fam_compare(t, digits_op(t, c->p, '*', c->g), c->above) &&
           fam_compare(t, digits_op(t, c->q, '*', c->g), c->below);
}

/* ---- drawing a problem */
static bool draw(rng *r, int level, chance *c) {
    static const event of[11][3] = {{ONE, ONE, ONE},
                                    {ONE, ONE, ONE},
                                    {NOT, EITHER, ONE},
                                    {NUMBERS, EITHER, NUMBERS},
                                    {NUMBERS, NUMBERS, NOT},
                                    {ALL, ALL, ALL},
                                    {ALL, ALL, ALL},
                                    {MIXED, MIXED, ALL},
                                    {AT_LEAST, AT_LEAST, MIXED},
                                    {ALL, ALL, AT_LEAST},
                                    {AT_LEAST, AT_LEAST, AT_LEAST}};
    memset(c, 0, sizeof *c);
    c->e       = of[level][rng_below(r, 3)];
    c->draws   = c->e == ALL || c->e == MIXED || c->e == AT_LEAST ? level > 8 ? 3 : 2 : 1;
    c->back    = level == 5 || ((level == 7 || level > 7) && rng_below(r, 3) == 0);
    c->colours = level == 1 ? 2 : rng_range(r, 2, 3);
    if (c->e == EITHER) c->colours = 3;
    if (c->e == MIXED) c->draws = 2;
    int hi = level < 5 ? 40 : level < 9 ? 14 : level < 10 ? 8 : 6;
    lexicon_pick(r, LEX_COLOUR, c->colour, c->colours);
    for (int i = 0; i < c->colours; i++) c->count[i] = rng_range(r, c->draws > 1 ? c->draws + 1 : 2, hi);
    c->top = rng_range(r, 12, level < 4 ? 100 : 600);
    c->how = (int)rng_below(r, 3);
    c->k   = c->how == 0 ? rng_range(r, 2, 12) : rng_range(r, 3, (int)c->top - 2);
    long above, below = 1, n = 0, w;
    for (int i = 0; i < c->colours; i++) n += c->count[i];
    w = c->e == NOT || c->e == AT_LEAST ? n - c->count[0] : c->e == EITHER ? c->count[0] + c->count[1] : c->count[0];
    above = 1;
    for (int i = 0; i < c->draws; i++) below *= c->back ? n : n - i, above *= c->back ? w : w - i;
    if (c->e == NUMBERS) return c->top / c->k >= 1;
    if (below > 40000 || above <= 0) return false;
    if (c->e == MIXED) above = 2 * c->count[0] * c->count[1];
    if (c->e == AT_LEAST) above = below - above;
    for (long g = gcd(above, below), d = 13; d <= g; d++) /* one that small divisors cannot reach */
        if (g % d == 0 && d % 2 && d % 3 && d % 5 && d % 7 && d % 11) return false;
    return above > 0 && above < below;
}

static void put_event(str *s, const chance *c) {
    switch (c->e) {
    case ONE: str_add(s, c->colour[0]); break;
    case NOT: str_addf(s, "not %s", c->colour[0]); break;
    case EITHER: str_addf(s, "%s or %s", c->colour[0], c->colour[1]); break;
    case ALL: str_addf(s, "all %s", c->colour[0]); break;
    case MIXED: str_addf(s, "one %s and one %s", c->colour[0], c->colour[1]); break;
    case AT_LEAST: str_addf(s, "at least one %s", c->colour[0]); break;
    default: str_addf(s, c->how == 0 ? "a multiple of %ld" : c->how == 1 ? "above %ld" : "below %ld", c->k); break;
    }
}

static void understand(str *s, const chance *c) {
    if (c->e == NUMBERS) {
        str_addf(s, "numbers = 1 to %ld", c->top);
    } else {
        for (int i = 0; i < c->colours; i++) str_addf(s, "%s%s = %ld", i ? "; " : "", c->colour[i], c->count[i]);
        str_addf(s, "; draws = %s", said[c->draws]);
        if (c->draws > 1) str_add(s, c->back ? ", put back" : ", not put back");
    }
    str_add(s, "; asked: ");
    put_event(s, c);
}

static void ask(problem *p, rng *r, const chance *c) {
    str                      mix = {0}, ev = {0};
    char                     num[3][24], top[24], k[24];
    static const char *const ball[][2] = {
        {"ball", "balls"}, {"marble", "marbles"},   {"sweet", "sweets"},   {"sock", "socks"}, {"card", "cards"},
        {"bead", "beads"}, {"counter", "counters"}, {"button", "buttons"}, {"tile", "tiles"}, {"pen", "pens"}};
    size_t b = rng_below(r, 10);
    if (c->e == NUMBERS) {
        snprintf(top, sizeof top, "%ld", c->top);
        snprintf(k, sizeof k, "%ld", c->k);
        const word_slot          slot[]  = {{"n", top}, {"k", k}, {0}};
        static const char *const what[]  = {"{a multiple of <k>|divisible by <k>|in the table of <k>}",
                                            "{greater than|larger than|above|more than} <k>",
                                            "{less than|smaller than|below|under} <k>"};
        str                      pattern = {0};
        str_addf(
            &pattern,
            "{{A|One} number {from|between} 1 {to|and} <n>[ (both included)] is {chosen|picked|drawn} at random. What "
            "is the {probability|chance} that it is %s?|{Someone|A computer|A child} {picks|chooses|draws} a {whole "
            "number|number} from 1 to <n> at random. {How likely is it|What is the probability} that it is %s?|Cards "
            "are numbered from 1 to <n>. One is drawn. What is the {probability|chance} of a number %s?}",
            what[c->how], what[c->how], what[c->how]);
        wording_ask(&p->question, r, pattern.p, slot);
        str_free(&pattern);
        return;
    }
    for (int i = 0; i < c->colours; i++) {
        snprintf(num[i], sizeof num[i], "%ld", c->count[i]);
        str_addf(&mix, "%s%s %s", i == 0 ? "" : i == c->colours - 1 ? " and " : ", ", num[i], c->colour[i]);
    }
    const char              *x = c->colour[0], *y = c->colour[1];
    const word_slot          slot[] = {{"mix", mix.p},
                                       {"ball", ball[b][0]},
                                       {"balls", ball[b][1]},
                                       {"x", x},
                                       {"y", y},
                                       {"two", said[c->draws]},
                                       {"both", c->draws == 2 ? "both" : "all"},
                                       {0}};
    static const char *const what[] = {
        "{it is <x>|the <ball> is <x>|<x> comes}",
        "{it is not <x>|the <ball> is not <x>|it has another colour than <x>}",
        "{it is <x> or <y>|it is either <x> or <y>}",
        "{<both> are <x>|<both> of them are <x>|only <x> ones come}",
        "{one is <x> and {one|the other} is <y>|{one <x> and one <y>|a <x> and a <y>} <ball> {comes|come}}",
        "{at least one is <x>|one or more are <x>|at least one of them is <x>}"};
    str         pattern = {0};
    const char *take =
        c->draws == 1 ? "{One {of them|<ball>} is {drawn|taken|picked}[ {at random|without looking}].|You "
                        "{draw|take|pick} one {at random|without looking}.|Someone takes one without looking.}"
        : c->back     ? "{Then <two> are drawn {at random|one after the other}, and each is put back before the next "
                        "draw.|You draw <two> at random, putting each back before the next[ one].|Someone draws <two>, one "
                        "after the other, with replacement.}"
                  : "{Then <two> are drawn {at random|one after the other}, and none is put back.|You draw <two> at "
                    "random without putting any back.|Someone draws <two>, one after the other, without replacement.}";
    str_addf(&pattern,
             "{{A|One} {bag|box|jar|drawer|sack|basket} {holds|contains|has} <mix> <balls>|There are <mix> <balls> in "
             "a {bag|box|jar|drawer|sack|basket}|In a {bag|box|jar|drawer|sack|basket} there are <mix> <balls>}. %s "
             "{What is the {probability|chance} that|How {likely|probable} is it that} %s?",
             take, what[c->e]);
    wording_ask(&p->question, r, pattern.p, slot);
    str_free(&pattern);
    str_free(&mix);
    str_free(&ev);
}

static void make(rng *r, int level, problem *p) {
    chance c;
    while (!draw(r, level, &c)) {}
    p->level = level;
    ask(p, r, &c);
    str u = {0};
    understand(&u, &c);
    str_addf(&p->key, "probability:%s", u.p);
    static const char *const plan[] = {"wanted / all",
                                       "the others / all",
                                       "both wanted counts / all",
                                       "wanted cases / all cases, draw by draw",
                                       "one of each in two orders / all cases",
                                       "all cases less those with none",
                                       "count the wanted numbers / all"};
    str_addf(&p->reasoning, "Understand: %s\nPlan: %s, then reduce\n", u.p, plan[c.e]);
    str_free(&u);
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &c});
    ratio     v = {f.v, f.w};
    char      s[48];
    ratio_make(f.v, f.w, &v);
    snprintf(s, sizeof s, v.q == 1 ? "%lld" : "%lld/%lld", v.p, v.q);
    str_addf(&p->truth, "%s", s);
    const word_slot slot[] = {{"v", s}, {0}};
    wording_put(&p->answer, r,
                "{3*The probability is **<v>**.|**<v>**|The chance is **<v>**.|It is **<v>**.|The answer is **<v>**.}",
                slot);
}

/* ---- judging: 3/8, 0.375, 37.5%, 3 out of 8 */
static void plain(str *out, const char *s) {
    while (*s) {
        const char *end;
        ratio       v, hundred = {100, 1};
        if (isdigit((unsigned char)*s) && ratio_read(s, &v, &end)) {
            const char *q = end;
            while (*q == ' ' || *q == '\\') q++;
            if (*q == '%' && ratio_op(v, '/', hundred, &v)) {
                str_addf(out, "%lld/%lld", v.p, v.q);
                s = q + 1;
                continue;
            }
            if (!strncmp(q, "percent", 7) && ratio_op(v, '/', hundred, &v)) {
                str_addf(out, "%lld/%lld", v.p, v.q);
                s = q + 7;
                continue;
            }
            str_addn(out, s, (size_t)(end - s));
            s = end;
            if (!strncmp(s, " out of ", 8) && isdigit((unsigned char)s[8])) str_addc(out, '/'), s += 8;
            else if (!strncmp(s, " in ", 4) && isdigit((unsigned char)s[4])) str_addc(out, '/'), s += 4;
            continue;
        }
        str_addc(out, *s++);
    }
    str_add(out, "");
}

static bool right(const problem *p, const char *text, char why[96]) {
    if (verify_echo(p->question.p, text, why)) return false;
    str s = {0};
    plain(&s, text);
    bool ok = answer_matches(s.p, p->truth.p, why);
    str_free(&s);
    return ok;
}

/* ---- the other way: through the draws, colour by colour */
typedef struct drawing {
    char colour[COLOURS][24];
    long count[COLOURS];
    int  n;
    bool back;
    char want[64];
} drawing;

static bool holds(const drawing *d, const int *seen, int draws) {
    char x[24] = "", y[24] = "";
    int  first = 0, others = 0;
    for (int i = 0; i < d->n; i++) others += seen[i];
    if (sscanf(d->want, "one %23s and one %23s", x, y) == 2) {
        int hit = 0;
        for (int i = 0; i < d->n; i++) hit += seen[i] == 1 && (!strcmp(d->colour[i], x) || !strcmp(d->colour[i], y));
        return hit == 2 && draws == 2;
    }
    if (strstr(d->want, " or ") && sscanf(d->want, "%23s or %23s", x, y) == 2) {
        for (int i = 0; i < d->n; i++)
            if (seen[i] && (!strcmp(d->colour[i], x) || !strcmp(d->colour[i], y))) return true;
        return false;
    }
    bool least = sscanf(d->want, "at least one %23s", x) == 1, all = !least && sscanf(d->want, "all %23s", x) == 1,
         no = !least && !all && sscanf(d->want, "not %23s", x) == 1;
    if (!least && !all && !no) snprintf(x, sizeof x, "%.23s", d->want);
    for (int i = 0; i < d->n; i++)
        if (!strcmp(d->colour[i], x)) first += seen[i];
    return no ? !first : all ? first == draws : first > 0;
}

static bool through(drawing *d, int left, int *seen, int draws, ratio so_far, ratio *sum) {
    if (!left) return !holds(d, seen, draws) || ratio_op(*sum, '+', so_far, sum);
    long all = 0;
    for (int i = 0; i < d->n; i++) all += d->count[i];
    for (int i = 0; i < d->n; i++) {
        ratio f, next;
        if (!d->count[i]) continue;
        if (!ratio_make(d->count[i], all, &f) || !ratio_op(so_far, '*', f, &next)) return false;
        if (!d->back) d->count[i]--;
        seen[i]++;
        bool ok = through(d, left - 1, seen, draws, next, sum);
        seen[i]--;
        if (!d->back) d->count[i]++;
        if (!ok) return false;
    }
    return true;
}

static bool no(char why[96]) {
    snprintf(why, 96, "what was understood is no drawing");
    return false;
}

static bool solve(const problem *p, str *truth, char why[96]) {
    const char *s;
    size_t      n;
    long        top, k, hits = 0;
    ratio       v = {0, 1}, one = {1, 1};
    char        word[24];
    if (!fam_understood(p, &s, &n, why)) return false;
    if (sscanf(s, "numbers = 1 to %ld; asked: %23[a-z ] %ld", &top, word, &k) == 3 && top > 0 && top < 100000) {
        for (long i = 1; i <= top; i++)
            hits += *word == 'a' && word[1] == ' ' ? i % k == 0 : *word == 'a' ? i > k : i < k;
        if (!ratio_make(hits, top, &v)) return no(why);
    } else {
        drawing d = {.n = 0};
        int     used, draws = 0, seen[COLOURS] = {0};
        while (d.n < COLOURS && sscanf(s, "%23[a-z] = %ld; %n", d.colour[d.n], &d.count[d.n], &used) == 2)
            d.n++, s += used;
        if (sscanf(s, "draws = %23[a-z]%n", word, &used) != 1) return no(why);
        for (int i = 1; i <= DRAWS; i++)
            if (!strcmp(word, said[i])) draws = i;
        s += used;
        d.back           = str_starts(s, ", put back");
        const char *want = strstr(s, "; asked: ");
        if (!want || !draws || sscanf(want, "; asked: %63[a-z ]", d.want) != 1) return no(why);
        if (!through(&d, draws, seen, draws, one, &v)) return no(why);
    }
    str_addf(truth, v.q == 1 ? "%lld" : "%lld/%lld", v.p, v.q);
    return true;
}

const family fam_probability = {.name   = "probability",
                                .field  = "education",
                                .about  = "chances as fractions, one to three draws",
                                .levels = 10,
                                .make   = make,
                                .right  = right,
                                .solve  = solve};
