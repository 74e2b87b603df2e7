/* biz.c -- see biz.h: money, ledgers and their telling. Reading back and judging are in biz_read.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/biz.h"
#include "task/lexicon.h"
#include "task/table.h"
#include "task/wording.h"

static bool chance(rng *r, int percent) { return (int)rng_below(r, 100) < percent; }

/* ---- money */
money biz_money(rng *r) {
    static const money all[] = {{"$", "", "dollars"}, {"$", "", "dollars"},        {"$", "", "dollars"},
                                {"$", "", "dollars"}, {"", " dollars", "dollars"}, {"€", "", "euros"},
                                {"", " EUR", "EUR"},  {"", " euros", "euros"},     {"EUR ", "", "EUR"},
                                {"USD ", "", "USD"},  {"£", "", "pounds"},         {"", " pounds", "pounds"}};
    return all[rng_below(r, sizeof all / sizeof *all)];
}

void biz_number(str *s, long v, int places) {
    long one = 1;
    for (int i = 0; i < places; i++) one *= 10;
    if (v < 0) str_addc(s, '-');
    digits_num(s, labs(v) / one);
    if (places) str_addf(s, ".%0*ld", places, labs(v) % one);
}

void biz_amount(str *s, money m, long v, int places) {
    if (v < 0) str_addc(s, '-');
    str_add(s, m.before);
    biz_number(s, labs(v), places);
    str_add(s, m.after);
}

void biz_amount_of(str *s, money m, decimal v) {
    v = decimal_norm(v);
    if (v.places == 1) v = (decimal){v.v * 10, 2};
    biz_amount(s, m, v.v, v.places);
}

measure biz_measure(rng *r, bool in_money) {
    static const char *const cash[]     = {"revenue", "sales", "income", "turnover", "takings", "earnings"};
    static const char *const count[][2] = {{"units sold", "units"},     {"orders", "orders"},
                                           {"tickets sold", "tickets"}, {"downloads", "downloads"},
                                           {"bookings", "bookings"},    {"customers", "customers"},
                                           {"items sold", "items"},     {"deliveries", "deliveries"}};
    measure                  q          = {.m = biz_money(r)};
    if (in_money) {
        q.col = cash[rng_below(r, 6)];
        snprintf(q.in, sizeof q.in, " in %s", q.m.name);
    } else {
        const char *const *c = count[rng_below(r, 8)];
        q.col                = c[0];
        q.unit               = c[1];
    }
    return q;
}

void biz_measured(str *s, const measure *q, decimal v) {
    if (!q->unit) {
        biz_amount_of(s, q->m, v);
        return;
    }
    decimal_put(s, v);
    str_addf(s, " %s", q->unit);
}

/* ---- a ledger */
void ledger_rows(rng *r, ledger *l, ledger_kind k, int n) {
    static const char *const   head[][2] = {{"month", "months"},
                                            {"day", "days"},
                                            {"product", "products"},
                                            {"region", "regions"},
                                            {"salesperson", "salespeople"}};
    static const lexicon_class of[]      = {0, 0, LEX_PRODUCT, LEX_REGION, LEX_CLASSES};
    if (n > LEDGER_MAX) abort();
    if (k == LEDGER_ANY) {
        static const ledger_kind any[] = {LEDGER_MONTHS,   LEDGER_MONTHS,   LEDGER_MONTHS,
                                          LEDGER_DAYS,     LEDGER_PRODUCTS, LEDGER_PRODUCTS,
                                          LEDGER_PRODUCTS, LEDGER_REGIONS,  LEDGER_PEOPLE};
        k                              = any[rng_below(r, sizeof any / sizeof *any)];
        if ((k == LEDGER_DAYS && n > 7) || (k == LEDGER_REGIONS && n > 5)) k = LEDGER_PRODUCTS;
        if (k == LEDGER_MONTHS && n > 12) k = LEDGER_PRODUCTS;
    }
    l->kind  = k;
    l->rows  = n;
    l->head  = head[k][0];
    l->heads = head[k][1];
    if (k == LEDGER_PEOPLE && chance(r, 40)) l->head = "seller", l->heads = "sellers";
    if (k == LEDGER_MONTHS || k == LEDGER_DAYS) {
        int  all = k == LEDGER_MONTHS ? 12 : 7, at = n < all ? (int)rng_below(r, (uint64_t)(all - n + 1)) : 0;
        bool full = chance(r, 40);
        for (int i = 0; i < n; i++, at = (at + 1) % all)
            l->name[i] = k == LEDGER_MONTHS ? (full ? lexicon_month_full(at) : lexicon_month(at))
                                            : (full ? lexicon_day_full(at) : lexicon_day(at));
        return;
    }
    lexicon_pick(r, of[k], l->name, n);
}

int ledger_col(ledger *l, const char *name, int places) {
    if (l->cols == LEDGER_COLS) abort();
    l->col[l->cols]    = name;
    l->places[l->cols] = places;
    return l->cols++;
}

int ledger_find(const ledger *l, const char *col) {
    for (int c = 0; c < l->cols; c++)
        if (!strcmp(l->col[c], col)) return c;
    abort();
}

void ledger_noise(rng *r, ledger *l) {
    static const char *const name[] = {"visitors", "returns", "staff",  "complaints",
                                       "calls",    "rating",  "orders", "emails"};
    const char              *of     = name[rng_below(r, 8)];
    for (int c = 0; c < l->cols; c++)
        if (!strcmp(l->col[c], of)) of = "parcels";
    int  from = ledger_col(l, of, 0), to = rng_range(r, 0, from);
    long hi = !strcmp(of, "rating") ? 9 : chance(r, 50) ? 40 : 400;
    for (int i = 0; i < l->rows; i++) {
        long v = rng_range(r, 1, (int)hi);
        for (int c = from; c > to; c--) l->v[i][c] = l->v[i][c - 1];
        l->v[i][to] = v;
    }
    for (int c = from; c > to; c--) {
        l->col[c]    = l->col[c - 1];
        l->places[c] = l->places[c - 1];
    }
    l->col[to]    = of;
    l->places[to] = 0;
}

/* ---- telling */
static void put_cell(str *s, const ledger *l, int row, int col) { biz_number(s, l->v[row][col], l->places[col]); }

static void as_table(str *out, rng *r, const ledger *l) {
    table t     = {0};
    str   s     = {0};
    int   shift = 1;
    table_col(&t, l->head);
    if (l->group) table_col(&t, l->group), shift++;
    for (int c = 0; c < l->cols; c++) table_col(&t, l->col[c]);
    for (int i = 0; i < l->rows; i++) {
        int row = table_row(&t, l->name[i]);
        if (l->group) table_text(&t, row, 1, l->in[i]);
        for (int c = 0; c < l->cols; c++) {
            str_clear(&s);
            put_cell(&s, l, i, c);
            table_text(&t, row, c + shift, s.p);
        }
    }
    table_form f = table_form_draw(r);
    if (l->group)
        while (f == TABLE_LINES || f == TABLE_INLINE) f = table_form_draw(r);
    if (f != TABLE_INLINE) str_addc(out, '\n');
    table_put(out, &t, f);
    if (f != TABLE_INLINE) str_addc(out, '\n');
    str_free(&s);
}

static void joint(str *out, const ledger *l, int i, const char *mid, const char *last) {
    if (i) str_add(out, i + 1 < l->rows ? mid : last);
}

/* "in Jan sales were 120, in Feb 95 and in Mar 130" */
static void one_by_one(str *out, rng *r, const ledger *l) {
    bool        time = l->kind == LEDGER_MONTHS || l->kind == LEDGER_DAYS;
    const char *at   = l->kind == LEDGER_MONTHS ? "in " : l->kind == LEDGER_DAYS ? "on " : "";
    if (!time) {
        bool who = l->kind != LEDGER_PRODUCTS;
        int  k   = (int)rng_below(r, 3);
        for (int i = 0; i < l->rows; i++) {
            joint(out, l, i, ", ", " and ");
            if (!i && who) str_addf(out, "%s %s %s ", l->name[i], k ? "had" : "reported", l->col[0]);
            else if (!i)
                str_addf(out, "%s %s %s ", l->name[i], k == 0 ? "had" : k == 1 ? "show" : "come to", l->col[0]);
            else str_addf(out, "%s ", l->name[i]);
            if (!i) str_add(out, "of ");
            put_cell(out, l, i, 0);
        }
        return;
    }
    int k = (int)rng_below(r, 3);
    for (int i = 0; i < l->rows; i++) {
        joint(out, l, i, ", ", " and ");
        str_addf(out, "%s%s ", at, l->name[i]);
        if (!i && k < 2) str_addf(out, "%s %s ", l->col[0], k ? "came to" : "reached");
        else if (!i) str_addf(out, "we had %s of ", l->col[0]);
        put_cell(out, l, i, 0);
    }
}

/* "in Jan revenue 500 and costs 320; in Feb revenue 480 and costs 300" */
static void row_by_row(str *out, rng *r, const ledger *l) {
    const char *at  = l->kind == LEDGER_MONTHS ? "in " : l->kind == LEDGER_DAYS ? "on " : chance(r, 50) ? "for " : "";
    const char *mid = chance(r, 50) ? "; " : ", then ";
    for (int i = 0; i < l->rows; i++) {
        joint(out, l, i, mid, "; ");
        str_addf(out, "%s%s ", at, l->name[i]);
        for (int c = 0; c < l->cols; c++) {
            if (c) str_add(out, c + 1 < l->cols ? ", " : " and ");
            str_addf(out, "%s ", l->col[c]);
            put_cell(out, l, i, c);
        }
    }
}

void ledger_put(str *out, rng *r, const ledger *l) {
    if (l->group || l->rows > 8 || l->cols > 3 || !chance(r, 35)) as_table(out, r, l);
    else if (l->cols == 1) one_by_one(out, r, l);
    else row_by_row(out, r, l);
}

void biz_list(str *s, const ledger *l, int col, const char *in) {
    bool first = true;
    str_add(s, l->col[col]);
    if (in) str_addf(s, " in %s", in);
    for (int i = 0; i < l->rows; i++) {
        if (in && strcmp(l->in[i], in)) continue;
        str_addf(s, "%s%s ", first ? ": " : ", ", l->name[i]);
        put_cell(s, l, i, col);
        first = false;
    }
}

void biz_rows(str *s, const ledger *l, int col, const int *rows, int n) {
    str_addf(s, "%s at: ", l->col[col]);
    for (int i = 0; i < n; i++) {
        str_addf(s, "%s%s ", i ? ", " : "", l->name[rows[i]]);
        put_cell(s, l, rows[i], col);
    }
}

int biz_cells(sheet *s, const ledger *l, int col, const char *in, int *out, const char **names) {
    int n = 0;
    for (int i = 0; i < l->rows; i++) {
        if (in && strcmp(l->in[i], in)) continue;
        if (names) names[n] = l->name[i];
        out[n++] = sheet_given(s, l->v[i][col], l->places[col]);
    }
    return n;
}

/* ---- parts of a problem */
int biz_given(sheet *s, str *u, const char *label, long v, int places) {
    str_addf(u, "; %s: ", label);
    biz_number(u, v, places);
    return sheet_given(s, v, places);
}

void biz_lines(sheet *s, str *u, str *text, const char *label, const ledger *l, money m, int *cells) {
    for (int i = 0; i < l->rows; i++) {
        if (u) str_addf(u, i ? ", %s " : "; %s: %s ", i ? l->name[i] : label, l->name[i]);
        if (u) put_cell(u, l, i, 0);
        joint(text, l, i, ", ", " and ");
        str_addf(text, "%s ", l->name[i]);
        biz_amount(text, m, l->v[i][0], l->places[0]);
        cells[i] = sheet_given(s, l->v[i][0], l->places[0]);
    }
}

void biz_costs(rng *r, ledger *l, int n, int lo, int hi) {
    static const char *const of[]     = {"rent",     "wages",     "materials", "advertising", "insurance",
                                         "energy",   "transport", "repairs",   "packaging",   "software",
                                         "cleaning", "training",  "phone",     "fees"};
    bool                     used[14] = {false};
    l->kind                           = LEDGER_PRODUCTS;
    l->rows                           = n;
    l->head = "cost", l->heads = "costs";
    for (int i = 0; i < n; i++) {
        int k;
        do k = (int)rng_below(r, 14);
        while (used[k]);
        used[k]    = true;
        l->name[i] = of[k];
        l->v[i][0] = rng_range(r, lo, hi);
    }
    if (!l->cols) ledger_col(l, "costs", 0);
}

void biz_winner(str *truth, const char *const *name, int n, int pick, decimal v, const char *sense) {
    str_addf(truth, "%s ", name[pick]);
    decimal_put(truth, v);
    for (int i = 0; i < n; i++) str_addf(truth, "%s%s", i ? ", " : "; ", name[i]);
    str_addf(truth, "; %s", sense);
}

const char *biz_who(rng *r) {
    static const char *const of[] = {"a bakery",     "a bookshop",     "a small shop",    "a café",
                                     "a start-up",   "a farm",         "a workshop",      "a food stall",
                                     "a restaurant", "an online shop", "a garden centre", "a printing firm",
                                     "a toy maker",  "a bike shop",    "a company",       "a dairy"};
    uint64_t                 k    = rng_below(r, 3);
    return k == 0 ? lexicon_name(r) : k == 1 ? lexicon_noun(r, LEX_COMPANY).many : of[rng_below(r, 16)];
}

const char biz_round_1[] =
    " {Round to one decimal[ place].|Give one decimal[ place].|Round the result to one decimal.|(one decimal place)|"
    "One decimal is enough, rounded.|Rounded to one decimal, please.|Please round to one decimal place.}";
const char biz_round_2[] =
    " {Round to two decimals.|Give two decimals.|Round the result to two decimal places.|(two decimal places)|"
    "Two decimals, rounded.|Rounded to two decimals, please.|Please round to two decimal places.}";

/* ---- the problem written */
void biz_open(problem *p, const char *name, const char *understood, const char *plan) {
    str_addf(&p->key, "%s:%s", name, understood);
    str_addf(&p->reasoning, "Understand: %s\nPlan: %s\n", understood, plan);
}

enum { SLOTS = 24 };

/* The parts are patterns and not slots, so that careless typing reaches them. */
static void compose(problem *p, rng *r, const char *how, const char *intro, bool told, const char *ask,
                    const word_slot *slot) {
    str whole = {0};
    for (const char *q = how; *q; q++) {
        if (!strncmp(q, "<intro>", 7)) {
            str_add(&whole, intro), q += 6;
        } else if (!strncmp(q, "<maybe>", 7)) {
            if (told) str_add(&whole, intro), str_add(&whole, ": ");
            q += 6;
        } else if (!strncmp(q, "<ask>", 5)) {
            str_add(&whole, ask), q += 4;
        } else {
            str_addc(&whole, *q);
        }
    }
    wording_ask(&p->question, r, whole.p, slot);
    while (p->question.len && strchr(" \n", p->question.p[p->question.len - 1])) p->question.p[--p->question.len] = 0;
    str_free(&whole);
}

static bool mentions(const char *text, const char *word) {
    size_t n = strlen(word);
    for (; *text; text++)
        if (!strncasecmp(text, word, n)) return true;
    return false;
}

void biz_ask(problem *p, rng *r, const ledger *l, const char *in, const char *ask, const word_slot *slots) {
    static const char *const form[] = {
        "{3*<intro>: |<maybe>}<data><end><ask>",
        "{3*<intro>: |<maybe>}<data><end><ask>",
        "<ask> {2*<intro>: |<maybe>}<data>",
    };
    static const char intro[] =
        "{Here {are|is} {our|my|the} {numbers|figures|data|sheet|list}|{We|I} {have|got} {these|the following} "
        "{numbers|figures}|{Look at|See|Take} {these numbers|the <thing> {below|here}|this}|"
        "{This is|That's} what {we|I} {have|got|wrote down}|{Data|Numbers|Figures}|From {the|our|my} "
        "{books|report|spreadsheet|records|notes}|{A|My|Our} {small shop|company|store|start-up|stall} "
        "{reports|noted|has}}"
        "[ {by|per|for each} <head>]<in>";
    word_slot slot[SLOTS] = {{0}};
    str       data = {0}, what = {0};
    int       n = 0;
    for (; slots && slots[n].name; n++) slot[n] = slots[n];
    if (n + 7 > SLOTS) abort();
    slot[n++] = (word_slot){"head", l->head};
    slot[n++] = (word_slot){"heads", l->heads};
    int at_in = n;
    slot[n++] = (word_slot){"in", in};
    ledger_put(&data, r, l);
    bool lines      = data.p[0] == '\n';
    slot[n++]       = (word_slot){"thing", lines ? "table" : "list"};
    const char *how = form[rng_below(r, 3)];
    slot[n++]       = (word_slot){"data", data.p};
    slot[n++]       = (word_slot){"end", lines ? "" : ". "};
    compose(p, r, how, intro, in[0] != 0, ask, slot);
    if (l->cols == 1 && !mentions(p->question.p, l->col[0])) { /* numbers of nothing: say what they are */
        str_addf(&what, " (%s%s)", l->col[0], in);
        slot[at_in].text = what.p;
        str_clear(&p->question);
        compose(p, r, how, intro, true, ask, slot);
    }
    str_free(&what);
    str_free(&data);
}

void biz_answer(problem *p, rng *r, const char *pattern, const char *value) {
    str bold = {0};
    str_addf(&bold, "**%s**", value);
    const word_slot slot[] = {{"v", bold.p}, {0}};
    wording_put(&p->answer, r, pattern, slot);
    str_free(&bold);
}
