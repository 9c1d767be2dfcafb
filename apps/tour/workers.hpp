/// The background tasks of the prompt: `spawn` starts one in a place of a pool, `kill` stops it and frees the place.
#pragma once

#include "bobbin.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tour {

class workers {
 public:
  static constexpr std::size_t max_count = 4;
  static constexpr std::size_t max_name_bytes = 15;

  /// Starts a worker; says so, or why not.
  void spawn(std::string_view name);

  /// Stops the worker with that number or name and says how it ended.
  void kill(std::string_view who);

  /// The same for all of them.
  void kill_all();

  /// Another line went through the pipeline.
  void count_line() { ++lines_; }

 private:
  struct worker {
    bobbin::pooled_task task;
    std::uint32_t id = 0;
    char name[max_name_bytes + 1] = {};

    bool is_called(std::string_view who) const;
    void stop();
  };

  worker workers_[max_count];
  int lines_ = 0;
};

}  // namespace tour
