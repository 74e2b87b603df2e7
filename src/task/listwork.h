/* listwork.h -- what is done with a list of numbers, element by element: sum, smallest, largest, order, middle, counts.
 *
 *   numlist l = {.n = 3, .v = {12, 25, 7}};
 *   long s = listwork_sum(&t, &l);                 // "1: 12\n2: 12 + 25:\n...12 + 25 = 37\n3: 37 + 7:\n..."
 *   int  i = listwork_best(&t, &l, label, true);   // "Jan 12\nFeb: 12 < 25, Feb 25\nMar: 7 < 25\n", 1
 *   listwork_sort(&t, &l);                         // "12\n12 < 25 -> 12, 25\n7 < 12 -> 7, 12, 25\n"
 *
 * Numbers are v / 10^places (places 0: whole). Besides the digits (digits.h) the places for a slip are an element that
 * is forgotten, one put at the wrong side of its neighbour, a comparison that is not acted upon, a wrong count. What is
 * returned is what the text arrives at.
 *
 * Memory:  plain data.   Errors: t->bad.   Threads: one trace, one thread. */
#ifndef R1_LISTWORK_H
#define R1_LISTWORK_H
#include "task/digits.h"

enum { LIST_MAX = 24 };
typedef struct numlist {
    int  n, places;
    long v[LIST_MAX];
} numlist;

void listwork_num(str *s, long v, int places);                   /* "12", "-0.5", "12.5" */
void listwork_put(str *s, const numlist *l);                     /* "3, 5, 8" */
long listwork_op(trace *t, long a, char op, long b, int places); /* a sum or difference, in lines */
/* Running totals, numbered: "1: 12\n2: 12 + 25:\n...". With places they are whole tenths, hundredths, ... on the way, and
 * the last line is "sum 20.3"; the value has the list's places. _counted: how many went in; _back: from the end. */
long listwork_sum(trace *t, const numlist *l);
long listwork_sum_counted(trace *t, const numlist *l, int *count);
long listwork_sum_back(trace *t, const numlist *l);
/* Index of the largest (or smallest; the first of equals); labels may be NULL. */
int listwork_best(trace *t, const numlist *l, const char *const *label, bool largest);
/* Smallest and largest in one pass: "12\n12 < 25, largest 25\n7 < 12, smallest 7\n7 < 9 < 25\n" */
void listwork_ends(trace *t, const numlist *l, long *min, long *max);
/* Sorted by insertion, ascending, one line an element. */
void listwork_sort(trace *t, numlist *l);
/* The middle one or two of a sorted list: "without 3 and 9: 4, 5, 8\n" until they are left. Returns 1 or 2. */
int listwork_middle(trace *t, const numlist *sorted, long mid[2]);
/* The median, for an even count with its sum and half: the value times 10^*places. */
long listwork_median(trace *t, const numlist *sorted, int *places);
/* How many are below and above: "3 < 13, below 1\n13 < 20, above 1\n". limit has the list's places. */
void listwork_sides(trace *t, const numlist *l, long limit, int *below, int *above);
/* Facts, without a word. */
long listwork_total(const numlist *l);
void listwork_sorted(numlist *l);
#endif
