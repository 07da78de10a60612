#!/usr/bin/env python3
"""Makes Sources/AlbitText/LibraryTables.swift and Tests/Data/text/library.json: what the `tokenizers` library knows of
each code point, which is not what one version of Unicode says.

usage: make-library-tables.py REPOSITORY SEGMENTATION_TABLES
       needs PyPI's tokenizers 0.23; SEGMENTATION_TABLES is src/tables.rs of the crate unicode-segmentation 1.13.2

Every property but those of grapheme clusters is asked of the library itself, one code point at a time: its parts come
from crates of different ages (Unicode 8 for punctuation and marks, 12 for decompositions, 16 and 17 for letters and
clusters). Tables are written as in make-unicode-tables.py: digits to base 90 in string literals, three stages.
"""
import hashlib
import json
import re
import sys
import unicodedata as u

import tokenizers
from tokenizers import Regex, normalizers, pre_tokenizers

from packed_tables import BASE, GROUP, digits, literal, three_stage

root, segmentation = sys.argv[1:3]
LIMIT = 0x34000
ROWS = 0x1000
WORD, SPACE, NUMBER, PUNCTUATION, OTHER, NONSPACING, MARK, DECIMAL, INCB_EXTEND, INCB_LINKER, SORTED = (1 << i for i in range(11))
CLUSTERS = ["any", "CR", "LF", "Control", "Extend", "ZWJ", "SpacingMark", "Prepend", "InCB_Consonant", "L", "V", "T", "LV", "LVT",
            "Regional_Indicator", "Extended_Pictographic"]
points = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def ranges(text, start, pattern):
    text = text[text.index(start):]
    return re.findall(pattern, text[:text.index("];")])


source = open(segmentation, encoding="utf-8").read()
number = r"'\\u\{([0-9a-f]+)\}'"
clusters, incb = {}, {}
for first, last, name in ranges(source, "const grapheme_cat_table", r"\(\s*%s,\s*%s,\s*GC_(\w+)\s*\)" % (number, number)):
    for c in range(int(first, 16), int(last, 16) + 1):
        clusters[c] = CLUSTERS.index(name)
for first, last in ranges(source, "const InCB_Extend_table", r"\(\s*%s,\s*%s\s*\)" % (number, number)):
    for c in range(int(first, 16), int(last, 16) + 1):
        incb[c] = INCB_EXTEND
linker = source[source.index("fn is_incb_linker"):]
for c in re.findall(r"\\u\{([0-9A-F]+)\}", linker[:linker.index("\n}")]):
    incb[int(c, 16)] = incb.get(int(c, 16), 0) | INCB_LINKER

cleaner = normalizers.BertNormalizer(clean_text=True, handle_chinese_chars=False, strip_accents=False, lowercase=False)
stripper = normalizers.BertNormalizer(clean_text=False, handle_chinese_chars=False, strip_accents=True, lowercase=False)
splitters = [(WORD, pre_tokenizers.Whitespace(), 1), (SPACE, pre_tokenizers.WhitespaceSplit(), 2), (NUMBER, pre_tokenizers.Digits(), 3),
             (PUNCTUATION, pre_tokenizers.Punctuation(), 3), (DECIMAL, pre_tokenizers.Split(Regex(r"\d"), "isolated"), 3)]
# The regular expressions of the library have their own tables: what is no exception here agrees with the above.
regex_space, regex_word = (pre_tokenizers.Split(Regex(p), "isolated") for p in (r"\s", r"\w"))
accents, nfd, nfkd, nfc, lower = (f() for f in (
    normalizers.StripAccents, normalizers.NFD, normalizers.NFKD, normalizers.NFC, normalizers.Lowercase))

flags, classes, decompositions, lowers, pairs, regex_exceptions = {}, {}, {}, {}, [], []
for c in points:
    s = "a" + chr(c) + "b"
    bits = incb.get(c, 0)
    for bit, splitter, count in splitters:
        found = splitter.pre_tokenize_str(s)
        bits |= bit if len(found) == count and found[0][0] == ("a" if count > 1 else s) else 0
    if cleaner.normalize_str(s) == "ab":
        bits |= OTHER
    decomposed = nfd.normalize_str(chr(c)) != chr(c)
    if stripper.normalize_str(s) == "ab" and not decomposed:
        bits |= NONSPACING
    if accents.normalize_str(s) == "ab":
        bits |= MARK
    if (len(regex_space.pre_tokenize_str(s)) == 3) != bool(bits & SPACE) or \
            (len(regex_word.pre_tokenize_str("!" + chr(c) + "!")) == 3) != bool(bits & WORD):
        regex_exceptions.append(c)
    flags[c] = bits
    combining = u.combining(chr(c))
    # Whether the library knows the class shows in its order beside marks of the classes 1 and 230.
    if combining and nfd.normalize_str("a\u0301" + chr(c)) == "a\u0301" + chr(c) and \
            nfd.normalize_str("a" + chr(c) + "\u0334") == "a" + chr(c) + "\u0334":
        combining = 0
    classes[c] = combining
    flags[c] |= SORTED if combining and not bits & NONSPACING else 0
    if nfkd.normalize_str(chr(c)) != chr(c):
        decompositions[c] = nfkd.normalize_str(chr(c))
    if lower.normalize_str(chr(c)) != chr(c):
        lowers[c] = lower.normalize_str(chr(c))
    parts = u.decomposition(chr(c))
    if parts and not parts.startswith("<") and len(parts.split()) == 2:
        x, y = (int(p, 16) for p in parts.split())
        if nfc.normalize_str(chr(x) + chr(y)) == chr(c):
            pairs.append((x, y, c))
assert all(flags[c] & SPACE == 0 for c in regex_exceptions), [hex(c) for c in regex_exceptions]
print("regular expressions differ at %d code points: %s" % (len(regex_exceptions), [hex(c) for c in regex_exceptions][:8]))

# Where decompositions and lower case differ from Python's Unicode 14, of which UnicodeTables is made.
kept = sorted(c for c in points if c not in decompositions and u.normalize("NFKD", chr(c)) != chr(c))
changed = sorted(c for c in decompositions if u.normalize("NFKD", chr(c)) != decompositions[c])
print("decompositions unknown to the library: %d, different: %s" % (len(kept), [hex(c) for c in changed]))
assert not changed, changed
new_lowers = sorted((c, ord(lowers[c])) for c in lowers if len(lowers[c]) == 1 and chr(c).lower() != lowers[c])
assert all(chr(c).lower() == lowers.get(c, chr(c)) for c in points if c not in dict(new_lowers))


def stages(values):
    """The last two groups stand for the code points for private use of planes 15 and 16, and for all others."""
    rows = list(range(0, LIMIT, GROUP)) + list(range(0xE0000, 0xE0000 + ROWS, GROUP)) + [0xF0000, 0x50000]
    for c in points:
        if c >= LIMIT and not 0xE0000 <= c < 0xE0000 + ROWS:
            assert values[c] == values[0xF0000 if c >= 0xF0000 and c & 0xFFFF < 0xFFFE else 0x50000], hex(c)
    return three_stage(rows, lambda c: values.get(c, 0), 1)


text = "// Made by Scripts/make-library-tables.py from tokenizers %s and unicode-segmentation 1.13.2. Do not edit.\n\n" % tokenizers.__version__
text += "enum LibraryTables {\n"
for name, values in (("flag", flags), ("cluster", {c: classes[c] << 4 | clusters.get(c, 0) for c in points})):
    order = sorted(set(values.values()))
    assert len(order) <= BASE, (name, len(order))
    place = {v: i for i, v in enumerate(order)}
    first, second, third = stages({c: place[v] for c, v in values.items()})
    text += literal(name + "Groups", "Group of each 256 code points, two digits.", first)
    text += literal(name + "Blocks", "Block of each 16 code points in a group, two digits.", second)
    text += literal(name + "Classes", "Class of each code point in a block, one digit.", third)
    text += literal(name + "Values", "Value of each class, two digits.", [d for v in order for d in digits(v, 2)])
text += literal("notDecomposed", "Code points whose decomposition the library does not know, in order, three digits each.",
                [d for c in kept for d in digits(c, 3)])
text += literal("lowers", "Code points with a lower-case letter that Python's Unicode 14 does not know, and that letter, in order.",
                [d for pair in new_lowers for c in pair for d in digits(c, 3)])
pairs.sort()
text += literal("compositions", "First and second code point and what they compose to, in order, three digits each.",
                [d for pair in pairs for c in pair for d in digits(c, 3)])
text += literal("regexExceptions", "Code points that are a word character in the library's regular expressions and not elsewhere, or the reverse.",
                [d for c in regex_exceptions for d in digits(c, 3)])
text += "    static let counts = (notDecomposed: %d, lowers: %d, compositions: %d, regexExceptions: %d)\n}\n" % (
    len(kept), len(new_lowers), len(pairs), len(regex_exceptions))
with open(root + "/Sources/AlbitText/LibraryTables.swift", "w", encoding="utf-8") as f:
    f.write(text)

# Digests over all code points but surrogates, in order, of what the library answers.
result = {"tokenizers": tokenizers.__version__}
for name, operation in {
        "NFD": nfd.normalize_str, "NFKD": nfkd.normalize_str, "NFC": nfc.normalize_str, "NFKC": normalizers.NFKC().normalize_str,
        "lower": lower.normalize_str, "flags": lambda s: "%04x" % flags[ord(s)]}.items():
    result[name] = hashlib.sha256("".join(operation(chr(c)) + "\n" for c in points).encode()).hexdigest()
with open(root + "/Tests/Data/text/library.json", "w", encoding="utf-8") as f:
    json.dump(result, f, indent=1)
    f.write("\n")
