#!/usr/bin/env python3
"""Writes Tests/AlbitDriftTests/Golden.json: metrics by scikit-learn, scipy and seqeval, and answers by the rules of
the SQuAD 2.0 evaluation script. Needs: pip install scikit-learn scipy seqeval"""
import json, pathlib, random, warnings

import numpy as np
from scipy import stats
from seqeval import metrics as entities
from sklearn import metrics

import squad_rules as squad

warnings.simplefilter("ignore")
random.seed(9)
target = pathlib.Path(__file__).resolve().parent.parent / "Tests/AlbitDriftTests/Golden.json"


def classification(truth, predicted):
    return {
        "truth": truth, "predicted": predicted, "accuracy": metrics.accuracy_score(truth, predicted),
        "f1": metrics.f1_score(truth, predicted, labels=[1], average=None, zero_division=0)[0],
        "macroF1": metrics.f1_score(truth, predicted, average="macro", zero_division=0),
        "microF1": metrics.f1_score(truth, predicted, average="micro"),
        "matthews": metrics.matthews_corrcoef(truth, predicted)}


def correlation(x, y):
    return {"x": x, "y": y, "pearson": stats.pearsonr(x, y).statistic, "spearman": stats.spearmanr(x, y).statistic}


def tagging(truth, predicted):
    return {"truth": truth, "predicted": predicted, "f1": entities.f1_score(truth, predicted),
            "precision": entities.precision_score(truth, predicted), "recall": entities.recall_score(truth, predicted)}


def answer(prediction, answers):
    return {"prediction": prediction, "answers": answers, "normalized": squad.normalized(prediction),
            "exact": squad.exact(prediction, answers), "f1": squad.f1(prediction, answers)}


def labels(count, classes):
    return [random.randrange(classes) for _ in range(count)]


kinds = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "E-PER", "S-LOC", "I-MISC", "O"]
tags = lambda n: [random.choice(kinds) for _ in range(n)]
x = [random.gauss(0, 1) for _ in range(60)]
words = ["the", "a", "An", "Cat", "cat", "U.S.", "1998", "naïve", "na\u0069\u0308ve", "_a_", "the-end", "A\u0301", "—", "\u3000", "rock 'n' roll", "Ärzte"]
phrase = lambda: " ".join(random.choice(words) for _ in range(random.randrange(5)))

data = {
    "classification": [
        classification([1], [1]), classification([1], [0]), classification([0, 0, 0], [0, 0, 0]),
        classification([0, 1, 1, 0], [1, 1, 1, 1]), classification([2, 0, 2], [1, 1, 1]),
        classification(labels(100, 2), labels(100, 2)), classification(labels(200, 5), labels(200, 5))],
    "correlation": [
        correlation([1.0, 2.0], [2.0, 1.0]), correlation([1.0, 1.0, 2.0, 2.0], [3.0, 1.0, 3.0, 1.0]),
        correlation(x, [v + random.gauss(0, 0.5) for v in x]),
        correlation([round(v) * 1.0 for v in x], [round(v * 2) / 2 for v in reversed(x)])],
    "tagging": [
        tagging([["O"]], [["O"]]), tagging([["B-PER"]], [["O"]]), tagging([["B-PER", "I-PER", "O"]], [["I-PER", "I-PER", "O"]]),
        tagging([["I-PER", "B-PER"]], [["B-PER", "B-PER"]]), tagging([["S-LOC", "B-PER", "E-PER"]], [["B-LOC", "B-PER", "I-PER"]]),
        tagging([[]], [[]]), tagging([tags(12) for _ in range(40)], [tags(12) for _ in range(40)])],
    "answers": [
        answer("", []), answer("cat", []), answer("", ["cat"]), answer("The Cat!", ["a cat", "dog"]),
        answer("the", [""]), answer("cat cat dog", ["cat dog dog", "bird"])]
        + [answer(phrase(), [phrase() for _ in range(random.randrange(3))]) for _ in range(60)],
    "mcNemar": [{"only": [a, b], "p": stats.binomtest(min(a, b), a + b).pvalue if a + b else 1.0}
                for a, b in [(0, 0), (1, 0), (3, 9), (7, 7), (40, 21), (900, 1100), (0, 2000)]],
}
target.write_text(json.dumps(data, ensure_ascii=True, separators=(",", ":")) + "\n")
