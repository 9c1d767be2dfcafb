/// The image on x86_64, QEMU pc and q35: see riscv64.ld.S, here is what differs.
///
///   __image_start ->  | .note    32-bit entry        |  R
///                     | .text                        |  R X
///                     | .tdata, .rodata              |  R
///                     | .data                        |  R W  the file ends here
///                     | .bss     stacks, not cleared |  R W
///      __bss_start -> |          all else            |  R W  cleared by boot/x86_64/start.S
///    __image_end ->   +------------------------------+
#define IMAGE_START              0x100000               /* where RAM begins again above the ROMs */
#define PAGE                     4096
#define GUARDED_STACK_ALIGNMENT  8192                   /* kernel/task/stack.hpp */
#define UPPER_TABLES             6                      /* arch/x86_64/memory.cpp: upper_tables */

OUTPUT_ARCH(i386:x86-64)
ENTRY(_start)

PHDRS {
  text   PT_LOAD FLAGS(5);
  rodata PT_LOAD FLAGS(4);
  data   PT_LOAD FLAGS(6);
  tls    PT_TLS  FLAGS(4);
  note   PT_NOTE FLAGS(4);
}

SECTIONS {
  . = IMAGE_START;
  __image_start = .;

  .text : {
    __text_start = .;
    KEEP(*(.text._start .text.trap_entries))
    *(.text .text.*)
    *(.plt .iplt)
    __text_end = .;
  } :text

  . = ALIGN(PAGE);
  __rodata_start = .;
  .tdata : ALIGN(16) {                                  /* first, so that any alignment up to a page is met */
    __tdata_start = .;
    *(.tdata .tdata.*)
    __tdata_end = .;
  } :rodata :tls
  .tbss : ALIGN(16) { *(.tbss .tbss.*) } :rodata :tls
  .rodata : { *(.rodata .rodata.*) } :rodata
  .note : { KEEP(*(.note.pvh)) } :rodata :note          /* how QEMU finds the entry */
  bobbin_cases : { KEEP(*(bobbin_cases)) } :rodata       /* of the in-kernel suites: tests/kernel/harness.hpp */
  .symbols : {                                          /* names of functions, for reports: scripts/symbols */
    . = ALIGN(8);
    __symbols_start = .;
    KEEP(*(.symbols))
    __symbols_end = .;
    KEEP(*(.symbol_names))
  } :rodata
  .init_array : { KEEP(*(.init_array .init_array.* .preinit_array .ctors .ctors.*)) } :rodata
  .relocations : { *(.rela.*) } :rodata
  __rodata_end = .;

  . = ALIGN(PAGE);
  __data_start = .;
  .data : {
    *(.data .data.*)
    *(.got .got.plt .igot.plt)
  } :data
  __data_end = .;

  . = ALIGN(GUARDED_STACK_ALIGNMENT);
  .bss (NOLOAD) : {
    *(.stack.boot)                                      /* lowest: it is there even if RAM ends within the stacks */
    *(SORT_BY_ALIGNMENT(.bss*))                         /* down to 8192: stacks; then the boundary; then the rest */
    . = ALIGN(PAGE);
    __page_tables_start = .;                            /* one a 2 MiB up to the image's end, and the upper ones */
    . += PAGE * (UPPER_TABLES + (__page_tables_start + (4 << 20)) / ((2 << 20) - PAGE));
    __page_tables_end = .;
    __main_tls_low = .;
    . += __tls_bytes + __tls_align;
    . = ALIGN(16);
    __main_tls_high = .;
    __bss_end = .;
  } :NONE
  . = ALIGN(PAGE);
  __image_end = .;

#include "debug.ld.h"

  /DISCARD/ : { *(.eh_frame .eh_frame_hdr .fini_array .fini_array.* .dtors .dtors.* .note.gnu* .note.GNU*) }
}

__tls_align = MAX(MAX(ALIGNOF(.tdata), ALIGNOF(.tbss)), 16);
__tls_bytes = ALIGN(SIZEOF(.tbss) == 0 ? SIZEOF(.tdata) : ADDR(.tbss) + SIZEOF(.tbss) - ADDR(.tdata), __tls_align);

/* Addresses in the processor's tables come in pieces (boot/x86_64/start.S, arch/x86_64/trap.S). */
__trap_entries_bits_0_15  = trap_entries & 0xffff;
__trap_entries_bits_16_31 = trap_entries >> 16;
__trap_stacks_bits_0_15   = trap_stacks & 0xffff;
__trap_stacks_bits_16_23  = (trap_stacks >> 16) & 0xff;
__trap_stacks_bits_24_31  = trap_stacks >> 24;

ASSERT(SIZEOF(.relocations) == 0, "bobbin: something was compiled position independent: -fno-pie -fno-pic")
ASSERT((trap_entries & 0xffff) + 64 * 16 <= 0x10000, "bobbin: trap_entries crosses a multiple of 64 KiB: align it")
ASSERT(__image_end <= ((__page_tables_end - __page_tables_start) / PAGE - UPPER_TABLES) * (2 << 20),
       "bobbin: the page tables do not reach the end of the image")
#include "checks.ld.h"
