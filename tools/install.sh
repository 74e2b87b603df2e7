#!/usr/bin/env bash
# tools/install.sh build|test|mpi|dev -- Debian packages that are missing, and nothing when all are there.
#   build  what `make` needs            test  build + what ./test needs
#   mpi    build + what make MPI=1 and make test-mpi need
#   dev    test + what make fuzz, make lint and make format need
# As root or through sudo it installs them; otherwise it prints the exact line and exits 1.
set -eu

build="gcc libc6-dev make pkg-config libdnnl-dev libjansson-dev libpcre2-dev libutf8proc-dev libinih-dev libedit-dev zlib1g-dev
    libpython3-dev libseccomp-dev"
test="libcmocka-dev"
dev="clang libclang-rt-14-dev clang-format clang-tidy shellcheck"

mpi="libopenmpi-dev openmpi-bin"

case ${1:-build} in
build) want=$build ;;
test) want="$build $test" ;;
mpi) want="$build $mpi" ;;
dev) want="$build $test $dev" ;;
*)
    echo "usage: tools/install.sh build|test|mpi|dev" >&2
    exit 2
    ;;
esac

if ! command -v dpkg-query >/dev/null 2>&1; then
    # Not a Debian system: the names are Debian's, so all that can be done is to say what is needed.
    if command -v make >/dev/null 2>&1 && command -v gcc >/dev/null 2>&1; then exit 0; fi
    echo "r1 needs these libraries (Debian's names): $want" >&2
    exit 1
fi

missing=
for p in $want; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null || true)
    # pkg-config is a name that pkgconf provides too.
    if [ "$state" != installed ] && ! { [ "$p" = pkg-config ] && command -v pkg-config >/dev/null 2>&1; }; then
        missing="$missing $p"
    fi
done
if [ -z "$missing" ]; then exit 0; fi

line="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" -eq 0 ]; then as=
elif command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then as=sudo
else
    echo "some packages are missing; install them with" >&2
    echo "  sudo $line" >&2
    exit 1
fi

echo "installing:$missing" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086  # $as is empty or one word, $line is a list of words
if ! { $as $line || { $as apt-get update && $as $line; }; } >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    echo "could not install; the line was: ${as:+$as }$line" >&2
    exit 1
fi
