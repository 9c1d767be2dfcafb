#include <core/chrono.hpp>
#include <core/format_chrono.hpp>
#include <debug/integrity.hpp>
#include <debug/task_table.hpp>
#include <debug/wait_graph.hpp>
#include <io/console.hpp>
#include <task/hart.hpp>
#include <time/clock.hpp>

#include <utility>

namespace bobbin {
namespace {

// What a blocked task's turn holds. next: the task that its wait leads to, or null. prev: one of these two, or the task
// that the search came from. Nobody is either of them; whoever wakes a task overwrites both.
constinit control_block unseen, told;

control_block::turn& turn_of(control_block& task) noexcept { return task; }
const control_block::turn& turn_of(const control_block& task) noexcept { return task; }

bool is_noted(const control_block& task) noexcept {
  return task.blocked() && (turn_of(task).prev == &unseen || turn_of(task).prev == &told);
}

/// Calls `visit(control_block&)` for every blocked task.
template <class Visitor>
void for_each_blocked(Visitor visit) noexcept {
  for_each_sound_task([&](control_block& task) {
    if (task.blocked()) visit(task);
  });
}

/// Where a task waits; null if that cannot be said, or not be read.
const wait_place* readable_place(const control_block& task) noexcept {
  const wait_place* const place = place_of(task);
  return place && readable(place, sizeof *place) && readable(place->queue, sizeof *place->queue) ? place : nullptr;
}

/// The task that alone can end this task's wait in a queue, if it is blocked as well.
control_block* only_helper(const control_block& task) noexcept {
  const wait_place* const place = readable_place(task);
  if (place == nullptr || place->ended != wait_place::heed_nothing) return nullptr;
  control_block* const holder = place->queue->holder;
  return holder && readable(holder) && is_noted(*holder) ? holder : nullptr;
}

/// Leads those who join `joined` to it. Each joins one task: a list that says otherwise is damaged.
void lead_joiners_to(control_block& joined) noexcept {
  for (const join_waiter* each = joined.joiners; each && readable(each, sizeof *each); each = each->next) {
    control_block* const who = each->who;
    if (!readable(who) || who->state != task_state::joining || !is_noted(*who) || turn_of(*who).next != nullptr) return;
    turn_of(*who).next = &joined;
  }
}

/// With interrupts masked: notes where each wait leads to.
void note_waits() noexcept {
  for_each_blocked([](control_block& task) {
    turn_of(task).next = nullptr;
    if (turn_of(task).prev != &told) turn_of(task).prev = &unseen;
  });
  for_each_sound_task([](control_block& task) {
    if (place_of(task) != nullptr) turn_of(task).next = only_helper(task);
    lead_joiners_to(task);
  });
}

/// Follows the waits from `start` to where nobody came before. Returns that task if it was on this way: it is one of a ring.
control_block* follow(control_block& start) noexcept {
  const auto is_new = [](const control_block* task) { return task && task->blocked() && turn_of(*task).prev == &unseen; };
  control_block* at = &start;
  for (; is_new(at); at = turn_of(*at).next) turn_of(*at).prev = &start;
  return at && at->blocked() && turn_of(*at).prev == &start ? at : nullptr;
}

template <class Visitor>
void for_each_around(control_block& start, Visitor visit) noexcept {
  control_block* at = &start;
  do {
    visit(*at);
    at = turn_of(*at).next;
  } while (at != &start);
}

control_block& oldest_around(control_block& start) noexcept {
  control_block* oldest = &start;
  for_each_around(start, [&](control_block& task) {
    if (task.id < oldest->id) oldest = &task;
  });
  return *oldest;
}

void print_deadlock(control_block& member) noexcept {
  control_block& first = oldest_around(member);
  print("  deadlock: {}", first);
  for_each_around(first, [](const control_block& task) {
    if (const wait_place* const place = place_of(task))
      print(" waits for {} held by", *place->queue);
    else
      print(" waits for the end of");
    print(" {}", *turn_of(task).next);
  });
  print("\n");
}

void print_things(const waitables& group) noexcept {
  const auto places = group.places;
  print("the first of");
  for (std::size_t i = 0; i < places.size(); ++i) {
    const bool sound = readable(&places[i], sizeof places[i]) && readable(places[i], sizeof *places[i]) &&
                       readable(places[i]->queue, sizeof *places[i]->queue);
    if (!sound) return print(" (damaged)");
    print("{} {}", i > 0 ? "," : "", *places[i]->queue);
  }
}

void print_thing(const waitable& what) noexcept {
  if (const waitables* const group = waitables::from(what))
    return readable(group, sizeof *group) ? print_things(*group) : print("(damaged)");
  print("{}", what);
  if (what.holder == nullptr) return;
  readable(what.holder) ? print(", held by {}", *what.holder) : print(", held by (damaged)");
}

/// See hart::moment for how exact it is. In a unit that leaves one to four digits of a wait of up to some hours.
void print_time(std::uint64_t since, clock::time_point now) noexcept {
  using namespace std::chrono;
  const auto passed = now - clock::at(since);
  if (passed < 10ms)
    print(", for {}", floor<microseconds>(passed));
  else if (passed < 10s)
    print(", for {}", floor<milliseconds>(passed));
  else
    print(", for {}", floor<seconds>(passed));
}

void print_join(const control_block& task, clock::time_point now) noexcept {
  const control_block* const joined = turn_of(task).next;
  if (joined == nullptr) return print("(damaged)");
  print("{} to finish", *joined);
  const join_waiter* each = joined->joiners;
  while (each && readable(each, sizeof *each) && each->who != &task) each = each->next;
  if (each && readable(each, sizeof *each)) print_time(each->since, now);
}

void print_wait(const control_block& task, clock::time_point now) noexcept {
  print("  {} waits for ", task);
  if (task.state == task_state::joining) {
    print_join(task, now);
  } else if (const wait_place* const place = readable_place(task)) {
    print_thing(*place->queue);
    print_time(place->since, now);
  } else {
    print("{}", task.place ? "(damaged)" : "something");
  }
  print("\n");
}

}  // namespace

void format_value(sink out, const format_spec&, const waitable& what) {
  format_to(out, "{}", readable_text(what.kind));
  if (what.name != nullptr) format_to(out, " {}", readable_text(what.name));
}

void print_new_deadlocks(std::string_view headline) noexcept {
  const interrupts_masked guard;
  note_waits();
  for_each_blocked([&](control_block& task) {
    control_block* const member = follow(task);
    if (member == nullptr) return;
    if (!headline.empty()) {
      console::start_of_line();
      print("{}\n", std::exchange(headline, ""));
    }
    print_deadlock(*member);
    for_each_around(*member, [](control_block& each) { turn_of(each).prev = &told; });
  });
}

void print_waits() noexcept {
  for_each_blocked([](control_block& task) { turn_of(task).prev = nullptr; });
  print_new_deadlocks();
  for_each_sound_task([now = clock::now()](const control_block& task) {
    const interrupts_masked guard;  // which may wake it
    if (task.blocked()) print_wait(task, now);
  });
}

}  // namespace bobbin
