#include "base/opt.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"

void str_list_free(str_list *l) {
    mem_free(l->v);
    memset(l, 0, sizeof *l);
}

static void list_add(str_list *l, const char *s) {
    if (l->n == l->cap) {
        l->cap = l->cap ? 2 * l->cap : 8;
        l->v   = mem_realloc(l->v, (size_t)l->cap * sizeof *l->v);
    }
    l->v[l->n++] = s;
}

enum { NAME_MAX_LEN = 63 };

/* Levenshtein's distance with one row; names longer than NAME_MAX_LEN are never near anything. */
static int distance(const char *a, const char *b) {
    size_t n = strlen(a), m = strlen(b);
    if (n > NAME_MAX_LEN || m > NAME_MAX_LEN) return INT_MAX;
    int row[NAME_MAX_LEN + 1];
    for (size_t j = 0; j <= m; j++) row[j] = (int)j;
    for (size_t i = 1; i <= n; i++) {
        int diagonal = row[0];
        row[0]       = (int)i;
        for (size_t j = 1; j <= m; j++) {
            int change = diagonal + (a[i - 1] != b[j - 1]);
            int drop = row[j] + 1, add = row[j - 1] + 1;
            diagonal = row[j];
            row[j]   = change < drop ? change : drop;
            if (add < row[j]) row[j] = add;
        }
    }
    return row[m];
}

const char *opt_nearest(const char *s, const char *const *names, int n) {
    const char *best = NULL;
    int         near = (int)(strlen(s) / 3) + 1; /* a third of the letters may be wrong */
    for (int i = 0; i < n; i++) {
        int d = distance(s, names[i]);
        /* A beginning of a name is near however short it is: --max for --max-tokens. */
        if (strlen(s) >= 2 && str_starts(names[i], s)) d = 1;
        if (d <= near && (!best || d < near)) {
            best = names[i];
            near = d;
        }
    }
    return best;
}

static const opt *by_name(const opt *table, const char *name, size_t n) {
    for (const opt *o = table; o->type != OPT_T_END; o++)
        if (o->name && strlen(o->name) == n && memcmp(o->name, name, n) == 0) return o;
    return NULL;
}

static const opt *by_letter(const opt *table, char c) {
    for (const opt *o = table; o->type != OPT_T_END; o++)
        if (o->shortname && o->shortname == c) return o;
    return NULL;
}

static bool unknown(const opt *table, const char *arg, err *e) {
    if (arg[1] != '-')
        return err_set(e, "unknown option '%.40s' (try --help; put -- before a text that begins with '-')", arg);
    char        name[NAME_MAX_LEN + 1];
    const char *names[128];
    int         count = 0;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(arg + 2, "="), arg + 2);
    for (const opt *o = table; o->type != OPT_T_END && count < 127; o++)
        if (o->name) names[count++] = o->name;
    names[count++]   = "help";
    const char *near = opt_nearest(name, names, count);
    if (near) return err_set(e, "unknown option '--%s', did you mean '--%s'?", name, near);
    return err_set(e, "unknown option '--%s' (try --help)", name);
}

static bool store(const opt *o, const char *given, const char *value, err *e) {
    long long i;
    double    d;
    switch (o->type) {
    case OPT_T_STR: *(const char **)o->out = value; return true;
    case OPT_T_MULTI: list_add(o->out, value); return true;
    case OPT_T_INT:
        if (!str_to_i64(value, &i) || (double)i < o->lo || (double)i > o->hi || i < INT_MIN || i > INT_MAX)
            return err_set(e, "%s: expected a whole number from %.0f to %.0f, found '%.60s'", given, o->lo, o->hi,
                           value);
        *(int *)o->out = (int)i;
        return true;
    case OPT_T_F64:
        if (!str_to_f64(value, &d) || d < o->lo || d > o->hi)
            return err_set(e, "%s: expected a number from %g to %g, found '%.60s'", given, o->lo, o->hi, value);
        *(double *)o->out = d;
        return true;
    case OPT_T_U64: {
        /* 0 .. 2^64 - 1; str_to_i64 stops at 2^63 - 1, so the digits are read here. */
        uint64_t    u  = 0;
        const char *p  = value;
        bool        ok = *p != '\0';
        for (; ok && *p; p++)
            ok = *p >= '0' && *p <= '9' && !__builtin_mul_overflow(u, 10u, &u) &&
                 !__builtin_add_overflow(u, (uint64_t)(*p - '0'), &u);
        if (!ok) return err_set(e, "%s: expected a whole number from 0 to 2^64 - 1, found '%.60s'", given, value);
        *(uint64_t *)o->out = u;
        return true;
    }
    case OPT_T_BOOL: *(bool *)o->out = true; return true;
    default: return err_set(e, "%s: option of an unknown type", given);
    }
}

/* "-3 + 5 = ?" is a question and no option, unless the table has an option -3. */
static bool is_positional(const opt *table, const char *arg) {
    if (arg[0] != '-' || arg[1] == '\0') return true;
    bool number = (arg[1] >= '0' && arg[1] <= '9') || arg[1] == '.' || arg[1] == ' ' || arg[1] == '(';
    return number && !by_letter(table, arg[1]);
}

/* Handles argv[*i]; moves *i on when the value is the next argument. 1 done, 0 error, OPT_HELP. */
static int take(const opt *table, int argc, char **argv, int *i, err *e) {
    char       *arg = argv[*i];
    const opt  *o;
    const char *value = NULL;
    if (arg[1] == '-') {
        size_t n = strcspn(arg + 2, "=");
        o        = by_name(table, arg + 2, n);
        if (!o && strcmp(arg, "--help") == 0) return OPT_HELP;
        if (o && arg[2 + n] == '=') value = arg + 2 + n + 1;
    } else {
        o = arg[2] == '\0' ? by_letter(table, arg[1]) : NULL;
        if (!o && strcmp(arg, "-h") == 0) return OPT_HELP;
    }
    if (!o) return unknown(table, arg, e);
    char given[NAME_MAX_LEN + 3];
    if (arg[1] == '-') snprintf(given, sizeof given, "--%s", o->name);
    else snprintf(given, sizeof given, "-%c", o->shortname);
    if (o->type == OPT_T_BOOL) {
        if (value) return err_set(e, "%s: takes no value, found '%.60s'", given, value);
    } else if (!value) {
        if (*i + 1 >= argc) return err_set(e, "%s: expected a value (%s) after it", given, o->arg ? o->arg : "VALUE");
        value = argv[++*i];
    }
    return store(o, given, value, e);
}

int opt_parse(const opt *table, int argc, char **argv, err *e) {
    int    nopt = 0, npos = 0, result = OPT_ERROR;
    size_t room     = (size_t)(argc > 0 ? argc : 1);
    char **options  = mem_calloc(room, sizeof *options);
    char **operands = mem_calloc(room, sizeof *operands);
    int    i        = 1;
    for (; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            options[nopt++] = argv[i++];
            break;
        }
        if (is_positional(table, argv[i])) {
            operands[npos++] = argv[i];
            continue;
        }
        int from = i, did = take(table, argc, argv, &i, e);
        if (did == OPT_HELP) result = OPT_HELP;
        if (did != 1) goto done;
        for (int k = from; k <= i; k++) options[nopt++] = argv[k];
    }
    for (; i < argc; i++) operands[npos++] = argv[i];
    if (nopt) memcpy(argv + 1, options, (size_t)nopt * sizeof *argv);
    if (npos) memcpy(argv + 1 + nopt, operands, (size_t)npos * sizeof *argv);
    result = 1 + nopt;
done:
    mem_free(options);
    mem_free(operands);
    return result;
}

/* Words of `text` from column `at` on, each further line indented by `indent`, 80 columns wide. */
static void print_wrapped(const char *text, size_t at, size_t indent) {
    size_t column = at;
    while (*text) {
        text += strspn(text, " ");
        size_t n = strcspn(text, " ");
        if (!n) break;
        if (column + n + 1 > 80 && column > indent) {
            printf("\n%*s", (int)indent, "");
            column = indent;
        } else if (column > at || column > indent) {
            putchar(' ');
            column++;
        }
        printf("%.*s", (int)n, text);
        column += n;
        text += n;
    }
    putchar('\n');
}

static size_t left_column(const opt *o, char *buf, size_t n) {
    int k = snprintf(buf, n, "  %c%c%s --%s%s%s", o->shortname ? '-' : ' ', o->shortname ? o->shortname : ' ',
                     o->shortname ? "," : " ", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
    return k > 0 ? (size_t)k : 0;
}

void opt_print_help(const opt *table, const char *usage, const char *about) {
    char   left[128];
    size_t width = strlen("  -h, --help");
    for (const opt *o = table; o->type != OPT_T_END; o++) {
        size_t n = left_column(o, left, sizeof left);
        if (n > width && n <= 30) width = n;
    }
    width += 2;
    printf("usage: %s\n\n", usage);
    print_wrapped(about, 0, 0);
    printf("\n");
    for (const opt *o = table; o->type != OPT_T_END; o++) {
        size_t n = left_column(o, left, sizeof left);
        printf("%s", left);
        if (n + 2 > width) printf("\n%*s", (int)width, "");
        else printf("%*s", (int)(width - n), "");
        print_wrapped(o->help, width, width);
    }
    printf("  -h, --help%*s", (int)(width - strlen("  -h, --help")), "");
    print_wrapped("this text", width, width);
}
