"""A model that answers questions about texts."""

from __future__ import annotations

import ctypes
import json
import os
from ctypes import POINTER, byref, c_char_p, c_size_t, c_void_p, pointer, string_at
from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple, Union

import numpy as np

from ._errors import UsageError
from ._library import Answers, OpenOptions, Options, Sequences, Texts, check, library

Strings = Union[str, Sequence[str]]
Found = Dict[str, Any]
_AGGREGATIONS = {"word": 0, "first": 1, "average": 2, "max": 3, "simple": 4, "none": 5}


class Model:
    """A model file that ``albit quantize`` wrote.

    Its weights are mapped once and shared by all threads that ask it; the GIL is free while it computes. It can be
    pickled (by its path), and used after a fork.

    :param path: the model file.
    :param threads: threads that one call computes with; 0: all CPUs. Answers do not depend on it.
    :param kernel: the name of a kernel; None: the best one of this CPU. Answers do not depend on it.
    """

    def __init__(self, path: Union[str, "os.PathLike[str]"], threads: int = 1, kernel: Optional[str] = None) -> None:
        self._handle = None
        if threads < 0:
            raise UsageError(f"threads is {threads}, expected 0 or more")
        self.path, self.threads, self.kernel = os.fspath(path), threads, kernel
        handle = c_void_p()
        options = OpenOptions(threads, kernel.encode() if kernel else None)
        check(library.albit_open(os.fsencode(self.path), byref(options), byref(handle)))
        self._handle = handle
        #: What the model is and answers: heads, labels, pooling, longest input, the drift that was measured.
        self.card: Dict[str, Any] = json.loads(library.albit_card(handle))

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            library.albit_close(self._handle)
            self._handle = None

    def __reduce__(self) -> Tuple[Any, ...]:
        return Model, (self.path, self.threads, self.kernel)

    def __repr__(self) -> str:
        return f"albit.Model({self.path!r}, threads={self.threads}): {self.card['name']}"

    # Tasks ----------------------------------------------------------------------------------------

    def classify(
        self, texts: Strings, pairs: Optional[Strings] = None, *, top_k: Optional[int] = 1, max_length: int = 0
    ) -> List[Any]:
        """Labels and scores of texts, or of pairs of texts, as transformers' ``text-classification`` gives them.

        :param pairs: as many second texts.
        :param top_k: labels to give, best first; None: all. With 1 a text gives a dictionary, else a list of them.
        """
        labels = self.card["labels"]
        def read(answer: Any) -> Any:
            scores = [answer.items[i].score for i in range(answer.item_count)]
            order = sorted(range(len(scores)), key=lambda i: -scores[i])
            found = [{"label": labels[i], "score": scores[i]} for i in order]
            return found[0] if top_k == 1 else found[:top_k]
        found = self._ask("classify", texts, read, pairs, max_length=max_length)
        return found if top_k == 1 or not isinstance(texts, str) else found[0]

    def tag(
        self, texts: Strings, *, aggregation: str = "word", stride: int = -1, max_length: int = 0
    ) -> List[Any]:
        """Entities of texts, as transformers' ``token-classification`` gives them: a list for one text, a list of lists
        for several. Places are characters.

        :param aggregation: word, first, average, max, simple or none.
        """
        if aggregation not in _AGGREGATIONS:
            raise UsageError(f"aggregation is {aggregation!r}, expected {', '.join(_AGGREGATIONS)}")
        group = "entity" if aggregation == "none" else "entity_group"
        def read(answer: Any, text: str) -> List[Found]:
            return [
                {group: _text(item), "score": item.score, "word": text[item.start:item.end], "start": item.start,
                 "end": item.end}
                for item in answer.items[:answer.item_count]
            ]
        found = self._ask(
            "tag", texts, read, reads_text=True, aggregation=_AGGREGATIONS[aggregation], stride=stride,
            characters=True, max_length=max_length)
        return found[0] if isinstance(texts, str) else found

    def answer(
        self, question: Strings, context: Strings, *, top_k: int = 1, handle_impossible_answer: bool = False,
        max_answer_len: int = 15, doc_stride: int = -1, max_length: int = 0,
    ) -> Any:
        """The part of a context that answers a question, as transformers' ``question-answering`` gives it: a dictionary
        with ``score``, ``start``, ``end`` (characters) and ``answer``; a list of them with ``top_k`` above 1; a list
        for several questions.
        """
        def read(answer: Any) -> Any:
            found = [
                {"score": item.score, "start": max(0, item.start), "end": max(0, item.end), "answer": _text(item)}
                for item in answer.items[:answer.item_count]
            ]
            return found if top_k > 1 else found[0] if found else {"score": 0.0, "start": 0, "end": 0, "answer": ""}
        if not isinstance(question, str) and isinstance(context, str):
            context = [context] * len(question)
        found = self._ask(
            "answer_questions", question, read, context, top=top_k, allows_no_answer=handle_impossible_answer,
            max_answer_tokens=max_answer_len, stride=doc_stride, characters=True, max_length=max_length)
        return found[0] if isinstance(question, str) else found

    def fill(self, texts: Strings, *, top_k: int = 5, max_length: int = 0) -> List[Any]:
        """Words for [MASK], as transformers' ``fill-mask`` gives them: dictionaries with ``score``, ``token`` (its id)
        and ``token_str``; a list of lists for a text with several masks, or for several texts.
        """
        def read(answer: Any) -> Any:
            masks: List[List[Found]] = []
            for item in answer.items[:answer.item_count]:
                while len(masks) <= item.mask:
                    masks.append([])
                masks[item.mask].append({"score": item.score, "token": item.index, "token_str": _word(_text(item))})
            return masks[0] if len(masks) == 1 else masks
        found = self._ask("fill", texts, read, top=top_k, max_length=max_length)
        return found[0] if isinstance(texts, str) else found

    def order(self, first: Strings, second: Strings) -> Any:
        """Whether a text follows another: ``{"in_order": bool, "score": probability}``."""
        def read(answer: Any) -> Found:
            return {"in_order": answer.values[0] >= answer.values[1], "score": answer.score}
        found = self._ask("order", first, read, second)
        return found[0] if isinstance(first, str) else found

    def choose(self, text: str, choices: Sequence[str]) -> Found:
        """Which of several choices fits a text best: ``{"index": number, "scores": [...]}``."""
        data = text.encode()
        answers = POINTER(Answers)()
        list_ = _texts(choices)
        check(library.albit_choose(self._handle, data, len(data), byref(list_.texts), None, byref(answers)))
        try:
            answer = answers.contents.answers[0]
            return {"index": int(answer.score), "scores": [i.score for i in answer.items[:answer.item_count]]}
        finally:
            library.albit_free(answers)

    def match(
        self, texts: Strings, candidates: Sequence[str], *, top_k: int = 5, embeddings: bool = False,
        pooling: Optional[str] = None, prompt: Optional[str] = None,
    ) -> List[Any]:
        """The candidates that fit a text: dictionaries with ``corpus_id``, ``score`` and ``text``, best first, by a pair
        head where the model has one, else by vectors; a list of lists for several texts.

        :param prompt: name of the model's prompt to put before texts, "" for none; None: its standard one, as before
            candidates.
        """
        def read(answer: Any) -> List[Found]:
            return [
                {"corpus_id": item.index, "score": item.score, "text": candidates[item.index]}
                for item in answer.items[:answer.item_count]
            ]
        list_ = _texts(candidates)
        found = self._ask(
            "match", texts, read, None, list_, top=top_k, embeddings=embeddings,
            pooling=pooling.encode() if pooling else None, prompt=None if prompt is None else prompt.encode())
        return found[0] if isinstance(texts, str) else found

    def summarize(
        self, texts: Strings, *, sentences: int = 0, ratio: float = 0.2, method: str = "lexrank",
        pooling: Optional[str] = None,
    ) -> List[Any]:
        """The sentences of a text that say most of it, in its order: dictionaries with ``text``, ``score``, ``start`` and
        ``end``; a list of lists for several texts.
        """
        def read(answer: Any) -> List[Found]:
            return [
                {"text": _text(item), "score": item.score, "start": item.start, "end": item.end}
                for item in answer.items[:answer.item_count]
            ]
        found = self._ask(
            "summarize", texts, read, characters=True, sentences=sentences, ratio=ratio, method=method.encode(),
            pooling=pooling.encode() if pooling else None)
        return found[0] if isinstance(texts, str) else found

    def tokenize(self, texts: Strings, pairs: Optional[Strings] = None) -> Any:
        """``{"ids", "pieces", "offsets"}`` of texts with the frame; offsets are characters, None for the frame."""
        def read(answer: Any) -> Found:
            items = answer.items[:answer.item_count]
            return {
                "ids": [item.index for item in items], "pieces": [_text(item) for item in items],
                "offsets": [(item.start, item.end) if item.start >= 0 else None for item in items],
            }
        found = self._ask("tokenize", texts, read, pairs, characters=True)
        return found[0] if isinstance(texts, str) else found

    # Vectors --------------------------------------------------------------------------------------

    def embed(
        self, texts: Strings, pairs: Optional[Strings] = None, *, pooling: Optional[str] = None, normalize: Optional[bool] = None,
        prompt: Optional[str] = None, max_length: int = 0,
    ) -> np.ndarray:
        """Vectors of texts, float32 [count, size]; [size] for one text.

        :param normalize: scale vectors to length 1; None: as the model's own pipeline says, to 1 where it has none.
        :param prompt: name of the model's prompt to put before texts, "" for none; None: its standard one.
        """
        list_ = _texts(texts, pairs)
        options = _options(
            pooling=pooling.encode() if pooling else None, prompt=None if prompt is None else prompt.encode(), scaling=0 if normalize is None else 1 if normalize else 2, max_length=max_length)
        answers = POINTER(Answers)()
        check(library.albit_embed(self._handle, byref(list_.texts), byref(options), byref(answers)))
        try:
            count = answers.contents.count
            if count == 0:
                return np.empty((0, self.card["embeddingSize"]), np.float32)
            first = answers.contents.answers[0]
            # The values of all answers lie end to end.
            vectors = np.ctypeslib.as_array(first.values, (count, first.value_count)).copy()
        finally:
            library.albit_free(answers)
        return vectors[0] if isinstance(texts, str) else vectors

    def encode(
        self, sentences: Strings, *, batch_size: int = 32, normalize_embeddings: bool = False,
        convert_to_numpy: bool = True, show_progress_bar: Optional[bool] = None, pooling: Optional[str] = None,
        prompt_name: Optional[str] = None,
    ) -> Any:
        """``SentenceTransformer.encode``: vectors of sentences by the model's own pipeline.

        :param batch_size: has no influence on the vectors; kept for the sake of the name.
        :param normalize_embeddings: scale vectors to length 1, whatever the pipeline does.
        :param convert_to_numpy: False gives a list of arrays.
        :param prompt_name: name of the model's prompt to put before sentences; None: its standard one.
        """
        vectors = self.embed(sentences, pooling=pooling, normalize=normalize_embeddings, prompt=prompt_name)
        return vectors if convert_to_numpy else (vectors if vectors.ndim == 1 else list(vectors))

    def similarity(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Cosines of every vector of ``a`` with every one of ``b``: float32 [len(a), len(b)]."""
        a, b = np.atleast_2d(np.asarray(a, np.float32)), np.atleast_2d(np.asarray(b, np.float32))
        def scaled(v: np.ndarray) -> np.ndarray:
            return v / np.maximum(np.linalg.norm(v, axis=1, keepdims=True), 1e-12)
        return scaled(a) @ scaled(b).T

    def embed_documents(self, texts: List[str]) -> List[List[float]]:
        """LangChain's ``Embeddings``: a vector for each document."""
        return self.embed(list(texts)).tolist() if texts else []

    def embed_query(self, text: str) -> List[float]:
        """LangChain's ``Embeddings``: the vector of a question."""
        return self.embed(text).tolist()

    def hidden_states(
        self, ids: Sequence[Sequence[int]], type_ids: Optional[Sequence[Sequence[int]]] = None,
        mask: Optional[Sequence[Sequence[int]]] = None,
    ) -> List[np.ndarray]:
        """The last hidden state [tokens, hidden size] of each sequence of token ids."""
        lengths = (c_size_t * len(ids))(*[len(one) for one in ids])
        def joined(lists: Optional[Sequence[Sequence[int]]]) -> Any:
            if lists is None:
                return None
            if [len(one) for one in lists] != [len(one) for one in ids]:
                raise UsageError("type_ids and mask need as many values as ids")
            return np.ascontiguousarray([value for one in lists for value in one], np.int32)
        arrays = [joined(ids), joined(type_ids), joined(mask)]
        places = [None if array is None else array.ctypes.data for array in arrays]
        sequences = Sequences(len(ids), ctypes.cast(lengths, c_void_p), *places)
        answers = POINTER(Answers)()
        check(library.albit_encode(self._handle, byref(sequences), byref(answers)))
        try:
            width = self.card["hiddenSize"]
            return [
                np.ctypeslib.as_array(answer.values, (answer.value_count // width, width)).copy()
                for answer in answers.contents.answers[:answers.contents.count]
            ]
        finally:
            library.albit_free(answers)

    # The call -------------------------------------------------------------------------------------

    def _ask(
        self, name: str, texts: Strings, read: Any, pairs: Optional[Strings] = None, candidates: Any = None, *,
        reads_text: bool = False, **options: Any,
    ) -> List[Any]:
        list_ = _texts(texts, pairs)
        answers = POINTER(Answers)()
        lists = (byref(list_.texts),) if candidates is None else (byref(list_.texts), byref(candidates.texts))
        function = getattr(library, "albit_" + name)
        check(function(self._handle, *lists, byref(_options(**options)), byref(answers)))
        try:
            found = answers.contents
            if reads_text:
                strings = [texts] if isinstance(texts, str) else texts
                return [read(found.answers[i], strings[i]) for i in range(found.count)]
            return [read(found.answers[i]) for i in range(found.count)]
        finally:
            library.albit_free(answers)


class _texts:
    """Texts as C takes them; the arrays live as long as this does."""

    __slots__ = ("texts", "kept")

    def __init__(self, texts: Strings, pairs: Optional[Strings] = None) -> None:
        firsts, lengths = _arrays(texts)
        self.kept = [firsts, lengths]
        self.texts = Texts(len(lengths), ctypes.addressof(firsts), ctypes.addressof(lengths), None, None)
        if pairs is not None:
            seconds, counts = _arrays(pairs)
            if len(counts) != len(lengths):
                raise UsageError(f"there are {len(lengths)} texts, but {len(counts)} second ones")
            self.kept += [seconds, counts]
            self.texts.pairs, self.texts.pair_lengths = ctypes.addressof(seconds), ctypes.addressof(counts)


def _arrays(texts: Strings) -> Tuple[Any, Any]:
    data = [texts.encode()] if isinstance(texts, str) else [text.encode() for text in texts]
    return (c_char_p * len(data))(*data), (c_size_t * len(data))(*[len(text) for text in data])


_defaults = bytes(library.albit_default_options())


def _options(**values: Any) -> Options:
    options = Options.from_buffer_copy(_defaults)
    for name, value in values.items():
        setattr(options, name, value)
    return options


def _text(item: Any) -> str:
    return string_at(item.text, item.text_length).decode("utf-8", "replace") if item.text else ""


def _word(piece: str) -> str:
    """A piece for people, as transformers decodes one: without the marks of blanks and of words that go on."""
    return piece.replace("\u2581", " ").strip() if piece != "\u2581" else ""
