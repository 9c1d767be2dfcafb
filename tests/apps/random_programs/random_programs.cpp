/// Random programs over everything that tasks can wait for: 50 tasks that do what is drawn from a seed, and main, which
/// helps them along until nothing moves any more, and then asks them to stop, one by one.
///
///   ARGS="1-200"      says a digest of all that happened, for each of these seeds
///   ARGS="17 log"     of that seed, says all that happened as well, in the order in which it did
///
///   ARGS="17 timed"   with deadlines that come; for QEMU that counts time in instructions, and jumps to them
///
/// Nothing else depends on time. tests/model says what must happen.
#include "runner.hpp"

#include <algorithm>
#include <charconv>

namespace random_programs {
namespace {

constinit task tasks[task_count];
stack<32_KiB> stacks[task_count];
constinit std::optional<world> here;

/// Lets the others run until none of them can.
void settle() {
  const std::uint32_t alone = this_hart().lone_yields;
  while (this_hart().lone_yields == alone) this_task::yield();
}

/// Whoever waits for no longer than until now does not wait any more.
void pass_time(world& all) {
  settle();
  ++all.steps;
  all.log.note(main_number, 0, {.what = action::pass}, this_task::sleep_until(all.after_steps(0) + step / 2));
}

/// With everybody at rest, main does some of what others wait for.
void help(world& all) {
  runner self{all, main_number, program{all.seed, main_number, 80, 40, &kind::for_helpers, all.time}};
  for (int i = 0; settle(), self.step(); ++i)
    if (all.time == program::clockwork::runs && i % 4 == 0) pass_time(all);
}

void stop_all(world& all) {
  all.closing = true;
  settle();
  for (std::uint8_t i = 0; i < task_count; ++i) {
    if (has_ended(i)) continue;
    ask_to_stop(i);
    all.log.note(main_number, 0, {.what = action::ask, .object = i}, 0);
    settle();
  }
  for (auto& group : groups) group.request_stop(), settle();
}

void join_all(world& all) {
  for (std::uint8_t i = 0; i < task_count; ++i)
    if (all.runs[i] > 0) all.log.note(main_number, 0, {.what = action::joined, .object = i}, join_task(i));
  for (auto& group : groups)
    all.log.note(main_number, 0, {.what = action::group_joined}, number_of(group.join()) << 8 | group.running());
}

/// What is in there now: nothing is lost, and nothing comes of nothing.
void look_at_what_is_left(world& all) {
  std::uint8_t which = 0;
  const auto tell = [&](std::int64_t what) { all.log.note(main_number, 0, {.what = action::left, .object = which++}, what); };
  const auto free = [](auto& it) { return it.try_lock() ? it.unlock(), true : false; };
  for (auto& each : all.mutexes) tell(free(each));
  for (auto& each : all.recursive) tell(free(each));
  for (auto& each : all.shared) tell(free(each));
  for (auto& each : all.binary) tell(each.try_acquire());
  for (auto& each : all.units) {
    int units = 0;
    while (each.try_acquire()) ++units;
    tell(units);
  }
  for (auto& each : all.latches) tell(each.try_wait());
  for (auto& each : all.events) tell(each.is_set());
  for (unsigned i = 0; i < 6; ++i)
    with_channel(all, i, [&](auto& each) {
      tell(each.closed());
      while (const auto value = each.try_receive()) tell(*value);
    });
  for (auto& each : all.sources) tell(each.stop_requested());
  tell(this_hart().expecting);
}

/// The group hands out its stacks as at first: the last to come back is the lowest.
void sort_stacks(auto& group) {
  const void* taken[3] = {};
  int ended = 0;
  for (int i = 0; i < 3; ++i) {
    const auto status = group.start("sorter", [&taken, &ended, i] {
      taken[i] = &i;
      do
        this_task::yield();
      while (std::ranges::count_if(taken, [&i](const void* other) { return other > &i; }) != ended);
      ++ended;
    });
    ASSERT(status == start_status::ok);
  }
  ASSERT(group.join().ok());
}

void run(std::uint32_t seed, program::clockwork time, bool aloud) {
  for (auto& group : groups) sort_stacks(group);
  world& all = here.emplace(seed, time, aloud);
  for (std::uint32_t i = 0; i < first_tasks; ++i) start_task(all, i);
  help(all);
  stop_all(all);
  join_all(all);
  look_at_what_is_left(all);
  print("seed {}: {:016x} of {} events\n", seed, all.log.digest(), all.log.events());
  here.reset();
}

/// The number at the beginning of `text`, which it takes away, and what follows it.
std::uint32_t take_number(std::string_view& text) {
  std::uint32_t number = 0;
  const auto [rest, error] = std::from_chars(text.begin(), text.end(), number);
  text.remove_prefix(static_cast<std::size_t>(rest - text.begin()) + (rest != text.end()));
  return number;
}

}  // namespace

constinit task_group<3, 32_KiB> groups[2];

void start_task(world& all, std::uint32_t which) {
  ++all.runs[which];
  tasks[which].start(stacks[which], [&all, which] {
    runner self{all, which, program{all.seed, which, 20, 20, &kind::for_tasks, all.time}};
    all.log.note(which, 0, {.what = action::begin}, this_task::stop_requested());
    while (self.step()) {}
    self.finish();
    all.log.note(which, 0, {.what = action::end}, self.status());
    return self.status();
  });
}

bool has_ended(std::uint32_t which) { return !tasks[which].joinable(); }
void ask_to_stop(std::uint32_t which) { tasks[which].request_stop(); }
std::int64_t join_task(std::uint32_t which) { return number_of(tasks[which].join()); }
std::int64_t number_of(const outcome& how) { return static_cast<std::int64_t>(how.how()) << 1 | how.status(); }

}  // namespace random_programs

int main(int argc, char** argv) {
  using namespace random_programs;
  std::string_view seeds = argc > 1 ? argv[1] : "1";
  const std::span words{argv, static_cast<std::size_t>(argc)};
  const auto given = [&](std::string_view word) { return std::ranges::find(words, word) != words.end(); };
  const auto time = given("timed") ? program::clockwork::runs : program::clockwork::stands;
  const std::uint32_t first = take_number(seeds), last = seeds.empty() ? first : take_number(seeds);
  for (std::uint32_t seed = first; seed <= last; ++seed) run(seed, time, given("log"));
}
