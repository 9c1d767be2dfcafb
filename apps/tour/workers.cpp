#include "workers.hpp"

#include <algorithm>

using namespace bobbin;

namespace tour {
namespace {

constinit task_pool<workers::max_count, 8_KiB> pool;

/// What a worker does: it waits, and returns how many lines went through the pipeline while it lived. How often it gets
/// a turn depends on the machine and on how fast somebody types, so it prints nothing and does not count its turns.
int watch(const int& lines, int lines_before) {
  while (!this_task::stop_requested()) this_task::yield();
  return lines - lines_before;
}

bool is_letter(char c) { return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z'); }
bool is_name_character(char c) { return is_letter(c) || ('0' <= c && c <= '9') || c == '-' || c == '_'; }

bool is_name(std::string_view text) {
  return text.size() <= workers::max_name_bytes && is_letter(text.front()) &&
         std::ranges::all_of(text, is_name_character);
}

std::string_view name_of(outcome::kind how) {
  switch (how) {
    case outcome::kind::returned: return "returned";
    case outcome::kind::exited: return "exited";
    case outcome::kind::stopped: return "stopped";
    case outcome::kind::faulted: return "faulted";
  }
  return "ended";
}

}  // namespace

void workers::spawn(std::string_view name) {
  if (!is_name(name)) {
    print("spawn: a name is a letter and up to {} letters, digits, - or _ after it\n", max_name_bytes - 1);
    return;
  }
  if (pool.available() == 0) {
    print("spawn: all {} places of the pool are taken; `kill` one of its tasks first\n", max_count);
    return;
  }
  worker& added = *std::ranges::find_if(workers_, [](const worker& each) { return !each.task; });
  *std::ranges::copy(name, added.name).out = '\0';
  added.task = pool.start(added.name, [&lines = lines_, before = lines_] { return watch(lines, before); });
  added.id = added.task.id();
  print("spawn: {} is task {}\n", added.name, added.id);
}

void workers::kill(std::string_view who) {
  const auto found = std::ranges::find_if(workers_, [=](const worker& each) { return each.is_called(who); });
  if (found == std::ranges::end(workers_))
    print("kill: no task of that number or name was spawned; `ps` shows them all\n");
  else
    found->stop();
}

void workers::kill_all() {
  for (worker& each : workers_)
    if (each.task) each.stop();
}

bool workers::worker::is_called(std::string_view who) const {
  char digits[10];
  return task && (who == name || who == format_to(digits, "{}", id));
}

void workers::worker::stop() {
  task.request_stop();
  const outcome how = task.join();
  print("{}: {}; lines seen: {}\n", name, name_of(how.how()), how.status());
}

}  // namespace tour
