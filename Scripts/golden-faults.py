#!/usr/bin/env python3
"""Writes Tests/AlbitDriftTests/Faults.json, Tests/Data/heads.npz and the data files named own-* in Tests/Data/tables: what
`albit verify` must measure on data as people have them, by transformers, scikit-learn, scipy, seqeval and the rules of the
SQuAD 2.0 script.

    pip install torch transformers scikit-learn scipy seqeval sentencepiece
    Scripts/golden-faults.py

The encoder is that of samples/albert-tiny-sst2. Heads are fitted to some of the data by least squares, so that figures lie
between their extremes, and kept in heads.npz; those of one-output, multi-label and rerank-saturation are made of the
sample's own classifier.
"""
import csv, io, json, os, pathlib, sys

os.environ["HF_HUB_OFFLINE"] = "1"
import numpy as np, torch
from scipy import stats
from seqeval import metrics as entities
from sklearn import metrics
from transformers import AlbertForSequenceClassification, PreTrainedTokenizerFast

import squad_rules as squad

torch.set_grad_enabled(False)
root = pathlib.Path(__file__).resolve().parent.parent
tables = root / "Tests/Data/tables"
sample = str(root / "samples/albert-tiny-sst2")
# As published: what transformers 5 makes of spiece.model differs on some texts.
tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(root / "Tests/Data/tokenizer/tokenizer.json"), cls_token="[CLS]", sep_token="[SEP]", pad_token="<pad>")
torch.set_num_threads(1)
model = AlbertForSequenceClassification.from_pretrained(sample).float().eval()
W, B = model.classifier.weight.data.clone().numpy(), model.classifier.bias.data.clone().numpy()
heads, cases = {}, []


def hidden(text, pair=None):
    """Hidden states, pooled output, character offsets and text numbers of tokens."""
    pair = pair or None
    encoding = tokenizer(text, pair, return_tensors="pt", return_offsets_mapping=True, return_token_type_ids=True)
    offsets, parts = encoding.pop("offset_mapping")[0].tolist(), encoding.sequence_ids(0)
    # A first piece's offset may hold the blank before it.
    texts = [text, pair]
    trimmed = []
    for (start, end), part in zip(offsets, parts):
        while part is not None and start < end and texts[part][start] == " ":
            start += 1
        trimmed.append((start, end))
    out = model.albert(**encoding)
    return out.last_hidden_state[0].numpy(), out.pooler_output[0].numpy(), trimmed, parts


def fit(x, y, strength=1e-3):
    x = np.hstack([np.array(x, np.float64), np.ones((len(x), 1))])
    w = np.linalg.solve(x.T @ x + strength * np.eye(x.shape[1]), x.T @ np.array(y, np.float64))
    return w[:-1].T.astype(np.float16).astype(np.float32), w[-1].astype(np.float16).astype(np.float32)


def keep(name, weight, bias):
    heads[name + ".weight"], heads[name + ".bias"] = np.ascontiguousarray(np.atleast_2d(weight), np.float32), np.atleast_1d(bias).astype(np.float32)


def logits(name, x):
    return x @ heads[name + ".weight"].T + heads[name + ".bias"]


def write(path, text, encoding="utf-8"):
    (tables / path).parent.mkdir(exist_ok=True)
    (tables / path).write_bytes(text.encode(encoding))


def tsv(rows, delimiter="\t"):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue()


def lines(rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def case(kind, files, head, figures, **more):
    for file in files if isinstance(files, list) else [files]:
        cases.append({"kind": kind, "file": kind + "/" + file, "head": head, "metrics": {
            name: None if value is None or np.isnan(value) else float(value) for name, value in figures.items()}, **more})


def refused(kind, file, head, code, says, **more):
    cases.append({"kind": kind, "file": kind + "/" + file, "head": head, "code": code, "says": says, "metrics": {}, **more})


# Tags: plain.conll and its like are learnt, so that they are right; the own files hold other sentences.
tags = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC"]
plain = [[tuple(line.split()) for line in block.split("\n")] for block in (tables / "conll/plain.conll").read_text().strip().split("\n\n")]


def firsts(words):
    states, _, offsets, parts = hidden(" ".join(words))
    starts, place = [], 0
    for word in words:
        starts.append(place)
        place += len(word) + 1
    return [states[next(i for i, (o, p) in enumerate(zip(offsets, parts)) if p == 0 and o[0] >= s)] for s in starts]


def tagger(name, labels, sentences):
    x, y = [], []
    for sentence in sentences:
        x += firsts([word for word, _ in sentence])
        y += [[10.0 * (tag == label) for label in labels] for _, tag in sentence]
    keep(name, *fit(x, y))


def tagged(name, labels, sentences):
    return [[labels[int(np.argmax(logits(name, state)))] for state in firsts([word for word, _ in s])] for s in sentences]


def entity(sentences):
    truth, found = [[tag for _, tag in s] for s in sentences], tagged("tagger", tags, sentences)
    return {"entity F1": 100 * entities.f1_score(truth, found), "precision": 100 * entities.precision_score(truth, found),
            "recall": 100 * entities.recall_score(truth, found), "tag accuracy": 100 * entities.accuracy_score(truth, found)}


tagger("tagger", tags, plain)
case("conll", ["plain.conll", "comments.conll", "comments-later.conll"], "tagger", entity(plain))
case("conll", ["words-ids.jsonl", "hf-ids.jsonl"], "tagger", entity(plain), values="ids")
refused("conll", "words-ids.jsonl", "tagger", "labelNumbered", "--label-values ids")
refused("conll", "unknowntag.conll", "tagger", "labelUnknown", "'B-PERSON'")
refused("conll", "pos.conll", "tagger", "labelUnknown", "'NNP'")
own = plain[1:2] + [[("Anna", "B-PER"), ("Silva", "I-PER"), ("of", "O"), ("Siemens", "B-ORG"), ("lives", "O"), ("in", "O"), ("Vienna", "B-LOC")],
       [("Ajax", "B-ORG"), ("met", "O"), ("Peter", "B-PER"), (".", "O")], [("shares", "O"), ("of", "O"), ("Novak", "B-ORG"), ("rose", "O"), ("in", "O"), ("Oslo", "B-LOC")]]
write("conll/own-columns.conll", "-DOCSTART- -X- -X- O\n\n" + "\n".join("".join(f"{w} NN B-NP {t}\n" for w, t in s) for s in own))
write("conll/own-names.jsonl", lines({"tokens": [w for w, _ in s], "ner_tags": [t for _, t in s]} for s in own).replace("\n", "\r\n"))
case("conll", ["own-columns.conll", "own-names.jsonl"], "tagger", entity(own))
pos = [[("Anna", "NNP"), ("lives", "VBZ"), ("here", "RB")], [("Peter", "NNP"), ("sings", "VBZ")], [("here", "RB"), ("Vienna", "NNP"), ("rose", "VBZ")]]
tagger("pos", ["NNP", "VBZ", "RB"], pos[:1])
write("conll/own-pos.tsv", "words\ttags\n" + "".join(" ".join(w for w, _ in s) + "\t" + " ".join(t for _, t in s) + "\n" for s in pos))
for file, data in [("pos.conll", pos[:1]), ("own-pos.tsv", pos)]:
    truth, found = [t for s in data for _, t in s], [t for s in tagged("pos", ["NNP", "VBZ", "RB"], data) for t in s]
    case("conll", file, "pos", {"tag accuracy": 100 * metrics.accuracy_score(truth, found)})

# A tagger that still stores its pooler: the same data and figures.
case("tagger-with-pooler", ["plain.conll", "own-columns.conll", "own-names.jsonl"], "tagger", entity(plain))
for item in cases[-2:]:
    item["metrics"] = {k: float(v) for k, v in entity(own).items()}
for item in cases[-3:]:
    item["file"] = item["file"].replace("tagger-with-pooler", "conll")

# Sets of labels, as the fault's make.py makes them of the two classes.
d, b = (W[1] - W[0]) / 2, (B[1] - B[0]) / 2
names = ["joy", "anger", "film", "long"]
keep("labels", np.stack([d, -d, d * np.float32(0.5), -d * np.float32(0.2)]), np.array([b, -b, b * 0.5 + 0.6, -b * 0.2 - 0.05]))
keep("broken", heads["labels.weight"] * np.array([[1], [1], [1], [-1]], np.float32), np.append(heads["labels.bias"][:3], 0.05))
sets = lambda name, texts: np.array([logits(name, hidden(text)[1]) >= 0 for text in texts])


def multi(rows):
    truth, found = np.array([[n in labels for n in names] for _, labels in rows]), sets("labels", [text for text, _ in rows])
    return {"micro F1": 100 * metrics.f1_score(truth, found, average="micro", zero_division=0),
            "macro F1": 100 * metrics.f1_score(truth, found, average="macro", zero_division=0),
            "exact match": 100 * np.mean((truth == found).all(axis=1))}


texts = [json.loads(line)["text"] for line in (tables / "multi-label/text.jsonl").read_text().splitlines()]
same = sum((a == b).all() for a, b in zip(sets("labels", texts), sets("broken", texts)))
case("multi-label", "text.jsonl", "labels", {}, candidate="broken", agreement=100 * same / len(texts))
two = [("a charming and often affecting journey", ["joy", "film"]), ("unflinchingly bleak and desperate", ["anger"])]
case("multi-label", ["multi.jsonl", "labels.jsonl"], "labels", multi(two))
more = two + [("dull and slow", ["anger", "long"]), ("a fine film", ["joy"]), ("it is what it is", [])]
write("multi-label/own-columns.csv", tsv([["text"] + names] + [[t] + [int(n in s) for n in names] for t, s in more], ","))
write("multi-label/own-separated.tsv", tsv([["text", "labels"]] + [[t, "|".join(s)] for t, s in more[:4]]))
case("multi-label", "own-columns.csv", "labels", multi(more))
case("multi-label", "own-separated.tsv", "labels", multi(more[:4]))

# Choices and order.
swag = [("She took her umbrella.", ["It rained.", "It was hot."], 0), ("He put on his coat.", ["It was hot.", "It was cold."], 1)]
four = [("She took her umbrella.", ["It rained.", "It was hot.", "It sang.", "It ran."], 0)]
x = [hidden(text, choice)[1] for text, choices, _ in swag for choice in choices]
keep("choice", *fit(x, [[3.0], [-3.0], [-3.0], [3.0]]))
chosen = lambda rows: {"accuracy": 100 * np.mean([int(np.argmax([logits("choice", hidden(t, c)[1])[0] for c in cs])) == y for t, cs, y in rows])}
case("multiple-choice", ["swag.jsonl", "swag.tsv"], "choice", chosen(swag))
case("multiple-choice", "swag-hf.csv", "choice", chosen(four))
three = swag + [("The dog barked.", ["A cat ran.", "It was red.", "Nobody heard it."], 2), ("We ate bread.", ["It was dry.", "It flew.", "It sang."], 0),
                ("The sun rose.", ["It got dark.", "The birds slept.", "The day began."], 2)]
write("multiple-choice/own-letters.jsonl", lines({"text": t, "choices": cs, "label": "ABC"[y]} for t, cs, y in three))
write("multiple-choice/own-endings.tsv", tsv([["sent1", "ending0", "ending1", "ending2", "label"]] + [[t] + cs + [y] for t, cs, y in three if len(cs) == 3]))
case("multiple-choice", "own-letters.jsonl", "choice", chosen(three))
case("multiple-choice", "own-endings.tsv", "choice", chosen([row for row in three if len(row[1]) == 3]))
pairs = [("He left.", "Then he came back.", 0), ("Then he came back.", "He left.", 1), ("It rained.", "We stayed in.", 0), ("We stayed in.", "It rained.", 1), ("They met.", "They talked.", 0)]
keep("order", *fit([hidden(a, b)[1] for a, b, _ in pairs[:3]], [[2.0, -2.0], [-2.0, 2.0], [2.0, -2.0]]))
write("multiple-choice/own-order.tsv", tsv([["text", "pair", "label"], *pairs]))
case("multiple-choice", "own-order.tsv", "order", {"order accuracy": 100 * np.mean([int(np.argmax(logits("order", hidden(a, b)[1]))) == y for a, b, y in pairs])})

# One label, by numbers and names that can be confused, and tables.
keep("classes", W, B)
answer = lambda text, pair=None: int(np.argmax(logits("classes", hidden(text, pair)[1])))


def one(rows):
    truth, found = [y for *_, y in rows], [answer(*row[:-1]) for row in rows]
    return {"accuracy": 100 * metrics.accuracy_score(truth, found), "macro F1": 100 * metrics.f1_score(truth, found, average="macro", zero_division=0),
            "weighted F1": 100 * metrics.f1_score(truth, found, average="weighted", zero_division=0), "Matthews": 100 * metrics.matthews_corrcoef(truth, found)}


numbers = [(t, int(y)) for t, y in (line.split("\t") for line in (tables / "numeric-labels/ids.tsv").read_text().splitlines()[1:])]
refused("numeric-labels", "ids.tsv", "classes", "labelConfusable", "--label-values", labels=["1", "2"])
case("numeric-labels", "ids.tsv", "classes", one(numbers), labels=["1", "2"], values="ids")
case("numeric-labels", "names.tsv", "classes", one(numbers), labels=["1", "2"], values="names")
write("numeric-labels/own-swapped.csv", tsv([["text", "label"]] + [[t, 1 - y] for t, y in numbers[:9]], ","))
write("numeric-labels/own-floats.jsonl", lines({"text": t, "label": float(y)} for t, y in numbers[:9]))
refused("numeric-labels", "own-swapped.csv", "classes", "labelConfusable", "--label-values", labels=["1", "0"])
case("numeric-labels", "own-swapped.csv", "classes", one(numbers[:9]), labels=["1", "0"], values="names")
refused("numeric-labels", "own-floats.jsonl", "classes", "labelConfusable", "--label-values", labels=["1", "0"])
case("numeric-labels", "own-floats.jsonl", "classes", one(numbers[:9]), labels=["1", "0"], values="ids")
case("one-column-tsv", "text.tsv", "classes", {}, examples=7)
write("one-column-tsv/own-sentence.tsv", "sentence\na fine film, all in all\ndull\n\"quoted\"\n")
write("one-column-tsv/own-quotes.csv", "text\n\"a fine film, all in all\"\n\"dull, \"\"slow\"\"\"\n")
case("one-column-tsv", "own-sentence.tsv", "classes", {}, examples=3)
case("one-column-tsv", "own-quotes.csv", "classes", {}, examples=2)
simple = [("a fine film", 1), ("dull", 0)]
case("tables", ["gluelike.tsv", "labels.csv", "array.json"], "classes", one(simple))
case("tables", "mrpc.tsv", "classes", one([("a fine film", "good film", 1), ("dull", "bright", 0)]))
case("tables", "pandas-quotes.tsv", "classes", one([("a \"fine\", charming film", 1), ("semi;colon \"quoted\"", 1), ("", 1), ("  spaces  ", 0), ("café naïve ’quotes’", 1)]))
case("tables", "partial.jsonl", "classes", one(simple[:1]), examples=4, labelled=1)
glue = [("a fine film", "good film", 1), ("dull", "bright", 1), ("we left", "they stayed", 0)]
write("tables/own-mrpc.tsv", tsv([["Quality", "#1 ID", "#2 ID", "#1 String", "#2 String"]] + [[y, 7, 8, a, b] for a, b, y in glue]))
write("tables/own-premise.csv", tsv([["premise", "hypothesis", "label"]] + [[a, b, y] for a, b, y in glue], ";"))
write("tables/own-utf16.tsv", tsv([["sentence", "label"]] + [[t, y] for t, y in simple]), "utf-16")
case("tables", ["own-mrpc.tsv", "own-premise.csv"], "classes", one(glue))
refused("tables", "own-utf16.tsv", "classes", "dataUTF16", "UTF-16")
write("tables/own-columns.csv", tsv([["review", "stars", "text"], ["a fine film", 1, "x"], ["dull", 0, "y"]], ","))
case("tables", "own-columns.csv", "classes", one(simple), columns="text=review,label=stars")

# One output.
keep("one", (W[1] - W[0]) / 2, (B[1] - B[0]) / 2 + 2.5)
keep("constant", np.zeros(312), heads["one.bias"])
value = lambda text, pair=None: float(logits("one", hidden(text, pair)[1])[0])


def regression(rows):
    truth, found = [row[-1] for row in rows], [value(*row[:-1]) for row in rows]
    return {"Pearson": 100 * stats.pearsonr(truth, found).statistic, "Spearman": 100 * stats.spearmanr(truth, found).statistic,
            "mean squared error": metrics.mean_squared_error(truth, found)}


sts = [(t, float(y)) for t, y in (line.split("\t") for line in (tables / "one-output/sts.tsv").read_text().splitlines()[1:])]
case("one-output", "sts.tsv", "one", regression(sts))
case("one-output", "sts.tsv", "one", regression(sts), candidate="constant", undefined=["Pearson", "Spearman"])
case("one-output", "nolabel.tsv", "one", {}, candidate="constant", ungated="min-agreement")
scored = [("a fine film", "a good film", 4.5), ("dull", "a bore", 3.5), ("we left", "they stayed", 1), ("a lovely day", "it rained", 0.25), ("bleak", "charming", 2)]
write("one-output/own-stsb.tsv", tsv([["index", "sentence1", "sentence2", "score"]] + [[i, *row] for i, row in enumerate(scored)]))
write("one-output/own-constant.jsonl", lines({"text": t, "label": 3} for t, _ in sts))
case("one-output", "own-stsb.tsv", "one", regression(scored))
case("one-output", "own-constant.jsonl", "one", {}, noMetric="the labels are all the same")

# Answers.
questions = [("where ?", "Anna Fischer arrived in Vienna on Monday .", ["Vienna"]), ("who is mentioned ?", "Peter Novak of Siemens said the match was over .", ["Peter Novak"])]
squad2 = [(q["question"], p["context"], [a["text"] for a in q["answers"]]) for a in json.loads((tables / "squad2-leak/dev.json").read_text())["data"]
          for p in a["paragraphs"] for q in p["qas"]]
x, y = [], []
for question, context, truth in questions + squad2[:36:2]:
    states, _, offsets, parts = hidden(question, context)
    start = context.index(truth[0]) if truth else -1
    for i, (o, p) in enumerate(zip(offsets, parts)):
        x.append(states[i])
        y.append([10.0 * (p == 1 and o[0] == start if truth else i == 0), 10.0 * (p == 1 and o[1] == start + len(truth[0]) if truth else i == 0)])
keep("answer", *fit(x, y, 1e-1))


def answered(question, context, may_be_none):
    """As transformers' question answering pipeline decodes: the best span of at most 15 tokens, widened to whole words."""
    states, _, offsets, parts = hidden(question, context)
    score = logits("answer", states).astype(np.float64)
    inside = [i for i, p in enumerate(parts) if p == 1]
    best = max(((score[a, 0] + score[b, 1], a, b) for a in inside for b in inside if a <= b < a + 15), key=lambda item: item[0])
    if may_be_none and score[0].sum() > best[0]:
        return ""
    start, end = offsets[best[1]][0], offsets[best[2]][1]
    while start > 0 and not context[start - 1].isspace():
        start -= 1
    while end < len(context) and not context[end].isspace():
        end += 1
    return context[start:end]


def exact(rows):
    may_be_none = any(not truth for *_, truth in rows)
    found = squad.evaluate([(answered(q, c, may_be_none), truth) for q, c, truth in rows])
    result = {"exact match": found["total"]["exact"], "F1": found["total"]["f1"]}
    if may_be_none and any(truth for *_, truth in rows):
        result |= {"HasAns exact": found["withAnswer"]["exact"], "NoAns exact": found["withoutAnswer"]["exact"]}
    return {name: 100 * value for name, value in result.items()}


case("qa-answer-forms", ["list.jsonl", "hf.jsonl", "array.json"], "answer", exact(questions))
case("qa-answer-forms", "test-set-without-answers.json", "answer", {}, noMetric="no question of the data has an answer")
asked = [row for row in squad2 if row[2]][:9]
write("qa-answer-forms/own-table.tsv", tsv([["question", "context", "answer"]] + [[q, c, t[0]] for q, c, t in asked]))
write("qa-answer-forms/own-objects.jsonl", lines({"question": q, "context": c, "answers": [{"text": t[0], "answer_start": c.index(t[0])}]} for q, c, t in asked))
case("qa-answer-forms", ["own-table.tsv", "own-objects.jsonl"], "answer", exact(asked))
case("squad2-leak", "dev.json", "answer", exact(squad2))
write("squad2-leak/own-none.jsonl", lines({"question": q, "context": c, "answers": {"text": t, "answer_start": [c.index(a) for a in t]}} for q, c, t in squad2[30:50]))
write("squad2-leak/own-all.json", json.dumps({"version": "1.1", "data": [{"title": "t", "paragraphs": [
    {"context": c, "qas": [{"id": str(i), "question": q, "answers": [{"text": t[0], "answer_start": c.index(t[0])}]}]} for i, (q, c, t) in enumerate(asked)]}]}))
case("squad2-leak", "own-none.jsonl", "answer", exact(squad2[30:50]))
case("squad2-leak", "own-all.json", "answer", exact(asked))

# Vectors: the mean of the hidden states.
def cosines(rows):
    vector = lambda text: hidden(text)[0].astype(np.float64).mean(axis=0)
    found = [float(metrics.pairwise.cosine_similarity([vector(a)], [vector(b)])[0, 0]) for a, b, _ in rows]
    truth = [y for *_, y in rows]
    return {"cosine Pearson": 100 * stats.pearsonr(found, truth).statistic, "cosine Spearman": 100 * stats.spearmanr(found, truth).statistic}


scores = [(a, b, float(y)) for a, b, y in (line.split("\t") for line in (tables / "sts-embedding/sts.tsv").read_text().splitlines()[1:])]
case("sts-embedding", "sts.tsv", "mean", cosines(scores))
write("sts-embedding/own-scores.jsonl", lines({"sentence1": a, "sentence2": b, "score": y} for a, b, y in scored))
write("sts-embedding/own-quoted.csv", tsv([["text", "pair", "label"]] + [[a + ", he said", b, y / 5] for a, b, y in scores], ","))
case("sts-embedding", "own-scores.jsonl", "mean", cosines(scored))
case("sts-embedding", "own-quoted.csv", "mean", cosines([(a + ", he said", b, y) for a, b, y in scores]))

# Rankings by logits whose sigmoids are all 1.
keep("rerank", (W[1] - W[0]) * 4, (B[1] - B[0]) * 4)
rankings = []
for file, query in [("worst-first.txt", "a good film"), ("c.txt", "a good film"), ("own-films.txt", "a lovely film"), ("own-days.txt", "the best day")]:
    if file.startswith("own"):
        write("rerank-saturation/" + file, {"own-films.txt": "a lovely film\na fine film\na great , moving film\n", "own-days.txt": "a perfect day\nan awful day\na wonderful day\na good day\n"}[file])
    found = [line for line in (tables / "rerank-saturation" / file).read_text().splitlines() if line]
    values = [float(logits("rerank", hidden(query, text)[1])[0]) for text in found]
    rankings.append({"file": "rerank-saturation/" + file, "query": query, "order": [found[i] for i in np.argsort(-np.array(values), kind="stable")], "logits": sorted(values, reverse=True)})

# One example, two, five: no data to tell by.
case("tiny-data-verdict", "single.csv", "classes", one(simple[:1]), title="Too few examples to tell")
write("tiny-data-verdict/own-two.csv", tsv([["text", "label"], *simple], ","))
write("tiny-data-verdict/own-five.jsonl", lines({"text": t, "label": y} for t, y in numbers[:5]))
case("tiny-data-verdict", "own-two.csv", "classes", one(simple), title="Too few examples to tell")
case("tiny-data-verdict", "own-five.jsonl", "classes", one(numbers[:5]), title="Too few examples to tell")

np.savez(root / "Tests/Data/heads.npz", **heads)
(root / "Tests/AlbitDriftTests/Faults.json").write_text(json.dumps({"tags": tags, "names": names, "cases": cases, "rankings": rankings}, ensure_ascii=False, indent=1) + "\n")
for item in cases:
    print(item["file"], item["head"], item.get("candidate", ""), {k: v if v is None else round(v, 2) for k, v in item["metrics"].items()}, item.get("agreement", item.get("code", "")), file=sys.stderr)
