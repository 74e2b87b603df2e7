/* exec_wire.h -- what r1 and its helper r1-python say to each other, over one socket pair.
 *
 *   r1 -> helper   exec_wire_ask, then `code` bytes of Python, then `calls` bytes: expressions, each with a NUL
 *   helper -> r1   exec_wire_answer, then `out` bytes printed, `value` bytes of values, `error` bytes of one line
 *
 * The first answer comes unasked, when the helper is locked and ready; its status is EXEC_OK, or it says in `error` why
 * there will be no helper. Both ends are one build on one machine: numbers go as they are.
 * r1 checks every length it reads: nothing that the helper says is trusted with more memory than this file allows. */
#ifndef R1_EXEC_WIRE_H
#define R1_EXEC_WIRE_H
#include <stdint.h>

enum {
    EXEC_WIRE_FD    = 3, /* the helper's end */
    EXEC_WIRE_MAGIC = 0x72317079,
    EXEC_WIRE_LINES = 1, /* flag: count lines */
    EXEC_WIRE_ERROR = 512
};

typedef struct exec_wire_ask {
    uint32_t magic, flags, code, calls;
} exec_wire_ask;

typedef struct exec_wire_answer {
    uint32_t magic;
    int32_t  status, error_line;
    uint32_t out, error, value;
    int64_t  lines;
} exec_wire_answer;
#endif
