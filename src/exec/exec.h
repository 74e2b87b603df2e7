/* exec.h -- run a small Python program where it can do no harm, and say what it did.
 *
 *   exec *x = exec_shared(&e);                           // one for the whole process, started at the first call
 *   exec_result res = {0};
 *   if (!exec_run(x, &(exec_job){.code = "print(6*7)"}, &res, &e)) ...   // only if the helper cannot be started
 *   if (res.status == EXEC_OK) puts(res.out.p);          // "42\n"
 *   const char *call[] = {"f(3)", "f([])"};              // tests: in the module that the code leaves behind
 *   exec_run(x, &(exec_job){.code = "def f(n): return n + 1", .call = call, .calls = 2}, &res, &e);
 *   puts(res.value.p);                                   // "4\n!TypeError\n"
 *   exec_result_free(&res);
 *
 * A helper process (r1-python: CPython embedded, started once, one a core) is locked down by seccomp and rlimits: no
 * files, no network, no exec, no new processes from inside; each job is a fork of it with the limits below. A job that
 * dies, hangs or misbehaves costs that job alone; a helper that dies is started again. What is refused ends the job at
 * once and has a name ("open is not allowed"), also where the program would have caught the exception.
 *
 * Runs are deterministic: fixed hash seed, no clock, no random source, no address randomisation where the system allows
 * to switch it off. Jobs may import math, statistics, itertools, re, json, datetime, dataclasses and the like (PUBLIC
 * in prelude.py has the list); stdin is empty, stderr goes nowhere, warnings are off. `lines` counts what the program
 * executes, code that it makes itself (exec, dataclass methods) included, the inside of the library not.
 *
 * Calls are evaluated and their values written down in C, from what the objects hold: no __repr__, __eq__, print or
 * sorted of the program has a say, there is no text of ours in its output, and a job and its tests are one fork. A
 * value has a normal form, one line: True is 1, 2.0 is 2, strings, numbers and None as repr, sets and dicts by order of
 * their texts, classes derived from these like these; anything else is "<its type>". An exception is "!TypeError".
 *
 * r1-python is looked for in R1_PYTHON, beside the running program, and at the root of the build tree.
 *
 * Memory:  a result owns its strings; it begins as {0} and may be used again without freeing it.
 * Errors:  exec_run is false only when there is no helper to run anything; what the program does is in res.status.
 * Threads: any number may call at once; they share the helpers. After a fork only the parent may go on using an exec.
 */
#ifndef R1_EXEC_H
#define R1_EXEC_H
#include "base/err.h"
#include "base/str.h"

/* What one job may use. */
enum {
    EXEC_CPU_SECONDS  = 1,
    EXEC_WALL_SECONDS = 2,
    EXEC_WALL_MOST    = 10, /* while it waits for its share of a busy machine */
    EXEC_MEMORY_MB    = 64, /* beyond what the interpreter has already */
    EXEC_OUT_MAX      = 65536,
    EXEC_CODE_MAX     = 1 << 20, /* bytes of code */
    EXEC_CALLS_MAX    = 65536    /* bytes of all calls */
};

typedef enum {
    EXEC_OK,      /* ran to its end */
    EXEC_RAISED,  /* an uncaught exception, also SyntaxError and sys.exit: res.error is "ValueError: ..." (one line) */
    EXEC_TIMEOUT, /* CPU, or wall clock without using much of it */
    EXEC_MEMORY,  /* MemoryError or over the limit */
    EXEC_OUTPUT,  /* more output than allowed (res.out holds the beginning) */
    EXEC_DENIED,  /* tried what is not allowed: files, network, processes, ctypes; res.error names it */
    EXEC_DIED     /* a crash: res.error names the signal */
} exec_status;
const char *exec_status_name(exec_status s); /* "ok", "raised", "timeout", ... */

typedef struct exec_job {
    const char        *code; /* a Python module; may hold any bytes but NUL */
    const char *const *call; /* expressions evaluated after it */
    int                calls;
    bool               count_lines; /* count executed lines of the code, also under the calls, into res.lines */
    bool               again_same;  /* the result of the same job, if that was run a moment ago, will do: as runs are
                                       deterministic, only whoever measures or attacks the executor wants another */
} exec_job;
typedef struct exec_result {
    exec_status status;
    str         out;        /* what it printed: any bytes */
    str         value;      /* a line for each call */
    str         error;      /* one line; empty when OK */
    int         error_line; /* of an uncaught exception in the code, from 1; 0: none */
    long        lines;      /* executed lines (count_lines); deterministic */
} exec_result;
void exec_result_free(exec_result *r);

typedef struct exec exec;
exec               *exec_open(int helpers, err *e) R1_MUST_USE; /* helpers 0: one a core */
void                exec_close(exec *x);
exec               *exec_shared(err *e) R1_MUST_USE; /* never closed by callers */
/* At the end of a program, when nobody calls any more: waits for the helpers, so that their time is this process's. */
void exec_shared_close(void);
bool exec_run(exec *x, const exec_job *job, exec_result *res, err *e);
/* n jobs at once over all helpers, results in order. */
bool exec_run_all(exec *x, const exec_job *job, int n, exec_result *res, err *e);
#endif
