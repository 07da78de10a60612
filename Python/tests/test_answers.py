"""Answers equal those of the program, == on scores as float32, for every task and head."""

from __future__ import annotations

import unittest

import numpy as np

import albit
from support import PAIRS, TEXTS, model_file, program


def same(test, mine, theirs):
    """Equal as float32, which is what both compute."""
    test.assertEqual(np.float32(mine).tobytes(), np.float32(theirs).tobytes())


class Answers(unittest.TestCase):
    def open(self, name):
        path = model_file(name)
        return path, albit.Model(path)

    def test_classify(self):
        for name in ("sample", "bert-seqcls"):
            path, model = self.open(name)
            theirs = program("classify", path, "--", *TEXTS)
            mine = model.classify(TEXTS, top_k=None)
            self.assertEqual(len(mine), len(theirs))
            for one, other in zip(mine, theirs):
                self.assertEqual({o["label"] for o in one}, set(other["scores"]))
                for label in one:
                    same(self, label["score"], other["scores"][label["label"]])
                self.assertEqual(one[0]["label"], other["label"])
            self.assertEqual(model.classify(TEXTS[0]), [mine[0][0]])
            self.assertEqual(model.classify(TEXTS), [one[0] for one in mine])

    def test_classify_pairs(self):
        path, model = self.open("bert-seqcls")
        theirs = program("classify", path, "--pairs", *[text for pair in PAIRS for text in pair])
        mine = model.classify([a for a, _ in PAIRS], [b for _, b in PAIRS])
        for one, other in zip(mine, theirs):
            self.assertEqual(one["label"], other["label"])
            same(self, one["score"], other["scores"][one["label"]])

    def test_tag(self):
        path, model = self.open("base-tokcls")
        for aggregation in ("word", "first", "average", "max", "simple", "none"):
            theirs = program("tag", path, "--aggregation", aggregation, "--offsets", "characters", "--", *TEXTS)
            for text, one, other in zip(TEXTS, model.tag(TEXTS, aggregation=aggregation), theirs):
                self.assertEqual(len(one), len(other["entities"]))
                for mine, its in zip(one, other["entities"]):
                    group = "entity" if aggregation == "none" else "entity_group"
                    self.assertEqual(
                        (mine[group], mine["start"], mine["end"], mine["word"]),
                        (its["label"], its["start"], its["end"], its["text"]))
                    self.assertEqual(text[mine["start"]:mine["end"]], mine["word"])
                    same(self, mine["score"], its["score"])

    def test_answer(self):
        path, model = self.open("base-qa")
        for no_answer in (False, True):
            words = ["--top", "3", "--offsets", "characters"] + (["--no-answer"] if no_answer else [])
            theirs = program("answer", path, *words, *[text for pair in PAIRS for text in pair])
            mine = model.answer(
                [q for q, _ in PAIRS], [c for _, c in PAIRS], top_k=3, handle_impossible_answer=no_answer)
            for one, other in zip(mine, theirs):
                self.assertEqual(len(one), len(other["answers"]))
                for found, its in zip(one, other["answers"]):
                    self.assertEqual(found["answer"], its["text"] or "")
                    self.assertEqual((found["start"], found["end"]), (its["start"] or 0, its["end"] or 0))
                    same(self, found["score"], its["score"])

    def test_fill(self):
        path, model = self.open("base-pretraining")
        texts = ["the [MASK] of this library", "no mask", "[MASK] and [MASK]"]
        theirs = program("fill", path, "--top", "4", *texts)
        for one, other in zip(model.fill(texts, top_k=4), theirs):
            flat = [c for c in one] if not one or isinstance(one[0], dict) else [c for mask in one for c in mask]
            self.assertEqual([c["token"] for c in flat], [c["id"] for c in other["candidates"]])
            for mine, its in zip(flat, other["candidates"]):
                same(self, mine["score"], its["score"])

    def test_order(self):
        path, model = self.open("base-pretraining")
        theirs = program("order", path, *[text for pair in PAIRS for text in pair])
        for one, other in zip(model.order([a for a, _ in PAIRS], [b for _, b in PAIRS]), theirs):
            self.assertEqual(one["in_order"], other["inOrder"])
            same(self, one["score"], other["score"])

    def test_choose(self):
        path, model = self.open("base-mc")
        choices = ["by a lake", "in a book", "never"]
        its = program("choose", path, "Where was it?", *choices)[0]
        mine = model.choose("Where was it?", choices)
        self.assertEqual(mine["index"], its["index"])
        same(self, mine["scores"], its["scores"])

    def test_embed(self):
        path, model = self.open("base-pretraining")
        for pooling in (None, "mean", "cls", "max", "pooler"):
            words = ["--pooling", pooling] if pooling else []
            theirs = program("embed", path, *words, "--", *TEXTS)
            same(self, model.embed(TEXTS, pooling=pooling), [one["embedding"] for one in theirs])
        raw = program("embed", path, "--raw", "--", *TEXTS)
        same(self, model.encode(TEXTS), [one["embedding"] for one in raw])
        self.assertEqual(model.encode(TEXTS[0]).shape, (model.card["embeddingSize"],))
        self.assertEqual(model.encode([]).shape, (0, model.card["embeddingSize"]))

    def test_prompts(self):
        path, model = self.open("sentences/prompt-default")
        for prompt in (None, "", "query"):
            words = [] if prompt is None else ["--prompt", prompt]
            theirs = [one["embedding"] for one in program("embed", path, *words, "--", *TEXTS)]
            same(self, model.embed(TEXTS, prompt=prompt), theirs)
        raw = program("embed", path, "--raw", "--prompt", "query", "--", *TEXTS)
        same(self, model.encode(TEXTS, prompt_name="query"), [one["embedding"] for one in raw])
        self.assertNotEqual(model.embed("one", prompt="").tolist(), model.embed("one", prompt="query").tolist())
        its = program("match", path, "--prompt", "query", "pay", "We take cards.", "Sad.")[0]["matches"]
        mine = model.match("pay", ["We take cards.", "Sad."], prompt="query")
        self.assertEqual([m["corpus_id"] for m in mine], [m["index"] for m in its])
        same(self, [m["score"] for m in mine], [m["score"] for m in its])
        with self.assertRaises(albit.UsageError):
            model.embed("one", prompt="quarry")

    def test_match(self):
        for name in ("base-pretraining", "base-mc"):
            path, model = self.open(name)
            candidates = ["We take cards.", "We open at nine.", "Nobody knows."]
            its = program("match", path, "--top", "2", "How do I pay?", *candidates)[0]["matches"]
            mine = model.match("How do I pay?", candidates, top_k=2)
            self.assertEqual([m["corpus_id"] for m in mine], [m["index"] for m in its])
            same(self, [m["score"] for m in mine], [m["score"] for m in its])

    def test_summarize(self):
        path, model = self.open("base-pretraining")
        text = "It rained. We saw a film — a naïve one. Nobody liked it! Then we went home. The end."
        its = program("summarize", path, "--sentences", "2", "--offsets", "characters", text)[0]["sentences"]
        mine = model.summarize(text, sentences=2)
        self.assertEqual([(m["text"], m["start"], m["end"]) for m in mine], [(m["text"], m["start"], m["end"]) for m in its])
        same(self, [m["score"] for m in mine], [m["score"] for m in its])

    def test_tokenize(self):
        path, model = self.open("sample")
        theirs = program("tokenize", path, "--offsets", "characters", "--", *TEXTS)
        for one, other in zip(model.tokenize(TEXTS), theirs):
            self.assertEqual((one["ids"], one["pieces"]), (other["ids"], other["pieces"]))
            self.assertEqual([o or (0, 0) for o in one["offsets"]], [tuple(o) for o in other["offsets"]])

    def test_hidden_states(self):
        path, model = self.open("base-pretraining")
        its = program("encode", path, "--full", "--ids", "2 48 25 3")[0]
        same(self, model.hidden_states([[2, 48, 25, 3]])[0], its["lastHiddenState"])
        masked = model.hidden_states([[2, 48, 25, 3]], [[0, 0, 1, 1]], [[1, 1, 0, 1]])[0]
        its = program("encode", path, "--full", "--ids", "2 48 25 3", "--type-ids", "0 0 1 1", "--mask", "1 1 0 1")[0]
        same(self, masked, its["lastHiddenState"])


if __name__ == "__main__":
    unittest.main()
