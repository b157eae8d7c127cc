"""Held-out cases of `TableDataset`, known mistakes with their diagnosis, other right answers."""

import numpy as np
import torch
from torch.utils.data import Dataset, TensorDataset

from autograder import exercise, inputs, integer_inputs

TableDataset = exercise("TableDataset")


@TableDataset.held_out
def pictures_with_three_axes(TableDataset):
    dataset = TableDataset(inputs("held-out pictures", (5, 3, 2, 4)), integer_inputs("held-out classes", 5, 9))
    return [len(dataset), dataset[4], dataset[2], dataset.X, dataset.y]


@TableDataset.held_out
def as_many_samples_as_features(TableDataset):
    dataset = TableDataset(np.arange(9).reshape(3, 3).astype(np.float32), np.array([5, 6, 7], dtype=np.uint8))
    sample, label = dataset[1]
    return {"features": sample, "label": label, "types": [str(sample.dtype), str(label.dtype)]}


@TableDataset.held_out
def one_number_per_sample(TableDataset):
    sample, label = TableDataset(np.array([4, 8, 15]), np.array([0.0, 2.0, 1.0]))[2]
    return {"features": sample, "label": label, "types": [str(sample.dtype), str(label.dtype)]}


@TableDataset.held_out
def the_arrays_stay_as_they_were(TableDataset):
    X, y = inputs("stay", (4, 2)), np.array([3, 1, 2, 0])
    dataset = TableDataset(X, y)
    return [dataset[0], X, y, str(X.dtype), str(y.dtype)]


class Rows(Dataset):
    """A right dataset, which the mistakes below change."""

    def __init__(self, X, y):
        self.X, self.y = torch.tensor(X, dtype=torch.float32), torch.tensor(y, dtype=torch.int64)

    def __len__(self):
        return len(self.X)

    def __getitem__(self, i):
        return self.X[i], self.y[i]


@TableDataset.mistake(
    "dataset-double", "The features keep the type they came in, but PyTorch wants float32: say dtype=torch.float32."
)
class KeepsFeatures(Rows):
    def __init__(self, X, y):
        super().__init__(X, y)
        self.X = torch.tensor(X)


@TableDataset.mistake(
    "labels-not-converted", "The labels keep the type they came in, but PyTorch wants int64: say dtype=torch.int64."
)
class KeepsLabels(Rows):
    def __init__(self, X, y):
        super().__init__(X, y)
        self.y = torch.tensor(y)


@TableDataset.mistake(
    "nothing-converted", "Both keep the types they came in. Convert: features to float32, labels to int64."
)
class KeepsBoth(Rows):
    def __init__(self, X, y):
        self.X, self.y = torch.tensor(X), torch.tensor(y)


@TableDataset.mistake("labels-as-floats", "The labels are float32. Class numbers must be int64: dtype=torch.int64.")
class FloatLabels(Rows):
    def __getitem__(self, i):
        return self.X[i], self.y[i].float()


@TableDataset.mistake("label-in-a-row", "The label has the shape (1,). It is one number, of shape (): y[i].")
class LabelInARow(Rows):
    def __getitem__(self, i):
        return self.X[i], self.y[i : i + 1]


@TableDataset.mistake(
    "labels-in-a-column",
    "You keep the labels as a column, so each has the shape (1,). Keep them in one row, as y has them.",
)
class LabelsInAColumn(Rows):
    def __init__(self, X, y):
        super().__init__(X, y)
        self.y = self.y.reshape(-1, 1)


@TableDataset.mistake("sample-in-a-row", "The features have one axis too many. Sample i is X[i], without a slice.")
class SampleInARow(Rows):
    def __getitem__(self, i):
        return self.X[i : i + 1], self.y[i]


@TableDataset.mistake("label-first", "The order is turned around: features first, then the label.")
class LabelFirst(Rows):
    def __getitem__(self, i):
        return self.y[i], self.X[i]


@TableDataset.mistake("features-only", "The label is missing: return the pair (features, label).")
class FeaturesOnly(Rows):
    def __getitem__(self, i):
        return self.X[i]


@TableDataset.mistake("columns-counted", "len is the number of features here. It should be the number of samples.")
class Columns(Rows):
    def __len__(self):
        return self.X.shape[1]


@TableDataset.mistake("numbers-counted", "len counts every number in X. It should count samples: len(X).")
class Numbers(Rows):
    def __len__(self):
        return self.X.numel()


@TableDataset.mistake("arrays-returned", "These are arrays of NumPy. Make tensors of them with torch.tensor.")
class Arrays(Rows):
    def __init__(self, X, y):
        self.X, self.y = np.asarray(X, dtype=np.float32), np.asarray(y, dtype=np.int64)


@TableDataset.mistake(
    "label-as-a-number", "The label is a plain number. Return a tensor of int64 with shape (): self.y[i]."
)
class PlainLabel(Rows):
    def __getitem__(self, i):
        return self.X[i], int(self.y[i])


@TableDataset.mistake(
    "labels-not-made-a-tensor",
    "The labels are no tensor, so a single one is a plain number. Make one: torch.tensor(y, dtype=torch.int64).",
)
class LabelsOfNumpy(Rows):
    def __init__(self, X, y):
        super().__init__(X, y)
        self.y = y


@TableDataset.mistake("other-names", "Keep the two tensors as self.X and self.y: later cells use them.")
class OtherNames(Dataset):
    def __init__(self, X, y):
        self.features, self.labels = torch.tensor(X, dtype=torch.float32), torch.tensor(y, dtype=torch.int64)

    def __len__(self):
        return len(self.features)

    def __getitem__(self, i):
        return self.features[i], self.labels[i]


@TableDataset.mistake(
    "converted-late",
    "Convert once, in __init__: self.X and self.y should be the two tensors, since later cells use them.",
)
class ConvertsLate(Rows):
    def __init__(self, X, y):
        self.X, self.y = X, y

    def __getitem__(self, i):
        return torch.as_tensor(self.X[i]).float(), torch.tensor(int(self.y[i]))


@TableDataset.mistake("always-the-first", "You return the first sample, whatever i is.")
class FirstRow(Rows):
    def __getitem__(self, i):
        return self.X[0], self.y[0]


@TableDataset.mistake("column-for-row", "You return a column. Sample i is the row X[i].")
class ColumnForRow(Rows):
    def __getitem__(self, i):
        return self.X[:, i], self.y[i]


@TableDataset.mistake("counted-from-one", "Samples are counted from 0: dataset[0] is the first one, so use i as it is.")
class FromOne(Rows):
    def __getitem__(self, i):
        return self.X[i - 1], self.y[i - 1]


@TableDataset.mistake("return-missing", "__getitem__ doesn't return anything: return X[i] and y[i].")
class NothingBack(Rows):
    def __getitem__(self, i):
        _ = self.X[i], self.y[i]


@TableDataset.variant
class NoDatasetOfTorch:
    def __init__(self, X, y):
        self.X, self.y = torch.as_tensor(X).float().clone(), torch.as_tensor(np.asarray(y)).long()

    def __len__(self):
        return self.X.shape[0]

    def __getitem__(self, i):
        return [self.X[i], torch.tensor(int(self.y[i]))]


@TableDataset.variant
class OnOneOfTorch(TensorDataset):
    def __init__(self, X, y):
        super().__init__(torch.from_numpy(X).float(), torch.from_numpy(y).long())
        self.X, self.y = self.tensors


@TableDataset.variant
class AListOfPairs(Dataset):
    def __init__(self, X, y):
        self.X = torch.tensor(X).to(torch.float32)
        self.y = torch.stack([torch.tensor(each).to(torch.long) for each in y])
        self.pairs = list(zip(self.X, self.y, strict=True))

    def __len__(self):
        return len(self.pairs)

    def __getitem__(self, i):
        return self.pairs[i]
