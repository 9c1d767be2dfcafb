/// Sends every byte value, then a line of 100 000 characters, then lines without end if asked to.
#include "bobbin.hpp"

using namespace bobbin;

int main(int argc, char**) {
  for (int byte = 0; byte < 256; ++byte) {
    const char character = static_cast<char>(byte);
    console::write({&character, 1});
  }
  for (int i = 0; i < 100'000; ++i) console::write("x");
  console::write("\n");
  while (argc > 1) print("and so on\n");
}
