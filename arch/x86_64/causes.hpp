/// Exceptions of an x86_64 processor: what they were, in words, and what is done about them. Who calls this knows how they
/// come in.
#pragma once

#include <isa/frame.h>

#include <cstddef>
#include <cstdint>

namespace bobbin::isa {

/// As trap.S leaves it on the trap stack, and takes it back.
struct trap_frame {
  std::uintptr_t rax, rbx, rcx, rdx, rsi, rdi, rbp, r8_to_r15[8];
  std::uintptr_t vector, error;
  std::uintptr_t rip, cs, rflags, rsp, ss;
};

static_assert(offsetof(trap_frame, rax) == TRAP_RAX);
static_assert(offsetof(trap_frame, rdi) == TRAP_RDI);
static_assert(offsetof(trap_frame, rbp) == TRAP_RBP);
static_assert(offsetof(trap_frame, r8_to_r15) == TRAP_R8);
static_assert(offsetof(trap_frame, vector) == TRAP_VECTOR);
static_assert(offsetof(trap_frame, error) == TRAP_ERROR);
static_assert(offsetof(trap_frame, rip) == TRAP_RIP);
static_assert(offsetof(trap_frame, rsp) == TRAP_RSP);
static_assert(sizeof(trap_frame) == TRAP_FRAME_BYTES);

/// What else tells of an exception, beside the frame.
struct exception_state {
  std::uintptr_t page_fault_address;      ///< cr2
  std::uint32_t mxcsr;                    ///< of SSE: flags and masks
  std::uint16_t x87_control, x87_status;  ///< the same of the x87 unit
};

/// Has the exception reported, and changes the frame: where to go on. The x87 unit is the caller's business: it has to be
/// empty then.
void answer_exception(trap_frame&, const exception_state&) noexcept;

/// The same for an exception of a handler, or of the kernel's first steps.
[[noreturn]] void answer_exception_in_handler(const trap_frame&, const exception_state&) noexcept;

/// The same for a handler that could not even be entered, or not leave.
[[noreturn]] void answer_double_fault(const trap_frame&, const exception_state&) noexcept;

}  // namespace bobbin::isa
