"""Held-out cases of `OwnReLU`, known mistakes with their diagnosis, other right answers."""

import torch

from autograder import exercise, inputs

OwnReLU = exercise("OwnReLU")


@OwnReLU.held_out
def pytorchs_own_referee(OwnReLU):
    z = torch.tensor(inputs("referee", (3, 2, 4)), requires_grad=True)
    return torch.autograd.gradcheck(OwnReLU.apply, (z,))


@OwnReLU.held_out
def a_single_number_of_float32(OwnReLU):
    z = torch.tensor(1.5, requires_grad=True)
    out = OwnReLU.apply(z)
    (out * -3).backward()
    return {"output": out, "gradient": z.grad, "type": str(out.dtype)}


@OwnReLU.held_out
def one_after_the_other(OwnReLU):
    z = torch.tensor(inputs("chain", (4, 3)), requires_grad=True)
    (OwnReLU.apply(1 - OwnReLU.apply(z)) * torch.tensor(inputs("chain up", (4, 3)))).sum().backward()
    return z.grad


class Right(torch.autograd.Function):
    """A right one, whose methods the mistakes below change."""

    @staticmethod
    def forward(ctx, z):
        ctx.save_for_backward(z)
        return z * (z > 0)

    @staticmethod
    def backward(ctx, dout):
        return dout * (ctx.saved_tensors[0] > 0)


@OwnReLU.mistake("upstream-ignored", "The upstream gradient is missing: multiply it by the slope.")
class SlopeOnly(Right):
    @staticmethod
    def backward(ctx, dout):
        return (ctx.saved_tensors[0] > 0).to(dout.dtype)


@OwnReLU.mistake("not-masked", "The gradient passes everywhere. Where z is negative, it must become 0.")
class PassesAll(Right):
    @staticmethod
    def backward(ctx, dout):
        return 1 * dout


@OwnReLU.mistake("slope-at-0", "At 0 the slope is 0 here: the mask is z > 0, not z >= 0.")
class SlopeOneAtZero(Right):
    @staticmethod
    def backward(ctx, dout):
        return dout * (ctx.saved_tensors[0] >= 0)


@OwnReLU.mistake("upstream-masked", "You look at the sign of the upstream gradient. It is the sign of z that decides.")
class MaskedByUpstream(Right):
    @staticmethod
    def backward(ctx, dout):
        return dout * (dout > 0)


@OwnReLU.mistake("times-z", "You multiply by z. The slope of the ReLU is 1 where z is positive.")
class TimesZ(Right):
    @staticmethod
    def backward(ctx, dout):
        (z,) = ctx.saved_tensors
        return dout * z * (z > 0)


@OwnReLU.mistake("mask-turned", "The gradient passes where z is negative. It is the other way round.")
class Turned(Right):
    @staticmethod
    def backward(ctx, dout):
        return dout * (ctx.saved_tensors[0] <= 0)


@OwnReLU.mistake("in-place", "forward writes into z itself. Return a new tensor.")
class InPlace(Right):
    @staticmethod
    def forward(ctx, z):
        mask = (z > 0).to(z.dtype)
        ctx.save_for_backward(mask)
        z.detach().mul_(mask)
        return z.clone()


@OwnReLU.mistake("mask-returned", "forward returns where z is positive. Return z there, and 0 elsewhere.")
class MaskOnly(Right):
    @staticmethod
    def forward(ctx, z):
        ctx.save_for_backward(z)
        return (z > 0).to(z.dtype)


@OwnReLU.mistake("size-for-relu", "Negative entries change their sign. They must become 0.")
class AbsoluteValue(Right):
    @staticmethod
    def forward(ctx, z):
        ctx.save_for_backward(z)
        return z.abs()


@OwnReLU.mistake("nothing-saved", "backward finds nothing: keep z in forward with ctx.save_for_backward(z).")
class NothingSaved(Right):
    @staticmethod
    def forward(ctx, z):
        return z * (z > 0)

    @staticmethod
    def backward(ctx, dout):
        (z,) = ctx.saved_tensors
        return dout * (z > 0)


@OwnReLU.mistake(
    "saved-tensors-not-unpacked",
    "ctx.saved_tensors is a tuple, even of one tensor. Take it out: (z,) = ctx.saved_tensors.",
)
class NotUnpacked(Right):
    @staticmethod
    def backward(ctx, dout):
        z = ctx.saved_tensors
        return dout * (z > 0)


@OwnReLU.mistake("backward-without-return", "backward computes the gradient but doesn't return it.")
class NoGradient(Right):
    @staticmethod
    def backward(ctx, dout):
        _ = dout * (ctx.saved_tensors[0] > 0)


@OwnReLU.variant
class KeepsTheOutput(torch.autograd.Function):
    @staticmethod
    def forward(ctx, z):
        out = torch.where(z > 0, z, torch.zeros_like(z))
        ctx.save_for_backward(out)
        return out

    @staticmethod
    def backward(ctx, dout):
        dz = dout.clone()
        dz[ctx.saved_tensors[0] == 0] = 0
        return dz


@OwnReLU.variant
class KeepsTheMask(torch.autograd.Function):
    @staticmethod
    def forward(ctx, z):
        ctx.mask = z > 0
        return torch.maximum(z, torch.tensor(0.0, dtype=z.dtype))

    @staticmethod
    def backward(ctx, dout):
        return torch.where(ctx.mask, dout, 0.0)


OwnReLU.equivalent("L6 comparison z > 0→z >= 0", "At 0 both give 0.")
