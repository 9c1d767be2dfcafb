/// What happened, one letter each, in the order in which it did.
#pragma once

#include <cstddef>
#include <string_view>

class record {
 public:
  void operator()(char what) {
    if (used_ < sizeof text_) text_[used_++] = what;
  }
  std::string_view text() const { return {text_, used_}; }

 private:
  char text_[256] = {};
  std::size_t used_ = 0;
};
