/* fam_age.c -- how old are they?
 *
 * Levels: 1 older, younger, in some years, some years ago; 2 two of these; 3 and 4 chains of people, sums; 5 a multiple
 * and the sum; 6 a difference and the sum; 7 a difference, and a multiple in some years; 8 a multiple now and another
 * later; 9 three people and their sum; 10 the same at another time.
 *
 * From 5 on the Understand line holds equations; the plan goes by parts: if Tom is 3 times as old as Mia, both together
 * are 4 times Mia. */
#include <stdio.h>
#include "task/tale.h"

static int old(tale *t) { return tale_range(t, 3, t->level < 2 ? 60 : 70); }

/* "3", "three" or "twice" as the question says it; and the Understand line's form of k * who. */
typedef struct times {
    quant_term n;
    char       is[TALE_TEXT]; /* "3 * Mia" */
} times;
static times multiple(tale *t, const char *slot, long k, const char *who) {
    times m = {.n = quant_num(k)};
    char  s[TALE_TEXT];
    if (k == 2 && tale_chance(t, 70)) {
        m.n = quant_said("twice", 2);
        tale_text(t, slot, "twice");
        snprintf(m.is, sizeof m.is, "twice %s", who);
        return m;
    }
    bool word = tale_chance(t, 50) && quant_word(k);
    if (word) {
        m.n = quant_said(quant_word(k), k);
        snprintf(s, sizeof s, "%s times", quant_word(k));
        snprintf(m.is, sizeof m.is, "%s * %s", quant_word(k), who);
    } else {
        snprintf(s, sizeof s, "%ld times", k);
        snprintf(m.is, sizeof m.is, "%ld * %s", k, who);
    }
    tale_text(t, slot, s);
    return m;
}

#define HOW_OLD "{How old is|What is the age of|How many years old is}"

/* ---- straight on */
static void other(tale *t) {
    long       a = old(t), d = tale_range(t, 2, 40);
    bool       more = a <= d + 1 || tale_chance(t, 55);
    quant_term x = tale_num(t, "x", a), y = tale_maybe(t, "y", d);
    int        i = quant_given(&t->q, t->a.name, x);
    t->q.asked   = quant_op(&t->q, t->b.name, quant_ref(i), more ? '+' : '-', y);
    tale_text(t, "older", more ? "older" : "younger");
    t->ask = "{<A> is <x>[ years old]. <B> is <y> years <older>[ than <A>]|<A> is <x> and <B> is <y> years <older>|<B> "
             "is <y> years <older> than <A>, who is <x>}. " HOW_OLD " <B>?";
    t->tell = "<B> is **<answer>**[ years old].";
}

static void later(tale *t) {
    long       a = old(t), d = tale_range(t, 2, 40);
    bool       ago = a > d + 1 && tale_chance(t, 50);
    quant_term x = tale_num(t, "x", a), y = tale_maybe(t, "y", d);
    int        i = quant_given(&t->q, "now", x);
    t->q.asked   = quant_op(&t->q, ago ? "then" : "later", quant_ref(i), ago ? '-' : '+', y);
    t->kind      = "time";
    t->ask  = ago ? "<A> is <x>[ years old][ now]. {How old was <he> <y> years ago|What was <his> age <y> years ago}?"
                  : "<A> is <x>[ years old][ now]. {How old will <he> be in <y> years|What will <his> age be in <y> "
                    "years|How old is <he> <y> years from now}?";
    t->tell = ago ? "<he> was **<answer>**[ years old]." : "<he> will be **<answer>**[ years old].";
}

static void born(tale *t) {
    long       y = tale_range(t, 1950, 2015), a = tale_range(t, 3, 70);
    bool       age = tale_chance(t, 50);
    quant_term x   = tale_num(t, "x", y), z;
    t->kind        = "year";
    if (age) {
        z          = tale_num(t, "z", y + a);
        t->q.asked = quant_op(&t->q, "age", z, '-', x);
        t->ask     = "<A> was born in <x>. {How old is|How old does} <he> {turn|become} in <z>?";
        t->tell    = "<he> {turns|is} **<answer>**.";
        t->ask = "<A> was born in <x>. {How old does <he> turn in <z>|What birthday does <he> have in <z>|How old is "
                 "<he> after <his> birthday in <z>}?";
    } else {
        z          = tale_num(t, "z", a);
        t->q.asked = quant_op(&t->q, "year", x, '+', z);
        t->ask     = "<A> was born in <x>. In {what|which} year does <he> turn <z>?";
        t->tell    = "{In|It is} **<answer>**.";
    }
}

static void other_later(tale *t) {
    long       a = old(t), d = tale_range(t, 2, 30), k = tale_range(t, 2, 30);
    bool       more = a <= d + 2 || tale_chance(t, 55), ago = tale_chance(t, 40);
    long       b = more ? a + d : a - d;
    quant_term x = tale_num(t, "x", a), y = tale_maybe(t, "y", d), z = tale_maybe(t, "z", k);
    int        i = quant_given(&t->q, t->a.name, x), j = quant_op(&t->q, t->b.name, quant_ref(i), more ? '+' : '-', y);
    if (ago && b <= k) ago = false;
    t->q.asked = quant_op(&t->q, ago ? "then" : "later", quant_ref(j), ago ? '-' : '+', z);
    tale_text(t, "older", more ? "older" : "younger");
    t->ask  = ago ? "{<A> is <x>[ years old]. <B> is <y> years <older>[ than <A>]|<A> is <x> and <B> is <y> years "
                     "<older>|<B> is <y> years <older> than <A>, who is <x>}. {How old was <B> <z> years ago|What was "
                     "<B>'s age <z> years ago}?"
                  : "{<A> is <x>[ years old]. <B> is <y> years <older>[ than <A>]|<A> is <x> and <B> is <y> years "
                    "<older>|<B> is <y> years <older> than <A>, who is <x>}. {How old will <B> be in <z> years|What "
                    "will be <B>'s age in <z> years}?";
    t->tell = ago ? "<B> was **<answer>**[ years old]." : "<B> will be **<answer>**[ years old].";
}

static void sum_now(tale *t) {
    long       a = old(t), d = tale_range(t, 2, 30);
    bool       more = a <= d + 2 || tale_chance(t, 55);
    quant_term x = tale_num(t, "x", a), y = tale_maybe(t, "y", d);
    int        i = quant_given(&t->q, t->a.name, x), j = quant_op(&t->q, t->b.name, quant_ref(i), more ? '+' : '-', y);
    t->q.asked = quant_sum(&t->q, "together", (int[]){i, j}, 2);
    tale_text(t, "older", more ? "older" : "younger");
    t->ask  = "{<A> is <x>[ years old]. <B> is <y> years <older>[ than <A>]|<B> is <y> years <older> than <A>, who is "
              "<x>}. {How old are they together|What is the sum of their ages|How many years are both together}?";
    t->tell = "{Together they are|The sum is} **<answer>**[ years].";
}

static void chain(tale *t) { /* B from A, C from B, and what then? */
    long       a = tale_range(t, 4, 40), k = tale_range(t, 2, 5), d = tale_range(t, 2, 20), z = tale_range(t, 2, 25);
    quant_term x = tale_num(t, "x", a), y, w;
    times      m = multiple(t, "k", k, t->a.name);
    int        i = quant_given(&t->q, t->a.name, x), j = quant_op(&t->q, t->b.name, m.n, '*', quant_ref(i)), c;
    y         = tale_maybe(t, "y", d);
    bool more = tale_chance(t, 50);
    tale_text(t, "older", more ? "older" : "younger");
    c = quant_op(&t->q, t->c.name, quant_ref(j), more ? '+' : '-', y);
    if (quant_value(&t->q, c) > 110 || quant_value(&t->q, j) > 100) t->q.bad = true;
    if (t->level <= 3) {
        t->q.asked = c;
        t->ask =
            "<A> is <x>[ years old]. <B> is <k> as old as <A>. <C> is <y> years <older> than <B>. " HOW_OLD " <C>?";
        t->tell = "<C> is **<answer>**[ years old].";
    } else if (tale_chance(t, 50)) {
        w          = tale_maybe(t, "w", z);
        t->q.asked = quant_op(&t->q, "later", quant_ref(c), '+', w);
        t->ask  = "<A> is <x>[ years old]. <B> is <k> as old as <A>. <C> is <y> years <older> than <B>. How old will "
                  "<C> be in <w> years?";
        t->tell = "<C> will be **<answer>**[ years old].";
    } else {
        t->q.asked = quant_sum(&t->q, "together", (int[]){i, j, c}, 3);
        t->ask  = "<A> is <x>[ years old]. <B> is <k> as old as <A>. <C> is <y> years <older> than <B>. {How old are "
                  "all three together|What is the sum of their ages}?";
        t->tell = "{Together they are|The sum is} **<answer>**[ years].";
    }
}

static void past(tale *t) { /* y years ago A was x; how old in z years? */
    quant_term x = tale_num(t, "x", old(t)), y = tale_maybe(t, "y", tale_range(t, 2, 30)),
               z = tale_maybe(t, "z", tale_range(t, 2, 30));
    int i = quant_given(&t->q, "then", x), j = quant_op(&t->q, "now", quant_ref(i), '+', y);
    t->q.asked = quant_op(&t->q, "later", quant_ref(j), '+', z);
    t->ask     = "{<y> years ago <A> was <x>|<A> was <x> <y> years ago}. {How old will <he> be in <z> years|What will "
                 "<his> age be <z> years from now}?";
    t->ask = "<A> was <x> years old <y> years ago. {How old will <he> be in <z> years|What will <his> age be <z> years "
             "from now}?";
    t->tell = "<he> will be **<answer>**[ years old].";
}

/* ---- equations */
static void sum_multiple(tale *t) {
    long       a = tale_range(t, 3, 25 + 2 * t->level), k = tale_range(t, 2, 7);
    quant_term s     = tale_num(t, "s", a * (k + 1));
    times      m     = multiple(t, "k", k, t->a.name);
    bool       elder = tale_chance(t, 40);
    if (a * k > 110) t->q.bad = true;
    int parts = quant_op(&t->q, "parts", quant_num(k), '+', quant_num(1)), both = quant_given(&t->q, "both", s),
        i      = quant_op(&t->q, t->a.name, quant_ref(both), '/', quant_ref(parts));
    t->q.asked = i;
    if (elder) t->q.asked = quant_op(&t->q, t->b.name, quant_ref(i), '*', quant_num(k));
    tale_said(t, "%s = ?; %s = %s; %s + %s = %ld; asked: %s", t->a.name, t->b.name, m.is, t->a.name, t->b.name, s.v.v,
              elder ? t->b.name : t->a.name);
    tale_plan(t, "both are %ld parts and 1 part, %s is one part", k, t->a.name);
    tale_text(t, "who", elder ? t->b.name : t->a.name);
    t->ask =
        "{<B> is <k> as old as <A>. {Together they are <s>[ years old]|The sum of their ages is <s>}|{Together <A> and "
        "<B> are <s>[ years old]|The ages of <A> and <B> add up to <s>}. <B> is <k> as old as <A>}. " HOW_OLD " <who>?";
    t->tell = "<who> is **<answer>**[ years old].";
}

static void sum_difference(tale *t) {
    long       a = old(t), d = tale_range(t, 2, 40);
    quant_term s = tale_num(t, "s", 2 * a + d), y = tale_maybe(t, "y", d);
    bool       elder = tale_chance(t, 50);
    int both = quant_given(&t->q, "both", s), twice = quant_op(&t->q, "twice the younger", quant_ref(both), '-', y),
        i = quant_op(&t->q, t->a.name, quant_ref(twice), '/', quant_num(2));
    char name[24];
    snprintf(name, sizeof name, "%s", y.word ? y.word : t->text[t->n - 1]);
    t->q.asked = i;
    if (elder) t->q.asked = quant_op(&t->q, t->b.name, quant_ref(i), '+', y);
    tale_said(t, "%s = ?; %s = %s + %s; %s + %s = %ld; asked: %s", t->a.name, t->b.name, t->a.name, name, t->a.name,
              t->b.name, s.v.v, elder ? t->b.name : t->a.name);
    tale_plan(t, "take away the difference, halve, that is %s", t->a.name);
    tale_text(t, "who", elder ? t->b.name : t->a.name);
    t->ask  = "{<B> is <y> years older than <A>|<A> is <y> years younger than <B>}. {Together they are <s>[ years "
              "old]|The sum of their ages is <s>|Their ages add up to <s>}. " HOW_OLD " <who>?";
    t->tell = "<who> is **<answer>**[ years old].";
}

static void difference_later(tale *t) { /* B = A + d; in y years B is k times A */
    long k = tale_range(t, 2, 6), y = tale_range(t, 2, 30), then = tale_range(t, (int)y + 2, (int)y + 60),
         d        = then * (k - 1);
    quant_term  z = tale_maybe(t, "z", d), x = tale_maybe(t, "y", y);
    times       m     = multiple(t, "k", k, "one");
    char        f[24] = "twice", A[40], B[40];
    const char *dz = z.word ? z.word : t->text[t->n - 3], *dy = x.word ? x.word : t->text[t->n - 2];
    if (d > 90) t->q.bad = true;
    if (m.n.word && k == 2 && m.n.word[0] == 't' && m.n.word[1] == 'w' && m.n.word[2] == 'i')
        snprintf(f, sizeof f, "twice ");
    else if (m.n.word) snprintf(f, sizeof f, "%s * ", m.n.word);
    else snprintf(f, sizeof f, "%ld * ", k);
    snprintf(A, sizeof A, "%s later", t->a.name);
    snprintf(B, sizeof B, "%s later", t->b.name);
    int more   = quant_op(&t->q, "more parts", quant_num(k), '-', quant_num(1));
    int diff   = quant_given(&t->q, "difference", z), al;
    al         = k == 2 ? quant_op(&t->q, A, quant_ref(diff), '/', quant_ref(more))
                        : quant_op(&t->q, A, quant_ref(diff), '/', quant_ref(more));
    t->q.asked = quant_op(&t->q, t->a.name, quant_ref(al), '-', x);
    tale_said(t, "%s = ?; %s = %s + %s; years = %s; %s = %s + years; %s = %s + years; %s = %s%s; asked: %s", t->a.name,
              t->b.name, t->a.name, dz, dy, A, t->a.name, B, t->b.name, B, f, A, t->a.name);
    tale_plan(t, "the difference stays, then it is %ld - 1 parts", k);
    t->ask = "{<B> is <z> years older than <A>|<A> is <z> years younger than <B>}. In <y> years <B> will be <k> as old "
             "as <A>[ will be then]. " HOW_OLD " <A>[ now]?";
    t->tell = "<A> is **<answer>**[ years old][ now].";
}

static void now_and_later(tale *t) { /* B = k A; in y years B = m A */
    long k = tale_range(t, 3, 9), m = tale_range(t, 2, (int)k - 1), a = tale_range(t, 2, 24);
    if ((k - m) * a % (m - 1)) {
        t->q.bad = true;
        return;
    }
    long       y = (k - m) * a / (m - 1);
    quant_term x = tale_num(t, "y", y), K = tale_num(t, "k", k), M;
    char       A[40], B[40], f[24];
    if (m == 2) {
        tale_text(t, "m", "twice");
        M = quant_num(2);
        snprintf(f, sizeof f, "twice ");
    } else {
        char s[24];
        snprintf(s, sizeof s, "%ld times", m);
        tale_text(t, "m", s);
        M = quant_num(m);
        snprintf(f, sizeof f, "%ld * ", m);
    }
    if (y < 2 || y > 60 || a * k > 100) t->q.bad = true;
    snprintf(A, sizeof A, "%s later", t->a.name);
    snprintf(B, sizeof B, "%s later", t->b.name);
    int gone = quant_op(&t->q, "parts gone", K, '-', M), more = quant_op(&t->q, "more parts", M, '-', quant_num(1)),
        years  = quant_op(&t->q, "in all", quant_ref(more), '*', x);
    t->q.asked = quant_op(&t->q, t->a.name, quant_ref(years), '/', quant_ref(gone));
    tale_said(t, "%s = ?; %s = %ld * %s; years = %ld; %s = %s + years; %s = %s + years; %s = %s%s; asked: %s",
              t->a.name, t->b.name, k, t->a.name, y, A, t->a.name, B, t->b.name, B, f, A, t->a.name);
    tale_plan(t, "%ld %s + years = %ld %s + %ld years, so %ld - %ld parts are %ld - 1 times the years", k, t->a.name, m,
              t->a.name, m, k, m, m);
    t->ask = "<B> is <k> times as old as <A>. In <y> years <B> will be <m> as old as <A>[ will be then]. " HOW_OLD
             " <A>[ now]?";
    t->tell = "<A> is **<answer>**[ years old][ now].";
}

static void three(tale *t) { /* B = k A, C = A + d, sum; level 10: the sum is that of a later time */
    long a = tale_range(t, 3, 25), k = tale_range(t, 2, 5), d = tale_range(t, 2, 30),
         y       = t->level > 9 ? tale_range(t, 2, 15) : 0;
    long       s = a * (k + 2) + d + 3 * y;
    quant_term S = tale_num(t, "s", s), D = tale_num(t, "d", d), Y = quant_num(y);
    times      m = multiple(t, "k", k, t->a.name);
    if (y) tale_num(t, "y", y);
    if (a * k > 100 || a + d > 100) t->q.bad = true;
    int parts = quant_op(&t->q, "parts", quant_num(k), '+', quant_num(2)),
        all   = quant_given(&t->q, y ? "all later" : "all", S), later;
    if (y) {
        later = quant_op(&t->q, "years in all", Y, '*', quant_num(3));
        all   = quant_op(&t->q, "all now", quant_ref(all), '-', quant_ref(later));
    }
    int equal = quant_op(&t->q, "without the difference", quant_ref(all), '-', D);
    int who = tale_pick(t, 3), i = quant_op(&t->q, t->a.name, quant_ref(equal), '/', quant_ref(parts));
    t->q.asked        = who == 0   ? i
                        : who == 1 ? quant_op(&t->q, t->b.name, quant_ref(i), '*', quant_num(k))
                                   : quant_op(&t->q, t->c.name, quant_ref(i), '+', D);
    const char *asked = who == 0 ? t->a.name : who == 1 ? t->b.name : t->c.name;
    if (y)
        tale_said(t,
                  "%s = ?; %s = %s; %s = %s + %ld; years = %ld; %s + years + %s + years + %s + years = %ld; asked: %s",
                  t->a.name, t->b.name, m.is, t->c.name, t->a.name, d, y, t->a.name, t->b.name, t->c.name, s, asked);
    else
        tale_said(t, "%s = ?; %s = %s; %s = %s + %ld; %s + %s + %s = %ld; asked: %s", t->a.name, t->b.name, m.is,
                  t->c.name, t->a.name, d, t->a.name, t->b.name, t->c.name, s, asked);
    tale_plan(t, "%stake away the difference, then %ld parts, 1 part and 1 part are left",
              y ? "take away the years of all three, " : "", k);
    tale_text(t, "who", asked);
    t->ask  = y ? "<B> is <k> as old as <A>. <C> is <d> years older than <A>. In <y> years {they will be <s> "
                   "together|the sum of their three ages will be <s>}. " HOW_OLD " <who> now?"
                : "<B> is <k> as old as <A>. <C> is <d> years older than <A>. {Together the three are <s>[ years "
                   "old]|The sum of their three ages is <s>}. " HOW_OLD " <who>?";
    t->tell = "<who> is **<answer>**[ years old].";
}

static void average_age(tale *t) { /* n people, average m; one more comes, the average is w: how old? */
    long       n = tale_range(t, 3, 11), m = tale_range(t, 8, 75), w = m + tale_range(t, 1, 5);
    quant_term N = tale_num(t, "n", n), M = tale_num(t, "m", m), W = tale_num(t, "w", w);
    int        sum = quant_op(&t->q, "sum", N, '*', M), more = quant_op(&t->q, "people", N, '+', quant_num(1)),
        all    = quant_op(&t->q, "new sum", quant_ref(more), '*', W);
    t->q.asked = quant_op(&t->q, "newcomer", quant_ref(all), '-', quant_ref(sum));
    tale_said(t, "people = %ld; average = %ld; one comes, new average = %ld; asked: age of the new one", n, m, w);
    tale_plan(t, "sum of ages before and after, the difference is the new one");
    t->kind = "average";
    t->ask = "{The average age of <n> people {in a room|on a tour|in a team} is <m>|<n> people {in a room|on a tour|in "
             "a team} have an average age of <m>}. {One more comes|A new one joins}, and {then |now }the average is "
             "<w>. " HOW_OLD " the {new one|newcomer}?";
    t->tell = "{The newcomer is|The new one is} **<answer>**[ years old].";
}

static void make(rng *r, int level, problem *p) {
    static const struct {
        tale_kind k[4];
        int       n;
    } of[] = {{{NULL}, 0},
              {{other, later, born}, 3},
              {{other_later, sum_now, born}, 3},
              {{chain, other_later, past}, 3},
              {{chain, past, chain}, 3},
              {{sum_multiple, chain, sum_difference}, 3},
              {{sum_difference, sum_multiple, average_age}, 3},
              {{difference_later, average_age, difference_later}, 3},
              {{now_and_later, difference_later, three, average_age}, 4},
              {{three, three, now_and_later, difference_later}, 4},
              {{three}, 1}};
    tale_make(r, level, p, "age", of[level].k, of[level].n);
}

static bool solve(const problem *p, str *truth, char why[96]) {
    const char *s;
    size_t      n;
    long        k, m, w;
    if (!fam_understood(p, &s, &n, why)) return false;
    if (sscanf(s, "people = %ld; average = %ld; one comes, new average = %ld;", &k, &m, &w) == 3) {
        str_addf(truth, "%ld", w + (w - m) * k); /* the newcomer has what all the others gain */
        return true;
    }
    return quant_truth(p, truth, why);
}

const family fam_age = {.name   = "age",
                        .field  = "education",
                        .about  = "how old they are, were and will be",
                        .levels = 10,
                        .make   = make,
                        .right  = tale_right,
                        .solve  = solve};
