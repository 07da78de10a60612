#!/usr/bin/env python3
"""Compares the ids of pruned tokenizers with those of PyPI's libraries on vocabularies that are pruned here.

usage: differential-vocabulary.py [--albit PATH] [--strings N] [--pieces N,N] [--only TEXT] [--seed N]

For each kind of tokenizer, `albit convert --keep-vocabulary` makes a model with fewer pieces. What was kept is read from
its files; the original file is pruned again here, piece by piece, without Albit: pieces that texts use, single characters
and special ones must be among the kept. N random texts then must have the same ids with `albit tokenize` and with
sentencepiece 0.2.1, tokenizers or AlbertTokenizer of transformers 4.57 over that file, and texts that use kept pieces only
must be cut as before. Prints a line for each kind; exit code 1 where anything differs.
"""
import argparse
import json
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile

os.environ["TOKENIZERS_PARALLELISM"] = "false"
import sentencepiece
import tokenizers
from sentencepiece import sentencepiece_model_pb2
from transformers import AlbertTokenizer

from tokenizer_texts import real_texts, strings

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DATA = os.path.join(ROOT, "Tests/Data/tokenizer")
SAMPLE = os.path.join(ROOT, "samples/albert-tiny-sst2")

parser = argparse.ArgumentParser()
parser.add_argument("--albit", default=os.path.join(ROOT, ".build/release/albit"))
parser.add_argument("--strings", type=int, default=20000)
parser.add_argument("--pieces", default="0,4000", help="values of --keep-pieces; 0: without")
parser.add_argument("--only", default="", help="kinds whose name holds this")
parser.add_argument("--seed", type=int, default=1)
options = parser.parse_args()


def model(folder, rows):
    """A checkpoint with as many rows as the tokenizer has pieces; what the rows hold does not matter."""
    shapes = {
        "albert.embeddings.word_embeddings.weight": (rows, 4), "albert.embeddings.position_embeddings.weight": (8, 4),
        "albert.embeddings.token_type_embeddings.weight": (2, 4), "albert.embeddings.LayerNorm.weight": (4,),
        "albert.embeddings.LayerNorm.bias": (4,), "albert.encoder.embedding_hidden_mapping_in.weight": (8, 4),
        "albert.encoder.embedding_hidden_mapping_in.bias": (8,)}
    layer = "albert.encoder.albert_layer_groups.0.albert_layers.0."
    for name in ("query", "key", "value", "dense"):
        shapes |= {layer + f"attention.{name}.weight": (8, 8), layer + f"attention.{name}.bias": (8,)}
    for name in ("attention.LayerNorm", "full_layer_layer_norm"):
        shapes |= {layer + name + ".weight": (8,), layer + name + ".bias": (8,)}
    shapes |= {layer + "ffn.weight": (8, 8), layer + "ffn.bias": (8,), layer + "ffn_output.weight": (8, 8),
               layer + "ffn_output.bias": (8,)}
    header, data = {}, b""
    for name, shape in shapes.items():
        count = shape[0] * (shape[1] if len(shape) > 1 else 1)
        values = struct.pack("<%df" % count, *(float(i // 4) if "word" in name else 0.5 for i in range(count)))
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = json.dumps(header).encode()
    with open(os.path.join(folder, "model.safetensors"), "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)
    with open(os.path.join(folder, "config.json"), "w") as file:
        json.dump({"model_type": "albert", "vocab_size": rows, "embedding_size": 4, "hidden_size": 8, "intermediate_size": 8,
                   "num_attention_heads": 2, "num_hidden_layers": 1, "num_hidden_groups": 1, "inner_group_num": 1,
                   "hidden_act": "gelu", "max_position_embeddings": 8, "type_vocab_size": 2, "layer_norm_eps": 1e-12}, file)


def proto(path):
    model = sentencepiece_model_pb2.ModelProto()
    model.ParseFromString(open(path, "rb").read())
    return model


class SentencePieceFile:
    """A SentencePiece model; `shift`: what is added to its ids."""
    def __init__(self, name, file, path, shift=0):
        self.name, self.file, self.path, self.shift = name, file, path, shift
        self.rows = len(proto(path).pieces) + (2 if shift else 0)

    def pieces(self, path):
        return [piece.piece for piece in proto(path).pieces]

    def special(self):
        return [p.piece for p in proto(self.path).pieces if p.type != 1 or len(p.piece) == 1]

    def prune(self, kept, path):
        model = proto(self.path)
        pieces = [p for p in model.pieces if p.piece in kept]
        del model.pieces[:]
        model.pieces.extend(pieces)
        model.ClearField("self_test_data")
        open(path, "wb").write(model.SerializeToString())

    def encoder(self, path):
        if self.file == "spiece.model":
            tokenizer = AlbertTokenizer(vocab_file=path)
            return lambda text: tokenizer(text, verbose=False)["input_ids"]
        processor = sentencepiece.SentencePieceProcessor(model_file=path)
        # XLM-R, for texts without its special tokens: <unk> is 3, all others one more; frame <s> 0 and </s> 2.
        return lambda text: [0] + [3 if i == 0 else i + 1 for i in processor.encode(text)] + [2]


class JSONFile:
    """A tokenizer.json."""
    def __init__(self, name, path, change=lambda value: None):
        self.name, self.file = name, "tokenizer.json"
        self.value = json.load(open(path))
        change(self.value)
        self.path = tempfile.mkstemp(suffix=".json")[1]
        json.dump(self.value, open(self.path, "w"), ensure_ascii=False)
        self.rows = max([len(self.list(self.value))] + [t["id"] + 1 for t in self.value["added_tokens"]])

    @staticmethod
    def list(value):
        vocabulary = value["model"]["vocab"]
        return [p for p, _ in vocabulary] if isinstance(vocabulary, list) else sorted(vocabulary, key=vocabulary.get)

    def pieces(self, path):
        return self.list(json.load(open(path)))

    def special(self):
        added = [t["content"] for t in self.value["added_tokens"]]
        return [p for p in self.list(self.value)
                if p in added or len(p.removeprefix("##")) == 1
                or self.value["model"].get("byte_fallback") and p.startswith("<0x")]

    def prune(self, kept, path):
        value = json.loads(json.dumps(self.value))
        vocabulary = value["model"]["vocab"]
        old = self.list(value)
        added = [t["content"] for t in value["added_tokens"] if t["content"] not in old]
        ids = {p: i for i, p in enumerate([p for p in old if p in kept] + added)}
        if isinstance(vocabulary, list):
            value["model"]["unk_id"] = ids[old[value["model"]["unk_id"]]]
            value["model"]["vocab"] = [entry for entry in vocabulary if entry[0] in kept]
        else:
            value["model"]["vocab"] = {p: ids[p] for p in old if p in kept}
        for token in value["added_tokens"]:
            token["id"] = ids[token["content"]]
        for token in value["post_processor"].get("special_tokens", {}).values():
            token["ids"] = [ids[t] for t in token["tokens"]]
        for end in ("cls", "sep"):
            if end in value["post_processor"]:
                value["post_processor"][end][1] = ids[value["post_processor"][end][0]]
        json.dump(value, open(path, "w"), ensure_ascii=False)

    def encoder(self, path):
        tokenizer = tokenizers.Tokenizer.from_file(path)
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return lambda text: tokenizer.encode(text).ids


class LinesFile:
    """A vocab.txt, with BERT's own steps."""
    def __init__(self, name, path):
        self.name, self.file, self.path = name, "vocab.txt", path
        self.rows = len(self.pieces(path))

    def pieces(self, path):
        return open(path, encoding="utf-8").read().split("\n")[:-1]

    def special(self):
        return [p for p in self.pieces(self.path)
                if p in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]") or len(p.removeprefix("##")) == 1]

    def prune(self, kept, path):
        open(path, "w", encoding="utf-8").write("".join(p + "\n" for p in self.pieces(self.path) if p in kept))

    def encoder(self, path):
        from transformers import BertTokenizerFast
        tokenizer = BertTokenizerFast(vocab_file=path, do_lower_case=True)
        return lambda text: tokenizer(text, verbose=False)["input_ids"]


def trained(directory, lines, name, **arguments):
    prefix = os.path.join(directory, name)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_prefix=prefix, hard_vocab_limit=False, minloglevel=2, num_threads=1, **arguments)
    return prefix + ".model"


def byte_fallback(value):
    value["model"]["byte_fallback"] = True
    value["model"]["vocab"] += [["<0x%02X>" % b, -20.0] for b in range(256)]


def albit(*words, **more):
    done = subprocess.run([options.albit, *words], capture_output=True, check=False, **more)
    if done.returncode:
        sys.exit(" ".join(words) + ": " + done.stderr.decode())
    return done.stdout


def ids(folder, texts):
    lines = albit("tokenize", folder, "--json", "--null", input=b"".join(t.encode() + b"\0" for t in texts)).split(b"\n")
    return [json.loads(line)["ids"] for line in lines if line]


def compare(kind, pieces, texts, used, directory):
    if kind.file == "sentencepiece.bpe.model":
        texts = [t for t in texts if not any(s in t for s in ("<unk>", "<s>", "</s>", "<pad>", "<mask>"))]
    folder, output = os.path.join(directory, "source"), os.path.join(directory, "pruned")
    for path in (folder, output):
        shutil.rmtree(path, ignore_errors=True)
    os.mkdir(folder)
    model(folder, kind.rows)
    shutil.copy(kind.path, os.path.join(folder, kind.file))
    open(os.path.join(directory, "used.txt"), "w", encoding="utf-8").write("\n".join(used) + "\n")
    albit("convert", folder, "-o", output, "--keep-vocabulary", os.path.join(directory, "used.txt"),
          *(["--keep-pieces", str(pieces)] if pieces else []))
    kept = set(kind.pieces(os.path.join(output, kind.file)))
    missing = [p for p in kind.special() if p not in kept]
    reference = os.path.join(directory, "reference-" + kind.file)
    kind.prune(kept, reference)
    encode, full = kind.encoder(reference), kind.encoder(kind.path)
    names, all_names = kind.pieces(reference), kind.pieces(kind.path)
    found = ids(output, texts + used)
    different = sum(a != encode(t) for a, t in zip(found, texts + used))
    shift = getattr(kind, "shift", 0)
    old = ids(folder, texts + used)

    def cut(ids, names):
        return [names[i - shift] if shift == 0 or i > 3 else i for i in ids]
    wrong = 0
    same = 0
    for text, a, b in zip(texts + used, found, old):
        try:
            before = cut(b, all_names)
            if all(p in kept or isinstance(p, int) for p in before):
                same += 1
                if cut(a, names) != before:
                    wrong += 1
                    print("   ", repr(text), "was", before, "is", cut(a, names))
        except IndexError:
            # XLM-R's <mask>, added tokens: behind the model's pieces.
            pass
    print("%-26s %6d of %6d pieces: %d texts, %d with other ids than the library; %d use kept pieces only, %d of them "
          "cut otherwise; %d required pieces missing" % (
              kind.name, len(kept), len(kind.pieces(kind.path)), len(found), different, same, wrong, len(missing)))
    for text, a in zip(texts + used, found):
        if a != encode(text):
            print("   ", repr(text), a, encode(text))
            break
    return different + wrong + len(missing)


def main():
    lines = [t.replace("\n", " ").replace("\r", " ") for t in real_texts()]
    r = random.Random(options.seed)
    texts = strings("vocabulary", lines, ["[MASK]", "[CLS]", "don't"], options.strings, options.seed)
    used = r.sample(lines, 400)
    bad = 0
    with tempfile.TemporaryDirectory() as directory:
        corpus = r.sample(lines, min(len(lines), 4000))
        kinds = [
            SentencePieceFile("spiece.model", "spiece.model", os.path.join(DATA, "spiece.model")),
            SentencePieceFile("spiece.model, BPE", "spiece.model", trained(
                directory, corpus, "bpe", model_type="bpe", vocab_size=6000, pad_id=3, unk_id=1, bos_id=-1, eos_id=-1,
                control_symbols=["[CLS]", "[SEP]"], user_defined_symbols=["[MASK]", "(", ")"])),
            SentencePieceFile("spiece.model, bytes", "spiece.model", trained(
                directory, corpus, "bytes", model_type="unigram", vocab_size=6000, byte_fallback=True, pad_id=0, unk_id=1,
                bos_id=-1, eos_id=-1, control_symbols=["[CLS]", "[SEP]"], user_defined_symbols=["[MASK]", "<E1>"])),
            SentencePieceFile("XLM-R", "sentencepiece.bpe.model", trained(
                directory, corpus, "xlmr", model_type="unigram", vocab_size=6000, unk_id=0, bos_id=1, eos_id=2), shift=1),
            JSONFile("tokenizer.json, Unigram", os.path.join(DATA, "tokenizer.json")),
            JSONFile("tokenizer.json, bytes", os.path.join(DATA, "tokenizer.json"), byte_fallback),
            JSONFile("tokenizer.json, WordPiece", os.path.join(DATA, "wordpiece_tokenizer.json")),
            LinesFile("vocab.txt", os.path.join(DATA, "vocab.txt")),
        ]
        for kind in (k for k in kinds if options.only in k.name):
            for pieces in map(int, options.pieces.split(",")):
                bad += compare(kind, pieces, texts, used, directory)
    sys.exit(1 if bad else 0)


main()
