/* Files. The one idea here is the writer: a file that matters (a checkpoint, a model) is never
 * written in place. It is written to PATH.tmp, flushed to the disk, and renamed over PATH, which
 * the file system does in one step. A kill, a full disk or a power cut at any moment leaves
 * either the whole old file or the whole new one. The folder is synced after the rename, because
 * the name lives in the folder and not in the file. */
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"

static bool fail(err *e, const char *path, const char *what) {
    return err_set(e, "%s: %s: %s", path, what, strerror(errno));
}

bool fs_map(const char *path, fs_file *f, err *e) {
    bool        ok = false;
    struct stat st;
    f->p   = (const uint8_t *)"";
    f->n   = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return fail(e, path, "cannot open");
    if (fstat(fd, &st) != 0) {
        fail(e, path, "cannot stat");
        goto done;
    }
    if (S_ISDIR(st.st_mode)) {
        err_set(e, "%s: is a folder, expected a file", path);
        goto done;
    }
    if (!S_ISREG(st.st_mode)) {
        err_set(e, "%s: not a regular file, cannot be mapped", path);
        goto done;
    }
    if (st.st_size > 0) {
        void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
        if (p == MAP_FAILED) {
            fail(e, path, "cannot map");
            goto done;
        }
        f->p = p;
        f->n = (size_t)st.st_size;
    }
    ok = true;
done:
    close(fd);
    return ok;
}

void fs_forget(const void *p, size_t n) {
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), lo = ((uintptr_t)p + page - 1) & ~(page - 1),
              hi = ((uintptr_t)p + n) & ~(page - 1);
    if (hi > lo) (void)madvise((void *)lo, hi - lo, MADV_DONTNEED); /* a hint */
}

void fs_unmap(fs_file *f) {
    if (f->n) munmap((void *)(uintptr_t)f->p, f->n);
    f->p = NULL;
    f->n = 0;
}

/* Reads until the end and does not trust the size in the inode: a pipe, /dev/stdin and /proc have none. */
char *fs_read(const char *path, size_t max, size_t *n, err *e) {
    bool   ok  = false;
    size_t cap = 64 << 10, used = 0;
    char  *p  = mem_realloc(NULL, cap);
    int    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        fail(e, path, "cannot open");
        goto done;
    }
    for (;;) {
        if (used + 1 >= cap) p = mem_realloc(p, cap *= 2);
        ssize_t k = read(fd, p + used, cap - used - 1);
        if (k < 0 && errno == EINTR) continue;
        if (k < 0) {
            fail(e, path, "cannot read");
            goto done;
        }
        if (k == 0) break;
        used += (size_t)k;
        if (used > max) {
            err_set(e, "%s: longer than the limit of %zu bytes", path, max);
            goto done;
        }
    }
    p[used] = '\0';
    if (n) *n = used;
    ok = true;
done:
    if (fd >= 0) close(fd);
    if (ok) return p;
    mem_free(p);
    return NULL;
}

bool fs_write(const char *path, const void *p, size_t n, err *e) {
    fs_out *o = fs_out_open(path, e);
    if (!o) return false;
    if (!fs_out_write(o, p, n, e)) {
        fs_out_abort(o);
        return false;
    }
    return fs_out_commit(o, e);
}

bool fs_exists(const char *path) {
    struct stat st;
    return stat(path, &st) == 0;
}

bool fs_is_dir(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool make_dir(const char *path, err *e) {
    if (mkdir(path, 0777) == 0 || (errno == EEXIST && fs_is_dir(path))) return true;
    if (errno == EEXIST) return err_set(e, "%s: exists and is not a folder", path);
    return fail(e, path, "cannot make the folder");
}

bool fs_mkdirs(const char *path, err *e) {
    char *p  = mem_strdup(path);
    bool  ok = true;
    for (char *s = p + 1; ok && *p && *s; s++) {
        if (*s != '/') continue;
        *s = '\0';
        /* A parent that is there may lie in a folder we may not write to; only what is missing is made. */
        if (!fs_is_dir(p)) ok = make_dir(p, e);
        *s = '/';
    }
    if (ok && !fs_is_dir(p)) ok = make_dir(p, e);
    mem_free(p);
    return ok;
}

bool fs_remove(const char *path, err *e) { return remove(path) == 0 || fail(e, path, "cannot remove"); }

enum { OUT_BUF = 1 << 20 };
struct fs_out {
    char    *path, *tmp; /* tmp is NULL when path is a device or a pipe, which is written to as it is */
    int      fd;
    size_t   pos, used;
    uint8_t *buf; /* OUT_BUF bytes */
};

static void out_free(fs_out *o) {
    if (o->fd >= 0) close(o->fd);
    mem_free(o->path);
    mem_free(o->tmp);
    mem_free(o->buf);
    mem_free(o);
}

fs_out *fs_out_open(const char *path, err *e) {
    struct stat st;
    bool        there = stat(path, &st) == 0;
    if (there && S_ISDIR(st.st_mode)) {
        err_set(e, "%s: is a folder, expected a file name", path);
        return NULL;
    }
    fs_out *o = mem_calloc(1, sizeof *o);
    o->path   = mem_strdup(path);
    if (!there || S_ISREG(st.st_mode)) {
        str s = {0};
        str_addf(&s, "%s.tmp", path);
        o->tmp = str_take(&s);
    }
    o->fd = open(o->tmp ? o->tmp : path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (o->fd < 0) {
        fail(e, o->tmp ? o->tmp : path, "cannot open for writing");
        out_free(o);
        return NULL;
    }
    o->buf = mem_alloc(OUT_BUF);
    return o;
}

static bool write_all(fs_out *o, const uint8_t *p, size_t n, err *e) {
    while (n) {
        /* One write() moves at most 2 GiB on Linux; the loop takes what it gets. */
        ssize_t k = write(o->fd, p, n);
        if (k < 0 && errno == EINTR) continue;
        if (k < 0) return fail(e, o->path, "cannot write");
        if (k == 0) return err_set(e, "%s: cannot write: the device took no bytes", o->path);
        p += k;
        n -= (size_t)k;
    }
    return true;
}

static bool flush(fs_out *o, err *e) {
    size_t n = o->used;
    o->used  = 0;
    return write_all(o, o->buf, n, e);
}

bool fs_out_write(fs_out *o, const void *p, size_t n, err *e) {
    if (o->used + n > OUT_BUF && !flush(o, e)) return false;
    if (n >= OUT_BUF) {
        if (!write_all(o, p, n, e)) return false;
    } else if (n) {
        memcpy(o->buf + o->used, p, n);
        o->used += n;
    }
    o->pos += n;
    return true;
}

size_t fs_out_pos(const fs_out *o) { return o->pos; }

static bool sync_folder_of(const char *path, err *e) {
    char *dir   = mem_strdup(path);
    char *slash = strrchr(dir, '/');
    bool  ok    = true;
    if (slash) slash[slash == dir] = '\0'; /* "/x" lies in "/" */
    int fd = open(slash ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) ok = fail(e, path, "cannot open its folder");
    /* Some file systems cannot sync a folder and say EINVAL; there is nothing more to be done there. */
    else if (fsync(fd) != 0 && errno != EINVAL) ok = fail(e, path, "cannot sync its folder");
    if (fd >= 0) close(fd);
    mem_free(dir);
    return ok;
}

bool fs_out_commit(fs_out *o, err *e) {
    bool ok = flush(o, e);
    if (ok && o->tmp && fsync(o->fd) != 0) ok = fail(e, o->path, "cannot sync");
    int fd = o->fd;
    o->fd  = -1;
    if (close(fd) != 0 && ok) ok = fail(e, o->path, "cannot close");
    if (ok && o->tmp && rename(o->tmp, o->path) != 0) ok = fail(e, o->path, "cannot rename into place");
    if (!ok && o->tmp) unlink(o->tmp);
    if (ok && o->tmp) ok = sync_folder_of(o->path, e);
    out_free(o);
    return ok;
}

void fs_out_abort(fs_out *o) {
    if (!o) return;
    if (o->tmp) unlink(o->tmp);
    out_free(o);
}
