"""Held-out cases of `standardise`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, with_inputs

standardise = exercise("standardise")


@standardise.held_out
def many_rows_and_one_new_one(standardise):
    return with_inputs(standardise, inputs("standardise train", (9, 4), -5, 30), inputs("standardise test", (1, 4)))


@standardise.held_out
def whole_numbers_and_a_constant_first_column(standardise):
    return standardise(np.array([[5, 1], [5, 4], [5, 8], [5, 8]]), np.array([[6, 2], [5, 0], [4, 9]]))


def ruler(train, ddof=0):
    """Mean and spread of each column, 1 where it never varies."""
    spread = train.std(axis=0, ddof=ddof)
    return train.mean(axis=0), np.where(spread == 0, 1, spread)


def own_ruler(table):
    mean, spread = ruler(table)
    return (table - mean) / spread


@standardise.mistake(
    "test-own-statistics", "You measured test with a ruler of its own. Use the mean and standard deviation of train."
)
def each_its_own(train, test):
    return own_ruler(train), own_ruler(test)


@standardise.mistake(
    "test-own-statistics-unguarded",
    "You measured test with a ruler of its own, which for a single row is 0. Use mean and deviation of train.",
)
def its_own_even_if_0(train, test):
    return own_ruler(train), (test - test.mean(axis=0)) / test.std(axis=0)


@standardise.mistake(
    "statistics-of-all",
    "The test rows took part in mean and standard deviation: a leak. Compute both from train alone.",
)
def both_together(train, test):
    mean, spread = ruler(np.concatenate([train, test]))
    return (train - mean) / spread, (test - mean) / spread


@standardise.mistake(
    "statistics-of-test", "Mean and standard deviation come from test here. They must come from train."
)
def by_the_test(train, test):
    mean, spread = ruler(test)
    return (train - mean) / spread, (test - mean) / spread


@standardise.mistake(
    "one-mean-for-all",
    "You used one mean and one standard deviation for the whole table. Each column has its own: axis=0.",
)
def one_for_all(train, test):
    return (train - train.mean()) / train.std(), (test - train.mean()) / train.std()


@standardise.mistake(
    "rows-not-columns", "You took mean and standard deviation of the rows. Columns are what you rescale: axis=0."
)
def along_the_rows(train, test):
    mean, spread = train.mean(axis=1), train.std(axis=1)
    return (train - mean) / spread, (test - mean) / spread


@standardise.mistake(
    "constant-column",
    "A column of train never varies, so you divided by 0. Divide by 1 where the standard deviation is 0.",
)
def unguarded(train, test):
    mean, spread = train.mean(axis=0), train.std(axis=0)
    return (train - mean) / spread, (test - mean) / spread


@standardise.mistake(
    "tiny-number-added",
    "With a tiny number added, a column that never varies in train explodes in test. Divide by 1 there.",
)
def nearly_zero(train, test):
    mean, spread = train.mean(axis=0), train.std(axis=0) + 1e-8
    return (train - mean) / spread, (test - mean) / spread


@standardise.mistake("variance-not-std", "You divided by the variance. The standard deviation is its root: np.std.")
def by_variance(train, test):
    mean, spread = ruler(train)
    return (train - mean) / spread**2, (test - mean) / spread**2


@standardise.mistake(
    "divided-by-n-minus-1",
    "Your standard deviation divides by n − 1, as in statistics books. Here it is np.std as it is, which divides by n.",
)
def by_n_minus_1(train, test):
    mean, spread = ruler(train, ddof=1)
    return (train - mean) / spread, (test - mean) / spread


@standardise.mistake("not-divided", "The mean is 0 now, but the scales still differ. Divide by the standard deviation.")
def centred_only(train, test):
    return train - train.mean(axis=0), test - train.mean(axis=0)


@standardise.mistake("not-centred", "The scales agree now, but the mean isn't 0. Subtract it before you divide.")
def scaled_only(train, test):
    _, spread = ruler(train)
    return train / spread, test / spread


@standardise.mistake(
    "brackets-missing", "Division binds tighter than minus, so only the mean was divided. Bracket the difference."
)
def without_brackets_around(train, test):
    mean, spread = ruler(train)
    return train - mean / spread, test - mean / spread


@standardise.mistake("zero-to-one", "You brought each column to 0 … 1. Asked for are mean 0 and standard deviation 1.")
def by_smallest_and_largest(train, test):
    low, width = train.min(axis=0), np.ptp(train, axis=0)
    width = np.where(width == 0, 1, width)
    return (train - low) / width, (test - low) / width


@standardise.mistake(
    "test-unchanged",
    "test came back as it was. Rescale it too, with the mean and standard deviation that train had at first.",
)
def train_only(train, test):
    return own_ruler(train), test


@standardise.mistake("order-swapped", "The order of what you return is the other way round: first train, then test.")
def test_first(train, test):
    mean, spread = ruler(train)
    return (test - mean) / spread, (train - mean) / spread


@standardise.mistake(
    "inputs-changed", "You changed the caller's table (`train -= …` does). Make new arrays: `train = train - …`."
)
def in_place(train, test):
    mean, spread = ruler(train)
    train -= mean
    train /= spread
    test -= mean
    test /= spread
    return train, test


@standardise.variant
def by_root_of_mean_square(train, test):
    mean = np.mean(train, axis=0, keepdims=True)
    spread = np.sqrt(np.mean((train - mean) ** 2, axis=0, keepdims=True))
    spread[spread == 0] = 1
    return [(table - mean) / spread for table in (train, test)]


@standardise.variant
def column_by_column_(train, test):
    train, test = train.astype(float), test.astype(float)
    for j in range(train.shape[1]):
        mean, spread = train[:, j].mean(), train[:, j].std() or 1.0
        train[:, j] = (train[:, j] - mean) / spread
        test[:, j] = (test[:, j] - mean) / spread
    return train, test


@standardise.variant
def with_an_inner_function(train, test):
    mean, spread = ruler(train)

    def measured(table):
        return (table - mean) / spread

    return measured(train), measured(test)


for number in ("", " #2"):
    standardise.equivalent(f"L2 axis axis=0→axis=-2{number}", "train has two axes: axis −2 is the first one.")
