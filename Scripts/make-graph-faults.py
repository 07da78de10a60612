"""Makes small inputs of the kinds on which Albit's first version was wrong, two of each, beside what other tools compute
from them, into DIRECTORY/KIND/NAME with DIRECTORY/KIND/expected-own.json.

    python3 Scripts/make-graph-faults.py DIRECTORY [KIND ...]

needs numpy, onnx, onnxruntime (1.32), torch (2.15), transformers (5.24), safetensors, gguf (0.19); the kinds of
TensorFlow checkpoints are made by make-tensorflow-faults.py.
"""
import importlib.util
import json
import os
import sys

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper
from safetensors.torch import save_file

from graph_fault_models import IDS, TYPES, WithoutTypes, model, rounded_decoder, write

def without_token_types(directory):
    """Both with torch's dynamo exporter, which looks types and positions up in other ways than TorchScript."""
    cases = []
    for name, kind, opset in (("albert-dynamo", "albert", 18), ("bert-dynamo", "bert", 21)):
        inner = model(kind, 11)
        folder = os.path.join(directory, "onnx-without-token-types", name)
        os.makedirs(folder, exist_ok=True)
        ids = torch.tensor([IDS, IDS])
        batch, length = torch.export.Dim("batch"), torch.export.Dim("length", max=64)
        shape = {0: batch, 1: length}
        torch.onnx.export(
            WithoutTypes(inner), (ids, torch.ones_like(ids)), folder + "/model.onnx", dynamo=True, opset_version=opset, external_data=False,
            input_names=["input_ids", "attention_mask"], output_names=["last_hidden_state"],
            dynamic_shapes={"input_ids": shape, "attention_mask": shape})
        session = onnxruntime.InferenceSession(folder + "/model.onnx", providers=["CPUExecutionProvider"])
        runs = []
        for tokens in (IDS, IDS[:3] + [3]):
            array = np.array([tokens])
            found = session.run(None, {"input_ids": array, "attention_mask": np.ones_like(array)})[0][0]
            with torch.no_grad():
                reference = inner(torch.tensor(array)).last_hidden_state[0].numpy()
            assert np.linalg.norm(found - reference) < 1e-5 * np.linalg.norm(reference), name
            runs.append({"ids": tokens, "lastHiddenState": reference.tolist()})
        cases.append({"input": name, "cases": runs})
    write(directory, "onnx-without-token-types", cases)


def fixed_length(directory):
    """For seven tokens and without token types, so that their row is folded: ALBERT by TorchScript and ONNX Runtime's
    optimizer, BERT by dynamo."""
    cases = []
    small = dict(vocab_size=120, hidden_size=16, intermediate_size=32, num_attention_heads=2, max_position_embeddings=24)
    for name, kind in (("albert", "albert"), ("bert", "bert")):
        inner = model(kind, 51, **small)
        folder = os.path.join(directory, "fixed-length")
        os.makedirs(folder, exist_ok=True)
        path = folder + f"/{name}.onnx"
        ids = torch.tensor([[2, 17, 45, 99, 113, 7, 3]])
        arguments = dict(input_names=["input_ids", "attention_mask"], output_names=["last_hidden_state"])
        wrapped = WithoutTypes(inner).eval()
        if name == "albert":
            torch.onnx.export(wrapped, (ids, torch.ones_like(ids)), path, dynamo=False, opset_version=17, **arguments)
            settings = onnxruntime.SessionOptions()
            settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
            settings.optimized_model_filepath = path
            onnxruntime.InferenceSession(path, settings, providers=["CPUExecutionProvider"])
        else:
            torch.onnx.export(wrapped, (ids, torch.ones_like(ids)), path, dynamo=True, opset_version=20, external_data=False, **arguments)
            from onnxruntime.transformers import optimizer
            optimizer.optimize_model(path, model_type="bert", num_heads=2, hidden_size=16, opt_level=0).save_model_to_file(path)
            # Stack traces of the exporter are most of the file.
            whole = onnx.load(path)
            for part in [whole, whole.graph, *whole.graph.node, *whole.graph.value_info, *whole.graph.initializer]:
                del part.metadata_props[:]
            onnx.save(whole, path)
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        array = ids.numpy()
        found = session.run(None, {"input_ids": array, "attention_mask": np.ones_like(array)})[0][0]
        with torch.no_grad():
            reference = inner(ids).last_hidden_state[0].numpy()
        assert np.linalg.norm(found - reference) < 1e-5 * np.linalg.norm(reference), name
        cases.append({"input": name + ".onnx", "cases": [{"ids": array[0].tolist(), "lastHiddenState": reference.tolist()}]})
    write(directory, "fixed-length", cases)


def attention_forms(directory):
    """ONNX's Attention with three axes and a truth mask, and with four, a mask of numbers and a scale; and a mask through an
    operator that Albit does not execute."""
    specification = importlib.util.spec_from_file_location("forms", os.path.join(os.path.dirname(__file__), "make-graph-forms.py"))
    forms = importlib.util.module_from_spec(specification)
    arguments, sys.argv = sys.argv, ["forms", os.devnull]
    source = open(specification.origin).read().removesuffix("main()\n")
    exec(compile(source, specification.origin, "exec"), forms.__dict__)
    sys.argv = arguments

    class Encoder(forms.Encoder):
        def attention(self, x):
            q, k, v = [self.linear(x, name, name + ".bias") for name in ("query", "key", "value")]
            kept = self.node("Cast", ["attention_mask"], to=TensorProto.BOOL)
            kept = self.node("Unsqueeze", [kept, self.integers("axes", 1) if self.form == "unknown_operator" else self.integers("two", 1, 2)])
            if self.form == "unknown_operator":
                q, v = [self.heads(part, [0, 2, 1, 3]) for part in (q, v)]
                k = self.heads(k, [0, 2, 3, 1])
                scores = self.node("Mul", [self.node("MatMul", [q, k]), self.number("scale", forms.D**-0.5)])
                masked = self.node("Where", [self.node("Unsqueeze", [kept, self.integers("axis", 1)]), self.number("zero", 0), self.number("low", -1e9)])
                masked = self.node("Elu", [masked], alpha=1e9)
                return self.linear(self.merge(self.node("MatMul", [self.softmax(self.node("Add", [scores, masked])), v])), "dense", "dense.bias")
            if self.form == "attention_3d":
                shape = self.node("Concat", [self.integers("b", 1), self.integers("1", 1), self.length(), self.length()], axis=0)
                mask = self.node("Expand", [kept, shape])
                y = self.node("Attention", [q, k, v, mask], q_num_heads=forms.N, kv_num_heads=forms.N)
            else:
                q, k, v = [self.heads(part, [0, 2, 1, 3]) for part in (q, k, v)]
                shape = self.node("Concat", [self.integers("b", 1), self.integers("1", 1), self.length(), self.length()], axis=0)
                mask = self.node("Expand", [self.node("Where", [kept, self.number("zero", 0), self.number("low", -1e9)]), shape])
                y = self.merge(self.node("Attention", [q, k, v, mask], scale=float(forms.D**-0.5)))
            return self.linear(y, "dense", "dense.bias")

        def length(self):
            return self.node("Slice", [self.node("Shape", ["input_ids"]), self.integers("1", 1), self.integers("2", 2)])

    cases = []
    os.makedirs(os.path.join(directory, "onnx-opset23-attention"), exist_ok=True)
    for form in ("attention_3d", "attention_4d", "unknown_operator"):
        path = os.path.join(directory, "onnx-opset23-attention", form + ".onnx")
        Encoder(form).save(path)
        whole = onnx.load(path)
        whole.graph.input.append(helper.make_tensor_value_info("attention_mask", TensorProto.INT64, ["batch", "length"]))
        whole.opset_import[0].version = 23
        whole.ir_version = 11
        onnx.save(whole, path)
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        ids = np.array([[3, 7, 9, 31, 2, 5, 38]])
        types = np.array([[0, 0, 0, 0, 1, 1, 1]])
        mask = np.array([[1, 1, 1, 1, 1, 0, 0]])
        found = session.run(None, {"input_ids": ids, "token_type_ids": types, "attention_mask": mask})[0][0]
        cases.append({"input": form + ".onnx", "cases": [
            {"ids": ids[0].tolist(), "types": types[0].tolist(), "mask": mask[0].tolist(), "lastHiddenState": found.tolist()}]})
    write(directory, "onnx-opset23-attention", cases)


def classifier_case(folder, inner, configuration=None):
    """A folder of Hugging Face files, and what the model gives for the ids."""
    os.makedirs(folder, exist_ok=True)
    save_file({name: value.contiguous() for name, value in inner.state_dict().items()}, folder + "/model.safetensors", metadata={"format": "pt"})
    with open(folder + "/config.json", "w") as file:
        json.dump(configuration, file)
    with torch.no_grad():
        result = inner(torch.tensor([IDS]), token_type_ids=torch.tensor([TYPES]), output_hidden_states=True)
    return {"ids": IDS, "types": TYPES, "lastHiddenState": result.hidden_states[-1][0].tolist(), "logits": result.logits[0].tolist()}


def labels(directory):
    """Names with a gap, and two classes of one name."""
    cases = []
    for name, map_ in (("gap", {"0": "bad", "2": "good"}), ("doubles", {"0": "other", "1": "other", "2": "good"})):
        inner = model("albert-classifier", 5, num_labels=3)
        configuration = {**inner.config.to_dict(), "architectures": ["AlbertForSequenceClassification"], "id2label": map_}
        case = classifier_case(os.path.join(directory, "id2label-integers", name), inner, configuration)
        # transformers 5 looks labels up by id; what is missing has no name of its own.
        case["labels"] = [map_.get(str(i), f"LABEL_{i}") for i in range(3)]
        cases.append({"input": name, "cases": [case]})
    write(directory, "id2label-integers", cases)


def gelu(directory):
    """gelu_python is the erf form; so is gelu beside PyTorch weights, whatever else the configuration leaves out."""
    cases = []
    for name, activation in (("gelu_python", "gelu_python"), ("bert-names", "gelu")):
        inner = model("albert-classifier", 6, num_labels=2, hidden_act=activation)
        configuration = inner.config.to_dict()
        for key in ("model_type", "architectures", "transformers_version", "dtype"):
            configuration.pop(key, None)
        if name == "gelu_python":
            configuration["model_type"] = "albert"
        cases.append({"input": name, "cases": [classifier_case(os.path.join(directory, "gelu-of-config-without-model-type", name), inner, configuration)]})
    write(directory, "gelu-of-config-without-model-type", cases)


def huge(directory):
    """Finite weights whose activations, or the squares of these, are not."""
    for name, part, factor in (("ffn", "layers.0.ffn.weight", 1e20), ("norm", "full_layer_layer_norm.weight", 1e22), ("output", "ffn_output.weight", 1e36)):
        inner = model("albert-classifier", 9, num_labels=2)
        with torch.no_grad():
            for key, parameter in inner.named_parameters():
                if key.endswith(part):
                    parameter.mul_(factor)
        folder = os.path.join(directory, "crash-huge-weights", name)
        os.makedirs(folder, exist_ok=True)
        save_file({key: value.contiguous() for key, value in inner.state_dict().items()}, folder + "/model.safetensors", metadata={"format": "pt"})
        with open(folder + "/config.json", "w") as file:
            json.dump({**inner.config.to_dict(), "architectures": ["AlbertForSequenceClassification"]}, file)


def llama(directory):
    """BERT as llama.cpp stores it, in two precisions, beside transformers' outputs for the same weights."""
    import gguf

    cases = []
    os.makedirs(os.path.join(directory, "gguf-big-endian"), exist_ok=True)
    for name, dtype in (("bert-f32.gguf", np.float32), ("bert-f16.gguf", np.float16)):
        inner = model("bert", 8)
        state = {key: value.numpy() for key, value in inner.state_dict().items()}
        writer = gguf.GGUFWriter(os.path.join(directory, "gguf-big-endian", name), "bert")
        writer.add_name("tiny")
        writer.add_block_count(2)
        writer.add_context_length(64)
        writer.add_embedding_length(32)
        writer.add_feed_forward_length(64)
        writer.add_head_count(4)
        writer.add_layer_norm_eps(1e-12)
        writer.add_causal_attention(False)
        writer.add_pooling_type(gguf.PoolingType.MEAN)
        writer.add_token_type_count(2)
        pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + [f"\u2581t{i}" for i in range(195)]
        writer.add_tokenizer_model("bert")
        writer.add_token_list(pieces)
        writer.add_token_types([3] * 5 + [1] * 195)

        def put(target, source):
            array = state[source]
            # Matrices are narrowed, vectors are not, as llama.cpp's converter does.
            array = array.astype(dtype) if array.ndim == 2 and "position" not in source and "token_type" not in source else array
            state[source] = array.astype(np.float32)
            writer.add_tensor(target, array)

        put("token_embd.weight", "embeddings.word_embeddings.weight")
        put("position_embd.weight", "embeddings.position_embeddings.weight")
        put("token_types.weight", "embeddings.token_type_embeddings.weight")
        for part in ("weight", "bias"):
            put(f"token_embd_norm.{part}", f"embeddings.LayerNorm.{part}")
            for layer in range(2):
                for target, source in (
                    ("attn_q", "attention.self.query"), ("attn_k", "attention.self.key"), ("attn_v", "attention.self.value"),
                    ("attn_output", "attention.output.dense"), ("attn_output_norm", "attention.output.LayerNorm"),
                    ("ffn_up", "intermediate.dense"), ("ffn_down", "output.dense"), ("layer_output_norm", "output.LayerNorm")):
                    put(f"blk.{layer}.{target}.{part}", f"encoder.layer.{layer}.{source}.{part}")
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        inner.load_state_dict({key: torch.tensor(value) for key, value in state.items()})
        with torch.no_grad():
            hidden = inner(torch.tensor([IDS]), token_type_ids=torch.tensor([TYPES])).last_hidden_state[0]
        cases.append({"input": name, "cases": [{"ids": IDS, "types": TYPES, "lastHiddenState": hidden.tolist()}]})
    write(directory, "gguf-big-endian", cases)


def original_names(state, albert):
    """transformers' names and layout to google-research's; layers of ALBERT are those of group 0."""
    result = {}
    for name, value in state.items():
        array = value.numpy()
        if name.endswith("position_ids") or name.endswith("token_type_ids"):
            continue
        matrix = array.ndim == 2 and "embeddings." not in name
        name = name.removeprefix("albert.").removeprefix("bert.")
        if albert:
            name = name.replace("encoder.albert_layer_groups.", "encoder.transformer.group_").replace(".albert_layers.", ".inner_group_")
            for ours, theirs in (("attention.LayerNorm", "LayerNorm"), ("full_layer_layer_norm", "LayerNorm_1"),
                                 ("attention.dense", "attention_1.output.dense"), ("attention.query", "attention_1.self.query"),
                                 ("attention.key", "attention_1.self.key"), ("attention.value", "attention_1.self.value"),
                                 ("ffn_output", "ffn_1.intermediate.output.dense"), ("ffn.", "ffn_1.intermediate.dense.")):
                name = name.replace(ours, theirs)
            name = name.replace("pooler.", "pooler.dense.") if name.startswith("pooler.") else name
        name = name.replace("embeddings.weight", "embeddings")
        if "LayerNorm" in name:
            name = name.replace(".weight", ".gamma").replace(".bias", ".beta")
        elif matrix:
            name, array = name.replace(".weight", ".kernel"), array.T
        result["bert." + name] = array
    return {name.replace(".", "/"): array for name, array in result.items()}


def arrays(directory, kind, name, tensors, configuration):
    folder = os.path.join(directory, kind, name)
    os.makedirs(folder, exist_ok=True)
    np.savez(folder + "/arrays.npz", **tensors)
    with open(folder + "/albert_config.json", "w") as file:
        json.dump(configuration, file)


def plain(configuration):
    keys = ("vocab_size", "hidden_size", "intermediate_size", "num_attention_heads", "num_hidden_layers", "max_position_embeddings", "type_vocab_size")
    return {**{key: configuration[key] for key in keys}, "hidden_act": "gelu", "initializer_range": 0.02}


def shared_bert(directory):
    """brightmart's layout, with three and with four applications of the layer, with and without a head."""
    cases = []
    for name, layers in (("three", 3), ("four", 4)):
        inner = model("bert", 20 + layers, num_hidden_layers=layers, hidden_act="gelu_new")
        random = np.random.default_rng(layers)
        words, project = random.normal(0, 0.5, (200, 16)).astype(np.float32), random.normal(0, 0.4, (16, 32)).astype(np.float32)
        with torch.no_grad():
            inner.embeddings.word_embeddings.weight.copy_(torch.tensor((words.astype(np.float64) @ project).astype(np.float32)))
            for layer in inner.encoder.layer[1:]:
                layer.load_state_dict(inner.encoder.layer[0].state_dict())
            hidden = inner(torch.tensor([IDS]), token_type_ids=torch.tensor([TYPES])).last_hidden_state[0]
        tensors = {}
        for key, array in original_names(inner.state_dict(), False).items():
            if "/encoder/layer/0/" in key:
                tensors[key.replace("/layer/0/", "/layer_shared/")] = array
            elif "/encoder/layer/" not in key:
                tensors[key] = array
        tensors["bert/embeddings/word_embeddings"], tensors["bert/embeddings/word_embeddings_2"] = words, project
        arrays(directory, "tf-brightmart-albert", name, tensors, {**plain(inner.config.to_dict()), "embedding_size": 16, "ln_type": "postln"})
        cases.append({"input": name, "cases": [{"ids": IDS, "types": TYPES, "lastHiddenState": hidden.tolist()}]})
    write(directory, "tf-brightmart-albert", cases)


def hub_head(directory):
    """Fine-tuned TensorFlow Hub modules with two and with three classes."""
    cases = []
    for name, classes in (("two", 2), ("three", 3)):
        inner = model("albert-classifier", 30 + classes, num_labels=classes, hidden_act="gelu_new")
        state = inner.state_dict()
        tensors = original_names({key: value for key, value in state.items() if key.startswith("albert.")}, True)
        tensors = {"module/" + key: array for key, array in tensors.items()}
        tensors["output_weights"], tensors["output_bias"] = state["classifier.weight"].numpy(), state["classifier.bias"].numpy()
        tensors["global_step"] = np.int64(100)
        configuration = {**plain(inner.config.to_dict()), "embedding_size": 16, "num_hidden_groups": 1, "inner_group_num": 1}
        arrays(directory, "tf-hub-finetuned-head", name, tensors, configuration)
        with torch.no_grad():
            logits = inner(torch.tensor([IDS]), token_type_ids=torch.tensor([TYPES])).logits[0]
        cases.append({"input": name, "cases": [{"ids": IDS, "types": TYPES, "logits": logits.tolist()}]})
    write(directory, "tf-hub-finetuned-head", cases)


def keras_norms(directory):
    """LayerNorms named by tf.keras, all different and all the same."""
    cases = []
    for name, layers in (("differing", 3), ("equal", 2)):
        inner = model("albert", 40 + layers, num_hidden_layers=layers, num_hidden_groups=layers, hidden_act="gelu_new")
        groups = inner.encoder.albert_layer_groups
        with torch.no_grad():
            for group in groups[1:]:
                for key, value in group.state_dict().items():
                    if name == "equal" or "orm" not in key:
                        value.copy_(groups[0].state_dict()[key])
            hidden = inner(torch.tensor([IDS]), token_type_ids=torch.tensor([TYPES])).last_hidden_state[0]
        tensors = {}
        for key, array in original_names(inner.state_dict(), True).items():
            leaf = key.split("/")[-1]
            if "/embeddings/LayerNorm/" in key:
                key = f"bert/embeddings/layer_normalization/{leaf}"
            elif "LayerNorm" in key:
                step = int(key.split("group_")[1].split("/")[0])
                number = 2 * step + (2 if "LayerNorm_1" in key else 1)
                scope = "group_0" + (f"_{step}" if step else "")
                key = f"bert/encoder/transformer/{scope}/layer_{step}/inner_group_0/layer_normalization_{number}/{leaf}"
            elif "/transformer/group_" in key and "/group_0/" not in key:
                continue
            tensors[key] = array
        configuration = {**plain(inner.config.to_dict()), "embedding_size": 16, "num_hidden_groups": 1, "inner_group_num": 1}
        arrays(directory, "tf-keras-layernorm-names", name, tensors, configuration)
        cases.append({"input": name, "cases": [{"ids": IDS, "types": TYPES, "lastHiddenState": hidden.tolist()}]})
    write(directory, "tf-keras-layernorm-names", cases)


KINDS = {
    "crash-huge-weights": huge, "fixed-length": fixed_length, "rounded-decoder": rounded_decoder,
    "tf-brightmart-albert": shared_bert, "tf-hub-finetuned-head": hub_head, "tf-keras-layernorm-names": keras_norms,
    "onnx-without-token-types": without_token_types, "onnx-opset23-attention": attention_forms, "id2label-integers": labels,
    "gelu-of-config-without-model-type": gelu, "gguf-big-endian": llama,
}

for kind in sys.argv[2:] or KINDS:
    KINDS[kind](sys.argv[1])
