#!/usr/bin/env bash
# tools/check.sh [--asan] -- runs what `make test` has built and counts it.
#
# Four kinds of checks, one line each while they run, a failing one with its whole output:
#   unit      build/tests/test_*     cmocka programs; each of their tests counts
#   fuzz      build/asan/fuzz/*      corpus, cut-offs and mutations under ASan and UBSan; a target counts one
#   arrows    tools/arrows.sh        counts one
#   scripts   tests/*.sh             their lines "ok NAME", "not ok NAME: why", "skip NAME: why" count
# The last line is "N passed, N failed, N skipped"; the exit status is 0 only when none failed.
# --asan runs the sanitized unit tests and nothing else.
set -u
cd "$(dirname "$0")/.." || exit 1

limit=${R1_TEST_TIMEOUT:-300} # seconds for one program
if [ -n "${R1_LONG:-}" ]; then limit=3600; fi
logs=build/logs
mkdir -p "$logs"
passed=0 failed=0 skipped=0
bad=()

# On a machine with other work a thread that spins at a barrier keeps out the one it waits for.
export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-passive}
# Both sanitizers stop at the first finding; libgomp's thread pool is never freed, by design.
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
export ASAN_OPTIONS=${ASAN_OPTIONS:-allocator_may_return_null=1}
export LSAN_OPTIONS=${LSAN_OPTIONS:-suppressions=tools/lsan.supp:print_suppressions=0}

# note NAME PASSED FAILED SKIPPED SECONDS LOG...
note() {
    passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
    local word=ok
    if [ "$3" -gt 0 ]; then word=FAIL; bad+=("$1"); fi
    printf '%-4s  %-28s %4d passed  %d failed  %d skipped  %4ds\n' "$word" "$1" "$2" "$3" "$4" "$5"
    shift 5
    if [ "$word" = FAIL ]; then sed 's/^/      | /' "$@"
    else grep -h -E '^(skip|skipped:) ?' "$@" | sed 's/^/      /'; fi
}

# Counts pattern $1 in file $2.
count() { grep -c -E "$1" "$2" || true; }

unit() { # unit NAME PROGRAM
    local out=$logs/$1.out err=$logs/$1.err p f s rc t=$SECONDS
    timeout -k 10 "$limit" "$2" >"$out" 2>"$err" </dev/null
    rc=$?
    p=$(count '\[       OK \] ' "$out") f=$(count '\[  FAILED  \] ' "$out") s=$(count '\[  SKIPPED \] ' "$out")
    # A crash, a time-out or a failing fixture leaves no FAILED line; nor does a program without any test.
    if [ "$f" -eq 0 ] && { [ "$rc" -ne 0 ] || [ $((p + s)) -eq 0 ]; }; then
        f=1
        case $rc in
        124 | 137) echo "stopped after $limit s" >>"$err" ;;
        *) echo "exit status $rc, $p tests passed before" >>"$err" ;;
        esac
    fi
    note "$1" "$p" "$f" "$s" $((SECONDS - t)) "$out" "$err"
}

single() { # single NAME COMMAND...: counts one
    local name=$1 out=$logs/$1.out t=$SECONDS
    shift
    if timeout -k 10 "$limit" "$@" >"$out" 2>&1 </dev/null; then note "$name" 1 0 0 $((SECONDS - t)) "$out"
    else note "$name" 0 1 0 $((SECONDS - t)) "$out"; fi
}

script() { # script FILE
    local name out err p f s rc t=$SECONDS
    name=$(basename "$1")
    out=$logs/$name.out err=$logs/$name.err
    timeout -k 10 "$limit" "$1" >"$out" 2>"$err" </dev/null
    rc=$?
    p=$(count '^ok ' "$out") f=$(count '^not ok ' "$out") s=$(count '^skip ' "$out")
    if [ "$f" -eq 0 ] && { [ "$rc" -ne 0 ] || [ $((p + s)) -eq 0 ]; }; then
        f=1
        echo "exit status $rc, $p checks passed before" >>"$err"
    fi
    note "$name" "$p" "$f" "$s" $((SECONDS - t)) "$out" "$err"
}

dir=build
if [ "${1:-}" = --asan ]; then dir=build/asan; fi
for c in tests/test_*.c; do
    [ -e "$c" ] || continue
    n=$(basename "$c" .c)
    unit "$n" "$dir/tests/$n"
done
if [ "$dir" = build ]; then
    for c in tests/fuzz/fuzz_*.c; do
        [ -e "$c" ] || continue
        n=$(basename "$c" .c)
        single "$n" "build/asan/fuzz/$n" "tests/fuzz/corpus/${n#fuzz_}"
    done
    single arrows tools/arrows.sh
    for s in tests/*.sh; do
        if [ -x "$s" ]; then script "$s"; fi
    done
fi
if [ ${#bad[@]} -gt 0 ]; then printf 'failed: %s\n' "${bad[*]}"; fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
