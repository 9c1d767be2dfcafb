/// A place for one thing on its way from a task to another. Who has to wait yields, and looks again after everybody
/// else has run.
#pragma once

#include "bobbin.hpp"

#include <optional>
#include <utility>

namespace tour {

template <class T>
class mailbox {
 public:
  void put(T thing) {
    while (thing_) bobbin::this_task::yield();
    thing_ = thing;
  }

  /// Nothing will be put any more.
  void close() { closed_ = true; }

  /// The next thing, or nothing after the last one.
  std::optional<T> take() {
    while (!thing_ && !closed_) bobbin::this_task::yield();
    return std::exchange(thing_, std::nullopt);
  }

 private:
  std::optional<T> thing_;
  bool closed_ = false;
};

}  // namespace tour
