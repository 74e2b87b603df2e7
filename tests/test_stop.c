#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/stop.h"

/* Each case runs in a process of its own: signals and their handlers are the whole process'. */
static int status_of(int (*f)(void)) {
    int status = 0;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) _exit(f());
    if (waitpid(pid, &status, 0) != pid) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static int first_sets_the_flag(void) {
    stop_install();
    if (stop_requested() || stop_signal() != 0) return 1;
    raise(SIGINT);
    if (!stop_requested() || stop_signal() != SIGINT) return 2;
    stop_clear();
    if (stop_requested()) return 3;
    raise(SIGTERM);
    if (stop_signal() != SIGTERM) return 4;
    stop_clear();
    raise(SIGUSR1);
    raise(SIGUSR1); /* may come from more than one: asks, and never ends the process */
    return stop_signal() == SIGUSR1 ? 0 : 5;
}

static int second_ends_the_process(void) {
    stop_install();
    raise(SIGINT);
    raise(SIGINT);
    return 0;
}

static int clear_starts_over(void) {
    stop_install();
    raise(SIGINT);
    stop_clear();
    raise(SIGINT);
    return stop_requested() ? 0 : 1;
}

static int nohup_stays_ignored(void) {
    signal(SIGHUP, SIG_IGN);
    stop_install();
    raise(SIGHUP);
    return stop_requested() ? 1 : 0;
}

static int a_read_is_interrupted(void) {
    int  fd[2];
    char c;
    if (pipe(fd) != 0) return 1;
    stop_install();
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        usleep(50000);
        kill(parent, SIGINT);
        _exit(0);
    }
    ssize_t n = read(fd[0], &c, 1);
    return n < 0 && errno == EINTR && stop_requested() ? 0 : 2;
}

static void test_stop(void **state) {
    (void)state;
    assert_int_equal(status_of(first_sets_the_flag), 0);
    assert_int_equal(status_of(second_ends_the_process), 128 + SIGINT);
    assert_int_equal(status_of(clear_starts_over), 0);
    assert_int_equal(status_of(nohup_stays_ignored), 0);
    assert_int_equal(status_of(a_read_is_interrupted), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_stop)};
    return cmocka_run_group_tests_name("stop", tests, NULL, NULL);
}
