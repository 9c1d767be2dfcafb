#include "runner.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace random_programs {
namespace {

// Where time stands still, a deadline has passed before the wait begins, or comes when all is over.
constexpr clock::time_point passed{1ns};
constexpr std::chrono::nanoseconds long_time = 24h;

/// Calls that form of a wait.
auto in_form(manner how, auto plain, auto attempt, auto within, auto until) {
  switch (how.how) {
    case form::plain: return plain();
    case form::attempt: return attempt();
    case form::for_none: return within(0ns);
    case form::until_past: return until(passed);
    case form::for_long: return within(long_time);
    case form::until_never: return until(clock::never);
    default: return until(how.soon);
  }
}

/// How a wait ended: whether with what it was for, and whether the task has been asked to stop by now.
std::int64_t ended(bool well) { return well | this_task::stop_requested() << 1; }
std::int64_t ended(bool well, std::int64_t with) { return with << 2 | ended(well); }

// What can be locked, by number; what has a rank comes first.
constexpr unsigned recursive_from = 4, writing_from = 6, reading_from = 8, binary_from = 10;

constexpr bool is_recursive(unsigned lockable) { return lockable >= recursive_from && lockable < writing_from; }

/// The two ways of a shared_mutex have one rank; semaphores, which a stopped task never waits for, have none.
constexpr int rank_of(unsigned lockable) {
  if (lockable >= binary_from) return -1;
  return static_cast<int>(lockable >= reading_from ? lockable - (reading_from - writing_from) : lockable);
}

/// A shared_mutex as those see it who read.
struct reading {
  shared_mutex& of;
  void lock() { of.lock_shared(); }
  bool try_lock() { return of.try_lock_shared(); }
  bool try_lock_for(std::chrono::nanoseconds time) { return of.try_lock_shared_for(time); }
  bool try_lock_until(clock::time_point when) { return of.try_lock_shared_until(when); }
  void unlock() { of.unlock_shared(); }
};

/// A semaphore that is given back by who has taken it.
struct borrowed {
  binary_semaphore& of;
  bool lock() { return of.acquire(); }
  bool try_lock() { return of.try_acquire(); }
  bool try_lock_for(std::chrono::nanoseconds time) { return of.try_acquire_for(time); }
  bool try_lock_until(clock::time_point when) { return of.try_acquire_until(when); }
  void unlock() { of.release(); }
};

auto with_lockable(world& all, unsigned which, auto use) {
  if (which < recursive_from) return use(all.mutexes[which]);
  if (which < writing_from) return use(all.recursive[which - recursive_from]);
  if (which < reading_from) return use(all.shared[which - writing_from]);
  if (which < binary_from) {
    reading read{all.shared[which - reading_from]};
    return use(read);
  }
  borrowed unit{all.binary[which - binary_from]};
  return use(unit);
}

bool lock_in(auto& it, manner how) {
  const auto plain = [&] {
    if constexpr (std::is_void_v<decltype(it.lock())>)
      return it.lock(), true;
    else
      return it.lock();
  };
  return in_form(how, plain, [&] { return it.try_lock(); }, [&](auto time) { return it.try_lock_for(time); },
                 [&](auto when) { return it.try_lock_until(when); });
}

int select_in(manner how, auto... cases) {
  return in_form(how, [&] { return select(cases...); }, [&] { return try_select(cases...); },
                 [&](auto time) { return select_for(time, cases...); }, [&](auto when) { return select_until(when, cases...); });
}

}  // namespace

bool runner::step() {
  if (number_ == program_.length()) return false;
  instruction next = program_.next();
  if (who_ == main_number) next.how = form::attempt;  // it never waits
  const std::int64_t result = perform(next);
  all_.log.note(who_, number_++, next, result);
  return !this_task::stop_requested() || next.c % 4 != 0;
}

manner runner::manner_of(const instruction& next) const noexcept { return {next.how, all_.after_steps(1 + next.b % 3)}; }

void runner::finish() {
  while (held_count_ > 0) (void)let_go(held_count_ - 1);
  listening_.reset();
}

std::int64_t runner::perform(const instruction& next) {
  world& all = all_;
  const unsigned object = next.object;
  const manner how = manner_of(next);
  switch (next.what) {
    case action::yield: return this_task::yield(), 0;
    case action::lock: return lock(next);
    case action::unlock: {
      const std::uint32_t places[]{held_count_ - 1, 0, held_count_ / 2};
      return held_count_ == 0 ? skipped : let_go(places[next.b % 3]);
    }
    case action::acquire: {
      auto& units = all.units[object];
      return ended(in_form(how, [&] { return units.acquire(); }, [&] { return units.try_acquire(); },
                           [&](auto time) { return units.try_acquire_for(time); },
                           [&](auto when) { return units.try_acquire_until(when); }));
    }
    case action::release: return all.units[object].release(1 + next.b % 2), 0;
    case action::wait_condition: return wait_for_condition(next);
    case action::notify: {
      if (next.b % 4 != 0) ++all.changes[object];
      next.c % 3 == 0 ? all.conditions[object].notify_all() : all.conditions[object].notify_one();
      return 0;
    }
    case action::count_down: {
      const std::uint32_t by = 1 + next.b % 2;
      if (all.latch_left[object] < by) return skipped;
      all.latch_left[object] -= by;
      return all.latches[object].count_down(by), 0;
    }
    case action::wait_latch: return wait_for_latch(next);
    case action::arrive: return arrivals_[object].emplace(all.barriers[object].arrive()), 0;
    case action::wait_barrier: return wait_at_barrier(next);
    case action::arrive_and_wait: return ended(all.barriers[object].arrive_and_wait());
    case action::arrive_and_drop:
      if (all.barrier_expects[object] <= 2) return skipped;
      --all.barrier_expects[object];
      return all.barriers[object].arrive_and_drop(), 0;
    case action::set: return all.events[object].set(), 0;
    case action::reset: return all.events[object].reset(), 0;
    case action::wait_event: {
      event& what = all.events[object];
      return ended(in_form(how, [&] { return what.wait(); }, [&] { return what.is_set(); },
                           [&](auto time) { return what.wait_for(time); }, [&](auto when) { return what.wait_until(when); }));
    }
    case action::send: return send(next);
    case action::receive: return receive(next);
    case action::close:
      if (next.b % 4 != 0) return skipped;
      return with_channel(all, next.object, [](auto& it) { return it.close(), 0; });
    case action::select: return select_some(next);
    case action::stop: return ask_to_stop(next.object), 0;
    case action::listen: return listen(object);
    case action::request: return next.b % 4 != 0 ? skipped : all.sources[object].request_stop();
    case action::start: return start(next.object);
    case action::join: return join(next.object);
    case action::start_member: return start_member(object);
    case action::join_group: return join_group(next);
    case action::stop_group: return next.b % 4 != 0 ? skipped : (groups[object].request_stop(), 0);
    case action::exit: return exit(next);
    default: return skipped;
  }
}

// --------------------------------------------------------------------------------------------------------- locks ----

std::int64_t runner::lock(const instruction& next) {
  const unsigned lockable = next.object;
  const auto* const mine = std::find(held_, held_ + held_count_, lockable);
  if (mine != held_ + held_count_ && !is_recursive(lockable)) return let_go(static_cast<std::uint32_t>(mine - held_));
  if (held_count_ == most_held) return skipped;
  const bool may_wait = next.how != form::plain || may_wait_for(lockable);
  return ended(take(lockable, may_wait ? manner_of(next) : manner{form::attempt}));
}

bool runner::take(unsigned lockable, manner how) {
  const bool taken = with_lockable(all_, lockable, [&](auto& it) { return lock_in(it, how); });
  if (taken) held_[held_count_++] = static_cast<std::uint8_t>(lockable);
  return taken;
}

bool runner::may_wait_for(unsigned lockable) const noexcept {
  const int rank = rank_of(lockable);
  return rank < 0 || rank > highest_held() || (is_recursive(lockable) && holds(lockable));
}

int runner::highest_held() const noexcept {
  int highest = -1;
  for (std::uint32_t i = 0; i < held_count_; ++i) highest = std::max(highest, rank_of(held_[i]));
  return highest;
}

bool runner::holds(unsigned lockable) const noexcept {
  return std::find(held_, held_ + held_count_, lockable) != held_ + held_count_;
}

/// Says what that was.
std::int64_t runner::let_go(std::uint32_t place) {
  const unsigned lockable = held_[place];
  std::copy(held_ + place + 1, held_ + held_count_, held_ + place);
  --held_count_;
  with_lockable(all_, lockable, [](auto& it) { it.unlock(); });
  return 100 + lockable;
}

/// The mutex stays locked; who does not hold it yet locks it first.
std::int64_t runner::wait_for_condition(const instruction& next) {
  const unsigned which = next.object;
  if (highest_held() > rank_of(which) || (!holds(which) && held_count_ == most_held)) return skipped;
  const std::uint32_t before = all_.changes[which];
  if (!holds(which)) take(which, {form::plain});
  condition_variable& condition = all_.conditions[which];
  unique_lock locked{all_.mutexes[which], adopt_lock};
  const auto changed = [&] { return all_.changes[which] != before; };
  cv_status status = cv_status::no_timeout;
  const auto notified = [&](cv_status how) { return (status = how) == cv_status::no_timeout; };
  const auto wait = [&] { return next.b % 2 ? condition.wait(locked, changed) : condition.wait(locked); };
  const auto wait_for = [&](auto time) {
    return next.b % 2 ? condition.wait_for(locked, time, changed) : notified(condition.wait_for(locked, time));
  };
  const auto wait_until = [&](auto when) {
    return next.b % 2 ? condition.wait_until(locked, when, changed) : notified(condition.wait_until(locked, when));
  };
  const bool well = in_form(manner_of(next), wait, [&] { return wait_for(0ns); }, wait_for, wait_until);
  locked.release();
  return ended(well, static_cast<std::int64_t>(status));
}

// ------------------------------------------------------------------------------------------------ for each other ----

std::int64_t runner::wait_for_latch(const instruction& next) {
  const unsigned which = next.object;
  latch& what = all_.latches[which];
  if (next.how == form::plain && next.b % 2 && all_.latch_left[which] > 0) {
    --all_.latch_left[which];
    return ended(what.arrive_and_wait());
  }
  return ended(in_form(manner_of(next), [&] { return what.wait(); }, [&] { return what.try_wait(); },
                       [&](auto time) { return what.wait_for(time); }, [&](auto when) { return what.wait_until(when); }));
}

std::int64_t runner::wait_at_barrier(const instruction& next) {
  const unsigned which = next.object;
  auto& arrived = arrivals_[which];
  auto& all = all_.barriers[which];
  if (!arrived) return skipped;
  const auto wait_for = [&](auto time) { return all.wait_for(*arrived, time); };
  const bool over = in_form(manner_of(next), [&] { return all.wait(std::move(*arrived)); }, [&] { return wait_for(0ns); },
                            wait_for, [&](auto when) { return all.wait_until(*arrived, when); });
  if (over) arrived.reset();
  return ended(over);
}

// ------------------------------------------------------------------------------------------------------ channels ----

std::int64_t runner::send(const instruction& next) {
  return with_channel(all_, next.object, [&](auto& to) {
    const value sent = new_value();
    return ended(in_form(manner_of(next), [&] { return to.send(sent); }, [&] { return to.try_send(sent); },
                         [&](auto time) { return to.send_for(sent, time); },
                         [&](auto when) { return to.send_until(sent, when); }));
  });
}

std::int64_t runner::receive(const instruction& next) {
  return with_channel(all_, next.object, [&](auto& from) {
    const std::optional<value> received =
        in_form(manner_of(next), [&] { return from.receive(); }, [&] { return from.try_receive(); },
                [&](auto time) { return from.receive_for(time); }, [&](auto when) { return from.receive_until(when); });
    return ended(received.has_value(), received.value_or(0));
  });
}

std::int64_t runner::select_some(const instruction& next) {
  std::optional<value> x, y;
  value sent = new_value();
  const manner how = manner_of(next);
  const auto chosen = [&] {
    auto& [a, b] = all_.rendezvous;
    auto& [c, d] = all_.narrow;
    auto& [e, f] = all_.wide;
    auto& [first, second, third] = all_.events;
    switch (next.object) {
      case 0: return select_in(how, on_receive(a, x), on_receive(c, y), on_event(first));
      case 1: return select_in(how, on_send(a, sent), on_receive(e, x));
      case 2: return select_in(how, on_send(b, sent), on_send(d, sent), on_event(second));
      case 3: return select_in(how, on_event(second), on_event(third));
      case 4: return select_in(how, on_receive(b, x), on_send(a, sent), on_receive(f, y));
      default: return select_in(how, on_send(e, sent), on_receive(a, x), on_send(a, sent));
    }
  }();
  return ended(chosen != nothing_selected, std::int64_t{x.value_or(y.value_or(0))} << 3 | (chosen + 1));
}

// --------------------------------------------------------------------------------------------------------- tasks ----

/// What it did: 1 listens from now on, 0 does no more.
std::int64_t runner::listen(unsigned source) {
  if (listening_) return listening_.reset(), 0;
  listening_.emplace(all_.sources[source].get_token(), stop_this_task{});
  return ended(true);
}

std::int64_t runner::start(unsigned which) {
  if (all_.closing || !has_ended(which) || all_.runs[which] == most_runs) return skipped;
  start_task(all_, which);
  return 0;
}

std::int64_t runner::join(unsigned which) {
  if (which <= who_ || who_ >= main_number || all_.runs[which] == 0 || highest_held() >= 0) return skipped;
  return join_task(which);
}

std::int64_t runner::start_member(unsigned group) {
  if (all_.closing || all_.members == most_members) return skipped;
  const std::uint32_t number = first_member + all_.members++;
  const auto status = groups[group].start("member", [&all = all_, number] {
    runner self{all, number, program{all.seed, number, 3, 8, &kind::for_tasks, all.time}};
    while (self.step()) {}
    self.finish();
    all.log.note(number, 0, {.what = action::end}, self.status());
    return self.status();
  });
  return static_cast<std::int64_t>(status);
}

std::int64_t runner::join_group(const instruction& next) {
  if (next.how == form::plain && (who_ >= main_number || highest_held() >= 0)) return skipped;
  auto& group = groups[next.object];
  const auto how = in_form(manner_of(next), [&] { return std::optional{group.join()}; }, [&] { return group.try_join(); },
                           [&](auto time) { return group.join_for(time); }, [&](auto when) { return group.join_until(when); });
  return ended(how.has_value(), how ? number_of(*how) : 0);
}

/// The kernel gives what it holds to who waits, where it knows who holds it; nothing else may be left behind.
std::int64_t runner::exit(const instruction& next) {
  const bool known = std::all_of(held_, held_ + held_count_, [](unsigned lockable) { return lockable < reading_from; });
  if (!known || listening_) return skipped;
  all_.log.note(who_, number_, next, held_count_);
  this_task::exit(2);
}

}  // namespace random_programs
