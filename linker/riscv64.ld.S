/// The image on riscv64, QEMU virt: OpenSBI lies at 0x80000000 and jumps to 0x80200000.
///
///   __image_start ->  | .text    _start first        |  R X
///                     | .tdata   initial values      |  R
///                     | .rodata                      |  R
///                     | .data                        |  R W  the file ends here
///                     | .bss     stacks, not cleared |  R W
///      __bss_start -> |          all else            |  R W  cleared by boot/riscv64/start.S
///    __image_end ->   +------------------------------+
#define IMAGE_START              0x80200000
#define PAGE                     4096
#define UPPER_TABLES             6                      /* and one for each GiB of image, of which there are few */
#define GUARDED_STACK_ALIGNMENT  8192                   /* kernel/task/stack.hpp */

OUTPUT_ARCH(riscv)
ENTRY(_start)

PHDRS {
  text   PT_LOAD FLAGS(5);
  rodata PT_LOAD FLAGS(4);
  data   PT_LOAD FLAGS(6);
  tls    PT_TLS  FLAGS(4);
}

SECTIONS {
  . = IMAGE_START;
  __image_start = .;

  .text : {
    __text_start = .;
    KEEP(*(.text._start))
    *(.text .text.*)
    __text_end = .;
  } :text

  . = ALIGN(PAGE);
  __rodata_start = .;
  .tdata : {                                            /* first, so that any alignment up to a page is met */
    __tdata_start = .;
    *(.tdata .tdata.*)
    __tdata_end = .;
  } :rodata :tls
  .tbss : { *(.tbss .tbss.*) } :rodata :tls
  .rodata : { *(.rodata .rodata.* .srodata .srodata.*) } :rodata
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
    *(.sdata .sdata.*)
    *(.got .got.plt)
    LONG(0)                                             /* QEMU cannot load a segment without contents */
  } :data
  __data_end = .;

  . = ALIGN(GUARDED_STACK_ALIGNMENT);
  .bss (NOLOAD) : {
    *(.stack.boot)                                      /* lowest: it is there even if RAM ends within the stacks */
    *(SORT_BY_ALIGNMENT(EXCLUDE_FILE(*hart.cpp.o) .bss*))  /* down to 8192: stacks; the boundary; then the rest */
    *(COMMON)
    __main_tls_low = .;
    . += __tls_bytes + __tls_align;
    . = ALIGN(16);
    __main_tls_high = .;
  } :NONE                                               /* nothing to load: QEMU neither clears nor refuses it */
  .sbss (NOLOAD) : {                                    /* apart: the linker shortens only within small alignments */
    *(.sbss .sbss.* .scommon)
    *hart.cpp.o(.bss*)
    __global_pointer$ = . - 0x780;                      /* one instruction reaches 2 KiB below it, and a little less above */
  } :NONE

  . = ALIGN(PAGE);
  __page_tables_start = .;                              /* one for each 2 MiB of image, and those above them: */
  . += PAGE * (UPPER_TABLES + (. - IMAGE_START + (4 << 20)) / ((2 << 20) - PAGE));  /* arch/riscv64/memory.cpp */
  __page_tables_end = .;
  __bss_end = .;
  __image_end = .;

#include "debug.ld.h"
  NOT_LOADED(.riscv.attributes)

  /DISCARD/ : { *(.eh_frame .eh_frame_hdr .fini_array .fini_array.* .dtors .dtors.* .note .note.*) }
}

__tls_align = MAX(MAX(ALIGNOF(.tdata), ALIGNOF(.tbss)), 16);
__tls_bytes = ALIGN(SIZEOF(.tbss) == 0 ? SIZEOF(.tdata) : ADDR(.tbss) + SIZEOF(.tbss) - ADDR(.tdata), 16);

ASSERT(_start == IMAGE_START, "bobbin: _start is not the first byte of the image: link boot/riscv64/start.S")
ASSERT(__image_end - IMAGE_START <= ((__page_tables_end - __page_tables_start) / PAGE - UPPER_TABLES) * (2 << 20),
       "bobbin: the page tables do not reach the end of the image")
#include "checks.ld.h"
