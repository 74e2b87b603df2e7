#include "rl/collapse.h"

void collapse_see(collapse_watch *w, long long step, collapse_signs s, str *out) {
    if (w->n < COLLAPSE_FIRST) {
        w->first.entropy += s.entropy;
        w->first.length += s.length;
        w->first.repetition += s.repetition;
        w->first.format += s.format;
        w->n++;
        return;
    }
    double         n = w->n;
    collapse_signs f = {w->first.entropy / n, w->first.length / n, w->first.repetition / n, w->first.format / n};
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
    };
    for (int i = 0; i < COLLAPSE_KINDS; i++) {
        if (!sign[i].bad || (w->said[i] && step - w->said[i] < COLLAPSE_QUIET)) continue;
        w->said[i] = step;
        str_addf(out, "%s%s (%.3g at the start, now %.3g)", out->len ? "; " : "", sign[i].what, sign[i].was,
                 sign[i].is);
    }
}
