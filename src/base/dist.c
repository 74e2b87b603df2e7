/* The sum. MPI_Allreduce may add in any order, and choose another one for another size or network. So a bucket is cut
 * into as many pieces as there are ranks; rank r gets everybody's piece r (all to all), adds them in a fixed order, and
 * sends the sum to all (all gather). Each rank sends and receives 2 (n-1)/n of the bucket, which is what the best
 * algorithms need (Thakur, Rabenseifner & Gropp 2005, section 4.4).
 *
 * The waiting. Every call is started without blocking and then asked for, so that between two questions the others can
 * be looked at: a process of the same machine that is gone will not answer, and MPI would wait for ever. */
#include "base/dist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

#ifdef R1_MPI
#include <errno.h>
#include <mpi.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>
#include "base/log.h"

enum { BUCKET = 1 << 20 /* floats */, SPINS = 2000 };

typedef struct peer {
    int rank, pid;
} peer;

struct dist {
    int      rank, size, n_peer;
    peer    *peers;       /* [n_peer] ranks on this machine, this one included */
    MPI_Comm comm, last;  /* last: for the farewell only */
    float   *out, *in;    /* [BUCKET + size] each */
    bool     lost, alone; /* alone: the others did not come to the farewell */
    err      why;
    double   looked; /* time_now() when the peers were last looked at */
};

int dist_rank(const dist *d) { return d ? d->rank : 0; }
int dist_size(const dist *d) { return d ? d->size : 1; }

static bool several(const dist *d) { return d && d->size > 1; }

static bool is_lost(dist *d, err *e) {
    if (d->lost) err_set(e, "%s", d->why.msg);
    return d->lost;
}

static bool mpi_ok(dist *d, int code, const char *call, err *e) {
    char text[MPI_MAX_ERROR_STRING] = "";
    int  n                          = 0;
    if (code == MPI_SUCCESS) return true;
    MPI_Error_string(code, text, &n);
    err_set(&d->why, "rank %d of %d: %s: %.300s", d->rank, d->size, call, text);
    d->lost = true;
    return err_set(e, "%s", d->why.msg);
}

static bool gone(const peer *p) { return kill(p->pid, 0) != 0 && errno == ESRCH; }

bool dist_alive(dist *d, err *e) {
    if (!several(d)) return true;
    if (is_lost(d, e)) return false;
    d->looked = time_now();
    for (int i = 0; i < d->n_peer; i++) {
        if (!gone(&d->peers[i])) continue;
        d->lost = true;
        err_set(&d->why, "rank %d of %d (process %d) is gone, the job ends", d->peers[i].rank, d->size,
                d->peers[i].pid);
        return err_set(e, "%s", d->why.msg);
    }
    return true;
}

/* Asks often at first, then less and less often: rank 0 may be answering problems, and wants the processor. */
static bool await(dist *d, MPI_Request *r, const char *call, err *e) {
    int done = 0;
    for (long i = 0; !done; i++) {
        if (!mpi_ok(d, MPI_Test(r, &done, MPI_STATUS_IGNORE), call, e)) return false;
        if (done || i < SPINS) continue;
        long            us = i - SPINS < 500 ? 20 : 500;
        struct timespec t  = {0, us * 1000};
        nanosleep(&t, NULL);
        if (time_now() - d->looked > 0.1 && !dist_alive(d, e)) return false;
    }
    return true;
}

/* ---- life ---- */
/* Started by mpirun (Open MPI), mpiexec (MPICH) or a batch system? Alone, MPI is not even begun. */
static bool launched(void) {
    return getenv("OMPI_COMM_WORLD_SIZE") || getenv("PMI_SIZE") || getenv("PMIX_RANK") || getenv("PMI_RANK");
}

static bool find_peers(dist *d, err *e) {
    MPI_Comm here;
    int      n  = 0;
    peer     me = {d->rank, (int)getpid()};
    if (!mpi_ok(d, MPI_Comm_split_type(d->comm, MPI_COMM_TYPE_SHARED, d->rank, MPI_INFO_NULL, &here), "split", e))
        return false;
    bool ok = mpi_ok(d, MPI_Comm_size(here, &n), "size", e);
    if (ok) {
        d->peers = mem_calloc((size_t)n, sizeof *d->peers);
        ok       = mpi_ok(d, MPI_Allgather(&me, 2, MPI_INT, d->peers, 2, MPI_INT, here), "allgather", e);
    }
    MPI_Comm_free(&here);
    /* Processes of two containers may share memory and not see each other's numbers: those are not watched. */
    for (int i = 0; ok && i < n; i++)
        if (!gone(&d->peers[i])) d->peers[d->n_peer++] = d->peers[i];
    return ok;
}

dist *dist_new(err *e) {
    dist *d    = mem_calloc(1, sizeof *d);
    int   have = 0;
    d->size    = 1;
    if (!launched()) return d;
    if (!mpi_ok(d, MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &have), "MPI_Init", e)) goto fail;
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN); /* duplicates inherit it */
    if (!mpi_ok(d, MPI_Comm_dup(MPI_COMM_WORLD, &d->comm), "dup", e) ||
        !mpi_ok(d, MPI_Comm_dup(MPI_COMM_WORLD, &d->last), "dup", e) ||
        !mpi_ok(d, MPI_Comm_rank(d->comm, &d->rank), "rank", e) ||
        !mpi_ok(d, MPI_Comm_size(d->comm, &d->size), "size", e) || !find_peers(d, e))
        goto fail;
    d->looked = time_now();
    if (d->size == 1) return d;
    d->out = mem_calloc((size_t)(BUCKET + d->size), sizeof *d->out);
    d->in  = mem_calloc((size_t)(BUCKET + d->size), sizeof *d->in);
    return d;
fail:
    d->lost = true;
    dist_free(d);
    return NULL;
}

void dist_free(dist *d) {
    if (!d) return;
    int begun = 0;
    MPI_Initialized(&begun);
    /* It waits for the others. Where they will not come, mpirun sees the process end without it and ends the job. */
    if (begun && !d->lost && !d->alone) MPI_Finalize();
    mem_free(d->peers);
    mem_free(d->out);
    mem_free(d->in);
    mem_free(d);
}

/* ---- sums ---- */
/* d->out[0..n) summed over the ranks, in place. */
static bool sum_bucket(dist *d, size_t n, err *e) {
    size_t      ranks = (size_t)d->size, per = (n + ranks - 1) / ranks;
    MPI_Request r;
    memset(d->out + n, 0, (per * ranks - n) * sizeof *d->out);
    if (!mpi_ok(d, MPI_Ialltoall(d->out, (int)per, MPI_FLOAT, d->in, (int)per, MPI_FLOAT, d->comm, &r), "alltoall",
                e) ||
        !await(d, &r, "alltoall", e))
        return false;
    float *sum = d->in;
    for (size_t step = 1; step < ranks; step *= 2)
        for (size_t k = 0; k + step < ranks; k += 2 * step)
            for (size_t i = 0; i < per; i++) sum[k * per + i] += sum[(k + step) * per + i];
    return mpi_ok(d, MPI_Iallgather(sum, (int)per, MPI_FLOAT, d->out, (int)per, MPI_FLOAT, d->comm, &r), "allgather",
                  e) &&
           await(d, &r, "allgather", e);
}

/* A place in a list of parts. */
typedef struct cursor {
    const dist_part *part;
    int              i, n;
    size_t           at;
} cursor;

/* Copies between buf and the parts, up to cap floats; how many. */
static size_t copy_parts(cursor *c, float *buf, size_t cap, bool to_parts) {
    size_t n = 0;
    while (c->i < c->n && n < cap) {
        const dist_part *p = &c->part[c->i];
        size_t           k = p->n - c->at < cap - n ? p->n - c->at : cap - n;
        if (to_parts) memcpy(p->p + c->at, buf + n, k * sizeof *buf);
        else memcpy(buf + n, p->p + c->at, k * sizeof *buf);
        n += k;
        c->at += k;
        if (c->at == p->n) c->i++, c->at = 0;
    }
    return n;
}

bool dist_sum(dist *d, const dist_part *part, int n_parts, err *e) {
    if (!several(d)) return true;
    if (is_lost(d, e)) return false;
    cursor from = {part, 0, n_parts, 0}, to = from;
    for (size_t n; (n = copy_parts(&from, d->out, BUCKET, false)) > 0;) {
        if (!sum_bucket(d, n, e)) return false;
        copy_parts(&to, d->out, n, true);
    }
    return true;
}

/* n bytes of every rank, into d->in. */
static bool gather(dist *d, const void *p, size_t n, err *e) {
    MPI_Request r;
    return mpi_ok(d, MPI_Iallgather(p, (int)n, MPI_BYTE, d->in, (int)n, MPI_BYTE, d->comm, &r), "allgather", e) &&
           await(d, &r, "allgather", e);
}

bool dist_sum_f64(dist *d, double *x, size_t n, err *e) {
    if (!several(d)) return true;
    if (is_lost(d, e)) return false;
    size_t piece = BUCKET * sizeof(float) / sizeof(double) / (size_t)d->size;
    for (size_t lo = 0; lo < n; lo += piece) {
        size_t k = n - lo < piece ? n - lo : piece;
        if (!gather(d, x + lo, k * sizeof *x, e)) return false;
        const double *all = (const double *)d->in;
        for (size_t i = 0; i < k; i++) {
            double s = all[i];
            for (size_t r = 1; r < (size_t)d->size; r++) s += all[r * k + i];
            x[lo + i] = s;
        }
    }
    return true;
}

/* ---- words ---- */
bool dist_bcast(dist *d, void *p, size_t bytes, err *e) {
    if (!several(d)) return true;
    if (is_lost(d, e)) return false;
    MPI_Request r;
    return mpi_ok(d, MPI_Ibcast(p, (int)bytes, MPI_BYTE, 0, d->comm, &r), "bcast", e) && await(d, &r, "bcast", e);
}

typedef struct verdict {
    bool ok;
    err  e;
} verdict;

bool dist_agree(dist *d, bool ok, err *e) {
    if (!several(d)) return ok;
    if (is_lost(d, e)) return false;
    verdict mine = {.ok = ok};
    if (!ok) mine.e = e ? *e : (err){"it failed"};
    if ((size_t)d->size * sizeof mine > BUCKET * sizeof(float)) return err_set(e, "%d ranks are too many", d->size);
    if (!gather(d, &mine, sizeof mine, e)) return false;
    const verdict *all = (const verdict *)d->in;
    for (int r = 0; r < d->size; r++) {
        if (all[r].ok) continue;
        return r ? err_set(e, "rank %d: %.480s", r, all[r].e.msg) : err_set(e, "%s", all[r].e.msg);
    }
    return true;
}

bool dist_same(dist *d, const void *p, size_t bytes, const char *what, err *e) {
    if (!several(d)) return true;
    void *theirs = mem_alloc(bytes + 1);
    memcpy(theirs, p, bytes);
    bool ok = dist_bcast(d, theirs, bytes, e);
    if (ok) {
        err  why;
        bool same = memcmp(theirs, p, bytes) == 0 || err_set(&why, "not what rank 0 has: %s", what);
        ok        = dist_agree(d, same, &why);
        if (!ok) err_set(e, "%s", why.msg);
    }
    mem_free(theirs);
    return ok;
}

bool dist_speaks(dist *d) {
    if (!several(d)) return true;
    if (d->lost) { /* the first that is left on this machine */
        for (int i = 0; i < d->n_peer; i++)
            if (!gone(&d->peers[i])) return d->peers[i].rank == d->rank;
        return true;
    }
    /* Did all of them fail? Then they come here, and rank 0 speaks. */
    MPI_Request r;
    int         done = 0;
    double      t0   = time_now();
    if (MPI_Ibarrier(d->last, &r) != MPI_SUCCESS) return true;
    while (!done && time_now() - t0 < 3) {
        struct timespec t = {0, 1000000};
        if (MPI_Test(&r, &done, MPI_STATUS_IGNORE) != MPI_SUCCESS) break;
        if (!done) nanosleep(&t, NULL);
    }
    d->alone = !done;
    return d->alone || d->rank == 0;
}

#else /* one rank */

struct dist {
    char nothing;
};

int dist_rank(const dist *d) { return (void)d, 0; }
int dist_size(const dist *d) { return (void)d, 1; }

dist *dist_new(err *e) {
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *s = getenv(names[i]);
        long long   n;
        if (s && str_to_i64(s, &n) && n > 1) {
            err_set(e, "started as %lld processes, but built for one: make MPI=1 builds it for several", n);
            return NULL;
        }
    }
    return mem_calloc(1, sizeof(dist));
}

void dist_free(dist *d) { mem_free(d); }

bool dist_sum(dist *d, const dist_part *part, int n_parts, err *e) {
    return (void)d, (void)part, (void)n_parts, (void)e, true;
}
bool dist_sum_f64(dist *d, double *x, size_t n, err *e) { return (void)d, (void)x, (void)n, (void)e, true; }
bool dist_bcast(dist *d, void *p, size_t bytes, err *e) { return (void)d, (void)p, (void)bytes, (void)e, true; }
bool dist_agree(dist *d, bool ok, err *e) { return (void)d, (void)e, ok; }
bool dist_same(dist *d, const void *p, size_t bytes, const char *what, err *e) {
    return (void)d, (void)p, (void)bytes, (void)what, (void)e, true;
}
bool dist_alive(dist *d, err *e) { return (void)d, (void)e, true; }
bool dist_speaks(dist *d) { return (void)d, true; }
#endif
