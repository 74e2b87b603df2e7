/* cmds.h -- the subcommands: one file each, one function each.
 *
 *   int cmd_ask(int argc, char **argv);    // argv[0] is the command's name; returns the exit status
 *
 * Exit status: 0 done; 1 it failed, and one line on stderr says why; 2 wrong usage; 130 stopped by Ctrl-C.
 * Every command answers --help on stdout with status 0.
 * Memory: each frees what it took.   Threads: main thread. */
#ifndef R1_CMDS_H
#define R1_CMDS_H

int cmd_ask(int argc, char **argv);
int cmd_chat(int argc, char **argv);
int cmd_train(int argc, char **argv);
int cmd_data(int argc, char **argv);
int cmd_eval(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_convert(int argc, char **argv);
int cmd_logits(int argc, char **argv);
int cmd_tokenize(int argc, char **argv);
int cmd_bench(int argc, char **argv);
int cmd_info(int argc, char **argv);
#endif
