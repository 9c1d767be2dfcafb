/* Bobbin for C, and for languages that call C: tasks, generators, time and the console.
 *
 *   #include "bobbin.h"
 *
 *   BOBBIN_STACK(worker_stack, 8192);
 *   static bobbin_task worker;
 *
 *   static int work(void* argument) { bobbin_printf("hello, %s\n", (const char*)argument); return 0; }
 *
 *   int main(void) {
 *     bobbin_task_init(&worker, "worker");
 *     if (bobbin_task_start(&worker, worker_stack, work, "world") != BOBBIN_OK) return 1;
 *     return bobbin_task_join(&worker).status;
 *   }
 *
 * Contracts, costs and misuses are those of the C++ interface: see task/task.hpp, task/generator.hpp.
 */
#ifndef BOBBIN_H
#define BOBBIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Stacks: any memory aligned to 16 bytes; BOBBIN_STACK declares one with a guard below it. */
typedef struct {
  void* block;        /* lowest address, guard included */
  size_t block_bytes;
  size_t stack_bytes; /* of these, at the upper end; the guard is there if at least a page is left below */
} bobbin_stack;

#define BOBBIN_STACK(name, bytes)                                                                       \
  static unsigned char name##_block[((bytes) + 4096 + 8191) / 8192 * 8192] __attribute__((aligned(8192))); \
  static const bobbin_stack name = {name##_block, sizeof name##_block, (bytes)}

typedef enum { BOBBIN_OK, BOBBIN_STACK_TOO_SMALL, BOBBIN_STACK_MISALIGNED, BOBBIN_EXHAUSTED } bobbin_status;
typedef enum { BOBBIN_RETURNED, BOBBIN_EXITED, BOBBIN_STOPPED, BOBBIN_FAULTED } bobbin_ending;

typedef struct {
  bobbin_ending how;
  int status;        /* what its function returned; -1 for a fault */
  const char* cause; /* of a fault, in words; otherwise "" */
  uintptr_t pc;
} bobbin_outcome;

/* Tasks. All zero, or initialised, before the first start. */
#ifndef BOBBIN_PRIORITIES
#define BOBBIN_PRIORITIES 1 /* make PRIORITIES=4 gives tasks 0 to 3 */
#endif
typedef struct {
  uint64_t opaque[16 + (BOBBIN_PRIORITIES > 1)];
} bobbin_task;

void bobbin_task_init(bobbin_task* task, const char* name);
bobbin_status bobbin_task_start(bobbin_task* task, bobbin_stack stack, int (*function)(void*), void* argument);
bobbin_outcome bobbin_task_join(bobbin_task* task);
void bobbin_task_request_stop(bobbin_task* task);
void bobbin_task_set_priority(bobbin_task* task, unsigned level); /* below BOBBIN_PRIORITIES; the highest goes first */
void bobbin_task_destroy(bobbin_task* task); /* stops and joins it if it runs; before its memory goes away */

/* The running task. */
void bobbin_yield(void);
void bobbin_exit(int status) __attribute__((noreturn));
bool bobbin_stop_requested(void);
uint32_t bobbin_id(void);
const char* bobbin_name(void);
uint64_t bobbin_now_ns(void);
void bobbin_sleep_ns(uint64_t nanoseconds);

/* Generators: bodies that hand out pointers. */
typedef struct {
  void* opaque[2];
} bobbin_generator;
typedef struct bobbin_yielder bobbin_yielder;

bobbin_status bobbin_generator_init(bobbin_generator* generator, bobbin_stack stack,
                                    void (*body)(bobbin_yielder* yielder, void* argument), void* argument);
void* bobbin_generator_resume(bobbin_generator* generator, void* input); /* NULL when the body has ended */
void bobbin_generator_destroy(bobbin_generator* generator);
/* Hands out `value`, which is not NULL. False when the body should return; *input is what resume passed in. */
bool bobbin_generator_yield(bobbin_yielder* yielder, void* value, void** input);

/* The console. printf knows %d %i %u %x %c %s %p %%, with l, ll and z, width and 0; it returns nothing. */
void bobbin_write(const char* text, size_t length);
void bobbin_printf(const char* format, ...) __attribute__((format(printf, 1, 2)));
/* A line, without its end, as a string; NULL at the end of input. */
char* bobbin_read_line(const char* prompt, char* buffer, size_t bytes);

#ifdef __cplusplus
}
#endif
#endif
