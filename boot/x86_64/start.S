/// The first instructions on x86_64, from QEMU's PVH entry up to kernel_main.
///
///   ebx = address of the PVH start info     32-bit protected mode, flat segments, paging off, interrupts off, no stack
///
/// What the processor lacks can only be told in 32-bit mode, so that is asked first. Then 64-bit mode is entered with
/// everything in place at once: page tables, segments and vectors are data, laid out by the assembler and the linker.
#include "asm.h"
#include "segments.h"

#define CPUID_LONG_MODE       29                        // leaf 0x80000001, edx
#define CPUID_FSGSBASE         0                        // leaf 7, ebx
#define CR0_STATE             0x80010033                // paging, write protection, native FP errors, FP unit on
#define CR4_STATE             0x00010620                // FSGSBASE, SSE exceptions, SSE, physical address extension
#define EFER                  0xc0000080
#define EFER_STATE            0x00000900                // long mode, page permission "no execute"
#define MXCSR_DEFAULT         0x1f80                    // round to nearest, all exceptions masked

#define PAGE_PRESENT          0x01
#define PAGE_WRITABLE         0x02
#define PAGE_LARGE            0x80
#define PAGE_BYTES            4096
#define TRAP_STACK_BYTES      (12 << 10)
#define LARGE_PAGE_BYTES      0x200000

#define COM1_DATA             0x3f8
#define COM1_STATUS           0x3fd
#define COM1_READY            0x20
#define DEBUG_EXIT            0xf4                      // QEMU's isa-debug-exit, see power_off in machine.cpp
#define DEBUG_EXIT_PANIC      0x65
#define ACPI_CONTROL          0x604
#define ACPI_POWER_OFF        0x2000

        .section .stack.boot, "aw", @nobits
        .balign 8192
        .globl  __fault_stack_low, __fault_stack_high
        .globl  __trap_stack_low, __trap_stack_high, __boot_stack_low, __boot_stack_high
        .skip   PAGE_BYTES                              // a guard below each
__fault_stack_low:                                      // until kernel_main, and for faults of handlers
        .skip   TRAP_STACK_BYTES
__fault_stack_high:
        .skip   PAGE_BYTES
__trap_stack_low:
        .skip   TRAP_STACK_BYTES
__trap_stack_high:
        .skip   PAGE_BYTES
__boot_stack_low:
        .skip   64 << 10
__boot_stack_high:

        .section .bss.boundary, "aw", @nobits           // the linker sorts by alignment, see linker/riscv64.ld.S:
        .balign 4096                                    // above this are stacks, from here on .bss to clear
        .globl  __bss_start
__bss_start:
        .skip   16

        .section .note.pvh, "a", @note
        .balign 4
        .long   4, 8, 18                                // bytes of name, bytes of value, type: 32-bit entry
        .asciz  "Xen"
        .quad   _start

.macro require bit, register, leaf, message             // goes on if a bit of a cpuid leaf is set
        movl    $\message, %esi
        movl    $\leaf & 0x80000000, %eax
        cpuid                                           // eax = the last leaf of this range
        cmpl    $\leaf, %eax
        jb      refuse
        movl    $\leaf, %eax
        xorl    %ecx, %ecx
        cpuid
        btl     $\bit, %\register
        jnc     refuse
.endm

FUNCTION _start
        .cfi_undefined rip                              // nobody called: backtraces end here
        .code32
        cld
        movl    %ebx, %ebp                              // cpuid destroys ebx
        require CPUID_LONG_MODE, edx, 0x80000001, no_long_mode
        require CPUID_FSGSBASE, ebx, 7, no_fsgsbase

        movl    $__fault_stack_high, %esp               // for the first faults to be told by
        lgdt    segments_descriptor
        lidt    trap_vectors_descriptor
        movl    $CR4_STATE, %eax
        movl    %eax, %cr4
        movl    $page_map, %eax
        movl    %eax, %cr3
        movl    $EFER, %ecx
        movl    $EFER_STATE, %eax
        xorl    %edx, %edx
        wrmsr
        movl    $CR0_STATE, %eax
        movl    %eax, %cr0                              // 64-bit mode begins, with 32-bit code until the jump
        ljmp    $KERNEL_CODE, $in_long_mode

refuse:                                                 // esi = what to say
        movw    $COM1_STATUS, %dx
busy:   inb     %dx, %al
        testb   $COM1_READY, %al
        jz      busy
        movw    $COM1_DATA, %dx
        outsb
        cmpb    $0, (%esi)
        jne     refuse
        movb    $DEBUG_EXIT_PANIC, %al
        outb    %al, $DEBUG_EXIT
        movw    $ACPI_CONTROL, %dx
        movw    $ACPI_POWER_OFF, %ax
        outw    %ax, %dx
halt:   cli
        hlt
        jmp     halt

        .code64
in_long_mode:
        movl    $KERNEL_TSS, %eax
        ltr     %ax                                     // from here on a fault is reported
        movl    $KERNEL_DATA, %eax
        movl    %eax, %ds
        movl    %eax, %es
        movl    %eax, %ss
        xorl    %eax, %eax
        movl    %eax, %fs
        movl    %eax, %gs
        fninit
        ldmxcsr mxcsr_default

        movl    %ebp, %ebx                              // the start info, over the next call
        xorl    %ebp, %ebp                              // where walks along frame pointers end
        movl    %ebx, %edi
        call    check_memory                            // does the image fit: before anything beyond the file is used

        movl    $__bss_start, %edi
        movl    $__bss_end, %ecx
        subl    %edi, %ecx
        shrl    $3, %ecx
        xorl    %eax, %eax
        rep stosq

        movl    $__boot_stack_high, %esp
        movl    $0, in_handler                          // from here on a fault is a task's
        xorl    %edi, %edi                              // kernel_main(hart, description)
        movl    %ebx, %esi
        call    kernel_main
        ud2                                             // it does not return
END_FUNCTION _start

        .section .rodata.start, "a", @progbits
no_long_mode:
        .asciz  "bobbin: panic: this CPU has no 64-bit mode: run QEMU with -cpu max\n"
no_fsgsbase:
        .asciz  "bobbin: panic: this CPU lacks FSGSBASE: run QEMU with -cpu max\n"

        .balign 4
mxcsr_default:
        .long   MXCSR_DEFAULT
segments_descriptor:
        .word   segments_end - segments - 1
        .long   segments

        .balign 8
segments:                                               // the GDT [Intel SDM 3A, 3.4.5 and 7.2.3]; ltr writes to it
        .quad   0
        .quad   0x00af9b000000ffff                      // KERNEL_CODE: 64-bit
        .quad   0x00cf93000000ffff                      // KERNEL_DATA
        .word   TSS_BYTES - 1, __trap_stacks_bits_0_15  // KERNEL_TSS
        .byte   __trap_stacks_bits_16_23, 0x89, 0, __trap_stacks_bits_24_31
        .quad   0
segments_end:

        .section .data.start, "aw", @progbits           // written by the processor: accessed, dirty
        .balign PAGE_BYTES
page_map:                                               // until protect_memory: every address means itself
        .quad   page_directory_pointers + PAGE_PRESENT + PAGE_WRITABLE
        .fill   511, 8, 0
page_directory_pointers:
        .set    page, 0
        .rept   4
        .quad   page_directories + page + PAGE_PRESENT + PAGE_WRITABLE
        .set    page, page + PAGE_BYTES
        .endr
        .fill   508, 8, 0
page_directories:
        .set    page, 0
        .rept   4 * 512
        .quad   page + PAGE_PRESENT + PAGE_WRITABLE + PAGE_LARGE
        .set    page, page + LARGE_PAGE_BYTES
        .endr
