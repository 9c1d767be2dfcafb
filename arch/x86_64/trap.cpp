/// What an exception was, in words, and who is told of it and of interrupts.
#include "apic.hpp"
#include "operand.hpp"
#include "vectors.h"

#include <arch/clock.hpp>
#include <arch/cpu.hpp>
#include <arch/early_panic.hpp>
#include <arch/image.hpp>
#include <arch/memory.hpp>
#include <arch/trap.hpp>
#include <isa/frame.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace bobbin::isa {

extern "C" void raise_fault_instruction();  // trap.S

namespace {

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

std::uintptr_t page_fault_address() noexcept {
  std::uintptr_t address;
  asm volatile("movq %%cr2, %0" : "=r"(address));
  return address;
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
  if (!is_canonical(operand->address))
    return tell_access(operand->access == jump ? "jump to" : is_write ? "write to" : "read from", operand->address);
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

const char* cause_of_sse_exception() noexcept {
  const unsigned mxcsr = arch::cpu::fp_control().mxcsr;
  return cause_of_fp_exception(mxcsr, mxcsr >> 7, causes[SSE_VECTOR]);
}

const char* cause_of_x87_exception() noexcept {
  std::uint16_t status;
  asm volatile("fnstsw %0" : "=am"(status));
  return cause_of_fp_exception(status, arch::cpu::fp_control().x87, causes[X87_VECTOR]);
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

trap_info tell(const trap_frame& frame, const std::array<register_value, register_count>& registers) noexcept {
  trap_info trap{.cause = causes[frame.vector],
                 .code = frame.vector,
                 .pc = frame.rip,
                 .stack_pointer = frame.rsp,
                 .frame_pointer = frame.rbp,
                 .registers = registers};
  switch (frame.vector) {
    case PAGE_FAULT_VECTOR:
      trap.cause = cause_of_page_fault(frame.error);
      trap.address = page_fault_address();
      trap.has_address = true;
      break;
    case STACK_FAULT_VECTOR:
    case PROTECTION_VECTOR: explain_refusal(trap, frame); break;
    case SSE_VECTOR: trap.cause = cause_of_sse_exception(); break;
    case X87_VECTOR: trap.cause = cause_of_x87_exception(); break;
    case BREAKPOINT_VECTOR: --trap.pc; break;  // it is reported after the instruction
    case ILLEGAL_VECTOR:
      if (frame.rip != reinterpret_cast<std::uintptr_t>(raise_fault_instruction)) break;
      trap.raised = reinterpret_cast<const software_fault*>(frame.rdi);
      trap.pc = word_at(frame.rsp);
      break;
  }
  trap.return_address = return_address_at(frame.rsp);
  return trap;
}

/// Whoever runs next finds the x87 unit empty and without a pending exception. The control words are not a fault's.
void reset_fp_state() noexcept {
  const auto words = arch::cpu::fp_control();
  asm volatile("fninit");
  arch::cpu::set_fp_control(words);
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
[[noreturn]] void give_up(const trap_frame& frame) noexcept {
  if (stage == decline::silence) arch::power_off(panic_status);
  const char* const when = stage == decline::none ? "before the kernel was ready" : "while a panic was being reported";
  stage = decline::silence;
  const trap_info trap = tell(frame, {});
  arch::early_panic("{} {:#x} {}: vector {}, pc {:#x}", trap.cause, trap.address, when, trap.code, trap.pc);
}

}  // namespace

/// Entered from trap_entries, on the trap stack: an exception.
extern "C" void handle_trap(trap_frame& frame) noexcept {
  const auto registers = registers_of(frame);
  const trap_info trap = tell(frame, registers);
  if (frame.vector == DOUBLE_FAULT_VECTOR) {  // on the fault stack: the processor could not enter by another vector
    stage = decline::panic;
    on_fault_in_handler(trap);
  }
  const resumption next = on_fault(trap);
  reset_fp_state();
  go_on_at(frame, next);
}

/// The same for a fault of a handler, on the fault stack; or of the kernel's first steps, which are made there.
extern "C" [[noreturn]] void handle_trap_in_handler(const trap_frame& frame) noexcept {
  if (on_fault_stack(frame.rsp) || stage != decline::none) give_up(frame);
  stage = decline::panic;
  const auto registers = registers_of(frame);
  on_fault_in_handler(tell(frame, registers));
}

/// Entered from trap_entries, on the trap stack: an interrupt.
extern "C" void handle_interrupt(const trap_frame& frame) noexcept {
  if (frame.vector == SPURIOUS_VECTOR) return;  // nothing was taken, so there is nothing to end
  if (frame.vector == TIMER_VECTOR) {
    if (arch::clock::alarm_reached()) on_timer_interrupt({frame.rip, frame.rbp});
  } else {
    on_device_interrupt(frame.vector - FIRST_LINE_VECTOR);
  }
  local_apic::end_of_interrupt();
}

}  // namespace bobbin::isa
