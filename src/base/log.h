/* log.h -- what the program says on stderr: levels and a progress bar.
 *
 *   log_set_level(LOG_QUIET);                 // --quiet: only errors
 *   progress *p = progress_new("pretrain", total_steps);
 *   progress_update(p, step, "loss 1.234  18.2k tok/s");  // rate-limited: 10/s on a terminal, every 5 s elsewhere
 *   progress_free(p);
 *
 * A bar on a terminal is one line redrawn, cut to the terminal's width; elsewhere plain lines.
 * It shows done/total, the text, elapsed and time left.
 * Memory: progress_new allocates, progress_free frees.   Threads: main thread only. */
#ifndef R1_LOG_H
#define R1_LOG_H
#include <stdint.h>
#include "base/err.h"

enum { LOG_QUIET = 0, LOG_WARN = 1, LOG_INFO = 2, LOG_DEBUG = 3 };
void log_set_level(int level);
int  log_level(void);
void log_warn(const char *fmt, ...) R1_PRINTF(1, 2);
void log_info(const char *fmt, ...) R1_PRINTF(1, 2);
void log_debug(const char *fmt, ...) R1_PRINTF(1, 2);

typedef struct progress progress;
progress               *progress_new(const char *label, int64_t total);
void                    progress_update(progress *p, int64_t done, const char *text);
void                    progress_clear(progress *p); /* wipe the line so that other output can be printed */
void                    progress_free(progress *p);  /* draws the last state and ends the line; NULL is fine */
double                  time_now(void);              /* seconds, monotonic */
#endif
