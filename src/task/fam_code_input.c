/* fam_code_input.c -- find an argument with which a function returns a wanted value. Any that does is right.
 *
 * Levels: 1 one sum or product; 2 two; 3 strings; 4 decisions and quotients; 5 lists; 6 loops; 7 lists to numbers; 8
 * and 9 three and four lines of several kinds; 10 five.
 *
 * Work goes through the function backwards: which value must have been there before this line? The check runs the
 * function on what was found. The answer's argument is run by the executor. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/pyclaim.h"
#include "task/pyfam.h"
#include "task/pytpl.h"
#include "task/verify.h"

enum { STEPS = 6, WORD = 40, ITEMS = 12 };
typedef enum {
    ADD,
    SUB,
    MUL,
    FROM,
    DIV,
    SQUARE,
    NEG,
    BRANCH,
    EVEN,
    REPEAT,
    DOUBLES,
    DIGITS, /* numbers */
    S_END,
    S_START,
    S_BACK,
    S_UPPER,
    S_TWICE,
    S_TURN,
    S_CUT,
    S_PAIRS,
    S_NEXT,
    S_LEN, /* strings */
    L_BACK,
    L_END,
    L_START,
    L_MUL,
    L_ADD,
    L_SORT,
    L_CUT,
    L_SUM,
    L_LEN,
    L_MAX,
    I_STR, /* lists; a number as text */
    KINDS
} kind;
static const struct {
    char lo, hi, in, out;
} kinds[KINDS] = {[ADD] = {1, 10, 'i', 'i'},     [SUB] = {1, 10, 'i', 'i'},     [MUL] = {1, 10, 'i', 'i'},
                  [FROM] = {2, 10, 'i', 'i'},    [DIV] = {4, 10, 'i', 'i'},     [SQUARE] = {4, 10, 'i', 'i'},
                  [NEG] = {4, 10, 'i', 'i'},     [BRANCH] = {4, 10, 'i', 'i'},  [EVEN] = {4, 10, 'i', 'i'},
                  [REPEAT] = {6, 10, 'i', 'i'},  [DOUBLES] = {6, 10, 'i', 'i'}, [DIGITS] = {6, 10, 'i', 'i'},
                  [S_END] = {3, 10, 's', 's'},   [S_START] = {3, 10, 's', 's'}, [S_BACK] = {3, 10, 's', 's'},
                  [S_UPPER] = {3, 10, 's', 's'}, [S_TWICE] = {3, 10, 's', 's'}, [S_TURN] = {3, 10, 's', 's'},
                  [S_CUT] = {3, 10, 's', 's'},   [S_PAIRS] = {6, 10, 's', 's'}, [S_NEXT] = {8, 10, 's', 's'},
                  [S_LEN] = {7, 10, 's', 'i'},   [L_BACK] = {5, 10, 'l', 'l'},  [L_END] = {5, 10, 'l', 'l'},
                  [L_START] = {5, 10, 'l', 'l'}, [L_MUL] = {5, 10, 'l', 'l'},   [L_ADD] = {5, 10, 'l', 'l'},
                  [L_SORT] = {5, 10, 'l', 'l'},  [L_CUT] = {5, 10, 'l', 'l'},   [L_SUM] = {7, 10, 'l', 'i'},
                  [L_LEN] = {7, 10, 'l', 'i'},   [L_MAX] = {7, 10, 'l', 'i'},   [I_STR] = {8, 10, 'i', 's'}};

typedef struct value {
    char t; /* i s l; 0: there is none */
    long i, l[ITEMS];
    int  n; /* of l */
    char s[WORD];
} value;
typedef struct step {
    kind k;
    long a, b, c;
    char w[4];
    char var[8], was[8]; /* the names after and before */
    str  code;
} step;
typedef struct puzzle {
    step  st[STEPS];
    int   n;
    char  f[16], param[8];
    str   code, want, found; /* found: the argument at which the last Work arrived */
    value target;
} puzzle;

static void put_value(str *s, const value *v) {
    if (v->t == 'i') digits_num(s, v->i);
    else if (v->t == 's') pyast_quote(s, v->s, strlen(v->s));
    else {
        str_addc(s, '[');
        for (int i = 0; i < v->n; i++) str_addf(s, i ? ", %ld" : "%ld", v->l[i]);
        str_addc(s, ']');
    }
}

/* ---- the function */
static void put_step(step *s, rng *r) {
    const char *v = s->was, *o = s->var;
    str        *c = &s->code;
    str_clear(c);
    switch (s->k) {
    case ADD:
        if (rng_below(r, 3)) str_addf(c, "%s = %s + %ld\n", o, v, s->a);
        else str_addf(c, "%s = %ld + %s\n", o, s->a, v);
        break;
    case SUB: str_addf(c, "%s = %s - %ld\n", o, v, s->a); break;
    case MUL: str_addf(c, "%s = %s * %ld\n", o, v, s->b); break;
    case FROM: str_addf(c, "%s = %ld - %s\n", o, s->a + 20, v); break;
    case DIV: str_addf(c, "%s = %s // %ld\n", o, v, s->b); break;
    case SQUARE: str_addf(c, "%s = %s * %s\n", o, v, v); break;
    case NEG: str_addf(c, "%s = -%s\n", o, v); break;
    case BRANCH:
        str_addf(c, "if %s > %ld:\n    %s = %s - %ld\nelse:\n    %s = %s + %ld\n", v, s->a, o, v, s->b, o, v, s->c);
        break;
    case EVEN: str_addf(c, "if %s %% 2 == 0:\n    %s = %s // 2\nelse:\n    %s = %s * 3 + 1\n", v, o, v, o, v); break;
    case REPEAT: str_addf(c, "for i in range(%ld):\n    %s = %s + %ld\n", s->c, o, v, s->b); break;
    case DOUBLES: str_addf(c, "for i in range(2):\n    %s = %s * 2 + %ld\n", o, v, s->c); break;
    case DIGITS: str_addf(c, "%s = int(str(%s)[::-1])\n", o, v); break;
    case S_END: str_addf(c, "%s = %s + '%s'\n", o, v, s->w); break;
    case S_START: str_addf(c, "%s = '%s' + %s\n", o, s->w, v); break;
    case S_BACK: str_addf(c, "%s = %s[::-1]\n", o, v); break;
    case S_UPPER: str_addf(c, "%s = %s.upper()\n", o, v); break;
    case S_TWICE: str_addf(c, "%s = %s * 2\n", o, v); break;
    case S_TURN: str_addf(c, "%s = %s[1:] + %s[0]\n", o, v, v); break;
    case S_CUT: str_addf(c, "%s = %s[1:]\n", o, v); break;
    case S_PAIRS: str_addf(c, "t = ''\nfor c in %s:\n    t = t + c + c\n%s = t\n", v, o); break;
    case S_NEXT: str_addf(c, "t = ''\nfor c in %s:\n    t = t + chr(ord(c) + 1)\n%s = t\n", v, o); break;
    case S_LEN: str_addf(c, "%s = len(%s)\n", o, v); break;
    case L_BACK: str_addf(c, "%s = %s[::-1]\n", o, v); break;
    case L_END: str_addf(c, "%s = %s + [%ld]\n", o, v, s->c); break;
    case L_START: str_addf(c, "%s = [%ld] + %s\n", o, s->c, v); break;
    case L_MUL: str_addf(c, "%s = [x * %ld for x in %s]\n", o, s->b, v); break;
    case L_ADD: str_addf(c, "%s = [x + %ld for x in %s]\n", o, s->c, v); break;
    case L_SORT: str_addf(c, "%s = sorted(%s)\n", o, v); break;
    case L_CUT: str_addf(c, "%s = %s[1:]\n", o, v); break;
    case L_SUM: str_addf(c, "%s = sum(%s)\n", o, v); break;
    case L_LEN: str_addf(c, "%s = len(%s)\n", o, v); break;
    case L_MAX: str_addf(c, "%s = max(%s)\n", o, v); break;
    default: str_addf(c, "%s = str(%s)\n", o, v); break;
    }
}

static void indented(str *out, const char *code) {
    for (bool start = false; *code; code++) {
        if (start) str_add(out, "    ");
        str_addc(out, *code);
        start = *code == '\n';
    }
}

static void draw_steps(puzzle *z, rng *r, int level) {
    static const char        start[] = "-iisilill?";
    static const int         count[] = {0, 1, 2, 1, 2, 2, 2, 2, 3, 4, 5};
    static const char *const ints[] = {"n", "x", "num", "k"}, *const fs[] = {"f",       "g",      "calc", "work",
                                                                             "mystery", "puzzle", "run"};
    const char *ni = ints[rng_below(r, 4)], *ns = rng_below(r, 2) ? "s" : "text", *nl = rng_below(r, 2) ? "xs" : "nums";
    char        t = level < 8 ? start[level] : "isl"[rng_below(r, 3)];
    if (level == 7 && rng_below(r, 3) == 0) t = 's';
    if (level == 6 && rng_below(r, 3) == 0) t = 's';
    snprintf(z->f, sizeof z->f, "%s", fs[rng_below(r, 7)]);
    snprintf(z->param, sizeof z->param, "%s", t == 'i' ? ni : t == 's' ? ns : nl);
    z->n = count[level] + (level > 2 && level < 8 && rng_below(r, 2));
    if (level == 3 && z->n == 1) z->n = 2;
    bool news = false;
    for (int i = 0; i < z->n; i++) {
        step *s    = &z->st[i];
        bool  last = i == z->n - 1;
        do s->k = (kind)rng_below(r, KINDS);
        while (kinds[s->k].in != t || kinds[s->k].lo > level || (i && s->k == z->st[i - 1].k) ||
               (last && !news && level > 3 && level < 8 && kinds[s->k].lo != level));
        news |= kinds[s->k].lo == level;
        s->a = rng_range(r, 1, level == 1 ? 99 : 30), s->b = rng_range(r, 2, 9), s->c = rng_range(r, 1, 9);
        if (s->k == REPEAT) s->c = rng_range(r, 2, 4);
        s->w[0] = "abcdexyz"[rng_below(r, 8)], s -> w[1] = rng_below(r, 2) ? "mnopst!?"[rng_below(r, 6)] : 0,
        s->w[2] = 0;
        snprintf(s->was, sizeof s->was, "%s", t == 'i' ? ni : t == 's' ? ns : nl);
        t = kinds[s->k].out;
        snprintf(s->var, sizeof s->var, "%s", t == 'i' ? ni : t == 's' ? ns : nl);
        put_step(s, r);
    }
    str_clear(&z->code);
    str_addf(&z->code, "def %s(%s):\n    ", z->f, z->param);
    for (int i = 0; i < z->n; i++) indented(&z->code, z->st[i].code.p), str_add(&z->code, "    ");
    str_addf(&z->code, "return %s\n", z->st[z->n - 1].var);
}

static void draw_argument(str *s, char t, rng *r) {
    value v = {.t = t, .i = rng_range(r, 1, 40), .n = rng_range(r, 2, 4)};
    snprintf(v.s, sizeof v.s, "%s", pytpl_word(r));
    for (int i = 0; i < v.n; i++) v.l[i] = rng_range(r, 1, 12);
    put_value(s, &v);
}

/* repr to value */
static bool read_value(const char *repr, value *v) {
    pyast p         = {0};
    bool  ok        = pyast_read(&p, "");
    int   e         = ok ? pyast_expr(&p, repr) : 0;
    *v              = (value){0};
    const pynode *n = &p.n[e];
    if (e && n->kind == PY_INT) *v = (value){.t = 'i', .i = n->v};
    else if (e && n->kind == PY_NEG && p.n[n->a].kind == PY_INT) *v = (value){.t = 'i', .i = -p.n[n->a].v};
    else if (e && n->kind == PY_STR && n->v < WORD) {
        v->t = 's';
        memcpy(v->s, p.pool.p + n->s, (size_t)n->v);
    } else if (e && n->kind == PY_LIST) {
        v->t = 'l';
        for (int k = n->a; k; k = p.n[k].next) {
            bool neg = p.n[k].kind == PY_NEG;
            if (v->n == ITEMS) v->t = 0;
            else v->l[v->n++] = neg ? -p.n[p.n[k].a].v : p.n[k].v;
        }
    }
    pyast_free(&p);
    return v->t != 0;
}

/* ---- backwards */
static void turned(char *s) {
    for (size_t i = 0, j = strlen(s); i + 1 < j; i++) {
        char c = s[i];
        s[i]   = s[--j];
        s[j]   = c;
    }
}

static void back_number(trace *t, const step *s, value *v) {
    long rest;
    switch (s->k) {
    case ADD: v->i = digits_into(t, s->was, v->i, '-', s->a); break;
    case SUB: v->i = digits_into(t, s->was, v->i, '+', s->a); break;
    case MUL:
        v->i = digits_div(t, s->was, v->i, s->b, &rest);
        if (rest) t->bad = true;
        break;
    case FROM: v->i = digits_into(t, s->was, s->a + 20, '-', v->i); break;
    case DIV: v->i = digits_into(t, s->was, v->i, '*', s->b); break;
    case SQUARE: {
        long m = 0;
        while (m * m < v->i) m++;
        if (m * m != v->i || m > 12) t->bad = true;
        digits_op(t, m, '*', m);
        v->i = m;
        break;
    }
    case BRANCH: {
        long big = v->i + s->b;
        if (big > s->a) {
            str_addf(t->out, "above %ld it is the first way: ", s->a);
            v->i = digits_into(t, s->was, v->i, '+', s->b);
        } else {
            str_addf(t->out, "the second way: ");
            v->i = digits_into(t, s->was, v->i, '-', s->c);
            if (v->i > s->a) t->bad = true;
        }
        break;
    }
    case EVEN:
        str_add(t->out, "an even number was halved: ");
        v->i = digits_into(t, s->was, v->i, '*', 2);
        break;
    case REPEAT:
        for (long i = 0; i < s->c; i++) v->i = digits_into(t, s->was, v->i, '-', s->b);
        break;
    case DOUBLES:
        for (int i = 0; i < 2; i++) {
            v->i = digits_into(t, s->was, v->i, '-', s->c);
            v->i = digits_div(t, s->was, v->i, 2, &rest);
            if (rest) t->bad = true;
        }
        break;
    case DIGITS: {
        long m = 0, u = v->i;
        if (u < 0 || u % 10 == 0) t->bad = true;
        for (; u > 0; u /= 10) m = m * 10 + u % 10;
        v->i = m;
        break;
    }
    default: v->i = -v->i;
    }
}

static void back_string(trace *t, const step *s, value *v) {
    char   was[WORD];
    size_t n = strlen(v->s), k = strlen(s->w);
    memcpy(was, v->s, sizeof was);
    bool slip = trace_slips(t); /* done forwards, or a letter lost */
    switch (s->k) {
    case S_END:
        if (n >= k) v->s[n - k + (slip && k > 1)] = 0;
        break;
    case S_START: snprintf(v->s, WORD, "%s", was + (slip && k > 1 ? k - 1 : k)); break;
    case S_BACK:
        if (!slip) turned(v->s);
        break;
    case S_UPPER:
        for (char *c = v->s; *c; c++) *c = (char)tolower((unsigned char)*c);
        break;
    case S_TWICE: v->s[n / 2] = 0; break;
    case S_TURN:
        if (!n) t->bad = true;
        else if (slip) snprintf(v->s, WORD, "%s%c", was + 1, was[0]);
        else snprintf(v->s, WORD, "%c%.*s", was[n - 1], (int)n - 1, was);
        break;
    case S_CUT: snprintf(v->s, WORD, "m%.38s", was); break;
    case S_PAIRS:
        for (size_t i = 0; i < n; i++) v->s[i / 2] = was[i];
        v->s[n / 2] = 0;
        break;
    default:
        for (char *c = v->s; *c; c++) *c = (char)(*c + (slip ? 1 : -1));
    }
    if (strchr(v->s, '`')) t->bad = true; /* answers stand between such */
}

static void back_list(trace *t, const step *s, value *v) {
    value was  = *v;
    bool  slip = v->n > 1 && (s->k == L_BACK || s->k == L_START || s->k == L_END) && trace_slips(t);
    long  rest;
    switch (s->k) {
    case L_BACK:
        for (int i = 0; i < was.n && !slip; i++) v->l[i] = was.l[was.n - 1 - i];
        break;
    case L_END: v->n -= slip ? 0 : 1; break;
    case L_START:
        if (slip) v->n--;
        else memmove(v->l, v->l + 1, sizeof v->l - sizeof *v->l), v->n--;
        break;
    case L_MUL:
        for (int i = 0; i < v->n; i++) {
            v->l[i] = digits_div(t, NULL, v->l[i], s->b, &rest);
            if (rest) t->bad = true;
        }
        break;
    case L_ADD:
        for (int i = 0; i < v->n; i++) v->l[i] = digits_op(t, v->l[i], '-', s->c);
        break;
    case L_CUT:
        if (v->n == ITEMS) t->bad = true;
        else memmove(v->l + 1, v->l, sizeof v->l - sizeof *v->l), v->l[0] = 0, v->n++;
        break;
    default: break; /* sorted: already in order */
    }
    if (v->n < 0) t->bad = true;
}

static void back_other(trace *t, const step *s, value *v) {
    long i = v->i, n = i + (trace_slips(t) ? 1 : 0);
    switch (s->k) {
    case S_LEN:
        if (i < 0 || n >= WORD) t->bad = true;
        *v = (value){.t = 's'};
        for (long k = 0; k < n && !t->bad; k++) v->s[k] = 'm';
        break;
    case L_LEN:
        if (i < 0 || n > ITEMS) t->bad = true;
        *v = (value){.t = 'l', .n = t->bad ? 0 : (int)n};
        break;
    case I_STR: {
        long m = strtol(v->s, NULL, 10);
        if (!*v->s || v->s[strspn(v->s, "0123456789")] || (v->s[0] == '0' && v->s[1])) t->bad = true;
        *v = (value){.t = 'i', .i = m + (n - i)};
        break;
    }
    default: *v = (value){.t = 'l', .l = {n}, .n = 1}; /* the sum, the largest, of a list of one */
    }
}

static void work(trace *t, void *ctx, fam_value *found) {
    puzzle *z = ctx;
    value   v = z->target;
    str_addf(t->out, "%s is ", z->st[z->n - 1].var);
    put_value(t->out, &v);
    str_add(t->out, " at the end\n");
    for (int i = z->n - 1; i >= 0 && !t->bad; i--) {
        const step *s = &z->st[i];
        str_add(t->out, "before ");
        for (const char *c = s->code.p; *c && !(*c == '\n' && !c[1]); c++) {
            if (*c == '\n') str_add(t->out, c[-1] == ':' ? " " : "; ");
            else if (c[0] != ' ' || c[1] != ' ') str_addc(t->out, *c);
        }
        str_add(t->out, ":\n");
        char in = kinds[s->k].in, out = kinds[s->k].out;
        if (in == 'i' && out == 'i') back_number(t, s, &v);
        else if (in == 's' && out == 's') back_string(t, s, &v);
        else if (in == 'l' && out == 'l') back_list(t, s, &v);
        else back_other(t, s, &v);
        bool told = in == 'i' && out == 'i' && s->k != SQUARE && s->k != NEG && s->k != DIGITS;
        if (told || t->bad) continue;
        str_addf(t->out, "%s = ", s->was);
        put_value(t->out, &v);
        str_addc(t->out, '\n');
    }
    str_clear(&z->found);
    put_value(&z->found, &v);
    *found = (fam_value){pyfam_hash(z->found.p, z->found.len), 0};
}

static bool check(trace *t, void *ctx, const fam_value *found) {
    puzzle      *z    = ctx;
    pyast        p    = {0};
    pyrun_result res  = {0};
    trace        own  = trace_to(t->out, t->r);
    str          call = {0};
    own.brief         = t->brief;
    (void)found;
    str_addf(&call, "%s(%s)", z->f, z->found.p);
    str_add(t->out, "run it forwards\n");
    int e = pyast_read(&p, z->code.p) ? pyast_expr(&p, call.p) : 0;
    if (e)
        pyrun(
            &(pyrun_job){
                .p = &p, .expr = e, .quiet = true, .tell = PYRUN_FULL, .t = &own, .limit = 2000, .letters = 900},
            &res);
    if (!e || res.odd || own.bad) t->bad = true;
    str_addf(t->out, "%s is ", call.p);
    bool ok = pyfam_same(t, res.error[0] ? res.error : t->bad || !res.value.len ? "?" : res.value.p, z->want.p);
    pyrun_free(&res);
    pyast_free(&p);
    str_free(&call);
    return ok;
}

static bool draw(puzzle *z, rng *r, int level) {
    pyast p    = {0};
    str   call = {0};
    draw_steps(z, r, level);
    str_addf(&call, "%s(", z->f);
    draw_argument(&call, kinds[z->st[0].k].in, r);
    str_addc(&call, ')');
    bool ok = pyast_read(&p, z->code.p) && pyfam_value(&p, call.p, &z->want) && z->want.len < 30 &&
              read_value(z->want.p, &z->target);
    if (ok && z->target.t == 'i' && (z->target.i > 9999 || z->target.i < -999)) ok = false;
    if (ok && (z->target.t == 'l' ? z->target.n == 0 : z->target.t == 's' && !z->target.s[0])) ok = false;
    pyast_free(&p);
    str_free(&call);
    return ok;
}

static const char ask[] =
    "{{Find|Give me|Tell me|Name} {a|some|any|one} {value of|value for|argument|input} `<n>` {so that|such that|for "
    "which|with which} `<f>(<n>)` {returns|gives|is|evaluates to} `<want>`{.|}|"
    "{For which|With which|For what|With what} {value of `<n>`|argument|input} {does|will|would} {this|the "
    "following|my} [Python ]function {return|give} `<want>`{?|}|"
    "{What|Which} {argument|input|value} {must|do|should|can} I {pass to|give to|put into|use for} `<f>` {to get|so "
    "that it returns|if I want} `<want>`{?|}|"
    "{I want|I need} `<f>` {below |}to {return|give} `<want>`. {What do I pass|Which argument do I need|What must "
    "`<n>` be|With what do I call it}{?|}|"
    "{Please |Can you |Could you |Help me |}{work out|find|determine|figure out} {an input|an argument|a value of "
    "`<n>`} that makes [the function ]`<f>` {return|give|output} `<want>`{.|}}";

static void answer(problem *p, rng *r, const puzzle *z) {
    switch (rng_below(r, 4)) {
    case 0: str_addf(&p->answer, "`%s(%s)` returns what is wanted.", z->f, z->found.p); break;
    case 1: str_addf(&p->answer, "With **%s = %s** it does.", z->param, z->found.p); break;
    case 2: str_addf(&p->answer, "The argument is **%s**.", z->found.p); break;
    default: str_addf(&p->answer, "Call **%s(%s)**.", z->f, z->found.p);
    }
}

static void make(rng *r, int level, problem *p) {
    puzzle z = {0};
    for (;;) {
        while (!draw(&z, r, level)) {}
        str_clear(&p->reasoning);
        p->level = level;
        str_addf(&p->reasoning, "Understand: find %s so that %s(%s) is %s\n", z.param, z.f, z.param, z.want.p);
        str_add(&p->reasoning, z.n > 1 ? "Plan: go backwards from the last line, undo each, then run it forwards\n"
                                       : "Plan: undo the line, then run it forwards\n");
        fam_work(p, r, &(fam_phases){work, check, &z});
        if (pyfam_whole(p, 1700)) break;
    }
    const word_slot slot[] = {{"n", z.param}, {"f", z.f}, {"want", z.want.p}, {0}};
    str_addf(&p->key, "code_input:%s%s", z.code.p, z.want.p);
    pyfam_ask(&p->question, r, ask, slot, z.code.p, NULL);
    str_addf(&p->truth, "%s(?) == %s", z.f, z.want.p);
    answer(p, r, &z);
    for (int i = 0; i < STEPS; i++) str_free(&z.st[i].code);
    str_free(&z.code), str_free(&z.want), str_free(&z.found);
}

/* ---- judging */
static bool literal(const pyast *p, int e) {
    const pynode *n = &p->n[e];
    switch (n->kind) {
    case PY_INT:
    case PY_STR:
    case PY_CONST: return true;
    case PY_NEG: return p->n[n->a].kind == PY_INT;
    case PY_LIST:
    case PY_TUPLE:
    case PY_SET:
    case PY_DICT:
        for (int k = n->a; k; k = p->n[k].next)
            if (!literal(p, k)) return false;
        return n->kind != PY_TUPLE || n->op != 'b';
    default: return false;
    }
}

/* "f(5)", "f(5) == 9", "n = 5", "5" to "f(5)" */
static bool call_of(const char *claim, const char *f, str *call) {
    pyast       p   = {0};
    size_t      n   = strlen(f);
    const char *s   = claim + strspn(claim, " ");
    str         arg = {0};
    str_clear(&arg);
    if (!strncmp(s, f, n) && s[n] == '(') {
        int  depth = 0;
        char quote = 0;
        for (s += n; *s; s++) {
            if (quote) quote = *s == quote ? 0 : quote;
            else if (*s == '\'' || *s == '"') quote = *s;
            else if (strchr("([{", *s)) depth++;
            else if (strchr(")]}", *s) && --depth == 0) break;
            if (depth > 1 || *s != '(') str_addc(&arg, *s);
            else if (depth == 1 && arg.len) str_addc(&arg, *s);
        }
    } else {
        size_t id = 0;
        while (isalnum((unsigned char)s[id]) || s[id] == '_') id++;
        const char *eq = s + id + strspn(s + id, " ");
        if (id && !isdigit((unsigned char)*s) && *eq == '=' && eq[1] != '=') s = eq + 1;
        str_add(&arg, s);
    }
    while (arg.len && strchr(" .", arg.p[arg.len - 1])) arg.p[--arg.len] = 0;
    bool ok = pyast_read(&p, "");
    int  e  = ok ? pyast_expr(&p, arg.p + strspn(arg.p, " ")) : 0;
    ok      = e && literal(&p, e);
    str_clear(call);
    if (ok) str_addf(call, "%s(%s)", f, arg.p);
    pyast_free(&p);
    str_free(&arg);
    return ok;
}

/* "f(?) == 9" */
static bool read_truth(const char *truth, str *f, str *want) {
    const char *at = strstr(truth, "(?) == ");
    str_clear(f);
    str_clear(want);
    if (!at) return false;
    str_addn(f, truth, (size_t)(at - truth));
    str_add(want, at + 7);
    return true;
}

static bool judge(const problem *p, const char *text, const char *f, const char *want, char why[96]) {
    static const char *const words[] = {
        "argument is ", "input is ", "input: ", "argument: ", "answer: ", "answer is ", "pass ",
        "use ",         "try ",      "with ",   "call ",      " = ",      NULL};
    pyclaim c    = {0};
    str     call = {0}, code = {0}, results = {0}, normal = {0};
    bool    ok = false;
    pyclaim_find(&c, text, words);
    if (!c.one.len) snprintf(why, 96, "found no argument");
    else if (c.different > 1) snprintf(why, 96, "found more than one argument");
    else if (pyclaim_denied(c.prose.p)) snprintf(why, 96, "found the argument denied or asked");
    else if (!call_of(c.one.p, f, &call)) snprintf(why, 96, "not an argument: %.60s", c.one.p);
    else if (!pyfam_code(p->question.p, &code)) snprintf(why, 96, "the question holds no program");
    else if (pyfam_run(code.p, (const char *const[]){call.p}, 1, false, &results, NULL, why)) {
        pyfam_normal(&normal, want);
        size_t n = strcspn(results.p, "\n");
        ok       = n == normal.len && !memcmp(results.p, normal.p, n);
        if (!ok) snprintf(why, 96, "%.30s is %.*s, not %.28s", call.p, n > 28 ? 28 : (int)n, results.p, want);
    }
    for (char *q = why; !ok && *q; q++)
        if (*q == '\n') *q = '/';
    pyclaim_free(&c);
    str_free(&call), str_free(&code), str_free(&results), str_free(&normal);
    return ok;
}

static bool right(const problem *p, const char *text, char why[96]) {
    str  f = {0}, want = {0};
    bool ok = false;
    if (!verify_echo(p->question.p ? p->question.p : "", text, why)) {
        if (!read_truth(p->truth.p ? p->truth.p : "", &f, &want))
            snprintf(why, 96, "the truth is not a call and its value");
        else ok = judge(p, text, f.p, want.p, why);
    }
    str_free(&f);
    str_free(&want);
    return ok;
}

/* The function and the wanted value as the question has them: between ticks, outside of the program. */
static bool solve(const problem *p, str *truth, char why[96]) {
    pyast       t    = {0};
    str         code = {0}, want = {0};
    const char *q  = p->question.p ? p->question.p : "";
    bool        ok = pyfam_code(q, &code) && pyast_read(&t, code.p) && pyast_def(&t, NULL);
    str_clear(&want);
    for (const char *a = q; ok && (a = strchr(a, '`'));) {
        if (a[1] == '`') { /* a fence: past it */
            const char *end = strstr(a + 3, "```");
            a               = end ? end + 3 : a + strlen(a);
            continue;
        }
        const char *b = strchr(a + 1, '`');
        if (!b) break;
        str one = {0};
        str_addn(&one, a + 1, (size_t)(b - a - 1));
        pyast lit = {0};
        int   e   = pyast_read(&lit, "") ? pyast_expr(&lit, one.p) : 0;
        if (e && literal(&lit, e)) str_clear(&want), str_addn(&want, one.p, one.len);
        pyast_free(&lit);
        str_free(&one);
        a = b + 1;
    }
    if (ok && want.len) str_addf(truth, "%s(?) == %s", t.name[t.n[pyast_def(&t, NULL)].id], want.p);
    else snprintf(why, 96, "no function and wanted value in the question");
    ok = ok && want.len;
    pyast_free(&t);
    str_free(&code);
    str_free(&want);
    return ok;
}

const family fam_code_input = {.name   = "code_input",
                               .field  = "programming",
                               .about  = "find an argument with which a Python function returns a value",
                               .levels = 10,
                               .make   = make,
                               .right  = right,
                               .solve  = solve};
