/* pyast_read.c -- text to tree. Recursive descent on the text itself; blocks are known by their indentation. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "task/pyast.h"

typedef struct reader {
    pyast      *p;
    const char *at;
    int         line, depth;
    bool        bad;
} reader;

static int fail(reader *r, const char *why) {
    if (!r->bad) r->p->fault = why;
    r->bad = true;
    return 0;
}

static int node(reader *r, pykind k, int a, int b) {
    pyast *p = r->p;
    if (p->count == p->cap) {
        p->cap = p->cap ? 2 * p->cap : 128;
        p->n   = mem_realloc(p->n, (size_t)p->cap * sizeof *p->n);
    }
    if (!p->count) p->n[p->count++] = (pynode){0};
    p->n[p->count] = (pynode){.kind = (unsigned char)k, .line = (short)r->line, .a = a, .b = b};
    return p->count++;
}

/* ---- characters and words */
static void blank(reader *r) {
    while (*r->at == ' ') r->at++;
}

static bool word_char(char c) { return isalnum((unsigned char)c) || c == '_'; }

static bool take(reader *r, const char *s) {
    blank(r);
    if (*r->at != *s) return false;
    size_t n = strlen(s);
    if (strncmp(r->at, s, n)) return false;
    if (word_char(s[n - 1]) && word_char(r->at[n])) return false;
    r->at += n;
    return true;
}

static bool peek(reader *r, const char *s) {
    const char *was = r->at;
    bool        yes = take(r, s);
    r->at           = was;
    return yes;
}

static short read_name(reader *r) {
    blank(r);
    size_t n = 0;
    while (word_char(r->at[n])) n++;
    int id = n && !isdigit((unsigned char)*r->at) ? pyast_name(r->p, r->at, n) : -1;
    if (id < 0) fail(r, "a name was expected");
    r->at += n;
    return (short)(id < 0 ? 0 : id);
}

/* ---- expressions */
static int expr(reader *r);
static int sum(reader *r);

static int text_node(reader *r, const char *s, size_t n) {
    int k        = node(r, PY_STR, 0, 0);
    r->p->n[k].s = (int)r->p->pool.len;
    r->p->n[k].v = (long)n;
    str_addn(&r->p->pool, s, n);
    str_addc(&r->p->pool, 0);
    return k;
}

static char escaped(char c) { return c == 'n' ? '\n' : c == 't' ? '\t' : c; }

static int string(reader *r, bool format) {
    char quote = *r->at++;
    str  s     = {0};
    int  first = 0, last = 0;
    str_clear(&s);
    for (; *r->at && *r->at != quote && *r->at != '\n'; r->at++) {
        if (*r->at == '\\' && r->at[1]) {
            str_addc(&s, escaped(*++r->at));
        } else if (format && *r->at == '{') {
            r->at++;
            int part = text_node(r, s.p, s.len);
            str_clear(&s);
            int e = expr(r);
            if (*r->at != '}') fail(r, "} was expected");
            if (r->bad) break;
            if (last) r->p->n[last].next = part;
            else first = part;
            r->p->n[part].next = last = e;
        } else {
            str_addc(&s, *r->at);
        }
    }
    if (!r->bad && *r->at != quote) fail(r, "a string does not end");
    if (!r->bad) r->at++;
    int k = r->bad ? 0 : text_node(r, s.p, s.len);
    str_free(&s);
    if (r->bad || !format) return k;
    if (last) r->p->n[last].next = k;
    return node(r, PY_FSTR, first ? first : k, 0);
}

/* for a in b [if c] ..., after the element */
static int clauses(reader *r) {
    int first = 0, last = 0;
    while (!r->bad && take(r, "for")) {
        int target         = node(r, PY_NAME, 0, 0);
        r->p->n[target].id = read_name(r);
        if (take(r, ",")) {
            int second           = node(r, PY_NAME, 0, 0);
            r->p->n[second].id   = read_name(r);
            r->p->n[target].next = second;
            target               = node(r, PY_TUPLE, target, 0);
            r->p->n[target].op   = 'b';
        }
        if (!take(r, "in")) return fail(r, "in was expected");
        int it = sum(r), c = node(r, PY_CLAUSE, target, it);
        if (take(r, "if")) {
            int cond     = expr(r);
            r->p->n[c].c = cond;
        }
        if (last) r->p->n[last].next = c;
        else first = c;
        last = c;
    }
    return first;
}

static int comprehension(reader *r, char op, int a, int d, const char *close) {
    int b = clauses(r), k = node(r, PY_COMP, a, b);
    r->p->n[k].op = (unsigned char)op;
    r->p->n[k].d  = d;
    if (!take(r, close)) return fail(r, "a comprehension does not end");
    return k;
}

/* Items up to `close`; in a call, keywords and one generator without brackets of its own. */
static int items(reader *r, const char *close, bool call, bool *comma) {
    int first = 0, last = 0;
    if (comma) *comma = false;
    while (!r->bad && !take(r, close)) {
        int         e   = 0;
        const char *was = r->at;
        blank(r);
        size_t n = 0;
        while (word_char(r->at[n])) n++;
        if (call && n && r->at[n] == '=' && r->at[n + 1] != '=') {
            short id = read_name(r);
            r->at++;
            int v         = expr(r);
            e             = node(r, PY_KEYWORD, v, 0);
            r->p->n[e].id = id;
        } else {
            r->at = was;
            e     = expr(r);
            if (call && peek(r, "for")) {
                int b         = clauses(r);
                e             = node(r, PY_COMP, e, b);
                r->p->n[e].op = '(';
            }
        }
        if (r->bad) return 0;
        if (last) r->p->n[last].next = e;
        else first = e;
        last = e;
        if (take(r, ",")) {
            if (comma) *comma = true;
        } else if (!peek(r, close)) {
            return fail(r, "a comma or a closing bracket was expected");
        }
    }
    return first;
}

static int list(reader *r) { /* after [ */
    if (take(r, "]")) return node(r, PY_LIST, 0, 0);
    int e = expr(r);
    if (peek(r, "for")) return comprehension(r, '[', e, 0, "]");
    if (take(r, ",")) {
        int more        = items(r, "]", false, NULL);
        r->p->n[e].next = more;
    } else if (!take(r, "]")) {
        return fail(r, "] was expected");
    }
    return node(r, PY_LIST, e, 0);
}

static int dict(reader *r) { /* after { */
    int first = 0, last = 0;
    if (take(r, "}")) return node(r, PY_DICT, 0, 0);
    while (!r->bad) {
        int k = expr(r);
        if (!take(r, ":")) {
            if (first) return fail(r, ": was expected");
            if (peek(r, "for")) return comprehension(r, '{', k, 0, "}");
            if (take(r, ",")) {
                int more        = items(r, "}", false, NULL);
                r->p->n[k].next = more;
            } else if (!take(r, "}")) return fail(r, "} was expected");
            return node(r, PY_SET, k, 0);
        }
        int v = expr(r);
        if (r->bad) return 0;
        if (!first && peek(r, "for")) return comprehension(r, ':', k, v, "}");
        r->p->n[k].next = v;
        if (last) r->p->n[last].next = k;
        else first = k;
        last = v;
        if (take(r, "}")) return node(r, PY_DICT, first, 0);
        if (!take(r, ",")) return fail(r, "a comma or } was expected");
        if (take(r, "}")) return node(r, PY_DICT, first, 0);
    }
    return 0;
}

static int atom(reader *r) {
    blank(r);
    char c = *r->at;
    if (isdigit((unsigned char)c)) {
        int k        = node(r, PY_INT, 0, 0);
        r->p->n[k].v = strtol(r->at, (char **)(uintptr_t)&r->at, 10);
        return word_char(*r->at) || *r->at == '.' ? fail(r, "a number of another kind") : k;
    }
    if (c == '\'' || c == '"') return string(r, false);
    if (c == 'f' && (r->at[1] == '\'' || r->at[1] == '"')) {
        r->at++;
        return string(r, true);
    }
    static const char *const konst[] = {"None", "True", "False"};
    for (int i = 0; i < 3; i++)
        if (take(r, konst[i])) {
            int k        = node(r, PY_CONST, 0, 0);
            r->p->n[k].v = i;
            return k;
        }
    if (take(r, "[")) return list(r);
    if (take(r, "{")) return dict(r);
    if (take(r, "(")) {
        if (take(r, ")")) return node(r, PY_TUPLE, 0, 0);
        int e = expr(r);
        if (peek(r, "for")) return comprehension(r, '(', e, 0, ")");
        if (take(r, ")")) return e;
        if (!take(r, ",")) return fail(r, ") was expected");
        int more        = items(r, ")", false, NULL);
        r->p->n[e].next = more;
        return node(r, PY_TUPLE, e, 0);
    }
    int k         = node(r, PY_NAME, 0, 0);
    r->p->n[k].id = read_name(r);
    return k;
}

static int subscript(reader *r, int a) { /* after [ */
    int part[3] = {0}, n = 0;
    for (;;) {
        if (!peek(r, ":") && !peek(r, "]")) part[n] = expr(r);
        if (r->bad || !take(r, ":")) break;
        if (++n > 2) return fail(r, "too many colons");
    }
    if (!take(r, "]")) return fail(r, "] was expected");
    int k        = node(r, n ? PY_SLICE : PY_INDEX, a, part[0]);
    r->p->n[k].c = part[1];
    r->p->n[k].d = part[2];
    return !n && !part[0] ? fail(r, "an empty index") : k;
}

static int postfix(reader *r) {
    int e = atom(r);
    while (!r->bad) {
        if (*r->at == '(') {
            r->at++;
            if (r->p->n[e].kind != PY_NAME) return fail(r, "only a name is called");
            short id      = r->p->n[e].id;
            int   a       = items(r, ")", true, NULL);
            e             = node(r, PY_CALL, a, 0);
            r->p->n[e].id = id;
        } else if (*r->at == '[') {
            r->at++;
            e = subscript(r, e);
        } else if (*r->at == '.') {
            r->at++;
            short id = read_name(r);
            if (!take(r, "(")) return fail(r, "( was expected");
            int b = items(r, ")", true, NULL), k = node(r, PY_METHOD, e, b);
            r->p->n[k].id = id;
            e             = k;
        } else {
            break;
        }
    }
    return e;
}

static int binary(reader *r, char op, int a, int b) {
    int k         = node(r, PY_BIN, a, b);
    r->p->n[k].op = (unsigned char)op;
    return k;
}

static int unary(reader *r) {
    if (++r->depth > 60) return fail(r, "too deep");
    int e;
    if (take(r, "-")) {
        e = unary(r);
        e = node(r, PY_NEG, e, 0);
    } else {
        e = postfix(r);
        if (take(r, "**")) {
            int b = unary(r);
            e     = binary(r, '^', e, b);
        }
    }
    r->depth--;
    return e;
}

static bool assigns(const reader *r, size_t n) { return r->at[n] == '='; } /* += is not + */

static int product(reader *r) {
    int e = unary(r);
    while (!r->bad) {
        blank(r);
        char op = !strncmp(r->at, "//", 2) ? 'f' : *r->at;
        if (!op || !strchr("*/%f", op) || (op == 'f' && *r->at != '/') || assigns(r, op == 'f' ? 2 : 1)) break;
        if (op == '*' && r->at[1] == '*') break;
        r->at += op == 'f' ? 2 : 1;
        int b = unary(r);
        e     = binary(r, op, e, b);
    }
    return e;
}

static int sum(reader *r) {
    int e = product(r);
    while (!r->bad) {
        blank(r);
        char op = *r->at;
        if ((op != '+' && op != '-') || assigns(r, 1)) break;
        r->at++;
        int b = product(r);
        e     = binary(r, op, e, b);
    }
    return e;
}

static const struct {
    const char *s;
    char        op;
} compares[] = {{"<=", 'l'}, {">=", 'g'},     {"==", '='}, {"!=", '!'},     {"<", '<'},
                {">", '>'},  {"not in", 'n'}, {"in", 'i'}, {"is not", 'S'}, {"is", 's'}};

static int compare(reader *r) {
    if (take(r, "not")) {
        int a = compare(r);
        return node(r, PY_NOT, a, 0);
    }
    int e = sum(r);
    for (size_t i = 0; !r->bad && i < sizeof compares / sizeof *compares; i++)
        if (take(r, compares[i].s)) {
            int b         = sum(r);
            e             = node(r, PY_CMP, e, b);
            r->p->n[e].op = (unsigned char)compares[i].op;
            break;
        }
    return e;
}

static int both(reader *r) {
    int e = compare(r);
    while (!r->bad && take(r, "and")) {
        int b = compare(r);
        e     = node(r, PY_AND, e, b);
    }
    return e;
}

static int expr(reader *r) {
    if (take(r, "lambda")) {
        short id = read_name(r);
        if (!take(r, ":")) return fail(r, ": was expected");
        int a = expr(r), k = node(r, PY_LAMBDA, a, 0);
        r->p->n[k].id = id;
        return k;
    }
    int e = both(r);
    while (!r->bad && take(r, "or")) {
        int b = both(r);
        e     = node(r, PY_OR, e, b);
    }
    if (!r->bad && peek(r, "if")) {
        const char *was = r->at;
        take(r, "if");
        int c = both(r);
        if (!take(r, "else")) { /* the condition of a comprehension */
            r->at = was;
            return e;
        }
        int other = expr(r), k = node(r, PY_COND, c, e);
        r->p->n[k].c = other;
        return k;
    }
    return e;
}

static int expr_list(reader *r) { /* a, b is a tuple */
    int e = expr(r), last = e;
    if (r->bad || !peek(r, ",")) return e;
    while (!r->bad && take(r, ",")) {
        int b              = expr(r);
        r->p->n[last].next = b;
        last               = b;
    }
    int k         = node(r, PY_TUPLE, e, 0);
    r->p->n[k].op = 'b'; /* bare */
    return k;
}

/* ---- statements */
static int block(reader *r, int indent);

static bool end_line(reader *r) {
    blank(r);
    if (*r->at && *r->at != '\n') return fail(r, "more on the line than a statement");
    if (*r->at) r->at++, r->line++;
    return true;
}

static int suite(reader *r, int indent) { /* ":" and a deeper block */
    if (!take(r, ":") || !end_line(r)) return fail(r, ": was expected");
    const char *p  = r->at;
    int         in = 0;
    while (p[in] == ' ') in++;
    if (in <= indent) return fail(r, "an indented block was expected");
    return block(r, in);
}

static int if_rest(reader *r, int indent) { /* after "if" or "elif" */
    int k = node(r, PY_IF, 0, 0), cond = expr(r), b = suite(r, indent);
    r->p->n[k].a    = cond;
    r->p->n[k].b    = b;
    const char *was = r->at;
    int         in  = 0;
    while (r->at[in] == ' ') in++;
    if (r->bad || in != indent) return k;
    r->at += in;
    if (take(r, "elif")) {
        int c        = if_rest(r, indent);
        r->p->n[c].v = 1;
        r->p->n[k].c = c;
    } else if (take(r, "else")) {
        int c        = suite(r, indent);
        r->p->n[k].c = c;
    } else {
        r->at = was;
    }
    return k;
}

static int def(reader *r, int indent) {
    int k = node(r, PY_DEF, 0, 0), first = 0, last = 0;
    r->p->n[k].id = read_name(r);
    if (!take(r, "(")) return fail(r, "( was expected");
    while (!r->bad && !take(r, ")")) {
        int a         = node(r, PY_NAME, 0, 0);
        r->p->n[a].id = read_name(r);
        if (take(r, "=")) {
            int d        = expr(r);
            r->p->n[a].a = d;
        }
        if (last) r->p->n[last].next = a;
        else first = a;
        last = a;
        take(r, ",");
    }
    int b        = suite(r, indent);
    r->p->n[k].a = first;
    r->p->n[k].b = b;
    return k;
}

static int simple(reader *r) {
    int line = r->line, k = 0;
    if (take(r, "return")) {
        blank(r);
        int e = *r->at && *r->at != '\n' ? expr_list(r) : 0;
        k     = node(r, PY_RETURN, e, 0);
    } else if (take(r, "break")) k = node(r, PY_BREAK, 0, 0);
    else if (take(r, "continue")) k = node(r, PY_CONTINUE, 0, 0);
    else if (take(r, "pass")) k = node(r, PY_PASS, 0, 0);
    else {
        static const char *const aug[] = {"+=", "-=", "*=", "//=", "%="};
        int                      e     = expr_list(r);
        blank(r);
        if (*r->at == '=' && r->at[1] != '=') {
            r->at++;
            int b = expr_list(r);
            k     = node(r, PY_ASSIGN, e, b);
        }
        for (int i = 0; !k && !r->bad && i < 5; i++)
            if (take(r, aug[i])) {
                int b         = expr_list(r);
                int sum_of    = binary(r, i == 3 ? 'f' : *aug[i], e, b); /* a op b, for who works it out */
                k             = node(r, PY_AUG, e, b);
                r->p->n[k].c  = sum_of;
                r->p->n[k].op = (unsigned char)(i == 3 ? 'f' : *aug[i]);
            }
        if (!k) k = node(r, PY_EXPR, e, 0);
    }
    r->p->n[k].line = (short)line;
    end_line(r);
    return k;
}

static int statement(reader *r, int indent) {
    int k, line = r->line;
    if (++r->depth > 60) return fail(r, "too deep");
    if (take(r, "if")) k = if_rest(r, indent);
    else if (take(r, "while")) {
        int a = expr(r), b = suite(r, indent);
        k = node(r, PY_WHILE, a, b);
    } else if (take(r, "for")) {
        int t         = node(r, PY_NAME, 0, 0);
        r->p->n[t].id = read_name(r);
        if (peek(r, ",")) {
            int last = t;
            while (take(r, ",")) {
                int u              = node(r, PY_NAME, 0, 0);
                r->p->n[u].id      = read_name(r);
                r->p->n[last].next = u;
                last               = u;
            }
            t             = node(r, PY_TUPLE, t, 0);
            r->p->n[t].op = 'b';
        }
        if (!take(r, "in")) return fail(r, "in was expected");
        int b = expr_list(r), c = suite(r, indent);
        k            = node(r, PY_FOR, t, b);
        r->p->n[k].c = c;
    } else if (take(r, "def")) k = def(r, indent);
    else k = simple(r);
    if (!r->bad) r->p->n[k].line = (short)line;
    r->depth--;
    return k;
}

static int block(reader *r, int indent) {
    int first = 0, last = 0;
    while (!r->bad && *r->at) {
        int in = 0;
        while (r->at[in] == ' ') in++;
        if (r->at[in] == '\n' || r->at[in] == '#') { /* nothing on this line */
            while (*r->at && *r->at != '\n') r->at++;
            if (*r->at) r->at++, r->line++;
            continue;
        }
        if (in < indent) break;
        if (in > indent) return fail(r, "an unexpected indent");
        r->at += in;
        int k = statement(r, indent);
        if (r->bad) return 0;
        if (last) r->p->n[last].next = k;
        else first = k;
        last = k;
    }
    return first;
}

bool pyast_read(pyast *p, const char *text) {
    p->count = p->names = 0;
    p->fault            = NULL;
    str_clear(&p->pool);
    reader r = {p, text, 1, 0, false};
    node(&r, PY_NIL, 0, 0);
    p->body  = block(&r, 0);
    p->lines = r.line;
    if (!r.bad && *r.at) fail(&r, "an unexpected unindent");
    return !r.bad && (p->body || !*text);
}

int pyast_expr(pyast *p, const char *text) {
    reader r = {p, text, p->lines + 1, 0, false};
    int    e = expr_list(&r);
    blank(&r);
    return r.bad || *r.at ? 0 : e;
}
