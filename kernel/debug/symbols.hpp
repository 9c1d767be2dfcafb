/// Names of functions, from the table that the link makes of the image's own symbols.
#pragma once

#include <cstdint>
#include <string_view>

namespace bobbin {

struct symbol {
  std::string_view name;       ///< demangled; empty if the table does not know
  std::uintptr_t address = 0;  ///< where the function begins
};

/// The function that `pc` lies in. Cost: a binary search.
symbol symbol_at(std::uintptr_t pc) noexcept;

}  // namespace bobbin
