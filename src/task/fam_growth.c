/* fam_growth.c -- how much something grew or shrank: the change, in percent, between rows, of totals.
 *
 * Levels: 1 the change of small numbers; 2 three digits, up or down; 3 percent, whole; 4 percent to one decimal; 5 the
 * change between two months of a table; 6 the same in percent with a column too many; 7 the largest step from one
 * month to the next; 8 the growth of totals; 9 the product that grew most, in percent; 10 two changes after each other,
 * or the value before a change. The check undoes each step. */
#include <string.h>
#include "task/biz.h"
#include "task/fam.h"

typedef struct draft {
    rng        *r;
    int         level;
    measure     q;
    ledger      l;
    sheet       s;
    str         u, a, b, c;
    const char *from, *to, *plan, *names[LEDGER_MAX];
    bool        percent, most, round;
} draft;

static void amount(draft *d, str *s, long v) { /* the unit of what is counted is said already */
    if (d->q.unit) digits_num(s, v);
    else biz_amount(s, d->q.m, v, 0);
}

static void percent_of(draft *d, int now, int was) {
    int change = sheet_op(&d->s, "change = now - before", now, '-', was);
    sheet_percent(&d->s, "growth = change / before", change, was, d->round);
    d->plan = "the change, divided by the value before, in percent";
}

/* Levels 1 to 4: two numbers. */
static void draw_two(draft *d) {
    rng *r = d->r;
    long was, now;
    d->percent = d->level >= 3;
    d->round   = d->level == 4;
    do {
        if (d->level == 1) was = rng_range(r, 5, 95), now = was + rng_range(r, 1, 80);
        else if (d->level == 2) was = rng_range(r, 100, 999), now = rng_range(r, 100, 999);
        else if (d->level == 3) {
            was = 100 * rng_range(r, 1, rng_below(r, 2) ? 12 : 99);
            now = was / 100 * rng_range(r, 20, 195);
        } else was = rng_range(r, 12, 99), now = rng_range(r, (int)was / 2, (int)was * 2);
    } while (now == was);
    amount(d, &d->a, was);
    amount(d, &d->b, now);
    int x = biz_given(&d->s, &d->u, "before", was, 0), y = biz_given(&d->s, &d->u, "now", now, 0);
    if (d->percent) {
        percent_of(d, y, x);
    } else {
        sheet_op(&d->s, "change = now - before", y, '-', x);
        d->plan = "take the value before from the value now";
    }
}

/* Levels 5 and 6: two rows of several. */
static void draw_rows(draft *d) {
    rng    *r = d->r;
    ledger *l = &d->l;
    ledger_rows(r, l, rng_below(r, 4) ? LEDGER_MONTHS : LEDGER_DAYS, rng_range(r, 5, 7));
    int at[2];
    do at[0] = (int)rng_below(r, (uint64_t)l->rows), at[1] = (int)rng_below(r, (uint64_t)l->rows);
    while (at[0] >= at[1]);
    d->percent = d->level == 6;
    d->round   = d->percent;
    int c      = ledger_col(l, d->q.col, 0);
    for (int i = 0; i < l->rows; i++) l->v[i][c] = d->percent ? 10 * rng_range(r, 4, 99) : rng_range(r, 200, 2999);
    if (l->v[at[0]][c] == l->v[at[1]][c]) l->v[at[1]][c] += 10;
    if (d->percent) ledger_noise(r, l);
    c       = ledger_find(l, d->q.col);
    d->from = l->name[at[0]];
    d->to   = l->name[at[1]];
    str_add(&d->u, "; ");
    biz_rows(&d->u, l, c, at, 2);
    int x = sheet_given(&d->s, l->v[at[0]][c], 0), y = sheet_given(&d->s, l->v[at[1]][c], 0);
    d->plan = "find both rows, take the first from the second";
    if (d->percent) percent_of(d, y, x);
    else sheet_op(&d->s, "change = now - before", y, '-', x);
}

/* Level 7: the largest increase, or the smallest, from one row to the next. */
static void draw_steps(draft *d) {
    rng    *r = d->r;
    ledger *l = &d->l;
    int     x[LEDGER_MAX], n;
    ledger_rows(r, l, LEDGER_MONTHS, 5);
    int c = ledger_col(l, d->q.col, 0);
    for (int i = 0; i < l->rows; i++) l->v[i][c] = i ? l->v[i - 1][c] + rng_range(r, 3, 190) : rng_range(r, 60, 700);
    str_add(&d->u, "; ");
    biz_list(&d->u, l, c, NULL);
    n = biz_cells(&d->s, l, c, NULL, x, d->names);
    for (int i = n - 1; i > 0; i--) d->names[i - 1] = l->name[i];
    for (int i = 1; i < n; i++)
        d->names[i - 1] = l->name[i], x[i - 1] = sheet_op(&d->s, l->name[i], x[i], '-', x[i - 1]);
    sheet_best(&d->s, "compare", x, d->names, n - 1, d->most ? '>' : '<');
    d->plan = "the step to each month from the one before, then compare";
}

/* Level 8: totals of two columns. Level 9: the growth of each row. */
static void draw_years(draft *d) {
    rng    *r = d->r;
    ledger *l = &d->l;
    int     x[LEDGER_MAX], y[LEDGER_MAX], n;
    ledger_rows(r, l, rng_below(r, 2) ? LEDGER_PRODUCTS : rng_below(r, 2) ? LEDGER_REGIONS : LEDGER_PEOPLE, 3);
    int a = ledger_col(l, "last year", 0), b = ledger_col(l, "this year", 0);
    for (int i = 0; i < l->rows; i++) {
        l->v[i][a] = 10 * (d->level == 8 ? rng_range(r, 4, 32) : rng_range(r, 2, 12));
        l->v[i][b] =
            d->level == 8 ? rng_range(r, 40, 420) : l->v[i][a] + rng_range(r, -(int)l->v[i][a] / 4, (int)l->v[i][a]);
        if (l->v[i][b] == l->v[i][a]) l->v[i][b]++;
    }
    d->round = true;
    str_add(&d->u, "; ");
    biz_list(&d->u, l, a, NULL);
    str_add(&d->u, "; ");
    biz_list(&d->u, l, b, NULL);
    n = biz_cells(&d->s, l, a, NULL, x, d->names);
    biz_cells(&d->s, l, b, NULL, y, NULL);
    if (d->level == 8) {
        int was = sheet_sum(&d->s, "last year", x, n), now = sheet_sum(&d->s, "this year", y, n);
        percent_of(d, now, was);
        d->plan = "add both years, then the change divided by the year before, in percent";
        return;
    }
    for (int i = 0; i < n; i++)
        x[i] = sheet_percent(&d->s, NULL, sheet_op(&d->s, d->names[i], y[i], '-', x[i]), x[i], 1);
    sheet_best(&d->s, "compare", x, d->names, n, d->most ? '>' : '<');
    d->plan = "the growth of each in percent, then compare";
}

/* Level 10: a value before its growth, or the whole of two changes. */
static void draw_back(draft *d) {
    rng *r = d->r;
    int  h = sheet_given(&d->s, 100, 0);
    long p = 5 * rng_range(r, 1, 16);
    if (rng_below(r, 2)) { /* after +p % it is now v */
        long was = 20 * rng_range(r, 3, 240), now = was + was * p / 100;
        str_addf(&d->a, "%ld%%", p);
        amount(d, &d->b, now);
        int g = biz_given(&d->s, &d->u, "growth", p, 0), v = biz_given(&d->s, &d->u, "now", now, 0);
        int of = sheet_op(&d->s, "now is so many percent of before", h, '+', g);
        sheet_percent(&d->s, "before = now / that", v, of, 0);
        d->plan    = "now is 100 percent and the growth; divide by it";
        d->percent = false;
        return;
    }
    long q = 5 * rng_range(r, 1, 12), s = rng_range(r, 2, 99);
    long was = 20 * s;
    str_addf(&d->a, "%ld%%", p);
    str_addf(&d->b, "%ld%%", q);
    amount(d, &d->c, was);
    int v = biz_given(&d->s, &d->u, "at first", was, 0), g = biz_given(&d->s, &d->u, "then up", p, 0),
        f    = biz_given(&d->s, &d->u, "then down", q, 0);
    int up   = sheet_op(&d->s, "grown by p percent: 100 + p", h, '+', g),
        down = sheet_op(&d->s, "less q percent: 100 - q", h, '-', f);
    int x    = sheet_div(&d->s, NULL, sheet_op(&d->s, "after growth", v, '*', up), h, 2);
    sheet_div(&d->s, NULL, sheet_op(&d->s, "after the fall", x, '*', down), h, 4);
    d->plan    = "times 100 plus the growth, by 100; times 100 less the fall, by 100";
    d->percent = false;
}

static const char two[] =
    "{<who>'s <what> {went|changed|moved} from <a> {last|one} {month|year|week} to <b> {this one|the next}.|<who> had "
    "<what> of <a> {before|last year|last month} and {has <b> now|then <b>}.|"
    "<what> {before: <a>, now: <b>|last year: <a>, this year: <b>|in May: <a>, in June: <b>|yesterday: <a>, today: "
    "<b>}.|{Last year <what> came to <a>, this year to <b>|Last month <what> were <a>, this month <b>|Last quarter "
    "<what> reached <a>, this quarter <b>}.} ";
static const char change_of[] = "{How {much|large} is the change|By how much did that change|What is the {absolute "
                                "|}change|By how much did it go up or down|What's the difference from before to now}?";
static const char growth_of[] =
    "{By how many percent did {that|it} {change|go up or down}|What is the growth[ rate] in percent|What's the percent "
    "change|How many percent is the change|What is the percentage change}?";
static const char rows_change[] =
    "{By how much did <what> change from <from> to <to>|What is the change in <what> from <from> to <to>|How much "
    "{more or less|higher or lower} {was|were} <what> in <to> than in <from>|"
    "From <from> to <to>, how did <what> change (in numbers)}?";
static const char rows_growth[] =
    "{By how many percent did <what> change from <from> to <to>|What is the {growth|change} of <what> from <from> to "
    "<to> in percent|What was the growth rate of <what> from <from> to <to>|"
    "From <from> to <to>, what's the percent change of <what>}?";
static const char steps[] =
    "{In which month was the <most> increase over the month before, and how {large|much} was it|Which month "
    "{saw|had|shows} the <most> increase over the previous month, and by how much|"
    "To which month was the step up the <most>? How {large|much} was it|Find the month with the <most> rise over the "
    "month before. How {large|much} was it}?";
static const char totals[] =
    "{By how many percent did the total change|What is the {growth|change} of the total in percent|How many percent "
    "did all <heads> together change|Taking all <heads> together, what is the growth in percent}"
    "{ from last year to this year|}?";
static const char years[] =
    "{Which <head> grew the <most> in percent, and by how many|Which <head> had the <high> growth in percent, and how "
    "much was it|Find the <head> with the <high> percent growth. How {large|much} is it|"
    "What <head> has the <high> growth rate, and what is it}?";

static void finish(problem *p, draft *d) {
    decimal v     = sheet_last(&d->s);
    str     value = {0};
    bool    named = d->level == 7 || d->level == 9, pc = d->percent || d->level == 8 || d->level == 9;
    decimal u = {v.v < 0 && !named ? -v.v : v.v, v.places};
    if (pc) decimal_put(&value, u), str_addc(&value, '%');
    else biz_measured(&value, &d->q, u);
    if (named) {
        const sheet_cell *last = &d->s.of[d->s.n - 1];
        biz_winner(&p->truth, d->names, last->n, last->pick, v, d->most ? "most" : "least");
        const word_slot slot[] = {
            {"name", d->names[last->pick]}, {"v", value.p}, {"most", d->most ? "largest" : "smallest"}, {0}};
        wording_put(
            &p->answer, d->r,
            "{**<name>**, with **<v>**|It is **<name>** with **<v>**|The <most> one is that of **<name>**: **<v>**}.",
            slot);
    } else {
        decimal_put(&p->truth, v);
        biz_answer(p, d->r,
                   d->level == 10 ? "{It is|That makes|The value is} <v>."
                   : v.v < 0      ? "{It fell by|That is a decrease of|A decrease of} <v>."
                                  : "{It grew by|That is an increase of|An increase of} <v>.",
                   value.p);
    }
    str_free(&value);
}

static void draw(draft *d) {
    str_addf(&d->u, "find %s",
             d->level == 10                   ? "value"
             : d->level == 7                  ? (d->most ? "largest increase" : "smallest increase")
             : d->level == 9                  ? (d->most ? "highest growth" : "lowest growth")
             : d->level <= 2 || d->level == 5 ? "change"
                                              : "growth");
    if (d->level <= 4) draw_two(d);
    else if (d->level <= 6) draw_rows(d);
    else if (d->level == 7) draw_steps(d);
    else if (d->level <= 9) draw_years(d);
    else draw_back(d);
}

static void make(rng *r, int level, problem *p) {
    static const char before[] =
        "{After {growing|a rise} by <a>, <what> {are|is} now <b>.|<who>'s <what> grew by <a> and {came|come} to <b> "
        "now.|<what>: up <a> on last year, now <b>.} "
        "{What was it before|How much was it before that|What was the value before|What was last year's value}?";
    static const char after[] =
        "{<who>'s <what> of <c> grew by <a> and then fell by <b>.|<what> {started at|began at|were} <c>, {rose by|went "
        "up} <a>, then {fell by|went down} <b>.} "
        "{How {much|large} is it {now|after that|in the end}|What is the value now|Where does it stand now}?";
    draft d;
    str   pattern = {0}, who = {0};
    bool  again = false;
    do {
        if (again) str_free(&d.u), str_free(&d.a), str_free(&d.b), str_free(&d.c);
        d = (draft){
            .r = r, .level = level, .q = biz_measure(r, level == 10 || rng_below(r, 2)), .most = rng_below(r, 3) > 0};
        draw(&d);
        again = true;
    } while (!sheet_values(&d.s));
    str_add(&who, biz_who(r));
    p->level = level;
    biz_open(p, "growth", d.u.p, d.plan);
    static const char *const of[] = {change_of,   change_of, growth_of, growth_of, rows_change,
                                     rows_growth, steps,     totals,    years};
    if (level <= 4) str_add(&pattern, two);
    str_add(&pattern, level < 10 ? of[level - 1] : d.c.len ? after : before);
    if (d.round) str_add(&pattern, biz_round_1);
    const word_slot slot[] = {{"who", who.p},
                              {"what", d.q.col},
                              {"a", d.a.p ? d.a.p : ""},
                              {"b", d.b.p ? d.b.p : ""},
                              {"c", d.c.p ? d.c.p : ""},
                              {"from", d.from ? d.from : ""},
                              {"to", d.to ? d.to : ""},
                              {"most", level == 9 ? (d.most ? "most" : "least")
                                       : d.most   ? "largest"
                                                  : "smallest"},
                              {"high", d.most ? "highest" : "lowest"},
                              {0}};
    if (level >= 5 && level <= 9) biz_ask(p, r, &d.l, d.q.in, pattern.p, slot);
    else wording_ask(&p->question, r, pattern.p, slot);
    sheet_work(p, r, &d.s);
    finish(p, &d);
    str *all[] = {&d.u, &d.a, &d.b, &d.c, &pattern, &who};
    for (int i = 0; i < 6; i++) str_free(all[i]);
}

static ratio percent(ratio was, ratio now) {
    return biz_calc(biz_calc(biz_calc(now, '-', was), '*', (ratio){100, 1}), '/', was);
}

static bool solve_value(const biz_facts *f, str *truth, char why[96]) {
    static const ratio hundred = {100, 1}, none = {0, 1};
    ratio              g = biz_one(f, "growth", none), v = biz_one(f, "at first", none);
    if (g.p) {
        biz_rounded(truth, biz_calc(biz_calc(biz_one(f, "now", none), '*', hundred), '/', biz_calc(hundred, '+', g)),
                    0);
        return true;
    }
    if (!v.p) return biz_solved(why, "neither a value before nor a growth");
    v = biz_calc(biz_calc(v, '*', biz_calc(hundred, '+', biz_one(f, "then up", none))), '/', hundred);
    v = biz_calc(biz_calc(v, '*', biz_calc(hundred, '-', biz_one(f, "then down", none))), '/', hundred);
    biz_rounded(truth, v, 4);
    return true;
}

static bool solve_named(const biz_facts *f, str *truth, char why[96]) {
    const biz_field *a = biz_get(f, "last year"), *b = biz_get(f, "this year");
    ratio            v[BIZ_VALUES];
    biz_field        names = {.n = 0};
    if (strstr(f->find, "increase")) {
        if (f->n != 1 || f->f[0].n < 2) return biz_solved(why, "not months in a row");
        for (int i = 1; i < f->f[0].n; i++, names.n++) {
            memcpy(names.name[i - 1], f->f[0].name[i], BIZ_WORD);
            v[i - 1] = biz_calc(f->f[0].v[i], '-', f->f[0].v[i - 1]);
        }
        biz_best(truth, &names, v, !strncmp(f->find, "largest", 7) ? "most" : "least", 0);
        return true;
    }
    if (!a || !b || a->n != b->n) return biz_solved(why, "not two years");
    for (int i = 0; i < a->n; i++) v[i] = percent(a->v[i], b->v[i]);
    biz_best(truth, a, v, !strncmp(f->find, "highest", 7) ? "most" : "least", 1);
    return true;
}

static bool solve(const problem *p, str *truth, char why[96]) {
    static const ratio none = {0, 1};
    biz_facts          f;
    if (!biz_read(p, &f, why)) return false;
    if (!strcmp(f.find, "value")) return solve_value(&f, truth, why);
    if (strchr(f.find, ' ')) return solve_named(&f, truth, why);
    ratio            was = biz_one(&f, "before", none), now = biz_one(&f, "now", none);
    const biz_field *a = biz_get(&f, "last year"), *b = biz_get(&f, "this year");
    if (a && b) was = biz_sum(a), now = biz_sum(b);
    else if (f.n == 1 && f.f[0].n == 2) was = f.f[0].v[0], now = f.f[0].v[1];
    if (!was.p) return biz_solved(why, "no value before");
    if (!strcmp(f.find, "change")) biz_rounded(truth, biz_calc(now, '-', was), 0);
    else biz_rounded(truth, percent(was, now), 1);
    return true;
}

const family fam_growth = {.name   = "growth",
                           .field  = "business",
                           .about  = "change and growth in percent, of rows, totals, years",
                           .levels = 10,
                           .make   = make,
                           .right  = biz_any,
                           .solve  = solve};
