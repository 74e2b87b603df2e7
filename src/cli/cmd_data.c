/* cmd_data.c -- r1 data: list, make, check and count problems with known answers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fs.h"
#include "base/mem.h"
#include "base/stop.h"
#include "cli/cli.h"
#include "cli/cmds.h"
#include "data/rows.h"

static const char usage[] = "r1 data list | make FAMILY [options] | check FILE | stats FILE";
static const char about[] =
    "Problems whose answers can be checked. list: the task families. make: JSON lines with question, worked solution "
    "and "
    "answer on stdout; the same seed makes the same rows. check: verifies each row of a file (- is stdin) and says "
    "which "
    "are wrong and why. stats: how many there are of what, how long they are, and how many are there twice.";

static int data_list(void) {
    err e = {""};
    printf("%-14s %-12s %6s  %s\n", "family", "field", "levels", "about");
    for (int i = 0; i < family_count(); i++) {
        const family *f = family_at(i);
        printf("%-14s %-12s %6d  %s\n", f->name, f->field, f->levels, f->about);
    }
    return cli_flush(&e) ? CLI_OK : cli_fail(&e);
}

/* ---- make */
typedef struct make_options {
    int         level, n;
    uint64_t    seed;
    const char *split;
} make_options;

static bool split_named(const char *s, split_id *out, err *e) {
    static const char *const name[] = {"train", "valid", "test"};
    for (int i = 0; i < 3; i++)
        if (!strcmp(s, name[i])) return *out = (split_id)i, true;
    return err_set(e, "--split %.40s, expected train, valid or test", s);
}

static const family *family_named(const char *s, err *e) {
    const family *f = family_find(s);
    if (f) return f;
    const char *names[64];
    int         n = 0;
    for (; n < family_count() && n < 64; n++) names[n] = family_at(n)->name;
    const char *near = opt_nearest(s, names, n);
    if (near) err_set(e, "no family is called '%.40s', did you mean '%s'?", s, near);
    else err_set(e, "no family is called '%.40s'; `r1 data list` lists them", s);
    return NULL;
}

static int data_make(const char *name, const make_options *o) {
    err           e     = {""};
    split_id      split = SPLIT_TRAIN;
    const family *f     = family_named(name, &e);
    if (!f || !split_named(o->split, &split, &e)) return cli_usage("data", &e);
    if (o->level > f->levels) {
        err_set(&e, "--level %d, expected 1 to %d for %s", o->level, f->levels, f->name);
        return cli_usage("data", &e);
    }
    problem p   = {0};
    str     out = {0};
    bool    ok  = true;
    int     i   = 0;
    for (; ok && i < o->n && !stop_requested(); i++) {
        family_make(f, split, o->seed, (uint64_t)i, o->level ? o->level : 1 + i % f->levels, &p);
        rows_write(&out, &p);
        if (out.len < 1 << 16 && i + 1 < o->n) continue;
        ok = fwrite(out.p, 1, out.len, stdout) == out.len;
        str_clear(&out);
    }
    if (out.len && ok) ok = fwrite(out.p, 1, out.len, stdout) == out.len;
    bool stopped = i < o->n;
    problem_free(&p);
    str_free(&out);
    if (!cli_flush(&e)) return cli_fail(&e);
    return stopped ? CLI_STOPPED : CLI_OK;
}

/* ---- check and stats: over the lines of a file */
typedef struct cell {
    long   n;
    double question, reasoning, answer; /* bytes, summed */
    size_t longest;
    long   slips;
} cell;
enum { FAMILIES_MAX = 64, LEVELS_SHOWN = 16 };
typedef struct counts {
    cell      by[FAMILIES_MAX][LEVELS_SHOWN + 1];
    uint64_t *hash; /* of family and question in small letters without spaces */
    long      n_hash, cap;
    long      rows, bad;
} counts;

static int hash_order(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static void note_question(counts *c, const problem *p) {
    str k = {0};
    str_addf(&k, "%s:", p->family);
    for (const char *q = p->question.p; *q; q++)
        if (*q != ' ') str_addc(&k, *q >= 'A' && *q <= 'Z' ? (char)(*q + 32) : *q);
    if (c->n_hash == c->cap) {
        c->cap  = c->cap ? 2 * c->cap : 1024;
        c->hash = mem_realloc(c->hash, (size_t)c->cap * sizeof *c->hash);
    }
    c->hash[c->n_hash++] = hash_bytes(k.p, k.len);
    str_free(&k);
}

static void note_row(counts *c, const problem *p) {
    for (int f = 0; f < family_count() && f < FAMILIES_MAX; f++) {
        if (family_at(f) != family_find(p->family)) continue;
        cell  *b   = &c->by[f][p->level > 0 && p->level <= LEVELS_SHOWN ? p->level : 0];
        size_t all = p->question.len + p->reasoning.len + p->answer.len;
        b->n++;
        b->question += (double)p->question.len;
        b->reasoning += (double)p->reasoning.len;
        b->answer += (double)p->answer.len;
        b->slips += strstr(p->reasoning.p, ", wrong\n") != NULL;
        if (all > b->longest) b->longest = all;
    }
    note_question(c, p);
}

static const size_t FILE_MAX = (size_t)1 << 32;

typedef bool (*row_fn)(const char *line, size_t n, problem *p, char why[ROWS_WHY]);

static bool each_line(const char *path, row_fn fn, counts *c, err *e) {
    size_t  n    = 0;
    str     in   = {0};
    char   *file = NULL;
    problem p    = {0};
    bool ok = !strcmp(path, "-") ? cli_read_stdin(FILE_MAX, &in, e) : (file = fs_read(path, FILE_MAX, &n, e)) != NULL;
    if (ok && !file) n = in.len;
    const char *s      = file ? file : in.p;
    long        number = 1;
    for (size_t from = 0; ok && from < n && !stop_requested(); number++) {
        char        why[ROWS_WHY] = "";
        const char *nl            = memchr(s + from, '\n', n - from);
        size_t      to = nl ? (size_t)(nl - s) : n, len = to - from;
        if (len && s[from + len - 1] == '\r') len--;
        if (len) {
            c->rows++;
            if (fn(s + from, len, &p, why)) note_row(c, &p);
            else c->bad++, printf("line %ld: %s\n", number, why);
        }
        from = to + 1;
    }
    problem_free(&p);
    mem_free(file);
    str_free(&in);
    return ok;
}

static int data_check(const char *path) {
    err     e      = {""};
    counts *c      = mem_calloc(1, sizeof *c);
    int     status = CLI_FAILED;
    if (!each_line(path, rows_check, c, &e)) {
        status = cli_fail(&e);
    } else if (!c->rows) {
        err_set(&e, "%s: no rows", path);
        status = cli_fail(&e);
    } else {
        printf("%ld of %ld rows are right\n", c->rows - c->bad, c->rows);
        status = !cli_flush(&e) ? cli_fail(&e) : stop_requested() ? CLI_STOPPED : c->bad ? CLI_FAILED : CLI_OK;
    }
    mem_free(c->hash);
    mem_free(c);
    return status;
}

static long twice(counts *c) {
    long n = 0;
    qsort(c->hash, (size_t)c->n_hash, sizeof *c->hash, hash_order);
    for (long i = 1; i < c->n_hash; i++) n += c->hash[i] == c->hash[i - 1];
    return n;
}

static int data_stats(const char *path) {
    err     e = {""};
    counts *c = mem_calloc(1, sizeof *c);
    int     status;
    if (!each_line(path, rows_read, c, &e)) {
        status = cli_fail(&e);
    } else {
        printf("%-14s %5s %8s %10s %10s %8s %9s %8s\n", "family", "level", "rows", "question", "reasoning", "answer",
               "longest", "slips");
        for (int f = 0; f < family_count() && f < FAMILIES_MAX; f++)
            for (int l = 0; l <= LEVELS_SHOWN; l++) {
                const cell *b = &c->by[f][l];
                double      n = (double)b->n;
                if (b->n)
                    printf("%-14s %5d %8ld %10.1f %10.1f %8.1f %9zu %8ld\n", family_at(f)->name, l, b->n,
                           b->question / n, b->reasoning / n, b->answer / n, b->longest, b->slips);
            }
        printf("%ld rows, %ld unreadable, %ld questions there before (lengths are mean bytes)\n", c->rows, c->bad,
               c->n_hash ? twice(c) : 0);
        status = !cli_flush(&e) ? cli_fail(&e) : c->bad ? CLI_FAILED : CLI_OK;
    }
    mem_free(c->hash);
    mem_free(c);
    return status;
}

int cmd_data(int argc, char **argv) {
    make_options o       = {.n = 10, .seed = 1, .split = "train"};
    opt          table[] = {
                 OPT_INT('l', "level", &o.level, 0, LEVELS_SHOWN, "L", "make: the level; 0 takes all in turn (default)"),
                 OPT_INT('n', "n", &o.n, 1, 1e9, "N", "make: how many rows (default 10)"),
                 OPT_U64('s', "seed", &o.seed, "S", "make: another seed, other rows (default 1)"),
                 OPT_STR(0, "split", &o.split, "NAME", "make: train (default), valid or test"), OPT_END};
    int first, status;
    err e = {""};
    if (!cli_options(table, argc, argv, usage, about, &first, &status)) return status;
    int         n    = argc - first;
    const char *what = n > 0 ? argv[first] : "";
    if (!strcmp(what, "list") && n == 1) return data_list();
    if (!strcmp(what, "make") && n == 2) return data_make(argv[first + 1], &o);
    if (!strcmp(what, "check") && n == 2) return data_check(argv[first + 1]);
    if (!strcmp(what, "stats") && n == 2) return data_stats(argv[first + 1]);
    err_set(&e, "expected list, make FAMILY, check FILE or stats FILE, found %s", n ? what : "nothing");
    return cli_usage("data", &e);
}
