/// Echoes what a client outside sends: scripts/bench is the client, and follows this from one label to the next.
#include <bobbin.hpp>

#include <cstddef>
#include <span>

using namespace bobbin;

namespace {

constinit std::byte message[1024];

[[gnu::noinline, gnu::noclone]] bool echo_once(connection& client) {
  const auto got = client.read_some(message);
  const auto sent = client.write_all(std::span{message}.first(got.bytes));
  asm volatile(".globl echo_ends\necho_ends:" : : : "memory");
  return got && sent;
}

}  // namespace

int main() {
  const auto ports = ports::start();
  if (ports.empty()) return 1;
  print("listening {}\n", ports[0].name());
  connection client = ports[0].accept();
  while (echo_once(client)) {}
}
