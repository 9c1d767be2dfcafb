/// The first frame of a context, in the shape that arch/x86_64/context.S enters.
#pragma once

#include <isa/frame.h>

#include <arch/context.hpp>

#include <cstddef>
#include <cstdint>

namespace bobbin::isa {

extern "C" void enter_context();  // context.S

struct switch_frame {
  std::uintptr_t rbx, rbp, r12, r13_to_r15[3], rip;
};

static_assert(offsetof(switch_frame, rbx) == SWITCH_RBX);
static_assert(offsetof(switch_frame, rbp) == SWITCH_RBP);
static_assert(offsetof(switch_frame, r12) == SWITCH_R12);
static_assert(offsetof(switch_frame, rip) == SWITCH_RIP);
static_assert(sizeof(switch_frame) == SWITCH_FRAME_BYTES);

struct context {
  static constexpr std::size_t frame_bytes = SWITCH_FRAME_BYTES;
  static constexpr std::size_t fp_frame_bytes = SWITCH_FRAME_BYTES;  // no FP register is callee-saved

  static arch::stack_pointer first_frame(std::byte* top, arch::entry_point entry, void* argument) noexcept {
    auto* frame = reinterpret_cast<switch_frame*>(top) - 1;
    frame->rip = reinterpret_cast<std::uintptr_t>(enter_context);
    frame->rbp = 0;
    frame->rbx = reinterpret_cast<std::uintptr_t>(entry);
    frame->r12 = reinterpret_cast<std::uintptr_t>(argument);
    return reinterpret_cast<arch::stack_pointer>(frame);
  }

  static call_site suspended_at(arch::stack_pointer suspended) noexcept {
    const auto* frame = reinterpret_cast<const switch_frame*>(suspended);
    return {frame->rip, frame->rbp};
  }

  /// rbp points to the caller's rbp; above it lies the return address.
  static constexpr std::ptrdiff_t caller_offset = 0;
  static call_site caller(std::uintptr_t frame_pointer) noexcept {
    const auto* frame = reinterpret_cast<const std::uintptr_t*>(frame_pointer);
    return {frame[1], frame[0]};
  }
};

}  // namespace bobbin::isa
