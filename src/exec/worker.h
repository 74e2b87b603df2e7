/* worker.h -- the parts of r1-python, the helper process that runs Python for src/exec/exec.c. It is a program of its
 * own (worker_*.c, linked with libpython and libseccomp) and no part of libr1.a, so that r1 needs neither to start.
 *
 *   worker_main.c    the life of the helper: start, lock, then for each job: fork, wait, answer
 *   worker_lock.c    the walls: rlimits and the two seccomp filters, the helper's and the narrower one of a job
 *   worker_python.c  inside a job: run the code, catch what it prints, refuse with a name what it may not do
 *   worker_calls.c   then the calls: evaluate them, write their values down
 *   prelude.py       run once at start: imports what jobs may import, then takes clocks, files, processes out of reach
 *
 * Who is trusted: the helper before the lock. A job is not, once its code runs. It has no file descriptor at all; what
 * it has to say lies in the `slot`, a page of memory shared with the helper, written by C code that Python cannot
 * reach. The helper believes of it only numbers in range, and only when the process ended in the way that goes with
 * them.
 *
 * Memory:  static, one job at a time.   Errors: one line to r1 before "ready", the slot after it.
 * Threads: none. State is in file-level variables, because signal handlers and audit hooks have no other way to it. */
#ifndef R1_WORKER_H
#define R1_WORKER_H
#include <stdbool.h>
#include <stdint.h>
#include "exec/exec.h"
#include "exec/exec_wire.h"

enum { WORKER_ALIVE = -1 }; /* note.status of a job that has not come to an end */

typedef struct worker_note {              /* what a job says about itself */
    int32_t  status, error_line, syscall; /* the denied call, -1: none; only the helper knows names */
    uint32_t out_n, error_n, value_n;
    int64_t  lines;
    char     error[EXEC_WIRE_ERROR];
} worker_note;

typedef struct worker_slot {
    worker_note note;
    char        out[EXEC_OUT_MAX], value[EXEC_OUT_MAX], calls[EXEC_CALLS_MAX + 1];
    bool        count_lines, probing;
    uint32_t    calls_n;
    char        code[EXEC_CODE_MAX + 1];
} worker_slot;

/* worker_lock.c */
bool worker_lock_prepare(void); /* compiles the filters; before any lock */
bool worker_lock_helper(void);  /* the helper itself: from here on no files, no exec, no sockets */
bool worker_lock_limits(void);  /* rlimits that jobs inherit; needs /proc, so before the lock */
void worker_lock_job(worker_slot *s, int helper_pid); /* in the fork: returns locked, or ends the process */
/* The probes: calls made from a locked job, each of which must end it. The helper tries all before it says "ready". */
int  worker_lock_probes(void);
void worker_lock_probe(worker_slot *s, int i) __attribute__((noreturn));
bool worker_lock_held(const worker_slot *s, int i);
void worker_lock_name(int syscall, char *buf, int n);

/* worker_python.c */
bool worker_python_start(worker_slot *s, char *why, int n);
void worker_python_run(void) __attribute__((noreturn));

/* worker_calls.c: the text of a value at the end of slot->value; runs no code of the job's. */
struct _object;
void worker_calls_start(worker_slot *s);
void worker_calls_put(struct _object *v);
void worker_calls_raised(void); /* takes the exception */

/* Ends a job: the one way out that counts. `error` may be NULL. */
void worker_end(worker_slot *s, exec_status status, const char *error) __attribute__((noreturn));
#endif
