/* The pool. A thread for each helper takes jobs from one queue and talks to its helper; whoever calls waits on a
 * condition. While a helper runs one job the next already lies in its socket, so that it never waits for r1.
 *
 * Helpers are started by posix_spawn (this process has threads, whose locks a plain fork would copy in any state) and
 * from the thread that serves them, because the death signal that a helper asks for comes when that thread ends. */
#include "exec/exec.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/par.h"
#include "base/rng.h"
#include "exec/exec_wire.h"

enum {
    MAX_HELPERS  = 64,
    SMALL        = 16384, /* a program that fits into the socket beside another, so that sending it cannot wait */
    START_MS     = 60000,
    ANSWER_MS    = (EXEC_WALL_MOST + 20) * 1000, /* a helper that takes longer is stuck itself */
    MOST_RESTART = 3,                            /* in a row without an answer in between */
    MEMO         = 64                            /* jobs whose results are kept, the small ones */
};

typedef struct batch { /* the jobs of one call */
    int            left;
    bool           failed;
    err            e;
    pthread_cond_t done;
} batch;

typedef struct request {
    const exec_job *job;
    exec_result    *res;
    batch          *b;
    struct request *next;
    size_t          n; /* bytes of code and calls */
    uint32_t        calls;
    int             tries;
} request;

typedef struct memo {
    uint64_t    hash;
    str         text; /* of the job: its code, then its calls, each with a NUL */
    exec_result res;
} memo;

typedef struct helper {
    exec     *x;
    pthread_t thread;
    pid_t     pid; /* 0: none */
    int       fd;
    bool      ready, failed;
    err       e;
    int       restarts;
} helper;

struct exec {
    pthread_mutex_t lock; /* everything below, but for a helper's own fields, which belong to its thread */
    pthread_cond_t  work, started;
    request        *head, *tail;
    bool            closing;
    int             n, idle, open; /* helpers, those that wait for work, those that have said whether they started */
    char            path[4096];
    memo            memo[MEMO]; /* a ring */
    int             memos;
    helper          h[MAX_HELPERS];
};

const char *exec_status_name(exec_status s) {
    static const char *const name[] = {"ok", "raised", "timeout", "memory", "output", "denied", "died"};
    return (unsigned)s < sizeof name / sizeof *name ? name[s] : "?";
}

void exec_result_free(exec_result *r) {
    str_free(&r->out);
    str_free(&r->value);
    str_free(&r->error);
    *r = (exec_result){0};
}

static void result_set(exec_result *r, exec_status s, const char *error) {
    r->status     = s;
    r->error_line = 0;
    r->lines      = 0;
    str_clear(&r->out);
    str_clear(&r->value);
    str_clear(&r->error);
    str_add(&r->error, error);
}

/* ---- where the helper is */
static bool executable(const char *dir, size_t n, const char *tail, char *path, size_t size) {
    return snprintf(path, size, "%.*s/%s", (int)n, dir, tail) < (int)size && access(path, X_OK) == 0;
}

static bool find_helper(char *path, size_t size, err *e) {
    const char *env = getenv("R1_PYTHON");
    char        self[4096];
    if (env && *env) {
        if (snprintf(path, size, "%s", env) < (int)size && access(path, X_OK) == 0) return true;
        return err_set(e, "R1_PYTHON: %s: %s", env, strerror(errno));
    }
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0) return err_set(e, "/proc/self/exe: %s (R1_PYTHON can name r1-python)", strerror(errno));
    self[n]     = 0;
    char *slash = strrchr(self, '/'), *build = strstr(self, "/build/");
    *slash = 0;
    if (executable(self, strlen(self), "r1-python", path, size)) return true;
    /* a test: build/tests/x or build/asan/tests/x */
    if (build && executable(self, strlen(self), "../r1-python", path, size)) return true;
    if (build && executable(self, (size_t)(build - self), "r1-python", path, size)) return true;
    return err_set(e,
                   "no r1-python in %s: it runs Python programs, `make` builds it where libpython3-dev and "
                   "libseccomp-dev are installed (R1_PYTHON names another place)",
                   self);
}

/* ---- the socket */
static bool send_all(int fd, const void *p, size_t n, int more) {
    for (const char *q = p; n > 0;) {
        ssize_t k = send(fd, q, n, MSG_NOSIGNAL | more);
        if (k < 0 && errno == EINTR) continue;
        if (k <= 0) return false;
        q += k;
        n -= (size_t)k;
    }
    return true;
}

static bool receive_all(int fd, void *p, size_t n, int ms) {
    for (char *q = p; n > 0;) {
        struct pollfd f = {.fd = fd, .events = POLLIN};
        int           r = poll(&f, 1, ms);
        if (r < 0 && errno == EINTR) continue;
        if (r <= 0) return false;
        ssize_t k = recv(fd, q, n, 0);
        if (k < 0 && errno == EINTR) continue;
        if (k <= 0) return false;
        q += k;
        n -= (size_t)k;
    }
    return true;
}

static bool receive_str(int fd, str *s, size_t n) {
    char buf[4096];
    str_clear(s);
    while (n > 0) {
        size_t k = n < sizeof buf ? n : sizeof buf;
        if (!receive_all(fd, buf, k, ANSWER_MS)) return false;
        str_addn(s, buf, k);
        n -= k;
    }
    return true;
}

static bool receive_answer(int fd, exec_result *r, int ms) {
    exec_wire_answer a;
    if (!receive_all(fd, &a, sizeof a, ms)) return false;
    if (a.magic != EXEC_WIRE_MAGIC || a.status < EXEC_OK || a.status > EXEC_DIED || a.out > EXEC_OUT_MAX ||
        a.value > EXEC_OUT_MAX || a.error >= EXEC_WIRE_ERROR)
        return false;
    r->status     = (exec_status)a.status;
    r->error_line = a.error_line;
    r->lines      = (long)a.lines;
    return receive_str(fd, &r->out, a.out) && receive_str(fd, &r->value, a.value) &&
           receive_str(fd, &r->error, a.error);
}

static bool send_ask(int fd, const request *q) {
    size_t        code = q->n - q->calls;
    exec_wire_ask a    = {EXEC_WIRE_MAGIC, q->job->count_lines ? EXEC_WIRE_LINES : 0, (uint32_t)code, q->calls};
    if (!send_all(fd, &a, sizeof a, q->n ? MSG_MORE : 0) || !send_all(fd, q->job->code, code, q->calls ? MSG_MORE : 0))
        return false;
    for (int i = 0; i < q->job->calls; i++)
        if (!send_all(fd, q->job->call[i], strlen(q->job->call[i]) + 1, i + 1 < q->job->calls ? MSG_MORE : 0))
            return false;
    return true;
}

/* ---- the process */
static void helper_stop(helper *h) {
    if (!h->pid) return;
    close(h->fd);
    kill(h->pid, SIGKILL); /* its job goes with it */
    while (waitpid(h->pid, NULL, 0) < 0 && errno == EINTR) {}
    h->pid = 0;
}

static bool spawn(const char *path, int fd, pid_t *pid, err *e) {
    char *const                argv[] = {(char *)(uintptr_t)path, NULL}, *env[] = {NULL};
    posix_spawn_file_actions_t f;
    posix_spawnattr_t          a;
    sigset_t                   none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&f);
    posix_spawnattr_init(&a);
    posix_spawnattr_setsigmask(&a, &none);
    posix_spawnattr_setsigdefault(&a, &all);
    posix_spawnattr_setflags(&a, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    /* The socket first: what is opened next could get its number's place. */
    int r = posix_spawn_file_actions_adddup2(&f, fd, EXEC_WIRE_FD);
    if (!r) r = posix_spawn_file_actions_addopen(&f, 0, "/dev/null", O_RDONLY, 0);
    if (!r) r = posix_spawn_file_actions_addopen(&f, 1, "/dev/null", O_WRONLY, 0);
    if (!r) r = posix_spawn(pid, path, &f, &a, argv, env);
    posix_spawn_file_actions_destroy(&f);
    posix_spawnattr_destroy(&a);
    return r == 0 || err_set(e, "%s: %s", path, strerror(r));
}

static bool helper_start(helper *h, err *e) {
    int         fd[2];
    exec_result ready = {0};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) != 0)
        return err_set(e, "socketpair: %s", strerror(errno));
    bool ok = spawn(h->x->path, fd[1], &h->pid, e);
    close(fd[1]);
    if (!ok) {
        h->pid = 0;
        close(fd[0]);
        return false;
    }
    h->fd = fd[0];
    if (!receive_answer(h->fd, &ready, START_MS)) ok = err_set(e, "%s: it ended before it was ready", h->x->path);
    else if (ready.status != EXEC_OK) ok = err_set(e, "%s: %s", h->x->path, ready.error.p);
    exec_result_free(&ready);
    if (!ok) helper_stop(h);
    return ok;
}

/* ---- the queue; the lock is held */
static void put_back(exec *x, request *q) {
    q->next = x->head;
    x->head = q;
    if (!x->tail) x->tail = q;
    pthread_cond_signal(&x->work);
}

static request *take(exec *x) {
    request *q = x->head;
    x->head    = q->next;
    if (!x->head) x->tail = NULL;
    return q;
}

static void finish(exec *x, request *q, const err *e) {
    if (e) result_set(q->res, EXEC_DIED, e->msg);
    pthread_mutex_lock(&x->lock);
    batch *b = q->b;
    if (e && !b->failed) b->failed = true, b->e = *e;
    if (--b->left == 0) pthread_cond_signal(&b->done);
    pthread_mutex_unlock(&x->lock);
}

/* One job more for a helper that has n of them; NULL: none now. Waits only when n is 0, and then NULL is the end. */
static request *next_job(exec *x, request *const *have, int n) {
    request *q = NULL;
    pthread_mutex_lock(&x->lock);
    if (n == 0) {
        x->idle++;
        while (!x->head && !x->closing) pthread_cond_wait(&x->work, &x->lock);
        x->idle--;
        if (x->head) q = take(x);
    } else if (x->head && x->idle == 0 && have[0]->n <= SMALL && x->head->n <= SMALL) {
        q = take(x); /* nobody else is free for it */
    }
    pthread_mutex_unlock(&x->lock);
    return q;
}

/* The helper is gone with these jobs. The first may be the cause: it gets two more tries. */
static void lost(helper *h, request **have, int n) {
    helper_stop(h);
    h->restarts++;
    for (int i = n - 1; i >= 0; i--) {
        request *q = have[i];
        if (i == 0 && ++q->tries >= 3) {
            result_set(q->res, EXEC_DIED, "its helper process died, three times");
            finish(h->x, q, NULL);
            continue;
        }
        pthread_mutex_lock(&h->x->lock);
        put_back(h->x, q);
        pthread_mutex_unlock(&h->x->lock);
    }
}

/* A helper that was killed while it had nothing to do: no job is to blame. */
static bool idle_and_alive(helper *h) {
    struct pollfd f = {.fd = h->fd, .events = POLLIN};
    if (poll(&f, 1, 0) == 0) return true;
    helper_stop(h);
    h->restarts++;
    return false;
}

static bool restart(helper *h, err *e) {
    if (h->pid && idle_and_alive(h)) return true;
    for (int i = 0; i < 3; i++) { /* a helper can be killed while it starts, too */
        struct timespec t = {0, 200000000};
        if (h->restarts > MOST_RESTART) nanosleep(&t, NULL); /* something is wrong here: not in a tight loop */
        if (helper_start(h, e)) return true;
        h->restarts++;
    }
    return false;
}

static void *serve(void *arg) {
    helper  *h = arg;
    exec    *x = h->x;
    request *have[2], *q;
    int      n  = 0;
    bool     ok = helper_start(h, &h->e);
    pthread_mutex_lock(&x->lock);
    h->failed = !ok;
    x->open++;
    pthread_cond_signal(&x->started);
    pthread_mutex_unlock(&x->lock);
    if (!ok) return NULL;
    for (;;) {
        while (n < 2 && (q = next_job(x, have, n)) != NULL) {
            err e = {0};
            if (n == 0 && !restart(h, &e)) {
                finish(x, q, &e);
                continue;
            }
            have[n++] = q;
            if (!send_ask(h->fd, q)) break; /* seen below: there will be no answer */
        }
        if (n == 0) break;
        if (receive_answer(h->fd, have[0]->res, ANSWER_MS)) {
            h->restarts = 0;
            finish(x, have[0], NULL);
            have[0] = have[1];
            n--;
        } else {
            lost(h, have, n);
            n = 0;
        }
    }
    helper_stop(h);
    return NULL;
}

/* ---- open and close */
static void stop_threads(exec *x, int n) {
    pthread_mutex_lock(&x->lock);
    x->closing = true;
    pthread_cond_broadcast(&x->work);
    pthread_mutex_unlock(&x->lock);
    for (int i = 0; i < n; i++) pthread_join(x->h[i].thread, NULL);
}

static bool start_threads(exec *x, err *e) {
    sigset_t all, old;
    int      n = 0, failed = -1;
    /* Signals are for the threads that know what to do with them. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    for (; n < x->n; n++) {
        x->h[n].x = x;
        int r     = pthread_create(&x->h[n].thread, NULL, serve, &x->h[n]);
        if (r != 0) {
            err_set(e, "no thread for a Python helper: %s", strerror(r));
            break;
        }
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_mutex_lock(&x->lock);
    while (x->open < n) pthread_cond_wait(&x->started, &x->lock);
    pthread_mutex_unlock(&x->lock);
    for (int i = 0; i < n && failed < 0; i++)
        if (x->h[i].failed) failed = i;
    if (n == x->n && failed < 0) return true;
    if (failed >= 0) err_set(e, "%s", x->h[failed].e.msg);
    stop_threads(x, n);
    return false;
}

static void drop(exec *x) {
    for (int i = 0; i < MEMO; i++) {
        str_free(&x->memo[i].text);
        exec_result_free(&x->memo[i].res);
    }
    pthread_mutex_destroy(&x->lock);
    pthread_cond_destroy(&x->work);
    pthread_cond_destroy(&x->started);
    mem_free(x);
}

exec *exec_open(int helpers, err *e) {
    exec *x = mem_calloc(1, sizeof *x);
    pthread_mutex_init(&x->lock, NULL);
    pthread_cond_init(&x->work, NULL);
    pthread_cond_init(&x->started, NULL);
    x->n = helpers > 0 ? helpers : par_threads();
    if (x->n > MAX_HELPERS) x->n = MAX_HELPERS;
    if (find_helper(x->path, sizeof x->path, e) && start_threads(x, e)) return x;
    drop(x);
    return NULL;
}

void exec_close(exec *x) {
    if (!x) return;
    stop_threads(x, x->n);
    drop(x);
}

static pthread_mutex_t shared_lock = PTHREAD_MUTEX_INITIALIZER;
static exec           *shared; /* under shared_lock */

exec *exec_shared(err *e) {
    pthread_mutex_lock(&shared_lock);
    if (!shared) shared = exec_open(0, e);
    exec *x = shared;
    pthread_mutex_unlock(&shared_lock);
    return x;
}

void exec_shared_close(void) {
    pthread_mutex_lock(&shared_lock);
    exec_close(shared);
    shared = NULL;
    pthread_mutex_unlock(&shared_lock);
}

/* ---- the same again */
static void text_of(str *s, const exec_job *job) {
    str_addn(s, job->count_lines ? "l" : "-", 1);
    str_addn(s, job->code, strlen(job->code) + 1);
    for (int i = 0; i < job->calls; i++) str_addn(s, job->call[i], strlen(job->call[i]) + 1);
}

static void copy(exec_result *to, const exec_result *from) {
    result_set(to, from->status, from->error.p);
    to->error_line = from->error_line;
    to->lines      = from->lines;
    str_addn(&to->out, from->out.p, from->out.len);
    str_addn(&to->value, from->value.p, from->value.len);
}

static bool recall(exec *x, const str *text, uint64_t hash, exec_result *res) {
    const memo *found = NULL;
    pthread_mutex_lock(&x->lock);
    for (int i = 0; i < MEMO && !found; i++) {
        const memo *o = &x->memo[i];
        if (o->hash == hash && o->text.len == text->len && text->len && !memcmp(o->text.p, text->p, text->len))
            found = o;
    }
    if (found) copy(res, &found->res);
    pthread_mutex_unlock(&x->lock);
    return found != NULL;
}

/* Only what came to an end by itself: the others depend on what else the machine does. */
static void keep(exec *x, str *text, uint64_t hash, const exec_result *res) {
    if ((res->status != EXEC_OK && res->status != EXEC_RAISED) || text->len + res->out.len + res->value.len > 2 * SMALL)
        return;
    pthread_mutex_lock(&x->lock);
    memo *o   = &x->memo[x->memos++ % MEMO];
    str   was = o->text;
    o->text   = *text;
    o->hash   = hash;
    copy(&o->res, res);
    pthread_mutex_unlock(&x->lock);
    *text = was;
}

/* ---- run */
bool exec_run_all(exec *x, const exec_job *job, int n, exec_result *res, err *e) {
    batch    b = {.done = PTHREAD_COND_INITIALIZER};
    request *q = mem_calloc((size_t)n + 1, sizeof *q), *last = NULL;
    pthread_mutex_lock(&x->lock);
    for (int i = 0; i < n; i++) {
        size_t len = strlen(job[i].code), calls = 0;
        for (int k = 0; k < job[i].calls; k++) calls += strlen(job[i].call[k]) + 1;
        if (len > EXEC_CODE_MAX || calls > EXEC_CALLS_MAX) {
            result_set(&res[i], EXEC_MEMORY,
                       calls > EXEC_CALLS_MAX ? "more than 64 KB of calls" : "the program is longer than 1 MB");
            continue;
        }
        q[i] = (request){.job = &job[i], .res = &res[i], .b = &b, .n = len + calls, .calls = (uint32_t)calls};
        last = x->tail;
        if (last) last->next = &q[i];
        else x->head = &q[i];
        x->tail = &q[i];
        b.left++;
    }
    pthread_cond_broadcast(&x->work);
    while (b.left > 0) pthread_cond_wait(&b.done, &x->lock);
    pthread_mutex_unlock(&x->lock);
    pthread_cond_destroy(&b.done);
    mem_free(q);
    return !b.failed || err_set(e, "%s", b.e.msg);
}

bool exec_run(exec *x, const exec_job *job, exec_result *res, err *e) {
    if (!job->again_same) return exec_run_all(x, job, 1, res, e);
    str text = {0};
    text_of(&text, job);
    uint64_t hash = hash_bytes(text.p, text.len);
    bool     ok   = recall(x, &text, hash, res);
    if (!ok) {
        ok = exec_run_all(x, job, 1, res, e);
        if (ok) keep(x, &text, hash, res);
    }
    str_free(&text);
    return ok;
}
