/// How a driver reaches its device's registers: memory-mapped on riscv64, I/O ports on x86_64, software hosted.
#pragma once

#include <concepts>
#include <cstdint>

namespace bobbin::arch {

template <class Registers>
concept register_window = requires(const Registers window, std::uintptr_t base, unsigned offset, std::uint8_t value) {
  Registers{base};
  { window.read(offset) } noexcept -> std::same_as<std::uint8_t>;
  { window.write(offset, value) } noexcept -> std::same_as<void>;
};

}  // namespace bobbin::arch

#include <isa/io.hpp>

namespace bobbin::arch {
using isa::device_registers;
static_assert(register_window<device_registers>);
}  // namespace bobbin::arch
