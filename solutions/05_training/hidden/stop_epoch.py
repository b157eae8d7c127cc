"""Held-out cases of `stop_epoch`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise

stop_epoch = exercise("stop_epoch")


@stop_epoch.held_out
def a_wavering_curve_with_several_patiences(stop_epoch):
    losses = [3.0, 2.5, 2.7, 2.4, 2.6, 2.45, 2.5, 2.2, 2.3, 2.35, 2.25, 2.4, 2.1]
    return [stop_epoch(losses, patience) for patience in range(1, 7)]


@stop_epoch.held_out
def single_epochs_arrays_and_negative_losses(stop_epoch):
    return (
        stop_epoch([0.7], 1),
        stop_epoch(np.array([2.0, 3.0, 4.0]), 2),
        stop_epoch([-1.0, -2.0, -1.5, -3.0, -2.5, -2.6], 2),
        stop_epoch([5.0, 6.0], 1),
    )


@stop_epoch.held_out
def a_loss_that_starts_very_large(stop_epoch):
    """Losses of many thousands, then down."""
    return stop_epoch([5e6, 4e6, 4.5e6, 3e6, 3.5e6, 3.6e6, 1.0], 2)


@stop_epoch.mistake(
    "patience-never-reset", "The count goes on over the whole training. It is in a row: set it to 0 at each new best."
)
def counts_for_ever(val_losses, patience):
    best, waited = float("inf"), 0
    for epoch, loss in enumerate(val_losses):
        if loss < best:
            best = loss
        else:
            waited += 1
        if waited == patience:
            return epoch
    return len(val_losses) - 1


@stop_epoch.mistake(
    "compared-with-previous",
    "You compare with the epoch before. Compare with the best so far: that is what must be beaten.",
)
def against_the_last_one(val_losses, patience):
    waited = 0
    for epoch in range(1, len(val_losses)):
        waited = 0 if val_losses[epoch] < val_losses[epoch - 1] else waited + 1
        if waited == patience:
            return epoch
    return len(val_losses) - 1


@stop_epoch.mistake(
    "best-never-updated", "Each loss is compared with the first one: the best isn't replaced when a new best comes."
)
def against_the_first_one(val_losses, patience):
    waited = 0
    for epoch, loss in enumerate(val_losses):
        waited = waited + 1 if epoch and loss >= val_losses[0] else 0
        if waited == patience:
            return epoch
    return len(val_losses) - 1


@stop_epoch.mistake(
    "one-too-late", "You stop one epoch too late: with patience 2, the second epoch without a new best is the last."
)
def more_than_patience(val_losses, patience):
    best, waited = float("inf"), 0
    for epoch, loss in enumerate(val_losses):
        best, waited = (loss, 0) if loss < best else (best, waited + 1)
        if waited > patience:
            return epoch
    return len(val_losses) - 1


@stop_epoch.mistake(
    "one-too-early", "You stop one epoch too early: an epoch with a new best counts 0, the first without one counts 1."
)
def less_than_patience(val_losses, patience):
    best, waited = float("inf"), 0
    for epoch, loss in enumerate(val_losses):
        best, waited = (loss, 1) if loss < best else (best, waited + 1)
        if waited == patience:
            return epoch
    return len(val_losses) - 1


@stop_epoch.mistake(
    "number-not-index", "You count the epochs from 1. The index is asked for: the first epoch is number 0."
)
def counted_from_one(val_losses, patience):
    best, waited = float("inf"), 0
    for epoch, loss in enumerate(val_losses, start=1):
        best, waited = (loss, 0) if loss < best else (best, waited + 1)
        if waited == patience:
            return epoch
    return len(val_losses)


@stop_epoch.mistake(
    "best-epoch", "That is the best epoch before the stop. Asked for is the epoch after which it stops."
)
def where_it_was_best(val_losses, patience):
    best, waited, best_epoch = float("inf"), 0, 0
    for epoch, loss in enumerate(val_losses):
        if loss < best:
            best, waited, best_epoch = loss, 0, epoch
        else:
            waited += 1
        if waited == patience:
            break
    return best_epoch


@stop_epoch.mistake(
    "looks-into-the-future",
    "You looked for the best of the whole curve. Training can't see later epochs: go through it from the start.",
)
def knows_the_end(val_losses, patience):
    return min(int(np.argmin(val_losses)) + patience, len(val_losses) - 1)


@stop_epoch.mistake("lowest-of-all", "That is the epoch with the lowest loss of all. Patience isn't used.")
def lowest(val_losses, patience):
    return int(np.argmin(val_losses))


@stop_epoch.mistake(
    "equal-is-a-new-best", "An equal loss counts as a new best in your code. It must be smaller: <, not <=."
)
def ties_win(val_losses, patience):
    best, waited = float("inf"), 0
    for epoch, loss in enumerate(val_losses):
        best, waited = (loss, 0) if loss <= best else (best, waited + 1)
        if waited == patience:
            return epoch
    return len(val_losses) - 1


@stop_epoch.mistake(
    "nothing-at-the-end", "When it never has to stop, your function returns None. Return the last index below the loop."
)
def forgets_the_end(val_losses, patience):
    best, waited = float("inf"), 0
    for epoch, loss in enumerate(val_losses):
        best, waited = (loss, 0) if loss < best else (best, waited + 1)
        if waited == patience:
            return epoch


@stop_epoch.mistake(
    "length-at-the-end", "When it never has to stop, you return the number of epochs. The last index is one less."
)
def one_beyond_the_end(val_losses, patience):
    best, waited = float("inf"), 0
    for epoch, loss in enumerate(val_losses):
        best, waited = (loss, 0) if loss < best else (best, waited + 1)
        if waited == patience:
            return epoch
    return len(val_losses)


@stop_epoch.mistake(
    "patience-from-the-start",
    "You stop after `patience` epochs, whatever the losses are. Count epochs without a new best.",
)
def after_so_many_epochs(val_losses, patience):
    return min(patience, len(val_losses) - 1)


@stop_epoch.mistake("loss-returned", "You return a loss. Return the index of the epoch.")
def its_loss(val_losses, patience):
    best, waited = float("inf"), 0
    for loss in val_losses:
        best, waited = (loss, 0) if loss < best else (best, waited + 1)
        if waited == patience:
            return loss
    return val_losses[-1]


@stop_epoch.variant
def by_the_best_epoch(val_losses, patience):
    best = 0
    for epoch in range(1, len(val_losses)):
        if val_losses[epoch] < val_losses[best]:
            best = epoch
        elif epoch - best >= patience:
            return epoch
    return len(val_losses) - 1


@stop_epoch.variant
def by_windows(val_losses, patience):
    for epoch in range(patience, len(val_losses)):
        if min(val_losses[epoch - patience + 1 : epoch + 1]) >= min(val_losses[: epoch - patience + 1]):
            return epoch
    return np.int64(len(val_losses) - 1)


for start in ("1", "-1"):
    stop_epoch.equivalent(
        f"L2 constant 0→{start}", "The first loss is smaller than infinity, which sets the count to 0."
    )
