"""Compares Albit with transformers and ONNX Runtime on graphs that torch's exporters make of random small models.

    python3 Scripts/diff-onnx-exports.py ALBIT [--rows N] [--seed N] [--first N] [--keep DIRECTORY]

needs numpy, onnx, onnxruntime (1.32), torch (2.15), onnxscript (0.7), transformers (5.24). Row by row it draws an
architecture, a head, a configuration, one of the two exporters, an opset from 14 to 23, which inputs the graph has, and
what becomes of the file afterwards (nothing, ONNX Runtime's fusions, half precision, 8 bits, a configuration beside it);
imports the file with `albit encode --strict`, which proves the graph, and compares every output. A row counts as

    equal      all outputs within BOUND of ONNX Runtime, and of transformers where the weights are the exported floats
    refused    exit code 3 with a message; every fifth row is of another family of the BERT shape, mostly refused
    different  exit code 0 with another answer, or a missing one: the fault that this looks for
    skipped    the exporter, or ONNX Runtime, could not make or run the file

The last line counts, by exporter and by architecture; the exit code is 1 where anything was different. A row is drawn from
its number and the seed alone, so `--first N --rows 1` repeats it.
"""
import argparse
import collections
import contextlib
import inspect
import json
import logging
import os
import random
import shutil
import subprocess
import tempfile
import warnings

import numpy as np
import onnx
import onnxruntime
import torch
import transformers

BOUND = 2e-5
# In these files weights are rounded. Albit computes with the same weights, but does not round activations as ONNX Runtime
# does: it must not be further from ONNX Runtime than twice the distance of that from the model before any rounding, or
# than what rounding to 11 bits, or to 8, does at each of 64 steps, whichever is more.
ROUNDED = {"half": 8 * 2**-11, "dynamic8": 8 * 2**-8}
# The few outputs of a head may cancel almost to 0, where the rounding of their terms, which are near 1, is large beside
# them: distances are taken from at least so much for each number.
LEAST = 0.05
HEADS = ("Model", "ForSequenceClassification", "ForTokenClassification", "ForQuestionAnswering", "ForMaskedLM", "ForPreTraining")
# Others of the BERT shape, each equal or refused: as encoders only. The value: what the configuration needs besides.
OTHERS = {
    "roberta": {"pad_token_id": 1}, "xlm-roberta": {"pad_token_id": 1}, "camembert": {"pad_token_id": 1}, "electra": {}, "distilbert": {},
    "bert-decoder": {}, "mpnet": {}, "ernie": {}, "mobilebert": {}, "roberta-prelayernorm": {"pad_token_id": 1}, "megatron-bert": {},
    "nystromformer": {}, "layoutlm": {}, "convbert": {}, "deberta": {}, "roformer": {}}
ACTIVATIONS = ("gelu", "gelu_new", "relu", "gelu_pytorch_tanh", "gelu_fast", "gelu_python")
INPUTS = (
    ("input_ids",), ("input_ids", "attention_mask"), ("input_ids", "token_type_ids"),
    ("input_ids", "attention_mask", "token_type_ids"), ("input_ids", "token_type_ids", "attention_mask"),
    ("input_ids", "attention_mask", "token_type_ids", "position_ids"))
# Albit's names of heads.
LOGITS = {"ForSequenceClassification": "sequence-classification", "ForTokenClassification": "token-classification"}


def draw(row, seed):
    """All choices of a row."""
    rng = random.Random(f"{seed}-{row}")
    architecture = ("albert", "bert")[row % 2] if row % 5 else rng.choice(sorted(OTHERS))
    exporter = ("torchscript", "dynamo")[row // 2 % 2]
    heads = rng.choice((2, 4))
    hidden = heads * rng.choice((6, 8))
    configuration = dict(
        vocab_size=rng.randint(150, 300), hidden_size=hidden, num_attention_heads=heads, intermediate_size=rng.choice((2, 3, 4)) * hidden,
        num_hidden_layers=rng.randint(1, 4), max_position_embeddings=rng.choice((24, 40, 64)), type_vocab_size=rng.choice((1, 2, 2, 2, 3)),
        hidden_act=rng.choice(ACTIVATIONS[:2]) if rng.random() < 0.7 else rng.choice(ACTIVATIONS), layer_norm_eps=rng.choice((1e-12, 1e-5, 1e-3)),
        attn_implementation=rng.choice(("eager", "sdpa")))
    if architecture == "albert":
        configuration.update(embedding_size=rng.choice((12, hidden)), num_hidden_groups=1, inner_group_num=rng.choice((1, 1, 1, 2)))
        if configuration["num_hidden_layers"] % 2 == 0 and rng.random() < 0.3:
            configuration["num_hidden_groups"] = 2
    head = rng.choice(HEADS) if architecture not in OTHERS else "Model"
    if architecture in OTHERS:
        configuration.update(OTHERS[architecture], attn_implementation="eager")
        if architecture == "mobilebert":
            configuration.update(embedding_size=hidden, true_hidden_size=hidden, intra_bottleneck_size=hidden)
        elif architecture == "electra":
            configuration["embedding_size"] = rng.choice((12, hidden))
    if rng.random() < 0.5 and head in ("ForSequenceClassification", "ForTokenClassification"):
        configuration["num_labels"] = rng.choice((1, 3, 5))
    return dict(
        row=row, architecture=architecture, exporter=exporter, head=head, configuration=configuration, inputs=rng.choice(INPUTS),
        opset=rng.randint(14, 23) if exporter == "dynamo" else rng.randint(14, 20), is_fixed=rng.random() < 0.2, hides_pooler=rng.random() < 0.2,
        after=rng.choice(("nothing",) * 6 + ("configuration", "fused", "runtime", "half", "dynamic8")), returns_hidden=rng.random() < 0.3, length=rng.randint(6, 14))


def model(choice):
    """Random weights of a size at which every role matters."""
    torch.manual_seed(choice["row"])
    if choice["architecture"] in OTHERS:
        name = choice["architecture"].removesuffix("-decoder")
        settings = {**choice["configuration"], "is_decoder": True} if name != choice["architecture"] else choice["configuration"]
        return spread(transformers.AutoModel.from_config(transformers.AutoConfig.for_model(name, **settings)).eval())
    prefix = {"albert": "Albert", "bert": "Bert"}[choice["architecture"]]
    return spread(getattr(transformers, prefix + choice["head"])(getattr(transformers, prefix + "Config")(**choice["configuration"])).eval())


def spread(made):
    with torch.no_grad():
        for name, parameter in made.named_parameters():
            width = 0.1 if parameter.dim() == 1 else 0.3
            one = 1.0 if name.endswith("weight") and parameter.dim() == 1 else 0.0
            parameter.copy_(torch.randn(parameter.shape) * width + one)
    return made


class Wrapped(torch.nn.Module):
    """A model whose inputs are in the order that the export wants, and whose outputs are a tuple."""

    def __init__(self, inner, names, outputs):
        super().__init__()
        self.inner, self.names, self.outputs = inner, names, outputs

    def forward(self, *values):
        more = {"output_hidden_states": True} if "hidden_states" in self.outputs else {}
        result = self.inner(**dict(zip(self.names, values)), **more)
        return tuple(result["hidden_states"][-1] if name == "hidden_states" else result[name] for name in self.outputs)


def example(choice, length, padded):
    rng = np.random.default_rng(choice["row"] * 1000 + length)
    types = choice["configuration"]["type_vocab_size"]
    ids = rng.integers(1, choice["configuration"]["vocab_size"], (1, length))
    kept = length - padded
    return {
        "input_ids": ids, "attention_mask": (np.arange(length) < kept).astype(np.int64)[None],
        "token_type_ids": np.minimum(np.arange(length) * 2 // length, types - 1).astype(np.int64)[None],
        "position_ids": np.arange(length, dtype=np.int64)[None]}


def outputs(choice):
    if choice["architecture"] in OTHERS:
        return ["last_hidden_state"]
    names = {"Model": ["last_hidden_state", "pooler_output"], "ForQuestionAnswering": ["start_logits", "end_logits"],
             "ForPreTraining": ["prediction_logits", "sop_logits" if choice["architecture"] == "albert" else "seq_relationship_logits"]
             }.get(choice["head"], ["logits"])
    if choice["head"] == "Model" and choice["hides_pooler"]:
        names = names[:1]
    return names + (["hidden_states"] if choice["returns_hidden"] and choice["head"] != "Model" else [])


def export(choice, made, path):
    names, results = choice["inputs"], outputs(choice)
    length = choice["length"]
    values = example(choice, length, 0)
    arguments = tuple(torch.tensor(values[name]) for name in names)
    # The exporter leaves a model in the mode that it found it in, with dropout where that was training.
    wrapped = Wrapped(made, names, results).eval()
    if choice["exporter"] == "torchscript":
        axes = None if choice["is_fixed"] else {name: {0: "batch", 1: "length"} for name in names}
        torch.onnx.export(wrapped, arguments, path, dynamo=False, opset_version=choice["opset"], input_names=list(names), output_names=results,
                          dynamic_axes=axes, do_constant_folding=True)
    else:
        shapes = None
        if not choice["is_fixed"]:
            # Batches of two, so that none is taken for a constant.
            arguments = tuple(torch.cat([value, value]) for value in arguments)
            shape = {0: torch.export.Dim("batch"), 1: torch.export.Dim("length", min=2, max=choice["configuration"]["max_position_embeddings"])}
            shapes = (tuple(shape for _ in names),)
        torch.onnx.export(wrapped, arguments, path, dynamo=True, opset_version=choice["opset"], input_names=list(names), output_names=results,
                          dynamic_shapes=shapes, external_data=choice["row"] % 3 == 0, verbose=False)


def change(choice, made, path):
    """What other tools do to a file; the path of the result."""
    if choice["after"] == "configuration":
        made.config.save_pretrained(os.path.dirname(path))
    elif choice["after"] == "dynamic8":
        from onnxruntime.quantization import quantize_dynamic
        quantize_dynamic(path, path + ".8.onnx", per_channel=choice["row"] % 4 < 2)
        return path + ".8.onnx"
    elif choice["after"] == "half":
        from onnxruntime.transformers.float16 import convert_float_to_float16
        onnx.save(convert_float_to_float16(onnx.load(path), keep_io_types=choice["row"] % 4 < 2), path + ".half.onnx")
        return path + ".half.onnx"
    elif choice["after"] == "runtime":
        settings = onnxruntime.SessionOptions()
        settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        settings.optimized_model_filepath = path + ".runtime.onnx"
        onnxruntime.InferenceSession(path, settings, providers=["CPUExecutionProvider"])
        return path + ".runtime.onnx"
    elif choice["after"] == "fused":
        from onnxruntime.transformers import optimizer
        result = optimizer.optimize_model(
            path, model_type="bert", num_heads=made.config.num_attention_heads, hidden_size=made.config.hidden_size, opt_level=0)
        result.save_model_to_file(path + ".fused.onnx")
        return path + ".fused.onnx"
    return path


def distance(found, expected):
    found, expected = np.asarray(found, np.float64).ravel(), np.asarray(expected, np.float64).ravel()
    if found.shape != expected.shape:
        return float("inf")
    result = np.linalg.norm(found - expected) / max(np.linalg.norm(expected), LEAST * expected.size**0.5)
    return result if np.isfinite(result) else float("inf")


def words(albit, choice, path, values, names):
    """Scores of words, which encode does not print: by transformers, with what Albit converts to safetensors."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([albit, "convert", path, "-o", folder + "/model"], capture_output=True, check=True)
        logging.disable(logging.CRITICAL)
        kind = transformers.AlbertForMaskedLM if choice["architecture"] == "albert" else transformers.BertForMaskedLM
        converted, told = kind.from_pretrained(folder + "/model", output_loading_info=True)
        if any("decoder" not in name for name in told["missing_keys"]):
            return None
        with torch.no_grad():
            return converted.eval()(**{name: torch.tensor(values[name]) for name in names}).logits[0].numpy()


def compare(albit, choice, made, path):
    """What came of the row, and why."""
    names, results = choice["inputs"], outputs(choice)
    try:
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    except Exception as error:
        return "skipped", "ONNX Runtime: " + str(error).splitlines()[0]
    worst = 0.0
    lengths = [choice["length"]] if choice["is_fixed"] else [choice["length"], 5, choice["configuration"]["max_position_embeddings"]]
    for index, length in enumerate(lengths):
        values = example(choice, length, length // 4 if "attention_mask" in names and index != 1 else 0)
        kept = values["attention_mask"][0] != 0
        given = {item.name for item in session.get_inputs()}
        try:
            found = dict(zip([item.name for item in session.get_outputs()], session.run(None, {name: values[name] for name in names if name in given})))
        except Exception as error:
            return "skipped", "ONNX Runtime: " + str(error).splitlines()[0]
        with torch.no_grad():
            reference = made(**{name: torch.tensor(values[name]) for name in names}, **({} if choice["architecture"] in OTHERS else {"output_hidden_states": True}))
        command = [albit, "encode", path, "--json", "--full", "--strict", "--ids", " ".join(map(str, values["input_ids"][0]))]
        if "attention_mask" in names:
            command += ["--mask", " ".join(map(str, values["attention_mask"][0]))]
        if "token_type_ids" in names:
            command += ["--type-ids", " ".join(map(str, values["token_type_ids"][0]))]
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode == 3:
            return "refused", run.stderr.strip()
        if run.returncode != 0:
            return "different", f"exit code {run.returncode}: {run.stderr.strip()}"
        answer = json.loads(run.stdout)
        pairs = []

        def ours_kept(rows):
            """Of the tokens that count; the others mean nothing."""
            return rows and [row for row, keeps in zip(rows, kept) if keeps]

        if "hidden_states" in reference:
            pairs.append(("hidden", ours_kept(answer["lastHiddenState"]), reference["hidden_states"][-1][0].numpy()[kept], None))
        for name in results:
            value = found.get(name)
            if value is None:
                continue
            value = value[0]
            exact = (reference["hidden_states"][-1] if name == "hidden_states" else reference[name])[0].numpy()
            far = distance(value[kept], exact[kept]) if len(value) == length else distance(value, exact)
            if name in ("last_hidden_state", "hidden_states"):
                ours, value = ours_kept(answer["lastHiddenState"]), value[kept]
            elif name == "pooler_output":
                ours = answer["pooled"]
            elif name in ("start_logits", "end_logits"):
                ours = ours_kept(answer["logits"].get("question-answering"))
                ours, value = ours and [pair[name == "end_logits"] for pair in ours], value[kept]
            elif name == "prediction_logits" or choice["head"] == "ForMaskedLM":
                ours, value = words(albit, choice, path, values, names), value[kept]
                ours = None if ours is None else ours[kept]
            else:
                ours = answer["logits"].get(LOGITS.get(choice["head"], "sentence-order"))
                if value.ndim == 2:
                    ours, value = ours_kept(ours), value[kept]
            if ours is None:
                return "different", f"{name} is missing, there is {sorted(answer['logits'])}"
            pairs.append((name, ours, value, max(ROUNDED[choice["after"]], 2 * far) if choice["after"] in ROUNDED else BOUND))
        for name, ours, value, bound in pairs:
            if bound is None and choice["after"] in ROUNDED:
                continue
            far = distance(ours, value)
            worst = max(worst, far)
            if far > (bound or BOUND):
                return "different", f"{name} of {length} tokens is {far:.1e} from {'ONNX Runtime' if bound else 'transformers'}"
    return "equal", f"{worst:.0e}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("albit")
    parser.add_argument("--rows", type=int, default=160)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--keep", help="where files that were not equal are kept")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    transformers.utils.logging.disable_progress_bar()
    onnxruntime.set_default_logger_severity(4)
    torch.set_num_threads(1)
    counts = collections.Counter()
    for row in range(options.first, options.first + options.rows):
        choice = draw(row, options.seed)
        with tempfile.TemporaryDirectory() as folder:
            path = folder + "/model.onnx"
            made = model(choice)
            choice["inputs"] = tuple(name for name in choice["inputs"] if name in inspect.signature(made.forward).parameters)
            try:
                with open(os.devnull, "w") as nothing, contextlib.redirect_stdout(nothing), contextlib.redirect_stderr(nothing):
                    export(choice, made, path)
                    path = change(choice, made, path)
            except Exception as error:
                outcome, why = "skipped", type(error).__name__ + ": " + str(error).strip().splitlines()[0][:120]
            else:
                outcome, why = compare(options.albit, choice, made, path)
            if outcome in ("refused", "different") and options.keep:
                shutil.copytree(folder, os.path.join(options.keep, f"{options.seed}-{row}"), dirs_exist_ok=True)
        counts[choice["exporter"], choice["architecture"], outcome] += 1
        c = choice["configuration"]
        print(f"{row:4} {outcome:9} {choice['architecture']:6} {choice['exporter']:11} {choice['opset']} {choice['head']:25} {choice['after']:13} "
              f"{c['attn_implementation']:5} {c['hidden_act']:8} t{c['type_vocab_size']} {'fixed' if choice['is_fixed'] else 'open ':5} "
              f"{'+'.join(name[0] if name != 'position_ids' else 'p' for name in choice['inputs']):8} {why}", flush=True)
    total = collections.Counter()
    for (exporter, architecture, outcome), count in sorted(counts.items()):
        total[outcome] += count
        print(f"{exporter:11} {architecture:6} {outcome:9} {count}")
    print(", ".join(f"{name} {total[name]}" for name in ("equal", "refused", "different", "skipped")))
    raise SystemExit(1 if total["different"] else 0)


main()
