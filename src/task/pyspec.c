/* pyspec.c -- see pyspec.h. In the tables @ is the element that the line is about, #k=..# a number of its own. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "task/pyfam.h"
#include "task/pyspec.h"

typedef struct source {
    char        lo, arg, of; /* from this level on; pyspec.arg; elements: i number, c character, w word */
    const char *takes, *elements, *head, *bind, *wrong;
} source;

/* $P the parameter, $Q the second one, $x the element */
static const source sources[] = {
    {2, 'l', 'i', "a list of numbers", "the numbers in $P", "for $x in $P:", NULL, "for $x in $P[1:]:"},
    {3, 'l', 'i', "a list of numbers", "the numbers in the first #s# places of $P", "for $x in $P[:#s=2..4#]:", NULL,
     "for $x in $P[#s#:]:"},
    {3, 'l', 'i', "a list of numbers", "the numbers after the first #s# places of $P", "for $x in $P[#s=2..3#:]:", NULL,
     "for $x in $P[:#s#]:"},
    {3, 'l', 'i', "a list of numbers", "the numbers in the last #s# places of $P", "for $x in $P[-#s=2..4#:]:", NULL,
     "for $x in $P[:-#s#]:"},
    {4, 'l', 'i', "a list of numbers", "the numbers at every second place of $P (the first, the third and so on)",
     "for $x in $P[::2]:", NULL, "for $x in $P[1::2]:"},
    {5, 'n', 'i', "a whole number", "the numbers from 1 to $P", "for $x in range(1, $P + 1):", NULL,
     "for $x in range(1, $P):"},
    {5, 'n', 'i', "a whole number", "the digits of $P", "for $h in str($P):", "$x = int($h)", NULL},
    {6, 'n', 'i', "a whole number", "the divisors of $P",
     "for $x in range(1, $P + 1):", "if $P % $x == 0:", "for $x in range(2, $P):"},
    {3, 's', 'c', "a string", "the characters of $P", "for $x in $P:", NULL, "for $x in $P[:-1]:"},
    {3, 's', 'c', "a string", "the characters in the first #s# places of $P", "for $x in $P[:#s=2..6#]:", NULL,
     "for $x in $P[#s#:]:"},
    {3, 's', 'c', "a string", "the characters after the first #s# places of $P", "for $x in $P[#s=2..5#:]:", NULL,
     "for $x in $P[:#s#]:"},
    {4, 's', 'c', "a string", "the characters in the last #s# places of $P", "for $x in $P[-#s=2..6#:]:", NULL,
     "for $x in $P[:-#s#]:"},
    {4, 'w', 'w', "a list of words", "the words in the first #s# places of $P", "for $x in $P[:#s=2..4#]:", NULL,
     "for $x in $P[#s#:]:"},
    {4, 'w', 'w', "a list of words", "the words after the first #s# places of $P", "for $x in $P[#s=2..3#:]:", NULL,
     "for $x in $P[:#s#]:"},
    {4, 'w', 'w', "a list of words", "the words in $P", "for $x in $P:", NULL, "for $x in $P[1:]:"},
    {6, 't', 'w', "a text", "the words of $P", "for $x in $P.split():", NULL, "for $x in $P:"},
    {7, 'd', 'i', "a dict with numbers as values", "the values of $P", "for $x in $P.values():", NULL, "for $x in $P:"},
    {7, 'p', 'i', "two lists of numbers", "the products of the numbers at the same place in $P and $Q",
     "for $a, $b in zip($P, $Q):", "$x = $a * $b", NULL},
    {7, 'l', 'i', "a list of numbers", "the differences between each number of $P and the one before it",
     "for $i in range(1, len($P)):", "$x = $P[$i] - $P[$i - 1]", "for $i in range(2, len($P)):"},
    {8, 'm', 'i', "a list of lists of numbers", "the numbers in the lists of $P",
     "for $j in $P:", "for $x in $j:", NULL},
    {8, 'p', 'i', "two lists of numbers", "the larger of the numbers at each place of $P and $Q",
     "for $a, $b in zip($P, $Q):", "$x = max($a, $b)", NULL},
};

typedef struct rule {
    char        of;
    const char *says, *code, *wrong; /* of conditions: after "that"; of maps: before the elements */
} rule;

static const rule conditions[] = {
    {'i', "are even", "@ % 2 == 0", "@ % 2 == 1"},
    {'i', "are odd", "@ % 2 == 1", "@ % 2 == 0"},
    {'i', "are positive", "@ > 0", "@ < 0"},
    {'i', "are not 0", "@ != 0", "@ == 0"},
    {'i', "are greater than #k=2..40#", "@ > #k#", "@ < #k#"},
    {'i', "are less than #k=5..40#", "@ < #k#", "@ <= #k#"},
    {'i', "are at least #k=2..40#", "@ >= #k#", "@ > #k#"},
    {'i', "are at most #k=5..40#", "@ <= #k#", "@ < #k#"},
    {'i', "are divisible by #k=3..12#", "@ % #k# == 0", "@ // #k# == 0"},
    {'i', "are not divisible by #k=2..12#", "@ % #k# != 0", "@ % #k# == 0"},
    {'i', "leave the remainder 1 when divided by #k=3..9#", "@ % #k# == 1", "@ // #k# == 1"},
    {'i', "end in the digit #k=0..9#", "abs(@) % 10 == #k#", "abs(@) // 10 == #k#"},
    {'i', "are between #k=1..9# and #m=10..40#, both included", "@ >= #k# and @ <= #m#", "@ >= #k# or @ <= #m#"},
    {'i', "are below #k=2..9# or above #m=12..40#", "@ < #k# or @ > #m#", "@ < #k# and @ > #m#"},
    {'i', "are not equal to #k=1..20#", "@ != #k#", "@ == #k#"},
    {'i', "have more than one digit", "abs(@) > 9", "abs(@) > 10"},
    {'c', "are vowels", "@ in 'aeiou'", "@ not in 'aeiou'"},
    {'c', "are not vowels", "@ not in 'aeiou'", "@ in 'aeiou'"},
    {'c', "are digits", "@.isdigit()", "@.isalpha()"},
    {'c', "are letters", "@.isalpha()", "@.isdigit()"},
    {'c', "are capital letters", "@.isupper()", "@.islower()"},
    {'c', "are small letters", "@.islower()", "@.isupper()"},
    {'c', "are not spaces", "@ != ' '", "@ == ' '"},
    {'c', "are not the letter '~q=a|e|o|s|t|n|r|l|i~'", "@ != '%q'", "@ == '%q'"},
    {'c', "are one of the letters '~q=ab|cd|xyz|ste|nor|lmn|rst~'", "@ in '%q'", "@ not in '%q'"},
    {'c', "come after '~q=e|h|k|m|p|s~' in the alphabet", "@ > '%q'", "@ < '%q'"},
    {'w', "have more than #k=3..5# letters", "len(@) > #k#", "len(@) >= #k#"},
    {'w', "have fewer than #k=4..6# letters", "len(@) < #k#", "len(@) <= #k#"},
    {'w', "have exactly #k=3..6# letters", "len(@) == #k#", "len(@) >= #k#"},
    {'w', "have an even number of letters", "len(@) % 2 == 0", "len(@) % 2 == 1"},
    {'w', "begin with '~q=a|b|c|d|g|l|m|p|r|s|t|w~'", "@.startswith('%q')", "@.endswith('%q')"},
    {'w', "end in '~q=a|d|e|g|k|n|r|t|w~'", "@.endswith('%q')", "@.startswith('%q')"},
    {'w', "contain the letter '~q=a|e|i|o|n|r|s|t|l|u~'", "'%q' in @", "@ in '%q'"},
    {'w', "do not contain the letter '~q=a|e|i|o|n|r|s|t~'", "'%q' not in @", "'%q' in @"},
    {'w', "are the same read backwards", "@ == @[::-1]", "@ == @[-1]"},
    {'w', "begin and end with the same letter", "@[0] == @[-1]", "@[0] == @[1]"},
};

/* says: before the elements; of scalars "% is replaced": "the square of %" */
static const struct {
    char        of, to;
    const char *says, *one, *code, *wrong;
} maps[] = {
    {'i', 'i', "the squares of ", "the square of %", "@ * @", "@ * 2"},
    {'i', 'i', "the cubes of ", "the cube of %", "@ * @ * @", "@ * 3"},
    {'i', 'i', "#k=2..30# times ", "#k# times %", "@ * #k#", "@ + #k#"},
    {'i', 'i', "the results of adding #k=1..60# to ", "% plus #k#", "@ + #k#", "@ * #k#"},
    {'i', 'i', "the results of subtracting #k=1..60# from ", "% minus #k#", "@ - #k#", "#k# - @"},
    {'i', 'i', "the results of subtracting from #k=10..90# ", "#k# minus %", "#k# - @", "@ - #k#"},
    {'i', 'i', "the halves, rounded down, of ", "half of %, rounded down", "@ // 2", "@ % 2"},
    {'i', 'i', "the quotients, rounded down, by #k=3..9# of ", "% divided by #k#, rounded down", "@ // #k#", "@ % #k#"},
    {'i', 'i', "the remainders after division by #k=3..12# of ", "the remainder of % divided by #k#", "@ % #k#",
     "@ // #k#"},
    {'i', 'i', "the last digits of ", "the last digit of %", "abs(@) % 10", "abs(@) // 10"},
    {'i', 'i', "the negatives of ", "the negative of %", "-@", "@"},
    {'i', 'i', "the values, with all above #k=10..40# made #k#, of ", "the smaller of % and #k#", "min(@, #k#)",
     "max(@, #k#)"},
    {'i', 'i', "the values, with all below #k=2..20# made #k#, of ", "the larger of % and #k#", "max(@, #k#)",
     "min(@, #k#)"},
    {'i', 'i', "the distances to #k=5..30# of ", "the distance between % and #k#", "abs(@ - #k#)", "@ - #k#"},
    {'i', 'i', "the numbers of digits of ", "the number of digits of %", "len(str(abs(@)))", "len(str(abs(@))) - 1"},
    {'c', 's', "the capital forms of ", NULL, "@.upper()", "@.lower()"},
    {'c', 's', "the small forms of ", NULL, "@.lower()", "@.upper()"},
    {'c', 's', "the doubled forms ('aa' for 'a') of ", NULL, "@ * 2", "@ * 3"},
    {'c', 's', "the forms with '~q=-|.|*|!~' behind of ", NULL, "@ + '%q'", "'%q' + @"},
    {'w', 'i', "the lengths of ", NULL, "len(@)", "len(@) - 1"},
    {'w', 's', "the capital forms of ", NULL, "@.upper()", "@.lower()"},
    {'w', 's', "the reversed forms of ", NULL, "@[::-1]", "@[:-1]"},
    {'w', 's', "the first letters of ", NULL, "@[0]", "@[1:]"},
    {'w', 's', "the last letters of ", NULL, "@[-1]", "@[:-1]"},
    {'w', 's', "the forms without their first letter of ", NULL, "@[1:]", "@[:-1]"},
    {'w', 's', "the forms with '~q=!|.|s|-x~' behind of ", NULL, "@ + '%q'", "'%q' + @"},
    {'w', 's', "the first #k=2..4# letters of ", NULL, "@[:#k#]", "@[#k#:]"},
    {'w', 's', "the forms with a capital first letter of ", NULL, "@.capitalize()", "@.upper()"},
    {'w', 'i', "the numbers of '~q=a|e|o|n|r|t~' in ", NULL, "@.count('%q')", "@.find('%q')"},
};

typedef struct result {
    char        lo, of; /* of: i numbers, s strings, * both */
    bool        map;    /* a transformation makes sense */
    const char *says, *empty, *init, *wrong_init, *update, *wrong_update, *update2, *final, *wrong_final;
} result;
static const result results[] = {
    {2, 'i', true, "the sum of ", NULL, "$t = 0", "$t = 1", "$t += @", "$t = @", NULL, "$t", "$t + 1"},
    {2, 'i', true, "the product of ", "1 if there are none", "$t = 1", "$t = 0", "$t *= @", "$t += @", NULL, "$t",
     "$t - 1"},
    {2, '*', false, "the number of ", NULL, "$u = 0", "$u = 1", "$u += 1", "$u = 1", NULL, "$u", "$u - 1"},
    {2, 'i', true, "the largest of ", "None if there are none", "$v = None", "$v = 0",
     "if $v is None or @ > $v:", "if $v is None or @ < $v:", "$v = @", "$v", NULL},
    {2, 'i', true, "the smallest of ", "None if there are none", "$v = None", "$v = 0",
     "if $v is None or @ < $v:", "if $v is None or @ > $v:", "$v = @", "$v", NULL},
    {2, '*', true, "a list of ", NULL, "$M = []", NULL, "$M.append(@)", "$M = [@]", NULL, "$M", "$M[1:]"},
    {3, 'i', true, "#g# plus the sum of ", NULL, "$t = #g=2..60#", "$t = 0", "$t += @", "$t = @", NULL, "$t", NULL},
    {3, 'i', true, "#g# minus the sum of ", NULL, "$t = #g=30..99#", "$t = 0", "$t -= @", "$t += @", NULL, "$t", NULL},
    {3, 'i', true, "#g# times the sum of ", NULL, "$t = 0", "$t = 1", "$t += @", "$t = @", NULL, "$t * #g=2..9#",
     "$t + #g#"},
    {3, 'i', true, "the smaller of #g# and the sum of ", NULL, "$t = 0", "$t = 1", "$t += @", "$t = @", NULL,
     "min($t, #g=10..60#)", "max($t, #g#)"},
    {3, '*', false, "#g# minus the number of ", NULL, "$u = #g=10..60#", "$u = 0", "$u -= 1", "$u += 1", NULL, "$u",
     NULL},
    {3, '*', false, "#g# times the number of ", NULL, "$u = 0", "$u = 1", "$u += #g=2..12#", "$u += 1", NULL, "$u",
     NULL},
    {3, 'i', true, "a list that begins with #g# and goes on with ", NULL, "$M = [#g=0..60#]", "$M = []", "$M.append(@)",
     "$M = [@]", NULL, "$M", NULL},
    {3, '*', true, "a list, in reverse order, of ", NULL, "$M = []", NULL, "$M.insert(0, @)", "$M.append(@)", NULL,
     "$M", NULL},
    {3, 'i', true, "a sorted list of ", NULL, "$M = []", NULL, "$M.append(@)", "$M.insert(0, @)", NULL, "sorted($M)",
     "$M"},
    {3, 'i', true, "a list, sorted from large to small, of ", NULL, "$M = []", NULL, "$M.append(@)", NULL, NULL,
     "sorted($M, reverse=True)", "sorted($M)"},
    {4, '*', true, "the number of different values among ", NULL, "$e = set()", NULL, "$e.add(@)", NULL, NULL,
     "len($e)", "len($e) - 1"},
    {4, '*', true, "the last of ", "None if there are none", "$v = None", NULL, "$v = @", NULL, NULL, "$v", NULL},
    {4, 'i', true, "the difference between the largest and the smallest of ", "0 if there are none", "$M = []", NULL,
     "$M.append(@)", "$M = [@]", NULL, "max($M) - min($M) if $M else 0", "min($M) - max($M) if $M else 0"},
    {4, 'i', true, "the average, rounded down, of ", "0 if there are none", "$M = []", NULL, "$M.append(@)", "$M = [@]",
     NULL, "sum($M) // len($M) if $M else 0", "sum($M) // 2 if $M else 0"},
    {5, '*', true, "a list without repetitions, in order of first appearance, of ", NULL, "$M = []", NULL,
     "if @ not in $M:", "if @ in $M:", "$M.append(@)", "$M", NULL},
    {6, '*', true, "a dict that says how often each value occurs among ", NULL, "$d = {}", NULL,
     "$d[@] = $d.get(@, 0) + 1", "$d[@] = $d.get(@, 1) + 1", NULL, "$d", NULL},
    {5, 'i', true, "the sum, with alternating signs beginning with plus, of ", NULL, "$t, $c = 0, 1", "$t, $c = 0, -1",
     "$t += @ * $c", "$t -= @ * $c", "=$c = -$c", "$t", NULL},
    {6, 'i', true, "a list of the running sums of ", NULL, "$t, $M = 0, []", "$t, $M = 1, []", "$t += @", "$t = @",
     "=$M.append($t)", "$M", NULL},
    {3, 's', true, "a string made of ", NULL, "$r = ''", NULL, "$r += @", "$r = @", NULL, "$r", NULL},
    {4, 's', true, "a string made, from the last to the first, of ", NULL, "$r = ''", NULL, "$r = @ + $r",
     "$r = $r + @", NULL, "$r", NULL},
    {4, 's', true, "a string, joined with '-', of ", NULL, "$M = []", NULL, "$M.append(@)", NULL, NULL, "'-'.join($M)",
     "''.join($M)"},
    {5, 's', true, "a sorted list of ", NULL, "$M = []", NULL, "$M.append(@)", NULL, NULL, "sorted($M)", "$M"},
    {5, 's', true, "the longest (the first of equals, '' if there are none) of ", NULL, "$r = ''", NULL,
     "if len(@) > len($r):", "if len(@) < len($r):", "$r = @", "$r", NULL},
    {5, 'i', true, "a string, joined with ', ', of ", NULL, "$M = []", NULL, "$M.append(str(@))", NULL, NULL,
     "', '.join($M)", "','.join($M)"},
};
#define COUNT(a) ((int)(sizeof(a) / sizeof *(a)))

/* ---- filling in */
typedef struct hand {
    pytpl       t;
    const char *element; /* @ */
    char        q[8];    /* %q: a letter drawn */
} hand;

/* ~q=a|b|c~ draws a word and keeps it; %q repeats it; @ the element; the rest is pytpl's. */
static void fill(hand *h, str *out, const char *text) {
    str s = {0};
    str_clear(&s);
    for (const char *p = text; *p; p++) {
        if (*p == '@') str_add(&s, h->element ? h->element : "$x");
        else if (*p == '%' && p[1] == 'q') str_add(&s, h->q), p++;
        else if (*p == '~' && !strncmp(p, "~q=", 3)) {
            const char *end = strchr(p + 1, '~'), *from = p + 3;
            int         n = 1;
            for (const char *c = from; c < end; c++) n += *c == '|';
            for (int k = (int)rng_below(h->t.r, (uint64_t)n); k > 0; k--) from = strchr(from, '|') + 1;
            size_t len = strcspn(from, "|~");
            memcpy(h->q, from, len < 7 ? len : 7);
            h->q[len < 7 ? len : 7] = 0;
            str_add(&s, h->q);
            p = end;
        } else str_addc(&s, *p);
    }
    pytpl_put(&h->t, out, s.p);
    str_free(&s);
}

static void clear_line(pyspec_line *l) {
    str_clear(&l->code);
    str_clear(&l->why);
    str_clear(&l->idle);
    for (int i = 0; i < PYSPEC_WRONGS; i++) str_clear(&l->wrong[i]);
}

static pyspec_line *add(pyspec *s, hand *h, int indent, const char *code, const char *why) {
    if (s->lines == PYSPEC_LINES) abort();
    pyspec_line *l = &s->line[s->lines++];
    clear_line(l);
    l->indent = indent;
    fill(h, &l->code, code);
    str_add(&l->why, why);
    return l;
}

static void also(pyspec_line *l, hand *h, const char *wrong) {
    if (!wrong) return;
    for (int i = 0; i < PYSPEC_WRONGS; i++)
        if (!l->wrong[i].len) {
            fill(h, &l->wrong[i], wrong);
            return;
        }
}

/* `<` for `<=` and their like, where the line has one */
static void also_edge(pyspec_line *l) {
    static const char *const pair[][2] = {{" >= ", " > "}, {" <= ", " < "}, {" > ", " >= "}, {" < ", " <= "}};
    int                      k         = 0;
    while (k < PYSPEC_WRONGS && l->wrong[k].len) k++;
    for (int i = 0; i < 4 && k < PYSPEC_WRONGS; i++) {
        const char *p = strstr(l->code.p, pair[i][0]);
        if (!p) continue;
        str_addn(&l->wrong[k], l->code.p, (size_t)(p - l->code.p));
        str_add(&l->wrong[k], pair[i][1]);
        str_add(&l->wrong[k], p + strlen(pair[i][0]));
        return;
    }
}

/* One with a number stands for many: the others come half as often. */
static bool passed_over(rng *r, char of, const char *says) {
    return of == 'i' && !strchr(says, '#') && rng_below(r, 2);
}

static const rule *condition_of(rng *r, char of) {
    const rule *c;
    do c = &conditions[rng_below(r, (uint64_t)COUNT(conditions))];
    while (c->of != of || passed_over(r, of, c->says));
    return c;
}

static int map_of(rng *r, char of) {
    int i;
    do i = (int)rng_below(r, (uint64_t)COUNT(maps));
    while (maps[i].of != of || passed_over(r, of, maps[i].says));
    return i;
}

static const result *result_of(rng *r, char of, int level) {
    const result *f;
    do f = &results[rng_below(r, (uint64_t)COUNT(results))];
    while (f->lo > level || (f->of != '*' && f->of != of));
    return f;
}

static const source *source_of(rng *r, int level) {
    const source *f;
    do f = &sources[rng_below(r, (uint64_t)COUNT(sources))];
    while (f->lo > level || (level >= 8 && f->lo < 4) || (level <= 3 && f->lo > 2 && rng_below(r, 2)));
    return f;
}

/* ---- a function of one number */
static void says_one(hand *h, str *out, const char *pattern, const char *what) {
    str s = {0};
    str_clear(&s);
    for (; *pattern; pattern++) {
        if (*pattern == '%') str_add(&s, what);
        else str_addc(&s, *pattern);
    }
    pytpl_put(&h->t, out, s.p);
    str_free(&s);
}

static void scalar_step(pyspec *s, hand *h, str *what, int step, bool last) {
    int i    = map_of(h->t.r, 'i');
    str says = {0}, drop = {0}, text = {0};
    fill(h, &drop, maps[i].says); /* draws its number */
    says_one(h, &says, maps[i].one, what->p);
    str_addf(&text, "%s%s", last ? "return " : "$t = ", maps[i].code);
    pyspec_line *l = add(s, h, 1, text.p, "");
    says_one(h, &l->why, maps[i].one, step ? "that" : h->t.name['P']);
    str_clear(&text);
    str_addf(&text, "%s%s", last ? "return " : "$t = ", maps[i].wrong);
    also(l, h, text.p);
    str_clear(what);
    if (last) str_add(what, says.p);
    else str_addf(what, "(%s)", says.p);
    str_free(&says);
    str_free(&drop);
    str_free(&text);
}

static void scalar(pyspec *s, hand *h, int level) {
    str what = {0};
    str_add(&what, s->param);
    h->element = "$P";
    s->arg     = 'i';
    if (level == 1 || rng_below(h->t.r, 2)) {
        int n = rng_range(h->t.r, 2, 2 + (level > 1));
        for (int i = 0; i < n; i++) {
            scalar_step(s, h, &what, i, i == n - 1);
            h->element = "$t";
        }
        str_add(&s->says, what.p);
        str_add(&s->plan, "one step after the other, return the last");
    } else {
        const rule *c    = condition_of(h->t.r, 'i');
        str         says = {0}, text = {0}, a = {0}, b = {0};
        fill(h, &says, c->says);
        str_addf(&text, "if %s:", c->code);
        pyspec_line *l = add(s, h, 1, text.p, "the condition");
        str_add(&l->idle, "if True:");
        str_clear(&text);
        str_addf(&text, "if %s:", c->wrong);
        also(l, h, text.p);
        also_edge(l);
        str_add(&a, s->param);
        scalar_step(s, h, &a, 0, true);
        s->line[s->lines - 1].indent = 2;
        str_add(&b, s->param);
        scalar_step(s, h, &b, 0, true);
        const char *verb = says.p, *rest = strchr(verb, ' ');
        bool        are = str_starts(verb, "are "), have = str_starts(verb, "have ");
        size_t      n = (size_t)(rest - verb);
        str_addf(&s->says, "%s if %s ", a.p, s->param);
        if (are) str_add(&s->says, "is");
        else if (have) str_add(&s->says, "has");
        else str_addn(&s->says, verb, n), str_addc(&s->says, 's');
        str_addf(&s->says, "%s, and otherwise %s", rest, b.p);
        str_add(&s->plan, "test the condition, return one or the other");
        str_free(&says), str_free(&text), str_free(&a), str_free(&b);
    }
    str_free(&what);
}

/* ---- a loop */
static int put_source(pyspec *s, hand *h, const source *src) {
    pyspec_line *l = add(s, h, 1, src->head,
                         src->of == 'i' && !src->bind ? "each number"
                         : src->of == 'c'             ? "each character"
                         : src->of == 'w'             ? "each word"
                                                      : "each in turn");
    also(l, h, src->wrong);
    if (strstr(src->head, "$P[")) fill(h, &l->idle, "for $x in $P:");
    if (!src->bind) return 2;
    bool deeper = str_starts(src->bind, "if ") || str_starts(src->bind, "for ");
    add(s, h, 2, src->bind, *src->bind == 'i' ? "a divisor" : *src->bind == 'f' ? "each number in it" : "the value");
    return 2 + deeper;
}

static int put_condition(pyspec *s, hand *h, char of, int indent, str *that, const rule **first) {
    const rule *c;
    bool        second = *first != NULL;
    do c = condition_of(h->t.r, of);
    while (c == *first);
    *first   = c;
    str text = {0}, says = {0};
    fill(h, &says, c->says);
    str_add(that, second ? " and that " : " that ");
    str_add(that, says.p);
    str_addf(&text, "if %s:", c->code);
    pyspec_line *l = add(s, h, indent, text.p, "only those that ");
    str_add(&l->why, says.p);
    str_add(&l->idle, "if True:");
    str_clear(&text);
    str_addf(&text, "if %s:", c->wrong);
    also(l, h, text.p);
    also_edge(l);
    str_free(&text);
    str_free(&says);
    return indent + 1;
}

static void put_result(pyspec *s, hand *h, const result *res, int indent, pyspec_line *init) {
    static const char *const verbs[] = {"take it in", "note it", "bring it in", "use it"};
    fill(h, &init->code, res->init);
    str_add(&init->why, "to begin with");
    also(init, h, res->wrong_init);
    pyspec_line *l = add(s, h, indent, res->update,
                         res->update2 && *res->update2 != '=' ? "is it one to take" : verbs[rng_below(h->t.r, 4)]);
    also(l, h, res->wrong_update);
    if (res->update2) {
        bool same = *res->update2 == '=';
        add(s, h, indent + !same, res->update2 + same, "and go on");
    }
    str text = {0};
    str_addf(&text, "return %s", res->final);
    l = add(s, h, 1, text.p, "when all are seen");
    if (res->wrong_final) {
        str_clear(&text);
        str_addf(&text, "return %s", res->wrong_final);
        also(l, h, text.p);
    }
    str_free(&text);
}

static void looping(pyspec *s, hand *h, int level) {
    rng          *r    = h->t.r;
    const source *src  = source_of(r, level);
    str           that = {0}, map = {0};
    char          of = src->of == 'i' ? 'i' : 's';
    str_clear(&that);
    str_clear(&map);
    static const char *const names[3][6] = {{"nums", "xs", "values", "data", "numbers", "scores"},
                                            {"s", "text", "line", "word", "string", "label"},
                                            {"words", "names", "items", "terms", "tokens", "entries"}};
    s->arg                               = src->arg;
    s->loop                              = true;
    s->param                             = src->arg == 'n'   ? "n"
                                           : src->arg == 'd' ? "table"
                                           : src->arg == 'm' ? "rows"
                                                             : names[src->arg == 's' || src->arg == 't' ? 1
                                                                     : src->arg == 'w'                  ? 2
                                                                                       : 0][rng_below(r, 6)];
    pytpl_name(&h->t, 'P', s->param);
    if (src->arg == 'p') s->param2 = h->t.name['Q'];
    else h->t.name['Q'] = NULL;
    pyspec_line *init = &s->line[s->lines++];
    clear_line(init);
    init->indent        = 1;
    int indent          = put_source(s, h, src);
    h->element          = "$x";
    int         filters = level <= 2   ? 0
                          : level == 3 ? 1
                          : level < 7  ? (rng_below(r, 4) != 0)
                          : level < 9  ? rng_range(r, 1, 2)
                                       : 2;
    const rule *first   = NULL;
    for (int i = 0; i < filters; i++) indent = put_condition(s, h, src->of, indent, &that, &first);
    bool          want_map = level == 2 || (level >= 4 && rng_below(r, 4)) || level >= 9;
    const result *res      = NULL;
    if (want_map) {
        int i = map_of(r, src->of);
        fill(h, &map, maps[i].says);
        of       = maps[i].to;
        str text = {0};
        str_addf(&text, "$y = %s", maps[i].code);
        pyspec_line *l = add(s, h, indent, text.p, "");
        if (maps[i].one) says_one(h, &l->why, maps[i].one, "it");
        else fill(h, &l->why, map.p), str_add(&l->why, "it");
        str_clear(&text);
        str_addf(&text, "$y = %s", maps[i].wrong);
        also(l, h, text.p);
        fill(h, &l->idle, "$y = @");
        h->element = "$y";
        str_free(&text);
    }
    do res = result_of(r, of, level);
    while ((want_map && !res->map) || (src->of == 'c' && str_starts(res->says, "the longest")));
    put_result(s, h, res, indent, init);
    pytpl_put(&h->t, &s->says, res->says);
    str_add(&s->says, map.p);
    pytpl_put(&h->t, &s->says, src->elements);
    str_add(&s->says, that.p);
    str_add(&s->empty, res->empty ? res->empty : "");
    str_addf(&s->plan, "go through %s%s%s, %s",
             src->of == 'i'   ? "the numbers"
             : src->of == 'c' ? "the characters"
                              : "the words",
             filters ? ", keep those that fit" : "", want_map ? ", change each" : "",
             "collect, return what was collected");
    str_free(&that);
    str_free(&map);
}

void pyspec_free(pyspec *s) {
    str_free(&s->says);
    str_free(&s->empty);
    str_free(&s->plan);
    for (int i = 0; i < PYSPEC_LINES; i++) {
        str_free(&s->line[i].code);
        str_free(&s->line[i].why);
        str_free(&s->line[i].idle);
        for (int k = 0; k < PYSPEC_WRONGS; k++) str_free(&s->line[i].wrong[k]);
    }
}

void pyspec_draw(pyspec *s, rng *r, int level) {
    static const char *const names[] = {"f",        "solve",    "calc",   "compute",   "process",
                                        "work_out", "evaluate", "handle", "get_value", "answer_for",
                                        "find",     "make",     "apply",  "run_on"};
    hand                     h       = {.t = pytpl_new(r)};
    str_clear(&s->says);
    str_clear(&s->empty);
    str_clear(&s->plan);
    s->lines  = 0;
    s->param2 = NULL;
    s->loop   = false;
    s->f      = names[rng_below(r, sizeof names / sizeof *names)];
    bool one  = level == 1 || (level == 2 && rng_below(r, 3));
    pytpl_name(&h.t, 'f', s->f);
    s->param = one ? (const char *const[]){"n", "x", "num", "number"}[rng_below(r, 4)] : "";
    if (one) pytpl_name(&h.t, 'P', s->param);
    if (!one) pytpl_name(&h.t, 'Q', "others");
    if (one) scalar(s, &h, level);
    else looping(s, &h, level);
}

static void put_line(str *out, const pyspec *s, int i, int slip, int which) {
    const pyspec_line *l    = &s->line[i];
    bool               deep = i == slip && which == PYSPEC_DEEP, bare = i == slip && which == PYSPEC_BARE;
    for (int k = 0; k < l->indent + deep; k++) str_add(out, "    ");
    str_add(out, i == slip && which < PYSPEC_WRONGS ? l->wrong[which].p
                 : bare                             ? l->code.p + strlen("return ")
                                                    : l->code.p);
}

void pyspec_line_put(str *out, const pyspec *s, int i, int slip, int which) {
    str t = {0};
    put_line(&t, s, i, slip, which);
    str_add(out, t.p + strspn(t.p, " "));
    str_free(&t);
}

void pyspec_code(str *out, const pyspec *s, int slip, int which, bool reasons) {
    str_addf(out, s->param2 ? "def %s(%s, %s):\n" : "def %s(%s):\n", s->f, s->param, s->param2);
    for (int i = 0; i < s->lines; i++) {
        put_line(out, s, i, slip, which);
        if (reasons && s->line[i].why.len) str_addf(out, "  # %s", s->line[i].why.p);
        str_addc(out, '\n');
    }
}

bool pyspec_without(str *out, const pyspec *s, int i) {
    if (!s->line[i].idle.len) return false;
    str_addf(out, s->param2 ? "def %s(%s, %s):\n" : "def %s(%s):\n", s->f, s->param, s->param2);
    for (int k = 0; k < s->lines; k++) {
        if (k != i) put_line(out, s, k, -1, 0);
        else str_addf(out, "%*s%s", 4 * s->line[i].indent, "", s->line[i].idle.p);
        str_addc(out, '\n');
    }
    return true;
}

bool pyspec_matters(const pyspec *s, const str *call, const str *want, int n) {
    str   code = {0}, v = {0};
    pyast p   = {0};
    bool  all = true;
    for (int i = 0; i < s->lines && all; i++) {
        str_clear(&code);
        if (!pyspec_without(&code, s, i)) continue;
        all = !pyast_read(&p, code.p);
        for (int k = 0; k < n && !all; k++) all = !pyfam_value(&p, call[k].p, &v) || strcmp(v.p, want[k].p) != 0;
    }
    pyast_free(&p);
    str_free(&code);
    str_free(&v);
    return all;
}

bool pyspec_bug(const pyspec *s, rng *r, int *line, int *which) {
    int n = 0;
    if (s->loop && rng_below(r, 6) == 0) { /* the return stands too deep, or is no return */
        *line  = s->lines - 1;
        *which = rng_below(r, 2) ? PYSPEC_DEEP : PYSPEC_BARE;
        return true;
    }
    for (int i = 0; i < s->lines; i++)
        for (int k = 0; k < PYSPEC_WRONGS && s->line[i].wrong[k].len; k++)
            if (rng_below(r, (uint64_t)++n) == 0) *line = i, *which = k;
    return n > 0;
}

const char *pyspec_takes(const pyspec *s) {
    for (int i = 0; i < COUNT(sources); i++)
        if (sources[i].arg == s->arg) return sources[i].takes;
    return "a number";
}

/* ---- arguments */
/* A number of the sentence or one beside it: where `<` is not `<=`. */
static bool edge(const pyspec *s, rng *r, int *v) {
    int found[8], n = 0;
    for (const char *p = s->says.p; *p && n < 8; p++) {
        if (!isdigit((unsigned char)*p)) continue;
        char *end;
        found[n++] = (int)strtol(p, &end, 10);
        p          = end - 1;
    }
    if (n) *v = found[rng_below(r, (uint64_t)n)] + rng_range(r, -1, 1);
    return n > 0;
}

static void numbers(str *out, const pyspec *s, rng *r, int n, uint64_t far) {
    int last = 0;
    str_addc(out, '[');
    for (int i = 0; i < n; i++) {
        bool again = i && rng_below(r, 6) == 0; /* a repetition, which a set would lose */
        if (!again && (rng_below(r, 4) < far || !edge(s, r, &last)))
            last = rng_range(r, rng_below(r, 8) ? 0 : -9, rng_below(r, 3) ? 15 : 45);
        str_addf(out, i ? ", %d" : "%d", last);
    }
    str_addc(out, ']');
}

static void characters(str *out, rng *r, int size) {
    static const char *const odd[] = {"Ab3 c", "a1b2C3", "Hello", "x9 yz", "R2D2 ok", "No 7", "abcabc", "Strom"};
    str_addc(out, '\'');
    if (size && rng_below(r, 3) == 0) str_add(out, odd[rng_below(r, 8)]);
    else if (size) str_add(out, pytpl_word(r));
    if (size > 1 && rng_below(r, 2)) str_addf(out, "%s%s", rng_below(r, 2) ? " " : "", pytpl_word(r));
    str_addc(out, '\'');
}

static void argument(str *out, const pyspec *s, rng *r, int size) {
    int      n   = size == 0 ? 0 : size == 1 ? rng_range(r, 2, 3) : rng_range(r, 3, 6), v;
    uint64_t far = size == 3 ? 1 : 3; /* of 4: not near the numbers of the sentence */
    switch (s->arg) {
    case 'i':
        if (size < 2 || rng_below(r, 4) < far || !edge(s, r, &v))
            v = size == 0 ? 0 : rng_range(r, 1, size == 1 ? 20 : 60);
        str_addf(out, "%d", v);
        break;
    case 'n':
        if (size < 2 || rng_below(r, 4) < far || !edge(s, r, &v) || v < 1)
            v = size == 0 ? 1 : rng_range(r, 3, size == 1 ? 12 : 40);
        str_addf(out, "%d", v);
        break;
    case 'l':
    case 'p': numbers(out, s, r, n, far); break;
    case 's': characters(out, r, size); break;
    case 'd':
        str_addc(out, '{');
        for (int i = 0; i < n && i < 4; i++) {
            if (rng_below(r, 4) < far || !edge(s, r, &v)) v = rng_range(r, -5, 40);
            str_addf(out, "%s'%c': %d", i ? ", " : "", 'a' + i, v);
        }
        str_addc(out, '}');
        break;
    case 'm':
        str_addc(out, '[');
        for (int i = 0; i < (n + 1) / 2; i++) {
            if (i) str_add(out, ", ");
            numbers(out, s, r, rng_range(r, size > 1 ? 0 : 1, 3), far);
        }
        str_addc(out, ']');
        break;
    default:
        str_add(out, s->arg == 'w' ? "[" : "'");
        for (int i = 0; i < n && i < 5; i++)
            str_addf(out, s->arg == 'w' ? "%s'%s'" : "%s%s", !i ? "" : s->arg == 'w' ? ", " : " ", pytpl_word(r));
        str_add(out, s->arg == 'w' ? "]" : "'");
    }
}

void pyspec_call(str *out, const pyspec *s, rng *r, int size) {
    str_addf(out, "%s(", s->f);
    argument(out, s, r, size);
    if (s->param2) {
        str_add(out, ", ");
        argument(out, s, r, size);
    }
    str_addc(out, ')');
}
