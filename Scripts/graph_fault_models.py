"""What make-graph-faults.py makes its inputs of: small models with random weights, and exports of masked-word heads."""
import json
import os
import tempfile

import numpy as np
import onnxruntime
import torch
from onnxruntime.quantization import quantize_dynamic
from transformers import (AlbertConfig, AlbertForMaskedLM, AlbertForSequenceClassification, AlbertModel, BertConfig, BertForMaskedLM,
                          BertModel)

IDS = [2, 17, 45, 99, 123, 7, 3]
TYPES = [0, 0, 0, 0, 1, 1, 1]
DIMENSIONS = dict(
    vocab_size=200, hidden_size=32, intermediate_size=64, num_attention_heads=4, num_hidden_layers=2, max_position_embeddings=64,
    type_vocab_size=2, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, layer_norm_eps=1e-12)


def model(kind, seed, **more):
    """Random weights of a size at which every role matters."""
    torch.manual_seed(seed)
    if kind == "bert":
        result = BertModel(BertConfig(**{**DIMENSIONS, "attn_implementation": "eager", **more}))
    else:
        configuration = AlbertConfig(**{**DIMENSIONS, "embedding_size": 16, "num_hidden_groups": 1, "attn_implementation": "eager", **more})
        result = (AlbertForSequenceClassification if kind == "albert-classifier" else AlbertModel)(configuration)
    with torch.no_grad():
        for name, parameter in result.named_parameters():
            spread = 0.1 if parameter.dim() == 1 else 0.3
            parameter.copy_(torch.randn(parameter.shape) * spread + (1.0 if "LayerNorm.weight" in name or "layer_norm.weight" in name else 0.0))
    return result.eval()


def write(directory, kind, cases):
    path = os.path.join(directory, kind, "expected-own.json")
    with open(path, "w") as file:
        json.dump(cases, file)


class WithoutTypes(torch.nn.Module):
    """What an export without token types wraps."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, input_ids, attention_mask):
        return self.inner(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state


class Words(torch.nn.Module):
    """What an export of a masked-word head wraps."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, input_ids, attention_mask, token_type_ids):
        return self.inner(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).logits


def rounded_decoder(directory):
    """Masked-word heads that ONNX Runtime rounded to 8 bits, the decoder apart from the word embedding; and the same with
    a decoder that is another matrix."""
    folder = os.path.join(directory, "rounded-decoder")
    os.makedirs(folder, exist_ok=True)
    cases = []
    small = {**DIMENSIONS, "vocab_size": 120, "hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2, "num_hidden_layers": 1,
             "attn_implementation": "eager"}
    for name, architecture, configuration in (
            ("albert", AlbertForMaskedLM, AlbertConfig(**{**small, "embedding_size": 12})), ("bert", BertForMaskedLM, BertConfig(**small))):
        torch.manual_seed(61)
        inner = architecture(configuration).eval()
        with torch.no_grad():
            for key, parameter in inner.named_parameters():
                spread = 0.1 if parameter.dim() == 1 else 0.3
                parameter.copy_(torch.randn(parameter.shape) * spread + (1.0 if "orm.weight" in key else 0.0))
        arguments = dict(
            input_names=["input_ids", "attention_mask", "token_type_ids"], output_names=["logits"], opset_version=17, dynamo=False,
            dynamic_axes={key: {0: "batch", 1: "length"} for key in ("input_ids", "attention_mask", "token_type_ids")})
        ids, types = torch.tensor([[min(i, 100) for i in IDS]]), torch.tensor([TYPES])
        with torch.no_grad():
            exact = inner(ids, token_type_ids=torch.zeros_like(ids)).logits[0].numpy()
        for suffix in ("", "-other"):
            if suffix:
                with torch.no_grad():
                    decoder = inner.predictions.decoder if name == "albert" else inner.cls.predictions.decoder
                    decoder.weight = torch.nn.Parameter(decoder.weight + 0.03 * torch.randn(decoder.weight.shape))
            with tempfile.TemporaryDirectory() as scratch:
                torch.onnx.export(Words(inner), (ids, torch.ones_like(ids), types), scratch + "/model.onnx", **arguments)
                quantize_dynamic(scratch + "/model.onnx", folder + f"/{name}{suffix}.onnx", per_channel=name == "bert")
        session = onnxruntime.InferenceSession(folder + f"/{name}.onnx", providers=["CPUExecutionProvider"])
        found = session.run(None, {"input_ids": ids.numpy(), "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)})[0][0]
        cases.append({"input": name + ".onnx", "cases": [{
            "ids": ids[0].tolist(), "words": np.round(found, 5).astype(float).tolist(), "exactWords": np.round(exact, 5).astype(float).tolist()}]})
    write(directory, "rounded-decoder", cases)
