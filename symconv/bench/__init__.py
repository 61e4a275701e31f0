"""How fast the kernels are, beside every other way to the same numbers, on this machine.

| stage | module | what it makes |
|---|---|---|
| what is asked | `problem` | `Problem`: an operation of a spec on arrays of some shapes and type |
| its arrays | `operands`, `taps` | `Operands`: small integers; the true result in float64 |
| who takes part | `contender`, `registry` | `Contender`: one library's way to compute it |
| the limits | `roofline`, `machine` | a copy of as many bytes, and a product of matrices |
| taking turns | `clock`, `threads` | seconds per call, round by round, on a number of cores |
| one problem | `measure` | `Cell`: checked first, then timed |
| the outcome | `record`, `view` | JSON and back; tables for the terminal |

Nothing here is imported by the rest of symconv but the command `symconv bench`. Libraries that are
not installed take no part.
"""
