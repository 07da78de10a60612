"""Exact match and F1 of answers, by the rules of the SQuAD 2.0 evaluation script: lower case, no punctuation, no articles."""
import collections, re, string


def normalized(text):
    text = "".join(c for c in text.lower() if c not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def word_f1(gold, guess):
    gold, guess = normalized(gold).split(), normalized(guess).split()
    same = sum((collections.Counter(gold) & collections.Counter(guess)).values())
    if not gold or not guess:
        return float(gold == guess)
    if same == 0:
        return 0.0
    precision, recall = same / len(guess), same / len(gold)
    return 2 * precision * recall / (precision + recall)


def golds(answers):
    return [answer for answer in answers if normalized(answer)] or [""]


def exact(prediction, answers):
    return max(float(normalized(answer) == normalized(prediction)) for answer in golds(answers))


def f1(prediction, answers):
    return max(word_f1(answer, prediction) for answer in golds(answers))


def evaluate(rows):
    """Totals, and those of questions with and without answers (by whether any is listed), over (prediction, answers)."""
    parts = {"total": rows, "withAnswer": [row for row in rows if row[1]], "withoutAnswer": [row for row in rows if not row[1]]}
    mean = lambda score, rows: sum(score(*row) for row in rows) / len(rows) if rows else None
    return {name: {"exact": mean(exact, part), "f1": mean(f1, part)} for name, part in parts.items()}
