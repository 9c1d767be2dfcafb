/// Prints its arguments, one to a line.
#include "bobbin.hpp"

int main(int argc, char** argv) {
  for (int i = 0; i < argc; ++i) bobbin::print("{}: [{}]\n", i, argv[i]);
  bobbin::print("{}\n", argv[argc] == nullptr ? "null" : "not null");
}
