/* fam_stock_out.c -- when stock runs out.
 *
 * Levels: 1 the same number every day, which day; 2 larger; 3 what was sold so far is taken off first; 4 a list of
 * sales by day or month; 5 three digits; 6 with a column too many; 7 with a delivery; 8 every day the same, with a
 * delivery on the way; 9 two deliveries; 10 two deliveries, a column too many, and how many are missing. The list is
 * worked through one row at a time; its check adds everything that came and everything that was wanted. */
#include <string.h>
#include "task/biz_draft.h"
#include "task/lexicon.h"

/* ---- every day the same: a quotient rounded up */
static void draw_same(biz_draft *d) {
    static const char *const thing[] = {"units", "bags", "boxes", "bottles", "cards", "bikes", "lamps", "tickets"};
    int                      level   = d->level;
    long                     each    = level == 1   ? biz_draft_range(d, 2, 12)
                                       : level == 2 ? biz_draft_range(d, 11, 79)
                                                    : biz_draft_range(d, 5, 90);
    const char              *of      = thing[rng_below(d->r, 8)];
    long                     stock   = biz_draft_range(d, each + 1 + (level == 3) * 9, each * (level == 1 ? 90 : 40));
    str_add(&d->slot[3], of);
    d->name = of;
    int s = biz_draft_number(d, "stock", 'a', stock, ""), e = biz_draft_number(d, "a day", 'b', each, "");
    d->kind   = BIZ_UNITS;
    d->unit   = "";
    d->answer = "{It runs out on day|The last one is sold on day|That is day} <v>.";
    d->lead   = "{<who> has <a> <d> in stock and sells <b> {a day|every day|per day}.|There are <a> <d> in {stock|the "
                "store room}. <b> are sold {each day|daily}.|Stock: <a> <d>, sales: <b> a day.|<a> <d> are in stock and "
                "<b> of them go every day.}";
    d->ask    = " {On which day (the first is day {one|number one}) {does the stock run out|is the last one sold}|On "
                "{which|what} day is the last one sold, counting from {day one|the first day}|After how many days is "
                "{nothing|none} left (a day that is begun counts)}?";
    d->plan   = "divide the stock by what is sold in a day, round up";
    if (level == 3) {
        int gone = biz_draft_number(d, "sold already", 'c', biz_draft_range(d, 3, stock - 2), "");
        s        = sheet_op(&d->s, "left", s, '-', gone);
        d->lead = "{<who> had <a> <d>, <c> are sold already. From now on <b> go every day.|Of <a> <d> in stock <c> are "
                  "gone. {Now|From today} <b> are sold a day.|{<a> <d> came in, <c> were sold at once|There were <a> "
                  "<d>, <c> went at once}; now <b> are sold daily.}";
        d->plan = "take off what is sold, divide by what is sold in a day, round up";
    }
    if (level == 8) {
        int more =
            biz_draft_number(d, "delivery", 'c', each * biz_draft_range(d, 2, 12) + biz_draft_range(d, 0, each), "");
        s = sheet_op(&d->s, "stock and delivery", s, '+', more);
        d->lead =
            "{<who> has <a> <d> in stock and sells <b> {a day|every day}. Before that is gone, <c> more arrive.|There "
            "are <a> <d> in stock, <b> are sold {each day|daily}, and <c> new ones come in {in time|while there is "
            "still stock}.|Stock: <a> <d>, sales: <b> a day; a delivery of <c> comes before it runs out.}";
        d->plan = "stock and delivery together, divided by what is sold in a day, rounded up";
    }
    sheet_up(&d->s, level == 8 ? "days = that / a day" : NULL, s, e);
}

/* ---- a list: one row after the other */
typedef struct walk {
    ledger l;
    long   stock, in[LEDGER_MAX]; /* what arrives before the sales of that row */
    int    col, out;              /* the row where it is not enough */
    long   left, lack;            /* as Work found them: what is left then, and what is missing */
    bool   missing;
} walk;

static void put_less(trace *t, long a, long b, const char *rest, const char *name) {
    digits_num(t->out, a);
    str_add(t->out, a == b ? " = " : " < ");
    digits_num(t->out, b);
    str_addf(t->out, "%s%s\n", rest, name);
}

static void work(trace *t, void *ctx, fam_value *found) {
    walk *w    = ctx;
    long  left = w->stock;
    *found     = (fam_value){-1, 0};
    for (int i = 0; i < w->l.rows; i++) {
        long sold = w->l.v[i][w->col];
        str_addf(t->out, "%s\n", w->l.name[i]);
        if (w->in[i] && !trace_slips(t)) left = digits_op(t, left, '+', w->in[i]); /* else forgets what arrives */
        if (left < sold) {
            put_less(t, left, sold, ", not enough on ", w->l.name[i]);
            w->left = left;
            w->lack = w->missing ? digits_op(t, sold, '-', left) : 0;
            *found  = (fam_value){i, w->lack};
            return;
        }
        put_less(t, sold, left, ", enough", "");
        left = digits_op(t, left, '-', sold);
    }
    t->bad = true; /* only after a slip: it lasts too long */
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const walk *w    = ctx;
    int         n    = (int)found->v;
    long        came = w->stock, gone = w->l.v[0][w->col];
    str_addf(t->out, "all that came until %s\n", w->l.name[n]);
    for (int i = 0; i <= n; i++)
        if (w->in[i]) came = digits_op(t, came, '+', w->in[i]);
    digits_num(t->out, came);
    str_add(t->out, "\nall that was wanted before\n");
    for (int i = 1; i < n; i++) gone = digits_op(t, gone, '+', w->l.v[i][w->col]);
    if (!n) gone = 0;
    if (came < gone) {
        put_less(t, came, gone, "", ", wrong");
        return false;
    }
    long left = digits_op(t, came, '-', gone);
    if (left != w->left || left >= w->l.v[n][w->col]) {
        digits_num(t->out, left);
        if (left != w->left) str_addf(t->out, " is not %ld, wrong\n", w->left);
        else str_addf(t->out, " is enough for %ld, wrong\n", w->l.v[n][w->col]);
        return false;
    }
    if (!w->missing) {
        put_less(t, left, w->l.v[n][w->col], ", right", "");
        return true;
    }
    str_addf(t->out, "%ld + %ld must be %ld\n", w->lack, left, w->l.v[n][w->col]);
    return fam_compare(t, digits_op(t, w->lack, '+', left), w->l.v[n][w->col]);
}

static long range(rng *r, long lo, long hi) { return rng_range(r, (int)lo, (int)hi); }

/* Sales, deliveries, and a stock that ends somewhere in the list, not on its first day. */
static void draw_walk(rng *r, int level, walk *w) {
    ledger *l = &w->l;
    int     n = level == 4 ? 5 : level == 10 ? 9 : 7, deliveries = level == 7 ? 1 : level >= 9 ? 2 : 0;
    ledger_rows(r, l, n <= 7 && rng_below(r, 3) ? LEDGER_DAYS : LEDGER_MONTHS, n);
    w->col     = ledger_col(l, rng_below(r, 2) ? "sales" : "demand", 0);
    w->missing = level == 10;
    long hi = level == 4 ? 60 : 400, sum = 0, in = 0;
    for (int i = 0; i < n; i++) l->v[i][w->col] = range(r, hi / 8, hi);
    w->out = (int)range(r, deliveries ? 4 : 2, n - (level == 4 ? 1 : 2));
    for (int i = 0; i < deliveries; i++) w->in[i ? range(r, 3, w->out) : range(r, 1, 2)] = range(r, hi / 3, hi);
    for (int i = 0; i <= w->out; i++) sum += l->v[i][w->col], in += w->in[i];
    long short_of   = range(r, 1, l->v[w->out][w->col]);
    w->stock        = sum - in - short_of;
    const char *col = l->col[w->col];
    if (level == 6 || level == 10) ledger_noise(r, l);
    w->col = ledger_find(l, col);
}

/* Does it really last until w->out? A delivery can come too late. */
static bool lasts(const walk *w) {
    long left = w->stock;
    for (int i = 0; i <= w->out; i++) {
        left += w->in[i];
        if (i == 0 && left < 0) return false;
        if (left < w->l.v[i][w->col]) return i == w->out && w->stock > 0;
        left -= w->l.v[i][w->col];
    }
    return false;
}

static void make_walk(rng *r, int level, problem *p) {
    static const char ask[] =
        "{The stock {before|at the start of} the first <head> is <a>.|<a> {are in stock|are there} before the first "
        "<head>.|We start with a stock of <a>.|Stock at the start: <a>.}<in_text> "
        "<at> which <head> is there {not enough stock {for the <what>|left}|too little {stock|in stock}} for the first "
        "time<miss>?";
    walk w;
    str  u = {0}, a = {0}, in = {0};
    do w = (walk){0}, draw_walk(r, level, &w);
    while (!lasts(&w));
    str_addf(&u, "find %s; stock: %ld; ", w.missing ? "stock-out and how many are missing" : "stock-out", w.stock);
    biz_list(&u, &w.l, w.col, NULL);
    bool first = true, time = w.l.kind == LEDGER_DAYS;
    for (int i = 0; i < w.l.rows; i++) {
        if (!w.in[i]) continue;
        str_addf(&u, first ? "; delivery at: %s %ld" : ", %s %ld", w.l.name[i], w.in[i]);
        str_addf(&in, first ? (time ? " On %s" : " In %s") : (time ? " and on %s" : " and in %s"), w.l.name[i]);
        str_addf(&in, first ? " a delivery of %ld arrives before the first sale" : " one of %ld", w.in[i]);
        first = false;
    }
    if (in.len) str_addc(&in, '.');
    str_addf(&a, "%ld", w.stock);
    biz_open(p, "stock_out", u.p,
             in.len ? "row by row: add what arrives, take away what is sold, until it is not enough"
                    : "row by row: take away what is sold, until it is not enough");
    const word_slot slot[] = {{"a", a.p},
                              {"at", time ? "On" : "In"},
                              {"what", w.l.col[w.col]},
                              {"in_text", in.p ? in.p : ""},
                              {"miss", w.missing ? ", and how many are missing then" : ""},
                              {0}};
    biz_ask(p, r, &w.l, "", ask, slot);
    fam_value   f    = fam_work(p, r, &(fam_phases){work, check, &w});
    const char *name = w.l.name[f.v];
    str_add(&p->truth, name);
    if (w.missing) str_addf(&p->truth, " %ld", w.lack);
    for (int i = 0; i < w.l.rows; i++) str_addf(&p->truth, "%s%s", i ? ", " : "; ", w.l.name[i]);
    str_add(&p->truth, "; first");
    str_clear(&a);
    str_addf(&a, "%ld", w.lack);
    const word_slot said[] = {{"name", name}, {"v", a.p}, {0}};
    wording_put(&p->answer, r,
                w.missing ? "{**<name>**: **<v>** are missing|It is **<name>**, with **<v>** too few}."
                          : "{The stock is too small first with **<name>**|It is **<name>**|**<name>** is the first}.",
                said);
    str_free(&u);
    str_free(&a);
    str_free(&in);
}

static void draw(biz_draft *d) {
    biz_draft_find(d, "day");
    draw_same(d);
}

static void make(rng *r, int level, problem *p) {
    p->level = level;
    if (level <= 3 || level == 8) biz_draft_make(p, r, level, "stock_out", draw);
    else make_walk(r, level, p);
}

static bool right(const problem *p, const char *answer, char why[96]) {
    return strchr(p->truth.p, ';') ? biz_named(p, answer, why) : biz_right(p, answer, why);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    static const ratio none = {0, 1};
    biz_facts          f;
    if (!biz_read(p, &f, why)) return false;
    ratio            left = biz_one(&f, "stock", none), each = biz_one(&f, "a day", none);
    const biz_field *in = biz_get(&f, "delivery"), *out = biz_get(&f, "sales");
    if (!out) out = biz_get(&f, "demand");
    if (!strcmp(f.find, "day")) {
        if (each.p <= 0) return biz_solved(why, "nothing is sold");
        biz_rounded(truth,
                    biz_up(biz_calc(biz_calc(biz_calc(left, '+', biz_sum(in)), '-', biz_one(&f, "sold already", none)),
                                    '/', each)),
                    0);
        return true;
    }
    int i = 0;
    for (; out && i < out->n; i++) {
        for (int k = 0; in && k < in->n; k++)
            if (!strcmp(in->name[k], out->name[i])) left = biz_calc(left, '+', in->v[k]);
        left = biz_calc(left, '-', out->v[i]);
        if (left.p < 0) break;
    }
    if (!out || i == out->n) return biz_solved(why, "the stock lasts");
    str_add(truth, out->name[i]);
    if (strstr(f.find, "missing")) str_addf(truth, " %lld", -left.p);
    for (int k = 0; k < out->n; k++) str_addf(truth, "%s%s", k ? ", " : "; ", out->name[k]);
    str_add(truth, "; first");
    return true;
}

const family fam_stock_out = {.name   = "stock_out",
                              .field  = "business",
                              .about  = "the day or month on which stock runs out, with deliveries",
                              .levels = 10,
                              .make   = make,
                              .right  = right,
                              .solve  = solve};
