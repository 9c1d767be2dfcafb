/// What portable code asks of the processor it runs on, besides the switch.
#pragma once

#include <concepts>
#include <cstdint>

namespace bobbin::arch {

template <class Cpu>
concept processor = requires(void* pointer, const std::uintptr_t& word, typename Cpu::fp_control_words words) {
  /// The stack pointer of the function this is inlined into.
  { Cpu::stack_pointer() } noexcept -> std::same_as<std::uintptr_t>;
  /// Whether it is `word`, which is looked at where it lies.
  { Cpu::stack_pointer_is(word) } noexcept -> std::same_as<bool>;
  /// The frame pointer of the function this is inlined into: the head of the chain that a backtrace follows.
  { Cpu::frame_pointer() } noexcept -> std::same_as<std::uintptr_t>;
  /// The register that `thread_local` objects are addressed from: tp, or the base of %fs.
  { Cpu::thread_pointer() } noexcept -> std::same_as<void*>;
  { Cpu::set_thread_pointer(pointer) } noexcept -> std::same_as<void>;
  /// The same for who knows what it is now, which it often stays. Both are looked at where they lie.
  { Cpu::change_thread_pointer(pointer, pointer) } noexcept -> std::same_as<void>;
  /// Rounding modes and exception flags: fcsr, or mxcsr and the x87 control word.
  { Cpu::fp_control() } noexcept -> std::same_as<typename Cpu::fp_control_words>;
  { Cpu::set_fp_control(words) } noexcept -> std::same_as<void>;
  /// A counter that advances by one per instruction under `-icount shift=0`: rdinstret, or the time stamp counter.
  { Cpu::instructions() } noexcept -> std::same_as<std::uint64_t>;
  /// The same pointer, of which the compiler is to forget what it points to where the members of a static object are
  /// reached in fewer instructions from a register than each by an address of its own.
  { Cpu::in_register(pointer) } noexcept -> std::same_as<void*>;
  /// A hint in a loop that polls.
  { Cpu::pause() } noexcept -> std::same_as<void>;
};

}  // namespace bobbin::arch

#include <isa/cpu.hpp>

namespace bobbin::arch {
using isa::cpu;
static_assert(processor<cpu>);
}  // namespace bobbin::arch
