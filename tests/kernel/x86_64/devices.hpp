/// Where devices are that no program asks for, x86_64.
#pragma once

#include <cstdint>

namespace devices {

inline constexpr std::uintptr_t serial_port = 0x3f8;

}  // namespace devices
