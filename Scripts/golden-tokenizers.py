#!/usr/bin/env python3
"""Makes directories of tokenizer files as checkpoints have them, with what transformers 4.57 makes of texts.

usage: golden-tokenizers.py DIRECTORY     (needs transformers 4.57 with sentencepiece 0.2.1, fugashi and ipadic)

Each directory gets cases.json: texts, ids and pieces, and offsets in bytes where the class gives any. They are packed with
those of differential-tokenizers.py --record as Tests/Data/tokenizers.tar.xz.
"""
import io
import json
import os
import random
import sys

import sentencepiece
import transformers
from transformers import AddedToken, AlbertTokenizer, BertJapaneseTokenizer, BertTokenizer, BertTokenizerFast, XLMRobertaTokenizer

root = sys.argv[1]
here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
lines = [case["text"] for name in ("unigram_cases.json", "wordpiece_cases.json")
         for case in json.load(open(os.path.join(here, "Tests/Data/tokenizer", name)))["cases"]]
lines = [l for l in lines if "\0" not in l]
japanese = ["私は東京に住んでいます。", "東京都の大学生です", "犬が好きです。猫は魚を食べた", "ﾊﾝｶｸ ｶﾞﾊﾟ 123", "Ｆｕｌｌ　ｗｉｄｔｈ ＡＢＣ", "改行\nとタブ\tと 空白", "か\u3099き\u309a ㍿ ① ㌔",
            "コンピューター、ソフト！？", "", " ", "　", "a b  c", "«quoted» — dash", "ＴＯＫＹＯ2024年", "\u00b4\u3099", "👩\u200d🚀 絵文字", "ㇷ゚ セ゚"]
corpus = [l.replace("\n", " ") for l in lines if l.strip()] + japanese


def directory(name):
    path = os.path.join(root, name)
    os.makedirs(path, exist_ok=True)
    return path


def write(name, tokenizer, texts, offsets=False):
    cases = []
    for text in texts:
        if offsets:
            encoded = tokenizer(text, return_offsets_mapping=True)
            places = [0]
            for c in text:
                places.append(places[-1] + len(c.encode()))
            spans = [[places[a], places[b]] for a, b in encoded["offset_mapping"]]
        else:
            encoded, spans = tokenizer(text), None
        cases.append({"text": text, "ids": encoded["input_ids"], "pieces": tokenizer.convert_ids_to_tokens(encoded["input_ids"]), "offsets": spans})
    with open(os.path.join(root, name, "cases.json"), "w") as f:
        json.dump({"name": name, "class": type(tokenizer).__name__, "transformers": transformers.__version__, "cases": cases}, f)


def save(name, file, content):
    with open(os.path.join(directory(name), file), "w", encoding="utf-8") as f:
        f.write(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False))


# Words added to vocab.txt, cased and not, with every rule.
vocabulary = open(os.path.join(here, "Tests/Data/tokenizer/vocab.txt"), encoding="utf-8").read().split("\n")[:2000]
vocabulary = [v for v in vocabulary if v]
mixed = ["Hello-World hello-world HELLO-WORLD", "Straße STRASSE straße", "xHello-World Hello-Worldx", "a <ctx> b <CTX>c", " <ctx>  [MASK] ", "zoé ZOÉ zoe",
         "the [unused1] of [MASK]", "New York new york NEW YORK newyork"]
for name, settings, tokens in (
        ("vocabulary-cased", dict(do_lower_case=False), ["Hello-World", "Straße", "New York"]),
        ("vocabulary-rules", dict(do_lower_case=True), [
            AddedToken("hello-world", single_word=True), AddedToken("<ctx>", lstrip=True, rstrip=True, normalized=False), AddedToken("Zoé"),
            AddedToken("New York", normalized=False)])):
    save(name, "vocab.txt", "\n".join(vocabulary) + "\n")
    slow = BertTokenizer(os.path.join(root, name, "vocab.txt"), **settings)
    slow.add_tokens(tokens)
    slow.save_pretrained(os.path.join(root, name))
    fast = BertTokenizerFast.from_pretrained(os.path.join(root, name))
    write(name, fast, mixed + lines[:60], offsets=True)

# The older layout: added_tokens.json by itself.
save("vocabulary-old", "vocab.txt", "\n".join(vocabulary) + "\n")
save("vocabulary-old", "added_tokens.json", {"covid-19": len(vocabulary), "kil-trim": len(vocabulary) + 1})
save("vocabulary-old", "tokenizer_config.json", {"do_lower_case": True, "tokenizer_class": "BertTokenizer"})
fast = BertTokenizerFast.from_pretrained(os.path.join(root, "vocabulary-old"))
write("vocabulary-old", fast, ["COVID-19 Covid-19 covid-19", "xKil-Trimx"] + lines[:30], offsets=True)

# BertJapaneseTokenizer.
characters = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + sorted({c for t in japanese for c in __import__("unicodedata").normalize("NFKC", t) if c.strip()})[:160]
words = characters + ["東京", "##都", "##京", "大学", "##生", "です", "ます", "##ます", "住", "##ん", "##で", "##い", "1", "##2", "##3", "quoted"]
words = list(dict.fromkeys(words))
for name, vocab, settings in (
        ("japanese-characters", characters, dict(word_tokenizer_type="basic", subword_tokenizer_type="character")),
        ("japanese-characters-lower", characters, dict(word_tokenizer_type="basic", subword_tokenizer_type="character", do_lower_case=True)),
        ("japanese-basic", words, dict(word_tokenizer_type="basic", subword_tokenizer_type="wordpiece")),
        ("japanese-mecab-characters", characters, dict(word_tokenizer_type="mecab", subword_tokenizer_type="character", mecab_kwargs={"mecab_dic": "ipadic"}))):
    save(name, "vocab.txt", "\n".join(vocab) + "\n")
    save(name, "tokenizer_config.json", dict(settings, tokenizer_class="BertJapaneseTokenizer", do_lower_case=settings.get("do_lower_case", False)))
    write(name, BertJapaneseTokenizer.from_pretrained(os.path.join(root, name)), japanese)

# SentencePiece models as checkpoints lay them out.
for name, model_type, make, options in (
        ("xlmr", "unigram", XLMRobertaTokenizer, dict(vocab_size=700)),
        ("albert-bpe", "bpe", AlbertTokenizer, dict(vocab_size=700, control_symbols=["[CLS]", "[SEP]"], user_defined_symbols=["[MASK]"])),
        ("albert-added", "unigram", AlbertTokenizer, dict(vocab_size=700, control_symbols=["[CLS]", "[SEP]"], user_defined_symbols=["[MASK]"]))):
    model = io.BytesIO()
    if make is AlbertTokenizer:
        options.update(pad_id=0, unk_id=1, bos_id=-1, eos_id=-1, pad_piece="<pad>")
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(corpus), model_writer=model, model_type=model_type, hard_vocab_limit=False,
                                             minloglevel=2, num_threads=1, **options)
    file = os.path.join(directory(name), "sentencepiece.bpe.model" if make is XLMRobertaTokenizer else "spiece.model")
    with open(file, "wb") as f:
        f.write(model.getvalue())
    tokenizer = make(file)
    if name == "albert-added":
        tokenizer.add_tokens(["Kil-Trim", "New York", AddedToken("<Ctx>", normalized=False)])
    tokenizer.save_pretrained(os.path.join(root, name))
    texts = mixed + ["Kil-Trim kil-trim KIL-TRIM xKil-Trimx", "a <Ctx> b <ctx>", "x <mask> y", "x [MASK] y", "1, 2,3 9,"] + lines[:80]
    write(name, tokenizer, texts)
