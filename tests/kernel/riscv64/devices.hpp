/// Where devices are that no program asks for, riscv64: QEMU's machine "virt".
#pragma once

#include <cstdint>

namespace devices {

inline constexpr std::uintptr_t serial_port = 0x1000'0000;

}  // namespace devices
