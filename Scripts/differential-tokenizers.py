#!/usr/bin/env python3
"""Compares Albit's ids, pieces and offsets with those of PyPI's tokenizers and sentencepiece, over all components.

usage: differential-tokenizers.py [--albit PATH] [--strings N] [--files N] [--only TEXT] [--seed N] [--keep DIRECTORY] [--record]

Makes tokenizer files over all steps, models, added tokens and post-processors (from vocabularies trained on the spot, and
from the published ones in Tests/Data), and for each file N strings: real text in many languages (message catalogues and
manual pages of this machine), random characters by script, grapheme clusters, white space and control characters of all
kinds, added tokens in every position and case. Needs tokenizers and sentencepiece; `albit` has to be built. Prints a line
for each file that differs and a closing line; exit code 1 where anything differs. With --record, Albit is not run: the
references' answers are written beside each file as cases.json (Tests/Data/tokenizers.tar.xz is made so).
"""
import argparse
import io
import json
import os
import random
import re
import subprocess
import sys
import tempfile

os.environ["TOKENIZERS_PARALLELISM"] = "false"
import sentencepiece
import tokenizers
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

from tokenizer_texts import real_texts, strings

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DATA = os.path.join(ROOT, "Tests/Data/tokenizer")

parser = argparse.ArgumentParser()
parser.add_argument("--albit", default=os.path.join(ROOT, ".build/release/albit"))
parser.add_argument("--strings", type=int, default=5000)
parser.add_argument("--files", type=int, default=1000, help="at most so many files, spread over all kinds")
parser.add_argument("--only", default="", help="files whose name holds this")
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--keep", help="write the files here and keep them")
parser.add_argument("--record", action="store_true", help="write the references' answers instead of comparing")
parser.add_argument("--vocabulary", type=int, default=3000, help="pieces to train")
parser.add_argument("--show", type=int, default=3, help="differences to show of each file")
options = parser.parse_args()


# Files.

def train(lines, model, trainer, pre_tokenizer, normalizer=None):
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizer
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.train_from_iterator(lines, trainer)
    return json.loads(tokenizer.to_str())["model"]


def dumps(step):
    return json.loads(step.__getstate__()) if step is not None else None


SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
ADDED_TEXTS = ["Kil-Trim", "COVID-19", "new word", "caf\u00e9", "\u00c9t\u00e9", "ab", "abc", "\u6771\u4eac", "\u2581x", "<E1>", "don't", "\u1112\u1161\u11ab"]


def make_files(lines):
    """Pairs of a name and the dictionary of a tokenizer.json, and what the added tokens of each are."""
    r = random.Random(7)
    corpus = r.sample(lines, min(len(lines), 4000))
    word_piece = train(corpus, models.WordPiece(unk_token="[UNK]"),
                       trainers.WordPieceTrainer(vocab_size=options.vocabulary, special_tokens=SPECIALS, show_progress=False), pre_tokenizers.BertPreTokenizer(),
                       normalizers.BertNormalizer())
    unigram = train(corpus, models.Unigram(), trainers.UnigramTrainer(
        vocab_size=options.vocabulary, special_tokens=SPECIALS, unk_token="[UNK]", show_progress=False),
        pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]))
    # What the trainer gives are doubles; published files hold floats.
    bytes_unigram = dict(unigram, byte_fallback=True, vocab=unigram["vocab"] + [["<0x%02X>" % b, -20.0] for b in range(256)])
    ties = {"type": "Unigram", "unk_id": 1, "byte_fallback": False, "vocab": [
        ["[PAD]", 0.0], ["[UNK]", 0.0], ["[CLS]", 0.0], ["[SEP]", 0.0], ["[MASK]", 0.0], ["\u2581", -2.0]] + [
        [p, -float(len(p)) * 1.1] for p in ("a", "b", "aa", "ab", "ba", "bb", "aaa", "\u2581a", "\u2581b", "\u2581aa", "e", "s", "es", "se", "1", "11", "111", "9")]}
    published = json.load(open(os.path.join(DATA, "tokenizer.json")))
    charsmap = next(n for n in published["normalizer"]["normalizers"] if n["type"] == "Precompiled")

    def steps(*parts):
        parts = [p if isinstance(p, dict) else dumps(p) for p in parts if p is not None]
        return parts[0] if len(parts) == 1 else {"type": "Sequence", "normalizers": parts} if parts else None

    N, P = normalizers, pre_tokenizers
    normal = {
        "none": None, "bert": N.BertNormalizer(), "bert-cased": N.BertNormalizer(lowercase=False), "bert-accents": N.BertNormalizer(strip_accents=False),
        "bert-dirty": N.BertNormalizer(clean_text=False), "bert-no-ideographs": N.BertNormalizer(handle_chinese_chars=False),
        "nfc": N.NFC(), "nfd": N.NFD(), "nfkc": N.NFKC(), "nfkd": N.NFKD(), "lowercase": N.Lowercase(), "strip": N.Strip(), "strip-left": N.Strip(right=False),
        "strip-right": N.Strip(left=False), "strip-accents": N.StripAccents(), "nmt": N.Nmt(), "prepend": N.Prepend("\u2581"), "prepend-two": N.Prepend("x\u00e9"),
        "replace-text": N.Replace("''", "\""), "replace-longer": N.Replace("a", "\u00e9\u6771b"), "replace-away": N.Replace("e", ""),
        "replace-spaces": N.Replace(Regex(" {2,}"), " "), "replace-mark": N.Replace(Regex(" {2,}"), "\u2581"), "replace-white": N.Replace(Regex(r"\s+"), " "),
        "replace-digits": N.Replace(Regex(r"\d"), "0"), "replace-set": N.Replace(Regex(r"[^\w\s]+?|[a-c]{1,3}x?"), "_"), "precompiled": charsmap,
        "lower-nfd-strip": (N.NFD(), N.Lowercase(), N.StripAccents()), "albert": (N.Replace("``", '"'), N.Replace("''", '"'), N.NFKD(), N.StripAccents(),
                                                                                  N.Lowercase(), charsmap),
        "nmt-nfkc-lower": (N.Nmt(), N.NFKC(), N.Lowercase()), "strip-nfkd-precompiled": (N.Strip(left=False), charsmap, N.Replace(Regex(" {2,}"), "\u2581")),
        "prepend-replace": (N.Prepend("\u2581"), N.Replace(" ", "\u2581")),
    }
    pre = {
        "bert": P.BertPreTokenizer(), "whitespace": P.Whitespace(), "whitespace-split": P.WhitespaceSplit(), "delimiter": P.CharDelimiterSplit("-"),
        "delimiter-wide": P.CharDelimiterSplit("\u3001"), "digits": P.Digits(), "digits-each": P.Digits(individual_digits=True), "none": None,
        "split-text": P.Split(" ", "removed"), "split-invert": P.Split(Regex(r"\w+|[^\w\s]+"), "removed", invert=True), "split-spaces": P.Split(Regex(r"\s+"), "isolated"),
        "split-next": P.Split(Regex(r"\d{1,3}"), "merged_with_next"), "split-previous": P.Split(".", "merged_with_previous"),
        "split-contiguous": P.Split(Regex(r"[aeiou]"), "contiguous"), "split-lazy": P.Split(Regex(r"a.{0,3}?b|(?:cd|c)+"), "isolated"),
        "split-digits": P.Sequence([P.Split(Regex(r"[0-9]"), "isolated"), P.Metaspace()]),
        "white-metaspace": P.Sequence([P.WhitespaceSplit(), P.Metaspace()]), "meta-digits": P.Sequence([P.Metaspace(), P.Digits(True)]),
        "white-punct": P.Sequence([P.WhitespaceSplit(), P.Punctuation()]), "punct-digits": P.Sequence([P.Punctuation("contiguous"), P.Digits(), P.WhitespaceSplit()]),
    }
    for scheme in ("always", "first", "never"):
        for split in (True, False):
            pre["metaspace-%s-%s" % (scheme, "split" if split else "whole")] = P.Metaspace(prepend_scheme=scheme, split=split)
    pre["metaspace-other"] = P.Metaspace(replacement="_")
    for behavior in ("removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"):
        pre["punctuation-" + behavior] = P.Punctuation(behavior)
    base = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None, "pre_tokenizer": None, "post_processor": None,
            "decoder": None}
    usual = {"WordPiece": dumps(P.BertPreTokenizer()), "Unigram": dumps(P.Metaspace())}

    def build(model, normalizer=None, pre_tokenizer=None, added=(), post=None):
        content = dict(base, model=model, normalizer=normalizer, pre_tokenizer=pre_tokenizer)
        names = [v[0] for v in model["vocab"]] if isinstance(model["vocab"], list) else list(model["vocab"])
        tokens = [dict(id=names.index(s), content=s, single_word=False, lstrip=s == "[MASK]", rstrip=False, normalized=False, special=True) for s in SPECIALS]
        place = len(names)
        for token in added:
            known = token["content"] in names
            tokens.append(dict(token, id=names.index(token["content"]) if known else place))
            place += 0 if known else 1
        content["added_tokens"] = sorted(tokens, key=lambda t: t["id"])
        content["post_processor"] = post or dumps(processors.TemplateProcessing(
            single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", names.index("[CLS]")), ("[SEP]", names.index("[SEP]"))]))
        return content

    files = []
    for i, (name, steps_) in enumerate(normal.items()):
        normalizer = steps(*(steps_ if isinstance(steps_, tuple) else (steps_,)))
        for model in ((word_piece, unigram) if name in ("bert", "nfkc", "precompiled", "albert") else ((word_piece, unigram)[i % 2],)):
            files.append(("normalizer %s %s" % (name, model["type"]), build(model, normalizer, usual[model["type"]]), []))
    for i, (name, step) in enumerate(pre.items()):
        model = unigram if "meta" in name else (word_piece, unigram)[i % 2]
        files.append(("pre-tokenizer %s %s" % (name, model["type"]), build(model, dumps(N.Lowercase()) if i % 3 == 0 else None, dumps(step)), []))
    for i in range(12):
        model = (word_piece, unigram)[i % 2]
        normalizer = (steps(N.BertNormalizer()), steps(*normal["albert"]), steps(N.NFKC(), N.Lowercase()), steps(N.Prepend("\u2581"), N.Replace(" ", "\u2581")))[i // 2 % 4]
        texts = r.sample(ADDED_TEXTS, 6)
        added = [dict(content=t, single_word=r.random() < 0.4, lstrip=r.random() < 0.4, rstrip=r.random() < 0.4, normalized=r.random() < 0.6,
                      special=r.random() < 0.3) for t in texts]
        files.append(("added %d %s" % (i, model["type"]), build(model, normalizer, usual[model["type"]], added), texts))
    files.append(("byte fallback", build(bytes_unigram, None, usual["Unigram"]), []))
    files.append(("byte fallback nfkc", build(bytes_unigram, dumps(N.NFKC()), dumps(pre["white-metaspace"])), []))
    files.append(("ties", build(ties, None, usual["Unigram"]), ["aaaa", "bababa", "eseses", "1111111"]))
    files.append(("prefix", build(dict(word_piece, continuing_subword_prefix="@@", vocab={
        t.replace("##", "@@"): i for t, i in word_piece["vocab"].items()}), dumps(N.BertNormalizer()), dumps(P.BertPreTokenizer())), []))
    files.append(("short words", build(dict(word_piece, max_input_chars_per_word=7), dumps(N.BertNormalizer()), dumps(P.Whitespace())), []))
    names = [v[0] for v in unigram["vocab"]]
    ends = (("[SEP]", names.index("[SEP]")), ("[CLS]", names.index("[CLS]")))
    files.append(("roberta", build(unigram, None, None, post=dumps(processors.RobertaProcessing(*ends))), []))
    files.append(("roberta white", build(unigram, None, dumps(P.Digits()), post=dumps(processors.RobertaProcessing(*ends, add_prefix_space=False))), []))
    files.append(("bert processing", build(unigram, None, usual["Unigram"], post=dumps(processors.BertProcessing(*ends))), []))
    files.append(("published albert", published, ["[MASK]", "<pad>"]))
    files.append(("published bert", json.load(open(os.path.join(DATA, "wordpiece_tokenizer.json"))), ["[MASK]"]))
    return files


def make_models(lines, directory):
    """SentencePiece models of both kinds: pairs of a name and a path, and symbols to write into the texts."""
    r = random.Random(8)
    corpus = [l.replace("\n", " ")[:400] for l in r.sample(lines, min(len(lines), 4000))]
    symbols = ["<ctx>", "ab", "new word", "\u6771\u4eac"]
    kinds = {
        "bpe": dict(model_type="bpe"), "bpe bytes": dict(model_type="bpe", byte_fallback=True, character_coverage=0.98),
        "bpe symbols": dict(model_type="bpe", user_defined_symbols=symbols), "bpe digits": dict(model_type="bpe", split_digits=True),
        "bpe no prefix": dict(model_type="bpe", add_dummy_prefix=False), "bpe spaces": dict(model_type="bpe", remove_extra_whitespaces=False),
        "bpe identity": dict(model_type="bpe", normalization_rule_name="identity", byte_fallback=True),
        "bpe folded": dict(model_type="bpe", normalization_rule_name="nmt_nfkc_cf"),
        "unigram": dict(model_type="unigram"), "unigram bytes": dict(model_type="unigram", byte_fallback=True, character_coverage=0.98),
        "unigram symbols": dict(model_type="unigram", user_defined_symbols=symbols), "unigram no prefix": dict(model_type="unigram", add_dummy_prefix=False),
        "unigram spaces": dict(model_type="unigram", remove_extra_whitespaces=False, split_by_whitespace=False),
        "unigram nfkc": dict(model_type="unigram", normalization_rule_name="nfkc"),
    }
    result = []
    for name, settings in kinds.items():
        if options.only not in "sentencepiece " + name:
            continue
        path = os.path.join(directory, "sentencepiece-" + name.replace(" ", "-"), "tokenizer.model")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        model = io.BytesIO()
        settings = dict(dict(character_coverage=0.999), **settings)
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(corpus), model_writer=model, vocab_size=max(options.vocabulary, 2600), hard_vocab_limit=False, num_threads=1,
            minloglevel=2, **settings)
        with open(path, "wb") as f:
            f.write(model.getvalue())
        result.append(("sentencepiece " + name, path, symbols))
    return result


def answers_of_tokenizers(path, texts):
    reference = Tokenizer.from_file(path)
    # As written: id_to_token gives the normalized form since 0.23, and the written one before.
    contents = {i: token.content for i, token in reference.get_added_tokens_decoder().items()}
    for text in texts:
        encoding = reference.encode(text)
        yield encoding.ids, [contents.get(i) or reference.id_to_token(i) for i in encoding.ids], byte_offsets(text, encoding.offsets)


def answers_of_sentencepiece(path, texts):
    reference = sentencepiece.SentencePieceProcessor(model_file=path)
    for text in texts:
        try:
            pieces = reference.encode(text, out_type="immutable_proto").pieces
            offsets = byte_offsets(text, [(p.begin, p.end) for p in pieces])
        except ValueError:
            # Since 0.2.2 by another name, and in bytes.
            pieces = reference.encode(text, return_type="proto").pieces
            offsets = [[p.begin, p.end] for p in pieces]
        yield [p.id for p in pieces], [reference.id_to_piece(p.id) for p in pieces], offsets


def spread(files):
    return files if len(files) <= options.files else [files[i * len(files) // options.files] for i in range(options.files)]


# Comparison.

def byte_offsets(text, offsets):
    places = [0]
    for c in text:
        places.append(places[-1] + len(c.encode()))
    return [[places[a], places[b]] for a, b in offsets]


def albit(path, texts):
    data = b"".join(t.encode() + b"\0" for t in texts)
    run = subprocess.run([options.albit, "tokenize", path, "--json", "--null"], input=data, capture_output=True)
    if run.returncode:
        raise RuntimeError(run.stderr.decode().strip())
    return [json.loads(line) for line in run.stdout.split(b"\n") if line]


def compare(name, texts, expected, found):
    """Counts of equal rows and of differing ones; shows the first few of those."""
    shown = different = 0
    for text, (ids, pieces, offsets), row in zip(texts, expected, found):
        if row["ids"] == ids and row["offsets"] == offsets and (pieces is None or row["pieces"] == pieces):
            continue
        different += 1
        if shown < options.show:
            shown += 1
            print("  %s\n    text     %s\n    expected %s %s %s\n    found    %s %s %s" % (
                name, ascii(text), ids, ascii(pieces), offsets, row["ids"], ascii(row["pieces"]), row["offsets"]))
    return len(texts) - different, different


def main():
    lines = real_texts()
    directory = options.keep or tempfile.mkdtemp(prefix="albit-tokenizers-")
    os.makedirs(directory, exist_ok=True)
    equal = different = 0
    files = make_models(lines, directory)
    for name, content, added in make_files(lines):
        if options.only not in name:
            continue
        path = os.path.join(directory, re.sub(r"[^\w-]+", "-", name), "tokenizer.json")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            json.dump(content, f, ensure_ascii=False)
        files.append((name, path, added))
    files = spread(files)
    for name, path, added in files:
        texts = strings(name, lines, added, options.strings, options.seed)
        expected = list((answers_of_sentencepiece if path.endswith(".model") else answers_of_tokenizers)(path, texts))
        if options.record:
            with open(os.path.join(os.path.dirname(path), "cases.json"), "w", encoding="utf-8") as f:
                json.dump({"name": name, "tokenizers": tokenizers.__version__, "sentencepiece": sentencepiece.__version__, "cases": [
                    {"text": t, "ids": i, "pieces": p, "offsets": o} for t, (i, p, o) in zip(texts, expected)]}, f, ensure_ascii=True)
            continue
        try:
            found = albit(path, texts)
        except RuntimeError as error:
            print("refused    %s: %s" % (name, error))
            different += len(texts)
            continue
        same, other = compare(name, texts, expected, found)
        equal, different = equal + same, different + other
        if other:
            print("different  %s: %d of %d" % (name, other, len(texts)), flush=True)
    print("%d files with tokenizers %s, sentencepiece %s; rows equal %d, different %d" % (
        len(files), tokenizers.__version__, sentencepiece.__version__, equal, different))
    return 1 if different else 0


sys.exit(main())
