/// Slots of the stack frames that assembly writes and C++ reads, in bytes from the frame's lowest address.
#ifndef BOBBIN_ISA_FRAME_H
#define BOBBIN_ISA_FRAME_H

// clang-format off
#define SWITCH_RA            0
#define SWITCH_S0            8
#define SWITCH_S1           16
#define SWITCH_S2           24
#define SWITCH_S3           32
#define SWITCH_S4           40
#define SWITCH_S5           48
#define SWITCH_S6           56
#define SWITCH_S7           64
#define SWITCH_S8           72
#define SWITCH_S9           80
#define SWITCH_S10          88
#define SWITCH_S11          96
#define SWITCH_FRAME_BYTES 112                          // 13 slots, rounded up to 16

#define FP_RA                0
#define FP_FS0               8
#define FP_FS1              16
#define FP_FS2              24
#define FP_FS3              32
#define FP_FS4              40
#define FP_FS5              48
#define FP_FS6              56
#define FP_FS7              64
#define FP_FS8              72
#define FP_FS9              80
#define FP_FS10             88
#define FP_FS11             96
#define FP_FRAME_BYTES     112

#define FOOT_INSIDE          8                          // in struct stack_foot
#define FOOT_SWITCHED_AT    16

#define RESUMER_FOOT         0                          // in struct coroutine
#define BODY_FP              8
#define BODY_PC             16
#define RESUMER_SP          24
#define RESUMER_FP          32
#define RESUMER_PC          40
#define COROUTINE_BYTES     48
#define OWN_FOOT            48                          // right behind it, in its struct stack_user
#define BODY_SP             56
#define LANDING             28                          // from behind a yield's jump, where a stop lands, to where a resume does
#define LEAVING_BYTES       16                          // and back from there to where it loads s0

#define TRAP_PC               0                         // sepc; the register xN lies at 8 * N
#define TRAP_RA               8
#define TRAP_SP              16
#define TRAP_GP              24
#define TRAP_TP              32
#define TRAP_T0              40
#define TRAP_T1              48
#define TRAP_T2              56
#define TRAP_S0              64
#define TRAP_S1              72
#define TRAP_A0              80
#define TRAP_A1              88
#define TRAP_A2              96
#define TRAP_A3             104
#define TRAP_A4             112
#define TRAP_A5             120
#define TRAP_A6             128
#define TRAP_A7             136
#define TRAP_S2             144
#define TRAP_S3             152
#define TRAP_S4             160
#define TRAP_S5             168
#define TRAP_S6             176
#define TRAP_S7             184
#define TRAP_S8             192
#define TRAP_S9             200
#define TRAP_S10            208
#define TRAP_S11            216
#define TRAP_T3             224
#define TRAP_T4             232
#define TRAP_T5             240
#define TRAP_T6             248
#define TRAP_STATUS         256                         // sstatus
#define TRAP_FRAME_BYTES    272                         // 33 slots, rounded up to 16

#define FP_STATE_FT0          0
#define FP_STATE_FT1          8
#define FP_STATE_FT2         16
#define FP_STATE_FT3         24
#define FP_STATE_FT4         32
#define FP_STATE_FT5         40
#define FP_STATE_FT6         48
#define FP_STATE_FT7         56
#define FP_STATE_FA0         64
#define FP_STATE_FA1         72
#define FP_STATE_FA2         80
#define FP_STATE_FA3         88
#define FP_STATE_FA4         96
#define FP_STATE_FA5        104
#define FP_STATE_FA6        112
#define FP_STATE_FA7        120
#define FP_STATE_FT8        128
#define FP_STATE_FT9        136
#define FP_STATE_FT10       144
#define FP_STATE_FT11       152
#define FP_STATE_FCSR       160
#define FP_STATE_BYTES      176                         // 21 slots, rounded up to 16

#define TRAP_STACK_BYTES  16384
#define TRAP_GUARD_BYTES   4096                         // below it
// clang-format on

#endif
