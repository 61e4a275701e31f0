"""The demo: a small digit classifier that learns through emitted kernels alone.

Its stages, each a module, with what goes in and what comes out:

    data      seed -> Digits                         the scans that scikit-learn ships, split
    batch     Kernel, arrays -> arrays               a plane kernel convolves a batch with channels
    network   kernels, seed -> Network               the layers, their loss and its gradients
    training  Network, Digits -> Iterator[Epoch]     Adam; every epoch carries its network
    picture   history, filters, path -> PNG          what was learnt, and how fast

Every convolution and every gradient of one is a call of an emitted plane kernel; the kernels are
arguments, so the demo shows whatever code the caller loaded. Nothing prints: the command line does.
"""
