/* report_text.c -- text and numbers as the page shows them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "eval/report_impl.h"

static void one(str *o, uint32_t cp, const char *p, size_t n) {
    switch (cp) {
    case '&': str_add(o, "&amp;"); return;
    case '<': str_add(o, "&lt;"); return;
    case '>': str_add(o, "&gt;"); return;
    case '"': str_add(o, "&quot;"); return;
    case '\'': str_add(o, "&#39;"); return;
    default: break;
    }
    /* XML 1.0 has no other control characters, and neither of the two last of the plane */
    bool odd = (cp < 32 && cp != '\n' && cp != '\t') || (cp >= 0x7f && cp < 0xa0) || (cp & 0xfffe) == 0xfffe;
    /* what turns the direction of writing could make a text read as another */
    odd = odd || (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
    if (odd) str_add(o, "\xef\xbf\xbd");
    else str_addn(o, p, n);
}

void report_esc(str *o, const char *p, size_t n) {
    for (size_t at = 0; at < n;) {
        uint32_t cp = 0;
        int      k  = utf8_decode(p + at, n - at, &cp);
        if (k > 0) one(o, cp, p + at, (size_t)k);
        else str_add(o, "\xef\xbf\xbd");
        at += k > 0 ? (size_t)k : 1;
    }
}

void report_text(str *o, const char *z) {
    if (z) report_esc(o, z, strlen(z));
}

const char *report_num(double v, char out[32]) {
    static const struct {
        double      at;
        const char *unit;
    } big[]  = {{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}};
    double a = fabs(v);
    for (size_t i = 0; i < sizeof big / sizeof *big; i++)
        if (a >= big[i].at * 9.995 || (i < 3 && a >= big[i].at)) {
            double q = v / big[i].at;
            snprintf(out, 32,
                     fabs(q) >= 99.95 || (fabs(q) >= 9.995 && q == floor(q)) ? "%.0f%s"
                     : fabs(q) >= 9.995                                      ? "%.1f%s"
                                                                             : "%.2f%s",
                     q, big[i].unit);
            return out;
        }
    if (a >= 99.95 || (a >= 1 && v == floor(v))) snprintf(out, 32, "%.0f", v);
    else if (a >= 0.001 || v == 0) snprintf(out, 32, "%.3g", v);
    else snprintf(out, 32, "%.1e", v);
    return out;
}
