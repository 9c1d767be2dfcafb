#include <arch/memory.hpp>
#include <debug/integrity.hpp>

namespace bobbin {

bool readable(const void* first, std::size_t bytes) noexcept {
  constexpr std::size_t word = sizeof(std::uintptr_t);
  const auto begin = reinterpret_cast<std::uintptr_t>(first);
  const std::uintptr_t last = begin + bytes - word;
  if (begin % word != 0 || bytes < word || last < begin) return false;
  for (std::uintptr_t at = begin; at < last; at = (at / page_bytes + 1) * page_bytes)
    if (!arch::is_mapped(at)) return false;
  return arch::is_mapped(last);
}

std::string_view readable_text(const char* text) noexcept {
  constexpr std::size_t longest = 64;
  constexpr std::size_t word = sizeof(std::uintptr_t);
  if (text == nullptr) return "";
  std::size_t length = 0;
  for (; length < longest; ++length) {
    const auto at = reinterpret_cast<std::uintptr_t>(text) + length;
    if (!arch::is_mapped(at / word * word)) return "(damaged)";
    if (text[length] == '\0') break;
  }
  return {text, length};
}

}  // namespace bobbin
