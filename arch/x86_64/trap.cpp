/// What an exception was, in words.
#include <arch/early_panic.hpp>
#include <arch/image.hpp>
#include <core/trap.hpp>
#include <isa/frame.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

extern "C" std::byte __fault_stack_low[], __fault_stack_high[];

namespace bobbin::isa {
namespace {

/// What trap.S leaves on the trap stack.
struct trap_frame {
  std::uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, r8_to_r15[8];
  std::uint64_t vector, error;
  std::uint64_t rip, cs, rflags, rsp, ss;
};

static_assert(offsetof(trap_frame, rax) == TRAP_RAX);
static_assert(offsetof(trap_frame, rbp) == TRAP_RBP);
static_assert(offsetof(trap_frame, r8_to_r15) == TRAP_R8);
static_assert(offsetof(trap_frame, vector) == TRAP_VECTOR);
static_assert(offsetof(trap_frame, error) == TRAP_ERROR);
static_assert(offsetof(trap_frame, rip) == TRAP_RIP);
static_assert(offsetof(trap_frame, rsp) == TRAP_RSP);
static_assert(sizeof(trap_frame) == TRAP_FRAME_BYTES);

constexpr std::size_t double_fault = 8;
constexpr std::size_t page_fault = 14;
constexpr int panic_status = 101;

/// The exceptions by vector [Intel SDM 3A, table 6-1].
constexpr std::array<const char*, 32> causes{
    "division by zero, or a quotient that does not fit",
    "debug exception",
    "non-maskable interrupt",
    "breakpoint",
    "overflow trap",
    "bound range exceeded",
    "illegal instruction",
    "FP unit off",
    "double fault",
    "coprocessor segment overrun",
    "invalid task state segment",
    "segment not present",
    "access through a non-canonical stack address",
    "general protection: a non-canonical address or a forbidden operation",
    "page fault",
    "reserved vector 15",
    "x87 exception",
    "misaligned access",
    "machine check",
    "SSE exception",
    "virtualization exception",
    "control protection exception",
    "reserved vector 22",
    "reserved vector 23",
    "reserved vector 24",
    "reserved vector 25",
    "reserved vector 26",
    "reserved vector 27",
    "hypervisor injection exception",
    "VMM communication exception",
    "security exception",
    "reserved vector 31",
};

/// A page fault by its error code [Intel SDM 3A, 4.7].
const char* page_fault_cause(std::uint64_t error) noexcept {
  constexpr std::uint64_t present = 1, write = 2, reserved = 8, fetch = 16;
  if (error & reserved) return "broken page table";
  if (error & fetch) return error & present ? "jump to a page without execute permission" : "jump to an unmapped page";
  if (error & write) return error & present ? "store to a read-only page" : "store to an unmapped page";
  return error & present ? "load from a page without read permission" : "load from an unmapped page";
}

std::uint64_t page_fault_address() noexcept {
  std::uint64_t address;
  asm volatile("movq %%cr2, %0" : "=r"(address));
  return address;
}

trap_info decode(const trap_frame& frame) noexcept {
  const bool paging = frame.vector == page_fault;
  return {
      .cause = paging ? page_fault_cause(frame.error) : causes[frame.vector],
      .code = frame.vector,
      .pc = frame.rip,
      .address = paging ? page_fault_address() : 0,
      .stack_pointer = frame.rsp,
      .frame_pointer = frame.rbp,
  };
}

/// Whether the stack pointer of what was interrupted is on this stack.
bool within(std::uintptr_t sp, const std::byte* low, const std::byte* high) noexcept {
  return sp > reinterpret_cast<std::uintptr_t>(low) && sp <= reinterpret_cast<std::uintptr_t>(high);
}

/// Reports what nobody can handle and ends the run; without another word if the report faults itself.
[[noreturn]] void give_up(const trap_info& trap, const char* when) noexcept {
  static constinit bool first = true;  // in .data, which is there before .bss is
  if (!std::exchange(first, false)) arch::power_off(panic_status);
  arch::early_panic("{} {}: vector {}, pc {:#x}, address {:#x}", trap.cause, when, trap.code, trap.pc, trap.address);
}

}  // namespace

/// Entered from trap_entries, on the trap stack. The stack that was interrupted tells what the kernel was about.
extern "C" [[noreturn]] void handle_trap(const trap_frame& frame) noexcept {
  const trap_info trap = decode(frame);
  if (within(frame.rsp, __fault_stack_low, __fault_stack_high)) give_up(trap, "before the kernel was ready");
  if (within(frame.rsp, __trap_stack_low, __trap_stack_high)) give_up(trap, "while a fault was being reported");
  if (frame.vector == double_fault) give_up(trap, "because no fault could be reported");
  on_trap(trap);
}

}  // namespace bobbin::isa
