/// std::stop_source, stop_token and stop_callback, without a heap: the source is the state, and tokens point to it.
///
///   constinit stop_source shutdown;
///
///   worker.start(memory, [token = shutdown.get_token()] {
///     const stop_callback with_me{token, stop_this_task{}};      // waits of this task end when shutdown is asked for
///     while (numbers.receive()) {}
///   });
///   shutdown.request_stop();
///
/// A task has a stop of its own, task::request_stop, which its waits heed by themselves; a source is for many tasks, or
/// for something that is no task.
#pragma once

#include <core/assert.hpp>
#include <task/hart.hpp>

#include <concepts>
#include <utility>

namespace bobbin {

class stop_source;

/// What is called when a stop is requested: see stop_callback.
class stop_callback_base {
 protected:
  using caller = void (*)(stop_callback_base&);

  constexpr explicit stop_callback_base(caller call) noexcept : call_{call} {}
  stop_callback_base(const stop_callback_base&) = delete;
  stop_callback_base& operator=(const stop_callback_base&) = delete;

  void enter(stop_source&) noexcept;
  void leave() noexcept;

 private:
  friend class stop_source;
  caller call_;
  stop_source* source_ = nullptr;  ///< that will call it
  stop_callback_base *before_ = nullptr, *after_ = nullptr;
};

class stop_token;

/// Tasks only. Must outlive its tokens and callbacks.
class stop_source {
 public:
  constexpr stop_source() noexcept = default;
  stop_source(const stop_source&) = delete;
  stop_source& operator=(const stop_source&) = delete;

  /// Calls all callbacks, in the order in which they were made. False, and nothing happens, if it was requested before.
  bool request_stop() {
    if (std::exchange(requested_, true)) return false;
    while (stop_callback_base* const called = first_) {
      called->leave();
      called->call_(*called);
    }
    return true;
  }
  bool stop_requested() const noexcept { return requested_; }
  static constexpr bool stop_possible() noexcept { return true; }
  stop_token get_token() noexcept;

 private:
  friend class stop_callback_base;
  bool requested_ = false;
  stop_callback_base *first_ = nullptr, *last_ = nullptr;
};

inline void stop_callback_base::enter(stop_source& source) noexcept {
  source_ = &source;
  before_ = source.last_;
  (before_ ? before_->after_ : source.first_) = this;
  source.last_ = this;
}

inline void stop_callback_base::leave() noexcept {
  if (source_ == nullptr) return;
  (before_ ? before_->after_ : source_->first_) = after_;
  (after_ ? after_->before_ : source_->last_) = before_;
  source_ = nullptr;
}

/// Tells whether a stop was requested; one that was made of nothing never does.
class stop_token {
 public:
  constexpr stop_token() noexcept = default;

  bool stop_requested() const noexcept {
    return source_ ? source_->stop_requested() : task_ != nullptr && task_->is(special::stop_requested);
  }
  bool stop_possible() const noexcept { return source_ != nullptr || task_ != nullptr; }
  bool operator==(const stop_token&) const noexcept = default;

 private:
  friend class stop_source;
  template <class>
  friend class stop_callback;
  friend stop_token task_stop_token(const control_block&) noexcept;
  constexpr stop_token(stop_source* source, const control_block* task) noexcept : source_{source}, task_{task} {}

  stop_source* source_ = nullptr;
  const control_block* task_ = nullptr;
};

inline stop_token stop_source::get_token() noexcept { return {this, nullptr}; }
inline stop_token task_stop_token(const control_block& task) noexcept { return {nullptr, &task}; }

/// Calls `callback` when a stop is requested while this lives: at once if it has been.
template <class Callback>
class stop_callback : stop_callback_base {
 public:
  template <std::convertible_to<Callback> Function>
  explicit stop_callback(stop_token token, Function&& callback) : stop_callback_base{call}, callback_{std::forward<Function>(callback)} {
    if (token.task_ != nullptr) [[unlikely]]
      misuse({"made for a task's own token", "make it for that of a stop_source"}, "stop_callback");
    if (token.stop_requested())
      callback_();
    else if (token.source_ != nullptr)
      enter(*token.source_);
  }
  ~stop_callback() { leave(); }

 private:
  static void call(stop_callback_base& self) { static_cast<stop_callback&>(self).callback_(); }
  Callback callback_;
};
template <class Callback>
stop_callback(stop_token, Callback) -> stop_callback<Callback>;

/// A callback that asks the task to stop which has made it.
class stop_this_task {
 public:
  stop_this_task() noexcept : task_{*this_hart().current} {}
  void operator()() const noexcept { task_.stop(); }

 private:
  control_block& task_;
};

namespace this_task {

/// What task::request_stop of this task asks for.
inline stop_token get_stop_token() noexcept { return task_stop_token(*this_hart().current); }

}  // namespace this_task

}  // namespace bobbin
