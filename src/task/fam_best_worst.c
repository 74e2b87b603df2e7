/* fam_best_worst.c -- which month, product, region or person is best or worst, and with what.
 *
 * Levels: 1 the best of three; 2 best or worst of four; 3 five of three digits; 4 six that are near each other; 5
 * eight; 6 with a column that does not matter; 7 within one region; 8 by profit, which must be worked out; 9 by price
 * times units; 10 by profit among five, with larger numbers and a column too many. The check looks from the other end.
 */
#include <string.h>
#include "task/biz.h"
#include "task/fam.h"
#include "task/lexicon.h"

typedef struct draft {
    ledger      l;
    measure     q;
    sheet       s;
    str         u;
    bool        most;
    const char *in, *names[LEDGER_MAX], *what, *plan;
    int         n;
} draft;

static void draw_plain(rng *r, int level, draft *d) {
    static const int rows[] = {3, 4, 5, 6, 8, 6, 4};
    ledger          *l      = &d->l;
    const char      *region[2];
    bool             group = level == 7;
    int              of[LEDGER_MAX];
    ledger_rows(r, l, group ? LEDGER_MONTHS : LEDGER_ANY, rows[level - 1]);
    d->q      = biz_measure(r, rng_below(r, 2));
    int  c    = ledger_col(l, d->q.col, 0);
    long base = level == 1 ? 0 : level == 2 ? 10 : level == 4 || level == 5 ? 10 * rng_range(r, 10, 90) : 100;
    long span = level <= 2 ? 88 : level == 4 || level == 5 ? 99 : 890;
    if (group) {
        lexicon_pick(r, LEX_REGION, region, 2);
        l->group = "region";
        l->rows  = 2 * l->rows;
        for (int i = l->rows - 1; i >= 0; i--) l->name[i] = l->name[i / 2], l->in[i] = region[i % 2];
        d->in = region[rng_below(r, 2)];
    }
    for (int i = 0; i < l->rows; i++) l->v[i][c] = base + rng_range(r, 1, (int)span);
    if (level == 6) ledger_noise(r, l);
    c = ledger_find(l, d->q.col);
    biz_list(&d->u, l, c, d->in);
    d->n = biz_cells(&d->s, l, c, d->in, of, d->names);
    sheet_best(&d->s, NULL, of, d->names, d->n, d->most ? '>' : '<');
    d->what = d->q.col;
    d->plan = d->in ? "compare the rows of the region two at a time" : "compare two at a time";
}

static void draw_derived(rng *r, int level, draft *d) {
    ledger *l = &d->l;
    int     x[LEDGER_MAX], y[LEDGER_MAX];
    bool    times = level == 9;
    ledger_rows(r, l, times ? LEDGER_PRODUCTS : LEDGER_ANY, level == 10 ? 5 : level == 8 ? 4 : 3);
    d->q            = biz_measure(r, true);
    const char *one = times ? "price" : "revenue", *two = times ? "units" : "costs";
    int         a = ledger_col(l, one, 0), b = ledger_col(l, two, 0);
    for (int i = 0; i < l->rows; i++) {
        l->v[i][a] = times ? rng_range(r, 11, 99) : rng_range(r, level == 10 ? 1500 : 200, level == 10 ? 9500 : 999);
        l->v[i][b] =
            times ? rng_range(r, 11, 49) : l->v[i][a] - rng_range(r, level == 10 ? 200 : 20, level == 10 ? 1200 : 190);
    }
    if (level == 10 || rng_below(r, 3) == 0) ledger_noise(r, l);
    biz_list(&d->u, l, ledger_find(l, one), NULL);
    str_add(&d->u, "; ");
    biz_list(&d->u, l, ledger_find(l, two), NULL);
    d->n = biz_cells(&d->s, l, ledger_find(l, one), NULL, x, d->names);
    biz_cells(&d->s, l, ledger_find(l, two), NULL, y, NULL);
    for (int i = 0; i < d->n; i++) x[i] = sheet_op(&d->s, d->names[i], x[i], times ? '*' : '-', y[i]);
    sheet_best(&d->s, "compare", x, d->names, d->n, d->most ? '>' : '<');
    d->what = times ? "revenue" : "profit";
    d->plan = times ? "multiply price and units in each row, then compare" : "the profit of each, then compare";
}

static void make(rng *r, int level, problem *p) {
    static const char ask[] =
        "{Which <head> {3*{had|has}|{shows|brought|made}} the <most> <what>{ and|, and} {how <much> {was|is} "
        "it|what was the number|how <much>|what is the value}?|"
        "{Find|Tell me|Name|Give me|Show me} the <head> with the <most> <what> and {its value|the value|how "
        "<much> it was|its number}.|"
        "What was {our|the} <sense> <head> by <what>, and {how <much> was it|with what number}?|"
        "{Which|What} <head> {did|was} <sense> (by <what>)? {Give the value, too|Say how <much> it was|And the "
        "number}{.|, please.}|"
        "<what>: which <head> is {the |}<sense> and with {how <much>|what number}?}";
    static const char inside[] =
        "{Which <head> {had|has} the <most> <what> in <in_group>{ and|, and} how <much> {was|is} it?|{Find|Tell "
        "me|Name} the <head> with the <most> <what> in <in_group> and {its value|the number}.|"
        "{For|Only for|Looking at} <in_group>[ only]: which <head> was {the |}<sense> by <what>, and {how <much> "
        "was it|with what number}?}";
    draft d;
    str   value = {0};
    do {
        d = (draft){.most = level == 1 || rng_below(r, 2)};
        str_add(&d.u, d.most ? "find highest; " : "find lowest; ");
        if (level <= 7) draw_plain(r, level, &d);
        else draw_derived(r, level, &d);
        if (sheet_values(&d.s)) break;
        str_free(&d.u);
    } while (true);
    p->level = level;
    biz_open(p, "best_worst", d.u.p, d.plan);
    const char *most = d.most ? (rng_below(r, 2) ? "highest" : "most") : rng_below(r, 2) ? "lowest" : "least";
    if (level >= 8 || !d.q.unit)
        most = d.most ? (rng_below(r, 2) ? "highest" : "largest") : rng_below(r, 2) ? "lowest" : "smallest";
    const word_slot slot[] = {{"what", d.what},
                              {"most", most},
                              {"sense", d.most ? "best" : "worst"},
                              {"much", d.q.unit && level < 8 ? "many" : "much"},
                              {"in_group", d.in ? d.in : ""},
                              {0}};
    biz_ask(p, r, &d.l, d.q.in, d.in ? inside : ask, slot);
    sheet_work(p, r, &d.s);
    const sheet_cell *last = &d.s.of[d.s.n - 1];
    biz_winner(&p->truth, d.names, d.n, last->pick, last->v, d.most ? "most" : "least");
    biz_measured(&value, &d.q, last->v);
    const word_slot said[] = {
        {"name", d.names[last->pick]},           {"v", value.p},     {"sense", d.most ? "best" : "worst"},
        {"most", d.most ? "highest" : "lowest"}, {"head", d.l.head}, {0}};
    wording_put(&p->answer, r,
                "{The <sense> <head> {is|was} **<name>** with **<v>**.|**<name>** has the <most> value: **<v>**.|{It "
                "is|That's} **<name>**, with **<v>**.}",
                said);
    str_free(&d.u);
    str_free(&value);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    biz_facts f;
    ratio     v[BIZ_VALUES];
    if (!biz_read(p, &f, why)) return false;
    if ((strcmp(f.find, "highest") && strcmp(f.find, "lowest")) || f.n < 1 || f.n > 2)
        return biz_solved(why, "not a best or worst");
    const biz_field *a = &f.f[0], *b = f.n > 1 ? &f.f[1] : NULL;
    if (b && b->n != a->n) return biz_solved(why, "columns of different length");
    char op = b && !strcmp(b->label, "costs") ? '-' : '*';
    for (int i = 0; i < a->n; i++) v[i] = b ? biz_calc(a->v[i], op, b->v[i]) : a->v[i];
    biz_best(truth, a, v, !strcmp(f.find, "highest") ? "most" : "least", 4);
    return true;
}

const family fam_best_worst = {.name   = "best_worst",
                               .field  = "business",
                               .about  = "the best or worst month, product, region or person, with its value",
                               .levels = 10,
                               .make   = make,
                               .right  = biz_named,
                               .solve  = solve};
