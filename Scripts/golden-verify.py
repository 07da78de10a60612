#!/usr/bin/env python3
"""Writes Tests/AlbitDriftTests/Verify.json: data for `albit verify` with heads beside classification, and what transformers,
seqeval and the rules of the SQuAD script make of the models of the zoo on them.

    pip install torch transformers==4.57.3 seqeval sentencepiece
    mkdir zoo && tar xJf Tests/Data/zoo.tar.xz -C zoo
    Scripts/golden-verify.py zoo/zoo

The models have random weights: truths are their own answers for some of the words and others for the rest, so that every
figure lies between its extremes. transformers 4.57.3, because version 5 has no question answering pipeline any more.
"""
import json, math, os, pathlib, random, sys

os.environ["HF_HUB_OFFLINE"] = "1"
import torch
from seqeval import metrics as entities
from transformers import (
    AlbertForMaskedLM, AlbertForQuestionAnswering, AlbertForTokenClassification, PreTrainedTokenizerFast, QuestionAnsweringPipeline)

import squad_rules as squad

torch.set_grad_enabled(False)
random.seed(10)
zoo = sys.argv[1]
tests = pathlib.Path(__file__).resolve().parent.parent / "Tests"
tokenizer = PreTrainedTokenizerFast(
    tokenizer_file=zoo + "/tokenizers/hf/tokenizer.json", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]", pad_token="<pad>")

sentences = [
    "Anna Berg moved from Hamburg to New York in the spring .", "The harbour of Rotterdam was closed for three days .",
    "John Smith and Mary Jones founded Acme Corporation in Chicago .", "It rained all week , and nobody went outside .",
    "Peter Müller wohnt in Zürich und arbeitet in Genf .", "Where is the key to the library ?", "x",
    "Lake Victoria lies between Uganda , Kenya and Tanzania .", "He came , he saw , he went home ."]

# Tags: of the first token of each word.
tags = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
model = AlbertForTokenClassification.from_pretrained(zoo + "/safetensors/base-tokcls").eval()
tagged, predictions = [], []
for sentence in sentences:
    encoding = tokenizer(sentence, return_tensors="pt")
    best = model(**encoding).logits[0].argmax(-1).tolist()
    words, start, predicted = sentence.split(" "), 0, []
    for word in words:
        predicted.append(tags[best[encoding.char_to_token(start)]])
        start += len(word) + 1
    predictions.append(predicted)
    tagged.append({"words": words, "tags": [t if random.random() < 0.7 else random.choice(tags) for t in predicted]})
truths = [row["tags"] for row in tagged]
right = [a == b for row, guess in zip(truths, predictions) for a, b in zip(row, guess)]

# Questions: the pipeline's best answers, each in one window; a third of the truths are right, a third half right.
pairs = [
    ("Who wrote it?", "Ann wrote the book."), ("Where is he?", "He is in Oslo."), ("When?", "It left at nine."), ("What fell?", "The red cup fell."),
    ("Who won?", "Italy won the cup."), ("Why?", "It was a cold day."), ("Which city?", "Kenya and Oslo met."), ("How many?", "We saw six of the ten."),
    ("What is it?", "A small town in Spain.")]
model = AlbertForQuestionAnswering.from_pretrained(zoo + "/safetensors/base-qa").eval()
pipeline = QuestionAnsweringPipeline(model=model, tokenizer=tokenizer)
questions = []
for question, context in pairs:
    assert len(tokenizer(question, context).input_ids) <= 64
    guess = pipeline(question=question, context=context, max_seq_len=64, max_answer_len=15)["answer"]
    truth = [guess, " ".join(guess.split()[:-1] + ["more"]), "nothing"][len(questions) % 3]
    questions.append({"question": question, "context": context, "answer": truth, "guess": guess})

# Words hidden one at a time.
model = AlbertForMaskedLM.from_pretrained(zoo + "/safetensors/base-pretraining").eval()
likelihood, hits, count = 0.0, 0, 0
for sentence in sentences:
    ids = tokenizer(sentence, return_tensors="pt").input_ids
    for position in range(1, ids.shape[1] - 1):
        masked = ids.clone()
        masked[0, position] = tokenizer.mask_token_id
        scores = model(masked).logits[0, position].double().log_softmax(-1)
        truth = ids[0, position].item()
        likelihood += scores[truth].item()
        hits += scores.argmax().item() == truth
        count += 1

result = {
    "tagging": {
        "labels": tags, "data": tagged, "metrics": {
            "entity F1": 100 * entities.f1_score(truths, predictions), "precision": 100 * entities.precision_score(truths, predictions),
            "recall": 100 * entities.recall_score(truths, predictions), "tag accuracy": 100 * sum(right) / len(right)}},
    "answering": {
        "data": [{key: row[key] for key in ["question", "context", "answer"]} for row in questions], "metrics": {
            "exact match": 100 * sum(squad.exact(q["guess"], [q["answer"]]) for q in questions) / len(questions),
            "F1": 100 * sum(squad.f1(q["guess"], [q["answer"]]) for q in questions) / len(questions)}},
    "maskedWords": {
        "data": [{"text": sentence} for sentence in sentences], "metrics": {
            "masked words": 100 * hits / count, "pseudo-perplexity": math.exp(-likelihood / count)}},
}
(tests / "AlbitDriftTests/Verify.json").write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n")
print({name: part["metrics"] for name, part in result.items()}, len(questions))
