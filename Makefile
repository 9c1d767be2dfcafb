# Bobbin: `make help` tells what can be made.
#
# Kernel objects are shared by all apps of one architecture, compiler and mode; an app is compiled and linked in a
# folder of its own. Every output is written beside its place and moved there whole: several makes may work in one
# build directory.

ARCH  ?= riscv64
APP   ?= tour
MODE  ?= O2
BUILD ?= build
QEMU  ?= $(if $(filter hosted,$(ARCH)),,qemu-system-$(ARCH))
# Relative if it can be: what depends on which header is kept by these names.
override BUILD := $(BUILD:$(CURDIR)/%=%)

MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help
.SUFFIXES:

fail   = $(error bobbin: $(1))
define newline


endef
quote  = '$(subst ','\'',$(1))'
quiet := $(if $(filter 1,$(V)),,@)
override LLVM  := $(filter-out 0,$(LLVM))
override BENCH := $(filter-out 0,$(BENCH))

$(if $(filter 3.%,$(MAKE_VERSION)),$(call fail,GNU make 4 is needed and this is $(MAKE_VERSION): try gmake))

# ------------------------------------------------------------------------------- goals that need no toolchain ----

.PHONY: help setup doctor clean
help:
	@cat scripts/help.txt

doctor:
	@scripts/doctor

clean:
	$(quiet)rm -rf $(addprefix $(BUILD)/,riscv64-* x86_64-* hosted-* host known mutants pytest)

# Goals beside `setup` are left to a second make, which looks for the tools when setup has brought them.
ifneq ($(filter setup,$(MAKECMDGOALS)),)
afterwards := $(filter-out setup,$(MAKECMDGOALS))
setup:
	@LLVM=$(LLVM) BENCH=$(BENCH) scripts/setup
ifneq ($(afterwards),)
.PHONY: $(afterwards)
$(afterwards): setup
	@$(MAKE) $@
endif
else ifneq ($(filter-out help doctor clean,$(MAKECMDGOALS)),)

# ------------------------------------------------------------------------------------------------- the flags ----

architectures := riscv64 x86_64 hosted
modes         := O0 O1 O2 O3 Os Oz
$(if $(filter $(architectures),$(ARCH)),,$(call fail,there is no ARCH=$(ARCH); there is: $(architectures)))
$(if $(or $(filter-out hosted,$(ARCH)),$(filter Linux-x86_64,$(shell uname -s)-$(shell uname -m))),,$(call fail,ARCH=hosted is \
  a process of Linux on x86_64 and this is $(shell uname -s) on $(shell uname -m)))
$(if $(filter $(modes),$(MODE)),,$(call fail,there is no MODE=$(MODE); there is: $(modes)))

# What a hosted image is instrumented with. Its headers go first; what works on raw stacks, or for the tool, is left as it is.
tools := sanitizers valgrind coverage
$(if $(filter-out $(tools),$(UNDER)),$(call fail,there is no UNDER=$(UNDER); there is: $(tools)))
$(if $(UNDER),$(if $(filter hosted-,$(ARCH)-$(LLVM)),,$(call fail,UNDER=$(UNDER) is for ARCH=hosted built with gcc)))

under.sanitizers      := -DUNDER_SANITIZERS -fsanitize=address,undefined -fno-sanitize=null -fsanitize-recover=all --param asan-use-after-return=0
libraries.sanitizers  := -lasan -lubsan -lc -Wl,-z,now,--wrap=__ubsan_handle_builtin_unreachable,--wrap=__ubsan_handle_missing_return
not_under.sanitizers  := kernel/task/stack.cpp kernel/task/abandon.cpp kernel/debug/backtrace.cpp \
                         arch/x86_64/causes.cpp arch/hosted/trap.cpp arch/hosted/sanitizers/%

under.coverage        := -DUNDER_COVERAGE -fprofile-arcs -ftest-coverage -fprofile-info-section
libraries.coverage    := -lgcov
not_under.coverage    := arch/hosted/coverage/%

# One level of priority is none: no flag, no other folder.
ifneq ($(PRIORITIES),)
$(if $(filter-out 1,$(words $(PRIORITIES)))$(filter-out $(shell seq 32),$(PRIORITIES)),$(call \
  fail,PRIORITIES is a number from 1 to 32 and not PRIORITIES="$(PRIORITIES)"))
endif
priorities := $(filter-out 1,$(PRIORITIES))

compiler := $(if $(LLVM),clang,gcc)
out      := $(BUILD)/$(ARCH)-$(compiler)-$(MODE)$(UNDER:%=-%)$(priorities:%=-%-priorities)

# Folders for an architecture, the nearest first: a process of Linux is an x86_64 without the machine around it.
isas.riscv64  := riscv64
isas.x86_64   := x86_64
isas.hosted   := $(UNDER:%=hosted/%) hosted x86_64
isas          := $(isas.$(ARCH))
isa           := $(lastword $(isas))

isa.riscv64   := -march=rv64gc -mabi=lp64d -mcmodel=medany
isa.x86_64    := -m64 -mno-red-zone -mcmodel=small -fcf-protection=none
clang.riscv64 := --target=riscv64-linux-gnu -mno-relax
clang.x86_64  := --target=x86_64-linux-gnu
# No frame may reach past the guard page below a stack. On x86_64 large ones are probed page by page. Compilers cannot do
# so for riscv64 yet: half a page is the most there, as a function that writes only at the end of its frame may be called
# by one that writes only at the beginning.
guard.x86_64  := -fstack-clash-protection
guard.riscv64 := $(if $(LLVM),-Wframe-larger-than=2048 -Werror=frame-larger-than -Werror=vla,\
                 -Werror=frame-larger-than=2048 -Werror=vla-larger-than=2048)
isa_flags     := $(if $(LLVM),$(clang.$(isa))) $(isa.$(isa))

# DWARF 4: addr2line up to binutils 2.40 mistakes the file names of version 5.
common_flags := $(isa_flags) -$(MODE) -gdwarf-4 -fno-pie -fno-pic -ffunction-sections -fdata-sections -fno-stack-protector \
                -fno-asynchronous-unwind-tables -fno-unwind-tables -fno-omit-frame-pointer $(if $(LLVM),,-fno-shrink-wrap) \
                $(guard.$(isa)) -Wall -Wextra -Wno-psabi \
                $(priorities:%=-DBOBBIN_PRIORITIES=%) $(under.$(UNDER)) $(if $(LLVM),-Wshadow,-Wshadow=local) $(if $(CI),-Werror) -Ikernel -Iarch/include $(isas:%=-Iarch/%)
kernel_flags := -ffreestanding
# For apps the headers are freestanding too, yet `main` is any program's main: C linkage, 0 when it runs off its end. A
# function that calls another keeps its frame, as the last thing it does too: reports name them both.
app_flags    := -fno-builtin -fno-optimize-sibling-calls -imacros kernel/freestanding.h
link_flags   := $(isa_flags) -nostdlib $(if $(filter sanitizers,$(UNDER)),-no-pie,-static) $(if $(LLVM),-fuse-ld=lld,-no-pie) -Wl,--gc-sections,--build-id=none \
                -Wl,-z,noexecstack,-z,max-page-size=4096,--fatal-warnings,-u,bobbin_task_layout

language.cpp := -x c++ -std=c++20 -fno-exceptions -fno-rtti -fno-threadsafe-statics \
                $(if $(LLVM),-fno-c++-static-destructors,-fno-use-cxa-atexit)
language.c   := -x c -std=c17
language.S   := -x assembler-with-cpp
label.cpp    := CXX
label.c      := CC
label.S      := AS

# --------------------------------------------------------------------------------------------- the toolchain ----

# The first compiler that builds a small program with the flags above. The answer is kept until the question changes.
gcc.riscv64 := $(addprefix riscv64-,unknown-elf-g++ elf-g++ none-elf-g++ linux-gnu-g++ unknown-linux-gnu-g++)
gcc.x86_64  := g++ $(addprefix x86_64-,linux-gnu-g++ elf-g++ unknown-linux-gnu-g++)
candidates  := $(if $(LLVM),clang++,$(if $(TOOLPREFIX),$(TOOLPREFIX)g++,$(gcc.$(isa))))

probe_flags := $(kernel_flags) $(filter-out -W% -ftest-coverage,$(common_flags)) $(language.cpp)
probe        = echo 'extern "C" void _start() {}' | $(1) $(probe_flags) -include atomic -include concepts \
               -include span - -x none $(link_flags) $(libraries.$(UNDER)) -lgcc -o /dev/null
question    := $(candidates) $(probe_flags) $(link_flags) $(libraries.$(UNDER))

-include $(out)/toolchain.mk
ifneq ($(answered)/$(shell command -v $(cxx)),$(question)/$(at))
  cxx := $(shell for cxx in $(candidates); do $(call probe,$$cxx) 2>/dev/null && echo $$cxx && break; done)
  $(if $(cxx),,$(call fail,no compiler for $(ARCH) that builds a freestanding C++20 program (tried: $(candidates)): \
    run `make setup$(if $(LLVM), LLVM=1)`, or name one with TOOLPREFIX=))
  $(shell mkdir -p $(out))
  $(file >$(out)/toolchain.mk,cxx := $(cxx)$(newline)at := $(shell command -v $(cxx))$(newline)answered := $(question))
endif
ar      := $(if $(LLVM),llvm-ar,$(cxx:%g++=%ar))
nm      := $(if $(LLVM),llvm-nm,$(cxx:%g++=%nm))
cxxfilt := $(if $(LLVM),c++filt,$(cxx:%g++=%c++filt))

# ------------------------------------------------------------------------------------------------ the kernel ----

boot_sources   := $(wildcard boot/$(ARCH)/*.S)
# What a process has of an x86_64.
shared.hosted  := $(addprefix arch/x86_64/,context.S coroutine.S raise_fault.S causes.cpp operand.cpp)
own_folders    := arch/$(ARCH) $(UNDER:%=arch/$(ARCH)/%)
kernel_sources := $(sort $(shell find kernel -name '*.cpp')) $(wildcard $(own_folders:%=%/*.cpp) $(own_folders:%=%/*.S)) $(shared.$(ARCH))
boot_objects   := $(patsubst %,$(out)/%.o,$(filter %/start.S,$(boot_sources)) $(filter-out %/start.S,$(boot_sources)))
kernel_objects := $(kernel_sources:%=$(out)/%.o)
archive        := $(out)/bobbin.a
linker_script  := $(out)/image.ld

# The hot paths keep no frame pointer: call chains go past them.
hot_files  := $(if $(filter O2 O3 Os Oz,$(MODE)),kernel/task/hart.cpp kernel/task/task.cpp)
file_flags  = $(if $(filter $(hot_files),$(1)),-fomit-frame-pointer $(if $(LLVM),,-fshrink-wrap)) \
              $(if $(filter $(not_under.$(UNDER)),$(1)),-fno-sanitize=all -fno-profile-arcs -fno-test-coverage)

said      = @mkdir -p $(@D)$(if $(quiet),; printf '  %-4s %s\n' $(1) $(@:$(BUILD)/%=%))
new       = $@.$$$$
publish   = mv -f $(new) $@
depend    = -MMD -MP -MT $@ -MF $(new).d
compile   = $(cxx) $(language$(suffix $<)) $(common_flags) $(1) $(depend) -c $< -o $(new) && \
            mv -f $(new).d $@.d && $(publish)
# A file that changes only when what it says does: prerequisites that are not files, such as flags, go in there.
remember  = @mkdir -p $(@D); echo $(call quote,$(1)) > $(new); cmp -s $(new) $@ && rm $(new) || $(publish)

.PHONY: always kernel
kernel: $(archive) $(boot_objects) $(linker_script)

# Not -Werror, which changes no object: what CI has built is up to date for everybody.
$(out)/flags: always
	$(call remember,$(cxx) $(filter-out -Werror,$(common_flags)) $(kernel_flags) $(language.cpp) $(not_under.$(UNDER)))

$(out)/objects: always
	$(call remember,$(kernel_objects))

$(kernel_objects) $(boot_objects): $(out)/%.o: % $(out)/flags
	$(call said,$(label$(suffix $<)))
	$(quiet)$(call compile,$(kernel_flags) $(call file_flags,$<))

$(archive): $(kernel_objects) $(out)/objects
	$(call said,AR)
	$(quiet)$(ar) qcs $(new) $(kernel_objects) && $(publish)

$(linker_script): linker/$(ARCH).ld.S $(out)/flags
	$(call said,LDS)
	$(quiet)$(cxx) -E -P $(language.S) $(common_flags) $(depend) $< -o $(new) && mv -f $(new).d $@.d && $(publish)

-include $(addsuffix .d,$(kernel_objects) $(boot_objects) $(linker_script))

# --------------------------------------------------------------------------------------------------- the app ----

ifneq ($(filter image run debug compile_commands,$(MAKECMDGOALS)),)

# APP is a name in apps/, or a path as seen from where make was called, or from here.
$(if $(filter 1,$(words $(APP))),,$(call fail,APP is one word without spaces and not APP="$(APP)"))
app := $(firstword $(wildcard $(if $(filter /%,$(APP)),$(abspath $(APP)),\
         apps/$(APP).cpp apps/$(APP).c apps/$(APP) $(abspath $(PWD)/$(APP)) $(abspath $(APP)))))
app := $(app:$(CURDIR)/%=%)
apps := $(sort $(basename $(notdir $(wildcard apps/*.cpp apps/*.c) $(patsubst %/,%,$(wildcard apps/*/)))))
$(if $(app),,$(call fail,there is no APP=$(APP); apps/ has: $(apps); or give the path of a .cpp or .c file or a folder))

app_name    := $(basename $(notdir $(app)))
app_folder  := $(if $(wildcard $(app)/.),$(app),$(patsubst %/,%,$(dir $(app))))
# What lies in a folder that is named as an architecture is for that one alone; assembly there serves single files, too.
app_sources := $(sort $(shell find $(app) $(wildcard $(isas:%=$(app_folder)/%/*.S)) -type f ! -name '.*' \
               '(' -name '*.cpp' -o -name '*.c' -o -name '*.S' ')'))
app_sources := $(filter-out $(patsubst %,$(app_folder)/%/%,$(filter-out $(isas),$(architectures))),$(app_sources))
$(if $(app_sources),,$(call fail,APP=$(APP): no .cpp or .c source in $(app)))

app_out     := $(out)/$(if $(filter /%,$(app)),outside$(app),$(app))
app_objects := $(app_sources:$(app_folder)/%=$(app_out)/%.o)
image       := $(app_out)/$(app_name).elf

$(app_out)/flags: always
	$(call remember,$(APPFLAGS) $(link_flags) $(app_objects))

all_app_flags = $(app_flags) -I$(app_folder) $(isas:%=-I$(app_folder)/%) $(APPFLAGS)

# Without optimisation gcc makes a constructor, an empty one, beside every destructor of a static object, and the linker
# script cannot tell. So a second look is taken at the optimised file.
look_for_constructors = $(if $(LLVM)$(filter-out O0,$(MODE)),,$(if $(filter .cpp,$(suffix $<)), && \
	$(cxx) $(language.cpp) $(common_flags) -O2 $(all_app_flags) -w -c $< -o $(new).O2 && \
	if $(nm) $(new).O2 | grep -q _GLOBAL__sub_I_; then rm $(new).O2 $@; \
	echo >&2 'bobbin: $<: a static object needs a constructor at run time: declare it constinit'; exit 1; fi && \
	rm $(new).O2))

$(app_objects): $(app_out)/%.o: $(app_folder)/% $(out)/flags $(app_out)/flags
	$(call said,$(label$(suffix $<)))
	$(quiet)$(call compile,$(all_app_flags))$(look_for_constructors)

# Linked twice: the second image has a table of the functions of the first, at the same addresses.
link    = $(cxx) $(link_flags) -Wl,--orphan-handling=error,-T,$(linker_script) $(boot_objects) $(app_objects) $(1) $(archive) $(libraries.$(UNDER)) -lgcc -o
symbols = $(nm) -n $(1) | grep -i ' [tw] '
$(image): $(boot_objects) $(app_objects) $(archive) $(linker_script) scripts/symbols
	$(call said,LINK)
	$(quiet)$(call link) $(new).1 && $(call symbols,$(new).1) | scripts/symbols $(cxxfilt) >$(new).S && \
	$(cxx) $(isa_flags) -c $(new).S -o $(new).o && $(call link,$(new).o) $(new) && \
	if test "`$(call symbols,$(new).1)`" != "`$(call symbols,$(new))`"; then \
	echo 'bobbin: the table of functions does not fit the image' >&2; exit 1; fi && \
	rm $(new).1 $(new).S $(new).o && $(publish)

-include $(addsuffix .d,$(app_objects))

endif

ifneq ($(filter native,$(MAKECMDGOALS)),)
include bench/native/rules.mk
endif

# --------------------------------------------------------------------------------------------------- running ----

# Looked at before anything is built for it.
ifneq ($(and $(PORTS),$(filter run debug,$(MAKECMDGOALS))),)
$(if $(filter-out 1,$(words $(PORTS)))$(filter-out $(shell seq 16),$(PORTS)),$(call fail,PORTS is a number from 1 to 16 and not PORTS="$(PORTS)"))
endif

export ARGS
run_image = $(quiet)scripts/run --arch $(ARCH) --image $(image) --args "$$ARGS" $(if $(QEMU),--qemu $(QEMU)) \
           $(if $(BIOS),--bios $(BIOS)) $(if $(PORTS),--ports $(PORTS)) \
           $(if $(filter valgrind,$(UNDER)),--under $(UNDER)) $(if $(quiet),,--verbose)

.PHONY: image compiler run debug test bench coverage mutants compile_commands
image: $(image)
	@echo $(image)

compiler:
	@echo $(cxx)

run: $(image)
	$(run_image)

debug: $(image)
	$(run_image) --debug

# The first python3 on PATH need not be the one that the packages of pytest and its company were made for.
pythons = python3 /usr/bin/python3 /usr/local/bin/python3 /opt/homebrew/bin/python3
python  = $(or $(shell for python in $(pythons); do $$python -c 'import pytest, pexpect, xdist' 2>/dev/null && \
            echo $$python && break; done),$(call fail,no python3 here has pytest, pexpect and xdist: run `make setup`))

test:
	$(quiet)BUILD=$(abspath $(BUILD)) $(python) -m pytest -c tests/pytest.ini --rootdir=. \
	-o cache_dir=$(abspath $(BUILD))/pytest $(TESTS)

bench:
	$(quiet)BUILD=$(abspath $(BUILD)) FORMAT=$(FORMAT) ONLY=$(ONLY) scripts/bench

coverage:
	$(quiet)BUILD=$(abspath $(BUILD)) $(python) tests/coverage.py

mutants:
	$(quiet)BUILD=$(abspath $(BUILD)) tests/mutants/run

# What clangd and others read: each compilation that a build from scratch would do.
as_json = {"directory": "$(CURDIR)", "file": "\2", "command": "\1"},
compile_commands:
	@{ echo '['; $(MAKE) -nB V=1 image | sed -n 's/"/\\"/g; s|^\(.* -c \([^ ]*\)\) -o .*|$(as_json)|p' | sed '$$s/,$$//'; \
	echo ']'; } > compile_commands.json

endif
