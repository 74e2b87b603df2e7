#include "data/lines.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include "base/mem.h"
#include "base/str.h"

enum { CHUNK = 1 << 16 };

struct lines {
    gzFile f; /* reads plain files as they are, too */
    char  *path;
    str    held;          /* the line so far, when it does not end in the chunk where it began */
    size_t max, at, have; /* chunk[at..have) is not used yet */
    long   number;
    bool   eof, failed;
    char   chunk[CHUNK];
};

lines *lines_open(const char *path, size_t max, err *e) {
    bool        in = !strcmp(path, "-");
    int         fd = in ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        err_set(e, "%s: %s", in ? "stdin" : path, strerror(errno));
        if (fd >= 0) close(fd);
        return NULL;
    }
    if (S_ISDIR(st.st_mode)) {
        err_set(e, "%s: a folder, expected a file", path);
        close(fd);
        return NULL;
    }
    gzFile f = gzdopen(fd, "rb");
    if (!f) {
        err_set(e, "%s: cannot be opened for reading", path);
        close(fd);
        return NULL;
    }
    lines *l = mem_calloc(1, sizeof *l);
    l->f     = f;
    l->path  = mem_strdup(in ? "stdin" : path);
    l->max   = max;
    return l;
}

/* More bytes into the chunk; false at the end or after an error. */
static bool refill(lines *l, err *e) {
    if (l->eof) return false;
    int n = gzread(l->f, l->chunk, CHUNK);
    if (n > 0) {
        l->at   = 0;
        l->have = (size_t)n;
        return true;
    }
    int         code = 0;
    const char *why  = gzerror(l->f, &code);
    l->eof           = true;
    if (n < 0 || code == Z_BUF_ERROR) { /* the latter: packed data that breaks off */
        l->failed = true;
        err_set(e, "%s: %s", l->path, code == Z_ERRNO ? strerror(errno) : why);
    }
    return false;
}

static void hold(lines *l, const char *p, size_t n) {
    size_t room = l->max > l->held.len ? l->max - l->held.len : 0;
    str_addn(&l->held, p, n < room ? n : room);
}

static void hand_out(lines *l, text_line *out, const char *p, size_t n, size_t whole) {
    *out = (text_line){p, n, whole, ++l->number, whole > l->max};
    if (out->n > l->max) out->n = l->max;
    if (!out->too_long && out->n && out->p[out->n - 1] == '\r') out->n--;
}

bool lines_next(lines *l, text_line *out, err *e) {
    size_t whole = 0;
    str_clear(&l->held);
    for (;;) {
        if (l->at == l->have && !refill(l, e)) {
            if (!whole || l->failed) return false;
            return hand_out(l, out, l->held.p, l->held.len, whole), true;
        }
        const char *p  = l->chunk + l->at;
        const char *nl = memchr(p, '\n', l->have - l->at);
        size_t      n  = nl ? (size_t)(nl - p) : l->have - l->at;
        l->at += n + (nl != NULL);
        if (nl && !whole) return hand_out(l, out, p, n, n), true; /* all of it lies in this chunk */
        hold(l, p, n);
        whole += n;
        if (nl) return hand_out(l, out, l->held.p, l->held.len, whole), true;
    }
}

bool lines_failed(const lines *l) { return l->failed; }

void lines_close(lines *l) {
    if (!l) return;
    gzclose(l->f);
    str_free(&l->held);
    mem_free(l->path);
    mem_free(l);
}
