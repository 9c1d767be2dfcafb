/// The tour: the four small programs that started Bobbin, then a prompt.
#include "tour.hpp"

#include "bobbin.hpp"

using bobbin::print;

int main() {
  print("\n1. Two green threads count, to 10 and to 15.\n\n");
  tour::green_threads();

  print("\n2. Generators stop anywhere, and go on from there.\n\n");
  tour::generators();

  print("\n3. Marco and Polo switch by hand, without a scheduler.\n\n");
  tour::marco_polo();

  print("\n4. Ping and pong yield to each other.\n\n");
  tour::ping_pong();

  print("\n5. A prompt. Type a line, or `help`.\n\n");
  return tour::prompt();
}
