#include <arch/image.hpp>
#include <debug/symbols.hpp>

#include <algorithm>
#include <span>

namespace bobbin {

/// One function, as scripts/symbols writes it, sorted by address.
struct symbol_entry {
  std::uint64_t address;
  const char* name;
};

/// From the linker script: empty in an image without a table.
extern "C" const symbol_entry __symbols_start[], __symbols_end[];

symbol symbol_at(std::uintptr_t pc) noexcept {
  const std::span all{__symbols_start, __symbols_end};
  if (pc < reinterpret_cast<std::uintptr_t>(__text_start) || pc >= reinterpret_cast<std::uintptr_t>(__text_end)) return {};
  const auto after = std::ranges::upper_bound(all, pc, {}, &symbol_entry::address);
  if (after == all.begin()) return {};
  return {after[-1].name, after[-1].address};
}

}  // namespace bobbin
