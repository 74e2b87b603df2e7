/* pyrun_parts.h -- the machine that runs a program: only for pyrun.c, pylib.c and pytell.c.
 *
 *   pyval v = pyrun_eval(m, node);               // check m->sig after each of these
 *   if (m->sig) return v;
 *   return pyrun_raise(m, "TypeError", "object of type '%s' has no len()", pyval_type(v));
 *
 * Memory:  on the stack of pyrun(); values in m->heap.   Errors: m->sig == SIG_RAISE.   Threads: one. */
#ifndef R1_PYRUN_PARTS_H
#define R1_PYRUN_PARTS_H
#include "task/pyrun.h"
#include "task/pyval.h"

typedef enum { SIG_NONE, SIG_BREAK, SIG_CONTINUE, SIG_RETURN, SIG_RAISE } pysignal;
typedef struct pyframe {
    struct pyframe *up;
    int             def, line; /* def 0: the module */
    uint64_t        local[2];  /* names that this function assigns */
    unsigned char   set[PYAST_NAMES];
    pyval           v[PYAST_NAMES];
} pyframe;
/* An expression that is being told: "total = 4 + 3 * 2 = 4 + 6 = 10". */
typedef struct pychain {
    struct pychain *up;
    const char     *head;
    int             root, base; /* marks from base on are this one's */
    size_t          from;       /* of the last writing in the text */
    bool            open;       /* the line is not ended */
} pychain;
enum { PYRUN_MARKS = 400, PYRUN_DEPTH = 990 };
typedef struct pymachine {
    const pyast  *p;
    pyheap        heap;
    pyframe      *global, *frame;
    int           depth;
    pysignal      sig;
    pyval         ret;
    bool          aug; /* the operator belongs to an augmented assignment: += in messages */
    pyrun_result *res;
    long          steps, limit;
    trace        *t;
    pyrun_tell    tell;
    size_t        start, letters;
    pychain      *chain;
    int           marks;
    bool          begun; /* SHORT: something stands on the line */
    size_t        head;  /* SHORT: where the head of this turn stands, + 1; 0: there is none */
    struct {
        int   node;
        pyval v;
    } mark[PYRUN_MARKS];
    struct {
        int      def;
        uint64_t mask[2];
    } local[16];
    int locals;
} pymachine;

/* pyrun.c */
pyval pyrun_eval(pymachine *m, int node);
pyval pyrun_raise(pymachine *m, const char *type, const char *fmt, ...) R1_PRINTF(3, 4);
pyval pyrun_odd(pymachine *m);                     /* outside of what we know */
pyval pyrun_apply(pymachine *m, pyval f, pyval x); /* a lambda, function or builtin of one argument */
pyval pyrun_add(pymachine *m, pyval a, pyval b);
bool  pyrun_step(pymachine *m); /* false: too long */
void  pyrun_bind(pymachine *m, int id, pyval v);
void  pyrun_assign(pymachine *m, int target, pyval v);
void  pyrun_tell_target(pymachine *m, int target, pyval x); /* "i = 3: " */

/* pyrun_stmt.c */
void pyrun_exec(pymachine *m, int first);

/* pylib.c */
int   pylib_builtin(const char *name); /* -1: no such */
pyval pylib_call(pymachine *m, int builtin, int node, const pyval *arg, int n, const pyval *kw);
enum { PYLIB_KEY, PYLIB_REVERSE, PYLIB_SEP, PYLIB_END, PYLIB_START, PYLIB_DEFAULT, PYLIB_KEYWORDS };
int   pylib_keyword(const char *name);
bool  pylib_is_print(int builtin);
pyval pylib_method(pymachine *m, int node, pyval self, const char *name, const pyval *arg, int n, const pyval *kw);
bool  pylib_changes(const char *method); /* it changes the object that it is called on */

/* pytell.c: nothing happens in PYRUN_SILENT */
void pytell_open(pymachine *m, pychain *c, const char *head, int root);
void pytell_mark(pymachine *m, int node, pyval v);              /* node has this value, and the line goes on */
void pytell_close(pymachine *m, pychain *c, int node, pyval v); /* the root has it; the line stays open */
void pytell_drop(pymachine *m, pychain *c);                     /* after an exception */
void pytell_end(pymachine *m);                                  /* end the line */
void pytell_pause(pymachine *m);                                /* end the line; the chain goes on afterwards */
/* An operation of two integers, in columns where it is more than a fact; returns what the text arrives at. */
long pytell_calc(pymachine *m, int node, long a, char op, long b, long c);
bool pytell_slip(pymachine *m);
void pytell_head(pymachine *m, const char *name, pyval v);  /* "i = 3: " */
void pytell_short(pymachine *m, const char *what, pyval v); /* SHORT: ", total = 7" */
void pytell_state(pymachine *m, int target);                /* ", xs = [1, 2]" */
void pytell_target(pymachine *m, str *head, int target);    /* the left side of an assignment: "xs[2]" */
void pytell_forget(pymachine *m, size_t from);              /* take the chain back if it said no more than the source */
bool pytell_full(const pymachine *m);
#endif
