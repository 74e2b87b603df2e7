/* kern.c -- which kernel table runs: asked of the CPU and of the operating system, once.
 *
 * CPUID says what the processor can do, XCR0 what the operating system saves at a context switch;
 * a vector unit may be used only when both agree. We ask CPUID ourselves and not through
 * __builtin_cpu_supports because compilers differ in which of these names they know.
 *
 * The AVX-512 table needs F, BW, DQ, VL, VNNI and BF16 (Cooper Lake, Ice Lake's successors, Zen 4);
 * a CPU with a smaller AVX-512 falls to AVX2, one without AVX2, FMA or F16C to the reference.
 * The AMX table is the AVX-512 one with its products on tiles; Linux gives the tiles' state to a process that asks.
 */
#include "kernel/kern.h"

#include <cpuid.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "kernel/kern_amx.h"

extern const kern kern_avx2; /* kern_avx2.c */

const kern *K = &kern_ref;

enum {
    CPU_AVX2,
    CPU_FMA,
    CPU_F16C,
    CPU_AVX512F,
    CPU_AVX512BW,
    CPU_AVX512DQ,
    CPU_AVX512VL,
    CPU_AVX512VNNI,
    CPU_AVX512BF16,
    CPU_AMX_BF16,
    CPU_AMX_INT8,
    CPU_FLAGS
};
static const char *const cpu_flag_name[CPU_FLAGS] = {"avx2",       "fma",      "f16c",     "avx512f",
                                                     "avx512bw",   "avx512dq", "avx512vl", "avx512vnni",
                                                     "avx512bf16", "amx_bf16", "amx_int8"};
enum { /* bits of XCR0 (Intel SDM vol. 1, 13.3) */
       XCR0_AVX    = 6,
       XCR0_AVX512 = 6 | 0xe0,
       XCR0_AMX    = 6 | 0x60000
};

static uint32_t xcr0(void) {
    uint32_t lo, hi;
    __asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
    return lo;
}

static unsigned bit_if(unsigned word, int bit, unsigned flag) { return (word >> bit & 1u) << flag; }

/* The set of usable features, bit CPU_x each. */
static unsigned cpu_flags(void) {
    unsigned a, b, c, d, f = 0;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c >> 27 & 1)) return 0; /* no OSXSAVE: no XCR0 to ask */
    uint32_t os = xcr0();
    if ((os & XCR0_AVX) != XCR0_AVX) return 0;
    f |= bit_if(c, 12, CPU_FMA) | bit_if(c, 29, CPU_F16C);
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return f;
    unsigned max_sub = a;
    f |= bit_if(b, 5, CPU_AVX2);
    bool os512 = (os & XCR0_AVX512) == XCR0_AVX512;
    if (os512)
        f |= bit_if(b, 16, CPU_AVX512F) | bit_if(b, 30, CPU_AVX512BW) | bit_if(b, 17, CPU_AVX512DQ) |
             bit_if(b, 31, CPU_AVX512VL) | bit_if(c, 11, CPU_AVX512VNNI);
    if ((os & XCR0_AMX) == XCR0_AMX && (d >> 24 & 1)) f |= bit_if(d, 22, CPU_AMX_BF16) | bit_if(d, 25, CPU_AMX_INT8);
    if (os512 && max_sub >= 1 && __get_cpuid_count(7, 1, &a, &b, &c, &d)) f |= bit_if(a, 5, CPU_AVX512BF16);
    return f;
}

static bool has_all(unsigned flags, unsigned first, unsigned last) {
    for (unsigned i = first; i <= last; i++)
        if (!(flags >> i & 1u)) return false;
    return true;
}

/* Documentation/arch/x86/xstate.rst: ARCH_REQ_XCOMP_PERM for XFEATURE_XTILEDATA, for the process and its threads. */
static bool tiles_allowed(void) { return syscall(SYS_arch_prctl, 0x1023, 18) == 0; }

static const kern *amx_table(void) {
    static kern t; /* same bytes at every call */
    kern        k = kern_avx512;
    k.name        = "amx";
    k.bgemm       = bgemm_amx;
    k.igemm       = igemm_amx;
    memcpy(&t, &k, sizeof t);
    return &t;
}

int kern_all(const kern *out[5]) {
    unsigned f = cpu_flags();
    int      n = 0;
    out[n++]   = &kern_ref;
    if (!has_all(f, CPU_AVX2, CPU_F16C)) return n;
    out[n++] = &kern_avx2;
    if (!has_all(f, CPU_AVX512F, CPU_AVX512BF16)) return n;
    out[n++] = &kern_avx512;
    if (has_all(f, CPU_AMX_BF16, CPU_AMX_INT8) && tiles_allowed()) out[n++] = amx_table();
    return n;
}

bool kern_tiles(void) { return strcmp(K->name, "amx") == 0; }

bool kern_init(const char *force, err *e) {
    const kern *all[5];
    int         n = kern_all(all);
    if (!force) force = getenv("R1_KERNEL");
    if (!force || !*force) {
        K = all[n - 1];
        return true;
    }
    for (int i = 0; i < n; i++)
        if (strcmp(all[i]->name, force) == 0) {
            K = all[i];
            return true;
        }
    if (strcmp(force, "avx2") == 0 || strcmp(force, "avx512") == 0 || strcmp(force, "amx") == 0)
        return err_set(e, "R1_KERNEL=%s: this CPU lacks what it needs (it has: %s)", force, kern_cpu());
    return err_set(e, "R1_KERNEL=%.64s: unknown kernel table (expected ref, avx2, avx512 or amx)", force);
}

const char *kern_cpu(void) {
    static char text[160]; /* same bytes at every call, so that a second thread writing them is harmless */
    char        buf[sizeof text];
    size_t      len = 0;
    unsigned    f   = cpu_flags();
    buf[0]          = 0;
    for (int i = 0; i < CPU_FLAGS; i++) {
        if (!(f >> i & 1u)) continue;
        size_t n = strlen(cpu_flag_name[i]);
        if (len + n + 2 > sizeof buf) break;
        if (len) buf[len++] = ' ';
        memcpy(buf + len, cpu_flag_name[i], n + 1);
        len += n;
    }
    memcpy(text, buf, len + 1);
    return text;
}
