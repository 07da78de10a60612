#!/usr/bin/env python3
"""Writes Tests/Data/tensorflow: one small ALBERT with random weights, saved by TensorFlow in every way that Albit reads,
and its outputs as TensorFlow computes them. Nothing has a name that tells its role.

    pip install tensorflow-cpu && Scripts/make-tensorflow-data.py
"""
import gzip
import io
import os
import pathlib
import shutil
import tarfile
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf

tf1 = tf.compat.v1
OUT = pathlib.Path(__file__).resolve().parent.parent / "Tests/Data/tensorflow"
# TFLite's converter leaves weights of fewer than 1,024 elements in float.
VOCABULARY, EMBEDDING, HIDDEN, HEADS, INNER, POSITIONS, LAYERS, LABELS = 60, 8, 36, 3, 40, 16, 2, 3
EPSILON = 1e-6
random = np.random.default_rng(7)


def weights():
    def matrix(*shape, scale=None):
        return (random.standard_normal(shape) * (scale or shape[0] ** -0.5)).astype(np.float32)

    w = {"words": matrix(VOCABULARY, EMBEDDING, scale=1), "positions": matrix(POSITIONS, EMBEDDING, scale=0.5),
         "types": matrix(2, EMBEDDING, scale=0.5)}

    def linear(name, inputs, outputs):
        w[name] = matrix(inputs, outputs)
        w[name + ".bias"] = matrix(outputs, scale=0.3)

    def norm(name, size):
        w[name + ".scale"] = (1 + 0.3 * random.standard_normal(size)).astype(np.float32)
        w[name + ".shift"] = matrix(size, scale=0.3)

    norm("embeddings", EMBEDDING)
    linear("projection", EMBEDDING, HIDDEN)
    for name in ("query", "key", "value", "dense"):
        linear(name, HIDDEN, HIDDEN)
    norm("attention", HIDDEN)
    linear("ffn", HIDDEN, INNER)
    linear("output", INNER, HIDDEN)
    norm("layer", HIDDEN)
    linear("pooler", HIDDEN, HIDDEN)
    linear("classifier", HIDDEN, LABELS)
    return w


def model(ids, types, mask, w, exact, heads):
    """`exact`: erf GELU, else tanh."""
    batch, length = tf.shape(ids)[0], tf.shape(ids)[1]

    def norm(x, name):
        mean, variance = tf.nn.moments(x, [-1], keepdims=True)
        return tf.nn.batch_normalization(x, mean, variance, w[name + ".shift"], w[name + ".scale"], EPSILON)

    def linear(x, name):
        width = w[name].shape[1]
        flat = tf.matmul(tf.reshape(x, [-1, w[name].shape[0]]), w[name])
        return tf.reshape(tf.nn.bias_add(flat, w[name + ".bias"]), [batch, length, width])

    def split(x):
        return tf.transpose(tf.reshape(x, [batch, length, HEADS, HIDDEN // HEADS]), [0, 2, 1, 3])

    x = tf.gather(w["words"], ids) + tf.gather(w["types"], types) + tf.slice(w["positions"], [0, 0], [length, -1])
    x = linear(norm(x, "embeddings"), "projection")
    bias = (1.0 - tf.cast(tf.reshape(mask, [batch, 1, 1, length]), tf.float32)) * -10000.0
    for _ in range(LAYERS):
        q, k, v = split(linear(x, "query")), split(linear(x, "key")), split(linear(x, "value"))
        scores = tf.matmul(q, k, transpose_b=True) * np.float32((HIDDEN // HEADS) ** -0.5) + bias
        context = tf.matmul(tf.nn.softmax(scores), v)
        context = tf.reshape(tf.transpose(context, [0, 2, 1, 3]), [batch, length, HIDDEN])
        x = norm(x + linear(context, "dense"), "attention")
        inner = linear(x, "ffn")
        if exact:
            inner = inner * 0.5 * (1.0 + tf.math.erf(inner * np.float32(0.5 ** 0.5)))
        else:
            inner = inner * 0.5 * (1.0 + tf.tanh(np.float32((2 / np.pi) ** 0.5) * (inner + 0.044715 * inner * inner * inner)))
        x = norm(linear(inner, "output") + x, "layer")
    if not heads:
        return {"last_hidden_state": x}
    pooled = tf.tanh(tf.matmul(tf.squeeze(x[:, 0:1, :], 1), w["pooler"]) + w["pooler.bias"])
    return {"last_hidden_state": x, "pooler_output": pooled, "seqcls_logits": tf.matmul(pooled, w["classifier"]) + w["classifier.bias"]}


def compressed(data):
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=9, mtime=0) as file:
        file.write(data)
    return out.getvalue()


def archive(directory, name, extra=()):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted(p for p in pathlib.Path(directory).rglob("*") if p.is_file() and p.name != "fingerprint.pb"):
            info = tar.gettarinfo(path, path.relative_to(directory).as_posix())
            info.mtime = info.uid = info.gid = 0
            info.uname = info.gname = ""
            tar.addfile(info, io.BytesIO(path.read_bytes()))
        for member, data in extra:
            info = tarfile.TarInfo(member)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    (OUT / name).write_bytes(compressed(out.getvalue()))


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    w = weights()
    names = sorted(w)
    ids = random.integers(1, VOCABULARY, (2, 10)).astype(np.int32)
    types = np.array([[0] * 6 + [1] * 4, [0] * 10], np.int32)
    mask = np.array([[1] * 10, [1] * 7 + [0] * 3], np.int32)
    inputs = {"input_ids": ids, "token_type_ids": types, "attention_mask": mask}

    # Version 1: reference variables, two signatures on one graph; frozen.
    graph = tf.Graph()
    with graph.as_default(), tf1.Session() as session, tempfile.TemporaryDirectory() as folder:
        places = {name: tf1.placeholder(tf.int32, [None, None], f"p{i}") for i, name in enumerate(inputs)}
        variables = {name: tf1.get_variable(f"v{i}", initializer=w[name], use_resource=False) for i, name in enumerate(names)}
        outputs = model(*places.values(), variables, exact=False, heads=True)
        session.run(tf1.global_variables_initializer())
        golden = session.run(outputs, dict(zip(places.values(), inputs.values())))
        signature = lambda keys: tf1.saved_model.predict_signature_def(places, {key: outputs[key] for key in keys})
        builder = tf1.saved_model.Builder(folder + "/m")
        builder.add_meta_graph_and_variables(
            session, ["serve"], {"tokens": signature(["last_hidden_state", "pooler_output"]), "labels": signature(["seqcls_logits"])})
        builder.save()
        archive(folder + "/m", "v1.tar.gz", [("assets/vocab.txt", b"[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n")])
        np.savez(OUT / "golden.npz", **inputs, **golden)
        frozen = tf1.graph_util.convert_variables_to_constants(
            session, graph.as_graph_def(), [value.op.name for value in outputs.values()])
        (OUT / "frozen.pb.gz").write_bytes(compressed(frozen.SerializeToString()))

    # Version 2: an object checkpoint, functions that call each other, variables without names.
    class Albert(tf.Module):
        def __init__(self, exact):
            self.variables_in_order = [tf.Variable(w[name]) for name in names]
            self.exact = exact

        @tf.function
        def inner(self, input_ids, token_type_ids, attention_mask):
            return model(input_ids, token_type_ids, attention_mask, dict(zip(names, self.variables_in_order)), self.exact, True)

        @tf.function(input_signature=[tf.TensorSpec([None, None], tf.int32, name) for name in inputs])
        def outer(self, input_ids, token_type_ids, attention_mask):
            return self.inner(input_ids, token_type_ids, attention_mask)

        @tf.function(input_signature=[tf.TensorSpec([2, 10], tf.int32, name) for name in inputs])
        def fixed(self, input_ids, token_type_ids, attention_mask):
            return self.inner(input_ids, token_type_ids, attention_mask)["seqcls_logits"]

    module = Albert(True)
    np.savez(OUT / "golden-v2.npz", **inputs, **{key: value.numpy() for key, value in module.outer(**inputs).items()})
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(module, folder + "/m", signatures=module.outer)
        archive(folder + "/m", "v2.tar.gz")

    # TFLite; the zoo has a float32 one.
    module = Albert(False)
    for kind in ("float16", "int8"):
        converter = tf.lite.TFLiteConverter.from_concrete_functions([module.fixed.get_concrete_function()], module)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if kind == "float16":
            converter.target_spec.supported_types = [tf.float16]
        data = converter.convert()
        (OUT / f"{kind}.tflite.gz").write_bytes(compressed(data))
        interpreter = tf.lite.Interpreter(model_content=data)
        interpreter.allocate_tensors()
        for detail in interpreter.get_input_details():
            interpreter.set_tensor(detail["index"], next(value for name, value in inputs.items() if name in detail["name"]))
        interpreter.invoke()
        logits = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
        np.savez(OUT / f"golden-{kind}.npz", **inputs, seqcls_logits=logits)


if __name__ == "__main__":
    main()
