/* The walls around a job. Two seccomp filters, one on top of the other:
 * the helper's, installed once, has what it takes to fork, wait and answer (no open, no exec, no socket, no clone but
 * fork); the job's, installed in every fork, has memory of its own and a way to end, not even read and write.
 * Both are lists of what is allowed. A denied call raises SIGSYS, whose handler writes the number down and ends the
 * job: that is how a refusal gets its name. Whoever manages to undo the handler dies of the signal instead.
 *
 * libseccomp compiles the filters (it knows the other ABIs of the machine, which are the usual way around such a list);
 * the job's is kept as BPF, because compiling costs more than the job. */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exec/worker.h"

enum { MAX_BPF = 512 };

static struct sock_filter job_code[MAX_BPF], helper_code[MAX_BPF];
static struct sock_fprog  job_filter = {.filter = job_code}, helper_filter = {.filter = helper_code};
static worker_slot       *locked_slot; /* of the job that this process is; NULL in the helper */

/* ---- the lists */
#define ALLOW(name, ...) (seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(name), __VA_ARGS__) == 0)

static bool memory_rules(scmp_filter_ctx c) {
    return ALLOW(mmap, 3, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                 SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS | MAP_SHARED | MAP_FIXED, MAP_ANONYMOUS),
                 SCMP_A4(SCMP_CMP_MASKED_EQ, 0xffffffffu, 0xffffffffu)) &&
           ALLOW(munmap, 0) && ALLOW(mremap, 0) && ALLOW(brk, 0) && ALLOW(madvise, 0) && ALLOW(futex, 0) &&
           ALLOW(exit_group, 0) && ALLOW(exit, 0);
}

static bool helper_rules(scmp_filter_ctx c) {
    static const int plain[] = {
        SCMP_SYS(read),
        SCMP_SYS(write),
        SCMP_SYS(sendmsg),
        SCMP_SYS(recvfrom),
        SCMP_SYS(ppoll),
        SCMP_SYS(wait4),
        SCMP_SYS(close),
        SCMP_SYS(close_range),
        SCMP_SYS(getpid),
        SCMP_SYS(getppid),
        SCMP_SYS(clock_gettime),
        SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(rt_sigreturn),
        SCMP_SYS(seccomp),
        SCMP_SYS(prlimit64),
        SCMP_SYS(restart_syscall),
        SCMP_SYS(set_robust_list), /* and the other calls of fork in glibc */
        SCMP_SYS(rseq),
        SCMP_SYS(gettid),
    };
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (seccomp_rule_add(c, SCMP_ACT_ALLOW, plain[i], 0) != 0) return false;
    const unsigned not_fork = CLONE_VM | CLONE_THREAD | CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET;
    return memory_rules(c) && ALLOW(clone, 1, SCMP_A0(SCMP_CMP_MASKED_EQ, not_fork, 0)) &&
           ALLOW(kill, 1, SCMP_A1(SCMP_CMP_EQ, SIGKILL)) && ALLOW(prctl, 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_PDEATHSIG)) &&
           ALLOW(prctl, 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP));
}

/* libseccomp writes BPF to a file only. */
static bool compile(bool (*rules)(scmp_filter_ctx), struct sock_fprog *p, struct sock_filter *code) {
    scmp_filter_ctx c  = seccomp_init(SCMP_ACT_TRAP);
    int             fd = memfd_create("filter", MFD_CLOEXEC);
    bool            ok = false;
    if (!c || fd < 0 || !rules(c) || seccomp_export_bpf(c, fd) != 0) goto done;
    ssize_t n = pread(fd, code, MAX_BPF * sizeof *code, 0);
    if (n <= 0 || n == (ssize_t)(MAX_BPF * sizeof *code)) goto done;
    p->len = (unsigned short)((size_t)n / sizeof *code);
    ok     = true;
done:
    if (c) seccomp_release(c);
    if (fd >= 0) close(fd);
    return ok;
}

static bool install(const struct sock_fprog *p) {
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, p) == 0 ||
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, p, 0, 0) == 0;
}

/* ---- SIGSYS */
static void on_denied(int sig, siginfo_t *info, void *context) {
    (void)sig, (void)context;
    worker_slot *s = locked_slot;
    if (!s) _exit(3); /* the helper itself: a bug here, which r1 sees as a helper that died */
    /* Nothing of a job's can write; CPython and malloc do before they abort, and the crash is what should be told. */
    if (!s->probing && (info->si_syscall == SYS_write || info->si_syscall == SYS_writev))
        worker_end(s, EXEC_DIED, "crashed: the interpreter found itself broken");
    s->note.syscall = info->si_syscall;
    s->note.status  = EXEC_DENIED;
    _exit(0);
}

void worker_lock_name(int nr, char *buf, int n) {
    char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, nr);
    if (name) snprintf(buf, (size_t)n, "%s is not allowed", name);
    else snprintf(buf, (size_t)n, "system call %d is not allowed", nr);
    free(name);
}

bool worker_lock_prepare(void) {
    struct sigaction a = {.sa_flags = SA_SIGINFO};
    a.sa_sigaction     = on_denied;
    return compile(helper_rules, &helper_filter, helper_code) && compile(memory_rules, &job_filter, job_code) &&
           sigaction(SIGSYS, &a, NULL) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

bool worker_lock_helper(void) { return install(&helper_filter); }

/* ---- limits */
static bool limit(int what, rlim_t n) {
    struct rlimit r = {n, n}, old;
    if (getrlimit(what, &old) == 0 && old.rlim_max != RLIM_INFINITY && old.rlim_max < n)
        r.rlim_cur = r.rlim_max = old.rlim_max;
    return setrlimit(what, &r) == 0;
}

static long pages_mapped(void) {
    long  n = -1;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f) return -1;
    if (fscanf(f, "%ld", &n) != 1) n = -1;
    fclose(f);
    return n;
}

bool worker_lock_limits(void) {
    long pages = pages_mapped();
    if (pages < 0) return false;
    rlim_t all = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + ((rlim_t)EXEC_MEMORY_MB << 20);
    return limit(RLIMIT_AS, all) && limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_MEMLOCK, 0) &&
           limit(RLIMIT_MSGQUEUE, 0) && limit(RLIMIT_NOFILE, EXEC_WIRE_FD + 1);
}

/* ---- does it hold? */
/* What a job would try that got hold of the machine code of the process. */
static const int probes[] = {
    SYS_openat,   SYS_read,      SYS_write,         SYS_socket,       SYS_execve,           SYS_clone,
    SYS_kill,     SYS_ptrace,    SYS_prctl,         SYS_rt_sigaction, SYS_setrlimit,        SYS_getpid,
    SYS_mprotect, SYS_getrandom, SYS_clock_gettime, SYS_nanosleep,    SYS_sched_setaffinity};

int worker_lock_probes(void) { return sizeof probes / sizeof *probes; }

void worker_lock_probe(worker_slot *s, int i) {
    syscall(probes[i], 0L, 0L, 0L, 0L, 0L, 0L);
    worker_end(s, EXEC_OK, NULL);
}

bool worker_lock_held(const worker_slot *s, int i) {
    return s->note.status == EXEC_DENIED && s->note.syscall == probes[i];
}

void worker_lock_job(worker_slot *s, int helper_pid) {
    /* One second more for the hard limit, which kills: the soft one has a name. */
    struct rlimit cpu = {EXEC_CPU_SECONDS, EXEC_CPU_SECONDS + 1};
    locked_slot       = s;
    if (syscall(SYS_close_range, 0u, ~0u, 0u) != 0)
        for (int fd = 0; fd <= EXEC_WIRE_FD; fd++) close(fd);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || getppid() != helper_pid || setrlimit(RLIMIT_CPU, &cpu) != 0 ||
        !install(&job_filter))
        worker_end(s, EXEC_DIED, "the job could not be locked in");
}
