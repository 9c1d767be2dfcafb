/// Bobbin: tasks and generators on fixed stacks, on bare metal. Everything an app needs, and what of the standard library
/// goes with it.
#pragma once

#include <core/assert.hpp>
#include <core/format.hpp>
#include <core/format_chrono.hpp>
#include <core/units.hpp>
#include <debug/task_table.hpp>
#include <debug/wait_graph.hpp>
#include <io/byte_stream.hpp>
#include <io/console.hpp>
#include <io/line_editor.hpp>
#include <io/port.hpp>
#include <sync/barrier.hpp>
#include <sync/channel.hpp>
#include <sync/condition_variable.hpp>
#include <sync/event.hpp>
#include <sync/latch.hpp>
#include <sync/lock.hpp>
#include <sync/mutex.hpp>
#include <sync/select.hpp>
#include <sync/semaphore.hpp>
#include <sync/shared_mutex.hpp>
#include <sync/stop_token.hpp>
#include <sync/task_group.hpp>
#include <task/generator.hpp>
#include <task/stack.hpp>
#include <task/stack_pool.hpp>
#include <task/task.hpp>
#include <task/task_pool.hpp>
#include <task/this_task.hpp>
#include <time/clock.hpp>
#include <time/sleep.hpp>

#include <optional>
#include <ranges>
#include <span>
#include <string_view>
#include <utility>
