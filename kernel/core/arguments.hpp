/// The boot arguments as main gets them: words, divided at blanks; '...' and "..." keep blanks, \ takes the next
/// character as it is, as in a shell.
#pragma once

#include <cstddef>
#include <string_view>

namespace bobbin {

class argument_list {
 public:
  static constexpr std::size_t max_count = 64;
  static constexpr std::size_t max_bytes = 2048;

  constexpr argument_list() noexcept = default;

  /// Replaces the list. What is beyond the maxima is left off. An empty line gives one empty word, the program's name.
  constexpr void split(std::string_view line) noexcept {
    count_ = 0;
    std::size_t used = 0;
    std::size_t at = 0;
    const auto put = [&](char c) {
      if (used < max_bytes - 1) text_[used++] = c;
    };
    while (count_ < max_count && used < max_bytes - 1) {
      while (at < line.size() && is_blank(line[at])) ++at;
      if (at == line.size()) break;
      values_[count_++] = text_ + used;
      char quote = 0;
      for (; at < line.size() && (quote != 0 || !is_blank(line[at])); ++at) {
        const char c = line[at];
        if (c == '\\' && quote != '\'' && at + 1 < line.size())
          put(line[++at]);
        else if (c == quote)
          quote = 0;
        else if (quote == 0 && (c == '\'' || c == '"'))
          quote = c;
        else
          put(c);
      }
      text_[used++] = '\0';
    }
    if (count_ == 0) values_[count_++] = text_ + max_bytes - 1;
    values_[count_] = nullptr;
  }

  /// Takes the first word that begins with `key` out of the list, and returns the rest of it; "" if there is none.
  constexpr std::string_view take(std::string_view key) noexcept {
    for (std::size_t i = 1; i < count_; ++i) {
      const std::string_view word = values_[i];
      if (!word.starts_with(key)) continue;
      for (; i < count_; ++i) values_[i] = values_[i + 1];
      --count_;
      return word.substr(key.size());
    }
    return {};
  }

  constexpr int count() const noexcept { return static_cast<int>(count_); }
  constexpr char** values() noexcept { return values_; }

 private:
  static constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\n'; }

  std::size_t count_ = 0;
  char* values_[max_count + 1] = {};
  char text_[max_bytes] = {};
};

}  // namespace bobbin
