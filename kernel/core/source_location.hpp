/// Where in the sources something was said: as a default argument, the place of the call.
/// Like std::source_location, which clang 14 cannot compile yet, without column and function.
#pragma once

namespace bobbin {

class source_location {
 public:
  static constexpr source_location current(const char* file = __builtin_FILE(),
                                           unsigned line = __builtin_LINE()) noexcept {
    source_location here;
    here.file_ = file;
    here.line_ = line;
    return here;
  }

  constexpr source_location() noexcept = default;
  constexpr const char* file_name() const noexcept { return file_; }
  constexpr unsigned line() const noexcept { return static_cast<unsigned>(line_); }

 private:
  const char* file_ = "?";
  unsigned long line_ = 0;  // as wide as the other: both are copied by a move each
};

}  // namespace bobbin
