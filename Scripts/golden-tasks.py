#!/usr/bin/env python3
"""Makes the expected answers of Tests/TaskTests with the pipelines of transformers 4.57.3.

    python3 -m venv venv && venv/bin/pip install torch transformers==4.57.3 sentencepiece
    mkdir zoo && tar xJf Tests/Data/zoo.tar.xz -C zoo
    venv/bin/python Scripts/golden-tasks.py zoo/zoo Tests/TaskTests/Data

4.57.3 because version 5 has no question answering pipeline any more. The models are the small ones of the zoo, with
random weights: what is compared is arithmetic and rules, not sense. All texts below were written for this file.

With --models DIRECTORY (the trained albert-tiny-conll03 and albert-tiny-conllqa) it also stores logits of trained
models with the answers that the pipelines make of them, for tests of the rules alone.
"""
import argparse
import json
import os
import warnings

os.environ["HF_HUB_OFFLINE"] = "1"
warnings.filterwarnings("ignore")
import numpy as np
import torch
import transformers
from transformers import AutoTokenizer, BertTokenizerFast, PreTrainedTokenizerFast
from transformers import (
    AlbertForMaskedLM, AlbertForMultipleChoice, AlbertForPreTraining, AlbertForQuestionAnswering,
    AlbertForSequenceClassification, AlbertForTokenClassification, AlbertModel, BertForSequenceClassification, BertModel)
from transformers import (
    FillMaskPipeline, QuestionAnsweringPipeline, TextClassificationPipeline, TokenClassificationPipeline)

torch.set_grad_enabled(False)
torch.set_num_threads(2)
transformers.logging.set_verbosity_error()

SENTENCES = [
    "Anna Berg moved from Hamburg to New York in the spring.",
    "The harbour of Rotterdam was closed for three days.",
    "John Smith and Mary Jones founded Acme Corporation in Chicago.",
    "It rained all week, and nobody went outside.",
    "The United Nations sent a team to Kenya and Sudan.",
    "A charming little film about nothing at all!",
    "I would not watch this again; the plot makes no sense.",
    "Dr. O'Neil works at St. Mary's Hospital in Dublin.",
    "The licence allows you to copy, change and share the program.",
    "Where is the key to the library?",
    "She said: \"The train leaves at nine.\"",
    "Peter Müller wohnt in Zürich und arbeitet in Genf.",
    "José lives in São Paulo near the Ibirapuera park.",
    "The Brazilian team beat Italy after extra time.",
    "x", "", " ", "   two   spaces   everywhere   ",
    "UPPER CASE WORDS AND lower case words",
    "Ünïcödé àccénts àre strîpped",
    "東京 is the capital of Japan.",
    "An emoji 😀 in the middle and one at the end 🎉",
    "a-hyphenated-word, a (parenthesis) and a slash/here",
    "The quick brown fox jumps over the lazy dog.",
    "Microsoft bought a small company from Oslo.",
    "Software is provided without any warranty.",
    "On Monday the ministers of France and Spain met in Lisbon.",
    "Unbelievable antidisestablishmentarianism",
    "The price rose to 45.50 euros in May.",
    "He came, he saw, he went home.",
    "e\u0301 combining and \ufb01 ligature",
    "Tabs\tand\u00a0hard spaces stay readable.",
    "Lake Victoria lies between Uganda, Kenya and Tanzania.",
    "The work is licensed under the terms of the public licence, version two, or any later version of it, at your option.",
]

CONTEXTS = [
    ("Who moved to New York ?", "Anna Berg moved from Hamburg to New York in the spring . Her brother Karl stayed in Hamburg ."),
    ("Which city is the capital of Japan ?", "Tokyo is the capital of Japan . Osaka is the second largest city of the country ."),
    ("Which company was founded in Chicago ?", "John Smith and Mary Jones founded Acme Corporation in Chicago , close to the lake ."),
    ("which person is mentioned ?", "On Monday Peter Miller of the Swiss Bank said that prices in Germany would rise ."),
    ("which organization is mentioned ?", "On Monday Peter Miller of the Swiss Bank said that prices in Germany would rise ."),
    ("which location is mentioned ?", "On Monday Peter Miller of the Swiss Bank said that prices in Germany would rise ."),
    ("which nationality or event is mentioned ?", "The Brazilian team won the World Cup in Madrid , and the Italian one came second ."),
    ("What may you do ?", "The licence allows you to copy, change and share the program, as long as the notice stays."),
    ("Where does José live?", "José lives in São Paulo near the Ibirapuera park; his sister lives in Zürich."),
    ("When does the train leave?", "She said: \"The train leaves at nine.\" Then she left."),
]

# One text of several windows, written here so that it may be copied.
STORY = (
    "The village of Hollow Creek lies in a narrow valley. Its people keep sheep and grow barley. In the year of the great "
    "storm the old bridge fell into the river, and the miller, Thomas Gray, built a ferry from the beams. For a copper coin "
    "he took people across, and for two he took a cow. His daughter Ellen kept the accounts in a green book. In winter the "
    "river froze and the ferry stood still; then people walked over the ice and paid nothing. One night in February the ice "
    "broke under a sledge that was loaded with books from the library of Saint Martin. Two men and a horse were saved, but "
    "the books sank. In spring the fishermen of Hollow Creek found pages in their nets. Ellen Gray dried them over the "
    "stove, page by page, and bound them again in the wrong order. The book that she made is kept in the town hall of "
    "Easton, and nobody has ever read it from beginning to end. The new bridge was built by an engineer from Glasgow whose "
    "name was Walter Reid. It is made of stone, it has three arches, and it was paid for by the county. ")
QUESTIONS = [
    "Who built the ferry?", "Who kept the accounts?", "What colour was the book?", "Where is the book kept?",
    "Who built the new bridge?", "What is the bridge made of?", "What did people pay for a cow?", "When did the ice break?",
    "Where do the people of the village live?", "What was on the sledge?",
]

MASKED = [
    "The [MASK] of the library is free.", "[MASK]", "You may copy the [MASK] and the [MASK].", "This [MASK] program is [MASK] under the licence.",
    "[MASK] [MASK] [MASK]", "It rained all [MASK], and nobody went outside.", "The harbour of [MASK] was closed.",
    "any [MASK] version", "by the [MASK] of this licence", "Where is the key to the [MASK]?", "She said: \"The [MASK] leaves at nine.\"",
    "software is [MASK] without any warranty", "[MASK] you", "the terms of the [MASK] licence", "a small [MASK] from Oslo",
    "The [MASK] allows you to copy it.", "an [MASK] 😀 here", "UPPER [MASK] WORDS", "the [MASK]", "[MASK].",
    "if you [MASK] this work", "such a [MASK] is not a copy", "Lake [MASK] lies between Uganda and Kenya.",
    "He came, he [MASK], he went home.", "work that is [MASK] on the program", "the public [MASK]", "in the [MASK] form",
    "no [MASK]", "the [MASK] and other rights", "it is not [MASK] by this licence", "the [MASK] [MASK] of the code",
]


def albert_tokenizer(zoo):
    path = os.path.join(zoo, "tokenizers/hf/tokenizer.json")
    return PreTrainedTokenizerFast(
        tokenizer_file=path, cls_token="[CLS]", sep_token="[SEP]", unk_token="<unk>", pad_token="<pad>", mask_token="[MASK]",
        bos_token="[CLS]", eos_token="[SEP]", model_max_length=64)


def bert_tokenizer(zoo):
    return BertTokenizerFast(vocab_file=os.path.join(zoo, "tokenizers/wordpiece-vocab.txt"), do_lower_case=True, model_max_length=64)


def bytes_of(text, place):
    """Code points to UTF-8 bytes."""
    return len(text[:place].encode())


def pairs_of(sentences):
    """Pairs, the second sentence short: the fast tokenizers cut pairs that are too long for a model otherwise than the
    original Python ones, which Albit follows."""
    short = [s for s in sentences if len(s) < 45]
    return [(s, short[(i * 7 + 3) % len(short)]) for i, s in enumerate(sentences)]


def fits(tokenizer, *texts):
    return len(tokenizer(*texts)["input_ids"]) <= tokenizer.model_max_length


def classification(zoo, tokenizer, wordpiece):
    cases = []
    albert = AlbertForSequenceClassification.from_pretrained(os.path.join(zoo, "torch/hf441_base-seqcls")).eval()
    bert = BertForSequenceClassification.from_pretrained(os.path.join(zoo, "safetensors/bert-seqcls")).eval()
    inputs = [(text, None) for text in SENTENCES] + pairs_of(SENTENCES)[:10]
    kinds = ["single_label_classification", "multi_label_classification", "regression"]
    for name, model, tok in [("torch/hf441_base-seqcls", albert, tokenizer), ("safetensors/bert-seqcls", bert, wordpiece)]:
        for index, (text, pair) in enumerate(inputs):
            kind = kinds[index % 3] if index > 12 else kinds[0]
            model.config.problem_type = kind
            pipe = TextClassificationPipeline(model=model, tokenizer=tok, framework="pt", device="cpu")
            query = {"text": text} if pair is None else {"text": text, "text_pair": pair}
            answers = pipe(query, top_k=None, truncation=True)
            scores = {a["label"]: a["score"] for a in answers}
            cases.append({
                "model": name, "text": text, "pair": pair, "problemType": kind,
                "label": max(scores, key=scores.get), "scores": [scores[f"LABEL_{i}"] for i in range(len(scores))]})
    return cases


def entities_of(found, text):
    return [{
        "label": e.get("entity_group", e.get("entity")), "start": bytes_of(text, e["start"]), "end": bytes_of(text, e["end"]),
        "score": round(float(e["score"]), 6)} for e in found]


STRATEGIES = ["none", "simple", "first", "average", "max"]
LABELS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]


def tagging(zoo, tokenizer):
    model = AlbertForTokenClassification.from_pretrained(os.path.join(zoo, "safetensors/base-tokcls")).eval()
    model.config.id2label = dict(enumerate(LABELS))
    model.config.label2id = {label: i for i, label in enumerate(LABELS)}
    cases = []
    for text in SENTENCES:
        if not text.strip():
            continue
        entry = {"model": "safetensors/base-tokcls", "text": text, "labels": LABELS}
        for strategy in STRATEGIES:
            pipe = TokenClassificationPipeline(
                model=model, tokenizer=tokenizer, framework="pt", device="cpu", aggregation_strategy=strategy)
            entry[strategy] = entities_of(pipe(text), text)
        cases.append(entry)
    return cases


def trained_tagging(models):
    path = os.path.join(models, "albert-tiny-conll03")
    tokenizer = AutoTokenizer.from_pretrained(path)
    model = AlbertForTokenClassification.from_pretrained(path, torch_dtype=torch.float32).eval()
    labels = [model.config.id2label[i] for i in range(model.config.num_labels)]
    cases = []
    for text in SENTENCES:
        # The pipelines look for blanks where a word begins; other white space is a matter of taste.
        if not text.strip() or "\t" in text or "\u00a0" in text:
            continue
        encoded = tokenizer(text, return_offsets_mapping=True)
        logits = model(torch.tensor([encoded["input_ids"]])).logits[0, 1:-1].numpy()
        entry = tokens_of(encoded, text, slice(1, -1), None)
        entry.update(text=text, labels=labels, logits=[round(float(x), 6) for x in logits.reshape(-1)])
        for strategy in STRATEGIES:
            pipe = TokenClassificationPipeline(
                model=model, tokenizer=tokenizer, framework="pt", device="cpu", aggregation_strategy=strategy)
            entry[strategy] = entities_of(pipe(text), text)
        cases.append(entry)
    return cases


def tokens_of(encoded, text, part, sequence):
    """Ids, byte offsets and beginnings of words of the tokens of one text."""
    ids, starts, ends, begins = [], [], [], []
    offsets = encoded["offset_mapping"]
    words = encoded.word_ids(0)
    places = range(len(offsets))[part] if sequence is None else [i for i, s in enumerate(encoded.sequence_ids(0)) if s == sequence]
    for n, i in enumerate(places):
        ids.append(encoded["input_ids"][i])
        starts.append(bytes_of(text, offsets[i][0]))
        ends.append(bytes_of(text, offsets[i][1]))
        begins.append(n == 0 or words[i] != words[places[n - 1]])
    return {"ids": ids, "starts": starts, "ends": ends, "startsWord": begins}


def answering(zoo, tokenizer):
    model = AlbertForQuestionAnswering.from_pretrained(os.path.join(zoo, "safetensors/base-qa")).eval()
    cases = []
    short = [(q, c, 64, 16) for q, c in CONTEXTS]
    long = [(q, STORY, 64, stride) for q in QUESTIONS for stride in (8, 16)]
    pipe = QuestionAnsweringPipeline(model=model, tokenizer=tokenizer, framework="pt", device="cpu")
    for index, (question, context, length, stride) in enumerate(short + long):
        top = [1, 3, 5][index % 3]
        impossible = index % 2 == 1
        found = pipe(
            question=question, context=context, top_k=top, max_seq_len=length, doc_stride=stride,
            handle_impossible_answer=impossible, max_answer_len=[15, 8][index % 2])
        found = found if isinstance(found, list) else [found]
        cases.append({
            "model": "safetensors/base-qa", "question": question, "context": context, "top": top, "maxLength": length,
            "stride": stride, "noAnswer": impossible, "maxAnswer": [15, 8][index % 2],
            "answers": [answer_of(a, context) for a in found]})
    return cases


def answer_of(answer, context):
    empty = answer["answer"] == "" and answer["end"] == 0
    return {
        "start": None if empty else bytes_of(context, answer["start"]), "end": None if empty else bytes_of(context, answer["end"]),
        "score": float(answer["score"])}


def trained_answering(models):
    path = os.path.join(models, "albert-tiny-conllqa")
    tokenizer = AutoTokenizer.from_pretrained(path)
    model = AlbertForQuestionAnswering.from_pretrained(path, torch_dtype=torch.float32).eval()
    pipe = QuestionAnsweringPipeline(model=model, tokenizer=tokenizer, framework="pt", device="cpu")
    questions = [
        "which person is mentioned ?", "which organization is mentioned ?", "which location is mentioned ?",
        "which nationality or event is mentioned ?"]
    cases = []
    contexts = [c for _, c in CONTEXTS[:7]] + [
        "The Brazilian team beat Italy after extra time .", "In Lisbon the ministers of France and Spain met Maria Costa .",
        "Microsoft bought a small company from Oslo , said Erik Lund of the Nordic Bank ."]
    for context in dict.fromkeys(contexts):
        for question in questions:
            encoded = tokenizer(question, context, return_offsets_mapping=True)
            output = model(
                torch.tensor([encoded["input_ids"]]), token_type_ids=torch.tensor([encoded["token_type_ids"]]))
            sequences = encoded.sequence_ids(0)
            answers = pipe(question=question, context=context, top_k=3, handle_impossible_answer=True)
            first = tokens_of(encoded, question, None, 0)
            second = tokens_of(encoded, context, None, 1)
            cases.append({
                "question": question, "context": context, "first": first, "second": second, "ids": encoded["input_ids"],
                "segments": [255 if s is None else s for s in sequences],
                "start": [round(float(x), 6) for x in output.start_logits[0]],
                "end": [round(float(x), 6) for x in output.end_logits[0]],
                "answers": [answer_of(a, context) for a in answers]})
    return cases


def filling(zoo, tokenizer):
    model = AlbertForMaskedLM.from_pretrained(os.path.join(zoo, "safetensors/base-pretraining")).eval()
    pipe = FillMaskPipeline(model=model, tokenizer=tokenizer, framework="pt", device="cpu")
    cases = []
    for text in MASKED:
        found = pipe(text, top_k=5)
        masks = found if isinstance(found[0], list) else [found]
        cases.append({
            "model": "safetensors/base-pretraining", "text": text,
            "masks": [[{"id": c["token"], "score": float(c["score"])} for c in mask] for mask in masks]})
    return cases


def ordering(zoo, tokenizer):
    model = AlbertForPreTraining.from_pretrained(os.path.join(zoo, "safetensors/base-pretraining")).eval()
    cases = []
    for text, pair in pairs_of(SENTENCES):
        if not fits(tokenizer, text, pair):
            continue
        encoded = tokenizer(text, pair, return_tensors="pt")
        logits = model(**encoded).sop_logits[0]
        cases.append({
            "model": "safetensors/base-pretraining", "text": text, "pair": pair,
            "score": float(torch.softmax(logits, 0)[0]), "inOrder": bool(logits[0] >= logits[1])})
    return cases


def choosing(zoo, tokenizer):
    model = AlbertForMultipleChoice.from_pretrained(os.path.join(zoo, "safetensors/base-mc")).eval()
    cases = []
    for index, text in enumerate(SENTENCES):
        choices = [SENTENCES[(index * 5 + k * 3 + 1) % len(SENTENCES)] for k in range(12)]
        choices = [choice for choice in choices if fits(tokenizer, text, choice)][:2 + index % 4]
        if len(choices) < 2:
            continue
        rows = [tokenizer(text, choice) for choice in choices]
        padded = tokenizer.pad(rows, return_tensors="pt")
        logits = model(**{k: v[None] for k, v in padded.items()}).logits[0]
        cases.append({
            "model": "safetensors/base-mc", "text": text, "choices": choices, "index": int(logits.argmax()),
            "scores": [float(x) for x in torch.softmax(logits, 0)]})
    return cases


def embedding(zoo, tokenizer, wordpiece):
    cases = []
    albert = AlbertModel.from_pretrained(os.path.join(zoo, "safetensors/base-model")).eval()
    bert = BertModel.from_pretrained(os.path.join(zoo, "safetensors/bert-seqcls")).eval()
    for name, model, tok in [("safetensors/base-model", albert, tokenizer), ("safetensors/bert-seqcls", bert, wordpiece)]:
        for index, text in enumerate(SENTENCES):
            pooling = ["mean", "cls", "max", "pooler"][index % 4]
            encoded = tok(text, return_tensors="pt", truncation=True)
            output = model(**encoded)
            hidden = output.last_hidden_state[0]
            vector = {"mean": hidden.mean(0), "cls": hidden[0], "max": hidden.max(0).values, "pooler": output.pooler_output[0]}[pooling]
            normalized = index % 8 < 4
            if normalized:
                vector = torch.nn.functional.normalize(vector, dim=0)
            cases.append({
                "model": name, "text": text, "pooling": pooling, "normalized": normalized,
                "embedding": [round(float(x), 6) for x in vector]})
    return cases


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("zoo")
    parser.add_argument("output")
    parser.add_argument("--models")
    arguments = parser.parse_args()
    zoo = arguments.zoo
    tokenizer, wordpiece = albert_tokenizer(zoo), bert_tokenizer(zoo)
    sets = {
        "sequence-classification": classification(zoo, tokenizer, wordpiece),
        "token-classification": tagging(zoo, tokenizer),
        "question-answering": answering(zoo, tokenizer),
        "masked-language-model": filling(zoo, tokenizer),
        "sentence-order": ordering(zoo, tokenizer),
        "multiple-choice": choosing(zoo, tokenizer),
        "embedding": embedding(zoo, tokenizer, wordpiece),
    }
    if arguments.models:
        sets["trained-token-classification"] = trained_tagging(arguments.models)
        sets["trained-question-answering"] = trained_answering(arguments.models)
    versions = f"transformers {transformers.__version__}, torch {torch.__version__}, numpy {np.__version__}"
    for name, cases in sets.items():
        with open(os.path.join(arguments.output, name + ".json"), "w") as file:
            file.write('{"tool": ' + json.dumps(versions) + ', "cases": [\n')
            file.write(",\n".join(json.dumps(case, ensure_ascii=False) for case in cases))
            file.write("\n]}\n")
        print(f"{name}: {len(cases)} cases")


if __name__ == "__main__":
    main()
