/* listwork.c -- see listwork.h. Every line takes one element and what the line before it arrived at. */
#include <stdlib.h>
#include <string.h>
#include "task/decimal.h"
#include "task/listwork.h"

void listwork_num(str *s, long v, int places) {
    while (places > 0 && v % 10 == 0) v /= 10, places--;
    if (!places) {
        digits_num(s, v);
        return;
    }
    long unit = 1;
    for (int i = 0; i < places; i++) unit *= 10;
    if (v < 0) str_addc(s, '-');
    digits_num(s, labs(v) / unit);
    str_addc(s, '.');
    long f = labs(v) % unit;
    for (unit /= 10; unit; unit /= 10) str_addc(s, (char)('0' + f / unit % 10));
}

void listwork_put(str *s, const numlist *l) {
    for (int i = 0; i < l->n; i++) {
        if (i) str_add(s, ", ");
        listwork_num(s, l->v[i], l->places);
    }
}

long listwork_op(trace *t, long a, char op, long b, int places) {
    if (!places) return digits_op(t, a, op, b);
    decimal c = decimal_op(t, (decimal){a, places}, op, (decimal){b, places});
    for (; c.places < places; c.places++) c.v *= 10;
    return c.v;
}

long listwork_total(const numlist *l) {
    long s = 0;
    for (int i = 0; i < l->n; i++) s += l->v[i];
    return s;
}

void listwork_sorted(numlist *l) {
    for (int i = 1; i < l->n; i++)
        for (int k = i; k > 0 && l->v[k] < l->v[k - 1]; k--) {
            long v      = l->v[k];
            l->v[k]     = l->v[k - 1];
            l->v[k - 1] = v;
        }
}

/* ---- sums: with the number of the element before each, so that the count is there at the end. The point is taken off
 * once for all: columns are as short as they can be. */
static const char *const whole_name[] = {"", "in tenths: ", "in hundredths: ", "in thousandths: "};

static long sum(trace *t, const numlist *l, bool back, int *count) {
    long s = 0;
    int  k = 0;
    if (l->places) {
        numlist whole = *l;
        whole.places  = 0;
        str_add(t->out, whole_name[l->places]);
        listwork_put(t->out, &whole);
        str_addc(t->out, '\n');
    }
    for (int i = 0; i < l->n; i++) {
        long v = l->v[back ? l->n - 1 - i : i];
        if (k && trace_slips(t)) continue; /* this one is forgotten */
        str_addf(t->out, "%d: ", ++k);
        if (k == 1) {
            s = v;
            digits_num(t->out, v);
            str_addc(t->out, '\n');
        } else {
            s = digits_op(t, s, '+', v);
        }
    }
    if (l->places) {
        str_add(t->out, "sum ");
        listwork_num(t->out, s, l->places);
        str_addc(t->out, '\n');
    }
    *count = k;
    return s;
}

long listwork_sum(trace *t, const numlist *l) {
    int n;
    return sum(t, l, false, &n);
}

long listwork_sum_counted(trace *t, const numlist *l, int *count) { return sum(t, l, false, count); }

long listwork_sum_back(trace *t, const numlist *l) {
    int n;
    return sum(t, l, true, &n);
}

/* ---- comparisons: "a < b" or "a = b", the smaller one first */
static void put_less(trace *t, long a, long b, int places) {
    listwork_num(t->out, a < b ? a : b, places);
    str_add(t->out, a == b ? " = " : " < ");
    listwork_num(t->out, a < b ? b : a, places);
}

static void name_value(trace *t, const numlist *l, const char *const *label, int i) {
    if (label) str_add(t->out, label[i]), str_addc(t->out, ' ');
    listwork_num(t->out, l->v[i], l->places);
}

int listwork_best(trace *t, const numlist *l, const char *const *label, bool largest) {
    int best = 0;
    name_value(t, l, label, 0);
    str_addc(t->out, '\n');
    for (int i = 1; i < l->n; i++) {
        if (trace_slips(t)) continue; /* not looked at */
        long a = l->v[best], b = l->v[i];
        if (label) str_add(t->out, label[i]), str_add(t->out, ": ");
        put_less(t, a, b, l->places);
        if ((largest ? b > a : b < a) && !trace_slips(t)) {
            best = i;
            str_add(t->out, ", ");
            name_value(t, l, label, i);
        }
        str_addc(t->out, '\n');
    }
    return best;
}

void listwork_ends(trace *t, const numlist *l, long *min, long *max) {
    *min = *max = l->v[0];
    listwork_num(t->out, *min, l->places);
    str_addc(t->out, '\n');
    for (int i = 1; i < l->n; i++) {
        long v = l->v[i];
        if (trace_slips(t)) continue;
        if (v > *max) {
            put_less(t, *max, v, l->places);
            if (!trace_slips(t)) {
                *max = v;
                str_add(t->out, ", largest ");
                listwork_num(t->out, v, l->places);
            }
        } else if (v < *min) {
            put_less(t, v, *min, l->places);
            if (!trace_slips(t)) {
                *min = v;
                str_add(t->out, ", smallest ");
                listwork_num(t->out, v, l->places);
            }
        } else { /* between them */
            put_less(t, *min, v, l->places);
            if (v < *max) {
                str_add(t->out, " < ");
                listwork_num(t->out, *max, l->places);
            } else if (v > *min) {
                str_add(t->out, " = ");
                listwork_num(t->out, *max, l->places);
            }
        }
        str_addc(t->out, '\n');
    }
}

/* ---- order */
static void put_insert(trace *t, const numlist *s, int at, long v) {
    if (at > 0) {
        listwork_num(t->out, s->v[at - 1], s->places);
        str_add(t->out, s->v[at - 1] == v ? " = " : " < ");
    }
    listwork_num(t->out, v, s->places);
    if (at < s->n) {
        str_add(t->out, " < ");
        listwork_num(t->out, s->v[at], s->places);
    }
    str_add(t->out, " -> ");
}

void listwork_sort(trace *t, numlist *l) {
    numlist s = {.places = l->places};
    for (int i = 0; i < l->n; i++) {
        long v  = l->v[i];
        int  at = s.n;
        if (i && trace_slips(t)) continue; /* forgotten */
        while (at > 0 && s.v[at - 1] > v) at--;
        if (s.n && trace_slips(t)) at = at < s.n ? at + 1 : at - 1; /* on the wrong side of a neighbour */
        if (s.n) put_insert(t, &s, at, v);
        memmove(s.v + at + 1, s.v + at, (size_t)(s.n - at) * sizeof *s.v);
        s.v[at] = v;
        s.n++;
        listwork_put(t->out, &s);
        str_addc(t->out, '\n');
    }
    *l = s;
}

int listwork_middle(trace *t, const numlist *sorted, long mid[2]) {
    numlist s = *sorted;
    while (s.n > 2) {
        int cut = trace_slips(t) ? 2 : 1; /* two from below: the middle slides */
        if (cut == 2 && s.n < 4) cut = 1, t->bad = true;
        str_add(t->out, "without ");
        listwork_num(t->out, s.v[0], s.places);
        if (cut == 2) str_add(t->out, ", "), listwork_num(t->out, s.v[1], s.places);
        str_add(t->out, " and ");
        listwork_num(t->out, s.v[s.n - 1], s.places);
        str_add(t->out, ": ");
        s.n -= cut + 1;
        memmove(s.v, s.v + cut, (size_t)s.n * sizeof *s.v);
        listwork_put(t->out, &s);
        str_addc(t->out, '\n');
    }
    mid[0] = s.v[0];
    mid[1] = s.v[s.n - 1];
    return s.n;
}

long listwork_median(trace *t, const numlist *sorted, int *places) {
    long mid[2];
    *places = sorted->places;
    if (sorted->n < 1) {
        t->bad = true;
        return 0;
    }
    if (listwork_middle(t, sorted, mid) == 1) return mid[0];
    long    s = listwork_op(t, mid[0], '+', mid[1], sorted->places);
    decimal m = decimal_div(t, NULL, (decimal){s, sorted->places}, 2, sorted->places + 1);
    *places   = m.places;
    return m.v;
}

void listwork_sides(trace *t, const numlist *l, long limit, int *below, int *above) {
    *below = *above = 0;
    for (int i = 0; i < l->n; i++) {
        long v = l->v[i];
        if (trace_slips(t)) continue;
        put_less(t, v, limit, l->places);
        if (v != limit) {
            int *side = v < limit ? below : above;
            if (!trace_slips(t)) ++*side;
            str_addf(t->out, ", %s %d", v < limit ? "below" : "above", *side);
        }
        str_addc(t->out, '\n');
    }
}
