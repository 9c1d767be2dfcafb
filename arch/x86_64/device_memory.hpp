/// Memory of devices that are found after protect_memory.
#pragma once

#include <cstdint>

namespace bobbin::isa {

/// Has the 2 MiB around `at` read and written, uncached. False beyond 4 GiB, where no tables reach.
bool map_device(std::uintptr_t at) noexcept;  // memory.cpp

}  // namespace bobbin::isa
