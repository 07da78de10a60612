#!/usr/bin/env python3
"""Writes an ALBERT of given dimensions with fixed pseudo-random F16 weights, as a Hugging Face folder.

usage: make-random-albert.py FOLDER VOCABULARY EMBEDDING HIDDEN INTERMEDIATE HEADS LAYERS

For checks of identity and memory, where the size of a model matters and its training does not: no tokenizer,
ids are given. Needs nothing but Python. The same arguments give the same bytes.
"""
import json
import os
import random
import struct
import sys


def main():
    if len(sys.argv) != 8:
        sys.exit(__doc__)
    folder = sys.argv[1]
    vocabulary, embedding, hidden, intermediate, heads, layers = map(int, sys.argv[2:])
    layer = "albert.encoder.albert_layer_groups.0.albert_layers.0."
    shapes = {
        "albert.embeddings.word_embeddings.weight": (vocabulary, embedding),
        "albert.embeddings.position_embeddings.weight": (512, embedding),
        "albert.embeddings.token_type_embeddings.weight": (2, embedding),
        "albert.embeddings.LayerNorm.weight": (embedding,),
        "albert.embeddings.LayerNorm.bias": (embedding,),
        "albert.encoder.embedding_hidden_mapping_in.weight": (hidden, embedding),
        "albert.encoder.embedding_hidden_mapping_in.bias": (hidden,),
        "albert.pooler.weight": (hidden, hidden),
        "albert.pooler.bias": (hidden,),
        "classifier.weight": (2, hidden),
        "classifier.bias": (2,),
    }
    for name in ("query", "key", "value", "dense"):
        shapes[f"{layer}attention.{name}.weight"] = (hidden, hidden)
        shapes[f"{layer}attention.{name}.bias"] = (hidden,)
    shapes |= {
        layer + "ffn.weight": (intermediate, hidden), layer + "ffn.bias": (intermediate,),
        layer + "ffn_output.weight": (hidden, intermediate), layer + "ffn_output.bias": (hidden,),
    }
    for name in ("attention.LayerNorm", "full_layer_layer_norm"):
        shapes[f"{layer}{name}.weight"] = shapes[f"{layer}{name}.bias"] = (hidden,)

    # One stretch of random F16 values, read at a prime stride of offsets: fast, and no two tensors are alike.
    generator = random.Random(20)
    pool = [generator.gauss(0, 0.04) for _ in range(1 << 16)]
    weights = struct.pack(f"<{len(pool)}e", *pool) * 2
    norms = struct.pack("<4096e", *(1 + 4 * value for value in pool[:4096])) * 5

    header, offset = {}, 0
    for name, shape in shapes.items():
        size = 2
        for dimension in shape:
            size *= dimension
        header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/model.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        at = 0
        for name, entry in header.items():
            left = entry["data_offsets"][1] - entry["data_offsets"][0]
            if name.endswith(("Norm.weight", "layer_norm.weight")):
                file.write(norms[:left])
                continue
            while left > 0:
                at = (at + 2 * 7919) % (len(weights) // 2)
                count = min(left, 2 * 15013)
                file.write(weights[at:at + count])
                left -= count
    with open(f"{folder}/config.json", "w") as file:
        json.dump({
            "architectures": ["AlbertForSequenceClassification"], "model_type": "albert", "vocab_size": vocabulary,
            "embedding_size": embedding, "hidden_size": hidden, "intermediate_size": intermediate,
            "num_attention_heads": heads, "num_hidden_layers": layers, "num_hidden_groups": 1, "inner_group_num": 1,
            "hidden_act": "gelu_new", "max_position_embeddings": 512, "type_vocab_size": 2, "layer_norm_eps": 1e-12}, file)


main()
