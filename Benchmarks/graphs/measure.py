"""Import of albert-base-sized ONNX files: time against reading the file, and anonymous memory.

    python3 measure.py path/to/albit

Makes (in a temporary directory) two graphs as PyTorch's exporters write them: one with a copy of the layer for each of
its 12 applications, one with the layer stored once behind Identity nodes; each also with its weights in an external
file. Needs numpy and onnx. `inspect` reads and compares every copy.
"""
import json
import os
import subprocess
import sys
import tempfile
import time

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

V, E, H, I, P, HEADS, LAYERS = 30000, 128, 768, 3072, 512, 12, 12


def make(path, copies, external):
    rng = np.random.default_rng(0)
    nodes, initializers = [], []

    def weight(name, *shape):
        array = rng.normal(0, 0.02, shape).astype(np.float32)
        initializers.append(numpy_helper.from_array(array, name))
        return name

    def constant(name, array):
        initializers.append(numpy_helper.from_array(array, name))
        return name

    def node(op, inputs, **attributes):
        out = f"{op}_{len(nodes)}"
        nodes.append(helper.make_node(op, inputs, [out], name=out, **attributes))
        return out

    def norm(x, name):
        return node("LayerNormalization", [x, name + ".weight", name + ".bias"], epsilon=1e-12, axis=-1)

    def linear(x, matrix, bias):
        return node("Add", [node("MatMul", [x, matrix]), bias])

    def gelu(x):
        inner = node("Add", [x, node("Mul", [node("Pow", [x, "three"]), "c"])])
        tanh = node("Tanh", [node("Mul", [inner, "root"])])
        return node("Mul", [node("Mul", [x, "half"]), node("Add", [tanh, "one"])])

    for name, value in [("three", 3.0), ("c", 0.044715), ("root", 0.7978845608), ("half", 0.5), ("one", 1.0), ("scale", (H / HEADS) ** -0.5)]:
        constant(name, np.float32(value))
    constant("split", np.array([0, 0, HEADS, H // HEADS], np.int64))
    constant("join", np.array([0, 0, H], np.int64))
    constant("ids", np.arange(P, dtype=np.int64).reshape(1, P))
    words = node("Gather", [weight("words", V, E), "input_ids"])
    types = node("Gather", [weight("types", 2, E), "token_type_ids"])
    positions = node("Gather", [weight("positions", P, E), "ids"])
    for name, width in [("embeddings.norm", E), ("attention.norm", H), ("layer.norm", H)]:
        weight(name + ".weight", width), weight(name + ".bias", width)
    x = norm(node("Add", [node("Add", [words, types]), positions]), "embeddings.norm")
    x = linear(x, weight("projection", E, H), weight("projection.bias", H))
    shapes = {"query": (H, H), "key": (H, H), "value": (H, H), "dense": (H, H), "ffn": (H, I), "ffn_output": (I, H)}
    arrays = {name: rng.normal(0, 0.02, shape).astype(np.float32) for name, shape in shapes.items()}
    for name, shape in shapes.items():
        weight(name + ".bias", shape[1])
        if not copies:
            constant(name, arrays[name])
    for layer in range(LAYERS):
        def matrix(name):
            return constant(f"val_{layer}_{name}", arrays[name]) if copies else node("Identity", [name])

        def heads(name, order):
            split = node("Reshape", [linear(x, matrix(name), name + ".bias"), "split"])
            return node("Transpose", [split], perm=order)

        scores = node("MatMul", [heads("query", [0, 2, 1, 3]), heads("key", [0, 2, 3, 1])])
        weights = node("Softmax", [node("Mul", [scores, "scale"])], axis=-1)
        context = node("Transpose", [node("MatMul", [weights, heads("value", [0, 2, 1, 3])])], perm=[0, 2, 1, 3])
        context = node("Reshape", [context, "join"])
        x = norm(node("Add", [x, linear(context, matrix("dense"), "dense.bias")]), "attention.norm")
        inner = gelu(linear(x, matrix("ffn"), "ffn.bias"))
        x = norm(node("Add", [x, linear(inner, matrix("ffn_output"), "ffn_output.bias")]), "layer.norm")
    inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, ["batch", "seq"]) for n in ("input_ids", "token_type_ids")]
    graph = helper.make_graph(nodes, "albert", inputs, [helper.make_tensor_value_info(x, TensorProto.FLOAT, None)], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    onnx.save(model, path, save_as_external_data=external, location=os.path.basename(path) + ".data")


def read_all(paths):
    start = time.perf_counter()
    for path in paths:
        with open(path, "rb", buffering=0) as file:
            while file.read(1 << 20):
                pass
    return time.perf_counter() - start


def drop(paths):
    """Takes the files out of the system's cache, so that the medium is read."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def cold(paths, action):
    times = []
    for _ in range(5):
        drop(paths)
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def run(command):
    """Seconds, and the greatest anonymous memory seen, in KiB."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    anonymous = 0
    while process.poll() is None:
        try:
            with open(f"/proc/{process.pid}/status") as status:
                for line in status:
                    if line.startswith("RssAnon:"):
                        anonymous = max(anonymous, int(line.split()[1]))
        except OSError:
            pass
        time.sleep(0.002)
    if process.returncode:
        sys.exit(f"{command}: exit {process.returncode}")
    return time.perf_counter() - start, anonymous


def main():
    albit = sys.argv[1]
    with tempfile.TemporaryDirectory() as directory:
        for name, copies, external in [("copies", True, False), ("copies, external data", True, True), ("Identity", False, False)]:
            path = os.path.join(directory, name.replace(", ", "-").replace(" ", "-") + ".onnx")
            make(path, copies, external)
            files = [path] + ([path + ".data"] if external else [])
            command = [albit, "inspect", "--json", path]
            read = min(read_all(files) for _ in range(5))
            runs = [run(command) for _ in range(5)]
            told = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
            seconds = min(r[0] for r in runs)
            cold_read = cold(files, lambda: read_all(files))
            cold_import = cold(files, lambda: run(command))
            print(
                f"{name}: {sum(os.path.getsize(f) for f in files) / 1e6:.0f} MB; from the medium: read {cold_read * 1e3:.0f} ms, import "
                f"{cold_import * 1e3:.0f} ms ({cold_import / cold_read:.1f} times); from the cache: read {read * 1e3:.0f} ms, import "
                f"{seconds * 1e3:.0f} ms; anonymous {max(r[1] for r in runs) / 1024:.1f} MiB; "
                f"{told['configuration']['num_hidden_layers']} layers, {len(told['merged'])} weights with copies")


main()
