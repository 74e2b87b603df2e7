/* pyast.c -- see pyast.h: the tree, and text from it with as few brackets as its meaning allows. */
#include <string.h>
#include "base/mem.h"
#include "task/pyast.h"

void pyast_free(pyast *p) {
    mem_free(p->n);
    str_free(&p->pool);
    *p = (pyast){0};
}

int pyast_find(const pyast *p, const char *s) {
    for (int i = 0; i < p->names; i++)
        if (!strcmp(p->name[i], s)) return i;
    return -1;
}

int pyast_name(pyast *p, const char *s, size_t n) {
    if (n >= PYAST_NAME) return -1;
    for (int i = 0; i < p->names; i++)
        if (!strncmp(p->name[i], s, n) && !p->name[i][n]) return i;
    if (p->names == PYAST_NAMES) return -1;
    memcpy(p->name[p->names], s, n);
    p->name[p->names][n] = 0;
    return p->names++;
}

int pyast_def(const pyast *p, const char *s) {
    int found = 0;
    for (int k = p->body; k; k = p->n[k].next)
        if (p->n[k].kind == PY_DEF && (!s || !strcmp(p->name[p->n[k].id], s))) found = k;
    return found;
}

const char *pyast_op(const pynode *n) {
    bool cmp = n->kind == PY_CMP;
    switch (n->op) {
    case '+': return "+";
    case '-': return "-";
    case '*': return "*";
    case '/': return "/";
    case '%': return "%";
    case 'f': return "//";
    case '^': return "**";
    case '<': return "<";
    case '>': return ">";
    case 'l': return "<=";
    case 'g': return ">=";
    case '=': return "==";
    case '!': return "!=";
    case 'i': return "in";
    case 'n': return "not in";
    case 's': return "is";
    default: return cmp ? "is not" : "?";
    }
}

void pyast_quote(str *out, const char *s, size_t n) {
    char q = memchr(s, '\'', n) && !memchr(s, '"', n) ? '"' : '\'';
    str_addc(out, q);
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        if (c == q || c == '\\') str_addc(out, '\\'), str_addc(out, c);
        else if (c == '\n') str_add(out, "\\n");
        else if (c == '\t') str_add(out, "\\t");
        else str_addc(out, c);
    }
    str_addc(out, q);
}

static int level_of(const pynode *n) {
    switch (n->kind) {
    case PY_COND:
    case PY_LAMBDA: return PYAST_LOWEST;
    case PY_OR: return PYAST_OR;
    case PY_AND: return PYAST_AND;
    case PY_NOT: return PYAST_NOT;
    case PY_CMP: return PYAST_CMP;
    case PY_NEG: return PYAST_UNARY;
    case PY_BIN: return n->op == '+' || n->op == '-' ? PYAST_SUM : n->op == '^' ? PYAST_POWER : PYAST_PRODUCT;
    default: return PYAST_ATOM;
    }
}

static void items(const pyast_pen *w, str *out, int first) {
    for (int k = first; k; k = w->p->n[k].next) {
        if (k != first) str_add(out, ", ");
        pyast_render(w, out, k, PYAST_LOWEST);
    }
}

static void clauses(const pyast_pen *w, str *out, int first) {
    for (int k = first; k; k = w->p->n[k].next) {
        const pynode *c     = &w->p->n[k];
        pyast_pen     plain = {w->p, NULL, NULL};
        str_add(out, " for ");
        if (w->p->n[c->a].kind == PY_TUPLE) items(&plain, out, w->p->n[c->a].a);
        else pyast_render(&plain, out, c->a, PYAST_ATOM);
        str_add(out, " in ");
        pyast_render(w, out, c->b, PYAST_OR);
        if (!c->c) continue;
        str_add(out, " if ");
        pyast_render(w, out, c->c, PYAST_OR);
    }
}

static void binary(const pyast_pen *w, str *out, const pynode *n, int level) {
    bool power = n->kind == PY_BIN && n->op == '^', cmp = n->kind == PY_CMP;
    pyast_render(w, out, n->a, power || cmp ? level + 1 : level);
    str_addc(out, ' ');
    str_add(out, n->kind == PY_AND ? "and" : n->kind == PY_OR ? "or" : pyast_op(n));
    str_addc(out, ' ');
    pyast_render(w, out, n->b, power ? PYAST_UNARY : level + 1);
}

static void display(const pyast_pen *w, str *out, const pynode *n) {
    const char *open = n->kind == PY_LIST ? "[" : n->kind == PY_TUPLE ? "(" : "{";
    if (n->kind == PY_TUPLE && n->op == 'b') {
        items(w, out, n->a);
        return;
    }
    str_add(out, open);
    if (n->kind == PY_DICT)
        for (int k = n->a; k; k = w->p->n[w->p->n[k].next].next) {
            if (k != n->a) str_add(out, ", ");
            pyast_render(w, out, k, PYAST_LOWEST);
            str_add(out, ": ");
            pyast_render(w, out, w->p->n[k].next, PYAST_LOWEST);
        }
    else items(w, out, n->a);
    if (n->kind == PY_TUPLE && n->a && !w->p->n[n->a].next) str_addc(out, ',');
    str_add(out, *open == '[' ? "]" : *open == '(' ? ")" : "}");
}

static void comprehension(const pyast_pen *w, str *out, const pynode *n) {
    pyast_pen plain = {w->p, NULL, NULL}; /* its own names are nobody else's */
    if (n->op != '(') str_addc(out, n->op == '[' ? '[' : '{');
    pyast_render(&plain, out, n->a, PYAST_LOWEST);
    if (n->op == ':') {
        str_add(out, ": ");
        pyast_render(&plain, out, n->d, PYAST_LOWEST);
    }
    clauses(&plain, out, n->b);
    if (n->op != '(') str_addc(out, n->op == '[' ? ']' : '}');
}

static void format(const pyast_pen *w, str *out, const pynode *n) {
    str_add(out, "f'");
    for (int k = n->a; k; k = w->p->n[k].next) {
        const pynode *part = &w->p->n[k];
        if (part->kind == PY_STR) {
            str_add(out, w->p->pool.p + part->s);
            continue;
        }
        str_addc(out, '{');
        pyast_render(w, out, k, PYAST_LOWEST);
        str_addc(out, '}');
    }
    str_addc(out, '\'');
}

static void atom(const pyast_pen *w, str *out, int e) {
    const pyast  *p = w->p;
    const pynode *n = &p->n[e];
    switch (n->kind) {
    case PY_INT: str_addf(out, "%ld", n->v); break;
    case PY_STR: pyast_quote(out, p->pool.p + n->s, (size_t)n->v); break;
    case PY_CONST: str_add(out, n->v == 0 ? "None" : n->v == 1 ? "True" : "False"); break;
    case PY_NAME: str_add(out, p->name[n->id]); break;
    case PY_LIST:
    case PY_TUPLE:
    case PY_SET:
    case PY_DICT: display(w, out, n); break;
    case PY_COMP: comprehension(w, out, n); break;
    case PY_FSTR: format(w, out, n); break;
    case PY_METHOD:
        pyast_render(w, out, n->a, PYAST_ATOM);
        str_addf(out, ".%s(", p->name[n->id]);
        items(w, out, n->b);
        str_addc(out, ')');
        break;
    case PY_CALL:
        str_addf(out, "%s(", p->name[n->id]);
        items(w, out, n->a);
        str_addc(out, ')');
        break;
    case PY_KEYWORD:
        str_addf(out, "%s=", p->name[n->id]);
        pyast_render(w, out, n->a, PYAST_LOWEST);
        break;
    case PY_INDEX:
    case PY_SLICE:
        pyast_render(w, out, n->a, PYAST_ATOM);
        str_addc(out, '[');
        if (n->b) pyast_render(w, out, n->b, PYAST_LOWEST);
        if (n->kind == PY_SLICE) {
            str_addc(out, ':');
            if (n->c) pyast_render(w, out, n->c, PYAST_LOWEST);
            if (n->d) str_addc(out, ':'), pyast_render(w, out, n->d, PYAST_LOWEST);
        }
        str_addc(out, ']');
        break;
    default: str_addc(out, '?');
    }
}

void pyast_render(const pyast_pen *w, str *out, int e, int prec) {
    const pynode *n = &w->p->n[e];
    if (w->hook && w->hook(w->ctx, out, e, prec)) return;
    int  level    = level_of(n);
    bool brackets = level < prec;
    if (brackets) str_addc(out, '(');
    switch (n->kind) {
    case PY_BIN:
    case PY_CMP:
    case PY_AND:
    case PY_OR: binary(w, out, n, level); break;
    case PY_NEG:
        str_addc(out, '-');
        pyast_render(w, out, n->a, PYAST_UNARY);
        break;
    case PY_NOT:
        str_add(out, "not ");
        pyast_render(w, out, n->a, PYAST_NOT);
        break;
    case PY_COND:
        pyast_render(w, out, n->b, PYAST_OR);
        str_add(out, " if ");
        pyast_render(w, out, n->a, PYAST_OR);
        str_add(out, " else ");
        pyast_render(w, out, n->c, PYAST_LOWEST);
        break;
    case PY_LAMBDA: {
        pyast_pen plain = {w->p, NULL, NULL};
        str_addf(out, "lambda %s: ", w->p->name[n->id]);
        pyast_render(&plain, out, n->a, PYAST_LOWEST);
        break;
    }
    default: atom(w, out, e);
    }
    if (brackets) str_addc(out, ')');
}

void pyast_put_expr(str *out, const pyast *p, int e) {
    pyast_pen w = {p, NULL, NULL};
    pyast_render(&w, out, e, PYAST_LOWEST);
}

/* ---- statements */
static void params(str *out, const pyast *p, const pynode *n) {
    str_addf(out, "def %s(", p->name[n->id]);
    for (int k = n->a; k; k = p->n[k].next) {
        if (k != n->a) str_add(out, ", ");
        str_add(out, p->name[p->n[k].id]);
        if (p->n[k].a) str_addc(out, '='), pyast_put_expr(out, p, p->n[k].a);
    }
    str_add(out, "):");
}

void pyast_line(str *out, const pyast *p, int stmt) {
    const pynode *n = &p->n[stmt];
    switch (n->kind) {
    case PY_ASSIGN:
        pyast_put_expr(out, p, n->a);
        str_add(out, " = ");
        pyast_put_expr(out, p, n->b);
        break;
    case PY_AUG:
        pyast_put_expr(out, p, n->a);
        str_addf(out, " %s= ", pyast_op(n));
        pyast_put_expr(out, p, n->b);
        break;
    case PY_EXPR: pyast_put_expr(out, p, n->a); break;
    case PY_IF:
    case PY_WHILE:
        str_add(out, n->kind == PY_WHILE ? "while " : n->v ? "elif " : "if ");
        pyast_put_expr(out, p, n->a);
        str_addc(out, ':');
        break;
    case PY_FOR:
        str_add(out, "for ");
        pyast_put_expr(out, p, n->a);
        str_add(out, " in ");
        pyast_put_expr(out, p, n->b);
        str_addc(out, ':');
        break;
    case PY_DEF: params(out, p, n); break;
    case PY_RETURN:
        str_add(out, "return");
        if (n->a) str_addc(out, ' '), pyast_put_expr(out, p, n->a);
        break;
    case PY_BREAK: str_add(out, "break"); break;
    case PY_CONTINUE: str_add(out, "continue"); break;
    default: str_add(out, "pass");
    }
}

void pyast_put(str *out, const pyast *p, int first, int indent) {
    for (int k = first; k; k = p->n[k].next) {
        const pynode *n = &p->n[k];
        for (int i = 0; i < indent; i++) str_add(out, "    ");
        pyast_line(out, p, k);
        str_addc(out, '\n');
        if (n->kind == PY_FOR) pyast_put(out, p, n->c, indent + 1);
        else if (n->kind == PY_WHILE || n->kind == PY_DEF) pyast_put(out, p, n->b, indent + 1);
        else if (n->kind == PY_IF) {
            pyast_put(out, p, n->b, indent + 1);
            bool elif = n->c && p->n[n->c].kind == PY_IF && p->n[n->c].v;
            if (n->c && !elif) {
                for (int i = 0; i < indent; i++) str_add(out, "    ");
                str_add(out, "else:\n");
            }
            if (n->c) pyast_put(out, p, n->c, indent + !elif);
        }
    }
}
