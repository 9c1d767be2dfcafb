/// The bare switch: two flows of control that hand over to each other by name. No scheduler knows of them; for a round,
/// main lends them the processor.
///
///        main  ----->  marco  ----->  polo
///          ^                            |
///          +----------------------------+
#include "tour.hpp"

#include "bobbin.hpp"

#include <arch/context.hpp>

using namespace bobbin;
using arch::switch_context;

namespace {

stack<8_KiB> marco_stack, polo_stack;

/// Where each of the three goes on, while it is suspended.
constinit arch::stack_pointer main_side, marco, polo;

void call_marco(void*) {
  for (;;) {
    print("marco\n");
    switch_context(&marco, polo);
  }
}

void answer_polo(void*) {
  for (;;) {
    print("polo\n");
    switch_context(&polo, main_side);
  }
}

}  // namespace

void tour::marco_polo() {
  marco = arch::context::first_frame(stack_view{marco_stack}.high(), call_marco, nullptr);
  polo = arch::context::first_frame(stack_view{polo_stack}.high(), answer_polo, nullptr);
  for (int round = 0; round < 3; ++round) switch_context(&main_side, marco);
}
