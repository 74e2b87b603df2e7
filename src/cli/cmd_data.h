/* cmd_data.h -- the parts of `r1 data`, one file each.
 *
 *   if (!strcmp(what, "check")) return cmd_data_check(files[0]);
 *
 * Memory: each frees what it took.   Errors: the exit status; what is wrong was said.   Threads: main thread. */
#ifndef R1_CMD_DATA_H
#define R1_CMD_DATA_H
#include "base/opt.h"
#include "data/contam.h"
#include "data/curate.h"

typedef struct cmd_data_options {
    int         level, n;
    double      rows, near;
    uint64_t    seed;
    const char *split, *svg, *out;
    str_list    against;
} cmd_data_options;

int cmd_data_make(const char *what, const cmd_data_options *o);
int cmd_data_check(const char *path);
int cmd_data_stats(char **path, int n, const cmd_data_options *o);
int cmd_data_curate(const char *path, const cmd_data_options *o);
int cmd_data_corpus(const char *path, const cmd_data_options *o);

bool cmd_data_split(const char *s, split_id *out, err *e);
/* The evaluation sets named by --against and, before them, `more` (n of them, those that are there; the others are
 * said); NULL in *out when there are none. */
bool cmd_data_against(const cmd_data_options *o, char *const *more, int n, contam **out, err *e);
#endif
