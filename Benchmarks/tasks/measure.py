#!/usr/bin/env python3
"""Entity F1 and answer EM/F1 of a model through the command line, and how far int8 agrees with float32.

    measure.py tag    DATA.tsv MODEL [INT8_MODEL]     DATA: words<TAB>tags, BIO tags with blanks between
    measure.py answer DATA.tsv MODEL [INT8_MODEL]     DATA: question<TAB>context<TAB>answer

ALBIT names the program (default: .build/release/albit). Entities are compared by words, as seqeval does; answers after
SQuAD's normalization.
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


def score(found, gold):
    a, b = normalize(found), normalize(gold)
    common = sum((collections.Counter(a) & collections.Counter(b)).values())
    return a == b, 2 * common / (len(a) + len(b)) if a + b else 1.0


def answer(rows, models):
    results = []
    for model in models:
        answers, seconds = run(["answer", model], [row[0] + "\t" + row[1] for row in rows])
        found = [a["text"] or "" for a in answers]
        results.append(found)
        scores = [score(f, row[2]) for f, row in zip(found, rows)]
        em = 100 * sum(s[0] for s in scores) / len(rows)
        print(f"{model}: EM {em:.2f}, F1 {100 * sum(s[1] for s in scores) / len(rows):.2f} ({len(rows)} questions, {seconds:.1f} s)")
    if len(results) == 2:
        print(f"same answer to {100 * sum(a == b for a, b in zip(*results)) / len(rows):.2f} % of the questions")


def main():
    if len(sys.argv) not in (4, 5) or sys.argv[1] not in ("tag", "answer"):
        sys.exit(__doc__)
    with open(sys.argv[2], encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file][1:]
    {"tag": tag, "answer": answer}[sys.argv[1]](rows, sys.argv[3:])


if __name__ == "__main__":
    main()
