"""Writes a random model of albert-xxlarge's size (223 M parameters, F32, 890 MB) as safetensors, PyTorch zip and
TensorFlow bundle in .tar.gz, to measure the memory and time of an import.

    python3 make_xxlarge.py DIRECTORY        needs numpy and google-crc32c

ONNX with external data is made of the safetensors by Albit and the onnx package:

    albit convert DIRECTORY/safetensors -o DIRECTORY/model.onnx
    python3 make_xxlarge.py DIRECTORY externalize        needs onnx and 3 GB of memory
"""
import io
import json
import os
import pickle
import struct
import sys
import tarfile
import types
import zipfile

import google_crc32c
import numpy

V, P, E, H, I, LAYERS, HEADS = 30000, 512, 128, 4096, 16384, 12, 64
LAYER = "encoder.albert_layer_groups.0.albert_layers.0."
TRANSFORMER = "bert/encoder/transformer/group_0/inner_group_0/"
CONFIG = {
    "vocab_size": V, "embedding_size": E, "hidden_size": H, "intermediate_size": I, "num_attention_heads": HEADS,
    "num_hidden_layers": LAYERS, "num_hidden_groups": 1, "inner_group_num": 1, "hidden_act": "gelu_new",
    "max_position_embeddings": P, "type_vocab_size": 2, "layer_norm_eps": 1e-12,
}


def parameters():
    """Hugging Face name, original TensorFlow name, shape [out, in]."""
    yield "embeddings.word_embeddings.weight", "bert/embeddings/word_embeddings", (V, E)
    yield "embeddings.position_embeddings.weight", "bert/embeddings/position_embeddings", (P, E)
    yield "embeddings.token_type_embeddings.weight", "bert/embeddings/token_type_embeddings", (2, E)
    yield "embeddings.LayerNorm.weight", "bert/embeddings/LayerNorm/gamma", (E,)
    yield "embeddings.LayerNorm.bias", "bert/embeddings/LayerNorm/beta", (E,)
    dense = [
        ("encoder.embedding_hidden_mapping_in", "bert/encoder/embedding_hidden_mapping_in", H, E),
        (LAYER + "attention.query", TRANSFORMER + "attention_1/self/query", H, H),
        (LAYER + "attention.key", TRANSFORMER + "attention_1/self/key", H, H),
        (LAYER + "attention.value", TRANSFORMER + "attention_1/self/value", H, H),
        (LAYER + "attention.dense", TRANSFORMER + "attention_1/output/dense", H, H),
        (LAYER + "ffn", TRANSFORMER + "ffn_1/intermediate/dense", I, H),
        (LAYER + "ffn_output", TRANSFORMER + "ffn_1/intermediate/output/dense", H, I),
        ("pooler", "bert/pooler/dense", H, H),
    ]
    for hugging_face, original, rows, columns in dense:
        yield hugging_face + ".weight", original + "/kernel", (rows, columns)
        yield hugging_face + ".bias", original + "/bias", (rows,)
    for hugging_face, original in [("attention.LayerNorm", "LayerNorm"), ("full_layer_layer_norm", "LayerNorm_1")]:
        yield LAYER + hugging_face + ".weight", TRANSFORMER + original + "/gamma", (H,)
        yield LAYER + hugging_face + ".bias", TRANSFORMER + original + "/beta", (H,)


def values(name, shape):
    random = numpy.random.default_rng(sum(name.encode()))
    return (random.standard_normal(shape, dtype=numpy.float32) * numpy.float32(0.02)).astype("<f4")


def write_safetensors(path):
    header, offset = {}, 0
    for name, _, shape in parameters():
        size = 4 * int(numpy.prod(shape))
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name, _, shape in parameters():
            file.write(values(name, shape).tobytes())


def write_torch(path):
    """The layout of torch.save, made with stand-ins for torch's names so that torch is not needed."""
    torch, utilities = types.ModuleType("torch"), types.ModuleType("torch._utils")
    storage = type("FloatStorage", (), {"__module__": "torch"})
    torch.FloatStorage = storage

    def _rebuild_tensor_v2(*arguments):
        return arguments

    _rebuild_tensor_v2.__module__ = "torch._utils"
    _rebuild_tensor_v2.__qualname__ = "_rebuild_tensor_v2"
    utilities._rebuild_tensor_v2 = _rebuild_tensor_v2
    torch._utils = utilities
    sys.modules.update({"torch": torch, "torch._utils": utilities})

    class Storage:
        def __init__(self, key, count):
            self.key, self.count = key, count

    class Tensor:
        def __init__(self, key, shape):
            self.key, self.shape = key, shape

        def __reduce__(self):
            strides = [int(numpy.prod(self.shape[i + 1:])) for i in range(len(self.shape))]
            return _rebuild_tensor_v2, (
                Storage(self.key, int(numpy.prod(self.shape))), 0, tuple(self.shape), tuple(strides), False, {})

    class Pickler(pickle.Pickler):
        def persistent_id(self, value):
            return ("storage", storage, value.key, "cpu", value.count) if isinstance(value, Storage) else None

    buffer = io.BytesIO()
    names = list(parameters())
    Pickler(buffer, protocol=2).dump({name: Tensor(str(i), shape) for i, (name, _, shape) in enumerate(names)})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("archive/data.pkl", buffer.getvalue())
        archive.writestr("archive/byteorder", "little")
        for i, (name, _, shape) in enumerate(names):
            archive.writestr(f"archive/data/{i}", values(name, shape).tobytes())


def varint(value):
    result = b""
    while value > 127:
        result += bytes([value & 127 | 128])
        value >>= 7
    return result + bytes([value])


def masked(crc):
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def block(entries):
    data = b"".join(varint(0) + varint(len(key)) + varint(len(value)) + key + value for key, value in entries)
    data += struct.pack("<II", 0, 1)
    return data, struct.pack("<BI", 0, masked(google_crc32c.value(data + b"\0")))


def write_bundle(directory):
    """model.ckpt-best.index and .data-00000-of-00001, kernels [in, out]."""
    entries, offset = [(b"", b"\x08\x01\x1a\x02\x08\x01")], 0
    with open(f"{directory}/model.ckpt-best.data-00000-of-00001", "wb") as file:
        for hugging_face, name, shape in sorted(parameters(), key=lambda item: item[1]):
            array = values(hugging_face, shape)
            if name.endswith("kernel"):
                array = numpy.ascontiguousarray(array.T)
            data = array.tobytes()
            file.write(data)
            dimensions = b"".join(b"\x12" + varint(len(d)) + d for d in (b"\x08" + varint(n) for n in array.shape))
            entries.append((name.encode(), b"\x08\x01\x12" + varint(len(dimensions)) + dimensions + b"\x20" + varint(offset)
                            + b"\x28" + varint(len(data)) + b"\x35" + struct.pack("<I", masked(google_crc32c.value(data)))))
            offset += len(data)
    data, trailer = block(entries)
    meta, meta_trailer = block([])
    index, index_trailer = block([(b"zzz", varint(0) + varint(len(data)))])
    meta_offset = len(data) + 5
    index_offset = meta_offset + len(meta) + 5
    footer = varint(meta_offset) + varint(len(meta)) + varint(index_offset) + varint(len(index))
    with open(f"{directory}/model.ckpt-best.index", "wb") as file:
        file.write(data + trailer + meta + meta_trailer + index + index_trailer)
        file.write(footer.ljust(40, b"\0") + bytes.fromhex("57fb808b247547db"))


def externalize(directory):
    import onnx
    os.makedirs(f"{directory}/external", exist_ok=True)
    onnx.save(onnx.load(f"{directory}/model.onnx"), f"{directory}/external/model.onnx", save_as_external_data=True,
              all_tensors_to_one_file=True, location="model.onnx.data", size_threshold=1024)


def main(directory):
    for part in ["safetensors", "torch", "albert_xxlarge"]:
        os.makedirs(f"{directory}/{part}", exist_ok=True)
    for part in ["safetensors", "torch"]:
        with open(f"{directory}/{part}/config.json", "w") as file:
            json.dump({**CONFIG, "model_type": "albert"}, file)
    write_safetensors(f"{directory}/safetensors/model.safetensors")
    write_torch(f"{directory}/torch/pytorch_model.bin")
    with open(f"{directory}/albert_xxlarge/albert_config.json", "w") as file:
        json.dump({**CONFIG, "hidden_act": "gelu"}, file)
    write_bundle(f"{directory}/albert_xxlarge")
    with tarfile.open(f"{directory}/albert_xxlarge.tar.gz", "w:gz", compresslevel=1) as archive:
        archive.add(f"{directory}/albert_xxlarge", "albert_xxlarge")


if sys.argv[2:] == ["externalize"]:
    externalize(sys.argv[1])
else:
    main(sys.argv[1])
