"""Texts for comparing tokenizers: real ones of this machine, and made ones of all that Unicode has."""
import glob
import gettext
import gzip
import json
import os
import random

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DATA = os.path.join(ROOT, "Tests/Data/tokenizer")
LANGUAGES = ("ar be bg bn ca cs da de el es et eu fa fi fr ga gl gu he hi hr hu id is it ja ka kk kn ko lt lv mk ml mr ms nb nl pa pl "
             "pt ro ru sk sl sr sv ta te th tr uk ur vi zh_CN zh_TW").split()


def real_texts():
    """A few hundred lines of each language that this machine has; the samples of the repository where it has none."""
    lines = []
    for language in LANGUAGES:
        found = []
        for path in sorted(glob.glob("/usr/share/locale/%s/LC_MESSAGES/*.mo" % language))[:40]:
            try:
                catalog = gettext.GNUTranslations(open(path, "rb"))._catalog
            except Exception:
                continue
            found += [v for v in catalog.values() if isinstance(v, str) and 8 < len(v) < 400]
        for path in sorted(glob.glob("/usr/share/man/%s/man*/*.gz" % language))[:10]:
            try:
                text = gzip.open(path, "rt", encoding="utf-8").read()
            except Exception:
                continue
            found += [l for l in text.split("\n") if 20 < len(l) < 300 and not l.startswith(".")]
        random.Random(len(found)).shuffle(found)
        lines += found[:400]
    for path in sorted(glob.glob(os.path.join(ROOT, "samples/*"))) + [os.path.join(ROOT, "README.md")]:
        if os.path.isfile(path):
            text = open(path, "rb").read().decode("utf-8", "ignore")
            if "\0" not in text:
                lines += [l for l in text.split("\n") if 20 < len(l) < 400][:300]
    for name in ("unigram_cases.json", "wordpiece_cases.json"):
        lines += [case["text"] for case in json.load(open(os.path.join(DATA, name)))["cases"]]
    return [l.replace("\0", "") for l in lines]


BLOCKS = [(0x20, 0x7E), (0xA0, 0x24F), (0x250, 0x2FF), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x52F), (0x530, 0x58F), (0x590, 0x5FF),
          (0x600, 0x6FF), (0x700, 0x7FF), (0x800, 0x8FF), (0x900, 0x97F), (0x980, 0x9FF), (0xA00, 0xBFF), (0xC00, 0xDFF), (0xE00, 0xEFF),
          (0xF00, 0xFFF), (0x1000, 0x109F), (0x10A0, 0x10FF), (0x1100, 0x11FF), (0x1200, 0x13FF), (0x1780, 0x18AF), (0x1A00, 0x1BFF),
          (0x1C80, 0x1CFF), (0x1D00, 0x1DFF), (0x1E00, 0x1FFF), (0x2000, 0x206F), (0x2070, 0x209F), (0x20A0, 0x214F), (0x2150, 0x23FF),
          (0x2460, 0x25FF), (0x2600, 0x27BF), (0x2C00, 0x2DFF), (0x2E80, 0x303F), (0x3040, 0x30FF), (0x3100, 0x33FF), (0x3400, 0x4DBF),
          (0x4E00, 0x9FFF), (0xA000, 0xA4CF), (0xA640, 0xA7FF), (0xA800, 0xABFF), (0xAC00, 0xD7FF), (0xE000, 0xE0FF), (0xF900, 0xFAFF),
          (0xFB00, 0xFDFF), (0xFE00, 0xFE6F), (0xFE70, 0xFEFF), (0xFF00, 0xFFEF), (0xFFF0, 0xFFFF), (0x10000, 0x107FF), (0x10A00, 0x10FFF),
          (0x11000, 0x11FFF), (0x12000, 0x13455), (0x16A00, 0x16FFF), (0x1B000, 0x1B2FF), (0x1D000, 0x1D7FF), (0x1E000, 0x1E9FF),
          (0x1F000, 0x1FBFF), (0x20000, 0x2A6DF), (0x2B740, 0x2EBFF), (0x30000, 0x323AF), (0xE0000, 0xE01EF), (0xF0000, 0xF00FF),
          (0x10FF00, 0x10FFFF)]
SPACES = [chr(c) for c in (9, 10, 11, 12, 13, 0x1C, 0x1D, 0x1E, 0x1F, 0x20, 0x20, 0x20, 0x85, 0xA0, 0x1680, 0x180E, 0x2000, 0x2002, 0x2003,
                           0x2009, 0x200A, 0x200B, 0x200C, 0x200D, 0x2028, 0x2029, 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF, 0x2581)]
CONTROLS = [chr(c) for c in list(range(1, 32)) + list(range(0x7F, 0xA0)) + [0xAD, 0x200E, 0x202A, 0x2066, 0xFFFD, 0xFFFE, 0xE001, 0xE0001]]
MARKS = [chr(c) for c in (0x300, 0x301, 0x302, 0x307, 0x308, 0x30A, 0x327, 0x328, 0x315, 0x334, 0x345, 0x483, 0x5B0, 0x64B, 0x655, 0x670, 0x93C, 0x94D,
                          0x903, 0x9BE, 0xC4D, 0xE38, 0xF71, 0x1DC0, 0x20D0, 0x302A, 0x302E, 0x3099, 0x309A, 0xFE0F, 0x200D, 0x1D165, 0x1D16D, 0x11938,
                          0x115AF, 0x0E31, 0x0F3E, 0x0344, 0x0340)]
BASES = list("aeiouAEOncsz") + ["\u0131", "\u0130", "\u00df", "\u1e9e", "\u03a3", "\u03c2", "\u0133", "\u00c5", "\u212b", "\u2126", "\u1fb3",
                                "\u0915", "\u0937", "\u0930", "\u1100", "\u1161", "\u11a8", "\uac00", "\uac01", "\uff76", "\uff8a", "\u30ab",
                                "\u306f", "\u00a9", "\u2764", "\U0001F469", "\U0001F1E9", "\U0001F1EA", "\u0600", "\u0d4e", "\ufb01", "\u3392",
                                "\u24e4", "\u2079", "\u00bd", "\ufdfa", "\u0958", "\u0344", "\u1d15e", "\u2adc"]


def cluster(r):
    kind = r.random()
    if kind < 0.6:
        return r.choice(BASES) + "".join(r.choice(MARKS) for _ in range(r.choice((0, 1, 1, 1, 2, 2, 3, 5))))
    if kind < 0.7:
        return "".join(chr(r.choice((r.randrange(0x1100, 0x1113), r.randrange(0x1161, 0x1176), r.randrange(0x11A7, 0x11C3), r.randrange(0xAC00, 0xD7A4))))
                       for _ in range(r.randrange(1, 5)))
    if kind < 0.8:
        return r.choice(("\U0001F469\u200d\U0001F680", "\u00a9\u200d\u00a9", "\u00a9\ufe0f", "\U0001F1E9\U0001F1EA\U0001F1EB", "\u0915\u094d\u0937\u0301",
                         "\u0915\u094d\u200d\u0937", "\r\n", "\n\r", "\u0600a", "\u0600\u0301", "\uff76\uff9e", "\uff8a\uff9f", "\u0915\u093c\u094d\u0924\u0301"))
    return "".join(r.choice(MARKS) for _ in range(r.randrange(1, 4)))


def characters(r, count):
    low, high = r.choice(BLOCKS)
    return "".join(chr(r.randrange(low, high + 1)) for _ in range(count))


def variant(r, text):
    return r.choice((text, text, text.lower(), text.upper(), text.capitalize(), text.swapcase(), text + text, text[:-1], text.replace(" ", "  "),
                     "".join(c + r.choice(("", "", "\u0301")) for c in text)))


def string(r, lines, added):
    kind = r.random()
    if kind < 0.30:
        text = r.choice(lines)
        if r.random() < 0.3:
            text = text[r.randrange(0, len(text)):]
        if r.random() < 0.2:
            cut = r.randrange(0, len(text) + 1)
            text = text[:cut] + r.choice(SPACES + CONTROLS + MARKS) + text[cut:]
        return text
    parts = []
    for _ in range(r.choice((1, 1, 2, 3, 4, 6, 9))):
        pick = r.random()
        if added and pick < 0.30:
            parts.append(variant(r, r.choice(added)))
        elif pick < 0.45:
            parts.append(characters(r, r.randrange(1, 9)))
        elif pick < 0.60:
            parts.append(cluster(r))
        elif pick < 0.75:
            parts.append("".join(r.choice(SPACES) for _ in range(r.choice((1, 1, 1, 2, 3)))))
        elif pick < 0.80:
            parts.append(r.choice(CONTROLS))
        elif pick < 0.85:
            parts.append(r.choice("abes19,.-_`'\"\u2581") * r.randrange(1, 12))
        elif pick < 0.90:
            parts.append(str(r.randrange(10 ** r.randrange(1, 9))) + r.choice((",", ".", "", "\u0663", "\u00bd", "%")))
        else:
            parts.append(" ".join(r.choice(lines).split(" ")[:r.randrange(1, 6)]))
    return "".join(p + r.choice(("", "", " ")) for p in parts)


def strings(name, lines, added, count, seed):
    """`count` texts for one file: fixed ones, real ones, made ones."""
    r = random.Random("%s %d" % (name, seed))
    fixed = ["", " ", "  ", "\n", "\u2581", "\u2581a", " a", "a ", "a  b", "a\nb", "hello\tworld", "``a''", "1,000", "<unk>", "[UNK]", "\u00ad", "\u0301a"] + added
    result = fixed + [string(r, lines, added).replace("\0", "") for _ in range(count - len(fixed))]
    return [s.encode("utf-8", "ignore").decode("utf-8") for s in result[:count]]
