#!/usr/bin/env python3
"""Speed, memory and error of LiteRT (TensorFlow Lite's successor), int8, on the same model as speed.py.

    Benchmarks/peers/litert.py CHECKPOINT [--threads 1,2] [--seconds 1] [--shapes 1x16,1x128,1x512,8x128]

Each shape is a program of its own there: the checkpoint goes through litert-torch and ai-edge-quantizer's dynamic int8
recipe, then runs in a process of its own. Error: relative L2 of the last hidden state against torch.
needs: litert-torch, ai-edge-quantizer, transformers (PyPI); CTranslate2 4.8 and llama.cpp's GGUF know no ALBERT
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

RUN = """
import json, re, statistics, sys, time
import numpy as np
from ai_edge_litert.interpreter import Interpreter
path, threads, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
interpreter = Interpreter(path + ".tflite", num_threads=threads)
interpreter.allocate_tensors()
wanted, given = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
interpreter.set_tensor(wanted["index"], np.load(path + ".ids.npy").astype(wanted["dtype"]))
interpreter.invoke()
reference = np.load(path + ".hidden.npy")
error = np.linalg.norm(interpreter.get_tensor(given["index"]) - reference) / np.linalg.norm(reference)
times, end = [], time.perf_counter() + seconds
while not times or time.perf_counter() < end:
    start = time.perf_counter()
    interpreter.invoke()
    times.append(1e3 * (time.perf_counter() - start))
kib = int(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read()).group(1))
print(json.dumps({"median": statistics.median(times), "error": float(error), "kib": kib}))
"""


def convert(checkpoint, batch, sequence, path):
    import litert_torch
    import numpy
    import torch
    from ai_edge_quantizer import quantizer, recipe
    from transformers import AlbertModel

    class Encoder(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.albert = AlbertModel.from_pretrained(checkpoint, attn_implementation="eager", dtype=torch.float32)

        def forward(self, ids):
            return self.albert(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state

    encoder = Encoder().eval()
    torch.manual_seed(0)
    ids = torch.randint(5, encoder.albert.config.vocab_size, (batch, sequence))
    litert_torch.convert(encoder, (ids,)).export(path + ".float.tflite")
    maker = quantizer.Quantizer(path + ".float.tflite")
    maker.load_quantization_recipe(recipe.dynamic_wi8_afp32())
    maker.quantize().export_model(path + ".tflite", overwrite=True)
    with torch.no_grad():
        numpy.save(path + ".hidden.npy", encoder(ids).numpy())
    numpy.save(path + ".ids.npy", ids.numpy())


parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("checkpoint")
parser.add_argument("--threads", default="1,2")
parser.add_argument("--seconds", default="1")
parser.add_argument("--shapes", default="1x16,1x128,1x512,8x128")
given = parser.parse_args()

with tempfile.TemporaryDirectory() as folder:
    print("| batch x tokens | threads | milliseconds | error | file MB | peak RSS MB |\n|---|---|---|---|---|---|")
    for shape in given.shapes.split(","):
        batch, sequence = (int(number) for number in shape.split("x"))
        path = f"{folder}/{shape}"
        convert(given.checkpoint, batch, sequence, path)
        size = pathlib.Path(path + ".tflite").stat().st_size / 1e6
        for threads in given.threads.split(","):
            words = [sys.executable, "-c", RUN, path, threads, given.seconds]
            result = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
            print(f"| {batch} x {sequence} | {threads} | {result['median']:.1f} | {result['error']:.4f} | {size:.1f} | "
                  f"{result['kib'] * 1024 / 1e6:.0f} |", flush=True)
