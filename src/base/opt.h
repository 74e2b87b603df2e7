/* opt.h -- command line options from a table; --help is made from the same table.
 *
 *   const char *model = NULL; int n = 256; bool json = false; double temp = 0; uint64_t seed = 0;
 *   opt table[] = {
 *       OPT_STR('m', "model", &model, "FILE", "GGUF file or HF folder"),
 *       OPT_INT(0, "max-tokens", &n, 1, 1 << 20, "N", "longest answer in tokens"),
 *       OPT_F64('t', "temp", &temp, 0, 10, "T", "0 is greedy"),
 *       OPT_BOOL(0, "json", &json, "one JSON object on stdout"),
 *       OPT_END };
 *   int first = opt_parse(table, argc, argv, &e);   // index of the first positional; positionals are moved to the end
 *   if (first == OPT_HELP) { opt_print_help(table, "r1 ask [options] \"question\"", "Ask one question."); return 0; }
 *   if (first < 0) -> usage error: print e.msg, exit 2
 *
 * `--name value`, `--name=value`, `-n value`, `--` ends options. A single '-' is a positional.
 * OPT_MULTI collects repeated values into a str_list.
 * Errors: an unknown option names the nearest known one. */
#ifndef R1_OPT_H
#define R1_OPT_H
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

typedef struct str_list {
    const char **v; /* borrowed from argv */
    int          n, cap;
} str_list;

typedef enum { OPT_T_END, OPT_T_STR, OPT_T_INT, OPT_T_U64, OPT_T_F64, OPT_T_BOOL, OPT_T_MULTI } opt_type;
typedef struct opt {
    opt_type    type;
    char        shortname;
    const char *name;
    void       *out;
    double      lo, hi;
    const char *arg, *help;
} opt;
#define OPT_STR(s, n, o, a, h)                                                                                         \
    { OPT_T_STR, s, n, o, 0, 0, a, h } /* const char ** */
#define OPT_INT(s, n, o, lo, hi, a, h)                                                                                 \
    { OPT_T_INT, s, n, o, lo, hi, a, h } /* int * */
#define OPT_U64(s, n, o, a, h)                                                                                         \
    { OPT_T_U64, s, n, o, 0, 0, a, h } /* uint64_t * */
#define OPT_F64(s, n, o, lo, hi, a, h)                                                                                 \
    { OPT_T_F64, s, n, o, lo, hi, a, h } /* double * */
#define OPT_BOOL(s, n, o, h)                                                                                           \
    { OPT_T_BOOL, s, n, o, 0, 0, NULL, h } /* bool *, set to true */
#define OPT_MULTI(s, n, o, a, h)                                                                                       \
    { OPT_T_MULTI, s, n, o, 0, 0, a, h } /* str_list * */
#define OPT_END                                                                                                        \
    { OPT_T_END, 0, NULL, NULL, 0, 0, NULL, NULL }

enum { OPT_ERROR = -1, OPT_HELP = -2 };
int  opt_parse(const opt *table, int argc, char **argv, err *e);             /* argv[0] is skipped */
void opt_print_help(const opt *table, const char *usage, const char *about); /* to stdout, 80 columns */
void str_list_free(str_list *l);
/* The nearest of n names to `s` by edit distance, or NULL when none is near. */
const char *opt_nearest(const char *s, const char *const *names, int n);
#endif
