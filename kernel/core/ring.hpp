/// Intrusive circular doubly linked list: a ring without beginning or end.
///
///        +--> a <--> b <--> c <--+
///        +-----------------------+
///
/// A ring is named by any of its members. Linking and unlinking take constant time and no memory but the hooks, which
/// are bases of what is linked and point to that; `Tag` lets one object be in several rings. A hook that is in no ring has
/// a null `next`.
///
/// Who is linked is often looked at again at once, so no word is read back that was just written, and the two of a hook are
/// not written one after the other: compilers would put them together in a wide register first, which takes longer.
#pragma once

#include <core/in_register.hpp>

namespace bobbin {

template <class Object, class Tag>
struct ring_hook {
  Object* next = nullptr;
  Object* prev = nullptr;

  bool linked() const noexcept { return next != nullptr; }
  bool alone() const noexcept { return next == static_cast<const Object*>(this); }

  /// Makes this object a ring of one.
  void link_alone() noexcept {
    next = static_cast<Object*>(this);
    prev = in_register(static_cast<Object*>(this));
  }

  /// Puts this object into `position`'s ring, just before it: seen from `position`, at the far end of a queue.
  void link_before(Object& position) noexcept {
    Object& before = *hook_of(position).prev;
    prev = &before;
    hook_of(before).next = static_cast<Object*>(this);
    next = &position;
    hook_of(position).prev = static_cast<Object*>(this);
  }

  /// Puts `other` into this object's place among others, and this one goes on saying that it is linked.
  void give_place_to(Object& other) noexcept {
    Object &before = *prev, &after = *next;
    hook_of(other).next = &after;
    hook_of(before).next = hook_of(after).prev = &other;
    hook_of(other).prev = &before;
  }

  /// Takes this object out of its ring.
  void unlink() noexcept {
    drop();
    next = nullptr;
  }

  /// The same for one that nobody will ask about: it goes on saying that it is linked.
  void drop() noexcept { drop_before(*next); }
  /// The same where it is known who comes after it.
  void drop_before(Object& after) noexcept {
    Object& before = *prev;
    hook_of(before).next = &after;
    hook_of(after).prev = &before;
  }

 private:
  static ring_hook& hook_of(Object& object) noexcept { return object; }
};

}  // namespace bobbin
