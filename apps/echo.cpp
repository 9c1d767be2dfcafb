/// An echo server, in the shape of the well-known forty lines: a task for each connection, from a pool; what comes in goes
/// out again. `make run APP=echo PORTS=8` gives it eight TCP ports on 127.0.0.1, and Ctrl-C ends it.
///
///   $ nc 127.0.0.1 40123
///   hello
///   hello
#include "bobbin.hpp"

#include <array>

using namespace bobbin;

namespace {

constexpr std::size_t most_ports = 16;
constexpr std::uint8_t ctrl_c = 3;

task_pool<most_ports, 8_KiB> pool;

/// Until the client has gone. Returns how many bytes it got back.
std::size_t echo(connection& client) {
  std::byte buffer[1024];
  std::size_t total = 0;
  while (const auto got = client.read_some(buffer)) total += client.write_all(std::span{buffer}.first(got.bytes)).bytes;
  return total;
}

void serve(port& door) {
  print("listening {}\n", door.name());
  while (connection client = door.accept()) {
    print("{} open\n", door.name());
    const std::size_t total = echo(client);
    print("{} closed, {} bytes\n", door.name(), total);
  }
}

}  // namespace

int main() {
  const auto ports = ports::start();
  if (ports.empty()) {
    print("no ports to serve: make run APP=echo PORTS=8\n");
    return 1;
  }
  std::array<pooled_task, most_ports> servers;
  for (std::size_t i = 0; i < ports.size(); ++i) servers[i] = pool.start(ports[i].name(), [&door = ports[i]] { serve(door); });
  while (console::read() != ctrl_c) {}
}  // ends the servers
