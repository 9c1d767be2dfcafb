/// What is due when: an intrusive leftist heap, earliest deadline at the root, first come first among equals.
///
/// In a leftist heap the way down the right edge of any subtree is the shortest way out of it, at most log2(n + 1)
/// long, and everything is done by merging two heaps along their right edges: insert, take the first, take any.
/// So each costs O(log n) in the worst case, and a timer needs no memory but its own.
/// Source: C. A. Crane, "Linear Lists and Priority Queues as Balanced Binary Trees", 1972; Knuth, TAOCP 3, 5.2.3.
#pragma once

#include <cstdint>
#include <utility>

namespace bobbin {

class timer_queue;

/// Something to be done at a time. Lies wherever who wants it put it; must stay there while it is queued.
class timer {
 public:
  using action = void (*)(timer&) noexcept;

  /// `due` is called from the timer's interrupt handler: it may wake, set, release.
  constexpr timer(std::uint64_t deadline_ticks, action due) noexcept : deadline_{deadline_ticks}, due_{due} {}
  timer(const timer&) = delete;
  timer& operator=(const timer&) = delete;

  std::uint64_t deadline() const noexcept { return deadline_; }
  /// Moves the deadline; only while it is not queued.
  void postpone(std::uint64_t ticks) noexcept { deadline_ += ticks; }
  void expire() noexcept { due_(*this); }

 private:
  friend class timer_queue;

  bool before(const timer& other) const noexcept {
    return deadline_ != other.deadline_ ? deadline_ < other.deadline_ : arrival_ < other.arrival_;
  }

  std::uint64_t deadline_;
  std::uint64_t arrival_ = 0;  ///< order of insertion
  timer* parent_ = nullptr;
  timer* left_ = nullptr;
  timer* right_ = nullptr;
  std::uint32_t rank_ = 1;  ///< length of the right edge below, this one included
  bool queued_ = false;
  action due_;
};

class timer_queue {
 public:
  constexpr timer_queue() noexcept = default;

  /// The one due first, or null.
  timer* first() const noexcept { return root_; }

  void insert(timer& entry) noexcept {
    entry.arrival_ = arrivals_++;
    entry.parent_ = entry.left_ = entry.right_ = nullptr;
    entry.rank_ = 1;
    entry.queued_ = true;
    root_ = merge(root_, &entry);
  }

  /// Takes `entry` out. Returns false if it was not in: it has expired.
  bool remove(timer& entry) noexcept {
    if (!std::exchange(entry.queued_, false)) return false;
    timer* const above = entry.parent_;
    timer* const below = merge(entry.left_, entry.right_);
    if (below != nullptr) below->parent_ = above;
    if (above == nullptr) {
      root_ = below;
      return true;
    }
    (above->left_ == &entry ? above->left_ : above->right_) = below;
    for (timer* node = above; node != nullptr && !settle(*node); node = node->parent_) {}
    return true;
  }

 private:
  static std::uint32_t rank(const timer* node) noexcept { return node ? node->rank_ : 0; }

  /// Restores "left is no shorter" at `node`; returns whether its rank stayed, so that nothing changes further up.
  static bool settle(timer& node) noexcept {
    if (rank(node.left_) < rank(node.right_)) std::swap(node.left_, node.right_);
    return std::exchange(node.rank_, rank(node.right_) + 1) == node.rank_;
  }

  /// Merges along the right edges, downwards; then settles the merged edge, upwards.
  static timer* merge(timer* a, timer* b) noexcept {
    timer* root = nullptr;
    timer* last = nullptr;
    while (a != nullptr && b != nullptr) {
      if (b->before(*a)) std::swap(a, b);
      (last ? last->right_ : root) = a;
      a->parent_ = last;
      last = a;
      a = std::exchange(a->right_, nullptr);
    }
    timer* const rest = a ? a : b;
    if (last == nullptr) return rest;
    last->right_ = rest;
    if (rest != nullptr) rest->parent_ = last;
    for (timer* node = last; node != nullptr; node = node->parent_) settle(*node);
    return root;
  }

  timer* root_ = nullptr;
  std::uint64_t arrivals_ = 0;
};

}  // namespace bobbin
