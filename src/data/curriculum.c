#include "data/curriculum.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/json.h"

static const double FULL_AT = 0.8; /* share of a run after which the schedule stands at the highest level */

void curriculum_init(curriculum *c) {
    memset(c, 0, sizeof *c);
    c->promote   = 0.7;
    c->demote    = 0.1;
    c->below     = 0.2;
    c->above     = 0.1;
    c->loss_good = 0.3;
}

int curriculum_find(const curriculum *c, const char *name) {
    for (int i = 0; i < c->n; i++)
        if (!strcmp(c->f[i].name, name)) return i;
    return -1;
}

int curriculum_add(curriculum *c, const char *name, int lo, int hi) {
    if (c->n == CURRICULUM_FAMILIES || strlen(name) >= CURRICULUM_NAME) return -1;
    curriculum_family *f = &c->f[c->n];
    memset(f, 0, sizeof *f);
    snprintf(f->name, sizeof f->name, "%s", name);
    f->lo = f->level = lo;
    f->hi            = hi < lo ? lo : hi;
    return c->n++;
}

int curriculum_draw(const curriculum *c, int i, rng *r) {
    const curriculum_family *f     = &c->f[i];
    int                      level = f->level;
    double                   u     = rng_f64(r);
    if (u < c->above) return level < f->hi ? level + 1 : level;
    if (u >= c->above + c->below || level == f->lo) return level;
    for (level--; level > f->lo && rng_below(r, 2); level--) continue;
    return level;
}

static bool move(curriculum_family *f, int by) {
    int to    = f->level + by;
    f->n      = 0;
    f->recent = 0;
    if (to < f->lo || to > f->hi) return false;
    f->level = to;
    if (by > 0) f->up++;
    else f->down++;
    return true;
}

bool curriculum_note(curriculum *c, int i, int level, bool success) {
    curriculum_family *f = &c->f[i];
    f->seen++;
    if (level < f->level) return false; /* what is easier says nothing about this level */
    f->recent = f->recent << 1 | success;
    if (f->n < CURRICULUM_WINDOW) f->n++;
    if (f->n < CURRICULUM_WINDOW) return false;
    double rate = (double)__builtin_popcount(f->recent) / CURRICULUM_WINDOW;
    if (rate > c->promote && f->level < f->hi) return move(f, 1);
    if (rate < c->demote && f->level > f->lo) return move(f, -1);
    return false;
}

bool curriculum_note_loss(curriculum *c, int i, int level, double loss) {
    return isfinite(loss) && curriculum_note(c, i, level, loss < c->loss_good);
}

bool curriculum_schedule(curriculum *c, double progress) {
    bool moved = false;
    for (int i = 0; i < c->n; i++) {
        curriculum_family *f    = &c->f[i];
        int                span = f->hi - f->lo + 1, at = f->lo + (int)floor(progress / FULL_AT * (span - 1) + 1e-9);
        if (at > f->hi) at = f->hi;
        if (at < f->lo) at = f->lo;
        moved    = moved || at != f->level;
        f->level = at;
    }
    return moved;
}

double curriculum_mean(const curriculum *c) {
    double sum = 0;
    for (int i = 0; i < c->n; i++) sum += c->f[i].level;
    return c->n ? sum / c->n : 0;
}

/* ---- as JSON: {"linear":[lo,hi,level,n,recent,seen,up,down],...} */
void curriculum_save(const curriculum *c, str *out) {
    str_addc(out, '{');
    for (int i = 0; i < c->n; i++) {
        const curriculum_family *f = &c->f[i];
        str_addf(out, "%s\"", i ? "," : "");
        str_add_json(out, f->name, strlen(f->name));
        str_addf(out, "\":[%d,%d,%d,%d,%" PRIu32 ",%" PRId64 ",%d,%d]", f->lo, f->hi, f->level, f->n, f->recent,
                 f->seen, f->up, f->down);
    }
    str_addc(out, '}');
}

static bool load_family(curriculum_family *f, const json_t *v, err *e) {
    json_int_t x[8];
    if (json_array_size(v) != 8) return err_set(e, "curriculum: %s: expected eight numbers", f->name);
    for (size_t i = 0; i < 8; i++) {
        const json_t *k = json_array_get(v, i);
        if (!json_is_integer(k) || (x[i] = json_integer_value(k)) < 0)
            return err_set(e, "curriculum: %s: number %zu is not one", f->name, i + 1);
    }
    if (x[0] != f->lo || x[1] != f->hi)
        return err_set(e, "curriculum: %s has levels %d to %d, expected %lld to %lld", f->name, f->lo, f->hi,
                       (long long)x[0], (long long)x[1]);
    if (x[2] < f->lo || x[2] > f->hi || x[3] > CURRICULUM_WINDOW || x[4] > UINT32_MAX || x[6] > INT32_MAX ||
        x[7] > INT32_MAX)
        return err_set(e, "curriculum: %s: a number is out of range", f->name);
    f->level  = (int)x[2];
    f->n      = (int)x[3];
    f->recent = (uint32_t)x[4];
    f->seen   = x[5];
    f->up     = (int)x[6];
    f->down   = (int)x[7];
    return true;
}

bool curriculum_load(curriculum *c, const char *text, size_t n, err *e) {
    json_t    *o  = json_load_mem("curriculum", text, n, e);
    bool       ok = o != NULL;
    curriculum t  = *c;
    if (ok && (!json_is_object(o) || json_object_size(o) != (size_t)c->n))
        ok = err_set(e, "curriculum: %zu families, expected %d", json_object_size(o), c->n);
    for (int i = 0; ok && i < t.n; i++) {
        const json_t *v = json_object_get(o, t.f[i].name);
        ok              = v ? load_family(&t.f[i], v, e) : err_set(e, "curriculum: %s is not in it", t.f[i].name);
    }
    json_decref(o);
    if (ok) *c = t;
    return ok;
}
