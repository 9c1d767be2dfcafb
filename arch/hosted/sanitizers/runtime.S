/// Between instrumented code and the sanitizers' libraries, which want a libc's %fs and far more stack than a task has.
/// Compiled in such a way that a finding may be survived, the code calls the names on the left, which are defined here.
/// The kernel tells where it was; then the library's own function of the other name tells what it was, and ends the run.
#include "../../x86_64/asm.h"

#define REPORT_STACK_BYTES  (1 << 20)

.macro FINDING name, report
FUNCTION \name
        movq    \report@GOTPCREL(%rip), %rax
        jmp     report_finding
END_FUNCTION \name
.endm

        .irp    access, load1, load2, load4, load8, load16, load_n, store1, store2, store4, store8, store16, store_n
        FINDING __asan_report_\access\()_noabort, __asan_report_\access
        .endr
        .irp    kind, add_overflow, sub_overflow, mul_overflow, negate_overflow, divrem_overflow, shift_out_of_bounds, \
                      out_of_bounds, type_mismatch_v1, load_invalid_value, pointer_overflow, nonnull_arg, \
                      nonnull_return_v1, vla_bound_not_positive, float_cast_overflow, invalid_builtin, alignment_assumption
        FINDING __ubsan_handle_\kind, __ubsan_handle_\kind\()_abort
        .endr
        .irp    kind, builtin_unreachable, missing_return // these have one name: the linker gives the callers another
        FINDING __wrap___ubsan_handle_\kind, __real___ubsan_handle_\kind
        .endr

/// rax = what reports; its arguments in rdi, rsi, rdx, rcx; the return address says where it was
FUNCTION report_finding
        .cfi_undefined rip
        movq    (%rsp), %r8
        movq    %rsp, %r9
        leaq    report_stack_high(%rip), %rsp
        pushq   %r8                                     // the return address, for the library
        .irp    reg, rax, rdi, rsi, rdx, rcx
        pushq   %\reg
        .endr
        movq    %r8, %rdi                               // tell_finding(pc, stack pointer, frame pointer)
        movq    %r9, %rsi
        movq    %rbp, %rdx
        call    tell_finding
        movq    libc_thread_pointer(%rip), %rax
        wrfsbase %rax
        .irp    reg, rcx, rdx, rsi, rdi, rax
        popq    %\reg
        .endr
        jmp     *%rax
END_FUNCTION report_finding

/// Run before the kernel, like what registers global objects: %fs is the libc's still.
FUNCTION note_libc
        rdfsbase %rax
        movq    %rax, libc_thread_pointer(%rip)
        ret
END_FUNCTION note_libc

        .section .init_array, "aw", @init_array
        .balign 8
        .quad   note_libc

        .section .bss.libc_thread_pointer, "aw", @nobits
        .balign 8
        .globl  libc_thread_pointer
libc_thread_pointer:
        .skip   8

        .section .bss.report_stack, "aw", @nobits
        .balign 4096
        .skip   REPORT_STACK_BYTES
report_stack_high:
