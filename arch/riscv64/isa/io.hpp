/// Device registers, riscv64: bytes of memory, one each. See arch/include/arch/io.hpp for the contract.
#pragma once

#include <cstdint>

namespace bobbin::isa {

class device_registers {
 public:
  constexpr explicit device_registers(std::uintptr_t base) noexcept : base_{base} {}

  std::uint8_t read(unsigned offset) const noexcept { return at(offset); }
  void write(unsigned offset, std::uint8_t value) const noexcept { at(offset) = value; }

 private:
  volatile std::uint8_t& at(unsigned offset) const noexcept {
    return *reinterpret_cast<volatile std::uint8_t*>(base_ + offset);
  }

  std::uintptr_t base_;
};

}  // namespace bobbin::isa
