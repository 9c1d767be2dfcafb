/// For whoever looks into a stopped machine from outside (scripts/runner/tasks.py): where the tasks are, and where in a
/// control block its fields. Linked into every image; nothing in the kernel reads it.
#include <task/hart.hpp>

namespace bobbin {
namespace {

/// A block to point into: the distance to its beginning is the field's offset, whatever the bases are.
constinit control_block sample;

struct task_layout {
  const void *anchor, *current;   ///< of the ring of all tasks, and the pointer to the running one
  const void* block;              ///< the sample; below, its fields
  const void *next, *name, *id, *state, *switches, *stack_bytes, *pc, *sp;
};

}  // namespace

extern "C" constinit const task_layout bobbin_task_layout{
    .anchor = &boot_hart.idle,
    .current = &boot_hart.current,
    .block = &sample,
    .next = &static_cast<control_block::registration&>(sample).next,
    .name = &sample.name,
    .id = &sample.id,
    .state = &sample.state,
    .switches = &sample.switches,
    .stack_bytes = &sample.stack_bytes,
    .pc = &sample.pc,
    .sp = &sample.sp,
};

}  // namespace bobbin
