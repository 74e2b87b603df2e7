/* biz.h -- what the business families share: money, a ledger and the ways to tell it, and reading a problem back.
 *
 *   ledger l = {0};
 *   ledger_rows(r, &l, LEDGER_ANY, 5);              // five months, days, products, regions or people
 *   int c = ledger_col(&l, "sales", 0);
 *   for (int i = 0; i < l.rows; i++) l.v[i][c] = rng_range(r, 10, 99);
 *   ledger_put(&data, r, &l);                       // a table in some form, or sentences
 *   biz_list(&p->reasoning, &l, c, NULL);           // "sales: Jan 12, Feb 40"
 *
 * The first line of the reasoning is "Understand: find WHAT; field: value, value; field: name value, name value". It is
 * also the key. biz_read takes it apart again and holds it against the question: each number must be there, and a value
 * with a name must stand in that name's row and in the field's column.
 *
 * Memory:  plain data, names borrowed.   Errors: too many rows or columns: abort.   Threads: any. */
#ifndef R1_BIZ_H
#define R1_BIZ_H
#include "task/decimal.h"
#include "task/family.h"
#include "task/ratio.h"
#include "task/sheet.h"
#include "task/wording.h"

/* ---- money */
typedef struct money {
    const char *before, *after, *name; /* "$", "" and "dollars" */
} money;
money biz_money(rng *r);
void  biz_number(str *s, long v, int places); /* "12.50": all its places */
void  biz_amount(str *s, money m, long v, int places);
void  biz_amount_of(str *s, money m, decimal v); /* whole, or with two places */

/* What a column counts. */
typedef struct measure {
    const char *col, *unit; /* "revenue" and NULL: money; "units sold" and "units" */
    money       m;
    char        in[16]; /* " in dollars", or "" */
} measure;
measure biz_measure(rng *r, bool in_money);
void    biz_measured(str *s, const measure *q, decimal v); /* "$12.50", "40 units" */

/* ---- a ledger */
enum { LEDGER_MAX = 16, LEDGER_COLS = 5 };
typedef enum { LEDGER_MONTHS, LEDGER_DAYS, LEDGER_PRODUCTS, LEDGER_REGIONS, LEDGER_PEOPLE, LEDGER_ANY } ledger_kind;
typedef struct ledger {
    ledger_kind kind;
    int         rows, cols;
    const char *head, *heads;     /* "month", "months" */
    const char *name[LEDGER_MAX]; /* of each row */
    const char *group;            /* a column of words after the names, e.g. "region"; NULL: none */
    const char *in[LEDGER_MAX];   /* its words */
    const char *col[LEDGER_COLS];
    int         places[LEDGER_COLS];
    long        v[LEDGER_MAX][LEDGER_COLS]; /* in units of 10^-places */
} ledger;
void ledger_rows(rng *r, ledger *l, ledger_kind k, int n);
int  ledger_col(ledger *l, const char *name, int places); /* its index */
/* A column that nobody asks about, filled, at a place of its own; the other columns may move: ledger_find finds them.
 */
void ledger_noise(rng *r, ledger *l);
int  ledger_find(const ledger *l, const char *col);
void ledger_put(str *out, rng *r, const ledger *l);
/* "col: Jan 12, Feb 40"; with `in` only the rows of that group. */
void biz_list(str *s, const ledger *l, int col, const char *in);
/* "col at: Jan 12, Apr 40": some rows. */
void biz_rows(str *s, const ledger *l, int col, const int *rows, int n);

/* The column (of one group) as cells of a sheet; returns how many. names may be NULL. */
int biz_cells(sheet *s, const ledger *l, int col, const char *in, int *out, const char **names);

/* ---- a problem read back */
enum { BIZ_FIELDS = 10, BIZ_VALUES = 16, BIZ_WORD = 40 };
typedef struct biz_field {
    char  label[BIZ_WORD], name[BIZ_VALUES][BIZ_WORD];
    ratio v[BIZ_VALUES];
    int   n;
} biz_field;
typedef struct biz_facts {
    char      find[BIZ_WORD * 2];
    biz_field f[BIZ_FIELDS];
    int       n;
} biz_facts;
bool             biz_read(const problem *p, biz_facts *f, char why[96]);
const biz_field *biz_get(const biz_facts *f, const char *label); /* NULL if it is not there */
ratio            biz_one(const biz_facts *f, const char *label, ratio otherwise);
ratio            biz_sum(const biz_field *f); /* 0 of NULL */
ratio            biz_calc(ratio a, char op, ratio b);
/* v rounded half away from 0 to `places`, without noughts at the end; for the truth. */
void  biz_rounded(str *s, ratio v, int places);
ratio biz_up(ratio v);
bool  biz_solved(char why[96], const char *complaint); /* false, saying so */

/* ---- the problem written */
/* key, first line and plan from what stands after "Understand: ". */
void biz_open(problem *p, const char *name, const char *understood, const char *plan);
/* The question: a ledger, what it is, and `ask`, a pattern for whole sentences with the slots given, <head>, <heads>
 * and <in> (what the numbers are in: " in dollars" or ""), before or after it. */
void biz_ask(problem *p, rng *r, const ledger *l, const char *in, const char *ask, const word_slot *slots);
/* One of the patterns "a|b|c" with <v> as the value in bold. */
void biz_answer(problem *p, rng *r, const char *pattern, const char *value);

/* A number for the sheet and for the first line ("; price: 20"); its cell. */
int biz_given(sheet *s, str *u, const char *label, long v, int places);
/* Several of a kind with names: the first line gets "; costs: rent 300, wages 450", text "rent $300 and wages $450".
 * Fills the cells. */
void biz_lines(sheet *s, str *u, str *text, const char *label, const ledger *l, money m, int *cells);
/* n kinds of cost as the rows of a ledger with one column. */
void        biz_costs(rng *r, ledger *l, int n, int lo, int hi);
const char *biz_who(rng *r); /* "Maya", "Acme", "a bakery" */
/* The truth of "which is it and how much": "Mar 135; Jan, Feb, Mar; most" (or least, or
 * cheap). The second takes the first of the best among
 * exact values and rounds it. */
void biz_winner(str *truth, const char *const *name, int n, int pick, decimal v, const char *sense);
void biz_best(str *truth, const biz_field *names, const ratio *v, const char *sense, int places);
/* "Round to one decimal.", in many ways. */
extern const char biz_round_1[], biz_round_2[];

/* ---- judging */
bool biz_any(const problem *p, const char *answer, char why[96]);   /* biz_named or biz_signed, as the truth is */
bool biz_right(const problem *p, const char *answer, char why[96]); /* one number, not a percentage */
/* A number whose sign may be said in words: "fell by 12%" is -12, "a loss of $40" is -40. */
bool biz_signed(const problem *p, const char *answer, char why[96]);
/* truth "Mar 135; Jan, Feb, Mar": the name and, where the truth has one, the number with it; or only the name if
 * `number` is false and the answer has none. */
bool biz_numbers(const problem *p, const char *answer, char why[96]); /* truth "12, 14.5, 16": these, in this order */
bool biz_named(const problem *p, const char *answer, char why[96]);
#endif
