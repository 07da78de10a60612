#!/usr/bin/env python3
"""How far int8 agrees with float32, head by head, on the texts of the golden cases of Tests/TaskTests.

    mkdir zoo && tar xJf Tests/Data/zoo.tar.xz -C zoo
    Benchmarks/tasks/agreement.py zoo/zoo [TASK=CHECKPOINT ...]

The zoo's models have random weights: their scores lie close together, so that labels flip where a trained model's do
not. TASK=CHECKPOINT replaces one by a trained model. ALBIT names the program (default: .build/release/albit).
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ALBIT = os.environ.get("ALBIT", ".build/release/albit")
DATA = pathlib.Path(__file__).resolve().parents[2] / "Tests/TaskTests/Data"
WORDPIECE, UNIGRAM = "tokenizers/wordpiece-vocab.txt", "tokenizers/hf/tokenizer.json"

# command: golden file, model of the zoo, what is compared
TASKS = {
    "classify": ("sequence-classification", "safetensors/bert-seqcls", "label"),
    "tag": ("token-classification", "safetensors/base-tokcls", "entities"),
    "answer": ("question-answering", "safetensors/base-qa", "answer"),
    "fill": ("masked-language-model", "safetensors/base-pretraining", "best word of each mask"),
    "order": ("sentence-order", "safetensors/base-pretraining", "order"),
    "choose": ("multiple-choice", "safetensors/base-mc", "choice"),
    "embed": ("embedding", "safetensors/base-model", "cosine"),
}


def albit(*words, lines=None):
    done = subprocess.run([ALBIT, *words], check=True, capture_output=True, text=True,
                          input=None if lines is None else "".join(line + "\n" for line in lines))
    return done.stdout


def one_line(text):
    return " ".join(text.split())


def ask(task, cases, model, tokenizer):
    """One answer for each case: what has to be equal, or a vector."""
    neighbour = ["--tokenizer", tokenizer] if tokenizer and not model.endswith(".gguf") else []
    words = [task, model, "--json", *neighbour]
    if task == "choose":
        return [json.loads(albit(*words, "--", case["text"], *case["choices"]))["index"] for case in cases]
    if task == "answer":
        lines = [one_line(case["question"]) + "\t" + one_line(case["context"]) for case in cases]
    elif task == "order":
        lines = [one_line(case["text"]) + "\t" + one_line(case["pair"]) for case in cases]
    else:
        lines = [one_line(case["text"]) for case in cases]
    answers = [json.loads(line) for line in albit(*words, lines=lines).splitlines()]
    assert len(answers) == len(cases), (task, len(answers), len(cases))
    pick = {
        "classify": lambda a: a["label"],
        "tag": lambda a: [(e["label"], e["start"], e["end"]) for e in a["entities"]],
        "answer": lambda a: (a["start"], a["end"]),
        "fill": lambda a: [c["id"] for k, c in enumerate(a["candidates"])
                           if k == 0 or c.get("mask") != a["candidates"][k - 1].get("mask")],
        "order": lambda a: a["inOrder"],
        "embed": lambda a: a["embedding"],
    }[task]
    return [pick(a) for a in answers]


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    zoo = sys.argv[1]
    trained = dict(word.split("=") for word in sys.argv[2:])
    print("| task | model | inputs | int8 agrees |\n|---|---|---|---|")
    for task, (golden, place, what) in TASKS.items():
        cases = json.loads((DATA / f"{golden}.json").read_text())["cases"]
        checkpoint, tokenizer = trained.get(task), None
        if checkpoint is None:
            checkpoint = f"{zoo}/{place}"
            tokenizer = f"{zoo}/{WORDPIECE if 'bert' in place else UNIGRAM}"
        if task == "answer":
            cases = [case for case in cases if case["context"].strip() and case["question"].strip()]
        with tempfile.TemporaryDirectory() as folder:
            model = f"{folder}/model.gguf"
            albit("quantize", checkpoint, "-o", model, *(["--tokenizer", tokenizer] if tokenizer else []))
            expected, found = (ask(task, cases, path, tokenizer) for path in (checkpoint, model))
        if task == "embed":
            cosines = [sum(x * y for x, y in zip(a, b)) for a, b in zip(expected, found)]
            result = f"cosine at least {min(cosines):.4f}, mean {sum(cosines) / len(cosines):.4f}"
        else:
            result = f"{what}: {sum(a == b for a, b in zip(expected, found))} of {len(cases)}"
        print(f"| {task} | {pathlib.Path(checkpoint).name} | {len(cases)} | {result} |", flush=True)


main()
