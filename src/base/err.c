#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A message is one line by contract: control bytes that came in through a %s (a file name, a key
 * read from a hostile file) would break the line or drive the terminal, so they become '?'. */
static void one_line(char *p) {
    for (; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f) *p = *p == '\n' || *p == '\t' ? ' ' : '?';
}

bool err_set(err *e, const char *fmt, ...) {
    if (!e) return false;
    /* The old message may be one of the arguments, so the new one is made aside. */
    char    msg[sizeof e->msg];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(msg, sizeof msg, fmt, ap);
    va_end(ap);
    one_line(msg);
    memcpy(e->msg, msg, sizeof msg);
    return false;
}

bool err_in(err *e, const char *fmt, ...) {
    if (!e) return false;
    char    context[sizeof e->msg], old[sizeof e->msg];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(context, sizeof context, fmt, ap);
    va_end(ap);
    memcpy(old, e->msg, sizeof old);
    old[sizeof old - 1] = '\0';
    /* The tail of the inner message is what is lost when both do not fit. */
    int n = snprintf(e->msg, sizeof e->msg, "%s: ", context);
    if (n >= 0 && (size_t)n < sizeof e->msg) snprintf(e->msg + n, sizeof e->msg - (size_t)n, "%s", old);
    one_line(e->msg);
    return false;
}
