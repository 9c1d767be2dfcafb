/// Where devices are that no program asks for, hosted: there is one, wherever one looks.
#pragma once

#include <cstdint>

namespace devices {

inline constexpr std::uintptr_t serial_port = 0;

}  // namespace devices
