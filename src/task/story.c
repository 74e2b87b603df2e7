/* story.c -- see story.h. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/phrase.h"
#include "task/story.h"

bool story_chance(story *s, int percent) { return (int)rng_below(s->r, 100) < percent; }

int story_range(story *s, int lo, int hi) { return rng_range(s->r, lo, hi < lo ? lo : hi); }

static const struct size {
    int start_lo, start_hi, change_hi, factor_hi, price_hi;
} size_of[11] = {{0, 0, 0, 0, 0},        {3, 90, 70, 12, 12},    {6, 99, 70, 10, 12},    {10, 150, 90, 12, 20},
                 {10, 200, 120, 12, 25}, {20, 400, 200, 12, 30}, {20, 600, 300, 15, 40}, {30, 900, 400, 18, 50},
                 {40, 800, 400, 20, 40}, {50, 900, 500, 20, 40}, {60, 999, 500, 20, 50}};

story story_new(rng *r, int level) {
    static const char *const cur[][2] = {{"$", ""},        {"$", ""},      {"", " dollars"}, {"\xe2\x82\xac", ""},
                                         {"\xc2\xa3", ""}, {"", " euros"}, {"", " coins"}};
    story                    s        = {.r = r, .level = level, .q = quants_new(), .subject = -1};
    person                   p[4];
    lexicon_people(r, p, 4);
    s.a = p[0], s.b = p[1], s.c = p[2], s.d = p[3];
    s.past  = story_chance(&s, 60);
    s.kind  = story_chance(&s, 45) ? LEX_FOOD : LEX_OBJECT;
    s.thing = lexicon_noun(r, s.kind);
    s.box   = lexicon_at(LEX_CONTAINER, (int)rng_below(r, 21)); /* those that stand in a room */
    while (strstr("shelf drawer chest trunk case", s.box.one)) s.box = lexicon_at(LEX_CONTAINER, (int)rng_below(r, 21));
    s.place                         = lexicon_noun(r, LEX_PLACE).one;
    static const char *const shop[] = {"shop",         "market",           "supermarket", "fair",  "corner shop",
                                       "village shop", "department store", "flea market", "kiosk", "mall"};
    s.shop                          = shop[rng_below(r, 10)];
    size_t c                        = rng_below(r, 6);
    s.cur_before                    = cur[c][0];
    s.cur_after                     = cur[c][1];
    s.p = s.w = "";
    return s;
}

void story_free(story *s) {
    for (int i = 0; i < STORY_LINES; i++) str_free(&s->line[i]);
    str_free(&s->ask);
    str_free(&s->tell);
}

/* ---- numbers */
quant_term story_digits(long v) { return quant_num(v); }

quant_term story_num(story *s, long v) {
    return quant_word(v) && story_chance(s, 22) ? quant_said(quant_word(v), v) : quant_num(v);
}

quant_term story_start(story *s) {
    const struct size *z = &size_of[s->level];
    return story_num(s, story_range(s, z->start_lo, z->start_hi));
}

quant_term story_change(story *s, long most) {
    long hi = size_of[s->level].change_hi;
    if (most && hi > most - 1) hi = most - 1;
    if (hi < 2) s->q.bad = true;
    return story_num(s, story_range(s, 2, (int)hi));
}

quant_term story_factor(story *s) { return story_num(s, story_range(s, 2, size_of[s->level].factor_hi)); }

quant_term story_price(story *s) { return story_digits(story_range(s, 2, size_of[s->level].price_hi)); }

long story_divisor(story *s, long v) {
    long d[11];
    int  n = 0;
    for (long k = 2; k <= 12; k++)
        if (v > k && v % k == 0) d[n++] = k;
    return n ? d[rng_below(s->r, (uint64_t)n)] : 0;
}

/* ---- sentences */
/* ~past/present~ */
static void tense(str *out, const char *p, bool past) {
    for (; *p; p++) {
        if (*p != '~') {
            str_addc(out, *p);
            continue;
        }
        const char *slash = strchr(p, '/'), *end = slash ? strchr(slash, '~') : NULL;
        if (!end) abort();
        if (past) str_addn(out, p + 1, (size_t)(slash - p - 1));
        else str_addn(out, slash + 1, (size_t)(end - slash - 1));
        p = end;
    }
}

static void text_of(char out[24], const quant_term *t) {
    if (t->word) snprintf(out, 24, "%s", t->word);
    else snprintf(out, 24, "%ld", t->v.v);
}

enum { SLOTS = 24 };
static void fill(story *s, str *out, const char *pattern, quant_term x, quant_term y, const char *v) {
    char tx[24], ty[24], mx[48], my[48], abox[48];
    str  p = {0};
    text_of(tx, &x);
    text_of(ty, &y);
    snprintf(mx, sizeof mx, "%s%s%s", s->cur_before, *s->cur_before && x.word ? "" : tx, s->cur_after);
    if (*s->cur_before && x.word) snprintf(mx, sizeof mx, "%s%ld", s->cur_before, x.v.v);
    snprintf(my, sizeof my, "%s%s%s", s->cur_before, ty, s->cur_after);
    snprintf(abox, sizeof abox, "%s %s", lexicon_a(s->box.one), s->box.one);
    bool            one     = v && !strcmp(v, "1") && s->unit == s->thing.many;
    const char     *named   = s->ready && story_chance(s, 60) ? s->a.he : s->a.name;
    const word_slot slots[] = {{"A", s->a.name},
                               {"B", s->b.name},
                               {"C", s->c.name},
                               {"D", s->d.name},
                               {"N", named},
                               {"he", s->a.he},
                               {"him", s->a.him},
                               {"his", s->a.his},
                               {"thing", s->thing.one},
                               {"things", one ? s->thing.one : s->thing.many},
                               {"box", s->box.one},
                               {"boxes", s->box.many},
                               {"place", s->place},
                               {"shop", s->shop},
                               {"abox", abox},
                               {"x", tx},
                               {"y", ty},
                               {"mx", mx},
                               {"my", my},
                               {"p", s->p},
                               {"w", s->w},
                               {"v", v ? v : ""},
                               {"unit", s->unit ? s->unit : ""},
                               {"cb", s->cur_before},
                               {"ca", s->cur_after},
                               {0}};
    tense(&p, pattern, s->past);
    wording_put(out, s->r, p.p, slots);
    str_free(&p);
}

static void capital(str *s) {
    if (s->len) s->p[0] = (char)toupper((unsigned char)s->p[0]);
}

void story_say(story *s, const char *pattern, quant_term x, quant_term y) {
    if (s->n == STORY_LINES) {
        s->q.bad = true;
        return;
    }
    str *l = &s->line[s->n++];
    fill(s, l, pattern, x, y, NULL);
    capital(l);
    if (l->len && !strchr(".!?", l->p[l->len - 1])) str_addc(l, '.');
}

/* The patterns are kept filled in but for <v>, which is known at the end. */
void story_ask(story *s, const char *ask, const char *tell, const char *unit) {
    str_clear(&s->ask);
    str_clear(&s->tell);
    s->unit = unit;
    fill(s, &s->ask, ask, STORY_NONE, STORY_NONE, NULL);
    str_add(&s->tell, tell);
}

static const char *const lead[] = {
    "", "", "", "", "", "", "Question: ", "Can you tell me: ", "Please help: ", "I wonder: "};

/* "How many ..." asked as a question, or as an order: "Find how many ...". */
void story_put(str *question, story *s) {
    str      q     = {0};
    uint64_t form  = rng_below(s->r, 12);
    bool     first = s->n > 0 && s->n <= 3 && s->level >= 2 && story_chance(s, 4);
    str      ask   = {0};
    str_add(&ask, lead[first ? 0 : rng_below(s->r, sizeof lead / sizeof *lead)]);
    str_add(&ask, s->ask.p);
    capital(&ask);
    str_addc(&ask, '?');
    if (first) str_addf(&q, "%s ", ask.p);
    const char *gap = form == 0 ? "\n" : " ";
    for (int i = 0; i < s->n; i++) str_addf(&q, "%s%s", i ? gap : "", s->line[i].p);
    if (!first) str_addf(&q, "%s%s", form == 1 ? "\n" : gap, ask.p);
    if (story_chance(s, 55)) phrase_careless(&q, s->r);
    str_addn(question, q.p, q.len);
    str_free(&q);
    str_free(&ask);
}

void story_answer(str *out, story *s, long v) {
    char value[24];
    str  t = {0};
    snprintf(value, sizeof value, "%ld", v);
    switch (rng_below(s->r, 8)) {
    case 0: str_addf(&t, "**%ld**", v); break;
    case 1:
        fill(s, &t, s->money ? "The answer is **<cb><v><ca>**." : "The answer is **<v>**.", STORY_NONE, STORY_NONE,
             value);
        break;
    default:
        fill(s, &t, s->tell.p, STORY_NONE, STORY_NONE, value);
        capital(&t);
        str_addc(&t, '.');
    }
    str_addn(out, t.p, t.len);
    str_free(&t);
}
