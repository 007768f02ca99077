"""Training of a linear model, in closed form."""

from widthwise.dynamics.linear._chebyshev_iteration import (
    ChebyshevIteration,
    chebyshev_iteration,
)
from widthwise.dynamics.linear._conjugate_gradients import (
    ConjugateGradients,
    conjugate_gradients,
)
from widthwise.dynamics.linear._early_stopping import (
    EarlyStop,
    best_stop,
    generalized_cross_validation,
    leave_one_out,
    validation_error,
)
from widthwise.dynamics.linear._fastest_descent import fastest_descent
from widthwise.dynamics.linear._gradient_descent import (
    GradientDescent,
    gradient_descent,
)
from widthwise.dynamics.linear._gradient_flow import GradientFlow, gradient_flow
from widthwise.dynamics.linear._guarantee import steps_guaranteed
from widthwise.dynamics.linear._heavy_ball import HeavyBall, heavy_ball
from widthwise.dynamics.linear._landweber import Landweber
from widthwise.dynamics.linear._landweber_runs import (
    landweber,
    landweber_from_projections,
    landweber_from_svd,
)
from widthwise.dynamics.linear._least_squares import (
    linear_model,
    linear_model_from_kernel,
)
from widthwise.dynamics.linear._linear_model import LinearModel
from widthwise.dynamics.linear._method import Method
from widthwise.dynamics.linear._nesterov import Nesterov, nesterov
from widthwise.dynamics.linear._plateaus import Plateau
from widthwise.dynamics.linear._prediction import Prediction
from widthwise.dynamics.linear._ridge import Ridge, matched_penalty, ridge
from widthwise.dynamics.linear._stochastic_descent import (
    StochasticDescent,
    stochastic_descent,
)

__all__ = [
    "ChebyshevIteration",
    "ConjugateGradients",
    "EarlyStop",
    "GradientDescent",
    "GradientFlow",
    "HeavyBall",
    "Landweber",
    "LinearModel",
    "Method",
    "Nesterov",
    "Plateau",
    "Prediction",
    "Ridge",
    "StochasticDescent",
    "best_stop",
    "chebyshev_iteration",
    "conjugate_gradients",
    "fastest_descent",
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
    "validation_error",
]
