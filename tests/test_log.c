#include "unit.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/log.h"

/* stderr goes into a file, or a terminal of our own, while f runs; *n bytes of it come back. */
typedef void (*speaker)(void);

static char said[1 << 16];

static void capture(speaker f) {
    char path[] = "/tmp/r1-log-XXXXXX";
    int  fd = mkstemp(path), keep = dup(STDERR_FILENO);
    assert_true(fd >= 0 && keep >= 0);
    unlink(path);
    fflush(stderr);
    dup2(fd, STDERR_FILENO);
    f();
    fflush(stderr);
    dup2(keep, STDERR_FILENO);
    close(keep);
    ssize_t n = pread(fd, said, sizeof said - 1, 0);
    close(fd);
    assert_true(n >= 0);
    said[n] = '\0';
}

static void capture_tty(speaker f, unsigned short columns) {
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    int tty =
        master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0 ? open(ptsname(master), O_RDWR | O_NOCTTY) : -1;
    if (tty < 0) {
        if (master >= 0) close(master);
        printf("skipped: no pseudo-terminals on this machine\n");
        skip();
    }
    int            keep = dup(STDERR_FILENO);
    struct winsize w    = {.ws_row = 24, .ws_col = columns};
    ioctl(tty, TIOCSWINSZ, &w);
    fflush(stderr);
    dup2(tty, STDERR_FILENO);
    f();
    fflush(stderr);
    dup2(keep, STDERR_FILENO);
    close(keep);
    /* A terminal hands over what was written to it in pieces. */
    size_t n = 0;
    for (int wait = 0; wait < 20; wait++) {
        int waiting = 0;
        ioctl(master, FIONREAD, &waiting);
        if (waiting == 0) usleep(1000);
        else {
            ssize_t k = read(master, said + n, sizeof said - 1 - n);
            assert_true(k >= 0);
            n += (size_t)k;
        }
    }
    close(tty);
    close(master);
    said[n] = '\0';
}

static void speak(void) {
    log_warn("w%d", 1);
    log_info("i%s", "2");
    log_debug("d");
}

static void test_levels(void **state) {
    (void)state;
    const char *want[] = {"", "warning: w1\n", "warning: w1\ni2\n", "warning: w1\ni2\ndebug: d\n"};
    for (int level = LOG_QUIET; level <= LOG_DEBUG; level++) {
        log_set_level(level);
        assert_int_equal(log_level(), level);
        capture(speak);
        assert_string_equal(said, want[level]);
    }
    log_set_level(LOG_INFO);
}

static void hundred_steps(void) {
    progress *p = progress_new("pretrain", 100);
    for (int i = 1; i <= 100; i++) progress_update(p, i, i == 100 ? "loss 0.500" : "loss 1.000");
    progress_free(p);
}

static void test_plain_lines_elsewhere(void **state) {
    (void)state;
    capture(hundred_steps);
    /* At once the first, then one each 5 s, and the last state at the end. */
    assert_non_null(strstr(said, "pretrain 1/100 0:00"));
    assert_non_null(strstr(said, "loss 1.000\n"));
    assert_non_null(strstr(said, "pretrain 100/100 0:00  loss 0.500\n"));
    assert_null(strchr(said, '\r'));
    assert_null(strchr(said, '\x1b'));
    int lines = 0;
    for (const char *c = said; *c; c++) lines += *c == '\n';
    assert_int_equal(lines, 2);
}

static void test_quiet_draws_nothing(void **state) {
    (void)state;
    log_set_level(LOG_WARN);
    capture(hundred_steps);
    log_set_level(LOG_INFO);
    assert_string_equal(said, "");
}

static void test_quiet_on_a_terminal(void **state) {
    (void)state;
    log_set_level(LOG_WARN);
    strcpy(said, "");
    capture_tty(hundred_steps, 80);
    log_set_level(LOG_INFO);
    assert_string_equal(said, "");
}

static void long_text(void) {
    progress *p = progress_new("pretrain", 4);
    progress_update(p, 1, "loss 1.000 \xe2\x9c\x93 0123456789 0123456789 0123456789 0123456789 0123456789");
    progress_clear(p);
    progress_free(p);
}

static void test_a_bar_on_a_terminal(void **state) {
    (void)state;
    capture_tty(hundred_steps, 120);
    assert_non_null(strstr(said, "[....................] 1/100"));
    assert_non_null(strstr(said, "\r\x1b[Kpretrain [####################] 100/100 0:00  loss 0.500"));
    assert_int_equal(said[strlen(said) - 1], '\n');
    /* A narrow terminal: no drawn line reaches its last column, where it would wrap. */
    capture_tty(long_text, 40);
    const char *line = strstr(said, "\x1b[K");
    assert_non_null(line);
    line += 3;
    assert_int_equal(strcspn(line, "\r\n"), 39);
}

static void unknown_total(void) {
    progress *p = progress_new("reading", 0);
    progress_update(p, 5, NULL);
    progress_free(p);
    progress_free(progress_new("never begun", 10));
    progress_free(NULL);
    progress_clear(NULL);
}

static void test_no_total_and_no_steps(void **state) {
    (void)state;
    capture(unknown_total);
    assert_string_equal(said, "reading 5 0:00\n");
}

static void test_time_goes_on(void **state) {
    (void)state;
    double a = time_now();
    usleep(20000);
    double b = time_now();
    assert_true(b - a >= 0.02 && b - a < 10);
}

/* A test that was skipped or failed may have left another level behind. */
static int loud(void **state) {
    (void)state;
    log_set_level(LOG_INFO);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_levels, loud),
        cmocka_unit_test_setup(test_plain_lines_elsewhere, loud),
        cmocka_unit_test_setup(test_quiet_draws_nothing, loud),
        cmocka_unit_test_setup(test_quiet_on_a_terminal, loud),
        cmocka_unit_test_setup(test_a_bar_on_a_terminal, loud),
        cmocka_unit_test_setup(test_no_total_and_no_steps, loud),
        cmocka_unit_test_setup(test_time_goes_on, loud),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
