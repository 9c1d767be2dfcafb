/// The words of a line, one at a time.
#pragma once

#include "bobbin.hpp"

#include <algorithm>
#include <string_view>

namespace tour {

inline bobbin::generator<std::string_view> words(bobbin::stack<4096>& memory, std::string_view line) {
  return {memory, [line](auto& yield) {
    for (auto at = line.begin();;) {
      const auto first = std::find_if(at, line.end(), [](char c) { return c != ' '; });
      if (first == line.end()) return;
      at = std::find(first, line.end(), ' ');
      if (!yield({first, at})) return;
    }
  }};
}

}  // namespace tour
