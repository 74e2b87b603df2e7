#include "text/uclass.h"
#include <utf8proc.h>
#include "base/mem.h"

static uint8_t category_bits(uint32_t cp) {
    switch (utf8proc_category((utf8proc_int32_t)cp)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO: return UC_L;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME: return UC_M;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO: return UC_N;
    case UTF8PROC_CATEGORY_PC:
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO: return UC_P;
    case UTF8PROC_CATEGORY_SM:
    case UTF8PROC_CATEGORY_SC:
    case UTF8PROC_CATEGORY_SK:
    case UTF8PROC_CATEGORY_SO: return UC_S;
    default: return 0;
    }
}

/* The White_Space property; utf8proc has no direct query for it. */
static int is_white(uint32_t cp) {
    return (cp >= 9 && cp <= 13) || cp == 0x20 || cp == 0x85 || cp == 0xa0 || cp == 0x1680 ||
           (cp >= 0x2000 && cp <= 0x200a) || cp == 0x2028 || cp == 0x2029 || cp == 0x202f || cp == 0x205f ||
           cp == 0x3000;
}

static void fill(uint8_t *cls, uint32_t lo, uint32_t hi) {
    for (uint32_t cp = lo; cp < hi; cp++) {
        uint8_t b = category_bits(cp);
        if (b) cls[cp] = b; /* do not touch pages of unassigned code points */
    }
}

uclass *uclass_new(void) {
    uclass *u = mem_calloc(1, sizeof *u);
    u->cls = mem_calloc(UCLASS_SIZE, 1);
    /* Everything outside these two ranges is unassigned or private use, hence in no class. */
    fill(u->cls, 0, 0x34000);
    fill(u->cls, 0xe0000, 0xe0200);
    for (uint32_t cp = 0; cp <= 0x3000; cp++)
        if (is_white(cp)) u->cls[cp] |= UC_WS;
    u->cls['\r'] |= UC_NL;
    u->cls['\n'] |= UC_NL;
    for (uint32_t cp = 0x4e00; cp <= 0x9fa5; cp++) u->cls[cp] |= UC_CJK;
    for (uint32_t cp = 0x3040; cp <= 0x30ff; cp++) u->cls[cp] |= UC_CJK;
    return u;
}

void uclass_free(uclass *u) {
    if (!u) return;
    mem_free(u->cls);
    mem_free(u);
}
