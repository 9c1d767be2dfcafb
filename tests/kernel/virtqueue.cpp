/// A queue between a driver and a device, with a device of a few lines: what goes where, whatever the counts are.
#include "harness.hpp"

#include <bobbin.hpp>
#include <io/virtqueue.hpp>

#include <cstring>
#include <string_view>

using namespace bobbin;

namespace {

constexpr std::uint16_t buffers = 4;
constexpr std::size_t bytes_each = 16;

using queue = virtqueue<buffers>;
using memory = std::byte[buffers][bytes_each];

/// Reads what is available and writes what is used, as the standard has it, and nothing else of the queue.
class device {
 public:
  explicit device(const virtio::queue_memory& memory)
      : size_{memory.size}, descriptors_{memory.descriptors},
        available_{static_cast<const virtio::available_ring<buffers>*>(memory.available)},
        used_{static_cast<virtio::used_ring<buffers>*>(memory.used)} {}

  int waiting() const { return static_cast<std::uint16_t>(available_->index - popped_); }

  const virtio::descriptor& pop() { return descriptors_[number_ = available_->descriptors[popped_++ % size_]]; }
  void push(std::uint32_t bytes) { push(number_, bytes); }
  void push(std::uint16_t number, std::uint32_t bytes) {
    used_->buffers[used_->index % size_] = {number, bytes};
    used_->index = used_->index + 1;
  }
  std::uint16_t popped_number() const { return number_; }

 private:
  std::uint16_t size_, popped_ = 0, number_ = 0;
  const virtio::descriptor* descriptors_;
  const virtio::available_ring<buffers>* available_;
  virtio::used_ring<buffers>* used_;
};

void fill(queue& of) {
  while (of.has_room()) of.offer();
}

}  // namespace

CASE("the parts of a queue are where the standard wants them") {
  queue all;
  const auto place = all.memory();
  CHECK_EQ(place.size, buffers);
  CHECK_EQ(reinterpret_cast<std::uintptr_t>(place.descriptors) % 16, 0u);
  CHECK_EQ(reinterpret_cast<std::uintptr_t>(place.available) % 2, 0u);
  CHECK_EQ(reinterpret_cast<std::uintptr_t>(place.used) % 4, 0u);
  CHECK_EQ(sizeof(virtio::available_ring<buffers>), 4u + 2 * buffers);
  CHECK_EQ(sizeof(virtio::used_ring<buffers>), 4u + 8 * buffers);
}

CASE("the device gets the buffers as they are described, each once") {
  queue in;
  memory bytes;
  in.describe(bytes, virtio::descriptor::device_writes);
  device other{in.memory()};
  CHECK_EQ(other.waiting(), 0);
  fill(in);
  CHECK_EQ(other.waiting(), buffers);
  for (auto& each : bytes) {
    const auto& got = other.pop();
    CHECK_EQ(got.address, reinterpret_cast<std::uintptr_t>(each));
    CHECK_EQ(got.bytes, bytes_each);
    CHECK_EQ(got.flags, virtio::descriptor::device_writes);
  }
  CHECK(!in.has_used());
  CHECK(!in.has_room());
}

CASE("what the device writes is taken in its order, as often as the counts wrap around") {
  queue in;
  memory bytes;
  in.describe(bytes, virtio::descriptor::device_writes);
  device other{in.memory()};
  fill(in);
  for (std::uint32_t i = 0; i < 70'000; ++i) {
    const auto& buffer = other.pop();
    std::memcpy(reinterpret_cast<void*>(buffer.address), &i, sizeof i);
    other.push(i % bytes_each);
    std::uint32_t written;
    const auto got = in.take();
    std::memcpy(&written, bytes[got.descriptor], sizeof written);
    if (!CHECK_EQ(written, i) || !CHECK_EQ(got.bytes, i % bytes_each)) return;
    CHECK_EQ(in.taken(), static_cast<std::uint16_t>(i + 1));
    in.offer();
  }
  CHECK_EQ(other.waiting(), buffers);
}

CASE("there is room for as many as the device has not got") {
  queue out;
  memory bytes;
  out.describe(bytes, 0);
  device other{out.memory()};
  for (int i = 0; i < buffers; ++i) {
    CHECK(out.has_room());
    out.offer(static_cast<std::size_t>(i));
  }
  CHECK(!out.has_room());
  CHECK_EQ(other.pop().bytes, 0u);
  CHECK_EQ(other.pop().bytes, 1u);
  CHECK(!out.has_room());
  other.push(0, 0);
  CHECK(!out.has_room());
  out.take_all();
  CHECK(out.has_room());
  out.offer(9);
  CHECK(!out.has_room());
  CHECK_EQ(other.pop().bytes, 2u);
  CHECK_EQ(other.pop().bytes, 3u);
  CHECK_EQ(other.pop().bytes, 9u);
  CHECK_EQ(other.popped_number(), 0);
}

CASE("a buffer that the device drops is the driver's again when a later one is given back") {
  queue out;
  memory bytes;
  out.describe(bytes, 0);
  device other{out.memory()};
  for (int round = 0; round < 1000; ++round) {
    while (out.has_room()) out.offer(1);
    other.pop();                                     // dropped
    while (other.waiting() > 0) other.pop(), other.push(0);
    out.take_all();
    CHECK(out.has_room());
    if (!CHECK_EQ(static_cast<std::uint16_t>(out.offered() - buffers * (round + 1)), 0)) return;
  }
  fill(out);
  CHECK_EQ(other.waiting(), buffers);
}

CASE("two that are dropped come back with the one behind them") {
  queue out;
  memory bytes;
  out.describe(bytes, 0);
  device other{out.memory()};
  for (int i = 0; i < 3; ++i) out.offer(1);
  other.pop();
  other.pop();
  other.pop();
  other.push(0);
  out.take_all();
  for (int i = 0; i < buffers; ++i) {
    CHECK(out.has_room());
    out.offer(1);
  }
  CHECK(!out.has_room());
}
