#!/usr/bin/env python3
"""Gradients of small models by torch, for Tests/AlbitQuantizerTests/gradients.npz.

    Scripts/golden-gradients.py ZOO OUTPUT      needs: torch, transformers, numpy; ZOO: the unpacked zoo.tar.xz

For each model: ids, signs [seeds][S][H], and the gradients of sum(signs * lastHiddenState) at the sum of the
embeddings and at the output of every linear layer of every step, [seeds][S][N]. Everything is computed in double.
"""
import sys

import numpy as np
import torch
import transformers

ZOO, OUTPUT = sys.argv[1:]
MODELS = {"albert": "base-model", "albert-gelu": "gelu-model", "albert-groups": "g2-model", "bert": "bert-seqcls"}
generator = np.random.default_rng(7)
arrays = {"versions": np.frombuffer(f"torch {torch.__version__}, transformers {transformers.__version__}".encode(), np.uint8)}

for name, folder in MODELS.items():
    model = transformers.AutoModel.from_pretrained(f"{ZOO}/safetensors/{folder}", attn_implementation="eager").double().eval()
    ids = generator.integers(5, model.config.vocab_size, 11)
    types = (np.arange(11) > 6).astype(np.int64)
    outputs = []

    def keep(site):
        def hook(module, inputs, output):
            output.retain_grad()
            outputs.append((site, output))
        return hook

    ends = {"query": "query", "key": "key", "value": "value", "attention.dense": "attn_output", "attention.output.dense": "attn_output",
            "ffn": "ffn_up", "intermediate.dense": "ffn_up", "ffn_output": "ffn_down", "output.dense": "ffn_down"}
    for path, module in model.named_modules():
        site = next((site for end, site in ends.items() if path.endswith("." + end)), None)
        if path.endswith("attention.output.dense"):
            site = "attn_output"
        if isinstance(module, torch.nn.Linear) and site:
            module.register_forward_hook(keep(site))
    sums = []
    model.embeddings.LayerNorm.register_forward_pre_hook(lambda module, inputs: (inputs[0].retain_grad(), sums.append(inputs[0]))[0])

    signs = generator.integers(0, 2, (2, 11, model.config.hidden_size)) * 2.0 - 1
    gradients = {}
    for sign in signs:
        outputs.clear()
        sums.clear()
        last = model(torch.tensor(ids)[None], token_type_ids=torch.tensor(types)[None]).last_hidden_state[0]
        (last * torch.tensor(sign)).sum().backward()
        counts = {}
        for site, output in outputs:
            step = counts.get(site, 0)
            counts[site] = step + 1
            gradients.setdefault(f"{site}.{step}", []).append(output.grad[0].numpy())
        gradients.setdefault("embeddings", []).append(sums[0].grad[0].numpy())
    arrays |= {f"{name}.ids": ids.astype(np.int32), f"{name}.types": types.astype(np.int32), f"{name}.signs": signs.astype(np.float32)}
    arrays |= {f"{name}.{key}": np.array(value, np.float32) for key, value in gradients.items()}
    print(name, {key: np.array(value).shape for key, value in gradients.items()})
np.savez_compressed(OUTPUT, **arrays)
