/// The first frame of a context, in the shape that arch/riscv64/context.S enters.
#pragma once

#include <isa/frame.h>

#include <arch/context.hpp>

#include <cstddef>
#include <cstdint>

namespace bobbin::isa {

extern "C" void enter_context();  // context.S
extern "C" void restore_fp();

struct switch_frame {
  std::uintptr_t ra, s0, s1, s2, s3_to_s11[9], padding;
};

static_assert(offsetof(switch_frame, ra) == SWITCH_RA);
static_assert(offsetof(switch_frame, s0) == SWITCH_S0);
static_assert(offsetof(switch_frame, s1) == SWITCH_S1);
static_assert(offsetof(switch_frame, s2) == SWITCH_S2);
static_assert(sizeof(switch_frame) == SWITCH_FRAME_BYTES);

struct context {
  static constexpr std::size_t frame_bytes = SWITCH_FRAME_BYTES;
  static constexpr std::size_t fp_frame_bytes = SWITCH_FRAME_BYTES + FP_FRAME_BYTES;

  static arch::stack_pointer first_frame(std::byte* top, arch::entry_point entry, void* argument) noexcept {
    auto* frame = reinterpret_cast<switch_frame*>(top) - 1;
    frame->ra = reinterpret_cast<std::uintptr_t>(enter_context);
    frame->s0 = 0;
    frame->s1 = reinterpret_cast<std::uintptr_t>(entry);
    frame->s2 = reinterpret_cast<std::uintptr_t>(argument);
    return reinterpret_cast<arch::stack_pointer>(frame);
  }

  static call_site suspended_at(arch::stack_pointer suspended) noexcept {
    const auto* frame = reinterpret_cast<const switch_frame*>(suspended);
    const bool has_fp = frame->ra == reinterpret_cast<std::uintptr_t>(restore_fp);
    const auto* fp_frame = reinterpret_cast<const std::uintptr_t*>(frame + 1);
    return {has_fp ? fp_frame[FP_RA / sizeof(std::uintptr_t)] : frame->ra, frame->s0};
  }

  /// s0 points past the frame; below it lie ra and the caller's s0.
  static constexpr std::ptrdiff_t caller_offset = -16;
  static call_site caller(std::uintptr_t frame_pointer) noexcept {
    const auto* end = reinterpret_cast<const std::uintptr_t*>(frame_pointer);
    return {end[-1], end[-2]};
  }
};

}  // namespace bobbin::isa
