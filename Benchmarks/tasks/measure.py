#!/usr/bin/env python3
"""Entity F1 and answer EM/F1 of a model through the command line, and how far int8 agrees with float32.

    measure.py tag    DATA.tsv MODEL [INT8_MODEL]     DATA: words<TAB>tags, BIO tags with blanks between
    measure.py answer DATA.tsv MODEL [INT8_MODEL]     DATA: question<TAB>context<TAB>answer
    measure.py span   DATA.tsv MODEL [INT8_MODEL]     the same data; the single best span of the logits, a process each

ALBIT names the program (default: .build/release/albit). Entities are compared by words, as seqeval does; answers of at
most 16 tokens as they stand, word by word, and after SQuAD's normalization. `answer` follows the pipeline of
transformers, which adds up the scores of equal answers; `span` takes the best span alone, as most training scripts do.
"""
import collections
import json
import os
import re
import string
import subprocess
import sys
import time

ALBIT = os.environ.get("ALBIT", ".build/release/albit")


def run(arguments, lines):
    start = time.time()
    done = subprocess.run([ALBIT, *arguments, "--json"], input="".join(l + "\n" for l in lines).encode(), capture_output=True)
    if done.returncode != 0:
        sys.exit(done.stderr.decode())
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert len(answers) == len(lines)
    return answers, time.time() - start


def spans_of(tags):
    """(label, first word, last word) of BIO tags; an entity may begin with I-."""
    spans, name, first = [], None, 0
    for i, tag in enumerate(tags + ["O"]):
        prefix, _, label = tag.partition("-")
        if name is not None and (tag == "O" or prefix == "B" or label != name):
            spans.append((name, first, i - 1))
            name = None
        if tag != "O" and name is None:
            name, first = label, i
    return set(spans)


def word_spans(words, entities):
    """Entities of bytes as words of the text that was joined by blanks."""
    ends, at = [], 0
    for word in words:
        ends.append((at, at + len(word.encode())))
        at += len(word.encode()) + 1
    spans = set()
    for entity in entities:
        inside = [i for i, (a, b) in enumerate(ends) if a < entity["end"] and entity["start"] < b]
        if inside:
            spans.add((entity["label"], inside[0], inside[-1]))
    return spans


def f1(found, gold):
    hits = sum(len(f & g) for f, g in zip(found, gold))
    a, b = sum(map(len, found)), sum(map(len, gold))
    return 200 * hits / (a + b) if a + b else 0.0


def tag(rows, models):
    words = [row[0].split(" ") for row in rows]
    gold = [spans_of(row[1].split(" ")) for row in rows]
    results = []
    for model in models:
        answers, seconds = run(["tag", model], [row[0] for row in rows])
        found = [word_spans(w, a["entities"]) for w, a in zip(words, answers)]
        results.append(found)
        print(f"{model}: entity F1 {f1(found, gold):.2f} ({len(rows)} sentences, {seconds:.1f} s)")
    if len(results) == 2:
        same = sum(a == b for a, b in zip(*results))
        print(f"same entities in {100 * same / len(rows):.2f} % of the sentences")


def normalize(text):
    text = "".join(c for c in text.lower() if c not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", text).split()


def score(found, gold, words):
    a, b = words(found), words(gold)
    common = sum((collections.Counter(a) & collections.Counter(b)).values())
    return a == b, 2 * common / (len(a) + len(b)) if a + b else 1.0


def best_span(model, question, context):
    """The words of the context that the best span of at most 16 tokens touches."""
    ids = question["ids"] + context["ids"]
    types = [0] * len(question["ids"]) + [1] * len(context["ids"])
    done = subprocess.run([ALBIT, "encode", model, "--ids", " ".join(map(str, ids)), "--type-ids",
                           " ".join(map(str, types)), "--full", "--json"], capture_output=True, check=True)
    logits = json.loads(done.stdout)["logits"]["question-answering"]
    first, count = len(question["ids"]), len(context["ids"]) - 1
    start, end = ([row[k] for row in logits[first:first + count]] for k in (0, 1))
    spans = ((start[i] + end[j], -i, -j) for i in range(count) for j in range(i, min(i + 16, count)))
    _, i, j = max(spans)
    return context["offsets"][-i][0], context["offsets"][-j][1]


def answers_of(model, rows, single):
    if not single:
        lines = [row[0] + "\t" + row[1] for row in rows]
        return [a["text"] or "" for a in run(["answer", model, "--max-answer", "16"], lines)[0]]
    questions = run(["tokenize", model], [row[0] for row in rows])[0]
    contexts = run(["tokenize", model], [row[1] for row in rows])[0]
    found = []
    for row, question, context in zip(rows, questions, contexts):
        context = {"ids": context["ids"][1:], "offsets": context["offsets"][1:]}
        start, end = best_span(model, question, context)
        text = row[1].encode()
        start = text.rfind(b" ", 0, start + 1) + 1
        end = text.find(b" ", end) % (len(text) + 1)
        found.append(text[start:end].decode())
    return found


def answer(rows, models, single=False):
    results = []
    for model in models:
        begin = time.time()
        found = answers_of(model, rows, single)
        seconds = time.time() - begin
        results.append(found)
        for name, words in [("as they stand", str.split), ("normalized", normalize)]:
            scores = [score(f, row[2], words) for f, row in zip(found, rows)]
            em, f1 = (100 * sum(column) / len(rows) for column in zip(*scores))
            print(f"{model}: {name} EM {em:.2f}, F1 {f1:.2f} ({len(rows)} questions, {seconds:.1f} s)")
    if len(results) == 2:
        print(f"same answer to {100 * sum(a == b for a, b in zip(*results)) / len(rows):.2f} % of the questions")


def main():
    if len(sys.argv) not in (4, 5) or sys.argv[1] not in ("tag", "answer", "span"):
        sys.exit(__doc__)
    with open(sys.argv[2], encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file][1:]
    {"tag": tag, "answer": answer, "span": lambda *given: answer(*given, single=True)}[sys.argv[1]](rows, sys.argv[3:])


if __name__ == "__main__":
    main()
