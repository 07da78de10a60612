"""A scikit-learn transformer: texts to vectors. scikit-learn itself is not needed, but used where it is there."""

from __future__ import annotations

from typing import Any, Optional

import numpy as np

from ._model import Model

try:
    from sklearn.base import BaseEstimator, TransformerMixin
except ImportError:
    class BaseEstimator:  # type: ignore[no-redef]
        pass

    class TransformerMixin:  # type: ignore[no-redef]
        pass


class TextVectors(TransformerMixin, BaseEstimator):
    """``transform`` gives the vectors of texts, float32 [count, size]. It learns nothing; pickled by the model's path.

    >>> make_pipeline(TextVectors("model.gguf"), LogisticRegression())
    """

    def __init__(self, path: str, threads: int = 1, pooling: Optional[str] = None, normalize: Optional[bool] = None) -> None:
        self.path, self.threads, self.pooling, self.normalize = path, threads, pooling, normalize

    def fit(self, X: Any, y: Any = None) -> "TextVectors":
        """Does nothing."""
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Vectors of an iterable of texts."""
        model = self.__dict__.get("_model")
        if model is None or (model.path, model.threads) != (self.path, self.threads):
            self._model = model = Model(self.path, threads=self.threads)
        return model.embed([str(text) for text in X], pooling=self.pooling, normalize=self.normalize)

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """``albit0``, ``albit1`` ..."""
        return np.asarray([f"albit{i}" for i in range(Model(self.path).card["embeddingSize"])], dtype=object)
