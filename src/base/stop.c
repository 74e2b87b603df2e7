#include "base/stop.h"
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* A signal handler can reach nothing but a global: this is the one that the rule against them has to allow. */
static volatile sig_atomic_t stop_flag;

static void on_signal(int sig) {
    if (stop_flag && sig != SIGHUP && sig != SIGUSR1) _exit(128 + sig);
    stop_flag = sig;
}

void stop_install(void) {
    struct sigaction a;
    memset(&a, 0, sizeof a);
    a.sa_handler = on_signal;
    sigemptyset(&a.sa_mask);
    sigaction(SIGINT, &a, NULL);
    sigaction(SIGTERM, &a, NULL);
    sigaction(SIGUSR1, &a, NULL);
    /* nohup sets SIGHUP to ignored, and expects that to stay. */
    struct sigaction old;
    if (sigaction(SIGHUP, NULL, &old) == 0 && old.sa_handler != SIG_IGN) sigaction(SIGHUP, &a, NULL);
}

bool stop_requested(void) { return stop_flag != 0; }
int  stop_signal(void) { return (int)stop_flag; }
void stop_clear(void) { stop_flag = 0; }
