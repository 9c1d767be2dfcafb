/// Programs that end badly. Each is the body of a task, and none comes back.
#pragma once

#include "bobbin.hpp"

namespace mistakes {

void read_null();
void write_null();
void call_null();
void follow_wild_pointer();
void follow_garbage();
void write_to_code();
void write_to_constant();
void execute_stack();
void execute_data();
void illegal_instruction();
void breakpoint();
void misaligned_access();
void divide_by_zero();
void recurse_for_ever();
void recurse_with_large_frames();
void fail_an_assertion();
void print_something_broken();

/// Goes below `memory`, the stack that it runs on, and yields there.
void overflow(bobbin::stack_view memory);

}  // namespace mistakes
