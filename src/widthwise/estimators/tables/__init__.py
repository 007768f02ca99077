"""Models of tables as they are, and saved models read again."""

from widthwise.estimators.tables._loading import load
from widthwise.estimators.tables._table_model import Score, TableModel, fit_table

__all__ = ["Score", "TableModel", "fit_table", "load"]
