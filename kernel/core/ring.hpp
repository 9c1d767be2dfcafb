/// Intrusive circular doubly linked list: a ring without beginning or end.
///
///        +--> a <--> b <--> c <--+
///        +-----------------------+
///
/// A ring is named by any of its members. Linking and unlinking take constant time and no memory but the hooks, which
/// are bases of what is linked; `Tag` lets one object be in several rings. A hook that is in no ring has a null `next`.
#pragma once

namespace bobbin {

template <class Tag>
struct ring_hook {
  ring_hook* next = nullptr;
  ring_hook* prev = nullptr;

  bool linked() const noexcept { return next != nullptr; }
  bool alone() const noexcept { return next == this; }

  /// Makes this hook a ring of one.
  void link_alone() noexcept { next = prev = this; }

  /// Puts this hook into `position`'s ring, just before it: seen from `position`, at the far end of a queue.
  void link_before(ring_hook& position) noexcept {
    next = &position;
    prev = position.prev;
    prev->next = this;
    position.prev = this;
  }

  /// Takes this hook out of its ring.
  void unlink() noexcept {
    drop();
    next = nullptr;
  }

  /// The same for a hook that nobody will ask about: it goes on saying that it is linked.
  void drop() noexcept {
    prev->next = next;
    next->prev = prev;
  }
};

}  // namespace bobbin
