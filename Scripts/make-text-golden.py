#!/usr/bin/env python3
"""Golden values for AlbitText from Python: decimal to double and back, digests.

usage: make-text-golden.py OUT_DIRECTORY   (Tests/Data/text in this repository)
"""
import hashlib, json, random, struct, sys, zlib

random.seed(1)
out = sys.argv[1]


def bits(x):
    return "%016x" % struct.unpack(">Q", struct.pack(">d", x))[0]


texts = ["0", "-0.0", "1", "0.1", "1e23", "9007199254740993", "9007199254740992.5", "2.2250738585072011e-308",
         "2.2250738585072014e-308", "4.9e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "1e-400",
         "1.7976931348623157e308", "1.7976931348623158e308", "1.7976931348623159e308", "1e309", "123456789012345678901234567890",
         "0.000000000000000000000000000000000000012345678901234567890123", "1" + "0" * 400 + "e-400",
         "0." + "0" * 400 + "1e401", "1.00000000000000011102230246251565404236316680908203125",
         "1.00000000000000011102230246251565404236316680908203124", "1.00000000000000011102230246251565404236316680908203126",
         "1.00000000000000011102230246251565404236316680908203125" + "0" * 900 + "1", "18446744073709551615", "18446744073709551616e-19",
         "-2.1889700889587402", "8.5e+05", "1E5"]
while len(texts) < 300:
    x = struct.unpack(">d", struct.pack(">Q", random.getrandbits(64)))[0]
    if x == x and abs(x) != float("inf"):
        texts.append(repr(x))
        # The exact middle between this double and the next one, and one digit to each side of it.
        y = struct.unpack(">d", struct.pack(">Q", struct.unpack(">Q", struct.pack(">d", abs(x)))[0] + 1))[0]
        from fractions import Fraction
        if 1e-20 < abs(x) < 1e20 and y != float("inf"):
            middle = (Fraction(abs(x)) + Fraction(y)) / 2
            from decimal import Decimal, getcontext
            getcontext().prec = 1200
            text = str(Decimal(middle.numerator) / Decimal(middle.denominator))
            texts += [text, text[:-1] + ("4" if "." in text and "E" not in text else text[-1])]
while len(texts) < 500:
    texts.append("%d.%0*de%d" % (random.randrange(-9, 10), random.randrange(1, 19), random.randrange(10 ** 6), random.randrange(-25, 25)))
fixed = []
for x in [0.0, -0.0, 0.5, 1.5, 2.5, 0.125, 99.999, 0.0005, 1e15 + 0.3, 1e-30, 5e-324, 123456.789, -2.675, 0.9999999999]:
    for digits in (0, 1, 2, 3, 9):
        fixed.append([bits(x), digits, "%.*f" % (digits, x)])
for _ in range(100):
    x, digits = random.uniform(-1, 1) * 10 ** random.randrange(-12, 17), random.randrange(0, 10)
    fixed.append([bits(x), digits, "%.*f" % (digits, x)])
lengths = [0, 1, 3, 8, 55, 56, 63, 64, 65, 119, 120, 127, 128, 1000]
hashes = []
for n in lengths:
    data = bytes((i * 7 + n) & 255 for i in range(n))
    hashes.append([n, hashlib.sha256(data).hexdigest(), zlib.crc32(data)])
with open(out + "/golden.json", "w") as f:
    json.dump({"decimals": [[t, bits(float(t))] for t in texts], "fixed": fixed, "hashes": hashes}, f, indent=0)
    f.write("\n")
