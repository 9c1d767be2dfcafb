#include "causes.hpp"
#include "operand.hpp"
#include "vectors.h"

#include <arch/early_panic.hpp>
#include <arch/image.hpp>
#include <arch/memory.hpp>
#include <arch/trap.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace bobbin::isa {

extern "C" void raise_fault_instruction();  // raise_fault.S

namespace {

constexpr int panic_status = 101;

/// The exceptions by vector [Intel SDM 3A, table 6-1].
constexpr std::array<const char*, EXCEPTIONS> causes{
    "division by zero, or a quotient that does not fit",
    "single step, or a hardware breakpoint",
    "non-maskable interrupt",
    "breakpoint",
    "overflow trap",
    "bound range exceeded",
    "illegal instruction",
    "FP instruction while the FP unit is off",
    "double fault",
    "coprocessor segment overrun",
    "invalid task state segment",
    "segment not present",
    "stack access at a non-canonical address",
    "forbidden instruction or operand",
    "page fault",
    "reserved exception 15",
    "x87 exception",
    "misaligned access",
    "machine check",
    "SSE exception",
    "virtualization exception",
    "control protection exception",
    "reserved exception 22",
    "reserved exception 23",
    "reserved exception 24",
    "reserved exception 25",
    "reserved exception 26",
    "reserved exception 27",
    "hypervisor injection exception",
    "VMM communication exception",
    "security exception",
    "reserved exception 31",
};

/// A page fault by its error code [Intel SDM 3A, 4.7]; followed by the address.
const char* cause_of_page_fault(std::uintptr_t error) noexcept {
  constexpr std::uintptr_t write = 2, reserved = 8, fetch = 16;
  if (error & reserved) return "broken page table entry for";
  if (error & fetch) return "jump to";
  return error & write ? "write to" : "read from";
}

/// The word at `sp`, or 0 if it is not one that a stack pointer would point to.
std::uintptr_t word_at(std::uintptr_t sp) noexcept {
  if (sp % sizeof(std::uintptr_t) != 0 || !is_mapped(sp)) return 0;
  return *reinterpret_cast<const std::uintptr_t*>(sp);
}

bool is_text(std::uintptr_t pc) noexcept {
  return pc >= reinterpret_cast<std::uintptr_t>(__text_start) && pc < reinterpret_cast<std::uintptr_t>(__text_end);
}

/// Whether the instruction before `address` can be a call: e8 with 4 bytes, or ff /2 with 0, 1, 4 or 5 bytes after its
/// first two [Intel SDM 2A, CALL].
bool follows_call(std::uintptr_t address) noexcept {
  const auto* end = reinterpret_cast<const std::uint8_t*>(address);
  const auto indirect = [end](int bytes) { return end[-bytes] == 0xff && (end[1 - bytes] & 0x38) == 0x10; };
  return end[-5] == 0xe8 || indirect(2) || indirect(3) || indirect(6) || indirect(7);
}

/// What a function that has no frame, or not yet, returns to; 0 if the stack does not look like that.
std::uintptr_t return_address_at(std::uintptr_t sp) noexcept {
  const std::uintptr_t address = word_at(sp);
  return is_text(address) && follows_call(address) ? address : 0;
}

/// Says what the processor does not of an access that it refused with exception 12 or 13.
void explain_refusal(trap_info& trap, const trap_frame& frame) noexcept {
  const auto tell_access = [&](const char* what, std::uintptr_t address) {
    trap.cause = what;
    trap.address = address;
    trap.has_address = true;
  };
  if (frame.error != 0) {
    trap.cause = "use of a segment or an interrupt vector that is not there";
    return;
  }
  if (!is_canonical(frame.rip)) return tell_access("jump to", frame.rip);
  if (!is_text(frame.rip)) return;
  const auto& high = frame.r8_to_r15;
  const auto operand = memory_operand_of(reinterpret_cast<const std::uint8_t*>(frame.rip),
                                         {frame.rax, frame.rcx, frame.rdx, frame.rbx, frame.rsp, frame.rbp, frame.rsi, frame.rdi,
                                          high[0], high[1], high[2], high[3], high[4], high[5], high[6], high[7]});
  if (!operand) return;
  using enum memory_access;
  const bool is_write = operand->access == write;
  if (!is_canonical(operand->address)) {
    tell_access(operand->access == jump ? "jump to" : is_write ? "write to" : "read from", operand->address);
    if (operand->access == jump) {  // some processors refuse it here, others there: told as the latter do
      trap.pc = operand->address;
      trap.return_address = frame.rip + 1;
    }
    return;
  }
  trap.misaligned = operand->sse && operand->address % 16 != 0;
  if (trap.misaligned) tell_access(is_write ? "misaligned write to" : "misaligned read from", operand->address);
}

/// An FP exception by the flags that are set and not masked [Intel SDM 1, 8.4 and 11.5.2].
const char* cause_of_fp_exception(unsigned flags, unsigned masks, const char* usual) noexcept {
  constexpr std::array causes_by_flag{"invalid FP operation", "FP operation on a denormal number", "FP division by zero",
                                      "FP overflow", "FP underflow", "inexact FP result"};
  const unsigned pending = flags & ~masks & ((1u << causes_by_flag.size()) - 1);
  return pending != 0 ? causes_by_flag[static_cast<unsigned>(__builtin_ctz(pending))] : usual;
}

const char* cause_of_sse_exception(const exception_state& state) noexcept {
  return cause_of_fp_exception(state.mxcsr, state.mxcsr >> 7, causes[SSE_VECTOR]);
}

const char* cause_of_x87_exception(const exception_state& state) noexcept {
  return cause_of_fp_exception(state.x87_status, state.x87_control, causes[X87_VECTOR]);
}

constexpr std::size_t register_count = 17;

std::array<register_value, register_count> registers_of(const trap_frame& frame) noexcept {
  const auto& numbered = frame.r8_to_r15;
  return {{{"rax", frame.rax}, {"rbx", frame.rbx}, {"rcx", frame.rcx}, {"rdx", frame.rdx},
           {"rsi", frame.rsi}, {"rdi", frame.rdi}, {"rbp", frame.rbp}, {"rsp", frame.rsp},
           {"r8", numbered[0]}, {"r9", numbered[1]}, {"r10", numbered[2]}, {"r11", numbered[3]},
           {"r12", numbered[4]}, {"r13", numbered[5]}, {"r14", numbered[6]}, {"r15", numbered[7]},
           {"flags", frame.rflags}}};
}

trap_info tell(const trap_frame& frame, const exception_state& state, std::span<const register_value> registers) noexcept {
  trap_info trap{.cause = causes[frame.vector],
                 .code = frame.vector,
                 .pc = frame.rip,
                 .stack_pointer = frame.rsp,
                 .frame_pointer = frame.rbp,
                 .registers = registers};
  switch (frame.vector) {
    case PAGE_FAULT_VECTOR:
      trap.cause = cause_of_page_fault(frame.error);
      trap.address = state.page_fault_address;
      trap.has_address = true;
      break;
    case STACK_FAULT_VECTOR:
    case PROTECTION_VECTOR: explain_refusal(trap, frame); break;
    case SSE_VECTOR: trap.cause = cause_of_sse_exception(state); break;
    case X87_VECTOR: trap.cause = cause_of_x87_exception(state); break;
    case BREAKPOINT_VECTOR: --trap.pc; break;  // it is reported after the instruction
    case ILLEGAL_VECTOR:
      if (frame.rip != reinterpret_cast<std::uintptr_t>(raise_fault_instruction)) break;
      trap.raised = reinterpret_cast<const software_fault*>(frame.rdi);
      trap.pc = word_at(frame.rsp);
      break;
  }
  if (trap.return_address == 0) trap.return_address = return_address_at(frame.rsp);
  return trap;
}

/// Makes the return from the trap a call of `next`, with interrupts enabled, from nowhere.
void go_on_at(trap_frame& frame, const resumption& next) noexcept {
  constexpr std::uintptr_t interrupts_enabled = 1 << 9, always_set = 1 << 1;
  auto* const return_address = reinterpret_cast<std::uintptr_t*>(next.stack_top) - 1;
  *return_address = 0;
  frame.rip = reinterpret_cast<std::uintptr_t>(next.function);
  frame.rsp = reinterpret_cast<std::uintptr_t>(return_address);
  frame.rbp = 0;
  frame.rflags = interrupts_enabled | always_set;
}

bool on_fault_stack(std::uintptr_t sp) noexcept {
  return sp > reinterpret_cast<std::uintptr_t>(__fault_stack_low) &&
         sp <= reinterpret_cast<std::uintptr_t>(__fault_stack_high);
}

/// How far the end of the run has come. In .data, which is there before .bss is: hence not 0.
enum class decline { none = 1, panic, silence };
constinit decline stage = decline::none;

/// Ends the run with one line; without it if telling it faults.
[[noreturn]] void give_up(const trap_frame& frame, const exception_state& state) noexcept {
  if (stage == decline::silence) arch::power_off(panic_status);
  const char* const when = stage == decline::none ? "before the kernel was ready" : "while a panic was being reported";
  stage = decline::silence;
  const trap_info trap = tell(frame, state, {});
  arch::early_panic("{} {:#x} {}: vector {}, pc {:#x}", trap.cause, trap.address, when, trap.code, trap.pc);
}

}  // namespace

void answer_exception(trap_frame& frame, const exception_state& state) noexcept {
  const auto registers = registers_of(frame);
  go_on_at(frame, on_fault(tell(frame, state, registers)));
}

void answer_exception_in_handler(const trap_frame& frame, const exception_state& state) noexcept {
  if (on_fault_stack(frame.rsp) || stage != decline::none) give_up(frame, state);
  answer_double_fault(frame, state);
}

void answer_double_fault(const trap_frame& frame, const exception_state& state) noexcept {
  stage = decline::panic;
  const auto registers = registers_of(frame);
  on_fault_in_handler(tell(frame, state, registers));
}

}  // namespace bobbin::isa
