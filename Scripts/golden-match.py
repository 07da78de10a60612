#!/usr/bin/env python3
"""Ranks answers for questions as sentence-transformers does with a BERT model of sentence embeddings: mean of the last
hidden state over all tokens, length 1, cosine. NumPy and the PyPI packages tokenizers and safetensors only.

    golden-match.py MODEL_FOLDER answers.txt questions.tsv > ranking.tsv

Each line: the question's number, then the answers' numbers, best first, then the cosines.
"""
import json
import math
import sys

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

folder, answers_path, questions_path = sys.argv[1:]
config = json.load(open(folder + "/config.json"))
weights = load_file(folder + "/model.safetensors")
tokenizer = Tokenizer.from_file(folder + "/tokenizer.json")
tokenizer.no_padding()
erf = np.vectorize(math.erf, otypes=[np.float64])


def linear(x, name):
    return x @ weights[name + ".weight"].T.astype(np.float64) + weights[name + ".bias"]


def norm(x, name):
    x = x - x.mean(-1, keepdims=True)
    x = x / np.sqrt((x * x).mean(-1, keepdims=True) + config["layer_norm_eps"])
    return x * weights[name + ".weight"] + weights[name + ".bias"]


def embed(text):
    ids = tokenizer.encode(text).ids
    table = "embeddings."
    x = weights[table + "word_embeddings.weight"][ids].astype(np.float64)
    x = x + weights[table + "position_embeddings.weight"][: len(ids)] + weights[table + "token_type_embeddings.weight"][0]
    x = norm(x, table + "LayerNorm")
    heads = config["num_attention_heads"]
    size = config["hidden_size"] // heads
    for layer in range(config["num_hidden_layers"]):
        at = f"encoder.layer.{layer}."
        q, k, v = (linear(x, at + "attention.self." + n).reshape(len(ids), heads, size).transpose(1, 0, 2)
                   for n in ("query", "key", "value"))
        scores = q @ k.transpose(0, 2, 1) / math.sqrt(size)
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        context = (scores / scores.sum(-1, keepdims=True)) @ v
        context = context.transpose(1, 0, 2).reshape(len(ids), -1)
        x = norm(x + linear(context, at + "attention.output.dense"), at + "attention.output.LayerNorm")
        up = linear(x, at + "intermediate.dense")
        up = up * 0.5 * (1 + erf(up / math.sqrt(2)))
        x = norm(x + linear(up, at + "output.dense"), at + "output.LayerNorm")
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)


answers = np.stack([embed(line.rstrip("\n")) for line in open(answers_path)])
rows = [line.rstrip("\n").split("\t") for line in open(questions_path)][1:]
right = 0
for number, (question, answer) in enumerate(rows):
    scores = answers @ embed(question)
    best = np.argsort(-scores, kind="stable")[:5]
    right += best[0] == int(answer)
    print(number, *best, *(f"{scores[i]:.5f}" for i in best), sep="\t")
print(f"{right} of {len(rows)} right answers first", file=sys.stderr)
