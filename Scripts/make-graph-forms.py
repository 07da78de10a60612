"""Makes Tests/Data/graph-forms.tar.xz: small ONNX encoders that spell attention in the ways of different exporters, and
what ONNX Runtime computes from them.

    python3 Scripts/make-graph-forms.py OUT.tar.xz        needs numpy, onnx, onnxruntime (1.32 made the file here)
"""
import os
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

V, E, H, I, P, N, L = 40, 6, 12, 16, 20, 3, 2
D = H // N
FORMS = ["sdpa", "packed_split", "packed_slice", "packed_5d", "keras", "prescaled", "swapped"]


class Encoder:
    """One graph; `form` says how attention is spelled."""

    def __init__(self, form):
        self.form = form
        self.random = np.random.default_rng(1)
        self.nodes, self.initializers, self.arrays = [], [], {}

    def constant(self, name, array):
        if name not in self.arrays:
            self.arrays[name] = np.asarray(array)
            self.initializers.append(numpy_helper.from_array(self.arrays[name], name))
        return name

    def weight(self, name, *shape):
        return self.constant(name, self.random.normal(0, 0.3, shape).astype(np.float32))

    def number(self, name, value):
        return self.constant(name, np.float32(value))

    def integers(self, name, *values):
        return self.constant(name, np.array(values, np.int64))

    def node(self, operator, inputs, count=1, **attributes):
        outputs = [f"{operator}_{len(self.nodes)}_{i}" for i in range(count)]
        self.nodes.append(helper.make_node(operator, inputs, outputs, name=f"node_{len(self.nodes)}", **attributes))
        return outputs[0] if count == 1 else outputs

    def norm(self, x, name, width):
        return self.node(
            "LayerNormalization", [x, self.weight(name + ".scale", width), self.weight(name + ".bias", width)], epsilon=1e-12, axis=-1)

    def linear(self, x, matrix, bias):
        return self.node("Add", [self.node("MatMul", [x, matrix]), bias])

    def heads(self, x, order):
        return self.node("Transpose", [self.node("Reshape", [x, self.integers("split", 0, 0, N, D)])], perm=order)

    def merge(self, x):
        return self.node("Reshape", [self.node("Transpose", [x], perm=[0, 2, 1, 3]), self.integers("join", 0, 0, H)])

    def softmax(self, x):
        return self.node("Softmax", [x], axis=-1)

    def scaled_dot_product(self, x):
        """torch's scaled_dot_product_attention, the scale computed from shapes and shared by queries and keys."""
        q, k, v = [self.heads(self.linear(x, name, name + ".bias"), [0, 2, 1, 3]) for name in ("query", "key", "value")]
        last = self.node("Slice", [self.node("Shape", [q]), self.integers("last", -1), self.integers("end", 2**63 - 1)])
        size = self.node("Cast", [last], to=TensorProto.FLOAT)
        root = self.node("Sqrt", [self.node("Div", [self.number("one", 1), self.node("Sqrt", [size])])])
        k = self.node("Transpose", [k], perm=[0, 1, 3, 2])
        weights = self.softmax(self.node("MatMul", [self.node("Mul", [q, root]), self.node("Mul", [k, root])]))
        weights = self.node("Where", [self.node("IsNaN", [weights]), self.number("zero", 0), weights])
        return self.merge(self.node("MatMul", [weights, v]))

    def packed(self, x):
        matrix = self.constant("packed", np.concatenate([self.arrays[n] for n in ("query", "key", "value")], 1))
        bias = self.constant("packed.bias", np.concatenate([self.arrays[n + ".bias"] for n in ("query", "key", "value")]))
        y = self.linear(x, matrix, bias)
        if self.form == "packed_5d":
            y = self.node("Reshape", [y, self.integers("split3", 0, 0, 3, N, D)])
            y = self.node("Transpose", [y], perm=[2, 0, 3, 1, 4])
            q, k, v = [self.node("Gather", [y, self.constant(f"part{i}", np.int64(i))], axis=0) for i in range(3)]
            k = self.node("Transpose", [k], perm=[0, 1, 3, 2])
        else:
            if self.form == "packed_split":
                parts = self.node("Split", [y, self.integers("sizes", H, H, H)], count=3, axis=-1)
            else:
                parts = [
                    self.node("Slice", [y, self.integers(f"start{i}", i * H), self.integers(f"stop{i}", (i + 1) * H), self.integers("axis", -1)])
                    for i in range(3)
                ]
            q, k, v = [self.heads(part, order) for part, order in zip(parts, ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]))]
        weights = self.softmax(self.node("Mul", [self.node("MatMul", [q, k]), self.number("scale", D**-0.5)]))
        return self.merge(self.node("MatMul", [weights, v]))

    def keras(self, x):
        """Keras' MultiHeadAttention: einsum throughout, keys before queries."""
        def project(name):
            weight = self.constant(name + ".3d", self.arrays[name].reshape(H, N, D))
            bias = self.constant(name + ".bias.2d", self.arrays[name + ".bias"].reshape(N, D))
            return self.node("Add", [self.node("Einsum", [x, weight], equation="abc,cde->abde"), bias])

        q = self.node("Mul", [project("query"), self.number("scale", D**-0.5)])
        weights = self.softmax(self.node("Einsum", [project("key"), q], equation="aecd,abcd->acbe"))
        context = self.node("Einsum", [weights, project("value")], equation="acbe,aecd->abcd")
        weight = self.constant("dense.3d", self.arrays["dense"].reshape(N, D, H))
        return self.node("Add", [self.node("Einsum", [context, weight], equation="abcd,cde->abe"), "dense.bias"])

    def prescaled(self, x):
        """The scale folded into the query weights."""
        weight = self.constant("query.scaled", self.arrays["query"] * np.float32(D**-0.5))
        bias = self.constant("query.bias.scaled", self.arrays["query.bias"] * np.float32(D**-0.5))
        q = self.heads(self.linear(x, weight, bias), [0, 2, 1, 3])
        k = self.heads(self.linear(x, "key", "key.bias"), [0, 2, 3, 1])
        v = self.heads(self.linear(x, "value", "value.bias"), [0, 2, 1, 3])
        return self.merge(self.node("MatMul", [self.softmax(self.node("MatMul", [q, k])), v]))

    def swapped(self, x):
        """Keys times queries, turned round after."""
        q = self.heads(self.linear(x, "query", "query.bias"), [0, 2, 3, 1])
        k = self.heads(self.linear(x, "key", "key.bias"), [0, 2, 1, 3])
        v = self.heads(self.linear(x, "value", "value.bias"), [0, 2, 1, 3])
        scores = self.node("Div", [self.node("MatMul", [k, q]), self.number("root", D**0.5)])
        return self.merge(self.node("MatMul", [self.softmax(self.node("Transpose", [scores], perm=[0, 1, 3, 2])), v]))

    def attention(self, x):
        if self.form == "keras":
            return self.keras(x)
        forms = {"sdpa": self.scaled_dot_product, "prescaled": self.prescaled, "swapped": self.swapped}
        return self.linear(forms.get(self.form, self.packed)(x), "dense", "dense.bias")

    def gelu(self, x):
        inner = self.node("Add", [self.node("Erf", [self.node("Div", [x, self.number("root2", 2**0.5)])]), self.number("one", 1)])
        return self.node("Mul", [self.node("Mul", [x, inner]), self.number("half", 0.5)])

    def save(self, path):
        size = self.node("Slice", [self.node("Shape", ["input_ids"]), self.integers("1", 1), self.integers("2", 2)])
        positions = self.constant("position_ids", np.arange(P, dtype=np.int64).reshape(1, P))
        positions = self.node("Slice", [positions, self.integers("0", 0), size, self.integers("1", 1)])
        x = self.node("Add", [
            self.node("Gather", [self.weight("words", V, E), "input_ids"]), self.node("Gather", [self.weight("types", 2, E), "token_type_ids"])])
        x = self.node("Add", [x, self.node("Gather", [self.weight("positions", P, E), positions])])
        x = self.linear(self.norm(x, "embeddings", E), self.weight("projection", E, H), self.weight("projection.bias", H))
        for name in ("query", "key", "value", "dense"):
            self.weight(name, H, H)
            self.weight(name + ".bias", H)
        for _ in range(L):
            x = self.norm(self.node("Add", [self.attention(x), x]), "attention", H)
            inner = self.gelu(self.linear(x, self.weight("ffn", H, I), self.weight("ffn.bias", I)))
            output = self.linear(inner, self.weight("ffn_output", I, H), self.weight("ffn_output.bias", H))
            x = self.norm(self.node("Add", [x, output]), "layer", H)
        self.nodes.append(helper.make_node("Identity", [x], ["last_hidden_state"]))
        inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, ["batch", "length"]) for n in ("input_ids", "token_type_ids")]
        outputs = [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, None)]
        graph = helper.make_graph(self.nodes, self.form, inputs, outputs, self.initializers)
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10), path)


def main():
    ids = np.array([[3, 7, 9, 31, 2, 5, 38]])
    golden = {"input_ids": ids}
    with tempfile.TemporaryDirectory() as directory:
        os.mkdir(directory + "/graph-forms")
        for form in FORMS:
            path = f"{directory}/graph-forms/{form}.onnx"
            Encoder(form).save(path)
            session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
            golden[form] = session.run(None, {"input_ids": ids, "token_type_ids": np.zeros_like(ids)})[0]
        np.savez(directory + "/graph-forms/golden.npz", **golden)
        subprocess.run(["tar", "cJf", os.path.abspath(sys.argv[1]), "-C", directory, "graph-forms"], check=True)


main()
