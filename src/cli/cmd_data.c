/* cmd_data.c -- r1 data: problems with known answers, and corpora made of them. */
#include "cli/cmd_data.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fs.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/cmds.h"
#include "exec/exec.h"

static const char usage[] = "r1 data list | make WHAT | check|stats|curate FILE | corpus MANIFEST";
static const char about[] =
    "Problems whose answers can be checked. list: the task families. make: JSON lines with question, worked solution "
    "and answer on stdout, of a family, a field or `all`; the same seed makes the same rows. check: verifies each row "
    "of a file (- is stdin) and says which are wrong and why. stats: how many there are of what, how long they are, "
    "which words they use, what is there twice or in an evaluation set. curate: writes the rows that are right, new "
    "and in no evaluation set. corpus: the same for a mix of sources (docs/DATA.md).";

enum { LEVEL_MAX = 16, WIDE = 80 };

/* `about` in the columns from `col` on, broken at blanks. */
static void put_wrapped(const char *s, int col) {
    while (*s) {
        size_t n = strlen(s), room = (size_t)(WIDE - col);
        if (n > room)
            for (n = room; n > 1 && s[n] != ' ';) n--;
        printf("%.*s\n", (int)n, s);
        s += n;
        while (*s == ' ') s++;
        if (*s) printf("%*s", col, "");
    }
}

static int by_field(const void *a, const void *b) {
    static const char *const order[] = {"education", "programming", "research", "business"};
    const family            *x = *(const family *const *)a, *y = *(const family *const *)b;
    int                      fx = 9, fy = 9;
    for (int i = 0; i < 4; i++) {
        if (!strcmp(x->field, order[i])) fx = i;
        if (!strcmp(y->field, order[i])) fy = i;
    }
    return fx != fy ? fx - fy : strcmp(x->field, y->field) ? strcmp(x->field, y->field) : strcmp(x->name, y->name);
}

static int data_list(void) {
    err            e    = {""};
    int            n    = family_count();
    const family **f    = mem_calloc((size_t)n + 1, sizeof *f);
    int            wide = 6;
    for (int i = 0; i < n; i++) {
        f[i]  = family_at(i);
        int w = (int)strlen(f[i]->name);
        wide  = w > wide ? w : wide;
    }
    qsort(f, (size_t)n, sizeof *f, by_field);
    printf("%-*s %-11s %6s  %s\n", wide, "family", "field", "levels", "about");
    for (int i = 0; i < n; i++) {
        printf("%-*s %-11s %6d  ", wide, f[i]->name, f[i]->field, f[i]->levels);
        put_wrapped(f[i]->about, wide + 21);
    }
    mem_free(f);
    return cli_flush(&e) ? CLI_OK : cli_fail(&e);
}

bool cmd_data_split(const char *s, split_id *out, err *e) {
    static const char *const name[] = {"train", "valid", "test"};
    for (int i = 0; i < 3; i++)
        if (!strcmp(s, name[i])) return *out = (split_id)i, true;
    return err_set(e, "--split %.40s, expected train, valid or test", s);
}

bool cmd_data_against(const cmd_data_options *o, char *const *more, int n, contam **out, err *e) {
    contam *c = contam_new();
    *out      = NULL;
    for (int i = 0; i < n; i++) {
        if (!fs_exists(more[i])) log_warn("%s is not there: nothing is compared with it", more[i]);
        else if (!contam_add(c, more[i], e)) goto fail;
    }
    for (int i = 0; i < o->against.n; i++)
        if (!contam_add(c, o->against.v[i], e)) goto fail;
    if (contam_sets(c)) *out = c;
    else contam_free(c);
    return true;
fail:
    contam_free(c);
    return false;
}

static int run(int n, char **argv, const cmd_data_options *o) {
    err         e    = {""};
    const char *what = n > 0 ? argv[0] : "";
    if (!strcmp(what, "list") && n == 1) return data_list();
    if (!strcmp(what, "make") && n == 2) return cmd_data_make(argv[1], o);
    if (!strcmp(what, "check") && n == 2) return cmd_data_check(argv[1]);
    if (!strcmp(what, "stats") && n >= 2) return cmd_data_stats(argv + 1, n - 1, o);
    if (!strcmp(what, "curate") && n == 2) return cmd_data_curate(argv[1], o);
    if (!strcmp(what, "corpus") && n == 2) return cmd_data_corpus(argv[1], o);
    err_set(&e, "expected list, make FAMILY, check FILE, stats FILE, curate FILE or corpus MANIFEST, found %s",
            n ? what : "nothing");
    return cli_usage("data", &e);
}

int cmd_data(int argc, char **argv) {
    cmd_data_options o       = {.n = 10, .seed = 1, .split = "train", .rows = 100000};
    opt              table[] = {
                     OPT_INT('l', "level", &o.level, 0, LEVEL_MAX, "L", "make: the level; 0 takes all in turn (default)"),
                     OPT_INT('n', "n", &o.n, 1, 1e9, "N", "make: how many rows (default 10)"),
                     OPT_U64('s', "seed", &o.seed, "S", "make, corpus: another seed, other rows (default 1)"),
                     OPT_STR(0, "split", &o.split, "NAME", "make, corpus: train (default), valid or test"),
                     OPT_STR('o', "out", &o.out, "FILE", "curate, corpus: where the rows that stay are written"),
                     OPT_F64(0, "rows", &o.rows, 1, 1e12, "N", "corpus: how many rows (default 100000)"),
                     OPT_F64(0, "near", &o.near, 0, 2, "J", "similarity of near copies (default 0.8; 2: they stay)"),
                     OPT_MULTI(0, "against", &o.against, "PATH", "evaluation set, file or folder, to keep apart; may be repeated"),
                     OPT_STR(0, "svg", &o.svg, "FILE", "stats, corpus: draw the figures, too"),
                     OPT_END};
    int first, status;
    if (!cli_options(table, argc, argv, usage, about, &first, &status)) {
        str_list_free(&o.against);
        return status;
    }
    status = run(argc - first, argv + first, &o);
    exec_shared_close(); /* what its helpers took is seen in the time of this command */
    str_list_free(&o.against);
    return status;
}
