"""The last layer, solved: the readout of given features, without training."""

from widthwise.readouts._blocked_readout import BlockedReadout, blocked_readout
from widthwise.readouts._early_stopping import (
    StoppingPath,
    early_stopping,
    kernel_stopping,
)
from widthwise.readouts._ensemble import Ensemble, trained_ensemble
from widthwise.readouts._kernel_readout import kernel_readout
from widthwise.readouts._leave_one_out import LeaveOneOut, leave_one_out
from widthwise.readouts._minimum_norm import MinimumNorm, minimum_norm
from widthwise.readouts._posterior import Posterior, posterior
from widthwise.readouts._ridge_path import RidgePath, ridge_path
from widthwise.readouts.expected import (
    ExpectedError,
    expected_error,
    expected_stopping,
)
from widthwise.readouts.streams import (
    GramPath,
    RowAccumulator,
    StreamPlan,
    feature_source,
    gram_path,
    ridge_stream,
    stream_plan,
)

__all__ = [
    "BlockedReadout",
    "Ensemble",
    "ExpectedError",
    "GramPath",
    "LeaveOneOut",
    "MinimumNorm",
    "Posterior",
    "RidgePath",
    "RowAccumulator",
    "StoppingPath",
    "StreamPlan",
    "blocked_readout",
    "early_stopping",
    "expected_error",
    "expected_stopping",
    "feature_source",
    "gram_path",
    "kernel_readout",
    "kernel_stopping",
    "leave_one_out",
    "minimum_norm",
    "posterior",
    "ridge_path",
    "ridge_stream",
    "stream_plan",
    "trained_ensemble",
]
