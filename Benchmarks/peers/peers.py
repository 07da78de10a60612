"""The int8 models of ONNX Runtime and OpenVINO, made from the same float32 graph that `albit convert` writes.

Three of them, as a user of those tools would make them:
  ort       quantize_dynamic with its defaults on a graph whose shared weights stand behind Identity nodes, as PyTorch's
            exporter writes them (onnxruntime#10340): the tool then quantizes one layer of twelve
  ort-pc    quantize_dynamic, weights per channel, on the same graph with the Identity nodes removed
  openvino  NNCF's post-training quantization for transformers, calibrated

needs: numpy, onnx, onnxruntime, openvino, nncf (PyPI)
"""
import json
import pathlib
import subprocess
import sys

import numpy as np

KINDS = ["fp32", "ort", "ort-pc", "openvino"]


def fold_transposes(model):
    """Stores [out, in] weights as [in, out], once each, where the export has one Transpose node a weight: the quantizers
    of both tools look for initializers as second operands of MatMul."""
    import onnx
    from onnx import numpy_helper
    graph = model.graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    kept = []
    for node in graph.node:
        tensor = weights.get(node.input[0]) if node.op_type == "Transpose" else None
        if tensor is None:
            kept.append(node)
            continue
        order = next((list(a.ints) for a in node.attribute if a.name == "perm"), None)
        value = np.ascontiguousarray(numpy_helper.to_array(tensor).transpose(order))
        graph.initializer.append(numpy_helper.from_array(value, node.output[0]))
    del graph.node[:]
    graph.node.extend(kept)
    used = {name for node in graph.node for name in node.input}
    unused = [tensor for tensor in graph.initializer if tensor.name not in used]
    for tensor in unused:
        graph.initializer.remove(tensor)
    return model


def alias_shared(model):
    """Reads every weight through an Identity node of its own from its second use on."""
    from onnx import helper
    graph = model.graph
    weights = {tensor.name for tensor in graph.initializer if len(tensor.dims) == 2}
    seen, nodes = set(), []
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in weights:
            name = node.input[1]
            if name in seen:
                alias = f"{name}_{len(nodes)}"
                nodes.append(helper.make_node("Identity", [name], [alias]))
                node.input[1] = alias
            seen.add(name)
        nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)
    return model


def make(albit, checkpoint, folder, calibration):
    """Writes fp32.onnx, ort.onnx, ort-pc.onnx and openvino.xml into `folder`. calibration: lists of ids."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    folder = pathlib.Path(folder)
    subprocess.run([albit, "convert", checkpoint, "-o", str(folder / "export.onnx"), "--force"], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    model = fold_transposes(onnx.load(folder / "export.onnx"))
    onnx.save(model, folder / "fp32.onnx")
    onnx.save(alias_shared(model), folder / "aliased.onnx")
    quantize_dynamic(str(folder / "aliased.onnx"), str(folder / "ort.onnx"), weight_type=QuantType.QInt8)
    quantize_dynamic(str(folder / "fp32.onnx"), str(folder / "ort-pc.onnx"), weight_type=QuantType.QInt8,
                     per_channel=True)
    import nncf
    import openvino
    network = openvino.convert_model(str(folder / "fp32.onnx"))
    dataset = nncf.Dataset([inputs([ids]) for ids in calibration])
    quantized = nncf.quantize(network, dataset, model_type=nncf.ModelType.TRANSFORMER,
                              subset_size=len(calibration))
    openvino.save_model(quantized, str(folder / "openvino.xml"), compress_to_fp16=False)


def inputs(rows):
    ids = np.array(rows, np.int64)
    return {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}


def file_bytes(folder, kind):
    folder = pathlib.Path(folder)
    names = ["openvino.xml", "openvino.bin"] if kind == "openvino" else [f"{kind}.onnx"]
    return sum((folder / name).stat().st_size for name in names)


def load(folder, kind, threads):
    """A function from inputs to {output name: array}."""
    if kind == "openvino":
        import openvino
        core = openvino.Core()
        compiled = core.compile_model(f"{folder}/openvino.xml", "CPU", {
            "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1, "PERFORMANCE_HINT": "LATENCY"})
        names = [next(iter(port.get_names())) for port in compiled.outputs]
        request = compiled.create_infer_request()
        return lambda feed: dict(zip(names, (np.array(value) for value in request.infer(feed).values())))
    import onnxruntime
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = threads
    settings.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(f"{folder}/{kind}.onnx", settings, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return lambda feed: dict(zip(names, session.run(None, feed)))


def worker():
    """peers.py FOLDER KIND {"threads": .., "shapes": [[batch, sequence]..], "seconds": .., "vocabulary": ..}: prints the
    median milliseconds of each shape and the peak resident KiB of this process, which runs nothing else."""
    import time
    folder, kind, text = sys.argv[1:4]
    task = json.loads(text)
    run = load(folder, kind, task["threads"])
    random = np.random.default_rng(0)
    medians = []
    for batch, sequence in task["shapes"]:
        feed = inputs(random.integers(5, task["vocabulary"], (batch, sequence)))
        run(feed)
        times, end = [], time.perf_counter() + task["seconds"]
        while time.perf_counter() < end or len(times) < 3:
            start = time.perf_counter()
            run(feed)
            times.append(time.perf_counter() - start)
        medians.append(1000 * float(np.median(times)))
    status = dict(line.split(":", 1) for line in open("/proc/self/status").read().splitlines())
    print(json.dumps({"medians": medians, "peakRssKiB": int(status["VmHWM"].split()[0])}))


def measure(folder, kind, task):
    result = subprocess.run([sys.executable, __file__, str(folder), kind, json.dumps(task)], check=True,
                            capture_output=True, text=True)
    return json.loads(result.stdout.splitlines()[-1])


if __name__ == "__main__":
    worker()
