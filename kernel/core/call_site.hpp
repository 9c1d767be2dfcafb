/// Where a flow of control stands, for who walks its calls.
#pragma once

#include <cstdint>

namespace bobbin {

struct call_site {
  std::uintptr_t pc;
  std::uintptr_t frame_pointer;  ///< heads the chain of frames
};

}  // namespace bobbin
