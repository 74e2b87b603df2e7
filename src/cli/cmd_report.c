/* cmd_report.c -- `r1 report RUN_DIR`: the run's page anew, from what it left in its folder. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/cmds.h"
#include "eval/report.h"

int cmd_report(int argc, char **argv) {
    int       first, status;
    err       e       = {0};
    const opt table[] = {OPT_END};
    if (!cli_options(table, argc, argv, "r1 report RUN_DIR",
                     "Write RUN_DIR/report.html from a training run's metrics.jsonl, recipe, machine and sample "
                     "answers: one file that needs nothing else. `r1 train` does so at every validation.",
                     &first, &status))
        return status;
    if (argc - first != 1) {
        err_set(&e, "expected one folder, found %d arguments", argc - first);
        return cli_usage("report", &e);
    }
    if (!report_write(argv[first], &e)) return cli_fail(&e);
    printf("%s/report.html\n", argv[first]);
    return cli_flush(&e) ? CLI_OK : cli_fail(&e);
}
