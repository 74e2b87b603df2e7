#include "rl/collapse.h"

#include <math.h>

void collapse_see(collapse_watch *w, long long step, collapse_signs s, str *out) {
    w->flat = w->n ? 0.9 * w->flat + 0.1 * s.flat : s.flat;
    if (w->n < COLLAPSE_FIRST) {
        w->n_entropy += !isnan(s.entropy);
        w->first.entropy += isnan(s.entropy) ? 0 : s.entropy;
        w->first.length += s.length;
        w->first.repetition += s.repetition;
        w->first.format += s.format;
        w->n++;
        return;
    }
    double         n = w->n;
    collapse_signs f = {.entropy = w->n_entropy ? w->first.entropy / w->n_entropy : (double)NAN, /* compares as false */
                        .length  = w->first.length / n,
                        .repetition = w->first.repetition / n,
                        .format     = w->first.format / n};
    const struct {
        bool        bad;
        const char *what;
        double      was, is;
    } sign[COLLAPSE_KINDS] = {
        {s.entropy < 0.1 * f.entropy, "the entropy is all but gone", f.entropy, s.entropy},
        {s.entropy > 3 * f.entropy + 0.5, "the entropy explodes", f.entropy, s.entropy},
        {s.length < 0.25 * f.length, "answers shrink to nothing", f.length, s.length},
        {s.length > 3 * f.length, "answers grow without end", f.length, s.length},
        {s.repetition > f.repetition + 0.25, "answers go round in circles", f.repetition, s.repetition},
        {s.format < 0.5 * f.format, "the format is being lost", f.format, s.format},
        {w->flat > 0.8,
         "hardly a group has two answers of different worth, so hardly anything is learnt: other levels, a "
         "higher temperature or resample",
         0, w->flat},
    };
    for (int i = 0; i < COLLAPSE_KINDS; i++) {
        if (!sign[i].bad || (w->said[i] && step - w->said[i] < COLLAPSE_QUIET)) continue;
        w->said[i] = step;
        str_addf(out, "%s%s (", out->len ? "; " : "", sign[i].what);
        if (sign[i].was > 0) str_addf(out, "%.3g at the start, ", sign[i].was);
        str_addf(out, "now %.3g)", sign[i].is);
    }
}
