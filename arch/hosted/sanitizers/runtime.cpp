/// What the sanitizers' libraries are told of stacks, how they are set, and what the kernel says of what they find. Not
/// instrumented itself.
#include <arch/cpu.hpp>
#include <arch/image.hpp>
#include <arch/stack_watch.hpp>
#include <core/trap.hpp>

#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>

#include <cstdint>
#include <utility>

namespace bobbin::isa {

extern "C" void* libc_thread_pointer;  // runtime.S
extern "C" std::uint32_t in_handler;   // ../trap.cpp

namespace {

/// The libraries find their own thread behind %fs.
class with_libc {
 public:
  with_libc() noexcept : own_{arch::cpu::thread_pointer()} { arch::cpu::set_thread_pointer(libc_thread_pointer); }
  ~with_libc() { arch::cpu::set_thread_pointer(own_); }
  with_libc(const with_libc&) = delete;
  with_libc& operator=(const with_libc&) = delete;

 private:
  void* own_;
};

struct stack_in_use {
  std::byte* low;
  std::size_t bytes;
};

constinit stack_in_use current{};

/// As if the switch were made here: between this and the switch nothing is instrumented.
void enter(stack_in_use next) noexcept {
  const with_libc guard;
  __sanitizer_start_switch_fiber(nullptr, next.low, next.bytes);
  __sanitizer_finish_switch_fiber(nullptr, nullptr, nullptr);
  current = next;
}

}  // namespace

void stack_watch::occupied(std::byte* low, std::size_t bytes) noexcept { __asan_unpoison_memory_region(low, bytes); }

void stack_watch::left_for(std::byte* low, std::size_t bytes) noexcept {
  __asan_unpoison_memory_region(current.low, current.bytes);
  enter({low, bytes});
}

void stack_watch::unwound(std::byte* top) noexcept {
  const std::size_t below = static_cast<std::size_t>(top - current.low);
  if (below <= current.bytes) __asan_unpoison_memory_region(current.low, below);
}

stack_watch::visit::visit(std::byte* low, std::size_t bytes) noexcept : low_{current.low}, bytes_{current.bytes} {
  if (low_ == nullptr) {  // the first of all: main's
    low_ = __boot_stack_low;
    bytes_ = static_cast<std::size_t>(__boot_stack_high - __boot_stack_low);
  }
  enter({low, bytes});
}

stack_watch::visit::~visit() { enter({low_, bytes_}); }

extern "C" {

/// Before every call that does not return: the frames above may never be left in order.
void __asan_handle_no_return() {
  auto* const sp = reinterpret_cast<std::byte*>(arch::cpu::stack_pointer());
  const std::size_t above = static_cast<std::size_t>(current.low + current.bytes - sp);
  if (above <= current.bytes) __asan_unpoison_memory_region(sp, above);
}

/// Called by runtime.S, on the report stack.
void tell_finding(std::uintptr_t pc, std::uintptr_t stack_pointer, std::uintptr_t frame_pointer) noexcept {
  static constinit bool telling = false;
  if (std::exchange(telling, true) || in_handler) return;
  on_fault({.cause = "found by a sanitizer, which has more to say", .pc = pc - 1, .stack_pointer = stack_pointer,
            .frame_pointer = frame_pointer});
}

/// Faults and stacks are the kernel's business, and nothing is ever freed. Reports follow the kernel's.
const char* __asan_default_options() {
  return "log_path=stdout:color=never:detect_leaks=0:detect_stack_use_after_return=0:use_sigaltstack=0:handle_segv=0:"
         "handle_sigbus=0:handle_sigill=0:handle_sigfpe=0:handle_abort=0:handle_sigtrap=0";
}

}  // extern "C"

}  // namespace bobbin::isa
