#!/usr/bin/env python3
"""Makes Sources/AlbitText/UnicodeTables.swift and Tests/Data/text/unicode.json from Python's unicodedata.

usage: make-unicode-tables.py REPOSITORY

The tables are string literals of digits to base 90, so that they lie in read-only memory and nothing is built at run
time: stage 1 maps code point / 256 to a group of 16 blocks, stage 2 a group and code point / 16 to a block, stage 3 the
code point inside its block to a class or an offset. Stage 1 holds the code points below 32000 and those of the row E0000,
in hexadecimal; all others are unassigned or for private use, alike, and share the last group.
"""
import hashlib
import json
import sys
import unicodedata as u

from packed_tables import BASE, GROUP, digits, literal, three_stage

root = sys.argv[1]
LIMIT = 0x110000
ROWS = list(range(0, 0x32000, GROUP)) + list(range(0xE0000, 0xE1000, GROUP)) + [0x10FF00]
COMBINING, MARK, SPACE, DIGIT, PUNCTUATION, OTHER, CASED, IGNORABLE, ANY_MARK = (1 << i for i in range(9))


def flags(c):
    """Bits of a code point, each defined by a Python operation."""
    s, category = chr(c), u.category(chr(c))
    bits = 0
    if category != "Cs":
        bits |= COMBINING if u.combining(s) else 0
        bits |= MARK if category == "Mn" else 0
        bits |= SPACE if s.isspace() else 0
        bits |= DIGIT if s.isdigit() else 0
        bits |= PUNCTUATION if category.startswith("P") else 0
        # str.lower() turns a capital sigma into a final one where a cased character stands before it and none after
        # it, ignorable ones between: that tells the two properties from each other.
        cased = (s + "\u03a3").lower()[-1] == "\u03c2"
        ignorable = not cased and ("A" + s + "\u03a3").lower()[-1] == "\u03c2"
        bits |= CASED if cased else 0
        bits |= IGNORABLE if ignorable else 0
        bits |= ANY_MARK if category.startswith("M") else 0
    bits |= OTHER if category.startswith("C") else 0
    return bits


def stages(values, width):
    for start in range(0, LIMIT, GROUP):
        if start not in ROWS:
            assert values[start:start + GROUP] == values[0x10FF00:][:GROUP], hex(start)
    return three_stage(ROWS, values.__getitem__, width)


def classes(values):
    order = sorted(set(values), key=lambda v: (v != 0, v))
    assert len(order) <= BASE, len(order)
    place = {v: i for i, v in enumerate(order)}
    return order, [place[v] for v in values]


points = range(LIMIT)
flag_order, flag_classes = classes([flags(c) for c in points])

deltas = []
for c in points:
    low = chr(c).lower() if not 0xD800 <= c < 0xE000 else chr(c)
    assert len(low) == 1 or c == 0x130
    # U+0130 becomes two characters; the code handles it by name.
    deltas.append(ord(low) - c if len(low) == 1 else 0)
delta_order, delta_classes = classes(deltas)

# Records: digits n, m, then n code points of NFKD, then m - 1 of NFD; m = 0: equal to NFKD, m = 1: the character itself.
pool, offsets, known = [0], [], {}
HANGUL = range(0xAC00, 0xAC00 + 11172)
for c in points:
    if 0xD800 <= c < 0xE000 or c in HANGUL:
        offsets.append(0)
        continue
    s = chr(c)
    full, canonical = u.normalize("NFKD", s), u.normalize("NFD", s)
    if full == s:
        offsets.append(0)
        continue
    record = [len(full)]
    if canonical == full:
        record.append(0)
    elif canonical == s:
        record.append(1)
    else:
        record.append(len(canonical) + 1)
    for x in full:
        record += digits(ord(x), 3)
    if record[1] > 1:
        for x in canonical:
            record += digits(ord(x), 3)
    record = tuple(record)
    if record not in known:
        known[record] = len(pool)
        pool += record
    offsets.append(known[record])


text = "// Made by Scripts/make-unicode-tables.py from Python's unicodedata %s. Do not edit.\n\n" % u.unidata_version
text += "enum UnicodeTables {\n"
GROUPS, BLOCKS = "Group of each 256 code points, two digits.", "Block of each 16 code points in a group, two digits."
s1, s2, s3 = stages(flag_classes, 1)
text += literal("flagGroups", GROUPS, s1)
text += literal("flagBlocks", BLOCKS, s2)
text += literal("flagClasses", "Flag class of each code point in a block, one digit.", s3)
text += literal("flagBits", "Flags of each class, two digits.", [d for v in flag_order for d in digits(v, 2)])
s1, s2, s3 = stages(delta_classes, 1)
text += literal("lowerGroups", GROUPS, s1)
text += literal("lowerBlocks", BLOCKS, s2)
text += literal("lowerClasses", "Class of the distance to the lower-case letter, one digit.", s3)
text += literal("lowerDeltas", "Distance plus 300,000 of each class, three digits.", [d for v in delta_order for d in digits(v + 300000, 3)])
s1, s2, s3 = stages(offsets, 3)
text += literal("decompositionGroups", GROUPS, s1)
text += literal("decompositionBlocks", BLOCKS, s2)
text += literal("decompositionOffsets", "Offset of the record in the pool, three digits; 0 where there is none.", s3)
text += literal("decompositionPool", "Records: digits n, m, n code points of NFKD (three digits each), m - 1 of NFD.", pool)
text += "}\n"
with open(root + "/Sources/AlbitText/UnicodeTables.swift", "w") as f:
    f.write(text)

# Digests over all code points but surrogates, in order: the text that the test rebuilds from the tables.
names = {"NFKD": lambda s: u.normalize("NFKD", s), "NFD": lambda s: u.normalize("NFD", s), "lower": str.lower,
         "flags": lambda s: "%04x" % flags(ord(s))}
result = {"unicode": u.unidata_version}
for name, operation in names.items():
    digest = hashlib.sha256()
    for c in points:
        if not 0xD800 <= c < 0xE000:
            digest.update(operation(chr(c)).encode() + b"\n")
    result[name] = digest.hexdigest()
with open(root + "/Tests/Data/text/unicode.json", "w") as f:
    json.dump(result, f, indent=1)
    f.write("\n")
