/// The image as a process of Linux: see riscv64.ld.S, here is what differs. Linux clears all of .bss, stacks too, but
/// only when a page is used for the first time.
///
///   __image_start ->  | .text                        |  R X
///                     | .tdata, .rodata              |  R
///                     | .data                        |  R W  the file ends here
///                     | .bss     stacks              |  R W
///      __bss_start -> |          all else            |  R W
///    __image_end ->   +------------------------------+
#define IMAGE_START              0x400000               /* where processes begin that lie at a fixed address */
#define PAGE                     4096
#define GUARDED_STACK_ALIGNMENT  8192                   /* kernel/task/stack.hpp */

OUTPUT_ARCH(i386:x86-64)
ENTRY(_start)

PHDRS {
  text   PT_LOAD FILEHDR PHDRS FLAGS(5);
  rodata PT_LOAD FLAGS(4);
  data   PT_LOAD FLAGS(6);
  tls    PT_TLS  FLAGS(4);
#ifdef UNDER_SANITIZERS                                 /* linked to libraries by the dynamic linker */
  interp PT_INTERP;
  dynamic PT_DYNAMIC;
#endif
}

SECTIONS {
  . = IMAGE_START;
  __image_start = .;
  . += SIZEOF_HEADERS;

  .text : ALIGN(16) {
    __text_start = .;
    KEEP(*(.text._start))
    *(.text .text.*)
    *(.plt .plt.got .iplt)
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
  bobbin_cases : { KEEP(*(bobbin_cases)) } :rodata       /* of the in-kernel suites: tests/kernel/harness.hpp */
  .symbols : {                                          /* names of functions, for reports: scripts/symbols */
    . = ALIGN(8);
    __symbols_start = .;
    KEEP(*(.symbols))
    __symbols_end = .;
    KEEP(*(.symbol_names))
  } :rodata
  .init_array : {
    __constructors_start = .;
    KEEP(*(SORT_BY_INIT_PRIORITY(.init_array.*) .init_array .preinit_array .ctors .ctors.*))
    __constructors_end = .;
  } :rodata
  .gcov_info : {                                        /* of arch/hosted/coverage */
    __gcov_info_start = .;
    KEEP(*(.gcov_info))
    __gcov_info_end = .;
    __at_power_off_start = .;
    KEEP(*(.at_power_off))
    __at_power_off_end = .;
  } :rodata
#ifdef UNDER_SANITIZERS
  .interp : { *(.interp) } :rodata :interp
  .gnu.hash : { *(.gnu.hash) } :rodata
  .dynsym : { *(.dynsym) }
  .dynstr : { *(.dynstr) }
  .gnu.version : { *(.gnu.version) }
  .gnu.version_d : { *(.gnu.version_d) }
  .gnu.version_r : { *(.gnu.version_r) }
  .rela.dyn : { *(.rela.dyn) }
  .rela.plt : { *(.rela.plt) }
#endif
  .relocations : { *(.rela.*) } :rodata
  __rodata_end = .;

  . = ALIGN(PAGE);
  __data_start = .;
#ifdef UNDER_SANITIZERS
  .dynamic : { *(.dynamic) } :data :dynamic
#endif
  .data : {
    *(.data .data.*)
    *(.got .got.plt .igot.plt)
  } :data
  __data_end = .;

  . = ALIGN(GUARDED_STACK_ALIGNMENT);
  .bss (NOLOAD) : {
    *(.stack.boot)
    *(.dynbss)
    *(SORT_BY_ALIGNMENT(.bss*))                         /* down to 8192: stacks; then the boundary; then the rest */
    __main_tls_low = .;
    . += __tls_bytes + __tls_align;
    . = ALIGN(16);
    __main_tls_high = .;
    __bss_end = .;
  } :data
  . = ALIGN(PAGE);
  __image_end = .;

#include "debug.ld.h"

  /DISCARD/ : { *(.eh_frame .eh_frame_hdr .sframe .fini_array .fini_array.* .dtors .dtors.* .note.gnu* .note.GNU*) }
}

__tls_align = MAX(MAX(ALIGNOF(.tdata), ALIGNOF(.tbss)), 16);
__tls_bytes = ALIGN(SIZEOF(.tbss) == 0 ? SIZEOF(.tdata) : ADDR(.tbss) + SIZEOF(.tbss) - ADDR(.tdata), __tls_align);

#if !defined UNDER_SANITIZERS && !defined UNDER_COVERAGE  /* these have constructors */
#include "checks.ld.h"
#endif
