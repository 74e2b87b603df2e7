/* fam_division.c -- division with a rest: quotient and remainder, the remainder alone, sharing.
 *
 * Levels: 1 two and three digits by one; 2 three by one; 3 four by up to twelve; 4 five by up to twelve; 5 three by
 * two; 6 four by two; 7 five by two; 8 five by three; 9 six by three; 10 seven by three or four.
 *
 * The check multiplies back and adds the rest; by digit sums where both are long. */
#include <stdio.h>
#include <string.h>
#include "task/lexicon.h"
#include "task/numfam.h"

typedef struct division {
    long a, b;
    bool rest_only;
} division;

static void work(trace *t, void *ctx, fam_value *found) {
    const division *d = ctx;
    found->v          = digits_div(t, NULL, d->a, d->b, &found->w);
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    const division *d = ctx;
    if (found->w >= d->b) { /* cannot be */
        str_addf(t->out, "the remainder must be less than %ld\n", d->b);
        fam_compare(t, found->w, d->b - 1);
        return false;
    }
    return numfam_back(t, found->v, d->b, found->w, d->a);
}

static void draw(rng *r, int level, division *d) {
    static const int digits[] = {2, 3, 4, 5, 3, 4, 5, 5, 6, 7};
    d->b = level < 3 ? rng_range(r, 2, 9) : level < 5 ? rng_range(r, 3, 12) : numfam_digits(r, level < 8 ? 2 : 3);
    if (level == 10 && numfam_chance(r, 25)) d->b = numfam_digits(r, 4);
    if (level >= 5 && d->b < 13) d->b += 12;
    d->a = level == 1 ? rng_range(r, 10, 499) : numfam_digits(r, digits[level - 1]);
    if (numfam_chance(r, 12)) d->a -= d->a % d->b; /* nothing left */
    if (!d->a) d->a = d->b;
    d->rest_only = numfam_chance(r, 30);
}

static const char *const both[] = {
    NUM_IS " {the quotient and [the ]remainder {when|if} {<a> is divided by <b>|you divide <a> by <b>}|<a> {/|divided "
           "by|÷|over} <b> {with|with a|and the|including the} remainder|the quotient and {the |}remainder of <a> "
           "{/|÷|divided by} <b>}" NUM_MARK,
    "{3*Divide|Please divide|Can you divide|Could you divide|Help me divide|I need to divide} <a> by <b>{ and give "
    "{quotient and remainder|the quotient and the remainder}|, {with|keeping} the remainder| with remainder| "
    "{as|giving} "
    "quotient and remainder|, what is the quotient and what is {the remainder|left over}}" NUM_MARK,
    "{How many times|How often} does <b> {go|fit} into <a>{,|} and what{'s| is} {left|left over|the remainder|the "
    "rest}" NUM_MARK,
    "<a> {/|÷|divided by|:} <b>{, quotient and remainder| with remainder|, with remainder| (with remainder)| as q and "
    "r| "
    "with a remainder, please}{|?| =| = ?}",
    NUM_DO " {<a> {/|÷|divided by} <b> with remainder|the quotient and the remainder of <a> {/|÷|and|by} <b>|the whole "
           "quotient and the remainder of <a> divided by <b>}" NUM_STOP,
    "{<who> {has|wants to share|shares|packs|hands out|puts} <a> <things>|There are <a> <things>|We have <a> "
    "<things>|A box holds <a> <things>}{. {They|These} {are|will be|get} {shared|split|divided} {equally|evenly} "
    "{among|between|by} <b> {people|children|friends|groups}. How many does each get|, divided equally among <b> "
    "{boxes|bags|shelves|tables}. How many {go into|in} each} and how many {are left|are left over|remain}" NUM_MARK,
};
static const char *const rest_alone[] = {
    NUM_IS
    " {the remainder {when|if} {<a> is divided by <b>|you divide <a> by <b>|<b> divides <a>}|the remainder of <a> "
    "{/|÷|divided by} <b>|<a> {mod|modulo} <b>|the rest of <a> {/|divided by} <b>}" NUM_MARK,
    NUM_DO " {the remainder of <a> {/|÷|divided by} <b>|<a> {mod|modulo} <b>|the remainder {when|if} <a> is divided by "
           "<b>}" NUM_STOP,
    "{When|If} {you divide <a> by <b>|<a> is divided by <b>|<b> goes into <a> as often as it can}, what {is "
    "{left|left over|the remainder|the rest}|remains|remainder do you get}" NUM_MARK,
    "<a> {mod|modulo|%} <b>{| =| = ?|?}",
    "{I {divide|split} <a> by <b>|Someone divides <a> by <b>|Take <a> and divide it by <b>}. {What is|What's|Tell "
    "me|Give "
    "me} {the remainder|only the remainder|just the remainder}" NUM_MARK,
    "{<who> {packs|puts|sorts} <a> <things> into {boxes|bags|packs|rows} of <b>|<a> <things> are {packed|put} into "
    "{boxes|bags|crates} of <b>}. How many <things> {are left|are left over|do not fit|remain}" NUM_MARK,
};

static void ask(problem *p, rng *r, const division *d) {
    char a[24], b[24];
    snprintf(a, sizeof a, "%ld", d->a);
    snprintf(b, sizeof b, "%ld", d->b);
    const word_slot slots[] = {
        {"a", a}, {"b", b}, {"who", lexicon_name(r)}, {"things", lexicon_noun(r, LEX_THING).many}, {0}};
    if (d->rest_only) numfam_ask(p, r, rest_alone, NUM_COUNT(rest_alone), slots);
    else numfam_ask(p, r, both, NUM_COUNT(both), slots);
}

static void make(rng *r, int level, problem *p) {
    division d;
    draw(r, level, &d);
    ask(p, r, &d);
    p->level = level;
    str_addf(&p->key, "division:%ld / %ld %s", d.a, d.b, d.rest_only ? "rest" : "both");
    str_addf(&p->reasoning, "Understand: %s of %ld / %ld\nPlan: divide digit by digit, keep the rest\n",
             d.rest_only ? "remainder" : "quotient and remainder", d.a, d.b);
    fam_value f = fam_work(p, r, &(fam_phases){work, check, &d});
    if (d.rest_only) {
        char named[64];
        str_addf(&p->truth, "%ld", f.w);
        snprintf(named, sizeof named, "%ld mod %ld", d.a, d.b);
        if (numfam_chance(r, 50)) str_addf(&p->answer, "The remainder is **%ld**.", f.w);
        else numfam_answer(p, r, numfam_chance(r, 40) ? named : NULL, NULL);
        return;
    }
    char v[24], w[24], a[24], b[24];
    snprintf(v, sizeof v, "%ld", f.v);
    snprintf(w, sizeof w, "%ld", f.w);
    snprintf(a, sizeof a, "%ld", d.a);
    snprintf(b, sizeof b, "%ld", d.b);
    str_addf(&p->truth, "%s remainder %s", v, w);
    wording_put(
        &p->answer, r,
        "{2*<a> / <b> = **<v> remainder <w>**|The answer is **<v> remainder <w>**.|The quotient is **<v>** with "
        "remainder **<w>**.|It is **<v> remainder <w>**.|**<v>**, with a remainder of **<w>**.}",
        (word_slot[]){{"a", a}, {"b", b}, {"v", v}, {"w", w}, {0}});
}

/* "Each gets 7 and 26 are left": two numbers and no more, bold ones if there are any, and a word for the second. */
static bool told(const char *text, const char *truth) {
    static const char *const rest[] = {"left", "remain", "over", "rest"}, *const no[] = {" not ", "cannot", "n't",
                                                                                         "?",     " or ",   "no:"};
    str         s = {0};
    const char *c = text;
    long        have[2], want[2];
    bool        word = false;
    for (int i = 0; i < NUM_COUNT(no); i++)
        if (strcasestr(text, no[i])) return false;
    for (int i = 0; i < NUM_COUNT(rest); i++) word |= strcasestr(text, rest[i]) != NULL;
    for (const char *end; (c = strstr(c, "**")) && (end = strstr(c + 2, "**")); c = end + 2) {
        str_addn(&s, c + 2, (size_t)(end - c - 2));
        str_addc(&s, ' ');
    }
    if (!s.len) str_add(&s, text);
    bool ok = word && !strpbrk(s.p, "/-") && numfam_numbers(s.p, s.len, have, 2) == 2 &&
              numfam_numbers(truth, strlen(truth), want, 2) == 2 && have[0] == want[0] && have[1] == want[1];
    str_free(&s);
    return ok;
}

static bool right(const problem *p, const char *text, char why[96]) {
    if (strstr(p->truth.p, " remainder 0")) { /* "12", "exactly 12", "12, nothing is left" are fair, too */
        problem q = *p;
        str     t = {0};
        str_addn(&t, p->truth.p, strcspn(p->truth.p, " "));
        q.truth = t;
        bool ok = numfam_right(&q, text, why);
        str_free(&t);
        if (ok) return true;
    }
    if (numfam_right(p, text, why)) return true;
    return strstr(p->truth.p, " remainder ") && told(text, p->truth.p);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    static const char one[] = "remainder of ", two[] = "quotient and remainder of ";
    const char       *s;
    size_t            n;
    long              v[2];
    if (!fam_understood(p, &s, &n, why)) return false;
    if (numfam_numbers(s, n, v, 2) != 2 || v[1] < 1 || !memchr(s, '/', n)) return numfam_not(why, "a division", s, n);
    if (!strncmp(s, two, sizeof two - 1)) str_addf(truth, "%ld remainder %ld", v[0] / v[1], v[0] % v[1]);
    else if (!strncmp(s, one, sizeof one - 1)) str_addf(truth, "%ld", v[0] % v[1]);
    else return numfam_not(why, "a division with remainder", s, n);
    return true;
}

const family fam_division = {.name   = "division",
                             .field  = "education",
                             .about  = "quotient and remainder, by up to four digits",
                             .levels = 10,
                             .make   = make,
                             .right  = right,
                             .solve  = solve};
