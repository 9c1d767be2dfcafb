/// Device registers behind I/O ports: see arch/include/arch/io.hpp for the contract.
#pragma once

#include <cstdint>

namespace bobbin::isa {

using port = std::uint16_t;

inline std::uint8_t in_byte(port from) noexcept {
  std::uint8_t value;
  asm volatile("inb %1, %0" : "=a"(value) : "Nd"(from));
  return value;
}

inline std::uint32_t in_long(port from) noexcept {
  std::uint32_t value;
  asm volatile("inl %1, %0" : "=a"(value) : "Nd"(from));
  return value;
}

inline void out_byte(port to, std::uint8_t value) noexcept { asm volatile("outb %0, %1" : : "a"(value), "Nd"(to)); }
inline void out_word(port to, std::uint16_t value) noexcept { asm volatile("outw %0, %1" : : "a"(value), "Nd"(to)); }
inline void out_long(port to, std::uint32_t value) noexcept { asm volatile("outl %0, %1" : : "a"(value), "Nd"(to)); }

class device_registers {
 public:
  explicit constexpr device_registers(std::uintptr_t base) noexcept : base_{static_cast<port>(base)} {}

  std::uint8_t read(unsigned offset) const noexcept { return in_byte(static_cast<port>(base_ + offset)); }
  void write(unsigned offset, std::uint8_t value) const noexcept {
    out_byte(static_cast<port>(base_ + offset), value);
  }

 private:
  port base_;
};

}  // namespace bobbin::isa
