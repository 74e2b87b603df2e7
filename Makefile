# r1.c -- one C program. `make` builds ./r1, `make test` checks everything, `make help` lists the rest.
#
# One folder per room under src/ (docs/TOUR.md). Every src/*/*.c goes into build/libr1.a except
# src/cli/main.c; ./r1 is main.o + the archive, and so is every tests/test_*.c.
#   make ROOMS="base kernel" build/tests/test_rng    only these rooms, while others are being changed

ifeq ($(origin CC),default)
CC      := gcc
endif
BUILD   ?= build
ROOMS   ?= *
OPT     ?= -O2
V       ?=
Q       := $(if $(V),,@)
SAY     := $(if $(V),@:,@echo)
WARN    ?= -Wall -Wextra -Wshadow -Wconversion -Werror
SAN     ?=
OMP     ?= -fopenmp

# ---- libraries (docs/DEPENDENCIES.md); oneDNN has no .pc file in Debian 12
PKGS    := jansson libpcre2-8 libutf8proc inih libedit zlib
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null || echo -ljansson -lpcre2-8 -lutf8proc -linih -ledit -lz)

CPPFLAGS += -D_GNU_SOURCE -Isrc $(PKG_CFLAGS)
# The baseline is plain x86-64, so that one binary starts everywhere; only kernel files get more (below).
CFLAGS  += -std=gnu11 $(WARN) $(OPT) -g $(OMP) -fno-strict-aliasing $(SAN)
LDFLAGS += $(SAN)
LIBS    := -ldnnl $(PKG_LIBS) -lm -lgomp

# MPI=1: data-parallel training (src/base/dist.h). One object differs, so both builds share the rest of the tree.
MPI     ?=
MPI_HAVE  := $(shell pkg-config --exists ompi-c 2>/dev/null && echo yes)
MPI_CFLAGS = $(patsubst -I%,-isystem %,$(shell pkg-config --cflags ompi-c 2>/dev/null)) -DR1_MPI
MPI_LIBS   = $(shell pkg-config --libs ompi-c 2>/dev/null || echo -lmpi)

SRC     := $(sort $(foreach r,$(ROOMS),$(wildcard src/$(r)/*.c)))
LIB_SRC := $(filter-out src/cli/main.c src/exec/worker_%,$(SRC))
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/%.o)
LIB     := $(BUILD)/libr1.a
UNIT    := $(patsubst tests/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/test_*.c)))
BENCH   := $(patsubst bench/%.c,$(BUILD)/bench/%,$(sort $(wildcard bench/*.c)))
FUZZ    := $(patsubst tests/fuzz/%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
BIN     := $(if $(filter build,$(BUILD)),r1,$(BUILD)/r1)
# The process that runs Python programs (src/exec/worker.h): the only one that needs libpython, so that r1 starts without.
PYTHON  := $(if $(filter build,$(BUILD)),r1-python,$(BUILD)/r1-python)
PY_OBJ  := $(patsubst %.c,$(BUILD)/%.o,$(wildcard src/exec/worker_*.c))
PY_HAVE := $(shell pkg-config --exists python3-embed libseccomp 2>/dev/null && echo yes)

.PHONY: all lib unit test sanitized test-peers test-mpi check-long asan asan-bins fuzz bench format lint arrows clean help
.DELETE_ON_ERROR:
.SECONDARY:

all: $(BIN) $(PYTHON)

help:
	@echo 'make            build ./r1'
	@echo 'make test       unit tests, fuzz corpora under sanitizers, arrows, tests/*.sh (about what ./test does)'
	@echo 'make check-long the same with R1_LONG=1: the tests that take minutes'
	@echo 'make MPI=1      build ./r1 for training in several processes; make test-mpi checks it'
	@echo 'make test-peers our files in other programs (llama.cpp), where those are installed'
	@echo 'make unit       build the unit tests only; then build/tests/test_NAME'
	@echo 'make asan       all unit tests once more under ASan and UBSan'
	@echo 'make fuzz       T=NAME SECONDS=60: libFuzzer on tests/fuzz/fuzz_NAME.c (clang)'
	@echo 'make bench      the measurements of bench/'
	@echo 'make lint       clang-tidy and shellcheck;  make format F="FILES": clang-format in place'
	@echo 'make V=1        show the commands'
	@echo 'make arrows     which room may include which;  make clean'

# ---- compile
# ISA flags per kernel file only: the choice is made at run time by what the CPU has (kernel/kern.c).
ISA_avx2   := -mavx2 -mfma -mf16c
ISA_avx512 := -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni -mavx512bf16 -mfma -mf16c -mavx2 \
             
ISA_amx    := $(ISA_avx512) -mamx-tile -mamx-bf16 -mamx-int8
isa = $(if $(findstring _amx,$(1)),$(ISA_amx),$(if $(findstring avx512,$(1)),$(ISA_avx512),$(if $(findstring avx2,$(1)),$(ISA_avx2),)))
fast = $(if $(findstring src/kernel/,$(1)),$(if $(SAN),,-O3) -fopenmp-simd,)

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(SAY) '  cc   $<'
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(call fast,$<) $(call isa,$(notdir $<)) -MMD -MP -c $< -o $@

# Made anew when an object changes, and when the list of them does: a source file that goes away must leave it.
$(shell mkdir -p $(BUILD); echo '$(LIB_OBJ)' | cmp -s - $(BUILD)/lib.list || echo '$(LIB_OBJ)' >$(BUILD)/lib.list)
$(LIB): $(LIB_OBJ) $(BUILD)/lib.list
	@rm -f $@
	@$(AR) rcs $@ $(LIB_OBJ)

$(BUILD)/mpi/dist.o: src/base/dist.c Makefile
	@mkdir -p $(@D)
	$(SAY) '  cc   $< (MPI)'
	$(Q)$(CC) $(CPPFLAGS) $(MPI_CFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

# Linked anew when MPI=1 comes or goes. dist.o stands before the archive, so that its twin there is not taken.
$(shell echo '$(MPI)' | cmp -s - $(BUILD)/mpi.choice || echo '$(MPI)' >$(BUILD)/mpi.choice)
$(BIN): $(BUILD)/src/cli/main.o $(if $(MPI),$(BUILD)/mpi/dist.o) $(LIB) $(BUILD)/mpi.choice
	$(SAY) '  link $@'
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) $(LIBS) $(if $(MPI),$(MPI_LIBS))

$(BUILD)/r1-mpi: $(BUILD)/src/cli/main.o $(BUILD)/mpi/dist.o $(LIB)
	$(SAY) '  link $@'
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS) $(MPI_LIBS)

# Never sanitized: what the sanitizers need is what seccomp denies.
ifneq ($(PY_HAVE),)
$(PYTHON): $(PY_OBJ)
	$(SAY) '  link $@'
	$(Q)$(CC) -o $@ $^ $(shell pkg-config --libs python3-embed libseccomp)
else
.PHONY: $(PYTHON)
$(PYTHON):
	@echo '  note $@ is not built, Python programs cannot be run: it needs libpython3-dev and libseccomp-dev'
endif

$(PY_OBJ): private SAN :=
$(PY_OBJ): private CPPFLAGS += $(patsubst -I%,-isystem %,$(shell pkg-config --cflags python3-embed libseccomp 2>/dev/null)) \
    -DR1_PRELUDE='"src/exec/prelude.py"' -DR1_PY_HOME='"$(shell pkg-config --variable=prefix python3-embed 2>/dev/null)"'
$(BUILD)/src/exec/worker_python.o: src/exec/prelude.py

$(BUILD)/tests/test_%: $(BUILD)/tests/test_%.o $(LIB)
	$(SAY) '  link $@'
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LIBS)

$(BUILD)/bench/%: $(BUILD)/bench/%.o $(LIB)
	$(SAY) '  link $@'
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/replay.o $(LIB)
	@mkdir -p $(@D)
	$(SAY) '  link $@'
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

lib: $(LIB)
unit: $(UNIT) $(if $(MPI_HAVE),$(BUILD)/r1-mpi)

# ---- test
# The file readers are always run under the sanitizers: a corpus that only does not crash proves little.
SANITIZE := BUILD=build/asan OPT=-O1 SAN='-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer' \
            WARN='-Wall -Wextra -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-format-truncation'

test: $(BIN) $(PYTHON) unit sanitized
	@tools/check.sh

sanitized:
	@$(MAKE) --no-print-directory $(SANITIZE) asan-bins

# Several processes; says what to install where there is no MPI.
test-mpi: export R1_LONG := 1
test-mpi: $(BIN)
	@tools/install.sh mpi
	@$(MAKE) --no-print-directory $(BUILD)/r1-mpi
	@tests/mpi.sh

# Other people's programs as judges (llama.cpp); says what to install where they are missing.
test-peers: $(BIN) $(UNIT)
	@tests/peers/run.sh

check-long: export R1_LONG := 1
check-long: test

# What `make test` needs of the sanitized tree; with ASAN_ALL=1 the unit tests too.
asan-bins: $(FUZZ:%=$(BUILD)/fuzz/%) $(if $(ASAN_ALL),$(UNIT))

asan: $(PYTHON)
	@$(MAKE) --no-print-directory $(SANITIZE) ASAN_ALL=1 asan-bins
	@tools/check.sh --asan

# Coverage-guided fuzzing, for as long as one likes; findings go to build/fuzz/, new inputs stay out of the tree.
T       ?=
SECONDS ?= 60
fuzz:
	@test -n "$(T)" || { echo 'which one? make fuzz T=NAME, NAME one of: $(FUZZ:fuzz_%=%)'; exit 2; }
	@mkdir -p build/fuzz/new_$(T)
	@$(MAKE) --no-print-directory $(CLANG_FUZZ) build/clang/lf_$(T)
	cd build/fuzz && ../clang/lf_$(T) -max_total_time=$(SECONDS) -rss_limit_mb=2048 new_$(T) ../../tests/fuzz/corpus/$(T)

CLANG_FUZZ := CC=clang BUILD=build/clang OPT=-O1 OMP='-idirafter tools/clang -Wno-unknown-pragmas' \
              WARN='-Wall' SAN='-fsanitize=address,undefined,fuzzer-no-link'
$(BUILD)/lf_%: $(BUILD)/tests/fuzz/fuzz_%.o $(LIB)
	$(Q)$(CC) -fsanitize=address,undefined,fuzzer -o $@ $^ $(LIBS)

# ---- measure, tidy up
bench: $(BIN) $(BENCH)
	@for s in bench/*.sh; do if [ -x "$$s" ]; then "$$s" || exit 1; fi; done

C_FILES = $(shell git ls-files '*.c' '*.h')
SH_FILES = run test .ci/run $(shell git ls-files '*.sh')

format:
	clang-format -i $(or $(F),$(C_FILES))

lint:
	shellcheck -S warning $(SH_FILES)
	@clang-tidy --quiet $(filter-out src/kernel/kern_avx%,$(LIB_SRC)) -- -std=gnu11 $(CPPFLAGS) -idirafter tools/clang -Wno-unknown-pragmas

arrows:
	@tools/arrows.sh

clean:
	rm -rf build r1 r1-python

-include $(LIB_OBJ:.o=.d) $(BUILD)/mpi/dist.d $(PY_OBJ:.o=.d) $(BUILD)/src/cli/main.d $(UNIT:=.d) $(BENCH:=.d) $(wildcard $(BUILD)/tests/fuzz/*.d)
