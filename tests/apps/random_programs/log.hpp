/// What has happened, in the order in which it did: a digest of it, and each line if asked for.
#pragma once

#include "program.hpp"

#include <cstdint>

namespace random_programs {

class event_log {
 public:
  constexpr explicit event_log(bool aloud) noexcept : aloud_{aloud} {}

  /// `who` has done what it was told to in its instruction `number`.
  void note(std::uint32_t who, std::uint32_t number, const instruction& done, std::int64_t result) noexcept {
    ++events_;
    add(who << 16 | number << 8 | static_cast<std::uint32_t>(done.what));
    add(static_cast<std::uint64_t>(result));
    if (aloud_)
      print("{}.{} {} {} {} {} {}: {}\n", who, number, kinds[static_cast<std::size_t>(done.what)].name, done.object,
            form_names[static_cast<std::size_t>(done.how)], done.b, done.c, result);
  }

  std::uint32_t events() const noexcept { return events_; }
  std::uint64_t digest() const noexcept { return digest_; }

 private:
  /// FNV-1a, by words.
  void add(std::uint64_t word) noexcept { digest_ = (digest_ ^ word) * 0x100000001b3; }

  bool aloud_;
  std::uint32_t events_ = 0;
  std::uint64_t digest_ = 0xcbf29ce484222325;
};

}  // namespace random_programs
