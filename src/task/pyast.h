/* pyast.h -- the small part of Python that our problems are written in: a tree, its reader and its printer.
 *
 *   pyast p = {0};
 *   if (!pyast_read(&p, "def f(n):\n    return n * 2\n")) ... p.fault says why
 *   int e = pyast_expr(&p, "f(3)");              // one more expression over the same names
 *   str s = {0}; pyast_put(&s, &p, p.body, 0);   // as a person would lay it out; reads back as the same tree
 *   pyast_free(&p);
 *
 * Integers, True, False, None, strings (also f'..{x}..'), lists, tuples, sets, dicts, comprehensions, lambda of one
 * argument; assignment, if, while, for, def, return, break, continue, pass. One statement a line. Node 0 is "none".
 *
 * Memory:  the tree owns its nodes.   Errors: pyast_read and pyast_expr say false / 0 and leave p.fault.
 * Threads: one tree, one thread; reading it (pyrun) from several is fine. */
#ifndef R1_PYAST_H
#define R1_PYAST_H
#include "base/str.h"

typedef enum {
    PY_NIL,
    PY_INT,     /* v */
    PY_STR,     /* s, v bytes */
    PY_CONST,   /* v: 0 None, 1 True, 2 False */
    PY_NAME,    /* id */
    PY_LIST,    /* a: first of the items, chained by next */
    PY_TUPLE,   /* the same */
    PY_SET,     /* the same */
    PY_DICT,    /* a: key, value, key, value, ... */
    PY_NEG,     /* -a */
    PY_NOT,     /* not a */
    PY_BIN,     /* a op b: + - * / f (floor //) % ^ (power) */
    PY_CMP,     /* a op b: < > l (<=) g (>=) = ! i (in) n (not in) s (is) S (is not) */
    PY_AND,     /* a and b */
    PY_OR,      /* a or b */
    PY_COND,    /* b if a else c */
    PY_CALL,    /* id(a, ...) */
    PY_METHOD,  /* a.id(b, ...) */
    PY_INDEX,   /* a[b] */
    PY_SLICE,   /* a[b:c:d] */
    PY_COMP,    /* op [ { ( or : (dict): element a (key; value d), clauses b */
    PY_CLAUSE,  /* for a in b [if c] */
    PY_FSTR,    /* a: parts, strings and expressions */
    PY_KEYWORD, /* id=a in a call */
    PY_LAMBDA,  /* lambda id: a */
    PY_ASSIGN,  /* a = b */
    PY_AUG,     /* a op= b; c: a op b as an expression */
    PY_EXPR,    /* a */
    PY_IF,      /* if a: b else: c; v of an if in c: it is an elif */
    PY_WHILE,   /* while a: b */
    PY_FOR,     /* for a in b: c */
    PY_DEF,     /* def id(a, ...): b */
    PY_RETURN,  /* return a */
    PY_BREAK,
    PY_CONTINUE,
    PY_PASS
} pykind;

typedef struct pynode {
    unsigned char kind, op;
    short         line, id;
    int           a, b, c, d, next;
    int           s;
    long          v;
} pynode;
enum { PYAST_NAMES = 96, PYAST_NAME = 24 };
typedef struct pyast {
    pynode     *n;
    int         count, cap;
    str         pool; /* bytes of strings */
    char        name[PYAST_NAMES][PYAST_NAME];
    int         names;
    int         body; /* first statement */
    int         lines;
    const char *fault;
} pyast;

bool        pyast_read(pyast *p, const char *text); /* p is cleared first */
int         pyast_expr(pyast *p, const char *text); /* 0: not an expression */
void        pyast_free(pyast *p);
int         pyast_name(pyast *p, const char *s, size_t n); /* its id; -1: too many or too long */
int         pyast_find(const pyast *p, const char *s);     /* -1: no such name */
int         pyast_def(const pyast *p, const char *s);      /* the def at top level; 0: none. s NULL: the last one */
const char *pyast_op(const pynode *n);                     /* "+", "//", "not in" */

void pyast_put(str *out, const pyast *p, int first, int indent); /* a statement and those after it */
void pyast_line(str *out, const pyast *p, int stmt);             /* its first line, without the end */
void pyast_put_expr(str *out, const pyast *p, int e);
/* The same, where some nodes are told otherwise: hook returns true if it wrote the node itself. */
typedef struct pyast_pen {
    const pyast *p;
    bool (*hook)(void *ctx, str *out, int node, int prec);
    void *ctx;
} pyast_pen;
enum {
    PYAST_LOWEST = 0,
    PYAST_OR,
    PYAST_AND,
    PYAST_NOT,
    PYAST_CMP,
    PYAST_SUM,
    PYAST_PRODUCT,
    PYAST_UNARY,
    PYAST_POWER,
    PYAST_ATOM
};
void pyast_render(const pyast_pen *w, str *out, int e, int prec); /* brackets if it binds less than prec */
void pyast_quote(str *out, const char *s, size_t n);              /* repr of a string */
#endif
