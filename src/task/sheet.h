/* sheet.h -- a chain of calculations, as a spreadsheet does them one cell after the other, with its check.
 *
 *   sheet s = {0};
 *   int price = sheet_given(&s, 20, 0), cost = sheet_given(&s, 8, 0), fixed = sheet_given(&s, 900, 0);
 *   int each  = sheet_op(&s, "each brings price - cost", price, '-', cost);
 *   sheet_up(&s, "units = fixed / each", fixed, each);
 *   fam_value f = sheet_work(p, r, &s);           // Work and Check into p->reasoning; s.of[s.n - 1].v is the result
 *
 * Each step writes its label as a line (what is worked out, in words) and the calculation digit by digit. The check
 * undoes every step, the last one first: a sum is added the other way round, a difference is added back, a product is
 * divided or its digit sums are compared, a quotient is multiplied, a best one is looked for from the other end.
 *
 * Memory:  plain data; labels are copied, names are borrowed.   Errors: too many steps, a label too long: abort.
 * Threads: any. */
#ifndef R1_SHEET_H
#define R1_SHEET_H
#include "task/decimal.h"
#include "task/fam.h"

enum { SHEET_STEPS = 64, SHEET_LIST = 96, SHEET_LABEL = 72 };
typedef enum { SHEET_GIVEN, SHEET_OP, SHEET_SUM, SHEET_DIV, SHEET_UP, SHEET_BEST } sheet_kind;
typedef struct sheet_cell {
    sheet_kind         kind;
    char               op;      /* SHEET_OP; SHEET_BEST: '>' the largest, '<' the smallest */
    bool               percent; /* SHEET_DIV: a times 100 first */
    int                a, b;    /* cells */
    int                from, n; /* of sheet.list: SHEET_SUM, SHEET_BEST */
    int                places;  /* SHEET_DIV */
    int                pick;    /* SHEET_BEST: which of the list */
    const char *const *name;    /* SHEET_BEST: of the list's members */
    decimal            v;
    char               label[SHEET_LABEL];
} sheet_cell;
typedef struct sheet {
    sheet_cell of[SHEET_STEPS];
    int        list[SHEET_LIST];
    int        n, lists;
} sheet;
/* Each returns the cell's number; label may be NULL. */
int sheet_given(sheet *s, long v, int places);
int sheet_op(sheet *s, const char *label, int a, char op, int b);
int sheet_sum(sheet *s, const char *label, const int *of, int n);
/* a / b, rounded half away from 0 to `places`. */
int sheet_div(sheet *s, const char *label, int a, int b, int places);
/* a / b in percent. */
int sheet_percent(sheet *s, const char *label, int a, int b, int places);
/* a / b, both > 0, rounded up to a whole number. */
int sheet_up(sheet *s, const char *label, int a, int b);
/* The largest ('>') or smallest ('<') of different cells. */
int sheet_best(sheet *s, const char *label, const int *of, const char *const *name, int n, char op);
/* The cells worked out without a word: for makers who must know before they ask. False if a division by 0, a result
 * too large, a tie in sheet_best. */
bool      sheet_values(sheet *s);
fam_value sheet_work(problem *p, rng *r, sheet *s);
decimal   sheet_last(const sheet *s);
#endif
