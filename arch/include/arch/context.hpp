/// The switch: the one thing a tasking layer cannot say in C++.
///
/// A suspended flow of control is fully described by one word, its stack pointer: everything else it needs lies on its
/// own stack, in a frame that `switch_context` wrote. arch/<isa>/context.S has the frame's picture and the reasons.
#pragma once

#include <core/call_site.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace bobbin::arch {

/// A suspended context: where its switch frame lies. Never null for a context that may be entered.
using stack_pointer = std::uintptr_t*;

/// Suspends the caller into `*save` and goes on in `load`, which some earlier switch or `first_frame` left behind.
/// Returns when another switch enters `*save`.
///
/// Preserved: every callee-saved register of the psABI, the callee-saved FP registers where the leaving side used
/// them, the stack. Shared: the thread pointer and the FP control words. `*save` is written before `load` is read, so
/// `switch_context(&side, side)` exchanges two sides through one word.
/// Cost: see docs/costs.md, "bare switch".
extern "C" void switch_context(stack_pointer* save, stack_pointer load) noexcept;

/// What a flow of control begins with. Must not return.
using entry_point = void (*)(void* argument);

template <class Context>
concept context_switch = requires(std::byte* top, entry_point entry, void* argument, stack_pointer suspended,
                                  std::uintptr_t frame_pointer) {
  /// Writes the frame of a context that has not run yet below `top` (16-byte aligned): the first switch into the
  /// result calls `entry(argument)` with the stack aligned as the psABI asks and a return address that ends backtraces.
  { Context::first_frame(top, entry, argument) } noexcept -> std::same_as<stack_pointer>;
  /// Where a suspended context will go on.
  { Context::suspended_at(suspended) } noexcept -> std::same_as<call_site>;
  /// The caller of the function with that frame pointer, from the two words that the psABI has functions keep there.
  { Context::caller(frame_pointer) } noexcept -> std::same_as<call_site>;
  /// Where those two words lie, in bytes from the frame pointer.
  { Context::caller_offset } -> std::convertible_to<std::ptrdiff_t>;
  /// Bytes of stack that a suspended context needs for its switch frame, without and with FP registers.
  { Context::frame_bytes } -> std::convertible_to<std::size_t>;
  { Context::fp_frame_bytes } -> std::convertible_to<std::size_t>;
};

}  // namespace bobbin::arch

#include <isa/context.hpp>

namespace bobbin::arch {
using isa::context;
static_assert(context_switch<context>);
}  // namespace bobbin::arch
