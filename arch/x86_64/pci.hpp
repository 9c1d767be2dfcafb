/// The devices of PCI bus 0, as far as a driver needs them to find its own: QEMU's machines put theirs there, and the
/// firmware has given them addresses.
/// Source: PCI Local Bus Specification 3.0, sections 3.2.2.3 (configuration mechanism 1), 6.1 (header), 6.7 (capabilities)
/// and 6.8.2 (MSI-X).
#pragma once

#include <isa/io.hpp>

#include <cstdint>

namespace bobbin::isa {

/// One function of one device on bus 0.
class pci_function {
 public:
  constexpr pci_function(unsigned device, unsigned function) noexcept : address_{enabled | device << 11 | function << 8} {}

  std::uint32_t read(unsigned offset) const noexcept {
    out_long(selector, address_ | (offset & ~3u));
    return in_long(data) >> offset % 4 * 8;
  }
  std::uint16_t read_half(unsigned offset) const noexcept { return static_cast<std::uint16_t>(read(offset)); }
  std::uint8_t read_byte(unsigned offset) const noexcept { return static_cast<std::uint8_t>(read(offset)); }

  void write_half(unsigned offset, std::uint16_t value) const noexcept {
    out_long(selector, address_ | (offset & ~3u));
    out_word(static_cast<port>(data + (offset & 2)), value);
  }

  std::uint16_t vendor() const noexcept { return read_half(0); }  ///< 0xffff if there is nothing
  std::uint16_t device() const noexcept { return read_half(2); }

  /// Has it answer at its addresses, write to memory, and interrupt by messages only.
  void enable() const noexcept {
    constexpr unsigned command = 4;
    constexpr std::uint16_t memory = 1 << 1, master = 1 << 2, no_interrupt_line = 1 << 10;
    write_half(command, read_half(command) | memory | master | no_interrupt_line);
  }

  /// Where its memory region `bar` is; 0 if that is not memory.
  std::uintptr_t base(unsigned bar) const noexcept {
    constexpr std::uint32_t is_ports = 1, is_64_bit = 1 << 2;
    const unsigned offset = 0x10 + 4 * bar;
    const std::uint32_t low = read(offset);
    if (low & is_ports) return 0;
    const std::uintptr_t high = low & is_64_bit ? read(offset + 4) : 0;
    return high << 32 | (low & ~0xfu);
  }

  /// Calls `visit(id, offset)` for each capability.
  template <class Visitor>
  void each_capability(Visitor visit) const noexcept {
    constexpr unsigned status = 6, first = 0x34, most = 48;
    constexpr std::uint16_t has_capabilities = 1 << 4;
    if (!(read_half(status) & has_capabilities)) return;
    unsigned at = read_byte(first) & ~3u;
    for (unsigned i = 0; at != 0 && i < most; ++i, at = read_byte(at + 1) & ~3u) visit(read_byte(at), at);
  }

 private:
  static constexpr port selector = 0xcf8, data = 0xcfc;
  static constexpr std::uint32_t enabled = 1u << 31;

  std::uint32_t address_;
};

/// Calls `visit(const pci_function&)` for each function on bus 0.
template <class Visitor>
void each_pci_function(Visitor visit) noexcept {
  for (unsigned device = 0; device < 32; ++device)
    for (unsigned function = 0; function < 8; ++function)
      if (const pci_function found{device, function}; found.vendor() != 0xffff) visit(found);
}

}  // namespace bobbin::isa
