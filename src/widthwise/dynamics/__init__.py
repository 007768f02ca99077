"""Gradient descent on the last layer, exactly, at any number of steps."""

from widthwise.dynamics._chebyshev_iteration import (
    ChebyshevIteration,
    chebyshev_iteration,
)
from widthwise.dynamics._conjugate_gradients import (
    ConjugateGradients,
    conjugate_gradients,
)
from widthwise.dynamics._early_stopping import (
    EarlyStop,
    best_stop,
    generalized_cross_validation,
    leave_one_out,
    validation_error,
)
from widthwise.dynamics._gradient_descent import GradientDescent, gradient_descent
from widthwise.dynamics._gradient_flow import GradientFlow, gradient_flow
from widthwise.dynamics._guarantee import steps_guaranteed
from widthwise.dynamics._heavy_ball import HeavyBall, heavy_ball
from widthwise.dynamics._landweber import Landweber
from widthwise.dynamics._linear_model import (
    LinearModel,
    linear_model,
    linear_model_from_kernel,
)
from widthwise.dynamics._method import Method
from widthwise.dynamics._nesterov import Nesterov, nesterov
from widthwise.dynamics._plateaus import Plateau
from widthwise.dynamics._prediction import Prediction
from widthwise.dynamics._ridge import Ridge, matched_penalty, ridge
from widthwise.dynamics._solvers import (
    landweber,
    landweber_from_projections,
    landweber_from_svd,
)
from widthwise.dynamics._stochastic_descent import (
    StochasticDescent,
    stochastic_descent,
)
from widthwise.dynamics._tracker import QUANTITIES
from widthwise.dynamics._train import InterruptedTraining, train
from widthwise.dynamics._train_settings import OPTIMIZERS
from widthwise.dynamics._trajectory import Trajectory

__all__ = [
    "OPTIMIZERS",
    "QUANTITIES",
    "ChebyshevIteration",
    "ConjugateGradients",
    "EarlyStop",
    "GradientDescent",
    "GradientFlow",
    "HeavyBall",
    "InterruptedTraining",
    "Landweber",
    "LinearModel",
    "Method",
    "Nesterov",
    "Plateau",
    "Prediction",
    "Ridge",
    "StochasticDescent",
    "Trajectory",
    "best_stop",
    "chebyshev_iteration",
    "conjugate_gradients",
    "generalized_cross_validation",
    "gradient_descent",
    "gradient_flow",
    "heavy_ball",
    "landweber",
    "landweber_from_projections",
    "landweber_from_svd",
    "leave_one_out",
    "linear_model",
    "linear_model_from_kernel",
    "matched_penalty",
    "nesterov",
    "ridge",
    "steps_guaranteed",
    "stochastic_descent",
    "train",
    "validation_error",
]
