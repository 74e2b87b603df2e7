/* pyrun_stmt.c -- statements, and a whole run (pyrun.h); expressions are in pyrun.c. */
#include <stdio.h>
#include <string.h>
#include "task/pyrun_parts.h"

static const pyval none = {PV_NONE, {.i = 0}};

/* ---- statements */
/* An expression with its line: "head <...> -> value". */
static pyval told(pymachine *m, const char *head, int e) {
    pychain c;
    pytell_open(m, &c, head, e);
    pyval v = pyrun_eval(m, e);
    pytell_close(m, &c, e, v);
    return v;
}

static void tell_assigned(pymachine *m, int target, pyval v) {
    const pynode *n = &m->p->n[target];
    if (m->tell == PYRUN_SILENT || m->sig) return;
    if (n->kind == PY_TUPLE && m->tell == PYRUN_SHORT) {
        for (int k = n->a; k; k = m->p->n[k].next) tell_assigned(m, k, none);
        return;
    }
    if (n->kind == PY_INDEX) {
        pytell_state(m, target);
    } else if (n->kind == PY_NAME && m->tell == PYRUN_SHORT) {
        str s = {0};
        str_addf(&s, "%s = ", m->p->name[n->id]);
        pytell_short(m, s.p, m->frame->v[n->id]);
        str_free(&s);
    }
    (void)v;
}

static void assignment(pymachine *m, int node) {
    const pynode *n    = &m->p->n[node];
    str           head = {0};
    pyval         v;
    if (pytell_full(m)) {
        pytell_target(m, &head, n->a);
        str_add(&head, " = ");
    }
    if (n->kind == PY_AUG) {
        pyval was = pyrun_eval(m, n->a);
        m->aug    = !m->sig;
        v         = m->sig ? none : told(m, head.p ? head.p : "", n->c);
        m->aug    = false;
        if (!m->sig && was.t == PV_LIST && v.t == PV_LIST) { /* in place */
            *was.u.o = *v.u.o;
            v        = was;
        }
    } else {
        v = told(m, head.p ? head.p : "", n->b);
    }
    str_free(&head);
    if (m->sig) return;
    pyrun_assign(m, n->a, v);
    tell_assigned(m, n->a, v);
    pytell_pause(m);
}

static void expression(pymachine *m, int e) {
    const pynode *n = &m->p->n[e];
    pychain       c;
    bool          method = n->kind == PY_METHOD, print = n->kind == PY_CALL && !strcmp(m->p->name[n->id], "print");
    size_t        from = m->res->out.len;
    pytell_open(m, &c, "", e);
    pyrun_eval(m, e);
    pytell_drop(m, &c);
    if (m->sig || m->tell == PYRUN_SILENT) return;
    str *o = m->t->out;
    if (print) {
        const char *p   = m->res->out.p + from;
        size_t      len = m->res->out.len - from;
        while (len && p[len - 1] == '\n') len--;
        if (m->tell == PYRUN_SHORT) str_add(o, m->begun ? ", prints " : "prints ");
        else str_add(o, ": ");
        str_addn(o, p, len);
        m->begun = true;
    } else if (method && pylib_changes(m->p->name[n->id])) {
        pytell_state(m, n->a);
    }
    pytell_pause(m);
}

static void loop_body(pymachine *m, int body, bool *stop) {
    pyrun_exec(m, body);
    if (m->sig == SIG_BREAK) *stop = true;
    if (m->sig == SIG_BREAK || m->sig == SIG_CONTINUE) m->sig = SIG_NONE;
    if (m->sig) *stop = true;
}

static void for_loop(pymachine *m, int node) {
    const pynode *n  = &m->p->n[node];
    pyval         in = none;
    pychain       c;
    if (m->p->n[n->b].kind == PY_NAME || m->p->n[n->b].kind == PY_LIST) in = pyrun_eval(m, n->b);
    else {
        size_t from = m->t ? m->t->out->len : 0;
        str    head = {0};
        str_add(&head, "for ");
        if (pytell_full(m)) pyast_put_expr(&head, m->p, n->a);
        str_add(&head, " in ");
        pytell_open(m, &c, head.p, n->b);
        in = pyrun_eval(m, n->b);
        if (!m->sig) pytell_forget(m, from);
        pytell_drop(m, &c);
        str_free(&head);
    }
    if (m->sig) return;
    if (in.t == PV_SET && in.u.o->n > 1) {
        pyrun_odd(m);
        return;
    }
    if (pyval_len(in) < 0) {
        pyrun_raise(m, "TypeError", "'%s' object is not iterable", pyval_type(in));
        return;
    }
    pytell_pause(m);
    bool stop = false;
    if (!in.u.o->n && pytell_full(m)) str_add(m->t->out, "nothing to go through\n");
    for (int i = 0; i < pyval_len(in) && !stop && pyrun_step(m); i++) {
        pyval x = pyval_item(&m->heap, in, i);
        if (i && i == pyval_len(in) - 1 && pytell_slip(m)) break; /* the last one forgotten */
        if (i) m->res->lines++;
        m->frame->line = n->line;
        pyrun_assign(m, n->a, x);
        if (m->sig) return;
        pyrun_tell_target(m, n->a, x);
        loop_body(m, n->c, &stop);
    }
    pytell_end(m);
    m->res->lines++;
}

static void while_loop(pymachine *m, int node) {
    const pynode *n     = &m->p->n[node];
    bool          stop  = false;
    int           turns = 0;
    while (!stop && pyrun_step(m)) {
        m->frame->line = n->line;
        if (turns++) m->res->lines++;
        pytell_end(m);
        pyval v = told(m, "while ", n->a);
        pytell_pause(m);
        if (m->sig || !pyval_truth(v)) break;
        loop_body(m, n->b, &stop);
    }
    pytell_end(m);
}

static void statement(pymachine *m, int node) {
    const pynode *n = &m->p->n[node];
    pyval         v;
    m->frame->line = n->line;
    m->res->lines++;
    switch (n->kind) {
    case PY_ASSIGN:
    case PY_AUG: assignment(m, node); break;
    case PY_EXPR: expression(m, n->a); break;
    case PY_IF:
        v = told(m, n->v ? "elif " : "if ", n->a);
        pytell_pause(m);
        if (!m->sig) pyrun_exec(m, pyval_truth(v) ? n->b : n->c);
        break;
    case PY_WHILE: while_loop(m, node); break;
    case PY_FOR: for_loop(m, node); break;
    case PY_DEF: pyrun_bind(m, n->id, (pyval){PV_DEF, {.i = node}}); break;
    case PY_RETURN:
        v = n->a ? told(m, "return ", n->a) : none;
        if (m->sig) return;
        if (m->tell == PYRUN_SHORT) pytell_short(m, "returns ", v);
        m->ret = v;
        m->sig = SIG_RETURN;
        pytell_end(m);
        break;
    case PY_BREAK:
    case PY_CONTINUE:
        if (pytell_full(m)) str_add(m->t->out, n->kind == PY_BREAK ? "break\n" : "continue\n");
        m->sig = n->kind == PY_BREAK ? SIG_BREAK : SIG_CONTINUE;
        break;
    default: break;
    }
}

void pyrun_exec(pymachine *m, int first) {
    for (int k = first; k && !m->sig && pyrun_step(m); k = m->p->n[k].next) statement(m, k);
}

void pyrun_free(pyrun_result *r) {
    str_free(&r->out);
    str_free(&r->value);
    str_free(&r->message);
}

static void clear(pyrun_result *r) {
    str a = r->out, b = r->value, c = r->message;
    *r     = (pyrun_result){0};
    r->out = a, r->value = b, r->message = c;
    str_clear(&r->out);
    str_clear(&r->value);
    str_clear(&r->message);
}

void pyrun(const pyrun_job *job, pyrun_result *res) {
    pymachine m = {.p = job->p, .res = res, .t = job->t};
    pyframe   global;
    clear(res);
    memset(&global, 0, offsetof(pyframe, v));
    m.global = m.frame = &global;
    m.limit            = job->limit ? job->limit : 20000;
    m.letters          = (size_t)(job->letters ? job->letters : 4000);
    m.start            = job->t ? job->t->out->len : 0;
    m.tell             = job->quiet ? PYRUN_SILENT : job->tell;
    pyrun_exec(&m, job->p->body);
    m.tell = job->tell;
    if (!m.sig && job->expr) {
        global.line = job->p->n[job->expr].line;
        pyval v     = told(&m, "", job->expr);
        pytell_pause(&m);
        if (!m.sig) pyval_repr(&res->value, v, &res->odd);
        snprintf(res->type, sizeof res->type, "%s", pyval_type(v));
    }
    if (job->tell != PYRUN_SILENT) pytell_end(&m);
    pyval_drop(&m.heap);
}
