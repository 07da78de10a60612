"""Tables of code points as make-unicode-tables.py and make-library-tables.py write them: digits to base 90 in string
literals of Swift, which lie in read-only memory; three stages, of groups of 256 code points, blocks of 16, and these."""
BASE = 90
GROUP, BLOCK = 256, 16


def digits(value, count):
    assert value < BASE ** count
    return [value // BASE ** (count - 1 - i) % BASE for i in range(count)]


def three_stage(rows, value, width):
    """`rows` are the first code points of the groups, `value` gives that of a code point: two digits an entry for the groups
    and for their blocks, `width` digits an entry for the code points of blocks."""
    groups, blocks, first, second, third = {}, {}, [], [], []
    for start in rows:
        group = []
        for place in range(start, start + GROUP, BLOCK):
            block = tuple(value(c) for c in range(place, place + BLOCK))
            if block not in blocks:
                blocks[block] = len(blocks)
                for number in block:
                    third += digits(number, width)
            group.append(blocks[block])
        group = tuple(group)
        if group not in groups:
            groups[group] = len(groups)
            for number in group:
                second += digits(number, 2)
        first += digits(groups[group], 2)
    return first, second, third


def literal(name, comment, values):
    lines, line = [], ""
    for v in values:
        # Digits are the characters from '#' to '|', with '}' in place of the backslash.
        line += chr(v + 35) if v + 35 != 92 else "}"
        if len(line) >= 110:
            lines.append(line)
            line = ""
    lines.append(line)
    body = "\\\n        ".join(lines)
    return '    /// %s\n    static let %s: StaticString = """\n        %s\n        """\n' % (comment, name, body)
