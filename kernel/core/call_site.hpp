/// Where a flow of control stands, for who walks its calls.
#pragma once

#include <cstdint>

namespace bobbin {

struct call_site {
  std::uintptr_t pc;
  std::uintptr_t frame_pointer;  ///< heads the chain of frames
};

/// The frame of the function that this is written in.
[[gnu::always_inline]] inline const void* own_frame() noexcept { return __builtin_frame_address(0); }

/// Gives the function that this is written in a frame: in the files whose functions have none, those in which a task may
/// be suspended for long, so that call chains go on in their callers.
[[gnu::always_inline]] inline void keep_frame() noexcept { asm volatile("" : : "r"(own_frame())); }

}  // namespace bobbin
