/// The words of a line, one at a time.
#pragma once

#include "bobbin.hpp"

#include <string_view>

namespace tour {

inline bobbin::generator<std::string_view> words(bobbin::stack<4096>& memory, std::string_view line) {
  return {memory, [line](auto& yield) {
    constexpr char blank = ' ';
    for (std::size_t at = 0; (at = line.find_first_not_of(blank, at)) != line.npos;) {
      const auto word = line.substr(at, line.find(blank, at) - at);
      if (!yield(word)) return;
      at += word.size();
    }
  }};
}

}  // namespace tour
