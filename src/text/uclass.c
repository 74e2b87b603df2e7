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

/* Assigned by Unicode 15.1 and 16.0 (what the reference's regular expressions know), which utf8proc 2.8 lacks. */
static const struct {
    uint32_t lo, hi;
    uint8_t  bits;
} newer[] = {
    {0x897, 0x897, UC_M},     {0x1b4e, 0x1b4f, UC_P},   {0x1b7f, 0x1b7f, UC_P},   {0x1c89, 0x1c8a, UC_L},
    {0x2427, 0x2429, UC_S},   {0x2ffc, 0x2fff, UC_S},   {0x31e4, 0x31e5, UC_S},   {0x31ef, 0x31ef, UC_S},
    {0xa7cb, 0xa7cd, UC_L},   {0xa7da, 0xa7dc, UC_L},   {0x105c0, 0x105f3, UC_L}, {0x10d40, 0x10d49, UC_N},
    {0x10d4a, 0x10d65, UC_L}, {0x10d69, 0x10d6d, UC_M}, {0x10d6e, 0x10d6e, UC_P}, {0x10d6f, 0x10d85, UC_L},
    {0x10d8e, 0x10d8f, UC_S}, {0x10ec2, 0x10ec4, UC_L}, {0x10efc, 0x10efc, UC_M}, {0x11380, 0x11389, UC_L},
    {0x1138b, 0x1138b, UC_L}, {0x1138e, 0x1138e, UC_L}, {0x11390, 0x113b5, UC_L}, {0x113b7, 0x113b7, UC_L},
    {0x113b8, 0x113c0, UC_M}, {0x113c2, 0x113c2, UC_M}, {0x113c5, 0x113c5, UC_M}, {0x113c7, 0x113ca, UC_M},
    {0x113cc, 0x113d0, UC_M}, {0x113d1, 0x113d1, UC_L}, {0x113d2, 0x113d2, UC_M}, {0x113d3, 0x113d3, UC_L},
    {0x113d4, 0x113d5, UC_P}, {0x113d7, 0x113d8, UC_P}, {0x113e1, 0x113e2, UC_M}, {0x116d0, 0x116e3, UC_N},
    {0x11bc0, 0x11be0, UC_L}, {0x11be1, 0x11be1, UC_P}, {0x11bf0, 0x11bf9, UC_N}, {0x11f5a, 0x11f5a, UC_M},
    {0x13460, 0x143fa, UC_L}, {0x16100, 0x1611d, UC_L}, {0x1611e, 0x1612f, UC_M}, {0x16130, 0x16139, UC_N},
    {0x16d40, 0x16d6c, UC_L}, {0x16d6d, 0x16d6f, UC_P}, {0x16d70, 0x16d79, UC_N}, {0x18cff, 0x18cff, UC_L},
    {0x1cc00, 0x1ccef, UC_S}, {0x1ccf0, 0x1ccf9, UC_N}, {0x1cd00, 0x1ceb3, UC_S}, {0x1e5d0, 0x1e5ed, UC_L},
    {0x1e5ee, 0x1e5ef, UC_M}, {0x1e5f0, 0x1e5f0, UC_L}, {0x1e5f1, 0x1e5fa, UC_N}, {0x1e5ff, 0x1e5ff, UC_P},
    {0x1f8b2, 0x1f8bb, UC_S}, {0x1f8c0, 0x1f8c1, UC_S}, {0x1fa89, 0x1fa89, UC_S}, {0x1fa8f, 0x1fa8f, UC_S},
    {0x1fabe, 0x1fabe, UC_S}, {0x1fac6, 0x1fac6, UC_S}, {0x1fadc, 0x1fadc, UC_S}, {0x1fadf, 0x1fadf, UC_S},
    {0x1fae9, 0x1fae9, UC_S}, {0x1fbcb, 0x1fbef, UC_S}, {0x2ebf0, 0x2ee5d, UC_L},
};

uclass *uclass_new(void) {
    uclass *u = mem_calloc(1, sizeof *u);
    u->cls    = mem_calloc(UCLASS_SIZE, 1);
    /* Everything outside these two ranges is unassigned or private use, hence in no class. */
    fill(u->cls, 0, 0x34000);
    fill(u->cls, 0xe0000, 0xe0200);
    for (size_t i = 0; i < sizeof newer / sizeof *newer; i++)
        for (uint32_t cp = newer[i].lo; cp <= newer[i].hi; cp++)
            if (!u->cls[cp]) u->cls[cp] = newer[i].bits;
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
