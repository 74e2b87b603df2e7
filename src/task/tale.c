/* tale.c -- see tale.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/measure.h"
#include "task/tale.h"
#include "task/verify.h"

bool tale_chance(tale *t, int percent) { return (int)rng_below(t->r, 100) < percent; }

int tale_range(tale *t, int lo, int hi) { return rng_range(t->r, lo, hi < lo ? lo : hi); }

int tale_pick(tale *t, int n) { return (int)rng_below(t->r, (uint64_t)n); }

void tale_text(tale *t, const char *slot, const char *text) {
    if (t->n + 1 >= TALE_SLOTS || strlen(text) >= TALE_TEXT) abort();
    snprintf(t->text[t->n], TALE_TEXT, "%s", text);
    t->slot[t->n] = (word_slot){slot, t->text[t->n]};
    t->n++;
}

quant_term tale_num(tale *t, const char *slot, long v) {
    char s[24];
    snprintf(s, sizeof s, "%ld", v);
    tale_text(t, slot, s);
    return quant_num(v);
}

quant_term tale_maybe(tale *t, const char *slot, long v) {
    if (!quant_word(v) || !tale_chance(t, 25)) return tale_num(t, slot, v);
    tale_text(t, slot, quant_word(v));
    return quant_said(quant_word(v), v);
}

quant_term tale_cents(tale *t, const char *slot, long v) {
    char s[24];
    if (v % 100 == 0 && tale_chance(t, 80)) return tale_num(t, slot, v / 100);
    snprintf(s, sizeof s, "%ld.%02ld", v / 100, v % 100);
    tale_text(t, slot, s);
    return quant_dec((decimal){v, 2});
}

void tale_said(tale *t, const char *fmt, ...) {
    va_list a;
    va_start(a, fmt);
    if (vsnprintf(t->q.said, sizeof t->q.said, fmt, a) >= (int)sizeof t->q.said) t->q.bad = true;
    va_end(a);
}

void tale_plan(tale *t, const char *fmt, ...) {
    va_list a;
    va_start(a, fmt);
    if (vsnprintf(t->q.plan, sizeof t->q.plan, fmt, a) >= (int)sizeof t->q.plan) t->q.bad = true;
    va_end(a);
}

static void finish(tale *t, problem *p, const char *name) {
    char prefix[64];
    wording_ask(&p->question, t->r, t->ask, t->slot);
    snprintf(prefix, sizeof prefix, "%s%s%s", name, t->kind ? " " : "", t->kind ? t->kind : "");
    quant_phases(p, t->r, &t->q, prefix);
    str number = {0};
    decimal_fixed(&number, t->q.q[t->q.asked].v, t->money && t->q.q[t->q.asked].v.places ? 2 : 0);
    tale_text(t, "answer", number.p);
    str_free(&number);
    if (rng_below(t->r, 8) == 0) str_addf(&p->answer, "**%s%s**", t->text[t->n - 1], t->pi ? t->pi : "");
    else {
        str s = {0};
        wording_put(&s, t->r, t->tell, t->slot);
        if (s.len && s.p[0] >= 'a' && s.p[0] <= 'z') s.p[0] = (char)(s.p[0] - 32);
        str_addn(&p->answer, s.p, s.len);
        str_free(&s);
    }
    str_addf(&p->truth, "%s%s", t->pi ? t->pi : "", t->unit);
}

void tale_make(rng *r, int level, problem *p, const char *name, const tale_kind *kind, int n) {
    person who[3];
    for (;;) {
        tale t = {.r = r, .level = level, .q = quants_new()};
        lexicon_people(r, who, 3);
        t.a = who[0], t.b = who[1], t.c = who[2];
        tale_text(&t, "A", t.a.name);
        tale_text(&t, "B", t.b.name);
        tale_text(&t, "C", t.c.name);
        tale_text(&t, "he", t.a.he);
        tale_text(&t, "him", t.a.him);
        tale_text(&t, "his", t.a.his);
        tale_text(&t, "she", t.b.he);
        tale_text(&t, "her", t.b.his);
        kind[rng_below(r, (uint64_t)n)](&t);
        if (t.q.bad || t.q.asked < 0) continue;
        p->level = level;
        finish(&t, p, name);
        return;
    }
}

bool tale_right(const problem *p, const char *answer, char why[96]) {
    return !verify_echo(p->question.p, answer, why) && answer_matches(answer, p->truth.p, why) &&
           measure_fits(p->question.p, answer, p->truth.p, why);
}
