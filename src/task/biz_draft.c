/* biz_draft.c -- see biz_draft.h. */
#include <string.h>
#include "task/biz_draft.h"
#include "task/lexicon.h"

static const char *text(const str *s) { return s->p ? s->p : ""; }

static void clear(biz_draft *d) {
    str_free(&d->u);
    for (int i = 0; i < BIZ_SLOTS; i++) str_free(&d->slot[i]);
}

bool biz_draft_chance(biz_draft *d, int percent) { return (int)rng_below(d->r, 100) < percent; }

long biz_draft_range(biz_draft *d, long lo, long hi) { return rng_range(d->r, (int)lo, (int)hi); }

void biz_draft_find(biz_draft *d, const char *what) { str_addf(&d->u, "find %s", what); }

int biz_draft_money(biz_draft *d, const char *label, char slot, long v, int places) {
    biz_amount(&d->slot[slot - 'a'], d->m, v, places);
    return biz_given(&d->s, &d->u, label, v, places);
}

int biz_draft_number(biz_draft *d, const char *label, char slot, long v, const char *after) {
    str_addf(&d->slot[slot - 'a'], "%ld%s", v, after);
    return biz_given(&d->s, &d->u, label, v, 0);
}

int biz_draft_column(biz_draft *d, const char *col, const char *in, int *of) {
    int c = ledger_find(&d->l, col);
    str_add(&d->u, "; ");
    biz_list(&d->u, &d->l, c, in);
    return biz_cells(&d->s, &d->l, c, in, of, d->names);
}

static void ask(problem *p, const biz_draft *d) {
    static const char *const name[BIZ_SLOTS] = {"a", "b", "c", "d", "e", "f"};
    str                      who = {0}, pattern = {0}, in = {0};
    word_slot                slot[BIZ_SLOTS + 6];
    int                      n = 0;
    for (; n < BIZ_SLOTS; n++) slot[n] = (word_slot){name[n], text(&d->slot[n])};
    str_add(&who, d->person ? lexicon_name(d->r) : biz_who(d->r));
    slot[n++] = (word_slot){"who", who.p};
    slot[n++] = (word_slot){"what", d->q.col ? d->q.col : ""};
    slot[n++] = (word_slot){"name", d->name ? d->name : ""};
    slot[n++] = (word_slot){"most", d->most ? "most" : "least"};
    slot[n++] = (word_slot){"high", d->most ? "highest" : "lowest"};
    slot[n]   = (word_slot){0};
    if (d->lead) str_add(&pattern, d->lead);
    str_add(&pattern, d->ask);
    if (d->round) str_add(&pattern, d->round == 1 ? biz_round_1 : biz_round_2);
    if (d->kind == BIZ_MONEY) str_addf(&in, " in %s", d->m.name);
    if (d->table) biz_ask(p, d->r, &d->l, text(&in), pattern.p, slot);
    else wording_ask(&p->question, d->r, pattern.p, slot);
    str_free(&who);
    str_free(&pattern);
    str_free(&in);
}

/* "12.5%", "$40", "3 units"; without its sign, which the answer says in words */
static void value_of(str *s, const biz_draft *d, decimal v) {
    if (v.v < 0) v.v = -v.v;
    if (d->kind == BIZ_MONEY) biz_amount_of(s, d->m, v);
    else decimal_put(s, v);
    if (d->kind == BIZ_PERCENT) str_addc(s, '%');
    if (d->kind == BIZ_UNITS && d->unit && d->unit[0]) str_addf(s, " %s", d->unit);
}

/* Neither nothing at all, which has no sign to speak of, nor below 0 where that is no answer. */
static bool speakable(const biz_draft *d) {
    long v = sheet_last(&d->s).v;
    return v > 0 || (v < 0 && (d->negative || d->named));
}

void biz_draft_make(problem *p, rng *r, int level, const char *name, void (*draw)(biz_draft *d)) {
    biz_draft d     = {0};
    str       value = {0};
    do {
        clear(&d);
        d   = (biz_draft){.r = r, .level = level, .q = biz_measure(r, true), .most = rng_below(r, 2)};
        d.m = d.q.m;
        draw(&d);
    } while (!sheet_values(&d.s) || !speakable(&d));
    p->level = level;
    biz_open(p, name, d.u.p, d.plan);
    ask(p, &d);
    sheet_work(p, r, &d.s);
    const sheet_cell *last = &d.s.of[d.s.n - 1];
    for (int i = 0; i < d.n_outs; i++) str_add(&value, i ? ", " : ""), decimal_put(&value, d.s.of[d.outs[i]].v);
    if (!d.n_outs) value_of(&value, &d, last->v);
    if (d.named) {
        biz_winner(&p->truth, last->name, last->n, last->pick, last->v, d.sense ? d.sense : d.most ? "most" : "least");
        const word_slot slot[] = {{"name", last->name[last->pick]},
                                  {"v", value.p},
                                  {"high", d.most ? "highest" : "lowest"},
                                  {"most", d.most ? "most" : "least"},
                                  {0}};
        wording_put(&p->answer, r, d.answer, slot);
    } else {
        if (d.n_outs) str_add(&p->truth, value.p);
        else decimal_put(&p->truth, last->v);
        biz_answer(p, r, last->v.v < 0 && d.negative ? d.negative : d.answer, value.p);
    }
    str_free(&value);
    clear(&d);
}
