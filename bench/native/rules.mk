# `make native ARCH=hosted`: what is in this folder, linked to the kernel's archive and a libc. Prints the program's path.
# bobbin/ is compiled as an app is, everything else as any program is.

$(if $(filter hosted-,$(ARCH)-$(LLVM)$(UNDER)),,$(call fail,native is for ARCH=hosted built with gcc alone))
has_library = $(filter /%,$(shell $(cxx) -print-file-name=lib$(1).so))
$(if $(call has_library,benchmark),,$(call fail,Google Benchmark is not here: run `make setup BENCH=1`))

native_boost     := $(if $(call has_library,boost_context),boost_context)
native_folders   := bobbin peers $(if $(native_boost),peers/boost)
native_sources   := $(wildcard bench/native/*.cpp $(native_folders:%=bench/native/%/*.cpp))
native_objects   := $(native_sources:%=$(out)/%.o)
native_program   := $(out)/bench/native/native
native_flags     := -$(MODE) -g -fno-pie -Wall -Wextra -std=c++20

# Boundaries that the linker script of an image gives. Tasks get no thread_local objects: a libc lays out its own.
native_none      := __tls_bytes __tdata_start __tdata_end __at_power_off_start __at_power_off_end
native_symbols   := __image_start=__executable_start __image_end=_end __tls_align=16 $(native_none:%=%=0)

native_compile    = $(cxx) $(native_flags) $(depend) -c $< -o $(new) && mv -f $(new).d $@.d && $(publish)

.PHONY: native
native: $(native_program)
	@echo $<

$(out)/bench/native/flags: always
	$(call remember,$(app_flags) $(native_flags) $(native_symbols) $(native_objects))

$(native_objects): $(out)/%.o: % $(out)/flags $(out)/bench/native/flags
	$(call said,CXX)
	$(quiet)$(if $(filter bench/native/bobbin/%,$<),$(call compile,$(app_flags)),$(native_compile))

# A libc goes before the archive, which has what a program wants that has none.
$(native_program): $(native_objects) $(archive)
	$(call said,LINK)
	$(quiet)$(cxx) -no-pie -Wl,--gc-sections,-z,noexecstack $(native_symbols:%=-Wl,--defsym=%) $(native_objects) \
	-lbenchmark $(native_boost:%=-l%) -l:libc.so.6 $(archive) -o $(new) && $(publish)

-include $(addsuffix .d,$(native_objects))
