/// Device registers, hosted: those of the one device there is, a serial port in software.
#pragma once

#include <cstdint>

namespace bobbin::isa {

class device_registers {
 public:
  explicit constexpr device_registers(std::uintptr_t) noexcept {}

  std::uint8_t read(unsigned offset) const noexcept;
  void write(unsigned offset, std::uint8_t value) const noexcept;
};

}  // namespace bobbin::isa
