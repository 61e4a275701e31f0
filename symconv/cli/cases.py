"""symconv cases: the overlap cases, in general or of one convolution."""

from __future__ import annotations

from symconv.cli import options
from symconv.errors import OptionError


def cases(
    p: options.P = None,
    q: options.Q = None,
    kernel: options.Kernel = None,
    stride: options.Stride = "1",
    padding: options.Padding = "0",
    dilation: options.Dilation = "1",
    padding_mode: options.PaddingMode = "zeros",
    transposed: options.Transposed = False,
    output_padding: options.OutputPadding = "0",
    true_convolution: options.TrueConvolution = False,
    output: options.Output = None,
) -> None:
    """Show the four overlap cases: conditions and closed forms of the input gradient.

    Without a kernel: for all p, q, t. With one: which case it is, and its
    closed form.

    Examples:

      symconv cases

      symconv cases -p 3 -q 5 -t 4

      symconv cases --kernel 3 --stride 2 --dilation 2
    """
    if not options.kernel_given(kernel=kernel, p=p, q=q):
        words = (stride, padding, dilation, padding_mode, output_padding)
        if words != ("1", "0", "1", "zeros", "0") or transposed or true_convolution:
            raise OptionError(
                "a kernel must be given with --stride, --padding, --dilation, --padding-mode, "
                "--transposed, --output-padding or --true-convolution"
            )

        from symconv.document.answers import cases_text

        options.write_out(cases_text(), output)
        return
    spec = options.spec_from(
        kernel=kernel,
        p=p,
        q=q,
        stride=stride,
        padding=padding,
        dilation=dilation,
        padding_mode=padding_mode,
        transposed=transposed,
        output_padding=output_padding,
        true_convolution=true_convolution,
    )

    from symconv.document.answers import spec_cases_text
    from symconv.facade import derive

    options.write_out(spec_cases_text(derive(spec)), output)
