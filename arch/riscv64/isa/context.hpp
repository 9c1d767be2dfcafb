/// The first frame of a context, in the shape that arch/riscv64/context.S enters.
#pragma once

#include <isa/frame.h>

#include <arch/context.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace bobbin::isa {

extern "C" void enter_first_frame();  // context.S

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
    frame->ra = reinterpret_cast<std::uintptr_t>(enter_first_frame);
    frame->s0 = 0;
    frame->s1 = reinterpret_cast<std::uintptr_t>(entry);
    frame->s2 = reinterpret_cast<std::uintptr_t>(argument);
    return reinterpret_cast<arch::stack_pointer>(frame);
  }
};

}  // namespace bobbin::isa
