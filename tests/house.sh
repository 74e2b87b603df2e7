#!/usr/bin/env bash
# tests/house.sh -- the scripts that judge the tree, judged themselves: each must see what it is there to see.
set -u
cd "$(dirname "$0")/.." || exit 1
tools=$PWD/tools
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# same NAME EXPECTED FOUND
same() {
    if [ "$2" = "$3" ]; then echo "ok $1"
    else echo "not ok $1: expected '$2', found '$3'"; fi
}

# ---- arrows: a tree with one breach of each kind
mkdir -p "$dir/a/tools" "$dir/a/src/base" "$dir/a/src/data" "$dir/a/src/cli" "$dir/a/src/misc"
cp "$tools/arrows.sh" "$dir/a/tools/"
printf '#include "base/x.h"\n' >"$dir/a/src/base/good.c"
printf '#include "data/a.h"\nint main(void) { exit(0); }\n' >"$dir/a/src/cli/main.c"
same arrows_accept 0 "$(rm -r "$dir/a/src/misc"; "$dir/a/tools/arrows.sh" >/dev/null; echo $?)"
mkdir "$dir/a/src/misc"
printf '#include "model/x.h"\nvoid f(void) { exit(1); }\n#include "x.h"\n' >"$dir/a/src/data/good.c"
seq 1 801 >"$dir/a/src/base/long.c"
seq 1 800 >"$dir/a/src/base/short.c"
echo 'int x;' >"$dir/a/src/misc/m.c"
found=$("$dir/a/tools/arrows.sh" | cut -d: -f1,2 | tr '\n' ' ')
same arrows_find "src/base/long.c:801 src/data/good.c:1 src/data/good.c:1 src/data/good.c:2 src/data/good.c:3 src/misc/m.c:1 " "$found"

# ---- check: programs that pass, fail, skip, crash, hang, and do nothing
mkdir -p "$dir/c/tools" "$dir/c/tests/fuzz" "$dir/c/build/tests" "$dir/c/build/asan/fuzz"
cp "$tools/check.sh" "$dir/c/tools/"
printf '#!/bin/sh\nexit 0\n' >"$dir/c/tools/arrows.sh"
fake() { # fake NAME SCRIPT: a unit test of that name
    touch "$dir/c/tests/$1.c"
    printf '#!/bin/sh\n%s\n' "$2" >"$dir/c/build/tests/$1"
    chmod +x "$dir/c/build/tests/$1"
}
chmod +x "$dir/c/tools/arrows.sh"
fake test_pass "printf '[ RUN      ] a\n[       OK ] a\n[ RUN      ] b\nno newline[       OK ] b\n[  SKIPPED ] c\n'; echo '[  PASSED  ] 2 test(s).' >&2"
same check_pass "3 passed, 0 failed, 1 skipped" "$("$dir/c/tools/check.sh" | tail -n 1)"
same check_pass_status 0 "$("$dir/c/tools/check.sh" >/dev/null; echo $?)"
fake test_fail "printf '[       OK ] a\n[  FAILED  ] b\n'; echo '[  FAILED  ] b' >&2; exit 1"
fake test_crash "echo '[       OK ] a'; kill -SEGV \$\$"
fake test_hang "sleep 60"
fake test_empty "true"
printf '#!/bin/sh\necho ok one\necho "not ok two: why"\necho "skip three: why"\n' >"$dir/c/tests/x.sh"
chmod +x "$dir/c/tests/x.sh"
touch "$dir/c/tests/fuzz/fuzz_f.c" # its program was not built: a failure
found=$(R1_TEST_TIMEOUT=1 "$dir/c/tools/check.sh")
same check_counts "6 passed, 6 failed, 2 skipped" "$(tail -n 1 <<<"$found")"
same check_names "failed: test_crash test_empty test_fail test_hang fuzz_f x.sh" "$(grep '^failed:' <<<"$found")"
same check_status 1 "$(R1_TEST_TIMEOUT=1 "$dir/c/tools/check.sh" >/dev/null; echo $?)"

# ---- install: what it says where it may not install
mkdir "$dir/bin"
ln -s "$(command -v bash)" "$dir/bin/bash"
printf '#!/bin/sh\necho 1000\n' >"$dir/bin/id"
# shellcheck disable=SC2016  # $4 is the fake's own
printf '#!/bin/sh\ncase $4 in libjansson-dev) exit 1;; *) echo installed;; esac\n' >"$dir/bin/dpkg-query"
chmod +x "$dir/bin/id" "$dir/bin/dpkg-query"
found=$(PATH=$dir/bin "$dir/bin/bash" "$tools/install.sh" build 2>&1; echo $?)
same install_prints_the_line "some packages are missing; install them with
  sudo apt-get install -y --no-install-recommends libjansson-dev
1" "$found"
same install_usage 2 "$(tools/install.sh everything >/dev/null 2>&1; echo $?)"
