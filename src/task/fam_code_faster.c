/* fam_code_faster.c -- make a function faster: the same results with a wanted factor fewer executed lines.
 *
 * A pattern is a slow function, a fast one, calls for tests and calls that cost. Both are counted in C (pyrun counts
 * lines as the executor does), and the limit of the truth is what the slow one takes on the costly calls, divided by
 * the factor, and what the slower of both takes on the other calls: speed is asked for large inputs only. The costly
 * calls take the slow one some six hundred to two thousand lines: enough to tell both apart, and soon judged.
 *
 * Levels: 1 sums with a formula; 2 repeated subtraction, early exits; 3 repeated sums, work that belongs before the
 * loop; 4 a set of what was seen; 5 a dict of counts; 6 half the divisors; 7 one pass in place of two; 8 recursion that
 * repeats itself; 9 and 10 two pointers and tables. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/pyfam.h"
#include "task/pytpl.h"

typedef struct pattern {
    char        lo, hi;
    const char *text; /* the slow one --- the fast one, in which `wrong`right` is what people get wrong --- calls: the
                         first is run by hand, up to the = they are tests, after it they cost */
    const char *why, *idea;
} pattern;
#define SEQ(n, m, k) "[i * " m " % " k " for i in range(" n ")]"

static const pattern patterns[] = {
    {1, 5,
     "def $f($n):\n    $t = #k=0..30#\n    for $i in range(1, $n + 1):\n        $t += $i\n    return $t\n---\n"
     "def $f($n):\n    return $n * `$n`($n + 1)` // 2~ + "
     "~#k#\n---\n$f(4)\n$f(1)\n$f(7)\n$f(10)\n=\n$f(#300..600#)\n$f(#200..400#)\n",
     "the loop adds every number from 1 on", "the sum of 1 to n is n times n + 1, halved"},
    {1, 5,
     "def $f($n):\n    $t = 0\n    for $i in range(1, $n + 1):\n        $t += #k=2..40# * $i\n    return $t\n---\n"
     "def $f($n):\n    return #k# * $n * `$n`($n + 1)` // "
     "2\n---\n$f(3)\n$f(1)\n$f(6)\n$f(12)\n=\n$f(#300..600#)\n$f(#200..400#)\n",
     "the loop adds every multiple", "the factor times n times n + 1, halved"},
    {1, 5,
     "def $f($n):\n    $t = #k=0..90#\n    for $i in range($n):\n        $t += #l=2..90#\n    return $t\n---\n"
     "def $f($n):\n    return `$n * #l#`#k# + $n * "
     "#l#`\n---\n$f(4)\n$f(0)\n$f(7)\n$f(11)\n=\n$f(#300..600#)\n$f(#200..400#)\n",
     "the loop adds the same number again and again", "adding it n times is one product"},
    {1, 5,
     "def $f($a, $b):\n    $t = #k=0..40#\n    for $i in range($a):\n        for $j in range($b):\n            $t += "
     "#l=1..40#\n    return $t\n---\n"
     "def $f($a, $b):\n    return #k# + $a * `#l#`$b * #l#`\n---\n$f(2, 3)\n$f(1, 1)\n$f(5, 2)\n$f(0, "
     "4)\n=\n$f(#15..25#, #15..25#)\n$f(12, #15..25#)\n",
     "the two loops add the same number again and again", "they add it a times b times: one product"},
    {2, 6,
     "def $f($n):\n    while $n >= #k=3..40#:\n        $n -= #k#\n    return $n ~+|*~ #l=1..40#\n---\n"
     "def $f($n):\n    return $n `//`%` #k# ~+|*~ "
     "#l#\n---\n$f(#k#)\n$f(1)\n$f(50)\n$f(99)\n=\n$f(#k# * #150..250#)\n$f(#k# * #120..200# + 1)\n",
     "it subtracts the same number until a rest is left", "that rest is what % gives"},
    {2, 6,
     "def $f($n):\n    $u = #l=0..40#\n    while $n >= #k=3..40#:\n        $n -= #k#\n        $u += 1\n    return "
     "$u\n---\n"
     "def $f($n):\n    return $n `%`//` #k# + "
     "#l#\n---\n$f(#k#)\n$f(1)\n$f(50)\n$f(99)\n=\n$f(#k# * #150..250#)\n$f(#k# * #120..200# + 1)\n",
     "it counts how often the number can be taken away", "that count is what // gives"},
    {2, 6,
     "def $f($L):\n    $t = -1\n    for $i in range(len($L)):\n        if $L[$i] > #k=5..60# and $t == -1:\n           "
     " $t = $i\n    return $t\n---\n"
     "def $f($L):\n    for $i in range(len($L)):\n        if $L[$i] > #k#:\n            return `$L[$i]`$i`\n    return "
     "-1\n---\n$f([3, 70, 80])\n$f([1, 2])\n$f([99])\n$f([])\n=\n$f(list(range(61, #250..350#)))\n$f(list(range(70, "
     "#250..350#)))\n",
     "the loop goes on after the place is found", "return at once when it is found"},
    {2, 6,
     "def $f($L):\n    $t = False\n    for $x in $L:\n        if $x ~==|>=~ #k=5..90#:\n            $t = True\n    "
     "return $t\n---\n"
     "def $f($L):\n    for $x in $L:\n        if $x ~==|>=~ #k#:\n            return `False`True`\n    return "
     "False\n---\n$f([#k#, 4, 100])\n$f([1, 2])\n$f([#k#])\n$f([])\n=\n$f(list(range(#k#, "
     "#280..380#)))\n$f(list(range(#k#, #280..380#)))\n",
     "the loop goes on after the answer is known", "return True at the first that fits"},
    {3, 7,
     "def $f($L):\n    $t = #k=0..60#\n    for $i in range(len($L)):\n        $u = 0\n        for $j in range($i + "
     "1):\n            $u += $L[$j]\n        if $u % #l=2..9# == 0:\n            $t += 1\n    return $t\n---\n"
     "def $f($L):\n    $t = #k#\n    $u = 0\n    for $x in $L:\n        $u `= $x`+= $x`\n        if $u % #l# == 0:\n   "
     "         $t += 1\n    return $t\n---\n$f([2, 4, 1])\n$f([])\n$f([6, 3, 3, 12])\n$f([1, 1, 1, "
     "1])\n=\n$f(list(range(#24..32#)))\n$f(list(range(3, #26..34#)))\n",
     "every sum is built anew from the first item on", "keep one running sum and add each item to it"},
    {3, 7,
     "def $f($L):\n    $t = #k=0..60#\n    for $x in $L:\n        $v = $L[0]\n        for $y in $L:\n            if $y "
     "> $v:\n                $v = $y\n        $t += $v - $x ~+|-~ #l=0..20#\n    return $t\n---\n"
     "def $f($L):\n    $t = #k#\n    if not $L:\n        return $t\n    $v = `min`max`($L)\n    for $x in $L:\n        "
     "$t += $v - $x ~+|-~ #l#\n    return $t\n---\n$f([2, 5, 1])\n$f([])\n$f([6, 3, 3, "
     "12])\n$f([4])\n=\n$f(list(range(#18..24#)))\n$f(list(range(3, #20..26#)))\n",
     "the largest item is looked for again in every turn", "find it once, ahead of the loop"},
    {4, 8,
     "def $f($L):\n    for $i in range(len($L)):\n        for $j in range($i + 1, len($L)):\n            if $L[$i] == "
     "$L[$j]:\n                return ~True|#k=1..40#~\n    return ~False|0~\n---\n"
     "def $f($L):\n    $e = set()\n    for $x in $L:\n        if $x in $e:\n            return ~True|#k#~\n        `$e "
     "= {$x}`$e.add($x)`\n    return ~False|0~\n---\n$f([3, 5, 3])\n$f([])\n$f([1, 2, 3, 4])\n$f([7, 1, 8, "
     "1])\n=\n$f(list(range(#24..32#)))\n$f(list(range(5, #28..36#)))\n",
     "every item is compared with every later one", "keep a set of what was seen"},
    {4, 8,
     "def $f($L):\n    for $i in range(len($L)):\n        for $j in range($i + 1, len($L)):\n            if $L[$i] + "
     "$L[$j] == #k=8..60#:\n                return True\n    return False\n---\n"
     "def $f($L):\n    $e = set()\n    for $x in $L:\n        if `$x`#k# - $x` in $e:\n            return True\n       "
     " $e.add($x)\n    return False\n---\n$f([1, 3, #k# - 1])\n$f([])\n$f([#k#, 1])\n$f([2, 9, 4, #k# - "
     "9])\n=\n$f(list(range(100, #124..132#)))\n$f(list(range(200, #224..232#)))\n",
     "every pair is tried", "for each item look whether what is missing was seen"},
    {4, 8,
     "def $f($L, $M):\n    $u = #k=0..90#\n    for $x in $L:\n        $t = False\n        for $y in $M:\n            "
     "if $x == $y:\n                $t = True\n        if $t:\n            $u += #l=1..9#\n    return $u\n---\n"
     "def $f($L, $M):\n    $e = set($M)\n    $u = #k#\n    for $x in $L:\n        if $x `not in`in` $e:\n            "
     "$u += #l#\n    return $u\n---\n$f([1, 2, 3], [3, 4])\n$f([], [1])\n$f([5, 5], [5, 6, 7])\n$f([1, 9], [2, "
     "8])\n=\n$f(list(range(20)), list(range(10, #36..46#)))\n$f(list(range(18)), list(range(5, #28..38#)))\n",
     "for each item the whole second list is gone through", "make a set of the second list once"},
    {5, 9,
     "def $f($L):\n    $u = #k=0..90#\n    for $i in range(len($L)):\n        for $j in range($i + 1, len($L)):\n      "
     "      if $L[$i] == $L[$j]:\n                $u += #l=1..9#\n    return $u\n---\n"
     "def $f($L):\n    $d = {}\n    $u = #k#\n    for $x in $L:\n        $u += #l# * $d.get($x, `1`0`)\n        $d[$x] "
     "= $d.get($x, 0) + 1\n    return $u\n---\n$f([3, 5, 3])\n$f([])\n$f([1, 1, 1, 4])\n$f([7, 1, 8])\n=\n$f(" SEQ(
         "#24..32#", "7", "13") ")\n$f(" SEQ("26", "5", "11") ")\n",
     "every pair is compared", "count in a dict how often each was seen so far"},
    {5, 9,
     "def $f($L):\n    $v = #k=0..90#\n    for $x in $L:\n        $u = 0\n        for $y in $L:\n            if $x == "
     "$y:\n                $u += 1\n        if $u ~>|>=~ #l=1..3#:\n            $v += $x\n    return $v\n---\n"
     "def $f($L):\n    $d = {}\n    for $x in $L:\n        $d[$x] = $d.get($x, `1`0`) + 1\n    $v = #k#\n    for $x in "
     "$L:\n        if $d[$x] ~>|>=~ #l#:\n            $v += $x\n    return $v\n---\n$f([3, 5, 3])\n$f([])\n$f([1, 1, "
     "1, 4])\n$f([7, 2, 7, 2])\n=\n$f(" SEQ("#18..24#", "7", "13") ")\n$f(" SEQ("20", "5", "11") ")\n",
     "for each item all others are counted", "count all of them once, in a dict"},
    {6, 10,
     "def $f($n):\n    $u = #k=0..90#\n    for $i in range(1, $n + 1):\n        if $n % $i == 0:\n            $u += "
     "#l=1..20#\n    return $u\n---\n"
     "def $f($n):\n    $u = #k#\n    $i = 1\n    while $i * $i <= $n:\n        if $n % $i == 0:\n            $u += `2 "
     "* #l#`#l# if $i * $i == $n else 2 * #l#`\n        $i += 1\n    return "
     "$u\n---\n$f(4)\n$f(1)\n$f(12)\n$f(17)\n=\n$f(#400..500#)\n$f(#300..400#)\n",
     "all numbers up to n are tried", "divisors come in pairs: try up to the root and take both"},
    {6, 10,
     "def $f($n):\n    if $n < 2:\n        return #k=0..40#\n    $t = True\n    for $i in range(2, $n):\n        if $n "
     "% $i == 0:\n            $t = False\n    return $n + #l=0..40# if $t else #k#\n---\n"
     "def $f($n):\n    if $n < 2:\n        return #k#\n    $i = 2\n    while $i * $i `<`<=` $n:\n        if $n % $i == "
     "0:\n            return #k#\n        $i += 1\n    return $n + "
     "#l#\n---\n$f(9)\n$f(1)\n$f(13)\n$f(25)\n$f(2)\n=\n$f(#400..500#)\n$f(397)\n",
     "all numbers below n are tried, even when one has divided it", "stop at the first divisor, and at the root"},
    {6, 10,
     "def $f($a, $b):\n    $t = 1\n    for $i in range(1, min($a, $b) + 1):\n        if $a % $i == 0 and $b % $i == "
     "0:\n            $t = $i\n    return $t * #k=1..90#\n---\n"
     "def $f($a, $b):\n    while $b:\n        $a, $b = $b, `$b`$a` % `$a`$b`\n    return $a * #k#\n---\n$f(12, "
     "18)\n$f(7, 5)\n$f(6, 6)\n$f(20, 8)\n=\n$f(#300..400#, #300..450#)\n$f(#200..250#, 180)\n",
     "every number is tried as a common divisor", "Euclid: replace the pair by the smaller and the rest"},
    {7, 10,
     "def $f($L):\n    $v = #k=0..90#\n    for $i in range(len($L)):\n        for $j in range($i + 1, len($L)):\n      "
     "      if $L[$j] - $L[$i] > $v:\n                $v = $L[$j] - $L[$i]\n    return $v ~+|*~ #l=1..9#\n---\n"
     "def $f($L):\n    $v = #k#\n    if not $L:\n        return $v ~+|*~ #l#\n    $b = $L[0]\n    for $x in $L:\n      "
     "  $v = max($v, $x - $b)\n        $b = `max`min`($b, $x)\n    return $v ~+|*~ #l#\n---\n$f([30, 10, "
     "200])\n$f([])\n$f([5, 4, 3])\n$f([2, 90, 1, 95])\n=\n$f(" SEQ("#26..32#", "17", "101") ")\n$f(" SEQ("28", "23",
                                                                                                          "97") ")\n",
     "every pair is subtracted", "keep the smallest item so far"},
    {7, 10,
     "def $f($L):\n    $v = #k=0..60#\n    for $i in range(len($L)):\n        $u = 0\n        for $j in range($i, "
     "len($L)):\n            if $L[$j] <= #l=3..40#:\n                break\n            $u += 1\n        if $u > "
     "$v:\n            $v = $u\n    return $v\n---\n"
     "def $f($L):\n    $v = #k#\n    $u = 0\n    for $x in $L:\n        $u = $u + 1 if $x > #l# else `1`0`\n        $v "
     "= max($v, $u)\n    return $v\n---\n$f([50, 60, 1])\n$f([])\n$f([1, 2])\n$f([90, 80, 2, "
     "70])\n=\n$f(list(range(50, #72..80#)))\n$f(list(range(60, #84..90#)))\n",
     "each start counts its run anew", "go through once: a run grows or starts again at 0"},
    {8, 10,
     "def $f($n):\n    if $n < 2:\n        return #k=1..90#\n    return $f($n - 1) + $f($n - 2) ~+|-~ #l=0..90#\n---\n"
     "def $f($n):\n    $a, $b = #k#, #k#\n    for $i in range(`$n`$n - 1`):\n        $a, $b = $b, $a + $b ~+|-~ #l#\n  "
     "  return $b\n---\n$f(3)\n$f(0)\n$f(1)\n$f(5)\n=\n$f(#12..13#)\n$f(11)\n",
     "the same values are computed again and again", "go upwards and keep the last two"},
    {8, 10,
     "def $f($n):\n    if $n == 0:\n        return #k=1..90#\n    if $n < 0:\n        return #l=0..90#\n    return "
     "$f($n - 1) + $f($n - 3)\n---\n"
     "def $f($n):\n    $L = [#k#]\n    for $i in range(1, $n + 1):\n        $L.append($L[$i - 1] + ($L[$i - 3] if $i "
     ">= `2`3` else #l#))\n    return $L[$n] if $n >= 0 else "
     "#l#\n---\n$f(3)\n$f(0)\n$f(2)\n$f(6)\n=\n$f(#15..16#)\n$f(14)\n",
     "the same values are computed again and again", "build a table from 0 upwards"},
    {9, 10,
     "def $f($L):\n    $u = #k=0..60#\n    for $i in range(len($L)):\n        for $j in range($i + 1, len($L)):\n      "
     "      if $L[$i] + $L[$j] <= #l=20..90#:\n                $u += 1\n    return $u\n---\n"
     "def $f($L):\n    $M = sorted($L)\n    $u = #k#\n    $i, $j = 0, len($M) - 1\n    while $i < $j:\n        if "
     "$M[$i] + $M[$j] <= #l#:\n            $u += `1`$j - $i`\n            $i += 1\n        else:\n            $j -= "
     "1\n    return $u\n---\n$f([10, 80, 5])\n$f([])\n$f([1, 2, 3])\n$f([40, 50, 60, 1])\n=\n$f(" SEQ(
         "#26..32#", "17", "101") ")\n$f(" SEQ("28", "23", "97") ")\n",
     "every pair is added", "sort, then let two places move towards each other"},
    {9, 10,
     "def $f($L, $n):\n    $t = #k=0..90#\n    for $i in range(len($L) - $n + 1):\n        $u = 0\n        for $j in "
     "range($i, $i + $n):\n            $u += $L[$j]\n        if $u > $t:\n            $t = $u\n    return $t ~+|*~ "
     "#l=1..9#\n---\n"
     "def $f($L, $n):\n    $t = #k#\n    $u = 0\n    for $i in range(len($L)):\n        $u += $L[$i]\n        if $i >= "
     "$n:\n            $u -= $L[`$i`$i - $n`]\n        if $i >= $n - 1 and $u > $t:\n            $t = $u\n    return "
     "$t ~+|*~ #l#\n---\n$f([60, 50, 90], 2)\n$f([], 1)\n$f([1, 2, 3], 3)\n$f([90, 20, 40, 80], "
     "1)\n=\n$f(list(range(#40..50#)), 15)\n$f(list(range(#36..44#)), 12)\n",
     "each window is added up anew", "let the window glide: add the new item, take off the first"},
};
enum { PATTERNS = sizeof patterns / sizeof *patterns, CALLS = PYFAM_TESTS, ALLOWANCE = 12, LINES_LEAST = 600 };

typedef struct task {
    const pattern *f;
    char           name[24];
    str            slow, fast, bad, call[CALLS], want[CALLS], written;
    int            n, cost;
    long           lines_slow, lines_fast, small_slow, small_fast; /* on the costly calls; on the others */
    long           limit;
    int            factor;
} task;

static bool run_call(pyast *p, const char *call, str *value, long *lines) {
    pyrun_result res = {0};
    int          e   = pyast_expr(p, call);
    if (e) pyrun(&(pyrun_job){.p = p, .expr = e, .limit = 200000}, &res);
    bool ok = e && !res.odd && !res.error[0];
    str_clear(value);
    if (ok) str_add(value, res.value.p), *lines += res.lines;
    pyrun_free(&res);
    return ok;
}

static void part(str *s, const char **p) { /* up to "---\n" */
    const char *end = strstr(*p, "---\n");
    str_clear(s);
    str_addn(s, *p, (size_t)(end - *p));
    *p = end + 4;
}

static void both(str *bad, str *good, const char *p) {
    int at = 0;
    str_clear(bad);
    str_clear(good);
    for (; *p; p++) {
        if (*p == '`') {
            at = (at + 1) % 3;
            continue;
        }
        if (at != 2) str_addc(bad, *p);
        if (at != 1) str_addc(good, *p);
    }
}

/* `~a|b~` must be the same in both versions: the first choice decides for all. */
static void settle(str *out, const char *text, rng *r) {
    int pick = (int)rng_below(r, 2);
    for (const char *p = text; *p; p++) {
        const char *bar, *end;
        if (*p == '~' && (bar = strchr(p, '|')) && (end = strchr(p + 1, '~')) && bar < end && end - p < 24) {
            if (pick) str_addn(out, bar + 1, (size_t)(end - bar - 1));
            else str_addn(out, p + 1, (size_t)(bar - p - 1));
            p = end;
        } else if (*p != '~') {
            str_addc(out, *p);
        }
    }
}

/* Put a call first at which the wrong version shows itself: the check runs that one by hand. */
static void reveal(task *k) {
    pyast bad  = {0};
    str   v    = {0};
    int   i    = 0;
    bool  read = pyast_read(&bad, k->bad.p);
    while (read && i < k->cost && pyfam_value(&bad, k->call[i].p, &v) && !strcmp(v.p, k->want[i].p)) i++;
    if (read && i && i < k->cost) {
        str c = k->call[0], w = k->want[0];
        k->call[0] = k->call[i], k->want[0] = k->want[i];
        k->call[i] = c, k->want[i] = w;
    }
    pyast_free(&bad);
    str_free(&v);
}

static bool calls(task *k, const char *p) {
    pyast slow = {0}, fast = {0};
    bool  ok = pyast_read(&slow, k->slow.p) && pyast_read(&fast, k->fast.p);
    str   v  = {0};
    k->n = k->cost = 0;
    k->lines_slow = k->lines_fast = k->small_slow = k->small_fast = 0;
    while (ok && *p && k->n < CALLS) {
        size_t n = strcspn(p, "\n");
        if (*p == '=') k->cost = k->n;
        else {
            str *c = &k->call[k->n];
            str_clear(c);
            str_addn(c, p, n);
            long a = 0, b = 0;
            ok = run_call(&slow, c->p, &k->want[k->n], &a) && run_call(&fast, c->p, &v, &b) &&
                 !strcmp(v.p, k->want[k->n].p);
            if (k->cost) k->lines_slow += a, k->lines_fast += b;
            else k->small_slow += a, k->small_fast += b;
            k->n++;
        }
        p += n + (p[n] == '\n');
    }
    if (ok) reveal(k);
    pyast_free(&slow);
    pyast_free(&fast);
    str_free(&v);
    return ok;
}

/* The largest round factor that the fast version keeps with some room. */
static bool set_limit(task *k, rng *r) {
    static const int round[] = {2, 3, 4, 5, 8, 10, 20, 50};
    long             others  = ALLOWANCE + (k->small_slow > k->small_fast ? k->small_slow : k->small_fast);
    int              n       = 0;
    while (n < 8 && k->lines_slow / round[n] > k->lines_fast + k->lines_fast / 8 + 20) n++;
    if (!n || k->lines_slow < LINES_LEAST) return false;
    int lo    = n > 3 ? n - 3 : 0;
    k->factor = round[lo + (int)rng_below(r, (uint64_t)(n - lo))];
    k->limit  = k->lines_slow / k->factor + others;
    return k->limit < k->lines_slow - k->lines_slow / 8;
}

static bool draw(task *k, rng *r, int level) {
    pytpl t = pytpl_new(r);
    str   s = {0}, one = {0}, raw = {0};
    do k->f = &patterns[rng_below(r, PATTERNS)];
    while (k->f->lo > level || k->f->hi < level || (k->f->lo < level && rng_below(r, 3) == 0));
    settle(&one, k->f->text, r);
    pytpl_put(&t, &s, one.p);
    const char *p = s.p;
    part(&k->slow, &p);
    part(&raw, &p);
    both(&k->bad, &k->fast, raw.p);
    snprintf(k->name, sizeof k->name, "%s", t.name['f']);
    bool ok = calls(k, p) && set_limit(k, r) && strcmp(k->bad.p, k->fast.p);
    str_free(&s), str_free(&one), str_free(&raw);
    return ok;
}

/* ---- phases */
static void work(trace *t, void *ctx, fam_value *found) {
    task *k = ctx;
    str_addf(t->out, "slow: %s\ninstead: %s\n", k->f->why, k->f->idea);
    bool        slip = trace_slips(t);
    const char *code = slip ? k->bad.p : k->fast.p;
    if (slip) { /* where the text turns wrong */
        size_t i = 0;
        while (k->bad.p[i] == k->fast.p[i]) i++;
        t->slip_from = (int)(t->out->len + i);
    }
    str_clear(&k->written);
    str_add(&k->written, code);
    str_add(t->out, code);
    *found = (fam_value){pyfam_hash(code, strlen(code)), 0};
}

static bool by_hand(trace *t, const char *code, const char *call, str *value, long *lines) {
    pyast        p   = {0};
    pyrun_result res = {0};
    trace        own = trace_to(t->out, t->r);
    own.brief        = t->brief;
    int e            = pyast_read(&p, code) ? pyast_expr(&p, call) : 0;
    if (e)
        pyrun(
            &(pyrun_job){
                .p = &p, .expr = e, .quiet = true, .tell = PYRUN_SHORT, .t = &own, .limit = 3000, .letters = 700},
            &res);
    bool ok = e && !res.odd && !own.bad;
    str_clear(value);
    if (res.error[0]) str_addf(value, "a %s", res.error);
    else str_add(value, ok ? res.value.p : "?"); /* ?: not told to its end */
    *lines = res.lines;
    pyrun_free(&res);
    pyast_free(&p);
    return ok;
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    task *k     = ctx;
    str   value = {0};
    long  slow = 0, fast = 0;
    (void)found;
    str_addf(t->out, "%s by hand, before\n", k->call[0].p);
    if (!by_hand(t, k->slow.p, k->call[0].p, &value, &slow)) t->bad = true;
    str_addf(t->out, "and now\n");
    if (!by_hand(t, k->written.p, k->call[0].p, &value, &fast)) t->bad = true;
    str_addf(t->out, "%s is ", k->call[0].p);
    bool ok = pyfam_same(t, value.p, k->want[0].p);
    str_free(&value);
    return ok;
}

static const char ask[] =
    "{{This|The following|My} [Python ]{function|code} [`<f>` ]{is [too |very ]slow|takes too long|is slow for large "
    "inputs|does too much work}. {{Make it faster|Speed it up|Optimize it|Rewrite it so that it is faster}{:|, "
    "please:} "
    "{the results must stay the same|same results}, {but it should run at least <k> times fewer lines|with at least "
    "<k> times fewer executed lines|executing one line where it executed <k>} for large inputs.|Can you "
    "{write|find|give me} a version with the same results that executes at least <k> times fewer lines{ on large "
    "inputs|}?}|"
    "{Please |Can you |Could you |Help me |I need to }{speed up|optimize|make faster|improve} {this|the following|my} "
    "[Python ]{function|code}[ `<f>`]{:|.} It {must|should|has to} {give|return} the same {results|values} {and "
    "execute at least <k> times fewer lines|with at least <k> times fewer executed lines} {for|on} large inputs.|"
    "How {can|could|would|do} {I|you} {speed up|optimize|rewrite} [the function ]`<f>` so that it {runs|executes} at "
    "least <k> times fewer lines for large inputs{, with the same results| but returns the same}?}";

static void make(rng *r, int level, problem *p) {
    task k = {0};
    char factor[8];
    for (;;) {
        while (!draw(&k, r, level)) {}
        str_clear(&p->reasoning);
        p->level = level;
        str_addf(&p->reasoning, "Understand: %s with the same results, at most one line where there were %d\n", k.name,
                 k.factor);
        str_add(
            &p->reasoning,
            "Plan: find the work that is done again and again, do it once or not at all, compare on a small call\n");
        fam_work(p, r, &(fam_phases){work, check, &k});
        if (pyfam_whole(p, 1700)) break;
    }
    snprintf(factor, sizeof factor, "%d", k.factor);
    const word_slot slot[] = {{"f", k.name}, {"k", factor}, {0}};
    str_addf(&p->key, "code_faster:%d:%s", k.factor, k.slow.p);
    pyfam_ask(&p->question, r, ask, slot, k.slow.p, NULL);
    static const char *const head[] = {"It was slow because %s. Instead, %s:\n", "So far, %s. Faster: %s.\n",
                                       "The trouble: %s. The new version: %s.\n"};
    int                      h      = (int)rng_below(r, 3);
    str_addf(&p->answer, h == 0 ? head[0] : h == 1 ? head[1] : head[2], k.f->why, k.f->idea);
    str_addf(&p->answer, "```python\n%s```", k.fast.p);
    pyfam_tests t = {.f = k.name, .code = k.fast.p, .n = k.n, .cost = k.cost, .limit = k.limit};
    for (int i = 0; i < k.n; i++) t.call[i] = k.call[i].p, t.want[i] = k.want[i].p;
    pyfam_truth(&p->truth, &t);
    str_free(&k.slow), str_free(&k.fast), str_free(&k.bad), str_free(&k.written);
    for (int i = 0; i < CALLS; i++) str_free(&k.call[i]), str_free(&k.want[i]);
}

static bool right(const problem *p, const char *text, char why[96]) { return pyfam_judge(p, text, why); }

/* The truth's tests once more: by the interpreter for its code, and in C for the program of the question. */
static bool solve(const problem *p, str *out, char why[96]) {
    pyfam_tests t;
    pyast       tree = {0};
    str         code = {0}, v = {0};
    long        lines = 0;
    if (!pyfam_again(p, out, why) || !pyfam_read(p->truth.p, &t)) return false;
    bool same = pyfam_code(p->question.p, &code) && pyast_read(&tree, code.p);
    for (int i = 0; same && i < t.n; i++) {
        long n = 0;
        same   = run_call(&tree, t.call[i], &v, &n) && !strcmp(v.p, t.want[i]);
        lines += i >= t.cost ? n : 0;
    }
    if (!same) snprintf(why, 96, "the program of the question gives other results");
    else if (lines <= t.limit)
        snprintf(why, 96, "the program of the question is within the limit already"), same = false;
    pyfam_tests_free(&t);
    pyast_free(&tree);
    str_free(&code);
    str_free(&v);
    return same;
}

const family fam_code_faster = {.name   = "code_faster",
                                .field  = "programming",
                                .about  = "make a Python function execute fewer lines",
                                .levels = 10,
                                .make   = make,
                                .right  = right,
                                .solve  = solve};
