/// A flattened device tree, read in place (Devicetree Specification 0.4, chapter 5).
///
/// The blob comes from outside, so nothing in it is believed: every read is checked against the blob's own size, and
/// the walk ends at whatever is cut short, malformed or too deep. What is not a device tree reads as an empty one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace bobbin::isa {

class device_tree {
  using bytes = std::span<const std::byte>;
  struct token;
  class walk;

 public:
  /// What a property holds: one or more strings, or big-endian cells of 32 bits.
  class value {
   public:
    constexpr value() noexcept = default;
    constexpr explicit value(bytes content) noexcept : content_{content} {}

    std::string_view text() const noexcept;                 ///< the first string
    bool lists(std::string_view wanted) const noexcept;     ///< whether one of the strings is `wanted`
    std::size_t cells() const noexcept { return content_.size() / 4; }
    std::uint64_t number(std::size_t first, std::size_t count) const noexcept;  ///< of cells that must be there

   private:
    bytes content_;
  };

  struct region {
    std::uint64_t base = 0, bytes = 0;
  };

  class node {
   public:
    std::string_view name() const noexcept { return name_; }
    std::size_t depth() const noexcept { return depth_; }  ///< 0 for the root
    value property(std::string_view name) const noexcept;  ///< empty if there is none
    std::size_t regions() const noexcept;                  ///< entries of "reg"
    region region_at(std::size_t index) const noexcept;    ///< of those

   private:
    friend walk;

    /// How the parent wants the addresses and sizes of its children written, in cells.
    struct region_format {
      std::uint32_t address_cells = 2, size_cells = 1;
    };

    const device_tree* tree_ = nullptr;
    std::string_view name_;
    std::size_t depth_ = 0;
    std::size_t properties_ = 0;  // where they begin in the structure block
    region_format format_;
  };

  explicit device_tree(const void* blob) noexcept;

  /// The size of the blob; 0 if it is not a device tree.
  std::size_t size() const noexcept { return size_; }

  /// Calls `visit(const node&)` for each node, parents first.
  template <class Visitor>
  void each_node(Visitor visit) const {
    for (walk at{*this}; at.next();) visit(at.current());
  }

 private:
  struct token {
    enum { begin_node = 1, end_node = 2, property = 3, nothing = 4, end = 9 } kind = end;
    std::string_view name = {};
    bytes content = {};
  };

  class walk {
   public:
    explicit walk(const device_tree& tree) noexcept : tree_{tree} {}
    bool next() noexcept;
    const node& current() const noexcept { return current_; }

   private:
    static constexpr std::size_t max_depth = 16;

    const device_tree& tree_;
    std::size_t position_ = 0;
    std::size_t open_ = 0;                                // nodes begun and not ended
    std::array<node::region_format, max_depth> formats_;  // of the children of each of them
    node current_;
  };

  token read_token(std::size_t& position) const noexcept;

  std::size_t size_ = 0;
  bytes structure_, strings_;
};

}  // namespace bobbin::isa
