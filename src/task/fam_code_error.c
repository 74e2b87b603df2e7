/* fam_code_error.c -- a program and the message with which it stops: which line, which exception, why, and the mend.
 *
 * Levels: 1 unknown names, division by zero, missing colons and brackets; 2 text and numbers mixed, indices,
 * indentation; 3 keys, conversions, attributes; 4 calls; 5 loops that go too far; 6 inside functions; 7 unpacking,
 * unhashable keys, values that are None; 8 local names; 9 recursion without an end; 10 the cause stands in another line
 * than the error.
 *
 * Work runs the program by hand until it stops. The check runs the mended one. An answer is judged by the line and the
 * exception that it names and, if it holds a program, by running that; nothing that it says may be contradicted. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "exec/exec.h"
#include "task/pyclaim.h"
#include "task/pyfam.h"
#include "task/pytpl.h"
#include "task/verify.h"

typedef struct flaw {
    char        lo, hi;
    const char *text;  /* `wrong`right` in it; $T a name, $U the same misspelt */
    const char *why;   /* in a few words */
    int         line;  /* of what cannot be read; 0: the program runs until it stops */
    const char *error; /* then: type and message */
} flaw;

static const flaw flaws[] = {
    {1, 6, "$T = #2..60#\n$b = $T * #2..9#\nprint(`$U + $b`$T + $b`)\n", "the name is misspelt, it was never assigned",
     0, NULL},
    {1, 5, "$a = #2..60#\n$T = $a ~+|-|*~ #1..30#\nprint(`$U`$T`)\n", "the name is misspelt, it was never assigned", 0,
     NULL},
    {1, 4, "$T = `$w`'$w'`\nprint($T, #1..99#)\n",
     "text needs quotes, without them it is a name that nothing was assigned to", 0, NULL},
    {1, 5, "$a = #5..60#\n$b = #k=2..40# - #k#\nprint(`$a // $b`$a // $b if $b != 0 else 0`)\n", "the divisor is 0", 0,
     NULL},
    {1, 5, "$a = #5..60#\n$b = #k=2..40# - #k#\nprint(`$a % $b`$a % $b if $b != 0 else 0`)\n", "the divisor is 0", 0,
     NULL},
    {1, 5, "$a = #1..40#\n$b = #2..9#\n$t = `$a // ($b - $b)`$a // $b`\nprint($t ~+|-~ #1..9#)\n", "the divisor is 0",
     0, NULL},
    {1, 5, "$L = ^L3..5:1..30^\n`for $x in $L`for $x in $L:`\n    print($x ~+|*~ #1..9#)\n",
     "a colon is missing at the end of the line", 2, "SyntaxError: expected ':'"},
    {1, 5, "$a = #1..60#\n`if $a > #k=1..60#`if $a > #k#:`\n    print('~big|more|yes~')\n",
     "a colon is missing at the end of the line", 2, "SyntaxError: expected ':'"},
    {1, 5, "$a = #1..60#\n$b = `($a + #k=1..30#`($a + #k#)`\nprint($b)\n", "a bracket is opened and never closed", 2,
     "SyntaxError: '(' was never closed"},
    {1, 5, "$L = `[#k=1..30#, #l=1..30#`[#k#, #l#]`\nprint($L)\n", "a bracket is opened and never closed", 1,
     "SyntaxError: '[' was never closed"},
    {2, 6, "$a = #1..99#\n$s = '~age|sum|size|cost~: ' `+ $a`+ str($a)`\nprint($s)\n",
     "text and a number cannot be joined by +", 0, NULL},
    {2, 6, "$a = '#k=1..99#'\n$b = #1..60#\nprint(`$b + $a`$b + int($a)`)\n", "a number and text cannot be added", 0,
     NULL},
    {2, 6, "$a = #10..999#\nprint(len(`$a`str($a)`) + #1..20#)\n", "a number has no length", 0, NULL},
    {2, 6, "$L = ^L3..3:1..40^\n$t = $L[0] + `$L[3]`$L[2]`\nprint($t)\n", "three items have the indices 0, 1, 2", 0,
     NULL},
    {2, 6, "$L = ^L3..5:1..40^\nprint($L[`len($L)`len($L) - 1`])\n", "the last index is one less than the length", 0,
     NULL},
    {2, 6, "$L = ^L3..5:1..40^\nfor $x in $L:\n`print($x)`    print($x)`\n", "the body of the loop is not indented", 3,
     "IndentationError: expected an indented block after 'for' statement on line 2"},
    {2, 6, "$a = #1..60#\n`    $b = $a + #k=1..40#`$b = $a + #k#`\nprint($b)\n",
     "the line is indented without a reason", 2, "IndentationError: unexpected indent"},
    {2, 6, "$a = #1..60#\nif $a `=`==` #1..60#:\n    print('same')\nprint($a)\n", "= assigns, == compares", 2,
     "SyntaxError: invalid syntax. Maybe you meant '==' or ':=' instead of '='?"},
    {2, 6, "$L = [#1..40#, `#k=1..9# #l=1..9#`#k#, #l#`]\nprint(sum($L))\n", "a comma is missing between two items", 1,
     "SyntaxError: invalid syntax. Perhaps you forgot a comma?"},
    {3, 7, "$d = ^D2..3:1..40^\n$k = '~size|name|age|price~'\nprint(`$d[$k]`$d.get($k, 0)`)\n",
     "the dict has no such key", 0, NULL},
    {3, 7, "$a = int('#1..60#`x``')\nprint($a + #1..40#)\n", "int() cannot read that text", 0, NULL},
    {3, 7, "$s = '#1..60#`.5``'\n$a = int($s) * #2..20#\nprint($a)\n", "int() reads whole numbers only", 0, NULL},
    {3, 7, "$L = ^L2..4:1..40^\n$L.`~push|add~`append`(#1..40#)\nprint($L)\n",
     "lists have another method for that: append", 0, NULL},
    {3, 7, "$s = ^S^\n$t = $s.`uppercase`upper`()\nprint($t, #1..99#)\n", "the method is called upper", 0, NULL},
    {3, 7, "$s = ^S^\nprint(`$s.~length|size~()`len($s)` + #1..60#)\n", "the length is asked with len()", 0, NULL},
    {3, 7, "$L = ^L3..4:1..9^\n$L.remove(`#10..60#`$L[0]`)\nprint($L)\n", "the value is not in the list", 0, NULL},
    {3, 7, "$L = ^L3..4:1..40^\nprint($L[`'1'`1`] ~+|*~ #1..9#)\n", "an index is a number, not text", 0, NULL},
    {4, 8, "def $f($a, $b):\n    return $a ~+|*|-~ $b\nprint($f(`#k=1..60#`#k#, 1`))\n",
     "the function wants two arguments", 0, NULL},
    {4, 8, "def $f($a):\n    return $a ~+|*~ #2..30#\nprint($f(`#k=1..60#, #1..60#`#k#`))\n",
     "the function wants one argument", 0, NULL},
    {4, 8, "$L = ^L3..4:1..60^\nprint($L`(0)`[0]` + #1..9#)\n", "an item is taken with [ ], ( ) is a call", 0, NULL},
    {4, 8, "$s = ^S^\n`$s[0] = 'b'`$s = 'b' + $s[1:]`\nprint($s, #1..60#)\n", "a string cannot be changed in place", 0,
     NULL},
    {4, 8, "$n = #3..8#\n$t = #0..60#\nfor $i in `$n`range($n)`:\n    $t ~+=|-=~ $i\nprint($t)\n",
     "a number cannot be gone through, range(n) can", 0, NULL},
    {4, 8, "$a = '#1..60#'\nif `$a`int($a)` > #1..60#:\n    print('more')\nprint($a)\n",
     "text and a number cannot be compared", 0, NULL},
    {5, 9, "$L = ^L2..4:1..30^\n$t = #0..60#\nfor $i in range(`len($L) + 1`len($L)`):\n    $t += $L[$i]\nprint($t)\n",
     "the loop goes one index too far", 0, NULL},
    {5, 9, "$L = ^L2..4:1..30^\n$t = #0..60#\nfor $i in range(len($L)):\n    $t += $L[`$i + 1`$i`]\nprint($t)\n",
     "the last index plus one is past the end", 0, NULL},
    {5, 9,
     "$L = [#1..9#, #1..9#, 0, #1..9#]\nfor $x in $L:\n`    print(#k=12..90# // $x)`    if $x != 0:\n        print(#k# "
     "// $x)`\n",
     "one of the items is 0, and that cannot divide", 0, NULL},
    {5, 9, "$d = {}\nfor $h in ^S^:\n    `$d[$h] += #k=1..9#`$d[$h] = $d.get($h, 0) + #k#`\nprint($d)\n",
     "the key is not there the first time", 0, NULL},
    {5, 9, "$L = ^L2..3:1..60^\nwhile `True`$L`:\n    $x = $L.pop()\n    print($x ~+|*~ #1..9#)\n",
     "the list becomes empty and the loop goes on", 0, NULL},
    {5, 9,
     "$W = ['#1..60#', '#1..60#', '`~two|none|x~`2`']\n$t = #0..30#\nfor $w in $W:\n    $t += int($w)\nprint($t)\n",
     "one of the texts is a word", 0, NULL},
    {6, 10,
     "def $f($L):\n    return `sum($L) // len($L)`sum($L) // len($L) if $L else "
     "0`\nprint($f(^L2..3:1..40^))\nprint($f([]))\n",
     "an empty list has length 0", 0, NULL},
    {6, 10,
     "def $f($L):\n    return `max($L)`max($L) if $L else 0` ~+|*~ #1..9#\nprint($f(^L2..3:1..60^))\nprint($f([]))\n",
     "an empty list has no largest item", 0, NULL},
    {6, 10, "def $f($s):\n    return `$s[0]`$s[:1]` + '~.|!|-~'\nfor $w in [^S^, ^S^, '']:\n    print($f($w))\n",
     "an empty string has no first letter", 0, NULL},
    {6, 10,
     "def $f($d, $k):\n    return `$d[$k]`$d.get($k, 0)` + #1..60#\n$e = ^D2..3:1..30^\nprint($f($e, 'zebra'))\n",
     "the dict has no such key", 0, NULL},
    {6, 10,
     "def $f($n):\n    return `#l=2..90# // ($n - #k=2..60#)`#l# // ($n - #k#) if $n != #k# else 0`\nprint($f(#k#))\n",
     "the divisor is 0", 0, NULL},
    {7, 10, "`$a, $b`$a, $b, $c` = [#1..60#, #1..60#, #1..60#]\nprint($a ~+|*~ $b)\n",
     "three values do not fit into two names", 0, NULL},
    {7, 10, "$d = {}\n$d[`[#k=1..60#, #l=1..60#]`(#k#, #l#)`] = #1..60#\nprint($d)\n",
     "a list cannot be a key, a tuple can", 0, NULL},
    {7, 10, "$t = (#1..60#, #1..60#)\n`$t.append(#k=1..60#)`$t = $t + (#k#,)`\nprint($t)\n", "a tuple cannot grow", 0,
     NULL},
    {7, 10, "$L = ^L3..4:1..60^\nprint('-'.join(`$L`[str($x) for $x in $L]`))\n", "join wants strings, not numbers", 0,
     NULL},
    {7, 10, "$d = ^D2..2:1..60^\n$t = `$d.get('zoo')`$d.get('zoo', 0)` + #1..60#\nprint($t)\n",
     "get gives None for a key that is missing", 0, NULL},
    {8, 10, "$t = #1..60#\ndef $f($x):\n    `$t = $t + $x\n    return $t`return $t + $x`\nprint($f(#1..60#))\n",
     "the function assigns the name, so it is local there and has no value yet", 0, NULL},
    {8, 10,
     "$u = #0..60#\ndef $f($L):\n    `for $x in $L:\n        $u += $x\n    return $u`return $u + "
     "sum($L)`\nprint($f(^L2..3:1..40^))\n",
     "the function assigns the name, so it is local there and has no value yet", 0, NULL},
    {8, 10,
     "def $f($n):\n    `if $n > #k=5..40#:\n        $t = $n * 2\n    return $t`return $n * "
     "2`\nprint($f(#l=50..90#))\nprint($f(#1..4#))\n",
     "the name is assigned only if the condition holds", 0, NULL},
    {8, 10,
     "def $f($L):\n    $t = #0..60#\n    for $x in $L:\n        $t += $x\n    return $t\nprint($f(^L2..3:1..30^), "
     "`$t`#k=1..9#`)\n",
     "the name exists only inside the function", 0, NULL},
    {9, 10,
     "def $f($n):\n    `return $n + $f($n - #k=1..2#)`if $n < 1:\n        return #0..9#\n    return $n + $f($n - "
     "#k#)`\nprint($f(#2..6#) + #1..90#)\n",
     "nothing ends the recursion", 0, NULL},
    {9, 10,
     "def $f($n):\n    `return $n * $f($n - #k=1..2#)`if $n < 1:\n        return #1..3#\n    return $n * $f($n - "
     "#k#)`\nprint($f(#2..4#) + #1..90#)\n",
     "nothing ends the recursion", 0, NULL},
    {9, 10,
     "def $f($L):\n    `return $L[0] + $f($L[1:])`if not $L:\n        return 0\n    return $L[0] + "
     "$f($L[1:])`\nprint($f(^L2..3:1..60^))\n",
     "the recursion does not stop at the empty list", 0, NULL},
    {9, 10,
     "def $f($s):\n    `return $f($s[1:]) + $s[0]`if not $s:\n        return ''\n    return $f($s[1:]) + "
     "$s[0]`\nprint($f(^S^), #1..99#)\n",
     "the recursion does not stop at the empty string", 0, NULL},
    {9, 10,
     "def $f($n):\n    if $n == 0:\n        return 0\n    return $n + $f($n - 2)\nprint($f(#k=3..5# * 2 `+ 1`+ 0`) + "
     "#1..90#)\n",
     "an odd number steps over 0, so the recursion never ends", 0, NULL},
    {10, 10, "$L = ^L3..4:1..60^\n$M = `$L.sort()`sorted($L)`\nprint($M[~0|1|-1~] ~+|*~ #1..9#)\n",
     "the method changes the list and returns None", 0, NULL},
    {10, 10, "$L = ^L3..4:1..60^\n$M = `$L.reverse()`$L[::-1]`\nprint($M[~0|1|-1~] ~+|*~ #1..9#)\n",
     "the method changes the list and returns None", 0, NULL},
    {10, 10, "$L = ^L2..3:1..60^\n$L = `$L.append(#k=1..60#)`$L + [#k#]`\nprint(len($L))\n",
     "append returns None, and that was assigned", 0, NULL},
    {10, 10, "def $f($n):\n    `$n * #k=2..60#`return $n * #k#`\nprint($f(#1..60#) + #1..30#)\n",
     "the function returns nothing: None", 0, NULL},
    {10, 10, "`len`$t` = #1..60#\n$L = ^L2..3:1..60^\nprint(len($L))\n",
     "the name len was given to a number, so it is no function any more", 0, NULL},
};
enum { FLAWS = sizeof flaws / sizeof *flaws };

typedef struct fault {
    const flaw *f;
    str         bad, good, type, message; /* message: all that is printed in the last line */
    int         line;
    str         mended;
    bool        blamed; /* the last Work took the right line */
    bool        cut;    /* it could not be told to its end */
    int         frames; /* where it was when it stopped, the module first */
    struct {
        int  line;
        char name[24];
    } frame[PYRUN_FRAMES];
} fault;

static void misspell(char *out, size_t size, const char *name, rng *r) {
    size_t n = strlen(name), at = 1 + rng_below(r, n - 1);
    snprintf(out, size, "%s", name);
    if (rng_below(r, 2)) memmove(out + at, out + at + 1, n - at); /* a letter is lost */
    else if (n + 2 < size) { /* or typed twice */ memmove(out + at + 1, out + at, n - at + 1);
    }
}

static void keep_frames(fault *z, const pyast *p, const pyrun_result *res) {
    z->frames = res->frames;
    for (int i = 0; i < res->frames && i < PYRUN_FRAMES; i++) {
        const char *name = res->frame[i].id < 0 ? "<module>" : p->name[res->frame[i].id];
        z->frame[i].line = res->frame[i].line;
        snprintf(z->frame[i].name, sizeof z->frame[i].name, "%s", name);
    }
}

/* Both versions of a filled template. */
static void both(str *bad, str *good, const char *p) {
    int part = 0;
    for (; *p; p++) {
        if (*p == '`') {
            part = (part + 1) % 3;
            continue;
        }
        if (part != 2) str_addc(bad, *p);
        if (part != 1) str_addc(good, *p);
    }
}

static bool draw(fault *z, rng *r, int level) {
    static const char *const names[] = {"total",  "price",  "count",  "score",  "volume", "height",
                                        "amount", "length", "number", "weight", "result", "points"};
    const char              *name    = names[rng_below(r, 12)];
    char                     typo[24];
    str                      s   = {0};
    pytpl                    t   = pytpl_new(r);
    pyrun_result             res = {0};
    pyast                    p   = {0};
    do z->f = &flaws[rng_below(r, FLAWS)];
    while (z->f->lo > level || z->f->hi < level || (z->f->lo < level && rng_below(r, 4) == 0));
    misspell(typo, sizeof typo, name, r);
    pytpl_name(&t, 'T', name);
    pytpl_name(&t, 'U', typo);
    str_clear(&z->bad), str_clear(&z->good), str_clear(&z->type), str_clear(&z->message);
    pytpl_put(&t, &s, z->f->text);
    both(&z->bad, &z->good, s.p);
    bool ok = pyast_read(&p, z->good.p);
    if (ok) pyrun(&(pyrun_job){.p = &p, .limit = 3000}, &res);
    ok = ok && !res.odd && !res.error[0] && res.out.len && strcmp(z->bad.p, z->good.p);
    if (ok && z->f->line) {
        z->line = z->f->line;
        str_addn(&z->type, z->f->error, strcspn(z->f->error, ":"));
        str_add(&z->message, z->f->error);
    } else if (ok) {
        ok = pyast_read(&p, z->bad.p);
        if (ok) pyrun(&(pyrun_job){.p = &p, .limit = 60000}, &res);
        ok = ok && !res.odd && res.error[0];
        str_add(&z->type, res.error);
        str_addf(&z->message, "%s: %s", res.error, res.message.p);
        z->line = res.line;
        keep_frames(z, &p, &res);
        if (strstr(z->f->text, "$U")) str_addf(&z->message, ". Did you mean: '%s'?", name);
    }
    str_free(&s);
    pyrun_free(&res);
    pyast_free(&p);
    return ok;
}

/* ---- phases */
static void put_line(str *out, const char *code, int line) { /* without its indentation */
    while (--line > 0 && strchr(code, '\n')) code = strchr(code, '\n') + 1;
    code += strspn(code, " ");
    str_addn(out, code, strcspn(code, "\n"));
}

static bool tell(trace *t, const char *code, pyrun_result *res, bool deep) {
    pyast p   = {0};
    trace own = trace_to(t->out, t->r);
    own.brief = t->brief;
    bool ok   = pyast_read(&p, code);
    if (ok)
        pyrun(
            &(pyrun_job){.p = &p, .tell = deep ? PYRUN_SILENT : PYRUN_FULL, .t = &own, .limit = 60000, .letters = 900},
            res);
    ok = ok && !res->odd && !own.bad;
    if (t->out->p[t->out->len - 1] != '\n') str_addc(t->out, '\n');
    pyast_free(&p);
    return ok;
}

static size_t line_end(const char *p, const char *end) {
    const char *nl = memchr(p, '\n', (size_t)(end - p));
    return (size_t)((nl ? nl + 1 : end) - p);
}

static const char *last_line(const char *from, const char *end) {
    for (end--; end > from && end[-1] != '\n';) end--;
    return end;
}

/* The lines that are changed: those between the first and the last that differ. */
static void put_mend(str *out, const char *bad, const char *good) {
    const char *a = bad, *b = good, *ea = bad + strlen(bad), *eb = good + strlen(good);
    int         from = 1, to;
    for (size_t n = line_end(a, ea); a < ea && b < eb && n == line_end(b, eb) && !memcmp(a, b, n); n = line_end(a, ea))
        a += n, b += n, from++;
    while (ea > a && eb > b) {
        const char *pa = last_line(a, ea), *pb = last_line(b, eb);
        if (ea - pa != eb - pb || memcmp(pa, pb, (size_t)(ea - pa)) != 0) break;
        ea = pa, eb = pb;
    }
    to = from - 1;
    for (const char *c = a; c < ea; c++) to += *c == '\n';
    if (to < from) str_addf(out, "put before line %d:\n", from);
    else if (to == from) str_addf(out, "mend line %d:", from);
    else str_addf(out, "mend lines %d to %d:", from, to);
    size_t in = strspn(b, " ");
    if (to >= from) str_add(out, line_end(b, eb) == (size_t)(eb - b) ? " " : "\n");
    for (size_t n; b < eb; b += n) {
        n = line_end(b, eb);
        str_addn(out, b + in, n - in);
    }
}

static void work(trace *t, void *ctx, fam_value *found) {
    fault       *z    = ctx;
    pyrun_result res  = {0};
    bool         deep = !strcmp(z->type.p, "RecursionError");
    int          line = z->line, lines = 0;
    z->cut = false;
    for (const char *c = z->bad.p; *c; c++) lines += *c == '\n';
    if (z->f->line) {
        for (int i = 1; i < z->line; i++) str_addf(t->out, "line %d can be read\n", i);
    } else if (deep) {
        str_add(t->out, "each call makes another call, and no call ever returns\n");
    } else if (!tell(t, z->bad.p, &res, false)) {
        z->cut = true;
    }
    if (trace_slips(t)) line = line > 1 ? line - 1 : line < lines ? line + 1 : line; /* the line beside it is blamed */
    str_addf(t->out, "line %d: ", line);
    put_line(t->out, z->bad.p, line);
    str_addf(t->out, "\nit stops with %s\nwhy: %s\n", z->type.p, z->f->why);
    z->blamed = line == z->line;
    str_clear(&z->mended);
    str_add(&z->mended, z->blamed ? z->good.p : z->bad.p);
    if (z->blamed) {
        put_mend(t->out, z->bad.p, z->good.p);
    } else {
        str_addf(t->out, "mend line %d: ", line);
        put_line(t->out, z->bad.p, line);
        str_addc(t->out, '\n');
    }
    *found = (fam_value){line, z->blamed};
    pyrun_free(&res);
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    fault       *z   = ctx;
    pyrun_result res = {0};
    (void)found;
    str_add(t->out, "run the mended program\n");
    if (!z->blamed) {
        str_addf(t->out, "%s again, wrong\n", z->type.p);
        return false;
    }
    bool ok = !z->cut && tell(t, z->mended.p, &res, false) && !res.error[0];
    if (!ok) t->bad = true;
    str_add(t->out, ok ? "it comes to its end, right\n" : "its end is not seen, wrong\n");
    pyrun_free(&res);
    return ok;
}

/* ---- what Python prints when it stops; the markers under parts of a line, which newer versions add, only where the
 * program cannot be read */
enum { REPEATED = 996 }; /* of a thousand frames: the module's and three more are printed */

static void put_marks(str *s, const fault *z) {
    str         one  = {0};
    const char *msg  = z->message.p, *p;
    size_t      from = 0, n = 1; /* marks */
    put_line(&one, z->bad.p, z->line);
    if (strstr(msg, "expected ':'")) from = one.len;
    else if (strstr(msg, "never closed")) from = (size_t)(strchr(one.p, strstr(msg, "'('") ? '(' : '[') - one.p);
    else if (strstr(msg, "'=='")) from = 3, n = one.len - 4; /* between if and the colon */
    else if (strstr(msg, "comma")) {
        for (p = one.p; !(isdigit((unsigned char)p[0]) && p[1] == ' ');) p++;
        const char *end = p + 2 + strspn(p + 2, "0123456789");
        while (isdigit((unsigned char)p[-1])) p--;
        from = (size_t)(p - one.p), n = (size_t)(end - p);
    } else if (strstr(msg, "unexpected indent")) n = 0;
    else n = strcspn(one.p, "(. "); /* the first word */
    if (n) str_addf(s, "    %*s", (int)from, "");
    for (size_t i = 0; i < n; i++) str_addc(s, '^');
    if (n) str_addc(s, '\n');
    str_free(&one);
}

static void put_frame(str *s, const fault *z, const char *file, int line, const char *in) {
    str_addf(s, "  File \"%s\", line %d", file, line);
    if (in) str_addf(s, ", in %s", in);
    str_add(s, "\n    ");
    put_line(s, z->bad.p, line);
    str_addc(s, '\n');
}

static void put_traceback(str *s, const fault *z, rng *r) {
    static const char *const files[] = {"main.py",
                                        "program.py",
                                        "/home/kim/main.py",
                                        "/tmp/test.py",
                                        "exercise.py",
                                        "/home/ada/work/script.py",
                                        "C:\\Users\\sam\\a.py",
                                        "/Users/lee/code/run.py"};
    const char              *file    = files[rng_below(r, 8)];
    bool                     deep    = z->frames > PYRUN_FRAMES;
    if (z->f->line) {
        put_frame(s, z, file, z->line, NULL);
        put_marks(s, z);
    } else {
        str_add(s, "Traceback (most recent call last):\n");
        for (int i = 0; i < (deep ? 4 : z->frames); i++) put_frame(s, z, file, z->frame[i].line, z->frame[i].name);
        if (deep) str_addf(s, "  [Previous line repeated %d more times]\n", REPEATED);
    }
    str_add(s, z->message.p);
}

/* The whole of it behind the program, in a third of the questions. */
static bool show_traceback(str *more, const fault *z, rng *r) {
    bool deep = z->frames > PYRUN_FRAMES;
    if (rng_below(r, 3) || (deep && strcmp(z->type.p, "RecursionError"))) return false;
    bool fence = rng_below(r, 2);
    str_clear(more);
    if (rng_below(r, 3) == 0) str_add(more, rng_below(r, 2) ? "The output:\n" : "This is what I see:\n");
    if (fence) str_add(more, "```\n");
    put_traceback(more, z, r);
    if (fence) str_add(more, "\n```");
    return true;
}

static const char ask_below[] =
    "{{This|The following|My} [Python ]{program|code|script} {stops|fails|crashes|ends} with {an error|an "
    "exception|the traceback below|what is at the end}. {{Why|What is wrong|What does that mean}?|Which line is it, "
    "and why?|{Explain|Tell me} what is wrong[ and how to {fix|mend} it].|In which line, and {how do I fix it|what "
    "must I change}?}|"
    "{I get|Python prints|I am getting|There is} {this|the|an} {error|traceback|exception} {in|from|for|when I run} "
    "{this|my} {code|program|script}. {{What|Which line} {causes it|is wrong|is it}?|Why{, and how do I fix it|}?|"
    "{Please|Can you} {explain|help}{.|?}|What does it mean?}|"
    "{Explain|Help me {with|understand}|Read} {the|this} {error|traceback}{ at the end| below|}{.|, please.} {Name "
    "the line{, the exception and the mend|, the kind of error and how to repair it}.|Which line is to blame?|How is "
    "it {mended|fixed|repaired}?}|"
    "{What is that|Why does this happen|What did I do wrong|Where is the mistake|Which line is it} {here|in this "
    "program|in my code}?}";

static const char ask[] =
    "{{This|The following|My} [Python ]{program|code|script} {stops|fails|crashes|ends} with `<msg>`. {{Why|What is "
    "wrong|What does that mean}?|Which line is it, and why?|{Explain|Tell me} what is wrong[ and how to {fix|mend} "
    "it].|In which line, and {how do I fix it|what must I change}?}|"
    "{I get|Python says|I am getting|Python tells me|There is} `<msg>` {in|from|for|when I run} {this|my} "
    "{code|program|script}. {{What|Which line} {causes it|is wrong|is it}?|Why{, and how do I fix it|}?|{Please|Can "
    "you} {explain|help}{.|?}|What does it mean?}|"
    "{Explain|What causes|Where does|Help me with} {the|this} error{: | }`<msg>`{.| come from?|, please.} {Name the "
    "line{, the exception and the mend|, the kind of error and how to repair it}.|Which line is to blame?|How is it "
    "{mended|fixed|repaired}?}|"
    "`<msg>`: {what is that|why does this happen|what did I do wrong|where is the mistake|which line} {here|in this "
    "program|in my code}?}";

static void answer(problem *p, rng *r, const fault *z) {
    const char *an = strchr("AEIOU", z->type.p[0]) ? "an" : "a";
    switch (rng_below(r, 3)) {
    case 0: str_addf(&p->answer, "It is %s **%s** in **line %d**: %s.", an, z->type.p, z->line, z->f->why); break;
    case 1: str_addf(&p->answer, "**Line %d** raises %s **%s**, because %s.", z->line, an, z->type.p, z->f->why); break;
    default:
        str_addf(&p->answer, "The program stops in **line %d** with %s **%s**: %s.", z->line, an, z->type.p, z->f->why);
    }
    static const char *const head[] = {" This works:", " Mended:", " The mended program:", " With that put right:"};
    str_addf(&p->answer, "%s\n```python\n%s```", head[rng_below(r, 4)], z->good.p);
}

static void make(rng *r, int level, problem *p) {
    fault z = {0};
    for (;;) {
        while (!draw(&z, r, level)) {}
        str_clear(&p->reasoning);
        p->level = level;
        str_addf(&p->reasoning, "Understand: a program stops with %s; find the line, say why, mend it\n", z.message.p);
        str_add(&p->reasoning,
                z.f->line ? "Plan: read line by line, find what cannot be read, mend it, run the mended program\n"
                          : "Plan: run it by hand until it stops, say why, mend it, run the mended program\n");
        fam_work(p, r, &(fam_phases){work, check, &z});
        if (pyfam_whole(p, 1700)) break;
    }
    const word_slot slot[] = {{"msg", z.message.p}, {0}};
    str_addf(&p->key, "code_error:%s", z.bad.p);
    str  more  = {0};
    bool whole = show_traceback(&more, &z, r);
    pyfam_ask(&p->question, r, whole ? ask_below : ask, slot, z.bad.p, whole ? more.p : NULL);
    str_free(&more);
    str_addf(&p->truth, "line %d, %s", z.line, z.type.p);
    answer(p, r, &z);
    str_free(&z.bad), str_free(&z.good), str_free(&z.type), str_free(&z.message), str_free(&z.mended);
}

/* ---- judging */
static bool read_truth(const char *truth, int *line, char type[32]) {
    return sscanf(truth, "line %d, %31[A-Za-z]", line, type) == 2;
}

static void prose_of(str *out, const char *a) { /* without code blocks and bold marks */
    bool in = false;
    str_clear(out);
    for (; *a; a++) {
        if (!strncmp(a, "```", 3)) in = !in, a += 2;
        else if (!in && *a != '*' && *a != '`') str_addc(out, *a);
    }
}

/* Lines and exceptions that are named: how many, and how many of them are not the true ones. */
typedef struct named {
    int lines, other_lines, types, other_types;
} named;

static named names_in(const char *s, int line, const char *type) {
    named n = {0};
    for (const char *p = s; *p; p++) {
        bool word = p == s || !isalnum((unsigned char)p[-1]);
        if (!word) continue;
        if ((*p == 'l' || *p == 'L') && !strncmp(p + 1, "ine", 3)) {
            const char *q = p + 4 + (p[4] == 's');
            q += strspn(q, " #:numberNo.");
            if (isdigit((unsigned char)*q)) {
                n.lines++;
                n.other_lines += strtol(q, NULL, 10) != line;
            }
        }
        size_t k = 0;
        while (isalpha((unsigned char)p[k])) k++;
        if (k > 5 && !strncmp(p + k - 5, "Error", 5)) {
            n.types++;
            n.other_types += strlen(type) != k || strncmp(p, type, k) != 0;
        }
    }
    return n;
}

static bool doubted(const char *prose) {
    static const char *const words[] = {" not a ",     " not an ",   "not in line",   "isn't",    "no error",
                                        "?",           "maybe",      "perhaps",       "not sure", "don't know",
                                        "do not know", "guess",      " or line",      " or a ",   "cannot say",
                                        "not line",    "no mistake", "nothing wrong", NULL};
    str                      low     = {0};
    bool                     found   = false;
    str_clear(&low);
    for (; *prose; prose++) str_addc(&low, (char)tolower((unsigned char)*prose));
    for (int i = 0; words[i] && !found; i++) found = strstr(low.p, words[i]) != NULL;
    str_free(&low);
    return found;
}

/* How many lines of `a` are not in `b`? */
static int lines_lost(const char *a, const char *b) {
    int lost = 0;
    for (const char *p = a; *p;) {
        size_t      n    = strcspn(p, "\n");
        const char *s    = p + strspn(p, " ");
        str         line = {0};
        str_addn(&line, s, (size_t)(p + n - s));
        if (line.len && !strstr(b, line.p)) lost++;
        str_free(&line);
        p += n + (p[n] == '\n');
    }
    return lost;
}

/* Does it hide the old program from the interpreter instead of mending it? */
static bool put_away(const char *code) {
    static const char *const ways[] = {"if False", "if 0",        "if None",           "while False", "while 0:", "'''",
                                       "\"\"\"",   "if not True", "except:\n    pass", "exec(",       NULL};
    bool                     found  = false;
    for (int i = 0; ways[i] && !found; i++) found = strstr(code, ways[i]) != NULL;
    return found;
}

static bool runs(const char *code, const char *original, char why[96]) {
    err         e   = {""};
    exec       *x   = exec_shared(&e);
    exec_result res = {0};
    bool        ok  = false;
    int         all = 0;
    for (const char *c = original; *c; c++) all += *c == '\n' || !c[1];
    int    lost = lines_lost(original, code);
    size_t n = strlen(original), k = strlen(code);
    while (n && isspace((unsigned char)original[n - 1])) n--;
    while (k && isspace((unsigned char)code[k - 1])) k--;
    if (n == k && !memcmp(code, original, n)) snprintf(why, 96, "the program is not changed");
    else if (put_away(code)) snprintf(why, 96, "the program is put away, not mended");
    else if (lost > 3 || 2 * lost > all) snprintf(why, 96, "it is another program, not the mended one");
    else if (!x || !exec_run(x, &(exec_job){.code = code}, &res, &e)) snprintf(why, 96, "no executor: %.60s", e.msg);
    else if (res.status != EXEC_OK)
        snprintf(why, 96, "the mended program stops: %.60s", res.error.p ? res.error.p : "");
    else if (!res.out.len) snprintf(why, 96, "the mended program prints nothing");
    else ok = true;
    exec_result_free(&res);
    return ok;
}

static bool right(const problem *p, const char *text, char why[96]) {
    int  line;
    char type[32];
    str  prose = {0}, code = {0}, original = {0};
    bool ok = false;
    if (verify_echo(p->question.p ? p->question.p : "", text, why)) return false;
    if (!read_truth(p->truth.p ? p->truth.p : "", &line, type)) {
        snprintf(why, 96, "the truth is not a line and an exception");
        return false;
    }
    prose_of(&prose, text);
    named n = names_in(prose.p, line, type);
    char  none[96];
    bool  claimed = pyfam_claim(text, NULL, &code, none), fences = strstr(text, "```") != NULL;
    if (n.other_lines) snprintf(why, 96, "expected line %d, found another line", line);
    else if (n.other_types) snprintf(why, 96, "expected %s, found another exception", type);
    else if (doubted(prose.p)) snprintf(why, 96, "found it denied or doubted");
    else if (fences && !claimed) snprintf(why, 96, "%s", none);
    else if (!fences && !(n.lines && n.types))
        snprintf(why, 96, "expected line %d and %s, or a mended program", line, type);
    else if (!fences) ok = true;
    else if (!pyfam_code(p->question.p, &original)) snprintf(why, 96, "the question holds no program");
    else ok = runs(code.p, original.p, why);
    str_free(&prose);
    str_free(&code);
    str_free(&original);
    return ok;
}

static bool solve(const problem *p, str *truth, char why[96]) {
    err         e    = {""};
    exec       *x    = exec_shared(&e);
    exec_result res  = {0};
    str         code = {0};
    bool        ok   = false;
    if (!pyfam_code(p->question.p ? p->question.p : "", &code)) snprintf(why, 96, "the question holds no program");
    else if (!x || !exec_run(x, &(exec_job){.code = code.p}, &res, &e)) snprintf(why, 96, "no executor: %.60s", e.msg);
    else if (res.status != EXEC_RAISED || !res.error_line) snprintf(why, 96, "the program raises nothing");
    else {
        str_addf(truth, "line %d, ", res.error_line);
        str_addn(truth, res.error.p, strcspn(res.error.p, ": \n"));
        size_t n = res.error.len; /* the question must hold the message */
        ok       = strstr(p->question.p, res.error.p) != NULL;
        if (!ok) snprintf(why, 96, "the question has another message than %.*s", n > 50 ? 50 : (int)n, res.error.p);
    }
    exec_result_free(&res);
    str_free(&code);
    return ok;
}

const family fam_code_error = {.name   = "code_error",
                               .field  = "programming",
                               .about  = "explain an error message of Python and mend the program",
                               .levels = 10,
                               .make   = make,
                               .right  = right,
                               .solve  = solve};
