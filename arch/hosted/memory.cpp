/// Who may do what with which memory is what the image's segments say to Linux, and Linux leaves page 0 out. Guards are
/// pages without any permission.
#include "../x86_64/operand.hpp"
#include "system.hpp"

#include <arch/early_panic.hpp>
#include <arch/image.hpp>
#include <arch/memory.hpp>
#include <arch/stack_watch.hpp>

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>

namespace bobbin {
namespace {

constexpr std::size_t page = 4096;

}  // namespace

void arch::protect_memory(const machine&) noexcept {
  for (std::byte* const stack : {__boot_stack_low, __trap_stack_low, __fault_stack_low})
    unmap_page(boundary(stack) - page);
  watch::prepared(__boot_stack_low, static_cast<std::size_t>(__boot_stack_high - __boot_stack_low));
}

/// Each guard makes two mappings of one, and Linux has a limit for these (vm.max_map_count, usually 65 530).
void arch::unmap_page(std::byte* lost) noexcept {
  if (isa::system_call(SYS_mprotect, lost, page, PROT_NONE) != 0)
    early_panic("Linux has no mappings left for the guard at {:#x}", reinterpret_cast<std::uintptr_t>(lost));
}

const char* arch::memory_at(std::uintptr_t at) noexcept {
  if (!isa::is_canonical(at)) return "not a canonical address";
  return isa::is_mapped(at) ? "memory that the program does not have" : "no memory there";
}

/// Asks Linux for something that does not exist, with the address of what it must read before it finds out.
bool isa::is_mapped(std::uintptr_t at) noexcept {
  constexpr int no_operation = -1;
  return system_call(SYS_rt_sigprocmask, no_operation, at, nullptr, sizeof at) != -EFAULT;
}

}  // namespace bobbin
