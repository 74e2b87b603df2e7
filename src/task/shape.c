/* shape.c -- see shape.h. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "task/decimal.h"
#include "task/family.h"
#include "task/ratio.h"
#include "task/shape.h"

/* ---- a formula in reverse Polish: names of measures, whole numbers, + - * / q (square) r (root) p (times pi) */
static const struct formula {
    const char *shape, *asked, *rpn;
    int         dim; /* 0: no unit, 1: a length, 2: an area, 3: a volume, 4: degrees, 5: the unit "into" */
} formulas[] = {
    {"rectangle", "area", "length width *", 2},
    {"rectangle", "perimeter", "length width + 2 *", 1},
    {"rectangle with area", "width", "area length /", 1},
    {"rectangle with perimeter", "width", "perimeter length length + - 2 /", 1},
    {"rectangle", "diagonal", "length q width q + r", 1},
    {"square", "area", "side q", 2},
    {"square", "perimeter", "side 4 *", 1},
    {"square with perimeter", "side", "perimeter 4 /", 1},
    {"square with perimeter", "area", "perimeter 4 / q", 2},
    {"triangle with sides", "perimeter", "a b + c +", 1},
    {"triangle", "area", "base height * 2 /", 2},
    {"triangle with angles", "third angle", "180 first - second -", 4},
    {"isosceles triangle with top angle", "base angle", "180 top - 2 /", 4},
    {"isosceles triangle with base angle", "top angle", "180 base base + -", 4},
    {"quadrilateral with angles", "fourth angle", "360 first - second - third -", 4},
    {"straight line", "other angle", "180 angle -", 4},
    {"parallelogram", "area", "base height *", 2},
    {"trapezoid", "area", "a c + height * 2 /", 2},
    {"rhombus", "area", "d e * 2 /", 2},
    {"regular polygon", "perimeter", "sides side *", 1},
    {"polygon", "sum of angles", "sides 2 - 180 *", 4},
    {"regular polygon", "angle", "sides 2 - 180 * sides /", 4},
    {"regular polygon with exterior angle", "sides", "360 angle /", 0},
    {"cube", "volume", "edge q edge *", 3},
    {"cube", "surface", "edge q 6 *", 2},
    {"box", "volume", "length width * height *", 3},
    {"box", "surface", "length width * length height * + width height * + 2 *", 2},
    {"box with volume", "height", "volume length width * /", 1},
    {"rectangle with a rectangle cut out", "area", "length width * a c * -", 2},
    {"rectangle with a path around it", "path", "length path path + + width path path + + * length width * -", 2},
    {"two rectangles side by side", "area", "length width * a c * +", 2},
    {"circle", "circumference", "radius 2 * p", 1},
    {"circle", "area", "radius q p", 2},
    {"circle with diameter", "circumference", "diameter p", 1},
    {"circle with diameter", "area", "diameter 2 / q p", 2},
    {"half circle", "area", "radius q 2 / p", 2},
    {"ring", "area", "outer q inner q - p", 2},
    {"cylinder", "volume", "radius q height * p", 3},
    {"cylinder", "side surface", "radius 2 * height * p", 2},
    {"cone", "volume", "radius q height * 3 / p", 3},
    {"sphere", "surface", "radius q 4 * p", 2},
    {"square with a circle cut out", "area", "side q side 2 / q p -", 2},
    {"right triangle with legs", "hypotenuse", "a q c q + r", 1},
    {"right triangle with hypotenuse", "leg", "hypotenuse q leg q - r", 1},
    {"ladder", "height", "ladder q foot q - r", 1},
    {"right triangle with legs", "perimeter", "a q c q + r a + c +", 1},
    {"right triangle with legs", "area", "a c * 2 /", 2},
    {"isosceles triangle with leg and base", "height", "leg q base 2 / q - r", 1},
    {"isosceles triangle with leg and base", "area", "leg q base 2 / q - r base * 2 /", 2},
    {"rhombus", "side", "d 2 / q e 2 / q + r", 1},
    {"rhombus", "perimeter", "d 2 / q e 2 / q + r 4 *", 1},
    {"pyramid", "volume", "side q height * 3 /", 3},
    {"points", "distance", "xb xa - q yb ya - q + r", 0},
    {"points", "x of the midpoint", "xa xb + 2 /", 0},
    {"points", "y of the midpoint", "ya yb + 2 /", 0},
    {"conversion", "small units", "value factor *", 5},
    {"conversion", "large units", "value factor /", 5},
};

enum { MEASURES = 8, STACK = 12 };
typedef struct figure {
    char  shape[48], unit[16], asked[32];
    char  name[MEASURES][24];
    ratio v[MEASURES];
    int   n;
    bool  pi;    /* in terms of pi */
    ratio pi_is; /* else this */
} figure;

static bool fail(char why[96], const char *what) {
    snprintf(why, 96, "%s", what);
    return false;
}

static void piece(char *out, size_t cap, const char *p, size_t n) {
    while (n && *p == ' ') p++, n--;
    while (n && p[n - 1] == ' ') n--;
    if (n >= cap) n = cap - 1;
    memcpy(out, p, n);
    out[n] = 0;
}

/* "km to m": how many of the small ones make a large one. */
static void add_factor(figure *f) {
    static const struct {
        const char *big, *small;
        long        k;
    } known[] = {{"m", "cm", 100},  {"km", "m", 1000}, {"cm", "mm", 10}, {"kg", "g", 1000},
                 {"l", "ml", 1000}, {"h", "min", 60},  {"min", "s", 60}, {"ft", "in", 12}};
    char down[16], up[16];
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        snprintf(down, sizeof down, "%s to %s", known[i].big, known[i].small);
        snprintf(up, sizeof up, "%s to %s", known[i].small, known[i].big);
        if ((strcmp(f->unit, down) && strcmp(f->unit, up)) || f->n == MEASURES) continue;
        snprintf(f->name[f->n], sizeof f->name[0], "factor");
        f->v[f->n++] = (ratio){known[i].k, 1};
    }
}

static bool read_figure(const char *p, size_t n, figure *f) {
    const char *end = p + n, *comma, *stop = memchr(p, ';', n);
    *f = (figure){.n = 0, .pi_is = {0, 1}};
    if (!stop) return false;
    comma = memchr(p, ',', (size_t)(stop - p));
    piece(f->shape, sizeof f->shape, p, (size_t)((comma ? comma : stop) - p));
    if (comma) piece(f->unit, sizeof f->unit, comma + 1, (size_t)(stop - comma - 1));
    for (p = stop + 1; p < end; p = stop + 1) {
        char item[48], *eq;
        stop = memchr(p, ';', (size_t)(end - p));
        if (!stop) stop = end;
        piece(item, sizeof item, p, (size_t)(stop - p));
        if (!strncmp(item, "asked:", 6)) {
            piece(f->asked, sizeof f->asked, item + 6, strlen(item + 6));
        } else if (!strcmp(item, "in terms of pi")) {
            f->pi = true;
        } else if ((eq = strstr(item, " = "))) {
            const char *after;
            ratio       v;
            if (!ratio_read(eq + 3, &v, &after)) return false;
            *eq = 0;
            if (!strcmp(item, "pi")) {
                f->pi_is = v;
            } else {
                if (f->n == MEASURES) return false;
                piece(f->name[f->n], sizeof f->name[0], item, strlen(item));
                f->v[f->n++] = v;
            }
        }
    }
    if (!strcmp(f->shape, "conversion")) add_factor(f);
    return f->asked[0] != 0;
}

static bool root(ratio v, ratio *out) {
    long long k = 0;
    while (k * k < v.p) k++;
    *out = (ratio){k, 1};
    return v.q == 1 && k * k == v.p;
}

static bool run(const figure *f, const char *rpn, ratio *out) {
    ratio st[STACK], pi = f->pi ? (ratio){1, 1} : f->pi_is;
    int   n = 0;
    while (*rpn) {
        size_t len = strcspn(rpn, " ");
        char   w[24];
        piece(w, sizeof w, rpn, len);
        rpn += len + (rpn[len] == ' ');
        if (n > STACK - 2) return false;
        if (!w[1] && strchr("+-*/", w[0])) {
            if (n < 2 || !ratio_op(st[n - 2], w[0], st[n - 1], &st[n - 2])) return false;
            n--;
        } else if (!strcmp(w, "q")) {
            if (!n || !ratio_op(st[n - 1], '*', st[n - 1], &st[n - 1])) return false;
        } else if (!strcmp(w, "r")) {
            if (!n || !root(st[n - 1], &st[n - 1])) return false;
        } else if (!strcmp(w, "p")) {
            if (!n || !ratio_op(st[n - 1], '*', pi, &st[n - 1])) return false;
        } else if (isdigit((unsigned char)w[0])) {
            st[n++] = (ratio){strtol(w, NULL, 10), 1};
        } else {
            int k = 0;
            while (k < f->n && strcmp(f->name[k], w) != 0) k++;
            if (k == f->n) return false;
            st[n++] = f->v[k];
        }
    }
    *out = st[0];
    return n == 1;
}

bool shape_solve(const char *understood, size_t n, str *truth, char why[96]) {
    figure f;
    ratio  v;
    if (!read_figure(understood, n, &f)) return fail(why, "not a figure with its measures");
    for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++) {
        const struct formula *m = &formulas[i];
        if (strcmp(m->shape, f.shape) != 0 || strcmp(m->asked, f.asked) != 0) continue;
        if (!run(&f, m->rpn, &v)) return fail(why, "the measures are not those of such a figure");
        bool pi = f.pi && strchr(m->rpn, 'p') && strstr(m->rpn, " p");
        decimal_put(truth, decimal_near(v, 4));
        if (pi) str_add(truth, "\xcf\x80");
        if (m->dim == 1) str_addf(truth, " %s", f.unit);
        else if (m->dim == 2 || m->dim == 3) str_addf(truth, " %s^%d", f.unit, m->dim);
        else if (m->dim == 4) str_add(truth, " degrees");
        else if (m->dim == 5) {
            const char *to = strstr(f.unit, " to ");
            str_addf(truth, " %s", to ? to + 4 : f.unit);
        }
        return true;
    }
    return fail(why, "no such figure, or nothing known about what is asked");
}

/* ---- units in answers */
static const struct unit {
    const char *word, *is;
} units[] = {{"centimetres", "cm"},
             {"centimeters", "cm"},
             {"centimetre", "cm"},
             {"centimeter", "cm"},
             {"cm", "cm"},
             {"millimetres", "mm"},
             {"millimeters", "mm"},
             {"mm", "mm"},
             {"kilometres", "km"},
             {"kilometers", "km"},
             {"km", "km"},
             {"metres", "m"},
             {"meters", "m"},
             {"metre", "m"},
             {"meter", "m"},
             {"inches", "in"},
             {"inch", "in"},
             {"in", "in"},
             {"feet", "ft"},
             {"foot", "ft"},
             {"ft", "ft"},
             {"yards", "yd"},
             {"degrees", "degrees"},
             {"degree", "degrees"},
             {"\xc2\xb0", "degrees"},
             {"kilograms", "kg"},
             {"kg", "kg"},
             {"grams", "g"},
             {"g", "g"},
             {"litres", "l"},
             {"liters", "l"},
             {"millilitres", "ml"},
             {"milliliters", "ml"},
             {"ml", "ml"},
             {"l", "l"},
             {"hours", "h"},
             {"minutes", "min"},
             {"min", "min"},
             {"seconds", "s"},
             {"m", "m"},
             {"square units", ""},
             {"units", ""}};

static bool word_end(const char *p) { return !isalnum((unsigned char)*p); }

static bool skip_word(const char **p, const char *w) {
    size_t n = strlen(w);
    if (strncasecmp(*p, w, n) != 0 || ((unsigned char)w[0] < 0x80 && !word_end(*p + n))) return false;
    *p += n;
    return true;
}

/* The unit at p: "cm", "cm^2", "cm²", "square cm", "cm squared". Its canonical form, or NULL. */
static const char *unit_at(const char **p, char out[24]) {
    const char *s   = *p;
    int         dim = 1;
    while (*s == ' ' || *s == '\\' || *s == '{' || *s == '~') s++;
    if (!strncmp(s, "text{", 5)) s += 5;
    while (*s == ' ') s++;
    if (skip_word(&s, "square") || skip_word(&s, "sq") || skip_word(&s, "sq.")) dim = 2;
    else if (skip_word(&s, "cubic") || skip_word(&s, "cu")) dim = 3;
    while (*s == ' ' || *s == '.') s++;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        const char *t = s;
        if (!skip_word(&t, units[i].word)) {
            size_t n = strlen(units[i].word); /* "cm²", "cm2" */
            if (strncasecmp(s, units[i].word, n) != 0 ||
                (s[n] != '^' && s[n] != '2' && s[n] != '3' && (unsigned char)s[n] != 0xc2))
                continue;
            t = s + n;
        }
        if (*t == '}') t++;
        if (!strncmp(t, "^{", 2) && (t[2] == '2' || t[2] == '3') && t[3] == '}') dim = t[2] - '0', t += 4;
        else if (*t == '^' && (t[1] == '2' || t[1] == '3')) dim = t[1] - '0', t += 2;
        else if ((*t == '2' || *t == '3') && word_end(t + 1)) dim = *t - '0', t++;
        else if (!strncmp(t, "\xc2\xb2", 2)) dim = 2, t += 2;
        else if (!strncmp(t, "\xc2\xb3", 2)) dim = 3, t += 2;
        else {
            const char *u = t;
            while (*u == ' ') u++;
            if (skip_word(&u, "squared")) dim = 2, t = u;
            else if (skip_word(&u, "cubed")) dim = 3, t = u;
        }
        if (dim == 1) snprintf(out, 24, "%s", units[i].is);
        else snprintf(out, 24, "%s^%d", units[i].is, dim);
        *p = t;
        return out;
    }
    return NULL;
}

static bool pi_at(const char **p) {
    const char *s = *p;
    while (*s == ' ' || *s == '*' || *s == '\\' || !strncmp(s, "\xc2\xb7", 2)) s += *s == '\xc2' ? 2 : 1;
    if (!strncmp(s, "\xcf\x80", 2)) *p = s + 2;
    else if (skip_word(&s, "pi")) *p = s;
    else if (!strncmp(s, "pi", 2) && !isalpha((unsigned char)s[2])) *p = s + 2;
    else return false;
    return true;
}

bool shape_right(const char *truth, const char *answer, char why[96]) {
    ratio       want, v;
    const char *end, *unit;
    if (!ratio_read(truth, &want, &end)) return fail(why, "no such truth");
    bool pi   = pi_at(&end);
    unit      = *end == ' ' ? end + 1 : "";
    str  bare = {0}, number = {0};
    bool with_pi = false, wrong_unit = false;
    char u[24];
    str_addn(&number, truth, strcspn(truth, " \xcf"));
    for (const char *p = answer; *p;) { /* numbers without their units and pi's */
        if (isdigit((unsigned char)*p) && (p == answer || !isalnum((unsigned char)p[-1])) && ratio_read(p, &v, &end)) {
            str_addn(&bare, p, (size_t)(end - p));
            const char *q = end, *bold = end;
            bool        has_pi = pi_at(&q), same = ratio_eq(v, want);
            if (has_pi && same) with_pi = true;
            if (has_pi && !pi && same) wrong_unit = true;
            if (!has_pi) q = bold;
            if (!strncmp(q, "**", 2)) {
                const char *after = q + 2;
                if (unit_at(&after, u)) { /* "**24** cm" */
                    if (same && u[0] && u[0] != '^' && strcmp(u, unit) != 0) wrong_unit = true;
                    str_add(&bare, "**");
                    q = after;
                }
            } else if (unit_at(&q, u)) {
                if (same && u[0] && u[0] != '^' && strcmp(u, unit) != 0) wrong_unit = true;
            }
            if (q != bold) { /* "122 m = 12200 cm" is no equation of numbers */
                const char *eq = q;
                while (*eq == ' ') eq++;
                if (*eq == '=') str_add(&bare, " units");
            }
            p = q;
            continue;
        }
        str_addc(&bare, *p++);
    }
    str_add(&bare, "");
    bool ok = false;
    if (pi && !with_pi) fail(why, "expected a multiple of pi");
    else if (wrong_unit) snprintf(why, 96, "expected %s, found another unit", truth);
    else ok = answer_matches(bare.p ? bare.p : "", number.p, why);
    str_free(&bare);
    str_free(&number);
    return ok;
}
