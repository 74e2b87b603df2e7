/* measure.c -- see measure.h. Units are found by their words; single letters count after a number, a slash or a bracket
 * only. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/str.h"
#include "task/choice.h"
#include "task/measure.h"
#include "task/ratio.h"

typedef enum { D_NONE, D_TIME, D_LENGTH, D_MASS, D_VOLUME, D_MONEY, D_SPEED, D_PERCENT } dim;
enum { U_YEAR = 5, UNITS = 26 };
typedef struct unit_words {
    dim         d;
    const char *words; /* with single spaces around each */
} unit_words;
/* One line a unit: its number is its identity, U_YEAR that of years. */
static const unit_words unit[] = {
    {D_NONE, " "},
    {D_TIME, " s sec secs second seconds "},
    {D_TIME, " min mins minute minutes "},
    {D_TIME, " h hr hrs hour hours "},
    {D_TIME, " day days "},
    {D_TIME, " year years yr yrs "},
    {D_TIME, " week weeks "},
    {D_TIME, " month months "},
    {D_LENGTH, " m metre metres meter meters "},
    {D_LENGTH, " km kilometre kilometres kilometer kilometers "},
    {D_LENGTH, " cm centimetre centimetres centimeter centimeters "},
    {D_LENGTH, " mm millimetre millimetres millimeter millimeters "},
    {D_LENGTH, " mile miles mi "},
    {D_LENGTH, " foot feet ft "},
    {D_LENGTH, " inch inches "},
    {D_LENGTH, " yard yards "},
    {D_MASS, " g gram grams "},
    {D_MASS, " kg kilogram kilograms kilo kilos "},
    {D_MASS, " pound pounds lb lbs "}, /* of money, too */
    {D_VOLUME, " l litre litres liter liters "},
    {D_VOLUME, " ml millilitre millilitres milliliter milliliters "},
    {D_MONEY, " $ dollar dollars usd us$ "},
    {D_MONEY, " \xe2\x82\xac euro euros eur "},
    {D_MONEY, " \xc2\xa3 gbp "},
    {D_MONEY, " cent cents "},
    {D_PERCENT, " % percent "},
};
enum { U_POUND = 18, U_STERLING = 23 };

typedef struct found {
    int  u, per; /* index into unit[]; per: that of "an hour", "/h" after it, 0 none */
    long after;  /* bytes read */
} found;

static const char *blank(const char *p) {
    for (;; p++) {
        if (!strncmp(p, "\\text{", 6)) p += 5;
        else if (!strncmp(p, "\\,", 2) || !strncmp(p, "\\ ", 2) || !strncmp(p, "\\%", 2)) continue;
        else if (!*p || !strchr(" *}`", *p)) return p;
    }
}

static int by_letter(const void *a, const void *b) { return *(const char *)a - *(const char *)b; }

/* The letters of a word, sorted: "kliometres" is typed carelessly, and still a word. */
static void sorted(char out[20], const char *w, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = (char)tolower((unsigned char)w[i]);
    qsort(out, n, 1, by_letter);
    out[n] = 0;
}

/* Does any unit begin with this letter? Most words of a question are done with after this. */
static bool begins_unit(char c) {
    return !isalpha((unsigned char)c) || strchr("cdefghiklmpsuwy", tolower((unsigned char)c));
}

/* A unit of four letters or more with some of them changed in place, 0 if none. */
static int mistyped(const char *p, size_t n) {
    char a[20], b[20];
    int  sum = 0;
    if (n < 4 || n > 16 || !begins_unit(*p)) return 0;
    for (size_t k = 0; k < n; k++) sum += tolower((unsigned char)p[k]);
    for (int i = 1; i < UNITS; i++)
        for (const char *w = unit[i].words + 1; *w;) {
            size_t m   = 0;
            int    all = 0;
            while (w[m] != ' ') all += w[m++];
            if (m == n && all == sum && tolower((unsigned char)*p) == *w) {
                sorted(a, p, n);
                sorted(b, w, n);
                if (!strcmp(a, b)) return i;
            }
            w += m + 1;
        }
    return 0;
}

/* The unit that begins at p, 0 if none; *end is after it. */
static int unit_at(const char *p, bool letters, const char **end) {
    char   w[20] = " ";
    size_t n     = 0;
    if ((unsigned char)*p >= 0x80) n = *p == '\xe2' ? 3 : 2;
    else if (*p == '$' || *p == '%') n = 1;
    else
        while (isalpha((unsigned char)p[n])) n++;
    if (!n || n > 16 || !begins_unit(*p) || (n == 1 && isalpha((unsigned char)*p) && !letters)) return 0;
    for (size_t i = 0; i < n; i++) w[1 + i] = (char)tolower((unsigned char)p[i]);
    memcpy(w + 1 + n, " ", 2);
    for (int i = 1; i < UNITS; i++)
        if (strstr(unit[i].words, w)) return *end = p + n, i;
    return 0;
}

/* What stands after a number: "60 km/h", "60 km an hour", "60 mph". */
static found unit_after(const char *p) {
    static const char *const per[] = {"/", "per ", "an ", "a ", "each "};
    const char              *q = blank(p), *end = q;
    found                    f = {0, 0, 0};
    if (*q == '-') q = blank(q + 1);
    if (!strncasecmp(q, "mph", 3)) return (found){12, 3, 0};
    if (!strncasecmp(q, "kph", 3) || !strncasecmp(q, "kmh", 3)) return (found){9, 3, 0};
    if (*q != '$') f.u = unit_at(q, true, &end); /* "$\\boxed{5}$" is TeX: dollars stand before */
    if (!f.u) return f;
    q = blank(end);
    for (size_t i = 0; i < sizeof per / sizeof *per; i++) {
        size_t n = strlen(per[i]);
        if (strncasecmp(q, per[i], n)) continue;
        f.per = unit_at(blank(q + n), true, &end);
        break;
    }
    return f;
}

static bool same_unit(int a, int b) {
    return a == b || (a == U_POUND && b == U_STERLING) || (b == U_POUND && a == U_STERLING);
}

/* Units that the question knows, as bits; `beside`: only those after a number, a slash or a bracket. */
static unsigned known_units(const char *q, bool beside) {
    unsigned    set = 0;
    const char *end;
    for (const char *p = q, *next; *p; p = next) {
        const char *b = p;
        next          = p + 1;
        if (isalpha((unsigned char)*p))
            while (isalpha((unsigned char)*next)) next++;
        else if ((unsigned char)*p < 0x80 && *p != '$' && *p != '%') continue;
        if (!begins_unit(*p)) continue;
        while (b > q && b[-1] == ' ') b--;
        bool tied = b > q && (isdigit((unsigned char)b[-1]) || (b == p && (b[-1] == '/' || b[-1] == '(')));
        if (!strncasecmp(p, "mph", 3)) set |= 1u << 12 | 1u << 3;
        int u = tied || !beside ? unit_at(p, tied, &end) : 0;
        if (!u && !beside) u = mistyped(p, (size_t)(next - p));
        if (u) set |= 1u << u;
    }
    if (set & 1u << U_POUND) set |= 1u << U_STERLING;
    if (set & 1u << U_STERLING) set |= 1u << U_POUND;
    return set;
}

static unsigned known(const char *q) { return known_units(q, false); }

bool measure_known(const char *question) { return known_units(question, true) != 0; }

typedef struct wanted {
    unsigned dims; /* bits; 0: cannot be told */
    int      u;    /* "how many minutes": this very unit; 0 */
} wanted;

static bool knows(unsigned know, dim d) {
    if (d == D_SPEED) return knows(know, D_LENGTH) && knows(know, D_TIME);
    for (int i = 1; i < UNITS; i++)
        if (know & 1u << i && unit[i].d == d) return true;
    return false;
}

/* "How fast", "what speed", "find the average speed": not "at a speed of 10 km/h", which is given. */
static bool asks(const char *q, const char *from, const char *to) {
    if (!strncmp(to, " of ", 4) && isdigit((unsigned char)to[4 + strspn(to + 4, " ")])) return false;
    if (strchr("hHwW", *from)) return true;
    const char *b = from;
    while (b > q && !strchr(".,?\n", b[-1])) b--;
    for (; b < from; b++)
        if (!strncasecmp(b, "what", 4) || !strncasecmp(b, "find", 4) || !strncasecmp(b, "which", 5)) return true;
    return false;
}

/* "By how much", "how much do the largest and the smallest differ": whatever it is measured in, not money. */
static bool gap(const char *q, const char *much) {
    static const char *const of[] = {" differ", " apart", " largest and ", " smallest", " highest and ", " lowest"};
    if (much - q >= 3 && !strncasecmp(much - 3, "by ", 3)) return true;
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) { /* one of the words may be typed wrong */
        const char *at = strcasestr(much, of[i]);
        if (at && (i || !isalpha((unsigned char)at[7]))) return true;
    }
    return false;
}

static wanted asked(const char *q, unsigned know) {
    static const struct {
        const char *words;
        dim         d;
    } how[] = {{"how fast", D_SPEED},       {"speed", D_SPEED},        {"how far", D_LENGTH},
               {"distance", D_LENGTH},      {"how long do", D_TIME},   {"how long did", D_TIME},
               {"how long wi", D_TIME},     {"how much time", D_TIME}, {"how long is", D_LENGTH},
               {"how tall", D_LENGTH},      {"how old", D_TIME},       {"how heavy", D_MASS},
               {"how much money", D_MONEY}, {"how much", D_MONEY},     {"what time", D_TIME}};
    enum { LONG = 8, MUCH = 13 };
    wanted      w = {0, 0};
    const char *end;
    /* the last of them: "at a speed of 10 km/h. How far ...?" */
    for (const char *p = q; (p = strpbrk(p, "hHsSdDwW")); p++) {
        if (p > q && isalpha((unsigned char)p[-1])) continue;
        if (!strncasecmp(p, "how many ", 9) && (w.u = unit_at(p + 9, true, &end))) return w;
        for (size_t i = 0; i < sizeof how / sizeof *how; i++) {
            size_t n = strlen(how[i].words);
            if (strncasecmp(p, how[i].words, n) || !knows(know, how[i].d) || !asks(q, p, p + n)) continue;
            if (i == MUCH &&
                (gap(q, p) || knows(know, D_VOLUME) || knows(know, D_LENGTH) || know & (1u << 16 | 1u << 17)))
                continue;
            w.dims = 1u << how[i].d | (i == LONG ? 1u << D_TIME : 0);
            break;
        }
    }
    return w;
}

static bool fits(const found *f, const char *question, const wanted *w, unsigned know) {
    dim d = unit[f->u].d, per = unit[f->per].d;
    if (f->per && d == D_LENGTH && per == D_TIME) d = D_SPEED;
    if (w->u)
        return same_unit(f->u, w->u) && (d != D_SPEED || strcasestr(question, "per ") || strcasestr(question, " an "));
    if (!know) return true; /* the question is about numbers only: nothing is contradicted */
    bool known_unit = know & 1u << f->u;
    if (d == D_TIME && f->u == U_YEAR && (strcasestr(question, "old") || strcasestr(question, "age")))
        known_unit = true;
    if (!known_unit || (d == D_SPEED && !(know & 1u << f->per))) return false;
    if (d == D_MASS && f->u == U_POUND && (w->dims & 1u << D_MONEY)) return true;
    bool hourly = d == D_SPEED && w->dims & 1u << D_LENGTH && /* "how far in an hour?" is a speed, too */
                  strcasestr(question, " in a");
    return !w->dims || w->dims & 1u << d || hourly;
}

/* Calls back for the values that count: stops at the first that returns false. */
static bool each_value(const char *answer, const char *truth, bool (*see)(const char *from, const char *end, void *),
                       void *ctx) {
    ratio       want, v;
    const char *end, *last = NULL, *last_end = NULL;
    if (!ratio_read(truth, &want, &end)) return true;
    bool bold = false, any = false;
    for (const char *p = answer; *(p += strcspn(p, "*0123456789"));) {
        if (!strncmp(p, "**", 2)) {
            bold = !bold;
            p += 2;
        } else if (isdigit((unsigned char)*p) && (p == answer || !isalnum((unsigned char)p[-1])) &&
                   ratio_read(p, &v, &end)) {
            ratio neg = {-v.p, v.q};
            if (ratio_eq(v, want) || ratio_eq(neg, want)) {
                if (bold && !see(p, end, ctx)) return false;
                any |= bold;
                last     = p;
                last_end = end;
            }
            p = end;
        } else p++;
    }
    return any || !last || see(last, last_end, ctx);
}

typedef struct look {
    const char *question, *answer;
    wanted      w;
    unsigned    know;
} look;

static bool see_unit(const char *from, const char *to, void *ctx) {
    const look *l = ctx;
    found       f = unit_after(to);
    const char *end, *p = from;
    if (f.u && unit[f.u].d != D_PERCENT && !fits(&f, l->question, &l->w, l->know)) return false;
    while (p > l->answer && (p[-1] == '-' || p[-1] == ' ' || p[-1] == '*')) p--;
    for (int n = 1; n <= 3 && p - n >= l->answer; n++) {
        if (isalpha((unsigned char)p[-n]) && p - n > l->answer && isalpha((unsigned char)p[-n - 1])) continue;
        int u = unit_at(p - n, false, &end);
        if (!u || end != p || unit[u].d != D_MONEY) continue;
        if (u == 21 && f.u && unit[f.u].d != D_MONEY) continue;                 /* $60 \text{ km}$ is TeX */
        if (u == 21 && (strchr(to, '$') || !knows(l->know, D_MONEY))) continue; /* TeX, or a habit */
        return fits(&(found){u, 0, 0}, l->question, &l->w, l->know);
    }
    return true;
}

/* "The costs are **", "Sum: $": does one of the names end right before the value at p? */
static bool subject(const char *from, const char *p, const char *names) {
    static const char *const link[] = {" is", " are", " was", " were", " of", ":", " =", " equals", " comes to", NULL};
    char                     left[96];
    size_t n = (size_t)(p - from) < sizeof left - 1 ? (size_t)(p - from) : sizeof left - 1, len, k = 0;
    for (const char *q = p - n; q < p; q++)
        if (*q != '*') left[k++] = *q;
    left[k] = 0;
    const char *money; /* back over the currency */
    while (k && (strchr(" $-", left[k - 1]) || (unsigned char)left[k - 1] >= 0x80)) left[--k] = 0;
    for (const char *c = "EUR|USD|GBP"; (money = strchr(c, '|')) || *c; c = money ? money + 1 : c + strlen(c))
        if (k > 3 && !strncmp(left + k - 3, c, 3)) left[k -= 3] = 0;
    while (k && left[k - 1] == ' ') left[--k] = 0;
    for (int i = 0; link[i]; i++) {
        size_t m = strlen(link[i]);
        if (k < m || strcasecmp(left + k - m, link[i])) continue;
        left[k - m] = 0;
        for (const char *f = left; (f = choice_find(f, names, &len)); f += len)
            if (!f[len]) return true;
        return false;
    }
    return false;
}

typedef struct subjects {
    const char *answer, *names;
} subjects;

static bool own_subject(const char *from, const char *to, void *ctx) {
    const subjects *s = ctx;
    (void)to;
    return !subject(s->answer, from, s->names);
}

bool measure_subject(const char *answer, const char *truth, const char *other, const char *own, char why[96]) {
    subjects s = {answer, other};
    size_t   len;
    if (choice_find(answer, own, &len) || each_value(answer, truth, own_subject, &s)) return true;
    snprintf(why, 96, "expected %.40s, found it as the value of something else", truth);
    return false;
}

static bool no_percent(const char *from, const char *to, void *ctx) {
    (void)ctx;
    (void)from;
    return unit[unit_after(to).u].d != D_PERCENT;
}

bool measure_percent(const char *answer, const char *truth) { return !each_value(answer, truth, no_percent, NULL); }

/* "per cent" */
static bool after_per(const char *q, const char *p) {
    while (p > q && p[-1] == ' ') p--;
    return p - q >= 3 && !strncasecmp(p - 3, "per", 3);
}

/* Is a percentage asked for? "what percent", "the percnetage", "share", "rate"; not "15% of", "40 percent more". */
static bool asks_percent(const char *q) {
    enum { RATE = 5, CENT = 6 };
    static const char *const word[] = {"ceenprt", "aceeegnprt", "aehrs", "agimnr",
                                       "akmpru",  "aert",       "cent",  "abbiiloprty"};
    char                     w[20];
    for (const char *p = q; *p;) {
        bool number = false;
        for (const char *b = p; b > q && (b[-1] == ' ' || isdigit((unsigned char)b[-1])) && !number; b--)
            number = isdigit((unsigned char)b[-1]);
        if (*p == '%' && !number) return true;
        size_t n = 0;
        while (isalpha((unsigned char)p[n])) n++;
        if (!n) {
            p++;
            continue;
        }
        if (n < 16 && !number) {
            sorted(w, p, n);
            for (size_t i = 0; i < sizeof word / sizeof *word; i++)
                if (strlen(word[i]) == n && !memcmp(w, word[i], n) && (i != CENT || after_per(q, p)) &&
                    (i != RATE || !strcasestr(q, "hour")))
                    return true;
        }
        p += n;
    }
    return false;
}

static bool no_unit(const char *from, const char *to, void *ctx) {
    const char *answer = ctx;
    while (from > answer && strchr("-* ", from[-1])) from--;
    bool sign =
        from > answer && (from[-1] == '$' || (unsigned char)from[-1] >= 0x80 || isupper((unsigned char)from[-1]));
    return !sign && !unit_after(to).u;
}

static bool fits_all(const char *question, const char *answer, const char *truth, char why[96]) {
    static const char *const other[] = {
        [D_TIME] = "distance|speed|average speed", [D_LENGTH] = "time", [D_SPEED] = "distance|time|way"};
    size_t len;
    if (each_value(answer, truth, no_unit, (void *)answer) && !choice_find(answer, "distance|speed|time|way", &len))
        return true;
    unsigned know = known(question);
    look     l    = {question, answer, asked(question, know), know};
    if (!each_value(answer, truth, see_unit, &l) || (measure_percent(answer, truth) && !asks_percent(question))) {
        snprintf(why, 96, "expected %.40s, found it with another unit", truth);
        return false;
    }
    const dim one[] = {D_TIME, D_LENGTH, D_SPEED};
    for (int i = 0; i < 3; i++)
        if (l.w.dims == 1u << one[i] && !measure_subject(answer, truth, other[one[i]], "-", why)) return false;
    return true;
}

bool measure_fits(const char *question, const char *answer, const char *truth, char why[96]) {
    if (!strstr(question, "  ")) return fits_all(question, answer, truth, why);
    str one = {0}; /* "in  an hour": typed carelessly */
    for (const char *p = question; *p; p++)
        if (*p != ' ' || p[1] != ' ') str_addc(&one, *p);
    bool ok = fits_all(one.p ? one.p : "", answer, truth, why);
    str_free(&one);
    return ok;
}
