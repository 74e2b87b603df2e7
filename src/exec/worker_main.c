/* r1-python -- runs Python jobs for r1 (exec.c), each in a locked fork of itself. Not for use by hand.
 *
 * The life of it: become reproducible (no address randomisation, a known stack limit), start CPython, load and scrub
 * the library, lock, say "ready"; then for each job fork, wait, answer. It ends when r1 does: r1's end of the socket
 * closes, or the kernel sends SIGKILL. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "exec/worker.h"

static worker_slot *slot;

/* ---- the socket */
static bool receive(void *p, size_t n) {
    for (char *q = p; n > 0;) {
        ssize_t k = recv(EXEC_WIRE_FD, q, n, 0);
        if (k < 0 && errno == EINTR) continue;
        if (k <= 0) return false;
        q += k;
        n -= (size_t)k;
    }
    return true;
}

static bool answer(const exec_wire_answer *a, const char *out, const char *value, const char *error) {
    struct iovec  v[4] = {{(void *)(uintptr_t)a, sizeof *a},
                          {(void *)(uintptr_t)out, a->out},
                          {(void *)(uintptr_t)value, a->value},
                          {(void *)(uintptr_t)error, a->error}};
    struct iovec *p    = v;
    int           n    = 4;
    while (n > 0) {
        struct msghdr m = {.msg_iov = p, .msg_iovlen = (size_t)n};
        ssize_t       k = sendmsg(EXEC_WIRE_FD, &m, MSG_NOSIGNAL);
        if (k < 0 && errno == EINTR) continue;
        if (k < 0) return false;
        while (n > 0 && (size_t)k >= p->iov_len) k -= (ssize_t)p->iov_len, p++, n--;
        if (n > 0) p->iov_base = (char *)p->iov_base + k, p->iov_len -= (size_t)k;
    }
    return true;
}

/* ---- one job */
static void on_child(int sig) { (void)sig; }

static long ms_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static long cpu_us(pid_t pid) {
    clockid_t       c = (clockid_t)(~(unsigned)pid << 3 | 2); /* as clock_getcpuclockid makes it, with a call less */
    struct timespec t = {0, 0};
    clock_gettime(c, &t);
    return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* On a machine with other work a job may get little of a CPU. Then it is not the job that hangs: it gets more time, as
 * long as it uses any (a job cannot sleep, only block itself for good), up to a bound. So what a program does to it
 * depends less on what else is running. */
static bool more_time(pid_t pid, long start, long *end, long *used) {
    long now = ms_now(), cpu = cpu_us(pid), before = *used;
    if (now - start >= EXEC_WALL_MOST * 1000L || cpu == before) return false;
    *used = cpu;
    *end  = now + EXEC_WALL_SECONDS * 1000L;
    if (*end > start + EXEC_WALL_MOST * 1000L) *end = start + EXEC_WALL_MOST * 1000L;
    return true;
}

/* Waits for the job to end; kills it when its time is over, or when r1 is gone. SIGCHLD is blocked except inside ppoll,
 * so that it cannot come between the look and the wait. */
static bool wait_for(pid_t pid, int *status, struct rusage *used, bool *late) {
    long start = ms_now(), end = start + EXEC_WALL_SECONDS * 1000, cpu = 0;
    *late = false;
    sigset_t open;
    sigemptyset(&open);
    for (;;) {
        pid_t p = wait4(pid, status, *late ? 0 : WNOHANG, used);
        if (p == pid) return true;
        if (p < 0 && errno != EINTR) return false;
        if (p != 0) continue;
        long            left = end - ms_now();
        struct timespec t    = {left / 1000, left % 1000 * 1000000};
        struct pollfd   f    = {.fd = EXEC_WIRE_FD, .events = POLLRDHUP};
        if (left > 0 && ppoll(&f, 1, &t, &open) > 0) {
            kill(pid, SIGKILL); /* r1 closed its end */
            return false;
        }
        if (left <= 0 && !more_time(pid, start, &end, &cpu)) {
            *late = true;
            kill(pid, SIGKILL);
        }
    }
}

static void set_answer(exec_wire_answer *a, exec_status s, char *error, const char *text) {
    a->status = (int32_t)s;
    snprintf(error, EXEC_WIRE_ERROR, "%s", text);
    a->error = (uint32_t)strlen(error);
}

/* What a dead job was: how the process ended decides, what it wrote down only fills in the rest. */
static void judge(int status, const struct rusage *used, bool late, exec_wire_answer *a, char *error) {
    char        text[96];
    worker_note now = slot->note; /* once: the numbers checked are the numbers used */
    a->out          = now.out_n <= EXEC_OUT_MAX ? now.out_n : 0;
    a->value        = now.value_n <= EXEC_OUT_MAX ? now.value_n : 0;
    a->lines        = now.lines;
    if (WIFEXITED(status) && !late) {
        if (now.status < EXEC_OK || now.status > EXEC_DIED) {
            set_answer(a, EXEC_DIED, error, "the program left before its end");
        } else if (now.status == EXEC_DENIED && now.syscall >= 0) {
            worker_lock_name(now.syscall, text, sizeof text);
            set_answer(a, EXEC_DENIED, error, text);
        } else {
            a->status     = now.status;
            a->error_line = now.error_line;
            a->error      = now.error_n < EXEC_WIRE_ERROR ? now.error_n : 0;
            memcpy(error, now.error, a->error);
        }
        return;
    }
    long ms = used->ru_utime.tv_sec * 1000 + used->ru_utime.tv_usec / 1000 + used->ru_stime.tv_sec * 1000 +
              used->ru_stime.tv_usec / 1000;
    int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (late || sig == SIGXCPU || ms >= EXEC_CPU_SECONDS * 1000) {
        if (late) snprintf(text, sizeof text, "no end after %d s", EXEC_WALL_SECONDS);
        else snprintf(text, sizeof text, "more than %d s of CPU time", EXEC_CPU_SECONDS);
        set_answer(a, EXEC_TIMEOUT, error, text);
        a->lines = 0; /* as many as the machine was fast */
    } else if (sig == SIGSYS) {
        set_answer(a, EXEC_DENIED, error, "a system call that is not allowed");
    } else if (sig == SIGKILL) {
        set_answer(a, EXEC_MEMORY, error, "killed, as the kernel does when memory runs out");
    } else {
        const char *name = sigabbrev_np(sig);
        snprintf(text, sizeof text, "crashed: SIG%.20s", name ? name : "?");
        set_answer(a, EXEC_DIED, error, text);
    }
}

/* One fork. probe < 0: the code in the slot; else what a probe does. False: it could not be waited for. */
static bool start_job(int probe, int *status, struct rusage *used, bool *late) {
    slot->note    = (worker_note){.status = WORKER_ALIVE, .syscall = -1};
    slot->probing = probe >= 0;
    pid_t me = getpid(), pid = fork();
    if (pid == 0) {
        worker_lock_job(slot, me);
        if (probe >= 0) worker_lock_probe(slot, probe);
        worker_python_run();
    }
    if (pid < 0) {
        slot->note.status = EXEC_DIED;
        slot->note.error_n =
            (uint32_t)snprintf(slot->note.error, EXEC_WIRE_ERROR, "no process for the job: %s", strerror(errno));
        *status = 0, *late = false;
        return true;
    }
    return wait_for(pid, status, used, late);
}

static bool run(const exec_wire_ask *ask) {
    exec_wire_answer a = {.magic = EXEC_WIRE_MAGIC};
    char             error[EXEC_WIRE_ERROR];
    struct rusage    used;
    int              status;
    bool             late;
    slot->count_lines     = (ask->flags & EXEC_WIRE_LINES) != 0;
    slot->calls_n         = ask->calls;
    slot->code[ask->code] = slot->calls[ask->calls] = 0;
    if (!start_job(-1, &status, &used, &late)) return false;
    judge(status, &used, late, &a, error);
    if (a.status != EXEC_OK) a.value = 0;
    return answer(&a, slot->out, slot->value, error);
}

/* Some places take a filter and do not follow it (emulators, mostly). */
static bool walls_hold(void) {
    struct rusage used;
    int           status;
    bool          late;
    for (int i = 0; i < worker_lock_probes(); i++)
        if (!start_job(i, &status, &used, &late) || !WIFEXITED(status) || !worker_lock_held(slot, i)) return false;
    return true;
}

/* ---- start */
static int say_no(const char *why) {
    exec_wire_answer a = {.magic = EXEC_WIRE_MAGIC, .status = EXEC_DIED, .error = (uint32_t)strlen(why)};
    if (!answer(&a, "", "", why)) fprintf(stderr, "r1-python: %s\n", why);
    return 1;
}

/* Object addresses show: in id(), in the order of a set that holds None or a class. So the same ones every time, where
 * the system lets a process ask for that (some containers do not); it takes an exec to come into force. */
static void become_reproducible(char **argv) {
    static char *const env[]   = {(char *)(uintptr_t) "LC_ALL=C", (char *)(uintptr_t) "TZ=UTC0", NULL};
    struct rlimit      stack   = {8u << 20, 8u << 20};
    char *const        again[] = {argv[0], (char *)(uintptr_t) "ready", NULL};
    setrlimit(RLIMIT_STACK, &stack);
    int old = personality(0xffffffff);
    if (old != -1) personality((unsigned long)old | ADDR_NO_RANDOMIZE);
    execve("/proc/self/exe", again, env);
}

static bool handlers(void) {
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGPIPE}; /* meant for r1, which decides */
    struct sigaction a         = {.sa_handler = SIG_IGN};
    sigset_t         child;
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) sigaction(ignored[i], &a, NULL);
    a.sa_handler = on_child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    return sigaction(SIGCHLD, &a, NULL) == 0 && sigprocmask(SIG_SETMASK, &child, NULL) == 0;
}

int main(int argc, char **argv) {
    char      why[EXEC_WIRE_ERROR] = "";
    int       type;
    socklen_t n = sizeof type;
    if (getsockopt(EXEC_WIRE_FD, SOL_SOCKET, SO_TYPE, &type, &n) != 0) {
        fprintf(stderr, "r1-python runs Python programs for r1, which starts it; it is of no use by itself\n");
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); /* r1 already gone: then the socket is closed */
    if (argc < 2) become_reproducible(argv);   /* and go on without it if that failed */
    syscall(SYS_close_range, (unsigned)EXEC_WIRE_FD + 1, ~0u, 0u);
    prctl(PR_SET_NAME, "r1-python", 0, 0, 0); /* not "exe" */
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);    /* a huge page would be copied whole by each fork that writes to it */
    slot = mmap(NULL, sizeof *slot, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (slot == MAP_FAILED || !handlers()) return say_no("no memory");
    if (!worker_lock_prepare()) return say_no("seccomp filters cannot be made here; nothing is run without them");
    if (!worker_python_start(slot, why, sizeof why)) return say_no(why);
    if (!worker_lock_limits()) return say_no("resource limits cannot be set (is /proc mounted?)");
    if (!worker_lock_helper()) return say_no("seccomp filters cannot be installed here; nothing is run without them");
    if (!walls_hold()) return say_no("seccomp filters are not followed here; nothing is run without them");

    exec_wire_ask    ask   = {.code = 0};
    exec_wire_answer ready = {.magic = EXEC_WIRE_MAGIC, .status = EXEC_OK};
    if (!answer(&ready, "", "", "")) return 1;
    while (receive(&ask, sizeof ask)) {
        if (ask.magic != EXEC_WIRE_MAGIC || ask.code > EXEC_CODE_MAX || ask.calls > EXEC_CALLS_MAX ||
            !receive(slot->code, ask.code) || !receive(slot->calls, ask.calls))
            return 1;
        if (!run(&ask)) return 1;
    }
    return 0;
}
