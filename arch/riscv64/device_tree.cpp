#include "device_tree.hpp"

#include <algorithm>

namespace bobbin::isa {

namespace {

using bytes = std::span<const std::byte>;

/// A larger one is not believed.
constexpr std::size_t max_blob_bytes = 2 << 20;

constexpr std::uint32_t magic = 0xd00dfeed;

/// Words of the header.
enum header { header_magic, total_size, structure_at, strings_at, reserved_at, version, compatible_version, boot_hart,
              strings_size, structure_size, header_words };

/// The big-endian cell number `index`, which must be there.
std::uint32_t cell(bytes from, std::size_t index) noexcept {
  std::uint32_t value = 0;
  for (const std::byte b : from.subspan(4 * index, 4)) value = value << 8 | std::to_integer<std::uint32_t>(b);
  return value;
}

/// The part of `from` that begins at `first`, `count` bytes or what there is of them.
bytes part(bytes from, std::size_t first, std::size_t count = max_blob_bytes) noexcept {
  if (first >= from.size()) return {};
  return from.subspan(first, std::min(count, from.size() - first));
}

/// The string at the beginning of `from`: up to its zero byte, or to the end.
std::string_view first_string(bytes from) noexcept {
  std::size_t length = 0;
  while (length < from.size() && from[length] != std::byte{0}) ++length;
  return {reinterpret_cast<const char*>(from.data()), length};
}

}  // namespace

std::string_view device_tree::value::text() const noexcept { return first_string(content_); }

bool device_tree::value::lists(std::string_view wanted) const noexcept {
  for (bytes rest = content_; !rest.empty();) {
    const std::string_view text = first_string(rest);
    if (text == wanted) return true;
    rest = part(rest, text.size() + 1);
  }
  return false;
}

std::uint64_t device_tree::value::number(std::size_t first, std::size_t count) const noexcept {
  std::uint64_t result = 0;
  for (std::size_t i = first; i < first + count; ++i) result = result << 32 | cell(content_, i);
  return result;
}

device_tree::value device_tree::node::property(std::string_view name) const noexcept {
  std::size_t position = properties_;
  while (true) {
    const token token = tree_->read_token(position);
    if (token.kind != token::property) return {};
    if (token.name == name) return value{token.content};
  }
}

std::size_t device_tree::node::regions() const noexcept {
  const std::size_t cells = format_.address_cells + format_.size_cells;
  return cells == 0 ? 0 : property("reg").cells() / cells;
}

device_tree::region device_tree::node::region_at(std::size_t index) const noexcept {
  const value reg = property("reg");
  const std::size_t first = index * (format_.address_cells + format_.size_cells);
  return {reg.number(first, format_.address_cells),
          reg.number(first + format_.address_cells, format_.size_cells)};
}

device_tree::device_tree(const void* blob) noexcept {
  if (blob == nullptr) return;
  const bytes header{static_cast<const std::byte*>(blob), 4 * header_words};
  if (cell(header, header_magic) != magic || cell(header, compatible_version) > 17) return;
  const std::size_t size = cell(header, total_size);
  if (size > max_blob_bytes) return;

  const bytes all{header.data(), size};
  structure_ = part(all, cell(header, structure_at), cell(header, structure_size));
  strings_ = part(all, cell(header, strings_at), cell(header, strings_size));
  size_ = size;
}

/// The token at `position`, which moves behind it; `end` for all that is not a sound token.
device_tree::token device_tree::read_token(std::size_t& position) const noexcept {
  const auto take = [&](std::size_t count) {
    const bytes taken = part(structure_, position, count);
    position += (taken.size() + 3) & ~std::size_t{3};
    return taken;
  };
  while (true) {
    const bytes kind = take(4);
    if (kind.size() < 4) return {};
    switch (cell(kind, 0)) {
      case token::begin_node: {
        const std::string_view name = first_string(part(structure_, position));
        take(name.size() + 1);
        return {.kind = token::begin_node, .name = name};
      }
      case token::end_node: return {.kind = token::end_node};
      case token::property: {
        const bytes head = take(8);
        if (head.size() < 8) return {};
        const std::size_t length = cell(head, 0);
        const bytes content = take(length);
        if (content.size() < length) return {};
        return {.kind = token::property, .name = first_string(part(strings_, cell(head, 1))), .content = content};
      }
      case token::nothing: break;
      default: return {};
    }
  }
}

bool device_tree::walk::next() noexcept {
  while (true) {
    const token token = tree_.read_token(position_);
    switch (token.kind) {
      case token::begin_node:
        if (open_ == max_depth) return false;
        current_.tree_ = &tree_;
        current_.name_ = token.name;
        current_.depth_ = open_;
        current_.properties_ = position_;
        current_.format_ = open_ == 0 ? node::region_format{} : formats_[open_ - 1];
        formats_[open_++] = {};
        return true;
      case token::end_node:
        if (open_ == 0) return false;
        --open_;
        break;
      case token::property: {
        if (open_ == 0 || token.content.size() != 4) break;
        const std::uint32_t number = cell(token.content, 0);
        if (number > 4) break;
        if (token.name == "#address-cells") formats_[open_ - 1].address_cells = number;
        if (token.name == "#size-cells") formats_[open_ - 1].size_cells = number;
        break;
      }
      default: return false;
    }
  }
}

}  // namespace bobbin::isa
