#!/usr/bin/env python3
"""Metrics of random data by scikit-learn, scipy, seqeval and the rules of the SQuAD 2.0 evaluation script, for
Tests/AlbitDriftTests/GoldenMetricsTests.swift, which meets them to 1e-9.

    pip install numpy scikit-learn scipy seqeval
    Scripts/golden-metrics.py              writes Tests/AlbitDriftTests/Golden.json, a few of each head
    Scripts/golden-metrics.py --check 200  that many of each head, in a temporary file, and runs the tests on it;
                                         further arguments go to `swift test`
"""
import argparse, decimal, json, math, os, pathlib, random, subprocess, tempfile, warnings

from decimal import Decimal

import numpy as np
from scipy import special, stats
from seqeval import metrics as entities, scheme as schemes
from sklearn import metrics
from sklearn.neighbors import NearestNeighbors

import squad_rules as squad

warnings.simplefilter("ignore")
root = pathlib.Path(__file__).resolve().parent.parent


def number(value):
    return None if value is None or math.isnan(value) else float(value)


def labels():
    """Uneven classes, some of them absent, some never answered; now and then all alike."""
    classes, count = random.choice([2, 2, 3, 5, 9]), random.choice([1, 2, 7, 30, 150])
    shares = np.random.dirichlet([0.7] * classes)
    truth = np.random.choice(classes, count, p=shares).tolist()
    skill = random.random()
    predicted = [t if random.random() < skill else random.randrange(classes) for t in truth]
    if random.random() < 0.1:
        predicted = [predicted[0]] * count
    every = list(range(classes))
    p, r, f, _ = metrics.precision_recall_fscore_support(truth, predicted, labels=every, zero_division=0)
    mean = lambda kind: list(map(float, metrics.precision_recall_fscore_support(truth, predicted, average=kind, zero_division=0)[:3]))
    return {
        "classes": classes, "truth": truth, "predicted": predicted, "accuracy": metrics.accuracy_score(truth, predicted),
        "confusion": metrics.confusion_matrix(truth, predicted, labels=every).ravel().tolist(), "precision": p.tolist(), "recall": r.tolist(),
        "f1": f.tolist(), "macro": mean("macro"), "weighted": mean("weighted"), "micro": mean("micro"),
        "binary": metrics.f1_score(truth, predicted, labels=[1], average=None, zero_division=0)[0] if classes == 2 else None,
        "matthews": metrics.matthews_corrcoef(truth, predicted)}


def sets():
    classes, count = random.choice([1, 2, 4, 12]), random.choice([1, 3, 20, 80])
    truth = np.random.rand(count, classes) < np.random.rand(classes)
    predicted = truth ^ (np.random.rand(count, classes) < random.random() / 2)
    score = lambda average: metrics.f1_score(truth, predicted, average=average, zero_division=0)
    rows = lambda table: [np.flatnonzero(row).tolist() for row in table]
    exact = np.mean((truth == predicted).all(axis=1))
    # f1_score takes one column for a binary task, so that its averages are of another kind.
    per = [float(metrics.f1_score(truth[:, i], predicted[:, i], zero_division=0)) for i in range(classes)]
    micro = score("micro") if classes > 1 else per[0]
    macro = score("macro") if classes > 1 else per[0]
    return {"classes": classes, "truth": rows(truth), "predicted": rows(predicted), "microF1": float(micro), "macroF1": float(macro), "f1": per,
            "exact": float(exact)}


def values():
    count = random.choice([2, 3, 10, 60])
    x = np.random.randn(count) * random.choice([1, 100])
    y = x * random.choice([1, -1, 0.1]) + np.random.randn(count) * random.random() * 3
    if random.random() < 0.5:
        x, y = np.round(x), np.round(2 * y) / 2
    if random.random() < 0.15:
        y = np.full(count, 0.1)
    return {"x": x.tolist(), "y": y.tolist(), "pearson": number(stats.pearsonr(x, y).statistic), "spearman": number(stats.spearmanr(x, y).statistic),
            "squaredError": metrics.mean_squared_error(x, y)}


kinds = {"IOB1": "IOB", "IOB2": "IOB", "IOE1": "IOE", "IOE2": "IOE", "IOBES": "IOBES", "BILOU": "BILOU"}


def tags():
    name = random.choice(list(kinds))
    types = random.choice([["PER"], ["PER", "LOC"], ["PER", "LOC-GPE", "MISC"]])
    choices = ["O", "O"] + [p + "-" + t for p in kinds[name] if p != "O" for t in types] + (["I"] if random.random() < 0.2 else [])
    sentences = [random.randrange(1, 13) for _ in range(random.choice([1, 3, 20]))]
    truth = [[random.choice(choices) for _ in range(n)] for n in sentences]
    skill = random.random()
    predicted = [[t if random.random() < skill else random.choice(choices) for t in row] for row in truth]

    def figures(**mode):
        p, r, f, support = entities.sequence_labeling.precision_recall_fscore_support(truth, predicted, average="micro") if not mode else \
            entities.v1.precision_recall_fscore_support(truth, predicted, average="micro", **mode)
        if mode:
            found = entities.v1.unique_labels(truth, predicted, mode["scheme"])
            each = entities.v1.precision_recall_fscore_support(truth, predicted, average=None, **mode)[2]
        else:
            of = lambda rows: {e[0] for row in rows for e in entities.sequence_labeling.get_entities(row)}
            found = sorted(of(truth) | of(predicted))
            each = entities.sequence_labeling.precision_recall_fscore_support(truth, predicted, average=None)[2]
        return {"precision": float(p), "recall": float(r), "f1": float(f), "types": list(found), "byType": [float(v) for v in each]}

    return {"scheme": name, "truth": truth, "predicted": predicted, "default": figures(), "strict": figures(scheme=getattr(schemes, name)),
            "accuracy": float(entities.accuracy_score(truth, predicted))}


words = ["the", "a", "An", "Cat", "cat", "U.S.", "1998", "naïve", "na\u0069\u0308ve", "_a_", "the-end", "A\u0301", "—", "\u3000", "rock 'n' roll",
         "Ärzte", "ΣΑΣ", "σας", "İx", "½", "a\u00a0b"]


def answers():
    phrase = lambda: " ".join(random.choice(words) for _ in range(random.randrange(5)))
    rows = []
    for _ in range(random.choice([1, 5, 40])):
        truths = [] if random.random() < 0.3 else [text for text in [phrase() for _ in range(random.randrange(1, 4))] if text]
        guess = "" if random.random() < 0.3 else random.choice(truths) if truths and random.random() < 0.4 else phrase()
        rows.append({"prediction": guess, "answers": truths, "normalized": squad.normalized(guess)})
    return {"rows": rows, **squad.evaluate([(row["prediction"], row["answers"]) for row in rows])}


def dot(x, y):
    return sum((p * q for p, q in zip(x, y)), Decimal(0))


def exact_pearson(a, b, scores):
    """Pearson's correlation of cosines and scores to 60 digits; None where a side is constant."""
    decimal.getcontext().prec = 60
    a, b = ([[Decimal(float(v)) for v in row] for row in rows] for rows in (a, b))
    x = [dot(p, q) / (dot(p, p) * dot(q, q)).sqrt() for p, q in zip(a, b)]
    y = [Decimal(float(s)) for s in scores]
    x, y = [v - sum(x) / len(x) for v in x], [v - sum(y) / len(y) for v in y]
    size = (dot(x, x) * dot(y, y)).sqrt()
    return float(dot(x, y) / size) if size else None


def vectors():
    """Vectors whose cosines are far enough apart for scipy to be right itself: where all are 1 but for 1e-9, doubles
    keep seven digits of what distinguishes them, here as there."""
    while True:
        case = any_vectors()
        exact = exact_pearson(case["a"], case["b"], case["scores"])
        if exact is None or case["pearson"] is None or abs(exact - case["pearson"]) < 1e-10:
            return case


def any_vectors():
    count, width = random.choice([3, 12, 40]), random.choice([2, 8, 33])
    a, b = np.random.randn(count, width).astype(np.float32), np.random.randn(count, width).astype(np.float32)
    b = (a + b * random.random()).astype(np.float32)
    cosines = [float(metrics.pairwise.cosine_similarity([x], [y])[0, 0]) for x, y in zip(a.astype(np.float64), b.astype(np.float64))]
    scores = np.round(np.random.rand(count) * 5 * 2) / 2
    near = min(10, count - 1)
    def neighbours(x):
        found = NearestNeighbors(metric="cosine", algorithm="brute", n_neighbors=near + 1).fit(x.astype(np.float64)).kneighbors(x.astype(np.float64))[1]
        return [set(row.tolist()) - {i} for i, row in enumerate(found)]
    same = sum(len(p & q) for p, q in zip(neighbours(a), neighbours(b))) / (near * count)
    return {"a": a.tolist(), "b": b.tolist(), "cosines": cosines, "scores": scores.tolist(), "neighbours": same,
            "pearson": number(stats.pearsonr(cosines, scores).statistic), "spearman": number(stats.spearmanr(cosines, scores).statistic)}


def choices():
    count = random.choice([1, 5, 30])
    logits = [np.round(np.random.randn(random.choice([2, 4])), random.choice([0, 6])).astype(np.float32) for _ in range(count)]
    truth = [random.randrange(len(row)) for row in logits]
    return {"logits": [row.tolist() for row in logits], "truth": truth,
            "accuracy": metrics.accuracy_score(truth, [int(np.argmax(row)) for row in logits])}


def orders():
    """Logits of "in order" and "swapped"."""
    count = random.choice([1, 6, 40])
    logits = np.round(np.random.randn(count, 2), random.choice([0, 6])).astype(np.float32)
    truth = [random.randrange(2) for _ in range(count)]
    return {"logits": logits.tolist(), "truth": truth, "accuracy": metrics.accuracy_score(truth, logits.argmax(axis=1))}


def hidden_words():
    count, size = random.choice([1, 6, 40]), random.choice([5, 30, 500])
    logits = (np.random.randn(count, size) * random.choice([0.1, 3, 30])).astype(np.float32)
    truth = [random.randrange(size) if random.random() < 0.6 else int(row.argmax()) for row in logits]
    likelihoods = special.log_softmax(logits.astype(np.float64), axis=1)[range(count), truth]
    top = lambda k: float(metrics.top_k_accuracy_score(truth, logits, k=k, labels=range(size)))
    return {"logits": logits.tolist(), "truth": truth, "top1": top(1), "top3": top(3), "top5": top(5),
            "pseudoPerplexity": float(np.exp(-likelihoods.mean()))}


def rankings():
    queries = []
    for _ in range(random.choice([1, 4, 20])):
        count = random.choice([1, 5, 30])
        scores = np.round(np.random.randn(count), random.choice([0, 6])).tolist()
        queries.append({"scores": scores, "relevant": sorted(random.sample(range(count), random.randrange(1, count + 1)))})
    places = [np.argsort(-np.array(q["scores"]), kind="stable").tolist() for q in queries]
    recall = lambda k: float(np.mean([len(set(p[:k]) & set(q["relevant"])) / len(q["relevant"]) for p, q in zip(places, queries)]))
    first = [min(p.index(i) for i in q["relevant"]) + 1 for p, q in zip(places, queries)]
    # A query whose documents are all relevant is answered right by any order; verify leaves it out.
    told = [i for i, q in enumerate(queries) if len(q["relevant"]) < len(q["scores"])]
    mean = lambda values: float(np.mean([values[i] for i in told])) if told else None
    each = lambda k: [len(set(p[:k]) & set(q["relevant"])) / len(q["relevant"]) for p, q in zip(places, queries)]
    counted = {"MRR": mean([1 / f for f in first]), "recall@1": mean(each(1)), "recall@5": mean(each(5)), "recall@10": mean(each(10))}
    return {"counted": counted, "queries": queries, "recall1": recall(1), "recall5": recall(5), "reciprocal": float(np.mean([1 / f for f in first]))}


heads = [labels, sets, values, tags, answers, vectors, choices, orders, hidden_words, rankings]
arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
arguments.add_argument("--check", type=int, metavar="COUNT")
given, more = arguments.parse_known_args()
seed = 9 if given.check is None else int.from_bytes(os.urandom(4), "big")
random.seed(seed)
np.random.seed(seed)
data = {}
for head in heads:
    cases = [head() for _ in range(given.check or 24)]
    if given.check is None:  # the large ones only fill the repository
        cases = sorted(cases, key=lambda case: len(json.dumps(case)))[:16]
    data[head.__name__] = cases
data["mcNemar"] = [{"only": [a, b], "p": stats.binomtest(min(a, b), a + b).pvalue if a + b else 1.0}
                   for a, b in [(0, 0), (1, 0), (3, 9), (7, 7), (40, 21), (900, 1100), (0, 2000)]]
text = json.dumps(data, ensure_ascii=True, separators=(",", ":")) + "\n"
if given.check is None:
    (root / "Tests/AlbitDriftTests/Golden.json").write_text(text)
else:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(text)
        file.flush()
        print("seed", seed, {name: len(cases) for name, cases in data.items()})
        command = ["swift", "test", "-c", "release", "-Xswiftc", "-enable-testing", "--filter", "GoldenMetricsTests|GoldenRecordTests", *more]
        raise SystemExit(subprocess.run(command, cwd=root, env={**os.environ, "ALBIT_GOLDEN_METRICS": file.name}).returncode)
