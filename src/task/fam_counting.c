/* fam_counting.c -- in how many ways?
 *
 * Levels: 1 two choices; 2 three; 3 codes of digits and letters; 4 places in a race, offices (order counts, nobody
 * twice); 5 pairs, handshakes, matches; 6 teams; 7 codes with a condition; 8 teams of two groups; 9 at least one, words
 * with equal letters; 10 two of these together.
 *
 * A choice of k out of n without order is worked out as n * (n - 1) ..., divided by the orders of the k. */
#include <stdio.h>
#include <string.h>
#include "task/tale.h"

static void word(tale *t, const char *slot, const char *pattern) {
    str s = {0};
    wording_put(&s, t->r, pattern, t->slot);
    tale_text(t, slot, s.p);
    str_free(&s);
}

static void who(tale *t, lexicon_class c) { tale_text(t, "who", lexicon_noun(t->r, c).many); }

/* The last slot's text goes into the key: other things, other problem. */
static void kind_is_last(tale *t) { t->kind = t->text[t->n - 1]; }

#define HOW_MANY                                                                                                       \
    "{How many {different |}{ways|possibilities} are there|In how many {different |}ways can <he> choose|How many "    \
    "different choices has <he>}"

static void two(tale *t) {
    static const char *const of[][2] = {{"shirts", "pairs of trousers"},
                                        {"hats", "scarves"},
                                        {"kinds of bread", "kinds of cheese"},
                                        {"cups", "saucers"},
                                        {"starters", "main courses"},
                                        {"flavours", "toppings"},
                                        {"bus lines", "train lines"},
                                        {"books", "films"},
                                        {"colours", "sizes"},
                                        {"pens", "notebooks"}};
    int                      k       = tale_pick(t, 10);
    tale_text(t, "as", of[k][0]);
    tale_text(t, "bs", of[k][1]);
    kind_is_last(t);
    quant_term a = tale_maybe(t, "a", tale_range(t, 2, 30)), b = tale_maybe(t, "b", tale_range(t, 2, 30));
    t->q.asked = quant_op(&t->q, "ways", a, '*', b);
    t->ask =
        "{<A> has <a> <as> and <b> <bs>[ to choose from]|There are <a> <as> and <b> <bs>|<A> can choose between <a> "
        "<as> and <b> <bs>}. {<he> takes one of each.|<A> wants one of each.|One of each is taken.} {How many "
        "{different |}{ways|possibilities|combinations} are there|In how many {different |}ways is that possible}?";
    t->tell = "{There are|That makes} **<answer>**[ {ways|possibilities}].";
}

static void three(tale *t) {
    static const char *const of[][3] = {{"starters", "main courses", "desserts"},  {"shirts", "skirts", "hats"},
                                        {"engines", "colours", "kinds of wheels"}, {"covers", "colours", "sizes"},
                                        {"breads", "fillings", "sauces"},          {"frames", "saddles", "bells"},
                                        {"wheels", "boards", "stickers"}};
    int                      k       = tale_pick(t, 7);
    tale_text(t, "as", of[k][0]);
    tale_text(t, "bs", of[k][1]);
    tale_text(t, "cs", of[k][2]);
    kind_is_last(t);
    quant_term v[3] = {tale_maybe(t, "a", tale_range(t, 2, 15)), tale_maybe(t, "b", tale_range(t, 2, 12)),
                       tale_maybe(t, "c", tale_range(t, 2, 12))};
    t->q.asked      = quant_product(&t->q, "ways", v, 3);
    t->ask = "{<A> can choose between <a> <as>, <b> <bs> and <c> <cs>|There are <a> <as>, <b> <bs> and <c> <cs>|A shop "
             "offers <a> <as>, <b> <bs> and <c> <cs>}. {One of each is taken.|<A> takes one of each.|You take one of "
             "each.} {How many {different |}{ways|possibilities|combinations} are there|In how many {different |}ways "
             "is that possible}?";
    t->tell = "{There are|That makes} **<answer>**[ {ways|possibilities}].";
}

static void code(tale *t) { /* k signs, each one of n */
    int        k = tale_range(t, 2, 5), n = tale_range(t, 2, 24);
    quant_term K = tale_num(t, "k", k), N = tale_num(t, "n", n), v[QUANT_TERMS];
    (void)K;
    word(t, "sign", "{letters|signs|symbols|colours|digits|flags|lamps|beads}");
    kind_is_last(t);
    t->q.limit = 60000;
    for (int i = 0; i < k; i++) v[i] = N;
    t->q.asked = quant_product(&t->q, "codes", v, k);
    tale_said(t, "places = %d; %s for each = %d; repeats allowed; asked: codes", k, t->kind, n);
    tale_plan(t, "%d choices for each place, %d times", n, k);
    t->ask  = "{A code has <k> places|A pattern is made of <k> places|A row has <k> places}. For each place there are "
              "<n> <sign>[ to choose from], and {they may be repeated|the same may come again|each may be used again}. "
              "How many {different |}{codes|patterns|rows} {are there|are possible}?";
    t->tell = "{There are|That makes} **<answer>**.";
}

/* n * (n - 1) * ... of k factors, as quantities; the last of them. */
static int falling(tale *t, const char *name, int n, int k) {
    quant_term v[QUANT_TERMS];
    for (int i = 0; i < k; i++) v[i] = quant_num(n - i);
    return quant_product(&t->q, name, v, k);
}

static void race(tale *t) {
    bool all = tale_chance(t, 20);
    int  n = all ? tale_range(t, 3, 7) : tale_range(t, 4, 30), k = all ? n
                                                                       : tale_range(t, 2,
                                                                                   n > 20  ? 3
                                                                                    : n > 9 ? 3
                                                                                            : 4);
    if (all) {
        if (n > QUANT_TERMS) t->q.bad = true, n = QUANT_TERMS, k = n;
        word(t, "things", "{books|people|pictures|cards|runners|children|toys|cars|plants|flags}");
        kind_is_last(t);
        tale_num(t, "n", n);
        t->q.asked = falling(t, "orders", n, n);
        tale_said(t, "%s = %d; all in a row; asked: orders", t->kind, n);
        tale_plan(t, "one choice less for each place");
        t->ask  = "{In how many {orders|ways} can <n> different <things> be {put|placed|arranged} in a row|How many "
                  "ways are there to {put|arrange} <n> different <things> in a row}?";
        t->tell = "{There are|That makes} **<answer>**[ {ways|orders}].";
        return;
    }
    static const char *const w[] = {"", "", "first and second", "first, second and third",
                                    "first, second, third and fourth"};
    word(t, "runners",
         "{runners|swimmers|dancers|singers|riders|teams|cyclists|players|skaters|rowers|climbers|chess players}");
    kind_is_last(t);
    tale_text(t, "places", w[k]);
    tale_num(t, "n", n);
    t->q.limit = 60000;
    t->q.asked = falling(t, "orders", n, k);
    tale_said(t, "%s = %d; places = %s; asked: orders", t->kind, n, w[k]);
    tale_plan(t, "one choice less for each place");
    t->ask = "{There are <n> <runners> in {a contest|a final|a race}|A {contest|final} has <n> <runners>}. In how many "
             "ways can the places <places> be {filled|taken|given}[ if nobody shares a place]?";
    t->tell = "{There are|That makes} **<answer>**[ ways].";
}

static void offices(tale *t) {
    int n = tale_range(t, 5, 40), k = tale_range(t, 2, 3);
    word(t, "club", "{club|class|team|choir|band|council|group|crew}");
    kind_is_last(t);
    tale_num(t, "n", n);
    word(t, "role",
         k == 2 ? "{a chair and a deputy|a captain and a goalkeeper|a speaker and a writer|a leader and a treasurer}"
                : "{a chair, a deputy and a writer|a captain, a coach and a treasurer|a leader, a speaker and a "
                  "treasurer}");
    t->q.limit = 70000;
    t->q.asked = falling(t, "ways", n, k);
    tale_said(t, "members = %d; offices = %s; asked: ways", n, k == 2 ? "two" : "three");
    tale_plan(t, "one choice less for each office");
    t->ask  = "A <club> of <n> {members|people} {elects|chooses} <role>, {all different people|nobody twice}. {In how "
              "many ways can that be done|How many ways are there}?";
    t->tell = "{There are|That makes} **<answer>**[ ways].";
}

/* ---- without order */
static int choose(tale *t, const char *what, int n, int k) { /* n over k */
    char name[QUANT_NAME];
    int  fact = 1;
    if (k == 1) return quant_given(&t->q, what, quant_num(n));
    snprintf(name, sizeof name, "%s in order", what);
    int i = falling(t, name, n, k);
    for (int f = 2; f <= k; f++) fact *= f;
    return quant_op(&t->q, what, quant_ref(i), '/', quant_num(fact));
}

static void handshakes(tale *t) {
    int k = tale_pick(t, 3), n = tale_range(t, 4, 160);
    tale_num(t, "n", n);
    who(t, LEX_JOB);
    kind_is_last(t);
    t->q.limit = 70000;
    t->q.asked = choose(t, "pairs", n, 2);
    tale_said(t, "%s = %d; pairs, no order; asked: pairs", t->kind, n);
    tale_plan(t, "n * (n - 1), every pair is counted twice");
    t->ask  = k == 0 ? "{At a meeting of <n> <who>, everyone shakes hands with everyone else once|A group of <n> <who> "
                        "meets, and all shake hands with each other once}. How many handshakes are {there|that}?"
              : k == 1 ? "{In a tournament of <n> <who> everyone plays everyone else once|In a group of <n> <who>, each "
                          "plays one game against each other one}. How many games are {there|played}?"
                       : "How many {different |}pairs can be {formed|made|chosen} from <n> <who>?";
    t->tell = "{There are|That makes} **<answer>**.";
}

static void team(tale *t) {
    int n = tale_range(t, 5, 30), k = n < 13 ? tale_range(t, 2, 4) : tale_range(t, 2, 3);
    tale_num(t, "n", n);
    tale_num(t, "k", k);
    who(t, tale_chance(t, 50) ? LEX_JOB : LEX_OBJECT);
    kind_is_last(t);
    t->q.limit = 80000;
    t->q.asked = choose(t, "choices", n, k);
    tale_said(t, "%s = %d; choose %d, no order; asked: choices", t->kind, n, k);
    tale_plan(t, "count in order, divide by the orders of %d", k);
    t->ask  = "{In how many ways can {you|one} {choose|pick|select} <k> of <n> <who>|How many ways are there to "
              "{choose|pick|select} <k> out of <n> <who>|How many different groups of <k> can be chosen from <n> "
              "<who>}{ if the order does not matter| (order does not matter)|, in any order}?";
    t->tell = "{There are|That makes} **<answer>**[ {ways|choices}].";
}

static void condition(tale *t) { /* numbers of k digits: any, even, without a digit twice */
    int  k = tale_range(t, 2, 4), m = tale_pick(t, 3);
    long n = tale_range(t, 3, 26);
    (void)n;
    static const char *const what[] = {"first not the same as the last", "neighbours differ", "all different"};
    quant_term               v[QUANT_TERMS];
    tale_num(t, "k", k);
    tale_num(t, "n", n);
    tale_text(t, "sign", lexicon_noun(t->r, LEX_OBJECT).many);
    kind_is_last(t);
    t->q.limit = 90000;
    if (m == 0) m = 1;
    if (n < k) t->q.bad = true;
    for (int i = 0; i < k; i++) v[i] = quant_num(m == 1 ? (i ? n - 1 : n) : n - i);
    t->q.asked = quant_product(&t->q, "rows", v, k);
    tale_said(t, "places = %d; %s = %ld; %s; asked: rows", k, t->kind, n, what[m]);
    tale_plan(t, m == 1 ? "the first is free, each other one has one choice less" : "one choice less for each place");
    t->ask = m == 1 ? "{A row of <k> places is filled with <n> kinds of <sign>|A row has <k> places, and there are <n> "
                      "kinds of <sign>}. {Neighbours must {differ|not be the same}|No two neighbours may be the same}. "
                      "How many rows are possible?"
                    : "{A row of <k> places is filled with <n> kinds of <sign>|A row has <k> places, and there are <n> "
                      "kinds of <sign>}. {No kind may come twice|All must be different}. How many rows are possible?";
    t->tell = "{There are|That makes} **<answer>**[ rows].";
}

static void two_teams(tale *t) {
    int a = tale_range(t, 4, t->level > 9 ? 14 : 20), b = tale_range(t, 4, t->level > 9 ? 14 : 20),
        j = tale_range(t, t->level > 9 ? 2 : 1, t->level > 9 ? 3 : 2), k = tale_range(t, 1, 2);
    if (j == 1 && k == 1) k = 2;
    tale_num(t, "a", a), tale_num(t, "b", b), tale_num(t, "j", j), tale_num(t, "k", k);
    static const char *const pairs_of[][2] = {{"girls", "boys"},       {"teachers", "parents"}, {"women", "men"},
                                              {"doctors", "nurses"},   {"novels", "comics"},    {"violins", "cellos"},
                                              {"pianists", "singers"}, {"cooks", "waiters"},    {"forwards", "backs"},
                                              {"roses", "tulips"},     {"apples", "pears"},     {"juniors", "seniors"}};
    int                      of            = tale_pick(t, 12);
    tale_text(t, "as", pairs_of[of][0]);
    tale_text(t, "bs", pairs_of[of][1]);
    kind_is_last(t);
    const char *as = t->text[t->n - 2], *bs = t->text[t->n - 1];
    t->q.limit = 90000;
    int x = choose(t, as, a, j), y = choose(t, bs, b, k);
    t->q.asked = quant_op(&t->q, "ways", quant_ref(x), '*', quant_ref(y));
    tale_said(t, "%s = %d, choose %d; %s = %d, choose %d; asked: ways", as, a, j, bs, b, k);
    tale_plan(t, "choices of %s times choices of %s", as, bs);
    t->ask  = "{There are <a> <as> and <b> <bs>|<A> counts <a> <as> and <b> <bs>|In a list there are <a> <as> and <b> "
              "<bs>}. {In how many ways can one choose <j> of the <as> and <k> of the <bs>|How many {groups|choices} "
              "with <j> of the <as> and <k> of the <bs> are possible}?";
    t->tell = "{There are|That makes} **<answer>**[ ways].";
}

static void at_least(tale *t) { /* k places, n signs, one of them at least once: all - without */
    int        k = tale_range(t, t->level > 9 ? 3 : 2, t->level > 9 ? 4 : 3), n = tale_range(t, 3,
                                                                                      k == 2   ? 99
                                                                                             : k == 3 ? 30
                                                                                                      : 12);
    quant_term v[QUANT_TERMS], w[QUANT_TERMS];
    tale_num(t, "k", k);
    tale_num(t, "n", n);
    tale_text(t, "sign", lexicon_noun(t->r, LEX_OBJECT).many);
    kind_is_last(t);
    t->q.limit = 90000;
    for (int i = 0; i < k; i++) v[i] = quant_num(n), w[i] = quant_num(n - 1);
    int all = quant_product(&t->q, "all", v, k), none = quant_product(&t->q, "without", w, k);
    t->q.asked = quant_op(&t->q, "with", quant_ref(all), '-', quant_ref(none));
    tale_said(t, "places = %d; %s = %d; repeats allowed; a certain one at least once; asked: rows", k, t->kind, n);
    tale_plan(t, "all rows less those without it");
    t->ask  = "A row of <k> places is filled with <n> kinds of <sign>, {which may be repeated|repeats are allowed}. "
              "{How many rows have a certain kind at least once|In how many rows does a certain one of the kinds appear "
              "at least once}?";
    t->tell = "{There are|That makes} **<answer>**[ rows].";
}

static void equal_letters(tale *t) { /* a + b things of two sorts in a row: n over a */
    int a = tale_range(t, t->level > 9 ? 3 : 2, t->level > 9 ? 4 : 3), b = tale_range(t, a, 18);
    tale_num(t, "a", a), tale_num(t, "b", b);
    word(t, "x", "{red|white|yellow|pink|golden|brown}");
    word(t, "y", "{blue|black|green|violet|silver|grey}");
    tale_text(t, "balls", lexicon_noun(t->r, LEX_OBJECT).many);
    kind_is_last(t);
    t->q.limit = 90000;
    t->q.asked = choose(t, "rows", a + b, a);
    tale_said(t, "%s = %d; %s = %d; in a row; asked: rows", t->text[t->n - 3], a, t->text[t->n - 2], b);
    tale_plan(t, "choose %d of the %d + %d places for %s", a, a, b, t->text[t->n - 3]);
    t->ask  = "{In how many {different |}ways can <a> <x> and <b> <y> <balls> be {put|laid|arranged} in a row|How many "
              "different rows can be made of <a> <x> and <b> <y> <balls>}[, if <balls> of one colour look the same]?";
    t->tell = "{There are|That makes} **<answer>**[ {ways|rows}].";
}

static void make(rng *r, int level, problem *p) {
    static const struct {
        tale_kind k[4];
        int       n;
    } of[] = {{{NULL}, 0},
              {{two}, 1},
              {{three, two}, 2},
              {{code, three}, 2},
              {{race, offices, three}, 3},
              {{handshakes, offices}, 2},
              {{team, handshakes}, 2},
              {{condition, team}, 2},
              {{two_teams}, 1},
              {{at_least, equal_letters, two_teams}, 3},
              {{at_least, equal_letters, two_teams}, 3}};
    tale_make(r, level, p, "counting", of[level].k, of[level].n);
}

/* ---- the other way: by adding up (Pascal's triangle), by powers and by falling factors */
static long over(long n, long k) {
    long row[64] = {1};
    if (n > 1000 || k > 63) return -1;
    for (long i = 1; i <= n; i++)
        for (long j = i < k ? i : k; j > 0; j--) row[j] += row[j - 1];
    return row[k];
}

static long power(long n, long k) { return k ? n * power(n, k - 1) : 1; }

static long drop(long n, long k) { return k ? n * drop(n - 1, k - 1) : 1; }

static bool say(str *truth, long v) {
    str_addf(truth, "%ld", v);
    return true;
}

static bool solve(const problem *p, str *truth, char why[96]) {
    const char *s;
    size_t      n;
    long        a, b, k;
    char        w[40], u[40];
    if (!fam_understood(p, &s, &n, why)) return false;
    if (sscanf(s, "places = %ld; %39[a-z -] = %ld; repeats allowed; asked: %5[codes]", &k, w, &a, u) == 4)
        return say(truth, power(a, k));
    if (sscanf(s, "places = %ld; %39[a-z -] = %ld; %5[repat]", &k, w, &a, u) == 4 && !strncmp(u, "repea", 5))
        return say(truth, power(a, k) - power(a - 1, k));
    if (sscanf(s, "places = %ld; %39[a-z -] = %ld; neighbours%1[ ]", &k, w, &a, u) == 4)
        return say(truth, a * power(a - 1, k - 1));
    if (sscanf(s, "places = %ld; %39[a-z -] = %ld; all%1[ ]", &k, w, &a, u) == 4) return say(truth, drop(a, k));
    if (sscanf(s, "members = %ld; offices = %39[a-z]", &a, w) == 2)
        return say(truth, drop(a, !strcmp(w, "two") ? 2 : 3));
    if (sscanf(s, "%39[a-z -] = %ld; places = %39[a-z, ]", w, &a, u) == 3)
        return say(truth, drop(a, strstr(u, "fourth") ? 4 : strstr(u, "third") ? 3 : 2));
    if (sscanf(s, "%39[a-z -] = %ld; all in a%1[ ]row", w, &a, u) == 3) return say(truth, drop(a, a));
    if (sscanf(s, "%39[a-z -] = %ld; pairs%1[,]", w, &a, u) == 3) return say(truth, over(a, 2));
    if (sscanf(s, "%39[a-z -] = %ld; choose %ld, no%1[ ]", w, &a, &k, u) == 4) return say(truth, over(a, k));
    long j;
    if (sscanf(s, "%39[a-z -] = %ld, choose %ld; %39[a-z -] = %ld, choose %ld;", w, &a, &j, u, &b, &k) == 6)
        return say(truth, over(a, j) * over(b, k));
    if (sscanf(s, "%39[a-z -] = %ld; %39[a-z -] = %ld; in a row", w, &a, u, &b) == 4 &&
        strstr(s, "; in a row; asked: rows"))
        return say(truth, over(a + b, a));
    return quant_truth(p, truth, why);
}

const family fam_counting = {.name   = "counting",
                             .field  = "education",
                             .about  = "in how many ways: products, orders, choices",
                             .levels = 10,
                             .make   = make,
                             .right  = tale_right,
                             .solve  = solve};
