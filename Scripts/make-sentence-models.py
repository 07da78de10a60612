#!/usr/bin/env python3
"""Makes Tests/Data/sentences.tar.xz: small sentence-transformers models in the layouts that people publish, with the
vectors and scores of sentence-transformers 6.2, and models that have to be refused by name.

    make-sentence-models.py OUT.tar.xz [--also FOLDER]

`--also`: a folder of models with an expected.json of its own, which is taken along under `reported/`."""

import argparse
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import sentence_transformers
import torch
from sentence_transformers import CrossEncoder, SentenceTransformer
from sentence_transformers.base.modules import Dense, Normalize, Router, Transformer
from sentence_transformers.sentence_transformer.modules import (CNN, LSTM, Dropout, LayerNorm, Pooling,
                                                                StaticEmbedding, WeightedLayerPooling)
from torch import nn

import sentence_models as tiny

rows = []


def save(root, name, modules, **settings):
    model = SentenceTransformer(modules=modules, device="cpu", **settings)
    model.save(str(root / name), create_model_card=False)
    return str(root / name)


def measure(root, name, texts=None, prompts=("default",), **row):
    """What the library makes of texts; `prompts`: names, or `default` for none named."""
    model = SentenceTransformer(str(root / name), device="cpu")
    texts = texts or tiny.TEXTS
    for prompt in prompts:
        named = {} if prompt == "default" else {"prompt_name": prompt}
        vectors = model.encode(texts, batch_size=3, **named)
        rows.append({"input": name, "prompt": None if prompt == "default" else prompt, "texts": texts,
                     "embeddings": vectors.tolist(), **row})


def refuse(name, *words):
    rows.append({"input": name, "refused": list(words)})


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("output")
    arguments.add_argument("--also")
    arguments = arguments.parse_args()
    work = Path(tempfile.mkdtemp())
    root = work / "sentences"
    root.mkdir()
    base = tiny.base(str(work / "base"))
    cased = tiny.base(str(work / "cased"), lowercase=False, family="bert")

    def transformer(path=base, **keys):
        return Transformer(path, **keys)

    torch.manual_seed(1)
    for mode in ["cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"]:
        save(root, mode, [transformer(), Pooling(16, mode), Normalize()])
        measure(root, mode)
    for name, modes in {"mean-max": ("mean", "max"), "max-cls-last": ("max", "cls", "lasttoken"),
                        "mean-twice": ("mean", "mean")}.items():
        save(root, name, [transformer(), Pooling(16, modes)])
        measure(root, name)
    path = save(root, "old-max-mean", [transformer(), Pooling(16, ("max", "mean"))])
    assert tiny.old_pooling(path)
    tiny.old_types(path)
    measure(root, "old-max-mean")
    path = save(root, "old-nothing", [transformer(), Pooling(16, "mean")])
    tiny.change(path, "1_Pooling/config.json", pooling_mode=None, embedding_dimension=None,
                word_embedding_dimension=16, pooling_mode_cls_token=False)
    measure(root, "old-nothing")

    # Dense modules, norms, what is cut.
    save(root, "dense-tanh", [transformer(), Pooling(16, "cls"), Dense(16, 24), Normalize()])
    measure(root, "dense-tanh")
    path = save(root, "dense-two", [
        transformer(), Pooling(16, ("mean", "cls")), Dense(32, 20, bias=False, activation_function=nn.ReLU()),
        Dense(20, 12, activation_function=nn.Identity())])
    tiny.torch_weights(path, "2_Dense")
    measure(root, "dense-two")
    for name, activation in {"gelu": nn.GELU(), "sigmoid": nn.Sigmoid(), "silu": nn.SiLU(), "relu6": nn.ReLU6(),
                             "leakyrelu": nn.LeakyReLU(), "hardtanh": nn.Hardtanh(), "softsign": nn.Softsign(),
                             "tanhshrink": nn.Tanhshrink()}.items():
        dense = Dense(16, 16, activation_function=activation)
        nn.init.normal_(dense.linear.weight, std=1.5)
        save(root, "dense-" + name, [transformer(), Pooling(16, "mean"), dense])
        measure(root, "dense-" + name, tiny.TEXTS[:3])
    norm = LayerNorm(16)
    nn.init.normal_(norm.norm.weight)
    nn.init.normal_(norm.norm.bias)
    save(root, "layer-norm", [transformer(), Pooling(16, "mean"), Normalize(), norm, Dense(16, 8)])
    measure(root, "layer-norm")
    save(root, "dropout", [transformer(), Pooling(16, "mean"), Dropout(0.5)])
    measure(root, "dropout", tiny.TEXTS[:3])
    save(root, "truncated", [transformer(), Pooling(16, "mean"), Normalize()], truncate_dim=5)
    measure(root, "truncated")
    path = save(root, "pooled", [transformer(), Pooling(16, "mean"), Normalize()])
    modules = json.loads(Path(path, "modules.json").read_text())
    Path(path, "modules.json").write_text(json.dumps([modules[0], {**modules[2], "idx": 1}]))
    shutil.rmtree(Path(path, "1_Pooling"))
    tiny.change(path, "sentence_bert_config.json", module_output_name="sentence_embedding",
                modality_config={"text": {"method": "forward", "method_output_name": "pooler_output"}})
    measure(root, "pooled")

    # Prompts.
    prompts = {"query": "query: ", "passage": "passage: we take cards ", "empty": ""}
    for name, pooling in {"prompt-default": Pooling(16, "mean"),
                          "prompt-left-out": Pooling(16, ("mean", "cls", "weightedmean", "max", "lasttoken"),
                                                     include_prompt=False)}.items():
        save(root, name, [transformer(), pooling], prompts=prompts, default_prompt_name="query")
        measure(root, name, prompts=("default", "passage", "empty", "document"))
    save(root, "prompt-named", [transformer(), Pooling(16, "mean")], prompts=prompts)
    measure(root, "prompt-named", prompts=("default", "passage"))

    # Lengths, letters, layouts.
    path = save(root, "length-7", [transformer(), Pooling(16, "mean")])
    tiny.old_length(path, 7)
    measure(root, "length-7")
    path = save(root, "lowered", [transformer(cased), Pooling(16, "mean")])
    tiny.old_length(path, 40, lowercase=True)
    measure(root, "lowered", tiny.TEXTS + ["KÖLN UND ΣΟΦΟΣ, İstanbul"])
    path = save(root, "in-folder", [transformer(cased), Pooling(16, "mean"), Dense(16, 4)])
    tiny.move_transformer(path)
    tiny.old_length(path, 9)
    measure(root, "in-folder")
    model = SentenceTransformer(modules=[transformer(), Pooling(16, "mean")], device="cpu", similarity_fn_name="dot")
    model.save(str(root / "dot"), create_model_card=False)
    vectors = model.encode(tiny.TEXTS)
    rows.append({"input": "dot", "texts": tiny.TEXTS, "embeddings": vectors.tolist(),
                 "similarities": model.similarity(vectors[:1], vectors)[0].tolist()})

    # Cross-encoders: one score for a pair, as its activation has it.
    pairs = [["how to pay", text] for text in tiny.TEXTS]
    for name, activation in {"cross-sigmoid": None, "cross-identity": nn.Identity(), "cross-tanh": nn.Tanh()}.items():
        model = CrossEncoder(tiny.base(str(work / "one"), labels=1, seed=3), device="cpu", activation_fn=activation)
        model.save(str(root / name), create_model_card=False)
        rows.append({"input": name, "pairs": pairs, "scores": CrossEncoder(str(root / name), device="cpu")
                     .predict(pairs).tolist()})
    shutil.copytree(work / "one", root / "cross-old")
    tiny.change(root / "cross-old", "config.json",
                sbert_ce_default_activation_function="torch.nn.modules.linear.Identity")
    rows.append({"input": "cross-old", "pairs": pairs, "scores": CrossEncoder(str(root / "cross-old"), device="cpu")
                 .predict(pairs).tolist()})
    shutil.copytree(work / "one", root / "cross-version-4")
    tiny.change(root / "cross-version-4", "config.json", sentence_transformers={
        "activation_fn": "torch.nn.modules.linear.Identity", "version": "4.0.1"})
    rows.append({"input": "cross-version-4", "pairs": pairs, "scores": CrossEncoder(
        str(root / "cross-version-4"), device="cpu").predict(pairs).tolist()})

    # What Albit does not run.
    router = Router({"query": [Dense(16, 8)], "document": [Dense(16, 8)]}, default_route="document")
    save(root, "refused-router", [transformer(), Pooling(16, "mean"), router])
    refuse("refused-router", "Router")
    save(root, "refused-residual", [transformer(), Pooling(16, "mean"), Dense(16, 16, use_residual=True)])
    refuse("refused-residual", "use_residual")
    save(root, "refused-activation", [transformer(), Pooling(16, "mean"), Dense(16, 16, activation_function=nn.Mish())])
    refuse("refused-activation", "torch.nn.modules.activation.Mish")
    save(root, "refused-tokens-dense", [
        transformer(), Dense(16, 16, module_input_name="token_embeddings"), Pooling(16, "mean")])
    refuse("refused-tokens-dense", "Dense")
    save(root, "refused-cnn", [transformer(), CNN(16, 8), Pooling(24, "mean")])
    refuse("refused-cnn", "CNN")
    save(root, "refused-lstm", [transformer(), LSTM(16, 8), Pooling(16, "mean")])
    refuse("refused-lstm", "LSTM")
    save(root, "refused-layers", [transformer(), WeightedLayerPooling(16, num_hidden_layers=2), Pooling(16, "mean")])
    refuse("refused-layers", "WeightedLayerPooling")
    save(root, "refused-static", [StaticEmbedding(tiny.tokenizer(True), embedding_dim=16)])
    refuse("refused-static", "StaticEmbedding")
    for name, type in {"refused-code": "custom_st.Transformer",
                       "refused-clip": "sentence_transformers.models.CLIPModel",
                       "refused-words": "sentence_transformers.models.WordEmbeddings"}.items():
        path = save(root, name, [transformer(), Pooling(16, "mean")])
        modules = json.loads(Path(path, "modules.json").read_text())
        modules[0]["type"] = type
        Path(path, "modules.json").write_text(json.dumps(modules))
        refuse(name, type)
    path = save(root, "refused-sparse", [transformer(), Pooling(16, "mean")])
    tiny.change(path, "config_sentence_transformers.json", model_type="SparseEncoder")
    refuse("refused-sparse", "SparseEncoder")
    path = save(root, "refused-arguments", [transformer(), Pooling(16, "mean")])
    tiny.change(path, "sentence_bert_config.json", config_kwargs={"num_hidden_layers": 1})
    refuse("refused-arguments", "config_kwargs", "num_hidden_layers")
    path = save(root, "refused-left", [transformer(), Pooling(16, "mean")])
    tiny.change(path, "tokenizer_config.json", truncation_side="left")
    refuse("refused-left", "truncation_side", "left")

    (root / "expected.json").write_text(json.dumps({
        "writer": "sentence-transformers " + sentence_transformers.__version__, "rows": rows}, ensure_ascii=False))
    if arguments.also:
        shutil.copytree(arguments.also, root / "reported")
        subprocess.run(["chmod", "-R", "u+w", str(root / "reported")], check=True)
    subprocess.run(["tar", "--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@0", "-C", str(work),
                    "-cJf", arguments.output, "sentences"], check=True, env={"XZ_OPT": "-9e", "PATH": "/usr/bin:/bin"})
    shutil.rmtree(work)
    print(len(rows), "rows")


main()
