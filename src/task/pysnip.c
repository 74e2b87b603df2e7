/* pysnip.c -- see pysnip.h. A piece takes a value of one kind ($I) and leaves another in a variable of its own. */
#include <stdlib.h>
#include <string.h>
#include "task/pysnip.h"

typedef struct piece {
    char        lo, hi;  /* levels */
    char        in, out; /* i int, s string, l list of ints, w list of words, d dict of ints; '-' nothing */
    char        var;     /* the role that holds the result; 'I': the input itself */
    const char *text;    /* before "---": definitions */
} piece;

static const piece pieces[] = {
    /* 1: a line of arithmetic */
    {1, 3, 'i', 'i', 'b', "$b = $I ~+|-~ #1..9#\n"},
    {1, 3, 'i', 'i', 'b', "$b = $I * #2..5#\n"},
    {1, 2, 'i', 'i', 'b', "$b = #10..20# - $I\n"},
    {1, 2, 'i', 'i', 't', "$t = $I + $I\n"},
    {1, 3, 'i', 'i', 'I', "$I ~+=|-=~ #1..9#\n"},
    {1, 2, 'i', 'i', 't', "$b = #1..9#\n$t = $I ~+|-|*~ $b\n"},
    {1, 2, 'i', 'i', 't', "$t = $I * 2 ~+|-~ #1..9#\n"},
    {1, 1, 's', 's', 'r', "$r = $I + ^S^\n"},
    {1, 2, 's', 's', 'r', "$r = $I ~+ '!'|+ '?'|* 2|* 3~\n"},
    /* 2: decisions, quotients, words */
    {2, 4, 'i', 'i', 'b', "$b = $I // #2..5#\n"},
    {2, 4, 'i', 'i', 'b', "$b = $I % #2..9#\n"},
    {2, 5, 'i', 'i', 'b', "if $I ~>|<|>=|<=~ #4..16#:\n    $b = $I ~+|-~ #1..9#\nelse:\n    $b = $I ~*|+~ #2..4#\n"},
    {2, 5, 'i', 'i', 'I', "if $I % 2 == ~0|1~:\n    $I ~+=|-=~ #1..6#\n"},
    {2, 4, 'i', 'i', 'b', "$b = $I\n$c = #2..9#\n$b, $c = $c, $b\n$b = $b ~*|-|+~ 2\n"},
    {2, 4, 's', 'i', 't', "$t = len($I) ~+|*|-~ #1..4#\n"},
    {2, 5, 's', 's', 'r', "$r = $I.~upper()|capitalize()|title()~ + ~'!'|'.'|^S^~\n"},
    {2, 5, 's', 's', 'r', "$r = $I[0] + $I[-1]\n"},
    {2, 5, 's', 's', 'r', "$r = $I[~1:|:2|:-1|-2:|1:3~] ~* 2|+ $I[0]~\n"},
    {2, 4, 's', 's', 'r', "$r = 'no'\nif ~'a'|'e'|'o'|'n'~ in $I:\n    $r = 'yes'\n"},
    /* 3: counting loops */
    {3, 6, 'i', 'i', 't', "$t = $I\nfor $i in range(#3..4#):\n    $t ~+=|-=~ $i\n"},
    {3, 6, '-', 'i', 't', "$t = #0..5#\nfor $i in range(1, #4..5#):\n    $t += $i ~* #2..3#|+ #1..3#|* $i~\n"},
    {3, 6, 'i', 'i', 'I', "for $i in range(#2..4#):\n    $I = $I ~+ #1..5#|- #1..3#|* 2 - $i~\n"},
    {3, 6, 's', 's', 'r', "$r = ''\nfor $h in $I:\n    $r = ~$h + $r|$r + $h + '-'|$r + $h + $h~\n"},
    {3, 5, '-', 's', 'r', "$r = ''\nfor $i in range(#2..4#):\n    $r += str($i ~+|*~ #1..4#)\n"},
    {3, 5, 'l', 'i', 't', "$t = ~0|1|10~\nfor $x in $I:\n    $t += $x\n"},
    {3, 5, 'l', 'i', 't', "$t = $I[0] ~+|-|*~ $I[~1|-1|2~]\n"},
    {3, 5, 's', 'i', 'u', "$u = #0..2#\nfor $h in $I:\n    if $h == ~'a'|'e'|'o'|'n'~:\n        $u += 1\n"},
    /* 4: lists, while */
    {4, 7, 'l', 'i', 't',
     "$t = 0\nfor $x in $I:\n    if $x ~> #3..6#|% 2 == 0|% 2 == 1|< #4..7#~:\n        $t += $x\n"},
    {4, 7, 'l', 'i', 'u',
     "$u = 0\nfor $x in $I:\n    if $x ~> #3..6#|% 2 == 0|!= $I[0]|% 3 == 0~:\n        $u += ~1|2~\n"},
    {4, 7, 'l', 'l', 'M', "$M = []\nfor $x in $I:\n    $M.append($x ~* #2..3#|+ #1..5#|- #1..5#|* $x|// 2~)\n"},
    {4, 6, 'i', 'i', 'u', "$u = 0\nwhile $I > #3..5#:\n    $I -= #3..5#\n    $u += 1\n"},
    {4, 6, 'i', 'i', 'u', "$u = 0\nwhile $I ~> 1|> 0~:\n    $I = $I // 2\n    $u += 1\n"},
    {4, 6, 'i', 'i', 'I', "while $I < #20..40#:\n    $I ~*= 2|+= #5..9#|= $I * 2 + 1~\n"},
    {4, 7, 'l', 'l', 'I', "$I.append(#1..9#)\n$I[~0|1|-2~] = $I[~-1|2~] + #1..4#\n"},
    {4, 7, 'l', 'l', 'I', "$I.~pop()|pop(0)|reverse()|sort()|insert(1, #1..9#)~\n"},
    {4, 6, 'l', 'i', 't', "$t = ~len($I) * #2..3#|max($I) - min($I)|sum($I)|min($I) + len($I)~\n"},
    {4, 6, '-', 'l', 'M', "$M = []\nfor $i in range(#2..4#, #6..8#):\n    $M.append($i ~* 2|- 1|* $i|% 3~)\n"},
    /* 5: more in a loop */
    {5, 8, 'l', 'i', 't',
     "$t = 0\nfor $x in $I:\n    if $x ~> #6..8#|% 5 == 0|== #3..5#~:\n        ~break|continue~\n    $t += $x\n"},
    {5, 8, 'l', 'i', 'v', "$v = $I[0]\nfor $x in $I[1:]:\n    if $x ~>|<~ $v:\n        $v = $x\n"},
    {5, 8, 'i', 'i', 't',
     "$t = $I\nif $t > #12..20#:\n    $t -= #5..9#\nelif $t > #5..8#:\n    $t *= 2\nelse:\n    $t += #10..15#\n"},
    {5, 8, 'i', 'i', 't',
     "$t = 0\nfor $i in range(1, #5..6#):\n    if $i % ~2|3~ == 0:\n        $t += $i\n    else:\n        $t ~-= 1|+= "
     "2~\n$t += $I\n"},
    {5, 8, 's', 's', 'r',
     "$r = ''\nfor $h in $I:\n    if $h in 'aeiou':\n        $r += ~'*'|$h.upper()|$h + $h|''~\n    else:\n        $r "
     "+= $h\n"},
    {5, 8, 's', 's', 'r', "$r = $I[::-1]~| + $I|.upper()|[1:]~\n"},
    {5, 8, 's', 's', 'r',
     "$r = ''\nfor $i in range(len($I)):\n    if $i % 2 == ~0|1~:\n        $r += $I[$i]~|.upper()~\n"},
    {5, 8, 's', 's', 'r', "$r = $I.replace(~'a'|'e'|'o'|'n'~, ~''|'x'|'ab'~)\n"},
    {5, 8, 'l', 'l', 'M', "$M = $I[~1:|:-1|::-1|::2|:2|1:3~] + [#1..9#]\n"},
    {5, 8, 'l', 'l', 'M', "$M = []\nfor $i in range(len($I)):\n    $M.append($I[$i] ~+|*|-~ $i)\n"},
    {5, 7, 'i', 'i', 't',
     "$t = 0\nfor $i in range(#2..3#):\n    for $j in range(#2..3#):\n        $t += $i ~*|+~ $j\n$t += $I\n"},
    /* 6: functions, comprehensions */
    {6, 9, 'i', 'i', 't', "def $f($a, $b):\n    return $a ~*|+|-~ $b ~+|-~ #1..9#\n---\n$t = $f($I, #2..6#)\n"},
    {6, 9, 'i', 'i', 't',
     "def $f($n):\n    if $n % ~2|3~ == 0:\n        return $n // ~2|3~\n    return $n ~+ #1..5#|* 2|- #1..3#~\n---\n$t "
     "= $f($f($I))\n"},
    {6, 9, 'l', 'i', 't',
     "def $f($L):\n    $t = 0\n    for $x in $L:\n        if $x ~> #3..5#|% 2 == 0|< #5..7#~:\n            $t += $x\n  "
     "  return $t\n---\n$t = $f($I)\n"},
    {6, 9, 'l', 'l', 'M', "$M = [$x ~* 2|* $x|+ #1..5#|% 3|- 1~ for $x in $I]\n"},
    {6, 9, 'l', 'l', 'M', "$M = [$x for $x in $I if $x ~> #3..6#|% 2 == 0|% 2 == 1|!= #1..6#~]\n"},
    {6, 9, 'l', 'l', 'M', "$M = sorted($I~|, reverse=True~)[~:2|:3|1:|-2:~]\n"},
    {6, 9, 's', 's', 'r', "def $f($s):\n    return $s[~1:|:-1|::-1~] + $s[0]\n---\n$r = $f($I)\n"},
    {6, 9, 's', 's', 'r',
     "def $f($s, $n):\n    if len($s) > $n:\n        return $s[:$n]\n    return $s + '~.|!|-~' * ($n - "
     "len($s))\n---\n$r = $f($I, #3..6#)\n"},
    {6, 8, 'i', 'i', 't', "def $f($a, $b=#2..4#):\n    return $a * $b\n---\n$t = $f($I) ~+|-~ $f(#1..3#, #1..3#)\n"},
    {6, 9, 'w', 's', 'r', "$r = ~'-'|' '|''|', '~.join($I)\n"},
    {6, 9, 'w', 'l', 'M', "$M = [len($w) for $w in $I]\n"},
    {6, 9, 'w', 's', 'v', "$v = $I[0]\nfor $w in $I:\n    if len($w) ~>|<~ len($v):\n        $v = $w\n"},
    /* 7: pairs, signs, indices */
    {7, 10, 'i', 'i', 't', "$t = -$I ~// |% ~~2|3|4|5~\n"},
    {7, 10, 'i', 'i', 't', "$b = $I\n$t = ($b - #8..15#) ~//|%~ ~2|3|4|5~ + #1..9#\n"},
    {7, 10, 'l', 'i', 't', "$t = 0\nfor $i, $x in enumerate($I):\n    $t += $i * $x\n"},
    {7, 10, 'l', 'l', 'M', "$N = ^L3..4:1..9^\n$M = []\nfor $x, $y in zip($I, $N):\n    $M.append($x ~+|*|-~ $y)\n"},
    {7, 10, 'l', 'i', 't',
     "$t = 0\nfor $i in range(1, len($I)):\n    ~if $I[$i] > $I[$i - 1]:\n        $t += 1|$t += $I[$i] - $I[$i - 1]|if "
     "$I[$i] < $I[$i - 1]:\n        $t += $I[$i]~\n"},
    {7, 10, 'l', 'l', 'M', "$M = []\n$t = 0\nfor $x in $I:\n    $t += $x\n    $M.append($t)\n"},
    {7, 10, 's', 's', 'r', "$r = ''\nfor $i, $h in enumerate($I):\n    $r += $h * ($i + 1)\n"},
    {7, 10, 'i', 'i', 't',
     "$t = 0\nfor $i in range(#3..4#):\n    for $j in range($i):\n        $t += ~1|$j|$i~\n$t = $t * #2..3# + $I\n"},
    {7, 10, 'i', 'i', 't',
     "def $f($n):\n    $t = 0\n    while $n > 0:\n        $t += $n % 10\n        $n //= 10\n    return $t\n---\n$t = "
     "$f(#100..999# + $I)\n"},
    {7, 10, 'i', 'i', 'a', "$a, $b = $I, #6..18#\nwhile $b:\n    $a, $b = $b, $a % $b\n"},
    /* 8: dicts, words */
    {8, 10, 's', 'd', 'd', "$d = {}\nfor $h in $I:\n    $d[$h] = $d.get($h, 0) + 1\n"},
    {8, 10, 'w', 'd', 'd', "$d = {}\nfor $w in $I:\n    $d[$w] = ~len($w)|len($w) * 2|$w[0]|$w.upper()~\n"},
    {8, 10, 'd', 'i', 't', "$t = 0\nfor $k in $I:\n    $t += $I[$k]\n"},
    {8, 10, 'd', 'l', 'M', "$M = [$x for $k, $x in $I.items() if $x ~> 1|> #2..5#|!= 2~]\n"},
    {8, 10, 'd', 's', 'r', "$r = ''\nfor $k in sorted($I):\n    $r += $k[0] + str($I[$k])\n"},
    {8, 10, 'd', 'd', 'I', "for $k in $I:\n    $I[$k] ~+= #1..5#|*= 2|-= 1~\n"},
    {8, 10, 'd', 's', 'v', "$v = max($I, key=lambda $x: $I[$x])\n"},
    {8, 10, '-', 'w', 'N', "$s = ^T3..4^\n$N = $s.split()\n"},
    {8, 10, 'w', 'w', 'M', "$M = [$w~.upper()|[::-1]|[0] + '.'|.title()~ for $w in $I if len($w) > ~3|4~]\n"},
    {8, 10, 'l', 'd', 'd', "$d = {$x: $x ~* $x|+ 1|% 3~ for $x in $I}\n"},
    {8, 10, 'w', 'w', 'M', "$M = sorted($I, key=~len|lambda $w: $w[-1]~)\n"},
    {8, 10, 'l', 'l', 'M', "$e = []\nfor $x in $I:\n    if $x not in $e:\n        $e.append($x)\n$M = $e[::-1]\n"},
    /* 9: recursion, one object under two names */
    {9, 10, 'i', 'i', 't',
     "def $f($n):\n    if $n <= 1:\n        return ~1|2|0~\n    return $n ~+|*~ $f($n - ~1|2~)\n---\n$t = $f(#3..4#) + "
     "$I\n"},
    {9, 10, 'i', 'i', 't',
     "def $f($n):\n    if $n < 2:\n        return $n\n    return $f($n - 1) + $f($n - 2)\n---\n$t = $f(#3..4#) * "
     "#2..3# + $I\n"},
    {9, 10, 'i', 'i', 't',
     "def $f($n):\n    if $n < 10:\n        return $n\n    return $n % 10 + $f($n // 10)\n---\n$t = $f(#100..999#) "
     "~+|-~ $I\n"},
    {9, 10, 'i', 'i', 't',
     "def $f($a, $b):\n    if $b == 0:\n        return $a\n    return $f($b, $a % $b)\n---\n$t = $f($I + #5..20#, "
     "#4..15#)\n"},
    {9, 10, 's', 's', 'r',
     "def $f($s):\n    if len($s) <= 1:\n        return $s\n    return ~$f($s[1:]) + $s[0]|$s[-1] + $f($s[:-1])|$s[0] "
     "+ '-' + $f($s[1:])~\n---\n$r = $f($I[:4])\n"},
    {9, 10, 'l', 'i', 't',
     "def $f($L):\n    if not $L:\n        return 0\n    return $L[0] ~+|-~ $f($L[1:])\n---\n$t = $f($I[:3])\n"},
    {9, 10, 'l', 'l', 'I', "$N = $I\n$N.append(#1..9#)\n$M = $I[:]\n$M.~pop()|reverse()~\n"},
    {9, 10, 'l', 'l', 'M',
     "def $f($L):\n    $L.append(len($L))\n    return $L[~::-1|1:~]\n---\n$M = $f($I) + $I[:2]\n"},
    /* 10: nested data */
    {10, 10, 'l', 'l', 'M', "$N = [[$x, $x * 2] for $x in $I[:3]]\n$M = [$a ~+|*|-~ $b for $a, $b in $N]\n"},
    {10, 10, 'l', 'd', 'd',
     "$d = {}\nfor $x in $I:\n    $k = ~'even' if $x % 2 == 0 else 'odd'|'big' if $x > 5 else 'small'~\n    if $k not "
     "in $d:\n        $d[$k] = []\n    $d[$k].append($x)\n$d = {$k: ~sum|len|max~($y) for $k, $y in $d.items()}\n"},
    {10, 10, 'w', 'd', 'd',
     "$d = {}\nfor $w in $I:\n    $d.setdefault(~$w[0]|$w[-1]~, []).append($w)\n$d = {$k: len($y) for $k, $y in "
     "$d.items()}\n"},
    {10, 10, 'i', 'i', 't',
     "$e = {}\ndef $f($n):\n    if $n < 2:\n        return 1\n    if $n in $e:\n        return $e[$n]\n    $e[$n] = "
     "$f($n - 1) ~+|+ 2 *~ $f($n - 2)\n    return $e[$n]\n---\n$t = $f(#4..5#) ~+|-~ $I\n"},
    {10, 10, 'l', 'l', 'M',
     "$M = $I[:]\nfor $i in range(len($M)):\n    for $j in range($i + 1, len($M)):\n        if $M[$j] ~<|>~ $M[$i]:\n  "
     "          $M[$i], $M[$j] = $M[$j], $M[$i]\n"},
    {10, 10, 'w', 'w', 'M', "$M = sorted($I, key=lambda $w: (~len($w)|-len($w)|$w[-1]~, $w))\n"},
};
enum { PIECES = sizeof pieces / sizeof *pieces };

static void source(pytpl *t, str *out, char kind, int level, char *var) {
    switch (kind) {
    case 'i':
        *var = 'a';
        pytpl_put(t, out, level < 3 ? "$a = #2..20#\n" : "$a = #3..24#\n");
        break;
    case 's':
        *var = 's';
        pytpl_put(t, out, "$s = ^S^\n");
        break;
    case 'l':
        *var = 'L';
        pytpl_put(t, out,
                  level < 5   ? "$L = ^L3..4:1..9^\n"
                  : level < 8 ? "$L = ^L3..5:1..12^\n"
                              : "$L = ^L4..5:1..15^\n");
        break;
    case 'w':
        *var = 'W';
        pytpl_put(t, out, "$W = ^W3..4^\n");
        break;
    case 'd':
        *var = 'd';
        pytpl_put(t, out, "$d = ^D2..3:1..9^\n");
        break;
    default: break;
    }
}

typedef struct made {
    const char *name[16];
    int         n;
} made;

/* A new template state in which the names of the program so far are taken. */
static pytpl fresh(rng *r, const made *live) {
    pytpl t = pytpl_new(r);
    for (int i = 0; i < live->n; i++) pytpl_name(&t, (char)(1 + i), live->name[i]);
    return t;
}

static void keep(made *live, const pytpl *t) {
    for (int c = 32; c < 127; c++) {
        bool there = !t->name[c] || live->n == 16;
        for (int i = 0; i < live->n && !there; i++) there = !strcmp(live->name[i], t->name[c]);
        if (!there) live->name[live->n++] = t->name[c];
    }
}

static const piece *draw(rng *r, int level, char kind, bool new_one) {
    const piece *fit[PIECES];
    int          n = 0;
    for (int i = 0; i < PIECES; i++) {
        const piece *p = &pieces[i];
        if (level < p->lo || level > p->hi || (p->in != kind && kind != '*') || (new_one && p->lo != level)) continue;
        fit[n++] = p;
    }
    return n ? fit[rng_below(r, (uint64_t)n)] : NULL;
}

static void put_piece(pytpl *t, const piece *p, str *defs, str *body) {
    const char *cut = strstr(p->text, "---\n");
    if (cut) {
        str head = {0};
        str_addn(&head, p->text, (size_t)(cut - p->text));
        pytpl inner = *t;
        pytpl_put(&inner, defs, head.p);
        str_free(&head);
        if (inner.name['f']) pytpl_name(t, 'f', inner.name['f']);
        if (inner.name['e']) pytpl_name(t, 'e', inner.name['e']);
        t->has['k'] = inner.has['k'];
    }
    pytpl_put(t, body, cut ? cut + 4 : p->text);
}

static void put_print(rng *r, int level, const char *name, char kind, const char *other, str *out) {
    int k = (int)rng_below(r, 10);
    if (other && k < 2) str_addf(out, "print(%s, %s)\n", other, name);
    else if (other && k < 3 && level > 3) str_addf(out, "print(%s)\nprint(%s)\n", other, name);
    else if (kind == 'i' && k < 5) str_addf(out, "print(%s %c %d)\n", name, "+-*"[rng_below(r, 3)], rng_range(r, 2, 5));
    else if (kind == 's' && k < 5 && level > 1) str_addf(out, "print(%s, len(%s))\n", name, name);
    else if (kind == 'l' && k < 5) str_addf(out, "print(len(%s), %s)\n", name, name);
    else if (level > 5 && k < 6) str_addf(out, "print(f'{%s}%s')\n", name, k & 1 ? "!" : "");
    else str_addf(out, "print(%s)\n", name);
}

void pysnip_program(rng *r, int level, str *code) {
    static const int least[] = {0, 1, 2, 1, 1, 1, 1, 1, 1, 2, 2}, most[] = {0, 2, 3, 2, 2, 2, 2, 2, 3, 3, 3};
    str              defs = {0}, body = {0};
    made             live = {0};
    int              n = rng_range(r, least[level], most[level]), fresh_at = (int)rng_below(r, (uint64_t)n);
    char             kind = 0, var = 0;
    const char      *name = NULL, *other = NULL;
    for (int i = 0; i < n; i++) {
        const piece *p = draw(r, level, kind ? kind : '*', i == fresh_at);
        if (!p) p = draw(r, level, kind, false);
        if (!p) p = draw(r, level, '*', i == fresh_at), kind = 0;
        pytpl t = fresh(r, &live);
        if (!kind || p->in == '-') {
            source(&t, &body, p->in, level, &var);
            name = p->in == '-' ? NULL : t.name[(int)var];
        }
        if (name) pytpl_name(&t, 'I', name);
        const char *was = name;
        put_piece(&t, p, &defs, &body);
        name = t.name[(int)p->var];
        kind = p->out;
        if (was && was != name) other = was;
        keep(&live, &t);
    }
    put_print(r, level, name, kind, other, &body);
    str_clear(code);
    if (defs.len) str_addn(code, defs.p, defs.len);
    str_addn(code, body.p, body.len);
    str_free(&defs);
    str_free(&body);
}
