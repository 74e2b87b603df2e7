/* stop.h -- Ctrl-C as a question that loops ask, instead of a death in the middle.
 *
 *   stop_install();                        // once, in main: SIGINT, SIGTERM, SIGHUP and SIGUSR1
 *   while (!stop_requested()) step();      // long loops look here and leave cleanly
 *   stop_clear();                          // chat: the answer was stopped, the program goes on
 *
 * The first signal sets a flag; the second SIGINT or SIGTERM ends the process at once (status 128 + signal), for the
 * case that a loop does not look. A reading system call is interrupted (no SA_RESTART), so that a prompt returns too.
 *
 * SIGUSR1 is what mpirun passes on, and what batch systems send before a job's time is up.
 *
 * Errors:  none.
 * Threads: the flag may be read by any; install and clear belong to the main thread. */
#ifndef R1_STOP_H
#define R1_STOP_H
#include <stdbool.h>

void stop_install(void);
bool stop_requested(void);
int  stop_signal(void); /* the signal that asked; 0: none */
void stop_clear(void);
#endif
