#!/usr/bin/env python3
"""Speed of Albit's tokenizers against PyPI's sentencepiece and tokenizers, alternating in one run.

usage: compare.py TEXTS [ROUNDS]     (from the root of the repository, after
       swift build -c release --product tokenizer-benchmark; needs sentencepiece and tokenizers)
One thread each; figures are megabytes of text a second, best of the rounds. The peers get the same lines, and encode
one at a time, as Albit does.
"""
import hashlib
import json
import os
import subprocess
import sys
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"
import sentencepiece
import tokenizers

DATA = "Tests/Data/tokenizer/"
path = sys.argv[1]
rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
lines = [line for line in open(path, encoding="utf-8", newline="\n").read().split("\n") if line]
size = sum(len(line.encode()) for line in lines)

model = sentencepiece.SentencePieceProcessor(model_file=DATA + "spiece.model")
unigram = tokenizers.Tokenizer.from_file(DATA + "tokenizer.json")
wordpiece = tokenizers.Tokenizer.from_file(DATA + "wordpiece_tokenizer.json")


def timed(encode):
    start = time.perf_counter()
    for line in lines:
        encode(line)
    return time.perf_counter() - start


def albit(*files):
    result = json.loads(subprocess.run([".build/release/tokenizer-benchmark", path, "1", *(DATA + f for f in files)],
                                       check=True, capture_output=True, text=True).stdout)
    return result["seconds"], result["digest"]


def digest(tokenizer):
    import array
    hash = hashlib.sha256()
    for line in lines:
        hash.update(array.array("i", tokenizer.encode(line).ids).tobytes())
    return hash.hexdigest()


best = {}
for _ in range(rounds):
    for name, run in (
            ("albit unigram", lambda: albit("spiece.model", "tokenizer_config.json")[0]),
            ("sentencepiece unigram", lambda: timed(model.encode)),
            ("tokenizers unigram", lambda: timed(unigram.encode)),
            ("albit tokenizer.json", lambda: albit("tokenizer.json")[0]),
            ("albit wordpiece", lambda: albit("wordpiece_tokenizer.json")[0]),
            ("tokenizers wordpiece", lambda: timed(wordpiece.encode))):
        best[name] = min(run(), best.get(name, 1e9))
print("%d lines, %d bytes" % (len(lines), size))
for name, seconds in best.items():
    print("%-24s %8.2f MB/s" % (name, size / seconds / 1e6))
print("unigram / sentencepiece  %8.2f" % (best["sentencepiece unigram"] / best["albit unigram"]))
print("unigram / tokenizers     %8.2f" % (best["tokenizers unigram"] / best["albit unigram"]))
print("tokenizer.json / sentencepiece  %5.2f" % (best["sentencepiece unigram"] / best["albit tokenizer.json"]))
print("tokenizer.json / tokenizers     %5.2f" % (best["tokenizers unigram"] / best["albit tokenizer.json"]))
print("wordpiece / tokenizers   %8.2f" % (best["tokenizers wordpiece"] / best["albit wordpiece"]))
print("ids equal to tokenizers: unigram %s, tokenizer.json %s, wordpiece %s" % (
    albit("spiece.model", "tokenizer_config.json")[1] == digest(unigram), albit("tokenizer.json")[1] == digest(unigram),
    albit("wordpiece_tokenizer.json")[1] == digest(wordpiece)))
