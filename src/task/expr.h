/* expr.h -- a small arithmetic expression: built by hand, printed canonically, worked out step by step.
 *
 *   expr e = {0};
 *   int sum = expr_op(&e, '+', expr_num(&e, 45), expr_num(&e, 17));
 *   e.root = expr_op(&e, '*', sum, expr_num(&e, 4));
 *   expr_put(&s, &e);                              // "(45 + 17) * 4"
 *   long v = expr_work(&t, &e, NULL, false, &log); // "45 + 17:\n...45 + 17 = 62\n62 * 4:\n...62 * 4 = 248\n"
 *
 * Memory:  plain data, at most EXPR_MAX nodes (more is a bug: abort).   Errors: t->bad.   Threads: any. */
#ifndef R1_EXPR_H
#define R1_EXPR_H
#include "task/digits.h"

enum { EXPR_MAX = 24 };
typedef struct expr {
    struct {
        char op; /* 'n': the number v, else + - * / of nodes l and r */
        int  l, r;
        long v;
    } node[EXPR_MAX];
    int n, root;
} expr;
int  expr_num(expr *e, long v);
int  expr_op(expr *e, char op, int l, int r);
void expr_put(str *s, const expr *e);
int  expr_ops(const expr *e); /* how many operators */

typedef struct expr_step {
    long a, b, c; /* a op b = c as it was worked out */
    char op;
} expr_step;
typedef struct expr_log {
    expr_step s[EXPR_MAX];
    int       n;
} expr_log;
/* Work out e: leftmost innermost operator first; while two or more operators remain, "so <what remains>" is written
 * after each. The last operator gets the head, if there is one ("L = 44 + 2"). headed: the line above ends with e, so
 * that a lone operator need not be repeated. log may be NULL. */
long expr_work(trace *t, const expr *e, const char *head, bool headed, expr_log *log);
/* The value without a word; false if it is not whole or too large. */
bool expr_value(const expr *e, long *v);
#endif
