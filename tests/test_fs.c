#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/mem.h"
#include "base/rng.h"

/* Each test gets a folder of its own in *state, which must be empty again at its end. */
static int make_folder(void **state) {
    char *dir = malloc(256);
    *state    = dir;
    return dir && unit_tmpdir(dir, 256) ? 0 : -1;
}

static int remove_folder(void **state) {
    char *dir = *state;
    int   rc  = rmdir(dir);
    if (rc != 0) printf("%s: not empty at the end of the test\n", dir);
    free(dir);
    return rc;
}

static const char *in(void **state, const char *name, char buf[512]) {
    snprintf(buf, 512, "%s/%s", (const char *)*state, name);
    return buf;
}

static int entries(const char *dir) {
    DIR *d = opendir(dir);
    int  n = -2;
    assert_non_null(d);
    while (readdir(d)) n++;
    closedir(d);
    return n;
}

static void assert_holds(const char *path, const void *p, size_t n) {
    err    e = {0};
    size_t got;
    char  *q = fs_read(path, 64 << 20, &got, &e);
    if (!q) fail_msg("%s", e.msg);
    assert_int_equal(got, n);
    assert_memory_equal(q, p, n);
    assert_int_equal(q[n], 0);
    mem_free(q);
}

static void test_write_read_map(void **state) {
    char        b[512];
    err         e    = {0};
    fs_file     f    = {0};
    const char *path = in(state, "a.bin", b);
    assert_true(fs_write(path, "one\0two", 7, &e));
    assert_holds(path, "one\0two", 7);
    assert_true(fs_map(path, &f, &e));
    assert_int_equal(f.n, 7);
    fs_forget(f.p, f.n); /* less than a page: nothing is to do */
    assert_memory_equal(f.p, "one\0two", 7);
    /* A map outlives the name: the file may be replaced under a running model. */
    assert_true(fs_write(path, "new", 3, &e));
    assert_memory_equal(f.p, "one\0two", 7);
    fs_unmap(&f);
    assert_holds(path, "new", 3);
    assert_true(fs_write(path, "", 0, &e));
    assert_true(fs_map(path, &f, &e));
    assert_int_equal(f.n, 0);
    assert_non_null(f.p);
    fs_unmap(&f);
    assert_int_equal(entries(*state), 1);
    assert_true(fs_remove(path, &e));
}

/* What is forgotten is read again from the file. */
static void test_forget(void **state) {
    char        b[512];
    err         e    = {0};
    fs_file     f    = {0};
    size_t      n    = 5 * 4096 + 100;
    char       *text = mem_alloc(n);
    const char *path = in(state, "f.bin", b);
    for (size_t i = 0; i < n; i++) text[i] = (char)(i * 7 % 251);
    assert_true(fs_write(path, text, n, &e));
    assert_true(fs_map(path, &f, &e));
    assert_memory_equal(f.p, text, n);
    fs_forget(f.p + 10, n - 10);
    assert_memory_equal(f.p, text, n);
    fs_unmap(&f);
    mem_free(text);
    assert_true(fs_remove(path, &e));
}

static void test_read_limits(void **state) {
    char        b[512];
    err         e    = {0};
    size_t      n    = 0;
    const char *path = in(state, "a", b);
    assert_true(fs_write(path, "12345", 5, &e));
    char *p = fs_read(path, 5, &n, &e);
    assert_non_null(p);
    mem_free(p);
    p = fs_read(path, 5, NULL, &e); /* n may be NULL */
    assert_non_null(p);
    mem_free(p);
    assert_null(fs_read(path, 4, &n, &e));
    assert_non_null(strstr(e.msg, "limit of 4 bytes"));
    /* Endless input stops at the limit. */
    assert_null(fs_read("/dev/zero", 100000, &n, &e));
    assert_true(fs_remove(path, &e));
}

static void test_errors_name_the_path(void **state) {
    char        b[512];
    err         e = {0};
    fs_file     f;
    const char *none = in(state, "none", b);
    assert_null(fs_read(none, 10, NULL, &e));
    assert_non_null(strstr(e.msg, none));
    assert_non_null(strstr(e.msg, "No such file"));
    assert_false(fs_map(none, &f, &e));
    assert_non_null(strstr(e.msg, none));
    fs_unmap(&f); /* harmless after a failure */
    assert_false(fs_map(*state, &f, &e));
    assert_non_null(strstr(e.msg, "folder"));
    assert_false(fs_map("/dev/null", &f, &e));
    assert_null(fs_read(*state, 10, NULL, &e));
    assert_null(fs_out_open(*state, &e));
    assert_false(fs_remove(none, &e));
    char c[600];
    snprintf(c, sizeof c, "%s/none/x", (const char *)*state);
    assert_false(fs_write(c, "x", 1, &e));
    assert_non_null(strstr(e.msg, "none/x"));
    fs_out_abort(NULL);
}

static void test_mkdirs(void **state) {
    char a[512], b[512], c[512];
    err  e = {0};
    assert_true(fs_mkdirs(in(state, "x/y//z/", a), &e));
    assert_true(fs_is_dir(in(state, "x/y/z", b)));
    assert_true(fs_mkdirs(b, &e)); /* again */
    assert_true(fs_write(in(state, "x/file", c), "", 0, &e));
    assert_true(fs_exists(c));
    assert_false(fs_is_dir(c));
    assert_false(fs_mkdirs(c, &e));
    assert_non_null(strstr(e.msg, "not a folder"));
    assert_false(fs_mkdirs(in(state, "x/file/sub", a), &e));
    assert_false(fs_mkdirs("", &e));
    assert_true(fs_remove(c, &e) && fs_remove(b, &e));
    assert_true(fs_remove(in(state, "x/y", b), &e) && fs_remove(in(state, "x", b), &e));
    assert_false(fs_exists(b));
}

static void test_out_of_every_chunking(void **state) {
    /* Writes of random sizes, some larger than the buffer, give the same bytes as one. */
    enum { N = 5 << 20 };
    char     b[512];
    err      e = {0};
    rng      r = rng_seed(unit_seed("test_out_of_every_chunking"));
    uint8_t *p = mem_alloc(N);
    for (size_t i = 0; i < N; i += 8) {
        uint64_t v = rng_u64(&r);
        memcpy(p + i, &v, 8);
    }
    const char *path = in(state, "big", b);
    for (int trial = 0; trial < 4; trial++) {
        fs_out *o = fs_out_open(path, &e);
        assert_non_null(o);
        for (size_t at = 0; at < N;) {
            size_t k = rng_below(&r, trial == 0 ? 100000 : 3u << 20);
            if (k > N - at) k = N - at;
            assert_true(fs_out_write(o, p + at, k, &e));
            at += k;
            assert_int_equal(fs_out_pos(o), at);
        }
        assert_true(fs_out_commit(o, &e));
        assert_holds(path, p, N);
    }
    mem_free(p);
    assert_true(fs_remove(path, &e));
}

static void test_abort_leaves_the_old_file(void **state) {
    char        b[512];
    err         e    = {0};
    const char *path = in(state, "ckpt", b);
    assert_true(fs_write(path, "old", 3, &e));
    fs_out *o = fs_out_open(path, &e);
    assert_true(fs_out_write(o, "half", 4, &e));
    assert_int_equal(entries(*state), 2); /* ckpt and ckpt.tmp */
    fs_out_abort(o);
    assert_int_equal(entries(*state), 1);
    assert_holds(path, "old", 3);
    assert_true(fs_remove(path, &e));
}

/* A device that is always full: the error comes at the write that leaves the buffer, or at commit. */
static void test_full_device(void **state) {
    (void)state;
    err     e = {0};
    fs_out *o = fs_out_open("/dev/full", &e);
    assert_non_null(o);
    assert_true(fs_out_write(o, "x", 1, &e));
    assert_false(fs_out_commit(o, &e));
    assert_non_null(strstr(e.msg, "/dev/full"));
    assert_non_null(strstr(e.msg, "No space left"));
    assert_true(fs_exists("/dev/full"));
    char *big = mem_calloc(3, 1 << 20);
    o         = fs_out_open("/dev/full", &e);
    assert_false(fs_out_write(o, big, 3 << 20, &e));
    fs_out_abort(o);
    mem_free(big);
    assert_true(fs_exists("/dev/full"));
}

/* In a process whose files may not grow beyond 100,000 bytes, as on a disk that fills up. */
static int write_with_limit(const char *path) {
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit l = {100000, 100000};
    err           e = {0};
    if (setrlimit(RLIMIT_FSIZE, &l) != 0) return 10;
    char *big = mem_calloc(1, 300000);
    if (fs_write(path, big, 300000, &e)) return 11;
    if (!strstr(e.msg, path) || !strstr(e.msg, "File too large")) return 12;
    if (!fs_write(path, big, 99999, &e)) return 13; /* what fits still works */
    mem_free(big);
    return 0;
}

static void test_disk_that_fills_up(void **state) {
    char        b[512];
    err         e      = {0};
    int         status = 0;
    const char *path   = in(state, "ckpt", b);
    assert_true(fs_write(path, "old", 3, &e));
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) _exit(write_with_limit(path));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(entries(*state), 1); /* no .tmp stays */
    assert_true(fs_remove(path, &e));
}

/* SIGKILL at any moment: the file holds one whole version, never a mixture or nothing. */
static void test_killed_while_writing(void **state) {
    enum { N = 1 << 20 };
    char        b[512], t[512];
    err         e    = {0};
    rng         r    = rng_seed(unit_seed("test_killed_while_writing"));
    const char *path = in(state, "ckpt", b);
    char       *p    = mem_alloc(N);
    memset(p, 'a', N);
    assert_true(fs_write(path, p, N, &e));
    for (int trial = 0; trial < 12; trial++) {
        fflush(NULL);
        pid_t pid = fork();
        if (pid == 0) {
            for (int v = 0;; v = (v + 1) % 26) {
                memset(p, 'a' + v, N);
                if (!fs_write(path, p, N, &e)) _exit(1);
            }
        }
        usleep((useconds_t)rng_below(&r, 15000));
        kill(pid, SIGKILL);
        int status = 0;
        waitpid(pid, &status, 0);
        assert_true(WIFSIGNALED(status));
        size_t n;
        char  *q = fs_read(path, 2 * N, &n, &e);
        assert_non_null(q);
        assert_int_equal(n, N);
        for (size_t i = 1; i < n; i++)
            if (q[i] != q[0]) fail_msg("byte %zu is '%c', the first '%c'", i, q[i], q[0]);
        mem_free(q);
    }
    mem_free(p);
    remove(in(state, "ckpt.tmp", t)); /* the killed writer's; the next one would have taken it over */
    assert_true(fs_remove(path, &e));
}

static void test_a_stale_tmp_is_taken_over(void **state) {
    char b[512], t[512];
    err  e = {0};
    assert_true(fs_write(in(state, "ckpt.tmp", t), "much longer rubbish", 19, &e));
    assert_true(fs_write(in(state, "ckpt", b), "new", 3, &e));
    assert_holds(b, "new", 3);
    assert_false(fs_exists(t));
    assert_true(fs_remove(b, &e));
}

#define T(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)
int main(void) {
    const struct CMUnitTest tests[] = {
        T(test_write_read_map),        T(test_forget),
        T(test_read_limits),
        T(test_errors_name_the_path),  T(test_mkdirs),
        T(test_out_of_every_chunking), T(test_abort_leaves_the_old_file),
        T(test_full_device),           T(test_disk_that_fills_up),
        T(test_killed_while_writing),  T(test_a_stale_tmp_is_taken_over),
    };
    return cmocka_run_group_tests_name("fs", tests, NULL, NULL);
}
