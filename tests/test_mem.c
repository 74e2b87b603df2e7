#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"

static bool aligned(const void *p) { return ((uintptr_t)p & 63) == 0; }

static void test_blocks_are_aligned(void **state) {
    (void)state;
    for (size_t n = 0; n < 300; n += 7) {
        char *p = mem_alloc(n);
        assert_true(aligned(p));
        memset(p, 1, n);
        mem_free(p);
        char *q = mem_calloc(n, 3);
        assert_true(aligned(q));
        for (size_t i = 0; i < 3 * n; i++) assert_int_equal(q[i], 0);
        mem_free(q);
    }
    mem_free(NULL);
}

static void test_realloc_and_strdup_keep_contents(void **state) {
    (void)state;
    char *p = mem_realloc(NULL, 3);
    memcpy(p, "ab", 3);
    p = mem_realloc(p, 100000);
    assert_string_equal(p, "ab");
    char *q = mem_strdup(p);
    mem_free(p);
    assert_string_equal(q, "ab");
    mem_free(q);
}

static void test_arena_marks_and_peak(void **state) {
    (void)state;
    arena a = {0};
    arena_init(&a, 1 << 20);
    float *x = arena_floats(&a, 10);
    assert_true(aligned(x));
    assert_int_equal(a.used, 64);
    size_t mark = arena_mark(&a);
    char  *y    = arena_alloc(&a, 1);
    assert_true(aligned(y));
    assert_ptr_equal(y, (char *)x + 64);
    arena_alloc(&a, 1000);
    assert_int_equal(a.used, 128 + arena_round(1000));
    arena_reset(&a, mark);
    assert_ptr_equal(arena_alloc(&a, 0), y);
    assert_int_equal(a.used, mark);
    assert_int_equal(a.peak, 128 + arena_round(1000));
    arena_free(&a);
    assert_null(a.base);
    arena_free(&a);
}

static void test_arena_can_be_used_to_its_last_byte(void **state) {
    (void)state;
    /* One below, at and above the huge page size; also the smallest. */
    const size_t sizes[] = {1, 64, 4096, (2u << 20) - 64, 2u << 20, (2u << 20) + 64};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        arena a = {0};
        arena_init(&a, sizes[i]);
        assert_true(a.size >= sizes[i]);
        char *p = arena_alloc(&a, sizes[i]);
        memset(p, 7, sizes[i]);
        char *rest = arena_alloc(&a, a.size - a.used);
        memset(rest, 7, a.size - (size_t)((uint8_t *)rest - a.base));
        assert_int_equal(a.used, a.size);
        arena_free(&a);
    }
}

static void overflow_arena(void) {
    arena a = {0};
    arena_init(&a, 4096);
    arena_alloc(&a, 4096 - 64);
    arena_alloc(&a, 65);
}
static void overflow_arena_by_wrapping(void) {
    arena a = {0};
    arena_init(&a, 4096);
    arena_alloc(&a, 64);
    arena_alloc(&a, SIZE_MAX - 10);
}
static void overflow_calloc(void) { mem_calloc(SIZE_MAX / 2, 3); }
static void overflow_alloc(void) { mem_alloc(SIZE_MAX - 3); }

/* True when f, in a process of its own, aborts after one line on stderr. */
static bool dies_with_a_line(void (*f)(void)) {
    int fd[2], status = 0;
    if (pipe(fd) != 0) return false;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        /* cmocka catches SIGABRT in this process' handlers otherwise. */
        signal(SIGABRT, SIG_DFL);
        dup2(fd[1], STDERR_FILENO);
        close(fd[0]);
        close(fd[1]);
        f();
        _exit(0);
    }
    close(fd[1]);
    char    line[512];
    size_t  n = 0;
    ssize_t k;
    while (n < sizeof line && (k = read(fd[0], line + n, sizeof line - n)) > 0) n += (size_t)k;
    close(fd[0]);
    waitpid(pid, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && n > 4 && memcmp(line, "r1: ", 4) == 0;
}

static void test_impossible_sizes_abort_with_a_line(void **state) {
    (void)state;
    assert_true(dies_with_a_line(overflow_arena));
    assert_true(dies_with_a_line(overflow_arena_by_wrapping));
    assert_true(dies_with_a_line(overflow_calloc));
    assert_true(dies_with_a_line(overflow_alloc));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_are_aligned),
        cmocka_unit_test(test_realloc_and_strdup_keep_contents),
        cmocka_unit_test(test_arena_marks_and_peak),
        cmocka_unit_test(test_arena_can_be_used_to_its_last_byte),
        cmocka_unit_test(test_impossible_sizes_abort_with_a_line),
    };
    return cmocka_run_group_tests_name("mem", tests, NULL, NULL);
}
