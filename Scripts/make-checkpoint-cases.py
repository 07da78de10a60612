#!/usr/bin/env python3
"""Makes Tests/Data/checkpoints.tar.xz: small models as people have them (adapters, other families, odd
configurations, folders in folders) with the outputs of transformers and peft, or the fault that Albit has to end with.

    python3 Scripts/make-checkpoint-cases.py [-o Tests/Data/checkpoints.tar.xz]

Needs torch, transformers 5 and peft. All numbers are random and drawn from fixed seeds.
"""
import argparse
import json
import os
import shutil
import subprocess
import tempfile
import zipfile

import torch
import transformers
from peft import (IA3Config, LoHaConfig, LoraConfig, PromptTuningConfig, TaskType, VeraConfig, get_peft_model)
from safetensors.torch import load_file, save_file

transformers.logging.set_verbosity_error()
IDS = [2, 17, 45, 29, 33, 7, 3]
TYPES = [0, 0, 0, 0, 1, 1, 1]
DIMENSIONS = dict(vocab_size=60, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24,
                  max_position_embeddings=34, type_vocab_size=2)


class Cases:
    def __init__(self, root):
        self.root, self.rows = root, []

    def folder(self, name):
        path = os.path.join(self.root, name)
        os.makedirs(path, exist_ok=True)
        return path

    def add(self, name, model=None, adapter=None, fault=None, words=()):
        row = {"input": name, "adapter": adapter, "fault": fault, "words": list(words)}
        if model is not None:
            row.update(self.outputs(model))
        self.rows.append(row)

    @staticmethod
    def outputs(model):
        with torch.no_grad():
            out = model.eval()(input_ids=torch.tensor([IDS]), token_type_ids=torch.tensor([TYPES]),
                               output_hidden_states=True)
        hidden = out.last_hidden_state if "last_hidden_state" in out else out.hidden_states[-1]
        values = {"last_hidden_state": hidden}
        name = type(model).__name__
        parts = (("SequenceClass", "seqcls_logits"), ("TokenClass", "tokcls_logits"), ("MaskedLM", "mlm_logits"))
        for part, key in parts:
            if part in name:
                values[key] = out.logits
        if "QuestionAnswering" in name:
            values.update(start_logits=out.start_logits, end_logits=out.end_logits)
        numbers = {key: [float(f"{x:.9g}") for x in value[0].flatten().tolist()] for key, value in values.items()}
        return {"ids": IDS, "types": TYPES, "outputs": numbers}


def randomize(model, seed):
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.3)
    return model


def albert(head="Model", seed=1, **more):
    config = transformers.AlbertConfig(**DIMENSIONS, embedding_size=8, **more)
    return randomize(getattr(transformers, "Albert" + head)(config), seed)


def bert(head="Model", seed=2, **more):
    return randomize(getattr(transformers, "Bert" + head)(transformers.BertConfig(**DIMENSIONS, **more)), seed)


def edit(folder, name="config.json", **changes):
    path = os.path.join(folder, name)
    content = json.load(open(path))
    for key, value in changes.items():
        if value is None:
            content.pop(key, None)
        else:
            content[key] = value
    json.dump(content, open(path, "w"), indent=1)


def adapters(cases):
    def lora(model, name, beside, task, **more):
        """Saves the base and an adapter, and tells outputs of the merged model."""
        folder = cases.folder(name)
        model.save_pretrained(folder if beside else cases.folder(name + "/base"))
        wrapped = randomize_adapter(get_peft_model(model, LoraConfig(task_type=task, **more)), len(cases.rows))
        wrapped.save_pretrained(folder if beside else cases.folder(name + "/adapter"))
        if beside:
            cases.add(name, wrapped.merge_and_unload())
        else:
            cases.add(name + "/base", wrapped.merge_and_unload(), adapter=name + "/adapter")

    lora(albert("ForSequenceClassification"), "lora-beside", True, TaskType.SEQ_CLS, r=4, lora_alpha=6,
         target_modules=["query", "value"])
    lora(bert("ForTokenClassification"), "lora-apart", False, TaskType.TOKEN_CLS, r=2, lora_alpha=8, use_rslora=True,
         target_modules=["query", "key", "value", "dense", "word_embeddings"],
         rank_pattern={"query": 3, r"encoder.layer.1.attention.self.value": 5},
         alpha_pattern={r"layer.0.*query": 7, "key": 2})
    lora(albert("ForQuestionAnswering"), "lora-embedding", False, TaskType.QUESTION_ANS, r=3, lora_alpha=3,
         target_modules=["word_embeddings", "ffn", "ffn_output", "embedding_hidden_mapping_in"])
    lora(bert("ForSequenceClassification", seed=5), "lora-biases", True, TaskType.SEQ_CLS, r=4, lora_alpha=4,
         target_modules=["query", "value"], bias="all", fan_in_fan_out=True,
         modules_to_save=["pooler", "classifier"])
    lora(albert("ForSequenceClassification", seed=6), "lora-added-biases", True, TaskType.SEQ_CLS, r=4, lora_alpha=5,
         target_modules=["key", "dense"], lora_bias=True)
    # State dicts of the wrapped model, as torch.save and Accelerate write them, and as peft before 0.5 named them.
    for name, old in (("lora-unmerged", False), ("lora-unmerged-old", True)):
        model = albert("ForSequenceClassification", seed=7)
        folder = cases.folder(name)
        model.config.save_pretrained(folder)
        wrapped = randomize_adapter(
            get_peft_model(model, LoraConfig(task_type=TaskType.SEQ_CLS, r=4, lora_alpha=12,
                                             target_modules=["query", "value"])), 7)
        wrapped.peft_config["default"].save_pretrained(folder)
        state = wrapped.state_dict()
        if old:
            state = {key.replace(".base_layer.", "."): value for key, value in state.items()}
        torch.save(state, os.path.join(folder, "pytorch_model.bin"))
        alone = cases.folder(name + "-without-scale")
        for file in ("config.json", "pytorch_model.bin"):
            shutil.copy(os.path.join(folder, file), alone)
        cases.add(name, wrapped.merge_and_unload())
        cases.add(name + "-without-scale", fault="importAdapterUnmerged", words=["LoRA", "lora_alpha"])
    # An adapter without its base, and one whose base is another model.
    shutil.copytree(os.path.join(cases.root, "lora-apart/adapter"), os.path.join(cases.root, "lora-alone"))
    cases.add("lora-alone", fault="importAdapterAlone", words=["LoRA", "--adapter"])
    cases.add("lora-beside", adapter="lora-apart/adapter", fault="importAdapterMismatch", words=["base"])
    cases.add("lora-apart/base", adapter="lora-apart/base", fault="importNoAdapter", words=["adapter_config.json"])
    # Others than a plain LoRA.
    kinds = {
        "dora": (LoraConfig(task_type=TaskType.SEQ_CLS, r=2, use_dora=True, target_modules=["query"]), "use_dora"),
        "ia3": (IA3Config(task_type=TaskType.SEQ_CLS, target_modules=["key", "ffn_output"],
                          feedforward_modules=["ffn_output"]), "IA3"),
        "loha": (LoHaConfig(task_type=TaskType.SEQ_CLS, r=2, target_modules=["query"]), "LOHA"),
        "vera": (VeraConfig(task_type=TaskType.SEQ_CLS, r=2, target_modules=["query"]), "VERA"),
        "prompt": (PromptTuningConfig(task_type=TaskType.SEQ_CLS, num_virtual_tokens=3), "PROMPT_TUNING"),
        "pissa": (LoraConfig(task_type=TaskType.SEQ_CLS, r=2, init_lora_weights="pissa", target_modules=["query"]),
                  "init_lora_weights"),
    }
    for name, (config, word) in kinds.items():
        folder = cases.folder("adapter-" + name)
        model = albert("ForSequenceClassification", seed=8)
        model.save_pretrained(folder)
        get_peft_model(model, config).save_pretrained(folder)
        cases.add("adapter-" + name, fault="importAdapterUnsupported", words=[word])
    # A state dict of a DoRA that was not merged, with a configuration that lies about it.
    model = get_peft_model(albert("ForSequenceClassification", seed=9), kinds["dora"][0])
    folder = cases.folder("adapter-dora-state-dict")
    model.base_model.model.config.save_pretrained(folder)
    torch.save(model.state_dict(), os.path.join(folder, "pytorch_model.bin"))
    cases.add("adapter-dora-state-dict", fault="importAdapterUnsupported", words=["DoRA"])


def randomize_adapter(model, seed):
    generator = torch.Generator().manual_seed(1000 + seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_" in name or "modules_to_save" in name or (parameter.requires_grad and name.endswith("bias")):
                parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.3)
    return model


def families(cases):
    for number, kind in enumerate(["roberta", "camembert", "xlm-roberta", "electra", "data2vec-text"]):
        config = transformers.AutoConfig.for_model(kind, **DIMENSIONS, pad_token_id=1)
        folder = cases.folder("family-" + kind)
        randomize(transformers.AutoModel.from_config(config), number).save_pretrained(folder)
        cases.add("family-" + kind, fault="importOtherFamily", words=[kind, "Albit takes"])
    # The same without a word about the family: prefix, prediction head, offsets.
    config = transformers.RobertaConfig(**DIMENSIONS, pad_token_id=1)
    folder = cases.folder("family-of-names")
    randomize(transformers.RobertaForMaskedLM(config), 20).save_pretrained(folder)
    edit(folder, model_type=None, architectures=None)
    cases.add("family-of-names", fault="importOtherFamily", words=["roberta"])
    folder = cases.folder("family-of-offsets")
    config.type_vocab_size = 1
    randomize(transformers.RobertaModel(config), 21).save_pretrained(folder)
    edit(folder, model_type=None, architectures=None)
    cases.add("family-of-offsets", fault="importOtherFamily", words=["pad_token_id"])
    for name, changes, word in (
            ("decoder-causal", dict(is_decoder=True), "is_decoder"),
            ("decoder-cross-attention", dict(is_decoder=True, add_cross_attention=True), "add_cross_attention"),
            ("decoder-language-model", dict(is_decoder=True), "is_decoder")):
        folder = cases.folder(name)
        bert("LMHeadModel" if "language" in name else "Model", seed=22, **changes).save_pretrained(folder)
        cases.add(name, fault="importUnsupportedConfiguration", words=[word])


def configurations(cases):
    # gelu of a configuration without a family: transformers computes the erf form.
    for name, change in (("gelu-without-type", {}), ("gelu-without-type-original-name", {}), ("gelu-python", {})):
        act = "gelu_python" if name == "gelu-python" else "gelu"
        model = albert("ForSequenceClassification", seed=30, hidden_act=act)
        folder = cases.folder(name)
        model.save_pretrained(folder)
        if name != "gelu-python":
            edit(folder, model_type=None, architectures=None, transformers_version=None, dtype=None)
        if name.endswith("original-name"):
            os.rename(os.path.join(folder, "config.json"), os.path.join(folder, "albert_config.json"))
        cases.add(name, model)
    # A bias of the decoder beside that of the predictions: transformers adds the decoder's.
    for name, model in (("decoder-bias-albert", albert("ForMaskedLM", seed=33)),
                        ("decoder-bias-bert", bert("ForMaskedLM", seed=34)),
                        ("decoder-bias-untied-key", bert("ForMaskedLM", seed=35))):
        folder = cases.folder(name)
        model.save_pretrained(folder)
        state = {key: value.clone() for key, value in model.state_dict().items()}
        own = next(key for key in state if key.endswith("predictions.bias"))
        other = own.replace("predictions.bias", "predictions.decoder.bias")
        generator = torch.Generator().manual_seed(36)
        state[own] = torch.randn(state[own].shape, generator=generator)
        state[other] = torch.randn(state[own].shape, generator=generator)
        save_file(state, os.path.join(folder, "model.safetensors"), metadata={"format": "pt"})
        if name.endswith("key"):
            edit(folder, tie_word_embeddings=False)
        cases.add(name, type(model).from_pretrained(folder))


def layouts(cases):
    model = bert("ForSequenceClassification", seed=40)
    plain = cases.folder("layout/plain")
    model.save_pretrained(plain)
    root = cases.folder("layout")

    def add(name, **more):
        cases.add("layout/" + name, **more) if "fault" in more else cases.add("layout/" + name, model, **more)

    for name, method in (("model.zip", zipfile.ZIP_DEFLATED), ("model-1.0-py3-none-any.whl", zipfile.ZIP_STORED)):
        with zipfile.ZipFile(os.path.join(root, name), "w", method) as archive:
            archive.writestr("__MACOSX/._model.safetensors", "resource fork")
            for file in sorted(os.listdir(plain)):
                archive.write(os.path.join(plain, file), "package/model/" + file)
        add(name)
    with zipfile.ZipFile(os.path.join(root, "two.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(os.listdir(plain)):
            archive.write(os.path.join(plain, file), "a/" + file)
            archive.write(os.path.join(plain, file), "b/" + file)
    add("two.zip", fault="importSeveralCheckpoints", words=["a", "b"])
    subprocess.run(["tar", "czf", root + "/model.tar.gz", "-C", root, "plain"], check=True)
    subprocess.run(["tar", "cJf", root + "/model.tar.xz", "-C", root, "plain"], check=True)
    add("model.tar.gz")
    add("model.tar.xz", fault="importUnsupportedFormat", words=["xz", "unpack"])
    cache = root + "/cache/models--org--name"
    shutil.copytree(plain, cache + "/snapshots/0123abc")
    shutil.copytree(cases.folder("family-roberta"), cache + "/snapshots/9999fff")
    os.makedirs(cache + "/refs")
    open(cache + "/refs/main", "w").write("0123abc")
    add("cache/models--org--name")
    add("cache")
    shutil.copytree(cache, root + "/cache-without-ref")
    shutil.rmtree(root + "/cache-without-ref/refs")
    add("cache-without-ref", fault="importSeveralCheckpoints", words=["snapshots/0123abc", "snapshots/9999fff"])
    shutil.copytree(plain, root + "/trainer/checkpoint-500")
    torch.save({"lr": 1e-5}, root + "/trainer/checkpoint-500/training_args.bin")
    torch.save({"state": {}}, root + "/trainer/checkpoint-500/optimizer.pt")
    add("trainer")
    for step in (500, 1000):
        os.makedirs(root + f"/trainer-two/checkpoint-{step}")
        shutil.copy(plain + "/config.json", root + f"/trainer-two/checkpoint-{step}")
    json.dump({"best_model_checkpoint": "out/checkpoint-500"},
              open(root + "/trainer-two/checkpoint-1000/trainer_state.json", "w"))
    add("trainer-two", fault="importSeveralCheckpoints", words=["calls checkpoint-500 the best", "checkpoint-1000"])
    os.makedirs(root + "/deepspeed/global_step20")
    shutil.copy(plain + "/config.json", root + "/deepspeed")
    torch.save({"module": model.state_dict(), "global_steps": 20, "ds_version": "0.15"},
               root + "/deepspeed/global_step20/mp_rank_00_model_states.pt")
    open(root + "/deepspeed/latest", "w").write("global_step20")
    add("deepspeed")
    os.makedirs(root + "/deepspeed-zero3/global_step20")
    for rank in (0, 1):
        torch.save({}, root + f"/deepspeed-zero3/global_step20/zero_pp_rank_{rank}_mp_rank_00_model_states.pt")
    add("deepspeed-zero3", fault="importDistributed", words=["zero_to_fp32.py"])
    os.makedirs(root + "/fsdp/pytorch_model_fsdp_0")
    open(root + "/fsdp/pytorch_model_fsdp_0/__0_0.distcp", "w").write("x")
    add("fsdp", fault="importDistributed", words=["dcp_to_torch", "pytorch_model_fsdp_0"])


def huge(cases):
    """Finite weights whose activations, or sums of these, are beyond float32: read by the tests of `quantize`."""
    for name, part, factor in (
            ("huge-ffn-1e20", "ffn.weight", 1e20), ("huge-ffn-1e37", "ffn.weight", 1e37),
            ("huge-words-1e30", "word_embeddings.weight", 1e30), ("huge-query-1e25", "query.weight", 1e25),
            ("huge-norm-1e18", "full_layer_layer_norm.weight", 1e18), ("huge-bias-1e38", "ffn_output.bias", 1e38)):
        folder = cases.folder("huge/" + name)
        model = albert("ForSequenceClassification", seed=50)
        model.save_pretrained(folder)
        state = load_file(os.path.join(folder, "model.safetensors"))
        key = next(key for key in state if key.endswith(part))
        state[key] = (state[key].clamp(-1, 1) * factor).contiguous()
        assert torch.isfinite(state[key]).all()
        save_file(state, os.path.join(folder, "model.safetensors"), metadata={"format": "pt"})


def main():
    parser = argparse.ArgumentParser()
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("-o", default=os.path.join(here, "Tests/Data/checkpoints.tar.xz"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        cases = Cases(os.path.join(temporary, "checkpoints"))
        for part in (adapters, families, configurations, layouts, huge):
            part(cases)
        for folder, _, files in os.walk(cases.root):
            if "README.md" in files:
                os.remove(os.path.join(folder, "README.md"))
        json.dump(cases.rows, open(os.path.join(cases.root, "cases.json"), "w"))
        subprocess.run(["tar", "cJf", os.path.abspath(options.o), "--owner=0", "--group=0", "--mtime=2026-01-01",
                        "--sort=name", "-C", temporary, "checkpoints"], check=True)
        print(f"{len(cases.rows)} cases, {os.path.getsize(options.o)} bytes")


if __name__ == "__main__":
    main()
