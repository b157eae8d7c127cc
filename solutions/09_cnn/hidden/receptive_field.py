"""Held-out cases of `receptive_field`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise

receptive_field = exercise("receptive_field")


@receptive_field.held_out
def a_deep_network(receptive_field):
    return receptive_field([(7, 2), (3, 2), *[(3, 1)] * 4, (3, 2), *[(3, 1)] * 7])


@receptive_field.held_out
def layers_as_lists(receptive_field):
    return receptive_field([[4, 3], [2, 1], [5, 2], [3, 3], [2, 2]])


@receptive_field.mistake(
    "own-stride-counted", "A layer's own stride widens the next layers, not itself: first add to r, then multiply j."
)
def jump_first(layers):
    field, jump = 1, 1
    for kernel, stride in layers:
        jump *= stride
        field += (kernel - 1) * jump
    return field


@receptive_field.mistake(
    "last-stride-only",
    "You use the stride of the layer before only. Steps multiply: j is the product of all strides so far.",
)
def the_stride_before(layers):
    field, jump = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * jump
        jump = stride
    return field


@receptive_field.mistake(
    "own-stride-only", "You use each layer's own stride. What counts is the product of those before it."
)
def own_stride(layers):
    return 1 + sum((kernel - 1) * stride for kernel, stride in layers)


@receptive_field.mistake("strides-ignored", "You ignore the strides: after each of them neighbours are further apart.")
def without_strides(layers):
    return 1 + sum(kernel - 1 for kernel, _ in layers)


@receptive_field.mistake(
    "kernels-summed", "You add up the kernels. A window reaches k − 1 neighbours further, j pixels each."
)
def sum_of_kernels(layers):
    return sum(kernel for kernel, _ in layers)


@receptive_field.mistake("kernels-multiplied", "You multiply the kernels. r grows by (k − 1) · j with each layer.")
def product_of_kernels(layers):
    field = 1
    for kernel, _ in layers:
        field *= kernel
    return field


@receptive_field.mistake("pooling-skipped", "Pooling is a window with a stride, too: it counts like any other layer.")
def convolutions_only(layers):
    field, jump = 1, 1
    for kernel, stride in layers:
        if kernel != stride:
            field += (kernel - 1) * jump
            jump *= stride
    return field


@receptive_field.mistake(
    "pooling-without-window", "Pooling makes the jump larger, but also has a window: r grows by (k − 1) · j there, too."
)
def only_the_jump_of_pooling(layers):
    field, jump = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * jump * (kernel != stride)
        jump *= stride
    return field


@receptive_field.mistake("starts-at-0", "A pixel knows itself: r is 1 before the first layer.")
def from_zero(layers):
    field, jump = 0, 1
    for kernel, stride in layers:
        field += (kernel - 1) * jump
        jump *= stride
    return field


@receptive_field.mistake("whole-kernel-added", "r grows by k − 1 neighbours, not by k: the first one is there already.")
def k_more(layers):
    field, jump = 1, 1
    for kernel, stride in layers:
        field += kernel * jump
        jump *= stride
    return field


@receptive_field.mistake("strides-added", "Jumps multiply: two strides of 3 and 2 make neighbours 6 pixels apart.")
def sum_of_strides(layers):
    field, jump = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * jump
        jump += stride - 1
    return field


@receptive_field.mistake(
    "layers-in-reverse", "r → (r − 1) · s + k goes from the last layer back to the first: reverse the list."
)
def forwards(layers):
    field = 1
    for kernel, stride in layers:
        field = (field - 1) * stride + kernel
    return field


@receptive_field.mistake(
    "return-inside-loop", "You return inside the loop, after the first layer. `return` belongs below it."
)
def after_the_first(layers):
    field, jump = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * jump
        jump *= stride
        return field
    return field


@receptive_field.mistake("jump-returned", "That is the jump. Return the receptive field.")
def the_jump(layers):
    return int(np.prod([stride for _, stride in layers]))


@receptive_field.mistake("both-returned", "You return field and jump. Only the field is asked for.")
def field_and_jump(layers):
    field, jump = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * jump
        jump *= stride
    return field, jump


@receptive_field.mistake("return-missing", "The field is worked out, but not returned.")
def no_return(layers):
    field, jump = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * jump
        jump *= stride


@receptive_field.mistake("list-changed", "You took layers out of the caller's list (`pop` does). Loop over it instead.")
def takes_layers_out(layers):
    field = 1
    while layers:
        kernel, stride = layers.pop()
        field = (field - 1) * stride + kernel
    return field


@receptive_field.mistake(
    "empty-list", "An empty list has no first layer. Start with field and jump 1, before any layer."
)
def from_the_first_layer(layers):
    field, jump = layers[0]
    for kernel, stride in layers[1:]:
        field += (kernel - 1) * jump
        jump *= stride
    return field


@receptive_field.variant
def backwards(layers):
    field = 1
    for kernel, stride in reversed(layers):
        field = stride * (field - 1) + kernel
    return field


@receptive_field.variant
def as_a_sum(layers):
    strides = [1] + [stride for _, stride in layers]
    return 1 + sum((kernel - 1) * int(np.prod(strides[: i + 1])) for i, (kernel, _) in enumerate(layers))


@receptive_field.variant
def layer_by_layer(layers):
    if not layers:
        return 1
    (kernel, stride), *others = layers
    return (layer_by_layer(others) - 1) * stride + kernel


receptive_field.equivalent("L2 swapped elements field, jump→jump, field", "Both start at 1.")
