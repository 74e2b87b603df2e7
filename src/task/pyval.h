/* pyval.h -- values of a running Python program (pyrun.h): only for pyrun.c, pylib.c and pytell.c.
 *
 *   pyheap h = {0};
 *   pyval v = pyval_list(&h, PV_LIST); pyval_push(&h, v.u.o, pyval_int(3));
 *   bool odd = false; str s = {0};
 *   pyval_repr(&s, v, &odd);                          // "[3]"
 *   pyval_drop(&h);
 *
 * Memory:  everything lives in the heap until pyval_drop.   Errors: `odd` where the text is not determined.
 * Threads: one heap, one thread. */
#ifndef R1_PYVAL_H
#define R1_PYVAL_H
#include "base/str.h"

typedef enum {
    PV_NONE,
    PV_BOOL,
    PV_INT,
    PV_STR,
    PV_LIST,
    PV_TUPLE,
    PV_DICT,
    PV_SET,
    PV_RANGE,
    PV_VIEW,
    PV_DEF,
    PV_LAMBDA,
    PV_BUILTIN
} pytype;
struct pyobj;
typedef struct pyval {
    pytype t;
    union {
        long          i; /* BOOL, INT; DEF, LAMBDA: the node; BUILTIN */
        struct pyobj *o;
    } u;
} pyval;
typedef struct pyobj {
    int    n, cap;
    char  *s;          /* STR, n bytes and a NUL */
    pyval *v, *k;      /* items; DICT: values and keys */
    long   from, step; /* RANGE */
} pyobj;
typedef struct pyheap {
    struct pychunk *chunk;
    size_t          used;
} pyheap;

void       *pyval_mem(pyheap *h, size_t n);
void        pyval_drop(pyheap *h);
pyval       pyval_int(long v);
pyval       pyval_bool(bool b);
pyval       pyval_str(pyheap *h, const char *s, size_t n);
pyval       pyval_list(pyheap *h, pytype t); /* also tuples, sets, dicts */
void        pyval_push(pyheap *h, pyobj *o, pyval v);
int         pyval_find(const pyobj *o, const pyval *items, pyval x); /* index or -1 */
void        pyval_put(pyheap *h, pyobj *dict, pyval k, pyval v);
void        pyval_add(pyheap *h, pyobj *set, pyval v);
void        pyval_remove(pyobj *o, int at, bool dict);
pyval       pyval_copy(pyheap *h, pyval v, pytype as); /* shallow, of anything with items */
int         pyval_len(pyval v);                        /* -1: has none */
pyval       pyval_item(pyheap *h, pyval v, int i);     /* the i-th that iterating gives */
bool        pyval_truth(pyval v);
bool        pyval_eq(pyval a, pyval b);
int         pyval_cmp(pyval a, pyval b, bool *bad); /* < 0, 0, > 0; bad: these have no order */
bool        pyval_hashable(pyval v);
void        pyval_repr(str *out, pyval v, bool *odd);
void        pyval_text(str *out, pyval v, bool *odd); /* str() */
const char *pyval_type(pyval v);
#endif
