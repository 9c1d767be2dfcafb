/// Writes down which lines were executed: for each object file its counters, as gcov wants them, beside the object. Called
/// when the run ends, however it does. [GCC, "Profiling and Test Coverage in Freestanding Environments"]
#include "../system.hpp"

#include <fcntl.h>

extern "C" {
#include <gcov.h>
}

#include <cstddef>

namespace bobbin::isa {
namespace {

extern "C" const gcov_info* const __gcov_info_start[];  // linker/hosted.ld.S
extern "C" const gcov_info* const __gcov_info_end[];

void open_file(const char* name, void* file) {
  *static_cast<long*>(file) = system_call(SYS_open, name, O_WRONLY | O_CREAT | O_TRUNC, 0666);
}

void write_to_file(const void* data, unsigned bytes, void* file) {
  const auto* at = static_cast<const char*>(data);
  while (bytes > 0) {
    const long written = system_call(SYS_write, *static_cast<long*>(file), at, bytes);
    if (written <= 0) return;
    at += written;
    bytes -= static_cast<unsigned>(written);
  }
}

void* allocate_nothing(unsigned, void*) { return nullptr; }

void dump() noexcept {
  for (auto* info = __gcov_info_start; info != __gcov_info_end; ++info) {
    long file = -1;
    __gcov_info_to_gcda(*info, open_file, write_to_file, allocate_nothing, &file);
    system_call(SYS_close, file);
  }
}

[[gnu::section(".at_power_off"), gnu::used]] constexpr void (*dump_at_power_off)() noexcept = dump;

/// What libgcov would call if it were to add this run's counters to an earlier one's: nothing does.
extern "C" void __gcov_merge_add(long*, unsigned) { __builtin_trap(); }

/// For a kind of counters that is not among these.
extern "C" void* mmap(void*, std::size_t, int, int, int, long) { __builtin_trap(); }

}  // namespace
}  // namespace bobbin::isa
