/// Signals as exceptions and interrupts. All come in on the trap stack; those within a handler, on the fault stack. While a
/// handler runs, Linux holds back the signals that are interrupts.
#include "../x86_64/causes.hpp"
#include "system.hpp"
#include "uart.hpp"
#include "virtio_console.hpp"

#include <arch/clock.hpp>
#include <arch/image.hpp>
#include <arch/interrupts.hpp>
#include <arch/machine.hpp>
#include <arch/stack_watch.hpp>
#include <core/trap.hpp>

#include <signal.h>
#include <ucontext.h>

#include <cstdint>
#include <span>

namespace bobbin::isa {

extern "C" {
constinit std::uint32_t in_handler = 1;  // the boot is one: start.S clears this
void return_from_signal();               // trap.S
}

namespace {

constexpr int exceptions[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
constexpr int interrupt_signals[] = {SIGALRM, SIGIO};

constexpr std::uint64_t set_of(std::span<const int> signals) noexcept {
  std::uint64_t set = 0;
  for (const int number : signals) set |= std::uint64_t{1} << (number - 1);
  return set;
}

/// As Linux takes it, which is not quite as a libc does.
struct signal_action {
  void (*handler)(int, siginfo_t*, void*);
  std::uint64_t flags;
  void (*restorer)();
  std::uint64_t mask;
};

void set_action(int number, const signal_action& action) noexcept {
  system_call(SYS_rt_sigaction, number, &action, nullptr, sizeof action.mask);
}

/// Has the next signal come in on this stack, and the one after it on whatever stack that handler names then.
void use_signal_stack(std::byte* low, std::byte* high) noexcept {
  constexpr int until_used = 1 << 31;  // SS_AUTODISARM
  stack_t stack{.ss_sp = low, .ss_flags = until_used, .ss_size = static_cast<std::size_t>(high - low)};
  if (system_call(SYS_sigaltstack, &stack, nullptr) == 0) return;
  stack.ss_flags = 0;  // valgrind knows no other: handlers nest on one stack there
  system_call(SYS_sigaltstack, &stack, nullptr);
}

std::uintptr_t word(greg_t value) noexcept { return static_cast<std::uintptr_t>(value); }

trap_frame frame_of(const ucontext_t& context) noexcept {
  const auto& from = context.uc_mcontext.gregs;
  return {.rax = word(from[REG_RAX]),
          .rbx = word(from[REG_RBX]),
          .rcx = word(from[REG_RCX]),
          .rdx = word(from[REG_RDX]),
          .rsi = word(from[REG_RSI]),
          .rdi = word(from[REG_RDI]),
          .rbp = word(from[REG_RBP]),
          .r8_to_r15 = {word(from[REG_R8]), word(from[REG_R9]), word(from[REG_R10]), word(from[REG_R11]),
                        word(from[REG_R12]), word(from[REG_R13]), word(from[REG_R14]), word(from[REG_R15])},
          .vector = word(from[REG_TRAPNO]),
          .error = word(from[REG_ERR]),
          .rip = word(from[REG_RIP]),
          .cs = 0,
          .rflags = word(from[REG_EFL]),
          .rsp = word(from[REG_RSP]),
          .ss = 0};
}

exception_state state_of(const ucontext_t& context) noexcept {
  const auto& fp = *context.uc_mcontext.fpregs;
  return {.page_fault_address = word(context.uc_mcontext.gregs[REG_CR2]),
          .mxcsr = fp.mxcsr,
          .x87_control = fp.cwd,
          .x87_status = fp.swd};
}

/// Makes the return from the signal one to where the frame says, with the x87 unit empty.
void go_on_in(const trap_frame& frame, ucontext_t& context) noexcept {
  auto& to = context.uc_mcontext.gregs;
  to[REG_RIP] = static_cast<greg_t>(frame.rip);
  to[REG_RSP] = static_cast<greg_t>(frame.rsp);
  to[REG_RBP] = static_cast<greg_t>(frame.rbp);
  to[REG_EFL] = static_cast<greg_t>(frame.rflags);
  context.uc_mcontext.fpregs->swd = context.uc_mcontext.fpregs->ftw = 0;
}

/// Somebody sent the signal of an exception: it does what it does to any program.
void pass_on(int number) noexcept {
  set_action(number, {});
  const long self = system_call(SYS_getpid);
  system_call(SYS_tgkill, self, self, number);
}

/// Looks at the level of each device, whoever made it look. What a handler asks of the console is done here as well.
void serve_devices(call_site interrupted) noexcept {
  if (clock::alarm_reached()) on_timer_interrupt(interrupted);
  if (serial_port.interrupting()) on_device_interrupt(uart::line);
  console_ports.look();
  while (console_ports.interrupting()) on_device_interrupt(virtio_console::line);
}

extern "C" void handle_exception(int number, siginfo_t* info, void* interrupted) noexcept {
  auto& context = *static_cast<ucontext_t*>(interrupted);
  if (info->si_code <= 0) return pass_on(number);
  trap_frame frame = frame_of(context);
  const exception_state state = state_of(context);
  if (in_handler) answer_exception_in_handler(frame, state);
  in_handler = 1;
  interrupts::mask();
  use_signal_stack(__fault_stack_low, __fault_stack_high);
  answer_exception(frame, state);
  stack_watch::unwound(reinterpret_cast<std::byte*>(frame.rsp));
  go_on_in(frame, context);
  in_handler = 0;
  interrupts::unmask();  // what came in meanwhile is held back until the return
}

extern "C" void handle_interrupt(int, siginfo_t*, void* interrupted) noexcept {
  if (!interrupts::enter()) return;
  in_handler = 1;
  use_signal_stack(__fault_stack_low, __fault_stack_high);
  const auto& registers = static_cast<const ucontext_t*>(interrupted)->uc_mcontext.gregs;
  serve_devices({word(registers[REG_RIP]), word(registers[REG_RBP])});
  in_handler = 0;
  interrupts::leave();
}

}  // namespace

/// Called by start.S: from here on a fault is reported.
extern "C" void start_traps() noexcept {
  constexpr std::uint64_t sa_restorer = 0x04000000;
  constexpr std::uint64_t none = 0, on_signal_stack = SA_SIGINFO | SA_ONSTACK | sa_restorer;
  use_signal_stack(__trap_stack_low, __trap_stack_high);
  for (const int number : exceptions)
    set_action(number, {handle_exception, on_signal_stack | SA_NODEFER, return_from_signal, set_of(interrupt_signals)});
  for (const int number : interrupt_signals)
    set_action(number, {handle_interrupt, on_signal_stack | SA_RESTART, return_from_signal, set_of(interrupt_signals)});
  system_call(SYS_rt_sigprocmask, SIG_SETMASK, &none, nullptr, sizeof none);
}

}  // namespace bobbin::isa
